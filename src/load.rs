//! Loaders: LDIF, CSV, csexport and tenant files into a [`crate::directory::Directory`].
//!
//! Bytes in, chunks out. Every record read is loaded or counted with a reason; a broken record never stops a file; a
//! file that cannot be used ends with a [`LoadError`]. No loader opens anything the data names.
//!
//! One input: [`input`] opens and decompresses, [`encoding`] makes UTF-8 of it, [`detect`] says what it is, [`ldif`],
//! [`csv`] or [`csexport`] makes chunks. All inputs: [`forest`] says which forest each object belongs to, [`merge`] settles
//! duplicates, [`overlay`] applies change files to the result.
//!
//! # Warnings about LDIF inputs, and about sources of any format
//!
//! | id | meaning |
//! |---|---|
//! | `base64-invalid` | A value is marked as base64 (`::`) but is not; its text was kept. |
//! | `blank-line-with-spaces` | A line of blanks only was read as an empty line, the end of a record. |
//! | `bom-inside` | A byte order mark stands inside the file (files were appended to each other); it was ignored. |
//! | `control-line` | A `control:` line of a change record was ignored. |
//! | `dn-mismatch` | `distinguishedName` is not the DN of its record; the `dn` line was used. |
//! | `duplicate` | A DN comes more than once with different values; says which record was kept. |
//! | `encoding-damaged` | There are bytes that are not valid in the encoding of the file. |
//! | `encoding-guessed` | The file is not UTF-8; it was read in the code page named. |
//! | `export-filtered` | The header of the search shows a base, a filter or a list of attributes: the rest is not seen. |
//! | `external-value` | A value is in another file or at a URL (`:<`), which is never opened. |
//! | `file-cut` | The file, or the compressed data in it, breaks off; what was read counts. |
//! | `global-catalog` | The export was made from a global catalogue, which lacks many attributes. |
//! | `identifier-unreadable` | The text of a GUID or SID has no known form; it was kept as it is. |
//! | `junk-line` | A line is nothing LDIF knows; it was skipped. Five are shown. |
//! | `limit-exceeded` | A line, a value or a record is larger than the limits allow; the record was skipped. |
//! | `map-unused` | No source has a column that `--map` or `[map]` names; says which header is the closest. |
//! | `missing-dn` | A record without a `dn` line was skipped. |
//! | `no-object-guid` | No object has an objectGUID: a source anchor is not possible. |
//! | `num-entries-mismatch` | The file says that it holds another number of entries than were found. |
//! | `overlay-mismatch` | A change record of an overlay does not fit the directory, or part of it has no meaning. |
//! | `placeholder` | A DN holds a placeholder such as `${DOMAINDN}` that no script has filled in. |
//! | `range-incomplete` | Slices of a large attribute (`;range=`) are missing; its values count as incomplete. |
//! | `search-incomplete` | The search that made the file ended with an error or a limit: objects are missing. |
//! | `second-dn` | A `dn` line inside a record (an empty line is missing); a new record was started there. |
//! | `secret-dropped` | The file holds passwords or other secrets; they were dropped. |
//! | `single-valued-twice` | An attribute that holds one value in the directory has several; all were kept. |
//! | `stray-continuation` | A continuation line with nothing before it to continue was skipped. |
//! | `tab-continuation` | A line that starts with a tab was read as the continuation of the line before. |
//! | `text-lost` | Letters were lost before the file reached us: `?`, U+FFFD or mojibake in the place of letters. |
//! | `unknown-option` | An attribute option is not known and was ignored. |
//! | `unreadable-objects` | More than one in five objects has no attributes: the account of the export could not read them. |
//! | `version-unknown` | The LDIF version is not 1. |
//!
//! A warning that comes more than once in an input is shown once, with its first line and the number of times; of
//! `overlay-mismatch` every one is shown.

pub mod convert;
pub mod csv;
pub mod ldap;
pub mod tenant;

mod columns;
mod csexport;
mod detect;
mod encoding;
mod error;
mod forest;
mod global_catalog;
mod input;
mod ldif;
mod lost_text;
mod merge;
mod names;
mod notes;
mod options;
mod origin;
mod overlay;
mod zstandard;

use std::sync::{PoisonError, RwLock};

pub use columns::{UNUSED as UNUSED_HEADERS, unused_headers};
use encoding::Text;
pub use error::LoadError;
use error::binary;
use input::Opened;
use ldif::slices::SlicedObject;
pub use options::{ColumnMap, DateOrder, InputOptions, StatedEncoding};

use crate::directory::{
    AttributeNames, Chunk, Directory, ForestId, InputFormat, InputRole, Origin, Source, SourceId,
    WantedAttributes,
};
use crate::tenant::CloudObject;

