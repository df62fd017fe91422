//! One random directory, written as LDIF, as csvde and as a PowerShell CSV, reads back the same each time.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use presync::directory::Directory;
use presync::load::LoadRequest;
use proptest::prelude::*;
use support::checklist::utf16;
use support::load_with;

#[derive(Debug, Clone)]
struct Entry {
    class: &'static str,
    display_name: Option<String>,
    mail: String,
    addresses: Vec<String>,
    members: Vec<usize>,
    guid: [u8; 16],
}

/// How the files are written.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each switches one habit of a writer")]
struct Style {
    encoding: usize,
    line_end: &'static str,
    fold_at: usize,
    base64: bool,
    comments: bool,
    backwards: bool,
    hex_text: bool,
    type_line: bool,
    delimiter: char,
    block_bytes: usize,
}

fn entry() -> impl Strategy<Value = Entry> {
    (
        prop::sample::select(vec!["user", "group", "contact"]),
        prop::option::of("[A-Za-zäöüßÅñŁя€][A-Za-zäöüßÅñŁя€ ,;\"'#\\\\-]{0,30}[a-zß]"),
        "[a-z]{1,8}@[a-z]{1,8}\\.example",
        prop::collection::vec("(SMTP|smtp|sip):[a-z.]{1,8}@[a-z]{1,8}\\.example", 0..4),
        prop::collection::vec(0_usize..20, 0..4),
        any::<[u8; 16]>(),
    )
        .prop_map(|(class, display_name, mail, addresses, members, guid)| Entry {
            class,
            display_name,
            mail,
            addresses,
            members,
            guid,
        })
}

fn style() -> impl Strategy<Value = Style> {
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let numbers = (0_usize..6, 2_usize..90, 1_usize..300);
    let words =
        (prop::sample::select(vec!["\n", "\r\n", "\r"]), prop::sample::select(vec![',', ';', '\t', '|']));
    (switches, numbers, words).prop_map(
        |(
            (base64, comments, backwards, hex_text, type_line),
            (encoding, fold_at, block_bytes),
            (line_end, delimiter),
        )| {
            Style {
                encoding,
                line_end,
                fold_at,
                base64,
                comments,
                backwards,
                hex_text,
                type_line,
                delimiter,
                block_bytes,
            }
        },
    )
}

impl Style {
    fn bytes(&self, text: &str) -> Vec<u8> {
        match self.encoding {
            0 => utf16(text, true, false),
            1 => utf16(text, true, true),
            2 => utf16(text, false, false),
            3 => utf16(text, false, true),
            4 => format!("\u{feff}{text}").into_bytes(),
            _ => text.as_bytes().to_vec(),
        }
    }

    fn order(&self, count: usize) -> Vec<usize> {
        if self.backwards { (0..count).rev().collect() } else { (0..count).collect() }
    }
}

fn dn(number: usize) -> String {
    format!("CN=Object Nº {number},OU=Größe\\, mit Komma,DC=corp,DC=example")
}

fn values(entry: &Entry) -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let bytes = |texts: &[String]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    vec![
        ("displayname", entry.display_name.iter().map(|name| name.as_bytes().to_vec()).collect()),
        ("mail", vec![entry.mail.as_bytes().to_vec()]),
        ("proxyaddresses", bytes(&entry.addresses)),
        ("member", entry.members.iter().map(|number| dn(*number).into_bytes()).collect()),
        ("objectguid", vec![entry.guid.to_vec()]),
    ]
}

fn ldif(entries: &[Entry], style: &Style) -> Vec<u8> {
    let mut text = String::new();
    let mut line = |line: &str| {
        let letters: Vec<char> = line.chars().collect();
        for (position, part) in letters.chunks(style.fold_at).enumerate() {
            // A continuation of blanks only would be an empty line to everybody.
            if position > 0 && !part.iter().all(|letter| *letter == ' ') {
                text += style.line_end;
                text.push(' ');
            }
            text.extend(part);
        }
        text += style.line_end;
    };
    for number in style.order(entries.len()) {
        let entry = &entries[number];
        line(&format!("dn: {}", dn(number)));
        line(&format!("objectClass: {}", entry.class));
        for (name, values) in values(entry) {
            if style.comments {
                line("# a comment: between the lines of a record");
            }
            for value in values {
                match String::from_utf8(value.clone()) {
                    Ok(value) if name != "objectguid" && !style.base64 && !value.contains("  ") => {
                        line(&format!("{name}: {value}"));
                    }
                    _ => line(&format!("{name}:: {}", BASE64_STANDARD.encode(&value))),
                }
            }
        }
        line("");
    }
    style.bytes(&text)
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("X'"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }) + "'"
}

