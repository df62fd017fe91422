//! CSV and csvde files through the public loader, one test per quirk of `input-formats` section 15 (read 2026-11-20).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::sync::RwLock;

use presync::directory::attribute::{
    CONSISTENCY_GUID, GROUP_TYPE, IS_DELETED, MAIL, MAIL_NICKNAME, MEMBER, OBJECT_CLASS, OBJECT_GUID,
    OBJECT_SID, PROXY_ADDRESSES, RECIPIENT_TYPE_DETAILS, USER_ACCOUNT_CONTROL,
};
use presync::directory::{
    AttributeId, AttributeNames, Chunk, Class, InputFormat, InputRole, Source, SourceId, WantedAttributes,
};
use presync::load::{self, Context, InputOptions, Limits, LoadError, LoadRequest, SourceArgument, csv};

const GUID: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// What one text gave.
struct Loaded {
    chunks: Vec<Chunk>,
    source: Source,
    names: AttributeNames,
}

fn load_with(
    text: &str,
    format: InputFormat,
    wanted: &WantedAttributes,
    limits: Limits,
) -> (Result<Vec<Chunk>, LoadError>, Source, AttributeNames) {
    let names = RwLock::new(AttributeNames::default());
    let options = InputOptions::default();
    let context = Context { source: SourceId(0), wanted, names: &names, limits, options: &options };
    let mut source = Source::new("export.csv", InputRole::Source, format);
    let chunks = csv::read(&mut text.as_bytes(), format, &context, &mut source);
    (chunks, source, names.into_inner().unwrap())
}

fn load(text: &str, format: InputFormat) -> Loaded {
    let (chunks, source, names) = load_with(text, format, &WantedAttributes::All, Limits::default());
    Loaded { chunks: chunks.unwrap(), source, names }
}

fn powershell(text: &str) -> Loaded {
    load(text, InputFormat::Csv)
}

fn csvde(text: &str) -> Loaded {
    load(text, InputFormat::Csvde)
}

fn refusal(text: &str) -> String {
    let (chunks, ..) = load_with(text, InputFormat::Csv, &WantedAttributes::All, Limits::default());
    chunks.unwrap_err().to_string()
}

impl Loaded {
    fn objects(&self) -> Vec<(&Chunk, u32)> {
        self.chunks
            .iter()
            .flat_map(|chunk| (0..u32::try_from(chunk.len()).unwrap()).map(move |index| (chunk, index)))
            .collect()
    }

    fn bytes(&self, object: usize, attribute: AttributeId) -> Vec<Vec<u8>> {
        let (chunk, index) = self.objects()[object];
        chunk.values_at(index, attribute).map(|value| value.bytes.to_vec()).collect()
    }

    fn texts(&self, object: usize, attribute: AttributeId) -> Vec<String> {
        self.bytes(object, attribute).into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect()
    }

    fn named(&self, object: usize, name: &str) -> Vec<String> {
        self.texts(object, self.names.lookup(name.as_bytes()).unwrap())
    }

    fn class(&self, object: usize) -> Class {
        let (chunk, index) = self.objects()[object];
        chunk.class_at(index)
    }

    fn lines(&self) -> Vec<u64> {
        self.objects().into_iter().map(|(chunk, index)| chunk.line_at(index)).collect()
    }

    fn dn(&self, object: usize) -> String {
        let (chunk, index) = self.objects()[object];
        String::from_utf8(chunk.dn_at(index).to_vec()).unwrap()
    }

    fn occurs(&self, attribute: AttributeId) -> bool {
        self.chunks.iter().any(|chunk| chunk.occurring().contains(attribute))
    }

    fn is_incomplete(&self, object: usize, attribute: AttributeId) -> bool {
        let (chunk, index) = self.objects()[object];
        let flag = presync::directory::ValueFlags::INCOMPLETE;
        chunk.values_at(index, attribute).any(|value| value.flags.contains(flag))
    }

