//! The worked scenarios of `default-sync-rules` section F.3 and the rows of section C.3 (read 2026-11-20). Anchors are
//! mS-DS-ConsistencyGuid, empty unless stated, so an anchor is the base64 text of the objectGUID.

mod common;

use common::{Entry, Lab, anchor, expect, export, guid, object, sid, sid_text};
use presync::outcome::{Outcome, Reason};

fn account(enabled: bool) -> Entry {
    Entry::user("CN=Acc,OU=Corp,DC=acc,DC=test", 1, "a@acc.test", enabled).sid(1, 1101)
}

fn linked_mailbox(enabled: bool) -> Entry {
    Entry::user("CN=Res,OU=Corp,DC=res,DC=test", 2, "r@res.test", enabled)
        .sid(2, 2101)
        .with("mailNickname", "resalias")
        .with("mail", "res@corp.example")
        .with("proxyAddresses", "SMTP:res@corp.example")
        .with("msExchRecipientTypeDetails", "2")
        .binary("msExchMasterAccountSid", &sid(1, 1101))
}

#[test]
fn f3_01_single_forest_plain_user() {
    let user = Entry::user("CN=X,OU=Corp,DC=a,DC=test", 1, "x@a.test", true);
    let report = Lab::new().forest("a.test", &[user]).run();
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
    let sent = export(&report, "X");
    assert_eq!(sent.object_type, "user");
    assert_eq!(sent.source_anchor.as_deref(), Some(anchor(1).as_str()));
    assert_eq!(sent.user_principal_name.as_deref(), Some("x@a.test"));
    assert_eq!(sent.account_enabled, Some(true));
    assert_eq!(sent.mail, None);
}

#[test]
fn f3_02_account_and_resource_forest_in_either_order() {
    for accounts_first in [true, false] {
        let acc = ("acc.test", vec![account(true)]);
        let res = ("res.test", vec![linked_mailbox(false)]);
        let (first, second) = if accounts_first { (acc, res) } else { (res, acc) };
        let report = Lab::matching("object-sid").forest(first.0, &first.1).forest(second.0, &second.1).run();
        expect(&report, "Acc", Outcome::Synced, Reason::Provisioned);
        expect(&report, "Res", Outcome::Joined, Reason::JoinedByObjectSid);
        assert_eq!(object(&report, "Acc").metaverse, object(&report, "Res").metaverse);
        assert_eq!(object(&report, "Acc").joined_with, ["CN=Res,OU=Corp,DC=res,DC=test"]);
        let sent = export(&report, "Acc");
        assert_eq!(sent.source_anchor.as_deref(), Some(anchor(1).as_str()));
        assert_eq!(sent.user_principal_name.as_deref(), Some("a@acc.test"));
        assert_eq!(sent.account_enabled, Some(true));
        assert_eq!(sent.alias.as_deref(), Some("resalias"));
        assert_eq!(sent.mail.as_deref(), Some("res@corp.example"));
        assert_eq!(sent.display_name.as_deref(), Some("Display r"));
        assert!(object(&report, "Res").export.is_none());
        assert!(!object(&report, "Acc").reasons.contains(&Reason::OrderDependent));
    }
}

#[test]
fn f3_03_linked_mailbox_without_its_account_forest() {
    let group = Entry::new("CN=Team,OU=Corp,DC=res,DC=test", "group", 9)
        .with("sAMAccountName", "Team")
        .with("groupType", "-2147483646")
        .with("member", "CN=Res,OU=Corp,DC=res,DC=test");
    let report = Lab::matching("object-sid").forest("res.test", &[linked_mailbox(false), group]).run();
    expect(&report, "Res", Outcome::NotProvisioned, Reason::LinkedMailboxWithoutAccount);
    assert!(object(&report, "Res").metaverse.is_some());
    assert!(object(&report, "Res").export.is_none());
    expect(&report, "Team", Outcome::SyncedWithChanges, Reason::MembersLost);
    assert_eq!(export(&report, "Team").members_lost, ["CN=Res,OU=Corp,DC=res,DC=test"]);
    assert_eq!(export(&report, "Team").member, Some(vec![]));
}

