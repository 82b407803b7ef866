//! The exact planner: best-first label setting.
//!
//! A label is a [`State`] that some sequence of moves leads to. Within one
//! key (positions and facts) a label makes another needless from which no plan
//! can cost less. Where steps can begin at any time, whoever is later by so
//! much ends later by no more: what that costs may be saved in risk. Where
//! there are hours to be missed, only one that is nowhere later and no riskier
//! will do. Labels are taken in the order of a lower bound on
//! the cost of the whole plan, so the first one taken that has the objective
//! is optimal. Work is bounded by a number of labels, never by a clock.
//!
//! Moves of different actors that have nothing to do with each other can be
//! written down in any order; one order is enough. The first actor on foot
//! comes before the second until something joins them: a release, or a fact
//! that one gains for others ([`Turn`]).
//!
//! What the one member at a far computer does is written down right before
//! what first makes use of it ([`Pending`]): an operator does first what is
//! needed first. Only what takes long to be of use, or fills the time until
//! something else can begin, is worth doing out of that order. Without this,
//! odd jobs of an idle operator would be tried in every combination.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use doorward_model::base::{ActorId, IdSet};
use doorward_model::plan::Job;
use rustc_hash::FxHashMap;

use crate::belief::Belief;
use crate::bound::Estimate;
use crate::graph::{Deed, Fact, FactId, Graph, Ground, Price, Step, StepId};
use crate::state::{Move, State, Timing, Whereabouts};

/// Labels that the first search of an adversary may bound: it is made once.
pub(crate) const BUDGET: usize = 200_000;
/// A further one, in a run: what it does not find then is not found in time. Shipped plans take some hundreds of labels.
pub(crate) const FURTHER: Effort = Effort { labels: 20_000, hurried: true };

/// One for something better than a plan that is in hand.
pub(crate) const BESIDES: Effort = Effort { labels: 2_000, hurried: true };

/// How much is put into a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Labels that it may bound.
    pub(crate) labels: usize,
    /// Whether it compares as if no hours could be missed: much shorter where there are many, and not always the best then.
    pub(crate) hurried: bool,
}

impl Effort {
    /// The best plan, within so many labels.
    pub(crate) fn best(labels: usize) -> Effort {
        Effort { labels, hurried: false }
    }
}

/// What a search has found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) moves: Vec<(Move, Timing)>,
    /// Time of the objective.
    pub(crate) ms: u64,
    /// Summed risk, in millionths of a nat.
    pub(crate) risk: u64,
    /// In billionths.
    pub(crate) cost: u64,
    /// How far the optimum may lie below, in billionths; zero: this is it.
    pub(crate) gap: u64,
}

/// Why there is no plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoPlan {
    /// Nothing leads to the objective.
    Nothing,
    /// The budget was spent before anything was found that does.
    Budget,
}

struct Label {
    state: State,
    parent: u32,
    by: Option<(Move, Timing)>,
    bound: u64,
    /// Whether `bound` is its own, and not still that of the label before it.
    bounded: bool,
    /// What any plan costs at least that has a use for each job done so far.
    used: u64,
    depth: u32,
    order: Order,
    needless: bool,
}

/// Where a label stands in the order in which moves are written down.
#[derive(Clone, Copy, Default)]
struct Order {
    turn: Turn,
    pending: Option<Pending>,
}

/// Who may move next: 0 anybody; `a + 1` actors on foot from `a` on.
type Turn = u32;

/// A job at the far computer of which nobody has made use yet, when it began, and the label before it.
#[derive(Clone, Copy)]
struct Pending {
    step: StepId,
    start: u64,
    before: u32,
}

/// The cheapest plan from a state, or the best one found within the budget.
pub(crate) fn search(graph: &Graph, start: State, effort: Effort) -> Result<Found, NoPlan> {
    let mut search = Search {
        graph,
        by_cost: effort.hurried || !graph.is_timed(),
        estimate: Estimate::new(graph, start.actors()),
        labels: Vec::new(),
        frontier: FxHashMap::default(),
        heap: BinaryHeap::new(),
        key: Vec::new(),
        best: None,
        bounded: 0,
        operator: operator(&start),
        leads: if operator(&start).is_some() { Leads::new(graph) } else { Leads::default() },
    };
    search.push(start, 0, None, 0, Order::default(), 0);
    search.run(effort.labels)
}

