//! The parsed form of an expression.
//!
//! Chains of operators are flat lists, so that depth grows with parentheses and calls only, which the parser limits.

use crate::directory::AttributeId;

use super::function::Definition;

/// Deepest nesting of parentheses and calls. Rules in use stay below 20; the limit keeps the stack of any thread safe.
pub(super) const MAX_DEPTH: usize = 100;

#[derive(Debug, Clone)]
pub(super) enum Node {
    Null,
    Number(i64),
    Boolean(bool),
    Text(Box<str>),
    IgnoreThisFlow,
    AuthoritativeNull,
    /// `[attribute]` or `ImportedValue("attribute")`.
    Attribute(AttributeId),
    /// `%Domain.FQDN%`, without the signs.
    Parameter(Box<str>),
    /// A variable, by how many `Select`, `Where` or `With` stand between its use and its own.
    Variable(usize),
    /// Arithmetic and `&`, or comparisons: from left to right.
    Chain(Box<Node>, Vec<(Operator, Node)>),
    /// `&&` and `||`.
    Logic(Logic, Vec<Node>),
    Call(&'static Definition, Vec<Node>),
    Iif(Box<[Node; 3]>),
    /// Pairs of condition and value.
    Switch(Vec<(Node, Node)>),
    Raise(Box<Node>),
    /// `Select` and `Where`: the list, and what is evaluated for each value.
    Each(Each, Box<[Node; 2]>),
    /// The value of the variable, and what is evaluated with it.
    With(Box<[Node; 2]>),
    /// `IsPresent`, or `IsNullOrEmpty` when false.
    Present(bool, Box<Node>),
    /// `Contains`: the list and what to look for.
    Contains(LetterCase, Box<[Node; 2]>),
    /// `Item`, or `ItemOrNull` when false: the list and the position.
    Item(bool, Box<[Node; 2]>),
    ValueCount(AttributeId),
    Contributor(AttributeId, AttributeId),
    /// `RegexIsMatch` with a literal pattern.
    Matches(regex::Regex, Box<Node>),
    Now,
    Guid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Concatenate,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logic {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Each {
    Select,
    Where,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterCase {
    Respect,
    Ignore,
}

impl Operator {
    pub(super) fn is_comparison(self) -> bool {
        !matches!(self, Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::Concatenate)
    }

    /// As written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Concatenate => "&",
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Logic {
    /// As written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::And => "&&",
            Self::Or => "||",
        }
    }
}
