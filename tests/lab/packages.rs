//! Debian packages without installing them: fetched by `apt-get`, unpacked by `dpkg -x`, kept for the next run.
//!
//! `apt-get` resolves what this machine lacks and needs no rights for it, since its lock and its cache are moved here.
//! Where the package lists are missing or outdated, a list of our own is fetched once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{kept_directory, run};

/// A directory that looks like the root of a machine with these packages and what they need.
pub fn unpacked(packages: &[&str]) -> Result<PathBuf, String> {
    let root = kept_directory().join(packages.join("+"));
    if root.is_dir() {
        return Ok(root);
    }
    fs::create_dir_all(kept_directory()).map_err(|error| error.to_string())?;
    let unfinished = tempfile::tempdir_in(kept_directory()).map_err(|error| error.to_string())?;
    let archives = download(packages, unfinished.path())?;
    let target = unfinished.path().join("root");
    for archive in archives {
        run(Command::new("dpkg").arg("-x").arg(archive).arg(&target))?;
    }
    // Another run may have been faster; its directory holds the same.
    if fs::rename(&target, &root).is_err() && !root.is_dir() {
        return Err(format!("{} cannot be made", root.display()));
    }
    Ok(root)
}

fn download(packages: &[&str], folder: &Path) -> Result<Vec<PathBuf>, String> {
    let attempt = |lists: Option<&Path>| {
        let options = ["--download-only", "--no-install-recommends", "install"];
        run(apt_get(folder, lists).args(options).args(packages))
    };
    if attempt(None).is_err() {
        let lists = folder.join("lists");
        fs::create_dir_all(lists.join("partial")).map_err(|error| error.to_string())?;
        run(apt_get(folder, Some(&lists)).arg("update"))?;
        attempt(Some(&lists))?;
    }
    let archives = fs::read_dir(folder.join("archives")).map_err(|error| error.to_string())?;
    let paths = archives.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(paths.filter(|path| path.extension().is_some_and(|ending| ending == "deb")).collect())
}

fn apt_get(cache: &Path, lists: Option<&Path>) -> Command {
    let mut command = Command::new("apt-get");
    command.args(["-q", "-y", "-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User="]);
    command.arg("-o").arg(format!("Dir::Cache={}", cache.display()));
    if let Some(lists) = lists {
        command.arg("-o").arg(format!("Dir::State::Lists={}", lists.display()));
    }
    command
}

/// Directories with shared libraries below such a root, as `LD_LIBRARY_PATH` wants them.
pub fn library_path(root: &Path) -> String {
    let folders = ["lib", "usr/lib"].into_iter().flat_map(|folder| {
        let inside = fs::read_dir(root.join(folder)).into_iter().flatten();
        inside.filter_map(|entry| Some(entry.ok()?.path()))
    });
    let triplets = folders.filter(|path| path.to_string_lossy().contains("-linux-gnu"));
    triplets.map(|path| path.to_string_lossy().into_owned()).collect::<Vec<_>>().join(":")
}
