//! The records of groups, contacts, computers, organizational units and containers.

use super::forest::{
    ContactKind, DOMAIN, Forest, GroupKind, HUGE_GROUPS, Kind, MAIL_DOMAIN, contact_kind, group_kind,
    has_certificate, is_healthy_user,
};
use super::members::{contacts_of_group, group_of_contact, users_of_group};
use super::names::OFFICES;
use super::planted::LOST_MEMBERS_PER_GROUP;
use super::random::Random;
use super::text::{Alias, CommonName, GroupDn, GuidText, Moment, Records, contact_dn, sid, user_dn};

const CONTAINERS: [&str; 4] = ["Builtin", "Computers", "System", "Users"];
const UNITS: [&str; 3] = ["Computers", "Contacts", "Users"];

/// Records that [`write_structure`] writes: the domain, four containers, `OU=Groups`, `OU=Offices`, and for each office
/// one unit with three below.
pub const STRUCTURE_RECORDS: u64 = 7 + 4 * OFFICES.len() as u64;

/// `member` values that a directory server hands out at once.
const RANGE_VALUES: u64 = 1500;

/// Writes the domain, its containers and organizational units.
pub fn write_structure(forest: &Forest, records: &mut impl Records) {
    let mut random = Random::of(forest.seed, 0, 1);
    let mut place = |kind: &str, rdn: &str, parent: &str| {
        let dn = if rdn.is_empty() { parent.to_owned() } else { format!("{rdn},{parent}") };
        records.begin(&dn);
        records.all("objectClass", &["top", kind]);
        let name = rdn.split_once('=').map_or("corp", |(_, name)| name);
        let naming = if kind == "organizationalUnit" {
            "ou"
        } else if kind == "container" {
            "cn"
        } else {
            "dc"
        };
        records.text(naming, format_args!("{name}"));
        records.text("distinguishedName", format_args!("{dn}"));
        records.text("instanceType", format_args!("{}", if rdn.is_empty() { 5 } else { 4 }));
        records.text("whenCreated", format_args!("{}", Moment::early(&mut random)));
        records.text("name", format_args!("{name}"));
        records.binary("objectGUID", &random.guid());
        records.end();
        dn
    };
    place("domainDNS", "", DOMAIN);
    for container in CONTAINERS {
        place("container", &format!("CN={container}"), DOMAIN);
    }
    place("organizationalUnit", "OU=Groups", DOMAIN);
    let offices = place("organizationalUnit", "OU=Offices", DOMAIN);
    for office in &OFFICES {
        let office = place("organizationalUnit", &format!("OU={}", office.city), &offices);
        for unit in UNITS {
            place("organizationalUnit", &format!("OU={unit}"), &office);
        }
    }
}

/// What groups, contacts and computers have in common.
fn write_common(forest: &Forest, kind: Kind, number: u64, name: &str, dn: &str, records: &mut impl Records) {
    let mut random = Random::of(forest.seed, kind.stream() + 3000, number);
    let change = 30_000 + number * 9;
    records.text("cn", format_args!("{name}"));
    records.text("distinguishedName", format_args!("{dn}"));
    records.text("instanceType", format_args!("4"));
    records.text("whenCreated", format_args!("{}", Moment::early(&mut random)));
    records.text("whenChanged", format_args!("{}", Moment::late(&mut random)));
    records.text("uSNCreated", format_args!("{change}"));
    records.text("uSNChanged", format_args!("{}", change + random.below(90_000_000)));
    records.text("name", format_args!("{name}"));
    records.binary("objectGUID", &forest.guid(kind, number));
    records.text("dSCorePropagationData", format_args!("{}", Moment::late(&mut random)));
    records.text("dSCorePropagationData", format_args!("16010101000000.0Z"));
}

