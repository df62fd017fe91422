//! Evaluation of the parsed form.
//!
//! Text literals live as long as the expression, values of the scope as long as the directory. What becomes (part of)
//! the result is evaluated with [`Lent`] set to copy literals; what is only looked at borrows them, so that a
//! condition allocates nothing for its literals.

mod several;

use std::borrow::Cow;

use super::Scope;
use super::error::{EvaluationError, Result};
use super::function::{Arguments, Body, Definition, Form};
use super::operator::{self, Condition};
use super::syntax::{Logic, Node, Operator};
use super::value::Value;
use super::{date, test_function, text};
use crate::directory::AttributeId;
use several::{choose, each_value};

/// Evaluates for a result that outlives the expression.
pub(super) fn evaluate<'v>(
    root: &Node,
    scope: &dyn Scope<'v>,
) -> std::result::Result<Value<'v>, EvaluationError> {
    let value = Context { scope, variable: None }.value(root, Copied).map_err(|error| *error)?;
    Ok(match value {
        Value::List(mut values) => {
            values.retain(|value| !matches!(value, Value::Null));
            if values.is_empty() { Value::Null } else { Value::List(values) }
        }
        single => single,
    })
}

/// Evaluates as a condition.
pub(super) fn is_true(root: &Node, scope: &dyn Scope<'_>) -> std::result::Result<bool, EvaluationError> {
    let condition = Context { scope, variable: None }.condition(root, "condition");
    condition.map(|condition| condition.any()).map_err(|error| *error)
}

