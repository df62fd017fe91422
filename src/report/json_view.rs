//! The JSON shape of a report, schema version 1, apart from the internal types.
//!
//! Views borrow from the report and are made one at a time while writing, so a report of a million objects is never in
//! memory twice. The order of fields is the order in the file.

mod finding;
mod object;

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Counts, FindingReport, NotRun, ObjectReport, Report, SettingValue, Summary, TenantCounts};
use crate::directory::{InputRole, Source};
use crate::outcome::Outcome;

/// Changes when a name or meaning changes, not when something is added.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// A list whose items are turned into views one by one.
pub(super) struct Each<'a, T>(pub(super) &'a [T]);

/// Something with a JSON view.
pub(super) trait Viewed {
    type View<'a>: Serialize
    where
        Self: 'a;
    fn view(&self) -> Self::View<'_>;
}

impl<T: Viewed> Serialize for Each<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Viewed::view))
    }
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    pub(super) const THIS: Self = Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
}

#[derive(Serialize)]
pub(super) struct ReportView<'a> {
    schema_version: u32,
    tool: Tool,
    run: RunView<'a>,
    summary: SummaryView<'a>,
    objects: Each<'a, ObjectReport>,
    findings: Each<'a, FindingReport>,
}

impl Viewed for Report {
    type View<'a> = ReportView<'a>;
    fn view(&self) -> ReportView<'_> {
        ReportView {
            schema_version: SCHEMA_VERSION,
            tool: Tool::THIS,
            run: RunView::of(self),
            summary: self.summary.view(),
            objects: Each(&self.objects),
            findings: Each(&self.findings),
        }
    }
}

#[derive(Serialize)]
pub(super) struct RunView<'a> {
    inputs: Each<'a, Source>,
    settings: SettingsView<'a>,
    predicted_status: &'a str,
    checks_not_run: Each<'a, NotRun>,
}

impl<'a> RunView<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        Self {
            inputs: Each(&report.inputs),
            settings: SettingsView(&report.settings),
            predicted_status: &report.predicted_status,
            checks_not_run: Each(&report.checks_not_run),
        }
    }
}

#[derive(Serialize)]
pub(super) struct InputView<'a> {
    source: &'a str,
    role: &'static str,
    format: &'static str,
    forest: Option<&'a str>,
    objects: u64,
    skipped: &'a BTreeMap<&'static str, u64>,
    complete: bool,
    warnings: Vec<WarningView<'a>>,
}

#[derive(Serialize)]
pub(super) struct WarningView<'a> {
    id: &'static str,
    message: &'a str,
    line: Option<u64>,
}

/// The word for a role; the directory model has none of its own.
pub(super) fn role_name(role: InputRole) -> &'static str {
    match role {
        InputRole::Source => "source",
        InputRole::Tenant => "tenant",
        InputRole::Overlay => "overlay",
    }
}

impl Viewed for Source {
    type View<'a> = InputView<'a>;
    fn view(&self) -> InputView<'_> {
        let warnings = self.warnings.iter();
        InputView {
            source: &self.path,
            role: role_name(self.role),
            format: self.format.name(),
            forest: self.forest.as_deref(),
            objects: self.objects,
            skipped: &self.skipped,
            complete: self.complete,
            warnings: warnings
                .map(|warning| WarningView { id: warning.id, message: &warning.message, line: warning.line })
                .collect(),
        }
    }
}

pub(super) struct SettingsView<'a>(pub(super) &'a [(String, SettingValue)]);

impl Serialize for SettingsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &SettingView(value))?;
        }
        map.end()
    }
}

struct SettingView<'a>(&'a SettingValue);

impl Serialize for SettingView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            SettingValue::Null => serializer.serialize_none(),
            SettingValue::Boolean(value) => serializer.serialize_bool(*value),
            SettingValue::Number(value) => serializer.serialize_u64(*value),
            SettingValue::Text(value) => serializer.serialize_str(value),
            SettingValue::List(values) => serializer.collect_seq(values.iter().map(SettingView)),
            SettingValue::Table(entries) => SettingsView(entries).serialize(serializer),
        }
    }
}

#[derive(Serialize)]
pub(super) struct NotRunView<'a> {
    check: &'a str,
    why: &'a str,
}

impl Viewed for NotRun {
    type View<'a> = NotRunView<'a>;
    fn view(&self) -> NotRunView<'_> {
        NotRunView { check: &self.check, why: &self.why }
    }
}

#[derive(Serialize)]
pub(super) struct CountsView {
    user: u64,
    group: u64,
    contact: u64,
    other: u64,
    total: u64,
}

impl Viewed for Counts {
    type View<'a> = CountsView;
    fn view(&self) -> CountsView {
        CountsView {
            user: self.user,
            group: self.group,
            contact: self.contact,
            other: self.other,
            total: self.total(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct SummaryView<'a> {
    objects: CountsView,
    outcomes: OutcomesView<'a>,
    findings: FindingCounts,
    checks: &'a BTreeMap<String, u64>,
    tenant: Option<TenantCounts>,
}

struct OutcomesView<'a>(&'a Summary);

impl Serialize for OutcomesView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let outcomes = Outcome::ALL.iter();
        serializer.collect_map(outcomes.map(|outcome| (outcome.id(), self.0.with_outcome(*outcome).view())))
    }
}

#[derive(Serialize)]
pub(super) struct FindingCounts {
    error: u64,
    warning: u64,
    info: u64,
    excepted: u64,
}

impl Viewed for Summary {
    type View<'a> = SummaryView<'a>;
    fn view(&self) -> SummaryView<'_> {
        SummaryView {
            objects: self.objects.view(),
            outcomes: OutcomesView(self),
            findings: FindingCounts {
                error: self.errors,
                warning: self.warnings,
                info: self.infos,
                excepted: self.excepted,
            },
            checks: &self.checks,
            tenant: self.tenant,
        }
    }
}
