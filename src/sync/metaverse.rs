//! Metaverse attributes on demand: of all contributions to an attribute the strongest wins
//! (`default-sync-rules` sections A.2 and A.6, read 2026-11-20).

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::directory::{AttributeId, ForestId, ObjectId};
use crate::expression::{Delegate, EvaluationError, Scope, Value};

use super::bound::{FlowRef, TypeId, TypeRules};
use super::cloud_link::{CloudLink, CloudScope};
use super::engine::Engine;
use super::flow;
use super::outbound::Export;
use super::remember::Remembering;
use super::rule::MergeType;

/// Who contributes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contributor {
    /// A linked on-premises object.
    Object(ObjectId),
    /// The object that the tenant already holds.
    Cloud,
}

/// One contribution to a metaverse attribute.
#[derive(Debug, Clone)]
pub(super) struct Contribution<'d> {
    pub from: Contributor,
    pub merge: MergeType,
    pub value: Value<'d>,
}

/// A metaverse object: the objects linked to it, seen through the inbound rules.
#[derive(Debug, Clone, Copy)]
pub struct MetaverseScope<'e, 'd> {
    pub(super) engine: &'e Engine<'d>,
    /// Rules in scope, by object number.
    pub(super) in_scope: &'e [u64],
    pub(super) kind: TypeId,
    /// Sorted in report order; not empty.
    pub(super) members: &'e [ObjectId],
    pub(super) cloud: Option<CloudSide<'e, 'd>>,
}

/// The cloud object of a metaverse object, and the inbound rules of the Entra connector for the two.
#[derive(Debug, Clone, Copy)]
pub(super) struct CloudSide<'e, 'd> {
    pub link: &'e CloudLink<'d>,
    pub rules: Option<&'e TypeRules>,
}

struct Slot<'e> {
    rank: (u32, ForestId),
    from: Contributor,
    rules: &'e TypeRules,
    at: FlowRef,
}

/// Flows of the Entra connector that are still to come, by precedence.
struct CloudTurns<'e, 'd> {
    scope: Option<(&'e CloudLink<'d>, &'e TypeRules)>,
    left: &'e [FlowRef],
}

impl<'e, 'd> CloudTurns<'e, 'd> {
    /// Flows into an attribute, whether or not their rules have the cloud object in scope.
    fn of(cloud: Option<CloudSide<'e, 'd>>, attribute: AttributeId) -> Self {
        let scope = cloud.and_then(|cloud| Some((cloud.link, cloud.rules?)));
        Self { scope, left: scope.map_or(&[], |(_, rules)| rules.flows_into(attribute)) }
    }

