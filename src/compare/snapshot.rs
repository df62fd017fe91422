//! A prediction in compact form: what is compared, and nothing of the directory it was made from.
//!
//! A record of some hundred bytes and the texts of the compared values for every object, so that two predictions of a
//! million objects fit into memory beside one loaded directory.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use super::Side;
use super::value::{self, Value};
use crate::check::FindingReport;
use crate::directory::{Directory, Object, ObjectId, attribute, order};
use crate::outcome::{Outcome, ReasonSet};
use crate::predict::{ObjectSelection, Simulated};
use crate::report::{ObjectReport, Report};

/// Objects that share one piece of memory.
const BLOCK: usize = 4096;

/// A prediction, ready to be compared.
#[derive(Debug)]
pub struct Snapshot {
    label: String,
    /// Everything but the objects.
    report: Report,
    /// Names, in connector order.
    pub(super) forests: Vec<String>,
    blocks: Vec<Block>,
}

/// Some objects in report order.
#[derive(Debug, Default)]
struct Block {
    records: Vec<Record>,
    texts: Vec<u8>,
    members: Vec<u64>,
}

/// One object. Positions are bytes in the texts of its block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub guid: Option<[u8; 16]>,
    pub outcome: Outcome,
    pub reasons: ReasonSet,
    /// Equal where the partners are the same objects, wherever they were moved.
    pub partners: u64,
    /// Position of the forest in the order of the connectors.
    pub forest: u16,
    pub class: &'static str,
    pub is_exported: bool,
    pub is_in_cloud: bool,
    names_at: u32,
    values_at: u32,
    end: u32,
    members_at: u32,
    members_end: u32,
}

/// Number of an object in a snapshot, from 0, in report order.
pub(super) type Number = usize;

impl Snapshot {
    /// Takes what is compared of a prediction and lets the rest go.
    pub fn take(label: &str, simulated: Simulated<'_>) -> Self {
        let directory = simulated.simulation().directory();
        let mut ids: Vec<ObjectId> = directory.ids().collect();
        order::sort(directory, &mut ids);
        let blocks = ids.par_chunks(BLOCK).map(|ids| Block::take(&simulated, ids)).collect();
        let forests = directory.forests().iter().map(|forest| forest.name.clone()).collect();
        let report = simulated.into_prediction(ObjectSelection::None).report;
        Self { label: label.to_owned(), report, forests, blocks }
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.records.len()).sum()
    }

    fn find(&self, number: Number) -> (&Block, &Record) {
        // All blocks but the last are full.
        let block = &self.blocks[number / BLOCK];
        (block, &block.records[number % BLOCK])
    }

    pub(super) fn record(&self, number: Number) -> &Record {
        self.find(number).1
    }

    /// Name of the forest.
    pub(super) fn forest(&self, number: Number) -> &str {
        &self.forests[usize::from(self.record(number).forest)]
    }

    /// DN, if it has one, `id`, and the `id`s of its partners.
    pub(super) fn names(&self, number: Number) -> (Option<String>, String, Vec<String>) {
        let (block, record) = self.find(number);
        let mut names = value::read_all(block.texts(record.names_at, record.values_at)).into_iter();
        let (dn, id, partners) = (names.next(), names.next(), names.next());
        let text = |value| match value {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        };
        let partners = match partners {
            Some(Value::List(partners)) => partners,
            _ => Vec::new(),
        };
        (text(dn), text(id).unwrap_or_default(), partners)
    }

    /// The compared values in compact form.
    pub(super) fn values(&self, number: Number) -> &[u8] {
        let (block, record) = self.find(number);
        block.texts(record.values_at, record.end)
    }

    /// Keys of the members that an exported group sends, sorted, each once.
    pub(super) fn members(&self, number: Number) -> &[u64] {
        let (block, record) = self.find(number);
        &block.members[record.members_at as usize..record.members_end as usize]
    }

    /// What there is to say about the whole, and the findings.
    pub(super) fn into_side(self) -> (Side, Vec<FindingReport>) {
        let Report { inputs, settings, predicted_status, summary, findings, .. } = self.report;
        (Side { label: self.label, inputs, settings, predicted_status, summary }, findings)
    }
}

