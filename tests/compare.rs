//! `presync compare`: the same directory under two engines, and two exports of one directory.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Entry, guid};
use serde_json::Value;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-exports/move-to-cloud-sync")
}

struct Output {
    status: i32,
    stdout: String,
    stderr: String,
}

fn presync(directory: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_presync"))
        .current_dir(directory)
        .args(arguments)
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    Output {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn sample_arguments() -> Vec<String> {
    fs::read_to_string(sample().join("compare.txt")).unwrap().lines().map(str::to_owned).collect()
}

fn compare_sample(more: &[&str]) -> Output {
    let own = sample_arguments();
    let arguments: Vec<&str> = own.iter().map(String::as_str).chain(more.iter().copied()).collect();
    presync(&sample(), &arguments)
}

#[test]
fn the_sample_in_every_format() {
    for format in ["table", "json", "markdown"] {
        let output = compare_sample(&["--format", format]);
        assert_eq!(output.status, 1, "{}", output.stderr);
        let text = output.stdout.replace(concat!("presync ", env!("CARGO_PKG_VERSION")), "presync VERSION");
        let version = concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"");
        insta::assert_snapshot!(
            format!("sample_{format}"),
            text.replace(version, "\"version\": \"VERSION\"")
        );
        assert!(format != "table" || output.stdout.lines().all(|line| line.chars().count() <= 80));
    }
    let output = compare_sample(&["--format", "csv"]);
    let plain = output.stdout.replace('\r', "").replace('\u{feff}', "<BOM>");
    insta::assert_snapshot!("sample_csv", plain);
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", output.stderr))
}

fn change<'v>(comparison: &'v Value, start: &str) -> &'v Value {
    let objects = comparison["objects"].as_array().unwrap();
    let found = objects.iter().find(|object| object["id"].as_str().unwrap().starts_with(start));
    found.unwrap_or_else(|| panic!("no change of {start} in {objects:#?}"))
}

fn value<'v>(change: &'v Value, name: &str) -> &'v Value {
    let values = change["values"].as_array().unwrap();
    values.iter().find(|value| value["name"] == name).unwrap_or_else(|| panic!("no {name} in {change:#?}"))
}

#[test]
fn the_sample_says_what_its_readme_tells() {
    let output = compare_sample(&["--format", "json"]);
    let comparison = json(&output);
    let expect = |start: &str, severity: &str, before: &str, after: &str| {
        let change = change(&comparison, start);
        let outcomes = (change["before"]["outcome"].as_str(), change["after"]["outcome"].as_str());
        assert_eq!(outcomes, (Some(before), Some(after)), "{start}");
        assert_eq!(change["severity"], severity, "{start}");
    };
    expect("CN=Birger Dahl,OU=Mailboxes", "error", "joined", "synced");
    expect("CN=Birger Dahl,OU=People", "warning", "synced", "synced");
    expect("CN=Astrid Holm,OU=Partners", "error", "joined", "export-error");
    expect("CN=S-1-5-21", "error", "joined", "filtered");
    expect("CN=Warehouse", "warning", "synced", "synced-with-changes");
    expect("CN=LH-PC-01", "error", "synced", "filtered");
    expect("CN=Dag Frost", "error", "synced", "synced");
    expect("CN=Pilot Office", "warning", "not-provisioned", "synced");
    let birger = change(&comparison, "CN=Birger Dahl,OU=People");
    assert_eq!(birger["before"]["joined_with"][0], "CN=Birger Dahl,OU=Mailboxes,DC=cargo,DC=example");
    assert_eq!(birger["after"]["joined_with"].as_array().unwrap().len(), 0);
    assert_eq!(value(birger, "mail")["before"], "birger.dahl@lindholm.example");
    assert_eq!(value(birger, "mail")["after"], Value::Null);
    let anchor = value(change(&comparison, "CN=Dag Frost"), "sourceAnchor");
    assert_ne!(anchor["before"], anchor["after"]);
    let lost = value(change(&comparison, "CN=Warehouse"), "members_lost");
    assert_eq!((lost["before"].as_array().unwrap().len(), lost["after"].as_array().unwrap().len()), (0, 1));
    let unchanged = ["CN=Eira Gran", "CN=Dispatch"];
    let ids: Vec<&str> =
        comparison["objects"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(unchanged.iter().all(|name| !ids.iter().any(|id| id.starts_with(name))), "{ids:?}");
    assert_eq!(comparison["summary"]["objects"]["compared"], 21);
    assert_eq!(comparison["summary"]["objects"]["changed"], 10);
    assert!(output.stderr.contains("source-anchor, user-matching"), "{}", output.stderr);
}

#[test]
fn the_cells_of_the_matrix_add_up() {
    let comparison = json(&compare_sample(&["--format", "json"]));
    let cells = comparison["summary"]["outcomes"].as_array().unwrap();
    let sum: u64 = cells.iter().map(|cell| cell["objects"].as_u64().unwrap()).sum();
    assert_eq!(comparison["summary"]["objects"]["compared"], sum);
    let cell = |before: &str, after: &str| {
        let found = cells.iter().find(|cell| cell["before"] == before && cell["after"] == after);
        found.map_or(0, |cell| cell["objects"].as_u64().unwrap())
    };
    assert_eq!((cell("joined", "synced"), cell("joined", "filtered"), cell("synced", "filtered")), (1, 1, 1));
    assert_eq!(cell("joined", "export-error"), 1);
}

#[test]
fn the_order_of_engines_is_the_question() {
    let comparison = json(&presync(
        &sample(),
        &["compare", "--engines", "cloud-sync,connect", "lindholm.ldif", "cargo.ldif", "--format", "json"],
    ));
    let mailbox = change(&comparison, "CN=Birger Dahl,OU=Mailboxes");
    assert_eq!(
        (&mailbox["before"]["outcome"], &mailbox["after"]["outcome"]),
        (&"synced".into(), &"joined".into())
    );
}

#[test]
fn the_threshold_decides_the_exit_status() {
    for (fail_on, status) in [("error", 1), ("warning", 1), ("info", 1), ("never", 0)] {
        assert_eq!(compare_sample(&["--fail-on", fail_on]).status, status, "{fail_on}");
    }
    let same = ["compare", "--before", "cargo.ldif", "--after", "cargo.ldif", "--format", "json"];
    let output = presync(&sample(), &same);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(json(&output)["objects"].as_array().unwrap().len(), 0);
}

struct Days {
    directory: tempfile::TempDir,
}

fn ldif(entries: &[Entry]) -> String {
    entries.iter().fold("version: 1\n\n".to_owned(), |text, entry| text + &entry.ldif())
}

impl Days {
    fn new(before: &[Entry], after: &[Entry]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("before.ldif"), ldif(before)).unwrap();
        fs::write(directory.path().join("after.ldif"), ldif(after)).unwrap();
        Self { directory }
    }

    fn run(&self, more: &[&str]) -> Output {
        let own = ["compare", "--before", "before.ldif", "--after", "after.ldif", "--format", "json"];
        presync(self.directory.path(), &[&own[..], more].concat())
    }
}

