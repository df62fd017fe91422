//! From a URL to a connection that ldap3 can search over: TCP, TLS, bind, fence. Every step has the time-out.
//!
//! The bind is made before ldap3 is given the connection, so that a password passes through nothing but TLS.

use std::sync::Arc;
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::access::LiveOptions;
use super::ber::{self, element, tag};
use super::bind;
use super::event::{Event, Observer};
use super::explain::{self, failed};
use super::fence::{self, Wire};
use super::message::Answer;
use super::pair;
use super::tls;
use super::url::LdapUrl;
use crate::load::LoadError;

/// A connection, bound and fenced.
pub(super) struct Connection {
    pub(super) ldap: Ldap,
    /// Why it ended, if it did.
    pub(super) wire: Arc<Wire>,
    relay: JoinHandle<()>,
}

/// How long a server may take to hear that nothing more is wanted.
const FAREWELL: Duration = Duration::from_secs(1);

impl Connection {
    /// Takes leave. Whatever goes wrong with that does not matter any more.
    pub(super) async fn close(mut self) {
        let unbind = self.ldap.unbind();
        let _ = tokio::time::timeout(FAREWELL, unbind).await;
        drop(self.ldap);
        let _ = tokio::time::timeout(FAREWELL, self.relay).await;
    }
}

/// Where a source is, and how it is reached.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) url: &'a LdapUrl,
    pub(super) options: &'a LiveOptions,
    pub(super) observer: &'a Observer,
}

impl Target<'_> {
    pub(super) fn say(&self, level: u8, text: impl FnOnce() -> String) {
        self.observer.say(&self.url.text, level, text);
    }

    /// Waits, but not longer than allowed.
    pub(super) async fn within<T>(&self, doing: &str, work: impl Future<Output = T>) -> Result<T, LoadError> {
        let timeout: Duration = self.options.timeout;
        tokio::time::timeout(timeout, work).await.map_err(|_| {
            let seconds = timeout.as_secs_f64();
            failed(
                self.url,
                format!("{doing} took longer than {seconds} seconds"),
                "Check the name, the port and the firewalls between; --timeout allows more time.",
            )
        })
    }
}

/// Connects and binds.
pub(super) async fn open(target: Target<'_>) -> Result<Connection, LoadError> {
    let Target { url, options, observer } = target;
    bind::refuse_cleartext(url, options)?;
    let uses_tls = url.tls || options.starttls;
    let config = if uses_tls { Some(tls::config(url, options)?) } else { None };
    let mut stream = target.within("connecting", dial(url)).await??;
    target.say(1, || format!("connected to {}", url.address()));
    let Some(config) = config else {
        bind::bind(target, &mut stream, None).await?;
        return hand_over(target, stream).await;
    };
    if options.starttls && !url.tls {
        start_tls(target, &mut stream).await?;
    }
    if options.insecure {
        observer.tell(&url.text, &Event::Unverified);
    }
    let name = ServerName::try_from(url.host.clone()).map_err(|_| {
        failed(url, format!("{} is no name that a certificate could hold", url.host), "Use the DNS name.")
    })?;
    let connecting = TlsConnector::from(config).connect(name, stream);
    let mut stream = target.within("the TLS handshake", connecting).await?.map_err(|error| {
        let (problem, advice) = tls::explain(&error, url);
        failed(url, problem, advice)
    })?;
    target.say(1, || describe(&stream));
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).cloned();
    bind::bind(target, &mut stream, certificate.as_deref()).await?;
    hand_over(target, stream).await
}

fn describe(stream: &TlsStream<TcpStream>) -> String {
    let session = stream.get_ref().1;
    let version = session.protocol_version().map(|version| format!("{version:?}")).unwrap_or_default();
    let suite = session.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()));
    format!("encrypted: {version}, {}", suite.unwrap_or_default())
}

async fn dial(url: &LdapUrl) -> Result<TcpStream, LoadError> {
    let refused = |error: std::io::Error| {
        let advice = "Check the name, the port (389, 636; 3268, 3269 for a global catalogue) and the firewalls between.";
        failed(url, format!("{} cannot be reached ({error})", url.address()), advice)
    };
    let stream = TcpStream::connect((url.host.as_str(), url.port)).await.map_err(refused)?;
    stream.set_nodelay(true).map_err(refused)?;
    Ok(stream)
}

/// A request made by ourselves, and its answer.
pub(super) async fn exchange(
    target: Target<'_>,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    doing: &str,
    (id, request): (u8, &[u8]),
    expected: u8,
) -> Result<Answer, LoadError> {
    use tokio::io::AsyncWriteExt as _;
    let url = target.url;
    let mut bytes = Vec::new();
    let work = async {
        let message = ber::request(id, request);
        let written = async {
            stream.write_all(&message).await?;
            stream.flush().await
        };
        written.await.map_err(|error| fence::Fault::of(&error, 0))?;
        fence::read_one(stream, ANSWER_BYTES, &mut bytes).await
    };
    let fault = match target.within(doing, work).await? {
        Ok(message) if message.id == u32::from(id) && message.operation == expected => match message.answer {
            Some(answer) => return Ok(answer),
            None => fence::Fault::Unexpected(message.operation),
        },
        Ok(message) => fence::Fault::Unexpected(message.operation),
        Err(fault) => fault,
    };
    let (problem, advice) = explain::fault(&fault, url);
    Err(failed(url, format!("{doing}: {problem}"), advice))
}

/// No answer to a bind or to StartTLS is larger.
const ANSWER_BYTES: usize = 1 << 20;
/// RFC 4511 section 4.14.1.
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";

async fn start_tls(target: Target<'_>, stream: &mut TcpStream) -> Result<(), LoadError> {
    let request = element(tag::EXTENDED_REQUEST, &element(tag::REQUEST_NAME, START_TLS));
    let answer = exchange(target, stream, "StartTLS", (1, &request), tag::EXTENDED_RESPONSE).await?;
    if answer.code == 0 {
        return Ok(());
    }
    let problem = format!("the server refused StartTLS with {}", explain::result(&answer));
    let advice = "Use ldaps:// if the server has it; nothing was sent without encryption. A domain controller needs a \
                  certificate for either.";
    Err(failed(target.url, problem, advice))
}

/// Gives the connection to ldap3, behind the fence.
async fn hand_over(
    target: Target<'_>,
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
) -> Result<Connection, LoadError> {
    let inner =
        |problem: String| failed(target.url, problem, "This is a fault of this computer, or of presync.");
    let (ours, theirs) =
        pair::make().await.map_err(|error| inner(format!("a local connection cannot be made ({error})")))?;
    let wire = Arc::new(Wire::default());
    let limit = target.options.max_message_bytes;
    let relay = tokio::spawn({
        let wire = Arc::clone(&wire);
        async move { fence::relay(stream, ours, &wire, limit).await }
    });
    let settings = LdapConnSettings::new().set_std_stream(theirs);
    let (driver, ldap) = LdapConnAsync::with_settings(settings, pair::URL)
        .await
        .map_err(|error| inner(format!("the LDAP client cannot be started ({error})")))?;
    tokio::spawn(driver.drive());
    Ok(Connection { ldap, wire, relay })
}
