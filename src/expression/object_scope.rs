//! The scope of an expression that runs on a directory object.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::directory::{AttributeId, AttributeNames, Object, Syntax, attribute, sid};

use super::{EvaluationError, Scope, Value};

/// The parameters of a connector (`default-sync-rules` section G.4, read 2026-11-20); `None` where not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// `Domain.FQDN`: DNS name of the object's domain.
    pub domain_fqdn: Option<String>,
    /// `Domain.Netbios`.
    pub domain_netbios: Option<String>,
    /// `Domain.LDAP`: DN of the object's domain.
    pub domain_ldap: Option<String>,
    /// `Forest.FQDN`: DNS name of the root domain.
    pub forest_fqdn: Option<String>,
    /// `Forest.Netbios`.
    pub forest_netbios: Option<String>,
    /// `Forest.LDAP`: DN of the root domain.
    pub forest_ldap: Option<String>,
    /// `Connector.ID`: GUID of the connector.
    pub connector_id: Option<String>,
}

impl Parameters {
    /// The value of a parameter by its name, in any letter case; `None` when unknown.
    pub fn get(&self, name: &str) -> Option<&str> {
        let known = [
            ("Domain.FQDN", &self.domain_fqdn),
            ("Domain.Netbios", &self.domain_netbios),
            ("Domain.LDAP", &self.domain_ldap),
            ("Forest.FQDN", &self.forest_fqdn),
            ("Forest.Netbios", &self.forest_netbios),
            ("Forest.LDAP", &self.forest_ldap),
            ("Connector.ID", &self.connector_id),
        ];
        known
            .into_iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| value.as_deref())
    }
}

/// A directory object as the language sees it: values typed by the schema, empty ones left out.
///
/// `[dn]` is the object's DN as text (rules write `CRef([dn])` where they need a reference).
#[derive(Debug, Clone, Copy)]
pub struct ObjectScope<'v> {
    object: Object<'v>,
    names: &'v AttributeNames,
    parameters: &'v Parameters,
}

impl<'v> ObjectScope<'v> {
    /// The scope of one object; cheap.
    pub fn new(object: Object<'v>, names: &'v AttributeNames, parameters: &'v Parameters) -> Self {
        Self { object, names, parameters }
    }

    fn dn(&self) -> Value<'v> {
        self.object.dn_text().map_or(Value::Null, Value::Text)
    }

    /// Typed values that are not empty.
    fn values(&self, id: AttributeId) -> impl Iterator<Item = Value<'v>> + use<'v> {
        let syntax = self.names.syntax(id);
        self.object
            .values(id)
            .filter(|value| !value.bytes.is_empty())
            .map(move |value| read_value(syntax, value.bytes))
    }
}

impl<'v> Scope<'v> for ObjectScope<'v> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'v>, EvaluationError> {
        if id == attribute::DN {
            return Ok(self.dn());
        }
        let mut values = self.values(id);
        let Some(first) = values.next() else { return Ok(Value::Null) };
        Ok(match values.next() {
            None if self.names.is_multi_valued(id) => Value::List(vec![first]),
            None => first,
            Some(second) => {
                let mut list = Vec::with_capacity(self.object.values(id).len());
                list.extend([first, second]);
                list.extend(values);
                Value::List(list)
            }
        })
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        if id == attribute::DN {
            return Ok(!self.object.dn().is_empty());
        }
        Ok(self.object.first(id).is_some())
    }

    fn parameter(&self, name: &str) -> Option<Cow<'v, str>> {
        self.parameters.get(name).map(Cow::Borrowed)
    }

    fn value_count(&self, id: AttributeId) -> Result<usize, EvaluationError> {
        if id == attribute::DN {
            return Ok(usize::from(!self.object.dn().is_empty()));
        }
        Ok(self.object.values(id).filter(|value| !value.bytes.is_empty()).count())
    }

    fn visit(
        &self,
        id: AttributeId,
        visitor: &mut dyn FnMut(Value<'v>) -> ControlFlow<()>,
    ) -> Result<(), EvaluationError> {
        // An early stop is no failure: there is nothing to hand on.
        let _ = if id == attribute::DN {
            self.dn().into_values().try_for_each(visitor)
        } else {
            self.values(id).try_for_each(visitor)
        };
        Ok(())
    }
}

/// A stored value as the language sees it. What does not parse under its syntax is text; bytes that are not UTF-8 are
/// binary whatever the syntax.
pub fn read_value(syntax: Syntax, bytes: &[u8]) -> Value<'_> {
    let is_binary = match syntax {
        Syntax::Binary => true,
        Syntax::Guid => bytes.len() == 16,
        Syntax::Sid => sid::is_valid(bytes),
        _ => false,
    };
    let Some(text) = (!is_binary).then(|| std::str::from_utf8(bytes).ok()).flatten() else {
        return Value::Binary(Cow::Borrowed(bytes));
    };
    match syntax {
        Syntax::Integer => text.trim_ascii().parse().map_or(Value::text(text), Value::Number),
        Syntax::Boolean if text.eq_ignore_ascii_case("TRUE") => Value::Boolean(true),
        Syntax::Boolean if text.eq_ignore_ascii_case("FALSE") => Value::Boolean(false),
        Syntax::Reference => Value::Reference(Cow::Borrowed(text)),
        _ => Value::text(text),
    }
}
