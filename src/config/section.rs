//! Typed access to one table of a settings file.
//!
//! A [`Section`] hands out values of the wanted type and puts down everything that is wrong in the [`Reading`]: unknown
//! keys, wrong types, bad words. Nothing stops at the first problem. A value that is wrong reads as absent.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::dn_syntax;
use super::problem::{Problem, did_you_mean, one_of};

/// Longest text of a settings file that a problem repeats.
const MAX_SHOWN_CHARS: usize = 60;

/// The problems found so far, and where lines start.
pub(super) struct Reading<'doc> {
    path: &'doc str,
    line_starts: Vec<usize>,
    problems: Vec<Problem>,
}

impl<'doc> Reading<'doc> {
    pub(super) fn new(text: &str, path: &'doc str) -> Self {
        let line_starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { path, line_starts: line_starts.collect(), problems: Vec::new() }
    }

    /// Line of a byte, from 1.
    pub(super) fn line(&self, offset: usize) -> u64 {
        let before = self.line_starts.partition_point(|start| *start <= offset);
        u64::try_from(before).map_or(u64::MAX, |lines| lines + 1)
    }

    pub(super) fn report(
        &mut self,
        offset: usize,
        found: String,
        expected: Option<&str>,
        hint: Option<String>,
    ) {
        self.problems.push(Problem {
            path: self.path.to_owned(),
            line: Some(self.line(offset)),
            found,
            expected: expected.map(str::to_owned),
            suggestion: hint,
        });
    }

    /// The problems sorted by line. What the TOML parser says of a line comes instead of what was made of its guess at
    /// that line, and a key that seems to be missing may stand where it could not read.
    pub(super) fn finish(mut self, syntax_errors: &[toml::de::Error]) -> Vec<Problem> {
        let found = std::mem::take(&mut self.problems);
        for error in syntax_errors {
            let offset = error.span().map_or(0, |span| span.start);
            // Not the parser's own rendering: it repeats the line, which may hold a password.
            self.report(offset, format!("no valid TOML: {}", error.message()), None, None);
        }
        let lines: Vec<_> = self.problems.iter().map(|problem| problem.line).collect();
        let believable = |problem: &Problem| {
            lines.is_empty() || !(lines.contains(&problem.line) || problem.found.contains(" is missing in "))
        };
        self.problems.extend(found.into_iter().filter(believable));
        self.problems.sort_by(|a, b| (a.line, &a.found).cmp(&(b.line, &b.found)));
        self.problems
    }
}

/// One table.
pub(super) struct Section<'s, 'doc> {
    /// As in the file: `[sync]`.
    label: &'static str,
    table: &'doc DeTable<'doc>,
    offset: usize,
    reading: &'s mut Reading<'doc>,
}

impl<'s, 'doc> Section<'s, 'doc> {
    /// Opens a table and reports the keys it must not have. `belongs` says where a key would be right.
    pub(super) fn open(
        reading: &'s mut Reading<'doc>,
        (label, keys): (&'static str, &[&str]),
        (table, offset): (&'doc DeTable<'doc>, usize),
        belongs: impl Fn(&str) -> Option<&'static str>,
    ) -> Self {
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let hint = match belongs(name) {
                Some(right) => Some(format!("it belongs in {right}")),
                None => did_you_mean(name, keys.iter().copied()),
            };
            let expected = hint.is_none().then(|| one_of(keys.iter().copied()));
            let found = format!("unknown key `{}` in {label}", shown(name));
            reading.report(key.span().start, found, expected.as_deref(), hint);
        }
        Self { label, table, offset, reading }
    }

    /// Opens a table that may have any key.
    pub(super) fn free(
        reading: &'s mut Reading<'doc>,
        label: &'static str,
        (table, offset): (&'doc DeTable<'doc>, usize),
    ) -> Self {
        Self { label, table, offset, reading }
    }

    /// First byte of the value of a key, else of the table.
    pub(super) fn offset(&self, key: &str) -> usize {
        self.value(key).map_or(self.offset, |value| value.span().start)
    }

    /// The line of a key, else of the table; from 1.
    pub(super) fn line(&self, key: &str) -> u64 {
        self.reading.line(self.offset(key))
    }

    fn value(&self, key: &str) -> Option<&'doc Spanned<DeValue<'doc>>> {
        self.table.get(key)
    }

    fn wrong(&mut self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str, hint: Option<String>) {
        // A password may have been put where the name of its file belongs.
        let what = if key == "password-file" { kind(value.get_ref()) } else { described(value.get_ref()) };
        let found = format!("`{key}` in {} is {what}", self.label);
        self.reading.report(value.span().start, found, Some(expected), hint);
    }

    /// A switch.
    pub(super) fn boolean(&mut self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        if value.get_ref().as_bool().is_none() {
            let quoted = value.get_ref().as_str().and_then(|text| did_you_mean(text, ["true", "false"]));
            self.wrong(key, value, "true or false", quoted);
        }
        value.get_ref().as_bool()
    }

    /// A whole number of at least `min`.
    pub(super) fn number(&mut self, key: &str, min: u64) -> Option<u64> {
        self.number_up_to(key, min, u64::MAX)
    }

