//! What is wrong in a settings file, and the nearest known word.

use std::fmt;

/// One thing wrong in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The settings file as named by the user.
    pub path: String,
    /// Line, from 1; `None` when the problem has no place (a missing table).
    pub line: Option<u64>,
    /// What was found, as a sentence part.
    pub found: String,
    /// What was expected, as a noun phrase.
    pub expected: Option<String>,
    /// What to do, as a sentence part.
    pub suggestion: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.found)?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

/// Everything wrong in a settings file; never empty, sorted by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The problems.
    pub problems: Vec<Problem>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}

/// The known word that somebody most likely meant; `None` when none is near. Of equally near words the first.
///
/// Letter case, `-`, `_` and blanks do not count: `sourceAnchor` means `source-anchor`. A beginning is as near as one
/// slip: `warn` means `warning`. For words typed by people; linear in the number of known words.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(word);
    let letters = plain.chars().count();
    // One slip in three letters: further away, a suggestion is more often wrong than right.
    let nearest = known
        .into_iter()
        .map(|candidate| (distance(&plain, letters, &self::plain(candidate)), candidate))
        .min_by_key(|(distance, _)| *distance)?;
    (nearest.0 <= (letters / 3).max(1)).then_some(nearest.1)
}

fn distance(word: &str, letters: usize, candidate: &str) -> usize {
    let slips = strsim::osa_distance(word, candidate);
    if letters >= 3 && candidate.starts_with(word) { slips.min(1) } else { slips }
}

fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// `did you mean …?` for the closest known word.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(word, known).map(|near| format!("did you mean `{near}`?"))
}

/// ``one of `a`, `b`, `c` ``
pub(super) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = words.into_iter().map(|word| format!("`{word}`")).collect();
    format!("one of {}", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_word_ignores_case_and_separators_and_stays_near() {
        let known = ["source-anchor", "user-matching", "devices"];
        assert_eq!(closest("sourceAnchor", known), Some("source-anchor"));
        assert_eq!(closest("source_anker", known), Some("source-anchor"));
        assert_eq!(closest("device", known), Some("devices"));
        assert_eq!(closest("warn", ["error", "warning"]), Some("warning"));
        assert_eq!(closest("colour", known), None);
        assert_eq!(closest("", known), None);
        assert_eq!(closest("x", []), None);
    }

    #[test]
    fn a_problem_reads_as_one_line() {
        let problem = Problem {
            path: "presync.toml".to_owned(),
            line: Some(12),
            found: "unknown key `sourceanchor` in [sync]".to_owned(),
            expected: None,
            suggestion: Some("did you mean `source-anchor`?".to_owned()),
        };
        assert_eq!(
            problem.to_string(),
            "presync.toml:12: unknown key `sourceanchor` in [sync]; did you mean `source-anchor`?"
        );
    }
}
