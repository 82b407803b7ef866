//! A plan of attack, as an adversary follows it and as a trace shows it.

use doorward_model::base::*;
use doorward_model::plan::{Adversary, Job, Plan};
use doorward_model::signal::{Intent, Through};

use crate::belief::Belief;
use crate::graph::{Deed, Fact, FactId, Graph};
use crate::search::{Effort, NoPlan, Ranked, Searched, actors_of};
use crate::state::{Move, State, Timing};

/// Whether a plan is the best one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Exactness {
    /// Nothing is better by the adversary's own weights of time and risk.
    Optimal,
    /// The search ran out of its budget; the best plan costs at most this much
    /// less, in the seconds that the adversary's weights make of time and risk.
    Within(f64),
    /// Not searched: a script.
    Scripted,
}

/// Steps that lead to the objective, in the order in which they begin.
#[derive(Clone, PartialEq, Debug)]
pub struct AttackPlan {
    /// Steps.
    pub steps: Vec<PlanStep>,
    /// Expected seconds until the objective.
    pub seconds: f64,
    /// −ln(1 − detection) summed over all steps, as if sensing were independent.
    pub risk: f64,
    /// Whether it is the best one.
    pub exactness: Exactness,
}

/// One step of a plan. Times are in seconds from the moment of planning.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanStep {
    /// Who takes part; the one who moves first.
    pub actors: Vec<ActorId>,
    /// What each of them intends.
    pub intents: Vec<(ActorId, Intent)>,
    /// Technique; none where one only stays.
    pub technique: Option<TechniqueId>,
    /// When it begins, the walk to its place done.
    pub start_s: f64,
    /// When it ends.
    pub end_s: f64,
    /// −ln(1 − detection) of this step.
    pub risk: f64,
    pub(crate) adversary: AdversaryId,
    pub(crate) a_move: Move,
    /// Where its connection comes from.
    pub(crate) origin: Option<FactId>,
}

impl PlanStep {
    /// The step in words, with times: `0:42-1:10 thief: use badge, through dock door`.
    pub fn describe(&self, plan: &Plan) -> String {
        let adversary = &plan.adversaries[self.adversary.index()];
        let who: Vec<&str> = self.actors.iter().map(|&actor| name_of(adversary, actor)).collect();
        let how = self.technique.map_or("stay", |id| &plan.techniques[id.index()].title);
        let what = self.intents.first().map_or_else(String::new, |(_, intent)| describe(plan, intent));
        format!("{}-{} {}: {how}, {what}", minutes(self.start_s), minutes(self.end_s), who.join(" and "))
    }
}

fn name_of(adversary: &Adversary, actor: ActorId) -> &str {
    adversary.actors.get(actor.index()).map_or("?", |actor| &actor.name)
}

