//! Where a JSON value ends, without reading what is in it: brackets outside of strings are counted, nothing else.
//!
//! Whether the value is valid JSON is for its parser to say. The scan can go on in the next piece of the text.

use memchr::memchr2;

/// Bytes of a string that are looked at one by one: most strings are shorter than the start of a vector search is worth.
const SHORT_BYTES: usize = 24;

/// A scan of one array, object or string.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scan {
    depth: u64,
    is_in_string: bool,
    is_escaped: bool,
}

impl Scan {
    /// Goes through the next bytes of the value; gives where in them it ends, if it does.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut rest = bytes;
        loop {
            rest = if self.is_in_string { self.string(rest)? } else { self.structure(rest)? };
            if self.depth == 0 && !self.is_in_string {
                return Some(bytes.len() - rest.len());
            }
        }
    }

    /// To the end of the string; what follows.
    fn string<'b>(&mut self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let mut rest = bytes;
        loop {
            if self.is_escaped {
                rest = rest.get(1..)?;
                self.is_escaped = false;
            }
            let at = next_mark(rest)?;
            let is_end = rest.get(at) == Some(&b'"');
            rest = rest.get(at + 1..)?;
            if is_end {
                self.is_in_string = false;
                return Some(rest);
            }
            self.is_escaped = true;
        }
    }

    /// To the next string, or to the end of the value; what follows.
    fn structure<'b>(&mut self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'"' => {
                    self.is_in_string = true;
                    return bytes.get(at + 1..);
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return bytes.get(at + 1..);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// The next quote or backslash.
fn next_mark(bytes: &[u8]) -> Option<usize> {
    let (short, long) = bytes.split_at_checked(SHORT_BYTES).unwrap_or((bytes, &[]));
    let is_mark = |byte: &u8| matches!(byte, b'"' | b'\\');
    short.iter().position(is_mark).or_else(|| Some(short.len() + memchr2(b'"', b'\\', long)?))
}

/// Where an array, an object or a string ends that starts with the first byte.
pub(super) fn value_end(bytes: &[u8]) -> Option<usize> {
    Scan::default().advance(bytes)
}

/// Where a number or a word ends: `None` when it may go on behind these bytes.
pub(super) fn word_end(bytes: &[u8]) -> Option<usize> {
    let end = bytes.iter().position(|byte| {
        byte.is_ascii_whitespace() || matches!(byte, b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']')
    })?;
    // A mark that stands where a value should is handed on, for the parser to complain about.
    Some(end.max(1))
}

/// Bytes before the next value: blanks, and marks of files that were appended to each other.
pub(super) fn blank_bytes(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        let trimmed = rest.trim_ascii_start();
        let next = trimmed.strip_prefix("\u{feff}".as_bytes()).unwrap_or(trimmed);
        if next.len() == rest.len() {
            return bytes.len() - rest.len();
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn brackets_in_strings_do_not_count() {
        for (text, end) in [
            (r#"{"a":"}"},1"#, Some(9)),
            (r#"{"a\"}":[{}]} "#, Some(13)),
            (r#"["\\",[]]x"#, Some(9)),
            (r#""a]" "#, Some(4)),
            (r#"{"a":"\\\"}"#, None),
            ("{[}", None),
            ("", None),
        ] {
            assert_eq!(value_end(text.as_bytes()), end, "{text}");
        }
        let long = format!(r#"{{"a":"{}\"{}"}}"#, "x".repeat(100), "y".repeat(30));
        assert_eq!(value_end(long.as_bytes()), Some(long.len()));
    }

    #[test]
    fn words_end_at_marks_and_blanks() {
        for (text, end) in
            [("12,", Some(2)), ("true]", Some(4)), ("null", None), (",", Some(1)), ("a b", Some(1))]
        {
            assert_eq!(word_end(text.as_bytes()), end, "{text}");
        }
        assert_eq!(blank_bytes("\r\n \u{feff}\t{".as_bytes()), 7);
    }

    proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(text in "[\\[{][\\[\\]{}\"\\\\a]{0,40}", cut in 0_usize..40) {
            let (first, second) = text.as_bytes().split_at(cut.min(text.len()));
            let mut scan = Scan::default();
            let end = scan.advance(first).or_else(|| Some(first.len() + scan.advance(second)?));
            prop_assert_eq!(end, value_end(text.as_bytes()));
        }
    }
}
