//! Names and addresses in the cloud: the scenarios and rows of `entra-outcomes` sections D.4, E and F (read 2026-11-25).
//! Each test names the document that the facts give for it.

mod common;

use common::{Entry, Lab, anchor, cloud, expect, object, outcome, sid};
use presync::outcome::{Outcome, Reason};

const SETTINGS: &str = "[tenant]\ninitial-domain = \"contoso.onmicrosoft.com\"\n\
    verified-domains = [\"contoso.com\", \"verified.contoso.com\"]\n";
const UNLICENSED: &str = "exchange-licensed = \"none\"\n";

fn lab(settings: &str) -> Lab {
    Lab::with_settings(&format!("{SETTINGS}{settings}"))
}

fn user(upn: &str) -> Entry {
    Entry::user("CN=X,OU=Corp,DC=contoso,DC=com", 1, upn, true)
}

/// A synchronized cloud user with the anchor of [`user`].
fn row(properties: &str) -> String {
    format!(
        r#"[{{"id":"7b1d","onPremisesSyncEnabled":true,"onPremisesImmutableId":"{}",{properties}}}]"#,
        anchor(1)
    )
}

fn run(settings: &str, entry: Entry) -> presync::report::Report {
    lab(settings).forest("contoso.com", &[entry]).run()
}

type Expected<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>, &'a [&'a str]);

/// Compares alias, user principal name, mail and addresses; addresses but for their order.
#[track_caller]
fn holds(report: &presync::report::Report, expected: Expected<'_>) {
    let held = cloud(report, "X");
    let mut addresses: Vec<&str> = held.proxy_addresses.iter().map(String::as_str).collect();
    addresses.sort_unstable();
    let (alias, upn, mail, expected_addresses) = expected;
    let mut expected_addresses = expected_addresses.to_vec();
    expected_addresses.sort_unstable();
    assert_eq!(
        (held.mail_nickname.as_deref(), held.user_principal_name.as_deref(), held.mail.as_deref(), addresses),
        (alias, upn, mail, expected_addresses)
    );
}

#[test]
fn e1_first_synchronization_plan_connect_userprincipalname() {
    let settings = "[tenant]\ninitial-domain = \"contoso.onmicrosoft.com\"\nexchange-licensed = \"none\"\n";
    let user = user("user3@contoso.com")
        .with("proxyAddresses", "SMTP:user1@contoso.com")
        .with("mail", "user2@contoso.com");
    let report = Lab::with_settings(settings).forest("contoso.com", &[user]).run();
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::UpnSuffixNotVerified);
    let held = cloud(&report, "X");
    assert_eq!(held.mail_nickname.as_deref(), Some("user1"));
    assert_eq!(held.user_principal_name.as_deref(), Some("user1@contoso.onmicrosoft.com"));
}

#[test]
fn e2_an_alias_set_later_leaves_the_name_plan_connect_userprincipalname() {
    let settings = "[tenant]\ninitial-domain = \"contoso.onmicrosoft.com\"\nexchange-licensed = \"none\"\n";
    let user = user("user3@contoso.com")
        .with("proxyAddresses", "SMTP:user1@contoso.com")
        .with("mailNickname", "user4");
    let tenant = row(
        r#""userPrincipalName":"user1@contoso.onmicrosoft.com","onPremisesUserPrincipalName":"user3@contoso.com",
           "mailNickname":"user1","proxyAddresses":["SMTP:user1@contoso.com"]"#,
    );
    let report = Lab::with_settings(settings).forest("contoso.com", &[user]).tenant(&tenant).run();
    let held = cloud(&report, "X");
    assert_eq!(held.mail_nickname.as_deref(), Some("user4"));
    assert_eq!(held.user_principal_name.as_deref(), Some("user1@contoso.onmicrosoft.com"));
    assert_eq!(held.matched, "existing");
}

#[test]
fn e3_a_verified_suffix_is_used_plan_connect_userprincipalname() {
    let user = user("user5@verified.contoso.com").with("mailNickname", "user4");
    let tenant = row(
        r#""userPrincipalName":"user1@contoso.onmicrosoft.com","onPremisesUserPrincipalName":"user3@contoso.com",
           "mailNickname":"user4""#,
    );
    let report = lab(UNLICENSED).forest("contoso.com", &[user]).tenant(&tenant).run();
    let held = cloud(&report, "X");
    assert_eq!(held.user_principal_name.as_deref(), Some("user5@verified.contoso.com"));
    assert_eq!(held.mail_nickname.as_deref(), Some("user4"));
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
}

