//! The documents keep what they say: the run in the README is the real one, links lead somewhere, lists are complete.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use presync::outcome::Reason;

const RUN: &str = "```console\n$ cargo run --release -- ";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A document with plain line ends, whatever the checkout made of them.
fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap().replace("\r\n", "\n")
}

#[test]
fn the_run_in_the_readme_is_the_real_one() {
    let readme = read("README.md");
    let (_, run) = readme.split_once(RUN).expect("the README shows a run");
    let (command, rest) = run.split_once('\n').unwrap();
    let (shown, after) = rest.split_once("```\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_presync"))
        .current_dir(root())
        .args(command.split_whitespace())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), shown, "`{command}` now prints something else");
    let status = format!("The exit status is {}", output.status.code().unwrap());
    assert!(after.trim_start().starts_with(&status), "the README does not say: {status}");
}

fn documents() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    pages.chain([root().join("README.md")]).collect()
}

/// Lines outside of code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    prose(text)
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
}

/// The anchors that a page's headings get where it is shown.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn relative_links_lead_to_a_file_and_its_heading() {
    let mut seen = 0;
    for document in documents() {
        let text = read(&document);
        for link in links(&text).filter(|link| !link.contains("://")) {
            seen += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { document.clone() } else { document.with_file_name(path) };
            assert!(target.exists(), "{}: {link} leads nowhere", document.display());
            let found = anchor.is_empty() || anchors(&read(&target)).contains(anchor);
            assert!(found, "{}: {link} has no such heading", document.display());
        }
    }
    assert!(seen > 20, "only {seen} links were found: is the search broken?");
}

#[test]
fn the_table_of_reasons_is_complete() {
    let text = read("docs/simulation.md");
    let row = |reason: &Reason| {
        let outcome = reason.outcome().map_or("(beside another reason)", |outcome| outcome.id());
        format!("| `{reason}` | {outcome} | {} |", reason.title())
    };
    let missing: Vec<String> = Reason::ALL.iter().map(row).filter(|row| !text.contains(row)).collect();
    assert!(missing.is_empty(), "missing in docs/simulation.md:\n{}", missing.join("\n"));
    let rows = text.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 2);
    let unknown: Vec<&str> = rows
        .filter_map(|row| row.strip_prefix("| `")?.split_once('`'))
        .filter(|(id, rest)| {
            rest.split(" | ").nth(1).is_some_and(is_outcome) && Reason::from_id(id).is_none()
        })
        .map(|(id, _)| id)
        .collect();
    assert!(unknown.is_empty(), "no reasons any more: {unknown:?}");
}

fn is_outcome(cell: &str) -> bool {
    presync::outcome::Outcome::from_id(cell).is_some()
}

#[test]
fn the_changelog_names_every_check() {
    let changelog = read("CHANGELOG.md");
    let pages = fs::read_dir(root().join("checks")).unwrap().map(|entry| entry.unwrap().path());
    let ids = pages.filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    let missing: Vec<String> =
        ids.filter(|id| id != "README" && !changelog.contains(&format!("`{id}`"))).collect();
    assert!(missing.is_empty(), "CHANGELOG.md does not name {missing:?}");
}
