//! Every directory below `sample-exports/` gives the report that its `expected*.json` demands.
//!
//! A sample may have several runs: `command-NAME.txt` (one argument per line, run inside the sample's directory) belongs
//! to `expected-NAME.json`, or to `expected.json` when there is none of that name. What stands in them was derived by
//! hand from the documented rules; how to read it is told in `sample-exports/README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Objects that are not in the list are not looked at.
    #[serde(default)]
    partial: bool,
    objects: BTreeMap<String, Verdict>,
    #[serde(default)]
    either: Vec<Either>,
    #[serde(default)]
    counts: BTreeMap<String, BTreeMap<String, u64>>,
    findings: BTreeMap<String, Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    /// `null`: not predicted by hand.
    outcome: Option<String>,
    /// All of these; the report may give more.
    reasons: Vec<String>,
}

/// Several objects compete, and which of them wins is not documented.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Either {
    of: Vec<String>,
    one: Verdict,
    others: Verdict,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Exactly(u64),
    Within { min: u64, max: Option<u64> },
}

impl Number {
    fn admits(&self, found: u64) -> bool {
        match self {
            Self::Exactly(number) => found == *number,
            Self::Within { min, max } => found >= *min && max.is_none_or(|max| found <= max),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Exactly(number) => number.to_string(),
            Self::Within { min, max: Some(max) } => format!("{min} to {max}"),
            Self::Within { min, max: None } => format!("at least {min}"),
        }
    }
}

impl Verdict {
    fn fits(&self, object: &Value) -> bool {
        let outcome = self.outcome.as_deref().is_none_or(|outcome| object["outcome"] == outcome);
        outcome && self.reasons.iter().all(|reason| reasons(object).contains(&reason.as_str()))
    }
}

fn reasons(object: &Value) -> Vec<&str> {
    object["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn told(object: &Value) -> String {
    format!("{} {}", object["outcome"], object["reasons"])
}

struct Run {
    /// `single-forest/command.txt`
    name: String,
    directory: PathBuf,
    arguments: Vec<String>,
    expected: Expected,
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<_> = read.map(|entry| entry.expect("a readable directory").path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("an ASCII name")
}

fn samples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-exports");
    entries(&root).into_iter().filter(|path| path.is_dir()).collect()
}

fn runs(sample: &Path) -> Vec<Run> {
    let files = entries(sample);
    let variants = files.iter().filter_map(|path| name(path).strip_prefix("command")?.strip_suffix(".txt"));
    variants.map(|variant| run(sample, variant)).collect()
}

fn run(sample: &Path, variant: &str) -> Run {
    let own = sample.join(format!("expected{variant}.json"));
    let expected = if own.exists() { own } else { sample.join("expected.json") };
    let command = sample.join(format!("command{variant}.txt"));
    Run {
        name: format!("{}/{}", name(sample), name(&command)),
        directory: sample.to_owned(),
        arguments: read(&command).lines().map(str::to_owned).collect(),
        expected: serde_json::from_str(&read(&expected))
            .unwrap_or_else(|error| panic!("{}: {error}", expected.display())),
    }
}

fn report(run: &Run) -> Result<Value, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presync"));
    command.args(&run.arguments).args(["--format", "json", "--objects", "all"]).current_dir(&run.directory);
    let output = command.output().map_err(|error| error.to_string())?;
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("the report is not JSON: {error}"))
}

fn compare(run: &Run) -> Vec<String> {
    let report = match report(run) {
        Ok(report) => report,
        Err(problem) => return vec![problem],
    };
    let objects: BTreeMap<&str, &Value> = report["objects"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|object| Some((object["dn"].as_str()?, object)))
        .collect();
    let mut problems = compare_objects(&run.expected, &objects);
    problems.extend(compare_either(&run.expected, &objects));
    if !run.expected.partial {
        problems.extend(compare_rest(&run.expected, &objects));
    }
    problems.extend(compare_counts(&run.expected, &report["summary"]["outcomes"]));
    problems.extend(compare_findings(&run.expected, &report["summary"]["checks"]));
    problems
}

