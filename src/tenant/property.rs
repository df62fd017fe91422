//! Kinds of cloud objects, and the properties that are kept of them.

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
    /// A service plan of Exchange is assigned, or Exchange Online shows a mailbox.
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
    /// All of them, in order.
    pub const ALL: [Self; 22] = [
        Self::Id,
        Self::ImmutableId,
        Self::SecurityIdentifier,
        Self::ObjectIdentifier,
        Self::DistinguishedName,
        Self::OnPremisesUserPrincipalName,
        Self::UserPrincipalName,
        Self::DisplayName,
        Self::Mail,
        Self::MailNickname,
        Self::ProxyAddresses,
        Self::ProvisioningErrors,
        Self::RecipientTypeDetails,
        Self::ExchangeGuid,
        Self::ArchiveGuid,
        Self::SyncEnabled,
        Self::AccountEnabled,
        Self::ExchangeLicensed,
        Self::ExchangeCloudManaged,
        Self::MailEnabled,
        Self::SecurityEnabled,
        Self::Deleted,
    ];

    /// The name it is exported under, by Microsoft Graph or else by Exchange Online.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::ImmutableId => "onPremisesImmutableId",
            Self::SecurityIdentifier => "onPremisesSecurityIdentifier",
            Self::ObjectIdentifier => "onPremisesObjectIdentifier",
            Self::DistinguishedName => "onPremisesDistinguishedName",
            Self::OnPremisesUserPrincipalName => "onPremisesUserPrincipalName",
            Self::UserPrincipalName => "userPrincipalName",
            Self::DisplayName => "displayName",
            Self::Mail => "mail",
            Self::MailNickname => "mailNickname",
            Self::ProxyAddresses => "proxyAddresses",
            Self::ProvisioningErrors => "onPremisesProvisioningErrors",
            Self::RecipientTypeDetails => "RecipientTypeDetails",
            Self::ExchangeGuid => "ExchangeGuid",
            Self::ArchiveGuid => "ArchiveGuid",
            Self::SyncEnabled => "onPremisesSyncEnabled",
            Self::AccountEnabled => "accountEnabled",
            Self::ExchangeLicensed => "assignedPlans",
            Self::ExchangeCloudManaged => "IsExchangeCloudManaged",
            Self::MailEnabled => "mailEnabled",
            Self::SecurityEnabled => "securityEnabled",
            Self::Deleted => "deletedDateTime",
        }
    }

    pub(crate) fn bit(self) -> u32 {
        1 << self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_properties_are_their_places() {
        for (number, property) in CloudProperty::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(property as u8), number);
        }
    }
}
