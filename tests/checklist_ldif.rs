//! The LDIF line of the test checklist in `input-formats` section 15 (read 2026-11-20): one row per item.

mod support;

use presync::load::StatedEncoding;
use support::checklist::{Row, check, row, utf16};

const NIA: &str = "dn: CN=Nia,DC=corp,DC=example\nobjectClass: user\nmail: nia@corp.example\n";
const BEN: &str = "dn: CN=Ben,DC=corp,DC=example\nobjectClass: user\nmail: ben@corp.example\n";
/// A first line that makes a file LDIF.
const LDIF: &str = "version: 1\n\n";

fn nia(name: &'static str, input: impl Into<Vec<u8>>) -> Row {
    row(name, input).values(0, "mail", &["nia@corp.example"])
}

fn both(name: &'static str, input: impl Into<Vec<u8>>) -> Row {
    nia(name, input).objects(2).values(1, "mail", &["ben@corp.example"])
}

#[test]
fn version_lines_and_folds() {
    check(&[
        nia("version none", NIA),
        nia("version first", format!("version: 1\n{NIA}")),
        nia("version after comment", format!("# by hand\nversion: 1\n\n{NIA}")),
        both("version mid-file", format!("{NIA}\nversion: 1\n\n{BEN}")),
        nia("version 2", format!("version: 2\n\n{NIA}")).warns(&["version-unknown"]),
        nia("comment of ldapsearch on a conflict", format!("# Nia\nCNF:7a1f0c9e-2f7d, corp.example\n{NIA}")),
        nia(
            "comment of ldapsearch on a tombstone",
            format!("# Nia\nDEL:7a1f0c9e-2f7d, corp.exa\n mple\n{NIA}"),
        ),
        nia("folded comment", format!("# a comment\n mail: not@this\n{NIA}")),
        row("folded dn", "dn: CN=Nia,DC=co\n rp,DC=example\nsn: x\n").values(
            0,
            "dn",
            &["CN=Nia,DC=corp,DC=example"],
        ),
        row("folded attribute name", "dn: CN=a,DC=x\ndisplay\n Name: Nia\n").values(
            0,
            "displayName",
            &["Nia"],
        ),
        row("value on next line", "dn: CN=a,DC=x\nsn: \n Okoro\n").values(0, "sn", &["Okoro"]),
        row("value on next line, blank lost", "dn: CN=a,DC=x\nsn:\n Okoro\n").values(0, "sn", &["Okoro"]),
        row("base64 on next line", "dn: CN=a,DC=x\nsn:: \n T2tvcm8=\n").values(0, "sn", &["Okoro"]),
        row("base64 on next line, blank lost", "dn: CN=a,DC=x\nsn::\n T2tvcm8=\n").values(
            0,
            "sn",
            &["Okoro"],
        ),
    ]);
}

#[test]
fn line_ends() {
    let text = format!("{NIA}\n{BEN}");
    check(&[
        both("CRLF", text.replace('\n', "\r\n")),
        both("LF", text.as_str()),
        both("CR", text.replace('\n', "\r")),
        both("CRCRLF", text.replace('\n', "\r\r\n")),
        both("mixed", format!("{}\r\n{BEN}", NIA.replace('\n', "\r\n"))),
        both("no final newline", text.trim_end()),
    ]);
}

