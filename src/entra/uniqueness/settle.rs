//! Values that several exported objects claim.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::super::index::{KeyKind, hash, same};
use super::super::matching::MatchKind;
use super::super::proxies::{Denied, Origin};
use super::{Claim, Claimed, Collision, Deciding, Holder, Otherwise, Refusal, Uniqueness};
use crate::outcome::Reason;
use crate::tenant::{CloudKind, CloudProperty};

/// A value, and everybody who claims it, in report order.
type ByKey = BTreeMap<(KeyKind, String), Vec<(u32, Claim)>>;

/// Refusals that may follow from each other before the rest is decided as it stands.
const MAX_ROUNDS: usize = 100;

/// Settles all of them. `claims` are hashes of claims and who makes them.
pub(super) fn settle(deciding: &Deciding<'_>, claims: Vec<(u64, u32)>, result: &mut Uniqueness) {
    let by_key = doubled(deciding, claims, result);
    // Refusing one object may leave its values to others, so the keys are gone over until nobody else is refused.
    for round in 1.. {
        let mut settled = Settled::default();
        let before = result.refused.len();
        for ((kind, key), claims) in &by_key {
            settle_key(deciding, (*kind, key), claims, &mut result.refused, &mut settled);
        }
        if result.refused.len() == before || round == MAX_ROUNDS {
            for (number, denied) in settled.denied {
                let own = result.denied.entry(number).or_default();
                own.addresses.extend(denied.addresses);
                own.upn |= denied.upn;
                own.moera |= denied.moera;
            }
            result.collisions.append(&mut settled.collisions);
            result.otherwise = settled.otherwise;
            return;
        }
    }
}

fn doubled(deciding: &Deciding<'_>, mut claims: Vec<(u64, u32)>, result: &Uniqueness) -> ByKey {
    claims.par_sort_unstable();
    claims.dedup();
    let runs = || claims.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1);
    let hashes: HashSet<u64> = runs().map(|run| run[0].0).collect();
    let mut involved: Vec<u32> = runs().flatten().map(|(_, number)| *number).collect();
    involved.sort_unstable();
    involved.dedup();
    let found: Vec<(u32, Vec<Claim>)> = involved
        .into_par_iter()
        .map(|number| (number, deciding.claims(number, result.denied.get(&number))))
        .collect();
    let mut by_key = ByKey::new();
    for (number, own) in found {
        for claim in own.into_iter().filter(|claim| hashes.contains(&hash(claim.kind, &claim.key))) {
            by_key.entry((claim.kind, claim.key.clone())).or_default().push((number, claim));
        }
    }
    by_key.retain(|_, claims| claims.len() > 1);
    for claims in by_key.values_mut() {
        claims.sort_by(|a, b| deciding.exports.compare(a.0, b.0));
    }
    by_key
}

#[derive(Default)]
struct Settled {
    denied: BTreeMap<u32, Denied>,
    collisions: Vec<Collision>,
    otherwise: BTreeMap<u32, BTreeSet<Otherwise>>,
}

fn settle_key(
    deciding: &Deciding<'_>,
    (kind, key): (KeyKind, &str),
    claims: &[(u32, Claim)],
    refused: &mut BTreeMap<u32, Refusal>,
    settled: &mut Settled,
) {
    // One that another value decided on is out; one that this value decided on is listed again.
    let competes = |number: &u32| {
        refused.get(number).is_none_or(|refusal| {
            refusal.decided.as_ref().is_some_and(|(own, value)| (*own, value.as_str()) == (kind, key))
        })
    };
    let claims: Vec<&(u32, Claim)> = claims.iter().filter(|(number, _)| competes(number)).collect();
    let Some(strongest) = claims.iter().map(|(_, claim)| claim.strength).max() else { return };
    let is_strong = |claim: &Claim| claim.strength == strongest;
    let mut strong = claims.iter().filter(|(_, claim)| is_strong(claim));
    let Some((winner, own)) = strong.next().map(|(number, claim)| (*number, claim)) else { return };
    let is_undecided = strong.next().is_some();
    for (number, claim) in claims.iter().filter(|(number, _)| *number != winner) {
        let loss = deciding.loss(claim, *number, winner);
        if let (Some(reason), true) = (loss.reason, is_undecided && is_strong(claim)) {
            settled.otherwise.entry(*number).or_default().insert(Otherwise::Keeps(reason));
            if let Some(reason) = deciding.loss(own, winner, *number).reason {
                settled.otherwise.entry(winner).or_default().insert(Otherwise::Loses(reason));
            }
        }
        match loss.reason {
            Some(reason) if loss.is_refusal => {
                let decided = Some((kind, key.to_owned()));
                refused.insert(*number, Refusal { reason, decided });
            }
            _ => settled.deny(*number, claim),
        }
    }
    // What the cloud alone would add is nobody's to repair.
    if claims.iter().any(|(_, claim)| claim.origin == Origin::Stated) {
        let keeps =
            |number: u32, claim: &Claim| (!(is_undecided && is_strong(claim))).then_some(number == winner);
        let holders = claims.iter().filter(|(_, claim)| claim.origin != Origin::Moera);
        let holders: Vec<_> =
            holders.map(|(number, claim)| (Holder::Export(*number), keeps(*number, claim))).collect();
        if holders.len() > 1 {
            settled.collisions.push(Collision { claimed: claimed(kind), key: key.to_owned(), holders });
        }
    }
}

