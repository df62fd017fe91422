//! Tenant files: Microsoft Graph JSON.

use std::io::Read;

use super::LoadError;
use crate::directory::Source;
use crate::tenant::CloudObject;

/// Reads a tenant file.
pub fn read(_text: &mut dyn Read, path: &str) -> Result<(Vec<CloudObject>, Source), LoadError> {
    Err(LoadError::Refused { path: path.to_owned(), found: "a tenant file".into(), advice: String::new() })
}
