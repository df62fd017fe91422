//! Which cloud object is already synchronized with an on-premises object (`entra-outcomes` section J.5, read
//! 2026-11-20): users by source anchor, then SID, then DN; groups by SID; contacts by address.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;

use crate::directory::{AttributeId, Class, Directory, Object, ObjectId, attribute, dn, sid};
use crate::tenant::{CloudKind, CloudObject, CloudProperty, Tenant};

/// Cloud objects by on-premises object: what the first key that finds something gives. Two on-premises objects may be
/// given one cloud object; which of them it belongs to is for matching to say.
pub fn find<'t>(
    directory: &Directory,
    tenant: &'t Tenant,
    anchor: AttributeId,
) -> HashMap<ObjectId, &'t CloudObject> {
    let keys = Keys::of(tenant);
    let binary = directory.names().syntax(anchor).is_binary();
    let found: Vec<(ObjectId, &CloudObject)> = (0..u32::try_from(directory.len())
        .expect("object numbers are 32 bits"))
        .into_par_iter()
        .filter_map(|number| {
            let object = directory.object(ObjectId(number));
            Some((ObjectId(number), keys.look_up(&object, anchor, binary)?))
        })
        .collect();
    found.into_iter().collect()
}

#[derive(Debug, Default)]
struct Keys<'t> {
    anchor: HashMap<&'t str, &'t CloudObject>,
    sid: HashMap<&'t str, &'t CloudObject>,
    dn: HashMap<u64, &'t CloudObject>,
    address: HashMap<String, &'t CloudObject>,
}

impl<'t> Keys<'t> {
    fn of(tenant: &'t Tenant) -> Self {
        let mut keys = Self::default();
        for object in tenant.objects().iter().filter(|object| object.is_synchronized()) {
            if let (Some(anchor), CloudKind::User) = (object.text(CloudProperty::ImmutableId), object.kind())
            {
                keys.anchor.entry(anchor).or_insert(object);
            }
            if let Some(sid) = object.text(CloudProperty::SecurityIdentifier) {
                keys.sid.entry(sid).or_insert(object);
            }
            if let Some(name) = object.text(CloudProperty::DistinguishedName) {
                keys.dn.entry(dn::key(name.as_bytes())).or_insert(object);
            }
            if object.kind() == CloudKind::Contact {
                for address in
                    object.texts(CloudProperty::ProxyAddresses).chain(object.text(CloudProperty::Mail))
                {
                    keys.address.entry(plain_address(address)).or_insert(object);
                }
            }
        }
        keys
    }

    fn look_up(&self, object: &Object<'_>, anchor: AttributeId, binary: bool) -> Option<&'t CloudObject> {
        match object.class() {
            Class::User | Class::InetOrgPerson => self
                .by_anchor(object, anchor, binary)
                .or_else(|| self.by_sid(object, CloudKind::User))
                .or_else(|| self.by_dn(object)),
            Class::Group => self.by_sid(object, CloudKind::Group),
            Class::Contact => self.by_mail(object),
            _ => None,
        }
    }

    fn by_anchor(&self, object: &Object<'_>, anchor: AttributeId, binary: bool) -> Option<&'t CloudObject> {
        if self.anchor.is_empty() {
            return None;
        }
        let own = object.first(anchor).map(|bytes| self.anchor.get(encoded(bytes, binary).as_str()));
        let fallback = || {
            object
                .first(attribute::OBJECT_GUID)
                .and_then(|bytes| self.anchor.get(STANDARD.encode(bytes).as_str()))
        };
        own.flatten().or_else(fallback).copied()
    }

    fn by_sid(&self, object: &Object<'_>, kind: CloudKind) -> Option<&'t CloudObject> {
        let text = sid::to_text(object.first(attribute::OBJECT_SID)?)?;
        self.sid.get(text.as_str()).copied().filter(|cloud| cloud.kind() == kind)
    }

    fn by_dn(&self, object: &Object<'_>) -> Option<&'t CloudObject> {
        let cloud = self.dn.get(&object.dn_key()).copied()?;
        let same = dn::same(cloud.text(CloudProperty::DistinguishedName)?.as_bytes(), object.dn());
        (same && cloud.kind() == CloudKind::User).then_some(cloud)
    }

    fn by_mail(&self, object: &Object<'_>) -> Option<&'t CloudObject> {
        let mail = std::str::from_utf8(object.first(attribute::MAIL)?).ok()?;
        self.address.get(&plain_address(mail)).copied()
    }
}

/// The anchor text of an attribute value: text of a text attribute as it is, bytes as base64.
fn encoded(bytes: &[u8], binary: bool) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !binary => text.to_owned(),
        _ => STANDARD.encode(bytes),
    }
}

fn plain_address(address: &str) -> String {
    let plain = address.split_once(':').map_or(address, |(_, rest)| rest);
    plain.trim().to_lowercase()
}
