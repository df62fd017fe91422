//! Examples of a page: small directories that run as tests.
//!
//! A section holds one example, or several under `### ` headings. Blocks of an example:
//!
//! - ` ```ldif ` a directory; a forest name may follow (` ```ldif acc.test `);
//! - ` ```toml ` the settings, ` ```json ` a tenant file;
//! - a comment `# found` or `# found: attribute` before a record that the check must find; nothing else may be found;
//! - a comment `# repeat 3 member: CN=u{n},DC=x` stands for three lines, with `{n}` from 1;
//! - a comment `# repeat 3` before a record stands for three of it; `{n12}` is the number with twelve digits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A record that must be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// DN of the record; `None` for a finding about the whole directory (`# found: directory`).
    pub dn: Option<String>,
    /// Attribute the finding must name.
    pub attribute: Option<String>,
}

/// One example.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Example {
    /// Text of its `### ` heading; empty for a section without headings.
    pub title: String,
    /// `presync.toml`; may be empty.
    pub settings: String,
    /// A tenant file.
    pub tenant: Option<String>,
    /// Forest name, when the block has one, and LDIF text.
    pub inputs: Vec<(Option<String>, String)>,
    /// What must be found.
    pub found: Vec<Mark>,
}

type Problem = (usize, String);

impl Example {
    /// All examples of a section that starts on `first_line`.
    pub(super) fn parse_all(text: &str, first_line: usize) -> Result<Vec<Self>, Problem> {
        let mut examples = vec![Self::default()];
        let mut lines = text.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            if let Some(title) = line.strip_prefix("### ") {
                examples.push(Self { title: title.trim().to_owned(), ..Self::default() });
            } else if let Some(info) = line.strip_prefix("```") {
                let block: Vec<&str> =
                    lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
                let example = examples.last_mut().expect("there is always one");
                example.take(info.trim(), &block).map_err(|problem| (first_line + index, problem))?;
            }
        }
        examples.retain(|example| !example.inputs.is_empty());
        if examples.is_empty() {
            return Err((first_line, "the section has no ```ldif block".to_owned()));
        }
        Ok(examples)
    }

    fn take(&mut self, info: &str, block: &[&str]) -> Result<(), String> {
        let (language, name) = info.split_once(' ').unwrap_or((info, ""));
        match language {
            "ldif" => {
                let forest = (!name.is_empty()).then(|| name.trim().to_owned());
                let lines = expand(block)?;
                self.found.extend(marks(&lines));
                self.inputs.push((forest, lines.join("\n") + "\n"));
            }
            "toml" => self.settings = block.join("\n") + "\n",
            "json" => self.tenant = Some(block.join("\n") + "\n"),
            _ => return Err(format!("a block of an example is ldif, toml or json, not `{info}`")),
        }
        Ok(())
    }
}

/// The lines with every `# repeat` replaced by what it stands for.
fn expand(block: &[&str]) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    let mut written = block.iter().copied();
    while let Some(line) = written.next() {
        let Some(rest) = line.strip_prefix("# repeat ") else {
            lines.push(line.to_owned());
            continue;
        };
        let (times, pattern) = rest.split_once(' ').unwrap_or((rest, ""));
        let times: u32 = times.parse().map_err(|_| format!("`{times}` is no number"))?;
        let repeated: Vec<&str> = match pattern {
            "" => written.by_ref().take_while(|line| !line.is_empty()).chain([""]).collect(),
            line => vec![line],
        };
        for number in 1..=times {
            lines.extend(repeated.iter().map(|line| numbered(line, number)));
        }
    }
    Ok(lines)
}

fn numbered(line: &str, number: u32) -> String {
    line.replace("{n}", &number.to_string()).replace("{n12}", &format!("{number:012}"))
}

fn marks(lines: &[String]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut waiting = Vec::new();
    for line in lines {
        if line == "# found: directory" {
            marks.push(Mark { dn: None, attribute: None });
        } else if let Some(rest) = line.strip_prefix("# found") {
            let attribute = rest.strip_prefix(':').map(|name| name.trim().to_owned());
            waiting.push(attribute);
        } else if let Some(dn) = dn_of(line) {
            marks.extend(waiting.drain(..).map(|attribute| Mark { dn: Some(dn.clone()), attribute }));
        }
    }
    marks
}

fn dn_of(line: &str) -> Option<String> {
    let rest = line.strip_prefix("dn:")?;
    let Some(encoded) = rest.strip_prefix(':') else {
        return Some(rest.trim_start().to_owned());
    };
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_examples_with_forests_settings_and_marks() {
        let text = "### one\n```toml\n[sync]\n```\n```ldif acc.test\n# found: mail\n# found\ndn: CN=a\n\ndn: CN=b\n```\n\
            ```ldif\ndn: CN=c\n```\n### two\n```ldif\n# found: directory\n# repeat 2 member: CN={n}\n```\n";
        let examples = Example::parse_all(text, 1).unwrap();
        assert_eq!(examples.len(), 2);
        assert_eq!(examples[0].settings, "[sync]\n");
        assert_eq!(examples[0].inputs[0].0.as_deref(), Some("acc.test"));
        let mark = |attribute: Option<&str>| Mark {
            dn: Some("CN=a".to_owned()),
            attribute: attribute.map(str::to_owned),
        };
        assert_eq!(examples[0].found, [mark(Some("mail")), mark(None)]);
        assert_eq!(examples[1].found, [Mark { dn: None, attribute: None }]);
        assert!(examples[1].inputs[0].1.ends_with("member: CN=1\nmember: CN=2\n"));
    }

    #[test]
    fn a_record_can_be_repeated() {
        let text = "```ldif\n# repeat 2\ndn: CN={n}\nobjectGUID: {n12}\n\ndn: CN=z\n```\n";
        let examples = Example::parse_all(text, 1).unwrap();
        let record = |number: u32| format!("dn: CN={number}\nobjectGUID: 00000000000{number}\n\n");
        assert_eq!(examples[0].inputs[0].1, record(1) + &record(2) + "dn: CN=z\n");
    }

    #[test]
    fn unknown_blocks_are_refused_with_their_line() {
        let problem = Example::parse_all("text\n```yaml\n```\n", 10).unwrap_err();
        assert_eq!(problem.0, 11);
    }
}
