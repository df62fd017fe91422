//! What the tenant already holds: cloud objects as read from Microsoft Graph or from CSV exports. No I/O.
//!
//! A file tells some properties of some objects. A property that a file does not tell is unknown, which is not the
//! same as empty: [`CloudObject::tells`] keeps them apart, and [`Tenant::tells`] says it of a whole kind of objects. All
//! texts of an object share one allocation.

mod draft;
mod merge;
mod object;
mod property;
mod texts;

use rayon::prelude::*;

pub use draft::CloudDraft;
pub use object::CloudObject;
pub(crate) use object::is_exchange_relevant_type;
pub use property::{CloudKind, CloudProperty};

/// Number of a cloud object within its [`Tenant`], from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloudId(pub u32);

/// How many objects of a kind tell a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Objects that tell it, be it that there is no value.
    pub told: u32,
    /// Objects of the kind.
    pub objects: u32,
}

impl Coverage {
    /// At least one object tells it.
    pub fn any(self) -> bool {
        self.told > 0
    }

    /// Every object tells it; true where there is no object.
    pub fn every(self) -> bool {
        self.told == self.objects
    }
}

/// For one kind: objects, and how many of them tell each property.
type KindCounts = (u32, [u32; CloudProperty::ALL.len()]);

/// All cloud objects of all tenant files, sorted by kind and id, each id once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tenant {
    objects: Vec<CloudObject>,
    counts: [KindCounts; CloudKind::ALL.len()],
}

impl Tenant {
    /// Brings the objects of all files together. Of several records of one object, the one of the first file counts, and
    /// what only a later one tells is added. A user without an id is joined with the one that has its userPrincipalName.
    pub fn new(objects: Vec<CloudObject>) -> Self {
        let objects = merge::merge(objects);
        let counts = CloudKind::ALL.map(|kind| count(of_kind(&objects, kind)));
        Self { objects, counts }
    }

    /// True when no tenant file was given, or none held an object.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// All objects, sorted by kind and id.
    pub fn objects(&self) -> &[CloudObject] {
        &self.objects
    }

    /// The objects of one kind, sorted by id.
    pub fn of_kind(&self, kind: CloudKind) -> &[CloudObject] {
        of_kind(&self.objects, kind)
    }

    /// The same in parallel, with their numbers.
    pub fn of_kind_numbered(
        &self,
        kind: CloudKind,
    ) -> impl IndexedParallelIterator<Item = (CloudId, &CloudObject)> {
        let first = self.objects.partition_point(|object| object.kind() < kind);
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        self.of_kind(kind).par_iter().zip(first..u32::MAX).map(|(object, number)| (CloudId(number), object))
    }

    /// The object that a `cloudAnchor` such as `User_7b1d…` names.
    pub fn by_cloud_anchor(&self, anchor: &str) -> Option<CloudId> {
        let (prefix, id) = anchor.split_once('_')?;
        let kind =
            CloudKind::ALL.into_iter().find(|kind| kind.anchor_prefix().eq_ignore_ascii_case(prefix))?;
        let id = id.to_ascii_lowercase();
        let found = |id: &str| self.of_kind(kind).binary_search_by(|object| object.id().cmp(id)).ok();
        let first = self.objects.partition_point(|object| object.kind() < kind);
        Some(CloudId(u32::try_from(first + found(&id)?).ok()?))
    }

    /// How many objects of a kind tell a property. What depends on a property that none of them tells is unknown.
    pub fn tells(&self, kind: CloudKind, property: CloudProperty) -> Coverage {
        let (objects, told) = self.counts[kind as usize];
        Coverage { told: told[property as usize], objects }
    }

    /// Numbers of all objects.
    pub fn ids(&self) -> impl Iterator<Item = CloudId> + use<> {
        (0..u32::try_from(self.objects.len()).unwrap_or(u32::MAX)).map(CloudId)
    }

    /// One object, by a number that this tenant has given.
    ///
    /// # Panics
    /// When the number is another tenant's.
    pub fn object(&self, id: CloudId) -> &CloudObject {
        &self.objects[id.0 as usize]
    }
}

fn of_kind(objects: &[CloudObject], kind: CloudKind) -> &[CloudObject] {
    let start = objects.partition_point(|object| object.kind() < kind);
    let end = objects.partition_point(|object| object.kind() <= kind);
    objects.get(start..end).unwrap_or_default()
}