impl Block {
    fn take(simulated: &Simulated<'_>, ids: &[ObjectId]) -> Self {
        let mut block = Self::default();
        for id in ids {
            block.add(simulated, *id);
        }
        block.texts.shrink_to_fit();
        block.members.shrink_to_fit();
        block
    }

    fn add(&mut self, simulated: &Simulated<'_>, id: ObjectId) {
        let simulation = simulated.simulation();
        let directory = simulation.directory();
        let object = directory.object(id);
        let shown = simulated.object(id);
        let (names_at, members_at) = (position(self.texts.len()), position(self.members.len()));
        self.write_names(&shown);
        let values_at = position(self.texts.len());
        for value in value::of(&shown) {
            value::write(&value, &mut self.texts);
        }
        let is_group = shown.export.as_ref().is_some_and(|export| export.member_count.is_some());
        if is_group {
            self.members.extend(sent_members(simulated, id));
        }
        let partners = simulation.metaverse_of(id).map_or(&[][..], |metaverse| simulation.members(metaverse));
        self.records.push(Record {
            guid: object.first(attribute::OBJECT_GUID).and_then(|bytes| bytes.try_into().ok()),
            outcome: shown.outcome,
            reasons: simulation.reasons(id),
            partners: partners_key(directory, partners.iter().filter(|other| **other != id)),
            forest: object.forest().0,
            class: shown.object_class,
            is_exported: shown.export.is_some(),
            is_in_cloud: shown.cloud.is_some(),
            names_at,
            values_at,
            end: position(self.texts.len()),
            members_at,
            members_end: position(self.members.len()),
        });
    }

    fn write_names(&mut self, shown: &ObjectReport) {
        let dn = shown.dn.clone().map_or(Value::None, Value::Text);
        for name in [dn, Value::Text(shown.id.clone()), Value::List(shown.joined_with.clone())] {
            value::write(&name, &mut self.texts);
        }
    }

    fn texts(&self, from: u32, to: u32) -> &[u8] {
        &self.texts[from as usize..to as usize]
    }
}

fn position(length: usize) -> u32 {
    u32::try_from(length).expect("the texts of 4096 objects are smaller than 4 GiB")
}

/// A number that stays with the object when it is moved: made of its objectGUID, else of its DN, else of its identity.
fn key(object: &Object<'_>) -> u64 {
    let guid: Option<[u8; 16]> = object.first(attribute::OBJECT_GUID).and_then(|bytes| bytes.try_into().ok());
    match (guid, object.dn_key()) {
        (Some(guid), _) => hash(&guid),
        (None, 0) => hash(object.identity().as_bytes()),
        (None, dn_key) => dn_key,
    }
}

fn partners_key<'i>(directory: &Directory, partners: impl Iterator<Item = &'i ObjectId>) -> u64 {
    let mut keys: Vec<u64> = partners.map(|id| key(&directory.object(*id))).collect();
    keys.sort_unstable();
    if keys.is_empty() { 0 } else { hash(&keys) }
}

/// Equal within one run of the program, which is all that a comparison needs.
fn hash<T: Hash + ?Sized>(what: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn sent_members(simulated: &Simulated<'_>, group: ObjectId) -> Vec<u64> {
    let simulation = simulated.simulation();
    let object = simulation.directory().object(group);
    let lost: HashSet<&[u8]> = simulation.lost_members(group).iter().map(|lost| lost.value.bytes).collect();
    let sent = object.values(attribute::MEMBER).filter(|value| !lost.contains(value.bytes));
    let found = sent.filter_map(|value| simulation.find(object.forest(), value.bytes));
    let mut keys: Vec<u64> = found.map(|id| key(&simulation.directory().object(id))).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
