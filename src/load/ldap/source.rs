//! A live directory as one source of a run: what is asked for, chunks, warnings.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use super::access::LiveOptions;
use super::explain::{self, failed};
use super::partitions::Domain;
use super::ranges::{Gap, Incomplete};
use super::read::{self, Order, Piece, Summary};
use super::url::{EVERYTHING, LdapUrl, Scope};
use crate::directory::{
    AttributeId, AttributeNames, InputFormat, InputRole, SearchHeader, Source, WantedAttributes, attribute,
};
use crate::load::ldif::EntryReader;
use crate::load::{BLOCK_BYTES, Context, LoadError, Loaded};

/// Asked for whatever the rules need: what an object is, and which.
const ALWAYS: [AttributeId; 3] = [attribute::OBJECT_CLASS, attribute::OBJECT_GUID, attribute::IS_DELETED];

/// The attributes that are asked for, sorted without letter case: those of the URL, else those stated, else those wanted.
pub(super) fn requested(
    url: &LdapUrl,
    stated: Option<&[String]>,
    wanted: &WantedAttributes,
    names: &AttributeNames,
) -> Vec<String> {
    let named = |id: &AttributeId| names.name(*id).to_owned();
    let mut list: Vec<String> = match wanted {
        _ if !url.attributes.is_empty() => {
            url.attributes.iter().cloned().chain(ALWAYS.iter().map(named)).collect()
        }
        _ if stated.is_some() => {
            stated.into_iter().flatten().cloned().chain(ALWAYS.iter().map(named)).collect()
        }
        WantedAttributes::All => vec!["*".to_owned()],
        WantedAttributes::Only(set) => {
            // The DN comes with every entry and is no attribute.
            let of_directory = set.iter().filter(|id| *id != attribute::DN);
            of_directory.chain(ALWAYS).map(|id| named(&id)).collect()
        }
    };
    list.sort_by_cached_key(|name| (name.to_ascii_lowercase(), name.clone()));
    list.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    list
}

/// Takes a URL apart that the caller should have checked.
pub(super) fn parse(text: &str) -> Result<LdapUrl, LoadError> {
    LdapUrl::parse(text).map_err(|error| LoadError::Unusable {
        path: text.split('@').next_back().unwrap_or_default().to_owned(),
        line: None,
        problem: error.0,
        advice: "Write ldaps://host/base?attributes?scope?filter.".into(),
    })
}

/// Loads one live source.
pub(in crate::load) fn load(
    text: &str,
    forest: Option<&str>,
    context: &Context<'_>,
) -> Result<Loaded, LoadError> {
    let url = parse(text)?;
    let live = &context.options.live;
    let options = live.of(forest, text);
    let attributes = {
        let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
        requested(&url, live.attributes.as_deref(), context.wanted, &names)
    };
    let mut source = Source::new(text, InputRole::Source, InputFormat::Ldap);
    let mut reader = EntryReader::new(context);
    let mut records = Vec::new();
    let order = Order { url: &url, options: &options, observer: &live.observer, attributes };
    let mut base = String::new();
    let summary = read::read(&order, &mut |piece| {
        match piece {
            Piece::Server(facts) => base = facts.1,
            Piece::Records(piece) if records.is_empty() && piece.len() >= BLOCK_BYTES => reader.read(&piece),
            Piece::Records(piece) => {
                records.extend_from_slice(&piece);
                if records.len() >= BLOCK_BYTES {
                    reader.read(&records);
                    records.clear();
                }
            }
        }
        Ok(())
    })?;
    reader.read(&records);
    let ldif = reader.finish(&mut source)?.ok_or_else(|| nothing(&url, &summary))?;
    describe(&mut source, &order, &base);
    describe_end(&mut source, &order, &summary);
    summary.notes.write(&mut source);
    Ok(Loaded { source, forest: None, chunks: ldif.chunks, sliced: ldif.sliced, facts: summary.forest })
}

/// Nothing came: because something went wrong, or because there is nothing.
pub(super) fn nothing(url: &LdapUrl, summary: &Summary) -> LoadError {
    match &summary.stop {
        Some(stop) => {
            let (problem, advice) = stop.explain(url);
            failed(url, format!("nothing could be read: {problem}"), advice)
        }
        None => LoadError::Unusable {
            path: url.text.clone(),
            line: None,
            problem: "the search found no object".into(),
            advice: "Check the base and the filter of the URL, and what the account may read.".into(),
        },
    }
}

