//! The class of an object that does not state `objectClass`: exports made with a list of attributes often lack it.

use crate::directory::Class;
use crate::load::names::Role;

/// What other attributes say about the class.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::load) struct ClassHint {
    account_type: Option<Class>,
    group: bool,
    category: Option<Class>,
    /// An `objectCategory` that users and contacts share.
    person: bool,
    account: bool,
}

impl ClassHint {
    /// `sAMAccountType` (`[MS-SAMR]` 2.2.1.9, read 2026-11-20): the high bits tell the kind.
    pub(in crate::load) fn account_type(&mut self, value: &[u8]) {
        self.account_type = match value {
            b"805306368" => Some(Class::User),
            b"805306369" => Some(Class::Computer),
            b"268435456" | b"268435457" | b"536870912" | b"536870913" => Some(Class::Group),
            _ => None,
        };
    }

    pub(in crate::load) fn group_type(&mut self) {
        self.group = true;
    }

    pub(in crate::load) fn account_name(&mut self) {
        self.account = true;
    }

    /// `objectCategory`: the name of the class in the schema, as a DN.
    pub(in crate::load) fn category(&mut self, dn: &[u8]) {
        let first = dn.split(|byte| *byte == b',').next().unwrap_or_default();
        let name =
            first.split(|byte| *byte == b'=').nth(1).unwrap_or_default().trim_ascii().to_ascii_lowercase();
        self.person = name == b"person";
        self.category = Some(match name.as_slice() {
            b"group" => Class::Group,
            b"computer" => Class::Computer,
            b"foreign-security-principal" => Class::ForeignSecurityPrincipal,
            b"ms-ds-device" => Class::Device,
            _ => Class::Other,
        });
    }

    /// Takes the value that an attribute has now, or that it has none; attributes that say nothing are passed over.
    pub(in crate::load) fn set(&mut self, role: Role, value: Option<&[u8]>) {
        match (role, value) {
            (Role::SamAccountType, value) => self.account_type(value.unwrap_or_default()),
            (Role::GroupType, value) => self.group = value.is_some(),
            (Role::SamAccountName, value) => self.account = value.is_some(),
            (Role::ObjectCategory, Some(value)) => self.category(value),
            (Role::ObjectCategory, None) => (self.person, self.category) = (false, None),
            _ => {}
        }
    }

    /// The class, as far as these tell.
    pub(in crate::load) fn class(self) -> Class {
        match self {
            Self { account_type: Some(class), .. } => class,
            Self { group: true, .. } => Class::Group,
            Self { person: true, account: true, .. } => Class::User,
            Self { person: true, .. } => Class::Unknown,
            Self { category, .. } => category.unwrap_or(Class::Unknown),
        }
    }
}
