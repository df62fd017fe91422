//! A scope whose attributes are computed once, for questions that ask for the same ones again and again.

use std::borrow::Cow;
use std::cell::RefCell;

use crate::directory::AttributeId;
use crate::expression::{EvaluationError, Scope, Value};

/// Remembers the values of another scope. Not for long-lived use: it forgets nothing.
pub(super) struct Remembering<'s, 'd> {
    inner: &'s dyn Scope<'d>,
    known: RefCell<Vec<(AttributeId, Value<'d>)>>,
}

impl<'s, 'd> Remembering<'s, 'd> {
    /// Nothing known yet.
    pub fn new(inner: &'s dyn Scope<'d>) -> Self {
        Self { inner, known: RefCell::new(Vec::new()) }
    }

    /// Takes a value that is known from elsewhere.
    pub fn learn(&self, attribute: AttributeId, value: Value<'d>) {
        self.known.borrow_mut().push((attribute, value));
    }

    fn with<T>(&self, id: AttributeId, read: impl Fn(&Value<'d>) -> T) -> Result<T, EvaluationError> {
        if let Some((_, value)) = self.known.borrow().iter().find(|(known, _)| *known == id) {
            return Ok(read(value));
        }
        let value = self.inner.attribute(id)?;
        let result = read(&value);
        self.learn(id, value);
        Ok(result)
    }
}

impl<'d> Scope<'d> for Remembering<'_, 'd> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.with(id, Value::clone)
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        self.with(id, Value::is_present)
    }

    fn parameter(&self, name: &str) -> Option<Cow<'d, str>> {
        self.inner.parameter(name)
    }

    fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.inner.contributor(of, from)
    }
}
