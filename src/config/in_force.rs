//! The settings as the chosen engine takes them: what it leaves nobody to choose has the engine's own value.

use super::{Engine, Settings, SyncSettings};

impl Settings {
    /// The settings with everything that the engine fixes at the engine's value, and the keys of `[sync]` that were
    /// set to something else and so have no effect, in the order of the file format.
    ///
    /// Entra Cloud Sync chooses the source anchor by itself, matches nobody across forests, takes no devices and has
    /// no synchronization rules (plan-cloud-sync-topologies.md, connect-to-cloud-sync-decision-guide.md, read
    /// 2026-11-25). `devices` is not named: that it is on by default asks for nothing.
    pub fn in_force(&self) -> (Self, Vec<&'static str>) {
        let mut settings = self.clone();
        match self.sync.engine {
            Engine::Connect => (settings, Vec::new()),
            Engine::CloudSync => {
                settings.sync = of_cloud_sync(&self.sync);
                (settings, ignored_by_cloud_sync(&self.sync))
            }
        }
    }

    /// The same settings for another engine.
    #[must_use]
    pub fn with_engine(&self, engine: Engine) -> Self {
        let mut settings = self.clone();
        settings.sync.engine = engine;
        settings
    }
}

fn of_cloud_sync(set: &SyncSettings) -> SyncSettings {
    SyncSettings {
        engine: Engine::CloudSync,
        login_attribute: set.login_attribute.clone(),
        devices: false,
        deletion_threshold: set.deletion_threshold,
        ..SyncSettings::default()
    }
}

fn ignored_by_cloud_sync(set: &SyncSettings) -> Vec<&'static str> {
    let default = SyncSettings::default();
    let ignored = [
        ("source-anchor", set.source_anchor != default.source_anchor),
        ("user-matching", set.user_matching != default.user_matching),
        ("exchange-hybrid", set.exchange_hybrid != default.exchange_hybrid),
        ("rule-generation", set.rule_generation != default.rule_generation),
        ("rules", set.rules != default.rules),
    ];
    ignored.into_iter().filter(|(_, is_set)| *is_set).map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{RuleGeneration, UserMatching};

    fn everything_set(engine: Engine) -> Settings {
        let sync = SyncSettings {
            engine,
            source_anchor: "employeeID".to_owned(),
            user_matching: UserMatching::Mail,
            login_attribute: "mail".to_owned(),
            exchange_hybrid: false,
            devices: true,
            rule_generation: RuleGeneration::Y2016,
            rules: Some("own".to_owned()),
            deletion_threshold: 7,
        };
        Settings { sync, ..Settings::default() }
    }

    #[test]
    fn connect_takes_every_setting() {
        let settings = everything_set(Engine::Connect);
        assert_eq!(settings.in_force(), (settings, Vec::new()));
    }

    #[test]
    fn cloud_sync_keeps_what_it_knows_and_names_the_rest() {
        let (settings, ignored) = everything_set(Engine::CloudSync).in_force();
        let expected = ["source-anchor", "user-matching", "exchange-hybrid", "rule-generation", "rules"];
        assert_eq!(ignored, expected);
        assert_eq!(settings.sync.login_attribute, "mail");
        assert_eq!(settings.sync.deletion_threshold, 7);
        assert!(!settings.sync.devices);
        assert_eq!(settings.sync.source_anchor, "mS-DS-ConsistencyGuid");
        assert_eq!(settings.in_force(), (settings, Vec::new()), "what is in force stays in force");
    }

    #[test]
    fn defaults_are_no_choice_to_be_told_of() {
        let settings = Settings::default().with_engine(Engine::CloudSync);
        assert_eq!(settings.in_force().1, Vec::<&str>::new());
    }
}
