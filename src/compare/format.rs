//! The formats of a comparison: names, file endings and writers, in this one place.

use std::io::{self, Write};

use super::{Comparison, csv, json, markdown, table};
use crate::report::TableStyle;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people at a terminal.
    Table,
    /// Everything, `schema_version` 1.
    Json,
    /// One row for each value that differs.
    Csv,
    /// For tickets.
    Markdown,
}

impl Format {
    /// All of them, in the order of the help text.
    pub const ALL: [Self; 4] = [Self::Table, Self::Json, Self::Csv, Self::Markdown];

    /// The name for `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }

    /// The format of a file, by its ending, whatever its letter case: the endings of reports.
    pub fn from_path(path: &str) -> Option<Self> {
        let report = crate::report::Format::from_path(path)?;
        Self::ALL.into_iter().find(|format| format.name() == report.name())
    }

    /// Writes the comparison in this format; `style` is for the table alone.
    pub fn write(self, comparison: &Comparison, out: &mut dyn Write, style: TableStyle) -> io::Result<()> {
        match self {
            Self::Table => table::write(comparison, out, style),
            Self::Json => json::write(comparison, out),
            Self::Csv => csv::write(comparison, out),
            Self::Markdown => markdown::write(comparison, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endings_are_those_of_reports_without_lines_of_json() {
        assert_eq!(Format::from_path("out.d/x.JSON"), Some(Format::Json));
        assert_eq!(Format::from_path("x.md"), Some(Format::Markdown));
        assert_eq!(Format::from_path("x.csv"), Some(Format::Csv));
        assert_eq!(Format::from_path("x.txt"), Some(Format::Table));
        assert_eq!(Format::from_path("x.ndjson"), None);
        assert_eq!(Format::from_path("x"), None);
    }
}
