//! Puts the neutral report together: totals, predicted status, and the objects asked for.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::config::{Settings, Severity};
use crate::directory::chunk::kept_size;
use crate::directory::{Class, Directory, Object, ObjectId, attribute, guid, order, sid};
use crate::entra::stage::{Accounts, Stage};
use crate::expression::{Scope, Value};
use crate::outcome::Outcome;
use crate::report::{
    Alternative, CloudReport, Counts, ExportReport, FindingReport, ObjectReport, Report, Summary,
    TenantCounts,
};
use crate::sync::{MetaverseId, Simulation};

use super::ObjectSelection;
use super::exports::SimulatedExports;
use super::licences::Licensed;
use crate::tenant::CloudProperty;

/// The report of a run.
pub(super) fn report(
    simulation: &Simulation<'_>,
    stage: &Stage<'_>,
    settings: &Settings,
    licensed: &Licensed,
    results: crate::check::CheckResults,
    selection: ObjectSelection,
) -> Report {
    let mut summary = summary(simulation, &results.findings);
    summary.tenant = (!stage.tenant().is_empty()).then(|| tenant_counts(stage.accounts()));
    let exports = SimulatedExports::new(simulation, &settings.tenant, licensed);
    Report {
        inputs: simulation.directory().sources().to_vec(),
        settings: settings.effective(),
        predicted_status: predicted_status(&summary, settings.sync.deletion_threshold).to_owned(),
        checks_not_run: results.not_run,
        objects: objects(&Both { simulation, stage, exports: &exports }, &results.findings, selection),
        summary,
        findings: results.findings,
    }
}

fn summary(simulation: &Simulation<'_>, findings: &[FindingReport]) -> Summary {
    let (objects, outcomes) = count_objects(simulation);
    let mut summary = Summary { objects, outcomes, ..Summary::default() };
    for finding in findings {
        if finding.excepted.is_some() {
            summary.excepted += 1;
            continue;
        }
        match finding.severity {
            Severity::Error => summary.errors += 1,
            Severity::Warning => summary.warnings += 1,
            Severity::Info => summary.infos += 1,
        }
        *summary.checks.entry(finding.check.clone()).or_default() += 1;
    }
    summary
}

/// Where the cloud objects are, as the report shows it.
pub(super) fn tenant_counts(accounts: Accounts) -> TenantCounts {
    TenantCounts {
        total: accounts.total,
        existing: accounts.existing,
        hard: accounts.hard,
        soft: accounts.soft,
        leaving: accounts.leaving,
        stopped: accounts.stopped,
        orphaned: accounts.orphaned,
        deleted: accounts.deleted,
        cloud_only: accounts.cloud_only,
        devices: accounts.devices,
    }
}

/// Objects by class, and by outcome and class.
fn count_objects(simulation: &Simulation<'_>) -> (Counts, Vec<(Outcome, Counts)>) {
    let count = u32::try_from(simulation.directory().len()).expect("object numbers are 32 bits");
    let tally = (0..count).into_par_iter().map(ObjectId).fold(Tally::default, |mut tally, id| {
        let class = simulation.directory().object(id).class();
        add(&mut tally[simulation.outcome(id) as usize], class);
        tally
    });
    let tally = tally.reduce(Tally::default, |mut all, part| {
        for (own, other) in all.iter_mut().zip(part) {
            own.add(other);
        }
        all
    });
    let mut objects = Counts::default();
    for counts in &tally {
        objects.add(*counts);
    }
    (objects, Outcome::ALL.iter().map(|outcome| (*outcome, tally[*outcome as usize])).collect())
}

/// Counts by position in [`Outcome::ALL`].
type Tally = [Counts; Outcome::ALL.len()];

fn add(counts: &mut Counts, class: Class) {
    match class.report_name() {
        "user" => counts.user += 1,
        "group" => counts.group += 1,
        "contact" => counts.contact += 1,
        _ => counts.other += 1,
    }
}

/// More errors than this in one run stop it (how-to-connect-sync-service-manager-ui-operations.md, read 2026-11-20).
const ERROR_LIMIT: u64 = 5_000;

