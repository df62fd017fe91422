//! Reads a directory on a thread of its own and hands over what comes, piece by piece.
//!
//! The thread runs the network and nothing else; text and chunks are made by whoever takes the pieces. When these are
//! not taken fast enough, the thread waits, and with it the server: memory stays bounded by a few pieces.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::access::LiveOptions;
use super::connect::{self, Target};
use super::entry::{self, Entry};
use super::event::{Event, Observer};
use super::explain::{self, failed};
use super::partitions::{self, ForestFacts};
use super::ranges::{self, Incomplete};
use super::root_dse::{self, ServerFacts};
use super::search::{Item, Line, Pages, Query, Stop};
use super::url::LdapUrl;
use crate::load::LoadError;
use crate::load::notes::Notes;

/// Pieces that may wait to be taken.
const PIECES_AHEAD: usize = 4;
/// Bytes of a piece, about.
const PIECE_BYTES: usize = 1 << 20;
/// Entries whose large attributes are completed together.
const SLICED_TOGETHER: usize = 256;

/// Search references whose URL is kept.
const REFERENCES_KEPT: usize = 100;

/// Something read.
pub(super) enum Piece {
    /// First, once: what the server says of itself, and the base that is read.
    Server(Box<(ServerFacts, String)>),
    /// Entries as LDIF, in the order of the server but for those that had to be completed.
    Records(Vec<u8>),
}

/// How it ended.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// Why not everything was read.
    pub(super) stop: Option<Stop>,
    pub(super) incomplete: Incomplete,
    pub(super) entries: u64,
    pub(super) references: u64,
    /// The first URL of each of the first search references.
    pub(super) reference_urls: Vec<String>,
    pub(super) forest: ForestFacts,
    /// What is to be said of the entries.
    pub(super) notes: Notes,
    /// Entries per page that the server took; 0: it does not page.
    pub(super) page_size: u32,
}

/// What to read.
pub(super) struct Order<'a> {
    pub(super) url: &'a LdapUrl,
    pub(super) options: &'a LiveOptions,
    pub(super) observer: &'a Observer,
    /// Attributes to ask for.
    pub(super) attributes: Vec<String>,
}

/// Reads; `take` is given every piece. Fails when the server cannot be reached or asked, the base does not exist, or
/// `take` fails; what goes wrong later is part of the summary.
pub(super) fn read(
    order: &Order<'_>,
    take: &mut dyn FnMut(Piece) -> Result<(), LoadError>,
) -> Result<Summary, LoadError> {
    let (sender, receiver) = sync_channel(PIECES_AHEAD);
    let broken = |problem: &str| {
        failed(order.url, problem.to_owned(), "This is a fault of presync; please report it.")
    };
    std::thread::scope(|scope| {
        let network = scope.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| broken(&format!("no network: {error}")))?;
            let result = runtime.block_on(work(order, sender));
            // A look-up of a name may still be under way; nobody waits for it.
            runtime.shutdown_background();
            result
        });
        let taken = receiver.iter().try_for_each(take);
        drop(receiver);
        let result = network.join().unwrap_or_else(|_| Err(broken("the thread of the network failed")));
        taken.and(result)
    })
}

async fn work(order: &Order<'_>, sender: SyncSender<Piece>) -> Result<Summary, LoadError> {
    let target = Target { url: order.url, options: order.options, observer: order.observer };
    let connection = connect::open(target).await?;
    let line = Line {
        ldap: connection.ldap.clone(),
        wire: Arc::clone(&connection.wire),
        timeout: order.options.timeout,
    };
    let result = ask(order, target, line, sender).await;
    order.observer.tell(&order.url.text, &Event::Finished);
    connection.close().await;
    result
}

/// Everything that is asked, in the order of `docs/live-directory.md`.
async fn ask(
    order: &Order<'_>,
    target: Target<'_>,
    line: Line,
    sender: SyncSender<Piece>,
) -> Result<Summary, LoadError> {
    let server = root_dse::read(&line).await.map_err(|stop| {
        let (problem, advice) = stop.explain(order.url);
        failed(order.url, format!("the server cannot be asked what it holds: {problem}"), advice)
    })?;
    describe(target, &server);
    let base = match order.url.base.as_deref().or(server.base()) {
        Some(base) => base.to_owned(),
        None => return Err(no_base(order.url, &server)),
    };
    let query = Query {
        base: base.clone(),
        scope: order.url.scope,
        filter: order.url.filter.clone(),
        attributes: order.attributes.clone(),
    };
    target.say(2, || {
        let (scope, attributes) = (query.scope.name(), query.attributes.join(" "));
        format!("searching {base} ({scope}) for {}, attributes {attributes}", query.filter)
    });
    let mut reading = Reading { target, line: &line, sender, summary: Summary::default() };
    if reading.sender.send(Piece::Server(Box::new((server.clone(), base.clone())))).is_err() {
        return Ok(reading.summary);
    }
    let paged = if server.has_paging { order.options.page_size } else { 0 };
    reading.pages(&query, paged).await;
    let mut summary = reading.summary;
    match &summary.stop {
        Some(Stop::Result(answer)) if answer.code == 32 && summary.entries == 0 => {
            Err(missing_base(order.url, &base, &answer.matched))
        }
        Some(_) => Ok(summary),
        None => {
            summary.forest = forest(target, &line, &server).await;
            Ok(summary)
        }
    }
}

