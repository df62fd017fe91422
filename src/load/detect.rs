//! What a source is, by its content (`input-formats` section 2, read 2026-11-20). Names and endings of files are not
//! looked at.
//!
//! One arm per format in [`detect`]; the order matters, because text of one kind may quote another.

use super::LoadError;
use super::columns::{Headers, is_name};
use super::encoding::without_folds;
use super::options::ColumnMap;
use crate::directory::InputFormat;

/// What an input was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Detected {
    /// A directory export that can be loaded.
    Format(InputFormat),
    /// Something that cannot be loaded as a source.
    Refused {
        /// A noun phrase.
        found: &'static str,
        /// A sentence.
        advice: &'static str,
    },
    /// No directory export at all, or one without what is needed.
    Unusable {
        /// A part of a sentence.
        problem: &'static str,
        /// A sentence.
        advice: &'static str,
    },
}

impl Detected {
    /// The format, or why the input at `path` is refused.
    pub(super) fn format(self, path: &str) -> Result<InputFormat, LoadError> {
        match self {
            Self::Format(format) => Ok(format),
            Self::Refused { found, advice } => {
                Err(LoadError::Refused { path: path.into(), found: found.into(), advice: advice.into() })
            }
            Self::Unusable { problem, advice } => Err(LoadError::Unusable {
                path: path.into(),
                line: None,
                problem: problem.into(),
                advice: advice.into(),
            }),
        }
    }
}

/// Columns of which a CSV of directory objects has at least one.
const IDENTITY_COLUMNS: [&str; 7] = [
    "distinguishedname",
    "samaccountname",
    "userprincipalname",
    "objectguid",
    "primarysmtpaddress",
    "mail",
    "emailaddress",
];
/// Columns that only a directory has, never a tenant.
const DIRECTORY_COLUMNS: [&str; 5] =
    ["distinguishedname", "samaccountname", "objectguid", "objectsid", "sid"];
/// Columns that only a tenant has: Graph, the admin centre, and the older modules (`input-formats` section 9).
const TENANT_COLUMNS: [&str; 9] = [
    "onpremisesimmutableid",
    "onpremisessyncenabled",
    "onpremisesdistinguishedname",
    "immutableid",
    "directorysynced",
    "dirsyncenabled",
    "lastdirsynctime",
    "invitationstate",
    "usertype",
];

const EXPORT_AGAIN: &str =
    "Export with ldifde, csvde, ldapsearch, or Get-ADObject -Properties * | Export-Csv.";
const EXPORT_CONNECTOR_SPACE: &str =
    "Write the connector space with csexport \"<connector>\" out.xml instead; its XML is read.";
const USE_TENANT: &str = "Give it with --tenant instead of as a source.";

/// Finds out what an input is. `head` are its first bytes, `text` the same decoded, `binary` whether they hold NUL
/// bytes that no encoding explains, `map` what the user says of the columns of a CSV.
pub(super) fn detect(head: &[u8], text: &str, binary: bool, map: &ColumnMap) -> Detected {
    if let Some(refused) = not_text(head, text, binary) {
        return refused;
    }
    let start = start_of(text);
    let first_lines = || text.split(['\n', '\r']).filter(|line| !line.is_empty()).take(200);
    match () {
        () if start.starts_with('<') => xml(start),
        () if shows_ldif(text) => Detected::Format(InputFormat::Ldif),
        () if is_json(start) => json(start),
        () if first_lines().any(is_metadata_listing) => {
            refuse("text of repadmin, dsquery or ldp", EXPORT_AGAIN)
        }
        () if is_search_log(text) => {
            refuse("a search log with records between lines of dashes", EXPORT_AGAIN)
        }
        () => table(text, map),
    }
}

fn start_of(text: &str) -> &str {
    text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
}

/// Why an input cannot be any kind of text with objects, whatever the user says it is.
pub(super) fn not_text(head: &[u8], text: &str, binary: bool) -> Option<Detected> {
    match () {
        () if head.starts_with(b"PK\x03\x04") => {
            Some(refuse("a zip file or an Excel workbook", "Save it as \"CSV UTF-8\"."))
        }
        () if head.starts_with(b"win-ad-ob") => Some(refuse("an AD Explorer snapshot", EXPORT_AGAIN)),
        () if binary => Some(refuse("a binary file (it holds NUL bytes)", EXPORT_AGAIN)),
        () if start_of(text).is_empty() => {
            Some(Detected::Unusable { problem: "the file is empty", advice: EXPORT_AGAIN })
        }
        () => None,
    }
}

fn refuse(found: &'static str, advice: &'static str) -> Detected {
    Detected::Refused { found, advice }
}

fn xml(start: &str) -> Detected {
    let near = |mark: &str| start.find(mark).is_some();
    match () {
        () if near("<Objs ") => refuse(
            "PowerShell CLIXML (Export-Clixml)",
            "Export a directory again with Export-Csv, a tenant with ConvertTo-Json.",
        ),
        () if ["<cs-object", ":cs-object"].into_iter().any(near) => Detected::Format(InputFormat::Csexport),
        () if [
            "<synchronizationRule",
            "<ma-data",
            "<saved-ma-configuration",
            "<saved-mv-configuration",
            "<mv-data",
        ]
        .into_iter()
        .any(near) =>
        {
            refuse(
                "a synchronization configuration, not objects",
                "Give an export of the directory itself: ldifde, csvde, ldapsearch or Get-ADObject write one.",
            )
        }
        () => refuse("XML of an unknown kind", EXPORT_AGAIN),
    }
}

