//! Bounds on records, set in `presync.toml`, through the binary: what exceeds them is skipped, counted, and makes the
//! input incomplete, in every format.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

struct Lab(tempfile::TempDir);

impl Lab {
    fn new(settings: &str, export: &str) -> Self {
        let lab = Self(tempfile::tempdir().unwrap());
        fs::write(lab.0.path().join("presync.toml"), settings).unwrap();
        fs::write(lab.0.path().join("export.txt"), export).unwrap();
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
}

/// One object is skipped, the other loaded; the status says it under `--strict-input`.
#[track_caller]
fn skips_one(settings: &str, export: &str, reason: &str) {
    let lab = Lab::new(&format!("[input]\n{settings}\n"), export);
    let check = ["check", "export.txt", "--fail-on", "never", "--format", "json"];
    let (status, out, err) = lab.run(&check);
    assert_eq!(status, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let input = &report["run"]["inputs"][0];
    assert_eq!((&input["objects"], &input["skipped"][reason]), (&1.into(), &1.into()), "{input}");
    assert_eq!(input["complete"], false, "{input}");
    assert!(
        input["warnings"].as_array().unwrap().iter().any(|warning| warning["id"] == "limit-exceeded"),
        "{input}"
    );
    let (key, number) = settings.split_once(" = ").unwrap();
    assert_eq!(report["run"]["settings"]["input"][key.replace('-', "_")].to_string(), number);
    assert_eq!(lab.run(&[&check[..], &["--strict-input"]].concat()).0, Some(4));
    let (status, out, _) = lab.run(&["doctor", "export.txt", "--format", "json"]);
    let diagnosis: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (status, &diagnosis["inputs"][0]["records"]["skipped"][reason]),
        (Some(0), &1.into()),
        "{out}"
    );
    let unlimited = Lab::new("", export);
    assert_eq!(unlimited.run(&[&check[..], &["--strict-input"]].concat()).0, Some(0));
}

#[test]
fn values_lines_and_records_are_bounded_in_every_format() {
    let long = "x".repeat(3000);
    let ldif = format!(
        "dn: CN=a,DC=x\nobjectClass: user\ndisplayName: {long}\n\ndn: CN=b,DC=x\nobjectClass: user\ndisplayName: b\n"
    );
    let csv = format!(
        "DistinguishedName,displayName,ObjectClass\n\"CN=a,DC=x\",{long},user\n\"CN=b,DC=x\",b,user\n"
    );
    let entry = |name: &str, value: &str| {
        format!(
            "<cs-object cs-dn=\"CN={name},DC=x\" object-type=\"user\"><synchronized-hologram><entry>\
             <attr name=\"displayName\"><value>{value}</value></attr></entry></synchronized-hologram></cs-object>"
        )
    };
    let xml = format!("<cs-objects>{}{}</cs-objects>", entry("a", &long), entry("b", "b"));
    skips_one("value-bytes = 1000", &ldif, "limit-exceeded");
    skips_one("line-bytes = 1000", &ldif, "limit-exceeded");
    skips_one("value-bytes = 1000", &csv, "bad-row");
    skips_one("value-bytes = 1000", &xml, "limit-exceeded");
}

#[test]
fn values_and_attributes_are_counted() {
    let group = (0..50).fold(String::new(), |text, number| text + &format!("member: CN={number},DC=x\n"));
    let ldif = format!(
        "dn: CN=a,DC=x\nobjectClass: group\n{group}\ndn: CN=b,DC=x\nobjectClass: group\nmember: CN=a,DC=x\n"
    );
    skips_one("values-per-attribute = 40", &ldif, "limit-exceeded");
}

#[test]
fn a_file_beyond_nesting_or_columns_is_refused() {
    let deep = "<cs-objects><cs-object cs-dn=\"CN=a\"><a><b><c/></b></a></cs-object></cs-objects>";
    let (status, _, err) = Lab::new("[input]\nxml-depth = 4\n", deep).run(&["check", "export.txt"]);
    assert!(status == Some(3) && err.contains("nested more than 4 deep"), "{err}");
    let wide = "DistinguishedName,a,b,c,d\nCN=a,1,2,3,4\n";
    let (status, _, err) = Lab::new("[input]\ncsv-columns = 4\n", wide).run(&["check", "export.txt"]);
    assert!(status == Some(3) && err.contains("5 columns"), "{err}");
    let ldif = "dn: CN=a,DC=x\nobjectClass: user\n";
    let lab = Lab::new("[input]\njson-depth = 2\n", ldif);
    fs::write(lab.0.path().join("tenant.json"), "[[[[{\"id\":\"a\",\"userPrincipalName\":\"a@x\"}]]]]")
        .unwrap();
    let (status, _, err) = lab.run(&["check", "export.txt", "--tenant", "tenant.json"]);
    assert!(status == Some(3) && err.contains("deep"), "{err}");
}

#[test]
fn unknown_keys_are_refused() {
    let (status, _, err) = Lab::new("[input]\nvalue-byte = 4\n", "").run(&["check", "export.txt"]);
    assert!(status == Some(2) && err.contains("value-bytes"), "{err}");
}
