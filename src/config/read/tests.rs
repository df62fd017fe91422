use super::*;
use crate::config::EXAMPLE;
use crate::config::SettingValue;

/// Every key of the contract, none at its default.
const EVERYTHING: &str = r#"
[tenant]
initial-domain    = "Contoso.onmicrosoft.com"
verified-domains  = ["contoso.com"]
federated-domains = ["fed.contoso.com"]
exchange-licensed = ["OU=Staff,DC=contoso,DC=com"]
privileged-users  = ["root@contoso.onmicrosoft.com"]
quota             = 123_456

[tenant.features]
soft-match-on-upn = false
block-soft-match = true
block-cloud-object-takeover-through-hard-match = true
allow-on-prem-update-of-on-premises-object-identifier = true

[sync]
engine          = "cloud-sync"
source-anchor   = "objectguid"
user-matching   = { attribute = "employeeID" }
login-attribute = "mail"
exchange-hybrid = false
devices         = false
rule-generation = "2016"
rules           = "own"
deletion-threshold = 0

[[forest]]
name    = "contoso.com"
include = ["OU=Corp,DC=contoso,DC=com"]
exclude = ["OU=Test,OU=Corp,DC=contoso,DC=com"]
exchange-schema = true
lync-schema     = false
bind-dn = 'CONTOSO\reader'
password-file = "reader.password"
ca = "/etc/ca.pem"
client-cert = "reader.pem"
client-key = "reader.key"
starttls = true
sasl = "ntlm"
insecure = true
allow-plaintext = true
timeout = 5
page-size = 100
page-delay = 20

[[forest]]
name = "fabrikam.com"

[checks]
"upn-suffix-not-verified" = "error"
display-name-missing = "off"

[[exception]]
check   = "display-name-missing"
objects = "OU=Robots,DC=contoso,DC=com"
reason  = "service accounts"
owner   = "identity team"
until   = 2027-03-31
"#;

#[test]
fn input_limits_are_numbers_within_bounds() {
    let settings = Settings::from_toml("[input]\nvalue-bytes = 1_000\n", "presync.toml").unwrap();
    assert_eq!(settings.input.value_bytes, Some(1000));
    let effective = settings.effective();
    let last = effective.last().unwrap();
    assert_eq!(last.0, "input");
    assert!(!Settings::default().effective().iter().any(|(name, _)| name == "input"));
    let found = problems("[input]\njson-depth = 1000\nxml-depth = 0\nvalue-size = 5\nline-bytes = \"1\"\n");
    for (problem, words) in found.iter().zip(["1 to 128", "1 to 1000", "value-size", "line-bytes"]) {
        assert!(problem.contains(words), "{found:?}");
    }
    assert_eq!(found.len(), 4, "{found:?}");
}

