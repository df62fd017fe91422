//! Tenant files as each product writes them, one test per export of `entra-outcomes` section J (read 2026-11-25).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use presync::directory::Source;
use presync::load::{Limits, tenant};
use presync::tenant::{CloudKind, CloudObject, CloudProperty as P, Tenant};

fn load(text: &str) -> (Vec<CloudObject>, Source) {
    tenant::read(&mut text.as_bytes(), "tenant", &Limits::default()).unwrap()
}

fn refusal(text: &str) -> String {
    tenant::read(&mut text.as_bytes(), "tenant", &Limits::default()).unwrap_err().to_string()
}

fn warnings(source: &Source) -> Vec<&str> {
    source.warnings.iter().map(|warning| warning.id).collect()
}

fn texts(object: &CloudObject, property: P) -> Vec<&str> {
    object.texts(property).collect()
}

const GRAPH_USER: &str = r#"{"@odata.context":"https://graph.example/beta/$metadata#users","value":[{
    "id":"5A010203-0405-4607-8809-0A0B0C0D0E0F","deletedDateTime":null,"userPrincipalName":"nia@corp.example",
    "displayName":"Nia Okoro","mail":"nia@corp.example","mailNickname":"nia","accountEnabled":true,
    "proxyAddresses":["SMTP:nia@corp.example","smtp:nia@corp.onmicrosoft.example"],
    "assignedLicenses":[{"disabledPlans":[],"skuId":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],
    "assignedPlans":[
      {"assignedDateTime":"2026-01-01T00:00:00Z","capabilityStatus":"Deleted","service":"exchange","servicePlanId":"4a82b400-a79f-41a4-b4e2-e94f5787b113"},
      {"assignedDateTime":"2026-01-01T00:00:00Z","capabilityStatus":"Enabled","service":"exchange","servicePlanId":"efb87545-963c-4e0d-99df-69c6916d9eb0"}],
    "onPremisesSyncEnabled":true,"onPremisesImmutableId":"AAECAwQFBgcICQoLDA0ODw==",
    "onPremisesSecurityIdentifier":"S-1-5-21-1-2-3-1105","onPremisesDistinguishedName":"CN=Nia,DC=corp,DC=example",
    "onPremisesUserPrincipalName":"nia@corp.local","onPremisesObjectIdentifier":"03020100-0504-0706-0809-0a0b0c0d0e0f",
    "onPremisesLastSyncDateTime":"2026-11-24T05:00:00Z",
    "onPremisesProvisioningErrors":[
      {"category":"PropertyConflict","occurredDateTime":"2026-11-01T00:00:00Z","propertyCausingError":"ProxyAddress","value":"smtp:n@corp.example"},
      {"category":"PropertyConflict","occurredDateTime":"2026-11-01T00:00:00Z","propertyCausingError":"UserPrincipalName","value":"n@corp.example"}]
    }]}"#;

#[test]
fn everything_that_graph_tells_of_a_user() {
    let (objects, source) = load(GRAPH_USER);
    let user = &objects[0];
    for (property, text) in [
        (P::Id, "5a010203-0405-4607-8809-0a0b0c0d0e0f"),
        (P::ImmutableId, "AAECAwQFBgcICQoLDA0ODw=="),
        (P::SecurityIdentifier, "S-1-5-21-1-2-3-1105"),
        (P::ObjectIdentifier, "03020100-0504-0706-0809-0a0b0c0d0e0f"),
        (P::DistinguishedName, "CN=Nia,DC=corp,DC=example"),
        (P::OnPremisesUserPrincipalName, "nia@corp.local"),
        (P::UserPrincipalName, "nia@corp.example"),
        (P::DisplayName, "Nia Okoro"),
        (P::Mail, "nia@corp.example"),
        (P::MailNickname, "nia"),
    ] {
        assert_eq!(user.text(property), Some(text), "{property:?}");
    }
    assert_eq!(
        texts(user, P::ProvisioningErrors),
        ["ProxyAddresses:smtp:n@corp.example", "UserPrincipalName:n@corp.example"]
    );
    let flags =
        [P::SyncEnabled, P::AccountEnabled, P::ExchangeLicensed, P::Deleted].map(|flag| user.flag(flag));
    assert_eq!(flags, [Some(true), Some(true), Some(true), Some(false)]);
    assert_eq!((warnings(&source).len(), source.complete), (0, true));
    let untold = [P::RecipientTypeDetails, P::ExchangeGuid, P::ExchangeCloudManaged];
    assert!(untold.iter().all(|property| !user.tells(*property)));
}

