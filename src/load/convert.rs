//! Text forms of binary identifiers into their stored bytes.
//!
//! Exports write the same 16 bytes of a GUID in many ways. Only the dashed form has its first three groups swapped;
//! base64, hex and decimal lists are the stored bytes in order (`input-formats` sections 7.4 and 11, read 2026-11-20).
//! Everything here appends to `out` and leaves it as it was when the text fits no form.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::directory::Syntax;

/// How the bytes of a binary value were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BinaryForm {
    /// `AAECAwQFBgcICQoLDA0ODw==`
    Base64,
    /// `03020100-0504-0706-0809-0a0b0c0d0e0f`, with or without braces
    DashedGuid,
    /// `000102…`, `00 01 02 …` or `00-01-02-…`
    Hex,
    /// `0 1 2 …` or `{0, 1, 2, …}`
    DecimalBytes,
}

impl BinaryForm {
    /// The words for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::DashedGuid => "a dashed GUID",
            Self::Hex => "hex digits",
            Self::DecimalBytes => "decimal bytes",
        }
    }
}

/// Appends the stored form of a value: GUIDs and SIDs written as text become bytes, everything else is copied.
///
/// Sixteen bytes are a stored GUID and a well-formed binary SID is a stored SID: both are copied untouched, so that
/// values that were binary in the source pass through. Returns false when the text fits no known form of the syntax
/// (the bytes are copied all the same).
pub fn to_stored_form(syntax: Syntax, bytes: &[u8], out: &mut Vec<u8>) -> bool {
    let known = match syntax {
        Syntax::Guid => stored_guid(bytes, out),
        Syntax::Sid => stored_sid(bytes, out),
        _ => false,
    };
    if !known {
        out.extend_from_slice(bytes);
    }
    known || !matches!(syntax, Syntax::Guid | Syntax::Sid)
}

/// Appends what a text of one form stands for; `None` when it is of another form.
type Reading = fn(&[u8], &mut Vec<u8>) -> Option<()>;

/// Appends the bytes that a CSV cell of a binary attribute stands for and names the form that was assumed.
///
/// `None`, with nothing appended, when the text fits no form. A text that could be hex as well as base64 is hex: base64
/// of real bytes practically always holds a letter beyond `f`. Two-digit groups are hex, groups of other lengths
/// decimal.
pub fn csv_binary(text: &[u8], out: &mut Vec<u8>) -> Option<BinaryForm> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return None;
    }
    let start = out.len();
    let forms: [(BinaryForm, Reading); 5] = [
        (BinaryForm::DashedGuid, dashed_guid),
        (BinaryForm::Hex, hex_groups),
        (BinaryForm::DecimalBytes, decimal_bytes),
        (BinaryForm::Hex, hex_digits),
        (BinaryForm::Base64, base64),
    ];
    forms.into_iter().find_map(|(form, read)| {
        let read = read(text, out);
        if read.is_none() {
            out.truncate(start);
        }
        read.map(|()| form)
    })
}

fn stored_guid(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    if bytes.len() == 16 {
        out.extend_from_slice(bytes);
        return true;
    }
    decoded_if(bytes, out, |stored| stored.len() == 16)
}

fn stored_sid(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    if is_binary_sid(bytes) {
        out.extend_from_slice(bytes);
        return true;
    }
    sid_text(bytes, out).is_some() || decoded_if(bytes, out, is_binary_sid)
}

/// Appends what any of the binary forms gives, if it passes the test.
fn decoded_if(text: &[u8], out: &mut Vec<u8>, accept: impl Fn(&[u8]) -> bool) -> bool {
    let start = out.len();
    let accepted = csv_binary(text, out).is_some() && out.get(start..).is_some_and(accept);
    if !accepted {
        out.truncate(start);
    }
    accepted
}

/// Revision 1, at most 15 sub-authorities, and as long as their count says.
fn is_binary_sid(bytes: &[u8]) -> bool {
    matches!(bytes, [1, count @ 0..=15, ..] if bytes.len() == 8 + 4 * usize::from(*count))
}

