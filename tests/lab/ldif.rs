//! Exports as they stand, every attribute in order: what a server of the lab is loaded with.
//!
//! Apart from the loader under test on purpose: splitting, unfolding and base64 only, for exports that have no faults.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// DN as it stands.
    pub dn: String,
    /// Names and values; without `changetype`.
    pub attributes: Vec<(String, Vec<u8>)>,
}

impl Record {
    /// One of these attributes.
    pub fn new(dn: &str, attributes: &[(&str, &str)]) -> Self {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.as_bytes().to_vec());
        Self { dn: dn.to_owned(), attributes: attributes.iter().map(owned).collect() }
    }

    /// Values of an attribute that are text.
    pub fn texts<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        let named = self.attributes.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
        named.filter_map(|(_, value)| std::str::from_utf8(value).ok())
    }
}

/// All records of an export, and the addresses of its search references.
pub fn read(text: &str) -> (Vec<Record>, Vec<String>) {
    let text = text.replace("\r\n", "\n").replace("\n ", "");
    let mut records = Vec::new();
    let mut references = Vec::new();
    for block in text.split("\n\n") {
        let lines = block.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut attributes: Vec<_> = lines.map(attribute).collect();
        match attributes.first() {
            Some((name, value)) if name == "dn" => {
                let dn = String::from_utf8(value.clone()).expect("a DN in UTF-8");
                attributes.remove(0);
                attributes.retain(|(name, _)| name != "changetype");
                records.push(Record { dn, attributes });
            }
            Some((name, value)) if name == "ref" => {
                references.push(String::from_utf8(value.clone()).expect("an address"));
            }
            _ => {}
        }
    }
    (records, references)
}

fn attribute(line: &str) -> (String, Vec<u8>) {
    let (name, value) = line.split_once(':').expect("a colon in every line");
    let value = match value.strip_prefix(':') {
        Some(encoded) => STANDARD.decode(encoded.trim()).expect("base64 behind two colons"),
        None => value.trim_start().as_bytes().to_vec(),
    };
    (name.to_owned(), value)
}

/// The records as LDIF, no line folded; names and short words stay readable, as `changetype: modify` must.
pub fn write(records: &[Record]) -> String {
    let mut text = String::new();
    for record in records {
        writeln!(text, "dn:: {}", STANDARD.encode(&record.dn)).expect("a String takes all");
        for (name, value) in &record.attributes {
            if value.iter().all(u8::is_ascii_alphanumeric) {
                let value = String::from_utf8_lossy(value);
                writeln!(text, "{name}: {value}").expect("a String takes all");
            } else {
                writeln!(text, "{name}:: {}", STANDARD.encode(value)).expect("a String takes all");
            }
        }
        text.push('\n');
    }
    text
}
