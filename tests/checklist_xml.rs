//! The XML line of the test checklist in `input-formats` section 15, and section 10 (read 2026-11-25): one row per item.

mod support;

use std::fmt::Write as _;

use presync::directory::{Class, ObjectId};
use presync::load::{Limits, LoadRequest};
use presync::tenant::{CloudKind, CloudProperty};
use support::checklist::{Row, check, row, utf16};

const GUID: &str = "AAECAwQFBgcICQoLDA0ODw==";

/// `entry`, or another element of the same content.
fn entry_as(tag: &str, dn: &str, mail: &str) -> String {
    format!(
        r#"<{tag} dn="{dn}"><anchor encoding="base64">{GUID}</anchor>
<primary-objectclass>user</primary-objectclass>
<objectclass><oc-value>top</oc-value><oc-value>person</oc-value><oc-value>user</oc-value></objectclass>
<attr name="mail" type="string" multivalued="false"><value>{mail}</value></attr>
</{}>"#,
        tag.split(' ').next().unwrap_or_default()
    )
}

fn hologram(kind: &str, dn: &str, mail: &str) -> String {
    format!("<{kind}>{}</{kind}>", entry_as("entry", dn, mail))
}

fn object(dn: &str, content: &str) -> String {
    format!("<cs-object cs-dn=\"{dn}\" id=\"{{5A01}}\" object-type=\"user\">\n{content}\n</cs-object>\n")
}

fn document(objects: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cs-objects>\n{objects}</cs-objects>\n")
}

const NIA: &str = "CN=Nia,DC=corp,DC=example";
const BEN: &str = "CN=Ben,DC=corp,DC=example";

fn synchronized(dn: &str, mail: &str) -> String {
    object(dn, &hologram("synchronized-hologram", dn, mail))
}

fn nia() -> String {
    synchronized(NIA, "nia@corp.example")
}

fn one(name: &'static str, input: impl Into<Vec<u8>>) -> Row {
    row(name, input)
        .values(0, "dn", &[NIA])
        .values(0, "mail", &["nia@corp.example"])
        .values(0, "objectGUID", &["X'000102030405060708090a0b0c0d0e0f'"])
        .values(0, "objectClass", &["top", "person", "user"])
}

#[test]
fn documents() {
    let small = document(&nia());
    let declared = small.replace("UTF-8", "UTF-16");
    let prefixed =
        small.replace("</", "</x:").replace('<', "<x:").replace("<x:/x:", "</x:").replace("<x:?", "<?");
    let prefixed = prefixed.replace("<x:cs-objects>", "<x:cs-objects xmlns:x=\"urn:any\">");
    let default = small.replace("<cs-objects>", "<cs-objects xmlns=\"urn:any\" xsi:nil=\"1\">");
    check(&[
        one("small", small.as_str()),
        one("UTF-16 declared and marked", utf16(&declared, true, false)),
        one("UTF-16 declared, no mark", utf16(&declared, false, false)),
        one("UTF-16BE", utf16(&declared, true, true)),
        one("UTF-16 declared, saved as UTF-8", declared.as_str()),
        one("BOM UTF-8", format!("\u{feff}{small}")),
        one("namespace with a prefix", prefixed),
        one("namespace without a prefix", default),
        one("no declaration", nia()),
        one("comments, instructions and CDATA", {
            let text = small.replace("nia@corp.example", "nia<![CDATA[@]]>corp<!-- x -->.example<?x y?>");
            format!("<!-- by hand -->\n{text}")
        }),
        one("CRLF", small.replace('\n', "\r\n")),
        one("appended files", format!("{small}\u{feff}{}", document(&synchronized(BEN, "ben@x"))))
            .objects(2)
            .values(1, "mail", &["ben@x"])
            .warns(&["bom-inside"]),
        one("compressed object of an unknown element", {
            small.replace(
                "</cs-object>",
                "<cs-mv-links><cs-mv-value><value>x</value></cs-mv-value></cs-mv-links></cs-object>",
            )
        }),
        row("Windows-1252 bytes", {
            let text = document(&synchronized(NIA, "j\u{1}rgen@corp.example"));
            text.bytes().map(|byte| if byte == 1 { 0xfc } else { byte }).collect::<Vec<u8>>()
        })
        .values(0, "mail", &["jürgen@corp.example"])
        .warns(&["encoding-guessed"]),
    ]);
}

