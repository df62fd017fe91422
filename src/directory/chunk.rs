//! Storage of objects: what one loader block produced.
//!
//! A chunk owns the bytes of its values in one arena. A [`ChunkBuilder`] fills it object by object; a finished chunk
//! never changes, so any number of threads read it. Cost per value: its bytes plus 16.

use std::collections::HashMap;

use super::attribute::{AttributeId, AttributeSet};
use super::class::Class;
use super::source::SourceId;
use super::{attribute, dn};

/// What is known about a value beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ValueFlags(u8);

impl ValueFlags {
    /// Nothing special.
    pub const NONE: Self = Self(0);
    /// The attribute lacks values (range slices missing, list cut by a formatter).
    pub const INCOMPLETE: Self = Self(1);
    /// The source named an external value (`:<`), which is never read; the bytes are empty.
    pub const EXTERNAL: Self = Self(2);
    /// The value was marked as base64 but is not; the bytes are the literal text.
    pub const BASE64_INVALID: Self = Self(4);
    /// Only the size of the value is kept: the bytes are its number of bytes in decimal digits.
    pub const SIZE_ONLY: Self = Self(8);

    /// Whether all of these flags are set.
    #[inline]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets of flags.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These flags less the others.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// One value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    /// The decoded bytes; GUIDs and SIDs in their stored binary form, everything else as in the source.
    pub bytes: &'a [u8],
    /// What is known beside them.
    pub flags: ValueFlags,
    /// Line in the source, from 1, where the value starts; 0 in a source without lines, such as a live directory.
    pub line: u64,
    /// Which input the line is of; [`Chunk::source_of`] knows it.
    origin: u8,
}

impl Value<'_> {
    /// The same with other flags.
    #[must_use]
    pub fn with_flags(self, flags: ValueFlags) -> Self {
        Self { flags, ..self }
    }

    /// Bytes of the value in the source.
    pub fn size(&self) -> usize {
        if self.flags.contains(ValueFlags::SIZE_ONLY) { kept_size(self.bytes) } else { self.bytes.len() }
    }

    /// The same at another line.
    #[must_use]
    pub fn at_line(self, line: u64) -> Self {
        Self { line, ..self }
    }
}

/// The size that the bytes of a value stand for of which only that is kept.
pub fn kept_size(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).ok().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

#[derive(Debug, Clone, Copy)]
struct ValueEntry {
    start: u32,
    length: u32,
    /// Lines after the first line of the chunk.
    line: u32,
    attribute: AttributeId,
    flags: ValueFlags,
    /// 0: the source of the chunk; else a position, from 1, in its list of other sources.
    origin: u8,
}

/// What is known of an object beside its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks(u8);

impl Marks {
    /// A tombstone.
    pub(super) const DELETED: Self = Self(1);
    /// The class was guessed.
    pub(super) const GUESSED: Self = Self(2);

    #[inline]
    pub(super) fn contains(self, mark: Self) -> bool {
        self.0 & mark.0 != 0
    }

    fn set(&mut self, mark: Self, is_set: bool) {
        self.0 = if is_set { self.0 | mark.0 } else { self.0 & !mark.0 };
    }
}

/// Index entry of one object within its chunk.
#[derive(Debug, Clone, Copy)]
pub struct ObjectRecord {
    first_value: u32,
    end_value: u32,
    dn_start: u32,
    dn_length: u32,
    /// Lines after the first line of the chunk.
    pub(super) line: u32,
    domain: u16,
    pub(super) class: Class,
    pub(super) marks: Marks,
    pub(super) dn_key: u64,
    /// Bit n is set when an attribute with an id of n modulo 64 has a value: most questions are for attributes that an
    /// object lacks, and end here.
    present: u64,
}

#[inline]
fn presence_bit(attribute: AttributeId) -> u64 {
    1 << (attribute.0 & 63)
}

/// Some attributes, as far as the presence bits of objects tell attributes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttributeMask(u64);

impl AttributeMask {
    /// Adds one.
    pub fn insert(&mut self, attribute: AttributeId) {
        self.0 |= presence_bit(attribute);
    }
}

impl ObjectRecord {
    #[inline]
    pub(super) fn may_have(&self, attributes: AttributeMask) -> bool {
        self.present & attributes.0 != 0
    }
}

/// Objects and values of one block of a source.
#[derive(Debug, Default)]
pub struct Chunk {
    source: Option<SourceId>,
    first_line: u64,
    arena: Vec<u8>,
    values: Vec<ValueEntry>,
    objects: Vec<ObjectRecord>,
    domains: Vec<Box<str>>,
    occurring: AttributeSet,
    /// Inputs that single values came from instead; empty but for objects changed by an overlay.
    other_sources: Vec<SourceId>,
}