#[test]
fn encodings() {
    let text = "dn: CN=Jürgen,DC=corp,DC=example\ndisplayName: Jürgen Größe\n";
    let latin: Vec<u8> = text.chars().map(|letter| u8::try_from(letter).expect("Latin-1")).collect();
    let cyrillic = b"dn: CN=a,DC=x\nsn: \xcf\xe5\xf2\xf0\n";
    let juergen = |name, input: Vec<u8>| row(name, input).values(0, "displayName", &["Jürgen Größe"]);
    let mut piece = utf16(&format!("{}{text}", "dn: CN=b,DC=x\nsn: b\n\n"), false, false);
    piece.remove(0);
    let named = |name: &str| StatedEncoding::from_name(name);
    let utf32: Vec<u8> = text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect();
    check(&[
        juergen("BOM UTF-8", format!("\u{feff}{text}").into_bytes()),
        juergen("BOM UTF-16LE", utf16(text, true, false)),
        juergen("BOM UTF-16BE", utf16(text, true, true)),
        juergen("UTF-16LE no BOM", utf16(text, false, false)),
        juergen("UTF-16BE no BOM", utf16(text, false, true)),
        // What is left of the first record, and half a letter at the end, are no objects.
        row("UTF-16LE no BOM, piece cut within a letter", piece)
            .skips("junk-line", 1)
            .skips("missing-dn", 1)
            .warns(&["missing-dn", "encoding-damaged", "junk-line"])
            .values(0, "displayName", &["Jürgen Größe"]),
        juergen("Windows-1252 bytes", latin.clone()).warns(&["encoding-guessed"]),
        juergen("Windows-1252 bytes, stated", latin).with(|o| o.encoding = named("windows-1252")),
        row("Windows-1251 bytes, stated", cyrillic.to_vec())
            .with(|o| o.encoding = named("windows-1251"))
            .values(0, "sn", &["Петр"]),
        juergen("UTF-32LE, stated", utf32).with(|o| o.encoding = named("utf-32le")),
        juergen("a mark counts more than what is stated", utf16(text, true, false))
            .with(|o| o.encoding = named("windows-1252")),
        both("second BOM", format!("\u{feff}{NIA}\n\u{feff}{BEN}")).warns(&["bom-inside"]),
        row("U+FFFD", "dn: CN=M\u{fffd}ller,DC=x\nsn: x\n").warns(&["text-lost"]),
        row("mojibake", "dn: CN=a,DC=x\nsn: MÃ¼ller\n").warns(&["text-lost"]),
        row("? in a pure ASCII file", "dn: CN=M?ller,DC=x\nsn: x\n").warns(&["text-lost"]),
        row("? beside letters that were kept", "dn: CN=M?ller,DC=x\nsn: Größe\n"),
        row("? beside base64 that keeps letters", "dn: CN=M?ller,DC=x\n\ndn:: Q049SsO8cmdlbixEQz14\nsn: x\n")
            .objects(2)
            .warns(&["unreadable-objects"]),
    ]);
}

#[test]
fn values() {
    let value = |name, line: &str| row(name, format!("dn: CN=a,DC=x\n{line}\nl: x\n"));
    check(&[
        value("base64 bad", "sn:: Zoë").values(0, "sn", &["Zoë"]).warns(&["base64-invalid"]),
        value("base64 url-safe", "userCertificate:: -__-AQ==").values(0, "userCertificate", &["X'fbfffe01'"]),
        value("base64 no padding", "sn:: Wm/Dqw").values(0, "sn", &["Zoë"]),
        value("base64 with spaces", "sn:: Wm/ Dqw ==").values(0, "sn", &["Zoë"]),
        value("empty value", "info:").values(0, "info", &[""]),
        value("trailing spaces kept", "mail: a@x  ").values(0, "mail", &["a@x  "]),
        value(":< refused", "thumbnailPhoto:< file:///etc/passwd")
            .values(0, "thumbnailPhoto", &[""])
            .warns(&["external-value"]),
        value(";binary", "userCertificate;binary:: AQI=").values(0, "userCertificate", &["X'0102'"]),
        value(";lang-de", "title: Boss\ntitle;lang-de: Chef").values(0, "title", &["Boss"]),
        value("several values of a single-valued attribute", "mail: a@x\nmail: b@x")
            .values(0, "mail", &["a@x", "b@x"])
            .warns(&["single-valued-twice"]),
        value("several values of others", "url: a\nurl: b\nx-own: a\nx-own: b").values(
            0,
            "x-own",
            &["a", "b"],
        ),
        value("text GUID", "objectGUID: 03020100-0504-0706-0809-0a0b0c0d0e0f").values(
            0,
            "objectGUID",
            &["X'000102030405060708090a0b0c0d0e0f'"],
        ),
        value("text SID", "objectSid: S-1-5-21-1-2-3-1105").values(
            0,
            "objectSid",
            &["X'010500000000000515000000010000000200000003000000 51040000'".replace(' ', "").as_str()],
        ),
    ]);
}

