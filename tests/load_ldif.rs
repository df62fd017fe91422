//! LDIF as it really comes: every row of the test checklist in `input-formats` section 15, with invented data.

mod support;

use presync::directory::{Class, ValueFlags, attribute};
use presync::load::LoadError;
use support::{load_bytes, load_error, load_files, load_text, one_value, warning};

const USER: &str = "dn: CN=Nia Okoro,OU=Sales,DC=corp,DC=example\nobjectClass: top\nobjectClass: user\nmail: nia@corp.example\n";

#[test]
fn a_record_loads_with_class_values_lines_and_forest() {
    let directory = load_text(USER);
    let object = directory.objects().next().unwrap();
    assert_eq!(object.dn(), b"CN=Nia Okoro,OU=Sales,DC=corp,DC=example");
    assert_eq!(object.class(), Class::User);
    assert_eq!(object.line(), 1);
    let mail = object.values(attribute::MAIL).next().unwrap();
    assert_eq!((mail.bytes, mail.line), (b"nia@corp.example".as_slice(), 4));
    assert_eq!(directory.forests()[0].name, "corp.example");
    assert_eq!(directory.sources()[0].forest.as_deref(), Some("corp.example"));
    assert!(directory.occurs(attribute::OBJECT_CLASS));
    assert!(directory.sources()[0].complete);
}

#[test]
fn version_lines_are_never_attributes() {
    for text in [
        format!("version: 1\n{USER}"),
        format!("version:1\n\n{USER}"),
        format!("# made by hand\nversion: 1\n\n{USER}"),
        format!("{USER}\nversion: 1\n\ndn: CN=b,DC=corp,DC=example\nmail: b@corp.example\n"),
    ] {
        let directory = load_text(&text);
        assert!(directory.sources()[0].skipped.is_empty(), "{text}");
        assert_eq!(one_value(&directory, 0, "mail"), "nia@corp.example");
        assert!(directory.names().lookup(b"version").is_none_or(|id| !directory.occurs(id)));
    }
    assert_eq!(warning(&load_text(&format!("version: 2\n{USER}")), "version-unknown"), Some(1));
}

#[test]
fn folds_are_joined_wherever_they_are() {
    let directory = load_text(
        "dn: CN=Nia,OU=Sal\n es,DC=corp,DC=example\ndisplay\n Name: Nia\n  Okoro\n# a comment\n  that goes on: x\n\
         mail:\n  nia@corp.example\ninfo: \n text\ntitle:: \n Qm\n 9zcw==\nst:\n : TnVs\n \n bA==\n",
    );
    assert_eq!(directory.object(presync::directory::ObjectId(0)).dn(), b"CN=Nia,OU=Sales,DC=corp,DC=example");
    for (name, value) in [
        ("displayName", "Nia Okoro"),
        ("mail", "nia@corp.example"),
        ("info", "text"),
        ("title", "Boss"),
        ("st", "Null"),
    ] {
        assert_eq!(one_value(&directory, 0, name), value);
    }
    assert!(directory.sources()[0].skipped.is_empty());
    assert!(directory.sources()[0].warnings.iter().all(|warning| warning.id == "no-object-guid"));
}

#[test]
fn tabs_continue_with_a_warning_and_strays_are_counted() {
    let directory = load_text(
        " stray\ndn: CN=a,DC=corp\nmail: nia@\n\tcorp.example\n  \ndn: CN=b,DC=corp\n\n stray too\n",
    );
    assert_eq!(one_value(&directory, 0, "mail"), "nia@corp.example");
    assert_eq!(directory.len(), 2);
    assert_eq!(warning(&directory, "tab-continuation"), Some(4));
    assert_eq!(warning(&directory, "blank-line-with-spaces"), Some(5));
    assert_eq!(warning(&directory, "stray-continuation"), Some(1));
    assert_eq!(directory.sources()[0].skipped["junk-line"], 2);
}

#[test]
fn all_line_ends_give_the_same() {
    let text = format!("{USER}\ndn: CN=b,DC=corp,DC=example\ndescription: one\n  two");
    for line_end in ["\n", "\r\n", "\r", "\r\r\n"] {
        let directory = load_text(&text.replace('\n', line_end));
        assert_eq!(directory.len(), 2);
        assert_eq!(one_value(&directory, 1, "description"), "one two");
        assert_eq!(directory.objects().nth(1).unwrap().line(), 6);
    }
}