/// What the search cannot see by the way it was asked.
pub(super) fn blind_spots(url: &LdapUrl, base: &str) -> Vec<String> {
    let mut spots = Vec::new();
    let head = base.split(',').all(|part| part.trim().to_ascii_lowercase().starts_with("dc="));
    if !head || url.scope != Scope::Subtree {
        let (base, scope) = (explain::plain(base), url.scope.name());
        spots.push(format!(
            "the search had the base {base} with scope {scope}: objects elsewhere, and duplicates there, are not seen"
        ));
    }
    if !url.filter.eq_ignore_ascii_case(EVERYTHING) {
        spots.push(format!(
            "the search had the filter {}: nothing else was read",
            explain::plain(&url.filter)
        ));
    }
    if !url.attributes.is_empty() && !url.attributes.iter().any(|name| name == "*") {
        spots.push(format!("the URL asks for these attributes only: {}", url.attributes.join(" ")));
    }
    spots
}

fn describe(source: &mut Source, order: &Order<'_>, base: &str) {
    let url = order.url;
    source.origin.search = SearchHeader {
        base: Some((base.to_owned(), url.scope.name().to_owned())),
        filter: Some(url.filter.clone()),
        requested: Some(order.attributes.join(" ")),
    };
    for spot in blind_spots(url, base) {
        source.warn("export-filtered", None, spot);
    }
    if order.options.insecure && encrypted(url, order.options) {
        let message = "the certificate of the server was not verified (--insecure): anyone on the way could read the \
                       password and change what was read";
        source.warn("certificate-not-verified", None, message);
    }
    if url.is_global_catalog() {
        let message = format!(
            "the search went to port {}: a global catalogue holds only some attributes of each object; read every \
             domain from a domain controller (port 389 or 636)",
            url.port
        );
        source.warn("global-catalog", None, message);
    }
}

fn encrypted(url: &LdapUrl, options: &LiveOptions) -> bool {
    url.tls || options.starttls
}

/// What went wrong, if anything did.
pub(super) fn faults(url: &LdapUrl, summary: &Summary) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(stop) = &summary.stop {
        let (problem, advice) = stop.explain(url);
        faults.push(
            format!(
                "the search ended after {} entries: {problem}; objects are missing. {advice}",
                summary.entries
            )
            .trim_end()
            .to_owned(),
        );
    }
    let Incomplete { attributes, why } = &summary.incomplete;
    if let Some(gap) = why {
        let problem = match gap {
            Gap::Stopped(stop) => stop.explain(url).0,
            Gap::NoProgress => "the server did not give the slice that was asked for".into(),
            Gap::UnreadableDn => "the DN is not UTF-8, so that the rest cannot be asked for".into(),
        };
        faults.push(format!("{attributes} large attributes could not be read to their end: {problem}"));
    }
    faults
}

fn describe_end(source: &mut Source, order: &Order<'_>, summary: &Summary) {
    for fault in faults(order.url, summary) {
        source.complete = false;
        source.warn("search-incomplete", None, fault);
    }
    if summary.references > 0 {
        *source.skipped.entry("search-reference").or_default() += summary.references;
    }
}

/// Domains that a live directory knows of and no source holds, each told where it is known from.
pub(in crate::load) fn warn_of_unread_domains(sources: &mut [Loaded]) {
    if sources.iter().all(|loaded| loaded.facts.domains.is_empty()) {
        return;
    }
    let mut read: BTreeSet<String> = BTreeSet::new();
    for chunk in sources.iter().flat_map(|loaded| &loaded.chunks) {
        for index in 0..u32::try_from(chunk.len()).unwrap_or(u32::MAX) {
            if !read.contains(chunk.domain(index)) {
                read.insert(chunk.domain(index).to_owned());
            }
        }
    }
    for loaded in sources {
        let missing: Vec<String> = loaded
            .facts
            .domains
            .iter()
            .filter(|domain| !read.contains(&domain.dns))
            .map(|Domain { dns, netbios }| match netbios {
                Some(netbios) => format!("{} ({})", explain::plain(dns), explain::plain(netbios)),
                None => explain::plain(dns),
            })
            .collect();
        if !missing.is_empty() {
            let message = format!(
                "the forest has domains of which nothing was read: {}; objects there, and duplicates, are not seen",
                missing.join(", ")
            );
            loaded.source.warn("domain-not-read", None, message);
        }
    }
}
