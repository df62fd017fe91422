//! Tenant files: which properties they tell, and which they do not.

use super::{Described, Input, Seen, Verdict, command, refused};
use crate::directory::{InputRole, Source};
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

const fn property(of: CloudProperty, kinds: &'static [CloudKind]) -> Property {
    Property { name: of.name(), kinds, place: Place::Graph, of }
}

const fn elsewhere(of: CloudProperty, place: Place) -> Property {
    Property { name: of.name(), kinds: &[User], place, of }
}

/// What is read, as Microsoft Graph and Exchange Online name it.
pub(super) const PROPERTIES: [Property; 22] = [
    property(CloudProperty::Id, &[User, Group, Contact, Device]),
    property(CloudProperty::DisplayName, &[User, Group, Contact, Device]),
    property(CloudProperty::UserPrincipalName, &[User]),
    property(CloudProperty::Mail, &[User, Group, Contact]),
    property(CloudProperty::MailNickname, &[User, Group, Contact]),
    property(CloudProperty::ProxyAddresses, &[User, Group, Contact]),
    property(CloudProperty::AccountEnabled, &[User, Device]),
    property(CloudProperty::ImmutableId, &[User]),
    property(CloudProperty::SyncEnabled, &[User, Group, Contact, Device]),
    property(CloudProperty::SecurityIdentifier, &[User, Group]),
    property(CloudProperty::DistinguishedName, &[User]),
    property(CloudProperty::OnPremisesUserPrincipalName, &[User]),
    property(CloudProperty::ProvisioningErrors, &[User, Group, Contact]),
    property(CloudProperty::ExchangeLicensed, &[User]),
    property(CloudProperty::MailEnabled, &[Group]),
    property(CloudProperty::SecurityEnabled, &[Group]),
    property(CloudProperty::Deleted, &[User, Group]),
    elsewhere(CloudProperty::ObjectIdentifier, Place::GraphBeta),
    elsewhere(CloudProperty::RecipientTypeDetails, Place::Exchange),
    elsewhere(CloudProperty::ExchangeGuid, Place::Exchange),
    elsewhere(CloudProperty::ArchiveGuid, Place::Exchange),
    elsewhere(CloudProperty::ExchangeCloudManaged, Place::Exchange),
];

/// Examines a tenant file.
pub(super) fn examine(path: &str, limits: &Limits, needs: &Needs, seen: &mut Seen) -> Input {
    let (objects, source) = match load::load_tenant_within(path, limits) {
        Ok(loaded) => loaded,
        Err(error) => return refused(path, InputRole::Tenant, error, needs),
    };
    seen.add_cloud(&objects);
    let of_kind = |kind: CloudKind| objects.iter().filter(|object| object.kind() == kind).count() as u64;
    let kinds = [(User, "user"), (Group, "group"), (Contact, "contact"), (Device, "device")];
    let signs = signs_of(&source, &objects);
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

/// Signs that the file holds less than the tenant, as sentences.
fn signs_of(source: &Source, objects: &[CloudObject]) -> Vec<String> {
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
    signs
}
