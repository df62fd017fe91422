//! Values of properties on their way into a draft: what is needed is taken out of them, the rest is passed over.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::load::tenant::draft::Draft;
use crate::load::tenant::licence::Plan;
use crate::load::tenant::property::{Name, Property};

/// The value of the property of this name.
pub(super) struct ValueSeed<'d> {
    pub(super) draft: &'d mut Draft,
    pub(super) name: Name,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.draft.null(self.name);
        Ok(())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.draft.flag(self.name, flag);
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.draft.text(self.name, text);
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.visit_str(&number.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        self.draft.start_list(self.name);
        while elements.next_element_seed(ElementSeed { draft: &mut *self.draft, name: self.name })?.is_some()
        {
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        match self.name.property {
            Some(Property::AdditionalProperties) => self.additional(members),
            Some(Property::Plans | Property::ProvisioningErrors) => {
                self.draft.start_list(self.name);
                ElementSeed { draft: self.draft, name: self.name }.visit_map(members)
            }
            // Windows PowerShell writes some collections as `{"value": […], "Count": 2}`.
            _ => {
                self.draft.opaque(self.name);
                while let Some(name) = members.next_key_seed(TextSeed)? {
                    if name.as_deref() == Some("value") {
                        members.next_value_seed(ValueSeed { draft: &mut *self.draft, name: self.name })?;
                    } else {
                        members.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(())
            }
        }
    }
}

impl ValueSeed<'_> {
    /// More properties of the same object, under Graph's own names.
    fn additional<'de, A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key_seed(TextSeed)? {
            let name = Name { is_pascal_case: false, ..Name::of(name.as_deref().unwrap_or_default()) };
            if name.property.is_some_and(|property| property != Property::AdditionalProperties) {
                members.next_value_seed(ValueSeed { draft: &mut *self.draft, name })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// One element of a collection.
struct ElementSeed<'d> {
    draft: &'d mut Draft,
    name: Name,
}

impl<'de> DeserializeSeed<'de> for ElementSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ElementSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an element")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.draft.list_text(self.name, text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut plan = Plan::default();
        let [mut cause, mut value] = [Cow::Borrowed(""), Cow::Borrowed("")];
        while let Some(field) = members.next_key_seed(TextSeed)? {
            let field = field.unwrap_or_default();
            let Some(text) = members.next_value_seed(TextSeed)? else { continue };
            match self.name.property {
                Some(Property::Plans) => plan.set(&field, &text),
                // Cmdlets of on-premises Exchange show addresses as objects.
                Some(Property::Addresses) if field.eq_ignore_ascii_case("ProxyAddressString") => {
                    self.draft.list_text(self.name, &text);
                }
                Some(Property::ProvisioningErrors) if field.eq_ignore_ascii_case("propertyCausingError") => {
                    cause = text;
                }
                Some(Property::ProvisioningErrors) if field.eq_ignore_ascii_case("value") => value = text,
                _ => {}
            }
        }
        match self.name.property {
            Some(Property::Plans) => self.draft.plan(&plan),
            Some(Property::ProvisioningErrors) => self.draft.provisioning_error(&cause, &value),
            _ => self.draft.list_opaque(self.name),
        }
        Ok(())
    }
}

/// A text, borrowed where it has no escapes; `None` for anything else.
pub(super) struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextSeed {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// What an answer says of an error: its `code`, or its text; `None` when there is none.
pub(super) struct ErrorSeed;

impl<'de> DeserializeSeed<'de> for ErrorSeed {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ErrorSeed {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Some(String::new()))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Some(String::new()))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Some(String::new()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Some(String::new()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(String::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut code = None;
        while let Some(name) = members.next_key_seed(TextSeed)? {
            if name.as_deref() == Some("code") {
                code = members.next_value_seed(TextSeed)?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Some(code.unwrap_or_default().into_owned()))
    }
}

/// A cell of a CSV that holds a collection as JSON; false when it is no JSON.
pub(in crate::load::tenant) fn read_cell(draft: &mut Draft, name: Name, cell: &str) -> bool {
    let mut value = serde_json::Deserializer::from_str(cell);
    ValueSeed { draft, name }.deserialize(&mut value).is_ok() && value.end().is_ok()
}
