//! The sync engine: connector space, metaverse, Entra connector space (`default-sync-rules` sections A to G).
//!
//! [`simulate`] runs rules over a directory and gives a [`simulation::Simulation`]. The engine knows rules only:
//! what makes a linked mailbox or a contact of a merger special comes out of the rules' data.

mod bound;
mod cloud_link;
mod component;
mod engine;
mod flow;
mod join_key;
mod link;
mod metaverse;
mod needed;
mod ou_filter;
mod outbound;
mod reference;
mod remember;
pub mod rule;
pub mod rule_source;
mod scope;
pub mod simulation;

use std::collections::HashMap;

pub use bound::RuleError;
pub use cloud_link::{CloudAnchor, CloudLink, CloudLinks};
pub use engine::ConnectorScope;
pub use metaverse::{AnyScope, ExportScope, MetaverseScope};
pub use needed::needed_attributes;
pub use simulation::{AlternativeOutcome, MetaverseId, Simulation};

use crate::config::{ForestSettings, Settings};
use crate::directory::Directory;

use engine::Engine;
use ou_filter::OuFilter;

/// Runs the engine with the rules of each forest, in connector order.
///
/// `cloud_links` says what the tenant already holds for an object. Errors only when a rule cannot be bound.
pub fn simulate<'d>(
    directory: &'d Directory,
    rules: &[Vec<rule::Rule>],
    settings: &Settings,
    cloud_links: CloudLinks<'d>,
) -> Result<Simulation<'d>, RuleError> {
    let mut names = directory.names().clone();
    let book = bound::RuleBook::bind(rules, &mut names)?;
    let forest_settings = |name: &str| settings.forests.iter().find(|forest| forest.name == name);
    let ou_filters = directory.forests().iter().map(|forest| {
        forest_settings(&forest.name)
            .map_or_else(OuFilter::default, |ForestSettings { include, exclude, .. }| {
                OuFilter::new(include, exclude)
            })
    });
    let engine = Engine {
        directory,
        book,
        ou_filters: ou_filters.collect(),
        cloud_links,
        scope_groups: HashMap::new(),
    };
    Ok(Simulation::run(engine))
}
