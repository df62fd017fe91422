//! Which attribute names mean something to a loader: a table that says no to nearly all lines after two letters.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use crate::directory::attribute::SECRETS;
use crate::directory::{AttributeId, AttributeNames, Syntax, WantedAttributes};

/// What a name does beside being stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    None,
    /// Starts a record.
    Dn,
    ObjectClass,
    DistinguishedName,
    SamAccountName,
    SamAccountType,
    GroupType,
    ObjectCategory,
    ObjectGuid,
    ObjectSid,
    /// Must not be kept.
    Secret,
    Changetype,
    Control,
    Version,
    /// `search:` of a trailer.
    Search,
    /// `result:` of a trailer.
    Result,
    /// `ref:` of a search reference.
    Reference,
}

const ROLES: [(&str, Role); 15] = [
    ("dn", Role::Dn),
    ("objectClass", Role::ObjectClass),
    ("distinguishedName", Role::DistinguishedName),
    ("sAMAccountName", Role::SamAccountName),
    ("sAMAccountType", Role::SamAccountType),
    ("groupType", Role::GroupType),
    ("objectCategory", Role::ObjectCategory),
    ("objectGUID", Role::ObjectGuid),
    ("objectSid", Role::ObjectSid),
    ("changetype", Role::Changetype),
    ("control", Role::Control),
    ("version", Role::Version),
    ("search", Role::Search),
    ("result", Role::Result),
    ("ref", Role::Reference),
];

/// What is known about a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Where its values go; `None` when they are not stored.
    pub(super) keep: Option<AttributeId>,
    pub(super) syntax: Syntax,
    pub(super) role: Role,
}

#[derive(Debug, Clone)]
struct Entry {
    ends: (u64, u64),
    name: Box<str>,
    found: Found,
}

const CELLS: usize = 1 << 10;

/// Names by their first two letters and length.
#[derive(Debug, Clone)]
pub(super) struct NameTable {
    /// Per two letters: bit `n` is set when a name of `n` characters is in the table (63: or more).
    lengths: Vec<u64>,
    entries: Vec<Vec<Entry>>,
    /// Names that are not in the table are interned and kept.
    keeps_all: bool,
    /// Names from this number on were interned during the load.
    first_new: usize,
    /// New names met since [`NameTable::take_spellings`], as spelled.
    met: BTreeSet<AttributeId>,
    spellings: Vec<(AttributeId, Box<str>)>,
}

fn cell(name: &[u8]) -> usize {
    let letter = |index: usize| usize::from(name.get(index).copied().unwrap_or_default() & 31);
    letter(0) << 5 | letter(1)
}

/// The first and the last eight bytes of a name in one register each: two comparisons settle names of up to 16 letters.
#[inline]
fn ends(name: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    (name.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
}

fn length_bit(name: &[u8]) -> u64 {
    1 << name.len().min(63)
}

impl NameTable {
    /// The table for a run.
    pub(super) fn new(wanted: &WantedAttributes, names: &AttributeNames) -> Self {
        let mut table = Self {
            lengths: vec![0; CELLS],
            entries: vec![Vec::new(); CELLS],
            keeps_all: matches!(wanted, WantedAttributes::All),
            first_new: names.len(),
            met: BTreeSet::new(),
            spellings: Vec::new(),
        };
        // An export must never lose its tombstones' mark, whatever the rules ask for.
        let always = crate::directory::attribute::IS_DELETED;
        for id in (0..names.len()).filter_map(|index| u16::try_from(index).ok()).map(AttributeId) {
            let name = names.name(id);
            let role = ROLES
                .iter()
                .find(|(own, _)| own.eq_ignore_ascii_case(name))
                .map_or(Role::None, |(_, role)| *role);
            let kept = (wanted.contains(id) || id == always) && role != Role::Dn;
            if kept || role != Role::None {
                table.put(name, Found { keep: kept.then_some(id), syntax: names.syntax(id), role });
            }
        }
        for (name, role) in ROLES {
            if table.find(name.as_bytes()).is_none() {
                table.put(name, Found { keep: None, syntax: Syntax::Text, role });
            }
        }
        for name in SECRETS {
            table.put(name, Found { keep: None, syntax: Syntax::Binary, role: Role::Secret });
        }
        table
    }

    fn put(&mut self, name: &str, found: Found) {
        let cell = cell(name.as_bytes());
        if let (Some(lengths), Some(entries)) = (self.lengths.get_mut(cell), self.entries.get_mut(cell)) {
            *lengths |= length_bit(name.as_bytes());
            entries.retain(|entry| !entry.name.eq_ignore_ascii_case(name));
            entries.push(Entry { ends: ends(name.as_bytes()), name: name.into(), found });
        }
    }

    /// False when the name is certainly not in the table.
    #[inline]
    pub(super) fn may_hold(&self, name: &[u8]) -> bool {
        self.keeps_all || self.lengths.get(cell(name)).is_some_and(|lengths| lengths & length_bit(name) != 0)
    }

    /// What is known about a name.
    #[inline]
    pub(super) fn find(&self, name: &[u8]) -> Option<Found> {
        let entries = self.entries.get(cell(name))?;
        // Files spell names as the schema does: an exact look first.
        let own_ends = ends(name);
        let exact = entries.iter().find(|entry| {
            entry.ends == own_ends
                && entry.name.len() == name.len()
                && (name.len() <= 16 || entry.name.as_bytes() == name)
        });
        let any_case = || entries.iter().find(|entry| entry.name.as_bytes().eq_ignore_ascii_case(name));
        exact.or_else(any_case).map(|entry| entry.found)
    }

    /// What is known about a name; when every attribute is kept, a name not met before is interned.
    pub(super) fn find_or_intern(&mut self, name: &[u8], names: &RwLock<AttributeNames>) -> Option<Found> {
        let found = match self.find(name) {
            Some(found) => found,
            None if self.keeps_all => self.intern(name, names)?,
            None => return None,
        };
        if self.keeps_all {
            self.note_spelling(found, name);
        }
        Some(found)
    }

    fn intern(&mut self, name: &[u8], names: &RwLock<AttributeNames>) -> Option<Found> {
        let text = std::str::from_utf8(name).ok()?;
        let mut names = names.write().unwrap_or_else(PoisonError::into_inner);
        let id = names.intern(text)?;
        let found = Found { keep: Some(id), syntax: names.syntax(id), role: Role::None };
        self.put(text, found);
        Some(found)
    }

    fn note_spelling(&mut self, found: Found, name: &[u8]) {
        let Some(id) = found.keep else { return };
        if usize::from(id.0) >= self.first_new && self.met.insert(id) {
            self.spellings.push((id, String::from_utf8_lossy(name).into()));
        }
    }

    /// New names met since the last call, each as first spelled.
    pub(super) fn take_spellings(&mut self) -> Vec<(AttributeId, Box<str>)> {
        self.met.clear();
        std::mem::take(&mut self.spellings)
    }
}
