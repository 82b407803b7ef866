//! The exact planner: best-first label setting.
//!
//! A label is a [`State`] that some sequence of moves leads to. Within one
//! key (positions and facts) a label that is nowhere later and no riskier
//! makes the other needless. Labels are taken in the order of a lower bound on
//! the cost of the whole plan, so the first one taken that has the objective
//! is optimal. Work is bounded by a number of labels, never by a clock.
//!
//! Moves of different actors that have nothing to do with each other can be
//! written down in any order; one order is enough. Where nobody on foot can
//! give anything to those at computers, what is done at computers comes before
//! what is done on foot, and the first actor on foot before the second, until
//! a release joins a computer and a door. [`Turn`] keeps that order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use doorward_model::base::ActorId;
use rustc_hash::FxHashMap;

use crate::bound::Estimate;
use crate::graph::{Deed, Fact, FactId, Graph, Ground, StepId};
use crate::state::{Move, State, Timing, Whereabouts};

/// Labels that the first search of an adversary may make: it is made once.
pub(crate) const BUDGET: usize = 200_000;
/// Labels that a further one may make, in a run: what it does not find then is not found in time. Shipped plans take some
/// hundreds.
pub(crate) const FURTHER: usize = 10_000;

/// What a search has found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) moves: Vec<(Move, Timing)>,
    /// Time of the objective.
    pub(crate) ms: u64,
    /// Summed risk, in millionths of a nat.
    pub(crate) risk: u64,
    /// In billionths.
    #[cfg(test)]
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
    /// What any plan costs at least that has a use for each job done so far.
    used: u64,
    depth: u32,
    turn: Turn,
    needless: bool,
}

/// Who may move next: 0 anybody; `a + 1` actors on foot from `a` on. Only
/// console moves, and releases, keep or give back the turn to everybody.
type Turn = u32;

/// The cheapest plan from a state, or the best one found within the budget.
pub(crate) fn search(graph: &Graph, start: State, budget: usize) -> Result<Found, NoPlan> {
    let mut search = Search {
        graph,
        estimate: Estimate::new(graph, start.actors()),
        labels: Vec::new(),
        frontier: FxHashMap::default(),
        heap: BinaryHeap::new(),
        key: Vec::new(),
        best: None,
        takes_turns: graph.sockets.is_empty(),
    };
    search.push(start, 0, None, 0, 0, 0);
    search.run(budget)
}

/// Order of labels: bound; then what is nearest to its end; then the shorter; then the older.
type Order = Reverse<(u64, u64, u32, u32)>;

struct Search<'g> {
    graph: &'g Graph,
    estimate: Estimate<'g>,
    labels: Vec<Label>,
    frontier: FxHashMap<Box<[u64]>, Vec<u32>>,
    heap: BinaryHeap<Order>,
    key: Vec<u64>,
    best: Option<u32>,
    takes_turns: bool,
}

impl Search<'_> {
    fn run(mut self, budget: usize) -> Result<Found, NoPlan> {
        let mut moves = Vec::new();
        while let Some(Reverse((bound, _, _, at))) = self.heap.pop() {
            let label = &self.labels[at as usize];
            if label.needless {
                continue;
            }
            if label.state.ready(self.graph.objective).is_some() {
                return Ok(self.found(at, 0));
            }
            if self.labels.len() >= budget {
                let best = self.best.ok_or(NoPlan::Budget)?;
                return Ok(self.found(best, self.labels[best as usize].bound.saturating_sub(bound)));
            }
            let (depth, turn, used) = (label.depth + 1, label.turn, label.used);
            self.graph.moves(&label.state, |a_move, timing| moves.push((a_move, timing)));
            for (a_move, timing) in moves.drain(..) {
                let state = &self.labels[at as usize].state;
                if let Some(turn) = self.turn_after(turn, a_move)
                    && worthwhile(self.graph, state, a_move, timing)
                {
                    let state = self.graph.after(state, a_move, timing);
                    let used = used.max(self.used_by(&state, a_move, timing));
                    self.push(state, at, Some((a_move, timing)), depth, turn, used);
                }
            }
        }
        Err(NoPlan::Nothing)
    }

    /// Whose turn it is after a move; none if it is not the mover's.
    fn turn_after(&self, turn: Turn, a_move: Move) -> Option<Turn> {
        let step = self.graph.step(a_move.step);
        let own = a_move.actor.0 + 1;
        if !self.takes_turns || step.is_release() {
            Some(0)
        } else if step.ground == Ground::Console {
            (turn == 0).then_some(0)
        } else {
            (turn <= own).then_some(own)
        }
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

    fn push(&mut self, state: State, parent: u32, by: Option<(Move, Timing)>, depth: u32, turn: Turn, used: u64) {
        if self.is_dominated(&state, turn) {
            return;
        }
        let reached = state.ready(self.graph.objective);
        let may = |actor: usize| match state.place(actor) {
            Whereabouts::Desk => turn == 0,
            Whereabouts::At(_) | Whereabouts::Gone => turn <= actor as u32 + 1,
        };
        let comes_back = self.estimate.has_releases();
        let estimate = match reached {
            Some(ms) => Some((self.graph.price.of(ms, state.risk()), 0)),
            None => self.estimate.cost(&state, |actor| comes_back || may(actor)),
        };
        let Some((bound, ahead)) = estimate else { return };
        let bound = if reached.is_some() { bound } else { bound.max(used) };
        if self.best.is_some_and(|best| self.labels[best as usize].bound <= bound) {
            return;
        }
        let at = self.labels.len() as u32;
        if reached.is_some() {
            self.best = Some(at);
        }
        for &other in self.frontier.get(self.key.as_slice()).into_iter().flatten() {
            if state.dominates(&self.labels[other as usize].state) {
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
        self.heap.push(Reverse((bound, ahead, depth, at)));
        self.labels.push(Label { state, parent, by, bound, used, depth, turn, needless: false });
    }

    fn is_dominated(&mut self, state: &State, turn: Turn) -> bool {
        state.key(&mut self.key);
        self.key.push(u64::from(turn));
        self.frontier
            .get(self.key.as_slice())
            .is_some_and(|others| others.iter().any(|&other| self.labels[other as usize].state.dominates(state)))
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
        Found {
            moves,
            ms,
            risk,
            #[cfg(test)]
            cost: self.graph.price.of(ms, risk),
            gap,
        }
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