fn compare_objects(expected: &Expected, objects: &BTreeMap<&str, &Value>) -> Vec<String> {
    let wrong = expected.objects.iter().filter_map(|(dn, verdict)| match objects.get(dn.as_str()) {
        None => Some(format!("{dn}: not in the report")),
        Some(object) if verdict.fits(object) => None,
        Some(object) => {
            let outcome = verdict.outcome.as_deref().unwrap_or("any outcome");
            Some(format!("{dn}: expected {outcome} {:?}, found {}", verdict.reasons, told(object)))
        }
    });
    wrong.collect()
}

fn compare_either(expected: &Expected, objects: &BTreeMap<&str, &Value>) -> Vec<String> {
    let mut problems = Vec::new();
    for either in &expected.either {
        let found: Vec<&Value> =
            either.of.iter().filter_map(|dn| objects.get(dn.as_str()).copied()).collect();
        let winners = found.iter().filter(|object| either.one.fits(object)).count();
        let losers = found.iter().filter(|object| either.others.fits(object)).count();
        if winners != 1 || losers + 1 != either.of.len() {
            let found: Vec<String> = found.into_iter().map(told).collect();
            problems.push(format!("{:?}: exactly one should win, found {found:?}", either.of));
        }
    }
    problems
}

/// What no list names is plainly synchronized; containers and organizational units never are.
fn compare_rest(expected: &Expected, objects: &BTreeMap<&str, &Value>) -> Vec<String> {
    let named = |dn: &str| {
        expected.objects.contains_key(dn)
            || expected.either.iter().any(|either| either.of.iter().any(|own| own == dn))
    };
    let synced = Verdict { outcome: Some("synced".to_owned()), reasons: vec!["provisioned".to_owned()] };
    let is_structure = |object: &Value| {
        let reason = reasons(object)
            .iter()
            .any(|reason| ["object-type-not-synchronized", "ou-excluded"].contains(reason));
        object["object_class"] == "other" && object["outcome"] == "filtered" && reason
    };
    let rest =
        objects.iter().filter(|(dn, object)| !named(dn) && !synced.fits(object) && !is_structure(object));
    rest.map(|(dn, object)| format!("{dn}: expected to be synced, found {}", told(object))).collect()
}

fn compare_counts(expected: &Expected, outcomes: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for (outcome, counts) in &expected.counts {
        for (class, count) in counts {
            let found = &outcomes[outcome.as_str()][class.as_str()];
            if found.as_u64() != Some(*count) {
                problems.push(format!("{outcome}, {class}: expected {count}, found {found}"));
            }
        }
    }
    problems
}

fn compare_findings(expected: &Expected, checks: &Value) -> Vec<String> {
    let found = |check: &str| checks[check].as_u64().unwrap_or(0);
    let wrong = expected.findings.iter().filter(|(check, number)| !number.admits(found(check)));
    wrong
        .map(|(check, number)| format!("{check}: expected {}, found {}", number.text(), found(check)))
        .collect()
}

#[test]
fn every_sample_is_described_and_has_a_run() {
    let samples = samples();
    assert!(samples.len() >= 5);
    for sample in samples {
        let readme = fs::read_to_string(sample.join("README.md")).unwrap_or_default();
        assert!(readme.contains("presync check"), "{}: its README shows no command", sample.display());
        assert!(!runs(&sample).is_empty(), "{}: no command.txt", sample.display());
    }
}

#[test]
fn every_sample_gets_the_report_its_readme_tells() {
    let mut problems = Vec::new();
    for run in samples().iter().flat_map(|sample| runs(sample)) {
        problems.extend(compare(&run).into_iter().map(|problem| format!("{}: {problem}", run.name)));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
