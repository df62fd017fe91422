//! What the tenant does with an export.
