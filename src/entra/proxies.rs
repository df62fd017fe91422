//! `mail` and `proxyAddresses` as the cloud calculates them (`entra-outcomes` section F.3, read 2026-11-25).
//!
//! In go the values that are sent, the cloud object as it is so far, and what is held back because somebody else has it;
//! out come the values that the cloud will hold, the reasons for which they differ from those sent, and on demand every
//! step on the way. Nothing here looks at other objects.

use std::borrow::Cow;

use super::addresses;
use super::domains::Domains;
use super::incoming::Incoming;
use super::names::{self, AliasSource, UpnProblem};
use super::step::{Step, StepKind};
use crate::outcome::{Reason, ReasonSet};
use crate::tenant::{CloudKind, CloudObject, CloudProperty};

/// Address types of mail systems of the past, which the cloud does not keep (F.3-2 names MSMAIL, X400 "and similar").
const LEGACY_TYPES: [&str; 8] = ["x400", "msmail", "ms", "ccmail", "notes", "gwise", "profs", "mhs"];

/// Recipient types of Exchange Online that stand for a mailbox or a shared resource (F.2).
const MAILBOX_TYPES: [&str; 10] = [
    "UserMailbox",
    "SharedMailbox",
    "RoomMailbox",
    "EquipmentMailbox",
    "LinkedMailbox",
    "ArbitrationMailbox",
    "TeamMailbox",
    "SchedulingMailbox",
    "LegacyMailbox",
    "DiscoveryMailbox",
];

/// What is held back from an object because others have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Denied {
    /// Plain SMTP addresses, lower case.
    pub addresses: Vec<String>,
    /// The user principal name.
    pub upn: bool,
    /// The address that the cloud makes of alias and initial domain: it gets four digits.
    pub moera: bool,
}

/// Where an address of the cloud object comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The on-premises proxyAddresses or mail.
    Stated,
    /// The cloud user principal name.
    UserPrincipalName,
    /// Alias and initial domain.
    Moera,
    /// The cloud object has it already.
    Kept,
}

/// One address of a cloud object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'v> {
    /// Type and value as written for anything but SMTP, else the plain address.
    value: Cow<'v, str>,
    is_smtp: bool,
    is_primary: bool,
    /// Where it comes from.
    pub origin: Origin,
}

impl Address<'_> {
    fn into_owned<'v>(self) -> Address<'v> {
        let Self { value, is_smtp, is_primary, origin } = self;
        Address { value: Cow::Owned(value.into_owned()), is_smtp, is_primary, origin }
    }

    /// The plain address of an SMTP address; `None` for other types.
    pub fn smtp(&self) -> Option<&str> {
        self.is_smtp.then_some(&*self.value)
    }

    /// As the cloud writes it, with its type.
    pub fn text(&self) -> String {
        match (self.is_smtp, self.is_primary) {
            (false, _) => self.value.clone().into_owned(),
            (true, true) => format!("SMTP:{}", self.value),
            (true, false) => format!("smtp:{}", self.value),
        }
    }
}

/// What the cloud makes of one object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calculated<'v> {
    /// `mailNickname`
    pub mail_nickname: Option<Cow<'v, str>>,
    /// `userPrincipalName`; `None` for anything but users, and where it would need an initial domain that is not known.
    pub user_principal_name: Option<Cow<'v, str>>,
    /// `mail`
    pub mail: Option<String>,
    /// `proxyAddresses`, the primary one first.
    pub addresses: Vec<Address<'v>>,
    /// The primary SMTP address that the directory itself states: what a soft match goes by.
    pub stated_primary: Option<Cow<'v, str>>,
    /// What differs from what was sent.
    pub reasons: ReasonSet,
}

impl Calculated<'_> {
    fn into_owned<'v>(self) -> Calculated<'v> {
        let own = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Calculated {
            mail_nickname: own(self.mail_nickname),
            user_principal_name: own(self.user_principal_name),
            mail: self.mail,
            addresses: self.addresses.into_iter().map(Address::into_owned).collect(),
            stated_primary: own(self.stated_primary),
            reasons: self.reasons,
        }
    }
}

/// Calculates names and addresses. `steps` takes down how, where it is wanted.
pub fn calculate<'v>(
    incoming: &'v Incoming<'_>,
    row: Option<&'v CloudObject>,
    domains: &'v Domains,
    denied: &Denied,
    steps: Option<&mut Vec<Step>>,
) -> Calculated<'v> {
    if incoming.kind == CloudKind::Device {
        return Calculated::default();
    }
    if row.is_none() && incoming.is_cloud_managed_when_new {
        return calculate_without_exchange(incoming, domains, denied, steps);
    }
    let relevant = is_exchange_relevant(incoming, row);
    let mut calculation =
        Calculation { incoming, row, domains, denied, relevant, steps, result: Calculated::default() };
    calculation.name();
    if row.is_some_and(|row| row.flag(CloudProperty::ExchangeCloudManaged) == Some(true)) {
        calculation.keep_cloud_values();
    } else {
        calculation.addresses();
    }
    calculation.result
}