#[test]
fn licences_of_graph() {
    let licensed = |properties: &str| {
        let (objects, _) = load(&format!(r#"[{{"id":"1","userPrincipalName":"a@x"{properties}}}]"#));
        objects[0].tells(P::ExchangeLicensed).then(|| objects[0].flag(P::ExchangeLicensed))
    };
    assert_eq!(licensed(""), None);
    assert_eq!(licensed(r#","assignedPlans":[]"#), Some(Some(false)));
    let plan = |status: &str, service: &str, id: &str| {
        format!(
            r#","assignedPlans":[{{"capabilityStatus":"{status}","service":"{service}","servicePlanId":"{id}"}}]"#
        )
    };
    assert_eq!(licensed(&plan("Warning", "exchange", "x")), Some(Some(true)));
    assert_eq!(licensed(&plan("Enabled", "SharePoint", "x")), Some(Some(false)));
    let bookings = "199a5c09-e0ca-4e37-8f7c-b05d533e1ea2";
    assert_eq!(licensed(&plan("Enabled", "exchange", bookings)), Some(Some(false)));
    assert_eq!(licensed(r#","assignedLicenses":[]"#), Some(Some(false)));
    assert_eq!(licensed(r#","assignedLicenses":[{"skuId":"x"}]"#), Some(None), "the plans are not known");
    assert_eq!(licensed(r#","AssignedPlans":null"#), None, "of PowerShell");
}

#[test]
fn groups_contacts_and_devices_of_graph() {
    let text = r#"[{"@odata.context":"https://graph.example/v1.0/$metadata#groups","value":[
            {"id":"g","displayName":"G","mail":"g@x","mailEnabled":true,"securityEnabled":false,"proxyAddresses":["SMTP:g@x"],
             "onPremisesSyncEnabled":true,"onPremisesSecurityIdentifier":"S-1-5-21-1-2-3-9",
             "onPremisesProvisioningErrors":[{"propertyCausingError":"ProxyAddresses","value":"smtp:g2@x"}]}]},
        {"@odata.context":"https://graph.example/v1.0/$metadata#contacts","value":[
            {"id":"c","displayName":"C","mail":"c@x","proxyAddresses":["SMTP:c@x"],"onPremisesSyncEnabled":null}]},
        {"@odata.context":"https://graph.example/v1.0/$metadata#devices","value":[
            {"id":"d","displayName":"PC","accountEnabled":true,"deviceId":"5a01"}]}]"#;
    let (objects, source) = load(text);
    let kinds: Vec<_> = objects.iter().map(CloudObject::kind).collect();
    assert_eq!(kinds, [CloudKind::Group, CloudKind::Contact, CloudKind::Device]);
    assert_eq!(
        (objects[0].flag(P::MailEnabled), objects[0].flag(P::SecurityEnabled)),
        (Some(true), Some(false))
    );
    assert_eq!(texts(&objects[0], P::ProvisioningErrors), ["ProxyAddresses:smtp:g2@x"]);
    assert_eq!((objects[1].flag(P::SyncEnabled), objects[1].tells(P::SyncEnabled)), (None, true));
    assert_eq!(warnings(&source), [""; 0]);
    let tenant = Tenant::new(objects);
    assert!(tenant.tells(CloudKind::Group, P::MailEnabled).every());
    assert!(!tenant.tells(CloudKind::Device, P::ProxyAddresses).any());
}

#[test]
fn the_recycle_bin() {
    let page = r#"{"@odata.context":"https://graph.example/v1.0/$metadata#directory/deletedItems/microsoft.graph.user(id)",
        "value":[{"id":"1","userPrincipalName":"5a01nia@x","onPremisesImmutableId":"Zm9v"}]}"#;
    let power_shell = r##"[{"Id":"1","DeletedDateTime":"\/Date(1767225600000)\/","AdditionalProperties":
        {"@odata.type":"#microsoft.graph.user","onPremisesImmutableId":"Zm9v","userPrincipalName":"5a01nia@x"}}]"##;
    let portal =
        "User principal name,Object Id,Soft deletion time stamp\n5a01nia@x,1,2026-10-01T08:00:00Z\nb@x,2,\n";
    for text in [page, power_shell, portal] {
        let (objects, source) = load(text);
        assert!(objects[0].is_deleted() && objects[0].kind() == CloudKind::User, "{text}");
        assert!(source.skipped.is_empty());
    }
    let (objects, _) = load(portal);
    assert_eq!((objects[1].is_deleted(), objects[1].tells(P::Deleted)), (false, true));
}

#[test]
fn recipients_of_exchange_online_as_csv() {
    let text = "\"RecipientTypeDetails\",\"ExternalDirectoryObjectId\",\"Id\",\"Alias\",\"PrimarySmtpAddress\",\"EmailAddresses\",\"ExchangeGuid\",\"ArchiveGuid\",\"IsDirSynced\",\"DisplayName\"\r\n\
        \"UserMailbox\",\"1\",\"nia\",\"nia\",\"nia@x.example\",\"SMTP:nia@x.example;SIP:nia@x.example\",\"AA010203-0405-4607-8809-0a0b0c0d0e0f\",\"00000000-0000-0000-0000-000000000000\",\"True\",\"Nia\"\r\n\
        \"MailUniversalSecurityGroup\",\"2\",\"g\",\"g\",\"g@x.example\",\"SMTP:g@x.example\",\"00000000-0000-0000-0000-000000000000\",,\"False\",\"G\"\r\n\
        \"MailContact\",\"3\",\"c\",\"c\",\"c@other.example\",\"SMTP:c@other.example\",,,\"True\",\"C\"\r\n\
        \"SharedMailbox\",\"\",\"info\",\"info\",\"info@x.example\",\"SMTP:info@x.example\",,,\"False\",\"Info\"\r\n\
        \"MailUser\",\"5\",\"m\",\"m\",\"m@x.example\",\"SMTP:m@x.example\",,,\"True\",\"M\"\r\n\
        \"DynamicDistributionGroup\",\"\",\"all\",\"all\",\"all@x.example\",\"SMTP:all@x.example\",,,\"False\",\"All\"\r\n";
    let (objects, source) = load(text);
    let found: Vec<_> = objects.iter().map(|object| (object.kind(), object.id())).collect();
    let (user, group, contact) = (CloudKind::User, CloudKind::Group, CloudKind::Contact);
    assert_eq!(found, [(user, "1"), (group, "2"), (contact, "3"), (user, "info@x.example"), (user, "5")]);
    let nia = &objects[0];
    assert_eq!(nia.text(P::ExchangeGuid), Some("aa010203-0405-4607-8809-0a0b0c0d0e0f"));
    assert_eq!((nia.text(P::ArchiveGuid), nia.tells(P::ArchiveGuid)), (None, true), "no archive");
    assert_eq!((nia.text(P::Mail), nia.text(P::MailNickname)), (Some("nia@x.example"), Some("nia")));
    assert_eq!(texts(nia, P::ProxyAddresses), ["SMTP:nia@x.example", "SIP:nia@x.example"]);
    assert_eq!((nia.flag(P::SyncEnabled), nia.flag(P::ExchangeLicensed)), (Some(true), Some(true)));
    assert_eq!(
        (objects[1].flag(P::MailEnabled), objects[1].flag(P::SecurityEnabled)),
        (Some(true), Some(true))
    );
    assert_eq!(objects[3].is_exchange_relevant(), Some(true));
    assert_eq!((objects[4].is_exchange_relevant(), objects[4].tells(P::ExchangeLicensed)), (None, false));
    assert_eq!(source.skipped.get("other-resource"), Some(&1));
    assert_eq!(warnings(&source), ["anchor-not-exported", "id-not-exported", "other-resource"]);
}

#[test]
fn mailboxes_of_exchange_online_as_json() {
    let text = r#"[{"ExternalDirectoryObjectId":"1","Id":"nia","RecipientTypeDetails":"UserMailbox","UserPrincipalName":"nia@x",
        "DistinguishedName":"CN=nia,OU=x.onmicrosoft.example,OU=Microsoft Exchange Hosted Organizations,DC=PROD,DC=OUTLOOK",
        "SamAccountName":"$A01","IsExchangeCloudManaged":true,"IsDirSynced":true,"EmailAddresses":["SMTP:nia@x"],
        "ExchangeGuid":"aa010203-0405-4607-8809-0a0b0c0d0e0f","ArchiveGuid":"bb010203-0405-4607-8809-0a0b0c0d0e0f","SKUAssigned":true}]"#;
    let (objects, _) = load(text);
    let mailbox = &objects[0];
    assert_eq!((mailbox.id(), mailbox.flag(P::ExchangeCloudManaged)), ("1", Some(true)));
    assert_eq!(mailbox.text(P::ArchiveGuid), Some("bb010203-0405-4607-8809-0a0b0c0d0e0f"));
    assert_eq!(mailbox.text(P::DistinguishedName), None, "the name is not that of the directory");
    let on_premises = text.replace("Microsoft Exchange Hosted Organizations", "Users");
    assert!(refusal(&on_premises).contains("Give it as a source"));
}

#[test]
fn files_of_graph_and_exchange_complete_each_other() {
    let (mut objects, _) = load(GRAPH_USER);
    let (mailboxes, _) = load(
        "ExternalDirectoryObjectId,UserPrincipalName,RecipientTypeDetails,ExchangeGuid,PrimarySmtpAddress\n\
        5a010203-0405-4607-8809-0a0b0c0d0e0f,nia@corp.example,UserMailbox,aa010203-0405-4607-8809-0a0b0c0d0e0f,other@x\n",
    );
    objects.extend(mailboxes);
    let tenant = Tenant::new(objects);
    assert_eq!(tenant.len(), 1);
    let user = &tenant.objects()[0];
    assert_eq!(user.text(P::ExchangeGuid), Some("aa010203-0405-4607-8809-0a0b0c0d0e0f"));
    assert_eq!(
        (user.text(P::Mail), user.text(P::RecipientTypeDetails)),
        (Some("nia@corp.example"), Some("UserMailbox"))
    );
}

#[test]
fn a_row_without_an_id_completes_the_user_of_its_name() {
    let (mut objects, _) = load("UserPrincipalName,RecipientTypeDetails\nNIA@corp.example,UserMailbox\n");
    objects.extend(load(GRAPH_USER).0);
    let tenant = Tenant::new(objects);
    assert_eq!(tenant.len(), 1);
    assert_eq!(tenant.objects()[0].id(), "5a010203-0405-4607-8809-0a0b0c0d0e0f");
    assert_eq!(tenant.objects()[0].text(P::RecipientTypeDetails), Some("UserMailbox"));
}

#[test]
fn both_generations_of_the_download_of_users() {
    let newer = "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,alternateEmailAddress,ageGroup,consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,directorySynced,invitationState,identityIssuer,createdDateTime\r\n\
        a@x.example,=A,,a@x.example,,1,Member,,,True,,,,,,,,,,,,,,,,True,,,1/2/2026 3:04:05 AM\r\n\
        g_y.example#EXT#@x.onmicrosoft.example,G,,,,2,Guest,,,False,,,,,,,,,,,,,,,Invitation,,Accepted,,\r\n";
    let (objects, source) = load(newer);
    let flags: Vec<_> =
        objects.iter().map(|user| (user.flag(P::SyncEnabled), user.flag(P::AccountEnabled))).collect();
    assert_eq!(flags, [(Some(true), Some(true)), (None, Some(false))]);
    assert_eq!(warnings(&source), ["anchor-not-exported", "proxy-addresses-not-exported"]);
    let older = "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,accountEnabled,physicalDeliveryOfficeName,mobile\r\na@x.example,A,,a@x.example,,1,Member,True,,\r\n";
    let (objects, source) = load(older);
    assert_eq!((objects[0].id(), objects[0].flag(P::AccountEnabled)), ("1", Some(true)));
    assert_eq!(warnings(&source).len(), 3, "nor the state of synchronization");
}

#[test]
fn the_download_of_users_with_chosen_columns() {
    for separator in ["+", ";", ",", ", "] {
        let addresses = ["SMTP:a+b@x.example", "smtp:c@x.example"].join(separator);
        let text = format!(
            "User principal name,Display name,Object ID,On-premises immutable ID,On-premises sync enabled,\
             On-premises security identifier,On-premises user principal name,On-premises distinguished name,\
             On-premises provisioning errors,Proxy addresses,Assigned licenses,Account enabled\n\
             a@x.example,A,1,Zm9v,True,S-1-5-21-1-2-3-4,a@x.local,\"CN=A,DC=x\",\
             \"[{{\"\"category\"\":\"\"PropertyConflict\"\",\"\"propertyCausingError\"\":\"\"UserPrincipalName\"\",\"\"value\"\":\"\"z@x\"\"}}]\",\
             \"{addresses}\",[],Yes\n"
        );
        let (objects, source) = load(&text);
        let user = &objects[0];
        assert_eq!(
            texts(user, P::ProxyAddresses),
            ["SMTP:a+b@x.example", "smtp:c@x.example"],
            "{separator:?}"
        );
        assert_eq!(texts(user, P::ProvisioningErrors), ["UserPrincipalName:z@x"]);
        assert_eq!(user.text(P::OnPremisesUserPrincipalName), Some("a@x.local"));
        assert_eq!((user.flag(P::ExchangeLicensed), user.flag(P::AccountEnabled)), (Some(false), Some(true)));
        assert_eq!(warnings(&source), [""; 0]);
    }
}

#[test]
fn the_export_of_users_of_the_microsoft_365_admin_centre() {
    let text = "Block credential,City,Display name,DirSyncEnabled,Last dirsync time,Licenses,Object Id,Proxy addresses,Soft deletion time stamp,User principal name,When created\n\
        False,Oslo,A,True,2026-11-24T05:00:00Z,Microsoft 365 E3+Power BI Pro,1,SMTP:a@x.example+smtp:b@x.example,,a@x.example,2020\n\
        True,,B,,,Unlicensed,2,,,b@x.example,2020\n\
        False,,C,,,Exchange Online (Plan 1),3,SMTP:c@x.example,2026-10-01,c@x.example,2020\n";
    let (objects, source) = load(text);
    let flags = |flag: P| objects.iter().map(|user| user.flag(flag)).collect::<Vec<_>>();
    assert_eq!(flags(P::SyncEnabled), [Some(true), None, None]);
    assert_eq!(flags(P::AccountEnabled), [Some(true), Some(false), Some(true)]);
    assert_eq!(flags(P::ExchangeLicensed), [None, Some(false), Some(true)]);
    assert_eq!(flags(P::Deleted), [Some(false), Some(false), Some(true)]);
    assert!(objects[0].tells(P::ExchangeLicensed));
    assert_eq!(texts(&objects[0], P::ProxyAddresses), ["SMTP:a@x.example", "smtp:b@x.example"]);
    assert_eq!(warnings(&source), ["anchor-not-exported"]);
}

#[test]
fn the_retired_modules() {
    let msol = r#"[{"ObjectId":"1","UserPrincipalName":"a@x","ImmutableId":"Zm9v","IsLicensed":false,"BlockCredential":true,
            "LastDirSyncTime":"\/Date(1767225600000)\/","ProxyAddresses":["SMTP:a@x"],"DisplayName":"A"},
        {"ObjectId":"2","UserPrincipalName":"b@x","IsLicensed":true,"SoftDeletionTimestamp":"\/Date(1767225600000)\/"}]"#;
    let (objects, _) = load(msol);
    let flags =
        |user: usize| [P::SyncEnabled, P::ExchangeLicensed, P::Deleted].map(|flag| objects[user].flag(flag));
    assert_eq!((flags(0), flags(1)), ([Some(true), Some(false), None], [None, None, Some(true)]));
    assert!(objects[1].tells(P::ExchangeLicensed), "licensed, but who knows for what");
    let azure_ad = r#"[{"ObjectId":"1","ObjectType":"User","UserPrincipalName":"a@x","DirSyncEnabled":true,"ImmutableId":"Zm9v",
            "OnPremisesSecurityIdentifier":"S-1-5-21-1-2-3-4","MailNickName":"a","AccountEnabled":true,"ProxyAddresses":["SMTP:a@x"],
            "AssignedPlans":["class AssignedPlan {\n  CapabilityStatus: Enabled\n  Service: exchange\n  ServicePlanId: efb8\n}\n"],
            "ExtensionProperty":{"onPremisesDistinguishedName":"CN=a,DC=x"},"ProvisioningErrors":[]},
        {"ObjectId":"2","ObjectType":"Group","DisplayName":"G","DirSyncEnabled":null,"ProxyAddresses":[]},
        {"ObjectId":"3","ObjectType":"Contact","DisplayName":"C","Mail":"c@x","DirSyncEnabled":true,"ProxyAddresses":[]}]"#;
    let (objects, source) = load(azure_ad);
    let kinds: Vec<_> = objects.iter().map(CloudObject::kind).collect();
    assert_eq!(kinds, [CloudKind::User, CloudKind::Group, CloudKind::Contact]);
    assert_eq!(objects[0].flag(P::ExchangeLicensed), Some(true));
    assert_eq!(objects[0].text(P::DistinguishedName), Some("CN=a,DC=x"));
    assert_eq!(
        warnings(&source),
        ["sync-state-not-exported"],
        "a null of PowerShell tells nothing of groups"
    );
}

