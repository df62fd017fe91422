//! Cuts a stream of JSON into blocks of whole values, so that several threads can parse them.
//!
//! Arrays are entered, and pages that are too large for one block: their members are read here and only the elements of
//! their collection handed out. Any other value is handed out as it stands; what is in it, and whether it is valid, is
//! for its reader to say. Lines are counted from 1, places are bytes of the block.

use std::io::{self, Read};

use super::object::{Members, Page};
use super::scan::{Scan, blank_bytes, value_end, word_end};
use super::{Failure, Refusal};
use crate::load::Limits;
use crate::load::tenant::collected::{Context, OutlinePage, context_of};
use crate::load::tenant::property::{self, Property};
use serde::de::DeserializeSeed;

/// A piece of the text, and the values in it.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Position among the blocks of the file, from 0.
    pub(super) index: usize,
    /// Line of its first byte.
    pub(super) line: u64,
    pub(super) items: Vec<Item>,
    /// Pages around its values, and what they have said so far.
    pub(super) scopes: Vec<(Option<u32>, Option<Context>)>,
    bytes: Vec<u8>,
    filled: usize,
}

/// What a block holds, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item {
    /// A value between two places, its scope among those of the block, and how deep in the outline it stands.
    Value { start: usize, end: usize, scope: usize, depth: usize },
    /// The end of a page of the outline.
    PageEnd(u32),
    /// A value too large to be read, by its line.
    BeyondLimits(u64),
}

