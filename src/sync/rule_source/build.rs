//! Rule files and options into rules: conditions are decided, names resolved, placeholders filled.

use super::RuleOptions;
use super::condition::Condition;
use super::data::{FlowBlock, JoinEntry, RuleData, RuleEntry, RuleFile, ScopeEntry, named};
use crate::config::UserMatching;
use crate::sync::rule::{
    Flow, FlowValue, JoinCondition, JoinGroup, ReasonClause, Rule, ScopeClause, ScopeGroup, ScopeOperator,
};

/// Builds the rules of one set of options.
pub(super) struct Builder<'d> {
    data: &'d RuleData,
    options: &'d RuleOptions,
}

impl<'d> Builder<'d> {
    pub(super) fn new(data: &'d RuleData, options: &'d RuleOptions) -> Self {
        Self { data, options }
    }

    /// The rules that exist, sorted by precedence.
    pub(super) fn rules(&self) -> Vec<Rule> {
        let existing = self.data.rules().filter(|(_, entry)| self.all_hold(&entry.requires));
        let mut rules: Vec<_> = existing.map(|(file, entry)| self.rule(file, entry)).collect();
        rules.sort_by_key(|rule| rule.precedence);
        rules
    }

    /// One rule, whether it exists or not.
    pub(super) fn rule(&self, file: &RuleFile, entry: &RuleEntry) -> Rule {
        let generation = self.options.generation;
        Rule {
            name: entry.name.clone(),
            tag: entry.tag.get(generation).clone(),
            direction: file.direction,
            system: file.system,
            source_type: entry.source_type.clone(),
            target_type: entry.target_type.clone(),
            link: entry.link,
            precedence: *entry.precedence.get(generation),
            scope: entry.scope.as_deref().map_or_else(Vec::new, |name| self.scope(name)),
            joins: entry.join.as_deref().map_or_else(Vec::new, |name| self.joins(name)),
            flows: self.flows(entry),
            source: self.source(entry.source.get(generation)),
        }
    }

    fn all_hold(&self, requires: &[Condition]) -> bool {
        requires.iter().all(|condition| condition.holds(self.options))
    }

    fn source(&self, short_names: &str) -> String {
        let texts: Vec<_> =
            short_names.split(", ").map(|name| named(&self.data.sources, name).as_str()).collect();
        texts.join("; ")
    }

    fn scope(&self, name: &str) -> Vec<ScopeGroup> {
        named(&self.data.scopes, name).iter().map(|group| self.scope_group(group)).collect()
    }

    fn scope_group(&self, group: &ScopeEntry) -> ScopeGroup {
        let clauses = group.clauses.iter().map(|clause| {
            let text = self.fill(&clause.is, "");
            let mut words = text.splitn(3, ' ');
            let attribute = words.next().unwrap_or_default().to_owned();
            let operator = words.next().and_then(ScopeOperator::from_token);
            ScopeClause {
                attribute,
                operator: operator.unwrap_or_else(|| panic!("`{text}` has no scope operator")),
                value: words.next().unwrap_or_default().to_owned(),
                reason: clause.reason,
            }
        });
        ScopeGroup { clauses: clauses.collect() }
    }

    fn joins(&self, name: &str) -> Vec<JoinGroup> {
        let groups = named(&self.data.joins, name).iter();
        groups.filter(|group| self.all_hold(&group.requires)).map(|group| self.join_group(group)).collect()
    }

    fn join_group(&self, group: &JoinEntry) -> JoinGroup {
        let conditions = group.on.iter().map(|(connector, metaverse)| JoinCondition {
            connector_attribute: self.fill(connector, ""),
            metaverse_attribute: self.fill(metaverse, ""),
            case_sensitive: group.case_sensitive,
        });
        JoinGroup { conditions: conditions.collect(), reason: group.reason }
    }

    fn flows(&self, entry: &RuleEntry) -> Vec<Flow> {
        let mut flows = Vec::new();
        for other in entry.like.iter() {
            for flow in self.flows(self.data.rule_named(other)) {
                let is_new = flows.iter().all(|known: &Flow| known.target != flow.target);
                if is_new && !entry.without.contains(&flow.target) {
                    flows.push(flow);
                }
            }
        }
        for block in &entry.flows {
            self.add_block(block, &mut flows);
        }
        flows
    }

