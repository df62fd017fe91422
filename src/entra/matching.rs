//! Which cloud object an exported object belongs to, or takes over (`entra-outcomes` section C, read 2026-11-25).
//!
//! First by what is bound already and by hard match, then, for what is left, by soft match against the cloud objects
//! that nobody claimed. Two exported objects that want one cloud object are settled in report order.

use rayon::prelude::*;

use super::existing::{Links, held_addresses, is_live};
use super::exports::Exports;
use super::index::{HashIndex, KeyKind, hash, same};
use super::proxies::{Denied, calculate};
use super::stage::Surroundings;
use crate::outcome::Reason;
use crate::tenant::{CloudId, CloudKind, CloudObject, CloudProperty, Tenant};

/// By what a cloud object was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKey {
    /// The source anchor.
    Anchor,
    /// The SID of a group.
    Sid,
    /// An SMTP address.
    Address,
    /// The user principal name.
    UserPrincipalName,
    /// The source says so.
    Stated,
}

impl MatchKey {
    /// The word in reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::Anchor => "source-anchor",
            Self::Sid => "object-sid",
            Self::Address => "smtp-address",
            Self::UserPrincipalName => "user-principal-name",
            Self::Stated => "stated",
        }
    }
}

/// How an exported object stands to the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKind {
    /// Nothing there is its own: it is created.
    New,
    /// Synchronized with it already.
    Existing,
    /// Taken over by anchor.
    Hard,
    /// Taken over by address or name.
    Soft,
}

impl MatchKind {
    /// The word in reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Existing => "existing",
            Self::Hard => "hard",
            Self::Soft => "soft",
        }
    }
}

/// What becomes of an exported object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// How it stands to the tenant.
    pub matched: MatchKind,
    /// The cloud object that it is, takes over, or is refused because of.
    pub cloud: Option<CloudId>,
    /// What found the cloud object.
    pub key: Option<MatchKey>,
    /// Why it is refused.
    pub refused: Option<Reason>,
}

impl Fate {
    pub(super) const NEW: Self = Self { matched: MatchKind::New, cloud: None, key: None, refused: None };

    fn refused(reason: Reason, cloud: CloudId, key: MatchKey) -> Self {
        Self { matched: MatchKind::New, cloud: Some(cloud), key: Some(key), refused: Some(reason) }
    }

    /// The cloud object that the exported one becomes or is.
    pub fn own(&self) -> Option<CloudId> {
        self.cloud.filter(|_| self.matched != MatchKind::New)
    }
}

/// A match that was looked for and not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// The cloud user holds an administrator role.
    AdminRole(CloudId),
}

/// Fates by number, and the soft matches that were not made.
#[derive(Debug, Default)]
pub(super) struct Matches {
    pub fates: Vec<Fate>,
    pub misses: Vec<(u32, Miss)>,
    /// Exported objects that wanted a cloud object which another one got first; nothing decides between them.
    pub rivals: Vec<(u32, CloudId)>,
}

/// Cloud objects that no exported object has, by what a new object may collide with.
#[derive(Debug, Default)]
pub(super) struct Unclaimed {
    pub addresses: HashIndex,
    pub names: HashIndex,
    pub sids: HashIndex,
}

/// What they are made of: hashes of keys, and whose they are.
#[derive(Default)]
struct FreeKeys {
    addresses: Vec<(u64, u32)>,
    names: Vec<(u64, u32)>,
    sids: Vec<(u64, u32)>,
}

impl Unclaimed {
    fn new(tenant: &Tenant, owned: &Owned) -> Self {
        let free: Vec<CloudId> = tenant.ids().filter(|id| !owned.contains(*id)).collect();
        let keys = free.into_par_iter().fold(FreeKeys::default, |mut keys, id| {
            let object = tenant.object(id);
            if object.is_deleted() || object.kind() == CloudKind::Device {
                return keys;
            }
            let addresses = held_addresses(object).map(|address| (hash(KeyKind::Address, address), id.0));
            keys.addresses.extend(addresses);
            let name = object.text(CloudProperty::UserPrincipalName);
            keys.names.extend(name.map(|name| (hash(KeyKind::UserPrincipalName, name), id.0)));
            let sid = object.text(CloudProperty::SecurityIdentifier).filter(|_| is_live(object));
            keys.sids.extend(sid.map(|sid| (hash(KeyKind::Sid, sid), id.0)));
            keys
        });
        let keys = keys.reduce(FreeKeys::default, |mut all, mut part| {
            all.addresses.append(&mut part.addresses);
            all.names.append(&mut part.names);
            all.sids.append(&mut part.sids);
            all
        });
        Self {
            addresses: HashIndex::new(keys.addresses),
            names: HashIndex::new(keys.names),
            sids: HashIndex::new(keys.sids),
        }
    }

