//! The model of what was read: objects, their attribute values and where each value stands in the source.
//!
//! Values are bytes in the arena of the [`chunk::Chunk`] that a loader filled; an attribute name is an
//! [`AttributeId`]. Nothing here does I/O. Loaders fill chunks through [`chunk::ChunkBuilder`] and hand them to
//! [`Directory::new`]; everybody else reads through [`Object`].

pub mod address;
pub mod attribute;
pub mod chunk;
pub mod class;
pub mod dn;
pub mod filetime;
pub mod guid;
pub mod hash;
pub mod order;
pub mod recipient;
pub mod sid;
pub mod source;

pub use attribute::{AttributeId, AttributeNames, AttributeSet, Syntax, WantedAttributes};
pub use chunk::{AttributeMask, Chunk, ChunkBuilder, Value, ValueFlags, Values};
pub use class::Class;
pub use source::{
    Forest, ForestId, InputFormat, InputRole, Origin, PowerShellEdition, SearchHeader, Source, SourceId,
    SourceWarning, Writer,
};

use chunk::ObjectRecord;

/// Number of an object in a [`Directory`], from 0, dense. The order is that of loading, so it must never reach a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub u32);

impl ObjectId {
    /// The number as an index into per-object tables.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Everything that was loaded from all sources.
#[derive(Debug, Default)]
pub struct Directory {
    names: AttributeNames,
    sources: Vec<Source>,
    forests: Vec<Forest>,
    chunks: Vec<Chunk>,
    objects: Vec<ObjectSlot>,
    /// Attributes with values in chunks, but of invisible objects only.
    gone: AttributeSet,
}

#[derive(Debug, Clone, Copy)]
struct ObjectSlot {
    chunk: u32,
    index: u32,
    forest: ForestId,
}

impl Directory {
    /// Joins chunks into a directory. `objects` names, for every object that is to be seen, its chunk and its index
    /// within the chunk; objects of a chunk that are not named (replaced duplicates) are invisible.
    pub fn new(
        names: AttributeNames,
        sources: Vec<Source>,
        forests: Vec<Forest>,
        chunks: Vec<Chunk>,
        objects: impl IntoIterator<Item = (u32, u32, ForestId)>,
    ) -> Self {
        let objects =
            objects.into_iter().map(|(chunk, index, forest)| ObjectSlot { chunk, index, forest }).collect();
        Self { names, sources, forests, chunks, objects, gone: AttributeSet::default() }
    }

    /// The same directory with some objects changed, removed and added.
    #[must_use]
    pub fn patched(self, patch: Patch) -> Self {
        let Self { mut sources, forests, mut chunks, objects, .. } = self;
        let first = u32::try_from(chunks.len()).expect("chunk numbers are 32 bits");
        let slot = |chunk: u32, forest: ForestId| ObjectSlot { chunk: first + chunk, index: 0, forest };
        let kept = (0..).map(ObjectId).zip(&objects).filter(|(id, _)| !patch.removed.contains(id));
        let changed = |(id, old): (ObjectId, &ObjectSlot)| {
            patch.changed.get(&id).map_or(*old, |chunk| slot(*chunk, old.forest))
        };
        let added = patch.added.iter().map(|(chunk, forest)| slot(*chunk, *forest));
        let objects = kept.map(changed).chain(added).collect();
        sources.extend(patch.sources);
        chunks.extend(patch.chunks);
        Self { names: patch.names, sources, forests, chunks, objects, gone: patch.gone }
    }

    /// The attribute names of this directory.
    pub fn names(&self) -> &AttributeNames {
        &self.names
    }

    /// All inputs, in the order given by the user.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The forests (connectors) in wizard order.
    pub fn forests(&self) -> &[Forest] {
        &self.forests
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// True when nothing was loaded.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The object with this number.
    #[inline]
    pub fn object(&self, id: ObjectId) -> Object<'_> {
        let slot = self.objects[id.index()];
        let chunk = &self.chunks[slot.chunk as usize];
        Object { id, forest: slot.forest, chunk, record: chunk.record(slot.index) }
    }

    /// All object numbers, ascending.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ObjectId> + Clone + use<> {
        (0..u32::try_from(self.objects.len()).expect("object numbers are 32 bits")).map(ObjectId)
    }

    /// All objects in loading order.
    pub fn objects(&self) -> impl ExactSizeIterator<Item = Object<'_>> {
        self.ids().map(|id| self.object(id))
    }

    /// True when any object has a value of this attribute.
    pub fn occurs(&self, attribute: AttributeId) -> bool {
        !self.gone.contains(attribute)
            && self.chunks.iter().any(|chunk| chunk.occurring().contains(attribute))
    }

    /// Bytes held by values and their index, for memory figures.
    pub fn memory_bytes(&self) -> usize {
        self.chunks.iter().map(Chunk::memory_bytes).sum::<usize>()
            + self.objects.capacity() * size_of::<ObjectSlot>()
    }
}

