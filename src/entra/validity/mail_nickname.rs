//! Which mailNickname the cloud takes as it is.
//!
//! `entra-outcomes` section D.2 (read 2026-11-25). `Set-Mailbox.md` lists the characters of an alias, with periods only
//! between others and `&` not for synchronized objects; `group.md` allows plain ASCII alone; a character that is not
//! taken shows up as an underscore (`prepare-for-directory-synchronization.md`). Periods inside are allowed although
//! `group.md` denies it for groups (section D.4-14).

use super::Fault;

const PUNCTUATION: &str = "!#%*+-/=?^_~$'`{}|.";

pub(super) fn fault(alias: &str) -> Option<Fault> {
    let refused = |character: char| !character.is_ascii_alphanumeric() && !PUNCTUATION.contains(character);
    Fault::first_character(alias, refused).or_else(|| Fault::misplaced_dot(alias, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_periods() {
        for good in ["nia.okoro", "o'neill", "a_b-c!#%*+/=?^~$`{}|", "x"] {
            assert_eq!(fault(good), None, "{good}");
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
        }
    }
}
