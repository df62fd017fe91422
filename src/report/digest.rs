//! What the short formats show of many findings: groups by outcome and check, each with its number and one example.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{FindingReport, NotRun, Summary};
use crate::config::{Engine, SettingValue, Severity};
use crate::outcome::Outcome;

/// Where the cloud objects are, in one sentence; `None` without a tenant file.
pub(super) fn tenant_sentence(summary: &Summary) -> Option<String> {
    let tenant = summary.tenant?;
    let parts = [
        (tenant.existing, "synchronized already"),
        (tenant.hard, "taken over by source anchor"),
        (tenant.soft, "taken over by address or name"),
        (tenant.leaving, "deleted by the next export"),
        (tenant.stopped, "kept as they are, as an error stops their object"),
        (tenant.orphaned, "synchronized from nothing in the input"),
        (tenant.cloud_only, "managed in the cloud"),
        (tenant.deleted, "in the recycle bin"),
        (tenant.devices, "devices, not compared"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let parts: Vec<String> = parts.collect();
    Some(format!("Cloud objects: {} ({})", tenant.total, parts.join("; ")))
}

/// Findings of one check whose gravest object has one outcome; excepted ones are not counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'a> {
    /// `None`: about the whole directory.
    pub(super) outcome: Option<Outcome>,
    pub(super) check: &'a str,
    /// The highest of its findings.
    pub(super) severity: Severity,
    pub(super) count: u64,
    /// The first in the order of the report.
    pub(super) example: &'a FindingReport,
}

/// The most important groups, arranged by outcome with failures first, and how many groups were left out.
pub(super) fn top(findings: &[FindingReport], max_groups: usize) -> (Vec<Group<'_>>, usize) {
    let mut groups = all(findings);
    groups.sort_by(|a, b| importance(a).cmp(&importance(b)));
    let left_out = groups.len().saturating_sub(max_groups);
    groups.truncate(max_groups);
    groups.sort_by(|a, b| (failure(a.outcome), importance(a)).cmp(&(failure(b.outcome), importance(b))));
    (groups, left_out)
}

fn all(findings: &[FindingReport]) -> Vec<Group<'_>> {
    let mut groups = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.excepted.is_none()) {
        let group = groups.entry((finding.gravest, finding.check.as_str())).or_insert(Group {
            outcome: finding.gravest,
            check: &finding.check,
            severity: finding.severity,
            count: 0,
            example: finding,
        });
        group.count += 1;
        group.severity = group.severity.max(finding.severity);
    }
    groups.into_values().collect()
}

/// Small for what to look at first.
fn importance<'a>(group: &Group<'a>) -> impl Ord + use<'a> {
    (Reverse(group.severity), Reverse(group.count), failure(group.outcome), group.check)
}

/// Small for the whole directory, then outcomes from refused to synced.
fn failure(outcome: Option<Outcome>) -> impl Ord {
    outcome.map(Reverse)
}

/// Checks that did not run, by why; sorted by why, then check.
pub(super) fn not_run_by_why(checks: &[NotRun]) -> BTreeMap<&str, Vec<&str>> {
    let mut by_why: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for not_run in checks {
        by_why.entry(&not_run.why).or_default().push(&not_run.check);
    }
    by_why
}

/// `3 errors, 1 warning, 0 infos`, and what was excepted.
pub(super) fn finding_counts(summary: &Summary) -> String {
    let counts =
        [number(summary.errors, "error"), number(summary.warnings, "warning"), number(summary.infos, "info")];
    let excepted =
        if summary.excepted > 0 { format!("; {} excepted", summary.excepted) } else { String::new() };
    counts.join(", ") + &excepted
}

/// The product that was simulated, as the settings of the run name it.
pub(super) fn product(report: &super::Report) -> &'static str {
    let engine = report.settings.iter().find_map(|(name, value)| match value {
        SettingValue::Text(text) if name == "engine" => Engine::from_name(text),
        _ => None,
    });
    engine.unwrap_or(Engine::Connect).title()
}

/// Settings that say which domains are verified.
const DOMAINS: [&str; 3] = ["initial_domain", "verified_domains", "federated_domains"];

/// What the report says when nobody told it the domains of the tenant: the setting forgotten most often, on which most
/// predicted names depend.
pub(super) fn untold_domains(report: &super::Report) -> Option<&'static str> {
    let states_nothing = |value: &SettingValue| match value {
        SettingValue::List(domains) => domains.is_empty(),
        value => *value == SettingValue::Null,
    };
    let mut domains = report.settings.iter().filter(|(name, _)| DOMAINS.contains(&name.as_str())).peekable();
    let untold = domains.peek().is_some() && domains.all(|(_, value)| states_nothing(value));
    untold.then_some(
        "The verified domains of the tenant are not known, so every domain that can be verified counts as verified. \
         State initial-domain and verified-domains under [tenant] of presync.toml, or with --set.",
    )
}

/// `1 object`, `2 objects`
pub(super) fn number(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn groups_count_open_findings_and_put_failures_first() {
        let report = fixture::report();
        let (groups, left_out) = top(&report.findings, 100);
        let open = report.findings.iter().filter(|finding| finding.excepted.is_none()).count() as u64;
        assert_eq!((groups.iter().map(|group| group.count).sum::<u64>(), left_out), (open, 0));
        assert_eq!(groups[0].outcome, None);
        assert_eq!(groups[1].outcome, Some(Outcome::ExportError));
    }

    #[test]
    fn errors_survive_the_cut() {
        let findings: Vec<_> = [("a", Severity::Info), ("b", Severity::Error), ("c", Severity::Warning)]
            .map(|(check, severity)| FindingReport {
                check: check.to_owned(),
                severity,
                ..fixture::finding("x")
            })
            .to_vec();
        let (groups, left_out) = top(&findings, 1);
        assert_eq!((groups.len(), groups[0].check, left_out), (1, "b", 2));
    }
}
