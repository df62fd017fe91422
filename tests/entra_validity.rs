//! What Entra ID makes of values alone: the rows of `entra-outcomes` sections A.2, A.5, D.1 to D.4, G and I (read
//! 2026-11-25). Each test names the document of its row.

mod common;

use common::{Entry, Lab, expect, object};
use presync::outcome::{Outcome, Reason};
use presync::report::Report;

const DN: &str = "OU=Corp,DC=a,DC=test";

fn user(name: &str, number: u8) -> Entry {
    Entry::user(&format!("CN={name},{DN}"), number, &format!("{name}@a.test"), true)
        .with("mailNickname", name)
}

fn group(name: &str, number: u8) -> Entry {
    Entry::new(&format!("CN={name},{DN}"), "group", number)
        .with("sAMAccountName", name)
        .with("groupType", "-2147483646")
        .with("mail", &format!("{name}@a.test"))
}

fn contact(name: &str, number: u8) -> Entry {
    Entry::new(&format!("CN={name},{DN}"), "contact", number).with("mail", &format!("{name}@partner.test"))
}

fn run(entries: &[Entry]) -> Report {
    Lab::new().forest("a.test", entries).run()
}

fn run_2016(entries: &[Entry]) -> Report {
    Lab::with_settings("[sync]\nrule-generation = \"2016\"\n").forest("a.test", entries).run()
}

/// Checks that name an object.
fn checks<'r>(report: &'r Report, name: &str) -> Vec<&'r str> {
    let prefix = format!("CN={name},");
    let of_object =
        report.findings.iter().filter(|one| one.dn.as_ref().is_some_and(|dn| dn.starts_with(&prefix)));
    of_object.map(|finding| finding.check.as_str()).collect()
}

#[track_caller]
fn expect_clean(report: &Report, name: &str) {
    let object = object(report, name);
    assert_eq!(
        (object.outcome, object.reasons.as_slice()),
        (Outcome::Synced, &[Reason::Provisioned][..]),
        "{name}"
    );
}

/// One value beyond its limit and one exactly at it.
#[track_caller]
fn expect_limit(make: fn(&str, u8) -> Entry, attribute: &str, chars: usize, prefix: &str) {
    let value = |chars: usize| format!("{prefix}{}", "x".repeat(chars - prefix.len()));
    let report = run(&[
        make("Over", 1).with(attribute, &value(chars + 1)),
        make("At", 2).with(attribute, &value(chars)),
        make("Other", 3).with(attribute, &value(chars).replace("xx", "yy")),
    ]);
    expect(&report, "Over", Outcome::ExportError, Reason::LargeObject);
    expect_clean(&report, "At");
    expect_clean(&report, "Other");
    assert_eq!(report.predicted_status, "completed-export-errors");
}

fn bare_user(name: &str, number: u8) -> Entry {
    Entry::new(&format!("CN={name},{DN}"), "user", number)
        .with("sAMAccountName", name)
        .with("userPrincipalName", &format!("{name}@a.test"))
        .with("userAccountControl", "512")
        .with("legacyExchangeDN", "/o=a")
}

fn mailbox_user(name: &str, number: u8) -> Entry {
    bare_user(name, number).with("mailNickname", name)
}

/// prepare-for-directory-synchronization.md: displayName 256, givenName 64, mail 256, mailNickname 64, proxyAddresses
/// 256 for each value, targetAddress 256; user.md: surname 64.
#[test]
fn d1_lengths_of_names_and_addresses() {
    for make in [bare_user as fn(&str, u8) -> Entry, contact] {
        expect_limit(make, "displayName", 256, "");
        expect_limit(make, "givenName", 64, "");
        expect_limit(make, "sn", 64, "");
    }
    expect_limit(group, "displayName", 256, "");
    expect_limit(bare_user, "mail", 256, "nora@a.test.");
    expect_limit(bare_user, "mailNickname", 64, "");
    expect_limit(contact, "mailNickname", 64, "");
    expect_limit(group, "mailNickname", 64, "");
    expect_limit(bare_user, "proxyAddresses", 256, "SMTP:nora@a.test.");
    expect_limit(group, "proxyAddresses", 256, "SMTP:nora@a.test.");
    expect_limit(mailbox_user, "targetAddress", 256, "smtp:nora@a.test.");
    expect_limit(contact, "targetAddress", 256, "smtp:nora@a.test.");
}

