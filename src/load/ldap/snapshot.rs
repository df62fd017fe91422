//! A live directory as an LDIF file: all that was read, less secrets, and only if all was read.
//!
//! The file is LDIF (RFC 2849) without folds, compressed when its name ends in `.gz` or `.zst`. Comments say where it
//! comes from and, at its end, how much there must be:
//!
//! ```text
//! version: 1
//!
//! # presync snapshot, made by presync 0.1.0
//! # server: ldaps://dc1.corp.example/ (dc1.corp.example, Active Directory), its time 20261125120000.0Z
//! # search: base DC=corp,DC=example, scope sub
//! # search filter: (objectClass=*)
//! # attributes: cn isDeleted …
//!
//! dn: …
//!
//! # refldap://child.corp.example/DC=child,DC=corp,DC=example
//! # presync domain: corp.example CORP
//! # complete: everything that the search found is above
//! # numEntries: 812
//! ```
//!
//! What the search could not see by the way it was asked stands in the form that ldapsearch uses (`# filter:`, `# base
//! <…>`, `# requesting:`), so that loading the file warns of it as reading the directory does.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::access::LiveAccess;
use super::explain;
use super::read::{self, Order, Piece, Summary};
use super::root_dse::ServerFacts;
use super::source::{faults, nothing, parse, requested};
use super::url::{EVERYTHING, LdapUrl, Scope};
use crate::directory::{AttributeNames, InputFormat, InputRole, Source, WantedAttributes};
use crate::load::{BLOCK_BYTES, LoadError};

/// What to write, and where.
#[derive(Debug)]
pub struct Request<'a> {
    /// The URL of the directory.
    pub url: &'a str,
    /// Its NAME, where the user gave one.
    pub forest: Option<&'a str>,
    /// How it is reached.
    pub live: &'a LiveAccess,
    /// Attributes to ask for where the URL names none.
    pub wanted: &'a WantedAttributes,
    /// Their names.
    pub names: &'a AttributeNames,
    /// The file; one that exists is replaced when all was read.
    pub out: &'a Path,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Records.
    pub entries: u64,
    /// Search references, which were not followed.
    pub references: u64,
    /// What to know about it, as sentences.
    pub notes: Vec<String>,
}

/// Why there is no snapshot.
#[derive(Debug)]
pub enum SnapshotError {
    /// The directory cannot be read.
    Load(LoadError),
    /// Not everything could be read; one sentence each.
    Incomplete(Vec<String>),
    /// The file cannot be written.
    Output(io::Error),
}

impl From<LoadError> for SnapshotError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

/// Reads a directory into a file.
pub fn write(request: &Request<'_>) -> Result<Written, SnapshotError> {
    let url = parse(request.url)?;
    let options = request.live.of(request.forest, request.url);
    let attributes = requested(&url, None, request.wanted, request.names);
    let order = Order { url: &url, options: &options, observer: &request.live.observer, attributes };
    let mut part = Part::create(request.out).map_err(SnapshotError::Output)?;
    let (mut text, mut failed) = (Vec::new(), None);
    let read = read::read(&order, &mut |piece| {
        match piece {
            Piece::Server(facts) => header(&order, &facts.0, &facts.1, &mut text),
            Piece::Records(records) => text.extend_from_slice(&records),
        }
        if text.len() >= BLOCK_BYTES {
            part.write(&text).map_err(|error| full(&url, &mut failed, error))?;
            text.clear();
        }
        Ok(())
    });
    if let Some(error) = failed {
        return Err(SnapshotError::Output(error));
    }
    let summary = read?;
    if summary.entries == 0 {
        return Err(nothing(&url, &summary).into());
    }
    let faults = faults(&url, &summary);
    if !faults.is_empty() {
        return Err(SnapshotError::Incomplete(faults));
    }
    trailer(&summary, &mut text);
    part.write(&text).and_then(|()| part.keep(request.out)).map_err(SnapshotError::Output)?;
    let mut told = Source::new(request.url, InputRole::Source, InputFormat::Ldap);
    summary.notes.write(&mut told);
    Ok(Written {
        entries: summary.entries,
        references: summary.references,
        notes: told.warnings.into_iter().map(|warning| warning.message).collect(),
    })
}

