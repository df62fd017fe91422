//! One object while its properties come in, in any order, and what it turns out to be.

use super::addresses;
use super::licence::{Licence, Plan};
use super::property::{Name, Property};
use super::resource::{DIRECTORY_EXPORT, Resource};
use crate::load::csv::scalars;
use crate::tenant::{CloudDraft, CloudKind, CloudObject, CloudProperty, is_exchange_relevant_type};

/// A device has accountEnabled as users do, and an organizational contact has hardly anything of its own.
const SPEAKING: [CloudKind; 4] = [CloudKind::Device, CloudKind::Group, CloudKind::User, CloudKind::Contact];

/// Part of every distinguished name that Exchange Online gives its recipients.
const HOSTED: &str = "OU=Microsoft Exchange Hosted Organizations";

/// An object on its way. It may be used again after [`Draft::clear`].
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each notes a sign of its own")]
pub(super) struct Draft {
    object: CloudDraft,
    /// What is taken where nothing better comes: mail, and userPrincipalName.
    substitutes: [(Option<CloudProperty>, String); 2],
    object_type: Option<Resource>,
    recipient_type: Option<Resource>,
    /// The kind that its properties speak for; the first of [`SPEAKING`] wins.
    sign: Option<CloudKind>,
    has_foreign_sign: bool,
    has_directory_sign: bool,
    /// It is a recipient as Exchange shows it: its `Id` is a name.
    is_recipient: bool,
    exchange_id: Option<String>,
    /// There is a distinguished name, and it is one of Exchange Online.
    is_hosted: Option<bool>,
    is_removed: bool,
    licence: Licence,
    was_synchronized: bool,
    /// Of a row that is one provisioning error: cause and value.
    error: [String; 2],
    lost_addresses: bool,
    /// A collection was cut to a type name.
    is_cut: bool,
    /// For texts that have to be changed.
    scratch: String,
}

/// An object that has come to its end.
#[derive(Debug)]
pub(super) struct Record {
    /// `None` when nothing identifies it.
    pub(super) object: Option<CloudObject>,
    /// Another property stands for the id.
    pub(super) is_substituted: bool,
    pub(super) is_cut: bool,
    /// A type name stands in the place of addresses.
    pub(super) lost_addresses: bool,
}

impl Draft {
    /// Empties it.
    pub(super) fn clear(&mut self) {
        let mut object = std::mem::take(&mut self.object);
        object.clear();
        let scratch = std::mem::take(&mut self.scratch);
        *self = Self { object, scratch, ..Self::default() };
    }

    /// Takes a property without value. PowerShell writes `null` for what was not asked for as well as for what is not
    /// set, so a `null` of it tells nothing.
    pub(super) fn null(&mut self, name: Name) {
        self.see(name);
        let Some(property) = name.property.filter(|_| !name.is_pascal_case) else { return };
        match property {
            Property::Text(kept) | Property::Guid(kept) | Property::Flag(kept) | Property::NotFlag(kept) => {
                self.object.tell(kept);
            }
            Property::Addresses => self.object.tell(CloudProperty::ProxyAddresses),
            Property::ProvisioningErrors => self.object.tell(CloudProperty::ProvisioningErrors),
            Property::LastSyncTime => self.object.tell(CloudProperty::SyncEnabled),
            Property::RecipientType => self.object.tell(CloudProperty::RecipientTypeDetails),
            Property::DeletedTime => self.object.set_flag(CloudProperty::Deleted, false),
            Property::Plans => self.licence.list_plans(),
            Property::Licences => self.licence.set_products(false),
            _ => {}
        }
    }

    /// Takes a property that is true or false.
    pub(super) fn flag(&mut self, name: Name, flag: bool) {
        self.see(name);
        match name.property {
            Some(Property::Flag(kept)) => self.object.set_flag(kept, flag),
            Some(Property::NotFlag(kept)) => self.object.set_flag(kept, !flag),
            Some(Property::IsLicensed) => self.licence.set_products(flag),
            Some(Property::HasMailboxLicence) if flag => self.licence.set_mailbox(),
            _ => {}
        }
    }

