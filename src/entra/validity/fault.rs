//! What is wrong with a value, in numbers and characters; sentences are made of it elsewhere.

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A character that does not belong there.
    Character {
        /// The character.
        character: char,
        /// Its place in the value, in characters from 1.
        position: usize,
    },
    /// More characters than the limit.
    TooLong {
        /// Which part of the value is counted, as the end of a sentence part: empty or ` before the @`.
        part: &'static str,
        /// Counted characters.
        chars: usize,
        /// Most characters.
        limit: usize,
    },
    /// Not of the form it must have: a sentence part such as `has no @`.
    Form(&'static str),
}

impl Fault {
    /// The first character of a text that is refused.
    pub(super) fn first_character(text: &str, refuse: impl Fn(char) -> bool) -> Option<Self> {
        let mut characters = text.chars().zip(1..);
        let (character, position) = characters.find(|(character, _)| refuse(*character))?;
        Some(Self::Character { character, position })
    }

    /// A dot at the start or end of a part, or behind another dot; `before` is the number of characters before the
    /// part.
    pub(super) fn misplaced_dot(part: &str, before: usize) -> Option<Self> {
        if !part.starts_with('.') && !part.ends_with('.') && !part.contains("..") {
            return None;
        }
        let length = part.chars().count();
        let mut previous = '.';
        for (character, position) in part.chars().zip(1..) {
            if character == '.' && (previous == '.' || position == length) {
                return Some(Self::Character { character, position: before + position });
            }
            previous = character;
        }
        None
    }

    /// More characters than a limit.
    pub(super) fn too_long(text: &str, part: &'static str, limit: usize) -> Option<Self> {
        // A text never has more characters than bytes.
        if text.len() <= limit {
            return None;
        }
        let chars = text.chars().count();
        (chars > limit).then_some(Self::TooLong { part, chars, limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_misplaced_at_the_ends_and_behind_each_other() {
        let position = |part: &str| match Fault::misplaced_dot(part, 10) {
            Some(Fault::Character { position, .. }) => Some(position),
            _ => None,
        };
        assert_eq!(position("a.b"), None);
        assert_eq!(position(".a"), Some(11));
        assert_eq!(position("a..b"), Some(13));
        assert_eq!(position("ä."), Some(12));
        assert_eq!(position("."), Some(11));
        assert_eq!(position(""), None);
    }

    #[test]
    fn lengths_count_characters() {
        assert_eq!(Fault::too_long("äöü", "", 3), None);
        let fault = Fault::TooLong { part: " before the @", chars: 4, limit: 3 };
        assert_eq!(Fault::too_long("äöüx", " before the @", 3), Some(fault));
    }
}
