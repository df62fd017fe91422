//! Which forest (connector) each object belongs to, and the order of the forests.
//!
//! A NAME given by the user decides. Otherwise the DNs do: an object belongs to the forest of the shortest loaded
//! domain that its own domain ends in. Objects without a domain go to the only forest there is, or to one named after
//! their sign-in names or their file.

use std::collections::{BTreeMap, BTreeSet};

use super::Loaded;
use crate::directory::{Forest, ForestId, attribute};

/// Application partitions that every forest has; they are named like child domains (`input-formats` section 12.8).
const PARTITIONS: [&str; 2] = ["domaindnszones.", "forestdnszones."];

/// The forests and the one of each object.
#[derive(Debug, Default)]
pub(super) struct Forests {
    /// In wizard order.
    pub(super) forests: Vec<Forest>,
    /// By source, chunk of the source, number of the domain within the chunk.
    places: Vec<Vec<Vec<ForestId>>>,
}

impl Forests {
    /// The forest of an object.
    pub(super) fn of(&self, source: usize, chunk: usize, domain_number: usize) -> ForestId {
        let chunks = self.places.get(source).and_then(|chunks| chunks.get(chunk));
        chunks.and_then(|domains| domains.get(domain_number)).copied().unwrap_or(ForestId(0))
    }

    /// The forests that objects of a source belong to.
    pub(super) fn of_source(&self, source: usize, loaded: &Loaded) -> BTreeSet<ForestId> {
        let mut found = BTreeSet::new();
        for (number, chunk) in loaded.chunks.iter().enumerate() {
            let mut seen = vec![false; chunk.domains().len()];
            for index in 0..u32::try_from(chunk.len()).unwrap_or(u32::MAX) {
                let domain = chunk.domain_number(index);
                if let Some(seen) = seen.get_mut(domain).filter(|seen| !**seen) {
                    *seen = true;
                    found.insert(self.of(source, number, domain));
                }
            }
        }
        found
    }
}

/// A domain without the names of application partitions.
fn proper(domain: &str) -> &str {
    PARTITIONS.iter().find_map(|partition| domain.strip_prefix(partition)).unwrap_or(domain)
}

/// Whether a domain is `root` or below it.
fn is_within(domain: &str, root: &str) -> bool {
    domain.strip_suffix(root).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// All domains of a source that have objects; the empty one for objects without.
fn domains(loaded: &Loaded) -> BTreeSet<&str> {
    let all = loaded.chunks.iter().flat_map(|chunk| {
        let mut seen = vec![false; chunk.domains().len()];
        for index in 0..u32::try_from(chunk.len()).unwrap_or(u32::MAX) {
            if let Some(seen) = seen.get_mut(chunk.domain_number(index)) {
                *seen = true;
            }
        }
        chunk.domains().iter().zip(seen).filter(|(_, seen)| *seen).map(|(domain, _)| proper(domain))
    });
    all.collect()
}

/// The shortest domain that `domain` ends in.
fn root_of<'d>(domain: &'d str, all: &BTreeSet<&'d str>) -> &'d str {
    let mut root = domain;
    for (dot, _) in domain.match_indices('.') {
        if let Some(parent) = domain.get(dot + 1..)
            && all.contains(parent)
        {
            root = parent;
        }
    }
    root
}

/// Names of the forests, without letter case, each with its spelling and its place in the order.
struct Names {
    order: Vec<String>,
}

impl Names {
    fn position(&self, name: &str) -> Option<usize> {
        self.order.iter().position(|own| own.eq_ignore_ascii_case(name))
    }

    fn add(&mut self, name: &str) {
        if self.position(name).is_none() {
            self.order.push(name.to_owned());
        }
    }
}

/// Assigns every object of every source to a forest. `first` are names from the settings, which lead the order.
pub(super) fn assign(sources: &[Loaded], first: &[String]) -> Forests {
    let by_source: Vec<BTreeSet<&str>> = sources.iter().map(domains).collect();
    let all: BTreeSet<&str> =
        by_source.iter().flatten().copied().filter(|domain| !domain.is_empty()).collect();
    let owners = owners(sources, &by_source, &all);
    let homes: Vec<BTreeMap<&str, String>> = sources
        .iter()
        .zip(&by_source)
        .map(|(loaded, domains)| named_homes(loaded, domains, &owners))
        .collect();
    let homes = place_homeless(sources, homes);
    let names = order(first, &homes);
    let forests = names.order.iter().map(|name| describe(name, &homes)).collect();
    let id =
        |name: &str| ForestId(u16::try_from(names.position(name).unwrap_or_default()).unwrap_or(u16::MAX));
    let places = sources
        .iter()
        .zip(&homes)
        .map(|(loaded, home)| {
            let of_domain = |domain: &str| home.get(proper(domain)).map_or(ForestId(0), |name| id(name));
            let of_chunk = |domains: &[Box<str>]| domains.iter().map(|domain| of_domain(domain)).collect();
            loaded.chunks.iter().map(|chunk| of_chunk(chunk.domains())).collect()
        })
        .collect();
    Forests { forests, places }
}

/// The forest of every root domain: the NAME of the source that holds it, where one has a NAME, else the root itself.
fn owners<'d>(
    sources: &[Loaded],
    by_source: &[BTreeSet<&'d str>],
    all: &BTreeSet<&'d str>,
) -> BTreeMap<&'d str, String> {
    let mut owners = BTreeMap::new();
    for (loaded, domains) in sources.iter().zip(by_source) {
        if let Some(name) = &loaded.forest {
            for domain in domains.iter().filter(|domain| !domain.is_empty()) {
                owners.entry(*domain).or_insert_with(|| name.clone());
            }
        }
    }
    for domain in all {
        let root = root_of(domain, all);
        let name = owners.get(root).cloned().unwrap_or_else(|| root.to_owned());
        owners.entry(*domain).or_insert(name);
    }
    owners
}

