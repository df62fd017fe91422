//! `userPrincipalName` and `mailNickname` as the cloud calculates them (`entra-outcomes` sections D.2, D.3 and E, read
//! 2026-11-25).

use std::borrow::Cow;

use super::addresses;
use super::domains::Domains;
use super::incoming::Incoming;
use super::validity::{Fault, Rule, mail_nickname};
use crate::tenant::{CloudObject, CloudProperty};

/// Why a user principal name is not used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpnProblem {
    /// A character outside the allowed set, and its position in characters, from 1.
    Character(char, usize),
    /// Not of the form `prefix@suffix`.
    Form,
    /// Too long, as a whole or in a part.
    Length,
    /// The suffix is not a verified domain.
    SuffixNotVerified,
}

/// What keeps a user principal name from being used as it is; `None` when nothing does.
pub fn upn_problem(name: &str, domains: &Domains) -> Option<UpnProblem> {
    if let Some(fault) = Rule::UserPrincipalName.fault(name) {
        return Some(match fault {
            Fault::Character { character, position } => UpnProblem::Character(character, position),
            Fault::TooLong { .. } => UpnProblem::Length,
            Fault::Form(_) => UpnProblem::Form,
        });
    }
    let (_, suffix) = name.rsplit_once('@')?;
    (!domains.accepts(suffix)).then_some(UpnProblem::SuffixNotVerified)
}

/// Where a calculated alias comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasSource {
    /// The on-premises mailNickname.
    MailNickname,
    /// The cloud object has it already; it changes only with the on-premises mailNickname.
    Cloud,
    /// Before the `@` of the primary SMTP address.
    PrimarySmtp,
    /// Before the `@` of mail.
    Mail,
    /// Before the `@` of the user principal name.
    UserPrincipalName,
    /// Before the `@` of a secondary SMTP address.
    SecondarySmtp,
    /// The common name.
    CommonName,
}

/// `mailNickname` in the cloud: of several sources the first that has a value (section E.1-5 and D.4-5), with characters
/// that an alias cannot have replaced. `None` when there is no source.
pub fn alias<'v>(
    incoming: &'v Incoming<'_>,
    row: Option<&'v CloudObject>,
) -> Option<(Cow<'v, str>, AliasSource)> {
    let prefix = |address: &'v str| address.split_once('@').map(|(prefix, _)| prefix.trim());
    let smtp = |marker: &str| {
        let mut all = incoming.proxy_addresses.iter().filter_map(|address| address.split_once(':'));
        all.find(|(own, rest)| *own == marker && !rest.trim().is_empty()).and_then(|(_, rest)| prefix(rest))
    };
    let candidates = [
        (incoming.alias.as_deref(), AliasSource::MailNickname),
        (row.and_then(|row| row.text(CloudProperty::MailNickname)), AliasSource::Cloud),
        (smtp("SMTP"), AliasSource::PrimarySmtp),
        (incoming.mail.as_deref().and_then(prefix), AliasSource::Mail),
        (incoming.user_principal_name.as_deref().and_then(prefix), AliasSource::UserPrincipalName),
        (smtp("smtp"), AliasSource::SecondarySmtp),
        (incoming.cn.as_deref(), AliasSource::CommonName),
    ];
    let (text, source) = candidates
        .into_iter()
        .find_map(|(text, source)| Some((text.filter(|text| !text.is_empty())?, source)))?;
    let text = if source == AliasSource::Cloud { Cow::Borrowed(text) } else { mail_nickname::in_cloud(text) };
    Some((text, source))
}

/// `alias@initial-domain`: the name and address that the cloud makes itself.
pub fn moera(alias: &str, domains: &Domains) -> Option<String> {
    domains.initial().map(|initial| format!("{alias}@{initial}"))
}

/// `userPrincipalName` in the cloud before anybody else's is looked at, and why it is not the one sent.
///
/// `None` in the place of the name: it would be made from the initial domain, which is not known.
pub fn user_principal_name(
    sent: &str,
    alias: Option<&str>,
    row: Option<&CloudObject>,
    domains: &Domains,
) -> (Option<String>, Option<UpnProblem>) {
    let Some(problem) = upn_problem(sent, domains) else { return (Some(sent.to_owned()), None) };
    let replaced = kept(sent, row, domains).or_else(|| moera(alias?, domains));
    (replaced, Some(problem))
}

/// The replacement that the cloud user has already: it is calculated again only when another name is sent (E.1-7).
fn kept(sent: &str, row: Option<&CloudObject>, domains: &Domains) -> Option<String> {
    let row = row?;
    let own = row.text(CloudProperty::UserPrincipalName)?;
    let is_same = if let Some(shadow) = row.text(CloudProperty::OnPremisesUserPrincipalName) {
        shadow == sent
    } else {
        let suffix = own.rsplit_once('@').map(|(_, suffix)| suffix)?;
        domains.initial().is_some_and(|initial| suffix.eq_ignore_ascii_case(initial))
    };
    is_same.then(|| own.to_owned())
}

