//! LDAP URLs: `ldap[s]://host[:port]/[base][?attributes][?scope][?filter][?extensions]` (RFC 4516, read 2026-11-25).
//!
//! A URL is what a user typed: everything in it is checked before a byte is sent, and a URL that holds a name or a
//! password is refused without being repeated.

use std::fmt;

/// Which entries below the base are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The base itself.
    Base,
    /// The entries right below the base.
    One,
    /// The base and everything below it.
    Subtree,
}

impl Scope {
    /// The word in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::One => "one",
            Self::Subtree => "sub",
        }
    }
}

/// A live source, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdapUrl {
    /// As typed; holds no credentials.
    pub text: String,
    /// `ldaps`: TLS from the first byte.
    pub tls: bool,
    /// A name or an address; an IPv6 address without its brackets.
    pub host: String,
    /// As written, else 389 or 636.
    pub port: u16,
    /// Decoded; `None`: the default naming context of the server.
    pub base: Option<String>,
    /// Attributes asked for; none: those that rules and checks read.
    pub attributes: Vec<String>,
    /// Subtree unless written otherwise.
    pub scope: Scope,
    /// Decoded; a valid filter.
    pub filter: String,
}

/// The filter that finds everything.
pub const EVERYTHING: &str = "(objectClass=*)";

/// The ports of a global catalogue, without and with TLS
/// (learn.microsoft.com, "Service overview and network port requirements for Windows", read 2026-11-25).
const GLOBAL_CATALOG_PORTS: [u16; 2] = [3268, 3269];

/// Why a URL cannot be used, as a sentence. Does not repeat the URL where that holds credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlError(pub String);

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UrlError {}

/// Whether a source is the URL of a directory.
pub fn is_live(source: &str) -> bool {
    scheme(source).is_some()
}

/// The scheme's letter case does not count (RFC 3986 section 3.1).
fn scheme(text: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let is = |own: &str| scheme.eq_ignore_ascii_case(own);
    (is("ldap") || is("ldaps")).then(|| (is("ldaps"), rest))
}

impl LdapUrl {
    /// Takes a URL apart. The filter is parsed, so that a fault in it is found before anything is sent.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (tls, rest) =
            scheme(text).ok_or_else(|| UrlError("this is no ldap:// or ldaps:// URL".into()))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        if authority.contains('@') {
            return Err(credentials("a name in front of the host"));
        }
        if tail.contains('#') {
            return fault(text, "`#` cannot stand in an LDAP URL; write it as %23");
        }
        let (host, port) = host_and_port(text, authority, tls)?;
        let tail = match tail.strip_prefix('/') {
            Some(tail) => tail,
            None if tail.is_empty() => "",
            None => return fault(text, "a slash must follow the host: ldaps://dc1.corp.example/?…"),
        };
        let mut parts = tail.splitn(5, '?');
        let mut part = || parts.next().unwrap_or_default();
        let (base, attributes, scope, filter, extensions) = (part(), part(), part(), part(), part());
        check_extensions(text, extensions)?;
        let base = decoded(text, base)?;
        Ok(Self {
            tls,
            host,
            port,
            base: (!base.is_empty()).then_some(base),
            attributes: attribute_names(text, attributes)?,
            scope: scope_named(text, scope)?,
            filter: filter_of(text, filter)?,
            text: text.to_owned(),
        })
    }

    /// Whether the port is one that global catalogues listen on.
    pub fn is_global_catalog(&self) -> bool {
        GLOBAL_CATALOG_PORTS.contains(&self.port)
    }

    /// Host and port for messages and connections.
    pub fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

fn fault<T>(text: &str, problem: &str) -> Result<T, UrlError> {
    Err(UrlError(format!("{text}: {problem}")))
}

fn credentials(what: &str) -> UrlError {
    UrlError(format!(
        "the URL of a directory holds {what}: credentials in a URL end up in histories, process lists and reports; use \
         --bind-dn and --password-file, --password-stdin or PRESYNC_LDAP_PASSWORD"
    ))
}

