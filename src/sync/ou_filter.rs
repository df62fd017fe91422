//! Selection of organizational units: the nearest listed ancestor decides (contract, `[[forest]]`).

use std::collections::HashMap;

use crate::directory::dn;

/// Which part of a forest is imported at all.
#[derive(Debug, Clone, Default)]
pub(super) struct OuFilter {
    /// By key of the normalized DN: in or out.
    listed: HashMap<u64, bool>,
    any_included: bool,
}

impl OuFilter {
    /// From the DNs of the settings.
    pub fn new(include: &[String], exclude: &[String]) -> Self {
        let keyed = |list: &[String], selected| {
            list.iter().map(move |ou| (dn::key(ou.as_bytes()), selected)).collect::<Vec<_>>()
        };
        let listed = keyed(include, true).into_iter().chain(keyed(exclude, false)).collect();
        Self { listed, any_included: !include.is_empty() }
    }

    /// Whether an object with this DN is imported. Objects without a DN always are: nothing is known about them.
    pub fn selects(&self, dn_bytes: &[u8]) -> bool {
        if self.listed.is_empty() || dn_bytes.is_empty() {
            return true;
        }
        let nearest = std::iter::successors(Some(dn_bytes), |name| dn::parent(name))
            .find_map(|ancestor| self.listed.get(&dn::key(ancestor)));
        nearest.copied().unwrap_or(!self.any_included)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_listed_ancestor_decides() {
        let filter =
            OuFilter::new(&["OU=Corp,DC=c,DC=example".into()], &["OU=Test,OU=Corp,DC=c,DC=example".into()]);
        assert!(filter.selects(b"CN=A,ou=corp,dc=c,dc=example"));
        assert!(!filter.selects(b"CN=A,OU=Test,OU=Corp,DC=c,DC=example"));
        assert!(!filter.selects(b"CN=A,OU=Other,DC=c,DC=example"));
        assert!(filter.selects(b"CN=X\\,OU=Test,OU=Corp,DC=c,DC=example"));
    }

    #[test]
    fn exclusions_alone_leave_the_rest_in_and_nothing_listed_means_everything() {
        let filter = OuFilter::new(&[], &["OU=Test,DC=c".into()]);
        assert!(filter.selects(b"CN=A,OU=Corp,DC=c"));
        assert!(!filter.selects(b"CN=A,OU=Test,DC=c"));
        assert!(OuFilter::default().selects(b"CN=A,DC=c"));
    }
}
