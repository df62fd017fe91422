//! The directory while changes are applied: the loaded objects, and drafts of those that changed.
//!
//! What is needed to find objects by DN is made at once; what only renames and deletions need, when the first one
//! comes. Indexes only grow: whoever uses them looks at the objects as they are now.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

use super::draft::{Draft, is_link};
use crate::directory::dn::Subtrees;
use crate::directory::{AttributeId, AttributeSet, Directory, ForestId, ObjectId, Patch, attribute, dn};

/// Objects by the key of a DN, sorted.
type ByKey = Vec<(u64, ObjectId)>;

/// Loaded objects and drafts.
#[derive(Debug)]
pub(super) struct Working<'d> {
    base: &'d Directory,
    changed: BTreeMap<ObjectId, Draft>,
    removed: BTreeSet<ObjectId>,
    next: u32,
    own_keys: ByKey,
    new_keys: HashMap<u64, Vec<ObjectId>>,
    /// Keys of all DNs that some object is or was below.
    parents: Option<HashSet<u64>>,
    /// Loaded objects by the key of each DN that they refer to.
    links: Option<ByKey>,
    new_links: HashMap<u64, Vec<ObjectId>>,
}

impl<'d> Working<'d> {
    pub(super) fn new(base: &'d Directory) -> Self {
        let ids: Vec<ObjectId> = base.ids().collect();
        let mut own_keys: ByKey = ids.into_par_iter().map(|id| (base.object(id).dn_key(), id)).collect();
        own_keys.par_sort_unstable();
        Self {
            base,
            changed: BTreeMap::new(),
            removed: BTreeSet::new(),
            next: u32::try_from(base.len()).expect("object numbers are 32 bits"),
            own_keys,
            new_keys: HashMap::new(),
            parents: None,
            links: None,
            new_links: HashMap::new(),
        }
    }