#[test]
fn e4_an_invisible_character_troubleshoot_aad_connect_objects_attributes() {
    let user = user("John.Sm\u{200b}ith@contoso.com").with("mailNickname", "smithj");
    let report = run("", user);
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::UpnInvalid);
    assert_eq!(cloud(&report, "X").user_principal_name.as_deref(), Some("smithj@contoso.onmicrosoft.com"));
}

#[test]
fn e5_a_duplicate_name_gets_digits_number_add_username_email_address() {
    let second = Entry::user("CN=X,OU=Corp,DC=contoso,DC=com", 2, "john@contoso.com", true);
    let tenant = r#"[{"id":"1","userPrincipalName":"john@contoso.com","onPremisesSyncEnabled":null,
        "onPremisesImmutableId":"AAAA","proxyAddresses":[]}]"#;
    let report = lab("").forest("contoso.com", &[second]).tenant(tenant).run();
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::UpnQuarantined);
    let held = cloud(&report, "X");
    assert_eq!(held.user_principal_name.as_deref(), Some("john####@contoso.onmicrosoft.com"));
    let numbered = "smtp:john####@contoso.onmicrosoft.com";
    assert!(held.proxy_addresses.iter().any(|own| own.eq_ignore_ascii_case(numbered)), "{held:?}");
}

#[test]
fn f1a_only_a_name_unlicensed_proxyaddresses_attribute_populate() {
    let report = run(UNLICENSED, user("user1upn@Contoso.com"));
    holds(&report, (Some("user1upn"), Some("user1upn@Contoso.com"), None, &[]));
}

#[test]
fn f1b_the_same_licensed_later_proxyaddresses_attribute_populate() {
    let tenant = row(
        r#""userPrincipalName":"user1upn@Contoso.com","mailNickname":"user1upn","proxyAddresses":[],
           "assignedPlans":[{"service":"exchange","capabilityStatus":"Enabled","servicePlanId":"efb87545-963c-4e0d-99df-69c6916d9eb0"}]"#,
    );
    let report = lab("").forest("contoso.com", &[user("user1upn@Contoso.com")]).tenant(&tenant).run();
    let addresses = ["SMTP:user1upn@Contoso.com", "smtp:user1upn@contoso.onmicrosoft.com"];
    holds(
        &report,
        (Some("user1upn"), Some("user1upn@Contoso.com"), Some("user1upn@Contoso.com"), &addresses),
    );
}

#[test]
fn f2a_mail_and_name_unlicensed_proxyaddresses_attribute_populate() {
    let report = run(UNLICENSED, user("user2upn@Contoso.com").with("mail", "user2mail@Contoso.com"));
    let mail = Some("user2mail@Contoso.com");
    holds(&report, (Some("user2mail"), Some("user2upn@Contoso.com"), mail, &["SMTP:user2mail@Contoso.com"]));
}

#[test]
fn f2b_the_same_licensed_proxyaddresses_attribute_populate() {
    let report = run("", user("user2upn@Contoso.com").with("mail", "user2mail@Contoso.com"));
    let addresses =
        ["SMTP:user2mail@Contoso.com", "smtp:user2upn@Contoso.com", "smtp:user2mail@contoso.onmicrosoft.com"];
    let mail = Some("user2mail@Contoso.com");
    holds(&report, (Some("user2mail"), Some("user2upn@Contoso.com"), mail, &addresses));
}

#[test]
fn f4a_only_a_name_licensed_proxyaddresses_attribute_populate() {
    let report = run("", user("user4upn@Contoso.com"));
    let addresses = ["SMTP:user4upn@Contoso.com", "smtp:user4upn@contoso.onmicrosoft.com"];
    holds(
        &report,
        (Some("user4upn"), Some("user4upn@Contoso.com"), Some("user4upn@Contoso.com"), &addresses),
    );
}