/// Text parsed at a time by one thread, unless asked for otherwise (`performance` section 6, read 2026-11-20).
///
/// Larger blocks gain nothing: the memory of smaller chunks is used again instead of asked from the system anew.
pub const BLOCK_BYTES: usize = 1 << 20;

/// One `[NAME=]SOURCE` of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceArgument {
    /// The forest that everything in it belongs to; told by the DNs when there is none.
    pub forest: Option<String>,
    /// A path, possibly with wildcards, or `-` for standard input.
    pub path: String,
}

/// What to load, and how.
#[derive(Debug)]
pub struct LoadRequest<'a> {
    /// The sources, in the order given by the user.
    pub sources: &'a [SourceArgument],
    /// LDIF change files laid over the sources, in this order.
    pub overlays: &'a [String],
    /// Which attributes to keep.
    pub wanted: WantedAttributes,
    /// The names interned so far; those met in the sources are added when all attributes are wanted.
    pub names: AttributeNames,
    /// Forests that come first, in this order: those of the settings. Names that no object belongs to are passed over.
    pub forest_order: &'a [String],
    /// Bounds on single records.
    pub limits: Limits,
    /// How the sources are written, as far as the user states it.
    pub options: InputOptions,
    /// Text parsed at a time by one thread; changes nothing in the result.
    pub block_bytes: usize,
}

impl<'a> LoadRequest<'a> {
    /// A request with defaults: all attributes, no settings.
    pub fn new(sources: &'a [SourceArgument], names: AttributeNames) -> Self {
        Self {
            sources,
            overlays: &[],
            wanted: WantedAttributes::All,
            names,
            forest_order: &[],
            limits: Limits::default(),
            options: InputOptions::default(),
            block_bytes: BLOCK_BYTES,
        }
    }
}

/// One input as loaded.
#[derive(Debug)]
struct Loaded {
    source: Source,
    /// The NAME given by the user.
    forest: Option<String>,
    chunks: Vec<Chunk>,
    /// Objects with range slices, each with the position of its chunk.
    sliced: Vec<(usize, SlicedObject)>,
    /// What a live directory, or a snapshot of one, says of its forest.
    facts: ldap::ForestFacts,
}

/// Loads all sources, then applies the overlays, on the current thread pool. The result does not depend on the number of threads.
pub fn load(request: LoadRequest<'_>) -> Result<Directory, LoadError> {
    let first_new = request.names.len();
    let names = RwLock::new(request.names);
    let mut sources = Vec::new();
    for argument in request.sources {
        for path in input::expand(&argument.path)? {
            let id = SourceId(u16::try_from(sources.len()).map_err(|_| too_many(&path))?);
            let context = Context {
                source: id,
                wanted: &request.wanted,
                names: &names,
                limits: request.limits,
                options: &request.options,
            };
            let mut loaded = if ldap::is_live(&path) {
                ldap::load(&path, argument.forest.as_deref(), &context)?
            } else {
                load_one(&path, request.block_bytes, &context)?
            };
            loaded.forest.clone_from(&argument.forest);
            sources.push(loaded);
        }
    }
    let mut names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
    if names.len() > first_new {
        let numbers = names.sort_from(first_new);
        renumber(&mut sources, &numbers);
    }
    warn_of_unused_headers(&mut sources, &request.options.map);
    let directory = assemble(sources, names, request.forest_order);
    let reading = overlay::Reading {
        wanted: &request.wanted,
        limits: request.limits,
        options: &request.options,
        block_bytes: request.block_bytes,
    };
    overlay::apply(directory, request.overlays, &reading)
}

fn warn_of_unused_headers(sources: &mut [Loaded], map: &ColumnMap) {
    let headers: Vec<&columns::Headers> = sources.iter().map(|loaded| &loaded.source.columns).collect();
    for (at, message) in unused_headers(map, &headers) {
        if let Some(loaded) = sources.get_mut(at) {
            loaded.source.warn(UNUSED_HEADERS, None, message);
        }
    }
}

/// Names interned during the load got their numbers in whatever order the threads met them.
fn renumber(sources: &mut [Loaded], numbers: &[crate::directory::AttributeId]) {
    for loaded in sources {
        loaded.chunks.iter_mut().for_each(|chunk| chunk.renumber(numbers));
        for slice in loaded.sliced.iter_mut().flat_map(|(_, object)| &mut object.slices) {
            slice.attribute = numbers.get(usize::from(slice.attribute.0)).copied().unwrap_or(slice.attribute);
        }
    }
}

fn too_many(path: &str) -> LoadError {
    LoadError::Unusable {
        path: path.to_owned(),
        line: None,
        problem: "there are more than 65,536 sources".into(),
        advice: "Join some of the files.".into(),
    }
}

