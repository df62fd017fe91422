//! What a block told about the input as a whole: counts, warnings, what comments and trailers say.

use std::collections::BTreeMap;

use super::super::ldap::Domain;
use super::super::lost_text::LostText;
use super::super::notes::Notes;

/// Counts and warnings of one block, or of all blocks so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) notes: Notes,
    pub(super) skipped: BTreeMap<&'static str, u64>,
    /// Records with a DN, loaded or not.
    pub(super) entries: u64,
    /// Objects loaded.
    pub(super) loaded: u64,
    /// Objects loaded that have a DN only.
    pub(super) bare: u64,
    /// The sum of what `# numEntries` comments say, and the line of the first.
    pub(super) announced: Option<(u64, u64)>,
    /// Domains of the forest that a snapshot names.
    pub(super) domains: Vec<Domain>,
    /// The input says that something is missing.
    pub(super) incomplete: bool,
    /// The code page that was guessed.
    pub(super) guessed: Option<&'static str>,
    pub(super) lost: LostText,
    /// Line of the first NUL byte.
    pub(super) nul_line: Option<u64>,
}

impl Tally {
    pub(super) fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// How many records were skipped for a reason.
    pub(super) fn skipped(&self, reason: &str) -> u64 {
        self.skipped.get(reason).copied().unwrap_or_default()
    }

    /// Adds the next block, whose lines are counted from `first_line`.
    pub(super) fn append(&mut self, block: Self, first_line: u64) {
        self.notes.append(block.notes, first_line);
        for (reason, count) in block.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        self.entries += block.entries;
        self.loaded += block.loaded;
        self.bare += block.bare;
        self.domains.extend(block.domains);
        self.incomplete |= block.incomplete;
        self.guessed = self.guessed.or(block.guessed);
        self.lost.append(block.lost, first_line);
        self.nul_line = self.nul_line.or(block.nul_line.map(|line| line + first_line));
        if let Some((count, line)) = block.announced {
            let (all, first) = self.announced.unwrap_or((0, line + first_line));
            self.announced = Some((all.saturating_add(count), first));
        }
    }

    /// Reads a comment, without its `#`: headers, counts and references of ldapsearch and ldbsearch
    /// (`input-formats` section 5).
    pub(super) fn comment(&mut self, comment: &[u8], line: u64) {
        let Ok(text) = std::str::from_utf8(comment) else { return };
        let text = text.trim();
        let number = |text: &str| text.trim().parse::<u64>().ok();
        if let Some(domain) = Domain::from_comment(text) {
            self.domains.push(domain);
        } else if text.starts_with("refldap://") {
            self.skip("search-reference");
        } else if let Some(count) = text.strip_prefix("numEntries:").and_then(number) {
            self.announce(count, line);
        } else if let Some(count) = text.strip_suffix(" entries").and_then(number) {
            self.announce(count, line);
        } else if let Some(filter) = text.strip_prefix("filter: ") {
            let everything = filter.eq_ignore_ascii_case("(objectClass=*)");
            self.filtered(!everything, line, || {
                format!("the search had the filter {filter}: nothing else is in the file")
            });
        } else if let Some(requested) = text.strip_prefix("requesting: ") {
            let everything = requested.split_whitespace().any(|name| name == "ALL" || name == "*");
            self.filtered(!everything, line, || {
                format!("the search asked for these attributes only: {requested}")
            });
        } else if let Some(base) = text.strip_prefix("base <").and_then(|rest| rest.split_once('>')) {
            // An empty base is the whole forest.
            let head = base.0.is_empty()
                || base.0.split(',').all(|part| part.trim().to_ascii_lowercase().starts_with("dc="));
            let subtree = base.1.contains("subtree");
            self.filtered(!head || !subtree, line, || {
                let (dn, scope) = base;
                format!("the search had the base {dn}{scope}: objects elsewhere, and duplicates there, are not seen")
            });
        }
    }

    fn announce(&mut self, count: u64, line: u64) {
        let (all, first) = self.announced.unwrap_or((0, line));
        self.announced = Some((all.saturating_add(count), first));
    }

    fn filtered(&mut self, filtered: bool, line: u64, text: impl FnOnce() -> String) {
        if filtered {
            self.notes.add("export-filtered", line, text);
        }
    }

    /// Reads the `result:` line of a trailer, or a line of an error message that got into the file.
    pub(super) fn search_result(&mut self, value: &[u8], line: u64) {
        let text = String::from_utf8_lossy(value);
        let code = text.split_whitespace().next().unwrap_or_default();
        if code != "0" {
            self.incomplete = true;
            self.notes.add("search-incomplete", line, || {
                format!("the search that made this file ended with \"{}\": objects are missing", brief(value))
            });
        }
    }
}

/// The first 40 characters, without control characters.
pub(super) fn brief(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut brief: String =
        text.chars().take(40).map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
    if text.chars().nth(40).is_some() {
        brief.push('…');
    }
    brief
}
