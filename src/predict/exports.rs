//! A simulation as the Entra stage sees it.

use std::borrow::Cow;
use std::cmp::Ordering;

use rayon::prelude::*;

use super::licences::Licensed;
use crate::config::TenantSettings;
use crate::directory::hash::of_bytes;
use crate::directory::{AttributeId, ObjectId, attribute, guid, order, sid};
use crate::entra::exports::Exports;
use crate::entra::incoming::Incoming;
use crate::expression::Value;
use crate::sync::{MetaverseId, Simulation};
use crate::tenant::{CloudId, CloudKind};

/// The exported objects of a simulation; the number of one is that of its metaverse object.
pub(super) struct SimulatedExports<'s, 'd> {
    simulation: &'s Simulation<'d>,
    licensed: &'s Licensed,
    cloud_managed_by_default: bool,
    /// By object number: the synchronized cloud object that the tenant files tell for it. Empty: not known here.
    linked: &'s [Option<CloudId>],
}

impl<'s, 'd> SimulatedExports<'s, 'd> {
    /// Of a simulation that the tenant settings go with.
    pub(super) fn new(
        simulation: &'s Simulation<'d>,
        settings: &TenantSettings,
        licensed: &'s Licensed,
    ) -> Self {
        Self {
            simulation,
            licensed,
            cloud_managed_by_default: settings.exchange_attributes_cloud_managed_by_default,
            linked: &[],
        }
    }

    /// With the cloud objects that the engine was told of, which saves looking for them once more.
    pub(super) fn with_links(self, linked: &'s [Option<CloudId>]) -> Self {
        Self { linked, ..self }
    }

    fn any_member_has(&self, number: u32, attribute: AttributeId) -> bool {
        let directory = self.simulation.directory();
        let members = self.simulation.members(MetaverseId(number));
        members.iter().any(|id| directory.object(*id).first(attribute).is_some())
    }
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
        let scope = self.simulation.export_scope(MetaverseId(number))?;
        scope.reading(|value| match value(attribute::ON_PREMISE_SECURITY_IDENTIFIER) {
            Value::Binary(bytes) => sid::to_text(&bytes).map(Cow::Owned),
            other => text(other),
        })
    }

    fn with_doubled_sid(&self) -> Vec<u32> {
        let directory = self.simulation.directory();
        let count = u32::try_from(directory.len()).expect("object numbers are 32 bits");
        let own = |number: u32| {
            let sid = directory.object(ObjectId(number)).first(attribute::OBJECT_SID)?;
            Some((of_bytes(0, sid), number))
        };
        let mut held: Vec<(u64, u32)> = (0..count).into_par_iter().filter_map(own).collect();
        held.par_sort_unstable();
        let doubled = held.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).flatten();
        let metaverse = doubled.filter_map(|(_, number)| self.simulation.metaverse_of(ObjectId(*number)));
        let mut numbers: Vec<u32> = metaverse.map(|metaverse| metaverse.0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn linked_user(&self, number: u32) -> Option<CloudId> {
        let member = self.simulation.holder_of_known_anchor(MetaverseId(number))?;
        self.linked.get(member.index()).copied().flatten()
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
