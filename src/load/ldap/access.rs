//! How live directories are reached: account, TLS, time-outs, paging. Filled by the command line and the settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::event::Observer;

/// A password. Never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a password.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// True for the empty password, which servers take for an anonymous bind (RFC 4513 section 5.1.2, read 2026-11-25).
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Who reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Account {
    /// Nobody: no bind is made.
    #[default]
    Anonymous,
    /// A name (DN, `user@domain` or `DOMAIN\user`) and its password.
    Simple {
        /// The name.
        name: String,
        /// The password.
        password: Secret,
    },
    /// The holder of the client certificate.
    External,
    /// The holder of the Kerberos ticket.
    Gssapi,
    /// A name and its password, which itself is not sent.
    Ntlm {
        /// `DOMAIN\user` or `user@domain`.
        name: String,
        /// The password.
        password: Secret,
    },
}

/// PEM files of a client certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, and those that lead to its root.
    pub certificate: String,
    /// The private key.
    pub key: String,
}

/// How one live source is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveOptions {
    /// Who reads.
    pub account: Account,
    /// TLS is started on the plain port; refused by the server, the connection is given up.
    pub starttls: bool,
    /// PEM file of trusted certificates, beside those of the system.
    pub ca: Option<String>,
    /// Certificates are not verified.
    pub insecure: bool,
    /// A simple bind without TLS is allowed.
    pub allow_plaintext: bool,
    /// For [`Account::External`].
    pub client_certificate: Option<ClientCertificate>,
    /// For each operation.
    pub timeout: Duration,
    /// Entries asked for at a time.
    pub page_size: u32,
    /// Between pages.
    pub page_delay: Duration,
    /// Largest message that is taken from a server: bounds what one entry may take.
    pub max_message_bytes: usize,
}

/// Seconds for each operation, unless asked for otherwise.
pub const TIMEOUT_SECONDS: u64 = 30;
/// Entries per page, unless asked for otherwise: what AD gives at most, and what no server refuses by default.
pub const PAGE_SIZE: u32 = 1000;
/// Bytes of one message, unless asked for otherwise: a group of about a million members in one piece.
pub const MAX_MESSAGE_BYTES: usize = 64 << 20;

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            account: Account::Anonymous,
            starttls: false,
            ca: None,
            insecure: false,
            allow_plaintext: false,
            client_certificate: None,
            timeout: Duration::from_secs(TIMEOUT_SECONDS),
            page_size: PAGE_SIZE,
            page_delay: Duration::ZERO,
            max_message_bytes: MAX_MESSAGE_BYTES,
        }
    }
}

/// The options of every live source of a run, and who is told what happens.
#[derive(Debug, Clone, Default)]
pub struct LiveAccess {
    sources: Vec<(Option<String>, String, Arc<LiveOptions>)>,
    /// Told what happens while directories are read.
    pub observer: Observer,
}

impl LiveAccess {
    /// Sets the options of the source with this NAME and URL.
    pub fn set(&mut self, forest: Option<&str>, url: &str, options: LiveOptions) {
        self.sources.push((forest.map(str::to_owned), url.to_owned(), Arc::new(options)));
    }

    /// The options of a source; the defaults where nothing was set.
    pub fn of(&self, forest: Option<&str>, url: &str) -> Arc<LiveOptions> {
        let found = self.sources.iter().find(|(own, text, _)| own.as_deref() == forest && text == url);
        found.map(|(_, _, options)| Arc::clone(options)).unwrap_or_default()
    }
}