#[test]
fn f4b_licence_removed_proxyaddresses_attribute_populate() {
    let tenant = row(
        r#""userPrincipalName":"user4upn@Contoso.com","mailNickname":"user4upn","assignedLicenses":[],"assignedPlans":[],
           "proxyAddresses":["SMTP:user4upn@Contoso.com","smtp:user4upn@contoso.onmicrosoft.com"]"#,
    );
    let report = lab(UNLICENSED).forest("contoso.com", &[user("user4upn@Contoso.com")]).tenant(&tenant).run();
    let moera = "user4upn@contoso.onmicrosoft.com";
    let addresses = ["SMTP:user4upn@contoso.onmicrosoft.com"];
    holds(&report, (Some("user4upn"), Some("user4upn@Contoso.com"), Some(moera), &addresses));
    // Step 10: another address on premises brings the name back; the address at the initial domain stays primary.
    let more = user("user4upn@Contoso.com").with("proxyAddresses", "smtp:more@contoso.com");
    let report = lab(UNLICENSED).forest("contoso.com", &[more]).tenant(&tenant).run();
    let addresses =
        ["SMTP:user4upn@contoso.onmicrosoft.com", "smtp:more@contoso.com", "smtp:user4upn@Contoso.com"];
    holds(&report, (Some("user4upn"), Some("user4upn@Contoso.com"), Some(moera), &addresses));
}

#[test]
fn f5_alias_change_after_licensing_proxyaddresses_attribute_populate() {
    let tenant = row(r#""userPrincipalName":"user5upn@Contoso.com","mailNickname":"user5upn",
           "proxyAddresses":["SMTP:user5upn@Contoso.com","smtp:user5upn@contoso.onmicrosoft.com"]"#);
    let user = user("user5upn@Contoso.com").with("mailNickname", "user5new1");
    let report = lab("").forest("contoso.com", &[user]).tenant(&tenant).run();
    let addresses = ["SMTP:user5upn@Contoso.com", "smtp:user5upn@contoso.onmicrosoft.com"];
    holds(
        &report,
        (Some("user5new1"), Some("user5upn@Contoso.com"), Some("user5upn@Contoso.com"), &addresses),
    );
}

#[test]
fn f7_f8_f9_one_source_of_an_address_objects_dont_sync_ad_sync_tool() {
    let only_address = user("other@contoso.com").with("proxyAddresses", "SMTP:user1@contoso.com");
    let only_mail = user("other@contoso.com").with("mail", "User1@contoso.com");
    for entry in [only_address, only_mail, user("User1@contoso.com")] {
        let report = run("", entry);
        let held = cloud(&report, "X");
        let has = |address: &str| held.proxy_addresses.iter().any(|own| own.eq_ignore_ascii_case(address));
        assert!(held.proxy_addresses[0].eq_ignore_ascii_case("SMTP:user1@contoso.com"), "{held:?}");
        assert!(held.proxy_addresses[0].starts_with("SMTP:"), "{held:?}");
        assert!(has("smtp:user1@contoso.onmicrosoft.com"), "{held:?}");
    }
}

#[test]
fn f10_a_blank_after_the_colon_troubleshoot_aad_connect_objects_attributes() {
    let user =
        user("x@contoso.com").with("proxyAddresses", "SMTP: x@contoso.com").with("mailNickname", "nick");
    for settings in ["", UNLICENSED] {
        let report = run(settings, user.clone());
        expect(&report, "X", Outcome::SyncedWithChanges, Reason::AddressDropped);
        assert_eq!(cloud(&report, "X").mail.as_deref(), Some("nick@contoso.onmicrosoft.com"));
    }
}

#[test]
fn f11_mail_removed_from_a_security_group_sg_mail_enabled_sync() {
    let group = Entry::new("CN=X,OU=Corp,DC=contoso,DC=com", "group", 3)
        .with("sAMAccountName", "gx")
        .with("mailNickname", "gx")
        .with("displayName", "GX")
        .with("groupType", "-2147483640")
        .sid(1, 2001);
    let tenant = format!(
        r##"[{{"@odata.type":"#microsoft.graph.group","id":"g1","onPremisesSyncEnabled":true,"mailEnabled":true,
           "onPremisesSecurityIdentifier":"{}","mailNickname":"gx","mail":"gx@contoso.com",
           "proxyAddresses":["SMTP:gx@contoso.com","smtp:gx@contoso.onmicrosoft.com"]}}]"##,
        common::sid_text(1, 2001)
    );
    let report = lab("").forest("contoso.com", &[group]).tenant(&tenant).run();
    let held = cloud(&report, "X");
    assert_eq!(
        (held.matched.as_str(), held.mail.as_deref()),
        ("existing", Some("gx@contoso.onmicrosoft.com"))
    );
    assert_eq!(held.proxy_addresses, ["SMTP:gx@contoso.onmicrosoft.com"]);
}

