//! `presync list`: the vocabulary, for people and for scripts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::check::CheckSet;
use crate::config::Engine;
use crate::directory::AttributeNames;
use crate::outcome::{Outcome, Reason};
use crate::sync::rule::{Direction, LinkType};
use crate::sync::rule_source::{ListedRule, all_rules};

use super::input::engine_name;
use super::settings::read_settings;
use super::{Exit, Failure};

#[derive(Debug, Args)]
pub(super) struct List {
    /// What to list
    #[arg(value_enum)]
    what: What,
    /// Format
    #[arg(long, value_enum, default_value = "table")]
    format: ListFormat,
    /// Engine whose rules or checks are listed; default: for rules the engine of the settings, for checks both
    #[arg(long, value_name = "ENGINE", value_parser = engine_name)]
    engine: Option<Engine>,
    /// Settings file that names the engine; default: presync.toml in the current directory, if there is one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Checks,
    Rules,
    Outcomes,
    Reasons,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ListFormat {
    Table,
    Json,
}

/// One row: `id` and `title` first, then what else is known, in a fixed order.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    title: String,
    #[serde(flatten)]
    more: serde_json::Map<String, serde_json::Value>,
}

impl Row {
    fn new(id: &str, title: &str, more: &[(&str, serde_json::Value)]) -> Self {
        let more = more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        Self { id: id.to_owned(), title: title.to_owned(), more }
    }
}

impl List {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        self.refuse_engine()?;
        let rows = match self.what {
            What::Checks => checks(self.engine_asked()?),
            What::Rules => self.rules()?,
            What::Outcomes => Outcome::ALL
                .iter()
                .map(|one| Row::new(one.id(), one.title(), &[("help", one.help().into())]))
                .collect(),
            What::Reasons => Reason::ALL.iter().map(|one| reason(*one)).collect(),
        };
        super::print(|out| match self.format {
            ListFormat::Json => {
                serde_json::to_writer_pretty(&mut *out, &rows)?;
                writeln!(out)
            }
            ListFormat::Table => {
                let width = rows.iter().map(|row| row.id.chars().count()).max().unwrap_or(0);
                rows.iter().try_for_each(|row| writeln!(out, "{:<width$}  {}", row.id, row.title))
            }
        })?;
        Ok(Exit::Success)
    }
}

impl List {
    /// The engine that was named, or that a settings file that was named sets.
    fn engine_asked(&self) -> Result<Option<Engine>, Failure> {
        match (self.engine, &self.config) {
            (None, Some(config)) => Ok(Some(read_settings(Some(config))?.sync.engine)),
            (engine, _) => Ok(engine),
        }
    }

    fn rules(&self) -> Result<Vec<Row>, Failure> {
        let engine = match self.engine_asked()? {
            Some(engine) => engine,
            None => read_settings(None)?.sync.engine,
        };
        Ok(all_rules(engine).iter().map(|listed| rule(listed, engine)).collect())
    }

    /// Outcomes and reasons are the same for every engine.
    fn refuse_engine(&self) -> Result<(), Failure> {
        let of_all = matches!(self.what, What::Outcomes | What::Reasons);
        if of_all && (self.engine.is_some() || self.config.is_some()) {
            let message =
                "outcomes and reasons are the same for every engine: leave out --engine and --config";
            return Err(Failure::usage(message));
        }
        Ok(())
    }
}

fn checks(engine: Option<Engine>) -> Vec<Row> {
    let all = CheckSet::builtin(&mut AttributeNames::default());
    let checks = engine.map_or_else(|| all.clone(), |engine| all.of_engine(engine));
    let row = |page: &crate::check::Page| {
        Row::new(
            &page.id,
            &page.title,
            &[
                ("severity", page.severity.name().into()),
                ("objects", page.keys.objects.clone().into()),
                ("engines", page.keys.engines.clone().into()),
                ("outcome", page.leads_to.id().into()),
            ],
        )
    };
    checks.pages().map(row).collect()
}

fn reason(reason: Reason) -> Row {
    let outcome = reason.outcome().map(|outcome| outcome.id().into());
    Row::new(
        reason.id(),
        reason.title(),
        &[("outcome", outcome.unwrap_or(serde_json::Value::Null)), ("help", reason.help().into())],
    )
}

fn rule(listed: &ListedRule, engine: Engine) -> Row {
    let rule = &listed.rule;
    let link = match rule.link {
        LinkType::Provision => "Provision",
        LinkType::Join => "Join",
        LinkType::StickyJoin => "StickyJoin",
    };
    let direction = match rule.direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound => "Outbound",
    };
    let generations: Vec<&str> = listed.generations.iter().map(|generation| generation.name()).collect();
    Row::new(
        &rule.tag,
        &rule.name,
        &[
            ("engine", engine.name().into()),
            ("precedence", rule.precedence.into()),
            ("direction", direction.into()),
            ("source_type", rule.source_type.clone().into()),
            ("target_type", rule.target_type.clone().into()),
            ("link", link.into()),
            ("flows", rule.flows.len().into()),
            ("generations", generations.into()),
            ("requires", listed.requires.clone().into()),
            ("source", rule.source.clone().into()),
        ],
    )
}
