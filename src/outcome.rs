//! The vocabulary of predictions: seven outcomes and the reasons behind them.
//!
//! Names are stable: scripts and settings use them. `presync list outcomes|reasons` and `presync explain` print the
//! sentences that stand here.

use std::fmt;

macro_rules! vocabulary {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $id:literal, $title:literal, $help:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $type { $(#[doc = $title] $variant),* }

        impl $type {
            /// All of them, in the order of reports.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),* }
            }

            /// One line for people.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// What it means and what to do about it.
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => $help),* }
            }

            /// The one with this name.
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.id() == id)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.id())
            }
        }
    };
}

vocabulary! {
    /// What happens to an on-premises object.
    Outcome {
        Synced = "synced", "arrives as the directory says",
            "The cloud object will hold what the directory says.";
        SyncedWithChanges = "synced-with-changes", "arrives, but something differs",
            "The object arrives, but something the directory states is lost, replaced or refused: a dropped address, lost members, not mail-enabled.";
        Joined = "joined", "contributes to another object's cloud object",
            "The object is part of another object's cloud object: a contact or linked mailbox joined to its user, a foreign security principal.";
        Filtered = "filtered", "excluded on purpose",
            "The object is excluded on purpose: by scope, organizational unit, a cloudFiltered clause, its type, or because it is deleted.";
        NotProvisioned = "not-provisioned", "lacks what the rules require",
            "The rules would take the object, but its data lacks something: a join attribute, a source anchor, its account, a mail address.";
        SyncError = "sync-error", "the sync engine stops on it",
            "The sync engine reports an error and applies no change of the object: a raised Error(), an ambiguous join, a changed source anchor.";
        ExportError = "export-error", "Entra ID refuses it",
            "The sync engine exports the object, but Entra ID refuses it.";
    }
}

