//! What Entra ID refuses or alters because of the values themselves, whatever else the tenant holds.
//!
//! In goes one exported object, out come reasons. [`limit`] holds the documented lengths as data, [`Rule`] the
//! documented forms; checks judge with the same two, so that a finding and an outcome cannot contradict each other.
//! Judged is what is sent; a first look at the raw values, one pass without allocation, decides whether that needs to
//! be evaluated at all. Matching, uniqueness and calculated names are left to others, who ask the same rules what a
//! name or an address is worth; [`Validity`] adds what has no part in that calculation.
//!
//! Facts: `entra-outcomes` sections A.2, D and E.1 (read 2026-11-25).

pub mod limit;

mod fault;
pub mod mail_nickname;
mod rule;
mod source_anchor;
mod user_principal_name;

pub use fault::Fault;
pub use rule::Rule;
pub use user_principal_name::is_routable;

use crate::config::SyncSettings;
use crate::directory::{AttributeId, AttributeNames, Directory, Object, attribute};
use crate::outcome::{Reason, ReasonSet};

use super::Exported;
use limit::{LIMITS, ObjectType};

/// What an export sends, by Entra's attribute names; evaluated when asked for.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// The values of an attribute as text.
    pub texts: &'a dyn Fn(&str) -> Vec<String>,
    /// The sizes of the values of a binary attribute, in bytes.
    pub sizes: &'a dyn Fn(&str) -> Vec<usize>,
}

/// What the first look at a value of an attribute looks for.
#[derive(Debug, Clone, Copy)]
struct Look {
    /// Longest value, in bytes, that is short enough for sure.
    max_bytes: u32,
    /// Row of [`LIMITS`] that `max_bytes` is of.
    row: u8,
    /// Bit n: the rule at n in [`Rule::ALL`].
    rules: u16,
}

const NO_LOOK: Look = Look { max_bytes: u32::MAX, row: 0, rules: 0 };

/// What of an object looked suspicious at first sight.
#[derive(Debug, Clone, Copy, Default)]
struct Suspects {
    /// Bit n: row n of [`LIMITS`].
    rows: u64,
    /// Bit n: the rule at n in [`Rule::ALL`].
    rules: u16,
    counts: bool,
    photo: bool,
}

/// The limits and forms of Entra ID, bound to the attribute names and settings of a run.
#[derive(Debug, Clone)]
pub struct Validity {
    looks: Vec<Look>,
}

impl Validity {
    /// Binds them.
    pub fn new(names: &AttributeNames, sync: &SyncSettings) -> Self {
        let mut looks = vec![NO_LOOK; names.len()];
        let mut at = |id: Option<AttributeId>, change: &mut dyn FnMut(&mut Look)| {
            if let Some(look) = id.and_then(|id| looks.get_mut(usize::from(id.0))) {
                change(look);
            }
        };
        for (limit, row) in LIMITS.iter().zip(0_u8..) {
            at(names.lookup(limit.attribute.as_bytes()), &mut |look| {
                (look.max_bytes, look.row) = (limit.max_chars, row);
            });
        }
        let anchor = names.lookup(sync.source_anchor.as_bytes());
        for (rule, bit) in Rule::ALL.iter().zip(0_u16..) {
            let judged = match rule {
                // What is binary is sent base64-encoded and always fits.
                Rule::SourceAnchor => anchor.filter(|id| !names.syntax(*id).is_binary()),
                _ if rule.is_of_calculation() => None,
                _ => names.lookup(rule.attribute().as_bytes()),
            };
            at(judged, &mut |look| look.rules |= 1 << bit);
        }
        Self { looks }
    }

    /// The reasons that follow from the values of one exported object; nearly always none.
    pub fn assess(&self, directory: &Directory, exported: &Exported<'_>, sent: &Sent<'_>) -> ReasonSet {
        let Some(object_type) = ObjectType::from_name(exported.object_type) else {
            return ReasonSet::EMPTY;
        };
        let mut suspects = Suspects::default();
        for id in exported.members {
            self.look(&directory.object(*id), &mut suspects);
        }
        let mut reasons = ReasonSet::EMPTY;
        if suspects.rows != 0 && is_too_long(object_type, suspects.rows, sent) {
            reasons.insert(Reason::LargeObject);
        }
        if (suspects.counts || suspects.photo) && is_too_large(object_type, sent) {
            reasons.insert(Reason::LargeObject);
        }
        for (rule, bit) in Rule::ALL.iter().zip(0_u16..) {
            if suspects.rules & (1 << bit) != 0 && breaks(*rule, object_type, sent) {
                reasons.insert(rule.reason());
            }
        }
        reasons
    }