#[test]
fn f3_04_room_remote_shared_and_public_folder_mailbox_arrive_disabled() {
    let mailbox = |name: &str, number, details| {
        Entry::user(&format!("CN={name},OU=Corp,DC=a,DC=test"), number, &format!("{name}@a.test"), false)
            .with("mailNickname", name)
            .with("msExchRecipientTypeDetails", details)
    };
    let entries = [
        mailbox("Room", 1, "16").sid(1, 1),
        mailbox("Shared", 2, "34359738368").sid(1, 2),
        mailbox("Pf", 3, "68719476736").sid(1, 3),
    ];
    let report = Lab::matching("object-sid").forest("a.test", &entries).run();
    for name in ["Room", "Shared", "Pf"] {
        expect(&report, name, Outcome::Synced, Reason::Provisioned);
        assert_eq!(export(&report, name).account_enabled, Some(false), "{name}");
    }
}

#[test]
fn f3_05_galsync_with_mail_matching_joins_in_either_order() {
    let user = Entry::user("CN=U,OU=Corp,DC=a,DC=test", 1, "u@a.test", true).with("mail", "m@corp.example");
    let contact = Entry::new("CN=C,OU=Gal,DC=b,DC=test", "contact", 2)
        .with("displayName", "The contact")
        .with("telephoneNumber", "123")
        .with("mail", "M@corp.example");
    for user_first in [true, false] {
        let (a, b) = (("a.test", [user.clone()]), ("b.test", [contact.clone()]));
        let (first, second) = if user_first { (a, b) } else { (b, a) };
        let report = Lab::matching("mail").forest(first.0, &first.1).forest(second.0, &second.1).run();
        expect(&report, "U", Outcome::Synced, Reason::Provisioned);
        expect(&report, "C", Outcome::Joined, Reason::JoinedByMail);
        let sent = export(&report, "U");
        assert_eq!(sent.object_type, "user");
        assert_eq!(sent.source_anchor.as_deref(), Some(anchor(1).as_str()));
        assert_eq!(sent.display_name.as_deref(), Some("Display u"));
        assert_eq!(report.summary.with_outcome(Outcome::Synced).total(), 1);
    }
}

#[test]
fn f3_06_galsync_data_with_once_depends_on_the_order() {
    let user = Entry::user("CN=U,OU=Corp,DC=a,DC=test", 1, "u@a.test", true).with("mail", "m@corp.example");
    let contact = Entry::new("CN=C,OU=Gal,DC=b,DC=test", "contact", 2).with("mail", "m@corp.example");
    let contact_first = Lab::matching("once")
        .forest("b.test", std::slice::from_ref(&contact))
        .forest("a.test", std::slice::from_ref(&user))
        .run();
    expect(&contact_first, "C", Outcome::Synced, Reason::OrderDependent);
    // "Duplicate proxyAddresses": the later export errs, because an object of another class has the address.
    expect(&contact_first, "U", Outcome::ExportError, Reason::ObjectTypeMismatch);
    assert_ne!(object(&contact_first, "C").metaverse, object(&contact_first, "U").metaverse);
    let mut alternatives = object(&contact_first, "C").alternatives.iter();
    let joined = alternatives.find(|alternative| alternative.outcome == Outcome::Joined).unwrap();
    assert_eq!(joined.connector_order, ["a.test", "b.test"]);

    let user_first = Lab::matching("once").forest("a.test", &[user]).forest("b.test", &[contact]).run();
    expect(&user_first, "C", Outcome::Joined, Reason::OrderDependent);
    assert_eq!(object(&user_first, "C").metaverse, object(&user_first, "U").metaverse);
    assert_eq!(object(&user_first, "C").alternatives[0].outcome, Outcome::Synced);
}

