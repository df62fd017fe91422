//! The default rules: TOML data under `src/sync/rules/` into [`Rule`]s for given settings. Each engine has a set.
//!
//! The data says what each rule, flow, formula and join group `requires`; [`RuleOptions`] decides. The engine multiplies
//! inbound rules of Active Directory by the forests, so numbers here are those of one forest. Names, tags and texts of
//! the 2016 generation are compared with an exported server configuration in `tests/server_configuration.rs`.

mod build;
mod condition;
mod data;
#[cfg(test)]
mod tests;

use crate::config::{Engine, RuleGeneration, UserMatching};

use super::rule::Rule;
use build::Builder;
use condition::Condition;
use data::RuleData;

/// What decides which variant of the default rules applies.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each is a setting of its own
pub struct RuleOptions {
    /// Engine: whose set of rules.
    pub engine: Engine,
    /// Generation.
    pub generation: RuleGeneration,
    /// Source anchor attribute in the directory's spelling.
    pub source_anchor: String,
    /// User matching.
    pub user_matching: UserMatching,
    /// Alternate login ID attribute; `userPrincipalName` when none.
    pub login_attribute: String,
    /// Exchange hybrid rules exist.
    pub exchange_hybrid: bool,
    /// Device rules exist.
    pub devices: bool,
    /// The forest (for inbound AD rules) has the Exchange schema.
    pub exchange_schema: bool,
    /// The forest has the Lync schema.
    pub lync_schema: bool,
}

/// A default rule and when it exists, for `presync list rules`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRule {
    /// The rule, as the current generation has it with default settings.
    pub rule: Rule,
    /// The generations it belongs to.
    pub generations: Vec<RuleGeneration>,
    /// What else it takes to exist (`exchange-schema`, `lync-schema`, `exchange-hybrid`, `devices`); may be empty.
    pub requires: Vec<&'static str>,
}

/// The default rules for one set of options, sorted by precedence, which is unique.
///
/// Cannot fail: the data is part of the program and a test reads every variant of it. Attribute names in the options are
/// put into expression texts as they are; one that is no attribute name makes an expression that does not parse.
pub fn default_rules(options: &RuleOptions) -> Vec<Rule> {
    Builder::new(RuleData::of(options.engine), options).rules()
}

/// Every default rule of an engine, sorted by precedence in the current generation.
pub fn all_rules(engine: Engine) -> Vec<ListedRule> {
    let data = RuleData::of(engine);
    let options = RuleOptions { engine, ..everything(RuleGeneration::Current) };
    let builder = Builder::new(data, &options);
    let mut listed: Vec<_> = data
        .rules()
        .map(|(file, entry)| ListedRule {
            rule: builder.rule(file, entry),
            generations: generations(&entry.requires),
            requires: entry
                .requires
                .iter()
                .filter(|condition| condition.generation().is_none())
                .map(|condition| condition.name())
                .collect(),
        })
        .collect();
    listed.sort_by_key(|listed| listed.rule.precedence);
    listed
}

/// Default settings on servers and forests that have everything.
fn everything(generation: RuleGeneration) -> RuleOptions {
    let settings = crate::config::SyncSettings::default();
    RuleOptions {
        engine: settings.engine,
        generation,
        source_anchor: settings.source_anchor,
        user_matching: settings.user_matching,
        login_attribute: settings.login_attribute,
        exchange_hybrid: true,
        devices: true,
        exchange_schema: true,
        lync_schema: true,
    }
}

fn generations(requires: &[Condition]) -> Vec<RuleGeneration> {
    [RuleGeneration::Y2016, RuleGeneration::Current]
        .into_iter()
        .filter(|own| requires.iter().filter_map(|condition| condition.generation()).all(|one| one == *own))
        .collect()
}
