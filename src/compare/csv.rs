//! The comparison as CSV for people: one row for each value that differs, then one for each finding that only one side
//! has. Specified in `docs/formats.md`; escaped like the CSV of the report.

use std::io::{self, BufWriter, Write};

use ::csv::{Terminator, WriterBuilder};

use super::{Comparison, FindingChange, ObjectChange, wording};
use crate::report::csv::{as_io, cell};

/// The columns, in order.
const COLUMNS: [&str; 9] =
    ["severity", "change", "forest", "dn", "object_class", "what", "before", "after", "message"];

/// Writes the list.
pub(super) fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    // Without the mark a spreadsheet reads the file in the code page of the machine.
    buffered.write_all("\u{feff}".as_bytes())?;
    let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut buffered);
    rows.write_record(COLUMNS).map_err(as_io)?;
    for row in
        comparison.objects.iter().flat_map(object_rows).chain(comparison.findings.iter().map(finding_row))
    {
        rows.write_record(row.iter().map(|text| cell(text).into_owned())).map_err(as_io)?;
    }
    rows.flush()?;
    drop(rows);
    buffered.flush()
}

type Row = [String; COLUMNS.len()];

fn object_rows(change: &ObjectChange) -> impl Iterator<Item = Row> + '_ {
    wording::rows(change).into_iter().map(|(what, before, after)| {
        [
            change.severity.name().to_owned(),
            change.kind().to_owned(),
            change.forest.clone(),
            change.id.clone(),
            change.object_class.to_owned(),
            what.to_owned(),
            before,
            after,
            String::new(),
        ]
    })
}

fn finding_row(change: &FindingChange) -> Row {
    let finding = &change.finding;
    let value = finding.value.clone().unwrap_or_default();
    let (before, after) = if change.is_new { (String::new(), value) } else { (value, String::new()) };
    [
        change.severity().name().to_owned(),
        change.kind().to_owned(),
        finding.forest.clone().unwrap_or_default(),
        finding.id.clone().unwrap_or_default(),
        finding.object_class.unwrap_or_default().to_owned(),
        format!("finding {}", finding.check),
        before,
        after,
        finding.message.clone(),
    ]
}
