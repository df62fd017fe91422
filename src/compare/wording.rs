//! How a difference reads: the same in every format for people.

use super::object_change::{ObjectChange, State};
use super::value::{MEMBERS_LOST, Value};
use crate::outcome::{Outcome, Reason};

/// Word for a side on which an object is not there.
pub(super) const ABSENT: &str = "absent";

/// Word for an outcome, or for none.
pub(super) fn outcome(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or(ABSENT, Outcome::id)
}

/// Everything that differs: what, on the first side, on the second.
pub(super) fn rows(change: &ObjectChange) -> Vec<(&'static str, String, String)> {
    let of = |side: &Option<State>, text: fn(&State) -> String| side.as_ref().map(text).unwrap_or_default();
    let both = |text: fn(&State) -> String| (of(&change.before, text), of(&change.after, text));
    let mut rows = Vec::new();
    let mut add = |what, (before, after): (String, String), always: bool| {
        if always || before != after {
            rows.push((what, before, after));
        }
    };
    let is_alone = change.kind() != "changed";
    let (before, after) = (&change.before, &change.after);
    let outcomes = [before, after].map(|side| outcome(side.as_ref().map(|state| state.outcome)).to_owned());
    let [old, new] = outcomes;
    add("outcome", (old, new), is_alone);
    add("reasons", both(|state| reasons(&state.reasons)), false);
    if change.partners_differ {
        add("joined_with", both(|state| state.joined_with.join(" | ")), true);
    }
    for value in &change.values {
        add(value.name, (value.before.shown(), value.after.shown()), true);
    }
    if let Some(members) = change.members {
        add("member", (members.before.to_string(), members.after.to_string()), true);
    }
    rows
}

fn reasons(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.id()).collect::<Vec<_>>().join(" ")
}

/// What differs, in one line.
pub(super) fn line(change: &ObjectChange) -> String {
    let side = |side: &Option<State>| outcome(side.as_ref().map(|state| state.outcome));
    let (before, after) = (side(&change.before), side(&change.after));
    let mut parts = vec![if before == after { before.to_owned() } else { format!("{before} → {after}") }];
    parts.extend(why(change));
    if change.partners_differ {
        parts.push(partners(change));
    }
    for value in &change.values {
        parts.push(if value.name == MEMBERS_LOST {
            lost(&value.before, &value.after)
        } else {
            value.name.to_owned()
        });
    }
    if let Some(members) = change.members {
        parts.push(format!("members +{} -{}", members.added, members.removed));
    }
    parts.join("; ")
}

/// The reasons that only the second side has, where they say more than the outcome does.
fn why(change: &ObjectChange) -> Option<String> {
    let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
    let new = after
        .reasons
        .iter()
        .filter(|reason| !before.reasons.contains(reason) && **reason != Reason::Provisioned);
    let new: Vec<&str> = new.map(|reason| reason.id()).collect();
    (!new.is_empty()).then(|| new.join(", "))
}

fn partners(change: &ObjectChange) -> String {
    let of = |side: &Option<State>| side.as_ref().map(|state| state.joined_with.clone()).unwrap_or_default();
    let (before, after) = (of(&change.before), of(&change.after));
    let named = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|one| !those.contains(one)).cloned().collect()
    };
    let (left, joined) = (named(&before, &after), named(&after, &before));
    let mut parts = Vec::new();
    if !left.is_empty() {
        parts.push(format!("no longer with {}", left.join(" and ")));
    }
    if !joined.is_empty() {
        parts.push(format!("now with {}", joined.join(" and ")));
    }
    if parts.is_empty() { "other partners of the same name".to_owned() } else { parts.join(", ") }
}

fn lost(before: &Value, after: &Value) -> String {
    let count = |value: &Value| if let Value::List(lost) = value { lost.len() } else { 0 };
    format!("members lost {} → {}", count(before), count(after))
}

/// A name with its number, for lists of totals.
pub(super) fn counted<'a>(counts: impl IntoIterator<Item = (&'a str, u64)>) -> String {
    let parts = counts.into_iter().filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts.map(|(name, count)| format!("{name} {count}")).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}
