//! Whole JSON values where objects, pages or arrays of them may stand.
//!
//! Every JSON object with a collection `value` is a page, every other one an object. Only the properties of one object
//! are in memory; whatever is not needed is skipped without being built, however deep it nests.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Refusal;
use super::value::{ErrorSeed, TextSeed, ValueSeed};
use crate::load::tenant::collected::{Collected, Context, Scope};
use crate::load::tenant::draft::Draft;
use crate::load::tenant::property::{Name, NameCache, Property};

/// What reading objects takes and gives; used again for every block.
#[derive(Debug, Default)]
pub(super) struct Worker {
    pub(super) collected: Collected,
    pub(super) refusal: Option<Refusal>,
    /// For every level of nesting: names and the object on its way.
    #[allow(clippy::vec_box, reason = "a level is taken out while the ones below it are read")]
    levels: Vec<Box<Level>>,
}

#[derive(Debug, Default)]
struct Level {
    names: NameCache,
    draft: Draft,
}

/// A value, and what is known about it.
pub(super) struct Node<'w, 'p> {
    pub(super) worker: &'w mut Worker,
    pub(super) scope: Scope<'p>,
    /// How many levels may still follow.
    pub(super) levels: usize,
}

/// What a value turned out to be.
pub(super) enum Found<'de> {
    /// Objects or pages, which have been taken.
    Objects,
    /// A text where an object should be, or something else (`None`).
    Stray(Option<Cow<'de, str>>),
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = Found<'de>;

    fn deserialize<D: Deserializer<'de>>(self, values: D) -> Result<Self::Value, D::Error> {
        values.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let levels = self.levels.checked_sub(1).ok_or_else(|| A::Error::custom("it nests too deep"))?;
        let worker = self.worker;
        while let Some(found) =
            elements.next_element_seed(Node { worker: &mut *worker, scope: self.scope, levels })?
        {
            worker.take_stray(&found);
        }
        Ok(Found::Objects)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self::Value, A::Error> {
        self.levels = self.levels.checked_sub(1).ok_or_else(|| A::Error::custom("it nests too deep"))?;
        let mut level = self.worker.levels.pop().unwrap_or_default();
        let result = self.object(&mut level, &mut members);
        level.draft.clear();
        self.worker.levels.push(level);
        result.map(|()| Found::Objects)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Found::Objects)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Found::Stray(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Found::Stray(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Found::Stray(None))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Found::Stray(None))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Found::Stray(None))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Found::Stray(None))
    }
}

impl Worker {
    /// Counts a number or a text where an object should be.
    pub(super) fn take_stray(&mut self, found: &Found<'_>) {
        if let Found::Stray(_) = found {
            self.collected.skip("other-resource");
        }
    }
}

impl Node<'_, '_> {
    fn object<'de, A: MapAccess<'de>>(&mut self, level: &mut Level, members: &mut A) -> Result<(), A::Error> {
        let mut page = Page::default();
        let first_undecided = self.worker.collected.undecided();
        level.names.restart();
        while let Some(name) = members.next_key_seed(NameSeed(&mut level.names))? {
            match name.property {
                Some(Property::Value) => {
                    match self.page_objects(&page, members)? {
                        Found::Stray(Some(text)) => {
                            level.draft.text(name, &text);
                            continue;
                        }
                        stray @ Found::Stray(None) => self.worker.take_stray(&stray),
                        Found::Objects => {}
                    }
                    page.has_objects = true;
                }
                _ => page.member(name, &mut level.draft, members)?,
            }
        }
        self.close(&page, first_undecided, &mut level.draft);
        Ok(())
    }

    fn page_objects<'de, A: MapAccess<'de>>(
        &mut self,
        page: &Page,
        members: &mut A,
    ) -> Result<Found<'de>, A::Error> {
        let scope = match (&page.context, self.scope) {
            (Some(context), _) => Scope::Page(context),
            (None, Scope::Bare) => Scope::Open(u32::MAX),
            (None, scope) => scope,
        };
        members.next_value_seed(Node { worker: &mut *self.worker, scope, levels: self.levels })
    }

    /// The end of a JSON object.
    fn close(&mut self, page: &Page, first_undecided: usize, draft: &mut Draft) {
        let collected = &mut self.worker.collected;
        if !page.has_objects && page.refusal().is_none() {
            let own = page.context.as_ref().map(Scope::Page);
            return collected.take(draft, own.unwrap_or(self.scope));
        }
        match (&page.context, self.scope) {
            (None, Scope::Open(_)) => {}
            (context, _) => collected.settle(first_undecided, context.as_ref()),
        }
        match page.refusal() {
            Some(refusal) => self.worker.refusal = self.worker.refusal.take().or(Some(refusal)),
            None => collected.end_page(page.context.as_ref(), page.has_next),
        }
    }
}

/// What a JSON object says about itself beside the properties of a cloud object.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each notes a member of its own")]
pub(super) struct Page {
    pub(super) context: Option<Context>,
    pub(super) has_next: bool,
    has_meta: bool,
    has_data: bool,
    /// Code of an answer that is an error; may be empty.
    error: Option<String>,
    /// It has a `value`: this is a page.
    has_objects: bool,
}

impl Page {
    /// Takes any member but the objects.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        name: Name,
        draft: &mut Draft,
        members: &mut A,
    ) -> Result<(), A::Error> {
        match name.property {
            Some(Property::Context) => {
                self.context = members.next_value_seed(TextSeed)?.map(|url| Context::of_url(&url));
            }
            Some(Property::NextLink) => self.has_next = members.next_value_seed(TextSeed)?.is_some(),
            Some(Property::Error) => self.error = members.next_value_seed(ErrorSeed)?,
            Some(Property::Meta) => {
                self.has_meta = true;
                members.next_value::<IgnoredAny>()?;
            }
            Some(Property::Data) => {
                self.has_data = true;
                members.next_value::<IgnoredAny>()?;
            }
            Some(_) => members.next_value_seed(ValueSeed { draft, name })?,
            None => drop(members.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }

    /// Why the whole file is refused.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        match &self.error {
            _ if self.has_meta && self.has_data => Some(Refusal::BloodHound),
            Some(code) => Some(Refusal::Error(code.clone())),
            None => None,
        }
    }
}

/// Members of a page of the outline, as an object of its own.
pub(super) struct Members<'m>(pub(super) &'m mut Page);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("members of a page")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (mut names, mut draft) = (NameCache::default(), Draft::default());
        while let Some(name) = members.next_key_seed(NameSeed(&mut names))? {
            self.0.member(name, &mut draft, &mut members)?;
        }
        Ok(())
    }
}

/// The name of a member.
struct NameSeed<'n>(&'n mut NameCache);

impl<'de> DeserializeSeed<'de> for NameSeed<'_> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Name, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed<'_> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        Ok(self.0.of(name))
    }
}
