//! CSV of cloud objects: the downloads of the admin centres, and `Export-Csv` after `Get-MgUser` and its forerunners.
//!
//! `input-formats` sections 9.2 and 9.3 (read 2026-11-20): columns are found by name, not by position; cells are not
//! protected against formulas and are taken as they are.

use std::io::Read;

use csv::ByteRecord;

use super::collected::Collected;
use super::draft::{Cell, Draft};
use super::property::{self, Property};
use super::{directory_export, unusable};
use crate::load::csv::{layout, lines};
use crate::load::{Limits, LoadError};

/// Reads all rows. `head` are the first bytes of the text.
pub(super) fn read(
    text: &mut dyn Read,
    head: &[u8],
    path: &str,
    limits: &Limits,
    collected: &mut Collected,
) -> Result<(), LoadError> {
    let advice = "Export the users of the tenant with Microsoft Graph, or download them as CSV.";
    let layout =
        layout::find(head, &layout::DELIMITERS, |name| property::find(name).is_some()).ok_or_else(|| {
            unusable(path, None, "no row of the first ten names properties of cloud objects", advice)
        })?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(layout.delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(lines::RowBytes::new(text, limits.line_bytes));
    let mut columns = Vec::new();
    let mut row = ByteRecord::new();
    let mut number = 0;
    while let Some(lines::RowPlace { lines, is_open }) = lines::next_row(&mut reader, &mut row)
        .map_err(|error| LoadError::Io { path: path.to_owned(), error: error.into() })?
    {
        if number == layout.header_row {
            columns = header(&row);
            check_header(&columns, lines.0, path)?;
        } else if number > layout.header_row && row.iter().any(|cell| !cell.is_empty()) {
            if row.len() < columns.len() || reader.get_ref().exceeded() || is_open {
                collected.skip_row(lines);
                if is_open {
                    collected.note_open_quote();
                }
            } else {
                collected.take(object(&row, &columns), None);
            }
        }
        number += 1;
    }
    if reader.get_ref().exceeded() {
        collected.note_open_quote();
    }
    Ok(())
}

/// The property of every column.
fn header(row: &ByteRecord) -> Vec<Option<Property>> {
    row.iter().map(|cell| property::find(&String::from_utf8_lossy(cell))).collect()
}

fn check_header(columns: &[Option<Property>], line: u64, path: &str) -> Result<(), LoadError> {
    let has = |property: Property| columns.contains(&Some(property));
    if has(Property::DirectorySign) {
        return Err(directory_export(path));
    }
    if !has(Property::Id) && !has(Property::UserPrincipalName) && !has(Property::Mail) {
        let problem = "no column tells the objects apart";
        return Err(unusable(path, Some(line), problem, "Export id or userPrincipalName too."));
    }
    Ok(())
}

fn object(row: &ByteRecord, columns: &[Option<Property>]) -> Draft {
    let mut draft = Draft::default();
    for (cell, property) in row.iter().zip(columns) {
        if let Some(property) = property {
            let text = String::from_utf8_lossy(cell).into_owned();
            let cell = if text.is_empty() { Cell::Null } else { Cell::Text(text) };
            draft.set(*property, cell, false);
        }
    }
    draft
}
