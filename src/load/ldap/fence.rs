//! Stands between a server and ldap3: only whole, checked messages that were asked for come through.
//!
//! ldap3 is given one end of a pair of local sockets; [`relay`] carries messages between the other end and the server.
//! Search entries do not take that way: ldap3 would make several allocations of every value. They are kept here as they
//! came, and whoever searches takes them ([`Wire::take`]).
//! What a server does wrong ends the connection and is kept as a [`Fault`], which ldap3 itself does not tell (it says
//! "end of stream" to everything). TLS ends here, so that what is checked is what ldap3 sees. Memory is bounded by the
//! largest message allowed, whatever length is announced.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::ber::{self, Elements, tag};
use super::message::{self, Answer, Message};

/// Read at a time.
const READ_BYTES: usize = 128 << 10;
/// Entries of one search that are kept before whoever searches is called.
const KEPT_BYTES: usize = 1 << 20;

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server closed it; whether anything had come before.
    Closed { after_bytes: u64 },
    /// It was cut.
    Cut(String),
    /// The server announced a message beyond the limit.
    TooLarge { announced: usize, limit: usize },
    /// The server sent what is no LDAP.
    Malformed(&'static str),
    /// The server answered with an operation that answers nothing that was asked.
    Unexpected(u8),
    /// The server speaks TLS where none was expected.
    SpeaksTls,
    /// The server said that it disconnects.
    Disconnected(Answer),
}

impl From<ber::Malformed> for Fault {
    fn from(ber::Malformed(what): ber::Malformed) -> Self {
        Self::Malformed(what)
    }
}

impl Fault {
    pub(super) fn of(error: &io::Error, after_bytes: u64) -> Self {
        match error.kind() {
            // A peer that ends TLS without saying so.
            io::ErrorKind::UnexpectedEof => Self::Closed { after_bytes },
            _ => Self::Cut(error.to_string()),
        }
    }
}

/// Entries of a search as they came: the contents of `SearchResultEntry`, checked.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    /// Where each entry ends.
    ends: Vec<usize>,
}

impl Batch {
    fn push(&mut self, content: &[u8]) {
        self.bytes.extend_from_slice(content);
        self.ends.push(self.bytes.len());
    }

    /// The entries, in the order of the server.
    pub(super) fn entries(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }
}

/// What both ends of a connection know of each other.
#[derive(Debug)]
pub(super) struct Wire {
    state: Mutex<State>,
    /// So many entries are kept that they should be taken.
    ripe: Notify,
}

#[derive(Debug)]
struct State {
    /// Searches that were sent, by number: what came of them and was not taken.
    searches: HashMap<u32, Search>,
    /// When a message came last.
    last_message: Instant,
    fault: Option<Fault>,
}

#[derive(Debug, Default)]
struct Search {
    is_done: bool,
    found: Batch,
}

impl Default for Wire {
    fn default() -> Self {
        let state = State { searches: HashMap::new(), last_message: Instant::now(), fault: None };
        Self { state: Mutex::new(state), ripe: Notify::new() }
    }
}

impl Wire {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why the connection ended, if it did.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.with(|state| state.fault.clone())
    }

    /// When the server sent something last.
    pub(super) fn last_message(&self) -> Instant {
        self.with(|state| state.last_message)
    }

    /// Ends when a search has many entries to be taken; no promise that it does so for each.
    pub(super) async fn is_ripe(&self) {
        self.ripe.notified().await;
    }

    /// What came of a search and was not taken yet. A search that is done is forgotten.
    pub(super) fn take(&self, id: u32) -> Batch {
        self.with(|state| {
            let Some(search) = state.searches.get_mut(&id) else { return Batch::default() };
            let found = std::mem::take(&mut search.found);
            if search.is_done {
                state.searches.remove(&id);
            }
            found
        })
    }
}

/// Size of the first message, once all of it is there.
fn whole(bytes: &[u8], limit: usize, is_first: bool) -> Result<Option<usize>, Fault> {
    // A TLS record: an alert or a handshake.
    if is_first && matches!(bytes, [0x15 | 0x16, 0x03, ..]) {
        return Err(Fault::SpeaksTls);
    }
    if bytes.first().is_some_and(|first| *first != tag::SEQUENCE) {
        return Err(Fault::Malformed("bytes that are no LDAP message"));
    }
    let Some(header) = ber::header(bytes)? else { return Ok(None) };
    let size = header.head_bytes.saturating_add(header.content_bytes);
    if size > limit {
        return Err(Fault::TooLarge { announced: size, limit });
    }
    Ok((bytes.len() >= size).then_some(size))
}