    /// Takes a property that is a text; an empty one is none.
    pub(super) fn text(&mut self, name: Name, text: &str) {
        let Some(property) = name.property else { return };
        if text.is_empty() {
            return self.null(Name { is_pascal_case: false, ..name });
        }
        self.see(name);
        if scalars::is_type_name(text.as_bytes()) {
            return self.lose(property);
        }
        match property {
            Property::Text(kept) => self.object.set(kept, text),
            Property::Guid(kept) => self.guid(kept, text),
            Property::Substitute(kept) => self.substitute(kept, text),
            Property::Flag(_) | Property::NotFlag(_) | Property::IsLicensed | Property::HasMailboxLicence => {
                match boolean(text) {
                    Some(flag) => self.flag(name, flag),
                    None => self.null(name),
                }
            }
            Property::Addresses => self.addresses(text),
            Property::ProvisioningErrors | Property::Plans => self.fields_text(property, text),
            Property::Licences => self.licence.set_product_names(text),
            Property::LastSyncTime => self.was_synchronized = true,
            Property::DeletedTime => self.object.set_flag(CloudProperty::Deleted, true),
            Property::RecipientType => self.recipient_type(text),
            Property::RecipientClass if self.recipient_type.is_none() => {
                self.recipient_type = Some(Resource::of_recipient_type(text));
            }
            Property::ExchangeId => {
                self.exchange_id = Some(text.to_ascii_lowercase());
            }
            Property::Dn => self.is_hosted = Some(text.contains(HOSTED)),
            Property::CloudAnchor => self.cloud_anchor(text),
            Property::Type => self.object_type = Some(Resource::of_type(text)),
            Property::ErrorCause => self.error[0].push_str(text),
            Property::Value => self.error[1].push_str(text),
            _ => {}
        }
    }

    /// Notes what the mere presence of a property says.
    fn see(&mut self, name: Name) {
        if name.is_user_sign {
            self.speaks_for(CloudKind::User);
        }
        match name.property {
            Some(Property::Sign(kind)) => self.speaks_for(kind),
            Some(Property::Flag(CloudProperty::MailEnabled | CloudProperty::SecurityEnabled)) => {
                self.speaks_for(CloudKind::Group);
            }
            Some(Property::ForeignSign) => self.has_foreign_sign = true,
            Some(Property::DirectorySign | Property::Dn) => self.has_directory_sign = true,
            Some(Property::Removed) => self.is_removed = true,
            Some(Property::ExchangeId | Property::RecipientType | Property::RecipientClass) => {
                self.is_recipient = true;
            }
            _ => {}
        }
    }

    /// Notes a property whose value is of no interest.
    pub(super) fn opaque(&mut self, name: Name) {
        self.see(name);
    }

    fn speaks_for(&mut self, kind: CloudKind) {
        self.sign = SPEAKING.into_iter().find(|own| *own == kind || Some(*own) == self.sign);
    }

    /// The name of a type stands in the place of the value.
    fn lose(&mut self, property: Property) {
        match property {
            Property::Plans => return self.licence.lose_plans(),
            Property::Addresses => self.lost_addresses = true,
            Property::Text(_) | Property::ProvisioningErrors => {}
            _ => return,
        }
        self.is_cut = true;
    }

