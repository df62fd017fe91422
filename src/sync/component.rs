//! Linking of objects that may be joined with each other (`default-sync-rules` sections A.4 and A.7, read 2026-11-20).
//!
//! Objects can only be joined when a join value of one equals a metaverse value that another supplies, so the
//! directory falls apart into small components (see [`super::link`]). One component is linked here, exactly as the
//! engine does it: object by object in a given order, against the metaverse values as they stand at that moment,
//! then again over what is still unlinked until nothing changes.

use std::collections::HashMap;

use crate::directory::{AttributeId, ForestId};
use crate::outcome::Reason;

use super::bound::{ANY_TYPE, TypeId};
use super::join_key::JoinKey;
use super::rule::LinkType;

/// One condition of a join group with the object's own values.
#[derive(Debug)]
pub(super) struct Probe {
    pub metaverse_attribute: AttributeId,
    pub case_sensitive: bool,
    pub values: Vec<JoinKey>,
}

/// One join group as seen from an object.
#[derive(Debug)]
pub(super) struct ProbeGroup {
    pub reason: Reason,
    pub probes: Vec<Probe>,
}

/// What an object would contribute to a metaverse attribute that others join on.
#[derive(Debug)]
pub(super) struct Proposal {
    pub attribute: AttributeId,
    /// Rule precedence, then connector: lower wins.
    pub rank: (u32, ForestId),
    pub values: Vec<JoinKey>,
}

/// An object that a join rule has in scope.
#[derive(Debug)]
pub(super) struct Candidate {
    pub forest: ForestId,
    pub target: TypeId,
    pub link: LinkType,
    /// An expression raises an error as soon as the object is projected or joined.
    pub raises: Option<Reason>,
    /// None of its rules has a flow: such an object may share a metaverse object with one of its own forest.
    pub without_flows: bool,
    pub groups: Vec<ProbeGroup>,
    pub proposals: Vec<Proposal>,
}

impl Candidate {
    fn has_join_value(&self) -> bool {
        self.groups.iter().flat_map(|group| &group.probes).any(|probe| !probe.values.is_empty())
    }
}

/// What became of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Created the metaverse object with this local number.
    Projected(usize),
    /// Joined it.
    Joined { to: usize, reason: Reason },
    /// Would join it, but an object of its own forest is there already.
    SameForest { reason: Reason },
    /// It would be projected or joined, but an expression of its rules raises an error.
    Raised(Reason),
    /// No join attribute has a value.
    NoJoinValue,
    /// Nothing to join, and its rule does not create.
    NoPartner,
}

/// Links of all candidates of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Linking {
    /// By candidate.
    pub links: Vec<Link>,
    /// By candidate: a join group was skipped because it matched several metaverse objects.
    pub skipped_ambiguous: Vec<bool>,
    /// By candidate: it was linked only when everything was gone over again.
    pub late: Vec<bool>,
    /// Candidates by local metaverse number, in the order of linking.
    pub members: Vec<Vec<usize>>,
}

impl Linking {
    /// The other view of [`Self::members`]: for each candidate the candidates it shares a metaverse object with,
    /// sorted; empty when it has none. Equal for equal results, whatever the order of linking.
    pub fn partners(&self, candidate: usize) -> Vec<usize> {
        let (Link::Projected(local) | Link::Joined { to: local, .. }) = self.links[candidate] else {
            return Vec::new();
        };
        let mut partners = self.members[local].clone();
        partners.sort_unstable();
        partners
    }
}

/// Links the candidates in the given order of their indices.
pub(super) fn link(candidates: &[Candidate], order: &[usize]) -> Linking {
    let mut linker = Linker {
        candidates,
        links: vec![None; candidates.len()],
        skipped_ambiguous: vec![false; candidates.len()],
        metaverse: Vec::new(),
        index: HashMap::new(),
    };
    let mut late = vec![false; candidates.len()];
    for pass in 0_usize.. {
        let mut changed = false;
        for &candidate in order {
            if !matches!(
                linker.links[candidate],
                Some(Link::Projected(_) | Link::Joined { .. } | Link::SameForest { .. } | Link::Raised(_))
            ) {
                let link = linker.try_link(candidate);
                let linked = matches!(link, Link::Projected(_) | Link::Joined { .. });
                late[candidate] = linked && pass > 0;
                changed |= linked;
                linker.links[candidate] = Some(link);
            }
        }
        if !changed {
            break;
        }
    }
    Linking {
        links: linker.links.into_iter().map(|link| link.unwrap_or(Link::NoPartner)).collect(),
        skipped_ambiguous: linker.skipped_ambiguous,
        late,
        members: linker.metaverse.into_iter().map(|object| object.members).collect(),
    }
}

#[derive(Debug)]
struct MetaverseObject {
    kind: TypeId,
    members: Vec<usize>,
}

struct Linker<'c> {
    candidates: &'c [Candidate],
    links: Vec<Option<Link>>,
    skipped_ambiguous: Vec<bool>,
    metaverse: Vec<MetaverseObject>,
    /// Metaverse objects with a member that proposes this value; whether it is the winning one is looked up.
    index: HashMap<(AttributeId, Vec<u8>), Vec<usize>>,
}

