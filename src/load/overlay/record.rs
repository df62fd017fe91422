//! Lines into change records.

use crate::directory::{Source, dn};
use crate::load::ldif::change::{ChangeLine, Item};

/// Why a record, or a part of it, does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    pub(super) line: u64,
    /// A sentence without its full stop.
    pub(super) text: String,
}

impl Misfit {
    pub(super) fn new(line: u64, text: impl Into<String>) -> Self {
        Self { line, text: text.into() }
    }
}

/// One change record as written.
#[derive(Debug)]
pub(super) struct Record {
    /// Of the `dn` line.
    pub(super) line: u64,
    pub(super) dn: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
enum Entry {
    Line(ChangeLine),
    Dash,
}

/// All records of an input.
#[derive(Debug, Default)]
pub(super) struct ReadRecords {
    pub(super) records: Vec<Record>,
    /// Whether any of them has a `changetype`: without, the input is an export.
    pub(super) any_changetype: bool,
}

/// What a record asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    Add(Vec<ChangeLine>),
    Delete { with_subtree: bool },
    Modify(Vec<Block>),
    Rename { rdn: ChangeLine, superior: Option<ChangeLine> },
}

/// What is done to an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Delete,
    Replace,
    Increment,
}

/// One part of a `modify`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) operation: Operation,
    /// The line that names the attribute.
    pub(super) head: ChangeLine,
    /// The attribute, without options.
    pub(super) name: Vec<u8>,
    pub(super) options: Vec<u8>,
    pub(super) values: Vec<ChangeLine>,
}

/// The control that lets a container be deleted with all below it (`[MS-ADTS]` 3.1.1.3.4.1.15, read 2026-11-20).
const TREE_DELETE: &[u8] = b"1.2.840.113556.1.4.805";

/// Puts records together. Lines without a record are counted as `missing-dn`.
pub(super) fn read(items: Vec<Item>, source: &mut Source) -> ReadRecords {
    let mut read = ReadRecords::default();
    let (mut gap, mut orphan) = (true, false);
    for item in items {
        match item {
            Item::Dn(line) => {
                (gap, orphan) = (false, false);
                let text = dn::Extended::read(&line.bytes).dn.to_vec();
                read.records.push(Record { line: line.line, dn: text, entries: Vec::new() });
            }
            Item::Gap => gap = true,
            // Some writers put an empty line before the `-`; nothing but a change block ends in one.
            Item::Dash if orphan => gap = false,
            Item::Dash => {
                gap = false;
                read.records
                    .iter_mut()
                    .next_back()
                    .into_iter()
                    .for_each(|last| last.entries.push(Entry::Dash));
            }
            Item::Line(line) => {
                let open = if gap || orphan { None } else { read.records.last_mut() };
                let Some(record) = open else {
                    if gap {
                        source.skip("missing-dn");
                        let text = "a record without a dn line was skipped (an empty line inside the record before it?)";
                        source.warn("missing-dn", Some(line.line), text);
                    }
                    (gap, orphan) = (false, true);
                    continue;
                };
                read.any_changetype |= line.is("changetype");
                record.entries.push(Entry::Line(line));
            }
        }
    }
    read
}

