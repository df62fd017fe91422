//! Signs that letters were lost before the file reached us (`input-formats` section 3, read 2026-11-20).
//!
//! Looked for where letters are certain to be expected: in names. A file is told of once, by its first sign.

use super::notes::Notes;
use crate::directory::AttributeId;
use crate::directory::attribute::{CN, DISPLAY_NAME, NAME};

/// What happened to the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// `M?ller`; counts only in files that are ASCII throughout.
    QuestionMark,
    /// U+FFFD.
    Replacement,
    /// `MÃ¼ller`, `â€™`.
    Mojibake,
}

/// Whether an attribute holds names: text in which a question mark is out of place.
pub(super) fn is_name(attribute: AttributeId) -> bool {
    [CN, NAME, DISPLAY_NAME].contains(&attribute)
}

/// The sign in a text beyond ASCII, if there is one.
pub(super) fn beyond_ascii(text: &[u8]) -> Option<Sign> {
    let has = |sign: &str| memchr::memmem::find(text, sign.as_bytes()).is_some();
    match () {
        () if has("\u{fffd}") => Some(Sign::Replacement),
        // UTF-8 read as windows-1252: the first byte of a letter became Ã, the second something that no language
        // writes after it. The start of typographic signs became â€.
        () if has("â€") || memchr::memmem::find_iter(text, "Ã".as_bytes()).any(|at| is_second(text, at)) => {
            Some(Sign::Mojibake)
        }
        () => None,
    }
}

fn is_second(text: &[u8], at: usize) -> bool {
    // U+0080 to U+00BF, the letters of windows-1252 outside of Latin-1, and its typographic signs.
    matches!(text.get(at + "Ã".len()), Some(0xc2 | 0xc5 | 0xc6 | 0xcb | 0xe2))
}

/// Whether a question mark stands where a letter is expected: between letters, before a letter that starts a word, or
/// as a whole word.
pub(super) fn has_question_mark(name: &[u8]) -> bool {
    memchr::memchr_iter(b'?', name).any(|at| {
        let before = at.checked_sub(1).and_then(|before| name.get(before));
        let starts = before.is_none_or(|byte| b" =,-'".contains(byte));
        let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
        let after = name.get(at + 1);
        (letter(before) && letter(after)) || (starts && (letter(after) || after == Some(&b'?')))
    })
}

/// The sign in a name.
pub(super) fn in_name(name: &[u8]) -> Option<Sign> {
    if name.is_ascii() {
        return has_question_mark(name).then_some(Sign::QuestionMark);
    }
    beyond_ascii(name)
}

/// What a file, or a part of it, shows.
#[derive(Debug, Default)]
pub(super) struct LostText {
    /// Something beyond ASCII was read: question marks are then question marks.
    pub(super) beyond_ascii: bool,
    questions: Notes,
    others: Notes,
}

const ID: &str = "text-lost";

impl LostText {
    /// Takes a sign at a line.
    pub(super) fn add(&mut self, sign: Sign, line: u64, text: &[u8]) {
        let shown = || {
            let text = String::from_utf8_lossy(text);
            text.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect::<String>()
        };
        match sign {
            Sign::QuestionMark => self.questions.add(ID, line, || {
                format!(
                    "letters were lost before this file was written: \"{}\" has ? in the place of letters, and the \
                     whole file is ASCII; export again with -Encoding UTF8",
                    shown()
                )
            }),
            Sign::Replacement => self.others.add(ID, line, || {
                format!(
                    "letters were lost before this file was written: \"{}\" holds replacement characters (U+FFFD); \
                     export again",
                    shown()
                )
            }),
            Sign::Mojibake => self.others.add(ID, line, || {
                format!(
                    "letters were damaged before this file was written: \"{}\" looks like UTF-8 that was read as \
                     windows-1252 and saved again; export again",
                    shown()
                )
            }),
        }
    }

    /// Adds the next part, whose lines are counted from `first_line`.
    pub(super) fn append(&mut self, part: Self, first_line: u64) {
        self.beyond_ascii |= part.beyond_ascii;
        self.questions.append(part.questions, first_line);
        self.others.append(part.others, first_line);
    }

    /// The warnings to be written.
    pub(super) fn notes(self) -> Notes {
        if self.beyond_ascii { self.others } else { self.questions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_marks_count_in_the_place_of_letters() {
        for name in ["M?ller", "CN=?zdemir,DC=x", "???? ??????", "Jos? ?lvarez"] {
            assert_eq!(in_name(name.as_bytes()), Some(Sign::QuestionMark), "{name}");
        }
        for name in ["Who? Me", "Ready?", "A ? B", "", "Müller?x"] {
            assert_eq!(in_name(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn mojibake_is_told_from_letters() {
        for name in ["MÃ¼ller", "Ã–zil", "StraÃŸe", "Oâ€™Neil"] {
            assert_eq!(in_name(name.as_bytes()), Some(Sign::Mojibake), "{name}");
        }
        for name in ["SÃO JOÃO", "Ãlvaro", "château", "Łódź", "IRMÃ"] {
            assert_eq!(in_name(name.as_bytes()), None, "{name}");
        }
        assert_eq!(in_name("M\u{fffd}ller".as_bytes()), Some(Sign::Replacement));
    }
}
