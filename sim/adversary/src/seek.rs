//! An adversary that searches: it follows the best plan that it knows of,
//! learns from what fails, and plans again from where it then stands.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use doorward_model::base::*;
use doorward_model::plan::{Objective, Plan};
use doorward_model::signal::{AdversaryView, Failure, Intent, Intents, Percept, StopReason, Through};
use doorward_model::site::AccountRole;
use rustc_hash::FxHashMap;

use crate::attack_plan::{AttackPlan, Exactness, PlanStep, best_plan, cheapest_plan};
use crate::belief::Belief;
use crate::bound::Estimate;
use crate::compile::{centre, compile};
use crate::graph::{Fact, FactId, Graph, Ground, SpotId, StepId};
use crate::search::{BESIDES, BUDGET, Effort, FURTHER, NoPlan};
use crate::state::{Move, State, Timing, Whereabouts};

/// Plans that are remembered; beyond that the memory starts anew. Planning is
/// a pure function of belief and state, so this cannot change a result.
const MEMO_MAX: usize = 512;

/// Less than this is not waited for before a step: means are not that exact.
const WAITS_FROM_MS: u64 = 60_000;

/// Presentations of a forged badge before it is believed not to work: a panel
/// may take longer than the mean to hear of it.
const FORGED_TRIES: u32 = 3;

type Found = Result<Arc<AttackPlan>, NoPlan>;

/// Plans by belief and state.
#[derive(Debug, Default)]
struct Memo {
    /// From there on.
    plans: FxHashMap<(Belief, State), Found>,
    /// From there on, as if it stayed as it was then: the state is of no time.
    as_now: FxHashMap<(Belief, State), Found>,
}

/// What is fixed over all runs.
#[derive(Debug)]
struct Mind {
    adversary: AdversaryId,
    graph: Graph,
    start: State,
    /// The graph as if nothing depended on the time, where something does.
    timeless: Option<Graph>,
    objective: Objective,
    first: Found,
    /// It follows its first plan or stops: it makes no other.
    set: bool,
}

/// An adversary that searches.
#[derive(Clone, Debug)]
pub(crate) struct Seeker {
    mind: Arc<Mind>,
    /// Shared with all copies, on whatever thread.
    memo: Arc<Mutex<Memo>>,
    run: Run,
}

/// What changes in a run.
#[derive(Clone, Debug)]
struct Run {
    begun: bool,
    over: bool,
    belief: Belief,
    /// Tries that came to nothing, by step.
    tries: Vec<(StepId, u32)>,
    members: Vec<Member>,
    /// Facts that the view does not tell apart, and from when on they are of use.
    made: Vec<(FactId, SimTime)>,
    plan: Option<Arc<AttackPlan>>,
    /// The last search ran out before it found a way.
    ran_out: bool,
}

/// A step that is still to be done, in a look ahead.
struct Ahead<'s> {
    place: usize,
    step: &'s PlanStep,
    timing: Timing,
    /// Walk to where it is done.
    lead: u64,
    /// The latest that it can begin.
    latest: u64,
}

/// One member in a run.
#[derive(Clone, Copy, Debug)]
struct Member {
    gone: bool,
    /// Where they stand, as long as the view shows them in its zone.
    spot: Option<SpotId>,
    doing: Option<Doing>,
    /// Steps of the plan before this one are behind them.
    cursor: usize,
}

/// An intent under way.
#[derive(Clone, Copy, Debug)]
struct Doing {
    part: Part,
    until: SimTime,
}

/// Which part of a step an intent is.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// Walking up to this spot.
    Approach(SpotId),
    /// Waiting until an input is of use.
    Wait,
    /// Biding one's time: to begin sooner would gain nothing.
    Bide,
    /// At the console, of a release.
    Unlock,
    /// The deed; with its place in the plan, unless that was left since.
    Deed(Move, Option<usize>),
}

/// Keeps what was found; forgets all else when there is too much of it.
fn remember(memo: &mut FxHashMap<(Belief, State), Found>, key: (Belief, State), found: &Found) {
    if memo.len() >= MEMO_MAX {
        memo.clear();
    }
    memo.insert(key, found.clone());
}

impl Member {
    const NEW: Member = Member { gone: false, spot: None, doing: None, cursor: 0 };
}

impl Seeker {
    pub(crate) fn new(plan: &Plan, id: AdversaryId) -> Seeker {
        Self::within(plan, id, BUDGET)
    }

