//! What the engine predicts: the linked metaverse, the export, and an outcome for every object.

mod answers;

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::directory::{ForestId, ObjectId, Value as DirectoryValue, attribute, order};
use crate::outcome::{Outcome, Reason, ReasonSet};

use super::bound::TypeId;
use super::cloud_link::{CloudLink, CloudOf};
use super::component::{Link, Linking};
use super::engine::{Admission, Engine};
use super::link::{self, Alone, Component};
use super::metaverse::{CloudSide, MetaverseScope};
use super::outbound::{self, Decision, Export, Verdict};
use super::reference::{DnIndex, TOGETHER};

/// Number of a metaverse object within one simulation, from 0, dense. Never reaches a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetaverseId(pub u32);

/// A value of `member` that does not reach the cloud group.
#[derive(Debug, Clone, Copy)]
pub struct LostMember<'d> {
    /// The value on the group.
    pub value: DirectoryValue<'d>,
    /// The member, when it is in the input.
    pub object: Option<ObjectId>,
}

/// Another outcome that an order-dependent object may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlternativeOutcome {
    /// Connectors in the processing order that gives it.
    pub connectors: Vec<ForestId>,
    /// Outcome.
    pub outcome: Outcome,
    /// Reasons.
    pub reasons: ReasonSet,
}

#[derive(Debug, Clone, Copy)]
struct MetaverseObject {
    first: ObjectId,
    principal: ObjectId,
    /// Position in `exports`, or [`UNEXPORTED`].
    export: u32,
    kind: TypeId,
    /// Its members stand in `joined`.
    several: bool,
    /// See [`Decision::anchor_is_known`].
    anchor_is_known: bool,
}

/// What was decided on one metaverse object.
#[derive(Debug)]
struct Decided {
    principal: ObjectId,
    export: Option<Export>,
    anchor_hash: Option<u64>,
    anchor_is_known: bool,
    reasons: Reasons,
}

/// Reasons by member; nearly always there is one, which then costs no allocation.
#[derive(Debug)]
enum Reasons {
    OfOne(ReasonSet, Outcome),
    OfMany(Vec<ReasonSet>),
}

const UNLINKED: u32 = u32::MAX;
const UNEXPORTED: u32 = u32::MAX;

/// The prediction for one directory.
#[derive(Debug)]
pub struct Simulation<'d> {
    engine: Engine<'d>,
    in_scope: Vec<u64>,
    metaverse_of: Vec<u32>,
    metaverse: Vec<MetaverseObject>,
    /// The combinations of rules that export something: few, whatever the number of objects.
    exports: Vec<Export>,
    /// Members of the metaverse objects that have several, in report order.
    joined: HashMap<u32, Box<[ObjectId]>>,
    join_reasons: HashMap<ObjectId, ReasonSet>,
    outcomes: Vec<Outcome>,
    reasons: Vec<ReasonSet>,
    alternatives: HashMap<ObjectId, Vec<AlternativeOutcome>>,
    /// What the tenant holds, by metaverse object; empty when it holds nothing for any.
    cloud: Vec<CloudOf<'d>>,
    dn_index: DnIndex,
    /// By object, once members were resolved: a reference to it can be sent.
    in_cloud: Vec<bool>,
}

impl<'d> Simulation<'d> {
    /// Runs the engine. All per-object work is parallel; the result does not depend on the order of the objects.
    pub(super) fn run(mut engine: Engine<'d>) -> Self {
        engine.load_scope_groups();
        let (admissions, links) = link::link(&engine);
        let mut simulation = Self::unlinked(engine, &admissions);
        simulation.take_alone(&links.alone);
        for component in &links.components {
            simulation.take_component(component);
        }
        simulation.find_cloud_objects();
        let anchors = simulation.decide_all();
        for component in &links.components {
            simulation.compare_orders(component);
        }
        simulation.refuse_duplicate_anchors(anchors);
        simulation.resolve_members();
        simulation
    }

