//! The formulas of the default rules, rebuilt from `default-sync-rules` sections 0.4, C.1 and D (read 2026-11-20),
//! and the results these sections give.

use super::*;

const ENABLED: &str = "IIF(BitAnd([userAccountControl],2)=0,True,False)";
const DISPLAY: &str = "IIF(IsNullOrEmpty([displayName]),[cn],[displayName])";
const FIRST448: &str = "IIF(IsNullOrEmpty([description]),NULL,Left(Trim(Item([description],1)),448))";
const PROXY: &str = "RemoveDuplicates(Trim(ImportedValue(\"proxyAddresses\")))";
const PASSWORD: &str =
    "IIF(IsPresent([pwdLastSet]),CStr(FormatDateTime(DateFromNum([pwdLastSet]),\"yyyyMMddHHmmss.0Z\")),NULL)";
const UPN: &str = "IIF(IsPresent([userPrincipalName]),[userPrincipalName], IIF(IsPresent([sAMAccountName]),\
    ([sAMAccountName]&\"@\"&%Domain.FQDN%),Error(\"AccountName is not present\")))";
const ANCHOR: &str = "IIF(IsPresent([msExchRecipientTypeDetails]),IIF([msExchRecipientTypeDetails]=2,NULL,\
    IIF(IsString([objectGUID]),CStr([objectGUID]),ConvertToBase64([objectGUID]))),\
    IIF(IsString([objectGUID]),CStr([objectGUID]),ConvertToBase64([objectGUID])))";
const SOURCE_TYPE: &str = "IIF(IsPresent([msExchRecipientTypeDetails]), IIF([msExchRecipientTypeDetails]=2, NULL, \"User\"), \"User\")";
const MAIL_ENABLED: &str = "IIF(( (IsPresent([proxyAddresses]) = True) && (Contains([proxyAddresses], \"SMTP:\") > 0) \
    && (InStr(Item([proxyAddresses], Contains([proxyAddresses], \"SMTP:\")), \"@\") > 0)) ||  \
    (IsPresent([mail]) = True && (InStr([mail], \"@\") > 0)), True, False)";
const SECURITY_ENABLED: &str = "CBool(BitAnd([groupType],-2147483648))";
const CLOUD_MAILBOX: &str = "CBool(IIF(IsNullOrEmpty([cloudMSExchRecipientDisplayType]),NULL,BitAnd([cloudMSExchRecipientDisplayType],&HFF) = 0))";
const ENTRA_DN: &str = "\"CN={\" & ConvertToUTF8Hex([sourceAnchor]) & \"}\"";
const OUT_ANCHOR: &str = "IIF(IsPresent([cloudSourceAnchor]), IIF(Word([cloudAnchor],1,\"_\")=[sourceObjectType],\
    IIF([cloudSourceAnchor] = [sourceAnchor],[sourceAnchor],Error(\"SourceAnchor attribute has changed.\")),\
    [sourceAnchor]),[sourceAnchor])";
const MEMBER_LIMIT: &str =
    "IIF(([memberCount]> 50000),Error(\"Maximum Group member count exceeded\"),IgnoreThisFlow)";
const USER_FILTER: &str = "IIF(IsPresent([isCriticalSystemObject]) || IsPresent([sAMAccountName]) = False || \
    [sAMAccountName] = \"SUPPORT_388945a0\" || Left([mailNickname], 14) = \"SystemMailbox{\" || \
    Left([sAMAccountName], 4) = \"AAD_\" || (Left([mailNickname], 4) = \"CAS_\" && (InStr([mailNickname], \"}\") > 0)) || \
    (Left([sAMAccountName], 4) = \"CAS_\" && (InStr([sAMAccountName], \"}\") > 0)) || \
    Left([sAMAccountName], 5) = \"MSOL_\" || CBool(IIF(IsPresent([msExchRecipientTypeDetails]),\
    BitAnd([msExchRecipientTypeDetails],&H21C07000) > 0,NULL)) || \
    CBool(InStr(DNComponent(CRef([dn]),1),\"\\\\0ACNF:\")>0), True, NULL)";
const CONTACT_FILTER: &str = "IIF(IsPresent([isCriticalSystemObject]) || ( (InStr([displayName], \"(MSOL)\") > 0) && \
    (CBool([msExchHideFromAddressLists]))) || (Left([mailNickname], 4) = \"CAS_\" && (InStr([mailNickname], \"}\") > 0)) \
    || CBool(InStr(DNComponent(CRef([dn]),1),\"\\\\0ACNF:\")>0), True, NULL)";
const GROUP_FILTER: &str = "IIF(IsPresent([isCriticalSystemObject]) || \
    [sAMAccountName] = \"MSOL_AD_Sync_RichCoexistence\" || CBool(IIF(IsPresent([msExchRecipientTypeDetails]),\
    BitAnd([msExchRecipientTypeDetails],&H40000000) > 0,NULL))  || \
    CBool(InStr(DNComponent(CRef([dn]),1),\"\\\\0ACNF:\")>0), True, NULL)";