#[test]
fn f3_07_mail_matching_disabled_mailbox_here_active_account_there() {
    let mailbox = Entry::user("CN=M,OU=Corp,DC=a,DC=test", 1, "m@a.test", false)
        .sid(1, 1)
        .with("mail", "m@corp.example")
        .with("mailNickname", "malias")
        .with("msExchRecipientTypeDetails", "1");
    let active = Entry::user("CN=B,OU=Corp,DC=b,DC=test", 2, "b@b.test", true)
        .sid(2, 2)
        .with("mail", "m@corp.example");
    let report = Lab::matching("mail").forest("a.test", &[mailbox]).forest("b.test", &[active]).run();
    expect(&report, "B", Outcome::Synced, Reason::Provisioned);
    expect(&report, "M", Outcome::Joined, Reason::JoinedByMail);
    let sent = export(&report, "B");
    assert_eq!(sent.source_anchor.as_deref(), Some(anchor(2).as_str()));
    assert_eq!(sent.user_principal_name.as_deref(), Some("b@b.test"));
    assert_eq!(sent.on_premise_security_identifier.as_deref(), Some(sid_text(2, 2).as_str()));
    assert_eq!(sent.display_name.as_deref(), Some("Display m"));
    assert_eq!(sent.alias.as_deref(), Some("malias"));
    assert_eq!(sent.account_enabled, Some(true));
}

#[test]
fn f3_08_mail_matching_user_without_mail() {
    let other = Entry::user("CN=Y,OU=Corp,DC=a,DC=test", 2, "y@a.test", true).with("mail", "y@corp.example");
    let user = Entry::user("CN=X,OU=Corp,DC=a,DC=test", 1, "x@a.test", true);
    let report = Lab::matching("mail").forest("a.test", &[user, other]).run();
    expect(&report, "X", Outcome::NotProvisioned, Reason::JoinAttributeMissing);
    assert_eq!(object(&report, "X").metaverse, None);
}

#[test]
fn f3_09_mail_matching_two_users_of_one_forest_with_one_mail() {
    let one = Entry::user("CN=X,OU=Corp,DC=a,DC=test", 1, "x@a.test", true).with("mail", "m@corp.example");
    let two = Entry::user("CN=Y,OU=Corp,DC=a,DC=test", 2, "y@a.test", true).with("mail", "M@corp.example");
    let report = Lab::matching("mail").forest("a.test", &[one, two]).run();
    assert_eq!(report.summary.with_outcome(Outcome::Synced).user, 1);
    assert_eq!(report.summary.with_outcome(Outcome::SyncError).user, 1);
    expect(&report, "Y", Outcome::SyncError, Reason::AmbiguousJoin);
    assert_eq!(object(&report, "Y").metaverse, None);
    assert_eq!(report.predicted_status, "completed-sync-errors");
}

#[test]
fn f3_10_external_partner_as_contact_in_two_forests() {
    let c1 = Entry::new("CN=P1,OU=Gal,DC=a,DC=test", "contact", 1).with("mail", "p@partner.example");
    let c2 = Entry::new("CN=P2,OU=Gal,DC=b,DC=test", "contact", 2)
        .with("mail", "p@partner.example")
        .with("proxyAddresses", "SMTP:p@partner.example");
    let report = Lab::new().forest("a.test", &[c1]).forest("b.test", &[c2]).run();
    expect(&report, "P1", Outcome::Synced, Reason::Provisioned);
    expect(&report, "P2", Outcome::Joined, Reason::JoinedByMail);
    let sent = export(&report, "P1");
    assert_eq!(sent.object_type, "contact");
    assert_eq!(sent.source_anchor.as_deref(), Some(anchor(1).as_str()));
    assert_eq!(sent.proxy_addresses, ["SMTP:p@partner.example"]);
}

#[test]
fn f3_10_alias_of_a_contact_without_mail_nickname_is_its_cn() {
    let c1 = Entry::new("CN=P1,OU=Gal,DC=a,DC=test", "contact", 1)
        .with("mail", "p@partner.example")
        .with("legacyExchangeDN", "/o=Corp/cn=p1");
    let report = Lab::new().forest("a.test", &[c1]).run();
    assert_eq!(export(&report, "P1").alias.as_deref(), Some("P1"));
}

