//! Matching, uniqueness and quarantine: the rows of `entra-outcomes` sections A.1, B and C (read 2026-11-25). Each test
//! names the document that the facts give for it.

mod common;

use common::{Entry, Lab, anchor, cloud, expect, guid, object, sid_text};
use presync::outcome::{Outcome, Reason};
use presync::report::Report;

const SETTINGS: &str =
    "[tenant]\ninitial-domain = \"contoso.onmicrosoft.com\"\nverified-domains = [\"contoso.com\"]\n";

fn lab(settings: &str) -> Lab {
    Lab::with_settings(&format!("{SETTINGS}{settings}"))
}

fn nia() -> Entry {
    Entry::user("CN=X,OU=Corp,DC=contoso,DC=com", 1, "nia@contoso.com", true)
        .with("mail", "nia@contoso.com")
        .with("proxyAddresses", "SMTP:nia@contoso.com")
        .sid(1, 1101)
}

fn tenant_user(properties: &str) -> String {
    format!(r##"[{{"@odata.type":"#microsoft.graph.user","id":"c1",{properties}}}]"##)
}

fn run(settings: &str, tenant: &str) -> Report {
    lab(settings).forest("contoso.com", &[nia()]).tenant(tenant).run()
}

const CLOUD_ONLY: &str = r#""onPremisesSyncEnabled":null,"onPremisesImmutableId":null,"userPrincipalName":"nia@contoso.com",
    "proxyAddresses":["SMTP:nia@contoso.com"]"#;

fn with_anchor(number: u8, more: &str) -> String {
    tenant_user(&format!(
        r#""onPremisesImmutableId":"{}","userPrincipalName":"nia@contoso.com",
           "proxyAddresses":["SMTP:nia@contoso.com"],{more}"#,
        anchor(number)
    ))
}

#[test]
fn c3_1_a_synchronized_object_with_the_anchor_is_the_same_object() {
    let report = run("", &with_anchor(1, r#""onPremisesSyncEnabled":true"#));
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
    assert_eq!(cloud(&report, "X").matched, "existing");
}

#[test]
fn c3_1_a_formerly_synchronized_object_is_taken_over_by_hard_match() {
    for state in ["false", "null"] {
        let report = run("", &with_anchor(1, &format!(r#""onPremisesSyncEnabled":{state}"#)));
        expect(&report, "X", Outcome::Synced, Reason::HardMatch);
        assert_eq!(cloud(&report, "X").matched, "hard");
    }
}

#[test]
fn c3_1_hard_match_blocked_tshoot_connect_sync_errors() {
    let settings = "[tenant.features]\nblock-cloud-object-takeover-through-hard-match = true\n";
    let report = run(settings, &with_anchor(1, r#""onPremisesSyncEnabled":false"#));
    expect(&report, "X", Outcome::ExportError, Reason::InvalidHardMatch);
    assert!(object(&report, "X").cloud.is_none());
    // A synchronized object is not taken over: it is the same.
    let report = run(settings, &with_anchor(1, r#""onPremisesSyncEnabled":true"#));
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
}

#[test]
fn c1_anchors_compare_with_letter_case_plan_connect_design_concepts() {
    let tenant = tenant_user(&format!(
        r#""onPremisesSyncEnabled":true,"onPremisesImmutableId":"{}","userPrincipalName":"other@contoso.com",
           "proxyAddresses":[]"#,
        anchor(1).to_lowercase()
    ));
    assert_eq!(cloud(&run("", &tenant), "X").matched, "new");
}

#[test]
fn c3_2_soft_match_by_primary_address_how_to_connect_install_existing_tenant() {
    let report = run("", &tenant_user(CLOUD_ONLY));
    expect(&report, "X", Outcome::Synced, Reason::SoftMatch);
    assert_eq!(cloud(&report, "X").matched, "soft");
}

#[test]
fn d4_8_secondary_addresses_do_not_match_but_collide() {
    let second = nia().with("proxyAddresses", "smtp:second@contoso.com");
    let tenant = tenant_user(
        r#""onPremisesImmutableId":null,"onPremisesSyncEnabled":null,"userPrincipalName":"s@contoso.com",
           "proxyAddresses":["SMTP:second@contoso.com"]"#,
    );
    let report = lab("").forest("contoso.com", &[second]).tenant(&tenant).run();
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::AddressQuarantined);
    let held = cloud(&report, "X");
    assert_eq!(held.matched, "new");
    assert!(!held.proxy_addresses.contains(&"smtp:second@contoso.com".to_owned()));
}

#[test]
fn c3_2_another_class_object_type_mismatch_tshoot_connect_sync_errors() {
    for kind in ["group", "orgContact"] {
        let tenant = format!(
            r##"[{{"@odata.type":"#microsoft.graph.{kind}","id":"g1","onPremisesSyncEnabled":null,
               "proxyAddresses":["SMTP:nia@contoso.com"]}}]"##
        );
        expect(&run("", &tenant), "X", Outcome::ExportError, Reason::ObjectTypeMismatch);
    }
}

#[test]
fn c3_2_an_administrator_is_not_matched_existing_admin_role_conflict() {
    let report = run("privileged-users = [\"nia@contoso.com\"]\n", &tenant_user(CLOUD_ONLY));
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::AdminRoleConflict);
    let held = cloud(&report, "X");
    assert_eq!(held.matched, "new");
    assert_eq!(held.user_principal_name.as_deref(), Some("nia####@contoso.onmicrosoft.com"));
    assert!(
        !held.proxy_addresses.iter().any(|own| own.eq_ignore_ascii_case("smtp:nia@contoso.com")),
        "{held:?}"
    );
}

#[test]
fn c3_2_soft_match_blocked_is_a_plain_duplicate() {
    let report = run("[tenant.features]\nblock-soft-match = true\n", &tenant_user(CLOUD_ONLY));
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::AddressQuarantined);
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::UpnQuarantined);
    assert_eq!(cloud(&report, "X").matched, "new");
}

#[test]
fn d4_7_the_same_primary_address_under_another_anchor() {
    // The name collides too: refused, as how-to-connect-install-existing-tenant.md says.
    let report = run("", &with_anchor(9, r#""onPremisesSyncEnabled":true"#));
    expect(&report, "X", Outcome::ExportError, Reason::AttributeValueMustBeUnique);
    // Only the address: created without it (duplicate-attribute-resiliency).
    let only = tenant_user(&format!(
        r#""onPremisesSyncEnabled":true,"onPremisesImmutableId":"{}","userPrincipalName":"other@contoso.com",
           "proxyAddresses":["SMTP:nia@contoso.com"]"#,
        anchor(9)
    ));
    let report = run("", &only);
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::AddressQuarantined);
    assert_eq!(cloud(&report, "X").mail.as_deref(), Some("nia@contoso.onmicrosoft.com"));
}

#[test]
fn c3_3_soft_match_by_name_use_upn_matching_identity_sync() {
    let tenant = tenant_user(
        r#""onPremisesImmutableId":null,"onPremisesSyncEnabled":null,"userPrincipalName":"NIA@contoso.com",
           "proxyAddresses":["SMTP:else@contoso.com"]"#,
    );
    let report = run("", &tenant);
    expect(&report, "X", Outcome::Synced, Reason::SoftMatch);
    let off = run("[tenant.features]\nsoft-match-on-upn = false\n", &tenant);
    expect(&off, "X", Outcome::SyncedWithChanges, Reason::UpnQuarantined);
    assert_eq!(cloud(&off, "X").user_principal_name.as_deref(), Some("nia####@contoso.onmicrosoft.com"));
}

#[test]
fn c3_5_the_sid_of_another_synchronized_user_how_to_connect_install_existing_tenant() {
    let tenant = tenant_user(&format!(
        r#""onPremisesSyncEnabled":true,"onPremisesImmutableId":"{}","userPrincipalName":"else@contoso.com",
           "proxyAddresses":[],"onPremisesSecurityIdentifier":"{}""#,
        anchor(9),
        sid_text(1, 1101)
    ));
    expect(&run("", &tenant), "X", Outcome::ExportError, Reason::AttributeValueMustBeUnique);
}

#[test]
fn c2_groups_match_by_address_and_others_not_at_all() {
    let group = |with_mail: bool| {
        let group = Entry::new("CN=X,OU=Corp,DC=contoso,DC=com", "group", 7)
            .with("sAMAccountName", "team")
            .with("groupType", "-2147483640")
            .with("displayName", "Team")
            .with("mailNickname", "team");
        if with_mail {
            group.with("mail", "team@contoso.com").with("proxyAddresses", "SMTP:team@contoso.com")
        } else {
            group
        }
    };
    let tenant = r##"[{"@odata.type":"#microsoft.graph.group","id":"g1","onPremisesSyncEnabled":null,"displayName":"Team",
        "mailNickname":"team","proxyAddresses":["SMTP:team@contoso.com"]}]"##;
    let run = |with_mail| lab("").forest("contoso.com", &[group(with_mail)]).tenant(tenant).run();
    assert_eq!(cloud(&run(true), "X").matched, "soft");
    assert_eq!(cloud(&run(false), "X").matched, "new");
}

#[test]
fn c2_contacts_match_by_address() {
    let contact = Entry::new("CN=X,OU=Corp,DC=contoso,DC=com", "contact", 8)
        .with("mail", "ext@fabrikam.example")
        .with("proxyAddresses", "SMTP:ext@fabrikam.example");
    let tenant = |state: &str| {
        format!(
            r##"[{{"@odata.type":"#microsoft.graph.orgContact","id":"k1","onPremisesSyncEnabled":{state},
               "mail":"ext@fabrikam.example","proxyAddresses":["SMTP:ext@fabrikam.example"]}}]"##
        )
    };
    for (state, matched) in [("true", "existing"), ("null", "soft")] {
        let report =
            lab("").forest("contoso.com", std::slice::from_ref(&contact)).tenant(&tenant(state)).run();
        assert_eq!(cloud(&report, "X").matched, matched);
    }
}

