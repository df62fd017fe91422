//! Exports made from a global catalogue, which holds all domains but only some attributes (`input-formats` sections
//! 4.10 and 4.13, read 2026-11-20).
//!
//! Only the start of a file is looked at: what gives the port away stands there, and any few complete users show which
//! attributes are missing.

use super::encoding::without_folds;
use crate::directory::InputFormat;

/// The ports of the global catalogue, as commands and URLs write them.
const PORTS: [&str; 8] =
    [":3268", ":3269", "-t 3268", "-t 3269", "-p 3268", "-p 3269", "-port 3268", "-port 3269"];

/// Attributes that a domain controller gives of every user and that no global catalogue has: the counters of logons are
/// not replicated, the others are not marked for the partial attribute set (`[MS-ADA1]` and `[MS-ADA2]`).
const LOCAL_ONLY: [&str; 5] = ["badPwdCount", "badPasswordTime", "logonCount", "codePage", "countryCode"];
/// Attributes that show that no list of attributes was asked for: hardly anybody names these.
const UNASKED: [&str; 2] = ["instanceType", "uSNCreated"];
/// Complete users that must lack the others before anything is said.
const USERS_NEEDED: usize = 2;

const LOOKED_AT_LINES: usize = 4_000;

/// The sentence about an export that comes from a global catalogue; `text` is the start of the file.
pub(super) fn signs(text: &str, format: InputFormat) -> Option<String> {
    let shown = match format {
        InputFormat::Ldif => port_in_ldif(text).or_else(|| absent_in_ldif(text)),
        InputFormat::Csvde => absent_in_header(text),
        _ => None,
    }?;
    Some(format!(
        "{shown}: the export comes from a global catalogue, which holds only some attributes of each object; export \
         every domain from a domain controller (port 389 or 636)"
    ))
}

/// Comments, and the command line of a terminal copy, before or between records.
fn port_in_ldif(text: &str) -> Option<String> {
    let mut lines = text.split(['\n', '\r']).take(LOOKED_AT_LINES);
    lines.find_map(|line| {
        let is_comment = line.starts_with('#');
        let is_command = ["ldapsearch", "ldifde", "ldbsearch"].iter().any(|tool| line.contains(tool));
        if !(is_comment || is_command) {
            return None;
        }
        if line.starts_with("# base <> with scope sub") {
            return Some("the search had no base, which only a global catalogue answers".to_owned());
        }
        let port = PORTS.iter().find(|port| ends_a_number(line, port))?;
        Some(format!("the search went to port {}", port.trim_start_matches(|c: char| !c.is_ascii_digit())))
    })
}

/// Whether a line holds a port that is not the start of a longer number.
fn ends_a_number(line: &str, port: &str) -> bool {
    line.match_indices(port).any(|(at, _)| {
        line.get(at + port.len()..).is_none_or(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn absent_in_ldif(text: &str) -> Option<String> {
    let joined = without_folds(text.as_bytes());
    let joined = String::from_utf8_lossy(&joined);
    let (mut users, mut is_user, mut unasked) = (0, false, 0);
    for line in joined.split(['\n', '\r']).take(LOOKED_AT_LINES) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let is = |names: &[&str]| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        if is(&["dn"]) {
            users += usize::from(is_user && unasked == UNASKED.len());
            (is_user, unasked) = (false, 0);
        } else if is(&LOCAL_ONLY) {
            return None;
        } else if is(&["objectClass"]) {
            is_user |= value.trim().eq_ignore_ascii_case("user");
        } else if is(&UNASKED) {
            unasked += 1;
        }
    }
    users += usize::from(is_user && unasked == UNASKED.len());
    (users >= USERS_NEEDED).then(lacking)
}

fn absent_in_header(text: &str) -> Option<String> {
    let header = text.lines().next()?;
    let names: Vec<&str> = header.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
    let has = |name: &str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
    let of_users = has("userAccountControl") && UNASKED.into_iter().all(has);
    (of_users && !LOCAL_ONLY.into_iter().any(has)).then(lacking)
}

fn lacking() -> String {
    format!("complete users lack {}", LOCAL_ONLY.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ldif(lines: &str) -> bool {
        signs(lines, InputFormat::Ldif).is_some()
    }

    #[test]
    fn ports_count_only_outside_of_values() {
        assert!(ldif("# refldap://gc.corp.example:3268/DC=eu,DC=corp\n\ndn: CN=a\n"));
        assert!(ldif("$ ldapsearch -H ldap://gc:3268 -b ''\ndn: CN=a\n"));
        assert!(ldif("# base <> with scope subtree\n"));
        assert!(!ldif("dn: CN=a\ninfo: http://x:3268/\nserviceBindingInformation: -t 3268\n"));
        assert!(!ldif("# refldap://dc.corp.example:32680/DC=corp\n"));
    }

    #[test]
    fn complete_users_without_local_attributes_come_from_a_global_catalogue() {
        let user = "dn: CN=a\nobjectClass: user\ninstanceType: 4\nuSNCreated: 1\n";
        assert!(ldif(&format!("{user}\n{user}")));
        assert!(!ldif(user), "one is not enough");
        assert!(!ldif(&format!("{user}\n{user}codePage: 0\n")));
        assert!(!ldif(&format!("{0}\n{0}", "dn: CN=a\nobjectClass: user\nmail: a@x\n")));
        let header = "DN,objectClass,instanceType,uSNCreated,userAccountControl";
        assert!(signs(header, InputFormat::Csvde).is_some());
        assert!(signs(&format!("{header},logonCount"), InputFormat::Csvde).is_none());
    }
}
