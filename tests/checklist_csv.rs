//! The CSV and csvde lines of the test checklist in `input-formats` section 15 (read 2026-11-20): one row per item.

mod support;

use presync::directory::InputFormat;
use presync::load::DateOrder;
use support::checklist::{Row, check, row, utf16};

const HEADER: &str = "SamAccountName,mail,ObjectClass\n";
const NIA: &str = "nia,nia@x.example,user\n";
const BEN: &str = "ben,ben@x.example,user\n";

fn nia(name: &'static str, input: impl Into<Vec<u8>>) -> Row {
    row(name, input).values(0, "mail", &["nia@x.example"])
}

fn both(name: &'static str, input: impl Into<Vec<u8>>) -> Row {
    nia(name, input).objects(2).values(1, "mail", &["ben@x.example"])
}

#[test]
fn layouts() {
    let text = format!("{HEADER}{NIA}{BEN}");
    let title = format!("All users\n\n{text}");
    check(&[
        both("#TYPE", format!("#TYPE Microsoft.ActiveDirectory.Management.ADUser\n{text}")),
        both("#TYPE mid-file", format!("#TYPE A.ADUser\n{HEADER}{NIA}#TYPE A.ADGroup\n{HEADER}{BEN}"))
            .skips("repeated-header", 1),
        both("delimiter ;", text.replace(',', ";")),
        both("delimiter ,", text.as_str()),
        both("delimiter tab", text.replace(',', "\t")),
        both("delimiter |", text.replace(',', "|")),
        both("sep= line", format!("sep=;\r\n{}", text.replace(',', ";"))),
        both("BOM", format!("\u{feff}{text}")),
        both(
            "second BOM",
            format!("\u{feff}{HEADER}{NIA}\u{feff}\"SamAccountName\",\"mail\",\"ObjectClass\"\n{BEN}"),
        )
        .skips("repeated-header", 1)
        .warns(&["bom-inside"]),
        both("UTF-16LE tab", utf16(&text.replace(',', "\t"), true, false)),
        both("UTF-16LE tab, no BOM", utf16(&text.replace(',', "\t"), false, false)),
        both("title above the header", title).warns(&["preamble-skipped"]),
        nia("null vs \"\"", format!("{HEADER}{NIA}ben,,user\nzoe,\"\",user\n"))
            .objects(3)
            .values(1, "mail", &[])
            .values(2, "mail", &[]),
        both("repeated header", format!("{HEADER}{NIA}{HEADER}{BEN}")).skips("repeated-header", 1),
        both("short row", format!("{text}zoe,zoe@x.example\n{NIA}"))
            .objects(3)
            .skips("bad-row", 1)
            .warns(&["bad-row"]),
        both("long row", format!("{text}zoe,zoe@x.example,user,x\n")).skips("bad-row", 1).warns(&["bad-row"]),
        row("newline in cell", "mail,info,ObjectClass\na@x,\"one\ntwo\",user\n").values(
            0,
            "info",
            &["one\ntwo"],
        ),
        nia("trailing empties", format!("SamAccountName,mail,ObjectClass,,\n{}\n,,,,\n", NIA.trim())),
        nia("duplicate header", "mail,SamAccountName,Mail,ObjectClass\nnia@x.example,nia,other@x,user\n")
            .warns(&["duplicate-column"]),
        nia("remoting columns", "mail,PSComputerName,RunspaceId,ObjectClass\nnia@x.example,dc1,5a,user\n")
            .values(0, "RunspaceId", &[]),
        row("CN-only DN", "DistinguishedName,ObjectClass\nCN=Dan Poe,user\n")
            .values(0, "dn", &["CN=Dan Poe"])
            .warns(&["dn-without-domain"]),
    ]);
}

#[test]
fn cells_with_several_values() {
    let cell = |name, cell: &str, values: &[&str]| {
        row(name, format!("mail,proxyAddresses,ObjectClass\na@x,\"{cell}\",user\n")).values(
            0,
            "proxyAddresses",
            values,
        )
    };
    let ab = ["SMTP:a@x.example", "smtp:b@x.example"];
    check(&[
        cell("type-name cells", "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection", &[])
            .warns(&["collection-lost"]),
        cell("{a, b}", "{SMTP:a@x.example, smtp:b@x.example}", &ab),
        cell("{a, b...}", "{SMTP:a@x.example, smtp:b@x.example...}", &ab)
            .incomplete()
            .warns(&["list-truncated"]),
        cell("join by ;", "SMTP:a@x.example;smtp:b@x.example", &ab),
        cell("join by ,", "SMTP:a@x.example,smtp:b@x.example", &ab),
        cell("join by |", "SMTP:a@x.example|smtp:b@x.example", &ab),
        cell("join by LF", "SMTP:a@x.example\nsmtp:b@x.example", &ab),
        cell("join by blank", "SMTP:a@x.example smtp:b@x.example", &ab),
        cell(
            "X400 with semicolons",
            "X400:c=US;a= ;p=Org;s=Okoro;;SMTP:a@x.example",
            &["X400:c=US;a= ;p=Org;s=Okoro;", "SMTP:a@x.example"],
        ),
        cell(
            "text cut at 32,767 characters",
            &format!("smtp:{}", "x".repeat(32_762)),
            &[format!("smtp:{}", "x".repeat(32_762)).as_str()],
        )
        .incomplete()
        .warns(&["cell-cut"]),
    ]);
}

