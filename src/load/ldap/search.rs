//! One search, in pages (RFC 2696, read 2026-11-25), and how it ended.
//!
//! ldap3 tells of a result code other than 0 only at the end of the stream, and of a lost connection only that it is
//! lost; both are put into one [`Stop`] here. Page sizes are negotiated downwards, since servers answer too large ones
//! in their own ways: AD gives less, slapd refuses (`live-ldap-lab` section 2.4, read 2026-11-25).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use ldap3::controls::PagedResults;
use ldap3::{Ldap, LdapError, LdapResult, ResultEntry};
use tokio::time::Instant;

use super::ber::{Elements, tag};
use super::entry::{self, Entry, RawEntry};
use super::explain;
use super::fence::{Fault, Wire};
use super::message::Answer;
use super::url::{LdapUrl, Scope};

/// OID of the control.
pub(super) const PAGING: &str = "1.2.840.113556.1.4.319";
/// Pages without an entry in a row. AD gives some when a filter matches little; a server that gives only such is broken.
const MAX_EMPTY_PAGES: u32 = 1_000;

/// What is searched.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) base: String,
    pub(super) scope: Scope,
    pub(super) filter: String,
    pub(super) attributes: Vec<String>,
}

/// Why a search did not end with everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// A result code other than 0.
    Result(Answer),
    /// The connection ended.
    Fault(Fault),
    /// Nothing came for this long.
    Silence(Duration),
    /// Page after page without an entry.
    EmptyPages,
    /// Nobody wants the entries any more.
    Unwanted,
    /// The client gave up.
    Client(String),
}

impl Stop {
    /// What is wrong, and what to do about it.
    pub(super) fn explain(&self, url: &LdapUrl) -> (String, String) {
        let again = "Try again; name a domain controller that is closer or less busy.".to_owned();
        match self {
            Self::Result(answer) => (explain::result(answer), advice(answer)),
            Self::Fault(fault) => explain::fault(fault, url),
            Self::Silence(timeout) => (
                format!("nothing came for {} seconds", timeout.as_secs_f64()),
                "--timeout allows more time, --page-size asks for less at a time.".into(),
            ),
            Self::EmptyPages => (format!("{MAX_EMPTY_PAGES} pages in a row held nothing"), again),
            Self::Unwanted => ("the search was given up".into(), String::new()),
            Self::Client(problem) => (problem.clone(), again),
        }
    }
}

fn advice(answer: &Answer) -> String {
    match answer.code {
        // AD: "In order to perform this operation a successful bind must be completed on the connection."; Samba: "Operation
        // unavailable without authentication"; slapd: "authentication required".
        1 | 53 if ["bind", "authentication"].iter().any(|word| answer.text.contains(word)) => {
            "The directory wants to know who reads: use --bind-dn or --sasl."
        }
        3 | 4 | 11 => "The server sets limits: use --page-size, or an account with higher limits.",
        8 | 13 => "The server wants an encrypted connection: use ldaps:// or --starttls.",
        10 => "What was asked for is on another server; name that one in the URL.",
        50 => "The account may not read this; use another.",
        51 | 52 => "The server is busy or about to stop: try again, or name another.",
        _ => "Try again, or ask who runs the directory.",
    }
    .to_owned()
}

/// A connection that can be searched over, and how long to wait for each step.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) ldap: Ldap,
    pub(super) wire: Arc<Wire>,
    pub(super) timeout: Duration,
}

/// What a search gives while it runs.
#[derive(Debug)]
pub(super) enum Item<'m> {
    Entry(RawEntry<'m>),
    /// URLs of a search reference.
    Reference(Vec<Vec<u8>>),
}

/// A search of ldap3.
type Stream<'q> = ldap3::SearchStream<'q, String, &'q [String]>;

/// What a page ended with.
struct PageEnd {
    result: LdapResult,
    items: u64,
}

