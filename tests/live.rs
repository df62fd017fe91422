//! Live directories through the binary: what is read, what is refused, and every way in which a server can fail.
//!
//! The cases are those of `live-ldap-lab` section 7 (read 2026-11-25). Each run has a deadline: a hang is a failure, and
//! so are a panic and an abort.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

#[path = "support/ldap_run.rs"]
mod ldap_run;
#[path = "support/ldap_server.rs"]
mod ldap_server;

use std::time::Duration;

use ldap_run::{check, presync, presync_with};
use ldap_server::{
    BASE, Directory, Object, Request, Search, Server, Step, done, element, entry, message, octets,
};
use serde_json::Value;

/// A server that answers searches for the objects with this, and everything else as it should.
fn bad_server(answer: impl Fn(&Search) -> Vec<Step> + Send + Sync + 'static) -> Server {
    let directory = Directory::users(3);
    Server::start(move |request| match request {
        Request::Search(search) if search.base == BASE => answer(search),
        request => directory.answer(request),
    })
}

/// The first two users, and something after them.
fn two_users_then(steps: impl Fn(u32) -> Vec<Step> + Send + Sync + 'static) -> Server {
    bad_server(move |search| {
        let users = Directory::users(2);
        let mut all: Vec<u8> = Vec::new();
        for object in &users.objects {
            all.extend(users.entry(search.id, object, &search.attributes));
        }
        [vec![Step::Send(all)], steps(search.id)].concat()
    })
}

#[test]
fn a_directory_is_read_page_by_page() {
    let mut directory = Directory::users(25);
    directory.references = vec!["ldap://child.corp.example/DC=child,DC=corp,DC=example??sub".into()];
    let server = Server::start(move |request| directory.answer(request));
    let run = check(&server.url(""), &["--page-size", "10"]);
    run.is_complete(25);
    let input = run.input();
    assert_eq!((&input["format"], &input["forest"]), (&"ldap".into(), &"corp.example".into()));
    assert_eq!(input["source"], server.url(""));
    assert_eq!(input["skipped"]["search-reference"], 1);
    let pages: Vec<_> = server.searches().into_iter().filter(|search| search.base == BASE).collect();
    assert_eq!(pages.len(), 3);
    assert!(pages.iter().all(|page| page.scope == 2 && page.page.as_ref().unwrap().0 == 10));
    let asked = &pages[0].attributes;
    for name in [
        "objectClass",
        "objectGUID",
        "userPrincipalName",
        "proxyAddresses",
        "member",
        "isDeleted",
        "cloudAnchor",
        "cloudSourceAnchor",
    ] {
        assert!(asked.iter().any(|own| own == name), "{name} is missing in {asked:?}");
    }
    // No secrets, and no names that only the metaverse or a rule has.
    for name in [
        "*",
        "dn",
        "sourceAnchor",
        "accountEnabled",
        "sourceObjectType",
        "configuredSourceAnchor",
        "userPassword",
        "unicodePwd",
    ] {
        assert!(!asked.iter().any(|own| own == name), "{name} in {asked:?}");
    }
    assert_eq!(run.report["objects"][0]["outcome"], "synced");
    // Nothing but reading, and a farewell.
    let others: Vec<_> =
        server.received().into_iter().filter(|request| !matches!(request, Request::Search(_))).collect();
    assert_eq!(others, [Request::Unbind]);
}

#[test]
fn findings_of_a_live_directory_have_no_line() {
    let directory = Directory::of([Object::new(&format!("CN=g,{BASE}"), "group", 1)
        .with("sAMAccountName", &["g"])
        .with("groupType", &["2"])
        .with("displayName", &["g"])]);
    let server = Server::start(move |request| directory.answer(request));
    let run = check(&server.url(""), &[]);
    let finding = &run.report["findings"][0];
    assert_eq!(finding["check"], "group-not-mail-enabled", "{run:?}");
    assert_eq!(finding["position"]["source"], server.url(""));
    assert_eq!(finding["position"]["line"], Value::Null);
    assert!(run.input()["warnings"].as_array().unwrap().iter().all(|warning| warning["line"].is_null()));
}

