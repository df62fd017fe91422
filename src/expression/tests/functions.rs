//! Every function, in the order of `default-sync-rules` section G.5 (read 2026-11-20).

use super::*;

fn sample() -> Sample {
    Sample::of(&[
        ("mail", " Nia.Okoro@corp.example "),
        ("displayName", "Łódź 😀 x"),
        ("manager", "CN=Okoro\\, Ana,OU=Staff,DC=corp,DC=example"),
        ("proxyAddresses", "SMTP:nia@corp.example"),
        ("proxyAddresses", "smtp:n@corp.example"),
        ("proxyAddresses", "SIP:nia@corp.example"),
        ("proxyAddresses", "smtp:n@corp.example"),
        ("userAccountControl", "514"),
    ])
}

#[test]
fn numbers_and_bits() {
    sample().check(&[
        ("BitAnd([userAccountControl], 2)", "2"),
        ("BitAnd(4398046511104, &H40000000000)", "4398046511104"),
        ("BitAnd(-2147483646, -2147483648)", "-2147483648"),
        ("BitOr(1, 6)", "7"),
        ("BitAnd(\"7\", 3)", "3"),
        ("BitAnd(\"x\", 3)", "error: BitAnd takes num, but got str"),
        ("IsBitSet(&HF, 4)", "True"),
        ("IsBitSet(8, 4)", "False"),
        ("RandomNum(5, 5)", "5"),
        ("RandomNum(6, 5)", "error: RandomNum: the first number, 6, is above the second, 5"),
        ("RandomNum(1, 6) > 0 && RandomNum(1, 6) < 7", "True"),
    ]);
}

#[test]
fn conversions() {
    sample().check(&[
        ("CBool(0)", "False"),
        ("CBool(-3)", "True"),
        ("CBool(\"TRUE\")", "True"),
        ("CBool(1 > 2)", "False"),
        ("CBool(\"maybe\")", "error: CBool takes bool or num, but got str"),
        ("CNum(\" 42 \")", "42"),
        ("CNum(\"4 2\")", "error: CNum: \"4 2\" is no whole number"),
        ("CRef([dn])", "ref:CN=Nia Okoro,OU=Staff,DC=corp,DC=example"),
        ("CStr(5)", "'5'"),
        ("CStr(True)", "'True'"),
        ("CStr([manager])", "'CN=Okoro\\, Ana,OU=Staff,DC=corp,DC=example'"),
        ("CGuid(\"{03020100-0504-0706-0809-0A0B0C0D0E0F}\")", "0x000102030405060708090a0b0c0d0e0f"),
        ("CGuid(\"x\")", "error: CGuid: \"x\" is no GUID"),
        (
            "StringFromGuid(CGuid(\"03020100-0504-0706-0809-0a0b0c0d0e0f\"))",
            "'03020100-0504-0706-0809-0a0b0c0d0e0f'",
        ),
        ("StringFromSid(\"S-1-5-18\")", "'S-1-5-18'"),
        (
            "StringFromSid(CGuid(\"03020100-0504-0706-0809-0a0b0c0d0e0f\"))",
            "error: StringFromSid: these 16 bytes are no SID",
        ),
        ("ConvertToBase64(CGuid(\"03020100-0504-0706-0809-0a0b0c0d0e0f\"))", "'AAECAwQFBgcICQoLDA0ODw=='"),
        ("ConvertToBase64(\"Hi\")", "'SABpAA=='"),
        ("ConvertFromBase64(\"SABpAA==\")", "'Hi'"),
        ("ConvertFromBase64(\"SGk=\", UTF8)", "'Hi'"),
        ("ConvertFromBase64(\"SGk=\", \"ascii\")", "'Hi'"),
        ("ConvertFromBase64(\"SGk\", UTF8)", "error: ConvertFromBase64: no base64: Invalid padding"),
        ("ConvertToUTF8Hex(\"ü=\")", "'C3BC3D'"),
        ("ConvertFromUTF8Hex(\"C3bc3D\")", "'ü='"),
        ("ConvertFromUTF8Hex(\"C3\")", "error: ConvertFromUTF8Hex: no UTF-8 text in hexadecimal digits"),
        ("CBin(2, 1)", "NULL"),
        ("Thumbprint(\"x\")", "NULL"),
    ]);
}

