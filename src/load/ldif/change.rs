//! Lines of change records, handed on as they come (`input-formats` section 4.11, read 2026-11-20).
//!
//! A change record may hold an empty line, so blocks cannot put records together: they give lines, and
//! [`crate::load::overlay`] makes records of all of them.

use std::mem;

use super::parser::Parser;
use super::value::{self, Form, Line};
use crate::directory::ValueFlags;
use crate::load::names::Role;

/// Something in an input of change records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) enum Item {
    /// A `dn:` line.
    Dn(ChangeLine),
    /// Any other line with a name.
    Line(ChangeLine),
    /// A line `-`.
    Dash,
    /// An empty line, or the end of a block of text, which is at an empty line too.
    Gap,
}

/// One logical line, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) struct ChangeLine {
    /// Line in the input, from 1.
    pub(in crate::load) line: u64,
    /// As written, without options.
    pub(in crate::load) name: Vec<u8>,
    /// As written, with the leading `;`.
    pub(in crate::load) options: Vec<u8>,
    pub(in crate::load) form: Form,
    /// Decoded; empty for a secret.
    pub(in crate::load) bytes: Vec<u8>,
    pub(in crate::load) flags: ValueFlags,
    /// Longer than the limits allow.
    pub(in crate::load) too_long: bool,
}

impl ChangeLine {
    /// Whether it has this name, ignoring letter case.
    pub(in crate::load) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

impl Item {
    /// The same with lines counted from that of its block.
    pub(super) fn counted_from(mut self, first_line: u64) -> Self {
        if let Self::Dn(line) | Self::Line(line) = &mut self {
            line.line += first_line;
        }
        self
    }
}

impl Parser<'_, '_, '_> {
    /// A line with a name in an input of change records.
    pub(super) fn change_line(&mut self, name: &[u8], parts: &Line<'_>, line: u32) {
        let role = self.worker.table.find(name).map_or(Role::None, |found| found.role);
        match role {
            Role::Version => return self.line_without_dn(role, parts, line),
            // The trailer of a search.
            Role::Search | Role::Result => return,
            Role::Control => {
                self.note("control-line", line, || "a control line of a change record was ignored".into());
            }
            Role::Secret => {
                let name = String::from_utf8_lossy(name);
                self.note("secret-dropped", line, || {
                    format!("the file holds secrets ({name}): they were dropped; protect or delete the file")
                });
            }
            _ => {}
        }
        let mut decoded = mem::take(&mut self.worker.decoded);
        let (bytes, flags) = value::decode(parts, &mut decoded);
        self.note_flags(name, flags, line);
        let limits = self.worker.context.limits;
        let too_long = parts.value.len() > limits.line_bytes || bytes.len() > limits.value_bytes;
        let kept = if too_long || role == Role::Secret { &[][..] } else { bytes };
        let change = ChangeLine {
            line: u64::from(line),
            name: name.to_vec(),
            options: parts.options.to_vec(),
            form: parts.form,
            bytes: kept.to_vec(),
            flags,
            too_long,
        };
        self.worker.decoded = decoded;
        self.items.push(if role == Role::Dn { Item::Dn(change) } else { Item::Line(change) });
    }
}
