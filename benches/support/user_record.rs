//! The record of a user: account, address book, Exchange.

use std::fmt::Display;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::forest::{DOMAIN, Forest, Kind, Person, UserKind, is_healthy_user, user_kind};
use super::members::groups_of_user;
use super::names::{DEPARTMENTS, OFFICES, TITLES};
use super::random::Random;
use super::text::{
    AccountName, Address, Alias, CommonName, GroupDn, GuidText, Hex, Moment, Records, filetime, sid, user_dn,
};

const NEVER: u64 = 9_223_372_036_854_775_807;
const ADMINISTRATIVE_GROUP: &str = "Exchange Administrative Group (FYDIBOHF23SPDLT)";

/// Name and place of a user.
struct Identity {
    dn: String,
    name: String,
    account: String,
}

/// Writes the user with this number.
pub fn write(forest: &Forest, user: u64, records: &mut impl Records) {
    let kind = user_kind(user);
    let mut random = forest.random(Kind::User, user);
    let person = forest.person(Kind::User, user);
    let identity = identity(forest, user, kind, person);
    records.begin(&identity.dn);
    write_account(forest, user, &identity, &mut random, records);
    if kind == UserKind::ServiceAccount || kind == UserKind::Conflict {
        write_sparse(&identity, records);
        return records.end();
    }
    write_person(forest, person, &mut random, records);
    write_anchor(forest, user, kind, &mut random, records);
    groups_of_user(forest, user, |group| records.text("memberOf", format_args!("{}", GroupDn(group))));
    if kind == UserKind::Mailbox || kind == UserKind::LinkedMailbox {
        write_mailbox(forest, kind, person, &mut random, records);
    } else {
        records.text("userAccountControl", format_args!("{}", if random.percent(3) { 514 } else { 512 }));
    }
    write_photo(&mut random, records);
    records.end();
}

fn identity(forest: &Forest, user: u64, kind: UserKind, person: Person) -> Identity {
    let guid = forest.guid(Kind::User, user);
    match kind {
        UserKind::ServiceAccount => {
            let name = format!("MSOL_{}", Hex(&guid[..6])).to_lowercase().replacen("msol", "MSOL", 1);
            Identity { dn: format!("CN={name},CN=Users,{DOMAIN}"), account: name.clone(), name }
        }
        UserKind::Conflict => {
            let name = format!("{}\nCNF:{}", CommonName(person), GuidText(&guid));
            let escaped = name.replace(',', "\\,").replace('\n', "\\0A");
            let account = format!("$DUPLICATE-{:x}", Forest::rid(Kind::User, user));
            Identity { dn: format!("CN={escaped},CN=Users,{DOMAIN}"), account, name }
        }
        _ => Identity {
            dn: user_dn(forest, user).to_string(),
            name: CommonName(person).to_string(),
            account: AccountName(person).to_string(),
        },
    }
}

/// What every account has.
fn write_account(
    forest: &Forest,
    user: u64,
    identity: &Identity,
    random: &mut Random,
    records: &mut impl Records,
) {
    let change = 20_000 + user * 12;
    records.all("objectClass", &["top", "person", "organizationalPerson", "user"]);
    records.text("cn", format_args!("{}", identity.name));
    records.text("distinguishedName", format_args!("{}", identity.dn));
    records.text("instanceType", format_args!("4"));
    records.text("whenCreated", format_args!("{}", Moment::early(random)));
    records.text("whenChanged", format_args!("{}", Moment::late(random)));
    records.text("uSNCreated", format_args!("{change}"));
    records.text("uSNChanged", format_args!("{}", change + random.below(90_000_000)));
    records.text("name", format_args!("{}", identity.name));
    records.binary("objectGUID", &forest.guid(Kind::User, user));
    records.text("badPwdCount", format_args!("{}", random.below(3)));
    records.text("codePage", format_args!("0"));
    records.text("badPasswordTime", format_args!("{}", filetime(random)));
    records.text("lastLogoff", format_args!("0"));
    records.text("lastLogon", format_args!("{}", filetime(random)));
    records.text("pwdLastSet", format_args!("{}", filetime(random)));
    records.text("primaryGroupID", format_args!("513"));
    records.binary("objectSid", &sid(forest.domain_sid, Forest::rid(Kind::User, user)));
    records.text("accountExpires", format_args!("{NEVER}"));
    records.text("logonCount", format_args!("{}", random.below(4000)));
    records.text("sAMAccountName", format_args!("{}", identity.account));
    records.text("sAMAccountType", format_args!("805306368"));
    records.text("objectCategory", format_args!("CN=Person,CN=Schema,CN=Configuration,{DOMAIN}"));
    records.text("dSCorePropagationData", format_args!("{}", Moment::late(random)));
    records.text("dSCorePropagationData", format_args!("16010101000000.0Z"));
    records.text("lastLogonTimestamp", format_args!("{}", filetime(random)));
}

