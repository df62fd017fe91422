//! The pipeline: sources in, a [`Report`] out.
//!
//! Everything a run does, in order: compile checks and rules, load what they need ([`Loaded`]), link what the tenant
//! holds, run the engine, assess the export, run the checks ([`Simulated`]), put the report together.

mod assemble;
mod entra_stage;
mod exports;
mod forest_rules;
mod input_limits;
mod licences;
mod needs;

pub use input_limits::input_limits;
pub use needs::{Needs, needs};

use std::collections::BTreeSet;
use std::fmt;

use crate::check::{self, CheckResults, CheckSet};
use crate::config::{Engine, Settings, UserMatching};
use crate::directory::{
    AttributeNames, AttributeSet, Directory, ObjectId, Source, WantedAttributes, attribute,
};
use crate::entra::domains::Domains;
use crate::entra::existing::Links;
use crate::entra::stage::{Predicted, Stage, Surroundings};
use crate::load::{self, InputOptions, Limits, LoadError, SourceArgument};
use crate::report::{ObjectReport, Report, TenantCounts};
use crate::sync::{self, RuleError, Simulation};
use crate::tenant::{CloudObject, Tenant};
use exports::SimulatedExports;
use licences::Licensed;

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
    let loaded = Loaded::load(request, std::slice::from_ref(&request.settings))?;
    let simulated = loaded.simulate(&request.settings, request.today.as_deref())?;
    let prediction = simulated.into_prediction(request.objects);
    // Giving back the memory of a million objects takes a while; nobody has to wait for it.
    let releasing = std::thread::Builder::new().spawn(move || drop(loaded));
    drop(releasing);
    Ok(prediction)
}

/// What the sources and tenant files hold, for one or several simulations over it.
#[derive(Debug)]
pub struct Loaded {
    checks: CheckSet,
    selected: Vec<String>,
    directory: Directory,
    tenant: Tenant,
    tenant_sources: Vec<Source>,
}

impl Loaded {
    /// Loads what the rules and checks under any of the settings need. The connectors are in the order of the
    /// request's own settings.
    pub fn load(request: &Request, variants: &[Settings]) -> Result<Self, PredictError> {
        refuse_shared_standard_input(request)?;
        let mut names = AttributeNames::default();
        let checks = choose_checks(request, &mut names)?;
        let mut wanted = AttributeSet::default();
        for settings in variants {
            wanted.extend(&wanted_attributes(&settings.in_force().0, &checks, &mut names)?);
        }
        let forests = &request.settings.forests;
        let forest_order: Vec<String> = forests.iter().map(|forest| forest.name.clone()).collect();
        let directory = load::LoadRequest {
            wanted: WantedAttributes::Only(wanted),
            forest_order: &forest_order,
            options: input_options(request, variants)?,
            limits: input_limits(&request.settings),
            overlays: &request.overlays,
            ..load::LoadRequest::new(&request.sources, names)
        };
        // Either has stretches that keep one thread busy and the others waiting.
        let (directory, tenant) = rayon::join(
            || load::load(directory),
            || load_tenant(&request.tenants, &input_limits(&request.settings)),
        );
        let (directory, (tenant, tenant_sources)) = (directory?, tenant?);
        Ok(Self { checks, selected: request.select.clone(), directory, tenant, tenant_sources })
    }

    /// Runs the engine, the Entra stage and the checks under settings that were loaded for.
    pub fn simulate(&self, settings: &Settings, today: Option<&str>) -> Result<Simulated<'_>, PredictError> {
        let (settings, ignored) = settings.in_force();
        let directory = &self.directory;
        let anchor = directory.names().lookup(settings.sync.source_anchor.as_bytes());
        let anchor = anchor.unwrap_or(attribute::OBJECT_GUID);
        let tenant = &self.tenant;
        let links = Links::new(tenant);
        let (own, cloud_links) = entra_stage::cloud_links(directory, &links, tenant, anchor);
        let rules = forest_rules::per_forest(&settings, directory);
        let mut simulation = sync::simulate(directory, &rules, &settings, cloud_links)?;
        let (licensed, licence_notices) = Licensed::new(&settings.tenant.exchange_licensed, &simulation);
        let domains = Domains::new(&settings.tenant, tenant);
        let around = Surroundings { tenant, domains: &domains, settings: &settings.tenant };
        let stage = entra_stage::run(&mut simulation, &settings, &licensed, &links, around, tenant, &own);
        let checks = self.checks.of_engine(settings.sync.engine);
        let exports = SimulatedExports::new(&simulation, &settings.tenant, &licensed);
        let predicted = Predicted { stage: &stage, exports: &exports };
        let mut results = check::run(&checks, &simulation, predicted, &settings, today);
        let mut notices = std::mem::take(&mut results.notices);
        notices.extend(licence_notices);
        notices.extend(uncertain_settings(&settings));
        notices.extend(ignored_settings(settings.sync.engine, &ignored));
        notices.extend(other_engine(settings.sync.engine, &self.selected, &checks));
        Ok(Simulated { loaded: self, simulation, stage, settings, licensed, results, notices })
    }
}

