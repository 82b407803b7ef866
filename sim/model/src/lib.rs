//! What is: identifiers, time, probability and draws; the files and the plan
//! that they compile to; the signals that pass between the parts.
//!
//! Layers, each knowing only those above it in this list:
//!
//! ```text
//! base       ids, time, probability, distributions, keyed draws, diagnostics
//! text       RON with spans, edits, extends
//! site, technique, scenario, defence      the file types
//! plan       all files compiled together: immutable and dense
//! signal     requests, observations, orders, percepts, intents
//! kind       what kinds of report there are, and the log of each
//! campus     a plausible site of any size, as text
//! fixture    tiny worlds in a few lines, for tests and benches
//! ```

pub mod base;
pub mod text;

pub mod defence;
pub mod scenario;
pub mod site;
pub mod technique;

pub mod plan;
pub mod signal;

pub mod kind;

pub mod campus;
pub mod fixture;
