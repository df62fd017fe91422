//! What Entra Cloud Sync does differently, row by row of `entra-outcomes` section K (read 2026-11-25). Each test names the
//! document that states it.

mod common;

use common::{Entry, Lab, anchor, expect, export, guid, object, sid};
use presync::config::{Engine, Settings};
use presync::outcome::{Outcome, Reason};
use presync::report::Report;

const ENGINE: &str = "[sync]\nengine = \"cloud-sync\"\n";

fn cloud_sync() -> Lab {
    Lab::with_settings(ENGINE)
}

fn user(name: &str, forest: &str, number: u8) -> Entry {
    Entry::user(
        &format!("CN={name},OU=Corp,DC={forest},DC=test"),
        number,
        &format!("{}@{forest}.test", name.to_lowercase()),
        true,
    )
}

fn group(name: &str, forest: &str, number: u8, members: &[&str]) -> Entry {
    let plain = Entry::new(&format!("CN={name},OU=Corp,DC={forest},DC=test"), "group", number)
        .with("sAMAccountName", name)
        .with("groupType", "-2147483646");
    members.iter().fold(plain, |entry, member| entry.with("member", member))
}

fn found(report: &Report, check: &str) -> usize {
    report.findings.iter().filter(|finding| finding.check == check).count()
}

#[test]
fn anchor_is_the_consistency_guid_else_the_object_guid_for_every_type() {
    // plan-cloud-sync-topologies.md
    let copied = guid(77);
    let with = |entry: Entry| entry.binary("mS-DS-ConsistencyGuid", &copied);
    for (entry, name) in [
        (with(user("Una", "a", 1)), "Una"),
        (with(group("Team", "a", 2, &[])), "Team"),
        (
            with(Entry::new("CN=Cid,OU=Corp,DC=a,DC=test", "contact", 3).with("mail", "cid@partner.example")),
            "Cid",
        ),
    ] {
        let report = cloud_sync().forest("a.test", &[entry]).run();
        expect(&report, name, Outcome::Synced, Reason::Provisioned);
        assert_eq!(export(&report, name).source_anchor.as_deref(), Some(anchor(77).as_str()), "{name}");
    }
    let report = cloud_sync().forest("a.test", &[user("Una", "a", 1), group("Team", "a", 2, &[])]).run();
    assert_eq!(export(&report, "Una").source_anchor.as_deref(), Some(anchor(1).as_str()));
    assert_eq!(export(&report, "Team").source_anchor.as_deref(), Some(anchor(2).as_str()));
}

#[test]
fn anchor_is_not_selectable() {
    // plan-cloud-sync-topologies.md
    for choice in ["objectGUID", "employeeID"] {
        let entry = user("Una", "a", 1).binary("mS-DS-ConsistencyGuid", &guid(77)).with("employeeID", "4711");
        let settings = format!("{ENGINE}source-anchor = \"{choice}\"\n");
        let report = Lab::with_settings(&settings).forest("a.test", &[entry]).run();
        assert_eq!(export(&report, "Una").source_anchor.as_deref(), Some(anchor(77).as_str()), "{choice}");
        let shown = report.settings.iter().find(|(name, _)| name == "source_anchor").map(|(_, value)| value);
        assert_eq!(format!("{shown:?}"), "Some(Text(\"mS-DS-ConsistencyGuid\"))");
    }
}

#[test]
fn nobody_is_matched_across_forests() {
    // plan-cloud-sync-topologies.md: neither by SID, nor by mail, nor by an equal anchor
    let account = user("Acc", "acc", 1).sid(1, 1101).with("mail", "p@corp.example");
    let mailbox = Entry::user("CN=Res,OU=Corp,DC=res,DC=test", 2, "r@res.test", false)
        .sid(2, 2101)
        .with("mailNickname", "r")
        .with("mail", "p@corp.example")
        .with("msExchRecipientTypeDetails", "2")
        .binary("msExchMasterAccountSid", &sid(1, 1101));
    for matching in ["object-sid", "mail", "once"] {
        let settings = format!("{ENGINE}user-matching = \"{matching}\"\n");
        let report = Lab::with_settings(&settings)
            .forest("acc.test", std::slice::from_ref(&account))
            .forest("res.test", std::slice::from_ref(&mailbox))
            .run();
        // Two cloud users, and the address can only be one's.
        expect(&report, "Acc", Outcome::Synced, Reason::Provisioned);
        expect(&report, "Res", Outcome::SyncedWithChanges, Reason::AddressQuarantined);
        for (name, number) in [("Acc", 1), ("Res", 2)] {
            assert_eq!(object(&report, name).joined_with, Vec::<String>::new(), "{matching}");
            assert_eq!(export(&report, name).source_anchor.as_deref(), Some(anchor(number).as_str()));
        }
        assert_eq!(export(&report, "Res").user_principal_name.as_deref(), Some("r@res.test"));
        assert_eq!(export(&report, "Res").account_enabled, Some(false));
        assert_eq!(export(&report, "Acc").alias, None, "no attribute is merged");
        assert_eq!(found(&report, "linked-mailbox-alone"), 1);
    }
}