    fn warnings(&self) -> Vec<&str> {
        self.source.warnings.iter().map(|warning| warning.id).collect()
    }

    fn message(&self, id: &str) -> &str {
        &self.source.warnings.iter().find(|warning| warning.id == id).unwrap().message
    }
}

const POWERSHELL: &str = r#"#TYPE Microsoft.ActiveDirectory.Management.ADUser
"DistinguishedName","Enabled","GivenName","ObjectClass","ObjectGUID","SamAccountName","SID","Surname","UserPrincipalName"
"CN=Nia Okoro,OU=Sales,DC=corp,DC=example","True","Nia","user","03020100-0504-0706-0809-0a0b0c0d0e0f","nokoro","S-1-5-21-1-2-3-1105","Okoro","nia@corp.example"
"CN=svc-backup,OU=Svc,DC=corp,DC=example","False",,"user","",svc-backup,,"",
"#;

#[test]
fn an_export_of_get_ad_user() {
    let loaded = powershell(POWERSHELL);
    assert_eq!(loaded.dn(0), "CN=Nia Okoro,OU=Sales,DC=corp,DC=example");
    assert_eq!(loaded.class(0), Class::User);
    assert_eq!(loaded.bytes(0, OBJECT_GUID), [GUID]);
    assert_eq!(loaded.bytes(0, OBJECT_SID)[0][..8], [1, 5, 0, 0, 0, 0, 0, 5]);
    assert_eq!(loaded.named(0, "sn"), ["Okoro"]);
    assert_eq!(loaded.texts(0, USER_ACCOUNT_CONTROL), ["512"]);
    assert_eq!(loaded.texts(1, USER_ACCOUNT_CONTROL), ["514"]);
    assert_eq!(loaded.texts(0, OBJECT_CLASS), ["top", "person", "organizationalPerson", "user"]);
    assert_eq!(loaded.lines(), [3, 4]);
    assert_eq!(loaded.source.objects, 2);
    assert_eq!(loaded.warnings(), [""; 0]);
    assert!(loaded.source.complete);
}

#[test]
fn null_and_the_empty_string_are_both_no_value() {
    let loaded =
        powershell("\"SamAccountName\",\"mail\",\"ObjectClass\"\n\"a\",,\"user\"\n\"b\",\"\",\"user\"\n");
    assert!(loaded.texts(0, MAIL).is_empty() && loaded.texts(1, MAIL).is_empty());
    assert!(loaded.occurs(MAIL), "a column that is empty everywhere was exported");
}

#[test]
fn every_delimiter_and_line_end_gives_the_same() {
    let rows = [
        ["SamAccountName", "DistinguishedName", "info", "ObjectClass"],
        ["a", "CN=a,DC=x", "one, two; three", "user"],
        ["b", "CN=b,DC=x", "tab\tbar|", "group"],
    ];
    for delimiter in [",", ";", "\t", "|"] {
        for end in ["\n", "\r\n", "\r"] {
            let row = |cells: &[&str; 4]| cells.map(|cell| format!("\"{cell}\"")).join(delimiter);
            let loaded = powershell(&rows.iter().map(row).collect::<Vec<_>>().join(end));
            assert_eq!(loaded.dn(0), "CN=a,DC=x", "{delimiter:?} {end:?}");
            assert_eq!(loaded.named(0, "info"), ["one, two; three"]);
            assert_eq!(loaded.named(1, "info"), ["tab\tbar|"]);
            assert_eq!((loaded.class(0), loaded.class(1)), (Class::User, Class::Group));
        }
    }
}

#[test]
fn a_sep_line_is_honoured() {
    let loaded = powershell("sep=;\r\nmail;ObjectClass;displayName\r\na@x.example;user;\"Poe, Dan\"\r\n");
    assert_eq!(loaded.named(0, "displayName"), ["Poe, Dan"]);
    assert_eq!(loaded.lines(), [3]);
    assert_eq!(loaded.warnings(), [""; 0]);
}