/// The name that stands in for one that another user has: the prefix, four digits not known beforehand, and the
/// initial domain (section B; written without the plus sign of the formula, D.4-12).
pub fn placeholder(sent: &str, domains: &Domains) -> Option<String> {
    let prefix = sent.split_once('@').map_or(sent, |(prefix, _)| prefix);
    domains.initial().map(|initial| format!("{prefix}####@{initial}"))
}

/// The part of an SMTP address after the type, or of a plain address the whole.
pub fn plain(address: &str) -> &str {
    address.split_once(':').filter(|_| addresses::is_smtp(address)).map_or(address, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TenantSettings;
    use crate::directory::ObjectId;
    use crate::tenant::{CloudKind, Tenant};

    fn contoso() -> Domains {
        let settings = TenantSettings {
            initial_domain: Some("contoso.onmicrosoft.com".into()),
            verified_domains: vec!["contoso.com".into()],
            ..TenantSettings::default()
        };
        Domains::new(&settings, &Tenant::default())
    }

    #[test]
    fn every_rule_for_user_principal_names() {
        let problem = |name: &str| upn_problem(name, &contoso());
        for good in ["nia@contoso.com", "o'neil_a-b!#^~.c@contoso.com", "A1@CONTOSO.onmicrosoft.com"] {
            assert_eq!(problem(good), None, "{good}");
        }
        // concept-sspr-policy.md and prepare-for-directory-synchronization.md (read 2026-11-20).
        for bad in "\\%&*+/=?{}|<>();:,[]\" $`ü\u{a0}\u{200b}".chars() {
            assert_eq!(problem(&format!("a{bad}@contoso.com")), Some(UpnProblem::Character(bad, 2)));
        }
        for bad in ["nia", "@contoso.com", "nia@"] {
            assert_eq!(problem(bad), Some(UpnProblem::Form), "{bad}");
        }
        assert_eq!(problem("nia@a@contoso.com"), Some(UpnProblem::Character('@', 6)));
        assert_eq!(problem("nia.@contoso.com"), Some(UpnProblem::Character('.', 4)));
        assert_eq!(problem("nia@fabrikam.com"), Some(UpnProblem::SuffixNotVerified));
    }

    #[test]
    fn lengths_count_the_whole_and_both_parts() {
        let open = Domains::default();
        let name =
            |prefix: usize, suffix: usize| format!("{}@{}.com", "a".repeat(prefix), "b".repeat(suffix - 4));
        assert_eq!(upn_problem(&name(64, 48), &open), None);
        assert_eq!(upn_problem(&name(65, 40), &open), Some(UpnProblem::Length));
        assert_eq!(upn_problem(&name(20, 49), &open), Some(UpnProblem::Length));
    }

    #[test]
    fn an_alias_has_six_sources_in_this_order() {
        let mut incoming = Incoming::empty(CloudKind::User, ObjectId(0));
        let found =
            |incoming: &Incoming<'_>| alias(incoming, None).map(|(text, source)| (text.into_owned(), source));
        assert_eq!(found(&incoming), None);
        incoming.cn = Some("Nia Okoro".into());
        assert_eq!(found(&incoming), Some(("Nia_Okoro".into(), AliasSource::CommonName)));
        incoming.proxy_addresses.push("smtp:second@x".into());
        assert_eq!(found(&incoming), Some(("second".into(), AliasSource::SecondarySmtp)));
        incoming.user_principal_name = Some("upn@x".into());
        assert_eq!(found(&incoming), Some(("upn".into(), AliasSource::UserPrincipalName)));
        incoming.mail = Some("mail@x".into());
        assert_eq!(found(&incoming), Some(("mail".into(), AliasSource::Mail)));
        incoming.proxy_addresses.push("SMTP:first@x".into());
        assert_eq!(found(&incoming), Some(("first".into(), AliasSource::PrimarySmtp)));
        incoming.alias = Some("nia".into());
        assert_eq!(found(&incoming), Some(("nia".into(), AliasSource::MailNickname)));
    }

    #[test]
    fn a_name_is_replaced_by_alias_and_initial_domain() {
        let name = |sent| user_principal_name(sent, Some("nia"), None, &contoso());
        assert_eq!(name("nia.okoro@contoso.com"), (Some("nia.okoro@contoso.com".into()), None));
        let moera = Some("nia@contoso.onmicrosoft.com".to_owned());
        assert_eq!(name("n@fabrikam.com"), (moera.clone(), Some(UpnProblem::SuffixNotVerified)));
        assert_eq!(name("n o@contoso.com"), (moera, Some(UpnProblem::Character(' ', 2))));
        let unknown = user_principal_name("n@x.local", Some("nia"), None, &Domains::default());
        assert_eq!(unknown, (None, Some(UpnProblem::SuffixNotVerified)));
        assert_eq!(
            placeholder("john@contoso.com", &contoso()),
            Some("john####@contoso.onmicrosoft.com".into())
        );
    }
}
