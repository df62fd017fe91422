//! `presync` predicts what Microsoft Entra Connect Sync will do with every object of an Active Directory.
//!
//! Data falls through the crate once, from top to bottom: sources are loaded into a [`directory`], the rules of
//! [`sync`] turn it into a simulation, [`entra`] decides what the tenant makes of the export, [`check`] turns what
//! the simulation knows into findings, [`report`] writes them. Nothing here writes to a directory or opens a
//! connection that was not asked for.

pub mod check;
pub mod cli;
pub mod compare;
pub mod config;
pub mod directory;
pub mod doctor;
pub mod expression;
pub mod load;
pub mod match_plan;
pub mod outcome;
pub mod predict;

pub mod entra;
pub mod report;
pub mod sync;
pub mod tenant;
