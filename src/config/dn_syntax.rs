//! Whether a text in the settings is a distinguished name at all.
//!
//! Only the form is judged (RFC 4514, quoted values included), so that a typing error is caught where it was made
//! instead of silently selecting nothing. Comparing DNs is the directory's business.

/// What is wrong with a DN, as a sentence part; `None` for a well-formed one.
pub(super) fn fault(dn: &str) -> Option<String> {
    if dn.trim().is_empty() {
        return Some("it is empty".to_owned());
    }
    let parts = match split(dn) {
        Ok(parts) => parts,
        Err(fault) => return Some(fault.to_owned()),
    };
    parts.iter().find_map(|part| part_fault(part))
}

/// Splits at every `,` and `+` that is neither escaped nor quoted.
fn split(dn: &str) -> Result<Vec<&str>, &'static str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    let mut characters = dn.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => skip_escape(&mut characters)?,
            '"' => quoted = !quoted,
            ',' | '+' if !quoted => {
                parts.push(&dn[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        return Err("a quotation mark is not closed");
    }
    parts.push(&dn[start..]);
    Ok(parts)
}

fn skip_escape(characters: &mut std::str::CharIndices<'_>) -> Result<(), &'static str> {
    const FAULT: &str = "a backslash must be followed by a special character or two hexadecimal digits";
    match characters.next() {
        Some((_, first)) if first.is_ascii_hexdigit() => match characters.next() {
            Some((_, second)) if second.is_ascii_hexdigit() => Ok(()),
            _ => Err(FAULT),
        },
        Some((_, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' | '#' | ' ' | '/')) => Ok(()),
        _ => Err(FAULT),
    }
}

fn part_fault(part: &str) -> Option<String> {
    let Some((attribute, value)) = part.split_once('=') else {
        return Some(format!("the part {:?} has no `=`", part.trim()));
    };
    if !is_attribute(attribute.trim()) {
        return Some(format!("{:?} is no attribute name", attribute.trim()));
    }
    value.trim().is_empty().then(|| format!("`{}=` has no value", attribute.trim()))
}

/// Whether a text can be the name of an attribute: a keyword (`extensionAttribute7`) or an object identifier.
pub(super) fn is_attribute(text: &str) -> bool {
    let keyword = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let identifier = text.split('.').count() > 1
        && text.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()));
    keyword || identifier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_names_pass() {
        for dn in [
            "OU=Corp,DC=contoso,DC=com",
            "ou=Büro, dc=contoso, dc=com",
            "OU=A\\, B\\C3\\BC,DC=x",
            "CN=\"Okoro, Nia\",DC=x",
            "CN=a+SN=b,DC=x",
            "2.5.4.11=Corp,DC=x",
            "DC=contoso",
        ] {
            assert_eq!(fault(dn), None, "{dn}");
        }
    }

    #[test]
    fn malformed_names_are_told_apart() {
        for (dn, expected) in [
            ("", "it is empty"),
            ("contoso.com/Corp", "the part \"contoso.com/Corp\" has no `=`"),
            ("OU=Corp,,DC=x", "the part \"\" has no `=`"),
            ("OU=Corp,DC=x,", "the part \"\" has no `=`"),
            ("OU=,DC=x", "`OU=` has no value"),
            ("O U=Corp,DC=x", "\"O U\" is no attribute name"),
            ("=Corp,DC=x", "\"\" is no attribute name"),
            ("CN=\"Okoro,DC=x", "a quotation mark is not closed"),
        ] {
            assert_eq!(fault(dn).as_deref(), Some(expected), "{dn}");
        }
        assert!(fault("OU=Corp\\").is_some_and(|text| text.contains("backslash")));
        assert!(fault("OU=Co\\rp").is_some_and(|text| text.contains("backslash")));
    }
}
