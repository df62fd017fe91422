//! Cells of the open object into values of the chunk.
//!
//! What a cell holds that cannot be understood is counted, and the attribute of that object is marked incomplete: its
//! value exists but is unknown, which is not the same as absent.

use std::collections::BTreeMap;

use super::csvde;
use super::dates::DateEvidence;
use super::header::{Column, Splitting};
use super::lists::{self, Pieces};
use super::notes::{Note, Notes};
use super::scalars::{self, Number};
use crate::directory::attribute::CONSISTENCY_GUID;
use crate::directory::{AttributeId, Chunk, ChunkBuilder, Class, SourceId, Syntax, ValueFlags};
use crate::load::convert::{csv_binary, to_stored_form};

/// A chunk is closed when its values take this many bytes.
const CHUNK_BYTES: usize = 4 << 20;

/// Fills chunks and remembers what can only be decided when all rows are read.
#[derive(Debug)]
pub(super) struct Writer {
    builder: ChunkBuilder,
    source: SourceId,
    chunks: Vec<Chunk>,
    first_line: u64,
    line: u64,
    scratch: Vec<u8>,
    pub notes: Notes,
    /// Attributes with a cell that holds a type name, and the line and header of the first such cell.
    pub lost: BTreeMap<AttributeId, (u64, String)>,
    /// Attributes with values that are still written in the culture of the exporting session, and their header.
    pub dates: BTreeMap<AttributeId, (DateEvidence, String)>,
    /// Long numbers, by attribute.
    long_numbers: BTreeMap<AttributeId, LongNumbers>,
}

#[derive(Debug, Default)]
struct LongNumbers {
    count: u64,
    round: u64,
    first_line: u64,
    column: String,
}

impl Writer {
    pub(super) fn new(source: SourceId) -> Self {
        Self {
            builder: ChunkBuilder::new(source),
            source,
            chunks: Vec::new(),
            first_line: 1,
            line: 1,
            scratch: Vec::new(),
            notes: Notes::default(),
            lost: BTreeMap::new(),
            dates: BTreeMap::new(),
            long_numbers: BTreeMap::new(),
        }
    }

    /// Starts the object of a row.
    pub(super) fn begin(&mut self, line: u64, dn: &[u8], class: Class, is_guess: bool) {
        if self.builder.arena_len() > CHUNK_BYTES {
            let full = std::mem::replace(&mut self.builder, ChunkBuilder::new(self.source));
            self.close(full);
        }
        if self.builder.arena_len() == 0 {
            self.first_line = line;
        }
        self.line = line;
        self.builder.begin(self.relative_line());
        if !dn.is_empty() {
            self.builder.set_dn(dn);
        }
        self.builder.set_class(class, is_guess);
    }

    /// Keeps the object.
    pub(super) fn finish_object(&mut self) {
        self.builder.finish_object();
    }

    /// The chunks; attributes of the file are marked on the last one.
    pub(super) fn finish(mut self, occurring: impl IntoIterator<Item = AttributeId>) -> (Vec<Chunk>, Notes) {
        self.note_rounded_numbers();
        let mut last = std::mem::take(&mut self.builder);
        for attribute in occurring {
            last.mark_occurring(attribute);
        }
        self.close(last);
        (self.chunks, self.notes)
    }

    fn close(&mut self, builder: ChunkBuilder) {
        let mut chunk = builder.finish();
        chunk.set_first_line(self.first_line);
        self.chunks.push(chunk);
    }

    fn relative_line(&self) -> u32 {
        u32::try_from(self.line.saturating_sub(self.first_line)).unwrap_or(u32::MAX)
    }

    /// Adds a value as it is.
    pub(super) fn push(&mut self, attribute: AttributeId, bytes: &[u8]) {
        self.builder.push(attribute, bytes, self.relative_line(), ValueFlags::NONE);
    }

    /// Marks that the object has values of an attribute that are not known.
    pub(super) fn mark_incomplete(&mut self, note: Note, attribute: AttributeId, column: &str) {
        self.notes.add(note, self.line, column);
        self.builder.mark_incomplete(attribute, self.relative_line());
    }

    /// Remembers that a cell holds the name of a collection type.
    pub(super) fn lose(&mut self, attribute: AttributeId, column: &str) {
        self.lost.entry(attribute).or_insert_with(|| (self.line, column.to_owned()));
    }

    /// Adds what a cell of csvde holds.
    pub(super) fn csvde_cell(&mut self, column: &Column, cell: &[u8]) {
        for value in csvde::values(cell, column.splitting == Splitting::Escaped, column.syntax) {
            if column.syntax == Syntax::Guid || column.syntax == Syntax::Sid {
                self.identifier(column, &value);
            } else if !value.is_empty() {
                self.push(column.attribute, &value);
            }
        }
    }

