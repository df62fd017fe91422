//! Loaders: LDIF, CSV and tenant files into a [`crate::directory::Directory`].
//!
//! Bytes in, chunks out. Every record read is loaded or counted with a reason; a broken record never stops a file; a
//! file that cannot be used ends with a [`LoadError`]. No loader opens anything the data names.

pub mod convert;
pub mod csv;
pub mod tenant;

use std::fmt;
use std::sync::RwLock;

use crate::directory::{AttributeNames, SourceId, WantedAttributes};

/// Bounds on what a single record may take (`input-formats` section 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Logical line, bytes.
    pub line_bytes: usize,
    /// Decoded value, bytes.
    pub value_bytes: usize,
    /// Values of one attribute of one object.
    pub values_per_attribute: usize,
    /// Values of all attributes of one object.
    pub attributes_per_record: usize,
    /// Nesting of JSON.
    pub json_depth: usize,
    /// Columns of a CSV.
    pub csv_columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line_bytes: 64 << 20,
            value_bytes: 16 << 20,
            values_per_attribute: 5_000_000,
            attributes_per_record: 10_000,
            json_depth: 64,
            csv_columns: 5_000,
        }
    }
}

/// What every format loader needs to know about the run.
#[derive(Debug)]
pub struct Context<'a> {
    /// The input being read.
    pub source: SourceId,
    /// Which attributes to keep.
    pub wanted: &'a WantedAttributes,
    /// Interned names; written to only when all attributes are wanted.
    pub names: &'a RwLock<AttributeNames>,
    /// Bounds.
    pub limits: Limits,
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
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "{path}: cannot be read: {error}"),
            Self::Refused { path, found, advice } => write!(f, "{path}: this is {found}. {advice}"),
            Self::Unusable { path, line: Some(line), problem, advice } => {
                write!(f, "{path}:{line}: {problem}. {advice}")
            }
            Self::Unusable { path, line: None, problem, advice } => write!(f, "{path}: {problem}. {advice}"),
        }
    }
}

impl std::error::Error for LoadError {}
