//! Findings: from what a check saw on an object to what a report shows.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::bound::Check;
use super::finding_report::{FindingReport, Position, Related};
use super::front_matter::RelatedObjects;
use super::message::Facts;
use super::view::View;
use crate::directory::order::compare_folded;
use crate::directory::{AttributeId, ForestId, Object, ObjectId, SourceId, attribute, guid, recipient};

/// A finding on its way to the report.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Connector order of its forest; `None` for a finding about the whole directory.
    pub forest: Option<ForestId>,
    /// What the fingerprint is made of beside check, attribute and value.
    pub identity: String,
    /// The objects it names.
    pub involved: Vec<ObjectId>,
    /// The finding as reported; the fingerprint is still empty.
    pub report: FindingReport,
}

/// What a check saw on one object.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// On-premises attribute, resolved.
    pub(super) attribute: Option<AttributeId>,
    /// Faulty value; never shown in the report when the attribute is binary.
    pub(super) value: Option<String>,
    /// Input and line of the value.
    pub(super) place: Option<(SourceId, u64)>,
    /// For the message; attribute, value, dn and related are filled in.
    pub(super) facts: Facts,
    /// Objects to name.
    pub(super) related: Vec<ObjectId>,
    /// Replaces the object's own identity in the fingerprint.
    pub(super) identity: Option<String>,
}

impl View<'_, '_> {
    /// A finding of a check on an object.
    pub(super) fn finding(&self, check: &Check, id: ObjectId, mut seen: Seen) -> Finding {
        let object = self.object(id);
        if check.page.keys.related == RelatedObjects::Members {
            seen.related.extend(self.partners(id));
        }
        let related: Vec<Related> = seen.related.iter().map(|other| self.related(*other)).collect();
        self.finding_with(check, object, seen, related)
    }

    /// The same, with the related objects already described.
    pub(super) fn finding_with(
        &self,
        check: &Check,
        object: Object<'_>,
        mut seen: Seen,
        related: Vec<Related>,
    ) -> Finding {
        let names = self.directory().names();
        let identity_text = object.identity();
        let attribute = seen.attribute.map(|id| names.name(id).to_owned());
        let place = seen.place.or_else(|| place_of(&object, seen.attribute, seen.value.as_deref()));
        seen.facts.attribute = attribute.clone().unwrap_or_default();
        seen.facts.value = seen.value.clone().unwrap_or_default();
        seen.facts.dn.clone_from(&identity_text);
        seen.facts.recipient = recipient_of(&object);
        seen.facts.related = related.iter().map(|other| other.id.clone()).collect();
        let is_binary = seen.attribute.is_some_and(|id| names.syntax(id).is_binary());
        let mut involved = seen.related;
        involved.push(object.id());
        Finding {
            forest: Some(object.forest()),
            identity: seen.identity.unwrap_or_else(|| stable_identity(&object)),
            involved,
            report: FindingReport {
                outcome: Some(self.simulation.outcome(object.id())),
                gravest: Some(self.simulation.outcome(object.id())),
                dn: object.dn_text().map(Cow::into_owned),
                id: Some(identity_text),
                forest: Some(self.forest_name(object.forest()).to_owned()),
                object_class: Some(object.class().report_name()),
                attribute,
                value: seen.value.filter(|_| !is_binary),
                position: Some(self.position(&object, place)),
                related,
                ..unplaced(check, &seen.facts)
            },
        }
    }

    /// Another object, without attribute and value.
    pub(super) fn related(&self, id: ObjectId) -> Related {
        let object = self.object(id);
        Related {
            dn: object.dn_text().map(Cow::into_owned),
            id: object.identity(),
            forest: Some(self.forest_name(object.forest()).to_owned()),
            attribute: None,
            value: None,
            keeps: None,
        }
    }

    fn forest_name(&self, forest: ForestId) -> &str {
        self.directory().forests().get(usize::from(forest.0)).map_or("", |forest| &forest.name)
    }

    fn position(&self, object: &Object<'_>, place: Option<(SourceId, u64)>) -> Position {
        let (source, line) = place.unwrap_or_else(|| (object.source(), object.line()));
        let source = self.directory().sources().get(usize::from(source.0));
        Position { source: source.map_or_else(String::new, |source| source.path.clone()), line }
    }
}

/// A finding about the whole directory.
pub(super) fn directory_finding(check: &Check, facts: &Facts) -> Finding {
    Finding { forest: None, identity: String::new(), involved: Vec::new(), report: unplaced(check, facts) }
}

/// What a report says of a finding before it says where.
fn unplaced(check: &Check, facts: &Facts) -> FindingReport {
    FindingReport {
        check: check.id().to_owned(),
        severity: check.severity,
        outcome: None,
        gravest: None,
        dn: None,
        id: None,
        forest: None,
        object_class: None,
        attribute: None,
        value: None,
        message: check.message.fill(facts),
        remedy: check.page.remedy.clone(),
        position: None,
        related: Vec::new(),
        fingerprint: String::new(),
        excepted: None,
    }
}

