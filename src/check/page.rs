//! A page of the catalogue as written: title, front matter, prose, sources, examples.
//!
//! ````text
//! # Title                                   the defect, in one line
//! ```toml … ```                             front matter
//! First paragraph: what to do.              shown as the remedy
//! More paragraphs: what happens, and why.
//! ## Sources                                list; each entry ends in "(read YYYY-MM-DD)"
//! ## Found                                  examples; `# found` before each record that must be found
//! ## Clean                                  near misses
//! ````
//!
//! Strict on purpose: an unknown key or heading is a mistake that would otherwise go unnoticed until a check is
//! silently different from what its page says.

use std::fmt;

use super::example::Example;
use super::front_matter::FrontMatter;
use crate::config::{Severity, closest};
use crate::outcome::Outcome;

/// What is wrong with a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageError {
    /// Path as given.
    pub path: String,
    /// Line, from 1; 0 when the page as a whole is meant.
    pub line: usize,
    /// What is wrong, as a sentence part.
    pub problem: String,
    /// The known word that was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, problem, suggestion } = self;
        match line {
            0 => write!(f, "{path}: {problem}")?,
            _ => write!(f, "{path}:{line}: {problem}")?,
        }
        suggestion.as_ref().map_or(Ok(()), |word| write!(f, "; did you mean `{word}`?"))
    }
}

impl std::error::Error for PageError {}

/// A page as written. Its expressions are not parsed yet: that needs the attribute names of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// File name without ending.
    pub id: String,
    /// Path as given.
    pub path: String,
    /// The defect, in one line.
    pub title: String,
    /// Severity unless the settings say otherwise.
    pub severity: Severity,
    /// The outcome that the defect leads to.
    pub leads_to: Outcome,
    /// The keys.
    pub keys: FrontMatter,
    /// Line on which the front matter starts, from 1.
    pub keys_line: usize,
    /// First paragraph on one line: what to do.
    pub remedy: String,
    /// All paragraphs, Markdown, without the sources.
    pub prose: String,
    /// Entries of the list of sources.
    pub sources: Vec<String>,
    /// As written: a run needs no examples, and some of them stand for many thousand lines.
    found: Section,
    clean: Section,
}

impl Page {
    /// Parses a page. `path` tells the id and stands in errors.
    pub fn parse(text: &str, path: &str) -> Result<Self, PageError> {
        let error = |line: usize, problem: &str| PageError {
            path: path.to_owned(),
            line,
            problem: problem.to_owned(),
            suggestion: None,
        };
        let parts = Parts::split(text).map_err(|(line, problem)| error(line, &problem))?;
        let keys = read_front_matter(&parts.front_matter, path)?;
        let severity = Severity::from_name(&keys.severity)
            .ok_or_else(|| error(parts.front_matter.line, "severity must be error, warning or info"))?;
        let leads_to = Outcome::from_id(&keys.leads_to)
            .ok_or_else(|| error(parts.front_matter.line, "leads-to names no outcome"))?;
        Ok(Self {
            id: id_of(path).to_owned(),
            path: path.to_owned(),
            title: parts.title,
            severity,
            leads_to,
            keys,
            keys_line: parts.front_matter.line,
            remedy: first_paragraph(&parts.prose),
            sources: sources(&parts.sources).map_err(|(line, problem)| error(line, &problem))?,
            found: parts.found,
            clean: parts.clean,
            prose: parts.prose.trim().to_owned(),
        })
    }

    /// Examples with objects that must be found.
    pub fn found(&self) -> Result<Vec<Example>, PageError> {
        self.examples(&self.found)
    }

    /// Examples in which nothing must be found.
    pub fn clean(&self) -> Result<Vec<Example>, PageError> {
        self.examples(&self.clean)
    }

    fn examples(&self, section: &Section) -> Result<Vec<Example>, PageError> {
        Example::parse_all(&section.text, section.line).map_err(|(line, problem)| PageError {
            path: self.path.clone(),
            line,
            problem,
            suggestion: None,
        })
    }
}

/// The file name without folder and ending.
fn id_of(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".md").unwrap_or(name)
}