impl Line {
    /// Everything that a search gives, at once: for small ones.
    pub(super) async fn all(&self, query: &Query) -> Result<Vec<Entry>, Stop> {
        let mut found = Vec::new();
        let mut take = |item: Item<'_>| {
            if let Item::Entry(entry) = item {
                found.push(Entry::from(entry));
            }
            Ok(())
        };
        match self.run(query, None, &mut take).await?.result {
            result if result.rc == 0 => Ok(found),
            result => Err(Stop::Result(answer(result))),
        }
    }

    async fn run(
        &self,
        query: &Query,
        paging: Option<PagedResults>,
        take: &mut (impl FnMut(Item<'_>) -> Result<(), Stop> + Send),
    ) -> Result<PageEnd, Stop> {
        let mut ldap = self.ldap.clone();
        if let Some(paging) = paging {
            ldap.with_controls(ldap3::controls::RawControl::from(paging));
        }
        let scope = match query.scope {
            Scope::Base => ldap3::Scope::Base,
            Scope::One => ldap3::Scope::OneLevel,
            Scope::Subtree => ldap3::Scope::Subtree,
        };
        let started = ldap.streaming_search(&query.base, scope, &query.filter, query.attributes.as_slice());
        let mut stream = started.await.map_err(|error| self.stop(&error))?;
        let id = u32::try_from(stream.ldap_handle().last_id()).unwrap_or_default();
        let mut items = 0;
        loop {
            let next = self.wait(&mut stream, || self.take_entries(id, &mut items, take)).await;
            // What came before the end counts, whatever the end.
            self.take_entries(id, &mut items, take)?;
            let Some(ResultEntry { 0: tag, .. }) = next? else { break };
            items += 1;
            take(Item::Reference(entry::reference_urls(tag)))?;
        }
        let result = stream.finish().await;
        Ok(PageEnd { result, items })
    }

    /// The next of what ldap3 is given: a search reference, or the end. Meanwhile entries are taken as they come.
    async fn wait(
        &self,
        stream: &mut Stream<'_>,
        mut take_entries: impl FnMut() -> Result<(), Stop>,
    ) -> Result<Option<ResultEntry>, Stop> {
        let mut next = std::pin::pin!(stream.next());
        // Whoever takes entries may be slow; the server is not silent for that.
        let mut listening_since = Instant::now();
        loop {
            let deadline = self.wire.last_message().max(listening_since) + self.timeout;
            tokio::select! {
                biased;
                next = &mut next => return next.map_err(|error| self.stop(&error)),
                () = self.wire.is_ripe() => {
                    take_entries()?;
                    listening_since = Instant::now();
                }
                () = tokio::time::sleep_until(deadline) => {
                    if self.wire.last_message().max(listening_since) + self.timeout <= Instant::now() {
                        return Err(Stop::Silence(self.timeout));
                    }
                }
            }
        }
    }

    fn take_entries(
        &self,
        id: u32,
        items: &mut u64,
        take: &mut impl FnMut(Item<'_>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        for content in self.wire.take(id).entries() {
            *items += 1;
            take(Item::Entry(RawEntry::of(content)))?;
        }
        Ok(())
    }

    fn stop(&self, error: &LdapError) -> Stop {
        match (error, self.wire.fault()) {
            (_, Some(fault)) => Stop::Fault(fault),
            (error, None) => Stop::Client(format!("the LDAP client gave up ({error})")),
        }
    }
}

fn answer(result: LdapResult) -> Answer {
    Answer { code: result.rc, matched: result.matched, text: result.text, referrals: result.refs, sasl: None }
}

/// A search page by page.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    line: &'a Line,
    query: &'a Query,
    /// Entries asked for at a time; 0: paging is off.
    pub(super) size: u32,
    cookie: Vec<u8>,
    /// Pages read.
    pub(super) number: u64,
    empty: u32,
    sizes_tried: VecDeque<u32>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(line: &'a Line, query: &'a Query, size: u32) -> Self {
        Self { line, query, size, cookie: Vec::new(), number: 0, empty: 0, sizes_tried: VecDeque::new() }
    }

    /// Page sizes that the server did not take.
    pub(super) fn refused_sizes(&mut self) -> Option<u32> {
        self.sizes_tried.pop_front()
    }

    /// Reads the next page; false when it was the last.
    pub(super) async fn next(
        &mut self,
        take: &mut (impl FnMut(Item<'_>) -> Result<(), Stop> + Send),
    ) -> Result<bool, Stop> {
        let size = i32::try_from(self.size).unwrap_or(i32::MAX);
        let paging = (size > 0).then(|| PagedResults { size, cookie: std::mem::take(&mut self.cookie) });
        let end = self.line.run(self.query, paging, take).await?;
        if end.result.rc != 0 {
            return self.refused(end);
        }
        self.number += 1;
        self.empty = if end.items == 0 { self.empty + 1 } else { 0 };
        if self.empty > MAX_EMPTY_PAGES {
            return Err(Stop::EmptyPages);
        }
        // Without the control in the answer, the server does not page: this was all.
        self.cookie = cookie(&end.result)?.unwrap_or_default();
        Ok(!self.cookie.is_empty())
    }

    /// Nothing has come yet and the server does not like the way it was asked: ask for less, then without pages.
    fn refused(&mut self, end: PageEnd) -> Result<bool, Stop> {
        let untouched = self.number == 0 && end.items == 0 && self.size > 0;
        match end.result.rc {
            11 if untouched && self.size > 1 => {
                self.sizes_tried.push_back(self.size);
                self.size /= 2;
                Ok(true)
            }
            12 | 53 if untouched => {
                self.sizes_tried.push_back(self.size);
                self.size = 0;
                Ok(true)
            }
            _ => Err(Stop::Result(answer(end.result))),
        }
    }
}

/// The cookie of the paging control in an answer (RFC 2696 section 2); `None` without the control.
fn cookie(result: &LdapResult) -> Result<Option<Vec<u8>>, Stop> {
    let Some(control) = result.ctrls.iter().map(|control| &control.1).find(|own| own.ctype == PAGING) else {
        return Ok(None);
    };
    let read = || {
        let mut value = Elements(control.val.as_deref().unwrap_or_default());
        let mut parts = Elements(value.expect(tag::SEQUENCE, "a paging control without a value")?);
        parts.expect(tag::INTEGER, "a paging control without a size")?;
        parts.expect(tag::OCTETS, "a paging control without a cookie")
    };
    read().map(|cookie| Some(cookie.to_vec())).map_err(|fault| Stop::Fault(fault.into()))
}

#[cfg(test)]
mod tests {
    use ldap3::{LdapConnAsync, LdapConnSettings};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::super::ber::element;
    use super::super::{fence, pair};
    use super::*;

    fn message(operation: &[u8]) -> Vec<u8> {
        element(tag::SEQUENCE, &[&[tag::INTEGER, 1, 1], operation].concat())
    }

    /// Answers to the first request: so many entries of 100 kB, and a short end.
    fn answers(entries: usize) -> Vec<u8> {
        let dn = element(tag::OCTETS, &vec![b'x'; 100_000]);
        let entry = element(tag::SEARCH_ENTRY, &[dn, element(tag::SEQUENCE, b"")].concat());
        let done = [tag::ENUMERATED, 1, 0, tag::OCTETS, 0, tag::OCTETS, 0];
        [message(&entry).repeat(entries), message(&element(tag::SEARCH_DONE, &done))].concat()
    }

    async fn read_slowly(entries: usize, timeout: Duration) -> Result<u64, Stop> {
        let (mut server, network) = tokio::io::duplex(16 << 20);
        let (ours, theirs) = pair::make().await.unwrap();
        let wire = Arc::new(Wire::default());
        let relayed = Arc::clone(&wire);
        tokio::spawn(async move { fence::relay(network, ours, &relayed, 1 << 20).await });
        let settings = LdapConnSettings::new().set_std_stream(theirs);
        let (driver, ldap) = LdapConnAsync::with_settings(settings, pair::URL).await.unwrap();
        tokio::spawn(driver.drive());
        tokio::spawn(async move {
            server.read_u8().await.unwrap();
            let answers = answers(entries);
            // Just so many that they are to be taken.
            let (first, rest) = answers.split_at(answers.len() / entries * 11);
            server.write_all(first).await.unwrap();
            // The rest comes soon after the taker is back.
            tokio::time::sleep(2 * timeout + timeout / 4).await;
            server.write_all(rest).await.unwrap();
            std::future::pending::<()>().await;
        });
        let query =
            Query { base: String::new(), scope: Scope::Base, filter: "(a=*)".into(), attributes: Vec::new() };
        let mut is_first = true;
        let mut take = |_: Item<'_>| {
            if std::mem::take(&mut is_first) {
                std::thread::sleep(2 * timeout);
            }
            Ok(())
        };
        Line { ldap, wire, timeout }.run(&query, None, &mut take).await.map(|end| end.items)
    }

    #[test]
    fn a_server_is_not_silent_because_its_entries_are_taken_slowly() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let read = runtime.block_on(read_slowly(30, Duration::from_secs(1)));
        assert_eq!(read, Ok(30));
    }
}
