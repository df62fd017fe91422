//! Which proxy addresses survive in the cloud as they are.
//!
//! `entra-outcomes` sections D.1, D.1a, D.4-2 and F.3 (read 2026-11-25): an address without a type prefix is
//! malformed; an SMTP address with a blank, a control or invisible character, one of `< > ( ) ; , [ ] "`, a second
//! colon, a letter with an accent, or not of the form `local@domain` of RFC 5322 is discarded or altered. Other address
//! types are not judged here.

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// No `type:` in front.
    NoPrefix,
    /// A character that does not belong there, and its position in characters, from 1.
    Character(char, usize),
    /// A character for which one document tells of an underscore in its place (`email-address-contain-underscore.md`),
    /// and its position. Others have the address discarded.
    Altered(char, usize),
    /// Not of the form `local@domain`.
    Form,
}

const FORBIDDEN: &[char] = &['<', '>', '(', ')', ';', ',', '[', ']', '"', ':'];
/// Before the @.
const ALTERED: &[char] = &['`', '|', '=', '?', '/', '%'];

/// The first problem of an address as it is sent.
pub fn problem(address: &str) -> Option<Problem> {
    let Some((prefix, rest)) = address.split_once(':') else { return Some(Problem::NoPrefix) };
    if !prefix.eq_ignore_ascii_case("smtp") {
        return None;
    }
    smtp_problem(rest, prefix.len() + 1)
}

/// The first problem of an SMTP address behind its prefix; `before` is the length of the prefix with its colon.
pub fn smtp_problem(rest: &str, before: usize) -> Option<Problem> {
    first_problem(rest, before, ALTERED)
}

fn first_problem(rest: &str, before: usize, altered: &[char]) -> Option<Problem> {
    if is_plain(rest.as_bytes()) { None } else { look_for_problem(rest, before, altered) }
}

fn look_for_problem(rest: &str, before: usize, altered: &[char]) -> Option<Problem> {
    let bad = |character: char| {
        FORBIDDEN.contains(&character)
            || !character.is_ascii()
            || character.is_whitespace()
            || character.is_control()
    };
    let mut is_local = true;
    for (character, position) in rest.chars().zip(before + 1..) {
        is_local &= character != '@';
        if bad(character) {
            return Some(Problem::Character(character, position));
        }
        if is_local && altered.contains(&character) {
            return Some(Problem::Altered(character, position));
        }
    }
    let (local, domain) = rest.split_once('@').unwrap_or_default();
    let dotted = |part: &str| !part.is_empty() && part.split('.').all(|label| !label.is_empty());
    (!dotted(local) || !dotted(domain) || domain.contains('@')).then_some(Problem::Form)
}

/// The first problem of a targetAddress. Only one that is an SMTP address is judged
/// (`prepare-for-directory-synchronization.md`, read 2026-11-25).
pub fn target_problem(address: &str) -> Option<Problem> {
    let (prefix, rest) = address.split_once(':').unwrap_or(("", address));
    if !prefix.is_empty() && !prefix.eq_ignore_ascii_case("smtp") {
        return None;
    }
    let before = address.len() - rest.len();
    let backslash = rest.chars().zip(before + 1..).find(|(character, _)| *character == '\\');
    let backslash = backslash.map(|(character, position)| Problem::Character(character, position));
    // What is only altered in an address of the object's own is no fault of one elsewhere.
    backslash.or_else(|| first_problem(rest, before, &[]))
}

/// Whether an address is of type SMTP, in any letter case.
pub fn is_smtp(address: &str) -> bool {
    starts_with_smtp(address.trim_start().as_bytes())
}

/// Whether raw bytes start with `smtp:` in any letter case.
pub fn starts_with_smtp(bytes: &[u8]) -> bool {
    bytes.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"smtp:"))
}

/// Whether raw bytes deserve the full look of [`problem`]: anything but plain ASCII of the usual form.
pub fn is_suspicious(bytes: &[u8]) -> bool {
    if !starts_with_smtp(bytes) {
        return !bytes.contains(&b':') || bytes.first().is_some_and(u8::is_ascii_whitespace);
    }
    !is_plain(&bytes[5..])
}