impl Linker<'_> {
    fn try_link(&mut self, number: usize) -> Link {
        let candidate = &self.candidates[number];
        if !candidate.has_join_value() {
            return Link::NoJoinValue;
        }
        for group in &candidate.groups {
            let mut matching = self.matching(candidate.target, group);
            // The index may name a metaverse object twice.
            let first = matching.next();
            match (first, matching.find(|local| Some(*local) != first)) {
                (Some(local), None) => {
                    drop(matching);
                    return self.join(number, local, group.reason);
                }
                (Some(_), Some(_)) => {
                    drop(matching);
                    self.skipped_ambiguous[number] = true;
                }
                _ => {}
            }
        }
        if candidate.link == LinkType::Provision {
            if let Some(reason) = candidate.raises {
                return Link::Raised(reason);
            }
            self.metaverse.push(MetaverseObject { kind: candidate.target, members: Vec::new() });
            let local = self.metaverse.len() - 1;
            self.add_member(number, local);
            Link::Projected(local)
        } else {
            Link::NoPartner
        }
    }

    /// Metaverse objects of the type for which all conditions of the group hold.
    fn matching<'s>(&'s self, target: TypeId, group: &'s ProbeGroup) -> Box<dyn Iterator<Item = usize> + 's> {
        let Some(first) = group.probes.first() else { return Box::new(std::iter::empty()) };
        let locals = |value: &JoinKey| self.index.get(&(first.metaverse_attribute, value.lookup().to_vec()));
        let matches = move |local: &usize| {
            (target == ANY_TYPE || self.metaverse[*local].kind == target)
                && group.probes.iter().all(|probe| self.holds(*local, probe))
        };
        if let [value] = first.values.as_slice() {
            // The usual case stays lazy: thousands of objects with one mail must not cost thousands each.
            return Box::new(locals(value).into_iter().flatten().copied().filter(matches));
        }
        let mut found: Vec<usize> = first.values.iter().filter_map(locals).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        Box::new(found.into_iter().filter(matches))
    }

    fn holds(&self, local: usize, probe: &Probe) -> bool {
        let Some(current) = self.current(local, probe.metaverse_attribute) else { return false };
        probe
            .values
            .iter()
            .any(|own| current.values.iter().any(|other| own.matches(other, probe.case_sensitive)))
    }

    /// The winning contribution to an attribute as of now.
    fn current(&self, local: usize, attribute: AttributeId) -> Option<&Proposal> {
        let members = self.metaverse[local].members.iter();
        let proposals = members.flat_map(|member| &self.candidates[*member].proposals);
        proposals
            .filter(|proposal| proposal.attribute == attribute && !proposal.values.is_empty())
            .min_by_key(|p| p.rank)
    }

    fn join(&mut self, number: usize, local: usize, reason: Reason) -> Link {
        let candidate = &self.candidates[number];
        let same_forest = self.metaverse[local].members.iter().any(|member| {
            let other = &self.candidates[*member];
            other.forest == candidate.forest && !other.without_flows && !candidate.without_flows
        });
        if same_forest {
            return Link::SameForest { reason };
        }
        if let Some(reason) = candidate.raises {
            return Link::Raised(reason);
        }
        self.add_member(number, local);
        Link::Joined { to: local, reason }
    }

    fn add_member(&mut self, number: usize, local: usize) {
        self.metaverse[local].members.push(number);
        for proposal in &self.candidates[number].proposals {
            for value in &proposal.values {
                let entry = self.index.entry((proposal.attribute, value.lookup().to_vec())).or_default();
                if entry.last() != Some(&local) {
                    entry.push(local);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Value;

    const MAIL: AttributeId = AttributeId(7);

    fn keys(text: &str) -> Vec<JoinKey> {
        let mut keys = Vec::new();
        JoinKey::of(&Value::Text(text.into()), &mut keys);
        keys
    }

    fn by_mail(forest: u16, mail: &str, link: LinkType) -> Candidate {
        let forest = ForestId(forest);
        Candidate {
            forest,
            target: TypeId(0),
            link,
            raises: None,
            without_flows: false,
            groups: vec![ProbeGroup {
                reason: Reason::JoinedByMail,
                probes: vec![Probe { metaverse_attribute: MAIL, case_sensitive: false, values: keys(mail) }],
            }],
            proposals: vec![Proposal { attribute: MAIL, rank: (106, forest), values: keys(mail) }],
        }
    }

    #[test]
    fn equal_values_of_two_forests_join_without_regard_to_letter_case() {
        let candidates = [
            by_mail(0, "Nia@corp.example", LinkType::Provision),
            by_mail(1, "nia@CORP.example", LinkType::Provision),
        ];
        let linking = link(&candidates, &[0, 1]);
        assert_eq!(linking.links[1], Link::Joined { to: 0, reason: Reason::JoinedByMail });
        assert_eq!(linking.partners(0), [0, 1]);
    }

    #[test]
    fn a_second_object_of_one_forest_is_refused() {
        let candidates = [by_mail(0, "a@x", LinkType::Provision), by_mail(0, "A@x", LinkType::Provision)];
        let linking = link(&candidates, &[0, 1]);
        assert_eq!(linking.links[1], Link::SameForest { reason: Reason::JoinedByMail });
        assert!(linking.partners(1).is_empty());
    }

    #[test]
    fn a_joiner_that_comes_before_its_partner_is_linked_in_a_repeat_pass() {
        let candidates = [by_mail(0, "a@x", LinkType::Join), by_mail(1, "a@x", LinkType::Provision)];
        let linking = link(&candidates, &[0, 1]);
        assert_eq!(linking.links[0], Link::Joined { to: 0, reason: Reason::JoinedByMail });
        assert_eq!(linking.late, [true, false]);
    }

    #[test]
    fn an_object_without_any_join_value_is_not_projected() {
        let candidates = [by_mail(0, "", LinkType::Provision)];
        assert_eq!(link(&candidates, &[0]).links[0], Link::NoJoinValue);
    }
}
