//! Who is let in, over which connection, and what the user is told otherwise.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::lab::PASSWORD;
use super::lab::report::{Run, check};
use super::lab::slapd::READER;
use super::{Samples, plain, samples};

const BASE: &str = "DC=kestrel,DC=example";

fn run(source: &str, options: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    check(folder.path(), &[[source].as_slice(), options].concat())
}

fn url(server: &str) -> String {
    format!("{server}/{BASE}")
}

fn authority(samples: &Samples) -> String {
    samples.server.certificates.authority.to_string_lossy().into_owned()
}

#[test]
fn a_wrong_password_is_refused_by_the_server() {
    let Some(samples) = samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("password"), "wrong\n").unwrap();
    let url = url(&samples.server.plain());
    let arguments = [&[url][..], &plain(), &["--password-file".into(), "password".into()]].concat();
    check(folder.path(), &arguments).expect(5, &["password"]);
}

#[test]
fn an_unknown_account_is_refused_by_the_server() {
    let Some(samples) = samples() else { return };
    let options = ["--bind-dn", "CN=nobody,CN=lab", "--allow-plaintext"];
    run(&url(&samples.server.plain()), &options).expect(5, &[]);
}

#[test]
fn nobody_reads_nothing() {
    let Some(samples) = samples() else { return };
    run(&url(&samples.server.plain()), &[]).expect(5, &["--bind-dn"]);
}

#[test]
fn a_password_needs_tls_or_consent() {
    let Some(samples) = samples() else { return };
    run(&url(&samples.server.plain()), &["--bind-dn", READER.dn]).expect(2, &["--allow-plaintext"]);
}

#[test]
fn a_certificate_of_another_authority_is_refused() {
    let Some(samples) = samples() else { return };
    let other = samples.server.certificates.other_authority.to_string_lossy().into_owned();
    let bind = ["--bind-dn", READER.dn];
    run(&url(&samples.server.tls()), &bind).expect(5, &["certificate", "--ca"]);
    let bind = [bind.as_slice(), &["--ca", &other]].concat();
    run(&url(&samples.server.tls()), &bind).expect(5, &["certificate"]);
    run(&url(&samples.server.plain()), &[&bind[..], &["--starttls"]].concat()).expect(5, &["certificate"]);
}

#[test]
fn a_certificate_must_name_the_server() {
    let Some(samples) = samples() else { return };
    let authority = authority(samples);
    let options = ["--bind-dn", READER.dn, "--ca", &authority];
    run(&url(&samples.server.tls_by_another_address()), &options).expect(5, &["certificate"]);
    run(&url(&samples.server.tls_by_name()), &options).report();
}

#[test]
fn without_verification_everything_goes_and_the_report_says_so() {
    let Some(samples) = samples() else { return };
    let options = ["--bind-dn", READER.dn, "--insecure"];
    let run = run(&url(&samples.server.tls_by_another_address()), &options);
    let report = run.report();
    let warnings = report["run"]["inputs"][0]["warnings"].to_string();
    assert!(warnings.contains("not verified") || warnings.contains("insecure"), "{warnings}");
    assert!(run.stderr.contains("--insecure"), "{}", run.stderr);
}

#[test]
fn tls_where_there_is_none_and_none_where_there_is() {
    let Some(samples) = samples() else { return };
    let authority = authority(samples);
    let options = ["--bind-dn", READER.dn, "--ca", &authority, "--allow-plaintext", "--timeout", "5"];
    run(&url(&samples.server.plain().replace("ldap:", "ldaps:")), &options).expect(5, &[]);
    run(&url(&samples.server.tls().replace("ldaps:", "ldap:")), &options).expect(5, &[]);
}

#[test]
fn a_base_that_is_not_there_is_a_fault_of_the_input() {
    let Some(samples) = samples() else { return };
    let options = plain();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    for base in ["OU=None,DC=kestrel,DC=example", "DC=none,DC=example"] {
        run(&format!("{}/{base}", samples.server.plain()), &options).expect(3, &[base]);
    }
}

#[test]
fn a_server_that_is_not_there_is_no_connection() {
    let options = ["--bind-dn", READER.dn, "--allow-plaintext", "--timeout", "5"];
    run("ldap://127.0.0.1:1/DC=x", &options).expect(5, &["127.0.0.1:1"]);
}

#[test]
fn without_a_base_the_server_names_it() {
    let Some(samples) = samples() else { return };
    let options = plain();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let report = run(&samples.server.plain(), &options).report();
    let first = &samples.domains[0];
    assert_eq!(report["run"]["inputs"][0]["objects"], first.records.len());
}

#[test]
fn the_password_comes_in_every_documented_way_and_never_out() {
    let Some(samples) = samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("password"), format!("{PASSWORD}\r\nsecond line\n")).unwrap();
    let url = url(&samples.server.plain());
    for (options, input) in
        [(&["--password-file", "password"][..], ""), (&["--password-stdin"], "Passw0rd!Lab\r\nsecond line\n")]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_presync"));
        command.args(["check", "-vvv", &url]).args(plain()).args(options).current_dir(folder.path());
        command.env_remove("PRESYNC_LDAP_PASSWORD").stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let told = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        assert!(told.is_ok());
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
        assert!(!said.contains(PASSWORD), "{said}");
    }
}

#[test]
fn the_holder_of_a_client_certificate_needs_no_password() {
    let Some(samples) = samples() else { return };
    let paths = &samples.server.certificates;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let [authority, client, key] =
        [&paths.authority, &paths.client_certificate, &paths.client_key].map(|path| text(path));
    let trust = ["--ca", &authority, "--sasl", "external"];
    let holder = [trust.as_slice(), &["--client-cert", &client, "--client-key", &key]].concat();
    let report = run(&url(&samples.server.tls()), &holder).report();
    assert_eq!(report["run"]["inputs"][0]["complete"], true);
    let starttls = [holder.as_slice(), &["--starttls"]].concat();
    run(&url(&samples.server.plain()), &starttls).report();
    run(&url(&samples.server.tls()), &trust).expect(2, &["--client-cert"]);
}
