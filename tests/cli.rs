//! The command as users meet it: bad input gives one clear message and the right exit status.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

struct Lab {
    directory: tempfile::TempDir,
}

const GOOD: &str = "version: 1\n\ndn: CN=Nia Okoro,OU=Sales,DC=corp,DC=example\nobjectClass: user\ncn: Nia Okoro\n\
sAMAccountName: nokoro\nuserPrincipalName: nia@corp.example\nuserAccountControl: 512\nobjectGUID:: AAECAwQFBgcICQoLDA0ODw==\n";

impl Lab {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn presync(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_presync"))
            .current_dir(self.directory.path())
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
}

#[derive(Debug)]
struct Output {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Output {
    /// Nothing on standard output, and these words on standard error.
    #[track_caller]
    fn refuses(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is missing in {self:?}");
        }
    }
}

#[test]
fn a_healthy_export_ends_with_0_and_says_so() {
    let lab = Lab::new();
    lab.write("good.ldif", GOOD);
    let output = lab.presync(&["check", "good.ldif"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stdout.contains("Predicted run status: success"), "{output:?}");
    assert_eq!(output.stderr, "");
    assert!(!output.stdout.contains('\u{1b}'), "no colour into a pipe");
    assert!(output.stdout.lines().all(|line| line.chars().count() <= 80), "{}", output.stdout);
}

#[test]
fn a_missing_file_a_pattern_without_match_and_an_empty_file() {
    let lab = Lab::new();
    lab.write("empty.ldif", "");
    lab.presync(&["check", "nowhere.ldif"]).refuses(3, &["nowhere.ldif"]);
    lab.presync(&["check", "no*.ldif"]).refuses(3, &["no*.ldif"]);
    lab.presync(&["check", "empty.ldif"]).refuses(3, &["empty.ldif"]);
    lab.presync(&["check", "--config", "nowhere.toml", "empty.ldif"]).refuses(2, &["nowhere.toml"]);
}

#[test]
fn a_wrong_kind_of_file_is_named_with_what_to_do() {
    let lab = Lab::new();
    lab.write("a.xml", "<Objs Version=\"1.1.0.1\"><Obj/></Objs>");
    lab.write("rule.xml", "<synchronizationRule><id/></synchronizationRule>");
    lab.write("book.xlsx", b"PK\x03\x04rest");
    lab.write("binary.ldif", b"dn: CN=a\x00b\nx: \x00\x01\x02\n");
    lab.write("cloud.json", r#"{"value":[{"id":"1","userPrincipalName":"a@b"}]}"#);
    lab.presync(&["check", "a.xml"]).refuses(3, &["a.xml", "Export-Csv"]);
    lab.presync(&["check", "rule.xml"]).refuses(3, &["rule.xml"]);
    lab.presync(&["check", "book.xlsx"]).refuses(3, &["CSV"]);
    lab.presync(&["check", "binary.ldif"]).refuses(3, &["binary.ldif"]);
    lab.presync(&["check", "cloud.json"]).refuses(3, &["--tenant"]);
    lab.write("good.ldif", GOOD);
    lab.presync(&["check", "good.ldif", "--tenant", "good.ldif"]).refuses(3, &["good.ldif"]);
}

#[test]
fn a_truncated_file_is_read_as_far_as_it_goes() {
    let lab = Lab::new();
    let cut = format!("{GOOD}\ndn: CN=Zoe,OU=Sales,DC=corp,DC=example\nobjectClass: user\nobjectGUID:: AAEC");
    lab.write("cut.ldif", cut);
    let output = lab.presync(&["check", "cut.ldif", "--format", "json", "--objects", "all"]);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["run"]["inputs"][0]["objects"], 2);
}

#[test]
fn unknown_options_checks_and_keys_are_usage_errors_with_suggestions() {
    let lab = Lab::new();
    lab.write("good.ldif", GOOD);
    lab.presync(&["check", "good.ldif", "--formt", "json"]).refuses(2, &["--formt"]);
    lab.presync(&["check"]).refuses(2, &["SOURCE"]);
    lab.presync(&["check", "good.ldif", "--select", "source-anchor-mising"])
        .refuses(2, &["source-anchor-missing"]);
    lab.presync(&["check", "good.ldif", "--ignore", "nonsense"]).refuses(2, &["nonsense"]);
    lab.write("presync.toml", "[sync]\nsource-anker = \"objectGUID\"\nuser-matching = \"twice\"\n");
    lab.presync(&["check", "good.ldif"])
        .refuses(2, &["presync.toml:2", "source-anchor", "presync.toml:3", "once"]);
    lab.write("other.toml", "[checks]\n\"group-member-limt\" = \"off\"\n");
    lab.presync(&["check", "good.ldif", "--config", "other.toml"])
        .refuses(2, &["other.toml:2", "group-member-limit"]);
    lab.presync(&["explain", "source-anchor-changd"]).refuses(2, &["source-anchor-changed"]);
}

#[test]
fn what_this_version_cannot_do_is_refused_not_ignored() {
    let lab = Lab::new();
    lab.write("good.ldif", GOOD);
    lab.presync(&["check", "ldaps://reader:secret@dc1.corp.example"]).refuses(2, &["credentials"]);
    lab.presync(&["check", "good.ldif", "--report", "out.docx"]).refuses(2, &["out.docx"]);
    lab.write("rules.toml", "[sync]\nrules = \"own\"\n");
    lab.presync(&["check", "good.ldif", "--config", "rules.toml"]).refuses(2, &["rules"]);
}

#[test]
fn cloud_sync_says_which_settings_it_does_not_leave_to_choose() {
    let lab = Lab::new();
    lab.write("good.ldif", GOOD);
    let settings =
        "[sync]\nengine = \"cloud-sync\"\nuser-matching = \"mail\"\nsource-anchor = \"objectGUID\"\n";
    lab.write("cloud.toml", settings);
    let output = lab.presync(&["check", "good.ldif", "--config", "cloud.toml"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stdout.contains("what Entra Cloud Sync will do"), "{output:?}");
    let notice =
        "[sync] source-anchor, user-matching: without effect, Entra Cloud Sync does not leave it to choose";
    assert!(output.stderr.contains(notice), "{output:?}");
    lab.write("plain.toml", "[sync]\nengine = \"cloud-sync\"\n");
    assert_eq!(lab.presync(&["check", "good.ldif", "--config", "plain.toml"]).stderr, "");
    let selected = ["check", "good.ldif", "--select", "domain-too-large"];
    let output = lab.presync(&selected);
    assert!(output.stderr.contains("domain-too-large did not run"), "{output:?}");
}

#[test]
fn rules_and_checks_are_listed_by_engine() {
    let lab = Lab::new();
    let list = |arguments: &[&str]| {
        let output = lab.presync(&[&["list"], arguments, &["--format", "json"]].concat());
        assert_eq!(output.status, 0, "{output:?}");
        serde_json::from_str::<Vec<serde_json::Value>>(&output.stdout).unwrap()
    };
    let connect = list(&["rules"]);
    assert!(connect.iter().all(|rule| rule["engine"] == "connect"));
    let cloud_sync = list(&["rules", "--engine", "cloud-sync"]);
    assert!(cloud_sync.iter().all(|rule| rule["engine"] == "cloud-sync" && rule["source"] != ""));
    assert!(cloud_sync.iter().all(|rule| rule["source_type"] != "computer"));
    lab.write("presync.toml", "[sync]\nengine = \"cloud-sync\"\n");
    assert_eq!(list(&["rules"]), cloud_sync, "the set in force");
    assert_eq!(list(&["rules", "--engine", "connect"]), connect);
    let ids = |engine: &str| -> Vec<String> {
        let rows = list(&["checks", "--engine", engine]);
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(ids("cloud-sync").contains(&"domain-too-large".to_owned()));
    assert!(!ids("connect").contains(&"domain-too-large".to_owned()));
    lab.presync(&["list", "reasons", "--engine", "connect"]).refuses(2, &["--engine"]);
    lab.presync(&["list", "rules", "--engine", "conect"]).refuses(2, &["did you mean connect"]);
}

#[test]
fn findings_end_with_1_at_the_threshold_and_reports_are_written_whole() {
    let lab = Lab::new();
    let contact = "\ndn: CN=Zoe,OU=Sales,DC=corp,DC=example\nobjectClass: contact\ncn: Zoe\nobjectGUID:: AAECAwQFBgcICQoLDA0OEA==\n";
    let other = "\ndn: CN=Ada,OU=Sales,DC=corp,DC=example\nobjectClass: contact\ncn: Ada\nmail: ada@corp.example\nobjectGUID:: AAECAwQFBgcICQoLDA0OEQ==\n";
    lab.write("found.ldif", format!("{GOOD}{contact}{other}"));
    let run = |fail_on| {
        lab.presync(&[
            "check",
            "found.ldif",
            "--fail-on",
            fail_on,
            "--report",
            "list.csv",
            "--report",
            "all.json",
        ])
    };
    assert_eq!(run("info").status, 1);
    assert_eq!(run("never").status, 0);
    let list = fs::read(lab.directory.path().join("list.csv")).unwrap();
    assert!(list.starts_with(b"\xef\xbb\xbf") && list.windows(2).any(|pair| pair == b"\r\n"));
    let all = fs::read_to_string(lab.directory.path().join("all.json")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&all).unwrap()["schema_version"], 1);
    let names: Vec<_> =
        fs::read_dir(lab.directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains(".part")), "{names:?}");
}

#[test]
fn strict_input_turns_an_incomplete_export_into_4() {
    let lab = Lab::new();
    lab.write(
        "cut.ldif",
        format!("# extended LDIF\n{GOOD}\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n"),
    );
    let loose = lab.presync(&["check", "cut.ldif", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&loose.stdout).unwrap();
    assert_eq!((loose.status, &report["run"]["inputs"][0]["complete"]), (0, &serde_json::Value::Bool(false)));
    assert_eq!(lab.presync(&["check", "cut.ldif", "--strict-input"]).status, 4);
}

#[test]
fn lists_are_arrays_with_id_and_title_first() {
    let lab = Lab::new();
    for what in ["checks", "rules", "outcomes", "reasons"] {
        let output = lab.presync(&["list", what, "--format", "json"]);
        assert_eq!(output.status, 0, "{output:?}");
        let rows: Vec<serde_json::Value> = serde_json::from_str(&output.stdout).unwrap();
        assert!(!rows.is_empty());
        for row in &rows {
            let text = row.as_object().unwrap();
            assert!(
                !text["id"].as_str().unwrap().is_empty() && !text["title"].as_str().unwrap().is_empty(),
                "{row}"
            );
        }
        let first = output.stdout.find("\"id\"").unwrap();
        assert!(first < output.stdout.find("\"title\"").unwrap());
    }
}

#[test]
fn every_name_can_be_explained() {
    let lab = Lab::new();
    for what in ["checks", "outcomes", "reasons"] {
        let rows: Vec<serde_json::Value> =
            serde_json::from_str(&lab.presync(&["list", what, "--format", "json"]).stdout).unwrap();
        for row in rows {
            let name = row["id"].as_str().unwrap();
            let output = lab.presync(&["explain", name]);
            assert!(output.status == 0 && output.stdout.contains(name), "{name}: {output:?}");
        }
    }
}

#[test]
fn init_writes_a_file_once_and_it_is_valid() {
    let lab = Lab::new();
    lab.write("good.ldif", GOOD);
    assert_eq!(lab.presync(&["init"]).status, 0);
    assert_eq!(lab.presync(&["check", "good.ldif"]).status, 0);
    let before = fs::read(lab.directory.path().join("presync.toml")).unwrap();
    lab.presync(&["init"]).refuses(2, &["presync.toml"]);
    assert_eq!(before, fs::read(Path::new(lab.directory.path()).join("presync.toml")).unwrap());
}

#[test]
fn standard_input_and_gzip_are_read_as_they_are() {
    use std::io::Write;
    let lab = Lab::new();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(GOOD.as_bytes()).unwrap();
    lab.write("good.ldif.gz", encoder.finish().unwrap());
    assert_eq!(lab.presync(&["check", "good.ldif.gz"]).status, 0);
    let output =
        Command::new(env!("CARGO_BIN_EXE_presync")).args(["check", "-"]).write_stdin(GOOD).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn help_shows_the_exit_statuses_and_every_subcommand() {
    let lab = Lab::new();
    let output = lab.presync(&["--help"]);
    assert_eq!(output.status, 0);
    for word in ["check", "explain", "list", "init", "Exit status"] {
        assert!(output.stdout.contains(word), "{word}");
    }
}

#[test]
fn what_is_said_of_a_source_is_checked_and_used() {
    let lab = Lab::new();
    lab.write("good.ldif", GOOD);
    let refused = |arguments: &[&str], status, words: &[&str]| {
        lab.presync(&[&["check", "good.ldif"], arguments].concat()).refuses(status, words);
    };
    refused(&["--encoding", "windows1252x"], 2, &["--encoding windows1252x", "windows-1252"]);
    refused(&["--encoding", "klingon"], 2, &["utf-16le"]);
    refused(&["--map", "UPN"], 2, &["--map UPN", "UPN=userPrincipalName"]);
    refused(&["--map", "UPN=user name"], 2, &["attribute"]);
    refused(&["--date-order", "ymd"], 2, &["dmy"]);
    refused(&["--input-format", "csvde"], 3, &["good.ldif", "--input-format"]);
    let csv = "Login;Known as;Created;ObjectClass\nnia@corp.example;Nia;3/4/2026;user\n";
    lab.write("own.csv", csv);
    lab.presync(&["check", "own.csv"]).refuses(3, &["--map"]);
    lab.write("presync.toml", "[map]\n\"login\" = \"mail\"\n\"Known as\" = \"displayName\"\n");
    let arguments = ["check", "own.csv", "--map", "LOGIN=userPrincipalName", "--date-order", "dmy"];
    let output = lab.presync(&[arguments.as_slice(), &["--format", "json", "--objects", "all"]].concat());
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["objects"][0]["id"], "nia@corp.example");
    let map = serde_json::json!({ "Known as": "displayName", "LOGIN": "userPrincipalName" });
    assert_eq!(report["run"]["settings"]["map"], map);
    lab.write("presync.toml", "[map]\n\"UPN\" = \"user name\"\n\"Mail\" = \"mail\"\n\" mail \" = \"sn\"\n");
    lab.presync(&["check", "good.ldif"]).refuses(2, &["presync.toml:2", "presync.toml:4", "line 3"]);
}

#[test]
fn a_compressed_file_that_breaks_off_is_incomplete() {
    use std::io::Write;
    let lab = Lab::new();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(format!("{GOOD}\n# {}\n", "a comment ".repeat(20)).as_bytes()).unwrap();
    let bytes = encoder.finish().unwrap();
    lab.write("cut.ldif.gz", &bytes[..bytes.len() - 30]);
    let loose = lab.presync(&["check", "cut.ldif.gz", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&loose.stdout).unwrap();
    let input = &report["run"]["inputs"][0];
    assert_eq!((loose.status, &input["objects"], &input["complete"]), (0, &1.into(), &false.into()));
    assert_eq!(input["warnings"][0]["id"], "file-cut");
    assert_eq!(lab.presync(&["check", "cut.ldif.gz", "--strict-input"]).status, 4);
}

#[test]
fn standard_input_is_read_once() {
    for arguments in
        [&["check", "-", "-"][..], &["check", "-", "--tenant", "-"], &["check", "-", "--overlay", "-"]]
    {
        let output =
            Command::new(env!("CARGO_BIN_EXE_presync")).args(arguments).write_stdin(GOOD).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains("standard input") && said.contains("name files instead"), "{said}");
    }
}
