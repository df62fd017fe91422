//! Property names of PowerShell and Exchange that are not attribute names of the directory.
//!
//! `input-formats` sections 7.1 and 7.2, and for recipient types `entra-outcomes` section I.1 (both read 2026-11-20).
//! A name that is not listed here is the attribute of that name.

use crate::directory::AttributeNames;

/// What a column header of a PowerShell export stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    /// Another name of this attribute.
    Attribute(&'static str),
    /// Normally equal to this attribute, and taken for it when the export has nothing better.
    Substitute(&'static str),
    /// `ACCOUNTDISABLE` of userAccountControl, inverted.
    Enabled,
    /// With the scope: groupType.
    GroupCategory,
    /// With the category: groupType.
    GroupScope,
    /// Known, but of no use to the simulation.
    Ignored,
}

use Property::{Attribute, Enabled, GroupCategory, GroupScope, Ignored, Substitute};

const PROPERTIES: &[(&str, Property)] = &[
    ("EmailAddress", Attribute("mail")),
    ("Surname", Attribute("sn")),
    ("City", Attribute("l")),
    ("State", Attribute("st")),
    ("Country", Attribute("c")),
    ("Office", Attribute("physicalDeliveryOfficeName")),
    ("OfficePhone", Attribute("telephoneNumber")),
    ("MobilePhone", Attribute("mobile")),
    ("Fax", Attribute("facsimileTelephoneNumber")),
    ("HomePage", Attribute("wWWHomePage")),
    ("POBox", Attribute("postOfficeBox")),
    ("Organization", Attribute("o")),
    ("OtherName", Attribute("middleName")),
    ("LogonWorkstations", Attribute("userWorkstations")),
    ("SID", Attribute("objectSid")),
    ("Created", Attribute("whenCreated")),
    ("Modified", Attribute("whenChanged")),
    ("Deleted", Attribute("isDeleted")),
    ("LastLogonDate", Attribute("lastLogonTimestamp")),
    ("PasswordLastSet", Attribute("pwdLastSet")),
    ("AccountExpirationDate", Attribute("accountExpires")),
    ("ServicePrincipalNames", Attribute("servicePrincipalName")),
    ("Members", Attribute("member")),
    ("Enabled", Enabled),
    ("GroupCategory", GroupCategory),
    ("GroupScope", GroupScope),
    ("EmailAddresses", Attribute("proxyAddresses")),
    ("Alias", Attribute("mailNickname")),
    ("WindowsEmailAddress", Attribute("mail")),
    ("PrimarySmtpAddress", Substitute("mail")),
    ("ExternalEmailAddress", Attribute("targetAddress")),
    ("RecipientTypeDetails", Attribute("msExchRecipientTypeDetails")),
    ("HiddenFromAddressListsEnabled", Attribute("msExchHideFromAddressLists")),
    ("CustomAttribute1", Attribute("extensionAttribute1")),
    ("CustomAttribute2", Attribute("extensionAttribute2")),
    ("CustomAttribute3", Attribute("extensionAttribute3")),
    ("CustomAttribute4", Attribute("extensionAttribute4")),
    ("CustomAttribute5", Attribute("extensionAttribute5")),
    ("CustomAttribute6", Attribute("extensionAttribute6")),
    ("CustomAttribute7", Attribute("extensionAttribute7")),
    ("CustomAttribute8", Attribute("extensionAttribute8")),
    ("CustomAttribute9", Attribute("extensionAttribute9")),
    ("CustomAttribute10", Attribute("extensionAttribute10")),
    ("CustomAttribute11", Attribute("extensionAttribute11")),
    ("CustomAttribute12", Attribute("extensionAttribute12")),
    ("CustomAttribute13", Attribute("extensionAttribute13")),
    ("CustomAttribute14", Attribute("extensionAttribute14")),
    ("CustomAttribute15", Attribute("extensionAttribute15")),
    ("Guid", Attribute("objectGUID")),
    ("ExchangeGuid", Attribute("msExchMailboxGuid")),
    ("ArchiveGuid", Attribute("msExchArchiveGUID")),
    ("CanonicalName", Ignored),
    ("LockedOut", Ignored),
    ("PasswordExpired", Ignored),
    ("PasswordNeverExpires", Ignored),
    ("ProtectedFromAccidentalDeletion", Ignored),
    ("ExternalDirectoryObjectId", Ignored),
    ("OrganizationalUnit", Ignored),
    ("IsDirSynced", Ignored),
    ("PSComputerName", Ignored),
    ("PSShowComputerName", Ignored),
    ("RunspaceId", Ignored),
    ("PropertyNames", Ignored),
    ("AddedProperties", Ignored),
    ("RemovedProperties", Ignored),
    ("ModifiedProperties", Ignored),
    ("PropertyCount", Ignored),
    ("WriteDebugStream", Ignored),
    ("WriteErrorStream", Ignored),
    ("WriteInformationStream", Ignored),
    ("WriteVerboseStream", Ignored),
    ("WriteWarningStream", Ignored),
    ("nTSecurityDescriptor", Ignored),
];

/// The meaning of a header that is not an attribute name, ignoring letter case.
pub(super) fn property(header: &str) -> Option<Property> {
    PROPERTIES.iter().find(|(name, _)| name.eq_ignore_ascii_case(header)).map(|(_, meaning)| *meaning)
}

/// Whether a cell could be a column header of an export.
pub(super) fn is_known(header: &str, names: &AttributeNames) -> bool {
    property(header).is_some() || names.lookup(base_name(header).as_bytes()).is_some()
}

/// A header as it is compared: without the blanks, no-break spaces and byte order marks that editors leave around it.
pub(super) fn clean(header: &[u8]) -> String {
    let is_noise = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
    String::from_utf8_lossy(header).trim_matches(is_noise).to_owned()
}

/// The attribute name without options such as `;range=0-1499`.
pub(super) fn base_name(header: &str) -> &str {
    header.split_once(';').map_or(header, |(name, _)| name)
}

const RECIPIENT_TYPES: &[(&str, i64)] = &[
    ("UserMailbox", 1),
    ("LinkedMailbox", 1 << 1),
    ("SharedMailbox", 1 << 2),
    ("LegacyMailbox", 1 << 3),
    ("RoomMailbox", 1 << 4),
    ("EquipmentMailbox", 1 << 5),
    ("MailContact", 1 << 6),
    ("MailUser", 1 << 7),
    ("MailUniversalDistributionGroup", 1 << 8),
    ("MailNonUniversalGroup", 1 << 9),
    ("MailUniversalSecurityGroup", 1 << 10),
    ("DynamicDistributionGroup", 1 << 11),
    ("PublicFolder", 1 << 12),
    ("SystemAttendantMailbox", 1 << 13),
    ("SystemMailbox", 1 << 14),
    ("MailForestContact", 1 << 15),
    ("User", 1 << 16),
    ("Contact", 1 << 17),
    ("UniversalDistributionGroup", 1 << 18),
    ("UniversalSecurityGroup", 1 << 19),
    ("NonUniversalGroup", 1 << 20),
    ("DisabledUser", 1 << 21),
    ("MicrosoftExchange", 1 << 22),
    ("ArbitrationMailbox", 1 << 23),
    ("MailboxPlan", 1 << 24),
    ("LinkedUser", 1 << 25),
    ("RoomList", 1 << 28),
    ("DiscoveryMailbox", 1 << 29),
    ("RoleGroup", 1 << 30),
    ("RemoteUserMailbox", 1 << 31),
    ("Computer", 1 << 32),
    ("RemoteRoomMailbox", 1 << 33),
    ("RemoteEquipmentMailbox", 1 << 34),
    ("RemoteSharedMailbox", 1 << 35),
    ("PublicFolderMailbox", 1 << 36),
    ("TeamMailbox", 1 << 37),
    ("RemoteTeamMailbox", 1 << 38),
    ("MonitoringMailbox", 1 << 39),
    ("GroupMailbox", 1 << 40),
    ("LinkedRoomMailbox", 1 << 41),
    ("AuditLogMailbox", 1 << 42),
    ("RemoteGroupMailbox", 1 << 43),
    ("SchedulingMailbox", 1 << 44),
    ("GuestMailUser", 1 << 45),
];

/// The number that `msExchRecipientTypeDetails` holds for a name shown by Exchange.
pub(super) fn recipient_type(name: &str) -> Option<i64> {
    RECIPIENT_TYPES.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_is_listed_once_and_names_an_attribute_that_rules_could_name() {
        for (position, (name, _)) in PROPERTIES.iter().enumerate() {
            let first = PROPERTIES.iter().position(|(other, _)| other.eq_ignore_ascii_case(name));
            assert_eq!(first, Some(position), "{name}");
        }
        let names = AttributeNames::default();
        let unknown: Vec<_> = PROPERTIES
            .iter()
            .filter_map(|(_, property)| match property {
                Attribute(name) | Substitute(name) if names.lookup(name.as_bytes()).is_none() => Some(*name),
                _ => None,
            })
            .collect();
        assert_eq!(unknown, ["o", "userWorkstations"]);
    }

    #[test]
    fn recipient_types_are_the_documented_numbers() {
        assert_eq!(recipient_type("usermailbox"), Some(1));
        assert_eq!(recipient_type("RemoteUserMailbox"), Some(2_147_483_648));
        assert_eq!(recipient_type("GuestMailUser"), Some(35_184_372_088_832));
        assert_eq!(recipient_type("Mailbox"), None);
    }

    #[test]
    fn headers_lose_the_noise_of_editors() {
        assert_eq!(clean("\u{feff} mail\u{a0}".as_bytes()), "mail");
        assert_eq!(base_name("member;range=0-1499"), "member");
    }
}