#[test]
fn what_is_no_xml_that_may_be_read() {
    let small = document(&nia());
    let doctype = |body: &str| {
        small.replacen("<cs-objects>", &format!("<!DOCTYPE cs-objects {body}>\n<cs-objects>"), 1)
    };
    let value = |text: &str| small.replace("nia@corp.example", text);
    let deep = format!("{}x{}", "<a>".repeat(80), "</a>".repeat(80));
    let truncated = document(&format!("{}{}", nia(), synchronized(BEN, "ben@x")));
    let cut = truncated.find("ben@x").expect("it is there");
    check(&[
        row("bad nesting", small.replace("</attr>\n</entry>", "</entry>\n</attr>")).refused(
            "export.txt:7: the XML is not well-formed: expected `</attr>`, but `</entry>` was found",
        ),
        row("an end too many", format!("{small}</cs-objects>")).refused("not well-formed"),
        row("attribute without quotes", small.replace("\"user\"", "user")).refused("not well-formed"),
        row("DTD refused", doctype("[<!ENTITY a SYSTEM \"file:///etc/passwd\">]"))
            .refused("export.txt:2: there is a document type definition (<!DOCTYPE), which is refused"),
        row("external DTD refused", doctype("SYSTEM \"http://x.example/a.dtd\"")).refused("<!DOCTYPE"),
        row("entity refused", value("&passwd;")).refused("the entity \"passwd\""),
        row("entity in an attribute refused", small.replace(NIA, "CN=&nia;")).refused("the entity \"nia\""),
        one("the entities of XML", value("nia&#64;corp&#x2e;example")),
        row("&amp; and &lt;", value("a&amp;b&lt;c")).values(0, "mail", &["a&b<c"]),
        row("number of no character", value("&#xFFFFFFFF;")).refused("names no character"),
        row("nested too deep", small.replace("</cs-object>", &format!("{deep}</cs-object>")))
            .refused("nested more than 64 deep"),
        row("text outside", small.replace("<cs-objects>", "lost <cs-objects>"))
            .refused("text outside of <cs-objects>"),
        row("another root", format!("<a>{}</a>", nia()))
            .refused("\"a\" stands where <cs-objects> is expected"),
        row("NUL byte far behind", format!("{}\n\n\0", document(&nia().repeat(200)))).refused("NUL"),
        one("truncated file", truncated.get(..cut).unwrap_or_default()).incomplete().warns(&["file-cut"]),
        one("truncated within a tag", truncated.get(..cut - 30).unwrap_or_default())
            .incomplete()
            .warns(&["file-cut"]),
        row("truncated before the first object ends", small.get(..300).unwrap_or_default())
            .refused("no object in it"),
        row("no objects", document("")).refused("no object in it"),
    ]);
}