#[test]
fn the_url_says_what_is_read() {
    let server = Server::start({
        let directory = Directory::users(3);
        move |request| directory.answer(request)
    });
    let url = server.url("dc%3Dcorp,dc=example?mail,cn?sub?(objectClass=user)");
    let run = check(&url, &[]);
    run.is_complete(3);
    let search = server.searches().into_iter().find(|search| !search.base.is_empty()).unwrap();
    assert_eq!(search.base, "dc=corp,dc=example");
    assert_eq!(search.attributes, ["cn", "isDeleted", "mail", "objectClass", "objectGUID"]);
    let filtered: Vec<&Value> = run.input()["warnings"].as_array().unwrap().iter().collect();
    assert_eq!(filtered.iter().filter(|warning| warning["id"] == "export-filtered").count(), 2, "{run:?}");
}

#[test]
fn a_base_that_does_not_exist_ends_with_3() {
    let server = Server::start({
        let directory = Directory::users(3);
        move |request| directory.answer(request)
    });
    check(&server.url("OU=nowhere,DC=corp,DC=example"), &[]).refuses(3, &["OU=nowhere", "does not exist"]);
    let empty = bad_server(|search| vec![Step::Send(done(search.id, 0, ""))]);
    check(&empty.url(""), &[]).refuses(3, &["found no object"]);
}

#[test]
fn page_sizes_are_negotiated_downwards() {
    // AD gives less than was asked for.
    let mut clamped = Directory::users(25);
    clamped.max_page = 7;
    let server = Server::start(move |request| clamped.answer(request));
    check(&server.url(""), &[]).is_complete(25);
    // slapd refuses.
    let server = bad_server(move |search| {
        let asked = search.page.as_ref().unwrap().0;
        if asked > 10 {
            return vec![Step::Send(done(search.id, 11, "illegal pagedResults page size"))];
        }
        Directory::users(25).answer(&Request::Search(search.clone()))
    });
    check(&server.url(""), &["--page-size", "64"]).is_complete(25);
    let sizes: Vec<usize> = server
        .searches()
        .iter()
        .filter(|search| search.base == BASE)
        .map(|search| search.page.as_ref().unwrap().0)
        .collect();
    assert_eq!(sizes, [64, 32, 16, 8, 8, 8, 8]);
}

#[test]
fn a_server_without_paging_gives_everything_at_once() {
    for refuses in [false, true] {
        let server = bad_server(move |search| {
            if refuses && search.page.is_some() {
                return vec![Step::Send(done(search.id, 53, "pagedResults control disabled"))];
            }
            let plain = Search { page: None, ..search.clone() };
            let mut directory = Directory::users(25);
            directory.max_page = usize::MAX;
            let Step::Send(mut bytes) = directory.answer(&Request::Search(plain)).remove(0) else { panic!() };
            let end = ldap_server::page_done(search.id, b"").len();
            bytes.truncate(bytes.len() - end);
            bytes.extend(done(search.id, 0, ""));
            vec![Step::Send(bytes)]
        });
        check(&server.url(""), &[]).is_complete(25);
    }
}

#[test]
fn a_result_code_in_a_later_page_leaves_the_input_incomplete() {
    for (code, words) in
        [(51, "busy"), (4, "sizeLimitExceeded"), (12, "unavailableCriticalExtension"), (1, "x")]
    {
        let server = bad_server(move |search| {
            let (_, cookie) = search.page.clone().unwrap();
            if cookie == b"20" {
                return vec![Step::Send(done(search.id, code, "x"))];
            }
            let mut directory = Directory::users(25);
            directory.max_page = 10;
            directory.answer(&Request::Search(search.clone()))
        });
        check(&server.url(""), &[]).is_incomplete(20, &[words, &format!("result {code}")]);
        let strict = check(&server.url(""), &["--strict-input"]);
        assert_eq!(strict.status, 4, "{strict:?}");
    }
}

#[test]
fn a_limit_in_the_middle_of_the_only_page_counts_what_came() {
    let server = two_users_then(|id| vec![Step::Send(done(id, 4, ""))]);
    check(&server.url(""), &[]).is_incomplete(2, &["sizeLimitExceeded"]);
}

#[test]
fn a_referral_is_told_and_not_followed() {
    let referral = element(0xa3, &octets("ldap://127.0.0.1:1/DC=other"));
    let server = bad_server(move |search| {
        vec![Step::Send(ldap_server::result(search.id, 0x65, 10, "0000202B: RefErr", &referral))]
    });
    check(&server.url(""), &[]).refuses(5, &["referral", "ldap://127.0.0.1:1/DC=other", "name that one"]);
}

