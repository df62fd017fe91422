//! A check ready to run: a page whose expressions, patterns and names are compiled.

use std::collections::BTreeMap;

use super::front_matter::{
    CollisionTable, FixTable, FrontMatter, LookupTable, On, OutcomeTable, OutcomeValues, PartnerTable,
    TotalLimit, TotalOf, UniqueValue, ValueKey, ValueTable, Within,
};
use super::message::Template;
use super::page::{Page, PageError};
use super::tenant_scope::property_now;
use super::value_rule::ValueRule;
use crate::config::{Engine, Severity, closest};
use crate::directory::attribute::SECRETS;
use crate::directory::{AttributeId, AttributeNames, AttributeSet, Class};
use crate::entra::uniqueness::Claimed;
use crate::expression::Expression;
use crate::outcome::Reason;
use crate::tenant::CloudProperty;

/// A set of object classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClassSet(u16);

impl ClassSet {
    /// Adds one.
    pub fn insert(&mut self, class: Class) {
        self.0 |= 1 << class as u8;
    }

    /// Both sets.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is in.
    #[inline]
    pub fn contains(self, class: Class) -> bool {
        self.0 & (1 << class as u8) != 0
    }
}

/// What raises a check.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `when` holds.
    Condition,
    /// A value of one of the attributes has a fault.
    Value {
        /// Attributes and the tests of their values.
        tests: Vec<(AttributeId, ValueRule)>,
    },
    /// Several objects have the same key.
    Collision {
        /// The key.
        key: Expression,
        /// Who competes.
        within: Within,
        /// Whether letter case tells keys apart.
        case_sensitive: bool,
        /// At least one holder has one of these; empty: always.
        reasons: Vec<Reason>,
    },
    /// Several objects claim a value that must be unique in the tenant.
    TenantCollision {
        /// The value.
        of: Claimed,
    },
    /// The object has one of the reasons.
    Outcome {
        /// The reasons.
        reasons: Vec<Reason>,
        /// One finding per value.
        values: Option<OutcomeValues>,
        /// Limit to show, by the rules in force.
        limit: BTreeMap<String, u64>,
    },
    /// A number about the whole directory exceeds its limit.
    Total {
        /// What is counted.
        of: TotalOf,
        /// Limit.
        limit: TotalLimit,
    },
}

/// A compiled `[lookup]`.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// Key of the object looked at.
    pub key: Expression,
    /// Keys of the others.
    pub among: Expression,
    /// Classes of the others.
    pub classes: ClassSet,
    /// Whether being found raises the check.
    pub found: bool,
}

/// A compiled `[partner]`.
#[derive(Debug, Clone)]
pub struct Partner {
    /// Classes of the partner.
    pub classes: ClassSet,
    /// It has one of these; empty: whatever it has.
    pub reasons: Vec<Reason>,
}

/// A compiled `[fix]`.
#[derive(Debug, Clone)]
pub struct Fix {
    /// Attribute changed.
    pub attribute: AttributeId,
    /// Value that replaces all others.
    pub set: Option<Expression>,
    /// Value added.
    pub add: Option<Expression>,
    /// Value removed.
    pub remove: Option<Expression>,
    /// Condition without which it is not offered.
    pub requires: Option<Expression>,
}

/// A check ready to run.
#[derive(Debug, Clone)]
pub struct Check {
    /// The page it comes from.
    pub page: Page,
    /// Severity of its findings.
    pub severity: Severity,
    /// Classes of objects that carry a finding.
    pub classes: ClassSet,
    /// Engines for which the defect exists; empty: all.
    pub engines: Vec<Engine>,
    /// What `when`, `value` and keys see.
    pub on: On,
    /// What raises it.
    pub kind: Kind,
    /// Condition, for any kind that looks at objects.
    pub when: Option<Expression>,
    /// Narrowed by another object of the input.
    pub lookup: Option<Lookup>,
    /// Narrowed by another member of the metaverse object.
    pub partner: Option<Partner>,
    /// The sentence.
    pub message: Template,
    /// On-premises attribute to change.
    pub attribute: Option<AttributeId>,
    /// Metaverse attribute whose contributor carries the finding.
    pub contributor: Option<AttributeId>,
    /// A finding needs an object that supplies the export.
    pub sent: bool,
    /// Faulty value.
    pub value: Option<Expression>,
    /// Groups of attributes of which at least one must occur in the input, or the check is not run.
    pub needs: Vec<Vec<AttributeId>>,
    /// Properties of cloud objects each of which a tenant file must tell, or the check is not run.
    pub cloud_needs: Vec<CloudProperty>,
    /// How the value could be repaired.
    pub fix: Option<Fix>,
}

