//! `default-sync-rules` sections G.2 (types and NULL) and G.3 (several values), read 2026-11-20.

use super::*;

/// One row of the table in G.2 each; `[sn]` is absent.
#[test]
fn null_follows_the_table() {
    Sample::of(&[("mail", "x"), ("employeeID", "12")]).check(&[
        ("[sn]", "NULL"),
        ("IsPresent(NULL)", "False"),
        ("IsPresent(\"\")", "False"),
        ("IsNullOrEmpty([sn])", "True"),
        ("Left([sn], 2) & Right([sn], 2) & Mid([sn], 1, 2) & Word([sn], 1, \"_\") & PadLeft([sn], 2, \"x\") & PadRight([sn], 2, \"x\")", "''"),
        ("Trim([sn])", "NULL"),
        ("ConvertToBase64([sn])", "NULL"),
        ("RemoveDuplicates([sn])", "NULL"),
        ("InStr([sn], \"x\")", "0"),
        ("Contains([sn], \"x\")", "0"),
        ("Contains([mail], [sn])", "0"),
        ("CBool(NULL)", "False"),
        ("BitAnd([sn], 2)", "NULL"),
        ("BitAnd(2, [sn])", "NULL"),
        ("[sn] = \"x\"", "False"),
        ("[sn] <> \"x\"", "True"),
        ("\"x\" = NULL", "False"),
        ("[sn] > 5", "False"),
        ("IIF([sn], 1, 2)", "2"),
        ("[sn] && True", "False"),
        ("[sn] || True", "True"),
        ("[employeeID] = 12", "True"),
        ("12 < [employeeID]", "False"),
        ("[mail] = 12", "error: = takes str, but got num"),
        ("\"A\" = \"a\"", "False"),
    ]);
}

#[test]
fn null_elsewhere_gives_nothing_or_zero() {
    let to_null = [
        "LCase",
        "UCase",
        "PCase",
        "LTrim",
        "RTrim",
        "CStr",
        "CNum",
        "CRef",
        "CGuid",
        "CDate",
        "StringFromSid",
        "StringFromGuid",
        "ConvertToUTF8Hex",
        "ConvertFromUTF8Hex",
        "ConvertFromBase64",
        "DateFromNum",
        "NumFromDate",
        "EscapeDNComponent",
        "Join",
    ];
    let sample = Sample::of(&[]);
    for function in to_null {
        assert_eq!(sample.shown(&format!("{function}(NULL)")), "NULL", "{function}");
    }
    for function in ["IsDate", "IsEmpty", "IsGuid", "IsNumeric", "IsString", "IsCert"] {
        assert_eq!(sample.shown(&format!("{function}(NULL)")), "False", "{function}");
    }
    sample.check(&[
        ("Len(NULL) + Count(NULL) + InStrRev(NULL, \"x\") + ValueCount(\"sn\")", "0"),
        ("Item(NULL, 1)", "error: Item was asked for value 1, but there are 0"),
        ("FormatDateTime(NULL, \"yyyy\")", "NULL"),
        ("DateAdd(\"d\", 1, NULL)", "NULL"),
        ("Replace(NULL, \"a\", \"b\")", "NULL"),
        ("ReplaceChars(NULL, \"a:b\")", "NULL"),
        ("Split(NULL, \"a\")", "NULL"),
        ("DNComponent(NULL, 1)", "NULL"),
        ("Select($x, NULL, 1)", "NULL"),
        ("RegexIsMatch(NULL, \".*\")", "False"),
        ("\"x500:\" & NULL", "'x500:'"),
        ("NULL & \"x\" & NULL", "'x'"),
        ("NULL & NULL", "NULL"),
        ("NULL + 1", "NULL"),
        ("NULL = NULL", "False"),
    ]);
}

