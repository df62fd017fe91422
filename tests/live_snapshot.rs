//! `presync snapshot`: the file gives what the directory gave, and exists only when all was read.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

#[path = "support/ldap_run.rs"]
mod ldap_run;
#[path = "support/ldap_server.rs"]
mod ldap_server;

use std::path::Path;

use ldap_run::{Run, check, presync};
use ldap_server::{BASE, Directory, Object, Request, Server, Step, done};
use serde_json::Value;

/// A directory with everything that is awkward to write down.
fn awkward() -> Directory {
    let addresses: Vec<String> = (0..12).map(|number| format!("smtp:a{number}@corp.example")).collect();
    let texts: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let mut directory = Directory::of([
        Object::user("plain", 1),
        Object::user("odd", 2)
            .with("mail", &[" odd@corp.example "])
            .binary("mS-DS-ConsistencyGuid", &[0; 16]),
        Object::user("bytes", 3).binary("mail", b"\xe4@corp.example"),
        Object::user("lines", 4)
            .with("adminDescription", &["a\nb: c\n\ndn: CN=no"])
            .with("mailNickname", &[":x"]),
        Object::user("many", 5).with("proxyAddresses", &texts),
        Object::user("secret", 6).with("userPassword", &["hunter2"]),
        Object::new("CN=no mail,DC=corp,DC=example", "group", 7)
            .with("groupType", &["2"])
            .with("displayName", &["Gr\u{fc}n"])
            .with("member", &["CN=plain,DC=corp,DC=example", "CN=gone,DC=corp,DC=example"]),
    ]);
    directory.slice = 5;
    directory.domains =
        vec![("corp.example".into(), "CORP".into()), ("child.corp.example".into(), "KID".into())];
    directory.references = vec!["ldap://child.corp.example/DC=child".into()];
    directory
}

fn server(directory: Directory) -> Server {
    Server::start(move |request| directory.answer(request))
}

fn snapshot(url: &str, out: &Path, more: &[&str]) -> Run {
    let out = out.to_string_lossy();
    presync(&[&["snapshot", url, "--out", &out, "--timeout", "2"], more].concat())
}

/// What must be equal: everything but where it was read from.
fn essence(run: &Run) -> Value {
    let mut report = run.report.clone();
    report["run"]["inputs"][0]["warnings"] = Value::Null;
    report["run"]["inputs"][0]["source"] = Value::Null;
    report["run"]["inputs"][0]["format"] = Value::Null;
    for finding in report["findings"].as_array_mut().unwrap() {
        finding["position"] = Value::Null;
    }
    report
}

#[test]
fn a_snapshot_gives_the_report_that_the_directory_gave() {
    let server = server(awkward());
    let live = check(&server.url(""), &["--page-size", "3"]);
    live.is_complete(7);
    let folder = tempfile::tempdir().unwrap();
    for name in ["all.ldif", "all.ldif.gz", "all.ldif.zst"] {
        let file = folder.path().join(name);
        let run = snapshot(&server.url(""), &file, &["--page-size", "3"]);
        assert_eq!(run.status, 0, "{run:?}");
        assert!(run.stdout.contains("7 objects, complete, 1 search reference"), "{run:?}");
        let loaded = presync(&[
            "check",
            &file.to_string_lossy(),
            "--format",
            "json",
            "--objects",
            "all",
            "--fail-on",
            "never",
        ]);
        assert_eq!(essence(&loaded), essence(&live), "{name}");
        assert_eq!(loaded.input()["skipped"]["search-reference"], 1);
        assert_eq!(loaded.warning("domain-not-read"), live.warning("domain-not-read"));
        assert_eq!(loaded.input()["warnings"].as_array().unwrap().len(), 1, "{loaded:?}");
    }
    assert!(!live.report["findings"].as_array().unwrap().is_empty());
}

#[test]
fn the_header_says_what_was_asked_and_secrets_stay_out() {
    let server = server(awkward());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.ldif");
    let url = format!("{}{BASE}?*?sub?(objectClass=user)", server.url(""));
    let run = snapshot(&url, &file, &[]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stderr.contains("userPassword"), "{run:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    for line in [
        "version: 1\n",
        &format!("# server: {url} (dc1.corp.example, Active Directory), its time 20261125120000.0Z\n"),
        "# search: base DC=corp,DC=example, scope sub\n",
        "# filter: (objectClass=user)\n",
        "# requesting: *\n",
        "# refldap://child.corp.example/DC=child\n",
        "# complete: ",
        "# numEntries: 7\n",
    ] {
        assert!(text.contains(line), "{line:?} is missing in {text}");
    }
    // "hunter2", also as base64.
    assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMg"));
    let loaded = presync(&["check", &file.to_string_lossy(), "--format", "json", "--fail-on", "never"]);
    assert!(loaded.warning("export-filtered").contains("(objectClass=user)"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn nothing_is_left_unless_everything_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.ldif");
    std::fs::write(&file, "of yesterday").unwrap();
    let directory = Directory::users(25);
    let cut = Server::start(move |request| match request {
        Request::Search(search) if search.page.as_ref().is_some_and(|(_, cookie)| cookie == b"20") => {
            vec![Step::Send(done(search.id, 51, ""))]
        }
        request => directory.answer(request),
    });
    let run = snapshot(&cut.url(""), &file, &["--page-size", "10"]);
    run.refuses(4, &["busy", "was not written"]);
    let mut sliced = Directory::users(1);
    sliced.objects[0] = sliced.objects[0].clone().with("otherMailbox", &["a", "b", "c"]);
    sliced.slice = 2;
    let slices = Server::start(move |request| match request {
        Request::Search(search) if search.attributes.iter().any(|name| name.contains(";range=")) => {
            vec![Step::Close]
        }
        request => sliced.answer(request),
    });
    snapshot(&format!("{}{BASE}?*", slices.url("")), &file, &[]).refuses(4, &["large attributes"]);
    let nobody = Server::start(|_| vec![Step::Close]);
    snapshot(&nobody.url(""), &file, &[]).refuses(5, &["closed the connection"]);
    let nothing = Server::start(|request| Directory::of([]).answer(request));
    snapshot(&nothing.url(""), &file, &[]).refuses(3, &["found no object"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "of yesterday");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no part is left");
}

#[test]
fn what_cannot_be_written_is_found_before_anything_is_asked() {
    let server = server(awkward());
    let folder = tempfile::tempdir().unwrap();
    snapshot(&server.url(""), &folder.path().join("nowhere/all.ldif"), &[]).refuses(2, &["--out"]);
    snapshot(&server.url(""), folder.path(), &[]).refuses(2, &["directory"]);
    let run = presync(&["snapshot", "all.ldif", "--out", "x.ldif"]);
    run.refuses(2, &["ldaps://"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn doctor_describes_a_live_directory() {
    let server = server(awkward());
    let url = server.url("");
    let run = presync(&["doctor", &url, "--timeout", "2"]);
    assert_eq!(run.status, 0, "{run:?}");
    for word in ["format", "ldap", "base", BASE, "requested", "objectGUID", "filter", "presync snapshot"] {
        assert!(run.stdout.contains(word), "{word:?} is missing in {}", run.stdout);
    }
    let run = presync(&["doctor", "ldap://127.0.0.1:1/", "--timeout", "2"]);
    assert_eq!(run.status, 5, "{run:?}");
    assert!(run.stdout.contains("cannot be reached"), "{run:?}");
}