impl Check {
    /// Binds a page.
    pub fn bind(page: &Page, names: &mut AttributeNames) -> Result<Self, PageError> {
        let mut binder = Binder { page, names };
        let keys = &page.keys;
        let attribute = binder.optional_attribute("attribute", keys.attribute.as_deref())?;
        let contributor = binder.optional_attribute("contributor", keys.contributor.as_deref())?;
        let kind = binder.kind(keys)?;
        let when = binder.optional_expression("when", keys.when.as_deref())?;
        let value = match &keys.value {
            Some(ValueKey::Expression(text)) => Some(binder.expression("value", text)?),
            _ => None,
        };
        let check = Self {
            severity: page.severity,
            classes: binder.classes("objects", &keys.objects)?,
            engines: binder.engines(&keys.engines)?,
            on: keys.on,
            lookup: keys.lookup.as_ref().map(|table| binder.lookup(table)).transpose()?,
            partner: keys.partner.as_ref().map(|table| binder.partner(table)).transpose()?,
            message: Template::parse(&keys.message).map_err(|problem| binder.error(&problem))?,
            attribute,
            contributor: contributor.or(attribute).filter(|_| keys.on != On::Directory || keys.sent),
            sent: keys.sent,
            needs: binder.needs(keys, &kind, attribute)?,
            cloud_needs: binder.cloud_needs(keys, when.iter().chain(&value))?,
            fix: keys.fix.as_ref().map(|table| binder.fix(table)).transpose()?,
            when,
            value,
            kind,
            page: page.clone(),
        };
        Ok(check)
    }

    /// Id of the check.
    pub fn id(&self) -> &str {
        &self.page.id
    }

    /// What it reads from objects of the directory; for a check over the metaverse also names of the metaverse.
    pub fn directory_attributes(&self) -> AttributeSet {
        let (mut directory, mut metaverse) = (AttributeSet::default(), AttributeSet::default());
        self.collect_attributes(&mut directory, &mut metaverse);
        directory
    }

    /// Adds what it reads: from the directory to the first set, from the metaverse or the export to the second.
    pub(super) fn collect_attributes(&self, directory: &mut AttributeSet, metaverse: &mut AttributeSet) {
        let key = match &self.kind {
            Kind::Collision { key, .. } => Some(key),
            _ => None,
        };
        for expression in self.when.iter().chain(&self.value).chain(key) {
            // A metaverse expression may ask for the contributor's own value, so both sets get its names.
            directory.extend(expression.attributes());
            if self.on != On::Directory {
                metaverse.extend(expression.attributes());
            }
        }
        let lookup = self.lookup.iter().flat_map(|lookup| [&lookup.key, &lookup.among]);
        let fix = self.fix.iter().flat_map(|fix| [&fix.set, &fix.add, &fix.remove, &fix.requires]).flatten();
        for expression in lookup.chain(fix) {
            directory.extend(expression.attributes());
        }
        let tests: &[(AttributeId, ValueRule)] = match &self.kind {
            Kind::Value { tests } => tests,
            _ => &[],
        };
        let tested = tests.iter().map(|(id, _)| id);
        if self.sent && self.contributor.is_none() {
            metaverse.extend(&tested.clone().copied().collect());
        }
        for id in self.attribute.iter().chain(self.needs.iter().flatten()).chain(tested) {
            directory.insert(*id);
        }
        if let Some(contributor) = self.contributor {
            metaverse.insert(contributor);
        }
    }
}

/// Settings that may be the limit of a directory check.
const LIMIT_SETTINGS: [&str; 2] = ["quota", "deletion-threshold"];

/// Turns words of one page into what they name; every error carries the page.
struct Binder<'p, 'n> {
    page: &'p Page,
    names: &'n mut AttributeNames,
}

