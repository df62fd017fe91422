//! An invented tenant that fits the invented directory of the same size and seed.
//!
//! Cloud objects are made from the records of the directory itself, so that anchors, SIDs, names and addresses agree
//! without being invented twice. Most users, groups and contacts are synchronized. By their number, some users are
//! missing ([`Presence::Missing`]), are accounts of the cloud only with the same name and address, were synchronized
//! formerly, or lie in the recycle bin; one in forty has a neighbour that exists in the cloud alone.

use std::fmt::{self, Display, Write as _};
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::forest::{Forest, MAIL_DOMAIN, UserKind, user_kind};
use super::text::{GuidText, Records, SidText};
use super::{flush, flush_full, other_records, user_record};

/// How the tenant is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Pages of Microsoft Graph, 999 objects each, in an array.
    Pages,
    /// One object on each line.
    Lines,
    /// One array of objects.
    Array,
    /// `Export-Csv` of users, every field quoted.
    Csv,
}

impl Shape {
    /// The shape of this name.
    pub fn from_name(name: &str) -> Result<Self, String> {
        match name {
            "pages" => Ok(Self::Pages),
            "ndjson" => Ok(Self::Lines),
            "array" => Ok(Self::Array),
            "csv" => Ok(Self::Csv),
            _ => Err(format!("unknown shape of a tenant {name}: not pages, ndjson, array or csv")),
        }
    }
}

/// What the tenant has of a user of the directory, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Synchronized, with the same anchor.
    Synchronized,
    /// An account of the cloud only, with the same name and addresses.
    CloudOnly,
    /// `onPremisesSyncEnabled` is false; the anchor is still there.
    Formerly,
    /// Synchronized, and deleted.
    Deleted,
    /// Nothing: not synchronized yet, or never to be.
    Missing,
}

/// How many users of each presence there are, and what else was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// All objects.
    pub objects: u64,
    /// Users whose anchor is that of the directory.
    pub synchronized: u64,
    /// Accounts of the cloud only with the name of a user of the directory.
    pub cloud_only: u64,
    /// Formerly synchronized users.
    pub formerly: u64,
    /// Users in the recycle bin.
    pub deleted: u64,
    /// Accounts that the directory knows nothing of.
    pub strangers: u64,
    /// Groups and contacts.
    pub others: u64,
}

impl Written {
    /// One line of JSON.
    pub fn to_json(self) -> String {
        let Self { objects, synchronized, cloud_only, formerly, deleted, strangers, others } = self;
        format!(
            "{{\"objects\":{objects},\"synchronized\":{synchronized},\"cloud_only\":{cloud_only},\
             \"formerly\":{formerly},\"deleted\":{deleted},\"strangers\":{strangers},\"others\":{others}}}"
        )
    }
}

/// What the tenant has of the user with this number.
pub fn presence(user: u64) -> Presence {
    match (user_kind(user), user % 100) {
        (UserKind::ServiceAccount | UserKind::Conflict | UserKind::LinkedMailbox, _) | (_, 61) => {
            Presence::Missing
        }
        (_, 7 | 57) => Presence::CloudOnly,
        (_, 23) => Presence::Formerly,
        (_, 42) => Presence::Deleted,
        _ => Presence::Synchronized,
    }
}

const PAGE_OBJECTS: u64 = 999;

/// Writes the tenant of the directory with this many objects and this seed.
pub fn generate(objects: u64, seed: u64, shape: Shape, out: &mut impl Write) -> io::Result<Written> {
    let forest = Forest::new(objects, seed);
    let mut written = Written::default();
    let mut writer = Writer::new(shape);
    for user in 0..forest.users {
        let presence = presence(user);
        match presence {
            Presence::Synchronized => written.synchronized += 1,
            Presence::CloudOnly => written.cloud_only += 1,
            Presence::Formerly => written.formerly += 1,
            Presence::Deleted => written.deleted += 1,
            Presence::Missing => continue,
        }
        let mut record = Record::default();
        user_record::write(&forest, user, &mut record);
        writer.object("user", &cloud_user(&forest, user, presence, &record));
        if user % 40 == 0 {
            written.strangers += 1;
            writer.object("user", &stranger(&forest, user));
        }
        flush_full(&mut writer.bytes, out)?;
    }
    if shape != Shape::Csv {
        written.others = forest.groups + forest.contacts;
        write_others(&forest, &mut writer, out)?;
    }
    writer.end();
    written.objects = writer.objects;
    flush(&mut writer.bytes, out)?;
    Ok(written)
}

