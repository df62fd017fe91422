//! XML into objects, one at a time: the structure of `input-formats` section 10.1 (read 2026-11-25).
//!
//! What an element is follows from its parent and its local name; everything unknown is passed over with all that is
//! inside. Names of namespaces do not matter. There is never a tree: one object is in memory, and of its states only
//! the one that counts most.

use std::borrow::Cow;
use std::io::{self, Read};
use std::mem;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::{EscapeError, resolve_xml_entity};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error, XmlVersion};

use super::object::{CsObject, State};
use super::text::XmlText;
use crate::load::Limits;

/// Why the objects end before the text does, or the text too early.
#[derive(Debug)]
pub(in crate::load) enum Fault {
    Io(io::Error),
    /// The text breaks off; in this line.
    Cut(u64),
    /// A single piece is larger than can be held; it starts in this line.
    TooLarge(u64),
    /// A NUL byte, in this line.
    Nul(u64),
    /// It is no XML that may be read: the line, and what is wrong.
    Bad(u64, String),
}

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Root,
    Object,
    Hologram(State),
    PendingImport,
    Entry,
    Anchor,
    PrimaryClass,
    Classes,
    Class,
    /// `attr` or `dn-attr`
    Attribute,
    /// `value`
    Value,
    /// `dn-value`
    Link,
    /// `dn` in a `dn-value`
    LinkDn,
    Ignored,
}

impl Node {
    fn child(parent: Option<Self>, name: &str) -> Option<Self> {
        Some(match (parent, name) {
            (None, "cs-objects") => Self::Root,
            (None | Some(Self::Root), "cs-object") => Self::Object,
            (None, _) => return None,
            (Some(Self::Object), "synchronized-hologram") => Self::Hologram(State::Synchronized),
            (Some(Self::Object), "pending-import-hologram") => Self::Hologram(State::PendingImport),
            (Some(Self::Object), "pending-import") => Self::PendingImport,
            (Some(Self::Hologram(_)), "entry") | (Some(Self::PendingImport), "delta") => Self::Entry,
            (Some(Self::Entry), "anchor") => Self::Anchor,
            (Some(Self::Entry), "primary-objectclass") => Self::PrimaryClass,
            (Some(Self::Entry), "objectclass") => Self::Classes,
            (Some(Self::Classes), "oc-value") => Self::Class,
            (Some(Self::Entry), "attr" | "dn-attr") => Self::Attribute,
            (Some(Self::Attribute), "value") => Self::Value,
            (Some(Self::Attribute), "dn-value") => Self::Link,
            (Some(Self::Link), "dn") => Self::LinkDn,
            _ => Self::Ignored,
        })
    }

    fn holds_text(self) -> bool {
        matches!(self, Self::Anchor | Self::PrimaryClass | Self::Class | Self::Value | Self::LinkDn)
    }
}

/// Reader of the objects of one export.
pub(in crate::load) struct Objects<'t> {
    reader: Reader<XmlText<'t>>,
    buffer: Vec<u8>,
    limits: Limits,
    nodes: Vec<Node>,
    seen_root: bool,
    /// The name of the open attribute, in the bytes of the entry, and how many values it has.
    attribute: (Range<usize>, usize),
    attributes: usize,
    /// Of the open text: where it starts, its line, whether it is base64.
    open: (usize, u64, bool),
    /// Line of a byte order mark within the text.
    mark_line: Option<u64>,
}

/// Whether the values of an attribute are kept.
pub(in crate::load) type Keeps<'k> = dyn FnMut(&str) -> bool + 'k;

impl<'t> Objects<'t> {
    pub(in crate::load) fn new(text: &'t mut dyn Read, limits: Limits) -> Self {
        let mut reader = Reader::from_reader(XmlText::new(text, limits.line_bytes));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        config.allow_unmatched_ends = false;
        Self {
            reader,
            buffer: Vec::new(),
            limits,
            nodes: Vec::new(),
            seen_root: false,
            attribute: (0..0, 0),
            attributes: 0,
            open: (0, 0, false),
            mark_line: None,
        }
    }

