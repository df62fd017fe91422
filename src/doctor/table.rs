//! The diagnosis for a terminal, readable at 80 columns.
//!
//! Everything is wrapped but the export command: it stands as it is to be copied, without indentation, on as many lines
//! as its shell allows (a list in double quotes cannot be broken). Values of the input go through [`escape`].

use std::io::{self, BufWriter, Write};

use comfy_table::{ContentArrangement, Table, presets};

use super::{Described, Diagnosis, Input, Missing, Verdict, command};
use crate::directory::{InputFormat, InputRole, Origin, PowerShellEdition, Writer};
use crate::report::escape::visible_start;

const DEFAULT_WIDTH: u16 = 80;
const NARROWEST: u16 = 40;
const WIDEST: u16 = 160;
/// Warnings of one input that are shown.
const MAX_WARNINGS: usize = 20;
/// Missing attributes that are named at an input although they are told below.
const FEW: usize = 3;
/// Rules of one attribute that are named.
const MAX_RULES: usize = 3;
/// Characters of a value that are shown.
const MAX_SHOWN_CHARS: usize = 300;

/// Writes the diagnosis for a page of this width; `None`: 80 columns.
pub fn write(diagnosis: &Diagnosis, out: &mut dyn Write, width: Option<u16>) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    let width = width.unwrap_or(DEFAULT_WIDTH).clamp(NARROWEST, WIDEST);
    let mut page = Page { out: &mut buffered, width };
    page.text(concat!("presync ", env!("CARGO_PKG_VERSION"), ": what the inputs are and what they lack"), 0)?;
    let described =
        |input: &&Input| input.role == InputRole::Source && matches!(input.verdict, Verdict::Described(_));
    let alone = diagnosis.inputs.iter().filter(described).count() == 1;
    for input in &diagnosis.inputs {
        write_input(input, alone, &mut page)?;
    }
    write_missing(diagnosis, &mut page)?;
    write_not_run(diagnosis, &mut page)?;
    write_commands(diagnosis, &mut page)?;
    buffered.flush()
}

/// Lines of limited width.
struct Page<'a> {
    out: &'a mut dyn Write,
    width: u16,
}

impl Page<'_> {
    fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A paragraph, wrapped and indented.
    fn text(&mut self, text: &str, indent: u16) -> io::Result<()> {
        let mut table = self.grid();
        table.add_row([text]);
        if let Some(column) = table.column_mut(0) {
            column.set_padding((indent, 0));
        }
        self.table(&table)
    }

    fn grid(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(self.width);
        table
    }

    fn table(&mut self, table: &Table) -> io::Result<()> {
        for line in table.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn shown(text: &str) -> String {
    visible_start(text, MAX_SHOWN_CHARS).into_owned()
}

/// `alone`: it is the only source, so that what it lacks is what all lack, which is told below.
fn write_input(input: &Input, alone: bool, page: &mut Page<'_>) -> io::Result<()> {
    page.blank()?;
    let role = match input.role {
        InputRole::Source => "",
        InputRole::Tenant => " (tenant)",
        InputRole::Overlay => " (overlay)",
    };
    page.text(&format!("{}{role}", shown(&input.path)), 0)?;
    match &input.verdict {
        Verdict::Described(described) => {
            let told_below = alone && input.role == InputRole::Source;
            write_described(described, &input.origin, told_below, page)
        }
        Verdict::Refused { kind, found, line, advice } => {
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let what = match *kind {
                "refused" => format!("REFUSED: this is {}.", shown(found)),
                "unreadable" => format!("UNREADABLE: {}.", shown(found)),
                "unreachable" => format!("UNREACHABLE: {}.", shown(found)),
                _ => format!("UNUSABLE: {line}{}.", shown(found)),
            };
            page.text(&format!("{what} {}", shown(advice)), 2)?;
            let rows = origin_rows(&input.origin);
            write_rows(&rows, page)
        }
    }
}

fn write_rows(rows: &[(&str, String)], page: &mut Page<'_>) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut table = page.grid();
    for (name, value) in rows {
        table.add_row([format!(" {name}"), value.clone()]);
    }
    page.table(&table)
}

fn write_described(
    described: &Described,
    origin: &Origin,
    told_below: bool,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let mut rows = vec![("format", described.format.name().to_owned())];
    rows.extend(origin_rows(origin));
    if let Some(forest) = &described.forest {
        rows.push(("forest", shown(forest)));
    }
    if described.domains.len() > 1 || described.domains.first() != described.forest.as_ref() {
        rows.push(("domains", shown(&described.domains.join(", "))));
    }
    rows.push(("records", records(described)));
    rows.push(("objects", counted(described.classes.iter().map(|(name, count)| (*name, *count)))));
    rows.push(("complete", if described.complete { "yes" } else { "NO" }.to_owned()));
    let present = described.present.iter().map(|(name, count)| (name.as_str(), *count));
    rows.push(("present", counted(present)));
    let missing = match described.missing.len() {
        count if told_below && count > FEW => format!("{count} attributes, see below"),
        _ => described.missing.join(", "),
    };
    rows.push(("missing", missing));
    rows.retain(|(_, value)| !value.is_empty());
    write_rows(&rows, page)?;
    for sign in &described.signs {
        page.text(&format!("! {}", shown(sign)), 2)?;
    }
    for warning in described.warnings.iter().take(MAX_WARNINGS) {
        let line = warning.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        page.text(&format!("! {line}{} [{}]", shown(&warning.message), warning.id), 2)?;
    }
    match described.warnings.len().saturating_sub(MAX_WARNINGS) {
        0 => Ok(()),
        more => page.text(&format!("! … and {more} more warnings"), 2),
    }
}

fn records(described: &Described) -> String {
    let skipped: Vec<String> =
        described.skipped.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    let skipped =
        if skipped.is_empty() { String::new() } else { format!("; skipped: {}", skipped.join(", ")) };
    format!("{} read, {} loaded{skipped}", described.read(), described.loaded)
}

fn counted<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    counts.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

fn origin_rows(origin: &Origin) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(writer) = origin.writer {
        rows.push(("written by", writer_name(writer)));
    }
    if let Some(encoding) = origin.encoding {
        let mark = if origin.has_mark { " with a byte order mark" } else { "" };
        let ends = origin.line_ends.map(|ends| format!(", line ends {ends}")).unwrap_or_default();
        let compressed = origin.compression.map(|name| format!(", compressed ({name})")).unwrap_or_default();
        rows.push(("encoding", format!("{encoding}{mark}{ends}{compressed}")));
    }
    let search = &origin.search;
    if let Some((base, scope)) = &search.base {
        rows.push(("base", shown(&format!("{base} ({scope})"))));
    }
    let named = [("filter", &search.filter), ("requested", &search.requested)];
    rows.extend(named.into_iter().filter_map(|(name, value)| Some((name, shown(value.as_ref()?)))));
    rows
}

