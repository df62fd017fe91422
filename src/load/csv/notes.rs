//! What a whole file has to tell beside its objects, counted while rows are read and said once at the end.

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::Source;

/// A kind of note; each becomes at most one warning of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Note {
    id: &'static str,
    /// `{rows}`, `{cells}`: how many; `{columns}`: headers, or what else tells the cases apart; `{lines}`: the first.
    sentence: &'static str,
    /// The input lacks something it should hold.
    is_incomplete: bool,
}

impl Note {
    const fn new(id: &'static str, sentence: &'static str) -> Self {
        Self { id, sentence, is_incomplete: false }
    }

    const fn incomplete(id: &'static str, sentence: &'static str) -> Self {
        Self { id, sentence, is_incomplete: true }
    }

    pub(super) const BAD_ROW: Self =
        Self::new("bad-row", "{rows} with another number of cells than the header, left out ({lines})");
    pub(super) const BINARY_FORM: Self = Self::new(
        "binary-form-assumed",
        "mS-DS-ConsistencyGuid is written as {columns} and was read as the bytes that this stands for",
    );
    pub(super) const BOM_INSIDE: Self = Self::new(
        "bom-inside",
        "a byte order mark inside the file was ignored: files were appended to each other ({lines})",
    );
    pub(super) const CELL_CUT: Self = Self::incomplete(
        "cell-cut",
        "{cells} of {columns} with 32,767 characters, where spreadsheets cut ({lines})",
    );
    pub(super) const COLLECTION_LOST: Self = Self::new(
        "collection-lost",
        "{columns}: the export holds names of collection types instead of values; not used.{anchor} Export again \
         with: Select-Object *, @{n='proxyAddresses';e={$_.proxyAddresses -join ';'}}, \
         @{n='mS-DS-ConsistencyGuid';e={if($_.'mS-DS-ConsistencyGuid')\
         {[Convert]::ToBase64String($_.'mS-DS-ConsistencyGuid')}}} | Export-Csv -NoTypeInformation -Encoding UTF8",
    );
    pub(super) const DATE_ORDER_UNKNOWN: Self = Self::new(
        "date-order-unknown",
        "the dates of {columns} can be day-first as well as month-first and were left out; say which with \
         --date-order, or export them as yyyy-MM-dd HH:mm:ss",
    );
    pub(super) const DATES_WITHOUT_ZONE: Self = Self::new(
        "dates-without-zone",
        "the dates of {columns} are in the local time of the exporting machine, which they do not name; read as UTC",
    );
    pub(super) const DN_WITHOUT_DOMAIN: Self = Self::new(
        "dn-without-domain",
        "{rows} with a distinguished name without DC= parts: domain and organizational unit are unknown ({lines})",
    );
    pub(super) const DUPLICATE_COLUMN: Self =
        Self::new("duplicate-column", "{columns} names more than one column; the first one counts");
    pub(super) const FILE_CUT: Self = Self::incomplete(
        "file-cut",
        "the file ends in the middle of a row: it was cut, and what came after is missing ({lines})",
    );
    pub(super) const IDENTITY_MISSING: Self = Self::new(
        "missing-dn",
        "{rows} without distinguishedName, objectGUID, sAMAccountName, userPrincipalName and mail, left out ({lines})",
    );
    pub(super) const LIMIT_EXCEEDED: Self =
        Self::incomplete("limit-exceeded", "{rows} with a value beyond the limits, left out ({lines})");
    pub(super) const LIST_TRUNCATED: Self = Self::incomplete(
        "list-truncated",
        "{cells} of {columns} with a list that the console cut short; join the values with -join ';' ({lines})",
    );
    pub(super) const MAIL_SUBSTITUTED: Self =
        Self::new("mail-substituted", "there is no column mail; PrimarySmtpAddress was taken for it");
    pub(super) const NUMBER_DAMAGED: Self = Self::new(
        "number-damaged",
        "{cells} of {columns} in scientific notation: a spreadsheet lost digits, the values are unknown ({lines})",
    );
    pub(super) const NUMBER_ROUNDED: Self = Self::new(
        "number-rounded",
        "all long numbers of {columns} end in 000: a spreadsheet has probably rounded them",
    );
    pub(super) const OBJECT_CLASS_INFERRED: Self = Self::new(
        "object-class-inferred",
        "{rows} without any sign of an object class, taken for users because there is a column userPrincipalName; \
         add ObjectClass to the export",
    );
    pub(super) const OBJECT_CLASS_UNKNOWN: Self = Self::new(
        "object-class-unknown",
        "{rows} without any sign of an object class: no rule applies to them; add ObjectClass to the export ({lines})",
    );
    pub(super) const PREAMBLE_SKIPPED: Self =
        Self::new("preamble-skipped", "{rows} above the column headers, left out ({lines})");
    pub(super) const RANGE_INCOMPLETE: Self =
        Self::incomplete("range-incomplete", "{rows} with missing range slices of {columns} ({lines})");
    pub(super) const ROW_NOT_CLOSED: Self = Self::incomplete(
        "row-not-closed",
        "{rows} over several lines with another number of cells than the header: a quote is not closed, and the \
         rows it swallowed are missing ({lines})",
    );
    pub(super) const SECRET_DROPPED: Self =
        Self::new("secret-dropped", "{columns} holds secrets and was not read; do not export it");
    pub(super) const VALUE_UNREADABLE: Self = Self::new(
        "value-unreadable",
        "{cells} of {columns} in no form that is known for the attribute; the values are unknown ({lines})",
    );
}

