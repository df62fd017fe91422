//! `presync.toml` as written into [`Settings`] as used, with all problems at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::dn_syntax;
use super::input_limits::KEYS;
use super::problem::{Problem, SettingsError, did_you_mean};
use super::section::{Reading, Section};
use super::{
    CheckSetting, Engine, Exception, ExchangeLicensed, ForestSettings, InputLimits, LiveSettings,
    RuleGeneration, Sasl, Settings, Severity, SyncSettings, TenantSettings, UserMatching,
};

/// The name of a table and the keys it may have.
type Keys = (&'static str, &'static [&'static str]);

const ROOT: Keys = ("the settings", &["tenant", "sync", "forest", "map", "input", "checks", "exception"]);
const TENANT: Keys = (
    "[tenant]",
    &[
        "initial-domain",
        "verified-domains",
        "federated-domains",
        "exchange-licensed",
        "privileged-users",
        "quota",
        "features",
    ],
);
const FEATURES: Keys = (
    "[tenant.features]",
    &[
        "soft-match-on-upn",
        "block-soft-match",
        "block-cloud-object-takeover-through-hard-match",
        "allow-on-prem-update-of-on-premises-object-identifier",
        "exchange-attributes-cloud-managed-by-default",
    ],
);
const SYNC: Keys = (
    "[sync]",
    &[
        "engine",
        "source-anchor",
        "user-matching",
        "login-attribute",
        "exchange-hybrid",
        "devices",
        "rule-generation",
        "rules",
        "deletion-threshold",
    ],
);
const USER_MATCHING: Keys = ("`user-matching`", &["attribute"]);
const FOREST: Keys = (
    "[[forest]]",
    &[
        "name",
        "include",
        "exclude",
        "exchange-schema",
        "lync-schema",
        "bind-dn",
        "password-file",
        "ca",
        "client-cert",
        "client-key",
        "starttls",
        "sasl",
        "insecure",
        "allow-plaintext",
        "timeout",
        "page-size",
        "page-delay",
    ],
);
const EXCEPTION: Keys = ("[[exception]]", &["check", "objects", "reason", "owner", "until"]);
const INPUT: Keys = (
    "[input]",
    &[
        "line-bytes",
        "value-bytes",
        "values-per-attribute",
        "attributes-per-record",
        "record-bytes",
        "json-depth",
        "xml-depth",
        "csv-columns",
    ],
);
const TABLES: [Keys; 6] = [TENANT, FEATURES, SYNC, FOREST, INPUT, EXCEPTION];

/// Attributes whose spelling is mended, so that reports show the directory's.
const SPELLINGS: [&str; 7] = [
    "mS-DS-ConsistencyGuid",
    "objectGUID",
    "userPrincipalName",
    "sAMAccountName",
    "mail",
    "employeeID",
    "employeeNumber",
];

impl Settings {
    /// Reads a settings file. `path` is how the user named it: it stands in problems, and relative paths in the file
    /// (`rules`, `password-file`, `ca`) are joined to its folder. Names of checks are left to [`Settings::check_names`].
    ///
    /// Fails with everything that is wrong, sorted by line.
    pub fn from_toml(text: &str, path: &str) -> Result<Self, SettingsError> {
        let (document, syntax_errors) = DeTable::parse_recoverable(text);
        let mut reading = Reading::new(text, path);
        let settings = document_settings(document.get_ref(), &mut reading, path);
        let problems = reading.finish(&syntax_errors);
        if problems.is_empty() { Ok(settings) } else { Err(SettingsError { problems }) }
    }

    /// Problems of names of checks in `[checks]` and `[[exception]]` that are not among the known ones; sorted by line.
    pub fn check_names(&self, known: &[&str]) -> Vec<Problem> {
        let in_checks =
            self.checks.keys().map(|name| (name, self.check_lines.get(name).copied(), "[checks]"));
        let in_exceptions =
            self.exceptions.iter().map(|entry| (&entry.check, Some(entry.line), "[[exception]]"));
        let mut problems: Vec<_> = in_checks
            .chain(in_exceptions)
            .filter(|(name, _, _)| !known.contains(&name.as_str()))
            .map(|(name, line, label)| Problem {
                path: self.path.clone(),
                line,
                found: format!("unknown check `{}` in {label}", name.escape_debug()),
                expected: None,
                suggestion: did_you_mean(name, known.iter().copied())
                    .or_else(|| Some("`presync list checks` shows all".to_owned())),
            })
            .collect();
        problems.sort_by_key(|problem| problem.line);
        problems
    }
}

fn document_settings<'doc>(
    document: &'doc DeTable<'doc>,
    reading: &mut Reading<'doc>,
    path: &str,
) -> Settings {
    let mut root = open(reading, ROOT, (document, 0));
    let tenant = root.table("tenant").map(|table| tenant(open(root.reading(), TENANT, table)));
    let sync = root.table("sync").map(|table| sync(open(root.reading(), SYNC, table), path));
    let map = root.table("map").map(|table| column_map(root.reading(), table));
    let input = root.table("input").map(|table| input_limits(open(root.reading(), INPUT, table)));
    let checks = root.table("checks").map(|table| checks(root.reading(), table));
    let forests = root.tables("forest");
    let exceptions = root.tables("exception");
    let (checks, check_lines) = checks.unwrap_or_default();
    Settings {
        tenant: tenant.unwrap_or_default(),
        sync: sync.unwrap_or_default(),
        forests: all_forests(reading, forests, path),
        map: map.unwrap_or_default(),
        input: input.unwrap_or_default(),
        checks,
        check_lines,
        exceptions: exceptions
            .into_iter()
            .filter_map(|table| exception(open(reading, EXCEPTION, table)))
            .collect(),
        path: path.to_owned(),
    }
}

/// Opens a table; a key that another table has is sent there.
fn open<'s, 'doc>(
    reading: &'s mut Reading<'doc>,
    keys: Keys,
    table: (&'doc DeTable<'doc>, usize),
) -> Section<'s, 'doc> {
    Section::open(reading, keys, table, |key| {
        TABLES.iter().find(|(_, others)| others.contains(&key)).map(|(label, _)| *label)
    })
}

fn tenant(mut section: Section<'_, '_>) -> TenantSettings {
    let default = TenantSettings::default();
    let mut settings = TenantSettings {
        initial_domain: initial_domain(&mut section),
        verified_domains: domains(&mut section, "verified-domains"),
        federated_domains: domains(&mut section, "federated-domains"),
        exchange_licensed: exchange_licensed(&mut section).unwrap_or(default.exchange_licensed.clone()),
        privileged_users: owned(section.texts("privileged-users", "user principal names", |text| {
            (!text.contains('@')).then(|| "it has no `@`".to_owned())
        })),
        quota: section.number("quota", 1),
        ..default
    };
    if let Some(table) = section.table("features") {
        features(open(section.reading(), FEATURES, table), &mut settings);
    }
    settings
}

fn features(mut section: Section<'_, '_>, settings: &mut TenantSettings) {
    let mut switch = |key: &str, target: &mut bool| *target = section.boolean(key).unwrap_or(*target);
    switch("soft-match-on-upn", &mut settings.soft_match_on_upn);
    switch("block-soft-match", &mut settings.block_soft_match);
    switch(
        "block-cloud-object-takeover-through-hard-match",
        &mut settings.block_cloud_object_takeover_through_hard_match,
    );
    switch(
        "allow-on-prem-update-of-on-premises-object-identifier",
        &mut settings.allow_on_prem_update_of_on_premises_object_identifier,
    );
    switch(
        "exchange-attributes-cloud-managed-by-default",
        &mut settings.exchange_attributes_cloud_managed_by_default,
    );
}

fn initial_domain(section: &mut Section<'_, '_>) -> Option<String> {
    let domain = section.text("initial-domain")?;
    if let Some(fault) = domain_fault(domain) {
        let offset = section.offset("initial-domain");
        let found = format!("`initial-domain` in [tenant] is {domain:?}: {fault}");
        section.reading().report(offset, found, Some("a domain such as `contoso.onmicrosoft.com`"), None);
    }
    Some(domain.to_ascii_lowercase())
}

fn domains(section: &mut Section<'_, '_>, key: &str) -> Vec<String> {
    let domains = section.texts(key, "domain names such as `contoso.com`", domain_fault);
    domains.into_iter().flatten().map(str::to_ascii_lowercase).collect()
}

/// What people write instead of a domain: an address, a suffix with its `@`, a pattern, a URL.
fn domain_fault(text: &str) -> Option<String> {
    let bad = text.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')));
    match bad {
        Some(bad) => Some(format!("`{}` cannot stand in a domain name", bad.escape_debug())),
        None => text.split('.').any(str::is_empty).then(|| "a label of it is empty".to_owned()),
    }
}

fn exchange_licensed(section: &mut Section<'_, '_>) -> Option<ExchangeLicensed> {
    const KEY: &str = "exchange-licensed";
    if section.is(KEY, DeValue::is_array) {
        return section.dns(KEY).map(|entries| ExchangeLicensed::Listed(owned(Some(entries))));
    }
    let words = [("all", true), ("none", false)];
    let all = section.word_or(KEY, &words, ", or a list of organizational units and groups")?;
    Some(if all { ExchangeLicensed::All } else { ExchangeLicensed::None })
}

fn sync(mut section: Section<'_, '_>, path: &str) -> SyncSettings {
    let default = SyncSettings::default();
    SyncSettings {
        engine: section
            .word("engine", &Engine::ALL.map(|engine| (engine.name(), engine)))
            .unwrap_or(default.engine),
        source_anchor: section.attribute("source-anchor").map_or(default.source_anchor, spelled),
        user_matching: user_matching(&mut section).unwrap_or(default.user_matching),
        login_attribute: section.attribute("login-attribute").map_or(default.login_attribute, spelled),
        exchange_hybrid: section.boolean("exchange-hybrid").unwrap_or(default.exchange_hybrid),
        devices: section.boolean("devices").unwrap_or(default.devices),
        rule_generation: section
            .word("rule-generation", &[("2016", RuleGeneration::Y2016), ("current", RuleGeneration::Current)])
            .unwrap_or(default.rule_generation),
        rules: section.text("rules").map(|rules| beside(path, rules)),
        deletion_threshold: section.number("deletion-threshold", 0).unwrap_or(default.deletion_threshold),
    }
}

fn user_matching(section: &mut Section<'_, '_>) -> Option<UserMatching> {
    const KEY: &str = "user-matching";
    let words = [
        ("once", &UserMatching::Once),
        ("mail", &UserMatching::Mail),
        ("object-sid", &UserMatching::ObjectSid),
        ("sam-account-name", &UserMatching::SamAccountName),
    ];
    if section.is(KEY, DeValue::is_table) {
        let table = section.table(KEY)?;
        let mut choice = open(section.reading(), USER_MATCHING, table);
        choice.required("attribute")?;
        return choice.attribute("attribute").map(|name| UserMatching::Attribute(spelled(name)));
    }
    section.word_or(KEY, &words, ", or { attribute = \"…\" }").cloned()
}

fn all_forests<'doc>(
    reading: &mut Reading<'doc>,
    tables: Vec<(&'doc DeTable<'doc>, usize)>,
    path: &str,
) -> Vec<ForestSettings> {
    let mut seen = BTreeMap::new();
    let mut forests = Vec::with_capacity(tables.len());
    for table in tables {
        let mut section = open(reading, FOREST, table);
        let (name, offset) = (section.required("name"), section.offset("name"));
        let settings = forest(section, name, path);
        if let Some(name) = name
            && let Some(first) = seen.insert(name.to_lowercase(), offset)
        {
            let found = format!("a second [[forest]] with the name {name:?}");
            let hint = format!("the first stands in line {}", reading.line(first));
            reading.report(offset, found, None, Some(hint));
        }
        forests.push(settings);
    }
    forests
}

