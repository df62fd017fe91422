//! The defects in a generated export, computed from its size alone.

use std::fmt::Write as _;

use super::Format;
use super::forest::{
    COMPUTER_PERIOD, CONTACT_PERIOD, ContactKind, Forest, GROUP_PERIOD, GroupKind, USER_PERIOD, UserKind,
    contact_kind, group_kind, has_certificate, user_kind,
};
use super::other_records::STRUCTURE_RECORDS;

/// Members outside the export, in each group that has any.
pub const LOST_MEMBERS_PER_GROUP: u64 = 3;

macro_rules! planted {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What is in an export. All counts are exact.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct Planted { $($(#[$doc])* pub $name: u64,)* }

        impl Planted {
            /// One line of JSON; the keys are the names of the fields.
            pub fn to_json(&self) -> String {
                let mut json = String::from("{");
                $(
                    let separator = if json.len() > 1 { "," } else { "" };
                    write!(json, "{separator}\"{}\":{}", stringify!($name), self.$name).expect("a String takes all");
                )*
                json + "}"
            }
        }
    };
}

planted! {
    /// All records: numbered objects, organizational units and containers.
    records,
    /// Users.
    users,
    /// Groups.
    groups,
    /// Contacts.
    contacts,
    /// Computers.
    computers,
    /// Domain, organizational units and containers.
    structure,
    /// Users with a mailbox and no defect.
    mailbox_users,
    /// Users whose `cloudSourceAnchor` differs from their anchor: `sync-error`, `source-anchor-changed`.
    users_with_changed_anchor,
    /// Linked mailboxes without account: `not-provisioned`, `linked-mailbox-without-account`.
    linked_mailboxes_without_account,
    /// `MSOL_` accounts: `filtered`, `msol-service-account`.
    service_accounts,
    /// `CNF` users: `filtered`, `replication-conflict`.
    replication_conflicts,
    /// Security groups with addresses of type X500 only: `synced-with-changes`, `not-mail-enabled`.
    groups_with_only_x500,
    /// Distribution groups without any address: `not-provisioned`, `group-not-mail-enabled`.
    distribution_groups_without_mail,
    /// Groups with members that are not in the export: `synced-with-changes`, `members-lost`.
    groups_with_lost_members,
    /// Values of `member` that lead nowhere.
    lost_members,
    /// Contacts without mail: `not-provisioned`, `join-attribute-missing`.
    contacts_without_mail,
    /// Pairs of contacts with one mail; of each pair one is provisioned, one `sync-error`, `ambiguous-join`.
    contact_pairs_with_same_mail,
    /// Computers without certificate: `filtered`, `computer-without-certificate`.
    computers_without_certificate,
}

impl Planted {
    /// What [`super::generate`] writes for this forest in this format.
    pub fn new(forest: &Forest, format: Format) -> Self {
        let users = Self::of_users(forest);
        if format == Format::PowerShell {
            return Self { records: forest.users, ..users };
        }
        let groups = |kind| count(forest.groups, GROUP_PERIOD, |group| group_kind(group) == kind);
        let contacts = |kind| {
            count(forest.contacts, CONTACT_PERIOD, |contact| contact_kind(contact, forest.contacts) == kind)
        };
        let groups_with_lost_members = groups(GroupKind::LostMembers);
        Self {
            records: forest.objects + STRUCTURE_RECORDS,
            groups: forest.groups,
            contacts: forest.contacts,
            computers: forest.computers,
            structure: STRUCTURE_RECORDS,
            groups_with_only_x500: groups(GroupKind::OnlyX500),
            distribution_groups_without_mail: groups(GroupKind::DistributionWithoutMail),
            groups_with_lost_members,
            lost_members: groups_with_lost_members * LOST_MEMBERS_PER_GROUP,
            contacts_without_mail: contacts(ContactKind::WithoutMail),
            contact_pairs_with_same_mail: contacts(ContactKind::SecondOfPair),
            computers_without_certificate: count(forest.computers, COMPUTER_PERIOD, |computer| {
                !has_certificate(computer)
            }),
            ..users
        }
    }

    fn of_users(forest: &Forest) -> Self {
        let users = |kind| count(forest.users, USER_PERIOD, |user| user_kind(user) == kind);
        Self {
            users: forest.users,
            mailbox_users: users(UserKind::Mailbox),
            users_with_changed_anchor: users(UserKind::ChangedAnchor),
            linked_mailboxes_without_account: users(UserKind::LinkedMailbox),
            service_accounts: users(UserKind::ServiceAccount),
            replication_conflicts: users(UserKind::Conflict),
            ..Self::default()
        }
    }
}

/// How many of `total` numbers are chosen by a choice that repeats every `period` numbers.
fn count(total: u64, period: u64, chosen: impl Fn(u64) -> bool) -> u64 {
    let in_range = |from: u64, to: u64| (from..to).filter(|&number| chosen(number)).count() as u64;
    let whole = total / period;
    if whole == 0 {
        return in_range(0, total);
    }
    whole * in_range(0, period) + in_range(whole * period, total)
}
