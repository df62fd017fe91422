//! An object with what is exported and what the cloud makes of it.

use serde::{Serialize, Serializer};

use super::{Each, Viewed};
use crate::outcome::Reason;
use crate::report::{Alternative, CloudReport, ExportReport, ObjectReport};

/// Reasons by name.
pub(in crate::report) struct ReasonsView<'a>(&'a [Reason]);

impl Serialize for ReasonsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|reason| reason.id()))
    }
}

#[derive(Serialize)]
pub(in crate::report) struct ObjectView<'a> {
    dn: Option<&'a str>,
    id: &'a str,
    forest: &'a str,
    object_class: &'static str,
    object_guid: Option<&'a str>,
    outcome: &'static str,
    reasons: ReasonsView<'a>,
    metaverse: Option<&'a str>,
    joined_with: &'a [String],
    export: Option<ExportView<'a>>,
    cloud: Option<CloudView<'a>>,
    alternatives: Each<'a, Alternative>,
}

impl Viewed for ObjectReport {
    type View<'a> = ObjectView<'a>;
    fn view(&self) -> ObjectView<'_> {
        ObjectView {
            dn: self.dn.as_deref(),
            id: &self.id,
            forest: &self.forest,
            object_class: self.object_class,
            object_guid: self.object_guid.as_deref(),
            outcome: self.outcome.id(),
            reasons: ReasonsView(&self.reasons),
            metaverse: self.metaverse.as_deref(),
            joined_with: &self.joined_with,
            export: self.export.as_ref().map(Viewed::view),
            cloud: self.cloud.as_ref().map(Viewed::view),
            alternatives: Each(&self.alternatives),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::report) struct ExportView<'a> {
    r#type: &'a str,
    source_anchor: Option<&'a str>,
    user_principal_name: Option<&'a str>,
    display_name: Option<&'a str>,
    mail: Option<&'a str>,
    alias: Option<&'a str>,
    proxy_addresses: &'a [String],
    target_address: Option<&'a str>,
    account_enabled: Option<bool>,
    security_enabled: Option<bool>,
    on_premise_security_identifier: Option<&'a str>,
    device_id: Option<&'a str>,
    device_trust_type: Option<&'a str>,
    // These three are ours, not Entra's, hence the other spelling.
    #[serde(rename = "member_count")]
    member_count: Option<u64>,
    #[serde(rename = "members_lost")]
    members_lost: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a [String]>,
}

impl Viewed for ExportReport {
    type View<'a> = ExportView<'a>;
    fn view(&self) -> ExportView<'_> {
        ExportView {
            r#type: &self.object_type,
            source_anchor: self.source_anchor.as_deref(),
            user_principal_name: self.user_principal_name.as_deref(),
            display_name: self.display_name.as_deref(),
            mail: self.mail.as_deref(),
            alias: self.alias.as_deref(),
            proxy_addresses: &self.proxy_addresses,
            target_address: self.target_address.as_deref(),
            account_enabled: self.account_enabled,
            security_enabled: self.security_enabled,
            on_premise_security_identifier: self.on_premise_security_identifier.as_deref(),
            device_id: self.device_id.as_deref(),
            device_trust_type: self.device_trust_type.as_deref(),
            member_count: self.member_count,
            members_lost: &self.members_lost,
            member: self.member.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(in crate::report) struct CloudView<'a> {
    r#type: &'a str,
    r#match: &'a str,
    source_anchor: Option<&'a str>,
    user_principal_name: Option<&'a str>,
    mail_nickname: Option<&'a str>,
    mail: Option<&'a str>,
    proxy_addresses: &'a [String],
    account_enabled: Option<bool>,
    display_name: Option<&'a str>,
}

impl Viewed for CloudReport {
    type View<'a> = CloudView<'a>;
    fn view(&self) -> CloudView<'_> {
        CloudView {
            r#type: &self.object_type,
            r#match: &self.matched,
            source_anchor: self.source_anchor.as_deref(),
            user_principal_name: self.user_principal_name.as_deref(),
            mail_nickname: self.mail_nickname.as_deref(),
            mail: self.mail.as_deref(),
            proxy_addresses: &self.proxy_addresses,
            account_enabled: self.account_enabled,
            display_name: self.display_name.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(in crate::report) struct AlternativeView<'a> {
    connector_order: &'a [String],
    outcome: &'static str,
    reasons: ReasonsView<'a>,
}

impl Viewed for Alternative {
    type View<'a> = AlternativeView<'a>;
    fn view(&self) -> AlternativeView<'_> {
        AlternativeView {
            connector_order: &self.connector_order,
            outcome: self.outcome.id(),
            reasons: ReasonsView(&self.reasons),
        }
    }
}
