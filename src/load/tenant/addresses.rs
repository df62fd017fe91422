//! Cells with all addresses of an object in one text.
//!
//! PowerShell users join with `;`, `,`, blanks and lines, which is what [`lists`] knows. The admin centres join with `+`
//! or `;` (`entra-outcomes` section L-13, read 2026-11-25); a `+` is part of many an address, so it separates only in
//! front of a known prefix.

use crate::load::csv::lists;

const PREFIXES: [&str; 6] = ["SMTP:", "SIP:", "X400:", "X500:", "EUM:", "SPO:"];

/// Hands out every address; false when the console had cut the list.
pub(super) fn split(joined: &str, mut take: impl FnMut(&str)) -> bool {
    if is_plain(joined) {
        joined.split(';').filter(|address| !address.is_empty()).for_each(take);
        return true;
    }
    let mut is_whole = true;
    let mut rest = joined;
    while !rest.is_empty() {
        let end = rest.match_indices('+').map(|(at, _)| at).find(|at| starts_address(rest, at + 1));
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.strip_prefix('+').unwrap_or_default().trim_start();
        let pieces = lists::addresses(part.as_bytes());
        is_whole &= !pieces.truncated;
        pieces.values.iter().for_each(|value| take(&String::from_utf8_lossy(value)));
    }
    is_whole
}

fn starts_address(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default().trim_start();
    PREFIXES
        .iter()
        .any(|prefix| rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}

/// The usual case, which needs no guess: SMTP and SIP addresses between semicolons.
fn is_plain(joined: &str) -> bool {
    !joined.bytes().any(|byte| matches!(byte, b'|' | b'\n' | b'\r' | b',' | b' ' | b'{' | b'}' | b'+' | b'/'))
        && joined.split(';').all(|address| {
            let has = |prefix: &str| {
                address.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
                    && address.len() > prefix.len()
            };
            has("SMTP:") || has("SIP:")
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(joined: &str) -> Vec<String> {
        let mut found = Vec::new();
        split(joined, |address| found.push(address.to_owned()));
        found
    }

    #[test]
    fn every_separator_in_use() {
        for separator in ["+", ";", ",", "|", "\n", " ", "; ", ", ", "+ "] {
            let joined = ["SMTP:a@x.example", "smtp:b+c@x.example", "SIP:a@x.example"].join(separator);
            let expected = ["SMTP:a@x.example", "smtp:b+c@x.example", "SIP:a@x.example"];
            assert_eq!(pieces(&joined), expected, "{separator:?}");
        }
        assert_eq!(pieces("smtp:a+smtp@x.example"), ["smtp:a+smtp@x.example"]);
        assert_eq!(pieces("X500:/o=a;b+SMTP:c@x"), ["X500:/o=a;b", "SMTP:c@x"]);
        assert!(!split("{SMTP:a@x, smtp:b@x...}", |_| {}));
    }

    proptest! {
        #[test]
        fn the_short_way_finds_what_the_long_way_finds(
            joined in "((SMTP|smtp|SIP|x500):?[ab@.+/]{0,4}[;, ]?){1,5}"
        ) {
            if is_plain(&joined) {
                let all = lists::addresses(joined.as_bytes()).values;
                let long: Vec<String> =
                    all.into_iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect();
                prop_assert_eq!(pieces(&joined), long);
            }
        }
    }
}
