//! Where the data shared beside the project lies. It is no part of the project: tests that read it say so where it is
//! absent, and pass.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of exports that circulate in public: under `PRESYNC_SHARED`, else beside the project.
pub fn real_exports() -> Option<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stated = std::env::var_os("PRESYNC_SHARED").map(PathBuf::from);
    let beside = ["../shared", "../../shared"].map(|relative| project.join(relative));
    let found = stated
        .into_iter()
        .chain(beside)
        .map(|shared| shared.join("data/real-exports"))
        .find(|path| path.is_dir());
    if found.is_none() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: the shared real exports are not beside the project");
    }
    found
}
