//! The report in short as Markdown, for a ticket: status, counts, the top findings, what was not checked. No wide
//! tables. Specified in `docs/formats.md`.
//!
//! Data stands in code spans or is escaped, so that no value becomes markup, a link or a mention.

use std::io::{self, BufWriter, Write};

use super::digest::{self, Group};
use super::escape::visible_start;
use super::{Counts, Report};
use crate::outcome::Outcome;

/// Groups of findings that are shown.
const MAX_GROUPS: usize = 20;
/// Characters of a value that are shown.
const MAX_SHOWN_CHARS: usize = 200;

/// Writes the short report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    writeln!(out, "# presync: what {} will do\n", digest::product(report))?;
    writeln!(out, "Predicted run status: {}\n", code(&report.predicted_status))?;
    write_inputs(report, &mut out)?;
    write_outcomes(report, &mut out)?;
    write_findings(report, &mut out)?;
    write_not_run(report, &mut out)?;
    out.flush()
}

fn write_inputs(report: &Report, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "## Inputs\n")?;
    for input in &report.inputs {
        write!(out, "- {}: {}", code(&input.path), digest::number(input.objects, "object"))?;
        let skipped = input.skipped.iter().map(|(reason, count)| format!("{} {count}", code(reason)));
        let skipped = skipped.collect::<Vec<_>>().join(", ");
        if !skipped.is_empty() {
            write!(out, "; skipped: {skipped}")?;
        }
        writeln!(out, "{}", if input.complete { "" } else { "; **incomplete**" })?;
        for warning in &input.warnings {
            writeln!(out, "  - {}: {}", code(warning.id), prose(&warning.message))?;
        }
    }
    writeln!(out)
}

fn write_outcomes(report: &Report, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "## Objects by outcome\n")?;
    writeln!(out, "| outcome | user | group | contact | other | total |")?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|")?;
    for outcome in Outcome::ALL {
        write_counts(out, outcome.id(), &report.summary.with_outcome(*outcome))?;
    }
    write_counts(out, "**total**", &report.summary.objects)?;
    writeln!(out)?;
    if let Some(sentence) = digest::tenant_sentence(&report.summary) {
        writeln!(out, "{sentence}\n")?;
    }
    if let Some(sentence) = digest::untold_domains(report) {
        writeln!(out, "{sentence}\n")?;
    }
    Ok(())
}

fn write_counts(out: &mut impl Write, name: &str, counts: &Counts) -> io::Result<()> {
    let Counts { user, group, contact, other } = counts;
    writeln!(out, "| {name} | {user} | {group} | {contact} | {other} | {} |", counts.total())
}

fn write_findings(report: &Report, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "## Findings: {}\n", digest::finding_counts(&report.summary))?;
    let (groups, left_out) = digest::top(&report.findings, MAX_GROUPS);
    if groups.is_empty() {
        writeln!(out, "None.")?;
    }
    for group in &groups {
        write_group(group, out)?;
    }
    if left_out > 0 {
        writeln!(out, "- … and {left_out} more kinds of findings")?;
    }
    writeln!(out)
}

fn write_group(group: &Group<'_>, out: &mut impl Write) -> io::Result<()> {
    let example = group.example;
    let on = group.outcome.map_or("the whole directory", Outcome::id);
    let count = group.count;
    write!(out, "- **{}** {} × {count} ({on})", group.severity.name(), code(group.check))?;
    if let Some(id) = example.dn.as_ref().or(example.id.as_ref()) {
        write!(out, ", for example {}", code(id))?;
    }
    writeln!(out, ": {}", prose(&example.message))
}

fn write_not_run(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let checks = &report.checks_not_run;
    writeln!(out, "## Checks not run: {}\n", checks.len())?;
    for (why, checks) in digest::not_run_by_why(checks) {
        let names: Vec<_> = checks.iter().map(|check| code(check)).collect();
        writeln!(out, "- {}: {}", prose(why), names.join(", "))?;
    }
    Ok(())
}

/// A code span that its text cannot end.
///
/// A backtick cannot be escaped inside a span, so the fence is longer than any run of them within.
pub(crate) fn code(text: &str) -> String {
    let shown = visible_start(text, MAX_SHOWN_CHARS);
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // An empty span is none, and a blank beside the fence keeps a backtick apart from it.
    let pad = if longest > 0 || shown.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// Running text in which nothing is markup: no emphasis, table cell, HTML, link, entity, formula or mention.
pub(crate) fn prose(text: &str) -> String {
    let shown = visible_start(text, MAX_SHOWN_CHARS);
    let mut escaped = String::with_capacity(shown.len() + 16);
    for (at, character) in shown.char_indices() {
        // Elsewhere a colon or dot is only punctuation.
        let makes_link = shown[at..].starts_with("://") || (character == '.' && escaped.ends_with("www"));
        if makes_link || "\\`*_[]<>#|~@&$".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn the_whole_text() {
        insta::assert_snapshot!("markdown", fixture::written(write, &fixture::report()));
    }

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a\nb\u{202e}"), "`a<U+000A>b<U+202E>`");
    }

    #[test]
    fn prose_holds_no_markup() {
        assert_eq!(prose("a|b `c` <script> @all"), "a\\|b \\`c\\` \\<script\\> \\@all");
        assert_eq!(prose("http://x www.x"), "http\\://x www\\.x");
        assert_eq!(prose("3 values: no more."), "3 values: no more.");
    }

    #[test]
    fn hostile_values_stay_within_their_line() {
        let plain = Report { findings: vec![fixture::finding("x")], ..Report::default() };
        let lines = fixture::written(write, &plain).lines().count();
        for hostile in fixture::HOSTILE {
            let report = Report { findings: vec![fixture::finding(hostile)], ..Report::default() };
            let text = fixture::written(write, &report);
            assert_eq!(text.lines().count(), lines, "{text}");
            assert!(!text.replace('\n', "").contains(super::super::escape::is_hidden), "{text:?}");
            assert!(text.lines().all(|line| line.chars().count() < 4_000));
        }
    }
}
