//! The checks of a run: which there are, which are chosen, what they read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::bound::Check;
use super::page::{Page, PageError};
use crate::config::{CheckSetting, Engine, closest};
use crate::directory::{AttributeNames, AttributeSet};

/// The embedded pages: path and text, sorted by path. Listed by `build.rs`.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// A check name that no page has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCheck {
    /// The name.
    pub name: String,
    /// The known name that was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for UnknownCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no check `{}`", self.name)?;
        self.suggestion.as_ref().map_or(Ok(()), |name| write!(f, "; did you mean `{name}`?"))
    }
}

impl std::error::Error for UnknownCheck {}

/// Checks bound to the attribute names of a run, sorted by id.
#[derive(Debug, Clone, Default)]
pub struct CheckSet {
    checks: Vec<Check>,
    /// Ids of all pages, also of those not chosen.
    known: BTreeSet<String>,
}

/// The embedded pages as written, sorted by id.
pub fn builtin_pages() -> Result<Vec<Page>, PageError> {
    PAGES.iter().map(|(path, text)| Page::parse(text, path)).collect()
}

impl CheckSet {
    /// All embedded pages. Interns the names they use, so it comes before loading.
    pub fn builtin(names: &mut AttributeNames) -> Self {
        let pages = builtin_pages().expect("a test parses every embedded page");
        Self::bind(pages, names).expect("a test binds every embedded page")
    }

    /// Binds pages, embedded or an administrator's own. Of two pages with one id the later one holds.
    pub fn bind(pages: Vec<Page>, names: &mut AttributeNames) -> Result<Self, PageError> {
        let mut checks: BTreeMap<String, Check> = BTreeMap::new();
        for page in pages {
            checks.insert(page.id.clone(), Check::bind(&page, names)?);
        }
        Ok(Self { known: checks.keys().cloned().collect(), checks: checks.into_values().collect() })
    }

    /// The checks to run: those of `select` (none: all) without those of `ignore`, with the severities of
    /// `settings`. A check that is switched off in the settings runs when it is selected by name.
    pub fn select(
        &self,
        select: &[String],
        ignore: &[String],
        settings: &BTreeMap<String, CheckSetting>,
    ) -> Result<Self, UnknownCheck> {
        for name in select.iter().chain(ignore).chain(settings.keys()) {
            self.require(name)?;
        }
        let mut chosen = Vec::new();
        for check in &self.checks {
            let id = &check.page.id;
            let setting = settings.get(id);
            let is_selected = select.contains(id);
            let is_wanted = is_selected || (select.is_empty() && setting != Some(&CheckSetting::Off));
            if is_wanted && !ignore.contains(id) {
                let mut check = check.clone();
                if let Some(CheckSetting::Severity(severity)) = setting {
                    check.severity = *severity;
                }
                chosen.push(check);
            }
        }
        Ok(Self { checks: chosen, known: self.known.clone() })
    }

    /// The checks whose defect exists under an engine; the names of all stay known.
    #[must_use]
    pub fn of_engine(&self, engine: Engine) -> Self {
        let exists = |check: &&Check| check.engines.is_empty() || check.engines.contains(&engine);
        Self { checks: self.checks.iter().filter(exists).cloned().collect(), known: self.known.clone() }
    }

    /// Refuses a name that no page has.
    pub fn require(&self, name: &str) -> Result<(), UnknownCheck> {
        if self.known.contains(name) {
            return Ok(());
        }
        let suggestion = closest(name, self.known.iter().map(String::as_str)).map(str::to_owned);
        Err(UnknownCheck { name: name.to_owned(), suggestion })
    }

    /// The checks, sorted by id.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Their pages, sorted by id.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.checks.iter().map(|check| &check.page)
    }

    /// What must be loaded for them.
    pub fn directory_attributes(&self) -> AttributeSet {
        self.attributes().0
    }

    /// Which metaverse or export attributes they ask for.
    pub fn metaverse_attributes(&self) -> AttributeSet {
        self.attributes().1
    }

    fn attributes(&self) -> (AttributeSet, AttributeSet) {
        let (mut directory, mut metaverse) = (AttributeSet::default(), AttributeSet::default());
        for check in &self.checks {
            check.collect_attributes(&mut directory, &mut metaverse);
        }
        (directory, metaverse)
    }
}
