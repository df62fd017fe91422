//! One object, all checks that look at single objects: conditions, values, outcomes.
//!
//! Value checks are driven by the values: one pass over those of the object meets the tests of each attribute, so
//! that a hundred tests of attributes an object lacks cost nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use super::bound::{Check, ClassSet, Kind, Partner};
use super::dropped_address;
use super::finding::{Finding, Seen};
use super::front_matter::{On, OutcomeValues};
use super::lookup::Index;
use super::message::Facts;
use super::role::Roles;
use super::value_rule::{Fault, ValueRule};
use super::view::{View, holds, text_of};
use crate::directory::{AttributeId, Class, Object, ObjectId, Value, ValueFlags};
use crate::expression::{EvaluationError, Scope};
use crate::outcome::Reason;
use crate::sync::simulation::LostMember;

/// What a check could not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// An expression could not be evaluated.
    Evaluation(EvaluationError),
    /// The check itself failed.
    Panic,
}

/// What came of a part of the objects.
#[derive(Default)]
pub(super) struct Yield {
    pub(super) findings: Vec<Finding>,
    /// Check (index in the pass), object, what happened.
    pub(super) troubles: Vec<(usize, ObjectId, Trouble)>,
}

impl Yield {
    pub(super) fn join(mut self, mut other: Self) -> Self {
        self.findings.append(&mut other.findings);
        self.troubles.append(&mut other.troubles);
        self
    }
}

/// The checks of the pass, arranged by the class of the object they look at.
pub(super) struct ObjectPass<'c> {
    pub(super) checks: Vec<&'c Check>,
    indexes: Vec<OnceLock<Index>>,
    by_class: [Vec<usize>; CLASSES],
    value_tests: [ValueTests; CLASSES],
}

/// Which test of which check looks at an attribute, by attribute number.
#[derive(Debug, Default)]
struct ValueTests(Vec<Vec<(usize, usize)>>);

impl ValueTests {
    fn add(&mut self, attribute: AttributeId, check: usize, test: usize) {
        let number = usize::from(attribute.0);
        if number >= self.0.len() {
            self.0.resize_with(number + 1, Vec::new);
        }
        self.0[number].push((check, test));
    }

    #[inline]
    fn of(&self, attribute: AttributeId) -> &[(usize, usize)] {
        self.0.get(usize::from(attribute.0)).map_or(&[], Vec::as_slice)
    }
}

/// Number of [`Class`] values; the last is `Unknown`.
const CLASSES: usize = Class::Unknown as usize + 1;