#[test]
fn a_contact_stays_a_contact_beside_the_user_of_the_same_mail() {
    // plan-cloud-sync-topologies.md: no matching or attribute merging across forests
    let person = user("Una", "a", 1).with("mail", "una@corp.example");
    let contact = Entry::new("CN=Cid,OU=Gal,DC=b,DC=test", "contact", 2).with("mail", "una@corp.example");
    let report = cloud_sync().forest("a.test", &[person]).forest("b.test", &[contact]).run();
    expect(&report, "Una", Outcome::Synced, Reason::Provisioned);
    expect(&report, "Cid", Outcome::ExportError, Reason::ObjectTypeMismatch);
    assert_eq!(export(&report, "Cid").object_type, "contact");
    assert!(!object(&report, "Cid").reasons.contains(&Reason::JoinOrderDecides));
}

#[test]
fn one_anchor_in_two_forests_is_one_too_many() {
    // plan-cloud-sync-topologies.md: users must be uniquely identified across all forests
    let old = user("Una", "a", 1).binary("mS-DS-ConsistencyGuid", &guid(77));
    let new = user("Uno", "b", 2).binary("mS-DS-ConsistencyGuid", &guid(77));
    let both = |settings: &str| {
        Lab::with_settings(settings)
            .forest("a.test", std::slice::from_ref(&old))
            .forest("b.test", std::slice::from_ref(&new))
            .run()
    };
    expect(&both("[sync]\n"), "Uno", Outcome::Joined, Reason::JoinedBySourceAnchor);
    let report = both(ENGINE);
    expect(&report, "Una", Outcome::Synced, Reason::Provisioned);
    expect(&report, "Uno", Outcome::SyncError, Reason::SourceAnchorDuplicate);
    assert_eq!(found(&report, "source-anchor-duplicate"), 1);
}

#[test]
fn members_of_another_forest_are_lost() {
    // plan-cloud-sync-topologies.md, connect-to-cloud-sync-decision-guide.md
    let una = user("Una", "a", 1).sid(1, 1101);
    let principal = "CN=S-1-5-21-1-1-1-1101,CN=ForeignSecurityPrincipals,DC=b,DC=test";
    let foreign = Entry::new(principal, "foreignSecurityPrincipal", 2).sid(1, 1101);
    let team = group("Team", "b", 3, &[principal, "CN=Ben,OU=Corp,DC=b,DC=test"]);
    let run = |settings: &str| {
        Lab::with_settings(settings)
            .forest("a.test", std::slice::from_ref(&una))
            .forest("b.test", &[foreign.clone(), team.clone(), user("Ben", "b", 4)])
            .run()
    };
    expect(&run("[sync]\n"), "Team", Outcome::Synced, Reason::Provisioned);
    let report = run(ENGINE);
    expect(&report, "S-1-5-21-1-1-1-1101", Outcome::Filtered, Reason::ObjectTypeNotSynchronized);
    expect(&report, "Team", Outcome::SyncedWithChanges, Reason::MembersLost);
    assert_eq!(export(&report, "Team").members_lost, [principal]);
    assert_eq!(found(&report, "group-members-lost"), 1);
}

#[test]
fn members_of_another_domain_of_the_forest_are_kept() {
    // connect-to-cloud-sync-decision-guide.md: cross-domain references are supported
    let child = "CN=Una,OU=Corp,DC=child,DC=a,DC=test";
    let una = Entry::user(child, 1, "una@child.a.test", true);
    let report = cloud_sync().forest("a.test", &[una, group("Team", "a", 2, &[child])]).run();
    expect(&report, "Team", Outcome::Synced, Reason::Provisioned);
    assert_eq!(export(&report, "Team").member.as_deref(), Some(&[child.to_owned()][..]));
}

