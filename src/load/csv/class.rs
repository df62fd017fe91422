//! The object class of a row, from whatever tells it.
//!
//! Order: the objectClass cell, the `#TYPE` line, sAMAccountType, groupType, the recipient type, and at last the mere
//! existence of a column userPrincipalName (`input-formats` sections 6 and 7, read 2026-11-20).

use csv::ByteRecord;

use super::header::Places;
use super::scalars::{Number, is_type_name, number};
use crate::directory::Class;
use crate::directory::attribute::{RECIPIENT_TYPE_DETAILS, SAM_ACCOUNT_TYPE};
use crate::directory::class::ClassChain;

/// What told the class of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// The objectClass cell or the `#TYPE` line.
    Stated,
    /// The value of another attribute.
    Value,
    /// That there is a column userPrincipalName.
    Column,
    Nothing,
}

/// The class, and what told it.
pub(super) fn of_row(row: &ByteRecord, places: &Places, type_hint: Option<Class>) -> (Class, Sign) {
    let cell = |place: Option<usize>| {
        place.and_then(|index| row.get(index)).filter(|cell| !cell.is_empty() && !is_type_name(cell))
    };
    let stated =
        cell(places.object_class).map(of_names).filter(|class| *class != Class::Unknown).or(type_hint);
    if let Some(class) = stated {
        return (class, Sign::Stated);
    }
    let known = cell(places.sam_account_type)
        .and_then(of_account_type)
        .or_else(|| cell(places.group_type).or(cell(places.group_category)).map(|_| Class::Group))
        .or_else(|| cell(places.recipient_type).and_then(of_recipient_type));
    match known {
        Some(class) => (class, Sign::Value),
        None if places.user_principal_name.is_some() => (Class::User, Sign::Column),
        None => (Class::Unknown, Sign::Nothing),
    }
}

/// The single names of an objectClass cell: one, or a list joined somehow.
pub(super) fn names(cell: &[u8]) -> impl Iterator<Item = &[u8]> {
    cell.split(|byte| b"{};|, \r\n".contains(byte)).filter(|name| !name.is_empty())
}

fn of_names(cell: &[u8]) -> Class {
    let mut chain = ClassChain::default();
    names(cell).for_each(|name| chain.add(name));
    chain.class()
}

const PERSON: &[&str] = &["top", "person", "organizationalPerson"];
const USER: &[&str] = &["top", "person", "organizationalPerson", "user"];
const COMPUTER: &[&str] = &["top", "person", "organizationalPerson", "user", "computer"];

/// The classes above the most specific one, topmost first, as LDIF would list them.
pub(super) fn ancestors(name: &[u8]) -> &'static [&'static str] {
    let is = |own: &str| own.as_bytes().eq_ignore_ascii_case(name);
    match () {
        () if is("user") || is("contact") => PERSON,
        () if is("computer") || is("inetOrgPerson") => USER,
        () if is("msDS-GroupManagedServiceAccount") || is("msDS-ManagedServiceAccount") => COMPUTER,
        () if is("top") => &[],
        () => &["top"],
    }
}

/// What the type named by a `#TYPE` line holds; `None` when it may hold anything.
pub(super) fn of_type_name(name: &[u8]) -> Option<Class> {
    let name = String::from_utf8_lossy(name);
    let name = name.trim();
    let last = name.rsplit(['.', '+']).next()?;
    Some(match last {
        "ADUser" => Class::User,
        "ADGroup" => Class::Group,
        "ADComputer" => Class::Computer,
        "ADServiceAccount" | "ADOrganizationalUnit" | "DynamicDistributionGroup" => Class::Other,
        _ if !name.contains("Microsoft.Exchange.") => return None,
        "Mailbox" | "CASMailbox" | "RemoteMailbox" | "MailUser" | "User" | "LinkedUser" => Class::User,
        "MailContact" | "Contact" => Class::Contact,
        "DistributionGroup" | "WindowsGroup" | "Group" | "ADGroupRecipient" => Class::Group,
        _ => return None,
    })
}

