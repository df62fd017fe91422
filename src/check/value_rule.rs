//! The tests of a value check, over the text of one value.

use regex::Regex;

use super::front_matter::ValueTable;
use super::message::character_name;
use crate::entra::validity::{Fault as EntraFault, Rule};

/// A compiled `[value]` table.
#[derive(Debug, Clone)]
pub struct ValueRule {
    only: Option<Regex>,
    trimmed: bool,
    matches: Option<Regex>,
    form: String,
    prefix: Option<Regex>,
    not_matches: Option<Regex>,
    forbidden: Vec<char>,
    max_chars: Option<u64>,
    max_bytes: Option<u64>,
    heavy: Option<(Regex, u64)>,
    judged_by: Option<Rule>,
    /// Fewest bytes of a value with a fault, where lengths are all that is tested.
    shortest_fault: Option<u64>,
    /// What judges, where nothing else is tested.
    judged_alone: Option<Rule>,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fault {
    /// As a sentence part: `has U+0020 at position 5`.
    pub text: String,
    /// Offending character.
    pub character: Option<char>,
    /// Its place in the whole value, in characters from 1.
    pub position: Option<usize>,
    /// Measured number.
    pub count: Option<u64>,
    /// Limit.
    pub limit: Option<u64>,
}

impl ValueRule {
    /// Compiles the table for one of its attributes; the error names the key and what is wrong with it.
    pub fn compile(table: &ValueTable, attribute: &str) -> Result<Self, String> {
        let regex = |key: &str, text: &Option<String>| {
            let compiled = text.as_deref().map(Regex::new).transpose();
            compiled.map_err(|error| format!("{key} is no regular expression: {error}"))
        };
        let heavy = regex("heavy", &table.heavy)?;
        if heavy.is_some() != table.heavy_counts.is_some() {
            return Err("heavy and heavy-counts belong together".to_owned());
        }
        let max_chars = table.max_chars.as_ref().map(|limits| {
            limits.of(attribute).ok_or_else(|| format!("max-chars has no limit for {attribute}"))
        });
        let rule = Self {
            judged_by: table.judged_by.as_deref().map(judge).transpose()?,
            only: regex("only", &table.only)?,
            trimmed: table.trimmed,
            matches: regex("matches", &table.matches)?,
            form: table.form.clone().unwrap_or_default(),
            prefix: regex("prefix", &table.prefix)?,
            not_matches: regex("not-matches", &table.not_matches)?,
            forbidden: table.forbidden.as_deref().unwrap_or_default().chars().collect(),
            max_chars: max_chars.transpose()?,
            max_bytes: table.max_bytes,
            heavy: heavy.zip(table.heavy_counts),
            shortest_fault: None,
            judged_alone: None,
        };
        if table.matches.is_some() != table.form.is_some() {
            return Err("matches and form belong together".to_owned());
        }
        if rule.tests_nothing() {
            return Err(
                "[value] has no test: judged-by, matches, not-matches, forbidden, max-chars or max-bytes"
                    .to_owned(),
            );
        }
        let judge =
            Self { judged_by: None, ..rule.clone() }.tests_nothing().then_some(rule.judged_by).flatten();
        Ok(Self { shortest_fault: rule.shortest_fault(), judged_alone: judge, ..rule })
    }

    fn shortest_fault(&self) -> Option<u64> {
        let only_lengths = self.judged_by.is_none()
            && self.matches.is_none()
            && self.not_matches.is_none()
            && self.forbidden.is_empty()
            && self.heavy.is_none();
        let shortest = self.max_chars.into_iter().chain(self.max_bytes).min()? + 1;
        only_lengths.then_some(shortest)
    }

    fn tests_nothing(&self) -> bool {
        self.judged_by.is_none()
            && self.matches.is_none()
            && self.not_matches.is_none()
            && self.forbidden.is_empty()
            && self.max_chars.is_none()
            && self.max_bytes.is_none()
    }

    /// Whether a value can have a fault at all, by its size and its bytes as far as they were kept: most limits are far
    /// away from most values, and most addresses are plain.
    #[inline]
    pub fn may_fault(&self, size: usize, bytes: &[u8]) -> bool {
        self.shortest_fault.is_none_or(|shortest| size as u64 >= shortest)
            && self.judged_alone.is_none_or(|judge| !judge.is_clear(bytes))
    }

