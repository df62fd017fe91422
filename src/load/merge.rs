//! The same DN more than once, within an input or across inputs of one forest (`input-formats` section 4.10, read
//! 2026-11-20).
//!
//! (a) Equal records count once. (b) A record of mere range slices completes the other one. (c) Of different records
//! in one input the later counts. (d) Of different records in several inputs the one with more attributes counts.
//! Only (c) depends on the order of records. Candidates are found by sorting the keys of all DNs; then the DNs
//! themselves are compared.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rayon::slice::ParallelSliceMut;

use super::Loaded;
use super::forest::Forests;
use super::ldif::slices::{Slice, SlicedObject, gaps};
use super::notes::Notes;
use crate::directory::{AttributeId, Chunk, ChunkBuilder, Class, ForestId, Value, ValueFlags, dn};

/// Where an object is: source, chunk of the source, index in the chunk. Sorts in the order of the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) source: usize,
    pub(super) chunk: usize,
    pub(super) index: u32,
}

/// What became of duplicates.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Objects that do not count.
    pub(super) hidden: BTreeSet<Place>,
    /// Objects for which one of `chunks` stands, by its index there.
    pub(super) replaced: BTreeMap<Place, (usize, u32)>,
    /// Objects joined from several records; one chunk each.
    pub(super) chunks: Vec<Chunk>,
    /// Warnings, by source.
    pub(super) notes: Vec<Notes>,
}

/// Finds and settles all duplicates.
pub(super) fn merge(sources: &[Loaded], forests: &Forests) -> Merged {
    let mut merger = Merger { sources, sliced: sliced(sources), merged: Merged::default() };
    merger.merged.notes.resize_with(sources.len(), Notes::default);
    let candidates = candidates(sources);
    for run in candidates.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let mut members: Vec<(ForestId, Vec<u8>, Place)> = run
            .iter()
            .map(|(_, place)| (merger.forest(forests, *place), dn::normalize(merger.dn(*place)), *place))
            .collect();
        members.sort();
        for same in members.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)).filter(|same| same.len() > 1) {
            merger.settle(&same.iter().map(|(_, _, place)| *place).collect::<Vec<_>>());
        }
    }
    merger.warn_of_gaps();
    merger.merged
}

/// Keys of all DNs, sorted; equal DNs have equal keys.
fn candidates(sources: &[Loaded]) -> Vec<(u64, Place)> {
    let mut keys = Vec::with_capacity(sources.iter().flat_map(|loaded| &loaded.chunks).map(Chunk::len).sum());
    for (source, loaded) in sources.iter().enumerate() {
        for (number, chunk) in loaded.chunks.iter().enumerate() {
            for index in 0..u32::try_from(chunk.len()).unwrap_or(u32::MAX) {
                keys.push((chunk.dn_key(index), Place { source, chunk: number, index }));
            }
        }
    }
    keys.retain(|(key, _)| *key != 0);
    keys.par_sort_unstable_by_key(|(key, _)| *key);
    keys
}

fn sliced(sources: &[Loaded]) -> BTreeMap<Place, &SlicedObject> {
    let all = sources.iter().enumerate().flat_map(|(source, loaded)| {
        loaded
            .sliced
            .iter()
            .map(move |(chunk, object)| (Place { source, chunk: *chunk, index: object.object }, object))
    });
    all.collect()
}

struct Merger<'a> {
    sources: &'a [Loaded],
    sliced: BTreeMap<Place, &'a SlicedObject>,
    merged: Merged,
}

/// Values of an object without regard to their order, for comparisons.
type Content<'a> = Vec<(AttributeId, &'a [u8])>;

