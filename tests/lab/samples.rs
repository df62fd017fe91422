//! The exports of `sample-exports`, ready to be loaded into a server.

use std::fs;
use std::path::{Path, PathBuf};

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
    files("*/*.ldif").map(|(path, name)| Domain::read(&path, name)).collect()
}

/// Paths and names (`single-forest/harbourline.ldif`) of the files that fit a pattern, sorted.
fn files(pattern: &str) -> impl Iterator<Item = (PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-exports");
    let found = glob::glob(&root.join(pattern).to_string_lossy()).expect("a pattern");
    found.map(move |path| {
        let path = path.expect("a readable directory");
        let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned();
        (path, name)
    })
}

/// A run of a sample: its directory, the arguments behind `check`, which of them are exports of a domain.
#[derive(Debug, Clone)]
pub struct SampleRun {
    /// `single-forest/command.txt`
    pub name: String,
    /// Where it runs.
    pub directory: PathBuf,
    arguments: Vec<String>,
}

impl SampleRun {
    /// The arguments that name the settings; without them those of the directory hold.
    pub fn settings(&self) -> Vec<String> {
        let at = self.arguments.iter().position(|argument| argument == "--config");
        at.map(|at| self.arguments[at..at + 2].to_vec()).unwrap_or_default()
    }

    /// The arguments behind `check`, with something else in the place of each exported domain.
    pub fn arguments(&self, mut instead: impl FnMut(&str) -> String) -> Vec<String> {
        let replace = |argument: &String| match argument.rsplit_once('=').unwrap_or(("", argument)) {
            (_, file) if !is_export(file) => argument.clone(),
            ("", file) => instead(file),
            (name, file) => format!("{name}={}", instead(file)),
        };
        self.arguments.iter().map(replace).collect()
    }
}

fn is_export(argument: &str) -> bool {
    Path::new(argument).extension().is_some_and(|ending| ending == "ldif")
}

/// All runs of all samples over exports in LDIF.
pub fn runs() -> Vec<SampleRun> {
    let commands = files("*/command*.txt").map(|(path, name)| {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut arguments: Vec<String> = text.lines().map(str::to_owned).collect();
        assert_eq!(arguments.remove(0), "check", "{name}");
        let directory = path.parent().expect("a directory").to_owned();
        SampleRun { name, directory, arguments }
    });
    commands.filter(|run| run.arguments.iter().any(|argument| is_export(argument))).collect()
}
