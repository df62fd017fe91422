//! Names of properties, as Graph, PowerShell, Exchange Online, the retired modules and the admin centres spell them.
//!
//! `entra-outcomes` sections J.1 to J.4 and `input-formats` section 9 (read 2026-11-25).

use crate::tenant::{CloudKind, CloudProperty};

/// What a name of a JSON object or a column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    /// A text, kept as it is.
    Text(CloudProperty),
    /// Normally the same text, and taken for it where nothing better is there.
    Substitute(CloudProperty),
    /// A GUID in any letter case; all zeros are none.
    Guid(CloudProperty),
    Flag(CloudProperty),
    /// `BlockCredential`: the opposite of the flag.
    NotFlag(CloudProperty),
    /// `proxyAddresses`
    Addresses,
    /// `onPremisesProvisioningErrors`
    ProvisioningErrors,
    /// The property that causes an error, in rows of a cmdlet that lists errors.
    ErrorCause,
    /// When the object was last synchronized: it is, if there is a time and nothing else says so.
    LastSyncTime,
    /// `assignedPlans`
    Plans,
    /// Assigned products, which say nothing of the plans in them unless there is none.
    Licences,
    /// Whether there is any product.
    IsLicensed,
    /// `SKUAssigned` of a mailbox: it has a licence of Exchange.
    HasMailboxLicence,
    /// `RecipientTypeDetails`
    RecipientType,
    /// `RecipientType`: says less.
    RecipientClass,
    /// When the object was moved to the recycle bin.
    DeletedTime,
    /// `User_7b1d…`
    CloudAnchor,
    /// `@odata.type`
    Type,
    /// `@removed` of a delta query.
    Removed,
    /// Where PowerShell keeps what its types do not know.
    AdditionalProperties,
    /// `ExternalDirectoryObjectId`: the id, in Exchange Online only.
    ExchangeId,
    /// `DistinguishedName`: of a directory, or of Exchange Online's own.
    Dn,
    /// Nothing to be kept, but only this kind has it.
    Sign(CloudKind),
    /// Only objects that are no users, groups, contacts or devices have it.
    ForeignSign,
    /// Only objects of an on-premises directory have it, unless Exchange Online shows its own.
    DirectorySign,
    /// `@odata.context`
    Context,
    /// `@odata.nextLink`
    NextLink,
    /// The objects of a page, or the value of a provisioning error.
    Value,
    Meta,
    Data,
    Error,
}

use CloudKind::{Contact, Device, Group, User};
use CloudProperty as P;
use Property::{
    Addresses, DeletedTime, DirectorySign, Flag, ForeignSign, Guid, LastSyncTime, Licences, NotFlag, Sign,
    Substitute, Text,
};

/// Sorted; lower case, without blanks, hyphens and underscores.
const NAMES: &[(&str, Property)] = &[
    ("@odata.context", Property::Context),
    ("@odata.nextlink", Property::NextLink),
    ("@odata.type", Property::Type),
    ("@removed", Property::Removed),
    ("accountenabled", Flag(P::AccountEnabled)),
    ("activitydatetime", ForeignSign),
    ("additionalproperties", Property::AdditionalProperties),
    ("addresses", Sign(Contact)),
    ("alias", Text(P::MailNickname)),
    ("appdisplayname", ForeignSign),
    ("appid", ForeignSign),
    ("archiveguid", Guid(P::ArchiveGuid)),
    ("assignedlicenses", Licences),
    ("assignedplans", Property::Plans),
    ("blockcredential", NotFlag(P::AccountEnabled)),
    ("cloudanchor", Property::CloudAnchor),
    ("data", Property::Data),
    ("deleteddatetime", DeletedTime),
    ("deletiontimestamp", DeletedTime),
    ("deviceid", Sign(Device)),
    ("directorysynced", Flag(P::SyncEnabled)),
    ("dirsyncenabled", Flag(P::SyncEnabled)),
    ("dirsyncprovisioningerrors", Property::ProvisioningErrors),
    ("displayname", Text(P::DisplayName)),
    ("distinguishedname", Property::Dn),
    ("emailaddress", Substitute(P::Mail)),
    ("emailaddresses", Addresses),
    ("error", Property::Error),
    ("exchangeguid", Guid(P::ExchangeGuid)),
    ("extensionproperty", Property::AdditionalProperties),
    ("externaldirectoryobjectid", Property::ExchangeId),
    ("grouptype", Sign(Group)),
    ("grouptypes", Sign(Group)),
    ("id", Guid(P::Id)),
    ("immutableid", Text(P::ImmutableId)),
    ("ipaddress", ForeignSign),
    ("isdirsynced", Flag(P::SyncEnabled)),
    ("isexchangecloudmanaged", Flag(P::ExchangeCloudManaged)),
    ("islicensed", Property::IsLicensed),
    ("ismfacapable", ForeignSign),
    ("ismfaregistered", ForeignSign),
    ("lastdirsynctime", LastSyncTime),
    ("licenses", Licences),
    ("mail", Text(P::Mail)),
    ("mailenabled", Flag(P::MailEnabled)),
    ("mailnickname", Text(P::MailNickname)),
    ("membershiprule", Sign(Group)),
    ("membershiptype", Sign(Group)),
    ("meta", Property::Meta),
    ("methodsregistered", ForeignSign),
    ("microsoftonlineservicesid", Substitute(P::UserPrincipalName)),
    ("objectguid", DirectorySign),
    ("objectid", Guid(P::Id)),
    ("objecttype", Property::Type),
    ("onpremisesdistinguishedname", Text(P::DistinguishedName)),
    ("onpremisesimmutableid", Text(P::ImmutableId)),
    ("onpremiseslastsyncdatetime", LastSyncTime),
    ("onpremisesobjectidentifier", Guid(P::ObjectIdentifier)),
    ("onpremisesprovisioningerrors", Property::ProvisioningErrors),
    ("onpremisessecurityidentifier", Text(P::SecurityIdentifier)),
    ("onpremisessyncenabled", Flag(P::SyncEnabled)),
    ("onpremisesuserprincipalname", Text(P::OnPremisesUserPrincipalName)),
    ("phones", Sign(Contact)),
    ("primarysmtpaddress", Substitute(P::Mail)),
    ("propertycausingerror", Property::ErrorCause),
    ("provisioningerrors", Property::ProvisioningErrors),
    ("proxyaddresses", Addresses),
    ("recipienttype", Property::RecipientClass),
    ("recipienttypedetails", Property::RecipientType),
    ("reportrefreshdate", ForeignSign),
    ("samaccountname", DirectorySign),
    ("securityenabled", Flag(P::SecurityEnabled)),
    ("serviceprincipaltype", ForeignSign),
    ("skuassigned", Property::HasMailboxLicence),
    ("softdeletiontimestamp", DeletedTime),
    ("sourceanchor", Text(P::ImmutableId)),
    ("syncobjecttype", Property::Type),
    ("userprincipalname", Text(P::UserPrincipalName)),
    ("usertype", Sign(User)),
    ("value", Property::Value),
    ("whensoftdeleted", DeletedTime),
    ("windowsemailaddress", Text(P::Mail)),
    ("windowsliveid", Substitute(P::UserPrincipalName)),
];

