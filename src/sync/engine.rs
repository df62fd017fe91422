//! The engine's view of one directory: rules in force, the scopes that expressions are evaluated against, and which
//! rules an object is in the scope of.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use crate::directory::{AttributeId, Directory, Object, ObjectId, attribute, dn};
use crate::expression::{EvaluationError, ObjectScope, Parameters, Scope, Value};
use crate::outcome::Reason;

use super::bound::{BoundClause, BoundRule, RuleBook, TypePair, TypeRules};
use super::cloud_link::{CloudLink, CloudLinks, CloudOf};
use super::ou_filter::OuFilter;
use super::rule::{LinkType, ScopeOperator};
use super::{flow, scope};

/// Parameters are made on demand by [`ConnectorScope`]: few flows ask for them, and they differ by domain.
static NO_PARAMETERS: Parameters = Parameters {
    domain_fqdn: None,
    domain_netbios: None,
    domain_ldap: None,
    forest_fqdn: None,
    forest_netbios: None,
    forest_ldap: None,
    connector_id: None,
};

/// Rules and inputs of one simulation.
#[derive(Debug)]
pub(super) struct Engine<'d> {
    pub directory: &'d Directory,
    pub book: RuleBook,
    pub ou_filters: Vec<OuFilter>,
    pub cloud_links: CloudLinks<'d>,
    /// Keys of the members of the groups that ISMEMBEROF clauses name, by key of the group's DN.
    pub scope_groups: HashMap<u64, HashSet<u64>>,
}

/// How the scoping filters let an object in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Admission {
    /// Bit n: rule n of the object's class is in scope.
    pub in_scope: u64,
    /// The rule in scope that joins; `Err` says why there is none.
    pub joiner: Result<u8, Reason>,
    /// An expression raises an error. It aborts the synchronization of the object before anything is applied, but only
    /// if the object is projected or joined at all: rules without join conditions apply to nothing else.
    pub raises: Option<Reason>,
}

impl Admission {
    const fn out(reason: Reason) -> Self {
        Self { in_scope: 0, joiner: Err(reason), raises: None }
    }
}

impl<'d> Engine<'d> {
    /// The rules for an object's class in its forest.
    #[inline]
    pub fn rules_of(&self, object: &Object<'d>) -> Option<&TypeRules> {
        self.book.class(usize::from(object.forest().0), object.class())
    }

    /// The attributes of a connector-space object.
    #[inline]
    pub fn connector_scope(&self, object: Object<'d>) -> ConnectorScope<'d> {
        ConnectorScope {
            inner: ObjectScope::new(object, self.directory.names(), &NO_PARAMETERS),
            directory: self.directory,
            object,
        }
    }

    /// Decides which rules have an object in scope.
    pub fn admit(&self, object: Object<'d>) -> Admission {
        use crate::directory::Class;
        if object.is_deleted() {
            return Admission::out(Reason::DeletedObject);
        }
        let Some(rules) = self.rules_of(&object) else {
            let unknown = object.class() == Class::Unknown;
            let reason = if unknown { Reason::ObjectClassUnknown } else { Reason::ObjectTypeNotSynchronized };
            return Admission::out(reason);
        };
        if !self.ou_filters[usize::from(object.forest().0)].selects(object.dn()) {
            return Admission::out(Reason::OuExcluded);
        }
        self.apply_scopes(object, rules).unwrap_or_else(|error| Admission::out(error_reason(&error)))
    }

    fn apply_scopes(&self, object: Object<'d>, rules: &TypeRules) -> Result<Admission, EvaluationError> {
        let view = self.connector_scope(object);
        let is_member = |group: &str| self.is_member(&object, group);
        let in_scope = scope::rules_in_scope(rules, &view, &is_member)?;
        let mut joiners = rules.joiners(in_scope);
        let joiner = match (joiners.next(), joiners.next()) {
            (Some(rule), None) => Ok(rule),
            (Some(_), Some(_)) => Err(Reason::JoinRuleConflict),
            (None, _) => Err(out_of_scope_reason(rules, &view, &is_member)?),
        };
        let raises = joiner.ok().and_then(|_| raised(&view, rules, in_scope));
        Ok(Admission { in_scope, joiner, raises })
    }

    fn is_member(&self, object: &Object<'d>, group: &str) -> bool {
        self.scope_groups
            .get(&dn::key(group.as_bytes()))
            .is_some_and(|members| members.contains(&object.dn_key()))
    }

    /// Collects the members of the groups that scope clauses name.
    pub fn load_scope_groups(&mut self) {
        let mut wanted = HashSet::new();
        for rule in self.book.connector_rules() {
            let member_test = |clause: &&BoundClause| {
                matches!(clause.operator, ScopeOperator::IsMemberOf | ScopeOperator::IsNotMemberOf)
            };
            let groups = rule.scope.iter().flatten().filter(member_test);
            wanted.extend(groups.map(|clause| dn::key(clause.value.as_bytes())));
        }
        if wanted.is_empty() {
            return;
        }
        for group in self.directory.objects().filter(|object| wanted.contains(&object.dn_key())) {
            let members = group.values(attribute::MEMBER).map(|member| dn::key(member.bytes)).collect();
            self.scope_groups.insert(group.dn_key(), members);
        }
    }

    /// What the tenant holds for a metaverse object with these members: as the input itself says, else the tenant.
    pub fn cloud_link(&self, members: &[ObjectId]) -> Option<Cow<'_, CloudLink<'d>>> {
        let stated = members.iter().find_map(|id| self.stated_link(*id));
        stated
            .map(Cow::Owned)
            .or_else(|| members.iter().find_map(|id| self.cloud_links.of(*id)).map(Cow::Borrowed))
    }

    /// Where that is told.
    pub fn cloud_of(&self, members: &[ObjectId]) -> CloudOf<'d> {
        if let Some(link) = members.iter().find_map(|id| self.stated_link(*id)) {
            return CloudOf::Stated(Box::new(link));
        }
        let member = members.iter().find(|id| self.cloud_links.of(**id).is_some());
        member.map_or(CloudOf::Nothing, |id| CloudOf::Member(*id))
    }

