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

/// Parts of the report, for other documents that show the same things in the same shape.
pub(crate) mod part {
    use serde::Serialize;

    use super::super::json_view::{Each, SettingsView, Tool, Viewed};
    use super::super::{FindingReport, SettingValue};
    use crate::directory::Source;

    /// This program.
    pub(crate) fn tool() -> impl Serialize {
        Tool::THIS
    }

    /// A finding.
    pub(crate) fn finding(finding: &FindingReport) -> impl Serialize + '_ {
        finding.view()
    }

    /// Inputs.
    pub(crate) fn inputs(inputs: &[Source]) -> impl Serialize + '_ {
        Each(inputs)
    }

    /// Settings.
    pub(crate) fn settings(settings: &[(String, SettingValue)]) -> impl Serialize + '_ {
        SettingsView(settings)
    }
}

#[cfg(test)]
mod tests;
