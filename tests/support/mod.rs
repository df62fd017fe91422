//! Loading of small inputs in tests.
#![allow(dead_code)] // each test file uses its own part
#![allow(clippy::unwrap_used)] // clippy takes this file for no test

pub mod checklist;

use std::fs;

use presync::directory::{AttributeNames, Directory, ObjectId};
use presync::load::{LoadError, LoadRequest, SourceArgument, load};

/// Loads files of these names and contents, each with a NAME or without.
pub fn load_files(files: &[(&str, &str, Option<&str>)]) -> Result<Directory, LoadError> {
    let directory = tempfile::tempdir().unwrap();
    let sources: Vec<SourceArgument> = files
        .iter()
        .map(|(name, text, forest)| {
            let path = directory.path().join(name);
            fs::write(&path, text).unwrap();
            SourceArgument { forest: forest.map(Into::into), path: path.to_string_lossy().into_owned() }
        })
        .collect();
    load(LoadRequest::new(&sources, AttributeNames::default()))
}

/// Loads one file of these bytes with all attributes.
pub fn load_bytes(bytes: &[u8]) -> Result<Directory, LoadError> {
    load_with(bytes, |request| request)
}

/// Loads one file of these bytes.
pub fn load_with(
    bytes: &[u8],
    change: impl for<'a> FnOnce(LoadRequest<'a>) -> LoadRequest<'a>,
) -> Result<Directory, LoadError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("export.txt");
    fs::write(&path, bytes).unwrap();
    let sources = [SourceArgument { forest: None, path: path.to_string_lossy().into_owned() }];
    load(change(LoadRequest::new(&sources, AttributeNames::default())))
}

/// Loads LDIF text that must be usable.
pub fn load_text(text: &str) -> Directory {
    load_bytes(text.as_bytes()).unwrap()
}

/// Loads text that must not be usable.
pub fn load_error(text: &str) -> LoadError {
    load_bytes(text.as_bytes()).unwrap_err()
}

/// The only value of an attribute of an object, as text.
pub fn one_value(directory: &Directory, object: u32, name: &str) -> String {
    let id = directory.names().lookup(name.as_bytes()).unwrap_or_else(|| panic!("{name} is not known"));
    let mut values = directory.object(ObjectId(object)).values(id);
    assert_eq!(values.len(), 1, "{name}");
    String::from_utf8(values.next().unwrap().bytes.to_vec()).unwrap()
}

/// The line of a warning of the first source.
pub fn warning(directory: &Directory, id: &str) -> Option<u64> {
    directory.sources()[0].warnings.iter().find(|warning| warning.id == id).and_then(|warning| warning.line)
}
