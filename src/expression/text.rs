//! Functions on text (`default-sync-rules` section G.5, read 2026-11-20).
//!
//! Positions and lengths count characters (Unicode scalar values) from 1; for binary values they count bytes. What
//! only takes a part of a borrowed text stays borrowed.

use std::borrow::Cow;
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::error::Result;
use super::function::Arguments;
use super::syntax::LetterCase;
use super::value::Value;

/// Most bytes a computed text may have: far above anything a directory holds, far below what hurts the machine.
pub(super) const MAX_TEXT_BYTES: usize = 16 << 20;

/// Text or a reference as text; `None` for NULL; anything else has the wrong type.
pub(super) fn take<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Option<Cow<'r, str>>> {
    match value {
        Value::Null => Ok(None),
        Value::Text(text) | Value::Reference(text) => Ok(Some(text)),
        other => Err(arguments.wrong_type("str", &other)),
    }
}

/// The text to look at; like [`take`].
pub(super) fn look<'a>(value: &'a Value<'_>, arguments: &Arguments<'_>) -> Result<Option<&'a str>> {
    match value {
        Value::Null => Ok(None),
        value => value.as_text().map(Some).ok_or_else(|| arguments.wrong_type("str", value)),
    }
}

/// Applies `change` to text; NULL stays NULL.
fn map<'r>(
    value: Value<'r>,
    arguments: &Arguments<'_>,
    change: impl FnOnce(Cow<'r, str>) -> Cow<'r, str>,
) -> Result<Value<'r>> {
    Ok(take(value, arguments)?.map_or(Value::Null, |text| Value::Text(change(text))))
}

/// A part of a text, borrowed when the text is.
fn part(text: Cow<'_, str>, range: Range<usize>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(range).unwrap_or_default()),
        Cow::Owned(text) if range == (0..text.len()) => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.get(range).unwrap_or_default().to_owned()),
    }
}

/// White space at the ends. The vendor says "white spaces"; taken as Unicode defines them, as its platform does.
pub(super) fn trim<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    map(value, arguments, |text| {
        let start = text.len() - text.trim_start().len();
        let end = start + text.trim().len();
        part(text, start..end)
    })
}

pub(super) fn trim_left<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    map(value, arguments, |text| {
        let range = text.len() - text.trim_start().len()..text.len();
        part(text, range)
    })
}

pub(super) fn trim_right<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    map(value, arguments, |text| {
        let end = text.trim_end().len();
        part(text, 0..end)
    })
}

/// The number as a length or position; everything below 0 is 0.
fn size(number: i64) -> usize {
    usize::try_from(number.max(0)).unwrap_or(usize::MAX)
}

/// Cuts text or bytes: `range` gets the length and gives the part to keep. NULL gives empty text.
fn cut<'r>(
    value: Value<'r>,
    arguments: &Arguments<'_>,
    range: impl FnOnce(usize) -> Range<usize>,
) -> Result<Value<'r>> {
    match value {
        Value::Null => Ok(Value::text("")),
        Value::Binary(Cow::Borrowed(bytes)) => {
            Ok(Value::Binary(Cow::Borrowed(bytes.get(range(bytes.len())).unwrap_or_default())))
        }
        Value::Binary(Cow::Owned(bytes)) => {
            Ok(Value::Binary(Cow::Owned(bytes.get(range(bytes.len())).unwrap_or_default().to_vec())))
        }
        other => match take(other, arguments)? {
            Some(text) => {
                let range = byte_range(&text, range);
                Ok(Value::Text(part(text, range)))
            }
            None => Ok(Value::text("")),
        },
    }
}

/// The bytes of a range of characters.
fn byte_range(text: &str, range: impl FnOnce(usize) -> Range<usize>) -> Range<usize> {
    if text.is_ascii() {
        return range(text.len());
    }
    let range = range(text.chars().count());
    let byte = |characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    byte(range.start)..byte(range.end)
}

pub(super) fn left<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let count = arguments.number(0)?;
    cut(value, arguments, |length| 0..if count < 0 { length } else { size(count).min(length) })
}

pub(super) fn right<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let count = arguments.number(0)?;
    cut(value, arguments, |length| if count < 0 { 0 } else { length.saturating_sub(size(count)) }..length)
}

pub(super) fn middle<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let (start, count) = (arguments.number(0)?, arguments.number(1)?);
    cut(value, arguments, |length| {
        let from = size(start).saturating_sub(1);
        match count {
            0 => 0..0,
            1.. if start > 0 && size(start) <= length => from..from.saturating_add(size(count)).min(length),
            _ => 0..length,
        }
    })
}

