//! CSV of cloud objects: the downloads of the admin centres, and `Export-Csv` after the cmdlets of Microsoft Graph, of
//! Exchange Online and of the retired modules.
//!
//! `input-formats` sections 7, 9.2 and 9.3 (read 2026-11-25): columns are found by name, not by position; cells are not
//! protected against formulas and are taken as they are. One thread at a time parts rows; all threads of the pool make
//! objects of them.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::{Mutex, OnceLock, PoisonError};

use csv::ByteRecord;

use super::collected::{Collected, Context, Scope};
use super::draft::Draft;
use super::property::{Name, Property};
use super::resource::Resource;
use super::{directory_export, json, property, unusable};
use crate::load::csv::{layout, lines};
use crate::load::{Limits, LoadError};
use crate::tenant::CloudProperty;

/// Reads all rows. `head` are the first bytes of the text.
pub(super) fn read(
    text: &mut (dyn Read + Send),
    head: &[u8],
    path: &str,
    limits: &Limits,
    block_bytes: usize,
) -> Result<Collected, LoadError> {
    let advice = "Export the users of the tenant with Microsoft Graph, or download them as CSV.";
    let layout =
        layout::find(head, &layout::DELIMITERS, |name| property::find(name).is_some()).ok_or_else(|| {
            unusable(path, None, "no row of the first ten names properties of cloud objects", advice)
        })?;
    let header = OnceLock::new();
    let rows = Mutex::new(Rows::new(text, layout, limits, block_bytes));
    let done = Mutex::new(Vec::new());
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| read_some(&rows, &header, (path, limits), &done));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    let mut all = Collected::default();
    all.reserve(done.iter().filter_map(|(_, block)| Some(block.as_ref().ok()?.len())).sum());
    for (_, block) in done {
        all.append(block?, &[]);
    }
    let rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    if rows.has_open_quote || rows.reader.get_ref().exceeded() {
        all.note_open_quote();
    }
    if let Some(header) = header.get() {
        all.forget_unfilled(header.unfilled);
    }
    Ok(all)
}

type Done = (usize, Result<Collected, LoadError>);

fn read_some(
    rows: &Mutex<Rows<'_>>,
    header: &OnceLock<Header>,
    (path, limits): (&str, &Limits),
    done: &Mutex<Vec<Done>>,
) {
    let (mut batch, mut draft) = (Batch::default(), Draft::default());
    loop {
        let next = rows.lock().unwrap_or_else(PoisonError::into_inner).next(&mut batch, header, path);
        let block = match next {
            Ok(false) => return,
            Ok(true) => Ok(batch.objects(header, limits, &mut draft)),
            Err(error) => Err(error),
        };
        done.lock().unwrap_or_else(PoisonError::into_inner).push((batch.index, block));
    }
}

/// The rows of the file, in order.
struct Rows<'t> {
    reader: csv::Reader<lines::RowBytes<'t>>,
    layout: layout::Layout,
    limits: Limits,
    block_bytes: usize,
    number: usize,
    index: usize,
    /// What a `#TYPE` line says that the rows are.
    context: Option<Context>,
    ended: bool,
    has_open_quote: bool,
}

impl<'t> Rows<'t> {
    fn new(
        text: &'t mut (dyn Read + Send),
        layout: layout::Layout,
        limits: &Limits,
        block_bytes: usize,
    ) -> Self {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(layout.delimiter)
            .buffer_capacity(1 << 16)
            .from_reader(lines::RowBytes::new(text, limits.line_bytes));
        let limits = *limits;
        Self {
            reader,
            layout,
            limits,
            block_bytes,
            number: 0,
            index: 0,
            context: None,
            ended: false,
            has_open_quote: false,
        }
    }

    /// Reads the next rows below the header; false at the end.
    fn next(&mut self, batch: &mut Batch, header: &OnceLock<Header>, path: &str) -> Result<bool, LoadError> {
        batch.restart(self.index);
        self.index += 1;
        let mut bytes = 0;
        while !self.ended && bytes < self.block_bytes {
            let row = batch.row();
            let place = lines::next_row(&mut self.reader, row).map_err(|error| {
                self.ended = true;
                LoadError::Io { path: path.to_owned(), error: error.into() }
            })?;
            let Some(place) = place else {
                self.ended = true;
                break;
            };
            let number = self.number;
            self.number += 1;
            match number.cmp(&self.layout.header_row) {
                Ordering::Less => self.see_type(row),
                Ordering::Equal => {
                    let found = Header::of(row, self.context.take());
                    let checked = found.check(place.lines.0, path, &self.limits);
                    self.ended = checked.is_err();
                    checked?;
                    let _ = header.set(found);
                }
                Ordering::Greater => {
                    bytes += row.as_slice().len() + 1;
                    let is_given_up = place.is_open || self.reader.get_ref().exceeded();
                    self.has_open_quote |= place.is_open;
                    batch.keep(place.lines, is_given_up);
                }
            }
        }
        Ok(batch.count > 0 || !self.ended)
    }

    fn see_type(&mut self, row: &ByteRecord) {
        let name = row.get(0).and_then(|cell| cell.strip_prefix(b"#TYPE"));
        let kind = name.and_then(|name| Resource::of_power_shell_type(&String::from_utf8_lossy(name)));
        if let Some(kind) = kind {
            self.context = Some(Context { resource: Resource::Kind(kind), is_deleted: false });
        }
    }
}

