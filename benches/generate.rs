//! A command that writes an invented export:
//! `cargo bench --bench generate -- --objects 1000000 --seed 1 --out big.ldif [--format ldif|csvde|powershell]`, or the
//! tenant that fits it: `… --out tenant.json --tenant pages|ndjson|array|csv`.
//!
//! The defects in it go to standard error as one line of JSON; of a tenant, what was written. Without arguments it only
//! tells how to use it.

#[path = "support/generator.rs"]
mod generator;

use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use generator::tenant::{self, Shape};
use generator::{Format, Options, generate};

const USAGE: &str = "usage: cargo bench --bench generate -- --out FILE [--objects N] [--seed N] \
                     [--format ldif|csvde|powershell | --tenant pages|ndjson|array|csv]";

struct Arguments {
    options: Options,
    tenant: Option<Shape>,
    out: String,
}

fn main() -> ExitCode {
    // cargo itself adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.is_empty() {
        return tell(USAGE, ExitCode::SUCCESS);
    }
    let arguments = match parse(&words) {
        Ok(arguments) => arguments,
        Err(problem) => return tell(&format!("{problem}\n{USAGE}"), ExitCode::from(2)),
    };
    match run(&arguments) {
        Ok(planted) => tell(&planted, ExitCode::SUCCESS),
        Err(error) => tell(&format!("{}: {error}", arguments.out), ExitCode::FAILURE),
    }
}

fn tell(text: &str, code: ExitCode) -> ExitCode {
    match writeln!(io::stderr().lock(), "{text}") {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

fn parse(words: &[String]) -> Result<Arguments, String> {
    let mut options = Options { objects: 1_000_000, seed: 1, format: Format::Ldif };
    let (mut out, mut tenant) = (None, None);
    let mut rest = words.iter();
    while let Some(name) = rest.next() {
        let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse().map_err(|_| format!("{name}: {value} is not a number"));
        match name.as_str() {
            "--objects" => options.objects = number()?,
            "--seed" => options.seed = number()?,
            "--out" => out = Some(value.clone()),
            "--format" => options.format = Format::from_name(value)?,
            "--tenant" => tenant = Some(Shape::from_name(value)?),
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    let out = out.ok_or("--out is missing")?;
    Ok(Arguments { options, tenant, out })
}

fn run(arguments: &Arguments) -> io::Result<String> {
    let mut file = File::create(&arguments.out)?;
    let Options { objects, seed, .. } = arguments.options;
    match arguments.tenant {
        Some(shape) => Ok(tenant::generate(objects, seed, shape, &mut file)?.to_json()),
        None => Ok(generate(arguments.options, &mut file)?.to_json()),
    }
}
