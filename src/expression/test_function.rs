//! Functions on bits and functions that test a value (`default-sync-rules` sections G.2 and G.5, read 2026-11-20).

#![allow(clippy::unnecessary_wraps)] // every function has the signature of its kind

use std::hash::{BuildHasher, RandomState};

use crate::directory::guid;

use super::date;
use super::error::Result;
use super::function::Arguments;
use super::value::Value;

/// A number; `None` for NULL.
fn number(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Option<i64>> {
    match value {
        Value::Null => Ok(None),
        value => value.as_number().map(Some).ok_or_else(|| arguments.wrong_type("num", value)),
    }
}

/// Both operands of a function on bits; `None` when one is NULL.
fn bits(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Option<(i64, i64)>> {
    Ok(number(value, arguments)?.zip(number(arguments.value(0), arguments)?))
}

pub(super) fn bit_and(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(bits(value, arguments)?.map_or(Value::Null, |(value, mask)| Value::Number(value & mask)))
}

pub(super) fn bit_or(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(bits(value, arguments)?.map_or(Value::Null, |(value, mask)| Value::Number(value | mask)))
}

/// The flag is a mask, not the number of a bit: the documented example has `IsBitSet(&HF,4)` true.
pub(super) fn is_bit_set(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(Value::Boolean(bits(value, arguments)?.is_some_and(|(value, mask)| value & mask != 0)))
}

pub(super) fn is_null(value: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(Value::Boolean(value.is_null()))
}

/// Present, but only as empty text.
pub(super) fn is_empty(value: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(Value::Boolean(!value.is_null() && !value.is_present()))
}

/// Whether it can be text: not for binary values and not for NULL.
pub(super) fn is_string(value: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    let is_string =
        matches!(value, Value::Text(_) | Value::Reference(_) | Value::Number(_) | Value::Boolean(_));
    Ok(Value::Boolean(is_string))
}

pub(super) fn is_numeric(value: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(Value::Boolean(value.as_number().is_some()))
}

pub(super) fn is_guid(value: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(Value::Boolean(value.as_text().and_then(guid::from_text).is_some()))
}

pub(super) fn is_date(value: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(Value::Boolean(value.as_text().and_then(date::parse).is_some()))
}

/// Whether the bytes have the outer shape of an X.509 certificate: a DER sequence that fills them and holds a
/// sequence. Nothing inside is verified.
pub(super) fn is_certificate(value: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    let Value::Binary(bytes) = value else { return Ok(Value::Boolean(false)) };
    let content = match bytes.as_ref() {
        [0x30, 0x81, length, content @ ..] if usize::from(*length) == content.len() => content,
        [0x30, 0x82, high, low, content @ ..]
            if usize::from(*high) * 256 + usize::from(*low) == content.len() =>
        {
            content
        }
        _ => &[],
    };
    Ok(Value::Boolean(content.first() == Some(&0x30)))
}

/// A number from the first to the second, both included.
pub(super) fn random_number(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let start = value.as_number().ok_or_else(|| arguments.wrong_type("num", value))?;
    let end = arguments.number(0)?;
    if start > end {
        return Err(arguments.problem(format!("the first number, {start}, is above the second, {end}")));
    }
    let span = u128::from(end.abs_diff(start)) + 1;
    let offset = u64::try_from(u128::from(random_bits()) % span).unwrap_or(0);
    Ok(Value::Number(start.saturating_add_unsigned(offset)))
}

/// 64 bits that differ from call to call; good enough for values that nothing depends on.
fn random_bits() -> u64 {
    RandomState::new().hash_one(std::time::Instant::now())
}

/// A random GUID (version 4) as text.
pub(super) fn random_guid() -> String {
    let mut bytes = [0_u8; 16];
    let random = random_bits().to_le_bytes().into_iter().chain(random_bits().to_le_bytes());
    for (position, (byte, random)) in bytes.iter_mut().zip(random).enumerate() {
        *byte = match position {
            // The version is the first digit of the third group, which is stored little-endian.
            7 => random & 0x0f | 0x40,
            8 => random & 0x3f | 0x80,
            _ => random,
        };
    }
    guid::to_text(&bytes).unwrap_or_default()
}
