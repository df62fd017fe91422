//! A simulation as the Entra stage sees it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::licences::Licensed;
use crate::config::TenantSettings;
use crate::directory::{AttributeId, Directory, ObjectId, attribute, guid, order, sid};
use crate::entra::exports::Exports;
use crate::entra::incoming::Incoming;
use crate::expression::Value;
use crate::sync::{MetaverseId, Simulation};
use crate::tenant::CloudKind;

/// The exported objects of a simulation; the number of one is that of its metaverse object.
pub(super) struct SimulatedExports<'s, 'd> {
    simulation: &'s Simulation<'d>,
    licensed: &'s Licensed,
    with_tenant: bool,
    cloud_managed_by_default: bool,
    /// Hashes of the SIDs that several objects have; without a tenant no other SID matters.
    doubled_sids: OnceLock<HashSet<u64>>,
}

impl<'s, 'd> SimulatedExports<'s, 'd> {
    /// `with_tenant`: there are cloud objects to compare with.
    pub(super) fn new(
        simulation: &'s Simulation<'d>,
        settings: &TenantSettings,
        licensed: &'s Licensed,
        with_tenant: bool,
    ) -> Self {
        Self {
            simulation,
            licensed,
            with_tenant,
            cloud_managed_by_default: settings.exchange_attributes_cloud_managed_by_default,
            doubled_sids: OnceLock::new(),
        }
    }

    fn any_member_has(&self, number: u32, attribute: AttributeId) -> bool {
        let directory = self.simulation.directory();
        let members = self.simulation.members(MetaverseId(number));
        members.iter().any(|id| directory.object(*id).first(attribute).is_some())
    }
}

fn doubled_sids(directory: &Directory) -> HashSet<u64> {
    let count = u32::try_from(directory.len()).expect("object numbers are 32 bits");
    let own = |number: u32| directory.object(ObjectId(number)).first(attribute::OBJECT_SID).map(hash);
    let mut hashes: Vec<u64> = (0..count).into_par_iter().filter_map(own).collect();
    hashes.par_sort_unstable();
    hashes.chunk_by(|a, b| a == b).filter(|run| run.len() > 1).map(|run| run[0]).collect()
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

impl Exports for SimulatedExports<'_, '_> {
    fn count(&self) -> u32 {
        self.simulation.metaverse_count()
    }

    fn kind(&self, number: u32) -> Option<CloudKind> {
        CloudKind::from_name(self.simulation.export_type(MetaverseId(number))?)
    }

    fn principal(&self, number: u32) -> ObjectId {
        self.simulation.principal(MetaverseId(number))
    }

    fn incoming(&self, number: u32) -> Option<Incoming<'_>> {
        let kind = self.kind(number)?;
        let principal = self.principal(number);
        let mut incoming = Incoming::empty(kind, principal);
        if kind == CloudKind::Device {
            return Some(incoming);
        }
        self.simulation.export_scope(MetaverseId(number))?.reading(|value| {
            incoming.proxy_addresses = texts(value(attribute::PROXY_ADDRESSES));
            incoming.alias = text(value(attribute::ALIAS));
            // Only what the calculation may look at: the rest of a million objects costs seconds.
            let primary = || incoming.proxy_addresses.iter().any(|address| address.starts_with("SMTP:"));
            if incoming.proxy_addresses.is_empty() || (incoming.alias.is_none() && !primary()) {
                incoming.mail = text(value(attribute::MAIL));
            }
            if kind == CloudKind::User {
                incoming.user_principal_name = text(value(attribute::USER_PRINCIPAL_NAME));
            }
        });
        let directory = self.simulation.directory();
        if kind == CloudKind::User {
            incoming.is_licensed = self.licensed.contains(self.simulation, MetaverseId(number));
            incoming.is_cloud_managed_when_new = self.cloud_managed_by_default;
            incoming.has_remote_recipient_type =
                self.any_member_has(number, attribute::REMOTE_RECIPIENT_TYPE);
        } else if incoming.alias.is_none() {
            let cn = directory.object(principal).first(attribute::CN);
            incoming.cn = cn.map(String::from_utf8_lossy);
        }
        Some(incoming)
    }

    fn anchor(&self, number: u32) -> Option<Cow<'_, str>> {
        self.simulation
            .export_scope(MetaverseId(number))?
            .reading(|value| text(value(attribute::SOURCE_ANCHOR)))
    }

    fn sid(&self, number: u32) -> Option<Cow<'_, str>> {
        if !self.with_tenant {
            let directory = self.simulation.directory();
            let doubled = self.doubled_sids.get_or_init(|| doubled_sids(directory));
            let own = |id: &ObjectId| directory.object(*id).first(attribute::OBJECT_SID).map(hash);
            let mut members = self.simulation.members(MetaverseId(number)).iter();
            if doubled.is_empty() || !members.any(|id| own(id).is_some_and(|own| doubled.contains(&own))) {
                return None;
            }
        }
        let scope = self.simulation.export_scope(MetaverseId(number))?;
        scope.reading(|value| match value(attribute::ON_PREMISE_SECURITY_IDENTIFIER) {
            Value::Binary(bytes) => sid::to_text(&bytes).map(Cow::Owned),
            other => text(other),
        })
    }

    fn object_guid(&self, number: u32) -> Option<String> {
        let object = self.simulation.directory().object(self.principal(number));
        object.first(attribute::OBJECT_GUID).and_then(guid::to_text)
    }

    fn is_stated_to_exist(&self, number: u32) -> bool {
        let directory = self.simulation.directory();
        let stated = [attribute::CLOUD_SOURCE_ANCHOR, attribute::CLOUD_ANCHOR];
        stated.iter().any(|attribute| directory.occurs(*attribute))
            && stated.iter().any(|attribute| self.any_member_has(number, *attribute))
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        order::compare(self.simulation.directory(), self.principal(a), self.principal(b)).then(a.cmp(&b))
    }
}

fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) | Value::Reference(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::List(values) => values.into_iter().find_map(text),
        _ => None,
    }
}

fn texts(value: Value<'_>) -> Vec<Cow<'_, str>> {
    match value {
        Value::List(values) => values.into_iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}
