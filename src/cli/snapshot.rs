//! `presync snapshot`: a live directory as an LDIF file, to be checked later, elsewhere, and again.

use std::path::PathBuf;

use clap::Args;

use crate::directory::WantedAttributes;
use crate::load::LoadError;
use crate::load::ldap::snapshot::{self, Request, SnapshotError};
use crate::load::ldap::{LdapUrl, is_live};
use crate::predict;

use super::check::{failure, refuse_unsupported, source_argument};
use super::live::LiveArguments;
use super::settings::SettingsArguments;
use super::{Exit, Failure, terminal};

#[derive(Debug, Args)]
pub(super) struct Snapshot {
    /// The directory, with a base, attributes, scope and filter where needed. NAME= names its forest
    #[arg(value_name = "[NAME=]URL")]
    source: String,
    /// File to write; .gz and .zst are compressed. It appears only when everything was read
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    live: LiveArguments,
    #[command(flatten)]
    settings: SettingsArguments,
}

impl Snapshot {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let settings = self.settings.read()?;
        refuse_unsupported(&settings)?;
        let source = source_argument(&self.source);
        if !is_live(&source.path) {
            let message = format!("{}: a snapshot is made of an ldap:// or ldaps:// URL", source.path);
            return Err(Failure::usage(message));
        }
        LdapUrl::parse(&source.path).map_err(|error| Failure::usage(error.to_string()))?;
        let live = self.live.access(std::slice::from_ref(&source), &settings)?;
        let needs = predict::needs(&settings).map_err(|error| failure(&error))?;
        let written = snapshot::write(&Request {
            url: &source.path,
            forest: source.forest.as_deref(),
            live: &live,
            wanted: &WantedAttributes::Only(needs.live_attributes()),
            names: &needs.names,
            out: &self.out,
        });
        let written = written.map_err(|error| self.failed(error))?;
        for note in &written.notes {
            terminal::message(&format!("presync: {note}"));
        }
        super::print(|out| {
            let (entries, path) = (written.entries, self.out.display());
            let references = match written.references {
                0 => String::new(),
                count => format!(", {count} search references not followed"),
            };
            writeln!(out, "wrote {path}: {entries} objects, complete{references}")
        })?;
        Ok(Exit::Success)
    }

    fn failed(&self, error: SnapshotError) -> Failure {
        let out = self.out.display();
        match error {
            SnapshotError::Load(error @ LoadError::Connection { .. }) => {
                Failure { exit: Exit::Connection, message: error.to_string() }
            }
            SnapshotError::Load(error) => Failure { exit: Exit::Input, message: error.to_string() },
            SnapshotError::Incomplete(faults) => Failure {
                exit: Exit::Incomplete,
                message: format!("{}\n{out} was not written", faults.join("\n")),
            },
            SnapshotError::Output(error) => {
                let advice = "is the folder missing, the disk full, or the file open in another program?";
                Failure::usage(format!("--out {out}: cannot be written: {error}; {advice}"))
            }
        }
    }
}
