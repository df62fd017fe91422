//! Search entries, and the LDIF text they become.
//!
//! Entries of a live directory go through the LDIF loader as text: one place decides what values mean, and a snapshot
//! gives what the live directory gave. The text is RFC 2849 without folds; values that are not plain ASCII are base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ldap3::asn1::{PL, StructureTag};

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

fn list(tag: StructureTag) -> Vec<StructureTag> {
    match tag.payload {
        PL::C(parts) => parts,
        PL::P(_) => Vec::new(),
    }
}

fn bytes(tag: StructureTag) -> Vec<u8> {
    match tag.payload {
        PL::P(bytes) => bytes,
        PL::C(_) => Vec::new(),
    }
}

impl Entry {
    /// Takes a checked `SearchResultEntry` apart without copying values.
    pub(super) fn of(tag: StructureTag) -> Self {
        let mut parts = list(tag).into_iter();
        let dn = parts.next().map(bytes).unwrap_or_default();
        let attributes = parts.next().map(list).unwrap_or_default();
        let attributes = attributes.into_iter().map(|attribute| {
            let mut parts = list(attribute).into_iter();
            let name = parts.next().map(bytes).unwrap_or_default();
            let values = parts.next().map(list).unwrap_or_default();
            Attribute { name, values: values.into_iter().map(bytes).collect() }
        });
        Self { dn, attributes: attributes.collect() }
    }

    /// The strings of a checked `SearchResultReference`.
    pub(super) fn list_of_bytes(tag: StructureTag) -> Vec<Vec<u8>> {
        list(tag).into_iter().map(bytes).collect()
    }

    /// Bytes of names and values.
    pub(super) fn size(&self) -> usize {
        let values =
            |attribute: &Attribute| attribute.values.iter().map(|value| value.len() + 8).sum::<usize>();
        self.dn.len() + self.attributes.iter().map(|own| own.name.len() + values(own)).sum::<usize>()
    }

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
        self.name.split(|byte| *byte == b';').next().unwrap_or_default()
    }

    /// Which slice this is.
    pub(super) fn range(&self) -> Option<Range> {
        let at = memchr::memchr(b';', &self.name)?;
        value::options(self.name.get(at..)?).range
    }
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
pub(super) fn write(entry: &Entry, text: &mut Vec<u8>, notes: &mut Notes) {
    write_line(b"dn", &entry.dn, text);
    for attribute in &entry.attributes {
        let base = attribute.base_name();
        if is_one_of(base, SECRETS) {
            notes.add("secret-dropped", 0, || {
                let name = String::from_utf8_lossy(base);
                format!("the account may read secrets ({name}): they were dropped; an account for reading needs no such right")
            });
        } else if !is_name(&attribute.name) || is_one_of(base, &WORDS_OF_LDIF) {
            notes.add("attribute-name-invalid", 0, || {
                let name = String::from_utf8_lossy(&attribute.name);
                let name: String = name.chars().take(40).flat_map(char::escape_debug).collect();
                format!("the server sent an attribute with a name that no directory has (\"{name}\"): it was skipped")
            });
        } else {
            for value in &attribute.values {
                write_line(&attribute.name, value, text);
            }
        }
    }
    text.push(b'\n');
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
    use super::*;

    fn written(attributes: &[(&str, &[&[u8]])]) -> (String, Notes) {
        let attributes = attributes.iter().map(|(name, values)| Attribute {
            name: name.as_bytes().to_vec(),
            values: values.iter().map(|value| value.to_vec()).collect(),
        });
        let entry = Entry { dn: b"CN=a".to_vec(), attributes: attributes.collect() };
        let (mut text, mut notes) = (Vec::new(), Notes::default());
        write(&entry, &mut text, &mut notes);
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