/// The program, for people.
pub(super) fn writer_name(writer: Writer) -> String {
    let edition = |edition| match edition {
        PowerShellEdition::Windows => "Windows PowerShell 5.1",
        PowerShellEdition::Core => "PowerShell 7",
        PowerShellEdition::Unknown => "PowerShell 5.1 or 7",
    };
    match writer {
        Writer::Ldifde => "ldifde".to_owned(),
        Writer::Ldapsearch(0) => "ldapsearch".to_owned(),
        Writer::Ldapsearch(level) => format!("ldapsearch -{}", "L".repeat(usize::from(level))),
        Writer::Ldbsearch => "ldbsearch".to_owned(),
        Writer::DirectoryStudio => "Apache Directory Studio".to_owned(),
        Writer::Csvde => "csvde".to_owned(),
        Writer::PowerShell(version) => edition(version).to_owned(),
        Writer::ExchangeShell(version) => format!("Exchange Management Shell ({})", edition(version)),
        Writer::Csexport => "csexport of the sync server".to_owned(),
        Writer::Graph => "Microsoft Graph".to_owned(),
        Writer::GraphPowerShell => "Microsoft Graph PowerShell or an older module".to_owned(),
        Writer::Portal => "an admin centre".to_owned(),
    }
}

fn write_missing(diagnosis: &Diagnosis, page: &mut Page<'_>) -> io::Result<()> {
    if diagnosis.missing.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.text("Attributes that no source has, and what becomes unreliable", 0)?;
    let is_ldif = |input: &Input| matches!(&input.verdict, Verdict::Described(described) if described.format == InputFormat::Ldif);
    if diagnosis.inputs.iter().any(is_ldif) {
        page.text("An attribute that no object has looks in LDIF as if it was not exported.", 2)?;
    }
    let mut table = page.grid();
    for missing in &diagnosis.missing {
        table.add_row([format!(" {}", missing.attribute), consequence(missing)]);
    }
    page.table(&table)
}

fn consequence(missing: &Missing) -> String {
    let mut parts: Vec<String> = missing.weakens.iter().map(|text| (*text).to_owned()).collect();
    if !missing.checks.is_empty() {
        parts.push(format!("Checks: {}.", missing.checks.join(", ")));
    }
    if missing.weakens.is_none() && !missing.rules.is_empty() {
        let named: Vec<&str> = missing.rules.iter().take(MAX_RULES).map(String::as_str).collect();
        let more = match missing.rules.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(format!("Read by {}{more}.", named.join(", ")));
    }
    parts.join(" ")
}

fn write_not_run(diagnosis: &Diagnosis, page: &mut Page<'_>) -> io::Result<()> {
    if diagnosis.not_run.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.text(&format!("Checks that cannot run ({} checks in all)", diagnosis.checks), 0)?;
    let mut table = page.grid();
    for (check, why) in &diagnosis.not_run {
        table.add_row([format!(" {}", shown(check)), shown(why)]);
    }
    page.table(&table)
}

/// One command per tool, with the inputs it stands for.
fn write_commands(diagnosis: &Diagnosis, page: &mut Page<'_>) -> io::Result<()> {
    let mut tools: Vec<&str> = Vec::new();
    for input in &diagnosis.inputs {
        if !tools.contains(&input.export.tool) {
            tools.push(input.export.tool);
        }
    }
    for tool in tools {
        let inputs: Vec<&Input> = diagnosis.inputs.iter().filter(|input| input.export.tool == tool).collect();
        write_command(tool, &inputs, page)?;
    }
    Ok(())
}

/// The command of the first input whose domain is known.
fn write_command(tool: &str, inputs: &[&Input], page: &mut Page<'_>) -> io::Result<()> {
    let with_base = inputs.iter().find(|input| !input.export.bases.is_empty());
    let Some(best) = with_base.or(inputs.first()) else { return Ok(()) };
    let paths: Vec<String> = inputs.iter().map(|input| shown(&input.path)).collect();
    let (mut bases, mut notes) = (Vec::new(), Vec::new());
    for input in inputs {
        add_new(&input.export.bases, &mut bases);
        add_new(&input.export.notes, &mut notes);
    }
    notes.extend(command::base_note(tool, &bases));
    page.blank()?;
    page.text(&format!("To export what is needed with {tool} (for {}):", paths.join(", ")), 0)?;
    for note in &notes {
        page.text(note, 2)?;
    }
    page.blank()?;
    writeln!(page.out, "{}", best.export.text)
}

fn add_new(from: &[String], to: &mut Vec<String>) {
    for text in from {
        if !to.contains(text) {
            to.push(text.clone());
        }
    }
}