#[test]
fn encodings_give_the_same_text() {
    let text = "dn: CN=Jürgen Größe,DC=corp,DC=example\ndisplayName: Jürgen Größe\ntitle: Bürgermeister\n";
    let utf16 = |swap: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    let utf32: Vec<u8> = text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect();
    let latin: Vec<u8> = text.chars().map(|letter| u8::try_from(letter).unwrap()).collect();
    let with = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
    for (name, bytes) in [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with mark", with(b"\xef\xbb\xbf", text.as_bytes().to_vec())),
        ("UTF-16LE", with(b"\xff\xfe", utf16(false))),
        ("UTF-16BE", with(b"\xfe\xff", utf16(true))),
        ("UTF-16LE without mark", utf16(false)),
        ("UTF-16BE without mark", utf16(true)),
        ("UTF-32LE", with(b"\xff\xfe\0\0", utf32)),
        ("windows-1252", latin),
    ] {
        let directory = load_bytes(&bytes).unwrap();
        assert_eq!(one_value(&directory, 0, "displayName"), "Jürgen Größe", "{name}");
        assert_eq!(
            directory.objects().next().unwrap().dn_text().unwrap(),
            "CN=Jürgen Größe,DC=corp,DC=example"
        );
        let guessed = directory.sources()[0].warnings.iter().find(|warning| warning.id == "encoding-guessed");
        assert_eq!(guessed.is_some(), name == "windows-1252");
        assert!(guessed.is_none_or(|guess| guess.message.contains("windows-1252") && guess.line == Some(1)));
    }
}

#[test]
fn base64_never_changes_with_the_code_page() {
    let mut bytes = b"dn:: Q049SsO8cmdlbixEQz1jb3Jw\ndisplayName: J".to_vec();
    bytes.extend(b"\xfcrgen Gr\xf6\xdfe\n");
    let directory = load_bytes(&bytes).unwrap();
    assert_eq!(directory.objects().next().unwrap().dn_text().unwrap(), "CN=Jürgen,DC=corp");
    assert_eq!(one_value(&directory, 0, "displayName"), "Jürgen Größe");
    assert_eq!(warning(&directory, "encoding-guessed"), Some(2));
}

#[test]
fn utf8_with_a_damaged_byte_stays_utf8() {
    let mut bytes = "dn: CN=Jürgen,DC=corp\ntitle: a".as_bytes().to_vec();
    bytes.extend(b"\xff\ndisplayName: J\xc3\xbcrgen\n");
    let directory = load_bytes(&bytes).unwrap();
    assert_eq!(one_value(&directory, 0, "displayName"), "Jürgen");
    assert_eq!(warning(&directory, "encoding-damaged"), Some(2));
}

#[test]
fn a_mark_inside_the_file_is_white_space() {
    let directory = load_text(&format!("{USER}\n\u{feff}dn: CN=b,DC=corp,DC=example\n"));
    assert_eq!(directory.len(), 2);
    assert_eq!(warning(&directory, "bom-inside"), Some(6));
}

#[test]
fn values_are_kept_as_they_are() {
    let directory = load_text(
        "dn: CN=a,DC=corp\nmail:   a@corp.example \ninfo:\ninitials: YWI=\ndisplayName:: Zoë\ncn:: Wm/Dqw\n\
         objectGUID:: AAECAwQFBgcICQoLDA0ODw==\ntitle: < file:/x\nsn: a # b\n",
    );
    assert_eq!(one_value(&directory, 0, "mail"), "a@corp.example ");
    assert_eq!(one_value(&directory, 0, "initials"), "YWI=");
    assert_eq!(one_value(&directory, 0, "cn"), "Zoë");
    assert_eq!(one_value(&directory, 0, "title"), "< file:/x");
    assert_eq!(one_value(&directory, 0, "sn"), "a # b");
    let object = directory.objects().next().unwrap();
    let value =
        |name: &str| object.values(directory.names().lookup(name.as_bytes()).unwrap()).next().unwrap();
    assert_eq!(value("info").bytes, b"");
    assert_eq!(value("displayName").bytes, "Zoë".as_bytes());
    assert!(value("displayName").flags.contains(ValueFlags::BASE64_INVALID));
    assert_eq!(value("objectGUID").bytes, (0..16).collect::<Vec<u8>>());
    assert_eq!(warning(&directory, "base64-invalid"), Some(5));
}

