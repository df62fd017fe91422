//! One object while its properties come in, in any order, and what it turns out to be.

use super::property::Property;
use crate::load::csv::{lists, scalars};
use crate::tenant::{CloudDraft, CloudKind, CloudObject, CloudProperty};

/// A value as any of the formats writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// `null`, or an empty cell of a CSV.
    Null,
    Flag(bool),
    Text(String),
    List(Vec<String>),
    /// A nested object that nothing here reads.
    Opaque,
}

/// What a page says about all its objects, from `@odata.context`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resource {
    Kind(CloudKind),
    /// Objects of several kinds.
    Mixed,
    /// Something else, by its name.
    Foreign(String),
}

impl Resource {
    /// From a context URL such as `https://…/v1.0/$metadata#users(id,mail)`.
    pub(super) fn of_context(url: &str) -> Self {
        let fragment = url.rsplit_once('#').map_or(url, |(_, fragment)| fragment);
        if let Some((_, type_name)) = fragment.rsplit_once("microsoft.graph.") {
            return Self::of_type(type_name.trim_end_matches(')'));
        }
        let name: String = fragment.chars().take_while(char::is_ascii_alphanumeric).collect();
        // `groups('…')/members`, `directoryObjects`, `directory/deletedItems`: the objects say themselves what they are.
        if fragment.contains("')/") || name.to_ascii_lowercase().starts_with("directory") {
            return Self::Mixed;
        }
        match name.to_ascii_lowercase().as_str() {
            "users" => Self::Kind(CloudKind::User),
            "groups" => Self::Kind(CloudKind::Group),
            "contacts" => Self::Kind(CloudKind::Contact),
            "devices" => Self::Kind(CloudKind::Device),
            _ => Self::Foreign(name),
        }
    }

    /// From `@odata.type` (`#microsoft.graph.user`) or the retired module's `ObjectType`.
    fn of_type(name: &str) -> Self {
        let name = name.trim_start_matches('#').trim_start_matches("microsoft.graph.");
        match name.to_ascii_lowercase().as_str() {
            "user" => Self::Kind(CloudKind::User),
            "group" => Self::Kind(CloudKind::Group),
            "orgcontact" | "contact" => Self::Kind(CloudKind::Contact),
            "device" => Self::Kind(CloudKind::Device),
            "directoryobject" => Self::Mixed,
            _ => Self::Foreign(name.to_owned()),
        }
    }
}

/// Which of the properties that matching needs a file tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub anchor: bool,
    pub sync_state: bool,
    pub addresses: bool,
}

/// Name of the resource of objects that come from an on-premises directory.
pub(super) const DIRECTORY_EXPORT: &str = "a directory";

/// A device has accountEnabled as users do, and an organizational contact has hardly anything of its own.
const SPEAKING: [CloudKind; 4] = [CloudKind::Device, CloudKind::Group, CloudKind::User, CloudKind::Contact];

/// An object on its way.
#[derive(Debug, Default)]
pub(super) struct Draft {
    object: CloudDraft,
    object_type: Option<Resource>,
    /// The kind that its properties speak for; the first of [`SPEAKING`] wins.
    sign: Option<CloudKind>,
    /// What it must be because of a property that no cloud object has, as far as that has a name.
    foreign: Option<&'static str>,
    /// Why it is not to be loaded.
    pub left_out: Option<&'static str>,
    /// A collection was cut to a type name.
    pub is_cut: bool,
    pub told: Told,
}

impl Draft {
    /// Takes a property. PowerShell writes `null` for what was not asked for as well as for what is not set, so a
    /// `null` of it (`from_powershell`) tells nothing.
    pub(super) fn set(&mut self, property: Property, cell: Cell, from_powershell: bool) {
        let tells = cell != Cell::Null || !from_powershell;
        self.see(property, tells);
        if let Some((flagged, is_opposite)) = flag_of(property) {
            if tells {
                self.object.tell(flagged);
            }
            if let Some(flag) = flag(&cell) {
                self.object.set_flag(flagged, flag != is_opposite);
            }
            return;
        }
        if property == Property::ProxyAddresses {
            return self.set_addresses(cell, tells);
        }
        if let (Some(kept), true) = (text_of(property), tells) {
            self.object.tell(kept);
        }
        let Some(text) = self.text(cell) else { return };
        if let Some(kept) = text_of(property) {
            self.object.set(kept, &text);
        }
        match property {
            Property::LastSyncTime => self.object.set_flag(CloudProperty::SyncEnabled, true),
            Property::DeletedTime => self.left_out = self.left_out.or(Some("soft-deleted")),
            Property::Type => self.object_type = Some(Resource::of_type(&text)),
            _ => {}
        }
    }

    /// Notes what the mere presence of a property says.
    fn see(&mut self, property: Property, tells: bool) {
        match property {
            Property::ImmutableId => {
                self.speaks_for(CloudKind::User);
                self.told.anchor |= tells;
            }
            Property::UserPrincipalName | Property::BlockCredential | Property::AccountEnabled => {
                self.speaks_for(CloudKind::User);
            }
            Property::SyncEnabled | Property::LastSyncTime => self.told.sync_state |= tells,
            Property::ProxyAddresses => self.told.addresses |= tells,
            Property::Sign(kind) => self.speaks_for(kind),
            Property::ForeignSign => self.foreign = self.foreign.or(Some("")),
            Property::DirectorySign => self.foreign = Some(DIRECTORY_EXPORT),
            Property::Removed => self.left_out = Some("removed"),
            _ => {}
        }
    }

