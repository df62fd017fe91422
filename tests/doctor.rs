//! `presync doctor` through the binary: every kind of input, what is refused, and the commands it recommends.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

#[path = "support/shared.rs"]
mod shared;

use std::fs;
use std::io::Write as _;

use assert_cmd::Command;
use presync::config::Settings;
use presync::predict;
use regex::Regex;
use serde_json::Value;
use shared::real_exports;

struct Lab {
    directory: tempfile::TempDir,
}

const IDENTITY: &str = "DN,objectClass,objectGUID,sAMAccountName,mail\n";
const RECORD: &str = "dn: CN=Nia Okoro,OU=Sales,DC=corp,DC=example\nobjectClass: user\ncn: Nia Okoro\n\
                      sAMAccountName: nokoro\nobjectGUID:: AAECAwQFBgcICQoLDA0ODw==\n";

impl Lab {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.directory.path().join(name), bytes).unwrap();
    }

    fn doctor(&self, arguments: &[&str]) -> (i32, String, String) {
        self.doctor_reading(arguments, "")
    }

    fn doctor_reading(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_presync"))
            .current_dir(self.directory.path())
            .arg("doctor")
            .args(arguments)
            .write_stdin(input)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// Status and JSON.
    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let (status, stdout, stderr) = self.doctor(&[arguments, &["--format", "json"]].concat());
        (status, serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}")))
    }

    /// What `check` reports not to run on the same inputs.
    fn checks_not_run(&self, arguments: &[&str]) -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_presync"))
            .current_dir(self.directory.path())
            .arg("check")
            .args(arguments)
            .args(["--format", "json"])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["run"]["checks_not_run"].clone()
    }

    /// The only input of a run over one file of this text.
    fn input(&self, text: impl AsRef<[u8]>) -> Value {
        self.write("input.txt", text);
        self.json(&["input.txt"]).1["inputs"][0].clone()
    }
}

/// Every attribute that the default rules and the checks read.
fn needed() -> Vec<String> {
    let needs = predict::needs(&Settings::default()).unwrap();
    needs.attributes.iter().map(|id| needs.names.name(id).to_owned()).collect()
}

#[test]
fn each_writer_gets_a_command_of_its_own_tool_with_every_attribute_that_is_read() {
    let lab = Lab::new();
    let needed = needed();
    assert!(needed.iter().any(|name| name == "msExchMasterAccountSid") && needed.len() > 25, "{needed:?}");
    assert!(
        !needed.iter().any(|name| name == "cloudFiltered" || name.starts_with("configured")),
        "{needed:?}"
    );
    let type_line = "#TYPE Microsoft.ActiveDirectory.Management.ADUser\n";
    let quoted = "\"DistinguishedName\",\"ObjectClass\"\n\"CN=Zoë,DC=corp,DC=example\",\"user\"\n";
    for (text, written_by, tool, shell) in [
        (RECORD.replace("objectClass", "changetype: add\nobjectClass"), "ldifde", "ldifde", "cmd"),
        (format!("# extended LDIF\n#\n# LDAPv3\n\n{RECORD}"), "ldapsearch", "ldapsearch", "sh"),
        (format!("version: 1\n\n#\n# LDAPv3\n\n{RECORD}"), "ldapsearch -L", "ldapsearch", "sh"),
        (format!("# record 1\n{RECORD}"), "ldbsearch", "ldbsearch", "sh"),
        (format!("{IDENTITY}\"CN=a,DC=corp,DC=example\",user,,a,\n"), "csvde", "csvde", "cmd"),
        (format!("{type_line}{quoted}"), "Windows PowerShell 5.1", "powershell-5.1", "powershell"),
        (quoted.to_owned(), "PowerShell 7", "powershell-7", "powershell"),
        (
            "Alias,PrimarySmtpAddress,DistinguishedName\na,a@corp.example,\"CN=a,DC=corp,DC=example\"\n"
                .into(),
            "Exchange Management Shell (PowerShell 5.1 or 7)",
            "powershell-5.1",
            "powershell",
        ),
    ] {
        let input = lab.input(&text);
        assert_eq!(input["verdict"], "described", "{text}");
        assert_eq!(input["written_by"], written_by, "{text}");
        let export = &input["export"];
        assert_eq!((&export["tool"], &export["shell"]), (&tool.into(), &shell.into()), "{text}");
        let command = export["command"].as_str().unwrap();
        for name in &needed {
            let whole = command
                .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
                .any(|word| word == name);
            assert!(whole, "{name} is missing in {command}");
        }
        assert!(command.contains("DC=corp,DC=example"), "{command}");
    }
}

