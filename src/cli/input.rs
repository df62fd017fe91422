//! Options that say how the sources are written, for every command that reads them.

use clap::{Args, ValueEnum};

use crate::config::{Engine, Settings, closest, map_entry};
use crate::directory::InputFormat;
use crate::load::{DateOrder, InputOptions, StatedEncoding};

use super::Failure;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How the sources are written")]
pub(super) struct InputArguments {
    /// Encoding of sources without a byte order mark, such as utf-8, utf-16le, utf-32le, windows-1252; default: told by
    /// their bytes
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Format of the sources, where it is not recognized
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<FormatName>,
    /// What a column of a CSV stands for, such as UPN=userPrincipalName; before [map] of the settings. May be repeated
    #[arg(long, value_name = "HEADER=ATTRIBUTE")]
    map: Vec<String>,
    /// Order of day and month in dates of a CSV that could be read both ways
    #[arg(long, value_enum, value_name = "ORDER")]
    date_order: Option<OrderName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// ldifde, ldapsearch, ldbsearch
    Ldif,
    /// csvde
    Csvde,
    /// Export-Csv, and any other CSV
    Csv,
    /// csexport of the sync server
    Csexport,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OrderName {
    /// 29/03/2026
    Dmy,
    /// 3/29/2026
    Mdy,
}

impl InputArguments {
    /// What was typed, over what the settings say; columns named here become part of the settings, so that the report
    /// shows them.
    pub(super) fn options(&self, settings: &mut Settings) -> Result<InputOptions, Failure> {
        for text in &self.map {
            let (header, attribute) =
                map_entry(text).map_err(|fault| Failure::usage(format!("--map {text}: {fault}")))?;
            settings.map.retain(|(own, _)| own.trim().to_lowercase() != header.to_lowercase());
            settings.map.push((header, attribute));
        }
        let mut options = InputOptions {
            encoding: self.encoding.as_deref().map(encoding).transpose()?,
            format: self.input_format.map(|format| match format {
                FormatName::Ldif => InputFormat::Ldif,
                FormatName::Csvde => InputFormat::Csvde,
                FormatName::Csv => InputFormat::Csv,
                FormatName::Csexport => InputFormat::Csexport,
            }),
            date_order: self.date_order.map(|order| match order {
                OrderName::Dmy => DateOrder::DayFirst,
                OrderName::Mdy => DateOrder::MonthFirst,
            }),
            ..InputOptions::default()
        };
        for (header, attribute) in &settings.map {
            options.map.set(header, attribute);
        }
        Ok(options)
    }
}

/// The engine of a name on the command line.
pub(super) fn engine_name(name: &str) -> Result<Engine, String> {
    Engine::from_name(name).ok_or_else(|| {
        let names = Engine::ALL.map(Engine::name);
        let near = closest(name, names).map(|near| format!("; did you mean {near}?"));
        format!("there is no such engine, use {}{}", names.join(" or "), near.unwrap_or_default())
    })
}

fn encoding(name: &str) -> Result<StatedEncoding, Failure> {
    StatedEncoding::from_name(name).ok_or_else(|| {
        let names = || StatedEncoding::names();
        let hint = match closest(name, names()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("use one of {}", names().collect::<Vec<_>>().join(", ")),
        };
        Failure::usage(format!("--encoding {name}: there is no encoding of this name; {hint}"))
    })
}