    /// One whose first search has so many labels.
    pub(crate) fn within(plan: &Plan, id: AdversaryId, budget: usize) -> Seeker {
        let (graph, start) = compile(plan, &plan.adversaries[id.index()]);
        let first = best_plan(plan, id, &graph, &Belief::default(), &start, Effort::best(budget)).map(Arc::new);
        Self::with(
            plan,
            Mind {
                adversary: id,
                timeless: graph.is_timed().then(|| graph.timeless()),
                graph,
                start,
                objective: plan.adversaries[id.index()].objective.clone(),
                first,
                set: false,
            },
        )
    }

    /// One that does what it is told, and stops where that fails.
    pub(crate) fn following(plan: &Plan, id: AdversaryId, graph: Graph, start: State, attack: AttackPlan) -> Seeker {
        let objective = plan.adversaries[id.index()].objective.clone();
        let timeless = graph.is_timed().then(|| graph.timeless());
        let first = Ok(Arc::new(attack));
        Self::with(plan, Mind { adversary: id, graph, start, timeless, objective, first, set: true })
    }

    fn with(plan: &Plan, mind: Mind) -> Seeker {
        let run = Run {
            begun: false,
            over: false,
            belief: Belief::default(),
            tries: Vec::new(),
            members: vec![Member::NEW; plan.adversaries[mind.adversary.index()].actors.len()],
            made: Vec::new(),
            plan: mind.first.as_ref().ok().cloned(),
            ran_out: false,
        };
        Seeker { mind: Arc::new(mind), memo: Arc::default(), run }
    }

    pub(crate) fn reset(&mut self) {
        let run = &mut self.run;
        run.begun = false;
        run.over = false;
        run.belief.forget();
        run.tries.clear();
        run.members.fill(Member::NEW);
        run.made.clear();
        run.plan = self.mind.first.as_ref().ok().cloned();
        run.ran_out = false;
    }

    pub(crate) fn current_plan(&self) -> Option<&AttackPlan> {
        self.run.plan.as_deref()
    }

    /// Steps that somebody has still to do.
    pub(crate) fn steps_left(&self) -> impl Iterator<Item = &PlanStep> {
        let steps = self.run.plan.iter().flat_map(|plan| plan.steps.iter().enumerate());
        steps.filter(|&(i, step)| self.is_left(i, step)).map(|(_, step)| step)
    }

    fn is_left(&self, i: usize, step: &PlanStep) -> bool {
        self.run.members[step.a_move.actor.index()].cursor <= i
    }

    pub(crate) fn perceive(&mut self, plan: &Plan, percept: &Percept, view: &AdversaryView<'_>, intents: &mut Intents) {
        if self.run.over {
            return;
        }
        let replan = match *percept {
            Percept::Begin => {
                self.run.begun = true;
                true
            }
            Percept::Done { actor, intent } => {
                self.done(actor, &intent, view);
                false
            }
            Percept::Failed { actor, intent, why } => self.failed(plan, actor, &intent, why, view),
            Percept::FootholdLost { .. } => true,
            Percept::Met { actor } | Percept::Taken { actor } => {
                if let Some(member) = self.run.members.get_mut(actor.index()) {
                    *member = Member { gone: true, ..Member::NEW };
                }
                true
            }
            Percept::TimeIsUp => return self.stop(StopReason::OutOfPatience, intents),
        };
        if self.run.over || self.is_stolen(plan, view) {
            return self.stop(StopReason::Finished, intents);
        }
        if self.run.begun {
            self.go_on(plan, view, intents, replan);
        }
    }

    /// Plans again if need be, and sets everybody to work.
    fn go_on(&mut self, plan: &Plan, view: &AdversaryView<'_>, intents: &mut Intents, replan: bool) {
        if replan {
            self.replan(plan, view);
        }
        self.issue(plan, view, intents);
        if self.is_stalled() && !replan {
            // The plan has come to a halt without a failure: something that it counts on is not there any more.
            self.replan(plan, view);
            self.issue(plan, view, intents);
        }
        if !self.is_busy() {
            let why = if self.run.ran_out { StopReason::SearchRanOut } else { StopReason::NoWayLeft };
            return self.stop(why, intents);
        }
        if self.run.plan.is_none() {
            // What is under way is all that is left; it may still open a way.
            return;
        }
        intents.remaining_s = self.forecast(plan, view);
    }

    fn stop(&mut self, reason: StopReason, intents: &mut Intents) {
        self.run.over = true;
        self.run.plan = None;
        intents.stop = Some(reason);
    }

    /// Whether nobody gets on, or only bides the time of somebody who does not.
    fn is_stalled(&self) -> bool {
        let bides = |m: &Member| m.doing.is_none_or(|doing| matches!(doing.part, Part::Bide));
        let idles = |i: usize| self.run.members[i].doing.is_none() && self.next_step(ActorId::from_index(i)).is_some();
        !self.is_busy() || self.run.members.iter().all(bides) && (0..self.run.members.len()).any(idles)
    }

