//! An object while changes are applied to it.

use crate::directory::{
    AttributeId, AttributeNames, Chunk, ChunkBuilder, ForestId, Object, SourceId, Syntax, ValueFlags,
    attribute, dn,
};

use super::class::DraftClass;

/// Where something stands: input and line, from 1.
pub(super) type Place = (SourceId, u64);

/// An object that can be changed.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) dn: Vec<u8>,
    pub(super) forest: ForestId,
    pub(super) class: DraftClass,
    /// Of the object itself: of its record in the source, or of the change that added it.
    pub(super) place: Place,
    pub(super) values: Vec<DraftValue>,
}

/// One value of a draft.
#[derive(Debug, Clone)]
pub(super) struct DraftValue {
    pub(super) attribute: AttributeId,
    pub(super) bytes: Vec<u8>,
    pub(super) flags: ValueFlags,
    pub(super) place: Place,
    /// Of the DN that it names; 0 when it is none.
    pub(super) key: u64,
}

/// Whether values of an attribute name other objects and follow them.
pub(super) fn is_link(names: &AttributeNames, id: AttributeId) -> bool {
    names.syntax(id) == Syntax::Reference && id != attribute::DN && id != attribute::DISTINGUISHED_NAME
}

impl Draft {
    /// The object as loaded.
    pub(super) fn of(object: &Object<'_>, names: &AttributeNames) -> Self {
        let value = |(attribute, value): (AttributeId, crate::directory::Value<'_>)| DraftValue {
            attribute,
            bytes: value.bytes.to_vec(),
            flags: value.flags,
            place: (object.source_of(&value), value.line),
            key: if is_link(names, attribute) { dn::key(value.bytes) } else { 0 },
        };
        Self {
            dn: object.dn().to_vec(),
            forest: object.forest(),
            class: DraftClass::of(object, names),
            place: (object.source(), object.line()),
            values: object.all_values().map(value).collect(),
        }
    }

    /// Values of an attribute.
    pub(super) fn of_attribute(&self, id: AttributeId) -> impl Iterator<Item = &DraftValue> {
        self.values.iter().filter(move |value| value.attribute == id)
    }

    /// Takes all values of an attribute away.
    pub(super) fn clear(&mut self, id: AttributeId) {
        self.values.retain(|value| value.attribute != id);
    }

    /// Whether the source says that it does not show all values of an attribute.
    pub(super) fn is_incomplete(&self, id: AttributeId) -> bool {
        self.of_attribute(id).any(|value| value.flags.contains(ValueFlags::INCOMPLETE))
    }

    /// A chunk of this object alone.
    pub(super) fn chunk(&self) -> Chunk {
        let line = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
        let mut builder = ChunkBuilder::new(self.place.0);
        builder.begin(line(self.place.1));
        builder.set_dn(&self.dn);
        builder.set_class(self.class.class, self.class.is_guess);
        if self.class.is_stated_here {
            builder.mark_occurring(attribute::OBJECT_CLASS);
        }
        for value in &self.values {
            builder.push(value.attribute, &value.bytes, line(value.place.1), value.flags);
            builder.last_value_is_of(value.place.0);
        }
        builder.finish_object();
        let mut chunk = builder.finish();
        chunk.set_first_line(0);
        chunk
    }
}