#[test]
fn nothing_read_and_an_error_ends_with_5() {
    let text = "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be \
                completed on the connection., data 0, v4563";
    let server = bad_server(move |search| vec![Step::Send(done(search.id, 1, text))]);
    check(&server.url(""), &[]).refuses(5, &["operationsError", "--bind-dn"]);
}

#[test]
fn both_forms_of_a_notice_of_disconnection_are_told() {
    for inside in [true, false] {
        let server = two_users_then(move |_| {
            let oid = element(0x8a, b"1.3.6.1.4.1.1466.20036");
            let answer = [&[0x0a, 1, 52][..], &octets(""), &octets("shutting down")].concat();
            let notice = if inside {
                message(0, &element(0x78, &[answer, oid].concat()), b"")
            } else {
                message(0, &element(0x78, &answer), &oid)
            };
            vec![Step::Send(notice), Step::Close]
        });
        check(&server.url(""), &[]).is_incomplete(2, &["shutting down", "unavailable"]);
    }
}

#[test]
fn cuts_stalls_and_fragments_at_every_place() {
    let whole = {
        let users = Directory::users(2);
        let asked = ["*".to_owned()];
        users.objects.iter().flat_map(|object| users.entry(9, object, &asked)).collect::<Vec<u8>>().len()
    };
    for cut in [0, 1, 2, 7, whole / 2, whole - 1] {
        for step in [Step::Close, Step::Reset, Step::Stall] {
            let server = bad_server({
                let step = step.clone();
                move |search| {
                    let users = Directory::users(2);
                    let asked = ["*".to_owned()];
                    let mut bytes: Vec<u8> = users
                        .objects
                        .iter()
                        .flat_map(|object| users.entry(search.id, object, &asked))
                        .collect();
                    bytes.truncate(cut);
                    vec![Step::Send(bytes), Step::Wait(Duration::from_millis(20)), step.clone()]
                }
            });
            let run = check(&server.url(""), &[]);
            if cut < whole / 2 {
                run.refuses(5, &["nothing could be read"]);
            } else {
                run.is_incomplete(1, &["objects are missing"]);
            }
            assert!(run.took < Duration::from_secs(20), "{step:?} after {cut} bytes: {run:?}");
        }
    }
    let fragments = Server::start({
        let directory = Directory::users(5);
        move |request| {
            let steps = directory.answer(request);
            let cut = |step| match step {
                Step::Send(bytes) => Step::Pieces(bytes, 7),
                other => other,
            };
            steps.into_iter().map(cut).collect()
        }
    });
    check(&fragments.url(""), &[]).is_complete(5);
}

#[test]
fn garbage_ends_the_connection_instead_of_a_wait_for_more() {
    let server =
        two_users_then(|_| vec![Step::Send(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), Step::Stall]);
    let run = check(&server.url(""), &[]);
    run.is_incomplete(2, &["no LDAP"]);
    assert!(run.took < Duration::from_secs(20), "{run:?}");
}

/// So many sequences within each other.
fn nest(depth: usize) -> Vec<u8> {
    // Built from the inside out, written from the outside in: lengths of five bytes keep it linear.
    let mut headers = Vec::new();
    let mut length = 0;
    for _ in 0..depth {
        let mut header = vec![0x30, 0x84];
        header.extend(u32::try_from(length).unwrap().to_be_bytes());
        length += header.len();
        headers.push(header);
    }
    headers.into_iter().rev().flatten().collect()
}

#[test]
fn a_deep_nest_does_not_overflow_the_stack() {
    for depth in [30_000, 1_000_000] {
        for place in 0..3 {
            let nest = nest(depth);
            let server = two_users_then(move |id| {
                let bytes = match place {
                    0 => nest.clone(),
                    1 => message(id, &element(0x64, &nest), b""),
                    _ => message(id, &element(0x65, &[0x0a, 1, 0, 4, 0, 4, 0]), &element(0xa0, &nest)),
                };
                vec![Step::Send(bytes), Step::Stall]
            });
            check(&server.url(""), &[]).is_incomplete(2, &["no LDAP"]);
        }
    }
    // Before anything else was said, too.
    let server = Server::start(|_| vec![Step::Send(nest(30_000)), Step::Stall]);
    check(&server.url(""), &[]).refuses(5, &["no LDAP"]);
    let bind = Server::start(|_| vec![Step::Send(nest(30_000)), Step::Stall]);
    let run = presync_with(
        &[
            "check",
            &bind.url(""),
            "--bind-dn",
            "a",
            "--allow-plaintext",
            "--password-stdin",
            "--timeout",
            "1",
        ],
        |command| {
            command.write_stdin("secret\n");
        },
    );
    run.refuses(5, &["the bind", "no LDAP"]);
}

