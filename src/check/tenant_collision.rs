//! Collisions in the tenant: a value that must be unique, as the Entra stage decided on it.
//!
//! Holders may be cloud objects that no exported object is; they are named by their id in the tenant and have no forest.

use super::bound::{Check, Kind};
use super::finding::{Finding, Seen};
use super::finding_report::Related;
use super::message::Facts;
use super::view::View;
use crate::directory::{AttributeId, ObjectId, attribute, order as report_order};
use crate::entra::uniqueness::{Claimed, Collision, Holder};
use crate::sync::MetaverseId;
use crate::tenant::CloudId;

/// What nobody can say beforehand.
const UNDECIDED: &str = "the one exported first, which no document tells";

/// One finding for every value that several claim.
pub(super) fn examine(view: &View<'_, '_>, check: &Check) -> Vec<Finding> {
    let Kind::TenantCollision { of } = &check.kind else { return Vec::new() };
    let collisions = view.predicted.stage.collisions().iter().filter(|collision| collision.claimed == *of);
    collisions.filter_map(|collision| finding(view, check, collision)).collect()
}

/// Somebody on premises, with the value as the directory has it.
struct Claimant {
    id: ObjectId,
    attribute: Option<AttributeId>,
    value: Option<String>,
    keeps: Option<bool>,
}

fn finding(view: &View<'_, '_>, check: &Check, collision: &Collision) -> Option<Finding> {
    let mut claimants: Vec<Claimant> = Vec::new();
    let mut cloud: Vec<(CloudId, Option<bool>)> = Vec::new();
    for (holder, keeps) in &collision.holders {
        match holder {
            Holder::Cloud(id) => cloud.push((*id, *keeps)),
            Holder::Export(number) => claimants.push(claimant(view, collision, *number, *keeps)),
        }
    }
    claimants.retain(|claimant| check.classes.contains(view.object(claimant.id).class()));
    claimants.sort_by(|one, other| report_order::compare(view.directory(), one.id, other.id));
    let (first, others) = claimants.split_first()?;
    let names = view.directory().names();
    let related = others.iter().map(|other| Related {
        attribute: other.attribute.map(|id| names.name(id).to_owned()),
        value: other.value.clone(),
        keeps: other.keeps,
        ..view.related(other.id)
    });
    let related = related.chain(cloud.iter().map(|(id, keeps)| in_cloud(view, collision, *id, *keeps)));
    let seen = Seen {
        attribute: first.attribute,
        value: first.value.clone(),
        facts: Facts {
            count: Some(collision.holders.len() as u64),
            keeps: keeping(view, &claimants, &cloud),
            ..Facts::default()
        },
        related: others.iter().map(|other| other.id).collect(),
        // Not the first holder's identity: another one is first as soon as somebody is moved.
        identity: Some(format!("key:{}", blake3::hash(collision.key.as_bytes()).to_hex())),
        ..Seen::default()
    };
    let related = related.collect();
    let mut finding = view.finding_with(check, view.object(first.id), seen, related);
    finding.report.gravest = claimants.iter().map(|one| view.simulation.outcome(one.id)).max();
    Some(finding)
}

fn keeping(view: &View<'_, '_>, claimants: &[Claimant], cloud: &[(CloudId, Option<bool>)]) -> Vec<String> {
    if claimants.iter().any(|claimant| claimant.keeps.is_none()) {
        return vec![UNDECIDED.to_owned()];
    }
    let on_premises = claimants.iter().filter(|claimant| claimant.keeps == Some(true));
    let on_premises = on_premises.map(|claimant| view.object(claimant.id).identity());
    let in_cloud = cloud.iter().filter(|(_, keeps)| *keeps == Some(true));
    on_premises.chain(in_cloud.map(|(id, _)| view.cloud_name(*id))).collect()
}

fn in_cloud(view: &View<'_, '_>, collision: &Collision, id: CloudId, keeps: Option<bool>) -> Related {
    let object = view.predicted.stage.tenant().object(id);
    let attribute = match collision.claimed {
        Claimed::Address => "proxyAddresses",
        Claimed::UserPrincipalName => "userPrincipalName",
        Claimed::Sid => "onPremisesSecurityIdentifier",
    };
    Related {
        dn: None,
        id: object.id().to_owned(),
        forest: None,
        attribute: Some(attribute.to_owned()),
        value: Some(collision.key.clone()),
        keeps,
    }
}

/// The linked object that an administrator changes: the one whose own value it is, else the contributor of the anchor.
fn claimant(view: &View<'_, '_>, collision: &Collision, number: u32, keeps: Option<bool>) -> Claimant {
    let metaverse = MetaverseId(number);
    let principal = view.simulation.principal(metaverse);
    let login = view.directory().names().lookup(view.settings.sync.login_attribute.as_bytes());
    let names = login.into_iter().chain([attribute::USER_PRINCIPAL_NAME]);
    let candidates: Vec<AttributeId> = match collision.claimed {
        // The cloud makes an address of the name.
        Claimed::Address => [attribute::PROXY_ADDRESSES, attribute::MAIL].into_iter().chain(names).collect(),
        Claimed::UserPrincipalName => names.collect(),
        Claimed::Sid => vec![attribute::OBJECT_SID],
    };
    let members = view.simulation.members(metaverse);
    let first_the_principal =
        std::iter::once(principal).chain(members.iter().copied().filter(|id| *id != principal));
    for id in first_the_principal {
        for attribute in &candidates {
            if let Some(value) = own_value(view, collision, id, *attribute) {
                return Claimant { id, attribute: Some(*attribute), value: Some(value), keeps };
            }
        }
    }
    Claimant { id: principal, attribute: candidates.first().copied(), value: None, keeps }
}

fn own_value(
    view: &View<'_, '_>,
    collision: &Collision,
    id: ObjectId,
    attribute: AttributeId,
) -> Option<String> {
    if attribute == attribute::OBJECT_SID {
        return None;
    }
    let object = view.object(id);
    let texts = object.values(attribute).filter_map(|value| std::str::from_utf8(value.bytes).ok());
    let mut same = texts.filter(|text| {
        let plain = crate::entra::names::plain(text.trim());
        plain.to_lowercase() == collision.key
    });
    same.next().map(str::to_owned)
}