fn sid_text(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    let rest = text.strip_prefix("S-1-").or_else(|| text.strip_prefix("s-1-"))?;
    let mut parts = rest.split('-');
    let authority = number(parts.next()?)?;
    let sub_authorities = parts
        .map(|part| u32::try_from(number(part)?).ok())
        .collect::<Option<Vec<_>>>()
        .filter(|all| all.len() <= 15)?;
    let [0, 0, authority @ ..] = authority.to_be_bytes() else { return None };
    out.push(1);
    out.push(u8::try_from(sub_authorities.len()).ok()?);
    out.extend_from_slice(&authority);
    out.extend(sub_authorities.into_iter().flat_map(u32::to_le_bytes));
    Some(())
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        // `parse` would take a sign.
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        None => None,
    }
}

fn without_braces(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"{").and_then(|text| text.strip_suffix(b"}")).unwrap_or(text)
}

fn dashed_guid(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut groups = without_braces(text).split(|byte| *byte == b'-');
    for (digits, little_endian) in [(8, true), (4, true), (4, true), (4, false), (12, false)] {
        let group = groups.next().filter(|group| group.len() == digits)?;
        let start = out.len();
        hex_digits(group, out)?;
        if little_endian && let Some(bytes) = out.get_mut(start..) {
            bytes.reverse();
        }
    }
    groups.next().is_none().then_some(())
}

/// The groups of a list of bytes, `0x` taken off; `None` when it is not a list.
fn groups(text: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let is_separator = |byte: &u8| b" ,;:-\\\t".contains(byte);
    let text = without_braces(text);
    text.iter().any(is_separator).then(|| {
        text.split(move |byte| is_separator(byte))
            .filter(|group| !group.is_empty())
            .map(|group| group.strip_prefix(b"0x").or_else(|| group.strip_prefix(b"0X")).unwrap_or(group))
    })
}

fn hex_groups(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    groups(text)?.try_for_each(|group| if group.len() == 2 { hex_digits(group, out) } else { None })
}

fn decimal_bytes(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    groups(text)?.try_for_each(|group| {
        out.push(u8::try_from(number(std::str::from_utf8(group).ok()?)?).ok()?);
        Some(())
    })
}

