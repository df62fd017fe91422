//! Carries out change records: whole or not at all, as the directory service does (RFC 4511 sections 4.6 to 4.9, read
//! 2026-11-20).

use std::collections::BTreeSet;
use std::sync::PoisonError;

use super::class::DraftClass;
use super::draft::{Draft, DraftValue, Place, is_link};
use super::record::{Block, Change, Misfit, Operation, Record};
use super::value::{Attribute, integer};
use super::working::Working;
use crate::directory::attribute::OBJECT_CLASS;
use crate::directory::class::ClassChain;
use crate::directory::{ForestId, ObjectId, Source, ValueFlags, dn};
use crate::load::Context;
use crate::load::ldif::change::ChangeLine;
use crate::load::ldif::class_hint::ClassHint;
use crate::load::names::{NameTable, Role};

/// Applies the records of one input.
pub(super) struct Applier<'a, 'd> {
    pub(super) context: &'a Context<'a>,
    pub(super) working: &'a mut Working<'d>,
    source: &'a mut Source,
    table: NameTable,
}

impl<'a, 'd> Applier<'a, 'd> {
    pub(super) fn new(
        context: &'a Context<'a>,
        working: &'a mut Working<'d>,
        source: &'a mut Source,
    ) -> Self {
        let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
        let table = NameTable::new(context.wanted, &names);
        drop(names);
        Self { context, working, source, table }
    }

    /// Applies the records in their order.
    pub(super) fn run(&mut self, records: Vec<Record>) {
        for record in records {
            let (line, dn) = (record.line, record.dn.clone());
            let shown = String::from_utf8_lossy(&dn).into_owned();
            let mut remarks = Vec::new();
            match record.change(&mut remarks).and_then(|change| self.apply(&dn, line, change)) {
                Ok(()) => self.source.objects += 1,
                Err(Misfit { line, text }) => {
                    self.source.skip("overlay-mismatch");
                    let message = format!("{shown}: {text}; the record was not applied");
                    self.source.warn("overlay-mismatch", Some(line), message);
                }
            }
            for Misfit { line, text } in remarks {
                self.source.warn("overlay-mismatch", Some(line), format!("{shown}: {text}"));
            }
        }
    }

    fn apply(&mut self, dn: &[u8], line: u64, change: Change) -> Result<(), Misfit> {
        if let Change::Add(lines) = change {
            return self.add(dn, line, &lines);
        }
        let id = match self.working.find(dn).as_slice() {
            [id] => *id,
            [] => return Err(Misfit::new(line, "there is no such object")),
            _ => return Err(Misfit::new(line, "several forests have an object of this DN")),
        };
        match change {
            Change::Add(_) => Ok(()),
            Change::Delete { with_subtree } => self.delete(id, line, with_subtree),
            Change::Modify(blocks) => self.modify(id, &blocks),
            Change::Rename { rdn, superior } => self.rename(id, line, &rdn, superior.as_ref()),
        }
    }

    /// Where a line of this input stands.
    fn place(&self, line: u64) -> Place {
        (self.context.source, line)
    }

    fn attribute(&mut self, name: &[u8], options: &[u8]) -> Attribute {
        Attribute::find(name, options, &mut self.table, self.context)
    }

    fn value(&self, attribute: &Attribute, line: &ChangeLine, bytes: Vec<u8>) -> Option<DraftValue> {
        let id = attribute.id?;
        let key = if is_link(self.working.base().names(), id) { dn::key(&bytes) } else { 0 };
        Some(DraftValue { attribute: id, bytes, flags: line.flags, place: self.place(line.line), key })
    }

    fn add(&mut self, dn: &[u8], line: u64, lines: &[ChangeLine]) -> Result<(), Misfit> {
        if dn.is_empty() || dn.starts_with(b"@") {
            return Err(Misfit::new(line, "this is no object of a directory"));
        }
        if !self.working.find(dn).is_empty() {
            return Err(Misfit::new(line, "the object exists already"));
        }
        let forest = self.forest_for(dn, line)?;
        let (mut chain, mut hint) = (ClassChain::default(), ClassHint::default());
        let mut values = Vec::new();
        for own in lines {
            let attribute = self.attribute(&own.name, &own.options);
            if attribute.role == Role::Secret || attribute.role == Role::DistinguishedName {
                continue;
            }
            match attribute.role {
                Role::ObjectClass => chain.add(&own.bytes),
                role => hint.set(role, Some(&own.bytes)),
            }
            let bytes = attribute.stored(own)?;
            values.extend(self.value(&attribute, own, bytes));
        }
        let class = DraftClass::of_new(chain, hint, self.context.wanted.contains(OBJECT_CLASS));
        let place = self.place(line);
        self.working.add(Draft { dn: dn.to_vec(), forest, class, place, values });
        Ok(())
    }

