//! What an adversary has come to believe of the graph by failing.

use std::collections::BTreeSet;

use crate::graph::{Fact, StepId};

/// Steps and routes that are believed not to work. Part of the memo's key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Belief {
    blocked: BTreeSet<StepId>,
    severed: BTreeSet<(Fact, StepId)>,
}

impl Belief {
    /// A step does not work.
    pub(crate) fn block(&mut self, step: StepId) {
        self.blocked.insert(step);
    }

    /// A step does not work from one origin.
    pub(crate) fn sever(&mut self, origin: Fact, step: StepId) {
        self.severed.insert((origin, step));
    }

    pub(crate) fn blocks(&self, step: StepId) -> bool {
        self.blocked.contains(&step)
    }

    pub(crate) fn severs(&self, origin: Fact, step: StepId) -> bool {
        self.severed.contains(&(origin, step))
    }

    /// Back to what its knowledge alone allows.
    pub(crate) fn forget(&mut self) {
        self.blocked.clear();
        self.severed.clear();
    }
}
