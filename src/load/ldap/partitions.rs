//! The domains of the forest, from its Configuration partition (`[MS-ADTS]` 6.1.1.2.1.1, read 2026-11-25).
//!
//! Every account of a domain may read it by default. Where it cannot be read, nothing is known and nothing is wrong.

use super::entry::Entry;
use super::root_dse::ServerFacts;
use super::search::{Line, Query, Stop};
use super::url::{EVERYTHING, Scope};
use crate::directory::dn;

/// Bit of `systemFlags` of a partition that is a domain (`FLAG_CR_NTDS_DOMAIN`).
const IS_DOMAIN: i64 = 2;

/// Attributes that are asked for.
pub(super) const ATTRIBUTES: [&str; 5] = ["nCName", "nETBIOSName", "dnsRoot", "systemFlags", "uPNSuffixes"];

/// A domain of the forest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::load) struct Domain {
    /// DNS name, lower case.
    pub(in crate::load) dns: String,
    pub(in crate::load) netbios: Option<String>,
}

/// What the forest says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::load) struct ForestFacts {
    /// Sorted by DNS name.
    pub(in crate::load) domains: Vec<Domain>,
    /// Suffixes of user principal names beside the names of the domains, sorted.
    pub(in crate::load) upn_suffixes: Vec<String>,
}

/// Start of the comment that names a domain in a snapshot.
const COMMENT: &str = "presync domain: ";

impl Domain {
    /// The comment of a snapshot that names it: DNS name, then NetBIOS name.
    pub(super) fn comment(&self) -> String {
        let text = format!("{COMMENT}{} {}", self.dns, self.netbios.as_deref().unwrap_or_default());
        text.trim_end().chars().filter(|c| !c.is_control()).collect()
    }

    /// Reads such a comment, without its `#`.
    pub(in crate::load) fn from_comment(text: &str) -> Option<Self> {
        let (dns, netbios) = match text.strip_prefix(COMMENT)?.split_once(' ') {
            Some((dns, netbios)) => (dns, Some(netbios.to_owned())),
            None => (text.strip_prefix(COMMENT)?, None),
        };
        (!dns.is_empty()).then(|| Self { dns: dns.to_lowercase(), netbios })
    }
}

impl ForestFacts {
    /// NetBIOS names, each after its DNS name.
    pub(in crate::load) fn netbios_names(&self) -> impl Iterator<Item = (String, String)> {
        self.domains.iter().filter_map(|domain| Some((domain.dns.clone(), domain.netbios.clone()?)))
    }
}

/// Asks; an error only says why nothing is known.
pub(super) async fn read(line: &Line, server: &ServerFacts) -> Result<ForestFacts, Stop> {
    let Some(configuration) = &server.configuration else { return Ok(ForestFacts::default()) };
    let query = Query {
        base: format!("CN=Partitions,{configuration}"),
        scope: Scope::Subtree,
        filter: EVERYTHING.to_owned(),
        attributes: ATTRIBUTES.map(str::to_owned).to_vec(),
    };
    let entries = line.all(&query).await?;
    let mut facts = ForestFacts {
        domains: entries.iter().filter_map(domain).collect(),
        upn_suffixes: entries.iter().flat_map(|entry| entry.texts("uPNSuffixes")).collect(),
    };
    facts.domains.sort();
    facts.domains.dedup_by(|a, b| a.dns == b.dns);
    facts.upn_suffixes.sort();
    facts.upn_suffixes.dedup();
    Ok(facts)
}

fn domain(entry: &Entry) -> Option<Domain> {
    let flags = entry.text("systemFlags")?.trim().parse::<i64>().ok()?;
    let head = entry.text("nCName")?;
    let mut dns = Vec::new();
    dn::write_domain(head.as_bytes(), &mut dns);
    let dns = String::from_utf8(dns).ok().filter(|dns| !dns.is_empty())?;
    (flags & IS_DOMAIN != 0).then(|| Domain { dns, netbios: entry.text("nETBIOSName") })
}