#[test]
fn external_values_are_present_but_unknown() {
    let directory = load_text("dn: CN=a,DC=corp\nthumbnailPhoto:< file:///etc/passwd\n");
    let object = directory.objects().next().unwrap();
    let photo = object.values(attribute::THUMBNAIL_PHOTO).next().unwrap();
    assert!(photo.bytes.is_empty() && photo.flags.contains(ValueFlags::EXTERNAL));
    assert_eq!(warning(&directory, "external-value"), Some(2));
}

#[test]
fn options_are_stripped_or_kept_apart() {
    let directory = load_text(
        "dn: CN=a,DC=corp\nuserCertificate;binary:: AQI=\ndescription: plain\ndescription;lang-de: deutsch\ntitle;x-y: boss\n",
    );
    let object = directory.objects().next().unwrap();
    assert_eq!(object.first(attribute::USER_CERTIFICATE), Some([1, 2].as_slice()));
    assert_eq!(one_value(&directory, 0, "description"), "plain");
    assert_eq!(one_value(&directory, 0, "title"), "boss");
    assert_eq!(warning(&directory, "unknown-option"), Some(5));
}

#[test]
fn slices_are_joined_and_gaps_are_told() {
    let group = "dn: CN=All,DC=corp\nobjectClass: group\n";
    let members = |directory: &presync::directory::Directory| -> Vec<String> {
        let object = directory.objects().next().unwrap();
        object
            .values(attribute::MEMBER)
            .map(|value| String::from_utf8_lossy(value.bytes).into_owned())
            .collect()
    };
    let whole = load_text(&format!(
        "{group}member:\nmember;range=0-1: CN=1\nmember;range=0-1: CN=2\nmember;Range=2-*: CN=3\n"
    ));
    assert_eq!(members(&whole), ["CN=1", "CN=2", "CN=3"]);
    assert_eq!(warning(&whole, "range-incomplete"), None);
    let parts = [
        format!("{group}member;range=0-1: CN=1\nmember;range=0-1: CN=2\n"),
        "dn: cn=ALL,dc=corp\nmember;range=2-3: CN=3\nmember;range=2-3: CN=4\n".into(),
        "dn: CN=All,DC=corp\nmember;range=4-*: CN=5\n".into(),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let text = order.map(|part: usize| parts[part].clone()).join("\n");
        let joined = load_text(&text);
        assert_eq!(joined.len(), 1);
        assert_eq!(members(&joined), ["CN=1", "CN=2", "CN=3", "CN=4", "CN=5"]);
        let object = joined.objects().next().unwrap();
        assert!(!object.is_incomplete(attribute::MEMBER) && object.class() == Class::Group);
        assert_eq!(warning(&joined, "range-incomplete"), None);
        assert_eq!(joined.sources()[0].skipped["duplicate"], 2);
    }
    for text in [parts[0].clone(), format!("{}\n{}", parts[0], parts[2])] {
        let gap = load_text(&text);
        assert!(gap.objects().next().unwrap().is_incomplete(attribute::MEMBER));
        assert_eq!(warning(&gap, "range-incomplete"), Some(1));
    }
}

#[test]
fn the_four_kinds_of_duplicates() {
    let other =
        "dn: cn=nia okoro, ou=Sales,dc=corp,dc=example\nobjectClass: user\nmail: other@corp.example\n";
    let same = load_text(&format!("{USER}\n{USER}"));
    assert_eq!((same.len(), same.sources()[0].skipped["duplicate"]), (1, 1));
    assert_eq!(warning(&same, "duplicate"), None);
    let changed = load_text(&format!("{USER}\n{other}"));
    assert_eq!(one_value(&changed, 0, "mail"), "other@corp.example");
    assert_eq!(warning(&changed, "duplicate"), Some(1));
    assert_eq!(changed.sources()[0].objects, 1);
    for order in [[USER, other], [other, USER]] {
        let files = load_files(&[("a.ldf", order[0], None), ("b.ldf", order[1], None)]).unwrap();
        assert_eq!((files.len(), one_value(&files, 0, "mail")), (1, "nia@corp.example".to_owned()));
        let loser = usize::from(order[0] == USER);
        assert_eq!(files.sources()[loser].skipped["duplicate"], 1);
        assert!(files.sources()[loser].warnings.iter().any(|warning| warning.id == "duplicate"));
    }
    let forests = load_files(&[("a.ldf", USER, Some("a")), ("b.ldf", other, Some("b"))]).unwrap();
    assert_eq!((forests.len(), forests.forests().len()), (2, 2));
}

