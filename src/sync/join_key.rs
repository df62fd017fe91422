//! Values compared by join conditions, in a form that hashes and compares fast.

use crate::directory::AttributeId;
use crate::directory::hash::{of_bytes, of_lower_case};
use crate::expression::Value;

/// One comparable value. Text compares without letter case unless a condition asks for it; bytes compare exactly.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum JoinKey {
    /// Lower-cased text, and the text as it is.
    Text(Box<str>, Box<str>),
    /// Bytes.
    Bytes(Box<[u8]>),
}

impl JoinKey {
    /// The keys of a value: one per value of a list, none for NULL and for empty text.
    pub fn of(value: &Value<'_>, keys: &mut Vec<Self>) {
        match value {
            Value::Null | Value::IgnoreThisFlow | Value::AuthoritativeNull => {}
            Value::Text(text) | Value::Reference(text) if text.is_empty() => {}
            Value::Text(text) | Value::Reference(text) => keys.push(Self::text(text)),
            Value::Binary(bytes) if bytes.is_empty() => {}
            Value::Binary(bytes) => keys.push(Self::Bytes(bytes.as_ref().into())),
            Value::Number(number) | Value::Date(number) => keys.push(Self::text(&number.to_string())),
            Value::Boolean(boolean) => keys.push(Self::text(if *boolean { "true" } else { "false" })),
            Value::List(values) => values.iter().for_each(|one| Self::of(one, keys)),
        }
    }

    fn text(text: &str) -> Self {
        Self::Text(text.to_lowercase().into_boxed_str(), text.into())
    }

    /// Whether a condition takes the two for equal.
    pub fn matches(&self, other: &Self, case_sensitive: bool) -> bool {
        match (self, other) {
            (Self::Text(_, a), Self::Text(_, b)) if case_sensitive => a == b,
            (Self::Text(a, _), Self::Text(b, _)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            _ => false,
        }
    }

    /// What an index looks values up by: equal for all values that may match.
    pub fn lookup(&self) -> &[u8] {
        match self {
            Self::Text(folded, _) => folded.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Hash of a value for finding objects that may be joined: equal for values that may match, never 0.
///
/// Allocates nothing for ASCII text and bytes. Lists are hashed value by value through `each`.
pub(super) fn hash_values(attribute: AttributeId, value: &Value<'_>, each: &mut impl FnMut(u64)) {
    match value {
        Value::Null | Value::IgnoreThisFlow | Value::AuthoritativeNull => {}
        Value::List(values) => values.iter().for_each(|one| hash_values(attribute, one, each)),
        Value::Text(text) | Value::Reference(text) => {
            if !text.is_empty() {
                each(hash_text(attribute, text));
            }
        }
        Value::Binary(bytes) => {
            if !bytes.is_empty() {
                each(of_bytes(u64::from(attribute.0), bytes));
            }
        }
        Value::Number(number) | Value::Date(number) => each(hash_text(attribute, &number.to_string())),
        Value::Boolean(boolean) => each(hash_text(attribute, if *boolean { "true" } else { "false" })),
    }
}

fn hash_text(attribute: AttributeId, text: &str) -> u64 {
    of_lower_case(u64::from(attribute.0), text)
}
