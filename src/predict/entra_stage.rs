//! Runs the Entra stage over a simulation and takes what it decides into the outcomes.

use std::borrow::Cow;

use rayon::prelude::*;

use super::assemble;
use super::exports::SimulatedExports;
use super::licences::Licensed;
use crate::config::Settings;
use crate::directory::{AttributeId, Directory, ForestId, ObjectId, attribute};
use crate::entra;
use crate::entra::existing::Links;
use crate::entra::stage::{Stage, Surroundings};
use crate::entra::uniqueness::Otherwise;
use crate::entra::validity::{Sent, Validity};
use crate::outcome::{Outcome, Reason, ReasonSet};
use crate::sync::{AlternativeOutcome, CloudAnchor, CloudLink, CloudLinks, MetaverseId, Simulation};
use crate::tenant::{CloudId, CloudProperty, Tenant};

/// What the tenant holds for the objects of a directory: the cloud object of each, and the links that the engine reads.
pub(super) fn cloud_links<'t>(
    directory: &Directory,
    links: &Links<'_>,
    tenant: &'t Tenant,
    anchor: AttributeId,
) -> (Vec<Option<CloudId>>, CloudLinks<'t>) {
    if tenant.is_empty() {
        return (Vec::new(), CloudLinks::default());
    }
    let own = links.of_directory(directory, anchor);
    let mut is_linked = vec![false; tenant.len()];
    for id in own.iter().flatten() {
        is_linked[id.0 as usize] = true;
    }
    let linked: Vec<CloudId> = tenant.ids().filter(|id| is_linked[id.0 as usize]).collect();
    let mut position_of = vec![0_u32; tenant.len()];
    for (id, position) in linked.iter().zip(0..) {
        position_of[id.0 as usize] = position;
    }
    let positions: Vec<Option<u32>> =
        own.par_iter().map(|id| id.map(|id| position_of[id.0 as usize])).collect();
    let link = |id: &CloudId| {
        let cloud = tenant.object(*id);
        CloudLink {
            kind: cloud.kind().name(),
            source_anchor: cloud.text(CloudProperty::ImmutableId).map(Cow::Borrowed),
            cloud_anchor: Some(CloudAnchor::Of(cloud.kind().anchor_prefix(), cloud.id())),
            account_enabled: cloud.flag(CloudProperty::AccountEnabled),
        }
    };
    let rows = linked.par_iter().map(link).collect();
    let own = with_stated(directory, tenant, own);
    (own, CloudLinks::new(positions, rows))
}

/// Adds the cloud objects that the source itself names by `cloudAnchor`.
fn with_stated(directory: &Directory, tenant: &Tenant, own: Vec<Option<CloudId>>) -> Vec<Option<CloudId>> {
    if !directory.occurs(attribute::CLOUD_ANCHOR) {
        return own;
    }
    let stated = |id: ObjectId| {
        let anchor = std::str::from_utf8(directory.object(id).first(attribute::CLOUD_ANCHOR)?).ok()?;
        tenant.by_cloud_anchor(anchor.trim())
    };
    own.into_par_iter()
        .zip(0..u32::MAX)
        .map(|(own, number)| own.or_else(|| stated(ObjectId(number))))
        .collect()
}

/// Decides what the tenant makes of the exports, and takes it into the outcomes.
pub(super) fn run<'a>(
    simulation: &mut Simulation<'_>,
    settings: &Settings,
    licensed: &Licensed,
    links: &Links<'_>,
    around: Surroundings<'_>,
    tenant: &'a Tenant,
    own: &[Option<CloudId>],
) -> Stage<'a> {
    let exports = SimulatedExports::new(simulation, &settings.tenant, licensed).with_links(own);
    let mut stage = Stage::run(&exports, links, around, tenant);
    let reasons: Vec<(u32, ReasonSet)> = stage.reasons().to_vec();
    for (number, reasons) in reasons {
        take(simulation, MetaverseId(number), reasons);
    }
    assess_values(simulation, settings);
    mark_undecided(simulation, &stage);
    let leaving = mark_leaving(simulation, &stage, own);
    let stopped = stopped(simulation, &stage, own);
    stage.account(leaving, stopped);
    stage
}

