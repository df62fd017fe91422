use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::outcome::Outcome;
use crate::report::fixture;

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&fixture::written(write, report)).unwrap()
}

#[test]
fn the_whole_document() {
    insta::assert_snapshot!("json", fixture::written(write, &fixture::report()));
}

/// Keys of every object of the document by its path, list positions left out, in the order of the text.
fn keys_by_path(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // Pretty-printed: the depth of a line is its indentation, so a key path can be read off line by line.
    let mut path: Vec<String> = Vec::new();
    for line in text.lines() {
        let depth = (line.len() - line.trim_start().len()) / 2;
        path.resize(depth, String::new());
        if let Some((key, _)) = line.trim_start().strip_prefix('"').and_then(|rest| rest.split_once("\": ")) {
            let parents: Vec<_> = path.iter().skip(1).filter(|part| !part.is_empty()).cloned().collect();
            let known = keys.entry(parents.join(".")).or_default();
            if !known.iter().any(|one| one == key) {
                known.push(key.to_owned());
            }
            path.push(key.to_owned());
        } else {
            path.push(String::new());
        }
    }
    keys
}

#[test]
fn keys_are_exactly_those_of_the_contract_in_its_order() {
    let keys = keys_by_path(&fixture::written(write, &fixture::report()));
    let counts = "user group contact other total";
    let expected = [
        ("", "schema_version tool run summary objects findings"),
        ("tool", "name version"),
        ("run", "inputs settings predicted_status checks_not_run"),
        ("run.inputs", "source role format forest objects skipped complete warnings"),
        ("run.inputs.warnings", "id message line"),
        ("run.checks_not_run", "check why"),
        ("summary", "objects outcomes findings checks tenant"),
        ("summary.tenant", "total existing hard soft leaving stopped orphaned deleted cloud_only devices"),
        ("summary.objects", counts),
        (
            "summary.outcomes",
            "synced synced-with-changes joined filtered not-provisioned sync-error export-error",
        ),
        ("summary.outcomes.synced", counts),
        ("summary.findings", "error warning info excepted"),
        (
            "objects",
            "dn id forest object_class object_guid outcome reasons metaverse joined_with export cloud alternatives",
        ),
        (
            "objects.export",
            "type sourceAnchor userPrincipalName displayName mail alias proxyAddresses targetAddress \
             accountEnabled securityEnabled onPremiseSecurityIdentifier deviceId deviceTrustType member_count \
             members_lost member",
        ),
        (
            "objects.cloud",
            "type match source_anchor user_principal_name mail_nickname mail proxy_addresses account_enabled \
             display_name",
        ),
        ("objects.alternatives", "connector_order outcome reasons"),
        (
            "findings",
            "check severity outcome dn id forest object_class attribute value message position related fix \
             fingerprint excepted",
        ),
        ("findings.position", "source line"),
        ("findings.related", "dn id forest attribute value keeps"),
        ("findings.excepted", "reason owner until"),
    ];
    for (path, expected) in expected {
        let expected: Vec<_> = expected.split_whitespace().collect();
        assert_eq!(keys.get(path).map(Vec::as_slice).unwrap_or_default(), expected, "{path:?}");
    }
}

#[test]
fn null_empty_and_absent_are_told_apart() {
    let report = parsed(&fixture::report());
    let objects = report["objects"].as_array().unwrap();
    let by_id = |id: &str| objects.iter().find(|object| object["id"] == id).unwrap();
    let user = by_id(fixture::USER);
    assert_eq!(user["export"]["targetAddress"], Value::Null);
    assert_eq!(user["export"]["member_count"], Value::Null);
    assert_eq!(user["export"]["members_lost"], Value::Array(Vec::new()));
    assert!(user["export"].get("member").is_none());
    let group = by_id(fixture::GROUP);
    assert_eq!(group["export"]["member"].as_array().unwrap().len(), 1);
    assert_eq!(group["cloud"]["proxy_addresses"], Value::Array(Vec::new()));
    let lost = by_id(fixture::WITHOUT_DN);
    assert_eq!(
        (&lost["dn"], &lost["metaverse"], &lost["export"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(lost["alternatives"], Value::Array(Vec::new()));
    let whole = report["findings"].as_array().unwrap().iter().find(|finding| finding["dn"].is_null());
    for key in
        ["outcome", "id", "forest", "object_class", "attribute", "value", "position", "fix", "excepted"]
    {
        assert_eq!(whole.unwrap()[key], Value::Null, "{key}");
    }
}

#[test]
fn all_outcomes_are_there_even_when_nothing_was_counted() {
    let empty = parsed(&Report::default());
    assert_eq!(empty["summary"]["outcomes"].as_object().unwrap().len(), Outcome::ALL.len());
    assert_eq!(empty["objects"], Value::Array(Vec::new()));
    assert_eq!(empty["run"]["inputs"], Value::Array(Vec::new()));
}

#[test]
fn hostile_values_are_verbatim_for_programs_and_harmless_for_eyes() {
    for hostile in fixture::HOSTILE {
        let report = Report { findings: vec![fixture::finding(hostile)], ..Report::default() };
        let text = fixture::written(write, &report);
        assert!(!text.replace('\n', "").contains(super::super::escape::is_hidden), "{text:?}");
        assert_eq!(parsed(&report)["findings"][0]["value"], **hostile);
    }
}

#[test]
fn every_key_and_every_column_is_documented() {
    let page = include_str!("../../../docs/formats.md");
    let keys = keys_by_path(&fixture::written(write, &fixture::report()));
    let fixed =
        keys.iter().filter(|(path, _)| !matches!(path.as_str(), "summary.checks" | "run.inputs.skipped"));
    let columns = super::super::csv::COLUMNS.map(str::to_owned);
    for name in fixed.flat_map(|(_, keys)| keys).chain(&columns).filter(|name| *name != "nothing") {
        assert!(page.contains(&format!("`{name}`")), "{name} is not in docs/formats.md");
    }
    for format in crate::report::Format::ALL {
        assert!(page.contains(&format!("| `{}`", format.name())), "{}", format.name());
    }
}
