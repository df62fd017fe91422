//! What the user says about the sources that their content does not: encoding, format, columns, order of dates.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::encoding::Charset;
use super::ldap::LiveAccess;
use crate::directory::InputFormat;

/// How the sources are written, as far as the user states it.
#[derive(Debug, Clone, Default)]
pub struct InputOptions {
    /// Encoding of files without a byte order mark; told by their bytes when there is none.
    pub encoding: Option<StatedEncoding>,
    /// LDIF, csvde or CSV; told by the content when there is none.
    pub format: Option<InputFormat>,
    /// Headers of CSV columns and the attributes they stand for.
    pub map: ColumnMap,
    /// Order of day and month in CSV dates that could be read both ways.
    pub date_order: Option<DateOrder>,
    /// How live directories among the sources are reached.
    pub live: LiveAccess,
}

/// An encoding that can be stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedEncoding(pub(super) Charset);

/// Names for suggestions; everything the WHATWG standard names is understood beside them.
const NAMES: [&str; 14] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "utf-32le",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1257",
    "windows-874",
    "shift_jis",
    "gbk",
    "big5",
];

impl StatedEncoding {
    /// The encoding of this name, ignoring letter case.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = name.trim().to_ascii_lowercase();
        let charset = match plain.as_str() {
            "utf-32le" | "utf-32" | "utf32" => Charset::Utf32,
            // The names of PowerShell's -Encoding.
            "utf8" | "utf8bom" | "utf8nobom" => Charset::Known(UTF_8),
            "unicode" | "utf-16" | "utf16" => Charset::Known(UTF_16LE),
            "bigendianunicode" => Charset::Known(UTF_16BE),
            _ => Charset::Known(Encoding::for_label_no_replacement(plain.as_bytes())?),
        };
        Some(Self(charset))
    }

    /// Names to suggest.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }
}

/// Headers of CSV columns and the attributes they stand for; headers are compared without letter case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap(Vec<(String, String)>);

impl ColumnMap {
    /// Adds an entry; one for the same header is replaced.
    pub fn set(&mut self, header: &str, attribute: &str) {
        let header = header.trim();
        self.0.retain(|(own, _)| own.to_lowercase() != header.to_lowercase());
        self.0.push((header.to_owned(), attribute.to_owned()));
    }

    /// The headers, in the order in which they were named.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(header, _)| header.as_str())
    }

    /// The attribute that a header stands for.
    pub fn attribute(&self, header: &str) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        let header = header.to_lowercase();
        self.0.iter().find(|(own, _)| own.to_lowercase() == header).map(|(_, attribute)| attribute.as_str())
    }
}

/// Which of the two numbers in front of the year is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `29/03/2026`
    DayFirst,
    /// `3/29/2026`
    MonthFirst,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suggested_encoding_is_understood() {
        for name in StatedEncoding::names().chain(["UTF-8", "Unicode", "latin1", "cp1252"]) {
            assert!(StatedEncoding::from_name(name).is_some(), "{name}");
        }
        for name in ["", "windows-1259", "utf-7", "replacement"] {
            assert!(StatedEncoding::from_name(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_later_entry_for_a_header_replaces_the_earlier_one() {
        let mut map = ColumnMap::default();
        map.set("Upn", "mail");
        map.set(" UPN ", "userPrincipalName");
        assert_eq!((map.attribute("upn"), map.attribute("mail")), (Some("userPrincipalName"), None));
    }
}
