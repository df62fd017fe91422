//! What the tenant does with an export.
//!
//! So far: which cloud object already belongs to an on-premises object ([`existing`]), and what of an export arrives
//! differently than the directory says or is refused ([`assess`], [`validity`]). Matching of new objects, uniqueness and calculated names are not
//! modelled yet; nothing is claimed about them.

pub mod addresses;
pub mod domains;
pub mod existing;
pub mod exports;
pub mod incoming;
mod index;
pub mod matching;
pub mod names;
pub mod proxies;
pub mod stage;
pub mod step;
pub mod uniqueness;
pub mod validity;

use crate::directory::{Class, Directory, ObjectId, attribute};
use crate::outcome::{Reason, ReasonSet};
use validity::{Sent, Validity};

/// One exported object as handed over by the sync engine: the on-premises objects it is made of.
#[derive(Debug, Clone, Copy)]
pub struct Exported<'a> {
    /// The contributor of the anchor.
    pub principal: ObjectId,
    /// All linked objects, the principal among them.
    pub members: &'a [ObjectId],
    /// Entra object type.
    pub object_type: &'a str,
}

/// What differs in the cloud from what the directory says, or keeps the object out of it; usually nothing.
///
/// `sent` gives the values of the export and is asked only where a raw value is suspicious.
pub fn assess(
    validity: &Validity,
    directory: &Directory,
    exported: &Exported<'_>,
    sent: &Sent<'_>,
) -> ReasonSet {
    let mut reasons = validity.assess(directory, exported, sent);
    if is_suspicious(directory, exported) {
        let sent = (sent.texts)("proxyAddresses");
        if sent.iter().any(|address| addresses::problem(address).is_some()) {
            reasons.insert(Reason::AddressDropped);
        }
        // concept-azure-ad-connect-sync-user-and-contacts.md (read 2026-11-20): a group with proxyAddresses but
        // without an SMTP value is not mail-enabled, whatever its mail attribute says.
        if exported.object_type == "group"
            && !sent.is_empty()
            && !sent.iter().any(|one| addresses::is_smtp(one))
        {
            reasons.insert(Reason::NotMailEnabled);
        }
    }
    reasons
}

/// A first look at the raw values, without allocation: most objects have nothing but clean addresses.
fn is_suspicious(directory: &Directory, exported: &Exported<'_>) -> bool {
    exported.members.iter().any(|id| {
        let object = directory.object(*id);
        let mut values = object.values(attribute::PROXY_ADDRESSES).peekable();
        let group_without_smtp = object.class() == Class::Group
            && values.peek().is_some()
            && !object
                .values(attribute::PROXY_ADDRESSES)
                .any(|value| addresses::starts_with_smtp(value.bytes));
        group_without_smtp || values.any(|value| addresses::is_suspicious(value.bytes))
    })
}
