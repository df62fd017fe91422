//! LDIF as `ldifde` writes it: CRLF, folded at 76 columns, base64 for binary and non-ASCII values.

use std::fmt::{self, Display, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::text::Records;

/// Columns of a physical line.
const COLUMNS: usize = 76;

/// The writer.
#[derive(Debug, Default)]
pub struct Ldif {
    out: Vec<u8>,
    line: String,
    encoded: String,
}

impl Ldif {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn start(&mut self, name: &str, separator: &str) -> usize {
        self.line.clear();
        self.line.push_str(name);
        self.line.push_str(separator);
        self.line.len()
    }

    /// Writes `name: value`, or `name:: …` when the value is not plain text.
    fn logical_line(&mut self, name: &str, value: &dyn Display) {
        let value_start = self.start(name, ": ");
        write!(self.line, "{value}").expect("a String takes all");
        if is_plain(&self.line.as_bytes()[value_start..]) {
            return fold(&mut self.out, self.line.as_bytes());
        }
        self.encoded.clear();
        STANDARD.encode_string(&self.line[value_start..], &mut self.encoded);
        self.start(name, ":: ");
        self.line.push_str(&self.encoded);
        fold(&mut self.out, self.line.as_bytes());
    }
}

impl Records for Ldif {
    fn begin(&mut self, dn: &dyn Display) {
        self.logical_line("dn", dn);
        self.out.extend_from_slice(b"changetype: add\r\n");
    }

    fn text(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.logical_line(name, &value);
    }

    fn binary(&mut self, name: &str, value: &[u8]) {
        self.start(name, ":: ");
        STANDARD.encode_string(value, &mut self.line);
        fold(&mut self.out, self.line.as_bytes());
    }

    fn end(&mut self) {
        self.out.extend_from_slice(b"\r\n");
    }

    fn written(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }
}

/// RFC 2849: a value that may stand behind a single colon.
fn is_plain(value: &[u8]) -> bool {
    let starts_well = value.first().is_none_or(|byte| !matches!(byte, b' ' | b':' | b'<'));
    let ends_well = value.last() != Some(&b' ');
    starts_well
        && ends_well
        && value.iter().all(|&byte| byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r'))
}

fn fold(out: &mut Vec<u8>, line: &[u8]) {
    let (first, rest) = line.split_at(line.len().min(COLUMNS));
    out.extend_from_slice(first);
    for part in rest.chunks(COLUMNS - 1) {
        out.extend_from_slice(b"\r\n ");
        out.extend_from_slice(part);
    }
    out.extend_from_slice(b"\r\n");
}
