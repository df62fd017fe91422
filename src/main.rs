//! The `presync` command: arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    presync::cli::run(std::env::args_os())
}
