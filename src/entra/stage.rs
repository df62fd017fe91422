//! The Entra stage: what the tenant makes of all exported objects together.
//!
//! Matching, then uniqueness; names and addresses of one object are calculated again whenever somebody asks, so that a
//! million objects cost a few bytes each. What follows from an object's values alone is not decided here but in
//! [`super::assess`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::domains::Domains;
use super::existing::{Links, is_live};
use super::exports::Exports;
use super::matching::{self, Fate, MatchKind, Owned};
use super::proxies::{Denied, calculate};
use super::step::Step;
use super::uniqueness::{self, Collision, Otherwise};
use crate::config::TenantSettings;
use crate::outcome::{Reason, ReasonSet};
use crate::tenant::{CloudId, CloudKind, CloudObject, CloudProperty, Tenant};

/// What surrounds the exported objects.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// What the tenant holds.
    pub tenant: &'a Tenant,
    /// Its domains.
    pub domains: &'a Domains,
    /// Its settings.
    pub settings: &'a TenantSettings,
}

impl Surroundings<'_> {
    /// A cloud user of the settings' list holds, or is eligible for, a privileged role.
    pub fn is_privileged(&self, object: &CloudObject) -> bool {
        let name = object.text(CloudProperty::UserPrincipalName);
        let listed = &self.settings.privileged_users;
        name.is_some_and(|name| listed.iter().any(|own| own.to_lowercase() == name.to_lowercase()))
    }
}

/// What the cloud holds for one object afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudState {
    /// What it is.
    pub kind: CloudKind,
    /// How it came about.
    pub matched: MatchKind,
    /// `userPrincipalName`
    pub user_principal_name: Option<String>,
    /// `mailNickname`
    pub mail_nickname: Option<String>,
    /// `mail`
    pub mail: Option<String>,
    /// `proxyAddresses`, the primary one first.
    pub proxy_addresses: Vec<String>,
}

/// A stage with the exports it decided on, for those who ask about single objects.
#[derive(Clone, Copy)]
pub struct Predicted<'s, 'a> {
    /// The decisions.
    pub stage: &'s Stage<'a>,
    /// The exported objects.
    pub exports: &'s dyn Exports,
}

/// Where every cloud object is: each is in exactly one of the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accounts {
    /// Of all tenant files together.
    pub total: u64,
    /// Synchronized, and exported again.
    pub existing: u64,
    /// Taken over by anchor.
    pub hard: u64,
    /// Taken over by address or name.
    pub soft: u64,
    /// Synchronized, of an object in the input that is not exported any more: deleted by the next export.
    pub leaving: u64,
    /// Synchronized, of an object in the input that an error stops: it stays as it is.
    pub stopped: u64,
    /// Synchronized, of no object in the input.
    pub orphaned: u64,
    /// In the recycle bin, and not taken over.
    pub deleted: u64,
    /// Never or formerly synchronized, and not taken over.
    pub cloud_only: u64,
    /// Devices, which are not compared.
    pub devices: u64,
}

/// The decisions of a run.
#[derive(Debug)]
pub struct Stage<'a> {
    tenant: &'a Tenant,
    domains: Domains,
    fates: Vec<Fate>,
    denied: HashMap<u32, Denied>,
    collisions: Vec<Collision>,
    otherwise: BTreeMap<u32, BTreeSet<Otherwise>>,
    reasons: Vec<(u32, ReasonSet)>,
    /// Cloud objects that the next export deletes; sorted.
    leaving: Vec<CloudId>,
    /// Cloud objects of objects that an error stops; sorted.
    stopped: Vec<CloudId>,
    accounts: Accounts,
}

impl<'a> Stage<'a> {
    /// Decides. Linear in exported and cloud objects but for sorting; the result depends on no order but that of
    /// [`Exports::compare`].
    pub fn run(
        exports: &dyn Exports,
        links: &Links<'_>,
        around: Surroundings<'_>,
        tenant: &'a Tenant,
    ) -> Self {
        let (mut matches, unclaimed) = matching::find(exports, links, &around);
        let decided = uniqueness::decide(exports, &around, &matches, &unclaimed);
        let mut reasons: BTreeMap<u32, ReasonSet> = decided.reasons.into_iter().collect();
        for (number, refusal) in &decided.refused {
            if let Some(fate) = matches.fates.get_mut(*number as usize) {
                fate.refused = Some(refusal.reason);
            }
        }
        let mut otherwise = decided.otherwise;
        otherwise.retain(|number, _| decided.refused.contains_key(number) || exports.kind(*number).is_some());
        for (number, fate) in (0..).zip(&matches.fates) {
            let beside = match fate.matched {
                _ if fate.refused.is_some() => fate.refused,
                MatchKind::Hard => Some(Reason::HardMatch),
                MatchKind::Soft => Some(Reason::SoftMatch),
                _ => None,
            };
            if let Some(reason) = beside {
                reasons.entry(number).or_default().insert(reason);
            }
        }
        Self {
            tenant,
            domains: around.domains.clone(),
            fates: matches.fates,
            denied: decided.denied.into_iter().collect(),
            collisions: decided.collisions,
            otherwise,
            reasons: reasons.into_iter().collect(),
            leaving: Vec::new(),
            stopped: Vec::new(),
            accounts: Accounts::default(),
        }
    }

    /// How an exported object stands to the tenant.
    pub fn fate(&self, number: u32) -> Fate {
        self.fates.get(number as usize).copied().unwrap_or(Fate::NEW)
    }