    /// The cloud object that holds an address.
    pub fn by_address(&self, tenant: &Tenant, address: &str) -> Option<CloudId> {
        let mut found = self.addresses.find(hash(KeyKind::Address, address)).map(CloudId);
        found.find(|id| held_addresses(tenant.object(*id)).any(|own| same(KeyKind::Address, own, address)))
    }

    /// The cloud user with a user principal name.
    pub fn by_name(&self, tenant: &Tenant, name: &str) -> Option<CloudId> {
        let mut found = self.names.find(hash(KeyKind::UserPrincipalName, name)).map(CloudId);
        found.find(|id| {
            has_text(tenant.object(*id), CloudProperty::UserPrincipalName, KeyKind::UserPrincipalName, name)
        })
    }

    /// The synchronized cloud object of another anchor with a SID.
    pub fn by_sid(&self, tenant: &Tenant, sid: &str) -> Option<CloudId> {
        let mut found = self.sids.find(hash(KeyKind::Sid, sid)).map(CloudId);
        found.find(|id| has_text(tenant.object(*id), CloudProperty::SecurityIdentifier, KeyKind::Sid, sid))
    }
}

fn has_text(object: &CloudObject, property: CloudProperty, kind: KeyKind, key: &str) -> bool {
    object.text(property).is_some_and(|own| same(kind, own, key))
}

/// Finds the cloud objects of all exported objects.
pub(super) fn find(
    exports: &dyn Exports,
    links: &Links<'_>,
    around: &Surroundings<'_>,
) -> (Matches, Unclaimed) {
    let first = |number| bound_or_hard(exports, links, around, number);
    let mut matches =
        Matches { fates: (0..exports.count()).into_par_iter().map(first).collect(), ..Matches::default() };
    if around.tenant.is_empty() {
        return (matches, Unclaimed::default());
    }
    settle_rivals(exports, &mut matches);
    let unclaimed = Unclaimed::new(around.tenant, &Owned::by(&matches.fates, around.tenant));
    let soft = Soft { exports, around, unclaimed: &unclaimed };
    let decided: Vec<(u32, Verdict)> = (0..exports.count())
        .into_par_iter()
        .filter(|number| matches.fates.get(*number as usize) == Some(&Fate::NEW))
        .filter_map(|number| Some((number, soft.decide(number)?)))
        .collect();
    let any = !decided.is_empty();
    for (number, verdict) in decided {
        match verdict {
            Verdict::Fate(fate) => matches.fates[number as usize] = fate,
            Verdict::Miss(miss) => matches.misses.push((number, miss)),
        }
    }
    settle_rivals(exports, &mut matches);
    refuse_known_sids(exports, around, &unclaimed, &mut matches);
    let unclaimed = if any {
        Unclaimed::new(around.tenant, &Owned::by(&matches.fates, around.tenant))
    } else {
        unclaimed
    };
    (matches, unclaimed)
}

/// The cloud objects that exported objects are or take over.
#[derive(Debug)]
pub struct Owned(Vec<bool>);

impl Owned {
    /// By these exported objects.
    pub fn by(fates: &[Fate], tenant: &Tenant) -> Self {
        let mut owned = vec![false; tenant.len()];
        for cloud in fates.iter().filter_map(Fate::own) {
            owned[cloud.0 as usize] = true;
        }
        Self(owned)
    }

    /// Whether it is one of them.
    pub fn contains(&self, id: CloudId) -> bool {
        self.0.get(id.0 as usize).copied().unwrap_or(false)
    }
}

