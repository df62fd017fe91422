//! The forms that Entra ID demands of values, by name: checks and the outcome judge with the same ones.

use super::{Fault, mail_nickname, source_anchor, user_principal_name};
use crate::entra::addresses::{self, Problem};
use crate::outcome::Reason;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $attribute:literal => $exported:literal, $reason:ident;)*) => {
        /// One demand on the values of one attribute.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Rule { $($(#[$doc])* $variant),* }

        impl Rule {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in pages of checks.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// On-premises attribute, unless the settings choose another one.
            pub fn attribute(self) -> &'static str {
                match self { $(Self::$variant => $attribute),* }
            }

            /// Name in the export.
            pub fn exported(self) -> &'static str {
                match self { $(Self::$variant => $exported),* }
            }

            /// What a value that breaks it leads to.
            pub fn reason(self) -> Reason {
                match self { $(Self::$variant => Reason::$reason),* }
            }
        }
    };
}

rules! {
    /// Characters, form and lengths of the user principal name.
    UserPrincipalName = "user-principal-name", "userPrincipalName" => "userPrincipalName", UpnInvalid;
    /// Characters and periods of the alias.
    MailNickname = "mail-nickname", "mailNickname" => "alias", AliasAltered;
    /// Characters and form of SMTP addresses; other types are not judged.
    ProxyAddress = "proxy-address", "proxyAddresses" => "proxyAddresses", AddressDropped;
    /// An address has a type prefix.
    ProxyAddressPrefix = "proxy-address-prefix", "proxyAddresses" => "proxyAddresses", AddressDropped;
    /// Characters and form of mail, which is an SMTP address without prefix.
    Mail = "mail", "mail" => "mail", AddressDropped;
    /// Characters and form of targetAddress, where it is an SMTP address.
    TargetAddress = "target-address", "targetAddress" => "targetAddress", DataValidationFailed;
    /// Characters and weighted length of a source anchor that is text.
    SourceAnchor = "source-anchor", "configuredSourceAnchor" => "sourceAnchor", DataValidationFailed;
    /// A display name that is there is not blank.
    DisplayName = "display-name", "displayName" => "displayName", DataValidationFailed;
}

impl Rule {
    /// The rule of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }

    /// Whether names and addresses are calculated by it, so that the calculation gives its reason.
    pub(super) fn is_of_calculation(self) -> bool {
        !matches!(self, Self::TargetAddress | Self::SourceAnchor | Self::DisplayName)
    }

    /// Whether one look at the bytes shows that nothing is wrong; false says nothing.
    #[inline]
    pub fn is_clear(self, value: &[u8]) -> bool {
        match self {
            Self::ProxyAddress => !addresses::is_suspicious(value),
            Self::ProxyAddressPrefix => value.contains(&b':'),
            Self::Mail => addresses::is_plain(value),
            _ => false,
        }
    }

    /// What is wrong with a value; `None` when nothing is. Allocates nothing.
    pub fn fault(self, value: &str) -> Option<Fault> {
        match self {
            Self::UserPrincipalName => user_principal_name::fault(value),
            Self::MailNickname => mail_nickname::fault(value),
            Self::ProxyAddress => {
                addresses::problem(value).filter(|problem| *problem != Problem::NoPrefix).map(of_address)
            }
            Self::ProxyAddressPrefix => {
                addresses::problem(value).filter(|problem| *problem == Problem::NoPrefix).map(of_address)
            }
            Self::Mail => addresses::smtp_problem(value, 0).map(of_address),
            Self::TargetAddress => addresses::target_problem(value).map(of_address),
            Self::SourceAnchor => source_anchor::fault(value),
            Self::DisplayName => value.trim().is_empty().then_some(Fault::Form("is blank")),
        }
    }
}

fn of_address(problem: Problem) -> Fault {
    match problem {
        Problem::NoPrefix => Fault::Form("has no type prefix such as smtp:"),
        Problem::Form => Fault::Form("does not have the form smtp:name@domain"),
        Problem::Character(character, position) | Problem::Altered(character, position) => {
            Fault::Character { character, position }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_clear_at_first_sight_has_no_fault(value in "[smtpSMTP]{0,5}[:xX ]{0,2}[ab@. =\u{fc}:]{0,10}") {
            for rule in Rule::ALL {
                // Values are judged without blanks at their ends.
                prop_assert!(!rule.is_clear(value.as_bytes()) || rule.fault(value.trim_matches(' ')).is_none());
            }
        }
    }
}