/// Lines shown for one note.
const LINES_SHOWN: usize = 5;

#[derive(Debug)]
struct Tally {
    note: Note,
    count: u64,
    lines: BTreeSet<u64>,
    columns: BTreeSet<String>,
}

/// The notes of one file.
#[derive(Debug, Default)]
pub(super) struct Notes {
    tallies: BTreeMap<&'static str, Tally>,
}

impl Notes {
    /// Counts one case. `column` may be empty where the note is about a row.
    pub(super) fn add(&mut self, note: Note, line: u64, column: &str) {
        let tally = self.tallies.entry(note.id).or_insert_with(|| Tally {
            note,
            count: 0,
            lines: BTreeSet::new(),
            columns: BTreeSet::new(),
        });
        tally.count += 1;
        if tally.lines.len() < LINES_SHOWN {
            tally.lines.insert(line);
        }
        if !column.is_empty() && !tally.columns.contains(column) {
            tally.columns.insert(column.to_owned());
        }
    }

    /// Turns every kind that occurred into one warning of the source.
    pub(super) fn write(self, source: &mut Source) {
        for tally in self.tallies.into_values() {
            source.complete &= !tally.note.is_incomplete;
            source.warn(tally.note.id, tally.lines.first().copied(), tally.message());
        }
        source.warnings.sort_by(|a, b| (a.line, a.id, &a.message).cmp(&(b.line, b.id, &b.message)));
    }
}

impl Tally {
    fn message(&self) -> String {
        let columns = self.columns.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let hides_anchor = columns.to_ascii_lowercase().contains("ms-ds-consistencyguid");
        let anchor = if hides_anchor {
            " Without mS-DS-ConsistencyGuid the source anchor cannot be checked."
        } else {
            ""
        };
        // The names of columns come last: they are text of the input and may hold anything.
        self.note
            .sentence
            .replace("{rows}", &counted(self.count, "row"))
            .replace("{cells}", &counted(self.count, "cell"))
            .replace("{lines}", &self.shown_lines())
            .replace("{anchor}", anchor)
            .replace("{columns}", &columns)
    }

    fn shown_lines(&self) -> String {
        let word = if self.count == 1 { "line" } else { "lines" };
        let numbers = self.lines.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let more = if self.lines.len() == LINES_SHOWN && self.count > 5 { ", …" } else { "" };
        format!("{word} {numbers}{more}")
    }
}

fn counted(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{InputFormat, InputRole};

    #[test]
    fn many_cases_become_one_warning_with_the_first_lines() {
        let mut notes = Notes::default();
        for line in 2..20 {
            notes.add(Note::BAD_ROW, line, "");
        }
        notes.add(Note::LIST_TRUNCATED, 30, "proxyAddresses");
        let mut source = Source::new("a.csv", InputRole::Source, InputFormat::Csv);
        notes.write(&mut source);
        let [bad_row, truncated] = source.warnings.as_slice() else { panic!("{:?}", source.warnings) };
        assert_eq!((bad_row.id, bad_row.line), ("bad-row", Some(2)));
        assert!(bad_row.message.contains("18 rows") && bad_row.message.contains("lines 2, 3, 4, 5, 6, …"));
        assert!(truncated.message.contains("1 cell of proxyAddresses"), "{}", truncated.message);
        assert!(!source.complete);
    }
}
