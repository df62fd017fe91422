//! `presync match` through the binary: who is, takes over or is refused which cloud object, and what is overwritten.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

mod common;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use common::Entry;
use serde_json::Value;
use tempfile::TempDir;

struct Output {
    status: i32,
    stdout: String,
    stderr: String,
}

fn presync(directory: &Path, arguments: &[&str]) -> Output {
    let output =
        Command::new(env!("CARGO_BIN_EXE_presync")).current_dir(directory).args(arguments).output().unwrap();
    Output {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

const SAMPLE: [&str; 8] = [
    "match",
    "tidewater.ldif",
    "--tenant",
    "tenant.json",
    "--tenant",
    "tenant-groups.json",
    "--config",
    "presync.toml",
];

#[test]
fn the_sample_in_every_format() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-exports/changed-anchors");
    for format in ["table", "json", "csv"] {
        let mut arguments = SAMPLE.to_vec();
        arguments.extend(["--format", format]);
        let output = presync(&sample, &arguments);
        assert_eq!((output.status, output.stderr.as_str()), (0, ""));
        let own = env!("CARGO_PKG_VERSION");
        let text = output.stdout.replace(&format!("presync {own}"), "presync VERSION");
        let text = text.replace(&format!("\"version\": \"{own}\""), "\"version\": \"VERSION\"");
        insta::assert_snapshot!(format!("match_{format}"), text);
    }
}

/// One user who takes over a cloud user by name, and one whose cloud user belongs to another object.
fn lab() -> TempDir {
    let lab = TempDir::new().unwrap();
    let user = |name: &str, number: u8| {
        Entry::user(&format!("CN={name},DC=corp,DC=example"), number, &format!("{name}@corp.example"), true)
            .with("mail", &format!("{name}@corp.example"))
            .ldif()
    };
    fs::write(lab.path().join("corp.ldif"), user("ada", 1) + &user("bo", 2)).unwrap();
    let rows = r#"[
      {"id": "c-1", "userPrincipalName": "ada@corp.example", "displayName": "Ada of the cloud", "mail": "ada@corp.example",
       "proxyAddresses": ["SMTP:ada@corp.example", "smtp:ada.cloud@corp.example"], "accountEnabled": false},
      {"id": "c-2", "userPrincipalName": "bo@corp.example", "displayName": "Bo", "mail": "bo@corp.example",
       "proxyAddresses": ["SMTP:bo@corp.example"], "onPremisesSyncEnabled": true,
       "onPremisesImmutableId": "//////////////////////8="},
      {"id": "c-3", "userPrincipalName": "guest@corp.example", "displayName": "Guest"}]"#;
    fs::write(lab.path().join("users.json"), rows).unwrap();
    lab
}

const ARGUMENTS: [&str; 8] = [
    "match",
    "corp.ldif",
    "--tenant",
    "users.json",
    "--set",
    "tenant.initial-domain=corp.onmicrosoft.com",
    "--set",
    "tenant.verified-domains=[\"corp.example\"]",
];

fn plan(more: &[&str]) -> (i32, Value) {
    let lab = lab();
    let mut arguments = ARGUMENTS.to_vec();
    arguments.extend(["--format", "json"]);
    arguments.extend(more);
    let output = presync(lab.path(), &arguments);
    assert!(output.stderr.is_empty(), "{}", output.stderr);
    (output.status, serde_json::from_str(&output.stdout).unwrap())
}

#[test]
fn it_tells_who_takes_over_whom_what_is_lost_and_who_is_refused() {
    let (status, plan) = plan(&[]);
    assert_eq!(status, 1, "somebody is refused");
    let objects = plan["objects"].as_array().unwrap();
    let (ada, bo) = (&objects[0], &objects[1]);
    assert_eq!(
        (&ada["match"], &ada["key"], &ada["cloud"]["id"]),
        (&"soft".into(), &"smtp-address".into(), &"c-1".into())
    );
    let overwritten: Vec<&str> =
        ada["overwritten"].as_array().unwrap().iter().map(|one| one["property"].as_str().unwrap()).collect();
    assert!(overwritten.contains(&"displayName") && overwritten.contains(&"accountEnabled"), "{ada:#}");
    assert!(overwritten.contains(&"proxyAddresses"), "an address of the cloud alone is lost: {ada:#}");
    assert!(!overwritten.contains(&"mail") && !overwritten.contains(&"userPrincipalName"), "{ada:#}");
    assert!(!ada["steps"].as_array().unwrap().is_empty());
    assert_eq!(
        (&bo["match"], &bo["outcome"], &bo["cloud"]["id"]),
        (&"refused".into(), &"export-error".into(), &"c-2".into())
    );
    assert_eq!(bo["overwritten"].as_array().unwrap().len(), 0, "who is refused overwrites nothing");
    let unclaimed: Vec<(&str, &str)> = plan["unclaimed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["state"].as_str().unwrap()))
        .collect();
    assert!(unclaimed.contains(&("c-3", "cloud-only")), "{unclaimed:?}");
    assert!(!unclaimed.iter().any(|(id, _)| *id == "c-1"), "{unclaimed:?}");
}

#[test]
fn settings_of_the_tenant_decide_as_in_check() {
    let (_, plan) = plan(&["--set", "tenant.features.block-soft-match=true"]);
    let ada = &plan["objects"][0];
    assert_ne!(ada["match"], "soft", "{ada:#}");
}

#[test]
fn files_have_the_format_of_their_ending() {
    let lab = lab();
    let mut arguments = ARGUMENTS.to_vec();
    arguments.extend(["--report", "plan.csv", "--report", "plan.json", "--report", "plan.txt"]);
    assert_eq!(presync(lab.path(), &arguments).status, 1);
    let read = |name: &str| fs::read_to_string(lab.path().join(name)).unwrap();
    assert!(read("plan.csv").starts_with("\u{feff}match,key,outcome,"));
    assert_eq!(
        read("plan.csv").lines().count(),
        1 + 2 + 2,
        "a header, two objects, two cloud objects that nobody claims"
    );
    assert!(serde_json::from_str::<Value>(&read("plan.json")).is_ok());
    assert!(read("plan.txt").starts_with("presync "));
    arguments.extend(["--report", "plan.html"]);
    let output = presync(lab.path(), &arguments);
    assert!(output.status == 2 && output.stderr.contains("plan.html"), "{}", output.stderr);
}

#[test]
fn without_a_tenant_there_is_nothing_to_match() {
    let lab = lab();
    let output = presync(lab.path(), &["match", "corp.ldif"]);
    assert!(output.status == 2 && output.stderr.contains("--tenant"), "{}", output.stderr);
}
