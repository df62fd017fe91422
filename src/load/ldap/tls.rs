//! TLS settings: the ring provider, the certificates of the system and of the user's file, and verification unless the
//! user says otherwise in so many words.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::access::LiveOptions;
use super::explain::failed;
use super::url::LdapUrl;
use crate::load::LoadError;

/// Takes every certificate; signatures of the handshake are still checked.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The settings for one source. Fails when a file cannot be used, or when there is no certificate to trust.
pub(super) fn config(url: &LdapUrl, options: &LiveOptions) -> Result<Arc<ClientConfig>, LoadError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            failed(url, format!("TLS cannot be set up: {error}"), "This is a fault of presync.")
        })?;
    let verifier: Arc<dyn ServerCertVerifier> = if options.insecure {
        Arc::new(AnyCertificate(provider))
    } else {
        let roots = Arc::new(roots(url, options.ca.as_deref())?);
        WebPkiServerVerifier::builder_with_provider(roots, provider).build().map_err(|error| {
            let advice = "Name the certificate of the authority that signed the server's with --ca FILE.";
            failed(url, format!("there is no certificate to trust ({error})"), advice)
        })?
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let config = match &options.client_certificate {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let chain = certificates(url, "--client-cert", &own.certificate)?;
            let key = PrivateKeyDer::from_pem_file(&own.key).map_err(|error| {
                let advice = "It must hold a private key in PEM form without a password.";
                unusable(url, "--client-key", &own.key, &error.to_string(), advice)
            })?;
            builder.with_client_auth_cert(chain, key).map_err(|error| {
                let advice = "Certificate and key must belong together.";
                unusable(url, "--client-cert", &own.certificate, &error.to_string(), advice)
            })?
        }
    };
    Ok(Arc::new(config))
}

/// Whether the files that the options name can be used. Reads them, and sends nothing.
pub fn check_files(url: &LdapUrl, options: &LiveOptions) -> Result<(), LoadError> {
    if url.tls || options.starttls { config(url, options).map(drop) } else { Ok(()) }
}

fn unusable(url: &LdapUrl, option: &str, file: &str, problem: &str, advice: &str) -> LoadError {
    failed(url, format!("{option} {file}: cannot be used: {problem}"), advice)
}

/// Certificates that are trusted: those of the system, as far as they can be read, and those of the user's file.
fn roots(url: &LdapUrl, ca: Option<&str>) -> Result<RootCertStore, LoadError> {
    let mut store = RootCertStore::empty();
    // One unreadable certificate of the system must not cost all others.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca {
        for certificate in certificates(url, "--ca", file)? {
            store.add(certificate).map_err(|error| {
                unusable(url, "--ca", file, &error.to_string(), "It must hold certificates of an authority.")
            })?;
        }
    }
    Ok(store)
}

fn certificates(url: &LdapUrl, option: &str, file: &str) -> Result<Vec<CertificateDer<'static>>, LoadError> {
    const ADVICE: &str = "It must hold certificates in PEM form (-----BEGIN CERTIFICATE-----); \
                          `certutil -encode ca.cer ca.pem` makes such a file of a binary one.";
    let fail = |error: &dyn std::fmt::Display| unusable(url, option, file, &error.to_string(), ADVICE);
    let all = CertificateDer::pem_file_iter(file).map_err(|error| fail(&error))?;
    let all: Vec<CertificateDer<'static>> = all.collect::<Result<_, _>>().map_err(|error| fail(&error))?;
    if all.is_empty() { Err(fail(&"there is no certificate in it")) } else { Ok(all) }
}

/// Why a handshake failed: a problem as a sentence part, and what to do.
pub(super) fn explain(error: &std::io::Error, url: &LdapUrl) -> (String, String) {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let host = &url.host;
    let (problem, advice) = match tls {
        Some(Error::InvalidCertificate(fault)) => certificate(fault, host),
        Some(Error::InvalidMessage(_)) => (
            "the server does not speak TLS on this port".to_owned(),
            "Is this a plain port (389, 3268)? Then use ldap:// with --starttls.",
        ),
        Some(Error::AlertReceived(alert)) => (
            format!("the server refused the TLS connection ({alert:?})"),
            "Does it want a client certificate (--client-cert), or is its TLS too old (1.2 is needed)?",
        ),
        Some(other) => {
            (format!("TLS failed: {other}"), "Check that the server speaks TLS 1.2 or 1.3 on this port.")
        }
        None => (
            format!("the server ended the connection during the TLS handshake ({error})"),
            "Is this a plain port (389, 3268)? Then use ldap:// with --starttls. A domain controller without a \
             certificate does the same on its TLS ports.",
        ),
    };
    (problem, advice.to_owned())
}

fn certificate(fault: &CertificateError, host: &str) -> (String, &'static str) {
    match fault {
        // A bad signature: an authority of this name is trusted, but with another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            "the certificate of the server was signed by an authority that is not trusted here".into(),
            "Name the certificate of that authority (for AD mostly that of the enterprise CA) with --ca FILE.",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("the certificate of the server is not for the name {host} ({fault})"),
            "Use the name that the certificate holds, as a rule the full DNS name of the domain controller.",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            format!("the certificate of the server has expired ({fault})"),
            "Renew the certificate of the server, and check the clock of this computer.",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            format!("the certificate of the server is not valid yet ({fault})"),
            "Check the clocks of this computer and of the server.",
        ),
        other => (
            format!("the certificate of the server cannot be verified ({other})"),
            "Name the certificate of the authority that signed it with --ca FILE, or have it replaced.",
        ),
    }
}
