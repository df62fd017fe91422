//! What the Entra stage asks of the exported objects.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::incoming::Incoming;
use crate::directory::ObjectId;
use crate::tenant::{CloudId, CloudKind};

/// The exported objects of a run, by number from 0. Not every number is exported.
///
/// The pipeline answers from its simulation.
pub trait Exports: Sync {
    /// How many numbers there are.
    fn count(&self) -> u32;

    /// What the object is in Entra; `None` when it is not exported.
    fn kind(&self, number: u32) -> Option<CloudKind>;

    /// The object that contributes the anchor of an exported object.
    fn principal(&self, number: u32) -> ObjectId;

    /// The values that names and addresses are calculated from; `None` when it is not exported.
    fn incoming(&self, number: u32) -> Option<Incoming<'_>>;

    /// `sourceAnchor`
    fn anchor(&self, number: u32) -> Option<Cow<'_, str>>;

    /// `onPremiseSecurityIdentifier`, as text.
    fn sid(&self, number: u32) -> Option<Cow<'_, str>>;

    /// The objects whose SID another object of the input has too, ascending: no others can compete for one.
    fn with_doubled_sid(&self) -> Vec<u32>;

    /// The synchronized cloud user that has the exported anchor, where the engine knows it already.
    fn linked_user(&self, number: u32) -> Option<CloudId>;

    /// objectGUID of the principal as dashed text.
    fn object_guid(&self, number: u32) -> Option<String>;

    /// The source itself says that the object is in the cloud already.
    fn is_stated_to_exist(&self, number: u32) -> bool;

    /// The order of reports, which stands for the order of export where that decides and no document tells it.
    fn compare(&self, a: u32, b: u32) -> Ordering;
}
