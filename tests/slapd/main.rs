//! A live slapd, read by the binary.
#![cfg(unix)]

#[path = "../lab/mod.rs"]
mod lab;

use lab::samples;
use lab::slapd::{Content, Slapd};

#[test]
fn comes_up() {
    let contents: Vec<Content> =
        samples::domains().iter().map(|d| Content::new(&d.base, &d.records, &d.references)).collect();
    let server = Slapd::start(&contents).unwrap();
    for c in &contents {
        let export = server.export(&c.base).unwrap();
        std::fs::write(format!("/tmp/labtry/{}.ldif", c.base), export).unwrap();
    }
}
