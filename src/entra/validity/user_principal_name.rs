//! Which user principal names the cloud uses as they are.
//!
//! `entra-outcomes` section D.3 (read 2026-11-25): the characters are the list of `concept-sspr-policy.md`; form, lengths
//! and the routable suffix are those of `prepare-for-directory-synchronization.md`. What happens to any other name is
//! told in three ways (section D.4-1); followed is that the name is replaced.

use super::Fault;

const MAX_CHARS: usize = 113;
const MAX_CHARS_BEFORE_AT: usize = 64;
const MAX_CHARS_BEHIND_AT: usize = 48;

/// Top-level domains that nobody can register, so that they are never verified in a tenant: those the document names,
/// and the private ones of RFC 6762 (appendix G) and RFC 6761. `.test` and `.example` stand for real domains in plans
/// and exercises and are left alone.
const NOT_ROUTABLE: [&str; 11] = [
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "localdomain",
    "localhost",
    "invalid",
    "arpa",
];

pub(super) fn fault(name: &str) -> Option<Fault> {
    let Some((local, domain)) = name.split_once('@') else {
        return bad_local_character(name).or(Some(Fault::Form("has no @")));
    };
    if local.is_empty() {
        return Some(Fault::Form("has nothing before the @"));
    }
    let before = local.chars().count() + 1;
    bad_local_character(local)
        .or_else(|| Fault::misplaced_dot(local, 0))
        .or_else(|| bad_domain_character(domain, before))
        .or_else(|| domain.is_empty().then_some(Fault::Form("has nothing behind the @")))
        .or_else(|| Fault::misplaced_dot(domain, before))
        .or_else(|| Fault::too_long(local, " before the @", MAX_CHARS_BEFORE_AT))
        .or_else(|| Fault::too_long(domain, " behind the @", MAX_CHARS_BEHIND_AT))
        .or_else(|| Fault::too_long(name, "", MAX_CHARS))
}

fn bad_local_character(local: &str) -> Option<Fault> {
    let taken = |character: char| character.is_ascii_alphanumeric() || "'.-_!#^~".contains(character);
    Fault::first_character(local, |character| !taken(character))
}

fn bad_domain_character(domain: &str, before: usize) -> Option<Fault> {
    let taken = |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
    match Fault::first_character(domain, |character| !taken(character))? {
        Fault::Character { character, position } => {
            Some(Fault::Character { character, position: before + position })
        }
        other => Some(other),
    }
}

/// Whether a domain can exist on the internet: it has a dot, and its last label is not reserved for private use.
pub fn is_routable(domain: &str) -> bool {
    let (_, last) = domain.trim_end_matches('.').rsplit_once('.').unwrap_or_default();
    !last.is_empty() && !NOT_ROUTABLE.iter().any(|private| last.eq_ignore_ascii_case(private))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn character(character: char, position: usize) -> Fault {
        Fault::Character { character, position }
    }

    #[test]
    fn characters_and_form() {
        for good in ["nia.okoro@corp.example", "o'neill!#^~-_@sub-1.corp_x.example", "1@a.b"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in r#"\%&*+/=?{}|<>();:,[]"$`ä "#.chars() {
            assert_eq!(fault(&format!("n{bad}a@corp.example")), Some(character(bad, 2)), "{bad}");
        }
        assert_eq!(fault("nia\u{a0}@corp.example"), Some(character('\u{a0}', 4)));
        assert_eq!(fault("nia@corp.example\u{200b}"), Some(character('\u{200b}', 17)));
        assert_eq!(fault("nia@corp.example "), Some(character(' ', 17)));
        assert_eq!(fault("nia@corp@example"), Some(character('@', 9)));
        assert_eq!(fault("nia.@corp.example"), Some(character('.', 4)));
        assert_eq!(fault("nia@c#rp.example"), Some(character('#', 6)));
        assert_eq!(fault("nia"), Some(Fault::Form("has no @")));
        assert_eq!(fault("@corp.example"), Some(Fault::Form("has nothing before the @")));
        assert_eq!(fault("nia@"), Some(Fault::Form("has nothing behind the @")));
    }

    #[test]
    fn lengths_of_the_whole_and_of_both_parts() {
        let name =
            |local: usize, domain: usize| format!("{}@{}.de", "a".repeat(local), "b".repeat(domain - 3));
        assert_eq!(fault(&name(64, 48)), None);
        assert!(matches!(fault(&name(65, 48)), Some(Fault::TooLong { chars: 65, limit: 64, .. })));
        assert!(matches!(fault(&name(64, 49)), Some(Fault::TooLong { chars: 49, limit: 48, .. })));
    }

    #[test]
    fn private_suffixes_are_not_routable() {
        for bad in ["corp.local", "a.internal", "a.LAN", "corp", "", "a.home."] {
            assert!(!is_routable(bad), "{bad}");
        }
        for good in ["corp.example", "local.example", "a.test", "localx.de"] {
            assert!(is_routable(good), "{good}");
        }
    }
}