#[test]
fn rows_above_the_header_are_skipped_with_a_note() {
    let loaded = powershell("All users of 2026\n\n,,\n mail ,\u{a0}OBJECTCLASS,cn\na@x.example,user,Dan\n");
    assert_eq!(loaded.texts(0, MAIL), ["a@x.example"]);
    assert_eq!(loaded.warnings(), ["preamble-skipped"]);
}

#[test]
fn repeated_headers_and_type_lines_in_the_middle_are_no_objects() {
    let text = "#TYPE A.ADUser\nSamAccountName,mail\na,a@x.example\nSamAccountName,mail\n#TYPE A.ADGroup\n\
                SamAccountName,mail\nb,b@x.example\n";
    let loaded = powershell(text);
    assert_eq!(loaded.source.skipped.get("repeated-header"), Some(&2));
    assert_eq!((loaded.class(0), loaded.class(1)), (Class::User, Class::Group));
    assert_eq!(loaded.lines(), [3, 7]);
}

#[test]
fn a_second_export_with_other_columns_is_read_by_its_own_header() {
    let loaded = powershell("mail,ObjectClass\na@x.example,user\nObjectClass,SamAccountName,cn\ngroup,g,G\n");
    assert_eq!(loaded.class(1), Class::Group);
    assert_eq!(loaded.named(1, "sAMAccountName"), ["g"]);
}

#[test]
fn an_appended_export_without_identity_costs_only_its_own_rows() {
    let loaded = powershell("mail,ObjectClass\na@x.example,user\ndisplayName,department\nDan,Sales\n");
    assert_eq!(loaded.lines(), [2]);
    assert_eq!(loaded.source.skipped.get("missing-dn"), Some(&1));
}

#[test]
fn empty_columns_at_the_end_of_the_header_do_no_harm() {
    let loaded =
        powershell("mail,ObjectClass,,\na@x.example,user,,\nb@x.example,user\nc@x.example,user,,x\n");
    assert_eq!(loaded.lines(), [2, 3, 4]);
}

#[test]
fn rows_of_another_length_are_skipped() {
    let text = "mail,ObjectClass,cn\na@x.example,user\nb@x.example,user,B,x\nc@x.example,user,C,,\nd@x.example,user,D\n\
                ,,\n";
    let loaded = powershell(text);
    assert_eq!(loaded.lines(), [4, 5], "extra empty cells do no harm");
    assert_eq!(loaded.source.skipped.get("bad-row"), Some(&2));
    assert_eq!(loaded.warnings(), ["bad-row"]);
    assert!(loaded.message("bad-row").contains("lines 2, 3"), "{}", loaded.message("bad-row"));
}

#[test]
fn an_open_quote_is_reported_as_lost_rows() {
    let loaded =
        powershell("mail,cn,ObjectClass\na@x.example,A,user\nb@x.example,\"B,user\nc@x.example,C,user\n");
    assert_eq!(loaded.lines(), [2]);
    assert_eq!(loaded.warnings(), ["row-not-closed"]);
    assert!(!loaded.source.complete);
    let limits = Limits { line_bytes: 1000, ..Limits::default() };
    let text = format!("mail,cn\na@x.example,A{}b@x.example,B\n", "\n".repeat(100_000));
    let (chunks, source, _) = load_with(&text, InputFormat::Csv, &WantedAttributes::All, limits);
    assert_eq!(
        (chunks.unwrap()[0].len(), source.complete),
        (1, false),
        "what was not read is not passed over"
    );
    let text = format!("mail,cn\na@x.example,A\nb@x.example,\"{}", "B,\n".repeat(100_000));
    let (chunks, source, _) = load_with(&text, InputFormat::Csv, &WantedAttributes::All, limits);
    assert_eq!(chunks.unwrap()[0].len(), 1);
    assert_eq!(source.skipped.get("bad-row"), Some(&1));
}

