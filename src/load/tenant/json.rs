//! Microsoft Graph JSON, object by object.
//!
//! A page, an array of pages, a bare array, one object, NDJSON, or any of these one after the other: every JSON object
//! with `value` is a page, every other one an object. Only the properties of one object are in memory; whatever is not
//! needed is skipped without being built, however deep it nests.

use std::fmt;
use std::io::{BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::collected::{Collected, refused};
use super::draft::{Cell, Draft, Resource};
use super::property::{self, Property};
use super::unusable;
use crate::load::{Limits, LoadError};

/// Reads all objects of a text.
pub(super) fn read(
    text: &mut dyn Read,
    path: &str,
    limits: &Limits,
    collected: &mut Collected,
) -> Result<(), LoadError> {
    let mut refusal = None;
    let mut values = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, text));
    // A stream of values; `StreamDeserializer` would have to build each as a whole.
    while values.end().is_err() && refusal.is_none() {
        let node = Node {
            collected: &mut *collected,
            refusal: &mut refusal,
            scope: Scope::Bare,
            levels: limits.json_depth,
        };
        node.deserialize(&mut values).map_err(|error| failure(path, error))?;
    }
    refusal.map_or(Ok(()), |refusal| Err(refusal.into_error(path)))
}

fn failure(path: &str, error: serde_json::Error) -> LoadError {
    let line = u64::try_from(error.line()).ok().filter(|line| *line > 0);
    if error.is_io() {
        LoadError::Io { path: path.to_owned(), error: error.into() }
    } else if error.is_eof() {
        let advice = "The download or the copy was cut; export again.";
        unusable(path, line, "the JSON ends in the middle of a value", advice)
    } else {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or_default();
        unusable(path, line, format!("the JSON is broken: {text}"), "Export again.")
    }
}

/// Files that are refused whatever else they hold.
#[derive(Debug)]
enum Refusal {
    BloodHound,
    /// An answer that is an error, with its code.
    Error(String),
}

impl Refusal {
    fn into_error(self, path: &str) -> LoadError {
        match self {
            Self::BloodHound => LoadError::Refused {
                path: path.to_owned(),
                found: "a BloodHound collection".to_owned(),
                advice: "Export /users (and /groups, /contacts) with Microsoft Graph.".to_owned(),
            },
            Self::Error(code) => refused(path, &format!("an error answer ({code})")),
        }
    }
}

/// What is known about the objects to come.
#[derive(Debug, Clone, Copy)]
enum Scope<'p> {
    /// No page is around them.
    Bare,
    /// The page has not said yet what it holds.
    Undecided,
    Page(&'p Resource),
}

/// Any value where objects, pages or arrays of them may stand.
struct Node<'c, 'p> {
    collected: &'c mut Collected,
    refusal: &'c mut Option<Refusal>,
    scope: Scope<'p>,
    /// How many levels may still follow.
    levels: usize,
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    /// Objects whose page has not said yet what it holds.
    type Value = Vec<Draft>;

