//! The ground that every other module stands on: ids, time, probabilities, distributions, keyed draws, diagnostics.
//!
//! Nothing here knows of sites, attackers or defences. Everything is deterministic and portable: time is integer
//! milliseconds, a probability is an integer, and float maths goes through `libm`, never the platform's library.

pub mod diagnostic;
pub mod distribution;
pub mod draw;
pub mod id;
pub mod pace;
pub mod probability;
pub mod time;

pub use diagnostic::*;
pub use distribution::*;
pub use draw::*;
pub use id::*;
pub use pace::*;
pub use probability::*;
pub use time::*;
