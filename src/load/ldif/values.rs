//! Attribute lines of a record: options, decoding, what a name means, storing.

use std::mem;
use std::sync::PoisonError;

use super::parser::{Mode, Parser, State};
use super::tally::brief;
use super::value::{self, Form, Line, Range};
use crate::directory::{AttributeId, Class, Syntax, ValueFlags, dn};
use crate::load::convert::to_stored_form;
use crate::load::lost_text;
use crate::load::names::{Found, Role};

/// Multi-valued in the schema, though one value is all that anybody uses or the engine reads.
const MULTI_VALUED_TOO: [&str; 7] =
    ["description", "url", "ou", "postOfficeBox", "seeAlso", "photo", "jpegPhoto"];

/// A decoded value on its way into the chunk.
struct Value<'v> {
    id: AttributeId,
    syntax: Syntax,
    form: Form,
    bytes: &'v [u8],
    flags: ValueFlags,
    line: u32,
}

impl Parser<'_, '_, '_> {
    /// A line with a name, by what the record it stands in is.
    pub(super) fn named_line(&mut self, name: &[u8], parts: &Line<'_>, line: u32) {
        if self.worker.mode == Mode::Changes {
            return self.change_line(name, parts, line);
        }
        let found = match self.state {
            State::Object => self.worker.table.find_or_intern(name, self.worker.context.names),
            _ => self.worker.table.find(name),
        };
        let role = found.map_or(Role::None, |found| found.role);
        match self.state {
            _ if role == Role::Dn => self.start_record(parts, line),
            State::Object => {
                self.record.attribute_lines += 1;
                match found {
                    Some(found) => self.attribute(name, found, parts, line),
                    None => self.unwanted(parts),
                }
            }
            State::Between | State::Orphan => self.line_without_dn(role, parts, line),
            State::Trailer if role == Role::Result => self.tally.search_result(parts.value, u64::from(line)),
            State::Trailer | State::Dropped => {}
        }
    }

    /// Reads options. A large group repeats its slice on every line, so the last one is remembered.
    fn options<'t>(&mut self, text: &'t [u8]) -> value::Options<'t> {
        let (last, range) = &self.record.last_range;
        if !last.is_empty() && last.as_slice() == text {
            return value::Options { range: *range, ..value::Options::default() };
        }
        let options = value::options(text);
        if options.range.is_some() && !options.language && options.unknown.is_none() {
            self.record.last_range = (text.to_vec(), options.range);
        }
        options
    }

    /// A line of an attribute that is not kept. Slices are counted all the same: they tell what kind of record this is.
    fn unwanted(&mut self, parts: &Line<'_>) {
        if value::options(parts.options).range.is_some() {
            self.record.slice_line();
        }
    }

    fn attribute(&mut self, name: &[u8], found: Found, parts: &Line<'_>, line: u32) {
        let mut options = value::Options::default();
        if !parts.options.is_empty() {
            options = self.options(parts.options);
            if let Some(unknown) = &options.unknown {
                self.note("unknown-option", line, || {
                    format!(
                        "the option ;{unknown} of {} is not known and was ignored",
                        String::from_utf8_lossy(name)
                    )
                });
            }
        }
        if options.language {
            return self.language_value(name, parts, line);
        }
        if options.range.is_some() {
            self.record.slice_line();
        }
        let mut decoded = mem::take(&mut self.worker.decoded);
        let (bytes, flags) = value::decode(parts, &mut decoded);
        if flags != ValueFlags::NONE {
            self.note_flags(name, flags, line);
        }
        if self.play_role(name, found.role, bytes, line)
            && let Some(id) = found.keep
        {
            let value = Value { id, syntax: found.syntax, form: parts.form, bytes, flags, line };
            self.keep(name, &value, options.range);
        }
        self.worker.decoded = decoded;
    }

    fn keep(&mut self, name: &[u8], value: &Value<'_>, range: Option<Range>) {
        let nothing = value.bytes.is_empty() && value.flags == ValueFlags::NONE;
        if range.is_none() && nothing && self.stands_for_slices(name, value.id) {
            return self.record.slice_line();
        }
        let before = self.worker.counts.add(value.id);
        if before == 1 && range.is_none() {
            self.second_value(name, value);
        }
        if let Some(range) = range {
            self.record.slices.add(value.id, range, before, value.line);
        }
        self.store(value);
    }

    /// Two values of an attribute that the schema gives one: an edited file, or two records run into one.
    fn second_value(&mut self, name: &[u8], value: &Value<'_>) {
        let names = self.worker.context.names.read().unwrap_or_else(PoisonError::into_inner);
        let is_multi_valued =
            names.is_multi_valued(value.id) || MULTI_VALUED_TOO.contains(&names.name(value.id));
        drop(names);
        if !is_multi_valued {
            self.note("single-valued-twice", value.line, || {
                let name = String::from_utf8_lossy(name);
                format!(
                    "{name} has more than one value in a record, but the directory holds one; all were kept"
                )
            });
        }
    }

    /// Whether an empty value stands only for the slices that follow or came before (`member:` beside
    /// `member;range=…`).
    fn stands_for_slices(&self, name: &[u8], id: AttributeId) -> bool {
        let next = self.rest();
        let follows = next.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name))
            && next.get(name.len()..name.len() + 7).is_some_and(|own| own.eq_ignore_ascii_case(b";range="));
        follows || self.record.slices.has(id)
    }

    fn language_value(&mut self, name: &[u8], parts: &Line<'_>, line: u32) {
        let whole: Vec<u8> = [name, parts.options].concat();
        let names = self.worker.context.names;
        let Some(found) = self.worker.table.find_or_intern(&whole, names) else { return };
        let mut decoded = mem::take(&mut self.worker.decoded);
        let (bytes, flags) = value::decode(parts, &mut decoded);
        if let Some(id) = found.keep {
            let value = Value { id, syntax: Syntax::Text, form: parts.form, bytes, flags, line };
            self.keep(&whole, &value, None);
        }
        self.worker.decoded = decoded;
    }

    pub(super) fn note_flags(&mut self, name: &[u8], flags: ValueFlags, line: u32) {
        if flags == ValueFlags::NONE {
            return;
        }
        let name = String::from_utf8_lossy(name);
        if flags.contains(ValueFlags::EXTERNAL) {
            self.note("external-value", line, || {
                format!("the value of {name} is in another file, which is never opened: it counts as present but unknown")
            });
        } else {
            self.note("base64-invalid", line, || {
                format!("the value of {name} is marked as base64 but is not; its text was kept")
            });
        }
    }

    /// What a name does beside being stored; false when the value must not be stored.
    fn play_role(&mut self, name: &[u8], role: Role, bytes: &[u8], line: u32) -> bool {
        match role {
            Role::ObjectClass => {
                self.record.chain.add(bytes);
                self.record.slice_lines += 1;
            }
            Role::DistinguishedName => {
                self.record.slice_lines += 1;
                self.compare_dn(bytes, line);
            }
            Role::SamAccountName => self.record.hint.account_name(),
            Role::SamAccountType => self.record.hint.account_type(bytes),
            Role::GroupType => self.record.hint.group_type(),
            Role::ObjectCategory => self.hint_category(bytes),
            Role::ObjectGuid => self.record.guid = None,
            Role::ObjectSid => self.record.sid = None,
            Role::Changetype => self.change_record(bytes),
            Role::Control => {
                self.note("control-line", line, || "a control line of a change record was ignored".into());
            }
            Role::Secret => {
                let name = String::from_utf8_lossy(name);
                self.note("secret-dropped", line, || {
                    format!("the file holds secrets ({name}): they were dropped; protect or delete the file")
                });
                return false;
            }
            Role::Dn | Role::Version | Role::None | Role::Search | Role::Result | Role::Reference => {}
        }
        self.state == State::Object
    }

    fn hint_category(&mut self, bytes: &[u8]) {
        if self.record.chain.class() == Class::Unknown {
            self.record.hint.category(bytes);
        }
    }

    fn compare_dn(&mut self, bytes: &[u8], line: u32) {
        let own = &self.worker.dn;
        if own.as_slice() != bytes && !dn::same(own, dn::Extended::read(bytes).dn) {
            self.note("dn-mismatch", line, || {
                "distinguishedName is not the DN of the record (an edited file?); the dn line was used".into()
            });
        }
    }

    fn change_record(&mut self, kind: &[u8]) {
        if !kind.trim_ascii().eq_ignore_ascii_case(b"add") {
            self.drop_record("change-record");
        }
    }

    pub(super) fn drop_record(&mut self, reason: &'static str) {
        self.builder.discard_object();
        self.tally.skip(reason);
        self.state = State::Dropped;
    }

    pub(super) fn exceeded(&mut self, line: u32, what: &'static str) {
        self.drop_record("limit-exceeded");
        self.tally.incomplete = true;
        self.note("limit-exceeded", line, || format!("{what}: the record was skipped"));
    }

    fn store(&mut self, value: &Value<'_>) {
        let Value { id, syntax, form, bytes, flags, line } = *value;
        let limits = self.worker.context.limits;
        let counts = &self.worker.counts;
        if bytes.len() > limits.value_bytes {
            return self.exceeded(line, "a value longer than the limit");
        }
        if counts.of(id) > limits.values_per_attribute || counts.attributes > limits.attributes_per_record {
            return self.exceeded(line, "more values or attributes than the limit");
        }
        match syntax {
            Syntax::Guid | Syntax::Sid if form == Form::Text && !bytes.is_empty() => {
                self.store_identifier(id, syntax, bytes, line);
            }
            Syntax::Reference => self.builder.push(id, dn::Extended::read(bytes).dn, line, flags),
            _ => {
                if syntax == Syntax::Text {
                    self.look_for_lost_text(id, bytes, line);
                }
                self.builder.push(id, bytes, line, flags);
            }
        }
    }

    fn look_for_lost_text(&mut self, id: AttributeId, text: &[u8], line: u32) {
        let sign = if lost_text::is_name(id) {
            lost_text::in_name(text)
        } else if text.is_ascii() {
            None
        } else {
            lost_text::beyond_ascii(text)
        };
        if let Some(sign) = sign {
            self.tally.lost.add(sign, u64::from(line), text);
        }
    }

    /// Stores a GUID or SID that is written as text (ldbsearch, extended DNs).
    pub(super) fn store_identifier(&mut self, id: AttributeId, syntax: Syntax, text: &[u8], line: u32) {
        let mut stored = mem::take(&mut self.worker.stored);
        stored.clear();
        if !to_stored_form(syntax, text, &mut stored) {
            self.note("identifier-unreadable", line, || {
                format!("\"{}\" is neither a GUID nor a SID in any known form", brief(text))
            });
        }
        self.builder.push(id, &stored, line, ValueFlags::NONE);
        self.worker.stored = stored;
    }
}
