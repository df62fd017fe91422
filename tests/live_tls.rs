//! TLS of live directories: whom to trust, StartTLS, client certificates. The authority is made at run time.

#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

#[path = "support/ldap_run.rs"]
mod ldap_run;
#[path = "support/ldap_server.rs"]
mod ldap_server;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ldap_run::{check, presync_with};
use ldap_server::{Directory, Request, Server, Step};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// An authority, and files that it writes.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, format!("authority {number}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let own = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), own.pem()).unwrap();
        Self { certificate: own.der().clone(), issuer: Issuer::new(params, key), folder }
    }

    fn file(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        path.to_string_lossy().into_owned()
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A server with a certificate for this name.
    fn server(&self, name: &str, wants_certificate: bool) -> Arc<ServerConfig> {
        let (certificate, key) = self.issue(name);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let builder = if wants_certificate {
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }
}

fn answer(request: &Request) -> Vec<Step> {
    Directory::users(2).answer(request)
}

fn tls_url(server: &Server) -> String {
    server.url("").replace("ldap://", "ldaps://")
}

#[test]
fn an_authority_of_ones_own_is_trusted_by_name_and_by_address() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server("127.0.0.1", false), answer);
    check(&tls_url(&server), &["--ca", &authority.file("ca.pem")]).is_complete(2);
    let server = Server::start_tls(authority.server("localhost", false), answer);
    let url = tls_url(&server).replace("127.0.0.1", "localhost");
    check(&url, &["--ca", &authority.file("ca.pem")]).is_complete(2);
}

#[test]
fn who_is_not_trusted_is_not_talked_to() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = Server::start_tls(authority.server("127.0.0.1", false), answer);
    let unknown = check(&tls_url(&server), &["--ca", &other.file("ca.pem")]);
    unknown.refuses(5, &["authority that is not trusted", "--ca"]);
    let wrong = Server::start_tls(authority.server("dc1.corp.example", false), answer);
    let run = check(&tls_url(&wrong), &["--ca", &authority.file("ca.pem")]);
    run.refuses(5, &["not for the name 127.0.0.1", "full DNS name"]);
    assert!(server.received().is_empty() && wrong.received().is_empty());
}

#[test]
fn without_verification_there_is_a_warning_everywhere() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server("dc1.corp.example", false), answer);
    let run = check(&tls_url(&server), &["--insecure"]);
    run.is_complete(2);
    assert!(run.stderr.contains("WARNING") && run.stderr.contains("--insecure"), "{run:?}");
    assert!(run.warning("certificate-not-verified").contains("--insecure"));
    let trusted = Server::start_tls(authority.server("127.0.0.1", false), answer);
    let run = check(&tls_url(&trusted), &["--ca", &authority.file("ca.pem")]);
    assert!(!run.has_warning("certificate-not-verified") && run.stderr.is_empty(), "{run:?}");
}

#[test]
fn starttls_encrypts_before_the_bind() {
    let authority = Authority::new();
    let server = Server::start_with_starttls(authority.server("127.0.0.1", false), answer);
    let ca = authority.file("ca.pem");
    let url = server.url("");
    let arguments = [
        "check",
        &url,
        "--starttls",
        "--ca",
        &ca,
        "--bind-dn",
        "reader",
        "--password-stdin",
        "--timeout",
        "5",
    ];
    let run = presync_with(&arguments, |command| {
        command.write_stdin("secret");
    });
    assert_eq!(run.status, 0, "{run:?}");
    let received = server.received();
    assert!(
        matches!(&received[0], Request::Extended { oid, .. } if oid == "1.3.6.1.4.1.1466.20037"),
        "{received:?}"
    );
    assert!(matches!(&received[1], Request::Bind { .. }), "{received:?}");
}

#[test]
fn a_refused_starttls_is_an_error_and_never_a_fallback() {
    let server = Server::start(|request| match request {
        Request::Extended { id, .. } => {
            vec![Step::Send(ldap_server::result(*id, 0x78, 52, "no certificate", b""))]
        }
        request => answer(request),
    });
    let url = server.url("");
    let arguments = ["check", &url, "--starttls", "--bind-dn", "reader", "--password-stdin", "--insecure"];
    let run = presync_with(&arguments, |command| {
        command.write_stdin("secret");
    });
    run.refuses(5, &["refused StartTLS", "no certificate"]);
    assert_eq!(server.received().len(), 1, "nothing but StartTLS was sent");
}

#[test]
fn text_slipped_in_behind_the_starttls_answer_is_not_read() {
    let authority = Authority::new();
    let server = Server::start_with_starttls(authority.server("127.0.0.1", false), |request| match request {
        Request::Extended { id, .. } => {
            let good = ldap_server::result(*id, 0x78, 0, "", b"");
            let slipped_in = ldap_server::done(1, 0, "");
            vec![Step::Send([good, slipped_in].concat()), Step::StartTls]
        }
        request => answer(request),
    });
    let run = check(&server.url(""), &["--starttls", "--ca", &authority.file("ca.pem")]);
    run.refuses(5, &["TLS"]);
}

#[test]
fn a_client_certificate_signs_in() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("reader");
    std::fs::write(authority.file("reader.pem"), certificate.pem()).unwrap();
    std::fs::write(authority.file("reader.key"), key.serialize_pem()).unwrap();
    let server = Server::start_tls(authority.server("127.0.0.1", true), answer);
    let (ca, own, key) =
        (authority.file("ca.pem"), authority.file("reader.pem"), authority.file("reader.key"));
    let run = check(
        &tls_url(&server),
        &["--ca", &ca, "--sasl", "external", "--client-cert", &own, "--client-key", &key],
    );
    run.is_complete(2);
    let bind = &server.received()[0];
    assert!(matches!(bind, Request::Bind { mechanism: Some(name), .. } if name == "EXTERNAL"), "{bind:?}");
    let run = check(&tls_url(&server), &["--ca", &ca]);
    run.refuses(5, &["client certificate", "--client-cert"]);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server("127.0.0.1", false), answer);
    std::fs::write(authority.file("empty.pem"), "").unwrap();
    check(&tls_url(&server), &["--ca", "nowhere.pem"]).refuses(2, &["--ca nowhere.pem"]);
    check(&tls_url(&server), &["--ca", &authority.file("empty.pem")]).refuses(2, &["empty.pem", "PEM"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn mechanisms_that_a_build_lacks_say_how_to_build_it() {
    let run = check("ldaps://127.0.0.1:1/", &["--sasl", "gssapi"]);
    if cfg!(feature = "gssapi") {
        assert_eq!(run.status, 5, "{run:?}");
    } else {
        run.refuses(2, &["--features gssapi"]);
    }
    let run = check("ldaps://127.0.0.1:1/", &["--sasl", "ntlm", "--bind-dn", "CORP\\reader"]);
    if cfg!(feature = "ntlm") {
        run.refuses(2, &["password"]);
    } else {
        run.refuses(2, &["--features ntlm"]);
    }
}
