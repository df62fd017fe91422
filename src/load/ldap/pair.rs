//! Two ends of a local connection: one for ldap3, one for the fence.

use std::io;

use ldap3::StdStream;

/// Our end.
#[cfg(unix)]
pub(super) type LocalEnd = tokio::net::UnixStream;
/// Our end.
#[cfg(not(unix))]
pub(super) type LocalEnd = tokio::net::TcpStream;

/// The URL that makes ldap3 take such a stream without TLS of its own.
#[cfg(unix)]
pub(super) const URL: &str = "ldapi:///";
/// The URL that makes ldap3 take such a stream without TLS of its own.
#[cfg(not(unix))]
pub(super) const URL: &str = "ldap://localhost";

/// Makes both ends.
#[cfg(unix)]
#[allow(clippy::unused_async, reason = "the same face as elsewhere")]
pub(super) async fn make() -> io::Result<(LocalEnd, StdStream)> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    Ok((LocalEnd::from_std(ours)?, StdStream::Unix(theirs)))
}

/// Makes both ends. Windows has no pairs: a connection through the loopback interface, made sure to be our own.
#[cfg(not(unix))]
pub(super) async fn make() -> io::Result<(LocalEnd, StdStream)> {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    let theirs = LocalEnd::connect(listener.local_addr()?).await?;
    let own = theirs.local_addr()?;
    loop {
        let (ours, peer) = listener.accept().await?;
        if peer == own {
            ours.set_nodelay(true)?;
            theirs.set_nodelay(true)?;
            return Ok((ours, StdStream::Tcp(theirs.into_std()?)));
        }
    }
}
