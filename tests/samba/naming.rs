//! What a domain controller says about itself: its default base, its other partitions, its global catalog.

use super::controller;
use super::lab::samba::{CHILD, HAS_CHILD};
use super::lab::say_left_out;

#[test]
fn without_a_base_the_root_dse_names_the_domain() {
    let Some(controller) = controller() else { return };
    let report = controller.check(&controller.url(), &controller.options()).report();
    let input = &report["run"]["inputs"][0];
    assert_eq!(input["forest"], controller.server.realm);
    assert_eq!((&input["format"], &input["complete"]), (&"ldap".into(), &true.into()));
    // The partitions below the domain are referred to, not read.
    assert_eq!(input["skipped"], serde_json::json!({ "search-reference": 1 }));
    let explicit = format!("{}/{}", controller.url(), controller.server.base);
    let explicit = controller.check(&explicit, &controller.options()).report();
    assert_eq!(input["objects"], explicit["run"]["inputs"][0]["objects"]);
}

#[test]
fn a_global_catalog_is_read_with_a_warning() {
    let Some(controller) = controller() else { return };
    let url = format!("ldaps://{}:3269/{}", controller.server.address, controller.server.base);
    let report = controller.check(&url, &controller.options()).report();
    let warnings = report["run"]["inputs"][0]["warnings"].to_string();
    assert!(warnings.contains("\"global-catalog\""), "{warnings}");
    let url = format!("{}/{}", controller.url(), controller.server.base);
    let report = controller.check(&url, &controller.options()).report();
    let warnings = report["run"]["inputs"][0]["warnings"].to_string();
    assert!(!warnings.contains("\"global-catalog\""), "{warnings}");
}

#[test]
fn the_configuration_partition_is_a_base_like_any_other() {
    let Some(controller) = controller() else { return };
    let partitions = format!("CN=Partitions,CN=Configuration,{}", controller.server.base);
    let url = format!("{}/{partitions}", controller.url());
    let report = controller.check(&url, &controller.options()).report();
    let objects = report["objects"].as_array().unwrap();
    let short = controller.server.realm.split('.').next().unwrap();
    let expected = format!("CN={short},{partitions}");
    let names: Vec<_> = objects.iter().filter_map(|object| object["dn"].as_str()).collect();
    assert!(names.iter().any(|name| name.eq_ignore_ascii_case(&expected)), "{names:?}");
}

#[test]
fn a_domain_of_the_forest_that_was_not_read_is_named() {
    if !HAS_CHILD {
        say_left_out::<()>("the domain that was not read", "the server of the Kerberos tests knows of none");
        return;
    }
    let Some(controller) = controller() else { return };
    let report = controller.check(&controller.url(), &controller.options()).report();
    let warnings = report["run"]["inputs"][0]["warnings"].to_string();
    let child = format!("child.{} ({CHILD})", controller.server.realm);
    assert!(warnings.contains("domain-not-read") && warnings.contains(&child), "{warnings}");
    let realm = format!(": {}", controller.server.realm);
    assert!(!warnings.contains(&realm), "this one was read: {warnings}");
}

#[test]
fn every_form_of_a_name_binds() {
    let Some(controller) = controller() else { return };
    let server = &controller.server;
    let short = server.realm.split('.').next().unwrap().to_uppercase();
    let names = [
        server.administrator(),
        format!("{short}\\Administrator"),
        format!("CN=Administrator,CN=Users,{}", server.base),
    ];
    for name in names {
        let options: Vec<String> = controller
            .options()
            .into_iter()
            .map(|one| if one.contains('@') { name.clone() } else { one })
            .collect();
        let url = format!("{}/{}??base", controller.url(), server.base);
        assert_eq!(controller.check(&url, &options).report()["run"]["inputs"][0]["objects"], 1, "{name}");
    }
}