    fn is_busy(&self) -> bool {
        self.run.members.iter().any(|member| member.doing.is_some())
    }

    // ----------------------------------------------------------- learning

    fn done(&mut self, actor: ActorId, intent: &Intent, view: &AdversaryView<'_>) {
        let Some(member) = self.run.members.get_mut(actor.index()) else { return };
        let Some(doing) = member.doing.take() else { return };
        match doing.part {
            Part::Wait | Part::Bide => {}
            Part::Approach(spot) => member.spot = Some(spot),
            Part::Unlock => self.unlocked(actor, intent),
            Part::Deed(a_move, place) => {
                if let Some(place) = place {
                    member.cursor = place + 1;
                }
                self.learn_success(a_move, view);
            }
        }
    }

    /// The partner's part of a release is behind them.
    fn unlocked(&mut self, actor: ActorId, intent: &Intent) {
        if let Some((place, step)) = self.next_step(actor)
            && step.intents.iter().any(|(who, what)| *who == actor && what == intent)
        {
            let at = self.mind.graph.step(step.a_move.step).partner;
            let member = &mut self.run.members[actor.index()];
            member.cursor = place + 1;
            if let Ground::Spot { to, .. } = at {
                member.spot = Some(to);
            }
        }
    }

    fn learn_success(&mut self, a_move: Move, view: &AdversaryView<'_>) {
        let graph = &self.mind.graph;
        let step = graph.step(a_move.step);
        if let Ground::Spot { to, .. } = step.ground {
            self.run.members[a_move.actor.index()].spot = Some(to);
        }
        // The delay of a fact is for plans: a step counts as done once what it gives is of use.
        for &(fact, _) in &step.gives {
            match graph.facts[fact.index()] {
                Fact::Attached(_)
                | Fact::Joined(_)
                | Fact::Session(_)
                | Fact::Enrolled(..)
                | Fact::Unlocked(_)
                | Fact::Tapped(..)
                | Fact::Pin(_)
                | Fact::Revived(_)
                | Fact::CutOff
                | Fact::Prepared(_) => self.run.made.push((fact, view.now)),
                Fact::Objective => self.run.over = true,
                // All else is in the view.
                Fact::Desk(_)
                | Fact::Among(_)
                | Fact::Foothold(_)
                | Fact::Operate(_)
                | Fact::Administer(_)
                | Fact::Secret(_)
                | Fact::Badge(_)
                | Fact::InPlace(_)
                | Fact::Carried(_) => {}
            }
        }
    }

    /// Whether to plan again after a failure.
    fn failed(&mut self, plan: &Plan, actor: ActorId, intent: &Intent, why: Failure, view: &AdversaryView<'_>) -> bool {
        let current = self.next_step(actor).map(|(_, step)| step.a_move.step);
        let Some(member) = self.run.members.get_mut(actor.index()) else { return false };
        let doing = member.doing.take();
        let tried = match doing.map(|doing| doing.part) {
            Some(Part::Deed(a_move, _)) => Some(a_move.step),
            // A plan made since may go on with another step.
            Some(Part::Unlock) => {
                let releases = || self.mind.graph.steps_of(intent);
                releases().find(|step| Some(*step) == current).or_else(|| releases().next())
            }
            Some(Part::Approach(_) | Part::Wait | Part::Bide) | None => current,
        };
        let Some(tried) = tried else { return true };
        if let Ground::Spot { at, .. } = self.mind.graph.step(tried).ground
            && matches!(intent, Intent::Pass { .. })
        {
            member.spot = Some(at);
        }
        if let Some(fact) = self.forged(intent) {
            // Perhaps the panel has not heard of it yet: as long again.
            let delay =
                self.mind.graph.steps.iter().flat_map(|s| &s.gives).find(|(f, _)| *f == fact).map_or(0, |g| g.1);
            self.run.made.push((fact, view.now + SimDuration::from_millis(delay)));
        }
        if why == Failure::SessionLost && self.is_cut_off(plan, view, tried, intent) {
            // That says nothing of the step: the way to it may be open again.
            return true;
        }
        if !self.is_hopeless(plan, tried, intent, why) {
            // A release that was not used has to be given again.
            return self.mind.graph.step(tried).is_release() || doing.is_none();
        }
        self.block(plan, tried, intent, why);
        true
    }