#[test]
fn an_announced_giant_is_refused_at_once() {
    let server = two_users_then(|_| vec![Step::Send(vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]), Step::Stall]);
    let run = check(&server.url(""), &["--timeout", "50"]);
    run.is_incomplete(2, &["2147483653 bytes", "--max-message-mib"]);
    let big = |size: usize| {
        bad_server(move |search| {
            let user = Directory::users(1).objects.remove(0).binary("thumbnailPhoto", &vec![7; size]);
            let all = Directory::of([user]);
            vec![Step::Send(
                [all.entry(search.id, &all.objects[0], &["*".into()]), done(search.id, 0, "")].concat(),
            )]
        })
    };
    check(&big(1_500_000).url(""), &["--max-message-mib", "1"]).refuses(5, &["--max-message-mib"]);
    check(&big(1_500_000).url(""), &["--max-message-mib", "2", "--timeout", "20"]).is_complete(1);
}

#[test]
fn operations_that_answer_nothing_are_faults_and_strangers_are_passed_over() {
    let server =
        two_users_then(|id| vec![Step::Send(ldap_server::result(id, 0x67, 0, "", b"")), Step::Stall]);
    check(&server.url(""), &[]).is_incomplete(2, &["nothing that was asked"]);
    let server = bad_server(|search| {
        let stranger = entry(99, "CN=stranger", &[("cn", vec![b"x".to_vec()])]);
        let intermediate = message(search.id, &element(0x79, b""), b"");
        let mut steps = vec![Step::Send(stranger), Step::Send(intermediate)];
        steps.extend(Directory::users(2).answer(&Request::Search(search.clone())));
        steps
    });
    check(&server.url(""), &[]).is_complete(2);
}

#[test]
fn malformed_messages_end_the_connection_and_count_what_came() {
    let cases: Vec<fn(u32) -> Vec<u8>> = vec![
        |id| message(id, &element(0x64, b""), b""),
        |id| message(id, &element(0x64, &[octets("CN=x"), element(0x30, &element(0x30, b""))].concat()), b""),
        |id| message(id, &element(0x65, b""), b""),
        |id| message(id, &element(0x65, &[&[0x0a, 1, 0][..], &octets(b"\xff"), &octets("")].concat()), b""),
        |id| message(id, &element(0x65, &[0x0a, 1, 0, 4, 0, 4, 0]), &element(0xa0, &element(0x30, b""))),
        |id| message(id, &[0x64, 0x05, 0x04, 0x7f, 1, 2, 3], b""),
        |_| element(0x30, b""),
        |_| vec![0x30, 0x80, 0, 0],
        |id| {
            let bad = element(0x30, &octets("1.2.840.113556.1.4.319"));
            message(id, &element(0x65, &[0x0a, 1, 0, 4, 0, 4, 0]), &element(0xa0, &bad))
        },
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let server = two_users_then(move |id| vec![Step::Send(case(id)), Step::Stall]);
        let run = check(&server.url(""), &[]);
        assert_eq!(run.status, 0, "case {number}: {run:?}");
        run.is_incomplete(2, &["no LDAP"]);
        assert!(!run.stderr.contains("panicked"), "case {number}: {run:?}");
    }
}

#[test]
fn empty_pages_do_not_go_on_for_ever() {
    let server = bad_server(|search| vec![Step::Send(ldap_server::page_done(search.id, b"again"))]);
    check(&server.url(""), &[]).refuses(5, &["pages in a row"]);
}

