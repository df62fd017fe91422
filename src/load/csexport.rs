//! Connector-space exports of the sync server (`csexport "<connector>" out.xml`), `input-formats` section 10.1 (read
//! 2026-11-25).
//!
//! [`objects`] reads the XML as a stream, one object at a time, whatever the size of the file; [`directory`] makes
//! objects of a directory of them. Objects of the cloud connector are the business of [`super::tenant`].
//!
//! # Which state of an object counts
//!
//! An export may show one object several times: as last synchronized, as imported since, and what is to be exported.
//! What the next synchronization will see counts: `pending-import-hologram`, else a `pending-import` delta that holds the
//! whole object (`add`, `replace`, `delete-add`), else `synchronized-hologram`. Exports that are pending, escrowed or
//! unconfirmed are not looked at: the directory does not show them yet. Records that are not loaded are counted as
//! `removed` (a deletion was imported), `change-record` (single changes without the object), `not-imported` (known only
//! because others refer to it, or because it is to be exported), `missing-dn` and `limit-exceeded`.
//!
//! # Warnings
//!
//! | id | meaning |
//! |---|---|
//! | `base64-invalid` | A value is marked as base64 but is not; its text was kept. |
//! | `bom-inside` | A byte order mark stands between objects (files were appended to each other); it was ignored. |
//! | `encoding-damaged` | There are bytes that are not valid in the encoding of the file. |
//! | `encoding-guessed` | The file is not UTF-8; it was read in the code page named. |
//! | `file-cut` | The file, or the compressed data in it, breaks off; what was read counts. |
//! | `identifier-unreadable` | The text of a GUID or SID has no known form; it was kept as it is. |
//! | `limit-exceeded` | A value or an object is larger than the limits allow; the object was skipped. |
//! | `no-object-guid` | No object has an objectGUID: a source anchor is not possible. |
//! | `pending-change-unseen` | Imported changes of an object are not in the export as a whole; the object was taken as last synchronized. |
//! | `secret-dropped` | The file holds passwords or other secrets; they were dropped. |
//!
//! `file-cut` and `limit-exceeded` make the input incomplete.

mod directory;
pub(in crate::load) mod object;
pub(in crate::load) mod objects;
mod text;

use std::io::Read;

use self::directory::Writer;
use self::object::CsObject;
use self::objects::{Fault, Objects};
use super::{Context, LoadError};
use crate::directory::{Chunk, Source, attribute};

const EXPORT_AGAIN: &str = "Export the connector space again with csexport.";

/// Reads the connector space of a directory: UTF-8 text without byte order mark.
///
/// Counts and warnings go into `source`. Fails when the text cannot be read, is no well-formed XML, has a document type
/// definition or entities, holds objects of the cloud connector, or no object at all.
pub(super) fn read(
    text: &mut dyn Read,
    context: &Context<'_>,
    source: &mut Source,
) -> Result<Vec<Chunk>, LoadError> {
    let mut objects = Objects::new(text, context.limits);
    let mut writer = Writer::new(context);
    let mut object = CsObject::default();
    loop {
        match objects.next(&mut object, &mut |name| writer.keeps(name)) {
            Ok(true) if object.cloud_anchor().is_some() => return Err(of_the_cloud(&source.path)),
            Ok(true) => writer.take(&object, source),
            Ok(false) => break,
            Err(fault) => {
                end_early(fault, source)?;
                break;
            }
        }
    }
    if let Some(line) = objects.mark_line() {
        let message = "a byte order mark stands inside the file (appended files?); it was ignored";
        source.warn("bom-inside", Some(line), message);
    }
    source.objects = writer.loaded;
    let (chunks, notes) = writer.finish();
    notes.write(source);
    if source.objects == 0 {
        return Err(nothing_usable(source));
    }
    warn_of_missing_anchors(&chunks, context, source);
    Ok(chunks)
}

/// What was read counts where the text breaks off; anything else that ends it too early is an error.
pub(in crate::load) fn end_early(fault: Fault, source: &mut Source) -> Result<(), LoadError> {
    let path = source.path.clone();
    let unusable = |line, problem, advice: &str| LoadError::Unusable {
        path: path.clone(),
        line: Some(line),
        problem,
        advice: advice.into(),
    };
    let (line, message) = match fault {
        Fault::Io(error) => return Err(LoadError::Io { path, error }),
        Fault::Nul(line) => return Err(super::binary(&path, line)),
        Fault::Bad(line, problem) => return Err(unusable(line, problem, EXPORT_AGAIN)),
        Fault::Cut(line) => {
            (line, "the XML breaks off: what was read until there counts, the rest is missing")
        }
        Fault::TooLarge(line) => {
            source.skip("limit-exceeded");
            let message = "a piece of XML larger than the limits allow: nothing behind it was read";
            source.warn("limit-exceeded", Some(line), message);
            source.complete = false;
            return Ok(());
        }
    };
    source.complete = false;
    source.warn("file-cut", Some(line), message);
    Ok(())
}

fn of_the_cloud(path: &str) -> LoadError {
    LoadError::Refused {
        path: path.to_owned(),
        found: "the connector space of the cloud connector, which shows the tenant".into(),
        advice: "Give it with --tenant instead of as a source.".into(),
    }
}

fn nothing_usable(source: &Source) -> LoadError {
    let reasons: Vec<String> =
        source.skipped.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    let skipped =
        if reasons.is_empty() { String::new() } else { format!(" (skipped: {})", reasons.join(", ")) };
    LoadError::Unusable {
        path: source.path.clone(),
        line: None,
        problem: format!("there is no object in it that was imported from a directory{skipped}"),
        advice:
            "Run csexport with the name of the connector of the directory, without a filter, after an import."
                .into(),
    }
}

fn warn_of_missing_anchors(chunks: &[Chunk], context: &Context<'_>, source: &mut Source) {
    let occurs = |id| chunks.iter().any(|chunk| chunk.occurring().contains(id));
    let wanted = context.wanted.contains(attribute::OBJECT_GUID);
    if wanted && !occurs(attribute::OBJECT_GUID) && !occurs(attribute::CONSISTENCY_GUID) {
        let message = "no object has an objectGUID, as attribute or as anchor: no source anchor is possible";
        source.warn("no-object-guid", None, message);
    }
}