pub(super) fn length(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let length = match value {
        Value::Binary(bytes) => bytes.len(),
        other => look(other, arguments)?.map_or(0, |text| text.chars().count()),
    };
    Ok(count(length))
}

/// A length, position or count as a value.
pub(super) fn count(count: usize) -> Value<'static> {
    Value::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Changes letters one to one, as the vendor's platform does (`ß` has no upper case there).
fn change_case(text: Cow<'_, str>, change: impl Fn(char) -> char) -> Cow<'_, str> {
    if text.chars().all(|character| change(character) == character) {
        return text;
    }
    Cow::Owned(text.chars().map(change).collect())
}

fn lower(character: char) -> char {
    let mut letters = character.to_lowercase();
    letters.next().filter(|_| letters.next().is_none()).unwrap_or(character)
}

fn upper(character: char) -> char {
    let mut letters = character.to_uppercase();
    letters.next().filter(|_| letters.next().is_none()).unwrap_or(character)
}

pub(super) fn lower_case<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    map(value, arguments, |text| change_case(text, lower))
}

pub(super) fn upper_case<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    map(value, arguments, |text| change_case(text, upper))
}

pub(super) fn proper_case<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    map(value, arguments, |text| {
        let mut first = true;
        let changed = text.chars().map(|character| {
            let letter = if first { upper(character) } else { lower(character) };
            first = character == ' ';
            letter
        });
        Cow::Owned(changed.collect())
    })
}

/// Text with every letter in lower case, character for character, for comparisons without letter case.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(lower).collect()
}

/// Whether `needle` occurs in `text`.
pub(super) fn contains(text: &str, needle: &str, case: LetterCase) -> bool {
    match case {
        LetterCase::Respect => text.contains(needle),
        LetterCase::Ignore if text.is_ascii() && needle.is_ascii() => {
            needle.is_empty()
                || text
                    .as_bytes()
                    .windows(needle.len())
                    .any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
        }
        LetterCase::Ignore => folded(text).contains(&folded(needle)),
    }
}

/// What `InStr` and `InStrRev` look through and for, with letter case made equal if asked for; `None` for NULL.
fn search<'a>(
    value: &'a Value<'_>,
    arguments: &Arguments<'a>,
) -> Result<Option<(Cow<'a, str>, Cow<'a, str>)>> {
    let (Some(text), Some(needle)) = (look(value, arguments)?, arguments.text(0)?) else { return Ok(None) };
    Ok(Some(if arguments.is_word(2, "vbTextCompare")? {
        (Cow::Owned(folded(text)), Cow::Owned(folded(needle)))
    } else {
        (Cow::Borrowed(text), Cow::Borrowed(needle))
    }))
}

/// Position, from 1 in characters, of a byte.
fn position_of(text: &str, byte: Option<usize>) -> Value<'static> {
    let before = byte.and_then(|at| text.get(..at));
    before.map_or(Value::Number(0), |before| count(before.chars().count() + 1))
}

pub(super) fn position(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let start = arguments.number_or(1, 1)?;
    if start < 1 {
        return Err(arguments.problem(format!("positions start at 1, not {start}")));
    }
    let Some((text, needle)) = search(value, arguments)? else { return Ok(Value::Number(0)) };
    let from = byte_range(&text, |length| size(start - 1).min(length)..length).start;
    if size(start - 1) > 0 && from == text.len() {
        return Ok(Value::Number(0));
    }
    let found = text.get(from..).and_then(|rest| rest.find(needle.as_ref()));
    Ok(position_of(&text, found.map(|at| at + from)))
}

/// `start` is the last character that the found text may reach; left out or -1, all of it is searched.
pub(super) fn last_position(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let start = arguments.number_or(1, -1)?;
    let Some((text, needle)) = search(value, arguments)? else { return Ok(Value::Number(0)) };
    let end = byte_range(&text, |length| 0..if start < 0 { length } else { size(start).min(length) }).end;
    let found = text.get(..end).and_then(|head| head.rfind(needle.as_ref()));
    Ok(position_of(&text, found))
}

/// `\n`, `\r` and `\t` as `Replace` writes control characters.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t"))
}

pub(super) fn replace<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let Some(text) = take(value, arguments)? else { return Ok(Value::Null) };
    let old = unescape(arguments.text(0)?.unwrap_or_default());
    let new = unescape(arguments.text(1)?.unwrap_or_default());
    if old.is_empty() || !text.contains(old.as_ref()) {
        return Ok(Value::Text(text));
    }
    let found = text.matches(old.as_ref()).count();
    check_size(text.len().saturating_add(found.saturating_mul(new.len())), arguments)?;
    Ok(Value::text(text.replace(old.as_ref(), &new)))
}