impl Chunk {
    /// How many objects it holds.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The input it was read from.
    pub fn source(&self) -> SourceId {
        self.source.expect("a finished chunk names its source")
    }

    /// The input that a value of this chunk was read from.
    pub fn source_of(&self, value: &Value<'_>) -> SourceId {
        let other = usize::from(value.origin).checked_sub(1).and_then(|at| self.other_sources.get(at));
        other.copied().unwrap_or_else(|| self.source())
    }

    /// Line number, from 1, to which the lines of objects and values are relative.
    pub fn first_line(&self) -> u64 {
        self.first_line
    }

    /// Sets the number of the first line; known only when the blocks before it have been counted.
    pub fn set_first_line(&mut self, line: u64) {
        self.first_line = line;
    }

    /// States that what it holds stands in no text: every line is 0.
    pub fn forget_lines(&mut self) {
        self.first_line = 0;
        self.objects.iter_mut().for_each(|record| record.line = 0);
        self.values.iter_mut().for_each(|entry| entry.line = 0);
    }

    /// Sets the input it was read from.
    pub fn set_source(&mut self, source: SourceId) {
        self.source = Some(source);
    }

    /// Attributes with at least one value in this chunk, `objectClass` included when classes were seen.
    pub fn occurring(&self) -> &AttributeSet {
        &self.occurring
    }

    /// DNS name (lower case) of the domain of an object, from the trailing `DC=` parts of its DN; empty when none.
    pub fn domain(&self, index: u32) -> &str {
        &self.domains[usize::from(self.objects[index as usize].domain)]
    }

    /// DNS names (lower case) of all domains in this chunk, by domain number; number 0 is the empty name.
    pub fn domains(&self) -> &[Box<str>] {
        &self.domains
    }

    /// Number, within this chunk, of the domain of an object.
    pub fn domain_number(&self, index: u32) -> usize {
        usize::from(self.objects[index as usize].domain)
    }

    pub(super) fn domain_of(&self, record: &ObjectRecord) -> &str {
        &self.domains[usize::from(record.domain)]
    }

    /// Key of the normalized DN of an object; 0 without a DN.
    pub fn dn_key(&self, index: u32) -> u64 {
        self.objects[index as usize].dn_key
    }

    /// The DN of an object by index.
    pub fn dn_at(&self, index: u32) -> &[u8] {
        self.dn(&self.objects[index as usize])
    }

    /// Line of an object by index, from 1; 0 in a source without lines.
    pub fn line_at(&self, index: u32) -> u64 {
        self.first_line + u64::from(self.objects[index as usize].line)
    }

    /// The values of an object by index.
    pub fn all_values_at(&self, index: u32) -> impl Iterator<Item = (AttributeId, Value<'_>)> {
        self.all_values(&self.objects[index as usize])
    }

    /// The values of one attribute of an object by index.
    pub fn values_at(&self, index: u32, attribute: AttributeId) -> Values<'_> {
        self.values(&self.objects[index as usize], attribute)
    }

    /// Class of an object by index.
    pub fn class_at(&self, index: u32) -> Class {
        self.objects[index as usize].class
    }

    /// Whether the class of an object, by index, was guessed.
    pub fn class_is_guess_at(&self, index: u32) -> bool {
        self.objects[index as usize].marks.contains(Marks::GUESSED)
    }

    /// Whether an object, by index, is a tombstone.
    pub fn is_deleted_at(&self, index: u32) -> bool {
        self.objects[index as usize].marks.contains(Marks::DELETED)
    }

    /// Gives attributes new numbers: `new[old]`. Keeps the order of values within an attribute.
    pub fn renumber(&mut self, new: &[AttributeId]) {
        let renamed = |old: AttributeId| new.get(usize::from(old.0)).copied().unwrap_or(old);
        for entry in &mut self.values {
            entry.attribute = renamed(entry.attribute);
        }
        for record in &self.objects {
            let values = &mut self.values[record.first_value as usize..record.end_value as usize];
            values.sort_by_key(|entry| entry.attribute);
        }
        self.occurring = self.occurring.iter().map(renamed).collect();
    }

    pub(super) fn record(&self, index: u32) -> &ObjectRecord {
        &self.objects[index as usize]
    }

    pub(super) fn dn(&self, record: &ObjectRecord) -> &[u8] {
        let start = record.dn_start as usize;
        &self.arena[start..start + record.dn_length as usize]
    }

    #[inline]
    pub(super) fn values(&self, record: &ObjectRecord, attribute: AttributeId) -> Values<'_> {
        if record.present & presence_bit(attribute) == 0 {
            return Values { chunk: self, entries: [].iter() };
        }
        let all = &self.values[record.first_value as usize..record.end_value as usize];
        let start = all.partition_point(|entry| entry.attribute < attribute);
        let rest = &all[start..];
        // Most attributes have one value or none: look at the neighbours before searching.
        let length = match rest {
            [first, ..] if first.attribute != attribute => 0,
            [_, second, ..] if second.attribute == attribute => {
                rest.partition_point(|entry| entry.attribute == attribute)
            }
            [] => 0,
            _ => 1,
        };
        Values { chunk: self, entries: rest[..length].iter() }
    }

    pub(super) fn all_values(
        &self,
        record: &ObjectRecord,
    ) -> impl Iterator<Item = (AttributeId, Value<'_>)> + use<'_> {
        self.values[record.first_value as usize..record.end_value as usize]
            .iter()
            .map(|entry| (entry.attribute, self.value(entry)))
    }

    #[inline]
    fn value(&self, entry: &ValueEntry) -> Value<'_> {
        let start = entry.start as usize;
        Value {
            bytes: &self.arena[start..start + entry.length as usize],
            flags: entry.flags,
            line: self.first_line + u64::from(entry.line),
            origin: entry.origin,
        }
    }

    /// Bytes held.
    pub fn memory_bytes(&self) -> usize {
        self.arena.capacity()
            + self.values.capacity() * size_of::<ValueEntry>()
            + self.objects.capacity() * size_of::<ObjectRecord>()
    }
}