impl<'c> ObjectPass<'c> {
    /// Of the checks with the classes for which the input holds what they need.
    pub(super) fn new(checks: Vec<(&'c Check, ClassSet)>, roles: &Roles) -> Self {
        let mut by_class: [Vec<usize>; CLASSES] = Default::default();
        let mut value_tests: [ValueTests; CLASSES] = Default::default();
        for (index, (check, seeing)) in checks.iter().enumerate() {
            // A metaverse object is looked at through its first member, of whatever class.
            let any_class = check.on != On::Directory && !matches!(check.kind, Kind::Outcome { .. });
            let every = Class::SYNCHRONIZED.into_iter().chain([Class::Other, Class::Unknown]);
            for class in every.filter(|class| any_class || seeing.contains(*class)) {
                let Kind::Value { tests } = &check.kind else {
                    by_class[class as usize].push(index);
                    continue;
                };
                for (number, (attribute, _)) in tests.iter().enumerate() {
                    if let Some(attribute) = roles.resolve(*attribute, class) {
                        value_tests[class as usize].add(attribute, index, number);
                    }
                }
            }
        }
        let indexes = checks.iter().map(|_| OnceLock::new()).collect();
        let checks = checks.into_iter().map(|(check, _)| check).collect();
        Self { checks, indexes, by_class, value_tests }
    }

    /// Applies all checks to one object.
    pub(super) fn examine(&self, view: &View<'_, '_>, id: ObjectId, out: &mut Yield) {
        let class = view.object(id).class();
        for &index in &self.by_class[class as usize] {
            guard(index, id, out, |found| self.apply(view, index, id, found));
        }
        let tests = &self.value_tests[class as usize];
        if tests.0.is_empty() {
            return;
        }
        for (attribute, value) in view.object(id).all_values() {
            for &(index, test) in tests.of(attribute) {
                let Kind::Value { tests } = &self.checks[index].kind else { continue };
                let Some((_, rule)) = tests.get(test).filter(|(_, rule)| rule.may_fault(value.size())) else {
                    continue;
                };
                guard(index, id, out, |found| {
                    self.test_value(view, index, id, (attribute, &value, rule), found)
                });
            }
        }
    }

    fn apply(
        &self,
        view: &View<'_, '_>,
        index: usize,
        id: ObjectId,
        out: &mut Vec<Finding>,
    ) -> Result<(), EvaluationError> {
        match &self.checks[index].kind {
            Kind::Outcome { reasons, values, .. } => match view.reason(id, reasons) {
                Some(reason) => self.apply_outcome(view, index, id, (reason, *values), out),
                None => Ok(()),
            },
            Kind::Condition => self.apply_condition(view, index, id, out),
            Kind::Value { .. }
            | Kind::Collision { .. }
            | Kind::TenantCollision { .. }
            | Kind::Total { .. } => Ok(()),
        }
    }

    fn apply_condition(
        &self,
        view: &View<'_, '_>,
        index: usize,
        id: ObjectId,
        out: &mut Vec<Finding>,
    ) -> Result<(), EvaluationError> {
        let check = self.checks[index];
        let Some(scope) = view.scope(check, id) else { return Ok(()) };
        if !holds(check.when.as_ref(), &scope)? {
            return Ok(());
        }
        let Some(holder) = view.holder(check, id) else { return Ok(()) };
        if check.sent && !check.contributor.is_some_and(|attribute| view.supplies(holder, attribute)) {
            return Ok(());
        }
        if self.narrowed(view, index, holder)? {
            let value = text_to_show(check, &scope)?;
            out.push(view.finding(check, holder, seen(view, check, holder, value)));
        }
        Ok(())
    }

    /// Tests one value. The fault comes first: only a faulty value is worth asking what becomes of it.
    fn test_value(
        &self,
        view: &View<'_, '_>,
        index: usize,
        id: ObjectId,
        (attribute, value, rule): (AttributeId, &Value<'_>, &ValueRule),
        out: &mut Vec<Finding>,
    ) -> Result<(), EvaluationError> {
        let check = self.checks[index];
        let Some((fault, text)) = fault_of(view, attribute, value, rule) else { return Ok(()) };
        let Some(scope) = view.scope(check, id) else { return Ok(()) };
        if check.sent && !view.supplies(id, check.contributor.unwrap_or(attribute)) {
            return Ok(());
        }
        if holds(check.when.as_ref(), &scope)? && self.narrowed(view, index, id)? {
            let facts = Facts {
                count: fault.count,
                limit: fault.limit,
                character: fault.character,
                position: fault.position,
                fault: fault.text,
                ..Facts::default()
            };
            let place = Some((view.object(id).source_of(value), value.line));
            let seen = Seen { attribute: Some(attribute), value: text, place, facts, ..Seen::default() };
            out.push(view.finding(check, id, seen));
        }
        Ok(())
    }

    fn apply_outcome(
        &self,
        view: &View<'_, '_>,
        index: usize,
        id: ObjectId,
        (reason, values): (Reason, Option<OutcomeValues>),
        out: &mut Vec<Finding>,
    ) -> Result<(), EvaluationError> {
        let check = self.checks[index];
        // Such an object may be in no metaverse; then a condition over the metaverse does not hold.
        let scope = view.linked_scope(check, id);
        let applies = match &scope {
            Some(scope) => holds(check.when.as_ref(), scope)?,
            None => check.when.is_none(),
        };
        if !applies || !self.narrowed(view, index, id)? {
            return Ok(());
        }
        match values {
            Some(OutcomeValues::LostMembers) => {
                raise_lost_members(view, check, id, reason, out);
                return Ok(());
            }
            Some(OutcomeValues::DroppedAddresses) => {
                dropped_address::raise(view, check, id, reason, out);
                return Ok(());
            }
            None => {}
        }
        let value = scope.map_or(Ok(None), |scope| text_to_show(check, &scope))?;
        let mut seen = seen(view, check, id, value);
        seen.facts.reason = reason.title();
        seen.facts.limit = limit(view, check);
        out.push(view.finding(check, id, seen));
        Ok(())
    }

    /// Whether `[lookup]` and `[partner]` allow a finding on the object.
    fn narrowed(&self, view: &View<'_, '_>, index: usize, id: ObjectId) -> Result<bool, EvaluationError> {
        let check = self.checks[index];
        if let Some(partner) = &check.partner
            && !view.partners(id).any(|other| partner.is_met(view, other))
        {
            return Ok(false);
        }
        let Some(lookup) = &check.lookup else { return Ok(true) };
        let known = self.indexes[index].get_or_init(|| Index::build(view, lookup));
        Ok(known.finds(view, lookup, id)? == lookup.found)
    }
}

impl Partner {
    fn is_met(&self, view: &View<'_, '_>, id: ObjectId) -> bool {
        self.classes.contains(view.object(id).class())
            && (self.reasons.is_empty() || view.reason(id, &self.reasons).is_some())
    }
}

/// The text of the page's `value`, where it has one.
fn text_to_show(check: &Check, scope: &dyn Scope<'_>) -> Result<Option<String>, EvaluationError> {
    check.value.as_ref().map_or(Ok(None), |value| Ok(text_of(&value.evaluate(scope)?)))
}

/// What a condition or an outcome shows of its object: the attribute, and its value when there is just one.
fn seen(view: &View<'_, '_>, check: &Check, id: ObjectId, value: Option<String>) -> Seen {
    let object = view.object(id);
    let attribute = check.attribute.and_then(|attribute| view.resolve(attribute, &object));
    let count = attribute.map(|attribute| object.values(attribute).len() as u64);
    let partner = check.partner.as_ref();
    let related =
        partner.map(|partner| view.partners(id).filter(|other| partner.is_met(view, *other)).collect());
    Seen {
        value: value.or_else(|| single_value(view, &object, attribute?)),
        attribute,
        facts: Facts { count, cloud: view.cloud_object_of(id), ..Facts::default() },
        related: related.unwrap_or_default(),
        ..Seen::default()
    }
}

fn single_value(view: &View<'_, '_>, object: &Object<'_>, attribute: AttributeId) -> Option<String> {
    if view.directory().names().syntax(attribute).is_binary() || object.values(attribute).len() != 1 {
        return None;
    }
    object.first(attribute).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

fn raise_lost_members(
    view: &View<'_, '_>,
    check: &Check,
    id: ObjectId,
    reason: Reason,
    out: &mut Vec<Finding>,
) {
    let lost = view.simulation.lost_members(id);
    let count = Some(lost.len() as u64);
    for LostMember { value, object } in lost {
        let seen = Seen {
            attribute: check.attribute,
            value: Some(String::from_utf8_lossy(value.bytes).into_owned()),
            place: Some((view.object(id).source_of(&value), value.line)),
            facts: Facts { count, reason: reason.title(), ..Facts::default() },
            related: object.into_iter().collect(),
            ..Seen::default()
        };
        out.push(view.finding(check, id, seen));
    }
}

/// The limit that a page states for the rules of the run; none for an administrator's own rules.
fn limit(view: &View<'_, '_>, check: &Check) -> Option<u64> {
    let sync = &view.settings.sync;
    match &check.kind {
        Kind::Outcome { limit, .. } if sync.rules.is_none() => limit.get(sync.rules_name()).copied(),
        _ => None,
    }
}

/// The first fault of a value, and its text unless it is none.
fn fault_of(
    view: &View<'_, '_>,
    attribute: AttributeId,
    value: &Value<'_>,
    rule: &ValueRule,
) -> Option<(Fault, Option<String>)> {
    if value.flags.contains(ValueFlags::EXTERNAL) {
        return None;
    }
    if view.directory().names().syntax(attribute).is_binary() {
        return Some((rule.size_fault(value.size())?, None));
    }
    let text = String::from_utf8_lossy(value.bytes);
    Some((rule.fault(&text)?, Some(text.into_owned())))
}

/// A fault in one check must cost its finding, not the run; nothing is shared but finished data.
fn guard(
    index: usize,
    id: ObjectId,
    out: &mut Yield,
    apply: impl FnOnce(&mut Vec<Finding>) -> Result<(), EvaluationError>,
) {
    let mut found = Vec::new();
    match catch_unwind(AssertUnwindSafe(|| apply(&mut found))) {
        Ok(Ok(())) => out.findings.append(&mut found),
        Ok(Err(error)) => out.troubles.push((index, id, Trouble::Evaluation(error))),
        Err(_) => out.troubles.push((index, id, Trouble::Panic)),
    }
}
