//! Which settings a run has: the file, and single ones of the command line over it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Failure;
use crate::check::CheckSet;
use crate::config::Settings;
use crate::directory::AttributeNames;

#[derive(Debug, Args)]
pub(super) struct SettingsArguments {
    /// Settings file; default: presync.toml in the current directory, if there is one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One setting of [tenant], [tenant.features] or [sync] over the file, such as
    /// tenant.initial-domain=contoso.onmicrosoft.com. May be repeated
    #[arg(long, value_name = "TABLE.KEY=VALUE")]
    set: Vec<String>,
}

impl SettingsArguments {
    /// The settings in the file, with those typed in the place of some. All problems at once.
    pub(super) fn read(&self) -> Result<Settings, Failure> {
        let (settings, text) = read_file(self.config.as_deref())?;
        settings.overridden(&text, &self.set).map_err(|error| Failure::usage(error.to_string()))
    }
}

/// The settings of a file, or the defaults without one.
pub(super) fn read_settings(config: Option<&Path>) -> Result<Settings, Failure> {
    read_file(config).map(|(settings, _)| settings)
}

fn read_file(config: Option<&Path>) -> Result<(Settings, String), Failure> {
    let default = Path::new("presync.toml");
    let Some(path) = config.or_else(|| default.exists().then_some(default)) else {
        return Ok((Settings::default(), String::new()));
    };
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::usage(format!("{}: the settings cannot be read: {error}", path.display()))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let settings = Settings::from_toml(text, &path.to_string_lossy())
        .map_err(|error| Failure::usage(error.to_string()))?;
    let checks = CheckSet::builtin(&mut AttributeNames::default());
    let known: Vec<&str> = checks.pages().map(|page| page.id.as_str()).collect();
    let problems: Vec<String> = settings.check_names(&known).iter().map(ToString::to_string).collect();
    if problems.is_empty() {
        Ok((settings, text.to_owned()))
    } else {
        Err(Failure::usage(problems.join("\n")))
    }
}