/// The run status in the engine's words. An export step with errors is named before a synchronization step with
/// errors: it is the last one an administrator sees of the cycle.
fn predicted_status(summary: &Summary, deletion_threshold: u64) -> &'static str {
    let of = |wanted: Outcome| -> u64 {
        summary
            .outcomes
            .iter()
            .filter(|(outcome, _)| *outcome == wanted)
            .map(|(_, counts)| counts.total())
            .sum()
    };
    let (sync_errors, export_errors) = (of(Outcome::SyncError), of(Outcome::ExportError));
    let deletions = summary.tenant.map_or(0, |tenant| tenant.leaving);
    match () {
        () if deletions > deletion_threshold => "stopped-deletion-threshold-exceeded",
        () if sync_errors > ERROR_LIMIT || export_errors > ERROR_LIMIT => "stopped-error-limit",
        () if export_errors > 0 => "completed-export-errors",
        () if sync_errors > 0 => "completed-sync-errors",
        () => "success",
    }
}

/// What objects are reported from.
pub(super) struct Both<'r, 'd> {
    pub(super) simulation: &'r Simulation<'d>,
    pub(super) stage: &'r Stage<'r>,
    pub(super) exports: &'r SimulatedExports<'r, 'd>,
}

fn objects(both: &Both<'_, '_>, findings: &[FindingReport], selection: ObjectSelection) -> Vec<ObjectReport> {
    let simulation = both.simulation;
    let directory = simulation.directory();
    let mut chosen: Vec<ObjectId> = match selection {
        ObjectSelection::None => return Vec::new(),
        ObjectSelection::All => directory.ids().collect(),
        ObjectSelection::Affected => affected(simulation, findings),
    };
    order::sort(directory, &mut chosen);
    let with_members = selection == ObjectSelection::All;
    chosen.into_par_iter().map(|id| object_report(both, id, with_members)).collect()
}

/// Objects with another outcome than synced, with a finding, or named by one.
fn affected(simulation: &Simulation<'_>, findings: &[FindingReport]) -> Vec<ObjectId> {
    let mut named: HashSet<(&str, &str)> = HashSet::new();
    for finding in findings {
        if let (Some(forest), Some(id)) = (&finding.forest, &finding.id) {
            named.insert((forest, id));
        }
        let related = finding.related.iter();
        named.extend(related.filter_map(|related| Some((related.forest.as_deref()?, related.id.as_str()))));
    }
    let directory = simulation.directory();
    let ids: Vec<ObjectId> = directory.ids().collect();
    ids.into_par_iter()
        .filter(|id| {
            if simulation.outcome(*id) != Outcome::Synced {
                return true;
            }
            if named.is_empty() {
                return false;
            }
            let object = directory.object(*id);
            named.contains(&(forest_name(directory, &object), object.identity().as_str()))
        })
        .collect()
}

fn forest_name<'d>(directory: &'d Directory, object: &Object<'_>) -> &'d str {
    &directory.forests()[usize::from(object.forest().0)].name
}

/// One object and its prediction; the members sent only `with_members`.
pub(super) fn object_report(both: &Both<'_, '_>, id: ObjectId, with_members: bool) -> ObjectReport {
    let simulation = both.simulation;
    let directory = simulation.directory();
    let object = directory.object(id);
    let metaverse = simulation.metaverse_of(id);
    let others = metaverse.map_or(&[][..], |metaverse| simulation.members(metaverse));
    let principal = metaverse.filter(|metaverse| simulation.principal(*metaverse) == id);
    ObjectReport {
        dn: object.dn_text().map(std::borrow::Cow::into_owned),
        id: object.identity(),
        forest: forest_name(directory, &object).to_owned(),
        object_class: object.class().report_name(),
        object_guid: object.first(attribute::OBJECT_GUID).and_then(guid::to_text),
        outcome: simulation.outcome(id),
        reasons: simulation.reasons(id).iter().collect(),
        metaverse: metaverse.map(|metaverse| metaverse_name(simulation, metaverse)),
        joined_with: others
            .iter()
            .filter(|other| **other != id)
            .map(|other| directory.object(*other).identity())
            .collect(),
        export: principal.and_then(|metaverse| export_report(simulation, metaverse, with_members)),
        cloud: principal.and_then(|metaverse| cloud_report(both, metaverse)),
        alternatives: alternatives(simulation, id),
    }
}