fn user(name: &str, number: u8) -> Entry {
    let dn = format!("CN={name},OU=Corp,DC=a,DC=test");
    Entry::user(&dn, number, &format!("{}@a.test", name.to_lowercase()), true)
}

#[test]
fn objects_are_found_again_by_their_guid() {
    let moved = Entry::user("CN=Una,OU=Elsewhere,DC=a,DC=test", 1, "una@a.test", true);
    let days = Days::new(&[user("Una", 1), user("Ben", 2)], &[moved, user("Ben", 2)]);
    let output = days.run(&[]);
    assert_eq!(output.status, 0, "a move alone changes nothing in the cloud: {}", output.stdout);
    let married = Entry::user("CN=Una Berg,OU=Elsewhere,DC=a,DC=test", 1, "una.berg@a.test", true);
    let days = Days::new(&[user("Una", 1)], &[married]);
    let comparison = json(&days.run(&[]));
    let una = change(&comparison, "CN=Una Berg");
    assert_eq!((&una["change"], &una["severity"]), (&"changed".into(), &"info".into()));
    assert_eq!(una["before"]["dn"], "CN=Una,OU=Corp,DC=a,DC=test");
    assert_eq!(value(una, "userPrincipalName")["after"], "una.berg@a.test");
}

#[test]
fn another_guid_under_the_same_name_is_another_object() {
    let comparison = json(&Days::new(&[user("Una", 1)], &[user("Una", 9)]).run(&[]));
    let kinds: Vec<&str> =
        comparison["objects"].as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["gone", "new"]);
    assert_eq!(comparison["objects"][0]["severity"], "warning", "its cloud object is deleted");
    assert_eq!(comparison["summary"]["objects"]["gone"], 1);
    let cells = &comparison["summary"]["outcomes"];
    assert_eq!((&cells[0]["before"], &cells[0]["after"]), (&"synced".into(), &Value::Null));
    assert_eq!((&cells[1]["before"], &cells[1]["after"]), (&Value::Null, &"synced".into()));
}

#[test]
fn without_a_guid_on_one_side_the_dn_tells() {
    let plain = "dn: CN=Una,OU=Corp,DC=a,DC=test\nobjectClass: user\nsAMAccountName: una\nuserPrincipalName: una@a.test\n";
    let days = Days::new(&[user("Una", 1)], &[]);
    fs::write(days.directory.path().join("after.ldif"), plain).unwrap();
    let comparison = json(&days.run(&[]));
    let una = change(&comparison, "CN=Una");
    assert_eq!((&una["change"], &una["severity"]), (&"changed".into(), &"error".into()));
}

