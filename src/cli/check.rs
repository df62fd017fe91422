//! `presync check`: predict, report, and say by the exit status whether something was found.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::config::Settings;
use crate::load::{LoadError, SourceArgument};
use crate::predict::{self, ObjectSelection, PredictError, Prediction, Request};
use crate::report::{Format, Report};

use super::input::InputArguments;
use super::live::LiveArguments;
use super::settings::SettingsArguments;
use super::{Exit, Failure, terminal};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// What to check: a path, a pattern with * or ?, - for standard input, or the URL of a live directory.
    /// NAME= names its forest
    #[arg(required = true, value_name = "[NAME=]SOURCE")]
    sources: Vec<String>,
    /// What the tenant already holds: Microsoft Graph JSON or a CSV of cloud objects. May be repeated
    #[arg(long, value_name = "FILE")]
    tenant: Vec<String>,
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    live: LiveArguments,
    /// LDIF change records (ldifde -i) to apply in memory before the prediction. May be repeated; applied in order
    #[arg(long, value_name = "FILE")]
    overlay: Vec<String>,
    /// Format on standard output
    #[arg(long, value_enum, default_value = "table")]
    format: FormatName,
    /// Write another report; its format follows the ending (.csv .json .ndjson .md). May be repeated
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    /// Lowest severity of a finding that makes the exit status 1
    #[arg(long, value_enum, default_value = "error")]
    fail_on: FailOn,
    /// Run this check only. May be repeated
    #[arg(long, value_name = "CHECK")]
    select: Vec<String>,
    /// Do not run this check. May be repeated
    #[arg(long, value_name = "CHECK")]
    ignore: Vec<String>,
    /// Objects that the report lists
    #[arg(long, value_enum, default_value = "affected")]
    objects: Objects,
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
    Ndjson,
    Csv,
    Markdown,
}

impl FormatName {
    fn format(self) -> Format {
        match self {
            Self::Table => Format::Table,
            Self::Json => Format::Json,
            Self::Ndjson => Format::Ndjson,
            Self::Csv => Format::Csv,
            Self::Markdown => Format::Markdown,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    /// Whether the totals reach the threshold. Excepted findings do not count.
    fn reached(self, report: &Report) -> bool {
        let summary = &report.summary;
        let count = match self {
            Self::Error => summary.errors,
            Self::Warning => summary.errors + summary.warnings,
            Self::Info => summary.errors + summary.warnings + summary.infos,
            Self::Never => 0,
        };
        count > 0
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Objects {
    All,
    Affected,
    None,
}

impl Check {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let reports = self.report_files()?;
        let settings = self.settings.read()?;
        refuse_unsupported(&settings)?;
        let request = self.request(settings, &reports)?;
        let prediction =
            in_pool(self.threads, || predict::predict(&request))?.map_err(|error| failure(&error))?;
        self.write(&prediction, &reports)?;
        let incomplete = prediction.report.inputs.iter().any(|input| !input.complete);
        Ok(match () {
            () if self.strict_input && incomplete => Exit::Incomplete,
            () if self.fail_on.reached(&prediction.report) => Exit::Findings,
            () => Exit::Success,
        })
    }

    fn report_files(&self) -> Result<Vec<(Format, &Path)>, Failure> {
        let format_of = |path: &'_ PathBuf| {
            Format::from_path(&path.to_string_lossy()).ok_or_else(|| {
                let message = "the ending names no report format; use .csv, .json, .ndjson or .md";
                Failure::usage(format!("--report {}: {message}", path.display()))
            })
        };
        self.report.iter().map(|path| Ok((format_of(path)?, path.as_path()))).collect()
    }

    /// Objects are only put together for formats that show them.
    fn object_selection(&self, reports: &[(Format, &Path)]) -> ObjectSelection {
        let shown =
            self.format.format().lists_objects() || reports.iter().any(|(format, _)| format.lists_objects());
        match self.objects {
            Objects::All if shown => ObjectSelection::All,
            Objects::Affected if shown => ObjectSelection::Affected,
            _ => ObjectSelection::None,
        }
    }

    fn request(&self, mut settings: Settings, reports: &[(Format, &Path)]) -> Result<Request, Failure> {
        let sources: Vec<SourceArgument> = self.sources.iter().map(|text| source_argument(text)).collect();
        let mut input = self.input.options(&mut settings)?;
        input.live = self.live.access(&sources, &settings)?;
        Ok(Request {
            sources,
            input,
            overlays: self.overlay.clone(),
            tenants: self.tenant.clone(),
            settings,
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            objects: self.object_selection(reports),
            today: today(),
        })
    }

    fn write(&self, prediction: &Prediction, reports: &[(Format, &Path)]) -> Result<(), Failure> {
        for notice in &prediction.notices {
            terminal::message(&format!("presync: {notice}"));
        }
        for (format, path) in reports {
            let plain = crate::report::TableStyle { width: None, colour: false };
            write_file(path, |out| format.write(&prediction.report, out, plain))?;
        }
        super::print(|out| self.format.format().write(&prediction.report, out, terminal::table_style()))
    }
}

/// Today as `YYYY-MM-DD`.
pub(super) fn today() -> Option<String> {
    jiff::Timestamp::now().to_string().get(..10).map(str::to_owned)
}

/// Runs work on its own pool of threads.
pub(super) fn in_pool<T: Send>(threads: Option<u16>, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    let threads = threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Failure {
        exit: Exit::Internal,
        message: format!("cannot start the threads: {error}"),
    })?;
    Ok(pool.install(work))
}

/// Writes beside the target and renames, so that nobody ever reads half a report.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let fail = |error: std::io::Error| {
        let advice = "is it open in another program, or the folder missing?";
        Failure::usage(format!("--report {}: cannot be written: {error}; {advice}", path.display()))
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(fs::File::create(&part)?);
        write(&mut out)?;
        out.flush()?;
        drop(out);
        fs::rename(&part, path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&part);
        fail(error)
    })
}

