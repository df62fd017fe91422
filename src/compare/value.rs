//! The values that two predictions are compared by, and their compact form.
//!
//! A snapshot of a million objects keeps nothing but bytes for them: one tag per value, then its text. Equal values have
//! equal bytes, so objects that do not differ are never decoded.

use crate::report::{CloudReport, ExportReport, ObjectReport};

/// One value of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    None,
    /// Text.
    Text(String),
    /// Boolean.
    Flag(bool),
    /// Texts, sorted: no order of the source is meant.
    List(Vec<String>),
}

impl Value {
    /// For people: the texts of a list one after the other.
    pub fn shown(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(texts) => texts.join(" | "),
        }
    }
}

/// Names of what is exported, as in the report, and of what the cloud then holds.
const EXPORT: [&str; 13] = [
    "type",
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
    "members_lost",
];
const CLOUD: [&str; 8] = [
    "cloud.match",
    "cloud.source_anchor",
    "cloud.user_principal_name",
    "cloud.mail_nickname",
    "cloud.mail",
    "cloud.proxy_addresses",
    "cloud.account_enabled",
    "cloud.display_name",
];

/// Name of the source anchor among the values.
pub const SOURCE_ANCHOR: &str = "sourceAnchor";
/// Name of the lost members among the values.
pub const MEMBERS_LOST: &str = "members_lost";

/// The name of a value by its position.
pub fn name(position: usize) -> &'static str {
    EXPORT.iter().chain(&CLOUD).nth(position).copied().unwrap_or_default()
}

/// The values of an object, by position.
pub(super) fn of(object: &ObjectReport) -> Vec<Value> {
    let export = object.export.as_ref().map_or_else(|| vec![Value::None; EXPORT.len()], of_export);
    let cloud = object.cloud.as_ref().map_or_else(|| vec![Value::None; CLOUD.len()], of_cloud);
    export.into_iter().chain(cloud).collect()
}

fn text(text: Option<&String>) -> Value {
    text.cloned().map_or(Value::None, Value::Text)
}

fn list(texts: &[String]) -> Value {
    let mut texts = texts.to_vec();
    texts.sort_unstable();
    Value::List(texts)
}

fn of_export(export: &ExportReport) -> Vec<Value> {
    let flag = |flag: Option<bool>| flag.map_or(Value::None, Value::Flag);
    vec![
        Value::Text(export.object_type.clone()),
        text(export.source_anchor.as_ref()),
        text(export.user_principal_name.as_ref()),
        text(export.display_name.as_ref()),
        text(export.mail.as_ref()),
        text(export.alias.as_ref()),
        list(&export.proxy_addresses),
        text(export.target_address.as_ref()),
        flag(export.account_enabled),
        flag(export.security_enabled),
        text(export.on_premise_security_identifier.as_ref()),
        text(export.device_id.as_ref()),
        list(&export.members_lost),
    ]
}

fn of_cloud(cloud: &CloudReport) -> Vec<Value> {
    vec![
        Value::Text(cloud.matched.clone()),
        text(cloud.source_anchor.as_ref()),
        text(cloud.user_principal_name.as_ref()),
        text(cloud.mail_nickname.as_ref()),
        text(cloud.mail.as_ref()),
        list(&cloud.proxy_addresses),
        cloud.account_enabled.map_or(Value::None, Value::Flag),
        text(cloud.display_name.as_ref()),
    ]
}

/// Adds the compact form of a value.
pub(super) fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::None => out.push(0),
        Value::Text(text) => {
            out.push(1);
            write_text(text, out);
        }
        Value::Flag(flag) => out.push(2 + u8::from(*flag)),
        Value::List(texts) => {
            out.push(4);
            write_length(texts.len(), out);
            for text in texts {
                write_text(text, out);
            }
        }
    }
}

fn write_length(length: usize, out: &mut Vec<u8>) {
    out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    write_length(text.len(), out);
    out.extend(text.as_bytes());
}

/// Reads the values back that [`write`] wrote.
pub(super) fn read_all(mut bytes: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    while let Some((tag, rest)) = bytes.split_first() {
        bytes = rest;
        values.push(match tag {
            1 => Value::Text(read_text(&mut bytes)),
            2 | 3 => Value::Flag(*tag == 3),
            4 => {
                let count = read_length(&mut bytes);
                Value::List((0..count).map(|_| read_text(&mut bytes)).collect())
            }
            _ => Value::None,
        });
    }
    values
}

fn read_length(bytes: &mut &[u8]) -> usize {
    let (length, rest) = bytes.split_first_chunk::<4>().expect("every length is written with four bytes");
    *bytes = rest;
    u32::from_le_bytes(*length) as usize
}

fn read_text(bytes: &mut &[u8]) -> String {
    let length = read_length(bytes);
    let (text, rest) = bytes.split_at(length);
    *bytes = rest;
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let list = |texts: &[&str]| Value::List(texts.iter().map(|text| (*text).to_owned()).collect());
        let values = vec![
            Value::None,
            Value::Text(String::new()),
            Value::Text("Zoë".to_owned()),
            Value::Flag(true),
            Value::Flag(false),
            list(&[]),
            list(&["", "SMTP:a@x"]),
        ];
        let mut bytes = Vec::new();
        for value in &values {
            write(value, &mut bytes);
        }
        assert_eq!(read_all(&bytes), values);
    }

    #[test]
    fn every_value_has_a_name_and_lists_have_no_order() {
        let export = ExportReport {
            proxy_addresses: vec!["smtp:b@x".to_owned(), "SMTP:a@x".to_owned()],
            ..ExportReport::default()
        };
        assert_eq!(of_export(&export).len(), EXPORT.len());
        assert_eq!(of_cloud(&CloudReport::default()).len(), CLOUD.len());
        assert_eq!((name(1), name(12), name(13)), (SOURCE_ANCHOR, MEMBERS_LOST, "cloud.match"));
        assert_eq!(of_export(&export)[6].shown(), "SMTP:a@x | smtp:b@x");
    }
}
