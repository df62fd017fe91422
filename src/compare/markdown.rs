//! The comparison in short as Markdown, for a ticket. Data stands in code spans or is escaped, as in the report.

use std::io::{self, BufWriter, Write};

use super::table::kinds;
use super::{Comparison, ObjectChange, Side, Totals, wording};
use crate::report::markdown::{code, prose};

/// Objects and kinds of findings that are shown.
const MAX_OBJECTS: usize = 50;
const MAX_FINDINGS: usize = 20;

/// Writes the short comparison.
pub(super) fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let (before, after) = (&comparison.before, &comparison.after);
    writeln!(out, "# presync: from {} to {}\n", prose(&before.label), prose(&after.label))?;
    for side in [before, after] {
        write_side(side, &mut out)?;
    }
    write_totals(comparison, &mut out)?;
    write_objects(comparison, &mut out)?;
    write_findings(comparison, &mut out)?;
    out.flush()
}

fn write_side(side: &Side, out: &mut impl Write) -> io::Result<()> {
    let paths: Vec<String> = side.inputs.iter().map(|input| code(&input.path)).collect();
    let objects = side.summary.objects.total();
    let incomplete = if side.inputs.iter().all(|input| input.complete) { "" } else { "; **incomplete**" };
    let (label, status) = (prose(&side.label), code(&side.predicted_status));
    writeln!(out, "- {label}: {objects} objects of {}; run status {status}{incomplete}", paths.join(", "))
}

fn write_totals(comparison: &Comparison, out: &mut impl Write) -> io::Result<()> {
    let Totals { compared, changed, new, gone, .. } = &comparison.totals;
    let unchanged = compared - changed;
    writeln!(out, "\n{changed} objects differ, {unchanged} do not; {new} new, {gone} gone.\n")?;
    let (before, after) = (prose(&comparison.before.label), prose(&comparison.after.label));
    writeln!(out, "| {before} | {after} | objects |\n|---|---|---:|")?;
    for cell in &comparison.totals.outcomes {
        let (before, after) = (wording::outcome(cell.before), wording::outcome(cell.after));
        writeln!(out, "| {before} | {after} | {} |", cell.objects)?;
    }
    writeln!(out)
}

fn write_objects(comparison: &Comparison, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "## Objects that differ\n")?;
    let mut objects: Vec<&ObjectChange> = comparison.objects.iter().collect();
    objects.sort_by_key(|change| std::cmp::Reverse(change.severity));
    if objects.is_empty() {
        writeln!(out, "None.")?;
    }
    for change in objects.iter().take(MAX_OBJECTS) {
        let severity = change.severity.name();
        writeln!(out, "- **{severity}** {}: {}", code(&change.id), prose(&wording::line(change)))?;
    }
    if objects.len() > MAX_OBJECTS {
        writeln!(out, "- … and {} more objects", objects.len() - MAX_OBJECTS)?;
    }
    writeln!(out)
}

fn write_findings(comparison: &Comparison, out: &mut impl Write) -> io::Result<()> {
    let is_new = comparison.findings.iter().filter(|change| change.is_new).count();
    let fixed = comparison.findings.len() - is_new;
    let unchanged = comparison.totals.findings_unchanged;
    writeln!(out, "## Findings: {is_new} new, {fixed} fixed, {unchanged} unchanged\n")?;
    let kinds = kinds(&comparison.findings);
    for (change, count) in kinds.iter().take(MAX_FINDINGS) {
        let (severity, finding) = (change.severity().name(), &change.finding);
        write!(out, "- **{severity}** {} {} × {count}", change.kind(), code(&finding.check))?;
        if let Some(id) = &finding.id {
            write!(out, ", for example {}", code(id))?;
        }
        writeln!(out, ": {}", prose(&finding.message))?;
    }
    if kinds.len() > MAX_FINDINGS {
        writeln!(out, "- … and {} more kinds of findings", kinds.len() - MAX_FINDINGS)?;
    }
    Ok(())
}
