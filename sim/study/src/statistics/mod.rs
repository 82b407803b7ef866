//! Statistics over many runs.
//!
//! Accumulators hold integers and merge exactly, so that shards in any order equal the whole; floats appear only in
//! what is printed. Intervals are at 95 %.
//!
//! - [`interval`]: Wilson intervals of shares
//! - [`histogram`]: times in bins of one second
//! - [`incidence`]: cumulative incidence with competing events, from histograms
//! - [`paired`]: differences between two defences on equal run indices

pub mod histogram;
pub mod incidence;
pub mod interval;
pub mod paired;

pub use histogram::{HorizonsDiffer, PastHorizon, TimeHistogram};
pub use incidence::{CumulativeIncidence, IncidenceError};
pub use interval::{Estimate, wilson};
pub use paired::{PairedCounts, PairedMoments};
