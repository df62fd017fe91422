//! `default-sync-rules` section G.1 (lexis, grammar, binding), read 2026-11-20, and the errors of the parser.

use super::*;

#[test]
fn operators_bind_as_the_shipped_rules_need() {
    Sample::of(&[]).check(&[
        ("2 + 3 * 2", "10"),
        ("10 - 2 - 3", "5"),
        ("7 / 2", "3"),
        ("1 + 1 = 2 && 2 < 3", "True"),
        ("True || False && False", "True"),
        ("(True || False) && False", "False"),
        ("\"a\" & \"b\" = \"ab\"", "True"),
        ("False = False || Error(\"x\")", "True"),
        ("1 = 1 = True", "True"),
        ("3 - -2", "5"),
    ]);
}

#[test]
fn literals() {
    Sample::of(&[]).check(&[
        ("&H21C07000", "566259712"),
        ("&hff", "255"),
        ("&HFFFFFFFFFFFFFFFF", "-1"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("\"say \"\"hi\"\"\"", "'say \"hi\"'"),
        ("\"\"", "''"),
        ("\"\\\\0ACNF:\"", "'\\0ACNF:'"),
        ("\"a\\b\"", "'a\\b'"),
        ("\"\\\"", "'\\'"),
        ("TRUE", "True"),
        ("null", "NULL"),
        ("\u{feff} IIF (\r\n\tTrue ,\r\n\t\"a\" , \u{a0} \"b\" )\r\n", "'a'"),
    ]);
}

fn error(text: &str) -> ParseError {
    Expression::parse(text, &mut AttributeNames::default()).expect_err(text)
}

#[test]
fn errors_say_where_and_what() {
    let rows = [
        ("", 0, "the end", "expected a value"),
        ("1 +", 3, "the end", "expected a value"),
        ("1 2", 2, "2", "expected an operator or the end"),
        ("(1", 2, "the end", "expected )"),
        ("IIF(True,1)", 0, "IIF", "IIF takes 3 arguments, not 2"),
        ("1 + Trim()", 4, "Trim", "Trim takes 1 argument, not 0"),
        ("Split(\"a\")", 0, "Split", "Split takes 2 to 3 arguments, not 1"),
        ("Switch(True)", 0, "Switch", "Switch takes pairs of condition and value, not 1"),
        ("Switch(True,1,False)", 0, "Switch", "Switch takes pairs of condition and value, not 3"),
        ("Trim(1 2)", 7, "2", "expected an operator, a comma or )"),
        ("ispresent([mail])", 0, "ispresent", "function names are case-sensitive: write IsPresent"),
        ("IsPresnt([mail])", 0, "IsPresnt", "there is no such function; did you mean IsPresent?"),
        ("Frobnicate(1)", 0, "Frobnicate", "there is no such function"),
        ("CertSubject([userCertificate])", 0, "CertSubject", "the Cert* functions are not supported yet"),
        ("mail", 0, "mail", "expected a value; an attribute is written [mail], text \"mail\""),
        ("Trim", 0, "Trim", "expected ( behind the name of a function"),
        ("[mail", 0, "mail", "an attribute name ends with ]"),
        ("[ ]", 0, "no name", "a name is missing here"),
        ("%Domain.FQDN", 0, "Domain", "a parameter ends with %"),
        ("\"abc", 0, "\"abc", "text ends with a straight quote (\")"),
        ("“abc”", 0, "“", "text is written in straight quotes (\")"),
        ("1.5", 0, "1", "numbers are whole: there is no decimal point"),
        ("12x", 0, "12x", "a number has digits only and fits in 64 bits"),
        ("9223372036854775808", 0, "9223372036854775808", "a number fits in 64 bits with its sign"),
        ("-\"a\"", 1, "\"a\"", "a minus sign here needs a number behind it"),
        ("$x", 0, "$x", "no Select, Where or With around this defines the variable"),
        ("Select(1,2,3)", 7, "1", "Select takes a $variable first"),
        ("With($x,1)", 0, "With", "With takes 3 arguments, not 2"),
        ("With($x,1,2) & $x", 15, "$x", "no Select, Where or With around this defines the variable"),
        ("ImportedValue([mail])", 14, "[mail]", "ImportedValue takes an attribute name in quotes"),
        ("ValueCount()", 0, "ValueCount", "ValueCount takes 1 argument, not 0"),
        (
            "Contains([mail],\"a\",\"CaseInsensitiv\")",
            20,
            "\"CaseInsensitiv\"",
            "Contains takes CaseInsensitive or CaseSensitive here",
        ),
        ("a || b | c", 0, "a", "expected a value; an attribute is written [a], text \"a\""),
        ("True | False", 5, "|", "\"or\" is written ||"),
        ("!True", 0, "!", "there is no \"not\": compare with False, or write <>"),
    ];
    for (text, offset, found, expected) in rows {
        let error = error(text);
        assert_eq!(
            (error.offset, error.found.as_str(), error.expected.as_str()),
            (offset, found, expected),
            "{text}"
        );
    }
}

#[test]
fn errors_show_the_line_and_point_at_the_place() {
    let shown = error("IIF(True,\n\tTrim(\"ü\" [x]),\n\t1)").to_string();
    assert_eq!(
        shown,
        "line 2, column 11: found [x]; expected an operator, a comma or )\n    \tTrim(\"ü\" [x]),\n    \t         ^"
    );
    assert!(error("RegexIsMatch([x], \"(\")").expected.starts_with("this regular expression cannot be used"));
}

#[test]
fn long_tokens_are_cut_in_errors() {
    assert_eq!(error(&"x".repeat(500)).found.chars().count(), 41);
}

#[test]
fn hostile_nesting_is_refused() {
    for opening in ["(", "Trim(", "IIF(True,", "1+(", "With($x,", "With($x,1,"] {
        let error = error(&opening.repeat(20_000));
        assert!(error.expected.starts_with("nested more than"), "{opening}: {}", error.expected);
    }
    let chain = format!("1{}", "+1".repeat(100_000));
    Sample::of(&[]).check(&[(&chain, "100001")]);
    let deep = format!("{}1{}", "Trim(CStr(".repeat(49), "))".repeat(49));
    Sample::of(&[]).check(&[(&deep, "'1'")]);
}

#[test]
fn growth_is_bounded() {
    let doubling = format!(
        "{}$x{}",
        "With($x,\"0123456789\",With($x,$x&$x,".to_owned() + &"With($x,$x&$x,".repeat(40),
        ")".repeat(42)
    );
    Sample::of(&[]).check(&[(&doubling, "error: &: the result is longer than 16777216 bytes")]);
}

#[test]
fn what_an_expression_mentions_is_known() {
    let mut names = AttributeNames::default();
    let text = "IIF(ValueCount(\"member\") > 1, ContributorValue(\"mail\", \"madeUp\"), ImportedValue(\"sn\") & [cn])";
    let expression = Expression::parse(text, &mut names).unwrap();
    let mut mentioned: Vec<_> = expression.attributes().iter().map(|id| names.name(id)).collect();
    mentioned.sort_unstable();
    assert_eq!(mentioned, ["cn", "madeUp", "mail", "member", "sn"]);
    let contributed: Vec<_> = expression.contributed().iter().map(|id| names.name(id)).collect();
    assert_eq!(contributed, ["madeUp"]);
    assert!(!expression.can_raise() && expression.is_deterministic());
    assert!(Expression::parse("IIF(True,1,Error(\"x\"))", &mut names).unwrap().can_raise());
    for text in ["1 > RandomNum(1,2)", "Guid()", "Trim(Guid())", "Now() < CDate(\"2026-01-01\")"] {
        assert!(!Expression::parse(text, &mut names).unwrap().is_deterministic(), "{text}");
    }
}
