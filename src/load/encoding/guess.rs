//! What a file without a byte order mark is that turned out not to be plain UTF-8.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// The encodings Windows calls ANSI code pages; a guess is one of them.
static WINDOWS_CODE_PAGES: [&Encoding; 14] = [
    WINDOWS_1252,
    WINDOWS_1250,
    WINDOWS_1251,
    WINDOWS_1253,
    WINDOWS_1254,
    WINDOWS_1255,
    WINDOWS_1256,
    WINDOWS_1257,
    WINDOWS_1258,
    WINDOWS_874,
    SHIFT_JIS,
    GBK,
    EUC_KR,
    BIG5,
];

/// Text without breaks that a space follows.
pub(in crate::load) fn without_folds(text: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
        let (before, after) = rest.split_at(at);
        joined.extend_from_slice(before);
        let breaks = after.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let (breaks, after) = after.split_at(breaks);
        rest = after.strip_prefix(b" ").unwrap_or_else(|| {
            joined.extend_from_slice(breaks);
            after
        });
    }
    joined.extend_from_slice(rest);
    joined
}

/// Whether text with an odd byte is UTF-8 all the same: more whole characters beyond ASCII than odd places. Text in
/// a code page has next to none of them.
pub(super) fn mostly_utf8(window: &[u8]) -> bool {
    let (mut whole, mut odd) = (0_usize, 0_usize);
    for part in window.utf8_chunks() {
        whole += part.valid().chars().filter(|letter| !letter.is_ascii()).count();
        odd += usize::from(!part.invalid().is_empty());
    }
    whole > odd
}

/// The Windows code page that text looks like; `before` is the text before its first odd byte.
pub(super) fn guess(before: &[u8], window: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(before, false);
    detector.feed(window, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    if WINDOWS_CODE_PAGES.contains(&guessed) {
        return guessed;
    }
    // Windows writes none of the others; each stands for the letters of a Windows page.
    match guessed.name() {
        "ISO-8859-2" => WINDOWS_1250,
        "ISO-8859-5" | "KOI8-U" | "KOI8-R" | "IBM866" | "x-mac-cyrillic" => WINDOWS_1251,
        "ISO-8859-7" => WINDOWS_1253,
        "ISO-8859-8" | "ISO-8859-8-I" => WINDOWS_1255,
        "ISO-8859-6" => WINDOWS_1256,
        "ISO-8859-4" | "ISO-8859-13" => WINDOWS_1257,
        "EUC-JP" => SHIFT_JIS,
        _ => WINDOWS_1252,
    }
}