#[test]
fn devices_are_not_synchronized() {
    // connect-to-cloud-sync-decision-guide.md
    let computer = Entry::new("CN=PC1,OU=Corp,DC=a,DC=test", "computer", 1)
        .with("userAccountControl", "4096")
        .with("operatingSystem", "Windows 11")
        .with("operatingSystemVersion", "10.0 (22631)")
        .binary("userCertificate", &[1, 2, 3]);
    let connect = Lab::new().forest("a.test", std::slice::from_ref(&computer)).run();
    expect(&connect, "PC1", Outcome::Synced, Reason::Provisioned);
    let settings = format!("{ENGINE}devices = true\n");
    let report = Lab::with_settings(&settings).forest("a.test", &[computer]).run();
    expect(&report, "PC1", Outcome::Filtered, Reason::ObjectTypeNotSynchronized);
}

fn with_members(count: u32) -> Entry {
    (0..count).fold(group("Big", "a", 1, &[]), |entry, member| {
        entry.with("member", &format!("CN=M{member},OU=Corp,DC=a,DC=test"))
    })
}

#[test]
fn groups_have_up_to_50_000_members() {
    // connect-to-cloud-sync-decision-guide.md
    let report = cloud_sync().forest("a.test", &[with_members(50_000)]).run();
    expect(&report, "Big", Outcome::SyncedWithChanges, Reason::MembersLost);
    let report = cloud_sync().forest("a.test", &[with_members(50_001)]).run();
    expect(&report, "Big", Outcome::NotProvisioned, Reason::GroupTooLarge);
    let message = report.findings.iter().find(|finding| finding.check == "group-member-limit").unwrap();
    assert_eq!(message.message, "member has 50001 values, the limit is 50000");
    let there = with_members(50_001).with("cloudAnchor", "Group_1");
    let report = cloud_sync().forest("a.test", &[there]).run();
    expect(&report, "Big", Outcome::SyncError, Reason::MemberLimitExceeded);
    assert_eq!(
        report.predicted_status, "completed-sync-errors",
        "the limit of Connect's generation is not asked: {:?}",
        report.settings
    );
    let allowed = Lab::new().forest("a.test", &[with_members(50_001)]).run();
    expect(&allowed, "Big", Outcome::SyncedWithChanges, Reason::MembersLost);
}

#[test]
fn organizational_units_scope_the_objects() {
    // how-to-configure.md
    let settings = format!(
        "{ENGINE}[[forest]]\nname = \"a.test\"\ninclude = [\"OU=Corp,DC=a,DC=test\"]\n\
         exclude = [\"OU=Old,OU=Corp,DC=a,DC=test\"]\n"
    );
    let entries = [
        user("Una", "a", 1),
        Entry::user("CN=Ben,OU=Old,OU=Corp,DC=a,DC=test", 2, "ben@a.test", true),
        Entry::user("CN=Cai,OU=Else,DC=a,DC=test", 3, "cai@a.test", true),
    ];
    let report = Lab::with_settings(&settings).forest("a.test", &entries).run();
    expect(&report, "Una", Outcome::Synced, Reason::Provisioned);
    expect(&report, "Ben", Outcome::Filtered, Reason::OuExcluded);
    expect(&report, "Cai", Outcome::Filtered, Reason::OuExcluded);
}

#[test]
fn inet_org_persons_are_synchronized() {
    // how-to-prerequisites.md (cloud-sync): their password hashes are not, so they are
    let person = Entry::new("CN=Ina,OU=Corp,DC=a,DC=test", "inetOrgPerson", 1)
        .with("sAMAccountName", "ina")
        .with("userPrincipalName", "ina@a.test")
        .with("userAccountControl", "512");
    let report = cloud_sync().forest("a.test", &[person]).run();
    expect(&report, "Ina", Outcome::Synced, Reason::Provisioned);
    assert_eq!(export(&report, "Ina").user_principal_name.as_deref(), Some("ina@a.test"));
}

