//! What a server says about itself, in the entry without a name (RFC 4512 section 5.1, `[MS-ADTS]` 3.1.1.3.2, read
//! 2026-11-25).

use super::entry::Entry;
use super::search::{Line, PAGING, Query, Stop};
use super::url::{EVERYTHING, Scope};

/// Attributes that are asked for.
pub(super) const ATTRIBUTES: [&str; 10] = [
    "defaultNamingContext",
    "namingContexts",
    "rootDomainNamingContext",
    "configurationNamingContext",
    "dnsHostName",
    "currentTime",
    "supportedControl",
    "supportedCapabilities",
    "vendorName",
    "vendorVersion",
];

/// The capability of Active Directory (`[MS-ADTS]` 3.1.1.3.4.3).
const ACTIVE_DIRECTORY: &str = "1.2.840.113556.1.4.800";

/// What is known of a server; nothing when it does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::load) struct ServerFacts {
    pub(in crate::load) default_naming_context: Option<String>,
    pub(in crate::load) naming_contexts: Vec<String>,
    pub(in crate::load) root_domain: Option<String>,
    pub(in crate::load) configuration: Option<String>,
    pub(in crate::load) host: Option<String>,
    pub(in crate::load) time: Option<String>,
    /// False when it lists its controls and paging is not among them.
    pub(in crate::load) has_paging: bool,
    pub(in crate::load) product: Option<String>,
}

/// Asks. A server that refuses is not worse for it; a connection that ends is.
pub(super) async fn read(line: &Line) -> Result<ServerFacts, Stop> {
    let query = Query {
        base: String::new(),
        scope: Scope::Base,
        filter: EVERYTHING.to_owned(),
        attributes: ATTRIBUTES.map(str::to_owned).to_vec(),
    };
    let entry = match line.all(&query).await {
        Ok(entries) => entries.into_iter().next().unwrap_or_default(),
        Err(Stop::Result(_)) => Entry::default(),
        Err(stop) => return Err(stop),
    };
    let controls: Vec<String> = entry.texts("supportedControl").collect();
    let is_active_directory = entry.texts("supportedCapabilities").any(|own| own == ACTIVE_DIRECTORY);
    let product = [entry.text("vendorName"), entry.text("vendorVersion")];
    let product = product.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Ok(ServerFacts {
        default_naming_context: entry.text("defaultNamingContext").filter(|dn| !dn.is_empty()),
        naming_contexts: entry.texts("namingContexts").filter(|dn| !dn.is_empty()).collect(),
        root_domain: entry.text("rootDomainNamingContext"),
        configuration: entry.text("configurationNamingContext").filter(|dn| !dn.is_empty()),
        host: entry.text("dnsHostName"),
        time: entry.text("currentTime"),
        has_paging: controls.is_empty() || controls.iter().any(|own| own == PAGING),
        product: match () {
            () if !product.is_empty() => Some(product),
            () if is_active_directory => Some("Active Directory".to_owned()),
            () => None,
        },
    })
}

impl ServerFacts {
    /// Where to read when the URL does not say; the only naming context stands for the default one.
    pub(super) fn base(&self) -> Option<&str> {
        let only = self.naming_contexts.first().filter(|_| self.naming_contexts.len() == 1);
        self.default_naming_context.as_ref().or(only).map(String::as_str)
    }
}
