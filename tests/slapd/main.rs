//! A live slapd (`OpenLDAP`), read by the binary: the samples, refusals, limits, a large directory.
//!
//! What the server is and how it gets here: `tests/lab`. Where it cannot be had the tests say so and pass, unless it is
//! required.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

mod connection;
mod keeping;
#[path = "../lab/mod.rs"]
mod lab;
mod limits;
mod same_report;
mod several;
mod snapshot;
mod volume;

use std::sync::OnceLock;

use lab::leave_out;
use lab::samples::{self, Domain};
use lab::slapd::{Content, READER, Slapd};

/// A server with every domain of the samples, and these domains.
struct Samples {
    server: Slapd,
    domains: Vec<Domain>,
}

impl Samples {
    fn start() -> Option<Self> {
        let domains = samples::domains();
        let contents: Vec<Content> = domains
            .iter()
            .map(|domain| Content::new(&domain.base, &domain.records, &domain.references))
            .collect();
        match Slapd::start(&contents) {
            Ok(server) => Some(Self { server, domains }),
            Err(problem) => leave_out("a live slapd", &problem),
        }
    }

    /// The domain with this file name.
    fn domain(&self, file: &str) -> &Domain {
        let found = self.domains.iter().find(|domain| domain.file.ends_with(&format!("/{file}")));
        found.unwrap_or_else(|| panic!("no sample has {file}"))
    }

    /// Options that read over TLS, as an ordinary reader.
    fn tls(&self) -> Vec<String> {
        let authority = self.server.certificates.authority.to_string_lossy().into_owned();
        ["--bind-dn", READER.dn, "--ca", &authority].map(str::to_owned).to_vec()
    }
}

/// Options that read over plain text, as an ordinary reader.
fn plain() -> Vec<String> {
    ["--bind-dn", READER.dn, "--allow-plaintext"].map(str::to_owned).to_vec()
}

/// Started by the first test that wants it, for all of them.
fn samples() -> Option<&'static Samples> {
    static SAMPLES: OnceLock<Option<Samples>> = OnceLock::new();
    SAMPLES.get_or_init(Samples::start).as_ref()
}
