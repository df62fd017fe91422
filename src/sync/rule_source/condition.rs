//! The words of `requires` in the rule files, and when each holds.

use serde::Deserialize;

use super::RuleOptions;
use crate::config::{RuleGeneration, UserMatching};

/// One word of a `requires` list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Condition {
    Generation(RuleGeneration),
    ExchangeSchema,
    LyncSchema,
    ExchangeHybrid,
    Devices,
    AnchorObjectGuid,
    AnchorConsistencyGuid,
    AnchorOther,
    AlternateLogin,
    MatchingOnce,
    MatchingMail,
    MatchingObjectSid,
    MatchingSamAccountName,
    MatchingAttribute,
}

const NAMES: [(Condition, &str); 15] = [
    (Condition::Generation(RuleGeneration::Y2016), "2016"),
    (Condition::Generation(RuleGeneration::Current), "current"),
    (Condition::ExchangeSchema, "exchange-schema"),
    (Condition::LyncSchema, "lync-schema"),
    (Condition::ExchangeHybrid, "exchange-hybrid"),
    (Condition::Devices, "devices"),
    (Condition::AnchorObjectGuid, "anchor-object-guid"),
    (Condition::AnchorConsistencyGuid, "anchor-consistency-guid"),
    (Condition::AnchorOther, "anchor-other"),
    (Condition::AlternateLogin, "alternate-login"),
    (Condition::MatchingOnce, "matching-once"),
    (Condition::MatchingMail, "matching-mail"),
    (Condition::MatchingObjectSid, "matching-object-sid"),
    (Condition::MatchingSamAccountName, "matching-sam-account-name"),
    (Condition::MatchingAttribute, "matching-attribute"),
];

impl Condition {
    /// The word in the files.
    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(condition, _)| *condition == self).map_or("", |(_, name)| name)
    }

    /// The generation it asks for; `None` when it asks for something else.
    pub(super) fn generation(self) -> Option<RuleGeneration> {
        match self {
            Self::Generation(generation) => Some(generation),
            _ => None,
        }
    }

    /// Whether it holds.
    pub(super) fn holds(self, options: &RuleOptions) -> bool {
        let anchor_is = |name: &str| options.source_anchor.eq_ignore_ascii_case(name);
        let object_guid = anchor_is("objectGUID");
        let consistency_guid = anchor_is("mS-DS-ConsistencyGuid");
        match self {
            Self::Generation(generation) => options.generation == generation,
            Self::ExchangeSchema => options.exchange_schema,
            Self::LyncSchema => options.lync_schema,
            Self::ExchangeHybrid => options.exchange_hybrid,
            Self::Devices => options.devices,
            Self::AnchorObjectGuid => object_guid,
            Self::AnchorConsistencyGuid => consistency_guid,
            Self::AnchorOther => !object_guid && !consistency_guid,
            Self::AlternateLogin => !options.login_attribute.eq_ignore_ascii_case("userPrincipalName"),
            Self::MatchingOnce => options.user_matching == UserMatching::Once,
            Self::MatchingMail => options.user_matching == UserMatching::Mail,
            Self::MatchingObjectSid => options.user_matching == UserMatching::ObjectSid,
            Self::MatchingSamAccountName => options.user_matching == UserMatching::SamAccountName,
            Self::MatchingAttribute => matches!(options.user_matching, UserMatching::Attribute(_)),
        }
    }
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        NAMES
            .iter()
            .find(|(_, name)| *name == word)
            .map(|(condition, _)| *condition)
            .ok_or_else(|| format!("`{word}` is no condition"))
    }
}
