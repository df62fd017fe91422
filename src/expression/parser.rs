//! Tokens into the parsed form, bound to attribute slots (`default-sync-rules` section G.1, read 2026-11-20).
//!
//! Binding, tightest first: arithmetic and `&` (equal rank, from left to right), comparison, `&&`, `||`. The vendor's
//! text gives all operators one rank, but the shipped rules only make sense with this one.

use crate::directory::{AttributeId, AttributeNames, AttributeSet};

use super::Expression;
use super::error::ParseError;
use super::function::{self, BARE_WORDS, COMPUTED_REGEX, Definition, Form, Special};
use super::lexer::{Lexeme, Lexer, Token};
use super::syntax::{Each, LetterCase, Logic, MAX_DEPTH, Node, Operator};
use super::text::build_regex;

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
        can_raise: false,
        deterministic: true,
    };
    let root = parser.expression()?;
    if parser.next.token != Token::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    let Parser { attributes, can_raise, deterministic, .. } = parser;
    Ok(Expression { root, attributes, can_raise, deterministic })
}

struct Parser<'t, 'n> {
    lexer: Lexer<'t>,
    next: Lexeme<'t>,
    names: &'n mut AttributeNames,
    depth: usize,
    /// Variables in scope, innermost last.
    variables: Vec<&'t str>,
    attributes: AttributeSet,
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

    fn call(&mut self, lexeme: &Lexeme<'t>, definition: &'static Definition) -> Result<Node, ParseError> {
        self.deterministic &= definition.deterministic;
        if let Form::Special(special) = definition.form {
            match special {
                Special::Select | Special::Where | Special::With => {
                    return self.call_with_variable(lexeme, definition, special);
                }
                Special::ImportedValue => {
                    let [attribute] = self.attribute_names(lexeme, definition)?;
                    return Ok(Node::Attribute(attribute));
                }
                Special::ValueCount => {
                    let [attribute] = self.attribute_names(lexeme, definition)?;
                    return Ok(Node::ValueCount(attribute));
                }
                Special::ContributorValue => {
                    let [of, from] = self.attribute_names(lexeme, definition)?;
                    return Ok(Node::Contributor(of, from));
                }
                _ => {}
            }
        }
        let arguments = self.arguments(lexeme, definition)?;
        self.build(lexeme, definition, arguments)
    }

    /// The arguments behind the opening parenthesis, with the closing one.
    fn arguments(
        &mut self,
        lexeme: &Lexeme<'t>,
        definition: &'static Definition,
    ) -> Result<Vec<Node>, ParseError> {
        let mut arguments = Vec::new();
        if !self.take_symbol(")")? {
            loop {
                let start = self.next.clone();
                let argument = self.expression()?;
                self.check_word(&start, definition, arguments.len(), &argument)?;
                arguments.push(argument);
                if self.take_symbol(")")? {
                    break;
                }
                if !self.take_symbol(",")? {
                    return Err(self.unexpected("an operator, a comma or )"));
                }
            }
        }
        self.check_arity(lexeme, definition, arguments.len())?;
        Ok(arguments)
    }

    fn check_arity(
        &self,
        lexeme: &Lexeme<'_>,
        definition: &Definition,
        found: usize,
    ) -> Result<(), ParseError> {
        let (fewest, most) = definition.arity;
        let is_switch = matches!(definition.form, Form::Special(Special::Switch));
        if (fewest..=most).contains(&found) && !(is_switch && found % 2 == 1) {
            return Ok(());
        }
        let takes = match (fewest, most) {
            _ if is_switch => "pairs of condition and value".to_owned(),
            (1, 1) => "1 argument".to_owned(),
            (fewest, most) if fewest == most => format!("{fewest} arguments"),
            (fewest, most) => format!("{fewest} to {most} arguments"),
        };
        Err(self.error_at(lexeme, format!("{} takes {takes}, not {found}", definition.name)))
    }

    fn check_word(
        &self,
        start: &Lexeme<'_>,
        definition: &Definition,
        position: usize,
        argument: &Node,
    ) -> Result<(), ParseError> {
        let Some((_, words)) = definition.words.filter(|(at, _)| *at == position) else { return Ok(()) };
        match argument {
            Node::Text(text) if words.iter().any(|word| word.eq_ignore_ascii_case(text)) => Ok(()),
            _ => Err(self.error_at(start, format!("{} takes {} here", definition.name, words.join(" or ")))),
        }
    }

