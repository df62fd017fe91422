//! The class of an object after change records: the same as if the export had been made after the changes, whether its
//! class was stated or guessed, and whether the values of objectClass are kept or not.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::fs;

use presync::directory::attribute::{OBJECT_CLASS, SAM_ACCOUNT_NAME};
use presync::directory::{AttributeNames, AttributeSet, Class, ObjectId, WantedAttributes};
use presync::load::{LoadRequest, SourceArgument, load};

/// Classes of the first object with all attributes kept, with those that a run keeps, and with hardly any.
fn classes(export: &str, changes: &[&str]) -> [Class; 3] {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: String, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let sources = [SourceArgument { forest: None, path: write("base.txt".into(), export) }];
    let overlays: Vec<String> = changes
        .iter()
        .enumerate()
        .map(|(number, blocks)| {
            let text = format!("dn: CN=a,DC=x\nchangetype: modify\n{blocks}\n");
            write(format!("{number}.ldf"), &text)
        })
        .collect();
    let few: AttributeSet = [SAM_ACCOUNT_NAME, OBJECT_CLASS].into_iter().collect();
    let hardly_any: AttributeSet = [SAM_ACCOUNT_NAME].into_iter().collect();
    [WantedAttributes::All, WantedAttributes::Only(few), WantedAttributes::Only(hardly_any)].map(|wanted| {
        let request = LoadRequest {
            overlays: &overlays,
            wanted,
            ..LoadRequest::new(&sources, AttributeNames::default())
        };
        let loaded = load(request).unwrap();
        for source in loaded.sources() {
            assert!(!source.warnings.iter().any(|warning| warning.id == "overlay-mismatch"), "{source:?}");
        }
        loaded.object(ObjectId(0)).class()
    })
}

#[track_caller]
fn settles(export: &str, changes: &[&str], class: Class) {
    assert_eq!(classes(export, changes), [class; 3], "{export:?} {changes:?}");
}

const DN: &str = "dn: CN=a,DC=x\nsAMAccountName: a\n";
const CSV: &str = "DistinguishedName,SamAccountName";

#[test]
fn a_guess_follows_what_it_was_made_from() {
    settles(DN, &[], Class::Unknown);
    settles(DN, &["add: groupType\ngroupType: 2"], Class::Group);
    settles(DN, &["replace: groupType\ngroupType: 2", "replace: groupType"], Class::Unknown);
    settles(DN, &["add: sAMAccountType\nsAMAccountType: 805306369"], Class::Computer);
    settles(DN, &["add: objectCategory\nobjectCategory: CN=Person,CN=Schema,DC=x"], Class::User);
    settles(DN, &["add: sAMAccountType\nsAMAccountType: 805306368", "replace: sn\nsn: b"], Class::User);
    let typed = format!("{DN}sAMAccountType: 805306368\n");
    settles(&typed, &["replace: displayName\ndisplayName: b"], Class::User);
    settles(&typed, &["replace: sAMAccountName\nsAMAccountName: b"], Class::User);
}

#[test]
fn the_guess_of_a_table_gives_way_to_what_a_change_says() {
    let inferred = format!("{CSV},UserPrincipalName\n\"CN=a,DC=x\",a,a@x\n");
    settles(&inferred, &[], Class::User);
    settles(&inferred, &["add: groupType\ngroupType: 2"], Class::Group);
    settles(&inferred, &["replace: userPrincipalName\nuserPrincipalName: b@x"], Class::User);
    let typed = format!("#TYPE Microsoft.ActiveDirectory.Management.ADComputer\n{CSV}\n\"CN=a,DC=x\",a\n");
    settles(&typed, &["add: groupType\ngroupType: 2"], Class::Computer);
}

#[test]
fn a_guess_is_kept_beside_an_auxiliary_class_and_gives_way_to_a_stated_one() {
    let typed = format!("{DN}sAMAccountType: 805306368\n");
    settles(&typed, &["add: objectClass\nobjectClass: contosoBadge"], Class::User);
    settles(
        &typed,
        &["add: objectClass\nobjectClass: contosoBadge", "add: objectClass\nobjectClass: inetOrgPerson"],
        Class::InetOrgPerson,
    );
    settles(&typed, &["add: objectClass\nobjectClass: inetOrgPerson"], Class::InetOrgPerson);
    let all = "replace: objectClass\nobjectClass: top\nobjectClass: contact";
    settles(&typed, &[all], Class::Contact);
    settles(&typed, &[all, "replace: sAMAccountType\nsAMAccountType: 805306369"], Class::Contact);
    settles(DN, &["add: objectClass\nobjectClass: contosoBadge"], Class::Unknown);
}

#[test]
fn a_stated_class_changes_only_with_object_class() {
    let user = format!("{DN}objectClass: top\nobjectClass: user\nsAMAccountType: 805306368\n");
    settles(&user, &["replace: objectCategory\nobjectCategory: CN=Group,CN=Schema,DC=x"], Class::User);
    settles(&user, &["replace: sAMAccountType\nsAMAccountType: 805306369"], Class::User);
    settles(&user, &["add: objectClass\nobjectClass: inetOrgPerson"], Class::InetOrgPerson);
    settles(&user, &["add: objectClass\nobjectClass: contosoBadge"], Class::User);
    let person = format!("{user}objectClass: inetOrgPerson\n");
    settles(&person, &["delete: objectClass\nobjectClass: inetOrgPerson"], Class::User);
    settles(&person, &["delete: objectClass\nobjectClass: top"], Class::InetOrgPerson);
    settles(
        &person,
        &["delete: objectClass\nobjectClass: inetOrgPerson\n-\nadd: objectClass\nobjectClass: inetOrgPerson"],
        Class::InetOrgPerson,
    );
    settles(&person, &["replace: objectClass\nobjectClass: top\nobjectClass: user"], Class::User);
    let table = format!("{CSV},ObjectClass,UserPrincipalName\n\"CN=a,DC=x\",a,user,a@x\n");
    settles(&table, &["add: objectClass\nobjectClass: inetOrgPerson"], Class::InetOrgPerson);
    settles(&table, &["add: groupType\ngroupType: 2"], Class::User);
}

#[test]
fn an_object_that_loses_its_classes_is_guessed_again() {
    let user = format!("{DN}objectClass: user\nsAMAccountType: 805306368\n");
    settles(
        &user,
        &["replace: objectClass", "replace: sAMAccountType\nsAMAccountType: 805306369"],
        Class::Computer,
    );
    let group = format!("{DN}objectClass: user\n");
    settles(&group, &["replace: objectClass", "add: groupType\ngroupType: 2"], Class::Group);
}

#[test]
fn a_new_object_without_a_class_is_guessed_and_settled_by_later_changes() {
    let export = "dn: DC=x\nobjectClass: domainDNS\n";
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let sources = [SourceArgument { forest: None, path: write("base.ldf", export) }];
    let new = "dn: CN=a,DC=x\nchangetype: add\nsAMAccountName: a\n\n";
    let group = "dn: CN=a,DC=x\nchangetype: modify\nadd: groupType\ngroupType: 2\n";
    for (text, class) in [(new.to_owned(), Class::Unknown), (format!("{new}{group}"), Class::Group)] {
        let overlays = [write("changes.ldf", &text)];
        let request =
            LoadRequest { overlays: &overlays, ..LoadRequest::new(&sources, AttributeNames::default()) };
        let loaded = load(request).unwrap();
        let object = loaded.objects().find(|object| object.dn() == b"CN=a,DC=x").unwrap();
        assert_eq!(object.class(), class);
    }
}
