//! The generator of benchmarks: the same bytes for the same seed, and exactly the defects it says.
//!
//! The counts are taken from the text with nothing but splitting and base64, not with the loader.

#[path = "../benches/support/generator.rs"]
mod generator;

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use generator::tenant::{self, Shape, Written};
use generator::{Format, Options, Planted, generate};

const OBJECTS: u64 = 2000;

fn export(objects: u64, seed: u64, format: Format) -> (Vec<u8>, Planted) {
    let mut bytes = Vec::new();
    let planted = generate(Options { objects, seed, format }, &mut bytes).expect("a Vec takes all");
    (bytes, planted)
}

/// Attributes of one record, in order.
struct Record(Vec<(String, String)>);

impl Record {
    fn parse(text: &str) -> Self {
        let unfolded = text.replace("\r\n ", "");
        Self(unfolded.split("\r\n").filter(|line| !line.is_empty()).map(attribute).collect())
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let name = name.to_owned();
        let named = move |(own, _): &&(String, String)| own.split(';').next() == Some(&name);
        self.0.iter().filter(named).map(|(_, value)| value.as_str())
    }

    fn first(&self, name: &str) -> &str {
        self.values(name).next().unwrap_or_default()
    }

    fn is(&self, class: &str) -> bool {
        self.values("objectClass").last() == Some(class)
    }
}

/// Binary values come as their base64 text.
fn attribute(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').expect("a colon in every line");
    let Some(encoded) = value.strip_prefix(": ") else {
        return (name.to_owned(), value[1..].to_owned());
    };
    let bytes = STANDARD.decode(encoded).expect("base64 behind two colons");
    (name.to_owned(), String::from_utf8(bytes).unwrap_or_else(|_| encoded.to_owned()))
}

fn records(bytes: &[u8]) -> Vec<Record> {
    let text = std::str::from_utf8(bytes).expect("ASCII");
    text.split("\r\n\r\n").filter(|record| !record.is_empty()).map(Record::parse).collect()
}

fn count(records: &[Record], wanted: impl Fn(&Record) -> bool) -> u64 {
    records.iter().filter(|record| wanted(record)).count() as u64
}

#[test]
fn same_seed_same_bytes() {
    for format in [Format::Ldif, Format::Csvde, Format::PowerShell] {
        assert!(export(300, 7, format).0 == export(300, 7, format).0);
        assert!(export(300, 7, format).0 != export(300, 8, format).0);
    }
}

#[test]
fn objects_are_what_was_planted() {
    let (bytes, planted) = export(OBJECTS, 1, Format::Ldif);
    let records = records(&bytes);
    assert_eq!(planted.records, records.len() as u64);
    assert_eq!(planted.users, count(&records, |record| record.is("user")));
    assert_eq!(planted.groups, count(&records, |record| record.is("group")));
    assert_eq!(planted.contacts, count(&records, |record| record.is("contact")));
    assert_eq!(planted.computers, count(&records, |record| record.is("computer")));
    assert_eq!(planted.structure, planted.records - OBJECTS);
    assert_eq!([planted.users, planted.groups, planted.contacts, planted.computers], [1640, 140, 140, 80]);
}

#[test]
fn defects_of_users_and_computers_are_what_was_planted() {
    let (bytes, planted) = export(OBJECTS, 1, Format::Ldif);
    let records = records(&bytes);
    let account = |record: &Record, prefix| record.first("sAMAccountName").starts_with(prefix);
    let details = |record: &Record| record.first("msExchRecipientTypeDetails").to_owned();
    assert_eq!(
        planted.users_with_changed_anchor,
        count(&records, |one| !one.first("cloudSourceAnchor").is_empty())
    );
    assert_eq!(planted.linked_mailboxes_without_account, count(&records, |one| details(one) == "2"));
    assert_eq!(planted.service_accounts, count(&records, |one| account(one, "MSOL_")));
    assert_eq!(planted.replication_conflicts, count(&records, |one| one.first("dn").contains("\\0ACNF:")));
    let mailbox = |one: &Record| one.is("user") && ["1", "4", "16"].contains(&details(one).as_str());
    assert_eq!(planted.mailbox_users, count(&records, mailbox));
    let bare = |one: &Record| one.is("computer") && one.values("userCertificate").next().is_none();
    assert_eq!(planted.computers_without_certificate, count(&records, bare));
    assert!(records.iter().all(|one| !one.first("dn").is_empty()));
}

