//! Rules bound to attribute slots: expressions parsed once, flows found by target attribute.
//!
//! In go [`Rule`]s, out come tables that the engine walks for millions of objects. A rule keeps nothing of its text.

use std::collections::HashMap;
use std::fmt;

use crate::directory::{AttributeId, AttributeNames, Class, Syntax};
use crate::expression::{EvaluationError, Expression, ParseError, Scope, Value};
use crate::outcome::Reason;

use super::rule::{
    Direction, Flow, FlowValue, LinkType, MergeType, Rule, ScopeClause, ScopeOperator, System,
};

/// A metaverse or export object type, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TypeId(pub u8);

/// Any type (`*`).
pub(super) const ANY_TYPE: TypeId = TypeId(u8::MAX);

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// Name of the rule.
    pub rule: String,
    /// What is wrong, with the attribute or clause concerned.
    pub problem: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule \"{}\": {}", self.rule, self.problem)
    }
}

impl std::error::Error for RuleError {}

#[derive(Debug, Clone)]
pub(super) struct BoundClause {
    pub attribute: AttributeId,
    pub operator: ScopeOperator,
    pub value: String,
    pub reason: Option<Reason>,
}

#[derive(Debug, Clone)]
pub(super) struct BoundCondition {
    pub connector_attribute: AttributeId,
    pub metaverse_attribute: AttributeId,
    pub case_sensitive: bool,
}

#[derive(Debug, Clone)]
pub(super) struct BoundJoin {
    pub conditions: Vec<BoundCondition>,
    pub reason: Reason,
}

#[derive(Debug, Clone)]
pub(super) enum BoundValue {
    Direct(AttributeId),
    Constant(Value<'static>),
    Parameter(String),
    Expression(Box<Expression>),
    Clauses(Vec<BoundReasonClause>),
}

/// One clause of a filtering flow.
#[derive(Debug, Clone)]
pub(super) struct BoundReasonClause {
    pub reason: Reason,
    pub when: Expression,
    /// See [`Expression::requirements`]: most filters are about attributes that most objects lack.
    requirements: Vec<Vec<AttributeId>>,
}

impl BoundReasonClause {
    fn new(reason: Reason, when: Expression) -> Self {
        Self { reason, requirements: when.requirements(), when }
    }

