//! The house: who may import whom, and how the tree looks. An arrow that is not here is a fault.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Module, and the modules of the crate that it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("directory", &[]),
    ("outcome", &[]),
    ("config", &["directory"]),
    ("tenant", &["directory"]),
    ("load", &["directory", "tenant"]),
    ("expression", &["directory"]),
    ("sync", &["directory", "expression", "outcome", "config"]),
    ("entra", &["directory", "tenant", "outcome", "config"]),
    // The tenant: checks over what it holds.
    ("check", &["directory", "expression", "sync", "entra", "outcome", "config", "tenant"]),
    // Findings, outcomes and the neutral report; Source is what a loader says about an input.
    ("report", &["check", "outcome", "config", "directory"]),
    // The pipeline and the command line use everything below them.
    (
        "predict",
        &[
            "check",
            "config",
            "directory",
            "entra",
            "expression",
            "load",
            "outcome",
            "report",
            "sync",
            "tenant",
        ],
    ),
    // Two predictions, through the pipeline's face; values and formats as reports have them.
    ("compare", &["check", "config", "directory", "outcome", "predict", "report"]),
    ("match_plan", &["config", "directory", "entra", "outcome", "predict", "report", "sync", "tenant"]),
    ("doctor", &["check", "config", "directory", "load", "predict", "report", "sync", "tenant"]),
    (
        "cli",
        &[
            "check",
            "compare",
            "config",
            "directory",
            "doctor",
            "load",
            "match_plan",
            "outcome",
            "predict",
            "report",
            "sync",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut pending = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The top-level module that a file belongs to.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Top-level modules named after `crate::`, outside of comments and test modules.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        if let Some(list) = rest.strip_prefix('{') {
            for item in list.split('}').next().unwrap_or_default().split(',') {
                found.insert(item.trim().split("::").next().unwrap_or_default().to_owned());
            }
        } else {
            found.insert(rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect());
        }
    }
    found.retain(|name| MAY_USE.iter().any(|(module, _)| module == name));
    found
}

#[test]
fn every_import_is_in_the_table() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut faults = Vec::new();
    for path in sources() {
        let module = module_of(&path);
        let allowed =
            table.get(module.as_str()).unwrap_or_else(|| panic!("module {module} is not in the table"));
        for name in used(&fs::read_to_string(&path).unwrap()) {
            if name != module && !allowed.contains(&name.as_str()) {
                faults.push(format!("{}: {module} may not use {name}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_scanner_sees_imports() {
    let text = "use crate::load::x;\nuse crate::{config::Y, report};\n// crate::sync\n";
    assert_eq!(used(text).into_iter().collect::<Vec<_>>(), ["config", "load", "report"]);
}

#[test]
fn nothing_is_left_for_later() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        for mark in ["todo!(", "unimplemented!(", "dbg!("] {
            assert!(!text.contains(mark), "{} holds {mark}", path.display());
        }
    }
}

#[test]
fn the_core_has_no_network_and_no_process() {
    // The one place that connects to anything, and only to what a URL on the command line names.
    let is_live = |path: &Path| path.to_string_lossy().replace('\\', "/").contains("/src/load/ldap");
    for path in sources().into_iter().filter(|path| !["cli", "main"].contains(&module_of(path).as_str())) {
        let text = fs::read_to_string(&path).unwrap();
        let words = ["std::net", "tokio::", "ldap3::", "rustls::", "std::process::Command"];
        let allowed = if is_live(&path) { &words[4..] } else { &words[..] };
        for word in allowed {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn every_input_warning_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documented = fs::read_to_string(root.join("docs/formats.md")).unwrap();
    let files =
        ["src/load.rs", "src/load/csv.rs", "src/load/csexport.rs", "src/load/ldap.rs", "src/load/tenant.rs"];
    for file in files {
        let text = fs::read_to_string(root.join(file)).unwrap();
        let ids =
            text.lines().filter_map(|line| line.strip_prefix("//! | `")?.split_once('`')).map(|(id, _)| id);
        for id in ids {
            assert!(
                documented.contains(&format!("| `{id}` |")),
                "{id} of {file} is missing in docs/formats.md"
            );
        }
    }
}
