//! The header row: which column is which attribute.
//!
//! Several headers can stand for one attribute (`mail`, `EmailAddress`, `WindowsEmailAddress`); the attribute's own
//! name is preferred, then the first property. Everything is decided here once, so that a row is only walked over.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use csv::ByteRecord;

use super::names::{self, Property};
use super::notes::{Note, Notes};
use crate::directory::attribute::{self, SECRETS};
use crate::directory::{AttributeId, AttributeNames, AttributeSet, InputFormat, Syntax, WantedAttributes};
use crate::load::Context;

/// How a cell is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Splitting {
    /// One value.
    One,
    /// csvde's `;` and `\;`.
    Escaped,
    /// Mail addresses, joined somehow.
    Addresses,
    /// Distinguished names, joined somehow.
    References,
    /// Values without blanks, joined somehow.
    Words,
    /// Free text, joined somehow.
    Texts,
}

/// `range=LOW-HIGH` of a column name; no high end is `*`, the last slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slice {
    pub low: u64,
    pub high: Option<u64>,
}

/// A column whose cells become values.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Cell of the row, from 0.
    pub index: usize,
    /// The header, for messages.
    pub name: String,
    pub attribute: AttributeId,
    pub syntax: Syntax,
    pub splitting: Splitting,
    pub slice: Option<Slice>,
    /// Exchange shows sixteen zero bytes where the directory has no value.
    pub zero_is_absent: bool,
    /// Holds a moment as a number, which PowerShell may show as a date.
    pub is_filetime: bool,
}

/// Cells that a row needs for more than a value, whether their attribute is kept or not.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub dn: Option<usize>,
    pub object_class: Option<usize>,
    pub sam_account_type: Option<usize>,
    pub recipient_type: Option<usize>,
    pub group_type: Option<usize>,
    pub group_category: Option<usize>,
    pub group_scope: Option<usize>,
    pub user_principal_name: Option<usize>,
    /// Only where there is no userAccountControl.
    pub enabled: Option<usize>,
    /// objectGUID, sAMAccountName, userPrincipalName and mail.
    pub identity: Vec<usize>,
}

/// A header row, understood.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    /// The row as written.
    pub cells: ByteRecord,
    /// Cells up to the last one that is not empty.
    pub named_cells: usize,
    /// Columns to be kept, in the order of the row.
    pub columns: Vec<Column>,
    pub places: Places,
    /// Every attribute that the file has a column for, kept or not.
    pub occurring: AttributeSet,
}

impl Header {
    /// Whether rows can be told apart.
    pub(super) fn has_identity(&self) -> bool {
        self.places.dn.is_some() || !self.places.identity.is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Attribute(AttributeId),
    Enabled,
    GroupCategory,
    GroupScope,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Mapped by the user.
    Mapped,
    /// The attribute's own name.
    Attribute,
    Property,
    Substitute,
}

/// One header cell that means something.
#[derive(Debug, Clone)]
struct Entry {
    index: usize,
    name: String,
    target: Target,
    rank: Rank,
    slice: Option<Slice>,
}

/// Understands a header row.
pub(super) fn resolve(
    cells: &ByteRecord,
    line: u64,
    format: InputFormat,
    context: &Context<'_>,
    notes: &mut Notes,
) -> Header {
    let mut seen = BTreeSet::new();
    let mut entries: Vec<Entry> = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        let name = names::clean(cell);
        if name.is_empty() {
            continue;
        }
        if !seen.insert(name.to_lowercase()) {
            notes.add(Note::DUPLICATE_COLUMN, line, &name);
        } else if SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(names::base_name(&name))) {
            notes.add(Note::SECRET_DROPPED, line, &name);
        } else if let Some((target, rank, slice)) = meaning(&name, format, context) {
            entries.push(Entry { index, name, target, rank, slice });
        }
    }
    let entries = preferred(&entries);
    let places = places(&entries);
    if entries.iter().any(|entry| entry.rank == Rank::Substitute) {
        notes.add(Note::MAIL_SUBSTITUTED, line, "");
    }
    let (columns, occurring) = columns(&entries, &places, format, context);
    let named_cells = cells.len() - cells.iter().rev().take_while(|cell| cell.is_empty()).count();
    Header { cells: cells.clone(), named_cells, columns, places, occurring }
}

