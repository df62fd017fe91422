//! Change files laid over a directory: every kind of change, every misfit, and what a run says about them.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

use std::fs;

use assert_cmd::Command;
use presync::config::Settings;
use presync::directory::{InputRole, Source};
use presync::load::SourceArgument;
use presync::predict::{ObjectSelection, PredictError, Request, predict};
use presync::report::{Format, ObjectReport, Report, TableStyle};

const BASE: &str = "version: 1

dn: OU=Sales,DC=corp,DC=example
objectClass: organizationalUnit
ou: Sales

dn: CN=Nia Okoro,OU=Sales,DC=corp,DC=example
objectClass: user
cn: Nia Okoro
sAMAccountName: nokoro
userPrincipalName: nia@corp.local
userAccountControl: 512
displayName: Nia Okoro
mail: nia@corp.example
manager: CN=Dan Poe,OU=Sales,DC=corp,DC=example
proxyAddresses: SMTP:nia@corp.example
proxyAddresses: smtp:old@corp.example
objectGUID:: AAECAwQFBgcICQoLDA0ODw==
objectSid:: AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAUQQAAA==

dn: CN=Dan Poe,OU=Sales,DC=corp,DC=example
objectClass: user
cn: Dan Poe
sAMAccountName: dpoe
userPrincipalName: dan@corp.example
userAccountControl: 512
objectGUID:: AAECAwQFBgcICQoLDA0OEA==
manager: CN=Nia Okoro,OU=Sales,DC=corp,DC=example

dn: CN=Team,DC=corp,DC=example
objectClass: group
cn: Team
sAMAccountName: Team
groupType: -2147483646
displayName: Team
objectGUID:: AAECAwQFBgcICQoLDA0OEQ==
member: CN=Nia Okoro,OU=Sales,DC=corp,DC=example
member: cn=dan poe,OU=Sales,DC=corp,DC=example
";
const NIA: &str = "CN=Nia Okoro,OU=Sales,DC=corp,DC=example";

struct Lab(tempfile::TempDir);

