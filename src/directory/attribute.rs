//! Attribute names: interned, compared without letter case, with the syntax that decides how values are read.
//!
//! Every attribute that the default rules, the metaverse schema or the export name is known from the start and keeps
//! the directory's spelling; anything else is interned when first seen. Syntaxes follow the Active Directory schema
//! and, for metaverse attributes, `default-sync-rules` section A.8 (read 2026-11-20).

use std::collections::HashMap;
use std::sync::OnceLock;

/// An interned attribute name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub u16);

/// How the values of an attribute are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Text; bytes that are not UTF-8 are kept as they are.
    Text,
    /// Signed 64-bit integer (also FILETIME and `Interval`).
    Integer,
    /// `TRUE` or `FALSE`.
    Boolean,
    /// Any bytes.
    Binary,
    /// 16 bytes as stored in the directory (first three groups little-endian).
    Guid,
    /// Binary SID.
    Sid,
    /// A distinguished name.
    Reference,
    /// Generalized time.
    Time,
}

impl Syntax {
    /// True for the syntaxes whose values are bytes that are no text.
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Binary | Self::Guid | Self::Sid)
    }
}

macro_rules! attributes {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $syntax:ident, $multi:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u16)]
        enum Position { $($constant),* }
        $(
            #[doc = concat!("`", $name, "`")]
            pub const $constant: AttributeId = AttributeId(Position::$constant as u16);
        )*
        const NAMED: &[(&str, Syntax, bool)] = &[$(($name, Syntax::$syntax, $multi)),*];
    };
}

attributes! {
    DN = "dn", Reference, false;
    OBJECT_CLASS = "objectClass", Text, true;
    DISTINGUISHED_NAME = "distinguishedName", Reference, false;
    OBJECT_GUID = "objectGUID", Guid, false;
    OBJECT_SID = "objectSid", Sid, false;
    CONSISTENCY_GUID = "mS-DS-ConsistencyGuid", Binary, false;
    CN = "cn", Text, false;
    NAME = "name", Text, false;
    SAM_ACCOUNT_NAME = "sAMAccountName", Text, false;
    SAM_ACCOUNT_TYPE = "sAMAccountType", Integer, false;
    USER_PRINCIPAL_NAME = "userPrincipalName", Text, false;
    USER_ACCOUNT_CONTROL = "userAccountControl", Integer, false;
    MAIL = "mail", Text, false;
    MAIL_NICKNAME = "mailNickname", Text, false;
    PROXY_ADDRESSES = "proxyAddresses", Text, true;
    TARGET_ADDRESS = "targetAddress", Text, false;
    DISPLAY_NAME = "displayName", Text, false;
    GROUP_TYPE = "groupType", Integer, false;
    MEMBER = "member", Reference, true;
    IS_DELETED = "isDeleted", Boolean, false;
    IS_CRITICAL_SYSTEM_OBJECT = "isCriticalSystemObject", Boolean, false;
    ADMIN_DESCRIPTION = "adminDescription", Text, false;
    RECIPIENT_TYPE_DETAILS = "msExchRecipientTypeDetails", Integer, false;
    REMOTE_RECIPIENT_TYPE = "msExchRemoteRecipientType", Integer, false;
    MASTER_ACCOUNT_SID = "msExchMasterAccountSid", Sid, false;
    ORIGINATOR_SID = "msRTCSIP-OriginatorSid", Sid, false;
    CLOUD_SOURCE_ANCHOR = "cloudSourceAnchor", Text, false;
    CLOUD_ANCHOR = "cloudAnchor", Text, false;
    CLOUD_FILTERED = "cloudFiltered", Boolean, false;
    CLOUD_MASTERED = "cloudMastered", Boolean, false;
    SOURCE_ANCHOR = "sourceAnchor", Text, false;
    SOURCE_ANCHOR_BINARY = "sourceAnchorBinary", Binary, false;
    SOURCE_OBJECT_TYPE = "sourceObjectType", Text, false;
    ACCOUNT_ENABLED = "accountEnabled", Boolean, false;
    MAIL_ENABLED = "mailEnabled", Boolean, false;
    SECURITY_ENABLED = "securityEnabled", Boolean, false;
    MEMBER_COUNT = "memberCount", Integer, false;
    DEVICE_ID = "deviceId", Guid, false;
    DEVICE_TRUST_TYPE = "deviceTrustType", Text, false;
    ALIAS = "alias", Text, false;
    ON_PREMISE_SECURITY_IDENTIFIER = "onPremiseSecurityIdentifier", Sid, false;
    OPERATING_SYSTEM = "operatingSystem", Text, false;
    OPERATING_SYSTEM_VERSION = "operatingSystemVersion", Text, false;
    USER_CERTIFICATE = "userCertificate", Binary, true;
    USER_SMIME_CERTIFICATE = "userSMIMECertificate", Binary, true;
    THUMBNAIL_PHOTO = "thumbnailPhoto", Binary, false;
    MANAGED_BY = "managedBy", Reference, false;
    MANAGER = "manager", Reference, false;
}

