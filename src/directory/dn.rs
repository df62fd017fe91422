//! Distinguished names: RFC 4514 plus what Active Directory does (`input-formats` section 12, read 2026-11-20).
//!
//! A DN stays the bytes it was read as; this module looks into them: RDN by RDN ([`rdns`]), its key for comparisons
//! ([`key`], [`same`]), its place in the tree ([`is_below`], [`Subtrees`]), its domain ([`write_domain`]). Every
//! function takes any bytes: what is no DN is treated as one RDN without a type, never refused, never a panic.

mod normal;
mod subtree;

use std::borrow::Cow;

pub use normal::{key, normalize, same, write_normal};
pub use subtree::{Subtrees, is_below};

/// One relative distinguished name as written: `CN=Nia Okoro`, or several parts joined by `+`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rdn<'a> {
    text: &'a [u8],
}

/// One type and value of an RDN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The attribute type as written, without blanks around it; empty when there is no `=`.
    pub kind: &'a [u8],
    /// The value as written: escapes, quotes and outer blanks included.
    pub raw: &'a [u8],
    /// Whether there is an `=`.
    typed: bool,
}

impl<'a> Rdn<'a> {
    /// The RDN as written, with any blanks around it.
    pub fn text(self) -> &'a [u8] {
        self.text
    }

    /// Its parts: almost always one.
    pub fn parts(self) -> impl Iterator<Item = Part<'a>> {
        Split { rest: Some(self.text), separator: |byte| byte == b'+' }.map(Part::new)
    }

    /// The first part.
    pub fn first(self) -> Part<'a> {
        Part::new(split_at(self.text, |byte| byte == b'+').0)
    }

    /// Type of the first part, as written; empty when there is no `=`.
    pub fn kind(self) -> &'a [u8] {
        self.first().kind
    }

    /// Value of the first part, decoded.
    pub fn value(self) -> Cow<'a, [u8]> {
        self.first().value()
    }
}

impl<'a> Part<'a> {
    fn new(text: &'a [u8]) -> Self {
        match memchr::memchr(b'=', text).and_then(|at| text.split_at_checked(at)) {
            Some((kind, value)) => {
                Self { kind: trim_blanks(kind), raw: value.get(1..).unwrap_or_default(), typed: true }
            }
            None => Self { kind: b"", raw: text, typed: false },
        }
    }

    /// Whether the type is this one, ignoring letter case.
    pub fn is(self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind.as_bytes())
    }

    /// The value without escapes, quotes and outer blanks; inner blanks as written.
    pub fn value(self) -> Cow<'a, [u8]> {
        let trimmed = trim_blanks(self.raw);
        if memchr::memchr2(b'\\', b'"', trimmed).is_none() && trimmed.first() != Some(&b'#') {
            return Cow::Borrowed(trimmed);
        }
        let mut decoded = Vec::with_capacity(self.raw.len());
        normal::decode(self.raw, &mut decoded, normal::Blanks::Keep);
        Cow::Owned(decoded)
    }
}

/// The RDNs from the left (the object's own name first). An extended DN is read without its GUID and SID.
pub fn rdns(dn: &[u8]) -> impl Iterator<Item = Rdn<'_>> + Clone {
    let dn = Extended::read(dn).dn;
    Split { rest: (!dn.is_empty()).then_some(dn), separator: is_rdn_separator }.map(|text| Rdn { text })
}

/// The decoded value of the first RDN; `None` for an empty DN.
pub fn first_rdn_value(dn: &[u8]) -> Option<Cow<'_, [u8]>> {
    rdns(dn).next().map(Rdn::value)
}

/// The DN of the container: everything after the first RDN, as written; `None` when there is nothing.
pub fn parent(dn: &[u8]) -> Option<&[u8]> {
    split_at(Extended::read(dn).dn, is_rdn_separator).1.map(trim_blanks).filter(|rest| !rest.is_empty())
}

/// Appends the DNS name (lower case) made of the trailing `DC=` parts; nothing when there are none.
pub fn write_domain(dn: &[u8], out: &mut Vec<u8>) {
    let base = out.len();
    for rdn in rdns(trailing_domain(dn)) {
        let part = rdn.first();
        if !part.is("DC") {
            out.truncate(base);
            continue;
        }
        if out.len() > base {
            out.push(b'.');
        }
        normal::fold(&part.value(), out);
    }
}

