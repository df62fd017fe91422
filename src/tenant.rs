//! What the tenant already holds: cloud objects as read from Microsoft Graph or from CSV exports. No I/O.
//!
//! A file tells some properties of some objects. A property that a file does not tell is unknown, which is not the
//! same as empty: [`CloudObject::tells`] keeps them apart. All texts of an object share one allocation.

/// Kind of a cloud object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloudKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// An organizational contact.
    Contact,
    /// A device.
    Device,
}

impl CloudKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::User, Self::Group, Self::Contact, Self::Device];

    /// The word before the `_` of a cloudAnchor.
    pub fn anchor_prefix(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Contact => "Contact",
            Self::Device => "Device",
        }
    }

    /// The word of reports and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Contact => "contact",
            Self::Device => "device",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a cloud object may have. Texts first, then flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CloudProperty {
    /// Object id in the tenant.
    Id,
    /// `onPremisesImmutableId`: the source anchor, compared with letter case.
    ImmutableId,
    /// `onPremisesSecurityIdentifier` as text.
    SecurityIdentifier,
    /// `onPremisesObjectIdentifier`: objectGUID of the on-premises object, dashed text.
    ObjectIdentifier,
    /// `onPremisesDistinguishedName`.
    DistinguishedName,
    /// `onPremisesUserPrincipalName`.
    OnPremisesUserPrincipalName,
    /// `userPrincipalName`.
    UserPrincipalName,
    /// `displayName`.
    DisplayName,
    /// `mail`.
    Mail,
    /// `mailNickname`.
    MailNickname,
    /// `proxyAddresses`, several values in the order of the file.
    ProxyAddresses,
    /// Values that quarantine holds back, as `UserPrincipalName:value` or `ProxyAddresses:value`; several.
    ProvisioningErrors,
    /// `RecipientTypeDetails` of Exchange Online, such as `UserMailbox`.
    RecipientTypeDetails,
    /// `ExchangeGuid` of the cloud mailbox.
    ExchangeGuid,
    /// `ArchiveGuid` of the cloud mailbox.
    ArchiveGuid,
    /// `onPremisesSyncEnabled`: true synchronized, false formerly, `None` never (or not told).
    SyncEnabled,
    /// `accountEnabled`.
    AccountEnabled,
    /// A service plan of Exchange is assigned.
    ExchangeLicensed,
    /// `IsExchangeCloudManaged`.
    ExchangeCloudManaged,
    /// `mailEnabled` of a group.
    MailEnabled,
    /// `securityEnabled` of a group.
    SecurityEnabled,
    /// In the recycle bin.
    Deleted,
}

impl CloudProperty {
    fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// One cloud object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudObject {
    kind: CloudKind,
    /// Bit n: property number n was told.
    told: u32,
    /// Bit n: flag number n is set to true, or to false.
    yes: u32,
    no: u32,
    text: Box<str>,
    /// Property and end of every text, in the order of the properties.
    ends: Box<[(CloudProperty, u32)]>,
}

impl CloudObject {
    /// What it is.
    pub fn kind(&self) -> CloudKind {
        self.kind
    }

    /// Object id in the tenant; what stands for it where the file has none. Never empty.
    pub fn id(&self) -> &str {
        self.text(CloudProperty::Id).unwrap_or_default()
    }

    /// Whether the files say anything on a property, be it that there is no value.
    #[inline]
    pub fn tells(&self, property: CloudProperty) -> bool {
        self.told & property.bit() != 0
    }

    /// The first text of a property; never empty.
    pub fn text(&self, property: CloudProperty) -> Option<&str> {
        self.texts(property).next()
    }

    /// All texts of a property, in the order of the file.
    pub fn texts(&self, property: CloudProperty) -> impl Iterator<Item = &str> {
        let mut start = 0_usize;
        self.ends.iter().filter_map(move |(own, end)| {
            let end = usize::try_from(*end).unwrap_or(usize::MAX);
            let text = self.text.get(std::mem::replace(&mut start, end)..end);
            if *own == property { text } else { None }
        })
    }

