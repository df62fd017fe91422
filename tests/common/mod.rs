//! A small lab: invented forests in, a report out, through the library's public face.
#![allow(dead_code, clippy::unwrap_used)] // every test binary uses its part; a test that cannot go on may stop

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use presync::config::Settings;
use presync::load::SourceArgument;
use presync::outcome::{Outcome, Reason};
use presync::predict::{ObjectSelection, Prediction, Request, predict};
use presync::report::{CloudReport, ExportReport, ObjectReport, Report};

/// One directory object under construction.
#[derive(Debug, Clone)]
pub struct Entry {
    dn: String,
    lines: String,
}

/// The 16 bytes of the test GUID with this number.
pub fn guid(number: u8) -> [u8; 16] {
    let mut bytes = [0x5a; 16];
    bytes[15] = number;
    bytes
}

/// The source anchor text of the test GUID with this number.
pub fn anchor(number: u8) -> String {
    STANDARD.encode(guid(number))
}

/// Binary form of `S-1-5-21-1-1-<domain>-<rid>`.
pub fn sid(domain: u32, rid: u32) -> Vec<u8> {
    let mut bytes = vec![1, 5, 0, 0, 0, 0, 0, 5];
    for part in [21, 1, 1, domain, rid] {
        bytes.extend_from_slice(&part.to_le_bytes());
    }
    bytes
}

/// Text form of the same SID.
pub fn sid_text(domain: u32, rid: u32) -> String {
    format!("S-1-5-21-1-1-{domain}-{rid}")
}

impl Entry {
    /// An object of a class with a GUID of this number.
    pub fn new(dn: &str, class: &str, number: u8) -> Self {
        let chain = match class {
            "user" => "objectClass: person\nobjectClass: organizationalPerson\nobjectClass: user\n",
            "inetOrgPerson" => {
                "objectClass: person\nobjectClass: organizationalPerson\nobjectClass: user\nobjectClass: inetOrgPerson\n"
            }
            "computer" => {
                "objectClass: person\nobjectClass: organizationalPerson\nobjectClass: user\nobjectClass: computer\n"
            }
            "contact" => "objectClass: person\nobjectClass: organizationalPerson\nobjectClass: contact\n",
            other => &format!("objectClass: {other}\n"),
        };
        let cn = dn.split(',').next().and_then(|rdn| rdn.split_once('=')).map_or("", |(_, value)| value);
        let entry = Self { dn: dn.to_owned(), lines: format!("objectClass: top\n{chain}cn: {cn}\n") };
        entry.binary("objectGUID", &guid(number))
    }

    /// A user with sAMAccountName, UPN and state of its account.
    pub fn user(dn: &str, number: u8, upn: &str, enabled: bool) -> Self {
        let name = upn.split('@').next().unwrap_or(upn);
        Self::new(dn, "user", number)
            .with("sAMAccountName", name)
            .with("userPrincipalName", upn)
            .with("displayName", &format!("Display {name}"))
            .with("userAccountControl", if enabled { "512" } else { "514" })
    }

    /// Adds a text value.
    pub fn with(mut self, attribute: &str, value: &str) -> Self {
        writeln!(self.lines, "{attribute}: {value}").unwrap();
        self
    }

    /// Adds a binary value.
    pub fn binary(mut self, attribute: &str, value: &[u8]) -> Self {
        writeln!(self.lines, "{attribute}:: {}", STANDARD.encode(value)).unwrap();
        self
    }

    /// The object as a record of LDIF, with the empty line after it.
    pub fn ldif(&self) -> String {
        format!("dn: {}\n{}\n", self.dn, self.lines)
    }

    /// Adds an objectSid.
    pub fn sid(self, domain: u32, rid: u32) -> Self {
        self.binary("objectSid", &sid(domain, rid))
    }
}

/// Forests and settings of one scenario.
#[derive(Debug, Default, Clone)]
pub struct Lab {
    forests: Vec<(String, Vec<Entry>)>,
    settings: String,
    tenant: Option<String>,
}

impl Lab {
    /// Nothing yet; user matching "once", anchor mS-DS-ConsistencyGuid.
    pub fn new() -> Self {
        Self::default()
    }

    /// User matching of the scenario.
    pub fn matching(option: &str) -> Self {
        Self::with_settings(&format!("[sync]\nuser-matching = \"{option}\"\n"))
    }

    /// Settings as text.
    pub fn with_settings(settings: &str) -> Self {
        Self { settings: settings.to_owned(), ..Self::default() }
    }

    /// Adds a forest; the order of calls is the wizard order.
    pub fn forest(mut self, name: &str, entries: &[Entry]) -> Self {
        self.forests.push((name.to_owned(), entries.to_vec()));
        self
    }

    /// Adds a tenant export.
    pub fn tenant(mut self, json: &str) -> Self {
        self.tenant = Some(json.to_owned());
        self
    }

    /// Runs the pipeline.
    pub fn run(&self) -> Report {
        self.predict().report
    }

    /// The same, with what is said beside the report.
    pub fn predict(&self) -> Prediction {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: String, text: &str| -> PathBuf {
            let path = directory.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let sources = self.forests.iter().map(|(name, entries)| {
            let mut text = String::from("version: 1\n\n");
            for entry in entries {
                writeln!(text, "dn: {}\n{}", entry.dn, entry.lines).unwrap();
            }
            let path = write(format!("{name}.ldif"), &text);
            SourceArgument { forest: Some(name.clone()), path: path.to_string_lossy().into_owned() }
        });
        let sources = sources.collect();
        let tenant =
            self.tenant.as_ref().map(|json| write("tenant.json".into(), json).to_string_lossy().into_owned());
        let settings =
            Settings::from_toml(&self.settings, "presync.toml").unwrap_or_else(|error| panic!("{error}"));
        let request = Request {
            sources,
            tenants: tenant.into_iter().collect(),
            settings,
            objects: ObjectSelection::All,
            ..Request::default()
        };
        predict(&request).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The object whose DN starts with `CN=<name>,`.
pub fn object<'r>(report: &'r Report, name: &str) -> &'r ObjectReport {
    let prefix = format!("CN={name},");
    let found = report.objects.iter().find(|object| object.id.starts_with(&prefix));
    found.unwrap_or_else(|| panic!("no object {name} in {:#?}", report.objects))
}

/// Outcome of an object.
pub fn outcome(report: &Report, name: &str) -> Outcome {
    object(report, name).outcome
}

/// Asserts outcome and that the reason is among the reasons.
#[track_caller]
pub fn expect(report: &Report, name: &str, outcome: Outcome, reason: Reason) {
    let object = object(report, name);
    assert_eq!(object.outcome, outcome, "{name}: {:?}", object.reasons);
    assert!(object.reasons.contains(&reason), "{name}: {:?} lacks {reason}", object.reasons);
}

/// The export that stands on an object.
#[track_caller]
pub fn export<'r>(report: &'r Report, name: &str) -> &'r ExportReport {
    let object = object(report, name);
    object.export.as_ref().unwrap_or_else(|| panic!("{name} exports nothing: {object:#?}"))
}

/// What the tenant then holds for an object.
#[track_caller]
pub fn cloud<'r>(report: &'r Report, name: &str) -> &'r CloudReport {
    let object = object(report, name);
    object.cloud.as_ref().unwrap_or_else(|| panic!("{name} is nothing in the cloud: {object:#?}"))
}