    fn deserialize<D: Deserializer<'de>>(self, values: D) -> Result<Self::Value, D::Error> {
        values.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Vec<Draft>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let levels = self.levels.checked_sub(1).ok_or_else(|| A::Error::custom("it nests too deep"))?;
        let mut undecided = Vec::new();
        let (collected, refusal) = (self.collected, self.refusal);
        while let Some(drafts) = elements.next_element_seed(Node {
            collected: &mut *collected,
            refusal: &mut *refusal,
            scope: self.scope,
            levels,
        })? {
            undecided.extend(drafts);
        }
        Ok(undecided)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self::Value, A::Error> {
        self.levels = self.levels.checked_sub(1).ok_or_else(|| A::Error::custom("it nests too deep"))?;
        let mut page = Page::default();
        let mut draft = Draft::default();
        while let Some(name) = members.next_key_seed(NameSeed)? {
            match name.property {
                Some(Property::Value) => self.page_objects(&mut page, &mut members)?,
                Some(property) => page.member(property, name.is_pascal_case, &mut draft, &mut members)?,
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(self.close(page, draft))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(self.stray())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(self.stray())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(self.stray())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(self.stray())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(self.stray())
    }
}

impl Node<'_, '_> {
    /// A number or a text where an object should be.
    fn stray(self) -> Vec<Draft> {
        self.collected.skip("other-resource");
        Vec::new()
    }

    fn page_objects<'de, A: MapAccess<'de>>(
        &mut self,
        page: &mut Page,
        members: &mut A,
    ) -> Result<(), A::Error> {
        let scope = match (&page.resource, self.scope) {
            (Some(resource), _) | (None, Scope::Page(resource)) => Scope::Page(resource),
            (None, _) => Scope::Undecided,
        };
        let node = Node { collected: self.collected, refusal: self.refusal, scope, levels: self.levels };
        let undecided = members.next_value_seed(node)?;
        page.undecided.get_or_insert_default().extend(undecided);
        Ok(())
    }

    /// The end of a JSON object.
    fn close(self, page: Page, draft: Draft) -> Vec<Draft> {
        let Page { resource, has_next, undecided, .. } = page;
        if page.has_meta && page.has_data {
            *self.refusal = Some(Refusal::BloodHound);
        } else if let Some(code) = page.error {
            *self.refusal = Some(Refusal::Error(code));
        } else if let Some(undecided) = undecided {
            for draft in undecided {
                self.collected.take(draft, resource.as_ref());
            }
            self.collected.end_page(resource.as_ref(), has_next);
        } else {
            match (resource.as_ref(), self.scope) {
                (None, Scope::Undecided) => return vec![draft],
                (None, Scope::Page(resource)) => self.collected.take(draft, Some(resource)),
                (resource, _) => self.collected.take(draft, resource),
            }
        }
        Vec::new()
    }
}

/// What a JSON object says about itself beside the properties of a cloud object.
#[derive(Debug, Default)]
struct Page {
    resource: Option<Resource>,
    has_next: bool,
    has_meta: bool,
    has_data: bool,
    /// Code of an answer that is an error; may be empty.
    error: Option<String>,
    /// Objects read before the resource was named. `None` where there is no `value`: this is no page.
    undecided: Option<Vec<Draft>>,
}

impl Page {
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        property: Property,
        is_pascal_case: bool,
        draft: &mut Draft,
        members: &mut A,
    ) -> Result<(), A::Error> {
        match property {
            Property::AdditionalProperties => return members.next_value_seed(Additional(draft)),
            Property::Meta => self.has_meta = true,
            Property::Data => self.has_data = true,
            _ => {
                let cell = members.next_value_seed(CellSeed)?;
                match (property, cell) {
                    (Property::Context, Cell::Text(url)) => self.resource = Some(Resource::of_context(&url)),
                    (Property::NextLink, cell) => self.has_next = cell != Cell::Null,
                    (Property::Error, Cell::Null) => {}
                    (Property::Error, Cell::Text(code)) => self.error = Some(code),
                    (Property::Error, _) => self.error = Some(String::new()),
                    (property, cell) => draft.set(property, cell, is_pascal_case),
                }
                return Ok(());
            }
        }
        members.next_value::<IgnoredAny>().map(drop)
    }
}

/// `AdditionalProperties`: more properties of the same object, under Graph's own names.
struct Additional<'d>(&'d mut Draft);

impl<'de> DeserializeSeed<'de> for Additional<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, values: D) -> Result<(), D::Error> {
        values.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Additional<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key_seed(NameSeed)? {
            match name.property {
                Some(property) => self.0.set(property, members.next_value_seed(CellSeed)?, false),
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    /// Cut by the depth of `ConvertTo-Json`.
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.0.is_cut = true;
        Ok(())
    }
}

/// The name of a member.
struct Name {
    property: Option<Property>,
    is_pascal_case: bool,
}

struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Name, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        Ok(Name {
            property: property::find(name),
            is_pascal_case: name.starts_with(|first: char| first.is_ascii_uppercase()),
        })
    }
}

/// Any value of a property.
struct CellSeed;

impl<'de> DeserializeSeed<'de> for CellSeed {
    type Value = Cell;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Cell, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Cell, E> {
        Ok(Cell::Flag(flag))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cell, E> {
        Ok(Cell::Text(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Cell, E> {
        Ok(Cell::Text(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Cell, E> {
        Ok(Cell::Text(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Cell, E> {
        Ok(Cell::Text(number.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Cell, A::Error> {
        let mut texts = Vec::new();
        while let Some(cell) = elements.next_element_seed(CellSeed)? {
            if let Cell::Text(text) = cell {
                texts.push(text);
            }
        }
        Ok(Cell::List(texts))
    }

    /// Windows PowerShell writes some collections as `{"value": […], "Count": 2}`; an error answer has a `code`.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Cell, A::Error> {
        let mut inner = Cell::Opaque;
        while let Some(name) = members.next_key::<String>()? {
            if name == "value" || name == "code" {
                inner = members.next_value_seed(CellSeed)?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(inner)
    }
}
