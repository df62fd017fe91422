//! The pipeline: sources in, a [`Report`] out.
//!
//! Everything a run does, in order: compile checks and rules, load what they need, link what the tenant holds, run the
//! engine, assess the export, run the checks, put the report together.

mod assemble;
mod entra_stage;
mod exports;
mod forest_rules;
mod needs;

pub use needs::{Needs, needs};

use std::fmt;

use crate::check::{self, CheckSet};
use crate::config::{Settings, UserMatching};
use crate::directory::{AttributeNames, AttributeSet, Source, WantedAttributes, attribute};
use crate::entra::domains::Domains;
use crate::entra::existing::Links;
use crate::entra::stage::Surroundings;
use crate::load::{self, InputOptions, LoadError, SourceArgument};
use crate::report::Report;
use crate::sync::{self, RuleError};
use crate::tenant::{CloudObject, Tenant};

/// Which objects a report lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ObjectSelection {
    /// Every object, and the members sent of every group.
    All,
    /// Objects with another outcome than `synced`, with a finding, or named by one.
    #[default]
    Affected,
    /// None.
    None,
}

/// What to predict.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Directory sources.
    pub sources: Vec<SourceArgument>,
    /// How the sources are written, as far as the user states it.
    pub input: InputOptions,
    /// LDIF change files laid over the sources, in this order.
    pub overlays: Vec<String>,
    /// Tenant files.
    pub tenants: Vec<String>,
    /// Settings.
    pub settings: Settings,
    /// Checks to run; empty: all.
    pub select: Vec<String>,
    /// Checks not to run.
    pub ignore: Vec<String>,
    /// Objects to list.
    pub objects: ObjectSelection,
    /// Today as `YYYY-MM-DD`, for exceptions that expire; `None`: none expires.
    pub today: Option<String>,
}

/// A report and what must be said beside it.
#[derive(Debug)]
pub struct Prediction {
    /// The report.
    pub report: Report,
    /// Sentences for standard error: expired exceptions, checks that failed on an object.
    pub notices: Vec<String>,
}

/// Why there is no prediction.
#[derive(Debug)]
pub enum PredictError {
    /// An input cannot be used.
    Load(LoadError),
    /// A rule cannot be used.
    Rule(RuleError),
    /// Settings or options name something that does not exist; one line each.
    Usage(Vec<String>),
}

impl fmt::Display for PredictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Rule(error) => error.fmt(f),
            Self::Usage(lines) => f.write_str(&lines.join("\n")),
        }
    }
}

impl std::error::Error for PredictError {}

impl From<LoadError> for PredictError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<RuleError> for PredictError {
    fn from(error: RuleError) -> Self {
        Self::Rule(error)
    }
}

/// Runs the whole pipeline on the current rayon pool.
pub fn predict(request: &Request) -> Result<Prediction, PredictError> {
    let settings = &request.settings;
    let mut names = AttributeNames::default();
    let checks = choose_checks(request, &mut names)?;
    let wanted = wanted_attributes(settings, &checks, &mut names)?;
    let anchor = names.intern(&settings.sync.source_anchor).unwrap_or(attribute::OBJECT_GUID);
    let forest_order: Vec<String> = settings.forests.iter().map(|forest| forest.name.clone()).collect();
    let directory = load::load(load::LoadRequest {
        wanted: WantedAttributes::Only(wanted),
        forest_order: &forest_order,
        options: request.input.clone(),
        overlays: &request.overlays,
        ..load::LoadRequest::new(&request.sources, names)
    })?;
    let (tenant, tenant_sources) = load_tenant(&request.tenants)?;
    let links = Links::new(&tenant);
    let (own, cloud_links) = entra_stage::cloud_links(&directory, &links, &tenant, anchor);
    let rules = forest_rules::per_forest(settings, &directory);
    let mut simulation = sync::simulate(&directory, &rules, settings, cloud_links)?;
    let domains = Domains::new(&settings.tenant, &tenant);
    let around = Surroundings { tenant: &tenant, domains: &domains, settings: &settings.tenant };
    let stage = entra_stage::run(&mut simulation, settings, &links, around, &own);
    let mut results = check::run(&checks, &simulation, settings, request.today.as_deref());
    let mut notices = std::mem::take(&mut results.notices);
    notices.extend(uncertain_settings(settings));
    let mut report = assemble::report(&simulation, &stage, settings, results, request.objects);
    report.inputs.extend(tenant_sources);
    Ok(Prediction { report, notices })
}

/// Settings under which a prediction rests on what no document states.
fn uncertain_settings(settings: &Settings) -> Option<String> {
    let uncertain = settings.sync.user_matching == UserMatching::SamAccountName;
    let text = "user matching by sAMAccountName and mailNickname: its join conditions are not published, so predictions \
                about joined users (reason joined-by-sam-account-name) are uncertain";
    uncertain.then(|| text.to_owned())
}

fn choose_checks(request: &Request, names: &mut AttributeNames) -> Result<CheckSet, PredictError> {
    let checks = CheckSet::builtin(names);
    checks
        .select(&request.select, &request.ignore, &request.settings.checks)
        .map_err(|error| PredictError::Usage(vec![error.to_string()]))
}

fn wanted_attributes(
    settings: &Settings,
    checks: &CheckSet,
    names: &mut AttributeNames,
) -> Result<AttributeSet, RuleError> {
    let mut wanted = forest_rules::needed(settings, &checks.metaverse_attributes(), names)?;
    wanted.extend(&checks.directory_attributes());
    Ok(wanted)
}

fn load_tenant(paths: &[String]) -> Result<(Tenant, Vec<Source>), LoadError> {
    let mut objects: Vec<CloudObject> = Vec::new();
    let mut sources = Vec::new();
    for path in paths {
        let (found, source) = load::load_tenant(path)?;
        objects.extend(found);
        sources.push(source);
    }
    Ok((Tenant::new(objects), sources))
}
