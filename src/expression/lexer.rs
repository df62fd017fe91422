//! Text into tokens (`default-sync-rules` section G.1, read 2026-11-20).
//!
//! White space, line breaks included, only separates. In a text literal `""` is a quote and `\\` is one backslash;
//! any other backslash stands for itself (the `Replace` function reads `\n`, `\r` and `\t` on its own).

use super::error::ParseError;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'t> {
    Number(u64),
    Text(String),
    /// `[name]`.
    Attribute(&'t str),
    /// `%name%`.
    Parameter(&'t str),
    /// `$name`.
    Variable(&'t str),
    /// A function name or a constant.
    Word(&'t str),
    Symbol(&'static str),
    End,
}

#[derive(Debug, Clone)]
pub(super) struct Lexeme<'t> {
    pub(super) token: Token<'t>,
    /// Byte offset of its first character.
    pub(super) offset: usize,
    /// As written.
    pub(super) text: &'t str,
}

/// Longer signs first: the first that fits is taken.
const SYMBOLS: [&str; 16] =
    ["&&", "||", "<>", "<=", ">=", "&", "=", "<", ">", "+", "-", "*", "/", "(", ")", ","];

#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// The next token; [`Token::End`] again and again at the end.
    pub(super) fn next(&mut self) -> Result<Lexeme<'t>, ParseError> {
        self.at = self.text.len() - self.rest().trim_start_matches(is_blank).len();
        let rest = self.rest();
        let (token, length) = match rest.chars().next() {
            None => (Token::End, 0),
            Some('"') => self.text_literal(rest)?,
            Some('[') => {
                let (name, length) = self.enclosed(rest, ']', "an attribute name ends with ]")?;
                (Token::Attribute(name), length)
            }
            Some('%') => {
                let (name, length) = self.enclosed(rest, '%', "a parameter ends with %")?;
                (Token::Parameter(name), length)
            }
            Some('$') => self.variable(rest)?,
            Some('0'..='9') => self.number(rest, rest, 10)?,
            Some('&') if is_hexadecimal(rest) => self.number(rest, rest.get(2..).unwrap_or_default(), 16)?,
            Some(first) if is_word(first) => {
                let word = leading_word(rest);
                (Token::Word(word), word.len())
            }
            Some(first) => self.symbol(rest, first)?,
        };
        let offset = self.at;
        self.at += length;
        Ok(Lexeme { token, offset, text: rest.get(..length).unwrap_or_default() })
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&self, found: &str, expected: impl Into<String>) -> ParseError {
        ParseError::new(self.text, self.at, found, expected)
    }

    fn text_literal(&self, rest: &str) -> Result<(Token<'t>, usize), ParseError> {
        let mut text = String::new();
        let mut characters = rest.char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            let doubled = characters.peek().is_some_and(|(_, next)| *next == character);
            match character {
                '"' if !doubled => return Ok((Token::Text(text), at + 1)),
                '"' | '\\' if doubled => {
                    characters.next();
                    text.push(character);
                }
                _ => text.push(character),
            }
        }
        Err(self.error(rest, "text ends with a straight quote (\")"))
    }

    /// A name between the first character of `rest` and `end`.
    fn enclosed(&self, rest: &'t str, end: char, expected: &str) -> Result<(&'t str, usize), ParseError> {
        let inner = rest.get(1..).unwrap_or_default();
        let name = inner
            .find(|character: char| character == end || character == '[' || character.is_control())
            .and_then(|at| inner.get(at..)?.starts_with(end).then(|| inner.get(..at))?);
        match name {
            None => Err(self.error(leading_word(inner), expected)),
            Some(name) if name.trim().is_empty() => Err(self.error("no name", "a name is missing here")),
            Some(name) => Ok((name.trim(), name.len() + 2)),
        }
    }

    fn variable(&self, rest: &'t str) -> Result<(Token<'t>, usize), ParseError> {
        let name = leading_word(rest.get(1..).unwrap_or_default());
        if name.is_empty() {
            return Err(self.error("$", "the name of a variable follows $"));
        }
        Ok((Token::Variable(name), name.len() + 1))
    }

    fn number(&self, rest: &str, digits: &str, radix: u32) -> Result<(Token<'t>, usize), ParseError> {
        let word = leading_word(digits);
        let length = rest.len() - digits.len() + word.len();
        let written = rest.get(..length).unwrap_or_default();
        if digits.get(word.len()..).is_some_and(|behind| behind.starts_with('.')) {
            return Err(self.error(written, "numbers are whole: there is no decimal point"));
        }
        match u64::from_str_radix(word, radix) {
            Ok(number) => Ok((Token::Number(number), length)),
            Err(_) => Err(self.error(written, "a number has digits only and fits in 64 bits")),
        }
    }

    fn symbol(&self, rest: &'t str, first: char) -> Result<(Token<'t>, usize), ParseError> {
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            return Ok((Token::Symbol(symbol), symbol.len()));
        }
        let found = first.to_string();
        Err(match first {
            '“' | '”' | '„' | '\'' | '‘' | '’' => {
                self.error(&found, "text is written in straight quotes (\")")
            }
            '|' => self.error(&found, "\"or\" is written ||"),
            '!' => self.error(&found, "there is no \"not\": compare with False, or write <>"),
            _ => self.error(&found, "this character has no meaning here"),
        })
    }
}

/// Also the byte order mark, which text from files may start with.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn leading_word(text: &str) -> &str {
    let end = text.find(|character| !is_word(character)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// `&H` and a digit: a number, not the operator before a word.
fn is_hexadecimal(rest: &str) -> bool {
    matches!(rest.as_bytes(), [b'&', b'H' | b'h', digit, ..] if digit.is_ascii_hexdigit())
}
