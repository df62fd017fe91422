//! Any bytes as a source: detection, encodings, LDIF and CSV, then the engine, the checks and every report.
//! Whatever is loaded must be read back in full, and the block size must not show.
#![no_main]

use libfuzzer_sys::fuzz_target;
use presync::directory::{AttributeNames, Directory, WantedAttributes};
use presync::load::{LoadRequest, SourceArgument, load};

fn read(path: &std::path::Path, block_bytes: usize) -> Option<Directory> {
    let sources = [SourceArgument { forest: None, path: path.to_string_lossy().into_owned() }];
    let request = LoadRequest {
        wanted: WantedAttributes::All,
        block_bytes,
        ..LoadRequest::new(&sources, AttributeNames::default())
    };
    load(request).ok()
}

fuzz_target!(|bytes: &[u8]| {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let path = directory.path().join("source");
    std::fs::write(&path, bytes).expect("a temporary file can be written");
    let Some(whole) = read(&path, 1 << 20) else { return };
    for object in whole.objects() {
        let _ = (object.identity(), object.line(), object.all_values().count());
    }
    let pieces = read(&path, 7).expect("the block size decides nothing");
    assert_eq!(whole.len(), pieces.len());
});