/// Cuts everything that is certainly not part of the trailing run of `DC=` parts. Walking from the right is only
/// possible while nothing can hide a separator, so any escape or quote leaves the DN whole.
fn trailing_domain(dn: &[u8]) -> &[u8] {
    if memchr::memchr3(b'\\', b'"', b';', dn).is_some() {
        return dn;
    }
    let mut start = dn.len();
    while start > 0 {
        let comma = memchr::memrchr(b',', dn.get(..start).unwrap_or_default());
        let from = comma.map_or(0, |at| at + 1);
        let rdn = trim_blanks(dn.get(from..start).unwrap_or_default());
        if !rdn.get(..2).is_some_and(|kind| kind.eq_ignore_ascii_case(b"dc")) {
            break;
        }
        start = comma.unwrap_or(0);
    }
    dn.get(if start == 0 { 0 } else { start + 1 }..).unwrap_or_default()
}

/// A DN with the identifiers that some tools put before it: `<GUID=…>;<SID=…>;CN=…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extended<'a> {
    /// What stands in `<GUID=…>`.
    pub guid: Option<&'a [u8]>,
    /// What stands in `<SID=…>`.
    pub sid: Option<&'a [u8]>,
    /// The DN proper; everything when there are no identifiers, and when nothing stands behind them.
    pub dn: &'a [u8],
}

impl<'a> Extended<'a> {
    /// Takes the identifiers off; a DN without any comes back as it is.
    pub fn read(text: &'a [u8]) -> Self {
        let mut found = Self { guid: None, sid: None, dn: text };
        let mut rest = text;
        while let Some(inner) = rest.strip_prefix(b"<") {
            let Some((identifier, behind)) =
                memchr::memchr(b'>', inner).and_then(|end| inner.split_at_checked(end))
            else {
                break;
            };
            let Some(behind) = behind.strip_prefix(b">;") else { break };
            match identifier.split_at_checked(4) {
                Some((kind, value)) if kind.eq_ignore_ascii_case(b"SID=") => found.sid = Some(value),
                Some((kind, value)) if kind.eq_ignore_ascii_case(b"GUID") => {
                    found.guid = value.strip_prefix(b"=");
                }
                _ => {}
            }
            rest = behind;
        }
        if !rest.is_empty() {
            found.dn = rest;
        }
        found
    }
}

/// A value as it must be written inside a DN (RFC 4514 section 2.4; control characters as hex pairs, as AD does).
pub fn escape_value(value: &str) -> String {
    use std::fmt::Write as _;

    let mut out = String::with_capacity(value.len() + 4);
    let last = value.chars().count().saturating_sub(1);
    for (position, character) in value.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=' => out.extend(['\\', character]),
            '#' if position == 0 => out.push_str("\\#"),
            ' ' if position == 0 || position == last => out.push_str("\\ "),
            '\0'..'\x20' | '\x7f' => {
                write!(out, "\\{:02X}", u32::from(character)).expect("writing to a String cannot fail");
            }
            _ => out.push(character),
        }
    }
    out
}

fn is_rdn_separator(byte: u8) -> bool {
    // `;` separates in RFC 1779 text; AD writes it escaped inside values.
    byte == b',' || byte == b';'
}

fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    text
}

/// Only for text in which the last blank cannot be escaped, or where that does not matter.
fn trim_blanks(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while let [rest @ .., b' '] = text {
        text = rest;
    }
    text
}

/// Splits at separators that are neither escaped nor inside a quoted value.
#[derive(Clone)]
struct Split<'a, F> {
    rest: Option<&'a [u8]>,
    separator: F,
}

impl<'a, F: Fn(u8) -> bool + Copy> Iterator for Split<'a, F> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (piece, rest) = split_at(self.rest?, self.separator);
        self.rest = rest;
        Some(piece)
    }
}

