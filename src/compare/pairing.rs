//! Which object of one side is which of the other: by objectGUID, else by forest and identity.
//!
//! One GUID can stand on several objects (a forest that was cloned, an export under two names): they are told apart by
//! where they stand, and what is left over in the order of the report. Two different GUIDs under one DN are two objects:
//! the first was deleted, the second made in its place.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::snapshot::{Number, Snapshot};

/// Objects of both sides, of the first alone, of the second alone; each sorted by number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairs {
    pub both: Vec<(Number, Number)>,
    pub gone: Vec<Number>,
    pub new: Vec<Number>,
}

/// Finds every object again. Cost: sorting the GUIDs of both sides.
pub(super) fn pair(before: &Snapshot, after: &Snapshot) -> Pairs {
    let mut matching = Matching {
        before,
        after,
        both: Vec::new(),
        left: [vec![true; before.len()], vec![true; after.len()]],
    };
    matching.by_guid();
    matching.by_place();
    matching.finish()
}

struct Matching<'s> {
    before: &'s Snapshot,
    after: &'s Snapshot,
    both: Vec<(Number, Number)>,
    /// By side and number: not paired yet.
    left: [Vec<bool>; 2],
}

/// Forest and lower-cased identity.
type Place<'s> = (&'s str, String);

fn place(snapshot: &Snapshot, number: Number) -> Place<'_> {
    (snapshot.forest(number), snapshot.names(number).1.to_lowercase())
}

fn guids(snapshot: &Snapshot) -> Vec<([u8; 16], Number)> {
    let mut guids: Vec<_> = (0..snapshot.len())
        .into_par_iter()
        .filter_map(|number| Some((snapshot.record(number).guid?, number)))
        .collect();
    guids.par_sort_unstable();
    guids
}

impl Matching<'_> {
    fn by_guid(&mut self) {
        let (before, after) = (guids(self.before), guids(self.after));
        let mut rest = after.as_slice();
        for group in before.chunk_by(|one, other| one.0 == other.0) {
            let guid = group[0].0;
            rest = &rest[rest.partition_point(|(other, _)| *other < guid)..];
            let same = &rest[..rest.partition_point(|(other, _)| *other == guid)];
            self.within(group.iter().map(|entry| entry.1), same.iter().map(|entry| entry.1));
        }
    }

    /// Pairs objects of one GUID.
    fn within(&mut self, before: impl Iterator<Item = Number>, after: impl Iterator<Item = Number>) {
        let (before, after): (Vec<Number>, Vec<Number>) = (before.collect(), after.collect());
        if before.len() > 1 || after.len() > 1 {
            self.at_one_place(&before, &after, |_, _| true);
        }
        let mut left: Vec<Number> = after.into_iter().filter(|number| self.left[1][*number]).rev().collect();
        for one in before {
            if self.left[0][one]
                && let Some(other) = left.pop()
            {
                self.take(one, other);
            }
        }
    }

    /// Pairs what is left and stands in the same place, where the pair may be one object.
    fn at_one_place(&mut self, before: &[Number], after: &[Number], may: impl Fn(Number, Number) -> bool) {
        let mut places: BTreeMap<Place<'_>, Vec<Number>> = BTreeMap::new();
        // From behind, so that the first is taken first.
        for number in after.iter().rev() {
            places.entry(place(self.after, *number)).or_default().push(*number);
        }
        let mut found = Vec::new();
        for one in before {
            let candidates = places.get_mut(&place(self.before, *one));
            if let Some(candidates) = candidates
                && let Some(other) = candidates.last().copied()
                && may(*one, other)
            {
                candidates.pop();
                found.push((*one, other));
            }
        }
        for (one, other) in found {
            self.take(one, other);
        }
    }

    fn by_place(&mut self) {
        let left = |side: &Vec<bool>| -> Vec<Number> {
            side.iter().enumerate().filter(|(_, left)| **left).map(|(number, _)| number).collect()
        };
        let (before, after) = (left(&self.left[0]), left(&self.left[1]));
        let (first, second) = (self.before, self.after);
        let may = |one, other| first.record(one).guid.is_none() || second.record(other).guid.is_none();
        self.at_one_place(&before, &after, may);
    }

    fn take(&mut self, one: Number, other: Number) {
        (self.left[0][one], self.left[1][other]) = (false, false);
        self.both.push((one, other));
    }

    fn finish(mut self) -> Pairs {
        self.both.sort_unstable();
        let left = |side: &Vec<bool>| -> Vec<Number> {
            side.iter().enumerate().filter(|(_, left)| **left).map(|(number, _)| number).collect()
        };
        Pairs { gone: left(&self.left[0]), new: left(&self.left[1]), both: self.both }
    }
}