#[test]
fn dates() {
    let dates = |name, first: &str, second: &str| {
        row(name, format!("mail,whenCreated,ObjectClass\na@x,{first},user\nb@x,{second},user\n")).objects(2)
    };
    let april = ["20260403142200.0Z"];
    let march = ["20260304142200.0Z"];
    let zone = ["dates-without-zone"];
    let ambiguous = |name| dates(name, "3/4/2026 14:22", "5/6/2026 14:22");
    check(&[
        dates("US dates", "3/4/2026 2:22 PM", "3/29/2026 2:22 PM")
            .values(0, "whenCreated", &march)
            .warns(&zone),
        dates("DE dates", "03.04.2026 14:22", "29.03.2026 14:22")
            .values(0, "whenCreated", &april)
            .warns(&zone),
        dates("ISO dates", "2026-03-04T14:22:00", "2026/03/04 14:22")
            .values(0, "whenCreated", &march)
            .warns(&zone),
        ambiguous("ambiguous dates").values(0, "whenCreated", &[]).warns(&["date-order-unknown"]),
        ambiguous("ambiguous dates, dmy")
            .with(|options| options.date_order = Some(DateOrder::DayFirst))
            .values(0, "whenCreated", &april)
            .warns(&zone),
        ambiguous("ambiguous dates, mdy")
            .with(|options| options.date_order = Some(DateOrder::MonthFirst))
            .values(0, "whenCreated", &march)
            .warns(&zone),
        dates("what the dates show counts more", "3/4/2026 14:22", "3/29/2026 14:22")
            .with(|options| options.date_order = Some(DateOrder::DayFirst))
            .values(0, "whenCreated", &march)
            .warns(&zone),
    ]);
}

