//! Runs the command against live directories, with a deadline.
#![allow(dead_code, clippy::unwrap_used)] // every test binary uses its part; a test that cannot go on may stop

use std::time::{Duration, Instant};

use assert_cmd::Command;
use serde_json::Value;

#[derive(Debug)]
pub struct Run {
    pub status: i32,
    /// Null when standard output was no JSON.
    pub report: Value,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Run {
    pub fn input(&self) -> &Value {
        &self.report["run"]["inputs"][0]
    }

    pub fn warning(&self, id: &str) -> String {
        let warnings = self.input()["warnings"].as_array().unwrap_or_else(|| panic!("{self:?}"));
        let found = warnings.iter().find(|warning| warning["id"] == id);
        found.unwrap_or_else(|| panic!("{id} is missing: {self:?}"))["message"].as_str().unwrap().to_owned()
    }

    pub fn has_warning(&self, id: &str) -> bool {
        self.input()["warnings"].as_array().unwrap().iter().any(|warning| warning["id"] == id)
    }

    /// Objects were read, but not all.
    #[track_caller]
    pub fn is_incomplete(&self, objects: u64, words: &[&str]) {
        assert_eq!(self.status, 0, "{self:?}");
        assert_eq!(self.input()["complete"], false, "{self:?}");
        assert_eq!(self.input()["objects"], objects, "{self:?}");
        let message = self.warning("search-incomplete");
        for word in words {
            assert!(message.contains(word), "{word:?} is missing in {message}");
        }
    }

    #[track_caller]
    pub fn is_complete(&self, objects: u64) {
        assert_eq!(self.status, 0, "{self:?}");
        assert_eq!(self.input()["complete"], true, "{self:?}");
        assert_eq!(self.input()["objects"], objects, "{self:?}");
        assert!(!self.has_warning("search-incomplete"), "{self:?}");
    }

    /// Nothing on standard output, and these words on standard error.
    #[track_caller]
    pub fn refuses(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is missing in {self:?}");
        }
    }
}

/// Runs the command and waits a minute at most.
pub fn presync_with(arguments: &[&str], set_up: impl FnOnce(&mut Command)) -> Run {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_presync"));
    command.current_dir(directory.path()).args(arguments);
    command.env_remove("PRESYNC_LDAP_PASSWORD").timeout(Duration::from_secs(60));
    set_up(&mut command);
    let started = Instant::now();
    let output = command.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    Run {
        status: output.status.code().unwrap_or_else(|| panic!("killed or aborted: {:?}", output.status)),
        report: serde_json::from_str(&stdout).unwrap_or(Value::Null),
        stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
        took: started.elapsed(),
    }
}

pub fn presync(arguments: &[&str]) -> Run {
    presync_with(arguments, |_| {})
}

/// A report about everything at this URL; time-outs after a second.
pub fn check(url: &str, more: &[&str]) -> Run {
    let fixed = ["check", url, "--format", "json", "--objects", "all", "--fail-on", "never"];
    let timeout: &[&str] = if more.contains(&"--timeout") { &[] } else { &["--timeout", "1"] };
    presync(&[&fixed[..], timeout, more].concat())
}
