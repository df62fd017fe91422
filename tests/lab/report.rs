//! Runs of the binary against servers, and reports made comparable.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use presync::directory::dn;
use serde_json::Value;

use super::PASSWORD;

/// How a run ended.
#[derive(Debug)]
pub struct Run {
    /// Exit status.
    pub status: i32,
    /// What it gave.
    pub stdout: Vec<u8>,
    /// What it said.
    pub stderr: String,
}

/// Runs the binary in a directory, with the password of the lab in the environment.
pub fn presync<S: AsRef<str>>(directory: &Path, arguments: &[S]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presync"));
    command.args(arguments.iter().map(AsRef::as_ref)).current_dir(directory);
    Run::of(command.env("PRESYNC_LDAP_PASSWORD", PASSWORD))
}

impl Run {
    /// Of a command that ends in the binary.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the binary");
        Self {
            status: output.status.code().expect("an exit status"),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The JSON report of a run that gave one.
    #[track_caller]
    pub fn report(&self) -> Value {
        assert!(matches!(self.status, 0 | 1), "status {}: {}", self.status, self.stderr);
        serde_json::from_slice(&self.stdout).expect("a JSON report")
    }

    /// Asserts the exit status and that each of the words was said.
    #[track_caller]
    pub fn expect(&self, status: i32, words: &[&str]) {
        let said = self.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(self.status, status, "{said}");
        for word in words {
            assert!(said.contains(word), "{word:?} is not in: {said}");
        }
    }
}

/// `presync check` with every object in JSON.
pub fn check<S: AsRef<str>>(directory: &Path, arguments: &[S]) -> Run {
    let own = ["check", "--format", "json", "--objects", "all"].map(str::to_owned);
    let arguments: Vec<String> =
        own.into_iter().chain(arguments.iter().map(|one| one.as_ref().to_owned())).collect();
    presync(directory, &arguments)
}

/// A report without what may differ between a directory and an export of it:
///
/// - `run.inputs` is left out: names, formats, what was skipped;
/// - `position` is left out: a directory has no lines;
/// - DNs are in the normal form of the library, also inside messages: slapd spells them in its own way;
/// - `metaverse` is the first member's DN: the id in the report depends on how the DNs are spelled;
/// - objects and findings are sorted anew, since DNs in another spelling sort otherwise.
pub fn normal(mut report: Value) -> Value {
    let dns = spellings(&report);
    if let Some(run) = report["run"].as_object_mut() {
        run.remove("inputs");
    }
    for list in ["objects", "findings"] {
        respell(&mut report[list], &dns);
    }
    rename_metaverse(&mut report);
    for list in ["objects", "findings"] {
        let items = report[list].as_array_mut().expect("a list");
        items.sort_by_cached_key(|item| {
            ["forest", "dn", "check", "attribute", "value"].map(|key| item[key].to_string())
        });
    }
    report
}

fn normal_dn(text: &str) -> String {
    String::from_utf8_lossy(&dn::normalize(text.as_bytes())).into_owned()
}

/// Every DN that the report names, longest first, with its normal form.
fn spellings(report: &Value) -> Vec<(String, String)> {
    let mut dns = BTreeSet::new();
    let texts = |value: &Value, dns: &mut BTreeSet<String>| {
        dns.extend(
            value
                .as_array()
                .into_iter()
                .flatten()
                .chain([value])
                .filter_map(Value::as_str)
                .map(str::to_owned),
        );
    };
    for object in report["objects"].as_array().expect("a list") {
        texts(&object["dn"], &mut dns);
        texts(&object["export"]["member"], &mut dns);
        texts(&object["export"]["members_lost"], &mut dns);
    }
    for finding in report["findings"].as_array().expect("a list") {
        if finding["attribute"] == "member" {
            texts(&finding["value"], &mut dns);
        }
    }
    let mut dns: Vec<_> =
        dns.into_iter().map(|dn| (normal_dn(&dn), dn)).map(|(normal, dn)| (dn, normal)).collect();
    dns.sort_by_key(|(dn, _)| std::cmp::Reverse(dn.len()));
    dns
}

fn respell(value: &mut Value, dns: &[(String, String)]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| respell(item, dns)),
        Value::Object(fields) => {
            fields.remove("position");
            for (name, field) in fields.iter_mut() {
                match field {
                    Value::String(text) if name == "message" => {
                        for (dn, normal) in dns {
                            *text = text.replace(dn, normal);
                        }
                    }
                    _ => respell(field, dns),
                }
            }
        }
        Value::String(text) => {
            if let Some((_, normal)) = dns.iter().find(|(dn, _)| dn == text) {
                text.clone_from(normal);
            }
        }
        _ => {}
    }
}

fn rename_metaverse(report: &mut Value) {
    let objects = report["objects"].as_array_mut().expect("a list");
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    for object in objects.iter() {
        if let (Some(id), Some(dn)) = (object["metaverse"].as_str(), object["dn"].as_str()) {
            let known = first.entry(id.to_owned()).or_insert_with(|| dn.to_owned());
            if dn < known.as_str() {
                dn.clone_into(known);
            }
        }
    }
    for object in objects {
        if let Some(dn) = object["metaverse"].as_str().and_then(|id| first.get(id)) {
            object["metaverse"] = Value::from(dn.as_str());
        }
    }
}

/// Asserts that two reports predict the same; names the first differences.
#[track_caller]
pub fn assert_same(name: &str, found: &Value, expected: &Value) {
    let mut differences = Vec::new();
    compare("", found, expected, &mut differences);
    assert!(differences.is_empty(), "{name}:\n{}", differences[..differences.len().min(20)].join("\n"));
}

fn compare(path: &str, found: &Value, expected: &Value, differences: &mut Vec<String>) {
    match (found, expected) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            for (name, own) in a {
                compare(&format!("{path}.{name}"), own, &b[name], differences);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (own, other)) in a.iter().zip(b).enumerate() {
                let name = own["dn"].as_str().map_or_else(|| at.to_string(), str::to_owned);
                compare(&format!("{path}[{name}]"), own, other, differences);
            }
        }
        _ if found == expected => {}
        _ => differences.push(format!("{path}: found {found}, expected {expected}")),
    }
}
