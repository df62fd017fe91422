//! The plan as CSV for people: one row for each exported object, then one for each cloud object that nobody claims.
//! Specified in `docs/formats.md`; escaped like the CSV of the report.

use std::io::{self, BufWriter, Write};

use ::csv::{Terminator, WriterBuilder};

use super::{Entry, MatchPlan, Unclaimed};
use crate::report::csv::{as_io, cell};

/// The columns, in order.
const COLUMNS: [&str; 11] = [
    "match",
    "key",
    "outcome",
    "reasons",
    "forest",
    "dn",
    "object_class",
    "cloud_type",
    "cloud_id",
    "cloud_name",
    "overwritten",
];

/// Writes the list.
pub(super) fn write(plan: &MatchPlan, out: &mut dyn Write) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    // Without the mark a spreadsheet reads the file in the code page of the machine.
    buffered.write_all("\u{feff}".as_bytes())?;
    let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut buffered);
    rows.write_record(COLUMNS).map_err(as_io)?;
    for row in plan.entries.iter().map(entry_row).chain(plan.unclaimed.iter().map(unclaimed_row)) {
        rows.write_record(row.iter().map(|text| cell(text).into_owned())).map_err(as_io)?;
    }
    rows.flush()?;
    drop(rows);
    buffered.flush()
}

type Row = [String; COLUMNS.len()];

fn entry_row(entry: &Entry) -> Row {
    let cloud = entry.cloud.as_ref();
    let reasons: Vec<&str> = entry.reasons.iter().map(|reason| reason.id()).collect();
    let changes = entry.overwritten.iter().map(|change| {
        format!("{}: {} -> {}", change.property, change.before.join(", "), change.after.join(", "))
    });
    [
        entry.matched.to_owned(),
        entry.key.unwrap_or_default().to_owned(),
        entry.outcome.id().to_owned(),
        reasons.join(" "),
        entry.forest.clone(),
        entry.id.clone(),
        entry.object_class.to_owned(),
        cloud.map(|cloud| cloud.kind.to_owned()).unwrap_or_default(),
        cloud.map(|cloud| cloud.id.clone()).unwrap_or_default(),
        cloud.map(|cloud| cloud.name.clone()).unwrap_or_default(),
        changes.collect::<Vec<_>>().join("; "),
    ]
}

fn unclaimed_row(unclaimed: &Unclaimed) -> Row {
    let mut row: Row = Default::default();
    unclaimed.state.clone_into(&mut row[0]);
    unclaimed.cloud.kind.clone_into(&mut row[7]);
    row[8].clone_from(&unclaimed.cloud.id);
    row[9].clone_from(&unclaimed.cloud.name);
    row
}
