//! Whether a metaverse object is exported, and if not, why (`default-sync-rules` sections A.5 and C, read 2026-11-20).

use crate::directory::{AttributeId, ObjectId, attribute};
use crate::expression::{EvaluationError, Scope, Value};
use crate::outcome::{Outcome, Reason, ReasonSet};

use super::bound::{BoundClause, BoundRule, FlowRef, TypePair, TypeRules};
use super::engine::error_reason;
use super::join_key::hash_values;
use super::metaverse::{CloudSide, Contributor, ExportScope, MetaverseScope};
use super::remember::Remembering;
use super::rule::LinkType;
use super::{flow, scope};

/// What the outbound rules do with a metaverse object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Exported.
    Exported(Export),
    /// Filtered; by member, why. A member that did not cause it has an empty set.
    Filtered(Vec<ReasonSet>),
    /// Not exported, for all members alike.
    Stopped(ReasonSet),
}

/// The rules that export a metaverse object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Export {
    /// Pair of [`super::bound::RuleBook::outbound`].
    pub pair: u8,
    /// Rules of the pair that have the object in scope: bit n for rule n.
    pub in_scope: u64,
}

/// The verdict and the object on which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decision {
    pub verdict: Verdict,
    /// The contributor of sourceAnchor, else the first member.
    pub principal: ObjectId,
    /// Hash of the source anchor of an exported object.
    pub anchor_hash: Option<u64>,
    /// The exported anchor is known to be, to the letter, the one that the tenant holds for the cloud user of the object.
    pub anchor_is_known: bool,
    /// Something of the object is not exported although the metaverse holds it.
    pub changes: ReasonSet,
}

/// Decides on one metaverse object.
pub(super) fn decide(metaverse: &MetaverseScope<'_, '_>) -> Decision {
    let first = metaverse.members[0];
    let remembering = Remembering::new(metaverse);
    let attempt = || -> Result<Decision, EvaluationError> {
        let mut principal = first;
        if let Some(winner) = metaverse.winner(attribute::SOURCE_ANCHOR)? {
            if let Contributor::Object(id) = winner.from {
                principal = id;
            }
            remembering.learn(attribute::SOURCE_ANCHOR, winner.value);
        }
        let (verdict, exported_anchor) = verdict(metaverse, &remembering)?;
        let (mut changes, mut anchor_hash, mut anchor_is_known) = (ReasonSet::EMPTY, None, false);
        if let Verdict::Exported(export) = verdict {
            changes = lost_in_export(metaverse, export)?;
            let anchor = remembering.attribute(attribute::SOURCE_ANCHOR)?;
            hash_values(attribute::SOURCE_ANCHOR, &anchor, &mut |hash| anchor_hash = Some(hash));
            if let Some(CloudSide { link, .. }) = metaverse.cloud {
                anchor_is_known = exported_anchor.is_some_and(|anchor| link.is_user_with(&anchor));
            }
        }
        Ok(Decision { verdict, principal, anchor_hash, anchor_is_known, changes })
    };
    attempt().unwrap_or_else(|error| Decision {
        verdict: Verdict::Stopped(std::iter::once(error_reason(&error)).collect()),
        principal: first,
        changes: ReasonSet::EMPTY,
        anchor_hash: None,
        anchor_is_known: false,
    })
}

fn verdict<'d>(
    metaverse: &MetaverseScope<'_, 'd>,
    remembering: &dyn Scope<'d>,
) -> Result<(Verdict, Option<Value<'d>>), EvaluationError> {
    let outbound = &metaverse.engine.book.outbound;
    let pairs = || outbound.iter().enumerate().filter(|(_, pair)| pair.source == metaverse.kind);
    for (number, pair) in pairs() {
        for rule in provisioning(&pair.rules) {
            if scope::in_scope(&rule.scope, remembering, &|_| false)? {
                let in_scope = scope::rules_in_scope(&pair.rules, remembering, &|_| false)?;
                let anchor = raise_errors(remembering, &pair.rules, in_scope)?;
                let pair = u8::try_from(number).expect("fewer than 255 pairs of types");
                return Ok((Verdict::Exported(Export { pair, in_scope }), anchor));
            }
        }
    }
    let reasons = nearest_miss(remembering, pairs().map(|(_, pair)| pair))?;
    if reasons.contains(Reason::FilteredByRule) {
        return Ok((filtered(metaverse)?, None));
    }
    let none = std::iter::once(Reason::NotExported).collect();
    Ok((Verdict::Stopped(if reasons.is_empty() { none } else { reasons }), None))
}

