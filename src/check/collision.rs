//! Collisions: the same key on several objects.
//!
//! Only a hash of each key is kept, so a million objects cost 16 bytes each; the keys of a group are read again to
//! tell true holders from chance.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bound::{Check, Kind};
use super::finding::{Finding, Seen};
use super::front_matter::Within;
use super::lookup::hash;
use super::message::Facts;
use super::object_pass::{Trouble, Yield};
use super::view::{View, for_each_key, holds, text_of};
use crate::directory::{ObjectId, order as report_order};
use crate::expression::{EvaluationError, Expression, Value};
use crate::outcome::{Reason, ReasonSet};

/// The keys of a collision check.
struct Keys<'c> {
    check: &'c Check,
    key: &'c Expression,
    within: Within,
    case_sensitive: bool,
}

/// Applies a collision check to all objects. `occurring` are all reasons of the run: a check that asks for reasons
/// nobody has is done.
pub(super) fn examine(view: &View<'_, '_>, number: usize, check: &Check, occurring: ReasonSet) -> Yield {
    let Kind::Collision { key, within, case_sensitive, reasons } = &check.kind else {
        return Yield::default();
    };
    if !reasons.is_empty() && !reasons.iter().any(|reason| occurring.contains(*reason)) {
        return Yield::default();
    }
    let keys = Keys { check, key, within: *within, case_sensitive: *case_sensitive };
    let (entries, troubles) = keys.read_all(view, number);
    let groups = entries.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1);
    let findings = groups.flat_map(|group| keys.findings(view, group, reasons)).collect();
    Yield { findings, troubles, ..Yield::default() }
}

type Entries = Vec<(u64, ObjectId)>;

impl Keys<'_> {
    fn read_all(&self, view: &View<'_, '_>, number: usize) -> (Entries, Vec<(usize, ObjectId, Trouble)>) {
        let count = u32::try_from(view.directory().len()).expect("object numbers are 32 bits");
        let (mut entries, troubles) = (0..count)
            .into_par_iter()
            .map(ObjectId)
            .fold(<(Entries, Vec<_>)>::default, |(mut entries, mut troubles), id| {
                let read = self.each_key(view, id, &mut |key, _| entries.push((hash(key), id)));
                if let Err(error) = read {
                    troubles.push((number, id, Trouble::Evaluation(error)));
                }
                (entries, troubles)
            })
            .reduce(Default::default, |mut one, mut other| {
                one.0.append(&mut other.0);
                one.1.append(&mut other.1);
                one
            });
        entries.par_sort_unstable();
        entries.dedup();
        (entries, troubles)
    }

    /// Hands on the keys of an object, with the value they come from.
    fn each_key(
        &self,
        view: &View<'_, '_>,
        id: ObjectId,
        take: &mut dyn FnMut(&[u8], &Value<'_>),
    ) -> Result<(), EvaluationError> {
        let Some(scope) = view.scope(self.check, id) else { return Ok(()) };
        if !holds(self.check.when.as_ref(), &scope)? {
            return Ok(());
        }
        let value = self.key.evaluate(&scope)?;
        let forest = view.object(id).forest().0.to_le_bytes();
        let single = std::slice::from_ref(&value);
        let values = if let Value::List(values) = &value { values.as_slice() } else { single };
        for value in values {
            for_each_key(value, self.case_sensitive, &mut |key| match self.within {
                Within::All => take(key, value),
                Within::Forest => take(&[&forest[..], key].concat(), value),
            });
        }
        Ok(())
    }

    /// One finding per key that several objects of a group share.
    fn findings(&self, view: &View<'_, '_>, group: &[(u64, ObjectId)], reasons: &[Reason]) -> Vec<Finding> {
        let mut by_key: BTreeMap<Vec<u8>, Vec<Holder>> = BTreeMap::new();
        for (wanted, id) in group {
            // Errors were counted when the keys were read for the first time.
            let _ = self.each_key(view, *id, &mut |key, value| {
                if hash(key) == *wanted {
                    let holder = Holder { id: *id, value: text_of(value) };
                    by_key.entry(key.to_vec()).or_default().push(holder);
                }
            });
        }
        let competing = by_key.into_iter().map(|(key, mut holders)| {
            holders.dedup_by_key(|holder| holder.id);
            (key, holders)
        });
        competing
            .filter(|(_, holders)| holders.len() > 1 && matters(view, holders, reasons))
            .filter_map(|(key, holders)| self.finding(view, &key, holders))
            .collect()
    }

    fn finding(&self, view: &View<'_, '_>, key: &[u8], holders: Vec<Holder>) -> Option<Finding> {
        let mut values: BTreeMap<ObjectId, Option<String>> = BTreeMap::new();
        for holder in holders {
            values.insert(view.holder(self.check, holder.id)?, holder.value);
        }
        let mut order: Vec<ObjectId> = values.keys().copied().collect();
        order.sort_by(|one, other| report_order::compare(view.directory(), *one, *other));
        let (first, others) = order.split_first()?;
        let names = view.directory().names();
        let attribute_of = |id: ObjectId| {
            self.check.attribute.and_then(|attribute| view.resolve(attribute, &view.object(id)))
        };
        let related = others.iter().map(|id| {
            let attribute = attribute_of(*id);
            let is_binary = attribute.is_some_and(|attribute| names.syntax(attribute).is_binary());
            let mut related = view.related(*id);
            related.attribute = attribute.map(|attribute| names.name(attribute).to_owned());
            related.value = values.get(id).cloned().flatten().filter(|_| !is_binary);
            related.keeps = Some(view.keeps(*id));
            related
        });
        let related = related.collect();
        let keeping = order.iter().filter(|id| view.keeps(**id));
        let keeps = keeping.map(|id| view.object(*id).identity()).collect();
        let seen = Seen {
            attribute: attribute_of(*first),
            value: values.get(first).cloned().flatten(),
            facts: Facts { count: Some(order.len() as u64), keeps, ..Facts::default() },
            related: others.to_vec(),
            // Not the first holder's identity: another one is first as soon as somebody is moved.
            identity: Some(format!("key:{}", blake3::hash(key).to_hex())),
            ..Seen::default()
        };
        let mut finding = view.finding_with(self.check, view.object(*first), seen, related);
        finding.report.gravest = order.iter().map(|id| view.simulation.outcome(*id)).max();
        Some(finding)
    }
}

struct Holder {
    id: ObjectId,
    value: Option<String>,
}

fn matters(view: &View<'_, '_>, holders: &[Holder], reasons: &[Reason]) -> bool {
    reasons.is_empty() || holders.iter().any(|holder| view.reason(holder.id, reasons).is_some())
}
