//! The reader that turns bytes into UTF-8 text.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

use super::guess::{guess, mostly_utf8, without_folds};
use super::{Charset, Odd, OddKind, utf32_char};

/// Text after the first odd byte that the guess is made from.
const WINDOW_BYTES: usize = 256 << 10;
/// Text before it: a lone letter says more beside its neighbours.
const RECENT_BYTES: usize = 64;
/// Bytes transcoded at a time.
const STEP_BYTES: usize = 64 << 10;

enum Mode {
    /// UTF-8 so far.
    Watched,
    /// UTF-8, odd bytes known or not of interest.
    Passed,
    Decoded(Box<Decoder>, &'static str),
    Utf32,
}

/// Reader of UTF-8 text.
pub(in crate::load) struct Text {
    bytes: Box<dyn Read + Send>,
    mode: Mode,
    /// Text handed out so far.
    position: u64,
    odd: Option<Odd>,
    /// Text ready to be handed out, and how much of it was.
    ready: Vec<u8>,
    handed: usize,
    /// Raw bytes not yet decoded: a cut character, or the window a guess was made from.
    raw: Vec<u8>,
    /// The last raw bytes handed out while watching.
    recent: Vec<u8>,
    /// Characters beyond ASCII seen while watching.
    multibyte: bool,
    /// Line of the odd byte, where lines are counted.
    lines: Option<LineCount>,
}

#[derive(Debug, Clone, Copy, Default)]
struct LineCount {
    line: u64,
    after_return: bool,
}

impl LineCount {
    fn add(&mut self, text: &[u8]) {
        let Some(last) = text.last() else { return };
        let is_feed = |at: usize| text.get(at) == Some(&b'\n');
        let feeds = memchr::memchr_iter(b'\n', text).count();
        let lone_returns = memchr::memchr_iter(b'\r', text).filter(|at| !is_feed(at + 1)).count();
        // The line feed of a pair that was cut in two has been counted with its carriage return.
        let counted = usize::from(self.after_return && is_feed(0));
        self.line += u64::try_from(feeds + lone_returns - counted).unwrap_or(u64::MAX);
        self.after_return = *last == b'\r';
    }
}

impl Text {
    /// Reads `bytes`, of which `mark_bytes` are to be passed over.
    pub(in crate::load) fn new(
        mut bytes: Box<dyn Read + Send>,
        charset: Charset,
        mark_bytes: usize,
    ) -> io::Result<Self> {
        io::copy(&mut bytes.by_ref().take(mark_bytes as u64), &mut io::sink())?;
        let mode = match charset {
            Charset::Presumed => Mode::Watched,
            Charset::Known(encoding) if encoding == UTF_8 => Mode::Passed,
            Charset::Known(encoding) => decoding(encoding),
            Charset::Utf32 => Mode::Utf32,
            Charset::Binary => Mode::Passed,
        };
        Ok(Self {
            bytes,
            mode,
            position: 0,
            odd: None,
            ready: Vec::new(),
            handed: 0,
            raw: Vec::new(),
            recent: Vec::new(),
            multibyte: false,
            lines: None,
        })
    }

    /// Counts lines up to the first odd byte, for callers that do not do so themselves.
    pub(in crate::load) fn counting_lines(mut self) -> Self {
        self.lines = Some(LineCount::default());
        self
    }

    /// What is odd about the encoding, as far as the text was read.
    pub(in crate::load) fn odd(&self) -> Option<Odd> {
        self.odd
    }

    /// Line, from 1, of the first odd byte, when lines were counted.
    pub(in crate::load) fn odd_line(&self) -> Option<u64> {
        self.lines.map(|count| count.line + 1)
    }

    fn note(&mut self, at: u64, kind: OddKind) {
        if self.odd.is_none() {
            self.odd = Some(Odd { at, kind });
        }
    }

