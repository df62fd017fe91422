//! Which objects may be joined at all, and the links of every object.
//!
//! A join needs a value that one object looks for and another supplies. Hashes of both are collected in parallel and
//! sorted; objects whose hashes meet form components, which are linked by [`super::component`] one by one and in
//! parallel. Everything else, nearly all of a directory, creates its own metaverse object without further ado. Cost:
//! sorting one 16-byte entry per join value.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use crate::directory::{AttributeSet, ForestId, ObjectId, order};
use crate::expression::{EvaluationError, Scope, Value};
use crate::outcome::{Reason, ReasonSet};

use super::bound::{BoundJoin, TypeId, TypeRules};
use super::component::{self, Candidate, Link, Linking, Probe, ProbeGroup, Proposal};
use super::engine::{Admission, Engine};
use super::flow::propose;
use super::join_key::{JoinKey, hash_values};
use super::rule::LinkType;

/// What linking made of the objects of one component.
#[derive(Debug)]
pub(super) struct Component {
    /// The objects, in report order.
    pub objects: Vec<ObjectId>,
    /// Metaverse type that each would create or join.
    pub kinds: Vec<TypeId>,
    /// In the given order of connectors.
    pub linking: Linking,
    /// Other orders that link differently: the forests in the order that gives it, and the result.
    pub alternatives: Vec<OrderAlternative>,
}

/// Another order of processing with another result.
#[derive(Debug)]
pub(super) struct OrderAlternative {
    /// Connectors in processing order.
    pub connectors: Vec<ForestId>,
    /// Only the order inside a connector differs, which nobody can choose.
    pub within_connector: bool,
    /// The result.
    pub linking: Linking,
}

/// How an object that belongs to no component is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// Out before linking, or part of a component.
    NotHere,
    /// Creates a metaverse object of this type.
    Projects(TypeId),
    /// Stays out.
    Out(Reason),
}

/// Links of a whole directory.
#[derive(Debug)]
pub(super) struct Links {
    /// By object.
    pub alone: Vec<Alone>,
    /// Components, in no particular order.
    pub components: Vec<Component>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    hash: u64,
    object: u32,
    probe: bool,
}

/// Admits and links all objects. Both happen in one pass over the objects, whose values are then still at hand.
pub(super) fn link(engine: &Engine<'_>) -> (Vec<Admission>, Links) {
    let probed = probed_attributes(engine);
    let count = engine.directory.len();
    let batches: Vec<Batch> = (0..count.div_ceil(BATCH))
        .into_par_iter()
        .map(|batch| scan(engine, batch * BATCH..count.min((batch + 1) * BATCH), &probed))
        .collect();
    let mut admissions = Vec::with_capacity(count);
    let mut alone = Vec::with_capacity(count);
    let mut keys = Vec::with_capacity(batches.iter().map(|batch| batch.keys.len()).sum());
    for batch in batches {
        admissions.extend(batch.admissions);
        alone.extend(batch.alone);
        keys.extend(batch.keys);
    }
    keys.par_sort_unstable();
    let mut parents = Parents::default();
    for run in keys.chunk_by(|a, b| a.hash == b.hash) {
        join_run(run, &mut parents);
    }
    drop(keys);
    let groups = parents.groups();
    let components: Vec<Component> =
        groups.into_par_iter().map(|objects| link_component(engine, &admissions, &probed, objects)).collect();
    for id in components.iter().flat_map(|component| &component.objects) {
        alone[id.index()] = Alone::NotHere;
    }
    (admissions, Links { alone, components })
}

/// Objects scanned by one task.
const BATCH: usize = 8192;

#[derive(Debug, Default)]
struct Batch {
    admissions: Vec<Admission>,
    alone: Vec<Alone>,
    keys: Vec<Key>,
}

/// Metaverse attributes that the join rules of the classes in the input look at.
fn probed_attributes(engine: &Engine<'_>) -> AttributeSet {
    let count = u32::try_from(engine.directory.len()).expect("object numbers are 32 bits");
    let present = (0..count).into_par_iter().map(ObjectId).fold(BTreeSet::new, |mut present, id| {
        let object = engine.directory.object(id);
        present.insert((object.forest(), object.class()));
        present
    });
    let present = present.reduce(BTreeSet::new, |mut all, part| {
        all.extend(part);
        all
    });
    let rules = present.iter().filter_map(|(forest, class)| engine.book.class(usize::from(forest.0), *class));
    let joins = rules.flat_map(|rules| &rules.rules).flat_map(|rule| &rule.joins);
    joins.flat_map(|join| &join.conditions).map(|condition| condition.metaverse_attribute).collect()
}

