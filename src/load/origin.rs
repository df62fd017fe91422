//! Where an input seems to come from: what its first 64 KiB show of the program that wrote it.
//!
//! `input-formats` sections 4.11, 5, 6, 7.1 and 9 (read 2026-11-20). Nothing that is loaded depends on it; it is told to
//! the user, and decides in whose words an export is recommended.

use super::encoding::Charset;
use crate::directory::{Origin, PowerShellEdition, SearchHeader, Writer};

/// Lines that are looked at.
const LINES: usize = 400;

/// The origin of a text, from its start.
pub(super) fn of(text: &str, charset: Charset, has_mark: bool, compression: Option<&'static str>) -> Origin {
    let encoding = charset.name();
    let search = search_header(text);
    let writer = encoding.and_then(|name| writer(text, name, has_mark));
    Origin { encoding, has_mark, compression, line_ends: line_ends(text), writer, search }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}').split(['\n', '\r']).filter(|line| !line.is_empty()).take(LINES)
}

fn line_ends(text: &str) -> Option<&'static str> {
    let pairs = text.matches("\r\n").count();
    let feeds = text.matches('\n').count() - pairs;
    // The last byte may be the first half of a pair.
    let returns = text.strip_suffix('\r').unwrap_or(text).matches('\r').count() - pairs;
    match (feeds, pairs, returns) {
        (0, 0, 0) => None,
        (_, 0, 0) => Some("LF"),
        (0, _, 0) => Some("CRLF"),
        (0, 0, _) => Some("CR"),
        _ => Some("mixed"),
    }
}

/// The first header of ldapsearch.
fn search_header(text: &str) -> SearchHeader {
    let mut header = SearchHeader::default();
    for line in lines(text).filter_map(|line| line.strip_prefix("# ")) {
        if let Some((base, scope)) = line.strip_prefix("base <").and_then(|rest| rest.rsplit_once('>')) {
            let scope = scope.trim_start().trim_start_matches("(default)").trim_start();
            let scope = scope.strip_prefix("with scope ").unwrap_or(scope);
            header.base.get_or_insert_with(|| (base.to_owned(), scope.trim().to_owned()));
        } else if let Some(filter) = line.strip_prefix("filter: ") {
            header.filter.get_or_insert_with(|| filter.trim().to_owned());
        } else if let Some(requested) = line.strip_prefix("requesting: ") {
            header.requested.get_or_insert_with(|| requested.trim().to_owned());
        }
    }
    header
}

fn writer(text: &str, encoding: &str, has_mark: bool) -> Option<Writer> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if start.starts_with("<Objs ") {
        let edition = PowerShellEdition::Unknown;
        let exchange = text.contains("Microsoft.Exchange.");
        return Some(if exchange { Writer::ExchangeShell(edition) } else { Writer::PowerShell(edition) });
    }
    if start.starts_with('<') {
        return start.contains("cs-object").then_some(Writer::Csexport);
    }
    if start.starts_with(['{', '[']) && !start.starts_with("[snip") {
        return json_writer(start);
    }
    ldif_writer(text).or_else(|| table_writer(text, encoding, has_mark))
}

fn json_writer(start: &str) -> Option<Writer> {
    let has = |word: &str| start.contains(word);
    if has("\"@odata.context\"") || has("\"@odata.nextLink\"") {
        Some(Writer::Graph)
    } else if has("\"AdditionalProperties\"") || has("\"OnPremises") || has("\"UserPrincipalName\"") {
        Some(Writer::GraphPowerShell)
    } else {
        has("\"onPremises").then_some(Writer::Graph)
    }
}

fn ldif_writer(text: &str) -> Option<Writer> {
    let starting = |mark: &str| lines(text).any(|line| line.starts_with(mark));
    let follows_dn = |mark: &str| {
        let mut after_dn = false;
        lines(text).any(|line| {
            let found = after_dn && line.starts_with(mark);
            after_dn = line.starts_with("dn:") || (after_dn && line.starts_with(' '));
            found
        })
    };
    let has_dn = || starting("dn:");
    match () {
        () if starting("# extended LDIF") => Some(Writer::Ldapsearch(0)),
        () if starting("# LDAPv3") => Some(Writer::Ldapsearch(1)),
        () if text.contains("Apache Directory Studio") => Some(Writer::DirectoryStudio),
        () if starting("# record 1") || (has_dn() && lines(text).any(is_guid_text)) => {
            Some(Writer::Ldbsearch)
        }
        () if follows_dn("changetype: add") => Some(Writer::Ldifde),
        () if lines(text).next().is_some_and(|line| line.contains("ldapsearch ")) => {
            Some(Writer::Ldapsearch(3))
        }
        () if starting("# refldap://") || starting("# pagedresults:") => Some(Writer::Ldapsearch(3)),
        () if has_dn() && lines(text).any(|line| line.starts_with("# search re")) => {
            Some(Writer::Ldapsearch(1))
        }
        () => None,
    }
}

/// `objectGUID: 03020100-0504-…` with one colon: only Samba's tools write it so.
fn is_guid_text(line: &str) -> bool {
    let value = line.strip_prefix("objectGUID: ").unwrap_or_default();
    value.len() == 36 && value.bytes().filter(|byte| *byte == b'-').count() == 4
}

/// Columns that only the Exchange Management Shell names so.
const EXCHANGE_COLUMNS: [&str; 5] =
    ["primarysmtpaddress", "emailaddresses", "recipienttypedetails", "exchangeguid", "windowsemailaddress"];