/// Stops the reading; the error itself is kept aside.
fn full(url: &LdapUrl, kept: &mut Option<io::Error>, error: io::Error) -> LoadError {
    let stop = explain::failed(url, error.to_string(), "");
    *kept = Some(error);
    stop
}

fn header(order: &Order<'_>, server: &ServerFacts, base: &str, text: &mut Vec<u8>) {
    let url = order.url;
    let known = [server.host.as_deref(), server.product.as_deref()];
    let known: Vec<String> = known.into_iter().flatten().map(explain::plain).collect();
    let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
    let time = server.time.as_deref().map(|time| format!(", its time {}", explain::plain(time)));
    let base = one_line(base);
    let mut lines = vec![
        format!("presync snapshot, made by presync {}", env!("CARGO_PKG_VERSION")),
        format!("server: {}{known}{}", one_line(&url.text), time.unwrap_or_default()),
        format!("search: base {base}, scope {}", url.scope.name()),
        format!("search filter: {}", one_line(&url.filter)),
        format!("attributes: {}", order.attributes.join(" ")),
    ];
    if url.base.is_some() || url.scope != Scope::Subtree {
        let scope = match url.scope {
            Scope::Base => "baseObject",
            Scope::One => "oneLevel",
            Scope::Subtree => "subtree",
        };
        lines.push(format!("base <{base}> with scope {scope}"));
    }
    if !url.filter.eq_ignore_ascii_case(EVERYTHING) {
        lines.push(format!("filter: {}", one_line(&url.filter)));
    }
    if !url.attributes.is_empty() {
        lines.push(format!("requesting: {}", url.attributes.join(" ")));
    }
    text.extend_from_slice(b"version: 1\n\n");
    for line in lines {
        text.extend_from_slice(format!("# {line}\n").as_bytes());
    }
    text.push(b'\n');
}

/// Text that ends up in a comment must not end it.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn trailer(summary: &Summary, text: &mut Vec<u8>) {
    for number in 0..summary.references {
        let url = usize::try_from(number).ok().and_then(|number| summary.reference_urls.get(number));
        let url = url.map(|url| one_line(url)).unwrap_or_default();
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        text.extend_from_slice(format!("# refldap://{rest}\n").as_bytes());
    }
    for domain in &summary.forest.domains {
        text.extend_from_slice(format!("# {}\n", domain.comment()).as_bytes());
    }
    let count = summary.entries;
    text.extend_from_slice(
        format!("# complete: everything that the search found is above\n# numEntries: {count}\n").as_bytes(),
    );
}

/// Content on its way into a file.
enum Sink {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    /// One frame for each block.
    Zstandard(BufWriter<File>),
}

/// A file that does not have its name yet; gone when it is dropped before that.
struct Part {
    path: PathBuf,
    sink: Option<Sink>,
}

impl Part {
    fn create(out: &Path) -> io::Result<Self> {
        if out.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "this is a directory"));
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(out.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        let path = out.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // A directory is nobody else's business.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = BufWriter::with_capacity(1 << 18, options.open(&path)?);
        let ending = out.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let sink = match ending.as_deref() {
            Some("gz") => Sink::Gzip(GzEncoder::new(file, Compression::fast())),
            Some("zst" | "zstd") => Sink::Zstandard(file),
            _ => Sink::Plain(file),
        };
        Ok(Self { path, sink: Some(sink) })
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        match &mut self.sink {
            Some(Sink::Plain(file)) => file.write_all(text),
            Some(Sink::Gzip(file)) => file.write_all(text),
            Some(Sink::Zstandard(file)) => file.write_all(&compress_to_vec(text, CompressionLevel::Fastest)),
            None => Ok(()),
        }
    }

    /// Ends the file and gives it its name.
    fn keep(&mut self, out: &Path) -> io::Result<()> {
        let file = match self.sink.take() {
            Some(Sink::Plain(file) | Sink::Zstandard(file)) => file,
            Some(Sink::Gzip(file)) => file.finish()?,
            None => return Ok(()),
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&self.path, out)?;
        self.path = PathBuf::new();
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.sink = None;
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