fn scan(engine: &Engine<'_>, numbers: Range<usize>, probed: &AttributeSet) -> Batch {
    let mut batch = Batch::default();
    for number in numbers {
        let id = ObjectId(u32::try_from(number).expect("object numbers are 32 bits"));
        let admission = engine.admit(engine.directory.object(id));
        batch.admissions.push(admission);
        let Ok(joiner) = admission.joiner else {
            batch.alone.push(Alone::NotHere);
            continue;
        };
        let start = batch.keys.len();
        let linked = scan_object(engine, id, admission.in_scope, joiner, probed, &mut batch.keys);
        let linked = linked.unwrap_or_else(|error| {
            batch.keys.truncate(start);
            Alone::Out(super::engine::error_reason(&error))
        });
        batch.alone.push(match (linked, admission.raises) {
            (Alone::Projects(_), Some(reason)) => Alone::Out(reason),
            (linked, _) => linked,
        });
    }
    batch
}

fn scan_object(
    engine: &Engine<'_>,
    id: ObjectId,
    in_scope: u64,
    joiner: u8,
    probed: &AttributeSet,
    keys: &mut Vec<Key>,
) -> Result<Alone, EvaluationError> {
    let object = engine.directory.object(id);
    let Some(rules) = engine.rules_of(&object) else { return Ok(Alone::NotHere) };
    let view = engine.connector_scope(object);
    let rule = &rules.rules[usize::from(joiner)];
    let mut has_value = false;
    for condition in rule.joins.iter().flat_map(|join| &join.conditions) {
        let value = view.attribute(condition.connector_attribute)?;
        hash_values(condition.metaverse_attribute, &value, &mut |hash| {
            has_value = true;
            keys.push(Key { hash, object: id.0, probe: true });
        });
    }
    for attribute in probed.iter() {
        let (mut last, mut text) = (0, None);
        for at in rules.flows_into(attribute).iter().filter(|at| in_scope & (1 << at.rule) != 0) {
            let flow = rules.flow(*at);
            if text.replace(flow.text) == Some(flow.text) {
                continue;
            }
            let value = propose(flow, &view)?;
            hash_values(attribute, &value, &mut |hash| {
                if hash != last {
                    keys.push(Key { hash, object: id.0, probe: false });
                }
                last = hash;
            });
        }
    }
    Ok(match (has_value, rule.link) {
        (false, _) => Alone::Out(Reason::JoinAttributeMissing),
        (true, LinkType::Provision) => Alone::Projects(rule.target),
        (true, _) => Alone::Out(Reason::NoPartner),
    })
}

/// Ties together the objects of a run of equal hashes when one looks for what another supplies.
fn join_run(run: &[Key], parents: &mut Parents) {
    let [first, rest @ ..] = run else { return };
    if rest.iter().all(|key| key.object == first.object) {
        return;
    }
    let met = run.iter().any(|key| key.probe) && run.iter().any(|key| !key.probe);
    if met {
        for key in rest {
            parents.union(first.object, key.object);
        }
    }
}

/// Disjoint sets over the few objects that meet others.
#[derive(Debug, Default)]
struct Parents {
    parent: std::collections::HashMap<u32, u32>,
}

impl Parents {
    fn find(&mut self, object: u32) -> u32 {
        let mut root = object;
        while let Some(&next) = self.parent.get(&root).filter(|next| **next != root) {
            root = next;
        }
        let mut at = object;
        while at != root {
            at = self.parent.insert(at, root).unwrap_or(root);
        }
        root
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent.entry(a).or_insert(a);
        self.parent.entry(b).or_insert(b);
        if a != b {
            self.parent.insert(a.max(b), a.min(b));
        }
    }

    fn groups(mut self) -> Vec<Vec<ObjectId>> {
        let mut objects: Vec<u32> = self.parent.keys().copied().collect();
        objects.sort_unstable();
        let mut by_root: Vec<(u32, u32)> =
            objects.into_iter().map(|object| (self.find(object), object)).collect();
        by_root.sort_unstable();
        by_root
            .chunk_by(|a, b| a.0 == b.0)
            .map(|group| group.iter().map(|(_, object)| ObjectId(*object)).collect())
            .collect()
    }
}

fn link_component(
    engine: &Engine<'_>,
    admissions: &[Admission],
    probed: &AttributeSet,
    mut objects: Vec<ObjectId>,
) -> Component {
    objects.sort_unstable_by(|a, b| order::compare(engine.directory, *a, *b));
    let candidates: Vec<Candidate> =
        objects.iter().map(|id| candidate(engine, *id, admissions[id.index()], probed)).collect();
    let given: Vec<usize> = (0..candidates.len()).collect();
    let linking = component::link(&candidates, &given);
    let alternatives = alternatives(&candidates, &linking);
    let kinds = candidates.iter().map(|candidate| candidate.target).collect();
    Component { objects, kinds, linking, alternatives }
}