/// Appends the bytes of a run of hex digits without anything between; `None` for any other text.
pub(super) fn hex_digits(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() || pairs.is_empty() {
        return None;
    }
    for [high, low] in pairs {
        out.push(hex_digit(*high)? << 4 | hex_digit(*low)?);
    }
    Some(())
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

pub(super) fn base64(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    const FORGIVING: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, FORGIVING);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, FORGIVING);
    let start = out.len();
    [STANDARD, URL_SAFE].iter().find_map(|alphabet| {
        out.truncate(start);
        alphabet.decode_vec(text, out).ok()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STORED: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    fn stored(syntax: Syntax, text: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        to_stored_form(syntax, text, &mut out).then_some(out)
    }

    fn binary(text: &str) -> Option<(BinaryForm, Vec<u8>)> {
        let mut out = Vec::new();
        csv_binary(text.as_bytes(), &mut out).map(|form| (form, out))
    }

    #[test]
    fn a_guid_is_read_in_every_form_people_write() {
        for text in [
            "03020100-0504-0706-0809-0a0b0c0d0e0f",
            "{03020100-0504-0706-0809-0A0B0C0D0E0F}",
            "AAECAwQFBgcICQoLDA0ODw==",
            "AAECAwQFBgcICQoLDA0ODw",
            "000102030405060708090A0B0C0D0E0F",
            "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
            "00-01-02-03-04-05-06-07-08-09-0A-0B-0C-0D-0E-0F",
            "0x00 0x01 0x02 0x03 0x04 0x05 0x06 0x07 0x08 0x09 0x0a 0x0b 0x0c 0x0d 0x0e 0x0f",
            "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
            "{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}",
            " 03020100-0504-0706-0809-0a0b0c0d0e0f ",
        ] {
            assert_eq!(stored(Syntax::Guid, text.as_bytes()).as_deref(), Some(&STORED[..]), "{text}");
        }
        assert_eq!(stored(Syntax::Guid, &STORED).as_deref(), Some(&STORED[..]));
    }

    #[test]
    fn what_is_no_guid_is_copied_and_reported() {
        let mut out = Vec::new();
        assert!(!to_stored_form(Syntax::Guid, b"none", &mut out));
        assert_eq!(out, b"none");
        for text in ["", "03020100-0504-0706-0809-0a0b0c0d0e", "0 1 2", "AAEC", "256 1 1"] {
            assert_eq!(stored(Syntax::Guid, text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_assumed_form_is_named() {
        let forms = [
            ("AAECAwQFBgcICQoLDA0ODw==", BinaryForm::Base64),
            ("__79_A", BinaryForm::Base64),
            ("03020100-0504-0706-0809-0a0b0c0d0e0f", BinaryForm::DashedGuid),
            ("00010203", BinaryForm::Hex),
            ("00 01 ff", BinaryForm::Hex),
            ("0 1 255", BinaryForm::DecimalBytes),
        ];
        for (text, form) in forms {
            assert_eq!(binary(text).map(|(form, _)| form), Some(form), "{text}");
        }
        assert_eq!(binary("0 1 256"), None);
        assert_eq!(binary("not binary!"), None);
    }

    #[test]
    fn a_sid_is_read_as_text_and_kept_as_bytes() {
        let bytes = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x51, 4, 0, 0];
        for text in
            ["S-1-5-21-1-2-3-1105", "s-1-0x5-21-1-2-3-1105", "AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAUQQAAA=="]
        {
            assert_eq!(stored(Syntax::Sid, text.as_bytes()).as_deref(), Some(&bytes[..]), "{text}");
        }
        assert_eq!(stored(Syntax::Sid, &bytes).as_deref(), Some(&bytes[..]));
        for text in ["S-1-", "S-1-5-x", "S-1-5-4294967296", "S-1-5-+1", "S-1-281474976710656", "nokoro"] {
            assert_eq!(stored(Syntax::Sid, text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn guid_forms_round_trip(bytes in any::<[u8; 16]>()) {
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            let [a, b, c, d, e, f, g, h, rest @ ..] = bytes;
            let dashed = format!(
                "{}-{}-{}-{}-{}",
                hex(&[d, c, b, a]), hex(&[f, e]), hex(&[h, g]), hex(&rest[..2]), hex(&rest[2..]),
            );
            let blanks = bytes.map(|byte| format!("{byte:02X}")).join(" ");
            for text in [dashed, blanks, hex(&bytes)] {
                prop_assert_eq!(stored(Syntax::Guid, text.as_bytes()), Some(bytes.to_vec()));
            }
        }

        #[test]
        fn sids_round_trip(authority in 0_u64..1 << 48, subs in prop::collection::vec(any::<u32>(), 0..=15)) {
            let text = subs.iter().fold(format!("S-1-{authority}"), |text, sub| format!("{text}-{sub}"));
            let bytes = stored(Syntax::Sid, text.as_bytes()).unwrap();
            prop_assert!(is_binary_sid(&bytes));
            prop_assert_eq!(&bytes[2..8], &authority.to_be_bytes()[2..]);
            prop_assert_eq!(stored(Syntax::Sid, &bytes), Some(bytes.clone()));
        }

        #[test]
        fn nothing_panics_and_nothing_is_left_behind(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut out = b"kept".to_vec();
            if csv_binary(&bytes, &mut out).is_none() {
                prop_assert_eq!(&out, b"kept");
            }
            to_stored_form(Syntax::Guid, &bytes, &mut out);
            to_stored_form(Syntax::Sid, &bytes, &mut out);
        }
    }
}
