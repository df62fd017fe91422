//! The plan for people at a terminal: totals, then what somebody should look at.

use std::io::{self, Write};

use super::{Entry, MatchPlan, Unclaimed};
use crate::report::TableStyle;
use crate::report::escape::visible_start;
use crate::report::table::Page;

/// Lines of one list; the CSV holds all of them.
const MAX_LINES: usize = 40;
/// Characters of a name or a value in a line.
const MAX_CHARS: usize = 160;

/// Writes the page.
pub(super) fn write(plan: &MatchPlan, out: &mut dyn Write, style: TableStyle) -> io::Result<()> {
    let mut page = Page::new(out, style);
    let version = env!("CARGO_PKG_VERSION");
    page.text(&format!("presync {version}: which cloud object each object is or takes over"), 0)?;
    for input in &plan.inputs {
        page.text(&format!("{}: {} objects", shown(&input.path), input.objects), 2)?;
    }
    page.blank()?;
    page.heading("Exported objects", &plan.entries.len().to_string())?;
    let ways = [
        ("existing", "synchronized with their cloud object already"),
        ("hard", "take over a cloud object with the same source anchor"),
        ("soft", "take over a cloud object with the same address or name"),
        ("refused", "refused because of a cloud object or of each other"),
        ("new", "new in the cloud"),
    ];
    for (matched, what) in ways {
        page.text(&format!("{:>8}  {what}", plan.count(matched)), 1)?;
    }
    page.blank()?;
    page.heading("Cloud objects", &plan.tenant.total.to_string())?;
    let states = [
        (plan.tenant.orphaned, "synchronized, but of no object in the input (orphaned)"),
        (plan.tenant.stopped, "synchronized, and an error stops their object (stopped)"),
        (plan.tenant.leaving, "synchronized, and deleted by the next export (leaving)"),
        (plan.tenant.cloud_only, "managed in the cloud and not taken over (cloud-only)"),
        (plan.tenant.deleted, "in the recycle bin (deleted)"),
        (plan.tenant.devices, "devices, which are not compared (device)"),
    ];
    for (count, what) in states.into_iter().filter(|(count, _)| *count > 0) {
        page.text(&format!("{count:>8}  {what}"), 1)?;
    }
    write_noteworthy(plan, &mut page)?;
    write_unclaimed(plan, &mut page)?;
    page.blank()?;
    page.text("All of it, with every value that is overwritten: --format csv, --format json", 0)
}

fn shown(text: &str) -> String {
    visible_start(text, MAX_CHARS).into_owned()
}

fn write_noteworthy(plan: &MatchPlan, page: &mut Page<'_>) -> io::Result<()> {
    let mut all = plan.noteworthy();
    let first: Vec<&Entry> = all.by_ref().take(MAX_LINES).collect();
    if first.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Look at these", "")?;
    for entry in first {
        write_entry(entry, page)?;
    }
    let left_out = all.count();
    if left_out > 0 { page.text(&format!("… and {left_out} more"), 1) } else { Ok(()) }
}

fn write_entry(entry: &Entry, page: &mut Page<'_>) -> io::Result<()> {
    let key = entry.key.map(|key| format!(" by {key}")).unwrap_or_default();
    let cloud = entry.cloud.as_ref();
    let cloud =
        cloud.map(|cloud| format!(": cloud {} {}", cloud.kind, shown(&cloud.name))).unwrap_or_default();
    page.text(&format!("{}  {}{key}{cloud}", entry.matched, shown(&entry.id)), 1)?;
    if !entry.reasons.is_empty() {
        let reasons: Vec<&str> = entry.reasons.iter().map(|reason| reason.title()).collect();
        page.text(&reasons.join("; "), 4)?;
    }
    for change in &entry.overwritten {
        let list = |values: &[String]| if values.is_empty() { "nothing".into() } else { values.join(", ") };
        let (before, after) = (shown(&list(&change.before)), shown(&list(&change.after)));
        page.text(&format!("{}: {before} becomes {after}", change.property), 4)?;
    }
    Ok(())
}

fn write_unclaimed(plan: &MatchPlan, page: &mut Page<'_>) -> io::Result<()> {
    let listed = |one: &&Unclaimed| matches!(one.state, "orphaned" | "stopped" | "leaving");
    let mut all = plan.unclaimed.iter().filter(listed);
    let first: Vec<&Unclaimed> = all.by_ref().take(MAX_LINES).collect();
    if first.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Synchronized cloud objects without an exported object", "")?;
    for one in first {
        page.text(
            &format!(
                "{}  {} {} ({})",
                one.state,
                one.cloud.kind,
                shown(&one.cloud.name),
                shown(&one.cloud.id)
            ),
            1,
        )?;
    }
    let left_out = all.count();
    if left_out > 0 { page.text(&format!("… and {left_out} more"), 1) } else { Ok(()) }
}
