//! The rule files as they are written.
//!
//! Rules refer by name to scopes, joins, filters, formulas and shared flow lists, each kind in a file of its own. An
//! unknown key or word stops the reading, so that a slip in the data cannot pass a test unnoticed. The set of another
//! engine is written as differences: what it does not name is that of Connect.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::condition::Condition;
use crate::config::{Engine, RuleGeneration};
use crate::outcome::Reason;
use crate::sync::rule::{Direction, LinkType, MergeType, System};

/// Everything by its name.
pub(super) type Named<T> = BTreeMap<String, T>;

/// A value that may differ between the generations.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum ByGeneration<T> {
    Each {
        #[serde(rename = "2016")]
        y2016: T,
        current: T,
    },
    Same(T),
}

impl<T> ByGeneration<T> {
    pub(super) fn get(&self, generation: RuleGeneration) -> &T {
        match (self, generation) {
            (Self::Each { y2016: value, .. }, RuleGeneration::Y2016)
            | (Self::Each { current: value, .. }, RuleGeneration::Current)
            | (Self::Same(value), _) => value,
        }
    }
}

/// One file of rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) direction: Direction,
    pub(super) system: System,
    rule: Vec<RuleEntry>,
}

/// One rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RuleEntry {
    pub(super) name: String,
    pub(super) tag: ByGeneration<String>,
    /// Short names of documents, separated by `, `.
    pub(super) source: ByGeneration<String>,
    #[serde(default)]
    pub(super) requires: Vec<Condition>,
    pub(super) source_type: String,
    pub(super) target_type: String,
    pub(super) link: LinkType,
    pub(super) precedence: ByGeneration<u32>,
    pub(super) scope: Option<String>,
    pub(super) join: Option<String>,
    /// Names of the rules whose flows this one has too; of several flows into one target the first.
    #[serde(default)]
    pub(super) like: Names,
    /// Targets of those rules that this one lacks.
    #[serde(default)]
    pub(super) without: Vec<String>,
    #[serde(default)]
    pub(super) flows: Vec<FlowBlock>,
}

/// One name, or a list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Names {
    One(String),
    Several(Vec<String>),
}

impl Default for Names {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Names {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        };
        names.iter().map(String::as_str)
    }
}

/// Flows that exist under the same conditions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FlowBlock {
    pub(super) requires: Vec<Condition>,
    /// Names of shared lists.
    pub(super) include: Vec<String>,
    /// `attribute`, `attribute1..15` or `target <- source`.
    pub(super) direct: Vec<String>,
    /// `attribute` or `attribute1..15`: blanks at both ends go.
    pub(super) trimmed: Vec<String>,
    /// Target to constant.
    pub(super) constant: Named<String>,
    /// Target to the name of a connector parameter.
    pub(super) parameter: Named<String>,
    /// Target to `formula` or `formula(attribute)`.
    pub(super) formula: Named<String>,
    /// Target to the name of a filter.
    pub(super) filter: Named<String>,
    pub(super) merge: MergeType,
    pub(super) once: bool,
}

/// One variant of a formula.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormulaVariant {
    #[serde(default)]
    pub(super) requires: Vec<Condition>,
    pub(super) text: String,
}

/// One clause of a filter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FilterClause {
    #[serde(default)]
    pub(super) requires: Vec<Condition>,
    #[serde(deserialize_with = "reason")]
    pub(super) reason: Reason,
    pub(super) when: String,
}

/// One group of a named join.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct JoinEntry {
    #[serde(default)]
    pub(super) requires: Vec<Condition>,
    /// Connector-space attribute and metaverse attribute.
    pub(super) on: Vec<(String, String)>,
    #[serde(default)]
    pub(super) case_sensitive: bool,
    #[serde(deserialize_with = "reason")]
    pub(super) reason: Reason,
}

/// One group of a named scope.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScopeEntry {
    pub(super) clauses: Vec<ClauseEntry>,
}

/// One clause of a scope group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClauseEntry {
    /// `attribute OPERATOR constant`, without a constant for ISNULL and ISNOTNULL.
    pub(super) is: String,
    #[serde(default, deserialize_with = "optional_reason")]
    pub(super) reason: Option<Reason>,
}

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
    let id = String::deserialize(deserializer)?;
    Reason::from_id(&id).ok_or_else(|| D::Error::custom(format!("`{id}` is no reason")))
}

