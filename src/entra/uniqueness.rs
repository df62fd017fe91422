//! Who keeps a user principal name, an SMTP address or a SID that several objects claim (`entra-outcomes` section B,
//! read 2026-11-25).
//!
//! What a cloud object outside of the export holds, it keeps. Between exported objects the one that holds the value in
//! the cloud already keeps it; a value that the directory states goes before one that the cloud would add. Where nothing
//! of that decides, the first exported wins, and no document tells which that is: report order stands for it, and the
//! holders are marked. The loser arrives without the value (quarantine), but for the exceptions that stay hard errors.
//! Only hashes of the claims of all objects are kept; those that occur twice are looked at again.

mod settle;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

use super::existing::held_addresses;
use super::exports::Exports;
use super::incoming::Incoming;
use super::index::{KeyKind, folded, hash, same};
use super::matching::{Fate, MatchKind, Matches, Miss, Unclaimed};
use super::names::plain;
use super::proxies::{Address, Calculated, Denied, Origin, calculate};
use super::stage::Surroundings;
use crate::outcome::{Reason, ReasonSet};
use crate::tenant::{CloudId, CloudKind, CloudObject, CloudProperty};

/// What several objects claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claimed {
    /// An SMTP address.
    Address,
    /// A user principal name.
    UserPrincipalName,
    /// A SID.
    Sid,
}

/// Somebody who claims a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// An exported object, by number.
    Export(u32),
    /// A cloud object that no exported object has.
    Cloud(CloudId),
}

/// Who claims a value, and whether he keeps it.
pub type Holders = Vec<(Holder, Option<bool>)>;

/// One value that several claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// What kind of value.
    pub claimed: Claimed,
    /// The value, lower case, without a type.
    pub key: String,
    /// Everybody who claims it: the cloud object first, then in report order. True: keeps it, false: does not,
    /// `None`: nothing decides.
    pub holders: Holders,
}

/// How an undecided collision could end otherwise for one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Otherwise {
    /// It would lose, with this reason.
    Loses(Reason),
    /// It would not have this reason.
    Keeps(Reason),
}

/// What uniqueness decides.
#[derive(Debug, Default)]
pub(super) struct Uniqueness {
    pub denied: BTreeMap<u32, Denied>,
    /// With the value that decided, where it was another exported object's.
    pub refused: BTreeMap<u32, Refusal>,
    pub collisions: Vec<Collision>,
    pub otherwise: BTreeMap<u32, BTreeSet<Otherwise>>,
    /// Changes of all objects that have any.
    pub reasons: Vec<(u32, ReasonSet)>,
}

/// Why an object is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub reason: Reason,
    decided: Option<(KeyKind, String)>,
}

/// Strength of a claim, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Derived,
    Stated,
    Current,
}

#[derive(Debug, Clone)]
struct Claim {
    kind: KeyKind,
    key: String,
    strength: Strength,
    origin: Origin,
    is_primary: bool,
}

/// Decides for all exported objects.
pub(super) fn decide(
    exports: &dyn Exports,
    around: &Surroundings<'_>,
    matches: &Matches,
    unclaimed: &Unclaimed,
) -> Uniqueness {
    let rivals = matches.rivals.iter().map(|(number, _)| *number).collect();
    let misses = matches.misses.iter().copied().collect();
    let doubled_sids = exports.with_doubled_sid();
    Deciding { exports, around, fates: &matches.fates, rivals, misses, unclaimed, doubled_sids }.run()
}

struct Deciding<'s> {
    exports: &'s dyn Exports,
    around: &'s Surroundings<'s>,
    fates: &'s [Fate],
    rivals: HashSet<u32>,
    misses: HashMap<u32, Miss>,
    unclaimed: &'s Unclaimed,
    doubled_sids: Vec<u32>,
}

/// What the first look at one object gives.
#[derive(Default)]
struct First {
    claims: Vec<(u64, u32)>,
    reasons: Vec<(u32, ReasonSet)>,
    conflicts: Vec<(u32, Against)>,
}

/// What an object cannot have because of cloud objects that nobody claims.
#[derive(Debug, Default)]
struct Against {
    denied: Denied,
    refused: Option<Reason>,
    held: Vec<(Claimed, String, CloudId)>,
}

