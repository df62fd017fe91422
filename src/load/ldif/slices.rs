//! Range slices of large attributes (`input-formats` section 4.9).

use super::value::Range;
use crate::directory::AttributeId;

/// Values of an attribute that came with one `;range=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) struct Slice {
    pub(in crate::load) attribute: AttributeId,
    pub(in crate::load) low: u64,
    /// `None`: the last slice.
    pub(in crate::load) high: Option<u64>,
    /// Position of its first value among the values of the attribute.
    pub(in crate::load) first: usize,
    pub(in crate::load) values: usize,
    /// Line of the first value, counted like those of the chunk.
    pub(in crate::load) line: u32,
}

/// The slices of one object.
#[derive(Debug, Clone)]
pub(in crate::load) struct SlicedObject {
    /// Index within its chunk.
    pub(in crate::load) object: u32,
    pub(in crate::load) slices: Vec<Slice>,
    /// The record holds nothing but slices: it belongs to another record of the same DN.
    pub(in crate::load) only_slices: bool,
}

/// Collects the slices of the open record.
#[derive(Debug, Default)]
pub(super) struct Slices(Vec<Slice>);

impl Slices {
    /// Takes one value; `before` values of the attribute came earlier.
    pub(super) fn add(&mut self, attribute: AttributeId, range: Range, before: usize, line: u32) {
        match self.0.last_mut() {
            Some(last) if (last.attribute, last.low, last.high) == (attribute, range.low, range.high) => {
                last.values += 1;
            }
            _ => self.0.push(Slice {
                attribute,
                low: range.low,
                high: range.high,
                first: before,
                values: 1,
                line,
            }),
        }
    }

    pub(super) fn has(&self, attribute: AttributeId) -> bool {
        self.0.iter().any(|slice| slice.attribute == attribute)
    }

    pub(super) fn take(&mut self) -> Vec<Slice> {
        std::mem::take(&mut self.0)
    }
}

/// Attributes whose slices do not cover everything from 0 to the last one, each with the line of its first slice.
pub(in crate::load) fn gaps(slices: &[Slice]) -> Vec<(AttributeId, u32)> {
    let mut sorted = slices.to_vec();
    sorted.sort_by_key(|slice| (slice.attribute, slice.low, slice.high.is_none(), slice.high));
    let of_one_attribute = sorted.chunk_by(|a, b| a.attribute == b.attribute);
    of_one_attribute
        .filter(|slices| !is_whole(slices))
        .filter_map(|slices| slices.iter().min_by_key(|slice| slice.line))
        .map(|first| (first.attribute, first.line))
        .collect()
}

/// Whether slices of one attribute, sorted by their lower bound, leave nothing out.
fn is_whole(slices: &[Slice]) -> bool {
    let mut next = 0;
    for slice in slices {
        if slice.low > next {
            return false;
        }
        match slice.high {
            None => return true,
            Some(high) => next = next.max(high.saturating_add(1)),
        }
    }
    false
}