#[test]
fn what_the_next_synchronization_will_see() {
    let delta = |operation: &str, mail: &str| {
        let tag = format!("delta operation=\"{operation}\"");
        format!("<pending-import>{}</pending-import>", entry_as(&tag, NIA, mail))
    };
    let old = hologram("synchronized-hologram", NIA, "old@x");
    let new = hologram("pending-import-hologram", NIA, "nia@corp.example");
    let only = |content: &[&str]| document(&object(NIA, &content.concat()));
    let with_ben = |content: &str| document(&format!("{}{}", nia(), object(BEN, content)));
    check(&[
        one("pending import after synchronized", only(&[&old, &new])),
        one("pending import before synchronized", only(&[&new, &old])),
        one("pending import alone", only(&[&new])),
        one("delta add alone", only(&[&delta("add", "nia@corp.example")])),
        one("delta add beside its hologram", only(&[&delta("add", "delta@x"), &new])),
        one("delta replace over synchronized", only(&[&delta("replace", "nia@corp.example"), &old])),
        one("delta delete-add over synchronized", only(&[&old, &delta("delete-add", "nia@corp.example")])),
        row("delta update without its hologram", only(&[&delta("update", "new@x"), &old]))
            .values(0, "mail", &["old@x"])
            .warns(&["pending-change-unseen"]),
        one("delta none", only(&[&delta("none", "x"), &new])),
        one("imported deletion", with_ben(&format!("{}{}", delta("delete", "x"), old))).skips("removed", 1),
        one("changes without the object", with_ben(&delta("update", "x"))).skips("change-record", 1),
        one("known by reference only", with_ben("<connector>0</connector>")).skips("not-imported", 1),
        one(
            "waiting to be exported",
            with_ben(&format!(
                "<unapplied-export>{}</unapplied-export>{}",
                entry_as("delta operation=\"add\"", BEN, "x"),
                hologram("unapplied-export-hologram", BEN, "x")
            )),
        )
        .skips("not-imported", 1),
        one("exports beside what was imported", only(&[
            &format!("<unconfirmed-export>{}</unconfirmed-export>", entry_as("delta operation=\"update\"", NIA, "x")),
            &hologram("escrowed-export-hologram", NIA, "x"),
            &new,
        ])),
        row("moved since", document(&object("CN=Old,DC=corp", &hologram("pending-import-hologram", NIA, "a@x"))))
            .values(0, "dn", &[NIA]),
        row("DN of the object when the entry has none", only(&[&old.replace(&format!(" dn=\"{NIA}\""), "")]))
            .values(0, "dn", &[NIA]),
        one("no DN at all", document(&format!(
            "{}<cs-object id=\"x\"><synchronized-hologram><entry></entry></synchronized-hologram></cs-object>", nia()
        )))
        .skips("missing-dn", 1),
    ]);
}

fn with_attributes(name: &'static str, attributes: &str) -> Row {
    let text = nia().replace("</objectclass>", &format!("</objectclass>\n{attributes}"));
    row(name, document(&text))
}