#[test]
fn rows_without_an_identity_are_counted() {
    let loaded = powershell("mail,SamAccountName,ObjectClass\n,,user\n,b,user\n");
    assert_eq!(loaded.lines(), [3]);
    assert_eq!(loaded.source.skipped.get("missing-dn"), Some(&1));
    assert_eq!(loaded.warnings(), ["missing-dn"]);
}

#[test]
fn a_line_break_inside_a_cell_belongs_to_the_value() {
    let loaded =
        powershell("mail,info,ObjectClass\r\na@x.example,\"one\r\ntwo\",user\r\nb@x.example,,user\r\n");
    assert_eq!(loaded.named(0, "info"), ["one\r\ntwo"]);
    assert_eq!(loaded.lines(), [2, 4]);
}

#[test]
fn a_lost_collection_makes_the_column_unusable() {
    let text = "SamAccountName,ObjectClass,proxyAddresses,mS-DS-ConsistencyGuid\n\
                a,user,,AAECAwQFBgcICQoLDA0ODw==\n\
                b,user,Microsoft.ActiveDirectory.Management.ADPropertyValueCollection,System.Byte[]\n";
    let loaded = powershell(text);
    assert!(!loaded.occurs(PROXY_ADDRESSES) && !loaded.occurs(CONSISTENCY_GUID));
    assert!(loaded.bytes(0, CONSISTENCY_GUID).is_empty(), "a column is used for all rows or for none");
    let message = loaded.message("collection-lost");
    assert!(message.contains("proxyAddresses") && message.contains("anchor cannot be checked"), "{message}");
    assert!(message.contains("-join ';'"), "{message}");
    assert_eq!(loaded.warnings().iter().filter(|id| **id == "collection-lost").count(), 1);
    assert_eq!(loaded.named(0, "sAMAccountName"), ["a"]);
}

#[test]
fn a_list_cut_by_the_formatter_is_incomplete() {
    let text = "mail,EmailAddresses,ObjectClass\n\
                a@x.example,\"{SMTP:a@x.example, smtp:b@x.example...}\",user\n\
                c@x.example,\"{SMTP:c@x.example, smtp:d@x.example}\",user\n";
    let loaded = powershell(text);
    assert_eq!(loaded.texts(0, PROXY_ADDRESSES), ["SMTP:a@x.example", "smtp:b@x.example"]);
    assert!(loaded.is_incomplete(0, PROXY_ADDRESSES));
    assert!(!loaded.is_incomplete(1, PROXY_ADDRESSES));
    assert_eq!(loaded.warnings(), ["list-truncated"]);
    assert!(!loaded.source.complete);
}

#[test]
fn joined_lists_come_apart() {
    let members = "CN=A,OU=G,DC=corp,DC=example;CN=B,OU=G,DC=corp,DC=example";
    let text = format!(
        "mail,proxyAddresses,member,description,ObjectClass\n\
         a@x.example,\"X400:c=US;a= ;p=Org;s=Okoro;;SMTP:a@x.example\",\"{members}\",one; two,group\n"
    );
    let loaded = powershell(&text);
    assert_eq!(loaded.texts(0, PROXY_ADDRESSES), ["X400:c=US;a= ;p=Org;s=Okoro;", "SMTP:a@x.example"]);
    assert_eq!(loaded.texts(0, MEMBER), members.split(';').collect::<Vec<_>>());
    assert_eq!(loaded.named(0, "description"), ["one; two"]);
}

