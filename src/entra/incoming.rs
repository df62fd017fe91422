//! What the sync engine hands over for one object, as far as the tenant's calculations read it.

use std::borrow::Cow;

use crate::directory::ObjectId;
use crate::tenant::CloudKind;

/// One exported object. Names are the export's; texts are as they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming<'v> {
    /// User, group, contact or device.
    pub kind: CloudKind,
    /// The on-premises object that contributes the source anchor.
    pub principal: ObjectId,
    /// `userPrincipalName`, or the alternate login ID; only users have one.
    pub user_principal_name: Option<Cow<'v, str>>,
    /// `mail`
    pub mail: Option<Cow<'v, str>>,
    /// `alias`: the on-premises mailNickname.
    pub alias: Option<Cow<'v, str>>,
    /// `cn`, the last resort for an alias.
    pub cn: Option<Cow<'v, str>>,
    /// `proxyAddresses`
    pub proxy_addresses: Vec<Cow<'v, str>>,
    /// `msExchRemoteRecipientType` has a value: Exchange has or had a remote mailbox for the user.
    pub has_remote_recipient_type: bool,
    /// Exchange attributes of new users are managed in the cloud (`entra-outcomes` section I.5).
    pub is_cloud_managed_when_new: bool,
    /// A user that will carry an Exchange licence, as far as the settings tell; a cloud row knows better.
    pub is_licensed: bool,
}

impl Incoming<'_> {
    /// An object of a kind without any values.
    pub fn empty(kind: CloudKind, principal: ObjectId) -> Self {
        Self {
            kind,
            principal,
            user_principal_name: None,
            mail: None,
            alias: None,
            cn: None,
            proxy_addresses: Vec::new(),
            has_remote_recipient_type: false,
            is_cloud_managed_when_new: false,
            is_licensed: false,
        }
    }
}
