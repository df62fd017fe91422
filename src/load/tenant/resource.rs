//! What an object or a page of objects is, by the names that Graph, PowerShell and Exchange Online have for it.

use crate::tenant::CloudKind;

/// What a page says about all its objects, or an object about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resource {
    Kind(CloudKind),
    /// Objects of several kinds.
    Mixed,
    /// Something else, by its name.
    Foreign(String),
}

/// Name of the resource of objects that come from an on-premises directory.
pub(super) const DIRECTORY_EXPORT: &str = "a directory";

impl Resource {
    /// From a context URL such as `https://…/v1.0/$metadata#users(id,mail)`; the flag says that the objects come from
    /// the recycle bin (`directory/deletedItems`).
    pub(super) fn of_context(url: &str) -> (Self, bool) {
        let fragment = url.rsplit_once('#').map_or(url, |(_, fragment)| fragment);
        let path = fragment.split_once('(').map_or(fragment, |(path, _)| path);
        let is_deleted = path.to_ascii_lowercase().contains("deleteditems");
        (Self::of_fragment(fragment), is_deleted)
    }

    fn of_fragment(fragment: &str) -> Self {
        if let Some((_, type_name)) = fragment.rsplit_once("microsoft.graph.") {
            return Self::of_type(type_name.split(['(', ')', '/']).next().unwrap_or_default());
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

    /// From `@odata.type` (`#microsoft.graph.user`), the retired module's `ObjectType`, or the type that sync tools show.
    pub(super) fn of_type(name: &str) -> Self {
        let name = name.trim_start_matches('#').trim_start_matches("microsoft.graph.");
        match name.to_ascii_lowercase().as_str() {
            "user" => Self::Kind(CloudKind::User),
            "group" => Self::Kind(CloudKind::Group),
            "orgcontact" | "contact" => Self::Kind(CloudKind::Contact),
            "device" => Self::Kind(CloudKind::Device),
            "directoryobject" | "" => Self::Mixed,
            _ => Self::Foreign(name.to_owned()),
        }
    }

    /// From a `#TYPE` line of `Export-Csv`, such as `Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser1`; `None` where
    /// it names no kind of object.
    pub(super) fn of_power_shell_type(name: &str) -> Option<CloudKind> {
        let last = name.trim().rsplit('.').next()?.trim_end_matches(|last: char| last.is_ascii_digit());
        match Self::of_type(last.trim_start_matches("MicrosoftGraph")) {
            Self::Kind(kind) => Some(kind),
            _ => None,
        }
    }

    /// From `RecipientTypeDetails` or `RecipientType` (`entra-outcomes` section I.1, read 2026-11-25).
    pub(super) fn of_recipient_type(name: &str) -> Self {
        let plain = name.to_ascii_lowercase();
        let kind = match plain.as_str() {
            "user" | "disableduser" | "linkeduser" | "mailuser" | "guestmailuser" => CloudKind::User,
            "contact" | "mailcontact" | "mailforestcontact" => CloudKind::Contact,
            "groupmailbox" | "remotegroupmailbox" | "roomlist" => CloudKind::Group,
            "dynamicdistributiongroup" | "publicfoldermailbox" | "rolegroup" => {
                return Self::Foreign(name.to_owned());
            }
            group if group.ends_with("group") => CloudKind::Group,
            mailbox if mailbox.ends_with("mailbox") => CloudKind::User,
            _ => return Self::Foreign(name.to_owned()),
        };
        Self::Kind(kind)
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
        assert_eq!(context("users(id,mail)"), (Resource::Kind(CloudKind::User), false));
        assert_eq!(context("users/$entity"), (Resource::Kind(CloudKind::User), false));
        assert_eq!(
            context("Collection(microsoft.graph.orgContact)"),
            (Resource::Kind(CloudKind::Contact), false)
        );
        assert_eq!(context("groups('5a01')/members"), (Resource::Mixed, false));
        assert_eq!(context("directoryObjects"), (Resource::Mixed, false));
        assert_eq!(
            context("directory/deletedItems/microsoft.graph.user(id)"),
            (Resource::Kind(CloudKind::User), true)
        );
        assert_eq!(context("directory/deletedItems"), (Resource::Mixed, true));
        let foreign = Resource::Foreign("servicePrincipals".to_owned());
        assert_eq!(context("servicePrincipals"), (foreign, false));
    }

    #[test]
    fn types_of_recipients_are_kinds() {
        for (name, kind) in [
            ("UserMailbox", CloudKind::User),
            ("SharedMailbox", CloudKind::User),
            ("MailUser", CloudKind::User),
            ("MailUniversalSecurityGroup", CloudKind::Group),
            ("GroupMailbox", CloudKind::Group),
            ("RoomList", CloudKind::Group),
            ("MailContact", CloudKind::Contact),
        ] {
            assert_eq!(Resource::of_recipient_type(name), Resource::Kind(kind), "{name}");
        }
        for name in ["PublicFolder", "DynamicDistributionGroup", "PublicFolderMailbox", "?"] {
            assert_eq!(Resource::of_recipient_type(name), Resource::Foreign(name.to_owned()));
        }
    }

    #[test]
    fn a_type_line_names_the_kind() {
        for (name, kind) in [
            ("Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser1", Some(CloudKind::User)),
            ("Microsoft.Graph.PowerShell.Models.MicrosoftGraphOrgContact", Some(CloudKind::Contact)),
            ("Microsoft.Online.Administration.Group", Some(CloudKind::Group)),
            ("Selected.Microsoft.Open.AzureAD.Model.User", Some(CloudKind::User)),
            ("System.Management.Automation.PSCustomObject", None),
        ] {
            assert_eq!(Resource::of_power_shell_type(name), kind, "{name}");
        }
    }
}
