//! A live directory as an LDIF file: all that was read, less secrets, and only if all was read.
