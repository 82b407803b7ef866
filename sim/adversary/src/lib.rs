//! What an attacker knows, plans and does.
//!
//! ```text
//!  Plan + Adversary --compile--> Graph ----search----> AttackPlan
//!                                  ^                       |
//!                          Belief  |                       v
//!  Percept, AdversaryView ------> Agent <------------- steps left
//!                                  |
//!                                  +------> Intents
//! ```
//!
//! One converged graph holds doors and networks alike. *Facts* are what a team
//! has: footholds, secrets, badges, rights on an access control server. *Steps*
//! need facts and a place, and give facts or another place. The planner finds
//! the sequence of steps that costs least by the adversary's weights of time
//! and risk; members work side by side, so their times combine by maximum.
//!
//! The agent follows its plan, learns from what fails which steps do not work,
//! and plans again. It never sees the world: percepts and a view of what it
//! holds are all that it gets.
//!
//! Architecture invariants: no draws, no clock, no IO; the same percepts give
//! the same intents; planning is a pure function of belief and state.

mod agent;
mod attack_plan;
mod belief;
mod bound;
mod compile;
#[cfg(test)]
mod exhaustive;
#[cfg(test)]
mod fixture;
mod graph;
mod hours;
mod script;
mod search;
mod seek;
mod state;
#[cfg(test)]
mod tests;
mod ways;

pub use agent::Agent;
pub use attack_plan::{AttackPlan, Exactness, PlanStep};
pub use search::NoPlan;
pub use ways::{Cut, End, Eye, Observer, Part, Ways, Weighing};
