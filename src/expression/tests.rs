//! Tests of the language. They run on real directory objects; a table row is an expression and what it must give.

mod default_rules;
mod functions;
mod null_and_lists;
mod properties;
mod server_configuration;
mod syntax;

use std::fmt::Write as _;

use crate::directory::{
    AttributeNames, ChunkBuilder, Directory, ForestId, ObjectId, SourceId, ValueFlags, filetime,
};

use super::*;

/// A directory of one object.
struct Sample {
    directory: Directory,
    parameters: Parameters,
}

impl Sample {
    fn new(dn: &str, values: &[(&str, &[u8])]) -> Self {
        let mut names = AttributeNames::default();
        let mut chunk = ChunkBuilder::new(SourceId(0));
        chunk.begin(0);
        chunk.set_dn(dn.as_bytes());
        for (name, bytes) in values {
            chunk.push(names.intern(name).unwrap(), bytes, 0, ValueFlags::NONE);
        }
        chunk.finish_object();
        let directory =
            Directory::new(names, Vec::new(), Vec::new(), vec![chunk.finish()], [(0, 0, ForestId(0))]);
        let parameters = Parameters { domain_fqdn: Some("corp.example".to_owned()), ..Parameters::default() };
        Self { directory, parameters }
    }

    fn of(values: &[(&str, &str)]) -> Self {
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        Self::new("CN=Nia Okoro,OU=Staff,DC=corp,DC=example", &values)
    }

    fn evaluate(&self, text: &str) -> Result<Value<'static>, EvaluationError> {
        let mut names = self.directory.names().clone();
        let expression =
            Expression::parse(text, &mut names).unwrap_or_else(|error| panic!("{text}\n{error}"));
        let scope = ObjectScope::new(self.directory.object(ObjectId(0)), &names, &self.parameters);
        let value = expression.evaluate(&scope);
        if let Ok(value @ (Value::Boolean(_) | Value::Null)) = &value {
            assert_eq!(expression.is_true(&scope), Ok(*value == Value::Boolean(true)), "{text}");
        }
        value.map(Value::into_owned)
    }

    /// The result in short; see [`show`].
    fn shown(&self, text: &str) -> String {
        match self.evaluate(text) {
            Ok(value) => show(&value),
            Err(error) => format!("error: {error}"),
        }
    }

    fn check(&self, rows: &[(&str, &str)]) {
        for (text, expected) in rows {
            assert_eq!(self.shown(text), *expected, "{text}");
        }
    }
}

/// `'text'`, `5`, `True`, `0xff`, `ref:CN=…`, `dt:…`, `[…; …]`, `NULL`.
fn show(value: &Value<'_>) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Text(text) => format!("'{text}'"),
        Value::Binary(bytes) => bytes.iter().fold("0x".to_owned(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        }),
        Value::Number(number) => number.to_string(),
        Value::Boolean(true) => "True".to_owned(),
        Value::Boolean(false) => "False".to_owned(),
        Value::Reference(dn) => format!("ref:{dn}"),
        Value::Date(at) => format!("dt:{}", filetime::to_generalized(*at).unwrap()),
        Value::List(values) => format!("[{}]", values.iter().map(show).collect::<Vec<_>>().join("; ")),
        Value::IgnoreThisFlow => "IgnoreThisFlow".to_owned(),
        Value::AuthoritativeNull => "AuthoritativeNull".to_owned(),
    }
}