/// What a header means, from the first table that knows it.
fn meaning(name: &str, format: InputFormat, context: &Context<'_>) -> Option<(Target, Rank, Option<Slice>)> {
    if let Some(attribute) = context.options.map.attribute(name) {
        return Some((Target::Attribute(attribute_id(attribute, context)?), Rank::Mapped, None));
    }
    let property = (format == InputFormat::Csv).then(|| names::property(name)).flatten();
    let (attribute, rank) = match property {
        Some(Property::Ignored) => return None,
        Some(Property::Enabled) => return Some((Target::Enabled, Rank::Property, None)),
        Some(Property::GroupCategory) => return Some((Target::GroupCategory, Rank::Property, None)),
        Some(Property::GroupScope) => return Some((Target::GroupScope, Rank::Property, None)),
        Some(Property::Attribute(attribute)) => (attribute, Rank::Property),
        Some(Property::Substitute(attribute)) => (attribute, Rank::Substitute),
        None => (name, Rank::Attribute),
    };
    let (attribute, slice) = without_options(attribute)?;
    let id = attribute_id(attribute, context)?;
    Some((Target::Attribute(id), rank, slice))
}

/// Takes off `;binary` and `;range=`; `None` for values in another language, which no rule reads.
fn without_options(name: &str) -> Option<(&str, Option<Slice>)> {
    let mut parts = name.split(';').map(str::trim);
    let base = parts.next()?;
    let mut slice = None;
    for option in parts.map(str::to_ascii_lowercase) {
        if let Some(range) = option.strip_prefix("range=") {
            let (low, high) = range.split_once('-')?;
            slice = Some(Slice { low: low.parse().ok()?, high: high.parse().ok() });
        } else if option.starts_with("lang-") {
            return None;
        }
    }
    Some((base, slice))
}

fn attribute_id(name: &str, context: &Context<'_>) -> Option<AttributeId> {
    let known = context.names.read().unwrap_or_else(PoisonError::into_inner).lookup(name.as_bytes());
    match context.wanted {
        WantedAttributes::All if known.is_none() => {
            context.names.write().unwrap_or_else(PoisonError::into_inner).intern(name)
        }
        _ => known,
    }
}

/// One entry per target, the best; slices of an attribute stay beside it.
fn preferred(entries: &[Entry]) -> Vec<Entry> {
    let is_beaten = |entry: &Entry| {
        entries.iter().any(|other| {
            other.slice.is_none()
                && entry.slice.is_none()
                && other.target == entry.target
                && (other.rank, other.index) < (entry.rank, entry.index)
        })
    };
    entries.iter().filter(|entry| !is_beaten(entry)).cloned().collect()
}

fn places(entries: &[Entry]) -> Places {
    let of = |target: Target| entries.iter().find(|entry| entry.target == target).map(|entry| entry.index);
    let at = |attribute: AttributeId| of(Target::Attribute(attribute));
    let identity = [
        attribute::OBJECT_GUID,
        attribute::SAM_ACCOUNT_NAME,
        attribute::USER_PRINCIPAL_NAME,
        attribute::MAIL,
    ];
    Places {
        dn: at(attribute::DN).or_else(|| at(attribute::DISTINGUISHED_NAME)),
        object_class: at(attribute::OBJECT_CLASS),
        sam_account_type: at(attribute::SAM_ACCOUNT_TYPE),
        recipient_type: at(attribute::RECIPIENT_TYPE_DETAILS),
        group_type: at(attribute::GROUP_TYPE),
        group_category: of(Target::GroupCategory),
        group_scope: of(Target::GroupScope),
        user_principal_name: at(attribute::USER_PRINCIPAL_NAME),
        enabled: of(Target::Enabled).filter(|_| at(attribute::USER_ACCOUNT_CONTROL).is_none()),
        identity: identity.into_iter().filter_map(at).collect(),
    }
}

fn columns(
    entries: &[Entry],
    places: &Places,
    format: InputFormat,
    context: &Context<'_>,
) -> (Vec<Column>, AttributeSet) {
    let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
    let known = AttributeNames::default();
    let mut columns = Vec::new();
    let mut occurring = AttributeSet::default();
    for entry in entries {
        let Target::Attribute(attribute) = entry.target else { continue };
        occurring.insert(attribute);
        let is_special = attribute == attribute::OBJECT_CLASS || attribute == attribute::DN;
        if is_special || !is_kept(attribute, context) {
            continue;
        }
        let name = names.name(attribute);
        let syntax = names.syntax(attribute);
        columns.push(Column {
            index: entry.index,
            name: entry.name.clone(),
            attribute,
            syntax,
            splitting: splitting(attribute, name, syntax, &known, format),
            slice: entry.slice,
            zero_is_absent: syntax == Syntax::Guid && entry.rank > Rank::Attribute,
            is_filetime: FILETIMES.contains(&name),
        });
    }
    if places.enabled.is_some() {
        occurring.insert(attribute::USER_ACCOUNT_CONTROL);
    }
    if places.group_category.is_some() && places.group_scope.is_some() {
        occurring.insert(attribute::GROUP_TYPE);
    }
    (columns, occurring)
}