#[test]
fn dates_of_one_column_have_one_order() {
    let created = |cells: [&str; 2]| {
        let [first, second] = cells;
        powershell(&format!(
            "mail,whenCreated,ObjectClass\na@x.example,{first},user\nb@x.example,{second},user\n"
        ))
    };
    let us = created(["3/4/2026 2:22:37 PM", "3/29/2026 2:22:37 PM"]);
    assert_eq!(us.named(0, "whenCreated"), ["20260304142237.0Z"]);
    assert_eq!(us.warnings(), ["dates-without-zone"]);
    let german = created(["04.03.2026 14:22:37", "29.03.2026 14:22:37"]);
    assert_eq!(german.named(0, "whenCreated"), ["20260304142237.0Z"]);
    let iso = created(["2026-03-04T14:22:37", "20260304142237.0Z"]);
    assert_eq!(iso.named(0, "whenCreated"), iso.named(1, "whenCreated"));
    let ambiguous = created(["3/4/2026 2:22:37 PM", "5/6/2026 2:22:37 PM"]);
    assert_eq!(ambiguous.warnings(), ["date-order-unknown"]);
    assert!(!ambiguous.occurs(ambiguous.names.lookup(b"whenCreated").unwrap()));
    assert_eq!(ambiguous.texts(1, MAIL), ["b@x.example"]);
    let password = powershell("mail,PasswordLastSet,ObjectClass\na@x.example,2026-01-31 12:00:00,user\n");
    assert_eq!(password.named(0, "pwdLastSet"), ["134143344000000000"]);
}

#[test]
fn booleans_in_any_language() {
    let loaded = powershell(
        "mail,Enabled,HiddenFromAddressListsEnabled,ObjectClass\na@x.example,WAHR,FALSCH,user\n\
         b@x.example,False,True,computer\nc@x.example,,perhaps,user\n",
    );
    assert_eq!(loaded.texts(0, USER_ACCOUNT_CONTROL), ["512"]);
    assert_eq!(loaded.texts(1, USER_ACCOUNT_CONTROL), ["4098"]);
    assert!(loaded.texts(2, USER_ACCOUNT_CONTROL).is_empty());
    assert_eq!(loaded.named(0, "msExchHideFromAddressLists"), ["FALSE"]);
    assert_eq!(loaded.named(1, "msExchHideFromAddressLists"), ["TRUE"]);
    assert!(loaded.is_incomplete(2, loaded.names.lookup(b"msExchHideFromAddressLists").unwrap()));
    assert_eq!(loaded.warnings(), ["value-unreadable"]);
}

#[test]
fn enabled_says_nothing_beside_user_account_control() {
    let loaded = powershell("mail,Enabled,userAccountControl,ObjectClass\na@x.example,True,66050,user\n");
    assert_eq!(loaded.texts(0, USER_ACCOUNT_CONTROL), ["66050"]);
}

#[test]
fn the_anchor_is_read_in_four_forms() {
    for cell in [
        "AAECAwQFBgcICQoLDA0ODw==",
        "{03020100-0504-0706-0809-0A0B0C0D0E0F}",
        "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F",
        "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
    ] {
        let text =
            format!("mail,mS-DS-ConsistencyGuid,ObjectGUID,ObjectClass\na@x.example,{cell},{cell},user\n");
        let loaded = powershell(&text);
        assert_eq!(loaded.bytes(0, CONSISTENCY_GUID), [GUID], "{cell}");
        assert_eq!(loaded.bytes(0, OBJECT_GUID), [GUID], "{cell}");
        assert_eq!(loaded.warnings(), ["binary-form-assumed"]);
    }
    let loaded = powershell("mail,mS-DS-ConsistencyGuid,ObjectClass\na@x.example,(none),user\n");
    assert!(loaded.is_incomplete(0, CONSISTENCY_GUID), "there is a value, but nobody knows it");
}

#[test]
fn numbers_that_a_spreadsheet_damaged_are_dropped() {
    let loaded =
        powershell("mail,pwdLastSet,ObjectClass\na@x.example,1.33123E+17,user\nb@x.example,0,user\n");
    let attribute = loaded.names.lookup(b"pwdLastSet").unwrap();
    assert_eq!(loaded.texts(0, attribute), [""]);
    assert!(loaded.is_incomplete(0, attribute));
    assert_eq!(loaded.texts(1, attribute), ["0"]);
    assert_eq!(loaded.warnings(), ["number-damaged"]);
    let rounded = "mail,pwdLastSet,ObjectClass\na@x,133123456789012000,user\nb@x,133123456789013000,user\n\
                   c@x,133123456789014000,user\n";
    assert_eq!(powershell(rounded).warnings(), ["number-rounded"]);
}