#[test]
fn records_that_are_no_objects_are_counted_by_reason() {
    let directory = load_text(&format!(
        "dn:\ndefaultNamingContext: DC=corp\n\n{USER}\ndn: @INDEXLIST\n@IDXATTR: cn\n\nsn: tail\n\nref: ldap://x/DC=y\n\n\
         # refldap://ForestDnsZones.corp/DC=\n x\n\ndn: CN=b,DC=corp,DC=example\nchangetype: add\nmail: b@corp.example\n\n\
         dn: CN=c,DC=corp\ncontrol: 1.2.3 true\nchangetype: modify\nreplace: mail\nmail: x\n\n-\n\n\
         dn: CN=d,DC=corp\nreplace: mail\nmail: x\n-\n\ndn: CN=e,DC=corp\nchangetype: MODRDN\nnewrdn: CN=f\n"
    ));
    let skipped = &directory.sources()[0].skipped;
    let expected = [
        ("root-dse", 1),
        ("special-record", 1),
        ("missing-dn", 1),
        ("search-reference", 2),
        ("change-record", 3),
    ];
    for (reason, count) in expected {
        assert_eq!(skipped.get(reason), Some(&count), "{reason}");
    }
    assert_eq!(skipped.len(), expected.len(), "{skipped:?}");
    assert_eq!((directory.len(), directory.sources()[0].objects), (2, 2));
    assert_eq!(warning(&directory, "missing-dn"), Some(12));
    assert_eq!(one_value(&directory, 1, "mail"), "b@corp.example");
}

#[test]
fn a_file_of_changes_only_is_refused_with_the_way_out() {
    let error = load_error(
        "dn: CN=a,DC=corp\nchangetype: delete\n\ndn: CN=b,DC=corp\nchangetype: moddn\nnewrdn: CN=c\n",
    );
    assert!(matches!(error, LoadError::Refused { .. }));
    assert!(error.to_string().contains("--overlay"));
}

#[test]
fn trailers_of_searches_end_nothing_and_count_nothing() {
    let trailer = "# search result\nsearch: 2\nresult: 0 Success\ncontrol: 1.2.840.113556.1.4.319 false MIQA\n\
                   pagedresults: cookie=\n\n# numResponses: 2\n# numEntries: 1\n";
    let directory = load_text(&format!("{USER}\n{trailer}\ndn: CN=b,DC=corp,DC=example\n\n{trailer}"));
    assert_eq!(directory.len(), 2);
    assert!(directory.sources()[0].skipped.is_empty() && directory.sources()[0].complete);
    let cut = load_text(&format!(
        "{USER}\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n\n# numEntries: 7\n"
    ));
    assert!(!cut.sources()[0].complete);
    assert_eq!(warning(&cut, "search-incomplete"), Some(8));
    assert_eq!(warning(&cut, "num-entries-mismatch"), Some(10));
    let message = load_text(&format!("{USER}\nSize limit exceeded (4)\n"));
    assert!(!message.sources()[0].complete && warning(&message, "junk-line").is_some());
    let glued = load_text(&format!("{USER}# search result\nsearch: 2\nresult: 0 Success\n"));
    assert!(glued.names().lookup(b"search").is_none_or(|id| !glued.occurs(id)));
}

#[test]
fn headers_of_searches_tell_what_is_not_seen() {
    let header = |filter: &str, requesting: &str| {
        format!(
            "# extended LDIF\n#\n# LDAPv3\n# base <DC=corp,DC=example> with scope subtree\n# filter: {filter}\n# requesting: {requesting}\n#\n\n{USER}"
        )
    };
    assert_eq!(warning(&load_text(&header("(objectclass=*)", "ALL")), "export-filtered"), None);
    assert_eq!(warning(&load_text(&header("(mail=*)", "ALL")), "export-filtered"), Some(5));
    assert_eq!(warning(&load_text(&header("(objectclass=*)", "mail cn")), "export-filtered"), Some(6));
}

