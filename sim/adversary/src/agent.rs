//! The adversary as the engine drives it.

use doorward_model::base::AdversaryId;
use doorward_model::plan::{Method, Plan};
use doorward_model::signal::{AdversaryView, Intents, Percept};

use crate::attack_plan::{AttackPlan, PlanStep};
use crate::script;
use crate::seek::Seeker;
use crate::ways::Ways;

/// An adversary. What is fixed over all runs (graph, first plan, remembered
/// plans) is shared between clones; what changes in a run is small.
///
/// It is deterministic and draws nothing: the same percepts and views give the
/// same intents.
#[derive(Clone, Debug)]
pub struct Agent {
    conduct: Conduct,
}

#[derive(Clone, Debug)]
enum Conduct {
    Seek(Seeker),
    Script(script::Actor),
}

impl Agent {
    /// Compiles the attack graph of an adversary and makes its first plan.
    pub fn new(plan: &Plan, adversary: AdversaryId) -> Agent {
        let conduct = match plan.adversaries[adversary.index()].method {
            Method::Seek { .. } => Conduct::Seek(Seeker::new(plan, adversary)),
            Method::Script(_) => Conduct::Script(script::Actor::new(plan, adversary)),
        };
        Agent { conduct }
    }

    /// One that searches with so many labels at first.
    #[cfg(test)]
    pub(crate) fn within(plan: &Plan, adversary: AdversaryId, budget: usize) -> Agent {
        Agent { conduct: Conduct::Seek(Seeker::within(plan, adversary, budget)) }
    }

    /// One that follows a way of those that there are, and stops where it fails.
    pub fn following(plan: &Plan, ways: &Ways, attack: &AttackPlan) -> Agent {
        Agent { conduct: Conduct::Seek(ways.follower(plan, attack)) }
    }

    /// Back to the start of a run.
    pub fn reset(&mut self) {
        match &mut self.conduct {
            Conduct::Seek(seeker) => seeker.reset(),
            Conduct::Script(actor) => actor.reset(),
        }
    }

    /// Takes in what happened and decides what to do. `intents` is added to,
    /// not cleared. As long as there is a plan, `remaining_s` says how long
    /// until the objective as expected.
    pub fn perceive(&mut self, plan: &Plan, percept: &Percept, view: &AdversaryView<'_>, intents: &mut Intents) {
        match &mut self.conduct {
            Conduct::Seek(seeker) => seeker.perceive(plan, percept, view, intents),
            Conduct::Script(actor) => actor.perceive(plan, percept, view, intents),
        }
    }

    /// The plan that is followed; none once it has stopped, or where it saw no way from the start.
    pub fn current_plan(&self) -> Option<&AttackPlan> {
        match &self.conduct {
            Conduct::Seek(seeker) => seeker.current_plan(),
            Conduct::Script(actor) => actor.current_plan(),
        }
    }

    /// The steps of that plan that are not done yet, those under way included.
    pub fn steps_left(&self) -> impl Iterator<Item = &PlanStep> {
        let (seeker, actor) = match &self.conduct {
            Conduct::Seek(seeker) => (Some(seeker), None),
            Conduct::Script(actor) => (None, Some(actor)),
        };
        let sought = seeker.into_iter().flat_map(Seeker::steps_left);
        sought.chain(actor.into_iter().flat_map(script::Actor::steps_left))
    }
}