#[test]
fn f3_steps_1_to_4_what_is_dropped_proxyaddresses_attribute_populate() {
    let cases = [
        ("smtp:a@fabrikam.onmicrosoft.com", Reason::AddressSuffixReserved),
        ("smtp:a@x.microsoftonline.com", Reason::AddressSuffixReserved),
        ("X400:c=US;a= ;p=Org;o=Site;s=Okoro", Reason::AddressTypeDropped),
        ("MSMAIL:ORG/PO/NIA", Reason::AddressTypeDropped),
        ("a@contoso.com", Reason::AddressDropped),
        ("smtp:a b@contoso.com", Reason::AddressDropped),
        ("smtp:a@unverified.example", Reason::AddressSuffixNotVerified),
    ];
    for (address, reason) in cases {
        let user = user("x@contoso.com")
            .with("proxyAddresses", "SMTP:x@contoso.com")
            .with("proxyAddresses", address);
        let report = run("", user);
        expect(&report, "X", Outcome::SyncedWithChanges, reason);
        let held = cloud(&report, "X");
        assert!(!held.proxy_addresses.iter().any(|own| own.contains(address)), "{address}: {held:?}");
    }
    for address in ["SIP:x@contoso.com", "x500:/o=Org/cn=x", "smtp:x@contoso.mail.onmicrosoft.com"] {
        let user = user("x@contoso.com")
            .with("proxyAddresses", "SMTP:x@contoso.com")
            .with("proxyAddresses", address);
        let report = run("", user);
        expect(&report, "X", Outcome::Synced, Reason::Provisioned);
        assert!(cloud(&report, "X").proxy_addresses.iter().any(|own| own == address), "{address}");
    }
    // The cloud makes this one itself: nothing is lost.
    let own = user("x@contoso.com")
        .with("proxyAddresses", "smtp:x@contoso.onmicrosoft.com")
        .with("mailNickname", "x");
    expect(&run("", own), "X", Outcome::Synced, Reason::Provisioned);
}

#[test]
fn f3_step_4_only_mailboxes_lose_unverified_domains_shadow_attributes() {
    let entry = || user("x@contoso.com").with("proxyAddresses", "SMTP:x@elsewhere.example");
    expect(&run(UNLICENSED, entry()), "X", Outcome::Synced, Reason::Provisioned);
    expect(&run("", entry()), "X", Outcome::SyncedWithChanges, Reason::AddressSuffixNotVerified);
    // mail-user-who-has-proxy-addresses-that-use-non-verified-domains-not-synced.md
    let left = entry().with("msExchRemoteRecipientType", "8");
    expect(&run(UNLICENSED, left), "X", Outcome::SyncedWithChanges, Reason::AddressSuffixNotVerified);
    let contact = Entry::new("CN=X,OU=Corp,DC=contoso,DC=com", "contact", 4)
        .with("mail", "x@elsewhere.example")
        .with("proxyAddresses", "SMTP:x@elsewhere.example");
    let report = run("", contact);
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
    assert_eq!(cloud(&report, "X").proxy_addresses, ["SMTP:x@elsewhere.example"]);
}

#[test]
fn f3_step_5_only_secondary_addresses_proxyaddresses_attribute_populate() {
    let user = user("x@contoso.com")
        .with("proxyAddresses", "smtp:second@contoso.com")
        .with("mail", "hidden@contoso.com");
    let report = run("", user);
    let addresses = ["SMTP:hidden@contoso.onmicrosoft.com", "smtp:second@contoso.com", "smtp:x@contoso.com"];
    let mail = Some("hidden@contoso.onmicrosoft.com");
    holds(&report, (Some("hidden"), Some("x@contoso.com"), mail, &addresses));
}

#[test]
fn f3_step_6_a_mail_enabled_group_gets_an_address_at_the_initial_domain() {
    let group = Entry::new("CN=X,OU=Corp,DC=contoso,DC=com", "group", 5)
        .with("sAMAccountName", "gx")
        .with("mailNickname", "gx")
        .with("groupType", "8")
        .with("mail", "gx@contoso.com")
        .with("proxyAddresses", "SMTP:gx@contoso.com");
    let report = run("", group);
    let addresses = ["SMTP:gx@contoso.com", "smtp:gx@contoso.onmicrosoft.com"];
    holds(&report, (Some("gx"), None, Some("gx@contoso.com"), &addresses));
}

