//! Every variant of the default rules builds, and the numbers are those of the tables.
use super::*;
use crate::directory::AttributeNames;
use crate::sync::rule::FlowValue;
#[test]
fn tmp() {
    let names = AttributeNames::default();
    let mut missing = std::collections::BTreeSet::new();
    for g in [RuleGeneration::Y2016, RuleGeneration::Current] {
        let mut o = everything(g);
        o.user_matching = UserMatching::ObjectSid;
        for r in default_rules(&o) {
            for s in &r.scope { for c in &s.clauses { missing.insert(c.attribute.clone()); } }
            for s in &r.joins { for c in &s.conditions { missing.insert(c.connector_attribute.clone()); missing.insert(c.metaverse_attribute.clone()); } }
            for f in &r.flows { missing.insert(f.target.clone()); if let FlowValue::Direct(d) = &f.value { missing.insert(d.clone()); } }
        }
    }
    missing.retain(|n| names.lookup(n.as_bytes()).is_none_or(|id| names.name(id) != n));
    panic!("{missing:?}");
}
