//! Wall time and peak memory of a program, and the yardstick: counting newlines.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// From start to end.
    pub wall: Duration,
    /// Largest resident size seen; `None` where there is no `/proc`, and in this process.
    pub peak_bytes: Option<u64>,
}

const BLOCK_BYTES: usize = 1 << 20;
const POLL: Duration = Duration::from_millis(1);

/// Reads the file in blocks and counts its newlines: the least that any reader must do.
pub fn count_newlines(path: &Path) -> io::Result<Measured> {
    let start = Instant::now();
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK_BYTES];
    let mut newlines = 0;
    loop {
        let filled = file.read(&mut block)?;
        if filled == 0 {
            break;
        }
        newlines += memchr::memchr_iter(b'\n', &block[..filled]).count();
    }
    std::hint::black_box(newlines);
    Ok(Measured { wall: start.elapsed(), peak_bytes: None })
}

/// Runs a program to its end; its output is thrown away, its messages are passed on.
pub fn measure(command: &mut Command) -> io::Result<(Measured, ExitStatus)> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let process = child.id();
    let done = AtomicBool::new(false);
    let (status, wall, peak_bytes) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(process, &done));
        let ended = wait(&mut child, start);
        done.store(true, Ordering::Relaxed);
        let peak_bytes = watcher.join().expect("the watcher does not panic");
        ended.map(|(status, wall)| (status, wall, peak_bytes))
    })?;
    Ok((Measured { wall, peak_bytes }, status))
}

fn wait(child: &mut Child, start: Instant) -> io::Result<(ExitStatus, Duration)> {
    let status = child.wait()?;
    Ok((status, start.elapsed()))
}

/// The last high-water mark before the end; growth in the last millisecond goes unseen.
fn watch(process: u32, done: &AtomicBool) -> Option<u64> {
    let mut peak = None;
    while !done.load(Ordering::Relaxed) {
        peak = peak.max(high_water_mark(process));
        std::thread::sleep(POLL);
    }
    peak
}

/// `VmHWM` in bytes.
fn high_water_mark(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes * 1024)
}
