//! One block of LDIF text into one chunk.
//!
//! The loop looks at the first letters of each line; lines of attributes that nobody asked for are passed over
//! without a look at their value. Everything that is rare goes through the functions further down.

use std::mem;

use super::change::Item;
use super::class_hint::ClassHint;
use super::line::{is_fold, oid_length, without_break};
use super::scan::{line_starts, name_length};
use super::slices::{SlicedObject, Slices};
use super::tally::Tally;
use super::value;
use crate::directory::class::ClassChain;
use crate::directory::{AttributeId, Chunk, ChunkBuilder};
use crate::load::Context;
use crate::load::names::NameTable;

/// Longest name that counts as an attribute name at all.
const MAX_NAME_BYTES: usize = 256;

/// What the records of an input are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Objects, which go into chunks.
    Content,
    /// Changes, whose lines are handed on as they come.
    Changes,
}

/// What one worker keeps between blocks: the name table and memory that is used again.
pub(super) struct Worker<'c> {
    pub(super) context: &'c Context<'c>,
    pub(super) table: NameTable,
    pub(super) mode: Mode,
    starts: Vec<u32>,
    pub(super) folded: Vec<u8>,
    pub(super) decoded: Vec<u8>,
    pub(super) stored: Vec<u8>,
    pub(super) dn: Vec<u8>,
    pub(super) counts: ValueCounts,
}

impl<'c> Worker<'c> {
    pub(super) fn new(context: &'c Context<'c>, table: NameTable, mode: Mode) -> Self {
        Self {
            context,
            table,
            mode,
            starts: Vec::new(),
            folded: Vec::new(),
            decoded: Vec::new(),
            stored: Vec::new(),
            dn: Vec::new(),
            counts: ValueCounts::default(),
        }
    }
}

/// Values per attribute of the object being read.
#[derive(Default)]
pub(super) struct ValueCounts {
    /// Object number and count, by attribute; the number tells whether the count is of this object.
    cells: Vec<(u32, usize)>,
    object: u32,
    pub(super) attributes: usize,
}

impl ValueCounts {
    pub(super) fn next_object(&mut self) {
        self.object = self.object.checked_add(1).unwrap_or_else(|| {
            self.cells.clear();
            1
        });
        self.attributes = 0;
    }

    /// Counts one value and gives how many there were before it.
    pub(super) fn add(&mut self, id: AttributeId) -> usize {
        let index = usize::from(id.0);
        if index >= self.cells.len() {
            self.cells.resize(index + 1, (0, 0));
        }
        let Some(cell) = self.cells.get_mut(index) else { return 0 };
        if cell.0 != self.object {
            *cell = (self.object, 0);
            self.attributes += 1;
        }
        cell.1 += 1;
        cell.1 - 1
    }

    /// Values of an attribute so far.
    pub(super) fn of(&self, id: AttributeId) -> usize {
        self.cells.get(usize::from(id.0)).map_or(0, |cell| if cell.0 == self.object { cell.1 } else { 0 })
    }
}

/// What a block gave.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) chunk: Chunk,
    pub(super) lines: u32,
    pub(super) tally: Tally,
    /// Objects with range slices.
    pub(super) sliced: Vec<SlicedObject>,
    /// Lines of change records.
    pub(super) items: Vec<Item>,
}

/// Parses a block. `dropped_lines`: the block starts within a record too large to hold, of which so many lines are gone.
pub(super) fn parse(bytes: &[u8], dropped_lines: Option<u32>, worker: &mut Worker<'_>) -> Parsed {
    let builder = ChunkBuilder::new(worker.context.source);
    let mut starts = mem::take(&mut worker.starts);
    line_starts(bytes, &mut starts);
    let mut parser = Parser {
        bytes,
        at: 0,
        ends: starts.get(1..).unwrap_or_default().iter(),
        line: dropped_lines.unwrap_or_default(),
        worker,
        builder,
        state: State::Between,
        record: Record::default(),
        tally: Tally::default(),
        sliced: Vec::new(),
        items: Vec::new(),
    };
    if dropped_lines.is_some() {
        parser.exceeded(0, "a record larger than can be held");
    }
    parser.run();
    parser.look_at_the_bytes();
    let Parser { builder, line, tally, sliced, items, worker, .. } = parser;
    worker.starts = starts;
    Parsed { chunk: builder.finish(), lines: line, tally, sliced, items }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing of a record was seen.
    Between,
    /// A record with a DN is open.
    Object,
    /// Attributes without a DN.
    Orphan,
    /// The trailer of a search.
    Trailer,
    /// The rest of the record is of no use; it was counted.
    Dropped,
}

/// What is known of the open record.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) line: u32,
    pub(super) chain: ClassChain,
    pub(super) hint: ClassHint,
    /// Lines with attributes, wanted or not.
    pub(super) attribute_lines: u32,
    /// Those of them that a record of mere slices has too.
    pub(super) slice_lines: u32,
    pub(super) slices: Slices,
    /// The options of the last slice, as written and as read.
    pub(super) last_range: (Vec<u8>, Option<value::Range>),
    /// Slices were seen, wanted or not.
    pub(super) ranged: bool,
    /// Identifiers from an extended DN, used when the attributes do not come.
    pub(super) guid: Option<Vec<u8>>,
    pub(super) sid: Option<Vec<u8>>,
    /// Without a DN: only `ref` was seen.
    pub(super) only_references: bool,
}