#[test]
fn text_identifiers_and_extended_dns_become_bytes() {
    let directory = load_text(
        "dn: <GUID=03020100-0504-0706-0809-0a0b0c0d0e0f>;<SID=S-1-5-21-1-2-3-1105>;CN=a,DC=corp\n\
         objectSid: S-1-5-21-1-2-3-1106\nmanager: <GUID=0302>;CN=b,DC=corp\n",
    );
    let object = directory.objects().next().unwrap();
    assert_eq!(object.dn(), b"CN=a,DC=corp");
    assert_eq!(object.first(attribute::MANAGER), Some(b"CN=b,DC=corp".as_slice()));
    assert_eq!(object.values(attribute::OBJECT_GUID).len(), 1);
    assert_eq!(object.values(attribute::OBJECT_SID).len(), 1);
}

#[test]
fn junk_costs_no_record() {
    let directory = load_text(&format!(
        "$ ldapsearch -x -b DC=corp\n{USER}\n...snipped for brevity...\n\n[snip]\ndn: CN=b,DC=corp,DC=example\nno colon here\nsn: b\n--\n"
    ));
    assert_eq!(directory.len(), 2);
    assert_eq!(one_value(&directory, 1, "sn"), "b");
    assert_eq!(directory.sources()[0].skipped["junk-line"], 5);
    let shown = directory.sources()[0].warnings.iter().filter(|warning| warning.id == "junk-line");
    assert_eq!(shown.map(|warning| warning.line.unwrap()).collect::<Vec<_>>(), [1, 7, 9, 11, 13]);
}

#[test]
fn a_second_dn_starts_a_record_and_an_empty_line_orphans_one() {
    let directory =
        load_text("dn: CN=a,DC=corp\nsn: a\nDN: CN=b,DC=corp\nsn: b\n\nmail: lost@corp.example\n");
    assert_eq!((directory.len(), one_value(&directory, 1, "sn")), (2, "b".to_owned()));
    assert_eq!(warning(&directory, "second-dn"), Some(3));
    assert_eq!(directory.sources()[0].skipped["missing-dn"], 1);
}

#[test]
fn records_without_attributes_load_and_many_of_them_are_told() {
    let directory = load_text("dn: CN=a,DC=corp\n\ndn: CN=b,DC=corp\n\ndn: CN=c,DC=corp\nsn: c\n");
    assert_eq!(directory.len(), 3);
    assert!(warning(&directory, "unreadable-objects").is_none());
    assert!(directory.sources()[0].warnings.iter().any(|warning| warning.id == "unreadable-objects"));
    assert_eq!(directory.objects().next().unwrap().class(), Class::Unknown);
}

#[test]
fn secrets_and_placeholders() {
    let directory = load_text("dn: CN=a,${DOMAINDN}\nuserPassword:: c2VjcmV0\nunicodePwd: x\nsn: a\n");
    let object = directory.objects().next().unwrap();
    assert_eq!(object.all_values().count(), 1);
    assert_eq!(warning(&directory, "secret-dropped"), Some(2));
    assert_eq!(warning(&directory, "placeholder"), Some(1));
    assert_eq!(warning(&load_text("dn: CN=a,DC=x\ndistinguishedName: CN=b,DC=x\n"), "dn-mismatch"), Some(2));
}

#[test]
fn classes_come_from_other_attributes_when_they_must() {
    let class =
        |lines: &str| load_text(&format!("dn: CN=a,DC=corp\n{lines}\n")).objects().next().unwrap().class();
    assert_eq!(class("sAMAccountType: 805306369"), Class::Computer);
    assert_eq!(class("groupType: -2147483646"), Class::Group);
    assert_eq!(
        class("objectCategory: CN=Foreign-Security-Principal,CN=Schema"),
        Class::ForeignSecurityPrincipal
    );
    assert_eq!(class("objectCategory: CN=Person,CN=Schema\nsAMAccountName: a"), Class::User);
    assert_eq!(class("objectCategory: CN=Person,CN=Schema"), Class::Unknown);
    assert_eq!(class("groupType: 2\nobjectClass: contact"), Class::Contact);
    let tombstone = load_text("dn: CN=a\\0ADEL:x,DC=corp\nisDeleted: TRUE\n");
    assert!(tombstone.objects().next().unwrap().is_deleted());
}

