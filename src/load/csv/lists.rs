//! Cells that hold several values: how PowerShell users join them.
//!
//! `input-formats` section 7.3 (read 2026-11-20). A separator is only believed when every piece it gives looks like a
//! value: a lint tool must not cut a broken address in two and so hide that it is broken.

/// The values of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) struct Pieces<'t> {
    /// In the order of the cell; none is empty.
    pub values: Vec<&'t [u8]>,
    /// The formatter left values out (`{a, b...}`).
    pub truncated: bool,
}

/// Splits a cell of addresses (`SMTP:a@x.example;smtp:b@x.example`, X.400 and X.500 included).
pub(in crate::load) fn addresses(cell: &[u8]) -> Pieces<'_> {
    let list = ConsoleList::of(cell);
    let starts: Vec<usize> = prefix_starts(list.text).collect();
    let holds_long_form = starts.iter().any(|start| is_long_form(from(list.text, *start)));
    let mut values = Vec::new();
    if holds_long_form {
        for segment in segments(list.text, &starts) {
            if is_long_form(segment) {
                values.push(segment);
            } else {
                split_addresses(segment, &mut values);
            }
        }
    } else {
        split_addresses(list.text, &mut values);
    }
    values.retain(|value| !value.is_empty());
    Pieces { values, truncated: list.truncated }
}

/// Splits a cell of distinguished names. A comma or a blank separates only between a `DC=` part and a new `CN=`/`OU=`.
pub(in crate::load) fn references(cell: &[u8]) -> Pieces<'_> {
    let list = ConsoleList::of(cell);
    let text = list.text;
    let (mut start, mut part_start, mut escaped) = (0, 0, false);
    let mut values = Vec::new();
    for (position, byte) in text.iter().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        let rest = from(text, position + 1).trim_ascii_start();
        let ends = match byte {
            b'\\' => {
                escaped = true;
                false
            }
            b';' | b'|' | b'\n' => rest.is_empty() || starts_name(rest, &["CN=", "OU=", "DC="]),
            b',' | b' ' => {
                starts_name(from(text, part_start).trim_ascii_start(), &["DC="])
                    && starts_name(rest, &["CN=", "OU="])
            }
            _ => false,
        };
        if ends {
            values.push(between(text, start, position).trim_ascii());
            start = position + 1;
        }
        if ends || *byte == b',' {
            part_start = position + 1;
        }
    }
    let last = from(text, start);
    values.push(if start == 0 { last } else { last.trim_ascii() });
    values.retain(|value| !value.is_empty());
    Pieces { values, truncated: list.truncated }
}

/// Splits a cell of values that hold neither blanks nor separators themselves (SIDs, service principal names).
pub(in crate::load) fn words(cell: &[u8]) -> Pieces<'_> {
    let list = ConsoleList::of(cell);
    let values =
        list.text.split(|byte| b";|\n\r, ".contains(byte)).filter(|value| !value.is_empty()).collect();
    Pieces { values, truncated: list.truncated }
}

/// Splits a cell of free text: at `, ` inside braces, else at the first of `;`, `|` and line feed that occurs.
pub(in crate::load) fn texts(cell: &[u8]) -> Pieces<'_> {
    let list = ConsoleList::of(cell);
    let candidates = if list.in_braces { &b","[..] } else { &b";|\n"[..] };
    let separator = candidates.iter().find(|separator| list.text.contains(separator)).unwrap_or(&b'\n');
    let values = split(list.text, *separator).collect();
    Pieces { values, truncated: list.truncated }
}

/// A cell in the console's notation for collections, or any other cell.
struct ConsoleList<'t> {
    text: &'t [u8],
    in_braces: bool,
    truncated: bool,
}

impl<'t> ConsoleList<'t> {
    fn of(cell: &'t [u8]) -> Self {
        let inner = cell.strip_prefix(b"{").and_then(|text| text.strip_suffix(b"}"));
        match inner {
            // A single GUID in braces is a value, and so is what has braces inside (`x,{…},{…}`).
            Some(text) if !is_dashed_guid(text) && !text.iter().any(|byte| b"{}".contains(byte)) => {
                let whole = text.strip_suffix(b"...").or_else(|| text.strip_suffix("…".as_bytes()));
                let text = whole.map_or(text, |cut| cut.trim_ascii_end().trim_suffix_byte(b','));
                Self { text, in_braces: true, truncated: whole.is_some() }
            }
            _ => Self { text: cell, in_braces: false, truncated: false },
        }
    }
}

trait TrimSuffixByte {
    fn trim_suffix_byte(&self, byte: u8) -> &Self;
}

impl TrimSuffixByte for [u8] {
    fn trim_suffix_byte(&self, byte: u8) -> &Self {
        match self {
            [rest @ .., last] if *last == byte => rest,
            _ => self,
        }
    }
}

