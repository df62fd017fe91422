//! `presync.toml`: the settings as used.
//!
//! Names and meanings are those of the contract. Reading the file, with all problems reported at once, is
//! [`Settings::from_toml`].

use std::collections::BTreeMap;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Entra Connect Sync.
    Connect,
    /// Entra Cloud Sync.
    CloudSync,
}

/// Which users without a cloud row will carry an Exchange licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExchangeLicensed {
    /// All users.
    All,
    /// None.
    None,
    /// Users below these organizational units.
    Below(Vec<String>),
}

/// The `[tenant]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSettings {
    /// First `*.onmicrosoft.com` domain.
    pub initial_domain: Option<String>,
    /// Verified domains, exact names.
    pub verified_domains: Vec<String>,
    /// Federated domains.
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
    /// Path of the administrator's own rules.
    pub rules: Option<String>,
    /// Deletions that stop an export.
    pub deletion_threshold: u64,
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
}

/// What a `[checks]` entry sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckSetting {
    /// Not run.
    Off,
    /// Run with this severity.
    Severity(Severity),
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
    /// Line in the settings file, from 1.
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
    /// `[[exception]]`.
    pub exceptions: Vec<Exception>,
}