/// Loads one file.
fn load_one(path: &str, block_bytes: usize, context: &Context<'_>) -> Result<Loaded, LoadError> {
    let Opened { compression, head, bytes, cut } = input::open(path)?;
    let (charset, mark_bytes) = encoding::sniff(&head, context.options.encoding);
    let shown = encoding::head_text(&head, charset, mark_bytes);
    let format = choose_format(path, (&head, &shown), charset, context.options)
        .map_err(|error| with_headers(error, &shown, context.options))?;
    let mut source = Source::new(path, InputRole::Source, format);
    source.origin = origin::of(&shown, charset, mark_bytes > 0, compression);
    let text = Text::new(bytes, charset, mark_bytes)
        .map_err(|error| LoadError::Io { path: path.to_owned(), error })?;
    let loaded = if format == InputFormat::Ldif {
        ldif::read(text, block_bytes, context, &mut source)
    } else {
        read_stream(text, format, context, &mut source).map(ldif::Ldif::of_chunks)
    };
    let ldif::Ldif { chunks, sliced, facts, .. } = loaded.map_err(|error| {
        let error = match context.options.format {
            Some(stated) => error.read_as(stated),
            None => error,
        };
        with_headers(error, &shown, context.options)
    })?;
    if let Some(message) = cut.message() {
        source.complete = false;
        source.warn("file-cut", None, message);
    }
    if let Some(message) = global_catalog::signs(&shown, format) {
        source.warn("global-catalog", None, message);
    }
    Ok(Loaded { source, forest: None, chunks, sliced, facts })
}

/// The format of an input: as stated, else as its content shows.
fn choose_format(
    path: &str,
    (head, shown): (&[u8], &str),
    charset: encoding::Charset,
    options: &InputOptions,
) -> Result<InputFormat, LoadError> {
    let binary = charset == encoding::Charset::Binary;
    let detected = match options.format {
        Some(stated) => detect::not_text(head, shown, binary).unwrap_or(detect::Detected::Format(stated)),
        None => detect::detect(head, shown, binary, &options.map),
    };
    detected.format(path)
}

/// A table may lack what tells its objects apart because a header of the map is misspelled.
fn with_headers(mut error: LoadError, shown: &str, options: &InputOptions) -> LoadError {
    if let LoadError::Unusable { advice, problem, .. } = &mut error
        && problem.contains("column")
        && let Some(text) = columns::not_found(&options.map, &detect::columns(shown))
    {
        *advice = format!("{text} {advice}");
    }
    error
}

/// Reads a format that one thread reads from its start to its end.
fn read_stream(
    text: Text,
    format: InputFormat,
    context: &Context<'_>,
    source: &mut Source,
) -> Result<Vec<Chunk>, LoadError> {
    let mut text = text.counting_lines();
    let chunks = match format {
        InputFormat::Csexport => csexport::read(&mut text, context, source)?,
        _ => csv::read(&mut text, format, context, source)?,
    };
    if let Some(odd) = text.odd() {
        let (id, message) = odd.kind.warning();
        source.warn(id, text.odd_line(), message);
        source.origin.encoding = odd.kind.guessed().or(source.origin.encoding);
        // Replacement characters are then ours, and a wrong guess looks like a wrong guess of somebody else.
        source.warnings.retain(|warning| warning.id != "text-lost");
    }
    Ok(chunks)
}

/// Joins what was loaded: forests, duplicates, counts.
fn assemble(mut sources: Vec<Loaded>, names: AttributeNames, forest_order: &[String]) -> Directory {
    ldap::warn_of_unread_domains(&mut sources);
    let mut forests = forest::assign(&sources, forest_order);
    let mut merged = merge::merge(&sources, &forests);
    let objects = visible(&sources, &forests, &merged);
    for (number, (loaded, notes)) in sources.iter_mut().zip(std::mem::take(&mut merged.notes)).enumerate() {
        let duplicates = merged.hidden.iter().filter(|place| place.source == number).count() as u64;
        let of_source = forests.of_source(number, loaded);
        for id in &of_source {
            if let Some(forest) = forests.forests.get_mut(usize::from(id.0)) {
                forest.netbios.extend(loaded.facts.netbios_names());
            }
        }
        let only = of_source.first().filter(|_| of_source.len() == 1);
        let name =
            only.and_then(|id| forests.forests.get(usize::from(id.0))).map(|forest| forest.name.clone());
        let source = &mut loaded.source;
        source.forest = loaded.forest.clone().or(name);
        source.objects = loaded.chunks.iter().map(|chunk| chunk.len() as u64).sum::<u64>() - duplicates;
        if duplicates > 0 {
            *source.skipped.entry("duplicate").or_default() += duplicates;
        }
        notes.write(source);
        source.sort_warnings();
    }
    let (sources, chunks): (Vec<Source>, Vec<Vec<Chunk>>) =
        sources.into_iter().map(|loaded| (loaded.source, loaded.chunks)).unzip();
    let chunks = chunks.into_iter().flatten().chain(merged.chunks).collect();
    Directory::new(names, sources, forests.forests, chunks, objects)
}

