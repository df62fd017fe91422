//! Security identifiers: the binary form and `S-1-…` (`input-formats` section 11, rule 2, read 2026-11-20).

/// A SID has at most this many sub-authorities (MS-DTYP 2.4.2.2, read 2026-11-20).
const MAX_SUB_AUTHORITIES: usize = 15;

/// Whether the bytes are a binary SID; what [`to_text`] takes, without making the text.
pub fn is_valid(binary: &[u8]) -> bool {
    matches!(binary, [1, count, ..] if usize::from(*count) <= MAX_SUB_AUTHORITIES
        && binary.len() == 8 + 4 * usize::from(*count))
}

/// Text of a binary SID: revision 1, count, six bytes of authority big-endian, then the sub-authorities
/// little-endian. `None` when the bytes are no such thing.
pub fn to_text(binary: &[u8]) -> Option<String> {
    use std::fmt::Write as _;

    let (&[revision, count], rest) = binary.split_first_chunk::<2>()?;
    let (authority, rest) = rest.split_first_chunk::<6>()?;
    let (subs, odd) = rest.as_chunks::<4>();
    if revision != 1
        || !odd.is_empty()
        || subs.len() != usize::from(count)
        || subs.len() > MAX_SUB_AUTHORITIES
    {
        return None;
    }
    let authority = authority.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let mut text = String::from("S-1-");
    // An authority beyond 32 bits is written in hexadecimal (MS-DTYP 2.4.2.1, read 2026-11-20).
    if authority > u64::from(u32::MAX) {
        write!(text, "0x{authority:012X}").ok()?;
    } else {
        write!(text, "{authority}").ok()?;
    }
    for sub in subs {
        write!(text, "-{}", u32::from_le_bytes(*sub)).ok()?;
    }
    Some(text)
}

/// Binary form of `S-1-…`, in any letter case; `None` for any other text.
pub fn from_text(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text.as_ref().trim_ascii()).ok()?;
    let mut groups = text.split('-');
    if !groups.next()?.eq_ignore_ascii_case("S") || groups.next()? != "1" {
        return None;
    }
    let authority = groups.next()?;
    let authority = match authority.strip_prefix("0x").or_else(|| authority.strip_prefix("0X")) {
        Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => u64::from_str_radix(hex, 16).ok()?,
        Some(_) => return None,
        None => decimal(authority)?,
    };
    let [0, 0, authority @ ..] = authority.to_be_bytes() else { return None };
    let subs = groups.map(|sub| u32::try_from(decimal(sub)?).ok()).collect::<Option<Vec<u32>>>()?;
    let count = u8::try_from(subs.len()).ok().filter(|_| subs.len() <= MAX_SUB_AUTHORITIES)?;
    let mut binary = Vec::with_capacity(8 + 4 * subs.len());
    binary.extend_from_slice(&[1, count]);
    binary.extend_from_slice(&authority);
    binary.extend(subs.into_iter().flat_map(u32::to_le_bytes));
    Some(binary)
}

/// Digits only: `parse` alone would take a sign.
fn decimal(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: [u8; 28] =
        [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x51, 4, 0, 0];

    #[test]
    fn the_documented_example() {
        assert_eq!(to_text(&EXAMPLE).unwrap(), "S-1-5-21-1-2-3-1105");
        assert_eq!(from_text("s-1-5-21-1-2-3-1105").unwrap(), EXAMPLE);
    }

    #[test]
    fn malformed_sids_are_refused() {
        for binary in [&EXAMPLE[..27], &EXAMPLE[..24], b"", &[2, 0, 0, 0, 0, 0, 0, 5], b"Nia Okoro"] {
            assert_eq!(to_text(binary), None);
        }
        for text in
            ["", "S-1", "S-2-5", "S-1-5-x", "S-1-5-", "S-1-5-4294967296", "S-1-0x1000000000000", "S-1-5--1"]
        {
            assert_eq!(from_text(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn binary_and_text_round_trip(
            authority in any::<[u8; 6]>(),
            subs in proptest::collection::vec(any::<u32>(), 0..=15),
        ) {
            let mut binary = vec![1, u8::try_from(subs.len()).unwrap()];
            binary.extend_from_slice(&authority);
            binary.extend(subs.into_iter().flat_map(u32::to_le_bytes));
            prop_assert_eq!(from_text(to_text(&binary).unwrap()), Some(binary));
        }

        #[test]
        fn any_bytes_are_taken_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(to_text(&bytes).is_some(), is_valid(&bytes));
            if let Some(text) = to_text(&bytes) {
                prop_assert_eq!(from_text(text), Some(bytes));
            }
        }
    }
}
