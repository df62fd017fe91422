//! Attributes that the settings choose, under names that pages can use like any other attribute.
//!
//! Which attribute is the source anchor, and which one persons are joined on, is known only when a run starts, long
//! after pages are bound. A page writes `configuredSourceAnchor` or `configuredJoinAttribute`; both are interned as
//! ordinary names and replaced here whenever a value is read or a finding is written.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::config::{Engine, SyncSettings, UserMatching};
use crate::directory::{AttributeId, AttributeNames, Class, attribute};
use crate::expression::{EvaluationError, Scope, Value};

/// The name that stands for the attribute the source anchor is taken from: the choice of the settings for persons,
/// `objectGUID` for contacts, and for groups too unless the choice is mS-DS-ConsistencyGuid (default-sync-rules, E.1).
/// Cloud Sync takes it from one attribute for all (entra-outcomes, K).
pub const SOURCE_ANCHOR: &str = "configuredSourceAnchor";
/// The name that stands for the attribute an object is joined on: `mail` for contacts, the choice of the settings
/// for persons, `objectGUID` where the choice names no single attribute. Cloud Sync joins nothing and knows all objects by
/// `objectGUID`.
pub const JOIN_ATTRIBUTE: &str = "configuredJoinAttribute";

/// The name that stands for the attribute the user principal name is taken from: the alternate login ID, if one is set.
pub const LOGIN: &str = "configuredLogin";

/// What the names stand for in one run.
#[derive(Debug, Clone, Copy)]
pub struct Roles {
    source_anchor_role: Option<AttributeId>,
    join_role: Option<AttributeId>,
    login_role: Option<AttributeId>,
    login: Option<AttributeId>,
    source_anchor: Option<AttributeId>,
    person_join: Option<AttributeId>,
    /// Contacts are treated like everybody else.
    one_for_all: bool,
}

impl Roles {
    /// Looks the choices of the settings up. A chosen attribute that no input names has no id and no values.
    pub fn new(names: &AttributeNames, sync: &SyncSettings) -> Self {
        let person_join = match &sync.user_matching {
            UserMatching::Once => Some(attribute::OBJECT_GUID),
            UserMatching::Mail => Some(attribute::MAIL),
            UserMatching::ObjectSid => Some(attribute::OBJECT_SID),
            UserMatching::SamAccountName => Some(attribute::SAM_ACCOUNT_NAME),
            UserMatching::Attribute(name) => names.lookup(name.as_bytes()),
        };
        Self {
            source_anchor_role: names.lookup(SOURCE_ANCHOR.as_bytes()),
            join_role: names.lookup(JOIN_ATTRIBUTE.as_bytes()),
            login_role: names.lookup(LOGIN.as_bytes()),
            login: names.lookup(sync.login_attribute.as_bytes()),
            source_anchor: names.lookup(sync.source_anchor.as_bytes()),
            person_join,
            one_for_all: sync.engine == Engine::CloudSync,
        }
    }

    fn source_anchor_of(&self, class: Class) -> Option<AttributeId> {
        match class {
            Class::User | Class::InetOrgPerson => self.source_anchor,
            Class::Contact if self.one_for_all => self.source_anchor,
            Class::Group if self.source_anchor == Some(attribute::CONSISTENCY_GUID) => self.source_anchor,
            _ => Some(attribute::OBJECT_GUID),
        }
    }

    /// The attribute that is meant, for an object of this class; `None` when it is in no input.
    #[inline]
    pub fn resolve(&self, id: AttributeId, class: Class) -> Option<AttributeId> {
        if Some(id) == self.source_anchor_role {
            self.source_anchor_of(class)
        } else if Some(id) == self.login_role {
            self.login
        } else if Some(id) == self.join_role {
            match class {
                Class::Contact if !self.one_for_all => Some(attribute::MAIL),
                Class::User | Class::InetOrgPerson => self.person_join,
                _ => Some(attribute::OBJECT_GUID),
            }
        } else {
            Some(id)
        }
    }
}

/// A scope in which the roles read the attributes they stand for.
pub(super) struct RoleScope<'s, S> {
    pub(super) inner: S,
    pub(super) roles: &'s Roles,
    pub(super) class: Class,
}

impl<'v, S: Scope<'v>> Scope<'v> for RoleScope<'_, S> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'v>, EvaluationError> {
        self.roles.resolve(id, self.class).map_or(Ok(Value::Null), |id| self.inner.attribute(id))
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        self.roles.resolve(id, self.class).map_or(Ok(false), |id| self.inner.is_present(id))
    }

    fn parameter(&self, name: &str) -> Option<Cow<'v, str>> {
        self.inner.parameter(name)
    }

    fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'v>, EvaluationError> {
        self.inner.contributor(of, from)
    }

    fn value_count(&self, id: AttributeId) -> Result<usize, EvaluationError> {
        self.roles.resolve(id, self.class).map_or(Ok(0), |id| self.inner.value_count(id))
    }

    fn visit(
        &self,
        id: AttributeId,
        visitor: &mut dyn FnMut(Value<'v>) -> ControlFlow<()>,
    ) -> Result<(), EvaluationError> {
        self.roles.resolve(id, self.class).map_or(Ok(()), |id| self.inner.visit(id, visitor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_follow_the_settings_and_the_class() {
        let mut names = AttributeNames::default();
        let anchor = names.intern(SOURCE_ANCHOR).unwrap();
        let join = names.intern(JOIN_ATTRIBUTE).unwrap();
        let login = names.intern(LOGIN).unwrap();
        let sync = SyncSettings { user_matching: UserMatching::Mail, ..SyncSettings::default() };
        let roles = Roles::new(&names, &sync);
        assert_eq!(roles.resolve(anchor, Class::User), Some(attribute::CONSISTENCY_GUID));
        assert_eq!(roles.resolve(anchor, Class::Contact), Some(attribute::OBJECT_GUID));
        assert_eq!(roles.resolve(join, Class::User), Some(attribute::MAIL));
        assert_eq!(roles.resolve(join, Class::Group), Some(attribute::OBJECT_GUID));
        assert_eq!(roles.resolve(attribute::CN, Class::User), Some(attribute::CN));
        assert_eq!(roles.resolve(login, Class::User), Some(attribute::USER_PRINCIPAL_NAME));
        let alternate = SyncSettings { login_attribute: "mail".to_owned(), ..sync.clone() };
        assert_eq!(Roles::new(&names, &alternate).resolve(login, Class::User), Some(attribute::MAIL));
        let unknown = SyncSettings { source_anchor: "nowhereSeen".to_owned(), ..sync };
        let roles = Roles::new(&names, &unknown);
        assert_eq!(roles.resolve(anchor, Class::User), None);
        assert_eq!(roles.resolve(anchor, Class::Group), Some(attribute::OBJECT_GUID));
    }
}