    fn look(&self, object: &Object<'_>, suspects: &mut Suspects) {
        for (id, value) in object.all_values() {
            let look = self.looks.get(usize::from(id.0)).copied().unwrap_or(NO_LOOK);
            if value.bytes.len() > look.max_bytes as usize {
                suspects.rows |= 1 << look.row;
            }
            if look.rules & !suspects.rules != 0 {
                suspects.rules |= suspicious_rules(look.rules, value.bytes);
            }
            suspects.photo |= id == attribute::THUMBNAIL_PHOTO && value.size() > limit::MAX_PHOTO_BYTES;
        }
        let over = |id, most: usize| object.values(id).len() > most;
        suspects.counts |= over(attribute::PROXY_ADDRESSES, limit::MAX_PROXY_ADDRESSES)
            || over(attribute::USER_CERTIFICATE, limit::MAX_CERTIFICATES)
            || over(attribute::USER_SMIME_CERTIFICATE, limit::MAX_CERTIFICATES);
    }
}

fn suspicious_rules(mut rules: u16, bytes: &[u8]) -> u16 {
    let Ok(text) = std::str::from_utf8(bytes) else { return rules };
    for (rule, bit) in Rule::ALL.iter().zip(0_u16..) {
        if rules & (1 << bit) != 0 && rule.fault(text).is_none() {
            rules &= !(1 << bit);
        }
    }
    rules
}

fn is_too_long(object_type: ObjectType, rows: u64, sent: &Sent<'_>) -> bool {
    let suspicious = LIMITS.iter().zip(0_u8..).filter(|(_, row)| rows & (1 << row) != 0);
    suspicious.map(|(limit, _)| limit).filter(|limit| limit.types.contains(&object_type)).any(|limit| {
        (sent.texts)(limit.exported).iter().any(|text| text.chars().count() > limit.max_chars as usize)
    })
}

/// Counts and sizes, of users and contacts alone: no document names a figure for groups.
fn is_too_large(object_type: ObjectType, sent: &Sent<'_>) -> bool {
    let certificates = ["userCertificate", "userSMIMECertificate"];
    object_type != ObjectType::Group
        && (certificates.iter().any(|name| (sent.sizes)(name).len() > limit::MAX_CERTIFICATES)
            || (sent.sizes)("thumbnailPhoto").iter().any(|size| *size > limit::MAX_PHOTO_BYTES)
            || object_type == ObjectType::User
                && (sent.texts)("proxyAddresses").len() > limit::MAX_PROXY_ADDRESSES)
}

/// Whether what is sent breaks a rule.
fn breaks(rule: Rule, object_type: ObjectType, sent: &Sent<'_>) -> bool {
    let concerned = match rule {
        Rule::SourceAnchor => object_type == ObjectType::User,
        // DirSync-era text, of mail-enabled groups (`entra-outcomes` D.1 and G).
        Rule::DisplayName => {
            let is_filled = |name: &str| !(sent.texts)(name).is_empty();
            object_type == ObjectType::Group && (is_filled("mail") || is_filled("proxyAddresses"))
        }
        Rule::TargetAddress => object_type != ObjectType::Group,
        _ => false,
    };
    concerned && (sent.texts)(rule.exported()).iter().any(|text| rule.fault(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_rule_has_its_bit() {
        assert!(LIMITS.len() <= 64 && Rule::ALL.len() <= 16);
    }

    #[test]
    fn every_attribute_of_a_limit_and_a_rule_is_known_from_the_start() {
        let names = AttributeNames::default();
        for limit in LIMITS {
            let id = names.lookup(limit.attribute.as_bytes());
            assert_eq!(id.map(|id| names.name(id)), Some(limit.attribute));
            assert!(names.lookup(limit.exported.as_bytes()).is_some(), "{}", limit.exported);
        }
        assert!(Rule::ALL.iter().all(|rule| names.lookup(rule.exported().as_bytes()).is_some()));
    }
}
