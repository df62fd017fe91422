//! The declarative provisioning expression language: parse once, evaluate often.
//!
//! Rules, checks and fixes all use it (`default-sync-rules` section G, read 2026-11-20). [`Expression::parse`] checks
//! names and argument counts and binds attributes to slots; [`Expression::evaluate`] runs against a [`Scope`], which is
//! a connector-space object, a metaverse object or an export object.
//!
//! Several values: a function of single values is applied to each value of a list, an operator too, and `IIF` over
//! such a condition chooses value by value (section G.3). Inside an evaluation a list may hold NULLs, so that lists
//! that come from one attribute stay aligned; a result never does. Absent attributes are NULL; what each function
//! makes of NULL follows section G.2, and where that table is silent: text, date and conversion functions give NULL,
//! tests give False, counts and positions give 0, and `&` takes it for empty text.
//!
//! Two functions are ours, for checks: `ContributorValue("mvAttribute", "csAttribute")` and
//! `RegexIsMatch(text, pattern [, "IgnoreCase"])` (the latter exists undocumented in the vendor's language too).

#![allow(clippy::unnecessary_box_returns)] // errors are boxed where they arise; see `error::Result`

mod conversion;
mod date;
mod error;
mod evaluate;
mod function;
mod lexer;
mod list;
mod object_scope;
mod operator;
mod parser;
mod requirement;
mod syntax;
mod test_function;
#[cfg(test)]
mod tests;
mod text;
mod value;

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::directory::{AttributeId, AttributeNames, AttributeSet};

pub use error::{EvaluationError, ParseError};
pub use object_scope::{ObjectScope, Parameters, read_value};
pub use value::Value;

/// What an expression is evaluated against.
///
/// Only the first three methods are needed. The others answer from [`attribute`](Self::attribute); a scope that can
/// answer them without building a list overrides them.
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

    /// How many values the attribute has.
    fn value_count(&self, id: AttributeId) -> Result<usize, EvaluationError> {
        Ok(self.attribute(id)?.values().count())
    }

    /// Hands over the values of the attribute one by one, in order, until told to stop.
    fn visit(
        &self,
        id: AttributeId,
        visitor: &mut dyn FnMut(Value<'v>) -> ControlFlow<()>,
    ) -> Result<(), EvaluationError> {
        // An early stop is no failure: there is nothing to hand on.
        let _ = self.attribute(id)?.into_values().try_for_each(visitor);
        Ok(())
    }
}

/// A scope that hands every question on to another one.
pub trait Delegate<'v> {
    /// The other one.
    fn inner(&self) -> &dyn Scope<'v>;
}

impl<'v, T: Delegate<'v>> Scope<'v> for T {
    fn attribute(&self, id: AttributeId) -> Result<Value<'v>, EvaluationError> {
        self.inner().attribute(id)
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        self.inner().is_present(id)
    }

    fn parameter(&self, name: &str) -> Option<Cow<'v, str>> {
        self.inner().parameter(name)
    }

    fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'v>, EvaluationError> {
        self.inner().contributor(of, from)
    }

    fn value_count(&self, id: AttributeId) -> Result<usize, EvaluationError> {
        self.inner().value_count(id)
    }

    fn visit(
        &self,
        id: AttributeId,
        visitor: &mut dyn FnMut(Value<'v>) -> ControlFlow<()>,
    ) -> Result<(), EvaluationError> {
        self.inner().visit(id, visitor)
    }
}

/// A parsed and bound expression.
#[derive(Debug, Clone)]
pub struct Expression {
    root: syntax::Node,
    attributes: AttributeSet,
    contributed: AttributeSet,
    can_raise: bool,
    deterministic: bool,
}

impl Expression {
    /// Parses and binds. Attribute names that are new are interned; they are compared without letter case.
    pub fn parse(text: &str, names: &mut AttributeNames) -> Result<Self, ParseError> {
        parser::parse(text, names)
    }

    /// Every attribute it mentions, those named in `ImportedValue`, `ValueCount` and `ContributorValue` included.
    pub fn attributes(&self) -> &AttributeSet {
        &self.attributes
    }

    /// Of these, the connector-space attributes that `ContributorValue` asks for.
    pub fn contributed(&self) -> &AttributeSet {
        &self.contributed
    }

    /// Whether it can raise an error of its own (`Error(…)` occurs in it).
    pub fn can_raise(&self) -> bool {
        self.can_raise
    }

    /// Whether two evaluations on the same object always agree: false when `Now`, `Guid` or `RandomNum` occurs in it.
    pub fn is_deterministic(&self) -> bool {
        self.deterministic
    }

    /// Groups of attributes: as a condition it does not hold for an object that lacks all attributes of one group.
    pub fn requirements(&self) -> Vec<Vec<AttributeId>> {
        requirement::requirements(&self.root)
    }

    /// Evaluates. A list in the result is never empty and holds no NULL and no list. Text that the scope lends is
    /// lent on, also as a part (`Trim`, `Left`, `Mid`).
    pub fn evaluate<'v>(&self, scope: &dyn Scope<'v>) -> Result<Value<'v>, EvaluationError> {
        evaluate::evaluate(&self.root, scope)
    }

    /// Evaluates as a condition: NULL is false; a condition over several values is true when any of them is.
    pub fn is_true(&self, scope: &dyn Scope<'_>) -> Result<bool, EvaluationError> {
        evaluate::is_true(&self.root, scope)
    }
}
