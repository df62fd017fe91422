//! Any bytes as a tenant file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use presync::load::{Limits, tenant};

fuzz_target!(|bytes: &[u8]| {
    let _ = tenant::read(&mut &*bytes, "tenant.json", &Limits::default());
});
