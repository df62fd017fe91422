//! Operators on values, and conditions (`default-sync-rules` sections G.1 to G.3, read 2026-11-20).

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::directory::dn;

use super::error::{EvaluationError, Result};
use super::syntax::{Logic, Operator};
use super::text::MAX_TEXT_BYTES;
use super::value::Value;

/// Two lists can only be taken value by value when they are equally long.
pub(super) fn unequal_lists(sign: &str, left: usize, right: usize) -> Box<EvaluationError> {
    EvaluationError::problem(
        sign,
        format!("lists of {left} and {right} values cannot be taken value by value"),
    )
}

/// Applies an operator, value by value when an operand is a list.
pub(super) fn apply<'r>(operator: Operator, left: Value<'r>, right: &Value<'_>) -> Result<Value<'r>> {
    match (left, right) {
        (Value::List(left), Value::List(right)) if left.len() == right.len() => {
            let pairs = left.into_iter().zip(right);
            pairs.map(|(left, right)| single(operator, left, right)).collect::<Result<_>>().map(Value::List)
        }
        (Value::List(left), Value::List(right)) => {
            Err(unequal_lists(operator.sign(), left.len(), right.len()))
        }
        (Value::List(left), right) => {
            left.into_iter().map(|left| single(operator, left, right)).collect::<Result<_>>().map(Value::List)
        }
        (left, Value::List(right)) => right
            .iter()
            .map(|right| single(operator, left.clone(), right))
            .collect::<Result<_>>()
            .map(Value::List),
        (left, right) => single(operator, left, right),
    }
}

fn single<'r>(operator: Operator, left: Value<'r>, right: &Value<'_>) -> Result<Value<'r>> {
    match operator {
        Operator::Concatenate => concatenate(left, right),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide => {
            arithmetic(operator, &left, right)
        }
        _ => compare(operator, &left, right).map(Value::Boolean),
    }
}

fn concatenate<'r>(left: Value<'r>, right: &Value<'_>) -> Result<Value<'r>> {
    let sign = Operator::Concatenate.sign();
    match (left, right) {
        (left, Value::Null)
            if matches!(left, Value::Null | Value::Text(_) | Value::Reference(_) | Value::Binary(_)) =>
        {
            Ok(left)
        }
        (Value::Null, Value::Text(text) | Value::Reference(text)) => {
            Ok(Value::text(text.clone().into_owned()))
        }
        (Value::Null, Value::Binary(bytes)) => Ok(Value::Binary(Cow::Owned(bytes.clone().into_owned()))),
        (Value::Text(left) | Value::Reference(left), Value::Text(right) | Value::Reference(right)) => {
            check_size(left.len() + right.len())?;
            let mut text = left.into_owned();
            text.push_str(right);
            Ok(Value::text(text))
        }
        (Value::Binary(left), Value::Binary(right)) => {
            check_size(left.len() + right.len())?;
            let mut bytes = left.into_owned();
            bytes.extend_from_slice(right);
            Ok(Value::Binary(Cow::Owned(bytes)))
        }
        (Value::Null | Value::Text(_) | Value::Reference(_) | Value::Binary(_), right) => {
            Err(EvaluationError::wrong_type(sign, "str", right))
        }
        (left, _) => Err(EvaluationError::wrong_type(sign, "str", &left)),
    }
}

fn check_size(bytes: usize) -> Result<()> {
    if bytes > MAX_TEXT_BYTES {
        return Err(EvaluationError::problem(
            "&",
            format!("the result is longer than {MAX_TEXT_BYTES} bytes"),
        ));
    }
    Ok(())
}

fn arithmetic<'r>(operator: Operator, left: &Value<'_>, right: &Value<'_>) -> Result<Value<'r>> {
    let sign = operator.sign();
    let number =
        |value: &Value<'_>| value.as_number().ok_or_else(|| EvaluationError::wrong_type(sign, "num", value));
    if matches!(left, Value::Null) || matches!(right, Value::Null) {
        return Ok(Value::Null);
    }
    let (left, right) = (number(left)?, number(right)?);
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        _ => left.checked_div(right),
    };
    result.map(Value::Number).ok_or_else(|| {
        EvaluationError::problem(sign, format!("{left} {sign} {right} is no number of 64 bits"))
    })
}

