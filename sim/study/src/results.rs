//! The one object that a study gives: figures, and everything needed to get them again.

use crate::summary::Summary;
use doorward_model::plan::{Assumption, Plan};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A file that was read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct InputFile {
    /// As the user or another file names it.
    pub path: String,
    /// BLAKE3 of its text, in hexadecimal; made by the caller.
    pub hash: String,
}

/// Figures with their provenance. Nothing in it tells how long it took, or on how many threads.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Results {
    /// Version of the program.
    pub doorward: String,
    /// Seed of all draws.
    pub seed: u64,
    /// Runs asked for; each result says how many it has.
    pub runs: u32,
    /// Files read, each once.
    pub inputs: Vec<InputFile>,
    /// Changes that the command line made to them.
    pub changes: Vec<String>,
    /// Every figure used whose grade is assumption or unverified.
    pub assumptions: Vec<Assumption>,
    /// One for each scenario and defence.
    pub results: Vec<Summary>,
}

/// The assumptions of several plans, each once, in the order in which they come.
pub fn assumptions(plans: &[Arc<Plan>]) -> Vec<Assumption> {
    let mut seen = BTreeSet::new();
    let all = plans.iter().flat_map(|plan| &plan.assumptions);
    all.filter(|a| seen.insert((a.file.as_str(), a.path.as_str(), a.value.as_str()))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plan;

    #[test]
    fn each_assumption_once() {
        let plan = Arc::new(plan());
        let once = assumptions(&[Arc::clone(&plan)]);
        assert!(!once.is_empty());
        assert_eq!(assumptions(&[Arc::clone(&plan), plan]), once);
    }
}
