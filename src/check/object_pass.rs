//! One object, all checks that look at single objects: conditions, values, outcomes.
//!
//! Value checks are driven by the values: one pass over those of the object meets the tests of each attribute, so
//! that a hundred tests of attributes an object lacks cost nothing.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::bound::{Check, ClassSet, Kind, Partner};
use super::dropped_address;
use super::finding::{Finding, Seen};
use super::front_matter::{On, OutcomeValues};
use super::lookup::Index;
use super::message::Facts;
use super::role::Roles;
use super::value_rule::{Fault, ValueRule};
use super::view::{View, holds, text_of};
use crate::directory::{AttributeId, AttributeMask, Class, Object, ObjectId, Value, ValueFlags};
use crate::expression::{EvaluationError, Expression, Scope};
use crate::outcome::{Reason, ReasonSet};
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
    /// Check and object: all that is missing for a finding is the answer of the check's `[lookup]`.
    pub(super) open: Vec<(usize, ObjectId)>,
}

/// What one check has to say of one object.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    /// The index of the check's `[lookup]` is not there yet.
    is_open: bool,
}

impl Yield {
    pub(super) fn join(mut self, mut other: Self) -> Self {
        self.findings.append(&mut other.findings);
        self.troubles.append(&mut other.troubles);
        self.open.append(&mut other.open);
        self
    }
}

/// The checks of the pass, arranged by the class of the object they look at.
pub(super) struct ObjectPass<'c> {
    pub(super) checks: Vec<&'c Check>,
    /// Of the checks with a `[lookup]`, by their place; filled when an object asks for it.
    indexes: HashMap<usize, Index>,
    by_class: [ForClass; CLASSES],
}

/// The checks that look at objects of one class, each by its place among the checks of the pass.
#[derive(Debug, Default)]
struct ForClass {
    /// Conditions over the object itself.
    conditions: Vec<Condition>,
    /// Conditions over what became of it.
    later_conditions: Vec<usize>,
    outcomes: Vec<usize>,
    /// What the outcome checks ask for.
    asked: ReasonSet,
    values: ValueTests,
}