/// Single-valued text unless listed otherwise below: names only, so that rules and reports show one spelling.
const TEXT: &[&str] = &[
    "accountName",
    "adminDisplayName",
    "assistant",
    "c",
    "city",
    "cloudLegacyExchangeDN",
    "co",
    "commonName",
    "company",
    "contributingConnectorExchange",
    "contributingConnectorUser",
    "country",
    "countryLetterCode",
    "department",
    "description",
    "deviceOSType",
    "deviceOSVersion",
    "dnsDomainName",
    "domainFQDN",
    "domainNetBios",
    "employeeID",
    "employeeType",
    "extensionAttribute1",
    "extensionAttribute2",
    "extensionAttribute3",
    "extensionAttribute4",
    "extensionAttribute5",
    "extensionAttribute6",
    "extensionAttribute7",
    "extensionAttribute8",
    "extensionAttribute9",
    "extensionAttribute10",
    "extensionAttribute11",
    "extensionAttribute12",
    "extensionAttribute13",
    "extensionAttribute14",
    "extensionAttribute15",
    "facsimileTelephoneNumber",
    "forestFQDN",
    "forestNetBios",
    "givenName",
    "homePhone",
    "info",
    "initials",
    "ipPhone",
    "l",
    "legacyExchangeDN",
    "middleName",
    "mobile",
    "msDS-PhoneticDisplayName",
    "msDS-CloudAnchor",
    "msExchAssistantName",
    "msExchImmutableId",
    "msExchLitigationHoldOwner",
    "msExchResourceDisplay",
    "msExchRetentionComment",
    "msExchRetentionURL",
    "msExchTeamMailboxSharePointUrl",
    "msExchUsageLocation",
    "msRTCSIP-DeploymentLocator",
    "msRTCSIP-Line",
    "msRTCSIP-OwnerUrn",
    "msRTCSIP-PrimaryUserAddress",
    "netBiosName",
    "objectSidString",
    "onPremisesSamAccountName",
    "onPremisesUserPrincipalName",
    "ou",
    "pager",
    "physicalDeliveryOfficeName",
    "postalCode",
    "postOfficeBox",
    "preferredLanguage",
    "sn",
    "st",
    "state",
    "street",
    "streetAddress",
    "surname",
    "telephoneAssistant",
    "telephoneNumber",
    "title",
    "url",
    "usageLocation",
    "wWWHomePage",
    "homeMDB",
    "msExchHomeServerName",
    "msExchLitigationHoldDate",
    "msExchTeamMailboxExpiration",
    "msExchELCExpirySuspensionEnd",
    "msExchELCExpirySuspensionStart",
    "objectCategory",
];
const TEXT_MULTI: &[&str] = &[
    "msExchArchiveName",
    "msExchExtensionCustomAttribute1",
    "msExchExtensionCustomAttribute2",
    "msExchExtensionCustomAttribute3",
    "msExchExtensionCustomAttribute4",
    "msExchExtensionCustomAttribute5",
    "msExchResourceMetaData",
    "msExchResourceSearchProperties",
    "msExchSenderHintTranslations",
    "msExchUCVoiceMailSettings",
    "msExchUserHoldPolicies",
    "otherFacsimileTelephoneNumber",
    "otherHomePhone",
    "otherIpPhone",
    "otherMailbox",
    "otherMobile",
    "otherPager",
    "otherTelephone",
    "servicePrincipalName",
    "msExchPoliciesIncluded",
    "msExchPoliciesExcluded",
    "showInAddressBook",
    "extensionName",
    "alternativeSecurityId",
    "devicePhysicalIds",
];
const INTEGER: &[&str] = &[
    "approximateLastLogonTimestamp",
    "countryCode",
    "deviceObjectVersion",
    "dirSyncOverrides",
    "pwdLastSet",
    "accountExpires",
    "lastLogonTimestamp",
    "uSNCreated",
    "uSNChanged",
    "primaryGroupID",
    "msDS-HABSeniorityIndex",
    "msExchArchiveStatus",
    "msExchAuditAdmin",
    "msExchAuditDelegate",
    "msExchAuditDelegateAdmin",
    "msExchAuditOwner",
    "msExchELCMailboxFlags",
    "msExchGroupDepartRestriction",
    "msExchGroupJoinRestriction",
    "msExchMailboxAuditLogAgeLimit",
    "msExchModerationFlags",
    "msExchRecipientDisplayType",
    "msExchResourceCapacity",
    "msRTCSIP-ApplicationOptions",
    "msRTCSIP-OptionFlags",
    "cloudMSExchArchiveStatus",
    "cloudMSExchRecipientDisplayType",
];
const BOOLEAN: &[&str] = &[
    "cloudAccountEnabled",
    "cloudCreated",
    "cloudIsManaged",
    "cloudSOAExchMailbox",
    "hideDLMembership",
    "isCompliant",
    "isManaged",
    "isProvisionedInAD",
    "msExchBypassAudit",
    "msExchEnableModeration",
    "msExchHideFromAddressLists",
    "msExchMailboxAuditEnable",
    "msExchRequireAuthToSendTo",
    "msOrg-IsOrganizational",
    "msRTCSIP-UserEnabled",
    "oOFReplyToOriginator",
    "reportToOriginator",
    "reportToOwner",
    "isRecycled",
];
const BINARY: &[&str] = &[
    "msExchBlockedSendersHash",
    "msExchSafeRecipientsHash",
    "msExchSafeSendersHash",
    "photo",
    "jpegPhoto",
    "cloudMSExchBlockedSendersHash",
    "cloudMSExchSafeRecipientsHash",
    "cloudMSExchSafeSendersHash",
    "nTSecurityDescriptor",
    "msExchMailboxSecurityDescriptor",
    "logonHours",
];
const BINARY_MULTI: &[&str] = &["deviceKey", "msDS-KeyCredentialLink", "cACertificate"];
const GUID: &[&str] = &[
    "msExchMailboxGuid",
    "msExchArchiveGUID",
    "msDS-DeviceID",
    "schemaIDGUID",
    "invocationId",
    "msExchArchiveGuid",
];
const SID_MULTI: &[&str] = &["sIDHistory", "tokenGroups"];
const SID: &[&str] = &["mS-DS-CreatorSID"];
const REFERENCE: &[&str] =
    &["msExchTeamMailboxSharePointLinkedBy", "secretary", "seeAlso", "registeredOwnerReference"];