#[test]
fn f3_11_contact_without_mail_but_with_smtp_proxy() {
    let contact =
        Entry::new("CN=C,OU=Gal,DC=a,DC=test", "contact", 1).with("proxyAddresses", "SMTP:c@partner.example");
    let report = Lab::new().forest("a.test", &[contact]).run();
    expect(&report, "C", Outcome::NotProvisioned, Reason::JoinAttributeMissing);
    assert_eq!(object(&report, "C").metaverse, None);
}

#[test]
fn f3_12_contact_whose_mail_is_no_address() {
    let contact = Entry::new("CN=C,OU=Gal,DC=a,DC=test", "contact", 1).with("mail", "not-an-address");
    let report = Lab::new().forest("a.test", &[contact]).run();
    expect(&report, "C", Outcome::NotProvisioned, Reason::ContactNotMailEnabled);
    assert!(object(&report, "C").metaverse.is_some());
}

fn group(name: &str, number: u8, security: bool) -> Entry {
    Entry::new(&format!("CN={name},OU=Groups,DC=a,DC=test"), "group", number)
        .with("sAMAccountName", name)
        .with("groupType", if security { "-2147483646" } else { "2" })
}

#[test]
fn f3_13_groups() {
    let report = Lab::new()
        .forest(
            "a.test",
            &[
                group("Security", 1, true),
                group("Distribution", 2, false),
                group("WithMail", 3, false).with("mail", "dl@corp.example"),
                group("Critical", 4, true).with("isCriticalSystemObject", "TRUE"),
            ],
        )
        .run();
    expect(&report, "Security", Outcome::Synced, Reason::Provisioned);
    expect(&report, "Distribution", Outcome::NotProvisioned, Reason::GroupNotMailEnabled);
    assert!(object(&report, "Distribution").metaverse.is_some());
    expect(&report, "WithMail", Outcome::Synced, Reason::Provisioned);
    expect(&report, "Critical", Outcome::Filtered, Reason::CriticalSystemObject);
    assert_eq!(object(&report, "Critical").metaverse, None);
}

#[test]
fn f3_13_new_group_at_the_member_limit_of_each_generation() {
    for (generation, limit) in [("2016", 50_000_u32), ("current", 250_000)] {
        for (members, exported) in [(limit - 1, true), (limit, false)] {
            let mut big = group("Big", 1, true);
            for member in 0..members {
                big = big.with("member", &format!("CN=M{member},DC=a,DC=test"));
            }
            let settings = format!("[sync]\nrule-generation = \"{generation}\"\n");
            let report = Lab::with_settings(&settings).forest("a.test", &[big]).run();
            if exported {
                expect(&report, "Big", Outcome::SyncedWithChanges, Reason::MembersLost);
            } else {
                expect(&report, "Big", Outcome::NotProvisioned, Reason::GroupTooLarge);
            }
        }
    }
}

#[test]
fn f3_14_resource_account_without_mail_nickname_depends_on_the_order() {
    let resource = Entry::user("CN=Res,OU=Corp,DC=res,DC=test", 2, "r@res.test", false)
        .sid(2, 2101)
        .binary("msExchMasterAccountSid", &sid(1, 1101));
    let first = Lab::matching("object-sid")
        .forest("res.test", std::slice::from_ref(&resource))
        .forest("acc.test", &[account(true)])
        .run();
    assert_eq!(first.summary.with_outcome(Outcome::Synced).user, 2);
    expect(&first, "Res", Outcome::Synced, Reason::OrderDependent);
    let second = Lab::matching("object-sid")
        .forest("acc.test", &[account(true)])
        .forest("res.test", &[resource])
        .run();
    expect(&second, "Res", Outcome::Joined, Reason::OrderDependent);
    expect(&second, "Acc", Outcome::Synced, Reason::Provisioned);
}