/// The same for a new object whose alias, mail and addresses the tenant takes for the cloud's own (section I.5).
fn calculate_without_exchange<'v>(
    incoming: &Incoming<'_>,
    domains: &Domains,
    denied: &Denied,
    steps: Option<&mut Vec<Step>>,
) -> Calculated<'v> {
    let stated = incoming.alias.is_some() || incoming.mail.is_some() || !incoming.proxy_addresses.is_empty();
    let bare = Incoming {
        mail: None,
        alias: None,
        proxy_addresses: Vec::new(),
        is_cloud_managed_when_new: false,
        ..incoming.clone()
    };
    let mut result = calculate(&bare, None, domains, denied, steps).into_owned();
    if stated {
        result.reasons.insert(Reason::ExchangeAttributesIgnored);
    }
    result
}

/// Whether the object counts as a mailbox or shared resource, so that addresses of unverified domains are dropped (F.2).
pub fn is_exchange_relevant(incoming: &Incoming<'_>, row: Option<&CloudObject>) -> bool {
    if incoming.kind != CloudKind::User {
        return false;
    }
    let told = row.filter(|row| row.tells(CloudProperty::ExchangeLicensed));
    let licensed = match told {
        Some(row) => row.flag(CloudProperty::ExchangeLicensed) == Some(true),
        None => incoming.is_licensed,
    };
    let recipient = || row.and_then(|row| row.text(CloudProperty::RecipientTypeDetails));
    licensed
        || incoming.has_remote_recipient_type
        || recipient().is_some_and(|own| MAILBOX_TYPES.iter().any(|known| own.eq_ignore_ascii_case(known)))
}

/// Whether the cloud takes a group for mail-enabled (`entra-outcomes` section G): with addresses one of them must be of
/// type SMTP, without any mail must be an address.
pub fn is_mail_enabled_group(incoming: &Incoming<'_>) -> bool {
    if incoming.proxy_addresses.is_empty() {
        return incoming.mail.as_deref().is_some_and(|mail| mail.contains('@'));
    }
    incoming.proxy_addresses.iter().any(|address| addresses::is_smtp(address))
}

struct Calculation<'v, 'i, 's> {
    incoming: &'v Incoming<'i>,
    row: Option<&'v CloudObject>,
    domains: &'v Domains,
    denied: &'s Denied,
    relevant: bool,
    steps: Option<&'s mut Vec<Step>>,
    result: Calculated<'v>,
}

impl<'v> Calculation<'v, '_, '_> {
    fn note(&mut self, kind: StepKind, value: &str) {
        if let Some(steps) = &mut self.steps {
            steps.push(Step { kind, value: value.to_owned() });
        }
    }

    fn drop_value(&mut self, reason: Reason, kind: StepKind, value: &str) {
        self.result.reasons.insert(reason);
        self.note(kind, value);
    }

    /// Alias, then user principal name: the name may be made of the alias.
    fn name(&mut self) {
        if let Some((alias, source)) = names::alias(self.incoming, self.row) {
            self.note(StepKind::Alias(source), &alias);
            let sent = self.incoming.alias.as_deref();
            if source == AliasSource::MailNickname && sent != Some(&*alias) {
                self.result.reasons.insert(Reason::AliasAltered);
            }
            self.result.mail_nickname = Some(alias);
        }
        let Some(sent) = self.incoming.user_principal_name.as_deref() else { return };
        if self.denied.upn {
            let name = names::placeholder(sent, self.domains);
            self.drop_value(
                Reason::UpnQuarantined,
                StepKind::UpnPlaceholder,
                name.as_deref().unwrap_or_default(),
            );
            self.result.user_principal_name = name.map(Cow::Owned);
            return;
        }
        let Some(problem) = names::upn_problem(sent, self.domains) else {
            self.note(StepKind::UpnTaken, sent);
            self.result.user_principal_name = Some(Cow::Borrowed(sent));
            return;
        };
        let alias = self.result.mail_nickname.as_deref();
        let (name, _) = names::user_principal_name(sent, alias, self.row, self.domains);
        let reason = match problem {
            UpnProblem::SuffixNotVerified => Reason::UpnSuffixNotVerified,
            _ => Reason::UpnInvalid,
        };
        self.drop_value(reason, StepKind::UpnReplaced(problem), name.as_deref().unwrap_or_default());
        self.result.user_principal_name = name.map(Cow::Owned);
    }

