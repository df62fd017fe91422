//! The result does not depend on the order of records, on how they are spread over files, or on the number of threads:
//! permuting, splitting and changing thread counts leaves the JSON equal but for source positions.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::fmt::Write as _;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use presync::config::Settings;
use presync::load::SourceArgument;
use presync::predict::{ObjectSelection, Request, predict};
use proptest::prelude::*;

/// A few objects that meet each other often: shared mails, SIDs, copied anchors, members.
#[derive(Debug, Clone)]
struct Record {
    forest: u8,
    class: u8,
    number: u8,
    mail: Option<u8>,
    sid: u8,
    master: Option<u8>,
    anchor: Option<u8>,
    linked: bool,
    enabled: bool,
    alias: bool,
    members: Vec<(u8, u8)>,
}

fn record() -> impl Strategy<Value = Record> {
    let identity = (0..3_u8, 0..5_u8, 0..40_u8);
    let keys = (
        proptest::option::of(0..6_u8),
        0..8_u8,
        proptest::option::of(0..8_u8),
        proptest::option::of(0..40_u8),
    );
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let members = proptest::collection::vec((0..3_u8, 0..40_u8), 0..4);
    (identity, keys, flags, members).prop_map(
        |((forest, class, number), (mail, sid, master, anchor), flags, members)| {
            let (linked, enabled, alias) = flags;
            Record { forest, class, number, mail, sid, master, anchor, linked, enabled, alias, members }
        },
    )
}

fn dn(forest: u8, number: u8) -> String {
    format!("CN=Object {number},OU=Corp,DC=f{forest},DC=test")
}

fn sid(number: u8) -> String {
    let mut bytes = vec![1, 5, 0, 0, 0, 0, 0, 5];
    for part in [21, 7, 7, 7, 1100 + u32::from(number)] {
        bytes.extend_from_slice(&u32::to_le_bytes(part));
    }
    STANDARD.encode(bytes)
}

fn guid(forest: u8, number: u8) -> String {
    let mut bytes = [7; 16];
    (bytes[0], bytes[15]) = (forest, number);
    STANDARD.encode(bytes)
}

fn ldif(record: &Record) -> String {
    let mut text = format!(
        "dn: {}\nobjectGUID:: {}\n",
        dn(record.forest, record.number),
        guid(record.forest, record.number)
    );
    let class = ["user", "user", "contact", "group", "foreignSecurityPrincipal"][usize::from(record.class)];
    writeln!(text, "objectClass: {class}\ncn: Object {}", record.number).unwrap();
    if let Some(mail) = record.mail {
        writeln!(text, "mail: m{mail}@corp.test").unwrap();
    }
    if class == "user" {
        let state = if record.enabled { 512 } else { 514 };
        writeln!(
            text,
            "sAMAccountName: u{}\nuserPrincipalName: u{}@f{}.test",
            record.number, record.number, record.forest
        )
        .unwrap();
        writeln!(text, "userAccountControl: {state}\nobjectSid:: {}", sid(record.sid)).unwrap();
        if let Some(master) = record.master {
            writeln!(text, "msExchMasterAccountSid:: {}", sid(master)).unwrap();
        }
        if let Some(anchor) = record.anchor {
            writeln!(text, "mS-DS-ConsistencyGuid:: {}", guid(0, anchor)).unwrap();
        }
        if record.linked {
            text.push_str("msExchRecipientTypeDetails: 2\n");
        }
    }
    if record.alias {
        writeln!(text, "mailNickname: alias{}", record.number).unwrap();
    }
    if class == "group" {
        text.push_str("groupType: -2147483646\nproxyAddresses: X500:/o=Corp\n");
        for (forest, number) in &record.members {
            writeln!(text, "member: {}", dn(*forest, *number)).unwrap();
        }
    }
    text.push('\n');
    text
}

/// The report as JSON without what may differ: inputs and positions.
fn run(files: &[String], matching: &str, threads: usize) -> serde_json::Value {
    let directory = tempfile::tempdir().unwrap();
    let sources = files.iter().enumerate().map(|(number, text)| {
        let path = directory.path().join(format!("{number}.ldif"));
        fs::write(&path, format!("version: 1\n\n{text}")).unwrap();
        SourceArgument { forest: None, path: path.to_string_lossy().into_owned() }
    });
    // The order of the connectors is a setting, so it is fixed here.
    let forests =
        "[[forest]]\nname = \"f0.test\"\n[[forest]]\nname = \"f1.test\"\n[[forest]]\nname = \"f2.test\"\n";
    let settings = format!("[sync]\nuser-matching = \"{matching}\"\n{forests}");
    let request = Request {
        sources: sources.collect(),
        settings: Settings::from_toml(&settings, "presync.toml").unwrap(),
        objects: ObjectSelection::All,
        ..Request::default()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let prediction = pool.install(|| predict(&request)).unwrap();
    let mut json = Vec::new();
    presync::report::json::write(&prediction.report, &mut json).unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    value["run"]["inputs"] = serde_json::Value::Null;
    for finding in value["findings"].as_array_mut().unwrap() {
        finding["position"] = serde_json::Value::Null;
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn order_files_and_threads_leave_the_report_equal(
        records in proptest::collection::vec(record(), 1..40),
        seed in any::<u64>(),
        matching in prop_oneof![Just("once"), Just("mail"), Just("object-sid")],
    ) {
        // One record for each DN: of two with one DN the later counts, which is an order by intent.
        let mut records = records;
        records.sort_by_key(|record| (record.forest, record.number));
        records.dedup_by_key(|record| (record.forest, record.number));
        let texts: Vec<String> = records.iter().map(ldif).collect();
        let given = run(&[texts.concat()], matching, 1);

        let mut shuffled = texts.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        prop_assert_eq!(&run(&[shuffled.concat()], matching, 2), &given);

        let middle = shuffled.len() / 2;
        let split = [shuffled[middle..].concat(), shuffled[..middle].concat()];
        let files: Vec<String> = split.into_iter().filter(|text| !text.is_empty()).collect();
        prop_assert_eq!(&run(&files, matching, 3), &given);
    }
}