#[test]
fn f3_15_service_accounts() {
    let msol = Entry::user("CN=Msol,CN=Users,DC=a,DC=test", 1, "MSOL_0011@a.test", true);
    let administrator = Entry::user("CN=Adm,CN=Users,DC=a,DC=test", 2, "Administrator@a.test", true)
        .with("isCriticalSystemObject", "TRUE");
    let report = Lab::new().forest("a.test", &[msol, administrator]).run();
    expect(&report, "Msol", Outcome::Filtered, Reason::MsolServiceAccount);
    assert!(object(&report, "Msol").metaverse.is_some());
    expect(&report, "Adm", Outcome::Filtered, Reason::CriticalSystemObject);
    assert_eq!(object(&report, "Adm").metaverse, None);
}

#[test]
fn f3_16_hidden_legacy_contact_filters_the_user_it_joins() {
    let anna =
        Entry::user("CN=Anna,OU=Corp,DC=a,DC=test", 1, "anna@a.test", true).with("mail", "anna@corp.example");
    let contact = Entry::new("CN=Old,OU=Gal,DC=b,DC=test", "contact", 2)
        .with("displayName", "Anna (MSOL)")
        .with("msExchHideFromAddressLists", "TRUE")
        .with("mail", "anna@corp.example");
    let report = Lab::new().forest("a.test", &[anna]).forest("b.test", &[contact]).run();
    expect(&report, "Anna", Outcome::Filtered, Reason::FilteredWithPartner);
    expect(&report, "Old", Outcome::Filtered, Reason::HiddenMsolContact);
    assert!(object(&report, "Anna").export.is_none());
}

#[test]
fn f3_17_forest_move_with_consistency_guid() {
    let old = Entry::user("CN=K,OU=Corp,DC=old,DC=test", 1, "k@old.test", false);
    let new = Entry::user("CN=K2,OU=Corp,DC=new,DC=test", 2, "k@new.test", true)
        .binary("mS-DS-ConsistencyGuid", &guid(1));
    let report = Lab::matching("once").forest("old.test", &[old]).forest("new.test", &[new]).run();
    assert_eq!(object(&report, "K").metaverse, object(&report, "K2").metaverse);
    let sent = export(&report, "K2");
    assert_eq!(sent.source_anchor.as_deref(), Some(anchor(1).as_str()));
    assert_eq!(sent.user_principal_name.as_deref(), Some("k@new.test"));
    expect(&report, "K", Outcome::Joined, Reason::JoinedBySourceAnchor);
}

#[test]
fn f3_18_two_enabled_accounts_joined_by_mail_first_forest_wins() {
    let a = Entry::user("CN=A,OU=Corp,DC=a,DC=test", 1, "a@a.test", true).with("mail", "m@corp.example");
    let b = Entry::user("CN=B,OU=Corp,DC=b,DC=test", 2, "b@b.test", true).with("mail", "m@corp.example");
    let report = Lab::matching("mail").forest("b.test", &[b]).forest("a.test", &[a]).run();
    let sent = export(&report, "B");
    assert_eq!(sent.source_anchor.as_deref(), Some(anchor(2).as_str()));
    assert_eq!(sent.user_principal_name.as_deref(), Some("b@b.test"));
    assert_eq!(sent.display_name.as_deref(), Some("Display b"));
    expect(&report, "A", Outcome::Joined, Reason::JoinedByMail);
}