    /// The fault of a value that is no text, by its size.
    pub fn size_fault(&self, bytes: usize) -> Option<Fault> {
        let bytes = bytes as u64;
        self.max_bytes.filter(|limit| bytes > *limit).map(|limit| exceeds("bytes", bytes, limit))
    }

    /// The first fault of a value; `None` when it has none. Allocates only for a fault.
    pub fn fault(&self, value: &str) -> Option<Fault> {
        let (blanks, tested) = if self.trimmed {
            (value.len() - value.trim_start_matches(' ').len(), value.trim_matches(' '))
        } else {
            (0, value)
        };
        if self.only.as_ref().is_some_and(|only| !only.is_match(tested)) {
            return None;
        }
        // A blank is one byte.
        let judged = self.judged_by.and_then(|rule| rule.fault(tested)).map(|fault| judged(fault, blanks));
        judged
            .or_else(|| self.faulty_character(tested).map(|offset| character_fault(value, blanks + offset)))
            .or_else(|| self.too_long(tested))
            .or_else(|| self.misshapen(tested))
    }

    /// Byte offset of the first character that must not be there.
    fn faulty_character(&self, tested: &str) -> Option<usize> {
        let found = self.prefix.as_ref().and_then(|prefix| prefix.find(tested));
        let start = found.filter(|found| found.start() == 0).map_or(0, |found| found.end());
        let rest = &tested[start..];
        let forbidden = rest.find(self.forbidden.as_slice());
        let matched = self.not_matches.as_ref().and_then(|regex| regex.find(rest)).map(|found| found.start());
        forbidden.into_iter().chain(matched).min().map(|offset| start + offset)
    }

    fn too_long(&self, tested: &str) -> Option<Fault> {
        let chars = || self.count_chars(tested);
        let over = |unit: &str, count: u64, limit: u64| (count > limit).then(|| exceeds(unit, count, limit));
        // A text never has more characters than bytes: the count is not needed for short values.
        let may_exceed = |limit: &u64| self.heavy.is_some() || tested.len() as u64 > *limit;
        let by_chars = self.max_chars.filter(may_exceed).and_then(|limit| over("characters", chars(), limit));
        by_chars.or_else(|| self.max_bytes.and_then(|limit| over("bytes", tested.len() as u64, limit)))
    }

    fn count_chars(&self, tested: &str) -> u64 {
        let chars = tested.chars().count() as u64;
        let extra = self
            .heavy
            .as_ref()
            .map_or(0, |(heavy, counts)| heavy.find_iter(tested).count() as u64 * counts.saturating_sub(1));
        chars + extra
    }

    fn misshapen(&self, tested: &str) -> Option<Fault> {
        let is_misshapen = self.matches.as_ref().is_some_and(|shape| !shape.is_match(tested));
        is_misshapen
            .then(|| Fault { text: format!("does not have the form {}", self.form), ..Fault::default() })
    }
}

/// The form of the Entra stage with this name.
fn judge(name: &str) -> Result<Rule, String> {
    Rule::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        format!("judged-by names no form of the Entra stage but `{name}`; there are {}", known.join(", "))
    })
}

fn exceeds(unit: &str, count: u64, limit: u64) -> Fault {
    Fault {
        text: format!("has {count} {unit}, the limit is {limit}"),
        count: Some(count),
        limit: Some(limit),
        ..Fault::default()
    }
}

/// What the Entra stage found, behind so many blanks that it did not see.
fn judged(fault: EntraFault, blanks: usize) -> Fault {
    match fault {
        EntraFault::Character { character, position } => {
            let position = position + blanks;
            Fault {
                text: format!("has {} at position {position}", character_name(character)),
                character: Some(character),
                position: Some(position),
                ..Fault::default()
            }
        }
        EntraFault::TooLong { part, chars, limit } => {
            exceeds(&format!("characters{part}"), chars as u64, limit as u64)
        }
        EntraFault::Form(text) => Fault { text: text.to_owned(), ..Fault::default() },
    }
}