    fn speaks_for(&mut self, kind: CloudKind) {
        self.sign = SPEAKING.into_iter().find(|own| *own == kind || Some(*own) == self.sign);
    }

    fn set_addresses(&mut self, cell: Cell, tells: bool) {
        let was_cut = self.is_cut;
        let values = match cell {
            Cell::List(values) => values.into_iter().filter(|value| !value.is_empty()).collect(),
            cell => match self.text(cell) {
                Some(joined) => {
                    let pieces = lists::addresses(joined.as_bytes());
                    self.is_cut |= pieces.truncated;
                    let text = |value| String::from_utf8_lossy(value).into_owned();
                    pieces.values.into_iter().map(text).collect()
                }
                None => Vec::new(),
            },
        };
        // In the place of a type name there may have been anything.
        if tells && (!values.is_empty() || was_cut == self.is_cut) {
            self.object.set(CloudProperty::ProxyAddresses, "");
        }
        for value in values {
            self.object.add(CloudProperty::ProxyAddresses, &value);
        }
    }

    /// The addresses so far.
    pub(super) fn has_addresses(&self) -> bool {
        self.object.text(CloudProperty::ProxyAddresses).is_some()
    }

    fn text(&mut self, cell: Cell) -> Option<String> {
        let Cell::Text(text) = cell else { return None };
        if scalars::is_type_name(text.as_bytes()) {
            self.is_cut = true;
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    /// What it is: by its own type, else by the page, else by the properties it has.
    pub(super) fn resource(&self, page: Option<&Resource>) -> Resource {
        let by_type = self.object_type.as_ref().filter(|resource| **resource != Resource::Mixed);
        let by_page = page.filter(|resource| **resource != Resource::Mixed);
        if let Some(resource) = by_type.or(by_page) {
            return resource.clone();
        }
        match (self.foreign, self.sign) {
            (None, Some(kind)) => Resource::Kind(kind),
            (name, _) => Resource::Foreign(name.unwrap_or_default().to_owned()),
        }
    }

    /// The finished object; `None` when nothing identifies it. The flag tells that another property stands for the id.
    pub(super) fn into_object(self, kind: CloudKind) -> Option<(CloudObject, bool)> {
        self.object.identified(kind)
    }
}

/// The flag that a property sets, and whether it says the opposite.
fn flag_of(property: Property) -> Option<(CloudProperty, bool)> {
    Some(match property {
        Property::SyncEnabled => (CloudProperty::SyncEnabled, false),
        Property::AccountEnabled => (CloudProperty::AccountEnabled, false),
        Property::BlockCredential => (CloudProperty::AccountEnabled, true),
        _ => return None,
    })
}

/// The text that a property is.
fn text_of(property: Property) -> Option<CloudProperty> {
    Some(match property {
        Property::Id => CloudProperty::Id,
        Property::ImmutableId => CloudProperty::ImmutableId,
        Property::SecurityIdentifier => CloudProperty::SecurityIdentifier,
        Property::DistinguishedName => CloudProperty::DistinguishedName,
        Property::UserPrincipalName => CloudProperty::UserPrincipalName,
        Property::DisplayName => CloudProperty::DisplayName,
        Property::Mail => CloudProperty::Mail,
        Property::MailNickname => CloudProperty::MailNickname,
        _ => return None,
    })
}

fn flag(cell: &Cell) -> Option<bool> {
    match cell {
        Cell::Flag(flag) => Some(*flag),
        Cell::Text(text) => scalars::boolean(text.as_bytes()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_names_the_kind() {
        let context = |fragment: &str| {
            Resource::of_context(&format!("https://graph.example/v1.0/$metadata#{fragment}"))
        };
        assert_eq!(context("users(id,mail)"), Resource::Kind(CloudKind::User));
        assert_eq!(context("users/$entity"), Resource::Kind(CloudKind::User));
        assert_eq!(context("Collection(microsoft.graph.orgContact)"), Resource::Kind(CloudKind::Contact));
        assert_eq!(context("groups('5a01')/members"), Resource::Mixed);
        assert_eq!(context("directoryObjects"), Resource::Mixed);
        assert_eq!(context("servicePrincipals"), Resource::Foreign("servicePrincipals".to_owned()));
    }

    #[test]
    fn without_a_context_the_properties_tell_the_kind() {
        let kind = |properties: &[Property]| {
            let mut draft = Draft::default();
            for property in properties {
                draft.set(*property, Cell::Text("x".to_owned()), false);
            }
            draft.resource(None)
        };
        assert_eq!(kind(&[Property::UserPrincipalName]), Resource::Kind(CloudKind::User));
        assert_eq!(
            kind(&[Property::Sign(CloudKind::Group), Property::Mail]),
            Resource::Kind(CloudKind::Group)
        );
        let device = [Property::AccountEnabled, Property::Sign(CloudKind::Device)];
        assert_eq!(kind(&device), Resource::Kind(CloudKind::Device));
        assert_eq!(kind(&[Property::Mail]), Resource::Foreign(String::new()));
        assert_eq!(
            kind(&[Property::UserPrincipalName, Property::ForeignSign]),
            Resource::Foreign(String::new())
        );
    }
}