#[test]
fn lists() {
    sample().check(&[
        ("Contains([proxyAddresses], \"smtp:\")", "2"),
        ("Contains([proxyAddresses], \"smtp:\", CaseInsensitive)", "1"),
        ("Contains([proxyAddresses], \"smtp:\", \"CaseSensitive\")", "2"),
        ("Contains([proxyAddresses], \"X500:\")", "0"),
        ("Contains([manager], \"Okoro\")", "0"),
        ("Contains([manager], \"cn=okoro\\2c Ana,ou=staff , dc=corp,dc=example\")", "1"),
        ("Contains([userAccountControl], \"5\")", "error: Contains takes str, but got num"),
        ("Count([proxyAddresses])", "4"),
        ("Count([mail])", "1"),
        ("ValueCount(\"proxyAddresses\")", "4"),
        ("Item([proxyAddresses], 3)", "'SIP:nia@corp.example'"),
        ("Item([proxyAddresses], 0)", "error: Item was asked for value 0, but there are 4"),
        ("Item([proxyAddresses], 5)", "error: Item was asked for value 5, but there are 4"),
        ("Item(Trim([mail]), 1)", "'Nia.Okoro@corp.example'"),
        ("ItemOrNull([proxyAddresses], 5)", "NULL"),
        ("Join(Split(\"a-b\", \"-\"))", "'a b'"),
        ("Join(Split(\"a-b\", \"-\"), \"\")", "'ab'"),
        ("RemoveDuplicates(Word([proxyAddresses], 1, \":\"))", "['SMTP'; 'smtp'; 'SIP']"),
        (
            "RemoveDuplicates(Split(\"1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9\", \" \"))",
            "['1'; '2'; '3'; '4'; '5'; '6'; '7'; '8'; '9']",
        ),
        ("RemoveDuplicates([mail])", "' Nia.Okoro@corp.example '"),
        ("Split(\"a,b,,c\", \",\")", "['a'; 'b'; ''; 'c']"),
        ("Split(\"a,b,c\", \",\", 2)", "['a'; 'b,c']"),
        ("Split(\"a\", \"\")", "error: Split: the delimiter is one character"),
        ("ImportedValue(\"mail\")", "' Nia.Okoro@corp.example '"),
    ]);
}

#[test]
fn dates() {
    sample().check(&[
        ("CDate(\"2013-01-10 4:00 PM -8\")", "dt:20130111000000.0Z"),
        ("CDate(\"2026-01-31T12:00:05Z\")", "dt:20260131120005.0Z"),
        ("CDate(\"1/31/2026\")", "dt:20260131000000.0Z"),
        ("CDate(\"20260131120000.0Z\")", "dt:20260131120000.0Z"),
        ("CDate(\"31.1.2026\")", "error: CDate: \"31.1.2026\" is no date"),
        ("DateFromNum(134143344000000000)", "dt:20260131120000.0Z"),
        ("NumFromDate(CDate(\"2026-01-31 12:00\"))", "134143344000000000"),
        ("DateFromNum(9223372036854775807)", "error: DateFromNum: 9223372036854775807 is no date between the years 1 and 9999"),
        ("DateAdd(\"m\", 1, CDate(\"2026-01-31\"))", "dt:20260228000000.0Z"),
        ("DateAdd(\"q\", -1, CDate(\"2026-01-31\"))", "dt:20251031000000.0Z"),
        ("DateAdd(\"yyyy\", 2, CDate(\"2024-02-29\"))", "dt:20260228000000.0Z"),
        ("DateAdd(\"ww\", 1, CDate(\"2026-01-31\"))", "dt:20260207000000.0Z"),
        ("DateAdd(\"n\", 90, CDate(\"2026-01-31\"))", "dt:20260131013000.0Z"),
        ("DateAdd(\"d\", 1, DateAdd(\"h\", 1, DateAdd(\"s\", 1, CDate(\"2026-01-31\"))))", "dt:20260201010001.0Z"),
        ("DateAdd(\"d\", 9223372036854775807, CDate(\"2026-01-31\"))", "error: DateAdd: the result lies outside the calendar"),
        ("DateAdd(\"x\", 1, CDate(\"2026-01-31\"))", "error: DateAdd: \"x\" is no interval: yyyy, q, m, y, d, w, ww, h, n, s"),
        ("FormatDateTime(DateFromNum(134143344000000000), \"yyyyMMddHHmmss.0Z\")", "'20260131120000.0Z'"),
        ("FormatDateTime(CDate(\"2026-01-03 16:05:09.25\"), \"d/M/yy h:m:s.fff tt 'at' dddd ddd MMM MMMM\")", "'3/1/26 4:5:9.250 PM at Saturday Sat Jan January'"),
        ("FormatDateTime(CDate(\"2026-01-03\"), \"d\")", "error: FormatDateTime: only custom formats such as \"yyyyMMddHHmmss.0Z\" are supported"),
        ("FormatDateTime(CDate(\"2026-01-03\"), \"dd 'x\")", "error: FormatDateTime: a quote in the format is not closed"),
        ("FormatDateTime(\"2026-01-03\", \"dd\")", "error: FormatDateTime takes dt, but got str"),
        ("CDate(\"2026-01-03\") < CDate(\"2026-01-04\")", "True"),
        ("Now() > CDate(\"2020-01-01\")", "True"),
    ]);
}

