//! The sentence of a finding: text with placeholders from a closed set.

use std::fmt::Write as _;

/// What a message may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    Attribute,
    Value,
    Count,
    Limit,
    Character,
    Position,
    Fault,
    Reason,
    Dn,
    Related,
    Keeps,
    Cloud,
    Recipient,
}

const PLACEHOLDERS: [(&str, Placeholder); 13] = [
    ("attribute", Placeholder::Attribute),
    ("value", Placeholder::Value),
    ("count", Placeholder::Count),
    ("limit", Placeholder::Limit),
    ("character", Placeholder::Character),
    ("position", Placeholder::Position),
    ("fault", Placeholder::Fault),
    ("reason", Placeholder::Reason),
    ("dn", Placeholder::Dn),
    ("related", Placeholder::Related),
    ("keeps", Placeholder::Keeps),
    ("cloud", Placeholder::Cloud),
    ("recipient", Placeholder::Recipient),
];

/// What a finding puts in place of the placeholders; an empty field prints as nothing.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// On-premises attribute.
    pub attribute: String,
    /// Value in question, as text.
    pub value: String,
    /// Measured number.
    pub count: Option<u64>,
    /// Limit it is held against.
    pub limit: Option<u64>,
    /// Offending character.
    pub character: Option<char>,
    /// Its place in the value, in characters from 1.
    pub position: Option<usize>,
    /// What is wrong with the value, as a sentence part.
    pub fault: String,
    /// Title of the reason that raised it.
    pub reason: &'static str,
    /// The object.
    pub dn: String,
    /// The other objects.
    pub related: Vec<String>,
    /// What msExchRecipientTypeDetails of the object says.
    pub recipient: String,
    /// Of all holders those that are predicted to keep what they compete for.
    pub keeps: Vec<String>,
    /// The cloud object in question, as people know it.
    pub cloud: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Placeholder),
}

/// A parsed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

impl Template {
    /// Parses; the error names what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}').ok_or("`{` without `}` in the message")?;
            let known = PLACEHOLDERS.iter().find(|(own, _)| *own == name);
            let (_, place) = known.ok_or_else(|| format!("the message names the unknown `{{{name}}}`"))?;
            parts.extend([Part::Text(before.to_owned()), Part::Place(*place)]);
            rest = tail;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts })
    }

    /// Whether it names the cloud object.
    pub fn names_cloud_object(&self) -> bool {
        self.parts.contains(&Part::Place(Placeholder::Cloud))
    }

    /// The sentence.
    pub fn fill(&self, facts: &Facts) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Place(place) => place.write(facts, &mut out),
            }
        }
        out
    }
}

impl Placeholder {
    fn write(self, facts: &Facts, out: &mut String) {
        let number = |number: Option<u64>| number.map_or(String::new(), |number| number.to_string());
        match self {
            Self::Attribute => out.push_str(&facts.attribute),
            Self::Value => out.push_str(&shortened(&facts.value)),
            Self::Count => out.push_str(&number(facts.count)),
            Self::Limit => out.push_str(&number(facts.limit)),
            Self::Character => out.push_str(&facts.character.map_or(String::new(), character_name)),
            Self::Position => {
                out.push_str(&facts.position.map_or(String::new(), |position| position.to_string()));
            }
            Self::Fault => out.push_str(&facts.fault),
            Self::Reason => out.push_str(facts.reason),
            Self::Dn => out.push_str(&facts.dn),
            Self::Recipient => out.push_str(&facts.recipient),
            Self::Related => out.push_str(&enumeration(&facts.related)),
            Self::Keeps if facts.keeps.is_empty() => out.push_str("none of them"),
            Self::Keeps => out.push_str(&enumeration(&facts.keeps)),
            Self::Cloud if facts.cloud.is_empty() => out.push_str("a cloud object"),
            Self::Cloud => out.push_str(&facts.cloud),
        }
    }
}

/// Code point, and the character itself where it can be seen: `U+0028 (`, `U+00A0`.
pub fn character_name(character: char) -> String {
    let mut name = format!("U+{:04X}", u32::from(character));
    if character.is_ascii_graphic() || character.is_alphanumeric() {
        write!(name, " {character}").expect("memory");
    }
    name
}

/// A message stays readable: the whole value stands in the finding's `value`.
fn shortened(value: &str) -> String {
    const SHOWN_CHARS: usize = 120;
    match value.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// The first few, and how many more: all of them stand in the finding's `related`.
fn enumeration(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_unknown_ones_refused() {
        let template = Template::parse("{attribute} has {character} at {position} of {value}").unwrap();
        let facts = Facts {
            attribute: "mail".to_owned(),
            value: "a\u{a0}b".to_owned(),
            character: Some('\u{a0}'),
            position: Some(2),
            ..Facts::default()
        };
        assert_eq!(template.fill(&facts), "mail has U+00A0 at 2 of a\u{a0}b");
        assert!(Template::parse("{colour}").unwrap_err().contains("{colour}"));
        assert!(Template::parse("{value").is_err());
    }

    #[test]
    fn long_lists_and_values_are_shortened() {
        let names: Vec<_> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        assert_eq!(enumeration(&names), "a; b; c; and 2 more");
        assert_eq!(shortened(&"ä".repeat(121)).chars().count(), 121);
        assert_eq!(character_name('('), "U+0028 (");
    }
}
