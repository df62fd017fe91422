//! What a domain controller refuses, and what the user is told.

use std::fs;

use super::lab::report::check;
use super::{Controller, controller};

/// The options without the authority's, so that they fit plain text.
fn plain(controller: &Controller) -> Vec<String> {
    ["--bind-dn".to_owned(), controller.server.administrator(), "--allow-plaintext".to_owned()].to_vec()
}

#[test]
fn a_simple_bind_without_tls() {
    let Some(controller) = controller() else { return };
    let url = format!("ldap://{}", controller.server.address);
    controller.check(&url, &plain(controller)).expect(5, &["ldaps://"]);
}

#[test]
fn a_wrong_password_and_an_unknown_account() {
    let Some(controller) = controller() else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("password"), "wrong").unwrap();
    let file = ["--password-file".to_owned(), "password".to_owned()];
    let wrong = check(folder.path(), &[&[controller.url()][..], &controller.options(), &file].concat());
    wrong.expect(5, &["password"]);
    let unknown = controller.options().into_iter().map(|one| one.replace("administrator@", "nobody@"));
    controller.check(&controller.url(), &unknown.collect::<Vec<_>>()).expect(5, &[]);
}

#[test]
fn a_search_without_a_bind() {
    let Some(controller) = controller() else { return };
    let options = controller.options().split_off(2);
    controller.check(&controller.url(), &options).expect(5, &["--bind-dn"]);
}

#[test]
fn a_base_of_another_forest() {
    let Some(controller) = controller() else { return };
    let url = format!("{}/DC=elsewhere,DC=test", controller.url());
    controller.check(&url, &controller.options()).expect(3, &["DC=elsewhere,DC=test"]);
}

#[test]
fn a_certificate_of_an_unknown_authority() {
    let Some(controller) = controller() else { return };
    let mut options = controller.options();
    options.truncate(2);
    controller.check(&controller.url(), &options).expect(5, &["certificate", "--ca"]);
}