/// The one member at a far computer, if there is exactly one.
fn operator(start: &State) -> Option<usize> {
    let mut desks = (0..start.actors()).filter(|&actor| start.place(actor) == Whereabouts::Desk);
    desks.next().filter(|_| desks.next().is_none())
}

/// Larger graphs than this are searched in parts first.
const LARGE: usize = 3_000;

/// A graph of any size with what any plan from a state costs at least that takes a step, so that it can be searched in
/// parts: first with those steps alone through which a plan costs at most a little more than any does, then with more.
/// What is found at no more than that cost is the cheapest of all.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    graph: Graph,
    start: State,
    /// By step, and of any plan; empty for a graph that is searched as a whole.
    through: Vec<u64>,
    least: Option<u64>,
}

/// A graph that was searched, the state that it was searched from, and what was found.
pub(crate) type Searched = (Graph, State, Found);

impl Ranked {
    /// A graph that is narrowed already.
    pub(crate) fn new((graph, start): (Graph, State)) -> Ranked {
        let large = graph.steps.len() > LARGE;
        let (through, least) =
            if large { Estimate::new(&graph, start.actors()).through(&start) } else { (Vec::new(), None) };
        Ranked { graph, start, through, least }
    }

    /// The cheapest plan under a belief.
    pub(crate) fn search(&self, belief: &Belief, effort: Effort) -> Result<Searched, NoPlan> {
        let open = *belief == Belief::default();
        if self.through.is_empty() {
            let (graph, start) =
                if open { (self.graph.clone(), self.start.clone()) } else { self.graph.narrowed(belief, &self.start) };
            let found = search(&graph, start.clone(), effort)?;
            return Ok((graph, start, found));
        }
        let Some(least) = self.least else { return Err(NoPlan::Nothing) };
        let limits = [110, 130, 160, 200, 300, 500].map(|percent| least / 100 * percent);
        // What a belief takes away may leave the cheapest plans alone; if not, the graph that it leaves has bounds of its own.
        for &limit in if open { &limits[..] } else { &limits[..1] } {
            if let Some(found) = self.search_part(belief, limit, effort) {
                return Ok(found);
            }
        }
        if !open {
            return Ranked::new(self.graph.narrowed(belief, &self.start)).search(&Belief::default(), effort);
        }
        let found = search(&self.graph, self.start.clone(), effort)?;
        Ok((self.graph.clone(), self.start.clone(), found))
    }

    /// What is found among the steps through which a plan costs at most so much, if it costs no more either.
    fn search_part(&self, belief: &Belief, limit: u64, effort: Effort) -> Option<Searched> {
        let (graph, start) = self.graph.within(&self.start, belief, |step| self.through[step] <= limit);
        let found = search(&graph, start.clone(), effort).ok().filter(|found| found.cost <= limit)?;
        Some((graph, start, found))
    }
}

/// Rank of labels: bound; then what leaves the least work; then the shorter; then the older.
type Rank = Reverse<(u64, u64, u32, u32)>;

struct Search<'g> {
    graph: &'g Graph,
    by_cost: bool,
    estimate: Estimate<'g>,
    labels: Vec<Label>,
    frontier: FxHashMap<Box<[u64]>, Vec<u32>>,
    heap: BinaryHeap<Rank>,
    key: Vec<u64>,
    best: Option<u32>,
    /// Labels that have a bound of their own.
    bounded: usize,
    operator: Option<usize>,
    leads: Leads,
}