/// Writes the group with this number.
pub fn write_group(forest: &Forest, group: u64, records: &mut impl Records) {
    let kind = group_kind(group);
    let (name, dn) = (format!("Group {group:05}"), GroupDn(group).to_string());
    let mut random = forest.random(Kind::Group, group);
    records.begin(&dn);
    records.all("objectClass", &["top", "group"]);
    write_common(forest, Kind::Group, group, &name, &dn, records);
    records.text("displayName", format_args!("{} team {group}", random.pick(&OFFICES).city));
    records.text("description", format_args!("Requested with form {:06}", random.below(1_000_000)));
    records.binary("objectSid", &sid(forest.domain_sid, Forest::rid(Kind::Group, group)));
    records.text("sAMAccountName", format_args!("Group-{group:05}"));
    records.text("sAMAccountType", format_args!("268435456"));
    records.text("objectCategory", format_args!("CN=Group,CN=Schema,CN=Configuration,{DOMAIN}"));
    records.text("groupType", format_args!("{}", group_type(kind)));
    let manager = random.below(forest.users.max(1));
    if manager < forest.users && is_healthy_user(manager) {
        records.text("managedBy", format_args!("{}", user_dn(forest, manager)));
    }
    write_group_addresses(kind, group, records);
    write_members(forest, kind, group, records);
    records.end();
}

fn group_type(kind: GroupKind) -> i64 {
    match kind {
        GroupKind::Security | GroupKind::OnlyX500 | GroupKind::LostMembers => -2_147_483_646,
        GroupKind::MailSecurity => -2_147_483_640,
        GroupKind::Distribution | GroupKind::DistributionWithoutMail => 8,
    }
}

fn write_group_addresses(kind: GroupKind, group: u64, records: &mut impl Records) {
    const RECIPIENTS: &str =
        "/o=Corp Example/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=";
    let (details, display_type) = match kind {
        GroupKind::Distribution => (256, 1),
        GroupKind::MailSecurity => (1024, 1_073_741_833),
        GroupKind::OnlyX500 => {
            records.text("proxyAddresses", format_args!("X500:{RECIPIENTS}group{group:05}"));
            return records.text("proxyAddresses", format_args!("X500:{RECIPIENTS}old-group{group:05}"));
        }
        GroupKind::Security | GroupKind::DistributionWithoutMail | GroupKind::LostMembers => return,
    };
    records.text("mail", format_args!("group{group:05}@{MAIL_DOMAIN}"));
    records.text("mailNickname", format_args!("group{group:05}"));
    records.text("proxyAddresses", format_args!("SMTP:group{group:05}@{MAIL_DOMAIN}"));
    records.text("proxyAddresses", format_args!("X500:{RECIPIENTS}group{group:05}"));
    records.text("legacyExchangeDN", format_args!("{RECIPIENTS}group{group:05}"));
    records.text("msExchRecipientTypeDetails", format_args!("{details}"));
    records.text("msExchRecipientDisplayType", format_args!("{display_type}"));
    records.text("msExchRequireAuthToSendTo", format_args!("TRUE"));
    records.text("reportToOriginator", format_args!("TRUE"));
}

/// Writes the members; those of huge groups in slices, as a directory server hands them out.
fn write_members(forest: &Forest, kind: GroupKind, group: u64, records: &mut impl Records) {
    if group < HUGE_GROUPS {
        return write_member_slices(forest, group, records);
    }
    users_of_group(forest, group, |user| records.text("member", format_args!("{}", user_dn(forest, user))));
    contacts_of_group(forest, group, |contact| {
        records.text("member", format_args!("{}", contact_dn(forest, contact)));
    });
    if kind == GroupKind::LostMembers {
        for leaver in 0..LOST_MEMBERS_PER_GROUP {
            records.text("member", format_args!("CN=Leaver {group}-{leaver},OU=Leavers,{DOMAIN}"));
        }
    }
}

fn write_member_slices(forest: &Forest, group: u64, records: &mut impl Records) {
    let mut members = 0;
    users_of_group(forest, group, |_| members += 1);
    let (mut position, mut name) = (0, "member".to_owned());
    users_of_group(forest, group, |user| {
        if members > RANGE_VALUES && position % RANGE_VALUES == 0 {
            let next = position + RANGE_VALUES;
            let last = if next >= members { "*".to_owned() } else { (next - 1).to_string() };
            name = format!("member;range={position}-{last}");
        }
        records.text(&name, format_args!("{}", user_dn(forest, user)));
        position += 1;
    });
}