/// Columns of the downloads of the admin centres.
const PORTAL_COLUMNS: [&str; 4] = ["directorysynced", "invitationstate", "alternateemailaddress", "agegroup"];
/// Columns of Microsoft Graph PowerShell and the modules before it.
const CLOUD_COLUMNS: [&str; 6] = [
    "onpremisesimmutableid",
    "onpremisessyncenabled",
    "immutableid",
    "dirsyncenabled",
    "lastdirsynctime",
    "usertype",
];

fn table_writer(text: &str, encoding: &str, has_mark: bool) -> Option<Writer> {
    let type_line = lines(text).find(|line| line.starts_with("#TYPE "));
    let header = lines(text).find(|line| !line.starts_with('#') && !line.starts_with("sep="))?;
    let cells: Vec<String> = header
        .split([',', ';', '\t'])
        .map(|cell| cell.trim().trim_matches('"').to_ascii_lowercase())
        .collect();
    let has = |names: &[&str]| cells.iter().any(|cell| names.contains(&cell.as_str()));
    let edition = || edition(text, type_line.is_some(), encoding, has_mark);
    let quoted = header.starts_with('"') && header.trim_end().ends_with('"');
    match () {
        () if type_line.is_some_and(|line| line.contains("Microsoft.Exchange.")) => {
            Some(Writer::ExchangeShell(edition()))
        }
        () if type_line.is_some_and(|line| line.contains("Microsoft.Graph.")) => {
            Some(Writer::GraphPowerShell)
        }
        () if cells.first().is_some_and(|cell| cell == "dn") && has(&["objectclass"]) => Some(Writer::Csvde),
        () if has(&EXCHANGE_COLUMNS) => Some(Writer::ExchangeShell(edition())),
        () if has(&["samaccountname", "distinguishedname"]) && (quoted || type_line.is_some()) => {
            Some(Writer::PowerShell(edition()))
        }
        () if has(&PORTAL_COLUMNS) => Some(Writer::Portal),
        () if has(&CLOUD_COLUMNS) => Some(Writer::GraphPowerShell),
        () if type_line.is_some() || (quoted && cells.len() > 1) => Some(Writer::PowerShell(edition())),
        () => None,
    }
}

/// Windows PowerShell writes a `#TYPE` line and, as UTF-8, a byte order mark; PowerShell 7 neither, unless asked to.
fn edition(text: &str, has_type_line: bool, encoding: &str, has_mark: bool) -> PowerShellEdition {
    let plain_utf8 = encoding == "UTF-8" && !has_mark;
    // The look at the file may end within a character.
    let text = text.trim_end_matches('\u{fffd}');
    match () {
        () if has_type_line || !plain_utf8 || text.contains('\u{fffd}') => PowerShellEdition::Windows,
        () if !text.is_ascii() => PowerShellEdition::Core,
        () => PowerShellEdition::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<Writer> {
        of(text, Charset::Presumed, false, None).writer
    }

    #[test]
    fn writers_are_told_by_their_habits() {
        let (windows, core) = (PowerShellEdition::Windows, PowerShellEdition::Core);
        for (text, writer) in [
            ("# extended LDIF\n#\n# LDAPv3\n", Some(Writer::Ldapsearch(0))),
            ("version: 1\n\n#\n# LDAPv3\n", Some(Writer::Ldapsearch(1))),
            ("# record 1\ndn: CN=a\n", Some(Writer::Ldbsearch)),
            ("dn: CN=a\nobjectGUID: 03020100-0504-0706-0809-0a0b0c0d0e0f\n", Some(Writer::Ldbsearch)),
            ("dn: CN=a,\r\n DC=b\r\nchangetype: add\r\n", Some(Writer::Ldifde)),
            ("$ ldapsearch -x\ndn: CN=a\n", Some(Writer::Ldapsearch(3))),
            ("dn: CN=a\ncn: a\n", None),
            ("DN,objectClass,cn\n", Some(Writer::Csvde)),
            (
                "#TYPE Microsoft.ActiveDirectory.Management.ADUser\n\"Name\"\n",
                Some(Writer::PowerShell(windows)),
            ),
            ("\"SamAccountName\",\"Name\"\n\"a\",\"Zoë\"\n", Some(Writer::PowerShell(core))),
            ("Alias,PrimarySmtpAddress\n", Some(Writer::ExchangeShell(PowerShellEdition::Unknown))),
            ("userPrincipalName,directorySynced\n", Some(Writer::Portal)),
            ("{\"@odata.context\":\"x\"}", Some(Writer::Graph)),
            ("[{\"Id\":\"x\",\"OnPremisesImmutableId\":null}]", Some(Writer::GraphPowerShell)),
            ("<?xml version=\"1.0\"?>\n<cs-objects>", Some(Writer::Csexport)),
            ("Lorem ipsum", None),
        ] {
            assert_eq!(found(text), writer, "{text:?}");
        }
    }

    #[test]
    fn the_header_of_a_search_is_kept_as_it_stands() {
        let text = "# base <OU=a,DC=b> with scope oneLevel\n# filter: (cn=a)\n# requesting: cn mail\n";
        let search = of(text, Charset::Presumed, false, None).search;
        assert_eq!(search.base, Some(("OU=a,DC=b".into(), "oneLevel".into())));
        assert_eq!(
            (search.filter.as_deref(), search.requested.as_deref()),
            (Some("(cn=a)"), Some("cn mail"))
        );
    }

    #[test]
    fn line_ends_are_named() {
        for (text, name) in
            [("a", None), ("a\nb\n", Some("LF")), ("a\r\nb\r", Some("CRLF")), ("a\rb", Some("CR"))]
        {
            assert_eq!(line_ends(text), name, "{text:?}");
        }
        assert_eq!(line_ends("a\r\nb\n"), Some("mixed"));
    }
}
