//! A server that lives as long as this program: no longer, however the program ends.
//!
//! A static is never dropped, and a killed test drops nothing at all. So a shell stands between: it waits on a pipe from
//! this program, and when the pipe closes it ends the server and removes its directory.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Nothing of the server's data is worth an orderly end. The last line ends what the server may have started itself.
const SCRIPT: &str = r#"
directory=$1; shift
"$@" </dev/null >"$directory/output" 2>&1 &
server=$!
echo "$server" >"$directory/process"
cat >/dev/null
kill -KILL "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$directory"
kill -KILL 0
"#;

/// A running server and its directory; both go when this is dropped or the program ends.
#[derive(Debug)]
pub struct Kept {
    shell: Child,
    directory: PathBuf,
}

impl Kept {
    /// Starts `server` in a group of its own, so that an interrupt from the keyboard reaches it through the pipe only.
    /// Takes `directory` over.
    pub fn start(directory: PathBuf, server: &Command) -> Result<Self, String> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(&directory).arg(server.get_program()).args(server.get_args());
        command.envs(server.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let shell = command.spawn().map_err(|error| format!("sh: {error}"))?;
        Ok(Self { shell, directory })
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