vocabulary! {
    /// Why an object has its outcome.
    Reason {
        Provisioned = "provisioned", "exported by the rules", "The object supplies the source anchor of an exported object.";
        JoinedBySourceAnchor = "joined-by-source-anchor", "joined by the same source anchor value", "Its mS-DS-ConsistencyGuid or objectGUID equals the anchor of another object, so both are one object in the cloud.";
        JoinedByObjectSid = "joined-by-object-sid", "joined by SID", "Its objectSid or msExchMasterAccountSid (or, for a foreign security principal, its name) is the SID of another object.";
        JoinedByOriginatorSid = "joined-by-originator-sid", "joined by msRTCSIP-OriginatorSid", "Its msRTCSIP-OriginatorSid is the SID of another object.";
        JoinedByMail = "joined-by-mail", "joined by mail", "Its mail equals that of another object.";
        JoinedBySamAccountName = "joined-by-sam-account-name", "joined by sAMAccountName or mailNickname (uncertain)", "The join conditions of this user-matching option are not published; the prediction is uncertain.";
        JoinedByAttribute = "joined-by-attribute", "joined by the configured attribute", "The attribute chosen for user matching equals that of another object.";
        LinkedInRepeatPass = "linked-in-repeat-pass", "linked only when everything was gone over again", "Its partner came later in the order of processing. The prediction is for the state after enough full synchronizations; after the first one the link may still be missing.";
        OrderDependent = "order-dependent", "depends on the order of processing", "The real engine gives another result when objects or connectors are processed in another order.";

        JoinOrderDecides = "join-order-decides", "what it joins depends on the order of processing", "The engine links it otherwise, or not at all, when objects or connectors are processed in another order.";
        HardMatch = "hard-match", "takes over a cloud object with the same anchor", "A cloud object that is not synchronized has the same onPremisesImmutableId. It becomes synchronized, and every attribute with an on-premises value is overwritten.";
        SoftMatch = "soft-match", "takes over a cloud object with the same address or name", "A cloud object without onPremisesImmutableId has the primary SMTP address or the user principal name of the new object. It becomes synchronized, and every attribute with an on-premises value is overwritten.";
        LeavesCloud = "leaves-cloud", "its cloud object will be deleted", "The tenant holds a synchronized object for it, but the rules do not export it any more: the next export deletes the cloud object. A user can be restored for 30 days.";

        MembersLost = "members-lost", "members are not in the cloud group", "Members that are not synchronized themselves disappear from the group without an error.";
        NotMailEnabled = "not-mail-enabled", "arrives without being mail-enabled", "The group has addresses but none of type SMTP, so Entra ID does not treat it as mail-enabled.";
        AddressDropped = "address-dropped", "a malformed address is dropped or altered", "Entra ID discards or alters addresses without a type prefix, and SMTP addresses that are malformed. Correct or remove the address.";
        AddressTypeDropped = "address-type-dropped", "an address of a legacy type is dropped", "Entra ID discards addresses of legacy types such as X400 and MSMAIL. Nothing needs to be done unless somebody still writes to them.";
        AddressSuffixReserved = "address-suffix-reserved", "an address under a reserved suffix is dropped", "Addresses under onmicrosoft.com and microsoftonline.com cannot be given from on premises; Entra ID makes its own. Remove the address.";
        AddressSuffixNotVerified = "address-suffix-not-verified", "an address of a domain that is not verified is dropped", "A user with an Exchange licence or a remote mailbox loses SMTP addresses of domains that are not verified in the tenant. Verify the domain, or remove the address. It returns when the domain is verified.";
        AddressQuarantined = "address-quarantined", "an address that another object holds is held back", "SMTP addresses are unique across users, groups and contacts of the tenant. The object arrives without the address, and no error is shown in the sync engine. Remove the address from one of the holders.";
        ExchangeAttributesIgnored = "exchange-attributes-ignored", "alias and addresses are managed in the cloud", "The tenant manages the Exchange attributes of new synchronized users in the cloud: alias, mail and addresses of the directory do not arrive.";
        AliasAltered = "alias-altered", "the alias is altered", "mailNickname holds characters that the cloud does not take; each is replaced by an underscore.";
        UpnSuffixNotVerified = "upn-suffix-not-verified", "user principal name is replaced: its suffix is not verified", "The cloud user gets alias@initial-domain instead. Verify the domain, or give the user a suffix that is verified. The wanted name returns when the domain is verified.";
        UpnInvalid = "upn-invalid", "user principal name is replaced: it has invalid characters", "The cloud user gets alias@initial-domain instead; some documents say that the update fails instead. Correct the user principal name.";
        UpnQuarantined = "upn-quarantined", "user principal name is replaced: another user has it", "User principal names are unique. The cloud user gets a placeholder, the prefix with four random digits at the initial domain. Change the name of one of the two.";
        AdminRoleConflict = "admin-role-conflict", "would match a cloud user with an administrator role", "Entra ID never soft-matches a user that holds an administrator role. A second user is created whose colliding values are held back. Take the role away, delete the second user, synchronize, give the role back.";
        CertificatesNotExported = "certificates-not-exported", "more than 15 certificates: none is exported", "The default rules send no userCertificate or userSMIMECertificate when there are more than 15 values.";

        OuExcluded = "ou-excluded", "outside the selected organizational units", "The settings exclude its organizational unit.";
        ObjectTypeNotSynchronized = "object-type-not-synchronized", "an object type that no rule takes", "Organizational units, containers, managed service accounts, dynamic distribution groups and the like are not synchronized.";
        ObjectClassUnknown = "object-class-unknown", "the export does not tell its object class", "Without objectClass no rule can be applied; export objectClass too.";
        DeletedObject = "deleted-object", "deleted object", "A tombstone is never synchronized.";
        CriticalSystemObject = "critical-system-object", "critical system object", "Built-in objects (isCriticalSystemObject) are excluded.";
        ExcludedByAdminDescription = "excluded-by-admin-description", "excluded by its adminDescription", "adminDescription starts with User_ or Group_, which takes the object out of the rules' scope.";
        OutOfScope = "out-of-scope", "no rule has it in scope", "The scoping filter of every rule that could take the object excludes it.";
        SamAccountNameMissing = "sam-account-name-missing", "no sAMAccountName", "A user without sAMAccountName is filtered.";
        SupportAccount = "support-account", "support account", "sAMAccountName is SUPPORT_388945a0.";
        SystemMailbox = "system-mailbox", "system mailbox", "mailNickname starts with SystemMailbox{.";
        AadServiceAccount = "aad-service-account", "service account of the sync tool (AAD_)", "sAMAccountName starts with AAD_.";
        CasMailboxAlias = "cas-mailbox-alias", "client access mailbox", "mailNickname starts with CAS_ and contains }.";
        CasAccount = "cas-account", "client access account", "sAMAccountName starts with CAS_ and contains }.";
        MsolServiceAccount = "msol-service-account", "service account of the sync tool (MSOL_)", "sAMAccountName starts with MSOL_.";
        RecipientTypeExcluded = "recipient-type-excluded", "recipient type is never synchronized", "msExchRecipientTypeDetails names a system, arbitration, discovery or public folder mailbox.";
        ReplicationConflict = "replication-conflict", "replication conflict object", "The name holds the marker CNF: the directory made the object while resolving a conflict.";
        HiddenMsolContact = "hidden-msol-contact", "hidden contact made by an earlier tool", "displayName contains (MSOL) and the contact is hidden from address lists.";
        RichCoexistenceGroup = "rich-coexistence-group", "group of the sync tool", "sAMAccountName is MSOL_AD_Sync_RichCoexistence.";
        RoleGroup = "role-group", "Exchange role group", "msExchRecipientTypeDetails names a role group.";
        ComputerWithoutCertificate = "computer-without-certificate", "computer without userCertificate", "Only computers with a certificate are synchronized, for hybrid join.";
        ComputerDownLevel = "computer-down-level", "Windows older than 10", "Windows computers with an operating system version 6.x are filtered.";
        FilteredByRule = "filtered-by-rule", "filtered by a rule", "A rule sets cloudFiltered to True.";
        FilteredWithPartner = "filtered-with-partner", "filtered because a joined object is", "Another object joined to the same metaverse object is filtered, and one filtered part filters the whole.";
        CloudMastered = "cloud-mastered", "mastered in the cloud", "The object is written back from the cloud.";

        JoinAttributeMissing = "join-attribute-missing", "no attribute to join on", "None of the attributes that its join rule uses has a value, so the object never reaches the metaverse.";
        SourceAnchorMissing = "source-anchor-missing", "no source anchor", "The attribute chosen as source anchor has no value.";
        LinkedMailboxWithoutAccount = "linked-mailbox-without-account", "linked mailbox without its account", "A linked mailbox supplies no anchor; the account that msExchMasterAccountSid names is not joined to it.";
        GroupNotMailEnabled = "group-not-mail-enabled", "distribution group without mail address", "A group that is not a security group is exported only when it is mail-enabled.";
        ContactNotMailEnabled = "contact-not-mail-enabled", "contact without usable mail address", "A contact is exported only when mail or a proxy address of type SMTP holds an @.";
        GroupTooLarge = "group-too-large", "group has too many members to be created", "A new group is exported only below the member limit.";
        AccountStateUnknown = "account-state-unknown", "whether the account is enabled is unknown", "userAccountControl is missing, so accountEnabled has no value.";
        NoPartner = "no-partner", "no object to join", "A foreign security principal or device that no synchronized object corresponds to.";
        NotExported = "not-exported", "no outbound rule exports it", "The object is in the metaverse, but the scope of every outbound rule excludes it.";

        SourceAnchorChanged = "source-anchor-changed", "the source anchor has changed", "The anchor differs from the one the tenant holds; nothing of the object is exported until the old one is back.";
        AmbiguousJoin = "ambiguous-join", "a second object of its forest would join", "Another object of the same forest is already part of the metaverse object it would join.";
        JoinGroupSkipped = "join-group-skipped", "a join condition matches several objects and is skipped", "A join condition that matches several metaverse objects is passed over; the object joins by a later one, or not at all.";
        SourceAnchorDuplicate = "source-anchor-duplicate", "another object has the same source anchor", "Two metaverse objects cannot be exported under one anchor.";
        MemberLimitExceeded = "member-limit-exceeded", "too many members", "The group already exists in the cloud and exceeds the member limit; the rule raises an error.";
        AccountNameMissing = "account-name-missing", "neither userPrincipalName nor sAMAccountName", "The rule that computes the user principal name raises an error.";
        JoinRuleConflict = "join-rule-conflict", "two join rules in scope", "Exactly one rule with join conditions may be in scope.";
        RuleError = "rule-error", "a rule raised an error", "An expression of a rule raised an error or could not be evaluated.";

        InvalidHardMatch = "invalid-hard-match", "taking over the cloud object is blocked in the tenant", "A cloud object that is not synchronized has the same anchor, and BlockCloudObjectTakeoverThroughHardMatch is on. Turn it off for the time of the matching.";
        PrivilegedTakeover = "privileged-takeover", "the cloud user to be taken over is privileged (code 103)", "Since 2026-07-01 a cloud user that holds a privileged role, or is eligible for one, is not taken over by its anchor. Remove the role, synchronize, give the role back.";
        AttributeUpdateNotAllowed = "attribute-update-not-allowed", "code 96: the cloud user belongs to another on-premises object", "The cloud user with the same anchor has onPremisesObjectIdentifier of another on-premises object. Check who owns it; then clear onPremisesObjectIdentifier, or allow its update in the tenant for the time of the matching.";
        ObjectTypeMismatch = "object-type-mismatch", "an object of another class has its address", "A user, group or contact of another class holds the primary SMTP address. The object is not created. Remove the address from one of the two.";
        AttributeValueMustBeUnique = "attribute-value-must-be-unique", "another cloud object holds a value that must be unique", "A cloud object holds its SID or address under another anchor, and Entra ID refuses the object instead of holding the value back. Align mS-DS-ConsistencyGuid with the cloud object's onPremisesImmutableId, or remove the value from one of the two.";
        LargeObject = "large-object", "an attribute or the object is larger than Entra ID takes", "An attribute is longer, or has more values, than Entra ID accepts; no change of the object is exported until it is shortened (LargeObject, ExceededAllowedLength).";
        DataValidationFailed = "data-validation-failed", "a value fails the validation of Entra ID", "A value is not of the form that Entra ID requires; the object is refused until it is corrected.";
    }
}