#[test]
fn outcomes_anchors_and_addresses_that_changed_are_told() {
    let before = [
        user("Una", 1).with("proxyAddresses", "SMTP:una@a.test").with("proxyAddresses", "smtp:u@a.test"),
        user("Ben", 2),
        user("Cai", 3),
    ];
    let after = [
        user("Una", 1).with("proxyAddresses", "smtp:u@a.test").with("proxyAddresses", "SMTP:una@a.test"),
        user("Ben", 2).binary("mS-DS-ConsistencyGuid", &guid(77)),
        user("Cai", 3).with("adminDescription", "User_out"),
    ];
    let comparison = json(&Days::new(&before, &after).run(&[]));
    let objects = comparison["objects"].as_array().unwrap();
    assert_eq!(objects.len(), 2, "the order of addresses is no change: {objects:#?}");
    let ben = change(&comparison, "CN=Ben");
    assert_eq!(ben["severity"], "error");
    assert_eq!(value(ben, "sourceAnchor")["after"], STANDARD.encode(guid(77)));
    let cai = change(&comparison, "CN=Cai");
    assert_eq!(cai["after"]["reasons"][0], "excluded-by-admin-description");
    assert_eq!(cai["severity"], "error");
}

#[test]
fn members_are_counted_wherever_they_were_moved() {
    let group = |members: &[&str]| {
        let plain = Entry::new("CN=Team,OU=Corp,DC=a,DC=test", "group", 20)
            .with("sAMAccountName", "Team")
            .with("groupType", "-2147483646");
        members.iter().fold(plain, |entry, member| entry.with("member", member))
    };
    let una = "CN=Una,OU=Corp,DC=a,DC=test";
    let moved = "CN=Una,OU=Elsewhere,DC=a,DC=test";
    let before =
        [user("Una", 1), user("Ben", 2), user("Cai", 3), group(&[una, "CN=Ben,OU=Corp,DC=a,DC=test"])];
    let people = [Entry::user(moved, 1, "una@a.test", true), user("Ben", 2), user("Cai", 3)];
    let same = group(&[moved, "CN=Ben,OU=Corp,DC=a,DC=test"]);
    let days = Days::new(&before, &[&people[..], &[same]].concat());
    assert_eq!(json(&days.run(&[]))["objects"].as_array().unwrap().len(), 0);
    let other = group(&[moved, "CN=Cai,OU=Corp,DC=a,DC=test", "CN=Gone,OU=Corp,DC=a,DC=test"]);
    let comparison = json(&Days::new(&before, &[&people[..], &[other]].concat()).run(&[]));
    let team = change(&comparison, "CN=Team");
    let expected = serde_json::json!({ "before": 2, "after": 2, "added": 1, "removed": 1 });
    assert_eq!(team["member"], expected);
    assert_eq!(value(team, "members_lost")["after"][0], "CN=Gone,OU=Corp,DC=a,DC=test");
    assert_eq!(team["severity"], "warning");
}

#[test]
fn findings_are_new_fixed_or_unchanged_by_fingerprint() {
    let bare = |name: &str, number| {
        Entry::new(&format!("CN={name},OU=Corp,DC=a,DC=test"), "user", number)
            .with("sAMAccountName", name)
            .with("userPrincipalName", &format!("{name}@a.test"))
    };
    let before = [bare("Una", 1), bare("Ben", 2), user("Cai", 3)];
    let after = [bare("Una", 1), bare("Ben", 2).with("userAccountControl", "512"), bare("Cai", 3)];
    let comparison = json(&Days::new(&before, &after).run(&["--select", "account-state-unknown"]));
    assert_eq!(
        comparison["summary"]["findings"],
        serde_json::json!({ "new": 1, "fixed": 1, "unchanged": 1 })
    );
    let findings = comparison["findings"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        findings.iter().map(|one| (one["change"].as_str().unwrap(), one["id"].as_str().unwrap())).collect();
    assert_eq!(told, [("fixed", "CN=Ben,OU=Corp,DC=a,DC=test"), ("new", "CN=Cai,OU=Corp,DC=a,DC=test")]);
    assert_eq!(findings[0]["check"], "account-state-unknown");
}

#[test]
fn one_guid_in_two_forests_is_told_apart_by_the_forest() {
    let entry = |forest: &str, mail: &str| {
        Entry::user(&format!("CN=Una,OU=Corp,DC={forest},DC=test"), 1, &format!("una@{forest}.test"), true)
            .with("mail", mail)
    };
    let before = [entry("a", "a@x.test"), entry("b", "b@x.test")];
    let days = Days::new(&before, &[before[1].clone(), before[0].clone()]);
    assert_eq!(json(&days.run(&[]))["objects"].as_array().unwrap().len(), 0);
    let comparison = json(&Days::new(&before, &[before[1].clone()]).run(&[]));
    assert_eq!(comparison["summary"]["objects"]["gone"], 1);
    assert_eq!(change(&comparison, "CN=Una,OU=Corp,DC=a")["change"], "gone");
}

#[test]
fn neither_the_order_of_records_nor_threads_matter() {
    let entries: Vec<Entry> = (1..60).map(|number| user(&format!("Person {number}"), number)).collect();
    let mut changed: Vec<Entry> = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| match at % 3 {
            0 => entry.clone().with("mail", &format!("m{at}@a.test")),
            _ => entry.clone(),
        })
        .collect();
    let first = Days::new(&entries, &changed).run(&["--threads", "1"]).stdout;
    changed.reverse();
    let mut reversed = entries;
    reversed.reverse();
    let second = Days::new(&reversed, &changed).run(&["--threads", "4"]).stdout;
    assert_eq!(first, second);
    assert_eq!(serde_json::from_str::<Value>(&first).unwrap()["summary"]["objects"]["changed"], 20);
}