    /// Whether it may hold for the object, by the presence of its attributes.
    pub fn may_hold(&self, object: &dyn Scope<'_>) -> Result<bool, EvaluationError> {
        for group in &self.requirements {
            let mut any = false;
            for attribute in group {
                any = any || object.is_present(*attribute)?;
            }
            if !any {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[derive(Debug, Clone)]
pub(super) struct BoundFlow {
    pub target: AttributeId,
    pub value: BoundValue,
    pub merge: MergeType,
    /// Equal for flows of one source type that say the same, so that nothing is computed twice for an object.
    pub text: u32,
}

#[derive(Debug, Clone)]
pub(super) struct BoundRule {
    pub precedence: u32,
    pub target: TypeId,
    pub link: LinkType,
    pub scope: Vec<Vec<BoundClause>>,
    pub joins: Vec<BoundJoin>,
    pub flows: Vec<BoundFlow>,
}

/// A flow by position: rule, then flow within the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FlowRef {
    pub rule: u16,
    pub flow: u16,
}

/// Rules of one source type, by precedence, and their flows by target attribute.
#[derive(Debug, Clone, Default)]
pub(super) struct TypeRules {
    pub rules: Vec<BoundRule>,
    by_target: Vec<Box<[FlowRef]>>,
    /// Flows whose expression can raise an error of its own.
    pub raising: Vec<FlowRef>,
    /// Every clause of the scopes once.
    pub clauses: Vec<BoundClause>,
    /// By rule: its scope groups, as positions in `clauses`.
    pub scopes: Vec<Vec<Vec<u8>>>,
}

impl TypeRules {
    fn new(mut rules: Vec<BoundRule>, texts: &[Vec<String>], attributes: usize) -> Self {
        let mut by_target = vec![Vec::new(); attributes];
        let mut raising = Vec::new();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        for (rule_index, rule) in rules.iter_mut().enumerate() {
            for (flow_index, flow) in rule.flows.iter_mut().enumerate() {
                let at = FlowRef { rule: small(rule_index), flow: small(flow_index) };
                by_target[usize::from(flow.target.0)].push(at);
                let next =
                    u32::try_from(numbers.len()).expect("binding refuses more than 65,535 rules or flows");
                flow.text = *numbers.entry(&texts[rule_index][flow_index]).or_insert(next);
                let can_raise =
                    matches!(&flow.value, BoundValue::Expression(expression) if expression.can_raise());
                if can_raise {
                    raising.push(at);
                }
            }
        }
        let (clauses, scopes) = distinct_clauses(&rules);
        Self {
            rules,
            by_target: by_target.into_iter().map(Vec::into_boxed_slice).collect(),
            raising,
            clauses,
            scopes,
        }
    }

    /// Rules in scope that join, by precedence.
    pub fn joiners(&self, in_scope: u64) -> impl Iterator<Item = u8> + '_ {
        let joins =
            move |(number, rule): &(u8, &BoundRule)| in_scope & (1 << number) != 0 && !rule.joins.is_empty();
        (0..).zip(&self.rules).filter(joins).map(|(number, _)| number)
    }

    /// Flows into an attribute, by precedence.
    #[inline]
    pub fn flows_into(&self, target: AttributeId) -> &[FlowRef] {
        self.by_target.get(usize::from(target.0)).map_or(&[], |flows| flows)
    }

    /// The flow at a position.
    #[inline]
    pub fn flow(&self, at: FlowRef) -> &BoundFlow {
        &self.rules[usize::from(at.rule)].flows[usize::from(at.flow)]
    }
}

/// Most distinct clauses of one source type; a scope that needs more is decided clause by clause.
pub(super) const MAX_CLAUSES: usize = 64;

fn distinct_clauses(rules: &[BoundRule]) -> (Vec<BoundClause>, Vec<Vec<Vec<u8>>>) {
    let mut clauses: Vec<BoundClause> = Vec::new();
    let mut scopes = Vec::with_capacity(rules.len());
    for rule in rules {
        let mut groups = Vec::with_capacity(rule.scope.len());
        for group in &rule.scope {
            let mut positions = Vec::with_capacity(group.len());
            for clause in group {
                let known = clauses.iter().position(|own| own.same_test(clause));
                let position = known.unwrap_or_else(|| {
                    clauses.push(clause.clone());
                    clauses.len() - 1
                });
                positions.push(u8::try_from(position).unwrap_or(u8::MAX));
            }
            groups.push(positions);
        }
        scopes.push(groups);
    }
    (clauses, scopes)
}

impl BoundClause {
    fn same_test(&self, other: &Self) -> bool {
        (self.attribute, self.operator, &self.value) == (other.attribute, other.operator, &other.value)
    }
}

fn small(index: usize) -> u16 {
    u16::try_from(index).expect("binding refuses more than 65,535 rules or flows")
}

/// Rules between one source type and one target type: outbound from the metaverse to Entra, or inbound from Entra.
#[derive(Debug, Clone)]
pub(super) struct TypePair {
    pub source: TypeId,
    pub target: TypeId,
    pub rules: TypeRules,
}

/// All rules of a run, bound.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleBook {
    types: Vec<String>,
    forests: Vec<Vec<TypeRules>>,
    /// Inbound rules of the Entra connector.
    pub entra: Vec<TypePair>,
    /// Outbound rules to Entra, the pair with the strongest provisioning rule first.
    pub outbound: Vec<TypePair>,
}

/// Most rules of one forest and class that a scope mask can hold.
pub(super) const MAX_RULES_PER_CLASS: usize = 64;

impl RuleBook {
    /// Binds the rules of every forest (in connector order). Rules of the Entra connector are taken from the first.
    pub fn bind(per_forest: &[Vec<Rule>], names: &mut AttributeNames) -> Result<Self, RuleError> {
        let mut book = Self::default();
        for rule in per_forest.iter().flatten() {
            book.intern_types(rule);
            intern_attributes(rule, names);
        }
        for rules in per_forest {
            let by_class = Class::SYNCHRONIZED.iter().map(|class| book.class_rules(rules, *class, names));
            let by_class = by_class.collect::<Result<Vec<_>, _>>()?;
            book.forests.push(by_class);
        }
        if let Some(rules) = per_forest.first() {
            book.bind_entra(rules, names)?;
        }
        Ok(book)
    }

