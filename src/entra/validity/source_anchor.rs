//! Which text can be a source anchor.
//!
//! `plan-connect-design-concepts.md` (read 2026-11-25): fewer than 60 characters, where every one outside of a-z, A-Z
//! and 0-9 counts as three, and none of the characters below.

use super::Fault;

const FORBIDDEN: &str = r#"\!#$%&*+/=?^`{}|~<>()';:,[]"@_"#;
const MAX_CHARS: usize = 59;

pub(super) fn fault(anchor: &str) -> Option<Fault> {
    Fault::first_character(anchor, |character| FORBIDDEN.contains(character)).or_else(|| {
        let weight = |character: char| if character.is_ascii_alphanumeric() { 1 } else { 3 };
        let chars = anchor.chars().map(weight).sum();
        let part = ", where each but letters and digits counts as three";
        (chars > MAX_CHARS).then_some(Fault::TooLong { part, chars, limit: MAX_CHARS })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_weights() {
        assert_eq!(fault("corp.1004"), None);
        assert_eq!(fault("emp_1"), Some(Fault::Character { character: '_', position: 4 }));
        assert_eq!(fault(&"1".repeat(59)), None);
        assert_eq!(fault(&format!("12{}", "-".repeat(19))), None);
        let fault = fault(&format!("1{}", "-".repeat(20)));
        assert!(matches!(fault, Some(Fault::TooLong { chars: 61, limit: 59, .. })), "{fault:?}");
    }
}