/// A name that is the same in every run over the same objects, in any order: made of the first member's identity.
fn metaverse_name(simulation: &Simulation<'_>, metaverse: MetaverseId) -> String {
    let directory = simulation.directory();
    let first = directory.object(simulation.members(metaverse)[0]);
    let mut hasher = blake3::Hasher::new();
    hasher.update(forest_name(directory, &first).as_bytes());
    hasher.update(&[0]);
    hasher.update(first.identity().as_bytes());
    format!("mv-{}", &hasher.finalize().to_hex()[..12])
}

fn alternatives(simulation: &Simulation<'_>, id: ObjectId) -> Vec<Alternative> {
    let forests = simulation.directory().forests();
    let mut alternatives: Vec<Alternative> = simulation
        .alternatives(id)
        .iter()
        .map(|alternative| Alternative {
            connector_order: alternative
                .connectors
                .iter()
                .map(|forest| forests[usize::from(forest.0)].name.clone())
                .collect(),
            outcome: alternative.outcome,
            reasons: alternative.reasons.iter().collect(),
        })
        .collect();
    alternatives.sort();
    alternatives
}

fn export_report(
    simulation: &Simulation<'_>,
    metaverse: MetaverseId,
    with_members: bool,
) -> Option<ExportReport> {
    let object_type = simulation.export_type(metaverse)?.to_owned();
    let scope = simulation.export_scope(metaverse)?;
    let names = simulation.directory().names();
    let value = |name: &str| {
        let id = names.lookup(name.as_bytes())?;
        scope.attribute(id).ok().filter(|value| *value != Value::Null)
    };
    let text = |name: &str| value(name).as_ref().and_then(as_text);
    let boolean = |name: &str| value(name).as_ref().and_then(as_boolean);
    let bytes = |name: &str, to_text: fn(&[u8]) -> Option<String>| match value(name) {
        Some(Value::Binary(bytes)) => to_text(&bytes),
        other => other.as_ref().and_then(as_text),
    };
    let principal = simulation.principal(metaverse);
    let members = (object_type == "group").then(|| group_members(simulation, principal));
    Some(ExportReport {
        source_anchor: text("sourceAnchor"),
        user_principal_name: text("userPrincipalName"),
        display_name: text("displayName"),
        mail: text("mail"),
        alias: text("alias"),
        proxy_addresses: value("proxyAddresses").map(as_texts).unwrap_or_default(),
        target_address: text("targetAddress"),
        account_enabled: boolean("accountEnabled"),
        security_enabled: boolean("securityEnabled"),
        on_premise_security_identifier: bytes("onPremiseSecurityIdentifier", sid::to_text),
        device_id: bytes("deviceId", guid::to_text),
        device_trust_type: text("deviceTrustType"),
        member_count: members.as_ref().map(|members| members.count),
        members_lost: members.as_ref().map(|members| members.lost.clone()).unwrap_or_default(),
        member: members.filter(|_| with_members).map(|members| members.sent),
        object_type,
    })
}