/// Comparison of single values. NULL is equal to nothing, itself included, and never below or above.
pub(super) fn compare(operator: Operator, left: &Value<'_>, right: &Value<'_>) -> Result<bool> {
    if matches!(left, Value::Null) || matches!(right, Value::Null) {
        return Ok(operator == Operator::NotEqual);
    }
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    let ordering = order(left, right, equality)
        .ok_or_else(|| EvaluationError::wrong_type(operator.sign(), expected_beside(left), right))?;
    Ok(match operator {
        Operator::Equal => ordering == Ordering::Equal,
        Operator::NotEqual => ordering != Ordering::Equal,
        Operator::Less => ordering == Ordering::Less,
        Operator::LessOrEqual => ordering != Ordering::Greater,
        Operator::Greater => ordering == Ordering::Greater,
        _ => ordering != Ordering::Less,
    })
}

/// What can stand on the other side of a comparison with this value.
fn expected_beside(value: &Value<'_>) -> &'static str {
    match value {
        Value::Text(_) | Value::Reference(_) => "str",
        Value::Number(_) => "num",
        Value::Boolean(_) => "bool",
        Value::Date(_) => "dt",
        Value::Binary(_) => "bin (for = and <> only)",
        _ => "a value that can be compared",
    }
}

/// How two values are ordered; `None` when their types do not go together. Types without an order (booleans,
/// references, bytes) only go together when equality alone is asked.
fn order(left: &Value<'_>, right: &Value<'_>, equality: bool) -> Option<Ordering> {
    let equal = |equal: bool| equality.then_some(if equal { Ordering::Equal } else { Ordering::Less });
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Reference(left) | Value::Text(left), Value::Reference(right) | Value::Text(right)) => {
            equal(dn::same(left.as_bytes(), right.as_bytes()))
        }
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Binary(left), Value::Binary(right)) => equal(left == right),
        (Value::Boolean(_), _) | (_, Value::Boolean(_)) => equal(left.as_boolean()? == right.as_boolean()?),
        (Value::Number(_), _) | (_, Value::Number(_)) => Some(left.as_number()?.cmp(&right.as_number()?)),
        _ => None,
    }
}

/// The truth of a value that is used as a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// Holds for the object or not.
    One(bool),
    /// Holds for each value of a list or not.
    Each(Vec<bool>),
}

impl Condition {
    /// NULL is false; anything but booleans is an error of the function or operator `asking`.
    pub(super) fn of(value: &Value<'_>, asking: &str) -> Result<Self> {
        let truth = |value: &Value<'_>| match value {
            Value::Null => Ok(false),
            value => value.as_boolean().ok_or_else(|| EvaluationError::wrong_type(asking, "bool", value)),
        };
        match value {
            Value::List(values) => values.iter().map(truth).collect::<Result<_>>().map(Self::Each),
            single => truth(single).map(Self::One),
        }
    }

    pub(super) fn any(&self) -> bool {
        match self {
            Self::One(truth) => *truth,
            Self::Each(truths) => truths.contains(&true),
        }
    }

    pub(super) fn combine(self, logic: Logic, other: Self) -> Result<Self> {
        let both = |left: bool, right: bool| match logic {
            Logic::And => left && right,
            Logic::Or => left || right,
        };
        Ok(match (self, other) {
            (Self::One(left), Self::One(right)) => Self::One(both(left, right)),
            (Self::One(one), Self::Each(each)) | (Self::Each(each), Self::One(one)) => {
                Self::Each(each.into_iter().map(|truth| both(truth, one)).collect())
            }
            (Self::Each(left), Self::Each(right)) if left.len() == right.len() => {
                Self::Each(left.into_iter().zip(right).map(|(left, right)| both(left, right)).collect())
            }
            (Self::Each(left), Self::Each(right)) => {
                return Err(unequal_lists(logic.sign(), left.len(), right.len()));
            }
        })
    }
}

impl From<Condition> for Value<'_> {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::One(truth) => Self::Boolean(truth),
            Condition::Each(truths) => Self::List(truths.into_iter().map(Self::Boolean).collect()),
        }
    }
}
