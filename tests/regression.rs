//! Faults that once were there, each with the smallest directory that showed it.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

mod common;

use common::{Entry, Lab, expect, export, guid, object, sid};
use presync::outcome::{Outcome, Reason};

/// `default-sync-rules` sections A.6 and C: the formula stands in two rules, and a disabled account
/// is only in the scope of the second.
#[test]
fn a_disabled_account_without_any_name_raises_the_error_too() {
    let nameless = Entry::new("CN=Dis,OU=Corp,DC=b,DC=test", "user", 2)
        .with("userAccountControl", "514")
        .binary("msExchMasterAccountSid", &sid(1, 1))
        .sid(2, 2);
    let good = Entry::user("CN=Good,OU=Corp,DC=a,DC=test", 1, "good@a.test", true).sid(1, 1);
    let report = Lab::matching("object-sid").forest("a.test", &[good]).forest("b.test", &[nameless]).run();
    expect(&report, "Dis", Outcome::SyncError, Reason::AccountNameMissing);
    assert_eq!(object(&report, "Dis").metaverse, None);
    // Nothing of it is applied, so its partner is not filtered with it.
    expect(&report, "Good", Outcome::Synced, Reason::Provisioned);
}

/// Section A.4(3): exactly one metaverse object of the target type matches, however often it proposes the value.
#[test]
fn one_partner_is_one_partner_beside_objects_of_another_type() {
    let mail = "m@x.example";
    let contact = |name: &str, forest: &str, number| {
        Entry::new(&format!("CN={name},OU=Gal,DC={forest},DC=test"), "contact", number).with("mail", mail)
    };
    let group = Entry::new("CN=Group,OU=Gal,DC=a,DC=test", "group", 2)
        .with("sAMAccountName", "Group")
        .with("groupType", "-2147483646")
        .with("mail", mail);
    let report = Lab::matching("mail")
        .forest("a.test", &[contact("One", "a", 1), group])
        .forest("b.test", &[contact("Three", "b", 3)])
        .forest("c.test", &[contact("Four", "c", 4)])
        .run();
    expect(&report, "Four", Outcome::Joined, Reason::JoinedByMail);
    assert_eq!(object(&report, "One").joined_with.len(), 2);
}

/// Section A.7(b): an alternative is judged by its own links, not by those of the given order.
#[test]
fn an_alternative_knows_what_created_its_metaverse_objects() {
    let fsp = Entry::new(
        "CN=S-1-5-21-1-1-7-1,CN=ForeignSecurityPrincipals,DC=a,DC=test",
        "foreignSecurityPrincipal",
        9,
    );
    let account = Entry::user("CN=Acc,OU=Corp,DC=a,DC=test", 1, "acc@a.test", true).sid(1, 2);
    let resource = Entry::user("CN=Res,OU=Corp,DC=b,DC=test", 2, "res@b.test", false)
        .sid(7, 1)
        .binary("msExchMasterAccountSid", &sid(1, 2));
    let report =
        Lab::matching("object-sid").forest("a.test", &[fsp, account]).forest("b.test", &[resource]).run();
    let alternatives = &object(&report, "Res").alternatives;
    assert!(alternatives.iter().all(|one| one.outcome != Outcome::NotProvisioned), "{alternatives:#?}");
    assert!(alternatives.iter().any(|one| one.outcome == Outcome::Synced), "{alternatives:#?}");
}

/// Section A.4(8) and F.3 case 8: rules without join conditions apply only once another rule has linked the object.
#[test]
fn an_object_that_is_never_projected_raises_nothing() {
    let user = Entry::new("CN=X,OU=Corp,DC=a,DC=test", "user", 1).with("userAccountControl", "512");
    let other = Entry::user("CN=Y,OU=Corp,DC=a,DC=test", 2, "y@a.test", true).with("mail", "y@corp.example");
    let report = Lab::matching("mail").forest("a.test", &[user, other]).run();
    expect(&report, "X", Outcome::NotProvisioned, Reason::JoinAttributeMissing);
}

/// Contract, "sync-error": the second of two metaverse objects with one anchor; in an alternative as well.
#[test]
fn an_alternative_refuses_the_second_of_two_equal_anchors() {
    let account = Entry::user("CN=B,OU=Corp,DC=a,DC=test", 1, "b@a.test", true)
        .sid(1, 2)
        .binary("mS-DS-ConsistencyGuid", &guid(7));
    let resource = Entry::user("CN=A,OU=Corp,DC=b,DC=test", 2, "a@b.test", false)
        .sid(2, 1)
        .binary("msExchMasterAccountSid", &sid(1, 2))
        .binary("mS-DS-ConsistencyGuid", &guid(7));
    let report = Lab::matching("object-sid").forest("a.test", &[account]).forest("b.test", &[resource]).run();
    let all = report.objects.iter().flat_map(|object| &object.alternatives);
    assert!(
        all.clone().any(|one| one.reasons.contains(&Reason::SourceAnchorDuplicate)),
        "{:#?}",
        report.objects
    );
}

/// Section G.2: an empty text is no value, in a list neither.
#[test]
fn blank_addresses_are_not_sent() {
    let user = Entry::user("CN=X,OU=Corp,DC=a,DC=test", 1, "x@a.test", true)
        .binary("proxyAddresses", b"  ")
        .with("proxyAddresses", "SMTP:x@a.test");
    let report = Lab::new().forest("a.test", &[user]).run();
    assert_eq!(export(&report, "X").proxy_addresses, ["SMTP:x@a.test"]);
}

/// Section A.6: a reference is used only within its connector.
#[test]
fn members_are_looked_up_in_their_own_forest() {
    let group = Entry::new("CN=G,OU=Corp,DC=a,DC=test", "group", 3)
        .with("sAMAccountName", "G")
        .with("groupType", "-2147483646")
        .with("member", "CN=Acc,OU=Corp,DC=b,DC=test");
    let account = Entry::user("CN=Acc,OU=Corp,DC=b,DC=test", 1, "acc@b.test", true);
    let report = Lab::new().forest("a.test", &[group]).forest("b.test", &[account]).run();
    expect(&report, "G", Outcome::SyncedWithChanges, Reason::MembersLost);
}
