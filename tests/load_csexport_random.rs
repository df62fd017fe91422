//! Connector spaces after damage: whatever is cut out, doubled or put in, loading ends with objects or with an error, and
//! every record that was seen is loaded or counted.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

mod support;

use std::fmt::Write as _;

use proptest::prelude::*;

fn document(objects: usize) -> String {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<cs-objects>\n");
    for number in 0..objects {
        let kind =
            ["synchronized-hologram", "pending-import-hologram", "unapplied-export-hologram"][number % 3];
        let _ = writeln!(
            text,
            "<cs-object cs-dn=\"CN=User {number},DC=x\" object-type=\"user\"><{kind}><entry dn=\"CN=User {number},DC=x\">\
             <anchor encoding=\"base64\">AAECAwQFBgcICQoLDA0ODw==</anchor><objectclass><oc-value>user</oc-value></objectclass>\
             <attr name=\"mail\"><value>a&amp;{number}@x</value></attr><dn-attr name=\"manager\"><dn-value><dn>CN=ü,DC=x</dn>\
             </dn-value></dn-attr></entry></{kind}></cs-object>"
        );
    }
    text + "</cs-objects>\n"
}

/// Pieces that damage may put in.
const PIECES: [&str; 9] =
    ["<", ">", "&", "\"", "]]>", "<![CDATA[", "<!--", "</cs-object>", "<cs-object cs-dn=\"CN={41}\">"];

fn damaged(text: &str, damages: &[(usize, usize, usize)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for &(at, length, kind) in damages {
        let at = at % (bytes.len() + 1);
        let end = (at + length).min(bytes.len());
        match kind % 3 {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => drop(bytes.splice(at..at, PIECES[length % PIECES.len()].bytes())),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_panics(
        objects in 1..6_usize,
        damages in prop::collection::vec((any::<usize>(), 0..40_usize, any::<usize>()), 0..4),
    ) {
        let bytes = damaged(&document(objects), &damages);
        if let Ok(directory) = support::load_bytes(&bytes) {
            prop_assert_eq!(directory.sources()[0].objects, directory.len() as u64);
            for object in directory.objects() {
                let _ = (object.identity(), object.line(), object.all_values().count());
            }
        }
    }

    #[test]
    fn every_record_is_loaded_or_counted(objects in 1..60_usize, cut in any::<usize>()) {
        let text = document(objects);
        let mut at = cut % text.len();
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let whole = text[..at].matches("</cs-object>").count() as u64;
        if let Ok(directory) = support::load_bytes(&text.as_bytes()[..at]) {
            let source = &directory.sources()[0];
            prop_assert_eq!(source.objects + source.skipped.values().sum::<u64>(), whole);
            prop_assert!(!source.complete || text[at..].trim().is_empty(), "{}", at);
        } else {
            prop_assert!(whole == 0, "{} objects were whole", whole);
        }
    }
}
