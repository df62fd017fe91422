//! `presync compare`: two predictions, and by the exit status whether they differ.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::compare::{self, Answer, Comparison, Format};
use crate::config::{Engine, Settings, Severity};
use crate::load::SourceArgument;
use crate::predict::{PredictError, Request};
use crate::report::TableStyle;

use super::check::{failure, in_pool, refuse_unsupported, source_argument, today, write_file};
use super::input::{InputArguments, engine_name};
use super::live::LiveArguments;
use super::settings::SettingsArguments;
use super::{Exit, Failure, terminal};

#[derive(Debug, Args)]
#[command(override_usage = "\
presync compare [OPTIONS] --engines ENGINE,ENGINE [NAME=]SOURCE...
       presync compare [OPTIONS] --before [NAME=]SOURCE... --after [NAME=]SOURCE...")]
pub(super) struct Compare {
    /// Export that both engines are asked about: a path, a pattern with * or ?, or -. NAME= names its forest
    #[arg(value_name = "[NAME=]SOURCE", required_unless_present_any = ["before", "after"])]
    sources: Vec<String>,
    /// The two engines, such as connect,cloud-sync: which objects would fare differently under the second
    #[arg(
        long,
        value_name = "ENGINE,ENGINE",
        value_delimiter = ',',
        value_parser = engine_name,
        required_unless_present_any = ["before", "after"],
        conflicts_with_all = ["before", "after"],
    )]
    engines: Vec<Engine>,
    /// Exports of the first day
    #[arg(long, value_name = "[NAME=]SOURCE", num_args = 1.., requires = "after", conflicts_with = "sources")]
    before: Vec<String>,
    /// Exports of the second day
    #[arg(long, value_name = "[NAME=]SOURCE", num_args = 1.., requires = "before", conflicts_with = "sources")]
    after: Vec<String>,
    /// What the tenant already holds, for both sides: Microsoft Graph JSON or a CSV of cloud objects. May be repeated
    #[arg(long, value_name = "FILE")]
    tenant: Vec<String>,
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    live: LiveArguments,
    /// Format on standard output
    #[arg(long, value_enum, default_value = "table")]
    format: FormatName,
    /// Write the comparison to a file too; its format follows the ending (.csv .json .md .txt). May be repeated
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    /// Lowest weight of a difference that makes the exit status 1
    #[arg(long, value_enum, default_value = "info")]
    fail_on: FailOn,
    /// Compare the findings of this check only. May be repeated
    #[arg(long, value_name = "CHECK")]
    select: Vec<String>,
    /// Do not compare the findings of this check. May be repeated
    #[arg(long, value_name = "CHECK")]
    ignore: Vec<String>,
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
    Markdown,
}

impl FormatName {
    fn format(self) -> Format {
        match self {
            Self::Table => Format::Table,
            Self::Json => Format::Json,
            Self::Csv => Format::Csv,
            Self::Markdown => Format::Markdown,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    /// An object no longer arrives, doubles, gets another anchor, or an error appears
    Error,
    /// Anything else changes what reaches the cloud
    Warning,
    /// Anything differs
    Info,
    /// Always end with 0
    Never,
}

impl FailOn {
    fn reached(self, comparison: &Comparison) -> bool {
        let severity = match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
            Self::Never => return false,
        };
        comparison.at_least(severity) > 0
    }
}

impl Compare {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let reports = self.report_files()?;
        let mut settings = self.settings.read()?;
        let engines = self.engines()?;
        for engine in engines.unwrap_or([settings.sync.engine; 2]) {
            refuse_unsupported(&settings.with_engine(engine))?;
        }
        let mut input = self.input.options(&mut settings)?;
        // Of both sides at once: the password is asked for only once.
        let all: Vec<_> = [&self.sources, &self.before, &self.after].into_iter().flatten().collect();
        let all: Vec<SourceArgument> = all.into_iter().map(|text| source_argument(text)).collect();
        input.live = self.live.access(&all, &settings)?;
        let request = |sources: &[String]| self.request(sources, &settings, input.clone());
        let answer = if let Some(engines) = engines {
            let request = request(&self.sources);
            in_pool(self.threads, || compare::by_engine(&request, engines))?
        } else {
            let (before, after) = (request(&self.before), request(&self.after));
            in_pool(self.threads, || compare::by_day(&before, &after))?
        };
        self.finish(answer, &reports)
    }

    fn finish(
        &self,
        answer: Result<Answer, PredictError>,
        reports: &[(Format, &Path)],
    ) -> Result<Exit, Failure> {
        let Answer { comparison, notices } = answer.map_err(|error| failure(&error))?;
        for notice in &notices {
            terminal::message(&format!("presync: {notice}"));
        }
        let plain = TableStyle { width: None, colour: false };
        for (format, path) in reports {
            write_file(path, |out| format.write(&comparison, out, plain))?;
        }
        super::print(|out| self.format.format().write(&comparison, out, terminal::table_style()))?;
        Ok(match () {
            () if self.strict_input && !comparison.is_complete() => Exit::Incomplete,
            () if self.fail_on.reached(&comparison) => Exit::Findings,
            () => Exit::Success,
        })
    }

    /// The engines to compare; `None`: two exports are.
    fn engines(&self) -> Result<Option<[Engine; 2]>, Failure> {
        match *self.engines.as_slice() {
            [] => Ok(None),
            [one, other] if one != other => Ok(Some([one, other])),
            _ => {
                let advice = "name two different ones, such as connect,cloud-sync";
                Err(Failure::usage(format!("--engines compares one engine with another: {advice}")))
            }
        }
    }

    fn report_files(&self) -> Result<Vec<(Format, &Path)>, Failure> {
        let format_of = |path: &'_ PathBuf| {
            Format::from_path(&path.to_string_lossy()).ok_or_else(|| {
                let message = "the ending names no format of a comparison; use .csv, .json, .md or .txt";
                Failure::usage(format!("--report {}: {message}", path.display()))
            })
        };
        self.report.iter().map(|path| Ok((format_of(path)?, path.as_path()))).collect()
    }

    fn request(&self, sources: &[String], settings: &Settings, input: crate::load::InputOptions) -> Request {
        Request {
            sources: sources.iter().map(|text| source_argument(text)).collect(),
            input,
            tenants: self.tenant.clone(),
            settings: settings.clone(),
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            today: today(),
            ..Request::default()
        }
    }
}
