//! An adversary that follows a script: each step once, in order, whoever does it.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::plan::{Adversary, Direction, Job, Method, Plan, ScriptAct, ScriptStep, Start, Technique};
use doorward_model::signal::{AdversaryView, Intent, Intents, Percept, StopReason, Through};
use doorward_model::technique::Act;

use crate::attack_plan::{AttackPlan, Exactness, PlanStep};
use crate::graph::StepId;
use crate::state::Move;

/// An adversary that follows a script.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    plan: Arc<AttackPlan>,
    adversary: AdversaryId,
    /// Steps that are behind.
    done: usize,
    over: bool,
}

impl Actor {
    pub(crate) fn new(plan: &Plan, id: AdversaryId) -> Actor {
        let adversary = &plan.adversaries[id.index()];
        let mut start_s = 0.0;
        let mut zones: Vec<Option<ZoneId>> = adversary.actors.iter().map(|actor| zone_of(actor.start)).collect();
        let steps: Vec<PlanStep> = script(adversary)
            .iter()
            .enumerate()
            .map(|(i, step)| {
                let end_s = start_s + seconds(plan, adversary, step);
                let zone = zones.get_mut(step.actor.index());
                let direction = zone.and_then(|zone| lead_away(plan, step, zone)).unwrap_or(Direction::Entry);
                let planned = PlanStep {
                    actors: vec![step.actor],
                    intents: vec![(step.actor, intent(plan, step, i, direction))],
                    technique: technique(step),
                    start_s,
                    end_s,
                    risk: 0.0,
                    adversary: id,
                    a_move: Move { step: StepId::from_index(i), actor: step.actor, partner: None },
                    origin: None,
                };
                start_s = end_s;
                planned
            })
            .collect();
        let plan = AttackPlan { steps, seconds: start_s, risk: 0.0, exactness: Exactness::Scripted };
        Actor { plan: Arc::new(plan), adversary: id, done: 0, over: false }
    }

    pub(crate) fn reset(&mut self) {
        self.done = 0;
        self.over = false;
    }

    pub(crate) fn current_plan(&self) -> Option<&AttackPlan> {
        (!self.over).then_some(&self.plan)
    }

    pub(crate) fn steps_left(&self) -> impl Iterator<Item = &PlanStep> {
        self.plan.steps.iter().skip(if self.over { usize::MAX } else { self.done })
    }

    pub(crate) fn perceive(&mut self, plan: &Plan, percept: &Percept, view: &AdversaryView<'_>, intents: &mut Intents) {
        if self.over {
            return;
        }
        match *percept {
            Percept::Begin => {}
            Percept::Done { .. } => self.done += 1,
            Percept::Failed { .. } | Percept::Met { .. } | Percept::Taken { .. } => {
                return self.stop(StopReason::NoWayLeft, intents);
            }
            // A script knows of no sessions.
            Percept::FootholdLost { .. } => return,
            Percept::TimeIsUp => return self.stop(StopReason::OutOfPatience, intents),
        }
        let Some(step) = script(&plan.adversaries[self.adversary.index()]).get(self.done) else {
            return self.stop(StopReason::Finished, intents);
        };
        let mut zone = view.zones.get(step.actor.index()).copied().flatten();
        let Some(direction) = lead_away(plan, step, &mut zone) else {
            return self.stop(StopReason::NoWayLeft, intents);
        };
        intents.list.push((step.actor, intent(plan, step, self.done, direction)));
        intents.remaining_s = self.plan.steps.get(self.done).map(|next| self.plan.seconds - next.start_s);
    }

    fn stop(&mut self, reason: StopReason, intents: &mut Intents) {
        self.over = true;
        intents.stop = Some(reason);
    }
}

fn script(adversary: &Adversary) -> &[ScriptStep] {
    match &adversary.method {
        Method::Script(steps) => steps,
        Method::Seek { .. } => &[],
    }
}

fn zone_of(start: Start) -> Option<ZoneId> {
    match start {
        Start::Zone(zone) => Some(zone),
        Start::Segment(_) => None,
    }
}

/// The direction in which a step leads away from the actor's zone, and moves them there; none if
/// they are not at its portal. A step that passes nothing has any direction.
fn lead_away(plan: &Plan, step: &ScriptStep, zone: &mut Option<ZoneId>) -> Option<Direction> {
    match step.what {
        ScriptAct::Pass(portal, _) => {
            let at = (*zone)?;
            let direction = [Direction::Entry, Direction::Exit]
                .into_iter()
                .find(|&direction| near_zone(plan, portal, direction) == at)?;
            *zone = Some(plan.zone_beyond(portal, direction));
            Some(direction)
        }
        ScriptAct::Spend(..) | ScriptAct::Task(..) => Some(Direction::Entry),
    }
}

/// The zone from which a direction leads away.
fn near_zone(plan: &Plan, portal: PortalId, direction: Direction) -> ZoneId {
    match direction {
        Direction::Entry => plan.zone_beyond(portal, Direction::Exit),
        Direction::Exit => plan.zone_beyond(portal, Direction::Entry),
    }
}

fn intent(plan: &Plan, step: &ScriptStep, place: usize, direction: Direction) -> Intent {
    match step.what {
        ScriptAct::Pass(portal, technique) => Intent::Pass { portal, direction, through: Through::Breaking, technique },
        ScriptAct::Spend(..) => Intent::Spend { step: place as u32 },
        ScriptAct::Task(asset, technique) => {
            let takes = plan.techniques[technique.index()].act == Act::TakeAsset;
            let job = if takes { Job::Take { asset } } else { Job::Sabotage { asset } };
            Intent::Work { job, from: None, technique }
        }
    }
}

fn technique(step: &ScriptStep) -> Option<TechniqueId> {
    match step.what {
        ScriptAct::Pass(_, technique) | ScriptAct::Task(_, technique) => Some(technique),
        ScriptAct::Spend(..) => None,
    }
}

/// Expected time of a step: exactly its own.
fn seconds(plan: &Plan, adversary: &Adversary, step: &ScriptStep) -> f64 {
    match &step.what {
        ScriptAct::Pass(portal, technique) => {
            let technique = &plan.techniques[technique.index()];
            let delay = match &technique.act {
                Act::Breach(method) => plan.portals[portal.index()].delay(method),
                _ => None,
            };
            work_s(adversary, technique, delay)
        }
        ScriptAct::Spend(_, takes) => takes.mean_s(),
        ScriptAct::Task(asset, technique) => {
            let technique = &plan.techniques[technique.index()];
            work_s(adversary, technique, Some(&plan.assets[asset.index()].task_time))
        }
    }
}

fn work_s(adversary: &Adversary, technique: &Technique, target: Option<&Distribution>) -> f64 {
    let own = technique.duration.as_ref().or(target).map_or(0.0, Distribution::mean_s);
    own * technique.duration_factor(adversary.skill, adversary.tools, 1)
}