fn csvde(entries: &[Entry], style: &Style) -> Vec<u8> {
    let text_cell = |text: &str| {
        if style.hex_text && !text.is_ascii() { hex(text.as_bytes()) } else { quoted(text) }
    };
    let mut text =
        format!("DN,objectClass,displayName,mail,proxyAddresses,member,objectGUID{}", style.line_end);
    for number in style.order(entries.len()) {
        let entry = &entries[number];
        let members: Vec<String> = entry.members.iter().map(|number| dn(*number)).collect();
        let cells = [
            text_cell(&dn(number)),
            entry.class.to_owned(),
            entry.display_name.as_deref().map(text_cell).unwrap_or_default(),
            entry.mail.clone(),
            entry.addresses.join(";"),
            quoted(&members.join(";")),
            hex(&entry.guid),
        ];
        text += &(cells.join(",") + style.line_end);
    }
    style.bytes(&text)
}

fn powershell(entries: &[Entry], style: &Style) -> Vec<u8> {
    let row = |cells: [&str; 7]| cells.map(quoted).join(&style.delimiter.to_string()) + style.line_end;
    let mut text = String::new();
    if style.type_line {
        text += "#TYPE Selected.System.Management.Automation.PSCustomObject";
        text += style.line_end;
    }
    let header = [
        "ObjectGUID",
        "Members",
        "EmailAddresses",
        "EmailAddress",
        "DisplayName",
        "ObjectClass",
        "DistinguishedName",
    ];
    text += &row(header);
    for number in style.order(entries.len()) {
        let entry = &entries[number];
        let members: Vec<String> = entry.members.iter().map(|number| dn(*number)).collect();
        text += &row([
            &BASE64_STANDARD.encode(entry.guid),
            &members.join(";"),
            &entry.addresses.join(";"),
            &entry.mail,
            entry.display_name.as_deref().unwrap_or_default(),
            entry.class,
            &dn(number),
        ]);
    }
    style.bytes(&text)
}

/// Objects by DN: class, and values by attribute. What one format writes twice and another once
/// (the class chain, the DN as an attribute) is not compared.
type Picture = BTreeMap<String, (String, BTreeMap<String, Vec<Vec<u8>>>)>;

fn expected(entries: &[Entry]) -> Picture {
    let class = |entry: &Entry| match entry.class {
        "user" => "User",
        "group" => "Group",
        _ => "Contact",
    };
    let attributes = |entry: &Entry| {
        values(entry)
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| (name.to_owned(), values))
            .collect()
    };
    let object =
        |(number, entry): (usize, &Entry)| (dn(number), (class(entry).to_owned(), attributes(entry)));
    entries.iter().enumerate().map(object).collect()
}

fn picture(directory: &Directory) -> Picture {
    let mut picture = Picture::new();
    for object in directory.objects() {
        let mut values: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for (id, value) in object.all_values() {
            let name = directory.names().name(id).to_lowercase();
            if name != "objectclass" && name != "distinguishedname" {
                values.entry(name).or_default().push(value.bytes.to_vec());
            }
        }
        let dn = object.dn_text().expect("every object has a DN").into_owned();
        picture.insert(dn, (format!("{:?}", object.class()), values));
    }
    picture
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_format_gives_the_same_directory(
        entries in prop::collection::vec(entry(), 1..12),
        style in style(),
    ) {
        let expected = expected(&entries);
        for (format, bytes) in [
            ("ldif", ldif(&entries, &style)),
            ("csvde", csvde(&entries, &style)),
            ("csv", powershell(&entries, &style)),
        ] {
            let loaded = load_with(&bytes, |request| LoadRequest { block_bytes: style.block_bytes, ..request });
            let directory = loaded.map_err(|error| TestCaseError::fail(format!("{format}: {error}")))?;
            prop_assert_eq!(directory.sources()[0].format.name(), format);
            prop_assert_eq!(picture(&directory), expected.clone(), "{}", format);
            prop_assert!(directory.sources()[0].skipped.is_empty() && directory.sources()[0].complete);
        }
    }
}
