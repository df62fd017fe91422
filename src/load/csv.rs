//! CSV: csvde and PowerShell exports.

use std::io::Read;

use super::{Context, LoadError};
use crate::directory::{Chunk, InputFormat, Source};

/// Reads a CSV.
pub fn read(
    _text: &mut dyn Read,
    _format: InputFormat,
    _context: &Context<'_>,
    source: &mut Source,
) -> Result<Vec<Chunk>, LoadError> {
    Err(LoadError::Refused { path: source.path.clone(), found: "CSV".into(), advice: "Use LDIF.".into() })
}