    /// Visits what comes before an on-premises flow of this precedence; `None`: all that is left.
    fn visit_before(
        &mut self,
        precedence: Option<u32>,
        visit: &mut dyn FnMut(Contribution<'d>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, EvaluationError> {
        let Some((link, rules)) = self.scope else { return Ok(ControlFlow::Continue(())) };
        while let Some((at, left)) = self.left.split_first() {
            let rule = &rules.rules[usize::from(at.rule)];
            if precedence.is_some_and(|precedence| rule.precedence >= precedence) {
                break;
            }
            self.left = left;
            if !super::scope::in_scope(&rule.scope, &CloudScope(link), &|_| false)? {
                continue;
            }
            let flow = rules.flow(*at);
            let value = flow::propose(flow, &CloudScope(link))?;
            if flow::contributes(&value)
                && visit(Contribution { from: Contributor::Cloud, merge: flow.merge, value }).is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl<'e, 'd> MetaverseScope<'e, 'd> {
    /// Calls `visit` with every contribution to an attribute, strongest first, until it breaks.
    pub(super) fn contributions(
        &self,
        attribute: AttributeId,
        visit: &mut dyn FnMut(Contribution<'d>) -> ControlFlow<()>,
    ) -> Result<(), EvaluationError> {
        if let [member] = self.members {
            return self.contributions_of_one(*member, attribute, visit);
        }
        let mut slots = Vec::new();
        for member in self.members {
            self.add_slots(*member, attribute, &mut slots);
        }
        if let Some(CloudSide { link, rules: Some(rules) }) = self.cloud {
            add_cloud_slots(link, rules, attribute, &mut slots)?;
        }
        slots.sort_by_key(|slot| slot.rank);
        for slot in &slots {
            let flow = slot.rules.flow(slot.at);
            let value = match (slot.from, self.cloud) {
                (Contributor::Object(id), _) => {
                    flow::propose(flow, &self.engine.connector_scope(self.engine.directory.object(id)))?
                }
                (Contributor::Cloud, Some(cloud)) => flow::propose(flow, &CloudScope(cloud.link))?,
                (Contributor::Cloud, None) => continue,
            };
            if flow::contributes(&value)
                && visit(Contribution { from: slot.from, merge: flow.merge, value }).is_break()
            {
                break;
            }
        }
        Ok(())
    }

    /// The common case, an object on its own: nothing to sort, nothing to allocate. Its flows and those of the cloud
    /// object come by precedence already; the cloud's are looked at when it is their turn.
    fn contributions_of_one(
        &self,
        member: ObjectId,
        attribute: AttributeId,
        visit: &mut dyn FnMut(Contribution<'d>) -> ControlFlow<()>,
    ) -> Result<(), EvaluationError> {
        let object = self.engine.directory.object(member);
        let Some(rules) = self.engine.rules_of(&object) else { return Ok(()) };
        let in_scope = self.in_scope[member.index()];
        let view = self.engine.connector_scope(object);
        let mut cloud = CloudTurns::of(self.cloud, attribute);
        let mut last = None;
        for at in rules.flows_into(attribute).iter().filter(|at| in_scope & (1 << at.rule) != 0) {
            let precedence = rules.rules[usize::from(at.rule)].precedence;
            if cloud.visit_before(Some(precedence), visit)?.is_break() {
                return Ok(());
            }
            let flow = rules.flow(*at);
            if last.replace(flow.text) == Some(flow.text) {
                continue;
            }
            let value = flow::propose(flow, &view)?;
            if flow::contributes(&value)
                && visit(Contribution { from: Contributor::Object(member), merge: flow.merge, value })
                    .is_break()
            {
                return Ok(());
            }
        }
        let _ = cloud.visit_before(None, visit)?;
        Ok(())
    }

    fn add_slots(&self, member: ObjectId, attribute: AttributeId, slots: &mut Vec<Slot<'e>>) {
        let object = self.engine.directory.object(member);
        let Some(rules) = self.engine.rules_of(&object) else { return };
        let in_scope = self.in_scope[member.index()];
        for at in rules.flows_into(attribute).iter().filter(|at| in_scope & (1 << at.rule) != 0) {
            // Rule kind beats forest order; forest order decides between forests that contribute through one rule.
            let rank = (rules.rules[usize::from(at.rule)].precedence, object.forest());
            slots.push(Slot { rank, from: Contributor::Object(member), rules, at: *at });
        }
    }

    /// The strongest contribution; `None` when nobody contributes.
    pub(super) fn winner(&self, attribute: AttributeId) -> Result<Option<Contribution<'d>>, EvaluationError> {
        let mut winner = None;
        self.contributions(attribute, &mut |contribution| {
            winner = Some(contribution);
            ControlFlow::Break(())
        })?;
        Ok(winner.filter(|winner| winner.value != Value::AuthoritativeNull))
    }

    fn merged(&self, attribute: AttributeId, merge: MergeType) -> Result<Value<'d>, EvaluationError> {
        let mut values: Vec<Value<'d>> = Vec::new();
        self.contributions(attribute, &mut |contribution| {
            let proposed = match contribution.value {
                Value::List(list) => list,
                Value::AuthoritativeNull => return ControlFlow::Break(()),
                one => vec![one],
            };
            for value in proposed {
                if !values.iter().any(|own| same_value(own, &value, merge)) {
                    values.push(value);
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(if values.is_empty() { Value::Null } else { Value::List(values) })
    }
}

fn add_cloud_slots<'e>(
    link: &CloudLink<'_>,
    rules: &'e TypeRules,
    attribute: AttributeId,
    slots: &mut Vec<Slot<'e>>,
) -> Result<(), EvaluationError> {
    for at in rules.flows_into(attribute) {
        let rule = &rules.rules[usize::from(at.rule)];
        if super::scope::in_scope(&rule.scope, &CloudScope(link), &|_| false)? {
            let rank = (rule.precedence, ForestId(u16::MAX));
            slots.push(Slot { rank, from: Contributor::Cloud, rules, at: *at });
        }
    }
    Ok(())
}

fn same_value(a: &Value<'_>, b: &Value<'_>, merge: MergeType) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) if merge == MergeType::MergeCaseInsensitive => {
            a.to_lowercase() == b.to_lowercase()
        }
        _ => a == b,
    }
}

impl<'d> Scope<'d> for MetaverseScope<'_, 'd> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        match self.winner(id)? {
            Some(winner) if winner.merge == MergeType::Update => Ok(winner.value),
            Some(winner) => self.merged(id, winner.merge),
            None => Ok(Value::Null),
        }
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        Ok(self.winner(id)?.is_some())
    }

    fn parameter(&self, name: &str) -> Option<Cow<'d, str>> {
        self.engine.connector_scope(self.engine.directory.object(*self.members.first()?)).parameter(name)
    }

    fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'d>, EvaluationError> {
        match self.winner(of)?.map(|winner| winner.from) {
            Some(Contributor::Object(id)) => {
                self.engine.connector_scope(self.engine.directory.object(id)).attribute(from)
            }
            _ => Ok(Value::Null),
        }
    }
}

/// An export object: the metaverse object seen through the outbound rules in scope. Attribute names are Entra's.
#[derive(Debug, Clone, Copy)]
pub struct ExportScope<'e, 'd> {
    metaverse: MetaverseScope<'e, 'd>,
    rules: &'e TypeRules,
    in_scope: u64,
}

impl<'e, 'd> ExportScope<'e, 'd> {
    /// The object as these rules export it.
    pub(super) fn new(metaverse: MetaverseScope<'e, 'd>, export: Export) -> Self {
        let rules = &metaverse.engine.book.outbound[usize::from(export.pair)].rules;
        Self { metaverse, rules, in_scope: export.in_scope }
    }

