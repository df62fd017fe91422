//! The pipeline: sources in, a [`Report`] out.
//!
//! Everything a run does, in order: compile checks and rules, load what they need, link what the tenant holds, run the
//! engine, assess the export, run the checks, put the report together.

mod assemble;
mod forest_rules;
mod input_limits;
mod needs;

pub use input_limits::input_limits;
pub use needs::{Needs, needs};

use std::collections::HashMap;
use std::fmt;

use crate::check::{self, CheckSet};
use crate::config::{Settings, UserMatching};
use crate::directory::{
    AttributeNames, AttributeSet, Directory, ObjectId, Source, WantedAttributes, attribute,
};
use crate::entra;
use crate::load::{self, InputOptions, Limits, LoadError, SourceArgument};
use crate::outcome::Reason;
use crate::report::Report;
use crate::sync::{self, CloudLink, MetaverseId, RuleError, Simulation};
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
        limits: input_limits(settings),
        overlays: &request.overlays,
        ..load::LoadRequest::new(&request.sources, names)
    })?;
    let (tenant, tenant_sources) = load_tenant(&request.tenants, &input_limits(settings))?;
    let links = cloud_links(&directory, &tenant, anchor);
    let rules = forest_rules::per_forest(settings, &directory);
    let mut simulation = sync::simulate(&directory, &rules, settings, links)?;
    assess_exports(&mut simulation);
    let mut results = check::run(&checks, &simulation, settings, request.today.as_deref());
    let mut notices = std::mem::take(&mut results.notices);
    notices.extend(uncertain_settings(settings));
    let mut report = assemble::report(&simulation, settings, results, request.objects);
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

fn load_tenant(paths: &[String], limits: &Limits) -> Result<(Tenant, Vec<Source>), LoadError> {
    let mut objects: Vec<CloudObject> = Vec::new();
    let mut sources = Vec::new();
    for path in paths {
        let (found, source) = load::load_tenant_within(path, limits)?;
        objects.extend(found);
        sources.push(source);
    }
    objects.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    objects.dedup_by(|a, b| (a.kind, &a.id) == (b.kind, &b.id));
    Ok((Tenant { objects }, sources))
}

fn cloud_links(
    directory: &Directory,
    tenant: &Tenant,
    anchor: crate::directory::AttributeId,
) -> HashMap<ObjectId, CloudLink> {
    let link = |cloud: &CloudObject| CloudLink {
        kind: match cloud.kind {
            crate::tenant::CloudKind::User => "user",
            crate::tenant::CloudKind::Group => "group",
            crate::tenant::CloudKind::Contact => "contact",
            crate::tenant::CloudKind::Device => "device",
        },
        source_anchor: cloud.immutable_id.clone(),
        cloud_anchor: Some(cloud.cloud_anchor()),
        account_enabled: cloud.account_enabled,
    };
    if tenant.objects.is_empty() {
        return HashMap::new();
    }
    entra::existing::find(directory, tenant, anchor)
        .into_iter()
        .map(|(id, cloud)| (id, link(cloud)))
        .collect()
}

/// Lets the Entra stage say what arrives differently, and takes it into the outcomes.
fn assess_exports(simulation: &mut Simulation<'_>) {
    use rayon::prelude::*;
    let directory = simulation.directory();
    let changes: Vec<(ObjectId, Reason)> = (0..simulation.metaverse_count())
        .into_par_iter()
        .flat_map_iter(|number| {
            let metaverse = MetaverseId(number);
            let principal = simulation.principal(metaverse);
            let exported = simulation.export_type(metaverse).map(|object_type| entra::Exported {
                principal,
                members: simulation.members(metaverse),
                object_type,
            });
            let sent = || assemble::export_texts(simulation, metaverse, "proxyAddresses");
            let reasons: Vec<Reason> = exported
                .map(|exported| entra::assess(directory, &exported, &sent).collect())
                .unwrap_or_default();
            reasons.into_iter().map(move |reason| (principal, reason))
        })
        .collect();
    for (id, reason) in changes {
        simulation.add_change(id, reason);
    }
}
