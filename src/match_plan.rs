//! `presync match`: which cloud object each on-premises object is, takes over, or is refused because of, by which key,
//! and what is overwritten; and every cloud object that nobody claims.
//!
//! In goes one simulation with a tenant, out comes a [`MatchPlan`], sorted like every report: objects by forest and DN,
//! cloud objects by kind and id. Nothing is decided here: the Entra stage has decided.

mod csv;
mod json;
mod table;

use std::io::{self, Write};

use rayon::prelude::*;

use crate::config::SettingValue;
use crate::directory::{Source, order};
use crate::entra::matching::MatchKind;
use crate::entra::stage::{CloudState, Predicted};
use crate::entra::step::Step;
use crate::outcome::{Outcome, Reason};
use crate::predict::{PredictError, Request, Simulated};
use crate::report::{TableStyle, TenantCounts};
use crate::sync::MetaverseId;
use crate::tenant::{CloudId, CloudKind, CloudObject, CloudProperty};

/// The plan of one run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MatchPlan {
    /// Sources and tenant files.
    pub inputs: Vec<Source>,
    /// Effective settings.
    pub settings: Vec<(String, SettingValue)>,
    /// Where every cloud object is.
    pub tenant: TenantCounts,
    /// Every exported object.
    pub entries: Vec<Entry>,
    /// Every cloud object that no exported object is.
    pub unclaimed: Vec<Unclaimed>,
}

/// One exported object.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// DN, where the source has one.
    pub dn: Option<String>,
    /// Identity.
    pub id: String,
    /// Forest.
    pub forest: String,
    /// `user`, `group`, `contact` or `other`.
    pub object_class: &'static str,
    /// Outcome.
    pub outcome: Outcome,
    /// `new`, `existing`, `hard`, `soft`, or `refused`.
    pub matched: &'static str,
    /// By what the cloud object was found.
    pub key: Option<&'static str>,
    /// Why it is refused, or its values are held back.
    pub reasons: Vec<Reason>,
    /// The cloud object it is, takes over, or is refused because of.
    pub cloud: Option<CloudName>,
    /// Values of the cloud object that change.
    pub overwritten: Vec<Overwritten>,
    /// How the cloud calculates names and addresses.
    pub steps: Vec<Step>,
}

/// A cloud object as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudName {
    /// `user`, `group`, `contact`, `device`.
    pub kind: &'static str,
    /// Id in the tenant.
    pub id: String,
    /// userPrincipalName, else mail, else displayName, else the id.
    pub name: String,
}

/// One property whose value the synchronization replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overwritten {
    /// Property, as Microsoft Graph names it.
    pub property: &'static str,
    /// Values now; empty: none.
    pub before: Vec<String>,
    /// Values then.
    pub after: Vec<String>,
}

/// A cloud object that no exported object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclaimed {
    /// Which.
    pub cloud: CloudName,
    /// `orphaned`, `stopped`, `leaving`, `cloud-only`, `deleted` or `device`.
    pub state: &'static str,
}

/// A plan and what must be said beside it.
#[derive(Debug)]
pub struct Answer {
    /// The plan.
    pub plan: MatchPlan,
    /// Sentences for standard error.
    pub notices: Vec<String>,
}

/// The formats of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Table,
    /// Everything, `schema_version` 1.
    Json,
    /// One row for each object, then one for each unclaimed cloud object.
    Csv,
}

impl Format {
    /// Writes the plan; `style` is for the table alone.
    pub fn write(self, plan: &MatchPlan, out: &mut dyn Write, style: TableStyle) -> io::Result<()> {
        match self {
            Self::Table => table::write(plan, out, style),
            Self::Json => json::write(plan, out),
            Self::Csv => csv::write(plan, out),
        }
    }
}

/// Makes the plan on the current thread pool.
pub fn plan(request: &Request) -> Result<Answer, PredictError> {
    let loaded = crate::predict::Loaded::load(request, std::slice::from_ref(&request.settings))?;
    let simulated = loaded.simulate(&request.settings, request.today.as_deref())?;
    let plan = simulated.ask(|predicted| MatchPlan {
        inputs: simulated.inputs(),
        settings: simulated.settings().effective(),
        tenant: simulated.tenant_counts(),
        entries: entries(&simulated, predicted),
        unclaimed: unclaimed(predicted),
    });
    let notices = simulated.notices.clone();
    Ok(Answer { plan, notices })
}

fn entries(simulated: &Simulated<'_>, predicted: Predicted<'_, '_>) -> Vec<Entry> {
    let simulation = simulated.simulation();
    let exported = |number: &u32| simulation.export_type(MetaverseId(*number)).is_some();
    let mut numbers: Vec<u32> = (0..simulation.metaverse_count()).filter(exported).collect();
    let principal = |number: u32| simulation.principal(MetaverseId(number));
    numbers.par_sort_by(|a, b| order::compare(simulation.directory(), principal(*a), principal(*b)));
    numbers.into_par_iter().map(|number| entry(simulated, predicted, number)).collect()
}