#[test]
fn scalars() {
    let guid = "X'000102030405060708090a0b0c0d0e0f'";
    let enabled = |name, cell: &str, control: &str| {
        row(name, format!("mail,Enabled,ObjectClass\na@x,{cell},user\n")).values(
            0,
            "userAccountControl",
            &[control],
        )
    };
    let anchor = |name, cell: &str| {
        row(name, format!("mail,mS-DS-ConsistencyGuid,ObjectClass\na@x,{cell},user\n"))
            .values(0, "mS-DS-ConsistencyGuid", &[guid])
            .warns(&["binary-form-assumed"])
    };
    check(&[
        enabled("True", "True", "512"),
        enabled("False", "false", "514"),
        enabled("WAHR", "WAHR", "512"),
        enabled("FALSCH", "FALSCH", "514"),
        enabled("VRAI", "VRAI", "512"),
        anchor("GUID base64", "AAECAwQFBgcICQoLDA0ODw=="),
        anchor("GUID dashed", "{03020100-0504-0706-0809-0a0b0c0d0e0f}"),
        anchor("GUID hex", "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f"),
        anchor("GUID decimal", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"),
        row("scientific numbers", "mail,pwdLastSet,ObjectClass\na@x,1.33123E+17,user\n")
            .values(0, "pwdLastSet", &[""])
            .warns(&["number-damaged"]),
    ]);
}

#[test]
fn what_the_user_says() {
    let own = "UPN;E-Mail;ObjectClass\nnia@x.example;nia@y.example;user\n";
    check(&[
        row("own headers", own).refused("--map HEADER=attribute"),
        row("own headers, mapped", own)
            .with(|options| {
                options.map.set("upn", "userPrincipalName");
                options.map.set("E-Mail", "mail");
            })
            .values(0, "userPrincipalName", &["nia@x.example"])
            .values(0, "mail", &["nia@y.example"]),
        nia(
            "a mapping beats the attribute's own name",
            "SamAccountName,mail,Work,ObjectClass\na,b@x,nia@x.example,user\n",
        )
        .with(|options| options.map.set("Work", "mail")),
        nia("format stated", format!("{HEADER}{NIA}"))
            .with(|options| options.format = Some(InputFormat::Csv)),
        row("wrong format stated", format!("{HEADER}{NIA}"))
            .with(|options| options.format = Some(InputFormat::Ldif))
            .refused("--input-format"),
        row("LDIF stated as CSV", "dn: CN=a,DC=x\nsn: a\n")
            .with(|options| options.format = Some(InputFormat::Csv))
            .refused("--input-format"),
        row("a workbook stays a workbook", "PK\u{3}\u{4}")
            .with(|options| options.format = Some(InputFormat::Csv))
            .refused("Excel"),
    ]);
}

#[test]
fn damage() {
    let far = format!("{HEADER}{}", format!("nia,nia@x.example,{}\n", "user").repeat(4000));
    check(&[
        row("? in the place of letters", "mail,displayName,ObjectClass\na@x,J?rgen M?ller,user\n")
            .warns(&["text-lost"]),
        row("? beside letters", "mail,displayName,ObjectClass\na@x,J?rgen,user\nb@x,Größe,user\n").objects(2),
        row("U+FFFD", "mail,displayName,ObjectClass\na@x,J\u{fffd}rgen,user\n").warns(&["text-lost"]),
        row("mojibake", "mail,info,ObjectClass\na@x,MÃ¼ller,user\n").warns(&["text-lost"]),
        row("Windows-1252 bytes", b"mail,displayName,ObjectClass\na@x,J\xfcrgen Gr\xf6\xdfe,user\n".to_vec())
            .values(0, "displayName", &["Jürgen Größe"])
            .warns(&["encoding-guessed"]),
        row("NUL bytes far behind", format!("{far}a\0,b,user\n"))
            .refused("export.txt:4002: there are NUL bytes"),
        nia("ends within a row", format!("{HEADER}{NIA}ben,ben@x"))
            .skips("bad-row", 1)
            .incomplete()
            .warns(&["bad-row", "file-cut"]),
        nia(
            "a quote that swallows the rest, in the last column",
            format!("{HEADER}{NIA}ben,ben@x,\"user\n{NIA}"),
        )
        .skips("bad-row", 1)
        .incomplete()
        .warns(&["row-not-closed"]),
        row(
            "a quote that swallows the rest of a csvde",
            "DN,objectClass\n\"CN=b,DC=x\",user\n\"CN=a,DC=x,user\n",
        )
        .skips("bad-row", 1)
        .incomplete()
        .warns(&["row-not-closed"]),
        nia("ends within a quoted cell", format!("{HEADER}{NIA}ben,\"ben@x\nuser\n"))
            .skips("bad-row", 1)
            .incomplete()
            .warns(&["row-not-closed"]),
        row("empty file", "").refused("empty"),
    ]);
}

#[test]
fn csvde() {
    let dn = "\"CN=a,DC=x\"";
    let cell = |name, attribute: &'static str, cell: &str, values: &[&str]| {
        row(name, format!("DN,objectClass,{attribute}\n{dn},user,{cell}\n")).values(0, attribute, values)
    };
    let gc = "DN,objectClass,instanceType,uSNCreated,userAccountControl\n\"CN=a,DC=x\",user,4,1,512\n";
    check(&[
        cell("X'hex' binary", "userCertificate", "X'0102';X'03'", &["X'0102'", "X'03'"]),
        cell("X'hex' text", "cn", "X'4dc3bc6c6c6572'", &["Müller"]),
        cell("\\;", "proxyAddresses", r"X400:c=US\;a= \;;SMTP:a@x", &["X400:c=US;a= ;", "SMTP:a@x"]),
        cell("; in text", "description", "one;two", &["one;two"]),
        row("X'hex' DN", "DN,objectClass\nX'434e3d4ac3bc7267656e2c44433d78',user\n").values(0, "dn", &["CN=Jürgen,DC=x"]),
        row("most specific class", format!("DN,objectClass\n{dn},computer\n")).values(
            0,
            "objectClass",
            &["top", "person", "organizationalPerson", "user", "computer"],
        ),
        row("range column", format!("DN,objectClass,member,member;range=0-0,member;range=1-*\n{dn},group,,\"CN=1,DC=x\",\"CN=2,DC=x\"\n"))
            .values(0, "member", &["CN=1,DC=x", "CN=2,DC=x"]),
        row("short rows", format!("DN,objectClass,cn,sn\n{dn},user,a\n")).values(0, "cn", &["a"]),
        row("long rows", format!("DN,objectClass\n{dn},user\n{dn},user,x\n")).skips("bad-row", 1).warns(&["bad-row"]),
        row("global catalogue", gc).warns(&["global-catalog"]),
    ]);
}
