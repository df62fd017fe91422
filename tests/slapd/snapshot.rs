//! A directory as a file: the same report as from the directory itself, and no file unless it is whole.

use std::fs;

use super::lab::report::{assert_same, check, normal, presync};
use super::lab::samples::runs;
use super::lab::slapd::FEW_ENTRIES;
use super::{plain, samples};

/// A snapshot holds what a check under the same settings reads, so every run of a sample gets its own.
#[test]
fn a_snapshot_gives_the_report_of_the_directory() {
    let Some(samples) = samples() else { return };
    let url = |file: &str| format!("{}/{}", samples.server.plain(), samples.domain(file).base);
    for run in runs() {
        let folder = tempfile::tempdir().unwrap();
        let snapshot = |file: &str| {
            let path = folder.path().join(file).to_string_lossy().into_owned();
            let what = ["snapshot".to_owned(), url(file), "--out".into(), path.clone()];
            let arguments = [&what[..], &run.settings(), &plain()].concat();
            presync(&run.directory, &arguments).expect(0, &[]);
            path
        };
        let file = check(&run.directory, &run.arguments(snapshot)).report();
        let live = check(&run.directory, &[run.arguments(url), plain()].concat()).report();
        assert_same(&run.name, &normal(file), &normal(live));
    }
}

#[test]
fn an_incomplete_snapshot_leaves_no_file() {
    let Some(samples) = samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}/{}", samples.server.plain(), samples.domain("marlowe.ldif").base);
    let account = ["--bind-dn", FEW_ENTRIES.dn, "--allow-plaintext", "--page-size", "10"];
    let run =
        presync(folder.path(), &[["snapshot", &url, "--out", "whole.ldif"].as_slice(), &account].concat());
    assert!(run.status != 0 && run.stderr.contains("sizeLimitExceeded"), "{} {}", run.status, run.stderr);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