fn user(name: &str, number: u8) -> Entry {
    let dn = format!("CN={name},OU=Corp,DC=contoso,DC=com");
    Entry::user(&dn, number, &format!("{}@contoso.com", name.to_lowercase()), true)
}

#[test]
fn b_two_new_users_with_one_address_the_first_exported_wins_and_nobody_knows_which() {
    let with = |name, number| {
        user(name, number)
            .with("proxyAddresses", &format!("SMTP:{}@contoso.com", name.to_lowercase()))
            .with("proxyAddresses", "smtp:shared@contoso.com")
    };
    let report = lab("").forest("contoso.com", &[with("B", 2), with("A", 1)]).run();
    expect(&report, "A", Outcome::Synced, Reason::OrderDependent);
    expect(&report, "B", Outcome::SyncedWithChanges, Reason::AddressQuarantined);
    expect(&report, "B", Outcome::SyncedWithChanges, Reason::OrderDependent);
    let other =
        |name| object(&report, name).alternatives.iter().map(|other| other.outcome).collect::<Vec<_>>();
    assert_eq!((other("A"), other("B")), (vec![Outcome::SyncedWithChanges], vec![Outcome::Synced]));
    assert!(cloud(&report, "A").proxy_addresses.contains(&"smtp:shared@contoso.com".to_owned()));
    assert!(!cloud(&report, "B").proxy_addresses.contains(&"smtp:shared@contoso.com".to_owned()));
}

