//! Which proxy addresses survive in the cloud as they are.
//!
//! `entra-outcomes` sections D.1, D.1a, D.4-2 and F.3 (read 2026-11-20): an address without a type prefix is
//! malformed; an SMTP address with a blank, a control or invisible character, one of `< > ( ) ; , [ ] "`, a second
//! colon or without the form `local@domain` is discarded or altered. Other address types are not judged here.

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// No `type:` in front.
    NoPrefix,
    /// A character that does not belong there, and its position in characters, from 1.
    Character(char, usize),
    /// Not of the form `local@domain`.
    Form,
}

const FORBIDDEN: &[char] = &['<', '>', '(', ')', ';', ',', '[', ']', '"', ':'];

/// The first problem of an address as it is sent.
pub fn problem(address: &str) -> Option<Problem> {
    let Some((prefix, rest)) = address.split_once(':') else { return Some(Problem::NoPrefix) };
    if !prefix.eq_ignore_ascii_case("smtp") {
        return None;
    }
    let bad = |character: &char| {
        FORBIDDEN.contains(character)
            || character.is_whitespace()
            || character.is_control()
            || is_invisible(*character)
    };
    if let Some((position, character)) = rest.chars().enumerate().find(|(_, character)| bad(character)) {
        return Some(Problem::Character(character, position + prefix.chars().count() + 2));
    }
    let well_formed = rest.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !domain.starts_with('.')
    });
    (!well_formed).then_some(Problem::Form)
}

/// Zero-width and direction marks, byte order marks.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}')
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
    let rest = &bytes[5..];
    let plain = |byte: &u8| byte.is_ascii_graphic() && !FORBIDDEN.contains(&char::from(*byte));
    let mut parts = rest.split(|byte| *byte == b'@');
    let one_at = parts.next().is_some() && parts.next().is_some() && parts.next().is_none();
    !one_at || rest.first() == Some(&b'@') || rest.last() == Some(&b'@') || !rest.iter().all(plain)
}

#[cfg(test)]
mod tests {
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
        ] {
            assert!(problem(address).is_some() && is_suspicious(address.as_bytes()), "{address}");
        }
        assert!(!is_suspicious(b"SMTP:nia@corp.example") && !is_suspicious(b"x500:/o=Org"));
    }
}