#[derive(Debug)]
struct Condition {
    check: usize,
    /// See [`crate::expression::Expression::requirements`].
    requirements: Vec<AttributeMask>,
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

/// Objects that one task looks at before it takes the next ones.
const OBJECTS_PER_TASK: usize = 4096;

/// Number of [`Class`] values; the last is `Unknown`.
const CLASSES: usize = Class::Unknown as usize + 1;

impl<'c> ObjectPass<'c> {
    /// Of the checks with the classes for which the input holds what they need.
    pub(super) fn new(checks: Vec<(&'c Check, ClassSet)>, roles: &Roles) -> Self {
        let mut by_class: [ForClass; CLASSES] = Default::default();
        for (index, (check, seeing)) in checks.iter().enumerate() {
            // A metaverse object is looked at through its first member, of whatever class.
            let any_class = check.on != On::Directory && !matches!(check.kind, Kind::Outcome { .. });
            let every = Class::SYNCHRONIZED.into_iter().chain([Class::Other, Class::Unknown]);
            for class in every.filter(|class| any_class || seeing.contains(*class)) {
                by_class[class as usize].add(check, index, class, roles);
            }
        }
        let checks = checks.into_iter().map(|(check, _)| check).collect();
        Self { checks, indexes: HashMap::new(), by_class }
    }

    /// Applies all checks to all objects. Indexes for `[lookup]` are built only where an object asks for them.
    pub(super) fn run(mut self, view: &View<'_, '_>) -> (Self, Yield) {
        let count = u32::try_from(view.directory().len()).expect("object numbers are 32 bits");
        let objects = (0..count).into_par_iter().with_min_len(OBJECTS_PER_TASK).map(ObjectId);
        let mut all = collect(objects, |id, out| self.examine(view, id, out));
        let mut open = std::mem::take(&mut all.open);
        open.sort_unstable();
        open.dedup();
        let asking: BTreeSet<usize> = open.iter().map(|(index, _)| *index).collect();
        for index in asking {
            if let Some(lookup) = &self.checks[index].lookup {
                self.indexes.insert(index, Index::build(view, lookup));
            }
        }
        let settled = collect(open.into_par_iter(), |(index, id), out| self.settle(view, index, id, out));
        (self, all.join(settled))
    }

    /// Applies one check to an object that waited for the index.
    fn settle(&self, view: &View<'_, '_>, index: usize, id: ObjectId, out: &mut Yield) {
        match self.checks[index].kind {
            Kind::Condition => guard(index, id, out, |found| self.apply_condition(view, index, id, found)),
            Kind::Outcome { .. } => guard(index, id, out, |found| self.apply_outcome(view, index, id, found)),
            Kind::Value { .. } => self.test_values(view, id, out, |own| own == index),
            Kind::Collision { .. } | Kind::TenantCollision { .. } | Kind::Total { .. } => {}
        }
    }

    fn examine(&self, view: &View<'_, '_>, id: ObjectId, out: &mut Yield) {
        let object = view.object(id);
        let of_class = &self.by_class[object.class() as usize];
        if view.is_taken(id) {
            for condition in &of_class.conditions {
                if condition.requirements.iter().all(|attributes| object.may_have(*attributes)) {
                    guard(condition.check, id, out, |found| {
                        self.apply_condition(view, condition.check, id, found)
                    });
                }
            }
            for &index in &of_class.later_conditions {
                guard(index, id, out, |found| self.apply_condition(view, index, id, found));
            }
        }
        if view.simulation.reasons(id).intersects(of_class.asked) {
            for &index in &of_class.outcomes {
                guard(index, id, out, |found| self.apply_outcome(view, index, id, found));
            }
        }
        if !of_class.values.0.is_empty() {
            self.test_values(view, id, out, |_| true);
        }
    }

    fn test_values(
        &self,
        view: &View<'_, '_>,
        id: ObjectId,
        out: &mut Yield,
        is_asked: impl Fn(usize) -> bool,
    ) {
        let object = view.object(id);
        let tests = &self.by_class[object.class() as usize].values;
        for (attribute, value) in object.all_values() {
            for &(index, test) in tests.of(attribute).iter().filter(|(index, _)| is_asked(*index)) {
                let Kind::Value { tests } = &self.checks[index].kind else { continue };
                let test = tests.get(test).filter(|(_, rule)| rule.may_fault(value.size(), value.bytes));
                let Some((_, rule)) = test else { continue };
                guard(index, id, out, |found| {
                    self.test_value(view, index, id, (attribute, &value, rule), found)
                });
            }
        }
    }

    fn apply_condition(
        &self,
        view: &View<'_, '_>,
        index: usize,
        id: ObjectId,
        out: &mut Found,
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
        if self.narrowed(view, index, holder, out)? {
            let value = text_to_show(check, &scope)?;
            out.findings.push(view.finding(check, holder, seen(view, check, holder, value)));
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
        out: &mut Found,
    ) -> Result<(), EvaluationError> {
        let check = self.checks[index];
        let Some((fault, text)) = fault_of(view, attribute, value, rule) else { return Ok(()) };
        let Some(scope) = view.scope(check, id) else { return Ok(()) };
        if check.sent && !view.supplies(id, check.contributor.unwrap_or(attribute)) {
            return Ok(());
        }
        if holds(check.when.as_ref(), &scope)? && self.narrowed(view, index, id, out)? {
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
            out.findings.push(view.finding(check, id, seen));
        }
        Ok(())
    }

    fn apply_outcome(
        &self,
        view: &View<'_, '_>,
        index: usize,
        id: ObjectId,
        out: &mut Found,
    ) -> Result<(), EvaluationError> {
        let check = self.checks[index];
        let Kind::Outcome { reasons, values, .. } = &check.kind else { return Ok(()) };
        let Some(reason) = view.reason(id, reasons) else { return Ok(()) };
        // Such an object may be in no metaverse; then a condition over the metaverse does not hold.
        let scope = view.linked_scope(check, id);
        let applies = match &scope {
            Some(scope) => holds(check.when.as_ref(), scope)?,
            None => check.when.is_none(),
        };
        if !applies || !self.narrowed(view, index, id, out)? {
            return Ok(());
        }
        match values {
            Some(OutcomeValues::LostMembers) => {
                raise_lost_members(view, check, id, reason, &mut out.findings);
                return Ok(());
            }
            Some(OutcomeValues::DroppedAddresses) => {
                dropped_address::raise(view, check, id, reason, &mut out.findings);
                return Ok(());
            }
            None => {}
        }
        let value = scope.map_or(Ok(None), |scope| text_to_show(check, &scope))?;
        let mut seen = seen(view, check, id, value);
        seen.facts.reason = reason.title();
        seen.facts.limit = limit(view, check);
        out.findings.push(view.finding(check, id, seen));
        Ok(())
    }

    /// Whether `[lookup]` and `[partner]` allow a finding on the object.
    fn narrowed(
        &self,
        view: &View<'_, '_>,
        index: usize,
        id: ObjectId,
        out: &mut Found,
    ) -> Result<bool, EvaluationError> {
        let check = self.checks[index];
        if let Some(partner) = &check.partner
            && !view.partners(id).any(|other| partner.is_met(view, other))
        {
            return Ok(false);
        }
        let Some(lookup) = &check.lookup else { return Ok(true) };
        let Some(known) = self.indexes.get(&index) else {
            out.is_open = true;
            return Ok(false);
        };
        Ok(known.finds(view, lookup, id)? == lookup.found)
    }
}

/// A fault in one check must cost its finding, not the run; nothing is shared but finished data.
fn guard(
    index: usize,
    id: ObjectId,
    out: &mut Yield,
    apply: impl FnOnce(&mut Found) -> Result<(), EvaluationError>,
) {
    let mut found = Found::default();
    match catch_unwind(AssertUnwindSafe(|| apply(&mut found))) {
        Ok(Ok(())) if found.is_open => out.open.push((index, id)),
        Ok(Ok(())) => out.findings.append(&mut found.findings),
        Ok(Err(error)) => out.troubles.push((index, id, Trouble::Evaluation(error))),
        Err(_) => out.troubles.push((index, id, Trouble::Panic)),
    }
}

fn collect<T: Send>(
    items: impl ParallelIterator<Item = T>,
    each: impl Fn(T, &mut Yield) + Sync + Send,
) -> Yield {
    items
        .fold(Yield::default, |mut out, item| {
            each(item, &mut out);
            out
        })
        .reduce(Yield::default, Yield::join)
}

impl ForClass {
    fn add(&mut self, check: &Check, index: usize, class: Class, roles: &Roles) {
        match &check.kind {
            Kind::Condition if check.on == On::Directory => {
                let requirements = check.when.iter().flat_map(Expression::requirements);
                let requirements = requirements.map(|group| mask(group.into_iter(), class, roles)).collect();
                self.conditions.push(Condition { check: index, requirements });
            }
            Kind::Condition => self.later_conditions.push(index),
            Kind::Outcome { reasons, .. } => {
                self.outcomes.push(index);
                self.asked = self.asked.union(reasons.iter().copied().collect());
            }
            Kind::Value { tests } => {
                for (number, (attribute, _)) in tests.iter().enumerate() {
                    if let Some(attribute) = roles.resolve(*attribute, class) {
                        self.values.add(attribute, index, number);
                    }
                }
            }
            Kind::Collision { .. } | Kind::TenantCollision { .. } | Kind::Total { .. } => {}
        }
    }
}

/// The attributes that the names of a page stand for.
fn mask(names: impl Iterator<Item = AttributeId>, class: Class, roles: &Roles) -> AttributeMask {
    let mut mask = AttributeMask::default();
    names.filter_map(|id| roles.resolve(id, class)).for_each(|id| mask.insert(id));
    mask
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
    let cloud = if check.message.names_cloud_object() { view.cloud_object_of(id) } else { String::new() };
    let partner = check.partner.as_ref();
    let related =
        partner.map(|partner| view.partners(id).filter(|other| partner.is_met(view, *other)).collect());
    Seen {
        value: value.or_else(|| single_value(view, &object, attribute?)),
        attribute,
        facts: Facts { count, cloud, ..Facts::default() },
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
