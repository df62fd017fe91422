//! `presync match`: the plan of matching; ends with 1 when something is refused.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::load::SourceArgument;
use crate::match_plan::{self, Answer, Format};
use crate::predict::Request;
use crate::report::TableStyle;

use super::check::{failure, in_pool, refuse_unsupported, source_argument, today, write_file};
use super::input::InputArguments;
use super::live::LiveArguments;
use super::settings::SettingsArguments;
use super::{Exit, Failure, terminal};

#[derive(Debug, Args)]
pub(super) struct Match {
    /// Export to match: a path, a pattern with * or ?, or - for standard input. NAME= names its forest
    #[arg(required = true, value_name = "[NAME=]SOURCE")]
    sources: Vec<String>,
    /// What the tenant already holds: Microsoft Graph JSON or a CSV of cloud objects. May be repeated
    #[arg(long, value_name = "FILE", required = true)]
    tenant: Vec<String>,
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    live: LiveArguments,
    /// Format on standard output
    #[arg(long, value_enum, default_value = "table")]
    format: FormatName,
    /// Write the plan to a file too; its format follows the ending (.csv .json .txt). May be repeated
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    #[command(flatten)]
    settings: SettingsArguments,
    /// Number of threads; default: as many as the machine has cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Exit with status 4 when an input is incomplete
    #[arg(long)]
    strict_input: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    Table,
    Json,
    Csv,
}

impl FormatName {
    fn format(self) -> Format {
        match self {
            Self::Table => Format::Table,
            Self::Json => Format::Json,
            Self::Csv => Format::Csv,
        }
    }
}

/// The format of a file, by its ending.
fn format_of(path: &std::path::Path) -> Result<Format, Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("json") => Ok(Format::Json),
        Some("txt") => Ok(Format::Table),
        _ => {
            let message = "the ending names no format of a plan; use .csv, .json or .txt";
            Err(Failure::usage(format!("--report {}: {message}", path.display())))
        }
    }
}

impl Match {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let reports = self.report.iter().map(|path| Ok((format_of(path)?, path)));
        let reports = reports.collect::<Result<Vec<_>, Failure>>()?;
        let mut settings = self.settings.read()?;
        refuse_unsupported(&settings)?;
        let sources: Vec<SourceArgument> = self.sources.iter().map(|text| source_argument(text)).collect();
        let mut input = self.input.options(&mut settings)?;
        input.live = self.live.access(&sources, &settings)?;
        let request = Request {
            sources,
            input,
            tenants: self.tenant.clone(),
            settings,
            today: today(),
            ..Request::default()
        };
        let answer = in_pool(self.threads, || match_plan::plan(&request))?;
        let Answer { plan, notices } = answer.map_err(|error| failure(&error))?;
        for notice in &notices {
            terminal::message(&format!("presync: {notice}"));
        }
        let plain = TableStyle { width: None, colour: false };
        for (format, path) in reports {
            write_file(path, |out| format.write(&plan, out, plain))?;
        }
        super::print(|out| self.format.format().write(&plan, out, terminal::table_style()))?;
        let incomplete = plan.inputs.iter().any(|input| !input.complete);
        Ok(match () {
            () if self.strict_input && incomplete => Exit::Incomplete,
            () if plan.entries.iter().any(|entry| entry.matched == "refused") => Exit::Findings,
            () => Exit::Success,
        })
    }
}