/// `sAMAccountType` as the directory defines it: a user, a machine, or one of four kinds of groups.
fn of_account_type(cell: &[u8]) -> Option<Class> {
    let Number::Exact(value) = number(SAM_ACCOUNT_TYPE, cell) else { return None };
    match value {
        0x3000_0000 => Some(Class::User),
        0x3000_0001 => Some(Class::Computer),
        0x1000_0000 | 0x1000_0001 | 0x2000_0000 | 0x2000_0001 => Some(Class::Group),
        _ => None,
    }
}

/// The object class that a recipient type stands on (`entra-outcomes` section I.1, read 2026-11-20).
fn of_recipient_type(cell: &[u8]) -> Option<Class> {
    const CONTACTS: i64 = 1 << 6 | 1 << 15 | 1 << 17;
    const GROUPS: i64 = 1 << 8 | 1 << 9 | 1 << 10 | 1 << 18 | 1 << 19 | 1 << 20 | 1 << 28 | 1 << 30;
    const OTHERS: i64 = 1 << 11 | 1 << 12 | 1 << 40 | 1 << 43;
    const COMPUTER: i64 = 1 << 32;
    let Number::Exact(value) = number(RECIPIENT_TYPE_DETAILS, cell) else { return None };
    match value {
        0 => None,
        value if value & CONTACTS != 0 => Some(Class::Contact),
        value if value & GROUPS != 0 => Some(Class::Group),
        value if value & OTHERS != 0 => Some(Class::Other),
        value if value & COMPUTER != 0 => Some(Class::Computer),
        _ => Some(Class::User),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_comes_from_the_best_sign() {
        let places = Places {
            object_class: Some(0),
            sam_account_type: Some(1),
            group_category: Some(2),
            recipient_type: Some(3),
            user_principal_name: Some(4),
            ..Places::default()
        };
        let class = |cells: [&str; 5], hint| of_row(&ByteRecord::from(cells.to_vec()), &places, hint);
        assert_eq!(class(["computer", "", "", "", ""], Some(Class::User)), (Class::Computer, Sign::Stated));
        assert_eq!(class(["", "805306368", "", "", ""], Some(Class::Group)), (Class::Group, Sign::Stated));
        assert_eq!(class(["System.Object[]", "805306369", "", "", ""], None), (Class::Computer, Sign::Value));
        assert_eq!(class(["", "", "Security", "", ""], None), (Class::Group, Sign::Value));
        assert_eq!(class(["", "", "", "MailContact", ""], None), (Class::Contact, Sign::Value));
        assert_eq!(class(["", "", "", "", ""], None), (Class::User, Sign::Column));
        assert_eq!(of_row(&ByteRecord::new(), &Places::default(), None), (Class::Unknown, Sign::Nothing));
    }

    #[test]
    fn class_names_alone_or_in_a_list() {
        assert_eq!(of_names(b"inetOrgPerson"), Class::InetOrgPerson);
        assert_eq!(of_names(b"{top, person, organizationalPerson, user}"), Class::User);
        assert_eq!(of_names(b"msDS-GroupManagedServiceAccount"), Class::Other);
        assert_eq!(ancestors(b"COMPUTER"), ["top", "person", "organizationalPerson", "user"]);
    }

    #[test]
    fn type_lines_name_a_class_or_leave_it_open() {
        let class = |name: &str| of_type_name(name.as_bytes());
        assert_eq!(class(" Selected.Microsoft.ActiveDirectory.Management.ADUser"), Some(Class::User));
        assert_eq!(
            class(" Deserialized.Microsoft.Exchange.Data.Directory.Management.MailContact"),
            Some(Class::Contact)
        );
        assert_eq!(class(" System.Management.Automation.PSCustomObject"), None);
    }
}
