//! Tenant files of any shape: the same objects whatever shape they are written in, and whatever blocks they are read in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use presync::directory::Source;
use presync::load::{Limits, LoadError, tenant};
use presync::tenant::{CloudKind, CloudObject, CloudProperty as P};
use proptest::prelude::*;
use serde_json::{Value, json};

const BLOCKS: [usize; 4] = [16, 100, 700, 1 << 20];

fn read(text: &[u8], block_bytes: usize) -> Result<(Vec<CloudObject>, Source), LoadError> {
    tenant::read_in_blocks(&mut &*text, "tenant", &Limits::default(), block_bytes)
}

/// What came of a file, errors in words; the same for every size of blocks.
fn outcome(text: &[u8]) -> Result<(Vec<CloudObject>, Source), String> {
    let all = BLOCKS.map(|block_bytes| read(text, block_bytes).map_err(|error| error.to_string()));
    for other in &all[1..] {
        assert_eq!(&all[0], other, "{}", String::from_utf8_lossy(text));
    }
    let [first, ..] = all;
    first
}

/// A user of whom everything is told that a CSV can tell too.
fn user() -> impl Strategy<Value = Value> {
    let text = || prop_oneof![Just(Value::Null), "[a-zA-Zäß\"\\\\{}\\[\\],;:= ]{1,12}".prop_map(Value::from)];
    let flag = || prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from)];
    let addresses = prop::collection::vec("(SMTP|smtp|SIP):[a-z0-9.+]{1,9}@[a-z]{1,5}\\.example", 0..4);
    ("[0-9a-f]{12}", text(), text(), flag(), flag(), addresses, any::<bool>()).prop_map(
        |(id, display_name, mail, enabled, synced, addresses, is_deleted)| {
            json!({
                "id": id, "userPrincipalName": format!("{id}@x.example"), "displayName": display_name, "mail": mail,
                "accountEnabled": enabled, "onPremisesSyncEnabled": synced, "onPremisesImmutableId": "Zm9v",
                "proxyAddresses": addresses, "deletedDateTime": is_deleted.then_some("2026-10-01T00:00:00Z"),
                "jobTitle": {"nested": [{"}": "]"}]},
            })
        },
    )
}

const CONTEXT: &str = "https://graph.example/v1.0/$metadata#users";

