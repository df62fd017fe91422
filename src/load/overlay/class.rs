//! The class of an object that change records touch.
//!
//! A class that the source stated follows `objectClass` alone. One that was guessed follows what it was guessed from, until
//! a change states a class. Values of `objectClass` are rarely kept, so the changes are carried out on the class itself
//! where not all of its values are known.

use super::record::Operation;
use crate::directory::class::ClassChain;
use crate::directory::{AttributeNames, Class, Object, attribute};
use crate::load::ldif::class_hint::ClassHint;
use crate::load::names::Role;

/// What is known of the class of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct DraftClass {
    pub(super) class: Class,
    /// No objectClass states it.
    pub(super) is_guess: bool,
    /// A change states it.
    pub(super) is_stated_here: bool,
    /// All values of objectClass are kept.
    has_all_names: bool,
    hint: ClassHint,
}

impl DraftClass {
    /// Of a new object, from the classes and the other attributes it comes with.
    pub(super) fn of_new(chain: ClassChain, hint: ClassHint, keeps_names: bool) -> Self {
        let stated = chain.class();
        let is_guess = stated == Class::Unknown;
        let class = if is_guess { hint.class() } else { stated };
        Self { class, is_guess, is_stated_here: !is_guess, has_all_names: keeps_names && !is_guess, hint }
    }

    /// Of a loaded object.
    pub(super) fn of(object: &Object<'_>, names: &AttributeNames) -> Self {
        let mut hint = ClassHint::default();
        let category = names.lookup(b"objectCategory");
        let signs = [
            (Role::SamAccountName, Some(attribute::SAM_ACCOUNT_NAME)),
            (Role::SamAccountType, Some(attribute::SAM_ACCOUNT_TYPE)),
            (Role::GroupType, Some(attribute::GROUP_TYPE)),
            (Role::ObjectCategory, category),
        ];
        for (role, id) in signs {
            hint.set(role, id.and_then(|id| object.first(id)));
        }
        Self {
            class: object.class(),
            is_guess: object.class_is_guess(),
            is_stated_here: false,
            has_all_names: object.first(attribute::OBJECT_CLASS).is_some() && !object.class_is_guess(),
            hint,
        }
    }

    /// After a change of an attribute that tells the class where nothing states it; `value` is its value now.
    pub(super) fn change_sign(&mut self, role: Role, value: Option<&[u8]>) {
        let before = self.hint.class();
        self.hint.set(role, value);
        let after = self.hint.class();
        if self.is_guess && (after != Class::Unknown || before != Class::Unknown) {
            self.class = after;
        }
    }

    /// After a change of `objectClass`: the values of the change, and all that the object has now as far as they are
    /// kept.
    pub(super) fn change_names(
        &mut self,
        operation: Operation,
        of_change: &[&[u8]],
        kept: &[&[u8]],
        keeps_names: bool,
    ) {
        let is_whole = operation == Operation::Replace || of_change.is_empty();
        if is_whole || self.has_all_names {
            let chain = chain(if is_whole { of_change } else { kept });
            *self = Self::of_new(chain, self.hint, keeps_names);
        } else if operation == Operation::Add {
            self.add_names(of_change);
        } else if self.class.name().is_some_and(|own| of_change.iter().any(|name| is(name, own))) {
            self.class = superior(self.class);
        }
    }

    /// Auxiliary classes beside one that is known, or not, change nothing.
    fn add_names(&mut self, names: &[&[u8]]) {
        if matches!(chain(names).class(), Class::Other | Class::Unknown) {
            return;
        }
        let own = self.class.name().map(str::as_bytes);
        self.class = chain(&own.into_iter().chain(names.iter().copied()).collect::<Vec<_>>()).class();
        (self.is_guess, self.is_stated_here) = (false, true);
    }
}

fn chain(names: &[&[u8]]) -> ClassChain {
    let mut chain = ClassChain::default();
    for name in names {
        chain.add(name);
    }
    chain
}

fn is(name: &[u8], own: &str) -> bool {
    name.eq_ignore_ascii_case(own.as_bytes())
}

/// The class that an object has when its own is taken away (Active Directory schema: `subClassOf`).
fn superior(class: Class) -> Class {
    match class {
        Class::InetOrgPerson | Class::Computer => Class::User,
        _ => Class::Other,
    }
}
