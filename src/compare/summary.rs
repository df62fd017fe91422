//! The numbers of a comparison.

use std::collections::BTreeMap;

use super::object_change::ObjectChange;
use super::pairing::Pairs;
use super::snapshot::Snapshot;
use super::value;
use crate::outcome::Outcome;

/// How many objects have one outcome on the first side and one on the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// On the first side; `None`: not there.
    pub before: Option<Outcome>,
    /// On the second side; `None`: not there.
    pub after: Option<Outcome>,
    /// Objects.
    pub objects: u64,
}

/// All numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Objects of both sides.
    pub compared: u64,
    /// Of these, those that differ.
    pub changed: u64,
    /// Objects of the second side alone.
    pub new: u64,
    /// Objects of the first side alone.
    pub gone: u64,
    /// Objects by both outcomes, without empty cells; sorted by first, then second outcome, absent last.
    pub outcomes: Vec<Cell>,
    /// Objects with other partners.
    pub partners: u64,
    /// Objects by value that differs, in the order of the values; only values that occur.
    pub values: Vec<(&'static str, u64)>,
    /// Groups with other members.
    pub members: u64,
    /// Findings of both sides.
    pub findings_unchanged: u64,
}

/// Counts objects by outcome.
pub(super) fn count(before: &Snapshot, after: &Snapshot, pairs: &Pairs) -> Totals {
    let mut cells: BTreeMap<(bool, Option<Outcome>, bool, Option<Outcome>), u64> = BTreeMap::new();
    let mut add = |before: Option<Outcome>, after: Option<Outcome>| {
        *cells.entry((before.is_none(), before, after.is_none(), after)).or_default() += 1;
    };
    for (one, other) in &pairs.both {
        add(Some(before.record(*one).outcome), Some(after.record(*other).outcome));
    }
    for number in &pairs.gone {
        add(Some(before.record(*number).outcome), None);
    }
    for number in &pairs.new {
        add(None, Some(after.record(*number).outcome));
    }
    let outcomes = cells.into_iter().map(|((_, before, _, after), objects)| Cell { before, after, objects });
    Totals {
        compared: pairs.both.len() as u64,
        new: pairs.new.len() as u64,
        gone: pairs.gone.len() as u64,
        outcomes: outcomes.collect(),
        ..Totals::default()
    }
}

/// Counts what differs.
pub(super) fn count_values(totals: &mut Totals, objects: &[ObjectChange]) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for object in objects {
        totals.changed += u64::from(object.kind() == "changed");
        totals.partners += u64::from(object.partners_differ);
        totals.members += u64::from(object.members.is_some());
        for value in &object.values {
            *counts.entry(value.name).or_default() += 1;
        }
    }
    let names = (0..).map(value::name).take_while(|name| !name.is_empty());
    totals.values = names.filter_map(|name| Some((name, *counts.get(name)?))).collect();
}
