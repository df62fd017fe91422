//! The normal form of a DN, and its hash.
//!
//! Normal form: RDNs joined by `,` without blanks around separators; types and values in lower case; values decoded,
//! outer blanks dropped, inner runs of blanks made one, then escaped again only where the text would otherwise read
//! differently. Two DNs are the same when their normal forms are equal. A plain ASCII DN in good shape differs from
//! its normal form only in letter case, so [`key`] hashes it word by word without writing the form down.

use super::super::hash::{Mixing, of_bytes};
use super::rdns;
use crate::directory::guid::hex_byte;

/// Key of a DN for comparisons: equal for DNs that the directory takes for the same, 0 only for an empty one.
///
/// Stable within a version of this program; not meant to be stored. Two different DNs have the same key with a
/// probability of about 2⁻⁶⁴; [`same`] compares exactly.
pub fn key(dn: &[u8]) -> u64 {
    if dn.is_empty() {
        return 0;
    }
    plain_key(dn).unwrap_or_else(|| {
        let mut normal = Vec::with_capacity(dn.len() + 8);
        write_normal(dn, &mut normal);
        hash(&normal)
    })
}

/// Whether both name the same object. The empty DN stands for none at all, so not even one of blanks is the same.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a == b || (a.is_empty() == b.is_empty() && normalize(a) == normalize(b))
}

/// The normal form. It is itself a DN with the same normal form.
pub fn normalize(dn: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(dn.len() + 8);
    write_normal(dn, &mut out);
    out
}

/// Appends the normal form: for callers that reuse a buffer.
pub fn write_normal(dn: &[u8], out: &mut Vec<u8>) {
    let mut decoded = Vec::new();
    let mut between = false;
    for rdn in rdns(dn) {
        if between {
            out.push(b',');
        }
        between = true;
        for (position, part) in rdn.parts().enumerate() {
            if position > 0 {
                out.push(b'+');
            }
            fold(part.kind, out);
            if part.typed {
                out.push(b'=');
            }
            decoded.clear();
            decode(part.raw, &mut decoded, Blanks::Collapse);
            write_escaped(&decoded, out);
        }
    }
}

/// What to do with runs of blanks inside a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blanks {
    Keep,
    Collapse,
}

/// Appends the value without escapes, quotes and outer blanks (escaped or quoted ones stay).
pub(super) fn decode(raw: &[u8], out: &mut Vec<u8>, blanks: Blanks) {
    let base = out.len();
    let raw = super::trim_start(raw);
    if let Some(content) = ber_content(super::trim_blanks(raw)) {
        out.extend_from_slice(&content);
        return;
    }
    let quote_end = if raw.first() == Some(&b'"') { closing_quote(raw, 0) } else { None };
    // Length up to the last byte that must stay even if only blanks follow.
    let mut keep = base;
    let mut at = usize::from(quote_end.is_some());
    while let Some(&first) = raw.get(at) {
        if quote_end == Some(at) {
            at += 1;
            continue;
        }
        let (byte, used) = if first == b'\\' { unescape(raw, at) } else { (first, 1) };
        at += used;
        if !(byte == b' ' && blanks == Blanks::Collapse && out.get(base..).is_some_and(|o| o.ends_with(b" ")))
        {
            out.push(byte);
        }
        if byte != b' ' || used > 1 || quote_end.is_some_and(|end| at <= end) {
            keep = out.len();
        }
    }
    out.truncate(keep);
}

/// The byte that an escape at `at` stands for, and how many bytes the escape takes.
fn unescape(raw: &[u8], at: usize) -> (u8, usize) {
    if let Some(byte) = raw.get(at + 1..at + 3).and_then(hex_byte) {
        return (byte, 3);
    }
    // A backslash at the very end stands for itself.
    raw.get(at + 1).map_or((b'\\', 1), |byte| (*byte, 2))
}

/// Position of the quote that closes the one at `open`.
pub(super) fn closing_quote(text: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match text.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at),
            _ => at += 1,
        }
    }
}

/// The content of a `#hex` value when it is a short-form BER string.
fn ber_content(value: &[u8]) -> Option<Vec<u8>> {
    let hex = value.strip_prefix(b"#")?;
    let bytes = hex.chunks(2).map(hex_byte).collect::<Option<Vec<u8>>>()?;
    match bytes.as_slice() {
        // OCTET STRING, UTF8String, PrintableString, T61String, IA5String
        [0x04 | 0x0c | 0x13 | 0x14 | 0x16, length, content @ ..]
            if *length < 0x80 && usize::from(*length) == content.len() =>
        {
            Some(content.to_vec())
        }
        _ => None,
    }
}

/// Appends the bytes in lower case: Unicode's one-to-one mapping, the same in every locale (`İ` and `ı` stay apart
/// from `i`); bytes that are not UTF-8 stay as they are.
pub(super) fn fold(bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.is_ascii() {
        out.extend(bytes.iter().map(u8::to_ascii_lowercase));
        return;
    }
    let mut buffer = [0; 4];
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match u8::try_from(character) {
                Ok(byte) if byte.is_ascii() => out.push(byte.to_ascii_lowercase()),
                _ => out.extend_from_slice(fold_char(character).encode_utf8(&mut buffer).as_bytes()),
            }
        }
        out.extend_from_slice(chunk.invalid());
    }
}

