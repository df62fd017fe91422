//! Functions that turn one type into another (`default-sync-rules` section G.5, read 2026-11-20).

#![allow(clippy::unnecessary_wraps)] // every function has the signature of its kind

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::directory::dn::{self, Rdn};
use crate::directory::{guid, sid};

use super::error::Result;
use super::function::Arguments;
use super::text;
use super::value::Value;

/// `CBin` and `Thumbprint` are undocumented and occur in device-key flows only, which decide nothing: NULL.
pub(super) fn not_evaluated(_: &Value<'_>, _: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(Value::Null)
}

pub(super) fn to_boolean(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    if matches!(value, Value::Null) {
        return Ok(Value::Boolean(false));
    }
    let number = value.as_number().map(|number| number != 0);
    let boolean = value.as_boolean().or(number).ok_or_else(|| arguments.wrong_type("bool or num", value))?;
    Ok(Value::Boolean(boolean))
}

/// Of binary values only device keys are asked for their number; like all of that flow it is not evaluated.
pub(super) fn to_number(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    match value {
        Value::Null | Value::Binary(_) => Ok(Value::Null),
        Value::Boolean(boolean) => Ok(Value::Number(i64::from(*boolean))),
        Value::Text(text) => match value.as_number() {
            Some(number) => Ok(Value::Number(number)),
            None => Err(arguments.problem(format!("\"{text}\" is no whole number"))),
        },
        _ => value.as_number().map(Value::Number).ok_or_else(|| arguments.wrong_type("str", value)),
    }
}

pub(super) fn to_text<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Text(text) | Value::Reference(text) => Ok(Value::Text(text)),
        Value::Number(number) => Ok(Value::text(number.to_string())),
        Value::Boolean(boolean) => Ok(Value::text(if boolean { "True" } else { "False" })),
        other => Err(arguments.wrong_type("num, ref or bool", &other)),
    }
}

pub(super) fn to_reference<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    Ok(text::take(value, arguments)?.map_or(Value::Null, Value::Reference))
}

pub(super) fn to_guid(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let Some(text) = text::look(value, arguments)? else { return Ok(Value::Null) };
    match guid::from_text(text) {
        Some(stored) => Ok(Value::Binary(Cow::Owned(stored.to_vec()))),
        None => Err(arguments.problem(format!("\"{text}\" is no GUID"))),
    }
}

pub(super) fn guid_text<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    identifier_text(value, arguments, "GUID", guid::to_text, |text| guid::from_text(text).is_some())
}

pub(super) fn sid_text<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    identifier_text(value, arguments, "SID", sid::to_text, |text| sid::from_text(text).is_some())
}

/// Text of a binary identifier. Text that already is one stays: an input may give it so.
fn identifier_text<'r>(
    value: Value<'r>,
    arguments: &Arguments<'_>,
    what: &str,
    to_text: impl FnOnce(&[u8]) -> Option<String>,
    is_text: impl FnOnce(&str) -> bool,
) -> Result<Value<'r>> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Binary(bytes) => to_text(&bytes)
            .map(Value::text)
            .ok_or_else(|| arguments.problem(format!("these {} bytes are no {what}", bytes.len()))),
        Value::Text(text) if is_text(&text) => Ok(Value::Text(text)),
        other => Err(arguments.wrong_type("bin", &other)),
    }
}

/// Bytes as they are; text as UTF-16, little-endian.
pub(super) fn to_base64(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    match value {
        Value::Binary(bytes) => Ok(Value::text(STANDARD.encode(bytes))),
        other => Ok(text::look(other, arguments)?.map_or(Value::Null, |text| {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            Value::text(STANDARD.encode(units))
        })),
    }
}

pub(super) fn from_base64(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let Some(encoded) = text::look(value, arguments)? else { return Ok(Value::Null) };
    let bytes =
        STANDARD.decode(encoded.trim()).map_err(|error| arguments.problem(format!("no base64: {error}")))?;
    let decoded = if arguments.is_word(0, "UTF8")? || arguments.is_word(0, "ASCII")? {
        String::from_utf8(bytes).ok()
    } else {
        let (units, odd) = bytes.as_chunks::<2>();
        let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
        if odd.is_empty() { String::from_utf16(&units).ok() } else { None }
    };
    decoded
        .map(Value::text)
        .ok_or_else(|| arguments.problem("the decoded bytes are no text of this encoding"))
}

pub(super) fn to_utf8_hex(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let Some(text) = text::look(value, arguments)? else { return Ok(Value::Null) };
    text::check_size(text.len().saturating_mul(2), arguments)?;
    let mut hex = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        write!(hex, "{byte:02X}").expect("writing to a String cannot fail");
    }
    Ok(Value::text(hex))
}

pub(super) fn from_utf8_hex(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let Some(hex) = text::look(value, arguments)? else { return Ok(Value::Null) };
    let bytes = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let [high, low] = pair else { return None };
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
        })
        .collect::<Option<Vec<u8>>>();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Value::text)
        .ok_or_else(|| arguments.problem("no UTF-8 text in hexadecimal digits"))
}

/// `cn=` or another type before the value stays; everything else is taken for the value.
pub(super) fn escape_dn_component(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let Some(component) = text::look(value, arguments)? else { return Ok(Value::Null) };
    text::check_size(component.len().saturating_mul(3), arguments)?;
    let is_type = |kind: &str| {
        !kind.is_empty()
            && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    };
    Ok(Value::text(match component.split_once('=') {
        Some((kind, value)) if is_type(kind) => format!("{kind}={}", dn::escape_value(value)),
        _ => dn::escape_value(component),
    }))
}

/// The value of an RDN: decoded, but with control characters as `\0A`. The shipped filters look for replication
/// conflicts by the text `\0ACNF:`, while inputs may hold the line feed itself (`default-sync-rules` I-28).
fn component_text(rdn: Rdn<'_>) -> String {
    let decoded = rdn.value();
    let mut text = String::with_capacity(decoded.len());
    for character in String::from_utf8_lossy(&decoded).chars() {
        if character.is_ascii_control() {
            write!(text, "\\{:02X}", u32::from(character)).expect("writing to a String cannot fail");
        } else {
            text.push(character);
        }
    }
    text
}

/// The value of the RDN at a position counted from 1; NULL when there is none.
fn nth_component<'a>(mut rdns: impl Iterator<Item = Rdn<'a>>, position: i64) -> Value<'static> {
    let position = usize::try_from(position).ok().and_then(|position| position.checked_sub(1));
    position
        .and_then(|position| rdns.nth(position))
        .map_or(Value::Null, |rdn| Value::text(component_text(rdn)))
}

pub(super) fn dn_component(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let Some(dn) = text::look(value, arguments)? else { return Ok(Value::Null) };
    Ok(nth_component(dn::rdns(dn.as_bytes()), arguments.number(0)?))
}

pub(super) fn dn_component_from_right(
    value: &Value<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value<'static>> {
    let Some(dn) = text::look(value, arguments)? else { return Ok(Value::Null) };
    let without_domain = arguments.is_word(1, "DC")?;
    let rdns: Vec<Rdn<'_>> =
        dn::rdns(dn.as_bytes()).filter(|rdn| !(without_domain && rdn.first().is("DC"))).collect();
    Ok(nth_component(rdns.into_iter().rev(), arguments.number(0)?))
}
