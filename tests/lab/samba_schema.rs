//! The attributes that Exchange and Skype for Business add to the schema of Active Directory, for Samba.
//!
//! One row an attribute; users, groups and contacts get them through the class Mail-Recipient. Numbers and syntaxes are
//! those of public schema dumps (`live-ldap-lab` section 3.3, read 2026-11-25); the number of extensionAttribute14, the cn of the
//! msRTCSIP attributes and what is not indexed are our choice.

use std::fmt::Write as _;

/// Syntax and its number for OM.
type Syntax = (&'static str, u8);

const TEXT: Syntax = ("2.5.5.12", 64);
const INTEGER: Syntax = ("2.5.5.9", 2);
const LARGE_INTEGER: Syntax = ("2.5.5.16", 65);
const BOOLEAN: Syntax = ("2.5.5.8", 1);
const OCTETS: Syntax = ("2.5.5.10", 4);
const SID: Syntax = ("2.5.5.17", 4);

/// `lDAPDisplayName`, `cn`, `attributeID` without its first numbers (see [`PREFIXES`]), syntax, `searchFlags`.
const ATTRIBUTES: &[(&str, &str, &str, Syntax, u8)] = &[
    ("mailNickname", "ms-Exch-Mail-Nickname", "P.2.447", TEXT, 5),
    ("targetAddress", "ms-Exch-Target-Address", "P.2.352", TEXT, 1),
    ("msExchRecipientTypeDetails", "ms-Exch-Recipient-Type-Details", "E.50855", LARGE_INTEGER, 1),
    ("msExchRecipientDisplayType", "ms-Exch-Recipient-Display-Type", "E.50730", INTEGER, 1),
    ("msExchRemoteRecipientType", "ms-Exch-Remote-Recipient-Type", "E.51611", LARGE_INTEGER, 0),
    ("msExchMasterAccountSid", "ms-Exch-Master-Account-Sid", "E.81", SID, 9),
    ("msExchHideFromAddressLists", "ms-Exch-Hide-From-Address-Lists", "E.73", BOOLEAN, 16),
    ("msExchHomeServerName", "ms-Exch-Home-Server-Name", "E.47", TEXT, 25),
    ("msExchMailboxGuid", "ms-Exch-Mailbox-Guid", "E.11058", OCTETS, 9),
    ("msExchUsageLocation", "ms-Exch-Usage-Location", "E.51767", TEXT, 0),
    ("msExchRequireAuthToSendTo", "ms-Exch-RequireAuthToSendTo", "P.4.5062", BOOLEAN, 0),
    ("msRTCSIP-PrimaryUserAddress", "ms-RTC-SIP-PrimaryUserAddress", "R.1", TEXT, 1),
    ("msRTCSIP-UserEnabled", "ms-RTC-SIP-UserEnabled", "R.6", BOOLEAN, 1),
    ("msRTCSIP-OriginatorSid", "ms-RTC-SIP-OriginatorSid", "R.50", SID, 1),
    ("msRTCSIP-Line", "ms-RTC-SIP-Line", "R.88", TEXT, 1),
    ("msDS-ExternalDirectoryObjectId", "ms-DS-External-Directory-Object-Id", "P.4.2310", TEXT, 9),
];

const PREFIXES: [(&str, &str); 3] =
    [("P.", "1.2.840.113556.1."), ("E.", "1.2.840.113556.1.4.7000.102."), ("R.", "1.2.840.113556.1.6.24.1.")];

/// What `ldbadd` takes: the attributes.
pub fn attributes(base: &str) -> String {
    let mut text = String::new();
    for (name, cn, number, syntax, flags) in ATTRIBUTES {
        write_attribute(&mut text, base, [name, cn, &whole(number)], *syntax, *flags);
    }
    for number in 1..=15 {
        let last = if number <= 10 { 422 + number } else { 588 + number };
        let [name, cn] =
            ["extensionAttribute", "ms-Exch-Extension-Attribute-"].map(|name| format!("{name}{number}"));
        write_attribute(&mut text, base, [&name, &cn, &whole(&format!("P.2.{last}"))], TEXT, 16);
    }
    text
}

fn whole(number: &str) -> String {
    let (short, long) = PREFIXES.into_iter().find(|(short, _)| number.starts_with(short)).expect("a prefix");
    number.replacen(short, long, 1)
}

fn write_attribute(
    text: &mut String,
    base: &str,
    [name, cn, number]: [&str; 3],
    (syntax, om): Syntax,
    flags: u8,
) {
    write!(
        text,
        "dn: CN={cn},CN=Schema,CN=Configuration,{base}\nobjectClass: top\nobjectClass: attributeSchema\ncn: {cn}\n\
         lDAPDisplayName: {name}\nattributeID: {number}\nattributeSyntax: {syntax}\noMSyntax: {om}\n\
         isSingleValued: TRUE\nsearchFlags: {flags}\nisMemberOfPartialAttributeSet: TRUE\nadminDisplayName: {cn}\n\
         showInAdvancedViewOnly: TRUE\n\n"
    )
    .expect("a String takes all");
}

/// What `ldbmodify` takes: the class that may have them.
pub fn class(base: &str) -> String {
    let mut text = format!(
        "dn: CN=Mail-Recipient,CN=Schema,CN=Configuration,{base}\nchangetype: modify\nadd: mayContain\n"
    );
    let extension = (1..=15).map(|number| format!("extensionAttribute{number}"));
    for name in ATTRIBUTES.iter().map(|row| row.0.to_owned()).chain(extension) {
        writeln!(text, "mayContain: {name}").expect("a String takes all");
    }
    text
}
