//! Every expression of an exported server configuration parses. The export is not part of this repository: the test
//! runs where a folder `shared` lies beside it, or where `PRESYNC_SHARED` names one.

use std::path::PathBuf;

use super::*;

fn rules_folder() -> Option<PathBuf> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("PRESYNC_SHARED").map(PathBuf::from);
    named
        .into_iter()
        .chain([manifest.join("../shared"), manifest.join("../../shared")])
        .map(|shared| shared.join("data/entra-connect-server-config/SynchronizationRules"))
        .find(|folder| folder.is_dir())
}

/// The text of every `<expression>` element.
fn expressions(xml: &str) -> impl Iterator<Item = String> {
    xml.split("<expression>").skip(1).filter_map(|rest| rest.split("</expression>").next()).map(|text| {
        text.replace("&gt;", ">").replace("&lt;", "<").replace("&quot;", "\"").replace("&amp;", "&")
    })
}

#[test]
#[allow(clippy::print_stderr)] // a test that could not run must not look like one that did
fn every_expression_of_a_server_configuration_parses() {
    let Some(folder) = rules_folder() else {
        eprintln!("NOT RUN: no exported server configuration found; set PRESYNC_SHARED to check it");
        return;
    };
    let mut names = AttributeNames::default();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for text in expressions(&String::from_utf8_lossy(&bytes)) {
            count += 1;
            if let Err(error) = Expression::parse(&text, &mut names) {
                panic!("{}\n{error}", path.display());
            }
        }
    }
    assert!(count > 100, "only {count} expressions found");
}