const REFERENCE_MULTI: &[&str] = &[
    "altRecipient",
    "authOrig",
    "dLMemRejectPerms",
    "dLMemSubmitPerms",
    "msExchBypassModerationFromDLMembersLink",
    "msExchBypassModerationFromDLMembersBL",
    "msExchBypassModerationLink",
    "msExchCoManagedByLink",
    "msExchDelegateListLink",
    "msExchModeratedByLink",
    "msExchTeamMailboxOwners",
    "owner",
    "publicDelegates",
    "registeredUsersReference",
    "unauthOrig",
    "memberOf",
    "directReports",
    "managedObjects",
    "cloudMSExchDelegateListLink",
    "cloudPublicDelegates",
    "cloudMSExchTeamMailboxOwners",
];
const TIME: &[&str] = &["whenCreated", "whenChanged"];

/// Attributes whose values are secrets; loaders drop them (`input-formats` section 13).
pub const SECRETS: &[&str] = &[
    "unicodePwd",
    "userPassword",
    "ms-Mcs-AdmPwd",
    "msLAPS-Password",
    "msLAPS-EncryptedPassword",
    "msLAPS-EncryptedPasswordHistory",
    "msLAPS-EncryptedDSRMPassword",
    "msLAPS-EncryptedDSRMPasswordHistory",
    "msDS-ManagedPassword",
    "supplementalCredentials",
    "dBCSPwd",
    "lmPwdHistory",
    "ntPwdHistory",
];

