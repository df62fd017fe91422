//! Brings the records of all files together: one object for each id, and rows without an id beside the user they are.
//!
//! Sorting works on short keys in parallel; the objects themselves are moved once and never copied. The result depends
//! on the order of the files alone.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rayon::prelude::*;

use super::{CloudDraft, CloudKind, CloudObject, CloudProperty};

/// Place of a record among all records of all files.
type Place = u32;

/// All records, each with the place it came from.
pub(super) fn merge(objects: Vec<CloudObject>) -> Vec<CloudObject> {
    let mut records = sorted(objects);
    if records.iter().any(|(_, object)| is_substitute(object)) {
        records = without_substitutes(records);
    }
    records.into_iter().map(|(_, object)| object).collect()
}

/// Kind, the first bytes of the id, place: what decides the order of nearly all pairs without a look at the objects.
fn sorted(objects: Vec<CloudObject>) -> Vec<(Place, CloudObject)> {
    let mut keys: Vec<(CloudKind, u64, Place)> = objects
        .par_iter()
        .enumerate()
        .map(|(place, object)| {
            (object.kind, first_bytes(object.id()), Place::try_from(place).unwrap_or(Place::MAX))
        })
        .collect();
    let object = |place: Place| usize::try_from(place).ok().and_then(|place| objects.get(place));
    let by_id = |a: Place, b: Place| object(a).map(CloudObject::id).cmp(&object(b).map(CloudObject::id));
    keys.par_sort_unstable_by(|a, b| {
        (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| by_id(a.2, b.2)).then(a.2.cmp(&b.2))
    });
    let mut taken: Vec<Option<CloudObject>> = objects.into_par_iter().map(Some).collect();
    let mut merged: Vec<(Place, CloudObject)> = Vec::with_capacity(taken.len());
    let mut last_key = None;
    for (kind, start, place) in keys {
        // Without the same start of the id there is no need to look at the objects.
        let may_be_same = last_key.replace((kind, start)) == Some((kind, start));
        let slot = usize::try_from(place).ok().and_then(|place| taken.get_mut(place));
        let Some(object) = slot.and_then(Option::take) else { continue };
        let last = merged.last_mut().filter(|_| may_be_same);
        match last.filter(|(_, last)| same(last, &object) == Ordering::Equal) {
            Some((_, last)) => *last = last.joined_with(&object),
            None => merged.push((place, object)),
        }
    }
    merged
}

fn same(a: &CloudObject, b: &CloudObject) -> Ordering {
    (a.kind, a.id()).cmp(&(b.kind, b.id()))
}

fn first_bytes(id: &str) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(id.as_bytes()) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

fn is_substitute(object: &CloudObject) -> bool {
    !object.tells(CloudProperty::Id)
}

/// Lower-case userPrincipalName of a user that is not in the recycle bin.
fn live_name(object: &CloudObject) -> Option<String> {
    let is_live_user = object.kind == CloudKind::User && !object.is_deleted();
    object.text(CloudProperty::UserPrincipalName).filter(|_| is_live_user).map(str::to_lowercase)
}

/// Joins each user without an id with the user of the same userPrincipalName, where exactly one has an id; where none
/// has, with the first of them.
fn without_substitutes(records: Vec<(Place, CloudObject)>) -> Vec<(Place, CloudObject)> {
    let (mut rest, mut whole): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|(_, object)| is_substitute(object) && live_name(object).is_some());
    rest.sort_unstable_by_key(|(place, _)| *place);
    // `None`: several have the name, and which of them it is cannot be told.
    let mut holders: HashMap<String, Option<usize>> = HashMap::new();
    for (index, (_, object)) in whole.iter().enumerate() {
        if let Some(name) = live_name(object) {
            holders.entry(name).and_modify(|holder| *holder = None).or_insert(Some(index));
        }
    }
    for (place, object) in rest {
        match live_name(&object).map(|name| holders.entry(name)) {
            Some(Entry::Occupied(holder)) => match holder.get().and_then(|index| whole.get_mut(index)) {
                Some((other, holder)) => *holder = with_substitute(holder, *other, &object, place),
                None => whole.push((place, object)),
            },
            Some(Entry::Vacant(free)) => {
                free.insert(Some(whole.len()));
                whole.push((place, object));
            }
            None => whole.push((place, object)),
        }
    }
    whole.sort_by(|(_, a), (_, b)| same(a, b));
    whole
}

