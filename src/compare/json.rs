//! The comparison as JSON, `schema_version` 1: one document, indented by two spaces. Specified in `docs/formats.md`.

use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer};

use super::{
    Comparison, FindingChange, MembersChange, ObjectChange, Side, State, Totals, Value, ValueChange,
};
use crate::outcome::Outcome;
use crate::report::harmless_json::write_pretty;
use crate::report::json::part;

/// Changes when a name or meaning changes, not when something is added.
const SCHEMA_VERSION: u32 = 1;

/// Writes the whole comparison.
pub(super) fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    let view = View {
        schema_version: SCHEMA_VERSION,
        tool: part::tool(),
        question: comparison.question.name(),
        before: side(&comparison.before),
        after: side(&comparison.after),
        summary: summary(comparison),
        objects: Each(&comparison.objects, object),
        findings: Each(&comparison.findings, finding),
    };
    write_pretty(&view, &mut buffered)?;
    buffered.write_all(b"\n")?;
    buffered.flush()
}

#[derive(Serialize)]
struct View<T, B, S, O, F> {
    schema_version: u32,
    tool: T,
    question: &'static str,
    before: B,
    after: B,
    summary: S,
    objects: O,
    findings: F,
}

/// A list whose items are turned into views one by one, so that it is never in memory twice.
struct Each<'a, T, V>(&'a [T], fn(&'a T) -> V);

impl<T, V: Serialize> Serialize for Each<'_, T, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

#[derive(Serialize)]
struct SideView<'a, I, S> {
    label: &'a str,
    inputs: I,
    settings: S,
    predicted_status: &'a str,
}

fn side(side: &Side) -> impl Serialize + '_ {
    SideView {
        label: &side.label,
        inputs: part::inputs(&side.inputs),
        settings: part::settings(&side.settings),
        predicted_status: &side.predicted_status,
    }
}

#[derive(Serialize)]
struct SummaryView<'a> {
    objects: ObjectsView,
    outcomes: Vec<CellView>,
    joined_with: u64,
    values: Values<'a>,
    member: u64,
    differences: Severities,
    findings: FindingsView,
}

#[derive(Serialize)]
struct ObjectsView {
    compared: u64,
    changed: u64,
    unchanged: u64,
    new: u64,
    gone: u64,
}

#[derive(Serialize)]
struct CellView {
    before: Option<&'static str>,
    after: Option<&'static str>,
    objects: u64,
}

#[derive(Serialize)]
struct Severities {
    error: usize,
    warning: usize,
    info: usize,
}

#[derive(Serialize)]
struct FindingsView {
    new: usize,
    fixed: usize,
    unchanged: u64,
}

struct Values<'a>(&'a [(&'static str, u64)]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

fn summary(comparison: &Comparison) -> SummaryView<'_> {
    use crate::config::Severity;
    let Totals { compared, changed, new, gone, outcomes, partners, values, members, findings_unchanged } =
        &comparison.totals;
    let cell = |cell: &super::Cell| CellView {
        before: cell.before.map(Outcome::id),
        after: cell.after.map(Outcome::id),
        objects: cell.objects,
    };
    let of = |severity: Severity| comparison.objects.iter().filter(|one| one.severity == severity).count();
    let is_new = comparison.findings.iter().filter(|one| one.is_new).count();
    SummaryView {
        objects: ObjectsView {
            compared: *compared,
            changed: *changed,
            unchanged: compared - changed,
            new: *new,
            gone: *gone,
        },
        outcomes: outcomes.iter().map(cell).collect(),
        joined_with: *partners,
        values: Values(values),
        member: *members,
        differences: Severities {
            error: of(Severity::Error),
            warning: of(Severity::Warning),
            info: of(Severity::Info),
        },
        findings: FindingsView {
            new: is_new,
            fixed: comparison.findings.len() - is_new,
            unchanged: *findings_unchanged,
        },
    }
}

#[derive(Serialize)]
struct ObjectView<'a> {
    change: &'static str,
    severity: &'static str,
    dn: Option<&'a str>,
    id: &'a str,
    forest: &'a str,
    object_class: &'static str,
    object_guid: Option<&'a str>,
    before: Option<StateView<'a>>,
    after: Option<StateView<'a>>,
    values: Vec<ValueView<'a>>,
    member: Option<MembersView>,
}

#[derive(Serialize)]
struct StateView<'a> {
    dn: Option<&'a str>,
    outcome: &'static str,
    reasons: Vec<&'static str>,
    joined_with: &'a [String],
}

#[derive(Serialize)]
struct ValueView<'a> {
    name: &'static str,
    before: OneValue<'a>,
    after: OneValue<'a>,
}

struct OneValue<'a>(&'a Value);

impl Serialize for OneValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::None => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::List(texts) => serializer.collect_seq(texts),
        }
    }
}

#[derive(Serialize)]
struct MembersView {
    before: usize,
    after: usize,
    added: usize,
    removed: usize,
}

fn object(change: &ObjectChange) -> ObjectView<'_> {
    let members =
        |MembersChange { before, after, added, removed }| MembersView { before, after, added, removed };
    ObjectView {
        change: change.kind(),
        severity: change.severity.name(),
        dn: change.dn.as_deref(),
        id: &change.id,
        forest: &change.forest,
        object_class: change.object_class,
        object_guid: change.object_guid.as_deref(),
        before: change.before.as_ref().map(state),
        after: change.after.as_ref().map(state),
        values: change.values.iter().map(value).collect(),
        member: change.members.map(members),
    }
}

fn value(change: &ValueChange) -> ValueView<'_> {
    ValueView { name: change.name, before: OneValue(&change.before), after: OneValue(&change.after) }
}

fn state(state: &State) -> StateView<'_> {
    StateView {
        dn: state.dn.as_deref(),
        outcome: state.outcome.id(),
        reasons: state.reasons.iter().map(|reason| reason.id()).collect(),
        joined_with: &state.joined_with,
    }
}

#[derive(Serialize)]
struct FindingView<F> {
    change: &'static str,
    #[serde(flatten)]
    finding: F,
}

fn finding(change: &FindingChange) -> impl Serialize + '_ {
    FindingView { change: change.kind(), finding: part::finding(&change.finding) }
}