impl Block {
    /// Its text.
    pub(super) fn text(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    fn restart(&mut self, carry: &[u8]) {
        self.items.clear();
        self.scopes.clear();
        self.filled = 0;
        self.append(carry);
    }

    fn append(&mut self, text: &[u8]) {
        let end = self.filled + text.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        if let Some(space) = self.bytes.get_mut(self.filled..end) {
            space.copy_from_slice(text);
        }
        self.filled = end;
    }

    /// Reads until so many bytes are there; true at the end of the text.
    fn fill(&mut self, text: &mut (dyn Read + Send), target: usize) -> io::Result<bool> {
        if self.bytes.len() < target {
            self.bytes.resize(target, 0);
        }
        while let Some(space) = self.bytes.get_mut(self.filled..target).filter(|space| !space.is_empty()) {
            match text.read(space) {
                Ok(0) => return Ok(true),
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

/// What has been entered.
#[derive(Debug)]
enum Frame {
    Array,
    Page { number: u32, page: Box<Page> },
}

/// What must come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// The first element of an array, or its end.
    FirstValue,
    /// A comma, or the end of what was entered.
    Separator,
    /// The name of a member of a page.
    Member,
}

/// Why scanning stopped.
enum Stop {
    /// Everything that is there was looked at; a value may go on behind it.
    MoreText,
    /// The value that starts here is larger than the block.
    LargeValue,
    Failed(Failure),
}

/// Reader of blocks, one after the other.
pub(super) struct Outline<'t> {
    text: &'t mut (dyn Read + Send),
    block_bytes: usize,
    limits: Limits,
    carry: Vec<u8>,
    ended: bool,
    index: usize,
    line: u64,
    stack: Vec<Frame>,
    expect: Expect,
    pages: Vec<OutlinePage>,
    /// A value beyond the limits that is passed over, and its first line.
    passing: Option<(Scan, u64)>,
    failure: Option<Failure>,
}

impl<'t> Outline<'t> {
    pub(super) fn new(text: &'t mut (dyn Read + Send), limits: &Limits, block_bytes: usize) -> Self {
        Self {
            text,
            block_bytes: block_bytes.max(16),
            limits: *limits,
            carry: Vec::new(),
            ended: false,
            index: 0,
            line: 1,
            stack: Vec::new(),
            expect: Expect::Value,
            pages: Vec::new(),
            passing: None,
            failure: None,
        }
    }

    /// All pages that were entered.
    pub(super) fn into_pages(self) -> Vec<OutlinePage> {
        self.pages
    }

    /// Gives no further blocks.
    pub(super) fn stop(&mut self) {
        (self.ended, self.failure) = (true, None);
        self.carry.clear();
        self.stack.clear();
    }

    /// Reads the next block; false at the end. A failure comes behind all blocks before it.
    pub(super) fn next(&mut self, block: &mut Block) -> Result<bool, Failure> {
        if let Some(failure) = self.failure.take() {
            self.stop();
            return Err(failure);
        }
        if self.ended && self.carry.is_empty() && self.stack.is_empty() {
            return Ok(false);
        }
        block.restart(&std::mem::take(&mut self.carry));
        (block.index, block.line) = (self.index, self.line);
        self.index += 1;
        let end = match self.collect(block) {
            Ok(end) => end,
            Err((end, failure)) => {
                self.failure = Some(failure);
                self.ended = true;
                end
            }
        };
        let text = block.text();
        self.line += newlines(text.get(..end).unwrap_or_default());
        if self.failure.is_none() {
            self.carry.extend_from_slice(text.get(end..).unwrap_or_default());
        }
        block.filled = end;
        Ok(true)
    }

    /// Fills the block and scans it; gives where it ends.
    fn collect(&mut self, block: &mut Block) -> Result<usize, (usize, Failure)> {
        let mut at = 0;
        let mut target = self.block_bytes.max(block.filled);
        loop {
            if !self.ended {
                let filled = block.fill(self.text, target);
                self.ended = filled.map_err(|error| (at, Failure::Io(error)))?;
            }
            match self.scan(block, &mut at) {
                Stop::Failed(failure) => return Err((at, failure)),
                Stop::MoreText | Stop::LargeValue if self.ended => return self.finish(block, at),
                Stop::MoreText if at > 0 || self.passing.is_some() => return Ok(at),
                Stop::LargeValue if at > 0 => return Ok(at),
                Stop::MoreText | Stop::LargeValue => {}
            }
            if block.filled > self.limits.line_bytes {
                self.pass_over(block).map_err(|failure| (at, failure))?;
            } else {
                target = block.filled.saturating_mul(2).min(self.limits.line_bytes.saturating_add(1));
            }
        }
    }

    /// The end of the text: what is left of it is no whole value, which its reader will say better.
    fn finish(&mut self, block: &mut Block, at: usize) -> Result<usize, (usize, Failure)> {
        let is_inside = !self.stack.is_empty() || self.passing.is_some();
        if at < block.filled && self.passing.is_none() && self.expect != Expect::Member {
            let end = block.filled;
            self.hand_out(block, at, end);
        } else if is_inside {
            return Err((at, Failure::Cut(self.line + newlines(block.text()))));
        }
        if is_inside {
            return Err((block.filled, Failure::Cut(self.line + newlines(block.text()))));
        }
        Ok(block.filled)
    }

    /// A value that starts at the first byte of the block will not be read.
    fn pass_over(&mut self, block: &mut Block) -> Result<(), Failure> {
        if page_start(block.text()).is_foreign {
            return Err(Failure::Refused(Refusal::Foreign));
        }
        let is_value = matches!(block.text().first(), Some(b'{' | b'"')) && self.expect != Expect::Member;
        if !is_value {
            return Err(self.broken(block, 0, "a value is larger than the limits allow"));
        }
        self.passing = Some((Scan::default(), self.line));
        Ok(())
    }

    /// Goes through the text from `at` on.
    fn scan(&mut self, block: &mut Block, at: &mut usize) -> Stop {
        if let Some((mut scan, line)) = self.passing {
            let rest = block.text().get(*at..).unwrap_or_default();
            let Some(bytes) = scan.advance(rest) else {
                *at = block.filled;
                self.passing = Some((scan, line));
                return Stop::MoreText;
            };
            *at += bytes;
            block.items.push(Item::BeyondLimits(line));
            (self.passing, self.expect) = (None, Expect::Separator);
            self.settle_top();
        }
        loop {
            let rest = block.text().get(*at..).unwrap_or_default();
            *at += blank_bytes(rest);
            let rest = block.text().get(*at..).unwrap_or_default();
            let Some(first) = rest.first().copied() else { return Stop::MoreText };
            let step = match self.expect {
                Expect::Value | Expect::FirstValue => self.value(block, at, first),
                Expect::Separator => self.separator(block, at, first),
                Expect::Member => self.member(block, at, first),
            };
            if let Err(stop) = step {
                return stop;
            }
        }
    }

    /// Between the values of the whole text nothing must stand.
    fn settle_top(&mut self) {
        if self.stack.is_empty() {
            self.expect = Expect::Value;
        }
    }

    fn value(&mut self, block: &mut Block, at: &mut usize, first: u8) -> Result<(), Stop> {
        let rest = block.text().get(*at..).unwrap_or_default();
        let end = match first {
            b'[' => {
                *at += 1;
                self.expect = Expect::FirstValue;
                return self.enter(Frame::Array, block, *at);
            }
            b']' if self.expect == Expect::FirstValue => {
                *at += 1;
                self.leave();
                return Ok(());
            }
            b'{' => match value_end(rest) {
                None if *at == 0 && page_start(rest).has_objects => return self.enter_page(block, at),
                None => return Err(Stop::LargeValue),
                end => end,
            },
            b'"' => value_end(rest),
            _ => word_end(rest),
        };
        let end = *at + end.ok_or(Stop::MoreText)?;
        self.hand_out(block, *at, end);
        *at = end;
        Ok(())
    }

    fn enter_page(&mut self, block: &Block, at: &mut usize) -> Result<(), Stop> {
        let number = u32::try_from(self.pages.len()).unwrap_or(u32::MAX);
        self.pages.push(OutlinePage { parent: self.page_number(), ..OutlinePage::default() });
        *at += 1;
        self.expect = Expect::Member;
        self.enter(Frame::Page { number, page: Box::default() }, block, *at)
    }

    fn enter(&mut self, frame: Frame, block: &Block, at: usize) -> Result<(), Stop> {
        self.stack.push(frame);
        if self.stack.len() > self.limits.json_depth {
            return Err(Stop::Failed(self.broken(block, at, "it nests too deep")));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.stack.pop();
        self.expect = Expect::Separator;
        self.settle_top();
    }

    fn separator(&mut self, block: &mut Block, at: &mut usize, first: u8) -> Result<(), Stop> {
        match (self.stack.last(), first) {
            (Some(Frame::Array), b',') => self.expect = Expect::Value,
            (Some(Frame::Page { .. }), b',') => self.expect = Expect::Member,
            (Some(Frame::Array), b']') => self.leave(),
            (Some(Frame::Page { number, page }), b'}') => {
                block.items.push(Item::PageEnd(*number));
                if let Some(refusal) = page.refusal() {
                    return Err(Stop::Failed(Failure::Refused(refusal)));
                }
                self.leave();
            }
            (Some(Frame::Array), _) => {
                return Err(Stop::Failed(self.broken(block, *at, "expected `,` or `]`")));
            }
            (Some(Frame::Page { .. }), _) => {
                return Err(Stop::Failed(self.broken(block, *at, "expected `,` or `}`")));
            }
            (None, _) => {
                self.expect = Expect::Value;
                return Ok(());
            }
        }
        *at += 1;
        Ok(())
    }

    /// A member of a page: its objects are entered, everything else is read here.
    fn member(&mut self, block: &Block, at: &mut usize, first: u8) -> Result<(), Stop> {
        let text = block.text();
        let rest = text.get(*at..).unwrap_or_default();
        if first != b'"' {
            return Err(Stop::Failed(self.broken(block, *at, "expected the name of a member")));
        }
        let (name, value) = member_start(rest).ok_or(Stop::MoreText)?;
        let value = match value {
            Ok(value) => value,
            Err(place) => return Err(Stop::Failed(self.broken(block, *at + place, "expected `:`"))),
        };
        let start = rest.get(value..).unwrap_or_default();
        let is_collection = matches!(start.first(), Some(b'[' | b'{'));
        if property_of(name) == Some(Property::Value) && is_collection {
            *at += value;
            self.expect = Expect::Value;
            return Ok(());
        }
        let end =
            if is_collection || start.first() == Some(&b'"') { value_end(start) } else { word_end(start) };
        let end = value + end.ok_or(Stop::MoreText)?;
        self.read_member(rest.get(..end).unwrap_or_default())
            .map_err(|problem| Stop::Failed(self.broken(block, *at, &problem)))?;
        *at += end;
        self.expect = Expect::Separator;
        Ok(())
    }

    fn read_member(&mut self, member: &[u8]) -> Result<(), String> {
        let Some(Frame::Page { number, page }) = self.stack.last_mut() else { return Ok(()) };
        let object = [b"{", member, b"}"].concat();
        let object = String::from_utf8_lossy(&object);
        let mut values = serde_json::Deserializer::from_str(&object);
        let result = Members(page).deserialize(&mut values).and_then(|()| values.end());
        result.map_err(|error| super::problem_of(&error))?;
        let known = usize::try_from(*number).ok().and_then(|number| self.pages.get_mut(number));
        if let Some(known) = known {
            known.context.clone_from(&page.context);
            known.has_next = page.has_next;
        }
        Ok(())
    }

    /// The page around the next value.
    fn page_number(&self) -> Option<u32> {
        self.stack.iter().rev().find_map(|frame| match frame {
            Frame::Page { number, .. } => Some(*number),
            Frame::Array => None,
        })
    }

    fn hand_out(&mut self, block: &mut Block, start: usize, end: usize) {
        let page = self.page_number();
        let context = page.and_then(|page| context_of(&self.pages, page));
        let is_last = |(own, said): &(Option<u32>, Option<Context>)| *own == page && said.as_ref() == context;
        if !block.scopes.last().is_some_and(is_last) {
            block.scopes.push((page, context.cloned()));
        }
        let scope = block.scopes.len() - 1;
        block.items.push(Item::Value { start, end, scope, depth: self.stack.len() });
        self.expect = Expect::Separator;
        self.settle_top();
    }

    fn broken(&self, block: &Block, at: usize, problem: &str) -> Failure {
        let before = block.text().get(..at).unwrap_or_default();
        Failure::Broken { line: self.line + newlines(before), problem: problem.to_owned() }
    }
}

/// What the start of a large object shows.
#[derive(Debug, Default)]
struct PageStart {
    has_objects: bool,
    /// There are names of another kind of file.
    is_foreign: bool,
}

/// Looks for a collection `value` among the members of an object that is not there as a whole.
fn page_start(object: &[u8]) -> PageStart {
    let mut found = PageStart::default();
    let Some(mut rest) = object.get(1..).filter(|_| object.first() == Some(&b'{')) else { return found };
    loop {
        rest = rest.get(blank_bytes(rest)..).unwrap_or_default();
        let Some((name, Ok(value))) = member_start(rest).filter(|_| rest.first() == Some(&b'"')) else {
            return found;
        };
        let start = rest.get(value..).unwrap_or_default();
        let is_collection = matches!(start.first(), Some(b'[' | b'{'));
        match property_of(name) {
            Some(Property::Value) if is_collection => {
                found.has_objects = true;
                return found;
            }
            Some(Property::Meta | Property::Data) => found.is_foreign = true,
            _ => {}
        }
        let end =
            if is_collection || start.first() == Some(&b'"') { value_end(start) } else { word_end(start) };
        let Some(after) = end.and_then(|end| start.get(end..)) else { return found };
        let after = after.get(blank_bytes(after)..).unwrap_or_default();
        let Some(next) = after.strip_prefix(b",") else { return found };
        rest = next;
    }
}

/// The name of a member with its quotes, and where its value starts or where the colon is missing; `None` when not all
/// of that is there.
fn member_start(member: &[u8]) -> Option<(&[u8], Result<usize, usize>)> {
    let name_end = value_end(member)?;
    let name = member.get(..name_end)?;
    let colon = name_end + blank_bytes(member.get(name_end..)?);
    if *member.get(colon)? != b':' {
        return Some((name, Err(colon)));
    }
    let value = colon + 1 + blank_bytes(member.get(colon + 1..)?);
    member.get(value).map(|_| (name, Ok(value)))
}

fn property_of(quoted: &[u8]) -> Option<Property> {
    property::find(&serde_json::from_slice::<String>(quoted).ok()?)
}

pub(super) fn newlines(text: &[u8]) -> u64 {
    u64::try_from(memchr::memchr_iter(b'\n', text).count()).unwrap_or(u64::MAX)
}
