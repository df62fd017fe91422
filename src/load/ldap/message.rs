//! Whether bytes from a server are a message that a client may be given.
//!
//! ldap3 0.12.1 takes a server at its word: a nest of 30,000 sequences ends the process, a missing element or text that
//! is not UTF-8 panics, and an inner length that is too large makes it wait for ever (`live-ldap-lab` section 6.2, read
//! 2026-11-25). So the whole of RFC 4511's grammar of answers is checked here first. The grammar is not recursive, and
//! neither is this: nothing can be nested deeper than the grammar says.

use super::ber::{self, Elements, Malformed, tag};

/// Outcome of an operation (RFC 4511 section 4.1.9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Answer {
    pub(super) code: u32,
    pub(super) matched: String,
    pub(super) text: String,
    pub(super) referrals: Vec<String>,
    /// `serverSaslCreds` of a bind.
    pub(super) sasl: Option<Vec<u8>>,
}

/// A message of a server, as far as it matters who gets it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'m> {
    /// 0: not asked for.
    pub(super) id: u32,
    /// Tag of the operation.
    pub(super) operation: u8,
    /// What the operation holds.
    pub(super) content: &'m [u8],
    /// Of every operation that ends with one.
    pub(super) answer: Option<Answer>,
}

/// Reads and checks one whole message.
pub(super) fn read(bytes: &[u8]) -> Result<Message<'_>, Malformed> {
    let mut outer = Elements(bytes);
    let mut parts = Elements(outer.expect(tag::SEQUENCE, "no LDAP message")?);
    let id =
        ber::number(parts.expect(tag::INTEGER, "a message without a number")?, "an unusable message number")?;
    let (operation, content) = parts.next()?;
    let answer = match operation {
        tag::SEARCH_ENTRY => {
            check_entry(content)?;
            None
        }
        tag::SEARCH_REFERENCE => {
            texts(content, "a search reference that is no text")?;
            None
        }
        tag::INTERMEDIATE => {
            check_intermediate(content)?;
            None
        }
        tag::SEARCH_DONE | tag::BIND_RESPONSE | tag::EXTENDED_RESPONSE => Some(read_answer(content)?),
        _ => None,
    };
    check_rest(parts)?;
    Ok(Message { id, operation, content, answer })
}

/// Attributes and values of one entry (`input-formats` section 13). Every value costs ldap3 some 80 bytes, and the server
/// two: without a bound a message of the largest size would take gigabytes.
const MAX_VALUES: usize = 5_000_000;
/// Texts in one list of URLs, controls of one message.
const MAX_TEXTS: usize = 10_000;

fn bounded(count: &mut usize, limit: usize, what: &'static str) -> Result<(), Malformed> {
    *count += 1;
    if *count > limit { Err(Malformed(what)) } else { Ok(()) }
}

fn check_entry(content: &[u8]) -> Result<(), Malformed> {
    let mut count = 0;
    let mut entry = Elements(content);
    entry.expect(tag::OCTETS, "an entry without a DN")?;
    let mut attributes = Elements(entry.expect(tag::SEQUENCE, "an entry without a list of attributes")?);
    while !attributes.is_empty() {
        bounded(&mut count, MAX_VALUES, "more attributes than an entry can have")?;
        let mut attribute = Elements(attributes.expect(tag::SEQUENCE, "an attribute that is no sequence")?);
        attribute.expect(tag::OCTETS, "an attribute without a name")?;
        let mut values = Elements(attribute.expect(tag::SET, "an attribute without a set of values")?);
        while !values.is_empty() {
            bounded(&mut count, MAX_VALUES, "more values than an entry can have")?;
            values.expect(tag::OCTETS, "a value that is no string of bytes")?;
        }
        nothing_more(attribute)?;
    }
    nothing_more(entry)
}

fn check_intermediate(content: &[u8]) -> Result<(), Malformed> {
    let mut parts = Elements(content);
    let mut count = 0;
    while !parts.is_empty() {
        bounded(&mut count, MAX_TEXTS, "an intermediate answer of too many parts")?;
        let (tag, _) = parts.next()?;
        if tag & 0x20 != 0 {
            return Err(Malformed("an intermediate answer with parts that LDAP does not know"));
        }
    }
    Ok(())
}

fn nothing_more(rest: Elements<'_>) -> Result<(), Malformed> {
    if rest.is_empty() { Ok(()) } else { Err(Malformed("elements where none may follow")) }
}

