//! `presync doctor`: what an input is, what it lacks for a prediction, and how to export it better.
//!
//! Paths in, a neutral [`Diagnosis`] out; [`table`] and [`json`] write it. Every input is loaded on its own, so that
//! one that is refused does not hide the others. No rule runs: what is missing follows from the attributes that rules
//! and checks read ([`predict::needs`]), never from a list kept here.

pub mod command;
pub mod json;
pub mod table;

mod attributes;
mod consequence;
mod signs;
mod tenant_file;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::bound::ClassSet;
use crate::check::needs::Sight;
use crate::check::role::Roles;
use crate::config::Settings;
use crate::directory::{
    AttributeId, AttributeSet, Directory, InputFormat, InputRole, Origin, SourceWarning, WantedAttributes,
};
use crate::load::{self, InputOptions, Limits, LoadError, LoadRequest, SourceArgument};
use crate::predict::{self, Needs, PredictError};
use crate::tenant::{CloudKind, CloudObject};

use command::ExportCommand;

/// What to examine.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Directory sources.
    pub sources: Vec<SourceArgument>,
    /// How the sources are written, as far as the user states it.
    pub input: InputOptions,
    /// Tenant files.
    pub tenants: Vec<String>,
    /// Settings: they decide which attributes count.
    pub settings: Settings,
}

/// What there is to say about all inputs.
#[derive(Debug)]
pub struct Diagnosis {
    /// Sources, then tenant files, in the order given; patterns expanded.
    pub inputs: Vec<Input>,
    /// Attributes that rules or checks read and no source has, in the order of the export command. Empty when no
    /// source could be described.
    pub missing: Vec<Missing>,
    /// How many checks there are under the settings.
    pub checks: usize,
    /// Checks that cannot look at all they should, and why, sorted by check. Empty when no source could be described.
    pub not_run: Vec<(String, String)>,
}

impl Diagnosis {
    /// Whether every input could be described.
    pub fn is_complete(&self) -> bool {
        self.inputs.iter().all(|input| matches!(input.verdict, Verdict::Described(_)))
    }

    /// Whether the only fault is that live directories could not be reached.
    pub fn is_unreachable(&self) -> bool {
        let refused = |input: &Input| match &input.verdict {
            Verdict::Refused { kind, .. } => Some(*kind),
            Verdict::Described(_) => None,
        };
        !self.is_complete() && self.inputs.iter().filter_map(refused).all(|kind| kind == "unreachable")
    }
}

/// One input.
#[derive(Debug)]
pub struct Input {
    /// As named by the user, patterns expanded.
    pub path: String,
    /// What it was given as.
    pub role: InputRole,
    /// Encoding, writer and search header, as far as the first bytes show them.
    pub origin: Origin,
    /// What it is.
    pub verdict: Verdict,
    /// How to export what is needed.
    pub export: ExportCommand,
}

/// Whether an input can be used.
#[derive(Debug)]
pub enum Verdict {
    /// It was read to its end.
    Described(Box<Described>),
    /// It cannot be used.
    Refused {
        /// `unreadable`, `refused` (another kind of file), `unusable` (the right kind, nothing usable in it) or
        /// `unreachable` (a live directory).
        kind: &'static str,
        /// What it is or what is wrong, as part of a sentence.
        found: String,
        /// Line, from 1, where known.
        line: Option<u64>,
        /// What to do, as a sentence; may be empty.
        advice: String,
    },
}

