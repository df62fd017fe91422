//! What the tenant already holds: cloud objects as read from Microsoft Graph or from CSV exports. No I/O.

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
    /// The word before the `_` of a cloudAnchor.
    pub fn anchor_prefix(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Contact => "Contact",
            Self::Device => "Device",
        }
    }
}

/// One cloud object. `None` means "the file does not tell" as well as "no value"; `has_*` of [`Tenant`] tell them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudObject {
    /// Kind.
    pub kind: CloudKind,
    /// Object id in the tenant.
    pub id: String,
    /// `onPremisesImmutableId`: the source anchor, compared with letter case.
    pub immutable_id: Option<String>,
    /// `onPremisesSecurityIdentifier` as text.
    pub security_identifier: Option<String>,
    /// `onPremisesDistinguishedName`.
    pub distinguished_name: Option<String>,
    /// `onPremisesSyncEnabled`: true synced, false formerly synced, `None` never or unknown.
    pub sync_enabled: Option<bool>,
    /// `userPrincipalName`.
    pub user_principal_name: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `mail`.
    pub mail: Option<String>,
    /// `mailNickname`.
    pub mail_nickname: Option<String>,
    /// `proxyAddresses`, in the order of the file.
    pub proxy_addresses: Vec<String>,
    /// `accountEnabled`.
    pub account_enabled: Option<bool>,
}

impl CloudObject {
    /// The `cloudAnchor` that the connector shows for it, such as `User_7b1d…`.
    pub fn cloud_anchor(&self) -> String {
        format!("{}_{}", self.kind.anchor_prefix(), self.id)
    }
}

/// All cloud objects of all tenant files, sorted by kind and id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tenant {
    /// The objects.
    pub objects: Vec<CloudObject>,
}