#[derive(Debug, Clone)]
struct Name {
    text: Box<str>,
    syntax: Syntax,
    multi_valued: bool,
}

/// The interned names of one run.
#[derive(Debug, Clone)]
pub struct AttributeNames {
    names: Vec<Name>,
    index: HashMap<Box<[u8]>, AttributeId>,
}

impl Default for AttributeNames {
    fn default() -> Self {
        static KNOWN: OnceLock<AttributeNames> = OnceLock::new();
        KNOWN.get_or_init(Self::known).clone()
    }
}

impl AttributeNames {
    fn known() -> Self {
        let mut names = Self { names: Vec::new(), index: HashMap::new() };
        for &(name, syntax, multi_valued) in NAMED {
            names.add(name, syntax, multi_valued);
        }
        let lists = [
            (TEXT, Syntax::Text, false),
            (TEXT_MULTI, Syntax::Text, true),
            (INTEGER, Syntax::Integer, false),
            (BOOLEAN, Syntax::Boolean, false),
            (BINARY, Syntax::Binary, false),
            (BINARY_MULTI, Syntax::Binary, true),
            (GUID, Syntax::Guid, false),
            (SID, Syntax::Sid, false),
            (SID_MULTI, Syntax::Sid, true),
            (REFERENCE, Syntax::Reference, false),
            (REFERENCE_MULTI, Syntax::Reference, true),
            (TIME, Syntax::Time, false),
        ];
        for (list, syntax, multi_valued) in lists {
            for name in list {
                if names.lookup(name.as_bytes()).is_none() {
                    names.add(name, syntax, multi_valued);
                }
            }
        }
        names
    }

