//! A finding with the other objects it involves.

use serde::Serialize;

use super::{Each, Viewed};
use crate::outcome::Outcome;
use crate::report::{Excepted, FindingReport, Position, Related};

#[derive(Serialize)]
pub(in crate::report) struct FindingView<'a> {
    check: &'a str,
    severity: &'static str,
    outcome: Option<&'static str>,
    dn: Option<&'a str>,
    id: Option<&'a str>,
    forest: Option<&'a str>,
    object_class: Option<&'static str>,
    attribute: Option<&'a str>,
    value: Option<&'a str>,
    message: &'a str,
    position: Option<PositionView<'a>>,
    related: Each<'a, Related>,
    /// Reserved: what `presync fix` would change.
    fix: Option<()>,
    fingerprint: &'a str,
    excepted: Option<ExceptedView<'a>>,
}

impl Viewed for FindingReport {
    type View<'a> = FindingView<'a>;
    fn view(&self) -> FindingView<'_> {
        FindingView {
            check: &self.check,
            severity: self.severity.name(),
            outcome: self.outcome.map(Outcome::id),
            dn: self.dn.as_deref(),
            id: self.id.as_deref(),
            forest: self.forest.as_deref(),
            object_class: self.object_class,
            attribute: self.attribute.as_deref(),
            value: self.value.as_deref(),
            message: &self.message,
            position: self.position.as_ref().map(Viewed::view),
            related: Each(&self.related),
            fix: None,
            fingerprint: &self.fingerprint,
            excepted: self.excepted.as_ref().map(Viewed::view),
        }
    }
}

#[derive(Serialize)]
pub(in crate::report) struct PositionView<'a> {
    source: &'a str,
    /// Null in a source without lines.
    line: Option<u64>,
}

impl Viewed for Position {
    type View<'a> = PositionView<'a>;
    fn view(&self) -> PositionView<'_> {
        PositionView { source: &self.source, line: (self.line > 0).then_some(self.line) }
    }
}

#[derive(Serialize)]
pub(in crate::report) struct RelatedView<'a> {
    dn: Option<&'a str>,
    id: &'a str,
    forest: &'a str,
    attribute: Option<&'a str>,
    value: Option<&'a str>,
    keeps: Option<bool>,
}

impl Viewed for Related {
    type View<'a> = RelatedView<'a>;
    fn view(&self) -> RelatedView<'_> {
        RelatedView {
            dn: self.dn.as_deref(),
            id: &self.id,
            forest: &self.forest,
            attribute: self.attribute.as_deref(),
            value: self.value.as_deref(),
            keeps: self.keeps,
        }
    }
}

#[derive(Serialize)]
pub(in crate::report) struct ExceptedView<'a> {
    reason: &'a str,
    owner: Option<&'a str>,
    until: Option<&'a str>,
}

impl Viewed for Excepted {
    type View<'a> = ExceptedView<'a>;
    fn view(&self) -> ExceptedView<'_> {
        ExceptedView { reason: &self.reason, owner: self.owner.as_deref(), until: self.until.as_deref() }
    }
}