/// user.md: jobTitle 128; department, companyName, mobilePhone 64; city, state, country 128; postalCode 40;
/// streetAddress 1024. Set-Mailbox.md: custom attributes 1024.
#[test]
fn d1_lengths_of_details() {
    for (attribute, chars) in [
        ("title", 128),
        ("department", 64),
        ("company", 64),
        ("mobile", 64),
        ("l", 128),
        ("st", 128),
        ("co", 128),
        ("postalCode", 40),
        ("streetAddress", 1024),
        ("extensionAttribute1", 1024),
        ("extensionAttribute15", 1024),
    ] {
        expect_limit(bare_user, attribute, chars, "");
    }
    expect_limit(contact, "title", 128, "");
    let report = run(&[contact("Ann", 1).with("department", &"x".repeat(65))]);
    expect_clean(&report, "Ann");
}

/// Characters are counted, not bytes, and not the blanks that the rules trim.
#[test]
fn d1_lengths_are_of_what_is_sent() {
    let report = run(&[
        user("Umlauts", 1).binary("givenName", "ü".repeat(64).as_bytes()),
        user("Blanks", 2).binary("givenName", format!(" {} ", "x".repeat(64)).as_bytes()),
        user("More", 3).binary("givenName", "ü".repeat(65).as_bytes()),
    ]);
    expect_clean(&report, "Umlauts");
    expect_clean(&report, "Blanks");
    expect(&report, "More", Outcome::ExportError, Reason::LargeObject);
    // The alias of a user without mailNickname does not exist, so its Exchange attributes are not sent.
    let report =
        run(&[bare_user("Ann", 1).with("targetAddress", &format!("smtp:{}@a.test", "x".repeat(300)))]);
    expect_clean(&report, "Ann");
}

/// An object that is refused keeps what else is said about it.
#[test]
fn a_refusal_outweighs_a_change() {
    let long = "x".repeat(257);
    let report =
        run(&[bare_user("Ann", 1).with("displayName", &long).with("proxyAddresses", "SMTP:a b@a.test")]);
    expect(&report, "Ann", Outcome::ExportError, Reason::LargeObject);
    assert!(object(&report, "Ann").reasons.contains(&Reason::AddressDropped));
}

/// tshoot-connect-largeobjecterror-usercertificate.md: 15 values; the rules since 1.1.524 send none above that.
#[test]
fn a2_certificates() {
    for attribute in ["userCertificate", "userSMIMECertificate"] {
        let with = |name: &str, number: u8, count: u8| {
            (0..count).fold(user(name, number), |entry, value| entry.binary(attribute, &[0x30, 0x82, value]))
        };
        let entries = [with("Over", 1, 16), with("At", 2, 15)];
        let report = run_2016(&entries);
        expect(&report, "Over", Outcome::ExportError, Reason::LargeObject);
        expect_clean(&report, "At");
        let report = run(&entries);
        expect(&report, "Over", Outcome::SyncedWithChanges, Reason::CertificatesNotExported);
        assert_eq!(checks(&report, "Over"), ["certificates-not-exported"]);
        expect_clean(&report, "At");
    }
}

/// tshoot-connect-sync-errors.md: about 332 addresses fit on a user; too-many-proxy-addresses-error.md: 300.
#[test]
fn a2_addresses() {
    let with = |entry: Entry, name: &str, count: u32| {
        (1..count).fold(entry.with("proxyAddresses", &format!("SMTP:{name}@a.test")), |entry, number| {
            entry.with("proxyAddresses", &format!("smtp:{name}{number}@a.test"))
        })
    };
    let report = run(&[
        with(user("Over", 1), "Over", 333),
        with(user("Near", 2), "Near", 332),
        with(user("Few", 3), "Few", 300),
        with(group("Team", 4), "Team", 333),
    ]);
    expect(&report, "Over", Outcome::ExportError, Reason::LargeObject);
    assert_eq!(checks(&report, "Over"), ["proxy-addresses-exceed-object-size"]);
    assert_eq!(checks(&report, "Near"), ["too-many-proxy-addresses"]);
    assert_eq!(checks(&report, "Few"), [""; 0]);
    expect_clean(&report, "Near");
    expect_clean(&report, "Team");
}

