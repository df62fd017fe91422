//! Why an input cannot be used: what, where, and what to do.

use std::fmt;

use crate::directory::InputFormat;

/// A NUL byte beyond the start of a file that looked like text.
pub(super) fn binary(path: &str, line: u64) -> LoadError {
    LoadError::Unusable {
        path: path.to_owned(),
        line: Some(line),
        problem: "there are NUL bytes: this is a binary file, or text that was damaged".into(),
        advice: "Export again, or copy the file again in binary mode.".into(),
    }
}

/// Why an input cannot be used.
#[derive(Debug)]
pub enum LoadError {
    /// It cannot be opened or read.
    Io {
        /// As named by the user.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is of a kind that is refused.
    Refused {
        /// As named by the user.
        path: String,
        /// What it is, as a noun phrase.
        found: String,
        /// What to do instead, as a sentence.
        advice: String,
    },
    /// It is of the right kind, but nothing in it can be used.
    Unusable {
        /// As named by the user.
        path: String,
        /// Line, from 1, where known.
        line: Option<u64>,
        /// What is wrong, as a sentence part.
        problem: String,
        /// What to do, as a sentence.
        advice: String,
    },
    /// A live directory cannot be reached, refuses the account, or ends before anything was read.
    Connection {
        /// As named by the user; holds no credentials.
        url: String,
        /// What is wrong, as a sentence part.
        problem: String,
        /// What to do, as a sentence; may be empty.
        advice: String,
    },
}

impl LoadError {
    /// The same for an input whose format was stated, which may be what is wrong.
    pub(super) fn read_as(mut self, stated: InputFormat) -> Self {
        if let Self::Refused { advice, .. } | Self::Unusable { advice, .. } = &mut self {
            *advice = format!(
                "It was read as {} because --input-format says so; leave the option out to have it recognized.",
                stated.name()
            );
        }
        self
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "{path}: cannot be read: {error}"),
            Self::Refused { path, found, advice } => write!(f, "{path}: this is {found}. {advice}"),
            Self::Connection { url, problem, advice } => {
                write!(f, "{}", format!("{url}: {problem}. {advice}").trim_end())
            }
            Self::Unusable { path, line: Some(line), problem, advice } => {
                write!(f, "{path}:{line}: {problem}. {advice}")
            }
            Self::Unusable { path, line: None, problem, advice } => write!(f, "{path}: {problem}. {advice}"),
        }
    }
}

impl std::error::Error for LoadError {}
