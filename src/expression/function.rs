//! The functions of the language: their names, how many arguments they take and what carries them out.
//!
//! A function of values is one line here and one Rust function; forms that bind names, choose what to evaluate or
//! avoid building lists are [`Form::Special`] and have a node of their own.

use super::error::{EvaluationError, Result};
use super::value::Value;
use super::{conversion, date, list, test_function, text};

/// Carries out a function whose result is its first argument or a part of it: text that is lent stays lent.
pub(super) type Keep = for<'r> fn(Value<'r>, &Arguments<'_>) -> Result<Value<'r>>;

/// Carries out a function whose result is made anew.
pub(super) type Make = fn(&Value<'_>, &Arguments<'_>) -> Result<Value<'static>>;

#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    Keep(Keep),
    Make(Make),
}

#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: &'static str,
    /// Fewest and most arguments.
    pub(super) arity: (usize, usize),
    pub(super) form: Form,
    /// Position of an argument that only takes certain words, and these words.
    pub(super) words: Option<(usize, &'static [&'static str])>,
    /// Whether the same arguments always give the same result.
    pub(super) deterministic: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Applied to each value when the first argument is a list.
    EachValue(Body),
    /// Sees a list as a whole.
    Whole(Body),
    Special(Special),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Iif,
    Switch,
    Error,
    Select,
    Where,
    With,
    ImportedValue,
    ValueCount,
    ContributorValue,
    IsPresent,
    IsNullOrEmpty,
    Contains,
    Item,
    ItemOrNull,
    RegexIsMatch,
    Now,
    Guid,
}

const MANY: usize = usize::MAX;
const CASE: &[&str] = &["CaseInsensitive", "CaseSensitive"];
const COMPARISON: &[&str] = &["vbTextCompare", "vbBinaryCompare"];
const ENCODING: &[&str] = &["Unicode", "ASCII", "UTF8"];
const IGNORE_CASE: &[&str] = &["IgnoreCase"];

/// Words that may stand without quotes as an argument.
pub(super) const BARE_WORDS: [&[&str]; 4] = [CASE, COMPARISON, ENCODING, IGNORE_CASE];

const fn definition(name: &'static str, arity: (usize, usize), form: Form) -> Definition {
    Definition { name, arity, form, words: None, deterministic: true }
}

const fn keep(name: &'static str, fewest: usize, most: usize, body: Keep) -> Definition {
    definition(name, (fewest, most), Form::EachValue(Body::Keep(body)))
}

const fn make(name: &'static str, fewest: usize, most: usize, body: Make) -> Definition {
    definition(name, (fewest, most), Form::EachValue(Body::Make(body)))
}

const fn whole(name: &'static str, fewest: usize, most: usize, body: Make) -> Definition {
    definition(name, (fewest, most), Form::Whole(Body::Make(body)))
}

const fn special(name: &'static str, fewest: usize, most: usize, special: Special) -> Definition {
    definition(name, (fewest, most), Form::Special(special))
}

impl Definition {
    const fn words(self, position: usize, words: &'static [&'static str]) -> Self {
        Self { words: Some((position, words)), ..self }
    }

    const fn not_deterministic(self) -> Self {
        Self { deterministic: false, ..self }
    }
}

/// All functions of `default-sync-rules` section G.5 (read 2026-11-20) but those on certificates, sorted by name.
pub(super) const FUNCTIONS: &[Definition] = &[
    make("BitAnd", 2, 2, test_function::bit_and),
    make("BitOr", 2, 2, test_function::bit_or),
    make("CBin", 1, 2, conversion::not_evaluated),
    make("CBool", 1, 1, conversion::to_boolean),
    make("CDate", 1, 1, date::to_date),
    make("CGuid", 1, 1, conversion::to_guid),
    make("CNum", 1, 1, conversion::to_number),
    keep("CRef", 1, 1, conversion::to_reference),
    keep("CStr", 1, 1, conversion::to_text),
    special("Contains", 2, 3, Special::Contains).words(2, CASE),
    special("ContributorValue", 2, 2, Special::ContributorValue),
    make("ConvertFromBase64", 1, 2, conversion::from_base64).words(1, ENCODING),
    make("ConvertFromUTF8Hex", 1, 1, conversion::from_utf8_hex),
    make("ConvertToBase64", 1, 1, conversion::to_base64),
    make("ConvertToUTF8Hex", 1, 1, conversion::to_utf8_hex),
    whole("Count", 1, 1, list::count),
    make("DNComponent", 2, 2, conversion::dn_component),
    make("DNComponentRev", 2, 3, conversion::dn_component_from_right).words(2, &["DC"]),
    // The interval comes first, so the date is not the argument a list is taken from.
    whole("DateAdd", 3, 3, date::add),
    make("DateFromNum", 1, 1, date::from_number),
    special("Error", 1, 1, Special::Error),
    make("EscapeDNComponent", 1, 1, conversion::escape_dn_component),
    make("FormatDateTime", 2, 2, date::format),
    special("Guid", 0, 0, Special::Guid).not_deterministic(),
    special("IIF", 3, 3, Special::Iif),
    special("ImportedValue", 1, 1, Special::ImportedValue),
    make("InStr", 2, 4, text::position).words(3, COMPARISON),
    make("InStrRev", 2, 4, text::last_position).words(3, COMPARISON),
    make("IsBitSet", 2, 2, test_function::is_bit_set),
    make("IsCert", 1, 1, test_function::is_certificate),
    make("IsDate", 1, 1, test_function::is_date),
    whole("IsEmpty", 1, 1, test_function::is_empty),
    make("IsGuid", 1, 1, test_function::is_guid),
    whole("IsNull", 1, 1, test_function::is_null),
    special("IsNullOrEmpty", 1, 1, Special::IsNullOrEmpty),
    make("IsNumeric", 1, 1, test_function::is_numeric),
    special("IsPresent", 1, 1, Special::IsPresent),
    make("IsString", 1, 1, test_function::is_string),
    special("Item", 2, 2, Special::Item),
    special("ItemOrNull", 2, 2, Special::ItemOrNull),
    whole("Join", 1, 2, list::join),
    keep("LCase", 1, 1, text::lower_case),
    keep("LTrim", 1, 1, text::trim_left),
    keep("Left", 2, 2, text::left),
    make("Len", 1, 1, text::length),
    keep("Mid", 3, 3, text::middle),
    special("Now", 0, 0, Special::Now).not_deterministic(),
    make("NumFromDate", 1, 1, date::to_number),
    keep("PCase", 1, 1, text::proper_case),
    keep("PadLeft", 3, 3, text::pad_left),
    keep("PadRight", 3, 3, text::pad_right),
    keep("RTrim", 1, 1, text::trim_right),
    make("RandomNum", 2, 2, test_function::random_number).not_deterministic(),
    special("RegexIsMatch", 2, 3, Special::RegexIsMatch).words(2, IGNORE_CASE),
    definition("RemoveDuplicates", (1, 1), Form::Whole(Body::Keep(list::remove_duplicates))),
    keep("Replace", 3, 3, text::replace),
    keep("ReplaceChars", 2, 2, text::replace_characters),
    keep("Right", 2, 2, text::right),
    special("Select", 3, 3, Special::Select),
    keep("Split", 2, 3, list::split),
    keep("StringFromGuid", 1, 1, conversion::guid_text),
    keep("StringFromSid", 1, 1, conversion::sid_text),
    special("Switch", 2, MANY, Special::Switch),
    make("Thumbprint", 1, 1, conversion::not_evaluated),
    keep("Trim", 1, 1, text::trim),
    keep("UCase", 1, 1, text::upper_case),
    special("ValueCount", 1, 1, Special::ValueCount),
    special("Where", 3, 3, Special::Where),
    special("With", 3, 3, Special::With),
    keep("Word", 3, 3, text::word),
];

