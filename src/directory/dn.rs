//! Distinguished names: RFC 4514 plus what Active Directory does (`input-formats` section 12, read 2026-11-20).

/// Key of a DN for comparisons: equal for DNs that the directory takes for the same, 0 only for an empty one.
pub fn key(dn: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in dn {
        hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3);
    }
    if dn.is_empty() { 0 } else { hash.max(1) }
}

/// Appends the DNS name (lower case) made of the trailing `DC=` parts; nothing when there are none.
pub fn write_domain(dn: &[u8], out: &mut Vec<u8>) {
    let text = dn.to_ascii_lowercase();
    for part in text.split(|byte| *byte == b',').filter_map(|part| part.trim_ascii().strip_prefix(b"dc=")) {
        if !out.is_empty() {
            out.push(b'.');
        }
        out.extend_from_slice(part);
    }
}

/// stub
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}
