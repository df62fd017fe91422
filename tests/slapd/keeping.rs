//! A server of the lab leaves nothing behind.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::lab::keeper::Kept;

fn started() -> (Kept, String) {
    let mut kept = Kept::new().unwrap();
    kept.start(Command::new("sleep").arg("600").env("UNUSED", "a word")).unwrap();
    let file = kept.directory().join("process");
    let process = || std::fs::read_to_string(&file).unwrap_or_default().trim().to_owned();
    kept.wait(Duration::from_secs(10), || !process().is_empty()).unwrap();
    assert!(Path::new("/proc").join(process()).exists());
    let process = process();
    (kept, process)
}

fn assert_gone(directory: &Path, process: &str) {
    assert!(!process.is_empty() && !Path::new("/proc").join(process).exists(), "process {process}");
    assert!(!directory.exists(), "{}", directory.display());
}

#[test]
fn neither_a_process_nor_a_directory_is_left() {
    let (kept, process) = started();
    let directory = kept.directory().to_owned();
    drop(kept);
    assert_gone(&directory, &process);
}

#[test]
fn neither_when_nothing_was_started() {
    let kept = Kept::new().unwrap();
    let directory = kept.directory().to_owned();
    assert!(directory.exists());
    drop(kept);
    assert!(!directory.exists());
}

#[test]
fn nor_after_a_panic() {
    let (kept, process) = started();
    let directory = kept.directory().to_owned();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _kept = kept;
        std::panic::resume_unwind(Box::new("on purpose"));
    }));
    assert!(panicked.is_err());
    assert_gone(&directory, &process);
}
