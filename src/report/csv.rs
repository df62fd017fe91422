//! The remediation list as CSV for people: one row per finding that is not excepted, then one row per check that did
//! not run. Specified in `docs/formats.md`.
//!
//! Made for a double click in a spreadsheet: UTF-8 with byte order mark, CRLF, no cell that is taken for a formula, no
//! hidden character. Programs that need values verbatim read the JSON report.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use ::csv::{Terminator, WriterBuilder};

use super::escape::{visible, visible_start};
use super::{FindingReport, Related, Report};
use crate::outcome::Outcome;

/// The columns, in order.
pub const COLUMNS: [&str; 13] = [
    "severity",
    "outcome",
    "check",
    "forest",
    "dn",
    "attribute",
    "value",
    "message",
    "what_to_do",
    "related",
    "source",
    "line",
    "fingerprint",
];

/// Severity column of a check that did not run.
pub const NOT_RUN: &str = "not-run";

/// Excel refuses or splits longer cells: 32,767 characters ("Excel specifications and limits", read 2026-11-20), less
/// some for the mark of the cut.
const MAX_CELL_CHARS: usize = 32_700;

/// Characters of a DN or value in the `related` column, so that one monster does not hide the other holders.
const MAX_RELATED_CHARS: usize = 1_000;

/// Writes the list. Excepted findings are left out.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    // Without the mark a spreadsheet reads the file in the code page of the machine.
    buffered.write_all("\u{feff}".as_bytes())?;
    let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut buffered);
    rows.write_record(COLUMNS).map_err(as_io)?;
    for finding in report.findings.iter().filter(|finding| finding.excepted.is_none()) {
        write_row(&mut rows, &finding_row(finding))?;
    }
    for not_run in &report.checks_not_run {
        let mut row = [const { Cow::Borrowed("") }; COLUMNS.len()];
        row[0] = NOT_RUN.into();
        row[2] = not_run.check.as_str().into();
        row[7] = format!("not run: {}", not_run.why).into();
        row[8] = "Export this attribute too and check again.".into();
        write_row(&mut rows, &row)?;
    }
    rows.flush()?;
    drop(rows);
    buffered.flush()
}

type Row<'a> = [Cow<'a, str>; COLUMNS.len()];

fn write_row(rows: &mut ::csv::Writer<impl Write>, row: &Row<'_>) -> io::Result<()> {
    rows.write_record(row.iter().map(|text| cell(text).into_owned())).map_err(as_io)
}

/// The conversion of the library hides the kind, and a broken pipe must be known as one.
fn as_io(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn finding_row(finding: &FindingReport) -> Row<'_> {
    let text = |text: &'_ Option<String>| text.clone().unwrap_or_default().into();
    let position = finding.position.as_ref();
    [
        finding.severity.name().into(),
        finding.outcome.map_or("", Outcome::id).into(),
        finding.check.as_str().into(),
        text(&finding.forest),
        finding.dn.as_deref().or(finding.id.as_deref()).unwrap_or_default().into(),
        text(&finding.attribute),
        text(&finding.value),
        finding.message.as_str().into(),
        finding.remedy.as_str().into(),
        related(&finding.related).into(),
        position.map_or("", |position| position.source.as_str()).into(),
        position.filter(|own| own.line > 0).map(|own| own.line.to_string()).unwrap_or_default().into(),
        finding.fingerprint.as_str().into(),
    ]
}

/// `CN=B,DC=x [mail: b@x] keeps it | CN=C,DC=x`: the other holders, as many as a cell can take.
fn related(all: &[Related]) -> String {
    const SEPARATOR: &str = " | ";
    let (mut text, mut chars) = (String::new(), 0);
    for (index, one) in all.iter().enumerate() {
        let next = related_one(one);
        chars += next.chars().count() + SEPARATOR.len();
        // Room for the mark that says how many are missing.
        if chars > MAX_CELL_CHARS - 100 {
            return text + &format!("{SEPARATOR}and {} more, see the JSON report", all.len() - index);
        }
        if index > 0 {
            text.push_str(SEPARATOR);
        }
        text.push_str(&next);
    }
    text
}

