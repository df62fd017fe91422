//! The pipeline: sources in, a [`Report`] out.
//!
//! Everything a run does, in order: compile checks and rules, load what they need, link what the tenant holds, run the
//! engine, assess the export, run the checks, put the report together.

mod assemble;
mod forest_rules;

use std::collections::HashMap;
use std::fmt;

use crate::check::{self, CheckSet};
use crate::config::Settings;
use crate::directory::{AttributeNames, AttributeSet, Directory, ObjectId, Source, WantedAttributes, attribute};
use crate::load::{self, LoadError, SourceArgument};
use crate::outcome::Reason;
use crate::report::Report;
use crate::sync::{self, CloudLink, MetaverseId, RuleError, Simulation};
use crate::tenant::{CloudObject, Tenant};
use crate::{entra, expression};

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