    /// The forged credential that an intent presents, as a fact.
    fn forged(&self, intent: &Intent) -> Option<FactId> {
        match *intent {
            Intent::Pass { through: Through::With(credential), .. } => {
                let facts = &self.mind.graph.facts;
                let made = self.run.made.iter().rev().map(|(fact, _)| *fact);
                made.into_iter().find(|f| matches!(facts[f.index()], Fact::Enrolled(c, _) if c == credential))
            }
            _ => None,
        }
    }

    /// Whether something that a step needs is not in hand any more.
    fn is_cut_off(&self, plan: &Plan, view: &AdversaryView<'_>, tried: StepId, intent: &Intent) -> bool {
        let facts = &self.mind.graph.facts;
        let step = self.mind.graph.step(tried);
        let is_gone = |fact: FactId| self.ready(plan, view, facts[fact.index()]).is_none();
        let from = match *intent {
            Intent::Work { from, .. } => from,
            _ => None,
        };
        let graph = &self.mind.graph;
        let is_from = |fact: &FactId| from.is_some_and(|from| graph.is_origin(plan, *fact, from));
        let mut ways = step.origins.iter().copied().filter(is_from);
        step.needs.iter().copied().any(is_gone) || from.is_some() && ways.all(is_gone)
    }

    /// Counts a failure; whether it is the last one that is put up with.
    fn is_hopeless(&mut self, plan: &Plan, tried: StepId, intent: &Intent, why: Failure) -> bool {
        let technique = self.mind.graph.step(tried).technique;
        let attempts = technique.map_or(1, |id| plan.techniques[id.index()].attempts);
        let allowed = match why {
            Failure::Refused if self.forged(intent).is_some() => attempts.max(FORGED_TRIES),
            Failure::Refused | Failure::NotReachable | Failure::LoginRefused | Failure::NotThere => 1,
            Failure::NobodyCame | Failure::DidNotWork | Failure::SessionLost => attempts.max(1),
        };
        let tries = &mut self.run.tries;
        let used = match tries.iter_mut().find(|(step, _)| *step == tried) {
            Some((_, used)) => {
                *used += 1;
                *used
            }
            None => {
                tries.push((tried, 1));
                1
            }
        };
        used >= allowed
    }

    /// Believes from here on that what was tried does not work.
    fn block(&mut self, plan: &Plan, tried: StepId, intent: &Intent, why: Failure) {
        let Mind { graph, .. } = &*self.mind;
        let belief = &mut self.run.belief;
        let route = match *intent {
            Intent::Work { job, from: Some(from), .. } if why == Failure::NotReachable => Some((from, job.bench(plan))),
            _ => None,
        };
        if let Some((from, to)) = route {
            let origins = (0..graph.facts.len()).map(FactId::from_index);
            for origin in origins.filter(|&fact| graph.is_origin(plan, fact, from)) {
                for step in graph.steps.iter().filter(|step| step.connects_to(plan, to)) {
                    belief.sever(graph.facts[origin.index()], step.id);
                }
            }
        } else {
            belief.block(tried);
            for step in graph.steps_of(intent) {
                belief.block(step);
            }
        }
    }

    // ----------------------------------------------------------- planning

    fn replan(&mut self, plan: &Plan, view: &AdversaryView<'_>) {
        let state = self.state(plan, view);
        let found = self.plan_for(plan, state);
        self.run.ran_out = matches!(found, Err(NoPlan::Budget));
        self.run.plan = found.ok();
        for member in &mut self.run.members {
            member.cursor = 0;
            if let Some(Doing { part: Part::Deed(_, place), .. }) = &mut member.doing {
                *place = None;
            }
        }
    }

    fn plan_for(&self, plan: &Plan, state: State) -> Found {
        if self.run.belief == Belief::default() && self.first_holds(&state) {
            return self.mind.first.clone();
        }
        if self.mind.set {
            return Err(NoPlan::Nothing);
        }
        let Mind { adversary, graph, start, first, .. } = &*self.mind;
        // Where it only begins at another time, the first plan is better than none.
        let begins = self.run.belief == Belief::default() && state.clone().at(start.epoch()) == *start;
        let (now, effort) = match self.plan_as_now(plan, &state) {
            // What is too much as it is now is too much with what comes later.
            Some(Err(NoPlan::Budget)) => return if begins { first.clone() } else { Err(NoPlan::Budget) },
            Some(Ok(now)) if now.is_in_time(plan, *adversary) && self.holds(&state, &now) => {
                match self.is_best(&state, &now) {
                    true => return Ok(now),
                    false => (Some(now), BESIDES),
                }
            }
            Some(Ok(_) | Err(NoPlan::Nothing)) | None => (None, FURTHER),
        };
        let key = (self.run.belief.clone(), state);
        if let Some(known) = self.memo().plans.get(&key) {
            return known.clone();
        }
        let cost = |found: &AttackPlan| (!found.is_in_time(plan, *adversary), graph.price.of_plan(found));
        let found = match (best_plan(plan, *adversary, graph, &key.0, &key.1, effort).map(Arc::new), now) {
            (Ok(found), Some(now)) if cost(&found) < cost(&now) => Ok(found),
            (_, Some(now)) => Ok(now),
            (Err(NoPlan::Budget), None) if begins => first.clone(),
            (found, None) => found,
        };
        remember(&mut self.memo().plans, key, &found);
        found
    }

