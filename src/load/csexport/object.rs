//! One object of a connector space while it is read.

use std::ops::Range;

use base64::Engine as _;

use crate::load::convert;

/// Which of the states that an export shows of one object is meant; a later one counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::load) enum State {
    /// `synchronized-hologram`: as the last synchronization saw it.
    Synchronized,
    /// `pending-import/delta` that holds the whole object (`add`, `replace`, `delete-add`).
    Delta,
    /// `pending-import-hologram`: as imported since, which is what the next synchronization will see.
    PendingImport,
}

/// One value of an entry; its name and its text stand in the bytes of the entry.
#[derive(Debug, Clone)]
pub(in crate::load) struct EntryValue {
    name: Range<usize>,
    text: Range<usize>,
    pub(in crate::load) is_base64: bool,
    /// Line of its element, from 1.
    pub(in crate::load) line: u64,
}

/// One `entry` or `delta`.
#[derive(Debug, Default)]
pub(in crate::load) struct Entry {
    pub(in crate::load) dn: String,
    pub(in crate::load) values: Vec<EntryValue>,
    pub(super) anchor: Range<usize>,
    pub(super) primary_class: Range<usize>,
    pub(super) classes: Vec<(Range<usize>, u64)>,
    pub(super) bytes: Vec<u8>,
}

impl Entry {
    pub(super) fn clear(&mut self) {
        self.dn.clear();
        self.values.clear();
        self.classes.clear();
        self.bytes.clear();
        (self.anchor, self.primary_class) = (0..0, 0..0);
    }

    /// Memory that it takes.
    pub(super) fn held_bytes(&self) -> usize {
        self.bytes.len() + self.values.len() * size_of::<EntryValue>()
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    pub(super) fn push(&mut self, name: Range<usize>, text: Range<usize>, is_base64: bool, line: u64) {
        self.values.push(EntryValue { name, text, is_base64, line });
    }

    /// Name of the attribute of a value.
    pub(in crate::load) fn name(&self, value: &EntryValue) -> &[u8] {
        self.part(&value.name)
    }

    /// A value as written.
    pub(in crate::load) fn text(&self, value: &EntryValue) -> &[u8] {
        self.part(&value.text)
    }

    /// The classes, each with its line: all of them, else the primary one.
    pub(in crate::load) fn classes(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.classes.iter().map(|(range, line)| (self.part(range), *line))
    }

    /// `primary-objectclass`.
    pub(in crate::load) fn primary_class(&self) -> &[u8] {
        self.part(&self.primary_class)
    }

    /// The anchor: `objectGUID` of an object of a directory.
    pub(in crate::load) fn anchor(&self) -> Option<Vec<u8>> {
        base64(self.part(&self.anchor)).filter(|bytes| !bytes.is_empty())
    }
}

/// Base64 with whatever blanks are inside.
pub(in crate::load) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let standard = base64::engine::general_purpose::STANDARD;
    if standard.decode_vec(text, &mut out).is_ok() {
        return Some(out);
    }
    let tidy: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    out.clear();
    convert::base64(&tidy, &mut out).map(|()| out)
}

/// What an export says of one object.
#[derive(Debug, Default)]
pub(in crate::load) struct CsObject {
    /// Line of its element, from 1.
    pub(in crate::load) line: u64,
    /// `cs-dn`
    pub(in crate::load) cs_dn: String,
    /// `object-type`
    pub(in crate::load) object_type: String,
    /// Which state `entry` is of; `None` when there is none.
    pub(in crate::load) state: Option<State>,
    pub(in crate::load) entry: Entry,
    /// A deletion was imported that was not synchronized yet.
    pub(in crate::load) is_deleted: bool,
    /// Single changes were imported that were not synchronized yet.
    pub(in crate::load) is_changed: bool,
    /// A limit was exceeded; the entry is not complete.
    pub(in crate::load) exceeds_limits: bool,
}

impl CsObject {
    pub(super) fn clear(&mut self) {
        self.cs_dn.clear();
        self.object_type.clear();
        self.entry.clear();
        self.state = None;
        (self.line, self.is_deleted, self.is_changed, self.exceeds_limits) = (0, false, false, false);
    }

    /// The DN: of the entry, else of the object.
    pub(in crate::load) fn dn(&self) -> &str {
        if self.entry.dn.is_empty() { &self.cs_dn } else { &self.entry.dn }
    }

    /// The anchor of an object of the cloud connector, whose DN is `CN={hex}` (`input-formats` section 10.1, read
    /// 2026-11-25). No name in a directory is hex digits in braces and nothing else.
    pub(in crate::load) fn cloud_anchor(&self) -> Option<Vec<u8>> {
        let (kind, value) = self.cs_dn.split_once('=')?;
        let digits = value.trim().strip_prefix('{')?.strip_suffix('}')?;
        let pairs = digits.as_bytes().chunks(2);
        let byte = |pair: &[u8]| {
            let digits = std::str::from_utf8(pair).ok().filter(|digits| digits.len() == 2)?;
            u8::from_str_radix(digits, 16).ok()
        };
        let is_plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit()) && !digits.is_empty();
        (kind.trim().eq_ignore_ascii_case("CN") && is_plain).then(|| pairs.map(byte).collect())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hex_digits_in_braces_are_of_the_cloud() {
        let anchor = |cs_dn: &str| CsObject { cs_dn: cs_dn.to_owned(), ..CsObject::default() }.cloud_anchor();
        assert_eq!(anchor("CN={414145}").as_deref(), Some(b"AAE".as_slice()));
        assert_eq!(anchor("cn={4a4B}").as_deref(), Some(b"JK".as_slice()));
        for directory in [
            "CN={31B2F340-016D-11D2-945F-00C04FB984F9},CN=Policies,DC=corp",
            "CN={31B2F340},DC=corp",
            "CN={}",
            "CN={414}",
            "CN={+4+4}",
            "CN=Nia,DC=corp",
            "DC=corp",
        ] {
            assert_eq!(anchor(directory), None, "{directory}");
        }
    }
}
