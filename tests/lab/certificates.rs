//! An authority and a server certificate for the loopback addresses, and an authority that signed nothing.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, Issuer, KeyPair};

/// Host name in the certificate; nothing resolves it.
pub const HOST: &str = "dc1.contoso.test";

/// Files in PEM form.
#[derive(Debug, Clone)]
pub struct Certificates {
    /// The authority behind the server's certificate.
    pub authority: PathBuf,
    /// An authority that did not sign it.
    pub other_authority: PathBuf,
    /// The server's certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Certificate of a client, by the same authority.
    pub client_certificate: PathBuf,
    /// Its key.
    pub client_key: PathBuf,
}

impl Certificates {
    /// Writes them below `directory`, valid for the loopback addresses given and the names `localhost` and [`HOST`].
    pub fn write(directory: &Path, addresses: &[&str]) -> Self {
        let authority = authority("lab authority");
        let names: Vec<&str> = addresses.iter().copied().chain(["localhost", HOST]).collect();
        let (certificate, key) = signed(&authority, HOST, &names);
        let (client_certificate, client_key) = signed(&authority, "client", &[]);
        let write = |name: &str, text: &str| {
            let path = directory.join(name);
            fs::write(&path, text).expect("a writable directory");
            restrict(&path);
            path
        };
        Self {
            authority: write("authority.pem", &authority.pem()),
            other_authority: write("other-authority.pem", &self::authority("other authority").pem()),
            certificate: write("certificate.pem", &certificate),
            key: write("key.pem", &key),
            client_certificate: write("client.pem", &client_certificate),
            client_key: write("client-key.pem", &client_key),
        }
    }
}

/// A certificate with these names, and its key.
fn signed(issuer: &Issuer<'_, KeyPair>, common_name: &str, names: &[&str]) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut parameters = CertificateParams::new(names).expect("names");
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    (parameters.signed_by(&key, issuer).expect("signed").pem(), key.serialize_pem())
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate().expect("a key")).expect("signed")
}

/// Samba refuses a key that others may read.
fn restrict(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("own file");
}
