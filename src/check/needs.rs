//! Which checks an input keeps silent: those that need an attribute that occurs nowhere in it.

use super::bound::{Check, ClassSet};
use super::role::Roles;
use crate::directory::{AttributeId, AttributeNames, Class};

/// What is known of the inputs before any rule runs.
pub struct Sight<'a> {
    /// The names of the run.
    pub names: &'a AttributeNames,
    /// What the settings choose.
    pub roles: &'a Roles,
    /// Whether an attribute occurs anywhere.
    pub occurs: &'a (dyn Fn(AttributeId) -> bool + Sync),
    /// The classes that objects were loaded of.
    pub present: ClassSet,
}

/// A check that cannot look at all it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blind {
    /// The class it does not see; `None`: it sees nothing at all.
    pub class: Option<Class>,
    /// It needs one of these attributes, and none occurs.
    pub attributes: Vec<AttributeId>,
}

impl Blind {
    /// Why the check does not run, as part of a sentence.
    pub fn why(&self, names: &AttributeNames) -> String {
        let missing: Vec<&str> = self.attributes.iter().map(|id| names.name(*id)).collect();
        let missing = missing.join(" or ");
        match self.class {
            None => format!("no input has attribute {missing}"),
            Some(class) => {
                let class = class.name().unwrap_or_default();
                format!("for objects of class {class}: no input has attribute {missing}")
            }
        }
    }
}

impl Sight<'_> {
    /// The classes for which what the check needs occurs, and what does not. `None`: the check has nothing to look
    /// at. A need may mean another attribute for every class ([`super::role`]).
    pub fn of(&self, check: &Check) -> (Option<ClassSet>, Vec<Blind>) {
        if check.needs.is_empty() {
            return (Some(check.classes), Vec::new());
        }
        let mut seeing = ClassSet::default();
        let mut blind = Vec::new();
        for class in Class::SYNCHRONIZED.into_iter().filter(|class| check.classes.contains(*class)) {
            match self.missing_need(check, class) {
                None => seeing.insert(class),
                Some(attributes) => blind.push(Blind { class: Some(class), attributes }),
            }
        }
        if seeing == ClassSet::default() {
            let attributes = blind.into_iter().next().map(|first| first.attributes).unwrap_or_default();
            return (None, vec![Blind { class: None, attributes }]);
        }
        blind.retain(|blind| blind.class.is_some_and(|class| self.present.contains(class)));
        (Some(seeing), blind)
    }

    /// The attributes, of which the check needs one for this class, that occur nowhere in the input.
    fn missing_need(&self, check: &Check, class: Class) -> Option<Vec<AttributeId>> {
        let resolved = |id: &AttributeId| self.roles.resolve(*id, class);
        let occurs = |id: &AttributeId| resolved(id).is_some_and(|id| (self.occurs)(id));
        let group = check.needs.iter().find(|group| !group.iter().any(occurs))?;
        Some(group.iter().map(|id| resolved(id).unwrap_or(*id)).collect())
    }
}
