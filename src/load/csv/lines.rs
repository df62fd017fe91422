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
    /// What is still to come of [`END`].
    left: &'static [u8],
    /// The text is over, and whether its last byte belongs to a line break.
    ended: Option<bool>,
}

/// Comes behind the text as a row of its own, unless a quote is open there: then the last cell swallows it. Nothing else
/// tells, because a row that swallowed all others may have the right number of cells.
const END: &[u8] = b"\n\x02end of text\x03\n";

impl<'t> RowBytes<'t> {
    pub(in crate::load) fn new(text: &'t mut (dyn Read + Send), limit: usize) -> Self {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        Self {
            text,
            handed_out: Vec::new(),
            offset: 0,
            row_end_limit: limit,
            limit,
            exceeded: false,
            left: b"",
            ended: None,
        }
    }

    /// Whether reading stopped because a row was too long.
    pub(in crate::load) fn exceeded(&self) -> bool {
        self.exceeded
    }

    /// Whether the last byte read belongs to a line break.
    pub(in crate::load) fn ends_with_break(&self) -> bool {
        self.ended.unwrap_or_else(|| matches!(self.handed_out.last(), None | Some(b'\n' | b'\r')))
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
        let mut count = if self.ended.is_some() { 0 } else { self.text.read(buffer)? };
        if count == 0 && self.ended.is_none() {
            self.ended = Some(self.ends_with_break());
            self.left = END;
        }
        if count == 0 {
            count = self.left.len().min(buffer.len());
            let (now, later) = self.left.split_at(count);
            buffer.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            self.left = later;
        }
        if count > 0 {
            self.offset = self.offset.saturating_add(handed_out);
            self.handed_out.clear();
            self.handed_out.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) struct RowPlace {
    /// Lines of its first byte and of its last.
    pub(in crate::load) lines: (u64, u64),
    /// A quote is open at its end, which is that of the text: it may have swallowed other rows.
    pub(in crate::load) is_open: bool,
}

/// Reads the next row; `None` at the end of the text.
pub(in crate::load) fn next_row(
    reader: &mut csv::Reader<RowBytes<'_>>,
    row: &mut ByteRecord,
) -> csv::Result<Option<RowPlace>> {
    if !reader.read_byte_record(row)? {
        return Ok(None);
    }
    let lines = row_lines(reader, row);
    let last = row.iter().next_back().unwrap_or_default();
    if row.len() == 1 && last == END.trim_ascii() {
        return Ok(None);
    }
    Ok(Some(RowPlace { lines, is_open: last.ends_with(END) }))
}

/// Line of the first byte of the row just read, and of its last.
fn row_lines(reader: &mut csv::Reader<RowBytes<'_>>, row: &ByteRecord) -> (u64, u64) {
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
        while let Some(place) = next_row(&mut reader, &mut row).unwrap() {
            assert!(!place.is_open);
            lines.push(place.lines);
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
        while next_row(&mut reader, &mut row).unwrap().is_some() {}
        assert!(reader.get_ref().exceeded());
    }

    #[test]
    fn a_quote_that_is_open_at_the_end_is_told_in_any_column() {
        for buffer in [1, 2, 7, 4096] {
            for (text, open) in [
                ("a,b\nc,\"d\ne,f\n", true),
                ("a,b\n\"c,d\n", true),
                ("a,b\nc,\"", true),
                ("a,b\nc,\"d\"", false),
                ("a,b\nc,\"d\"\"\"\n", false),
                ("a,b\nc,d\"\n", false),
            ] {
                let mut bytes = text.as_bytes();
                let rows = RowBytes::new(&mut bytes, 1 << 20);
                let mut reader = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .buffer_capacity(buffer)
                    .from_reader(rows);
                let (mut row, mut last) = (ByteRecord::new(), None);
                let mut count = 0;
                while let Some(place) = next_row(&mut reader, &mut row).unwrap() {
                    (last, count) = (Some(place), count + 1);
                }
                assert_eq!((last.unwrap().is_open, count), (open, 2), "{text:?} {buffer}");
                assert_eq!(reader.get_ref().ends_with_break(), text.ends_with('\n'), "{text:?} {buffer}");
            }
        }
    }
}
