//! Which cloud object is already synchronized with an on-premises object: users by source anchor, groups by SID,
//! contacts by address (the contract, "Already linked objects").
//!
//! `entra-outcomes` section J.5 goes on, for users, to SID and address; a user found that way has another anchor, so it
//! is no link but a conflict, which matching reports.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;

use super::addresses;
use super::index::{HashIndex, KeyKind, hash, same};
use super::names::plain;
use crate::directory::{AttributeId, Class, Directory, Object, ObjectId, attribute, sid};
use crate::tenant::{CloudId, CloudKind, CloudObject, CloudProperty, Tenant};

/// Cloud objects by the keys that link on-premises objects to them.
#[derive(Debug)]
pub struct Links<'t> {
    tenant: &'t Tenant,
    /// Users by anchor, synchronized or not.
    anchors: HashIndex,
    /// Synchronized groups by SID.
    groups: HashIndex,
    /// Synchronized contacts by address.
    contacts: HashIndex,
}

impl<'t> Links<'t> {
    /// Reads the keys of all cloud objects.
    pub fn new(tenant: &'t Tenant) -> Self {
        let keyed = |kind: CloudKind, keys: fn(&CloudObject, &mut dyn FnMut(u64))| {
            let entries = tenant.of_kind_numbered(kind).fold(Vec::new, |mut entries, (id, object)| {
                keys(object, &mut |hash| entries.push((hash, id.0)));
                entries
            });
            HashIndex::new(entries.reduce(Vec::new, |mut all, mut part| {
                all.append(&mut part);
                all
            }))
        };
        Self {
            tenant,
            anchors: keyed(CloudKind::User, |object, take| {
                if let Some(anchor) = object.text(CloudProperty::ImmutableId) {
                    take(hash(KeyKind::Anchor, anchor));
                }
            }),
            groups: keyed(CloudKind::Group, |object, take| {
                if let (true, Some(sid)) = (is_live(object), object.text(CloudProperty::SecurityIdentifier)) {
                    take(hash(KeyKind::Sid, sid));
                }
            }),
            contacts: keyed(CloudKind::Contact, |object, take| {
                if is_live(object) {
                    held_addresses(object).for_each(|address| take(hash(KeyKind::Address, address)));
                }
            }),
        }
    }

    /// The cloud user with this anchor, synchronized or not.
    pub fn user_by_anchor(&self, anchor: &str) -> Option<CloudId> {
        self.confirmed(&self.anchors, KeyKind::Anchor, anchor, |object| {
            object.text(CloudProperty::ImmutableId) == Some(anchor)
        })
    }

    /// The synchronized cloud group with this SID.
    pub fn group_by_sid(&self, sid: &str) -> Option<CloudId> {
        self.confirmed(&self.groups, KeyKind::Sid, sid, |object| {
            object.text(CloudProperty::SecurityIdentifier).is_some_and(|own| same(KeyKind::Sid, own, sid))
        })
    }

    /// The synchronized cloud contact with one of these addresses, the first that leads to one.
    pub fn contact_by_address<'a>(&self, candidates: impl IntoIterator<Item = &'a str>) -> Option<CloudId> {
        candidates.into_iter().find_map(|address| {
            let address = plain(address.trim());
            self.confirmed(&self.contacts, KeyKind::Address, address, |object| {
                held_addresses(object).any(|own| same(KeyKind::Address, own, address))
            })
        })
    }

    fn confirmed(
        &self,
        index: &HashIndex,
        kind: KeyKind,
        key: &str,
        has: impl Fn(&CloudObject) -> bool,
    ) -> Option<CloudId> {
        if index.is_empty() {
            return None;
        }
        index.find(hash(kind, key)).map(CloudId).find(|id| has(self.tenant.object(*id)))
    }

    /// The synchronized cloud object of every on-premises object, by object number. `anchor` is the attribute that the
    /// settings choose. Two objects may be given one cloud object; which of them it belongs to is for matching to say.
    pub fn of_directory(&self, directory: &Directory, anchor: AttributeId) -> Vec<Option<CloudId>> {
        let binary = directory.names().syntax(anchor).is_binary();
        let count = u32::try_from(directory.len()).expect("object numbers are 32 bits");
        let link = |number: u32| self.of_object(&directory.object(ObjectId(number)), anchor, binary);
        (0..count).into_par_iter().map(link).collect()
    }

    fn of_object(&self, object: &Object<'_>, anchor: AttributeId, binary: bool) -> Option<CloudId> {
        match object.class() {
            Class::User | Class::InetOrgPerson => {
                if self.anchors.is_empty() {
                    return None;
                }
                let fallback = || (anchor == attribute::CONSISTENCY_GUID).then_some(attribute::OBJECT_GUID);
                let value = object
                    .first(anchor)
                    .map(|bytes| encoded(bytes, binary))
                    .or_else(|| object.first(fallback()?).map(|bytes| encoded(bytes, true)))?;
                self.user_by_anchor(&value).filter(|id| is_live(self.tenant.object(*id)))
            }
            Class::Group => self.group_by_sid(&sid::to_text(object.first(attribute::OBJECT_SID)?)?),
            Class::Contact if !self.contacts.is_empty() => {
                let own = object.values(attribute::MAIL).chain(object.values(attribute::PROXY_ADDRESSES));
                self.contact_by_address(own.filter_map(|value| std::str::from_utf8(value.bytes).ok()))
            }
            _ => None,
        }
    }
}

/// Synchronized, and not in the recycle bin.
pub(super) fn is_live(object: &CloudObject) -> bool {
    object.is_synchronized() && !object.is_deleted()
}

/// The plain SMTP addresses that a cloud object holds; where the file does not tell proxyAddresses, mail.
pub(super) fn held_addresses(object: &CloudObject) -> impl Iterator<Item = &str> {
    let mail = object.text(CloudProperty::Mail).filter(|_| !object.tells(CloudProperty::ProxyAddresses));
    let smtp = object.texts(CloudProperty::ProxyAddresses).filter(|address| addresses::is_smtp(address));
    smtp.map(plain).chain(mail)
}

/// The anchor text of an attribute value: text of a text attribute as it is, bytes as base64.
fn encoded(bytes: &[u8], binary: bool) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !binary => Cow::Borrowed(text),
        _ => Cow::Owned(STANDARD.encode(bytes)),
    }
}
