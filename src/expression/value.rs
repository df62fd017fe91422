//! Values of the language.

use std::borrow::Cow;

/// A value of the language. Borrows from the directory wherever it can.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'v> {
    /// NULL: an absent attribute, or the constant.
    Null,
    /// Text.
    Text(Cow<'v, str>),
    /// Bytes.
    Binary(Cow<'v, [u8]>),
    /// 64-bit integer.
    Number(i64),
    /// Boolean.
    Boolean(bool),
    /// Reference: a DN.
    Reference(Cow<'v, str>),
    /// Point in time as FILETIME (100 ns since 1601-01-01 UTC).
    Date(i64),
    /// Several values.
    List(Vec<Value<'v>>),
    /// `IgnoreThisFlow`.
    IgnoreThisFlow,
    /// `AuthoritativeNull`.
    AuthoritativeNull,
}

impl<'v> Value<'v> {
    /// Text of any kind.
    pub fn text(text: impl Into<Cow<'v, str>>) -> Self {
        Self::Text(text.into())
    }

    /// What it is, in the words of the vendor's function reference.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Text(_) => "str",
            Self::Binary(_) => "bin",
            Self::Number(_) => "num",
            Self::Boolean(_) => "bool",
            Self::Reference(_) => "ref",
            Self::Date(_) => "dt",
            Self::List(_) => "several values",
            Self::IgnoreThisFlow => "IgnoreThisFlow",
            Self::AuthoritativeNull => "AuthoritativeNull",
        }
    }

    /// NULL, or a list without values.
    pub fn is_null(&self) -> bool {
        self.values().next().is_none()
    }

    /// Whether there is a value that is not empty text and not empty bytes.
    pub fn is_present(&self) -> bool {
        self.values().any(|value| match value {
            Self::Text(text) | Self::Reference(text) => !text.is_empty(),
            Self::Binary(bytes) => !bytes.is_empty(),
            _ => true,
        })
    }

    /// The text of text or of a reference; `None` for everything else, lists included.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Reference(text) => Some(text),
            _ => None,
        }
    }

    /// The number, also when written as text; `None` for everything else, lists included.
    ///
    /// Numeric text counts because the type of attributes outside the known schema is unknown to us, and because the
    /// language compares numbers with numeric text (`default-sync-rules` section G.2).
    pub fn as_number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim_ascii().parse().ok(),
            _ => None,
        }
    }

    /// The truth value, also when written as text in any letter case; `None` for everything else, lists included.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(boolean) => Some(*boolean),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The values there are: none for NULL, one for a single value, those of a list that are not NULL.
    pub fn values(&self) -> impl Iterator<Item = &Value<'v>> {
        let several = match self {
            Self::List(values) => values.as_slice(),
            single => std::slice::from_ref(single),
        };
        several.iter().filter(|value| !matches!(value, Self::Null))
    }

    /// The values there are, taken out; see [`values`](Self::values).
    pub fn into_values(self) -> impl Iterator<Item = Value<'v>> {
        let (single, several) = match self {
            Self::List(values) => (None, values),
            single => (Some(single), Vec::new()),
        };
        single.into_iter().chain(several).filter(|value| !matches!(value, Self::Null))
    }

    /// The same value, borrowing nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Binary(bytes) => Value::Binary(Cow::Owned(bytes.into_owned())),
            Self::Number(number) => Value::Number(number),
            Self::Boolean(boolean) => Value::Boolean(boolean),
            Self::Reference(dn) => Value::Reference(Cow::Owned(dn.into_owned())),
            Self::Date(filetime) => Value::Date(filetime),
            Self::List(values) => Value::List(values.into_iter().map(Value::into_owned).collect()),
            Self::IgnoreThisFlow => Value::IgnoreThisFlow,
            Self::AuthoritativeNull => Value::AuthoritativeNull,
        }
    }
}