    /// Attribute names in quotes, as many as asked for.
    fn attribute_names<const N: usize>(
        &mut self,
        lexeme: &Lexeme<'t>,
        definition: &'static Definition,
    ) -> Result<[AttributeId; N], ParseError> {
        let mut ids = [AttributeId(0); N];
        for (position, id) in ids.iter_mut().enumerate() {
            if position > 0 {
                self.expect_symbol(",")?;
            }
            let argument = self.advance()?;
            *id = match &argument.token {
                Token::Text(name) if !name.trim().is_empty() => self.attribute(&argument, name.trim())?,
                Token::Symbol(")") => {
                    return Err(self
                        .check_arity(lexeme, definition, position)
                        .expect_err("too few arguments"));
                }
                _ => {
                    return Err(self.error_at(
                        &argument,
                        format!("{} takes an attribute name in quotes", definition.name),
                    ));
                }
            };
        }
        self.expect_symbol(")")?;
        Ok(ids)
    }

    fn call_with_variable(
        &mut self,
        lexeme: &Lexeme<'t>,
        definition: &'static Definition,
        special: Special,
    ) -> Result<Node, ParseError> {
        let variable = self.advance()?;
        let Token::Variable(name) = variable.token else {
            return Err(self.error_at(&variable, format!("{} takes a $variable first", definition.name)));
        };
        self.expect_symbol(",")?;
        let value = self.expression()?;
        if !self.take_symbol(",")? {
            let found = if self.next.token == Token::Symbol(")") { 2 } else { 3 };
            self.check_arity(lexeme, definition, found)?;
            return Err(self.unexpected("an operator or a comma"));
        }
        self.variables.push(name);
        let body = self.expression();
        self.variables.pop();
        let parts = Box::new([value, body?]);
        self.expect_symbol(")")?;
        Ok(match special {
            Special::Select => Node::Each(Each::Select, parts),
            Special::Where => Node::Each(Each::Where, parts),
            _ => Node::With(parts),
        })
    }

    /// The node of a call whose arguments are in order.
    fn build(
        &mut self,
        lexeme: &Lexeme<'t>,
        definition: &'static Definition,
        arguments: Vec<Node>,
    ) -> Result<Node, ParseError> {
        let Form::Special(special) = definition.form else {
            return Ok(Node::Call(definition, arguments));
        };
        let mut arguments = arguments.into_iter();
        let mut next = || arguments.next().unwrap_or(Node::Null);
        Ok(match special {
            Special::Iif => Node::Iif(Box::new([next(), next(), next()])),
            Special::Error => {
                self.can_raise = true;
                Node::Raise(Box::new(next()))
            }
            Special::IsPresent => Node::Present(true, Box::new(next())),
            Special::IsNullOrEmpty => Node::Present(false, Box::new(next())),
            Special::Contains => {
                let parts = Box::new([next(), next()]);
                Node::Contains(letter_case(&next(), "CaseInsensitive"), parts)
            }
            Special::Item => Node::Item(true, Box::new([next(), next()])),
            Special::ItemOrNull => Node::Item(false, Box::new([next(), next()])),
            Special::RegexIsMatch => return self.regex(lexeme, [next(), next(), next()]),
            Special::Now => Node::Now,
            Special::Guid => Node::Guid,
            Special::Switch => {
                let mut pairs = Vec::new();
                while let (Some(condition), Some(value)) = (arguments.next(), arguments.next()) {
                    pairs.push((condition, value));
                }
                Node::Switch(pairs)
            }
            Special::Select
            | Special::Where
            | Special::With
            | Special::ImportedValue
            | Special::ValueCount
            | Special::ContributorValue => Node::Null,
        })
    }

    fn regex(&self, lexeme: &Lexeme<'_>, [text, pattern, option]: [Node; 3]) -> Result<Node, ParseError> {
        match (&pattern, &option) {
            (Node::Text(literal), _) => {
                let case = letter_case(&option, "IgnoreCase");
                let regex = build_regex(literal, case).map_err(|problem| self.error_at(lexeme, problem))?;
                Ok(Node::Matches(regex, Box::new(text)))
            }
            _ => Ok(Node::Call(COMPUTED_REGEX, vec![text, pattern, option])),
        }
    }
}

fn letter_case(option: &Node, ignore: &str) -> LetterCase {
    match option {
        Node::Text(word) if word.eq_ignore_ascii_case(ignore) => LetterCase::Ignore,
        _ => LetterCase::Respect,
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
