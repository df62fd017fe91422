//! Evaluation over several values: what maps, filters, searches and picks.

use std::borrow::Borrow;
use std::ops::ControlFlow;

use crate::directory::{AttributeId, dn};
use crate::expression::error::{EvaluationError, Result};
use crate::expression::syntax::{Each, LetterCase, Node};
use crate::expression::value::Value;
use crate::expression::{operator, text};

use super::{Context, Literal, Variable};

impl<'c, 'v: 'r, 'r> Context<'c, 'v, 'r> {
    pub(super) fn each<'e: 'c, L: Literal<'e, 'r>>(
        self,
        each: Each,
        [list, body]: &'e [Node; 2],
        literal: L,
    ) -> Result<Value<'r>> {
        let mut results = Vec::new();
        for value in self.value(list, literal)?.into_values() {
            let variable = Variable { value, outer: self.variable };
            let context = Context { scope: self.scope, variable: Some(&variable) };
            match each {
                Each::Select => match context.value(body, literal)? {
                    several @ Value::List(_) => {
                        return Err(EvaluationError::wrong_type(
                            "Select",
                            "one value for each value",
                            &several,
                        ));
                    }
                    single => results.push(single),
                },
                Each::Where => {
                    if context.condition(body, "Where")?.any() {
                        results.push(variable.value);
                    }
                }
            }
        }
        Ok(Value::List(results))
    }

    /// Position, from 1, of the first value that contains the text; a reference must be the same DN.
    pub(super) fn contains<'e: 'c>(
        self,
        case: LetterCase,
        [list, needle]: &'e [Node; 2],
    ) -> Result<Value<'r>> {
        let needle = self.look(needle)?;
        let wrong_type = |found: &Value<'_>| EvaluationError::wrong_type("Contains", "str", found);
        if needle.is_null() {
            return Ok(Value::Number(0));
        }
        let needle = needle.as_text().ok_or_else(|| wrong_type(&needle))?;
        let mut position = 0;
        let outcome = self.find(list, |value| {
            position += 1;
            match value {
                Value::Text(text) => Ok(text::contains(text, needle, case)),
                Value::Reference(dn) => Ok(dn::same(dn.as_bytes(), needle.as_bytes())),
                other => Err(wrong_type(other)),
            }
        })?;
        Ok(outcome.map_or(Value::Number(0), |()| text::count(position)))
    }

    pub(super) fn item<'e: 'c, L: Literal<'e, 'r>>(
        self,
        must_exist: bool,
        [list, index]: &'e [Node; 2],
        literal: L,
    ) -> Result<Value<'r>> {
        let index = self.look(index)?;
        let function = if must_exist { "Item" } else { "ItemOrNull" };
        let index = index.as_number().ok_or_else(|| EvaluationError::wrong_type(function, "num", &index))?;
        let mut count = 0;
        let mut is_wanted = || {
            count += 1;
            i64::try_from(count) == Ok(index)
        };
        let found = match list {
            Node::Attribute(id) => self.find_value(*id, |_| Ok(is_wanted()))?,
            other => self.value(other, literal)?.into_values().find(|_| is_wanted()),
        };
        match found {
            Some(value) => Ok(value),
            None if must_exist => Err(Box::new(EvaluationError::OutOfBounds { index, count })),
            None => Ok(Value::Null),
        }
    }

    /// The first value that passes a test; of an attribute, without making a list.
    fn find<'e: 'c>(
        self,
        list: &'e Node,
        mut test: impl FnMut(&Value<'_>) -> Result<bool>,
    ) -> Result<Option<()>> {
        if let Node::Attribute(id) = list {
            return Ok(self.find_value(*id, test)?.map(|_| ()));
        }
        for value in self.look(list)?.values() {
            if test(value)? {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }

    fn find_value(
        self,
        id: AttributeId,
        mut test: impl FnMut(&Value<'_>) -> Result<bool>,
    ) -> Result<Option<Value<'v>>> {
        let mut found = Ok(None);
        self.scope.visit(id, &mut |value| {
            found = match test(&value) {
                Ok(true) => Ok(Some(value)),
                Ok(false) => return ControlFlow::Continue(()),
                Err(error) => Err(error),
            };
            ControlFlow::Break(())
        })?;
        found
    }
}

/// A list of what a function makes of each value; NULLs keep their places.
pub(super) fn each_value<'x, 'r, T: Borrow<Value<'x>>>(
    values: impl IntoIterator<Item = T>,
    body: impl Fn(T) -> Result<Value<'r>>,
) -> Result<Value<'r>> {
    let apply = |value: T| if matches!(value.borrow(), Value::Null) { Ok(Value::Null) } else { body(value) };
    values.into_iter().map(apply).collect::<Result<_>>().map(Value::List)
}

/// Chooses value by value. A branch that is a list gives its value at the same position, any other branch itself.
pub(super) fn choose<'r>(truths: &[bool], yes: Value<'r>, no: Value<'r>) -> Result<Value<'r>> {
    let mut pick_yes = picker(truths.len(), yes)?;
    let mut pick_no = picker(truths.len(), no)?;
    let chosen = truths.iter().map(|truth| {
        let (yes, no) = (pick_yes(), pick_no());
        if *truth { yes } else { no }
    });
    Ok(Value::List(chosen.collect()))
}

fn picker<'r>(count: usize, branch: Value<'r>) -> Result<impl FnMut() -> Value<'r>> {
    let (mut several, single) = match branch {
        Value::List(values) if values.len() == count => (values.into_iter(), Value::Null),
        Value::List(values) => return Err(operator::unequal_lists("IIF", count, values.len())),
        single => (Vec::new().into_iter(), single),
    };
    Ok(move || several.next().unwrap_or_else(|| single.clone()))
}