/// Bytes that are fine anywhere in an address.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        plain[byte as usize] = true;
        byte += 1;
    }
    let exceptions = b"<>(),;:[]\"`|=?/%\\";
    let mut at = 0;
    while at < exceptions.len() {
        plain[exceptions[at] as usize] = false;
        at += 1;
    }
    plain
};

/// Whether it is an address of the usual form in which there is nothing to find: one look at each byte of it.
pub(super) fn is_plain(address: &[u8]) -> bool {
    let is_mark = |byte: u8| byte == b'.' || byte == b'@';
    let (mut last, mut signs) = (b'.', 0);
    for byte in address {
        if !PLAIN[usize::from(*byte)] || (is_mark(*byte) && is_mark(last)) {
            return false;
        }
        signs += u32::from(*byte == b'@');
        last = *byte;
    }
    signs == 1 && !is_mark(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn problems_name_the_character_and_its_position() {
        assert_eq!(problem("SMTP:nia@corp.example"), None);
        assert_eq!(problem("SMTP: nia@corp.example"), Some(Problem::Character(' ', 6)));
        assert_eq!(problem("smtp:nia\u{200b}@corp.example"), Some(Problem::Character('\u{200b}', 9)));
        assert_eq!(problem("smtp:a:b@corp.example"), Some(Problem::Character(':', 7)));
        assert_eq!(problem("nia@corp.example"), Some(Problem::NoPrefix));
        assert_eq!(problem("smtp:nia"), Some(Problem::Form));
        assert_eq!(problem("X500:/o=Org (old)/cn=nia okoro"), None);
        assert_eq!(problem("smtp:b\u{fc}ro@corp.example"), Some(Problem::Character('\u{fc}', 7)));
        assert_eq!(problem("smtp:a=b@corp.example"), Some(Problem::Altered('=', 7)));
        assert_eq!(problem("smtp:a.@corp.example"), Some(Problem::Form));
        assert_eq!(problem("smtp:o'neill+x@corp.example"), None);
    }

    #[test]
    fn target_addresses_are_judged_where_they_are_smtp_addresses() {
        assert_eq!(target_problem("SMTP:nia@corp.example"), None);
        assert_eq!(target_problem("nia@corp.example"), None);
        assert_eq!(target_problem("X400:c=DE; a= "), None);
        assert_eq!(target_problem("SMTP:ni\\a@corp.example"), Some(Problem::Character('\\', 8)));
        assert_eq!(target_problem("SMTP:nia okoro@corp.example"), Some(Problem::Character(' ', 9)));
        assert_eq!(target_problem("SMTP:nia"), Some(Problem::Form));
        assert_eq!(target_problem("SMTP:a=b@corp.example"), None);
    }

    proptest! {
        #[test]
        fn nothing_is_wrong_with_plain_addresses(address in "[ab'+.@:=<\\\\\u{fc} ]{0,10}") {
            prop_assert!(!is_plain(address.as_bytes()) || look_for_problem(&address, 0, ALTERED).is_none());
            // The other way round, but for what is fine in some places only.
            let is_fine = look_for_problem(&address, 0, ALTERED).is_none() && !address.contains(['\\', '=']);
            prop_assert!(!is_fine || is_plain(address.as_bytes()));
        }
    }

    #[test]
    fn every_problem_is_suspicious_at_first_sight() {
        for address in [
            "SMTP: a@b",
            "smtp:a\u{200b}@b",
            "smtp:a:b@c",
            "a@b",
            "smtp:a",
            "smtp:@b",
            "smtp:a@",
            "smtp:a@b@c",
            "smtp:.a@b",
            "smtp:a@b.",
            "smtp:a..c@b",
            "smtp:a=c@b",
            "smtp:\u{fc}@b",
        ] {
            assert!(problem(address).is_some() && is_suspicious(address.as_bytes()), "{address}");
        }
        assert!(!is_suspicious(b"SMTP:nia@corp.example") && !is_suspicious(b"x500:/o=Org"));
    }
}