/// troubleshoot-aad-connect-objects-attributes.md: 100 KB; user-photos-not-synced-to-exchange-online.md: 10 KB.
#[test]
fn d1_photos() {
    let with =
        |name: &str, number: u8, bytes: usize| user(name, number).binary("thumbnailPhoto", &vec![7; bytes]);
    let report = run(&[
        with("Over", 1, 102_401),
        with("At", 2, 102_400),
        with("Exchange", 3, 10_241),
        with("Small", 4, 10_240),
    ]);
    expect(&report, "Over", Outcome::ExportError, Reason::LargeObject);
    assert_eq!(checks(&report, "Over"), ["photo-too-large"]);
    for name in ["At", "Exchange"] {
        expect_clean(&report, name);
        assert_eq!(checks(&report, name), ["photo-not-in-exchange"]);
    }
    assert_eq!(checks(&report, "Small"), [""; 0]);
    let finding = report.findings.iter().find(|one| one.check == "photo-too-large").unwrap();
    assert_eq!(finding.value, None);
    assert_eq!(finding.message, "thumbnailPhoto has 102401 bytes, the limit is 102400");
}

/// prepare-for-directory-synchronization.md: targetAddress; the effect is inferred (D.1).
#[test]
fn d1_target_addresses() {
    for bad in ["SMTP:a b@a.test", "SMTP:a(b@a.test", r"smtp:a\b@a.test", "smtp:a", "smtp:smtp:a@a.test"] {
        let report = run(&[user("Ann", 1).with("targetAddress", bad)]);
        expect(&report, "Ann", Outcome::ExportError, Reason::DataValidationFailed);
        assert!(checks(&report, "Ann").contains(&"target-address-invalid"), "{bad}");
    }
    for good in ["smtp:o'neill@a.test", "X400:c=DE;a= ;p=A;s=B", "a@a.test"] {
        expect_clean(&run(&[user("Ann", 1).with("targetAddress", good)]), "Ann");
    }
}

/// plan-connect-design-concepts.md: the source anchor.
#[test]
fn d1_source_anchors() {
    let lab = |anchor: &str| {
        Lab::with_settings("[sync]\nsource-anchor = \"employeeID\"\n")
            .forest("a.test", &[user("Ann", 1).with("employeeID", anchor)])
            .run()
    };
    for bad in ["emp_1", "a@b", &"1".repeat(60), &format!("1{}", "-".repeat(20))] {
        let report = lab(bad);
        expect(&report, "Ann", Outcome::ExportError, Reason::DataValidationFailed);
        assert!(checks(&report, "Ann").contains(&"source-anchor-invalid"), "{bad}");
    }
    for good in ["emp-1", &"1".repeat(59), &format!("12{}", "-".repeat(19))] {
        expect_clean(&lab(good), "Ann");
    }
}

/// mail-enabled-groups-not-synchronized.md: a mail-enabled group needs a display name; the rules fill in cn.
#[test]
fn g_display_name_of_mail_enabled_groups() {
    let report = run(&[
        group("Blank", 1).binary("displayName", b"  "),
        group("Filled", 2),
        user("Person", 3),
        Entry::new(&format!("CN=Security,{DN}"), "group", 4)
            .with("sAMAccountName", "Security")
            .with("groupType", "-2147483646")
            .binary("displayName", b" "),
    ]);
    expect(&report, "Blank", Outcome::ExportError, Reason::DataValidationFailed);
    for name in ["Filled", "Person", "Security"] {
        expect_clean(&report, name);
    }
}

/// Set-Mailbox.md, group.md, prepare-for-directory-synchronization.md; a full stop inside is allowed (D.4-14).
#[test]
fn d2_aliases() {
    for (number, bad) in [".ann", "ann.", "a..n", "a&n", "a n", "a@n", "a,n", "a(n", "änn"].iter().enumerate()
    {
        let entries = [
            bare_user("Ann", 1)
                .with("displayName", &format!("{number}"))
                .binary("mailNickname", bad.as_bytes()),
            group("Team", 2).binary("mailNickname", bad.as_bytes()),
        ];
        let report = run(&entries);
        for name in ["Ann", "Team"] {
            expect(&report, name, Outcome::SyncedWithChanges, Reason::AliasAltered);
            assert_eq!(checks(&report, name), ["mail-nickname-invalid"], "{bad}");
        }
    }
    for good in ["a.n", "a'n", "a!#%*+-/=?^_~$`{}|n"] {
        let report = run(&[
            bare_user("Ann", 1).with("mailNickname", good),
            group("Team", 2).with("mailNickname", good),
        ]);
        expect_clean(&report, "Ann");
        expect_clean(&report, "Team");
    }
}

