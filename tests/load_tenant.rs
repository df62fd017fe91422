//! Tenant files through the public loader, one test per shape of `input-formats` sections 9 and 15 (read 2026-11-20).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::slice::from_ref;

use presync::directory::{InputFormat, InputRole, Source};
use presync::load::{Limits, LoadError, tenant};
use presync::tenant::{CloudKind, CloudObject, CloudProperty as P};

fn read(text: &str) -> Result<(Vec<CloudObject>, Source), LoadError> {
    tenant::read(&mut text.as_bytes(), "tenant.json", &Limits::default())
}

fn load(text: &str) -> (Vec<CloudObject>, Source) {
    read(text).unwrap()
}

fn refusal(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn addresses(object: &CloudObject) -> Vec<&str> {
    object.texts(P::ProxyAddresses).collect()
}

fn ids(objects: &[CloudObject]) -> Vec<&str> {
    objects.iter().map(CloudObject::id).collect()
}

fn warnings(source: &Source) -> Vec<&str> {
    source.warnings.iter().map(|warning| warning.id).collect()
}

/// A user that lacks nothing.
fn user(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","userPrincipalName":"{id}@corp.example","displayName":"{id}","accountEnabled":true,
            "onPremisesImmutableId":"AAECAwQFBgcICQoLDA0ODw==","onPremisesSyncEnabled":true,"mailNickname":"{id}",
            "onPremisesDistinguishedName":"CN={id},DC=corp,DC=example","mail":"{id}@corp.example",
            "onPremisesSecurityIdentifier":"S-1-5-21-1-2-3-1105",
            "proxyAddresses":["SMTP:{id}@corp.example","smtp:{id}2@corp.example"],"onPremisesProvisioningErrors":[]}}"#
    )
}