    fn stated_link(&self, id: ObjectId) -> Option<CloudLink<'d>> {
        let object = self.directory.object(id);
        let text = |attribute| object.first(attribute).map(String::from_utf8_lossy);
        let (source_anchor, cloud_anchor) =
            (text(attribute::CLOUD_SOURCE_ANCHOR), text(attribute::CLOUD_ANCHOR));
        (source_anchor.is_some() || cloud_anchor.is_some())
            .then(|| CloudLink::stated(object.class(), source_anchor, cloud_anchor))
    }

    /// The inbound rules of the Entra connector for a kind of cloud object and a metaverse type.
    pub fn entra_rules(&self, kind: &str, metaverse: super::bound::TypeId) -> Option<&TypePair> {
        self.book
            .entra
            .iter()
            .find(|pair| pair.target == metaverse && self.book.type_name(pair.source) == kind)
    }
}

/// The first error that a flow of a rule in scope raises; flows that say the same are asked once.
fn raised(view: &ConnectorScope<'_>, rules: &TypeRules, in_scope: u64) -> Option<Reason> {
    let mut last = None;
    for at in rules.raising.iter().filter(|at| in_scope & (1 << at.rule) != 0) {
        let flow = rules.flow(*at);
        if last.replace(flow.text) == Some(flow.text) {
            continue;
        }
        if let Err(error) = flow::propose(flow, view) {
            return Some(error_reason(&error));
        }
    }
    None
}

/// Why no join rule has the object in scope: the reasons of the failing clauses of the strongest such rule.
fn out_of_scope_reason(
    rules: &TypeRules,
    view: &dyn Scope<'_>,
    is_member: scope::IsMember<'_>,
) -> Result<Reason, EvaluationError> {
    let leads = |rule: &&BoundRule| !rule.joins.is_empty() || rule.link == LinkType::Provision;
    for group in rules.rules.iter().filter(leads).flat_map(|rule| &rule.scope) {
        if let Some(reason) = scope::failing(group, view, is_member)?.iter().find_map(|clause| clause.reason)
        {
            return Ok(reason);
        }
    }
    Ok(Reason::OutOfScope)
}

/// The reason for an error of an expression.
pub(super) fn error_reason(error: &EvaluationError) -> Reason {
    match error {
        EvaluationError::Raised(text) => Reason::from_raised(text),
        _ => Reason::RuleError,
    }
}

/// Attributes of a connector-space object of an AD connector, with the connector's parameters.
#[derive(Debug, Clone, Copy)]
pub struct ConnectorScope<'d> {
    inner: ObjectScope<'d>,
    directory: &'d Directory,
    object: Object<'d>,
}

impl<'d> Scope<'d> for ConnectorScope<'d> {
    #[inline]
    fn attribute(&self, id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.inner.attribute(id)
    }

    #[inline]
    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        self.inner.is_present(id)
    }

    #[inline]
    fn value_count(&self, id: AttributeId) -> Result<usize, EvaluationError> {
        self.inner.value_count(id)
    }

    #[inline]
    fn visit(
        &self,
        id: AttributeId,
        visitor: &mut dyn FnMut(Value<'d>) -> ControlFlow<()>,
    ) -> Result<(), EvaluationError> {
        self.inner.visit(id, visitor)
    }

    /// `NetBIOS` names are not in most exports: the first label of the DNS name then stands for them.
    fn parameter(&self, name: &str) -> Option<Cow<'d, str>> {
        let forest = &self.directory.forests()[usize::from(self.object.forest().0)];
        let domain = match name.split_once('.')? {
            ("Connector", "ID") => return Some(Cow::Borrowed(&forest.name)),
            ("Domain", _) => self.object.domain(),
            ("Forest", _) => &forest.root_domain,
            _ => return None,
        };
        if domain.is_empty() {
            return None;
        }
        Some(match name.split_once('.')?.1 {
            "FQDN" => Cow::Borrowed(domain),
            "Netbios" => match forest.netbios.get(domain) {
                Some(stated) => Cow::Borrowed(stated.as_str()),
                None => Cow::Owned(domain.split('.').next().unwrap_or_default().to_ascii_uppercase()),
            },
            "LDAP" => Cow::Owned(format!("DC={}", domain.replace('.', ",DC="))),
            _ => return None,
        })
    }
}
