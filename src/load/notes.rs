//! Warnings about one input while it is read: repeated ones are counted, the first is shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::Source;

/// How many warnings of one id are shown; the rest is only counted. Junk lines are shown because no two are alike.
fn shown(id: &str) -> usize {
    if id == "junk-line" { 5 } else { 1 }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Note {
    count: u64,
    first: BTreeSet<(u64, String)>,
}

/// Warnings by id. What is shown does not depend on the order in which they are added.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notes(BTreeMap<&'static str, Note>);

impl Notes {
    /// Adds one. The text is made only when it may be shown.
    pub(super) fn add(&mut self, id: &'static str, line: u64, text: impl FnOnce() -> String) {
        let note = self.0.entry(id).or_default();
        note.count += 1;
        let full = note.first.len() >= shown(id);
        if full && note.first.last().is_some_and(|(last, _)| *last <= line) {
            return;
        }
        note.first.insert((line, text()));
        if note.first.len() > shown(id) {
            note.first.pop_last();
        }
    }

    /// Adds those of a block whose lines are counted from `first_line`.
    pub(super) fn append(&mut self, block: Self, first_line: u64) {
        for (id, note) in block.0 {
            let all = self.0.entry(id).or_default();
            all.count += note.count;
            all.first.extend(note.first.into_iter().map(|(line, text)| (line + first_line, text)));
            while all.first.len() > shown(id) {
                all.first.pop_last();
            }
        }
    }

    /// Whether there is one of this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// Writes them into the source; the first of each id carries the count.
    pub(super) fn write(self, source: &mut Source) {
        for (id, note) in self.0 {
            let hidden = note.count > shown(id) as u64;
            for (position, (line, text)) in note.first.into_iter().enumerate() {
                let counted = hidden && position == 0;
                let text = if counted { format!("{text} ({} in this input)", note.count) } else { text };
                // Line 0: the source has no lines.
                source.warn(id, (line > 0).then_some(line), text);
            }
        }
    }
}