    /// Reads the next object; false when there is none left.
    pub(in crate::load) fn next(
        &mut self,
        object: &mut CsObject,
        keeps: &mut Keeps<'_>,
    ) -> Result<bool, Fault> {
        object.clear();
        let mut buffer = mem::take(&mut self.buffer);
        let found = loop {
            buffer.clear();
            self.reader.get_mut().start_piece();
            let line = self.line();
            let step = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => self.event(event, line, object, keeps),
                Err(error) => Err(self.fault(error, line)),
            };
            match step {
                Ok(None) => {}
                Ok(Some(found)) => break Ok(found),
                Err(fault) => break Err(fault),
            }
        };
        self.buffer = buffer;
        found
    }

    /// Line of the first byte order mark that stands between objects: files were appended to each other.
    pub(in crate::load) fn mark_line(&self) -> Option<u64> {
        self.mark_line
    }

    fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    fn fault(&self, error: Error, line: u64) -> Fault {
        let text = self.reader.get_ref();
        match error {
            _ if text.exceeded() => Fault::TooLarge(line),
            Error::Io(error) => match text.nul_line() {
                Some(line) => Fault::Nul(line),
                None => Fault::Io(io::Error::new(error.kind(), error)),
            },
            Error::Syntax(_) if text.is_at_end() => Fault::Cut(line),
            Error::IllFormed(quick_xml::errors::IllFormedError::UnclosedReference) if text.is_at_end() => {
                Fault::Cut(line)
            }
            // The tag that does not fit stands on the line where it ends.
            Error::IllFormed(error) => self.not_well_formed(error),
            Error::Syntax(error) => self.not_well_formed(error),
            error => self.not_well_formed(error),
        }
    }

    fn not_well_formed(&self, error: impl std::fmt::Display) -> Fault {
        Fault::Bad(self.line(), format!("the XML is not well-formed: {error}"))
    }

    /// `Some` when an object is complete, or the text.
    fn event(
        &mut self,
        event: Event<'_>,
        line: u64,
        object: &mut CsObject,
        keeps: &mut Keeps<'_>,
    ) -> Result<Option<bool>, Fault> {
        match event {
            Event::Start(element) | Event::Empty(element) => self.start(&element, line, object, keeps)?,
            Event::End(_) => return Ok((self.end(object) == Some(Node::Object)).then_some(true)),
            Event::Text(text) => self.text(&text.xml10_content(), line, object)?,
            Event::CData(text) => self.text(&text.xml10_content(), line, object)?,
            Event::GeneralRef(reference) => self.reference(&reference, line, object)?,
            Event::DocType(_) => {
                let text = "there is a document type definition (<!DOCTYPE), which is refused: csexport writes none, \
                            and it could name other files";
                return Err(Fault::Bad(line, text.into()));
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof if self.reader.get_ref().exceeded() => return Err(Fault::TooLarge(line)),
            Event::Eof if !self.nodes.is_empty() || !self.seen_root => return Err(Fault::Cut(line)),
            Event::Eof => return Ok(Some(false)),
        }
        Ok(None)
    }

    fn start(
        &mut self,
        element: &BytesStart<'_>,
        line: u64,
        object: &mut CsObject,
        keeps: &mut Keeps<'_>,
    ) -> Result<(), Fault> {
        if self.nodes.len() >= self.limits.xml_depth {
            let text = format!("elements are nested more than {} deep", self.limits.xml_depth);
            return Err(Fault::Bad(line, text));
        }
        let name = element.local_name();
        let name = name.as_ref();
        let parent = self.nodes.last().copied();
        let Some(node) = Node::child(parent, name) else {
            let text = format!("the element {} stands where <cs-objects> is expected", shown(name));
            return Err(Fault::Bad(line, text));
        };
        self.seen_root = true;
        let passes = node == Node::Ignored || (object.exceeds_limits && node != Node::Object);
        let node = if passes { Node::Ignored } else { self.open(node, element, line, object, keeps)? };
        self.nodes.push(node);
        Ok(())
    }

    /// Takes the attributes of an element; gives what it is to be taken for.
    fn open(
        &mut self,
        node: Node,
        element: &BytesStart<'_>,
        line: u64,
        object: &mut CsObject,
        keeps: &mut Keeps<'_>,
    ) -> Result<Node, Fault> {
        let own = |name: &str| attribute(element, name, line);
        let is_deletion = |operation: Option<Cow<'_, str>>| operation.as_deref() == Some("delete");
        match node {
            Node::Object => {
                object.line = line;
                object.cs_dn = own("cs-dn")?.unwrap_or_default().into_owned();
                object.object_type = own("object-type")?.unwrap_or_default().into_owned();
            }
            Node::Entry => {
                let Some(state) = self.state_of(own("operation")?.as_deref(), object) else {
                    return Ok(Node::Ignored);
                };
                object.entry.clear();
                object.state = Some(state);
                self.attributes = 0;
                let dn = match own("newdn")? {
                    Some(dn) if !dn.is_empty() => Some(dn),
                    _ => own("dn")?,
                };
                object.entry.dn = dn.unwrap_or_default().into_owned();
            }
            Node::Attribute => {
                let name = own("name")?.unwrap_or_default();
                if is_deletion(own("operation")?) || !keeps(&name) {
                    return Ok(Node::Ignored);
                }
                self.attributes += 1;
                if self.attributes > self.limits.attributes_per_record {
                    object.exceeds_limits = true;
                    return Ok(Node::Ignored);
                }
                self.attribute = (append(&mut object.entry.bytes, name.as_bytes()), 0);
            }
            Node::Value | Node::Link if is_deletion(own("operation")?) => return Ok(Node::Ignored),
            Node::Value => {
                self.open = (object.entry.bytes.len(), line, own("encoding")?.as_deref() == Some("base64"));
            }
            Node::Anchor | Node::PrimaryClass | Node::Class | Node::LinkDn => {
                self.open = (object.entry.bytes.len(), line, false);
            }
            Node::Root
            | Node::Hologram(_)
            | Node::PendingImport
            | Node::Classes
            | Node::Link
            | Node::Ignored => {}
        }
        Ok(node)
    }

    /// The state that an opened entry or delta shows, if it counts more than what was read of the object so far.
    fn state_of(&self, operation: Option<&str>, object: &mut CsObject) -> Option<State> {
        let state = match self.nodes.last() {
            Some(Node::Hologram(state)) => *state,
            _ => match operation {
                Some("add" | "replace" | "delete-add") => State::Delta,
                Some("delete") => {
                    object.is_deleted = true;
                    return None;
                }
                Some("update") => {
                    object.is_changed = true;
                    return None;
                }
                _ => return None,
            },
        };
        (Some(state) > object.state).then_some(state)
    }

    /// The end of an element, which is given back.
    fn end(&mut self, object: &mut CsObject) -> Option<Node> {
        let node = self.nodes.pop()?;
        let (start, line, is_base64) = self.open;
        let entry = &mut object.entry;
        let text = start..entry.bytes.len();
        match node {
            Node::Anchor => entry.anchor = text,
            Node::PrimaryClass => entry.primary_class = text,
            Node::Class => {
                object.exceeds_limits |= entry.classes.len() >= self.limits.attributes_per_record;
                if !object.exceeds_limits {
                    entry.classes.push((text, line));
                }
            }
            Node::Value | Node::LinkDn => {
                let decoded = if is_base64 { text.len() / 4 * 3 } else { text.len() };
                self.attribute.1 += 1;
                object.exceeds_limits |= decoded > self.limits.value_bytes
                    || self.attribute.1 > self.limits.values_per_attribute
                    || entry.held_bytes() > self.limits.record_bytes;
                if !object.exceeds_limits {
                    entry.push(self.attribute.0.clone(), text, is_base64, line);
                }
            }
            _ => {}
        }
        Some(node)
    }

    fn text(&mut self, text: &str, line: u64, object: &mut CsObject) -> Result<(), Fault> {
        match self.nodes.last() {
            Some(node) if node.holds_text() => {
                let bytes = &mut object.entry.bytes;
                let most = self.limits.value_bytes.saturating_mul(2);
                object.exceeds_limits |= bytes.len().saturating_sub(self.open.0) > most;
                if !object.exceeds_limits {
                    bytes.extend_from_slice(text.as_bytes());
                }
                Ok(())
            }
            Some(_) => Ok(()),
            None => {
                if text.contains('\u{feff}') {
                    self.mark_line.get_or_insert(line);
                }
                if text.chars().all(|letter| letter.is_whitespace() || letter == '\u{feff}') {
                    return Ok(());
                }
                Err(Fault::Bad(line, "there is text outside of <cs-objects>".into()))
            }
        }
    }

    /// The five names that XML knows and numbers of characters; everything else would need a definition.
    fn reference(&mut self, reference: &BytesRef<'_>, line: u64, object: &mut CsObject) -> Result<(), Fault> {
        let mut letter = [0; 4];
        let text = match reference.resolve_char_ref() {
            Ok(Some(found)) => found.encode_utf8(&mut letter),
            Ok(None) => resolve_xml_entity(reference).ok_or_else(|| entity(reference, line))?,
            Err(_) => return Err(Fault::Bad(line, format!("{} names no character", shown(reference)))),
        };
        self.text(text, line, object)
    }
}

