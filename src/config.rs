//! `presync.toml`: the settings as used.
//!
//! Names and meanings are those of the contract. Reading the file, with all problems reported at once, is
//! [`Settings::from_toml`]; what the report shows of them is [`Settings::effective`]. Opening the file, and what the
//! command line overrides, is left to the caller.

mod dn_syntax;
mod effective;
mod in_force;
mod input_limits;
mod overridden;
mod problem;
mod read;
mod section;

use std::collections::BTreeMap;

pub use input_limits::InputLimits;
pub use problem::{Problem, SettingsError, closest};
pub use read::map_entry;

/// A complete, commented `presync.toml`; it reads as the defaults.
pub const EXAMPLE: &str = include_str!("config/example.toml");

/// Value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// No value.
    Null,
    /// Boolean.
    Boolean(bool),
    /// Number.
    Number(u64),
    /// Text.
    Text(String),
    /// Several.
    List(Vec<SettingValue>),
    /// A table, in a fixed order.
    Table(Vec<(String, SettingValue)>),
}

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// The object arrives differently, or something else deserves attention.
    Warning,
    /// The object does not arrive, or arrives wrong.
    Error,
}

impl Severity {
    /// The word in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error].into_iter().find(|severity| severity.name() == name)
    }
}

/// How persons of several forests (or the cloud's own) are matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserMatching {
    /// Users are represented once.
    Once,
    /// By mail.
    Mail,
    /// By objectSid and msExchMasterAccountSid or msRTCSIP-OriginatorSid.
    ObjectSid,
    /// By sAMAccountName and mailNickname (join conditions not published; uncertain).
    SamAccountName,
    /// By a named attribute.
    Attribute(String),
}

/// Which text of the default rules is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleGeneration {
    /// As exported in 2016.
    Y2016,
    /// With the documented deltas since.
    Current,
}

impl RuleGeneration {
    /// The word in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Y2016 => "2016",
            Self::Current => "current",
        }
    }
}

/// Which sync engine is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Entra Connect Sync.
    Connect,
    /// Entra Cloud Sync.
    CloudSync,
}

impl Engine {
    /// All engines.
    pub const ALL: [Self; 2] = [Self::Connect, Self::CloudSync];

    /// The product's name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Connect => "Entra Connect Sync",
            Self::CloudSync => "Entra Cloud Sync",
        }
    }

    /// The engine of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// The word in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::CloudSync => "cloud-sync",
        }
    }
}

/// Which users without a cloud row will carry an Exchange licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExchangeLicensed {
    /// All users.
    All,
    /// None.
    None,
    /// Direct members of those of these DNs that are groups, and users at or below the others.
    Listed(Vec<String>),
}

/// The `[tenant]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "the tenant has these switches; each is set on its own")]
pub struct TenantSettings {
    /// First `*.onmicrosoft.com` domain, lower case.
    pub initial_domain: Option<String>,
    /// Verified domains, exact names, lower case.
    pub verified_domains: Vec<String>,
    /// Federated domains, lower case.
    pub federated_domains: Vec<String>,
    /// Licences.
    pub exchange_licensed: ExchangeLicensed,
    /// Cloud UPNs of privileged users.
    pub privileged_users: Vec<String>,
    /// Directory objects allowed; `None`: by the facts.
    pub quota: Option<u64>,
    /// Soft match on UPN.
    pub soft_match_on_upn: bool,
    /// Soft match blocked.
    pub block_soft_match: bool,
    /// Hard-match takeover of cloud objects blocked.
    pub block_cloud_object_takeover_through_hard_match: bool,
    /// onPremisesObjectIdentifier may be overwritten.
    pub allow_on_prem_update_of_on_premises_object_identifier: bool,
    /// New synchronized users arrive without Exchange attributes: the cloud manages them.
    pub exchange_attributes_cloud_managed_by_default: bool,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            initial_domain: None,
            verified_domains: Vec::new(),
            federated_domains: Vec::new(),
            exchange_licensed: ExchangeLicensed::All,
            privileged_users: Vec::new(),
            quota: None,
            soft_match_on_upn: true,
            block_soft_match: false,
            block_cloud_object_takeover_through_hard_match: false,
            allow_on_prem_update_of_on_premises_object_identifier: false,
            exchange_attributes_cloud_managed_by_default: false,
        }
    }
}

/// The `[sync]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncSettings {
    /// Engine.
    pub engine: Engine,
    /// Source anchor attribute, in the directory's spelling.
    pub source_anchor: String,
    /// User matching.
    pub user_matching: UserMatching,
    /// Alternate login ID.
    pub login_attribute: String,
    /// Exchange hybrid rules.
    pub exchange_hybrid: bool,
    /// Computers are synchronized.
    pub devices: bool,
    /// Rule generation.
    pub rule_generation: RuleGeneration,
    /// Path of the administrator's own rules; a relative one has been joined to the folder of the settings file.
    pub rules: Option<String>,
    /// Deletions that stop an export.
    pub deletion_threshold: u64,
}