#[test]
fn defects_of_groups_are_what_was_planted() {
    let (bytes, planted) = export(OBJECTS, 1, Format::Ldif);
    let records = records(&bytes);
    let only_x500 = |one: &Record| {
        let mut addresses = one.values("proxyAddresses").peekable();
        addresses.peek().is_some() && addresses.all(|address| address.starts_with("X500:"))
    };
    assert_eq!(planted.groups_with_only_x500, count(&records, only_x500));
    let silent = |one: &Record| one.first("groupType") == "8" && one.first("mail").is_empty();
    assert_eq!(planted.distribution_groups_without_mail, count(&records, silent));

    let known: HashSet<&str> = records.iter().map(|record| record.first("dn")).collect();
    let lost = |one: &Record| one.values("member").filter(|member| !known.contains(member)).count() as u64;
    assert_eq!(planted.groups_with_lost_members, count(&records, |one| lost(one) > 0));
    assert_eq!(planted.lost_members, records.iter().map(lost).sum::<u64>());
}

#[test]
fn defects_of_contacts_are_what_was_planted() {
    let (bytes, planted) = export(OBJECTS, 1, Format::Ldif);
    let records = records(&bytes);
    let silent = |one: &Record| one.is("contact") && one.first("mail").is_empty();
    assert_eq!(planted.contacts_without_mail, count(&records, silent));
    let mails: Vec<&str> = records.iter().flat_map(|record| record.values("mail")).collect();
    let distinct: HashSet<&&str> = mails.iter().collect();
    assert_eq!(planted.contact_pairs_with_same_mail, (mails.len() - distinct.len()) as u64);
}

#[test]
fn nothing_else_collides() {
    let (bytes, _) = export(OBJECTS, 1, Format::Ldif);
    let records = records(&bytes);
    for name in ["dn", "userPrincipalName", "sAMAccountName", "mailNickname", "objectGUID", "objectSid"] {
        let values: Vec<&str> = records.iter().flat_map(|record| record.values(name)).collect();
        assert_eq!(values.len(), values.iter().collect::<HashSet<_>>().len(), "{name}");
        assert!(name != "sAMAccountName" || values.iter().all(|value| value.len() <= 20));
    }
}

#[test]
fn members_know_their_groups() {
    let (bytes, _) = export(OBJECTS, 1, Format::Ldif);
    let records = records(&bytes);
    let members: HashSet<(&str, &str)> = records
        .iter()
        .flat_map(|group| group.values("member").map(|member| (group.first("dn"), member)))
        .filter(|(_, member)| !member.starts_with("CN=Leaver"))
        .collect();
    let memberships: HashSet<(&str, &str)> = records
        .iter()
        .flat_map(|member| member.values("memberOf").map(|group| (group, member.first("dn"))))
        .collect();
    assert!(!members.is_empty());
    assert!(members == memberships);
}

#[test]
fn big_groups_come_in_gapless_slices() {
    let (bytes, _) = export(60_000, 3, Format::Ldif);
    let text = String::from_utf8(bytes).expect("ASCII");
    let group =
        text.split("\r\n\r\n").find(|record| record.contains("member;range=0-1499:")).expect("a big group");
    let record = Record::parse(group);
    let last = record.0.iter().filter(|(name, _)| name.ends_with("-*")).count();
    assert!((1..=1500).contains(&last));
    assert_eq!(record.0.iter().filter(|(name, _)| name == "member;range=0-1499").count(), 1500);
}

