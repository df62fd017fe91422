//! Passwords: from standard input, a file, the environment or a prompt; never from an argument, never shown.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};

use super::Failure;
#[cfg(unix)]
use super::terminal;
use crate::load::ldap::{LdapUrl, Secret};

/// The variable.
const VARIABLE: &str = "PRESYNC_LDAP_PASSWORD";
/// No password is longer; a file that is, is another file.
const MAX_LINE_BYTES: u64 = 64 << 10;

/// Where the passwords of a run come from.
pub(super) struct Passwords {
    from_stdin: bool,
    file: Option<String>,
    /// Standard input can be read once only.
    read: Option<Secret>,
}

impl Passwords {
    pub(super) fn new(from_stdin: bool, file: Option<&str>) -> Self {
        Self { from_stdin, file: file.map(str::to_owned), read: None }
    }

    /// Whether the command line says where a password comes from.
    pub(super) fn was_asked_for(&self) -> bool {
        self.from_stdin || self.file.is_some()
    }

    /// The password of an account: what the command line names, else the environment, else the file of the settings,
    /// else a prompt.
    pub(super) fn of(
        &mut self,
        name: &str,
        url: &LdapUrl,
        own_file: Option<&str>,
    ) -> Result<Secret, Failure> {
        let secret = if self.from_stdin {
            self.first_line_of_stdin()?
        } else if let Some(file) = &self.file {
            from_file("--password-file", file)?
        } else if let Some(value) = std::env::var_os(VARIABLE) {
            let text = value.into_string();
            Secret::new(
                text.map_err(|_| Failure::usage(format!("{VARIABLE} holds a password that is not UTF-8")))?,
            )
        } else if let Some(file) = own_file {
            from_file("password-file", file)?
        } else {
            from_prompt(name, url)?
        };
        if secret.is_empty() {
            let message = format!(
                "{}: the password of {name} is empty; servers take such a bind for an anonymous one, so it is not sent",
                url.text
            );
            return Err(Failure::usage(message));
        }
        Ok(secret)
    }

    fn first_line_of_stdin(&mut self) -> Result<Secret, Failure> {
        if let Some(secret) = &self.read {
            return Ok(secret.clone());
        }
        let secret = first_line(io::stdin().lock(), "--password-stdin")?;
        self.read = Some(secret.clone());
        Ok(secret)
    }
}

/// The first line, without its end and without a byte order mark.
fn first_line(from: impl Read, what: &str) -> Result<Secret, Failure> {
    let mut line = Vec::new();
    let mut from = BufReader::with_capacity(1 << 10, from.take(MAX_LINE_BYTES));
    from.read_until(b'\n', &mut line)
        .map_err(|error| Failure::usage(format!("{what}: the password cannot be read: {error}")))?;
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(text) if !text.contains('\0') => Ok(Secret::new(text)),
        _ => {
            let advice = "write it as UTF-8 (in PowerShell: Set-Content -Encoding utf8)";
            Err(Failure::usage(format!("{what}: the password is not UTF-8; {advice}")))
        }
    }
}

fn from_file(what: &str, path: &str) -> Result<Secret, Failure> {
    let what = format!("{what} {path}");
    let file = File::open(path)
        .map_err(|error| Failure::usage(format!("{what}: the password cannot be read: {error}")))?;
    warn_of_readers(&what, &file);
    first_line(file, &what)
}

/// Others who can read the file can read the directory. Not refused: on some systems secrets are mounted like that.
#[cfg(unix)]
fn warn_of_readers(what: &str, file: &File) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map(|data| data.permissions().mode()).unwrap_or_default();
    if mode & 0o077 != 0 {
        terminal::message(&format!(
            "presync: WARNING: {what}: other users of this computer may read this password (mode {:03o}); chmod 600 it",
            mode & 0o777
        ));
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &str, _: &File) {}

fn from_prompt(name: &str, url: &LdapUrl) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        let message = format!(
            "{}: there is no password for {name}: use --password-file, --password-stdin or {VARIABLE}; a prompt needs a \
             terminal",
            url.text
        );
        return Err(Failure::usage(message));
    }
    let prompt = format!("Password of {name} for {}: ", url.address());
    let text = rpassword::prompt_password(prompt)
        .map_err(|error| Failure::usage(format!("the password cannot be read from the terminal: {error}")))?;
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_password() {
        for text in ["pass word", "pass word\n", "pass word\r\nmore\n", "\u{feff}pass word\r\n"] {
            assert_eq!(first_line(text.as_bytes(), "x").unwrap(), Secret::new("pass word"), "{text:?}");
        }
        assert_eq!(first_line(&b" a\r\r\n"[..], "x").unwrap(), Secret::new(" a\r"), "blanks count");
        assert!(first_line(&b"\n"[..], "x").unwrap().is_empty());
        for bytes in [&b"\xff\xfea\0"[..], b"\xe4"] {
            assert!(first_line(bytes, "x").unwrap_err().message.contains("UTF-8"));
        }
    }
}
