//! What can be wrong with the text of an expression, and with an evaluation.

use std::fmt;

use super::value::Value;

/// Why an evaluation stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvaluationError {
    /// The expression called `Error("…")`.
    Raised(String),
    /// An operand has the wrong type.
    Type {
        /// Function or operator.
        function: String,
        /// What it takes.
        expected: &'static str,
        /// What it got.
        found: &'static str,
    },
    /// `Item` was asked for a position that does not exist.
    OutOfBounds {
        /// Position asked for, from 1.
        index: i64,
        /// Number of values there are.
        count: usize,
    },
    /// An argument has a value the function cannot take.
    Argument {
        /// Function.
        function: String,
        /// What is wrong.
        problem: String,
    },
}

impl EvaluationError {
    pub(super) fn wrong_type(function: &str, expected: &'static str, found: &Value<'_>) -> Box<Self> {
        Box::new(Self::Type { function: function.to_owned(), expected, found: found.kind() })
    }

    pub(super) fn problem(function: &str, problem: impl Into<String>) -> Box<Self> {
        Box::new(Self::Argument { function: function.to_owned(), problem: problem.into() })
    }
}

/// Results inside an evaluation: values pass through many hands, so the rare error is boxed to keep them small.
pub(super) type Result<T> = std::result::Result<T, Box<EvaluationError>>;

impl fmt::Display for EvaluationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raised(text) => out.write_str(text),
            Self::Type { function, expected, found } => {
                write!(out, "{function} takes {expected}, but got {found}")
            }
            Self::OutOfBounds { index, count } => {
                write!(out, "Item was asked for value {index}, but there are {count}")
            }
            Self::Argument { function, problem } => write!(out, "{function}: {problem}"),
        }
    }
}

impl std::error::Error for EvaluationError {}

/// What is wrong with the text of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Byte offset in the text, from 0.
    pub offset: usize,
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What stands there.
    pub found: String,
    /// What was expected, or what is wrong.
    pub expected: String,
    /// The line of the text that it stands in.
    pub line_text: String,
}

impl ParseError {
    pub(super) fn new(text: &str, offset: usize, found: &str, expected: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_text = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        Self {
            offset,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            found: shortened(found),
            expected: expected.into(),
            line_text: line_text.to_owned(),
        }
    }
}

/// The first 40 characters: enough to recognize a token, and no error repeats a whole text literal.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl fmt::Display for ParseError {
    /// Two sentences' worth on the first line, then the line of the text and a caret under the place.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "line {}, column {}: found {}; {}", self.line, self.column, self.found, self.expected)?;
        // Tabs and other blanks keep their width, so that the caret stands where the eye looks for it.
        let indent: String = self
            .line_text
            .chars()
            .take(self.column - 1)
            .map(|character| if character.is_whitespace() { character } else { ' ' })
            .collect();
        write!(out, "    {}\n    {indent}^", self.line_text)
    }
}

impl std::error::Error for ParseError {}
