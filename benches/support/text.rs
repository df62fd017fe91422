//! What a record is made of, and how its values read as text.

use std::fmt::{self, Display};

use super::forest::{DOMAIN, Forest, Kind, MAIL_DOMAIN, Person, UserKind, user_kind};
use super::names::OFFICES;
use super::random::Random;

/// A file format, seen from the records.
pub trait Records {
    /// Starts a record.
    fn begin(&mut self, dn: &dyn Display);
    /// Adds a text value; the name may carry options such as `;range=0-1499`.
    fn text(&mut self, name: &str, value: fmt::Arguments<'_>);
    /// Adds a binary value.
    fn binary(&mut self, name: &str, value: &[u8]);
    /// Ends the record.
    fn end(&mut self);
    /// The bytes since they were last taken away.
    fn written(&mut self) -> &mut Vec<u8>;

    /// Adds several values known in advance.
    fn all(&mut self, name: &str, values: &[&str]) {
        for value in values {
            self.text(name, format_args!("{value}"));
        }
    }
}

/// The name of a person as in `cn`.
pub struct CommonName(pub Person);

impl Display for CommonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Person { given, surname, number, surname_first, .. } = self.0;
        if surname_first {
            return write!(f, "{}, {} ({number})", surname.0, given.0);
        }
        write!(f, "{} {} ({number})", given.0, surname.0)
    }
}

/// `nia.okoro12`: alias, and first part of addresses.
pub struct Alias(pub Person);

impl Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}{}", self.0.given.1, self.0.surname.1, self.0.number)
    }
}

/// `niaokoro12`: at most 17 characters.
pub struct AccountName(pub Person);

impl Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4}{:.6}{}", self.0.given.1, self.0.surname.1, self.0.number)
    }
}

/// DN of a user or contact below its office.
pub struct PersonDn {
    /// Whose.
    pub person: Person,
    /// Name of the organizational unit in the office.
    pub unit: &'static str,
}

impl Display for PersonDn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Person { given, surname, number, surname_first, office } = self.person;
        let (first, separator, last) =
            if surname_first { (surname.0, "\\,", given.0) } else { (given.0, "", surname.0) };
        write!(f, "CN={first}{separator} {last} ({number})")?;
        write!(f, ",OU={},OU={},OU=Offices,{DOMAIN}", self.unit, OFFICES[office].city)
    }
}

/// DN of the user with this number; of use only for users that are not replication conflicts or service accounts.
pub fn user_dn(forest: &Forest, user: u64) -> PersonDn {
    debug_assert!(!matches!(user_kind(user), UserKind::Conflict | UserKind::ServiceAccount));
    PersonDn { person: forest.person(Kind::User, user), unit: "Users" }
}

/// DN of the contact with this number.
pub fn contact_dn(forest: &Forest, contact: u64) -> PersonDn {
    PersonDn { person: forest.person(Kind::Contact, contact), unit: "Contacts" }
}

/// DN of the group with this number.
pub struct GroupDn(pub u64);

impl Display for GroupDn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CN=Group {:05},OU=Groups,{DOMAIN}", self.0)
    }
}

/// The address of a user or group whose alias is known.
pub struct Address<T>(pub T);

impl<T: Display> Display for Address<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{MAIL_DOMAIN}", self.0)
    }
}

/// Upper-case hexadecimal digits.
pub struct Hex<'a>(pub &'a [u8]);

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// The dashed text of a GUID as stored: its first three groups are little-endian.
pub struct GuidText<'a>(pub &'a [u8]);

impl Display for GuidText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        for (position, &index) in ORDER.iter().enumerate() {
            let dash = if matches!(position, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{:02x}", self.0[index])?;
        }
        Ok(())
    }
}

/// `S-1-5-21-…` of a SID as stored.
pub struct SidText<'a>(pub &'a [u8]);

impl Display for SidText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-1-5")?;
        let parts = self.0.get(8..).unwrap_or_default().chunks_exact(4);
        parts
            .map(|part| u32::from_le_bytes([part[0], part[1], part[2], part[3]]))
            .try_for_each(|part| write!(f, "-{part}"))
    }
}

/// A SID of the domain with these sub-authorities, as stored.
pub fn sid(domain: [u32; 3], rid: u32) -> [u8; 28] {
    let mut bytes = [0; 28];
    bytes[..8].copy_from_slice(&[1, 5, 0, 0, 0, 0, 0, 5]);
    for (position, part) in [21, domain[0], domain[1], domain[2], rid].into_iter().enumerate() {
        bytes[8 + position * 4..12 + position * 4].copy_from_slice(&part.to_le_bytes());
    }
    bytes
}

/// A moment as generalized time.
pub struct Moment {
    date: [u64; 3],
    clock: [u64; 3],
}

impl Moment {
    /// A moment between 2006 and 2020.
    pub fn early(random: &mut Random) -> Self {
        Self::within(2006, 15, random)
    }

    /// A moment between 2021 and 2025.
    pub fn late(random: &mut Random) -> Self {
        Self::within(2021, 5, random)
    }

    fn within(first_year: u64, years: u64, random: &mut Random) -> Self {
        let date = [first_year + random.below(years), 1 + random.below(12), 1 + random.below(28)];
        Self { date, clock: [random.below(24), random.below(60), random.below(60)] }
    }
}

impl Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([year, month, day], [hour, minute, second]) = (self.date, self.clock);
        write!(f, "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}.0Z")
    }
}

/// A moment between 2020 and 2025 as FILETIME.
pub fn filetime(random: &mut Random) -> u64 {
    132_223_104_000_000_000 + random.below(1_890_000_000_000_000)
}