/// The record of the earlier file first; the id of the one that has it.
fn with_substitute(object: &CloudObject, own: Place, substitute: &CloudObject, place: Place) -> CloudObject {
    if own < place {
        return object.joined_with(substitute);
    }
    let mut draft = CloudDraft::from(substitute);
    if object.tells(CloudProperty::Id) {
        draft.set(CloudProperty::Id, object.id());
    }
    draft.complete_from(object);
    draft.finish(object.kind)
}

#[cfg(test)]
mod tests {
    use super::super::Tenant;
    use super::*;
    use CloudProperty::{DisplayName, Id, ImmutableId, Mail, SyncEnabled, UserPrincipalName};

    fn user(texts: &[(CloudProperty, &str)]) -> CloudObject {
        let mut draft = CloudDraft::default();
        for (property, text) in texts {
            draft.add(*property, text);
        }
        draft.identified(CloudKind::User).unwrap().0
    }

    fn ids(tenant: &Tenant) -> Vec<&str> {
        tenant.objects().iter().map(CloudObject::id).collect()
    }

    #[test]
    fn a_row_without_an_id_joins_the_user_of_its_name_in_any_order() {
        let whole = user(&[(Id, "1"), (UserPrincipalName, "Nia@x"), (Mail, "old@x")]);
        let row = user(&[(UserPrincipalName, "nia@X"), (ImmutableId, "Zm9v"), (Mail, "new@x")]);
        let other = user(&[(UserPrincipalName, "bo@x")]);
        let tenant = Tenant::new(vec![whole.clone(), row.clone(), other.clone()]);
        assert_eq!(ids(&tenant), ["1", "bo@x"]);
        assert_eq!(tenant.objects()[0].text(ImmutableId), Some("Zm9v"));
        assert_eq!(tenant.objects()[0].text(Mail), Some("old@x"));
        let tenant = Tenant::new(vec![other, row.clone(), whole.clone()]);
        assert_eq!(ids(&tenant), ["1", "bo@x"]);
        assert_eq!(tenant.objects()[0].text(Mail), Some("new@x"), "the first file counts");
        assert!(tenant.objects()[0].tells(Id));
        let rows = [user(&[(UserPrincipalName, "NIA@x"), (DisplayName, "N")]), row];
        let tenant = Tenant::new(rows.to_vec());
        assert_eq!(ids(&tenant), ["NIA@x"]);
        assert_eq!(tenant.objects()[0].text(ImmutableId), Some("Zm9v"));
    }

    #[test]
    fn a_name_of_several_users_joins_none_of_them() {
        let holders =
            [user(&[(Id, "1"), (UserPrincipalName, "a@x")]), user(&[(Id, "2"), (UserPrincipalName, "a@x")])];
        let mut objects = holders.to_vec();
        objects.push(user(&[(UserPrincipalName, "A@x")]));
        assert_eq!(ids(&Tenant::new(objects)), ["1", "2", "A@x"]);
        let mut deleted = user(&[(Id, "1"), (UserPrincipalName, "a@x")]);
        deleted.delete();
        let tenant = Tenant::new(vec![deleted, holders[1].clone(), user(&[(UserPrincipalName, "A@x")])]);
        assert_eq!(ids(&tenant), ["1", "2"], "the recycle bin does not count");
    }

    #[test]
    fn the_order_is_that_of_kind_and_whole_id() {
        let ids_in = ["12345678b", "12345678a", "1", "12345678", "2"];
        let objects: Vec<_> = ids_in.iter().map(|id| user(&[(Id, id)])).collect();
        let mut contact = CloudDraft::default();
        contact.add(Id, "0");
        let mut all = vec![contact.identified(CloudKind::Contact).unwrap().0];
        all.extend(objects.clone());
        all.extend(objects);
        let tenant = Tenant::new(all);
        assert_eq!(ids(&tenant), ["1", "12345678", "12345678a", "12345678b", "2", "0"]);
        assert_eq!(tenant.tells(CloudKind::User, Id).told, 5);
        assert!(!tenant.tells(CloudKind::User, SyncEnabled).any());
    }
}
