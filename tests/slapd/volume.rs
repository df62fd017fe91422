//! A large directory is read completely, a large group with all its members.

use std::sync::OnceLock;

use super::lab::leave_out;
use super::lab::report::{check, presync};
use super::lab::slapd::{READER, Slapd};
use super::lab::volume::{BASE, GROUP, OTHERS, content};

const USERS: usize = 100_000;
const MEMBERS: usize = 20_000;

fn server() -> Option<&'static Slapd> {
    static SERVER: OnceLock<Option<Slapd>> = OnceLock::new();
    let start = || match Slapd::start(&[content(USERS, MEMBERS)]) {
        Ok(server) => Some(server),
        Err(problem) => leave_out("a large directory in slapd", &problem),
    };
    SERVER.get_or_init(start).as_ref()
}

#[test]
fn everything_is_read() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}/{BASE}", server.plain());
    let arguments =
        ["check", &url, "--bind-dn", READER.dn, "--allow-plaintext", "--format", "json", "--objects", "none"];
    let report = presync(folder.path(), &arguments).report();
    let input = &report["run"]["inputs"][0];
    assert_eq!((&input["objects"], &input["complete"]), (&(USERS + OTHERS).into(), &true.into()));
    let synced = &report["summary"]["outcomes"]["synced"];
    assert_eq!((&synced["user"], &synced["group"]), (&USERS.into(), &1.into()));
}

#[test]
fn a_large_group_is_complete() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}/{BASE}", server.tls());
    let authority = server.certificates.authority.to_string_lossy().into_owned();
    let report = check(folder.path(), &[&url, "--bind-dn", READER.dn, "--ca", &authority]).report();
    let objects = report["objects"].as_array().unwrap();
    let group =
        objects.iter().find(|object| object["dn"].as_str().unwrap().eq_ignore_ascii_case(GROUP)).unwrap();
    let export = &group["export"];
    assert_eq!(export["member"].as_array().unwrap().len(), MEMBERS);
    assert_eq!((&export["member_count"], &export["members_lost"]), (&MEMBERS.into(), &serde_json::json!([])));
}