#[test]
fn values() {
    let attr = |name: &str, value: &str| {
        format!("<attr name=\"{name}\" type=\"x\" multivalued=\"true\">{value}</attr>")
    };
    check(&[
        with_attributes(
            "several values, one to be deleted",
            &attr("proxyAddresses", "<value>SMTP:a@x</value><value operation=\"delete\">smtp:c@x</value>\n<value>smtp:b@x </value>"),
        )
        .values(0, "proxyAddresses", &["SMTP:a@x", "smtp:b@x "]),
        with_attributes("binary", &attr("mS-DS-ConsistencyGuid", "<value encoding=\"base64\">AAEC\nAwQ=</value>"))
            .values(0, "mS-DS-ConsistencyGuid", &["X'0001020304'"]),
        with_attributes("no base64", &attr("userCertificate", "<value encoding=\"base64\">Zoë</value>"))
            .values(0, "userCertificate", &["Zoë"])
            .warns(&["base64-invalid"]),
        with_attributes("number in hexadecimal", &attr("userAccountControl", "<value>0x10200</value>"))
            .values(0, "userAccountControl", &["66048"]),
        with_attributes("negative number", &attr("groupType", "<value>0x80000002</value>"))
            .values(0, "groupType", &["-2147483646"]),
        with_attributes("number of 64 bits", &attr("msExchRecipientTypeDetails", "<value>0x80000000</value>"))
            .values(0, "msExchRecipientTypeDetails", &["2147483648"]),
        with_attributes("number in decimal", &attr("groupType", "<value>-2147483646</value>"))
            .values(0, "groupType", &["-2147483646"]),
        with_attributes("truth", &attr("isCriticalSystemObject", "<value>true</value>"))
            .values(0, "isCriticalSystemObject", &["TRUE"]),
        with_attributes("SID", &attr("objectSid", "<value encoding=\"base64\">AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAUQQAAA==</value>"))
            .values(0, "objectSid", &["X'01050000000000051500000001000000020000000300000051040000'"]),
        with_attributes("own attribute", &attr("Contoso-Badge", "<value>7</value>")).values(0, "contoso-badge", &["7"]),
        with_attributes(
            "references",
            "<dn-attr name=\"member\" multivalued=\"true\"><dn-value><dn>CN=a,DC=x</dn><anchor>AAAA</anchor></dn-value>\
             <dn-value operation=\"delete\"><dn>CN=c</dn></dn-value><dn-value><dn>CN=b,DC=x</dn></dn-value></dn-attr>",
        )
        .values(0, "member", &["CN=a,DC=x", "CN=b,DC=x"]),
        with_attributes("objectGUID beside the anchor", &attr("objectGUID", "<value encoding=\"base64\">Dw4NDAsKCQgHBgUEAwIBAA==</value>"))
            .values(0, "objectGUID", &["X'0f0e0d0c0b0a09080706050403020100'"]),
        with_attributes("secret", &attr("unicodePwd", "<value>x</value>"))
            .values(0, "unicodePwd", &[])
            .warns(&["secret-dropped"]),
        with_attributes("empty value", &attr("info", "<value/>")).values(0, "info", &[""]),
        row("line feed in a DN", document(&nia().replace("CN=Nia,", "CN=Nia&#xA;CNF:5a01,")))
            .values(0, "dn", &["CN=Nia\nCNF:5a01,DC=corp,DC=example"]),
    ]);
}

#[test]
fn the_class_comes_from_the_best_sign() {
    let class = |text: &str| {
        let loaded = support::load_bytes(document(text).as_bytes()).expect("it is usable");
        loaded.object(ObjectId(0)).class()
    };
    let all = nia();
    assert_eq!(
        class(&all.replace("<oc-value>user</oc-value>", "<oc-value>contact</oc-value>")),
        Class::Contact
    );
    let start = all.find("<objectclass>").expect("it is there");
    let end = all.find("</objectclass>").expect("it is there") + "</objectclass>".len();
    let bare = [&all[..start], &all[end..]].concat();
    assert_eq!(class(&bare.replace("<primary-objectclass>user", "<primary-objectclass>group")), Class::Group);
    let bare = bare.replace("<primary-objectclass>user</primary-objectclass>", "");
    assert_eq!(class(&bare.replace("object-type=\"user\"", "object-type=\"computer\"")), Class::Computer);
}

#[test]
fn findings_point_at_lines() {
    let directory = support::load_bytes(document(&nia()).as_bytes()).expect("it is usable");
    let object = directory.object(ObjectId(0));
    let mail = directory.names().lookup(b"mail").expect("it is known");
    assert_eq!(object.line(), 3);
    assert_eq!(object.values(mail).next().expect("it has one").line, 7);
}

