//! Tokens into the parsed form, bound to attribute slots (`default-sync-rules` section G.1, read 2026-11-20).
//!
//! Binding, tightest first: arithmetic and `&` (equal rank, from left to right), comparison, `&&`, `||`. The vendor's
//! text gives all operators one rank, but the shipped rules only make sense with this one.

mod call;

use crate::directory::{AttributeId, AttributeNames, AttributeSet};

use super::Expression;
use super::error::ParseError;
use super::function::{self, BARE_WORDS};
use super::lexer::{Lexeme, Lexer, Token};
use super::syntax::{Logic, MAX_DEPTH, Node, Operator};

/// Constants that the vendor's connectors define as parameters (`default-sync-rules` section G.4, read 2026-11-20).
const CONSTANT_PARAMETERS: [(&str, i64); 5] = [
    ("ADS_UF_ACCOUNTDISABLE", 0x2),
    ("ADS_GROUP_TYPE_GLOBAL_GROUP", 0x2),
    ("ADS_GROUP_TYPE_DOMAIN_LOCAL_GROUP", 0x4),
    ("ADS_GROUP_TYPE_UNIVERSAL_GROUP", 0x8),
    ("ADS_GROUP_TYPE_SECURITY_ENABLED", 0x8000_0000),
];

const ADDITIVE: &[(&str, Operator)] = &[
    ("+", Operator::Add),
    ("-", Operator::Subtract),
    ("*", Operator::Multiply),
    ("/", Operator::Divide),
    ("&", Operator::Concatenate),
];
const COMPARISON: &[(&str, Operator)] = &[
    ("=", Operator::Equal),
    ("<>", Operator::NotEqual),
    ("<", Operator::Less),
    ("<=", Operator::LessOrEqual),
    (">", Operator::Greater),
    (">=", Operator::GreaterOrEqual),
];

pub(super) fn parse(text: &str, names: &mut AttributeNames) -> Result<Expression, ParseError> {
    let mut lexer = Lexer::new(text);
    let next = lexer.next()?;
    let mut parser = Parser {
        lexer,
        next,
        names,
        depth: 0,
        variables: Vec::new(),
        attributes: AttributeSet::default(),
        contributed: AttributeSet::default(),
        can_raise: false,
        deterministic: true,
    };
    let root = parser.expression()?;
    if parser.next.token != Token::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    let Parser { attributes, contributed, can_raise, deterministic, .. } = parser;
    Ok(Expression { root, attributes, contributed, can_raise, deterministic })
}

struct Parser<'t, 'n> {
    lexer: Lexer<'t>,
    next: Lexeme<'t>,
    names: &'n mut AttributeNames,
    depth: usize,
    /// Variables in scope, innermost last.
    variables: Vec<&'t str>,
    attributes: AttributeSet,
    contributed: AttributeSet,
    can_raise: bool,
    deterministic: bool,
}

