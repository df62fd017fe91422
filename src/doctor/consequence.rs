//! What becomes unreliable when an attribute is not exported, in an administrator's words.
//!
//! Only what the names of the rules do not tell by themselves. Which checks fall silent, and which rules read the
//! attribute, is worked out, not written here.

use crate::directory::AttributeId;
use crate::directory::attribute as name;

const CONSEQUENCES: &[(AttributeId, &str)] = &[
    (name::OBJECT_CLASS, "The kind of every object is guessed from other attributes."),
    (
        name::OBJECT_GUID,
        "The source anchor of contacts, and of users and groups without mS-DS-ConsistencyGuid, is unknown: they count \
         as not provisioned, and no match with the tenant can be predicted.",
    ),
    (
        name::CONSISTENCY_GUID,
        "Anchors that were written back are not seen: the anchor is taken from objectGUID, and objects that are \
         synchronized already may seem new.",
    ),
    (
        name::OBJECT_SID,
        "Accounts are not joined to their linked mailboxes by SID; groups are not recognized in the tenant.",
    ),
    (
        name::USER_ACCOUNT_CONTROL,
        "Whether an account is enabled is unknown: what the cloud shows as accountEnabled, and which of two joined \
         accounts supplies the identity, cannot be predicted.",
    ),
    (
        name::IS_CRITICAL_SYSTEM_OBJECT,
        "Built-in accounts and groups are not recognized: they are predicted as synchronized.",
    ),
    (
        name::ADMIN_DESCRIPTION,
        "Users and groups that are excluded by User_ or Group_ in adminDescription are predicted as synchronized.",
    ),
    (
        name::SAM_ACCOUNT_NAME,
        "Every user counts as filtered (sam-account-name-missing), and service accounts are not told from others.",
    ),
    (
        name::USER_PRINCIPAL_NAME,
        "The sign-in name in the cloud is unknown: it would be made from sAMAccountName.",
    ),
    (
        name::MAIL,
        "Contacts are not joined to users or to each other by mail, and their objects may count as not provisioned.",
    ),
    (
        name::PROXY_ADDRESSES,
        "Addresses that collide or are dropped are not found, and groups may count as not mail-enabled.",
    ),
    (name::MEMBER, "Members that a group loses, and groups over the limit, are not found."),
    (name::GROUP_TYPE, "Security groups and distribution groups cannot be told apart."),
    (
        name::RECIPIENT_TYPE_DETAILS,
        "Linked mailboxes, role groups and system mailboxes are not recognized: they are taken for ordinary objects.",
    ),
    (name::MASTER_ACCOUNT_SID, "Linked mailboxes are not joined to their accounts in another forest."),
    (name::ORIGINATOR_SID, "Users of a Skype for Business resource forest are not joined to their accounts."),
    (name::USER_CERTIFICATE, "Computers are filtered: without a certificate they are no hybrid devices."),
    (name::DISPLAY_NAME, "Display names in the cloud are unknown."),
    (name::MAIL_NICKNAME, "The rules for Exchange recipients do not apply, and nothing has an alias."),
    (name::IS_DELETED, "Only deleted objects have it: without it in a full export there are none."),
];

/// For what no rule reads but the choice of the rules.
const CHOICE_OF_RULES: &str =
    "One of the signs that a forest has the schema of Exchange or Skype for Business.";

/// The consequence of a missing attribute; `None` when the rules that read it say it all.
pub(super) fn of(id: AttributeId, is_read: bool) -> Option<&'static str> {
    let own = CONSEQUENCES.iter().find(|(own, _)| *own == id).map(|(_, text)| *text);
    own.or((!is_read).then_some(CHOICE_OF_RULES))
}