    fn unlinked(engine: Engine<'d>, admissions: &[Admission]) -> Self {
        let reasons: Vec<ReasonSet> =
            admissions.iter().map(|admission| admission.joiner.err().into_iter().collect()).collect();
        let outcomes = admissions.iter().map(|admission| {
            admission.joiner.err().and_then(Reason::outcome).unwrap_or(Outcome::NotProvisioned)
        });
        Self {
            in_scope: admissions.iter().map(|admission| admission.in_scope).collect(),
            metaverse_of: vec![UNLINKED; admissions.len()],
            metaverse: Vec::with_capacity(admissions.len()),
            exports: Vec::new(),
            joined: HashMap::new(),
            join_reasons: HashMap::new(),
            outcomes: outcomes.collect(),
            reasons,
            alternatives: HashMap::new(),
            cloud: Vec::new(),
            dn_index: DnIndex::default(),
            in_cloud: Vec::new(),
            engine,
        }
    }

    fn take_alone(&mut self, alone: &[Alone]) {
        for (number, alone) in alone.iter().enumerate() {
            match *alone {
                Alone::NotHere => {}
                Alone::Out(reason) => self.set_reasons(object_id(number), std::iter::once(reason).collect()),
                Alone::Projects(kind) => {
                    let id = object_id(number);
                    self.metaverse_of[number] =
                        u32::try_from(self.metaverse.len()).expect("fewer than 2^32 objects");
                    self.metaverse.push(MetaverseObject {
                        first: id,
                        principal: id,
                        kind,
                        export: UNEXPORTED,
                        several: false,
                        anchor_is_known: false,
                    });
                }
            }
        }
    }

    fn take_component(&mut self, component: &Component) {
        for members in &component.linking.members {
            let mut numbers = members.clone();
            numbers.sort_unstable();
            let members: Box<[ObjectId]> = numbers.iter().map(|number| component.objects[*number]).collect();
            let number = u32::try_from(self.metaverse.len()).expect("fewer than 2^32 objects");
            let (first, kind) = (members[0], component.kinds[creator(&component.linking, &numbers)]);
            self.metaverse.push(MetaverseObject {
                first,
                principal: first,
                kind,
                export: UNEXPORTED,
                several: members.len() > 1,
                anchor_is_known: false,
            });
            for id in &members {
                self.metaverse_of[id.index()] = number;
            }
            if members.len() > 1 {
                self.joined.insert(number, members);
            }
        }
        for (number, id) in component.objects.iter().enumerate() {
            if let Some(reason) = link::unlinked_reason(component.linking.links[number]) {
                self.set_reasons(*id, std::iter::once(reason).collect());
            }
            let reasons = link::join_reasons(&component.linking, number);
            if !reasons.is_empty() {
                self.join_reasons.insert(*id, reasons);
            }
        }
    }

    /// Cloud objects are few beside a directory's first synchronization; one look-up per metaverse object finds them.
    fn find_cloud_objects(&mut self) {
        let stated = [attribute::CLOUD_SOURCE_ANCHOR, attribute::CLOUD_ANCHOR];
        let any_stated = stated.iter().any(|attribute| self.engine.directory.occurs(*attribute));
        if !any_stated && self.engine.cloud_links.is_empty() {
            return;
        }
        let of = |number: u32| self.engine.cloud_of(self.members(MetaverseId(number)));
        self.cloud = (0..self.metaverse_count()).into_par_iter().map(of).collect();
    }

