//! A directory written as LDIF in a random way reads back the same.

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use presync::directory::Directory;
use presync::load::LoadRequest;
use proptest::prelude::*;
use support::load_with;

/// Attributes and values of one object.
type Values = Vec<(String, String)>;

/// How one file is written.
#[derive(Debug, Clone)]
struct Style {
    line_end: &'static str,
    fold_at: usize,
    base64_every: usize,
    comment_every: usize,
    name_in_capitals: bool,
    last_line_end: bool,
    block_bytes: usize,
}

fn style() -> impl Strategy<Value = Style> {
    let line_end = prop::sample::select(vec!["\n", "\r\n", "\r", "\r\r\n"]);
    (line_end, 2_usize..90, 1_usize..5, 1_usize..5, any::<bool>(), any::<bool>(), 1_usize..300).prop_map(
        |(line_end, fold_at, base64_every, comment_every, name_in_capitals, last_line_end, block_bytes)| {
            Style {
                line_end,
                fold_at,
                base64_every,
                comment_every,
                name_in_capitals,
                last_line_end,
                block_bytes,
            }
        },
    )
}

fn values() -> impl Strategy<Value = Values> {
    let name = prop::sample::select(vec!["sn", "description", "proxyAddresses", "x-own-attribute", "l"]);
    prop::collection::vec((name.prop_map(String::from), "\\PC{0,40}[ ]{0,2}"), 1..8)
}

/// Plain text may not start with what LDIF takes for something else, nor hold what ends a line; lines of blanks only
/// must not come about by folding.
fn must_be_base64(value: &str) -> bool {
    value.starts_with([' ', ':', '<'])
        || value.contains(['\n', '\r', '\0'])
        || value.contains("  ")
        || value.ends_with(' ')
}

fn fold(line: &str, style: &Style) -> String {
    let mut bytes = Vec::new();
    for (position, part) in line.as_bytes().chunks(style.fold_at).enumerate() {
        // A continuation of blanks only would be an empty line to everybody.
        if position > 0 && !part.iter().all(|byte| *byte == b' ') {
            bytes.extend(style.line_end.as_bytes());
            bytes.push(b' ');
        }
        bytes.extend(part);
    }
    // Cut characters stay cut: the text as a whole is joined before anybody decodes it.
    bytes.extend(style.line_end.as_bytes());
    as_latin(bytes)
}

fn as_latin(bytes: Vec<u8>) -> String {
    bytes.into_iter().map(char::from).collect()
}

fn write(objects: &[Values], style: &Style) -> Vec<u8> {
    let mut text = String::new();
    let mut count = 0_usize;
    for (number, object) in objects.iter().enumerate() {
        text += &fold(&format!("dn: CN=Object {number},OU=Ünit,DC=corp,DC=example"), style);
        for (name, value) in object {
            count += 1;
            let name = if style.name_in_capitals { name.to_uppercase() } else { name.clone() };
            let line = if must_be_base64(value) || count.is_multiple_of(style.base64_every) {
                format!("{name}:: {}", BASE64_STANDARD.encode(value))
            } else {
                format!("{name}: {value}")
            };
            text += &fold(&line, style);
            if count.is_multiple_of(style.comment_every) {
                text += &fold("# a comment, which may be folded: like this", style);
            }
        }
        text += style.line_end;
    }
    if !style.last_line_end {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    text.chars().map(|letter| u8::try_from(letter).expect("every letter stands for one byte")).collect()
}

fn read_back(directory: &Directory) -> Vec<Vec<(String, String)>> {
    directory
        .objects()
        .map(|object| {
            let mut values: Vec<(String, String)> = object
                .all_values()
                .map(|(id, value)| {
                    let name = directory.names().name(id).to_lowercase();
                    (name, String::from_utf8_lossy(value.bytes).into_owned())
                })
                .collect();
            values.sort_by(|a, b| a.0.cmp(&b.0));
            values
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read(objects in prop::collection::vec(values(), 1..12), style in style()) {
        let mut expected = objects.clone();
        for object in &mut expected {
            for (name, _) in object.iter_mut() {
                *name = name.to_lowercase();
            }
            object.sort_by(|a, b| a.0.cmp(&b.0));
        }
        let text = write(&objects, &style);
        let directory = load_with(&text, |request| LoadRequest { block_bytes: style.block_bytes, ..request }).unwrap();
        prop_assert_eq!(read_back(&directory), expected);
        prop_assert!(directory.sources()[0].skipped.is_empty());
    }

    #[test]
    fn any_bytes_end_without_a_panic(
        bytes in prop::collection::vec(prop::sample::select(b"dn: CN=a,;\r\n\t #<-*0\xff\xc3\xbc=result".to_vec()), 0..400),
        block_bytes in 1_usize..200,
    ) {
        let text = [b"dn: CN=a,DC=b\n".as_slice(), &bytes].concat();
        let _ = load_with(&text, |request| LoadRequest { block_bytes, ..request });
    }
}