/// Changes to a [`Directory`]. Every changed or added object is the only one of its chunk.
#[derive(Debug, Default)]
pub struct Patch {
    /// All names: those of the directory and new ones.
    pub names: AttributeNames,
    /// Inputs that come after those of the directory.
    pub sources: Vec<Source>,
    /// Chunks of one object each.
    pub chunks: Vec<Chunk>,
    /// Objects that look different now, by position in `chunks`.
    pub changed: std::collections::BTreeMap<ObjectId, u32>,
    /// Objects that are gone.
    pub removed: std::collections::BTreeSet<ObjectId>,
    /// New objects: position in `chunks`, and forest.
    pub added: Vec<(u32, ForestId)>,
    /// Attributes of which no value is left.
    pub gone: AttributeSet,
}

/// One object of the directory: a cheap handle.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    id: ObjectId,
    forest: ForestId,
    chunk: &'a Chunk,
    record: &'a ObjectRecord,
}

impl<'a> Object<'a> {
    /// Its number.
    #[inline]
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// The forest (connector) it belongs to.
    #[inline]
    pub fn forest(&self) -> ForestId {
        self.forest
    }

    /// The most specific object class, as far as the sync engine tells classes apart.
    #[inline]
    pub fn class(&self) -> Class {
        self.record.class
    }

    /// False when it has none of these attributes; true when it may have one.
    #[inline]
    pub fn may_have(&self, attributes: AttributeMask) -> bool {
        self.record.may_have(attributes)
    }

    /// Whether the source does not state the class, so that it was guessed from other attributes.
    pub fn class_is_guess(&self) -> bool {
        self.record.marks.contains(chunk::Marks::GUESSED)
    }

    /// The distinguished name: decoded, otherwise verbatim; empty when the source has none (CSV without a DN column).
    #[inline]
    pub fn dn(&self) -> &'a [u8] {
        self.chunk.dn(self.record)
    }

    /// The DN as text, with U+FFFD for bytes that are not UTF-8; `None` when the source has none.
    pub fn dn_text(&self) -> Option<std::borrow::Cow<'a, str>> {
        let dn = self.dn();
        // The strict test is much the faster one, and nearly every DN passes it.
        let text = || std::str::from_utf8(dn).map_or_else(|_| String::from_utf8_lossy(dn), Into::into);
        (!dn.is_empty()).then(text)
    }

    /// What names the object in reports: DN, else objectGUID, sAMAccountName, userPrincipalName or mail (contract,
    /// "Identity"); where there is none of them, its line.
    pub fn identity(&self) -> String {
        let text = |id| self.first(id).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        self.dn_text()
            .map(std::borrow::Cow::into_owned)
            .or_else(|| self.first(attribute::OBJECT_GUID).and_then(guid::to_text))
            .or_else(|| text(attribute::SAM_ACCOUNT_NAME))
            .or_else(|| text(attribute::USER_PRINCIPAL_NAME))
            .or_else(|| text(attribute::MAIL))
            .unwrap_or_else(|| format!("line {}", self.line()))
    }

    /// DNS name (lower case) of its domain, from the trailing `DC=` parts of its DN; empty when none.
    pub fn domain(&self) -> &'a str {
        self.chunk.domain_of(self.record)
    }

    /// Hash of the normalized DN ([`dn::key`]); 0 when the object has no DN.
    #[inline]
    pub fn dn_key(&self) -> u64 {
        self.record.dn_key
    }

    /// The values of an attribute in source order; empty when absent.
    #[inline]
    pub fn values(&self, attribute: AttributeId) -> Values<'a> {
        self.chunk.values(self.record, attribute)
    }

    /// The first value of an attribute that is not empty.
    #[inline]
    pub fn first(&self, attribute: AttributeId) -> Option<&'a [u8]> {
        self.values(attribute).map(|value| value.bytes).find(|bytes| !bytes.is_empty())
    }

    /// All values of all attributes, grouped by attribute, in source order within one.
    pub fn all_values(&self) -> impl Iterator<Item = (AttributeId, Value<'a>)> + use<'a> {
        self.chunk.all_values(self.record)
    }

    /// The input it came from.
    pub fn source(&self) -> SourceId {
        self.chunk.source()
    }

    /// The input that one of its values came from: not that of the object where an overlay changed it.
    pub fn source_of(&self, value: &Value<'_>) -> SourceId {
        self.chunk.source_of(value)
    }

    /// Line (LDIF: of the `dn:` line; CSV: of the row) in its source, from 1; 0 in a source without lines.
    pub fn line(&self) -> u64 {
        self.chunk.first_line() + u64::from(self.record.line)
    }

    /// True for a tombstone (`isDeleted: TRUE`).
    #[inline]
    pub fn is_deleted(&self) -> bool {
        self.record.marks.contains(chunk::Marks::DELETED)
    }

    /// Whether the attribute is known to be incomplete (range slices missing, list cut by a formatter).
    pub fn is_incomplete(&self, attribute: AttributeId) -> bool {
        self.values(attribute).any(|value| value.flags.contains(ValueFlags::INCOMPLETE))
    }
}