#[test]
fn a_csv_of_graph_power_shell_has_columns_for_what_was_not_asked_for() {
    let header = "Id,UserPrincipalName,OnPremisesImmutableId,OnPremisesSyncEnabled,ProxyAddresses,Mail,AssignedPlans\n";
    let (objects, source) = load(&format!("{header}1,a@x,,,SMTP:a@x,,\n2,b@x,,,,b@x,\n"));
    let untold = [P::ImmutableId, P::SyncEnabled, P::ExchangeLicensed];
    assert!(untold.iter().all(|property| !objects[0].tells(*property)));
    assert!(objects[0].tells(P::Mail) && objects[1].tells(P::ProxyAddresses));
    assert_eq!(warnings(&source), ["anchor-not-exported", "sync-state-not-exported"]);
    let (objects, source) = load(&format!("{header}1,a@x,Zm9v,True,SMTP:a@x,,\n2,b@x,,,,b@x,\n"));
    assert!(objects[1].tells(P::ImmutableId) && objects[1].tells(P::SyncEnabled), "asked for, and empty");
    assert!(warnings(&source).is_empty());
}

#[test]
fn a_type_line_says_what_the_rows_are() {
    let rows = "\"Id\",\"DisplayName\",\"Mail\",\"ProxyAddresses\",\"OnPremisesSyncEnabled\"\n\"1\",\"C\",\"c@x\",\"SMTP:c@x\",\"True\"\n";
    let typed = format!("#TYPE Microsoft.Graph.PowerShell.Models.MicrosoftGraphOrgContact\n{rows}");
    let (objects, source) = load(&typed);
    assert_eq!((objects[0].kind(), warnings(&source).len()), (CloudKind::Contact, 0));
    assert!(refusal(rows).contains("something other than users"), "nothing says what they are");
    let (objects, source) = load(&format!("{typed}{typed}"));
    assert_eq!((objects.len(), source.skipped.get("repeated-header")), (2, Some(&1)));
}

