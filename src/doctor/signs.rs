//! Signs that an export holds less than the directory.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::directory::{Class, Directory, InputFormat, ObjectId, Source, attribute, dn};
use crate::predict::Needs;

/// Servers and cmdlets stop at round numbers when nobody asks for pages (`MaxPageSize` of Active Directory is 1,000).
const PAGE_OBJECTS: u64 = 1_000;

/// The signs, as sentences, the surest first.
pub(super) fn of(directory: &Directory, source: &Source, needs: &Needs) -> Vec<String> {
    let mut signs = Vec::new();
    if !source.complete {
        signs.push("The input says, or shows, that something is missing: see its warnings.".to_owned());
    }
    if source.format == InputFormat::Csexport {
        let text = "A connector space holds only the organizational units, object types and attributes that its \
                    connector reads: what it leaves out is not seen.";
        signs.push(text.to_owned());
    }
    signs.extend(search(source, needs));
    if source.objects >= PAGE_OBJECTS && source.objects.is_multiple_of(PAGE_OBJECTS) {
        signs.push(format!(
            "There are exactly {} objects, a multiple of the page size of a server: did the search ask for pages?",
            source.objects
        ));
    }
    signs.extend(classes(directory));
    signs.extend(members_elsewhere(directory));
    signs
}

/// What the header of ldapsearch says.
fn search(source: &Source, needs: &Needs) -> Vec<String> {
    let search = &source.origin.search;
    let mut signs = Vec::new();
    if let Some((base, scope)) = &search.base {
        let is_head =
            !base.is_empty() && dn::rdns(base.as_bytes()).all(|rdn| rdn.kind().eq_ignore_ascii_case(b"dc"));
        if !is_head {
            signs.push(format!("The search had the base \"{base}\", which is not the head of a domain."));
        }
        if !scope.is_empty() && !scope.to_ascii_lowercase().starts_with("sub") {
            signs.push(format!("The search had the scope {scope}: what is further below is missing."));
        }
    }
    if let Some(filter) = &search.filter
        && !filter.eq_ignore_ascii_case("(objectClass=*)")
    {
        signs.push(format!("The search had the filter {filter}: nothing else was exported."));
    }
    signs.extend(not_requested(source, needs));
    signs
}

fn not_requested(source: &Source, needs: &Needs) -> Option<String> {
    let requested = source.origin.search.requested.as_deref()?;
    let asked = |name: &str| {
        requested.split_whitespace().any(|own| own == "ALL" || own == "*" || own.eq_ignore_ascii_case(name))
    };
    let missing: Vec<&str> =
        needs.attributes.iter().map(|id| needs.names.name(id)).filter(|name| !asked(name)).collect();
    let all = missing.join(", ");
    (!missing.is_empty()).then(|| format!("The search did not ask for {all}."))
}

/// A directory has users and groups; an export with one of them only answers half of the questions.
fn classes(directory: &Directory) -> Vec<String> {
    let (mut users, mut groups, mut unknown) = (false, false, 0_u64);
    for object in directory.objects() {
        users |= matches!(object.class(), Class::User | Class::InetOrgPerson);
        groups |= object.class() == Class::Group;
        unknown += u64::from(object.class() == Class::Unknown);
    }
    let mut signs = Vec::new();
    if !users {
        signs.push("There is no user in it.".to_owned());
    }
    if !groups {
        signs.push("There is no group in it: nothing is known about memberships.".to_owned());
    }
    if unknown > 0 {
        signs.push(format!("The class of {unknown} objects is unknown: no rule takes them."));
    }
    signs
}

/// Members that the input does not hold are in another file, or were not exported.
fn members_elsewhere(directory: &Directory) -> Option<String> {
    let ids: Vec<ObjectId> = directory.ids().collect();
    let known: HashSet<u64> = ids.iter().map(|id| directory.object(*id).dn_key()).collect();
    let (all, elsewhere) = ids
        .into_par_iter()
        .flat_map_iter(|id| directory.object(id).values(attribute::MEMBER))
        .filter(|value| !value.bytes.is_empty())
        .map(|value| (1_u64, u64::from(!known.contains(&dn::key(value.bytes)))))
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    (elsewhere > 0).then(|| {
        format!(
            "{elsewhere} of {all} members of groups are not in this input: they count as lost unless another source \
             holds them."
        )
    })
}
