//! Physical lines, breaks and folds (`input-formats` sections 4.2 and 4.3).
//!
//! A break is LF, CRLF, CR alone, or CR CR LF (a text-mode conversion done twice): all of them may be mixed.

use memchr::memchr2;

/// Whether a byte is part of a break.
#[inline]
pub(super) fn is_break(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Length of the break that `rest` starts with.
#[inline]
fn break_bytes(rest: &[u8]) -> usize {
    match rest {
        [b'\r', b'\r', b'\n', ..] => 3,
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// How many breaks a run of break bytes is.
pub(super) fn count_breaks(mut run: &[u8]) -> usize {
    let mut count = 0;
    loop {
        let length = break_bytes(run);
        if length == 0 {
            return count;
        }
        count += 1;
        run = run.get(length..).unwrap_or_default();
    }
}

/// The line that goes through `at`: where its text ends and where the next line starts.
pub(super) fn line_end(bytes: &[u8], at: usize) -> (usize, usize) {
    let rest = bytes.get(at..).unwrap_or_default();
    match memchr2(b'\n', b'\r', rest) {
        None => (bytes.len(), bytes.len()),
        Some(length) => {
            let end = at + length;
            (end, end + break_bytes(rest.get(length..).unwrap_or_default()))
        }
    }
}

/// A line without its break.
#[inline]
pub(super) fn without_break(mut line: &[u8]) -> &[u8] {
    while let [text @ .., b'\n' | b'\r'] = line {
        line = text;
    }
    line
}

/// Lines in a piece of text; text after the last break counts as a line.
pub(super) fn count_lines(bytes: &[u8]) -> u32 {
    let (mut at, mut lines) = (0, 0);
    while at < bytes.len() {
        at = line_end(bytes, at).1;
        lines += 1;
    }
    lines
}

/// Breaks in a piece of text.
pub(super) fn breaks_in(bytes: &[u8]) -> u32 {
    let unfinished = bytes.last().is_some_and(|byte| !is_break(*byte));
    count_lines(bytes) - u32::from(unfinished)
}

/// Whether the line at `at` continues the line before it: it starts with a space (or a tab, which people make), and
/// is not one of the lines of several blanks that stand for an empty line. A single space continues with nothing.
#[inline]
pub(super) fn is_fold(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(b' ') => !matches!(bytes.get(at + 1), Some(b' ' | b'\t')) || !is_blank(bytes, at),
        Some(b'\t') => !is_blank(bytes, at),
        _ => false,
    }
}

/// Whether the line at `at` holds nothing but spaces and tabs.
pub(super) fn is_blank(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| is_break(*byte))
}

/// Length of the object identifier (`2.5.4.3`) that a line starts with.
pub(super) fn oid_length(line: &[u8]) -> usize {
    line.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_breaks_are_one_line_each() {
        assert_eq!(count_lines(b"a\nb\r\nc\rd\r\r\ne"), 5);
        assert_eq!(count_breaks(b"\r\r\n\r\r\n"), 2);
        assert_eq!(count_breaks(b"\n\r\n\r"), 3);
    }

    #[test]
    fn a_single_space_folds_and_several_blanks_are_an_empty_line() {
        assert!(is_fold(b" \n", 0));
        assert!(is_fold(b"  two", 0));
        assert!(is_fold(b"\tx", 0));
        assert!(!is_fold(b"  \n", 0));
        assert!(!is_fold(b"\t\n", 0));
        assert!(!is_fold(b"x", 0));
    }
}
