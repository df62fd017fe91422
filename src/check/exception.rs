//! Exceptions: findings that somebody has decided to live with.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::finding_report::Excepted;
use crate::config::Exception;

/// Marks the findings that exceptions cover and says which exceptions have expired or cover nothing. An exception for
/// a check that did not run (`ran` lacks it) is neither used nor unused. Without `today` nothing expires.
pub fn apply(
    findings: &mut [Finding],
    exceptions: &[Exception],
    ran: &BTreeSet<&str>,
    today: Option<&str>,
) -> Vec<String> {
    let mut notices = Vec::new();
    for exception in exceptions.iter().filter(|exception| ran.contains(exception.check.as_str())) {
        if let Some(until) = expired(exception, today) {
            notices.push(format!("{} has expired: it held until {until}", named(exception)));
        } else if !cover(findings, exception) {
            notices.push(format!("{} covers no finding", named(exception)));
        }
    }
    notices
}

fn named(exception: &Exception) -> String {
    format!(
        "the exception for {} on {} (settings, line {})",
        exception.check, exception.objects, exception.line
    )
}

fn expired<'e>(exception: &'e Exception, today: Option<&str>) -> Option<&'e str> {
    // Dates in this form are ordered like their text.
    exception.until.as_deref().filter(|until| today.is_some_and(|today| *until < today))
}

fn cover(findings: &mut [Finding], exception: &Exception) -> bool {
    let pattern = Pattern::new(&exception.objects);
    let mut used = false;
    for finding in findings.iter_mut().filter(|finding| finding.report.check == exception.check) {
        if pattern.matches(finding.report.id.as_deref().unwrap_or_default()) {
            used = true;
            // Of several exceptions the first one written is shown.
            finding.report.excepted.get_or_insert_with(|| Excepted {
                reason: exception.reason.clone(),
                owner: exception.owner.clone(),
                until: exception.until.clone(),
            });
        }
    }
    used
}

/// A DN with `*` for any run of characters; it names the object itself or anything below it.
#[derive(Debug, Clone)]
pub struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// The pattern of a text.
    pub fn new(text: &str) -> Self {
        Self { parts: normalized(text).split('*').map(str::to_owned).collect() }
    }

    /// Whether it names the object with this DN (or other identity).
    pub fn matches(&self, dn: &str) -> bool {
        let dn = normalized(dn);
        parts_start(&dn).any(|start| self.matches_whole(&dn[start..]))
    }

    fn matches_whole(&self, text: &str) -> bool {
        let Some((first, others)) = self.parts.split_first() else { return false };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
        for part in middle {
            let Some(found) = rest.find(part.as_str()) else { return false };
            rest = &rest[found + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

/// Lower case, without blanks around the commas between the parts of a DN.
fn normalized(text: &str) -> String {
    let mut parts = Vec::new();
    let mut starts: Vec<usize> = parts_start(text).collect();
    starts.push(text.len() + 1);
    for pair in starts.windows(2) {
        parts.push(text[pair[0]..pair[1] - 1].trim().to_lowercase());
    }
    parts.join(",")
}

/// Byte offsets at which a part of a DN starts: 0 and behind every comma that is not escaped.
fn parts_start(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut escaped = false;
    let behind_commas = text.bytes().enumerate().filter_map(move |(offset, byte)| {
        let is_separator = byte == b',' && !escaped;
        escaped = byte == b'\\' && !escaped;
        is_separator.then_some(offset + 1)
    });
    std::iter::once(0).chain(behind_commas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dn_names_itself_and_what_is_below() {
        let below = Pattern::new("OU=Robots, DC=contoso,DC=com");
        assert!(below.matches("CN=R2,ou=robots,DC=contoso,DC=com"));
        assert!(below.matches("OU=Robots,DC=Contoso,DC=com"));
        assert!(!below.matches("OU=More Robots,DC=contoso,DC=com"));
        assert!(!below.matches("CN=x\\,OU=Robots,DC=contoso,DC=org"));
    }

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        let svc = Pattern::new("CN=svc-*,*DC=com");
        assert!(svc.matches("CN=svc-1,OU=a,DC=x,DC=com"));
        assert!(!svc.matches("CN=user,OU=a,DC=x,DC=com"));
        assert!(Pattern::new("*").matches("anything"));
        assert!(Pattern::new("*").matches(""));
        assert!(Pattern::new("CN=*\\,*,DC=com").matches("CN=Doe\\, J,DC=com"));
    }

    fn exception(objects: &str, until: Option<&str>) -> Exception {
        Exception {
            check: "some-defect".to_owned(),
            objects: objects.to_owned(),
            reason: "known".to_owned(),
            owner: None,
            until: until.map(str::to_owned),
            line: 7,
        }
    }

    #[test]
    fn expired_and_unused_exceptions_are_named() {
        let ran = BTreeSet::from(["some-defect"]);
        let exceptions = [exception("*", Some("2026-11-19")), exception("CN=nobody", Some("2026-11-20"))];
        let notices = apply(&mut [], &exceptions, &ran, Some("2026-11-20"));
        assert_eq!(notices.len(), 2);
        assert!(notices[0].ends_with("has expired: it held until 2026-11-19"));
        assert!(notices[1].ends_with("covers no finding"));
        assert!(apply(&mut [], &exceptions, &BTreeSet::new(), None).is_empty());
    }
}