/// What Entra ID makes of an object is said of the contributor of its anchor; what is joined to it stays joined to an
/// exported object, refused or not.
fn take(simulation: &mut Simulation<'_>, metaverse: MetaverseId, reasons: ReasonSet) {
    simulation.add_reasons(simulation.principal(metaverse), reasons);
}

/// What follows from the values of single objects.
fn assess_values(simulation: &mut Simulation<'_>, settings: &Settings) {
    let directory = simulation.directory();
    let validity = Validity::new(directory.names(), &settings.sync);
    let changes: Vec<(MetaverseId, ReasonSet)> = (0..simulation.metaverse_count())
        .into_par_iter()
        .filter_map(|number| {
            let metaverse = MetaverseId(number);
            let exported = entra::Exported {
                principal: simulation.principal(metaverse),
                members: simulation.members(metaverse),
                object_type: simulation.export_type(metaverse)?,
            };
            let sent = Sent {
                texts: &|name| assemble::export_texts(simulation, metaverse, name),
                sizes: &|name| assemble::export_sizes(simulation, metaverse, name),
            };
            let reasons = entra::assess(&validity, directory, &exported, &sent);
            (!reasons.is_empty()).then_some((metaverse, reasons))
        })
        .collect();
    for (metaverse, reasons) in changes {
        take(simulation, metaverse, reasons);
    }
}

/// Where nothing decides between several holders of a value, report order stood for the order of export.
fn mark_undecided(simulation: &mut Simulation<'_>, stage: &Stage<'_>) {
    let forests = u16::try_from(simulation.directory().forests().len()).unwrap_or(u16::MAX);
    let connectors: Vec<ForestId> = (0..forests).map(ForestId).collect();
    for (number, ways) in stage.otherwise() {
        let id = simulation.principal(MetaverseId(*number));
        let mut other = simulation.reasons(id);
        for way in ways {
            match way {
                Otherwise::Loses(reason) => other.insert(*reason),
                Otherwise::Keeps(reason) => other.remove(*reason),
            }
        }
        if other.outcome() == Some(Outcome::ExportError) {
            other.remove(Reason::AddressQuarantined);
        }
        let outcome = other.outcome().unwrap_or(Outcome::Synced);
        simulation.add_reasons(id, std::iter::once(Reason::OrderDependent).collect());
        simulation.add_alternative(
            id,
            AlternativeOutcome { connectors: connectors.clone(), outcome, reasons: other },
        );
    }
}

/// Objects that the tenant holds and the rules do not export any more: their cloud objects are deleted.
fn mark_leaving(simulation: &mut Simulation<'_>, stage: &Stage<'_>, own: &[Option<CloudId>]) -> Vec<CloudId> {
    if own.is_empty() {
        return Vec::new();
    }
    let owned = stage.owned();
    let leaves = |id: &ObjectId| {
        let exported = simulation.metaverse_of(*id).is_some_and(|one| simulation.export_type(one).is_some());
        let outcome = simulation.outcome(*id);
        let stays_out = matches!(outcome, Outcome::Filtered | Outcome::NotProvisioned);
        let cloud = own.get(id.index()).copied().flatten();
        !exported && stays_out && cloud.is_some_and(|cloud| !owned.contains(cloud))
    };
    let leaving: Vec<ObjectId> = simulation.directory().ids().filter(leaves).collect();
    for id in &leaving {
        simulation.add_reasons(*id, std::iter::once(Reason::LeavesCloud).collect());
    }
    leaving.iter().filter_map(|id| own.get(id.index()).copied().flatten()).collect()
}

/// The cloud objects of objects that an error stops.
fn stopped(simulation: &Simulation<'_>, stage: &Stage<'_>, own: &[Option<CloudId>]) -> Vec<CloudId> {
    let owned = stage.owned();
    let own = |id: ObjectId| {
        let is_stopped = matches!(simulation.outcome(id), Outcome::SyncError | Outcome::ExportError);
        own.get(id.index()).copied().flatten().filter(|cloud| is_stopped && !owned.contains(*cloud))
    };
    simulation.directory().ids().filter_map(own).collect()
}