    fn add(&mut self, name: &str, syntax: Syntax, multi_valued: bool) -> AttributeId {
        let id = AttributeId(u16::try_from(self.names.len()).expect("interning stops before 65,535 names"));
        self.names.push(Name { text: name.into(), syntax, multi_valued });
        self.index.insert(name.to_ascii_lowercase().into_bytes().into_boxed_slice(), id);
        id
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never true: the well-known names are always there.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The id of a name, ignoring ASCII letter case; `None` when it was never interned.
    pub fn lookup(&self, name: &[u8]) -> Option<AttributeId> {
        if name.len() <= 64 {
            let mut lower = [0_u8; 64];
            let lower = &mut lower[..name.len()];
            lower.copy_from_slice(name);
            lower.make_ascii_lowercase();
            return self.index.get(&*lower).copied();
        }
        self.index.get(name.to_ascii_lowercase().as_slice()).copied()
    }

    /// The id of a name, interning it as multi-valued text when new. `None` when 65,000 names are taken.
    pub fn intern(&mut self, name: &str) -> Option<AttributeId> {
        if let Some(id) = self.lookup(name.as_bytes()) {
            return Some(id);
        }
        (self.names.len() < 65_000).then(|| self.add(name, Syntax::Text, true))
    }

    /// Changes the spelling of a name, letter case only; anything else is ignored.
    pub fn respell(&mut self, id: AttributeId, spelling: &str) {
        if let Some(name) = self.names.get_mut(usize::from(id.0))
            && name.text.eq_ignore_ascii_case(spelling)
        {
            name.text = spelling.into();
        }
    }

    /// Sorts the names from number `first` on, ignoring letter case, so that numbers do not depend on which thread
    /// interned a name first. Returns the new number of every old one.
    pub fn sort_from(&mut self, first: usize) -> Vec<AttributeId> {
        let number =
            |index: usize| AttributeId(u16::try_from(index).expect("interning stops before 65,535 names"));
        let mut order: Vec<usize> = (first..self.names.len()).collect();
        order.sort_by_cached_key(|&index| self.names[index].text.to_ascii_lowercase());
        let mut new: Vec<AttributeId> = (0..self.names.len()).map(number).collect();
        let sorted: Vec<Name> = order.iter().map(|&index| self.names[index].clone()).collect();
        for (position, &old) in order.iter().enumerate() {
            new[old] = number(first + position);
        }
        self.names.truncate(first);
        self.names.extend(sorted);
        self.index.values_mut().for_each(|id| *id = new[usize::from(id.0)]);
        new
    }

    /// The name as the directory spells it.
    pub fn name(&self, id: AttributeId) -> &str {
        self.names.get(usize::from(id.0)).map_or("?", |name| &name.text)
    }

    /// How values are read; text for an id that was interned elsewhere.
    #[inline]
    pub fn syntax(&self, id: AttributeId) -> Syntax {
        self.names.get(usize::from(id.0)).map_or(Syntax::Text, |name| name.syntax)
    }

    /// Whether the schema allows several values.
    pub fn is_multi_valued(&self, id: AttributeId) -> bool {
        self.names.get(usize::from(id.0)).is_none_or(|name| name.multi_valued)
    }
}

/// A set of attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeSet {
    words: Vec<u64>,
}

impl AttributeSet {
    /// Adds one.
    pub fn insert(&mut self, id: AttributeId) {
        let word = usize::from(id.0 / 64);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (id.0 % 64);
    }

    /// Whether it is in.
    #[inline]
    pub fn contains(&self, id: AttributeId) -> bool {
        self.words.get(usize::from(id.0 / 64)).is_some_and(|word| word & (1 << (id.0 % 64)) != 0)
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: &Self) {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (own, word) in self.words.iter_mut().zip(&other.words) {
            *own |= word;
        }
    }

    /// All members, ascending.
    pub fn iter(&self) -> impl Iterator<Item = AttributeId> + '_ {
        self.words.iter().enumerate().flat_map(|(word, bits)| {
            (0..64_u16)
                .filter(move |bit| bits & (1 << bit) != 0)
                .map(move |bit| AttributeId(u16::try_from(word).expect("at most 1,024 words") * 64 + bit))
        })
    }
}

impl FromIterator<AttributeId> for AttributeSet {
    fn from_iter<I: IntoIterator<Item = AttributeId>>(ids: I) -> Self {
        let mut set = Self::default();
        for id in ids {
            set.insert(id);
        }
        set
    }
}

/// Which attributes a loader keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedAttributes {
    /// Every attribute (new names are interned as they come).
    All,
    /// These; the values of all others are passed over.
    Only(AttributeSet),
}

impl WantedAttributes {
    /// Whether the values of an attribute are kept.
    pub fn contains(&self, id: AttributeId) -> bool {
        match self {
            Self::All => true,
            Self::Only(set) => set.contains(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_letter_case_and_shown_as_the_directory_spells_them() {
        let names = AttributeNames::default();
        let id = names.lookup(b"PROXYADDRESSES").unwrap();
        assert_eq!(id, PROXY_ADDRESSES);
        assert_eq!(names.name(id), "proxyAddresses");
        assert!(names.is_multi_valued(id));
        assert_eq!(names.syntax(OBJECT_SID), Syntax::Sid);
    }

    #[test]
    fn sets_keep_what_was_put_in() {
        let set: AttributeSet =
            [AttributeId(0), AttributeId(63), AttributeId(64), AttributeId(700)].into_iter().collect();
        assert_eq!(set.iter().map(|id| id.0).collect::<Vec<_>>(), [0, 63, 64, 700]);
        assert!(!set.contains(AttributeId(65)));
    }
}
