//! Any text as an expression, evaluated against an object without attributes.
#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use presync::directory::{AttributeId, AttributeNames};
use presync::expression::{EvaluationError, Expression, Scope, Value};

struct Nothing;

impl<'v> Scope<'v> for Nothing {
    fn attribute(&self, _id: AttributeId) -> Result<Value<'v>, EvaluationError> {
        Ok(Value::Null)
    }

    fn is_present(&self, _id: AttributeId) -> Result<bool, EvaluationError> {
        Ok(false)
    }

    fn parameter(&self, _name: &str) -> Option<Cow<'v, str>> {
        None
    }
}

fuzz_target!(|text: &str| {
    if let Ok(expression) = Expression::parse(text, &mut AttributeNames::default()) {
        let _ = expression.evaluate(&Nothing);
        let _ = expression.is_true(&Nothing);
    }
});
