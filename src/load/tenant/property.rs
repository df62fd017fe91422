//! Names of properties, as Graph, PowerShell, the retired modules and the admin centres spell them.

use crate::tenant::CloudKind;

/// What a name of a JSON object or a column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    Id,
    ImmutableId,
    SecurityIdentifier,
    DistinguishedName,
    SyncEnabled,
    /// When the object was last synchronized: it is, if there is a time.
    LastSyncTime,
    UserPrincipalName,
    DisplayName,
    Mail,
    MailNickname,
    ProxyAddresses,
    AccountEnabled,
    /// The opposite of `accountEnabled`.
    BlockCredential,
    /// When the object was moved to the recycle bin.
    DeletedTime,
    /// `@odata.type`
    Type,
    /// `@removed` of a delta query.
    Removed,
    /// Where PowerShell keeps what its types do not know.
    AdditionalProperties,
    /// Nothing to be kept, but only this kind has it.
    Sign(CloudKind),
    /// Only objects that are no users, groups, contacts or devices have it.
    ForeignSign,
    /// Only objects of an on-premises directory have it.
    DirectorySign,
    /// `@odata.context`
    Context,
    /// `@odata.nextLink`
    NextLink,
    /// The objects of a page.
    Value,
    Meta,
    Data,
    Error,
}

use CloudKind::{Contact, Device, Group, User};
use Property::{DirectorySign, ForeignSign, Sign};

/// Sorted; lower case, without blanks, hyphens and underscores.
const NAMES: &[(&str, Property)] = &[
    ("@odata.context", Property::Context),
    ("@odata.nextlink", Property::NextLink),
    ("@odata.type", Property::Type),
    ("@removed", Property::Removed),
    ("accountenabled", Property::AccountEnabled),
    ("activitydatetime", ForeignSign),
    ("additionalproperties", Property::AdditionalProperties),
    ("addresses", Sign(Contact)),
    ("appdisplayname", ForeignSign),
    ("appid", ForeignSign),
    ("blockcredential", Property::BlockCredential),
    ("data", Property::Data),
    ("deleteddatetime", Property::DeletedTime),
    ("deviceid", Sign(Device)),
    ("directorysynced", Property::SyncEnabled),
    ("dirsyncenabled", Property::SyncEnabled),
    ("displayname", Property::DisplayName),
    ("distinguishedname", DirectorySign),
    ("error", Property::Error),
    ("grouptype", Sign(Group)),
    ("grouptypes", Sign(Group)),
    ("id", Property::Id),
    ("immutableid", Property::ImmutableId),
    ("ipaddress", ForeignSign),
    ("ismfacapable", ForeignSign),
    ("ismfaregistered", ForeignSign),
    ("lastdirsynctime", Property::LastSyncTime),
    ("mail", Property::Mail),
    ("mailenabled", Sign(Group)),
    ("mailnickname", Property::MailNickname),
    ("membershiprule", Sign(Group)),
    ("meta", Property::Meta),
    ("methodsregistered", ForeignSign),
    ("objectguid", DirectorySign),
    ("objectid", Property::Id),
    ("onpremisesdistinguishedname", Property::DistinguishedName),
    ("onpremisesimmutableid", Property::ImmutableId),
    ("onpremisessecurityidentifier", Property::SecurityIdentifier),
    ("onpremisessyncenabled", Property::SyncEnabled),
    ("phones", Sign(Contact)),
    ("proxyaddresses", Property::ProxyAddresses),
    ("reportrefreshdate", ForeignSign),
    ("samaccountname", DirectorySign),
    ("securityenabled", Sign(Group)),
    ("serviceprincipaltype", ForeignSign),
    ("softdeletiontimestamp", Property::DeletedTime),
    ("userprincipalname", Property::UserPrincipalName),
    ("usertype", Sign(User)),
    ("value", Property::Value),
];

/// The property of this name, in any spelling (`onPremisesImmutableId`, `On-premises immutable ID`).
pub(super) fn find(name: &str) -> Option<Property> {
    // Longer than any name of the table, however many hyphens it has.
    if name.len() > 64 {
        return None;
    }
    let plain: String = name
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_' | '\u{a0}' | '\u{feff}'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let position = NAMES.binary_search_by(|(own, _)| (*own).cmp(&plain)).ok()?;
    NAMES.get(position).map(|(_, property)| *property)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(NAMES.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn names_are_found_in_every_spelling() {
        for name in
            ["onPremisesImmutableId", "OnPremisesImmutableId", "On-premises immutable ID", "ImmutableId"]
        {
            assert_eq!(find(name), Some(Property::ImmutableId), "{name}");
        }
        assert_eq!(find("Object Id"), Some(Property::Id));
        assert_eq!(find("jobTitle"), None);
    }
}