#[test]
fn distinguished_names() {
    sample().check(&[
        ("DNComponent(CRef([dn]), 1)", "'Nia Okoro'"),
        ("DNComponent([manager], 1)", "'Okoro, Ana'"),
        ("DNComponent([manager], 4)", "'example'"),
        ("DNComponent([manager], 5)", "NULL"),
        ("DNComponent([manager], 0)", "NULL"),
        ("DNComponentRev([manager], 1)", "'example'"),
        ("DNComponentRev([manager], 1, \"DC\")", "'Staff'"),
        ("EscapeDNComponent(\"cn=Okoro, Nia\")", "'cn=Okoro\\, Nia'"),
        ("EscapeDNComponent(\"Okoro, Nia\")", "'Okoro\\, Nia'"),
    ]);
}

#[test]
fn choices_and_errors() {
    sample().check(&[
        ("IIF(True, 1, Error(\"not reached\"))", "1"),
        ("IIF(\"x\", 1, 2)", "error: IIF takes bool, but got str"),
        ("Error(\"no \" & \"good\")", "error: no good"),
        ("Error(5)", "error: Error takes str, but got num"),
        ("Switch(False, 1, True, 2, True, 3)", "2"),
        ("Switch(False, 1)", "NULL"),
        ("Switch(True, 1, False, Error(\"all are evaluated\"))", "error: all are evaluated"),
        (
            "Select($x, [proxyAddresses], Word($x, 2, \"@\"))",
            "['corp.example'; 'corp.example'; 'corp.example'; 'corp.example']",
        ),
        (
            "Where($x, [proxyAddresses], Left($x, 4) = \"smtp\")",
            "['smtp:n@corp.example'; 'smtp:n@corp.example']",
        ),
        ("Where($x, [proxyAddresses], False)", "NULL"),
        ("With($n, Count([proxyAddresses]), IIF($n > 3, $n, 0))", "4"),
        ("With($a, 1, With($b, 2, With($a, 3, $a * 100 + $b)))", "302"),
        (
            "Select($x, Split(\"a b\", \" \"), Split($x, \"-\"))",
            "error: Select takes one value for each value, but got several values",
        ),
        ("IgnoreThisFlow", "IgnoreThisFlow"),
        ("AuthoritativeNull", "AuthoritativeNull"),
        ("\"a\" & CRLF & \"b\"", "'a\r\nb'"),
    ]);
}

#[test]
fn tests_of_values() {
    sample().check(&[
        ("IsDate(\"2026-01-31\")", "True"),
        ("IsDate(\"x\")", "False"),
        ("IsEmpty(\"\")", "True"),
        ("IsEmpty(NULL)", "False"),
        ("IsEmpty(\"x\")", "False"),
        ("IsGuid(\"03020100-0504-0706-0809-0a0b0c0d0e0f\")", "True"),
        ("IsGuid(\"03020100\")", "False"),
        ("IsNumeric(\"12\")", "True"),
        ("IsNumeric(\"1x\")", "False"),
        ("IsNull([sn])", "True"),
        ("IsNull(\"\")", "False"),
        ("IsNullOrEmpty(\"\")", "True"),
        ("IsPresent([mail])", "True"),
        ("IsString([mail])", "True"),
        ("IsString(CGuid(\"03020100-0504-0706-0809-0a0b0c0d0e0f\"))", "False"),
        ("IsCert(\"x\")", "False"),
        ("RegexIsMatch([mail], \"^ nia\")", "False"),
        ("RegexIsMatch([mail], \"^ nia\", \"IgnoreCase\")", "True"),
        ("RegexIsMatch([mail], \"^\" & \" nia\", IgnoreCase)", "True"),
        ("RegexIsMatch([proxyAddresses], \"^SIP:\")", "[False; False; True; False]"),
        ("RegexIsMatch([mail], Trim(\"(\"))", "error: RegexIsMatch: this regular expression cannot be used: regex parse error:\n    (\n    ^\nerror: unclosed group"),
        ("IsGuid(Guid()) && Guid() <> Guid()", "True"),
    ]);
    let certificate =
        Sample::new("", &[("userCertificate", &[0x30, 0x82, 0, 2, 0x30, 0]), ("userCertificate", &[0x30])]);
    certificate.check(&[("IsCert([userCertificate])", "[True; False]")]);
}