fn fold_char(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) => single,
        _ => character,
    }
}

fn write_escaped(decoded: &[u8], out: &mut Vec<u8>) {
    if !decoded.iter().any(|byte| matches!(byte, b',' | b'+' | b'"' | b'\\' | b';' | b'#' | b' ')) {
        return fold(decoded, out);
    }
    let mut from = 0;
    for (position, byte) in decoded.iter().enumerate() {
        let outer = position == 0 || position + 1 == decoded.len();
        let escape = match byte {
            b',' | b'+' | b'"' | b'\\' | b';' => true,
            b'#' => position == 0,
            b' ' => outer,
            _ => false,
        };
        if escape {
            fold(decoded.get(from..position).unwrap_or_default(), out);
            out.push(b'\\');
            from = position;
        }
    }
    fold(decoded.get(from..).unwrap_or_default(), out);
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

/// Bytes equal to the ASCII `byte`: their high bit.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    // Without high bits no sum carries into the next byte: each is below 0x80, before and after the XOR.
    !(((word & !HIGH) ^ (u64::from(byte) * ONES)) + (0x7f * ONES)) & !word & HIGH
}

#[inline]
fn lower(word: u64) -> u64 {
    let low = word & !HIGH;
    let above_z = low + u64::from(0x7f - b'Z') * ONES;
    let from_a = low + u64::from(0x80 - b'A') * ONES;
    word | (((from_a ^ above_z) & !word & HIGH) >> 2)
}

/// The hash of the normal form of a DN that is plain: nothing escaped or quoted, no blank beside a separator or
/// another blank. `None` for every other DN. A plain DN differs from its normal form in letter case only.
fn plain_key(dn: &[u8]) -> Option<u64> {
    if matches!(dn, [b'<' | b' ', ..] | [.., b' ']) {
        return None;
    }
    let mut mixing = Mixing::new(0);
    let mut high = 0;
    // Blanks and separators of the word before, in the place of the byte before the first.
    let mut carried_blank = 0;
    let mut carried_border = 0;
    let (words, tail) = dn.as_chunks::<8>();
    let mut last = [0_u8; 8];
    for (to, from) in last.iter_mut().zip(tail) {
        *to = *from;
    }
    let end = (!tail.is_empty()).then_some(&last);
    for bytes in words.iter().chain(end) {
        let word = u64::from_le_bytes(*bytes);
        high |= word & HIGH;
        // `"` and `#` differ in one bit, `+` and `;` too.
        let special = equal(word, b'\\') | equal(word | ONES, b'#') | equal(word | (0x10 * ONES), b';');
        let blank = equal(word, b' ');
        let border = blank | equal(word, b',') | equal(word, b'=');
        let beside = (((blank << 8) | carried_blank) & border) | (((border << 8) | carried_border) & blank);
        if special | beside != 0 {
            return None;
        }
        carried_blank = blank >> 56;
        carried_border = border >> 56;
        mixing.add(lower(word));
    }
    if high == 0 {
        return Some(mixing.finish(dn.len()));
    }
    let mut folded = Vec::with_capacity(dn.len() + 8);
    fold(dn, &mut folded);
    Some(hash(&folded))
}