/// concept-sspr-policy.md and prepare-for-directory-synchronization.md; what happens follows D.4-1.
#[test]
fn d3_user_principal_names() {
    let named = |upn: &str| {
        let entry = Entry::new(&format!("CN=Ann,{DN}"), "user", 1)
            .with("sAMAccountName", "ann")
            .with("userAccountControl", "512");
        run(&[entry.binary("userPrincipalName", upn.as_bytes())])
    };
    let long = "x".repeat(65);
    for bad in [
        r"a\n@a.test",
        "a%n@a.test",
        "a&n@a.test",
        "a$n@a.test",
        "a`n@a.test",
        "jos\u{e9}@a.test",
        "a\u{a0}n@a.test",
        "ann@a.test\u{feff}",
        "ann.@a.test",
        "@a.test",
        "ann",
        "a@n@a.test",
        &format!("{long}@a.test"),
        &format!("a@{}.test", "x".repeat(44)),
    ] {
        let report = named(bad);
        expect(&report, "Ann", Outcome::SyncedWithChanges, Reason::UpnInvalid);
        assert_eq!(checks(&report, "Ann"), ["user-principal-name-invalid"], "{bad}");
    }
    for good in
        ["o'neill@a.test", "a.b-c_d!e#f^g~h@a.test", &format!("{}@{}.test", &long[1..], "x".repeat(43))]
    {
        expect_clean(&named(good), "Ann");
    }
    for private in ["ann@a.local", "ann@a.internal", "ann@a"] {
        let report = named(private);
        expect(&report, "Ann", Outcome::SyncedWithChanges, Reason::UpnSuffixNotVerified);
        assert_eq!(checks(&report, "Ann"), ["upn-suffix-not-verified"], "{private}");
    }
}

/// prepare-for-directory-synchronization.md: without userPrincipalName sAMAccountName must be valid; with one, the user
/// is created whatever it is.
#[test]
fn d1_account_names() {
    let entry = |name: &str, number: u8, account: &str| {
        Entry::new(&format!("CN={name},{DN}"), "user", number)
            .with("sAMAccountName", account)
            .with("userAccountControl", "512")
    };
    let report = run(&[
        entry("Blank", 1, "a b"),
        entry("Named", 2, "a c").with("userPrincipalName", "ann@a.test"),
        entry("Plain", 3, "plain"),
        entry("Long", 4, "abcdefghijklmnopqrstu"),
    ]);
    expect(&report, "Blank", Outcome::SyncedWithChanges, Reason::UpnInvalid);
    assert_eq!(checks(&report, "Blank"), ["sam-account-name-invalid"]);
    for name in ["Named", "Plain", "Long"] {
        expect_clean(&report, name);
    }
    assert_eq!(checks(&report, "Long"), ["sam-account-name-too-long"]);
}

/// how-to-connect-install-custom.md: the alternate login ID takes the place of userPrincipalName.
#[test]
fn d3_alternate_login_id() {
    let entry = user("Ann", 1).with("mail", "a nn@a.test").with("proxyAddresses", "SMTP:ann@a.test");
    let settings = "[sync]\nlogin-attribute = \"mail\"\n";
    let report = Lab::with_settings(settings).forest("a.test", std::slice::from_ref(&entry)).run();
    expect(&report, "Ann", Outcome::SyncedWithChanges, Reason::UpnInvalid);
    expect_clean(&run(&[entry]), "Ann");
}

/// proxyaddresses-attribute-populate.md, email-address-contain-underscore.md and
/// prepare-for-directory-synchronization.md, as D.4-2 weighs them; the apostrophe is allowed (D.4-11).
#[test]
fn d4_addresses() {
    for bad in [
        "smtp:a b@a.test",
        "SMTP: ann@a.test",
        "smtp:a<b@a.test",
        "smtp:a:b@a.test",
        "smtp:a=b@a.test",
        "smtp:j\u{f6}rg@a.test",
        "smtp:ann@a.test\u{200b}",
        "ann@a.test",
        "smtp:ann.@a.test",
    ] {
        for entry in [user("Ann", 1), contact("Ann", 1), group("Ann", 1)] {
            let report = run(&[entry
                .binary("proxyAddresses", bad.as_bytes())
                .with("proxyAddresses", "smtp:x@a.test")]);
            expect(&report, "Ann", Outcome::SyncedWithChanges, Reason::AddressDropped);
            let found =
                checks(&report, "Ann").iter().filter(|check| check.starts_with("proxy-address-")).count();
            assert_eq!(found, 1, "{bad}");
        }
    }
    for good in ["smtp:o'neill@a.test", "smtp:a+b@a.test", "X500:/o=A (b)/cn=c d", "SMTP:ann@a.test "] {
        let report = run(&[user("Ann", 1).binary("proxyAddresses", good.as_bytes())]);
        expect_clean(&report, "Ann");
    }
}