    fn guid(&mut self, kept: CloudProperty, text: &str) {
        let is_guid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
        if is_guid && text.bytes().all(|byte| matches!(byte, b'0' | b'-')) {
            return self.object.tell(kept);
        }
        if is_guid && text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.object.set(kept, &text.to_ascii_lowercase());
        } else {
            self.object.set(kept, text);
        }
    }

    fn substitute(&mut self, kept: CloudProperty, text: &str) {
        let place = self.substitutes.iter_mut().find(|(own, _)| own.is_none_or(|own| own == kept));
        if let Some((own, substitute)) = place {
            *own = Some(kept);
            substitute.clear();
            substitute.push_str(text);
        }
    }

    fn recipient_type(&mut self, text: &str) {
        self.object.set(CloudProperty::RecipientTypeDetails, text);
        self.recipient_type = Some(Resource::of_recipient_type(text));
        if is_exchange_relevant_type(text) && self.recipient_type == Some(Resource::Kind(CloudKind::User)) {
            self.licence.set_mailbox();
        }
    }

    /// `User_7b1d…` holds the kind and the id.
    fn cloud_anchor(&mut self, text: &str) {
        if let Some((kind, id)) = text.split_once('_')
            && let kind @ Resource::Kind(_) = Resource::of_type(kind)
        {
            self.object_type.get_or_insert(kind);
            self.guid(CloudProperty::Id, id);
        }
    }

    fn addresses(&mut self, joined: &str) {
        let object = &mut self.object;
        object.set(CloudProperty::ProxyAddresses, "");
        let is_whole = addresses::split(joined, |address| object.add(CloudProperty::ProxyAddresses, address));
        self.is_cut |= !is_whole;
    }

    /// Begins a collection: what follows is all there is.
    pub(super) fn start_list(&mut self, name: Name) {
        self.see(name);
        match name.property {
            Some(Property::Addresses) => self.object.set(CloudProperty::ProxyAddresses, ""),
            Some(Property::ProvisioningErrors) => self.object.set(CloudProperty::ProvisioningErrors, ""),
            Some(Property::Plans) => self.licence.list_plans(),
            Some(Property::Licences) => self.licence.set_products(false),
            Some(Property::Text(kept)) => self.object.tell(kept),
            _ => {}
        }
    }

    /// Takes one text of a collection.
    pub(super) fn list_text(&mut self, name: Name, text: &str) {
        let Some(property) = name.property.filter(|_| !text.is_empty()) else { return };
        if scalars::is_type_name(text.as_bytes()) {
            return self.lose(property);
        }
        match property {
            Property::Addresses => self.object.add(CloudProperty::ProxyAddresses, text),
            Property::ProvisioningErrors | Property::Plans => self.fields_text(property, text),
            Property::Licences => self.licence.set_products(true),
            _ => {}
        }
    }

    /// Takes a nested object of a collection that nothing here looks into.
    pub(super) fn list_opaque(&mut self, name: Name) {
        if name.property == Some(Property::Licences) {
            self.licence.set_products(true);
        }
    }

    pub(super) fn plan(&mut self, plan: &Plan) {
        self.licence.add_plan(plan);
    }

    /// Takes a value that quarantine holds back, under one spelling of the property that causes the error: documents
    /// have `ProxyAddress` and `ProxyAddresses` (`entra-outcomes` section D.4-22).
    pub(super) fn provisioning_error(&mut self, cause: &str, value: &str) {
        let cause = match cause {
            cause if cause.eq_ignore_ascii_case("userPrincipalName") => "UserPrincipalName",
            cause if cause.to_ascii_lowercase().starts_with("proxyaddress") => "ProxyAddresses",
            cause => cause,
        };
        if !cause.is_empty() && !value.is_empty() {
            self.object.add_parts(CloudProperty::ProvisioningErrors, [cause, ":", value]);
        }
    }

    /// Nested objects that PowerShell turned into text: `@{Service=exchange; …}`, or the lines of a class.
    fn fields_text(&mut self, property: Property, text: &str) {
        if property == Property::ProvisioningErrors {
            self.object.tell(CloudProperty::ProvisioningErrors);
        }
        for object in text.split(['{', '}']).filter(|part| part.contains(['=', '\n'])) {
            let mut plan = Plan::default();
            let [mut cause, mut value] = [""; 2];
            for (field, content) in object.split([';', '\n']).filter_map(|field| field.split_once(['=', ':']))
            {
                let (field, content) = (field.trim(), content.trim());
                plan.set(field, content);
                if field.eq_ignore_ascii_case("propertyCausingError") {
                    cause = content;
                } else if field.eq_ignore_ascii_case("value") {
                    value = content;
                }
            }
            match property {
                Property::Plans => self.plan(&plan),
                _ => self.provisioning_error(cause, value),
            }
        }
    }

    /// Whether a delta query says that it is gone.
    pub(super) fn is_removed(&self) -> bool {
        self.is_removed
    }

    /// What it says itself that it is.
    pub(super) fn own_resource(&self) -> Option<Resource> {
        let by_type = self.object_type.as_ref().filter(|resource| **resource != Resource::Mixed);
        let by_exchange = self.recipient_type.as_ref().filter(|_| !self.is_of_directory());
        by_type.or(by_exchange).cloned()
    }

    /// What its properties speak for, where neither it nor its page says what it is; or what else it is, as far as that
    /// has a name.
    pub(super) fn signs(&self) -> Result<CloudKind, &'static str> {
        match self.sign {
            _ if self.is_of_directory() => Err(DIRECTORY_EXPORT),
            Some(kind) if !self.has_foreign_sign => Ok(kind),
            _ => Err(""),
        }
    }

    /// Exchange Online shows names of a directory too, its own.
    fn is_of_directory(&self) -> bool {
        match self.is_hosted {
            Some(is_hosted) => !is_hosted,
            None => self.has_directory_sign && self.exchange_id.is_none(),
        }
    }

    /// The finished object, as this kind. The draft is empty afterwards.
    pub(super) fn take_record(&mut self, kind: CloudKind) -> Record {
        self.complete();
        let found = self.object.identify(kind);
        let is_substituted = found.as_ref().is_some_and(|(_, is_substituted)| *is_substituted);
        let (is_cut, lost_addresses) = (self.is_cut, self.lost_addresses);
        self.clear();
        Record { object: found.map(|(object, _)| object), is_substituted, is_cut, lost_addresses }
    }

    /// What follows from all properties together.
    fn complete(&mut self) {
        if self.is_recipient {
            self.object.set(CloudProperty::Id, self.exchange_id.as_deref().unwrap_or_default());
        }
        for (property, text) in &self.substitutes {
            if let Some(property) = property.filter(|property| self.object.text(*property).is_none()) {
                self.object.add(property, text);
            }
        }
        if self.was_synchronized && self.object.flag(CloudProperty::SyncEnabled).is_none() {
            self.object.set_flag(CloudProperty::SyncEnabled, true);
        }
        let [cause, value] = std::mem::take(&mut self.error);
        self.provisioning_error(&cause, &value);
        self.licence.write(&mut self.object);
        self.complete_group();
    }

    /// Types of recipients say what a group is.
    fn complete_group(&mut self) {
        let details = self.object.text(CloudProperty::RecipientTypeDetails).unwrap_or_default();
        let is_security = match details {
            "MailUniversalSecurityGroup" => Some(true),
            "MailUniversalDistributionGroup" | "MailNonUniversalGroup" | "RoomList" => Some(false),
            "GroupMailbox" => None,
            _ => return,
        };
        if !self.object.tells(CloudProperty::MailEnabled) {
            self.object.set_flag(CloudProperty::MailEnabled, true);
        }
        if let Some(flag) = is_security.filter(|_| !self.object.tells(CloudProperty::SecurityEnabled)) {
            self.object.set_flag(CloudProperty::SecurityEnabled, flag);
        }
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "True" | "true" => Some(true),
        "False" | "false" => Some(false),
        other => scalars::boolean(other.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(properties: &[(&str, &str)]) -> Draft {
        let mut draft = Draft::default();
        for (name, text) in properties {
            draft.text(Name::of(name), text);
        }
        draft
    }

    #[test]
    fn without_a_context_the_properties_tell_the_kind() {
        let signs = |names: &[&str]| {
            let properties: Vec<(&str, &str)> = names.iter().map(|name| (*name, "x")).collect();
            draft(&properties).signs()
        };
        assert_eq!(signs(&["userPrincipalName"]), Ok(CloudKind::User));
        assert_eq!(signs(&["groupTypes", "mail"]), Ok(CloudKind::Group));
        assert_eq!(signs(&["accountEnabled", "deviceId"]), Ok(CloudKind::Device));
        assert_eq!(signs(&["mail"]), Err(""));
        assert_eq!(signs(&["userPrincipalName", "isMfaRegistered"]), Err(""));
        assert_eq!(signs(&["userPrincipalName", "sAMAccountName"]), Err(DIRECTORY_EXPORT));
    }

    #[test]
    fn a_dn_of_exchange_online_is_no_sign_of_a_directory() {
        let dn = "CN=nia,OU=corp.example,OU=Microsoft Exchange Hosted Organizations,DC=EURPR01,DC=PROD";
        let mailbox = [("RecipientTypeDetails", "UserMailbox"), ("SamAccountName", "nia")];
        let online = draft(&[mailbox[0], mailbox[1], ("DistinguishedName", dn)]);
        assert_eq!(online.own_resource(), Some(Resource::Kind(CloudKind::User)));
        for dn in ["CN=nia,DC=corp,DC=example", ""] {
            let local = draft(&[mailbox[0], mailbox[1], ("DistinguishedName", dn)]);
            assert_eq!((local.own_resource(), local.signs()), (None, Err(DIRECTORY_EXPORT)));
        }
    }

    #[test]
    fn plans_and_errors_that_became_text_are_read() {
        let plans = "@{AssignedDateTime=1; CapabilityStatus=Enabled; Service=exchange; ServicePlanId=efb8}";
        let class = "class AssignedPlan {\n  CapabilityStatus: Enabled\n  Service: exchange\n}\n";
        for text in [plans, class] {
            let mut user = draft(&[("Id", "1"), ("AssignedPlans", text)]);
            let object = user.take_record(CloudKind::User).object.unwrap();
            assert_eq!(object.flag(CloudProperty::ExchangeLicensed), Some(true), "{text}");
        }
        let error = "@{Category=PropertyConflict; PropertyCausingError=ProxyAddress; Value=SMTP:a@x.example}";
        let mut user = draft(&[("Id", "1"), ("OnPremisesProvisioningErrors", error)]);
        let object = user.take_record(CloudKind::User).object.unwrap();
        assert_eq!(object.text(CloudProperty::ProvisioningErrors), Some("ProxyAddresses:SMTP:a@x.example"));
    }
}