    /// The best plan from a state as if all went on as it is now: what is shut stays shut, what is open stays open. None
    /// where nothing depends on the time.
    fn plan_as_now(&self, plan: &Plan, state: &State) -> Option<Found> {
        let Mind { adversary, graph, timeless, .. } = &*self.mind;
        let timeless = timeless.as_ref()?;
        let mut belief = self.run.belief.clone();
        graph.steps.iter().filter(|step| !step.hours.contain(state.epoch())).for_each(|step| belief.block(step.id));
        let key = (belief, state.clone().at(0));
        if let Some(known) = self.memo().as_now.get(&key) {
            return Some(known.clone());
        }
        let found = cheapest_plan(plan, *adversary, timeless, &key.0, &key.1, FURTHER).map(Arc::new);
        remember(&mut self.memo().as_now, key, &found);
        Some(found)
    }

    /// Whether a plan that was made as if all went on as it is now can be carried out so: nothing shuts before it is done.
    fn holds(&self, state: &State, now: &AttackPlan) -> bool {
        let open = |step: &PlanStep| {
            let at = state.epoch() + (step.start_s * 1e3).round() as u64;
            self.mind.graph.step(step.a_move.step).hours.contain(at)
        };
        now.steps.iter().all(open)
    }

    /// Whether no plan costs less than one that was made as if all went on as it is now, and holds: whatever makes use of
    /// a step that is shut begins too late for it, or costs more with it.
    fn is_best(&self, state: &State, now: &AttackPlan) -> bool {
        let Mind { graph, .. } = &*self.mind;
        let (epoch, cost) = (state.epoch(), graph.price.of_plan(now));
        if now.exactness != Exactness::Optimal {
            return false;
        }
        let opens = graph.steps.iter().filter_map(|step| step.hours.next(epoch)).filter(|opens| *opens > epoch).min();
        if opens.is_none_or(|opens| graph.price.of(opens - epoch, 0) >= cost) {
            return true;
        }
        let (graph, state) = graph.narrowed(&self.run.belief, state);
        let (through, _) = Estimate::new(&graph, state.actors()).through(&state);
        graph.steps.iter().zip(through).all(|(step, through)| through >= cost || step.hours.contain(epoch))
    }

    fn memo(&self) -> MutexGuard<'_, Memo> {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a state is that of the first plan, which takes as long from here as when it was made.
    fn first_holds(&self, state: &State) -> bool {
        let Mind { graph, start, first, .. } = &*self.mind;
        if state.clone().at(start.epoch()) != *start {
            return false;
        }
        let Ok(first) = first else { return true };
        let mut now = state.clone();
        for step in &first.steps {
            let Some(timing) = graph.timing(&now, step.a_move) else { return false };
            now = graph.after(&now, step.a_move, timing);
        }
        now.ready(graph.objective).is_some_and(|ms| ms as f64 / 1e3 <= first.seconds)
    }

    /// Where the team stands, with what is under way counted as if it succeeds when expected.
    fn state(&self, plan: &Plan, view: &AdversaryView<'_>) -> State {
        let graph = &self.mind.graph;
        let places: Vec<Whereabouts> = (0..self.run.members.len()).map(|i| self.place(plan, view, i)).collect();
        let epoch = if self.mind.timeless.is_some() { view.now.as_millis() } else { 0 };
        let mut state = State::new(&places, &graph.facts, |fact| self.ready(plan, view, fact)).at(epoch);
        for (i, member) in self.run.members.iter().enumerate() {
            if let Some(doing) = member.doing
                && places[i] != Whereabouts::Gone
            {
                let ends = (doing.until - view.now).as_millis();
                match doing.part {
                    Part::Approach(spot) => {
                        state.stand(i, spot);
                        state.set_clock(i, ends);
                    }
                    // Who waits can be called upon.
                    Part::Wait | Part::Bide => {}
                    Part::Unlock => state.set_clock(i, ends),
                    Part::Deed(a_move, _) => {
                        let timing = Timing { start: 0, done: ends, end: ends, origin: None };
                        let risk_free = Move { partner: None, ..a_move };
                        graph.settle(&mut state, risk_free, timing);
                    }
                }
            }
        }
        state.without_risk()
    }