impl Lab {
    fn new() -> Self {
        let lab = Self(tempfile::tempdir().unwrap());
        lab.write("base.ldf", BASE);
        lab
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    fn predict(&self, base: &str, overlays: &[&str]) -> Result<Report, PredictError> {
        let names: Vec<String> = (0..overlays.len()).map(|number| format!("changes-{number}.ldf")).collect();
        let overlays = names.iter().zip(overlays).map(|(name, text)| self.write(name, text)).collect();
        let settings =
            "[tenant]\ninitial-domain = \"corp.onmicrosoft.com\"\nverified-domains = [\"corp.example\"]\n";
        let request = Request {
            sources: vec![SourceArgument { forest: None, path: self.write("base.ldf", base) }],
            overlays,
            settings: Settings::from_toml(settings, "presync.toml").unwrap(),
            objects: ObjectSelection::All,
            ..Request::default()
        };
        predict(&request).map(|prediction| prediction.report)
    }

    fn presync(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_presync"))
            .current_dir(self.0.path())
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

fn over(changes: &str) -> Report {
    Lab::new().predict(BASE, &[changes]).unwrap()
}

fn overlay(report: &Report) -> &Source {
    report.inputs.iter().find(|input| input.role == InputRole::Overlay).unwrap()
}

/// Everything but inputs and positions.
fn comparable(report: &Report) -> String {
    let mut report = report.clone();
    report.inputs.clear();
    for finding in &mut report.findings {
        finding.position = None;
    }
    let mut out = Vec::new();
    Format::Json.write(&report, &mut out, TableStyle { width: None, colour: false }).unwrap();
    String::from_utf8(out).unwrap()
}

/// The changes lead to the report that the directory written like this gives, and nothing is left out.
#[track_caller]
fn leads_to(changes: &str, base: &str) {
    let changed = over(changes);
    assert_eq!(overlay(&changed).warnings, []);
    assert!(overlay(&changed).skipped.is_empty());
    let expected = Lab::new().predict(base, &[]).unwrap();
    assert_ne!(comparable(&expected), comparable(&over("")), "the test changes nothing");
    assert_eq!(comparable(&changed), comparable(&expected));
}

/// The record is left out with a warning at this line that says this; nothing else changes.
#[track_caller]
fn misfits(changes: &str, line: u64, words: &str) {
    let changed = over(changes);
    let source = overlay(&changed);
    let found = source.warnings.iter().find(|warning| warning.id == "overlay-mismatch");
    let found = found.unwrap_or_else(|| panic!("no mismatch for {changes:?} in {source:?}"));
    assert_eq!(found.line, Some(line), "{found:?}");
    assert!(found.message.contains(words), "{found:?}");
    assert_eq!((source.objects, source.skipped.get("overlay-mismatch")), (0, Some(&1)));
    assert_eq!(comparable(&changed), comparable(&over("")));
}

fn modify(blocks: &str) -> String {
    format!("dn: {NIA}\nchangetype: modify\n{blocks}")
}

fn object<'r>(report: &'r Report, dn: &str) -> &'r ObjectReport {
    report.objects.iter().find(|object| object.id == dn).unwrap_or_else(|| panic!("no {dn}"))
}

#[test]
fn nothing_to_change_changes_nothing() {
    let plain = Lab::new().predict(BASE, &[]).unwrap();
    for empty in ["", "\n\n", "version: 1\n", "# no changes\n"] {
        let changed = over(empty);
        assert_eq!((overlay(&changed).objects, overlay(&changed).complete), (0, true));
        assert_eq!(comparable(&changed), comparable(&plain));
    }
}

#[test]
fn modify_is_the_same_as_having_had_it_from_the_start() {
    leads_to(
        &modify(
            "replace: userPrincipalName\nuserPrincipalName: nia.okoro@corp.example\n-\ndelete: proxyAddresses\n\
             proxyAddresses: SMTP:OLD@corp.example\n-\nadd: proxyAddresses\nproxyAddresses:: c210cDpuZXdAY29y\n cC5leGFtcGxl\n-\n\
             delete: mail\n-\ndelete: manager\n-\nincrement: userAccountControl\nuserAccountControl: 2\n",
        ),
        &BASE
            .replace("nia@corp.local", "nia.okoro@corp.example")
            .replace("smtp:old@corp.example", "smtp:new@corp.example")
            .replace("\nmail: nia@corp.example", "")
            .replace("\nmanager: CN=Dan Poe,OU=Sales,DC=corp,DC=example", "")
            .replace("userAccountControl: 512\ndisplayName", "userAccountControl: 514\ndisplayName"),
    );
}

#[test]
fn add_with_and_without_changetype_and_delete() {
    let new = "dn: CN=Ada,OU=Sales,DC=corp,DC=example\nobjectClass: user\ncn: Ada\nsAMAccountName: ada\n\
               userPrincipalName: ada@corp.example\nuserAccountControl: 512\nobjectGUID: 31010203-0405-0607-0809-0a0b0c0d0e0f\n\
               manager: CN=Nia Okoro,OU=Sales,DC=corp,DC=example\n";
    leads_to(&new.replace("\nobjectClass", "\nchangetype: Add\nobjectClass"), &format!("{BASE}\n{new}"));
    let team = "dn: CN=Team,DC=corp,DC=example\nchangetype: modify\nreplace: description\n-\n\n";
    leads_to(&format!("{team}{new}"), &format!("{BASE}\n{new}"));
    let without_dan = {
        let (start, rest) = BASE.split_once("dn: CN=Dan Poe").unwrap();
        let team = rest.split_once("\n\n").unwrap().1;
        let start = start.replace("manager: CN=Dan Poe,OU=Sales,DC=corp,DC=example\n", "");
        format!("{start}{}", team.replace("member: cn=dan poe,OU=Sales,DC=corp,DC=example\n", ""))
    };
    leads_to("dn: cn=dan poe , OU=Sales,DC=corp,DC=example\nchangetype: DELETE\n", &without_dan);
}

#[test]
fn renames_take_children_and_links_along() {
    leads_to(
        &format!("dn: {NIA}\nchangetype: modrdn\nnewrdn: CN=Nia Poe\ndeleteoldrdn: 1\n"),
        &BASE.replace("CN=Nia Okoro", "CN=Nia Poe").replace("\ncn: Nia Okoro", "\ncn: Nia Poe"),
    );
    // OU=Büro
    leads_to(
        "dn: OU=Sales,DC=corp,DC=example\nchangetype: moddn\nnewrdn:: T1U9QsO8cm8=\ndeleteoldrdn:: MQ==\n\
         newsuperior:: REM9Y29ycCxEQz1leGFtcGxl\n",
        &BASE.replace("OU=Sales", "OU=Büro").replace("ou: Sales", "ou: Büro"),
    );
    leads_to(
        &format!(
            "dn: {NIA}\nchangetype: moddn\nnewrdn: CN=Nia Okoro\ndeleteoldrdn: 0\nnewsuperior: DC=corp,DC=example\n"
        ),
        &BASE.replace(NIA, "CN=Nia Okoro,DC=corp,DC=example"),
    );
}

#[test]
fn a_reference_added_after_a_rename_names_the_new_holder_of_the_dn() {
    let changes = format!(
        "dn: {NIA}\nchangetype: modrdn\nnewrdn: CN=Nia Poe\ndeleteoldrdn: 1\n\n\
         dn: {NIA}\nchangetype: add\nobjectClass: user\ncn: Nia Okoro\nsAMAccountName: second\nuserPrincipalName: second@corp.example\n\
         objectGUID: 31010203-0405-0607-0809-0a0b0c0d0e0f\n\n\
         dn: CN=Team,DC=corp,DC=example\nchangetype: modify\nadd: member\nmember: {NIA}\n-\n\n\
         dn: {NIA}\nchangetype: modrdn\nnewrdn: CN=Nia Third\ndeleteoldrdn: 1\n\n\
         dn: CN=Nia Poe,OU=Sales,DC=corp,DC=example\nchangetype: modrdn\nnewrdn: CN=Nia Fourth\ndeleteoldrdn: 1\n"
    );
    let report = over(&changes);
    assert_eq!(overlay(&report).warnings, []);
    let mut members =
        object(&report, "CN=Team,DC=corp,DC=example").export.as_ref().unwrap().member.clone().unwrap();
    members.sort();
    assert_eq!(members.len(), 3, "{members:?}");
    assert!(members.iter().any(|dn| dn.starts_with("CN=Nia Third,")), "{members:?}");
    assert!(members.iter().any(|dn| dn.starts_with("CN=Nia Fourth,")), "{members:?}");
}

#[test]
fn the_forms_that_writers_really_use_are_read() {
    let expected = BASE
        .replace("nia@corp.local", "nia@corp.example")
        .replace("displayName: Nia Okoro", "displayName: Nia");
    for changes in [
        // No `-` at the end, an empty line before one, windows line ends.
        modify("replace: userPrincipalName\nuserPrincipalName: nia@corp.example\n\n-\nreplace: displayName\ndisplayName: Nia"),
        modify("replace: userPrincipalName\nuserPrincipalName: nia@corp.example\n-\n\n")
            + &modify("replace: DISPLAYNAME\ndisplayname: N\n ia\n-\n"),
        modify("replace: userPrincipalName\r\nuserPrincipalName: nia@corp.example\r\n-\r\nreplace: displayName\r\ndisplayName: Nia\r\n-\r\n"),
        // The retired checker's extra line.
        modify("replace: userPrincipalName\nuserPrincipalName: nia@corp.example\n-\nreplace: displayName\ndisplayName: Nia\n-\n")
            .replace("\nchangetype", "\ncn: Nia Okoro\nchangetype"),
    ] {
        leads_to(&changes, &expected);
    }
}

#[test]
fn control_lines_are_counted_and_one_lets_a_subtree_go() {
    let control = "control: 1.2.840.113556.1.4.805 true\n";
    let changes = format!("dn: OU=Sales,DC=corp,DC=example\n{control}changetype: delete\n");
    let report = over(&changes);
    let source = overlay(&report);
    assert_eq!(
        source.warnings.iter().map(|warning| (warning.id, warning.line)).collect::<Vec<_>>(),
        [("control-line", Some(2))]
    );
    assert_eq!((source.objects, report.objects.len()), (1, 1));
    misfits(&changes.replace(control, ""), 1, "2 objects stand below");
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn every_misfit_is_a_warning_at_its_line_and_changes_nothing() {
    for (changes, line, words) in [
        ("dn: CN=No One,DC=corp,DC=example\nchangetype: delete\n".to_owned(), 1, "no such object"),
        (
            "\ndn: CN=No One,DC=corp,DC=example\nchangetype: modify\ndelete: mail\n-\n".to_owned(),
            2,
            "no such object",
        ),
        (format!("dn: {NIA}\nchangetype: add\nobjectClass: user\n"), 1, "exists already"),
        ("dn: CN=a,DC=else,DC=test\nchangetype: add\nobjectClass: user\n".to_owned(), 1, "no loaded forest"),
        (format!("dn: {NIA}\nchangetype: remove\n"), 2, "not known"),
        (modify(""), 1, "names no change"),
        (modify("update: mail\nmail: a@corp.example\n-\n"), 3, "expected, not update"),
        (modify("replace: mail\nproxyAddresses: a@corp.example\n-\n"), 4, "names proxyAddresses"),
        (
            modify("delete: proxyAddresses\nproxyAddresses: smtp:none@corp.example\n-\n"),
            4,
            "does not have this value",
        ),
        (modify("delete: targetAddress\n-\n"), 3, "no value to delete"),
        (
            modify("add: proxyAddresses\nproxyAddresses: SMTP:old@corp.example\n-\n"),
            4,
            "has this value already",
        ),
        (
            modify("add: proxyAddresses\nproxyAddresses: smtp:x@a\nproxyAddresses: SMTP:X@a\n-\n"),
            5,
            "given twice",
        ),
        (modify("add: mail\nmail: second@corp.example\n-\n"), 3, "one value only"),
        (modify("add: mail\n-\n"), 3, "no value is given"),
        (modify("replace: mail\nmail:\n-\n"), 4, "empty value"),
        (modify("replace: mail\nmail:: ***\n-\n"), 4, "marked as base64"),
        (modify("replace: userAccountControl\nuserAccountControl: 0x200\n-\n"), 4, "no whole number"),
        (
            modify("replace: isCriticalSystemObject\nisCriticalSystemObject: yes\n-\n"),
            4,
            "neither TRUE nor FALSE",
        ),
        (modify("replace: manager\nmanager: Dan Poe\n-\n"), 4, "no distinguished name"),
        (modify("replace: objectGUID\nobjectGUID: none\n-\n"), 4, "no GUID"),
        (modify("replace: objectSid\nobjectSid: none\n-\n"), 4, "no SID"),
        (modify("increment: groupType\ngroupType: 1\n-\n"), 4, "no value to increment"),
        (
            modify("increment: userAccountControl\nuserAccountControl: 1\nuserAccountControl: 2\n-\n"),
            5,
            "one number",
        ),
        (modify("increment: userAccountControl\nuserAccountControl: 9223372036854775807\n"), 4, "too large"),
        // A modify is carried out whole or not at all.
        (
            modify("replace: displayName\ndisplayName: x\n-\ndelete: targetAddress\n-\n"),
            6,
            "no value to delete",
        ),
        (format!("dn: {NIA}\nchangetype: modrdn\ndeleteoldrdn: 1\n"), 1, "no newrdn"),
        (format!("dn: {NIA}\nchangetype: modrdn\nnewrdn: Nia\ndeleteoldrdn: 1\n"), 3, "no single name"),
        (format!("dn: {NIA}\nchangetype: modrdn\nnewrdn: CN=a\ndeleteoldrdn: yes\n"), 4, "neither 0 nor 1"),
        (
            format!("dn: {NIA}\nchangetype: modrdn\nnewrdn: CN=Dan Poe\ndeleteoldrdn: 1\n"),
            1,
            "has the new DN already",
        ),
        (
            format!("dn: {NIA}\nchangetype: moddn\nnewrdn: CN=a\nnewsuperior: DC=else,DC=test\n"),
            1,
            "another domain",
        ),
        (format!("dn: {NIA}\nchangetype: moddn\nnewrdn: CN=a\nnewsuperior: {NIA}\n"), 1, "below itself"),
        (
            format!("dn: {NIA}\nchangetype: moddn\nnewrdn: CN=a\nnewsuperior: nowhere\n"),
            4,
            "newsuperior is no",
        ),
        (format!("dn: {NIA}\nchangetype: moddn\nnewrdn: CN=a\nmail: x\n"), 4, "no place in a rename"),
    ] {
        misfits(&changes, line, words);
    }
}

#[test]
fn a_misfit_does_not_stop_the_run_and_every_one_is_shown() {
    let wrong = "dn: CN=No One,DC=corp,DC=example\nchangetype: delete\n\n";
    let right = modify("replace: displayName\ndisplayName: Nia\n-\n");
    let report = over(&format!("{wrong}{wrong}{right}\nmail: orphan\n"));
    let source = overlay(&report);
    let found: Vec<_> = source.warnings.iter().map(|warning| (warning.id, warning.line)).collect();
    assert_eq!(
        found,
        [("overlay-mismatch", Some(1)), ("overlay-mismatch", Some(4)), ("missing-dn", Some(13))]
    );
    assert_eq!(source.objects, 1);
    assert_eq!(
        source.skipped.iter().map(|(id, count)| (*id, *count)).collect::<Vec<_>>(),
        [("missing-dn", 1), ("overlay-mismatch", 2)]
    );
    assert_eq!(object(&report, NIA).export.as_ref().unwrap().display_name.as_deref(), Some("Nia"));
}

#[test]
fn files_apply_in_the_order_given() {
    let first = modify("replace: userPrincipalName\nuserPrincipalName: first@corp.example\n-\n");
    let second = modify("replace: userPrincipalName\nuserPrincipalName: second@corp.example\n-\n");
    let upn = |overlays: &[&str]| {
        let report = Lab::new().predict(BASE, overlays).unwrap();
        assert_eq!(report.inputs.len(), 3);
        object(&report, NIA).export.as_ref().unwrap().user_principal_name.clone().unwrap()
    };
    assert_eq!(upn(&[&first, &second]), "second@corp.example");
    assert_eq!(upn(&[&second, &first]), "first@corp.example");
}

#[test]
fn positions_point_to_the_file_that_a_value_came_from() {
    let team = "dn: CN=Team,DC=corp,DC=example";
    let base = BASE.replace(team, &format!("{team}\nproxyAddresses: SMTP:te am@corp.example"));
    let changes = format!(
        "{team}\nchangetype: modify\nadd: proxyAddresses\nproxyAddresses: smtp:ol d@corp.example\n-\n"
    );
    let report = Lab::new().predict(&base, &[&changes]).unwrap();
    let place = |value: &str| {
        let finding = report.findings.iter().find(|finding| finding.value.as_deref() == Some(value)).unwrap();
        let position = finding.position.clone().unwrap();
        (position.source.rsplit(['/', '\\']).next().unwrap().to_owned(), position.line)
    };
    let line = 1 + base.lines().position(|line| line.contains("te am")).unwrap() as u64;
    assert_eq!(place("SMTP:te am@corp.example"), ("base.ldf".into(), line));
    assert_eq!(place("smtp:ol d@corp.example"), ("changes-0.ldf".into(), 4));
}

#[test]
fn the_command_applies_overlays_and_names_them_among_the_inputs() {
    let lab = Lab::new();
    lab.write("one.ldf", &modify("replace: displayName\ndisplayName: One\n-\n"));
    lab.write("two.ldf", &modify("replace: displayName\ndisplayName: Two\n-\n"));
    let (status, out, _) = lab.presync(&[
        "check",
        "base.ldf",
        "--overlay",
        "one.ldf",
        "--overlay",
        "two.ldf",
        "--format",
        "json",
        "--objects",
        "all",
        "--fail-on",
        "never",
    ]);
    assert_eq!(status, 0);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let input = &report["run"]["inputs"][1];
    for (field, value) in [("source", "one.ldf"), ("role", "overlay"), ("format", "ldif")] {
        assert_eq!(input[field], value);
    }
    assert!(input["forest"].is_null());
    assert_eq!(input["objects"], 1);
    let nia = report["objects"].as_array().unwrap().iter().find(|object| object["dn"] == NIA).unwrap();
    assert_eq!(nia["export"]["displayName"], "Two");
}

#[test]
fn what_is_no_change_file_is_refused() {
    let lab = Lab::new();
    lab.write("table.csv", "DistinguishedName,mail\n\"CN=a,DC=x\",a@x\n");
    lab.write("changes.ldf", &modify("replace: displayName\ndisplayName: One\n-\n"));
    for (arguments, words) in [
        (["check", "base.ldf", "--overlay", "base.ldf"], "without --overlay"),
        (["check", "base.ldf", "--overlay", "table.csv"], "--overlay"),
        (["check", "base.ldf", "--overlay", "missing.ldf"], "missing.ldf"),
        (["check", "base.ldf", "changes.ldf", "--format=json"], "--overlay"),
    ] {
        let (status, out, errors) = lab.presync(&arguments);
        assert_eq!((status, out.as_str()), (3, ""), "{errors}");
        assert!(errors.contains(words), "{errors}");
    }
}