/// What the tenant then holds: for a refused update what it keeps holding, for a refused new object nothing.
fn cloud_report(both: &Both<'_, '_>, metaverse: MetaverseId) -> Option<CloudReport> {
    let (simulation, stage) = (both.simulation, both.stage);
    simulation.export_type(metaverse)?;
    let is_refused = simulation.outcome(simulation.principal(metaverse)) == Outcome::ExportError;
    let scope = simulation.export_scope(metaverse)?;
    let names = simulation.directory().names();
    let value = |name: &str| scope.attribute(names.lookup(name.as_bytes())?).ok();
    let text = |name: &str| value(name).as_ref().and_then(as_text);
    let (kept, state) = if is_refused {
        let (id, state) = stage.kept(metaverse.0)?;
        (Some(stage.tenant().object(id)), state)
    } else {
        (None, stage.cloud(both.exports, metaverse.0, None)?)
    };
    let kept_text = |property| kept.and_then(|row| row.text(property).map(str::to_owned));
    let (source_anchor, display_name, account_enabled) = match kept {
        Some(row) => (
            kept_text(CloudProperty::ImmutableId),
            kept_text(CloudProperty::DisplayName),
            row.flag(CloudProperty::AccountEnabled),
        ),
        None => {
            (text("sourceAnchor"), text("displayName"), value("accountEnabled").as_ref().and_then(as_boolean))
        }
    };
    Some(CloudReport {
        object_type: state.kind.name().to_owned(),
        matched: state.matched.id().to_owned(),
        source_anchor,
        user_principal_name: state.user_principal_name,
        mail_nickname: state.mail_nickname,
        mail: state.mail,
        proxy_addresses: state.proxy_addresses,
        account_enabled,
        display_name,
    })
}

fn as_boolean(value: &Value<'_>) -> Option<bool> {
    if let Value::Boolean(boolean) = value { Some(*boolean) } else { None }
}

struct GroupMembers {
    count: u64,
    sent: Vec<String>,
    lost: Vec<String>,
}

/// Members by the text of the on-premises value, sorted like DNs.
fn group_members(simulation: &Simulation<'_>, group: ObjectId) -> GroupMembers {
    let values = simulation
        .directory()
        .object(group)
        .values(attribute::MEMBER)
        .filter(|value| !value.bytes.is_empty());
    let lost: HashSet<&[u8]> = simulation.lost_members(group).iter().map(|lost| lost.value.bytes).collect();
    let mut members = GroupMembers { count: 0, sent: Vec::new(), lost: Vec::new() };
    for value in values {
        members.count += 1;
        let text = String::from_utf8_lossy(value.bytes).into_owned();
        let list = if lost.contains(value.bytes) { &mut members.lost } else { &mut members.sent };
        list.push(text);
    }
    for list in [&mut members.sent, &mut members.lost] {
        list.sort_unstable_by(|a, b| order::compare_folded(a.as_bytes(), b.as_bytes()));
    }
    members
}

fn as_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) | Value::Reference(text) => Some(text.clone().into_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Boolean(boolean) => Some(if *boolean { "True" } else { "False" }.to_owned()),
        Value::List(values) => values.first().and_then(as_text),
        _ => None,
    }
}

fn as_texts(value: Value<'_>) -> Vec<String> {
    match value {
        Value::List(values) => values.iter().filter_map(as_text).collect(),
        one => as_text(&one).into_iter().collect(),
    }
}

/// The texts of an export attribute.
pub(super) fn export_texts(simulation: &Simulation<'_>, metaverse: MetaverseId, name: &str) -> Vec<String> {
    let value = || {
        let id = simulation.directory().names().lookup(name.as_bytes())?;
        simulation.export_scope(metaverse)?.attribute(id).ok()
    };
    value().map(as_texts).unwrap_or_default()
}

/// The sizes, in bytes, of the binary values of an export attribute.
pub(super) fn export_sizes(simulation: &Simulation<'_>, metaverse: MetaverseId, name: &str) -> Vec<usize> {
    let names = simulation.directory().names();
    let value = || {
        let id = names.lookup(name.as_bytes())?;
        Some((id, simulation.export_scope(metaverse)?.attribute(id).ok()?))
    };
    let Some((id, value)) = value() else { return Vec::new() };
    let size = |value: &Value<'_>| match value {
        // Of a photo only the size was kept.
        Value::Binary(bytes) if id == attribute::THUMBNAIL_PHOTO => Some(kept_size(bytes)),
        Value::Binary(bytes) => Some(bytes.len()),
        _ => None,
    };
    match &value {
        Value::List(values) => values.iter().filter_map(size).collect(),
        one => size(one).into_iter().collect(),
    }
}
