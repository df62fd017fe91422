//! A cloud object while its properties come in.

use super::texts::Texts;
use super::{CloudKind, CloudObject, CloudProperty};

/// A cloud object while its properties come in, in any order. May be used again after [`CloudDraft::clear`].
#[derive(Debug, Clone, Default)]
pub struct CloudDraft {
    told: u32,
    yes: u32,
    no: u32,
    text: String,
    /// Property, start and end of every text, in the order they came.
    spans: Vec<(CloudProperty, u32, u32)>,
}

impl CloudDraft {
    /// Empties it.
    pub fn clear(&mut self) {
        (self.told, self.yes, self.no) = (0, 0, 0);
        self.text.clear();
        self.spans.clear();
    }

    /// Notes that the file tells a property, whether or not there is a value.
    pub fn tell(&mut self, property: CloudProperty) {
        self.told |= property.bit();
    }

    /// Whether the property was told.
    pub fn tells(&self, property: CloudProperty) -> bool {
        self.told & property.bit() != 0
    }

    /// Adds a text. An empty one only tells that there is no value.
    pub fn add(&mut self, property: CloudProperty, text: &str) {
        self.add_parts(property, [text]);
    }

    /// Adds a text that is made of several pieces.
    pub fn add_parts<const N: usize>(&mut self, property: CloudProperty, parts: [&str; N]) {
        self.tell(property);
        let start = self.text.len();
        for part in parts {
            self.text.push_str(part);
        }
        let end = self.text.len();
        if let (true, Ok(start), Ok(end)) = (end > start, u32::try_from(start), u32::try_from(end)) {
            self.spans.push((property, start, end));
        }
    }

    /// Sets a text in the place of what was there.
    pub fn set(&mut self, property: CloudProperty, text: &str) {
        if self.text(property).is_some() {
            self.spans.retain(|(own, ..)| *own != property);
        }
        self.add(property, text);
    }

    /// Sets a flag.
    pub fn set_flag(&mut self, property: CloudProperty, flag: bool) {
        self.tell(property);
        let bit = property.bit();
        (self.yes, self.no) =
            if flag { (self.yes | bit, self.no & !bit) } else { (self.yes & !bit, self.no | bit) };
    }

    /// A flag; `None` when it has no value or none is told.
    pub fn flag(&self, property: CloudProperty) -> Option<bool> {
        let has = |flags: u32| flags & property.bit() != 0;
        has(self.yes).then_some(true).or(has(self.no).then_some(false))
    }

    /// The first text of a property.
    pub fn text(&self, property: CloudProperty) -> Option<&str> {
        let (_, start, end) = self.spans.iter().find(|(own, ..)| *own == property)?;
        Some(self.piece(*start, *end))
    }

    fn piece(&self, start: u32, end: u32) -> &str {
        let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        self.text.get(place(start)..place(end)).unwrap_or_default()
    }

    /// Takes over what only `other` tells.
    pub fn complete_from(&mut self, other: &CloudObject) {
        let untold = other.told & !self.told;
        let own = self.spans.iter().fold(0, |bits, (property, ..)| bits | property.bit());
        for (number, text) in other.texts.iter() {
            let property = CloudProperty::ALL.get(usize::from(number)).copied();
            if let Some(property) = property.filter(|property| untold & property.bit() & !own != 0) {
                self.add(property, text);
            }
        }
        self.told |= untold;
        self.yes |= other.yes & untold;
        self.no |= other.no & untold;
    }

    /// The finished object, or `None` when nothing identifies it. A userPrincipalName, an anchor, a mail address stand
    /// for a missing id; the flag says so.
    pub fn identified(mut self, kind: CloudKind) -> Option<(CloudObject, bool)> {
        self.identify(kind)
    }

    /// The same for a draft that will be used again: it is empty afterwards.
    pub fn identify(&mut self, kind: CloudKind) -> Option<(CloudObject, bool)> {
        let is_substituted = self.text(CloudProperty::Id).is_none();
        if is_substituted {
            let stands = [CloudProperty::UserPrincipalName, CloudProperty::ImmutableId, CloudProperty::Mail];
            let Some(id) = stands.into_iter().find_map(|property| self.text(property)).map(str::to_owned)
            else {
                self.clear();
                return None;
            };
            self.add(CloudProperty::Id, &id);
            self.told &= !CloudProperty::Id.bit();
        }
        let object = self.finish(kind);
        self.clear();
        Some((object, is_substituted))
    }

    pub(super) fn finish(&mut self, kind: CloudKind) -> CloudObject {
        self.spans.sort_by_key(|(property, ..)| *property);
        let parts =
            self.spans.iter().map(|(property, start, end)| (*property as u8, self.piece(*start, *end)));
        CloudObject { texts: Texts::new(parts), told: self.told, yes: self.yes, no: self.no, kind }
    }
}

impl From<&CloudObject> for CloudDraft {
    fn from(object: &CloudObject) -> Self {
        let mut draft = Self::default();
        for (number, text) in object.texts.iter() {
            if let Some(property) = CloudProperty::ALL.get(usize::from(number)) {
                draft.add(*property, text);
            }
        }
        (draft.told, draft.yes, draft.no) = (object.told, object.yes, object.no);
        draft
    }
}
