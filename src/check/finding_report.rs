//! What a check says: the neutral form of findings, as reports show them.

use crate::config::Severity;
use crate::outcome::Outcome;

/// A check that did not run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotRun {
    /// Check id.
    pub check: String,
    /// Why, as a sentence part: `no input has attribute proxyAddresses`.
    pub why: String,
}

/// Where something stands in an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Input as named on the command line.
    pub source: String,
    /// Line (or CSV row), from 1.
    pub line: u64,
}

/// Another object that a finding involves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// DN.
    pub dn: Option<String>,
    /// Identity.
    pub id: String,
    /// Forest; `None` for a cloud object.
    pub forest: Option<String>,
    /// Attribute.
    pub attribute: Option<String>,
    /// Value.
    pub value: Option<String>,
    /// Whether it is predicted to keep what the holders compete for; `None`: not known.
    pub keeps: Option<bool>,
}

/// A finding that an exception covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excepted {
    /// Why.
    pub reason: String,
    /// Who.
    pub owner: Option<String>,
    /// Until when.
    pub until: Option<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingReport {
    /// Check id.
    pub check: String,
    /// Severity.
    pub severity: Severity,
    /// Outcome of the object; `None` for a finding about the whole directory.
    pub outcome: Option<Outcome>,
    /// The gravest outcome of all objects involved: of two that compete, that of the one that loses. What short reports
    /// group by; not part of the JSON.
    pub gravest: Option<Outcome>,
    /// DN; `None` without one, and for a finding about the whole directory.
    pub dn: Option<String>,
    /// Identity.
    pub id: Option<String>,
    /// Forest.
    pub forest: Option<String>,
    /// Object class word.
    pub object_class: Option<&'static str>,
    /// On-premises attribute to change.
    pub attribute: Option<String>,
    /// Faulty value, verbatim; `None` for binary.
    pub value: Option<String>,
    /// The sentence.
    pub message: String,
    /// What to do, one sentence.
    pub remedy: String,
    /// Where the value, else the object, stands.
    pub position: Option<Position>,
    /// Other objects, sorted like objects.
    pub related: Vec<Related>,
    /// Unique within a report, stable against order, moves and messages.
    pub fingerprint: String,
    /// Set when an exception covers it.
    pub excepted: Option<Excepted>,
}
