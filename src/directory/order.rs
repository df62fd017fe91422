//! The one order in which objects reach a report: forest (connector order), lower-cased DN, DN, identity.

use std::cmp::Ordering;

use super::{AttributeId, Directory, Object, ObjectId, attribute};

/// Compares two objects in report order. Never depends on the order of loading unless both are equal in all of it.
pub fn compare(directory: &Directory, one: ObjectId, other: ObjectId) -> Ordering {
    let (a, b) = (directory.object(one), directory.object(other));
    a.forest()
        .cmp(&b.forest())
        .then_with(|| compare_folded(a.dn(), b.dn()))
        .then_with(|| compare_identity(&a, &b))
}

/// Compares two texts lower-cased, then as they are.
pub fn compare_folded(a: &[u8], b: &[u8]) -> Ordering {
    let folded = if a.is_ascii() && b.is_ascii() {
        let lower = |bytes: &[u8]| bytes.iter().map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        let first = a.iter().zip(b).position(|(x, y)| !x.eq_ignore_ascii_case(y));
        match first {
            Some(at) => a[at].to_ascii_lowercase().cmp(&b[at].to_ascii_lowercase()),
            None if a.len() == b.len() => Ordering::Equal,
            None => lower(a).cmp(&lower(b)),
        }
    } else {
        let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase();
        lower(a).cmp(&lower(b))
    };
    folded.then_with(|| a.cmp(b))
}

const IDENTITY: [AttributeId; 4] =
    [attribute::OBJECT_GUID, attribute::SAM_ACCOUNT_NAME, attribute::USER_PRINCIPAL_NAME, attribute::MAIL];

fn compare_identity(a: &Object<'_>, b: &Object<'_>) -> Ordering {
    let differing = IDENTITY.iter().map(|id| a.first(*id).cmp(&b.first(*id))).find(|order| order.is_ne());
    differing.unwrap_or_else(|| (a.source(), a.line()).cmp(&(b.source(), b.line())))
}
