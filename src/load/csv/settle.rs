//! What can only be decided when all rows are read: columns that turn out unusable, and the order of day and month.
//!
//! Rare, so that the rows are read once and the chunks are only copied when there is something to decide.

use std::collections::BTreeMap;

use super::dates;
use crate::directory::{AttributeId, Chunk, ChunkBuilder, SourceId, Syntax};
use crate::load::DateOrder;

/// What becomes of the values of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are dropped, and the attribute does not occur.
    Drop,
    /// Dates are converted to generalized time or, for integers, to FILETIME.
    Date(DateOrder, Syntax),
}

/// The chunks with the verdicts carried out.
pub(super) fn settle(
    chunks: Vec<Chunk>,
    source: SourceId,
    verdicts: &BTreeMap<AttributeId, Verdict>,
) -> Vec<Chunk> {
    if verdicts.is_empty() {
        return chunks;
    }
    chunks.into_iter().map(|chunk| settled(&chunk, source, verdicts)).collect()
}

fn settled(chunk: &Chunk, source: SourceId, verdicts: &BTreeMap<AttributeId, Verdict>) -> Chunk {
    let mut builder = ChunkBuilder::new(source);
    let relative = |line: u64| u32::try_from(line.saturating_sub(chunk.first_line())).unwrap_or(u32::MAX);
    for index in (0..chunk.len()).map_while(|index| u32::try_from(index).ok()) {
        builder.begin(relative(chunk.line_at(index)));
        if !chunk.dn_at(index).is_empty() {
            builder.set_dn(chunk.dn_at(index));
        }
        builder.set_class(chunk.class_at(index), chunk.class_is_guess_at(index));
        for (attribute, value) in chunk.all_values_at(index) {
            let converted = match verdicts.get(&attribute) {
                Some(Verdict::Drop) => continue,
                Some(Verdict::Date(order, syntax)) => converted(value.bytes, *order, *syntax),
                None => None,
            };
            let bytes = converted.as_ref().map_or(value.bytes, String::as_bytes);
            builder.push(attribute, bytes, relative(value.line), value.flags);
        }
        builder.finish_object();
    }
    for attribute in chunk.occurring().iter().filter(|id| verdicts.get(id) != Some(&Verdict::Drop)) {
        builder.mark_occurring(attribute);
    }
    let mut settled = builder.finish();
    settled.set_first_line(chunk.first_line());
    settled
}

/// `None` for a value that is no date: it was a number or a generalized time already.
fn converted(bytes: &[u8], order: DateOrder, syntax: Syntax) -> Option<String> {
    match syntax {
        Syntax::Time => dates::generalized_time(bytes, order),
        _ => dates::filetime(bytes, order).map(|value| value.to_string()),
    }
}