/// Forest by domain for one source; nothing yet for objects without a domain, unless the source has a NAME.
fn named_homes<'d>(
    loaded: &Loaded,
    domains: &BTreeSet<&'d str>,
    owners: &BTreeMap<&'d str, String>,
) -> BTreeMap<&'d str, String> {
    let home = |domain: &&'d str| {
        let name = loaded.forest.clone().or_else(|| owners.get(domain).cloned());
        Some((*domain, name.unwrap_or_default()))
    };
    domains.iter().filter_map(home).collect()
}

/// Finds a forest for the objects without a domain.
fn place_homeless<'d>(
    sources: &[Loaded],
    mut homes: Vec<BTreeMap<&'d str, String>>,
) -> Vec<BTreeMap<&'d str, String>> {
    let known: BTreeSet<String> =
        homes.iter().flat_map(BTreeMap::values).filter(|name| !name.is_empty()).cloned().collect();
    for (loaded, home) in sources.iter().zip(&mut homes) {
        if home.get("").is_none_or(|name| !name.is_empty()) {
            continue;
        }
        let own: BTreeSet<&String> = home.values().filter(|name| !name.is_empty()).collect();
        let name = match (own.first(), known.first()) {
            (Some(only), _) if own.len() == 1 => (*only).clone(),
            (_, Some(only)) if known.len() == 1 => only.clone(),
            _ => name_of(loaded, &known),
        };
        home.insert("", name);
    }
    homes
}

/// A name for objects without DNs: the forest that their sign-in names belong to, or the most frequent suffix of these,
/// or the name of the file.
fn name_of(loaded: &Loaded, known: &BTreeSet<String>) -> String {
    let mut suffixes: BTreeMap<String, usize> = BTreeMap::new();
    for chunk in &loaded.chunks {
        for index in 0..u32::try_from(chunk.len()).unwrap_or(u32::MAX) {
            let upn = chunk.values_at(index, attribute::USER_PRINCIPAL_NAME).next().map(|value| value.bytes);
            let suffix =
                upn.and_then(|upn| Some(upn.get(memchr::memrchr(b'@', upn)? + 1..)?.to_ascii_lowercase()));
            if let Some(suffix) = suffix.and_then(|suffix| String::from_utf8(suffix).ok()) {
                *suffixes.entry(suffix).or_default() += 1;
            }
        }
    }
    // Of equally frequent ones the first in the alphabet.
    let frequent = suffixes.iter().rev().max_by_key(|(_, count)| **count).map(|(suffix, _)| suffix.clone());
    match frequent.filter(|suffix| !suffix.is_empty()) {
        Some(suffix) => known.iter().find(|root| is_within(&suffix, root)).cloned().unwrap_or(suffix),
        None => stem(&loaded.source.path),
    }
}