/// How a text literal of the expression becomes a value.
trait Literal<'e, 'r>: Copy {
    fn text(self, literal: &'e str) -> Cow<'r, str>;
}

/// The value may outlive the expression.
#[derive(Clone, Copy)]
struct Copied;

/// The value does not outlive the expression.
#[derive(Clone, Copy)]
struct Lent;

impl<'e, 'r> Literal<'e, 'r> for Copied {
    fn text(self, literal: &'e str) -> Cow<'r, str> {
        Cow::Owned(literal.to_owned())
    }
}

impl<'e: 'r, 'r> Literal<'e, 'r> for Lent {
    fn text(self, literal: &'e str) -> Cow<'r, str> {
        Cow::Borrowed(literal)
    }
}

/// The parts of a comparison of an attribute.
fn attribute_compared(term: &Node) -> Option<(AttributeId, Operator, &Node)> {
    let Node::Chain(left, rest) = term else { return None };
    match (&**left, rest.as_slice()) {
        (Node::Attribute(id), [(operator, right)]) if operator.is_comparison() => {
            Some((*id, *operator, right))
        }
        _ => None,
    }
}

/// A variable and those around it.
struct Variable<'c, 'r> {
    value: Value<'r>,
    outer: Option<&'c Variable<'c, 'r>>,
}

/// What an evaluation sees: the object and the variables.
#[derive(Clone, Copy)]
struct Context<'c, 'v, 'r> {
    scope: &'c dyn Scope<'v>,
    variable: Option<&'c Variable<'c, 'r>>,
}

impl<'c, 'v: 'r, 'r> Context<'c, 'v, 'r> {
    /// The value of a node that is only looked at.
    fn look<'s>(self, node: &'s Node) -> Result<Value<'s>>
    where
        'r: 's,
        's: 'c,
    {
        let narrowed: Context<'c, 'v, 's> = Context { scope: self.scope, variable: self.variable };
        narrowed.value(node, Lent)
    }

    fn value<'e: 'c, L: Literal<'e, 'r>>(self, node: &'e Node, literal: L) -> Result<Value<'r>> {
        Ok(match node {
            Node::Null => Value::Null,
            Node::Number(number) => Value::Number(*number),
            Node::Boolean(boolean) => Value::Boolean(*boolean),
            Node::Text(text) => Value::Text(literal.text(text)),
            Node::IgnoreThisFlow => Value::IgnoreThisFlow,
            Node::AuthoritativeNull => Value::AuthoritativeNull,
            Node::Attribute(id) => self.scope.attribute(*id)?,
            Node::Parameter(name) => self.scope.parameter(name).map_or(Value::Null, Value::Text),
            Node::Variable(distance) => self.variable(*distance),
            Node::Chain(first, rest) => return self.chain(first, rest, literal),
            Node::Logic(logic, terms) => self.logic(*logic, terms)?.into(),
            Node::Call(definition, arguments) => return self.call(definition, arguments, literal),
            Node::Iif(parts) => return self.iif(parts, literal),
            Node::Switch(pairs) => return self.switch(pairs, literal),
            Node::Raise(text) => return Err(self.raised(text)),
            Node::Each(each, parts) => return self.each(*each, parts, literal),
            Node::With(parts) => {
                let [value, body] = &**parts;
                let variable = Variable { value: self.value(value, literal)?, outer: self.variable };
                return Context { scope: self.scope, variable: Some(&variable) }.value(body, literal);
            }
            Node::Present(wanted, value) => Value::Boolean(self.is_present(value)? == *wanted),
            Node::Contains(case, parts) => self.contains(*case, parts)?,
            Node::Item(must_exist, parts) => return self.item(*must_exist, parts, literal),
            Node::ValueCount(id) => text::count(self.scope.value_count(*id)?),
            Node::Contributor(of, from) => self.scope.contributor(*of, *from)?,
            Node::Matches(regex, text) => self.matches(regex, text)?,
            Node::Now => date::now(),
            Node::Guid => Value::text(test_function::random_guid()),
        })
    }

    fn variable(self, distance: usize) -> Value<'r> {
        let mut variables = std::iter::successors(self.variable, |variable| variable.outer);
        variables.nth(distance).map_or(Value::Null, |variable| variable.value.clone())
    }

    fn condition<'e: 'c>(self, node: &'e Node, asking: &str) -> Result<Condition> {
        // Most conditions are comparisons and tests: no value needs to be made of them.
        match node {
            Node::Logic(logic, terms) => self.logic(*logic, terms),
            Node::Present(wanted, value) => Ok(Condition::One(self.is_present(value)? == *wanted)),
            Node::Chain(left, rest) => match rest.as_slice() {
                [(operator, right)] if operator.is_comparison() => self.comparison(*operator, left, right),
                _ => Condition::of(&self.look(node)?, asking),
            },
            _ => Condition::of(&self.look(node)?, asking),
        }
    }

    fn comparison<'e: 'c>(self, operator: Operator, left: &'e Node, right: &'e Node) -> Result<Condition> {
        let (left, right) = (self.look(left)?, self.look(right)?);
        if matches!(left, Value::List(_)) || matches!(right, Value::List(_)) {
            return Condition::of(&operator::apply(operator, left, &right)?, operator.sign());
        }
        operator::compare(operator, &left, &right).map(Condition::One)
    }

    fn chain<'e: 'c, L: Literal<'e, 'r>>(
        self,
        first: &'e Node,
        rest: &'e [(Operator, Node)],
        literal: L,
    ) -> Result<Value<'r>> {
        let mut value = self.value(first, literal)?;
        for (operator, node) in rest {
            value = operator::apply(*operator, value, &self.look(node)?)?;
        }
        Ok(value)
    }

    /// From left to right; stops as soon as the result is known for the whole object.
    fn logic<'e: 'c>(self, logic: Logic, terms: &'e [Node]) -> Result<Condition> {
        let decided = Condition::One(logic == Logic::Or);
        let mut result = Condition::One(logic == Logic::And);
        let mut known = None;
        for term in terms {
            let condition = match attribute_compared(term) {
                Some((id, operator, right)) => self.compare_known(&mut known, id, operator, right)?,
                None => self.condition(term, logic.sign())?,
            };
            result = result.combine(logic, condition)?;
            if result == decided {
                break;
            }
        }
        Ok(result)
    }

    /// Compares an attribute. Neighbours often compare the same one with other values: it is read once.
    fn compare_known<'e: 'c>(
        self,
        known: &mut Option<(AttributeId, Value<'v>)>,
        id: AttributeId,
        operator: Operator,
        right: &'e Node,
    ) -> Result<Condition> {
        let value = match known {
            Some((own, value)) if *own == id => value,
            _ => &known.insert((id, self.scope.attribute(id)?)).1,
        };
        let right = self.look(right)?;
        if matches!(value, Value::List(_)) || matches!(right, Value::List(_)) {
            return Condition::of(&operator::apply(operator, value.clone(), &right)?, operator.sign());
        }
        operator::compare(operator, value, &right).map(Condition::One)
    }

    fn call<'e: 'c, L: Literal<'e, 'r>>(
        self,
        definition: &'static Definition,
        arguments: &'e [Node],
        literal: L,
    ) -> Result<Value<'r>> {
        let Some((first, others)) = arguments.split_first() else { return Ok(Value::Null) };
        if others.is_empty() {
            return self.apply(definition, first, &[], literal);
        }
        let mut values = [Value::Null, Value::Null, Value::Null];
        for (value, node) in values.iter_mut().zip(others) {
            *value = self.look(node)?;
        }
        self.apply(definition, first, &values, literal)
    }

    fn apply<'e: 'c, L: Literal<'e, 'r>>(
        self,
        definition: &'static Definition,
        first: &'e Node,
        others: &[Value<'_>],
        literal: L,
    ) -> Result<Value<'r>> {
        let arguments = Arguments { function: definition.name, values: others };
        match definition.form {
            Form::EachValue(Body::Keep(body)) => match self.value(first, literal)? {
                Value::List(values) => each_value(values, |value| body(value, &arguments)),
                single => body(single, &arguments),
            },
            Form::EachValue(Body::Make(body)) => match &self.look(first)? {
                Value::List(values) => each_value(values, |value| body(value, &arguments)),
                single => body(single, &arguments),
            },
            Form::Whole(Body::Keep(body)) => body(self.value(first, literal)?, &arguments),
            Form::Whole(Body::Make(body)) => body(&self.look(first)?, &arguments),
            Form::Special(_) => Ok(Value::Null),
        }
    }

    fn iif<'e: 'c, L: Literal<'e, 'r>>(self, parts: &'e [Node; 3], literal: L) -> Result<Value<'r>> {
        let [condition, yes, no] = parts;
        match self.condition(condition, "IIF")? {
            Condition::One(true) => self.value(yes, literal),
            Condition::One(false) => self.value(no, literal),
            Condition::Each(truths) => {
                let branch = |truth, node| {
                    if truths.contains(&truth) { self.value(node, literal) } else { Ok(Value::Null) }
                };
                choose(&truths, branch(true, yes)?, branch(false, no)?)
            }
        }
    }

    fn switch<'e: 'c, L: Literal<'e, 'r>>(self, pairs: &'e [(Node, Node)], literal: L) -> Result<Value<'r>> {
        let mut result = None;
        for (condition, value) in pairs {
            let truth = self.condition(condition, "Switch")?.any();
            let value = self.value(value, literal)?;
            if truth && result.is_none() {
                result = Some(value);
            }
        }
        Ok(result.unwrap_or(Value::Null))
    }

    fn raised<'e: 'c>(self, text: &'e Node) -> Box<EvaluationError> {
        match self.look(text) {
            Ok(value) => match value.as_text() {
                Some(text) => Box::new(EvaluationError::Raised(text.to_owned())),
                None if value.is_null() => Box::new(EvaluationError::Raised(String::new())),
                None => EvaluationError::wrong_type("Error", "str", &value),
            },
            Err(error) => error,
        }
    }

    fn is_present<'e: 'c>(self, node: &'e Node) -> Result<bool> {
        match node {
            Node::Attribute(id) => Ok(self.scope.is_present(*id)?),
            other => Ok(self.look(other)?.is_present()),
        }
    }

    fn matches<'e: 'c>(self, regex: &regex::Regex, text: &'e Node) -> Result<Value<'r>> {
        let test = |value: &Value<'_>| match value {
            Value::Null => Ok(false),
            value => value
                .as_text()
                .map(|text| regex.is_match(text))
                .ok_or_else(|| EvaluationError::wrong_type("RegexIsMatch", "str", value)),
        };
        match self.look(text)? {
            Value::List(values) => values
                .iter()
                .map(|value| test(value).map(Value::Boolean))
                .collect::<Result<_>>()
                .map(Value::List),
            single => test(&single).map(Value::Boolean),
        }
    }
}
