//! What happens: the world, its clock and its operations. The only crate that
//! holds truth.
//!
//! ```text
//!   ordinary ─┐                                   ┌─> Truth     (scores, traces, viewers)
//!   attack  ──┼─> Command ─> queue ─> simulation ─┤
//!   guards  ──┤      ^                            └─> Observed ─> Defence ─> Orders ─┐
//!   operations┘      └───────────────────────────────────────────────────────────────┘
//! ```
//!
//! A run is a function of the plan, the seed and the run's number. Draws are
//! keyed by who, what for and which time, never consumed in order; events at one
//! instant keep the order in which they were scheduled.

mod access;
mod acts;
mod attack;
mod continuity;
mod event;
mod gate;
mod guards;
mod identity;
mod operations;
mod ordinary;
mod passage;
mod people;
mod queue;
mod records;
mod route;
mod simulation;
mod view;
mod world;

pub use event::*;
pub use queue::Queue;
pub use simulation::{QueueView, Simulation};
pub use view::*;