fn first_paragraph(prose: &str) -> String {
    let paragraph = prose.trim().split("\n\n").next().unwrap_or_default();
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text of a part and the line, from 1, on which it starts.
#[derive(Debug, Clone, PartialEq, Default)]
struct Section {
    text: String,
    line: usize,
}

#[derive(Debug, Default)]
struct Parts {
    title: String,
    front_matter: Section,
    prose: String,
    sources: Section,
    found: Section,
    clean: Section,
}

type Problem = (usize, String);

impl Parts {
    fn split(text: &str) -> Result<Self, Problem> {
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line)).peekable();
        let title = lines.next().and_then(|(_, line)| line.strip_prefix("# "));
        let title = title.ok_or((1, "the first line must be the title: `# …`".to_owned()))?.trim().to_owned();
        let mut parts = Self { title, ..Self::default() };
        while lines.next_if(|(_, line)| line.trim().is_empty()).is_some() {}
        let (line, _) = lines
            .next_if(|(_, line)| *line == "```toml")
            .ok_or((2, "the title must be followed by a block of front matter: ```toml".to_owned()))?;
        parts.front_matter.line = line + 1;
        for (_, line) in lines.by_ref().take_while(|(_, line)| *line != "```") {
            push_line(&mut parts.front_matter.text, line);
        }
        parts.take_sections(lines)?;
        parts.check_complete()?;
        Ok(parts)
    }

    fn take_sections<'t>(&mut self, lines: impl Iterator<Item = (usize, &'t str)>) -> Result<(), Problem> {
        const ORDER: [&str; 3] = ["## Sources", "## Found", "## Clean"];
        let mut next = 0;
        let mut fenced = false;
        for (number, line) in lines {
            fenced ^= line.starts_with("```");
            if !fenced && line.starts_with("## ") {
                if ORDER.get(next) != Some(&line.trim_end()) {
                    return Err((number, format!("unexpected heading; sections are {}", ORDER.join(", "))));
                }
                next += 1;
                self.section(next).line = number + 1;
            } else if next == 0 {
                push_line(&mut self.prose, line);
            } else {
                push_line(&mut self.section(next).text, line);
            }
        }
        Ok(())
    }

    fn section(&mut self, number: usize) -> &mut Section {
        match number {
            1 => &mut self.sources,
            2 => &mut self.found,
            _ => &mut self.clean,
        }
    }

    fn check_complete(&self) -> Result<(), Problem> {
        let missing = [
            ("prose after the front matter", self.prose.trim().is_empty()),
            ("the section `## Sources`", self.sources.line == 0),
            ("the section `## Found`", self.found.line == 0),
            ("the section `## Clean`", self.clean.line == 0),
        ];
        match missing.iter().find(|(_, is_missing)| *is_missing) {
            Some((what, _)) => Err((0, format!("{what} is missing"))),
            None => Ok(()),
        }
    }
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// The entries of the list; an entry may go on over indented lines.
fn sources(section: &Section) -> Result<Vec<String>, Problem> {
    let mut entries: Vec<String> = Vec::new();
    for line in section.text.lines() {
        if let Some(entry) = line.strip_prefix("- ") {
            entries.push(entry.trim().to_owned());
        } else if let (Some(entry), false) = (entries.last_mut(), line.trim().is_empty()) {
            entry.push(' ');
            entry.push_str(line.trim());
        }
    }
    let dated = |entry: &String| entry.contains("(read 20") && entry.ends_with(')');
    if entries.is_empty() || !entries.iter().all(dated) {
        return Err((
            section.line,
            "each source is a list entry that ends in `(read YYYY-MM-DD)`".to_owned(),
        ));
    }
    Ok(entries)
}

fn read_front_matter(section: &Section, path: &str) -> Result<FrontMatter, PageError> {
    toml::from_str(&section.text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let before = section.text.get(..offset).unwrap_or_default();
        PageError {
            path: path.to_owned(),
            line: section.line + before.matches('\n').count(),
            problem: error.message().to_owned(),
            suggestion: suggestion_in(error.message()),
        }
    })
}

/// serde names the unknown word and the known ones between back-ticks; the nearest known one is the suggestion.
fn suggestion_in(message: &str) -> Option<String> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut words = message.split('`').skip(1).step_by(2);
    let unknown = words.next()?;
    closest(unknown, words).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Title\n\n```toml\nseverity = \"info\"\nobjects = [\"user\"]\nleads-to = \"synced\"\n\
        when = 'IsPresent([mail])'\nmessage = \"m\"\nsince = \"0.1.0\"\n```\n\nDo\nthis.\n\nBecause.\n\n## Sources\n\
        - A page (read 2026-11-20)\n\n## Found\n```ldif\n# found\ndn: CN=a\n```\n## Clean\n```ldif\ndn: CN=b\n```\n";

    #[test]
    fn a_page_is_taken_apart() {
        let page = Page::parse(PAGE, "checks/some-defect.md").unwrap();
        assert_eq!(page.id, "some-defect");
        assert_eq!(page.remedy, "Do this.");
        assert_eq!(page.prose, "Do\nthis.\n\nBecause.");
        assert_eq!(page.sources, ["A page (read 2026-11-20)"]);
        assert_eq!(page.found().unwrap()[0].found[0].dn.as_deref(), Some("CN=a"));
        assert!(page.clean().unwrap()[0].found.is_empty());
    }

    #[test]
    fn an_unknown_key_is_refused_with_line_and_suggestion() {
        let text = PAGE.replace("since", "sinse");
        let error = Page::parse(&text, "checks/some-defect.md").unwrap_err();
        assert_eq!((error.line, error.suggestion.as_deref()), (9, Some("since")));
        let table = PAGE.replace("```\n\nDo", "[value]\nattributes = []\nmax-char = 3\n```\n\nDo");
        assert_eq!(Page::parse(&table, "x.md").unwrap_err().suggestion.as_deref(), Some("max-chars"));
    }

    #[test]
    fn a_missing_or_misplaced_section_is_refused() {
        let without = PAGE.replace("## Clean\n```ldif\ndn: CN=b\n```\n", "");
        assert_eq!(Page::parse(&without, "x.md").unwrap_err().problem, "the section `## Clean` is missing");
        let misnamed = PAGE.replace("## Found", "## Hits");
        assert_eq!(Page::parse(&misnamed, "x.md").unwrap_err().line, 20);
        let undated = PAGE.replace(" (read 2026-11-20)", "");
        assert!(Page::parse(&undated, "x.md").is_err());
    }
}