fn write_sparse(identity: &Identity, records: &mut impl Records) {
    records.text("userAccountControl", format_args!("66048"));
    records.text("description", format_args!("Account {}", identity.account.trim_start_matches('$')));
}

fn write_person(forest: &Forest, person: Person, random: &mut Random, records: &mut impl Records) {
    let office = &OFFICES[person.office];
    records.text("sn", format_args!("{}", person.surname.0));
    records.text("givenName", format_args!("{}", person.given.0));
    records.text("displayName", format_args!("{} {}", person.given.0, person.surname.0));
    records.text("userPrincipalName", format_args!("{}", Address(Alias(person))));
    records.text("title", format_args!("{}", random.pick(&TITLES)));
    records.text("department", format_args!("{}", random.pick(&DEPARTMENTS)));
    records.text("company", format_args!("Corp Example"));
    records.text("physicalDeliveryOfficeName", format_args!("{} {}", office.city, 100 + random.below(600)));
    records.text("telephoneNumber", format_args!("{} {:07}", office.dial, random.below(10_000_000)));
    records.text("l", format_args!("{}", office.city));
    records.text("st", format_args!("{}", office.state));
    records.text("co", format_args!("{}", office.country));
    records.text("c", format_args!("{}", office.code));
    records.text("countryCode", format_args!("{}", office.number));
    records.text("postalCode", format_args!("{}", office.postal_code));
    records.text("streetAddress", format_args!("{} Harbour Street", 1 + random.below(240)));
    records.text("employeeID", format_args!("{:08}", person.number));
    if random.percent(40) {
        records.text("homeDirectory", format_args!("\\\\files.corp.example\\home$\\{}", AccountName(person)));
        records.text("homeDrive", format_args!("H:"));
    }
    if random.percent(40) {
        records.text("mobile", format_args!("+44 7700 900{:03}", random.below(1000)));
    }
    let manager = person.number / 12;
    if manager != person.number && is_healthy_user(manager) {
        records.text("manager", format_args!("{}", user_dn(forest, manager)));
    }
}

/// `mS-DS-ConsistencyGuid`: mostly the object's own identity as the sync engine writes it back, some brought along from
/// another forest, many without.
fn write_anchor(forest: &Forest, user: u64, kind: UserKind, random: &mut Random, records: &mut impl Records) {
    let own = forest.guid(Kind::User, user);
    let other = random.guid();
    if kind == UserKind::ChangedAnchor {
        records.binary("mS-DS-ConsistencyGuid", &own);
        records.text("cloudSourceAnchor", format_args!("{}", STANDARD.encode(other)));
        return records.text("cloudAnchor", format_args!("User_{}", GuidText(&random.guid())));
    }
    match random.below(100) {
        0..60 => records.binary("mS-DS-ConsistencyGuid", &own),
        60..65 => records.binary("mS-DS-ConsistencyGuid", &other),
        _ => {}
    }
}

/// `msExchRecipientTypeDetails`, `msExchRecipientDisplayType` and `userAccountControl`.
fn recipient(kind: UserKind, random: &mut Random) -> [u64; 3] {
    match (kind, random.below(100)) {
        (UserKind::LinkedMailbox, _) => [2, 1_073_741_824, 514],
        (_, 0..90) => [1, 1_073_741_824, 512],
        (_, 90..95) => [4, 0, 514],
        (_, 95..98) => [16, 7, 514],
        _ => [1, 1_073_741_824, 66048],
    }
}