/// Every object that counts: chunk among all chunks, those of [`merge`] last; index; forest.
fn visible(
    sources: &[Loaded],
    forests: &forest::Forests,
    merged: &merge::Merged,
) -> Vec<(u32, u32, ForestId)> {
    let number = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
    let of_sources: usize = sources.iter().map(|loaded| loaded.chunks.len()).sum();
    let mut objects =
        Vec::with_capacity(sources.iter().flat_map(|loaded| &loaded.chunks).map(Chunk::len).sum());
    let mut position = 0;
    for (source, loaded) in sources.iter().enumerate() {
        for (chunk, content) in loaded.chunks.iter().enumerate() {
            for index in 0..number(content.len()) {
                let place = merge::Place { source, chunk, index };
                let forest = forests.of(source, chunk, content.domain_number(index));
                match merged.replaced.get(&place) {
                    Some((joined, index)) => objects.push((number(of_sources + joined), *index, forest)),
                    None if merged.hidden.contains(&place) => {}
                    None => objects.push((number(position), index, forest)),
                }
            }
            position += 1;
        }
    }
    objects
}

/// Loads a tenant file under the default limits.
pub fn load_tenant(path: &str) -> Result<(Vec<CloudObject>, Source), LoadError> {
    load_tenant_within(path, &Limits::default())
}

/// Loads a tenant file: Microsoft Graph JSON, a CSV of cloud objects, or the connector space of the cloud connector.
pub fn load_tenant_within(path: &str, limits: &Limits) -> Result<(Vec<CloudObject>, Source), LoadError> {
    let Opened { compression, head, bytes, cut } = input::open(path)?;
    let (charset, mark_bytes) = encoding::sniff(&head, None);
    let shown = encoding::head_text(&head, charset, mark_bytes);
    if let Some(detected) = detect::of_sync_tools(&shown) {
        detected.format(path)?;
    }
    let mut text = Text::new(bytes, charset, mark_bytes)
        .map_err(|error| LoadError::Io { path: path.to_owned(), error })?
        .counting_lines();
    let (objects, mut source) = tenant::read(&mut text, path, limits)?;
    source.origin = origin::of(&shown, charset, mark_bytes > 0, compression);
    if let Some(odd) = text.odd() {
        let (id, message) = odd.kind.warning();
        source.warn(id, text.odd_line(), message);
        source.origin.encoding = odd.kind.guessed().or(source.origin.encoding);
    }
    if let Some(message) = cut.message() {
        source.complete = false;
        source.warn("file-cut", None, message);
    }
    source.warnings.sort_by(|a, b| (a.line, a.id, &a.message).cmp(&(b.line, b.id, &b.message)));
    Ok((objects, source))
}

/// The files that a source argument names: itself, or what its wildcards match, sorted. Fails when they match nothing.
pub fn expand(path: &str) -> Result<Vec<String>, LoadError> {
    input::expand(path)
}

/// Where a file seems to come from, whether or not it can be loaded. Reads its first 64 KiB.
pub fn origin_of(path: &str) -> Result<Origin, LoadError> {
    let Opened { compression, head, .. } = input::open(path)?;
    let (charset, mark_bytes) = encoding::sniff(&head, None);
    let shown = encoding::head_text(&head, charset, mark_bytes);
    Ok(origin::of(&shown, charset, mark_bytes > 0, compression))
}

/// Bounds on what a single record may take (`input-formats` section 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Logical line, bytes.
    pub line_bytes: usize,
    /// Decoded value, bytes.
    pub value_bytes: usize,
    /// Values of one attribute of one object.
    pub values_per_attribute: usize,
    /// Attributes of one object.
    pub attributes_per_record: usize,
    /// One record of LDIF, bytes as written. Not in the facts: what bounds the memory of a file without empty lines.
    pub record_bytes: usize,
    /// Nesting of JSON.
    pub json_depth: usize,
    /// Nesting of XML.
    pub xml_depth: usize,
    /// Columns of a CSV.
    pub csv_columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line_bytes: 64 << 20,
            value_bytes: 16 << 20,
            values_per_attribute: 5_000_000,
            attributes_per_record: 10_000,
            record_bytes: 1 << 30,
            json_depth: 64,
            xml_depth: 64,
            csv_columns: 5_000,
        }
    }
}

/// What every format loader needs to know about the run.
#[derive(Debug)]
pub struct Context<'a> {
    /// The input being read.
    pub source: SourceId,
    /// Which attributes to keep.
    pub wanted: &'a WantedAttributes,
    /// Interned names; written to only when all attributes are wanted.
    pub names: &'a RwLock<AttributeNames>,
    /// Bounds.
    pub limits: Limits,
    /// What the user states about the sources.
    pub options: &'a InputOptions,
}