fn minutes(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// An intent in words.
pub(crate) fn describe(plan: &Plan, intent: &Intent) -> String {
    let portal = |id: PortalId| &plan.portals[id.index()].name;
    let credential = |id: CredentialId| &plan.credentials[id.index()].name;
    match *intent {
        Intent::Approach { portal: p } => format!("up to `{}`", portal(p)),
        Intent::Pass { portal: p, direction, through, .. } => {
            let into = &plan.zones[plan.zone_beyond(p, direction).index()].name;
            let how = match through {
                Through::Freely => String::new(),
                Through::With(badge) => format!(" with `{}`", credential(badge)),
                Through::Following => " behind somebody".to_owned(),
                Through::Breaking => " by overcoming it".to_owned(),
                Through::Released => " once it is released".to_owned(),
                Through::Persuading => " by talking".to_owned(),
                Through::Replaying => " with what its reader gave away".to_owned(),
            };
            format!("through `{}` into `{into}`{how}", portal(p))
        }
        Intent::Stay { lasts } => format!("for {lasts}"),
        Intent::Spend { step } => format!("as step {} of the script says", step + 1),
        Intent::Work { job, .. } => job.describe(plan),
    }
}

impl AttackPlan {
    /// Whether it takes no longer than the adversary has patience for.
    pub(crate) fn is_in_time(&self, plan: &Plan, adversary: AdversaryId) -> bool {
        self.seconds <= plan.adversaries[adversary.index()].gives_up_after.mean_s()
    }
}

/// The cheapest plan in a graph from a state under a belief, in time or not.
pub(crate) fn cheapest_plan(
    plan: &Plan,
    adversary: AdversaryId,
    graph: &Graph,
    belief: &Belief,
    state: &State,
    effort: Effort,
) -> Result<AttackPlan, NoPlan> {
    let found = Ranked::new(graph.narrowed(belief, state)).search(&Belief::default(), effort)?;
    Ok(written(plan, adversary, graph, state, found))
}

/// The best plan from a state under a belief: with all preparations made, if it is in time so.
pub(crate) fn best_plan(
    plan: &Plan,
    adversary: AdversaryId,
    graph: &Graph,
    belief: &Belief,
    state: &State,
    effort: Effort,
) -> Result<AttackPlan, NoPlan> {
    let sought = |graph: &Graph| cheapest_plan(plan, adversary, graph, belief, state, effort);
    // Rather without its preparations than not at all, or not in time.
    let found = sought(graph);
    let in_time = |found: &AttackPlan| found.is_in_time(plan, adversary);
    match &found {
        Ok(prepared) if in_time(prepared) => return found,
        Err(NoPlan::Budget) => return found,
        Ok(_) | Err(NoPlan::Nothing) => {}
    }
    match (found, graph.unprepared().map(|graph| sought(&graph))) {
        (Err(_), Some(unprepared)) => unprepared,
        (Ok(_), Some(Ok(unprepared))) if in_time(&unprepared) => Ok(unprepared),
        (found, _) => found,
    }
}

/// What was found from a state of a graph, as a plan.
pub(crate) fn written(
    plan: &Plan,
    adversary: AdversaryId,
    graph: &Graph,
    whole: &State,
    (narrow, start, found): Searched,
) -> AttackPlan {
    let mut state = start;
    let mut steps = Vec::with_capacity(found.moves.len());
    // From where connections can be opened: what is held already, then what is gained.
    let mut held = Vec::new();
    for crowd in graph.crowds.iter() {
        let ready = |device: &&DeviceId| {
            let fact = graph.facts.iter().position(|&fact| fact == Fact::Foothold(**device));
            fact.is_some_and(|fact| whole.ready(FactId::from_index(fact)).is_some())
        };
        held.extend(crowd.iter().find(ready).map(|device| (*device, 0)));
    }
    for &(a_move, timing) in &found.moves {
        let next = narrow.after(&state, a_move, timing);
        let risk = (next.risk() - state.risk()) as f64 / 1e6;
        steps.push(PlanStep { adversary, risk, ..plan_step(plan, graph, &narrow, &held, a_move, timing) });
        let gives = &graph.step(narrow.step(a_move.step).id).gives;
        held.extend(gives.iter().filter_map(|(fact, _)| match graph.facts[fact.index()] {
            Fact::Foothold(device) => Some((device, timing.end)),
            _ => None,
        }));
        state = next;
    }
    steps.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    let exactness = if found.gap == 0 { Exactness::Optimal } else { Exactness::Within(found.gap as f64 / 1e9) };
    AttackPlan { steps, seconds: found.ms as f64 / 1e3, risk: found.risk as f64 / 1e6, exactness }
}

/// A move of a narrowed graph as a step that names ids of the whole one.
fn plan_step(
    plan: &Plan,
    whole: &Graph,
    narrow: &Graph,
    held: &[(DeviceId, u64)],
    a_move: Move,
    timing: Timing,
) -> PlanStep {
    let id = narrow.step(a_move.step).id;
    let origin = timing.origin.map(|fact| match narrow.facts[fact.index()] {
        Fact::Among(crowd) => {
            let among = |(device, since): &&(DeviceId, u64)| {
                *since <= timing.start && whole.crowds[crowd.index()].contains(device)
            };
            held.iter().find(among).map_or(Fact::Among(crowd), |(device, _)| Fact::Foothold(*device))
        }
        fact => fact,
    });
    let origin = origin.and_then(|fact| whole.facts.iter().position(|&f| f == fact)).map(FactId::from_index);
    let a_move = Move { step: id, ..a_move };
    let mut step = PlanStep {
        actors: actors_of(a_move).collect(),
        intents: Vec::new(),
        technique: whole.step(id).technique,
        start_s: timing.start as f64 / 1e3,
        end_s: timing.end as f64 / 1e3,
        risk: 0.0,
        adversary: AdversaryId(0),
        a_move,
        origin,
    };
    step.intents = intents(plan, whole, &step);
    step
}

/// What those who take part in a step intend: first the actor, then the partner.
fn intents(plan: &Plan, graph: &Graph, planned: &PlanStep) -> Vec<(ActorId, Intent)> {
    let step = graph.step(planned.a_move.step);
    let technique = step.technique.unwrap_or(TechniqueId(0));
    let from = planned.origin.and_then(|fact| graph.facts[fact.index()].origin(plan));
    let own = match step.deed {
        Deed::Pass { portal, direction, through } => Some(Intent::Pass { portal, direction, through, technique }),
        Deed::Release { portal, direction, .. } => {
            Some(Intent::Pass { portal, direction, through: Through::Released, technique })
        }
        Deed::Stay { lasts } => Some(Intent::Stay { lasts }),
        // One that needs a connection has to come from somewhere.
        Deed::Job(_) if !step.origins.is_empty() && from.is_none() => None,
        Deed::Job(job) => Some(Intent::Work { job, from, technique }),
    };
    let partner = match (step.deed, planned.a_move.partner) {
        (Deed::Release { portal, by, .. }, Some(partner)) => {
            Some((partner, Intent::Work { job: Job::Unlock { by, portal }, from, technique }))
        }
        _ => None,
    };
    own.map(|intent| (planned.a_move.actor, intent)).into_iter().chain(partner).collect()
}