fn is_dashed_guid(text: &[u8]) -> bool {
    text.len() == 36 && text.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

fn from(text: &[u8], start: usize) -> &[u8] {
    text.get(start..).unwrap_or_default()
}

fn between(text: &[u8], start: usize, end: usize) -> &[u8] {
    text.get(start..end).unwrap_or_default()
}

fn starts_name(text: &[u8], types: &[&str]) -> bool {
    types.iter().any(|own| starts_with(text, own))
}

fn starts_with(text: &[u8], prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Pieces between separators; blanks after a separator and the CR of a CR LF belong to the joining, not to the value.
fn split(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    text.split(move |byte| *byte == separator)
        .enumerate()
        .map(|(position, piece)| if position == 0 { piece } else { piece.trim_ascii_start() })
        .map(|piece| piece.trim_suffix_byte(b'\r'))
        .filter(|piece| !piece.is_empty())
}

const PREFIXES: [&str; 6] = ["SMTP:", "SIP:", "X400:", "X500:", "EUM:", "SPO:"];
const SEPARATORS: &[u8] = b";|\n, ";

/// Where a known address prefix, or a bare legacy DN, starts a piece.
fn prefix_starts(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut at_start = true;
    text.iter().enumerate().filter_map(move |(position, byte)| {
        let starts = at_start && {
            let rest = from(text, position);
            PREFIXES.iter().any(|prefix| starts_with(rest, prefix)) || starts_with(rest, "/o=")
        };
        at_start = SEPARATORS.contains(byte);
        starts.then_some(position)
    })
}

/// Forms whose values hold separators themselves.
fn is_long_form(text: &[u8]) -> bool {
    starts_name(text, &["X400:", "X500:", "/o="])
}

/// The text from each start to the next, without the one separator between them; what stands before the first too.
fn segments<'t>(text: &'t [u8], starts: &[usize]) -> impl Iterator<Item = &'t [u8]> {
    let before = starts.first().copied().filter(|first| *first > 0).map(|_| 0);
    let begins: Vec<usize> = before.into_iter().chain(starts.iter().copied()).collect();
    let ends: Vec<usize> = begins.iter().copied().skip(1).collect();
    begins.into_iter().enumerate().map(move |(position, start)| match ends.get(position) {
        Some(end) => without_separator(between(text, start, *end)),
        None => from(text, start),
    })
}

/// An X.400 address ends in a semicolon of its own, so only one separator is taken off.
fn without_separator(segment: &[u8]) -> &[u8] {
    match segment.trim_ascii_end() {
        // The line feed was trimmed as white space: it was the separator.
        trimmed if between(segment, trimmed.len(), segment.len()).contains(&b'\n') => trimmed,
        [rest @ .., b';' | b'|' | b','] => rest,
        trimmed => trimmed,
    }
}

/// Whether a piece looks like a value.
type Test = fn(&[u8]) -> bool;

fn split_addresses<'t>(text: &'t [u8], values: &mut Vec<&'t [u8]>) {
    let candidates: [(u8, usize, Test); 5] = [
        (b';', 1, is_address_like),
        (b'|', 1, is_address_like),
        (b'\n', 1, is_address_like),
        // A comma or a blank inside an address is a defect to be found, so these two need stronger evidence.
        (b',', 2, is_surely_address),
        (b' ', 2, is_prefixed_address),
    ];
    for (separator, least, fits) in candidates {
        let pieces: Vec<_> = split(text, separator).collect();
        if text.contains(&separator) && pieces.len() >= least && pieces.iter().all(|piece| fits(piece)) {
            values.extend(pieces);
            return;
        }
    }
    values.push(text);
}

/// `prefix:rest`, as the two parts.
fn prefixed(piece: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = piece.iter().position(|byte| *byte == b':')?;
    let (prefix, rest) = (between(piece, 0, colon), from(piece, colon + 1));
    let is_word = !prefix.is_empty() && prefix.iter().all(u8::is_ascii_alphanumeric);
    (is_word && !rest.is_empty()).then_some((prefix, rest))
}

fn is_address_like(piece: &[u8]) -> bool {
    piece.contains(&b'@') || prefixed(piece).is_some()
}

fn is_surely_address(piece: &[u8]) -> bool {
    piece.contains(&b'@') || prefixed(piece).is_some_and(|(prefix, _)| !prefix.eq_ignore_ascii_case(b"smtp"))
}

