//! What the engine predicts: the linked metaverse, the export, and an outcome for every object.

use std::borrow::Cow;

use crate::directory::{AttributeId, Directory, ObjectId, Value as DirectoryValue};
use crate::expression::{EvaluationError, Scope, Value};
use crate::outcome::{Outcome, Reason, ReasonSet};

/// Number of a metaverse object within one simulation, from 0, dense. Never reaches a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetaverseId(pub u32);

/// A value of `member` that does not reach the cloud group.
#[derive(Debug, Clone, Copy)]
pub struct LostMember<'d> {
    /// The value on the group.
    pub value: DirectoryValue<'d>,
    /// The member, when it is in the input.
    pub object: Option<ObjectId>,
}

/// The prediction for one directory.
#[derive(Debug)]
pub struct Simulation<'d> {
    directory: &'d Directory,
}

impl<'d> Simulation<'d> {
    /// What was simulated.
    pub fn directory(&self) -> &'d Directory {
        self.directory
    }

    /// Outcome of an object.
    pub fn outcome(&self, _object: ObjectId) -> Outcome {
        Outcome::Synced
    }

    /// Why; at least one.
    pub fn reasons(&self, _object: ObjectId) -> ReasonSet {
        [Reason::Provisioned].into_iter().collect()
    }

    /// The metaverse object that an object is linked to.
    pub fn metaverse_of(&self, _object: ObjectId) -> Option<MetaverseId> {
        None
    }

    /// How many metaverse objects there are; their ids are `0..count`.
    pub fn metaverse_count(&self) -> u32 {
        0
    }

    /// The objects linked to a metaverse object, sorted by forest, then DN; at least one.
    pub fn members(&self, _metaverse: MetaverseId) -> &[ObjectId] {
        &[]
    }

    /// `person`, `group` or `device`.
    pub fn metaverse_type(&self, _metaverse: MetaverseId) -> &str {
        "person"
    }

    /// Entra object type of the export (`user`, `group`, `contact`, `device`); `None` when nothing is exported.
    pub fn export_type(&self, _metaverse: MetaverseId) -> Option<&str> {
        None
    }

    /// The linked object whose value wins for a metaverse attribute; `None` when nobody contributes.
    pub fn contributor(&self, _metaverse: MetaverseId, _attribute: AttributeId) -> Option<ObjectId> {
        None
    }

    /// The object on which the prediction for the whole metaverse object stands: the contributor of sourceAnchor,
    /// else the first member.
    pub fn principal(&self, metaverse: MetaverseId) -> ObjectId {
        self.members(metaverse)[0]
    }

    /// Attributes of a connector-space object, typed.
    pub fn object_scope(&self, object: ObjectId) -> AnyScope<'_, 'd> {
        let _ = object;
        AnyScope { _simulation: self }
    }

    /// Attributes of a metaverse object: winning contributions, evaluated on demand.
    pub fn metaverse_scope(&self, metaverse: MetaverseId) -> AnyScope<'_, 'd> {
        let _ = metaverse;
        AnyScope { _simulation: self }
    }

    /// Attributes of an export object (Entra's names), evaluated on demand.
    pub fn export_scope(&self, metaverse: MetaverseId) -> AnyScope<'_, 'd> {
        let _ = metaverse;
        AnyScope { _simulation: self }
    }

    /// Members of an exported group that are not sent, in source order; empty for anything else.
    pub fn lost_members(&self, _group: ObjectId) -> Vec<LostMember<'d>> {
        Vec::new()
    }
}

/// One of the three things an expression is evaluated against here.
#[derive(Debug, Clone, Copy)]
pub struct AnyScope<'s, 'd> {
    _simulation: &'s Simulation<'d>,
}

impl<'d> Scope<'d> for AnyScope<'_, 'd> {
    fn attribute(&self, _id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        Ok(Value::Null)
    }

    fn is_present(&self, _id: AttributeId) -> Result<bool, EvaluationError> {
        Ok(false)
    }

    fn parameter(&self, _name: &str) -> Option<Cow<'d, str>> {
        None
    }
}