impl Deciding<'_> {
    fn run(&self) -> Uniqueness {
        let first = (0..self.exports.count())
            .into_par_iter()
            .with_min_len(1024)
            .fold(First::default, |mut out, number| {
                self.look(number, &mut out);
                out
            })
            .reduce(First::default, |mut all, mut part| {
                all.claims.append(&mut part.claims);
                all.reasons.append(&mut part.reasons);
                all.conflicts.append(&mut part.conflicts);
                all
            });
        let mut result = Uniqueness { reasons: first.reasons, ..Uniqueness::default() };
        let mut conflicts = first.conflicts;
        conflicts.sort_by_key(|(number, _)| *number);
        for (number, against) in conflicts {
            let refused = against.refused.map(|reason| (number, Refusal { reason, decided: None }));
            result.refused.extend(refused);
            result.denied.insert(number, against.denied);
            for (claimed, key, cloud) in against.held {
                let holders = vec![(Holder::Cloud(cloud), Some(true)), (Holder::Export(number), Some(false))];
                result.collisions.push(Collision { claimed, key, holders });
            }
        }
        settle::settle(self, first.claims, &mut result);
        self.judge_changed(&mut result);
        join_collisions(&mut result.collisions);
        result
    }

    fn fate(&self, number: u32) -> Fate {
        self.fates.get(number as usize).copied().unwrap_or(Fate::NEW)
    }

    fn row(&self, number: u32) -> Option<&CloudObject> {
        self.fate(number).own().map(|cloud| self.around.tenant.object(cloud))
    }

    fn look(&self, number: u32, out: &mut First) {
        if self.fate(number).refused.is_some() {
            return;
        }
        let Some(incoming) = self.exports.incoming(number) else { return };
        let nothing = Denied::default();
        let calculated = calculate(&incoming, self.row(number), self.around.domains, &nothing, None);
        let own = out.claims.len();
        // Names with a number sign are no claims, but guests in the cloud have such.
        let is_odd = |address: &Address<'_>| address.smtp().is_some_and(|plain| plain.contains('#'));
        let mut meets_cloud = self.misses.contains_key(&number) || calculated.addresses.iter().any(is_odd);
        each_claim(&calculated, &mut |kind, key, _| {
            let hash = hash(kind, key);
            let held =
                if kind == KeyKind::Address { &self.unclaimed.addresses } else { &self.unclaimed.names };
            meets_cloud = meets_cloud || held.may_hold(hash);
            out.claims.push((hash, number));
        });
        let against = if meets_cloud { self.against_cloud(number, &incoming, &calculated) } else { None };
        match against {
            None if calculated.reasons.is_empty() => {}
            None => out.reasons.push((number, calculated.reasons)),
            Some(against) => {
                out.claims.truncate(own);
                if against.refused.is_none() {
                    let changed =
                        calculate(&incoming, self.row(number), self.around.domains, &against.denied, None);
                    each_claim(&changed, &mut |kind, key, _| out.claims.push((hash(kind, key), number)));
                }
                out.conflicts.push((number, against));
            }
        }
        let mut take = |kind, key: &str| out.claims.push((hash(kind, key), number));
        if incoming.kind == CloudKind::User
            && self.doubled_sids.binary_search(&number).is_ok()
            && let Some(sid) = self.exports.sid(number)
        {
            take(KeyKind::Sid, &sid);
        }
    }

    /// Values that cloud objects hold which no exported object has.
    fn against_cloud(&self, number: u32, incoming: &Incoming<'_>, own: &Calculated<'_>) -> Option<Against> {
        let mut against = self.missed(number, incoming, own);
        if self.unclaimed.addresses.is_empty() && self.unclaimed.names.is_empty() {
            return against;
        }
        let tenant = self.around.tenant;
        for address in &own.addresses {
            let Some(plain) = address.smtp() else { continue };
            let Some(cloud) = self.unclaimed.by_address(tenant, plain) else { continue };
            let against = against.get_or_insert_default();
            match address.origin {
                Origin::Moera => against.denied.moera = true,
                Origin::Kept => {}
                Origin::UserPrincipalName => against.denied.addresses.push(folded(KeyKind::Address, plain)),
                Origin::Stated => {
                    against.hold(Claimed::Address, plain, cloud);
                    if self.is_new(number) && collides_with_group(incoming, plain, tenant.object(cloud)) {
                        against.refused = Some(Reason::AttributeValueMustBeUnique);
                    }
                }
            }
        }
        let name = own.user_principal_name.as_deref();
        if let Some((name, cloud)) = name.and_then(|name| Some((name, self.unclaimed.by_name(tenant, name)?)))
        {
            let against = against.get_or_insert_default();
            against.hold(Claimed::UserPrincipalName, name, cloud);
        }
        against
    }

    /// A soft match that was not made because of an administrator role: the colliding values are held back.
    fn missed(&self, number: u32, incoming: &Incoming<'_>, own: &Calculated<'_>) -> Option<Against> {
        let Miss::AdminRole(cloud) = *self.misses.get(&number)?;
        let object = self.around.tenant.object(cloud);
        let mut against = Against::default();
        for address in own.addresses.iter().filter_map(|address| address.smtp()) {
            if held_addresses(object).any(|held| same(KeyKind::Address, held, address)) {
                against.hold(Claimed::Address, address, cloud);
            }
        }
        let name = incoming.user_principal_name.as_deref();
        let cloud_name = object.text(CloudProperty::UserPrincipalName);
        if let (Some(name), Some(cloud_name)) = (name, cloud_name)
            && same(KeyKind::UserPrincipalName, name, cloud_name)
        {
            against.hold(Claimed::UserPrincipalName, name, cloud);
        }
        Some(against)
    }

    fn is_new(&self, number: u32) -> bool {
        self.fate(number).matched == MatchKind::New
    }

    /// The claims of one object, as it is without what is held back already.
    fn claims(&self, number: u32, denied: Option<&Denied>) -> Vec<Claim> {
        let Some(incoming) = self.exports.incoming(number) else { return Vec::new() };
        let nothing = Denied::default();
        let calculated =
            calculate(&incoming, self.row(number), self.around.domains, denied.unwrap_or(&nothing), None);
        let row = self.row(number).filter(|_| !self.rivals.contains(&number));
        let mut claims = Vec::new();
        each_claim(&calculated, &mut |kind, key, origin| {
            let holds = row.is_some_and(|row| holds_now(row, kind, key));
            let strength = match origin {
                _ if holds => Strength::Current,
                Origin::Stated => Strength::Stated,
                _ => Strength::Derived,
            };
            let primary = calculated.stated_primary.as_deref();
            let is_primary = kind == KeyKind::Address && primary.is_some_and(|own| same(kind, own, key));
            claims.push(Claim { kind, key: folded(kind, key), strength, origin, is_primary });
        });
        if let (CloudKind::User, Some(sid)) = (incoming.kind, self.exports.sid(number)) {
            let strength =
                if self.fate(number).own().is_some() { Strength::Current } else { Strength::Stated };
            let key = folded(KeyKind::Sid, &sid);
            claims.push(Claim {
                kind: KeyKind::Sid,
                key,
                strength,
                origin: Origin::Stated,
                is_primary: false,
            });
        }
        claims
    }

    /// Reasons of the objects from which something is held back, now that it is known what.
    fn judge_changed(&self, result: &mut Uniqueness) {
        let mut reasons: BTreeMap<u32, ReasonSet> = std::mem::take(&mut result.reasons).into_iter().collect();
        for (number, denied) in &result.denied {
            let Some(incoming) = self.exports.incoming(*number) else { continue };
            let calculated = calculate(&incoming, self.row(*number), self.around.domains, denied, None);
            let mut own = calculated.reasons;
            if self.misses.contains_key(number) {
                own.insert(Reason::AdminRoleConflict);
            }
            reasons.insert(*number, own);
        }
        reasons.retain(|number, own| !own.is_empty() && !result.refused.contains_key(number));
        result.reasons = reasons.into_iter().collect();
    }
}

