//! The steps of the cloud's calculation, for reports that show how a value came about.

use super::names::{AliasSource, UpnProblem};

/// What a step did with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// The alias was taken from here.
    Alias(AliasSource),
    /// The user principal name was taken as sent.
    UpnTaken,
    /// It was replaced by this one.
    UpnReplaced(UpnProblem),
    /// Another user has it; this placeholder stands in.
    UpnPlaceholder,
    /// Exchange attributes are managed in the cloud; none is taken from on premises.
    CloudManaged,
    /// No form of an address: dropped.
    Malformed,
    /// Legacy type: dropped.
    LegacyType,
    /// Reserved suffix: dropped.
    ReservedSuffix,
    /// Suffix not verified: dropped.
    SuffixNotVerified,
    /// Another object has it: held back.
    Quarantined,
    /// There are no addresses; mail counts as one.
    MailAsAddress,
    /// The primary address is the one stated.
    PrimaryStated,
    /// The primary address is mail.
    PrimaryMail,
    /// The primary address is the user principal name.
    PrimaryUpn,
    /// The primary address is alias and initial domain.
    PrimaryMoera,
    /// The user principal name was added as an address.
    UpnAdded,
    /// The address of the earlier user principal name stays.
    UpnKept,
    /// Alias and initial domain were added as an address.
    MoeraAdded,
}

impl StepKind {
    /// The stable name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Alias(_) => "alias",
            Self::UpnTaken => "upn-taken",
            Self::UpnReplaced(_) => "upn-replaced",
            Self::UpnPlaceholder => "upn-placeholder",
            Self::CloudManaged => "cloud-managed",
            Self::Malformed => "malformed-dropped",
            Self::LegacyType => "legacy-type-dropped",
            Self::ReservedSuffix => "reserved-suffix-dropped",
            Self::SuffixNotVerified => "unverified-suffix-dropped",
            Self::Quarantined => "quarantined",
            Self::MailAsAddress => "mail-as-address",
            Self::PrimaryStated => "primary-stated",
            Self::PrimaryMail => "primary-mail",
            Self::PrimaryUpn => "primary-upn",
            Self::PrimaryMoera => "primary-moera",
            Self::UpnAdded => "upn-added",
            Self::UpnKept => "upn-kept",
            Self::MoeraAdded => "moera-added",
        }
    }
}

/// One step: what was done, and the value it was done with or that came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub kind: StepKind,
    /// The value; empty where there is none.
    pub value: String,
}
