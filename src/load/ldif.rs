//! LDIF as ldifde, ldapsearch, ldbsearch and people write it (RFC 2849; `input-formats` sections 4 and 5, read
//! 2026-11-20).
//!
//! The text is cut into blocks at empty lines; workers of the current thread pool take blocks and parse each into a
//! chunk of its own. Which worker got which block shows nowhere in the result.

mod block;
pub(in crate::load) mod change;
pub(in crate::load) mod class_hint;
mod frame;
mod line;
mod parser;
mod scan;
pub(in crate::load) mod slices;
mod tally;
pub(in crate::load) mod value;
mod values;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use block::{Block, Blocks, Buffer};
use change::Item;
use parser::{Mode, Parsed, Worker};
use slices::SlicedObject;
use tally::Tally;

use super::encoding::Text;
use super::ldap::ForestFacts;
use super::names::NameTable;
use super::{Context, LoadError};
use crate::directory::{AttributeId, Chunk, InputFormat, Source, WantedAttributes, attribute};

/// What an LDIF input gave.
#[derive(Debug, Default)]
pub(super) struct Ldif {
    /// Chunks in the order of the input; none is empty.
    pub(super) chunks: Vec<Chunk>,
    /// Objects with range slices: position of the chunk, and what is known of the object.
    pub(super) sliced: Vec<(usize, SlicedObject)>,
    /// The domains of the forest, from the comments of a snapshot.
    pub(super) facts: ForestFacts,
    /// Lines of change records; only from [`read_changes`].
    items: Vec<Item>,
}

impl Ldif {
    /// What another format gave.
    pub(super) fn of_chunks(chunks: Vec<Chunk>) -> Self {
        Self { chunks, ..Self::default() }
    }
}

/// A parsed block on its way to its place.
struct Done {
    index: usize,
    parsed: Parsed,
    spellings: Vec<(AttributeId, Box<str>)>,
}

/// Reads an LDIF input. Counts and warnings go into `source`.
pub(super) fn read(
    text: Text,
    block_bytes: usize,
    context: &Context<'_>,
    source: &mut Source,
) -> Result<Ldif, LoadError> {
    let (mut ldif, mut tally) = read_as(Mode::Content, text, block_bytes, context, source)?;
    ldif.facts.domains = std::mem::take(&mut tally.domains);
    describe(&ldif, tally, context.wanted, source)?;
    Ok(ldif)
}

/// Reads the lines of an LDIF input of change records. Counts and warnings about single lines go into `source`.
pub(super) fn read_changes(
    text: Text,
    block_bytes: usize,
    context: &Context<'_>,
    source: &mut Source,
) -> Result<Vec<Item>, LoadError> {
    let (ldif, tally) = read_as(Mode::Changes, text, block_bytes, context, source)?;
    for (reason, count) in tally.skipped {
        *source.skipped.entry(reason).or_default() += count;
    }
    source.complete &= !tally.incomplete;
    tally.notes.write(source);
    Ok(ldif.items)
}

/// Reads text that we wrote ourselves from the entries of a live directory: the same values as from a file, but without
/// lines.
pub(super) struct EntryReader<'c> {
    context: &'c Context<'c>,
    worker: Worker<'c>,
    done: Vec<Done>,
}

impl<'c> EntryReader<'c> {
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        let table = {
            let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
            NameTable::new(context.wanted, &names)
        };
        Self { context, worker: Worker::new(context, table, Mode::Content), done: Vec::new() }
    }

    /// Takes whole records.
    pub(super) fn read(&mut self, text: &[u8]) {
        let parsed = parser::parse(text, None, &mut self.worker);
        let spellings = self.worker.table.take_spellings();
        self.done.push(Done { index: self.done.len(), parsed, spellings });
    }

    /// What was read; counts and warnings go into `source`. `None` when there is no object.
    pub(super) fn finish(self, source: &mut Source) -> Result<Option<Ldif>, LoadError> {
        let (mut ldif, tally) = put_in_order(self.done, self.context);
        ldif.chunks.iter_mut().for_each(Chunk::forget_lines);
        if tally.loaded == 0 {
            return Ok(None);
        }
        let before = source.warnings.len();
        describe(&ldif, tally, self.context.wanted, source)?;
        source.warnings.iter_mut().skip(before).for_each(|warning| warning.line = None);
        Ok(Some(ldif))
    }
}

fn read_as(
    mode: Mode,
    text: Text,
    block_bytes: usize,
    context: &Context<'_>,
    source: &Source,
) -> Result<(Ldif, Tally), LoadError> {
    let table = {
        let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
        NameTable::new(context.wanted, &names)
    };
    let blocks = Mutex::new(Blocks::new(text, block_bytes, context.limits.record_bytes));
    let done = parse_all(&blocks, &table, mode, context)
        .map_err(|error| LoadError::Io { path: source.path.clone(), error })?;
    Ok(put_in_order(done, context))
}

/// Lets every thread of the pool take blocks until there are none left.
fn parse_all(
    blocks: &Mutex<Blocks>,
    table: &NameTable,
    mode: Mode,
    context: &Context<'_>,
) -> io::Result<Vec<Done>> {
    let results = Mutex::new(Vec::new());
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| {
                let result = parse_some(blocks, table.clone(), mode, context);
                results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
            });
        }
    });
    let mut done = Vec::new();
    for result in results.into_inner().unwrap_or_else(PoisonError::into_inner) {
        done.extend(result?);
    }
    done.sort_unstable_by_key(|block: &Done| block.index);
    Ok(done)
}

