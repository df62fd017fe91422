//! A report made by hand that holds one of everything, for the tests of the formats.

use std::io::{self, Write};

use super::{
    Alternative, CloudReport, Counts, Excepted, ExportReport, FindingReport, NotRun, ObjectReport, Position,
    Related, Report, SettingValue, Summary,
};
use crate::config::{Settings, Severity};
use crate::directory::{InputFormat, InputRole, Source};
use crate::outcome::{Outcome, Reason};

pub(crate) const USER: &str = "CN=Dora Größe,OU=Corp,DC=acc,DC=test";
pub(crate) const MAILBOX: &str = "CN=Dora,OU=Corp,DC=res,DC=test";
pub(crate) const GROUP: &str = "CN=All\\, Staff,OU=Corp,DC=acc,DC=test";
pub(crate) const WITHOUT_DN: &str = "jdoe";

/// Values that somebody who may write to a directory could put there.
pub(crate) const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "first\nsecond\r\n\n# third",
    "safe\u{202e}txt.exe\u{2066}\u{2069}",
    "a|b|`c`|``d``|\\|<script>alert(1)</script>",
    "[link](http://evil.test) ![x](http://evil.test) @everyone #1 www.evil.test",
    "\",\"=1\",\"",
    "\u{0}\u{9b}\u{85}\u{2028}\u{feff}\u{200b}",
    LONG,
    WIDE,
    "",
];

/// 10,240 characters without a blank.
const LONG: &str = {
    const BYTES: [u8; 10_240] = [b'x'; 10_240];
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => panic!("x is UTF-8"),
    }
};

/// Characters that take two columns each.
const WIDE: &str =
    "名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前名前";

