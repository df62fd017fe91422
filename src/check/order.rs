//! The one order of findings: forest (connector order), DN, check, attribute, value.

use std::cmp::Ordering;

/// Compares lower-cased text, then the text itself. Allocates only for text that is not ASCII.
pub fn by_lower_case(one: &str, other: &str) -> Ordering {
    let lower = if one.is_ascii() && other.is_ascii() {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        one.bytes().map(lower).cmp(other.bytes().map(lower))
    } else {
        one.to_lowercase().cmp(&other.to_lowercase())
    };
    lower.then_with(|| one.cmp(other))
}

/// Compares optional text like [`by_lower_case`]; nothing comes first.
pub fn optional_by_lower_case(one: Option<&str>, other: Option<&str>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => by_lower_case(one, other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_decides_last() {
        let mut names = ["b", "A", "a", "B", "Ä", "ä", "z"];
        names.sort_by(|one, other| by_lower_case(one, other));
        assert_eq!(names, ["A", "a", "B", "b", "z", "Ä", "ä"]);
        assert_eq!(optional_by_lower_case(None, Some("a")), Ordering::Less);
    }
}