/// What an input that was read holds.
#[derive(Debug)]
pub struct Described {
    /// What it was recognized as.
    pub format: InputFormat,
    /// The forest of its objects, when there is one.
    pub forest: Option<String>,
    /// Domains of its objects, sorted; none when it has no DNs.
    pub domains: Vec<String>,
    /// Records loaded.
    pub loaded: u64,
    /// Records that were not, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// False when the input says, or shows, that something is missing.
    pub complete: bool,
    /// What the loader warns of.
    pub warnings: Vec<SourceWarning>,
    /// Headers of its columns; empty when it is no table.
    columns: BTreeSet<String>,
    /// Objects by class or kind; only those that occur.
    pub classes: Vec<(&'static str, u64)>,
    /// Attributes that count and occur, and how many objects have a value.
    pub present: Vec<(String, u64)>,
    /// Attributes that count and do not occur.
    pub missing: Vec<String>,
    /// Signs that the export holds less than the directory, as sentences.
    pub signs: Vec<String>,
}

impl Described {
    /// Records seen. A line of junk is no record.
    pub fn read(&self) -> u64 {
        let skipped = self.skipped.iter().filter(|(reason, _)| **reason != "junk-line");
        self.loaded + skipped.map(|(_, count)| count).sum::<u64>()
    }
}

/// An attribute that counts and that no source has.
#[derive(Debug)]
pub struct Missing {
    /// Its name.
    pub attribute: String,
    /// Checks that cannot look at all they should without it, sorted.
    pub checks: Vec<String>,
    /// Inbound rules that read it, sorted.
    pub rules: Vec<String>,
    /// What becomes unreliable, as a sentence; `None` when the rules say it all.
    pub weakens: Option<&'static str>,
}

/// Examines inputs on the current rayon pool. Fails only when the settings cannot be used.
pub fn diagnose(request: &Request) -> Result<Diagnosis, PredictError> {
    let needs = predict::needs(&request.settings)?;
    let limits = predict::input_limits(&request.settings);
    let mut inputs = Vec::new();
    let mut seen = Seen::default();
    for argument in &request.sources {
        match load::expand(&argument.path) {
            Ok(paths) => {
                for path in paths {
                    let argument = SourceArgument { forest: argument.forest.clone(), path };
                    inputs.push(source(&argument, (&request.input, limits), &needs, &mut seen));
                }
            }
            Err(error) => inputs.push(refused(&argument.path, InputRole::Source, error, &needs)),
        }
    }
    settle_unused_headers(&mut inputs, &request.input);
    for path in &request.tenants {
        inputs.push(tenant_file::examine(path, &limits, &needs, &mut seen));
    }
    let (missing, not_run) = seen.consequences(&needs, &request.settings.in_force().0);
    Ok(Diagnosis { inputs, missing, checks: needs.checks.checks().len(), not_run })
}

/// A header that the user names may be in another source than the one that was just loaded.
fn settle_unused_headers(inputs: &mut [Input], options: &InputOptions) {
    let described = inputs.iter_mut().filter_map(|input| match &mut input.verdict {
        Verdict::Described(described) => Some(described),
        Verdict::Refused { .. } => None,
    });
    let mut described: Vec<&mut Box<Described>> = described.collect();
    for input in &mut described {
        input.warnings.retain(|warning| warning.id != load::UNUSED_HEADERS);
    }
    let headers: Vec<&BTreeSet<String>> = described.iter().map(|input| &input.columns).collect();
    for (at, message) in load::unused_headers(&options.map, &headers) {
        if let Some(input) = described.get_mut(at) {
            let warning = SourceWarning { id: load::UNUSED_HEADERS, line: None, message };
            input.warnings.insert(0, warning);
        }
    }
}

/// What all sources together hold.
#[derive(Debug, Default)]
struct Seen {
    /// At least one source could be described.
    any: bool,
    occurring: AttributeSet,
    classes: ClassSet,
    /// The bits of what the tenant files tell, of each kind of cloud objects that they hold.
    told: BTreeMap<CloudKind, u32>,
}

impl Seen {
    fn add(&mut self, directory: &Directory, needs: &Needs) {
        self.any = true;
        self.occurring.extend(&needs.attributes.iter().filter(|id| directory.occurs(*id)).collect());
        for object in directory.objects() {
            self.classes.insert(object.class());
        }
    }

    fn add_cloud(&mut self, objects: &[CloudObject]) {
        for object in objects {
            *self.told.entry(object.kind()).or_default() |= object.told();
        }
    }