    /// Exchange attributes of the object are managed in the cloud (section I.5): what is sent no longer counts.
    fn keep_cloud_values(&mut self) {
        let Some(row) = self.row else { return };
        self.note(StepKind::CloudManaged, "");
        if let Some(alias) = row.text(CloudProperty::MailNickname) {
            self.result.mail_nickname = Some(Cow::Borrowed(alias));
        }
        self.result.reasons.remove(Reason::AliasAltered);
        self.result.mail = row.text(CloudProperty::Mail).map(str::to_owned);
        for text in row.texts(CloudProperty::ProxyAddresses) {
            let value = Cow::Borrowed(names::plain(text));
            let (is_smtp, is_primary) = (addresses::is_smtp(text), text.starts_with("SMTP:"));
            self.result.addresses.push(Address { value, is_smtp, is_primary, origin: Origin::Kept });
        }
    }

    fn addresses(&mut self) {
        let reserved = self.stated();
        let primary = self.primary();
        if let Some(primary) = primary {
            self.put_first(primary);
        }
        self.add_calculated();
        if !reserved.is_empty() {
            self.judge_reserved(&reserved);
        }
    }

    /// Steps 1 to 4: what survives of the addresses sent. Gives those under a reserved suffix.
    fn stated(&mut self) -> Vec<&'v str> {
        let incoming = self.incoming;
        let mut reserved = Vec::new();
        for sent in &incoming.proxy_addresses {
            let Some((kind, rest)) = sent.split_once(':') else {
                self.drop_value(Reason::AddressDropped, StepKind::Malformed, sent);
                continue;
            };
            if kind.eq_ignore_ascii_case("smtp") {
                let is_primary = kind == "SMTP" && self.result.stated_primary.is_none();
                self.stated_smtp(sent, rest, is_primary, &mut reserved);
            } else if LEGACY_TYPES.iter().any(|legacy| kind.eq_ignore_ascii_case(legacy)) {
                self.drop_value(Reason::AddressTypeDropped, StepKind::LegacyType, sent);
            } else {
                let value = Cow::Borrowed(&**sent);
                self.result.addresses.push(Address {
                    value,
                    is_smtp: false,
                    is_primary: false,
                    origin: Origin::Stated,
                });
            }
        }
        if let (true, Some(mail)) = (incoming.proxy_addresses.is_empty(), incoming.mail.as_deref()) {
            self.note(StepKind::MailAsAddress, mail);
            if addresses::problem(&format!("SMTP:{mail}")).is_some() {
                self.drop_value(Reason::AddressDropped, StepKind::Malformed, mail);
            } else {
                self.sound_smtp(mail, true, &mut reserved);
            }
        }
        reserved
    }

    fn stated_smtp(&mut self, sent: &'v str, rest: &'v str, is_primary: bool, reserved: &mut Vec<&'v str>) {
        if addresses::problem(sent).is_some() {
            self.drop_value(Reason::AddressDropped, StepKind::Malformed, sent);
        } else {
            self.sound_smtp(rest, is_primary, reserved);
        }
    }

    /// A well-formed SMTP address that the directory states.
    fn sound_smtp(&mut self, plain: &'v str, is_primary: bool, reserved: &mut Vec<&'v str>) {
        let suffix = plain.rsplit_once('@').map_or("", |(_, suffix)| suffix);
        if self.domains.is_reserved(suffix) {
            self.note(StepKind::ReservedSuffix, plain);
            reserved.push(plain);
        } else if self.relevant && !self.domains.accepts(suffix) {
            self.drop_value(Reason::AddressSuffixNotVerified, StepKind::SuffixNotVerified, plain);
        } else if self.is_denied(plain) {
            self.drop_value(Reason::AddressQuarantined, StepKind::Quarantined, plain);
        } else if !self.has(plain) {
            if is_primary {
                self.result.stated_primary = Some(Cow::Borrowed(plain));
            }
            self.push(Cow::Borrowed(plain), Origin::Stated);
        }
    }

    fn is_denied(&self, plain: &str) -> bool {
        !self.denied.addresses.is_empty() && {
            let folded = plain.to_lowercase();
            self.denied.addresses.contains(&folded)
        }
    }

    /// Another object has the user principal name as an address.
    fn has_denied_name(&self) -> bool {
        self.result.user_principal_name.as_deref().is_some_and(|name| self.is_denied(name))
    }

    fn has(&self, plain: &str) -> bool {
        let same = |own: &str| {
            own.eq_ignore_ascii_case(plain)
                || (!plain.is_ascii() && own.to_lowercase() == plain.to_lowercase())
        };
        self.result.addresses.iter().any(|address| address.smtp().is_some_and(same))
    }

    fn push(&mut self, value: Cow<'v, str>, origin: Origin) {
        self.result.addresses.push(Address { value, is_smtp: true, is_primary: false, origin });
    }

    /// Step 5: the primary address, which may be none of those so far.
    fn primary(&mut self) -> Option<(Cow<'v, str>, Origin)> {
        if let Some(stated) = self.result.stated_primary.clone() {
            let kind = if self.incoming.proxy_addresses.is_empty() {
                StepKind::PrimaryMail
            } else {
                StepKind::PrimaryStated
            };
            self.note(kind, &stated);
            return Some((stated, Origin::Stated));
        }
        let states_smtp = self
            .incoming
            .proxy_addresses
            .iter()
            .any(|address| addresses::is_smtp(address) || !address.contains(':'));
        let hides_name = !self.incoming.proxy_addresses.is_empty() || self.incoming.mail.is_some();
        let (kind, value, origin) = match self.incoming.kind {
            CloudKind::User if !hides_name && self.relevant && !self.has_denied_name() => {
                (StepKind::PrimaryUpn, self.result.user_principal_name.clone()?, Origin::UserPrincipalName)
            }
            CloudKind::User if self.relevant || states_smtp || self.own_moera().is_some() => {
                (StepKind::PrimaryMoera, self.moera()?, Origin::Moera)
            }
            CloudKind::Group if is_mail_enabled_group(self.incoming) || self.own_moera().is_some() => {
                (StepKind::PrimaryMoera, self.moera()?, Origin::Moera)
            }
            _ => return None,
        };
        self.note(kind, &value);
        Some((value, origin))
    }

    fn put_first(&mut self, (plain, origin): (Cow<'v, str>, Origin)) {
        let own = self.result.addresses.iter().position(|address| address.smtp() == Some(&*plain));
        let mut address = match own {
            Some(position) => self.result.addresses.remove(position),
            None => Address { value: plain, is_smtp: true, is_primary: true, origin },
        };
        address.is_primary = true;
        self.result.mail = Some(address.value.clone().into_owned());
        self.result.addresses.insert(0, address);
    }

    /// Steps 6, 7 and 10: what the cloud adds.
    fn add_calculated(&mut self) {
        let is_group = self.incoming.kind == CloudKind::Group;
        // After the licence has gone, another address on premises brings the user principal name back (step 10).
        let comes_back = self.incoming.kind == CloudKind::User
            && !self.incoming.proxy_addresses.is_empty()
            && self.own_moera().is_some();
        if self.relevant || comes_back {
            if let Some(name) = self.result.user_principal_name.clone() {
                self.add(name, Origin::UserPrincipalName, StepKind::UpnAdded);
            }
            if let Some(old) = self.own_upn_address() {
                self.add(Cow::Borrowed(old), Origin::Kept, StepKind::UpnKept);
            }
        }
        let makes_moera = self.relevant
            || comes_back
            || (is_group && is_mail_enabled_group(self.incoming))
            || (is_group && self.own_moera().is_some());
        if let (true, Some(moera)) = (makes_moera, self.moera()) {
            self.add(moera, Origin::Moera, StepKind::MoeraAdded);
        }
    }

    fn add(&mut self, plain: Cow<'v, str>, origin: Origin, kind: StepKind) {
        if !self.has(&plain) && (origin == Origin::Moera || !self.is_denied(&plain)) {
            self.note(kind, &plain);
            self.push(plain, origin);
        }
    }

    /// The address at the initial domain: the one that the cloud object has, which stays, else alias and initial domain.
    fn moera(&self) -> Option<Cow<'v, str>> {
        if let Some(own) = self.own_moera() {
            return Some(Cow::Borrowed(own));
        }
        let alias = self.result.mail_nickname.as_deref()?;
        let digits = if self.denied.moera { "####" } else { "" };
        names::moera(&format!("{alias}{digits}"), self.domains).map(Cow::Owned)
    }

    fn own_moera(&self) -> Option<&'v str> {
        let initial = self.domains.initial()?;
        let mut own = self.row?.texts(CloudProperty::ProxyAddresses).filter(|text| addresses::is_smtp(text));
        own.find_map(|text| {
            let plain = names::plain(text);
            let (_, suffix) = plain.rsplit_once('@')?;
            suffix.eq_ignore_ascii_case(initial).then_some(plain)
        })
    }

    /// The address that the cloud made of the user principal name it has so far: it stays (step 7).
    fn own_upn_address(&self) -> Option<&'v str> {
        let row = self.row?;
        let name = row.text(CloudProperty::UserPrincipalName)?;
        let own = row.texts(CloudProperty::ProxyAddresses).filter(|text| addresses::is_smtp(text));
        own.map(names::plain).find(|plain| plain.eq_ignore_ascii_case(name))
    }

    /// A reserved address is lost only if the cloud does not make the same one itself.
    fn judge_reserved(&mut self, reserved: &[&str]) {
        if reserved.iter().any(|plain| !self.has(plain)) {
            self.result.reasons.insert(Reason::AddressSuffixReserved);
        }
    }
}