    /// A whole number within bounds.
    pub(super) fn number_up_to(&mut self, key: &str, min: u64, max: u64) -> Option<u64> {
        let value = self.value(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|integer| u64::from_str_radix(integer.as_str(), integer.radix()).ok())
            .filter(|number| (min..=max).contains(number));
        if number.is_none() {
            let upwards = format!("a whole number from {min}");
            let expected = if max == u64::MAX { upwards } else { format!("{upwards} to {max}") };
            self.wrong(key, value, &expected, None);
        }
        number
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, key: &str) -> Option<&'doc str> {
        let value = self.value(key)?;
        let text = value.get_ref().as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.wrong(key, value, "a text in quotation marks", None);
        }
        text
    }

    /// A text that must be there.
    pub(super) fn required(&mut self, key: &str) -> Option<&'doc str> {
        if self.value(key).is_none() {
            let found = format!("`{key}` is missing in {}", self.label);
            self.reading.report(self.offset, found, None, None);
        }
        self.text(key)
    }

    /// The name of an attribute.
    pub(super) fn attribute(&mut self, key: &str) -> Option<&'doc str> {
        let text = self.text(key)?;
        let good = dn_syntax::is_attribute(text);
        if let (false, Some(value)) = (good, self.value(key)) {
            self.wrong(key, value, "the name of an attribute such as `mail`", None);
        }
        good.then_some(text)
    }

    /// One of a fixed set of words.
    pub(super) fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        self.word_or(key, words, "")
    }

    /// One of a fixed set of words, where something else, read by the caller, would be right too; `or` names it.
    pub(super) fn word_or<T: Copy>(&mut self, key: &str, words: &[(&str, T)], or: &str) -> Option<T> {
        let value = self.value(key)?;
        let found = value.get_ref().as_str();
        let meaning = words.iter().find(|(word, _)| found == Some(*word)).map(|(_, meaning)| *meaning);
        if meaning.is_none() {
            let names = || words.iter().map(|(word, _)| *word);
            let expected = one_of(names()) + or;
            self.wrong(key, value, &expected, found.and_then(|text| did_you_mean(text, names())));
        }
        meaning
    }

    /// A list of texts; `fault` says what is wrong with one, as a sentence part.
    pub(super) fn texts(
        &mut self,
        key: &str,
        expected: &str,
        fault: impl Fn(&str) -> Option<String>,
    ) -> Option<Vec<&'doc str>> {
        let value = self.value(key)?;
        let Some(items) = value.get_ref().as_array() else {
            let hint =
                value.get_ref().as_str().map(|text| format!("write it as a list: [{:?}]", shown(text)));
            self.wrong(key, value, &format!("a list: {expected}"), hint);
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            let reason = match item.get_ref().as_str() {
                Some(text) => fault(text).map(|why| format!("{}: {why}", described(item.get_ref()))),
                None => Some(described(item.get_ref())),
            };
            if let Some(reason) = reason {
                let found = format!("`{key}` in {} holds {reason}", self.label);
                self.reading.report(item.span().start, found, Some(expected), None);
            } else {
                texts.extend(item.get_ref().as_str());
            }
        }
        Some(texts)
    }

    /// A list of distinguished names.
    pub(super) fn dns(&mut self, key: &str) -> Option<Vec<&'doc str>> {
        self.texts(key, "distinguished names such as `OU=Corp,DC=contoso,DC=com`", dn_syntax::fault)
    }

    /// A calendar day without a time, as `YYYY-MM-DD`.
    pub(super) fn date(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        let day = value.get_ref().as_datetime().filter(|at| at.time.is_none() && at.offset.is_none());
        let date = day.and_then(|at| at.date).map(|date| date.to_string());
        if date.is_none() {
            let hint = value.get_ref().is_str().then(|| "write it without quotation marks".to_owned());
            self.wrong(key, value, "a date such as 2027-03-31", hint);
        }
        date
    }

    /// True when the value of a key is a list or a table, whichever `wanted` asks for.
    pub(super) fn is(&self, key: &str, wanted: fn(&DeValue<'doc>) -> bool) -> bool {
        self.value(key).is_some_and(|value| wanted(value.get_ref()))
    }

    /// The table under a key.
    pub(super) fn table(&mut self, key: &str) -> Option<(&'doc DeTable<'doc>, usize)> {
        let value = self.value(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            let single = format!("one table [{key}]");
            self.wrong(key, value, &single, None);
        }
        table.map(|table| (table, value.span().start))
    }

    /// The tables of a `[[key]]`.
    pub(super) fn tables(&mut self, key: &str) -> Vec<(&'doc DeTable<'doc>, usize)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let items = value.get_ref().as_array();
        let all_tables = items.is_some_and(|items| items.iter().all(|item| item.get_ref().is_table()));
        if !all_tables {
            self.wrong(key, value, &format!("tables with the head [[{key}]]"), None);
        }
        let tables = items.into_iter().flatten();
        tables.filter_map(|item| item.get_ref().as_table().map(|table| (table, item.span().start))).collect()
    }

    /// All keys of the table, in the order of the file.
    pub(super) fn keys(&self) -> Vec<(&'doc str, usize)> {
        let mut keys: Vec<_> =
            self.table.keys().map(|key| (key.get_ref().as_ref(), key.span().start)).collect();
        keys.sort_by_key(|(_, offset)| *offset);
        keys
    }

    /// The problems, for what only the caller can judge.
    pub(super) fn reading(&mut self) -> &mut Reading<'doc> {
        self.reading
    }
}

/// A text of the file, cut and without characters that could disturb a terminal.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN_CHARS).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

fn described(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.trim().is_empty() => "an empty text".to_owned(),
        DeValue::String(text) => format!("\"{}\"", shown(text)),
        DeValue::Integer(number) => format!("the number {}", shown(&number.to_string())),
        DeValue::Boolean(switch) => switch.to_string(),
        DeValue::Datetime(at) => format!("the date {at}"),
        _ => kind(value),
    }
}

fn kind(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
    .to_owned()
}
