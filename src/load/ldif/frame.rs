//! Where records start and end, and everything in a file that is no attribute of one: comments, trailers, references,
//! change records, junk (`input-formats` sections 4.4 to 4.6, 4.11 to 4.12 and 5).

use std::mem;

use super::change::Item;
use super::line::{breaks_in, is_blank, is_break, is_fold};
use super::parser::{Mode, Parser, Record, State};
use super::scan::name_length;
use super::slices::{SlicedObject, gaps};
use super::tally::brief;
use super::value::{self, Form, Line};
use crate::directory::{Class, Syntax, attribute, dn};
use crate::load::encoding::without_folds;
use crate::load::lost_text;
use crate::load::names::Role;

/// What follows the line feed in the name of a replication conflict and of a tombstone; no attribute has these names.
const COMMENT_TAILS: [&[u8]; 2] = [b"CNF:", b"DEL:"];

impl Parser<'_, '_, '_> {
    /// A `dn:` line.
    pub(super) fn start_record(&mut self, parts: &Line<'_>, line: u32) {
        if self.state == State::Object {
            self.note("second-dn", line, || {
                "a dn line inside a record (an empty line is missing): a new record was started there".into()
            });
        }
        self.end_record();
        self.tally.entries += 1;
        let mut decoded = mem::take(&mut self.worker.decoded);
        let (bytes, flags) = value::decode(parts, &mut decoded);
        self.note_flags(b"dn", flags, line);
        match bytes {
            [] if parts.form == Form::External => self.drop_record("missing-dn"),
            [] => self.drop_record("root-dse"),
            [b'@', ..] => self.drop_record("special-record"),
            _ if bytes.len() > self.worker.context.limits.value_bytes => {
                self.exceeded(line, "a DN longer than the limit");
            }
            _ => self.start_object(bytes, line),
        }
        self.worker.decoded = decoded;
    }

    fn start_object(&mut self, bytes: &[u8], line: u32) {
        let extended = dn::Extended::read(bytes);
        self.state = State::Object;
        self.record = Record {
            line,
            guid: extended.guid.map(<[u8]>::to_vec),
            sid: extended.sid.map(<[u8]>::to_vec),
            ..Record::default()
        };
        self.worker.counts.next_object();
        self.worker.dn.clear();
        self.worker.dn.extend_from_slice(extended.dn);
        self.builder.begin(line);
        self.builder.set_dn(extended.dn);
        if let Some(sign) = lost_text::in_name(extended.dn) {
            self.tally.lost.add(sign, u64::from(line), extended.dn);
        }
        self.tally.lost.beyond_ascii |= !extended.dn.is_ascii();
        let dollar = memchr::memchr(b'$', extended.dn).and_then(|at| extended.dn.get(at + 1));
        if dollar == Some(&b'{') {
            self.note("placeholder", line, || {
                format!("\"{}\" holds a placeholder that no script has filled in", brief(bytes))
            });
        }
    }

    /// A named line where no record is open.
    pub(super) fn line_without_dn(&mut self, role: Role, parts: &Line<'_>, line: u32) {
        match role {
            Role::Version => {
                if parts.value.trim_ascii() != b"1" {
                    self.note("version-unknown", line, || {
                        format!("LDIF version {}: only version 1 is defined", brief(parts.value))
                    });
                }
                return;
            }
            Role::Search if self.state == State::Between => {
                self.state = State::Trailer;
                return;
            }
            Role::Result if self.state == State::Between => {
                self.state = State::Trailer;
                self.tally.search_result(parts.value, u64::from(line));
                return;
            }
            _ => {}
        }
        if self.state == State::Between {
            self.state = State::Orphan;
            self.record = Record { line, only_references: true, ..Record::default() };
        }
        self.record.only_references &= role == Role::Reference;
        if role == Role::ObjectClass {
            self.record.chain.add(parts.value);
        }
    }

    /// Closes whatever is open.
    pub(super) fn end_record(&mut self) {
        if self.worker.mode == Mode::Changes {
            self.items.push(Item::Gap);
        }
        match self.state {
            State::Object => self.finish_object(),
            State::Orphan if self.record.only_references => self.tally.skip("search-reference"),
            State::Orphan => self.finish_orphan(),
            State::Between | State::Trailer | State::Dropped => {}
        }
        self.state = State::Between;
    }

    fn finish_orphan(&mut self) {
        self.tally.skip("missing-dn");
        let tail = self.record.chain.class() == Class::Unknown;
        let hint = if tail { " (an empty line inside the record before it?)" } else { "" };
        self.note("missing-dn", self.record.line, || format!("a record without a dn line was skipped{hint}"));
    }

    fn finish_object(&mut self) {
        let mut record = mem::take(&mut self.record);
        let stated = record.chain.class();
        if stated == Class::Unknown {
            self.builder.set_class(record.hint.class(), true);
        } else {
            self.builder.set_class(stated, false);
            self.builder.mark_occurring(attribute::OBJECT_CLASS);
        }
        let from_dn =
            [(b"objectGUID".as_slice(), Syntax::Guid, record.guid), (b"objectSid", Syntax::Sid, record.sid)];
        for (name, syntax, text) in from_dn {
            let keep = self.worker.table.find(name).and_then(|found| found.keep);
            if let (Some(text), Some(id)) = (text, keep) {
                self.store_identifier(id, syntax, &text, record.line);
            }
        }
        let slices = record.slices.take();
        for (attribute, line) in gaps(&slices) {
            self.builder.mark_incomplete(attribute, line);
        }
        let Some(object) = self.builder.finish_object() else { return };
        self.tally.loaded += 1;
        self.tally.bare += u64::from(record.attribute_lines == 0);
        if record.ranged {
            let only_slices = record.attribute_lines == record.slice_lines;
            self.sliced.push(SlicedObject { object, slices, only_slices });
        }
    }

    /// A comment, with its folds. ldapsearch announces its trailer in one; a record before it has ended.
    pub(super) fn comment(&mut self) {
        let line = self.line;
        let mut folded = mem::take(&mut self.worker.folded);
        let text = self.logical(&mut folded).get(1..).unwrap_or_default();
        if text.starts_with(b" search result") || text.starts_with(b" search reference") {
            self.end_record();
        }
        self.tally.comment(text, u64::from(line));
        self.worker.folded = folded;
        // ldapsearch writes the name of an entry as a comment, with the line feed that stands in the names of replication
        // conflicts and tombstones as it is (seen with OpenLDAP 2.5.13).
        if COMMENT_TAILS.iter().any(|tail| self.rest().starts_with(tail)) {
            self.pass();
        }
    }

    /// A line that starts with a blank where there is nothing to continue.
    pub(super) fn stray_blank(&mut self) {
        let line = self.line;
        if is_blank(self.bytes, self.at) && !is_fold(self.bytes, self.at) {
            self.end_record();
            self.note("blank-line-with-spaces", line, || {
                "a line of blanks only was read as an empty line".into()
            });
        } else {
            self.tally.skip("junk-line");
            self.note("stray-continuation", line, || {
                "a continuation line with nothing before it to continue was skipped".into()
            });
        }
        self.pass_line();
    }

    /// A byte order mark inside the file: files were appended to each other.
    pub(super) fn inner_mark(&mut self) {
        self.note("bom-inside", self.line, || "a byte order mark inside the file was ignored".into());
        self.at += "\u{feff}".len();
    }

    /// A line that starts with neither a letter nor anything else that is usual.
    pub(super) fn odd_line(&mut self) {
        if self.this_line().trim_ascii_end() == b"-" {
            if self.worker.mode == Mode::Changes {
                self.items.push(Item::Dash);
                return self.pass_line();
            }
            match self.state {
                // Only change records hold such lines: this one comes without its changetype.
                State::Object => self.drop_record("change-record"),
                // The rest of a change record that an empty line cut in two.
                State::Between => self.state = State::Dropped,
                State::Orphan | State::Trailer | State::Dropped => {}
            }
            return self.pass_line();
        }
        self.read_line(None);
    }

    /// Bytes that tell something of the file wherever they stand.
    pub(super) fn look_at_the_bytes(&mut self) {
        if let Some(at) = memchr::memchr(0, self.bytes) {
            self.tally.nul_line = Some(u64::from(breaks_in(self.bytes.get(..at).unwrap_or_default())));
        }
        self.tally.lost.beyond_ascii |= !self.bytes.is_ascii();
    }

    /// Only the last block of an input can end without a line end. That alone means nothing; with half a line before
    /// it, or a DN and nothing more, the file was cut.
    pub(super) fn look_at_the_end(&mut self) {
        if self.bytes.last().is_none_or(|byte| is_break(*byte)) {
            return;
        }
        let only_dn =
            self.state == State::Object && self.record.attribute_lines == 0 && self.tally.entries > 1;
        if only_dn || (self.state == State::Object && ends_in_half_a_line(self.bytes)) {
            self.tally.incomplete = true;
            self.note("file-cut", self.line.saturating_sub(1), || {
                "the file ends in the middle of a record: it was cut, and what came after is missing".into()
            });
        }
    }

    /// A line that is nothing LDIF knows.
    pub(super) fn junk(&mut self, text: &[u8], line: u32) {
        if self.state == State::Dropped {
            return;
        }
        self.tally.skip("junk-line");
        self.note("junk-line", line, || format!("not LDIF, skipped: \"{}\"", brief(text)));
        let error = text.starts_with(b"ldap_") || memchr::memmem::find(text, b"imit exceeded (").is_some();
        if error {
            self.tally.search_result(text, u64::from(line));
        }
    }
}

/// Whether the last logical line is the start of a name, or base64 that lacks its end.
fn ends_in_half_a_line(bytes: &[u8]) -> bool {
    let mut end = bytes.len();
    loop {
        let start =
            bytes.get(..end).and_then(|text| memchr::memrchr2(b'\n', b'\r', text)).map_or(0, |at| at + 1);
        if start == 0 || !is_fold(bytes, start) {
            let line = without_folds(bytes.get(start..).unwrap_or_default());
            return is_half(&line);
        }
        end = start - 1;
    }
}

fn is_half(line: &[u8]) -> bool {
    match memchr::memchr(b':', line) {
        None => name_length(line) == line.len(),
        Some(colon) => line
            .get(colon + 1..)
            .and_then(|rest| rest.strip_prefix(b":"))
            .is_some_and(|base64| base64.trim_ascii().len() % 4 != 0),
    }
}
