//! The objects of one file, or of one block of it, and what has to be said about the file as a whole.

use std::collections::BTreeMap;

use super::draft::{Draft, Record};
use super::resource::{DIRECTORY_EXPORT, Resource};
use super::{directory_export, unusable};
use crate::directory::{InputFormat, InputRole, Source};
use crate::load::LoadError;
use crate::tenant::{CloudKind, CloudObject, CloudProperty};

/// What the objects of one kind tell.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// The bits of all properties that any object tells.
    told: u32,
    has_addresses: bool,
    has_lost_addresses: bool,
}

impl Tally {
    fn count(&mut self, object: &CloudObject, lost_addresses: bool) {
        self.told |= object.told();
        if lost_addresses || !self.has_addresses {
            let has_addresses = object.text(CloudProperty::ProxyAddresses).is_some();
            self.has_addresses |= has_addresses;
            self.has_lost_addresses |= lost_addresses && !has_addresses;
        }
    }

    fn join(&mut self, other: Self) {
        self.told |= other.told;
        self.has_addresses |= other.has_addresses;
        self.has_lost_addresses |= other.has_lost_addresses;
    }

    /// Where type names stand in the place of addresses, empty places tell nothing either.
    fn without_lost(&mut self) {
        if self.has_lost_addresses && !self.has_addresses {
            self.told &= !CloudProperty::ProxyAddresses.bit();
        }
    }

    fn tells(self, property: CloudProperty) -> bool {
        self.told & property.bit() != 0
    }
}

/// What a page says about its objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) resource: Resource,
    /// They come from the recycle bin.
    pub(super) is_deleted: bool,
}

impl Context {
    pub(super) fn of_url(url: &str) -> Self {
        let (resource, is_deleted) = Resource::of_context(url);
        Self { resource, is_deleted }
    }
}

/// What is known about the objects to come.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'p> {
    /// No page is around them.
    Bare,
    /// The page has not said yet what it holds; which one, as far as it is one of the outline.
    Open(u32),
    Page(&'p Context),
}

/// An object that may yet learn from its page what it is.
#[derive(Debug)]
struct Undecided {
    page: u32,
    /// Where among the objects it stands already; nowhere when nothing identifies it.
    place: Option<usize>,
    signs: Result<CloudKind, &'static str>,
    record: Record,
}

/// The end of a page, in the order of the file.
#[derive(Debug)]
enum PageEnd {
    /// Its resource, and whether it names a next page.
    Known(String, bool),
    Outline(u32),
}

/// A page of the outline, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct OutlinePage {
    pub(super) parent: Option<u32>,
    pub(super) context: Option<Context>,
    pub(super) has_next: bool,
}

/// What a page of the outline says, or one around it.
pub(super) fn context_of(pages: &[OutlinePage], mut number: u32) -> Option<&Context> {
    loop {
        let page = usize::try_from(number).ok().and_then(|number| pages.get(number))?;
        match (&page.context, page.parent) {
            (Some(context), _) => return Some(context),
            (None, parent) => number = parent?,
        }
    }
}

/// Fills while a file is read.
#[derive(Debug, Default)]
pub(super) struct Collected {
    objects: Vec<CloudObject>,
    undecided: Vec<Undecided>,
    skipped: BTreeMap<&'static str, u64>,
    kinds: BTreeMap<CloudKind, Tally>,
    page_ends: Vec<PageEnd>,
    /// Name of the first resource that is no kind of cloud object.
    foreign: Option<String>,
    substituted_ids: u64,
    cut: u64,
    first_bad_row: Option<u64>,
    /// A row with a wrong number of cells runs over several lines: it has swallowed others.
    is_quote_open: bool,
    first_beyond_limits: Option<u64>,
}

impl Collected {
    /// Counts a record that is not loaded.
    pub(super) fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Counts a row of a CSV with another number of cells than the header, by its first and last line.
    pub(super) fn skip_row(&mut self, lines: (u64, u64)) {
        self.skip("bad-row");
        self.first_bad_row.get_or_insert(lines.0);
        self.is_quote_open |= lines.1 > lines.0;
    }

    /// Counts a record that is larger than the limits allow.
    pub(super) fn skip_beyond_limits(&mut self, line: u64) {
        self.skip("limit-exceeded");
        self.first_beyond_limits.get_or_insert(line);
    }

