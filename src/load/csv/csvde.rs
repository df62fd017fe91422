//! Cells as csvde writes them: `X'hex'`, and values joined with `;` where `\;` is a semicolon of the value.
//!
//! `input-formats` section 6 (read 2026-11-20). Other backslashes are left alone: distinguished names carry escapes of
//! their own, and so `\;` stays as it is in them.

use std::borrow::Cow;

use crate::directory::Syntax;
use crate::load::convert::hex_digits;

/// The values of a cell; empty ones are left out.
pub(super) fn values(cell: &[u8], is_multi_valued: bool, syntax: Syntax) -> Vec<Cow<'_, [u8]>> {
    let pieces = if is_multi_valued { split(cell) } else { vec![cell] };
    pieces
        .into_iter()
        .filter(|piece| !piece.is_empty())
        .map(|piece| match hex(piece) {
            Some(bytes) => Cow::Owned(bytes),
            None if is_multi_valued && syntax != Syntax::Reference => unescaped(piece),
            None => Cow::Borrowed(piece),
        })
        .collect()
}

/// The bytes of `X'…'`, which stands for binary values and for text beyond ASCII.
pub(super) fn hex(piece: &[u8]) -> Option<Vec<u8>> {
    let digits = piece.strip_prefix(b"X'").or_else(|| piece.strip_prefix(b"x'"))?.strip_suffix(b"'")?;
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    hex_digits(digits, &mut bytes).map(|()| bytes)
}

/// Pieces between semicolons that an even number of backslashes, or none, stands before.
fn split(cell: &[u8]) -> Vec<&[u8]> {
    let mut is_escaped = false;
    cell.split(|byte| {
        let ends = *byte == b';' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    })
    .collect()
}

fn unescaped(piece: &[u8]) -> Cow<'_, [u8]> {
    if !piece.contains(&b';') {
        return Cow::Borrowed(piece);
    }
    let mut bytes = Vec::with_capacity(piece.len());
    for byte in piece {
        if *byte == b';' && bytes.last() == Some(&b'\\') {
            bytes.pop();
        }
        bytes.push(*byte);
    }
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(cell: &str, syntax: Syntax) -> Vec<String> {
        let values = values(cell.as_bytes(), true, syntax);
        values.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    #[test]
    fn semicolons_join_and_escaped_ones_belong_to_the_value() {
        let cell = r"X400:c=US\;a= \;p=Org\;o=Site\;s=Okoro\;g=Nia\;;SMTP:nia@corp.example";
        let expected = ["X400:c=US;a= ;p=Org;o=Site;s=Okoro;g=Nia;", "SMTP:nia@corp.example"];
        assert_eq!(texts(cell, Syntax::Text), expected);
        let names = r"CN=Okoro\, Nia,DC=corp;CN=A\;B,DC=corp";
        assert_eq!(texts(names, Syntax::Reference), [r"CN=Okoro\, Nia,DC=corp", r"CN=A\;B,DC=corp"]);
        assert_eq!(texts(r"a\\;b", Syntax::Text), [r"a\\", "b"]);
    }

    #[test]
    fn hex_is_binary_and_text_beyond_ascii() {
        assert_eq!(texts("X'4dc3bc6c6c6572'", Syntax::Text), ["Müller"]);
        assert_eq!(texts("X'4DC3BC';x'41'", Syntax::Text), ["Mü", "A"]);
        assert_eq!(texts("X'4d", Syntax::Text), ["X'4d"]);
        assert_eq!(texts("X'zz'", Syntax::Text), ["X'zz'"]);
        assert_eq!(values(b"a;b", false, Syntax::Text), [Cow::Borrowed(b"a;b")]);
    }

    /// As csvde joins; a value ending in a backslash cannot be told apart and is not written by the directory.
    fn joined(values: &[String]) -> String {
        values.iter().map(|value| value.replace(';', r"\;")).collect::<Vec<_>>().join(";")
    }

    proptest! {
        #[test]
        fn what_csvde_joins_comes_apart_again(values in prop::collection::vec("[a-zA-Z;:@= ]{1,12}", 1..6)) {
            prop_assert_eq!(texts(&joined(&values), Syntax::Text), values);
        }

        #[test]
        fn hex_cells_round_trip(value in prop::collection::vec(any::<u8>(), 1..40)) {
            let digits: Vec<_> = value.iter().map(|byte| format!("{byte:02x}")).collect();
            let cell = format!("X'{}'", digits.concat());
            prop_assert_eq!(values(cell.as_bytes(), false, Syntax::Binary), [Cow::<[u8]>::Owned(value)]);
        }

        #[test]
        fn no_cell_panics(cell in prop::collection::vec(any::<u8>(), 0..60)) {
            values(&cell, true, Syntax::Text);
        }
    }
}
