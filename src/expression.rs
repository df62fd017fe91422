//! The declarative provisioning expression language: parse once, evaluate often.
//!
//! Rules, checks and fixes all use it (`default-sync-rules` section G). [`Expression::parse`] binds attribute names to
//! slots; [`Expression::evaluate`] runs against a [`Scope`], which is a connector-space object, a metaverse object or
//! an export object.

use std::borrow::Cow;

use crate::directory::{AttributeId, AttributeNames, AttributeSet};

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

/// Why an evaluation stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvaluationError {
    /// The expression called `Error("…")`.
    Raised(String),
    /// An operand has the wrong type.
    Type {
        /// Function or operator.
        function: String,
        /// What it takes.
        expected: &'static str,
        /// What it got.
        found: &'static str,
    },
    /// `Item` was asked for a position that does not exist.
    OutOfBounds {
        /// Position asked for, from 1.
        index: i64,
        /// Number of values there are.
        count: usize,
    },
    /// An argument has a value the function cannot take.
    Argument {
        /// Function.
        function: String,
        /// What is wrong.
        problem: String,
    },
}

/// What an expression is evaluated against.
pub trait Scope<'v> {
    /// The value of an attribute: [`Value::Null`] when absent, [`Value::List`] for a multi-valued attribute.
    fn attribute(&self, id: AttributeId) -> Result<Value<'v>, EvaluationError>;

    /// Whether the attribute has a value that is not empty.
    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError>;

    /// The value of a parameter such as `Domain.FQDN`; `None` when it is not defined here.
    fn parameter(&self, name: &str) -> Option<Cow<'v, str>>;

    /// The value, on the object that contributes metaverse attribute `of`, of connector-space attribute `from`.
    /// Only metaverse scopes of checks know it.
    fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'v>, EvaluationError> {
        let _ = (of, from);
        Ok(Value::Null)
    }
}

/// What is wrong with the text of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Byte offset in the text, from 0.
    pub offset: usize,
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What stands there.
    pub found: String,
    /// What was expected, or what is wrong.
    pub expected: String,
}

/// A parsed and bound expression.
#[derive(Debug, Clone)]
pub struct Expression {
    attributes: AttributeSet,
}

impl Expression {
    /// Parses and binds.
    pub fn parse(_text: &str, _names: &mut AttributeNames) -> Result<Self, ParseError> {
        Ok(Self { attributes: AttributeSet::default() })
    }

    /// Every attribute it mentions.
    pub fn attributes(&self) -> &AttributeSet {
        &self.attributes
    }

    /// Whether it can raise an error of its own (`Error(…)` occurs in it).
    pub fn can_raise(&self) -> bool {
        false
    }

    /// Evaluates.
    pub fn evaluate<'v>(&self, _scope: &dyn Scope<'v>) -> Result<Value<'v>, EvaluationError> {
        Ok(Value::Null)
    }

    /// Evaluates as a condition: NULL is false.
    pub fn is_true<'v>(&self, scope: &dyn Scope<'v>) -> Result<bool, EvaluationError> {
        Ok(self.evaluate(scope)? == Value::Boolean(true))
    }
}

/// TEMPORARY STUB.
#[derive(Debug, Clone, Copy)]
pub struct ObjectScope<'v> {
    object: crate::directory::Object<'v>,
}
impl<'v> ObjectScope<'v> {
    /// stub
    pub fn new(object: crate::directory::Object<'v>, _names: &'v AttributeNames) -> Self {
        Self { object }
    }
}
impl<'v> Scope<'v> for ObjectScope<'v> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'v>, EvaluationError> {
        Ok(self.object.first(id).map_or(Value::Null, |b| Value::Binary(b.into())))
    }
    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        Ok(self.object.first(id).is_some())
    }
    fn parameter(&self, _name: &str) -> Option<Cow<'v, str>> {
        None
    }
}