#[test]
fn b_who_holds_the_address_in_the_cloud_keeps_it() {
    let with = |name, number| user(name, number).with("proxyAddresses", "smtp:shared@contoso.com");
    let tenant = tenant_user(&format!(
        r#""onPremisesSyncEnabled":true,"onPremisesImmutableId":"{}","userPrincipalName":"b@contoso.com",
           "proxyAddresses":["SMTP:b@contoso.com","smtp:Shared@contoso.com"]"#,
        anchor(2)
    ));
    let report = lab("").forest("contoso.com", &[with("A", 1), with("B", 2)]).tenant(&tenant).run();
    expect(&report, "B", Outcome::Synced, Reason::Provisioned);
    expect(&report, "A", Outcome::SyncedWithChanges, Reason::AddressQuarantined);
    for name in ["A", "B"] {
        assert!(!object(&report, name).reasons.contains(&Reason::OrderDependent));
    }
}

#[test]
fn b_two_users_with_one_name_one_gets_a_placeholder() {
    let one = Entry::user("CN=A,OU=Corp,DC=contoso,DC=com", 1, "john@contoso.com", true);
    let two = Entry::user("CN=B,OU=Corp,DC=contoso,DC=com", 2, "JOHN@contoso.com", true);
    let report = lab("exchange-licensed = \"none\"\n").forest("contoso.com", &[one, two]).run();
    expect(&report, "A", Outcome::Synced, Reason::OrderDependent);
    expect(&report, "B", Outcome::SyncedWithChanges, Reason::UpnQuarantined);
    assert_eq!(cloud(&report, "B").user_principal_name.as_deref(), Some("JOHN####@contoso.onmicrosoft.com"));
}

