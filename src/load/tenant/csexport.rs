//! Objects of the cloud connector, as csexport writes its connector space (`input-formats` section 10.1, read
//! 2026-11-25): the tenant as the sync server knows it.
//!
//! Everything in it is synchronized, or was read for being matched; objects that exist in the cloud alone are not there.
//! The anchor is in the DN of the connector space, as hex of its text.

use std::io::Read;

use super::collected::{Collected, Scope};
use super::draft::Draft;
use super::property::Name;
use super::{directory_export, unusable};
use crate::directory::Source;
use crate::load::csexport::end_early;
use crate::load::csexport::object::{CsObject, base64};
use crate::load::csexport::objects::Objects;
use crate::load::{Limits, LoadError};

/// Attributes of the connector and what they are in Microsoft Graph.
const ATTRIBUTES: [(&str, &str); 8] = [
    ("accountEnabled", "accountEnabled"),
    ("alias", "mailNickname"),
    ("cloudAnchor", "cloudAnchor"),
    ("displayName", "displayName"),
    ("mail", "mail"),
    ("proxyAddresses", PROXY_ADDRESSES),
    ("sourceAnchor", "onPremisesImmutableId"),
    ("userPrincipalName", "userPrincipalName"),
];
const PROXY_ADDRESSES: &str = "proxyAddresses";

/// Reads all objects. What was read before the text breaks off counts; `source` gets the warning about it.
pub(super) fn read(
    text: &mut dyn Read,
    limits: &Limits,
    source: &mut Source,
) -> Result<Collected, LoadError> {
    let (mut collected, mut draft) = (Collected::default(), Draft::default());
    let mut objects = Objects::new(text, *limits);
    let mut object = CsObject::default();
    let mut any = false;
    loop {
        match objects.next(&mut object, &mut keeps) {
            Ok(true) => {
                any = true;
                let Some(anchor) = object.cloud_anchor() else { return Err(directory_export(&source.path)) };
                if let Some(reason) = reason_to_skip(&object) {
                    collected.skip(reason);
                } else {
                    fill(&mut draft, &object, &anchor);
                    collected.take(&mut draft, Scope::Bare);
                }
            }
            Ok(false) => break,
            Err(fault) => {
                end_early(fault, source)?;
                break;
            }
        }
    }
    if any {
        return Ok(collected);
    }
    let advice = "Run csexport with the name of the cloud connector.";
    Err(unusable(&source.path, None, "there is no object in it", advice))
}

fn keeps(name: &str) -> bool {
    property(name.as_bytes()).is_some()
}

fn property(name: &[u8]) -> Option<&'static str> {
    let known = ATTRIBUTES.iter().find(|(own, _)| own.as_bytes().eq_ignore_ascii_case(name));
    known.map(|(_, property)| *property)
}

fn reason_to_skip(object: &CsObject) -> Option<&'static str> {
    match object.state {
        _ if object.is_deleted => Some("removed"),
        _ if object.exceeds_limits => Some("limit-exceeded"),
        None if object.is_changed => Some("change-record"),
        None => Some("not-imported"),
        Some(_) => None,
    }
}

fn fill(draft: &mut Draft, object: &CsObject, anchor: &[u8]) {
    let entry = &object.entry;
    let primary = String::from_utf8_lossy(entry.primary_class());
    let kind = if primary.is_empty() { object.object_type.as_str() } else { &primary };
    draft.text(Name::of("@odata.type"), kind);
    draft.flag(Name::of("onPremisesSyncEnabled"), true);
    draft.text(Name::of("onPremisesImmutableId"), &String::from_utf8_lossy(anchor));
    let addresses = Name::of(PROXY_ADDRESSES);
    draft.start_list(addresses);
    for value in &entry.values {
        let decoded = if value.is_base64 { base64(entry.text(value)) } else { None };
        let text = String::from_utf8_lossy(decoded.as_deref().unwrap_or(entry.text(value)));
        match property(entry.name(value)) {
            Some(PROXY_ADDRESSES) => draft.list_text(addresses, &text),
            Some(property) => draft.text(Name::of(property), &text),
            None => {}
        }
    }
}
