//! The object classes that the sync engine tells apart.

/// Most specific object class of a directory object.
///
/// Everything the default rules have no source type for is [`Class::Other`] (organizational units, containers,
/// managed service accounts, dynamic distribution groups, …) or [`Class::Unknown`] when the source says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Class {
    /// `user` that is neither a computer nor an inetOrgPerson.
    User,
    /// `inetOrgPerson`.
    InetOrgPerson,
    /// `group`.
    Group,
    /// `contact`.
    Contact,
    /// `computer`, but not the managed service accounts that derive from it.
    Computer,
    /// `foreignSecurityPrincipal`.
    ForeignSecurityPrincipal,
    /// `msDS-Device`.
    Device,
    /// A class that no default rule takes.
    Other,
    /// The source names no class and none could be derived.
    #[default]
    Unknown,
}

impl Class {
    /// All classes that rules may name as source type.
    pub const SYNCHRONIZED: [Self; 7] = [
        Self::User,
        Self::InetOrgPerson,
        Self::Group,
        Self::Contact,
        Self::Computer,
        Self::ForeignSecurityPrincipal,
        Self::Device,
    ];

    /// The name as the directory spells it; `None` for [`Class::Other`] and [`Class::Unknown`].
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::User => "user",
            Self::InetOrgPerson => "inetOrgPerson",
            Self::Group => "group",
            Self::Contact => "contact",
            Self::Computer => "computer",
            Self::ForeignSecurityPrincipal => "foreignSecurityPrincipal",
            Self::Device => "msDS-Device",
            Self::Other | Self::Unknown => return None,
        })
    }

    /// The class of this name, ignoring letter case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::SYNCHRONIZED
            .into_iter()
            .find(|class| class.name().is_some_and(|own| own.eq_ignore_ascii_case(name)))
    }

    /// The column of a report's totals: `user` (inetOrgPerson too), `group`, `contact` or `other`.
    pub fn report_name(self) -> &'static str {
        match self {
            Self::User | Self::InetOrgPerson => "user",
            Self::Group => "group",
            Self::Contact => "contact",
            _ => "other",
        }
    }
}

/// Collects the `objectClass` values of one object, in any order, and names the most specific class.
///
/// Works for the full chain (LDIF) as for the most specific name alone (csvde, PowerShell).
#[derive(Debug, Clone, Copy, Default)]
pub struct ClassChain {
    seen: u16,
}

const NAMES: [(&[u8], u16); 13] = [
    (b"user", 1),
    (b"inetOrgPerson", 1 << 1),
    (b"group", 1 << 2),
    (b"contact", 1 << 3),
    (b"computer", 1 << 4),
    (b"foreignSecurityPrincipal", 1 << 5),
    (b"msDS-Device", 1 << 6),
    (b"top", 1 << 7),
    (b"person", 1 << 8),
    (b"organizationalPerson", 1 << 9),
    (b"securityPrincipal", 1 << 10),
    (b"mailRecipient", 1 << 10),
    (b"posixAccount", 1 << 10),
];
const UNLISTED: u16 = 1 << 15;

impl ClassChain {
    /// Takes one value of `objectClass`.
    #[inline]
    pub fn add(&mut self, name: &[u8]) {
        let known = NAMES.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        self.seen |= known.map_or(UNLISTED, |(_, bit)| *bit);
    }

    /// The most specific class. An unlisted structural class beside `computer` or alone (a managed service account,
    /// an organizational unit) gives [`Class::Other`]; unlisted auxiliary classes beside user, group or contact are
    /// ignored.
    pub fn class(self) -> Class {
        let has = |index: u16| self.seen & (1 << index) != 0;
        let unlisted = self.seen & UNLISTED != 0;
        match () {
            () if self.seen == 0 => Class::Unknown,
            () if has(4) && unlisted => Class::Other,
            () if has(4) => Class::Computer,
            () if has(1) => Class::InetOrgPerson,
            () if has(0) => Class::User,
            () if has(2) => Class::Group,
            () if has(3) => Class::Contact,
            () if has(5) => Class::ForeignSecurityPrincipal,
            () if has(6) => Class::Device,
            () => Class::Other,
        }
    }
}