/// Splits `NAME=` off. A name stands only before a path or a URL scheme, so an `=` after a slash, a backslash or a
/// colon belongs to the path or URL; a file that exists under the whole text is that file.
pub(super) fn source_argument(text: &str) -> SourceArgument {
    let named = text.split_once('=').filter(|(name, path)| {
        !name.is_empty()
            && !path.is_empty()
            && !name.contains(['/', '\\', ':', '*', '?'])
            && !Path::new(text).exists()
    });
    let (forest, path) = named.map_or((None, text), |(name, path)| (Some(name.to_owned()), path));
    SourceArgument { forest, path: path.to_owned() }
}

/// Settings that are valid, but that this version would have to ignore, are refused instead.
pub(super) fn refuse_unsupported(settings: &Settings) -> Result<(), Failure> {
    if settings.in_force().0.sync.rules.is_some() {
        return Err(Failure::usage("[sync] rules: this version runs the default rules only"));
    }
    Ok(())
}

pub(super) fn failure(error: &PredictError) -> Failure {
    let exit = match error {
        PredictError::Load(LoadError::Connection { .. }) => Exit::Connection,
        PredictError::Load(_) => Exit::Input,
        PredictError::Rule(_) | PredictError::Usage(_) => Exit::Usage,
    };
    Failure { exit, message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> (Option<String>, String) {
        let argument = source_argument(text);
        (argument.forest, argument.path)
    }

    #[test]
    fn a_name_stands_only_before_a_path() {
        assert_eq!(split("res.test=res.ldif"), (Some("res.test".into()), "res.ldif".into()));
        assert_eq!(split("exports/a=b.ldif"), (None, "exports/a=b.ldif".into()));
        assert_eq!(split(r"C:\exports\a=b.ldif"), (None, r"C:\exports\a=b.ldif".into()));
        assert_eq!(split(r"acc=C:\exports\a.ldif"), (Some("acc".into()), r"C:\exports\a.ldif".into()));
        assert_eq!(split("-"), (None, "-".into()));
        let url = "ldaps://dc1/DC=acc,DC=test??sub?(a=b)";
        assert_eq!(split(&format!("acc={url}")), (Some("acc".into()), url.into()));
        assert_eq!(split(url), (None, url.into()));
    }
}
