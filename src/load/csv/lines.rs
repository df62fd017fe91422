//! Where rows start: physical lines, counted over blank lines, CR LF and line breaks inside cells.
//!
//! The `csv` crate stops behind the CR of a CR LF and skips blank lines at the start of the next record, so the
//! position it reports for a record is not the line the record starts on. This reader keeps the bytes it handed out
//! last, which tells how the record ended.

use std::io::{self, Read};

use csv::ByteRecord;

/// Passes bytes on, and stops when one row takes more of them than allowed.
pub(in crate::load) struct RowBytes<'t> {
    text: &'t mut (dyn Read + Send),
    handed_out: Vec<u8>,
    /// Offset of `handed_out` in the text.
    offset: u64,
    row_end_limit: u64,
    limit: u64,
    exceeded: bool,
}

impl<'t> RowBytes<'t> {
    pub(in crate::load) fn new(text: &'t mut (dyn Read + Send), limit: usize) -> Self {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        Self { text, handed_out: Vec::new(), offset: 0, row_end_limit: limit, limit, exceeded: false }
    }

    /// Whether reading stopped because a row was too long.
    pub(in crate::load) fn exceeded(&self) -> bool {
        self.exceeded
    }

    /// Whether the last byte read belongs to a line break.
    pub(in crate::load) fn ends_with_break(&self) -> bool {
        matches!(self.handed_out.last(), None | Some(b'\n' | b'\r'))
    }

    fn byte_at(&self, offset: u64) -> Option<u8> {
        let index = usize::try_from(offset.checked_sub(self.offset)?).ok()?;
        self.handed_out.get(index).copied()
    }
}

impl Read for RowBytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let handed_out = u64::try_from(self.handed_out.len()).unwrap_or(u64::MAX);
        if self.offset.saturating_add(handed_out) > self.row_end_limit {
            self.exceeded = true;
            return Ok(0);
        }
        let count = self.text.read(buffer)?;
        if count > 0 {
            self.offset = self.offset.saturating_add(handed_out);
            self.handed_out.clear();
            self.handed_out.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

/// Line of the first byte of the row just read, and of its last.
pub(in crate::load) fn row_lines(reader: &mut csv::Reader<RowBytes<'_>>, row: &ByteRecord) -> (u64, u64) {
    let (end_line, end) = (reader.position().line(), reader.position().byte());
    let bytes = reader.get_mut();
    bytes.row_end_limit = end.saturating_add(bytes.limit);
    let ended_by_line_feed = end.checked_sub(1).and_then(|last| bytes.byte_at(last)) == Some(b'\n');
    let last_line = end_line.saturating_sub(u64::from(ended_by_line_feed));
    let inside = memchr::memchr_iter(b'\n', row.as_slice()).count();
    (last_line.saturating_sub(u64::try_from(inside).unwrap_or(0)).max(1), last_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(text: &str, buffer: usize) -> Vec<(u64, u64)> {
        let mut bytes = text.as_bytes();
        let rows = RowBytes::new(&mut bytes, 1 << 20);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(buffer)
            .from_reader(rows);
        let mut row = ByteRecord::new();
        let mut lines = Vec::new();
        while reader.read_byte_record(&mut row).unwrap() {
            lines.push(row_lines(&mut reader, &row));
        }
        lines
    }

    #[test]
    fn every_row_knows_the_line_it_starts_on() {
        for buffer in [1, 2, 3, 7, 4096] {
            for end in ["\n", "\r\n"] {
                let text = format!("a,b{end}{end}c,\"d{end}d\"{end}e,f{end}{end}{end}g,h");
                assert_eq!(starts(&text, buffer), [(1, 1), (3, 4), (5, 5), (8, 8)], "{text:?} {buffer}");
                let text = text + end;
                assert_eq!(starts(&text, buffer), [(1, 1), (3, 4), (5, 5), (8, 8)], "{text:?} {buffer}");
            }
        }
    }

    #[test]
    fn a_row_without_end_is_given_up() {
        let text = format!("a,b\n\"{}", "x".repeat(5000));
        let mut bytes = text.as_bytes();
        let rows = RowBytes::new(&mut bytes, 1000);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(100)
            .from_reader(rows);
        let mut row = ByteRecord::new();
        while reader.read_byte_record(&mut row).unwrap() {
            row_lines(&mut reader, &row);
        }
        assert!(reader.get_ref().exceeded());
    }
}
