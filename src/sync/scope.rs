//! Scoping filters: clause groups over the attributes of an object (`default-sync-rules` section A.3, read 2026-11-20).

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::expression::{EvaluationError, Scope, Value};

use super::bound::{BoundClause, MAX_CLAUSES, TypeRules};
use super::rule::ScopeOperator;

/// Answers whether an object is a direct member of the group with this DN.
pub(super) type IsMember<'a> = &'a dyn Fn(&str) -> bool;

/// Which rules of a source type have the object in scope: bit n for rule n. Every distinct clause is evaluated at most
/// once.
pub(super) fn rules_in_scope(
    rules: &TypeRules,
    object: &dyn Scope<'_>,
    is_member: IsMember<'_>,
) -> Result<u64, EvaluationError> {
    let mut in_scope = 0_u64;
    if rules.clauses.len() > MAX_CLAUSES {
        for (number, rule) in rules.rules.iter().enumerate() {
            in_scope |= u64::from(self::in_scope(&rule.scope, object, is_member)?) << number;
        }
        return Ok(in_scope);
    }
    let (mut known, mut holding) = (0_u64, 0_u64);
    for (number, groups) in rules.scopes.iter().enumerate() {
        let mut inside = groups.is_empty();
        for group in groups {
            let mut all_hold = true;
            for position in group {
                let bit = 1_u64 << position;
                if known & bit == 0 {
                    known |= bit;
                    holding |= u64::from(holds(&rules.clauses[usize::from(*position)], object, is_member)?)
                        << position;
                }
                all_hold &= holding & bit != 0;
                if !all_hold {
                    break;
                }
            }
            inside |= all_hold;
        }
        in_scope |= u64::from(inside) << number;
    }
    Ok(in_scope)
}

/// Whether the groups let the object through: any group whose clauses all hold, or no group at all.
pub(super) fn in_scope(
    groups: &[Vec<BoundClause>],
    object: &dyn Scope<'_>,
    is_member: IsMember<'_>,
) -> Result<bool, EvaluationError> {
    if groups.is_empty() {
        return Ok(true);
    }
    for group in groups {
        let mut all_hold = true;
        for clause in group {
            if !holds(clause, object, is_member)? {
                all_hold = false;
                break;
            }
        }
        if all_hold {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The clauses of a group that do not hold.
pub(super) fn failing<'c>(
    group: &'c [BoundClause],
    object: &dyn Scope<'_>,
    is_member: IsMember<'_>,
) -> Result<Vec<&'c BoundClause>, EvaluationError> {
    let mut failing = Vec::new();
    for clause in group {
        if !holds(clause, object, is_member)? {
            failing.push(clause);
        }
    }
    Ok(failing)
}

/// Whether one clause holds.
///
/// An absent attribute fails the positive form of an operator and passes the negative one: ordinary objects lack
/// isCriticalSystemObject and must pass NOTEQUAL; bits of an absent number count as not set.
pub(super) fn holds(
    clause: &BoundClause,
    object: &dyn Scope<'_>,
    is_member: IsMember<'_>,
) -> Result<bool, EvaluationError> {
    use ScopeOperator as O;
    let (positive, negated) = match clause.operator {
        O::NotEqual => (O::Equal, true),
        O::IsNotIn => (O::IsIn, true),
        O::NotContains => (O::Contains, true),
        O::NotStartsWith => (O::StartsWith, true),
        O::NotEndsWith => (O::EndsWith, true),
        O::IsBitNotSet => (O::IsBitSet, true),
        O::IsNull => (O::IsNotNull, true),
        O::IsNotMemberOf => (O::IsMemberOf, true),
        positive => (positive, false),
    };
    let holds = match positive {
        O::IsNotNull => object.is_present(clause.attribute)?,
        O::IsMemberOf => is_member(&clause.value),
        _ => {
            let constant = parameter(&clause.value, object);
            any(&object.attribute(clause.attribute)?, |value| compare(positive, value, &constant))
        }
    };
    Ok(holds != negated)
}

fn compare(operator: ScopeOperator, value: &Value<'_>, constant: &str) -> bool {
    use ScopeOperator as O;
    let text =
        |test: fn(&str, &str) -> bool| folded_text(value).is_some_and(|text| test(&text, &fold(constant)));
    let order = |test: fn(Ordering) -> bool| ordering(value, constant).is_some_and(test);
    match operator {
        O::Contains => text(|text, part| text.contains(part)),
        O::StartsWith => text(|text, part| text.starts_with(part)),
        O::EndsWith => text(|text, part| text.ends_with(part)),
        O::LessThan => order(Ordering::is_lt),
        O::LessThanOrEqual => order(Ordering::is_le),
        O::GreaterThan => order(Ordering::is_gt),
        O::GreaterThanOrEqual => order(Ordering::is_ge),
        O::IsBitSet => masked(value, constant).is_some_and(|bits| bits != 0),
        _ => equal(value, constant),
    }
}

fn parameter<'a>(value: &'a str, object: &dyn Scope<'_>) -> Cow<'a, str> {
    let name = value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    match name.and_then(|name| object.parameter(name)) {
        Some(text) => text.into_owned().into(),
        None => value.into(),
    }
}

fn any(value: &Value<'_>, test: impl Fn(&Value<'_>) -> bool) -> bool {
    match value {
        Value::Null | Value::IgnoreThisFlow | Value::AuthoritativeNull => false,
        Value::List(values) => values.iter().any(test),
        one => test(one),
    }
}

/// Text operators ignore letter case: not documented, inferred (`default-sync-rules` section I-5).
fn folded_text<'a>(value: &'a Value<'_>) -> Option<Cow<'a, str>> {
    match value {
        Value::Text(text) | Value::Reference(text) => Some(fold(text)),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        text.to_lowercase().into()
    } else {
        text.into()
    }
}

fn equal(value: &Value<'_>, constant: &str) -> bool {
    match value {
        Value::Text(text) | Value::Reference(text) => {
            text.eq_ignore_ascii_case(constant) || (!text.is_ascii() && fold(text) == fold(constant))
        }
        Value::Boolean(boolean) => constant.eq_ignore_ascii_case(if *boolean { "true" } else { "false" }),
        Value::Number(number) => constant.trim().parse() == Ok(*number),
        _ => false,
    }
}

/// Documented as a text comparison, but the default scope `memberCount LESSTHAN` only makes sense with numbers
/// (`default-sync-rules` section I-14): numbers where both sides are, text otherwise.
fn ordering(value: &Value<'_>, constant: &str) -> Option<Ordering> {
    let number = constant.trim().parse::<i64>().ok();
    match value {
        Value::Number(own) => number.map(|other| own.cmp(&other)),
        Value::Text(text) => match (text.trim().parse::<i64>(), number) {
            (Ok(own), Some(other)) => Some(own.cmp(&other)),
            _ => Some(fold(text).cmp(&fold(constant))),
        },
        _ => None,
    }
}

/// The constant of ISBITSET is a mask value, not a bit index.
fn masked(value: &Value<'_>, mask: &str) -> Option<i64> {
    let number = match value {
        Value::Number(number) => *number,
        Value::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Some(number & mask.trim().parse::<i64>().ok()?)
}
