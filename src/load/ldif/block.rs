//! Cuts a stream of text into blocks of whole records.
//!
//! An empty line cannot be inside a record (values with breaks are base64), so a block may end at any of them and
//! can be parsed without knowing what came before. A block ends right before the first text after an empty line:
//! there no break can be cut in two, whatever its kind.

use std::io::{self, Read};

use memchr::memrchr2;

use super::super::encoding::{OddKind, Text};
use super::line::{breaks_in, count_breaks, is_break};

/// Memory of one worker that blocks are read into; never zeroed twice.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// The text of the block.
    pub(super) fn text(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    fn set(&mut self, text: &[u8]) {
        self.filled = 0;
        self.append(text);
    }

    fn append(&mut self, text: &[u8]) {
        let end = self.filled + text.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        if let Some(space) = self.bytes.get_mut(self.filled..end) {
            space.copy_from_slice(text);
        }
        self.filled = end;
    }

    /// Reads until `target` bytes are there or the text ends.
    fn fill(&mut self, text: &mut Text, target: usize) -> io::Result<bool> {
        if self.bytes.len() < target {
            self.bytes.resize(target, 0);
        }
        while let Some(space) = self.bytes.get_mut(self.filled..target).filter(|space| !space.is_empty()) {
            match text.read(space) {
                Ok(0) => return Ok(true),
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

/// What is known of a block beside its text.
#[derive(Debug)]
pub(super) struct Block {
    /// Position among the blocks of its input, from 0.
    pub(super) index: usize,
    /// Where in its text the encoding turned odd.
    pub(super) odd: Option<(usize, OddKind)>,
    /// Lines of the dropped part of a record too large to hold; the text is then its useless rest.
    pub(super) dropped_lines: Option<u32>,
}

/// Reader of blocks, one after the other.
pub(super) struct Blocks {
    text: Text,
    block_bytes: usize,
    max_record_bytes: usize,
    carry: Vec<u8>,
    position: u64,
    index: usize,
    ended: bool,
}

impl Blocks {
    pub(super) fn new(text: Text, block_bytes: usize, max_record_bytes: usize) -> Self {
        let block_bytes = block_bytes.max(1);
        Self { text, block_bytes, max_record_bytes, carry: Vec::new(), position: 0, index: 0, ended: false }
    }

    /// Reads the next block; `None` at the end.
    pub(super) fn next(&mut self, buffer: &mut Buffer) -> io::Result<Option<Block>> {
        if self.ended && self.carry.is_empty() {
            return Ok(None);
        }
        buffer.set(&self.carry);
        self.carry.clear();
        let mut searched = 0;
        let mut dropped: Option<(u32, u64)> = None;
        let mut target = self.block_bytes.max(buffer.filled);
        while !self.ended {
            self.ended = buffer.fill(&mut self.text, target)?;
            if let Some(cut) = last_cut(buffer.text(), searched) {
                if !self.ended {
                    self.carry.extend_from_slice(buffer.text().get(cut..).unwrap_or_default());
                    buffer.filled = cut;
                }
                break;
            }
            if buffer.filled > self.max_record_bytes {
                let kept = undecided(buffer.text());
                let gone = buffer.text().get(..buffer.filled - kept).unwrap_or_default();
                let (lines, bytes) = dropped.unwrap_or_default();
                dropped = Some((lines + breaks_in(gone), bytes + gone.len() as u64));
                let rest = buffer.text().get(buffer.filled - kept..).unwrap_or_default().to_vec();
                buffer.set(&rest);
            }
            searched = buffer.filled.saturating_sub(1);
            target = buffer.filled.saturating_add(buffer.filled.clamp(self.block_bytes, 64 << 20));
        }
        Ok(Some(self.describe(buffer, dropped)))
    }

    fn describe(&mut self, buffer: &Buffer, dropped: Option<(u32, u64)>) -> Block {
        let start = self.position + dropped.map_or(0, |(_, bytes)| bytes);
        self.position = start + buffer.filled as u64;
        self.index += 1;
        let odd = self.text.odd().and_then(|odd| {
            let at = usize::try_from(odd.at.checked_sub(start)?).ok()?;
            (at < buffer.filled).then_some((at, odd.kind))
        });
        Block { index: self.index - 1, odd, dropped_lines: dropped.map(|(lines, _)| lines) }
    }
}

/// The last place where a line starts after an empty line. What is before `searched` is known to hold none.
fn last_cut(bytes: &[u8], searched: usize) -> Option<usize> {
    let mut end = bytes.len();
    loop {
        let last = searched + memrchr2(b'\n', b'\r', bytes.get(searched..end)?)?;
        let run_end = last + 1;
        let before = bytes.get(..last)?.iter().rposition(|byte| !is_break(*byte));
        let run_start = before.map_or(0, |position| position + 1);
        // At the very start of the text a single break is an empty line already.
        let needed = if before.is_some() { 2 } else { 1 };
        if run_end < bytes.len() && count_breaks(bytes.get(run_start..run_end)?) >= needed {
            return Some(run_end);
        }
        before?;
        end = run_start;
    }
}

/// How many bytes at the end may be the start of an empty line: the run of breaks there, and a byte before it that
/// keeps the run from looking like the start of the text.
fn undecided(bytes: &[u8]) -> usize {
    let run = bytes.iter().rev().take_while(|byte| is_break(**byte)).count();
    (run + 1).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::super::super::encoding::Charset;
    use super::super::line::count_lines;
    use super::*;

    fn blocks(text: &str, block_bytes: usize, max: usize) -> Vec<(String, Option<u32>)> {
        let bytes = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let text = Text::new(bytes, Charset::Presumed, 0).unwrap();
        let mut blocks = Blocks::new(text, block_bytes, max);
        let mut buffer = Buffer::default();
        let mut all = Vec::new();
        while let Some(block) = blocks.next(&mut buffer).unwrap() {
            all.push((String::from_utf8(buffer.text().to_vec()).unwrap(), block.dropped_lines));
        }
        all
    }

    #[test]
    fn cuts_lie_after_empty_lines_and_lose_nothing() {
        for line_end in ["\n", "\r\n", "\r", "\r\r\n"] {
            let text = "\ndn: a\nx: 1\n\n\ndn: b\ny: 2\n\ndn: c\n\n".replace('\n', line_end);
            for block_bytes in 1..text.len() + 2 {
                let found = blocks(&text, block_bytes, 1 << 20);
                assert_eq!(found.iter().map(|(block, _)| block.as_str()).collect::<String>(), text);
                for (block, _) in &found {
                    let start = block.trim_start_matches(['\r', '\n']);
                    assert!(start.is_empty() || start.starts_with("dn: "), "{block:?} at {block_bytes}");
                }
            }
            assert!(blocks(&text, 1, 1 << 20).len() >= 3);
        }
    }

    #[test]
    fn a_record_too_large_is_dropped_and_its_lines_are_counted() {
        let text = "dn: a\n\ndn: b\nx: 0123456789\nx: 0123456789\nx: 0123456789\n\ndn: c\n";
        let found = blocks(text, 4, 24);
        let lines: u32 =
            found.iter().map(|(block, dropped)| dropped.unwrap_or(0) + count_lines(block.as_bytes())).sum();
        assert_eq!(lines, 8);
        assert!(found.iter().any(|(_, dropped)| dropped.is_some()));
        assert_eq!(found.last().unwrap(), &("dn: c\n".to_owned(), None));
    }
}
