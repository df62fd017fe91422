//! Tenant files: which properties they tell, and which they do not.

use super::{Described, Input, Verdict, command, refused};
use crate::directory::InputRole;
use crate::load::{self, Limits};
use crate::predict::Needs;
use crate::tenant::{CloudKind, CloudObject, CloudProperty};

use CloudKind::{Contact, Device, Group, User};

/// Where a property can be exported from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Microsoft Graph, version 1.0.
    Graph,
    /// Microsoft Graph, beta only (`entra-outcomes` section J.1, read 2026-11-25): asking version 1.0 for it fails.
    GraphBeta,
    /// Exchange Online.
    Exchange,
}

/// A property that is read, and the kinds of objects that have it.
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) kinds: &'static [CloudKind],
    pub(super) place: Place,
    of: CloudProperty,
}

const fn property(name: &'static str, kinds: &'static [CloudKind], of: CloudProperty) -> Property {
    Property { name, kinds, place: Place::Graph, of }
}

const fn elsewhere(name: &'static str, place: Place, of: CloudProperty) -> Property {
    Property { name, kinds: &[User], place, of }
}

/// What is read, as Microsoft Graph and Exchange Online name it.
pub(super) const PROPERTIES: [Property; 22] = [
    property("id", &[User, Group, Contact, Device], CloudProperty::Id),
    property("displayName", &[User, Group, Contact, Device], CloudProperty::DisplayName),
    property("userPrincipalName", &[User], CloudProperty::UserPrincipalName),
    property("mail", &[User, Group, Contact], CloudProperty::Mail),
    property("mailNickname", &[User, Group, Contact], CloudProperty::MailNickname),
    property("proxyAddresses", &[User, Group, Contact], CloudProperty::ProxyAddresses),
    property("accountEnabled", &[User, Device], CloudProperty::AccountEnabled),
    property("onPremisesImmutableId", &[User], CloudProperty::ImmutableId),
    property("onPremisesSyncEnabled", &[User, Group, Contact, Device], CloudProperty::SyncEnabled),
    property("onPremisesSecurityIdentifier", &[User, Group], CloudProperty::SecurityIdentifier),
    property("onPremisesDistinguishedName", &[User], CloudProperty::DistinguishedName),
    property("onPremisesUserPrincipalName", &[User], CloudProperty::OnPremisesUserPrincipalName),
    property("onPremisesProvisioningErrors", &[User, Group, Contact], CloudProperty::ProvisioningErrors),
    property("assignedPlans", &[User], CloudProperty::ExchangeLicensed),
    property("mailEnabled", &[Group], CloudProperty::MailEnabled),
    property("securityEnabled", &[Group], CloudProperty::SecurityEnabled),
    property("deletedDateTime", &[User, Group], CloudProperty::Deleted),
    elsewhere("onPremisesObjectIdentifier", Place::GraphBeta, CloudProperty::ObjectIdentifier),
    elsewhere("RecipientTypeDetails", Place::Exchange, CloudProperty::RecipientTypeDetails),
    elsewhere("ExchangeGuid", Place::Exchange, CloudProperty::ExchangeGuid),
    elsewhere("ArchiveGuid", Place::Exchange, CloudProperty::ArchiveGuid),
    elsewhere("IsExchangeCloudManaged", Place::Exchange, CloudProperty::ExchangeCloudManaged),
];

/// Examines a tenant file.
pub(super) fn examine(path: &str, limits: &Limits, needs: &Needs) -> Input {
    let (objects, source) = match load::load_tenant_within(path, limits) {
        Ok(loaded) => loaded,
        Err(error) => return refused(path, InputRole::Tenant, error, needs),
    };
    let of_kind = |kind: CloudKind| objects.iter().filter(|object| object.kind() == kind).count() as u64;
    let kinds = [(User, "user"), (Group, "group"), (Contact, "contact"), (Device, "device")];
    let mut signs = Vec::new();
    if !source.complete {
        signs.push("The input says, or shows, that something is missing: see its warnings.".to_owned());
    }
    if source.objects >= 100 && source.objects.is_multiple_of(100) {
        signs.push(format!(
            "There are exactly {} objects: Microsoft Graph gives pages of 100 to 999; were all of them read?",
            source.objects
        ));
    }
    let deleted = objects.iter().filter(|object| object.is_deleted()).count();
    if deleted > 0 {
        signs.push(format!("{deleted} of the objects are in the recycle bin."));
    }
    let has_value = |object: &CloudObject, of| object.text(of).is_some() || object.flag(of).is_some();
    // Whether it was exported, and how many objects have a value.
    let counts: Vec<(&str, Option<u64>)> = PROPERTIES
        .iter()
        .map(|property| {
            let is_told = objects.iter().any(|object| object.tells(property.of));
            let values = || objects.iter().filter(|object| has_value(object, property.of)).count() as u64;
            (property.name, is_told.then(values))
        })
        .collect();
    Input {
        path: source.path,
        role: source.role,
        origin: source.origin,
        export: command::for_tenant(),
        verdict: Verdict::Described(Box::new(Described {
            format: source.format,
            forest: None,
            domains: Vec::new(),
            loaded: source.objects,
            skipped: source.skipped,
            complete: source.complete,
            warnings: source.warnings,
            columns: source.columns,
            classes: kinds
                .into_iter()
                .map(|(kind, name)| (name, of_kind(kind)))
                .filter(|(_, count)| *count > 0)
                .collect(),
            present: counts
                .iter()
                .filter_map(|(name, values)| Some(((*name).to_owned(), (*values)?)))
                .collect(),
            missing: counts
                .iter()
                .filter(|(_, values)| values.is_none())
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            signs,
        })),
    }
}
