//! The same directory as LDIF, as csvde and as PowerShell CSV gives the same report, but for inputs and positions.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::fmt::Write as _;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use presync::config::Settings;
use presync::directory::{guid, sid};
use presync::load::SourceArgument;
use presync::predict::{ObjectSelection, Request, predict};

/// One object: class, number, and text attributes in the directory's names; `;` separates several values.
struct Row {
    class: &'static str,
    number: u8,
    texts: &'static [(&'static str, &'static str)],
}

const ROWS: &[Row] = &[
    Row {
        class: "user",
        number: 1,
        texts: &[
            ("cn", "Okoro, Nia"),
            ("sAMAccountName", "nokoro"),
            ("userPrincipalName", "nia@corp.example"),
            ("userAccountControl", "512"),
            ("displayName", "Nia \"Zoë\" Okoro"),
            ("mail", "nia@corp.example"),
            ("mailNickname", "nia"),
            ("proxyAddresses", "SMTP:nia@corp.example;smtp:n.okoro@corp.example;X500:/o=Corp/cn=nia"),
        ],
    },
    Row {
        class: "user",
        number: 2,
        texts: &[("cn", "Ada"), ("sAMAccountName", "MSOL_ada"), ("userAccountControl", "514")],
    },
    Row { class: "contact", number: 3, texts: &[("cn", "Partner"), ("mail", "p@partner.example")] },
    Row { class: "contact", number: 4, texts: &[("cn", "Twin"), ("mail", "P@partner.example")] },
    Row {
        class: "group",
        number: 5,
        texts: &[
            ("cn", "Sales"),
            ("sAMAccountName", "Sales"),
            ("groupType", "-2147483646"),
            ("proxyAddresses", "X500:/o=Corp/cn=sales"),
            ("member", "CN=Okoro\\, Nia,OU=Corp,DC=corp,DC=example;CN=Ada,OU=Corp,DC=corp,DC=example"),
        ],
    },
];
const COLUMNS: &[&str] = &[
    "cn",
    "sAMAccountName",
    "userPrincipalName",
    "userAccountControl",
    "displayName",
    "mail",
    "mailNickname",
    "proxyAddresses",
    "groupType",
    "member",
];

impl Row {
    fn text(&self, name: &str) -> &'static str {
        self.texts.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value)
    }

    fn dn(&self) -> String {
        format!("CN={},OU=Corp,DC=corp,DC=example", self.text("cn").replace(',', "\\,"))
    }

    fn guid(&self) -> [u8; 16] {
        let mut bytes = [0x31; 16];
        bytes[15] = self.number;
        bytes
    }

    fn sid(&self) -> Vec<u8> {
        sid::from_text(format!("S-1-5-21-1-2-3-{}", 1100 + u32::from(self.number))).unwrap()
    }
}

fn ldif() -> String {
    let mut text = String::from("version: 1\n\n");
    for row in ROWS {
        writeln!(text, "dn: {}\nobjectClass: top\nobjectClass: {}", row.dn(), row.class).unwrap();
        writeln!(
            text,
            "objectGUID:: {}\nobjectSid:: {}",
            STANDARD.encode(row.guid()),
            STANDARD.encode(row.sid())
        )
        .unwrap();
        for (name, values) in row.texts {
            for value in values.split(';') {
                writeln!(text, "{name}:: {}", STANDARD.encode(value)).unwrap();
            }
        }
        text.push('\n');
    }
    text
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    format!("X'{digits}'")
}

fn csvde() -> String {
    let mut text = format!("DN,objectClass,objectGUID,objectSid,{}\r\n", COLUMNS.join(","));
    for row in ROWS {
        let mut cells = vec![cell(&row.dn()), row.class.to_owned(), hex(&row.guid()), hex(&row.sid())];
        for name in COLUMNS {
            let value = row.text(name);
            // csvde writes text that is not ASCII as hexadecimal UTF-8.
            cells.push(if value.is_ascii() { cell(value) } else { hex(value.as_bytes()) });
        }
        writeln!(text, "{}\r", cells.join(",")).unwrap();
    }
    text
}

fn powershell() -> String {
    let mut text = String::from("\u{feff}#TYPE Selected.Microsoft.ActiveDirectory.Management.ADObject\r\n");
    let header =
        ["DistinguishedName", "ObjectClass", "ObjectGUID", "SID"].into_iter().chain(COLUMNS.iter().copied());
    writeln!(text, "{}\r", header.map(cell).collect::<Vec<_>>().join(",")).unwrap();
    for row in ROWS {
        let identifiers = [guid::to_text(&row.guid()).unwrap(), sid::to_text(&row.sid()).unwrap()];
        let mut cells = vec![cell(&row.dn()), cell(row.class)];
        cells.extend(identifiers.iter().map(|text| cell(text)));
        cells.extend(COLUMNS.iter().map(|name| cell(row.text(name))));
        writeln!(text, "{}\r", cells.join(",")).unwrap();
    }
    text
}

fn report(name: &str, text: &str) -> serde_json::Value {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::write(&path, text).unwrap();
    let source = SourceArgument { forest: None, path: path.to_string_lossy().into_owned() };
    let request = Request {
        sources: vec![source],
        settings: Settings::default(),
        objects: ObjectSelection::All,
        ..Request::default()
    };
    let mut json = Vec::new();
    presync::report::json::write(&predict(&request).unwrap().report, &mut json).unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(value["run"]["inputs"][0]["objects"], ROWS.len(), "{name}");
    value["run"]["inputs"] = serde_json::Value::Null;
    for finding in value["findings"].as_array_mut().unwrap() {
        finding["position"] = serde_json::Value::Null;
    }
    value
}

#[test]
fn ldif_csvde_and_powershell_csv_give_the_same_report() {
    let from_ldif = report("same.ldif", &ldif());
    // Something is there to compare.
    assert_eq!(from_ldif["summary"]["outcomes"]["filtered"]["user"], 1);
    assert_eq!(from_ldif["summary"]["checks"]["mail-join-duplicate"], 1);
    assert_eq!(from_ldif["summary"]["outcomes"]["synced-with-changes"]["group"], 1);
    assert_eq!(report("same.csv", &csvde()), from_ldif);
    assert_eq!(report("same-ps.csv", &powershell()), from_ldif);
}