    fn cloud_of(&self, metaverse: MetaverseId) -> Option<&CloudLink<'d>> {
        match self.cloud.get(metaverse.0 as usize)? {
            CloudOf::Nothing => None,
            CloudOf::Member(id) => self.engine.cloud_links.of(*id),
            CloudOf::Stated(link) => Some(link),
        }
    }

    /// Decides on every metaverse object; gives the hashes of the exported anchors.
    fn decide_all(&mut self) -> Vec<(u64, u32)> {
        let decided: Vec<Decided> = (0..self.metaverse_count())
            .into_par_iter()
            .map(|number| self.decide(MetaverseId(number)))
            .collect();
        let mut anchors = Vec::with_capacity(decided.len());
        let mut positions: HashMap<Export, u32> = HashMap::new();
        for (decided, number) in decided.into_iter().zip(0_u32..) {
            let object = &mut self.metaverse[number as usize];
            object.principal = decided.principal;
            object.anchor_is_known = decided.anchor_is_known;
            if let Some(export) = decided.export {
                object.export = *positions.entry(export).or_insert_with(|| {
                    self.exports.push(export);
                    u32::try_from(self.exports.len() - 1).expect("fewer than 2^32 objects")
                });
            }
            anchors.extend(decided.anchor_hash.map(|hash| (hash, number)));
            let first = object.first.index();
            match decided.reasons {
                Reasons::OfOne(reasons, outcome) => {
                    self.reasons[first] = reasons;
                    self.outcomes[first] = outcome;
                }
                Reasons::OfMany(reasons) => {
                    let members: Vec<ObjectId> = self.members(MetaverseId(number)).to_vec();
                    for (member, reasons) in members.into_iter().zip(reasons) {
                        self.set_reasons(member, reasons);
                    }
                }
            }
        }
        anchors
    }

    fn decide(&self, metaverse: MetaverseId) -> Decided {
        let decision = outbound::decide(&self.metaverse_scope(metaverse));
        let export = match decision.verdict {
            Verdict::Exported(export) => Some(export),
            _ => None,
        };
        let reasons = if let [member] = *self.members(metaverse) {
            let reasons = self.member_reasons(&decision, 0, member, ReasonSet::EMPTY);
            Reasons::OfOne(reasons, reasons.outcome().unwrap_or(Outcome::NotProvisioned))
        } else {
            let members = self.members(metaverse).iter().enumerate();
            let joined = |member: &ObjectId| self.join_reasons.get(member).copied().unwrap_or_default();
            Reasons::OfMany(
                members.map(|(at, id)| self.member_reasons(&decision, at, *id, joined(id))).collect(),
            )
        };
        Decided {
            principal: decision.principal,
            export,
            anchor_hash: decision.anchor_hash,
            anchor_is_known: decision.anchor_is_known,
            reasons,
        }
    }

    /// The reasons of one member under a decision on its metaverse object.
    fn member_reasons(
        &self,
        decision: &Decision,
        at: usize,
        member: ObjectId,
        joined: ReasonSet,
    ) -> ReasonSet {
        let _ = self;
        let one = |reason: Reason| std::iter::once(reason).collect::<ReasonSet>();
        match &decision.verdict {
            Verdict::Stopped(reasons) => *reasons,
            Verdict::Filtered(by_member) => match by_member.get(at) {
                Some(reasons) if !reasons.is_empty() => *reasons,
                _ => one(Reason::FilteredWithPartner),
            },
            Verdict::Exported(_) if member == decision.principal => {
                one(Reason::Provisioned).union(decision.changes)
            }
            Verdict::Exported(_) if joined.is_empty() => one(Reason::JoinedByAttribute),
            Verdict::Exported(_) => joined,
        }
    }

    /// Compares the given order of processing with the others of a component and marks what depends on it.
    fn compare_orders(&mut self, component: &Component) {
        for (number, skipped) in component.linking.skipped_ambiguous.iter().enumerate() {
            let id = component.objects[number];
            if *skipped {
                self.reasons[id.index()].insert(Reason::JoinGroupSkipped);
            }
            if component.linking.late[number] {
                self.reasons[id.index()].insert(Reason::LinkedInRepeatPass);
            }
        }
        if component.alternatives.is_empty() {
            return;
        }
        let own = self.outcomes_under(component, &component.linking);
        let own: Vec<Outcome> = own.into_iter().map(|(outcome, _)| outcome).collect();
        for alternative in &component.alternatives {
            let other = self.outcomes_under(component, &alternative.linking);
            if alternative.within_connector && self.same_multiset(component, &own, &other) {
                // Which of two equals comes first is unspecified, but what happens is the same: one of each kind.
                continue;
            }
            for (number, (outcome, reasons)) in other.into_iter().enumerate() {
                let partners_differ =
                    component.linking.partners(number) != alternative.linking.partners(number);
                if outcome != own[number] || partners_differ {
                    let id = component.objects[number];
                    self.reasons[id.index()].insert(Reason::OrderDependent);
                    self.reasons[id.index()].insert(Reason::JoinOrderDecides);
                    let connectors = alternative.connectors.clone();
                    let outcome = AlternativeOutcome { connectors, outcome, reasons };
                    let known = self.alternatives.entry(id).or_default();
                    if !known.contains(&outcome) {
                        known.push(outcome);
                    }
                }
            }
        }
    }

    fn same_multiset(&self, component: &Component, own: &[Outcome], other: &[(Outcome, ReasonSet)]) -> bool {
        let class = |number: usize| self.engine.directory.object(component.objects[number]).class();
        let mut a: Vec<_> =
            own.iter().enumerate().map(|(number, outcome)| (class(number), *outcome)).collect();
        let mut b: Vec<_> =
            other.iter().enumerate().map(|(number, (outcome, _))| (class(number), *outcome)).collect();
        a.sort_unstable();
        b.sort_unstable();
        a == b
    }

    /// What each object of a component would get if it were linked so.
    fn outcomes_under(&self, component: &Component, linking: &Linking) -> Vec<(Outcome, ReasonSet)> {
        let mut results = vec![(Outcome::NotProvisioned, ReasonSet::EMPTY); component.objects.len()];
        for (number, result) in results.iter_mut().enumerate() {
            if let Some(reason) = link::unlinked_reason(linking.links[number]) {
                *result =
                    (reason.outcome().unwrap_or(Outcome::NotProvisioned), std::iter::once(reason).collect());
            }
        }
        let mut by_first: Vec<Vec<usize>> = linking.members.clone();
        for members in &mut by_first {
            members.sort_unstable();
        }
        by_first.sort_unstable();
        let mut anchors = HashSet::new();
        for numbers in by_first {
            let ids: Vec<ObjectId> = numbers.iter().map(|number| component.objects[*number]).collect();
            let cloud = self.engine.cloud_link(&ids);
            let kind = component.kinds[creator(linking, &numbers)];
            let decision = outbound::decide(&self.scope_over(&ids, kind, cloud.as_deref()));
            let duplicate = decision.anchor_hash.is_some_and(|anchor| !anchors.insert(anchor));
            for (at, number) in numbers.iter().enumerate() {
                let joined = link::join_reasons(linking, *number);
                let reasons = if duplicate {
                    std::iter::once(Reason::SourceAnchorDuplicate).collect()
                } else {
                    self.member_reasons(&decision, at, ids[at], joined)
                };
                results[*number] = (reasons.outcome().unwrap_or(Outcome::NotProvisioned), reasons);
            }
        }
        results
    }

    /// Of several exported objects with one source anchor only the first in report order can exist in Entra's
    /// connector space.
    fn refuse_duplicate_anchors(&mut self, mut anchors: Vec<(u64, u32)>) {
        anchors.par_sort_unstable();
        let mut refused = Vec::new();
        for run in anchors.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            self.refuse_within(run, &mut refused);
        }
        for number in refused {
            self.metaverse[number as usize].export = UNEXPORTED;
            for member in self.members(MetaverseId(number)).to_vec() {
                let beside = self.reasons(member).iter().filter(|reason| reason.outcome().is_none());
                let reasons = beside.chain([Reason::SourceAnchorDuplicate]).collect();
                self.set_reasons(member, reasons);
            }
        }
    }

    fn refuse_within(&self, run: &[(u64, u32)], refused: &mut Vec<u32>) {
        let mut exported: Vec<u32> = run.iter().map(|(_, number)| *number).collect();
        let first = |number: u32| self.metaverse[number as usize].first;
        exported.sort_unstable_by(|a, b| order::compare(self.engine.directory, first(*a), first(*b)));
        let mut seen = Vec::new();
        for number in exported {
            let anchor = self.anchor_value(MetaverseId(number));
            if seen.contains(&anchor) {
                refused.push(number);
            } else {
                seen.push(anchor);
            }
        }
    }

    fn anchor_value(&self, metaverse: MetaverseId) -> Option<crate::expression::Value<'d>> {
        use crate::expression::Scope;
        self.metaverse_scope(metaverse).attribute(attribute::SOURCE_ANCHOR).ok()
    }

    fn resolve_members(&mut self) {
        if !self.engine.directory.occurs(attribute::MEMBER) {
            return;
        }
        self.dn_index = DnIndex::build(self.engine.directory);
        let ids = self.engine.directory.ids().collect::<Vec<_>>();
        let sent =
            |id: &ObjectId| self.metaverse_of(*id).is_some_and(|metaverse| self.exists_in_cloud(metaverse));
        self.in_cloud = ids.par_iter().map(sent).collect();
        let losing: Vec<ObjectId> = (0..self.metaverse_count())
            .into_par_iter()
            .map(|number| self.principal(MetaverseId(number)))
            .filter(|id| self.loses_members(*id))
            .collect();
        for id in losing {
            self.add_reasons(id, std::iter::once(Reason::MembersLost).collect());
        }
    }

    /// Whether any member of an exported group is not sent.
    fn loses_members(&self, group: ObjectId) -> bool {
        if self.metaverse_of(group).is_none_or(|metaverse| self.export_type(metaverse).is_none()) {
            return false;
        }
        let object = self.engine.directory.object(group);
        let mut names = object
            .values(attribute::MEMBER)
            .map(|value| value.bytes)
            .filter(|name| !name.is_empty())
            .peekable();
        let mut found = Vec::new();
        while names.peek().is_some() {
            let together: Vec<&[u8]> = names.by_ref().take(TOGETHER).collect();
            self.dn_index.find_all(self.engine.directory, object.forest(), &together, &mut found);
            if found.iter().any(|id| !id.is_some_and(|id| self.in_cloud[id.index()])) {
                return true;
            }
        }
        false
    }

    fn lost_member_values(&self, group: ObjectId) -> impl Iterator<Item = LostMember<'d>> + '_ {
        let exported =
            self.metaverse_of(group).is_some_and(|metaverse| self.export_type(metaverse).is_some());
        let forest = self.engine.directory.object(group).forest();
        let object = exported.then(|| self.engine.directory.object(group));
        let values = object.into_iter().flat_map(|object| object.values(attribute::MEMBER));
        values.filter(|value| !value.bytes.is_empty()).filter_map(move |value| {
            let object = self.find(forest, value.bytes);
            let sent = object.is_some_and(|id| self.in_cloud[id.index()]);
            (!sent).then_some(LostMember { value, object })
        })
    }

    /// A reference needs the other object's Entra connector-space object: exported now, or there from before.
    fn exists_in_cloud(&self, metaverse: MetaverseId) -> bool {
        let object = &self.metaverse[metaverse.0 as usize];
        object.export != UNEXPORTED
            || (self.outcomes[object.first.index()] == Outcome::SyncError
                && self.cloud_of(metaverse).is_some())
    }

    fn set_reasons(&mut self, id: ObjectId, reasons: ReasonSet) {
        self.reasons[id.index()] = reasons;
        self.outcomes[id.index()] = reasons.outcome().unwrap_or(Outcome::NotProvisioned);
    }

    /// Adds reasons that come up after the engine; the outcome follows from all of them.
    pub fn add_reasons(&mut self, id: ObjectId, reasons: ReasonSet) {
        let all = self.reasons[id.index()].union(reasons);
        self.reasons[id.index()] = all;
        self.outcomes[id.index()] = all.outcome().unwrap_or(self.outcomes[id.index()]);
    }

    /// Adds another possible outcome of an object whose result depends on an order.
    pub fn add_alternative(&mut self, id: ObjectId, alternative: AlternativeOutcome) {
        self.alternatives.entry(id).or_default().push(alternative);
    }

    fn scope_over<'s>(
        &'s self,
        members: &'s [ObjectId],
        kind: TypeId,
        cloud: Option<&'s CloudLink<'d>>,
    ) -> MetaverseScope<'s, 'd> {
        let cloud = cloud.map(|link| {
            let pair = self.engine.entra_rules(link.kind, kind);
            CloudSide { link, rules: pair.map(|pair| &pair.rules) }
        });
        MetaverseScope { engine: &self.engine, in_scope: &self.in_scope, kind, members, cloud }
    }
}

/// The object that created a metaverse object: it alone has a definite type.
fn creator(linking: &Linking, members: &[usize]) -> usize {
    let creates = |number: &&usize| matches!(linking.links[**number], Link::Projected(_));
    *members.iter().find(creates).unwrap_or(&members[0])
}

fn object_id(number: usize) -> ObjectId {
    ObjectId(u32::try_from(number).expect("object numbers are 32 bits"))
}