/// Writes the contact with this number.
pub fn write_contact(forest: &Forest, contact: u64, records: &mut impl Records) {
    let person = forest.person(Kind::Contact, contact);
    let (name, dn) = (CommonName(person).to_string(), contact_dn(forest, contact).to_string());
    let mut random = forest.random(Kind::Contact, contact);
    records.begin(&dn);
    records.all("objectClass", &["top", "person", "organizationalPerson", "contact"]);
    write_common(forest, Kind::Contact, contact, &name, &dn, records);
    records.text("sn", format_args!("{}", person.surname.0));
    records.text("givenName", format_args!("{}", person.given.0));
    records.text("displayName", format_args!("{} {} (Partner)", person.given.0, person.surname.0));
    records.text("objectCategory", format_args!("CN=Person,CN=Schema,CN=Configuration,{DOMAIN}"));
    records.text("telephoneNumber", format_args!("+1 555 01{:02}", random.below(100)));
    records.text("company", format_args!("Partner {}", contact % 40));
    if let Some(group) = group_of_contact(forest, contact) {
        records.text("memberOf", format_args!("{}", GroupDn(group)));
    }
    write_contact_addresses(forest, contact, records);
    records.end();
}

fn write_contact_addresses(forest: &Forest, contact: u64, records: &mut impl Records) {
    let holder = match contact_kind(contact, forest.contacts) {
        ContactKind::WithoutMail => return,
        ContactKind::SecondOfPair => contact - 1,
        ContactKind::Plain | ContactKind::FirstOfPair => contact,
    };
    let address = format!("{}@partner{}.example", Alias(forest.person(Kind::Contact, holder)), holder % 40);
    records.text("mail", format_args!("{address}"));
    records.text("targetAddress", format_args!("SMTP:{address}"));
    records.text("proxyAddresses", format_args!("SMTP:{address}"));
    records.text("mailNickname", format_args!("ext-{}", Alias(forest.person(Kind::Contact, contact))));
    records.text("internetEncoding", format_args!("1310720"));
    records.text("msExchRecipientTypeDetails", format_args!("64"));
    records.text("msExchRecipientDisplayType", format_args!("6"));
    records.all("msExchPoliciesExcluded", &["{26491cfc-9e50-4857-861b-0cb8df22b5d7}"]);
}

/// Writes the computer with this number.
pub fn write_computer(forest: &Forest, computer: u64, records: &mut impl Records) {
    let name = format!("PC-{computer:07}");
    let office = OFFICES[usize::try_from(computer % OFFICES.len() as u64).expect("small")].city;
    let dn = format!("CN={name},OU=Computers,OU={office},OU=Offices,{DOMAIN}");
    let mut random = forest.random(Kind::Computer, computer);
    records.begin(&dn);
    records.all("objectClass", &["top", "person", "organizationalPerson", "user", "computer"]);
    write_common(forest, Kind::Computer, computer, &name, &dn, records);
    records.text("displayName", format_args!("{name}$"));
    records.binary("objectSid", &sid(forest.domain_sid, Forest::rid(Kind::Computer, computer)));
    records.text("sAMAccountName", format_args!("{name}$"));
    records.text("sAMAccountType", format_args!("805306369"));
    records.text("userAccountControl", format_args!("4096"));
    records.text("primaryGroupID", format_args!("515"));
    records.text("objectCategory", format_args!("CN=Computer,CN=Schema,CN=Configuration,{DOMAIN}"));
    records.text("dNSHostName", format_args!("{name}.{MAIL_DOMAIN}"));
    records.text("operatingSystem", format_args!("Windows 11 Enterprise"));
    records.text("operatingSystemVersion", format_args!("10.0 ({})", 22_621 + random.below(2) * 10));
    for service in ["HOST", "RestrictedKrbHost", "TERMSRV", "WSMAN"] {
        records.text("servicePrincipalName", format_args!("{service}/{name}.{MAIL_DOMAIN}"));
        records.text("servicePrincipalName", format_args!("{service}/{name}"));
    }
    if has_certificate(computer) {
        records.binary("userCertificate", &certificate(forest.guid(Kind::Computer, computer), &mut random));
    }
    records.end();
}

/// The frame of the self-signed certificate of a hybrid join: its subject is the object's GUID, the rest noise.
fn certificate(guid: [u8; 16], random: &mut Random) -> Vec<u8> {
    let mut certificate = vec![0x30, 0x82, 0x03, 0x00];
    random.fill(&mut certificate, 64);
    certificate
        .extend_from_slice(&[0x30, 0x2f, 0x31, 0x2d, 0x30, 0x2b, 0x06, 0x03, 0x55, 0x04, 0x03, 0x13, 0x24]);
    certificate.extend_from_slice(GuidText(&guid).to_string().as_bytes());
    random.fill(&mut certificate, 655);
    certificate
}
