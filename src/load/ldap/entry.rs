//! Search entries, and the LDIF text they become.
//!
//! Entries of a live directory go through the LDIF loader as text: one place decides what values mean, and a snapshot
//! gives what the live directory gave. The text is RFC 2849 without folds; values that are not plain ASCII are base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ldap3::asn1::{PL, StructureTag};

use super::ber::Elements;

use crate::directory::attribute::SECRETS;
use crate::load::ldif::value::{self, Range};
use crate::load::notes::Notes;

/// One entry as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Entry {
    pub(super) dn: Vec<u8>,
    /// In the order of the server; a name may come more than once.
    pub(super) attributes: Vec<Attribute>,
}

/// An attribute of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    /// With its options.
    pub(super) name: Vec<u8>,
    pub(super) values: Vec<Vec<u8>>,
}

/// The strings of a checked `SearchResultReference`.
pub(super) fn reference_urls(tag: StructureTag) -> Vec<Vec<u8>> {
    let PL::C(parts) = tag.payload else { return Vec::new() };
    let bytes = |part: StructureTag| if let PL::P(bytes) = part.payload { Some(bytes) } else { None };
    parts.into_iter().filter_map(bytes).collect()
}

/// An entry as it stands in a checked message: nothing is copied.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawEntry<'m> {
    pub(super) dn: &'m [u8],
    attributes: Elements<'m>,
}

impl<'m> RawEntry<'m> {
    /// Of the content of a checked `SearchResultEntry`.
    pub(super) fn of(content: &'m [u8]) -> Self {
        let mut parts = Elements(content);
        let mut next = || parts.next().map(|(_, content)| content).unwrap_or_default();
        Self { dn: next(), attributes: Elements(next()) }
    }

    /// Names, with their options, and values.
    pub(super) fn attributes(self) -> impl Iterator<Item = (&'m [u8], impl Iterator<Item = &'m [u8]>)> {
        contents(self.attributes).map(|attribute| {
            let mut parts = contents(Elements(attribute));
            let name = parts.next().unwrap_or_default();
            (name, contents(Elements(parts.next().unwrap_or_default())))
        })
    }

    /// Whether attributes came in part.
    pub(super) fn is_sliced(self) -> bool {
        self.attributes().any(|(name, _)| range(name).is_some())
    }
}

fn contents(mut elements: Elements<'_>) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || elements.next().ok().map(|(_, content)| content))
}

impl From<RawEntry<'_>> for Entry {
    fn from(raw: RawEntry<'_>) -> Self {
        let attributes = raw.attributes().map(|(name, values)| Attribute {
            name: name.to_vec(),
            values: values.map(<[u8]>::to_vec).collect(),
        });
        Self { dn: raw.dn.to_vec(), attributes: attributes.collect() }
    }
}

impl Entry {
    /// The first value of an attribute, by name without letter case, as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.texts(name).next()
    }

    /// All values of an attribute that are UTF-8.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = String> {
        let named = self.attributes.iter().filter(move |own| own.name.eq_ignore_ascii_case(name.as_bytes()));
        named.flat_map(|own| &own.values).filter_map(|value| String::from_utf8(value.clone()).ok())
    }
}

impl Attribute {
    /// The name without options.
    pub(super) fn base_name(&self) -> &[u8] {
        base_name(&self.name)
    }

    /// Which slice this is.
    pub(super) fn range(&self) -> Option<Range> {
        range(&self.name)
    }
}

fn base_name(name: &[u8]) -> &[u8] {
    name.split(|byte| *byte == b';').next().unwrap_or_default()
}

fn range(name: &[u8]) -> Option<Range> {
    let at = memchr::memchr(b';', name)?;
    value::options(name.get(at..)?).range
}

/// Names that mean something else at the start of a line of LDIF; no directory has attributes of these names.
const WORDS_OF_LDIF: [&str; 3] = ["dn", "changetype", "control"];

fn is_name(name: &[u8]) -> bool {
    let letters = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.;=*_".contains(byte);
    name.first().is_some_and(u8::is_ascii_alphanumeric) && name.iter().all(letters)
}

fn is_one_of(name: &[u8], names: &[&str]) -> bool {
    names.iter().any(|own| own.as_bytes().eq_ignore_ascii_case(name))
}

/// Appends an entry as a record of LDIF with an empty line after it. Secrets and names that are none stay out and are
/// noted.
pub(super) fn write(entry: RawEntry<'_>, text: &mut Vec<u8>, notes: &mut Notes) {
    write_line(b"dn", entry.dn, text);
    for (name, values) in entry.attributes() {
        write_attribute(name, values, text, notes);
    }
    text.push(b'\n');
}

/// The same for an entry that had to be completed.
pub(super) fn write_completed(entry: &Entry, text: &mut Vec<u8>, notes: &mut Notes) {
    write_line(b"dn", &entry.dn, text);
    for attribute in &entry.attributes {
        write_attribute(&attribute.name, attribute.values.iter().map(Vec::as_slice), text, notes);
    }
    text.push(b'\n');
}

