//! Objects of the cloud connector, as csexport writes its connector space (`input-formats` section 10.1, read
//! 2026-11-25): the tenant as the sync server knows it.
//!
//! Everything in it is synchronized, or was read for being matched; objects that exist in the cloud alone are not there.
//! The anchor is in the DN of the connector space, as hex of its text.

use std::io::Read;

use super::collected::Collected;
use super::draft::{Cell, Draft};
use super::property::Property;
use super::{directory_export, unusable};
use crate::directory::Source;
use crate::load::csexport::end_early;
use crate::load::csexport::object::{CsObject, base64};
use crate::load::csexport::objects::Objects;
use crate::load::csv::scalars;
use crate::load::{Limits, LoadError};
use crate::tenant::CloudKind;

/// Attributes of the connector and what they are in Microsoft Graph.
const ATTRIBUTES: [(&str, Property); 7] = [
    ("accountEnabled", Property::AccountEnabled),
    ("alias", Property::MailNickname),
    ("displayName", Property::DisplayName),
    ("mail", Property::Mail),
    ("proxyAddresses", Property::ProxyAddresses),
    ("sourceAnchor", Property::ImmutableId),
    ("userPrincipalName", Property::UserPrincipalName),
];
/// `User_7b1d…`: kind and object id.
const CLOUD_ANCHOR: &str = "cloudAnchor";

/// Reads all objects. What was read before the text breaks off counts; `source` gets the warning about it.
pub(super) fn read(
    text: &mut dyn Read,
    limits: &Limits,
    collected: &mut Collected,
    source: &mut Source,
) -> Result<(), LoadError> {
    let mut objects = Objects::new(text, *limits);
    let mut object = CsObject::default();
    let mut any = false;
    loop {
        match objects.next(&mut object, &mut keeps) {
            Ok(true) => {
                any = true;
                let Some(anchor) = object.cloud_anchor() else { return Err(directory_export(&source.path)) };
                match reason_to_skip(&object) {
                    Some(reason) => collected.skip(reason),
                    None => collected.take(draft(&object, &anchor), None),
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
        return Ok(());
    }
    let advice = "Run csexport with the name of the cloud connector.";
    Err(unusable(&source.path, None, "there is no object in it", advice))
}

fn keeps(name: &str) -> bool {
    name.eq_ignore_ascii_case(CLOUD_ANCHOR) || property(name.as_bytes()).is_some()
}

fn property(name: &[u8]) -> Option<Property> {
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

fn draft(object: &CsObject, anchor: &[u8]) -> Draft {
    let mut draft = Draft::default();
    let entry = &object.entry;
    let primary = String::from_utf8_lossy(entry.primary_class());
    let kind = if primary.is_empty() { object.object_type.as_str() } else { &primary };
    draft.set(Property::Type, Cell::Text(kind.to_owned()), false);
    draft.set(Property::SyncEnabled, Cell::Flag(true), false);
    draft.set(Property::ImmutableId, Cell::Text(String::from_utf8_lossy(anchor).into_owned()), false);
    let mut addresses = Vec::new();
    for value in &entry.values {
        let decoded = if value.is_base64 { base64(entry.text(value)) } else { None };
        let text = String::from_utf8_lossy(decoded.as_deref().unwrap_or(entry.text(value))).into_owned();
        match property(entry.name(value)) {
            Some(Property::ProxyAddresses) => addresses.push(text),
            Some(Property::AccountEnabled) => {
                let flag = scalars::boolean(text.as_bytes()).map_or(Cell::Null, Cell::Flag);
                draft.set(Property::AccountEnabled, flag, false);
            }
            Some(property) => draft.set(property, Cell::Text(text), false),
            None => draft.set(Property::Id, Cell::Text(object_id(&text)), false),
        }
    }
    draft.set(Property::ProxyAddresses, Cell::List(addresses), false);
    draft
}

/// The object id of a cloudAnchor, which says the kind in front of it.
fn object_id(cloud_anchor: &str) -> String {
    let kinds = [CloudKind::User, CloudKind::Group, CloudKind::Contact, CloudKind::Device];
    let after_kind = kinds.into_iter().find_map(|kind| {
        cloud_anchor.strip_prefix(kind.anchor_prefix()).and_then(|rest| rest.strip_prefix('_'))
    });
    after_kind.unwrap_or(cloud_anchor).to_owned()
}