#[test]
fn lines_are_folded_and_end_as_on_windows() {
    let (bytes, _) = export(OBJECTS, 1, Format::Ldif);
    let text = std::str::from_utf8(&bytes).expect("ASCII");
    assert!(text.is_ascii());
    assert!(text.split("\r\n").all(|line| line.len() <= 76 && !line.contains(['\r', '\n'])));
    let bytes_per_object = bytes.len() as u64 / OBJECTS;
    assert!((2_000..=3_100).contains(&bytes_per_object), "{bytes_per_object} bytes per object");
}

#[test]
fn tables_have_a_row_per_object() {
    for format in ["csvde", "powershell"] {
        let format = Format::from_name(format).expect("a known name");
        let (bytes, planted) = export(OBJECTS, 1, format);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let rows: Result<Vec<_>, _> = reader.byte_records().collect();
        assert_eq!(rows.expect("as many cells as the header").len() as u64, planted.records);
        let json: serde_json::Value = serde_json::from_str(&planted.to_json()).expect("JSON");
        assert_eq!(json["users"], planted.users);
    }
}

fn cloud(shape: Shape) -> (String, Written) {
    let mut bytes = Vec::new();
    let written = tenant::generate(OBJECTS, 7, shape, &mut bytes).expect("a Vec takes all");
    (String::from_utf8(bytes).expect("UTF-8"), written)
}

#[test]
fn the_tenant_fits_the_directory() {
    let (bytes, planted) = export(OBJECTS, 7, Format::Ldif);
    let directory = records(&bytes);
    let anchors: HashSet<&str> = directory
        .iter()
        .filter(|record| record.is("user"))
        .map(|record| [record.first("mS-DS-ConsistencyGuid"), record.first("objectGUID")])
        .filter_map(|anchors| anchors.into_iter().find(|anchor| !anchor.is_empty()))
        .collect();
    let (text, written) = cloud(Shape::Lines);
    let objects: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let count =
        |test: fn(&serde_json::Value) -> bool| objects.iter().filter(|object| test(object)).count() as u64;
    let is_user = |object: &serde_json::Value| object["@odata.type"] == "#microsoft.graph.user";
    assert_eq!(written.objects, objects.len() as u64);
    assert_eq!(count(|object| object["onPremisesSyncEnabled"] == false), written.formerly);
    assert_eq!(count(|object| object["deletedDateTime"].is_string()), written.deleted);
    assert_eq!(written.others, planted.groups + planted.contacts);
    let synchronized: Vec<_> =
        objects.iter().filter(|object| is_user(object) && object["onPremisesSyncEnabled"] == true).collect();
    assert_eq!(synchronized.len() as u64, written.synchronized + written.deleted);
    let strange = synchronized
        .iter()
        .filter(|object| !anchors.contains(object["onPremisesImmutableId"].as_str().expect("an anchor")));
    assert_eq!(strange.count() as u64, planted.users_with_changed_anchor);
    assert!(written.cloud_only > 0 && written.strangers > 0 && written.formerly > 0);
}

#[test]
fn every_shape_of_the_tenant_holds_the_same_objects() {
    let (lines, written) = cloud(Shape::Lines);
    for shape in [Shape::Pages, Shape::Array, Shape::Csv] {
        let (text, other) = cloud(shape);
        assert_eq!(text, cloud(shape).0);
        if shape == Shape::Csv {
            assert_eq!(other.objects + written.others, written.objects);
            assert_eq!(text.lines().count() as u64, other.objects + 1);
        } else {
            assert_eq!(other, written);
            let objects: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
            let in_pages =
                objects.iter().filter_map(|page| page["value"].as_array()).map(Vec::len).sum::<usize>();
            assert_eq!(if shape == Shape::Pages { in_pages } else { objects.len() }, lines.lines().count());
        }
    }
}
