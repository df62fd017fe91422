//! The settings as the report shows them.

use super::{ExchangeLicensed, ForestSettings, Settings, UserMatching};
use crate::config::SettingValue;

impl Settings {
    /// Every setting that shapes the result, defaults included, for `run.settings` of the report: in `snake_case`, always
    /// the same names in the same order, but for `input`, which comes last where `[input]` sets anything. How live sources are reached is left out, passwords and their files above all.
    pub fn effective(&self) -> Vec<(String, SettingValue)> {
        let (tenant, sync) = (&self.tenant, &self.sync);
        let map = self.map.iter().map(|(header, name)| (header.clone(), text(name))).collect();
        let input = self.input.effective();
        // Present only where it says something: hardly anybody ever sets it.
        let input = (!input.is_empty()).then(|| ("input".to_owned(), SettingValue::Table(input)));
        let checks = self.checks.iter().map(|(name, setting)| (name.clone(), text(setting.name()))).collect();
        [
            ("source_anchor", text(&sync.source_anchor)),
            ("user_matching", user_matching(&sync.user_matching)),
            ("rule_set", text(sync.rules.as_deref().unwrap_or("default"))),
            ("rule_generation", text(sync.rule_generation.name())),
            ("engine", text(sync.engine.name())),
            ("login_attribute", text(&sync.login_attribute)),
            ("exchange_hybrid", SettingValue::Boolean(sync.exchange_hybrid)),
            ("devices", SettingValue::Boolean(sync.devices)),
            ("deletion_threshold", SettingValue::Number(sync.deletion_threshold)),
            ("initial_domain", tenant.initial_domain.as_deref().map_or(SettingValue::Null, text)),
            ("verified_domains", texts(&tenant.verified_domains)),
            ("federated_domains", texts(&tenant.federated_domains)),
            ("exchange_licensed", exchange_licensed(&tenant.exchange_licensed)),
            ("privileged_users", texts(&tenant.privileged_users)),
            ("quota", SettingValue::Number(tenant.effective_quota())),
            ("soft_match_on_upn", SettingValue::Boolean(tenant.soft_match_on_upn)),
            ("block_soft_match", SettingValue::Boolean(tenant.block_soft_match)),
            (
                "block_cloud_object_takeover_through_hard_match",
                SettingValue::Boolean(tenant.block_cloud_object_takeover_through_hard_match),
            ),
            (
                "allow_on_prem_update_of_on_premises_object_identifier",
                SettingValue::Boolean(tenant.allow_on_prem_update_of_on_premises_object_identifier),
            ),
            (
                "exchange_attributes_cloud_managed_by_default",
                SettingValue::Boolean(tenant.exchange_attributes_cloud_managed_by_default),
            ),
            ("forests", SettingValue::List(self.forests.iter().map(forest).collect())),
            ("map", SettingValue::Table(map)),
            ("checks", SettingValue::Table(checks)),
            ("exceptions", SettingValue::Number(self.exceptions.len() as u64)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(input)
        .collect()
    }
}

fn text(text: &str) -> SettingValue {
    SettingValue::Text(text.to_owned())
}

fn texts(all: &[String]) -> SettingValue {
    SettingValue::List(all.iter().map(|one| text(one)).collect())
}

fn user_matching(matching: &UserMatching) -> SettingValue {
    match matching {
        UserMatching::Once => text("once"),
        UserMatching::Mail => text("mail"),
        UserMatching::ObjectSid => text("object-sid"),
        UserMatching::SamAccountName => text("sam-account-name"),
        UserMatching::Attribute(name) => SettingValue::Table(vec![("attribute".to_owned(), text(name))]),
    }
}

fn exchange_licensed(licensed: &ExchangeLicensed) -> SettingValue {
    match licensed {
        ExchangeLicensed::All => text("all"),
        ExchangeLicensed::None => text("none"),
        ExchangeLicensed::Listed(entries) => texts(entries),
    }
}

fn forest(forest: &ForestSettings) -> SettingValue {
    let schema = |known: Option<bool>| known.map_or(SettingValue::Null, SettingValue::Boolean);
    let entries = [
        ("name", text(&forest.name)),
        ("include", texts(&forest.include)),
        ("exclude", texts(&forest.exclude)),
        ("exchange_schema", schema(forest.exchange_schema)),
        ("lync_schema", schema(forest.lync_schema)),
    ];
    SettingValue::Table(entries.map(|(name, value)| (name.to_owned(), value)).to_vec())
}
