//! Any text as presync.toml.
#![no_main]

use libfuzzer_sys::fuzz_target;
use presync::config::Settings;

fuzz_target!(|text: &str| {
    let _ = Settings::from_toml(text, "presync.toml");
});
