//! Real directory servers for tests, on loopback addresses, started and ended by the test that uses them.
//!
//! [`slapd`] needs no rights: what the machine lacks is fetched as Debian packages and unpacked below `target`. [`samba`]
//! is an Active Directory domain controller; it needs root, since its ports are fixed. Each server lives in a directory
//! of its own, which [`keeper`] removes together with the process when the test program ends, however it ends.
//!
//! `PRESYNC_LAB=required` (so does `CI=true`) turns a server that cannot be had into a failure; without it the tests
//! say loudly what they leave out. `PRESYNC_LAB_SAMBA=off` leaves Samba out.
#![allow(dead_code)] // every test binary uses its part
#![allow(clippy::unwrap_used, clippy::panic)] // a test that cannot go on may stop

pub mod certificates;
pub mod keeper;
pub mod ldif;
pub mod packages;
pub mod report;
pub mod samba;
pub mod samba_schema;
pub mod samples;
pub mod schema;
pub mod slapd;
pub mod volume;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

/// Password of every account of the lab.
pub const PASSWORD: &str = "Passw0rd!Lab";

/// What outlives a run, so that the next one costs less.
pub fn kept_directory() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lab")
}

/// Whether a server that cannot be had is a failure.
pub fn is_required() -> bool {
    let set_to = |name, value| std::env::var(name).is_ok_and(|found| found == value);
    set_to("CI", "true") || set_to("PRESYNC_LAB", "required")
}

/// Ends the test where the server is required; otherwise says what is left out.
pub fn leave_out<T>(what: &str, why: &str) -> Option<T> {
    assert!(!is_required(), "{what} is required here and cannot be had: {why}");
    say_left_out(what, why)
}

/// Says what is left out, past the capture of the test harness.
pub fn say_left_out<T>(what: &str, why: &str) -> Option<T> {
    let _ = writeln!(std::io::stderr(), "LEFT OUT: the tests over {what}: {why}");
    None
}

/// Runs a program that must succeed; the error holds all it said.
pub fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&said).trim()))
}

/// The program of this name in `PATH` or where administrators' programs lie.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let sbin = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(sbin).map(|folder| folder.join(name)).find(|file| file.is_file())
}
