//! Text for the XML parser: valid UTF-8, lines counted, and no piece of it larger than allowed.
//!
//! The parser holds one piece (a tag, a text, a comment) at a time, however large it is. So this reader ends the text
//! when a piece grows beyond the limit, which is what bounds the memory of a file that is one endless text.

use std::io::{self, BufRead, Read};

/// Bytes read at a time.
const STEP_BYTES: usize = 64 << 10;

/// Reader over the text of one input.
pub(super) struct XmlText<'t> {
    text: &'t mut dyn Read,
    /// Valid UTF-8, of which `at` bytes were read.
    ready: Vec<u8>,
    at: usize,
    /// The start of a character that the last step cut.
    cut: Vec<u8>,
    line: u64,
    piece_bytes: usize,
    limit: usize,
    ended: bool,
    exceeded: bool,
    nul_line: Option<u64>,
}

impl<'t> XmlText<'t> {
    /// `limit`: bytes of the largest piece.
    pub(super) fn new(text: &'t mut dyn Read, limit: usize) -> Self {
        Self {
            text,
            ready: Vec::new(),
            at: 0,
            cut: Vec::new(),
            line: 1,
            piece_bytes: 0,
            limit,
            ended: false,
            exceeded: false,
            nul_line: None,
        }
    }

    /// Starts counting the bytes of a piece.
    pub(super) fn start_piece(&mut self) {
        self.piece_bytes = 0;
    }

    /// Line, from 1, of the next byte.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the whole text was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.ended && self.at >= self.ready.len()
    }

    /// Whether the text was ended because a piece was too large.
    pub(super) fn exceeded(&self) -> bool {
        self.exceeded
    }

    /// Line of the first NUL byte; reading fails there.
    pub(super) fn nul_line(&self) -> Option<u64> {
        self.nul_line
    }

    fn fill(&mut self) -> io::Result<()> {
        self.at = 0;
        self.ready.clear();
        while self.ready.is_empty() && !self.ended {
            let mut raw = std::mem::take(&mut self.cut);
            let held = raw.len();
            raw.resize(held + STEP_BYTES, 0);
            let count = self.text.read(raw.get_mut(held..).unwrap_or_default())?;
            raw.truncate(held + count);
            self.ended = count == 0;
            self.take_valid(raw);
        }
        let Some(nul) = memchr::memchr(0, &self.ready) else { return Ok(()) };
        let before = self.ready.get(..nul).unwrap_or_default();
        self.nul_line = Some(self.line + breaks_in(before));
        Err(io::ErrorKind::InvalidData.into())
    }

    /// Bytes that are no UTF-8 become U+FFFD; whoever reads the bytes has warned of them.
    fn take_valid(&mut self, raw: Vec<u8>) {
        if std::str::from_utf8(&raw).is_ok() {
            self.ready = raw;
            return;
        }
        let mut chunks = raw.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.ready.extend_from_slice(chunk.valid().as_bytes());
            let invalid = chunk.invalid();
            let is_cut =
                |invalid| std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if chunks.peek().is_none() && !self.ended && is_cut(invalid) {
                self.cut.extend_from_slice(invalid);
            } else if !invalid.is_empty() {
                self.ready.extend_from_slice("\u{fffd}".as_bytes());
            }
        }
    }
}

fn breaks_in(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

impl BufRead for XmlText<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece_bytes > self.limit {
            self.exceeded = true;
            return Ok(&[]);
        }
        if self.at >= self.ready.len() {
            self.fill()?;
        }
        Ok(self.ready.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        let end = self.ready.len().min(self.at.saturating_add(amount));
        self.line += breaks_in(self.ready.get(self.at..end).unwrap_or_default());
        self.piece_bytes = self.piece_bytes.saturating_add(end - self.at);
        self.at = end;
    }
}

impl Read for XmlText<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives so many bytes at a time.
    struct Slow<'b>(&'b [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    #[test]
    fn cut_characters_are_whole_and_invalid_bytes_are_replaced() {
        let bytes = [b"a\xffb".as_slice(), "é€\n".as_bytes(), b"\xe2\x82"].concat();
        for step in 1..8 {
            let mut slow = Slow(&bytes, step);
            let mut text = XmlText::new(&mut slow, 1000);
            let mut all = String::new();
            text.read_to_string(&mut all).unwrap();
            assert_eq!(all, "a\u{fffd}bé€\n\u{fffd}", "{step}");
            assert_eq!((text.line(), text.is_at_end()), (2, true));
        }
    }

    #[test]
    fn a_piece_beyond_the_limit_ends_the_text() {
        let mut bytes = io::repeat(b'x');
        let mut text = XmlText::new(&mut bytes, 1 << 20);
        let mut all = Vec::new();
        text.read_to_end(&mut all).unwrap();
        assert!(text.exceeded() && !text.is_at_end());
        assert!(all.len() < (1 << 20) + 2 * STEP_BYTES, "{}", all.len());
    }

    #[test]
    fn a_nul_byte_is_found_with_its_line() {
        let mut bytes: &[u8] = b"a\nb\0";
        let mut text = XmlText::new(&mut bytes, 1000);
        assert!(text.fill_buf().is_err());
        assert_eq!(text.nul_line(), Some(2));
    }
}