impl Binder<'_, '_> {
    fn error(&self, problem: &str) -> PageError {
        PageError {
            path: self.page.path.clone(),
            line: self.page.keys_line,
            problem: problem.to_owned(),
            suggestion: None,
        }
    }

    fn unknown<'w>(&self, what: &str, word: &str, known: impl Iterator<Item = &'w str>) -> PageError {
        let suggestion = closest(word, known).map(str::to_owned);
        PageError { suggestion, ..self.error(&format!("unknown {what} `{word}`")) }
    }

    fn attribute(&mut self, key: &str, name: &str) -> Result<AttributeId, PageError> {
        if SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name)) {
            return Err(self.error(&format!("{key}: {name} holds secrets, which no check reads")));
        }
        self.names.intern(name).ok_or_else(|| self.error(&format!("{key}: too many attribute names")))
    }

    fn optional_attribute(
        &mut self,
        key: &str,
        name: Option<&str>,
    ) -> Result<Option<AttributeId>, PageError> {
        name.map(|name| self.attribute(key, name)).transpose()
    }

    fn expression(&mut self, key: &str, text: &str) -> Result<Expression, PageError> {
        Expression::parse(text, self.names).map_err(|error| {
            let (line, column) = (error.line, error.column);
            self.error(&format!(
                "{key}: expected {}, found {} at line {line}, column {column} of the expression",
                error.expected, error.found
            ))
        })
    }

    fn optional_expression(
        &mut self,
        key: &str,
        text: Option<&str>,
    ) -> Result<Option<Expression>, PageError> {
        text.map(|text| self.expression(key, text)).transpose()
    }

    fn classes(&self, key: &str, names: &[String]) -> Result<ClassSet, PageError> {
        let mut classes = ClassSet::default();
        for name in names {
            let class = Class::from_name(name).ok_or_else(|| {
                let known = Class::SYNCHRONIZED.iter().filter_map(|class| class.name());
                self.unknown(&format!("class in {key}:"), name, known)
            })?;
            classes.insert(class);
        }
        Ok(classes)
    }

    fn engines(&self, names: &[String]) -> Result<Vec<Engine>, PageError> {
        let engine = |name: &String| {
            Engine::from_name(name)
                .ok_or_else(|| self.unknown("engine", name, Engine::ALL.iter().map(|engine| engine.name())))
        };
        names.iter().map(engine).collect()
    }

    fn reasons(&self, ids: &[String]) -> Result<Vec<Reason>, PageError> {
        let reason = |id: &String| {
            Reason::from_id(id)
                .ok_or_else(|| self.unknown("reason", id, Reason::ALL.iter().map(|reason| reason.id())))
        };
        ids.iter().map(reason).collect()
    }

    fn kind(&mut self, keys: &FrontMatter) -> Result<Kind, PageError> {
        match (&keys.value, &keys.collision, &keys.reasons, &keys.total) {
            (Some(ValueKey::Table(table)), None, None, None) => self.value(table),
            (_, Some(table), None, None) => self.collision(table),
            (_, None, Some(reasons), None) => self.outcome(reasons, keys.outcome.as_ref()),
            (None, None, None, Some(table)) => match &table.limit {
                TotalLimit::Setting(name) if !LIMIT_SETTINGS.contains(&name.as_str()) => {
                    Err(self.unknown("limit", name, LIMIT_SETTINGS.into_iter()))
                }
                limit => Ok(Kind::Total { of: table.of, limit: limit.clone() }),
            },
            (_, None, None, None) if keys.when.is_some() => Ok(Kind::Condition),
            (_, None, None, None) => {
                Err(self.error("no key tells the kind: when, [value], [collision], reasons or [total]"))
            }
            _ => Err(self.error("only one of [value], [collision], reasons and [total] can stand in a page")),
        }
    }

    fn value(&mut self, table: &ValueTable) -> Result<Kind, PageError> {
        let mut tests = Vec::new();
        for name in &table.attributes {
            let rule = ValueRule::compile(table, name).map_err(|problem| self.error(&problem))?;
            tests.push((self.attribute("attributes", name)?, rule));
        }
        Ok(Kind::Value { tests })
    }

    fn collision(&mut self, table: &CollisionTable) -> Result<Kind, PageError> {
        let (key, within) = match (&table.key, table.within, table.of) {
            (None, None, Some(of)) => {
                let of = match of {
                    UniqueValue::SmtpAddress => Claimed::Address,
                    UniqueValue::UserPrincipalName => Claimed::UserPrincipalName,
                    UniqueValue::ObjectSid => Claimed::Sid,
                };
                return Ok(Kind::TenantCollision { of });
            }
            (Some(key), Some(within), None) => (key, within),
            _ => return Err(self.error("[collision] needs key and within, or only of")),
        };
        Ok(Kind::Collision {
            key: self.expression("key", key)?,
            within,
            case_sensitive: table.case_sensitive,
            reasons: self.reasons(&table.reasons)?,
        })
    }

    fn outcome(&self, reasons: &[String], table: Option<&OutcomeTable>) -> Result<Kind, PageError> {
        Ok(Kind::Outcome {
            reasons: self.reasons(reasons)?,
            values: table.and_then(|table| table.values),
            limit: table.map(|table| table.limit.clone()).unwrap_or_default(),
        })
    }

    fn lookup(&mut self, table: &LookupTable) -> Result<Lookup, PageError> {
        Ok(Lookup {
            key: self.expression("lookup.key", &table.key)?,
            among: self.expression("lookup.among", &table.among)?,
            classes: self.classes("lookup.objects", &table.objects)?,
            found: table.found,
        })
    }

    fn partner(&self, table: &PartnerTable) -> Result<Partner, PageError> {
        Ok(Partner {
            classes: self.classes("partner.objects", &table.objects)?,
            reasons: self.reasons(&table.reasons)?,
        })
    }

    fn fix(&mut self, table: &FixTable) -> Result<Fix, PageError> {
        if table.set.is_none() && table.add.is_none() && table.remove.is_none() {
            return Err(self.error("[fix] changes nothing: set, add or remove"));
        }
        Ok(Fix {
            attribute: self.attribute("fix.attribute", &table.attribute)?,
            set: self.optional_expression("fix.set", table.set.as_deref())?,
            add: self.optional_expression("fix.add", table.add.as_deref())?,
            remove: self.optional_expression("fix.remove", table.remove.as_deref())?,
            requires: self.optional_expression("fix.requires", table.requires.as_deref())?,
        })
    }

    /// What the page says; else the attribute of the finding. An outcome check needs nothing by itself: that an
    /// attribute is missing everywhere may be the very reason of the outcome.
    fn needs(
        &mut self,
        keys: &FrontMatter,
        kind: &Kind,
        attribute: Option<AttributeId>,
    ) -> Result<Vec<Vec<AttributeId>>, PageError> {
        if let Some(names) = &keys.needs {
            let names = names.iter().filter(|name| cloud_need(keys.on, name).is_none());
            return names.map(|name| Ok(vec![self.attribute("needs", name)?])).collect();
        }
        Ok(match kind {
            Kind::Value { tests } => vec![tests.iter().map(|(id, _)| *id).collect()],
            Kind::Outcome { .. } | Kind::Total { .. } | Kind::TenantCollision { .. } => Vec::new(),
            Kind::Condition | Kind::Collision { .. } => attribute.into_iter().map(|id| vec![id]).collect(),
        })
    }

    /// What `needs` names of the cloud. A page that reads what the cloud holds now must name something: a file that does
    /// not tell it would pass for one in which nothing is wrong.
    fn cloud_needs<'e>(
        &self,
        keys: &FrontMatter,
        expressions: impl Iterator<Item = &'e Expression>,
    ) -> Result<Vec<CloudProperty>, PageError> {
        let named = keys.needs.iter().flatten();
        let needs: Vec<CloudProperty> = named.filter_map(|name| cloud_need(keys.on, name)).collect();
        let mut read = expressions.flat_map(|expression| expression.attributes().iter());
        if needs.is_empty() && read.any(|id| cloud_need(keys.on, self.names.name(id)).is_some()) {
            return Err(self.error("needs names nothing of what is read from the cloud"));
        }
        Ok(needs)
    }
}

/// The property of cloud objects that a name means on a page.
fn cloud_need(on: On, name: &str) -> Option<CloudProperty> {
    property_now(name).filter(|_| on == On::Tenant)
}