#[test]
fn odd_values_and_names_are_kept() {
    let mut umlaut = Object::user("x", 4);
    umlaut.dn = b"CN=\xfcber,DC=corp,DC=example".to_vec();
    let twice = Object::user("twice", 2)
        .with("proxyAddresses", &["SMTP:a@corp.example"])
        .with("PROXYADDRESSES", &["smtp:b@corp.example"])
        .with("proxyAddresses", &["smtp:c@corp.example"]);
    let mut printable = Object::user("printable", 1);
    printable.attributes.iter_mut().find(|(name, _)| name == "objectGUID").unwrap().1 =
        vec![b"ABCDEFGHIJKLMNOP".to_vec()];
    let odd = Object::user("odd", 3).binary("mail", b"\xe4@corp.example").with("bad name\n", &["x"]);
    let server = bad_server(move |search| {
        let all = Directory::of([printable.clone(), twice.clone(), odd.clone(), umlaut.clone()]);
        let asked = ["*".to_owned()];
        let mut bytes: Vec<u8> =
            all.objects.iter().flat_map(|object| all.entry(search.id, object, &asked)).collect();
        bytes.extend(done(search.id, 0, ""));
        vec![Step::Send(bytes)]
    });
    let run = check(&server.url(""), &[]);
    run.is_complete(4);
    let object = |dn: &str| {
        let objects = run.report["objects"].as_array().unwrap();
        objects
            .iter()
            .find(|object| object["dn"].as_str().unwrap().contains(dn))
            .unwrap_or_else(|| panic!("{dn}: {run:?}"))
    };
    assert_eq!(object("CN=printable")["object_guid"], "44434241-4645-4847-494a-4b4c4d4e4f50");
    let addresses = &object("CN=twice")["export"]["proxyAddresses"];
    assert_eq!(addresses.as_array().unwrap().len(), 3, "{addresses}");
    assert!(object("\u{fffd}ber")["outcome"].is_string());
    assert!(run.has_warning("attribute-name-invalid"));
}

#[test]
fn secrets_are_dropped() {
    let object = Object::user("a", 1).with("userPassword", &["hunter2"]).with("ms-Mcs-AdmPwd", &["hunter2"]);
    let directory = Directory::of([object]);
    let server = Server::start(move |request| directory.answer(request));
    let run = check(&format!("{}{BASE}?*", server.url("")), &["-vvv"]);
    run.is_complete(1);
    assert!(run.warning("secret-dropped").contains("userPassword"));
    assert!(!format!("{run:?}").contains("hunter2"));
}

fn members(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("CN=m{number:05},{BASE}")).collect()
}

fn group(count: usize) -> Object {
    let members = members(count);
    let texts: Vec<&str> = members.iter().map(String::as_str).collect();
    Object::new(&format!("CN=all,{BASE}"), "group", 200)
        .with("sAMAccountName", &["all"])
        .with("groupType", &["-2147483646"])
        .with("displayName", &["all"])
        .with("member", &texts)
}

#[test]
fn large_attributes_are_read_to_their_end() {
    let mut directory = Directory::of([group(4000), Object::user("user", 1)]);
    directory.slice = 1500;
    let server = Server::start(move |request| directory.answer(request));
    let run = check(&server.url(""), &[]);
    run.is_complete(2);
    let group =
        run.report["objects"].as_array().unwrap().iter().find(|own| own["object_class"] == "group").unwrap();
    assert_eq!(group["export"]["member_count"], 4000, "{group}");
    let ranges: Vec<String> = server
        .searches()
        .into_iter()
        .filter(|search| search.base.starts_with("CN=all"))
        .flat_map(|search| search.attributes)
        .collect();
    assert_eq!(ranges, ["member;range=1500-*", "member;range=3000-*"]);
}

#[test]
fn any_attribute_may_come_in_slices() {
    let addresses: Vec<String> = (0..7).map(|number| format!("smtp:a{number}@corp.example")).collect();
    let texts: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let mut directory = Directory::of([Object::user("user", 1).with("proxyAddresses", &texts)]);
    directory.slice = 5;
    let server = Server::start(move |request| directory.answer(request));
    let run = check(&server.url(""), &[]);
    run.is_complete(1);
    assert_eq!(run.report["objects"][0]["export"]["proxyAddresses"].as_array().unwrap().len(), 7);
}

