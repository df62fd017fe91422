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
}

impl Certificates {
    /// Writes them below `directory`, valid for the loopback addresses given and the names `localhost` and [`HOST`].
    pub fn write(directory: &Path, addresses: &[&str]) -> Self {
        let authority = authority("lab authority");
        let key = KeyPair::generate().expect("a key");
        let names = addresses.iter().copied().chain(["localhost", HOST]).map(str::to_owned);
        let mut parameters = CertificateParams::new(names.collect::<Vec<_>>()).expect("names");
        parameters.distinguished_name.push(DnType::CommonName, HOST);
        let issuer: &Issuer<'_, KeyPair> = &authority;
        let certificate = parameters.signed_by(&key, issuer).expect("signed");
        let write = |name: &str, text: &str| {
            let path = directory.join(name);
            fs::write(&path, text).expect("a writable directory");
            path
        };
        let key = write("key.pem", &key.serialize_pem());
        restrict(&key);
        Self {
            authority: write("authority.pem", &authority.pem()),
            other_authority: write("other-authority.pem", &self::authority("other authority").pem()),
            certificate: write("certificate.pem", &certificate.pem()),
            key,
        }
    }
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate().expect("a key")).expect("signed")
}

/// Samba refuses a key that others may read.
fn restrict(key: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(key, fs::Permissions::from_mode(0o600)).expect("own file");
}
