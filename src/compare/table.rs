//! The comparison for a terminal, readable at 80 columns.

use std::io::{self, BufWriter, Write};

use comfy_table::{Cell, CellAlignment};

use super::summary::Totals;
use super::{Comparison, FindingChange, ObjectChange, Question, Side, wording};
use crate::report::TableStyle;
use crate::report::escape::visible_start;
use crate::report::table::Page;

/// Objects and kinds of findings that are shown.
const MAX_OBJECTS: usize = 50;
const MAX_FINDINGS: usize = 20;
/// Characters of a value that are shown.
const MAX_SHOWN_CHARS: usize = 300;

/// Writes the comparison.
pub(super) fn write(comparison: &Comparison, out: &mut dyn Write, style: TableStyle) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    let mut page = Page::new(&mut buffered, style);
    let what = match comparison.question {
        Question::Engines => "what differs under another engine",
        Question::Days => "what differs between two exports",
    };
    page.heading(concat!("presync ", env!("CARGO_PKG_VERSION")), what)?;
    for side in [&comparison.before, &comparison.after] {
        write_side(side, &mut page)?;
    }
    page.blank()?;
    write_totals(&comparison.totals, &mut page)?;
    write_outcomes(comparison, &mut page)?;
    write_objects(comparison, &mut page)?;
    write_findings(comparison, &mut page)?;
    write_more(&mut page)?;
    buffered.flush()
}

fn shown(text: &str) -> String {
    visible_start(text, MAX_SHOWN_CHARS).into_owned()
}

fn write_side(side: &Side, page: &mut Page<'_>) -> io::Result<()> {
    let objects = side.summary.objects.total();
    let paths: Vec<String> = side.inputs.iter().map(|input| shown(&input.path)).collect();
    let text = format!(
        "{}: {objects} objects of {}; predicted run status: {}",
        side.label,
        paths.join(", "),
        shown(&side.predicted_status)
    );
    page.text(&text, 2)?;
    for input in side.inputs.iter().filter(|input| !input.complete) {
        page.text(&format!("! INCOMPLETE: something of {} is missing", shown(&input.path)), 4)?;
    }
    Ok(())
}

fn write_totals(totals: &Totals, page: &mut Page<'_>) -> io::Result<()> {
    let Totals { compared, changed, new, gone, .. } = totals;
    let unchanged = compared - changed;
    let numbers = format!("{changed} differ, {unchanged} do not; {new} new, {gone} gone");
    page.heading("Objects", &numbers)?;
    let partners = [("partners", totals.partners)];
    let values = totals.values.iter().copied();
    let counts = partners.into_iter().chain(values).chain([("members", totals.members)]);
    page.text(&format!("What differs beside the outcome: {}", wording::counted(counts)), 2)?;
    page.blank()
}

fn write_outcomes(comparison: &Comparison, page: &mut Page<'_>) -> io::Result<()> {
    page.heading("Objects by outcome", "")?;
    let mut table = page.grid();
    let label = |side: &Side| side.label.clone();
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    table.set_header([
        Cell::new(format!("  {}", label(&comparison.before))),
        Cell::new(label(&comparison.after)),
        right("objects".to_owned()),
    ]);
    for cell in &comparison.totals.outcomes {
        let mark = if cell.before == cell.after { "  " } else { "* " };
        table.add_row([
            Cell::new(format!("{mark}{}", wording::outcome(cell.before))),
            Cell::new(wording::outcome(cell.after)),
            right(cell.objects.to_string()),
        ]);
    }
    page.table(&table)?;
    page.blank()
}

fn write_objects(comparison: &Comparison, page: &mut Page<'_>) -> io::Result<()> {
    if comparison.objects.is_empty() {
        return page.text("No object differs.", 0);
    }
    page.heading("Objects that differ, gravest first", "")?;
    let mut objects: Vec<&ObjectChange> = comparison.objects.iter().collect();
    // Stable: within one severity the order of the comparison.
    objects.sort_by_key(|change| std::cmp::Reverse(change.severity));
    let mut table = page.grid();
    for change in objects.iter().take(MAX_OBJECTS) {
        let severity = format!(" {}", change.severity.name());
        table.add_row([severity, shown(&change.id), shown(&wording::line(change))]);
    }
    page.table(&table)?;
    match objects.len().saturating_sub(MAX_OBJECTS) {
        0 => Ok(()),
        more => page.text(&format!("… and {more} more objects"), 2),
    }
}

fn write_findings(comparison: &Comparison, page: &mut Page<'_>) -> io::Result<()> {
    let is_new = comparison.findings.iter().filter(|change| change.is_new).count();
    let fixed = comparison.findings.len() - is_new;
    let unchanged = comparison.totals.findings_unchanged;
    page.blank()?;
    page.heading("Findings", &format!("{is_new} new, {fixed} fixed, {unchanged} unchanged"))?;
    let kinds = kinds(&comparison.findings);
    let mut table = page.grid();
    for (change, count) in kinds.iter().take(MAX_FINDINGS) {
        let example = change
            .finding
            .id
            .as_ref()
            .map_or_else(|| shown(&change.finding.message), |id| format!("e.g. {}", shown(id)));
        table.add_row([
            Cell::new(format!(" {}", change.severity().name())),
            Cell::new(change.kind()),
            Cell::new(count).set_alignment(CellAlignment::Right),
            Cell::new(shown(&change.finding.check)),
            Cell::new(example),
        ]);
    }
    page.table(&table)?;
    match kinds.len().saturating_sub(MAX_FINDINGS) {
        0 => Ok(()),
        more => page.text(&format!("… and {more} more kinds of findings"), 2),
    }
}

/// One finding of every kind and how many there are of it, the gravest first.
pub(super) fn kinds(findings: &[FindingChange]) -> Vec<(&FindingChange, usize)> {
    let mut kinds: std::collections::BTreeMap<_, (&FindingChange, usize)> = std::collections::BTreeMap::new();
    for change in findings {
        let key =
            (std::cmp::Reverse(change.severity()), change.kind() == "fixed", change.finding.check.as_str());
        kinds.entry(key).or_insert((change, 0)).1 += 1;
    }
    kinds.into_values().collect()
}

fn write_more(page: &mut Page<'_>) -> io::Result<()> {
    page.blank()?;
    page.heading("More", "")?;
    let mut table = page.grid();
    table.add_row([" --report differences.csv", "every value that differs as a list"]);
    table.add_row([" --format json", "everything, for programs"]);
    table.add_row([" presync explain REASON", "why an object fares as it does"]);
    page.table(&table)
}
