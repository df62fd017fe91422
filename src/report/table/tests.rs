use super::*;
use crate::report::escape::is_hidden;
use crate::report::{NotRun, fixture};

fn plain(report: &Report, width: u16) -> String {
    fixture::written(
        |report, out| write(report, out, TableStyle { width: Some(width), colour: false }),
        report,
    )
}

/// Columns a line takes; the wide characters of the fixtures are CJK and emoji.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if ('\u{1100}'..='\u{1faff}').contains(&c) && c > '\u{2fff}' { 2 } else { 1 }).sum()
}

#[test]
fn the_whole_page_at_80_columns() {
    insta::assert_snapshot!("table", plain(&fixture::report(), 80));
}

#[test]
fn no_line_is_wider_than_the_page() {
    for width in [40, 80, 120] {
        for hostile in fixture::HOSTILE {
            let mut report = fixture::report();
            report.findings.push(fixture::finding(hostile));
            report.predicted_status = (*hostile).to_owned();
            report.inputs[0].path = (*hostile).to_owned();
            report.inputs[0].warn("encoding-guessed", None, *hostile);
            report.checks_not_run.push(NotRun { check: (*hostile).to_owned(), why: (*hostile).to_owned() });
            let text = plain(&report, width);
            for line in text.lines() {
                assert!(columns(line) <= usize::from(width), "{width}: {line:?}");
                assert!(!line.contains(is_hidden), "{line:?}");
                assert_eq!(line.trim_end(), line);
            }
            assert!(text.lines().count() < 400, "{text}");
        }
    }
}

#[test]
fn colour_only_adds_escape_sequences() {
    let report = fixture::report();
    let coloured = fixture::written(
        |report, out| write(report, out, TableStyle { width: Some(80), colour: true }),
        &report,
    );
    assert!(coloured.contains("\u{1b}[31merror\u{1b}[0m"));
    let mut bare = coloured;
    for sequence in ["\u{1b}[1m", "\u{1b}[31m", "\u{1b}[33m", "\u{1b}[36m", "\u{1b}[0m"] {
        bare = bare.replace(sequence, "");
    }
    assert_eq!(bare, plain(&report, 80));
}

#[test]
fn many_inputs_are_cut_but_warnings_are_kept() {
    let mut report = fixture::report();
    let calm =
        report.inputs.iter().find(|input| input.warnings.is_empty() && input.complete).cloned().unwrap();
    report.inputs.splice(0..0, vec![calm; 100]);
    let text = plain(&report, 80);
    assert!(text.contains("more inputs without warnings"));
    assert!(text.contains("INCOMPLETE"));
}
