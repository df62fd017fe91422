//! What the tenant already holds for on-premises objects, as the Entra connector would show it.

use std::borrow::Cow;

use crate::directory::{AttributeId, Class, ObjectId, attribute};
use crate::expression::{EvaluationError, Scope, Value};

/// What the tenant already holds for one on-premises object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloudLink<'d> {
    /// Object type in Entra: `user`, `group`, `contact`, `device`.
    pub kind: &'static str,
    /// The source anchor that the tenant accepted, where known.
    pub source_anchor: Option<Cow<'d, str>>,
    /// `cloudAnchor`, where known.
    pub cloud_anchor: Option<CloudAnchor<'d>>,
    /// Whether the cloud account is enabled, where known.
    pub account_enabled: Option<bool>,
}

/// `cloudAnchor`, such as `User_7b1d…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloudAnchor<'d> {
    /// As it stands somewhere.
    Stated(Cow<'d, str>),
    /// Kind and id of the cloud object, not yet put together.
    Of(&'static str, &'d str),
}

impl<'d> CloudAnchor<'d> {
    fn text(&self) -> Cow<'d, str> {
        match self {
            Self::Stated(text) => text.clone(),
            Self::Of(prefix, id) => Cow::Owned(format!("{prefix}_{id}")),
        }
    }
}

/// Where the cloud object of a metaverse object is told.
#[derive(Debug)]
pub(super) enum CloudOf<'d> {
    Nothing,
    /// The tenant files tell it, through this member.
    Member(ObjectId),
    /// The source itself does.
    Stated(Box<CloudLink<'d>>),
}

/// What the tenant holds for the objects of a directory.
#[derive(Debug, Default)]
pub struct CloudLinks<'d> {
    /// By object number: a position in `links`, or [`NONE`].
    positions: Vec<u32>,
    links: Vec<CloudLink<'d>>,
}

/// No position.
const NONE: u32 = u32::MAX;

impl<'d> CloudLinks<'d> {
    /// `positions` gives, for every object of the directory by number, which of the links is its own; several objects may
    /// have one.
    pub fn new(positions: impl IntoIterator<Item = Option<u32>>, links: Vec<CloudLink<'d>>) -> Self {
        Self { positions: positions.into_iter().map(|position| position.unwrap_or(NONE)).collect(), links }
    }

    /// No object has one.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// The link of an object.
    pub fn of(&self, id: ObjectId) -> Option<&CloudLink<'d>> {
        let position = self.positions.get(id.index()).filter(|position| **position != NONE)?;
        self.links.get(usize::try_from(*position).ok()?)
    }
}

impl<'d> CloudLink<'d> {
    /// It is a user with this source anchor, to the letter.
    pub(super) fn is_user_with(&self, anchor: &Value<'_>) -> bool {
        let own = self.source_anchor.as_deref().filter(|_| self.kind == "user");
        matches!((own, anchor), (Some(own), Value::Text(anchor)) if own == anchor)
    }

    /// As stated by attributes of an on-premises object. Where only the anchor is given, the cloud object is taken to
    /// be of the object's own kind.
    pub(super) fn stated(
        class: Class,
        source_anchor: Option<Cow<'d, str>>,
        cloud_anchor: Option<Cow<'d, str>>,
    ) -> Self {
        let own = match class {
            Class::Group => "group",
            Class::Contact => "contact",
            Class::Computer | Class::Device => "device",
            _ => "user",
        };
        let prefix = cloud_anchor.as_deref().and_then(|anchor| anchor.split('_').next()).unwrap_or_default();
        let kinds = ["user", "group", "contact", "device"];
        let kind = kinds.into_iter().find(|kind| kind.eq_ignore_ascii_case(prefix)).unwrap_or(own);
        let default_anchor = || {
            let mut prefix = kind.to_owned();
            prefix[..1].make_ascii_uppercase();
            Cow::Owned(prefix + "_")
        };
        Self {
            kind,
            source_anchor,
            cloud_anchor: Some(CloudAnchor::Stated(cloud_anchor.unwrap_or_else(default_anchor))),
            account_enabled: None,
        }
    }
}

/// Attributes of an object of the Entra connector, as far as a tenant file tells them.
#[derive(Debug, Clone, Copy)]
pub(super) struct CloudScope<'l, 'd>(pub &'l CloudLink<'d>);

impl<'d> Scope<'d> for CloudScope<'_, 'd> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        let text = |text: Option<Cow<'d, str>>| text.map_or(Value::Null, Value::Text);
        Ok(match id {
            attribute::SOURCE_ANCHOR => text(self.0.source_anchor.clone()),
            attribute::CLOUD_ANCHOR => text(self.0.cloud_anchor.as_ref().map(CloudAnchor::text)),
            attribute::ACCOUNT_ENABLED => self.0.account_enabled.map_or(Value::Null, Value::Boolean),
            // A synchronized object is mastered on premises; the scope of "In from AAD - User Join" asks for it.
            attribute::CLOUD_MASTERED => Value::Boolean(false),
            _ => Value::Null,
        })
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        Ok(self.attribute(id)? != Value::Null)
    }

    fn parameter(&self, _name: &str) -> Option<Cow<'d, str>> {
        None
    }
}