/// The type of the recipient for people: its name, or its number where there is no name for it.
fn recipient_of(object: &Object<'_>) -> String {
    let text = object.first(attribute::RECIPIENT_TYPE_DETAILS).map(String::from_utf8_lossy);
    let Some(text) = text else { return "recipient without msExchRecipientTypeDetails".to_owned() };
    let name = text.trim().parse().ok().and_then(recipient::type_name);
    name.map_or_else(|| format!("recipient of type {text}"), str::to_owned)
}

/// Where the value in question stands, or the only value of the attribute.
fn place_of(
    object: &Object<'_>,
    attribute: Option<AttributeId>,
    value: Option<&str>,
) -> Option<(SourceId, u64)> {
    let mut values = object.values(attribute?);
    let found = match value {
        Some(text) => values.find(|value| value.bytes == text.as_bytes()),
        None if values.len() == 1 => values.next(),
        None => None,
    };
    found.map(|value| (object.source_of(&value), value.line))
}

/// What tells the object apart for good: its objectGUID, else its `id`.
fn stable_identity(object: &Object<'_>) -> String {
    object.first(attribute::OBJECT_GUID).and_then(guid::to_text).unwrap_or_else(|| object.identity())
}

/// Sorts findings by forest, DN, check, attribute, value and gives each its fingerprint.
pub fn finish(findings: &mut [Finding]) {
    findings.sort_by(|one, other| {
        let (left, right) = (&one.report, &other.report);
        one.forest
            .cmp(&other.forest)
            .then_with(|| compare_optional(left.id.as_deref(), right.id.as_deref()))
            .then_with(|| left.check.cmp(&right.check))
            .then_with(|| compare_optional(left.attribute.as_deref(), right.attribute.as_deref()))
            .then_with(|| compare_optional(left.value.as_deref(), right.value.as_deref()))
            .then_with(|| left.message.cmp(&right.message))
            .then_with(|| one.identity.cmp(&other.identity))
    });
    let mut ordinals: HashMap<blake3::Hash, u64> = HashMap::new();
    for finding in findings {
        let ordinal = ordinals.entry(digest(finding, 0)).or_default();
        digest(finding, *ordinal).to_hex()[..32].clone_into(&mut finding.report.fingerprint);
        *ordinal += 1;
    }
}

/// Compares like DNs; nothing comes first.
fn compare_optional(one: Option<&str>, other: Option<&str>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => compare_folded(one.as_bytes(), other.as_bytes()),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// Hash of check, identity, attribute and value: not of DN, order or message, so that it outlives their change. Equal
/// ones (several binary values, which are not shown) are told apart by `ordinal`.
fn digest(finding: &Finding, ordinal: u64) -> blake3::Hash {
    let report = &finding.report;
    let mut hasher = blake3::Hasher::new();
    let parts = [
        Some(report.check.as_str()),
        Some(finding.identity.as_str()),
        report.attribute.as_deref(),
        report.value.as_deref(),
    ];
    for part in parts {
        // The length keeps neighbouring parts apart; nothing and empty text differ.
        hasher.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        hasher.update(part.unwrap_or_default().as_bytes());
    }
    hasher.update(&ordinal.to_le_bytes());
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Severity;

    fn finding(forest: u16, dn: &str, guid: &str, value: Option<&str>) -> Finding {
        Finding {
            forest: Some(ForestId(forest)),
            identity: guid.to_owned(),
            involved: Vec::new(),
            report: FindingReport {
                check: "some-defect".to_owned(),
                severity: Severity::Info,
                outcome: None,
                gravest: None,
                dn: Some(dn.to_owned()),
                id: Some(dn.to_owned()),
                forest: None,
                object_class: None,
                attribute: Some("mail".to_owned()),
                value: value.map(str::to_owned),
                message: String::new(),
                remedy: String::new(),
                position: None,
                related: Vec::new(),
                fingerprint: String::new(),
                excepted: None,
            },
        }
    }

    fn finished(mut findings: Vec<Finding>) -> Vec<(String, String)> {
        finish(&mut findings);
        findings.into_iter().map(|one| (one.report.id.unwrap_or_default(), one.report.fingerprint)).collect()
    }

    #[test]
    fn findings_are_sorted_by_forest_and_lower_cased_dn() {
        let all = finished(vec![
            finding(1, "CN=a", "1", None),
            finding(0, "CN=b", "2", None),
            finding(0, "cn=A", "3", None),
            finding(0, "CN=A", "4", None),
        ]);
        let order: Vec<_> = all.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(order, ["CN=A", "cn=A", "CN=b", "CN=a"]);
    }

    #[test]
    fn fingerprints_are_unique_and_outlive_moves_and_order() {
        let before = finished(vec![
            finding(0, "CN=a,OU=x", "1", Some("v")),
            finding(0, "CN=b,OU=x", "2", Some("v")),
            finding(0, "CN=c,OU=x", "3", None),
            finding(0, "CN=c,OU=x", "3", None),
        ]);
        let mut prints: Vec<_> = before.iter().map(|(_, print)| print.clone()).collect();
        prints.sort();
        prints.dedup();
        assert_eq!(prints.len(), 4);
        assert!(prints.iter().all(|print| print.len() == 32));
        let after = finished(vec![
            finding(0, "CN=b,OU=x", "2", Some("v")),
            finding(0, "CN=a,OU=new", "1", Some("v")),
        ]);
        assert_eq!(before[0].1, after[0].1);
        assert_eq!(before[1].1, after[1].1);
    }
}
