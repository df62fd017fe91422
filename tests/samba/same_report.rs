//! The domain gives the report that exports of it give, and the outcomes that its sample has.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::lab::leave_out;
use super::lab::report::{assert_same, normal, presync};
use super::lab::samba::addable;
use super::lab::slapd::Programs;
use super::lab::{PASSWORD, run};
use super::{Controller, controller};

fn live(controller: &Controller) -> Value {
    normal(controller.check(&controller.url(), &controller.options()).report())
}

#[test]
fn over_starttls() {
    let Some(controller) = controller() else { return };
    let options = [controller.options(), vec!["--starttls".into()]].concat();
    let url = format!("ldap://{}/{}", controller.server.address, controller.server.base);
    assert_same("StartTLS", &normal(controller.check(&url, &options).report()), &live(controller));
}

#[test]
fn as_a_snapshot() {
    let Some(controller) = controller() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.ldif").to_string_lossy().into_owned();
    let arguments = ["snapshot".to_owned(), controller.url(), "--out".into(), file.clone()];
    presync(&controller.sample.directory, &[&arguments[..], &controller.options()].concat()).expect(0, &[]);
    assert_same("snapshot", &normal(controller.check(&file, &[]).report()), &live(controller));
}

#[test]
fn as_ldapsearch_exports_it() {
    let Some(controller) = controller() else { return };
    let Some(mut command) = Programs::find().ok().and_then(|programs| programs.ldapsearch()) else {
        leave_out::<()>("exports of ldapsearch", "there is no ldapsearch");
        return;
    };
    let server = &controller.server;
    command.env("LDAPTLS_CACERT", &server.certificates.authority);
    command.args(["-x", "-D", &server.administrator(), "-w", PASSWORD, "-H", &controller.url()]);
    command.args(["-b", &server.base, "-E", "pr=500/noprompt", "-o", "ldif-wrap=no"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.ldif");
    fs::write(&file, run(&mut command).unwrap()).unwrap();
    let file = file.to_string_lossy().into_owned();
    assert_same("ldapsearch", &normal(controller.check(&file, &[]).report()), &live(controller));
}

/// Outcome and reasons by DN.
fn verdicts(report: &Value) -> BTreeMap<String, String> {
    let objects = report["objects"].as_array().unwrap();
    let verdict = |object: &Value| {
        (object["dn"].as_str().unwrap().to_owned(), format!("{} {}", object["outcome"], object["reasons"]))
    };
    objects.iter().map(verdict).collect()
}

/// The report of the sample is the expected one, and what a server adds to the objects must not change it.
#[test]
fn as_the_sample_it_was_seeded_with() {
    let Some(controller) = controller() else { return };
    let file = controller.sample.directory.join(controller.domain.file.split_once('/').unwrap().1);
    let expected = verdicts(&normal(controller.check(&file.to_string_lossy(), &[]).report()));
    let found = verdicts(&live(controller));
    let normal_dn = |dn: &str| String::from_utf8(presync::directory::dn::normalize(dn.as_bytes())).unwrap();
    let seeded: Vec<String> = addable(&controller.domain).map(|record| normal_dn(&record.dn)).collect();
    assert!(seeded.len() > 50, "{}", seeded.len());
    let different: Vec<_> = seeded.iter().filter(|dn| found.get(*dn) != expected.get(*dn)).collect();
    let told =
        different.iter().map(|dn| format!("{dn}: {:?}, expected {:?}", found.get(*dn), expected.get(*dn)));
    assert!(different.is_empty(), "{}", told.collect::<Vec<_>>().join("\n"));
}
