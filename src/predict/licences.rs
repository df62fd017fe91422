//! Which users will carry an Exchange licence: what the settings say, resolved once against a simulation.
//!
//! An entry of the list that is the DN of a group means its direct members: group-based licensing reaches no nested
//! groups, and a primary group holds nobody in `member`. Any other entry means the objects at or below its DN.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use crate::config::ExchangeLicensed;
use crate::directory::dn::{self, Subtrees};
use crate::directory::{Class, Directory, ObjectId, attribute};
use crate::sync::{MetaverseId, Simulation};

/// Who will carry an Exchange licence.
#[derive(Debug)]
pub(super) enum Licensed {
    /// Every user.
    All,
    /// Nobody.
    None,
    /// Those of a list.
    Listed {
        /// Where they are.
        units: Subtrees,
        /// Members of groups, by the number of their metaverse object.
        members: HashSet<u32>,
    },
}

impl Licensed {
    /// With sentences about entries of the list that mean nobody. Linear in objects, and in the members of the groups.
    pub(super) fn new(setting: &ExchangeLicensed, simulation: &Simulation<'_>) -> (Self, Vec<String>) {
        match setting {
            ExchangeLicensed::All => (Self::All, Vec::new()),
            ExchangeLicensed::None => (Self::None, Vec::new()),
            ExchangeLicensed::Listed(entries) => {
                let named = Named::find(entries, simulation.directory());
                let units = entries.iter().filter(|entry| named.groups_of(entry).is_none());
                let members = named.groups.values().flatten().flat_map(|group| members(simulation, *group));
                let licensed = Self::Listed { units: Subtrees::new(units), members: members.collect() };
                (licensed, named.notices(entries, simulation.directory()))
            }
        }
    }

    /// Whether the user of a metaverse object is one of them.
    pub(super) fn contains(&self, simulation: &Simulation<'_>, metaverse: MetaverseId) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Listed { units, members } => {
                let principal = simulation.directory().object(simulation.principal(metaverse));
                members.contains(&metaverse.0) || units.contains(principal.dn())
            }
        }
    }
}

/// The metaverse objects of the direct members of a group; references never leave their forest.
fn members<'s>(simulation: &'s Simulation<'_>, group: ObjectId) -> impl Iterator<Item = u32> + 's {
    let group = simulation.directory().object(group);
    let found = group.values(attribute::MEMBER).filter_map(move |value| {
        let member = simulation.find(group.forest(), value.bytes)?;
        simulation.metaverse_of(member)
    });
    found.map(|metaverse| metaverse.0)
}

/// What the entries of the list are in the input. An entry goes by the position of the first with the same DN.
struct Named {
    roots: Subtrees,
    /// Entries that are an object, or have one below them.
    populated: BTreeSet<usize>,
    /// Entries that are groups; one DN may be a group in several forests.
    groups: BTreeMap<usize, Vec<ObjectId>>,
}

impl Named {
    fn find(entries: &[String], directory: &Directory) -> Self {
        let roots = Subtrees::new(entries);
        let count = u32::try_from(directory.len()).expect("object numbers are 32 bits");
        let look = |number: u32| {
            let object = directory.object(ObjectId(number));
            let position = roots.nearest(object.dn())?;
            let is_group = object.class() == Class::Group
                && entries.get(position).is_some_and(|entry| dn::same(entry.as_bytes(), object.dn()));
            Some((position, is_group.then_some(object.id())))
        };
        let (mut populated, groups) = (0..count)
            .into_par_iter()
            .filter_map(look)
            .fold(Found::default, |(mut populated, mut groups), (position, group)| {
                populated.insert(position);
                groups.extend(group.map(|group| (position, group)));
                (populated, groups)
            })
            .reduce(Found::default, |(mut populated, mut groups), (others, more)| {
                populated.extend(others);
                groups.extend(more);
                (populated, groups)
            });
        for position in populated.clone() {
            mark_enclosing(position, entries, &roots, &mut populated);
        }
        let mut by_entry: BTreeMap<usize, Vec<ObjectId>> = BTreeMap::new();
        for (position, group) in groups {
            by_entry.entry(position).or_default().push(group);
        }
        Self { roots, populated, groups: by_entry }
    }

    fn groups_of(&self, entry: &str) -> Option<&[ObjectId]> {
        self.groups.get(&self.roots.nearest(entry.as_bytes())?).map(Vec::as_slice)
    }

    fn is_populated(&self, entry: &str) -> bool {
        self.roots.nearest(entry.as_bytes()).is_some_and(|position| self.populated.contains(&position))
    }

    fn notices(&self, entries: &[String], directory: &Directory) -> Vec<String> {
        let has_members = |group: &ObjectId| directory.object(*group).first(attribute::MEMBER).is_some();
        let is_empty =
            |entry: &&String| self.groups_of(entry).is_some_and(|groups| !groups.iter().any(has_members));
        let unknown = entries.iter().filter(|entry| !self.is_populated(entry));
        let empty = entries.iter().filter(is_empty);
        let notices = [
            notice("names nothing in the input", unknown),
            notice("names a group that has no members in the input", empty),
        ];
        notices.into_iter().flatten().collect()
    }
}

/// Entries with objects, and groups by entry.
type Found = (BTreeSet<usize>, Vec<(usize, ObjectId)>);

/// An entry that holds something makes those around it hold something. Each entry is visited once.
fn mark_enclosing(
    mut position: usize,
    entries: &[String],
    roots: &Subtrees,
    populated: &mut BTreeSet<usize>,
) {
    let enclosing = |position: usize| roots.nearest(dn::parent(entries.get(position)?.as_bytes())?);
    while let Some(next) = enclosing(position) {
        if !populated.insert(next) {
            return;
        }
        position = next;
    }
}

/// One sentence, with the first of the entries.
fn notice<'e>(problem: &str, mut entries: impl Iterator<Item = &'e String>) -> Option<String> {
    let first = entries.next()?;
    let more = match entries.count() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(format!("[tenant] exchange-licensed {problem}: {first}{more}"))
}