    pub(super) fn base(&self) -> &'d Directory {
        self.base
    }

    /// The DN of an object as it is now.
    pub(super) fn dn(&self, id: ObjectId) -> &[u8] {
        match self.changed.get(&id) {
            Some(draft) => &draft.dn,
            None => self.base.object(id).dn(),
        }
    }

    pub(super) fn forest(&self, id: ObjectId) -> ForestId {
        self.changed.get(&id).map_or_else(|| self.base.object(id).forest(), |draft| draft.forest)
    }

    /// All objects that have this DN now: one, but for equal DNs in several forests.
    pub(super) fn find(&self, dn: &[u8]) -> Vec<ObjectId> {
        let key = dn::key(dn);
        let ids = candidates(Some(&self.own_keys), &self.new_keys, key).into_iter();
        ids.filter(|id| key != 0 && !self.removed.contains(id) && dn::same(self.dn(*id), dn)).collect()
    }

    /// The draft of an object; made when it has none.
    pub(super) fn draft(&mut self, id: ObjectId) -> &mut Draft {
        let base = self.base;
        self.changed.entry(id).or_insert_with(|| Draft::of(&base.object(id), base.names()))
    }

    /// Puts a new object in.
    pub(super) fn add(&mut self, draft: Draft) {
        let id = ObjectId(self.next);
        self.next += 1;
        self.changed.insert(id, draft);
        self.index_dn(id);
        self.index_links(id);
    }

    /// Makes the values that a draft refers to others with known; needed whenever it got new ones.
    pub(super) fn index_links(&mut self, id: ObjectId) {
        let Some(draft) = self.changed.get(&id) else { return };
        for key in draft.values.iter().map(|value| value.key).filter(|key| *key != 0) {
            let known = self.new_links.entry(key).or_default();
            if known.last() != Some(&id) {
                known.push(id);
            }
        }
    }

    fn index_dn(&mut self, id: ObjectId) {
        let dn = self.dn(id).to_vec();
        self.new_keys.entry(dn::key(&dn)).or_default().push(id);
        if let Some(parents) = &mut self.parents {
            insert_parents(&dn, parents);
        }
    }

    /// Gives an object another DN, also in its `distinguishedName`.
    pub(super) fn set_dn(&mut self, id: ObjectId, new: &[u8]) {
        let draft = self.draft(id);
        draft.dn = new.to_vec();
        for value in &mut draft.values {
            if value.attribute == attribute::DISTINGUISHED_NAME {
                value.bytes = new.to_vec();
            }
        }
        self.index_dn(id);
    }

    /// Takes an object out.
    pub(super) fn remove(&mut self, id: ObjectId) {
        self.changed.remove(&id);
        self.removed.insert(id);
    }

    /// All objects below a DN. Costs a look at every object only when there may be any.
    pub(super) fn below(&mut self, ancestor: &[u8]) -> Vec<ObjectId> {
        let own = dn::key(ancestor);
        if self.parents.is_none() {
            let mut parents = HashSet::new();
            for id in self.all() {
                insert_parents(self.dn(id), &mut parents);
            }
            self.parents = Some(parents);
        }
        if !self.parents.as_ref().is_some_and(|parents| parents.contains(&own)) {
            return Vec::new();
        }
        let tree = Subtrees::new([ancestor]);
        let inside = |id: &ObjectId| tree.contains(self.dn(*id)) && dn::key(self.dn(*id)) != own;
        self.all().into_par_iter().filter(inside).collect()
    }

    fn all(&self) -> Vec<ObjectId> {
        let added = self.changed.keys().copied().filter(|id| id.index() >= self.base.len());
        self.base.ids().filter(|id| !self.removed.contains(id)).chain(added).collect()
    }

    /// Objects of a forest that refer to exactly this DN.
    pub(super) fn referrers(&mut self, dn: &[u8], forest: ForestId) -> Vec<ObjectId> {
        let links = self.links.take().unwrap_or_else(|| self.index_all_links());
        let found = candidates(Some(&links), &self.new_links, dn::key(dn));
        self.links = Some(links);
        found.into_iter().filter(|id| !self.removed.contains(id) && self.forest(*id) == forest).collect()
    }

    fn index_all_links(&self) -> ByKey {
        let base = self.base;
        let ids: Vec<ObjectId> = base.ids().collect();
        let of_object = |id: ObjectId| {
            let values = base.object(id).all_values();
            let links = values.filter(|(attribute, _)| is_link(base.names(), *attribute));
            links.map(|(_, value)| (dn::key(value.bytes), id)).collect::<Vec<_>>()
        };
        let mut links: ByKey = ids.into_par_iter().flat_map_iter(of_object).collect();
        links.par_sort_unstable();
        links
    }

    /// Objects of a forest that refer to anything inside a subtree. Looks at every value.
    pub(super) fn referrers_inside(&self, tree: &Subtrees, forest: ForestId) -> Vec<ObjectId> {
        let refers = |id: &ObjectId| match self.changed.get(id) {
            Some(draft) => draft.values.iter().any(|value| value.key != 0 && tree.contains(&value.bytes)),
            None => self.base.object(*id).all_values().any(|(attribute, value)| {
                is_link(self.base.names(), attribute) && tree.contains(value.bytes)
            }),
        };
        self.all().into_par_iter().filter(|id| self.forest(*id) == forest && refers(id)).collect()
    }

    /// Attributes that only objects had which are gone or changed, and none has now.
    fn gone_attributes(&self) -> AttributeSet {
        let is_loaded = |id: &&ObjectId| id.index() < self.base.len();
        let old = self.changed.keys().filter(is_loaded).chain(self.removed.iter().filter(is_loaded));
        let had: AttributeSet =
            old.flat_map(|id| self.base.object(*id).all_values()).map(|(attribute, _)| attribute).collect();
        let has: AttributeSet =
            self.changed.values().flat_map(|draft| &draft.values).map(|value| value.attribute).collect();
        let untouched: Vec<ObjectId> = self
            .base
            .ids()
            .filter(|id| !self.changed.contains_key(id) && !self.removed.contains(id))
            .collect();
        let is_gone = |attribute: &AttributeId| {
            *attribute != attribute::OBJECT_CLASS
                && !has.contains(*attribute)
                && !untouched.par_iter().any(|id| self.base.object(*id).values(*attribute).next().is_some())
        };
        had.iter().filter(is_gone).collect()
    }

    /// Everything that changed.
    pub(super) fn into_patch(self) -> Patch {
        let gone = self.gone_attributes();
        let mut patch = Patch { removed: self.removed, gone, ..Patch::default() };
        for (id, draft) in &self.changed {
            let position = u32::try_from(patch.chunks.len()).expect("object numbers are 32 bits");
            patch.chunks.push(draft.chunk());
            if id.index() < self.base.len() {
                patch.changed.insert(*id, position);
            } else {
                patch.added.push((position, draft.forest));
            }
        }
        patch
    }
}

/// Objects by key from an index of the loaded ones and one of what came later; each once, ascending.
fn candidates(loaded: Option<&ByKey>, later: &HashMap<u64, Vec<ObjectId>>, key: u64) -> Vec<ObjectId> {
    let loaded = loaded.map_or(&[][..], Vec::as_slice);
    let start = loaded.partition_point(|(own, _)| *own < key);
    let of_loaded = loaded.iter().skip(start).take_while(|(own, _)| *own == key).map(|(_, id)| *id);
    let of_later = later.get(&key).into_iter().flatten().copied();
    of_loaded.chain(of_later).collect::<BTreeSet<_>>().into_iter().collect()
}

fn insert_parents(dn: &[u8], parents: &mut HashSet<u64>) {
    for parent in std::iter::successors(dn::parent(dn), |rest| dn::parent(rest)) {
        if !parents.insert(dn::key(parent)) {
            return;
        }
    }
}
