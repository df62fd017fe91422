//! The JSON line of the test checklist in `input-formats` section 15 (read 2026-11-20): one row per item.

mod support;

use std::slice::from_ref;

use presync::load::load_tenant;
use presync::tenant::CloudProperty;
use support::checklist::utf16;

/// A tenant file and exactly what loading it must give.
struct Row {
    name: &'static str,
    input: Vec<u8>,
    ids: Vec<&'static str>,
    skipped: Vec<(&'static str, u64)>,
    warnings: Vec<&'static str>,
    complete: bool,
    /// Addresses of the first object.
    addresses: Option<Vec<&'static str>>,
    refused: Option<&'static str>,
}

fn row(name: &'static str, input: impl Into<Vec<u8>>, ids: &[&'static str]) -> Row {
    Row {
        name,
        input: input.into(),
        ids: ids.to_vec(),
        skipped: Vec::new(),
        warnings: Vec::new(),
        complete: true,
        addresses: None,
        refused: None,
    }
}

impl Row {
    fn faults(&self) -> Vec<String> {
        let file = tempfile::NamedTempFile::new().expect("a place for the file");
        std::fs::write(file.path(), &self.input).expect("the file is written");
        let loaded = load_tenant(&file.path().to_string_lossy());
        let mut faults = Vec::new();
        let mut expect = |what: &str, found: String, expected: String| {
            if found != expected {
                faults.push(format!("{}: {what} {found}, expected {expected}", self.name));
            }
        };
        match (loaded, self.refused) {
            (Err(error), Some(words)) if error.to_string().contains(words) => {}
            (Err(error), words) => expect("refusal", error.to_string(), format!("{words:?}")),
            (Ok(_), Some(words)) => expect("result", "loaded".into(), words.into()),
            (Ok((objects, source)), None) => {
                let ids: Vec<&str> = objects.iter().map(presync::tenant::CloudObject::id).collect();
                let skipped: Vec<(&str, u64)> =
                    source.skipped.iter().map(|(reason, count)| (*reason, *count)).collect();
                let warnings: Vec<&str> = source.warnings.iter().map(|warning| warning.id).collect();
                expect("objects", format!("{ids:?}"), format!("{:?}", self.ids));
                expect("skipped", format!("{skipped:?}"), format!("{:?}", self.skipped));
                expect("warnings", format!("{warnings:?}"), format!("{:?}", self.warnings));
                expect("complete", source.complete.to_string(), self.complete.to_string());
                if let (Some(expected), Some(object)) = (&self.addresses, objects.first()) {
                    expect(
                        "addresses",
                        format!("{:?}", object.texts(CloudProperty::ProxyAddresses).collect::<Vec<_>>()),
                        format!("{expected:?}"),
                    );
                }
            }
        }
        faults
    }
}

fn user(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","userPrincipalName":"{id}@x.example","onPremisesImmutableId":"Zm9v","onPremisesSyncEnabled":true,"proxyAddresses":["SMTP:{id}@x.example"]}}"#
    )
}

fn page(objects: &[String], rest: &str) -> String {
    let context = r#""@odata.context":"https://graph.example/v1.0/$metadata#users""#;
    format!(r#"{{{context}{rest},"value":[{}]}}"#, objects.join(","))
}

#[test]
fn every_item_of_the_checklist() {
    let (a, b) = (user("a"), user("b"));
    let next = r#","@odata.nextLink":"https://graph.example/v1.0/users?$skiptoken=x""#;
    let removed = r#"{"id":"c","@removed":{"reason":"changed"}}"#.to_owned();
    let whole = page(&[a.clone(), b.clone()], "");
    let untold = vec!["anchor-not-exported", "proxy-addresses-not-exported", "sync-state-not-exported"];
    let pascal = r#"[{"Id":"a","UserPrincipalName":"a@x","OnPremisesImmutableId":"Zm9v","OnPremisesSyncEnabled":true,"ProxyAddresses":["SMTP:a@x"],"CreatedDateTime":"\/Date(1767225600000)\/"}]"#;
    let cut = r#"[{"Id":"a","UserPrincipalName":"a@x","OnPremisesImmutableId":"Zm9v","OnPremisesSyncEnabled":true,"ProxyAddresses":"System.Object[]"}]"#;
    let joined = cut.replace("System.Object[]", "SMTP:a@x.example smtp:b@x.example");
    let nulls = a.replace(r#""SMTP:a@x.example""#, "").replace("\"Zm9v\"", "null");
    let rows = [
        row("page", whole.as_str(), &["a", "b"]),
        row("pages array", format!("[{},{}]", page(from_ref(&a), next), page(from_ref(&b), "")), &["a", "b"]),
        row("bare array", format!("[{a},{b}]"), &["a", "b"]),
        row("one object", a.as_str(), &["a"]),
        row("NDJSON", format!("{a}\r\n{b}\r\n"), &["a", "b"]),
        row("concatenated", format!("{}{}", page(from_ref(&a), next), page(from_ref(&b), "")), &["a", "b"]),
        Row {
            complete: false,
            warnings: vec!["next-link-left"],
            ..row("nextLink left", page(from_ref(&a), next), &["a"])
        },
        Row { skipped: vec![("removed", 1)], ..row("@removed", page(&[a.clone(), removed], ""), &["a"]) },
        Row { warnings: untold, ..row("missing", r#"[{"id":"a","userPrincipalName":"a@x"}]"#, &["a"]) },
        Row { addresses: Some(vec![]), ..row("null", page(&[nulls], ""), &["a"]) },
        Row { addresses: Some(vec!["SMTP:a@x"]), ..row("PascalCase and /Date()/", pascal, &["a"]) },
        Row {
            complete: false,
            warnings: vec!["depth-cut", "proxy-addresses-not-exported"],
            ..row("depth-cut arrays", cut, &["a"])
        },
        Row {
            addresses: Some(vec!["SMTP:a@x.example", "smtp:b@x.example"]),
            ..row("depth-cut arrays, joined", joined, &["a"])
        },
        row("UTF-16", utf16(&whole, true, false), &["a", "b"]),
        row("UTF-16, no BOM", utf16(&whole, false, false), &["a", "b"]),
        Row {
            refused: Some("something other than users"),
            ..row("wrong resource", r#"[{"id":"a","userPrincipalName":"a@x","isMfaRegistered":true}]"#, &[])
        },
        Row { refused: Some("ends in the middle"), ..row("truncated file", &whole[..whole.len() - 40], &[]) },
        Row { refused: Some("empty"), ..row("empty file", "", &[]) },
        Row { refused: Some("as a source"), ..row("LDIF", "dn: CN=a,DC=x\nsn: a\n", &[]) },
    ];
    let faults: Vec<String> = rows.iter().flat_map(Row::faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
