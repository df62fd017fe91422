//! The diagnosis as JSON, `schema_version` 1; specified in `docs/formats.md`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::command::{self, ExportCommand};
use super::{Described, Diagnosis, Input, Verdict, table};
use crate::directory::{InputRole, SourceWarning};
use crate::report::harmless_json::write_pretty;

#[derive(Serialize)]
struct View<'a> {
    schema_version: u32,
    tool: Tool,
    inputs: Vec<InputView<'a>>,
    attributes_missing: Vec<MissingView<'a>>,
    checks: Checks<'a>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct InputView<'a> {
    source: &'a str,
    role: &'static str,
    verdict: &'static str,
    found: Option<&'a str>,
    line: Option<u64>,
    advice: Option<&'a str>,
    format: Option<&'static str>,
    encoding: Option<&'static str>,
    byte_order_mark: bool,
    compression: Option<&'static str>,
    line_ends: Option<&'static str>,
    written_by: Option<String>,
    search: Search<'a>,
    forest: Option<&'a str>,
    domains: &'a [String],
    records: Option<Records<'a>>,
    complete: Option<bool>,
    classes: BTreeMap<&'static str, u64>,
    attributes_present: Vec<Present<'a>>,
    attributes_missing: &'a [String],
    signs: &'a [String],
    warnings: Vec<Warning<'a>>,
    export: Export<'a>,
}

#[derive(Serialize)]
struct Search<'a> {
    base: Option<&'a str>,
    scope: Option<&'a str>,
    filter: Option<&'a str>,
    requested: Option<&'a str>,
}

#[derive(Serialize)]
struct Records<'a> {
    read: u64,
    loaded: u64,
    skipped: &'a BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Present<'a> {
    attribute: &'a str,
    objects: u64,
}

#[derive(Serialize)]
struct Warning<'a> {
    id: &'static str,
    message: &'a str,
    line: Option<u64>,
}

#[derive(Serialize)]
struct Export<'a> {
    tool: &'static str,
    shell: &'static str,
    command: &'a str,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct MissingView<'a> {
    attribute: &'a str,
    weakens: Option<&'static str>,
    checks: &'a [String],
    rules: &'a [String],
}

#[derive(Serialize)]
struct Checks<'a> {
    total: usize,
    not_run: Vec<NotRun<'a>>,
}

#[derive(Serialize)]
struct NotRun<'a> {
    check: &'a str,
    why: &'a str,
}

/// Writes the diagnosis, indented, with a line end.
pub fn write(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let missing = diagnosis.missing.iter().map(|missing| MissingView {
        attribute: &missing.attribute,
        weakens: missing.weakens,
        checks: &missing.checks,
        rules: &missing.rules,
    });
    let not_run = diagnosis.not_run.iter().map(|(check, why)| NotRun { check, why });
    let view = View {
        schema_version: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        inputs: diagnosis.inputs.iter().map(input_view).collect(),
        attributes_missing: missing.collect(),
        checks: Checks { total: diagnosis.checks, not_run: not_run.collect() },
    };
    write_pretty(&view, out)?;
    writeln!(out)
}

fn input_view(input: &Input) -> InputView<'_> {
    let origin = &input.origin;
    let described = match &input.verdict {
        Verdict::Described(described) => Some(described.as_ref()),
        Verdict::Refused { .. } => None,
    };
    let (verdict, found, line, advice) = match &input.verdict {
        Verdict::Described(_) => ("described", None, None, None),
        Verdict::Refused { kind, found, line, advice } => {
            (*kind, Some(found.as_str()), *line, Some(advice.as_str()).filter(|text| !text.is_empty()))
        }
    };
    let list = |of: fn(&Described) -> &[String]| described.map_or(&[][..], of);
    InputView {
        source: &input.path,
        role: role_name(input.role),
        verdict,
        found,
        line,
        advice,
        format: described.map(|described| described.format.name()),
        encoding: origin.encoding,
        byte_order_mark: origin.has_mark,
        compression: origin.compression,
        line_ends: origin.line_ends,
        written_by: origin.writer.map(table::writer_name),
        search: Search {
            base: origin.search.base.as_ref().map(|(base, _)| base.as_str()),
            scope: origin.search.base.as_ref().map(|(_, scope)| scope.as_str()),
            filter: origin.search.filter.as_deref(),
            requested: origin.search.requested.as_deref(),
        },
        forest: described.and_then(|described| described.forest.as_deref()),
        domains: list(|described| &described.domains),
        records: described.map(|described| Records {
            read: described.read(),
            loaded: described.loaded,
            skipped: &described.skipped,
        }),
        complete: described.map(|described| described.complete),
        classes: described.into_iter().flat_map(|described| described.classes.iter().copied()).collect(),
        attributes_present: described.map(present).unwrap_or_default(),
        attributes_missing: list(|described| &described.missing),
        signs: list(|described| &described.signs),
        warnings: described.map(warnings).unwrap_or_default(),
        export: Export {
            tool: input.export.tool,
            shell: input.export.shell,
            command: &input.export.text,
            notes: notes(&input.export),
        },
    }
}

fn notes(export: &ExportCommand) -> Vec<String> {
    let base = command::base_note(export.tool, &export.bases);
    export.notes.iter().cloned().chain(base).collect()
}

fn present(described: &Described) -> Vec<Present<'_>> {
    described.present.iter().map(|(attribute, objects)| Present { attribute, objects: *objects }).collect()
}

fn warnings<'d>(described: &'d Described) -> Vec<Warning<'d>> {
    let view = |warning: &'d SourceWarning| Warning {
        id: warning.id,
        message: &warning.message,
        line: warning.line,
    };
    described.warnings.iter().map(view).collect()
}

fn role_name(role: InputRole) -> &'static str {
    match role {
        InputRole::Source => "source",
        InputRole::Tenant => "tenant",
        InputRole::Overlay => "overlay",
    }
}
