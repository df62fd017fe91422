//! Where objects came from: inputs and forests.

use std::collections::{BTreeMap, BTreeSet};

/// Number of an input, in the order given by the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u16);

/// Number of a forest (one AD connector), in wizard order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForestId(pub u16);

/// A forest: one connector of the sync engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forest {
    /// NAME given by the user, else the root domain of its DNs (`corp.example`, lower case).
    pub name: String,
    /// DNS name of the root domain as derived from the DNs; empty when no DN was seen.
    pub root_domain: String,
    /// NetBIOS names by DNS name (lower case) of the domain, as far as the directory itself says them.
    pub netbios: BTreeMap<String, String>,
}

/// What an input is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputRole {
    /// A directory.
    Source,
    /// What the tenant already holds.
    Tenant,
    /// Changes laid over the sources.
    Overlay,
}

/// The kind of file that was recognized; the words of the JSON report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputFormat {
    /// LDIF: ldifde, ldapsearch, ldbsearch.
    Ldif,
    /// csvde.
    Csvde,
    /// Any other CSV, mostly PowerShell's `Export-Csv`.
    Csv,
    /// XML of csexport: the connector space of a directory, or of the tenant.
    Csexport,
    /// A live directory.
    Ldap,
    /// Microsoft Graph JSON.
    TenantJson,
    /// A CSV of cloud objects.
    TenantCsv,
}

impl InputFormat {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ldif => "ldif",
            Self::Csvde => "csvde",
            Self::Csv => "csv",
            Self::Csexport => "csexport",
            Self::Ldap => "ldap",
            Self::TenantJson => "tenant-json",
            Self::TenantCsv => "tenant-csv",
        }
    }
}

/// Where an input seems to come from: read from its first 64 KiB, a guess where nothing says so. Only `doctor` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Name of the encoding it was read in (`UTF-8`, `UTF-16LE`, `windows-1252`, …).
    pub encoding: Option<&'static str>,
    /// Whether a byte order mark stands at the start.
    pub has_mark: bool,
    /// `gzip` or `zstd`.
    pub compression: Option<&'static str>,
    /// `LF`, `CRLF`, `CR` or `mixed`; `None` when there is no line end.
    pub line_ends: Option<&'static str>,
    /// The program that wrote it.
    pub writer: Option<Writer>,
    /// What the first search header says.
    pub search: SearchHeader,
}

/// What ldapsearch writes above its results, verbatim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchHeader {
    /// The base and the scope (`DC=corp,DC=example` and `subtree`).
    pub base: Option<(String, String)>,
    /// The filter.
    pub filter: Option<String>,
    /// The attributes asked for; `ALL` when there was no list.
    pub requested: Option<String>,
}

/// A program that exports directories or tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// ldifde.
    Ldifde,
    /// ldapsearch, with how many `-L`.
    Ldapsearch(u8),
    /// ldbsearch or samba-tool.
    Ldbsearch,
    /// Apache Directory Studio.
    DirectoryStudio,
    /// csvde.
    Csvde,
    /// `Export-Csv` after the cmdlets for a directory.
    PowerShell(PowerShellEdition),
    /// `Export-Csv` in the Exchange Management Shell.
    ExchangeShell(PowerShellEdition),
    /// csexport, on the sync server.
    Csexport,
    /// Microsoft Graph itself.
    Graph,
    /// Microsoft Graph PowerShell, or one of the modules before it.
    GraphPowerShell,
    /// A download from an admin centre.
    Portal,
}

/// Which PowerShell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerShellEdition {
    /// Windows PowerShell 5.1.
    Windows,
    /// PowerShell 7.
    Core,
    /// One of them.
    Unknown,
}

/// Something about a whole input that the user must know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceWarning {
    /// Stable kebab-case name, documented in `docs/formats.md`.
    pub id: &'static str,
    /// Line in the input, from 1, where it was first seen.
    pub line: Option<u64>,
    /// The sentence for people.
    pub message: String,
}

/// One input and what became of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As named on the command line (`-` for standard input).
    pub path: String,
    /// What it is for.
    pub role: InputRole,
    /// What it was recognized as.
    pub format: InputFormat,
    /// The forest that its objects belong to, by name; `None` for a tenant input or when it holds several forests.
    pub forest: Option<String>,
    /// Records loaded.
    pub objects: u64,
    /// Records not loaded, by reason (`missing-dn`, `root-dse`, `search-reference`, …).
    pub skipped: BTreeMap<&'static str, u64>,
    /// False when the input says of itself, or shows, that something is missing.
    pub complete: bool,
    /// Sorted by line, then id.
    pub warnings: Vec<SourceWarning>,
    /// Headers of its columns; empty when it is no table.
    pub columns: BTreeSet<String>,
    /// Where it seems to come from.
    pub origin: Origin,
}

impl Source {
    /// A source nothing was read from yet.
    pub fn new(path: impl Into<String>, role: InputRole, format: InputFormat) -> Self {
        Self {
            path: path.into(),
            role,
            format,
            forest: None,
            objects: 0,
            skipped: BTreeMap::new(),
            complete: true,
            warnings: Vec::new(),
            columns: BTreeSet::new(),
            origin: Origin::default(),
        }
    }

    /// Counts one skipped record.
    pub fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Puts the warnings in their order.
    pub fn sort_warnings(&mut self) {
        self.warnings.sort_by(|a, b| (a.line, a.id, &a.message).cmp(&(b.line, b.id, &b.message)));
    }

    /// Adds a warning.
    pub fn warn(&mut self, id: &'static str, line: Option<u64>, message: impl Into<String>) {
        self.warnings.push(SourceWarning { id, line, message: message.into() });
    }
}