#[test]
fn a_cell_of_just_the_maximal_length_was_cut() {
    let loaded = powershell(&format!("mail,info,ObjectClass\na@x.example,{},user\n", "x".repeat(32_767)));
    assert!(loaded.is_incomplete(0, loaded.names.lookup(b"info").unwrap()));
    assert_eq!(loaded.warnings(), ["cell-cut"]);
}

#[test]
fn of_duplicate_headers_the_first_counts() {
    let loaded = powershell("mail,Mail,ObjectClass\na@x.example,b@x.example,user\n");
    assert_eq!(loaded.texts(0, MAIL), ["a@x.example"]);
    assert_eq!(loaded.warnings(), ["duplicate-column"]);
}

#[test]
fn remoting_columns_are_ignored() {
    let loaded = powershell("mail,PSComputerName,RunspaceId,ObjectClass\na@x.example,dc1,5a,user\n");
    assert_eq!(loaded.objects()[0].0.all_values_at(0).count(), 5, "mail and four object classes");
    assert!(loaded.names.lookup(b"RunspaceId").is_none());
}

#[test]
fn a_dn_without_a_domain_is_kept_as_text() {
    let loaded = powershell("DistinguishedName,ObjectClass\nCN=Dan Poe,user\n");
    assert_eq!(loaded.dn(0), "CN=Dan Poe");
    assert_eq!(loaded.chunks[0].domain(0), "");
    assert_eq!(loaded.warnings(), ["dn-without-domain"]);
}

#[test]
fn exchange_columns() {
    let text = "#TYPE Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox\n\
        PrimarySmtpAddress,Alias,RecipientTypeDetails,Guid,ExchangeGuid,ManagedBy\n\
        a@x.example,ann,RemoteUserMailbox,03020100-0504-0706-0809-0a0b0c0d0e0f,\
        00000000-0000-0000-0000-000000000000,corp.example/Users/Dan\n";
    let loaded = powershell(text);
    assert_eq!(loaded.class(0), Class::User);
    assert_eq!(loaded.texts(0, MAIL), ["a@x.example"]);
    assert_eq!(loaded.texts(0, MAIL_NICKNAME), ["ann"]);
    assert_eq!(loaded.texts(0, RECIPIENT_TYPE_DETAILS), ["2147483648"]);
    assert_eq!(loaded.bytes(0, OBJECT_GUID), [GUID]);
    assert!(loaded.named(0, "msExchMailboxGuid").is_empty());
    assert_eq!(loaded.named(0, "managedBy"), [""], "a canonical name is no reference");
    assert_eq!(loaded.warnings(), ["mail-substituted", "value-unreadable"]);
}

#[test]
fn group_category_and_scope_make_the_group_type() {
    let loaded =
        powershell("SamAccountName,GroupCategory,GroupScope\ng,Security,Global\nh,Distribution,Universal\n");
    assert_eq!((loaded.class(0), loaded.class(1)), (Class::Group, Class::Group));
    assert_eq!(loaded.texts(0, GROUP_TYPE), ["-2147483646"]);
    assert_eq!(loaded.texts(1, GROUP_TYPE), ["8"]);
    assert!(!loaded.occurs(OBJECT_CLASS));
}

#[test]
fn without_any_sign_of_a_class_rows_are_users_or_unknown() {
    let loaded = powershell("UserPrincipalName\na@x.example\n");
    assert_eq!(loaded.class(0), Class::User);
    assert_eq!(loaded.warnings(), ["object-class-inferred"]);
    let loaded = powershell("mail\na@x.example\n");
    assert_eq!(loaded.class(0), Class::Unknown);
    assert_eq!(loaded.warnings(), ["object-class-unknown"]);
}

