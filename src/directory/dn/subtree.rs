//! Where a DN stands in the tree: below another one, or inside any of a set of subtrees.

use super::normal::{hash, normalize, write_normal};

/// Whether `dn` stands below `ancestor`, at any depth; false for the ancestor itself and for an empty one.
pub fn is_below(dn: &[u8], ancestor: &[u8]) -> bool {
    let ancestor = normalize(ancestor);
    !ancestor.is_empty() && suffixes(&normalize(dn)).skip(1).any(|suffix| suffix == ancestor)
}

/// A prepared set of subtrees (the organizational units of a filter).
///
/// A question costs one normal form and one search per level of the asked DN, whatever the number of subtrees.
#[derive(Debug, Clone, Default)]
pub struct Subtrees {
    /// Sorted by hash.
    roots: Vec<Root>,
}

#[derive(Debug, Clone)]
struct Root {
    hash: u64,
    normal: Vec<u8>,
    position: usize,
}

impl Subtrees {
    /// Prepares the subtrees under these DNs; empty DNs are passed over.
    pub fn new<D: AsRef<[u8]>>(dns: impl IntoIterator<Item = D>) -> Self {
        let mut roots: Vec<Root> = dns
            .into_iter()
            .enumerate()
            .map(|(position, dn)| (position, normalize(dn.as_ref())))
            .filter(|(_, normal)| !normal.is_empty())
            .map(|(position, normal)| Root { hash: hash(&normal), normal, position })
            .collect();
        roots.sort_by_key(|root| (root.hash, root.position));
        Self { roots }
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// Whether the DN is one of the roots or stands below one.
    pub fn contains(&self, dn: &[u8]) -> bool {
        self.nearest(dn).is_some()
    }

    /// The position, in the order given to [`new`](Self::new), of the deepest root that the DN equals or stands below.
    pub fn nearest(&self, dn: &[u8]) -> Option<usize> {
        if self.roots.is_empty() {
            return None;
        }
        let mut normal = Vec::with_capacity(dn.len() + 8);
        write_normal(dn, &mut normal);
        suffixes(&normal).find_map(|suffix| self.root(suffix))
    }

    fn root(&self, normal: &[u8]) -> Option<usize> {
        let hash = hash(normal);
        let start = self.roots.partition_point(|root| root.hash < hash);
        let same_hash = self.roots.iter().skip(start).take_while(|root| root.hash == hash);
        same_hash.clone().find(|root| root.normal == normal).map(|root| root.position)
    }
}

/// A normal form, then the same without its first RDN, and so on.
fn suffixes(normal: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors(Some(normal), |rest| {
        let mut at = 0;
        loop {
            match rest.get(at)? {
                b'\\' => at += 2,
                b',' => return rest.get(at + 1..),
                _ => at += 1,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_is_strict_and_sees_no_hidden_separators() {
        assert!(is_below(b"CN=a,OU=Staff,DC=x", b"ou=staff , dc=X"));
        assert!(is_below(b"CN=a,OU=b,OU=Staff,DC=x", b"OU=Staff,DC=x"));
        assert!(!is_below(b"OU=Staff,DC=x", b"OU=Staff,DC=x"));
        assert!(!is_below(b"CN=a\\,OU=Staff,DC=x", b"OU=Staff,DC=x"));
        assert!(!is_below(b"CN=a,OU=NoStaff,DC=x", b"Staff,DC=x"));
        assert!(!is_below(b"CN=a,DC=x", b""));
    }

    #[test]
    fn the_deepest_root_is_found() {
        let trees = Subtrees::new(["OU=Staff,DC=x", "", "ou=temp , ou=staff,dc=x", "OU=\"a, b\",DC=x"]);
        assert_eq!(trees.nearest(b"CN=a,OU=Staff,DC=x"), Some(0));
        assert_eq!(trees.nearest(b"CN=a,OU=Temp,OU=Staff,DC=x"), Some(2));
        assert_eq!(trees.nearest(b"OU=Staff,DC=x"), Some(0));
        assert_eq!(trees.nearest(b"CN=a,OU=A\\2c B,DC=x"), Some(3));
        assert!(!trees.contains(b"CN=a,OU=Other,DC=x"));
        assert!(!trees.contains(b""));
        assert!(!Subtrees::default().contains(b"DC=x"));
    }
}