fn claimed(kind: KeyKind) -> Claimed {
    match kind {
        KeyKind::UserPrincipalName => Claimed::UserPrincipalName,
        KeyKind::Sid => Claimed::Sid,
        _ => Claimed::Address,
    }
}

impl Settled {
    fn deny(&mut self, number: u32, claim: &Claim) {
        let denied = self.denied.entry(number).or_default();
        match (claim.kind, claim.origin) {
            (KeyKind::UserPrincipalName, _) => denied.upn = true,
            (_, Origin::Moera) => denied.moera = true,
            _ => denied.addresses.push(claim.key.clone()),
        }
    }
}

/// What losing a value costs.
struct Loss {
    /// `None`: nothing that the directory states.
    reason: Option<Reason>,
    is_refusal: bool,
}

impl Loss {
    fn refusal(reason: Reason) -> Self {
        Self { reason: Some(reason), is_refusal: true }
    }

    fn quarantine(reason: Reason) -> Self {
        Self { reason: Some(reason), is_refusal: false }
    }
}

impl Deciding<'_> {
    fn loss(&self, claim: &Claim, loser: u32, winner: u32) -> Loss {
        match (claim.kind, claim.origin) {
            (KeyKind::Sid | KeyKind::Anchor, _) => Loss::refusal(Reason::AttributeValueMustBeUnique),
            (KeyKind::UserPrincipalName, _) => Loss::quarantine(Reason::UpnQuarantined),
            (KeyKind::Address, Origin::Stated) => self.address_loss(claim, loser, winner),
            (KeyKind::Address, _) => Loss { reason: None, is_refusal: false },
        }
    }

    /// Section B: quarantine, but for its exceptions; section C.3-2 where the loser is new and the value is its primary
    /// address, because the winner is in the cloud when it comes.
    fn address_loss(&self, claim: &Claim, loser: u32, winner: u32) -> Loss {
        let quarantine = Loss::quarantine(Reason::AddressQuarantined);
        if self.fate(loser).matched != MatchKind::New {
            return quarantine;
        }
        let (own, other) = (self.exports.kind(loser), self.exports.kind(winner));
        let must_be_unique = || Loss::refusal(Reason::AttributeValueMustBeUnique);
        match (own, other) {
            (own, other) if own != other && claim.is_primary => Loss::refusal(Reason::ObjectTypeMismatch),
            (Some(CloudKind::Group), Some(CloudKind::Group))
                if self.fate(winner).matched == MatchKind::New =>
            {
                must_be_unique()
            }
            (Some(CloudKind::User), Some(CloudKind::User))
                if claim.is_primary && self.share_more(loser, winner) =>
            {
                must_be_unique()
            }
            (Some(CloudKind::User), Some(CloudKind::Group))
                if self.is_named(loser, &claim.key) && self.is_primary(winner, &claim.key) =>
            {
                must_be_unique()
            }
            _ => quarantine,
        }
    }

    /// The user principal name or the SID collides too (section D.4-7).
    fn share_more(&self, a: u32, b: u32) -> bool {
        let name =
            |number| self.exports.incoming(number)?.user_principal_name.map(std::borrow::Cow::into_owned);
        let cloud_name = self.row(b).and_then(|row| row.text(CloudProperty::UserPrincipalName));
        let same_name = |own: &str| {
            name(b).is_some_and(|other| same(KeyKind::UserPrincipalName, own, &other))
                || cloud_name.is_some_and(|other| same(KeyKind::UserPrincipalName, own, other))
        };
        let same_sid =
            || self.exports.sid(a).zip(self.exports.sid(b)).is_some_and(|(a, b)| same(KeyKind::Sid, &a, &b));
        name(a).is_some_and(|own| same_name(&own)) || same_sid()
    }

    fn is_named(&self, number: u32, name: &str) -> bool {
        let incoming = self.exports.incoming(number);
        let own = incoming.as_ref().and_then(|incoming| incoming.user_principal_name.as_deref());
        own.is_some_and(|own| same(KeyKind::UserPrincipalName, own, name))
    }

    fn is_primary(&self, number: u32, address: &str) -> bool {
        self.claims(number, None).iter().any(|claim| claim.is_primary && claim.key == address)
    }
}