fn entity(name: &str, line: u64) -> Fault {
    let text = format!("the entity {} is not one of the five of XML; entities are refused", shown(name));
    Fault::Bad(line, text)
}

/// Text of a file for a message: short, and without control characters.
fn shown(name: &str) -> String {
    let plain: String = name.chars().take(40).filter(|letter| !letter.is_control()).collect();
    format!("\"{plain}\"")
}

fn append(bytes: &mut Vec<u8>, text: &[u8]) -> Range<usize> {
    let start = bytes.len();
    bytes.extend_from_slice(text);
    start..bytes.len()
}

/// The value of an attribute of an element. Without a look for repeated names, which would take long for many of them:
/// the first one counts.
fn attribute<'e>(element: &'e BytesStart<'_>, name: &str, line: u64) -> Result<Option<Cow<'e, str>>, Fault> {
    for found in element.attributes().with_checks(false) {
        let found =
            found.map_err(|error| Fault::Bad(line, format!("the XML is not well-formed: {error}")))?;
        if found.key.local_name().as_ref() == name {
            return match found.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => Ok(Some(value)),
                Err(Error::Escape(EscapeError::UnrecognizedEntity(_, own))) => Err(entity(&own, line)),
                Err(error) => Err(Fault::Bad(line, format!("the XML is not well-formed: {error}"))),
            };
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes objects as long as there is something to read of them.
    struct Endless {
        left: u64,
        number: u64,
        ready: Vec<u8>,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.ready.is_empty() && self.left > 0 {
                self.number += 1;
                let (number, info) = (self.number, "x".repeat(900));
                self.ready = format!(
                    "<cs-object cs-dn=\"CN=User {number},DC=x\" object-type=\"user\"><synchronized-hologram><entry>\
                     <attr name=\"info\"><value>{info}</value></attr><attr name=\"sn\"><value>{number}</value></attr>\
                     </entry></synchronized-hologram></cs-object>\n"
                )
                .into_bytes();
                self.left = self.left.saturating_sub(self.ready.len() as u64);
                if self.number == 1 {
                    self.ready.splice(0..0, *b"<cs-objects>");
                }
                if self.left == 0 {
                    self.ready.extend_from_slice(b"</cs-objects>");
                }
            }
            let count = buffer.len().min(self.ready.len());
            buffer[..count].copy_from_slice(&self.ready[..count]);
            self.ready.drain(..count);
            Ok(count)
        }
    }

    /// Reads so many bytes of objects and holds what one of them takes.
    fn read_stream(bytes: u64) {
        let mut text = Endless { left: bytes, number: 0, ready: Vec::new() };
        let mut objects = Objects::new(&mut text, Limits::default());
        let mut object = CsObject::default();
        let mut count = 0;
        while objects.next(&mut object, &mut |_| true).unwrap() {
            count += 1;
            assert_eq!(object.entry.text(&object.entry.values[1]), count.to_string().as_bytes());
        }
        assert!(count > bytes / 2_000, "{count}");
        let held = objects.buffer.capacity() + object.entry.bytes.capacity();
        assert!(held < 16 << 10, "{held}");
        assert_eq!(objects.line(), count + 1);
    }

    #[test]
    fn a_stream_takes_the_memory_of_one_object() {
        read_stream(32 << 20);
    }

    #[test]
    #[ignore = "takes long without optimization; the same as above in the size of a large company"]
    fn a_stream_of_a_gigabyte_takes_the_memory_of_one_object() {
        read_stream(1 << 30);
    }
}