/// What the cmdlets of the sync server say of single objects (`input-formats` section 10.3, read 2026-11-25), by names
/// that nothing else has.
fn sync_server_json(start: &str) -> Option<Detected> {
    let has = |name: &str| start.contains(name);
    match () {
        () if has("\"SerializedXml\"") || (has("\"ConnectorName\"") && has("\"AnchorValue\"")) => {
            Some(refuse("JSON of Get-ADSyncCSObject", EXPORT_CONNECTOR_SPACE))
        }
        () if has("\"Lineage\"") && has("\"Connector") => {
            Some(refuse("JSON of Get-ADSyncMVObject: metaverse objects", EXPORT_CONNECTOR_SPACE))
        }
        () => None,
    }
}

/// What the sync server and its tools write beside objects, whatever it was given as.
pub(super) fn of_sync_tools(text: &str) -> Option<Detected> {
    let start = start_of(text);
    if is_json(start) {
        return sync_server_json(start);
    }
    let lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(10);
    lines.map(|line| header(line, &ColumnMap::default())).find_map(|cells| sync_tool_table(&cells))
}

/// Tables of changes and of findings (`input-formats` sections 10.2 and 10.4, read 2026-11-25).
fn sync_tool_table(cells: &[String]) -> Option<Detected> {
    let has = |name: &str| cells.iter().any(|cell| cell == name);
    match () {
        () if has("distinguishedname") && has("error") && has("update") => {
            Some(refuse("a result table of IdFix: findings, not objects", EXPORT_AGAIN))
        }
        () if has("omodt") && has("amodt") => Some(refuse(
            "a table of CSExportAnalyzer: pending changes, not objects",
            "Give the XML that csexport wrote; the table was made from it.",
        )),
        () => None,
    }
}

/// Looks at logical lines: names may be folded.
fn shows_ldif(text: &str) -> bool {
    let joined = without_folds(text.as_bytes());
    String::from_utf8_lossy(&joined)
        .split(['\n', '\r'])
        .filter(|line| !line.is_empty())
        .take(200)
        .any(is_ldif)
}

fn is_ldif(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}');
    let starts = |prefix: &str| line.get(..prefix.len()).is_some_and(|own| own.eq_ignore_ascii_case(prefix));
    starts("dn:")
        || (starts("version:") && line.get(8..).is_some_and(|rest| rest.trim() == "1"))
        || ["# extended LDIF", "# LDAPv3", "# record 1"].into_iter().any(|mark| line.starts_with(mark))
}

/// `[snip]` and `{…}` of a terminal are no JSON: a value or a name must follow.
fn is_json(start: &str) -> bool {
    let Some(inner) = start.strip_prefix(['{', '[']) else { return false };
    inner.trim_start().starts_with(['"', '{', '[', ']', '}'])
}

fn json(start: &str) -> Detected {
    let has = |name: &str| start.contains(name);
    if let Some(refused) = sync_server_json(start) {
        return refused;
    }
    match () {
        () if has("\"meta\"") && has("\"data\"") || has("\"ObjectIdentifier\"") => {
            refuse("a BloodHound collection", EXPORT_AGAIN)
        }
        () if ["@odata.", "onPremises", "OnPremises", "userPrincipalName", "\"id\""].into_iter().any(has)
            && !has("\"DistinguishedName\":") =>
        {
            refuse("a Microsoft Graph export of a tenant", USE_TENANT)
        }
        () => refuse("JSON that is no directory export", EXPORT_AGAIN),
    }
}

/// `  1> objectClass: top` of repadmin, dsquery and ldp.
fn is_metadata_listing(line: &str) -> bool {
    let line = line.trim_start_matches(' ');
    let digits = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let Some((name, _)) = digits.strip_prefix("> ").and_then(|rest| rest.split_once(": ")) else {
        return false;
    };
    digits.len() < line.len() && name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '-')
}

fn is_search_log(text: &str) -> bool {
    let mut lines = text.split(['\n', '\r']).filter(|line| !line.is_empty());
    let dashes =
        lines.clone().take(200).any(|line| line.len() == 20 && line.chars().all(|letter| letter == '-'));
    dashes && lines.any(is_name_and_value)
}

fn is_name_and_value(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    })
}

/// The cells of a header row as attributes, lower case, without quotes; the delimiter is whatever parts them.
fn header(line: &str, map: &ColumnMap) -> Vec<String> {
    line.split([',', ';', '\t', '|'])
        .map(|cell| cell.trim().trim_matches('"').trim())
        .map(|cell| map.attribute(cell).unwrap_or(cell).to_ascii_lowercase())
        .collect()
}