const COMPUTER_FILTER: &str = "IIF(IsNullOrEmpty([userCertificate]),True,NULL)";

/// Values of an object, the formula, the result.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

fn check(cases: &[Case<'_>]) {
    for (values, formula, expected) in cases {
        assert_eq!(Sample::of(values).shown(formula), *expected, "{values:?}\n{formula}");
    }
}

#[test]
fn values_of_users() {
    check(&[
        (&[("userAccountControl", "512")], ENABLED, "True"),
        (&[("userAccountControl", "514")], ENABLED, "False"),
        (&[("displayName", "Nia"), ("cn", "x")], DISPLAY, "'Nia'"),
        (&[("cn", " x ")], DISPLAY, "' x '"),
        (&[("description", " one "), ("description", "two")], FIRST448, "'one'"),
        (&[("description", "one")], FIRST448, "'one'"),
        (&[], FIRST448, "NULL"),
        (&[("pwdLastSet", "134143344000000000")], PASSWORD, "'20260131120000.0Z'"),
        (&[("pwdLastSet", "0")], PASSWORD, "'16010101000000.0Z'"),
        (&[], PASSWORD, "NULL"),
        (&[("userPrincipalName", "nia@corp.example"), ("sAMAccountName", "nia")], UPN, "'nia@corp.example'"),
        (&[("sAMAccountName", "nia")], UPN, "'nia@corp.example'"),
        (&[], UPN, "error: AccountName is not present"),
        (&[("msExchRecipientTypeDetails", "2")], SOURCE_TYPE, "NULL"),
        (&[("msExchRecipientTypeDetails", "1")], SOURCE_TYPE, "'User'"),
        (&[], SOURCE_TYPE, "'User'"),
        (&[("cloudMSExchRecipientDisplayType", "1073741824")], CLOUD_MAILBOX, "True"),
        (&[("cloudMSExchRecipientDisplayType", "6")], CLOUD_MAILBOX, "False"),
        (&[], CLOUD_MAILBOX, "False"),
    ]);
    let long = "ä".repeat(500);
    assert_eq!(Sample::of(&[("description", &long)]).shown(FIRST448), format!("'{}'", "ä".repeat(448)));
}

#[test]
fn anchors() {
    let stored =
        [0x44, 0x33, 0x22, 0x11, 0x66, 0x55, 0x88, 0x77, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0];
    let guid = ("objectGUID", &stored[..]);
    Sample::new("", &[guid]).check(&[(ANCHOR, "'RDMiEWZViHeZqrvM3e7/AA=='")]);
    Sample::new("", &[guid, ("msExchRecipientTypeDetails", b"2")]).check(&[(ANCHOR, "NULL")]);
    Sample::new("", &[guid, ("msExchRecipientTypeDetails", b"1")])
        .check(&[(ANCHOR, "'RDMiEWZViHeZqrvM3e7/AA=='")]);
    check(&[
        (
            &[("sourceAnchor", "RDMiEWZViHeZqrvM3e7/AA==")],
            ENTRA_DN,
            "'CN={52444D6945575A566948655A7172764D3365372F41413D3D}'",
        ),
        (&[("sourceAnchor", "A")], OUT_ANCHOR, "'A'"),
        (
            &[
                ("sourceAnchor", "A"),
                ("cloudSourceAnchor", "A"),
                ("cloudAnchor", "User_1"),
                ("sourceObjectType", "User"),
            ],
            OUT_ANCHOR,
            "'A'",
        ),
        (
            &[
                ("sourceAnchor", "A"),
                ("cloudSourceAnchor", "a"),
                ("cloudAnchor", "User_1"),
                ("sourceObjectType", "User"),
            ],
            OUT_ANCHOR,
            "error: SourceAnchor attribute has changed.",
        ),
        (
            &[
                ("sourceAnchor", "A"),
                ("cloudSourceAnchor", "B"),
                ("cloudAnchor", "Contact_1"),
                ("sourceObjectType", "User"),
            ],
            OUT_ANCHOR,
            "'A'",
        ),
    ]);
}

#[test]
fn mail_enabled_follows_the_rule_text() {
    check(&[
        (&[], MAIL_ENABLED, "False"),
        (&[("mail", "g@corp.example")], MAIL_ENABLED, "True"),
        (&[("mail", "g")], MAIL_ENABLED, "False"),
        (&[("proxyAddresses", "SMTP:g@corp.example")], MAIL_ENABLED, "True"),
        (&[("proxyAddresses", "SMTP:g"), ("proxyAddresses", "SMTP:g@corp.example")], MAIL_ENABLED, "False"),
        // As written the letter case counts (I-4).
        (&[("proxyAddresses", "smtp:g@corp.example")], MAIL_ENABLED, "False"),
        (&[("proxyAddresses", "X500:/o=g"), ("mail", "g@corp.example")], MAIL_ENABLED, "True"),
        (
            &[
                ("proxyAddresses", " smtp:a@x "),
                ("proxyAddresses", "smtp:a@x"),
                ("proxyAddresses", "X500:/o=g"),
            ],
            PROXY,
            "['smtp:a@x'; 'X500:/o=g']",
        ),
        (&[], PROXY, "NULL"),
    ]);
}

#[test]
fn values_of_groups() {
    check(&[
        (&[("groupType", "-2147483646")], SECURITY_ENABLED, "True"),
        (&[("groupType", "8")], SECURITY_ENABLED, "False"),
        (&[], SECURITY_ENABLED, "False"),
        (&[("memberCount", "50001")], MEMBER_LIMIT, "error: Maximum Group member count exceeded"),
        (&[("memberCount", "50000")], MEMBER_LIMIT, "IgnoreThisFlow"),
        (&[("member", "CN=a"), ("member", "CN=b")], "ValueCount(\"member\")", "2"),
    ]);
}

/// Section D.1, clause by clause.
#[test]
fn users_are_filtered_by_each_clause() {
    let nia = ("sAMAccountName", "nia");
    check(&[
        (&[nia], USER_FILTER, "NULL"),
        (&[nia, ("isCriticalSystemObject", "FALSE")], USER_FILTER, "True"),
        (&[], USER_FILTER, "True"),
        (&[("sAMAccountName", "SUPPORT_388945a0")], USER_FILTER, "True"),
        (&[nia, ("mailNickname", "SystemMailbox{1}")], USER_FILTER, "True"),
        (&[("sAMAccountName", "AAD_1")], USER_FILTER, "True"),
        (&[nia, ("mailNickname", "CAS_{1}")], USER_FILTER, "True"),
        (&[nia, ("mailNickname", "CAS_1")], USER_FILTER, "NULL"),
        (&[("sAMAccountName", "CAS_{1}")], USER_FILTER, "True"),
        (&[("sAMAccountName", "MSOL_1")], USER_FILTER, "True"),
        (&[("sAMAccountName", "msol_1")], USER_FILTER, "NULL"),
        (&[nia, ("msExchRecipientTypeDetails", "536870912")], USER_FILTER, "True"),
        (&[nia, ("msExchRecipientTypeDetails", "1")], USER_FILTER, "NULL"),
        (&[nia, ("msExchRecipientTypeDetails", "549755813888")], USER_FILTER, "NULL"),
    ]);
}

/// Clause 10, whichever way the input writes the line feed (I-28).
#[test]
fn replication_conflicts_are_filtered() {
    for dn in
        ["CN=Nia\\0ACNF:1,DC=corp,DC=example", "CN=Nia\nCNF:1,DC=corp,DC=example", "CN=Nia\\0aCNF:1,DC=x"]
    {
        let sample = Sample::new(dn, &[("sAMAccountName", b"nia")]);
        sample.check(&[(USER_FILTER, "True"), (CONTACT_FILTER, "True"), (GROUP_FILTER, "True")]);
    }
}

#[test]
fn contacts_groups_and_computers_are_filtered() {
    check(&[
        (&[("displayName", "x (MSOL)"), ("msExchHideFromAddressLists", "TRUE")], CONTACT_FILTER, "True"),
        (&[("displayName", "x (MSOL)")], CONTACT_FILTER, "NULL"),
        (&[("sAMAccountName", "MSOL_AD_Sync_RichCoexistence")], GROUP_FILTER, "True"),
        (&[("msExchRecipientTypeDetails", "1073741824")], GROUP_FILTER, "True"),
        (&[("msExchRecipientTypeDetails", "256")], GROUP_FILTER, "NULL"),
        (&[], COMPUTER_FILTER, "True"),
        (&[("userCertificate", "0")], COMPUTER_FILTER, "NULL"),
    ]);
}

/// The device-key flow parses; it decides nothing and gives no value.
#[test]
fn device_keys_are_not_evaluated() {
    let formula = "IIF(IsNull([searchableDeviceKey]), NULL, IIF(CNum(Mid([searchableDeviceKey],1,1))=0, \
        Mid([searchableDeviceKey],1,7+CNum(Mid([searchableDeviceKey],5,2))) & CBin(Len(Thumbprint(Mid([searchableDeviceKey],\
        8+CNum(Mid([searchableDeviceKey],5,2)),Len([searchableDeviceKey])))),2), NULL))";
    Sample::new("", &[("searchableDeviceKey", &[0, 0xff])]).check(&[(formula, "NULL")]);
}