fn group(name: &str, number: u8, address: &str) -> Entry {
    Entry::new(&format!("CN={name},OU=Corp,DC=contoso,DC=com"), "group", number)
        .with("sAMAccountName", name)
        .with("groupType", "8")
        .with("displayName", name)
        .with("mail", &address[5..])
        .with("proxyAddresses", address)
}

#[test]
fn b_exception_b_two_new_groups_with_one_address_the_loser_errs_first() {
    let groups = [group("A", 1, "SMTP:team@contoso.com"), group("B", 2, "SMTP:team@contoso.com")];
    let report = lab("").forest("contoso.com", &groups).run();
    expect(&report, "A", Outcome::Synced, Reason::OrderDependent);
    expect(&report, "B", Outcome::ExportError, Reason::AttributeValueMustBeUnique);
    assert!(object(&report, "B").cloud.is_none());
    assert_eq!(object(&report, "A").alternatives[0].outcome, Outcome::ExportError);
}

#[test]
fn b_exception_a_name_and_address_of_a_user_are_the_primary_address_of_a_group() {
    let entry = Entry::user("CN=X,OU=Corp,DC=contoso,DC=com", 1, "team@contoso.com", true)
        .with("proxyAddresses", "SMTP:x@contoso.com")
        .with("proxyAddresses", "smtp:team@contoso.com");
    let tenant = r##"[{"@odata.type":"#microsoft.graph.group","id":"g1","onPremisesSyncEnabled":null,
        "proxyAddresses":["SMTP:team@contoso.com"]}]"##;
    let report = lab("").forest("contoso.com", &[entry]).tenant(tenant).run();
    expect(&report, "X", Outcome::ExportError, Reason::AttributeValueMustBeUnique);
}

#[test]
fn b_exception_c_a_new_user_and_a_new_contact_with_one_primary_address() {
    let contact = Entry::new("CN=A,OU=Corp,DC=contoso,DC=com", "contact", 8)
        .with("mail", "b@contoso.com")
        .with("proxyAddresses", "SMTP:b@contoso.com");
    let user = user("B", 1).with("mail", "else@contoso.com").with("proxyAddresses", "SMTP:b@contoso.com");
    let report = lab("").forest("contoso.com", &[contact, user]).run();
    expect(&report, "A", Outcome::Synced, Reason::OrderDependent);
    expect(&report, "B", Outcome::ExportError, Reason::ObjectTypeMismatch);
}

#[test]
fn b_exception_d_two_users_with_one_sid() {
    let report = lab("").forest("contoso.com", &[user("A", 1).sid(1, 1101), user("B", 2).sid(1, 1101)]).run();
    expect(&report, "A", Outcome::Synced, Reason::OrderDependent);
    expect(&report, "B", Outcome::ExportError, Reason::AttributeValueMustBeUnique);
}

#[test]
fn b_other_address_types_need_not_be_unique() {
    let with = |name, number| user(name, number).with("proxyAddresses", "X500:/o=Org/cn=same");
    let report = lab("").forest("contoso.com", &[with("A", 1), with("B", 2)]).run();
    for name in ["A", "B"] {
        expect(&report, name, Outcome::Synced, Reason::Provisioned);
    }
}

#[test]
fn two_new_users_want_one_cloud_user() {
    let with = |name, number| user(name, number).with("proxyAddresses", "SMTP:nia@contoso.com");
    let report =
        lab("").forest("contoso.com", &[with("A", 1), with("B", 2)]).tenant(&tenant_user(CLOUD_ONLY)).run();
    expect(&report, "A", Outcome::Synced, Reason::SoftMatch);
    expect(&report, "B", Outcome::SyncedWithChanges, Reason::AddressQuarantined);
    for name in ["A", "B"] {
        assert!(object(&report, name).reasons.contains(&Reason::OrderDependent), "{name}");
    }
}

#[test]
fn the_result_is_the_same_in_any_order_of_records() {
    let with = |name, number| {
        user(name, number)
            .with("proxyAddresses", "SMTP:one@contoso.com")
            .with("proxyAddresses", "smtp:two@contoso.com")
    };
    let mut entries =
        vec![with("A", 1), with("B", 2), with("C", 3), group("G", 4, "SMTP:two@contoso.com"), user("Z", 9)];
    let first = lab("").forest("contoso.com", &entries).run();
    for _ in 0..4 {
        entries.rotate_left(1);
        let again = lab("").forest("contoso.com", &entries).run();
        assert_eq!(again.objects, first.objects);
    }
}

