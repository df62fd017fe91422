//! Binds: simple, EXTERNAL, and with their Cargo features GSSAPI and NTLM.
//!
//! A bind without a password, or without TLS and the user's consent, is refused before anything is sent.

#[cfg(any(feature = "gssapi", feature = "ntlm"))]
mod channel;
#[cfg(feature = "gssapi")]
mod gssapi;
#[cfg(feature = "ntlm")]
mod ntlm;

use tokio::io::{AsyncRead, AsyncWrite};

use super::access::{Account, LiveOptions};
use super::ber::{element, tag};
use super::connect::{Target, exchange};
use super::explain::{self, failed};
use super::message::Answer;
use super::url::LdapUrl;
use crate::load::LoadError;

/// Refuses what must not be sent: the caller has said so already, this holds if it has not.
pub(super) fn refuse_cleartext(url: &LdapUrl, options: &LiveOptions) -> Result<(), LoadError> {
    let encrypted = url.tls || options.starttls;
    let (problem, advice) = match &options.account {
        Account::Simple { password, .. } | Account::Ntlm { password, .. } if password.is_empty() => {
            ("the password is empty", "A server would take the bind for an anonymous one.")
        }
        Account::Simple { .. } if !encrypted && !options.allow_plaintext => (
            "the password would be sent without encryption",
            "Use ldaps:// or --starttls; --allow-plaintext sends it all the same.",
        ),
        Account::External | Account::Gssapi | Account::Ntlm { .. } if !encrypted => {
            ("this kind of bind needs TLS here", "Use ldaps:// or --starttls.")
        }
        _ => return Ok(()),
    };
    Err(failed(url, problem, advice))
}

/// Makes the bind that the options ask for; an anonymous connection needs none. `certificate`: the server's.
pub(super) async fn bind(
    target: Target<'_>,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    certificate: Option<&[u8]>,
) -> Result<(), LoadError> {
    let answer = match &target.options.account {
        Account::Anonymous => return Ok(()),
        Account::Simple { name, password } => {
            let secret = element(tag::PASSWORD, password.reveal().as_bytes());
            send(target, stream, 2, name, &secret).await?
        }
        Account::External => sasl(target, stream, 2, "EXTERNAL", Some(b"")).await?,
        Account::Gssapi => gssapi::bind(target, stream, certificate).await?,
        Account::Ntlm { name, password } => {
            ntlm::bind(target, stream, (name, password.reveal()), certificate).await?
        }
    };
    if answer.code == 0 {
        target.say(1, || format!("bound as {}", name_of(&target.options.account)));
        return Ok(());
    }
    let (problem, advice) = explain::bind(&answer);
    Err(failed(target.url, problem, advice))
}

fn name_of(account: &Account) -> &str {
    match account {
        Account::Anonymous => "nobody",
        Account::Simple { name, .. } | Account::Ntlm { name, .. } => name,
        Account::External => "the holder of the client certificate",
        Account::Gssapi => "the holder of the Kerberos ticket",
    }
}

/// `BindRequest ::= [APPLICATION 0] SEQUENCE { version 3, name, authentication }` (RFC 4511 section 4.2).
async fn send(
    target: Target<'_>,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    id: u8,
    name: &str,
    authentication: &[u8],
) -> Result<Answer, LoadError> {
    let name = element(tag::OCTETS, name.as_bytes());
    let content = [element(tag::INTEGER, &[3]).as_slice(), &name, authentication].concat();
    exchange(target, stream, "the bind", (id, &element(tag::BIND_REQUEST, &content)), tag::BIND_RESPONSE)
        .await
}

/// A step of a SASL bind.
async fn sasl(
    target: Target<'_>,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    id: u8,
    mechanism: &str,
    token: Option<&[u8]>,
) -> Result<Answer, LoadError> {
    let token = token.map(|token| element(tag::OCTETS, token)).unwrap_or_default();
    let parts = [element(tag::OCTETS, mechanism.as_bytes()), token].concat();
    send(target, stream, id, "", &element(tag::SASL, &parts)).await
}

/// Stands for GSSAPI in builds without it.
#[cfg(not(feature = "gssapi"))]
mod gssapi {
    use super::{Answer, AsyncRead, AsyncWrite, LoadError, NO_GSSAPI, Target, failed};

    #[allow(clippy::unused_async, reason = "the same face as with the feature")]
    pub(super) async fn bind(
        target: Target<'_>,
        _: &mut (impl AsyncRead + AsyncWrite + Unpin),
        _: Option<&[u8]>,
    ) -> Result<Answer, LoadError> {
        Err(failed(target.url, "this build of presync has no GSSAPI", NO_GSSAPI))
    }
}

/// Stands for NTLM in builds without it.
#[cfg(not(feature = "ntlm"))]
mod ntlm {
    use super::{Answer, AsyncRead, AsyncWrite, LoadError, NO_NTLM, Target, failed};

    #[allow(clippy::unused_async, reason = "the same face as with the feature")]
    pub(super) async fn bind(
        target: Target<'_>,
        _: &mut (impl AsyncRead + AsyncWrite + Unpin),
        _: (&str, &str),
        _: Option<&[u8]>,
    ) -> Result<Answer, LoadError> {
        Err(failed(target.url, "this build of presync has no NTLM", NO_NTLM))
    }
}

#[cfg(not(feature = "gssapi"))]
const NO_GSSAPI: &str = "Build it with `cargo build --release --features gssapi` (on Linux with libkrb5-dev and \
                         libclang), or use --bind-dn.";
#[cfg(not(feature = "ntlm"))]
const NO_NTLM: &str = "Build it with `cargo build --release --features ntlm`, or use --bind-dn.";

/// What this build lacks for a mechanism, as a sentence; `None` when it has it.
pub fn missing_feature(account: &Account) -> Option<&'static str> {
    match account {
        #[cfg(not(feature = "gssapi"))]
        Account::Gssapi => Some(NO_GSSAPI),
        #[cfg(not(feature = "ntlm"))]
        Account::Ntlm { .. } => Some(NO_NTLM),
        _ => None,
    }
}
