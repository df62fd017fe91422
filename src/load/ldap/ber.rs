//! The part of BER that LDAP uses: definite lengths, one-byte tags (RFC 4511 section 5.1, read 2026-11-25).
//!
//! Reads slices without recursion and without copies. A length that reaches beyond what holds it is an error here, never
//! a reason to wait for more.

/// Why bytes are no LDAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// Tags.
pub(super) mod tag {
    pub(in super::super) const BOOLEAN: u8 = 0x01;
    pub(in super::super) const INTEGER: u8 = 0x02;
    pub(in super::super) const OCTETS: u8 = 0x04;
    pub(in super::super) const ENUMERATED: u8 = 0x0a;
    pub(in super::super) const SEQUENCE: u8 = 0x30;
    pub(in super::super) const SET: u8 = 0x31;
    pub(in super::super) const BIND_REQUEST: u8 = 0x60;
    pub(in super::super) const BIND_RESPONSE: u8 = 0x61;
    pub(in super::super) const SEARCH_REQUEST: u8 = 0x63;
    pub(in super::super) const SEARCH_ENTRY: u8 = 0x64;
    pub(in super::super) const SEARCH_DONE: u8 = 0x65;
    pub(in super::super) const SEARCH_REFERENCE: u8 = 0x73;
    pub(in super::super) const EXTENDED_REQUEST: u8 = 0x77;
    pub(in super::super) const EXTENDED_RESPONSE: u8 = 0x78;
    pub(in super::super) const INTERMEDIATE: u8 = 0x79;
    pub(in super::super) const CONTROLS: u8 = 0xa0;
    pub(in super::super) const SASL: u8 = 0xa3;
    pub(in super::super) const REFERRALS: u8 = 0xa3;
    pub(in super::super) const PASSWORD: u8 = 0x80;
    pub(in super::super) const REQUEST_NAME: u8 = 0x80;
    pub(in super::super) const SASL_ANSWER: u8 = 0x87;
    pub(in super::super) const RESPONSE_NAME: u8 = 0x8a;
    pub(in super::super) const RESPONSE_VALUE: u8 = 0x8b;
}

/// The start of an element: its tag, the size of tag and length, the size of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) tag: u8,
    pub(super) head_bytes: usize,
    pub(super) content_bytes: usize,
}

/// Reads a header; `None` when there are too few bytes to tell.
#[inline]
pub(super) fn header(bytes: &[u8]) -> Result<Option<Header>, Malformed> {
    let Some(&tag) = bytes.first() else { return Ok(None) };
    if tag & 0x1f == 0x1f {
        return Err(Malformed("a tag of several bytes"));
    }
    let Some(&first) = bytes.get(1) else { return Ok(None) };
    if first < 0x80 {
        return Ok(Some(Header { tag, head_bytes: 2, content_bytes: usize::from(first) }));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 8 {
        return Err(Malformed("a length that LDAP does not use"));
    }
    let Some(digits) = bytes.get(2..2 + count) else { return Ok(None) };
    let length = digits.iter().fold(0_u64, |length, digit| length << 8 | u64::from(*digit));
    let content_bytes = usize::try_from(length).map_err(|_| Malformed("a length beyond all memory"))?;
    Ok(Some(Header { tag, head_bytes: 2 + count, content_bytes }))
}

/// Reader of the elements in some content, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elements<'m>(pub(super) &'m [u8]);

impl<'m> Elements<'m> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tag of the next element.
    pub(super) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element: tag and content.
    #[inline]
    pub(super) fn next(&mut self) -> Result<(u8, &'m [u8]), Malformed> {
        let header = header(self.0)?.ok_or(Malformed("an element that is cut off"))?;
        let rest = self.0.get(header.head_bytes..).unwrap_or_default();
        let (content, rest) = rest
            .split_at_checked(header.content_bytes)
            .ok_or(Malformed("an element that reaches beyond what holds it"))?;
        self.0 = rest;
        Ok((header.tag, content))
    }

    /// The content of the next element, which must have this tag.
    #[inline]
    pub(super) fn expect(&mut self, tag: u8, what: &'static str) -> Result<&'m [u8], Malformed> {
        match self.next()? {
            (found, content) if found == tag => Ok(content),
            _ => Err(Malformed(what)),
        }
    }

    /// The next element if it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<&'m [u8]>, Malformed> {
        if self.peek() == Some(tag) { Ok(Some(self.next()?.1)) } else { Ok(None) }
    }
}

/// A number that is not negative and fits 31 bits, as all numbers of LDAP (RFC 4511 section 4.1.1, `maxInt`).
pub(super) fn number(content: &[u8], what: &'static str) -> Result<u32, Malformed> {
    if content.is_empty() || content.len() > 4 || content.first().is_some_and(|byte| *byte >= 0x80) {
        return Err(Malformed(what));
    }
    Ok(content.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// An element around some content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 10);
    bytes.push(tag);
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            let digits = content.len().to_be_bytes();
            let used: Vec<u8> = digits.into_iter().skip_while(|digit| *digit == 0).collect();
            bytes.push(0x80 | u8::try_from(used.len()).expect("a length has at most eight bytes"));
            bytes.extend(used);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// A request: message number, operation.
pub(super) fn request(id: u8, operation: &[u8]) -> Vec<u8> {
    element(tag::SEQUENCE, &[element(tag::INTEGER, &[id]).as_slice(), operation].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let bytes = element(tag::OCTETS, &vec![7; length]);
            let mut elements = Elements(&bytes);
            assert_eq!(elements.next().unwrap(), (tag::OCTETS, vec![7; length].as_slice()));
            assert!(elements.is_empty());
        }
    }

    #[test]
    fn lengths_may_be_longer_than_needed_but_not_endless() {
        let mut elements = Elements(&[0x04, 0x84, 0, 0, 0, 1, b'x']);
        assert_eq!(elements.next().unwrap(), (0x04, b"x".as_slice()));
        assert!(header(&[0x30, 0x80]).is_err(), "indefinite");
        assert!(header(&[0x30, 0x89, 0, 0]).is_err());
        assert!(header(&[0x1f]).is_err());
        assert_eq!(header(&[0x30, 0x82, 1]), Ok(None));
        assert!(Elements(&[0x04, 2, b'x']).next().is_err());
    }

    #[test]
    fn numbers_are_not_negative() {
        assert_eq!(number(&[0x7f, 0xff, 0xff, 0xff], "").unwrap(), 0x7fff_ffff);
        assert!(number(&[0x80], "").is_err() && number(&[], "").is_err() && number(&[0; 5], "").is_err());
    }
}
