//! What ties a bind to its TLS connection: `tls-server-end-point` (RFC 5929 section 4, read 2026-11-25).

use ring::digest::{self, Algorithm};

use super::super::ber::{Elements, tag};

const OBJECT_IDENTIFIER: u8 = 0x06;

/// Signature algorithms by the bytes of their identifiers, and the hash that stands for each; MD5 and SHA-1 are
/// replaced by SHA-256.
const HASHES: [(&[u8], &Algorithm); 8] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12], &digest::SHA384),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13], &digest::SHA512),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], &digest::SHA256),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], &digest::SHA384),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], &digest::SHA512),
];

/// The binding for a connection to a server with this certificate; `None` when its algorithm has none.
pub(super) fn binding(certificate: &[u8]) -> Option<Vec<u8>> {
    let mut parts = Elements(Elements(certificate).expect(tag::SEQUENCE, "").ok()?);
    parts.expect(tag::SEQUENCE, "").ok()?;
    let mut algorithm = Elements(parts.expect(tag::SEQUENCE, "").ok()?);
    let identifier = algorithm.expect(OBJECT_IDENTIFIER, "").ok()?;
    let (_, hash) = HASHES.iter().find(|(own, _)| *own == identifier)?;
    Some([b"tls-server-end-point:", digest::digest(hash, certificate).as_ref()].concat())
}
