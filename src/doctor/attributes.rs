//! How many objects have which attribute, and of which classes they are.

use rayon::prelude::*;

use crate::directory::{AttributeId, AttributeSet, Class, Directory, ObjectId};

/// For every wanted attribute the number of objects with a value; `None` where it does not occur at all. A column of
/// a CSV without any value occurs, with 0.
pub(super) fn count(directory: &Directory, wanted: &AttributeSet) -> Vec<(AttributeId, Option<u64>)> {
    let size = wanted.iter().last().map_or(0, |id| usize::from(id.0) + 1);
    let ids: Vec<ObjectId> = directory.ids().collect();
    let counts = ids
        .into_par_iter()
        .fold(|| vec![0_u64; size], |counts, id| with_object(counts, directory, id))
        .reduce(|| vec![0; size], |all, part| all.iter().zip(part).map(|(a, b)| a + b).collect());
    wanted
        .iter()
        .map(|id| {
            let count = counts.get(usize::from(id.0)).copied().unwrap_or_default();
            (id, directory.occurs(id).then_some(count))
        })
        .collect()
}

fn with_object(mut counts: Vec<u64>, directory: &Directory, id: ObjectId) -> Vec<u64> {
    let mut last = None;
    for (attribute, value) in directory.object(id).all_values() {
        if last != Some(attribute) && !value.bytes.is_empty() {
            last = Some(attribute);
            if let Some(count) = counts.get_mut(usize::from(attribute.0)) {
                *count += 1;
            }
        }
    }
    counts
}

/// Objects by class, in the order of [`Class`]; only classes that occur.
pub(super) fn classes(directory: &Directory) -> Vec<(&'static str, u64)> {
    let name = |class: Class| match class {
        Class::Other => "other",
        Class::Unknown => "unknown",
        class => class.name().unwrap_or("other"),
    };
    let all = Class::SYNCHRONIZED.into_iter().chain([Class::Other, Class::Unknown]);
    let count = |class: Class| directory.objects().filter(|object| object.class() == class).count() as u64;
    all.map(|class| (name(class), count(class))).filter(|(_, count)| *count > 0).collect()
}