/// The text before the first separator, and the text behind it.
fn split_at(text: &[u8], separator: impl Fn(u8) -> bool) -> (&[u8], Option<&[u8]>) {
    let mut at = 0;
    // A quote opens a quoted value only right behind `=`; anywhere else it is a careless character of a name.
    let mut value_starts = false;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' if value_starts => at = normal::closing_quote(text, at).unwrap_or(at),
            _ if separator(byte) => {
                return (text.get(..at).unwrap_or_default(), text.get(at + 1..));
            }
            _ => {}
        }
        value_starts = byte == b'=' || (value_starts && byte == b' ');
        at += 1;
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(dn: &str) -> String {
        let mut out = Vec::new();
        write_domain(dn.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    /// `input-formats` section 12, rule 8: the trailing `DC=` parts, and only these.
    #[test]
    fn domain_is_the_trailing_run_of_dc_parts() {
        assert_eq!(domain("CN=Nia,OU=A,DC=Corp,DC=Example"), "corp.example");
        assert_eq!(domain("CN=Nia , DC = Corp , dc=example "), "corp.example");
        assert_eq!(domain("DC=one,CN=Nia,DC=corp,DC=example"), "corp.example");
        assert_eq!(domain("CN=a\\,DC=x,DC=corp,DC=example"), "corp.example");
        assert_eq!(domain("CN=\"a,DC=x\",DC=corp,DC=example"), "corp.example");
        assert_eq!(domain("CN=Dan Poe"), "");
        assert_eq!(domain("DC=corp,DC=example"), "corp.example");
        assert_eq!(domain("DCX=1,DC=corp"), "corp");
        assert_eq!(domain("CN=a;DC=corp;DC=example"), "corp.example");
        assert_eq!(domain("<GUID=01>;<SID=S-1-5-18>;CN=a,DC=corp,DC=example"), "corp.example");
        assert_eq!(domain(""), "");
    }

    #[test]
    fn rdns_are_split_at_unescaped_separators_and_decoded() {
        let dn = b"CN=Okoro\\, Nia , OU=\"a, b\",O=R\\2BD+L=x,DC=example";
        let read: Vec<_> = rdns(dn)
            .flat_map(Rdn::parts)
            .map(|part| {
                (
                    String::from_utf8_lossy(part.kind).into_owned(),
                    String::from_utf8_lossy(&part.value()).into_owned(),
                )
            })
            .collect();
        let expected = [("CN", "Okoro, Nia"), ("OU", "a, b"), ("O", "R+D"), ("L", "x"), ("DC", "example")];
        assert_eq!(read, expected.map(|(kind, value)| (kind.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_stray_quote_hides_no_separator() {
        assert_eq!(rdns(b"CN=5\" disk,DC=x").count(), 2);
        assert_eq!(rdns(b"CN=\"open,DC=x").count(), 2);
    }

    #[test]
    fn ber_values_are_decoded() {
        assert_eq!(first_rdn_value(b"CN=#0C034E6961,DC=x").as_deref(), Some(&b"Nia"[..]));
        assert_eq!(first_rdn_value(b"CN=#1,DC=x").as_deref(), Some(&b"#1"[..]));
    }

    #[test]
    fn conflict_names_carry_a_line_feed() {
        assert_eq!(first_rdn_value(b"CN=a\\0ACNF:1,DC=x").as_deref(), Some(&b"a\nCNF:1"[..]));
    }

    #[test]
    fn extended_dns_keep_guid_and_sid_apart() {
        let read = Extended::read(b"<GUID=0302>;<SID=S-1-5-18>;CN=Nia,DC=x");
        assert_eq!(read.guid, Some(&b"0302"[..]));
        assert_eq!(read.sid, Some(&b"S-1-5-18"[..]));
        assert_eq!(read.dn, b"CN=Nia,DC=x");
        assert_eq!(Extended::read(b"<GUID=0302>").dn, b"<GUID=0302>");
    }

    #[test]
    fn parent_is_what_follows_the_first_separator() {
        assert_eq!(parent(b"CN=a\\,b, OU=c,DC=x"), Some(&b"OU=c,DC=x"[..]));
        assert_eq!(parent(b"DC=x"), None);
    }

    #[test]
    fn escaped_values_read_back() {
        for value in ["a,b+c", "#x", " x ", "a\nCNF:1", "\"<>;=\\", "", " ", "Łódź"] {
            let dn = format!("CN={},DC=x", escape_value(value));
            assert_eq!(first_rdn_value(dn.as_bytes()).as_deref(), Some(value.as_bytes()), "{dn}");
            assert_eq!(rdns(dn.as_bytes()).count(), 2, "{dn}");
        }
    }
}