    fn consequences(&self, needs: &Needs, settings: &Settings) -> (Vec<Missing>, Vec<(String, String)>) {
        if !self.any {
            return (Vec::new(), Vec::new());
        }
        let roles = Roles::new(&needs.names, &settings.sync);
        let sight = Sight {
            names: &needs.names,
            roles: &roles,
            occurs: &|id| self.occurring.contains(id),
            tells: &|kind, property| self.told.get(&kind).is_none_or(|told| told & property.bit() != 0),
            present: self.classes,
        };
        let mut silenced: BTreeMap<AttributeId, BTreeSet<String>> = BTreeMap::new();
        let mut not_run = Vec::new();
        for check in needs.checks.checks() {
            for blind in sight.of(check).1 {
                not_run.push((check.id().to_owned(), blind.why(&needs.names)));
                for id in blind.lack.attributes() {
                    silenced.entry(*id).or_default().insert(check.id().to_owned());
                }
            }
        }
        let missing = needs.attributes.iter().filter(|id| !self.occurring.contains(*id));
        let missing = missing.map(|id| Missing {
            attribute: needs.names.name(id).to_owned(),
            checks: silenced.remove(&id).into_iter().flatten().collect(),
            rules: needs.rules.get(&id).into_iter().flatten().cloned().collect(),
            weakens: consequence::of(id, needs.rules.contains_key(&id)),
        });
        (missing.collect(), not_run)
    }
}

fn source(
    argument: &SourceArgument,
    (options, limits): (&InputOptions, Limits),
    needs: &Needs,
    seen: &mut Seen,
) -> Input {
    let loaded = load::load(LoadRequest {
        wanted: WantedAttributes::Only(needs.attributes.clone()),
        options: options.clone(),
        limits,
        ..LoadRequest::new(std::slice::from_ref(argument), needs.names.clone())
    });
    match loaded {
        Ok(directory) => {
            seen.add(&directory, needs);
            described(&directory, needs).expect("a loaded directory has the source it was loaded from")
        }
        Err(error) => refused(&argument.path, InputRole::Source, error, needs),
    }
}

fn described(directory: &Directory, needs: &Needs) -> Option<Input> {
    let source = directory.sources().first()?.clone();
    let counts = attributes::count(directory, &needs.attributes);
    let domains: BTreeSet<&str> = directory.objects().map(|object| object.domain()).collect();
    let domains: Vec<String> =
        domains.into_iter().filter(|domain| !domain.is_empty()).map(str::to_owned).collect();
    let signs = signs::of(directory, &source, needs);
    let export = match source.format {
        InputFormat::Ldap => command::for_live(&source.path),
        format => command::for_directory(&source.origin, Some(format), &domains, needs),
    };
    Some(Input {
        path: source.path,
        role: source.role,
        origin: source.origin,
        export,
        verdict: Verdict::Described(Box::new(Described {
            format: source.format,
            forest: source.forest,
            domains,
            loaded: source.objects,
            skipped: source.skipped,
            complete: source.complete,
            warnings: source.warnings,
            columns: source.columns,
            classes: attributes::classes(directory),
            present: counts
                .iter()
                .filter_map(|(id, count)| Some((needs.names.name(*id).to_owned(), (*count)?)))
                .collect(),
            missing: counts
                .iter()
                .filter(|(_, count)| count.is_none())
                .map(|(id, _)| needs.names.name(*id).to_owned())
                .collect(),
            signs,
        })),
    })
}

/// What is still known of an input that cannot be loaded. Standard input cannot be read a second time.
fn refused(path: &str, role: InputRole, error: LoadError, needs: &Needs) -> Input {
    let is_file = path != "-" && !load::ldap::is_live(path);
    let origin = if is_file { load::origin_of(path).ok() } else { None }.unwrap_or_default();
    let (kind, found, line, advice) = match error {
        LoadError::Io { error, .. } => ("unreadable", error.to_string(), None, String::new()),
        LoadError::Refused { found, advice, .. } => ("refused", found, None, advice),
        LoadError::Unusable { line, problem, advice, .. } => ("unusable", problem, line, advice),
        LoadError::Connection { problem, advice, .. } => ("unreachable", problem, None, advice),
    };
    let export = match role {
        InputRole::Tenant => command::for_tenant(),
        _ => command::for_directory(&origin, None, &[], needs),
    };
    let verdict = Verdict::Refused { kind, found, line, advice };
    Input { path: path.to_owned(), role, origin, verdict, export }
}
