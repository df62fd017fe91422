//! The schema of an Active Directory with Exchange, as far as the samples and the generator use it, for slapd.
//!
//! Names, syntaxes and single values are as Active Directory has them. The numbers are our own: slapd only wants them
//! distinct. `name`, `cn`, `description`, `distinguishedName`, `userPassword`, `referral` and `top` are built into slapd. Every class
//! allows every attribute, so that an entry may be as broken as a test wants it.

use std::fmt::Write as _;

const TEXT: &str = "sn givenName initials title l st c co ou o dc streetAddress postalCode telephoneNumber mobile \
    physicalDeliveryOfficeName mail displayName displayNamePrintable sAMAccountName userPrincipalName department company \
    employeeID employeeNumber employeeType info adminDescription mailNickname targetAddress legacyExchangeDN homeDirectory \
    homeDrive dNSHostName operatingSystem operatingSystemVersion msExchHomeServerName msExchUsageLocation \
    msExchDynamicDLFilter msExchUserCulture preferredLanguage msRTCSIP-PrimaryUserAddress msRTCSIP-Line \
    msDS-ExternalDirectoryObjectId cloudAnchor cloudSourceAnchor extensionAttribute1 extensionAttribute2 \
    extensionAttribute3 extensionAttribute4 extensionAttribute5 extensionAttribute6 extensionAttribute7 \
    extensionAttribute8 extensionAttribute9 extensionAttribute10 extensionAttribute11 extensionAttribute12 \
    extensionAttribute13 extensionAttribute14 extensionAttribute15 ldapServiceName";
const TEXTS: &str = "servicePrincipalName msExchPoliciesIncluded msExchPoliciesExcluded msExchUMDtmfMap otherMailbox url \
    supportedCapabilities";
const NAME: &str = "manager managedBy objectCategory homeMDB altRecipient msExchDynamicDLBaseDN defaultNamingContext \
    rootDomainNamingContext configurationNamingContext schemaNamingContext nCName";
const NAMES: &str = "member memberOf showInAddressBook publicDelegates authOrig unauthOrig dLMemSubmitPerms \
    dLMemRejectPerms";
const NUMBER: &str = "instanceType uSNCreated uSNChanged userAccountControl pwdLastSet primaryGroupID sAMAccountType \
    groupType logonCount codePage countryCode badPwdCount badPasswordTime accountExpires lastLogon lastLogoff \
    lastLogonTimestamp internetEncoding msExchVersion msExchRecipientTypeDetails msExchRecipientDisplayType \
    msExchRemoteRecipientType msExchUserAccountControl msExchELCMailboxFlags msRTCSIP-OptionFlags";
const TRUTH: &str = "isCriticalSystemObject showInAdvancedViewOnly isDeleted isRecycled msExchHideFromAddressLists \
    msExchRequireAuthToSendTo mDBUseDefaults reportToOriginator deliverAndRedirect oOFReplyToOriginator hideDLMembership \
    msRTCSIP-UserEnabled isGlobalCatalogReady";
const OCTETS: &str = "objectGUID objectSid mS-DS-ConsistencyGuid msExchMasterAccountSid msExchMailboxGuid \
    msExchMailboxSecurityDescriptor msRTCSIP-OriginatorSid thumbnailPhoto";
const OCTETS_MANY: &str = "userCertificate sIDHistory userSMIMECertificate";
const TIME: &str = "whenCreated whenChanged msExchWhenMailboxCreated";
const TIMES: &str = "dSCorePropagationData";

const CASELESS: &str = "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX S:15";
/// Active Directory compares them without regard to case; here two that differ only by case must fit into one object.
const EXACT: &str = "EQUALITY caseExactMatch SUBSTR caseExactSubstringsMatch SYNTAX S:15";
const DN: &str = "EQUALITY distinguishedNameMatch SYNTAX S:12";
const INTEGER: &str = "EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX S:27";
const BOOLEAN: &str = "EQUALITY booleanMatch SYNTAX S:7";
const OCTET_STRING: &str = "EQUALITY octetStringMatch SYNTAX S:40";
const GENERALIZED_TIME: &str =
    "EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX S:24";

/// Names of attributes, their syntax, whether one object may hold several values.
const ATTRIBUTES: &[(&str, &str, bool)] = &[
    (TEXT, CASELESS, false),
    (TEXTS, CASELESS, true),
    ("proxyAddresses", EXACT, true),
    (NAME, DN, false),
    (NAMES, DN, true),
    (NUMBER, INTEGER, false),
    (TRUTH, BOOLEAN, false),
    (OCTETS, OCTET_STRING, false),
    (OCTETS_MANY, OCTET_STRING, true),
    (TIME, GENERALIZED_TIME, false),
    (TIMES, GENERALIZED_TIME, true),
];

/// Class, the class above it, the attribute that names its objects.
const CLASSES: &[(&str, &str, &str)] = &[
    ("person", "top", "cn"),
    ("organizationalPerson", "person", "cn"),
    ("user", "organizationalPerson", "cn"),
    ("inetOrgPerson", "user", "cn"),
    ("computer", "user", "cn"),
    ("msDS-GroupManagedServiceAccount", "computer", "cn"),
    ("contact", "organizationalPerson", "cn"),
    ("group", "top", "cn"),
    ("msExchDynamicDistributionList", "top", "cn"),
    ("foreignSecurityPrincipal", "top", "cn"),
    ("container", "top", "cn"),
    ("builtinDomain", "top", "cn"),
    ("organizationalUnit", "top", "ou"),
    ("domain", "top", "dc"),
    ("domainDNS", "domain", "dc"),
];

/// The text that slapd includes.
pub fn text() -> String {
    let mut text = String::from(
        "objectidentifier S 1.3.6.1.4.1.1466.115.121.1\nobjectidentifier A 1.3.6.1.4.1.4203.666.99.1\n\
         objectidentifier C 1.3.6.1.4.1.4203.666.99.2\n",
    );
    let mut all = vec!["name", "description", "distinguishedName", "userPassword"];
    for (names, syntax, several) in ATTRIBUTES {
        for name in names.split_whitespace() {
            let number = all.len();
            let single = if *several { "" } else { " SINGLE-VALUE" };
            writeln!(text, "attributetype ( A:{number} NAME '{name}' {syntax}{single} )")
                .expect("a String takes all");
            all.push(name);
        }
    }
    // One attribute a line: slapd cuts physical lines at 2,000 characters.
    let all = all.join(" $\n  ");
    for (number, (class, above, naming)) in CLASSES.iter().enumerate() {
        writeln!(
            text,
            "objectclass ( C:{number} NAME '{class}' SUP {above} STRUCTURAL MUST {naming} MAY ( {all} ) )"
        )
        .expect("a String takes all");
    }
    text
}