/// Whether the values of an attribute are kept.
pub(super) fn is_kept(attribute: AttributeId, context: &Context<'_>) -> bool {
    match context.wanted {
        WantedAttributes::All => true,
        WantedAttributes::Only(set) => attribute == attribute::IS_DELETED || set.contains(attribute),
    }
}

const FILETIMES: &[&str] = &["pwdLastSet", "lastLogonTimestamp", "accountExpires"];

/// Multi-valued in the directory (`input-formats` section 11.9, read 2026-11-20) but not in the table of names.
const MULTI_VALUED_TOO: &[&str] = &["url", "dSCorePropagationData"];

fn splitting(
    attribute: AttributeId,
    name: &str,
    syntax: Syntax,
    known: &AttributeNames,
    format: InputFormat,
) -> Splitting {
    // Interned names count as multi-valued because nothing is known of them: that is no reason to cut text in pieces.
    let is_multi_valued = MULTI_VALUED_TOO.iter().any(|own| own.eq_ignore_ascii_case(name))
        || known.lookup(name.as_bytes()).is_some_and(|id| known.is_multi_valued(id));
    match (name, syntax) {
        _ if !is_multi_valued => Splitting::One,
        _ if format == InputFormat::Csvde => Splitting::Escaped,
        ("otherMailbox", _) => Splitting::Addresses,
        _ if attribute == attribute::PROXY_ADDRESSES => Splitting::Addresses,
        ("showInAddressBook", _) | (_, Syntax::Reference) => Splitting::References,
        ("servicePrincipalName", _) => Splitting::Words,
        (_, Syntax::Text) => Splitting::Texts,
        _ => Splitting::Words,
    }
}

/// Whether a row in the middle of a file names columns instead of holding values.
pub(super) fn is_header(row: &ByteRecord, context: &Context<'_>) -> bool {
    let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
    let mut cells = row.iter().filter(|cell| !cell.is_empty());
    let mut is_known = |cell: &[u8]| {
        let name = names::clean(cell);
        context.options.map.attribute(&name).is_some() || names::is_known(&name, &names)
    };
    // Two at least: one word such as `info` may well be the only value of a row.
    cells.next().is_some_and(&mut is_known) && cells.next().is_some_and(&mut is_known) && cells.all(is_known)
}

#[cfg(test)]
mod tests {
    use std::sync::RwLock;

    use super::*;
    use crate::directory::SourceId;
    use crate::load::{InputOptions, Limits};

    fn header(cells: &[&str], wanted: &WantedAttributes, format: InputFormat) -> (Header, Vec<String>) {
        let names = RwLock::new(AttributeNames::default());
        let options = InputOptions::default();
        let (source, limits) = (SourceId(0), Limits::default());
        let context = Context { source, wanted, names: &names, limits, options: &options };
        let header = resolve(&ByteRecord::from(cells.to_vec()), 1, format, &context, &mut Notes::default());
        let names = names.into_inner().unwrap();
        let shown =
            header.columns.iter().map(|c| format!("{}={}", c.name, names.name(c.attribute))).collect();
        (header, shown)
    }

    #[test]
    fn the_own_name_beats_the_property_and_that_the_substitute() {
        let all = WantedAttributes::All;
        let cells = ["PrimarySmtpAddress", "EmailAddress", "mail", "Alias", "SID"];
        let (_, shown) = header(&cells, &all, InputFormat::Csv);
        assert_eq!(shown, ["mail=mail", "Alias=mailNickname", "SID=objectSid"]);
        let (_, shown) = header(&cells[..2], &all, InputFormat::Csv);
        assert_eq!(shown, ["EmailAddress=mail"]);
        let (_, shown) = header(&["mail", "Alias"], &all, InputFormat::Csvde);
        assert_eq!(shown, ["mail=mail", "Alias=alias"]);
    }

    #[test]
    fn only_wanted_attributes_are_kept_but_all_occur() {
        let wanted = WantedAttributes::Only([attribute::MAIL].into_iter().collect());
        let (header, shown) =
            header(&["DN", "mail", "cn", "isDeleted", "no-such"], &wanted, InputFormat::Csvde);
        assert_eq!(shown, ["mail=mail", "isDeleted=isDeleted"]);
        assert!(header.occurring.contains(attribute::CN));
        assert_eq!((header.places.dn, header.places.identity), (Some(0), vec![1]));
    }

    #[test]
    fn slices_stay_beside_their_attribute() {
        let cells = ["DN", "member", "member;range=0-1499", "member;Range=1500-*", "cn;lang-de"];
        let (header, _) = header(&cells, &WantedAttributes::All, InputFormat::Csvde);
        let slices: Vec<_> = header.columns.iter().map(|column| column.slice).collect();
        let (low, high) = (Slice { low: 0, high: Some(1499) }, Slice { low: 1500, high: None });
        assert_eq!(slices, [None, Some(low), Some(high)]);
    }
}
