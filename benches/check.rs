//! How long `presync check` takes on a generated export, measured against counting its lines:
//! `cargo bench --bench check -- [--objects 100000] [--runs 5] [--format ldif] [--tenant] [--fresh]`.
//!
//! With `--tenant` the export is also held against the tenant that fits it, with about as many cloud objects.
//!
//! Seconds on a shared machine say little, so every run also counts newlines (in 1 MiB blocks, and with `wc -l` where
//! there is one), and what counts is the ratio of neighbours in time. The export is made once and kept in cargo's
//! target directory; `--fresh` makes it again, as is due after a change of the generator. Peak resident memory is read
//! from `/proc` every millisecond and only exists on Linux.

#[path = "support/generator.rs"]
mod generator;
#[path = "support/started.rs"]
mod started;
#[path = "support/stopwatch.rs"]
mod stopwatch;

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use generator::tenant::Shape;
use generator::{Format, Options, generate};
use stopwatch::{Measured, count_newlines, measure};

type Outcome<T> = Result<T, Box<dyn Error>>;

const USAGE: &str = "usage: cargo bench --bench check -- [--objects N] [--runs N] [--format ldif|csvde|powershell] [--tenant] [--fresh]";

struct Arguments {
    objects: u64,
    runs: usize,
    format: Format,
    tenant: bool,
    fresh: bool,
}

fn main() -> ExitCode {
    started::start(USAGE, parse, run)
}