impl Reason {
    /// The outcome this reason stands for; `None` for reasons that come beside another one.
    pub const fn outcome(self) -> Option<Outcome> {
        use Reason as R;
        Some(match self {
            R::Provisioned => Outcome::Synced,
            R::OrderDependent
            | R::LinkedInRepeatPass
            | R::JoinGroupSkipped
            | R::JoinOrderDecides
            | R::HardMatch
            | R::SoftMatch
            | R::LeavesCloud => return None,
            R::MembersLost
            | R::NotMailEnabled
            | R::AddressDropped
            | R::AddressTypeDropped
            | R::AddressSuffixReserved
            | R::AddressSuffixNotVerified
            | R::AddressQuarantined
            | R::AliasAltered
            | R::ExchangeAttributesIgnored
            | R::UpnSuffixNotVerified
            | R::UpnInvalid
            | R::UpnQuarantined
            | R::AdminRoleConflict
            | R::CertificatesNotExported => Outcome::SyncedWithChanges,
            R::JoinedBySourceAnchor
            | R::JoinedByObjectSid
            | R::JoinedByOriginatorSid
            | R::JoinedByMail
            | R::JoinedBySamAccountName
            | R::JoinedByAttribute => Outcome::Joined,
            R::JoinAttributeMissing
            | R::SourceAnchorMissing
            | R::LinkedMailboxWithoutAccount
            | R::GroupNotMailEnabled
            | R::ContactNotMailEnabled
            | R::GroupTooLarge
            | R::AccountStateUnknown
            | R::NoPartner
            | R::NotExported => Outcome::NotProvisioned,
            R::SourceAnchorChanged
            | R::AmbiguousJoin
            | R::SourceAnchorDuplicate
            | R::MemberLimitExceeded
            | R::AccountNameMissing
            | R::JoinRuleConflict
            | R::RuleError => Outcome::SyncError,
            R::InvalidHardMatch
            | R::PrivilegedTakeover
            | R::AttributeUpdateNotAllowed
            | R::ObjectTypeMismatch
            | R::AttributeValueMustBeUnique
            | R::LargeObject
            | R::DataValidationFailed => Outcome::ExportError,
            _ => Outcome::Filtered,
        })
    }