#[test]
fn ranges_and_duplicates() {
    let group = "dn: CN=All,DC=x\nobjectClass: group\n";
    let changed = NIA.replace("nia@corp.example", "new@corp.example");
    check(&[
        row(
            ";range complete",
            format!("{group}member;range=0-1: CN=1\nmember;range=0-1: CN=2\nmember;range=2-*: CN=3\n"),
        )
        .values(0, "member", &["CN=1", "CN=2", "CN=3"]),
        row(";range gap", format!("{group}member;range=0-0: CN=1\nmember;range=2-*: CN=3\n"))
            .warns(&["range-incomplete"]),
        row(";range without star", format!("{group}member;range=0-1: CN=1\nmember;range=0-1: CN=2\n"))
            .warns(&["range-incomplete"]),
        nia("duplicate dn (a) identical", format!("{NIA}\n{NIA}")).skips("duplicate", 1),
        row(
            "duplicate dn (b) slices",
            format!("{group}member;range=0-0: CN=1\n\ndn: cn=all,dc=x\nmember;range=1-*: CN=2\n"),
        )
        .skips("duplicate", 1)
        .values(0, "member", &["CN=1", "CN=2"]),
        row("duplicate dn (c) different", format!("{NIA}\n{changed}"))
            .skips("duplicate", 1)
            .warns(&["duplicate"])
            .values(0, "mail", &["new@corp.example"]),
    ]);
}

#[test]
fn records() {
    check(&[
        nia("record without dn", format!("{NIA}\nsn: lost\n")).skips("missing-dn", 1).warns(&["missing-dn"]),
        both("dn without attributes", format!("{NIA}\n{BEN}\ndn: CN=c,DC=x\n")).objects(3).warns(&["unreadable-objects"]),
        both("second dn in record", format!("{NIA}{BEN}")).warns(&["second-dn"]),
        nia("blank line in record", format!("{NIA}\nsn: Okoro\n")).skips("missing-dn", 1).warns(&["missing-dn"]),
        nia("root DSE", format!("dn:\ncurrentTime: 1\n\n{NIA}")).skips("root-dse", 1),
        nia("dn rewritten", format!("{NIA}distinguishedName: CN=Nia,DC=old,DC=example\n")).warns(&["dn-mismatch"]),
        row("extended dn", "dn: <GUID=03020100-0504-0706-0809-0a0b0c0d0e0f>;<SID=S-1-5-21-1>;CN=a,DC=x\nmanager: <GUID=03>;CN=b,DC=x\n")
            .values(0, "dn", &["CN=a,DC=x"])
            .values(0, "manager", &["CN=b,DC=x"])
            .values(0, "objectGUID", &["X'000102030405060708090a0b0c0d0e0f'"]),
        nia("placeholder", format!("{NIA}\ndn: CN=b,${{DOMAINDN}}\nsn: b\n")).objects(2).warns(&["placeholder"]),
    ]);
}

#[test]
fn changes() {
    let change =
        |name, lines: &str| nia(name, format!("{NIA}\ndn: CN=c,DC=x\n{lines}")).skips("change-record", 1);
    check(&[
        nia("changetype add", NIA.replacen('\n', "\nchangetype: add\n", 1)),
        change("changetype modify", "changetype: modify\nreplace: mail\nmail: x\n-\n"),
        change("changetype delete", "changetype: Delete\n"),
        change("changetype moddn", "changetype: moddn\nnewrdn: CN=d\ndeleteoldrdn: 1\n"),
        change("changetype modrdn", "changetype: modrdn\nnewrdn:: Q049ZA==\ndeleteoldrdn: 1\n"),
        change("missing -", "changetype: modify\nreplace: mail\nmail: x\n"),
        change("control line", "control: 1.2.840.113556.1.4.805 true\nchangetype: delete\n")
            .warns(&["control-line"]),
        row("changes only", "dn: CN=c,DC=x\nchangetype: delete\n").refused("--overlay"),
    ]);
}