#[test]
fn only_wanted_attributes_are_stored_but_deletion_always() {
    let wanted = WantedAttributes::Only([MAIL].into_iter().collect());
    let text = "SamAccountName,mail,cn,Deleted,ObjectClass\na,a@x.example,A,True,user\n";
    let (chunks, ..) = load_with(text, InputFormat::Csv, &wanted, Limits::default());
    let chunks = chunks.unwrap();
    let stored: Vec<_> = chunks[0].all_values_at(0).map(|(attribute, _)| attribute).collect();
    assert_eq!(stored, [MAIL, IS_DELETED]);
    assert!(chunks[0].is_deleted_at(0));
    assert_eq!(chunks[0].class_at(0), Class::User);
    assert!(chunks[0].occurring().contains(OBJECT_CLASS));
}

#[test]
fn secrets_are_dropped_with_one_warning() {
    let loaded = powershell("mail,ms-Mcs-AdmPwd,unicodePwd,ObjectClass\na@x.example,hunter2,hunter3,user\n");
    assert!(loaded.objects()[0].0.all_values_at(0).all(|(_, value)| !value.bytes.starts_with(b"hunter")));
    assert_eq!(loaded.warnings(), ["secret-dropped"]);
    assert!(!loaded.message("secret-dropped").contains("hunter"));
}

#[test]
fn files_without_use_are_refused_in_clear_words() {
    assert!(refusal("").contains("it is empty"));
    assert!(refusal("first,last\nDan,Poe\n").contains("names the columns"));
    let no_identity = refusal("\ndisplayName,department\nDan,Sales\n");
    assert!(no_identity.contains("export.csv:2: no column tells the objects apart"), "{no_identity}");
    assert!(refusal("mail,cn\n").contains("no row of it can be used"));
    let limits = Limits { csv_columns: 2, ..Limits::default() };
    let (chunks, ..) = load_with("mail,cn,sn\na,b,c\n", InputFormat::Csv, &WantedAttributes::All, limits);
    assert!(chunks.unwrap_err().to_string().contains("3 columns"));
}

#[test]
fn anchors_of_the_tenant_pass_through() {
    let loaded =
        powershell("mail,cloudSourceAnchor,cloudAnchor,ObjectClass\na@x.example,Zm9v,User_7b1d,user\n");
    assert_eq!(loaded.named(0, "cloudSourceAnchor"), ["Zm9v"]);
    assert_eq!(loaded.named(0, "cloudAnchor"), ["User_7b1d"]);
}

#[test]
fn big_files_are_cut_into_chunks_that_keep_their_lines() {
    let filler = "x".repeat(1000);
    let rows: Vec<_> = (0..12_000).map(|row| format!("u{row},{filler},user")).collect();
    let loaded = powershell(&format!("SamAccountName,info,ObjectClass\n{}", rows.join("\n")));
    assert!(loaded.chunks.len() > 1);
    assert_eq!(loaded.lines(), (2..12_002).collect::<Vec<_>>());
    let (chunk, index) = loaded.objects()[11_999];
    assert_eq!(chunk.all_values_at(index).next().unwrap().1.line, 12_001);
}

#[test]
fn csvde_cells_and_classes() {
    let text = "DN,objectClass,distinguishedName,cn,userPrincipalName,proxyAddresses,objectGUID,member\n\
        \"CN=Nia Okoro,OU=Sales,DC=corp,DC=example\",user,\"CN=Nia Okoro,OU=Sales,DC=corp,DC=example\",X'4dc3bc6c6c6572',\
        nia@corp.example,X400:c=US\\;a= \\;;SMTP:nia@corp.example,X'000102030405060708090a0b0c0d0e0f'\n\
        \"X'434e3d4ac3bc7267656e2c44433d636f72702c44433d6578616d706c65'\",computer\n\
        \"CN=g,DC=corp,DC=example\",msDS-GroupManagedServiceAccount\n\
        \"CN=x,DC=corp,DC=example\",group,,,,,,,one too many\n";
    let loaded = csvde(text);
    assert_eq!(loaded.named(0, "cn"), ["Müller"]);
    assert_eq!(loaded.texts(0, PROXY_ADDRESSES), ["X400:c=US;a= ;", "SMTP:nia@corp.example"]);
    assert_eq!(loaded.bytes(0, OBJECT_GUID), [GUID]);
    assert_eq!(loaded.dn(1), "CN=Jürgen,DC=corp,DC=example");
    assert_eq!(loaded.chunks[0].domain(1), "corp.example");
    assert_eq!(
        [loaded.class(0), loaded.class(1), loaded.class(2)],
        [Class::User, Class::Computer, Class::Other]
    );
    assert_eq!(loaded.texts(1, OBJECT_CLASS), ["top", "person", "organizationalPerson", "user", "computer"]);
    assert_eq!(loaded.source.skipped.get("bad-row"), Some(&1));
    assert!(loaded.occurs(MEMBER));
}