fn write_others(forest: &Forest, writer: &mut Writer, out: &mut impl Write) -> io::Result<()> {
    for group in 0..forest.groups {
        let mut record = Record::default();
        other_records::write_group(forest, group, &mut record);
        writer.object("group", &cloud_group(forest, group, &record));
        flush_full(&mut writer.bytes, out)?;
    }
    for contact in 0..forest.contacts {
        let mut record = Record::default();
        other_records::write_contact(forest, contact, &mut record);
        writer.object("contact", &cloud_contact(forest, contact, &record));
        flush_full(&mut writer.bytes, out)?;
    }
    Ok(())
}

/// The attributes of one directory object.
#[derive(Debug, Default)]
struct Record {
    dn: String,
    texts: Vec<(String, String)>,
    binaries: Vec<(String, Vec<u8>)>,
    unused: Vec<u8>,
}

impl Records for Record {
    fn begin(&mut self, dn: &dyn Display) {
        self.dn = dn.to_string();
    }

    fn text(&mut self, name: &str, value: fmt::Arguments<'_>) {
        if name != "member" {
            self.texts.push((name.to_owned(), value.to_string()));
        }
    }

    fn binary(&mut self, name: &str, value: &[u8]) {
        self.binaries.push((name.to_owned(), value.to_vec()));
    }

    fn end(&mut self) {}

    fn written(&mut self) -> &mut Vec<u8> {
        &mut self.unused
    }
}

impl Record {
    fn all(&self, name: &str) -> Vec<String> {
        self.texts.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect()
    }

    fn first(&self, name: &str) -> Value {
        self.all(name).into_iter().next().map_or(Value::Null, Value::Text)
    }

    fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.binaries.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_slice())
    }

    fn sid(&self) -> Value {
        self.bytes("objectSid").map_or(Value::Null, |bytes| Value::Text(SidText(bytes).to_string()))
    }
}