impl Record {
    /// A line that only tells of slices.
    pub(super) fn slice_line(&mut self) {
        self.slice_lines += 1;
        self.ranged = true;
    }
}

/// Reader of one block.
pub(super) struct Parser<'t, 'w, 'c> {
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    /// Where this line and each after it ends.
    ends: std::slice::Iter<'t, u32>,
    pub(super) line: u32,
    pub(super) worker: &'w mut Worker<'c>,
    pub(super) builder: ChunkBuilder,
    pub(super) state: State,
    pub(super) record: Record,
    pub(super) tally: Tally,
    pub(super) sliced: Vec<SlicedObject>,
    pub(super) items: Vec<Item>,
}

impl<'t> Parser<'t, '_, '_> {
    fn run(&mut self) {
        while let Some(&first) = self.bytes.get(self.at) {
            match first {
                b'a'..=b'z' | b'A'..=b'Z' => self.letter_line(),
                b'\n' | b'\r' => {
                    self.end_record();
                    self.pass_line();
                }
                b'#' => self.comment(),
                b' ' | b'\t' => self.stray_blank(),
                0xef if self.rest().starts_with("\u{feff}".as_bytes()) => self.inner_mark(),
                _ => self.odd_line(),
            }
        }
        self.look_at_the_end();
        self.end_record();
    }

    pub(super) fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn pass_line(&mut self) {
        self.take_line();
    }

    /// This line with its break; goes on to the next.
    #[inline]
    fn take_line(&mut self) -> &'t [u8] {
        let end = self.ends.next().map_or(self.bytes.len(), |end| *end as usize);
        let line = self.bytes.get(self.at..end).unwrap_or_default();
        self.at = end;
        self.line += 1;
        line
    }

    /// The text of this line, without its break; stays there.
    pub(super) fn this_line(&self) -> &'t [u8] {
        let end = self.ends.as_slice().first().map_or(self.bytes.len(), |end| *end as usize);
        without_break(self.bytes.get(self.at..end).unwrap_or_default())
    }

    /// Passes over a logical line.
    pub(super) fn pass(&mut self) {
        self.pass_line();
        while is_fold(self.bytes, self.at) {
            self.note_tab();
            self.pass_line();
        }
    }

    fn note_tab(&mut self) {
        if self.bytes.get(self.at) == Some(&b'\t') {
            self.note("tab-continuation", self.line, || {
                "a line starts with a tab; it was read as the continuation of the line before".into()
            });
        }
    }

    /// Reads a logical line: a slice of the block, or joined in `folded`.
    pub(super) fn logical<'f>(&mut self, folded: &'f mut Vec<u8>) -> &'f [u8]
    where
        't: 'f,
    {
        let text = without_break(self.take_line());
        if !is_fold(self.bytes, self.at) {
            return text;
        }
        folded.clear();
        folded.extend_from_slice(text);
        while is_fold(self.bytes, self.at) {
            self.note_tab();
            folded.extend_from_slice(without_break(self.take_line()).get(1..).unwrap_or_default());
        }
        folded
    }

    pub(super) fn note(&mut self, id: &'static str, line: u32, text: impl FnOnce() -> String) {
        self.tally.notes.add(id, u64::from(line), text);
    }

    /// A line that starts with a letter: nearly all of them.
    fn letter_line(&mut self) {
        let rest = self.rest();
        let length = name_length(rest);
        let name = rest.get(..length).unwrap_or_default();
        match rest.get(length) {
            Some(b':') if self.state == State::Object && !self.worker.table.may_hold(name) => {
                self.record.attribute_lines += 1;
                self.pass();
            }
            Some(b':' | b';') => self.read_line(Some(length)),
            _ => self.read_line(None),
        }
    }

    /// Reads a line whole. Without a `name_length` the name may be folded, or there is none.
    pub(super) fn read_line(&mut self, name_length: Option<usize>) {
        let line = self.line;
        let mut folded = mem::take(&mut self.worker.folded);
        let text = self.logical(&mut folded);
        let named = name_length.or_else(|| find_name(text));
        match named
            .filter(|length| *length <= MAX_NAME_BYTES)
            .and_then(|length| Some((text.get(..length)?, value::take_apart(text, length)?)))
        {
            Some(_) if text.len() > self.worker.context.limits.line_bytes && self.state == State::Object => {
                self.exceeded(line, "a line longer than the limit");
            }
            Some((name, parts)) => self.named_line(name, &parts, line),
            None => self.junk(text, line),
        }
        self.worker.folded = folded;
    }
}

/// Length of the name of a logical line: an attribute name or an object identifier, before a colon or an option.
fn find_name(text: &[u8]) -> Option<usize> {
    let first = text.first()?;
    let length = if first.is_ascii_digit() { oid_length(text) } else { name_length(text) };
    let named = first.is_ascii_alphanumeric() && matches!(text.get(length), Some(b':' | b';'));
    named.then_some(length)
}