/// Links the component in reversed connector order, and in reversed order inside the connectors; keeps what differs.
fn alternatives(candidates: &[Candidate], given: &Linking) -> Vec<OrderAlternative> {
    let mut forests: Vec<ForestId> = candidates.iter().map(|candidate| candidate.forest).collect();
    forests.dedup();
    let mut reversed_within: Vec<usize> = (0..candidates.len()).rev().collect();
    reversed_within.sort_by_key(|number| candidates[*number].forest);
    let mut reversed_connectors: Vec<usize> = (0..candidates.len()).collect();
    reversed_connectors.sort_by_key(|number| std::cmp::Reverse(candidates[*number].forest));
    let backwards: Vec<ForestId> = forests.iter().rev().copied().collect();
    [(reversed_connectors, backwards, false), (reversed_within, forests, true)]
        .into_iter()
        .filter(|(order, _, _)| !order.is_sorted())
        .map(|(order, connectors, within_connector)| OrderAlternative {
            connectors,
            within_connector,
            linking: component::link(candidates, &order),
        })
        .filter(|alternative| differs(candidates.len(), given, &alternative.linking))
        .collect()
}

fn differs(candidates: usize, one: &Linking, other: &Linking) -> bool {
    (0..candidates).any(|number| {
        let linked =
            |linking: &Linking| matches!(linking.links[number], Link::Projected(_) | Link::Joined { .. });
        linked(one) != linked(other) || one.partners(number) != other.partners(number)
    })
}

fn candidate(engine: &Engine<'_>, id: ObjectId, admission: Admission, probed: &AttributeSet) -> Candidate {
    let object = engine.directory.object(id);
    let rules = engine.rules_of(&object).expect("only objects with rules are linked");
    let joiner = admission.joiner.expect("only objects with a join rule in scope are linked");
    let view = engine.connector_scope(object);
    let rule = &rules.rules[usize::from(joiner)];
    let groups = rule.joins.iter().map(|join| probe_group(join, &view)).collect();
    let scoped = |number: usize| admission.in_scope & (1 << number) != 0;
    Candidate {
        forest: object.forest(),
        target: rule.target,
        link: rule.link,
        raises: admission.raises,
        without_flows: rules
            .rules
            .iter()
            .enumerate()
            .all(|(number, rule)| !scoped(number) || rule.flows.is_empty()),
        groups,
        proposals: proposals(rules, admission.in_scope, &view, object.forest(), probed),
    }
}

fn probe_group(join: &BoundJoin, view: &dyn Scope<'_>) -> ProbeGroup {
    let probes = join.conditions.iter().map(|condition| Probe {
        metaverse_attribute: condition.metaverse_attribute,
        case_sensitive: condition.case_sensitive,
        values: keys_of(view.attribute(condition.connector_attribute)),
    });
    ProbeGroup { reason: join.reason, probes: probes.collect() }
}

fn proposals(
    rules: &TypeRules,
    in_scope: u64,
    view: &dyn Scope<'_>,
    forest: ForestId,
    probed: &AttributeSet,
) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for attribute in probed.iter() {
        for at in rules.flows_into(attribute).iter().filter(|at| in_scope & (1 << at.rule) != 0) {
            let rank = (rules.rules[usize::from(at.rule)].precedence, forest);
            proposals.push(Proposal { attribute, rank, values: keys_of(propose(rules.flow(*at), view)) });
        }
    }
    proposals
}

fn keys_of(value: Result<Value<'_>, EvaluationError>) -> Vec<JoinKey> {
    let mut keys = Vec::new();
    if let Ok(value) = value {
        JoinKey::of(&value, &mut keys);
    }
    keys
}

/// The reasons that linking itself gives an object of a component; `None`: linked.
pub(super) fn unlinked_reason(link: Link) -> Option<Reason> {
    match link {
        Link::Projected(_) | Link::Joined { .. } => None,
        Link::SameForest { .. } => Some(Reason::AmbiguousJoin),
        Link::Raised(reason) => Some(reason),
        Link::NoJoinValue => Some(Reason::JoinAttributeMissing),
        Link::NoPartner => Some(Reason::NoPartner),
    }
}

/// How a member came to its metaverse object: its own join, or for the one that created it those of the others.
pub(super) fn join_reasons(linking: &Linking, number: usize) -> ReasonSet {
    match linking.links[number] {
        Link::Joined { reason, .. } => std::iter::once(reason).collect(),
        Link::Projected(local) => linking.members[local]
            .iter()
            .filter_map(|member| match linking.links[*member] {
                Link::Joined { reason, .. } => Some(reason),
                _ => None,
            })
            .collect(),
        _ => ReasonSet::EMPTY,
    }
}