/// The hash of a normal form.
pub(super) fn hash(normal: &[u8]) -> u64 {
    of_bytes(0, normal)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// `input-formats` section 12, rules 2, 3 and 5.
    #[test]
    fn ways_to_write_one_dn_are_the_same() {
        let groups: &[&[&str]] = &[
            &[
                "CN=Okoro\\, Nia,DC=x",
                "cn=okoro\\2c nia,dc=X",
                "CN=\"Okoro, Nia\",DC=x",
                "CN=Okoro\\2C  Nia , DC=x",
            ],
            &["CN=Müller,DC=x", "CN=M\\C3\\BCller,DC=x", "cn=MÜLLER;dc=x", " CN = müller ,DC=x "],
            &["CN=a\nCNF:1,DC=x", "CN=a\\0ACNF:1,DC=x"],
            &["CN=Nia,DC=x", "<GUID=01>;<SID=02>;CN=Nia,DC=x", "CN=#0C034E6961,DC=x", "CN=#0c034e6961 ,DC=x"],
            &["CN=\\ a,DC=x", "CN=\" a\",DC=x", "CN= \\20a,DC=x", "CN=\\  a,DC=x"],
            &["CN=a\\+b,DC=x", "CN=A\\2bB,DC=x"],
            &["CN=\\#1,DC=x", "CN=\\231,DC=x"],
            &["CN=a+SN=b,DC=x", "CN=a + SN=b,DC=x"],
        ];
        for group in groups {
            for (a, b) in group.iter().flat_map(|a| group.iter().map(move |b| (a, b))) {
                assert!(same(a.as_bytes(), b.as_bytes()), "{a} and {b}");
                assert_eq!(key(a.as_bytes()), key(b.as_bytes()), "{a} and {b}");
            }
        }
        for (a, b) in groups.iter().zip(groups.iter().skip(1)) {
            assert!(!same(a[0].as_bytes(), b[0].as_bytes()));
            assert_ne!(key(a[0].as_bytes()), key(b[0].as_bytes()));
        }
    }

    #[test]
    fn letters_i_with_and_without_dot_stay_apart() {
        let names = ["CN=i", "CN=ı", "CN=İ"];
        for (a, b) in names.iter().flat_map(|a| names.iter().map(move |b| (a, b))) {
            assert_eq!(same(a.as_bytes(), b.as_bytes()), a == b, "{a} {b}");
        }
    }

    #[test]
    fn separators_hidden_in_values_make_another_dn() {
        assert!(!same(b"CN=a\\,DC=x", b"CN=a,DC=x"));
        assert!(!same(b"CN=a\\+SN=b", b"CN=a+SN=b"));
        assert!(!same(b"CN=a", b"CN=a,"));
        assert!(!same(b"=a", b"a"));
    }

    #[test]
    fn only_the_empty_dn_has_key_zero() {
        assert_eq!(key(b""), 0);
        for dn in [&b" "[..], b",", b"=", b"<GUID=1>;", b"\0", b"\\"] {
            assert_ne!(key(dn), 0);
        }
    }

    #[test]
    fn dns_that_are_the_same_have_one_key_however_little_they_say() {
        let little = [&b""[..], b" ", b"  ", b"\"\"", b" \"\" ", b"<GUID=1>;", b",", b" , "];
        for (a, b) in little.iter().flat_map(|a| little.iter().map(move |b| (a, b))) {
            assert!(!same(a, b) || key(a) == key(b), "{a:?} and {b:?}");
        }
        assert!(!same(b"", b" "));
    }

    fn variant(dn: &str, choices: &[u8]) -> String {
        let mut out = String::new();
        for (position, character) in dn.chars().enumerate() {
            match choices.get(position % choices.len().max(1)).copied().unwrap_or(0) % 5 {
                1 if !matches!(character, ',' | '=') && character.is_alphanumeric() => {
                    let folded: String = character.to_uppercase().collect();
                    let one =
                        folded.chars().count() == 1 && fold_char(folded.chars().next().unwrap()) == character;
                    if one { out.push_str(&folded) } else { out.push(character) }
                }
                2 if matches!(character, ',' | '=') => out.extend([' ', character, ' ']),
                3 if character.is_alphabetic()
                    && out.rsplit(',').next().is_some_and(|rdn| rdn.contains('=')) =>
                {
                    for byte in character.to_string().bytes() {
                        write!(out, "\\{byte:02x}").unwrap();
                    }
                }
                _ => out.push(character),
            }
        }
        out
    }

    proptest! {
        #[test]
        fn keys_are_equal_exactly_when_the_dns_are_the_same(a in "[ab ,=+;#\"\\\\2C<ü]{0,12}", b in "[ab ,=+;#\"\\\\2C<ü]{0,12}") {
            prop_assert_eq!(key(a.as_bytes()) == key(b.as_bytes()), same(a.as_bytes(), b.as_bytes()) && a.is_empty() == b.is_empty());
        }

        #[test]
        fn short_and_long_way_give_one_key(dn in "(?s)[a-zA-ZäÖΩẞ\\u{ac}\\u{200b} =,.0-9]{0,40}") {
            prop_assume!(!dn.is_empty());
            if let Some(plain) = plain_key(dn.as_bytes()) {
                prop_assert_eq!(plain, hash(&normalize(dn.as_bytes())));
            }
        }

        #[test]
        fn the_normal_form_is_its_own_normal_form(dn in proptest::collection::vec(any::<u8>(), 0..40)) {
            let normal = normalize(&dn);
            prop_assert_eq!(normalize(&normal), normal);
        }

        #[test]
        fn normal_forms_of_awkward_text_are_stable(dn in "[ab ,=+;#\"\\\\2C<>ü\n]{0,16}") {
            let normal = normalize(dn.as_bytes());
            prop_assert_eq!(normalize(&normal).escape_ascii().to_string(), normal.escape_ascii().to_string());
        }

        #[test]
        fn another_spelling_is_the_same_dn(
            dn in "cn=[a-zäöłβ]{1,8}( [a-zäöłβ]{1,8})?,ou=[a-z]{1,6},dc=[a-z]{1,9}",
            choices in proptest::collection::vec(any::<u8>(), 1..30),
        ) {
            let other = variant(&dn, &choices);
            prop_assert!(same(dn.as_bytes(), other.as_bytes()), "{} and {}", dn, other);
            prop_assert_eq!(key(dn.as_bytes()), key(other.as_bytes()), "{} and {}", dn, other);
        }
    }
}
