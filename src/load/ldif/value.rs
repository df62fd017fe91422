//! One line of a record: options, separator, value (`input-formats` sections 4.7 to 4.9 and 12.6).

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::directory::ValueFlags;

/// Padding as it comes, and bits after the last byte that some encoders leave set.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Form {
    /// `name: text`
    Text,
    /// `name:: base64`
    Base64,
    /// `name:< url`, never opened.
    External,
}

/// A logical line taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Between the name and the colon, with the leading `;`; mostly empty.
    pub(super) options: &'t [u8],
    pub(super) form: Form,
    /// After the separator and the spaces that follow it.
    pub(super) value: &'t [u8],
}

/// Takes apart a logical line whose name has `name_length` bytes; `None` when no colon follows.
#[inline]
pub(super) fn take_apart(text: &[u8], name_length: usize) -> Option<Line<'_>> {
    // Nearly all lines are of one of these two shapes.
    match text.get(name_length..)? {
        [b':', b' ', value @ ..] if value.first().is_some_and(|byte| *byte != b' ') => {
            Some(Line { options: b"", form: Form::Text, value })
        }
        [b':', b':', b' ', value @ ..] if value.first().is_some_and(|byte| *byte != b' ') => {
            Some(Line { options: b"", form: Form::Base64, value })
        }
        rest => take_apart_any(rest),
    }
}

fn take_apart_any(rest: &[u8]) -> Option<Line<'_>> {
    let (options, rest) = rest.split_at(memchr::memchr(b':', rest)?);
    if !options.iter().all(|byte| byte.is_ascii_alphanumeric() || b";-=*_.".contains(byte)) {
        return None;
    }
    let (form, rest) = match rest {
        [_, b':', rest @ ..] => (Form::Base64, rest),
        [_, b'<', rest @ ..] => (Form::External, rest),
        [_, rest @ ..] => (Form::Text, rest),
        [] => return None,
    };
    let fill = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
    Some(Line { options, form, value: rest.get(fill..).unwrap_or_default() })
}

/// The value of a line; base64 goes through `decoded`. Text that was marked as base64 but is none stays as it is.
#[inline]
pub(super) fn decode<'t>(line: &Line<'t>, decoded: &'t mut Vec<u8>) -> (&'t [u8], ValueFlags) {
    match line.form {
        Form::Text => (line.value, ValueFlags::NONE),
        Form::External => (b"", ValueFlags::EXTERNAL),
        Form::Base64 => {
            decoded.clear();
            if FORGIVING.decode_vec(line.value, decoded).is_ok() || decode_untidy(line.value, decoded) {
                (decoded, ValueFlags::NONE)
            } else {
                (line.value, ValueFlags::BASE64_INVALID)
            }
        }
    }
}

/// URL-safe letters, blanks inside, too much padding.
fn decode_untidy(value: &[u8], decoded: &mut Vec<u8>) -> bool {
    let mut tidy: Vec<u8> = value
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    while tidy.last() == Some(&b'=') {
        tidy.pop();
    }
    decoded.clear();
    FORGIVING.decode_vec(&tidy, decoded).is_ok()
}

/// A slice of a large attribute, `;range=LOW-HIGH`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) struct Range {
    pub(in crate::load) low: u64,
    /// `None` for `*`, the last slice.
    pub(in crate::load) high: Option<u64>,
}

/// What the options of a name say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::load) struct Options<'t> {
    pub(in crate::load) range: Option<Range>,
    /// A `lang-` option: another value than the one rules read.
    pub(in crate::load) language: bool,
    pub(in crate::load) unknown: Option<Cow<'t, str>>,
}

/// Reads options, in any order and letter case.
pub(in crate::load) fn options(text: &[u8]) -> Options<'_> {
    let mut found = Options::default();
    for option in text.split(|byte| *byte == b';').filter(|option| !option.is_empty()) {
        let starts =
            |prefix: &[u8]| option.get(..prefix.len()).is_some_and(|own| own.eq_ignore_ascii_case(prefix));
        if option.eq_ignore_ascii_case(b"binary") {
        } else if starts(b"lang-") {
            found.language = true;
        } else if let Some(range) =
            starts(b"range=").then(|| range(option.get(6..).unwrap_or_default())).flatten()
        {
            found.range = Some(range);
        } else {
            found.unknown = Some(String::from_utf8_lossy(option));
        }
    }
    found
}

fn range(text: &[u8]) -> Option<Range> {
    let (low, high) = std::str::from_utf8(text).ok()?.split_once('-')?;
    let high = if high == "*" { None } else { Some(high.parse().ok()?) };
    Some(Range { low: low.parse().ok()?, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(value: &str) -> (Vec<u8>, ValueFlags) {
        let mut out = Vec::new();
        let line = Line { options: b"", form: Form::Base64, value: value.as_bytes() };
        let (bytes, flags) = decode(&line, &mut out);
        (bytes.to_vec(), flags)
    }

    #[test]
    fn base64_is_read_in_every_spelling_and_never_lost() {
        let bytes = [0xfb, 0xff, 0xfe, 0x01];
        for spelling in ["+//+AQ==", "+//+AQ", "-__-AQ==", "-__-AQ", " +//+\tAQ = =", "+//+AQ===="] {
            assert_eq!(decoded(spelling), (bytes.to_vec(), ValueFlags::NONE), "{spelling}");
        }
        assert_eq!(decoded("Zoë"), ("Zoë".into(), ValueFlags::BASE64_INVALID));
        assert_eq!(decoded(""), (vec![], ValueFlags::NONE));
    }

    #[test]
    fn options_come_in_any_order_and_letter_case() {
        let all = options(b";lang-en;Range=0-1499");
        assert!(all.language);
        assert_eq!(all.range, Some(Range { low: 0, high: Some(1499) }));
        assert_eq!(options(b";range=1500-*;binary").range, Some(Range { low: 1500, high: None }));
        assert_eq!(options(b";x-own").unknown.as_deref(), Some("x-own"));
    }

    #[test]
    fn spaces_after_the_colon_go_and_spaces_at_the_end_stay() {
        let line = take_apart(b"mail:   nia@corp.example ", 4).unwrap();
        assert_eq!(line.value, b"nia@corp.example ");
        assert_eq!(take_apart(b"photo:< file:///x", 5).unwrap().form, Form::External);
        assert_eq!(take_apart(b"photo: < file:///x", 5).unwrap().form, Form::Text);
        assert_eq!(take_apart(b"member;range=0-1", 6), None);
    }
}