#[test]
fn f3_19_security_group_with_a_member_through_a_foreign_security_principal() {
    let fsp_dn = format!("CN={},CN=ForeignSecurityPrincipals,DC=b,DC=test", sid_text(1, 1101));
    let fsp = Entry::new(&fsp_dn, "foreignSecurityPrincipal", 5);
    let member = group("G", 6, true).with("member", &fsp_dn);
    let user = account(true);
    for users_first in [true, false] {
        let (a, b) = (("acc.test", vec![user.clone()]), ("a.test", vec![member.clone(), fsp.clone()]));
        let (first, second) = if users_first { (a, b) } else { (b, a) };
        let report = Lab::matching("object-sid").forest(first.0, &first.1).forest(second.0, &second.1).run();
        expect(&report, &sid_text(1, 1101), Outcome::Joined, Reason::JoinedByObjectSid);
        expect(&report, "G", Outcome::Synced, Reason::Provisioned);
        assert_eq!(export(&report, "G").member, Some(vec![fsp_dn.clone()]));
    }
    let without = Lab::matching("object-sid").forest("acc.test", &[user]).forest("a.test", &[member]).run();
    expect(&without, "G", Outcome::SyncedWithChanges, Reason::MembersLost);
    assert_eq!(export(&without, "G").members_lost, [fsp_dn]);
}

/// One row of section C.3: who supplies the anchor, the UPN, the GAL attributes and the addresses.
struct Row<'a> {
    anchor: u8,
    upn: &'a str,
    enabled: bool,
    display_name: &'a str,
    proxy: &'a [&'a str],
}

#[track_caller]
fn check_row(report: &presync::report::Report, name: &str, row: &Row<'_>) {
    let sent = export(report, name);
    assert_eq!(sent.source_anchor.as_deref(), Some(anchor(row.anchor).as_str()), "sourceAnchor");
    assert_eq!(sent.user_principal_name.as_deref(), Some(row.upn), "userPrincipalName");
    assert_eq!(sent.account_enabled, Some(row.enabled), "accountEnabled");
    assert_eq!(sent.display_name.as_deref(), Some(row.display_name), "displayName");
    assert_eq!(sent.proxy_addresses, row.proxy, "proxyAddresses");
    assert_eq!(sent.object_type, "user");
}

fn with_generation(generation: &str) -> Lab {
    Lab::with_settings(&format!(
        "[sync]\nuser-matching = \"object-sid\"\nrule-generation = \"{generation}\"\n"
    ))
}

#[test]
fn c3_enabled_account_and_disabled_linked_mailbox() {
    let report = with_generation("current")
        .forest("res.test", &[linked_mailbox(false)])
        .forest("acc.test", &[account(true)])
        .run();
    let row = Row {
        anchor: 1,
        upn: "a@acc.test",
        enabled: true,
        display_name: "Display r",
        proxy: &["SMTP:res@corp.example"],
    };
    check_row(&report, "Acc", &row);
}

#[test]
fn c3_disabled_account_and_disabled_linked_mailbox() {
    for (generation, upn) in [("2016", "r@res.test"), ("current", "a@acc.test")] {
        let report = with_generation(generation)
            .forest("res.test", &[linked_mailbox(false)])
            .forest("acc.test", &[account(false)])
            .run();
        let row = Row {
            anchor: 1,
            upn,
            enabled: false,
            display_name: "Display r",
            proxy: &["SMTP:res@corp.example"],
        };
        check_row(&report, "Acc", &row);
    }
}

#[test]
fn c3_enabled_account_and_enabled_linked_mailbox() {
    for (generation, upn) in [("2016", "r@res.test"), ("current", "a@acc.test")] {
        let report = with_generation(generation)
            .forest("res.test", &[linked_mailbox(true)])
            .forest("acc.test", &[account(true)])
            .run();
        let row = Row {
            anchor: 1,
            upn,
            enabled: true,
            display_name: "Display r",
            proxy: &["SMTP:res@corp.example"],
        };
        check_row(&report, "Acc", &row);
    }
}

#[test]
fn c3_linked_mailbox_alone_is_not_exported() {
    for generation in ["2016", "current"] {
        let report = with_generation(generation).forest("res.test", &[linked_mailbox(false)]).run();
        expect(&report, "Res", Outcome::NotProvisioned, Reason::LinkedMailboxWithoutAccount);
    }
}

