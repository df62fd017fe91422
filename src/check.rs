//! Checks: pages under `checks/` compiled into conditions over what the simulation knows.
//!
//! A page is the only place to touch when adding a check: TOML front matter, prose, and examples that run as tests.
//! [`Page`] is a page as written, [`CheckSet`] holds pages bound to attribute names, [`run`] applies them to a
//! [`Simulation`](crate::sync::simulation::Simulation) and gives sorted findings. Nothing here loads, prints or
//! changes anything. The keys of a page are documented in [`front_matter`].

pub mod bound;
pub mod catalogue;
pub mod example;
pub mod exception;
pub mod finding;
pub mod front_matter;
pub mod message;
pub mod needs;
pub mod page;
pub mod role;
pub mod set;
pub mod value_rule;

mod collision;
mod dropped_address;
mod finding_report;
mod lookup;
mod object_pass;
mod run;
mod tenant_collision;
mod tenant_scope;
mod total;
mod view;

pub use finding_report::{Excepted, FindingReport, NotRun, Position, Related};
pub use page::{Page, PageError};
pub use run::{CheckResults, run};
pub use set::{CheckSet, UnknownCheck};
