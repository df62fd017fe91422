//! Any bytes as a DN: comparing agrees with the key, and taking apart loses nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use presync::directory::dn;

fuzz_target!(|bytes: &[u8]| {
    let (one, other) = bytes.split_at(bytes.len() / 2);
    if dn::same(one, other) {
        assert_eq!(dn::key(one), dn::key(other));
    }
    assert!(dn::same(bytes, bytes));
    let mut domain = Vec::new();
    dn::write_domain(bytes, &mut domain);
    let _ = (dn::rdns(bytes).count(), dn::first_rdn_value(bytes), dn::parent(bytes));
});
