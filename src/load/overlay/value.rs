//! Attributes and values of change records, as the directory stores them.

use std::sync::PoisonError;

use super::record::Misfit;
use crate::directory::{AttributeId, Syntax, ValueFlags, attribute, dn};
use crate::load::Context;
use crate::load::convert::to_stored_form;
use crate::load::ldif::change::ChangeLine;
use crate::load::ldif::value::options;
use crate::load::names::{NameTable, Role};

/// An attribute that a record names.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    /// `None` when nobody asked for its values: then the loaded objects do not have them either.
    pub(super) id: Option<AttributeId>,
    pub(super) syntax: Syntax,
    pub(super) role: Role,
    /// As written.
    pub(super) name: String,
}

/// Attributes of which the schema allows one value (`[MS-ADA1]` to `[MS-ADA3]`, read 2026-11-20). Not taken from
/// [`crate::directory::AttributeNames`]: rules treat more as single than the schema does.
const SINGLE: [AttributeId; 14] = [
    attribute::CONSISTENCY_GUID,
    attribute::OBJECT_GUID,
    attribute::OBJECT_SID,
    attribute::CN,
    attribute::SAM_ACCOUNT_NAME,
    attribute::USER_PRINCIPAL_NAME,
    attribute::USER_ACCOUNT_CONTROL,
    attribute::MAIL,
    attribute::MAIL_NICKNAME,
    attribute::TARGET_ADDRESS,
    attribute::DISPLAY_NAME,
    attribute::GROUP_TYPE,
    attribute::MANAGED_BY,
    attribute::MANAGER,
];

impl Attribute {
    /// Looks a name up. An unknown one is interned when all attributes are kept.
    pub(super) fn find(
        name: &[u8],
        option_text: &[u8],
        table: &mut NameTable,
        context: &Context<'_>,
    ) -> Self {
        let language = options(option_text).language;
        let whole = if language { [name, option_text].concat() } else { name.to_vec() };
        let found = table.find_or_intern(&whole, context.names);
        // The directory refuses a wrong value also of an attribute that was not loaded.
        let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
        let syntax = names.lookup(name).map_or(Syntax::Text, |id| names.syntax(id));
        Self {
            id: found.and_then(|found| found.keep),
            syntax: if language { Syntax::Text } else { syntax },
            role: found.map_or(Role::None, |found| found.role),
            name: String::from_utf8_lossy(&whole).into_owned(),
        }
    }

    /// Whether the directory takes one value only.
    pub(super) fn is_single(&self) -> bool {
        self.id.is_some_and(|id| SINGLE.contains(&id))
    }

    /// The stored form of a value, or why the directory would refuse it.
    pub(super) fn stored(&self, value: &ChangeLine) -> Result<Vec<u8>, Misfit> {
        let refuse = |text: &str| Err(Misfit::new(value.line, format!("{}: {text}", self.name)));
        if value.too_long {
            return refuse("the value is longer than the limit");
        }
        if value.flags.contains(ValueFlags::BASE64_INVALID) {
            return refuse("the value is marked as base64 but is not");
        }
        if value.flags.contains(ValueFlags::EXTERNAL) {
            return Ok(Vec::new());
        }
        let bytes = value.bytes.as_slice();
        if bytes.is_empty() {
            return refuse("an empty value is none; to remove all values, name the attribute alone");
        }
        match self.syntax {
            Syntax::Guid | Syntax::Sid => self.identifier(value),
            Syntax::Reference => match dn::Extended::read(bytes).dn {
                dn if dn.contains(&b'=') => Ok(dn.to_vec()),
                _ => refuse("the value is no distinguished name"),
            },
            Syntax::Integer if integer(bytes).is_none() => refuse("the value is no whole number"),
            Syntax::Boolean if !is_boolean(bytes) => refuse("the value is neither TRUE nor FALSE"),
            _ => Ok(bytes.to_vec()),
        }
    }

    fn identifier(&self, value: &ChangeLine) -> Result<Vec<u8>, Misfit> {
        let mut stored = Vec::new();
        let known = to_stored_form(self.syntax, &value.bytes, &mut stored);
        if known {
            return Ok(stored);
        }
        let what = if self.syntax == Syntax::Guid { "GUID" } else { "SID" };
        Err(Misfit::new(value.line, format!("{}: the value is no {what} in any known form", self.name)))
    }

    /// Whether the directory takes both for the same value.
    pub(super) fn same(&self, a: &[u8], b: &[u8]) -> bool {
        match self.syntax {
            _ if a == b => true,
            Syntax::Binary | Syntax::Guid | Syntax::Sid => false,
            Syntax::Reference => dn::same(a, b),
            Syntax::Integer => integer(a).is_some_and(|number| integer(b) == Some(number)),
            Syntax::Text | Syntax::Boolean | Syntax::Time => same_text(a, b),
        }
    }
}

/// The number that a value is.
pub(super) fn integer(bytes: &[u8]) -> Option<i64> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}

fn is_boolean(bytes: &[u8]) -> bool {
    bytes.eq_ignore_ascii_case(b"TRUE") || bytes.eq_ignore_ascii_case(b"FALSE")
}

fn same_text(a: &[u8], b: &[u8]) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    String::from_utf8_lossy(a).to_lowercase() == String::from_utf8_lossy(b).to_lowercase()
}