impl<'a> Merger<'a> {
    fn chunk(&self, place: Place) -> &'a Chunk {
        &self.sources[place.source].chunks[place.chunk]
    }

    fn dn(&self, place: Place) -> &'a [u8] {
        self.chunk(place).dn_at(place.index)
    }

    fn line(&self, place: Place) -> u64 {
        self.chunk(place).line_at(place.index)
    }

    fn forest(&self, forests: &Forests, place: Place) -> ForestId {
        forests.of(place.source, place.chunk, self.chunk(place).domain_number(place.index))
    }

    fn content(&self, place: Place) -> Content<'a> {
        let values = self.chunk(place).all_values_at(place.index);
        let mut content: Content<'a> = values.map(|(attribute, value)| (attribute, value.bytes)).collect();
        content.sort_unstable();
        content
    }

    fn is_part(&self, place: Place) -> bool {
        self.sliced.get(&place).is_some_and(|object| object.only_slices)
    }

    /// Decides which of the records of one DN counts; they come in the order of the inputs.
    fn settle(&mut self, places: &[Place]) {
        let (parts, whole): (Vec<Place>, Vec<Place>) = places.iter().partition(|place| self.is_part(**place));
        let richest = |a: &Place, b: &Place| self.rank(a, b).then(b.cmp(a));
        let base = parts.iter().copied().max_by(richest);
        let Some(base) = self.best(&whole).or(base) else { return };
        if !parts.is_empty() {
            self.join(base, &parts);
        }
        self.merged.hidden.extend(places.iter().filter(|place| **place != base));
    }

    /// (a), (c) and (d): first within each source, then across sources.
    fn best(&mut self, whole: &[Place]) -> Option<Place> {
        let mut winners: Vec<Place> = Vec::new();
        for of_source in whole.chunk_by(|a, b| a.source == b.source) {
            winners.extend(self.latest(of_source));
        }
        let best = winners
            .iter()
            .copied()
            .reduce(|best, other| if self.rank(&other, &best) == Ordering::Greater { other } else { best })?;
        let content = self.content(best);
        winners.retain(|place| *place != best && self.content(*place) != content);
        for loser in winners {
            self.note_across_inputs(loser, best);
        }
        Some(best)
    }

    /// Of the records of one source: the first when all are equal, else the last.
    fn latest(&mut self, places: &[Place]) -> Option<Place> {
        let (first, last) = (*places.first()?, *places.last()?);
        let content = self.content(last);
        let differing: Vec<Place> = places
            .iter()
            .copied()
            .filter(|place| *place != last && self.content(*place) != content)
            .collect();
        for place in &differing {
            let (line, kept, dn) = (self.line(*place), self.line(last), self.dn(*place));
            self.merged.notes[place.source].add("duplicate", line, || {
                let dn = String::from_utf8_lossy(dn);
                let again = if kept == 0 { String::new() } else { format!(" at line {kept}") };
                format!("{dn} is in this input again{again} with other values: the later record was kept")
            });
        }
        Some(if differing.is_empty() { first } else { last })
    }

    /// A class at all, more attributes, more values, then whatever does not depend on the order of the inputs.
    fn rank(&self, one: &Place, other: &Place) -> Ordering {
        let measure = |place: &Place| {
            let content = self.content(*place);
            let attributes = content.chunk_by(|a, b| a.0 == b.0).count();
            (self.chunk(*place).class_at(place.index) != Class::Unknown, attributes, content.len(), content)
        };
        measure(one).cmp(&measure(other))
    }

    fn note_across_inputs(&mut self, loser: Place, best: Place) {
        let (line, dn) = (self.line(loser), self.dn(loser));
        let other = &self.sources[best.source].source.path;
        self.merged.notes[loser.source].add("duplicate", line, || {
            let dn = String::from_utf8_lossy(dn);
            format!("{dn} is also in {other}, with other values: the record with more attributes was kept ({other})")
        });
    }

    /// (b): joins records of mere slices to the one they belong to, in the order of the slices.
    fn join(&mut self, base: Place, parts: &[Place]) {
        let mut slices: Vec<(Place, Slice)> = Vec::new();
        for place in parts.iter().chain([&base]).collect::<BTreeSet<_>>() {
            let own = self.sliced.get(place).map_or(&[][..], |object| &object.slices);
            slices.extend(own.iter().map(|slice| (*place, *slice)));
        }
        slices.sort_by_key(|(place, slice)| {
            (slice.attribute, slice.low, slice.high.is_none(), slice.high, *place)
        });
        let mut joined: Vec<(AttributeId, Value<'a>)> = Vec::new();
        for of_attribute in slices.chunk_by(|a, b| a.1.attribute == b.1.attribute) {
            let Some((_, first)) = of_attribute.first() else { continue };
            if self.has_plain_values(base, first.attribute) {
                continue;
            }
            let plain: Vec<Slice> = of_attribute.iter().map(|(_, slice)| *slice).collect();
            let incomplete = !gaps(&plain).is_empty();
            if incomplete {
                self.note_gap(base);
            }
            let values = self.in_order(of_attribute, self.line(base), base.source);
            joined.extend(
                values
                    .into_iter()
                    .map(|value| (first.attribute, value.with_flags(flags(value.flags, incomplete)))),
            );
        }
        let position = self.merged.chunks.len();
        let chunk = self.rebuild(base, &joined);
        self.merged.chunks.push(chunk);
        self.merged.replaced.insert(base, (position, 0));
    }

    /// Whether the base has values of an attribute that did not come in slices: then it has them all.
    fn has_plain_values(&self, base: Place, attribute: AttributeId) -> bool {
        let sliced = self
            .sliced
            .get(&base)
            .is_some_and(|object| object.slices.iter().any(|slice| slice.attribute == attribute));
        let values = self.chunk(base).values_at(base.index, attribute);
        !sliced && values.clone().any(|value| !value.bytes.is_empty())
    }

    /// The values of slices of one attribute, each position once. Values from another input stand at `line`.
    fn in_order(&self, slices: &[(Place, Slice)], line: u64, source: usize) -> Vec<Value<'a>> {
        let mut next = 0_u64;
        let mut all = Vec::new();
        for (place, slice) in slices {
            let known = usize::try_from(next.saturating_sub(slice.low)).unwrap_or(usize::MAX);
            let values = self.chunk(*place).values_at(place.index, slice.attribute);
            let new = values.skip(slice.first).take(slice.values).skip(known);
            all.extend(new.map(|value| if place.source == source { value } else { value.at_line(line) }));
            next = next.max(slice.low.saturating_add(slice.values as u64));
        }
        all
    }

    /// The base with other values of the joined attributes, in a chunk of its own.
    fn rebuild(&self, base: Place, joined: &[(AttributeId, Value<'a>)]) -> Chunk {
        let line = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
        let source = self.chunk(base).source();
        let mut builder = ChunkBuilder::new(source);
        builder.begin(line(self.line(base)));
        builder.set_dn(self.dn(base));
        let chunk = self.chunk(base);
        builder.set_class(chunk.class_at(base.index), chunk.class_is_guess_at(base.index));
        let own = self.chunk(base).all_values_at(base.index);
        for (attribute, value) in
            own.filter(|(attribute, _)| joined.iter().all(|(other, _)| other != attribute))
        {
            builder.push(attribute, value.bytes, line(value.line), value.flags);
        }
        for (attribute, value) in joined {
            builder.push(*attribute, value.bytes, line(value.line), value.flags);
        }
        builder.finish_object();
        let mut chunk = builder.finish();
        chunk.set_first_line(0);
        chunk
    }

    fn note_gap(&mut self, place: Place) {
        let (line, dn) = (self.line(place), self.dn(place));
        self.merged.notes[place.source].add("range-incomplete", line, || {
            let dn = String::from_utf8_lossy(dn);
            format!("{dn}: slices of an attribute (;range=) are missing; its values count as incomplete")
        });
    }

    /// Objects that were not joined with anything and lack slices.
    fn warn_of_gaps(&mut self) {
        let settled =
            |place: &Place| self.merged.hidden.contains(place) || self.merged.replaced.contains_key(place);
        let alone =
            self.sliced.iter().filter(|(place, object)| !settled(place) && !gaps(&object.slices).is_empty());
        for place in alone.map(|(place, _)| *place).collect::<Vec<_>>() {
            self.note_gap(place);
        }
    }
}

fn flags(own: ValueFlags, incomplete: bool) -> ValueFlags {
    if incomplete { own.with(ValueFlags::INCOMPLETE) } else { own.without(ValueFlags::INCOMPLETE) }
}
