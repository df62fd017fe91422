//! `presync explain`: a check's page, or what an outcome or a reason means.

use std::io::{self, Write};

use clap::Args;

use crate::check::{CheckSet, Page};
use crate::config::closest;
use crate::directory::AttributeNames;
use crate::outcome::{Outcome, Reason};

use super::{Exit, Failure};

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Name of a check, an outcome or a reason
    #[arg(value_name = "CHECK|OUTCOME|REASON")]
    name: String,
}

impl Explain {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let checks = CheckSet::builtin(&mut AttributeNames::default());
        let page = checks.pages().find(|page| page.id == self.name);
        let outcome = Outcome::from_id(&self.name);
        let reason = Reason::from_id(&self.name);
        if page.is_none() && outcome.is_none() && reason.is_none() {
            return Err(self.unknown(&checks));
        }
        super::print(|out| {
            if let Some(page) = page {
                explain_check(out, page)?;
            }
            if let Some(outcome) = outcome {
                explain_outcome(out, outcome)?;
            }
            match reason {
                Some(reason) => explain_reason(out, reason, &checks, page.is_some()),
                None => Ok(()),
            }
        })?;
        Ok(Exit::Success)
    }

    fn unknown(&self, checks: &CheckSet) -> Failure {
        let outcomes = Outcome::ALL.iter().map(|one| one.id());
        let reasons = Reason::ALL.iter().map(|one| one.id());
        let suggestion =
            closest(&self.name, checks.pages().map(|page| page.id.as_str()).chain(outcomes).chain(reasons));
        let advice = suggestion.map_or_else(
            || "`presync list checks`, `list outcomes` and `list reasons` show the names".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::usage(format!("`{}` is no check, outcome or reason; {advice}", self.name))
    }
}

fn explain_check(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    writeln!(out, "check {}: {}", page.id, page.title)?;
    writeln!(
        out,
        "severity: {}\noutcome: {}\n\n{}\n\nSources:",
        page.severity.name(),
        page.leads_to,
        page.prose
    )?;
    page.sources.iter().try_for_each(|source| writeln!(out, "  - {source}"))
}

fn explain_outcome(out: &mut dyn Write, outcome: Outcome) -> io::Result<()> {
    writeln!(out, "outcome {outcome}: {}\n\n{}\n\nReasons:", outcome.title(), outcome.help())?;
    for reason in Reason::ALL.iter().filter(|reason| reason.outcome() == Some(outcome)) {
        writeln!(out, "  {reason:<32} {}", reason.title())?;
    }
    Ok(())
}

fn explain_reason(
    out: &mut dyn Write,
    reason: Reason,
    checks: &CheckSet,
    after_page: bool,
) -> io::Result<()> {
    if after_page {
        writeln!(out)?;
    }
    let outcome = reason.outcome().map_or("beside another reason", Outcome::id);
    writeln!(out, "reason {reason}: {}\noutcome: {outcome}\n\n{}", reason.title(), reason.help())?;
    let raised: Vec<&str> =
        checks.pages().filter(|page| names_reason(page, reason)).map(|page| page.id.as_str()).collect();
    if !raised.is_empty() {
        writeln!(out, "\nReported by: {}", raised.join(", "))?;
    }
    Ok(())
}

fn names_reason(page: &Page, reason: Reason) -> bool {
    page.keys.reasons.iter().flatten().any(|name| name == reason.id())
}
