//! Tenant files: Microsoft Graph JSON.