fn forest(mut section: Section<'_, '_>, name: Option<&str>, path: &str) -> ForestSettings {
    let include = owned(section.dns("include"));
    let exclude = owned(section.dns("exclude"));
    let both: BTreeSet<_> = include.iter().map(|dn| dn.to_lowercase()).collect();
    for dn in exclude.iter().filter(|dn| both.contains(&dn.to_lowercase())) {
        let offset = section.offset("exclude");
        let found = format!("{dn:?} is both included and excluded in [[forest]]");
        section.reading().report(offset, found, None, None);
    }
    ForestSettings {
        name: name.unwrap_or_default().to_owned(),
        include,
        exclude,
        exchange_schema: section.boolean("exchange-schema"),
        lync_schema: section.boolean("lync-schema"),
        live: live(&mut section, path),
    }
}

fn live(section: &mut Section<'_, '_>, path: &str) -> LiveSettings {
    LiveSettings {
        bind_dn: section.text("bind-dn").map(str::to_owned),
        sasl: section
            .word("sasl", &[("gssapi", Sasl::Gssapi), ("external", Sasl::External), ("ntlm", Sasl::Ntlm)]),
        password_file: section.text("password-file").map(|file| beside(path, file)),
        ca: section.text("ca").map(|file| beside(path, file)),
        client_cert: section.text("client-cert").map(|file| beside(path, file)),
        client_key: section.text("client-key").map(|file| beside(path, file)),
        starttls: section.boolean("starttls").unwrap_or_default(),
        insecure: section.boolean("insecure").unwrap_or_default(),
        allow_plaintext: section.boolean("allow-plaintext").unwrap_or_default(),
        timeout_seconds: section.number("timeout", 1),
        // LDAP carries the size as a 31-bit number (RFC 2696 section 2, read 2026-11-20).
        page_size: section
            .number_up_to("page-size", 1, 0x7fff_ffff)
            .and_then(|size| u32::try_from(size).ok()),
        page_delay_ms: section.number("page-delay", 0),
    }
}

