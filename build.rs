//! Lists the pages under `checks/` so that they are embedded: adding a check means adding its page and nothing else.
#![allow(clippy::print_stdout)] // cargo reads a build script's standard output

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=checks");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut list = String::from("&[\n");
    for page in pages(&root.join("checks"))? {
        let name = page.file_name().expect("a page is a file").to_string_lossy();
        let (path, file) = (format!("checks/{name}"), page.to_string_lossy());
        writeln!(list, "    ({path:?}, include_str!({file:?})),").expect("memory");
    }
    list.push_str("]\n");
    fs::write(out.join("pages.rs"), list)
}

/// Every page, sorted by name; the generated catalogue is none.
fn pages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_page = path.extension().is_some_and(|ending| ending == "md");
        if is_page && path.file_stem().is_some_and(|stem| stem != "README") {
            pages.push(path);
        }
    }
    pages.sort();
    Ok(pages)
}
