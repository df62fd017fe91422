//! How fast a live directory is read, measured against the least that a client can do:
//! `cargo bench --bench live -- [--objects 100000] [--runs 5] [--page-size 1000]`.
//!
//! A slapd of our own holds a generated directory. In turn, a bare loop of ldap3 reads every page and counts, and
//! `presync snapshot` and `presync check` read the same attributes with the same page size. What counts is the ratio of
//! neighbours in time: a snapshot that reaches less than 80 % of the loop's entries per second ends the bench with 1.

#[allow(dead_code)] // other benches use the rest
#[path = "support/generator.rs"]
mod generator;
#[path = "../tests/lab/mod.rs"]
mod lab;
#[path = "support/started.rs"]
mod started;
#[allow(dead_code)] // other benches use the rest
#[path = "support/stopwatch.rs"]
mod stopwatch;

use std::error::Error;
use std::io::{self, Write};
use std::process::{Command, ExitCode};
use std::time::Instant;

use generator::{Format, Options, generate};
use lab::PASSWORD;
use lab::slapd::{Content, READER, Slapd};
use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{LdapConnAsync, Scope, SearchEntry};
use regex::Regex;
use stopwatch::measure;

type Outcome<T> = Result<T, Box<dyn Error>>;

const USAGE: &str = "usage: cargo bench --bench live -- [--objects N] [--runs N] [--page-size N]";
const BASE: &str = "DC=corp,DC=example";
/// Share of the loop's entries per second that a snapshot must reach.
const LEAST_SHARE: f64 = 0.8;

struct Arguments {
    objects: u64,
    runs: usize,
    page_size: i32,
}

fn main() -> ExitCode {
    started::start(USAGE, parse, run)
}

fn parse(words: &[String]) -> Result<Arguments, String> {
    let mut arguments = Arguments { objects: 100_000, runs: 5, page_size: 1000 };
    let mut rest = words.iter();
    while let Some(name) = rest.next() {
        let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
        let problem = |_| format!("{name}: {value} is not a number");
        match name.as_str() {
            "--objects" => arguments.objects = value.parse().map_err(problem)?,
            "--runs" => arguments.runs = value.parse().map_err(problem)?,
            "--page-size" => arguments.page_size = value.parse().map_err(problem)?,
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    if arguments.runs == 0 || arguments.objects == 0 || arguments.page_size < 1 {
        return Err("there must be objects, runs and pages".to_owned());
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> Outcome<()> {
    let server = Slapd::start(&[content(arguments.objects)?])?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} objects, all attributes, pages of {}", arguments.objects, arguments.page_size)?;
    writeln!(
        out,
        "{:>6} {:>12} {:>12} {:>12} {:>10} {:>10}",
        "run", "loop /s", "snapshot /s", "check /s", "snapshot", "check"
    )?;
    let mut shares = Vec::new();
    for number in 1..=arguments.runs {
        let start = Instant::now();
        let entries = runtime.block_on(bare_loop(&server, arguments.page_size))?;
        let bare = per_second(entries, start.elapsed().as_secs_f64());
        let [snapshot, check] = ["snapshot", "check"].map(|command| presync(command, &server, arguments));
        let [snapshot, check] = [per_second(entries, snapshot?), per_second(entries, check?)];
        let share = snapshot / bare;
        writeln!(
            out,
            "{number:>6} {bare:>12.0} {snapshot:>12.0} {check:>12.0} {share:>10.2} {:>10.2}",
            check / bare
        )?;
        shares.push(share);
    }
    shares.sort_by(f64::total_cmp);
    let median = shares[shares.len() / 2];
    writeln!(out, "{:>6} {:>49.2}", "median", median)?;
    if median < LEAST_SHARE {
        return Err(format!(
            "a snapshot reaches {median:.2} of the bare loop; at least {LEAST_SHARE} is wanted"
        )
        .into());
    }
    Ok(())
}

/// The generated directory, without what slapadd does not take: change types, and values in ranges.
fn content(objects: u64) -> Outcome<Content> {
    let mut export = Vec::new();
    generate(Options { objects, seed: 1, format: Format::Ldif }, &mut export)?;
    let ldif = String::from_utf8(export)?.replace("\r\nchangetype: add", "").replace("\r\n", "\n");
    let ldif = Regex::new(r"(?m)^member;range=[0-9]+-[0-9*]+:")?.replace_all(&ldif, "member:").into_owned();
    Ok(Content { base: BASE.to_owned(), ldif })
}

/// Reads every entry as the documentation of ldap3 shows it, and counts.
async fn bare_loop(server: &Slapd, page_size: i32) -> Outcome<usize> {
    let (connection, mut ldap) = LdapConnAsync::new(&server.plain()).await?;
    ldap3::drive!(connection);
    ldap.simple_bind(READER.dn, PASSWORD).await?.success()?;
    let adapters: Vec<Box<dyn Adapter<_, _>>> =
        vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(page_size))];
    let mut search =
        ldap.streaming_search_with(adapters, BASE, Scope::Subtree, "(objectClass=*)", vec!["*"]).await?;
    let mut entries = 0;
    while let Some(entry) = search.next().await? {
        std::hint::black_box(SearchEntry::construct(entry));
        entries += 1;
    }
    search.finish().await.success()?;
    ldap.unbind().await?;
    Ok(entries)
}

/// Seconds of one run.
fn presync(name: &str, server: &Slapd, arguments: &Arguments) -> Outcome<f64> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_presync"));
    command.arg(name).arg(format!("{}/{BASE}?*", server.plain())).current_dir(folder.path());
    command.args([
        "--bind-dn",
        READER.dn,
        "--allow-plaintext",
        "--page-size",
        &arguments.page_size.to_string(),
    ]);
    if name == "snapshot" {
        command.args(["--out", "snapshot.ldif"]);
    }
    let (measured, status) = measure(command.env("PRESYNC_LDAP_PASSWORD", PASSWORD))?;
    match status.code() {
        Some(0 | 1) => Ok(measured.wall.as_secs_f64()),
        _ => Err(format!("presync {name} ended with {status}").into()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "entries for people, far below 2^52")]
fn per_second(entries: usize, seconds: f64) -> f64 {
    entries as f64 / seconds
}
