//! Stands between a server and ldap3: only whole, checked messages that were asked for come through.
//!
//! ldap3 is given one end of a pair of local sockets; [`relay`] carries messages between the other end and the server.
//! What a server does wrong ends the connection and is kept as a [`Fault`], which ldap3 itself does not tell (it says
//! "end of stream" to everything). TLS ends here, so that what is checked is what ldap3 sees. Memory is bounded by the
//! largest message allowed, whatever length is announced.

use std::collections::HashSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::ber::{self, Elements, tag};
use super::message::{self, Answer, Message};

/// Read at a time.
const READ_BYTES: usize = 128 << 10;

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

/// What both ends of a connection know of each other.
#[derive(Debug, Default)]
pub(super) struct Wire(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Numbers of searches that were sent and are not answered to the end.
    searches: HashSet<u32>,
    fault: Option<Fault>,
}

impl Wire {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why the connection ended, if it did.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.with(|state| state.fault.clone())
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
pub(super) async fn read_one(stream: &mut (impl AsyncRead + Unpin), limit: usize) -> Result<Message, Fault> {
    let mut bytes = Vec::new();
    loop {
        let missing = match whole(&bytes, limit, true)? {
            Some(_) => break,
            None => match ber::header(&bytes)? {
                Some(header) => header.head_bytes + header.content_bytes - bytes.len(),
                None => 1,
            },
        };
        let received = bytes.len() as u64;
        let mut part = stream.take(missing.min(READ_BYTES) as u64);
        match part.read_buf(&mut bytes).await {
            Ok(0) => return Err(Fault::Closed { after_bytes: received }),
            Ok(_) => {}
            Err(error) => return Err(Fault::of(&error, received)),
        }
    }
    let message = message::read(&bytes)?;
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
    let mut received = 0_u64;
    loop {
        let is_first = received == buffer.len() as u64;
        let (good, fault) = checked(&mut buffer, wire, limit, is_first);
        if good > 0 {
            if to.write_all(buffer.get(..good).unwrap_or_default()).await.is_err() {
                return None;
            }
            buffer.drain(..good);
        }
        if fault.is_some() {
            return fault;
        }
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

/// How many bytes at the start of the buffer may be handed on, and what came after them that is wrong. Messages that
/// nobody waits for are taken out.
fn checked(buffer: &mut Vec<u8>, wire: &Wire, limit: usize, is_first: bool) -> (usize, Option<Fault>) {
    let mut good = 0;
    loop {
        let rest = buffer.get(good..).unwrap_or_default();
        let size = match whole(rest, limit, is_first && good == 0) {
            Ok(Some(size)) => size,
            Ok(None) => return (good, None),
            Err(fault) => return (good, Some(fault)),
        };
        let bytes = rest.get(..size).unwrap_or_default();
        match message::read(bytes).map_err(Fault::from).and_then(|message| allowed(message, wire)) {
            Ok(true) => good += size,
            Ok(false) => {
                buffer.drain(good..good + size);
            }
            Err(fault) => return (good, Some(fault)),
        }
    }
}

/// Whether a message goes to ldap3.
fn allowed(message: Message, wire: &Wire) -> Result<bool, Fault> {
    match message {
        Message { id: 0, answer: Some(answer), .. } => Err(Fault::Disconnected(answer)),
        Message { id, operation, .. } => wire.with(|state| {
            if !state.searches.contains(&id) {
                return Ok(false);
            }
            match operation {
                tag::SEARCH_ENTRY | tag::SEARCH_REFERENCE => Ok(true),
                tag::INTERMEDIATE => Ok(false),
                tag::SEARCH_DONE => {
                    state.searches.remove(&id);
                    Ok(true)
                }
                other => Err(Fault::Unexpected(other)),
            }
        }),
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
                wire.with(|state| state.searches.insert(id));
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