/// The headers of the first row that has several.
pub(super) fn columns(text: &str) -> Headers {
    let rows = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(10);
    let cells = |line: &str| -> Headers {
        let cells = line.split([',', ';', '\t', '|']).map(|cell| cell.trim().trim_matches('"').trim());
        cells.filter(|cell| is_name(cell)).map(str::to_owned).collect()
    };
    rows.filter(|line| !line.starts_with('#')).map(cells).find(|cells| cells.len() > 1).unwrap_or_default()
}

/// CSV, and what is none: the header may stand below a title.
fn table(text: &str, map: &ColumnMap) -> Detected {
    let lines = || text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(10);
    let typed = lines().any(|line| line.starts_with("#TYPE "));
    for line in lines() {
        let cells = header(line, map);
        let has = |names: &[&str]| cells.iter().any(|cell| names.contains(&cell.as_str()));
        if let Some(refused) = sync_tool_table(&cells) {
            return refused;
        }
        if cells.first().is_some_and(|cell| cell == "dn") && has(&["objectclass"]) {
            return Detected::Format(InputFormat::Csvde);
        }
        if has(&TENANT_COLUMNS) && !has(&DIRECTORY_COLUMNS) {
            return refuse("a table of cloud users", USE_TENANT);
        }
        if has(&IDENTITY_COLUMNS) || cells.first().is_some_and(|cell| cell == "dn") {
            return Detected::Format(InputFormat::Csv);
        }
    }
    let parted = lines().next().is_some_and(|line| header(line, map).len() > 1);
    match () {
        () if typed || parted => Detected::Unusable {
            problem: "no column identifies the objects (DistinguishedName, ObjectGUID, SamAccountName or UserPrincipalName)",
            advice: "Export again with -Properties * and at least one of these columns, or name the column with --map HEADER=attribute.",
        },
        () if lines().any(is_name_and_value) => Detected::Unusable {
            problem: "there are attributes but no dn line, so nothing tells the objects apart",
            advice: EXPORT_AGAIN,
        },
        () => refuse("neither LDIF nor CSV", EXPORT_AGAIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        match detect(text.as_bytes(), text, text.contains('\0'), &ColumnMap::default()) {
            Detected::Format(format) => format.name().to_owned(),
            Detected::Refused { found, .. } => found.to_owned(),
            Detected::Unusable { problem, .. } => problem.to_owned(),
        }
    }

    #[test]
    fn every_kind_is_told_by_its_content() {
        for (text, kind) in [
            ("dn: DC=corp\n", "ldif"),
            ("$ ldapsearch -x\n[snip]\nDN:: Q049\n", "ldif"),
            ("# extended LDIF\n#\n", "ldif"),
            ("version: 1\r\r\ndn: x", "ldif"),
            ("DN,objectClass,cn\n", "csvde"),
            ("#TYPE Microsoft.ActiveDirectory.Management.ADUser\n\"DistinguishedName\",\"Name\"\n", "csv"),
            ("Users of the company\n\nsAMAccountName;mail\n", "csv"),
            ("Name,Office\nDougie,Twin Peaks\n", "no column identifies"),
            ("userPrincipalName,displayName,accountEnabled,userType\n", "cloud users"),
            ("UserPrincipalName,SamAccountName,UserType\n", "csv"),
            ("{\"@odata.context\":\"x\",\"value\":[]}", "Graph"),
            ("[{\"id\":\"7b\",\"onPremisesImmutableId\":null}]", "Graph"),
            ("[{\"id\":\"7b\",\"onPremisesDistinguishedName\": \"CN=Nia,DC=corp\"}]", "Graph"),
            (
                "[{\"DistinguishedName\": \"CN=Nia,DC=corp\",\"UserPrincipalName\":\"a@b\"}]",
                "no directory export",
            ),
            ("{\"data\":[],\"meta\":{\"type\":\"users\"}}", "BloodHound"),
            ("<?xml version='1.0'?><cs-objects>", "csexport"),
            ("<!-- by hand --><x:cs-objects xmlns:x='y'>", "csexport"),
            ("<Objs Version=\"1.1.0.1\">", "CLIXML"),
            ("<synchronizationRule>", "configuration"),
            ("PK\u{3}\u{4}", "workbook"),
            ("win-ad-ob\0", "AD Explorer"),
            ("abc\0def", "binary"),
            ("DISTINGUISHEDNAME,ERROR,VALUE,UPDATE\n", "IdFix"),
            ("DN,OMODT,AMODT,Attribute\n", "CSExportAnalyzer"),
            ("[{\"ConnectorName\":\"x\",\"AnchorValue\":\"AA==\",\"Attributes\":[]}]", "Get-ADSyncCSObject"),
            ("{\"Lineage\":[{\"ConnectorName\":\"x\"}]}", "Get-ADSyncMVObject"),
            ("\r\n    1> objectClass: top\n", "repadmin"),
            ("--------------------\ncn: x\n", "dashes"),
            ("sAMAccountName: user1\n", "no dn line"),
            ("Lorem ipsum", "neither"),
            ("\u{feff} \n", "empty"),
        ] {
            assert!(found(text).contains(kind), "{text:?} is {}", found(text));
        }
    }
}
