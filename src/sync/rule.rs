//! Synchronization rules as data: what a rule says, before it is bound to attribute slots.
//!
//! Rules come from the TOML files under `src/sync/rules/` or from an administrator's own export; both arrive here.
//! Names and words are those of the Synchronization Rules Editor (`default-sync-rules` sections A and H).

use serde::Deserialize;

use crate::outcome::Reason;

/// Direction of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Connector space to metaverse.
    Inbound,
    /// Metaverse to connector space.
    Outbound,
}

/// The kind of connector a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// An Active Directory forest.
    ActiveDirectory,
    /// The Entra tenant.
    Entra,
}

/// Link type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkType {
    /// Joins, else creates the target object.
    Provision,
    /// Joins only.
    Join,
    /// Joins only, and keeps the joined metaverse object alive.
    StickyJoin,
}

/// How values of several rules for one attribute are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergeType {
    /// The winning rule's value set.
    #[default]
    Update,
    /// Union, exact duplicates removed.
    Merge,
    /// Union, duplicates removed without regard to letter case.
    MergeCaseInsensitive,
}

/// Scope operator; the tokens of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each is the token of the export
pub enum ScopeOperator {
    Equal,
    NotEqual,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
    Contains,
    NotContains,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    IsNull,
    IsNotNull,
    IsIn,
    IsNotIn,
    IsBitSet,
    IsBitNotSet,
    IsMemberOf,
    IsNotMemberOf,
}

impl ScopeOperator {
    const TOKENS: [(Self, &'static str); 20] = [
        (Self::Equal, "EQUAL"),
        (Self::NotEqual, "NOTEQUAL"),
        (Self::LessThan, "LESSTHAN"),
        (Self::LessThanOrEqual, "LESSTHAN_OR_EQUAL"),
        (Self::GreaterThan, "GREATERTHAN"),
        (Self::GreaterThanOrEqual, "GREATERTHAN_OR_EQUAL"),
        (Self::Contains, "CONTAINS"),
        (Self::NotContains, "NOTCONTAINS"),
        (Self::StartsWith, "STARTSWITH"),
        (Self::NotStartsWith, "NOTSTARTSWITH"),
        (Self::EndsWith, "ENDSWITH"),
        (Self::NotEndsWith, "NOTENDSWITH"),
        (Self::IsNull, "ISNULL"),
        (Self::IsNotNull, "ISNOTNULL"),
        (Self::IsIn, "ISIN"),
        (Self::IsNotIn, "ISNOTIN"),
        (Self::IsBitSet, "ISBITSET"),
        (Self::IsBitNotSet, "ISBITNOTSET"),
        (Self::IsMemberOf, "ISMEMBEROF"),
        (Self::IsNotMemberOf, "ISNOTMEMBEROF"),
    ];

    /// The operator of a token; `ISNOTBITSET`, as one document prints it, is accepted too.
    pub fn from_token(token: &str) -> Option<Self> {
        let token = if token.eq_ignore_ascii_case("ISNOTBITSET") { "ISBITNOTSET" } else { token };
        Self::TOKENS.iter().find(|(_, own)| own.eq_ignore_ascii_case(token)).map(|(operator, _)| *operator)
    }

    /// The token as exports write it.
    pub fn token(self) -> &'static str {
        Self::TOKENS.iter().find(|(operator, _)| *operator == self).map_or("", |(_, token)| token)
    }
}

/// One clause of a scope group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeClause {
    /// Source attribute (metaverse attribute in outbound rules).
    pub attribute: String,
    /// Operator.
    pub operator: ScopeOperator,
    /// Constant; empty for ISNULL and ISNOTNULL. May hold a `%Parameter%`.
    pub value: String,
    /// Why an object is out when this clause fails; `None`: no special word for it.
    pub reason: Option<Reason>,
}

/// Clauses that must all hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScopeGroup {
    /// The clauses.
    pub clauses: Vec<ScopeClause>,
}

/// One condition of a join group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinCondition {
    /// Connector-space attribute.
    pub connector_attribute: String,
    /// Metaverse attribute.
    pub metaverse_attribute: String,
    /// Whether letter case counts.
    pub case_sensitive: bool,
}

/// Conditions that must all hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinGroup {
    /// The conditions.
    pub conditions: Vec<JoinCondition>,
    /// The word for an object that joined by it.
    pub reason: Reason,
}

/// Where a flow takes its value from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowValue {
    /// The value of a source attribute.
    Direct(String),
    /// A constant text; may hold a `%Parameter%`.
    Constant(String),
    /// An expression.
    Expression(String),
    /// True when one of the clauses holds, otherwise nothing; each clause has its reason.
    Clauses(Vec<ReasonClause>),
}

/// One clause of a filtering flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonClause {
    /// Why the object is filtered when it holds.
    pub reason: Reason,
    /// A condition in the expression language.
    pub when: String,
}

/// One attribute flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Target attribute.
    pub target: String,
    /// Value.
    pub value: FlowValue,
    /// Merge type.
    pub merge: MergeType,
    /// Only when the target object is created.
    pub execute_once: bool,
}

/// A synchronization rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Name as the rule editor shows it.
    pub name: String,
    /// Immutable tag (`Microsoft.…`); empty for a custom rule.
    pub tag: String,
    /// Direction.
    pub direction: Direction,
    /// The connector's kind.
    pub system: System,
    /// Source object type (`user`, `person`, …).
    pub source_type: String,
    /// Target object type; `*` for any.
    pub target_type: String,
    /// Link type.
    pub link: LinkType,
    /// Lower wins.
    pub precedence: u32,
    /// Groups are alternatives; none: always in scope.
    pub scope: Vec<ScopeGroup>,
    /// Tried in order; none: applies only where another rule has linked the object.
    pub joins: Vec<JoinGroup>,
    /// Attribute flows, in the order of the source.
    pub flows: Vec<Flow>,
    /// Document that states the rule, with the date read.
    pub source: String,
}