impl Against {
    fn hold(&mut self, claimed: Claimed, value: &str, cloud: CloudId) {
        let key = value.to_lowercase();
        match claimed {
            Claimed::UserPrincipalName => self.denied.upn = true,
            _ if self.denied.addresses.contains(&key) => return,
            _ => self.denied.addresses.push(key.clone()),
        }
        self.held.push((claimed, key, cloud));
    }
}

/// A new user whose user principal name and SMTP address are the primary address of a group: refused, not quarantined
/// (section B, exception a).
fn collides_with_group(incoming: &Incoming<'_>, address: &str, group: &CloudObject) -> bool {
    let name = incoming.user_principal_name.as_deref();
    let mut primary = group.texts(CloudProperty::ProxyAddresses).filter(|own| own.starts_with("SMTP:"));
    incoming.kind == CloudKind::User
        && group.kind() == CloudKind::Group
        && name.is_some_and(|name| same(KeyKind::Address, name, address))
        && primary.any(|own| same(KeyKind::Address, plain(own), address))
}

fn holds_now(row: &CloudObject, kind: KeyKind, key: &str) -> bool {
    match kind {
        KeyKind::Address => held_addresses(row).any(|own| same(kind, own, key)),
        _ => row.text(CloudProperty::UserPrincipalName).is_some_and(|own| same(kind, own, key)),
    }
}

/// Hands on every value that must be unique, with where it comes from.
fn each_claim(calculated: &Calculated<'_>, take: &mut dyn FnMut(KeyKind, &str, Origin)) {
    for address in &calculated.addresses {
        if let Some(plain) = address.smtp().filter(|plain| !plain.contains('#')) {
            take(KeyKind::Address, plain, address.origin);
        }
    }
    if let Some(name) = calculated.user_principal_name.as_deref().filter(|name| !name.contains("####@")) {
        take(KeyKind::UserPrincipalName, name, Origin::Stated);
    }
}

/// Puts the collisions over one value together, sorted by value.
fn join_collisions(collisions: &mut Vec<Collision>) {
    let mut joined: BTreeMap<(Claimed, String), (Holders, HashSet<Holder>)> = BTreeMap::new();
    for collision in collisions.drain(..) {
        let (holders, known) = joined.entry((collision.claimed, collision.key)).or_default();
        holders.extend(collision.holders.into_iter().filter(|(holder, _)| known.insert(*holder)));
    }
    let joined = joined.into_iter();
    collisions.extend(joined.map(|((claimed, key), (holders, _))| Collision { claimed, key, holders }));
}