#[test]
fn c3_two_enabled_accounts_without_mailbox() {
    let a = Entry::user("CN=A,OU=Corp,DC=a,DC=test", 1, "a@a.test", true).with("mail", "m@corp.example");
    let b = Entry::user("CN=B,OU=Corp,DC=b,DC=test", 2, "b@b.test", true).with("mail", "m@corp.example");
    let report = Lab::matching("mail").forest("a.test", &[a]).forest("b.test", &[b]).run();
    let row = Row { anchor: 1, upn: "a@a.test", enabled: true, display_name: "Display a", proxy: &[] };
    check_row(&report, "A", &row);
}

#[test]
fn c3_enabled_account_in_forest_2_and_disabled_mailbox_in_forest_1() {
    let mailbox = Entry::user("CN=M,OU=Corp,DC=a,DC=test", 1, "m@a.test", false)
        .with("mail", "m@corp.example")
        .with("mailNickname", "malias")
        .with("proxyAddresses", "SMTP:m@corp.example")
        .with("msExchRecipientTypeDetails", "1");
    let active = Entry::user("CN=B,OU=Corp,DC=b,DC=test", 2, "b@b.test", true).with("mail", "m@corp.example");
    let report = Lab::matching("mail").forest("a.test", &[mailbox]).forest("b.test", &[active]).run();
    let row = Row {
        anchor: 2,
        upn: "b@b.test",
        enabled: true,
        display_name: "Display m",
        proxy: &["SMTP:m@corp.example"],
    };
    check_row(&report, "B", &row);
}

#[test]
fn c3_user_and_contact_the_contact_fills_gaps() {
    let contact = Entry::new("CN=C,OU=Gal,DC=b,DC=test", "contact", 2)
        .with("displayName", "The contact")
        .with("mailNickname", "calias")
        .with("targetAddress", "SMTP:c@other.example")
        .with("proxyAddresses", "SMTP:c@other.example")
        .with("mail", "m@corp.example");
    for (enabled, own_address) in [(true, false), (true, true), (false, false)] {
        let mut user =
            Entry::user("CN=U,OU=Corp,DC=a,DC=test", 1, "u@a.test", enabled).with("mail", "m@corp.example");
        if own_address {
            user = user.with("proxyAddresses", "SMTP:m@corp.example");
        }
        let report =
            Lab::new().forest("a.test", &[user]).forest("b.test", std::slice::from_ref(&contact)).run();
        let proxy: &[&str] = if own_address { &["SMTP:m@corp.example"] } else { &["SMTP:c@other.example"] };
        check_row(
            &report,
            "U",
            &Row { anchor: 1, upn: "u@a.test", enabled, display_name: "Display u", proxy },
        );
        assert_eq!(export(&report, "U").alias.as_deref(), Some("calias"));
        assert_eq!(export(&report, "U").target_address.as_deref(), Some("SMTP:c@other.example"));
    }
}

#[test]
fn c3_contact_and_contact_first_forest_then_gaps() {
    let c1 = Entry::new("CN=P1,OU=Gal,DC=a,DC=test", "contact", 1)
        .with("displayName", "First")
        .with("mail", "p@partner.example");
    let c2 = Entry::new("CN=P2,OU=Gal,DC=b,DC=test", "contact", 2)
        .with("displayName", "Second")
        .with("targetAddress", "SMTP:p@partner.example")
        .with("mail", "p@partner.example");
    let report = Lab::new().forest("a.test", &[c1]).forest("b.test", &[c2]).run();
    let sent = export(&report, "P1");
    assert_eq!(sent.display_name.as_deref(), Some("First"));
    assert_eq!(sent.target_address.as_deref(), Some("SMTP:p@partner.example"));
    assert_eq!(sent.source_anchor.as_deref(), Some(anchor(1).as_str()));
    assert_eq!(sent.object_type, "contact");
}