    fn place(&self, plan: &Plan, view: &AdversaryView<'_>, actor: usize) -> Whereabouts {
        let member = &self.run.members[actor];
        let idle = view.idle.get(actor).copied().unwrap_or(false);
        if member.gone || (member.doing.is_none() && !idle) {
            return Whereabouts::Gone;
        }
        if self.mind.start.place(actor) == Whereabouts::Desk {
            return Whereabouts::Desk;
        }
        let Some(zone) = view.zones.get(actor).copied().flatten() else { return Whereabouts::Gone };
        let known = member.spot.filter(|&spot| self.mind.graph.zone_of(spot) == zone);
        Whereabouts::At(known.unwrap_or_else(|| centre(plan, zone)))
    }

    /// In how many milliseconds a fact is of use; none: not in hand.
    fn ready(&self, plan: &Plan, view: &AdversaryView<'_>, fact: Fact) -> Option<u64> {
        let role = |device: DeviceId| view.held.get(device.index()).copied().flatten();
        let carrier = |asset: AssetId| view.carried.get(asset.index()).copied().flatten();
        let in_hand = match fact {
            Fact::Objective => false,
            Fact::Desk(segment) => view.segments.contains(segment.index()),
            Fact::Attached(jack) => {
                return self
                    .made_in(view, fact)
                    .filter(|_| view.segments.contains(plan.jacks[jack.index()].segment.index()));
            }
            Fact::Joined(wifi) => {
                return self
                    .made_in(view, fact)
                    .filter(|_| view.segments.contains(plan.wifi[wifi.index()].segment.index()));
            }
            Fact::Enrolled(credential, _) => {
                return self.made_in(view, fact).filter(|_| view.credentials.contains(credential.index()));
            }
            Fact::Unlocked(_)
            | Fact::Session(_)
            | Fact::Tapped(..)
            | Fact::Pin(_)
            | Fact::Revived(_)
            | Fact::CutOff
            | Fact::Prepared(_) => {
                return self.made_in(view, fact);
            }
            Fact::Foothold(device) => view.footholds.contains(device.index()),
            Fact::Among(crowd) => {
                let devices = &self.mind.graph.crowds[crowd.index()];
                devices.iter().any(|device| view.footholds.contains(device.index()))
            }
            Fact::Operate(device) => role(device) >= Some(AccountRole::Operator),
            Fact::Administer(device) => role(device) >= Some(AccountRole::Administrator),
            Fact::Secret(account) => view.accounts.contains(account.index()),
            Fact::Badge(credential) => view.credentials.contains(credential.index()),
            Fact::InPlace(asset) => carrier(asset).is_none(),
            Fact::Carried(actor) => match self.mind.objective {
                Objective::Theft(asset) => carrier(asset) == Some(actor),
                Objective::Sabotage(_) | Objective::Exfiltration(..) | Objective::Reach(..) => false,
            },
        };
        in_hand.then_some(0)
    }

    fn made_in(&self, view: &AdversaryView<'_>, fact: Fact) -> Option<u64> {
        let facts = &self.mind.graph.facts;
        let made = self.run.made.iter().rev().find(|(id, _)| facts[id.index()] == fact);
        made.map(|(_, at)| (*at - view.now).as_millis())
    }

    fn is_stolen(&self, plan: &Plan, view: &AdversaryView<'_>) -> bool {
        match self.mind.objective {
            Objective::Theft(asset) => view
                .carried
                .get(asset.index())
                .copied()
                .flatten()
                .and_then(|actor| view.zones.get(actor.index()).copied().flatten())
                .is_some_and(|zone| plan.zones[zone.index()].offsite()),
            Objective::Sabotage(_) | Objective::Exfiltration(..) | Objective::Reach(..) => false,
        }
    }

    // ------------------------------------------------------------- acting

    /// The next step of the plan in which an actor takes part.
    fn next_step(&self, actor: ActorId) -> Option<(usize, &PlanStep)> {
        let cursor = self.run.members.get(actor.index())?.cursor;
        let steps = &self.run.plan.as_ref()?.steps;
        steps.iter().enumerate().skip(cursor).find(|(_, step)| step.actors.contains(&actor))
    }

