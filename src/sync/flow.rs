//! The value that one attribute flow proposes.

use crate::expression::{EvaluationError, Scope, Value};
use crate::outcome::{Reason, ReasonSet};

use super::bound::{BoundFlow, BoundValue};
use super::remember::Remembering;

/// The proposal of a flow; an empty text or list is no value (`default-sync-rules` section G.2).
pub(super) fn propose<'v>(flow: &BoundFlow, scope: &dyn Scope<'v>) -> Result<Value<'v>, EvaluationError> {
    let value = match &flow.value {
        BoundValue::Direct(source) => scope.attribute(*source)?,
        BoundValue::Constant(value) => value.clone(),
        BoundValue::Parameter(name) => scope.parameter(name).map_or(Value::Null, Value::Text),
        BoundValue::Expression(expression) => expression.evaluate(scope)?,
        BoundValue::Clauses(clauses) => {
            // The clauses of a filter look at the same few attributes again and again.
            let remembering = &Remembering::new(scope);
            for clause in clauses {
                if clause.may_hold(scope)? && clause.when.is_true(remembering)? {
                    return Ok(Value::Boolean(true));
                }
            }
            Value::Null
        }
    };
    Ok(match value {
        Value::Text(text) if text.is_empty() => Value::Null,
        Value::Binary(bytes) if bytes.is_empty() => Value::Null,
        Value::List(values) => without_empty(values),
        other => other,
    })
}

/// Values of a list that are blank after trimming are no values either.
fn without_empty(mut values: Vec<Value<'_>>) -> Value<'_> {
    values.retain(|value| !matches!(value, Value::Text(text) if text.is_empty()));
    if values.is_empty() { Value::Null } else { Value::List(values) }
}

/// Why a flow that filters gives True; a formula of the administrator's own knows no finer word.
pub(super) fn filter_reasons(flow: &BoundFlow, scope: &dyn Scope<'_>) -> Result<ReasonSet, EvaluationError> {
    let mut reasons = ReasonSet::EMPTY;
    if let BoundValue::Clauses(clauses) = &flow.value {
        for clause in clauses {
            if clause.may_hold(scope)? && clause.when.is_true(scope)? {
                reasons.insert(clause.reason);
            }
        }
    } else if propose(flow, scope)? == Value::Boolean(true) {
        reasons.insert(Reason::FilteredByRule);
    }
    Ok(reasons)
}

/// Whether a value counts as a contribution that ends the search for lower-ranked ones.
pub(super) fn contributes(value: &Value<'_>) -> bool {
    !matches!(value, Value::Null | Value::IgnoreThisFlow)
}
