//! The formats a report can be written in: names, file endings and writers, in this one place.

use std::io::{self, Write};

use super::{Report, TableStyle, csv, json, markdown, ndjson, table};

/// A format of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people at a terminal.
    Table,
    /// The whole report, schema version 1.
    Json,
    /// One JSON object per line.
    Ndjson,
    /// The remediation list.
    Csv,
    /// For tickets.
    Markdown,
}

impl Format {
    /// All of them, in the order of the help text.
    pub const ALL: &'static [Self] = &[Self::Table, Self::Json, Self::Ndjson, Self::Csv, Self::Markdown];

    /// Name for `--format`, and the endings of files, without the dot.
    fn spellings(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Table => ("table", &["txt"]),
            Self::Json => ("json", &["json"]),
            Self::Ndjson => ("ndjson", &["ndjson", "jsonl"]),
            Self::Csv => ("csv", &["csv"]),
            Self::Markdown => ("markdown", &["md", "markdown"]),
        }
    }

    /// The name for `--format`.
    pub fn name(self) -> &'static str {
        self.spellings().0
    }

    /// Endings of files in this format, without the dot, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        self.spellings().1
    }

    /// The format of this name; an ending is taken for a name too (`md`).
    pub fn from_name(name: &str) -> Option<Self> {
        let by_name = Self::ALL.iter().find(|format| format.name() == name);
        by_name.or_else(|| Self::ALL.iter().find(|format| format.endings().contains(&name))).copied()
    }

    /// The format of a file, by its ending, whatever its letter case.
    pub fn from_path(path: &str) -> Option<Self> {
        let file_name = path.rsplit(['/', '\\']).next()?;
        let ending = file_name.rsplit_once('.')?.1.to_ascii_lowercase();
        Self::ALL.iter().copied().find(|format| format.endings().contains(&ending.as_str()))
    }

    /// Whether the format shows single objects, so that a report for it must hold them.
    pub fn lists_objects(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }

    /// Writes the report in this format; `style` is for the table alone.
    pub fn write(self, report: &Report, out: &mut dyn Write, style: TableStyle) -> io::Result<()> {
        match self {
            Self::Table => table::write(report, out, style),
            Self::Json => json::write(report, out),
            Self::Ndjson => ndjson::write(report, out),
            Self::Csv => csv::write(report, out),
            Self::Markdown => markdown::write(report, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_endings_lead_back_to_their_format() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(*format));
            for ending in format.endings() {
                assert_eq!(Format::from_path(&format!("out.d/report.{ending}")), Some(*format));
            }
        }
        assert_eq!(Format::from_name("md"), Some(Format::Markdown));
        assert_eq!(Format::from_path(r"C:\out.csv\report.JSON"), Some(Format::Json));
        assert_eq!(Format::from_path("out.csv/report"), None);
        assert_eq!(Format::from_path("report.docx"), None);
        assert_eq!(Format::from_name(""), None);
    }

    #[test]
    fn an_empty_report_is_written_in_every_format() {
        for format in Format::ALL {
            let mut out = Vec::new();
            format.write(&Report::default(), &mut out, TableStyle::default()).unwrap();
            assert!(!out.is_empty(), "{}", format.name());
        }
    }

    struct ClosedPipe;

    impl Write for ClosedPipe {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_broken_pipe_is_known_as_one() {
        for format in Format::ALL {
            let error =
                format.write(&crate::report::fixture::report(), &mut ClosedPipe, TableStyle::default());
            assert_eq!(error.unwrap_err().kind(), io::ErrorKind::BrokenPipe, "{}", format.name());
        }
    }
}
