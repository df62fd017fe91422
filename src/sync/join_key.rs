//! Values compared by join conditions, in a form that hashes and compares fast.

use std::hash::{Hash, Hasher};

use crate::directory::AttributeId;
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
                each(hash_bytes(attribute, bytes.iter().copied()));
            }
        }
        Value::Number(number) | Value::Date(number) => each(hash_text(attribute, &number.to_string())),
        Value::Boolean(boolean) => each(hash_text(attribute, if *boolean { "true" } else { "false" })),
    }
}

fn hash_text(attribute: AttributeId, text: &str) -> u64 {
    if text.is_ascii() {
        hash_bytes(attribute, text.bytes().map(|byte| byte.to_ascii_lowercase()))
    } else {
        hash_bytes(attribute, text.to_lowercase().bytes())
    }
}

fn hash_bytes(attribute: AttributeId, bytes: impl Iterator<Item = u8>) -> u64 {
    // Eight bytes at a time into a multiply-rotate mix; the result is only a first guess, equality is decided on
    // the values themselves.
    let mut hasher = Mix(u64::from(attribute.0) ^ 0x9e37_79b9_7f4a_7c15);
    let mut word = 0_u64;
    let mut filled = 0_u32;
    for byte in bytes {
        word |= u64::from(byte) << (8 * (filled & 7));
        filled += 1;
        if filled.is_multiple_of(8) {
            word.hash(&mut hasher);
            word = 0;
        }
    }
    word.hash(&mut hasher);
    hasher.0 = hasher.0.rotate_left(23) ^ u64::from(filled);
    0_u64.hash(&mut hasher);
    hasher.finish().max(1)
}

struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
        self.0 = (mixed ^ (mixed >> 32)).wrapping_mul(0xc4ce_b9fe_1a85_ec53).rotate_left(31);
    }
}