    fn intern_types(&mut self, rule: &Rule) {
        for name in [&rule.source_type, &rule.target_type] {
            if name != "*" && !self.types.contains(name) && self.types.len() < usize::from(u8::MAX) {
                self.types.push(name.clone());
            }
        }
    }

    fn type_id(&self, name: &str) -> TypeId {
        let position = self.types.iter().position(|own| own == name);
        position.map_or(ANY_TYPE, |at| TypeId(u8::try_from(at).expect("fewer than 255 types")))
    }

    /// Name of a type.
    pub fn type_name(&self, id: TypeId) -> &str {
        self.types.get(usize::from(id.0)).map_or("*", String::as_str)
    }

    fn class_rules(
        &self,
        rules: &[Rule],
        class: Class,
        names: &mut AttributeNames,
    ) -> Result<TypeRules, RuleError> {
        self.select(rules, names, |rule| {
            rule.direction == Direction::Inbound
                && rule.system == System::ActiveDirectory
                && Class::from_name(&rule.source_type) == Some(class)
        })
    }

    fn select(
        &self,
        rules: &[Rule],
        names: &mut AttributeNames,
        wanted: impl Fn(&Rule) -> bool,
    ) -> Result<TypeRules, RuleError> {
        let mut chosen: Vec<&Rule> = rules.iter().filter(|rule| wanted(rule)).collect();
        chosen.sort_by_key(|rule| rule.precedence);
        if let Some(rule) = chosen.get(MAX_RULES_PER_CLASS) {
            let problem = format!("more than {MAX_RULES_PER_CLASS} rules for {}", rule.source_type);
            return Err(RuleError { rule: rule.name.clone(), problem });
        }
        let bound = chosen.iter().map(|rule| self.bind_rule(rule, names)).collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<Vec<String>> = chosen
            .iter()
            .map(|rule| rule.flows.iter().map(|flow| format!("{:?}", flow.value)).collect())
            .collect();
        Ok(TypeRules::new(bound, &texts, names.len()))
    }

    fn bind_entra(&mut self, rules: &[Rule], names: &mut AttributeNames) -> Result<(), RuleError> {
        let inbound = |rule: &Rule| rule.direction == Direction::Inbound && rule.system == System::Entra;
        let outbound = |rule: &Rule| rule.direction == Direction::Outbound && rule.system == System::Entra;
        self.entra = self.pairs(rules, names, |rule| inbound(rule) && !rule.joins.is_empty(), inbound)?;
        self.outbound =
            self.pairs(rules, names, |rule| outbound(rule) && rule.link == LinkType::Provision, outbound)?;
        Ok(())
    }

    /// One pair for each source and target type that a leading rule names, strongest leader first.
    fn pairs(
        &self,
        rules: &[Rule],
        names: &mut AttributeNames,
        leads: impl Fn(&Rule) -> bool,
        belongs: impl Fn(&Rule) -> bool,
    ) -> Result<Vec<TypePair>, RuleError> {
        let mut leaders: Vec<&Rule> = rules.iter().filter(|rule| leads(rule)).collect();
        leaders.sort_by_key(|rule| rule.precedence);
        let mut pairs: Vec<TypePair> = Vec::new();
        for leader in leaders {
            let (source, target) = (self.type_id(&leader.source_type), self.type_id(&leader.target_type));
            if pairs.iter().all(|pair| (pair.source, pair.target) != (source, target)) {
                let rules = self.select(rules, names, |rule| {
                    belongs(rule)
                        && rule.source_type == leader.source_type
                        && rule.target_type == leader.target_type
                })?;
                pairs.push(TypePair { source, target, rules });
            }
        }
        Ok(pairs)
    }

    fn bind_rule(&self, rule: &Rule, names: &mut AttributeNames) -> Result<BoundRule, RuleError> {
        let fail = |problem: String| RuleError { rule: rule.name.clone(), problem };
        let mut id =
            |name: &str| names.intern(name).ok_or_else(|| fail("too many attribute names".to_owned()));
        let scope = rule
            .scope
            .iter()
            .map(|group| group.clauses.iter().map(|clause| bind_clause(clause, &mut id)).collect())
            .collect::<Result<_, _>>()?;
        let joins = rule.joins.iter().map(|group| bind_join(group, &mut id)).collect::<Result<_, _>>()?;
        let flows =
            rule.flows.iter().map(|flow| bind_flow(flow, names)).collect::<Result<_, _>>().map_err(fail)?;
        Ok(BoundRule {
            precedence: rule.precedence,
            target: self.type_id(&rule.target_type),
            link: rule.link,
            scope,
            joins,
            flows,
        })
    }