/// The same users in every shape of JSON.
fn shapes(users: &[Value], page_users: usize) -> Vec<String> {
    let pages: Vec<Value> =
        users.chunks(page_users).map(|users| json!({"@odata.context": CONTEXT, "value": users})).collect();
    let pages = if pages.is_empty() { vec![json!({"@odata.context": CONTEXT, "value": []})] } else { pages };
    let lines = |values: &[Value], between: &str| {
        values.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
    };
    let whole = json!(users).to_string();
    let mut shapes = vec![
        whole.clone(),
        serde_json::to_string_pretty(users).unwrap(),
        lines(&pages, ""),
        lines(&pages, "\r\n"),
        json!(pages).to_string(),
        serde_json::to_string_pretty(&pages).unwrap(),
        format!(r#"{{"value":{whole},"@odata.count":1,"@odata.context":"{CONTEXT}"}}"#),
        format!(r#"{{"@odata.context":"{CONTEXT}","value":{whole},"x":{{"value":[1]}}}}"#),
        format!(r"[[{}],{whole}]", ""),
    ];
    if !users.is_empty() {
        shapes.push(lines(users, "\n"));
        shapes.push(lines(users, "\u{feff}"));
    }
    shapes
}

fn csv(users: &[Value]) -> String {
    let names = [
        "id",
        "userPrincipalName",
        "displayName",
        "mail",
        "accountEnabled",
        "onPremisesSyncEnabled",
        "onPremisesImmutableId",
        "proxyAddresses",
        "deletedDateTime",
    ];
    let cell = |value: &Value| {
        let text = match value {
            Value::Null => String::new(),
            Value::Bool(flag) => if *flag { "True" } else { "False" }.to_owned(),
            Value::String(text) => text.clone(),
            other => {
                let texts = other.as_array().unwrap().iter().map(|text| text.as_str().unwrap());
                texts.collect::<Vec<_>>().join(";")
            }
        };
        format!("\"{}\"", text.replace('"', "\"\""))
    };
    let row = |user: &Value| names.map(|name| cell(&user[name])).join(",") + "\r\n";
    names.join(",") + "\r\n" + &users.iter().map(row).collect::<String>()
}

fn without_format(outcome: Result<(Vec<CloudObject>, Source), String>) -> (Vec<CloudObject>, Vec<String>) {
    let (objects, source) = outcome.unwrap();
    (objects, source.warnings.iter().map(|warning| format!("{warning:?}")).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_shape_reads_the_same(users in prop::collection::vec(user(), 0..12), page_users in 1_usize..6) {
        let expected = without_format(outcome(shapes(&users, page_users)[0].as_bytes()));
        prop_assert_eq!(expected.0.len(), users.len());
        for shape in shapes(&users, page_users) {
            prop_assert_eq!(&without_format(outcome(shape.as_bytes())), &expected, "{}", shape);
        }
        if !users.is_empty() {
            prop_assert_eq!(&without_format(outcome(csv(&users).as_bytes())), &expected);
        }
    }

    #[test]
    fn a_byte_too_few_or_another_one_never_panics_and_blocks_do_not_show(
        users in prop::collection::vec(user(), 1..4),
        shape in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"{}[],:\"\\\n0te ".to_vec())],
        cut in any::<bool>(),
    ) {
        let mut shapes = shapes(&users, 2);
        shapes.push(csv(&users));
        let mut text = shape.get(&shapes).clone().into_bytes();
        let place = place.index(text.len());
        if cut {
            text.truncate(place);
        } else {
            text[place] = byte;
        }
        for block_bytes in BLOCKS {
            let _ = read(&text, block_bytes);
        }
        // Where an object is cut out of another, the words may differ; what is loaded may not.
        let loaded = BLOCKS.map(|block_bytes| read(&text, block_bytes).ok());
        prop_assert!(loaded.iter().all(|one| *one == loaded[0]), "{}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn errors_keep_their_line_in_every_block() {
    let user = |id: u32| format!("{{\"id\":\"{id}\",\n\"userPrincipalName\":\"{id}@x\"}}");
    let users: Vec<String> = (0..40).map(user).collect();
    let page = format!("{{\"@odata.context\":\"{CONTEXT}\",\n\"value\":[\n{}\n]}}", users.join(",\n"));
    for (broken, words) in [
        (page.replace("\"30\",", "\"30\""), "tenant:64: the JSON is broken"),
        (page.replace("\"30\",", "nul,"), "tenant:63: the JSON is broken"),
        (page.replace("30@x\"},", "30@x\"}"), "tenant:65: the JSON is broken: expected `,` or `]`"),
        (page.get(..page.len() - 2).unwrap().to_owned(), "tenant:83: the JSON ends in the middle of a value"),
        (page.get(..page.len() - 6).unwrap().to_owned(), "tenant:82: the JSON ends in the middle of a value"),
        (page.replacen("\"value\"", "\"value\" 1", 1), "tenant:2: the JSON is broken: expected `:`"),
    ] {
        let error = outcome(broken.as_bytes()).unwrap_err();
        assert!(error.starts_with(words), "{error}, not {words}");
    }
}

#[test]
fn a_kind_that_comes_after_the_objects_counts_for_all_of_them() {
    let objects: Vec<String> = (0..50).map(|id| format!(r#"{{"id":"{id:02}","mail":"{id}@x"}}"#)).collect();
    let typed = r##"{"id":"z","@odata.type":"#microsoft.graph.user"}"##;
    let text = format!(
        r#"{{"value":[{},{typed},{{"mail":null}}],"@odata.context":"https://graph.example/$metadata#contacts"}}"#,
        objects.join(",")
    );
    let (found, source) = outcome(text.as_bytes()).unwrap();
    assert_eq!(found.iter().filter(|object| object.kind() == CloudKind::Contact).count(), 50);
    assert_eq!((found[50].kind(), found[50].id(), found[49].id()), (CloudKind::User, "z", "49"));
    assert_eq!(source.skipped.get("missing-id"), Some(&1));
    let foreign = text.replace("#contacts", "#servicePrincipals");
    let (found, source) = outcome(foreign.as_bytes()).unwrap();
    assert_eq!((found.len(), source.skipped.get("other-resource")), (1, Some(&51)));
}

#[test]
fn the_last_page_decides_in_every_block() {
    let user =
        |id: u32| format!(r#"{{"id":"{id}","userPrincipalName":"{id}@x","onPremisesImmutableId":"a"}}"#);
    let next = r#","@odata.nextLink":"https://graph.example/x""#;
    let page = |id: u32, next: &str| {
        format!(r#"{{"@odata.context":"{CONTEXT}"{next},"value":[{},{}]}}"#, user(id), user(id + 1))
    };
    for (text, complete) in [
        (format!("[{},{}]", page(1, next), page(3, "")), true),
        (format!("[{},{}]", page(1, ""), page(3, next)), false),
        (format!("{}\n{}", page(1, next), page(3, next)), false),
    ] {
        let (objects, source) = outcome(text.as_bytes()).unwrap();
        assert_eq!((objects.len(), source.complete), (4, complete), "{text}");
    }
}

#[test]
fn a_record_beyond_the_limits_is_left_out() {
    let limits = Limits { line_bytes: 300, ..Limits::default() };
    let big = format!(r#"{{"id":"2","userPrincipalName":"b@x","photo":"{}"}}"#, "x".repeat(2000));
    let small = |id: u32| format!(r#"{{"id":"{id}","userPrincipalName":"{id}@x"}}"#);
    for text in [
        format!("[{},\n{big},{}]", small(1), small(3)),
        format!("{}\n{big}\n{}", small(1), small(3)),
        format!(r#"{{"@odata.context":"{CONTEXT}","value":[{},{}{big},{}]}}"#, small(1), "\n", small(3)),
    ] {
        let (objects, source) = tenant::read_in_blocks(&mut text.as_bytes(), "tenant", &limits, 64).unwrap();
        assert_eq!(objects.iter().map(CloudObject::id).collect::<Vec<_>>(), ["1", "3"], "{text}");
        assert_eq!((source.skipped.get("limit-exceeded"), source.complete), (Some(&1), false));
        let warning = source.warnings.iter().find(|warning| warning.id == "limit-exceeded").unwrap();
        assert_eq!(warning.line, Some(2));
    }
    let other = format!(r#"{{"meta":{{"type":"users"}},"data":[{}]}}"#, vec!["1"; 500].join(","));
    let error = tenant::read_in_blocks(&mut other.as_bytes(), "tenant", &limits, 64).unwrap_err();
    assert!(error.to_string().contains("something other than users"), "{error}");
}

#[test]
fn a_large_object_that_is_no_page_is_read_as_a_whole() {
    let text = format!(
        r#"{{"id":"1","userPrincipalName":"a@x","photo":"{}","proxyAddresses":["SMTP:a@x"]}}"#,
        "\\\"".repeat(2000)
    );
    let (objects, _) = outcome(text.as_bytes()).unwrap();
    assert_eq!(objects[0].texts(P::ProxyAddresses).collect::<Vec<_>>(), ["SMTP:a@x"]);
}

#[test]
fn rows_keep_their_lines_in_every_block() {
    let rows: Vec<String> = (0..60).map(|id| format!("{id},{id}@x,\"a\nb\"\n")).collect();
    let rows = rows.concat();
    let text = format!("id,userPrincipalName,displayName\n{rows}\n7\n{rows}");
    let (objects, source) = outcome(text.as_bytes()).unwrap();
    assert_eq!((objects.len(), source.skipped.get("bad-row")), (120, Some(&1)));
    let warning = source.warnings.iter().find(|warning| warning.id == "bad-row").unwrap();
    assert_eq!(warning.line, Some(123));
}
