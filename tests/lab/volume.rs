//! A domain with as many users as a test wants, and one group that holds many of them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::slapd::Content;

/// DN of the domain.
pub const BASE: &str = "DC=volume,DC=test";
/// DN of the group.
pub const GROUP: &str = "CN=Everybody,DC=volume,DC=test";
/// Entries besides the users: the domain and the group.
pub const OTHERS: usize = 2;

/// The domain with `users` users, of which the first `members` are members of the group.
pub fn content(users: usize, members: usize) -> Content {
    let mut ldif =
        format!("dn: {BASE}\nobjectClass: top\nobjectClass: domain\nobjectClass: domainDNS\ndc: volume\n\n");
    for number in 0..users {
        write_user(&mut ldif, number);
    }
    let sid = STANDARD.encode(sid(1));
    write!(
        ldif,
        "dn: {GROUP}\nobjectClass: top\nobjectClass: group\ncn: Everybody\nsAMAccountName: Everybody\n\
         displayName: Everybody\ngroupType: -2147483646\nobjectGUID:: {}\nobjectSid:: {sid}\n",
        STANDARD.encode(guid(usize::MAX))
    )
    .expect("a String takes all");
    for number in 0..members {
        writeln!(ldif, "member: CN=User {number},{BASE}").expect("a String takes all");
    }
    ldif.push('\n');
    Content { base: BASE.to_owned(), ldif }
}

fn write_user(ldif: &mut String, number: usize) {
    write!(
        ldif,
        "dn: CN=User {number},{BASE}\nobjectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\n\
         objectClass: user\ncn: User {number}\nsAMAccountName: u{number}\nuserPrincipalName: u{number}@volume.test\n\
         displayName: User {number}\nmail: u{number}@volume.test\nmailNickname: u{number}\n\
         proxyAddresses: SMTP:u{number}@volume.test\nproxyAddresses: smtp:u{number}@old.volume.test\n\
         userAccountControl: 512\nobjectGUID:: {}\nobjectSid:: {}\n\n",
        STANDARD.encode(guid(number)),
        STANDARD.encode(sid(number + 2))
    )
    .expect("a String takes all");
}

fn guid(number: usize) -> [u8; 16] {
    (0x5a << 120 | number as u128).to_be_bytes()
}

fn sid(number: usize) -> Vec<u8> {
    let rid = u32::try_from(number).expect("fewer than 2^32 users");
    let start = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0];
    [start.as_slice(), &rid.to_le_bytes()].concat()
}