/// Iterator over the values of one attribute of one object, in source order.
#[derive(Debug, Clone)]
pub struct Values<'a> {
    chunk: &'a Chunk,
    entries: std::slice::Iter<'a, ValueEntry>,
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        self.entries.next().map(|entry| self.chunk.value(entry))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl ExactSizeIterator for Values<'_> {}

/// Fills one chunk. Lines are given relative to the first line of the chunk.
///
/// Per object: [`begin`](Self::begin), any number of values, then [`finish_object`](Self::finish_object) or
/// [`discard_object`](Self::discard_object).
#[derive(Debug, Default)]
pub struct ChunkBuilder {
    chunk: Chunk,
    open: Option<ObjectRecord>,
    last_domain: u16,
    domain: Vec<u8>,
    domain_numbers: HashMap<Box<[u8]>, u16>,
}

/// The arena of one chunk is addressed with 32 bits; loaders start a new chunk well before that.
pub const MAX_ARENA_BYTES: usize = u32::MAX as usize;

impl ChunkBuilder {
    /// An empty chunk of a source.
    pub fn new(source: SourceId) -> Self {
        let chunk =
            Chunk { source: Some(source), first_line: 1, domains: vec![Box::default()], ..Chunk::default() };
        Self { chunk, ..Self::default() }
    }

    /// Starts an object. An object still open is discarded.
    pub fn begin(&mut self, line: u32) {
        self.discard_object();
        let value = u32::try_from(self.chunk.values.len()).expect("a chunk holds fewer than 2^32 values");
        let start = self.arena_position();
        self.open = Some(ObjectRecord {
            first_value: value,
            end_value: value,
            dn_start: start,
            dn_length: 0,
            line,
            domain: 0,
            class: Class::Unknown,
            marks: Marks::default(),
            dn_key: 0,
            present: 0,
        });
    }

    /// Sets the DN of the open object: decoded bytes, otherwise as in the source. Derives its key and its domain.
    pub fn set_dn(&mut self, bytes: &[u8]) {
        let start = self.arena_position();
        self.chunk.arena.extend_from_slice(bytes);
        let length = u32::try_from(bytes.len()).expect("a value is shorter than 4 GiB");
        let domain = self.domain_number(bytes);
        if let Some(record) = &mut self.open {
            record.dn_start = start;
            record.dn_length = length;
            record.dn_key = dn::key(bytes);
            record.domain = domain;
        }
    }

    /// Sets the class of the open object; `is_guess`: the source does not state it, other attributes spoke for it.
    pub fn set_class(&mut self, class: Class, is_guess: bool) {
        if let Some(record) = &mut self.open {
            record.class = class;
            record.marks.set(Marks::GUESSED, is_guess);
        }
    }

    /// Marks that the source states object classes at all, so that checks know the attribute occurs.
    pub fn mark_occurring(&mut self, attribute: AttributeId) {
        self.chunk.occurring.insert(attribute);
    }

    /// Adds a value to the open object. Of a photo only the size is kept: a directory of a million photos has some
    /// ten gigabytes of them, and nothing looks into one.
    #[inline]
    pub fn push(&mut self, attribute: AttributeId, bytes: &[u8], line: u32, flags: ValueFlags) {
        let no_size = ValueFlags::EXTERNAL.with(ValueFlags::SIZE_ONLY);
        if attribute == attribute::THUMBNAIL_PHOTO && flags.without(no_size) == flags && !bytes.is_empty() {
            let digits = bytes.len().to_string();
            self.push_bytes(attribute, digits.as_bytes(), line, flags.with(ValueFlags::SIZE_ONLY));
        } else {
            self.push_bytes(attribute, bytes, line, flags);
        }
    }