    /// The reason for the text of an `Error("…")` that a default rule raises.
    pub fn from_raised(text: &str) -> Self {
        match text {
            "SourceAnchor attribute has changed." => Self::SourceAnchorChanged,
            "Maximum Group member count exceeded" => Self::MemberLimitExceeded,
            "AccountName is not present" => Self::AccountNameMissing,
            _ => Self::RuleError,
        }
    }
}

/// A set of reasons.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct ReasonSet(u128);

impl ReasonSet {
    /// No reason.
    pub const EMPTY: Self = Self(0);

    /// Adds one.
    #[inline]
    pub fn insert(&mut self, reason: Reason) {
        self.0 |= 1 << reason as u8;
    }

    /// Takes one out.
    pub fn remove(&mut self, reason: Reason) {
        self.0 &= !(1 << reason as u8);
    }

    /// Whether it is in.
    #[inline]
    pub fn contains(self, reason: Reason) -> bool {
        self.0 & (1 << reason as u8) != 0
    }

    /// Both sets.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets have a reason in common.
    #[inline]
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// True when there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The outcome that a set of reasons amounts to: the one that weighs most.
    #[inline]
    pub fn outcome(self) -> Option<Outcome> {
        const MASKS: [(Outcome, u128); 7] = masks();
        MASKS.into_iter().find(|(_, mask)| self.0 & mask != 0).map(|(outcome, _)| outcome)
    }

