//! The plan as JSON, `schema_version` 1; specified in `docs/formats.md`.

use std::io::{self, Write};

use serde::Serialize;

use super::{Entry, MatchPlan, Unclaimed};
use crate::report::TenantCounts;
use crate::report::json::part;

#[derive(Serialize)]
struct PlanView<'a, T: Serialize, I: Serialize, S: Serialize> {
    schema_version: u32,
    tool: T,
    inputs: I,
    settings: S,
    tenant: TenantCounts,
    objects: Vec<EntryView<'a>>,
    unclaimed: Vec<UnclaimedView<'a>>,
}

#[derive(Serialize)]
struct CloudView<'a> {
    r#type: &'a str,
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct EntryView<'a> {
    dn: Option<&'a str>,
    id: &'a str,
    forest: &'a str,
    object_class: &'a str,
    outcome: &'a str,
    r#match: &'a str,
    key: Option<&'a str>,
    reasons: Vec<&'a str>,
    cloud: Option<CloudView<'a>>,
    overwritten: Vec<OverwrittenView<'a>>,
    steps: Vec<StepView<'a>>,
}

#[derive(Serialize)]
struct OverwrittenView<'a> {
    property: &'a str,
    before: &'a [String],
    after: &'a [String],
}

#[derive(Serialize)]
struct StepView<'a> {
    step: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct UnclaimedView<'a> {
    r#type: &'a str,
    id: &'a str,
    name: &'a str,
    state: &'a str,
}

/// Writes the plan.
pub(super) fn write(plan: &MatchPlan, out: &mut dyn Write) -> io::Result<()> {
    let view = PlanView {
        schema_version: 1,
        tool: part::tool(),
        inputs: part::inputs(&plan.inputs),
        settings: part::settings(&plan.settings),
        tenant: plan.tenant,
        objects: plan.entries.iter().map(entry).collect(),
        unclaimed: plan.unclaimed.iter().map(unclaimed).collect(),
    };
    crate::report::harmless_json::write_pretty(&view, out)
}

fn entry(entry: &Entry) -> EntryView<'_> {
    EntryView {
        dn: entry.dn.as_deref(),
        id: &entry.id,
        forest: &entry.forest,
        object_class: entry.object_class,
        outcome: entry.outcome.id(),
        r#match: entry.matched,
        key: entry.key,
        reasons: entry.reasons.iter().map(|reason| reason.id()).collect(),
        cloud: entry.cloud.as_ref().map(|cloud| CloudView {
            r#type: cloud.kind,
            id: &cloud.id,
            name: &cloud.name,
        }),
        overwritten: entry
            .overwritten
            .iter()
            .map(|change| OverwrittenView {
                property: change.property,
                before: &change.before,
                after: &change.after,
            })
            .collect(),
        steps: entry.steps.iter().map(|step| StepView { step: step.kind.id(), value: &step.value }).collect(),
    }
}

fn unclaimed(unclaimed: &Unclaimed) -> UnclaimedView<'_> {
    UnclaimedView {
        r#type: unclaimed.cloud.kind,
        id: &unclaimed.cloud.id,
        name: &unclaimed.cloud.name,
        state: unclaimed.state,
    }
}