fn parse_some(
    blocks: &Mutex<Blocks>,
    table: NameTable,
    mode: Mode,
    context: &Context<'_>,
) -> io::Result<Vec<Done>> {
    let mut worker = Worker::new(context, table, mode);
    let mut buffer = Buffer::default();
    let mut done = Vec::new();
    loop {
        let next = blocks.lock().unwrap_or_else(PoisonError::into_inner).next(&mut buffer)?;
        let Some(Block { index, odd, dropped_lines }) = next else { return Ok(done) };
        let mut parsed = parser::parse(buffer.text(), dropped_lines, &mut worker);
        if let Some((at, kind)) = odd {
            let before = buffer.text().get(..at).unwrap_or_default();
            let (id, message) = kind.warning();
            parsed.tally.guessed = kind.guessed();
            parsed.tally.notes.add(
                id,
                u64::from(dropped_lines.unwrap_or_default() + line::breaks_in(before)),
                || message,
            );
        }
        done.push(Done { index, parsed, spellings: worker.table.take_spellings() });
    }
}

/// Gives every block its first line, and joins what the blocks say.
fn put_in_order(done: Vec<Done>, context: &Context<'_>) -> (Ldif, Tally) {
    let mut ldif = Ldif::default();
    let mut all = Tally::default();
    let mut first_line = 1;
    let mut spellings: BTreeMap<AttributeId, Box<str>> = BTreeMap::new();
    for block in done {
        let Parsed { mut chunk, lines, tally, sliced, items } = block.parsed;
        ldif.items.extend(items.into_iter().map(|item| item.counted_from(first_line)));
        chunk.set_first_line(first_line);
        all.append(tally, first_line);
        first_line += u64::from(lines);
        for (id, spelling) in block.spellings {
            spellings.entry(id).or_insert(spelling);
        }
        if !chunk.is_empty() {
            ldif.sliced.extend(sliced.into_iter().map(|object| (ldif.chunks.len(), object)));
            ldif.chunks.push(chunk);
        }
    }
    let mut names = context.names.write().unwrap_or_else(PoisonError::into_inner);
    for (id, spelling) in spellings {
        names.respell(id, &spelling);
    }
    (ldif, all)
}

/// Writes counts and warnings into the source, and refuses an input in which nothing is usable.
fn describe(
    ldif: &Ldif,
    tally: Tally,
    wanted: &WantedAttributes,
    source: &mut Source,
) -> Result<(), LoadError> {
    if let Some(line) = tally.nul_line {
        return Err(super::binary(&source.path, line));
    }
    if tally.loaded == 0 {
        return Err(nothing_usable(&tally, source));
    }
    if let Some((announced, line)) = tally.announced
        && announced != tally.entries
    {
        let message = format!(
            "the file says that it holds {announced} entries, but {} were found (a cut or appended file?)",
            tally.entries
        );
        source.warn("num-entries-mismatch", Some(line), message);
        source.complete &= announced <= tally.entries;
    }
    if tally.bare > 0 && tally.bare * 5 > tally.loaded {
        let message = format!(
            "{} of {} objects have no attributes: the account that made this export could not read most objects",
            tally.bare, tally.loaded
        );
        source.warn("unreadable-objects", None, message);
    }
    source.complete &= !tally.incomplete;
    source.objects = tally.loaded;
    source.origin.encoding = tally.guessed.or(source.origin.encoding);
    for (reason, count) in tally.skipped {
        *source.skipped.entry(reason).or_default() += count;
    }
    // Replacement characters may then be ours, and a wrong guess looks like letters that others damaged.
    let odd = ["encoding-guessed", "encoding-damaged"].iter().any(|id| tally.notes.has(id));
    if !odd {
        tally.lost.notes().write(source);
    }
    tally.notes.write(source);
    if wanted.contains(attribute::OBJECT_GUID) {
        warn_of_missing_anchors(ldif, source);
    }
    Ok(())
}

/// `ldifde -m` and `-n` leave out what the source anchor is made from.
fn warn_of_missing_anchors(ldif: &Ldif, source: &mut Source) {
    let occurs = |id| ldif.chunks.iter().any(|chunk| chunk.occurring().contains(id));
    if !occurs(attribute::OBJECT_GUID) && !occurs(attribute::CONSISTENCY_GUID) {
        let message = if source.format == InputFormat::Ldap {
            "no object has an objectGUID (may the account not read it?): no source anchor is possible"
        } else {
            "no object has an objectGUID (exported with ldifde -m or -n?): no source anchor is possible"
        };
        source.warn("no-object-guid", None, message);
    }
}

fn nothing_usable(tally: &Tally, source: &Source) -> LoadError {
    let path = source.path.clone();
    if tally.skipped("change-record") > 0 {
        return LoadError::Refused {
            path,
            found: "a change file: it holds change records only".into(),
            advice: "Load it with --overlay, beside the export it changes.".into(),
        };
    }
    let reasons: Vec<String> =
        tally.skipped.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    let skipped =
        if reasons.is_empty() { String::new() } else { format!(" (skipped: {})", reasons.join(", ")) };
    LoadError::Unusable {
        path,
        line: None,
        problem: format!("there is no object in it{skipped}"),
        advice: "Export again and check that the search finds something.".into(),
    }
}
