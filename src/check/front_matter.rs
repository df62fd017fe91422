//! The TOML front matter of a page: its keys, and nothing but its keys.
//!
//! The kind of a check is told by the keys: `[value]` (each value of named attributes), `[collision]` (one key on
//! several objects), `reasons` (raised where the simulation gives one of these reasons), `[total]` (a number about
//! the whole directory), otherwise `when` (a condition over one object). `when`, `[lookup]` and `[partner]` narrow
//! any kind that looks at objects.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

/// What an expression of a page sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum On {
    /// The object as the directory holds it.
    #[default]
    Directory,
    /// The metaverse object: winning contributions of all joined objects.
    Metaverse,
    /// The object that is exported, under Entra's attribute names.
    Export,
    /// The cloud object of an object that the tenant holds already or that takes one over (see
    /// `src/check/tenant_scope.rs` for the names).
    Tenant,
}

impl On {
    /// The word in pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Metaverse => "metaverse",
            Self::Export => "export",
            Self::Tenant => "tenant",
        }
    }
}

/// Which other objects a finding names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelatedObjects {
    /// None (beside what the kind itself names).
    #[default]
    None,
    /// All other members of the metaverse object.
    Members,
}

/// All keys of a page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FrontMatter {
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// Object classes looked at, in the directory's spelling.
    pub objects: Vec<String>,
    /// Engines for which the defect exists; none: for all.
    #[serde(default)]
    pub engines: Vec<String>,
    /// The outcome that the defect leads to, for the catalogue.
    pub leads_to: String,
    /// What expressions see.
    #[serde(default)]
    pub on: On,
    /// Condition.
    pub when: Option<String>,
    /// The sentence of a finding, with `{placeholders}`.
    pub message: String,
    /// On-premises attribute an admin changes; may be a role such as `configuredSourceAnchor`.
    pub attribute: Option<String>,
    /// Metaverse attribute whose contributor carries the finding; by default `attribute`. For `on` other than
    /// `directory`, and for `sent`.
    pub contributor: Option<String>,
    /// `value = '<expression>'`: the faulty value to show; `[value]`: the tests of a value check.
    pub value: Option<ValueKey>,
    /// Collision check.
    pub collision: Option<CollisionTable>,
    /// Reasons that raise an outcome check.
    pub reasons: Option<Vec<String>>,
    /// More about an outcome check.
    pub outcome: Option<OutcomeTable>,
    /// Directory check.
    pub total: Option<TotalTable>,
    /// The object's key must (not) be found on another object.
    pub lookup: Option<LookupTable>,
    /// Another member of the metaverse object must be like this.
    pub partner: Option<PartnerTable>,
    /// Attributes without which the check cannot be run; by default `attribute` (nothing for outcome checks). On the
    /// tenant also what a tenant file must tell, under the names of `src/check/tenant_scope.rs`.
    pub needs: Option<Vec<String>>,
    /// Checks that explain the same defect better: an object that one of them names carries no finding of this one.
    #[serde(default)]
    pub covered_by: Vec<String>,
    /// Only what reaches the cloud: a finding needs an object that supplies the export with this attribute (the one
    /// tested; `contributor`, where the metaverse has another name for it).
    #[serde(default)]
    pub sent: bool,
    /// Other objects named.
    #[serde(default)]
    pub related: RelatedObjects,
    /// Version of presync that brought the check.
    pub since: String,
    /// What is not certain about the prediction.
    pub doubt: Option<String>,
    /// How the value could be repaired.
    pub fix: Option<FixTable>,
}

/// Either meaning of the key `value`.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKey {
    /// `value = '<expression>'`.
    Expression(String),
    /// `[value]`.
    Table(Box<ValueTable>),
}

/// Most characters: one number, or one for each attribute.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum MaxChars {
    /// For every attribute.
    Number(u64),
    /// By attribute; every attribute tested must be named.
    ByAttribute(BTreeMap<String, u64>),
}

impl MaxChars {
    /// The limit of an attribute.
    pub fn of(&self, attribute: &str) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::ByAttribute(limits) => limits.get(attribute).copied(),
        }
    }
}

