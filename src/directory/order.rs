//! The one order in which objects reach a report: forest (connector order), lower-cased DN, DN, identity.

use std::borrow::Cow;
use std::cmp::Ordering;

use rayon::prelude::*;

use super::{AttributeId, Directory, ForestId, Object, ObjectId, attribute};

/// Compares two objects in report order. Never depends on the order of loading unless both are equal in all of it.
pub fn compare(directory: &Directory, one: ObjectId, other: ObjectId) -> Ordering {
    let (a, b) = (directory.object(one), directory.object(other));
    a.forest()
        .cmp(&b.forest())
        .then_with(|| compare_folded(a.dn(), b.dn()))
        .then_with(|| compare_identity(&a, &b))
}

/// Sorts many objects into report order: lower-cases every DN once. Cost: n log n comparisons, parallel.
pub fn sort(directory: &Directory, ids: &mut Vec<ObjectId>) {
    let key = |id: &ObjectId| {
        let object = directory.object(*id);
        (object.forest(), folded(object.dn()).into_owned(), *id)
    };
    let mut keyed: Vec<(ForestId, Vec<u8>, ObjectId)> = ids.par_iter().map(key).collect();
    keyed.par_sort_unstable_by(|a, b| {
        (a.0, &a.1).cmp(&(b.0, &b.1)).then_with(|| compare(directory, a.2, b.2))
    });
    *ids = keyed.into_iter().map(|(_, _, id)| id).collect();
}

fn folded(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.is_ascii() {
        return bytes.to_ascii_lowercase().into();
    }
    String::from_utf8_lossy(bytes).to_lowercase().into_bytes().into()
}

/// Compares two texts lower-cased, then as they are.
pub fn compare_folded(a: &[u8], b: &[u8]) -> Ordering {
    let first = a.iter().zip(b).position(|(x, y)| !x.eq_ignore_ascii_case(y) || !x.is_ascii());
    let lower = match first {
        Some(at) if a[at].is_ascii() && b[at].is_ascii() => {
            a[at].to_ascii_lowercase().cmp(&b[at].to_ascii_lowercase())
        }
        Some(_) => folded(a).cmp(&folded(b)),
        None => a.len().cmp(&b.len()),
    };
    lower.then_with(|| a.cmp(b))
}

const IDENTITY: [AttributeId; 4] =
    [attribute::OBJECT_GUID, attribute::SAM_ACCOUNT_NAME, attribute::USER_PRINCIPAL_NAME, attribute::MAIL];

fn compare_identity(a: &Object<'_>, b: &Object<'_>) -> Ordering {
    let differing = IDENTITY.iter().map(|id| a.first(*id).cmp(&b.first(*id))).find(|order| order.is_ne());
    differing.unwrap_or_else(|| (a.source(), a.line()).cmp(&(b.source(), b.line())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_compare_lower_cased_then_as_they_are() {
        assert_eq!(compare_folded(b"cn=B", b"CN=a"), Ordering::Greater);
        assert_eq!(compare_folded(b"CN=a", b"cn=a"), Ordering::Less);
        assert_eq!(compare_folded(b"CN=a", b"CN=ab"), Ordering::Less);
        assert_eq!(compare_folded("CN=\u{c4}".as_bytes(), "CN=\u{e4}".as_bytes()), Ordering::Less);
        assert_eq!(compare_folded("CN=\u{c4}z".as_bytes(), "CN=\u{e4}a".as_bytes()), Ordering::Greater);
        assert_eq!(compare_folded("CN=z".as_bytes(), "CN=\u{e4}".as_bytes()), Ordering::Less);
    }
}
