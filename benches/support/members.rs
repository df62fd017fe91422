//! Who is in which group: computed in both directions, so that `member` and `memberOf` agree without a table.
//!
//! An ordinary user is in one to three ordinary groups. Behind that are three shifts: with the shift `s`, user `u` is in
//! group `(u + s) mod G`. The first three groups hold everyone up to a certain number besides.

use super::forest::{ContactKind, Forest, GroupKind, HUGE_GROUPS, contact_kind, group_kind, is_healthy_user};

const SHIFTS: u64 = 3;

/// How many of the first users the huge group with this number takes: 4 %, 1 % and 0.5 % of all objects.
fn huge_limit(forest: &Forest, group: u64) -> u64 {
    let limit = match group {
        0 => forest.objects / 25,
        1 => forest.objects / 100,
        _ => forest.objects / 200,
    };
    limit.min(forest.users)
}

/// Ordinary groups; none when there are too few of them for different shifts.
fn ordinary_groups(forest: &Forest) -> u64 {
    let groups = forest.groups.saturating_sub(HUGE_GROUPS);
    if groups < SHIFTS { 0 } else { groups }
}

fn memberships(user: u64) -> u64 {
    1 + user / 7 % SHIFTS
}

/// Calls `visit` with each group of the user.
pub fn groups_of_user(forest: &Forest, user: u64, mut visit: impl FnMut(u64)) {
    let groups = ordinary_groups(forest);
    if groups == 0 || !is_healthy_user(user) {
        return;
    }
    (0..HUGE_GROUPS).filter(|&group| user < huge_limit(forest, group)).for_each(&mut visit);
    for shift in 0..memberships(user) {
        visit(HUGE_GROUPS + (user + shift * groups / SHIFTS) % groups);
    }
}

/// Calls `visit` with each user in the group.
pub fn users_of_group(forest: &Forest, group: u64, mut visit: impl FnMut(u64)) {
    let groups = ordinary_groups(forest);
    if groups == 0 {
        return;
    }
    if group < HUGE_GROUPS {
        return (0..huge_limit(forest, group)).filter(|&user| is_healthy_user(user)).for_each(visit);
    }
    for shift in 0..SHIFTS {
        let first = (group - HUGE_GROUPS + groups - shift * groups / SHIFTS) % groups;
        let users = (first..forest.users).step_by(usize::try_from(groups).expect("fits the address space"));
        users.filter(|&user| is_healthy_user(user) && shift < memberships(user)).for_each(&mut visit);
    }
}

/// The group of a contact: one with addresses, or none.
pub fn group_of_contact(forest: &Forest, contact: u64) -> Option<u64> {
    let groups = ordinary_groups(forest);
    if groups == 0 || contact_kind(contact, forest.contacts) != ContactKind::Plain {
        return None;
    }
    let group = HUGE_GROUPS + contact % groups;
    matches!(group_kind(group), GroupKind::Distribution).then_some(group)
}

/// Calls `visit` with each contact in the group.
pub fn contacts_of_group(forest: &Forest, group: u64, visit: impl FnMut(u64)) {
    let groups = ordinary_groups(forest);
    if groups == 0 || group < HUGE_GROUPS {
        return;
    }
    let step = usize::try_from(groups).expect("fits the address space");
    let contacts = (group - HUGE_GROUPS..forest.contacts).step_by(step);
    contacts.filter(|&contact| group_of_contact(forest, contact) == Some(group)).for_each(visit);
}