    /// Inbound rules of all AD connectors, by class.
    pub fn connector_classes(&self) -> impl Iterator<Item = &TypeRules> {
        self.forests.iter().flatten()
    }

    /// Inbound rules of all AD connectors.
    pub fn connector_rules(&self) -> impl Iterator<Item = &BoundRule> {
        self.connector_classes().flat_map(|class| &class.rules)
    }

    /// Rules for a class of a forest (by index); `None` for classes that no rule takes.
    #[inline]
    pub fn class(&self, forest: usize, class: Class) -> Option<&TypeRules> {
        let rules = self.forests.get(forest)?.get(class as usize)?;
        (!rules.rules.is_empty()).then_some(rules)
    }
}

/// Interns every attribute a rule names, so that tables sized by the number of names fit all rules.
fn intern_attributes(rule: &Rule, names: &mut AttributeNames) {
    for clause in rule.scope.iter().flat_map(|group| &group.clauses) {
        names.intern(&clause.attribute);
    }
    for condition in rule.joins.iter().flat_map(|group| &group.conditions) {
        names.intern(&condition.connector_attribute);
        names.intern(&condition.metaverse_attribute);
    }
    for flow in &rule.flows {
        names.intern(&flow.target);
        if let FlowValue::Direct(source) = &flow.value {
            names.intern(source);
        }
    }
}

fn bind_clause(
    clause: &ScopeClause,
    id: &mut impl FnMut(&str) -> Result<AttributeId, RuleError>,
) -> Result<BoundClause, RuleError> {
    Ok(BoundClause {
        attribute: id(&clause.attribute)?,
        operator: clause.operator,
        value: clause.value.clone(),
        reason: clause.reason,
    })
}

fn bind_join(
    group: &super::rule::JoinGroup,
    id: &mut impl FnMut(&str) -> Result<AttributeId, RuleError>,
) -> Result<BoundJoin, RuleError> {
    let conditions = group.conditions.iter().map(|condition| {
        Ok(BoundCondition {
            connector_attribute: id(&condition.connector_attribute)?,
            metaverse_attribute: id(&condition.metaverse_attribute)?,
            case_sensitive: condition.case_sensitive,
        })
    });
    Ok(BoundJoin { conditions: conditions.collect::<Result<_, RuleError>>()?, reason: group.reason })
}

fn bind_flow(flow: &Flow, names: &mut AttributeNames) -> Result<BoundFlow, String> {
    let target = names.intern(&flow.target).ok_or("too many attribute names")?;
    let parse = |text: &str, names: &mut AttributeNames| {
        Expression::parse(text, names).map_err(|error: ParseError| {
            format!(
                "flow to {}: column {}: found {}, expected {}",
                flow.target, error.column, error.found, error.expected
            )
        })
    };
    let value = match &flow.value {
        FlowValue::Direct(source) => {
            BoundValue::Direct(names.intern(source).ok_or("too many attribute names")?)
        }
        FlowValue::Constant(text) => match text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')) {
            Some(parameter) => BoundValue::Parameter(parameter.to_owned()),
            None => BoundValue::Constant(typed_constant(names.syntax(target), text)),
        },
        FlowValue::Expression(text) => BoundValue::Expression(Box::new(parse(text, names)?)),
        FlowValue::Clauses(clauses) => {
            let bound = clauses
                .iter()
                .map(|clause| Ok(BoundReasonClause::new(clause.reason, parse(&clause.when, names)?)));
            BoundValue::Clauses(bound.collect::<Result<_, String>>()?)
        }
    };
    Ok(BoundFlow { target, value, merge: flow.merge, text: 0 })
}

fn typed_constant(syntax: Syntax, text: &str) -> Value<'static> {
    match syntax {
        Syntax::Boolean if text.eq_ignore_ascii_case("true") => Value::Boolean(true),
        Syntax::Boolean if text.eq_ignore_ascii_case("false") => Value::Boolean(false),
        Syntax::Integer => text.parse().map_or_else(|_| Value::Text(text.to_owned().into()), Value::Number),
        _ => Value::Text(text.to_owned().into()),
    }
}
