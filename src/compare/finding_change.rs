//! Findings that only one side has, by fingerprint.

use std::collections::BTreeSet;

use crate::check::FindingReport;
use crate::config::Severity;
use crate::directory::order;

/// A finding of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingChange {
    /// Whether the second side has it; else the first.
    pub is_new: bool,
    /// The finding.
    pub finding: FindingReport,
}

impl FindingChange {
    /// `new` or `fixed`.
    pub fn kind(&self) -> &'static str {
        if self.is_new { "new" } else { "fixed" }
    }

    /// What is new weighs what it is, what is fixed is good news.
    pub fn severity(&self) -> Severity {
        if self.is_new { self.finding.severity } else { Severity::Info }
    }
}

/// The changes, sorted, and how many findings both sides have; `forests` in their order. Excepted findings are no
/// findings here.
pub(super) fn changes(
    before: Vec<FindingReport>,
    after: Vec<FindingReport>,
    forests: &[String],
) -> (Vec<FindingChange>, u64) {
    let open = |findings: Vec<FindingReport>| -> Vec<FindingReport> {
        findings.into_iter().filter(|finding| finding.excepted.is_none()).collect()
    };
    let (before, after) = (open(before), open(after));
    let prints = |findings: &[FindingReport]| -> BTreeSet<String> {
        findings.iter().map(|finding| finding.fingerprint.clone()).collect()
    };
    let (old, new) = (prints(&before), prints(&after));
    let fixed = before.into_iter().filter(|finding| !new.contains(&finding.fingerprint));
    let appeared = after.into_iter().filter(|finding| !old.contains(&finding.fingerprint));
    let mut changes: Vec<FindingChange> = appeared
        .map(|finding| FindingChange { is_new: true, finding })
        .chain(fixed.map(|finding| FindingChange { is_new: false, finding }))
        .collect();
    changes.sort_by(|one, other| {
        let (a, b) = (&one.finding, &other.finding);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (left, right) = (text(&a.id), text(&b.id));
        // A finding about the whole directory has no forest and comes first.
        let rank = |forest: &Option<String>| {
            forest.as_ref().map(|name| forests.iter().position(|known| known == name))
        };
        rank(&a.forest)
            .cmp(&rank(&b.forest))
            .then_with(|| order::compare_folded(left.as_bytes(), right.as_bytes()))
            .then_with(|| (&a.check, &a.attribute, &a.value).cmp(&(&b.check, &b.attribute, &b.value)))
            .then_with(|| (other.is_new, &a.fingerprint).cmp(&(one.is_new, &b.fingerprint)))
    });
    (changes, old.intersection(&new).count() as u64)
}
