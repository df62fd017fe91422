//! Tenant files: what the tenant already holds, as Microsoft Graph JSON, as a CSV of cloud objects, or as the connector
//! space of the cloud connector ([`csexport`]).
//!
//! Text in, cloud objects out; the facts are `input-formats` section 9 and `entra-outcomes` section J (read
//! 2026-11-20). [`json`] and [`table`] find the objects and their properties, [`draft`] says what each is, and
//! [`Collected`] counts what was left out and what the whole file does not tell. One object is in memory at a time
//! beside the result. Records that are not loaded are counted as `removed` (`@removed` of a delta query),
//! `soft-deleted`, `other-resource` (no user, group, contact or device), `missing-id` and `bad-row` (CSV).
//!
//! # Warnings
//!
//! | id | meaning |
//! |---|---|
//! | `anchor-not-exported` | No user comes with onPremisesImmutableId: hard matches cannot be predicted. |
//! | `bad-row` | Rows of a CSV with another number of cells than the header were left out. |
//! | `depth-cut` | Collections are cut to a type name (`ConvertTo-Json` without depth, `Export-Csv`). |
//! | `file-cut` | The compressed data breaks off; what was read counts. |
//! | `id-not-exported` | Objects without id; userPrincipalName, the anchor or mail stands for it. |
//! | `next-link-left` | The last page of a resource names a next one: objects are missing. |
//! | `other-resource` | Records that are no users, groups, contacts or devices were left out. |
//! | `proxy-addresses-not-exported` | A kind of objects comes without proxyAddresses. |
//! | `row-not-closed` | A quote in a CSV is not closed: rows are lost. |
//! | `soft-deleted` | Objects of the recycle bin were left out. |
//! | `sync-state-not-exported` | A kind of objects comes without onPremisesSyncEnabled. |
//!
//! `depth-cut`, `file-cut`, `next-link-left` and `row-not-closed` make the input incomplete.

mod collected;
mod csexport;
mod draft;
mod json;
mod property;
mod table;

use std::io::Read;

use self::collected::Collected;
use super::{Limits, LoadError};
use crate::directory::{InputFormat, InputRole, Source};
use crate::tenant::CloudObject;

/// Bytes in which the kind of file and the header of a CSV are found.
const HEAD_BYTES: u64 = 256 << 10;

/// Reads a tenant file: UTF-8 text without byte order mark.
///
/// The objects are in the order of the file; the same id may occur more than once. `path` is for messages only.
/// Fails when the text cannot be read, is no export of a tenant, or breaks off.
pub fn read(
    text: &mut dyn Read,
    path: &str,
    limits: &Limits,
) -> Result<(Vec<CloudObject>, Source), LoadError> {
    let mut head = Vec::new();
    Read::take(&mut *text, HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(|error| LoadError::Io { path: path.to_owned(), error })?;
    let mut whole = head.as_slice().chain(text);
    let mut collected = Collected::default();
    let format = match head.trim_ascii_start() {
        [] => return Err(unusable(path, None, "it is empty", "Export the users of the tenant again.")),
        [b'{' | b'[', ..] => {
            json::read(&mut whole, path, limits, &mut collected)?;
            InputFormat::TenantJson
        }
        [b'<', ..] => {
            let mut source = Source::new(path, InputRole::Tenant, InputFormat::Csexport);
            csexport::read(&mut whole, limits, &mut collected, &mut source)?;
            return collected.finish_into(source);
        }
        start if is_ldif(start) => return Err(directory_export(path)),
        _ => {
            table::read(&mut whole, &head, path, limits, &mut collected)?;
            InputFormat::TenantCsv
        }
    };
    collected.finish(path, format)
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
