//! CSV: csvde and PowerShell exports.
