//! Large attributes: AD gives 1,500 values and the rest on request (`[MS-ADTS]` 3.1.1.3.1.3.3, read 2026-11-25).
//!
//! Any attribute may come as `name;range=0-1499`; the slices after it are fetched with searches of the entry alone,
//! several at a time on the one connection. An attribute that could not be completed keeps the form of a slice, so that
//! its values count as incomplete.

use tokio::task::JoinSet;

use super::entry::{Attribute, Entry};
use super::search::{Line, Query, Stop};
use super::url::{EVERYTHING, Scope};

/// Follow-up searches under way at a time. The lab saw 200 at once (`live-ldap-lab` section 5); a busy domain controller
/// should not.
const AT_A_TIME: usize = 8;

/// Values of one attribute (`input-formats` section 13): a server that goes on after these does not stop at all.
const MAX_VALUES: usize = 5_000_000;

/// An attribute of which more is to be had: which one of the entry, and the position of the next value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Open {
    attribute: usize,
    name: String,
    next: u64,
}

/// Settles slices that are whole, and lists those of which more is to be had.
fn open_slices(entry: &mut Entry) -> Vec<Open> {
    let mut open = Vec::new();
    for (attribute, own) in entry.attributes.iter_mut().enumerate() {
        match own.range() {
            Some(range) if range.low == 0 => match range.high {
                None => own.name = own.base_name().to_vec(),
                Some(high) => open.push(Open {
                    attribute,
                    name: String::from_utf8_lossy(own.base_name()).into_owned(),
                    next: high.saturating_add(1),
                }),
            },
            _ => {}
        }
    }
    open
}

/// Completes entries; says how many attributes could not be, and why the first could not.
pub(super) async fn complete(line: &Line, entries: &mut [Entry]) -> Incomplete {
    let mut waiting: Vec<(usize, Open, String)> = Vec::new();
    let mut incomplete = Incomplete::default();
    for (number, entry) in entries.iter_mut().enumerate() {
        for open in open_slices(entry) {
            match String::from_utf8(entry.dn.clone()) {
                Ok(dn) => waiting.push((number, open, dn)),
                Err(_) => incomplete.add(&Gap::UnreadableDn),
            }
        }
    }
    waiting.reverse();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_A_TIME
            && let Some((number, open, dn)) = waiting.pop()
        {
            let line = line.clone();
            running.spawn(async move {
                let (values, gap) = rest(&line, &dn, &open).await;
                (number, open, values, gap)
            });
        }
        let Some(done) = running.join_next().await else { return incomplete };
        let Ok((number, open, values, gap)) = done else {
            incomplete.add(&Gap::NoProgress);
            continue;
        };
        let attribute = entries.get_mut(number).and_then(|entry| entry.attributes.get_mut(open.attribute));
        if let Some(attribute) = attribute {
            join(attribute, &open, values, gap.is_none());
        }
        if let Some(gap) = gap {
            incomplete.add(&gap);
        }
    }
}

/// Attributes that could not be completed.
#[derive(Debug, Default)]
pub(super) struct Incomplete {
    pub(super) attributes: u64,
    /// The end of the connection, or else whatever came first.
    pub(super) why: Option<Gap>,
}

impl Incomplete {
    fn add(&mut self, gap: &Gap) {
        self.attributes += 1;
        self.why.get_or_insert_with(|| gap.clone());
    }

    pub(super) fn append(&mut self, other: Self) {
        self.attributes += other.attributes;
        self.why = self.why.take().or(other.why);
    }
}

/// Why slices are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gap {
    Stopped(Stop),
    /// The answer did not hold the slice that was asked for.
    NoProgress,
    /// The DN is not UTF-8, so that no search can name it.
    UnreadableDn,
}

fn join(attribute: &mut Attribute, open: &Open, values: Vec<Vec<u8>>, whole: bool) {
    attribute.values.extend(values);
    attribute.name = if whole {
        open.name.clone().into_bytes()
    } else {
        let last = attribute.values.len().saturating_sub(1);
        format!("{};range=0-{last}", open.name).into_bytes()
    };
}

/// All values from the next one on, as far as they come.
async fn rest(line: &Line, dn: &str, open: &Open) -> (Vec<Vec<u8>>, Option<Gap>) {
    let mut values = Vec::new();
    let mut next = open.next;
    loop {
        let query = Query {
            base: dn.to_owned(),
            scope: Scope::Base,
            filter: EVERYTHING.to_owned(),
            attributes: vec![format!("{};range={next}-*", open.name)],
        };
        let found = match line.all(&query).await {
            Ok(found) => found,
            Err(stop) => return (values, Some(Gap::Stopped(stop))),
        };
        let slice = found.into_iter().flat_map(|entry| entry.attributes).find(|own| {
            own.base_name().eq_ignore_ascii_case(open.name.as_bytes())
                && own.range().is_some_and(|range| range.low == next)
        });
        let Some(slice) = slice else { return (values, Some(Gap::NoProgress)) };
        let high = slice.range().and_then(|range| range.high);
        let grew = !slice.values.is_empty() && values.len() < MAX_VALUES;
        values.extend(slice.values);
        match high {
            None => return (values, None),
            Some(high) if high >= next && grew => next = high.saturating_add(1),
            Some(_) => return (values, Some(Gap::NoProgress)),
        }
    }
}
