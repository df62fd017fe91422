//! Binds other than simple ones, where this build has them.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::lab::report::Run;
use super::lab::{PASSWORD, program, say_left_out};
use super::{Controller, controller};

/// The options, with a mechanism.
fn options(controller: &Controller, mechanism: &str) -> Vec<String> {
    [controller.options(), vec!["--sasl".into(), mechanism.into()]].concat()
}

fn objects(controller: &Controller, url: &str, options: &[String]) -> serde_json::Value {
    controller.check(url, options).report()["run"]["inputs"][0]["objects"].clone()
}

#[test]
fn ntlm() {
    let Some(controller) = controller() else { return };
    if !cfg!(feature = "ntlm") {
        say_left_out::<()>("NTLM", "this build has no feature ntlm");
        return controller
            .check(&controller.url(), &options(controller, "ntlm"))
            .expect(2, &["--features ntlm"]);
    }
    let simple = objects(controller, &controller.url(), &controller.options());
    assert_eq!(objects(controller, &controller.url(), &options(controller, "ntlm")), simple);
    let short = controller.server.realm.split('.').next().unwrap().to_uppercase();
    let down_level = options(controller, "ntlm")
        .into_iter()
        .map(|one| if one.contains('@') { format!("{short}\\Administrator") } else { one });
    assert_eq!(objects(controller, &controller.url(), &down_level.collect::<Vec<_>>()), simple);
    let unknown = options(controller, "ntlm").into_iter().map(|one| one.replace("administrator@", "nobody@"));
    controller.check(&controller.url(), &unknown.collect::<Vec<_>>()).expect(5, &[]);
}

#[test]
fn without_its_feature_kerberos_is_refused_before_anything_is_sent() {
    if cfg!(feature = "gssapi") {
        say_left_out::<()>("the refusal of Kerberos", "this build has the feature gssapi");
        return;
    }
    let Some(controller) = controller() else { return };
    let authority = controller.server.certificates.authority.to_string_lossy().into_owned();
    let options = ["--ca", &authority, "--sasl", "gssapi"].map(str::to_owned);
    controller.check(&controller.url(), &options).expect(2, &["--features gssapi"]);
}

/// A ticket of the administrator, and where Kerberos finds it.
fn ticket(controller: &Controller) -> Option<Vec<(&'static str, String)>> {
    let kinit =
        program("kinit").or_else(|| say_left_out("Kerberos", "there is no kinit (package krb5-user)"))?;
    let (realm, address) = (controller.server.realm.to_uppercase(), &controller.server.address);
    let folder = controller.server.directory();
    let configuration = folder.join("krb5.conf");
    let text = format!(
        "[libdefaults]\n default_realm = {realm}\n dns_lookup_realm = false\n dns_lookup_kdc = false\n \
         dns_canonicalize_hostname = false\n rdns = false\n[realms]\n {realm} = {{\n  kdc = {address}\n }}\n"
    );
    fs::write(&configuration, text).unwrap();
    let environment = vec![
        ("KRB5_CONFIG", configuration.display().to_string()),
        ("KRB5CCNAME", format!("FILE:{}", folder.join("tickets").display())),
    ];
    let mut kinit = Command::new(kinit)
        .arg(format!("administrator@{realm}"))
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(kinit.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(kinit.wait().unwrap().success(), "kinit");
    Some(environment)
}

#[test]
fn kerberos() {
    if !cfg!(feature = "gssapi") {
        return say_left_out("Kerberos", "this build has no feature gssapi").unwrap_or_default();
    }
    let Some(controller) = controller() else { return };
    let own_mounts = Command::new("unshare").args(["-m", "true"]).status();
    if !own_mounts.is_ok_and(|status| status.success()) {
        return say_left_out("Kerberos", "the name of the server cannot be made known to one command alone")
            .unwrap_or_default();
    }
    let Some(environment) = ticket(controller) else { return };
    let authority = controller.server.certificates.authority.to_string_lossy().into_owned();
    let options = ["--ca", &authority, "--sasl", "gssapi"].map(str::to_owned);
    let server = &controller.server;
    let hosts = server.directory().join("hosts");
    fs::write(&hosts, format!("{} {}\n", server.address, server.host())).unwrap();
    let check = |url: &str, options: &[String], environment: &[(&str, String)]| {
        // The name of the server is known within the command alone.
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\""]).arg(&hosts);
        command.args([env!("CARGO_BIN_EXE_presync"), "check", "--format", "json"]);
        command.args(controller.sample.arguments(|_| url.to_owned())).args(options);
        command.current_dir(&controller.sample.directory);
        Run::of(command.envs(environment.iter().map(|(name, value)| (name, value))))
    };
    let run = |url: &str, options: &[String]| {
        check(url, options, &environment).report()["run"]["inputs"][0]["objects"].clone()
    };
    let (secure, plain) = (format!("ldaps://{}", server.host()), format!("ldap://{}", server.host()));
    let simple = objects(controller, &controller.url(), &controller.options());
    assert_eq!(run(&secure, &options), simple, "over LDAPS");
    let starttls = [&options[..], &["--starttls".to_owned()]].concat();
    assert_eq!(run(&plain, &starttls), simple, "over StartTLS");
    // Never without TLS, and not without a ticket.
    check(&plain, &options, &environment).expect(2, &["TLS"]);
    let nowhere = [environment[0].clone(), ("KRB5CCNAME", "FILE:/nonexistent/tickets".to_owned())];
    check(&secure, &options, &nowhere).expect(5, &["Kerberos failed", "klist"]);
}