fn text(content: &[u8], what: &'static str) -> Result<String, Malformed> {
    std::str::from_utf8(content).map(str::to_owned).map_err(|_| Malformed(what))
}

fn texts(content: &[u8], what: &'static str) -> Result<Vec<String>, Malformed> {
    let mut list = Elements(content);
    let mut texts = Vec::new();
    let mut count = 0;
    while !list.is_empty() {
        bounded(&mut count, MAX_TEXTS, "more URLs than anybody needs")?;
        texts.push(text(list.expect(tag::OCTETS, what)?, what)?);
    }
    Ok(texts)
}

fn read_answer(content: &[u8]) -> Result<Answer, Malformed> {
    let mut parts = Elements(content);
    let code = parts.expect(tag::ENUMERATED, "an answer without a result code")?;
    let mut answer = Answer {
        code: ber::number(code, "an unusable result code")?,
        matched: text(
            parts.expect(tag::OCTETS, "an answer without a matched DN")?,
            "a matched DN that is no text",
        )?,
        text: text(parts.expect(tag::OCTETS, "an answer without a message")?, "a message that is no text")?,
        ..Answer::default()
    };
    if let Some(referrals) = parts.optional(tag::REFERRALS)? {
        answer.referrals = texts(referrals, "a referral that is no text")?;
    }
    answer.sasl = parts.optional(tag::SASL_ANSWER)?.map(<[u8]>::to_vec);
    if let Some(name) = parts.optional(tag::RESPONSE_NAME)? {
        text(name, "a name of an extended answer that is no text")?;
    }
    parts.optional(tag::RESPONSE_VALUE)?;
    nothing_more(parts)?;
    Ok(answer)
}

/// Controls, or the name of a Notice of Disconnection, which AD puts here.
fn check_rest(mut parts: Elements<'_>) -> Result<(), Malformed> {
    parts.optional(tag::RESPONSE_NAME)?;
    if let Some(controls) = parts.optional(tag::CONTROLS)? {
        let mut list = Elements(controls);
        let mut count = 0;
        while !list.is_empty() {
            bounded(&mut count, MAX_TEXTS, "more controls than anybody needs")?;
            check_control(list.expect(tag::SEQUENCE, "a control that is no sequence")?)?;
        }
    }
    nothing_more(parts)
}

