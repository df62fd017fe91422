//! What the server limits: the size of a page, the number of entries; and what it refers to elsewhere.

use super::lab::report::{Run, assert_same, check, normal};
use super::lab::slapd::{Account, FEW_ENTRIES, READER, SMALL_PAGES};
use super::{Samples, samples};

fn read(samples: &Samples, file: &str, account: Account, options: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}/{}", samples.server.plain(), samples.domain(file).base);
    let account = [url.as_str(), "--bind-dn", account.dn, "--allow-plaintext"];
    check(folder.path(), &[account.as_slice(), options].concat())
}

#[test]
fn a_page_too_large_for_the_server_is_asked_for_in_smaller_ones() {
    let Some(samples) = samples() else { return };
    let expected = normal(read(samples, "harbourline.ldif", READER, &[]).report());
    for options in [&[][..], &["--page-size", "100"], &["--page-size", "101"], &["--page-size", "100000"]] {
        let report = read(samples, "harbourline.ldif", SMALL_PAGES, options).report();
        assert_eq!(report["run"]["inputs"][0]["complete"], true);
        assert_same(&options.join(" "), &normal(report), &expected);
    }
}

#[test]
fn the_size_of_a_page_changes_nothing() {
    let Some(samples) = samples() else { return };
    let expected = normal(read(samples, "marlowe.ldif", READER, &[]).report());
    for size in ["1", "7", "73", "5000"] {
        let report = read(samples, "marlowe.ldif", READER, &["--page-size", size]).report();
        assert_same(size, &normal(report), &expected);
    }
}

#[test]
fn entries_up_to_the_limit_of_the_server_count_and_the_input_is_incomplete() {
    let Some(samples) = samples() else { return };
    let report = read(samples, "marlowe.ldif", FEW_ENTRIES, &["--page-size", "10"]).report();
    let input = &report["run"]["inputs"][0];
    assert_eq!((&input["complete"], &input["objects"]), (&false.into(), &25.into()), "{input}");
    let warnings = input["warnings"].to_string();
    assert!(warnings.contains("search-incomplete") && warnings.contains("sizeLimitExceeded"), "{warnings}");
    read(samples, "marlowe.ldif", FEW_ENTRIES, &["--page-size", "10", "--strict-input"]).expect(4, &[]);
}

#[test]
fn a_search_reference_is_counted_and_not_followed() {
    let Some(samples) = samples() else { return };
    let domain = samples.domain("res.ldif");
    assert_eq!(domain.references.len(), 1);
    let report = read(samples, "res.ldif", READER, &[]).report();
    let input = &report["run"]["inputs"][0];
    assert_eq!(input["skipped"], serde_json::json!({ "search-reference": 1 }));
    assert_eq!(input["complete"], true);
    assert_eq!(input["objects"], domain.records.len());
    assert_eq!(input["format"], "ldap");
}

#[test]
fn the_filter_and_the_scope_of_the_url_are_those_of_the_search() {
    let Some(samples) = samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    let domain = samples.domain("kestrel.ldif");
    let contacts =
        domain.records.iter().filter(|record| record.texts("objectClass").last() == Some("contact"));
    let below = domain.records.iter().filter(|record| record.dn.matches(',').count() == 2);
    for (tail, expected) in
        [("?sub?(objectClass=contact)", contacts.count()), ("?one", below.count()), ("?base", 1)]
    {
        let url = format!("{}/{}?{tail}", samples.server.plain(), domain.base);
        let report = check(folder.path(), &[&url, "--bind-dn", READER.dn, "--allow-plaintext"]).report();
        assert_eq!(report["run"]["inputs"][0]["objects"], expected, "{url}");
    }
}
