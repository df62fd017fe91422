//! Change files laid over the loaded directory (`input-formats` section 4.11, read 2026-11-20).
//!
//! Lines come from the LDIF reader; [`record`] makes change records of them, [`apply`] carries each out the way the
//! directory service would, on the objects that [`working`] holds. A record that the service would refuse changes
//! nothing and becomes a warning. What changed goes into chunks of its own, so the loaded ones stay as they are.

mod apply;
mod class;
mod draft;
mod record;
mod rename;
mod value;
mod working;

use std::sync::{PoisonError, RwLock};

use super::encoding::{self, Text};
use super::input::Opened;
use super::{Context, InputOptions, Limits, LoadError, detect, input, ldif};
use crate::directory::{Directory, InputFormat, InputRole, Patch, Source, SourceId, WantedAttributes};
use apply::Applier;
use record::{ReadRecords, Record};
use working::Working;

/// How change files are read; the same as for the sources.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) wanted: &'a WantedAttributes,
    pub(super) limits: Limits,
    pub(super) options: &'a InputOptions,
    pub(super) block_bytes: usize,
}

const GIVE_CHANGES: &str = "Give LDIF change records with --overlay, and the directory itself as a source.";

/// Applies all change files in the order given.
pub(super) fn apply(
    directory: Directory,
    overlays: &[String],
    reading: &Reading<'_>,
) -> Result<Directory, LoadError> {
    if overlays.is_empty() {
        return Ok(directory);
    }
    let names = RwLock::new(directory.names().clone());
    let mut working = Working::new(&directory);
    let mut sources = Vec::new();
    for argument in overlays {
        for path in input::expand(argument)? {
            let id = SourceId(
                u16::try_from(directory.sources().len() + sources.len())
                    .map_err(|_| super::too_many(&path))?,
            );
            let context = Context {
                source: id,
                wanted: reading.wanted,
                names: &names,
                limits: reading.limits,
                options: reading.options,
            };
            let mut source = Source::new(&path, InputRole::Overlay, InputFormat::Ldif);
            let records = read(&path, reading, &context, &mut source)?;
            Applier::new(&context, &mut working, &mut source).run(records);
            source.sort_warnings();
            sources.push(source);
        }
    }
    let patch = working.into_patch();
    let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(directory.patched(Patch { names, sources, ..patch }))
}

/// The records of one change file.
fn read(
    path: &str,
    reading: &Reading<'_>,
    context: &Context<'_>,
    source: &mut Source,
) -> Result<Vec<Record>, LoadError> {
    let Opened { head, bytes, cut, .. } = input::open(path)?;
    let (charset, mark_bytes) = encoding::sniff(&head, reading.options.encoding);
    let shown = encoding::head_text(&head, charset, mark_bytes);
    if !holds_nothing(&shown) {
        expect_ldif(
            path,
            &detect::detect(&head, &shown, charset == encoding::Charset::Binary, &reading.options.map),
        )?;
    }
    let text = Text::new(bytes, charset, mark_bytes)
        .map_err(|error| LoadError::Io { path: path.to_owned(), error })?;
    let items = ldif::read_changes(text, reading.block_bytes, context, source)?;
    if let Some(message) = cut.message() {
        source.complete = false;
        source.warn("file-cut", None, message);
    }
    let ReadRecords { records, any_changetype } = record::read(items, source);
    if !any_changetype && !records.is_empty() {
        return Err(LoadError::Refused {
            path: path.to_owned(),
            found: "a directory export: no record has a changetype".into(),
            advice: "Give it as a source, without --overlay.".into(),
        });
    }
    Ok(records)
}

/// Nothing but comments: a script that found nothing to change.
fn holds_nothing(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.split(['\n', '\r']).all(|line| line.trim().is_empty() || line.starts_with('#'))
}

fn expect_ldif(path: &str, detected: &detect::Detected) -> Result<(), LoadError> {
    let found = match detected {
        detect::Detected::Format(InputFormat::Ldif) => return Ok(()),
        detect::Detected::Format(format) => format!("a {} file, not LDIF", format.name()),
        detect::Detected::Refused { found, .. } => (*found).to_owned(),
        detect::Detected::Unusable { .. } => "no LDIF".to_owned(),
    };
    Err(LoadError::Refused { path: path.to_owned(), found, advice: GIVE_CHANGES.into() })
}