#[test]
fn an_anchor_that_the_tenant_does_not_know_is_told() {
    // plan-connect-design-concepts.md: the anchor of a synchronized object cannot change, whoever sends it
    let una = user("Una", "a", 1).with("employeeID", "4711").with("cloudSourceAnchor", "4711");
    let connect = "[sync]\nsource-anchor = \"employeeID\"\n";
    let report = Lab::with_settings(connect).forest("a.test", std::slice::from_ref(&una)).run();
    expect(&report, "Una", Outcome::Synced, Reason::Provisioned);
    let report = cloud_sync().forest("a.test", &[una]).run();
    expect(&report, "Una", Outcome::SyncError, Reason::SourceAnchorChanged);
}

#[test]
fn where_documents_are_silent_the_filters_of_connect_hold() {
    // concept-azure-ad-connect-sync-default-configuration.md
    let contact = |name: &str, number, mail: &str| {
        Entry::new(&format!("CN={name},OU=Corp,DC=a,DC=test"), "contact", number).with("mail", mail)
    };
    let entries = [
        Entry::user("CN=Msol,CN=Users,DC=a,DC=test", 1, "MSOL_0011@a.test", true),
        Entry::user("CN=Aad,CN=Users,DC=a,DC=test", 2, "AAD_0011@a.test", true),
        user("Adm", "a", 3).with("isCriticalSystemObject", "TRUE"),
        user("Out", "a", 4).with("adminDescription", "User_by hand"),
        group("Back", "a", 5, &[]).with("adminDescription", "Group_1"),
        Entry::new("CN=List,OU=Corp,DC=a,DC=test", "group", 6)
            .with("sAMAccountName", "List")
            .with("groupType", "2"),
        contact("Bad", 7, "no address"),
        user("Sys", "a", 8).with("mailNickname", "SystemMailbox{1}"),
    ];
    let report = cloud_sync().forest("a.test", &entries).run();
    expect(&report, "Msol", Outcome::Filtered, Reason::MsolServiceAccount);
    expect(&report, "Aad", Outcome::Filtered, Reason::AadServiceAccount);
    expect(&report, "Adm", Outcome::Filtered, Reason::CriticalSystemObject);
    expect(&report, "Out", Outcome::Filtered, Reason::ExcludedByAdminDescription);
    expect(&report, "Back", Outcome::Filtered, Reason::ExcludedByAdminDescription);
    expect(&report, "List", Outcome::NotProvisioned, Reason::GroupNotMailEnabled);
    expect(&report, "Bad", Outcome::NotProvisioned, Reason::ContactNotMailEnabled);
    expect(&report, "Sys", Outcome::Filtered, Reason::SystemMailbox);
}

#[test]
fn an_object_that_stands_alone_exports_what_connect_exports() {
    let una = user("Una", "a", 1)
        .sid(1, 1)
        .with("mail", " una@a.test ")
        .with("mailNickname", "una")
        .with("proxyAddresses", "SMTP:una@a.test")
        .with("proxyAddresses", "X500:/o=a/cn=una")
        .with("targetAddress", "SMTP:una@b.test");
    let cid = Entry::new("CN=Cid,OU=Corp,DC=a,DC=test", "contact", 2)
        .with("mail", "cid@partner.example")
        .with("proxyAddresses", "SMTP:cid@partner.example");
    let team = group("Team", "a", 3, &["CN=Una,OU=Corp,DC=a,DC=test"])
        .with("mail", "team@a.test")
        .with("mailNickname", "team");
    let entries = [una, cid, team];
    let connect = Lab::new().forest("a.test", &entries).run();
    let report = cloud_sync().forest("a.test", &entries).run();
    for name in ["Una", "Cid", "Team"] {
        assert_eq!(export(&report, name), export(&connect, name), "{name}");
    }
}

#[test]
fn the_engine_decides_which_checks_exist() {
    let una = user("Una", "a", 1);
    let report = cloud_sync().forest("a.test", &[una]).run();
    assert!(report.checks_not_run.iter().all(|one| one.check != "linked-mailbox-supplies-upn"));
    let settings = Settings::default().with_engine(Engine::CloudSync);
    let needs = presync::predict::needs(&settings).unwrap();
    let ids: Vec<&str> = needs.checks.checks().iter().map(presync::check::bound::Check::id).collect();
    assert!(ids.contains(&"domain-too-large") && !ids.contains(&"linked-mailbox-account-disabled"));
}