    /// What the tenant holds.
    pub fn tenant(&self) -> &'a Tenant {
        self.tenant
    }

    /// The domains of the tenant.
    pub fn domains(&self) -> &Domains {
        &self.domains
    }

    /// Reasons by number, ascending; only of objects that have any.
    pub fn reasons(&self) -> &[(u32, ReasonSet)] {
        &self.reasons
    }

    /// How it could end otherwise for objects that compete undecidedly, by number.
    pub fn otherwise(&self) -> &BTreeMap<u32, BTreeSet<Otherwise>> {
        &self.otherwise
    }

    /// Values that several claim, sorted by kind and value.
    pub fn collisions(&self) -> &[Collision] {
        &self.collisions
    }

    /// What the cloud holds afterwards for an exported object that is taken. Steps are taken down when wanted.
    pub fn cloud(
        &self,
        exports: &dyn Exports,
        number: u32,
        steps: Option<&mut Vec<Step>>,
    ) -> Option<CloudState> {
        let fate = self.fate(number);
        if fate.refused.is_some() {
            return None;
        }
        let incoming = exports.incoming(number)?;
        let nothing = Denied::default();
        let denied = self.denied.get(&number).unwrap_or(&nothing);
        let row = fate.own().map(|cloud| self.tenant.object(cloud));
        let calculated = calculate(&incoming, row, &self.domains, denied, steps);
        Some(CloudState {
            kind: incoming.kind,
            matched: fate.matched,
            user_principal_name: calculated.user_principal_name.map(std::borrow::Cow::into_owned),
            mail_nickname: calculated.mail_nickname.map(std::borrow::Cow::into_owned),
            mail: calculated.mail,
            proxy_addresses: calculated.addresses.iter().map(super::proxies::Address::text).collect(),
        })
    }

    /// What the cloud keeps holding for an object whose update is refused.
    pub fn kept(&self, number: u32) -> Option<(CloudId, CloudState)> {
        let fate = self.fate(number);
        let id = fate.own().filter(|_| fate.matched == MatchKind::Existing)?;
        let row = self.tenant.object(id);
        let text = |property| row.text(property).map(str::to_owned);
        let state = CloudState {
            kind: row.kind(),
            matched: MatchKind::Existing,
            user_principal_name: text(CloudProperty::UserPrincipalName),
            mail_nickname: text(CloudProperty::MailNickname),
            mail: text(CloudProperty::Mail),
            proxy_addresses: row.texts(CloudProperty::ProxyAddresses).map(str::to_owned).collect(),
        };
        Some((id, state))
    }

    /// Cloud objects that exported objects are or take over.
    pub fn owned(&self) -> Owned {
        Owned::by(&self.fates, self.tenant)
    }

    /// Cloud objects that no exported object is or takes over, ascending.
    pub fn unclaimed(&self) -> Vec<CloudId> {
        let owned = self.owned();
        self.tenant.ids().filter(|id| !owned.contains(*id)).collect()
    }

    /// Takes down which cloud objects the next export deletes, and which stay as they are because an error stops their
    /// objects, and accounts for all of them. What is exported by somebody else is neither.
    pub fn account(&mut self, mut leaving: Vec<CloudId>, mut stopped: Vec<CloudId>) {
        for ids in [&mut leaving, &mut stopped] {
            ids.sort_unstable();
            ids.dedup();
        }
        let mut accounts = Accounts { total: self.tenant.len() as u64, ..Accounts::default() };
        for fate in self.fates.iter().filter(|fate| fate.own().is_some()) {
            match fate.matched {
                MatchKind::Hard => accounts.hard += 1,
                MatchKind::Soft => accounts.soft += 1,
                MatchKind::Existing | MatchKind::New => accounts.existing += 1,
            }
        }
        for id in self.unclaimed() {
            let object = self.tenant.object(id);
            let count = match object.kind() {
                CloudKind::Device => &mut accounts.devices,
                _ if stopped.binary_search(&id).is_ok() => &mut accounts.stopped,
                _ if leaving.binary_search(&id).is_ok() => &mut accounts.leaving,
                _ if object.is_deleted() => &mut accounts.deleted,
                _ if is_live(object) => &mut accounts.orphaned,
                _ => &mut accounts.cloud_only,
            };
            *count += 1;
        }
        (self.leaving, self.stopped, self.accounts) = (leaving, stopped, accounts);
    }

    /// Where every cloud object is.
    pub fn accounts(&self) -> Accounts {
        self.accounts
    }

    /// Cloud objects that the next export deletes; sorted.
    pub fn leaving(&self) -> &[CloudId] {
        &self.leaving
    }

    /// Cloud objects that stay as they are because an error stops their objects; sorted.
    pub fn stopped(&self) -> &[CloudId] {
        &self.stopped
    }

    /// Synchronized cloud objects that no object of the input is; ascending.
    pub fn orphaned(&self) -> Vec<CloudId> {
        let unclaimed = self.unclaimed().into_iter();
        let is_orphan = |id: &CloudId| {
            let object = self.tenant.object(*id);
            let is_accounted = |ids: &[CloudId]| ids.binary_search(id).is_ok();
            let is_open = !is_accounted(&self.leaving) && !is_accounted(&self.stopped);
            object.kind() != CloudKind::Device && is_live(object) && is_open
        };
        unclaimed.filter(is_orphan).collect()
    }
}