fn optional_reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Reason>, D::Error> {
    reason(deserializer).map(Some)
}

/// All files of one engine.
#[derive(Debug)]
pub(super) struct RuleData {
    files: Vec<RuleFile>,
    /// Rules that are not in force, for others to be like.
    models: Option<&'static RuleData>,
    pub(super) flows: Named<Vec<FlowBlock>>,
    pub(super) formulas: Named<Vec<FormulaVariant>>,
    pub(super) filters: Named<Vec<FilterClause>>,
    pub(super) joins: Named<Vec<JoinEntry>>,
    pub(super) scopes: Named<Vec<ScopeEntry>>,
    pub(super) limits: Named<ByGeneration<String>>,
    pub(super) sources: Named<String>,
}

macro_rules! embedded {
    ($name:literal) => {
        read($name, include_str!(concat!("../rules/", $name)))
    };
}

impl RuleData {
    /// The files of an engine.
    pub(super) fn of(engine: Engine) -> &'static Self {
        match engine {
            Engine::Connect => Self::connect(),
            Engine::CloudSync => Self::cloud_sync(),
        }
    }

    /// The files of this program, read once.
    fn connect() -> &'static Self {
        static DATA: OnceLock<RuleData> = OnceLock::new();
        DATA.get_or_init(|| Self {
            files: vec![
                embedded!("in-from-ad-person.toml"),
                embedded!("in-from-ad-group-and-contact.toml"),
                embedded!("in-from-ad-device.toml"),
                embedded!("in-from-entra.toml"),
                embedded!("out-to-entra-user.toml"),
                embedded!("out-to-entra-contact.toml"),
                embedded!("out-to-entra-group-and-device.toml"),
                embedded!("out-to-ad.toml"),
            ],
            models: None,
            flows: embedded!("flows.toml"),
            formulas: embedded!("formulas.toml"),
            filters: embedded!("filters.toml"),
            joins: embedded!("joins.toml"),
            scopes: embedded!("scopes.toml"),
            limits: embedded!("limits.toml"),
            sources: embedded!("sources.toml"),
        })
    }

    fn cloud_sync() -> &'static Self {
        static DATA: OnceLock<RuleData> = OnceLock::new();
        DATA.get_or_init(|| {
            let connect = Self::connect();
            Self {
                files: vec![
                    embedded!("cloud-sync/in-from-ad.toml"),
                    embedded!("cloud-sync/in-from-entra.toml"),
                    embedded!("cloud-sync/out-to-entra.toml"),
                ],
                models: Some(connect),
                flows: connect.flows.clone(),
                formulas: over(&connect.formulas, embedded!("cloud-sync/formulas.toml")),
                filters: connect.filters.clone(),
                joins: over(&connect.joins, embedded!("cloud-sync/joins.toml")),
                scopes: connect.scopes.clone(),
                limits: over(&connect.limits, embedded!("cloud-sync/limits.toml")),
                sources: over(&connect.sources, embedded!("cloud-sync/sources.toml")),
            }
        })
    }

    /// Every rule in force with the file that tells its direction and system.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&RuleFile, &RuleEntry)> {
        self.files.iter().flat_map(|file| file.rule.iter().map(move |entry| (file, entry)))
    }

    /// The rule of this name, in force or a model.
    pub(super) fn rule_named(&self, name: &str) -> &RuleEntry {
        let models = self.models.into_iter().flat_map(Self::rules);
        let found = self.rules().chain(models).find(|(_, entry)| entry.name == name);
        found.unwrap_or_else(|| panic!("no default rule is called `{name}`")).1
    }
}

/// What the own names stand for, and everything else as it is below.
fn over<T: Clone>(below: &Named<T>, own: Named<T>) -> Named<T> {
    let mut all = below.clone();
    all.extend(own);
    all
}

/// What stands under a name that another file uses.
pub(super) fn named<'d, T>(map: &'d Named<T>, name: &str) -> &'d T {
    map.get(name).unwrap_or_else(|| panic!("the rule files hold nothing called `{name}`"))
}

fn read<T: DeserializeOwned>(name: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| panic!("src/sync/rules/{name}: {error}"))
}
