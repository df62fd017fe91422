//! CSV: csvde and PowerShell exports, after whatever spreadsheets and editors did to them.
//!
//! Text in, chunks out; the facts are `input-formats` sections 6 to 8 (read 2026-11-20). The layout is found from the
//! first rows ([`layout`]), the header row becomes a table of columns ([`header`]), and every row becomes an object or
//! is counted with a reason: `bad-row` (another number of cells), `repeated-header`, `missing-dn` (nothing that names
//! the object). Rows without any value are passed over. Duplicates and forests are left to the caller.
//!
//! # Warnings
//!
//! | id | meaning |
//! |---|---|
//! | `bad-row` | Rows with another number of cells than the header were left out. |
//! | `binary-form-assumed` | The text form that mS-DS-ConsistencyGuid was taken to be written in. |
//! | `bom-inside` | A byte order mark stands inside the file (files were appended to each other); it was ignored. |
//! | `cell-cut` | A cell has the length at which spreadsheets cut; its attribute is incomplete. |
//! | `collection-lost` | Columns hold names of collection types instead of values; they count as not exported. |
//! | `date-order-unknown` | Day and month cannot be told apart; the column counts as not exported. |
//! | `dates-without-zone` | Dates in the culture of the exporting session were read as UTC. |
//! | `dn-without-domain` | A distinguished name has no `DC=` part; no hierarchy comes from it. |
//! | `duplicate-column` | Two columns have the same header; the first counts. |
//! | `file-cut` | The file, or the compressed data in it, breaks off; what was read counts. |
//! | `global-catalog` | The export was made from a global catalogue, which lacks many attributes (csvde). |
//! | `limit-exceeded` | A row with a value beyond the limits was left out. |
//! | `list-truncated` | A list was cut short by the console (`{a, b...}`); its attribute is incomplete. |
//! | `mail-substituted` | `PrimarySmtpAddress` was taken for mail, which is not exported. |
//! | `missing-dn` | Rows with nothing that names the object were left out. |
//! | `number-damaged` | Numbers in scientific notation; the values are unknown. |
//! | `number-rounded` | All long numbers of a column end in 000: probably rounded by a spreadsheet. |
//! | `object-class-inferred` | Nothing tells the class; taken for users because there is a userPrincipalName column. |
//! | `object-class-unknown` | Nothing tells the class, and nothing allows a guess. |
//! | `preamble-skipped` | Rows above the column headers were left out. |
//! | `range-incomplete` | Slices of a `;range=` attribute are missing; it is incomplete. |
//! | `row-not-closed` | A quote is not closed: rows are lost. |
//! | `secret-dropped` | Columns with secrets were not read. |
//! | `text-lost` | Letters were lost before the file reached us: `?`, U+FFFD or mojibake in the place of letters. |
//! | `value-unreadable` | Cells in no form known for their attribute; the values are unknown. |
//!
//! `cell-cut`, `file-cut`, `limit-exceeded`, `list-truncated`, `range-incomplete` and `row-not-closed` make the input incomplete.

mod class;
mod csvde;
mod dates;
mod header;
pub(super) mod layout;
pub(super) mod lines;
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
    text: &mut (dyn Read + Send),
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
        let delimiters: &[u8] = if format == InputFormat::Csvde { b"," } else { &layout::DELIMITERS };
        layout::find(&head, delimiters, |name| {
            context.options.map.attribute(name).is_some() || names::is_known(name, &names)
        })
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
    let mut line = 1;
    let mut is_open = false;
    while let Some(place) = lines::next_row(&mut reader, &mut row).map_err(|error| failed(error.into()))? {
        line = place.lines.0;
        is_open = place.is_open && rows.has_header();
        if reader.get_ref().exceeded() || is_open {
            break;
        }
        rows.take(&row, place.lines)?;
    }
    if reader.get_ref().exceeded() || is_open {
        rows.endless_row(line);
    } else if !reader.get_ref().ends_with_break() {
        rows.end_within_row(line);
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
        advice: "Export with the attribute names as column headers, such as distinguishedName.".to_owned(),
    }
}