    /// A flag; `None` when it has no value or none is told.
    #[inline]
    pub fn flag(&self, property: CloudProperty) -> Option<bool> {
        match (self.yes & property.bit() != 0, self.no & property.bit() != 0) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }

    /// The `cloudAnchor` that the connector shows for it, such as `User_7b1d…`.
    pub fn cloud_anchor(&self) -> String {
        format!("{}_{}", self.kind.anchor_prefix(), self.id())
    }

    /// Whether it is synchronized from on premises. Where the file does not tell, a stamp that only synchronization
    /// sets stands for it.
    pub fn is_synchronized(&self) -> bool {
        let stamps =
            [CloudProperty::SecurityIdentifier, CloudProperty::DistinguishedName, CloudProperty::ImmutableId];
        if self.tells(CloudProperty::SyncEnabled) {
            return self.flag(CloudProperty::SyncEnabled) == Some(true);
        }
        stamps.into_iter().any(|stamp| self.text(stamp).is_some())
    }

    /// In the recycle bin.
    pub fn is_deleted(&self) -> bool {
        self.flag(CloudProperty::Deleted) == Some(true)
    }

    /// Its own values first, then what only `other`, another record of the same object, tells.
    #[must_use]
    pub fn joined_with(&self, other: &Self) -> Self {
        let mut draft = CloudDraft::from(self);
        draft.complete_from(other);
        draft.finish(self.kind)
    }
}

/// A cloud object while its properties come in, in any order. May be used again after [`CloudDraft::clear`].
#[derive(Debug, Clone, Default)]
pub struct CloudDraft {
    told: u32,
    yes: u32,
    no: u32,
    text: String,
    /// Property, start and end of every text, in the order they came.
    spans: Vec<(CloudProperty, u32, u32)>,
}

impl CloudDraft {
    /// Empties it.
    pub fn clear(&mut self) {
        (self.told, self.yes, self.no) = (0, 0, 0);
        self.text.clear();
        self.spans.clear();
    }

    /// Notes that the file tells a property, whether or not there is a value.
    pub fn tell(&mut self, property: CloudProperty) {
        self.told |= property.bit();
    }

    /// Whether the property was told.
    pub fn tells(&self, property: CloudProperty) -> bool {
        self.told & property.bit() != 0
    }

    /// Adds a text. An empty one only tells that there is no value.
    pub fn add(&mut self, property: CloudProperty, text: &str) {
        self.tell(property);
        let start = self.text.len();
        self.text.push_str(text);
        if let (false, Ok(start), Ok(end)) =
            (text.is_empty(), u32::try_from(start), u32::try_from(self.text.len()))
        {
            self.spans.push((property, start, end));
        }
    }

    /// Sets a text in the place of what was there.
    pub fn set(&mut self, property: CloudProperty, text: &str) {
        self.spans.retain(|(own, ..)| *own != property);
        self.add(property, text);
    }

    /// Sets a flag.
    pub fn set_flag(&mut self, property: CloudProperty, flag: bool) {
        self.tell(property);
        let bit = property.bit();
        (self.yes, self.no) =
            if flag { (self.yes | bit, self.no & !bit) } else { (self.yes & !bit, self.no | bit) };
    }

    /// The first text of a property.
    pub fn text(&self, property: CloudProperty) -> Option<&str> {
        let (_, start, end) = self.spans.iter().find(|(own, ..)| *own == property)?;
        self.text.get(usize::try_from(*start).ok()?..usize::try_from(*end).ok()?)
    }

    /// Takes over what only `other` tells.
    pub fn complete_from(&mut self, other: &CloudObject) {
        let untold = other.told & !self.told;
        for (property, _) in &other.ends {
            if untold & property.bit() != 0 && !self.spans.iter().any(|(own, ..)| own == property) {
                for text in other.texts(*property) {
                    self.add(*property, text);
                }
            }
        }
        self.told |= untold;
        self.yes |= other.yes & untold;
        self.no |= other.no & untold;
    }