/// Reads one message and not a byte more: what follows a StartTLS answer belongs to TLS, whoever wrote it.
pub(super) async fn read_one<'b>(
    stream: &mut (impl AsyncRead + Unpin),
    limit: usize,
    bytes: &'b mut Vec<u8>,
) -> Result<Message<'b>, Fault> {
    loop {
        let missing = match whole(bytes, limit, true)? {
            Some(_) => break,
            None => match ber::header(bytes)? {
                Some(header) => header.head_bytes + header.content_bytes - bytes.len(),
                None => 1,
            },
        };
        let received = bytes.len() as u64;
        let mut part = stream.take(missing.min(READ_BYTES) as u64);
        match part.read_buf(bytes).await {
            Ok(0) => return Err(Fault::Closed { after_bytes: received }),
            Ok(_) => {}
            Err(error) => return Err(Fault::of(&error, received)),
        }
    }
    let message = message::read(bytes)?;
    match message {
        Message { id: 0, answer: Some(answer), .. } => Err(Fault::Disconnected(answer)),
        message => Ok(message),
    }
}

/// Carries messages until one side ends. The fault is known to `wire` before ldap3 sees the end.
pub(super) async fn relay(
    server: impl AsyncRead + AsyncWrite,
    local: impl AsyncRead + AsyncWrite,
    wire: &Wire,
    limit: usize,
) {
    let (from_server, mut to_server) = tokio::io::split(server);
    let (from_local, mut to_local) = tokio::io::split(local);
    let fault = tokio::select! {
        fault = answers(from_server, &mut to_local, wire, limit) => fault,
        fault = requests(from_local, &mut to_server, wire) => fault,
    };
    let is_over = fault.is_none();
    wire.with(|state| state.fault = state.fault.take().or(fault));
    let _ = to_local.shutdown().await;
    if is_over {
        let _ = to_server.shutdown().await;
    }
}

/// From the server; `None` when ldap3 has gone.
async fn answers(
    mut from: impl AsyncRead + Unpin,
    to: &mut (impl AsyncWrite + Unpin),
    wire: &Wire,
    limit: usize,
) -> Option<Fault> {
    let mut buffer: Vec<u8> = Vec::new();
    let mut passing: Vec<u8> = Vec::new();
    let mut received = 0_u64;
    loop {
        let is_first = received == buffer.len() as u64;
        let checked = check(&buffer, wire, limit, is_first, &mut passing);
        if !passing.is_empty() {
            if to.write_all(&passing).await.is_err() {
                return None;
            }
            passing.clear();
        }
        if checked.fault.is_some() {
            return checked.fault;
        }
        if checked.is_ripe {
            // Whoever searches runs on this thread too and goes first: what is kept stays small.
            wire.ripe.notify_waiters();
            tokio::task::yield_now().await;
        }
        buffer.drain(..checked.bytes);
        if buffer.is_empty() && buffer.capacity() > 4 * READ_BYTES {
            buffer = Vec::new();
        }
        buffer.reserve(READ_BYTES);
        match from.read_buf(&mut buffer).await {
            Ok(0) => return Some(Fault::Closed { after_bytes: received }),
            Ok(count) => received += count as u64,
            Err(error) => return Some(Fault::of(&error, received)),
        }
    }
}

/// What became of the start of the buffer.
#[derive(Debug, Default)]
struct Checked {
    /// Bytes that are dealt with.
    bytes: usize,
    /// What came after them that is wrong.
    fault: Option<Fault>,
    /// Many entries are waiting to be taken.
    is_ripe: bool,
}

/// Deals with all whole messages: entries are kept, what ldap3 waits for is added to `passing`, the rest is dropped.
fn check(buffer: &[u8], wire: &Wire, limit: usize, is_first: bool, passing: &mut Vec<u8>) -> Checked {
    let mut checked = Checked::default();
    wire.with(|state| {
        loop {
            let rest = buffer.get(checked.bytes..).unwrap_or_default();
            let step = || {
                let Some(size) = whole(rest, limit, is_first && checked.bytes == 0)? else { return Ok(None) };
                let bytes = rest.get(..size).unwrap_or_default();
                Ok(Some((bytes, message::read(bytes)?)))
            };
            let (bytes, message) = match step() {
                Ok(Some(step)) => step,
                Ok(None) => return,
                Err(fault) => {
                    checked.fault = Some(fault);
                    return;
                }
            };
            match deal_with(&message, state) {
                Ok(To::Ldap3) => passing.extend_from_slice(bytes),
                Ok(To::Kept(bytes)) => checked.is_ripe |= bytes >= KEPT_BYTES,
                Ok(To::Nobody) => {}
                Err(fault) => {
                    checked.fault = Some(fault);
                    return;
                }
            }
            state.last_message = Instant::now();
            checked.bytes += bytes.len();
        }
    });
    checked
}

/// Who gets a message.
enum To {
    Ldap3,
    /// Bytes of entries that its search has waiting.
    Kept(usize),
    /// Nobody waits for it.
    Nobody,
}