/// A value as JSON has it.
#[derive(Debug, Clone)]
enum Value {
    Null,
    Flag(bool),
    Text(String),
    List(Vec<String>),
    /// Ready JSON.
    Raw(&'static str),
}

type Properties = Vec<(&'static str, Value)>;

fn text(value: impl Display) -> Value {
    Value::Text(value.to_string())
}

const PLANS: &str = r#"[{"assignedDateTime":"2025-03-01T08:00:00Z","capabilityStatus":"Enabled","service":"exchange","servicePlanId":"efb87545-963c-4e0d-99df-69c6916d9eb0"},{"assignedDateTime":"2025-03-01T08:00:00Z","capabilityStatus":"Enabled","service":"SharePoint","servicePlanId":"5dbe027f-2339-4123-9542-606e4d348a72"}]"#;

/// The id of a cloud object: nothing of the directory shows in it.
fn id(forest: &Forest, stream: u64, number: u64) -> Value {
    text(GuidText(&super::random::Random::of(forest.seed, stream, number).guid()))
}

fn cloud_user(forest: &Forest, user: u64, presence: Presence, record: &Record) -> Properties {
    let is_synced = presence != Presence::CloudOnly;
    let if_synced = |value: Value| if is_synced { value } else { Value::Null };
    let guid = record.bytes("objectGUID").unwrap_or_default();
    let anchor = record
        .bytes("mS-DS-ConsistencyGuid")
        .map_or_else(|| STANDARD.encode(guid), |own| STANDARD.encode(own));
    let changed = record.all("cloudSourceAnchor").into_iter().next();
    let has_mailbox = !record.all("mailNickname").is_empty();
    let control: u64 =
        record.all("userAccountControl").first().map_or(512, |text| text.parse().expect("a number"));
    vec![
        ("id", id(forest, 9001, user)),
        (
            "deletedDateTime",
            if presence == Presence::Deleted { text("2026-10-20T09:30:00Z") } else { Value::Null },
        ),
        ("userPrincipalName", record.first("userPrincipalName")),
        ("displayName", record.first("displayName")),
        ("givenName", record.first("givenName")),
        ("surname", record.first("sn")),
        ("mail", record.first("mail")),
        ("mailNickname", record.first("mailNickname")),
        ("proxyAddresses", Value::List(record.all("proxyAddresses"))),
        ("accountEnabled", Value::Flag(control & 2 == 0)),
        ("userType", text("Member")),
        ("usageLocation", record.first("c")),
        ("onPremisesSyncEnabled", if_synced(Value::Flag(presence != Presence::Formerly))),
        ("onPremisesImmutableId", if_synced(text(changed.unwrap_or(anchor)))),
        ("onPremisesSecurityIdentifier", if_synced(record.sid())),
        ("onPremisesObjectIdentifier", if_synced(text(GuidText(guid)))),
        ("onPremisesDistinguishedName", if_synced(text(&record.dn))),
        ("onPremisesUserPrincipalName", if_synced(record.first("userPrincipalName"))),
        ("onPremisesLastSyncDateTime", if_synced(text("2026-11-24T05:00:00Z"))),
        ("onPremisesProvisioningErrors", Value::List(Vec::new())),
        ("assignedPlans", if has_mailbox { Value::Raw(PLANS) } else { Value::List(Vec::new()) }),
    ]
}

/// An account that was made in the cloud.
fn stranger(forest: &Forest, number: u64) -> Properties {
    let name = format!("guest.worker{number}");
    vec![
        ("id", id(forest, 9002, number)),
        ("deletedDateTime", Value::Null),
        ("userPrincipalName", text(format_args!("{name}@{MAIL_DOMAIN}"))),
        ("displayName", text(format_args!("Guest Worker {number}"))),
        ("mail", Value::Null),
        ("mailNickname", text(name)),
        ("proxyAddresses", Value::List(Vec::new())),
        ("accountEnabled", Value::Flag(true)),
        ("userType", text("Member")),
        ("onPremisesSyncEnabled", Value::Null),
        ("onPremisesImmutableId", Value::Null),
        ("onPremisesProvisioningErrors", Value::List(Vec::new())),
        ("assignedPlans", Value::List(Vec::new())),
    ]
}

fn cloud_group(forest: &Forest, group: u64, record: &Record) -> Properties {
    let kind: i64 = record.all("groupType").first().map_or(0, |text| text.parse().expect("a number"));
    vec![
        ("id", id(forest, 9003, group)),
        ("displayName", record.first("displayName")),
        ("mail", record.first("mail")),
        ("mailEnabled", Value::Flag(!record.all("mail").is_empty())),
        ("mailNickname", record.first("mailNickname")),
        ("securityEnabled", Value::Flag(kind < 0)),
        ("groupTypes", Value::List(Vec::new())),
        ("proxyAddresses", Value::List(record.all("proxyAddresses"))),
        ("onPremisesSyncEnabled", Value::Flag(true)),
        ("onPremisesSecurityIdentifier", record.sid()),
        ("onPremisesProvisioningErrors", Value::List(Vec::new())),
    ]
}

fn cloud_contact(forest: &Forest, contact: u64, record: &Record) -> Properties {
    vec![
        ("id", id(forest, 9004, contact)),
        ("displayName", record.first("displayName")),
        ("mail", record.first("mail")),
        ("mailNickname", record.first("mailNickname")),
        ("proxyAddresses", Value::List(record.all("proxyAddresses"))),
        ("phones", Value::List(Vec::new())),
        ("onPremisesSyncEnabled", Value::Flag(true)),
        ("onPremisesProvisioningErrors", Value::List(Vec::new())),
    ]
}

/// Puts objects into the shape.
struct Writer {
    shape: Shape,
    bytes: Vec<u8>,
    objects: u64,
    on_page: u64,
    resource: &'static str,
}

impl Writer {
    fn new(shape: Shape) -> Self {
        Self { shape, bytes: Vec::new(), objects: 0, on_page: 0, resource: "" }
    }

    fn object(&mut self, kind: &'static str, properties: &Properties) {
        match self.shape {
            Shape::Pages => self.page_object(kind, properties),
            Shape::Lines => {
                self.typed_object(kind, properties);
                self.push("\n");
            }
            Shape::Array => {
                self.push(if self.objects == 0 { "[" } else { "," });
                self.typed_object(kind, properties);
            }
            Shape::Csv => self.row(properties),
        }
        self.objects += 1;
    }

    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn page_object(&mut self, kind: &'static str, properties: &Properties) {
        if self.on_page == PAGE_OBJECTS || self.resource != kind {
            let has_next = self.resource == kind;
            self.end_page(has_next);
            let start = if self.objects == 0 { "[" } else { "," };
            let context = "https://graph.example/v1.0/$metadata#";
            self.push(&format!("{start}{{\"@odata.context\":\"{context}{kind}s\",\"value\":["));
            (self.on_page, self.resource) = (0, kind);
        }
        self.push(if self.on_page == 0 { "" } else { "," });
        self.json(None, properties);
        self.on_page += 1;
    }

    fn end_page(&mut self, has_next: bool) {
        if self.resource.is_empty() {
            return;
        }
        let link = format!("https://graph.example/v1.0/{}s?$skiptoken={}", self.resource, self.objects);
        let next = if has_next { format!(",\"@odata.nextLink\":\"{link}\"") } else { String::new() };
        self.push(&format!("]{next}}}"));
    }

    fn typed_object(&mut self, kind: &str, properties: &Properties) {
        let kind = if kind == "contact" { "orgContact" } else { kind };
        self.json(Some(&format!("\"@odata.type\":\"#microsoft.graph.{kind}\",")), properties);
    }

    fn json(&mut self, first: Option<&str>, properties: &Properties) {
        let mut json = format!("{{{}", first.unwrap_or_default());
        for (number, (name, value)) in properties.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(json, "{comma}\"{name}\":{}", Json(value)).expect("a String takes all");
        }
        self.push(&json);
        self.push("}");
    }

    fn row(&mut self, properties: &Properties) {
        if self.objects == 0 {
            let names: Vec<String> = COLUMNS.iter().map(|name| format!("\"{name}\"")).collect();
            self.push(&(names.join(",") + "\r\n"));
        }
        let cells: Vec<String> = COLUMNS
            .iter()
            .map(|column| properties.iter().find(|(name, _)| name.eq_ignore_ascii_case(column)))
            .map(|property| property.map_or_else(String::new, |(_, value)| cell(value)))
            .collect();
        self.push(&(cells.join(",") + "\r\n"));
    }

    fn end(&mut self) {
        match self.shape {
            Shape::Pages => {
                self.end_page(false);
                self.push(if self.objects == 0 { "[]" } else { "]" });
            }
            Shape::Array => self.push(if self.objects == 0 { "[]" } else { "]" }),
            Shape::Lines | Shape::Csv => {}
        }
    }
}

/// Columns of the CSV.
const COLUMNS: [&str; 21] = [
    "Id",
    "DeletedDateTime",
    "UserPrincipalName",
    "DisplayName",
    "GivenName",
    "Surname",
    "Mail",
    "MailNickname",
    "ProxyAddresses",
    "AccountEnabled",
    "UserType",
    "UsageLocation",
    "OnPremisesSyncEnabled",
    "OnPremisesImmutableId",
    "OnPremisesSecurityIdentifier",
    "OnPremisesObjectIdentifier",
    "OnPremisesDistinguishedName",
    "OnPremisesUserPrincipalName",
    "OnPremisesLastSyncDateTime",
    "OnPremisesProvisioningErrors",
    "AssignedPlans",
];

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::Flag(flag) => (if *flag { "True" } else { "False" }).to_owned(),
        Value::Text(text) => text.clone(),
        Value::List(texts) => texts.join(";"),
        Value::Raw(json) => (*json).to_owned(),
    };
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A value as JSON text.
struct Json<'v>(&'v Value);

impl Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("null"),
            Value::Flag(flag) => write!(f, "{flag}"),
            Value::Text(text) => write!(f, "\"{}\"", escaped(text)),
            Value::List(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| format!("\"{}\"", escaped(text))).collect();
                write!(f, "[{}]", texts.join(","))
            }
            Value::Raw(json) => f.write_str(json),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
