//! One row of a checklist: a small input and exactly what loading it must give.

use presync::directory::{Directory, ObjectId};
use presync::load::{InputOptions, LoadRequest};

use super::load_with;

/// A row under construction; without any of the calls: one object, nothing skipped, no warning, complete.
pub struct Row {
    name: &'static str,
    input: Vec<u8>,
    options: InputOptions,
    objects: usize,
    skipped: Vec<(&'static str, u64)>,
    warnings: Vec<&'static str>,
    complete: bool,
    values: Vec<(u32, &'static str, Vec<String>)>,
    refused: Option<&'static str>,
}

/// A row named after its item of the checklist.
pub fn row(name: &'static str, input: impl Into<Vec<u8>>) -> Row {
    Row {
        name,
        input: input.into(),
        options: InputOptions::default(),
        objects: 1,
        skipped: Vec::new(),
        warnings: Vec::new(),
        complete: true,
        values: Vec::new(),
        refused: None,
    }
}

impl Row {
    pub fn objects(mut self, objects: usize) -> Self {
        self.objects = objects;
        self
    }

    pub fn skips(mut self, reason: &'static str, count: u64) -> Self {
        self.skipped.push((reason, count));
        self
    }

    /// Ids in the order of the report; `no-object-guid` is left out everywhere.
    pub fn warns(mut self, ids: &[&'static str]) -> Self {
        self.warnings = ids.to_vec();
        self
    }

    pub fn incomplete(mut self) -> Self {
        self.complete = false;
        self
    }

    /// All values of an attribute of an object; `dn` is its DN.
    pub fn values(mut self, object: u32, attribute: &'static str, values: &[&str]) -> Self {
        self.values.push((object, attribute, values.iter().map(ToString::to_string).collect()));
        self
    }

    pub fn refused(mut self, words: &'static str) -> Self {
        self.refused = Some(words);
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut InputOptions)) -> Self {
        change(&mut self.options);
        self
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut expect = |what: &str, found: String, expected: String| {
            if found != expected {
                faults.push(format!("{}: {what} {found}, expected {expected}", self.name));
            }
        };
        let loaded =
            load_with(&self.input, |request| LoadRequest { options: self.options.clone(), ..request });
        match (loaded, self.refused) {
            (Err(error), Some(words)) if error.to_string().contains(words) => {}
            (Err(error), words) => expect("refusal", error.to_string(), format!("{words:?}")),
            (Ok(_), Some(words)) => expect("result", "loaded".into(), format!("refusal: {words}")),
            (Ok(directory), None) => self.compare(&directory, &mut expect),
        }
        faults
    }

    fn compare(&self, directory: &Directory, expect: &mut impl FnMut(&str, String, String)) {
        let source = &directory.sources()[0];
        let skipped: Vec<(&str, u64)> =
            source.skipped.iter().map(|(reason, count)| (*reason, *count)).collect();
        let mut expected = self.skipped.clone();
        expected.sort_unstable();
        let warnings: Vec<&str> =
            source.warnings.iter().map(|warning| warning.id).filter(|id| *id != "no-object-guid").collect();
        expect("objects", directory.len().to_string(), self.objects.to_string());
        expect("skipped", format!("{skipped:?}"), format!("{expected:?}"));
        expect("warnings", format!("{warnings:?}"), format!("{:?}", self.warnings));
        expect("complete", source.complete.to_string(), self.complete.to_string());
        for (object, name, values) in &self.values {
            expect(name, format!("{:?}", found(directory, *object, name)), format!("{values:?}"));
        }
    }
}

fn found(directory: &Directory, object: u32, name: &str) -> Vec<String> {
    if object as usize >= directory.len() {
        return vec!["no such object".into()];
    }
    let object = directory.object(ObjectId(object));
    let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(|c: char| c.is_control() && c != '\n') => text.to_owned(),
        _ => bytes.iter().fold(String::from("X'"), |text, byte| format!("{text}{byte:02x}")) + "'",
    };
    if name == "dn" {
        return vec![text(object.dn())];
    }
    let Some(id) = directory.names().lookup(name.as_bytes()) else { return Vec::new() };
    object.values(id).map(|value| text(value.bytes)).collect()
}

/// Loads every row; fails with all rows that are not as expected.
#[track_caller]
pub fn check(rows: &[Row]) {
    let faults: Vec<String> = rows.iter().flat_map(Row::faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Text as UTF-16.
pub fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}