impl Record {
    /// What the record asks for. `remarks` takes what was passed over without harm.
    pub(super) fn change(self, remarks: &mut Vec<Misfit>) -> Result<Change, Misfit> {
        let line = self.line;
        let with_subtree = self.lines().any(|line| line.is("control") && line.bytes.starts_with(TREE_DELETE));
        let mut entries: Vec<Entry> = self
            .entries
            .into_iter()
            .filter(|entry| !matches!(entry, Entry::Line(line) if line.is("control")))
            .collect();
        let at = entries.iter().position(|entry| matches!(entry, Entry::Line(line) if line.is("changetype")));
        let Some(at) = at else { return Ok(Change::Add(plain_lines(entries, line)?)) };
        let after = entries.split_off(at + 1);
        let Some(Entry::Line(kind)) = entries.pop() else {
            return Err(Misfit::new(line, "the changetype cannot be read"));
        };
        let word = String::from_utf8_lossy(&kind.bytes).trim().to_ascii_lowercase();
        if word == "add" {
            entries.extend(after);
            return Ok(Change::Add(plain_lines(entries, line)?));
        }
        // Lines before the changetype have no meaning; the retired checker wrote its `cn` there.
        for line in plain_lines(entries, line)?.iter().filter(|line| !line.is("cn")) {
            let name = String::from_utf8_lossy(&line.name);
            remarks
                .push(Misfit::new(line.line, format!("the line {name} before changetype was passed over")));
        }
        match word.as_str() {
            "delete" => {
                for line in plain_lines(after, line)? {
                    let name = String::from_utf8_lossy(&line.name).into_owned();
                    remarks
                        .push(Misfit::new(line.line, format!("the line {name} of a delete was passed over")));
                }
                Ok(Change::Delete { with_subtree })
            }
            "modify" => blocks(after, line).map(Change::Modify),
            "modrdn" | "moddn" => rename(plain_lines(after, line)?, line),
            _ => Err(Misfit::new(kind.line, format!("changetype \"{word}\" is not known"))),
        }
    }

    fn lines(&self) -> impl Iterator<Item = &ChangeLine> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Line(line) => Some(line),
            Entry::Dash => None,
        })
    }
}

/// Lines where no `-` may stand.
fn plain_lines(entries: Vec<Entry>, record_line: u64) -> Result<Vec<ChangeLine>, Misfit> {
    let line = |entry| match entry {
        Entry::Line(line) => Ok(line),
        Entry::Dash => Err(Misfit::new(
            record_line,
            "a line \"-\" stands where none may be (is changetype: modify missing?)",
        )),
    };
    entries.into_iter().map(line).collect()
}

fn operation(line: &ChangeLine) -> Option<Operation> {
    let all = [
        ("add", Operation::Add),
        ("delete", Operation::Delete),
        ("replace", Operation::Replace),
        ("increment", Operation::Increment),
    ];
    all.into_iter().find(|(name, _)| line.is(name)).map(|(_, operation)| operation)
}

/// The blocks of a `modify`. The `-` after the last one is often missing.
fn blocks(entries: Vec<Entry>, record_line: u64) -> Result<Vec<Block>, Misfit> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for entry in entries {
        match (entry, blocks.last_mut()) {
            (Entry::Dash, _) => open = false,
            (Entry::Line(line), Some(block)) if open => {
                if !line.name.eq_ignore_ascii_case(&block.name) {
                    let (name, wanted) = (text(&line.name), text(&block.name));
                    let message = format!("the line names {name}, but the change is one of {wanted}");
                    return Err(Misfit::new(line.line, message));
                }
                block.values.push(line);
            }
            (Entry::Line(line), _) => {
                blocks.push(head(line)?);
                open = true;
            }
        }
    }
    if blocks.is_empty() {
        return Err(Misfit::new(record_line, "the modify names no change"));
    }
    Ok(blocks)
}

fn head(line: ChangeLine) -> Result<Block, Misfit> {
    let Some(operation) = operation(&line) else {
        let message = format!("add, delete, replace or increment is expected, not {}", text(&line.name));
        return Err(Misfit::new(line.line, message));
    };
    let named = line.bytes.trim_ascii();
    let end = named.iter().position(|byte| *byte == b';').unwrap_or(named.len());
    let (name, options) = named.split_at(end);
    if name.is_empty() {
        return Err(Misfit::new(line.line, format!("{} names no attribute", text(&line.name))));
    }
    let (name, options) = (name.to_vec(), options.to_vec());
    Ok(Block { operation, name, options, head: line, values: Vec::new() })
}

