//! Tenant files: what the tenant already holds, as Microsoft Graph JSON, as a CSV of cloud objects, or as the connector
//! space of the cloud connector ([`csexport`]).
//!
//! Text in, cloud objects out; the facts are `input-formats` section 9 and `entra-outcomes` section J (read
//! 2026-11-25). [`json`] and [`table`] find the objects and their properties, on all threads of the current pool and
//! a block of text at a time; [`draft`] says what each object is, and [`collected`] counts what was left out and what
//! the whole file does not tell. Objects of the recycle bin are loaded and marked. Records that are not loaded are
//! counted as `removed` (`@removed` of a delta query), `other-resource` (no user, group, contact or device),
//! `missing-id`, `limit-exceeded`, and in a CSV `bad-row` and `repeated-header`.
//!
//! # Warnings
//!
//! | id | meaning |
//! |---|---|
//! | `anchor-not-exported` | No user comes with onPremisesImmutableId: hard matches cannot be predicted. |
//! | `bad-row` | Rows of a CSV with another number of cells than the header were left out. |
//! | `depth-cut` | Collections are cut to a type name (`ConvertTo-Json` without depth, `Export-Csv`). |
//! | `encoding-damaged` | There are bytes that are not valid in the encoding of the file. |
//! | `encoding-guessed` | The file is not UTF-8; it was read in the code page named. |
//! | `file-cut` | The compressed data breaks off; what was read counts. |
//! | `id-not-exported` | Objects without id; userPrincipalName, the anchor or mail stands for it. |
//! | `limit-exceeded` | Records larger than the limits allow were left out. |
//! | `next-link-left` | The last page of a resource names a next one: objects are missing. |
//! | `other-resource` | Records that are no users, groups, contacts or devices were left out. |
//! | `proxy-addresses-not-exported` | A kind of objects comes without proxyAddresses. |
//! | `row-not-closed` | A quote in a CSV is not closed: rows are lost. |
//! | `sync-state-not-exported` | A kind of objects comes without onPremisesSyncEnabled. |
//!
//! `depth-cut`, `file-cut`, `limit-exceeded`, `next-link-left` and `row-not-closed` make the input incomplete.

mod addresses;
mod collected;
mod csexport;
mod draft;
mod json;
mod licence;
mod property;
mod resource;
mod table;

use std::io::Read;

use super::{Limits, LoadError};
use crate::directory::{InputFormat, InputRole, Source};
use crate::tenant::CloudObject;

/// Bytes in which the kind of file and the header of a CSV are found.
const HEAD_BYTES: u64 = 256 << 10;

/// Text that one thread reads at a time, unless asked for otherwise: some pages of Graph.
const BLOCK_BYTES: usize = 4 << 20;

/// Reads a tenant file: UTF-8 text without byte order mark.
///
/// The objects are in the order of the file; the same id may occur more than once. `path` is for messages only.
/// Fails when the text cannot be read, is no export of a tenant, or breaks off.
pub fn read(
    text: &mut (dyn Read + Send),
    path: &str,
    limits: &Limits,
) -> Result<(Vec<CloudObject>, Source), LoadError> {
    read_in_blocks(text, path, limits, BLOCK_BYTES)
}

/// The same with blocks of about this many bytes, which changes nothing in the result.
pub fn read_in_blocks(
    text: &mut (dyn Read + Send),
    path: &str,
    limits: &Limits,
    block_bytes: usize,
) -> Result<(Vec<CloudObject>, Source), LoadError> {
    let mut head = Vec::new();
    Read::take(&mut *text, HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(|error| LoadError::Io { path: path.to_owned(), error })?;
    let mut whole = head.as_slice().chain(text);
    match head.trim_ascii_start() {
        [] => Err(unusable(path, None, "it is empty", "Export the users of the tenant again.")),
        [b'{' | b'[', ..] => {
            json::read(&mut whole, path, limits, block_bytes)?.finish(path, InputFormat::TenantJson)
        }
        [b'<', ..] => {
            let mut source = Source::new(path, InputRole::Tenant, InputFormat::Csexport);
            csexport::read(&mut whole, limits, &mut source)?.finish_into(source)
        }
        start if is_ldif(start) => Err(directory_export(path)),
        _ => table::read(&mut whole, &head, path, limits, block_bytes)?.finish(path, InputFormat::TenantCsv),
    }
}

fn is_ldif(start: &[u8]) -> bool {
    ["dn:", "version:", "# "]
        .iter()
        .any(|mark| start.get(..mark.len()).is_some_and(|own| own.eq_ignore_ascii_case(mark.as_bytes())))
}

fn directory_export(path: &str) -> LoadError {
    LoadError::Refused {
        path: path.to_owned(),
        found: "an export of a directory, not of a tenant".to_owned(),
        advice: "Give it as a source, not with --tenant.".to_owned(),
    }
}

fn unusable(path: &str, line: Option<u64>, problem: impl Into<String>, advice: &str) -> LoadError {
    LoadError::Unusable { path: path.to_owned(), line, problem: problem.into(), advice: advice.to_owned() }
}
