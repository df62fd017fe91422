//! CSV: csvde and PowerShell exports, after whatever spreadsheets and editors did to them.
//!
//! Text in, chunks out; the facts are `input-formats` sections 6 to 8 (read 2026-11-20). The layout is found from the
//! first rows ([`layout`]), the header row becomes a table of columns ([`header`]), and every row becomes an object or
//! is counted with a reason: `bad-row` (another number of cells), `repeated-header`, `missing-dn` (nothing that names
//! the object). Rows without any value are passed over. Duplicates and forests are left to the caller.

mod class;
mod csvde;
mod dates;
mod header;
mod layout;
mod lines;
pub(super) mod lists;
mod names;
mod notes;
mod rows;
pub(super) mod scalars;
mod settle;
mod writer;

use std::io::Read;
use std::sync::PoisonError;

use ::csv::ByteRecord;

use self::lines::RowBytes;
use self::rows::Rows;
use super::{Context, LoadError};
use crate::directory::{Chunk, InputFormat, Source};

/// Bytes in which the header row must be found.
const HEAD_BYTES: u64 = 256 << 10;

/// Reads a CSV: UTF-8 text without byte order mark, of the format csvde or any other CSV of directory objects.
///
/// Adds the rows loaded, the rows skipped and the warnings to `source`. The chunks are in the order of the rows, at
/// least one; every attribute that the file has a usable column for occurs in the last of them, filled or not.
/// Fails when the text cannot be read, has no header row, no column that tells objects apart, or no usable row.
pub fn read(
    text: &mut dyn Read,
    format: InputFormat,
    context: &Context<'_>,
    source: &mut Source,
) -> Result<Vec<Chunk>, LoadError> {
    let path = source.path.clone();
    let failed = |error| LoadError::Io { path: path.clone(), error };
    let mut head = Vec::new();
    Read::take(&mut *text, HEAD_BYTES).read_to_end(&mut head).map_err(failed)?;
    let layout = {
        let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
        layout::find(&head, format, &names)
    };
    let layout = layout.ok_or_else(|| no_header(&path, &head))?;
    let mut whole = head.as_slice().chain(text);
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(layout.delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(RowBytes::new(&mut whole, context.limits.line_bytes));
    let mut rows = Rows::new(format, context, source, layout.header_row);
    let mut row = ByteRecord::new();
    while reader.read_byte_record(&mut row).map_err(|error| failed(error.into()))? {
        let lines = lines::row_lines(&mut reader, &row);
        if reader.get_ref().exceeded() {
            rows.endless_row(lines.0);
            break;
        }
        rows.take(&row, lines)?;
    }
    rows.finish()
}

fn no_header(path: &str, head: &[u8]) -> LoadError {
    let is_empty = head.trim_ascii().is_empty();
    LoadError::Unusable {
        path: path.to_owned(),
        line: None,
        problem: if is_empty { "it is empty" } else { "no row of the first ten names the columns" }
            .to_owned(),
        advice: "Export with the attribute names as column headers, such as distinguishedName".to_owned(),
    }
}