#[test]
fn an_object_that_leaves_the_scope_is_deleted_in_the_cloud() {
    let settings =
        format!("{SETTINGS}[[forest]]\nname = \"contoso.com\"\nexclude = [\"OU=Corp,DC=contoso,DC=com\"]\n");
    let tenant = with_anchor(1, r#""onPremisesSyncEnabled":true"#);
    let report = Lab::with_settings(&settings).forest("contoso.com", &[nia()]).tenant(&tenant).run();
    expect(&report, "X", Outcome::Filtered, Reason::LeavesCloud);
    let report = Lab::with_settings(&settings)
        .forest("contoso.com", &[nia()])
        .tenant(&with_anchor(1, r#""onPremisesSyncEnabled":null"#))
        .run();
    assert!(!object(&report, "X").reasons.contains(&Reason::LeavesCloud));
}
#[test]
fn c3_1_privileged_takeover_code_103_how_to_connect_install_existing_tenant() {
    let settings = "privileged-users = [\"NIA@contoso.com\"]\n";
    let report = run(settings, &with_anchor(1, r#""onPremisesSyncEnabled":false"#));
    expect(&report, "X", Outcome::ExportError, Reason::PrivilegedTakeover);
    let deleted = r#""onPremisesSyncEnabled":false,"deletedDateTime":"2026-11-01T00:00:00Z""#;
    expect(&run(settings, &with_anchor(1, deleted)), "X", Outcome::ExportError, Reason::PrivilegedTakeover);
    let report = run(settings, &with_anchor(1, r#""onPremisesSyncEnabled":true"#));
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
}

#[test]
fn c3_1_another_owner_code_96_tshoot_connect_sync_errors() {
    let other = r#""onPremisesSyncEnabled":false,"onPremisesObjectIdentifier":"00000000-0000-0000-0000-000000000001""#;
    let report = run("", &with_anchor(1, other));
    expect(&report, "X", Outcome::ExportError, Reason::AttributeUpdateNotAllowed);
    let allowed = "[tenant.features]\nallow-on-prem-update-of-on-premises-object-identifier = true\n";
    expect(&run(allowed, &with_anchor(1, other)), "X", Outcome::Synced, Reason::HardMatch);
    // L.7: the same value is no other owner.
    let own = r#""onPremisesSyncEnabled":false,"onPremisesObjectIdentifier":"5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a01""#;
    expect(&run("", &with_anchor(1, own)), "X", Outcome::Synced, Reason::HardMatch);
}

/// Every cloud object is in one of the totals; what an error stops is no orphan of nobody.
#[test]
fn a_cloud_object_of_an_object_that_an_error_stops_stays_as_it_is() {
    let row = with_anchor(9, r#""onPremisesSyncEnabled":true"#);
    let changed = nia().with("cloudSourceAnchor", &anchor(9)).with("cloudAnchor", "User_C1");
    let report = lab("").forest("contoso.com", std::slice::from_ref(&changed)).tenant(&row).run();
    expect(&report, "X", Outcome::SyncError, Reason::SourceAnchorChanged);
    let tenant = report.summary.tenant.unwrap();
    assert_eq!((tenant.stopped, tenant.orphaned, tenant.existing), (1, 0, 0));
    assert!(!report.summary.checks.contains_key("cloud-object-orphaned"));

    let filtered = changed.with("adminDescription", "User_DoNotSync");
    let report = lab("").forest("contoso.com", &[filtered]).tenant(&row).run();
    expect(&report, "X", Outcome::Filtered, Reason::LeavesCloud);
    let tenant = report.summary.tenant.unwrap();
    assert_eq!((tenant.leaving, tenant.stopped, tenant.orphaned), (1, 0, 0));

    // Somebody else exports it.
    let twin = |name: &str, number| {
        let name = format!("CN={name},OU=Corp,DC=contoso,DC=com");
        let upn = format!("nia{number}@contoso.com");
        Entry::user(&name, number, &upn, true).binary("mS-DS-ConsistencyGuid", &guid(9))
    };
    let report = lab("").forest("contoso.com", &[twin("A", 1), twin("B", 2)]).tenant(&row).run();
    expect(&report, "B", Outcome::SyncError, Reason::AmbiguousJoin);
    let tenant = report.summary.tenant.unwrap();
    assert_eq!((tenant.existing, tenant.stopped, tenant.orphaned), (1, 0, 0));
}
