//! Whether the key of one object is found on another: `[lookup]`.

use rayon::prelude::*;

use super::bound::Lookup;
use super::view::{View, for_each_key};
use crate::directory::ObjectId;
use crate::directory::hash::of_bytes;
use crate::expression::EvaluationError;

/// Hash of a key.
pub(super) fn hash(key: &[u8]) -> u64 {
    of_bytes(0, key)
}

/// Who has which key; sorted by hash. Keys themselves are not kept: a hit is confirmed on the object.
pub(super) struct Index {
    holders: Vec<(u64, ObjectId)>,
}

impl Index {
    /// Reads the keys of all objects of the classes asked for, whether or not the engine takes them. An object whose
    /// key cannot be evaluated has none.
    pub(super) fn build(view: &View<'_, '_>, lookup: &Lookup) -> Self {
        let count = u32::try_from(view.directory().len()).expect("object numbers are 32 bits");
        let mut holders: Vec<(u64, ObjectId)> = (0..count)
            .into_par_iter()
            .map(ObjectId)
            .filter(|id| lookup.classes.contains(view.object(*id).class()))
            .flat_map_iter(|id| {
                let mut keys = Vec::new();
                if let Ok(value) = lookup.among.evaluate(&view.object_scope(view.object(id))) {
                    for_each_key(&value, false, &mut |key| keys.push((hash(key), id)));
                }
                keys
            })
            .collect();
        holders.par_sort_unstable();
        Self { holders }
    }

    /// Whether another object than `id` has one of the keys of `id`.
    pub(super) fn finds(
        &self,
        view: &View<'_, '_>,
        lookup: &Lookup,
        id: ObjectId,
    ) -> Result<bool, EvaluationError> {
        let value = lookup.key.evaluate(&view.object_scope(view.object(id)))?;
        let mut found = false;
        for_each_key(&value, false, &mut |key| found = found || self.has_other(view, lookup, id, key));
        Ok(found)
    }

    fn has_other(&self, view: &View<'_, '_>, lookup: &Lookup, id: ObjectId, key: &[u8]) -> bool {
        let hash = hash(key);
        let start = self.holders.partition_point(|(own, _)| *own < hash);
        let mut same = self.holders[start..].iter().take_while(|(own, _)| *own == hash);
        same.any(|(_, other)| *other != id && has_key(view, lookup, *other, key))
    }
}

fn has_key(view: &View<'_, '_>, lookup: &Lookup, id: ObjectId, key: &[u8]) -> bool {
    let mut has = false;
    if let Ok(value) = lookup.among.evaluate(&view.object_scope(view.object(id))) {
        for_each_key(&value, false, &mut |own| has = has || own == key);
    }
    has
}
