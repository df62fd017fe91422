//! Which mailNickname the cloud takes as it is.
//!
//! `entra-outcomes` section D.2 (read 2026-11-25). `Set-Mailbox.md` lists the characters of an alias, with periods only
//! between others and `&` not for synchronized objects; `group.md` allows plain ASCII alone; a character that is not
//! taken shows up as an underscore (`prepare-for-directory-synchronization.md`). Periods inside are allowed although
//! `group.md` denies it for groups (section D.4-14).

use std::borrow::Cow;

use super::Fault;

const PUNCTUATION: &str = "!#%*+-/=?^_~$'`{}|.";

fn is_refused(character: char) -> bool {
    !character.is_ascii_alphanumeric() && !PUNCTUATION.contains(character)
}

pub(super) fn fault(alias: &str) -> Option<Fault> {
    Fault::first_character(alias, is_refused).or_else(|| Fault::misplaced_dot(alias, 0))
}

/// The alias as the cloud holds it: an underscore for every character that is not taken.
pub fn in_cloud(alias: &str) -> Cow<'_, str> {
    if fault(alias).is_none() {
        return Cow::Borrowed(alias);
    }
    let length = alias.chars().count();
    let mut previous = '.';
    let taken = alias.chars().zip(1..).map(|(character, position)| {
        let is_misplaced = character == '.' && (previous == '.' || position == length);
        previous = character;
        if is_misplaced || is_refused(character) { '_' } else { character }
    });
    Cow::Owned(taken.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_periods() {
        for good in ["nia.okoro", "o'neill", "a_b-c!#%*+/=?^~$`{}|", "x"] {
            assert_eq!((fault(good), in_cloud(good)), (None, Cow::Borrowed(good)), "{good}");
        }
        for (bad, character, position) in [
            (".nia", '.', 1),
            ("nia.", '.', 4),
            ("n..ia", '.', 3),
            ("r&d", '&', 2),
            ("nia okoro", ' ', 4),
            ("nia@home", '@', 4),
            ("müller", 'ü', 2),
            ("nia\u{200b}", '\u{200b}', 4),
        ] {
            assert_eq!(fault(bad), Some(Fault::Character { character, position }), "{bad}");
            assert_eq!(fault(&in_cloud(bad)), None, "{bad}");
        }
        assert_eq!(in_cloud(".m\u{fc}ller..x&y."), "_m_ller._x_y_");
    }
}