fn describe(target: Target<'_>, server: &ServerFacts) {
    target.say(1, || {
        let host = server.host.as_deref().unwrap_or("the server");
        let product = server.product.as_deref().unwrap_or("a directory");
        let base = server.base().unwrap_or("no default naming context");
        format!("{} is {} with {}", explain::plain(host), explain::plain(product), explain::plain(base))
    });
}

async fn forest(target: Target<'_>, line: &Line, server: &ServerFacts) -> ForestFacts {
    match partitions::read(line, server).await {
        Ok(facts) => facts,
        Err(stop) => {
            target.say(1, || {
                let (problem, _) = stop.explain(target.url);
                format!("the partitions of the forest could not be read: {problem}")
            });
            ForestFacts::default()
        }
    }
}

fn no_base(url: &LdapUrl, server: &ServerFacts) -> LoadError {
    let contexts: Vec<String> = server.naming_contexts.iter().map(|dn| explain::plain(dn)).collect();
    let (problem, advice) = if contexts.is_empty() {
        (
            "the server does not say what it holds",
            "Name the base in the URL: ldaps://dc1.corp.example/DC=corp,DC=example".to_owned(),
        )
    } else {
        (
            "the server holds several naming contexts and none is the default",
            format!("Name one in the URL: {}", contexts.join("; ")),
        )
    };
    unusable(url, problem.to_owned(), advice)
}

fn missing_base(url: &LdapUrl, base: &str, matched: &str) -> LoadError {
    let matched = explain::plain(matched);
    let nearest =
        if matched.is_empty() { String::new() } else { format!("; the nearest that does is {matched}") };
    unusable(
        url,
        format!("{base} does not exist, or the account may not see it{nearest}"),
        "Check the base in the URL; without one, the domain of the server is read.".into(),
    )
}

/// The address is right, what is named there is not.
fn unusable(url: &LdapUrl, problem: String, advice: String) -> LoadError {
    LoadError::Unusable { path: url.text.clone(), line: None, problem, advice }
}

/// A search under way.
struct Reading<'a> {
    target: Target<'a>,
    line: &'a Line,
    sender: SyncSender<Piece>,
    summary: Summary,
}

impl Reading<'_> {
    async fn pages(&mut self, query: &Query, size: u32) {
        let mut pages = Pages::new(self.line, query, size);
        let mut sliced = Vec::new();
        loop {
            let more = self.page(&mut pages, &mut sliced).await;
            self.summary.page_size = pages.size;
            while let Some(size) = pages.refused_sizes() {
                self.target
                    .say(1, || format!("the server takes no pages of {size} entries; asking for fewer"));
            }
            let go_on = match more {
                Ok(more) => more,
                Err(stop) => {
                    self.summary.stop = Some(stop);
                    false
                }
            };
            if sliced.len() >= SLICED_TOGETHER || (!go_on && !sliced.is_empty()) {
                self.complete(&mut sliced).await;
            }
            let (number, entries) = (pages.number, self.summary.entries);
            self.target.observer.tell(&self.target.url.text, &Event::Page { number, entries });
            if !go_on {
                return;
            }
            let delay = self.target.options.page_delay;
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
        }
    }

    /// One page; what is whole goes out, what has slices is put aside.
    async fn page(&mut self, pages: &mut Pages<'_>, sliced: &mut Vec<Entry>) -> Result<bool, Stop> {
        let mut records = Vec::new();
        let (sender, summary) = (&self.sender, &mut self.summary);
        let mut take = |item: Item<'_>| {
            let entry = match item {
                Item::Entry(entry) => entry,
                Item::Reference(urls) => {
                    summary.references += 1;
                    if summary.reference_urls.len() < REFERENCES_KEPT {
                        let first = urls.first().map(|url| String::from_utf8_lossy(url).into_owned());
                        summary.reference_urls.extend(first);
                    }
                    return Ok(());
                }
            };
            summary.entries += 1;
            if entry.is_sliced() {
                sliced.push(Entry::from(entry));
                return Ok(());
            }
            entry::write(entry, &mut records, &mut summary.notes);
            if records.len() < PIECE_BYTES {
                return Ok(());
            }
            let space = Vec::with_capacity(records.capacity());
            let piece = Piece::Records(std::mem::replace(&mut records, space));
            sender.send(piece).map_err(|_| Stop::Unwanted)
        };
        let more = pages.next(&mut take).await;
        // What came before a cut counts.
        if !records.is_empty() && self.sender.send(Piece::Records(records)).is_err() {
            return Err(Stop::Unwanted);
        }
        more
    }

    async fn complete(&mut self, sliced: &mut Vec<Entry>) {
        let mut entries = std::mem::take(sliced);
        let incomplete = ranges::complete(self.line, &mut entries).await;
        self.summary.incomplete.append(incomplete);
        for entry in entries {
            let mut record = Vec::new();
            entry::write_completed(&entry, &mut record, &mut self.summary.notes);
            if self.sender.send(Piece::Records(record)).is_err() {
                self.summary.stop.get_or_insert(Stop::Unwanted);
                return;
            }
        }
    }
}
