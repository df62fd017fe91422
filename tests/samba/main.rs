//! A live Samba domain controller, read by the binary: what only an Active Directory has.
//!
//! What the server is and how it gets here: `tests/lab`. It makes objectGUID and objectSid itself, so its reports are
//! compared with those of exports of the same server, and with the sample only in outcomes and reasons.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // a test that cannot go on may stop

#[path = "../lab/mod.rs"]
mod lab;
mod naming;
mod refusal;
mod same_report;
mod sasl;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::OnceLock;

use lab::report::{Run, check};
use lab::samba::Samba;
use lab::samples::{self, Domain, SampleRun};
use lab::{leave_out, say_left_out};

/// The server, the sample it was seeded with, and the run of that sample.
struct Controller {
    server: Samba,
    domain: Domain,
    sample: SampleRun,
}

const WHAT: &str = "a live Samba domain controller";
const SAMPLE: &str = "single-forest/";

impl Controller {
    fn start() -> Option<Self> {
        if std::env::var("PRESYNC_LAB_SAMBA").is_ok_and(|wish| wish == "off") {
            return say_left_out(WHAT, "PRESYNC_LAB_SAMBA=off says so");
        }
        if !is_root() {
            return say_left_out(WHAT, "only root can start it");
        }
        let domain = samples::domains().into_iter().find(|domain| domain.file.starts_with(SAMPLE)).unwrap();
        let sample = samples::runs().into_iter().find(|run| run.name.starts_with(SAMPLE)).unwrap();
        match Samba::start(&domain) {
            Ok(server) => Some(Self { server, domain, sample }),
            Err(problem) => leave_out(WHAT, &problem),
        }
    }

    /// Options that read over TLS, as the administrator.
    fn options(&self) -> Vec<String> {
        let authority = self.server.certificates.authority.to_string_lossy().into_owned();
        ["--bind-dn", &self.server.administrator(), "--ca", &authority].map(str::to_owned).to_vec()
    }

    /// Checks a source with the settings of the sample.
    fn check(&self, source: &str, options: &[String]) -> Run {
        check(&self.sample.directory, &[&self.sample.arguments(|_| source.to_owned()), options].concat())
    }

    /// `ldaps://127.…`, without a base.
    fn url(&self) -> String {
        format!("ldaps://{}", self.server.address)
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Started by the first test that wants it, for all of them.
fn controller() -> Option<&'static Controller> {
    static CONTROLLER: OnceLock<Option<Controller>> = OnceLock::new();
    CONTROLLER.get_or_init(Controller::start).as_ref()
}
