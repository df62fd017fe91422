//! The report for a terminal: inputs, predicted run status, outcomes, the top findings, what was not checked, and how
//! to see more. Readable at 80 columns.
//!
//! The library knows no terminal: the caller says how wide it is and whether colours are wanted.

use std::fmt::Display;
use std::io::{self, BufWriter, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::digest::{self, Group};
use super::escape::visible_start;
use super::json_view::role_name;
use super::{Counts, Report};
use crate::config::Severity;
use crate::directory::{InputRole, Source};
use crate::outcome::Outcome;

/// How the table may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableStyle {
    /// Columns of the terminal; `None`: not known, 80 are used. Wider than 160 or narrower than 40 is not followed.
    pub width: Option<u16>,
    /// Whether escape sequences for colours may be written: only to a terminal, and not under `NO_COLOR`.
    pub colour: bool,
}

const DEFAULT_WIDTH: u16 = 80;
const NARROWEST: u16 = 40;
/// Text in longer lines is hard to read.
const WIDEST: u16 = 160;
/// Groups of findings that are shown.
const MAX_GROUPS: usize = 20;
/// Inputs that are shown although there is nothing to say about them.
const MAX_PLAIN_INPUTS: usize = 20;
/// Warnings per input that are shown.
const MAX_WARNINGS: usize = 10;
/// Reasons why checks did not run that are shown, and checks named for each.
const MAX_NOT_RUN: usize = 8;
/// Characters of a value that are shown.
const MAX_SHOWN_CHARS: usize = 160;

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write, style: TableStyle) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    let mut page = Page::new(&mut buffered, style);
    let what = format!("what {} will do", digest::product(report));
    page.heading(concat!("presync ", env!("CARGO_PKG_VERSION")), &what)?;
    write_inputs(report, &mut page)?;
    page.blank()?;
    page.heading("Predicted run status", &shown(&report.predicted_status))?;
    page.blank()?;
    write_outcomes(report, &mut page)?;
    page.blank()?;
    write_findings(report, &mut page)?;
    write_not_run(report, &mut page)?;
    page.blank()?;
    write_more(report, &mut page)?;
    buffered.flush()
}

/// Lines of limited width.
pub(crate) struct Page<'a> {
    out: &'a mut dyn Write,
    width: u16,
    colour: bool,
}

impl<'a> Page<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, style: TableStyle) -> Self {
        let width = style.width.unwrap_or(DEFAULT_WIDTH).clamp(NARROWEST, WIDEST);
        Self { out, width, colour: style.colour }
    }

    pub(crate) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// `Title: text`, the title in bold.
    pub(crate) fn heading(&mut self, title: &str, text: &str) -> io::Result<()> {
        let line = if text.is_empty() { title.to_owned() } else { format!("{title}: {text}") };
        let lines = self.wrapped(&line, 0);
        for line in lines {
            // A title is shorter than the narrowest page, so it stands whole in the first line.
            let painted = match line.strip_prefix(title) {
                Some(rest) => self.paint(title, "1") + rest,
                None => line,
            };
            writeln!(self.out, "{painted}")?;
        }
        Ok(())
    }

    /// A paragraph, wrapped and indented.
    pub(crate) fn text(&mut self, text: &str, indent: u16) -> io::Result<()> {
        let lines = self.wrapped(text, indent);
        self.lines(lines)
    }

    fn wrapped(&self, text: &str, indent: u16) -> Vec<String> {
        let mut table = self.grid();
        table.add_row([text]);
        if let Some(column) = table.column_mut(0) {
            column.set_padding((indent, 0));
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect()
    }

    fn lines(&mut self, lines: impl IntoIterator<Item = String>) -> io::Result<()> {
        for line in lines {
            let line = self.coloured(&line);
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// A table without lines that is never wider than the page.
    pub(crate) fn grid(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(self.width);
        table
    }

    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        self.lines(lines)
    }

    /// A line with its severity in colour. Only the first column, which is never data, can start a line so.
    fn coloured(&self, line: &str) -> String {
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            let start = format!("  {} ", severity.name());
            if let Some(rest) = line.strip_prefix(&start) {
                return format!("  {} {rest}", self.paint(severity.name(), colour(severity)));
            }
        }
        line.to_owned()
    }

    fn paint(&self, text: &str, code: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Parameter of the escape sequence.
fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "31",
        Severity::Warning => "33",
        Severity::Info => "36",
    }
}

fn shown(text: &str) -> String {
    visible_start(text, MAX_SHOWN_CHARS).into_owned()
}

fn write_inputs(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let plain = |input: &&Source| input.complete && input.warnings.is_empty();
    let hidden: Vec<_> = report.inputs.iter().filter(plain).skip(MAX_PLAIN_INPUTS).collect();
    for input in &report.inputs {
        if !hidden.iter().any(|other| std::ptr::eq(*other, input)) {
            write_input(input, page)?;
        }
    }
    if !hidden.is_empty() {
        let objects = hidden.iter().map(|input| input.objects).sum();
        let objects = digest::number(objects, "object");
        page.text(&format!("… and {} more inputs without warnings: {objects}", hidden.len()), 2)?;
    }
    if !report.inputs.iter().any(|input| input.role == InputRole::Tenant) {
        page.text("no tenant file: the tenant is taken to be empty", 2)?;
    }
    Ok(())
}

