//! Any bytes behind the start of a connector space, as a source and as a tenant file: no memory beyond the limits, and
//! whatever is loaded must be read back in full.
#![no_main]

use libfuzzer_sys::fuzz_target;
use presync::directory::AttributeNames;
use presync::load::{Limits, LoadRequest, SourceArgument, load, tenant};

fuzz_target!(|bytes: &[u8]| {
    let text = if bytes.starts_with(b"<") { bytes.to_vec() } else { [b"<cs-objects>", bytes].concat() };
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let path = directory.path().join("source");
    std::fs::write(&path, &text).expect("a temporary file can be written");
    let sources = [SourceArgument { forest: None, path: path.to_string_lossy().into_owned() }];
    if let Ok(loaded) = load(LoadRequest::new(&sources, AttributeNames::default())) {
        for object in loaded.objects() {
            let _ = (object.identity(), object.line(), object.all_values().count());
        }
    }
    let _ = tenant::read(&mut text.as_slice(), "tenant.xml", &Limits::default());
});