    #[inline]
    fn push_bytes(&mut self, attribute: AttributeId, bytes: &[u8], line: u32, flags: ValueFlags) {
        let start = self.arena_position();
        self.chunk.arena.extend_from_slice(bytes);
        let length = u32::try_from(bytes.len()).expect("a value is shorter than 4 GiB");
        self.chunk.values.push(ValueEntry { start, length, line, attribute, flags, origin: 0 });
    }

    /// States that the value added last was read from another input than the chunk.
    ///
    /// A chunk knows 255 other inputs; values of further ones count as read from the input of the chunk.
    pub fn last_value_is_of(&mut self, source: SourceId) {
        if self.chunk.source == Some(source) {
            return;
        }
        let others = &mut self.chunk.other_sources;
        let known = others.iter().position(|other| *other == source);
        let position = known.unwrap_or_else(|| {
            others.push(source);
            others.len() - 1
        });
        if let (Ok(origin), Some(entry)) = (u8::try_from(position + 1), self.chunk.values.last_mut()) {
            entry.origin = origin;
        }
    }

    /// Marks all values of an attribute of the open object as incomplete; adds an empty one when there is none.
    pub fn mark_incomplete(&mut self, attribute: AttributeId, line: u32) {
        let Some(record) = self.open else { return };
        let mut found = false;
        for entry in &mut self.chunk.values[record.first_value as usize..] {
            if entry.attribute == attribute {
                entry.flags = entry.flags.with(ValueFlags::INCOMPLETE);
                found = true;
            }
        }
        if !found {
            self.push(attribute, b"", line, ValueFlags::INCOMPLETE);
        }
    }

    /// How many values the open object has so far.
    pub fn open_values(&self) -> usize {
        self.open.map_or(0, |record| self.chunk.values.len() - record.first_value as usize)
    }

    /// Whether an object is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Bytes in the arena so far.
    pub fn arena_len(&self) -> usize {
        self.chunk.arena.len()
    }

    /// Closes the open object: groups its values by attribute and keeps it. Returns its index.
    pub fn finish_object(&mut self) -> Option<u32> {
        let mut record = self.open.take()?;
        let values = &mut self.chunk.values[record.first_value as usize..];
        if !values.is_sorted_by_key(|entry| entry.attribute) {
            values.sort_by_key(|entry| entry.attribute);
        }
        for entry in values.iter() {
            self.chunk.occurring.insert(entry.attribute);
            record.present |= presence_bit(entry.attribute);
            if entry.attribute == attribute::IS_DELETED {
                let start = entry.start as usize;
                let value = &self.chunk.arena[start..start + entry.length as usize];
                record.marks.set(Marks::DELETED, value.eq_ignore_ascii_case(b"TRUE"));
            }
        }
        record.end_value =
            u32::try_from(self.chunk.values.len()).expect("a chunk holds fewer than 2^32 values");
        let index = u32::try_from(self.chunk.objects.len()).expect("a chunk holds fewer than 2^32 objects");
        self.chunk.objects.push(record);
        Some(index)
    }

    /// Drops the open object and its values.
    pub fn discard_object(&mut self) {
        if let Some(record) = self.open.take() {
            if let Some(first) = self.chunk.values.get(record.first_value as usize) {
                let start = (first.start as usize).min(record.dn_start as usize);
                self.chunk.arena.truncate(start);
            } else {
                self.chunk.arena.truncate(record.dn_start as usize);
            }
            self.chunk.values.truncate(record.first_value as usize);
        }
    }

    /// The finished chunk, without slack.
    pub fn finish(mut self) -> Chunk {
        self.discard_object();
        self.chunk.arena.shrink_to_fit();
        self.chunk.values.shrink_to_fit();
        self.chunk.objects.shrink_to_fit();
        self.chunk
    }

    fn arena_position(&self) -> u32 {
        u32::try_from(self.chunk.arena.len()).expect("loaders start a new chunk before 4 GiB")
    }

    fn domain_number(&mut self, dn_bytes: &[u8]) -> u16 {
        self.domain.clear();
        dn::write_domain(dn_bytes, &mut self.domain);
        let domains = &mut self.chunk.domains;
        if domains[usize::from(self.last_domain)].as_bytes() == self.domain.as_slice() {
            return self.last_domain;
        }
        if domains.len() < usize::from(u16::MAX) {
            self.last_domain =
                *self.domain_numbers.entry(self.domain.as_slice().into()).or_insert_with(|| {
                    domains.push(String::from_utf8_lossy(&self.domain).into_owned().into_boxed_str());
                    u16::try_from(domains.len() - 1).expect("at most 65,535 domains in a chunk")
                });
        }
        self.last_domain
    }
}
