//! The neutral report and the formats it is written in.
//!
//! A [`Report`] is complete and sorted; a format only arranges it. No format reads a file, knows the simulation or
//! the terminal: each writes bytes to a `Write`. The formats are specified in `docs/formats.md`.

pub mod csv;
mod digest;
pub mod escape;
#[cfg(test)]
pub(crate) mod fixture;
mod format;
pub(crate) mod harmless_json;
pub mod json;
mod json_view;
pub mod markdown;
pub mod ndjson;
pub mod table;

pub use crate::check::{Excepted, FindingReport, NotRun, Position, Related};
pub use crate::config::SettingValue;
pub use format::Format;
pub use table::TableStyle;

use std::collections::BTreeMap;

use crate::directory::Source;
use crate::outcome::{Outcome, Reason};

/// Everything a run has to say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Inputs, in the order given by the user.
    pub inputs: Vec<Source>,
    /// Every effective setting: name in `snake_case` and value, in a fixed order.
    pub settings: Vec<(String, SettingValue)>,
    /// Run status in the engine's words.
    pub predicted_status: String,
    /// Checks that did not run; sorted by check.
    pub checks_not_run: Vec<NotRun>,
    /// Totals.
    pub summary: Summary,
    /// Objects asked for, sorted by forest, DN.
    pub objects: Vec<ObjectReport>,
    /// Findings, sorted by forest, DN, check, attribute, value.
    pub findings: Vec<FindingReport>,
}

/// Numbers by kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Users (inetOrgPerson too).
    pub user: u64,
    /// Groups.
    pub group: u64,
    /// Contacts.
    pub contact: u64,
    /// Everything else.
    pub other: u64,
}

impl Counts {
    /// Adds other numbers.
    pub fn add(&mut self, other: Self) {
        self.user += other.user;
        self.group += other.group;
        self.contact += other.contact;
        self.other += other.other;
    }

    /// The sum.
    pub fn total(&self) -> u64 {
        self.user + self.group + self.contact + self.other
    }
}

/// Where every cloud object of the tenant files is; each is in exactly one number but `total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct TenantCounts {
    /// All of them.
    pub total: u64,
    /// Synchronized, and exported again.
    pub existing: u64,
    /// Taken over by source anchor.
    pub hard: u64,
    /// Taken over by address or name.
    pub soft: u64,
    /// Synchronized, of an object that is not exported any more: deleted by the next export.
    pub leaving: u64,
    /// Synchronized, of an object in the input that an error stops: it stays as it is.
    pub stopped: u64,
    /// Synchronized, of no object in the input.
    pub orphaned: u64,
    /// In the recycle bin.
    pub deleted: u64,
    /// Not synchronized, and not taken over.
    pub cloud_only: u64,
    /// Devices, which are not compared.
    pub devices: u64,
}

/// Totals of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Objects loaded.
    pub objects: Counts,
    /// Objects by outcome; all seven outcomes, in the order of [`Outcome::ALL`].
    pub outcomes: Vec<(Outcome, Counts)>,
    /// Findings that are not excepted, by severity: errors, warnings, infos.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Infos.
    pub infos: u64,
    /// Excepted findings.
    pub excepted: u64,
    /// Findings (not excepted) by check, only checks that found something.
    pub checks: BTreeMap<String, u64>,
    /// Cloud objects; `None` without a tenant file.
    pub tenant: Option<TenantCounts>,
}

impl Summary {
    /// Objects with this outcome; zeros when there are none.
    pub fn with_outcome(&self, outcome: Outcome) -> Counts {
        self.outcomes.iter().find(|(one, _)| *one == outcome).map(|(_, counts)| *counts).unwrap_or_default()
    }
}

/// One object and its prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectReport {
    /// DN as in the source; `None` when the source has none.
    pub dn: Option<String>,
    /// DN, else objectGUID, sAMAccountName, userPrincipalName or mail.
    pub id: String,
    /// Forest name.
    pub forest: String,
    /// `user`, `group`, `contact` or `other`.
    pub object_class: &'static str,
    /// Dashed lower-case text.
    pub object_guid: Option<String>,
    /// Outcome.
    pub outcome: Outcome,
    /// At least one, in the order of [`Reason::ALL`].
    pub reasons: Vec<Reason>,
    /// Equal for all members of one metaverse object; `None` when never projected nor joined.
    pub metaverse: Option<String>,
    /// `id`s (DNs) of all other members, sorted by forest and DN.
    pub joined_with: Vec<String>,
    /// What is exported; only on the contributor of the source anchor.
    pub export: Option<ExportReport>,
    /// What the tenant then holds; only on the contributor of the source anchor.
    pub cloud: Option<CloudReport>,
    /// Other possible outcomes of an order-dependent object.
    pub alternatives: Vec<Alternative>,
}

/// What the rules send for one object; Entra's attribute names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExportReport {
    /// `user`, `group`, `contact`, `device`.
    pub object_type: String,
    /// `sourceAnchor`
    pub source_anchor: Option<String>,
    /// `userPrincipalName`
    pub user_principal_name: Option<String>,
    /// `displayName`
    pub display_name: Option<String>,
    /// `mail`
    pub mail: Option<String>,
    /// `alias`
    pub alias: Option<String>,
    /// `proxyAddresses`, in the order of the source
    pub proxy_addresses: Vec<String>,
    /// `targetAddress`
    pub target_address: Option<String>,
    /// `accountEnabled`
    pub account_enabled: Option<bool>,
    /// `securityEnabled`
    pub security_enabled: Option<bool>,
    /// `onPremiseSecurityIdentifier` as `S-1-…`
    pub on_premise_security_identifier: Option<String>,
    /// `deviceId` as dashed GUID text
    pub device_id: Option<String>,
    /// `deviceTrustType`
    pub device_trust_type: Option<String>,
    /// Values of `member` on the source object; `None` for anything but a group
    pub member_count: Option<u64>,
    /// DNs of members that are not sent, sorted
    pub members_lost: Vec<String>,
    /// DNs of members that are sent, sorted; only filled under `--objects all` (`None` otherwise)
    pub member: Option<Vec<String>>,
}

/// What the tenant holds afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloudReport {
    /// `user`, `group`, `contact`, `device`.
    pub object_type: String,
    /// `new`, `existing`, `hard`, `soft`.
    pub matched: String,
    /// Source anchor.
    pub source_anchor: Option<String>,
    /// UPN.
    pub user_principal_name: Option<String>,
    /// Alias.
    pub mail_nickname: Option<String>,
    /// mail.
    pub mail: Option<String>,
    /// Addresses.
    pub proxy_addresses: Vec<String>,
    /// Enabled.
    pub account_enabled: Option<bool>,
    /// Display name.
    pub display_name: Option<String>,
}

/// Another possible outcome of an order-dependent object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alternative {
    /// Forest names in the order that gives it.
    pub connector_order: Vec<String>,
    /// Outcome.
    pub outcome: Outcome,
    /// Reasons.
    pub reasons: Vec<Reason>,
}
