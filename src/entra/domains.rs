//! Which domains the tenant has, as far as settings and tenant files tell.
//!
//! `entra-outcomes` sections E.1, F.3 and L.2 (read 2026-11-25): the initial domain and `<tenant>.mail.onmicrosoft.com`
//! count as verified, sub-domains only if they are verified themselves; everything else under `onmicrosoft.com` and
//! `microsoftonline.com` is reserved.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::validity::is_routable;
use crate::config::TenantSettings;
use crate::tenant::{CloudKind, CloudProperty, Tenant};

/// The domains of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domains {
    initial: Option<String>,
    /// Lower case.
    verified: BTreeSet<String>,
    /// The verified domains were told: what is not among them is not verified.
    is_told: bool,
}

const RESERVED: [&str; 2] = ["onmicrosoft.com", "microsoftonline.com"];

impl Domains {
    /// From the settings; what they leave open, from the names that cloud users have.
    ///
    /// A tenant that is described (it has an initial domain or verified domains in the settings) has no other verified
    /// domains than those. Of any other one it is unknown what is verified.
    pub fn new(settings: &TenantSettings, tenant: &Tenant) -> Self {
        let listed = settings.verified_domains.iter().chain(&settings.federated_domains);
        let is_told = settings.initial_domain.is_some() || listed.clone().next().is_some();
        let initial = settings.initial_domain.clone().or_else(|| most_frequent_initial(tenant));
        let mut verified: BTreeSet<String> = listed.map(|domain| domain.to_lowercase()).collect();
        if let Some(initial) = &initial {
            verified.insert(initial.clone());
            verified.extend(routing_domain(initial));
        }
        Self { initial, verified, is_told }
    }

    /// The first `*.onmicrosoft.com` domain, lower case.
    pub fn initial(&self) -> Option<&str> {
        self.initial.as_deref()
    }

    /// Whether the verified domains are known, so that other suffixes can be judged.
    pub fn is_told(&self) -> bool {
        self.is_told
    }

    /// Whether a suffix is verified; when the tenant is not described, whether it may be.
    pub fn accepts(&self, suffix: &str) -> bool {
        if self.verified.is_empty() && !self.is_told {
            return is_routable(suffix);
        }
        let suffix = suffix.to_lowercase();
        if self.verified.contains(&suffix) {
            return true;
        }
        !self.is_told && is_routable(&suffix) && !under_reserved(&suffix)
    }

    /// Whether on-premises addresses with this suffix are discarded whatever the tenant has verified.
    pub fn is_reserved(&self, suffix: &str) -> bool {
        if !ends_like_reserved(suffix) {
            return false;
        }
        let suffix = suffix.to_lowercase();
        let is_routing = match &self.initial {
            Some(initial) => routing_domain(initial).is_some_and(|routing| routing == suffix),
            None => suffix.ends_with(".mail.onmicrosoft.com"),
        };
        under_reserved(&suffix) && !is_routing
    }
}

/// `contoso.mail.onmicrosoft.com` of `contoso.onmicrosoft.com`.
fn routing_domain(initial: &str) -> Option<String> {
    initial.strip_suffix(".onmicrosoft.com").map(|tenant| format!("{tenant}.mail.onmicrosoft.com"))
}

/// A first look without allocation.
fn ends_like_reserved(suffix: &str) -> bool {
    RESERVED.iter().any(|reserved| {
        let start = suffix.len().checked_sub(reserved.len());
        start.and_then(|start| suffix.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(reserved))
    })
}

fn under_reserved(suffix: &str) -> bool {
    RESERVED.iter().any(|reserved| {
        suffix.strip_suffix(reserved).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// The `*.onmicrosoft.com` suffix that most cloud users have in a name or an address; of equals the first by name.
fn most_frequent_initial(tenant: &Tenant) -> Option<String> {
    let counts = tenant.of_kind(CloudKind::User).par_iter().fold(BTreeMap::new, |mut counts, user| {
        let names = user.text(CloudProperty::UserPrincipalName).into_iter();
        for name in names.chain(user.texts(CloudProperty::ProxyAddresses)) {
            if !ends_like_reserved(name) {
                continue;
            }
            let Some((_, suffix)) = name.rsplit_once('@') else { continue };
            let suffix = suffix.to_lowercase();
            let is_initial =
                suffix.strip_suffix(".onmicrosoft.com").is_some_and(|tenant| !tenant.contains('.'));
            if is_initial {
                *counts.entry(suffix).or_default() += 1;
            }
        }
        counts
    });
    let counts: BTreeMap<String, u32> = counts.reduce(BTreeMap::new, |mut all, part| {
        for (suffix, count) in part {
            *all.entry(suffix).or_default() += count;
        }
        all
    });
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(suffix, _)| suffix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::CloudDraft;

    fn described() -> Domains {
        let settings = TenantSettings {
            initial_domain: Some("contoso.onmicrosoft.com".into()),
            verified_domains: vec!["contoso.com".into()],
            ..TenantSettings::default()
        };
        Domains::new(&settings, &Tenant::default())
    }

    #[test]
    fn only_listed_domains_of_a_described_tenant_are_verified() {
        let domains = described();
        for suffix in
            ["contoso.com", "CONTOSO.com", "contoso.onmicrosoft.com", "contoso.mail.onmicrosoft.com"]
        {
            assert!(domains.accepts(suffix), "{suffix}");
        }
        for suffix in ["sales.contoso.com", "fabrikam.com", "fabrikam.onmicrosoft.com", "contoso.local"] {
            assert!(!domains.accepts(suffix), "{suffix}");
        }
    }

    #[test]
    fn without_a_description_only_what_nobody_can_verify_is_refused() {
        let domains = Domains::default();
        assert!(domains.accepts("contoso.com") && !domains.is_told());
        for suffix in ["contoso.local", "corp.Internal", "contoso", ""] {
            assert!(!domains.accepts(suffix), "{suffix}");
        }
    }

    #[test]
    fn microsofts_suffixes_are_reserved_but_the_routing_domain() {
        let domains = described();
        for suffix in ["contoso.onmicrosoft.com", "fabrikam.mail.onmicrosoft.com", "x.microsoftonline.com"] {
            assert!(domains.is_reserved(suffix), "{suffix}");
        }
        for suffix in ["contoso.mail.onmicrosoft.com", "contoso.com", "notonmicrosoft.com"] {
            assert!(!domains.is_reserved(suffix), "{suffix}");
        }
        assert!(!Domains::default().is_reserved("any.mail.onmicrosoft.com"));
    }

    #[test]
    fn cloud_users_tell_the_initial_domain() {
        let user = |id: &str, name: &str| {
            let mut draft = CloudDraft::default();
            draft.add(CloudProperty::Id, id);
            draft.add(CloudProperty::UserPrincipalName, name);
            draft.identified(CloudKind::User).unwrap().0
        };
        let tenant = Tenant::new(vec![
            user("1", "a@contoso.onmicrosoft.com"),
            user("2", "b@contoso.com"),
            user("3", "g_x.com#EXT#@contoso.mail.onmicrosoft.com"),
        ]);
        let domains = Domains::new(&TenantSettings::default(), &tenant);
        assert_eq!((domains.initial(), domains.is_told()), (Some("contoso.onmicrosoft.com"), false));
        assert!(domains.accepts("elsewhere.com") && !domains.accepts("other.onmicrosoft.com"));
    }
}
