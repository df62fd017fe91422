//! Text of a directory made harmless for the eye: nothing that moves a cursor, hides text or turns its direction.
//!
//! Every format for people goes through here. Values in the JSON formats stay verbatim; there the same characters are
//! written as `\uXXXX`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// True for characters that act instead of being seen: control characters, line and paragraph separators, controls of
/// the writing direction, invisible characters and tags.
///
/// The joiners U+200C and U+200D are left alone: names in Persian and in Indian scripts need them.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The text with each hidden character as its code point: `<U+202E>`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            write!(shown, "<U+{:04X}>", u32::from(character)).expect("a String takes any text");
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// [`visible`], cut after so many characters of the original, with `…` for the rest.
pub fn visible_start(text: &str, max_chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max_chars) {
        None => visible(text),
        Some((end, _)) => Cow::Owned(format!("{}…", visible(&text[..end]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_as_its_code_point() {
        assert_eq!(visible("plain Zoë 名前 \\, x"), "plain Zoë 名前 \\, x");
        assert_eq!(
            visible("a\u{1b}[2Jb\r\nc\u{202e}d\u{9b}"),
            "a<U+001B>[2Jb<U+000D><U+000A>c<U+202E>d<U+009B>"
        );
        assert_eq!(visible("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(visible("\u{e0041}\u{feff}"), "<U+E0041><U+FEFF>");
    }

    #[test]
    fn long_text_is_cut_with_a_mark() {
        assert_eq!(visible_start("abc", 3), "abc");
        assert_eq!(visible_start("abcd", 3), "abc…");
        assert_eq!(visible_start("ab\u{7}d", 3), "ab<U+0007>…");
    }
}