fn host_and_port(text: &str, authority: &str, tls: bool) -> Result<(String, u16), UrlError> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        match rest.split_once(']') {
            Some((host, port)) if host.parse::<std::net::Ipv6Addr>().is_ok() => (host.to_owned(), port),
            _ => return fault(text, "the IPv6 address in brackets is not valid"),
        }
    } else {
        let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        (decoded(text, host)?, port)
    };
    if host.is_empty() {
        return fault(text, "the host is missing; write ldaps://dc1.corp.example");
    }
    if host.chars().any(|c| c.is_whitespace() || c.is_control() || "/\\\"<>".contains(c)) {
        return fault(text, "the host holds a character that no host name has");
    }
    let default = if tls { 636 } else { 389 };
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok((host, default)),
        Some("") => Ok((host, default)),
        Some(digits) => match digits.parse::<u16>() {
            Ok(port) if port > 0 && digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok((host, port)),
            _ => fault(text, "the port is no number from 1 to 65535 (an IPv6 address stands in brackets)"),
        },
        None => fault(text, "text follows the bracket of the IPv6 address"),
    }
}

/// Percent-decoding; what it gives must be UTF-8 (RFC 4516 section 2.1).
fn decoded(text: &str, part: &str) -> Result<String, UrlError> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = tail;
            continue;
        }
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return fault(text, "two hexadecimal digits must follow `%`; a percent sign itself is %25");
        };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
        rest = tail.get(2..).unwrap_or_default();
    }
    match String::from_utf8(bytes) {
        Ok(decoded) if decoded.contains('\0') => fault(text, "it holds a NUL character (%00)"),
        Ok(decoded) => Ok(decoded),
        Err(_) => fault(text, "what the percent signs stand for is not UTF-8"),
    }
}

fn attribute_names(text: &str, list: &str) -> Result<Vec<String>, UrlError> {
    let list = decoded(text, list)?;
    let names: Vec<String> =
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let letters = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-.;".contains(c));
    match names.iter().find(|name| !(*name == "*" || *name == "+" || letters(name))) {
        Some(bad) => fault(text, &format!("{bad:?} is no name of an attribute")),
        None => Ok(names),
    }
}

fn scope_named(text: &str, word: &str) -> Result<Scope, UrlError> {
    if word.is_empty() {
        return Ok(Scope::Subtree);
    }
    let all = [Scope::Base, Scope::One, Scope::Subtree];
    let found = all.into_iter().find(|scope| scope.name().eq_ignore_ascii_case(word));
    found.map_or_else(|| fault(text, &format!("{word:?} is no scope; use base, one or sub")), Ok)
}

fn filter_of(text: &str, filter: &str) -> Result<String, UrlError> {
    let filter = decoded(text, filter)?;
    if filter.is_empty() {
        return Ok(EVERYTHING.to_owned());
    }
    if deepest(&filter) > MAX_FILTER_DEPTH {
        return fault(text, &format!("the filter is nested more than {MAX_FILTER_DEPTH} deep"));
    }
    match ldap3::parse_filter(&filter) {
        Ok(_) => Ok(filter),
        Err(()) => fault(
            text,
            &format!(
                "{filter:?} is no valid filter (RFC 4515); every condition stands in brackets, such as \
                 (&(objectClass=user)(mail=*)), and ( ) * \\ in a value are written \\28 \\29 \\2a \\5c"
            ),
        ),
    }
}

/// The filter parser calls itself for every bracket.
const MAX_FILTER_DEPTH: usize = 100;