#[test]
fn types_are_strict() {
    Sample::of(&[("manager", "CN=Ana,DC=x"), ("accountEnabled", "TRUE")]).check(&[
        ("1 = True", "error: = takes num, but got bool"),
        ("[accountEnabled] = \"true\"", "True"),
        ("[accountEnabled] = True", "True"),
        ("True < False", "error: < takes bool, but got bool"),
        ("[manager] = \"cn=ana , dc=X\"", "True"),
        ("[manager] < \"cn=ana\"", "error: < takes str, but got str"),
        ("\"a\" < \"b\"", "True"),
        ("\"a\" & 1", "error: & takes str, but got num"),
        ("1 & \"a\"", "error: & takes str, but got num"),
        ("\"a\" + 1", "error: + takes num, but got str"),
        ("1 && True", "error: && takes bool, but got num"),
        ("9223372036854775807 + 1", "error: +: 9223372036854775807 + 1 is no number of 64 bits"),
        ("1 / 0", "error: /: 1 / 0 is no number of 64 bits"),
        ("IgnoreThisFlow = 1", "error: = takes a value that can be compared, but got num"),
    ]);
}

fn addresses() -> Sample {
    Sample::of(&[
        ("proxyAddresses", " SMTP:nia@corp.example "),
        ("proxyAddresses", "SIP:nia@corp.example"),
        ("proxyAddresses", "smtp:n@corp.example"),
    ])
}

#[test]
fn functions_and_operators_map_over_lists() {
    addresses().check(&[
        (
            "Trim([proxyAddresses])",
            "['SMTP:nia@corp.example'; 'SIP:nia@corp.example'; 'smtp:n@corp.example']",
        ),
        (
            "Word([proxyAddresses], 1, \"@\") & \"@x.example\"",
            "[' SMTP:nia@x.example'; 'SIP:nia@x.example'; 'smtp:n@x.example']",
        ),
        ("\"<\" & Left(Trim([proxyAddresses]), 1)", "['<S'; '<S'; '<s']"),
        ("Len([proxyAddresses]) > 19", "[True; True; False]"),
        ("Len([proxyAddresses]) - Len(Trim([proxyAddresses]))", "[2; 0; 0]"),
        (
            "Split(\"a b\", \" \") & Split(\"a b c\", \" \")",
            "error: &: lists of 2 and 3 values cannot be taken value by value",
        ),
    ]);
}

#[test]
fn iif_over_a_list_chooses_value_by_value() {
    addresses().check(&[
        ("IIF(InStr([proxyAddresses], \"SIP:\") = 1, NULL, [proxyAddresses])", "[' SMTP:nia@corp.example '; 'smtp:n@corp.example']"),
        ("Count(IIF(InStr([proxyAddresses], \"SIP:\") = 1, NULL, [proxyAddresses]))", "2"),
        ("Item(IIF(InStr([proxyAddresses], \"SIP:\") = 1, NULL, [proxyAddresses]), 2)", "'smtp:n@corp.example'"),
        ("IIF(InStr([proxyAddresses], \":\") > 0, NULL, [proxyAddresses])", "NULL"),
        ("IIF(Left([proxyAddresses], 3) = \"SIP\" || Left([proxyAddresses], 4) = \"smtp\", \"other\", \"primary\")", "['primary'; 'other'; 'other']"),
        ("IIF(Left([proxyAddresses], 3) = \"SIP\" && True, 1, NULL)", "[1]"),
        ("IIF(Split(\"TRUE false\", \" \"), Split(\"a b c\", \" \"), 1)", "error: IIF: lists of 2 and 3 values cannot be taken value by value"),
        // Placeholders keep lists of one attribute aligned.
        ("IIF(IIF(InStr([proxyAddresses], \"SIP:\") = 1, NULL, [proxyAddresses]) = \"smtp:n@corp.example\", [proxyAddresses], NULL)", "['smtp:n@corp.example']"),
    ]);
}

#[test]
fn a_condition_over_a_list_holds_when_it_holds_for_any_value() {
    let sample = addresses();
    let mut names = sample.directory.names().clone();
    let scope =
        ObjectScope::new(sample.directory.object(ObjectId(0)), sample.directory.names(), &sample.parameters);
    for (text, expected) in
        [("[proxyAddresses] = \"SIP:nia@corp.example\"", true), ("[proxyAddresses] = \"x\"", false)]
    {
        assert_eq!(Expression::parse(text, &mut names).unwrap().is_true(&scope), Ok(expected), "{text}");
    }
}

#[test]
fn logic_stops_when_it_is_decided() {
    Sample::of(&[]).check(&[
        ("True || Error(\"x\")", "True"),
        ("False && Error(\"x\")", "False"),
        ("False || False || True || Error(\"x\")", "True"),
        ("True && Error(\"x\")", "error: x"),
    ]);
}
