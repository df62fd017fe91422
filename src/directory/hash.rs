//! Hashes of values, to find equal ones by: the same in every run of one build, eight bytes at a time.
//!
//! Equal hashes are a first guess; whoever finds something by one compares the values themselves.

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const FACTOR: u64 = 0xd6e8_feb8_6659_fd93;
/// Texts up to this size are folded without an allocation.
const SHORT_BYTES: usize = 128;

/// A hash under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mixing(u64);

impl Mixing {
    #[inline]
    pub(super) fn new(kind: u64) -> Self {
        Self(SEED ^ kind.wrapping_mul(FACTOR))
    }

    #[inline]
    pub(super) fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(FACTOR);
        #[allow(clippy::cast_possible_truncation)] // both halves are used
        let (low, high) = (product as u64, (product >> 64) as u64);
        self.0 = (low ^ high).wrapping_add(SEED);
    }

    /// Of so many bytes.
    #[inline]
    pub(super) fn finish(self, length: usize) -> u64 {
        let mut hash = self.0 ^ (length as u64).wrapping_mul(SEED);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        (hash ^ (hash >> 33)).max(1)
    }
}

/// Hash of bytes; never 0. Values of different kinds do not meet.
#[inline]
pub fn of_bytes(kind: u64, bytes: &[u8]) -> u64 {
    let mut mixing = Mixing::new(kind);
    let (words, tail) = bytes.as_chunks::<8>();
    for word in words {
        mixing.add(u64::from_le_bytes(*word));
    }
    if !tail.is_empty() {
        let mut last = [0_u8; 8];
        for (to, from) in last.iter_mut().zip(tail) {
            *to = *from;
        }
        mixing.add(u64::from_le_bytes(last));
    }
    mixing.finish(bytes.len())
}

/// Hash of a text in lower case; never 0. Allocates nothing for short ASCII texts.
#[inline]
pub fn of_lower_case(kind: u64, text: &str) -> u64 {
    if !text.is_ascii() {
        return of_bytes(kind, text.to_lowercase().as_bytes());
    }
    let mut buffer = [0_u8; SHORT_BYTES];
    match buffer.get_mut(..text.len()) {
        Some(lower) => {
            lower.copy_from_slice(text.as_bytes());
            lower.make_ascii_lowercase();
            of_bytes(kind, lower)
        }
        None => of_bytes(kind, text.to_ascii_lowercase().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_byte_the_length_and_the_kind_count() {
        let mut seen = HashSet::new();
        for length in 0..40 {
            assert!(seen.insert(of_bytes(0, &vec![0; length])), "{length} zeros");
            for at in 0..length {
                let mut bytes = vec![0_u8; length];
                for byte in 1..=255 {
                    bytes[at] = byte;
                    assert!(seen.insert(of_bytes(0, &bytes)), "{byte} at {at} of {length}");
                }
            }
        }
        assert!((1..100).all(|kind| seen.insert(of_bytes(kind, b"a"))));
    }

    #[test]
    fn letter_case_does_not_count_in_texts() {
        for (a, b) in [("Nia@X", "nia@x"), ("ÄB", "äb"), (&"A".repeat(200), &"a".repeat(200))] {
            assert_eq!(of_lower_case(3, a), of_lower_case(3, b));
            assert_eq!(of_lower_case(3, a), of_bytes(3, b.as_bytes()));
        }
    }
}