/// Refuses results that would grow without bound.
pub(super) fn check_size(bytes: usize, arguments: &Arguments<'_>) -> Result<()> {
    if bytes > MAX_TEXT_BYTES {
        return Err(arguments.problem(format!("the result is longer than {MAX_TEXT_BYTES} bytes")));
    }
    Ok(())
}

pub(super) fn replace_characters<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let Some(text) = take(value, arguments)? else { return Ok(Value::Null) };
    let pairs = arguments
        .text(0)?
        .unwrap_or_default()
        .split(',')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (from, to) = pair.split_once(':')?;
            let mut from = from.chars();
            from.next().filter(|_| from.next().is_none()).map(|from| (from, to))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| {
            arguments.problem("the pattern is written \"a:b,c:dd\": one character, a colon, its replacement")
        })?;
    let replacement = |character| pairs.iter().find(|(from, _)| *from == character).map(|(_, to)| *to);
    if !text.chars().any(|character| replacement(character).is_some()) {
        return Ok(Value::Text(text));
    }
    let longest = pairs.iter().map(|(_, to)| to.len()).max().unwrap_or(0).max(4);
    check_size(text.chars().count().saturating_mul(longest), arguments)?;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match replacement(character) {
            Some(to) => out.push_str(to),
            None => out.push(character),
        }
    }
    Ok(Value::text(out))
}

/// What must be added to reach the wanted length, and the text; `None` when nothing is missing.
fn padding(text: &str, arguments: &Arguments<'_>) -> Result<Option<String>> {
    let missing = size(arguments.number(0)?).saturating_sub(text.chars().count());
    let filler = arguments.text(1)?.unwrap_or_default();
    if missing == 0 || filler.is_empty() {
        return Ok(None);
    }
    check_size(missing.saturating_mul(4), arguments)?;
    Ok(Some(filler.chars().cycle().take(missing).collect()))
}

pub(super) fn pad_left<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let Some(text) = take(value, arguments)? else { return Ok(Value::text("")) };
    Ok(match padding(&text, arguments)? {
        Some(padding) => Value::text(padding + &text),
        None => Value::Text(text),
    })
}

pub(super) fn pad_right<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let Some(text) = take(value, arguments)? else { return Ok(Value::text("")) };
    Ok(match padding(&text, arguments)? {
        Some(padding) => Value::text(text.into_owned() + &padding),
        None => Value::Text(text),
    })
}

/// Each of the delimiters ends a word; two in a row enclose an empty one.
pub(super) fn word<'r>(value: Value<'r>, arguments: &Arguments<'_>) -> Result<Value<'r>> {
    let number = size(arguments.number(0)?);
    let delimiters = arguments.text(1)?.unwrap_or_default();
    let Some(text) = take(value, arguments)? else { return Ok(Value::text("")) };
    let is_delimiter = |character| delimiters.contains(character);
    let Some(before) = number.checked_sub(1) else { return Ok(Value::text("")) };
    let start = match before.checked_sub(1) {
        None => Some(0),
        Some(nth) => text.match_indices(is_delimiter).nth(nth).map(|(at, delimiter)| at + delimiter.len()),
    };
    let Some(start) = start else { return Ok(Value::text("")) };
    let length = text.get(start..).and_then(|rest| rest.find(is_delimiter));
    let end = length.map_or(text.len(), |length| start + length);
    Ok(Value::Text(part(text, start..end)))
}

/// `RegexIsMatch` with a computed pattern.
pub(super) fn matches(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let case = if arguments.is_word(1, "IgnoreCase")? { LetterCase::Ignore } else { LetterCase::Respect };
    let (Some(text), Some(pattern)) = (look(value, arguments)?, arguments.text(0)?) else {
        return Ok(Value::Boolean(false));
    };
    let regex = build_regex(pattern, case).map_err(|problem| arguments.problem(problem))?;
    Ok(Value::Boolean(regex.is_match(text)))
}

/// Compiles a pattern; the error is a sentence. Matching takes time linear in the text, so look-around and
/// back-references of other engines do not exist.
pub(super) fn build_regex(pattern: &str, case: LetterCase) -> std::result::Result<Regex, String> {
    RegexBuilder::new(pattern)
        .case_insensitive(case == LetterCase::Ignore)
        .build()
        .map_err(|error| format!("this regular expression cannot be used: {error}"))
}