fn page(resource: &str, objects: &[String], rest: &str) -> String {
    let context = format!(r#""@odata.context":"https://graph.example/v1.0/$metadata#{resource}""#);
    format!(r#"{{{context}{rest},"value":[{}]}}"#, objects.join(","))
}

#[test]
fn a_page_of_users() {
    let (objects, source) = load(&page("users(id,mail)", &[user("a"), user("b")], ""));
    let user = &objects[0];
    let texts = [
        (P::Id, "a"),
        (P::ImmutableId, "AAECAwQFBgcICQoLDA0ODw=="),
        (P::SecurityIdentifier, "S-1-5-21-1-2-3-1105"),
        (P::DistinguishedName, "CN=a,DC=corp,DC=example"),
        (P::UserPrincipalName, "a@corp.example"),
        (P::DisplayName, "a"),
        (P::Mail, "a@corp.example"),
        (P::MailNickname, "a"),
    ];
    for (property, text) in texts {
        assert_eq!(user.text(property), Some(text), "{property:?}");
    }
    assert_eq!(addresses(user), ["SMTP:a@corp.example", "smtp:a2@corp.example"]);
    assert_eq!((user.kind(), user.flag(P::SyncEnabled)), (CloudKind::User, Some(true)));
    assert_eq!(user.flag(P::AccountEnabled), Some(true));
    assert_eq!((source.role, source.format, source.objects), (InputRole::Tenant, InputFormat::TenantJson, 2));
    assert_eq!((source.forest.as_deref(), source.complete), (None, true));
    assert_eq!(warnings(&source), [""; 0]);
}

#[test]
fn every_arrangement_of_the_same_users_gives_the_same() {
    let (a, b) = (user("a"), user("b"));
    let (page_a, page_b) = (page("users", from_ref(&a), ""), page("users", from_ref(&b), ""));
    let one_line = |text: &str| text.replace('\n', " ");
    for text in [
        page("users", &[a.clone(), b.clone()], ""),
        format!("[{page_a},{page_b}]"),
        format!("[{a},{b}]"),
        format!("{}\n{}\n", one_line(&a), one_line(&b)),
        format!("{}\r\n{}", one_line(&page_a), one_line(&page_b)),
        format!("{page_a}{page_b}"),
        format!("[[{a}],[{b}]]"),
        format!(r#"{{"value":[{a},{b}],"@odata.context":"https://graph.example/$metadata#users"}}"#),
    ] {
        let (objects, source) = load(&text);
        assert_eq!(ids(&objects), ["a", "b"], "{text}");
        assert!(objects.iter().all(|object| object.kind() == CloudKind::User));
        assert_eq!((source.objects, warnings(&source).len()), (2, 0), "{text}");
    }
    assert_eq!(ids(&load(&a).0), ["a"]);
}

#[test]
fn a_next_link_on_the_last_page_means_that_objects_are_missing() {
    let next = r#","@odata.nextLink":"https://graph.example/v1.0/users?$skiptoken=abc""#;
    let (first, last) = (page("users", &[user("a")], next), page("users", &[user("b")], ""));
    let (_, source) = load(&first);
    assert_eq!((warnings(&source), source.complete), (vec!["next-link-left"], false));
    let (_, source) = load(&format!("{first}{last}"));
    assert!(source.complete, "the link of the first page was followed");
    let groups = page("groups", &[], "");
    let (_, source) = load(&format!("{last}{first}{groups}"));
    assert!(!source.complete, "another resource does not end the users");
    let delta = r#","@odata.deltaLink":"https://graph.example/v1.0/users/delta?x""#;
    assert!(load(&page("users", &[user("a")], delta)).1.complete);
}

#[test]
fn removed_objects_of_a_delta_are_counted_and_deleted_ones_are_loaded() {
    let removed = r#"{"id":"c","@removed":{"reason":"changed"}}"#.to_owned();
    let deleted = user("d").replace(r#""mail":"#, r#""deletedDateTime":"2026-01-01T00:00:00Z","mail":"#);
    let live = user("e").replace(r#""mail":"#, r#""deletedDateTime":null,"mail":"#);
    let (objects, source) = load(&page("users", &[user("a"), removed, deleted, live], ""));
    assert_eq!(ids(&objects), ["a", "d", "e"]);
    let flags: Vec<_> = objects.iter().map(|object| object.flag(P::Deleted)).collect();
    assert_eq!(flags, [None, Some(true), Some(false)]);
    assert_eq!(objects[1].text(P::ImmutableId), Some("AAECAwQFBgcICQoLDA0ODw=="));
    assert_eq!(source.skipped.iter().collect::<Vec<_>>(), [(&"removed", &1)]);
    assert_eq!((source.objects, warnings(&source)), (3, vec![]));
}

#[test]
fn missing_is_unknown_and_null_is_no_value() {
    let (objects, source) = load(r#"[{"id":"a","userPrincipalName":"a@x.example"}]"#);
    assert_eq!(objects[0].text(P::ImmutableId), None);
    let untold = ["anchor-not-exported", "proxy-addresses-not-exported", "sync-state-not-exported"];
    assert_eq!(warnings(&source), untold);
    let nulls = r#"[{"id":"a","userPrincipalName":"a@x.example","onPremisesImmutableId":null,
        "onPremisesSyncEnabled":null,"proxyAddresses":[]}]"#;
    let (objects, source) = load(nulls);
    assert_eq!((objects[0].flag(P::SyncEnabled), warnings(&source).len()), (None, 0));
    // PowerShell writes null for what was not asked for, too.
    let powershell = r#"{"Id":"a","UserPrincipalName":"a@x.example","OnPremisesImmutableId":null,
        "OnPremisesSyncEnabled":null,"ProxyAddresses":null}"#;
    assert_eq!(warnings(&load(powershell).1), untold);
}

#[test]
fn objects_as_powershell_writes_them() {
    let text = r##"[{"Id":"a","UserPrincipalName":"a@x.example","OnPremisesImmutableId":"Zm9v","AccountEnabled":"True",
            "OnPremisesSyncEnabled":false,"CreatedDateTime":"\/Date(1767225600000)\/",
            "ProxyAddresses":"SMTP:a@x.example smtp:b@x.example"},
        {"Id":"b","UserPrincipalName":"b@x.example","ProxyAddresses":"System.Object[]"},
        {"Id":"c","UserPrincipalName":"c@x.example","ProxyAddresses":{"value":["SMTP:c@x.example"],"Count":1}},
        {"Id":"d","DeletedDateTime":null,"AdditionalProperties":{"@odata.type":"#microsoft.graph.group",
            "displayName":"D","proxyAddresses":["smtp:d@x.example"],"onPremisesSyncEnabled":true}}]"##;
    let (objects, source) = load(text);
    assert_eq!(ids(&objects), ["a", "b", "c", "d"]);
    assert_eq!(addresses(&objects[0]), ["SMTP:a@x.example", "smtp:b@x.example"]);
    assert_eq!(
        (objects[0].flag(P::AccountEnabled), objects[0].flag(P::SyncEnabled)),
        (Some(true), Some(false))
    );
    assert!(addresses(&objects[1]).is_empty());
    assert_eq!(addresses(&objects[2]), ["SMTP:c@x.example"]);
    assert_eq!((objects[3].kind(), objects[3].text(P::DisplayName)), (CloudKind::Group, Some("D")));
    assert_eq!((warnings(&source), source.complete), (vec!["depth-cut"], false));
}

#[test]
fn kinds_come_from_type_context_or_properties() {
    let typed = r##"{"id":"t","@odata.type":"#microsoft.graph.orgContact","proxyAddresses":[]}"##;
    let group = r#"{"id":"g","groupTypes":[],"securityEnabled":true,"proxyAddresses":[]}"#;
    let device = r#"{"id":"d","deviceId":"5a01","accountEnabled":true}"#;
    let contact = r#"{"id":"c","mail":"c@x.example","phones":[],"proxyAddresses":[]}"#;
    let kinds = |text: &str| load(text).0.iter().map(CloudObject::kind).collect::<Vec<_>>();
    let expected = [CloudKind::Contact, CloudKind::Group, CloudKind::Device, CloudKind::Contact];
    assert_eq!(kinds(&format!("[{typed},{group},{device},{contact}]")), expected);
    let bare = r#"{"id":"x","mail":"x@x.example"}"#.to_owned();
    assert_eq!(kinds(&page("groups", from_ref(&bare), "")), [CloudKind::Group]);
    assert_eq!(kinds(&page("contacts", from_ref(&bare), "")), [CloudKind::Contact]);
    let members = page("groups('5a01')/members", &[typed.to_owned(), bare], "");
    let (objects, source) = load(&members);
    assert_eq!(ids(&objects), ["t"]);
    assert_eq!(source.skipped.get("other-resource"), Some(&1));
}

#[test]
fn an_empty_tenant_is_a_tenant() {
    assert_eq!(load(&page("users", &[], "")).1.objects, 0);
    assert_eq!(load("[]").1.objects, 0);
}

#[test]
fn other_files_are_refused_in_clear_words() {
    let registrations = r#"{"@odata.context":"https://graph.example/v1.0/$metadata#reports/authenticationMethods",
        "value":[{"id":"a","userPrincipalName":"a@x.example","isMfaRegistered":true}]}"#;
    assert!(refusal(registrations).contains("an export of reports"), "{}", refusal(registrations));
    let bare = r#"[{"id":"a","userPrincipalName":"a@x.example","isMfaRegistered":true}]"#;
    assert!(refusal(bare).contains("something other than users"));
    assert!(refusal(r#"{"data":[{"Properties":{}}],"meta":{"type":"users"}}"#).contains("BloodHound"));
    let directory = r#"[{"DistinguishedName":"CN=a,DC=x","SamAccountName":"a","UserPrincipalName":"a@x"}]"#;
    assert!(refusal(directory).contains("Give it as a source"));
    assert!(refusal("dn: CN=a,DC=x\ncn: a\n").contains("Give it as a source"));
    assert!(refusal("DistinguishedName,mail\n\"CN=a,DC=x\",a@x\n").contains("Give it as a source"));
    assert!(refusal("").contains("it is empty"));
    let denied = r#"{"error":{"code":"InvalidAuthenticationToken","message":"expired"}}"#;
    assert!(refusal(denied).contains("an error answer (InvalidAuthenticationToken)"));
}

#[test]
fn broken_json_is_reported_with_its_line() {
    let whole = page("users", &[user("a"), user("b")], "");
    let cut = whole.get(..whole.len() - 40).unwrap();
    let message = refusal(cut);
    assert!(message.starts_with("tenant.json:") && message.contains("ends in the middle"), "{message}");
    let message = refusal("[{\"id\":\"a\"},\n{\"id\" \"b\"}]");
    assert!(message.starts_with("tenant.json:2: the JSON is broken"), "{message}");
    assert!(refusal(&"[".repeat(100)).contains("nests too deep"));
    let deep =
        format!(r#"[{{"id":"a","userPrincipalName":"a","x":{}1{}}}]"#, "[".repeat(9000), "]".repeat(9000));
    assert_eq!(ids(&load(&deep).0), ["a"], "what is not read may nest as it likes");
}

#[test]
fn objects_without_an_id() {
    let (objects, source) =
        load(r#"[{"userPrincipalName":"a@x.example"},{"displayName":"b","userType":"Guest"}]"#);
    assert_eq!(ids(&objects), ["a@x.example"]);
    assert_eq!(source.skipped.get("missing-id"), Some(&1));
    assert!(warnings(&source).contains(&"id-not-exported"));
}

#[test]
fn downloads_of_the_admin_centre() {
    let newer = "userPrincipalName,displayName,surname,mail,givenName,id,userType,accountEnabled,directorySynced\r\n\
        a@x.example,=A,,a@x.example,,1,Member,True,True\r\nb@x.example,B,,,,2,Guest,False,\r\n";
    let (objects, source) = load(newer);
    assert_eq!(ids(&objects), ["1", "2"]);
    assert_eq!(
        (objects[0].flag(P::SyncEnabled), objects[1].flag(P::AccountEnabled)),
        (Some(true), Some(false))
    );
    assert_eq!(objects[0].text(P::DisplayName), Some("=A"));
    assert_eq!(source.format, InputFormat::TenantCsv);
    assert_eq!(warnings(&source), ["anchor-not-exported", "proxy-addresses-not-exported"]);
    let shown = "User principal name;Object Id;Proxy addresses;On-premises immutable ID;Block credential;DirSyncEnabled\n\
        a@x.example;1;SMTP:a@x.example+smtp;Zm9v;False;True\n";
    let (objects, _) = load(shown);
    assert_eq!(
        (objects[0].text(P::ImmutableId), objects[0].flag(P::AccountEnabled)),
        (Some("Zm9v"), Some(true))
    );
}

#[test]
fn exports_of_the_retired_modules() {
    let text = "#TYPE Microsoft.Online.Administration.User\n\
        \"UserPrincipalName\",\"ObjectId\",\"ImmutableId\",\"ProxyAddresses\",\"LastDirSyncTime\",\"BlockCredential\"\n\
        \"a@x.example\",\"1\",\"Zm9v\",\"System.Collections.Generic.List`1[System.String]\",\"3/29/2026\",\"True\"\n\
        \"b@x.example\",\"2\",,,,\"False\"\n\"c@x.example\",\"3\"\n";
    let (objects, source) = load(text);
    assert_eq!((objects[0].flag(P::SyncEnabled), objects[1].flag(P::SyncEnabled)), (Some(true), None));
    assert_eq!(objects[0].flag(P::AccountEnabled), Some(false));
    assert_eq!(source.skipped.get("bad-row"), Some(&1));
    assert_eq!(warnings(&source), ["depth-cut", "proxy-addresses-not-exported", "bad-row"]);
}

#[test]
fn a_redirected_file_is_utf16() {
    let text = page("users", &[user("j\u{fc}rgen")], "");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let (objects, _) = presync::load::load_tenant(file.path().to_str().unwrap()).unwrap();
    assert_eq!(ids(&objects), ["j\u{fc}rgen"]);
}

mod any_text {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn never_panics(text in "[\\[{]?[\\[\\]{},:\"a-z0-9 \n.#@-]{0,80}") {
            let _ = read(&text);
        }

        #[test]
        fn a_cut_file_never_panics(length in 0_usize..400) {
            let whole = page("users", &[user("a")], "");
            let _ = read(whole.get(..length).unwrap_or(&whole));
        }
    }
}
