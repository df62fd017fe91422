//! Which checks the inputs keep silent: those that need an attribute that occurs nowhere in them, or a property that
//! they tell of no cloud object.

use super::bound::{Check, ClassSet};
use super::role::Roles;
use crate::directory::{AttributeId, AttributeNames, Class};
use crate::tenant::{CloudKind, CloudProperty};

/// What is known of the inputs before any rule runs.
pub struct Sight<'a> {
    /// The names of the run.
    pub names: &'a AttributeNames,
    /// What the settings choose.
    pub roles: &'a Roles,
    /// Whether an attribute occurs anywhere.
    pub occurs: &'a (dyn Fn(AttributeId) -> bool + Sync),
    /// Whether the tenant files tell a property of a kind of objects; true where they hold no such object, for then
    /// there is nothing to be told.
    pub tells: &'a (dyn Fn(CloudKind, CloudProperty) -> bool + Sync),
    /// The classes that objects were loaded of.
    pub present: ClassSet,
}

/// What a check needs and the inputs do not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// It needs one of these attributes, and none occurs.
    Attributes(Vec<AttributeId>),
    /// It needs this property of cloud objects, and no tenant file tells it.
    Property(CloudProperty),
}

impl Lack {
    /// The attributes, of which one would do.
    pub fn attributes(&self) -> &[AttributeId] {
        match self {
            Self::Attributes(attributes) => attributes,
            Self::Property(_) => &[],
        }
    }
}

/// A check that cannot look at all it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blind {
    /// The class it does not see; `None`: it sees nothing at all.
    pub class: Option<Class>,
    /// What it lacks.
    pub lack: Lack,
}

impl Blind {
    /// Why the check does not run, as part of a sentence.
    pub fn why(&self, names: &AttributeNames) -> String {
        let why = match &self.lack {
            Lack::Attributes(attributes) => {
                let missing: Vec<&str> = attributes.iter().map(|id| names.name(*id)).collect();
                format!("no input has attribute {}", missing.join(" or "))
            }
            Lack::Property(property) => format!("no tenant file tells {}", property.name()),
        };
        match self.class {
            None => why,
            Some(class) => format!("for objects of class {}: {why}", class.name().unwrap_or_default()),
        }
    }
}

impl Sight<'_> {
    /// The classes for which what the check needs occurs, and what does not. `None`: the check has nothing to look
    /// at. A need may mean another attribute for every class ([`super::role`]).
    pub fn of(&self, check: &Check) -> (Option<ClassSet>, Vec<Blind>) {
        if check.needs.is_empty() && check.cloud_needs.is_empty() {
            return (Some(check.classes), Vec::new());
        }
        let mut seeing = ClassSet::default();
        let mut blind = Vec::new();
        for class in Class::SYNCHRONIZED.into_iter().filter(|class| check.classes.contains(*class)) {
            match self.lack_of(check, class) {
                None => seeing.insert(class),
                Some(lack) => blind.push(Blind { class: Some(class), lack }),
            }
        }
        if seeing == ClassSet::default() {
            blind.truncate(1);
            return (None, blind.into_iter().map(|blind| Blind { class: None, ..blind }).collect());
        }
        blind.retain(|blind| blind.class.is_some_and(|class| self.present.contains(class)));
        (Some(seeing), blind)
    }

    /// What the check needs for this class and the inputs do not have; the attributes come first.
    fn lack_of(&self, check: &Check, class: Class) -> Option<Lack> {
        let resolved = |id: &AttributeId| self.roles.resolve(*id, class);
        let occurs = |id: &AttributeId| resolved(id).is_some_and(|id| (self.occurs)(id));
        if let Some(group) = check.needs.iter().find(|group| !group.iter().any(occurs)) {
            return Some(Lack::Attributes(group.iter().map(|id| resolved(id).unwrap_or(*id)).collect()));
        }
        let kind = cloud_kind(class)?;
        check.cloud_needs.iter().copied().find(|need| !(self.tells)(kind, *need)).map(Lack::Property)
    }
}

/// What objects of a class are in the cloud.
fn cloud_kind(class: Class) -> Option<CloudKind> {
    match class {
        Class::User | Class::InetOrgPerson => Some(CloudKind::User),
        Class::Group => Some(CloudKind::Group),
        Class::Contact => Some(CloudKind::Contact),
        Class::Computer => Some(CloudKind::Device),
        _ => None,
    }
}
