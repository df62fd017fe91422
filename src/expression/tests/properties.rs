//! Properties: nothing panics, operators follow a simple model, text functions follow naive ones.

use proptest::prelude::*;

use super::*;

/// A generated expression over numbers and booleans with its value by the model.
#[derive(Debug, Clone)]
enum Model {
    Number(i64),
    Chain(Vec<(char, Model)>),
    Compare(Box<Model>, &'static str, Box<Model>),
    Logic(bool, Vec<Model>),
}

fn arithmetic() -> impl Strategy<Value = Model> {
    let leaf = (-9_i64..10).prop_map(Model::Number);
    leaf.prop_recursive(3, 12, 4, |inner| {
        let signs = prop_oneof![Just('+'), Just('-'), Just('*')];
        proptest::collection::vec((signs, inner), 1..4).prop_map(Model::Chain)
    })
}

fn logic() -> impl Strategy<Value = Model> {
    let signs = prop_oneof![Just("="), Just("<>"), Just("<"), Just("<="), Just(">"), Just(">=")];
    let compare = (arithmetic(), signs, arithmetic())
        .prop_map(|(left, sign, right)| Model::Compare(Box::new(left), sign, Box::new(right)));
    compare.prop_recursive(3, 12, 4, |inner| {
        (any::<bool>(), proptest::collection::vec(inner, 1..4))
            .prop_map(|(and, terms)| Model::Logic(and, terms))
    })
}

impl Model {
    /// With no more parentheses than the binding of section G.1 needs.
    fn text(&self) -> String {
        let inner =
            |model: &Self, bare: bool| if bare { model.text() } else { format!("({})", model.text()) };
        match self {
            Self::Number(number) => number.to_string(),
            Self::Chain(terms) => {
                terms.iter().enumerate().fold(String::new(), |text, (position, (sign, term))| {
                    let term = inner(term, matches!(term, Self::Number(_)));
                    if position == 0 { term } else { format!("{text}{sign}{term}") }
                })
            }
            Self::Compare(left, sign, right) => format!("{} {sign} {}", left.text(), right.text()),
            Self::Logic(and, terms) => {
                let bare = |term: &Self| match term {
                    Self::Logic(inner_and, _) => !and && *inner_and,
                    _ => true,
                };
                let terms: Vec<_> = terms.iter().map(|term| inner(term, bare(term))).collect();
                terms.join(if *and { "&&" } else { " || " })
            }
        }
    }

    fn number(&self) -> i64 {
        match self {
            Self::Number(number) => *number,
            Self::Chain(terms) => {
                terms.iter().enumerate().fold(0, |sum, (position, (sign, term))| match (position, sign) {
                    (0, _) => term.number(),
                    (_, '+') => sum + term.number(),
                    (_, '-') => sum - term.number(),
                    _ => sum * term.number(),
                })
            }
            _ => unreachable!("no number"),
        }
    }