fn character_fault(value: &str, offset: usize) -> Fault {
    let character = value[offset..].chars().next();
    let position = value[..offset].chars().count() + 1;
    let name = character.map_or_else(|| "the end of the value".to_owned(), character_name);
    Fault {
        text: format!("has {name} at position {position}"),
        character,
        position: Some(position),
        ..Fault::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::front_matter::MaxChars;
    use super::*;

    fn rule(table: &ValueTable) -> ValueRule {
        ValueRule::compile(table, "mail").unwrap()
    }

    #[test]
    fn the_offending_character_is_named_by_its_place_in_the_whole_value() {
        let rule = rule(&ValueTable {
            only: Some("(?i)^smtp:".to_owned()),
            prefix: Some("^[^:]*:".to_owned()),
            forbidden: Some(" :".to_owned()),
            not_matches: Some(r"[^\x20-\x7e]".to_owned()),
            ..ValueTable::default()
        });
        assert_eq!(rule.fault("smtp:a@b.example"), None);
        assert_eq!(rule.fault("X500:/o=a b"), None);
        let fault = rule.fault("smtp:ä b@c").unwrap();
        assert_eq!((fault.character, fault.position), (Some('ä'), Some(6)));
        assert_eq!(rule.fault("smtp:a b@ä").unwrap().text, "has U+0020 at position 7");
        assert_eq!(rule.fault("smtp:smtp:a@b").unwrap().position, Some(10));
    }

    #[test]
    fn lengths_count_characters_bytes_and_heavy_characters() {
        let chars = rule(&ValueTable { max_chars: Some(MaxChars::Number(3)), ..ValueTable::default() });
        assert_eq!(chars.fault("äöü"), None);
        assert_eq!(chars.fault("äöüx").unwrap().text, "has 4 characters, the limit is 3");
        let bytes = rule(&ValueTable { max_bytes: Some(3), ..ValueTable::default() });
        assert_eq!(bytes.fault("äö").unwrap().count, Some(4));
        let heavy = rule(&ValueTable {
            max_chars: Some(MaxChars::Number(5)),
            heavy: Some("[^a-z]".to_owned()),
            heavy_counts: Some(3),
            ..ValueTable::default()
        });
        assert_eq!(heavy.fault("ab-"), None);
        assert_eq!(heavy.fault("a--").unwrap().count, Some(7));
    }

    #[test]
    fn blanks_that_the_rules_trim_are_no_fault() {
        let table = ValueTable {
            matches: Some("^smtp:[^@]+@[^@]+$".to_owned()),
            form: Some("smtp:name@domain".to_owned()),
            forbidden: Some(" ".to_owned()),
            prefix: Some("^smtp:".to_owned()),
            ..ValueTable::default()
        };
        let trimmed = rule(&ValueTable { trimmed: true, ..table.clone() });
        assert_eq!(trimmed.fault(" smtp:a@b "), None);
        assert_eq!(trimmed.fault(" smtp: a@b ").unwrap().position, Some(7));
        assert_eq!(trimmed.fault("a@b").unwrap().text, "does not have the form smtp:name@domain");
        assert_eq!(rule(&table).fault("smtp:a@b ").unwrap().position, Some(9));
    }

    #[test]
    fn every_attribute_has_its_own_limit_and_short_values_are_passed_over() {
        let limits = [("title".to_owned(), 2), ("mail".to_owned(), 3)].into();
        let table = ValueTable { max_chars: Some(MaxChars::ByAttribute(limits)), ..ValueTable::default() };
        assert_eq!(rule(&table).fault("abcd").unwrap().limit, Some(3));
        assert!(!rule(&table).may_fault(3, b"xxx") && rule(&table).may_fault(4, b"xxxx"));
        assert!(ValueRule::compile(&table, "sn").unwrap_err().contains("no limit for sn"));
        let sizes = rule(&ValueTable { max_bytes: Some(3), ..ValueTable::default() });
        assert_eq!((sizes.size_fault(3), sizes.size_fault(4).unwrap().count), (None, Some(4)));
    }

    #[test]
    fn forms_of_the_entra_stage_count_positions_in_the_whole_value() {
        let judged_by = Some("proxy-address".to_owned());
        let rule = rule(&ValueTable { judged_by, trimmed: true, ..ValueTable::default() });
        assert!(rule.may_fault(0, b""));
        assert_eq!(rule.fault("  smtp:a@b "), None);
        assert_eq!(rule.fault("  smtp:a b@c").unwrap().text, "has U+0020 at position 9");
    }

    #[test]
    fn a_table_without_tests_is_refused() {
        assert!(ValueRule::compile(&ValueTable::default(), "mail").is_err());
        let table = ValueTable { judged_by: Some("beauty".to_owned()), ..ValueTable::default() };
        assert!(ValueRule::compile(&table, "mail").unwrap_err().contains("user-principal-name"));
        let table = ValueTable { matches: Some("(".to_owned()), ..ValueTable::default() };
        assert!(
            ValueRule::compile(&table, "mail").unwrap_err().starts_with("matches is no regular expression")
        );
    }
}
