//! `presync init`: a commented settings file to start from.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use clap::Args;

use crate::config::EXAMPLE;

use super::{Exit, Failure};

#[derive(Debug, Args)]
pub(super) struct Init {}

impl Init {
    /// Never overwrites: a settings file is written by hand.
    #[allow(clippy::unused_self)] // the same shape as every other subcommand
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let path = Path::new("presync.toml");
        let fail = |error: std::io::Error| {
            Failure::usage(format!("{}: {error}; nothing was written", path.display()))
        };
        let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(fail)?;
        file.write_all(EXAMPLE.as_bytes()).map_err(fail)?;
        super::print(|out| writeln!(out, "wrote {}", path.display()))?;
        Ok(Exit::Success)
    }
}
