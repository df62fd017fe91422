//! Objects of the connector space of a directory into chunks.

use std::sync::PoisonError;

use super::object::{CsObject, Entry, State, base64};
use crate::directory::class::ClassChain;
use crate::directory::{AttributeId, Chunk, ChunkBuilder, Class, Source, Syntax, ValueFlags, attribute};
use crate::load::Context;
use crate::load::convert::to_stored_form;
use crate::load::csv::scalars;
use crate::load::names::{Found, NameTable, Role};
use crate::load::notes::Notes;

/// A chunk is closed when its values take this many bytes.
const CHUNK_BYTES: usize = 4 << 20;

/// Integers of 32 bits that can be negative. The sync engine shows numbers in hexadecimal, where the sign is a matter of
/// the width; `msExchRecipientTypeDetails` has 64 bits, of which bit 31 means something (`input-formats` section 11,
/// read 2026-11-25).
const SIGNED_32: [&str; 3] = ["groupType", "msExchRecipientDisplayType", "userAccountControl"];

/// Fills chunks.
pub(super) struct Writer<'c> {
    context: &'c Context<'c>,
    table: NameTable,
    builder: ChunkBuilder,
    first_line: u64,
    chunks: Vec<Chunk>,
    pub(super) notes: Notes,
    pub(super) loaded: u64,
    stored: Vec<u8>,
}

impl<'c> Writer<'c> {
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        let names = context.names.read().unwrap_or_else(PoisonError::into_inner);
        let table = NameTable::new(context.wanted, &names);
        drop(names);
        Self {
            context,
            table,
            builder: ChunkBuilder::new(context.source),
            first_line: 1,
            chunks: Vec::new(),
            notes: Notes::default(),
            loaded: 0,
            stored: Vec::new(),
        }
    }

    /// Whether the values of an attribute are of any use. Secrets are not stored, but the file holds them.
    pub(super) fn keeps(&mut self, name: &str) -> bool {
        let found = self.table.find_or_intern(name.as_bytes(), self.context.names);
        found.is_some_and(|found| found.keep.is_some() || found.role == Role::Secret)
    }

    /// Loads an object or counts why not.
    pub(super) fn take(&mut self, object: &CsObject, source: &mut Source) {
        match reason_to_skip(object) {
            Some("limit-exceeded") => {
                source.skip("limit-exceeded");
                source.complete = false;
                self.notes.add("limit-exceeded", object.line, || {
                    "an object with more or longer values than the limits allow: it was skipped".into()
                });
            }
            Some(reason) => source.skip(reason),
            None => self.load(object),
        }
    }

    fn load(&mut self, object: &CsObject) {
        self.begin(object);
        let is_stale = object.is_changed && object.state == Some(State::Synchronized);
        if is_stale {
            self.notes.add("pending-change-unseen", object.line, || {
                let dn = object.dn();
                format!(
                    "{dn}: changes that were imported since the last synchronization are not in the export as a whole \
                     (no pending-import-hologram); the object is taken as last synchronized"
                )
            });
        }
        let entry = &object.entry;
        self.add_classes(object);
        for value in &entry.values {
            let found = self.table.find(entry.name(value));
            if let Some(found) = found {
                self.add_value(found, entry, value);
            }
        }
        self.add_anchor(object);
        self.builder.finish_object();
        self.loaded += 1;
    }

    fn begin(&mut self, object: &CsObject) {
        if self.builder.arena_len() > CHUNK_BYTES {
            let full = std::mem::replace(&mut self.builder, ChunkBuilder::new(self.context.source));
            self.close(full);
        }
        if self.builder.arena_len() == 0 {
            self.first_line = object.line;
        }
        self.builder.begin(self.relative(object.line));
        self.builder.set_dn(object.dn().as_bytes());
    }

    fn close(&mut self, builder: ChunkBuilder) {
        let mut chunk = builder.finish();
        chunk.set_first_line(self.first_line);
        self.chunks.push(chunk);
    }

    fn relative(&self, line: u64) -> u32 {
        u32::try_from(line.saturating_sub(self.first_line)).unwrap_or(u32::MAX)
    }

    /// All classes, else the primary one, else what the connector calls the object.
    fn add_classes(&mut self, object: &CsObject) {
        let mut chain = ClassChain::default();
        let wanted = self.context.wanted.contains(attribute::OBJECT_CLASS);
        let mut any = false;
        for (name, line) in object.entry.classes() {
            chain.add(name);
            any = true;
            if wanted {
                self.builder.push(attribute::OBJECT_CLASS, name, self.relative(line), ValueFlags::NONE);
            }
        }
        let primary = object.entry.primary_class();
        let other = if primary.is_empty() { object.object_type.as_bytes() } else { primary };
        if !any && !other.is_empty() {
            chain.add(other);
            if wanted {
                let line = self.relative(object.line);
                self.builder.push(attribute::OBJECT_CLASS, other, line, ValueFlags::NONE);
            }
        }
        if chain.class() != Class::Unknown {
            self.builder.mark_occurring(attribute::OBJECT_CLASS);
        }
        self.builder.set_class(chain.class(), chain.class() == Class::Unknown);
    }

    fn add_value(&mut self, found: Found, entry: &Entry, value: &super::object::EntryValue) {
        if found.role == Role::Secret {
            let name = String::from_utf8_lossy(entry.name(value)).into_owned();
            self.notes.add("secret-dropped", value.line, || {
                format!("the file holds secrets ({name}): they were dropped; protect or delete the file")
            });
            return;
        }
        let Some(id) = found.keep else { return };
        let text = entry.text(value);
        if !value.is_base64 {
            return self.push(id, found.syntax, text, value.line, ValueFlags::NONE);
        }
        if let Some(bytes) = base64(text) {
            return self.push(id, found.syntax, &bytes, value.line, ValueFlags::NONE);
        }
        self.notes.add("base64-invalid", value.line, || {
            let name = String::from_utf8_lossy(entry.name(value));
            format!("the value of {name} is marked as base64 but is not; its text was kept")
        });
        self.push(id, found.syntax, text, value.line, ValueFlags::BASE64_INVALID);
    }

    /// Stores a value the way the directory would show it.
    fn push(&mut self, id: AttributeId, syntax: Syntax, bytes: &[u8], line: u64, flags: ValueFlags) {
        let relative = self.relative(line);
        let mut stored = std::mem::take(&mut self.stored);
        stored.clear();
        match syntax {
            Syntax::Guid | Syntax::Sid if flags == ValueFlags::NONE && !bytes.is_empty() => {
                if !to_stored_form(syntax, bytes, &mut stored) {
                    self.notes.add("identifier-unreadable", line, || {
                        "the text of a GUID or SID has no known form; it was kept as it is".into()
                    });
                }
            }
            Syntax::Boolean => match scalars::boolean(bytes) {
                Some(flag) => stored.extend_from_slice(if flag { b"TRUE" } else { b"FALSE" }),
                None => stored.extend_from_slice(bytes),
            },
            Syntax::Integer => match hexadecimal(bytes, self.is_signed_32(id)) {
                Some(number) => stored.extend_from_slice(number.to_string().as_bytes()),
                None => stored.extend_from_slice(bytes),
            },
            _ => stored.extend_from_slice(bytes),
        }
        self.builder.push(id, &stored, relative, flags);
        self.stored = stored;
    }

    fn is_signed_32(&self, id: AttributeId) -> bool {
        let names = self.context.names.read().unwrap_or_else(PoisonError::into_inner);
        SIGNED_32.contains(&names.name(id))
    }

    /// The anchor of a directory's connector is objectGUID, which need not be among the attributes.
    fn add_anchor(&mut self, object: &CsObject) {
        if !self.context.wanted.contains(attribute::OBJECT_GUID) {
            return;
        }
        let states_it = object
            .entry
            .values
            .iter()
            .any(|value| object.entry.name(value).eq_ignore_ascii_case(b"objectGUID"));
        if let Some(guid) = object.entry.anchor().filter(|bytes| bytes.len() == 16 && !states_it) {
            self.builder.push(attribute::OBJECT_GUID, &guid, self.relative(object.line), ValueFlags::NONE);
        }
    }

    /// The chunks, at least one.
    pub(super) fn finish(mut self) -> (Vec<Chunk>, Notes) {
        let last = std::mem::take(&mut self.builder);
        self.close(last);
        for (id, spelling) in self.table.take_spellings() {
            self.context.names.write().unwrap_or_else(PoisonError::into_inner).respell(id, &spelling);
        }
        (self.chunks, self.notes)
    }
}