/// Rows that are made objects at a time; its memory is used again.
#[derive(Default)]
struct Batch {
    index: usize,
    rows: Vec<ByteRecord>,
    /// First and last line of each row, and whether it was given up in the middle.
    lines: Vec<((u64, u64), bool)>,
    count: usize,
}

impl Batch {
    fn restart(&mut self, index: usize) {
        (self.index, self.count) = (index, 0);
        self.lines.clear();
    }

    /// Where the next row goes.
    fn row(&mut self) -> &mut ByteRecord {
        if self.rows.len() <= self.count {
            self.rows.resize_with(self.count + 1, ByteRecord::new);
        }
        &mut self.rows[self.count]
    }

    fn keep(&mut self, lines: (u64, u64), is_given_up: bool) {
        self.lines.push((lines, is_given_up));
        self.count += 1;
    }

    fn objects(&self, header: &OnceLock<Header>, limits: &Limits, draft: &mut Draft) -> Collected {
        let mut collected = Collected::default();
        let Some(header) = header.get() else { return collected };
        for (row, (lines, is_given_up)) in self.rows.iter().zip(&self.lines) {
            if row.iter().all(<[u8]>::is_empty) || layout::type_name(row).is_some() {
                continue;
            }
            if *row == header.row {
                collected.skip("repeated-header");
            } else if *is_given_up || row.len() < header.named_cells {
                collected.skip_row(*lines);
            } else if row.iter().any(|cell| cell.len() > limits.value_bytes) {
                collected.skip_beyond_limits(lines.0);
            } else {
                header.fill(draft, row);
                collected.take(draft, header.context.as_ref().map_or(Scope::Bare, Scope::Page));
            }
        }
        collected
    }
}

/// What the columns are.
#[derive(Debug)]
struct Header {
    row: ByteRecord,
    /// Cells up to the last column with a name.
    named_cells: usize,
    /// Places of the columns that are read.
    columns: Vec<(usize, Name)>,
    context: Option<Context>,
    /// Properties that count as not told where no row has a value: `Get-MgUser` has a column for everything, asked for
    /// or not.
    unfilled: u32,
}

impl Header {
    fn of(row: &ByteRecord, context: Option<Context>) -> Self {
        let names: Vec<String> = row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        let is_graph = names.iter().any(|name| name.trim().starts_with("OnPremises"));
        let mut seen = BTreeSet::new();
        let mut columns = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let name = Name::of(name);
            let may_be_unasked = matches!(name.property, Some(Property::Plans | Property::Licences));
            if name.property.is_some() && seen.insert(names.get(place)) {
                columns.push((place, Name { is_pascal_case: is_graph && may_be_unasked, ..name }));
            }
        }
        let bits = columns.iter().filter_map(|(_, name)| kept(name.property?)).map(CloudProperty::bit);
        let unfilled = if is_graph { bits.fold(0, |all, bit| all | bit) } else { 0 };
        let named_cells = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        Self { row: row.clone(), named_cells, columns, context, unfilled }
    }

    fn check(&self, line: u64, path: &str, limits: &Limits) -> Result<(), LoadError> {
        let has = |wanted: fn(&Property) -> bool| {
            self.columns.iter().any(|(_, name)| name.property.as_ref().is_some_and(wanted))
        };
        let is_recipient = has(|property| {
            matches!(property, Property::ExchangeId | Property::RecipientType | Property::RecipientClass)
        });
        if has(|property| matches!(property, Property::DirectorySign | Property::Dn)) && !is_recipient {
            return Err(directory_export(path));
        }
        if self.row.len() > limits.csv_columns {
            let problem = format!("it has {} columns", self.row.len());
            return Err(unusable(path, Some(line), problem, "Export the properties that are needed only."));
        }
        let identifies = |property: &Property| {
            use CloudProperty::{Id, Mail, UserPrincipalName};
            matches!(
                property,
                Property::Guid(Id)
                    | Property::ExchangeId
                    | Property::CloudAnchor
                    | Property::Text(UserPrincipalName | Mail)
                    | Property::Substitute(UserPrincipalName | Mail)
            )
        };
        if !has(identifies) {
            let problem = "no column tells the objects apart";
            return Err(unusable(path, Some(line), problem, "Export id or userPrincipalName too."));
        }
        Ok(())
    }

    fn fill(&self, draft: &mut Draft, row: &ByteRecord) {
        for (place, name) in &self.columns {
            let cell = row.get(*place).unwrap_or_default();
            let nested = matches!(
                name.property,
                Some(Property::Plans | Property::ProvisioningErrors | Property::Licences)
            );
            let text = String::from_utf8_lossy(cell);
            if nested && text.is_empty() && name.is_pascal_case {
                draft.null(*name);
            } else if !(nested && text.starts_with(['[', '{']) && json::read_cell(draft, *name, &text)) {
                draft.text(*name, &text);
            }
        }
    }
}

/// The property of an object that a column is kept as, where an empty cell may mean that it was not asked for.
fn kept(property: Property) -> Option<CloudProperty> {
    match property {
        Property::Text(kept) | Property::Guid(kept) | Property::Flag(kept) | Property::NotFlag(kept) => {
            Some(kept)
        }
        Property::Addresses => Some(CloudProperty::ProxyAddresses),
        Property::ProvisioningErrors => Some(CloudProperty::ProvisioningErrors),
        _ => None,
    }
}