#[test]
fn unusable_files_say_why() {
    for (text, words) in [
        ("", "empty"),
        ("\r\n \n", "empty"),
        ("# only a comment\n", "neither LDIF nor CSV"),
        ("# extended LDIF\n#\n# search result\nsearch: 2\nresult: 0 Success\n", "no object"),
        ("dn:\ncurrentTime: 2026\n", "root-dse 1"),
        ("abc\0\0\0def\0", "binary"),
        ("sAMAccountName: a\nsAMAccountName: b\n", "no dn line"),
    ] {
        let error = load_error(text).to_string();
        assert!(error.contains(words), "{text:?}: {error}");
    }
    let missing = load_files(&[]).unwrap();
    assert!(missing.is_empty());
}

#[test]
fn a_line_of_many_megabytes_is_read_and_limits_hold() {
    let large = "A".repeat(20 << 20);
    let text =
        format!("dn: CN=a,DC=corp\ninfo: x\n\ndn: CN=b,DC=corp\ninfo: {large}\nsn: b\n\ndn: CN=c,DC=corp\n");
    let directory = load_text(&text);
    assert_eq!(directory.len(), 2);
    assert_eq!(directory.sources()[0].skipped["limit-exceeded"], 1);
    assert_eq!(warning(&directory, "limit-exceeded"), Some(5));
    assert_eq!(directory.objects().nth(1).unwrap().line(), 8);
}

/// Everything a load gives, for comparisons; positions included.
fn picture(directory: &presync::directory::Directory) -> String {
    use std::fmt::Write as _;
    let mut text = format!(
        "{:?}\n{:?}\n",
        directory.forests(),
        directory
            .sources()
            .iter()
            .map(|source| { (&source.skipped, source.objects, source.complete, &source.warnings) })
            .collect::<Vec<_>>()
    );
    for object in directory.objects() {
        let _ = writeln!(text, "{} {:?} {:?}", object.line(), object.dn_text(), object.class());
        for (id, value) in object.all_values() {
            let name = directory.names().name(id);
            let _ = writeln!(text, "  {} {name} {:?} {:?}", value.line, value.bytes, value.flags);
        }
    }
    text
}

#[test]
fn every_block_size_gives_the_same() {
    let text = format!(
        "# extended LDIF\n\nversion: 1\n\n{USER}description: fold\n ed\nnewAttribute: x\n\n\n \ndn: CN=b,DC=corp,DC=example\n\
         member;range=0-1: CN=x\n  \nNewAttribute: y\n\nref: ldap://x\n\n# search result\nsearch: 2\nresult: 0 Success\n\n\
         # numEntries: 4\n\ndn: CN=b,DC=corp,DC=example\nmember;range=1-*: CN=y\n\n{USER}\n\u{feff}dn:: Q049w7w=\nother: 1\n  \n\n-\nno colon\n"
    );
    let mixed = text.replacen("\n\n", "\r\n\r\n", 2).replacen("\n\ndn", "\r\rdn", 1).replacen(
        "\n\nref",
        "\r\r\n\r\r\nref",
        1,
    );
    for line_end in ["\n", "\r\n", "\r", "\r\r\n", "mixed"] {
        let text = if line_end == "mixed" { mixed.clone() } else { text.replace('\n', line_end) };
        let whole = picture(&load_text(&text));
        assert!(whole.contains("numEntries") || whole.contains("num-entries-mismatch") || !whole.is_empty());
        for block_bytes in 1..=text.len() + 1 {
            let small = support::load_with(text.as_bytes(), |request| presync::load::LoadRequest {
                block_bytes,
                ..request
            });
            assert_eq!(picture(&small.unwrap()), whole, "blocks of {block_bytes} bytes, {line_end:?}");
        }
    }
}

