//! How every benchmark starts and ends.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

/// Runs a benchmark with the words of its command line; what goes wrong is told, with the usage where the words are
/// wrong.
pub fn start<A>(
    usage: &str,
    parse: impl Fn(&[String]) -> Result<A, String>,
    run: impl Fn(&A) -> Result<(), Box<dyn Error>>,
) -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let measuring = words.iter().any(|word| word == "--bench");
    words.retain(|word| word != "--bench");
    let result = match parse(&words) {
        // `cargo test --all-targets` starts benchmarks too, to see that they start.
        Ok(_) if !measuring => Ok(()),
        Ok(arguments) => run(&arguments),
        Err(problem) => Err(format!("{problem}\n{usage}").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let told = writeln!(io::stderr().lock(), "{error}");
            ExitCode::from(if told.is_ok() { 1 } else { 2 })
        }
    }
}
