//! Addresses that the tenant drops, one finding each.

use super::bound::Check;
use super::finding::{Finding, Seen};
use super::message::Facts;
use super::view::View;
use crate::directory::{AttributeId, ObjectId, attribute};
use crate::entra::names::plain;
use crate::entra::step::StepKind;
use crate::outcome::Reason;

/// Raises the check for every address that was dropped for the reason.
pub(super) fn raise(
    view: &View<'_, '_>,
    check: &Check,
    id: ObjectId,
    reason: Reason,
    out: &mut Vec<Finding>,
) {
    let Some(kind) = step_of(reason) else { return };
    let Some(metaverse) = view.simulation.metaverse_of(id) else { return };
    let mut steps = Vec::new();
    let state = view.predicted.stage.cloud(view.predicted.exports, metaverse.0, Some(&mut steps));
    let made_anyway = |value: &str| {
        let held = state.iter().flat_map(|state| &state.proxy_addresses);
        reason == Reason::AddressSuffixReserved
            && held.into_iter().any(|own| plain(own).eq_ignore_ascii_case(plain(value)))
    };
    for step in steps.iter().filter(|step| step.kind == kind && !made_anyway(&step.value)) {
        let (holder, attribute, value) = source(view, view.simulation.members(metaverse), id, &step.value);
        let seen = Seen {
            attribute: Some(attribute),
            value: Some(value),
            facts: Facts { reason: reason.title(), ..Facts::default() },
            ..Seen::default()
        };
        out.push(view.finding(check, holder, seen));
    }
}

fn step_of(reason: Reason) -> Option<StepKind> {
    Some(match reason {
        Reason::AddressDropped => StepKind::Malformed,
        Reason::AddressTypeDropped => StepKind::LegacyType,
        Reason::AddressSuffixReserved => StepKind::ReservedSuffix,
        Reason::AddressSuffixNotVerified => StepKind::SuffixNotVerified,
        Reason::AddressQuarantined => StepKind::Quarantined,
        _ => return None,
    })
}

/// Whose value it is, of which attribute, and how it stands there: the contributor of the anchor first.
fn source(
    view: &View<'_, '_>,
    members: &[ObjectId],
    id: ObjectId,
    address: &str,
) -> (ObjectId, AttributeId, String) {
    let others = members.iter().copied().filter(|member| *member != id);
    for member in std::iter::once(id).chain(others) {
        let object = view.object(member);
        for attribute in [attribute::PROXY_ADDRESSES, attribute::MAIL] {
            let texts = object.values(attribute).filter_map(|value| std::str::from_utf8(value.bytes).ok());
            let mut same =
                texts.filter(|text| text.trim() == address || plain(text.trim()) == plain(address));
            if let Some(text) = same.next() {
                return (member, attribute, text.to_owned());
            }
        }
    }
    (id, attribute::PROXY_ADDRESSES, address.to_owned())
}