fn stem(path: &str) -> String {
    if path == "-" {
        return "stdin".into();
    }
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split('.').find(|part| !part.is_empty()).unwrap_or(name).to_ascii_lowercase()
}

/// Settings first, then the order of the sources; forests of one source by name, so that the order of its records
/// does not matter.
fn order(first: &[String], homes: &[BTreeMap<&str, String>]) -> Names {
    let used: BTreeSet<String> =
        homes.iter().flat_map(BTreeMap::values).map(|name| name.to_ascii_lowercase()).collect();
    let mut names = Names { order: Vec::new() };
    for name in first.iter().filter(|name| used.contains(&name.to_ascii_lowercase())) {
        names.add(name);
    }
    for home in homes {
        let sorted: BTreeSet<&String> = home.values().collect();
        for name in sorted {
            names.add(name);
        }
    }
    names
}

fn describe(name: &str, homes: &[BTreeMap<&str, String>]) -> Forest {
    let own =
        homes.iter().flatten().filter(|(domain, home)| !domain.is_empty() && home.eq_ignore_ascii_case(name));
    let root = own.map(|(domain, _)| *domain).min_by_key(|domain| (domain.len(), *domain));
    Forest {
        name: name.to_owned(),
        root_domain: root.unwrap_or_default().to_owned(),
        netbios: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{ChunkBuilder, InputFormat, InputRole, Source, SourceId};

    fn source(path: &str, forest: Option<&str>, dns: &[&str]) -> Loaded {
        let mut builder = ChunkBuilder::new(SourceId(0));
        for dn in dns {
            builder.begin(0);
            builder.set_dn(dn.as_bytes());
            builder.finish_object();
        }
        Loaded {
            source: Source::new(path, InputRole::Source, InputFormat::Ldif),
            forest: forest.map(Into::into),
            chunks: vec![builder.finish()],
            sliced: Vec::new(),
            facts: crate::load::ldap::ForestFacts::default(),
        }
    }

    fn names(forests: &Forests) -> Vec<(&str, &str)> {
        forests.forests.iter().map(|forest| (forest.name.as_str(), forest.root_domain.as_str())).collect()
    }

    #[test]
    fn child_domains_and_partitions_belong_to_the_shortest_domain() {
        let sources = [source(
            "all.ldf",
            None,
            &[
                "CN=a,DC=eu,DC=corp,DC=example",
                "DC=DomainDnsZones,DC=corp,DC=example",
                "CN=b,DC=corp,DC=example",
                "CN=c,DC=other,DC=test",
                "CN=d,DC=nocorp,DC=example",
            ],
        )];
        let forests = assign(&sources, &["other.test".into(), "unused".into()]);
        assert_eq!(
            names(&forests),
            [
                ("other.test", "other.test"),
                ("corp.example", "corp.example"),
                ("nocorp.example", "nocorp.example")
            ]
        );
        assert_eq!(forests.of_source(0, &sources[0]).len(), 3);
    }

    #[test]
    fn a_name_holds_for_the_whole_source_and_for_child_domains_elsewhere() {
        let sources = [
            source("child.ldf", None, &["CN=a,DC=eu,DC=corp,DC=example"]),
            source("root.ldf", Some("Corp"), &["CN=b,DC=corp,DC=example"]),
        ];
        assert_eq!(names(&assign(&sources, &[])), [("Corp", "corp.example")]);
    }

    #[test]
    fn objects_without_a_domain_join_the_only_forest_or_take_the_name_of_the_file() {
        let one = [source("a.ldf", None, &["CN=b,DC=corp,DC=example"]), source("b.csv", None, &["CN=x"])];
        assert_eq!(names(&assign(&one, &[])), [("corp.example", "corp.example")]);
        let alone = [source("/tmp/Users.csv", None, &["CN=x"])];
        assert_eq!(names(&assign(&alone, &[])), [("users", "")]);
    }
}
