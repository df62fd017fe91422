//! What differs about one object, and how much it weighs.

use rayon::prelude::*;

use super::pairing::Pairs;
use super::snapshot::{Number, Snapshot};
use super::value::{self, MEMBERS_LOST, SOURCE_ANCHOR, Value};
use crate::config::Severity;
use crate::directory::{guid, order};
use crate::outcome::{Outcome, Reason};

/// How an object fares on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// DN.
    pub dn: Option<String>,
    /// Outcome.
    pub outcome: Outcome,
    /// At least one, in the order of [`Reason::ALL`].
    pub reasons: Vec<Reason>,
    /// `id`s of all other members of its metaverse object, sorted by forest and DN.
    pub joined_with: Vec<String>,
}

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueChange {
    /// Name, see [`value::name`].
    pub name: &'static str,
    /// First side.
    pub before: Value,
    /// Second side.
    pub after: Value,
}

/// Members sent of a group, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MembersChange {
    /// Sent on the first side.
    pub before: usize,
    /// Sent on the second side.
    pub after: usize,
    /// Sent on the second side alone.
    pub added: usize,
    /// Sent on the first side alone.
    pub removed: usize,
}

/// An object that differs. At least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectChange {
    /// DN: of the second side, else of the first.
    pub dn: Option<String>,
    /// Identity, likewise.
    pub id: String,
    /// Forest.
    pub forest: String,
    /// `user`, `group`, `contact` or `other`.
    pub object_class: &'static str,
    /// Dashed lower-case text.
    pub object_guid: Option<String>,
    /// How much the difference weighs.
    pub severity: Severity,
    /// How it fares on the first side; `None`: it is not there.
    pub before: Option<State>,
    /// How it fares on the second side.
    pub after: Option<State>,
    /// Whether other objects stand beside it in the metaverse.
    pub partners_differ: bool,
    /// Values that differ, where both sides export the object; in the order of their names' list.
    pub values: Vec<ValueChange>,
    /// Members that differ, where both sides export the group.
    pub members: Option<MembersChange>,
}

impl ObjectChange {
    /// `new`, `gone` or `changed`.
    pub fn kind(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "new",
            (_, None) => "gone",
            _ => "changed",
        }
    }

    /// Whether a value of this name differs.
    pub fn has_value(&self, name: &str) -> bool {
        self.values.iter().any(|value| value.name == name)
    }
}

/// All objects that differ, sorted by forest, in the order of `forests`, then DN.
pub(super) fn changes(
    before: &Snapshot,
    after: &Snapshot,
    pairs: &Pairs,
    forests: &[String],
) -> Vec<ObjectChange> {
    let both = pairs.both.par_iter().filter_map(|(one, other)| changed((before, *one), (after, *other)));
    let mut changes: Vec<ObjectChange> = both.collect();
    changes.extend(pairs.gone.iter().map(|number| alone((before, *number), true)));
    changes.extend(pairs.new.iter().map(|number| alone((after, *number), false)));
    let rank = |change: &ObjectChange| forests.iter().position(|forest| *forest == change.forest);
    changes.sort_by(|one, other| {
        let by_name = || order::compare_folded(one.id.as_bytes(), other.id.as_bytes());
        rank(one).cmp(&rank(other)).then_with(by_name).then_with(|| one.kind().cmp(other.kind()))
    });
    changes
}

type Place<'s> = (&'s Snapshot, Number);

fn state((snapshot, number): Place<'_>) -> (State, String) {
    let record = snapshot.record(number);
    let (dn, id, joined_with) = snapshot.names(number);
    let reasons = record.reasons.iter().collect();
    (State { dn, outcome: record.outcome, reasons, joined_with }, id)
}

fn unfilled(place: Place<'_>, dn: Option<String>, id: String) -> ObjectChange {
    let (snapshot, number) = place;
    let record = snapshot.record(number);
    ObjectChange {
        dn,
        id,
        forest: snapshot.forest(number).to_owned(),
        object_class: record.class,
        object_guid: record.guid.and_then(|bytes| guid::to_text(&bytes)),
        severity: Severity::Info,
        before: None,
        after: None,
        partners_differ: false,
        values: Vec::new(),
        members: None,
    }
}