fn bound_or_hard(exports: &dyn Exports, links: &Links<'_>, around: &Surroundings<'_>, number: u32) -> Fate {
    let Some(kind) = exports.kind(number) else { return Fate::NEW };
    let stated = exports.is_stated_to_exist(number);
    let existing = |cloud: Option<CloudId>, key| Fate {
        matched: MatchKind::Existing,
        cloud,
        key: Some(key),
        refused: None,
    };
    let found = if around.tenant.is_empty() { None } else { bound(exports, links, kind, number) };
    match found {
        Some((cloud, key)) if is_live(around.tenant.object(cloud)) => existing(Some(cloud), key),
        Some((cloud, _)) if !stated => hard(exports, around, number, cloud),
        _ if stated => existing(None, MatchKey::Stated),
        _ => Fate::NEW,
    }
}

fn bound(
    exports: &dyn Exports,
    links: &Links<'_>,
    kind: CloudKind,
    number: u32,
) -> Option<(CloudId, MatchKey)> {
    match kind {
        CloudKind::User => {
            let by_anchor = || links.user_by_anchor(&exports.anchor(number)?);
            Some((exports.linked_user(number).or_else(by_anchor)?, MatchKey::Anchor))
        }
        CloudKind::Group => Some((links.group_by_sid(&exports.sid(number)?)?, MatchKey::Sid)),
        CloudKind::Contact => {
            let incoming = exports.incoming(number)?;
            let mail = incoming.mail.as_deref().into_iter();
            let all = mail.chain(incoming.proxy_addresses.iter().map(|address| &**address));
            Some((links.contact_by_address(all)?, MatchKey::Address))
        }
        CloudKind::Device => None,
    }
}

/// A cloud user that is not synchronized has the anchor (section C.3-1).
fn hard(exports: &dyn Exports, around: &Surroundings<'_>, number: u32, cloud: CloudId) -> Fate {
    let object = around.tenant.object(cloud);
    let settings = around.settings;
    let belongs_elsewhere = || {
        let owner = object.text(CloudProperty::ObjectIdentifier);
        let own = exports.object_guid(number);
        owner.zip(own).is_some_and(|(owner, own)| !owner.eq_ignore_ascii_case(&own))
    };
    let refused = |reason| Fate::refused(reason, cloud, MatchKey::Anchor);
    if settings.block_cloud_object_takeover_through_hard_match {
        refused(Reason::InvalidHardMatch)
    } else if around.is_privileged(object) {
        refused(Reason::PrivilegedTakeover)
    } else if !settings.allow_on_prem_update_of_on_premises_object_identifier && belongs_elsewhere() {
        refused(Reason::AttributeUpdateNotAllowed)
    } else {
        Fate { matched: MatchKind::Hard, cloud: Some(cloud), key: Some(MatchKey::Anchor), refused: None }
    }
}

enum Verdict {
    Fate(Fate),
    Miss(Miss),
}

struct Soft<'s> {
    exports: &'s dyn Exports,
    around: &'s Surroundings<'s>,
    unclaimed: &'s Unclaimed,
}

impl Soft<'_> {
    /// Sections C.3-2 and C.3-3 for a new object; `None`: it stays new.
    fn decide(&self, number: u32) -> Option<Verdict> {
        let incoming = self.exports.incoming(number)?;
        let nothing = Denied::default();
        let calculated = calculate(&incoming, None, self.around.domains, &nothing, None);
        let primary = calculated.stated_primary.as_deref();
        let by_address = primary.and_then(|primary| self.unclaimed.by_address(self.around.tenant, primary));
        if let Some(cloud) = by_address {
            return self.against(number, incoming.kind, cloud, MatchKey::Address);
        }
        let name = incoming.user_principal_name.as_deref()?;
        let by_name = self
            .unclaimed
            .by_name(self.around.tenant, name)
            .filter(|_| self.around.settings.soft_match_on_upn);
        self.against(number, incoming.kind, by_name?, MatchKey::UserPrincipalName)
    }

    fn against(&self, number: u32, kind: CloudKind, cloud: CloudId, key: MatchKey) -> Option<Verdict> {
        let object = self.around.tenant.object(cloud);
        if object.kind() != kind {
            return Some(Verdict::Fate(Fate::refused(Reason::ObjectTypeMismatch, cloud, key)));
        }
        if has_other_anchor(object) {
            return conflict(self.exports, object, number, cloud, key).map(Verdict::Fate);
        }
        if self.around.settings.block_soft_match || (key == MatchKey::Address && !has_primary(object)) {
            return None;
        }
        if self.around.is_privileged(object) {
            return Some(Verdict::Miss(Miss::AdminRole(cloud)));
        }
        let fate = Fate { matched: MatchKind::Soft, cloud: Some(cloud), key: Some(key), refused: None };
        Some(Verdict::Fate(fate))
    }
}

