//! The JSON report, `schema_version` 1: one document, indented by two spaces. Specified in `docs/formats.md`.

use std::io::{self, BufWriter, Write};

use super::Report;
use super::harmless_json::write_pretty;
use super::json_view::Viewed;

/// Writes the whole report; needs no memory to speak of beyond the report itself.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    write_pretty(&report.view(), &mut buffered)?;
    buffered.write_all(b"\n")?;
    buffered.flush()
}

#[cfg(test)]
mod tests;