fn check_control(content: &[u8]) -> Result<(), Malformed> {
    let mut control = Elements(content);
    text(control.expect(tag::OCTETS, "a control without a name")?, "a name of a control that is no text")?;
    if control.optional(tag::BOOLEAN)?.is_some_and(<[u8]>::is_empty) {
        return Err(Malformed("a control with an empty truth value"));
    }
    control.optional(tag::OCTETS)?;
    nothing_more(control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ber::element;

    fn message(operation: &[u8], rest: &[u8]) -> Vec<u8> {
        element(tag::SEQUENCE, &[&[2, 1, 7], operation, rest].concat())
    }

    fn octets(text: &[u8]) -> Vec<u8> {
        element(tag::OCTETS, text)
    }

    fn done(text: &[u8]) -> Vec<u8> {
        element(tag::SEARCH_DONE, &[&[0x0a, 1, 49], octets(b"").as_slice(), &octets(text)].concat())
    }

    #[test]
    fn answers_are_read() {
        let bytes = message(&done("schließlich".as_bytes()), b"");
        let read = read(&bytes).unwrap();
        let answer = read.answer.unwrap();
        assert_eq!((read.id, read.operation), (7, tag::SEARCH_DONE));
        assert_eq!((answer.code, answer.text.as_str()), (49, "schließlich"));
    }

    #[test]
    fn whatever_would_make_the_client_panic_is_found() {
        let control = |content: &[u8]| element(tag::CONTROLS, &element(tag::SEQUENCE, content));
        let name = octets(b"1.2");
        for bytes in [
            message(&done(b"\xff"), b""),
            message(&element(tag::SEARCH_DONE, &[0x0a, 1, 0]), b""),
            message(&element(tag::SEARCH_DONE, b""), b""),
            message(&element(tag::SEARCH_ENTRY, b""), b""),
            message(&element(tag::SEARCH_ENTRY, &[0x04, 0, 0x30, 2, 0x30, 0]), b""),
            message(&element(tag::SEARCH_ENTRY, &[0x04, 0, 0x30, 4, 0x04, 0x05, 1, 1]), b""),
            message(&done(b""), &control(b"")),
            message(&done(b""), &control(&[name.as_slice(), &[1, 0]].concat())),
            message(&done(b""), &control(&[name.as_slice(), &[2, 1, 1]].concat())),
            message(&done(b""), &control(&octets(b"\xff"))),
            message(&done(b""), &[0x05, 0]),
            element(tag::SEQUENCE, b""),
            element(tag::SEQUENCE, &[2, 1, 7]),
            element(tag::SEQUENCE, &[4, 1, 7, 4, 0]),
            vec![0x31, 0],
        ] {
            assert!(read(&bytes).is_err(), "{bytes:x?}");
        }
        assert!(
            read(&message(&done(b""), &control(&[name.as_slice(), &[1, 1, 0xff], &octets(b"x")].concat())))
                .is_ok()
        );
    }

    #[test]
    fn a_deep_nest_is_refused_without_a_walk_into_it() {
        let mut nest = Vec::new();
        for _ in 0..30_000 {
            nest = element(tag::SEQUENCE, &nest);
        }
        assert!(read(&nest).is_err());
        assert!(read(&message(&element(tag::SEARCH_ENTRY, &nest), b"")).is_err());
        assert!(read(&message(&element(0x67, &nest), b"")).is_ok(), "not looked into: it is never handed on");
    }

    #[test]
    fn empty_values_without_number_are_refused() {
        let entry = |values: usize| {
            let set = element(tag::SET, &octets(b"").repeat(values));
            let list = element(tag::SEQUENCE, &element(tag::SEQUENCE, &[octets(b"member"), set].concat()));
            message(&element(tag::SEARCH_ENTRY, &[octets(b"CN=a"), list].concat()), b"")
        };
        assert!(read(&entry(MAX_VALUES - 1)).is_ok());
        assert!(read(&entry(MAX_VALUES)).is_err());
        let urls = octets(b"").repeat(MAX_TEXTS + 1);
        assert!(read(&message(&element(tag::SEARCH_REFERENCE, &urls), b"")).is_err());
    }

    proptest::proptest! {
        /// Any message, damaged anyhow: what passes is read by ldap3 without a panic.
        #[test]
        fn what_passes_does_not_make_ldap3_panic(
            kind in 0_usize..4,
            damage in proptest::collection::vec((0_usize..200, proptest::prelude::any::<u8>()), 0..4),
            cut in 0_usize..200,
        ) {
            let control = element(tag::CONTROLS, &element(tag::SEQUENCE, &[octets(b"1.2"), octets(b"x")].concat()));
            let value = [octets(b"cn"), element(tag::SET, &octets(b"a"))].concat();
            let list = element(tag::SEQUENCE, &element(tag::SEQUENCE, &value));
            let mut bytes = match kind {
                0 => message(&done(b"text"), &control),
                1 => message(&element(tag::SEARCH_ENTRY, &[octets(b"CN=a"), list].concat()), b""),
                2 => message(&element(tag::SEARCH_REFERENCE, &octets(b"ldap://x")), b""),
                _ => message(&element(tag::EXTENDED_RESPONSE, &[&[0x0a, 1, 2][..], &octets(b""), &octets(b"")].concat()), b""),
            };
            for (at, byte) in damage {
                if let Some(own) = bytes.get_mut(at) {
                    *own = byte;
                }
            }
            bytes.truncate(cut);
            // Nothing else is ever handed on.
            let known = [tag::SEARCH_ENTRY, tag::SEARCH_REFERENCE, tag::SEARCH_DONE, tag::EXTENDED_RESPONSE];
            if let Ok(message) = read(&bytes)
                && known.contains(&message.operation)
            {
                let (rest, tag) = ldap3::asn1::parse_tag(&bytes).unwrap();
                proptest::prop_assert!(rest.len() < bytes.len());
                let operation = tag.expect_constructed().unwrap().remove(1);
                if message.operation == tag::SEARCH_DONE {
                    let _ = ldap3::LdapResult::from(ldap3::asn1::Tag::StructureTag(operation));
                }
            }
        }
    }

    #[test]
    fn both_forms_of_a_notice_of_disconnection_are_read() {
        let oid = element(tag::RESPONSE_NAME, b"1.3.6.1.4.1.1466.20036");
        let plain = [&[0x0a, 1, 52][..], &octets(b""), &octets(b"bye")].concat();
        for bytes in [
            message(&element(tag::EXTENDED_RESPONSE, &[plain.as_slice(), &oid].concat()), b""),
            message(&element(tag::EXTENDED_RESPONSE, &plain), &oid),
        ] {
            assert_eq!(read(&bytes).unwrap().answer.unwrap().text, "bye");
        }
    }
}