/// Severities by name, and the line of each.
type Checks = (BTreeMap<String, CheckSetting>, BTreeMap<String, u64>);

fn checks<'doc>(reading: &mut Reading<'doc>, table: (&'doc DeTable<'doc>, usize)) -> Checks {
    let words = [
        CheckSetting::Severity(Severity::Error),
        CheckSetting::Severity(Severity::Warning),
        CheckSetting::Severity(Severity::Info),
        CheckSetting::Off,
    ]
    .map(|setting| (setting.name(), setting));
    let mut section = Section::free(reading, "[checks]", table);
    let mut checks = Checks::default();
    for (name, offset) in section.keys() {
        if let Some(setting) = section.word(name, &words) {
            checks.0.insert(name.to_owned(), setting);
            let line = section.reading().line(offset);
            checks.1.insert(name.to_owned(), line);
        }
    }
    checks
}

fn input_limits(mut section: Section<'_, '_>) -> InputLimits {
    InputLimits::from_numbers(KEYS.map(|(key, most)| section.number_up_to(key, 1, most)))
}

/// Headers and attributes.
fn column_map<'doc>(
    reading: &mut Reading<'doc>,
    table: (&'doc DeTable<'doc>, usize),
) -> Vec<(String, String)> {
    let mut section = Section::free(reading, "[map]", table);
    let mut seen = BTreeMap::new();
    let mut map = Vec::new();
    for (header, offset) in section.keys() {
        let Some(attribute) = section.attribute(header) else { continue };
        let plain = header.trim().to_lowercase();
        if plain.is_empty() {
            let found = "an empty header in [map]".to_owned();
            section.reading().report(offset, found, Some("the header of a column"), None);
        } else if let Some(first) = seen.insert(plain, offset) {
            let line = section.reading().line(first);
            let found = format!("a second entry for the header {header:?} in [map]");
            section.reading().report(offset, found, None, Some(format!("the first stands in line {line}")));
        }
        map.push((header.to_owned(), attribute.to_owned()));
    }
    map
}