/// Bound to another on-premises object: users by their anchor, others by being synchronized.
fn has_other_anchor(object: &CloudObject) -> bool {
    match object.kind() {
        CloudKind::User => object.text(CloudProperty::ImmutableId).is_some() || is_live(object),
        _ => is_live(object),
    }
}

/// A match by address needs a primary one on the cloud object (KB2641663, by the facts); where the file does not tell
/// addresses, mail stands for it.
fn has_primary(object: &CloudObject) -> bool {
    !object.tells(CloudProperty::ProxyAddresses)
        || object.texts(CloudProperty::ProxyAddresses).any(|address| address.starts_with("SMTP:"))
}

/// The same address or name under another anchor (section D.4-7): refused where the SID or the other name collides
/// too, as the newest page says; otherwise created, with the value held back. Only users have what decides.
fn conflict(
    exports: &dyn Exports,
    object: &CloudObject,
    number: u32,
    cloud: CloudId,
    key: MatchKey,
) -> Option<Fate> {
    let same_sid = || {
        let sid = exports.sid(number)?;
        object.text(CloudProperty::SecurityIdentifier).map(|own| same(KeyKind::Sid, own, &sid))
    };
    let same_name = || {
        let incoming = exports.incoming(number)?;
        let name = incoming.user_principal_name.as_deref()?;
        object.text(CloudProperty::UserPrincipalName).map(|own| same(KeyKind::UserPrincipalName, own, name))
    };
    let collides = same_sid() == Some(true) || (key == MatchKey::Address && same_name() == Some(true));
    collides.then(|| Fate::refused(Reason::AttributeValueMustBeUnique, cloud, key))
}

/// Of several exported objects that have one cloud object the first in report order keeps it.
fn settle_rivals(exports: &dyn Exports, matches: &mut Matches) {
    let mut wanted: Vec<(CloudId, u32)> =
        (0..).zip(&matches.fates).filter_map(|(number, fate)| Some((fate.own()?, number))).collect();
    wanted.par_sort_unstable();
    for rivals in wanted.chunk_by(|a, b| a.0 == b.0).filter(|rivals| rivals.len() > 1) {
        let mut numbers: Vec<u32> = rivals.iter().map(|(_, number)| *number).collect();
        numbers.sort_by(|a, b| exports.compare(*a, *b));
        matches.rivals.extend(numbers.iter().map(|number| (*number, rivals[0].0)));
        for number in numbers.into_iter().skip(1) {
            matches.fates[number as usize] = Fate::NEW;
        }
    }
}

/// Section C.3-5: another synchronized cloud object has the SID.
fn refuse_known_sids(
    exports: &dyn Exports,
    around: &Surroundings<'_>,
    unclaimed: &Unclaimed,
    matches: &mut Matches,
) {
    if unclaimed.sids.is_empty() {
        return;
    }
    let refused: Vec<(u32, CloudId)> = (0..exports.count())
        .into_par_iter()
        .filter(|number| {
            let fate = matches.fates.get(*number as usize);
            fate.is_some_and(|fate| fate.refused.is_none() && fate.matched != MatchKind::Existing)
        })
        .filter_map(|number| {
            exports.kind(number).filter(|kind| matches!(kind, CloudKind::User | CloudKind::Group))?;
            let cloud = unclaimed.by_sid(around.tenant, &exports.sid(number)?)?;
            (matches.fates.get(number as usize)?.own() != Some(cloud)).then_some((number, cloud))
        })
        .collect();
    for (number, cloud) in refused {
        matches.fates[number as usize] =
            Fate::refused(Reason::AttributeValueMustBeUnique, cloud, MatchKey::Sid);
    }
}