#[test]
fn searches() {
    let trailer =
        "# search result\nsearch: 2\nresult: 0 Success\ncontrol: 1.2 false MIQA\npagedresults: cookie=\n\n";
    let gc_user =
        |name: &str| format!("dn: CN={name},DC=x\nobjectClass: user\ninstanceType: 4\nuSNCreated: 1\n\n");
    check(&[
        both("trailer in middle", format!("{NIA}\n{trailer}{BEN}")),
        both("trailer at end", format!("{NIA}\n{BEN}\n{trailer}")),
        nia("result 4", format!("{NIA}\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n"))
            .incomplete()
            .warns(&["search-incomplete"]),
        nia("ref record", format!("{NIA}\nref: ldap://x/DC=y\n")).skips("search-reference", 1),
        nia("# refldap", format!("{NIA}\n# refldap://x/DC=\n y\n")).skips("search-reference", 1),
        nia("@INDEXLIST", format!("{NIA}\ndn: @INDEXLIST\n@IDXATTR: cn\n")).skips("special-record", 1),
        nia("numEntries more than found", format!("{NIA}\n# numEntries: 2\n"))
            .incomplete()
            .warns(&["num-entries-mismatch"]),
        both(
            "entries of ldbsearch",
            format!(
                "# record 1\n{NIA}\n# record 2\n{BEN}\n# returned 2 records\n# 2 entries\n# 0 referrals\n"
            ),
        ),
        nia("header of a search with a filter", format!("# extended LDIF\n# filter: (mail=*)\n\n{NIA}"))
            .warns(&["export-filtered"]),
        nia("global catalogue: port", format!("# refldap://gc.x:3268/DC=y\n\n{NIA}"))
            .skips("search-reference", 1)
            .warns(&["global-catalog"]),
        nia(
            "global catalogue: no base",
            format!("# extended LDIF\n#\n# LDAPv3\n# base <> with scope subtree\n\n{NIA}"),
        )
        .warns(&["global-catalog"]),
        row("global catalogue: absent attributes", gc_user("a") + &gc_user("b"))
            .objects(2)
            .warns(&["global-catalog"]),
        row(
            "no global catalogue",
            gc_user("a") + &gc_user("b") + "dn: CN=c,DC=x\nobjectClass: user\nbadPwdCount: 0\n",
        )
        .objects(3),
    ]);
}

#[test]
fn junk_and_damage() {
    let far = format!("{NIA}\n{}", format!("dn: CN=c,DC=x\ninfo: {}\n\n", "x".repeat(1000)).repeat(70));
    let with_nul = [far.as_bytes(), b"dn: CN=d,DC=x\ninfo: a\0b\n"].concat();
    check(&[
        nia("prompt line", format!("$ ldapsearch -x\n{NIA}")).skips("junk-line", 1).warns(&["junk-line"]),
        nia("... junk", format!("{NIA}\n...\n[snip]\n")).skips("junk-line", 2).warns(&["junk-line"; 2]),
        row("NUL bytes", b"dn: CN=a,DC=x\nsn: \0\x01\0\x02\n".to_vec()).refused("NUL"),
        row("NUL bytes far behind", with_nul).refused("export.txt:216: there are NUL bytes"),
        row("empty file", "").refused("empty"),
        row("only comments", "# a\n# b\n").refused("neither LDIF nor CSV"),
        row("only comments, LDIF", format!("{LDIF}# a\n# b\n")).refused("no object"),
        both("ends within a name", format!("{NIA}\n{BEN}userPrinc"))
            .skips("junk-line", 1)
            .incomplete()
            .warns(&["file-cut", "junk-line"]),
        both("ends within base64", format!("{NIA}\n{BEN}objectGUID:: AAECA"))
            .incomplete()
            .warns(&["base64-invalid", "file-cut"]),
        both("ends within a dn", format!("{NIA}\n{BEN}\ndn: CN=Zoe,DC=co"))
            .objects(3)
            .incomplete()
            .warns(&["unreadable-objects", "file-cut"]),
    ]);
}

#[test]
fn a_single_line_of_50_megabytes() {
    let photo = "QUJD".repeat(50 << 18);
    let text = format!("dn: CN=a,DC=x\nthumbnailPhoto:: {photo}\nsn: a\n\n{NIA}");
    check(&[nia("50 MB single line", text)
        .skips("limit-exceeded", 1)
        .incomplete()
        .warns(&["limit-exceeded"])]);
}

#[test]
fn duplicate_dn_in_a_domain_and_a_global_catalogue_export() {
    let lean = "# refldap://gc.corp.example:3268/DC=eu,DC=corp\n\ndn: CN=Nia,DC=corp,DC=example\nobjectClass: user\nmail: old@x\n";
    for order in [[("domain.ldf", NIA), ("gc.ldf", lean)], [("gc.ldf", lean), ("domain.ldf", NIA)]] {
        let full = format!("{NIA}sn: Okoro\n");
        let files = order.map(|(name, text)| (name, if text == NIA { full.as_str() } else { text }, None));
        let directory = support::load_files(&files).expect("both files are usable");
        assert_eq!(support::one_value(&directory, 0, "mail"), "nia@corp.example");
        let of_gc = directory.sources().iter().find(|source| source.path.ends_with("gc.ldf"));
        let warnings = &of_gc.expect("it is an input").warnings;
        let told = warnings.iter().find(|warning| warning.id == "duplicate").expect("it says so");
        assert!(told.message.contains("was kept") && told.message.contains("domain.ldf"), "{}", told.message);
        assert!(warnings.iter().any(|warning| warning.id == "global-catalog"));
    }
}