#[test]
fn positions_in_text() {
    sample().check(&[
        ("InStr(\"abcabc\", \"c\")", "3"),
        ("InStr(\"abcabc\", \"c\", 4)", "6"),
        ("InStr(\"abcabc\", \"c\", 7)", "0"),
        ("InStr(\"abc\", \"C\")", "0"),
        ("InStr(\"abc\", \"C\", 1, vbTextCompare)", "3"),
        ("InStr([displayName], \"x\")", "8"),
        ("InStr(\"abc\", \"\")", "1"),
        ("InStr(\"abc\", \"a\", 0)", "error: InStr: positions start at 1, not 0"),
        ("InStrRev(\"abcabc\", \"B\", -1, \"vbTextCompare\")", "5"),
        ("InStrRev(\"abcabc\", \"b\", 4)", "2"),
        ("InStrRev(\"abc\", \"x\")", "0"),
        ("Len([displayName])", "8"),
        ("Len(CGuid(\"03020100-0504-0706-0809-0a0b0c0d0e0f\"))", "16"),
    ]);
}

#[test]
fn parts_of_text() {
    sample().check(&[
        ("Left(\"abc\", 2)", "'ab'"),
        ("Left(\"abc\", 0)", "''"),
        ("Left(\"abc\", -1)", "'abc'"),
        ("Left([displayName], 6)", "'Łódź 😀'"),
        ("Right(\"abc\", 2)", "'bc'"),
        ("Right(\"abc\", 9)", "'abc'"),
        ("Right([displayName], 3)", "'😀 x'"),
        ("Mid(\"abcdef\", 2, 3)", "'bcd'"),
        ("Mid(\"abc\", 2, 9)", "'bc'"),
        ("Mid(\"abc\", 9, 0)", "''"),
        ("Mid(\"abc\", 4, 1)", "'abc'"),
        ("Mid(\"abc\", 0, 1)", "'abc'"),
        ("Mid(\"abc\", 1, -1)", "'abc'"),
        ("Mid(CGuid(\"03020100-0504-0706-0809-0a0b0c0d0e0f\"), 2, 3)", "0x010203"),
        ("Left([userAccountControl], 1)", "error: Left takes str, but got num"),
        ("Left(\"abc\", \"x\")", "error: Left takes num, but got str"),
        ("Trim(\" a b \")", "'a b'"),
        ("LTrim(\" a \")", "'a '"),
        ("RTrim(\" a \")", "' a'"),
        ("Word(\"The quick brown fox\", 3, \" \")", "'brown'"),
        ("Word(\"This,string!has&many separators\", 3, \",!&#\")", "'has'"),
        ("Word(\"a__b\", 2, \"_\")", "''"),
        ("Word(\"abc\", 1, \"_\")", "'abc'"),
        ("Word(\"abc\", 2, \"_\")", "''"),
        ("Word(\"abc\", 0, \"_\")", "''"),
        ("Word(\"abc\", -9223372036854775808, \"_\")", "''"),
    ]);
}

#[test]
fn changed_text() {
    sample().check(&[
        ("LCase(\"AbÜ\")", "'abü'"),
        ("UCase(\"abüß\")", "'ABÜß'"),
        ("PCase(\"nia de OKORO-x\")", "'Nia De Okoro-x'"),
        ("PadLeft(\"7\", 3, \"0\")", "'007'"),
        ("PadRight(\"7\", 3, \"0\")", "'700'"),
        ("PadLeft(\"1234\", 3, \"0\")", "'1234'"),
        ("PadLeft(\"7\", 99999999, \"0\")", "error: PadLeft: the result is longer than 16777216 bytes"),
        ("Replace(\"a-b-c\", \"-\", \"\")", "'abc'"),
        ("Replace(\"a\" & CRLF & \"b\", \"\\r\\n\", \", \")", "'a, b'"),
        ("Replace(\"abc\", \"\", \"x\")", "'abc'"),
        ("ReplaceChars(\"Räksmörgås\", \"å:a,ä:ae,ö:\")", "'Raeksmrgas'"),
        ("ReplaceChars(\"x\", \"ab:c\")", "error: ReplaceChars: the pattern is written \"a:b,c:dd\": one character, a colon, its replacement"),
    ]);
}