impl Search<'_> {
    fn run(mut self, budget: usize) -> Result<Found, NoPlan> {
        let mut moves = Vec::new();
        while let Some(Reverse((bound, _, _, at))) = self.heap.pop() {
            let label = &self.labels[at as usize];
            if label.needless {
                continue;
            }
            if !label.bounded {
                self.bound(at);
                continue;
            }
            if label.state.ready(self.graph.objective).is_some() {
                return Ok(self.found(at, 0));
            }
            if self.bounded >= budget {
                let best = self.best.ok_or(NoPlan::Budget)?;
                return Ok(self.found(best, self.labels[best as usize].bound.saturating_sub(bound)));
            }
            let (depth, order, used) = (label.depth + 1, label.order, label.used);
            self.graph.moves(&label.state, |a_move, timing| moves.push((a_move, timing)));
            for (a_move, timing) in moves.drain(..) {
                let state = &self.labels[at as usize].state;
                if let Some(order) = self.order_after(at, order, a_move, timing)
                    && worthwhile(self.graph, state, a_move, timing)
                {
                    let state = self.graph.after(state, a_move, timing);
                    let used = used.max(self.used_by(&state, a_move, timing));
                    self.push(state, at, Some((a_move, timing)), depth, order, used);
                }
            }
        }
        Err(NoPlan::Nothing)
    }

    /// The order after a move; none if it is to be written down elsewhere.
    fn order_after(&self, at: u32, order: Order, a_move: Move, timing: Timing) -> Option<Order> {
        let step = self.graph.step(a_move.step);
        if self.operator == Some(a_move.actor.index()) {
            let pending = Some(Pending { step: a_move.step, start: timing.start, before: at });
            return self.is_next_job(order.pending, step).then_some(Order { pending, ..order });
        }
        let uses = order.pending.is_some_and(|pending| self.uses(step, pending.step));
        if order.pending.is_some() && !uses && !step.is_release() {
            return None;
        }
        let in_turn = actors_of(a_move).filter(|actor| Some(actor.index()) != self.operator);
        let own = in_turn.map(|actor| actor.0 + 1).max().unwrap_or(0);
        let joins = step.is_release() || uses || self.gives_to_others(step);
        // A join gives the turn back to everybody, so that nobody can be left out of account for good.
        (order.turn <= own).then_some(Order { turn: if joins { 0 } else { own }, pending: None })
    }

    /// Whether a job of the operator comes next, while another is pending: if it makes use of that, or of something that
    /// will be made use of together with it; else only if it is of use sooner after its end, or could not have begun
    /// before it. (Where the second of two is needed first and could as well have been done first, both are as soon of
    /// use the other way round: the first was needed after the second had ended.) A preparation comes last of what is of
    /// use at once: records that are wiped early hold what is done after that.
    fn is_next_job(&self, pending: Option<Pending>, step: &Step) -> bool {
        let Some(pending) = pending else { return true };
        let last = self.graph.step(pending.step);
        let delay = |step: &Step| step.gives.iter().map(|(_, delay)| *delay).max().unwrap_or(0);
        let least = |step: &Step| step.gives.iter().map(|(_, delay)| *delay).min().unwrap_or(0);
        let prepares = matches!(last.deed, Deed::Job(Job::Prepare { .. }));
        let waits = prepares && last.hours.is_always() && step.hours.is_always();
        self.uses(step, pending.step)
            || !waits && self.leads.meet(last, step)
            || delay(last) > least(step)
            || self.opens(&self.labels[pending.before as usize].state, step) > pending.start
    }

    /// From when on the operator can do a step.
    fn opens(&self, state: &State, step: &Step) -> u64 {
        let ready = |fact: &FactId| state.ready(*fact).unwrap_or(u64::MAX);
        let needs = step.needs.iter().map(ready).max().unwrap_or(0);
        let origin = step.origins.iter().map(ready).min().unwrap_or(0);
        needs.max(origin)
    }

    /// Whether a step can make use of what another gives.
    fn uses(&self, step: &Step, of: StepId) -> bool {
        let gives = &self.graph.step(of).gives;
        step.needs.iter().chain(&step.origins).any(|fact| gives.iter().any(|(given, _)| given == fact))
    }

    /// Whether a step on foot gains something that another member can make use of.
    fn gives_to_others(&self, step: &Step) -> bool {
        matches!(step.deed, Deed::Job(_)) && step.gives.iter().any(|(fact, _)| *fact != self.graph.objective)
    }

    /// What a plan costs at least that has a use for what a job gives. One that has none is the same plan without the job,
    /// at no more cost, and is found without it: else an idle team mate's odd jobs would be tried in every order.
    fn used_by(&self, state: &State, a_move: Move, timing: Timing) -> u64 {
        let step = self.graph.step(a_move.step);
        if !matches!(step.deed, Deed::Job(_)) {
            return 0;
        }
        let uses = step.gives.iter().map(|&(fact, delay)| {
            let ready = timing.end.saturating_add(delay);
            self.graph.price.of(ready, state.risk()).saturating_add(self.estimate.tail(fact))
        });
        uses.min().unwrap_or(0)
    }

    fn push(&mut self, state: State, parent: u32, by: Option<(Move, Timing)>, depth: u32, order: Order, used: u64) {
        if self.is_dominated(&state, order) {
            return;
        }
        let reached = state.ready(self.graph.objective);
        // Most labels are never looked at again: until then, the bound of the one before will do.
        let bound = match reached {
            Some(ms) => self.graph.price.of(ms, state.risk()),
            None => self.labels.get(parent as usize).map_or(0, |parent| parent.bound).max(used),
        };
        if self.is_beaten(bound) {
            return;
        }
        let at = self.labels.len() as u32;
        if reached.is_some() {
            self.best = Some(at);
        }
        for &other in self.frontier.get(self.key.as_slice()).into_iter().flatten() {
            if self.makes_needless(&state, &self.labels[other as usize].state) {
                self.labels[other as usize].needless = true;
            }
        }
        let labels = &self.labels;
        match self.frontier.get_mut(self.key.as_slice()) {
            Some(others) => {
                others.retain(|&other| !labels[other as usize].needless);
                others.push(at);
            }
            None => {
                self.frontier.insert(self.key.as_slice().into(), vec![at]);
            }
        }
        let bounded = reached.is_some();
        self.heap.push(Reverse((bound, 0, if bounded { depth } else { 0 }, at)));
        self.labels.push(Label { state, parent, by, bound, bounded, used, depth, order, needless: false });
    }

    /// Puts a label where its own bound says, or drops it.
    fn bound(&mut self, at: u32) {
        let label = &mut self.labels[at as usize];
        let Some((bound, work)) = self.estimate.cost(&label.state) else { return };
        label.bound = bound.max(label.used);
        label.bounded = true;
        self.bounded += 1;
        let (bound, depth) = (label.bound, label.depth);
        if !self.is_beaten(bound) {
            self.heap.push(Reverse((bound, work, depth, at)));
        }
    }

    /// Whether something is found already that costs no more.
    fn is_beaten(&self, bound: u64) -> bool {
        self.best.is_some_and(|best| self.labels[best as usize].bound <= bound)
    }

    fn is_dominated(&mut self, state: &State, order: Order) -> bool {
        state.key(&mut self.key);
        let pending = order.pending.map_or(0, |pending| u64::from(pending.step.0) + 1);
        self.key.push(u64::from(order.turn) | pending << 32);
        self.frontier.get(self.key.as_slice()).is_some_and(|others| {
            others.iter().any(|&other| self.makes_needless(&self.labels[other as usize].state, state))
        })
    }

    /// Whether no plan from the second of two states of one key costs less than one from the first.
    fn makes_needless(&self, state: &State, other: &State) -> bool {
        if !self.by_cost {
            return state.dominates(other);
        }
        let costs = |per: u64, more: i64| i128::from(per) * i128::from(more);
        let Price { per_ms, per_micro_nat } = self.graph.price;
        costs(per_ms, state.lag(other)) + costs(per_micro_nat, state.risk() as i64 - other.risk() as i64) <= 0
    }

    fn found(&self, at: u32, gap: u64) -> Found {
        let end = &self.labels[at as usize];
        let mut moves = Vec::new();
        let mut label = end;
        while let Some(by) = label.by {
            moves.push(by);
            label = &self.labels[label.parent as usize];
        }
        moves.reverse();
        let ms = end.state.ready(self.graph.objective).unwrap_or(0);
        let (ms, risk) = trimmed(self.graph, &label.state, &mut moves).unwrap_or((ms, end.state.risk()));
        Found { moves, ms, risk, cost: self.graph.price.of(ms, risk), gap }
    }
}

