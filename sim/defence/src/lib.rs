//! What a defender does with what it can see.
//!
//! A [`Defence`] decides on every request for access and turns what was observed into orders. It gets the installed
//! configuration and what it has been shown; truth cannot be named here, and there is no seed and no draw: the same
//! requests, observations and wakes always give the same decisions and orders.
//!
//! ```text
//!              AccessRequest, PlaceView                 Observed              Assessed: hostile        Wake
//!                        |                                 |                         |                  |
//!  site ------------> access <---- risk         kind -> facts -> filter          playbook               |
//!  (a copy of what       |           ^                     |                         |                  |
//!  is installed)         v           |                   story <- memory             |                  |
//!                     Decision       |                     |  ^----------------------+------------------+
//!                                    |                     v                         v
//!                                    +---- points ---- incident: alarm, responses -> Orders
//! ```

mod access;
mod defence;
mod facts;
mod filter;
mod incident;
mod memory;
mod risk;
mod rules;
mod site;
mod story;
#[cfg(test)]
mod tests;

pub use defence::Defence;
pub use rules::RuleDefence;
