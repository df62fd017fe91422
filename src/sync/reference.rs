//! References between objects: a value of `member` is usable only if the object it names is in the input, linked and
//! exported (`default-sync-rules` section A.6, read 2026-11-20). Otherwise it disappears without an error.

use rayon::prelude::*;

use crate::directory::{Directory, ForestId, ObjectId, dn};

/// Finds objects by DN: a table of DN keys in buckets, two cache misses a look-up.
#[derive(Debug, Default)]
pub(super) struct DnIndex {
    /// Sorted by key.
    entries: Vec<(u64, u32)>,
    /// First entry of each bucket; a bucket holds the keys with equal upper bits.
    buckets: Vec<u32>,
    shift: u32,
}

impl DnIndex {
    /// Indexes every object that has a DN. Cost: a sort.
    pub fn build(directory: &Directory) -> Self {
        let count = u32::try_from(directory.len()).expect("object numbers are 32 bits");
        let mut entries: Vec<(u64, u32)> = (0..count)
            .into_par_iter()
            .map(|number| (directory.object(ObjectId(number)).dn_key(), number))
            .filter(|(key, _)| *key != 0)
            .collect();
        entries.par_sort_unstable();
        let bits = entries.len().next_power_of_two().trailing_zeros().max(1);
        let shift = 64 - bits;
        let mut buckets = vec![0_u32; (1_usize << bits) + 1];
        for (key, _) in &entries {
            buckets[bucket(*key, shift) + 1] += 1;
        }
        for at in 1..buckets.len() {
            buckets[at] += buckets[at - 1];
        }
        Self { entries, buckets, shift }
    }

    /// The object with this DN in this forest: references never leave their connector.
    pub fn find(&self, directory: &Directory, forest: ForestId, dn_bytes: &[u8]) -> Option<ObjectId> {
        let key = dn::key(dn_bytes);
        let at = bucket(key, self.shift);
        let range = *self.buckets.get(at)? as usize..*self.buckets.get(at + 1)? as usize;
        let candidates = self.entries.get(range)?.iter().filter(|entry| entry.0 == key);
        candidates.map(|entry| ObjectId(entry.1)).find(|id| {
            let object = directory.object(*id);
            object.forest() == forest && dn::same(object.dn(), dn_bytes)
        })
    }
}

/// Members looked up together by [`DnIndex::find_all`].
pub(super) const TOGETHER: usize = 64;

impl DnIndex {
    /// Looks many DNs up at once, step by step for all of them: each step is a cache miss, and misses that do not wait
    /// for each other overlap. For one DN after the other they would not.
    pub fn find_all(
        &self,
        directory: &Directory,
        forest: ForestId,
        names: &[&[u8]],
        found: &mut Vec<Option<ObjectId>>,
    ) {
        let keys: Vec<u64> = names.iter().map(|name| dn::key(name)).collect();
        let places: Vec<usize> = keys.iter().map(|key| self.place(*key)).collect();
        let entries: Vec<Option<(u64, u32)>> =
            places.iter().map(|place| self.entries.get(*place).copied()).collect();
        found.clear();
        found.extend(entries.iter().zip(&keys).map(|(entry, key)| match entry {
            Some((own, number)) if own == key => Some(ObjectId(*number)),
            _ => None,
        }));
        for (name, id) in names.iter().zip(found) {
            let is_it = id.is_some_and(|id| {
                let object = directory.object(id);
                object.forest() == forest && dn::same(object.dn(), name)
            });
            if !is_it {
                // Not there, another DN with this key, or the same DN in another forest: look at all candidates.
                *id = self.find(directory, forest, name);
            }
        }
    }

    /// Position of the first entry that is not before the key, in the bucket of the key.
    fn place(&self, key: u64) -> usize {
        let at = bucket(key, self.shift);
        let start = self.buckets.get(at).map_or(0, |start| *start as usize);
        let end = self.buckets.get(at + 1).map_or(0, |end| *end as usize);
        let range = self.entries.get(start..end).unwrap_or_default();
        start + range.iter().take_while(|entry| entry.0 < key).count()
    }
}

fn bucket(key: u64, shift: u32) -> usize {
    usize::try_from(key >> shift).expect("fewer buckets than objects")
}