#[test]
fn scopes_type_values_by_the_schema() {
    let sid = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
    let sample = Sample::new(
        "CN=Nia,DC=corp,DC=example",
        &[
            ("displayName", b"Nia"),
            ("mail", b""),
            ("userAccountControl", b"512"),
            ("groupType", b"many"),
            ("msExchHideFromAddressLists", b"true"),
            ("isCriticalSystemObject", b"FALSE"),
            ("objectGUID", &[7; 16]),
            ("objectSid", &sid),
            ("msRTCSIP-OriginatorSid", b"S-1-5-18"),
            ("manager", b"CN=Ana,DC=corp,DC=example"),
            ("proxyAddresses", b"smtp:a@corp.example"),
            ("title", b"one"),
            ("title", b"two"),
            ("l", &[0xff, 0xfe]),
            ("madeUp", b"x"),
        ],
    );
    sample.check(&[
        ("[displayName]", "'Nia'"),
        ("[mail]", "NULL"),
        ("[userAccountControl]", "512"),
        ("[groupType]", "'many'"),
        ("[msExchHideFromAddressLists]", "True"),
        ("[isCriticalSystemObject]", "False"),
        ("[objectGUID]", "0x07070707070707070707070707070707"),
        ("[objectSid]", "0x010100000000000512000000"),
        ("[msRTCSIP-OriginatorSid]", "'S-1-5-18'"),
        ("[manager]", "ref:CN=Ana,DC=corp,DC=example"),
        ("[proxyAddresses]", "['smtp:a@corp.example']"),
        ("[title]", "['one'; 'two']"),
        ("[l]", "0xfffe"),
        ("[madeUp]", "['x']"),
        ("[DISPLAYNAME]", "'Nia'"),
        ("[dn]", "'CN=Nia,DC=corp,DC=example'"),
        ("%domain.fqdn%", "'corp.example'"),
        ("%Forest.FQDN%", "NULL"),
        ("%ADS_UF_ACCOUNTDISABLE%", "2"),
        ("ValueCount(\"title\") + ValueCount(\"mail\") + ValueCount(\"dn\")", "3"),
        ("IsPresent([dn]) && IsPresent([mail]) = False", "True"),
        ("Item([dn],1) & Contains([dn], \"Nia\")", "error: & takes str, but got num"),
    ]);
    Sample::new("", &[]).check(&[
        ("[dn]", "NULL"),
        ("IsPresent([dn])", "False"),
        ("ValueCount(\"dn\")", "0"),
    ]);
}

#[test]
fn results_borrow_what_the_scope_lends() {
    let sample = Sample::of(&[("mail", " nia@corp.example ")]);
    let mut names = sample.directory.names().clone();
    for text in ["Left(Trim([mail]), 3)", "Word(IIF(True,[mail],\"\"), 1, \"@\")", "Mid(LCase([mail]), 2, 3)"]
    {
        let expression = Expression::parse(text, &mut names).unwrap();
        let scope = ObjectScope::new(
            sample.directory.object(ObjectId(0)),
            sample.directory.names(),
            &sample.parameters,
        );
        let value = expression.evaluate(&scope).unwrap();
        assert!(matches!(value, Value::Text(Cow::Borrowed(_))), "{text}: {value:?}");
    }
}

/// The defaults of [`Scope`] answer like a scope that overrides them.
#[test]
fn a_scope_needs_three_methods_only() {
    struct Fixed;
    impl Scope<'static> for Fixed {
        fn attribute(&self, _: AttributeId) -> Result<Value<'static>, EvaluationError> {
            Ok(Value::List(vec![Value::text("a"), Value::text("b")]))
        }
        fn is_present(&self, _: AttributeId) -> Result<bool, EvaluationError> {
            Ok(true)
        }
        fn parameter(&self, _: &str) -> Option<Cow<'static, str>> {
            None
        }
        fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'static>, EvaluationError> {
            Ok(Value::Boolean(of != from))
        }
    }
    let mut names = AttributeNames::default();
    let rows = [
        ("ValueCount(\"x\")", "2"),
        ("Item([x],2)", "'b'"),
        ("Contains([x],\"b\")", "2"),
        ("ContributorValue(\"mail\", \"sn\")", "True"),
        ("%Domain.FQDN%", "NULL"),
    ];
    for (text, expected) in rows {
        let expression = Expression::parse(text, &mut names).unwrap();
        assert_eq!(show(&expression.evaluate(&Fixed).unwrap()), expected, "{text}");
    }
}

#[test]
fn expressions_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Expression>();
    shared::<ObjectScope<'_>>();
}