fn provisioning(rules: &TypeRules) -> impl Iterator<Item = &BoundRule> {
    rules.rules.iter().filter(|rule| rule.link == LinkType::Provision)
}

/// Evaluates the flows that can raise an error of their own; the first error ends the export of the object. Where the
/// strongest flow into sourceAnchor is one of them, gives what it exports.
fn raise_errors<'d>(
    metaverse: &dyn Scope<'d>,
    rules: &TypeRules,
    in_scope: u64,
) -> Result<Option<Value<'d>>, EvaluationError> {
    let is_in_scope = |at: &&FlowRef| in_scope & (1 << at.rule) != 0;
    let strongest = rules.flows_into(attribute::SOURCE_ANCHOR).iter().find(is_in_scope);
    let mut anchor = None;
    for at in rules.raising.iter().filter(is_in_scope) {
        let value = flow::propose(rules.flow(*at), metaverse)?;
        if strongest == Some(at) && flow::contributes(&value) {
            anchor = Some(value);
        }
    }
    Ok(anchor)
}

/// Why the provisioning rule that came nearest to taking the object does not: of all scope groups those with the
/// fewest failing clauses, of the strongest rule that has such a group; of each one failing clause with a word.
fn nearest_miss<'b>(
    metaverse: &dyn Scope<'_>,
    pairs: impl Iterator<Item = &'b TypePair>,
) -> Result<ReasonSet, EvaluationError> {
    let mut fewest = usize::MAX;
    let mut reasons = ReasonSet::EMPTY;
    for rule in pairs.flat_map(|pair| provisioning(&pair.rules)) {
        let mut misses: Vec<Vec<&BoundClause>> = Vec::new();
        for group in &rule.scope {
            misses.push(scope::failing(group, metaverse, &|_| false)?);
        }
        let own_fewest = misses.iter().map(Vec::len).min().unwrap_or(usize::MAX);
        if own_fewest < fewest {
            fewest = own_fewest;
            let nearest = misses.iter().filter(|group| group.len() == own_fewest);
            reasons = nearest.filter_map(|group| weightiest(group)).collect();
        }
    }
    Ok(reasons)
}

/// The word for a group's failing clauses: what is filtered on purpose says so, whatever else it lacks.
fn weightiest(failing: &[&BoundClause]) -> Option<Reason> {
    let reasons = || failing.iter().filter_map(|clause| clause.reason);
    reasons().find(|reason| reason.outcome() == Some(Outcome::Filtered)).or_else(|| reasons().next())
}

fn filtered(metaverse: &MetaverseScope<'_, '_>) -> Result<Verdict, EvaluationError> {
    let engine = metaverse.engine;
    let mut by_member = Vec::with_capacity(metaverse.members.len());
    for member in metaverse.members {
        let object = engine.directory.object(*member);
        let view = engine.connector_scope(object);
        let in_scope = metaverse.in_scope[member.index()];
        let mut reasons = ReasonSet::EMPTY;
        if let Some(rules) = engine.rules_of(&object) {
            for at in
                rules.flows_into(attribute::CLOUD_FILTERED).iter().filter(|at| in_scope & (1 << at.rule) != 0)
            {
                reasons = reasons.union(flow::filter_reasons(rules.flow(*at), &view)?);
            }
        }
        by_member.push(reasons);
    }
    if by_member.iter().all(|reasons| reasons.is_empty()) {
        for reasons in &mut by_member {
            reasons.insert(Reason::FilteredByRule);
        }
    }
    Ok(Verdict::Filtered(by_member))
}

/// Certificates that the metaverse holds and the outbound rules withhold.
fn lost_in_export(metaverse: &MetaverseScope<'_, '_>, export: Export) -> Result<ReasonSet, EvaluationError> {
    const CERTIFICATES: [AttributeId; 2] = [attribute::USER_CERTIFICATE, attribute::USER_SMIME_CERTIFICATE];
    let mut reasons = ReasonSet::EMPTY;
    for certificates in CERTIFICATES {
        let several = |id: &ObjectId| metaverse.engine.directory.object(*id).values(certificates).len() > 1;
        if !metaverse.members.iter().any(several) {
            continue;
        }
        let export = ExportScope::new(*metaverse, export);
        if metaverse.is_present(certificates)? && !export.is_present(certificates)? {
            reasons.insert(Reason::CertificatesNotExported);
        }
    }
    Ok(reasons)
}