/// Which facts are made use of together.
#[derive(Default)]
struct Leads {
    /// By fact, those that are derived from it, itself among them.
    to: Vec<IdSet>,
    /// By fact, the other inputs of the steps that need it.
    beside: Vec<IdSet>,
}

impl Leads {
    fn new(graph: &Graph) -> Leads {
        let n = graph.facts.len();
        let mut to = vec![IdSet::with_len(n); n];
        let mut beside = vec![IdSet::with_len(n); n];
        for step in &graph.steps {
            let origins = |fact: FactId| step.origins.iter().filter(move |_| step.needs.contains(&fact));
            for &fact in step.needs.iter().chain(&step.origins) {
                for other in step.needs.iter().chain(origins(fact)).filter(|other| **other != fact) {
                    beside[fact.index()].insert(other.index());
                }
            }
        }
        for (i, set) in to.iter_mut().enumerate() {
            let mut found = vec![FactId::from_index(i)];
            set.insert(i);
            while let Some(fact) = found.pop() {
                for &step in graph.index.needing[fact.index()].iter().chain(&graph.index.from[fact.index()]) {
                    for &(given, _) in &graph.step(step).gives {
                        if set.insert(given.index()) {
                            found.push(given);
                        }
                    }
                }
            }
        }
        Leads { to, beside }
    }