fn write_mailbox(
    forest: &Forest,
    kind: UserKind,
    person: Person,
    random: &mut Random,
    records: &mut impl Records,
) {
    let [details, display_type, account_control] = recipient(kind, random);
    let alias = Alias(person);
    let mailbox = random.guid();
    records.text("userAccountControl", format_args!("{account_control}"));
    write_addresses(person, &mailbox, random, records);
    records.text("mailNickname", format_args!("{alias}"));
    records.text("msExchRecipientTypeDetails", format_args!("{details}"));
    records.text("msExchRecipientDisplayType", format_args!("{display_type}"));
    records.binary("msExchMailboxGuid", &mailbox);
    if kind == UserKind::LinkedMailbox {
        let foreign = forest.domain_sid.map(|part| part ^ 0x5555_5555);
        records.binary("msExchMasterAccountSid", &sid(foreign, Forest::rid(Kind::User, person.number)));
    }
    write_exchange(random, records);
    if random.percent(30) {
        records.text("msRTCSIP-PrimaryUserAddress", format_args!("sip:{}", Address(&alias)));
        records.text("msRTCSIP-UserEnabled", format_args!("TRUE"));
        records.text("msRTCSIP-OptionFlags", format_args!("257"));
    }
    for number in [1, 6, 11] {
        records.text(&format!("extensionAttribute{number}"), format_args!("{}", random.below(100_000)));
    }
}

fn write_addresses(person: Person, mailbox: &[u8], random: &mut Random, records: &mut impl Records) {
    let alias = Alias(person);
    let recipients = format!("/o=Corp Example/ou={ADMINISTRATIVE_GROUP}/cn=Recipients/cn=");
    let old = AccountName(person);
    records.text("mail", format_args!("{}", Address(&alias)));
    let mut address = |kind: &str, value: &dyn Display| {
        records.text("proxyAddresses", format_args!("{kind}:{value}"));
    };
    address("SMTP", &Address(&alias));
    address("smtp", &Address(&old));
    if random.percent(40) {
        address("smtp", &Address(format!("{}.{}", person.number, person.surname.1)));
    }
    if random.percent(30) {
        address("X500", &format!("{recipients}{}-{old}", Hex(&mailbox[..8]).to_string().to_lowercase()));
    }
    if random.percent(30) {
        address("sip", &Address(&alias));
    }
    let unique = Hex(mailbox).to_string().to_lowercase();
    records.text("legacyExchangeDN", format_args!("{recipients}{unique}-{old}"));
}

/// What Exchange keeps beside the addresses.
fn write_exchange(random: &mut Random, records: &mut impl Records) {
    const LISTS: [&str; 2] =
        ["CN=Default Global Address List,CN=All Global Address Lists", "CN=All Users,CN=All Address Lists"];
    let organization = format!("CN=Corp Example,CN=Microsoft Exchange,CN=Services,CN=Configuration,{DOMAIN}");
    for list in LISTS {
        records.text("showInAddressBook", format_args!("{list},CN=Address Lists Container,{organization}"));
    }
    let database = 1 + random.below(24);
    let databases = format!("CN=Databases,CN={ADMINISTRATIVE_GROUP},CN=Administrative Groups,{organization}");
    records.text("homeMDB", format_args!("CN=DB{database:02},{databases}"));
    records.text("mDBUseDefaults", format_args!("TRUE"));
    records.all(
        "msExchPoliciesIncluded",
        &["8d3a6f1c-6c1e-4a2b-9f43-0d5e6b7a8c91", "{26491cfc-9e50-4857-861b-0cb8df22b5d7}"],
    );
    records.text("msExchVersion", format_args!("1125899906842624"));
    records.text("msExchUserAccountControl", format_args!("0"));
    records.text("msExchELCMailboxFlags", format_args!("130"));
    records.text("msExchWhenMailboxCreated", format_args!("{}", Moment::early(random)));
    records.text("msExchUMDtmfMap", format_args!("emailAddress:{:012}", random.below(1_000_000_000_000)));
    let mut descriptor = vec![1, 0, 4, 128, 20, 0, 0, 0, 48, 0, 0, 0];
    random.fill(&mut descriptor, 36);
    records.binary("msExchMailboxSecurityDescriptor", &descriptor);
}

/// A picture of 2 to 10 kB on one user of twenty: the frame of a JPEG file with noise inside.
fn write_photo(random: &mut Random, records: &mut impl Records) {
    if !random.percent(5) {
        return;
    }
    let mut photo = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1];
    let size = usize::try_from(2_000 + random.below(7_900)).expect("small");
    random.fill(&mut photo, size);
    photo.extend_from_slice(&[0xff, 0xd9]);
    records.binary("thumbnailPhoto", &photo);
}
