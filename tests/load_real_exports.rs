//! Exports that circulate in public, read from the data shared beside the project; not part of it.
//!
//! Found through `PRESYNC_SHARED`, else beside the project. Where they are absent the tests say so and pass.

#[path = "support/shared.rs"]
mod shared;

use std::path::Path;

use presync::directory::{AttributeNames, Class, Directory, attribute};
use presync::load::{LoadError, LoadRequest, SourceArgument, load};
use shared::real_exports;

/// Loads the file whose name starts with `number`.
fn read(folder: &Path, number: &str) -> Result<Directory, LoadError> {
    let path = format!("{}/{number}-*", folder.display());
    load(LoadRequest::new(&[SourceArgument { forest: None, path }], AttributeNames::default()))
}

/// File, objects, users, forest; records skipped by reason.
type Expected = (&'static str, usize, usize, &'static str, &'static [(&'static str, u64)]);

#[test]
fn ldif_exports_load_whole() {
    let Some(folder) = real_exports() else { return };
    let expected: [Expected; 6] = [
        ("02", 17, 0, "egotistical-bank.local", &[("junk-line", 1)]),
        ("04", 13, 8, "megabank.local", &[("junk-line", 5)]),
        ("06", 3, 2, "contoso.com", &[]),
        ("07", 1, 1, "corp.com", &[]),
        ("09", 2, 2, "adsync4j.org", &[]),
        ("12", 67, 0, "ad.samba.example.com", &[("special-record", 1)]),
    ];
    for (number, objects, users, forest, skipped) in expected {
        let directory = read(&folder, number).unwrap();
        let source = &directory.sources()[0];
        assert_eq!(directory.len(), objects, "{number}");
        let found = directory.objects().filter(|object| object.class() == Class::User).count();
        assert_eq!(found, users, "{number}");
        assert_eq!(source.forest.as_deref(), Some(forest), "{number}");
        assert_eq!(
            source.skipped.iter().map(|(reason, count)| (*reason, *count)).collect::<Vec<_>>(),
            skipped,
            "{number}"
        );
        assert!(source.complete, "{number}");
    }
}

#[test]
fn details_of_real_files_survive() {
    let Some(folder) = real_exports() else { return };
    let escaped = read(&folder, "07").unwrap();
    let object = escaped.objects().next().unwrap();
    assert_eq!(object.dn(), b"CN=Last\\,First(myuser),OU=Accounts_User,DC=Corp,DC=com");
    let last = escaped.names().lookup(b"co").unwrap();
    assert_eq!(object.first(last), Some(b"UNITED STATES".as_slice()), "the last line has no line end");
    let samba = read(&folder, "12").unwrap();
    assert!(
        samba
            .objects()
            .all(|object| object.first(attribute::OBJECT_GUID).is_none_or(|guid| !guid.is_empty()))
    );
}

#[test]
fn what_is_no_directory_export_is_refused_in_clear_words() {
    let Some(folder) = real_exports() else { return };
    for (number, words) in [
        ("16", "no dn line"),
        ("18", "lines of dashes"),
        ("25", "no column identifies"),
        ("28", "no column identifies"),
        ("37", "CLIXML"),
    ] {
        let error = read(&folder, number).unwrap_err().to_string();
        assert!(error.contains(words), "{number}: {error}");
    }
}

#[test]
fn csv_exports_load() {
    let Some(folder) = real_exports() else { return };
    for (number, objects, forest) in
        [("24", 1, "sample-domain.com"), ("29", 22, "mobilelab.home"), ("36", 115, "pepito.local")]
    {
        let directory = read(&folder, number).unwrap();
        assert_eq!(directory.len(), objects, "{number}");
        assert_eq!(directory.sources()[0].forest.as_deref(), Some(forest), "{number}");
    }
}