    /// An intent for everybody who is idle, or only waits, and can go on.
    fn issue(&mut self, plan: &Plan, view: &AdversaryView<'_>, intents: &mut Intents) {
        for i in 0..self.run.members.len() {
            let actor = ActorId::from_index(i);
            let waits = matches!(self.run.members[i].doing, Some(Doing { part: Part::Wait | Part::Bide, .. }));
            let is_idle = self.run.members[i].doing.is_none() && view.idle.get(i).copied().unwrap_or(false);
            if (is_idle || waits)
                && !self.run.members[i].gone
                && let Some((intent, part, lasts)) = self.next_intent(plan, view, actor)
                && !(waits && matches!(part, Part::Wait | Part::Bide))
            {
                let until = view.now + SimDuration::from_millis(lasts);
                self.run.members[i].doing = Some(Doing { part, until });
                intents.list.push((actor, intent));
            }
        }
    }

    /// What an actor does next, as which part of a step, and for how long as expected.
    fn next_intent(&self, plan: &Plan, view: &AdversaryView<'_>, actor: ActorId) -> Option<(Intent, Part, u64)> {
        let graph = &self.mind.graph;
        let (place, planned) = self.next_step(actor)?;
        let step = graph.step(planned.a_move.step);
        let (_, own) = *planned.intents.iter().find(|(who, _)| *who == actor)?;
        let wait = self.wait(plan, view, planned);

        if actor != planned.a_move.actor {
            return match wait {
                Some(0) if self.stands_ready(plan, view, place, planned) => Some((own, Part::Unlock, step.ms)),
                Some(0) | None => None,
                Some(ms) => Some((Intent::Stay { lasts: SimDuration::from_millis(ms) }, Part::Wait, ms)),
            };
        }
        let state = self.state(plan, view);
        let lead = graph.lead(&state, step, actor.index())?;
        let released = planned.a_move.partner.is_none_or(|p| self.run.members[p.index()].cursor > place);
        let is_there = self.is_at(plan, view, planned);
        if step.ground != Ground::Console
            && let Some(ms) = self.slack(plan, view, place).filter(|&ms| ms >= WAITS_FROM_MS)
        {
            return Some((Intent::Stay { lasts: SimDuration::from_millis(ms) }, Part::Bide, ms));
        }
        if wait == Some(0) && released {
            let lasts = if step.is_release() { step.pass_ms } else { lead + step.ms };
            return Some((own, Part::Deed(planned.a_move, Some(place)), lasts));
        }
        match (step.portal(), step.ground, wait) {
            // Inputs are on their way: go and stand where they will be needed.
            (Some(portal), Ground::Spot { at, .. }, _) if !is_there => {
                Some((Intent::Approach { portal }, Part::Approach(at), lead))
            }
            (_, _, Some(ms)) if ms > 0 => Some((Intent::Stay { lasts: SimDuration::from_millis(ms) }, Part::Wait, ms)),
            _ => None,
        }
    }

    /// How much later a step can begin without anything coming later for it: who goes in early is there to be seen.
    fn slack(&self, plan: &Plan, view: &AdversaryView<'_>, place: usize) -> Option<u64> {
        let graph = &self.mind.graph;
        let mut state = self.state(plan, view);
        let planned = self.run.plan.as_ref()?;
        let mut ahead: Vec<Ahead<'_>> = Vec::new();
        let now = view.now.as_millis();
        for (i, step) in planned.steps.iter().enumerate() {
            if self.is_left(i, step) && !self.is_under_way(i, step) {
                let actor = step.a_move.actor.index();
                let lead = graph.lead(&state, graph.step(step.a_move.step), actor).unwrap_or(0);
                let partner = step.a_move.partner.filter(|p| self.run.members[p.index()].cursor <= i);
                let (a_move, timing) = graph.supposed(&state, Move { partner, ..step.a_move });
                graph.settle(&mut state, a_move, timing);
                ahead.push(Ahead { place: i, step, timing, lead, latest: 0 });
            }
        }
        let all_done = state.ready(graph.objective).unwrap_or_else(|| state.latest());
        for i in (0..ahead.len()).rev() {
            let (before, later) = ahead.split_at(i + 1);
            let own = &before[i];
            let gives = &graph.step(own.step.a_move.step).gives;
            let mut end = all_done;
            for other in later {
                let needs = &graph.step(other.step.a_move.step).needs;
                let inputs = || needs.iter().chain(&other.step.origin);
                for (_, delay) in gives.iter().filter(|(fact, _)| inputs().any(|need| need == fact)) {
                    end = end.min(other.latest.saturating_sub(*delay));
                }
                if other.step.actors.iter().any(|actor| own.step.actors.contains(actor)) {
                    end = end.min(other.latest.saturating_sub(other.lead));
                }
            }
            let Timing { start, end: ends, .. } = own.timing;
            let wanted = start.max(end.saturating_sub(ends - start));
            let hours = &graph.step(own.step.a_move.step).hours;
            let latest = hours.near(now + start, now + wanted) - now;
            ahead[i].latest = latest;
        }
        let own = ahead.iter().find(|step| step.place == place)?;
        let from = self.state(plan, view).clock(own.step.a_move.actor.index()).saturating_add(own.lead);
        Some(own.latest.saturating_sub(from))
    }

