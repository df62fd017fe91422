//! Tenant files: which properties they tell, and which they do not.

use super::{Described, Input, Verdict, command, refused};
use crate::directory::InputRole;
use crate::load::{self, Limits};
use crate::predict::Needs;
use crate::tenant::{CloudKind, CloudObject};

use CloudKind::{Contact, Device, Group, User};

/// A property that is read, the kinds of objects that have it, and whether one tells it.
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) kinds: &'static [CloudKind],
    told: fn(&CloudObject) -> bool,
}

const fn property(
    name: &'static str,
    kinds: &'static [CloudKind],
    told: fn(&CloudObject) -> bool,
) -> Property {
    Property { name, kinds, told }
}

/// Every field of [`CloudObject`], as Microsoft Graph names it.
pub(super) const PROPERTIES: [Property; 11] = [
    property("id", &[User, Group, Contact, Device], |object| !object.id.is_empty()),
    property("displayName", &[User, Group, Contact, Device], |object| object.display_name.is_some()),
    property("userPrincipalName", &[User], |object| object.user_principal_name.is_some()),
    property("mail", &[User, Group, Contact], |object| object.mail.is_some()),
    property("mailNickname", &[User, Group, Contact], |object| object.mail_nickname.is_some()),
    property("proxyAddresses", &[User, Group, Contact], |object| !object.proxy_addresses.is_empty()),
    property("accountEnabled", &[User, Device], |object| object.account_enabled.is_some()),
    property("onPremisesImmutableId", &[User], |object| object.immutable_id.is_some()),
    property("onPremisesSyncEnabled", &[User, Group, Contact, Device], |object| {
        object.sync_enabled.is_some()
    }),
    property("onPremisesSecurityIdentifier", &[User, Group], |object| object.security_identifier.is_some()),
    property("onPremisesDistinguishedName", &[User], |object| object.distinguished_name.is_some()),
];

/// Examines a tenant file.
pub(super) fn examine(path: &str, limits: &Limits, needs: &Needs) -> Input {
    let (objects, source) = match load::load_tenant_within(path, limits) {
        Ok(loaded) => loaded,
        Err(error) => return refused(path, InputRole::Tenant, error, needs),
    };
    let of_kind = |kind: CloudKind| objects.iter().filter(|object| object.kind == kind).count() as u64;
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
    let told = |property: &Property| objects.iter().filter(|object| (property.told)(object)).count() as u64;
    let counts: Vec<(&str, u64)> =
        PROPERTIES.iter().map(|property| (property.name, told(property))).collect();
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
                .filter(|(_, count)| *count > 0)
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
            missing: counts
                .iter()
                .filter(|(_, count)| *count == 0)
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            signs,
        })),
    }
}
