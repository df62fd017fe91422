//! Numbers about the whole directory.

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
    let count = count(view, *of);
    let facts = Facts { count: Some(count), limit: Some(limit), ..Facts::default() };
    (count > limit).then(|| directory_finding(check, &facts))
}

fn count(view: &View<'_, '_>, of: TotalOf) -> u64 {
    let simulation = view.simulation;
    let count = match of {
        TotalOf::ExportedObjects => (0..simulation.metaverse_count())
            .into_par_iter()
            .filter(|number| simulation.export_type(MetaverseId(*number)).is_some())
            .count(),
        TotalOf::ObjectsWithErrors => {
            let objects = u32::try_from(view.directory().len()).expect("object numbers are 32 bits");
            let stops = |outcome| matches!(outcome, Outcome::SyncError | Outcome::ExportError);
            (0..objects).into_par_iter().filter(|number| stops(simulation.outcome(ObjectId(*number)))).count()
        }
        TotalOf::DeletedCloudObjects => return view.predicted.stage.accounts().leaving,
        TotalOf::OrphanedCloudObjects => return view.predicted.stage.accounts().orphaned,
    };
    count as u64
}