/// Why an object is no object of the directory, or none that can be used.
fn reason_to_skip(object: &CsObject) -> Option<&'static str> {
    match object.state {
        _ if object.is_deleted => Some("removed"),
        _ if object.exceeds_limits => Some("limit-exceeded"),
        None if object.is_changed => Some("change-record"),
        None => Some("not-imported"),
        Some(_) if object.dn().is_empty() => Some("missing-dn"),
        Some(_) => None,
    }
}

/// `0x200`
fn hexadecimal(text: &[u8], is_signed_32: bool) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let bits = u64::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
    match u32::try_from(bits) {
        Ok(bits) if is_signed_32 => Some(i64::from(bits.cast_signed())),
        _ => Some(bits.cast_signed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_numbers_have_the_width_of_their_attribute() {
        for (text, signed_32, number) in [
            ("0x200", true, Some(512)),
            ("0x80000002", true, Some(-2_147_483_646)),
            ("0xFFFFFFFF80000002", true, Some(-2_147_483_646)),
            ("0x80000000", false, Some(2_147_483_648)),
            ("0x7fffffffffffffff", false, Some(i64::MAX)),
            ("512", true, None),
            ("0x", true, None),
            ("0x+1", true, None),
        ] {
            assert_eq!(hexadecimal(text.as_bytes(), signed_32), number, "{text}");
        }
    }
}