#[test]
fn every_block_size_finds_the_same_odd_byte() {
    let mut text = b"dn: CN=a,DC=corp\nsn: a\n\ndn: CN=b,DC=corp\nsn: b\n\n".repeat(3);
    text.extend(b"dn: CN=J\xfcrgen,DC=corp\nsn: Gr\xf6\xdfe\n\ndn: CN=c,DC=corp\nsn: \xc4ra\n");
    let whole = picture(&load_bytes(&text).unwrap());
    assert!(whole.contains("Größe") || whole.contains("Jürgen"), "{whole}");
    for block_bytes in 1..=text.len() + 1 {
        let small =
            support::load_with(&text, |request| presync::load::LoadRequest { block_bytes, ..request });
        assert_eq!(picture(&small.unwrap()), whole, "blocks of {block_bytes} bytes");
    }
}

#[test]
fn records_too_large_to_hold_are_skipped_alone() {
    let text = format!("{USER}\ndn: CN=big,DC=corp,DC=example\n{}\n{USER}", "sn: 0123456789\n".repeat(200));
    let limits = presync::load::Limits { record_bytes: 1000, ..presync::load::Limits::default() };
    let directory = support::load_with(text.as_bytes(), |request| presync::load::LoadRequest {
        limits,
        block_bytes: 64,
        ..request
    });
    let directory = directory.unwrap();
    assert_eq!(directory.sources()[0].skipped["limit-exceeded"], 1);
    assert_eq!((directory.len(), directory.sources()[0].skipped["duplicate"]), (1, 1));
}

#[test]
fn limits_on_values_and_attributes_hold() {
    let limits = |values: usize, attributes: usize| presync::load::Limits {
        values_per_attribute: values,
        attributes_per_record: attributes,
        ..presync::load::Limits::default()
    };
    let text = "dn: CN=a,DC=corp\nsn: 1\n\ndn: CN=b,DC=corp\nsn: 1\nl: 1\nsn: 2\nst: 1\n";
    for (limits, loaded) in [(limits(2, 3), 2), (limits(1, 3), 1), (limits(2, 2), 1)] {
        let directory =
            support::load_with(text.as_bytes(), |request| presync::load::LoadRequest { limits, ..request })
                .unwrap();
        assert_eq!(directory.len(), loaded);
    }
}

#[test]
fn only_wanted_attributes_are_stored_but_classes_and_tombstones_are_known() {
    use presync::directory::{AttributeSet, WantedAttributes};
    let text = format!("{USER}isDeleted: TRUE\nuserPassword: x\n");
    let wanted: AttributeSet = [attribute::MAIL].into_iter().collect();
    let directory = support::load_with(text.as_bytes(), |request| presync::load::LoadRequest {
        wanted: WantedAttributes::Only(wanted),
        ..request
    })
    .unwrap();
    let object = directory.objects().next().unwrap();
    let names: Vec<&str> = object.all_values().map(|(id, _)| directory.names().name(id)).collect();
    assert_eq!(names, ["mail", "isDeleted"]);
    assert_eq!(object.class(), Class::User);
    assert!(object.is_deleted() && directory.occurs(attribute::OBJECT_CLASS));
}

#[test]
fn sources_may_be_patterns_and_repeat_a_forest() {
    let files = load_files(&[
        ("eu.ldf", "dn: CN=a,DC=eu,DC=corp,DC=example\n", None),
        ("root.ldf", "dn: CN=b,DC=corp,DC=example\n", None),
        ("res.ldf", "dn: CN=c,DC=res,DC=test\n", Some("res")),
        ("res2.ldf", "dn: CN=d,DC=res,DC=test\n", Some("RES")),
    ])
    .unwrap();
    let names: Vec<&str> = files.forests().iter().map(|forest| forest.name.as_str()).collect();
    assert_eq!(names, ["corp.example", "res"]);
    assert_eq!(files.sources()[0].forest.as_deref(), Some("corp.example"));
    assert_eq!(files.len(), 4);
}

#[test]
fn the_number_of_threads_shows_nowhere() {
    use std::fmt::Write as _;
    let mut text = String::new();
    for number in 0..400 {
        let _ = writeln!(
            text,
            "dn: CN=Object {number},DC=corp,DC=example\nsn: {number}\nnewName{}: x\nNEWNAME{}: y\n",
            number % 7,
            number % 5
        );
    }
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let loaded = support::load_with(text.as_bytes(), |request| presync::load::LoadRequest {
                block_bytes: 300,
                ..request
            });
            picture(&loaded.unwrap())
        })
    };
    let one = with(1);
    for _ in 0..20 {
        assert_eq!(with(4), one);
    }
}
