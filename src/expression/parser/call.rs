//! Calls of functions: how many arguments they take, which of them are names, and the node that each becomes.

use crate::directory::AttributeId;
use crate::expression::error::ParseError;
use crate::expression::function::{COMPUTED_REGEX, Definition, Form, Special};
use crate::expression::lexer::{Lexeme, Token};
use crate::expression::syntax::{Each, LetterCase, Node};
use crate::expression::text::build_regex;

use super::Parser;

impl<'t> Parser<'t, '_> {
    /// A call whose opening parenthesis has been read; `lexeme` is the name.
    pub(super) fn call(
        &mut self,
        lexeme: &Lexeme<'t>,
        definition: &'static Definition,
    ) -> Result<Node, ParseError> {
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
                    self.contributed.insert(from);
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