fn deal_with(message: &Message<'_>, state: &mut State) -> Result<To, Fault> {
    if let Message { id: 0, answer: Some(answer), .. } = message {
        return Err(Fault::Disconnected(answer.clone()));
    }
    let Some(search) = state.searches.get_mut(&message.id).filter(|search| !search.is_done) else {
        return Ok(To::Nobody);
    };
    match message.operation {
        tag::SEARCH_ENTRY => {
            search.found.push(message.content);
            Ok(To::Kept(search.found.bytes.len()))
        }
        tag::SEARCH_REFERENCE => Ok(To::Ldap3),
        tag::INTERMEDIATE => Ok(To::Nobody),
        tag::SEARCH_DONE => {
            search.is_done = true;
            Ok(To::Ldap3)
        }
        other => Err(Fault::Unexpected(other)),
    }
}

/// From ldap3; `None` when it has closed its end.
async fn requests(
    mut from: impl AsyncRead + Unpin,
    to: &mut (impl AsyncWrite + Unpin),
    wire: &Wire,
) -> Option<Fault> {
    let mut buffer: Vec<u8> = Vec::new();
    loop {
        let mut sent = 0;
        while let Ok(Some(size)) = whole(buffer.get(sent..).unwrap_or_default(), usize::MAX, false) {
            if let Some(id) = buffer.get(sent..sent + size).and_then(search_number) {
                wire.with(|state| state.searches.insert(id, Search::default()));
            }
            sent += size;
        }
        if sent > 0 {
            let written = to.write_all(buffer.get(..sent).unwrap_or_default()).await;
            if let Err(error) = written.and(to.flush().await) {
                return Some(Fault::of(&error, 0));
            }
            buffer.drain(..sent);
        }
        match from.read_buf(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// The number of a search request.
fn search_number(bytes: &[u8]) -> Option<u32> {
    let mut parts = Elements(Elements(bytes).expect(tag::SEQUENCE, "").ok()?);
    let id = ber::number(parts.expect(tag::INTEGER, "").ok()?, "").ok()?;
    (parts.peek() == Some(tag::SEARCH_REQUEST)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ber::element;

    fn message(id: u8, operation: &[u8]) -> Vec<u8> {
        element(tag::SEQUENCE, &[&[tag::INTEGER, 1, id], operation].concat())
    }

    fn entry(id: u8, dn: &[u8]) -> Vec<u8> {
        let content = [element(tag::OCTETS, dn), element(tag::SEQUENCE, b"")].concat();
        message(id, &element(tag::SEARCH_ENTRY, &content))
    }

    fn done(id: u8) -> Vec<u8> {
        message(id, &element(tag::SEARCH_DONE, &[tag::ENUMERATED, 1, 0, tag::OCTETS, 0, tag::OCTETS, 0]))
    }

    fn asked(ids: &[u32]) -> Wire {
        let wire = Wire::default();
        wire.with(|state| state.searches.extend(ids.iter().map(|id| (*id, Search::default()))));
        wire
    }

    fn dns(batch: &Batch) -> Vec<String> {
        let dn = |content: &[u8]| {
            Elements(content).expect(tag::OCTETS, "").map(|dn| String::from_utf8_lossy(dn).into_owned())
        };
        batch.entries().map(|content| dn(content).unwrap()).collect()
    }

    #[test]
    fn entries_are_kept_for_their_search_and_the_end_goes_to_the_client() {
        let wire = asked(&[2, 3]);
        let whole =
            [entry(2, b"CN=a"), entry(3, b"CN=b"), entry(9, b"CN=c"), entry(2, b"CN=d"), done(2)].concat();
        let cut = entry(3, b"CN=e");
        let buffer = [whole.as_slice(), &cut[..cut.len() - 1]].concat();
        let mut passing = Vec::new();
        let checked = check(&buffer, &wire, 1 << 20, true, &mut passing);
        assert_eq!((checked.bytes, checked.fault, checked.is_ripe), (whole.len(), None, false));
        assert_eq!(passing, done(2));
        assert_eq!(dns(&wire.take(2)), ["CN=a", "CN=d"]);
        assert_eq!(dns(&wire.take(3)), ["CN=b"], "of a search that goes on");
        assert_eq!(wire.with(|state| state.searches.len()), 1, "one that is over is forgotten");
        check(&entry(3, b"CN=f"), &wire, 1 << 20, false, &mut passing);
        assert_eq!(dns(&wire.take(3)), ["CN=f"]);
    }

    #[test]
    fn what_came_before_a_fault_counts_and_many_entries_ask_to_be_taken() {
        let wire = asked(&[2]);
        let long = entry(2, &vec![b'x'; KEPT_BYTES]);
        let buffer = [long.as_slice(), &entry(2, b"CN=a"), &[0x31, 0]].concat();
        let checked = check(&buffer, &wire, 2 * KEPT_BYTES, true, &mut Vec::new());
        assert!(checked.is_ripe && checked.fault.is_some());
        assert_eq!(wire.take(2).entries().count(), 2);
        assert_eq!(wire.take(2).entries().count(), 0);
    }
}