    /// All members, in the order of [`Reason::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.iter().copied().filter(move |reason| self.contains(*reason))
    }
}

/// The reasons that stand for each outcome, the weightiest outcome first.
const fn masks() -> [(Outcome, u128); 7] {
    let mut masks = [
        (Outcome::SyncError, 0),
        (Outcome::ExportError, 0),
        (Outcome::Filtered, 0),
        (Outcome::NotProvisioned, 0),
        (Outcome::Joined, 0),
        (Outcome::SyncedWithChanges, 0),
        (Outcome::Synced, 0),
    ];
    let mut number = 0;
    while number < Reason::ALL.len() {
        let reason = Reason::ALL[number];
        let mut at = 0;
        while at < masks.len() {
            match reason.outcome() {
                Some(outcome) if outcome as u8 == masks[at].0 as u8 => masks[at].1 |= 1 << reason as u8,
                _ => {}
            }
            at += 1;
        }
        number += 1;
    }
    masks
}

impl FromIterator<Reason> for ReasonSet {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Self {
        let mut set = Self::EMPTY;
        for reason in reasons {
            set.insert(reason);
        }
        set
    }
}

impl fmt::Debug for ReasonSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Reason::id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_amounts_to_its_weightiest_reason() {
        for reason in Reason::ALL {
            assert_eq!(ReasonSet::from_iter([*reason]).outcome(), reason.outcome(), "{reason}");
        }
        let both: ReasonSet =
            [Reason::Provisioned, Reason::MembersLost, Reason::OrderDependent].into_iter().collect();
        assert_eq!(both.outcome(), Some(Outcome::SyncedWithChanges));
        let all: ReasonSet = Reason::ALL.iter().copied().collect();
        assert_eq!(all.outcome(), Some(Outcome::SyncError));
        assert_eq!(ReasonSet::EMPTY.outcome(), None);
    }

    #[test]
    fn names_are_unique_kebab_case_and_fit_the_set() {
        let mut names: Vec<_> = Reason::ALL.iter().map(|reason| reason.id()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Reason::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
        assert!(Reason::ALL.len() <= 128);
        assert_eq!(Outcome::ALL.len(), 7);
    }
}
