//! One cloud object, as far as the files tell it.

use super::texts::Texts;
use super::{CloudDraft, CloudKind, CloudProperty};

/// One cloud object: 32 bytes and one allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudObject {
    pub(super) texts: Texts,
    /// Bit n: property number n was told.
    pub(super) told: u32,
    /// Bit n: flag number n is set to true, or to false.
    pub(super) yes: u32,
    pub(super) no: u32,
    pub(super) kind: CloudKind,
}

/// Recipients of Exchange Online that have mail data of their own whatever their licence: the display types of
/// how-to-connect-syncservice-shadow-attributes.md (`entra-outcomes` section F.2, read 2026-11-25), by the names that
/// `RecipientTypeDetails` has for them.
const RELEVANT_TYPES: [&str; 11] = [
    "ArbitrationMailbox",
    "EquipmentMailbox",
    "GroupMailbox",
    "LinkedMailbox",
    "PublicFolder",
    "RoomList",
    "RoomMailbox",
    "SchedulingMailbox",
    "SharedMailbox",
    "TeamMailbox",
    "UserMailbox",
];

impl CloudObject {
    /// What it is.
    #[inline]
    pub fn kind(&self) -> CloudKind {
        self.kind
    }

    /// Object id in the tenant; what stands for it where the file has none. Never empty.
    #[inline]
    pub fn id(&self) -> &str {
        self.text(CloudProperty::Id).unwrap_or_default()
    }

    /// Whether the files say anything on a property, be it that there is no value.
    #[inline]
    pub fn tells(&self, property: CloudProperty) -> bool {
        self.told & property.bit() != 0
    }

    /// The first text of a property; never empty.
    #[inline]
    pub fn text(&self, property: CloudProperty) -> Option<&str> {
        self.texts(property).next()
    }

    /// All texts of a property, in the order of the file.
    #[inline]
    pub fn texts(&self, property: CloudProperty) -> impl Iterator<Item = &str> {
        let number = property as u8;
        self.texts
            .iter()
            .skip_while(move |(own, _)| *own < number)
            .map_while(move |(own, text)| (own == number).then_some(text))
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

    /// Whether Exchange counts it as its own, by its type of recipient or else by its licence: the flag E of
    /// `entra-outcomes` section F.2 as far as the tenant shows it. `None` when no file tells.
    pub fn is_exchange_relevant(&self) -> Option<bool> {
        let details = self.text(CloudProperty::RecipientTypeDetails).unwrap_or_default();
        let by_type = is_exchange_relevant_type(details).then_some(true);
        by_type.or_else(|| self.flag(CloudProperty::ExchangeLicensed))
    }

    /// Its own values first, then what only `other`, another record of the same object, tells.
    #[must_use]
    pub fn joined_with(&self, other: &Self) -> Self {
        let mut draft = CloudDraft::from(self);
        draft.complete_from(other);
        draft.finish(self.kind)
    }

    /// The same with this kind, for a reader that learns it only after the properties.
    #[must_use]
    pub(crate) fn of_kind(self, kind: CloudKind) -> Self {
        Self { kind, ..self }
    }

    /// Puts it into the recycle bin, unless it says itself that it is not there.
    pub(crate) fn delete(&mut self) {
        let bit = CloudProperty::Deleted.bit();
        if self.no & bit == 0 {
            (self.told, self.yes) = (self.told | bit, self.yes | bit);
        }
    }

    /// The bits of all properties that are told.
    pub(crate) fn told(&self) -> u32 {
        self.told
    }

    /// Takes back that these properties are told, where there is no value: an empty place turned out to mean nothing.
    pub(crate) fn forget_empty(&mut self, properties: u32) {
        if self.told & properties != 0 {
            self.told &= !properties | self.filled();
        }
    }

    /// The bits of all properties that have a value.
    pub(crate) fn filled(&self) -> u32 {
        self.texts.iter().fold(self.yes | self.no, |bits, (property, _)| bits | 1 << property)
    }
}

/// Whether the name of a type of recipient is one that Exchange counts as its own.
pub(crate) fn is_exchange_relevant_type(details: &str) -> bool {
    RELEVANT_TYPES.iter().any(|own| own.eq_ignore_ascii_case(details))
}