fn count(objects: &[CloudObject]) -> KindCounts {
    let add = |(total, mut told): KindCounts, object: &CloudObject| {
        for (property, count) in CloudProperty::ALL.into_iter().zip(&mut told) {
            *count += u32::from(object.tells(property));
        }
        (total + 1, told)
    };
    let join = |(total, mut told): KindCounts, (more, others): KindCounts| {
        told.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        (total + more, told)
    };
    objects.par_iter().fold(KindCounts::default, add).reduce(KindCounts::default, join)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CloudProperty::{
        Deleted, DisplayName, ExchangeLicensed, Id, Mail, ProxyAddresses, RecipientTypeDetails, SyncEnabled,
    };

    fn object(texts: &[(CloudProperty, &str)]) -> CloudObject {
        let mut draft = CloudDraft::default();
        for (property, text) in texts {
            draft.add(*property, text);
        }
        draft.identified(CloudKind::User).unwrap().0
    }

    #[test]
    fn values_come_back_whatever_their_order() {
        let user =
            object(&[(ProxyAddresses, "SMTP:a@x"), (Id, "1"), (ProxyAddresses, "smtp:b@x"), (Mail, "")]);
        assert_eq!(user.texts(ProxyAddresses).collect::<Vec<_>>(), ["SMTP:a@x", "smtp:b@x"]);
        assert_eq!((user.id(), user.text(Mail), user.tells(Mail)), ("1", None, true));
        assert!(!user.tells(DisplayName) && user.flag(SyncEnabled).is_none());
    }

    #[test]
    fn an_object_is_small() {
        assert_eq!(size_of::<CloudObject>(), 32);
    }

    #[test]
    fn records_of_one_object_complete_each_other() {
        let graph = object(&[(Id, "1"), (Mail, "")]);
        let exchange =
            object(&[(Id, "1"), (Mail, "old@x"), (ProxyAddresses, "SMTP:a@x"), (ProxyAddresses, "b")]);
        let tenant = Tenant::new(vec![graph, exchange, object(&[(Id, "0")])]);
        assert_eq!(tenant.len(), 2);
        let joined = tenant.object(CloudId(1));
        assert_eq!((joined.text(Mail), joined.texts(ProxyAddresses).count()), (None, 2));
        let coverage = tenant.tells(CloudKind::User, Mail);
        assert_eq!((coverage.told, coverage.objects, coverage.any(), coverage.every()), (1, 2, true, false));
        let nothing = tenant.tells(CloudKind::Group, Mail);
        assert_eq!((nothing.any(), nothing.every(), tenant.of_kind(CloudKind::User).len()), (false, true, 2));
    }

    #[test]
    fn another_property_stands_for_a_missing_id() {
        let mut draft = CloudDraft::default();
        draft.add(Mail, "nia@x");
        let (user, is_substituted) = draft.identified(CloudKind::Contact).unwrap();
        assert_eq!((user.id(), is_substituted, user.tells(Id)), ("nia@x", true, false));
        assert!(CloudDraft::default().identified(CloudKind::User).is_none());
    }

    #[test]
    fn exchange_counts_mailboxes_of_any_licence() {
        let user = |details: &str, licensed: Option<bool>| {
            let mut draft = CloudDraft::default();
            draft.add(Id, "1");
            draft.add(RecipientTypeDetails, details);
            if let Some(licensed) = licensed {
                draft.set_flag(ExchangeLicensed, licensed);
            }
            draft.identified(CloudKind::User).unwrap().0.is_exchange_relevant()
        };
        assert_eq!(user("SharedMailbox", Some(false)), Some(true));
        assert_eq!((user("MailUser", Some(false)), user("MailUser", Some(true))), (Some(false), Some(true)));
        assert_eq!((user("MailUser", None), user("", None)), (None, None));
    }

    #[test]
    fn an_empty_place_may_turn_out_to_mean_nothing() {
        let mut user = object(&[(Id, "1"), (Mail, ""), (DisplayName, "a")]);
        user.forget_empty(Mail.bit() | DisplayName.bit());
        assert!(!user.tells(Mail) && user.tells(DisplayName) && user.tells(Id));
        user.delete();
        assert!(user.is_deleted() && user.tells(Deleted));
    }
}
