//! What it means: scores, batches, statistics and closed forms.
//!
//! ```text
//!               one run                       many runs                      on paper
//!  Event --> Milestones --> RunScore --> Scorecard --> Summary --> Results (one JSON object)
//!             (observer)                 (integers)    (floats)
//!                                            ^
//!             batch: rayon across runs ------'          EASI and timely detection: closed forms beside it
//! ```
//!
//! - *Milestone*: an instant that every run has at most once: t0, first access, first true alarm, detected, interrupted,
//!   objective, contained, stopped.
//! - *Outcome*: how a run ended, exactly one of six.
//! - *Price*: what the defence costs the people who work on the site: false alarms, refusals, working time.
//! - *Scorecard*: sums over runs, in integers only, so that shards merge exactly and memory does not grow with runs.
//!
//! A score is a function of the events of a run alone. With several adversaries the first one is scored; what the others
//! set off is neither a false alarm nor a gain.

pub mod batch;
pub mod closed_form;
pub mod easi;
pub mod heat;
pub mod measure;
pub mod milestones;
pub mod paths;
pub mod price;
pub mod results;
pub mod scorecard;
pub mod statistics;
pub mod summary;
pub mod tale;
pub mod timely;

#[cfg(test)]
mod testing;

pub use batch::{BatchOptions, BatchResult};
pub use closed_form::{ClosedForm, ClosedFormNote};
pub use heat::Heat;
pub use measure::Measures;
pub use milestones::{Blast, Milestones, Outcome, RunScore};
pub use paths::{PathOptions, Paths};
pub use price::{Item, Price, Unit};
pub use results::{InputFile, Results};
pub use scorecard::Scorecard;
pub use summary::Summary;