/// What a writer writes, with the version of the program, which changes, put aside.
pub(crate) fn written(write: impl Fn(&Report, &mut dyn Write) -> io::Result<()>, report: &Report) -> String {
    let mut out = Vec::new();
    write(report, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("reports are UTF-8").replace(env!("CARGO_PKG_VERSION"), "0.0.0")
}

/// A finding with this text wherever data of a directory can stand.
pub(crate) fn finding(text: &str) -> FindingReport {
    let some = || Some(text.to_owned());
    FindingReport {
        check: "upn-character-invalid".to_owned(),
        severity: Severity::Error,
        outcome: Some(Outcome::ExportError),
        gravest: Some(Outcome::ExportError),
        dn: some(),
        id: some(),
        forest: some(),
        object_class: Some("user"),
        attribute: Some("userPrincipalName".to_owned()),
        value: some(),
        message: format!("userPrincipalName is {text}"),
        remedy: format!("Change {text}."),
        position: Some(Position { source: text.to_owned(), line: 1 }),
        related: vec![Related {
            dn: some(),
            id: text.to_owned(),
            forest: some(),
            attribute: some(),
            value: some(),
            keeps: Some(true),
        }],
        fingerprint: "00f1".to_owned(),
        excepted: None,
    }
}

/// One of everything.
pub(crate) fn report() -> Report {
    let mut settings = Settings::default().effective();
    settings.push(("nothing".to_owned(), SettingValue::Null));
    Report {
        inputs: inputs(),
        settings,
        predicted_status: "completed-export-errors".to_owned(),
        checks_not_run: vec![
            not_run("device-certificate-missing", "no input has attribute userCertificate"),
            not_run("proxy-address-too-long", "no input has attribute proxyAddresses"),
        ],
        summary: summary(),
        objects: vec![mailbox(), group(), user(), without_dn()],
        findings: findings(),
    }
}

fn not_run(check: &str, why: &str) -> NotRun {
    NotRun { check: check.to_owned(), why: why.to_owned() }
}

fn inputs() -> Vec<Source> {
    let mut ldif = Source::new("res.ldif", InputRole::Source, InputFormat::Ldif);
    ldif.forest = Some("res.test".to_owned());
    ldif.objects = 812;
    ldif.skip("missing-dn");
    ldif.skip("search-reference");
    ldif.skip("search-reference");
    ldif.complete = false;
    ldif.warn("encoding-guessed", Some(12), "not UTF-8; read as windows-1252, a guess from line 12 on");
    ldif.warn("result-code", None, "the server ended with 4 (size limit exceeded), so entries are missing");
    let mut csv = Source::new("acc.csv", InputRole::Source, InputFormat::Csv);
    csv.forest = Some("acc.test".to_owned());
    csv.objects = 1;
    let mut tenant = Source::new("users.json", InputRole::Tenant, InputFormat::TenantJson);
    tenant.objects = 3;
    vec![ldif, csv, tenant, Source::new("changes.ldif", InputRole::Overlay, InputFormat::Ldif)]
}

fn summary() -> Summary {
    let one = |user, group, contact, other| Counts { user, group, contact, other };
    Summary {
        objects: one(1_000_000, 1, 0, 9),
        // Outcomes without objects may be left out.
        outcomes: vec![
            (Outcome::Synced, one(999_997, 0, 0, 0)),
            (Outcome::SyncedWithChanges, one(0, 1, 0, 0)),
            (Outcome::Joined, one(1, 0, 0, 0)),
            (Outcome::Filtered, one(0, 0, 0, 9)),
            (Outcome::ExportError, one(2, 0, 0, 0)),
        ],
        errors: 3,
        warnings: 1,
        infos: 0,
        excepted: 1,
        checks: [
            ("group-without-smtp-address", 1),
            ("proxy-address-duplicate", 1),
            ("quota-exceeded", 1),
            ("upn-character-invalid", 1),
        ]
        .map(|(check, count)| (check.to_owned(), count))
        .into(),
        tenant: Some(super::TenantCounts {
            total: 3,
            existing: 1,
            orphaned: 2,
            ..super::TenantCounts::default()
        }),
    }
}

fn object(dn: &str, forest: &str, class: &'static str, outcome: Outcome, reason: Reason) -> ObjectReport {
    ObjectReport {
        dn: Some(dn.to_owned()),
        id: dn.to_owned(),
        forest: forest.to_owned(),
        object_class: class,
        object_guid: Some("5a010203-0405-0607-0809-0a0b0c0d0e0f".to_owned()),
        outcome,
        reasons: vec![reason],
        metaverse: Some("mv-17".to_owned()),
        joined_with: Vec::new(),
        export: None,
        cloud: None,
        alternatives: Vec::new(),
    }
}

fn mailbox() -> ObjectReport {
    ObjectReport {
        reasons: vec![Reason::JoinedByObjectSid, Reason::OrderDependent],
        joined_with: vec![USER.to_owned()],
        alternatives: vec![Alternative {
            connector_order: vec!["acc.test".to_owned(), "res.test".to_owned()],
            outcome: Outcome::NotProvisioned,
            reasons: vec![Reason::LinkedMailboxWithoutAccount],
        }],
        ..object(MAILBOX, "res.test", "user", Outcome::Joined, Reason::JoinedByObjectSid)
    }
}

fn user() -> ObjectReport {
    let some = |text: &str| Some(text.to_owned());
    ObjectReport {
        joined_with: vec![MAILBOX.to_owned()],
        export: Some(ExportReport {
            object_type: "user".to_owned(),
            source_anchor: some("AAECAwQFBgcICQoLDA0ODw=="),
            user_principal_name: some("dora@acc.test"),
            display_name: some("Dora Größe"),
            mail: some("dora@acc.test"),
            alias: some("dora"),
            proxy_addresses: vec!["SMTP:dora@acc.test".to_owned(), "x500:/o=Org/cn=dora".to_owned()],
            account_enabled: Some(true),
            on_premise_security_identifier: some("S-1-5-21-1-2-3-1105"),
            ..ExportReport::default()
        }),
        cloud: Some(CloudReport {
            object_type: "user".to_owned(),
            matched: "soft".to_owned(),
            source_anchor: some("AAECAwQFBgcICQoLDA0ODw=="),
            user_principal_name: some("dora####@contoso.onmicrosoft.com"),
            mail_nickname: some("dora"),
            mail: some("dora@acc.test"),
            proxy_addresses: vec!["SMTP:dora@acc.test".to_owned()],
            account_enabled: Some(true),
            display_name: some("Dora Größe"),
        }),
        ..object(USER, "acc.test", "user", Outcome::Synced, Reason::Provisioned)
    }
}

fn group() -> ObjectReport {
    ObjectReport {
        reasons: vec![Reason::Provisioned, Reason::MembersLost],
        export: Some(ExportReport {
            object_type: "group".to_owned(),
            security_enabled: Some(true),
            member_count: Some(2),
            members_lost: vec!["CN=Gone,OU=Corp,DC=acc,DC=test".to_owned()],
            member: Some(vec![USER.to_owned()]),
            ..ExportReport::default()
        }),
        cloud: Some(CloudReport {
            object_type: "group".to_owned(),
            matched: "new".to_owned(),
            ..CloudReport::default()
        }),
        ..object(GROUP, "acc.test", "group", Outcome::SyncedWithChanges, Reason::Provisioned)
    }
}

fn without_dn() -> ObjectReport {
    ObjectReport {
        dn: None,
        object_guid: None,
        metaverse: None,
        ..object(WITHOUT_DN, "acc.test", "user", Outcome::SyncError, Reason::AmbiguousJoin)
    }
}

fn findings() -> Vec<FindingReport> {
    let whole_directory = FindingReport {
        check: "quota-exceeded".to_owned(),
        outcome: None,
        gravest: None,
        dn: None,
        id: None,
        forest: None,
        object_class: None,
        attribute: None,
        value: None,
        position: None,
        related: Vec::new(),
        message: "1,000,000 objects will be exported, the tenant may hold 300,000".to_owned(),
        remedy: "Ask support for a higher quota, or synchronize less.".to_owned(),
        fingerprint: "00a1".to_owned(),
        ..finding("")
    };
    vec![whole_directory, duplicate(), excepted(), warning(), character()]
}

fn on(dn: &str, forest: &str, check: &str, value: &str) -> FindingReport {
    FindingReport {
        check: check.to_owned(),
        dn: Some(dn.to_owned()),
        id: Some(dn.to_owned()),
        forest: Some(forest.to_owned()),
        value: Some(value.to_owned()),
        position: Some(Position { source: "res.ldif".to_owned(), line: 4711 }),
        related: Vec::new(),
        ..finding("")
    }
}

fn duplicate() -> FindingReport {
    let other = |dn: &str, value: &str, keeps| Related {
        dn: Some(dn.to_owned()),
        id: dn.to_owned(),
        forest: Some("acc.test".to_owned()),
        attribute: Some("proxyAddresses".to_owned()),
        value: Some(value.to_owned()),
        keeps,
    };
    FindingReport {
        attribute: Some("proxyAddresses".to_owned()),
        message: "the address dora@acc.test is held by 4 objects; Dora Größe is predicted to keep it"
            .to_owned(),
        remedy: "Leave the address on one object.".to_owned(),
        related: vec![
            other(USER, "SMTP:Dora@acc.test", Some(true)),
            other(GROUP, "smtp:dora@acc.test", Some(false)),
            Related {
                dn: None,
                id: WITHOUT_DN.to_owned(),
                keeps: None,
                ..other("", "smtp:dora@acc.test", None)
            },
        ],
        fingerprint: "00b2".to_owned(),
        ..on(MAILBOX, "res.test", "proxy-address-duplicate", "smtp:dora@acc.test")
    }
}

fn excepted() -> FindingReport {
    FindingReport {
        severity: Severity::Info,
        outcome: Some(Outcome::Joined),
        gravest: Some(Outcome::Joined),
        attribute: Some("displayName".to_owned()),
        value: None,
        message: "displayName is missing".to_owned(),
        fingerprint: "00c3".to_owned(),
        excepted: Some(Excepted {
            reason: "service accounts".to_owned(),
            owner: Some("identity team".to_owned()),
            until: None,
        }),
        ..on(MAILBOX, "res.test", "display-name-missing", "")
    }
}

fn warning() -> FindingReport {
    FindingReport {
        severity: Severity::Warning,
        outcome: Some(Outcome::SyncedWithChanges),
        gravest: Some(Outcome::SyncedWithChanges),
        object_class: Some("group"),
        attribute: Some("proxyAddresses".to_owned()),
        message: "proxyAddresses has 3 values but no SMTP address".to_owned(),
        remedy: "Add an address that starts with SMTP:.".to_owned(),
        fingerprint: "00d4".to_owned(),
        ..on(GROUP, "acc.test", "group-without-smtp-address", "x500:/o=Org/cn=staff")
    }
}

fn character() -> FindingReport {
    FindingReport {
        dn: None,
        id: Some(WITHOUT_DN.to_owned()),
        message: "userPrincipalName holds U+202E at position 5".to_owned(),
        remedy: "Take the character out.".to_owned(),
        position: Some(Position { source: "acc.csv".to_owned(), line: 2 }),
        fingerprint: "00e5".to_owned(),
        ..on("", "acc.test", "upn-character-invalid", "jdoe\u{202e}@acc.test")
    }
}
