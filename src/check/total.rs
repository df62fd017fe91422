//! Numbers about the whole directory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bound::{Check, Kind};
use super::finding::{Finding, directory_finding};
use super::front_matter::{TotalLimit, TotalOf};
use super::message::Facts;
use super::view::View;
use crate::directory::ObjectId;
use crate::outcome::Outcome;
use crate::sync::simulation::MetaverseId;

/// Applies a directory check.
pub(super) fn examine(view: &View<'_, '_>, check: &Check) -> Option<Finding> {
    let Kind::Total { of, limit } = &check.kind else { return None };
    let limit = match limit {
        TotalLimit::Number(number) => *number,
        TotalLimit::Setting(name) if name == "deletion-threshold" => view.settings.sync.deletion_threshold,
        TotalLimit::Setting(_) => view.settings.tenant.effective_quota(),
    };
    let (count, value) = count(view, *of);
    let facts = Facts { count: Some(count), limit: Some(limit), value, ..Facts::default() };
    (count > limit).then(|| directory_finding(check, &facts))
}

fn count(view: &View<'_, '_>, of: TotalOf) -> (u64, String) {
    let count = match of {
        TotalOf::ExportedObjects => exported(view).count(),
        TotalOf::ExportedObjectsOfADomain => return largest_domain(view),
        TotalOf::ObjectsWithErrors => {
            let objects = u32::try_from(view.directory().len()).expect("object numbers are 32 bits");
            let stops = |outcome| matches!(outcome, Outcome::SyncError | Outcome::ExportError);
            let stops = |number: &u32| stops(view.simulation.outcome(ObjectId(*number)));
            (0..objects).into_par_iter().filter(stops).count()
        }
        TotalOf::DeletedCloudObjects => return (view.predicted.stage.accounts().leaving, String::new()),
        TotalOf::OrphanedCloudObjects => return (view.predicted.stage.accounts().orphaned, String::new()),
    };
    (count as u64, String::new())
}

fn exported<'v>(view: &'v View<'_, '_>) -> impl ParallelIterator<Item = MetaverseId> + 'v {
    let all = (0..view.simulation.metaverse_count()).into_par_iter().map(MetaverseId);
    all.filter(|metaverse| view.simulation.export_type(*metaverse).is_some())
}

/// The domain with the most exported objects; of several the first by name.
fn largest_domain(view: &View<'_, '_>) -> (u64, String) {
    let domain = |metaverse| view.object(view.simulation.principal(metaverse)).domain();
    let counted = exported(view).fold(BTreeMap::new, |mut counts: BTreeMap<&str, u64>, metaverse| {
        *counts.entry(domain(metaverse)).or_default() += 1;
        counts
    });
    let counts = counted.reduce(BTreeMap::new, |mut all, part| {
        for (domain, count) in part {
            *all.entry(domain).or_default() += count;
        }
        all
    });
    let largest = counts.iter().max_by_key(|(domain, count)| (**count, Reverse(**domain)));
    largest.map_or((0, String::new()), |(domain, count)| (*count, (*domain).to_owned()))
}