fn is_prefixed_address(piece: &[u8]) -> bool {
    prefixed(piece).is_some() && is_surely_address(piece)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pieces: &Pieces<'_>) -> Vec<String> {
        pieces.values.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    fn assert_addresses(cell: &str, expected: &[&str]) {
        assert_eq!(shown(&addresses(cell.as_bytes())), expected, "{cell}");
    }

    #[test]
    fn addresses_are_split_at_whatever_joined_them() {
        let both = ["SMTP:a@x.example", "smtp:b@x.example"];
        for cell in [
            "SMTP:a@x.example;smtp:b@x.example",
            "SMTP:a@x.example; smtp:b@x.example;",
            "SMTP:a@x.example,smtp:b@x.example",
            "SMTP:a@x.example|smtp:b@x.example",
            "SMTP:a@x.example\nsmtp:b@x.example",
            "SMTP:a@x.example\r\nsmtp:b@x.example",
            "SMTP:a@x.example smtp:b@x.example",
            "{SMTP:a@x.example, smtp:b@x.example}",
        ] {
            assert_addresses(cell, &both);
        }
        assert_addresses("a@x.example;b@x.example", &["a@x.example", "b@x.example"]);
    }

    #[test]
    fn a_broken_address_stays_whole() {
        for cell in
            ["SMTP:a b@x.example", "smtp:a,b", "smtp:a,b@x.example", " smtp:a@x.example", "no address"]
        {
            assert_addresses(cell, &[cell]);
        }
    }

    #[test]
    fn x400_and_x500_keep_their_separators() {
        let x400 = "X400:c=US;a= ;p=Org;o=Site;s=Okoro;g=Nia;";
        assert_addresses(&format!("{x400};SMTP:nia@x.example"), &[x400, "SMTP:nia@x.example"]);
        assert_addresses(&format!("{x400}|SMTP:nia@x.example"), &[x400, "SMTP:nia@x.example"]);
        assert_addresses(&format!("{x400}\r\nSMTP:nia@x.example"), &[x400, "SMTP:nia@x.example"]);
        let x500 = "x500:/o=Org/ou=Exchange, First Group/cn=Nia Okoro";
        assert_addresses(
            &format!("SMTP:a@x.example,{x500},smtp:b@x.example,smtp:c@x.example"),
            &["SMTP:a@x.example", x500, "smtp:b@x.example", "smtp:c@x.example"],
        );
        assert_addresses(&format!("SMTP:a@x.example {x500}"), &["SMTP:a@x.example", x500]);
        assert_addresses(x500, &[x500]);
    }

    #[test]
    fn a_list_cut_by_the_formatter_is_marked() {
        for cell in ["{SMTP:a@x.example, smtp:b@x.example...}", "{SMTP:a@x.example, smtp:b@x.example, …}"] {
            let pieces = addresses(cell.as_bytes());
            assert!(pieces.truncated, "{cell}");
            assert_eq!(shown(&pieces), ["SMTP:a@x.example", "smtp:b@x.example"]);
        }
        assert!(!addresses(b"{SMTP:a@x.example}").truncated);
    }

    #[test]
    fn names_are_not_split_at_their_own_commas() {
        let (a, b) =
            (r"CN=Okoro\, Nia,OU=A;B,DC=corp,DC=example", "CN=Dan | Poe,OU=Sales,DC=corp,DC=example");
        for separator in [";", "|", "\n", ",", ", ", " "] {
            let cell = format!("{a}{separator}{b}");
            assert_eq!(shown(&references(cell.as_bytes())), [a, b], "{separator:?}");
        }
        assert_eq!(shown(&references(format!("{{{a}, {b}...}}").as_bytes())), [a, b]);
        assert!(references(format!("{{{a}, {b}...}}").as_bytes()).truncated);
        assert_eq!(shown(&references(b"CN=Dan Poe")), ["CN=Dan Poe"]);
    }

    #[test]
    fn words_and_texts() {
        assert_eq!(shown(&words(b"HOST/a, HOST/b;HOST/c")), ["HOST/a", "HOST/b", "HOST/c"]);
        assert_eq!(shown(&texts(b"a, b; c")), ["a, b", "c"]);
        assert_eq!(shown(&texts(b"{a, b}")), ["a", "b"]);
        let guid = b"{26491cfc-9e50-4857-861b-0cb8df22b5d7}";
        assert_eq!(texts(guid).values, [guid]);
    }

    proptest! {
        #[test]
        fn joined_addresses_come_apart_again(locals in prop::collection::vec("[a-z]{1,8}", 1..6), join in "[;|\n]") {
            let values: Vec<_> = locals.iter().map(|local| format!("smtp:{local}@x.example")).collect();
            let cell = values.join(&join);
            prop_assert_eq!(shown(&addresses(cell.as_bytes())), values);
        }

        #[test]
        fn no_cell_panics(cell in prop::collection::vec(any::<u8>(), 0..60)) {
            addresses(&cell);
            references(&cell);
            words(&cell);
            texts(&cell);
        }
    }
}
