//! How fast tenant files load, measured against counting the newlines of the same file:
//! `cargo bench --bench tenant -- [--objects 200000] [--runs 3] [--fresh]`.
//!
//! Each shape (pages, NDJSON, one array, CSV) is generated once, kept in cargo's target directory, and loaded with all
//! threads of the machine. On a shared machine the time of the processors says more than that of the clock: with so many
//! of them idle, a load takes about their share of it. Memory is what the process holds more after a load than before.
//! Both are read from `/proc` and are zero where there is none.

#[path = "support/generator.rs"]
#[allow(dead_code)] // only the tenant of it is written
mod generator;
#[path = "support/started.rs"]
mod started;
#[path = "support/stopwatch.rs"]
#[allow(dead_code)] // nothing is started here
mod stopwatch;

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use generator::tenant::{self, Shape};
use presync::load::load_tenant;
use presync::tenant::Tenant;
use stopwatch::count_newlines;

const USAGE: &str = "usage: cargo bench --bench tenant -- [--objects N] [--runs N] [--fresh]";
const SHAPES: [&str; 4] = ["pages", "ndjson", "array", "csv"];

struct Arguments {
    objects: u64,
    runs: usize,
    fresh: bool,
}

fn main() -> ExitCode {
    started::start(USAGE, parse, run)
}

fn parse(words: &[String]) -> Result<Arguments, String> {
    let mut arguments = Arguments { objects: 200_000, runs: 3, fresh: false };
    let mut rest = words.iter();
    while let Some(name) = rest.next() {
        if name == "--fresh" {
            arguments.fresh = true;
            continue;
        }
        let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
        let problem = |_| format!("{name}: {value} is not a number");
        match name.as_str() {
            "--objects" => arguments.objects = value.parse().map_err(problem)?,
            "--runs" => arguments.runs = value.parse().map_err(problem)?,
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:8} {:>8} {:>8} {:>9} {:>8} {:>11} {:>8} {:>9} {:>9}",
        "shape", "MB", "objects", "load s", "MB/s", "x newlines", "cpu s", "merge s", "B/object"
    )?;
    for name in SHAPES {
        let file = export(arguments, name)?;
        let bytes = file.metadata()?.len();
        for _ in 0..arguments.runs {
            let newlines = count_newlines(&file)?.wall.as_secs_f64();
            let (before, busy) = (resident_bytes(), processor_seconds());
            let start = Instant::now();
            let (objects, _) = load_tenant(&file.to_string_lossy())?;
            let load = start.elapsed().as_secs_f64();
            let busy = processor_seconds() - busy;
            let start = Instant::now();
            let tenant = Tenant::new(objects);
            let merge = start.elapsed().as_secs_f64();
            let held = resident_bytes().zip(before).map(|(after, before)| after.saturating_sub(before));
            let per_object = held.map_or(0.0, |held| number(held) / number(tenant.len() as u64));
            let megabytes = number(bytes) / 1e6;
            writeln!(
                out,
                "{name:8} {megabytes:>8.0} {:>8} {load:>9.3} {:>8.0} {:>11.1} {busy:>8.2} {merge:>9.3} {per_object:>9.0}",
                tenant.len(),
                megabytes / load,
                load / newlines
            )?;
        }
    }
    Ok(())
}

/// The tenant in this shape, made unless it is there.
fn export(arguments: &Arguments, name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let directory = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let file = directory.join(format!("tenant-{}.{name}", arguments.objects));
    if arguments.fresh || !file.exists() {
        let unfinished = file.with_extension("part");
        tenant::generate(arguments.objects, 1, Shape::from_name(name)?, &mut File::create(&unfinished)?)?;
        std::fs::rename(&unfinished, &file)?;
    }
    Ok(file)
}

/// `VmRSS`.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Seconds that all threads of this process ran, in ticks of a hundredth.
fn processor_seconds() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name of the program, which may hold blanks: user and system time are the 12th and 13th.
    let fields = status.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
    number(ticks.sum()) / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "sizes for people, far below 2^52")]
fn number(count: u64) -> f64 {
    count as f64
}
