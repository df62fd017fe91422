//! The report as one JSON object per line, for log collectors: a line `run`, a line `summary`, then each object and
//! each finding. The fields are those of the JSON report, after a field `type`. Specified in `docs/formats.md`.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::Report;
use super::harmless_json::write_line;
use super::json_view::{RunView, SCHEMA_VERSION, Tool, Viewed};

/// Writes the whole report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut buffered = BufWriter::new(out);
    let run = Run { schema_version: SCHEMA_VERSION, tool: Tool::THIS, facts: RunView::of(report) };
    write_line(&Line { r#type: "run", body: run }, &mut buffered)?;
    write_line(&Line { r#type: "summary", body: report.summary.view() }, &mut buffered)?;
    for object in &report.objects {
        write_line(&Line { r#type: "object", body: object.view() }, &mut buffered)?;
    }
    for finding in &report.findings {
        write_line(&Line { r#type: "finding", body: finding.view() }, &mut buffered)?;
    }
    buffered.flush()
}

#[derive(Serialize)]
struct Line<T> {
    r#type: &'static str,
    #[serde(flatten)]
    body: T,
}

#[derive(Serialize)]
struct Run<'a> {
    schema_version: u32,
    tool: Tool,
    #[serde(flatten)]
    facts: RunView<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn the_whole_report_in_lines() {
        insta::assert_snapshot!("ndjson", fixture::written(write, &fixture::report()));
    }

    #[test]
    fn each_line_is_one_object_of_its_type_with_the_fields_of_the_json_report() {
        let report = fixture::report();
        let text = fixture::written(write, &report);
        let whole: serde_json::Value =
            serde_json::from_str(&fixture::written(super::super::json::write, &report)).unwrap();
        let mut types = Vec::new();
        let (mut objects, mut findings) = (Vec::new(), Vec::new());
        for line in text.lines() {
            let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
            let kind = value.as_object_mut().unwrap().remove("type").unwrap();
            match kind.as_str().unwrap() {
                "object" => objects.push(value),
                "finding" => findings.push(value),
                "summary" => assert_eq!(value, whole["summary"]),
                _ => assert_eq!(value["inputs"], whole["run"]["inputs"]),
            }
            types.push(kind);
        }
        assert_eq!(serde_json::Value::from(objects), whole["objects"]);
        assert_eq!(serde_json::Value::from(findings), whole["findings"]);
        assert_eq!(types[..3], ["run", "summary", "object"]);
    }
}