fn rename(lines: Vec<ChangeLine>, record_line: u64) -> Result<Change, Misfit> {
    let (mut rdn, mut superior) = (None, None);
    for line in lines {
        match () {
            () if line.is("newrdn") => rdn = Some(line),
            () if line.is("newsuperior") => superior = Some(line),
            () if line.is("deleteoldrdn") => {
                if !matches!(line.bytes.trim_ascii(), b"0" | b"1") {
                    return Err(Misfit::new(line.line, "deleteoldrdn is neither 0 nor 1"));
                }
            }
            () => {
                let name = text(&line.name);
                return Err(Misfit::new(line.line, format!("{name} has no place in a rename")));
            }
        }
    }
    let Some(rdn) = rdn else { return Err(Misfit::new(record_line, "the rename has no newrdn")) };
    Ok(Change::Rename { rdn, superior })
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::directory::{AttributeNames, InputFormat, InputRole, SourceId, WantedAttributes};
    use crate::load::encoding::{Charset, Text};
    use crate::load::{Context, InputOptions, Limits, ldif};

    fn read_text(text: &str, block_bytes: usize) -> (ReadRecords, Source) {
        let names = std::sync::RwLock::new(AttributeNames::default());
        let wanted = WantedAttributes::All;
        let context = Context {
            source: SourceId(1),
            wanted: &wanted,
            names: &names,
            limits: Limits::default(),
            options: &InputOptions::default(),
        };
        let mut source = Source::new("changes.ldf", InputRole::Overlay, InputFormat::Ldif);
        let bytes = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let text = Text::new(bytes, Charset::Presumed, 0).unwrap();
        let items = ldif::read_changes(text, block_bytes, &context, &mut source).unwrap();
        (read(items, &mut source), source)
    }

    fn changes(text: &str, block_bytes: usize) -> Vec<Result<Change, Misfit>> {
        let records = read_text(text, block_bytes).0.records;
        records.into_iter().map(|record| record.change(&mut Vec::new())).collect()
    }

    const MODIFY: &str = "dn: CN=a,DC=x\nchangetype: modify\nreplace: mail\nmail: a@x\n\n-\ndelete: info;lang-en\n-\n\n\
                          dn: CN=b,DC=x\nchangetype: delete\n";

    #[test]
    fn a_record_goes_on_behind_an_empty_line_also_between_blocks_of_text() {
        let whole = changes(MODIFY, 1 << 20);
        let [Ok(Change::Modify(blocks)), Ok(Change::Delete { with_subtree: false })] = whole.as_slice()
        else {
            panic!("{whole:?}")
        };
        assert_eq!((blocks[0].operation, blocks[0].values[0].line), (Operation::Replace, 4));
        assert_eq!(
            (blocks[1].name.as_slice(), blocks[1].options.as_slice()),
            (&b"info"[..], &b";lang-en"[..])
        );
        for block_bytes in 1..MODIFY.len() {
            assert_eq!(changes(MODIFY, block_bytes), whole, "{block_bytes}");
        }
    }

    #[test]
    fn lines_without_a_record_are_counted_once_each_time() {
        let (read, source) =
            read_text("mail: a\ninfo: b\n\n-\n\nmail: c\n\ndn: CN=b,DC=x\nchangetype: delete\n", 64);
        assert_eq!((read.records.len(), read.any_changetype), (1, true));
        assert_eq!(source.skipped["missing-dn"], 2);
        assert_eq!(
            source.warnings.iter().map(|warning| warning.line).collect::<Vec<_>>(),
            [Some(1), Some(6)]
        );
    }

    #[test]
    fn lines_before_the_changetype_are_remarked_on_but_for_cn() {
        let (read, _) = read_text("dn: CN=b,DC=x\ncn: b\nmail: b\nchangetype: delete\n", 64);
        let mut remarks = Vec::new();
        for record in read.records {
            record.change(&mut remarks).unwrap();
        }
        assert_eq!(remarks.iter().map(|remark| remark.line).collect::<Vec<_>>(), [3]);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "((dn: CN=a,DC=x|changetype: (add|modify|moddn)|replace: m|m: |-|newrdn: [a=+]{0,3}|[:; ]{0,3})\n){0,12}") {
            changes(&text, 16);
        }
    }
}
