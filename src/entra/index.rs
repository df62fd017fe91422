//! Objects by keys of which only a hash is kept: sixteen bytes each, found in constant time. What is found is a guess
//! until the keys themselves were compared.

use rayon::prelude::*;

use crate::directory::hash::{of_bytes, of_lower_case};

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum KeyKind {
    /// A plain SMTP address.
    Address,
    /// A user principal name.
    UserPrincipalName,
    /// A SID as text.
    Sid,
    /// A source anchor; the only kind in which letter case counts (plan-connect-design-concepts.md, read 2026-11-20).
    Anchor,
}

/// The form of a key in which equal keys are equal texts.
pub(super) fn folded(kind: KeyKind, text: &str) -> String {
    if kind == KeyKind::Anchor { text.to_owned() } else { text.to_lowercase() }
}

/// Whether two keys are equal.
pub(super) fn same(kind: KeyKind, a: &str, b: &str) -> bool {
    if kind == KeyKind::Anchor {
        return a == b;
    }
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase())
}

/// Hash of a key: equal for equal keys, the same in every run of one build.
pub(super) fn hash(kind: KeyKind, text: &str) -> u64 {
    if kind == KeyKind::Anchor {
        of_bytes(kind as u64, text.as_bytes())
    } else {
        of_lower_case(kind as u64, text)
    }
}

/// Holders by hash.
#[derive(Debug, Default)]
pub(super) struct HashIndex {
    /// Sorted by hash, then holder.
    entries: Vec<(u64, u32)>,
    /// Position of the first entry of every bucket; a bucket is what the first bits of the hash say.
    starts: Vec<u32>,
    shift: u32,
}

impl HashIndex {
    /// From hashes and holders in any order.
    pub fn new(mut entries: Vec<(u64, u32)>) -> Self {
        entries.par_sort_unstable();
        let bits = (usize::BITS - entries.len().leading_zeros()).max(1);
        let shift = u64::BITS - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        let mut bucket = 0;
        for (position, (hash, _)) in entries.iter().enumerate() {
            let own = usize::try_from(hash >> shift).unwrap_or(usize::MAX);
            while bucket < own {
                bucket += 1;
                starts[bucket] = u32::try_from(position).unwrap_or(u32::MAX);
            }
        }
        let end = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        starts[bucket + 1..].fill(end);
        Self { entries, starts, shift }
    }

    /// Nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether anybody may have the key with this hash.
    #[inline]
    pub fn may_hold(&self, hash: u64) -> bool {
        self.find(hash).next().is_some()
    }

    /// Who may have the key with this hash, in ascending order.
    pub fn find(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let bucket = usize::try_from(hash.checked_shr(self.shift).unwrap_or(0)).unwrap_or(usize::MAX);
        let range = match (self.starts.get(bucket), self.starts.get(bucket.saturating_add(1))) {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            _ => 0..0,
        };
        let bucket = self.entries.get(range).unwrap_or_default();
        bucket.iter().filter(move |(own, _)| *own == hash).map(|(_, holder)| *holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_holder_is_found_and_nobody_else() {
        for count in [0_u32, 1, 2, 3, 100, 1_000] {
            let key = |number: u32| hash(KeyKind::Address, &format!("user{}@corp.example", number / 2));
            let index = HashIndex::new((0..count).rev().map(|number| (key(number), number)).collect());
            for number in 0..count {
                let found: Vec<u32> = index.find(key(number)).collect();
                let pair = [number / 2 * 2, number / 2 * 2 + 1];
                let expected: Vec<u32> = pair.into_iter().filter(|one| *one < count).collect();
                assert_eq!(found, expected);
            }
            assert_eq!(index.find(hash(KeyKind::Address, "nobody@corp.example")).count(), 0);
            assert_eq!(index.find(u64::MAX).count() + index.find(0).count(), 0);
        }
    }

    #[test]
    fn letter_case_counts_for_anchors_alone() {
        for (a, b) in [("Nia@X", "nia@x"), ("ÄB", "äb"), (&"A".repeat(70), &"a".repeat(70))] {
            assert_eq!(hash(KeyKind::Address, a), hash(KeyKind::Address, b));
            assert!(same(KeyKind::Sid, a, b) && folded(KeyKind::Sid, a) == folded(KeyKind::Sid, b));
            assert_ne!(hash(KeyKind::Anchor, a), hash(KeyKind::Anchor, b));
            assert!(!same(KeyKind::Anchor, a, b));
        }
        assert_ne!(hash(KeyKind::Address, "a"), hash(KeyKind::UserPrincipalName, "a"));
    }
}