/// Longer than any name of the table, however many hyphens it has.
pub(super) const MAX_NAME_BYTES: usize = 64;

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) property: Option<Property>,
    /// Spelled as PowerShell spells it: a `null` may stand for what was not asked for.
    pub(super) is_pascal_case: bool,
    /// It speaks for a user.
    pub(super) is_user_sign: bool,
}

impl Name {
    /// What this name says, in any spelling (`onPremisesImmutableId`, `On-premises immutable ID`).
    pub(super) fn of(name: &str) -> Self {
        let plain = plain(name);
        Self {
            property: lookup(&plain),
            is_pascal_case: name.starts_with(|first: char| first.is_ascii_uppercase()),
            is_user_sign: USER_SIGNS.contains(&plain.as_str()),
        }
    }
}

/// Among the names of the table, those that only users have, and devices where they say more.
const USER_SIGNS: [&str; 6] = [
    "accountenabled",
    "blockcredential",
    "immutableid",
    "islicensed",
    "onpremisesimmutableid",
    "userprincipalname",
];

/// The property of this name, in any spelling.
pub(super) fn find(name: &str) -> Option<Property> {
    lookup(&plain(name))
}

fn plain(name: &str) -> String {
    if name.len() > MAX_NAME_BYTES {
        return String::new();
    }
    name.trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_' | '\u{a0}' | '\u{feff}'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn lookup(plain: &str) -> Option<Property> {
    let position = NAMES.binary_search_by(|(own, _)| (*own).cmp(plain)).ok()?;
    NAMES.get(position).map(|(_, property)| *property)
}

/// Names in the order in which objects of a file repeat them: nearly always the next one is the one that came there
/// last time, and no more than a comparison.
#[derive(Debug, Default)]
pub(super) struct NameCache {
    names: Vec<(Box<str>, Name)>,
    next: usize,
}

impl NameCache {
    const MAX_NAMES: usize = 256;

    /// A new object begins.
    pub(super) fn restart(&mut self) {
        self.next = 0;
    }

    pub(super) fn of(&mut self, name: &str) -> Name {
        let place = self.next;
        self.next += 1;
        if let Some((own, known)) = self.names.get(place)
            && **own == *name
        {
            return *known;
        }
        // An object that lacks some names goes on behind them.
        let later = self.names.iter().skip(place).position(|(own, _)| **own == *name);
        if let Some((ahead, known)) = later.and_then(|ahead| Some((ahead, self.names.get(place + ahead)?.1)))
        {
            self.next += ahead;
            return known;
        }
        let found = Name::of(name);
        if place < Self::MAX_NAMES && name.len() <= MAX_NAME_BYTES {
            self.names.truncate(place);
            self.names.push((name.into(), found));
        } else {
            self.next = place;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(NAMES.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(USER_SIGNS.iter().all(|name| lookup(name).is_some()));
    }

    #[test]
    fn names_are_found_in_every_spelling() {
        for name in
            ["onPremisesImmutableId", "OnPremisesImmutableId", "On-premises immutable ID", "ImmutableId"]
        {
            assert_eq!(find(name), Some(Text(P::ImmutableId)), "{name}");
        }
        assert_eq!(find("Object Id"), Some(Guid(P::Id)));
        assert_eq!(find("jobTitle"), None);
    }

    #[test]
    fn the_cache_finds_what_the_table_finds() {
        let mut cache = NameCache::default();
        let long = "x".repeat(100);
        let objects: [&[&str]; 5] = [
            &["id", "mail", "jobTitle", "proxyAddresses"],
            &["id", "jobTitle", "proxyAddresses"],
            &["mail", "id", &long, "usageLocation"],
            &[&long, "id", "Mail"],
            &["id", "mail", "jobTitle", "proxyAddresses", "id"],
        ];
        for object in objects.into_iter().chain(objects) {
            cache.restart();
            for name in object {
                assert_eq!(cache.of(name), Name::of(name), "{name}");
            }
        }
    }
}