    /// Notes that reading stopped in a row without end.
    pub(super) fn note_open_quote(&mut self) {
        self.is_quote_open = true;
    }

    /// Takes a complete object. The draft is empty afterwards.
    pub(super) fn take(&mut self, draft: &mut Draft, scope: Scope<'_>) {
        if draft.is_removed() {
            draft.clear();
            return self.skip("removed");
        }
        let page = match scope {
            Scope::Page(context) => Some(context),
            Scope::Bare | Scope::Open(_) => None,
        };
        let is_deleted = page.is_some_and(|context| context.is_deleted);
        let by_page = page.map(|context| &context.resource).filter(|resource| **resource != Resource::Mixed);
        match (draft.own_resource().as_ref().or(by_page), scope) {
            (Some(Resource::Kind(kind)), _) => self.put(draft.take_record(*kind), *kind, is_deleted),
            (Some(Resource::Foreign(name)), _) => {
                draft.clear();
                self.skip_foreign(name);
            }
            (_, Scope::Open(page)) => self.put_undecided(draft, page),
            _ => match draft.signs() {
                Ok(kind) => self.put(draft.take_record(kind), kind, is_deleted),
                Err(name) => {
                    draft.clear();
                    self.skip_foreign(name);
                }
            },
        }
    }

    fn skip_foreign(&mut self, name: &str) {
        self.foreign.get_or_insert_with(|| name.to_owned());
        self.skip("other-resource");
    }

    fn put(&mut self, record: Record, kind: CloudKind, is_deleted: bool) {
        let Some(mut object) = record.object else { return self.skip("missing-id") };
        if is_deleted {
            object.delete();
        }
        self.kinds.entry(kind).or_default().count(&object, record.lost_addresses);
        self.cut += u64::from(record.is_cut);
        self.substituted_ids += u64::from(record.is_substituted);
        self.objects.push(object);
    }

    /// The object gets its place now and its kind later.
    fn put_undecided(&mut self, draft: &mut Draft, page: u32) {
        let signs = draft.signs();
        let mut record = draft.take_record(signs.unwrap_or(CloudKind::User));
        let place = record.object.take().map(|object| {
            self.objects.push(object);
            self.objects.len() - 1
        });
        self.undecided.push(Undecided { page, place, signs, record });
    }

    /// Number of objects so far of which the kind is not known.
    pub(super) fn undecided(&self) -> usize {
        self.undecided.len()
    }

    /// Settles the undecided objects from this number on by what their page has said in the end.
    pub(super) fn settle(&mut self, first: usize, context: Option<&Context>) {
        let open = self.undecided.split_off(first.min(self.undecided.len()));
        self.settle_each(open, |_| context);
    }

