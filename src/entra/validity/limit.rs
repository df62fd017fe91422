//! The lengths, counts and sizes that Entra ID accepts, as data.
//!
//! `tshoot-connect-sync-errors.md` (read 2026-11-25): an attribute beyond the length or count that the directory
//! allows ends in `ExceededAllowedLength` or `LargeObject`, and no change of the object is exported until it is
//! corrected. Which length that is stands in the documents named here (`entra-outcomes` section D.1, same date); where
//! two differ the choice follows section D.4.

use ObjectType::{Contact, Group, User};

/// Entra object types that have limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectType {
    /// `user`
    User,
    /// `group`
    Group,
    /// `contact`
    Contact,
}

impl ObjectType {
    /// The type of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "user" => Some(User),
            "group" => Some(Group),
            "contact" => Some(Contact),
            _ => None,
        }
    }
}

/// The longest value of one attribute.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// On-premises attribute that supplies it.
    pub attribute: &'static str,
    /// Name in the export.
    pub exported: &'static str,
    /// Object types it is documented for.
    pub types: &'static [ObjectType],
    /// Most characters.
    pub max_chars: u32,
    /// Document that gives the figure.
    pub source: &'static str,
}

const fn limit(
    attribute: &'static str,
    exported: &'static str,
    types: &'static [ObjectType],
    max_chars: u32,
    source: &'static str,
) -> Limit {
    Limit { attribute, exported, types, max_chars, source }
}

const ALL: &[ObjectType] = &[User, Group, Contact];
const PERSONS: &[ObjectType] = &[User, Contact];
const USERS: &[ObjectType] = &[User];
const PREPARE: &str = "prepare-for-directory-synchronization.md";
const GRAPH: &str = "user.md";
const EXCHANGE: &str = "Set-Mailbox.md";

/// Every documented length. Those of the user principal name are in its rule: they are of its parts.
pub const LIMITS: &[Limit] = &[
    limit("displayName", "displayName", ALL, 256, PREPARE),
    limit("givenName", "givenName", PERSONS, 64, PREPARE),
    limit("sn", "surname", PERSONS, 64, GRAPH),
    limit("mail", "mail", ALL, 256, PREPARE),
    limit("mailNickname", "alias", ALL, 64, PREPARE),
    limit("proxyAddresses", "proxyAddresses", ALL, 256, PREPARE),
    limit("targetAddress", "targetAddress", PERSONS, 256, PREPARE),
    limit("title", "title", PERSONS, 128, GRAPH),
    limit("department", "department", USERS, 64, GRAPH),
    limit("company", "company", USERS, 64, GRAPH),
    limit("mobile", "mobile", USERS, 64, GRAPH),
    limit("l", "city", USERS, 128, GRAPH),
    limit("st", "state", USERS, 128, GRAPH),
    limit("co", "country", USERS, 128, GRAPH),
    limit("postalCode", "postalCode", USERS, 40, GRAPH),
    limit("streetAddress", "streetAddress", USERS, 1024, GRAPH),
    limit("extensionAttribute1", "extensionAttribute1", ALL, 1024, EXCHANGE),
    limit("extensionAttribute2", "extensionAttribute2", ALL, 1024, EXCHANGE),
    limit("extensionAttribute3", "extensionAttribute3", ALL, 1024, EXCHANGE),
    limit("extensionAttribute4", "extensionAttribute4", ALL, 1024, EXCHANGE),
    limit("extensionAttribute5", "extensionAttribute5", ALL, 1024, EXCHANGE),
    limit("extensionAttribute6", "extensionAttribute6", ALL, 1024, EXCHANGE),
    limit("extensionAttribute7", "extensionAttribute7", ALL, 1024, EXCHANGE),
    limit("extensionAttribute8", "extensionAttribute8", ALL, 1024, EXCHANGE),
    limit("extensionAttribute9", "extensionAttribute9", ALL, 1024, EXCHANGE),
    limit("extensionAttribute10", "extensionAttribute10", ALL, 1024, EXCHANGE),
    limit("extensionAttribute11", "extensionAttribute11", ALL, 1024, EXCHANGE),
    limit("extensionAttribute12", "extensionAttribute12", ALL, 1024, EXCHANGE),
    limit("extensionAttribute13", "extensionAttribute13", ALL, 1024, EXCHANGE),
    limit("extensionAttribute14", "extensionAttribute14", ALL, 1024, EXCHANGE),
    limit("extensionAttribute15", "extensionAttribute15", ALL, 1024, EXCHANGE),
];

/// Most values of userCertificate and of userSMIMECertificate: `tshoot-connect-largeobjecterror-usercertificate.md`.
pub const MAX_CERTIFICATES: usize = 15;

/// Most addresses that fit on a user that has nothing else, "about": `tshoot-connect-sync-errors.md`.
pub const MAX_PROXY_ADDRESSES: usize = 332;

/// Largest photo, 100 KB: `troubleshoot-aad-connect-objects-attributes.md`.
pub const MAX_PHOTO_BYTES: usize = 100 * 1024;
