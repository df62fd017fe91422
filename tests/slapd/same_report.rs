//! A directory gives the report that an export of it gives.

use std::fs;

use serde_json::Value;

use super::lab::leave_out;
use super::lab::report::{assert_same, check, normal};
use super::lab::samples::{SampleRun, runs};
use super::{Samples, plain, samples};

/// Every run of every sample, with the report of its files.
fn compare_all(options: &[String], source: impl Fn(&str) -> String) {
    let runs = runs();
    assert!(runs.len() >= 5);
    for run in runs {
        let arguments = [run.arguments(&source), options.to_vec()].concat();
        let found = check(&run.directory, &arguments);
        assert_same(&run.name, &normal(found.report()), &expected(&run));
    }
}

fn expected(run: &SampleRun) -> Value {
    normal(check(&run.directory, &run.arguments(str::to_owned)).report())
}

fn over(samples: &Samples, server: &str, options: &[String]) {
    compare_all(options, |file| format!("{server}/{}", samples.domain(file).base));
}

#[test]
fn over_plain_text() {
    let Some(samples) = samples() else { return };
    over(samples, &samples.server.plain(), &plain());
}

#[test]
fn over_starttls() {
    let Some(samples) = samples() else { return };
    over(samples, &samples.server.plain(), &[samples.tls(), vec!["--starttls".into()]].concat());
}

#[test]
fn over_ldaps() {
    let Some(samples) = samples() else { return };
    over(samples, &samples.server.tls(), &samples.tls());
}

#[test]
fn as_ldapsearch_exports_it() {
    let Some(samples) = samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    for domain in &samples.domains {
        let Some(export) = samples.server.export(&domain.base) else {
            leave_out::<()>("exports of ldapsearch", "there is no ldapsearch");
            return;
        };
        fs::write(folder.path().join(&domain.base), export).unwrap();
    }
    let file = |file: &str| folder.path().join(&samples.domain(file).base).to_string_lossy().into_owned();
    compare_all(&[], file);
}