    /// The finished object, or `None` when nothing identifies it. A userPrincipalName, an anchor, a mail address stand
    /// for a missing id.
    pub fn identified(mut self, kind: CloudKind) -> Option<(CloudObject, bool)> {
        let is_substituted = self.text(CloudProperty::Id).is_none();
        if is_substituted {
            let stands = [CloudProperty::UserPrincipalName, CloudProperty::ImmutableId, CloudProperty::Mail];
            let id = stands.into_iter().find_map(|property| self.text(property))?.to_owned();
            let told = self.told;
            self.set(CloudProperty::Id, &id);
            self.told = told;
        }
        Some((self.finish(kind), is_substituted))
    }

    fn finish(&self, kind: CloudKind) -> CloudObject {
        let mut spans = self.spans.clone();
        spans.sort_by_key(|(property, ..)| *property);
        let mut text = String::with_capacity(self.text.len());
        let mut ends = Vec::with_capacity(spans.len());
        for (property, start, end) in spans {
            let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
            text.push_str(self.text.get(range).unwrap_or_default());
            ends.push((property, u32::try_from(text.len()).unwrap_or(u32::MAX)));
        }
        CloudObject {
            kind,
            told: self.told,
            yes: self.yes,
            no: self.no,
            text: text.into_boxed_str(),
            ends: ends.into_boxed_slice(),
        }
    }
}

impl From<&CloudObject> for CloudDraft {
    fn from(object: &CloudObject) -> Self {
        let mut draft = Self { told: object.told, yes: object.yes, no: object.no, ..Self::default() };
        let mut start = 0;
        for (property, end) in &object.ends {
            draft.spans.push((*property, start, *end));
            start = *end;
        }
        draft.text.push_str(&object.text);
        draft
    }
}

/// Number of a cloud object within its [`Tenant`], from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloudId(pub u32);

/// All cloud objects of all tenant files, sorted by kind and id, each id once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tenant {
    objects: Vec<CloudObject>,
}

impl Tenant {
    /// Brings the objects of all files together. Of several records of one object, the one of the first file counts, and
    /// what only a later one tells is added.
    pub fn new(mut objects: Vec<CloudObject>) -> Self {
        objects.sort_by(|a, b| (a.kind, a.id()).cmp(&(b.kind, b.id())));
        let mut merged: Vec<CloudObject> = Vec::with_capacity(objects.len());
        for object in objects {
            match merged.last_mut().filter(|last| (last.kind, last.id()) == (object.kind, object.id())) {
                Some(last) => *last = last.joined_with(&object),
                None => merged.push(object),
            }
        }
        Self { objects: merged }
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

#[cfg(test)]
mod tests {
    use super::*;
    use CloudProperty::{DisplayName, Id, Mail, ProxyAddresses, SyncEnabled};

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
    fn records_of_one_object_complete_each_other() {
        let graph = object(&[(Id, "1"), (Mail, "")]);
        let exchange =
            object(&[(Id, "1"), (Mail, "old@x"), (ProxyAddresses, "SMTP:a@x"), (ProxyAddresses, "b")]);
        let tenant = Tenant::new(vec![graph, exchange, object(&[(Id, "0")])]);
        assert_eq!(tenant.len(), 2);
        let joined = tenant.object(CloudId(1));
        assert_eq!((joined.text(Mail), joined.texts(ProxyAddresses).count()), (None, 2));
    }

    #[test]
    fn another_property_stands_for_a_missing_id() {
        let mut draft = CloudDraft::default();
        draft.add(Mail, "nia@x");
        let (user, is_substituted) = draft.identified(CloudKind::Contact).unwrap();
        assert_eq!((user.id(), is_substituted, user.tells(Id)), ("nia@x", true, false));
        assert!(CloudDraft::default().identified(CloudKind::User).is_none());
    }
}