    /// Adds what a cell of any other export holds.
    pub(super) fn cell(&mut self, column: &Column, cell: &[u8]) {
        if cell.is_empty() {
            return;
        }
        if scalars::is_type_name(cell) {
            return self.lose(column.attribute, &column.name);
        }
        let truncated = match column.splitting {
            Splitting::One | Splitting::Escaped => {
                self.value(column, cell);
                false
            }
            Splitting::Addresses => self.values(column, &lists::addresses(cell)),
            Splitting::References => self.values(column, &lists::references(cell)),
            Splitting::Words => self.values(column, &lists::words(cell)),
            Splitting::Texts => self.values(column, &lists::texts(cell)),
        };
        if truncated {
            self.mark_incomplete(Note::LIST_TRUNCATED, column.attribute, &column.name);
        } else if scalars::is_cut(cell) {
            self.mark_incomplete(Note::CELL_CUT, column.attribute, &column.name);
        }
    }

    fn values(&mut self, column: &Column, pieces: &Pieces<'_>) -> bool {
        for piece in &pieces.values {
            self.value(column, piece);
        }
        pieces.truncated
    }

    fn value(&mut self, column: &Column, text: &[u8]) {
        match column.syntax {
            Syntax::Text => self.push(column.attribute, text),
            Syntax::Reference if text.contains(&b'=') => self.push(column.attribute, text),
            // Exchange shows canonical names (`corp.example/Sales/Nia Okoro`), which name nothing in the directory.
            Syntax::Reference => self.unreadable(column),
            Syntax::Boolean => match scalars::boolean(text) {
                Some(true) => self.push(column.attribute, b"TRUE"),
                Some(false) => self.push(column.attribute, b"FALSE"),
                None => self.unreadable(column),
            },
            Syntax::Integer => self.number(column, text),
            Syntax::Time if is_generalized_time(text) => self.push(column.attribute, text),
            Syntax::Time => self.date(column, text),
            Syntax::Guid | Syntax::Sid => self.identifier(column, text),
            Syntax::Binary => self.binary(column, text),
        }
    }

    fn unreadable(&mut self, column: &Column) {
        self.mark_incomplete(Note::VALUE_UNREADABLE, column.attribute, &column.name);
    }

    fn number(&mut self, column: &Column, text: &[u8]) {
        match scalars::number(column.attribute, text) {
            Number::Exact(value) => {
                self.count_long_number(column, value);
                self.push(column.attribute, value.to_string().as_bytes());
            }
            Number::Damaged => self.mark_incomplete(Note::NUMBER_DAMAGED, column.attribute, &column.name),
            Number::Unreadable => self.date(column, text),
        }
    }

    /// Keeps a date as written; [`super::settle`] converts it when the order of day and month is known.
    fn date(&mut self, column: &Column, text: &[u8]) {
        let is_dated = column.syntax == Syntax::Time || column.is_filetime;
        if !is_dated || !DateEvidence::default().observe(text) {
            return self.unreadable(column);
        }
        let first = || (DateEvidence::starting(self.line), column.name.clone());
        self.dates.entry(column.attribute).or_insert_with(first).0.observe(text);
        self.push(column.attribute, text);
    }

    fn identifier(&mut self, column: &Column, text: &[u8]) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        let is_known = to_stored_form(column.syntax, text, &mut scratch);
        if !is_known {
            self.unreadable(column);
        } else if !(column.zero_is_absent && scratch.iter().all(|byte| *byte == 0)) {
            self.push(column.attribute, &scratch);
        }
        self.scratch = scratch;
    }

    fn binary(&mut self, column: &Column, text: &[u8]) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        match csv_binary(text, &mut scratch) {
            Some(form) => {
                if column.attribute == CONSISTENCY_GUID {
                    self.notes.add(Note::BINARY_FORM, self.line, form.name());
                }
                self.push(column.attribute, &scratch);
            }
            None => self.unreadable(column),
        }
        self.scratch = scratch;
    }

    fn count_long_number(&mut self, column: &Column, value: i64) {
        // Whole seconds (accountExpires) end in zeros by nature.
        if !column.is_filetime || value < 1_000_000_000_000_000 || value % 10_000_000 == 0 {
            return;
        }
        let line = self.line;
        let numbers = self.long_numbers.entry(column.attribute).or_insert_with(|| LongNumbers {
            first_line: line,
            column: column.name.clone(),
            ..LongNumbers::default()
        });
        numbers.count += 1;
        numbers.round += u64::from(value % 1000 == 0);
    }

    fn note_rounded_numbers(&mut self) {
        for numbers in self.long_numbers.values() {
            if numbers.count >= 3 && numbers.round == numbers.count {
                self.notes.add(Note::NUMBER_ROUNDED, numbers.first_line, &numbers.column);
            }
        }
    }
}

/// `20260131120000.0Z`, as the directory writes it.
fn is_generalized_time(text: &[u8]) -> bool {
    text.len() >= 10 && text.get(..10).is_some_and(|start| start.iter().all(u8::is_ascii_digit))
}