#[test]
fn counts_encodings_and_search_headers_are_told() {
    let lab = Lab::new();
    let header = "# extended LDIF\n#\n# LDAPv3\n# base <OU=Sales,DC=corp,DC=example> with scope subtree\n\
                  # filter: (mail=*)\n# requesting: cn mail \n#\n\n";
    let input = lab.input(format!("{header}{RECORD}\n{}\ncn: lost\n", RECORD.replace("Nia Okoro", "Zoe")));
    assert_eq!(input["records"], serde_json::json!({"read": 3, "loaded": 2, "skipped": {"missing-dn": 1}}));
    assert_eq!(input["search"]["base"], "OU=Sales,DC=corp,DC=example");
    assert_eq!(
        (&input["search"]["scope"], &input["search"]["filter"]),
        (&"subtree".into(), &"(mail=*)".into())
    );
    let present = input["attributes_present"].as_array().unwrap();
    assert!(
        present.contains(&serde_json::json!({"attribute": "sAMAccountName", "objects": 2})),
        "{present:?}"
    );
    let signs = input["signs"].to_string();
    for sign in ["not the head of a domain", "(mail=*)", "did not ask for", "no group"] {
        assert!(signs.contains(sign), "{sign} is missing in {signs}");
    }
    let utf16: Vec<u8> =
        format!("\u{feff}{RECORD}").replace('\n', "\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let input = lab.input(utf16);
    assert_eq!((&input["encoding"], &input["byte_order_mark"]), (&"UTF-16LE".into(), &true.into()));
    assert_eq!(input["line_ends"], "CRLF");
    let mut latin = RECORD.replace("cn: Nia Okoro", "cn: Zo?").into_bytes();
    let at = latin.iter().position(|byte| *byte == b'?').unwrap();
    latin[at] = 0xeb;
    assert_eq!(lab.input(latin)["encoding"], "windows-1252");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(RECORD.as_bytes()).unwrap();
    assert_eq!(lab.input(packed.finish().unwrap())["compression"], "gzip");
}

#[test]
fn what_is_missing_names_the_checks_it_silences_and_what_becomes_unreliable() {
    let lab = Lab::new();
    lab.write("a.ldif", RECORD);
    let (status, diagnosis) = lab.json(&["a.ldif"]);
    assert_eq!(status, 0);
    let missing = diagnosis["attributes_missing"].as_array().unwrap();
    let of = |name: &str| missing.iter().find(|entry| entry["attribute"] == name).unwrap();
    assert!(of("mS-DS-ConsistencyGuid")["weakens"].as_str().unwrap().contains("anchor"));
    assert!(of("userAccountControl")["weakens"].as_str().unwrap().contains("enabled"));
    let silenced = of("msExchRecipientTypeDetails")["checks"].to_string();
    assert!(silenced.contains("linked-mailbox-without-account"), "{silenced}");
    assert!(of("msExchMasterAccountSid")["rules"].to_string().contains("In from AD - User Exchange"));
    assert!(missing.iter().all(|entry| entry["attribute"] != "objectGUID"));
    assert_eq!(diagnosis["checks"]["not_run"], lab.checks_not_run(&["a.ldif"]));
}

#[test]
fn a_property_that_no_tenant_file_tells_silences_checks() {
    let lab = Lab::new();
    lab.write("a.ldif", format!("{RECORD}msExchArchiveGUID:: AAECAwQFBgcICQoLDA0ODw==\n"));
    lab.write("users.json", r#"[{"id":"1","userPrincipalName":"a@b","onPremisesImmutableId":"AAEC"}]"#);
    lab.write("exchange.csv", "ExternalDirectoryObjectId,RecipientTypeDetails,ArchiveGuid\n1,UserMailbox,\n");
    let graph = ["a.ldif", "--tenant", "users.json"];
    let silenced = |arguments: &[&str]| {
        let not_run = lab.json(arguments).1["checks"]["not_run"].clone();
        assert_eq!(not_run, lab.checks_not_run(arguments));
        let one = not_run.as_array().unwrap().iter().find(|one| one["check"] == "archive-guid-mismatch");
        one.map(|one| one["why"].as_str().unwrap().to_owned())
    };
    assert_eq!(silenced(&graph).as_deref(), Some("no tenant file tells ArchiveGuid"));
    assert_eq!(silenced(&[&graph[..], &["--tenant", "exchange.csv"]].concat()), None);
    assert_eq!(silenced(&["a.ldif"]), None);
}

#[test]
fn settings_decide_what_is_needed() {
    let lab = Lab::new();
    lab.write("presync.toml", "[sync]\nsource-anchor = \"employeeID\"\n");
    let input = lab.input(RECORD);
    assert!(input["attributes_missing"].to_string().contains("employeeID"), "{input}");
    assert!(input["export"]["command"].as_str().unwrap().contains("employeeID"));
}

#[test]
fn what_is_refused_is_named_with_a_command_that_would_work() {
    let lab = Lab::new();
    let cloud = r#"{"@odata.context":"x","value":[{"id":"1","userPrincipalName":"a@b"}]}"#;
    for (bytes, verdict, found, tool) in [
        (&b"<Objs Version=\"1.1.0.1\"><Obj/></Objs>"[..], "refused", "CLIXML", "powershell-5.1"),
        (b"<synchronizationRule><id/></synchronizationRule>", "refused", "configuration", "ldifde"),
        (b"PK\x03\x04rest", "refused", "workbook", "ldifde"),
        (b"dn: CN=a\x00b\nx: \x00\x01\x02\n", "refused", "binary", "ldifde"),
        (cloud.as_bytes(), "refused", "tenant", "powershell-5.1"),
        (b"", "unusable", "empty", "ldifde"),
        (b"\"Name\",\"Office\"\n\"a\",\"b\"\n", "unusable", "no column identifies", "powershell-5.1"),
        (b"dn: CN=a,DC=b\nchangetype: delete\n", "refused", "change file", "ldifde"),
        (b"Lorem ipsum", "refused", "neither LDIF nor CSV", "ldifde"),
    ] {
        lab.write("input.txt", bytes);
        let (status, diagnosis) = lab.json(&["input.txt"]);
        let input = &diagnosis["inputs"][0];
        assert_eq!((status, &input["verdict"]), (3, &verdict.into()), "{input}");
        assert!(input["found"].as_str().unwrap().contains(found), "{input}");
        assert_eq!(input["export"]["tool"], tool, "{input}");
        assert!(input["export"]["command"].as_str().unwrap().contains("msExchMasterAccountSid"), "{input}");
        let (status, table, _) = lab.doctor(&["input.txt"]);
        assert!(status == 3 && table.contains("To export what is needed with"), "{table}");
    }
    let (status, table, _) = lab.doctor(&["nowhere.ldif"]);
    assert!(status == 3 && table.contains("UNREADABLE"), "{table}");
    let (status, table, _) = lab.doctor(&["no*.ldif"]);
    assert!(status == 3 && table.contains("matches no file"), "{table}");
}

#[test]
fn one_refused_input_does_not_hide_the_others() {
    let lab = Lab::new();
    lab.write("a.ldif", RECORD);
    lab.write("book.xlsx", b"PK\x03\x04rest");
    let (status, diagnosis) = lab.json(&["acc=a.ldif", "book.xlsx"]);
    assert_eq!(status, 3);
    assert_eq!(diagnosis["inputs"][0]["forest"], "acc");
    assert_eq!(diagnosis["inputs"][1]["verdict"], "refused");
    assert_eq!(lab.doctor_reading(&["-"], RECORD).0, 0);
    assert_eq!(lab.doctor_reading(&["-"], "PK\u{3}\u{4}").0, 3);
}

#[test]
fn tenant_files_get_a_graph_command() {
    let lab = Lab::new();
    lab.write("tenant.json", r#"[{"id":"1","userPrincipalName":"a@b","onPremisesImmutableId":"AAEC"}]"#);
    lab.write("portal.csv", "userPrincipalName,displayName,directorySynced,userType\na@b,A,True,Member\n");
    lab.write("a.ldif", RECORD);
    let (status, diagnosis) = lab.json(&["--tenant", "tenant.json", "--tenant", "portal.csv"]);
    assert_eq!(status, 0, "{diagnosis}");
    for (number, written_by) in [(0, "Microsoft Graph"), (1, "an admin centre")] {
        let input = &diagnosis["inputs"][number];
        assert_eq!((&input["role"], &input["written_by"]), (&"tenant".into(), &written_by.into()));
        assert_eq!(input["export"]["tool"], "graph-powershell");
    }
    let command = diagnosis["inputs"][0]["export"]["command"].as_str().unwrap();
    assert!(command.contains("'onPremisesImmutableId'") && command.contains("Get-MgContact"), "{command}");
    for part in
        ["'assignedPlans'", "Get-MgDirectoryDeletedItemAsUser", "'IsExchangeCloudManaged'", "Get-Mailbox"]
    {
        assert!(command.contains(part), "{part} is not in {command}");
    }
    assert!(diagnosis["inputs"][1]["attributes_missing"].to_string().contains("onPremisesImmutableId"));
    assert_eq!(diagnosis["attributes_missing"], serde_json::json!([]), "no source, nothing to compare with");
    let (status, diagnosis) = lab.json(&["a.ldif", "--tenant", "a.ldif"]);
    assert_eq!((status, &diagnosis["inputs"][1]["verdict"]), (3, &"refused".into()));
}

#[test]
fn hostile_values_reach_neither_the_terminal_nor_a_command() {
    let lab = Lab::new();
    let record = RECORD.replace("DC=corp", "DC=corp\\\"; calc & rem '$(id)");
    let text = format!("# base <\u{1b}[2J> with scope base\n{record}");
    lab.write("a.ldif", &text);
    let (status, table, _) = lab.doctor(&["a.ldif"]);
    assert_eq!(status, 0, "{table}");
    assert!(!table.contains('\u{1b}') && table.contains("<U+001B>[2J"), "{table}");
    let command = lab.input(&text)["export"]["command"].as_str().unwrap().to_owned();
    assert!(!command.contains("calc") && command.contains("-b 'DC=example'"), "{command}");
}

#[test]
fn wrong_usage_is_2() {
    let lab = Lab::new();
    lab.write("a.ldif", RECORD);
    assert_eq!(lab.doctor(&[]).0, 2);
    assert_eq!(lab.doctor(&["a.ldif", "--config", "nowhere.toml"]).0, 2);
    assert_eq!(lab.doctor(&["a.ldif", "--format", "csv"]).0, 2);
}

#[test]
fn a_whole_table() {
    let lab = Lab::new();
    let names: Vec<String> =
        needed().into_iter().filter(|name| name != "member" && name != "objectClass").collect();
    let header = names.join(",");
    let blank = ",".repeat(names.len());
    lab.write(
        "corp.csv",
        format!("DN,objectClass,{header}\n\"CN=Nia,DC=corp,DC=example\",user{blank}\n\"CN=All,DC=corp,DC=example\",group{blank}\n"),
    );
    let (status, table, stderr) = lab.doctor(&["corp.csv"]);
    assert_eq!((status, stderr.as_str()), (0, ""));
    let (text, command) = table.split_once("\ncsvde ").unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(command.starts_with("-u -f presync.csv -d \"DC=corp,DC=example\" -r \"(objectClass=*)\" -l \""));
    let zeros = names.iter().map(|name| format!("{name} 0"));
    for shown in zeros {
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(&shown), "{shown}: {text}");
    }
    let (before, rest) = text.split_once("  present").unwrap();
    let (_, after) = rest.split_once("  missing").unwrap();
    // What stands between, every attribute with its count, is checked above.
    let expected = "\
presync 0.1.0: what the inputs are and what they lack

corp.csv
  format      csvde
  written by  csvde
  encoding    UTF-8, line ends LF
  forest      corp.example
  records     2 read, 2 loaded
  objects     user 1, group 1
  complete    yes
  missing     member

Attributes that no source has, and what becomes unreliable
  member  Members that a group loses, and groups over the limit, are not found.
          Checks: group-member-limit, group-members-lost.

Checks that cannot run (20 checks in all)
  group-member-limit  no input has attribute member
  group-members-lost  no input has attribute member

To export what is needed with csvde (for corp.csv):
  Without -m and -n: they leave out what the source anchor is made from.
";
    let expected = expected.replace("0.1.0", env!("CARGO_PKG_VERSION"));
    let checks = Regex::new(r"\(\d+ checks in all\)").unwrap();
    assert_eq!(checks.replace(&format!("{before}  missing{after}"), "(20 checks in all)"), expected);
}

#[test]
fn real_exports_are_told_apart() {
    let Some(folder) = real_exports() else { return };
    let lab = Lab::new();
    for (number, status, written_by, tool) in [
        ("02", 0, "ldapsearch -LLL".into(), "ldapsearch"),
        ("06", 0, "ldapsearch".into(), "ldapsearch"),
        ("09", 0, "Apache Directory Studio".into(), "ldapsearch"),
        ("12", 0, "ldbsearch".into(), "ldbsearch"),
        ("16", 3, Value::Null, "ldifde"),
        ("24", 0, "PowerShell 5.1 or 7".into(), "powershell-5.1"),
        ("25", 3, "PowerShell 5.1 or 7".into(), "powershell-5.1"),
        ("28", 3, "PowerShell 5.1 or 7".into(), "powershell-5.1"),
        ("37", 3, "Exchange Management Shell (PowerShell 5.1 or 7)".into(), "powershell-5.1"),
    ] {
        let (ended, diagnosis) = lab.json(&[&format!("{}/{number}-*", folder.display())]);
        let input = &diagnosis["inputs"][0];
        assert_eq!((ended, &input["written_by"]), (status, &written_by), "{number}: {input}");
        assert_eq!(input["export"]["tool"], tool, "{number}");
    }
}

#[test]
fn a_connector_space_is_described() {
    let lab = Lab::new();
    let input = lab.input(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<cs-objects>\n<cs-object cs-dn=\"CN=Nia,DC=corp,DC=example\" \
         object-type=\"user\"><synchronized-hologram><entry dn=\"CN=Nia,DC=corp,DC=example\"><anchor encoding=\"base64\">\
         AAECAwQFBgcICQoLDA0ODw==</anchor><objectclass><oc-value>user</oc-value></objectclass><attr name=\"mail\">\
         <value>nia@corp.example</value></attr></entry></synchronized-hologram></cs-object>\n</cs-objects>\n",
    );
    assert_eq!(input["verdict"], "described");
    assert_eq!(input["format"], "csexport");
    assert_eq!(input["written_by"], "csexport of the sync server");
    assert_eq!(input["classes"]["user"], 1);
    assert_eq!(input["domains"][0], "corp.example");
    assert!(input["signs"][0].as_str().unwrap().contains("connector reads"), "{}", input["signs"]);
    assert_eq!(input["export"]["tool"], "ldifde");
    assert!(input["export"]["command"].as_str().unwrap().contains("DC=corp,DC=example"));
    assert!(
        input["export"]["notes"].to_string().contains("connector's filter"),
        "{}",
        input["export"]["notes"]
    );
}
