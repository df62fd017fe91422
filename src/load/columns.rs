//! Headers that the user names (`--map`, `[map]`) and no table has: most often a slip of the pen.

use std::collections::BTreeSet;

use super::options::ColumnMap;

/// Headers of one table; empty for an input that is none.
pub type Headers = BTreeSet<String>;

/// Id of the warning about them.
pub const UNUSED: &str = "map-unused";

/// A sentence about every header of the map that no input has, with the position of the input to say it at: the one with
/// the closest header, else the first.
pub fn unused_headers(map: &ColumnMap, inputs: &[&Headers]) -> Vec<(usize, String)> {
    let is_there = |header: &str| inputs.iter().copied().flatten().any(|own| same(own, header));
    map.headers()
        .filter(|header| !is_there(header))
        .map(|header| {
            let all = inputs.iter().enumerate().flat_map(|(at, own)| own.iter().map(move |own| (at, own)));
            let start = format!("no source has a column \"{header}\", which --map or [map] names");
            match all.map(|(at, own)| (distance(own, header), at, own)).min() {
                Some((_, at, own)) => (at, format!("{start}; the closest header is \"{own}\"")),
                None => (0, format!("{start}: none is a table with headers")),
            }
        })
        .collect()
}

/// What to add to the refusal of a table: a header of the map that it does not have.
pub(super) fn not_found(map: &ColumnMap, columns: &Headers) -> Option<String> {
    let header = map.headers().find(|header| !columns.iter().any(|own| same(own, header)))?;
    let nearest = columns.iter().min_by_key(|own| distance(own, header))?;
    Some(format!(
        "It has no column \"{header}\", which --map or [map] names; the closest header is \"{nearest}\"."
    ))
}

/// Whether a header is worth remembering: longer ones are no names.
pub(super) fn is_name(header: &str) -> bool {
    !header.is_empty() && header.len() <= 256
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// How far a header is from the one that was named; not far when it only goes on.
fn distance(own: &str, named: &str) -> usize {
    let plain = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let (own, named) = (plain(own), plain(named));
    let slips = strsim::osa_distance(&own, &named);
    if !named.is_empty() && own.starts_with(&named) { slips.min(1) } else { slips }
}
