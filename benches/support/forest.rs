//! The plan of the invented directory: which index is which object, what is wrong with it, what it is called.

use super::names::{GIVEN, Name, OFFICES, SURNAMES};
use super::random::Random;

/// DN of the domain.
pub const DOMAIN: &str = "DC=corp,DC=example";
/// Domain of user principal names and addresses.
pub const MAIL_DOMAIN: &str = "corp.example";
/// Groups with thousands of members, in front of the ordinary ones.
pub const HUGE_GROUPS: u64 = 3;

/// Kind of a numbered object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `user`
    User,
    /// `group`
    Group,
    /// `contact`
    Contact,
    /// `computer`
    Computer,
}

impl Kind {
    const ALL: [Self; 4] = [Self::User, Self::Group, Self::Contact, Self::Computer];

    /// How many of 100 objects are of this kind, and the first place among these 100.
    fn share(self) -> (u64, u64) {
        match self {
            Self::User => (82, 0),
            Self::Group => (7, 82),
            Self::Contact => (7, 89),
            Self::Computer => (4, 96),
        }
    }

    /// Name of the stream of random numbers.
    pub fn stream(self) -> u64 {
        self.share().1 + 1
    }
}

/// What a user is, by its number among the users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserKind {
    /// With a mailbox.
    Mailbox,
    /// Without.
    Plain,
    /// Defect: the tenant holds another anchor.
    ChangedAnchor,
    /// Defect: linked mailbox whose account is in no file.
    LinkedMailbox,
    /// Defect: account of the sync tool.
    ServiceAccount,
    /// Defect: replication conflict.
    Conflict,
}

/// What a group is, by its number among the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupKind {
    /// Global security group.
    Security,
    /// Universal distribution group with addresses.
    Distribution,
    /// Universal security group with addresses.
    MailSecurity,
    /// Defect: security group whose addresses are all of type X500.
    OnlyX500,
    /// Defect: distribution group without address.
    DistributionWithoutMail,
    /// Defect: some members are not in the export.
    LostMembers,
}

/// What a contact is, by its number among the contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactKind {
    /// With an address of its own.
    Plain,
    /// Defect: no mail.
    WithoutMail,
    /// Defect: first of two with one mail.
    FirstOfPair,
    /// Defect: second of two with one mail.
    SecondOfPair,
}

/// Of this many users, one has each defect (and so on for the other kinds).
pub const USER_PERIOD: u64 = 1000;
/// See [`USER_PERIOD`].
pub const GROUP_PERIOD: u64 = 100;
/// See [`USER_PERIOD`].
pub const CONTACT_PERIOD: u64 = 100;
/// See [`USER_PERIOD`].
pub const COMPUTER_PERIOD: u64 = 10;

/// The kind of the user with this number.
pub fn user_kind(user: u64) -> UserKind {
    match user % USER_PERIOD {
        17 => UserKind::ChangedAnchor,
        217 => UserKind::LinkedMailbox,
        417 => UserKind::ServiceAccount,
        617 => UserKind::Conflict,
        rest if rest % 5 < 3 => UserKind::Mailbox,
        _ => UserKind::Plain,
    }
}

/// The kind of the group with this number.
pub fn group_kind(group: u64) -> GroupKind {
    match group % GROUP_PERIOD {
        15 => GroupKind::OnlyX500,
        35 => GroupKind::DistributionWithoutMail,
        55 => GroupKind::LostMembers,
        rest if rest % 10 < 5 => GroupKind::Security,
        rest if rest % 10 < 8 => GroupKind::Distribution,
        _ => GroupKind::MailSecurity,
    }
}

/// The kind of the contact with this number, of `contacts` in all; half a pair at the end is a plain contact.
pub fn contact_kind(contact: u64, contacts: u64) -> ContactKind {
    match contact % CONTACT_PERIOD {
        15 => ContactKind::WithoutMail,
        35 if contact + 1 < contacts => ContactKind::FirstOfPair,
        36 => ContactKind::SecondOfPair,
        _ => ContactKind::Plain,
    }
}