    /// The forest of a new object: that of what it stands below, else that of its domain.
    fn forest_for(&self, dn: &[u8], line: u64) -> Result<ForestId, Misfit> {
        let mut parents = std::iter::successors(dn::parent(dn), |rest| dn::parent(rest));
        if let Some(id) = parents.find_map(|parent| self.working.find(parent).first().copied()) {
            return Ok(self.working.forest(id));
        }
        let mut domain = Vec::new();
        dn::write_domain(dn, &mut domain);
        let domain = String::from_utf8_lossy(&domain).into_owned();
        let base = self.working.base();
        if let Some(object) = base.objects().find(|object| object.domain() == domain) {
            return Ok(object.forest());
        }
        let within = |root: &str| {
            !root.is_empty()
                && domain.strip_suffix(root).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let position = base.forests().iter().position(|forest| within(&forest.root_domain));
        let forest = position.and_then(|at| u16::try_from(at).ok()).map(ForestId);
        forest.ok_or_else(|| Misfit::new(line, "its domain belongs to no loaded forest"))
    }

    /// All blocks or none.
    fn modify(&mut self, id: ObjectId, blocks: &[Block]) -> Result<(), Misfit> {
        // One block checks everything before it changes anything; only several need a copy to go back to. Large groups
        // are changed by many records of one block.
        let before = (blocks.len() > 1).then(|| self.working.draft(id).clone());
        for block in blocks {
            if let Err(misfit) = self.block(id, block) {
                if let Some(before) = before {
                    *self.working.draft(id) = before;
                }
                return Err(misfit);
            }
        }
        Ok(())
    }

    fn block(&mut self, id: ObjectId, block: &Block) -> Result<(), Misfit> {
        let attribute = self.attribute(&block.name, &block.options);
        if attribute.role == Role::Secret {
            return Ok(());
        }
        let mut values = Vec::with_capacity(block.values.len());
        for line in &block.values {
            values.push((line, attribute.stored(line)?));
        }
        let fail = |text: &str| Err(Misfit::new(block.head.line, format!("{}: {text}", attribute.name)));
        if values.is_empty() && matches!(block.operation, Operation::Add | Operation::Increment) {
            return fail("no value is given");
        }
        let replaced = block.operation == Operation::Replace;
        match (attribute.id, block.operation) {
            (None, _) => {}
            (Some(_), Operation::Add | Operation::Replace) => {
                self.add_values(id, &attribute, block, values, replaced)?;
            }
            (Some(own), Operation::Delete) if values.is_empty() => {
                let draft = self.working.draft(id);
                if draft.of_attribute(own).next().is_none() {
                    return fail("the object has no value to delete");
                }
                draft.clear(own);
            }
            (Some(_), Operation::Delete) => self.delete_values(id, &attribute, &values)?,
            (Some(_), Operation::Increment) => self.increment(id, &attribute, &values)?,
        }
        self.settle_class(id, &attribute, block);
        Ok(())
    }

    fn add_values(
        &mut self,
        id: ObjectId,
        attribute: &Attribute,
        block: &Block,
        values: Vec<(&ChangeLine, Vec<u8>)>,
        replaced: bool,
    ) -> Result<(), Misfit> {
        let Some(own) = attribute.id else { return Ok(()) };
        let fail = |line: u64, text: &str| Err(Misfit::new(line, format!("{}: {text}", attribute.name)));
        let mut new: Vec<DraftValue> = Vec::with_capacity(values.len());
        let mut keys = BTreeSet::new();
        for (line, bytes) in values {
            let Some(value) = self.value(attribute, line, bytes) else { continue };
            let again = if value.key == 0 {
                new.iter().any(|other| attribute.same(&other.bytes, &value.bytes))
            } else {
                !keys.insert(value.key)
            };
            if again {
                return fail(line.line, "the value is given twice");
            }
            new.push(value);
        }
        let draft = self.working.draft(id);
        let old: Vec<&DraftValue> = draft.of_attribute(own).filter(|_| !replaced).collect();
        if attribute.is_single() && new.len() + old.len() > 1 {
            return fail(block.head.line, "the directory takes one value only, and this would be another");
        }
        let known: BTreeSet<u64> = old.iter().map(|value| value.key).filter(|key| *key != 0).collect();
        let is_there = |value: &DraftValue| {
            known.contains(&value.key)
                || value.key == 0 && old.iter().any(|other| attribute.same(&other.bytes, &value.bytes))
        };
        if let Some(value) = new.iter().find(|value| is_there(value)) {
            return fail(value.place.1, "the object has this value already");
        }
        if replaced {
            draft.clear(own);
        }
        draft.values.extend(new);
        self.working.index_links(id);
        Ok(())
    }

    fn delete_values(
        &mut self,
        id: ObjectId,
        attribute: &Attribute,
        values: &[(&ChangeLine, Vec<u8>)],
    ) -> Result<(), Misfit> {
        let Some(own) = attribute.id else { return Ok(()) };
        let draft = self.working.draft(id);
        let incomplete = draft.is_incomplete(own);
        let mut gone = BTreeSet::new();
        for (line, bytes) in values {
            let key = dn::key(bytes);
            let is = |value: &DraftValue| {
                value.attribute == own
                    && if value.key == 0 { attribute.same(&value.bytes, bytes) } else { value.key == key }
            };
            let found = draft.values.iter().position(is);
            match found {
                Some(at) if gone.insert(at) => {}
                Some(_) => {
                    let text = format!("{}: the value is given twice", attribute.name);
                    return Err(Misfit::new(line.line, text));
                }
                // The export does not show all values; the directory may well have this one.
                None if incomplete => {}
                None => {
                    let text = format!("{}: the object does not have this value", attribute.name);
                    return Err(Misfit::new(line.line, text));
                }
            }
        }
        let mut at = 0;
        draft.values.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
        Ok(())
    }

    /// RFC 4525: adds to every value.
    fn increment(
        &mut self,
        id: ObjectId,
        attribute: &Attribute,
        values: &[(&ChangeLine, Vec<u8>)],
    ) -> Result<(), Misfit> {
        let (Some(own), [(line, by)]) = (attribute.id, values) else {
            let line = values.get(1).map_or(0, |(line, _)| line.line);
            return Err(Misfit::new(line, format!("{}: increment takes one number", attribute.name)));
        };
        let fail = |text: &str| Misfit::new(line.line, format!("{}: {text}", attribute.name));
        let by = integer(by).ok_or_else(|| fail("the value is no whole number"))?;
        let place = self.place(line.line);
        let draft = self.working.draft(id);
        let add = |value: &DraftValue| integer(&value.bytes).and_then(|number| number.checked_add(by));
        let sums: Option<Vec<i64>> = draft.of_attribute(own).map(add).collect();
        let sums =
            sums.ok_or_else(|| fail("the value of the object is no number, or the sum is too large"))?;
        if sums.is_empty() {
            return Err(fail("the object has no value to increment"));
        }
        let olds = draft.values.iter_mut().filter(|value| value.attribute == own);
        for (value, sum) in olds.zip(sums) {
            (value.bytes, value.place) = (sum.to_string().into_bytes(), place);
            value.flags = ValueFlags::NONE;
        }
        Ok(())
    }

    /// The class follows what states it or tells it.
    fn settle_class(&mut self, id: ObjectId, attribute: &Attribute, block: &Block) {
        let is_sign = matches!(
            attribute.role,
            Role::SamAccountName | Role::SamAccountType | Role::GroupType | Role::ObjectCategory
        );
        if !is_sign && attribute.role != Role::ObjectClass {
            return;
        }
        let draft = self.working.draft(id);
        let mut class = draft.class;
        let kept: Vec<&[u8]> = match attribute.id {
            Some(own) => draft.of_attribute(own).map(|value| value.bytes.as_slice()).collect(),
            None => Vec::new(),
        };
        let of_change: Vec<&[u8]> = block.values.iter().map(|line| line.bytes.as_slice()).collect();
        if is_sign {
            let adds = matches!(block.operation, Operation::Add | Operation::Replace);
            let of_change = of_change.last().copied().filter(|_| adds);
            class.change_sign(attribute.role, kept.last().copied().or(of_change));
        } else {
            class.change_names(block.operation, &of_change, &kept, attribute.id.is_some());
        }
        draft.class = class;
    }
}