fn write_attribute<'v>(
    name: &[u8],
    values: impl Iterator<Item = &'v [u8]>,
    text: &mut Vec<u8>,
    notes: &mut Notes,
) {
    let base = base_name(name);
    if is_one_of(base, SECRETS) {
        notes.add("secret-dropped", 0, || {
            let name = String::from_utf8_lossy(base);
            format!("the account may read secrets ({name}): they were dropped; an account for reading needs no such right")
        });
    } else if !is_name(name) || is_one_of(base, &WORDS_OF_LDIF) {
        notes.add("attribute-name-invalid", 0, || {
            let name = String::from_utf8_lossy(name);
            let name: String = name.chars().take(40).flat_map(char::escape_debug).collect();
            format!(
                "the server sent an attribute with a name that no directory has (\"{name}\"): it was skipped"
            )
        });
    } else {
        for value in values {
            write_line(name, value, text);
        }
    }
}

fn write_line(name: &[u8], value: &[u8], text: &mut Vec<u8>) {
    text.extend_from_slice(name);
    if value.is_empty() {
        text.extend_from_slice(b":\n");
        return;
    }
    if is_plain(value) {
        text.extend_from_slice(b": ");
        text.extend_from_slice(value);
    } else {
        text.extend_from_slice(b":: ");
        let start = text.len();
        text.resize(start + value.len().div_ceil(3) * 4, 0);
        let space = text.get_mut(start..).unwrap_or_default();
        let written = STANDARD.encode_slice(value, space).expect("the space is that of the padded text");
        text.truncate(start + written);
    }
    text.push(b'\n');
}

/// What needs no base64 (RFC 2849, `SAFE-STRING`), less control characters.
fn is_plain(value: &[u8]) -> bool {
    let starts_well = value.first().is_some_and(|first| !matches!(first, b' ' | b':' | b'<'));
    starts_well && value.last() != Some(&b' ') && value.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::super::ber::{element, tag};
    use super::*;

    fn written(attributes: &[(&str, &[&[u8]])]) -> (String, Notes) {
        let attributes = attributes.iter().map(|(name, values)| Attribute {
            name: name.as_bytes().to_vec(),
            values: values.iter().map(|value| value.to_vec()).collect(),
        });
        let entry = Entry { dn: b"CN=a".to_vec(), attributes: attributes.collect() };
        let (mut text, mut notes) = (Vec::new(), Notes::default());
        write_completed(&entry, &mut text, &mut notes);
        (String::from_utf8(text).unwrap(), notes)
    }

    #[test]
    fn values_that_ldif_would_read_otherwise_are_base64() {
        let values: [&[u8]; 7] = [b"plain text", b" a", b"a ", b":a", b"<a", b"a\nb", "ä".as_bytes()];
        let (text, _) = written(&[("cn", &values)]);
        assert_eq!(
            text,
            "dn: CN=a\ncn: plain text\ncn:: IGE=\ncn:: YSA=\ncn:: OmE=\ncn:: PGE=\ncn:: YQpi\ncn:: w6Q=\n\n"
        );
        assert_eq!(written(&[("cn", &[b""])]).0, "dn: CN=a\ncn:\n\n");
    }

    #[test]
    fn an_entry_reads_the_same_as_it_came_and_taken_apart() {
        let octets = |bytes: &[u8]| element(tag::OCTETS, bytes);
        let attribute = |name: &[u8], values: &[&[u8]]| {
            let values = values.iter().flat_map(|value| octets(value)).collect::<Vec<u8>>();
            element(tag::SEQUENCE, &[octets(name), element(tag::SET, &values)].concat())
        };
        let whole = [attribute(b"cn", &[b"a"]), attribute(b"member", &[b"CN=b", b"", b"\xff"])].concat();
        let sliced = [whole.clone(), attribute(b"member;range=0-1", &[b"CN=b", b"CN=c"])].concat();
        for (attributes, is_sliced) in [(whole, false), (sliced, true), (Vec::new(), false)] {
            let content = [octets(b"CN=a"), element(tag::SEQUENCE, &attributes)].concat();
            let raw = RawEntry::of(&content);
            let (mut one, mut other, mut notes) = (Vec::new(), Vec::new(), Notes::default());
            write(raw, &mut one, &mut notes);
            write_completed(&Entry::from(raw), &mut other, &mut notes);
            assert_eq!((raw.is_sliced(), one), (is_sliced, other));
        }
    }

    #[test]
    fn a_name_cannot_smuggle_in_a_line() {
        let (text, notes) =
            written(&[("x\ndn: CN=b\ncn", &[b"v"]), ("dn", &[b"v"]), ("Control;x", &[b"v"]), ("", &[b"v"])]);
        assert_eq!(text, "dn: CN=a\n\n");
        assert!(notes.has("attribute-name-invalid"));
    }

    #[test]
    fn secrets_do_not_reach_the_text() {
        let (text, notes) = written(&[("USERPASSWORD;x", &[b"hunter2"]), ("cn", &[b"a"])]);
        assert_eq!(text, "dn: CN=a\ncn: a\n\n");
        assert!(notes.has("secret-dropped"));
    }
}