#[test]
fn other_exports_of_the_sync_engine_are_named() {
    let hex = GUID.bytes().fold(String::new(), |text, byte| text + &format!("{byte:02X}"));
    let cloud = object(&format!("CN={{{hex}}}"), &hologram("synchronized-hologram", "x", "nia@x"));
    check(&[
        row("cloud connector", document(&cloud)).refused("--tenant"),
        row("CSExportAnalyzer", "\"ID\",\"DN\",\"OMODT\",\"AMODT\",\"Attribute\",\"Old\",\"New\"\n\"1\",\"CN=a\",\"Add\",\"Add\",\"mail\",\"\",\"x\"\n")
            .refused("CSExportAnalyzer"),
        row("Get-ADSyncCSObject", r#"{"ObjectId":"5a","ConnectorName":"corp.example","DistinguishedName":"CN=a,DC=x","AnchorValue":"AAEC","Attributes":[{"Name":"mail","Values":["x"]}],"SerializedXml":"<cs-objects/>"}"#)
            .refused("Get-ADSyncCSObject"),
        row("Get-ADSyncMVObject", r#"[{"ObjectId":"5a","Lineage":[{"ConnectorName":"corp.example","ConnectedCsObjectDN":"CN=a"}],"Attributes":{"mail":{"Name":"mail"}}}]"#)
            .refused("Get-ADSyncMVObject"),
        row("IdFix", "DISTINGUISHEDNAME,COMMONNAME,OBJECTCLASS,ATTRIBUTE,ERROR,VALUE,UPDATE,PROPOSEDACTION,ACTION\nx,x,x,x,x,x,x,x,x\n")
            .refused("IdFix"),
    ]);
}

fn load_limited(text: &str, limits: Limits) -> presync::directory::Directory {
    support::load_with(text.as_bytes(), |request| LoadRequest { limits, ..request }).expect("it is usable")
}

#[test]
fn an_object_beyond_the_limits_is_skipped_and_the_next_one_read() {
    let long = nia().replace("nia@corp.example", &"x".repeat(5000));
    let many = nia().replace("<value>nia@corp.example</value>", &"<value>a</value>".repeat(300));
    let wide: String = (0..200).fold(String::new(), |mut text, number| {
        let _ = write!(text, "<attr name=\"own{number}\"><value>1</value></attr>");
        text
    });
    let wide = nia().replace("</entry>", &format!("{wide}</entry>"));
    let classes = nia().replace("<oc-value>top</oc-value>", &"<oc-value>top</oc-value>".repeat(200));
    let encoded = nia()
        .replace("<value>nia@corp.example", &format!("<value encoding=\"base64\">{}", "AAAA".repeat(500)));
    for large in [long, many, wide, classes, encoded] {
        let text = document(&format!("{large}{}", synchronized(BEN, "ben@x")));
        let limits = Limits {
            value_bytes: 1000,
            values_per_attribute: 100,
            attributes_per_record: 100,
            ..Limits::default()
        };
        let directory = load_limited(&text, limits);
        let source = &directory.sources()[0];
        assert_eq!((source.objects, source.skipped.get("limit-exceeded")), (1, Some(&1)));
        assert!(!source.complete);
        assert_eq!(support::warning(&directory, "limit-exceeded"), Some(3));
        assert_eq!(support::one_value(&directory, 0, "mail"), "ben@x");
    }
}

#[test]
fn a_text_without_end_ends_the_file_instead_of_filling_the_memory() {
    let text = document(&format!("{}{}", nia(), synchronized(BEN, &"x".repeat(1 << 20))));
    let directory = load_limited(&text, Limits { line_bytes: 1 << 16, ..Limits::default() });
    let source = &directory.sources()[0];
    assert_eq!((source.objects, source.complete), (1, false));
    assert_eq!(support::warning(&directory, "limit-exceeded"), Some(14));
}

/// The DN of an object of the cloud connector.
fn cloud_dn(anchor: &str) -> String {
    format!("CN={{{}}}", anchor.bytes().fold(String::new(), |text, byte| text + &format!("{byte:02X}")))
}

fn cloud_object(anchor: &str, object_type: &str, attributes: &[(&str, &str)]) -> String {
    let dn = cloud_dn(anchor);
    let attributes = attributes.iter().fold(String::new(), |text, (name, value)| {
        let values =
            value.split('|').fold(String::new(), |text, one| text + &format!("<value>{one}</value>"));
        text + &format!("<attr name=\"{name}\" type=\"string\" multivalued=\"true\">{values}</attr>\n")
    });
    format!(
        "<cs-object cs-dn=\"{dn}\" id=\"{{1}}\" object-type=\"{object_type}\"><synchronized-hologram><entry dn=\"{dn}\">\n\
         <primary-objectclass>{object_type}</primary-objectclass>\n{attributes}</entry></synchronized-hologram></cs-object>\n"
    )
}

fn load_tenant(
    text: &str,
) -> Result<(Vec<presync::tenant::CloudObject>, presync::directory::Source), presync::load::LoadError> {
    let file = tempfile::NamedTempFile::new().expect("a place for the file");
    std::fs::write(file.path(), text).expect("the file is written");
    presync::load::load_tenant(&file.path().to_string_lossy())
}

#[test]
fn the_cloud_connector_is_a_tenant() {
    let user = [
        ("cloudAnchor", "User_7b1d0000-0000-0000-0000-000000000001"),
        ("userPrincipalName", "nia@corp.example"),
        ("displayName", "Nia &amp; Co"),
        ("mail", "nia@corp.example"),
        ("proxyAddresses", "SMTP:nia@corp.example|smtp:n@corp.example"),
        ("accountEnabled", "false"),
        ("unread", "x"),
    ];
    let group = [("cloudAnchor", "Group_7b1d0000-0000-0000-0000-000000000002"), ("displayName", "Team")];
    let text = document(&format!(
        "{}{}{}",
        cloud_object(GUID, "user", &user),
        cloud_object("AQECAwQFBgcICQoLDA0ODw==", "group", &group),
        cloud_object("AgECAwQFBgcICQoLDA0ODw==", "publicFolder", &[]),
    ));
    let (objects, source) = load_tenant(&text).expect("it is usable");
    assert_eq!((source.format.name(), source.objects, source.complete), ("csexport", 2, true));
    assert_eq!(source.skipped.get("other-resource"), Some(&1));
    let nia = &objects[0];
    assert_eq!((nia.kind(), nia.id()), (CloudKind::User, "7b1d0000-0000-0000-0000-000000000001"));
    assert_eq!(nia.text(CloudProperty::ImmutableId), Some(GUID));
    assert_eq!(nia.text(CloudProperty::UserPrincipalName), Some("nia@corp.example"));
    assert_eq!(nia.text(CloudProperty::DisplayName), Some("Nia & Co"));
    assert_eq!(
        nia.texts(CloudProperty::ProxyAddresses).collect::<Vec<_>>(),
        ["SMTP:nia@corp.example", "smtp:n@corp.example"]
    );
    assert_eq!(
        (nia.flag(CloudProperty::AccountEnabled), nia.flag(CloudProperty::SyncEnabled)),
        (Some(false), Some(true))
    );
    let group = &objects[1];
    assert_eq!((group.kind(), group.id()), (CloudKind::Group, "7b1d0000-0000-0000-0000-000000000002"));
}

#[test]
fn what_is_no_cloud_connector_is_refused_as_a_tenant() {
    for (text, words) in [
        (document(&nia()), "Give it as a source"),
        (document(""), "no object in it"),
        (document(&cloud_object(GUID, "user", &[])).replace("</entry>", ""), "not well-formed"),
        (
            "{\"ConnectorName\":\"x\",\"AnchorValue\":\"AA==\",\"DistinguishedName\":\"CN=a\"}".into(),
            "Get-ADSyncCSObject",
        ),
        ("DISTINGUISHEDNAME,OBJECTCLASS,ATTRIBUTE,ERROR,VALUE,UPDATE\nx,x,x,x,x,x\n".into(), "IdFix"),
    ] {
        let error = load_tenant(&text).expect_err("it is refused").to_string();
        assert!(error.contains(words), "{error}");
    }
    let text = document(&format!("{}{}", cloud_object(GUID, "user", &[]), cloud_object("AQ==", "user", &[])));
    let cut = text.len() - 200;
    let (objects, source) = load_tenant(&text[..cut]).expect("what was read counts");
    assert_eq!((objects.len(), source.complete), (1, false));
    assert!(source.warnings.iter().any(|warning| warning.id == "file-cut"));
}