impl<'t> Parser<'t, '_> {
    fn advance(&mut self) -> Result<Lexeme<'t>, ParseError> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn error_at(&self, lexeme: &Lexeme<'_>, expected: impl Into<String>) -> ParseError {
        let found = if lexeme.token == Token::End { "the end" } else { lexeme.text };
        ParseError::new(self.lexer.text(), lexeme.offset, found, expected)
    }

    /// What comes next is not what must come next.
    fn unexpected(&self, expected: &str) -> ParseError {
        self.error_at(&self.next, format!("expected {expected}"))
    }

    fn take_symbol(&mut self, symbol: &str) -> Result<bool, ParseError> {
        let found = matches!(self.next.token, Token::Symbol(next) if next == symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<(), ParseError> {
        if self.take_symbol(symbol)? { Ok(()) } else { Err(self.unexpected(symbol)) }
    }

    fn expression(&mut self) -> Result<Node, ParseError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error_at(&self.next, format!("nested more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        let node = self.logic(Logic::Or);
        self.depth -= 1;
        node
    }

    fn logic(&mut self, logic: Logic) -> Result<Node, ParseError> {
        let term = |parser: &mut Self| match logic {
            Logic::Or => parser.logic(Logic::And),
            Logic::And => parser.chain(COMPARISON, |parser| parser.chain(ADDITIVE, Self::operand)),
        };
        let first = term(self)?;
        let mut terms = Vec::new();
        while self.take_symbol(logic.sign())? {
            terms.push(term(self)?);
        }
        if terms.is_empty() {
            return Ok(first);
        }
        terms.insert(0, first);
        Ok(Node::Logic(logic, terms))
    }

    fn chain(
        &mut self,
        operators: &[(&str, Operator)],
        mut operand: impl FnMut(&mut Self) -> Result<Node, ParseError>,
    ) -> Result<Node, ParseError> {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some((_, operator)) =
            operators.iter().find(|(sign, _)| matches!(self.next.token, Token::Symbol(next) if next == *sign))
        {
            self.advance()?;
            rest.push((*operator, operand(self)?));
        }
        Ok(if rest.is_empty() { first } else { Node::Chain(Box::new(first), rest) })
    }

    fn operand(&mut self) -> Result<Node, ParseError> {
        let lexeme = self.next.clone();
        if matches!(lexeme.token, Token::End) {
            return Err(self.unexpected("a value"));
        }
        self.advance()?;
        match &lexeme.token {
            Token::Number(number) => self.number(&lexeme, *number, false),
            Token::Text(text) => Ok(Node::Text(text.as_str().into())),
            Token::Attribute(name) => Ok(Node::Attribute(self.attribute(&lexeme, name)?)),
            Token::Parameter(name) => Ok(parameter(name)),
            Token::Variable(name) => self.variable(&lexeme, name),
            Token::Word(name) => self.word(&lexeme, name),
            Token::Symbol("(") => {
                let inner = self.expression()?;
                self.expect_symbol(")")?;
                Ok(inner)
            }
            Token::Symbol("-") => match self.advance()? {
                Lexeme { token: Token::Number(number), .. } => self.number(&lexeme, number, true),
                other => Err(self.error_at(&other, "a minus sign here needs a number behind it")),
            },
            Token::Symbol(_) | Token::End => Err(self.error_at(&lexeme, "expected a value")),
        }
    }

    /// Hexadecimal numbers use all 64 bits, so `&HFFFFFFFFFFFFFFFF` is -1; decimal ones must fit with their sign.
    fn number(&self, lexeme: &Lexeme<'_>, number: u64, negative: bool) -> Result<Node, ParseError> {
        let number = match i64::try_from(number) {
            Ok(number) if negative => Some(-number),
            Ok(number) => Some(number),
            Err(_) if negative => 0_i64.checked_sub_unsigned(number),
            Err(_) => lexeme.text.starts_with('&').then_some(number.cast_signed()),
        };
        number
            .map(Node::Number)
            .ok_or_else(|| self.error_at(lexeme, "a number fits in 64 bits with its sign"))
    }

    fn attribute(&mut self, lexeme: &Lexeme<'_>, name: &str) -> Result<AttributeId, ParseError> {
        let id = self
            .names
            .intern(name)
            .ok_or_else(|| self.error_at(lexeme, "there are too many different attribute names"))?;
        self.attributes.insert(id);
        Ok(id)
    }

    fn variable(&self, lexeme: &Lexeme<'_>, name: &str) -> Result<Node, ParseError> {
        match self.variables.iter().rev().position(|known| *known == name) {
            Some(distance) => Ok(Node::Variable(distance)),
            None => Err(self.error_at(lexeme, "no Select, Where or With around this defines the variable")),
        }
    }

    fn word(&mut self, lexeme: &Lexeme<'t>, name: &str) -> Result<Node, ParseError> {
        if self.take_symbol("(")? {
            let Some(definition) = function::find(name) else {
                return Err(self.error_at(lexeme, function::unknown(name)));
            };
            return self.call(lexeme, definition);
        }
        if let Some(constant) = constant(name) {
            return Ok(constant);
        }
        if let Some(word) = BARE_WORDS.into_iter().flatten().find(|word| **word == name) {
            return Ok(Node::Text((*word).into()));
        }
        let expected = match function::find(name) {
            Some(_) => "expected ( behind the name of a function".to_owned(),
            None => format!("expected a value; an attribute is written [{name}], text \"{name}\""),
        };
        Err(self.error_at(lexeme, expected))
    }
}

fn parameter(name: &str) -> Node {
    match CONSTANT_PARAMETERS.into_iter().find(|(known, _)| *known == name) {
        Some((_, number)) => Node::Number(number),
        None => Node::Parameter(name.into()),
    }
}

/// Constants are taken in any letter case: the rules in use write booleans in all of them.
fn constant(name: &str) -> Option<Node> {
    const CONSTANTS: [(&str, Node); 5] = [
        ("True", Node::Boolean(true)),
        ("False", Node::Boolean(false)),
        ("NULL", Node::Null),
        ("IgnoreThisFlow", Node::IgnoreThisFlow),
        ("AuthoritativeNull", Node::AuthoritativeNull),
    ];
    if name.eq_ignore_ascii_case("CRLF") {
        return Some(Node::Text("\r\n".into()));
    }
    CONSTANTS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, node)| node)
}