#[test]
fn downloads_of_groups() {
    let text = "id,displayName,groupType,membershipType,source,mail,securityEnabled,mailEnabled,isAssignableToRole,onPremisesSyncEnabled\n\
        1,G,Security,Assigned,Windows server AD,,True,False,False,True\n";
    let (objects, source) = load(text);
    assert_eq!((objects[0].kind(), objects[0].flag(P::SecurityEnabled)), (CloudKind::Group, Some(true)));
    assert_eq!(warnings(&source), ["proxy-addresses-not-exported"]);
}

#[test]
fn errors_as_rows_of_their_own() {
    let text = r#"[{"Id":"1","ObjectType":"User","UserPrincipalName":"a@x","Category":"PropertyConflict",
        "PropertyCausingError":"ProxyAddresses","Value":"SMTP:b@x"}]"#;
    let (objects, source) = load(text);
    assert_eq!(texts(&objects[0], P::ProvisioningErrors), ["ProxyAddresses:SMTP:b@x"]);
    assert!(source.skipped.is_empty());
    let csv = "Id,UserPrincipalName,Category,PropertyCausingError,Value\n1,a@x,PropertyConflict,UserPrincipalName,b@x\n";
    assert_eq!(texts(&load(csv).0[0], P::ProvisioningErrors), ["UserPrincipalName:b@x"]);
}