    /// Hands `read` a scope that computes what the outbound rules ask for again and again only once: for several
    /// attributes of one object.
    pub fn reading<T>(&self, read: impl FnOnce(&dyn Fn(AttributeId) -> Value<'d>) -> T) -> T {
        let metaverse = Remembering::new(&self.metaverse);
        read(&|id| self.value(&metaverse, id).unwrap_or(Value::Null))
    }

    /// An attribute over what is known of the metaverse object.
    /// `IgnoreThisFlow` is no contribution: a lower-ranked rule's value is used.
    fn value(&self, metaverse: &dyn Scope<'d>, id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        for at in self.rules.flows_into(id).iter().filter(|at| self.in_scope & (1 << at.rule) != 0) {
            let value = flow::propose(self.rules.flow(*at), metaverse)?;
            if flow::contributes(&value) {
                return Ok(if value == Value::AuthoritativeNull { Value::Null } else { value });
            }
        }
        Ok(Value::Null)
    }
}

impl<'d> Scope<'d> for ExportScope<'_, 'd> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.value(&self.metaverse, id)
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        Ok(self.attribute(id)? != Value::Null)
    }

    fn parameter(&self, name: &str) -> Option<Cow<'d, str>> {
        self.metaverse.parameter(name)
    }

    fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.metaverse.contributor(of, from)
    }
}

/// Any of the three things that an expression is evaluated against.
#[derive(Debug, Clone, Copy)]
pub enum AnyScope<'e, 'd> {
    /// A connector-space object.
    Object(super::engine::ConnectorScope<'d>),
    /// A metaverse object.
    Metaverse(MetaverseScope<'e, 'd>),
    /// An export object.
    Export(ExportScope<'e, 'd>),
}

impl<'d> Delegate<'d> for AnyScope<'_, 'd> {
    fn inner(&self) -> &dyn Scope<'d> {
        match self {
            Self::Object(scope) => scope,
            Self::Metaverse(scope) => scope,
            Self::Export(scope) => scope,
        }
    }
}
