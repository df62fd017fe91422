//! The exports of `sample-exports`, ready to be loaded into a server.

use std::fs;
use std::path::Path;

use super::ldif::{self, Record};

/// One exported domain.
#[derive(Debug, Clone)]
pub struct Domain {
    /// `single-forest/harbourline.ldif`
    pub file: String,
    /// DN of the domain.
    pub base: String,
    /// All entries, the domain first.
    pub records: Vec<Record>,
    /// Addresses of search references in the export.
    pub references: Vec<String>,
}

impl Domain {
    fn read(path: &Path, file: String) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (records, references) = ldif::read(&text);
        let base = records.first().unwrap_or_else(|| panic!("{file} is empty")).dn.clone();
        Self { file, base, records, references }
    }
}

/// All of them, in the order of their names.
pub fn domains() -> Vec<Domain> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-exports");
    let pattern = root.join("*/*.ldif");
    let found = glob::glob(&pattern.to_string_lossy()).expect("a pattern");
    let paths = found.map(|path| path.expect("a readable directory"));
    paths
        .map(|path| {
            let file = path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned();
            Domain::read(&path, file)
        })
        .collect()
}
