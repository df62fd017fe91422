//! The objects of one file, and what has to be said about the file as a whole.

use std::collections::BTreeMap;

use super::draft::{DIRECTORY_EXPORT, Draft, Resource, Told};
use super::{directory_export, unusable};
use crate::directory::{InputFormat, InputRole, Source};
use crate::load::LoadError;
use crate::tenant::{CloudKind, CloudObject};

/// What the objects of one kind tell.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    named: Told,
    has_addresses: bool,
    has_lost_addresses: bool,
}

impl Tally {
    fn count(&mut self, told: Told, is_cut: bool, addresses: &[String]) {
        self.named.anchor |= told.anchor;
        self.named.sync_state |= told.sync_state;
        self.named.addresses |= told.addresses;
        self.has_addresses |= !addresses.is_empty();
        self.has_lost_addresses |= is_cut && addresses.is_empty();
    }

    /// Where type names stand in the place of addresses, empty cells tell nothing either.
    fn told(self) -> Told {
        let addresses = self.has_addresses || (self.named.addresses && !self.has_lost_addresses);
        Told { addresses, ..self.named }
    }
}

/// Fills while a file is read.
#[derive(Debug, Default)]
pub(super) struct Collected {
    objects: Vec<CloudObject>,
    skipped: BTreeMap<&'static str, u64>,
    kinds: BTreeMap<CloudKind, Tally>,
    /// Resources of which the last page so far names a next one.
    open_pages: BTreeMap<String, bool>,
    /// Name of the first resource that is no kind of cloud object.
    foreign: Option<String>,
    substituted_ids: u64,
    cut: u64,
    first_bad_row: Option<u64>,
    /// A row with a wrong number of cells runs over several lines: it has swallowed others.
    is_quote_open: bool,
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

    /// Notes that reading stopped in a row without end.
    pub(super) fn note_open_quote(&mut self) {
        self.is_quote_open = true;
    }

    /// Takes a complete object; `page` is what its page says about it.
    pub(super) fn take(&mut self, draft: Draft, page: Option<&Resource>) {
        if draft.left_out == Some("removed") {
            return self.skip("removed");
        }
        let kind = match draft.resource(page) {
            Resource::Kind(kind) => kind,
            Resource::Foreign(name) => {
                self.foreign.get_or_insert(name);
                return self.skip("other-resource");
            }
            Resource::Mixed => return self.skip("other-resource"),
        };
        if let Some(reason) = draft.left_out {
            return self.skip(reason);
        }
        let (told, is_cut) = (draft.told, draft.is_cut);
        let Some((object, is_substituted)) = draft.into_object(kind) else { return self.skip("missing-id") };
        self.kinds.entry(kind).or_default().count(told, is_cut, &object.proxy_addresses);
        self.cut += u64::from(is_cut);
        self.substituted_ids += u64::from(is_substituted);
        self.objects.push(object);
    }

    /// Takes the end of a page: whether it names a next one.
    pub(super) fn end_page(&mut self, resource: Option<&Resource>, has_next: bool) {
        self.open_pages.insert(format!("{resource:?}"), has_next);
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
    pub(super) fn finish_into(self, mut source: Source) -> Result<(Vec<CloudObject>, Source), LoadError> {
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
        source.objects = u64::try_from(self.objects.len()).unwrap_or(u64::MAX);
        self.warn(&mut source);
        for (reason, count) in self.skipped {
            *source.skipped.entry(reason).or_default() += count;
        }
        source.sort_warnings();
        Ok((self.objects, source))
    }

    fn warn(&self, source: &mut Source) {
        if self.open_pages.values().any(|is_open| *is_open) {
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
        let texts = [
            ("soft-deleted", "objects of the recycle bin were left out; matches to them are not predicted"),
            ("other-resource", "records that are no users, groups, contacts or devices were left out"),
        ];
        for (reason, text) in texts {
            if let Some(count) = self.skipped.get(reason) {
                source.warn(reason, None, format!("{count} {text}"));
            }
        }
    }

    /// A property that no object of a kind names was not asked for: it is unknown, not empty.
    fn warn_about_untold(&self, source: &mut Source) {
        let lacking = |lacks: fn(CloudKind, Told) -> bool| {
            self.kinds
                .iter()
                .filter(|(kind, tally)| lacks(**kind, tally.told()))
                .map(|(kind, _)| format!("{}s", kind.anchor_prefix().to_ascii_lowercase()))
                .collect::<Vec<_>>()
        };
        let checks = [
            (
                "anchor-not-exported",
                lacking(|kind, told| kind == CloudKind::User && !told.anchor),
                "onPremisesImmutableId, so hard matches cannot be predicted",
            ),
            (
                "sync-state-not-exported",
                lacking(|kind, told| kind != CloudKind::Device && !told.sync_state),
                "onPremisesSyncEnabled, so it is unknown which objects are synchronized",
            ),
            (
                "proxy-addresses-not-exported",
                lacking(|kind, told| kind != CloudKind::Device && !told.addresses),
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
