//! Two predictions of the same objects, and what differs: [`by_engine`] asks how they would fare under another engine,
//! [`by_day`] what became of two exports of one directory.
//!
//! Both are the same comparison of two [`Snapshot`]s. Objects are found again by objectGUID, else by forest and DN. The
//! result is neutral and sorted; [`format`] writes it, `docs/formats.md` specifies that.

pub mod format;
pub mod snapshot;
pub mod value;

mod csv;
mod finding_change;
mod json;
mod markdown;
mod object_change;
mod pairing;
mod summary;
mod table;
mod wording;

pub use finding_change::FindingChange;
pub use format::Format;
pub use object_change::{MembersChange, ObjectChange, State, ValueChange};
pub use snapshot::Snapshot;
pub use summary::{Cell, Totals};
pub use value::Value;

use crate::config::{Engine, Severity};
use crate::directory::Source;
use crate::predict::{Loaded, PredictError, Request};
use crate::report::{SettingValue, Summary};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The same directory under two engines.
    Engines,
    /// Two exports under the same settings.
    Days,
}

impl Question {
    /// The word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Engines => "engines",
            Self::Days => "days",
        }
    }
}

/// What a comparison says of one side as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// `before` and `after`, or the names of the engines.
    pub label: String,
    /// Inputs, in the order given by the user.
    pub inputs: Vec<Source>,
    /// The settings in force.
    pub settings: Vec<(String, SettingValue)>,
    /// Run status in the engine's words.
    pub predicted_status: String,
    /// Totals.
    pub summary: Summary,
}

/// What differs between two predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What was asked.
    pub question: Question,
    /// First side.
    pub before: Side,
    /// Second side.
    pub after: Side,
    /// Numbers.
    pub totals: Totals,
    /// Objects that differ, sorted by forest, then DN.
    pub objects: Vec<ObjectChange>,
    /// Findings that only one side has, sorted like objects, then by check, attribute and value.
    pub findings: Vec<FindingChange>,
}

impl Comparison {
    /// Differences that weigh at least so much.
    pub fn at_least(&self, severity: Severity) -> usize {
        let objects = self.objects.iter().filter(|one| one.severity >= severity).count();
        objects + self.findings.iter().filter(|one| one.severity() >= severity).count()
    }

    /// Whether every input of both sides is complete.
    pub fn is_complete(&self) -> bool {
        self.before.inputs.iter().chain(&self.after.inputs).all(|input| input.complete)
    }
}

/// A comparison, and sentences for standard error.
#[derive(Debug)]
pub struct Answer {
    /// What differs.
    pub comparison: Comparison,
    /// Notices of both predictions, each once.
    pub notices: Vec<String>,
}

/// How the objects of the request fare under two engines. The sources are loaded once.
pub fn by_engine(request: &Request, engines: [Engine; 2]) -> Result<Answer, PredictError> {
    let variants = engines.map(|engine| request.settings.with_engine(engine));
    let loaded = Loaded::load(request, &variants)?;
    let today = request.today.as_deref();
    let mut notices = Vec::new();
    let mut take = |settings| -> Result<Snapshot, PredictError> {
        let simulated = loaded.simulate(settings, today)?;
        add_new(&simulated.notices, &mut notices);
        Ok(Snapshot::take(settings.sync.engine.name(), simulated))
    };
    let (before, after) = (take(&variants[0])?, take(&variants[1])?);
    Ok(Answer { comparison: compare(Question::Engines, before, after), notices })
}

/// What differs between two exports. One is dropped before the other is loaded.
pub fn by_day(before: &Request, after: &Request) -> Result<Answer, PredictError> {
    let mut notices = Vec::new();
    let mut take = |label, request: &Request| -> Result<Snapshot, PredictError> {
        let loaded = Loaded::load(request, std::slice::from_ref(&request.settings))?;
        let simulated = loaded.simulate(&request.settings, request.today.as_deref())?;
        add_new(&simulated.notices, &mut notices);
        Ok(Snapshot::take(label, simulated))
    };
    let (before, after) = (take("before", before)?, take("after", after)?);
    Ok(Answer { comparison: compare(Question::Days, before, after), notices })
}

fn add_new(from: &[String], to: &mut Vec<String>) {
    for notice in from {
        if !to.contains(notice) {
            to.push(notice.clone());
        }
    }
}

/// Compares two predictions. Linear in the number of objects, but for sorting them by identity.
pub fn compare(question: Question, before: Snapshot, after: Snapshot) -> Comparison {
    let pairs = pairing::pair(&before, &after);
    let mut totals = summary::count(&before, &after, &pairs);
    let forests: Vec<String> = after.forests.iter().chain(&before.forests).cloned().collect();
    let objects = object_change::changes(&before, &after, &pairs, &forests);
    summary::count_values(&mut totals, &objects);
    let (before, found_before) = before.into_side();
    let (after, found_after) = after.into_side();
    let (findings, unchanged) = finding_change::changes(found_before, found_after, &forests);
    totals.findings_unchanged = unchanged;
    Comparison { question, before, after, totals, objects, findings }
}