fn problems(text: &str) -> Vec<String> {
    let error = Settings::from_toml(text, "presync.toml").expect_err("the settings are wrong");
    error.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn every_key_of_the_contract_is_read() {
    let settings = Settings::from_toml(EVERYTHING, "conf/presync.toml").unwrap();
    // Paths are joined as the system joins them.
    let settings = format!("{settings:#?}").replace("conf\\\\", "conf/");
    insta::assert_snapshot!("every_key", settings);
}

#[test]
fn nothing_and_the_example_are_the_defaults() {
    let expected = Settings { path: "presync.toml".to_owned(), ..Settings::default() };
    assert_eq!(Settings::from_toml("", "presync.toml").unwrap(), expected);
    assert_eq!(Settings::from_toml("\u{feff}[sync]\r\n", "presync.toml").unwrap(), expected);
    assert_eq!(Settings::from_toml(EXAMPLE, "presync.toml").unwrap(), expected);
}

#[test]
fn every_commented_line_of_the_example_is_valid_too() {
    let is_key = |line: &str| {
        line.split_once('=').is_some_and(|(key, _)| !key.trim().is_empty() && !key.trim().contains(' '))
    };
    let seen: BTreeSet<_> = ["verified-domains", "exchange-licensed"].into();
    let uncommented: String = EXAMPLE
        .lines()
        // These stand twice, once as default and once as example.
        .filter(|line| !seen.iter().any(|key| line.starts_with(key)))
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.starts_with("[[") || is_key(rest) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let settings = Settings::from_toml(&uncommented, "presync.toml").unwrap();
    assert_eq!((settings.forests.len(), settings.exceptions.len(), settings.checks.len()), (1, 1, 1));
    assert_eq!(settings.tenant.quota, Some(300_000));
    for key in TABLES.iter().flat_map(|(_, keys)| keys.iter()) {
        assert!(uncommented.contains(key), "{key} is not in the example");
    }
}

#[test]
fn all_problems_are_reported_at_once_with_their_lines() {
    let text = r#"quota = 5
[tenant]
verified-domains = "contoso.com"
federated-domains = ["@contoso.com", 5, "a..b"]
exchange-licensed = "some"
privileged-users = ["root"]
[sync]
sourceanchor = "objectGUID"
devices = "yes"
exchange-hybrid = "True"
engine = "cloudsync"
rule-generation = 2016
user-matching = "objectsid"
deletion-threshold = -1
login-attribute = "user name"
[[forest]]
name = "Contoso.com"
include = ["OU=Corp,DC=x", "contoso.com/Corp"]
exclude = ["ou=corp,dc=x"]
password = "secret"
page-size = 0
[[forest]]
name = "contoso.COM"
timeout = 1.5
[[forest]]
include = []
[checks]
a-check = "warn"
[[exception]]
check = "a-check"
objects = ""
until = "2027-03-31"
[forests]
"#;
    insta::assert_snapshot!("all_problems", problems(text).join("\n"));
}

#[test]
fn broken_toml_is_reported_beside_what_can_be_read() {
    let text = "[[exception]]\nuntil = 2027-02-30\n[sync]\ndevices = yes\nsourceanchor = \"mail\"\n\
                engine = \"connect\nsource-anchor = 'mail'\nsource-anchor = 'mail'\n";
    insta::assert_snapshot!("broken_toml", problems(text).join("\n"));
}

#[test]
fn a_wrong_single_table_is_told_from_an_array_of_tables() {
    assert_eq!(
        problems("[forest]\nname = 'x'\n[[sync]]\n"),
        [
            "presync.toml:1: `forest` in the settings is a table; expected tables with the head [[forest]]",
            "presync.toml:3: `sync` in the settings is a list; expected one table [sync]",
        ]
    );
    assert!(problems("user-matching = 'once'")[0].contains("it belongs in [sync]"));
    assert!(problems("[sync]\nuser-matching = { attribut = 'x' }").len() == 2);
}

#[test]
fn no_value_of_a_password_file_and_no_source_line_is_repeated() {
    for text in
        ["[[forest]]\nname='x'\npassword-file = 12345\n", "[[forest]]\nname='x'\npassword-file = 12345 6\n"]
    {
        assert!(!problems(text).concat().contains("12345"), "{:?}", problems(text));
    }
}

#[test]
fn hostile_keys_and_values_are_shown_escaped_and_cut() {
    let text = format!("[sync]\n\"\\u001b[2J\\u202e\" = 1\nengine = \"{}\\u001b\"\n", "x".repeat(10_000));
    let shown = problems(&text).concat();
    assert!(!shown.contains(|c: char| c.is_control() || c == '\u{202e}'), "{shown:?}");
    assert!(shown.len() < 500);
}

/// A key that is known but never read would be accepted and ignored.
#[test]
fn every_known_key_is_read_as_some_type() {
    for (label, keys) in TABLES {
        for key in keys {
            let text = format!("{label}\n{key} = 1979-05-27T07:32:00Z\n");
            let wanted = format!("`{key}` in {label} is the date");
            let kind = format!("`{key}` in {label} is a date");
            let found = problems(&text);
            assert!(found.iter().any(|one| one.contains(&wanted) || one.contains(&kind)), "{label} {key}");
        }
    }
}

#[test]
fn unknown_checks_are_found_with_line_and_suggestion() {
    let settings = Settings::from_toml(EVERYTHING, "presync.toml").unwrap();
    assert_eq!(settings.check_names(&["upn-suffix-not-verified", "display-name-missing"]), []);
    let found: Vec<_> = settings
        .check_names(&["upn-suffix-unverified", "group-empty"])
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        found,
        [
            "presync.toml:50: unknown check `upn-suffix-not-verified` in [checks]; did you mean `upn-suffix-unverified`?",
            "presync.toml:51: unknown check `display-name-missing` in [checks]; `presync list checks` shows all",
            "presync.toml:54: unknown check `display-name-missing` in [[exception]]; `presync list checks` shows all",
        ]
    );
}

#[test]
fn paths_start_at_the_folder_of_the_settings_file() {
    let rules = |path: &str| {
        let settings = Settings::from_toml("[sync]\nrules = 'own'", path).unwrap();
        settings.sync.rules.unwrap().replace('\\', "/")
    };
    assert_eq!(rules("presync.toml"), "own");
    assert_eq!(rules("conf/presync.toml"), "conf/own");
    assert_eq!(beside("conf/presync.toml", "/abs"), "/abs");
}

#[test]
fn the_quota_follows_the_facts_unless_set() {
    let quota = |text: &str| Settings::from_toml(text, "p").unwrap().tenant.effective_quota();
    assert_eq!(quota(""), 300_000);
    assert_eq!(quota("[tenant]\ninitial-domain = 'x.onmicrosoft.com'"), 50_000);
    assert_eq!(quota("[tenant]\ninitial-domain = 'x.onmicrosoft.com'\nverified-domains = ['x.de']"), 300_000);
    assert_eq!(quota("[tenant]\nquota = 7"), 7);
}

#[test]
fn the_report_shows_every_setting_but_no_credentials() {
    let settings = Settings::from_toml(EVERYTHING, "presync.toml").unwrap();
    let effective = settings.effective();
    let names: Vec<_> = effective.iter().map(|(name, _)| name.as_str()).collect();
    let defaults = Settings::default().effective();
    assert_eq!(names, defaults.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    assert!(effective.contains(&("rule_set".to_owned(), SettingValue::Text("own".to_owned()))));
    let shown = format!("{effective:?}");
    assert!(!shown.contains("reader"), "{shown}");
    insta::assert_debug_snapshot!("effective", effective);
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused_but_never_a_panic() {
    for end in (0..EVERYTHING.len()).filter(|end| EVERYTHING.is_char_boundary(*end)) {
        let cut = &EVERYTHING[..end];
        if let Err(error) = Settings::from_toml(cut, "presync.toml") {
            assert!(!error.problems.is_empty(), "{cut}");
            let lines = cut.lines().count() as u64 + 1;
            assert!(error.problems.iter().all(|problem| problem.line.is_some_and(|line| line <= lines)));
        }
    }
    let nested = format!("[sync]\nuser-matching = {}", "[".repeat(100_000));
    assert!(Settings::from_toml(&nested, "presync.toml").is_err());
}
