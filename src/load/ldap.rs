//! Live directories: an LDAP URL in, chunks or a snapshot out. Only ever reads.
//!
//! [`url`] says what is to be read, [`access`] how; [`connect`] makes a connection behind a [`fence`], [`bind`] signs in,
//! [`search`] reads in pages, [`ranges`] completes large attributes, [`partitions`] asks for the domains of the forest.
//! [`entry`] makes LDIF text of what comes, which goes through the LDIF loader or, by [`snapshot`], into a file.
//!
//! What was read before something went wrong counts: the input is then incomplete and says why. What a server sends is
//! never trusted ([`message`]).
//!
//! # Warnings about live directories
//!
//! | id | meaning |
//! |---|---|
//! | `attribute-name-invalid` | The server sent an attribute with a name that no directory has; it was skipped. |
//! | `certificate-not-verified` | `--insecure`: nobody knows who the server is, and who reads or changes what it says. |
//! | `domain-not-read` | The forest has domains of which nothing was read. |

pub mod access;
pub mod event;
pub mod snapshot;
pub mod url;

mod ber;
mod bind;
mod connect;
mod entry;
mod explain;
mod fence;
mod message;
mod pair;
mod partitions;
mod ranges;
mod read;
mod root_dse;
mod search;
mod source;
mod tls;

pub use access::{Account, ClientCertificate, LiveAccess, LiveOptions, Secret};
pub use bind::missing_feature;
pub use event::{Event, Observer};
pub(in crate::load) use partitions::{Domain, ForestFacts};
pub(in crate::load) use source::{load, warn_of_unread_domains};
pub use tls::check_files;
pub use url::{LdapUrl, UrlError, is_live};