#[test]
fn reports_go_to_files_of_known_endings() {
    let days = Days::new(&[user("Una", 1)], &[user("Una", 1).with("mail", "m@a.test")]);
    let output = days.run(&["--report", "out.csv", "--report", "out.md"]);
    assert_eq!(output.status, 1, "{}", output.stderr);
    let read = |name: &str| fs::read_to_string(days.directory.path().join(name)).unwrap();
    assert!(
        read("out.csv").contains("info,changed,a.test,\"CN=Una,OU=Corp,DC=a,DC=test\",user,mail,,m@a.test,")
    );
    assert!(read("out.md").starts_with("# presync: from before to after"));
    let refused = days.run(&["--report", "out.ndjson"]);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("out.ndjson") && refused.stderr.contains(".csv"), "{}", refused.stderr);
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_right() {
    let cases: &[(&[&str], &str)] = &[
        (&["compare"], "--engines"),
        (&["compare", "cargo.ldif"], "--engines"),
        (&["compare", "--engines", "connect,cloud-sync"], "SOURCE"),
        (&["compare", "--engines", "connect", "cargo.ldif"], "two different ones"),
        (&["compare", "--engines", "connect,connect", "cargo.ldif"], "two different ones"),
        (&["compare", "--engines", "connect,cloudsync", "cargo.ldif"], "did you mean cloud-sync"),
        (&["compare", "--before", "cargo.ldif"], "--after"),
        (&["compare", "--after", "cargo.ldif"], "--before"),
        (&["compare", "lindholm.ldif", "--before", "cargo.ldif", "--after", "cargo.ldif"], "cannot be used"),
        (
            &[
                "compare",
                "--engines",
                "connect,cloud-sync",
                "--before",
                "cargo.ldif",
                "--after",
                "cargo.ldif",
            ],
            "cannot be used",
        ),
        (&["compare", "--engines", "connect,cloud-sync", "cargo.ldif", "--format", "ndjson"], "ndjson"),
        (&["compare", "--engines", "connect,cloud-sync", "cargo.ldif", "--select", "no-such"], "no-such"),
    ];
    for (arguments, word) in cases {
        let output = presync(&sample(), arguments);
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(output.stderr.contains(word), "{arguments:?}: {}", output.stderr);
    }
    let missing = ["compare", "--before", "cargo.ldif", "--after", "nowhere.ldif"];
    assert_eq!(presync(&sample(), &missing).status, 3);
}

#[test]
fn rules_of_ones_own_are_refused_for_connect_alone() {
    let days = Days::new(&[user("Una", 1)], &[user("Una", 1)]);
    let settings = |engine: &str| format!("[sync]\nengine = \"{engine}\"\nrules = \"own\"\n");
    fs::write(days.directory.path().join("presync.toml"), settings("connect")).unwrap();
    assert_eq!(days.run(&[]).status, 2);
    fs::write(days.directory.path().join("presync.toml"), settings("cloud-sync")).unwrap();
    let output = days.run(&[]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stderr.contains("[sync] rules: without effect"), "{}", output.stderr);
}

#[test]
fn incomplete_inputs_are_told_and_refused_on_request() {
    let days = Days::new(&[user("Una", 1)], &[user("Una", 1)]);
    let cut = ldif(&[user("Una", 1)]) + "\n# numEntries: 9\n";
    fs::write(days.directory.path().join("after.ldif"), cut).unwrap();
    let output = days.run(&["--strict-input"]);
    assert_eq!(output.status, 4, "{}", output.stdout);
    let table =
        presync(days.directory.path(), &["compare", "--before", "before.ldif", "--after", "after.ldif"]);
    assert!(table.stdout.contains("INCOMPLETE"), "{}", table.stdout);
}
