//! Single values as PowerShell and spreadsheets write them: booleans, numbers, and type names instead of values.
//!
//! `input-formats` sections 7.3, 7.4 and 8 (read 2026-11-20).

use super::names;
use crate::directory::AttributeId;
use crate::directory::attribute::{GROUP_TYPE, RECIPIENT_TYPE_DETAILS};

const TRUE_WORDS: &[&str] = &[
    "true",
    "1",
    "yes",
    "wahr",
    "ja",
    "vrai",
    "oui",
    "verdadero",
    "sí",
    "si",
    "vero",
    "sì",
    "verdadeiro",
    "sim",
    "waar",
    "sand",
    "sant",
    "tosi",
    "prawda",
    "tak",
    "pravda",
    "ano",
    "igaz",
    "истина",
    "да",
    "doğru",
    "evet",
];
const FALSE_WORDS: &[&str] = &[
    "false", "0", "no", "falsch", "nein", "faux", "non", "falso", "não", "onwaar", "nee", "falsk", "usant",
    "nej", "nei", "epätosi", "fałsz", "nie", "nepravda", "ne", "hamis", "ложь", "нет", "yanlış", "hayır",
];

/// The truth value of a cell, in any of the languages that spreadsheets translate to.
pub(in crate::load) fn boolean(cell: &[u8]) -> Option<bool> {
    let word = std::str::from_utf8(cell).ok()?.trim().to_lowercase();
    match word.as_str() {
        word if TRUE_WORDS.contains(&word) => Some(true),
        word if FALSE_WORDS.contains(&word) => Some(false),
        _ => None,
    }
}

/// What a cell of an integer attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// The number.
    Exact(i64),
    /// `1.33E+17`: a spreadsheet threw digits away.
    Damaged,
    /// No number.
    Unreadable,
}

/// Reads a cell of an integer attribute; for some of them Exchange and PowerShell show words.
pub(super) fn number(attribute: AttributeId, cell: &[u8]) -> Number {
    let Ok(text) = std::str::from_utf8(cell) else { return Number::Unreadable };
    let text = text.trim();
    let words = match attribute {
        RECIPIENT_TYPE_DETAILS => names::recipient_type(text),
        GROUP_TYPE => group_type_words(text),
        _ => None,
    };
    match text.parse().ok().or(words) {
        Some(value) => Number::Exact(value),
        None if is_scientific(text) => Number::Damaged,
        None => Number::Unreadable,
    }
}

/// `1.33123E+17`, with a decimal point or a decimal comma.
fn is_scientific(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        mantissa.split(['.', ',']).all(|part| digits(part.trim_start_matches('-')))
            && digits(exponent.trim_start_matches(['+', '-']))
    })
}

const SECURITY_ENABLED: i64 = -2_147_483_648;

/// `groupType` from the scope and the category as `Get-ADGroup` shows them, by word or by number.
pub(super) fn group_type(scope: &[u8], category: &[u8]) -> Option<i64> {
    let scope = match std::str::from_utf8(scope).ok()?.trim().to_ascii_lowercase().as_str() {
        "domainlocal" | "0" => 4,
        "global" | "1" => 2,
        "universal" | "2" => 8,
        _ => return None,
    };
    match std::str::from_utf8(category).ok()?.trim().to_ascii_lowercase().as_str() {
        "security" | "1" => Some(SECURITY_ENABLED + scope),
        "distribution" | "0" => Some(scope),
        _ => None,
    }
}

/// `Universal, SecurityEnabled` as `Get-DistributionGroup` shows groupType.
fn group_type_words(text: &str) -> Option<i64> {
    let mut words = text.split(',').map(str::trim);
    let scope = words.next()?;
    match words.next() {
        None => group_type(scope.as_bytes(), b"distribution"),
        Some(word) if word.eq_ignore_ascii_case("SecurityEnabled") => {
            group_type(scope.as_bytes(), b"security")
        }
        Some(_) => None,
    }
}