#[test]
fn a_slice_that_fails_leaves_the_input_incomplete() {
    for way in 0..3 {
        let mut directory = Directory::of([group(4000), Object::user("user", 1)]);
        directory.slice = 1500;
        let server = Server::start(move |request| match request {
            Request::Search(search) if search.attributes.iter().any(|name| name == "member;range=3000-*") => {
                match way {
                    0 => vec![Step::Send(done(search.id, 51, ""))],
                    1 => vec![Step::Close],
                    // The same slice again: no progress.
                    _ => directory.answer(&Request::Search(Search {
                        attributes: vec!["member;range=1500-*".into()],
                        ..search.clone()
                    })),
                }
            }
            request => directory.answer(request),
        });
        let run = check(&server.url(""), &[]);
        run.is_incomplete(2, &["large attributes"]);
        assert!(run.has_warning("range-incomplete"), "{run:?}");
    }
}

#[test]
fn domains_that_were_not_read_are_named() {
    let mut directory = Directory::users(1);
    directory.domains =
        vec![("corp.example".into(), "CORP".into()), ("child.corp.example".into(), "CHILD".into())];
    let server = Server::start(move |request| directory.answer(request));
    let run = check(&server.url(""), &[]);
    run.is_complete(1);
    let message = run.warning("domain-not-read");
    assert!(message.contains("child.corp.example (CHILD)") && !message.contains("(CORP)"), "{message}");
}

#[test]
fn binds_and_their_failures() {
    let bind = |code: u8, text: &'static str| {
        let server = Server::start(move |request| match request {
            Request::Bind { id, .. } => vec![Step::Send(ldap_server::result(*id, 0x61, code, text, b""))],
            request => Directory::users(1).answer(request),
        });
        let arguments = ["--bind-dn", "CORP\\reader", "--password-stdin", "--allow-plaintext", "-vvv"];
        let fixed = ["check", &server.url(""), "--format", "json", "--timeout", "1"];
        let run = presync_with(&[&fixed[..], &arguments].concat(), |command| {
            command.write_stdin("pass word\r\nsecond line\n");
        });
        assert!(!format!("{run:?}").contains("pass word"), "{run:?}");
        (run, server)
    };
    let (run, server) = bind(0, "");
    assert_eq!(run.status, 0, "{run:?}");
    let name = "CORP\\reader".to_owned();
    let expected = Request::Bind { id: 2, name, password: Some(b"pass word".to_vec()), mechanism: None };
    assert_eq!(server.received()[0], expected);
    let text = "80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 52e, v4563";
    bind(49, text).0.refuses(5, &["invalidCredentials", "account or the password is wrong"]);
    bind(8, "BindSimple: Transport encryption required.").0.refuses(5, &["strongerAuthRequired", "ldaps://"]);
}