/// `[value]`: what each value of the attributes must be like.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ValueTable {
    /// Attributes whose values are tested.
    pub attributes: Vec<String>,
    /// Regular expression: only values that it matches are tested.
    pub only: Option<String>,
    /// Blanks at both ends are not tested, because the rules trim the attribute.
    #[serde(default)]
    pub trimmed: bool,
    /// Regular expression the value must match.
    pub matches: Option<String>,
    /// How that form reads for people: `smtp:name@domain`.
    pub form: Option<String>,
    /// Regular expression: what it matches at the start of a value is not tested for characters.
    pub prefix: Option<String>,
    /// Regular expression the rest must not match; the match starts at the offending character.
    pub not_matches: Option<String>,
    /// Characters that must not occur in the rest.
    pub forbidden: Option<String>,
    /// Most characters of a value.
    pub max_chars: Option<MaxChars>,
    /// Most bytes of a value, of a text in UTF-8. The one test there is for values that are no text.
    pub max_bytes: Option<u64>,
    /// A form that the Entra stage judges values by: `user-principal-name`. The finding then says what it says.
    pub judged_by: Option<String>,
    /// Regular expression of the characters that count more than one towards `max-chars`.
    pub heavy: Option<String>,
    /// How much a heavy character counts.
    pub heavy_counts: Option<u64>,
}

/// Which objects compete for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// Objects of one forest.
    Forest,
    /// All objects.
    All,
}

/// A value that must be unique in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UniqueValue {
    /// An SMTP address, of whatever attribute.
    SmtpAddress,
    /// A user principal name.
    UserPrincipalName,
    /// A SID.
    ObjectSid,
}

/// `[collision]`: the same key on several objects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CollisionTable {
    /// Expression; each value of a list is a key of its own. NULL and empty text are no key.
    pub key: Option<String>,
    /// Who competes for an expression's key.
    pub within: Option<Within>,
    /// Instead of a key: a value that must be unique in the tenant, whose holders the Entra stage knows.
    pub of: Option<UniqueValue>,
    /// Whether letter case tells keys apart.
    #[serde(default)]
    pub case_sensitive: bool,
    /// Raised only when a holder has one of these reasons; none: always.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// Which values an outcome check reports one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeValues {
    /// Values of `member` that do not reach the cloud group.
    LostMembers,
    /// Addresses that the tenant drops for the reasons of the check.
    DroppedAddresses,
}

/// `[outcome]`: more about an outcome check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutcomeTable {
    /// One finding per value.
    pub values: Option<OutcomeValues>,
    /// The limit to show, by the rules in force (`2016`, `current`, `cloud-sync`).
    #[serde(default)]
    pub limit: BTreeMap<String, u64>,
}

/// What a directory check counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TotalOf {
    /// Objects that are exported.
    ExportedObjects,
    /// Objects on which the sync engine or the export stops.
    ObjectsWithErrors,
    /// Objects whose synchronized cloud object the next export deletes.
    DeletedCloudObjects,
    /// Synchronized cloud objects that no object of the input is.
    OrphanedCloudObjects,
    /// Objects that are exported, of the domain that has the most.
    ExportedObjectsOfADomain,
}

/// The limit of a directory check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum TotalLimit {
    /// A number.
    Number(u64),
    /// A setting: `quota`.
    Setting(String),
}

/// `[total]`: a number about the whole directory against a limit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TotalTable {
    /// What is counted.
    pub of: TotalOf,
    /// Largest number that is still good.
    pub limit: TotalLimit,
}

/// `[lookup]`: whether the object's key is found on another object of the input.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LookupTable {
    /// Expression over the object; NULL is never found.
    pub key: String,
    /// Expression over the other objects.
    pub among: String,
    /// Classes of the other objects.
    pub objects: Vec<String>,
    /// Whether the check is raised when the key is found, or when it is not.
    pub found: bool,
}

/// `[partner]`: another member of the metaverse object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PartnerTable {
    /// Classes of the partner.
    pub objects: Vec<String>,
    /// It has one of these reasons; none: whatever its reasons.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// `[fix]`: how the value could be repaired.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FixTable {
    /// Attribute changed.
    pub attribute: String,
    /// Expression of the value that replaces all others.
    pub set: Option<String>,
    /// Expression of a value added.
    pub add: Option<String>,
    /// Expression of a value removed.
    pub remove: Option<String>,
    /// Condition without which the fix is not offered.
    pub requires: Option<String>,
}

impl<'de> Deserialize<'de> for ValueKey {
    // By hand, because an untagged enum would hide which key of the table is unknown.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = ValueKey;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an expression or a table")
            }

            fn visit_str<E>(self, text: &str) -> Result<ValueKey, E> {
                Ok(ValueKey::Expression(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ValueKey, A::Error> {
                ValueTable::deserialize(MapAccessDeserializer::new(map))
                    .map(|table| ValueKey::Table(Box::new(table)))
            }
        }

        deserializer.deserialize_any(Either)
    }
}