    /// Whether what one step gives can be made use of together with what comes of another.
    fn meet(&self, one: &Step, other: &Step) -> bool {
        one.gives.iter().any(|(a, _)| {
            let beside = &self.beside[a.index()];
            other.gives.iter().any(|(b, _)| beside.iter().any(|h| self.to[b.index()].contains(h)))
        })
    }
}

/// Whether a move gains anything. At a computer one never moves, so a step
/// there is worth nothing if each fact that it gives is there as soon, or
/// could only serve steps whose own yield is there as soon.
fn worthwhile(graph: &Graph, state: &State, a_move: Move, timing: Timing) -> bool {
    let step = graph.step(a_move.step);
    step.ground != Ground::Console
        || step.gives.iter().any(|&(fact, delay)| {
            let ms = timing.end.saturating_add(delay);
            !there_by(state, fact, ms) && (fact == graph.objective || serves(graph, state, fact, ms))
        })
}

/// Whether a fact gained at a time would make any step possible, or sooner.
fn serves(graph: &Graph, state: &State, fact: FactId, ms: u64) -> bool {
    // A desk is an origin for those alone who sit there, so it makes another
    // origin needless only where nobody on foot can work at a computer.
    let desks_serve_all =
        graph.sockets.is_empty() || (0..state.actors()).all(|actor| !matches!(state.place(actor), Whereabouts::At(_)));
    let yields = |user: StepId| {
        let user = graph.step(user);
        user.ground != Ground::Console || user.gives.iter().any(|&(given, _)| !there_by(state, given, ms))
    };
    let has_origin = |user: StepId| {
        graph.step(user).origins.iter().any(|&other| {
            there_by(state, other, ms) && (desks_serve_all || !matches!(graph.facts[other.index()], Fact::Desk(_)))
        })
    };
    graph.index.needing[fact.index()].iter().any(|&user| yields(user))
        || graph.index.from[fact.index()].iter().any(|&user| yields(user) && !has_origin(user))
}

fn there_by(state: &State, fact: FactId, ms: u64) -> bool {
    state.ready(fact).is_some_and(|ready| ready <= ms)
}

/// Drops moves without which the objective is reached at no more cost: what
/// an idle team mate did beside the way. Gives time and risk of what is left.
fn trimmed(graph: &Graph, start: &State, moves: &mut Vec<(Move, Timing)>) -> Option<(u64, u64)> {
    let mut end = replayed(graph, start, moves, None)?;
    for i in (0..moves.len()).rev() {
        if let Some((kept, ms, risk)) = replayed(graph, start, moves, Some(i))
            && graph.price.of(ms, risk) <= graph.price.of(end.1, end.2)
        {
            end = (kept.clone(), ms, risk);
            *moves = kept;
        }
    }
    Some((end.1, end.2))
}

/// Moves that reach the objective, with its time and the risk taken.
type Replay = (Vec<(Move, Timing)>, u64, u64);

/// The moves from a state once more, but for one; none if they no longer lead to the objective.
fn replayed(graph: &Graph, start: &State, moves: &[(Move, Timing)], but: Option<usize>) -> Option<Replay> {
    let mut state = start.clone();
    let mut kept = Vec::with_capacity(moves.len());
    for (_, &(a_move, _)) in moves.iter().enumerate().filter(|(i, _)| Some(*i) != but) {
        let timing = graph.timing(&state, a_move)?;
        state = graph.after(&state, a_move, timing);
        kept.push((a_move, timing));
    }
    let ms = state.ready(graph.objective)?;
    Some((kept, ms, state.risk()))
}

/// Who takes part in a move.
pub(crate) fn actors_of(a_move: Move) -> impl Iterator<Item = ActorId> {
    std::iter::once(a_move.actor).chain(a_move.partner)
}
