//! Microsoft Graph JSON, and what PowerShell makes of it.
//!
//! A page, an array of pages, a bare array, one object, NDJSON, or any of these one after the other. [`outline`] cuts the
//! text into blocks of whole values in the order of the file; the threads of the current pool take blocks and read the
//! objects in them ([`object`], [`value`]). Which thread got which block shows nowhere in the result.

mod object;
mod outline;
mod scan;
mod value;

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeSeed;

use super::collected::{Collected, Scope, refused};
use super::unusable;
use crate::load::{Limits, LoadError};
use object::{Node, Worker};
use outline::{Block, Item, Outline, newlines};
pub(super) use value::read_cell;

/// Files that are refused whatever else they hold.
#[derive(Debug)]
enum Refusal {
    BloodHound,
    /// An answer that is an error, with its code.
    Error(String),
    /// One large object of something else.
    Foreign,
}

impl Refusal {
    fn into_error(self, path: &str) -> LoadError {
        match self {
            Self::BloodHound => LoadError::Refused {
                path: path.to_owned(),
                found: "a BloodHound collection".to_owned(),
                advice: "Export /users (and /groups, /contacts) with Microsoft Graph.".to_owned(),
            },
            Self::Error(code) => refused(path, &format!("an error answer ({code})")),
            Self::Foreign => refused(path, ""),
        }
    }
}

/// Why reading ended before the text did.
#[derive(Debug)]
enum Failure {
    Io(io::Error),
    /// The text ends on this line, within a value.
    Cut(u64),
    Broken {
        line: u64,
        problem: String,
    },
    Refused(Refusal),
}

impl Failure {
    /// Of a value that starts on this line.
    fn of_json(error: &serde_json::Error, line: u64) -> Self {
        let within = u64::try_from(error.line()).unwrap_or(1).max(1);
        let line = line + within - 1;
        if error.is_eof() { Self::Cut(line) } else { Self::Broken { line, problem: problem_of(error) } }
    }

    fn into_error(self, path: &str) -> LoadError {
        match self {
            Self::Io(error) => LoadError::Io { path: path.to_owned(), error },
            Self::Cut(line) => {
                let advice = "The download or the copy was cut; export again.";
                unusable(path, Some(line), "the JSON ends in the middle of a value", advice)
            }
            Self::Broken { line, problem } => {
                unusable(path, Some(line), format!("the JSON is broken: {problem}"), "Export again.")
            }
            Self::Refused(refusal) => refusal.into_error(path),
        }
    }
}

/// What the parser says, without the place: it counts from the start of the value.
fn problem_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// What a block gave.
struct Done {
    index: usize,
    result: Result<Collected, Failure>,
}

/// Reads all objects of a text.
pub(super) fn read(
    text: &mut (dyn Read + Send),
    path: &str,
    limits: &Limits,
    block_bytes: usize,
) -> Result<Collected, LoadError> {
    let outline = Mutex::new(Outline::new(text, limits, block_bytes));
    let done = Mutex::new(Vec::new());
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| read_some(&outline, limits, &done));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|block: &Done| block.index);
    let pages = outline.into_inner().unwrap_or_else(PoisonError::into_inner).into_pages();
    let mut all = Collected::default();
    all.reserve(done.iter().filter_map(|block| Some(block.result.as_ref().ok()?.len())).sum());
    for block in done {
        all.append(block.result.map_err(|failure| failure.into_error(path))?, &pages);
    }
    Ok(all)
}

/// Takes blocks until there are none left.
fn read_some(outline: &Mutex<Outline<'_>>, limits: &Limits, done: &Mutex<Vec<Done>>) {
    let mut block = Block::default();
    let mut worker = Worker::default();
    loop {
        let next = outline.lock().unwrap_or_else(PoisonError::into_inner).next(&mut block);
        let (index, result) = match next {
            Ok(false) => return,
            Ok(true) => (block.index, read_block(&block, limits, &mut worker)),
            // Behind all blocks.
            Err(failure) => (usize::MAX, Err(failure)),
        };
        if result.is_err() {
            outline.lock().unwrap_or_else(PoisonError::into_inner).stop();
        }
        done.lock().unwrap_or_else(PoisonError::into_inner).push(Done { index, result });
    }
}

fn read_block(block: &Block, limits: &Limits, worker: &mut Worker) -> Result<Collected, Failure> {
    let text = std::str::from_utf8(block.text()).ok();
    for item in &block.items {
        let (start, end, scope, depth) = match *item {
            Item::Value { start, end, scope, depth } => (start, end, scope, depth),
            Item::PageEnd(page) => {
                worker.collected.end_outline_page(page);
                continue;
            }
            Item::BeyondLimits(line) => {
                worker.collected.skip_beyond_limits(line);
                continue;
            }
        };
        let scope = match block.scopes.get(scope) {
            Some((_, Some(context))) => Scope::Page(context),
            Some((Some(page), None)) => Scope::Open(*page),
            Some((None, None)) | None => Scope::Bare,
        };
        let levels = limits.json_depth.saturating_sub(depth);
        let node = Node { worker: &mut *worker, scope, levels };
        let result = match text.and_then(|text| text.get(start..end)) {
            Some(value) => read_value(value, node),
            None => {
                read_value(&String::from_utf8_lossy(block.text().get(start..end).unwrap_or_default()), node)
            }
        };
        if let Err(error) = result {
            let before = block.text().get(..start).unwrap_or_default();
            return Err(Failure::of_json(&error, block.line + newlines(before)));
        }
        if let Some(refusal) = worker.refusal.take() {
            return Err(Failure::Refused(refusal));
        }
    }
    Ok(std::mem::take(&mut worker.collected))
}

fn read_value(value: &str, node: Node<'_, '_>) -> Result<(), serde_json::Error> {
    let mut values = serde_json::Deserializer::from_str(value);
    let Node { worker, scope, levels } = node;
    let found = Node { worker: &mut *worker, scope, levels }.deserialize(&mut values)?;
    values.end()?;
    worker.take_stray(&found);
    Ok(())
}