/// Whether the computer with this number has a certificate.
pub fn has_certificate(computer: u64) -> bool {
    computer % COMPUTER_PERIOD != 3
}

/// Whether others may refer to the user without losing the reference.
pub fn is_healthy_user(user: u64) -> bool {
    matches!(user_kind(user), UserKind::Mailbox | UserKind::Plain)
}

/// Name of a user or contact.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Given name.
    pub given: Name,
    /// Surname.
    pub surname: Name,
    /// Number among its kind.
    pub number: u64,
    /// `Surname, Given` instead of `Given Surname`: needs an escape in the DN.
    pub surname_first: bool,
    /// Index of its office.
    pub office: usize,
}

/// The plan; its size does not depend on the number of objects.
#[derive(Debug)]
pub struct Forest {
    /// Seed of all random numbers.
    pub seed: u64,
    /// Numbered objects.
    pub objects: u64,
    /// Users among them.
    pub users: u64,
    /// Groups among them.
    pub groups: u64,
    /// Contacts among them.
    pub contacts: u64,
    /// Computers among them.
    pub computers: u64,
    /// Sub-authorities of the domain.
    pub domain_sid: [u32; 3],
    /// Kind of each of a hundred objects, and its number among those of its kind.
    places: Vec<(Kind, u64)>,
}

impl Forest {
    /// The plan for `objects` numbered objects.
    pub fn new(objects: u64, seed: u64) -> Self {
        let [users, groups, contacts, computers] = Kind::ALL.map(|kind| count(kind, objects));
        let mut random = Random::of(seed, 0, 0);
        let mut part = || u32::try_from(random.below(1 << 31)).expect("below 2^31");
        let domain_sid = [part(), part(), part()];
        let places = (0..100).map(place).collect();
        Self { seed, objects, users, groups, contacts, computers, domain_sid, places }
    }

    /// Kind of the object with this index, and its number within the kind.
    pub fn locate(&self, index: u64) -> (Kind, u64) {
        let (kind, rank) = self.places[usize::try_from(index % 100).expect("below 100")];
        (kind, index / 100 * kind.share().0 + rank)
    }

    /// The random numbers of an object.
    pub fn random(&self, kind: Kind, number: u64) -> Random {
        Random::of(self.seed, kind.stream(), number)
    }

    /// Identity that no other object has.
    pub fn guid(&self, kind: Kind, number: u64) -> [u8; 16] {
        Random::of(self.seed, kind.stream() + 1000, number).guid()
    }

    /// Last part of the SID; unique in the domain.
    pub fn rid(kind: Kind, number: u64) -> u32 {
        let (share, first) = kind.share();
        let index = number / share * 100 + number % share + first;
        u32::try_from(index % 1_000_000_000).expect("below 2^32") + 1200
    }

    /// Name of a user or contact.
    pub fn person(&self, kind: Kind, number: u64) -> Person {
        let mut random = Random::of(self.seed, kind.stream() + 2000, number);
        let office = usize::try_from(random.below(OFFICES.len() as u64)).expect("small");
        Person {
            given: *random.pick(&GIVEN),
            surname: *random.pick(&SURNAMES),
            number,
            surname_first: random.percent(10),
            office,
        }
    }
}

/// Spreads the kinds over every hundred, as organizational units mix them in an export; 37 and 100 have no divisor in
/// common, so that every place is taken once.
fn shuffled(index: u64) -> u64 {
    index * 37 % 100
}

fn holds(kind: Kind, index: u64) -> bool {
    let (share, first) = kind.share();
    (first..first + share).contains(&shuffled(index))
}

fn place(index: u64) -> (Kind, u64) {
    let kind = Kind::ALL.into_iter().find(|&kind| holds(kind, index)).expect("the shares add up to 100");
    (kind, (0..index).filter(|&before| holds(kind, before)).count() as u64)
}

fn count(kind: Kind, objects: u64) -> u64 {
    objects / 100 * kind.share().0 + (0..objects % 100).filter(|&index| holds(kind, index)).count() as u64
}
