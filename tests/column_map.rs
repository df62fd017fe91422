//! Headers that `--map` or `[map]` names, through the binary: what no file has is said, with the closest header.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

struct Lab(tempfile::TempDir);

const TABLE: &str =
    "DistinguishedName,Login Name,E-Mail\n\"CN=Nia,DC=corp,DC=example\",nia@corp.example,n@x\n";

impl Lab {
    fn new(files: &[(&str, &str)]) -> Self {
        let lab = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            fs::write(lab.0.path().join(name), text).unwrap();
        }
        lab
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_presync"))
            .current_dir(self.0.path())
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// Sources and messages of all warnings about unused headers.
    fn unused(&self, arguments: &[&str]) -> Vec<(String, String)> {
        let (_, out, err) = self.run(&[arguments, &["--format", "json"]].concat());
        let report: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
        let inputs = report["run"].get("inputs").unwrap_or(&report["inputs"]).as_array().unwrap().clone();
        let mut found = Vec::new();
        for input in inputs {
            let source = input["source"].as_str().unwrap().to_owned();
            for warning in input["warnings"].as_array().into_iter().flatten() {
                if warning["id"] == "map-unused" {
                    found.push((source.clone(), warning["message"].as_str().unwrap().to_owned()));
                }
            }
        }
        found
    }
}

#[test]
fn a_header_that_no_file_has_is_said_with_the_closest_one() {
    let lab = Lab::new(&[("a.csv", TABLE), ("b.csv", "SamAccountName,Badge No\nnia,7\n")]);
    for command in ["check", "doctor"] {
        let found = lab.unused(&[command, "a.csv", "b.csv", "--map", "LoginNmae=userPrincipalName"]);
        let message = "no source has a column \"LoginNmae\", which --map or [map] names; the closest header is \
                       \"Login Name\"";
        assert_eq!(found, [("a.csv".to_owned(), message.to_owned())], "{command}");
        let found = lab.unused(&[command, "a.csv", "b.csv", "--map", "badge=employeeID"]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == "b.csv" && found[0].1.ends_with("\"Badge No\""), "{found:?}");
        let several = ["--map", "login name=userPrincipalName", "--map", "BADGE NO=employeeID"];
        assert!(lab.unused(&[&[command, "a.csv", "b.csv"], &several[..]].concat()).is_empty(), "{command}");
    }
}

#[test]
fn the_settings_count_as_well() {
    let settings = "[map]\n\"Login\" = \"userPrincipalName\"\n\"E-Mail\" = \"mail\"\n";
    let lab = Lab::new(&[("a.csv", TABLE), ("presync.toml", settings)]);
    for command in ["check", "doctor"] {
        let found = lab.unused(&[command, "a.csv"]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.contains("\"Login\"") && found[0].1.contains("\"Login Name\""), "{found:?}");
    }
}

#[test]
fn sources_without_headers_are_told_as_well() {
    let ldif = "dn: CN=Nia,DC=corp,DC=example\nobjectClass: user\nmail: n@x\n";
    let lab = Lab::new(&[("a.ldf", ldif)]);
    let found = lab.unused(&["check", "a.ldf", "--map", "UPN=userPrincipalName"]);
    assert!(found.len() == 1 && found[0].1.ends_with("none is a table with headers"), "{found:?}");
}

#[test]
fn headers_of_appended_exports_count() {
    let lab = Lab::new(&[(
        "a.csv",
        &format!("{TABLE}DistinguishedName,Badge,mail\n\"CN=Ben,DC=corp,DC=example\",7,b@x\n"),
    )]);
    assert!(lab.unused(&["check", "a.csv", "--map", "badge=employeeID"]).is_empty());
}

#[test]
fn a_table_that_is_refused_because_of_the_slip_says_so() {
    let lab = Lab::new(&[("a.csv", "Login Name,Office\nnia@corp.example,1\n")]);
    for options in
        [&["--map", "LoginNmae=userPrincipalName"][..], &["--map", "x=mail", "--input-format", "csv"]]
    {
        let (status, _, err) = lab.run(&[&["check", "a.csv"], options].concat());
        assert_eq!(status, Some(3));
        assert!(err.contains("the closest header is \""), "{err}");
    }
    let (_, _, err) = lab.run(&["check", "a.csv"]);
    assert!(!err.contains("closest"), "{err}");
}

#[test]
fn doctor_reads_with_the_columns_of_the_settings() {
    let lab = Lab::new(&[
        ("a.csv", "Login Name,Office\nnia@corp.example,1\n"),
        ("presync.toml", "[map]\n\"Login Name\" = \"userPrincipalName\"\n"),
    ]);
    assert_eq!(lab.run(&["doctor", "a.csv"]).0, Some(0));
    assert_eq!(lab.run(&["check", "a.csv"]).0, Some(0));
}