    /// Objects lie where they were put; those that turn out to be something else are taken out again.
    fn settle_each<'p>(&mut self, open: Vec<Undecided>, context: impl Fn(u32) -> Option<&'p Context>) {
        let Some(start) = open.iter().filter_map(|undecided| undecided.place).min() else {
            return open.iter().for_each(|undecided| self.skip_undecided(undecided, context(undecided.page)));
        };
        let mut later = self.objects.split_off(start.min(self.objects.len())).into_iter();
        let mut next = start;
        for undecided in open {
            let Some(place) = undecided.place else {
                self.skip_undecided(&undecided, context(undecided.page));
                continue;
            };
            self.objects.extend(later.by_ref().take(place - next));
            next = place + 1;
            let Some(object) = later.next() else { continue };
            let page = context(undecided.page);
            match kind_of(&undecided, page) {
                Ok(kind) => {
                    let record = Record { object: Some(object.of_kind(kind)), ..undecided.record };
                    self.put(record, kind, page.is_some_and(|context| context.is_deleted));
                }
                Err(name) => self.skip_foreign(&name),
            }
        }
        self.objects.extend(later);
    }

    fn skip_undecided(&mut self, undecided: &Undecided, page: Option<&Context>) {
        match kind_of(undecided, page) {
            Ok(_) => self.skip("missing-id"),
            Err(name) => self.skip_foreign(&name),
        }
    }

    /// Takes the end of a page: whether it names a next one.
    pub(super) fn end_page(&mut self, context: Option<&Context>, has_next: bool) {
        self.page_ends.push(PageEnd::Known(name_of(context), has_next));
    }

    /// Takes the end of a page of the outline.
    pub(super) fn end_outline_page(&mut self, page: u32) {
        self.page_ends.push(PageEnd::Outline(page));
    }

    /// Adds the next block of the same file.
    pub(super) fn append(&mut self, mut next: Self, pages: &[OutlinePage]) {
        let open = std::mem::take(&mut next.undecided);
        next.settle_each(open, |page| context_of(pages, page));
        for end in next.page_ends {
            self.page_ends.push(match end {
                PageEnd::Outline(number) => {
                    let page = usize::try_from(number).ok().and_then(|number| pages.get(number));
                    let has_next = page.is_some_and(|page| page.has_next);
                    PageEnd::Known(name_of(page.and_then(|page| page.context.as_ref())), has_next)
                }
                known @ PageEnd::Known(..) => known,
            });
        }
        if self.objects.is_empty() {
            self.objects = next.objects;
        } else {
            self.objects.append(&mut next.objects);
        }
        for (reason, count) in next.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        for (kind, tally) in next.kinds {
            self.kinds.entry(kind).or_default().join(tally);
        }
        self.foreign = self.foreign.take().or(next.foreign);
        self.substituted_ids += next.substituted_ids;
        self.cut += next.cut;
        self.first_bad_row = self.first_bad_row.or(next.first_bad_row);
        self.first_beyond_limits = self.first_beyond_limits.or(next.first_beyond_limits);
        self.is_quote_open |= next.is_quote_open;
    }

    /// Makes room for so many more objects.
    pub(super) fn reserve(&mut self, objects: usize) {
        self.objects.reserve_exact(objects);
    }

    pub(super) fn len(&self) -> usize {
        self.objects.len()
    }

    /// Properties that no object has a value of were not asked for, where empty places mean either.
    pub(super) fn forget_unfilled(&mut self, properties: u32) {
        let mut unfilled = properties;
        for object in &self.objects {
            if unfilled == 0 {
                return;
            }
            unfilled &= !object.filled();
        }
        self.objects.iter_mut().for_each(|object| object.forget_empty(unfilled));
        self.kinds.values_mut().for_each(|tally| tally.told &= !unfilled);
    }

    /// The objects and the source, or why there are none.
    pub(super) fn finish(
        self,
        path: &str,
        format: InputFormat,
    ) -> Result<(Vec<CloudObject>, Source), LoadError> {
        self.finish_into(Source::new(path, InputRole::Tenant, format))
    }

    /// The same for a source of which something is known already.
    pub(super) fn finish_into(mut self, mut source: Source) -> Result<(Vec<CloudObject>, Source), LoadError> {
        let (path, format) = (source.path.as_str(), source.format);
        if self.objects.is_empty()
            && let Some(name) = &self.foreign
        {
            return Err(refused(path, name));
        }
        if self.objects.is_empty() && format == InputFormat::TenantCsv {
            return Err(unusable(
                path,
                None,
                "no row of it can be used",
                "Export the users of the tenant again.",
            ));
        }
        self.forget_lost_addresses();
        source.objects = u64::try_from(self.objects.len()).unwrap_or(u64::MAX);
        self.warn(&mut source);
        for (reason, count) in self.skipped {
            *source.skipped.entry(reason).or_default() += count;
        }
        source.sort_warnings();
        Ok((self.objects, source))
    }

    fn forget_lost_addresses(&mut self) {
        self.kinds.values_mut().for_each(Tally::without_lost);
        let lost: Vec<CloudKind> = self
            .kinds
            .iter()
            .filter(|(_, tally)| tally.has_lost_addresses && !tally.has_addresses)
            .map(|(kind, _)| *kind)
            .collect();
        if !lost.is_empty() {
            let objects = self.objects.iter_mut().filter(|object| lost.contains(&object.kind()));
            objects.for_each(|object| object.forget_empty(CloudProperty::ProxyAddresses.bit()));
        }
    }

    fn warn(&self, source: &mut Source) {
        let mut open_pages: BTreeMap<&str, bool> = BTreeMap::new();
        for end in &self.page_ends {
            if let PageEnd::Known(resource, has_next) = end {
                open_pages.insert(resource, *has_next);
            }
        }
        if open_pages.into_values().any(|is_open| is_open) {
            source.complete = false;
            source.warn(
                "next-link-left",
                None,
                "the last page names a next one (@odata.nextLink): objects are missing; export all pages",
            );
        }
        if self.cut > 0 {
            source.complete = false;
            let message = format!(
                "{} objects with collections cut to a type name; use ConvertTo-Json -Depth 5, or join the values \
                 before Export-Csv",
                self.cut
            );
            source.warn("depth-cut", None, message);
        }
        if self.substituted_ids > 0 {
            let message = format!(
                "{} objects have no id; another property stands for it, and cloudAnchor values cannot be compared",
                self.substituted_ids
            );
            source.warn("id-not-exported", None, message);
        }
        self.warn_about_skipped(source);
        self.warn_about_untold(source);
    }

    fn warn_about_skipped(&self, source: &mut Source) {
        if let Some(count) = self.skipped.get("bad-row") {
            let message = format!("{count} rows with another number of cells than the header, left out");
            source.warn("bad-row", self.first_bad_row, message);
        }
        if self.is_quote_open {
            source.complete = false;
            let message = "a quote is not closed: rows are missing that it swallowed";
            source.warn("row-not-closed", self.first_bad_row, message);
        }
        if let Some(count) = self.skipped.get("limit-exceeded") {
            source.complete = false;
            let message = format!("{count} records larger than the limits allow, left out");
            source.warn("limit-exceeded", self.first_beyond_limits, message);
        }
        if let Some(count) = self.skipped.get("other-resource") {
            let text = "records that are no users, groups, contacts or devices were left out";
            source.warn("other-resource", None, format!("{count} {text}"));
        }
    }

    /// A property that no object of a kind names was not asked for: it is unknown, not empty.
    fn warn_about_untold(&self, source: &mut Source) {
        let lacking = |property: CloudProperty, has: fn(CloudKind) -> bool| {
            self.kinds
                .iter()
                .filter(|(kind, tally)| has(**kind) && !tally.tells(property))
                .map(|(kind, _)| format!("{}s", kind.name()))
                .collect::<Vec<_>>()
        };
        let checks = [
            (
                "anchor-not-exported",
                lacking(CloudProperty::ImmutableId, |kind| kind == CloudKind::User),
                "onPremisesImmutableId, so hard matches cannot be predicted",
            ),
            (
                "sync-state-not-exported",
                lacking(CloudProperty::SyncEnabled, |kind| kind != CloudKind::Device),
                "onPremisesSyncEnabled, so it is unknown which objects are synchronized",
            ),
            (
                "proxy-addresses-not-exported",
                lacking(CloudProperty::ProxyAddresses, |kind| kind != CloudKind::Device),
                "proxyAddresses, so soft matches by address cannot be predicted",
            ),
        ];
        for (id, kinds, text) in checks {
            if !kinds.is_empty() {
                let message = format!(
                    "the {} come without {text}; add it to $select of the export",
                    kinds.join(" and ")
                );
                source.warn(id, None, message);
            }
        }
    }
}

fn name_of(context: Option<&Context>) -> String {
    format!("{:?}", context.map(|context| &context.resource))
}

fn kind_of(undecided: &Undecided, page: Option<&Context>) -> Result<CloudKind, String> {
    match page.map(|context| &context.resource) {
        Some(Resource::Kind(kind)) => Ok(*kind),
        Some(Resource::Foreign(name)) => Err(name.clone()),
        Some(Resource::Mixed) | None => undecided.signs.map_err(str::to_owned),
    }
}

/// Why a file without any cloud object is refused; `name` is what it holds, as far as it says.
pub(super) fn refused(path: &str, name: &str) -> LoadError {
    if name == DIRECTORY_EXPORT {
        return directory_export(path);
    }
    let found = if name.is_empty() {
        "an export of something other than users, groups, contacts or devices".to_owned()
    } else {
        format!("an export of {name}, not of users, groups, contacts or devices")
    };
    LoadError::Refused {
        path: path.to_owned(),
        found,
        advice: "Export /users (and /groups, /contacts) with Microsoft Graph.".to_owned(),
    }
}
