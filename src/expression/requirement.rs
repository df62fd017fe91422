//! What an object must have for a condition to hold at all.
//!
//! Most conditions are about attributes that most objects lack. A part of a conjunction that is false for an object
//! without attributes, and that reads nothing but attributes, stays false until one of its own is present.

use std::borrow::Cow;

use super::evaluate::is_true;
use super::syntax::{Logic, Node};
use super::{EvaluationError, Scope, Value};
use crate::directory::{AttributeId, attribute};

/// Groups of attributes: where all of one group are absent, the condition does not hold.
pub(super) fn requirements(root: &Node) -> Vec<Vec<AttributeId>> {
    let parts = match root {
        Node::Logic(Logic::And, parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    parts.iter().filter_map(requirement).collect()
}

fn requirement(part: &Node) -> Option<Vec<AttributeId>> {
    let mut read = Vec::new();
    let reads_attributes_alone = collect(part, &mut read);
    // Every object has a DN.
    if !reads_attributes_alone || read.contains(&attribute::DN) || is_true(part, &Nothing) != Ok(false) {
        return None;
    }
    read.sort_unstable();
    read.dedup();
    Some(read)
}

/// Takes down the attributes that are read; false when something else is.
fn collect(node: &Node, read: &mut Vec<AttributeId>) -> bool {
    let mut all = |nodes: &[&Node]| nodes.iter().all(|node| collect(node, read));
    match node {
        Node::Null
        | Node::Number(_)
        | Node::Boolean(_)
        | Node::Text(_)
        | Node::IgnoreThisFlow
        | Node::AuthoritativeNull
        | Node::Variable(_) => true,
        Node::Attribute(id) | Node::ValueCount(id) => {
            read.push(*id);
            true
        }
        Node::Chain(first, rest) => all(&[first]) && rest.iter().all(|(_, node)| collect(node, read)),
        Node::Logic(_, nodes) => nodes.iter().all(|node| collect(node, read)),
        Node::Call(definition, nodes) => {
            definition.deterministic && nodes.iter().all(|node| collect(node, read))
        }
        Node::Iif(parts) => parts.iter().all(|node| collect(node, read)),
        Node::Switch(pairs) => pairs.iter().all(|(when, then)| collect(when, read) && collect(then, read)),
        Node::Each(_, parts) | Node::With(parts) | Node::Contains(_, parts) | Node::Item(_, parts) => {
            parts.iter().all(|node| collect(node, read))
        }
        Node::Present(_, node) | Node::Matches(_, node) => all(&[node]),
        Node::Parameter(_) | Node::Raise(_) | Node::Contributor(..) | Node::Now | Node::Guid => false,
    }
}

/// An object without attributes.
#[derive(Debug)]
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

#[cfg(test)]
mod tests {
    use crate::directory::AttributeNames;
    use crate::expression::Expression;

    fn required(text: &str) -> String {
        let mut names = AttributeNames::default();
        let expression = Expression::parse(text, &mut names).unwrap();
        let groups = expression.requirements().into_iter().map(|group| {
            let mut group: Vec<&str> = group.into_iter().map(|id| names.name(id)).collect();
            group.sort_unstable();
            group.join("|")
        });
        groups.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn parts_that_nothing_fulfils_need_one_of_their_attributes() {
        for (condition, expected) in [
            ("[title] = \"x\"", "title"),
            ("([title] = \"x\" || [mail] = \"y\") && IsPresent([cn])", "mail|title cn"),
            ("ValueCount(\"member\") > 300", "member"),
            ("RegexIsMatch([title], \"x\") && [mail] <> \"y\"", "title"),
            ("IIF(IsPresent([title]), [mail] = \"x\", False)", "mail|title"),
            ("Count(Where($one, [member], $one = \"x\")) > 0", "member"),
        ] {
            assert_eq!(required(condition), expected, "{condition}");
        }
    }

    #[test]
    fn parts_that_may_hold_for_anything_need_nothing() {
        for condition in [
            "[title] <> \"x\"",
            "IsNullOrEmpty([title])",
            "IsPresent([title]) = False || [mail] = \"x\"",
            "[title] = %Domain.FQDN%",
            "[dn] = \"x\"",
            "RandomNum(1, 3) = CNum([title])",
            "IIF(IsPresent([title]), False, True)",
            "ContributorValue(\"mail\", \"title\") = \"x\"",
        ] {
            assert_eq!(required(condition), "", "{condition}");
        }
    }
}
