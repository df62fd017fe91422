//! From the bytes of a file to UTF-8 text (`input-formats` section 3, read 2026-11-20).
//!
//! UTF-8 passes through untouched and is only looked at; UTF-16, UTF-32 and code pages are transcoded. A file
//! without a byte order mark counts as UTF-8 until a byte says otherwise; from there on a Windows code page is
//! guessed. All decisions depend on the bytes alone, never on how large the caller's buffers are.

mod guess;
mod text;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::options::StatedEncoding;
pub(in crate::load) use guess::without_folds;
pub(in crate::load) use text::Text;

/// What the bytes of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-8 as far as is known.
    Presumed,
    /// Stated by the user or by a byte order mark.
    Known(&'static Encoding),
    /// UTF-32, little-endian.
    Utf32,
    /// NUL bytes in what is not UTF-16 or UTF-32.
    Binary,
}

impl Charset {
    /// The name of the encoding; `None` for binary data.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Presumed => Some(UTF_8.name()),
            Self::Known(encoding) => Some(encoding.name()),
            Self::Utf32 => Some("UTF-32LE"),
            Self::Binary => None,
        }
    }
}

/// The encoding of a file, and the length of its byte order mark. A mark says more than the user, who states one
/// encoding for all files; it never stands in a code page by chance.
pub(super) fn sniff(head: &[u8], stated: Option<StatedEncoding>) -> (Charset, usize) {
    let marked = match head {
        [0xff, 0xfe, 0, 0, ..] => Some((Charset::Utf32, 4)),
        _ => Encoding::for_bom(head).map(|(encoding, length)| {
            (if encoding == UTF_8 { Charset::Presumed } else { Charset::Known(encoding) }, length)
        }),
    };
    match (marked, stated) {
        // Even an odd byte does not make it anything else when the user says UTF-8.
        (Some((Charset::Presumed, length)), Some(StatedEncoding(Charset::Known(encoding))))
            if encoding == UTF_8 =>
        {
            (Charset::Known(UTF_8), length)
        }
        (Some(marked), _) => marked,
        (None, Some(StatedEncoding(charset))) => (charset, 0),
        (None, None) => (unmarked(head), 0),
    }
}

/// Without a mark, UTF-16 shows as NULs in every second byte: names and separators of all formats are ASCII.
fn unmarked(head: &[u8]) -> Charset {
    let mut nuls = [0_usize; 2];
    for pair in head.chunks(2) {
        for (count, byte) in nuls.iter_mut().zip(pair) {
            *count += usize::from(*byte == 0);
        }
    }
    let [even, odd] = nuls;
    let many = |nuls: usize| nuls * 2 * 100 / head.len().max(1) >= 40;
    let few = |nuls: usize| nuls * 2 * 100 / head.len().max(1) <= 2;
    match (even, odd) {
        (0, 0) => Charset::Presumed,
        _ if few(even) && many(odd) => Charset::Known(UTF_16LE),
        _ if few(odd) && many(even) => Charset::Known(UTF_16BE),
        _ => Charset::Binary,
    }
}

/// The start of a file as text, for a look only.
pub(super) fn head_text(head: &[u8], charset: Charset, mark_bytes: usize) -> String {
    let bytes = head.get(mark_bytes..).unwrap_or_default();
    match charset {
        Charset::Known(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        Charset::Utf32 => bytes.chunks_exact(4).map(utf32_char).collect(),
        Charset::Presumed | Charset::Binary => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn utf32_char(unit: &[u8]) -> char {
    let code = unit.try_into().map_or(0xfffd, u32::from_le_bytes);
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Something odd about the encoding, found at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Odd {
    /// Bytes of text before it.
    pub(super) at: u64,
    /// What it is.
    pub(super) kind: OddKind,
}

/// What is odd about the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OddKind {
    /// Not UTF-8; this code page was guessed.
    Guessed(&'static str),
    /// Of this encoding, but with bytes that are not valid in it.
    Damaged(&'static str),
}

impl OddKind {
    /// The code page, if one was guessed.
    pub(super) fn guessed(self) -> Option<&'static str> {
        match self {
            Self::Guessed(name) => Some(name),
            Self::Damaged(_) => None,
        }
    }

    /// Stable id of the warning and its text.
    pub(super) fn warning(self) -> (&'static str, String) {
        match self {
            Self::Guessed(name) => (
                "encoding-guessed",
                format!(
                    "the file is not UTF-8; from its letters it was read as {name} (--encoding says it for certain)"
                ),
            ),
            Self::Damaged(name) => ("encoding-damaged", format!("there are bytes that are not valid {name}")),
        }
    }
}