/// An object of one side: that it is gone deletes what the cloud has of it.
fn alone(place: Place<'_>, is_gone: bool) -> ObjectChange {
    let (state, id) = state(place);
    let deletes = is_gone && arrives(state.outcome);
    let severity = if deletes { Severity::Warning } else { Severity::Info };
    let change = ObjectChange { severity, ..unfilled(place, state.dn.clone(), id) };
    if is_gone {
        ObjectChange { before: Some(state), ..change }
    } else {
        ObjectChange { after: Some(state), ..change }
    }
}

fn changed(one: Place<'_>, other: Place<'_>) -> Option<ObjectChange> {
    let (old, new) = (one.0.record(one.1), other.0.record(other.1));
    let values = value_changes(one, other);
    let members = members_change(one, other);
    let partners_differ = old.partners != new.partners;
    let same = (old.outcome, old.reasons) == (new.outcome, new.reasons);
    if same && !partners_differ && values.is_empty() && members.is_none() {
        return None;
    }
    let (before, _) = state(one);
    let (after, id) = state(other);
    let mut change = ObjectChange {
        before: Some(before),
        partners_differ,
        values,
        members,
        ..unfilled(other, after.dn.clone(), id)
    };
    change.after = Some(after);
    change.severity = weight(old.outcome, new.outcome, &change);
    Some(change)
}

fn value_changes(one: Place<'_>, other: Place<'_>) -> Vec<ValueChange> {
    let (old, new) = (one.0.record(one.1), other.0.record(other.1));
    let (before, after) = (one.0.values(one.1), other.0.values(other.1));
    if before == after {
        return Vec::new();
    }
    let differing = value::read_all(before).into_iter().zip(value::read_all(after)).enumerate();
    differing
        .filter(|(_, (before, after))| before != after)
        .map(|(position, (before, after))| ValueChange { name: value::name(position), before, after })
        .filter(|change| {
            if change.name.starts_with("cloud.") {
                old.is_in_cloud && new.is_in_cloud
            } else {
                old.is_exported && new.is_exported
            }
        })
        .collect()
}

fn members_change(one: Place<'_>, other: Place<'_>) -> Option<MembersChange> {
    let (old, new) = (one.0.record(one.1), other.0.record(other.1));
    let (before, after) = (one.0.members(one.1), other.0.members(other.1));
    let alone = |these: &[u64], those: &[u64]| {
        these.iter().filter(|member| those.binary_search(member).is_err()).count()
    };
    (old.is_exported && new.is_exported && before != after).then(|| MembersChange {
        before: before.len(),
        after: after.len(),
        added: alone(after, before),
        removed: alone(before, after),
    })
}

/// It has a part in an object of the cloud.
fn arrives(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Synced | Outcome::SyncedWithChanges | Outcome::Joined)
}

fn stops(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::SyncError | Outcome::ExportError)
}

/// Error: something of the cloud is lost, bound to another anchor, doubled, or an error appears. Warning: any other
/// change of what reaches the cloud. Info: all else, betterment too.
fn weight(old: Outcome, new: Outcome, change: &ObjectChange) -> Severity {
    let is_doubled = old == Outcome::Joined && arrives(new) && new != Outcome::Joined;
    let is_lost = arrives(old) && !arrives(new);
    if is_lost || is_doubled || change.has_value(SOURCE_ANCHOR) || (stops(new) && old != new) {
        return Severity::Error;
    }
    let is_repaired =
        (stops(old) && arrives(new)) || (old, new) == (Outcome::SyncedWithChanges, Outcome::Synced);
    if (old != new && !is_repaired) || change.partners_differ || loses_more(change) {
        return Severity::Warning;
    }
    Severity::Info
}

/// A member is lost that was not lost before.
fn loses_more(change: &ObjectChange) -> bool {
    let lost = change.values.iter().find(|value| value.name == MEMBERS_LOST);
    lost.is_some_and(|lost| match (&lost.before, &lost.after) {
        (Value::List(before), Value::List(after)) => {
            after.iter().any(|member| before.binary_search(member).is_err())
        }
        _ => false,
    })
}