fn entry(simulated: &Simulated<'_>, predicted: Predicted<'_, '_>, number: u32) -> Entry {
    let simulation = simulated.simulation();
    let object = simulated.object(simulation.principal(MetaverseId(number)));
    let fate = predicted.stage.fate(number);
    let mut steps = Vec::new();
    let state = predicted.stage.cloud(predicted.exports, number, Some(&mut steps));
    let row = fate.cloud.map(|id| predicted.stage.tenant().object(id));
    let is_tenants = |reason: &Reason| {
        matches!(reason.outcome(), Some(Outcome::ExportError | Outcome::SyncedWithChanges))
            || *reason == Reason::OrderDependent
    };
    let held = fate.own().and(row).zip(state.as_ref());
    Entry {
        matched: if fate.refused.is_some() { "refused" } else { fate.matched.id() },
        key: fate.key.map(super::entra::matching::MatchKey::id),
        reasons: object.reasons.iter().copied().filter(is_tenants).collect(),
        cloud: row.map(CloudName::of),
        overwritten: held.map(|(row, state)| overwritten(row, state, &object)).unwrap_or_default(),
        steps,
        dn: object.dn,
        id: object.id,
        forest: object.forest,
        object_class: object.object_class,
        outcome: object.outcome,
    }
}

impl CloudName {
    fn of(object: &CloudObject) -> Self {
        let names = [CloudProperty::UserPrincipalName, CloudProperty::Mail, CloudProperty::DisplayName];
        let name =
            names.into_iter().find_map(|property| object.text(property)).unwrap_or_else(|| object.id());
        Self { kind: object.kind().name(), id: object.id().to_owned(), name: name.to_owned() }
    }
}

/// What differs between the cloud object now and then, of what the tenant file tells.
fn overwritten(
    row: &CloudObject,
    state: &CloudState,
    object: &crate::report::ObjectReport,
) -> Vec<Overwritten> {
    let display_name = object.cloud.as_ref().and_then(|cloud| cloud.display_name.clone());
    let enabled = object.cloud.as_ref().and_then(|cloud| cloud.account_enabled);
    let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
    let after = [
        (CloudProperty::UserPrincipalName, "userPrincipalName", one(&state.user_principal_name)),
        (CloudProperty::DisplayName, "displayName", one(&display_name)),
        (CloudProperty::MailNickname, "mailNickname", one(&state.mail_nickname)),
        (CloudProperty::Mail, "mail", one(&state.mail)),
        (CloudProperty::ProxyAddresses, "proxyAddresses", state.proxy_addresses.clone()),
    ];
    let mut changes: Vec<Overwritten> = after
        .into_iter()
        .filter(|(property, _, after)| row.tells(*property) && !after.is_empty())
        .map(|(property, name, after)| {
            let before = row.texts(property).map(str::to_owned).collect();
            Overwritten { property: name, before, after }
        })
        .filter(|change| !same_set(&change.before, &change.after))
        .collect();
    let now = row.flag(CloudProperty::AccountEnabled);
    if let (Some(now), Some(then)) = (now, enabled)
        && now != then
    {
        let text = |flag: bool| vec![flag.to_string()];
        changes.push(Overwritten { property: "accountEnabled", before: text(now), after: text(then) });
    }
    changes
}

/// The order of addresses means nothing.
fn same_set(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().all(|one| b.contains(one))
}

fn unclaimed(predicted: Predicted<'_, '_>) -> Vec<Unclaimed> {
    let stage = predicted.stage;
    let orphaned = stage.orphaned();
    let state = |id: CloudId, object: &CloudObject| match object.kind() {
        CloudKind::Device => "device",
        _ if stage.stopped().binary_search(&id).is_ok() => "stopped",
        _ if stage.leaving().binary_search(&id).is_ok() => "leaving",
        _ if orphaned.binary_search(&id).is_ok() => "orphaned",
        _ if object.is_deleted() => "deleted",
        _ => "cloud-only",
    };
    let all = stage.unclaimed().into_iter().map(|id| (id, stage.tenant().object(id)));
    all.map(|(id, object)| Unclaimed { cloud: CloudName::of(object), state: state(id, object) }).collect()
}

impl MatchPlan {
    /// Objects matched in one way.
    fn count(&self, matched: &str) -> usize {
        self.entries.iter().filter(|entry| entry.matched == matched).count()
    }

    /// Objects that somebody should look at: taken over, refused, or with something held back.
    fn noteworthy(&self) -> impl Iterator<Item = &Entry> {
        let existing = MatchKind::Existing.id();
        let new = MatchKind::New.id();
        self.entries.iter().filter(move |entry| {
            !(entry.matched == existing || entry.matched == new) || !entry.reasons.is_empty()
        })
    }
}