impl SyncSettings {
    /// What the rules in force are called where their limits are told apart: the generation, or the engine that has
    /// a set of its own.
    pub fn rules_name(&self) -> &'static str {
        match self.engine {
            Engine::Connect => self.rule_generation.name(),
            Engine::CloudSync => self.engine.name(),
        }
    }
}

impl Default for SyncSettings {
    fn default() -> Self {
        Self {
            engine: Engine::Connect,
            source_anchor: "mS-DS-ConsistencyGuid".to_owned(),
            user_matching: UserMatching::Once,
            login_attribute: "userPrincipalName".to_owned(),
            exchange_hybrid: true,
            devices: true,
            rule_generation: RuleGeneration::Current,
            rules: None,
            deletion_threshold: 500,
        }
    }
}

/// Objects a tenant without any verified domain may hold (`entra-outcomes` section H, read 2026-11-20).
const QUOTA_WITHOUT_VERIFIED_DOMAIN: u64 = 50_000;
/// Objects a tenant with a verified domain may hold (`entra-outcomes` section H, read 2026-11-20).
const QUOTA_WITH_VERIFIED_DOMAIN: u64 = 300_000;

impl TenantSettings {
    /// Directory objects allowed: as set, else by the facts.
    ///
    /// The smaller number holds only for a tenant that was described (it has an initial domain) and verified nothing.
    /// Without a description the verified domains are unknown, not absent.
    pub fn effective_quota(&self) -> u64 {
        let described = self.initial_domain.is_some();
        let verified = !self.verified_domains.is_empty() || !self.federated_domains.is_empty();
        self.quota.unwrap_or(if described && !verified {
            QUOTA_WITHOUT_VERIFIED_DOMAIN
        } else {
            QUOTA_WITH_VERIFIED_DOMAIN
        })
    }
}

/// How a bind is made when it is not a simple one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sasl {
    /// Kerberos.
    Gssapi,
    /// The client certificate or socket owner.
    External,
    /// NTLM.
    Ntlm,
}

impl Sasl {
    /// The word in settings and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gssapi => "gssapi",
            Self::External => "external",
            Self::Ntlm => "ntlm",
        }
    }
}

/// How the live sources of a forest are reached. Never shown in a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LiveSettings {
    /// Account: DN, `user@domain` or `DOMAIN\user`.
    pub bind_dn: Option<String>,
    /// SASL mechanism; `None`: simple bind.
    pub sasl: Option<Sasl>,
    /// File whose first line is the password; a relative path has been joined to the folder of the settings file.
    pub password_file: Option<String>,
    /// PEM file of trusted certificates; a relative path has been joined to the folder of the settings file.
    pub ca: Option<String>,
    /// PEM file of the client certificate for SASL EXTERNAL; a relative path has been joined like `ca`.
    pub client_cert: Option<String>,
    /// PEM file of its private key; a relative path has been joined like `ca`.
    pub client_key: Option<String>,
    /// TLS is started on the plain port.
    pub starttls: bool,
    /// Certificates are not verified.
    pub insecure: bool,
    /// A simple bind without TLS is allowed.
    pub allow_plaintext: bool,
    /// Seconds for each operation; `None`: the default.
    pub timeout_seconds: Option<u64>,
    /// Entries per page; `None`: the default.
    pub page_size: Option<u32>,
    /// Milliseconds between pages; `None`: the default.
    pub page_delay_ms: Option<u64>,
}

/// One `[[forest]]` entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForestSettings {
    /// Name.
    pub name: String,
    /// Organizational units in; none: everything.
    pub include: Vec<String>,
    /// Organizational units out.
    pub exclude: Vec<String>,
    /// Exchange schema; `None`: detected.
    pub exchange_schema: Option<bool>,
    /// Lync schema; `None`: detected.
    pub lync_schema: Option<bool>,
    /// How its live sources are reached.
    pub live: LiveSettings,
}

/// What a `[checks]` entry sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckSetting {
    /// Not run.
    Off,
    /// Run with this severity.
    Severity(Severity),
}

impl CheckSetting {
    /// The word in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Severity(severity) => severity.name(),
        }
    }
}

/// One `[[exception]]` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Check id.
    pub check: String,
    /// DN, with `*` for any run of characters; names the object itself or anything below it.
    pub objects: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub owner: Option<String>,
    /// Last day on which it holds, as `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Line of its `check` in the settings file, from 1.
    pub line: u64,
}

/// All settings of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// `[tenant]`.
    pub tenant: TenantSettings,
    /// `[sync]`.
    pub sync: SyncSettings,
    /// `[[forest]]`, in order.
    pub forests: Vec<ForestSettings>,
    /// `[checks]`.
    pub checks: BTreeMap<String, CheckSetting>,
    /// Line of each `[checks]` entry in the settings file, from 1; the same keys as `checks` after reading a file.
    pub check_lines: BTreeMap<String, u64>,
    /// `[map]`: headers of CSV columns and the attributes they stand for, in the order of the file.
    pub map: Vec<(String, String)>,
    /// `[input]`.
    pub input: InputLimits,
    /// `[[exception]]`, in order.
    pub exceptions: Vec<Exception>,
    /// The settings file as named by the user; empty without one.
    pub path: String,
}