/// Standard input can be read once, and inputs are read side by side.
fn refuse_shared_standard_input(request: &Request) -> Result<(), PredictError> {
    let sources = request.sources.iter().map(|source| source.path.as_str());
    let files = request.overlays.iter().chain(&request.tenants).map(String::as_str);
    if sources.chain(files).filter(|path| *path == "-").count() > 1 {
        let message =
            "several inputs are - (standard input), which can be read only once; name files instead";
        return Err(PredictError::Usage(vec![message.to_owned()]));
    }
    Ok(())
}

/// One simulation with what the checks found in it.
#[derive(Debug)]
pub struct Simulated<'d> {
    loaded: &'d Loaded,
    simulation: Simulation<'d>,
    stage: Stage<'d>,
    settings: Settings,
    licensed: Licensed,
    results: CheckResults,
    /// Sentences for standard error.
    pub notices: Vec<String>,
}

impl<'d> Simulated<'d> {
    /// The simulation.
    pub fn simulation(&self) -> &Simulation<'d> {
        &self.simulation
    }

    fn exports(&self) -> SimulatedExports<'_, 'd> {
        SimulatedExports::new(&self.simulation, &self.settings.tenant, &self.licensed)
    }

    /// One object as a report shows it, without the members sent.
    pub fn object(&self, id: ObjectId) -> ObjectReport {
        let exports = self.exports();
        let both = assemble::Both { simulation: &self.simulation, stage: &self.stage, exports: &exports };
        assemble::object_report(&both, id, false)
    }

    /// Asks about what the tenant makes of single objects.
    pub fn ask<T>(&self, question: impl FnOnce(Predicted<'_, '_>) -> T) -> T {
        let exports = self.exports();
        question(Predicted { stage: &self.stage, exports: &exports })
    }

    /// Sources, then tenant files.
    pub fn inputs(&self) -> Vec<Source> {
        let sources = self.simulation.directory().sources().iter();
        sources.chain(&self.loaded.tenant_sources).cloned().collect()
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where every cloud object is.
    pub fn tenant_counts(&self) -> TenantCounts {
        assemble::tenant_counts(self.stage.accounts())
    }

    /// The report, with the objects chosen.
    pub fn into_prediction(self, objects: ObjectSelection) -> Prediction {
        let (settings, licensed) = (&self.settings, &self.licensed);
        let mut report =
            assemble::report(&self.simulation, &self.stage, settings, licensed, self.results, objects);
        report.inputs.extend(self.loaded.tenant_sources.iter().cloned());
        Prediction { report, notices: self.notices }
    }
}

/// A live directory is asked for the attributes that rules and checks read, and no others.
fn input_options(request: &Request, variants: &[Settings]) -> Result<InputOptions, PredictError> {
    let mut options = request.input.clone();
    if request.sources.iter().any(|source| load::ldap::is_live(&source.path)) {
        let mut all = BTreeSet::new();
        for settings in variants {
            let needs = needs(&settings.in_force().0)?;
            all.extend(needs.live_attributes().iter().map(|id| needs.names.name(id).to_owned()));
        }
        options.live.attributes = Some(all.into_iter().collect());
    }
    Ok(options)
}

/// Settings under which a prediction rests on what no document states.
fn uncertain_settings(settings: &Settings) -> Option<String> {
    let uncertain = settings.sync.user_matching == UserMatching::SamAccountName;
    let text = "user matching by sAMAccountName and mailNickname: its join conditions are not published, so predictions \
                about joined users (reason joined-by-sam-account-name) are uncertain";
    uncertain.then(|| text.to_owned())
}

/// Settings that the engine leaves nobody to choose.
fn ignored_settings(engine: Engine, ignored: &[&str]) -> Option<String> {
    let (title, keys) = (engine.title(), ignored.join(", "));
    (!ignored.is_empty())
        .then(|| format!("[sync] {keys}: without effect, {title} does not leave it to choose"))
}

/// Checks that were selected by name although their defect does not exist under the engine.
fn other_engine<'s>(
    engine: Engine,
    selected: &'s [String],
    checks: &'s CheckSet,
) -> impl Iterator<Item = String> + 's {
    let runs = |id: &String| checks.checks().iter().any(|check| check.id() == id);
    let skipped = selected.iter().filter(move |id| !runs(id));
    skipped.map(move |id| format!("check {id} did not run: {} does not have its defect", engine.title()))
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
    names.intern(&settings.sync.source_anchor);
    Ok(wanted)
}

fn load_tenant(paths: &[String], limits: &Limits) -> Result<(Tenant, Vec<Source>), LoadError> {
    let mut objects: Vec<CloudObject> = Vec::new();
    let mut sources = Vec::new();
    for path in paths {
        let (found, source) = load::load_tenant_within(path, limits)?;
        if objects.is_empty() {
            objects = found;
        } else {
            objects.extend(found);
        }
        sources.push(source);
    }
    Ok((Tenant::new(objects), sources))
}
