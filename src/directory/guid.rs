//! GUIDs: 16 stored bytes, of which the first three groups of the text form are little-endian
//! (`input-formats` section 11, rule 1, read 2026-11-20).

/// Position in the stored bytes of each byte of the text form.
const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/// Dashed lower-case text of stored bytes; `None` unless there are exactly 16.
pub fn to_text(stored: &[u8]) -> Option<String> {
    use std::fmt::Write as _;

    let stored: &[u8; 16] = stored.try_into().ok()?;
    let mut text = String::with_capacity(36);
    for (position, index) in ORDER.into_iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        write!(text, "{:02x}", stored.get(index)?).ok()?;
    }
    Some(text)
}

/// Stored bytes of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in any letter case, with or without braces; `None` for any
/// other text. Thirty-two digits without dashes are not taken: tools disagree about their byte order.
pub fn from_text(text: impl AsRef<[u8]>) -> Option<[u8; 16]> {
    let text = text.as_ref().trim_ascii();
    let text = match text {
        [b'{', inner @ .., b'}'] => inner,
        _ => text,
    };
    if text.len() != 36 {
        return None;
    }
    let mut stored = [0_u8; 16];
    let mut at = 0;
    for (position, index) in ORDER.into_iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            (text.get(at) == Some(&b'-')).then_some(())?;
            at += 1;
        }
        *stored.get_mut(index)? = hex_byte(text.get(at..at + 2)?)?;
        at += 2;
    }
    Some(stored)
}

/// The byte written as two hexadecimal digits.
pub(in crate::directory) fn hex_byte(pair: &[u8]) -> Option<u8> {
    let [high, low] = pair else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documented_example() {
        let stored: Vec<u8> = (0..16).collect();
        assert_eq!(to_text(&stored).unwrap(), "03020100-0504-0706-0809-0a0b0c0d0e0f");
        assert_eq!(from_text("{03020100-0504-0706-0809-0A0B0C0D0E0F}").unwrap().as_slice(), stored);
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(to_text(b"short"), None);
        for text in
            ["", "030201000504070608090a0b0c0d0e0f", "03020100-0504-0706-0809-0a0b0c0d0e0g", "{03020100-0504"]
        {
            assert_eq!(from_text(text), None, "{text}");
        }
        assert_eq!(from_text("03020100 0504-0706-0809-0a0b0c0d0e0f"), None);
        assert_eq!(from_text("+3020100-0504-0706-0809-0a0b0c0d0e0f"), None);
    }

    proptest! {
        #[test]
        fn text_and_bytes_round_trip(stored in any::<[u8; 16]>()) {
            prop_assert_eq!(from_text(to_text(&stored).unwrap()), Some(stored));
        }
    }
}