    fn add_block(&self, block: &FlowBlock, flows: &mut Vec<Flow>) {
        if !self.all_hold(&block.requires) {
            return;
        }
        for shared in &block.include {
            for block in named(&self.data.flows, shared) {
                self.add_block(block, flows);
            }
        }
        let values = direct(block)
            .chain(trimmed(block))
            .chain(self.computed(block))
            .map(|(target, value)| Flow { target, value, merge: block.merge, execute_once: block.once });
        flows.extend(values);
    }

    fn computed(&self, block: &FlowBlock) -> impl Iterator<Item = (String, FlowValue)> {
        let constants =
            block.constant.iter().map(|(target, text)| (target, FlowValue::Constant(text.clone())));
        let parameters =
            block.parameter.iter().map(|(target, name)| (target, FlowValue::Expression(format!("%{name}%"))));
        let formulas = block
            .formula
            .iter()
            .map(|(target, reference)| (target, FlowValue::Expression(self.formula(reference, target))));
        let filters = block.filter.iter().map(|(target, name)| (target, self.filter(name)));
        let all = constants.chain(parameters).chain(formulas).chain(filters);
        all.map(|(target, value)| (target.clone(), value))
    }

    /// The text of `formula` or `formula(attribute)`.
    fn formula(&self, reference: &str, target: &str) -> String {
        let (name, attribute) = match reference.strip_suffix(')').and_then(|open| open.split_once('(')) {
            Some(parts) => parts,
            None => (reference, target),
        };
        let variant =
            named(&self.data.formulas, name).iter().find(|variant| self.all_hold(&variant.requires));
        self.fill(&variant.unwrap_or_else(|| panic!("no variant of `{name}` applies")).text, attribute)
    }

    fn filter(&self, name: &str) -> FlowValue {
        let clauses = named(&self.data.filters, name).iter().filter(|clause| self.all_hold(&clause.requires));
        FlowValue::Clauses(
            clauses
                .map(|clause| ReasonClause { reason: clause.reason, when: self.fill(&clause.when, "") })
                .collect(),
        )
    }

    /// Replaces the placeholders. Braces that are none stay: `SystemMailbox{` is text of a rule.
    fn fill(&self, text: &str, attribute: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let matching = match &self.options.user_matching {
            UserMatching::Attribute(name) => name.as_str(),
            _ => "",
        };
        let filled = text
            .replace("{attribute}", attribute)
            .replace("{anchor}", &self.options.source_anchor)
            .replace("{login}", &self.options.login_attribute)
            .replace("{matching}", matching);
        self.data.limits.iter().fold(filled, |text, (name, limit)| {
            text.replace(&format!("{{{name}}}"), limit.get(self.options.generation))
        })
    }
}

fn direct(block: &FlowBlock) -> impl Iterator<Item = (String, FlowValue)> {
    block.direct.iter().flat_map(|entry| match entry.split_once(" <- ") {
        Some((target, source)) => vec![(target.to_owned(), FlowValue::Direct(source.to_owned()))],
        None => expand(entry).into_iter().map(|name| (name.clone(), FlowValue::Direct(name))).collect(),
    })
}

fn trimmed(block: &FlowBlock) -> impl Iterator<Item = (String, FlowValue)> {
    block.trimmed.iter().flat_map(|entry| expand(entry)).map(|name| {
        let text = format!("Trim([{name}])");
        (name, FlowValue::Expression(text))
    })
}

/// `extensionAttribute1..15` is fifteen names; anything else is one.
fn expand(entry: &str) -> Vec<String> {
    let Some((first, last)) = entry.split_once("..") else {
        return vec![entry.to_owned()];
    };
    let stem = first.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let number = |text: &str| text.parse::<u32>().expect("a range of attributes is written as name1..15");
    (number(&first[stem.len()..])..=number(last)).map(|number| format!("{stem}{number}")).collect()
}