fn deepest(filter: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for byte in filter.bytes() {
        match byte {
            b'(' => open += 1,
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// Extensions that are marked as critical must be understood or refused (RFC 4516 section 2); `bindname` is refused for
/// what it is.
fn check_extensions(text: &str, extensions: &str) -> Result<(), UrlError> {
    for extension in extensions.split(',').filter(|one| !one.is_empty()) {
        let name = extension.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let plain = name.trim_start_matches('!');
        if plain == "bindname" || plain == "x-bindpw" {
            return Err(credentials("the extension bindname or x-bindpw"));
        }
        if name.starts_with('!') {
            return fault(text, &format!("the critical extension {plain:?} is not known"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> LdapUrl {
        LdapUrl::parse(text).unwrap()
    }

    fn refused(text: &str) -> String {
        LdapUrl::parse(text).unwrap_err().0
    }

    #[test]
    fn every_part_has_its_default() {
        let url = parsed("ldaps://dc1.corp.example");
        assert_eq!((url.tls, url.host.as_str(), url.port), (true, "dc1.corp.example", 636));
        assert_eq!((url.base, url.scope, url.filter.as_str()), (None, Scope::Subtree, EVERYTHING));
        assert_eq!(parsed("ldap://dc1/").port, 389);
        assert_eq!(parsed("LDAP://dc1:").port, 389);
        assert!(parsed("ldap://dc1:3268/").is_global_catalog());
    }

    #[test]
    fn all_parts_are_decoded() {
        let url = parsed("ldap://dc1:1389/OU=Caf%C3%A9%3f,DC=corp?cn,mail?one?(cn=a%2a)");
        assert_eq!(url.base.as_deref(), Some("OU=Café?,DC=corp"));
        assert_eq!((url.attributes, url.scope), (vec!["cn".into(), "mail".into()], Scope::One));
        assert_eq!(url.filter, "(cn=a*)");
        let url = parsed("ldap://[::1]:1389/dc=x??base?(&(a=b)(!(c=d)))");
        assert_eq!((url.host.as_str(), url.port, url.scope), ("::1", 1389, Scope::Base));
        assert_eq!(url.address(), "[::1]:1389");
        assert_eq!(parsed("ldap://[fe80::1]").address(), "[fe80::1]:389");
    }

    #[test]
    fn credentials_are_refused_and_never_repeated() {
        for text in [
            "ldap://admin:hunter2@dc1/",
            "ldaps://hunter2@dc1",
            "ldap://dc1/dc=x????bindname=cn=hunter2",
            "ldap://dc1/dc=x????!bindname=hunter2,x-bindpw=hunter2",
        ] {
            let refusal = refused(text);
            assert!(refusal.contains("--bind-dn") && !refusal.contains("hunter2"), "{refusal}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, word) in [
            ("ldap://", "host"),
            ("ldap:///dc=x", "host"),
            ("ldap://a b/", "host"),
            ("ldap://dc1:0/", "port"),
            ("ldap://dc1:99999/", "port"),
            ("ldap://::1/", "port"),
            ("ldap://[::g]/", "IPv6"),
            ("ldap://[::1]x/", "bracket"),
            ("ldap://dc1/dc=%zz", "hexadecimal"),
            ("ldap://dc1/dc=%ff", "UTF-8"),
            ("ldap://dc1/dc=%00", "NUL"),
            ("ldap://dc1/dc=x#y", "%23"),
            ("ldap://dc1/dc=x?a b", "attribute"),
            ("ldap://dc1/dc=x??children", "scope"),
            ("ldap://dc1/dc=x???(cn=", "filter"),
            ("ldap://dc1/dc=x???(cn=a))", "filter"),
            (&format!("ldap://dc1/dc=x???{}(cn=a){}", "(!".repeat(100_000), ")".repeat(100_000)), "nested"),
            ("ldap://dc1/dc=x????!x-own=1", "critical"),
            ("ldap://dc1?cn", "slash"),
        ] {
            assert!(refused(text).contains(word), "{text}: {}", refused(text));
        }
        assert!(LdapUrl::parse("ldap://dc1/dc=x????x-own=1").is_ok());
    }

    #[test]
    fn only_two_schemes_are_live() {
        for (text, live) in [
            ("ldap://x", true),
            ("LdapS://x", true),
            ("http://x", false),
            ("a=ldap.ldif", false),
            ("ldap:x", false),
        ] {
            assert_eq!(is_live(text), live, "{text}");
        }
    }
}