#[test]
fn csvde_range_columns_are_put_together_or_marked() {
    let text = "DN,objectClass,member,member;range=0-1,member;range=2-*\n\
        \"CN=a,DC=x\",group,,\"CN=1,DC=x;CN=2,DC=x\",\"CN=3,DC=x\"\n\
        \"CN=b,DC=x\",group,,\"CN=1,DC=x;CN=2,DC=x\",\n\
        \"CN=c,DC=x\",group,\"CN=1,DC=x\",,\n";
    let loaded = csvde(text);
    assert_eq!(loaded.texts(0, MEMBER), ["CN=1,DC=x", "CN=2,DC=x", "CN=3,DC=x"]);
    assert!(
        !loaded.is_incomplete(0, MEMBER)
            && loaded.is_incomplete(1, MEMBER)
            && !loaded.is_incomplete(2, MEMBER)
    );
    assert_eq!(loaded.warnings(), ["range-incomplete"]);
    assert!(!loaded.source.complete);
}

#[test]
fn csvde_text_keeps_its_semicolons() {
    let loaded = csvde(
        "DN,objectClass,description,info\n\"CN=a,DC=x\",user,one;two,\"l1\nl2\"\n\"CN=b,DC=x\",user,,\n",
    );
    assert_eq!(loaded.named(0, "description"), ["one;two"]);
    assert_eq!(loaded.lines(), [2, 4]);
}

#[test]
fn files_of_any_encoding_reach_the_loader() {
    let utf16: Vec<u8> = "DistinguishedName\tObjectClass\r\n\"CN=J\u{fc}rgen,DC=corp,DC=example\"\tuser\r\n"
        .encode_utf16()
        .fold(vec![0xff, 0xfe], |mut bytes, unit| {
            bytes.extend(unit.to_le_bytes());
            bytes
        });
    let utf8 = b"\xef\xbb\xbf\"DistinguishedName\",\"ObjectClass\"\n\"CN=J\xc3\xbcrgen,DC=corp,DC=example\",\"user\"\n";
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("utf16.txt", utf16), ("utf8.csv", utf8.to_vec())] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let sources = [SourceArgument { forest: None, path: path.to_str().unwrap().to_owned() }];
        let directory = load::load(LoadRequest::new(&sources, AttributeNames::default())).unwrap();
        let object = directory.objects().next().unwrap();
        assert_eq!(object.dn_text().unwrap(), "CN=J\u{fc}rgen,DC=corp,DC=example");
        assert_eq!((object.class(), object.line()), (Class::User, 2));
        assert_eq!(directory.sources()[0].warnings, []);
    }
}

mod any_text {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn never_panics(rows in prop::collection::vec("[ -~\n\"{}ä]{0,40}", 0..12), csvde in any::<bool>()) {
            let format = if csvde { InputFormat::Csvde } else { InputFormat::Csv };
            let text = format!("DN,objectClass,proxyAddresses,objectGUID,member;range=0-1\n{}", rows.join(","));
            let _ = load_with(&text, format, &WantedAttributes::All, Limits::default());
        }
    }
}
