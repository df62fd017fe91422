//! Renames, moves and deletions: what concerns the tree, and the values that name objects in it.
//!
//! Containers are not required to be loaded: many exports leave them out.

use super::apply::Applier;
use super::draft::DraftValue;
use super::record::Misfit;
use crate::directory::dn::Subtrees;
use crate::directory::{ObjectId, attribute, dn};
use crate::load::ldif::change::ChangeLine;

impl Applier<'_, '_> {
    /// `deleteoldrdn` makes no difference: naming attributes are single-valued, so the old value always goes
    /// (`[MS-ADTS]` 3.1.1.5.4, read 2026-11-20).
    pub(super) fn rename(
        &mut self,
        id: ObjectId,
        line: u64,
        rdn: &ChangeLine,
        superior: Option<&ChangeLine>,
    ) -> Result<(), Misfit> {
        let old = self.working.dn(id).to_vec();
        let new = new_dn(&old, rdn, superior)?;
        if dn::is_below(&new, &old) {
            return Err(Misfit::new(line, "an object cannot be moved below itself"));
        }
        let domain = |dn: &[u8]| {
            let mut domain = Vec::new();
            dn::write_domain(dn, &mut domain);
            domain
        };
        if domain(&old) != domain(&new) {
            return Err(Misfit::new(line, "a rename cannot move an object to another domain"));
        }
        if self.working.find(&new).iter().any(|other| *other != id) {
            return Err(Misfit::new(line, "another object has the new DN already"));
        }
        self.set_name(id, rdn);
        self.follow(id, &old, &new);
        Ok(())
    }

    /// Naming attributes take the value of the new RDN, where the object shows them.
    fn set_name(&mut self, id: ObjectId, rdn: &ChangeLine) {
        let place = (self.context.source, rdn.line);
        let names = self.working.base().names();
        let parts = dn::rdns(&rdn.bytes).next().map(|rdn| rdn.parts().collect::<Vec<_>>());
        for (position, part) in parts.unwrap_or_default().into_iter().enumerate() {
            let named = names.lookup(part.kind);
            let value = part.value();
            for own in named.into_iter().chain((position == 0).then_some(attribute::NAME)) {
                let draft = self.working.draft(id);
                let differs = draft.of_attribute(own).any(|old| old.bytes != *value);
                let Some(first) = draft.of_attribute(own).next().cloned().filter(|_| differs) else {
                    continue;
                };
                draft.clear(own);
                draft.values.push(DraftValue { bytes: value.to_vec(), place, ..first });
            }
        }
    }

    /// Gives the object and all below it their new DNs, also where other objects name them.
    fn follow(&mut self, id: ObjectId, old: &[u8], new: &[u8]) {
        let forest = self.working.forest(id);
        let levels = dn::rdns(old).count();
        let mut below = self.working.below(old);
        below.retain(|child| self.working.forest(*child) == forest);
        let tree = Subtrees::new([old]);
        let referrers = if below.is_empty() {
            self.working.referrers(old, forest)
        } else {
            self.working.referrers_inside(&tree, forest)
        };
        for referrer in referrers {
            for value in &mut self.working.draft(referrer).values {
                if value.key != 0 && tree.contains(&value.bytes) {
                    value.bytes = rebased(&value.bytes, levels, new);
                    value.key = dn::key(&value.bytes);
                }
            }
            self.working.index_links(referrer);
        }
        for child in below {
            let moved = rebased(self.working.dn(child), levels, new);
            self.working.set_dn(child, &moved);
        }
        self.working.set_dn(id, new);
    }

    /// Deletes an object; links to it go with it, as in the directory.
    pub(super) fn delete(&mut self, id: ObjectId, line: u64, with_subtree: bool) -> Result<(), Misfit> {
        let dn = self.working.dn(id).to_vec();
        let forest = self.working.forest(id);
        let mut below = self.working.below(&dn);
        below.retain(|child| self.working.forest(*child) == forest);
        if !below.is_empty() && !with_subtree {
            let text = format!("{} objects stand below it (no control for deleting a subtree)", below.len());
            return Err(Misfit::new(line, text));
        }
        let tree = Subtrees::new([dn.as_slice()]);
        let referrers = if below.is_empty() {
            self.working.referrers(&dn, forest)
        } else {
            self.working.referrers_inside(&tree, forest)
        };
        for referrer in referrers {
            let draft = self.working.draft(referrer);
            draft.values.retain(|value| value.key == 0 || !tree.contains(&value.bytes));
        }
        below.into_iter().chain([id]).for_each(|gone| self.working.remove(gone));
        Ok(())
    }
}

/// The DN that a rename leads to.
fn new_dn(old: &[u8], rdn: &ChangeLine, superior: Option<&ChangeLine>) -> Result<Vec<u8>, Misfit> {
    let name = trimmed(&rdn.bytes);
    let mut rdns = dn::rdns(name);
    let single = rdns.next().filter(|rdn| !rdn.kind().is_empty() && !rdn.value().is_empty());
    if single.is_none() || rdns.next().is_some() {
        return Err(Misfit::new(rdn.line, "newrdn is no single name such as CN=Nia Okoro"));
    }
    let parent = match superior {
        Some(line) => {
            let dn = dn::Extended::read(line.bytes.trim_ascii()).dn;
            if !dn.contains(&b'=') {
                return Err(Misfit::new(line.line, "newsuperior is no distinguished name"));
            }
            Some(dn)
        }
        None => dn::parent(old),
    };
    Ok(parent.map_or_else(|| name.to_vec(), |parent| [name, b",", parent].concat()))
}

/// Without outer blanks, but for an escaped one at the end.
fn trimmed(name: &[u8]) -> &[u8] {
    let short = name.trim_ascii();
    if short.ends_with(b"\\") { name.trim_ascii_start() } else { short }
}

/// A DN at or below one of `levels` RDNs, moved to `new`.
fn rebased(dn: &[u8], levels: usize, new: &[u8]) -> Vec<u8> {
    let own = dn::rdns(dn).count().saturating_sub(levels);
    let mut moved = Vec::with_capacity(dn.len() + new.len());
    for rdn in dn::rdns(dn).take(own) {
        moved.extend_from_slice(rdn.text());
        moved.push(b',');
    }
    moved.extend_from_slice(new);
    moved
}
