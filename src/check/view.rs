//! What checks see of a simulation: which objects they look at, in which scope, and how values read as text.

use std::borrow::Cow;

use super::bound::{Check, ClassSet};
use super::front_matter::On;
use super::role::{RoleScope, Roles};
use super::tenant_scope::{CheckScope, TenantScope};
use crate::config::Settings;
use crate::directory::{AttributeId, Directory, Object, ObjectId};
use crate::entra::stage::Predicted;
use crate::expression::{EvaluationError, Expression, Scope, Value};
use crate::outcome::{Outcome, Reason};
use crate::sync::{AnyScope, Simulation};
use crate::tenant::{CloudId, CloudProperty};

/// A simulation with the settings it was made with.
pub(super) struct View<'s, 'd> {
    pub(super) simulation: &'s Simulation<'d>,
    pub(super) predicted: Predicted<'s, 's>,
    pub(super) settings: &'s Settings,
    pub(super) roles: Roles,
}

type ScopeOf<'v, 's, 'd> = RoleScope<'v, CheckScope<'s, 'd>>;

impl<'s, 'd> View<'s, 'd> {
    pub(super) fn new(
        simulation: &'s Simulation<'d>,
        predicted: Predicted<'s, 's>,
        settings: &'s Settings,
    ) -> Self {
        let roles = Roles::new(simulation.directory().names(), &settings.sync);
        Self { simulation, predicted, settings, roles }
    }

    pub(super) fn directory(&self) -> &'d Directory {
        self.simulation.directory()
    }

    pub(super) fn object(&self, id: ObjectId) -> Object<'d> {
        self.directory().object(id)
    }

    /// Whether the engine takes the object. One that is filtered or never reaches the metaverse carries findings
    /// about why it stays out, none about its values; one that the engine stops on would have been taken.
    pub(super) fn is_taken(&self, id: ObjectId) -> bool {
        match self.simulation.outcome(id) {
            Outcome::Filtered => false,
            Outcome::SyncError => true,
            _ => self.simulation.metaverse_of(id).is_some(),
        }
    }

    /// The scope in which a check looks at an object; `None` when it does not look at it. Checks over the metaverse
    /// or the export look at each metaverse object once, at its first member.
    pub(super) fn scope(&self, check: &Check, id: ObjectId) -> Option<ScopeOf<'_, 's, 'd>> {
        let object = self.object(id);
        if check.on == On::Directory {
            let is_looked_at = check.classes.contains(object.class()) && self.is_taken(id);
            return is_looked_at.then(|| self.object_scope(object));
        }
        let metaverse = self.simulation.metaverse_of(id)?;
        let members = self.simulation.members(metaverse);
        let is_first = members.first() == Some(&id);
        if !is_first || !self.is_taken(id) || !self.any_of_class(members, check.classes) {
            return None;
        }
        self.linked_scope(check, id)
    }

    /// The scope of a check for an object, whether or not the engine takes it; `None` when there is no such scope.
    pub(super) fn linked_scope(&self, check: &Check, id: ObjectId) -> Option<ScopeOf<'_, 's, 'd>> {
        let object = self.object(id);
        let inner = match check.on {
            On::Directory => CheckScope::Engine(AnyScope::Object(self.simulation.object_scope(id))),
            On::Metaverse => {
                let metaverse = self.simulation.metaverse_of(id)?;
                CheckScope::Engine(AnyScope::Metaverse(self.simulation.metaverse_scope(metaverse)))
            }
            On::Export => CheckScope::Engine(self.export_scope(id)?),
            On::Tenant => {
                let metaverse = self.simulation.metaverse_of(id)?;
                let names = self.directory().names();
                let scope = TenantScope::new(self.predicted, names, self.export_scope(id)?, metaverse)?;
                CheckScope::Tenant(Box::new(scope))
            }
        };
        Some(RoleScope { inner, roles: &self.roles, class: object.class() })
    }

    fn export_scope(&self, id: ObjectId) -> Option<AnyScope<'s, 'd>> {
        Some(AnyScope::Export(self.simulation.export_scope(self.simulation.metaverse_of(id)?)?))
    }

    pub(super) fn object_scope(&self, object: Object<'d>) -> ScopeOf<'_, 's, 'd> {
        let inner = CheckScope::Engine(AnyScope::Object(self.simulation.object_scope(object.id())));
        RoleScope { inner, roles: &self.roles, class: object.class() }
    }

    /// The object that carries a finding about `id`: for the metaverse and the export the one that contributes the
    /// attribute in question, else the principal. `None` when it is of a class the check does not speak about.
    pub(super) fn holder(&self, check: &Check, id: ObjectId) -> Option<ObjectId> {
        if check.on == On::Directory {
            return Some(id);
        }
        let metaverse = self.simulation.metaverse_of(id)?;
        let contributor = check.contributor.and_then(|of| self.simulation.contributor(metaverse, of));
        let holder = contributor.unwrap_or_else(|| self.simulation.principal(metaverse));
        check.classes.contains(self.object(holder).class()).then_some(holder)
    }

    /// A cloud object as people know it.
    pub(super) fn cloud_name(&self, id: CloudId) -> String {
        let object = self.predicted.stage.tenant().object(id);
        let names = [CloudProperty::UserPrincipalName, CloudProperty::Mail, CloudProperty::DisplayName];
        let name =
            names.into_iter().find_map(|property| object.text(property)).unwrap_or_else(|| object.id());
        format!("cloud {} {name}", object.kind().name())
    }

    /// The cloud object that an object is, takes over, or is refused because of; empty when there is none.
    pub(super) fn cloud_object_of(&self, id: ObjectId) -> String {
        let metaverse = self.simulation.metaverse_of(id);
        let cloud = metaverse.and_then(|metaverse| self.predicted.stage.fate(metaverse.0).cloud);
        cloud.map(|cloud| self.cloud_name(cloud)).unwrap_or_default()
    }

    /// Whether the object supplies what is exported with a metaverse attribute.
    pub(super) fn supplies(&self, id: ObjectId, attribute: AttributeId) -> bool {
        let exported =
            self.simulation.metaverse_of(id).filter(|id| self.simulation.export_type(*id).is_some());
        exported.is_some_and(|metaverse| self.simulation.contributor(metaverse, attribute) == Some(id))
    }

    fn any_of_class(&self, members: &[ObjectId], classes: ClassSet) -> bool {
        members.iter().any(|member| classes.contains(self.object(*member).class()))
    }

    /// All other members of the metaverse object, sorted by forest, then DN.
    pub(super) fn partners(&self, id: ObjectId) -> impl Iterator<Item = ObjectId> + '_ {
        let members = self.simulation.metaverse_of(id).map(|metaverse| self.simulation.members(metaverse));
        members.unwrap_or_default().iter().copied().filter(move |member| *member != id)
    }

    /// The first of these reasons that the object has.
    pub(super) fn reason(&self, id: ObjectId, reasons: &[Reason]) -> Option<Reason> {
        let own = self.simulation.reasons(id);
        reasons.iter().copied().find(|reason| own.contains(*reason))
    }

    /// Whether the object is predicted to keep what several compete for.
    pub(super) fn keeps(&self, id: ObjectId) -> bool {
        let stopped = matches!(self.simulation.outcome(id), Outcome::SyncError | Outcome::ExportError);
        !stopped && self.simulation.metaverse_of(id).is_some()
    }

    /// The attribute that is meant by a name of a page, for this object.
    pub(super) fn resolve(&self, attribute: AttributeId, object: &Object<'_>) -> Option<AttributeId> {
        self.roles.resolve(attribute, object.class())
    }
}