#[test]
fn what_must_not_be_sent_is_refused_before_a_byte() {
    let server = Server::start(|request| Directory::users(1).answer(request));
    let url = server.url("");
    let credentials = url.replace("ldap://", "ldap://reader:hunter2@");
    let refuse = |arguments: &[&str], input: &'static str, words: &[&str]| {
        let run = presync_with(&[&["check"], arguments].concat(), |command| {
            command.write_stdin(input);
        });
        run.refuses(2, words);
        assert!(!run.stderr.contains("hunter2"), "{run:?}");
    };
    refuse(&[&url, "--bind-dn", "a", "--password-stdin"], "hunter2\n", &["without encryption"]);
    refuse(&[&url, "--bind-dn", "a", "--password-stdin", "--allow-plaintext"], "\n", &["empty"]);
    refuse(&[&url, "--bind-dn", "a", "--password-stdin", "--allow-plaintext"], "", &["empty"]);
    refuse(&[&url, "--bind-dn", "a", "--allow-plaintext"], "hunter2\n", &["no password", "--password-file"]);
    refuse(&[&url, "--password-stdin"], "hunter2\n", &["--bind-dn"]);
    refuse(&[&credentials], "", &["credentials"]);
    refuse(&[&format!("{url}????bindname=hunter2")], "", &["bindname"]);
    refuse(&[&format!("{url}???(cn=")], "", &["filter"]);
    refuse(&[&url, "--sasl", "gssapi"], "", &["TLS"]);
    refuse(&[&url, "--sasl", "external", "--starttls"], "", &["--client-cert"]);
    refuse(&["-", &url, "--bind-dn", "a", "--allow-plaintext", "--password-stdin"], "x", &["standard input"]);
    refuse(&["nowhere.ldif", "--bind-dn", "a"], "", &["--bind-dn", "no source"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn passwords_come_from_a_file_the_environment_or_the_settings() {
    let server = Server::start(|request| Directory::users(1).answer(request));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("reader.password");
    std::fs::write(&file, "from file\r\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    }
    let settings = folder.path().join("own.toml");
    std::fs::write(
        &settings,
        "[[forest]]\nname = \"corp.example\"\nbind-dn = \"of-settings\"\npassword-file = \"reader.password\"\n\
         allow-plaintext = true\npage-size = 7\n",
    )
    .unwrap();
    let (file, settings) = (file.to_string_lossy(), settings.to_string_lossy());
    let url = format!("{}{BASE}", server.url(""));
    let last_bind = || {
        let binds = server.received().into_iter().rev().find_map(|request| match request {
            Request::Bind { name, password, .. } => {
                Some((name, String::from_utf8(password.unwrap()).unwrap()))
            }
            _ => None,
        });
        binds.unwrap()
    };
    let run = check(&url, &["--bind-dn", "typed", "--password-file", &file, "--allow-plaintext"]);
    run.is_complete(1);
    assert_eq!(last_bind(), ("typed".into(), "from file".into()));
    assert_eq!(run.stderr.contains("other users"), cfg!(unix), "{run:?}");
    // By the domain of the base, and by NAME.
    for source in [url.clone(), format!("corp.example={}", server.url(""))] {
        check(&source, &["--config", &settings]).is_complete(1);
        assert_eq!(last_bind(), ("of-settings".into(), "from file".into()));
        assert_eq!(server.searches().iter().rev().find_map(|own| own.page.clone()).unwrap().0, 7);
    }
    let arguments =
        ["check", &url, "--config", &settings, "--bind-dn", "typed", "--page-size", "9", "--timeout", "1"];
    let run = presync_with(&arguments, |command| {
        command.env("PRESYNC_LDAP_PASSWORD", "from environment");
    });
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(last_bind(), ("typed".into(), "from environment".into()));
    assert_eq!(server.searches().iter().rev().find_map(|own| own.page.clone()).unwrap().0, 9);
}

#[test]
fn live_sources_and_files_go_together() {
    let one = Server::start(|request| Directory::users(2).answer(request));
    let other = Server::start(|request| Directory::users(3).answer(request));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.ldif");
    std::fs::write(
        &file,
        "dn: CN=f,DC=file,DC=test\nobjectClass: user\nobjectGUID:: AAECAwQFBgcICQoLDA0ODw==\n",
    )
    .unwrap();
    let sources =
        [format!("one={}", one.url("")), format!("two={}", other.url("")), file.to_string_lossy().into()];
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    let fixed = ["--format", "json", "--fail-on", "never", "--timeout", "5"];
    let run = presync(&[&["check"], &sources[..], &fixed].concat());
    assert_eq!(run.status, 0, "{run:?}");
    let inputs = run.report["run"]["inputs"].as_array().unwrap();
    let seen: Vec<(&str, u64)> = inputs
        .iter()
        .map(|own| (own["forest"].as_str().unwrap(), own["objects"].as_u64().unwrap()))
        .collect();
    assert_eq!(seen, [("one", 2), ("two", 3), ("file.test", 1)]);
}

#[test]
fn nobody_there_and_the_wrong_port() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    check(&format!("ldap://{port}/"), &[]).refuses(5, &["cannot be reached"]);
    check("ldap://no-such-host.invalid/", &[]).refuses(5, &["no-such-host.invalid"]);
    // A plain server asked for TLS says something in LDAP, or goes.
    let plain = Server::start(|request| Directory::users(1).answer(request));
    let tls_url = plain.url("").replace("ldap://", "ldaps://");
    check(&tls_url, &[]).refuses(5, &["TLS"]);
    // A server that accepts and never answers.
    let silent = Server::start(|_| vec![Step::Stall]);
    let run = check(&silent.url(""), &[]);
    run.refuses(5, &["nothing came for 1 seconds"]);
    assert!(run.took < Duration::from_secs(20));
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let run = check(&format!("ldaps://{}/", deaf.local_addr().unwrap()), &[]);
    run.refuses(5, &["TLS handshake", "longer than 1 seconds"]);
}