fn parse(words: &[String]) -> Result<Arguments, String> {
    let mut arguments =
        Arguments { objects: 100_000, runs: 5, format: Format::Ldif, tenant: false, fresh: false };
    let mut rest = words.iter();
    while let Some(name) = rest.next() {
        let flag = match name.as_str() {
            "--fresh" => Some(&mut arguments.fresh),
            "--tenant" => Some(&mut arguments.tenant),
            _ => None,
        };
        if let Some(flag) = flag {
            *flag = true;
            continue;
        }
        let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
        let problem = |_| format!("{name}: {value} is not a number");
        match name.as_str() {
            "--objects" => arguments.objects = value.parse().map_err(problem)?,
            "--runs" => arguments.runs = value.parse().map_err(problem)?,
            "--format" => arguments.format = Format::from_name(value)?,
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    if arguments.runs == 0 || arguments.objects == 0 {
        return Err("there must be objects and runs".to_owned());
    }
    Ok(arguments)
}

/// One line of the result: what ran, and each of its runs.
struct Row {
    name: &'static str,
    runs: Vec<Measured>,
}

fn run(arguments: &Arguments) -> Outcome<()> {
    let file = export(arguments)?;
    let bytes = file.metadata()?.len();
    let tenant = arguments.tenant.then(|| tenant(arguments)).transpose()?;
    let names = NAMES.into_iter().chain(tenant.is_some().then_some(WITH_TENANT));
    let mut rows: Vec<Row> = names.map(|name| Row { name, runs: Vec::new() }).collect();
    for _ in 0..arguments.runs {
        for row in &mut rows {
            if let Some(measured) = run_once(row.name, &file, tenant.as_deref())? {
                row.runs.push(measured);
            }
        }
    }
    print(arguments, bytes, &rows)?;
    Ok(())
}

const NEWLINES: &str = "newline count";
const WC: &str = "wc -l";
const ONE_THREAD: &str = "presync check --threads 1";
const TWO_THREADS: &str = "presync check --threads 2";
const WITH_TENANT: &str = "with --tenant, 2 threads";
const NAMES: [&str; 4] = [NEWLINES, WC, ONE_THREAD, TWO_THREADS];

/// `None` when the program is not there.
fn run_once(name: &str, file: &Path, tenant: Option<&Path>) -> Outcome<Option<Measured>> {
    let threads = match name {
        NEWLINES => return Ok(Some(count_newlines(file)?)),
        WC => return Ok(measure(Command::new("wc").arg("-l").arg(file)).ok().map(|(measured, _)| measured)),
        ONE_THREAD => "1",
        _ => "2",
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_presync"));
    command.arg("check").arg(file).args(["--threads", threads]).current_dir(scratch_directory());
    if let Some(tenant) = tenant.filter(|_| name == WITH_TENANT) {
        command.arg("--tenant").arg(tenant);
    }
    let (measured, status) = measure(&mut command)?;
    match status.code() {
        Some(0 | 1) => Ok(Some(measured)),
        _ => Err(format!("presync check ended with {status}").into()),
    }
}

fn scratch_directory() -> PathBuf {
    option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from)
}

fn ending(format: Format) -> &'static str {
    match format {
        Format::Ldif => "ldif",
        Format::Csvde => "csvde.csv",
        Format::PowerShell => "powershell.csv",
    }
}

/// The export, made unless it is there.
fn export(arguments: &Arguments) -> Outcome<PathBuf> {
    let file = scratch_directory().join(format!("export-{}.{}", arguments.objects, ending(arguments.format)));
    if arguments.fresh || !file.exists() {
        let unfinished = file.with_extension("part");
        let options = Options { objects: arguments.objects, seed: 1, format: arguments.format };
        let planted = generate(options, &mut File::create(&unfinished)?)?;
        std::fs::rename(&unfinished, &file)?;
        std::fs::write(file.with_extension("json"), planted.to_json())?;
    }
    Ok(file)
}

/// The tenant that fits the export, made unless it is there.
fn tenant(arguments: &Arguments) -> Outcome<PathBuf> {
    let file = scratch_directory().join(format!("tenant-{}.pages.json", arguments.objects));
    if arguments.fresh || !file.exists() {
        let unfinished = file.with_extension("part");
        generator::tenant::generate(arguments.objects, 1, Shape::Pages, &mut File::create(&unfinished)?)?;
        std::fs::rename(&unfinished, &file)?;
    }
    Ok(file)
}

fn print(arguments: &Arguments, bytes: u64, rows: &[Row]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let million_bytes = megabytes(bytes);
    writeln!(out, "{} objects, {million_bytes:.0} MB, {} runs", arguments.objects, arguments.runs)?;
    writeln!(
        out,
        "{:26} {:>6} {:>9} {:>8} {:>11} {:>8} {:>12}",
        "", "run", "wall s", "MB/s", "x newlines", "x wc -l", "B/object"
    )?;
    let [newlines, wc] = [0, 1].map(|row: usize| seconds(&rows[row]));
    for row in rows.iter().filter(|row| !row.runs.is_empty()) {
        let own = seconds(row);
        let memory: Vec<f64> =
            row.runs.iter().filter_map(|run| run.peak_bytes).map(per(arguments.objects)).collect();
        let columns = [
            &own,
            &own.iter().map(|wall| million_bytes / wall).collect(),
            &ratios(&own, &newlines),
            &ratios(&own, &wc),
            &memory,
        ];
        for run in 0..own.len() {
            let cells = columns.map(|column| column.get(run).copied());
            writeln!(out, "{:26} {:>6} {}", row.name, run + 1, line(cells))?;
        }
        writeln!(out, "{:26} {:>6} {}", row.name, "median", line(columns.map(|column| median(column))))?;
    }
    let [without, with] = [TWO_THREADS, WITH_TENANT].map(|name| rows.iter().find(|row| row.name == name));
    if let (Some(without), Some(with)) = (without, with)
        && let Some(ratio) = median(&ratios(&seconds(with), &seconds(without)))
    {
        writeln!(out, "with a tenant: {ratio:.2} times the run without one (median)")?;
    }
    if !cfg!(target_os = "linux") {
        writeln!(out, "peak memory is only measured on Linux")?;
    }
    Ok(())
}

fn line([wall, rate, newlines, wc, memory]: [Option<f64>; 5]) -> String {
    let cell = |value: Option<f64>, width: usize, digits: usize| match value {
        Some(value) => format!("{value:>width$.digits$}"),
        None => format!("{:>width$}", "-"),
    };
    [cell(wall, 9, 4), cell(rate, 8, 0), cell(newlines, 11, 2), cell(wc, 8, 2), cell(memory, 12, 0)].join(" ")
}

fn seconds(row: &Row) -> Vec<f64> {
    row.runs.iter().map(|run| run.wall.as_secs_f64()).collect()
}

/// Run by run, as neighbours in time.
fn ratios(own: &[f64], other: &[f64]) -> Vec<f64> {
    own.iter().zip(other).map(|(own, other)| own / other).collect()
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

#[expect(clippy::cast_precision_loss, reason = "sizes for people, far below 2^52")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn per(objects: u64) -> impl Fn(u64) -> f64 {
    move |bytes| megabytes(bytes) / megabytes(objects)
}
