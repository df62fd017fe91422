//! `presync doctor`: describes inputs; ends with 3 when one of them cannot be used.

use clap::{Args, ValueEnum};

use crate::doctor::{self, Request, json, table};
use crate::load::SourceArgument;

use super::check::{failure, refuse_unsupported, source_argument};
use super::input::InputArguments;
use super::live::LiveArguments;
use super::settings::SettingsArguments;
use super::{Exit, Failure, terminal};

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// What to examine: a path, a pattern with * or ?, - for standard input, or the URL of a live directory. NAME=
    /// names its forest
    #[arg(required_unless_present = "tenant", value_name = "[NAME=]SOURCE")]
    sources: Vec<String>,
    /// What the tenant already holds: a Microsoft Graph JSON export, or a CSV. May be repeated
    #[arg(long, value_name = "FILE")]
    tenant: Vec<String>,
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    live: LiveArguments,
    #[command(flatten)]
    settings: SettingsArguments,
    /// Format on standard output
    #[arg(long, value_enum, default_value = "table")]
    format: DoctorFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DoctorFormat {
    Table,
    Json,
}

impl Doctor {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let mut settings = self.settings.read()?;
        refuse_unsupported(&settings)?;
        let sources: Vec<SourceArgument> = self.sources.iter().map(|text| source_argument(text)).collect();
        let mut input = self.input.options(&mut settings)?;
        input.live = self.live.access(&sources, &settings)?;
        let request = Request { sources, input, tenants: self.tenant, settings };
        let diagnosis = doctor::diagnose(&request).map_err(|error| failure(&error))?;
        super::print(|out| match self.format {
            DoctorFormat::Table => table::write(&diagnosis, out, terminal::table_style().width),
            DoctorFormat::Json => json::write(&diagnosis, out),
        })?;
        Ok(match () {
            () if diagnosis.is_complete() => Exit::Success,
            () if diagnosis.is_unreachable() => Exit::Connection,
            () => Exit::Input,
        })
    }
}