/// proxyaddresses-attribute-populate.md: mail becomes the primary address where proxyAddresses is empty.
#[test]
fn f3_mail_counts_where_there_are_no_addresses() {
    let report = run(&[
        user("Alone", 1).binary("mail", "jos\u{e9}@a.test".as_bytes()),
        user("Beside", 2)
            .binary("mail", "jos\u{e9}@a.test".as_bytes())
            .with("proxyAddresses", "SMTP:jose@a.test"),
    ]);
    expect(&report, "Alone", Outcome::SyncedWithChanges, Reason::AddressDropped);
    assert_eq!(checks(&report, "Alone"), ["mail-invalid"]);
    expect_clean(&report, "Beside");
}

/// "Errors supported by the `IdFix` tool.md" against prepare-for-directory-synchronization.md (D.4-13).
#[test]
fn d4_lengths_in_dispute() {
    let report = run(&[bare_user("Ann", 1).with("displayName", &"x".repeat(256))]);
    expect_clean(&report, "Ann");
    assert_eq!(checks(&report, "Ann"), ["value-length-disputed"]);
}

/// Set-RemoteMailbox.md, mailbox-exists-exo-onpremises.md, no-smtp-proxy-matching.md,
/// migrationpermanentexception-when-moving-mailboxes.md, prep-mailboxes-for-cross-forest-moves.md,
/// mail-user-who-has-proxy-addresses-that-use-non-verified-domains-not-synced.md.
#[test]
fn i_recipients() {
    let zeros = "00000000-0000-0000-0000-000000000000";
    let own = "6a6a6a6a-6a6a-6a6a-6a6a-6a6a6a6a6a01";
    let report = run(&[
        user("Mailbox", 1).with("msExchRecipientTypeDetails", "1"),
        user("Announced", 2).with("msExchRecipientTypeDetails", "1").with("msExchMailboxGuid", own),
        user("Remote", 3)
            .with("msExchRecipientTypeDetails", "2147483648")
            .with("msExchMailboxGuid", zeros)
            .with("proxyAddresses", "SMTP:remote@a.test"),
        user("Former", 4).with("msExchRecipientTypeDetails", "128").with("msExchRemoteRecipientType", "8"),
        user("Owned", 5)
            .with("msExchRecipientTypeDetails", "1")
            .with("msExchMailboxGuid", own)
            .with("msExchMasterAccountSid", "S-1-5-10"),
        user("NoAddresses", 6)
            .with("msExchRecipientTypeDetails", "2147483648")
            .with("msExchMailboxGuid", own),
    ]);
    assert_eq!(checks(&report, "Mailbox"), ["mailbox-without-guid"]);
    assert_eq!(checks(&report, "Announced"), [""; 0]);
    assert_eq!(
        checks(&report, "Remote"),
        ["remote-mailbox-without-guid", "remote-mailbox-without-routing-address"]
    );
    assert_eq!(checks(&report, "Former"), ["remote-recipient-type-left-over"]);
    assert_eq!(checks(&report, "Owned"), ["mailbox-account-state-mismatch"]);
    assert_eq!(checks(&report, "NoAddresses"), ["remote-mailbox-without-routing-address"]);
    for name in ["Mailbox", "Announced", "Remote", "Former"] {
        expect_clean(&report, name);
    }
}

/// changes-to-msexchangehiddenfromaddresslist-not-updated-against-recipient.md: no alias, no Exchange attribute.
#[test]
fn a5_alias_empty() {
    let report = run(&[user("Ann", 1), bare_user("Ben", 2).with("msExchHideFromAddressLists", "TRUE")]);
    assert_eq!(checks(&report, "Ann"), [""; 0]);
    assert_eq!(checks(&report, "Ben"), ["recipient-without-alias"]);
}

/// exclude-user-primary-group.md
#[test]
fn g_primary_group() {
    let report = run(&[
        user("Ann", 1).sid(1, 1101).with("primaryGroupID", "1201"),
        user("Ben", 2).sid(1, 1102).with("primaryGroupID", "513"),
        group("Team", 3).sid(1, 1201),
    ]);
    assert_eq!(checks(&report, "Ann"), ["primary-group-not-synchronized"]);
    assert_eq!(checks(&report, "Ben"), [""; 0]);
}
