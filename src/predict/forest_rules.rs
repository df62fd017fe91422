//! Which default rules each forest gets, and which attributes must be loaded for them.

use crate::config::Settings;
use crate::directory::{AttributeId, AttributeNames, AttributeSet, Directory, ForestId, attribute};
use crate::entra::validity::limit::LIMITS;
use crate::sync::rule::Rule;
use crate::sync::rule_source::{RuleOptions, default_rules};
use crate::sync::{self, RuleError};

/// Attributes of an export that reports show.
const REPORTED: &[&str] = &[
    "sourceAnchor",
    "userPrincipalName",
    "displayName",
    "mail",
    "alias",
    "proxyAddresses",
    "targetAddress",
    "accountEnabled",
    "securityEnabled",
    "onPremiseSecurityIdentifier",
    "deviceId",
    "deviceTrustType",
    "userCertificate",
    "userSMIMECertificate",
];
/// Attributes that identify an object or are needed beside the rules.
const ALWAYS: &[AttributeId] = &[
    attribute::OBJECT_GUID,
    attribute::OBJECT_SID,
    attribute::SAM_ACCOUNT_NAME,
    attribute::USER_PRINCIPAL_NAME,
    attribute::MAIL,
    attribute::MEMBER,
    attribute::CLOUD_SOURCE_ANCHOR,
    attribute::CLOUD_ANCHOR,
    attribute::IS_DELETED,
    attribute::PROXY_ADDRESSES,
    // What the tenant calculates with.
    attribute::CN,
    attribute::REMOTE_RECIPIENT_TYPE,
];
/// Any of these shows that a forest has the Exchange schema.
const EXCHANGE: &[&str] = &[
    "mailNickname",
    "msExchRecipientTypeDetails",
    "msExchMailboxGuid",
    "legacyExchangeDN",
    "targetAddress",
    "msExchRecipientDisplayType",
    "msExchHideFromAddressLists",
    "homeMDB",
];
/// Any of these shows that a forest has the Lync schema.
const LYNC: &[&str] = &["msRTCSIP-PrimaryUserAddress", "msRTCSIP-UserEnabled", "msRTCSIP-OriginatorSid"];

fn options(settings: &Settings, exchange_schema: bool, lync_schema: bool) -> RuleOptions {
    let sync = &settings.sync;
    RuleOptions {
        engine: sync.engine,
        generation: sync.rule_generation,
        source_anchor: sync.source_anchor.clone(),
        user_matching: sync.user_matching.clone(),
        login_attribute: sync.login_attribute.clone(),
        exchange_hybrid: sync.exchange_hybrid,
        devices: sync.devices,
        exchange_schema,
        lync_schema,
    }
}

/// Everything the rules of any schema, the report and `metaverse_wanted` need from a source.
pub(super) fn needed(
    settings: &Settings,
    metaverse_wanted: &AttributeSet,
    names: &mut AttributeNames,
) -> Result<AttributeSet, RuleError> {
    let judged = LIMITS.iter().map(|limit| limit.exported).chain(["thumbnailPhoto"]);
    let reported: AttributeSet =
        REPORTED.iter().copied().chain(judged).filter_map(|name| names.intern(name)).collect();
    let rules = widest(settings);
    let mut needed = sync::needed_attributes(&rules, metaverse_wanted, &reported, names)?;
    needed.extend(&ALWAYS.iter().copied().collect());
    for name in EXCHANGE.iter().chain(LYNC) {
        needed.extend(&names.intern(name).into_iter().collect());
    }
    Ok(needed)
}

/// The rules of a forest that has every schema.
pub(super) fn widest(settings: &Settings) -> Vec<Rule> {
    default_rules(&options(settings, true, true))
}

/// The rules of every forest, in connector order.
pub(super) fn per_forest(settings: &Settings, directory: &Directory) -> Vec<Vec<Rule>> {
    let forests = directory.forests().iter().zip(0..);
    forests
        .map(|(forest, number)| {
            let own = settings.forests.iter().find(|entry| entry.name == forest.name);
            let exchange = own.and_then(|entry| entry.exchange_schema);
            let lync = own.and_then(|entry| entry.lync_schema);
            let seen = |names| seen_in(directory, ForestId(number), names);
            let exchange = exchange.unwrap_or_else(|| seen(EXCHANGE));
            default_rules(&options(settings, exchange, lync.unwrap_or_else(|| seen(LYNC))))
        })
        .collect()
}

/// Whether an object of the forest has any of the attributes.
fn seen_in(directory: &Directory, number: ForestId, names: &[&str]) -> bool {
    let ids: Vec<AttributeId> =
        names.iter().filter_map(|name| directory.names().lookup(name.as_bytes())).collect();
    let anywhere = ids.iter().any(|id| directory.occurs(*id));
    if directory.forests().len() == 1 || !anywhere {
        return anywhere;
    }
    directory
        .objects()
        .filter(|object| object.forest() == number)
        .any(|object| ids.iter().any(|id| object.first(*id).is_some()))
}