#[test]
fn d4_19_the_second_of_two_equal_aliases_gets_digits_in_its_address() {
    let one = Entry::user("CN=A,OU=Corp,DC=contoso,DC=com", 1, "a@contoso.com", true)
        .with("mailNickname", "albert");
    let two = Entry::user("CN=X,OU=Corp,DC=contoso,DC=com", 2, "x@contoso.com", true)
        .with("mailNickname", "Albert");
    let report = lab("").forest("contoso.com", &[one, two]).run();
    for name in ["A", "X"] {
        expect(&report, name, Outcome::Synced, Reason::Provisioned);
    }
    assert!(cloud(&report, "A").proxy_addresses.contains(&"smtp:albert@contoso.onmicrosoft.com".to_owned()));
    let held = cloud(&report, "X");
    assert!(held.proxy_addresses.contains(&"smtp:Albert####@contoso.onmicrosoft.com".to_owned()), "{held:?}");
    assert_eq!(held.mail_nickname.as_deref(), Some("Albert"));
}

#[test]
fn an_alternate_login_id_takes_the_place_of_the_name() {
    let settings = format!("{SETTINGS}[sync]\nlogin-attribute = \"mail\"\n");
    let user = user("x@corp.local").with("mail", "nia@contoso.com");
    let report = Lab::with_settings(&settings).forest("contoso.com", &[user]).run();
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
    assert_eq!(cloud(&report, "X").user_principal_name.as_deref(), Some("nia@contoso.com"));
}