/// Carries out `RegexIsMatch` with a pattern that is only known at evaluation.
pub(super) const COMPUTED_REGEX: &Definition =
    &make("RegexIsMatch", 2, 3, text::matches).words(2, IGNORE_CASE);

/// The function of exactly this name.
pub(super) fn find(name: &str) -> Option<&'static Definition> {
    FUNCTIONS.iter().find(|definition| definition.name == name)
}

/// What to write instead of a name that is no function; a sentence.
pub(super) fn unknown(name: &str) -> String {
    if let Some(right) = FUNCTIONS.iter().find(|known| known.name.eq_ignore_ascii_case(name)) {
        return format!("function names are case-sensitive: write {}", right.name);
    }
    if name.starts_with("Cert") {
        return "the Cert* functions are not supported yet".to_owned();
    }
    let nearest = FUNCTIONS
        .iter()
        .map(|known| (strsim::damerau_levenshtein(known.name, name), known.name))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    match nearest {
        Some((_, right)) => format!("there is no such function; did you mean {right}?"),
        None => "there is no such function".to_owned(),
    }
}

/// The arguments behind the first, and who asks for them.
#[derive(Debug)]
pub(super) struct Arguments<'a> {
    pub(super) function: &'static str,
    pub(super) values: &'a [Value<'a>],
}

impl<'a> Arguments<'a> {
    /// The argument at this position, counted from 0 behind the first; NULL when it was left out.
    pub(super) fn value(&self, position: usize) -> &'a Value<'a> {
        self.values.get(position).unwrap_or(&Value::Null)
    }

    /// A whole number.
    pub(super) fn number(&self, position: usize) -> Result<i64> {
        let value = self.value(position);
        value.as_number().ok_or_else(|| self.wrong_type("num", value))
    }

    /// A whole number, or `default` when NULL or left out.
    pub(super) fn number_or(&self, position: usize, default: i64) -> Result<i64> {
        if self.value(position).is_null() { Ok(default) } else { self.number(position) }
    }

    /// Text; `None` for NULL and when left out.
    pub(super) fn text(&self, position: usize) -> Result<Option<&'a str>> {
        match self.value(position) {
            Value::Null => Ok(None),
            value => value.as_text().map(Some).ok_or_else(|| self.wrong_type("str", value)),
        }
    }

    /// Whether an argument is this word and not one of the other words it may be.
    pub(super) fn is_word(&self, position: usize, word: &str) -> Result<bool> {
        let Some(found) = self.text(position)? else { return Ok(false) };
        let definition = find(self.function);
        let words = definition.and_then(|known| known.words).map_or(&[][..], |(_, words)| words);
        if !words.iter().any(|known| known.eq_ignore_ascii_case(found)) {
            return Err(self.problem(format!("\"{found}\" is none of {}", words.join(", "))));
        }
        Ok(found.eq_ignore_ascii_case(word))
    }

    pub(super) fn wrong_type(&self, expected: &'static str, found: &Value<'_>) -> Box<EvaluationError> {
        EvaluationError::wrong_type(self.function, expected, found)
    }

    pub(super) fn problem(&self, problem: impl Into<String>) -> Box<EvaluationError> {
        EvaluationError::problem(self.function, problem)
    }
}
