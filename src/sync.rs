//! The sync engine: connector space, metaverse, Entra connector space (`default-sync-rules` sections A to G).

pub mod rule;
pub mod rule_source;
pub mod simulation;