#[test]
fn c3_linked_mailbox_and_contact_without_account_is_exported_as_contact() {
    let contact = Entry::new("CN=C,OU=Gal,DC=b,DC=test", "contact", 3).with("mail", "res@corp.example");
    let report = Lab::matching("object-sid")
        .forest("res.test", &[linked_mailbox(false)])
        .forest("b.test", &[contact])
        .run();
    let sent = export(&report, "C");
    assert_eq!(sent.object_type, "contact");
    assert_eq!(sent.source_anchor.as_deref(), Some(anchor(3).as_str()));
    assert_eq!(sent.display_name.as_deref(), Some("Display r"));
    assert_eq!(sent.proxy_addresses, ["SMTP:res@corp.example"]);
    expect(&report, "Res", Outcome::Joined, Reason::JoinedByMail);
}

#[test]
fn c3_anything_and_a_foreign_security_principal_is_unchanged() {
    let fsp_dn = format!("CN={},CN=ForeignSecurityPrincipals,DC=b,DC=test", sid_text(1, 1101));
    let fsp = Entry::new(&fsp_dn, "foreignSecurityPrincipal", 5);
    let alone = Lab::matching("object-sid").forest("acc.test", &[account(true)]).run();
    let beside =
        Lab::matching("object-sid").forest("acc.test", &[account(true)]).forest("b.test", &[fsp]).run();
    assert_eq!(export(&alone, "Acc"), export(&beside, "Acc"));
    let partner_less = Entry::new(
        "CN=S-1-5-21-9-9-9-9,CN=ForeignSecurityPrincipals,DC=b,DC=test",
        "foreignSecurityPrincipal",
        6,
    );
    let report = Lab::matching("object-sid")
        .forest("acc.test", &[account(true)])
        .forest("b.test", &[partner_less])
        .run();
    expect(&report, "S-1-5-21-9-9-9-9", Outcome::NotProvisioned, Reason::NoPartner);
}

#[test]
fn c1_a_changed_anchor_is_an_error_unless_the_type_changed() {
    let user = |cloud_anchor: &str| {
        Entry::user("CN=X,OU=Corp,DC=a,DC=test", 1, "x@a.test", true)
            .with("cloudSourceAnchor", &anchor(9))
            .with("cloudAnchor", cloud_anchor)
    };
    let changed = Lab::new().forest("a.test", &[user("User_1234")]).run();
    expect(&changed, "X", Outcome::SyncError, Reason::SourceAnchorChanged);
    let promoted = Lab::new().forest("a.test", &[user("Contact_1234")]).run();
    expect(&promoted, "X", Outcome::Synced, Reason::Provisioned);
    let same =
        Entry::user("CN=X,OU=Corp,DC=a,DC=test", 1, "x@a.test", true).with("cloudSourceAnchor", &anchor(1));
    expect(&Lab::new().forest("a.test", &[same]).run(), "X", Outcome::Synced, Reason::Provisioned);
}

/// The contract: a tenant file tells by anchor which user is linked. What it holds under another anchor is a conflict
/// (section C.3-5 of `entra-outcomes`), unless the source itself says which anchor was accepted.
#[test]
fn j5_a_tenant_file_links_users_by_their_anchor() {
    let user = || Entry::user("CN=X,OU=Corp,DC=a,DC=test", 1, "x@a.test", true).sid(1, 1101);
    let row = |number: u8, more: &str| {
        format!(
            r#"{{"value":[{{"id":"7b1d","userPrincipalName":"y@a.test","onPremisesSyncEnabled":true,
                "onPremisesImmutableId":"{}"{more}}}]}}"#,
            anchor(number)
        )
    };
    let sid = format!(r#","onPremisesSecurityIdentifier":"{}""#, sid_text(1, 1101));
    let run = |entry: Entry, row: &str| Lab::new().forest("a.test", &[entry]).tenant(row).run();
    expect(&run(user(), &row(9, &sid)), "X", Outcome::ExportError, Reason::AttributeValueMustBeUnique);
    let stated = user().with("cloudSourceAnchor", &anchor(9)).with("cloudAnchor", "User_7b1d");
    expect(&run(stated, &row(9, &sid)), "X", Outcome::SyncError, Reason::SourceAnchorChanged);
    expect(&run(user(), &row(1, &sid)), "X", Outcome::Synced, Reason::Provisioned);
}