    fn truth(&self) -> bool {
        match self {
            Self::Compare(left, sign, right) => {
                let (left, right) = (left.number(), right.number());
                match *sign {
                    "=" => left == right,
                    "<>" => left != right,
                    "<" => left < right,
                    "<=" => left <= right,
                    ">" => left > right,
                    _ => left >= right,
                }
            }
            Self::Logic(true, terms) => terms.iter().all(Self::truth),
            Self::Logic(false, terms) => terms.iter().any(Self::truth),
            _ => unreachable!("no truth value"),
        }
    }
}

/// Text made of pieces of the language, so that generated expressions often get past the parser.
fn pieces() -> impl Strategy<Value = String> {
    let words: Vec<String> = function::FUNCTIONS
        .iter()
        .map(|function| format!("{}(", function.name))
        .chain(
            [
                "[mail]",
                "[proxyAddresses]",
                "[objectGUID]",
                "[userAccountControl]",
                "[sn]",
                "\"\"",
                "\"ä b\"",
                "\"mail\"",
                "0",
                "1",
                "-1",
                "99999999999",
                "&HF",
                "True",
                "False",
                "NULL",
                "CRLF",
                "$x",
                "%Domain.FQDN%",
                ",",
                ",",
                ",",
                ")",
                ")",
                ")",
                "(",
                "&",
                "&&",
                "||",
                "=",
                "<>",
                "<",
                "+",
                "-",
                "*",
                "/",
                " ",
                "\n",
                "\"",
                "[",
                "IgnoreThisFlow",
            ]
            .map(str::to_owned),
        )
        .collect();
    proptest::collection::vec(proptest::sample::select(words), 0..14).prop_map(|words| words.concat())
}

/// A call of every function with arguments that fit its count, mostly not its types.
fn calls() -> impl Strategy<Value = String> {
    let argument = proptest::sample::select(vec![
        "[mail]",
        "[proxyAddresses]",
        "[objectGUID]",
        "[userAccountControl]",
        "[sn]",
        "\"ä b\"",
        "0",
        "-1",
        "2",
        "9223372036854775807",
        "-9223372036854775808",
        "True",
        "NULL",
        "\"a:b\"",
        "\"yyyy\"",
        "CDate(\"2026-01-31\")",
        "IgnoreThisFlow",
        "Split(\"a b c\",\" \")",
    ]);
    let function = proptest::sample::select((0..function::FUNCTIONS.len()).collect::<Vec<_>>());
    (function, proptest::collection::vec(argument, 5)).prop_map(|(index, arguments)| {
        let function = &function::FUNCTIONS[index];
        let count = function.arity.1.min(4);
        format!("{}({})", function.name, arguments[..count].join(","))
    })
}

fn object() -> Sample {
    Sample::new(
        "CN=Nia,DC=corp,DC=example",
        &[
            ("mail", "näa@corp.example".as_bytes()),
            ("proxyAddresses", b"SMTP:a@x"),
            ("proxyAddresses", b"smtp:b@x"),
            ("objectGUID", &[1; 16]),
            ("userAccountControl", b"512"),
        ],
    )
}

fn evaluate_if_it_parses(text: &str) -> bool {
    let sample = object();
    let mut names = sample.directory.names().clone();
    let Ok(expression) = Expression::parse(text, &mut names) else { return false };
    let scope = ObjectScope::new(sample.directory.object(ObjectId(0)), &names, &sample.parameters);
    let (value, truth) = (expression.evaluate(&scope), expression.is_true(&scope));
    if let (true, Ok(Value::List(values))) = (expression.is_deterministic(), &value) {
        assert!(
            !values.is_empty() && values.iter().all(|value| !matches!(value, Value::Null | Value::List(_)))
        );
    }
    let _ = truth;
    true
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\"\""))
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(text in any::<String>()) {
        if let Err(error) = Expression::parse(&text, &mut AttributeNames::default()) {
            prop_assert!(error.offset <= text.len());
            let _ = error.to_string();
        }
    }

    #[test]
    fn text_of_the_language_parses_or_is_refused(text in pieces()) {
        evaluate_if_it_parses(&text);
    }

    #[test]
    fn every_call_gives_a_value_or_an_error(text in calls()) {
        evaluate_if_it_parses(&text);
    }

    #[test]
    fn arithmetic_goes_from_left_to_right(model in arithmetic()) {
        prop_assert_eq!(Sample::of(&[]).shown(&model.text()), model.number().to_string(), "{}", model.text());
    }

    #[test]
    fn comparisons_bind_before_and_before_or(model in logic()) {
        let expected = if model.truth() { "True" } else { "False" };
        prop_assert_eq!(Sample::of(&[]).shown(&model.text()), expected, "{}", model.text());
    }

    #[test]
    fn text_literals_keep_their_text(text in "[^\0]{0,20}") {
        prop_assert_eq!(Sample::of(&[]).evaluate(&quoted(&text)), Ok(Value::text(text)));
    }

    #[test]
    fn parts_are_those_of_naive_functions(text in "[aä😀 ]{0,8}", start in 1_usize..10, count in 1_usize..10) {
        let all = chars(&text);
        let sample = Sample::of(&[]);
        let value = |function: &str| sample.evaluate(&format!("{}{})", function, quoted(&text)));
        let left: String = all.iter().take(count).collect();
        prop_assert_eq!(sample.evaluate(&format!("Left({},{count})", quoted(&text))), Ok(Value::text(left)));
        let right: String = all.iter().skip(all.len().saturating_sub(count)).collect();
        prop_assert_eq!(sample.evaluate(&format!("Right({},{count})", quoted(&text))), Ok(Value::text(right)));
        let middle: String =
            if start > all.len() { text.clone() } else { all.iter().skip(start - 1).take(count).collect() };
        prop_assert_eq!(sample.evaluate(&format!("Mid({},{start},{count})", quoted(&text))), Ok(Value::text(middle)));
        prop_assert_eq!(value("Trim("), Ok(Value::text(text.trim().to_owned())));
        prop_assert_eq!(value("Len("), Ok(Value::Number(i64::try_from(all.len()).unwrap())));
    }

    #[test]
    fn positions_are_those_of_a_naive_search(text in "[aäb]{0,8}", needle in "[aäb]{1,2}", start in 1_usize..9) {
        let (all, wanted) = (chars(&text), chars(&needle));
        let hits = || (0..all.len()).filter(|at| all[*at..].starts_with(&wanted)).map(|at| at + 1);
        let first = hits().find(|at| *at >= start).unwrap_or(0);
        let last = hits().next_back().unwrap_or(0);
        let sample = Sample::of(&[]);
        prop_assert_eq!(sample.shown(&format!("InStr({},{},{start})", quoted(&text), quoted(&needle))), first.to_string());
        prop_assert_eq!(sample.shown(&format!("InStrRev({},{})", quoted(&text), quoted(&needle))), last.to_string());
    }

    #[test]
    fn words_are_those_of_a_split(text in "[aä_-]{0,10}", number in -1_i64..6) {
        let words: Vec<&str> = text.split(['_', '-']).collect();
        let expected = usize::try_from(number - 1).ok().and_then(|at| words.get(at)).copied().unwrap_or_default();
        let found = Sample::of(&[]).evaluate(&format!("Word({},{number},\"_-\")", quoted(&text)));
        prop_assert_eq!(found, Ok(Value::text(expected.to_owned())));
    }

    #[test]
    fn hexadecimal_and_base64_read_back(text in "\\PC{0,12}") {
        let sample = Sample::of(&[]);
        let hex = format!("ConvertFromUTF8Hex(ConvertToUTF8Hex({}))", quoted(&text));
        prop_assert_eq!(sample.evaluate(&hex), Ok(Value::text(text.clone())));
        let base64 = format!("ConvertFromBase64(ConvertToBase64({}))", quoted(&text));
        prop_assert_eq!(sample.evaluate(&base64), Ok(Value::text(text)));
    }
}
