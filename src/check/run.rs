//! Applies checks to a simulation.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::bound::{Check, ClassSet, Kind};
use super::finding::{Finding, finish};
use super::finding_report::{FindingReport, NotRun};
use super::needs::{Blind, Sight};
use super::object_pass::{ObjectPass, Trouble, Yield};
use super::set::CheckSet;
use super::view::View;
use super::{collision, exception, tenant_collision, total};
use crate::config::Settings;
use crate::directory::ObjectId;
use crate::directory::order::compare_folded;
use crate::entra::stage::Predicted;
use crate::outcome::ReasonSet;
use crate::sync::simulation::Simulation;

/// What the checks have to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckResults {
    /// Sorted by forest, DN, check, attribute, value.
    pub findings: Vec<FindingReport>,
    /// Sorted by check.
    pub not_run: Vec<NotRun>,
    /// About the checks themselves: exceptions expired or unused, expressions that could not be evaluated.
    pub notices: Vec<String>,
}

/// Applies checks to a simulation. `today` is `YYYY-MM-DD`; without it no exception expires. Linear in the number of
/// objects, but for sorting collisions and findings.
pub fn run(
    checks: &CheckSet,
    simulation: &Simulation<'_>,
    predicted: Predicted<'_, '_>,
    settings: &Settings,
    today: Option<&str>,
) -> CheckResults {
    let view = View::new(simulation, predicted, settings);
    let mut not_run = Vec::new();
    let sight = Sight {
        names: view.directory().names(),
        roles: &view.roles,
        occurs: &|id| view.directory().occurs(id),
        tells: &|kind, property| {
            let coverage = predicted.stage.tenant().tells(kind, property);
            coverage.any() || coverage.objects == 0
        },
        present: present_classes(&view),
    };
    let runnable = checks.checks().iter().filter_map(|check| {
        let (seeing, blind) = sight.of(check);
        let note = |blind: &Blind| NotRun { check: check.id().to_owned(), why: blind.why(sight.names) };
        not_run.extend(blind.iter().map(note));
        Some((check, seeing?))
    });
    let (pass, results) = ObjectPass::new(runnable.collect(), &view.roles).run(&view);
    let results = results.join(examine_all(&view, &pass));
    let mut notices = trouble_notices(&view, &pass, results.troubles);
    let mut findings = without_covered(results.findings, &pass.checks);
    finish(&mut findings);
    let ran: BTreeSet<&str> = pass.checks.iter().map(|check| check.id()).collect();
    notices.extend(exception::apply(&mut findings, &settings.exceptions, &ran, today));
    let findings = findings.into_iter().map(|finding| finding.report).collect();
    CheckResults { findings, not_run, notices }
}

fn present_classes(view: &View<'_, '_>) -> ClassSet {
    let count = u32::try_from(view.directory().len()).expect("object numbers are 32 bits");
    let with = |mut set: ClassSet, number: u32| {
        set.insert(view.object(ObjectId(number)).class());
        set
    };
    (0..count).into_par_iter().fold(ClassSet::default, with).reduce(ClassSet::default, ClassSet::union)
}

/// Checks over all objects together.
fn examine_all(view: &View<'_, '_>, pass: &ObjectPass<'_>) -> Yield {
    let asks = |check: &&Check| matches!(&check.kind, Kind::Collision { reasons, .. } if !reasons.is_empty());
    let occurring = if pass.checks.iter().any(asks) { occurring_reasons(view) } else { ReasonSet::EMPTY };
    let mut all = Yield::default();
    for (number, check) in pass.checks.iter().enumerate() {
        match check.kind {
            Kind::Collision { .. } => all = all.join(collision::examine(view, number, check, occurring)),
            Kind::Total { .. } => all.findings.extend(total::examine(view, check)),
            Kind::TenantCollision { .. } => all.findings.extend(tenant_collision::examine(view, check)),
            Kind::Condition | Kind::Value { .. } | Kind::Outcome { .. } => {}
        }
    }
    all
}

fn occurring_reasons(view: &View<'_, '_>) -> ReasonSet {
    let count = u32::try_from(view.directory().len()).expect("object numbers are 32 bits");
    (0..count)
        .into_par_iter()
        .map(|number| view.simulation.reasons(ObjectId(number)))
        .reduce(|| ReasonSet::EMPTY, ReasonSet::union)
}

/// Drops findings of a check on objects that a check which explains the same defect better already names.
fn without_covered(findings: Vec<Finding>, checks: &[&Check]) -> Vec<Finding> {
    let covered_by: BTreeMap<&str, &[String]> = checks
        .iter()
        .map(|check| (check.id(), check.page.keys.covered_by.as_slice()))
        .filter(|(_, covering)| !covering.is_empty())
        .collect();
    let covering: BTreeSet<&str> = covered_by.values().copied().flatten().map(String::as_str).collect();
    let mut named: BTreeMap<&str, BTreeSet<ObjectId>> = BTreeMap::new();
    for finding in &findings {
        if let Some(check) = covering.get(finding.report.check.as_str()) {
            named.entry(check).or_default().extend(&finding.involved);
        }
    }
    let is_covered = |finding: &Finding, by: &String| {
        let object = finding.involved.last();
        named.get(by.as_str()).zip(object).is_some_and(|(objects, object)| objects.contains(object))
    };
    let kept = findings.iter().map(|finding| {
        let covering = covered_by.get(finding.report.check.as_str());
        !covering.is_some_and(|covering| covering.iter().any(|by| is_covered(finding, by)))
    });
    let kept: Vec<bool> = kept.collect();
    findings.into_iter().zip(kept).filter_map(|(finding, keep)| keep.then_some(finding)).collect()
}

/// One sentence per check and kind of trouble, with the number of objects and the first of them.
fn trouble_notices(
    view: &View<'_, '_>,
    pass: &ObjectPass<'_>,
    troubles: Vec<(usize, ObjectId, Trouble)>,
) -> Vec<String> {
    let mut by_kind: BTreeMap<(usize, bool), (usize, String, Trouble)> = BTreeMap::new();
    for (check, id, trouble) in troubles {
        let dn = view.object(id).identity();
        let is_panic = trouble == Trouble::Panic;
        let entry = by_kind.entry((check, is_panic)).or_insert_with(|| (0, dn.clone(), trouble.clone()));
        entry.0 += 1;
        if compare_folded(dn.as_bytes(), entry.1.as_bytes()).is_lt() {
            (entry.1, entry.2) = (dn, trouble);
        }
    }
    let sentence = |((check, _), (count, dn, trouble)): ((usize, bool), (usize, String, Trouble))| {
        let check = pass.checks[check].id();
        match trouble {
            Trouble::Panic => {
                format!("check {check} failed on {count} objects, first on {dn}; this is a fault in presync")
            }
            Trouble::Evaluation(error) => {
                format!("check {check} could not be evaluated on {count} objects, first on {dn}: {error}")
            }
        }
    };
    by_kind.into_iter().map(sentence).collect()
}