/// Whether a cell holds the name of a collection type: `Export-Csv` wrote what the value is instead of the value.
pub(in crate::load) fn is_type_name(cell: &[u8]) -> bool {
    if !matches!(cell.first(), Some(b'S' | b'M' | b'D')) || cell.len() > 300 {
        return false;
    }
    let Ok(name) = std::str::from_utf8(cell) else { return false };
    let name = name.trim().strip_prefix("Deserialized.").unwrap_or(name.trim());
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if let Some(rest) = name.strip_prefix("System.") {
        let is_array = rest.strip_suffix("[]").is_some_and(|rest| rest.split('.').all(is_part));
        return is_array
            || rest == "__ComObject"
            || ["Collections.", "DirectoryServices.", "Management.Automation."]
                .iter()
                .any(|space| rest.starts_with(space));
    }
    let name = name.split_once('[').map_or(name, |(name, _)| name);
    name.strip_prefix("Microsoft.").is_some_and(|rest| {
        rest.contains('.')
            && rest.split(['.', '+']).all(|part| is_part(part.trim_end_matches(['`', '1', '2'])))
    })
}

/// Spreadsheets cut a cell at this many characters (`input-formats` section 8).
const CELL_CHARS: usize = 32_767;

/// Whether a cell has just the length at which a spreadsheet cuts.
pub(super) fn is_cut(cell: &[u8]) -> bool {
    cell.len() >= CELL_CHARS && String::from_utf8_lossy(cell).encode_utf16().count() == CELL_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::attribute::USER_ACCOUNT_CONTROL;

    #[test]
    fn booleans_in_the_languages_of_spreadsheets() {
        for word in ["True", "WAHR", "VRAI", "VERDADERO", "1", "Yes", " true "] {
            assert_eq!(boolean(word.as_bytes()), Some(true), "{word}");
        }
        for word in ["False", "FALSCH", "FAUX", "FALSO", "0", "No", "NIE"] {
            assert_eq!(boolean(word.as_bytes()), Some(false), "{word}");
        }
        assert_eq!(boolean(b"maybe"), None);
        let both: Vec<_> = TRUE_WORDS.iter().filter(|word| FALSE_WORDS.contains(word)).collect();
        assert!(both.is_empty(), "{both:?}");
    }

    #[test]
    fn numbers_and_what_spreadsheets_make_of_them() {
        assert_eq!(number(USER_ACCOUNT_CONTROL, b" 514 "), Number::Exact(514));
        assert_eq!(number(USER_ACCOUNT_CONTROL, b"-2147483646"), Number::Exact(-2_147_483_646));
        for damaged in ["1.33123E+17", "1,33123E+17", "1E+17", "-1.5e-3"] {
            assert_eq!(number(USER_ACCOUNT_CONTROL, damaged.as_bytes()), Number::Damaged, "{damaged}");
        }
        for other in ["NormalAccount", "E", "1.E5", "Engineer", "99999999999999999999"] {
            assert_eq!(number(USER_ACCOUNT_CONTROL, other.as_bytes()), Number::Unreadable, "{other}");
        }
        assert_eq!(number(RECIPIENT_TYPE_DETAILS, b"RemoteUserMailbox"), Number::Exact(2_147_483_648));
        assert_eq!(number(RECIPIENT_TYPE_DETAILS, b"128"), Number::Exact(128));
        assert_eq!(number(GROUP_TYPE, b"Universal, SecurityEnabled"), Number::Exact(-2_147_483_640));
        assert_eq!(number(GROUP_TYPE, b"Universal"), Number::Exact(8));
    }

    #[test]
    fn scope_and_category_make_a_group_type() {
        assert_eq!(group_type(b"Global", b"Security"), Some(-2_147_483_646));
        assert_eq!(group_type(b"DomainLocal", b"Distribution"), Some(4));
        assert_eq!(group_type(b"2", b"0"), Some(8));
        assert_eq!(group_type(b"", b"Security"), None);
    }

    #[test]
    fn type_names_are_told_from_text() {
        for name in [
            "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection",
            "System.String[]",
            "System.Byte[]",
            "System.Collections.ArrayList",
            "System.Collections.Generic.List`1[System.String]",
            "Microsoft.Exchange.Data.ProxyAddressCollection",
            "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]",
            "Deserialized.Microsoft.Exchange.Data.ProxyAddressCollection",
        ] {
            assert!(is_type_name(name.as_bytes()), "{name}");
        }
        for text in ["System Engineer", "Microsoft.NET", "Microsoft", "System.", "SMTP:a@x.example", "Dan"] {
            assert!(!is_type_name(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn only_the_length_of_a_cut_cell_is_suspicious() {
        assert!(is_cut("é".repeat(32_767).as_bytes()));
        assert!(!is_cut("é".repeat(32_766).as_bytes()));
        assert!(!is_cut("a".repeat(40_000).as_bytes()));
    }
}
