//! A server that lives as long as this program: no longer, however the program ends.
//!
//! A static is never dropped, and a killed test drops nothing at all. So a shell stands between: it waits on a pipe from
//! this program, and when the pipe closes it ends the server and removes its directory.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The words of the server's command come through the pipe, one a line, when its directory is ready. Nothing of its data
/// is worth an orderly end. The last line ends what the server may have started itself.
const SCRIPT: &str = r#"
directory=$1
set --
while IFS= read -r word && [ -n "$word" ]; do
    set -- "$@" "$word"
done
if [ $# -gt 0 ]; then
    "$@" </dev/null >"$directory/output" 2>&1 &
    server=$!
    echo "$server" >"$directory/process"
    cat >/dev/null
    kill -KILL "$server" 2>/dev/null
    wait "$server" 2>/dev/null
fi
rm -rf "$directory"
kill -KILL 0
"#;

/// A directory and the server in it; both go when this is dropped or the program ends.
#[derive(Debug)]
pub struct Kept {
    shell: Child,
    directory: PathBuf,
}

impl Kept {
    /// Makes the directory. The shell is in a group of its own: an interrupt from the keyboard reaches it through the pipe
    /// only.
    pub fn new() -> Result<Self, String> {
        let directory = tempfile::tempdir().map(TempDir::keep).map_err(|error| error.to_string())?;
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(&directory);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let shell = command.spawn().map_err(|error| format!("sh: {error}"))?;
        Ok(Self { shell, directory })
    }

    /// Starts the server. Called once.
    pub fn start(&mut self, server: &Command) -> Result<(), String> {
        let environment = server.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let environment =
            environment.map(|(name, value)| [name, OsStr::new("="), value].join(OsStr::new("")));
        let words = environment.chain([server.get_program().to_owned()]);
        let words = [OsStr::new("env").to_owned()].into_iter().chain(words);
        let mut text = Vec::new();
        for word in words.chain(server.get_args().map(OsStr::to_owned)) {
            text.extend_from_slice(word.as_encoded_bytes());
            text.push(b'\n');
        }
        text.push(b'\n');
        let pipe = self.shell.stdin.as_mut().expect("the pipe is open until the end");
        pipe.write_all(&text).map_err(|error| format!("sh: {error}"))
    }

    /// Where the server lives.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Waits until the server is ready; the error holds what it said.
    pub fn wait(&self, limit: Duration, is_ready: impl Fn() -> bool) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < limit {
            if is_ready() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let said = fs::read(self.directory.join("output")).unwrap_or_default();
        Err(format!("not ready after {limit:?}: {}", String::from_utf8_lossy(&said).trim()))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