/// Takes apart `HEADER=attribute` of the command line, at the last `=`; the error is a part of a sentence.
pub fn map_entry(text: &str) -> Result<(String, String), String> {
    let parts = text.rsplit_once('=').map(|(header, attribute)| (header.trim(), attribute.trim()));
    match parts {
        Some((header, attribute)) if !header.is_empty() && dn_syntax::is_attribute(attribute) => {
            Ok((header.to_owned(), attribute.to_owned()))
        }
        _ => Err(
            "write the header of a column and the name of an attribute, such as \"UPN=userPrincipalName\""
                .to_owned(),
        ),
    }
}

fn exception(mut section: Section<'_, '_>) -> Option<Exception> {
    let line = section.line("check");
    let (check, objects) = (section.required("check"), section.required("objects"));
    let (reason, owner) = (section.required("reason"), section.text("owner"));
    let until = section.date("until");
    Some(Exception {
        check: check?.to_owned(),
        objects: objects?.to_owned(),
        reason: reason?.to_owned(),
        owner: owner.map(str::to_owned),
        until,
        line,
    })
}

fn owned(texts: Option<Vec<&str>>) -> Vec<String> {
    texts.into_iter().flatten().map(str::to_owned).collect()
}

fn spelled(attribute: &str) -> String {
    let known = SPELLINGS.iter().find(|known| known.eq_ignore_ascii_case(attribute));
    (*known.unwrap_or(&attribute)).to_owned()
}

/// A path of the settings file, as seen from where the settings file was named.
fn beside(settings: &str, path: &str) -> String {
    let folder = Path::new(settings).parent().unwrap_or(Path::new(""));
    folder.join(path).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
