//! Proxy addresses: `SMTP:nia@corp.example`, `smtp:…`, `X500:/o=…`, `sip:…`.

/// A proxy address taken apart; nothing is checked or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProxyAddress<'a> {
    /// The address type as written, without its colon; empty when there is no colon.
    pub prefix: &'a str,
    /// What follows the first colon; everything when there is none.
    pub rest: &'a str,
}

impl<'a> ProxyAddress<'a> {
    /// Splits at the first colon.
    pub fn parse(text: &'a str) -> Self {
        text.split_once(':').map_or(Self { prefix: "", rest: text }, |(prefix, rest)| Self { prefix, rest })
    }

    /// Whether it is an SMTP address, primary or not: the prefix in any letter case.
    pub fn is_smtp(self) -> bool {
        self.prefix.eq_ignore_ascii_case("smtp")
    }

    /// Whether it is the primary SMTP address: the prefix in upper case.
    pub fn is_primary(self) -> bool {
        self.prefix == "SMTP"
    }

    /// What follows the last `@`, if there is one; may be empty.
    pub fn domain(self) -> Option<&'a str> {
        domain(self.rest)
    }

    /// What stands before the last `@`, if there is one.
    pub fn local_part(self) -> Option<&'a str> {
        self.rest.rsplit_once('@').map(|(local, _)| local)
    }
}

/// What follows the last `@` of an address or user principal name; `None` without an `@`.
pub fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_of_the_prefix_tells_the_primary_address() {
        let primary = ProxyAddress::parse("SMTP:nia@corp.example");
        assert!(primary.is_smtp() && primary.is_primary());
        assert_eq!(primary.domain(), Some("corp.example"));
        assert_eq!(primary.local_part(), Some("nia"));
        let mixed = ProxyAddress::parse("Smtp:nia@corp.example");
        assert!(mixed.is_smtp() && !mixed.is_primary());
    }

    #[test]
    fn other_kinds_keep_their_colons() {
        let x500 = ProxyAddress::parse("X500:/o=Corp/cn=a:b");
        assert_eq!((x500.prefix, x500.rest), ("X500", "/o=Corp/cn=a:b"));
        assert_eq!(x500.domain(), None);
        assert_eq!(ProxyAddress::parse("nia@corp.example").prefix, "");
        assert_eq!(ProxyAddress::parse("smtp:a@b@").domain(), Some(""));
    }
}