fn write_input(input: &Source, page: &mut Page<'_>) -> io::Result<()> {
    let role = match input.role {
        InputRole::Source => String::new(),
        role => format!("{}, ", role_name(role)),
    };
    let forest = input.forest.as_ref().map(|name| format!(", forest {}", shown(name))).unwrap_or_default();
    let objects = digest::number(input.objects, "object");
    let skipped = input.skipped.iter().map(|(reason, count)| format!("{reason} {count}"));
    let skipped = skipped.collect::<Vec<_>>().join(", ");
    let skipped = if skipped.is_empty() { skipped } else { format!("; skipped: {skipped}") };
    let format = input.format.name();
    page.text(&format!("{} ({role}{format}{forest}): {objects}{skipped}", shown(&input.path)), 2)?;
    if !input.complete {
        page.text("! INCOMPLETE: something of this input is missing", 4)?;
    }
    for warning in input.warnings.iter().take(MAX_WARNINGS) {
        let line = warning.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        page.text(&format!("! {line}{} [{}]", shown(&warning.message), warning.id), 4)?;
    }
    match input.warnings.len().saturating_sub(MAX_WARNINGS) {
        0 => Ok(()),
        more => page.text(&format!("! … and {more} more warnings"), 4),
    }
}

fn write_outcomes(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.heading("Objects by outcome", "")?;
    let mut table = page.grid();
    table.set_header(row("", ["user", "group", "contact", "other", "total"]));
    for outcome in Outcome::ALL {
        table.add_row(counts_row(outcome.id(), &report.summary.with_outcome(*outcome)));
    }
    table.add_row(counts_row("total", &report.summary.objects));
    page.table(&table)?;
    if let Some(sentence) = digest::tenant_sentence(&report.summary) {
        page.text(&sentence, 1)?;
    }
    if let Some(sentence) = digest::untold_domains(report) {
        page.text(sentence, 1)?;
    }
    Ok(())
}

fn counts_row(name: &str, counts: &Counts) -> Vec<Cell> {
    row(name, [counts.user, counts.group, counts.contact, counts.other, counts.total()])
}

fn row(name: &str, numbers: [impl Display; 5]) -> Vec<Cell> {
    let right = |number| Cell::new(number).set_alignment(CellAlignment::Right);
    // The blank lines this table up with the indented text elsewhere.
    std::iter::once(Cell::new(format!(" {name}"))).chain(numbers.into_iter().map(right)).collect()
}

fn write_findings(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.heading("Findings", &digest::finding_counts(&report.summary))?;
    let (groups, left_out) = digest::top(&report.findings, MAX_GROUPS);
    for same in groups.chunk_by(|a, b| a.outcome == b.outcome) {
        let outcome = same[0].outcome;
        let title = match outcome {
            Some(outcome) => format!("on objects that are {outcome} ({})", outcome.title()),
            None => "about the whole directory".to_owned(),
        };
        page.text(&title, 1)?;
        let mut table = page.grid();
        table.add_rows(same.iter().map(group_row));
        page.table(&table)?;
    }
    match left_out {
        0 => Ok(()),
        more => page.text(&format!("… and {more} more kinds of findings"), 2),
    }
}

fn group_row(group: &Group<'_>) -> Vec<Cell> {
    let example = group.example;
    let what = match example.dn.as_ref().or(example.id.as_ref()) {
        Some(id) => format!("e.g. {}", shown(id)),
        None => shown(&example.message),
    };
    vec![
        Cell::new(format!(" {}", group.severity.name())),
        Cell::new(group.count).set_alignment(CellAlignment::Right),
        Cell::new(shown(group.check)),
        Cell::new(what),
    ]
}

fn write_not_run(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.checks_not_run.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Checks not run", &report.checks_not_run.len().to_string())?;
    let by_why = digest::not_run_by_why(&report.checks_not_run);
    for (why, checks) in by_why.iter().take(MAX_NOT_RUN) {
        let named: Vec<_> = checks.iter().take(MAX_NOT_RUN).map(|check| shown(check)).collect();
        let more = match checks.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        page.text(&format!("{}: {}{more}", shown(why), named.join(", ")), 2)?;
    }
    match by_why.len().saturating_sub(MAX_NOT_RUN) {
        0 => Ok(()),
        more => page.text(&format!("… and {more} more reasons"), 2),
    }
}

fn write_more(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let (groups, _) = digest::top(&report.findings, 1);
    let check = groups.first().map_or("CHECK", |group| group.check);
    page.heading("More", "")?;
    let mut table = page.grid();
    for (command, gives) in [
        (format!("presync explain {}", shown(check)), "what a check means, what to do"),
        ("--report findings.csv".to_owned(), "every finding as a list to work off"),
        ("--format json --objects all".to_owned(), "every object and its prediction"),
        ("presync explain REASON".to_owned(), "why an object is filtered or not provisioned"),
    ] {
        table.add_row([format!(" {command}"), gives.to_owned()]);
    }
    page.table(&table)
}

#[cfg(test)]
mod tests;