#[test]
fn objects_of_the_sync_tool() {
    let text = r#"[{"CloudAnchor":"User_5a010203-0405-4607-8809-0a0b0c0d0e0f","SourceAnchor":"Zm9v","UserPrincipalName":"a@x","ProxyAddresses":["SMTP:a@x"]},
        {"CloudAnchor":"Group_6a010203-0405-4607-8809-0a0b0c0d0e0f","SourceAnchor":"YmFy","DisplayName":"G","ProxyAddresses":[]},
        {"SyncObjectType":"PublicFolder","SourceAnchor":"x","ProxyAddresses":["SMTP:pf@x"]}]"#;
    let (objects, source) = load(text);
    let found: Vec<_> =
        objects.iter().map(|object| (object.kind(), object.id(), object.text(P::ImmutableId))).collect();
    assert_eq!(
        found,
        [
            (CloudKind::User, "5a010203-0405-4607-8809-0a0b0c0d0e0f", Some("Zm9v")),
            (CloudKind::Group, "6a010203-0405-4607-8809-0a0b0c0d0e0f", Some("YmFy"))
        ]
    );
    assert_eq!(source.skipped.get("other-resource"), Some(&1));
}

#[test]
fn bytes_that_are_not_utf8() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = b"[{\"id\":\"1\",\n\"userPrincipalName\":\"a@x\",\"displayName\":\"J\xfcrgen M\xfcller\"}]";
    std::fs::write(file.path(), text).unwrap();
    let (objects, source) = presync::load::load_tenant(file.path().to_str().unwrap()).unwrap();
    assert_eq!(objects[0].text(P::DisplayName), Some("J\u{fc}rgen M\u{fc}ller"));
    let warning = source.warnings.iter().find(|warning| warning.id == "encoding-guessed").unwrap();
    assert_eq!(warning.line, Some(2));
}
