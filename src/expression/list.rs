//! Functions that see a list as a whole, and those that make one (`default-sync-rules` sections G.3 and G.5, read
//! 2026-11-20). A single value is a list of one, NULL a list of none.

#![allow(clippy::unnecessary_wraps)] // every function has the signature of its kind

use std::borrow::Cow;
use std::collections::HashSet;

use super::error::Result;
use super::function::Arguments;
use super::text;
use super::value::Value;

pub(super) fn count(value: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(text::count(value.values().count()))
}

pub(super) fn join(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let delimiter = arguments.text(0)?.unwrap_or(" ");
    let mut joined = String::new();
    for (position, value) in value.values().enumerate() {
        if position > 0 {
            joined.push_str(delimiter);
        }
        joined.push_str(value.as_text().ok_or_else(|| arguments.wrong_type("str", value))?);
        text::check_size(joined.len(), arguments)?;
    }
    Ok(Value::text(joined))
}

/// The parts between single-character delimiters; with a limit, the last part is the rest.
pub(super) fn split<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let Some(text) = text::take(value, arguments)? else { return Ok(Value::Null) };
    let mut delimiter = arguments.text(0)?.unwrap_or_default().chars();
    let (Some(delimiter), None) = (delimiter.next(), delimiter.next()) else {
        return Err(arguments.problem("the delimiter is one character"));
    };
    let limit = usize::try_from(arguments.number_or(1, i64::MAX)?.max(1)).unwrap_or(usize::MAX);
    Ok(Value::List(match text {
        Cow::Borrowed(text) => text.splitn(limit, delimiter).map(Value::text).collect(),
        Cow::Owned(text) => text.splitn(limit, delimiter).map(|part| Value::text(part.to_owned())).collect(),
    }))
}

/// Drops values that were there before, exactly as they are written: the letter-case rule is not documented.
pub(super) fn remove_duplicates<'r>(value: Value<'r>, _: &Arguments<'_>) -> Result<Value<'r>> {
    let Value::List(values) = value else { return Ok(value) };
    let mut kept: Vec<Value<'r>> = Vec::with_capacity(values.len());
    // Lists of a handful of values are the rule; a set pays only above.
    if values.len() <= 16 {
        for value in values {
            if !kept.contains(&value) {
                kept.push(value);
            }
        }
        return Ok(Value::List(kept));
    }
    let mut seen: HashSet<(&'static str, Cow<'_, [u8]>)> = HashSet::with_capacity(values.len());
    let first: Vec<bool> = values.iter().map(|value| seen.insert((value.kind(), identity(value)))).collect();
    drop(seen);
    kept.extend(values.into_iter().zip(first).filter(|(_, first)| *first).map(|(value, _)| value));
    Ok(Value::List(kept))
}

/// Bytes that are equal for equal values of one kind.
fn identity<'a>(value: &'a Value<'_>) -> Cow<'a, [u8]> {
    match value {
        Value::Text(text) | Value::Reference(text) => Cow::Borrowed(text.as_bytes()),
        Value::Binary(bytes) => Cow::Borrowed(bytes),
        Value::Number(number) | Value::Date(number) => Cow::Owned(number.to_le_bytes().to_vec()),
        Value::Boolean(boolean) => Cow::Owned(vec![u8::from(*boolean)]),
        Value::Null | Value::List(_) | Value::IgnoreThisFlow | Value::AuthoritativeNull => Cow::Borrowed(&[]),
    }
}
