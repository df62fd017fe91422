//! Rows into objects: which rows count, what each is, and what the whole file has to tell at the end.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use csv::ByteRecord;

use super::header::{self, Header, Slice};
use super::notes::Note;
use super::scalars::{self, is_type_name};
use super::settle::{self, Verdict};
use super::writer::Writer;
use super::{class, csvde, layout, names};
use crate::directory::attribute::{GROUP_TYPE, OBJECT_CLASS, USER_ACCOUNT_CONTROL};
use crate::directory::{AttributeId, AttributeSet, Chunk, Class, InputFormat, Source};
use crate::load::columns;
use crate::load::lost_text::{self, LostText};
use crate::load::{Context, LoadError};

/// The rows of one file on their way into chunks.
pub(super) struct Rows<'a> {
    format: InputFormat,
    context: &'a Context<'a>,
    source: &'a mut Source,
    writer: Writer,
    header: Header,
    /// Rows before the header that are still to come.
    above_header: usize,
    has_header: bool,
    /// A `#TYPE` line was the last row: the next one is a header.
    after_type_line: bool,
    type_hint: Option<Class>,
    /// Attributes of all headers of the file.
    occurring: AttributeSet,
    objects: u64,
    lost: LostText,
    /// Line of the last row with too few cells.
    last_bad_row: Option<u64>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        format: InputFormat,
        context: &'a Context<'a>,
        source: &'a mut Source,
        above_header: usize,
    ) -> Self {
        Self {
            format,
            context,
            source,
            writer: Writer::new(context.source),
            header: Header::default(),
            above_header,
            has_header: false,
            after_type_line: false,
            type_hint: None,
            occurring: AttributeSet::default(),
            objects: 0,
            lost: LostText::default(),
            last_bad_row: None,
        }
    }

    pub(super) fn take(&mut self, row: &ByteRecord, lines: (u64, u64)) -> Result<(), LoadError> {
        if memchr::memchr(0, row.as_slice()).is_some() {
            return Err(crate::load::binary(&self.source.path, lines.0));
        }
        if let Some(row) = without_mark(row) {
            self.writer.notes.add(Note::BOM_INSIDE, lines.0, "");
            return self.take_clean(&row, lines);
        }
        self.take_clean(row, lines)
    }

    fn take_clean(&mut self, row: &ByteRecord, lines: (u64, u64)) -> Result<(), LoadError> {
        if let Some(name) = layout::type_name(row) {
            self.type_hint = class::of_type_name(name);
            self.after_type_line = true;
            self.above_header = self.above_header.saturating_sub(1);
        } else if self.above_header > 0 {
            self.above_header -= 1;
            if !layout::is_separator_line(row) && !is_blank(row) {
                self.writer.notes.add(Note::PREAMBLE_SKIPPED, lines.0, "");
            }
        } else if !self.has_header {
            self.take_header(row, lines.0)?;
        } else if !is_blank(row) {
            self.take_row(row, lines);
        }
        Ok(())
    }

    pub(super) fn has_header(&self) -> bool {
        self.has_header
    }

    fn take_header(&mut self, row: &ByteRecord, line: u64) -> Result<(), LoadError> {
        if row.len() > self.context.limits.csv_columns {
            return Err(self.unusable(line, format!("it has {} columns", row.len())));
        }
        self.adopt_header(row, line);
        if !self.header.has_identity() {
            return Err(self.unusable(line, "no column tells the objects apart".to_owned()));
        }
        Ok(())
    }

    fn adopt_header(&mut self, row: &ByteRecord, line: u64) {
        let notes = &mut self.writer.notes;
        self.header = header::resolve(row, line, self.format, self.context, notes);
        self.occurring.extend(&self.header.occurring);
        // Appended exports have headers of their own.
        let room = self.context.limits.csv_columns.saturating_sub(self.source.columns.len());
        let named = row.iter().map(names::clean).filter(|name| columns::is_name(name));
        self.source.columns.extend(named.take(room));
        self.has_header = true;
        self.after_type_line = false;
    }

    fn unusable(&self, line: u64, problem: String) -> LoadError {
        LoadError::Unusable {
            path: self.source.path.clone(),
            line: Some(line),
            problem,
            advice:
                "Export distinguishedName (or objectGUID, sAMAccountName, userPrincipalName, mail) and the \
                     attributes to be checked."
                    .to_owned(),
        }
    }

    fn take_row(&mut self, row: &ByteRecord, lines: (u64, u64)) {
        if row == &self.header.cells {
            self.after_type_line = false;
            self.source.skip("repeated-header");
        } else if self.is_other_header(row) {
            // Where it names no identity, the rows below it are counted one by one.
            self.source.skip("repeated-header");
            self.adopt_header(row, lines.0);
        } else if !self.fits_header(row) {
            let note = if lines.1 > lines.0 { Note::ROW_NOT_CLOSED } else { Note::BAD_ROW };
            self.skip("bad-row", note, lines.0);
            self.last_bad_row = (row.len() < self.header.named_cells).then_some(lines.0);
        } else if row.iter().any(|cell| cell.len() > self.context.limits.value_bytes) {
            self.skip("bad-row", Note::LIMIT_EXCEEDED, lines.0);
        } else if self.has_identity(row) {
            self.load(row, lines.0);
        } else {
            self.skip("missing-dn", Note::IDENTITY_MISSING, lines.0);
        }
    }

    /// The header of another export that was appended.
    fn is_other_header(&self, row: &ByteRecord) -> bool {
        row.len() <= self.context.limits.csv_columns
            && (self.after_type_line || header::is_header(row, self.context))
    }

    fn skip(&mut self, reason: &'static str, note: Note, line: u64) {
        self.source.skip(reason);
        self.writer.notes.add(note, line, "");
    }

    /// A quoted cell that never ends: the rest of the file is lost.
    pub(super) fn endless_row(&mut self, line: u64) {
        self.skip("bad-row", Note::ROW_NOT_CLOSED, line);
    }

    /// csvde leaves out trailing cells; spreadsheets add empty ones.
    fn fits_header(&self, row: &ByteRecord) -> bool {
        let is_long_enough = row.len() >= self.header.named_cells || self.format == InputFormat::Csvde;
        is_long_enough && row.iter().skip(self.header.cells.len()).all(<[u8]>::is_empty)
    }

    fn has_identity(&self, row: &ByteRecord) -> bool {
        let places = &self.header.places;
        places
            .dn
            .iter()
            .chain(&places.identity)
            .filter_map(|index| row.get(*index))
            .any(|cell| !cell.is_empty() && !is_type_name(cell))
    }

    fn load(&mut self, row: &ByteRecord, line: u64) {
        let (class, sign) = class::of_row(row, &self.header.places, self.type_hint);
        match sign {
            class::Sign::Column => self.writer.notes.add(Note::OBJECT_CLASS_INFERRED, line, ""),
            class::Sign::Nothing => self.writer.notes.add(Note::OBJECT_CLASS_UNKNOWN, line, ""),
            class::Sign::Stated | class::Sign::Value => {}
        }
        self.begin(row, line, class, sign != class::Sign::Stated);
        self.look_for_lost_text(row, line);
        for column in &self.header.columns {
            let cell = row.get(column.index).unwrap_or_default();
            if self.format == InputFormat::Csvde {
                self.writer.csvde_cell(column, cell);
            } else {
                self.writer.cell(column, cell);
            }
        }
        self.mark_missing_slices(row);
        self.add_object_class(row);
        self.add_derived(row, class);
        self.writer.finish_object();
        self.objects += 1;
    }

    fn begin(&mut self, row: &ByteRecord, line: u64, class: Class, is_guess: bool) {
        let cell = self.header.places.dn.and_then(|index| row.get(index)).unwrap_or_default();
        let cell = if is_type_name(cell) { b"" } else { cell };
        let decoded = (self.format == InputFormat::Csvde).then(|| csvde::hex(cell)).flatten();
        let dn = decoded.as_deref().unwrap_or(cell);
        if !dn.is_empty() && !names_a_domain(dn) {
            self.writer.notes.add(Note::DN_WITHOUT_DOMAIN, line, "");
        }
        self.writer.begin(line, dn, class, is_guess);
    }

    /// Names are looked at for question marks, everything for damaged letters.
    fn look_for_lost_text(&mut self, row: &ByteRecord, line: u64) {
        if !row.as_slice().is_ascii() {
            self.lost.beyond_ascii = true;
            if let Some(sign) = lost_text::beyond_ascii(row.as_slice()) {
                let cell = row.iter().find(|cell| lost_text::beyond_ascii(cell).is_some());
                self.lost.add(sign, line, cell.unwrap_or_default());
            }
        } else if !self.lost.beyond_ascii {
            let names = self.header.columns.iter().filter(|column| lost_text::is_name(column.attribute));
            let places = self.header.places.dn.into_iter().chain(names.map(|column| column.index));
            let odd =
                places.filter_map(|index| row.get(index)).find(|cell| lost_text::in_name(cell).is_some());
            if let Some(cell) = odd {
                self.lost.add(lost_text::Sign::QuestionMark, line, cell);
            }
        }
    }

    /// The text ended without a line end within the row just taken.
    pub(super) fn end_within_row(&mut self, line: u64) {
        if self.last_bad_row == Some(line) {
            self.writer.notes.add(Note::FILE_CUT, line, "");
        }
    }

    /// Slices must follow each other from 0 to `*` in every row that has any.
    fn mark_missing_slices(&mut self, row: &ByteRecord) {
        let is_filled = |index: usize| row.get(index).is_some_and(|cell| !cell.is_empty());
        let mut sliced: BTreeMap<_, (&str, Vec<Slice>)> = BTreeMap::new();
        for column in self.header.columns.iter().filter(|column| is_filled(column.index)) {
            if let Some(slice) = column.slice {
                sliced.entry(column.attribute).or_insert((&column.name, Vec::new())).1.push(slice);
            }
        }
        for (attribute, (name, slices)) in sliced {
            if !is_gap_free(slices) {
                self.writer.mark_incomplete(Note::RANGE_INCOMPLETE, attribute, names::base_name(name));
            }
        }
    }

    fn add_object_class(&mut self, row: &ByteRecord) {
        let Some(index) = self.header.places.object_class else { return };
        let cell = row.get(index).unwrap_or_default();
        if is_type_name(cell) {
            let column = self.header.cells.get(index).unwrap_or_default();
            return self.writer.lose(OBJECT_CLASS, &names::clean(column));
        }
        if !header::is_kept(OBJECT_CLASS, self.context) {
            return;
        }
        let names: Vec<_> = class::names(cell).collect();
        if let [name] = names.as_slice() {
            for ancestor in class::ancestors(name) {
                self.writer.push(OBJECT_CLASS, ancestor.as_bytes());
            }
        }
        for name in names {
            self.writer.push(OBJECT_CLASS, name);
        }
    }

    /// Attributes that PowerShell shows only in the form of properties.
    fn add_derived(&mut self, row: &ByteRecord, class: Class) {
        let cell = |place: Option<usize>| place.and_then(|index| row.get(index)).unwrap_or_default();
        let places = &self.header.places;
        let derived = [
            (USER_ACCOUNT_CONTROL, account_control(cell(places.enabled), class)),
            (
                GROUP_TYPE,
                scalars::group_type(cell(places.group_scope), cell(places.group_category))
                    .filter(|_| places.group_type.is_none()),
            ),
        ];
        for (attribute, value) in derived {
            if let Some(value) = value.filter(|_| header::is_kept(attribute, self.context)) {
                self.writer.push(attribute, value.to_string().as_bytes());
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<Vec<Chunk>, LoadError> {
        if self.objects == 0 {
            std::mem::take(&mut self.writer.notes).write(self.source);
            return Err(LoadError::Unusable {
                path: self.source.path.clone(),
                line: None,
                problem: "no row of it can be used".to_owned(),
                advice: "Export again, or look at the rows below the column headers.".to_owned(),
            });
        }
        self.source.objects += self.objects;
        let verdicts = self.verdicts();
        let is_dropped = |id| verdicts.get(&id) == Some(&Verdict::Drop);
        let occurring: Vec<_> = self.occurring.iter().filter(|id| !is_dropped(*id)).collect();
        let (chunks, notes) = self.writer.finish(occurring);
        notes.write(self.source);
        self.lost.notes().write(self.source);
        Ok(settle::settle(chunks, self.context.source, &verdicts))
    }

    /// Decides about the columns that only all rows together could tell about.
    fn verdicts(&mut self) -> BTreeMap<AttributeId, Verdict> {
        let names = self.context.names.read().unwrap_or_else(PoisonError::into_inner);
        let mut verdicts = BTreeMap::new();
        for (attribute, (evidence, column)) in std::mem::take(&mut self.writer.dates) {
            let syntax = names.syntax(attribute);
            let (note, verdict) = match evidence.order(self.context.options.date_order) {
                Some(order) => (Note::DATES_WITHOUT_ZONE, Verdict::Date(order, syntax)),
                None => (Note::DATE_ORDER_UNKNOWN, Verdict::Drop),
            };
            self.writer.notes.add(note, evidence.first_line, &column);
            verdicts.insert(attribute, verdict);
        }
        for (attribute, (line, column)) in std::mem::take(&mut self.writer.lost) {
            self.writer.notes.add(Note::COLLECTION_LOST, line, &column);
            verdicts.insert(attribute, Verdict::Drop);
        }
        verdicts
    }
}

/// The row without the byte order mark of a file that was appended. The parser takes quotes after the mark for text.
fn without_mark(row: &ByteRecord) -> Option<ByteRecord> {
    let first = row.get(0)?.strip_prefix("\u{feff}".as_bytes())?;
    let first = first.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(first);
    Some(std::iter::once(first).chain(row.iter().skip(1)).collect())
}

fn is_blank(row: &ByteRecord) -> bool {
    row.iter().all(<[u8]>::is_empty)
}

/// `DC=` at the start of any part.
fn names_a_domain(dn: &[u8]) -> bool {
    dn.split(|byte| *byte == b',')
        .filter_map(|part| part.trim_ascii_start().get(..3))
        .any(|start| start.eq_ignore_ascii_case(b"DC="))
}

fn is_gap_free(mut slices: Vec<Slice>) -> bool {
    slices.sort_unstable();
    let mut next = Some(0);
    for slice in slices {
        if next != Some(slice.low) {
            return false;
        }
        next = slice.high.and_then(|high| high.checked_add(1));
    }
    next.is_none()
}

/// `userAccountControl` of a normal or a machine account, enabled or with `ACCOUNTDISABLE` (2).
fn account_control(enabled: &[u8], class: Class) -> Option<i64> {
    let normal = if class == Class::Computer { 4096 } else { 512 };
    scalars::boolean(enabled).map(|enabled| if enabled { normal } else { normal + 2 })
}
