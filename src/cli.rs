//! The command line: what was typed, what it means, and the exit status.
//!
//! Results go to standard output, messages to standard error. The library below this module knows no terminal.

mod check;
mod compare;
mod doctor;
mod explain;
mod init;
mod input;
mod list;
mod live;
mod match_plan;
mod password;
mod progress;
mod settings;
mod snapshot;
mod terminal;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How a run ended (contract, "Exit status").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Nothing at or above the threshold.
    Success = 0,
    /// Findings at or above the threshold.
    Findings = 1,
    /// Wrong usage or settings.
    Usage = 2,
    /// An input cannot be used.
    Input = 3,
    /// An input is incomplete, and `--strict-input` was given.
    Incomplete = 4,
    /// A live directory cannot be reached, or refuses the account.
    Connection = 5,
    /// Our own fault.
    Internal = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A message for standard error and the status it ends with.
#[derive(Debug)]
pub(crate) struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl Failure {
    fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { exit: Exit::Internal, message: format!("cannot write the result: {error}") }
    }
}

/// Predicts what Microsoft Entra Connect Sync will do with every object of an Active Directory.
///
/// Reads exports (LDIF, csvde, PowerShell CSV) and live directories, runs the synchronization rules offline and reports every object by its
/// predicted outcome. Nothing is ever written to a directory.
#[derive(Debug, Parser)]
#[command(name = "presync", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit status: 0 nothing at or above --fail-on, 1 findings, 2 usage or settings, 3 input unusable, \
4 input incomplete and --strict-input, 5 connection or authentication, 70 internal error.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Predict the outcome of every object and report what to repair
    Check(check::Check),
    /// Say which objects fare differently under another engine, or since an earlier export
    Compare(compare::Compare),
    /// List which cloud object each object is or takes over, by which key, and what is overwritten
    Match(match_plan::Match),
    /// Say what an export is, what it lacks, and how to export better
    Doctor(doctor::Doctor),
    /// Write a live directory to an LDIF file
    Snapshot(snapshot::Snapshot),
    /// Explain a check, an outcome or a reason
    Explain(explain::Explain),
    /// List the checks, rules, outcomes or reasons
    List(list::List),
    /// Write a commented presync.toml into the current directory
    Init(init::Init),
}

/// Runs the command line and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = match Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version are answers, everything else is wrong usage. A closed pipe is no error.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Success.into() };
        }
    };
    let result = match parsed.command {
        Command::Check(command) => command.run(),
        Command::Compare(command) => command.run(),
        Command::Match(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Snapshot(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::List(command) => command.run(),
        Command::Init(command) => command.run(),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            for line in failure.message.lines() {
                terminal::message(&format!("presync: {line}"));
            }
            failure.exit.into()
        }
    }
}

/// Writes to standard output; a reader that has gone away is no error.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Failure::from),
    }
}