    fn hand_out(&mut self, buffer: &mut [u8]) -> usize {
        let left = self.ready.get(self.handed..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(left) {
            *to = *from;
        }
        self.handed += count;
        if self.handed >= self.ready.len() {
            self.ready.clear();
            self.handed = 0;
        }
        count
    }

    /// Reads straight into the caller's buffer and looks at it: the way of nearly all files.
    fn read_watched(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let held = self.raw.len();
        let (start, space) = buffer.split_at_mut(held);
        start.copy_from_slice(&self.raw);
        let count = self.bytes.read(space)?;
        let Some(text) = buffer.get(..held + count) else { return Ok(0) };
        if held == 0 && text.is_ascii() {
            self.remember(text);
            return Ok(count);
        }
        match std::str::from_utf8(text) {
            Ok(_) => {
                self.multibyte = true;
                self.raw.clear();
                self.remember(text);
                Ok(text.len())
            }
            Err(error) if error.error_len().is_none() && count > 0 => {
                let (whole, cut) = text.split_at(error.valid_up_to());
                self.multibyte |= !whole.is_ascii();
                self.raw.clear();
                self.raw.extend_from_slice(cut);
                self.remember(whole);
                Ok(whole.len())
            }
            Err(error) => {
                let (valid, rest) = text.split_at(error.valid_up_to());
                self.multibyte |= !valid.is_ascii();
                self.raw.clear();
                self.raw.extend_from_slice(rest);
                self.remember(valid);
                self.decide(valid.len())?;
                Ok(valid.len())
            }
        }
    }

    fn remember(&mut self, text: &[u8]) {
        self.recent
            .extend_from_slice(text.get(text.len().saturating_sub(RECENT_BYTES)..).unwrap_or_default());
        self.recent.drain(..self.recent.len().saturating_sub(RECENT_BYTES));
    }

    /// The first byte that is not UTF-8 is at the start of `raw`: decides what the file is.
    fn decide(&mut self, valid: usize) -> io::Result<()> {
        let missing = WINDOW_BYTES.saturating_sub(self.raw.len());
        self.bytes.by_ref().take(missing as u64).read_to_end(&mut self.raw)?;
        let window = self.raw.get(..WINDOW_BYTES.min(self.raw.len())).unwrap_or_default();
        let at = self.position + valid as u64;
        // LDIF folds after so many bytes, in the middle of characters too; joined again they are whole.
        let joined = without_folds(window);
        if self.multibyte || mostly_utf8(&joined) {
            let cut_at_the_end = |error: std::str::Utf8Error| error.error_len().is_none();
            if !std::str::from_utf8(&joined).map_or_else(cut_at_the_end, |_| true) {
                self.note(at, OddKind::Damaged("UTF-8"));
            }
            self.mode = Mode::Passed;
            self.ready.append(&mut self.raw);
        } else {
            let encoding = guess(&self.recent, window);
            self.note(at, OddKind::Guessed(encoding.name()));
            self.mode = decoding(encoding);
        }
        Ok(())
    }

    /// Decodes the next step into `ready`.
    fn decode_step(&mut self) -> io::Result<()> {
        let missing = STEP_BYTES.saturating_sub(self.raw.len());
        let read = self.bytes.by_ref().take(missing as u64).read_to_end(&mut self.raw)?;
        let last = read < missing;
        let raw = std::mem::take(&mut self.raw);
        let before = self.position;
        let odd = if let Mode::Decoded(decoder, name) = &mut self.mode {
            decode(decoder, &raw, last, &mut self.ready).map(|at| (at, OddKind::Damaged(name)))
        } else {
            let (units, cut) = raw.split_at(raw.len() - raw.len() % 4);
            let text: String = units.chunks_exact(4).map(utf32_char).collect();
            self.ready.extend_from_slice(text.as_bytes());
            self.raw.extend_from_slice(if last { &[] } else { cut });
            None
        };
        if let Some((at, kind)) = odd {
            self.note(before + at as u64, kind);
        }
        if last {
            // A decoder that has seen the end must not be asked again; there is nothing left to pass.
            self.mode = Mode::Passed;
        }
        Ok(())
    }

    fn read_any(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.ready.is_empty() {
                return Ok(self.hand_out(buffer));
            }
            let count = match self.mode {
                Mode::Passed => return self.bytes.read(buffer),
                // A buffer too small for a cut character and its rest goes through `ready`.
                Mode::Watched if buffer.len() < 16 => {
                    let mut small = [0; 16];
                    let count = self.read_watched(&mut small)?;
                    let late = std::mem::take(&mut self.ready);
                    self.ready.extend_from_slice(small.get(..count).unwrap_or_default());
                    self.ready.extend(late);
                    if self.ready.is_empty() && matches!(self.mode, Mode::Watched) && self.raw.is_empty() {
                        return Ok(0);
                    }
                    0
                }
                Mode::Watched => {
                    let count = self.read_watched(buffer)?;
                    if count == 0 && matches!(self.mode, Mode::Watched) && self.raw.is_empty() {
                        return Ok(0);
                    }
                    count
                }
                Mode::Decoded(..) | Mode::Utf32 => {
                    self.decode_step()?;
                    0
                }
            };
            if count > 0 {
                return Ok(count);
            }
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.read_any(buffer)?;
        if let Some(lines) = &mut self.lines {
            let until = self.odd.map_or(u64::MAX, |odd| odd.at.saturating_sub(self.position));
            let counted = usize::try_from(until).unwrap_or(usize::MAX).min(count);
            lines.add(buffer.get(..counted).unwrap_or_default());
        }
        self.position += count as u64;
        Ok(count)
    }
}

fn decoding(encoding: &'static Encoding) -> Mode {
    Mode::Decoded(Box::new(encoding.new_decoder_without_bom_handling()), encoding.name())
}

/// Appends the decoded text, U+FFFD for what is not valid; gives where in it the first of these is.
fn decode(decoder: &mut Decoder, mut raw: &[u8], last: bool, out: &mut Vec<u8>) -> Option<usize> {
    let mut first_odd = None;
    loop {
        let start = out.len();
        let space =
            decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(raw.len() * 3 + 16);
        out.resize(start + space, 0);
        let target = out.get_mut(start..).unwrap_or_default();
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(raw, target, last);
        out.truncate(start + written);
        raw = raw.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return first_odd,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                first_odd.get_or_insert(out.len());
                out.extend_from_slice("\u{fffd}".as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LineCount;

    #[test]
    fn lines_are_counted_over_pairs_that_are_cut_in_two() {
        let text = b"a\nb\r\nc\rd\r\r\n\n\re\n";
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let mut count = LineCount::default();
                for part in [&text[..first], &text[first..second], &text[second..]] {
                    count.add(part);
                }
                assert_eq!(count.line, 8, "{first} {second}");
            }
        }
    }
}
