//! What a run needs from the directory, and what for: the attributes that rules and checks read.

use std::collections::{BTreeMap, BTreeSet};

use super::{PredictError, forest_rules};
use crate::check::CheckSet;
use crate::check::bound::Check;
use crate::check::front_matter::On;
use crate::check::role::{JOIN_ATTRIBUTE, LOGIN, Roles, SOURCE_ANCHOR};
use crate::config::Settings;
use crate::directory::{AttributeId, AttributeNames, AttributeSet, Class, attribute};
use crate::sync::rule::{Direction, Rule, System};
use crate::sync::{self, RuleError};

/// The attributes of a directory that rules and checks read under given settings.
#[derive(Debug)]
pub struct Needs {
    /// The names, to load with.
    pub names: AttributeNames,
    /// The checks of the settings.
    pub checks: CheckSet,
    /// Attributes that an export of a directory should have; without those that no directory has.
    pub attributes: AttributeSet,
    /// The inbound rules that read an attribute, by name, sorted.
    pub rules: BTreeMap<AttributeId, BTreeSet<String>>,
}

impl Needs {
    /// What a live directory is asked for. None has attributes of the cloud of itself, but one may have been taught which
    /// cloud object an object is (contract, "Already linked objects").
    pub fn live_attributes(&self) -> AttributeSet {
        self.attributes.iter().chain([attribute::CLOUD_SOURCE_ANCHOR, attribute::CLOUD_ANCHOR]).collect()
    }
}

/// Read where they are, but no attribute of a directory: a custom column says what the cloud already holds.
const NOT_OF_A_DIRECTORY: [AttributeId; 3] =
    [attribute::DN, attribute::CLOUD_SOURCE_ANCHOR, attribute::CLOUD_ANCHOR];

/// Works out what a run under these settings needs.
pub fn needs(settings: &Settings) -> Result<Needs, PredictError> {
    let settings = &settings.in_force().0;
    let mut names = AttributeNames::default();
    let checks = CheckSet::builtin(&mut names)
        .select(&[], &[], &settings.checks)
        .map_err(|error| PredictError::Usage(vec![error.to_string()]))?
        .of_engine(settings.sync.engine);
    let rules: Vec<Rule> = forest_rules::widest(settings)
        .into_iter()
        .filter(|rule| rule.direction == Direction::Inbound && rule.system == System::ActiveDirectory)
        .collect();
    let read = readers(&rules, &mut names)?;
    let mut attributes = forest_rules::needed(settings, &checks.metaverse_attributes(), &mut names)?;
    let roles = Roles::new(&names, &settings.sync);
    for check in checks.checks() {
        attributes.extend(&read_from_directory(check, &roles));
    }
    attributes.insert(attribute::OBJECT_CLASS);
    let words = [SOURCE_ANCHOR, JOIN_ATTRIBUTE, LOGIN].map(|word| names.lookup(word.as_bytes()));
    let attributes: AttributeSet = attributes
        .iter()
        .filter(|id| !NOT_OF_A_DIRECTORY.contains(id) && !words.contains(&Some(*id)))
        .collect();
    let rules = read.into_iter().filter(|(id, _)| attributes.contains(*id)).collect();
    Ok(Needs { names, checks, attributes, rules })
}

/// Which rules read an attribute, whatever becomes of the value.
fn readers(
    rules: &[Rule],
    names: &mut AttributeNames,
) -> Result<BTreeMap<AttributeId, BTreeSet<String>>, RuleError> {
    let mut readers: BTreeMap<AttributeId, BTreeSet<String>> = BTreeMap::new();
    for rule in rules {
        let targets: AttributeSet = rule.flows.iter().filter_map(|flow| names.intern(&flow.target)).collect();
        let one = std::slice::from_ref(rule);
        for id in sync::needed_attributes(one, &targets, &AttributeSet::default(), names)?.iter() {
            readers.entry(id).or_default().insert(rule.name.clone());
        }
    }
    Ok(readers)
}

/// What a check reads from the objects themselves. A check over the metaverse names metaverse attributes, which the
/// rules make of others; only what it needs, what it asks a contributor for and the attribute an admin changes are of
/// the directory.
fn read_from_directory(check: &Check, roles: &Roles) -> AttributeSet {
    let mut read = AttributeSet::default();
    if check.on == On::Directory {
        read.extend(&check.directory_attributes());
    }
    for expression in check.when.iter().chain(&check.value) {
        read.extend(expression.contributed());
    }
    for id in check.attribute.iter().chain(check.needs.iter().flatten()) {
        read.insert(*id);
    }
    let classes = Class::SYNCHRONIZED.into_iter().filter(|class| check.classes.contains(*class));
    for class in classes {
        read = read.iter().chain(read.iter().filter_map(|id| roles.resolve(id, class))).collect();
    }
    read
}
