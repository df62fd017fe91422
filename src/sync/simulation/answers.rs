//! What a simulation answers.

use crate::directory::{AttributeId, Directory, ForestId, ObjectId};
use crate::outcome::{Outcome, ReasonSet};

use super::super::cloud_link::{CloudLink, CloudOf};
use super::super::engine::ConnectorScope;
use super::super::metaverse::{Contributor, ExportScope, MetaverseScope};
use super::super::outbound::Export;
use super::{AlternativeOutcome, LostMember, MetaverseId, Simulation, UNLINKED};

impl<'d> Simulation<'d> {
    /// What was simulated.
    pub fn directory(&self) -> &'d Directory {
        self.engine.directory
    }

    /// Outcome of an object.
    #[inline]
    pub fn outcome(&self, object: ObjectId) -> Outcome {
        self.outcomes[object.index()]
    }

    /// Why; at least one.
    #[inline]
    pub fn reasons(&self, object: ObjectId) -> ReasonSet {
        self.reasons[object.index()]
    }

    /// Other outcomes of an order-dependent object; empty for all others.
    pub fn alternatives(&self, object: ObjectId) -> &[AlternativeOutcome] {
        self.alternatives.get(&object).map_or(&[], Vec::as_slice)
    }

    /// The metaverse object that an object is linked to.
    #[inline]
    pub fn metaverse_of(&self, object: ObjectId) -> Option<MetaverseId> {
        let number = self.metaverse_of[object.index()];
        (number != UNLINKED).then_some(MetaverseId(number))
    }

    /// How many metaverse objects there are; their ids are `0..count`.
    pub fn metaverse_count(&self) -> u32 {
        u32::try_from(self.metaverse.len()).expect("fewer than 2^32 objects")
    }

    /// The objects linked to a metaverse object, sorted by forest, then DN; at least one.
    pub fn members(&self, metaverse: MetaverseId) -> &[ObjectId] {
        let object = &self.metaverse[metaverse.0 as usize];
        match object.several.then(|| self.joined.get(&metaverse.0)).flatten() {
            Some(members) => members,
            None => std::slice::from_ref(&object.first),
        }
    }

    /// `person`, `group` or `device`.
    pub fn metaverse_type(&self, metaverse: MetaverseId) -> &str {
        self.engine.book.type_name(self.metaverse[metaverse.0 as usize].kind)
    }

    /// Entra object type of the export (`user`, `group`, `contact`, `device`); `None` when nothing is exported.
    pub fn export_type(&self, metaverse: MetaverseId) -> Option<&str> {
        let export = self.export(metaverse)?;
        Some(self.engine.book.type_name(self.engine.book.outbound[usize::from(export.pair)].target))
    }

    #[inline]
    fn export(&self, metaverse: MetaverseId) -> Option<Export> {
        self.exports.get(self.metaverse[metaverse.0 as usize].export as usize).copied()
    }

    /// The linked object whose value wins for a metaverse attribute; `None` when nobody contributes.
    pub fn contributor(&self, metaverse: MetaverseId, attribute: AttributeId) -> Option<ObjectId> {
        match self.metaverse_scope(metaverse).winner(attribute).ok()??.from {
            Contributor::Object(id) => Some(id),
            Contributor::Cloud => None,
        }
    }

    /// The object on which the prediction for the whole metaverse object stands: the contributor of sourceAnchor,
    /// else the first member.
    pub fn principal(&self, metaverse: MetaverseId) -> ObjectId {
        self.metaverse[metaverse.0 as usize].principal
    }

    /// The member through which the tenant files tell the cloud user of an exported object, where its anchor is the
    /// exported one to the letter.
    pub fn holder_of_known_anchor(&self, metaverse: MetaverseId) -> Option<ObjectId> {
        match self.cloud.get(metaverse.0 as usize)? {
            CloudOf::Member(id) if self.metaverse[metaverse.0 as usize].anchor_is_known => Some(*id),
            _ => None,
        }
    }

    /// What the tenant holds for a metaverse object, where it is known to hold something.
    pub fn cloud_link(&self, metaverse: MetaverseId) -> Option<&CloudLink<'d>> {
        self.cloud_of(metaverse)
    }

    /// The object with this DN in a forest, if it is in the input. Known only when the directory has members.
    pub fn find(&self, forest: ForestId, dn: &[u8]) -> Option<ObjectId> {
        self.dn_index.find(self.engine.directory, forest, dn)
    }

    /// Attributes of a connector-space object, typed.
    pub fn object_scope(&self, object: ObjectId) -> ConnectorScope<'d> {
        self.engine.connector_scope(self.engine.directory.object(object))
    }

    /// Attributes of a metaverse object: winning contributions, evaluated on demand.
    pub fn metaverse_scope(&self, metaverse: MetaverseId) -> MetaverseScope<'_, 'd> {
        let kind = self.metaverse[metaverse.0 as usize].kind;
        self.scope_over(self.members(metaverse), kind, self.cloud_of(metaverse))
    }

    /// Attributes of an export object (Entra's names), evaluated on demand; `None` when nothing is exported.
    pub fn export_scope(&self, metaverse: MetaverseId) -> Option<ExportScope<'_, 'd>> {
        let export = self.export(metaverse)?;
        Some(ExportScope::new(self.metaverse_scope(metaverse), export))
    }

    /// Members of an exported group that are not sent, in source order; empty for anything else.
    pub fn lost_members(&self, group: ObjectId) -> Vec<LostMember<'d>> {
        self.lost_member_values(group).collect()
    }
}