fn related_one(one: &Related) -> String {
    let holds = match (&one.attribute, &one.value) {
        (Some(attribute), Some(value)) => {
            format!(" [{attribute}: {}]", visible_start(value, MAX_RELATED_CHARS))
        }
        (Some(attribute), None) => format!(" [{attribute}]"),
        (None, _) => String::new(),
    };
    let keeps = match one.keeps {
        Some(true) => " keeps it",
        Some(false) => " loses it",
        None => "",
    };
    let id = visible_start(one.dn.as_deref().unwrap_or(&one.id), MAX_RELATED_CHARS);
    format!("{id}{holds}{keeps}")
}

/// A cell that is shown as it is and never calculated.
///
/// A leading apostrophe stops a spreadsheet from reading a formula (OWASP "CSV Injection", read 2026-11-20). The full
/// width forms count, because East Asian versions take them for the same.
fn cell(text: &str) -> Cow<'_, str> {
    let shown = if text.chars().nth(MAX_CELL_CHARS).is_some() {
        visible_start(text, MAX_CELL_CHARS)
    } else {
        visible(text)
    };
    let formula = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if text.starts_with(formula) { Cow::Owned(format!("'{shown}")) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{NotRun, fixture};

    fn rows(report: &Report) -> Vec<::csv::StringRecord> {
        let text = fixture::written(write, report);
        let text = text.strip_prefix('\u{feff}').expect("the byte order mark");
        ::csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
    }

    #[test]
    fn the_whole_list() {
        let text = fixture::written(write, &fixture::report());
        assert_eq!(text.matches("\r\n").count(), text.lines().count());
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        insta::assert_snapshot!("csv", text.replace('\r', "").replace('\u{feff}', "<BOM>"));
    }

    #[test]
    fn rows_read_back_with_findings_first_and_checks_not_run_last() {
        let report = fixture::report();
        let rows = rows(&report);
        let open = report.findings.iter().filter(|finding| finding.excepted.is_none()).count();
        assert_eq!(rows.len(), open + report.checks_not_run.len());
        assert_eq!(rows[0].len(), COLUMNS.len());
        let last = &rows[rows.len() - 1];
        assert_eq!((&last[0], &last[2]), (NOT_RUN, report.checks_not_run[1].check.as_str()));
        assert!(last[7].contains(&report.checks_not_run[1].why));
    }

    #[test]
    fn no_cell_starts_a_formula_or_acts() {
        for hostile in fixture::HOSTILE {
            let mut report = Report { findings: vec![fixture::finding(hostile)], ..Report::default() };
            report.checks_not_run.push(NotRun { check: (*hostile).to_owned(), why: (*hostile).to_owned() });
            for cell in rows(&report).iter().flat_map(::csv::StringRecord::iter) {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\u{ff1d}']), "{cell:?}");
                assert!(!cell.contains(super::super::escape::is_hidden), "{cell:?}");
            }
        }
    }

    #[test]
    fn cells_stay_within_what_a_spreadsheet_takes() {
        let mut finding = fixture::finding(&"x".repeat(100_000));
        finding.related = vec![fixture::finding("CN=y").related[0].clone(); 5_000];
        let rows = rows(&Report { findings: vec![finding], ..Report::default() });
        assert!(rows[0].iter().all(|cell| cell.chars().count() <= 32_767));
        assert!(rows[0][6].ends_with('…'));
        assert!(rows[0][9].contains("more, see the JSON report"));
    }

    #[test]
    fn who_keeps_a_contested_value_is_said() {
        let row =
            &rows(&fixture::report()).into_iter().find(|row| row[2] == *"proxy-address-duplicate").unwrap();
        assert!(row[9].contains("keeps it") && row[9].contains("loses it"), "{}", &row[9]);
    }
}
