//! Which character separates the cells, and which row names the columns.
//!
//! `input-formats` sections 7.1 and 8 (read 2026-11-20): the delimiter is that of a `sep=` line, else the one whose
//! header row has the most known names; titles and blank rows may stand above the header.

use csv::ByteRecord;

use super::names;

/// How the rows are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) struct Layout {
    /// Separates the cells.
    pub delimiter: u8,
    /// Number of the row with the column names, from 0, as the CSV parser counts (blank lines are no rows).
    pub header_row: usize,
}

/// Rows in which the header is looked for, `#TYPE` and `sep=` lines not counted.
const HEADER_WITHIN_ROWS: usize = 10;

/// Delimiters in use, the usual one first.
pub(in crate::load) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Finds the layout from the first bytes of a text; `None` when no row holds a column name that is known.
pub(in crate::load) fn find(
    head: &[u8],
    delimiters: &[u8],
    is_known: impl Fn(&str) -> bool,
) -> Option<Layout> {
    let announced = announced_delimiter(head);
    let mut best = (0, None);
    for delimiter in announced.as_ref().map_or(delimiters, std::slice::from_ref).iter().copied() {
        let scores = scores(head, delimiter, &is_known);
        let highest = scores.iter().map(|(_, score)| *score).max().unwrap_or(0);
        if highest > best.0 {
            best = (highest, header_row(&scores, highest).map(|header_row| Layout { delimiter, header_row }));
        }
    }
    best.1
}

/// The first row that comes near the highest score: another export, with more columns, may follow in the same file.
fn header_row(scores: &[(usize, usize)], highest: usize) -> Option<usize> {
    scores.iter().find(|(_, score)| *score >= highest.div_ceil(2)).map(|(row, _)| *row)
}

/// Whether a row is a `#TYPE …` line of `Export-Csv`.
pub(in crate::load) fn type_name(row: &ByteRecord) -> Option<&[u8]> {
    row.get(0).and_then(|cell| cell.strip_prefix(b"#TYPE"))
}

/// Whether a row is a `sep=;` line; with that delimiter itself it has two cells.
pub(super) fn is_separator_line(row: &ByteRecord) -> bool {
    row.get(0).is_some_and(|cell| cell.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"sep=")))
}

fn announced_delimiter(head: &[u8]) -> Option<u8> {
    let line = head.trim_ascii_start();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, ..]
            if !delimiter.is_ascii_alphanumeric() =>
        {
            Some(*delimiter).filter(|delimiter| delimiter.is_ascii() && !b"\r\n\"".contains(delimiter))
        }
        _ => None,
    }
}

/// Rows that may be the header, each with its number of known column names.
fn scores(head: &[u8], delimiter: u8, is_known: impl Fn(&str) -> bool) -> Vec<(usize, usize)> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(head);
    let rows = reader.byte_records().map_while(Result::ok).enumerate();
    rows.filter(|(_, row)| type_name(row).is_none() && !is_separator_line(row))
        .take(HEADER_WITHIN_ROWS)
        .map(|(number, row)| (number, row.iter().filter(|cell| is_known(&names::clean(cell))).count()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::AttributeNames;

    fn layout(head: &str) -> Option<(char, usize)> {
        let names = AttributeNames::default();
        find(head.as_bytes(), &DELIMITERS, |name| names::is_known(name, &names))
            .map(|layout| (char::from(layout.delimiter), layout.header_row))
    }

    #[test]
    fn the_delimiter_with_the_most_known_names_wins() {
        assert_eq!(layout("mail,cn\na;b,c\n"), Some((',', 0)));
        assert_eq!(layout("\"mail\";\"cn\"\n"), Some((';', 0)));
        assert_eq!(layout("mail\tcn\n"), Some(('\t', 0)));
        assert_eq!(layout("mail|cn\n"), Some(('|', 0)));
        assert_eq!(layout("mail\n"), Some((',', 0)));
    }

    #[test]
    fn the_header_may_stand_below_other_rows() {
        assert_eq!(layout("sep=;\r\nmail;cn\r\n"), Some((';', 1)));
        assert_eq!(
            layout("#TYPE Selected.System.Management.Automation.PSCustomObject\nmail,cn\n"),
            Some((',', 1))
        );
        assert_eq!(layout("All users, 2026\n\n,,\nmail,cn\n"), Some((',', 2)));
        assert_eq!(layout(&format!("{}mail,cn\n", "x,y\n".repeat(10))), None);
    }

    #[test]
    fn text_without_known_names_has_no_layout() {
        assert_eq!(layout("first name,last name\nDan,Poe\n"), None);
        assert_eq!(layout(""), None);
    }
}