#[test]
fn without_a_described_tenant_no_suffix_is_judged_but_those_that_nobody_can_verify() {
    let lab = |upn: &str| Lab::new().forest("contoso.com", &[user(upn)]).run();
    expect(&lab("x@anything.example"), "X", Outcome::Synced, Reason::Provisioned);
    let report = lab("x@corp.local");
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::UpnSuffixNotVerified);
    assert_eq!(cloud(&report, "X").user_principal_name, None);
    assert_eq!(object(&report, "X").cloud.as_ref().unwrap().matched, "new");
}
#[test]
fn i5_exchange_attributes_managed_in_the_cloud_stay_as_they_are() {
    let tenant =
        row(r#""userPrincipalName":"x@contoso.com","mailNickname":"cloudnick","mail":"cloud@contoso.com",
           "IsExchangeCloudManaged":true,"proxyAddresses":["SMTP:cloud@contoso.com"]"#);
    let user = user("x@contoso.com")
        .with("mailNickname", "nick")
        .with("proxyAddresses", "SMTP:nick@unverified.example");
    let report = lab("").forest("contoso.com", &[user]).tenant(&tenant).run();
    holds(
        &report,
        (Some("cloudnick"), Some("x@contoso.com"), Some("cloud@contoso.com"), &["SMTP:cloud@contoso.com"]),
    );
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
}

#[test]
fn i5_new_users_arrive_without_exchange_attributes_where_the_cloud_manages_them() {
    let settings = "[tenant.features]\nexchange-attributes-cloud-managed-by-default = true\n";
    let entry =
        user("x@contoso.com").with("mailNickname", "nick").with("proxyAddresses", "SMTP:nick@contoso.com");
    let report = run(settings, entry.clone());
    expect(&report, "X", Outcome::SyncedWithChanges, Reason::ExchangeAttributesIgnored);
    let addresses = ["SMTP:x@contoso.com", "smtp:x@contoso.onmicrosoft.com"];
    holds(&report, (Some("x"), Some("x@contoso.com"), Some("x@contoso.com"), &addresses));
    // Nothing is stated that could be lost.
    expect(&run(settings, user("x@contoso.com")), "X", Outcome::Synced, Reason::Provisioned);
    // An existing user is managed as the tenant file says.
    let tenant = row(r#""userPrincipalName":"x@contoso.com","proxyAddresses":["SMTP:nick@contoso.com"]"#);
    let report = lab(settings).forest("contoso.com", &[entry]).tenant(&tenant).run();
    expect(&report, "X", Outcome::Synced, Reason::Provisioned);
}

const GROUP: &str = "CN=Mailboxes,OU=Groups,DC=contoso,DC=com";

fn licensed(entries: &[&str]) -> Lab {
    lab(&format!("exchange-licensed = {entries:?}\n"))
}

fn named(name: &str, unit: &str, number: u8) -> Entry {
    Entry::user(
        &format!("CN={name},OU={unit},DC=contoso,DC=com"),
        number,
        &format!("{name}@contoso.com"),
        true,
    )
}

fn group(dn: &str, number: u8, members: &[&str]) -> Entry {
    let group = Entry::new(dn, "group", number).with("sAMAccountName", &number.to_string());
    members.iter().fold(group.with("groupType", "-2147483646"), |group, member| group.with("member", member))
}

/// With a licence and nothing else, the name becomes the address.
fn has_mailbox(report: &presync::report::Report, name: &str) -> bool {
    !cloud(report, name).proxy_addresses.is_empty()
}

#[test]
fn licences_by_group_reach_direct_members_and_those_by_unit_everybody_below() {
    let inner = "CN=Inner,OU=Groups,DC=contoso,DC=com";
    let entries = [
        named("Direct", "Corp", 1),
        named("Nested", "Corp", 2),
        named("Below", "Staff", 3),
        named("Primary", "Corp", 4).with("primaryGroupID", "1105"),
        group(GROUP, 5, &["CN=direct,OU=Corp,DC=contoso,DC=com", inner]).sid(1, 1105),
        group(inner, 6, &["CN=Nested,OU=Corp,DC=contoso,DC=com"]),
    ];
    let lab = licensed(&["cn=mailboxes, ou=Groups,dc=contoso,dc=com", "OU=Staff,DC=contoso,DC=com"]);
    let prediction = lab.forest("contoso.com", &entries).predict();
    assert_eq!(prediction.notices, [""; 0]);
    let holders = ["Direct", "Nested", "Below", "Primary"].map(|name| has_mailbox(&prediction.report, name));
    assert_eq!(holders, [true, false, true, false]);
}

#[test]
fn a_licence_by_group_reaches_the_user_that_a_member_is_joined_to() {
    let account = Entry::user("CN=Account,DC=acc,DC=test", 1, "ada@contoso.com", true).sid(1, 1101);
    let mailbox = Entry::user("CN=Mailbox,OU=M,DC=contoso,DC=com", 2, "m@contoso.com", false)
        .sid(2, 2101)
        .with("mailNickname", "ada")
        .with("msExchRecipientTypeDetails", "2")
        .binary("msExchMasterAccountSid", &sid(1, 1101));
    let forest = [mailbox, group(GROUP, 3, &["CN=Mailbox,OU=M,DC=contoso,DC=com"])];
    let settings = format!("exchange-licensed = [{GROUP:?}]\n[sync]\nuser-matching = \"object-sid\"\n");
    let report = lab(&settings).forest("acc.test", &[account]).forest("contoso.com", &forest).run();
    assert_eq!(outcome(&report, "Mailbox"), Outcome::Joined);
    assert!(has_mailbox(&report, "Account"));
}

#[test]
fn entries_of_the_licence_list_that_mean_nobody_are_told() {
    let entries = [
        "OU=Corp,DC=contoso,DC=com",
        "OU=Typo,DC=contoso,DC=com",
        "DC=contoso,DC=com",
        GROUP,
        "CN=Gone,DC=contoso,DC=com",
        "CN=X,OU=Corp,DC=contoso,DC=com",
    ];
    let notices = |objects: &[Entry]| licensed(&entries).forest("contoso.com", objects).predict().notices;
    let nothing = "[tenant] exchange-licensed names nothing in the input: OU=Typo,DC=contoso,DC=com";
    let empty = format!("[tenant] exchange-licensed names a group that has no members in the input: {GROUP}");
    let one = user("x@contoso.com");
    let expected = [format!("{nothing} (and 1 more)"), empty];
    assert_eq!(notices(&[one.clone(), group(GROUP, 2, &[])]), expected);
    let member = group(GROUP, 2, &["CN=X,OU=Corp,DC=contoso,DC=com"]);
    assert_eq!(notices(&[one.clone(), member]), [format!("{nothing} (and 1 more)")]);
    assert_eq!(notices(&[one]), [format!("{nothing} (and 2 more)")]);
}