/// A condition that is not there holds.
pub(super) fn holds(condition: Option<&Expression>, scope: &dyn Scope<'_>) -> Result<bool, EvaluationError> {
    condition.map_or(Ok(true), |condition| condition.is_true(scope))
}

/// A value as text for people; of several the first. `None` for binary values and for no value.
pub(super) fn text_of(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) | Value::Reference(text) => Some(text.clone().into_owned()),
        Value::Number(number) | Value::Date(number) => Some(number.to_string()),
        Value::Boolean(true) => Some("TRUE".to_owned()),
        Value::Boolean(false) => Some("FALSE".to_owned()),
        Value::List(values) => values.iter().find_map(text_of),
        Value::Null | Value::Binary(_) | Value::IgnoreThisFlow | Value::AuthoritativeNull => None,
    }
}

/// Hands every key of a value on: text (lower-cased unless letter case counts) or bytes. NULL and empty values are
/// no key.
pub(super) fn for_each_key(value: &Value<'_>, case_sensitive: bool, take: &mut dyn FnMut(&[u8])) {
    match value {
        Value::Binary(bytes) if !bytes.is_empty() => take(bytes),
        Value::List(values) => values.iter().for_each(|value| for_each_key(value, case_sensitive, take)),
        Value::Text(text) | Value::Reference(text) if !text.is_empty() => {
            if case_sensitive {
                take(text.as_bytes());
            } else {
                take(lower_case(text).as_bytes());
            }
        }
        Value::Number(number) | Value::Date(number) => take(&number.to_le_bytes()),
        Value::Boolean(is_true) => take(&[u8::from(*is_true)]),
        _ => {}
    }
}

fn lower_case(text: &str) -> Cow<'_, str> {
    let is_lower = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(value: &Value<'_>, case_sensitive: bool) -> Vec<Vec<u8>> {
        let mut keys = Vec::new();
        for_each_key(value, case_sensitive, &mut |key| keys.push(key.to_vec()));
        keys
    }

    #[test]
    fn keys_ignore_letter_case_unless_it_counts() {
        let text = |text: &'static str| Value::Text(Cow::Borrowed(text));
        assert_eq!(keys(&text("Ä@B"), false), ["ä@b".as_bytes()]);
        assert_eq!(keys(&text("Ä@B"), true), ["Ä@B".as_bytes()]);
        let list = Value::List(vec![text("a"), text(""), Value::Null, text("B")]);
        assert_eq!(keys(&list, false), [b"a", b"b"]);
        assert!(keys(&Value::Binary(Cow::Borrowed(b"")), false).is_empty());
    }

    #[test]
    fn binary_values_have_no_text() {
        assert_eq!(text_of(&Value::Binary(Cow::Borrowed(b"\x01"))), None);
        assert_eq!(text_of(&Value::Number(2)).as_deref(), Some("2"));
    }
}