    fn is_under_way(&self, place: usize, step: &PlanStep) -> bool {
        let doing = self.run.members[step.a_move.actor.index()].doing;
        matches!(doing, Some(Doing { part: Part::Deed(_, Some(at)), .. }) if at == place)
    }

    /// How long until all inputs of a step are of use; none: not in sight.
    fn wait(&self, plan: &Plan, view: &AdversaryView<'_>, planned: &PlanStep) -> Option<u64> {
        let graph = &self.mind.graph;
        let step = graph.step(planned.a_move.step);
        let mut wait = 0;
        let prepares = |fact: &FactId| matches!(graph.facts[fact.index()], Fact::Prepared(_));
        let planned_for = |fact: &FactId| {
            let steps = self.run.plan.iter().flat_map(|plan| &plan.steps);
            steps.flat_map(|step| &graph.step(step.a_move.step).gives).any(|(given, _)| given == fact)
        };
        let needs = step.needs.iter().filter(|fact| !prepares(fact) || planned_for(fact));
        for fact in needs.chain(&planned.origin) {
            wait = wait.max(self.ready(plan, view, graph.facts[fact.index()])?);
        }
        let now = view.now.as_millis();
        step.hours.next(now.saturating_add(wait)).map(|at| at - now)
    }

    /// Whether the actor of a release stands idle at its portal.
    fn stands_ready(&self, plan: &Plan, view: &AdversaryView<'_>, place: usize, planned: &PlanStep) -> bool {
        let walker = planned.a_move.actor;
        self.run.members[walker.index()].doing.is_none()
            && self.next_step(walker).is_some_and(|(next, _)| next == place)
            && self.is_at(plan, view, planned)
    }

    /// Whether the actor of a step stands where it is done.
    fn is_at(&self, plan: &Plan, view: &AdversaryView<'_>, planned: &PlanStep) -> bool {
        match self.mind.graph.step(planned.a_move.step).ground {
            Ground::Console | Ground::Zone(_) => true,
            Ground::Spot { at, .. } => self.place(plan, view, planned.a_move.actor.index()) == Whereabouts::At(at),
        }
    }

    /// Expected seconds from now to the objective, by going through what is left of the plan.
    fn forecast(&self, plan: &Plan, view: &AdversaryView<'_>) -> Option<f64> {
        let graph = &self.mind.graph;
        let mut state = self.state(plan, view);
        let planned = self.run.plan.as_ref()?;
        for (i, step) in planned.steps.iter().enumerate() {
            if self.is_left(i, step) && !self.is_under_way(i, step) {
                let partner = step.a_move.partner.filter(|p| self.run.members[p.index()].cursor <= i);
                let (a_move, timing) = graph.supposed(&state, Move { partner, ..step.a_move });
                graph.settle(&mut state, a_move, timing);
            }
        }
        let ends = state.ready(graph.objective).unwrap_or_else(|| state.latest());
        Some(ends as f64 / 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::search::search;

    /// Where a plan made as if all went on as it is now is said to be the best, nothing that reckons with hours is better.
    #[test]
    fn what_is_best_as_it_is_now_is_best() {
        let (mut best, mut shut) = (0, 0);
        for seed in 0..400 {
            let plan = fixture::drawn_larger(seed);
            let seeker = Seeker::within(&plan, AdversaryId(0), 1_000);
            let Mind { graph, start, .. } = &*seeker.mind;
            for minutes in [0, 1, 2, 4, 6, 9, 12] {
                let state = start.clone().at(start.epoch() + minutes * 60_000 + 12_345);
                let Some(Ok(now)) = seeker.plan_as_now(&plan, &state) else { continue };
                if !seeker.holds(&state, &now) || !seeker.is_best(&state, &now) {
                    shut += 1;
                    continue;
                }
                let (narrow, state) = graph.narrowed(&Belief::default(), &state);
                if let Ok(found) =
                    search(&narrow, state, Effort::best(20_000)).map_err(|why| assert_eq!(why, NoPlan::Budget))
                    && found.gap == 0
                {
                    assert_eq!(graph.price.of_plan(&now), found.cost, "seed {seed}, {minutes} min: {now:?}");
                    best += 1;
                }
            }
        }
        println!("{best} compared, {shut} that hours bear on");
        assert!(best > 100 && shut > 20, "{best} compared, {shut} that hours bear on, are no test");
    }
}
