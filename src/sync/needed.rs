//! What must be loaded for a set of rules: nothing that no flow, scope or join asks for is kept.

use crate::directory::{AttributeNames, AttributeSet};

use super::bound::{BoundValue, RuleBook, RuleError, TypePair};
use super::rule::{LinkType, Rule};

/// The connector-space attributes that must be loaded so that `rules` can compute the wanted metaverse attributes,
/// the wanted export attributes, decide scopes and joins, and raise their errors.
pub fn needed_attributes(
    rules: &[Rule],
    metaverse_wanted: &AttributeSet,
    export_wanted: &AttributeSet,
    names: &mut AttributeNames,
) -> Result<AttributeSet, RuleError> {
    let book = RuleBook::bind(&[rules.to_vec()], names)?;
    let mut wanted = metaverse_wanted.clone();
    for outbound in &book.outbound {
        add_outbound_needs(outbound, export_wanted, &mut wanted);
    }
    let classes = || book.connector_classes();
    for rule in classes().flat_map(|class| &class.rules) {
        wanted.extend(
            &rule.joins.iter().flat_map(|join| &join.conditions).map(|c| c.metaverse_attribute).collect(),
        );
    }
    let mut needed = AttributeSet::default();
    for class in classes() {
        for rule in &class.rules {
            needed.extend(&rule.scope.iter().flatten().map(|clause| clause.attribute).collect());
            needed.extend(
                &rule.joins.iter().flat_map(|join| &join.conditions).map(|c| c.connector_attribute).collect(),
            );
            for flow in rule.flows.iter().filter(|flow| wanted.contains(flow.target)) {
                needed.extend(&value_attributes(&flow.value));
            }
        }
        for at in &class.raising {
            needed.extend(&value_attributes(&class.flow(*at).value));
        }
    }
    Ok(needed)
}

fn add_outbound_needs(outbound: &TypePair, export_wanted: &AttributeSet, wanted: &mut AttributeSet) {
    for rule in &outbound.rules.rules {
        if rule.link == LinkType::Provision {
            wanted.extend(&rule.scope.iter().flatten().map(|clause| clause.attribute).collect());
        }
        for flow in &rule.flows {
            let raises = matches!(&flow.value, BoundValue::Expression(expression) if expression.can_raise());
            if raises || export_wanted.contains(flow.target) {
                wanted.extend(&value_attributes(&flow.value));
            }
        }
    }
}

/// The attributes that a flow reads.
fn value_attributes(value: &BoundValue) -> AttributeSet {
    match value {
        BoundValue::Direct(source) => std::iter::once(*source).collect(),
        BoundValue::Constant(_) | BoundValue::Parameter(_) => AttributeSet::default(),
        BoundValue::Expression(expression) => expression.attributes().clone(),
        BoundValue::Clauses(clauses) => {
            let mut set = AttributeSet::default();
            for clause in clauses {
                set.extend(clause.when.attributes());
            }
            set
        }
    }
}
