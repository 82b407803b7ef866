//! The planner against brute force: every sequence of moves up to a length.
//!
//! The oracle shares the rules of a step with the planner, and nothing else:
//! no bound, no dominance, no relevance. It drops a sequence only where the
//! earliest clock and the risk alone cost more than what it has.

use rustc_hash::FxHashMap;

use crate::belief::Belief;
use crate::compile::compile;
use crate::fixture;
use crate::graph::Graph;
use crate::search::{BUDGET, NoPlan, search};
use crate::state::State;

/// Longest sequence that is tried.
const LENGTH: usize = 9;
/// States that one oracle may visit.
const VISITS: usize = 400_000;

struct Oracle<'g> {
    graph: &'g Graph,
    best: u64,
    /// The longest rest with which a very state has been gone through.
    seen: FxHashMap<State, usize>,
    visits: usize,
}

impl Oracle<'_> {
    fn go(&mut self, state: &State, rest: usize) {
        self.visits += 1;
        if let Some(ms) = state.ready(self.graph.objective) {
            self.best = self.best.min(self.graph.price.of(ms, state.risk()));
            return;
        }
        let least = self.graph.price.of(state.earliest(), state.risk());
        if rest == 0 || least >= self.best || self.visits > VISITS {
            return;
        }
        match self.seen.get_mut(state) {
            Some(seen) if *seen >= rest => return,
            Some(seen) => *seen = rest,
            None => {
                self.seen.insert(state.clone(), rest);
            }
        }
        let mut moves = Vec::new();
        self.graph.moves(state, |a_move, timing| moves.push((a_move, timing)));
        for (a_move, timing) in moves {
            let next = self.graph.after(state, a_move, timing);
            self.go(&next, rest - 1);
        }
    }
}

/// Lowest cost of any sequence of at most [`LENGTH`] moves that costs less than `limit`; none if it gave up.
fn least(graph: &Graph, state: &State, limit: u64) -> Option<u64> {
    let mut oracle = Oracle { graph, best: limit, seen: FxHashMap::default(), visits: 0 };
    oracle.go(state, LENGTH);
    (oracle.visits <= VISITS).then_some(oracle.best)
}

#[test]
fn the_planner_finds_what_brute_force_finds() {
    let (mut compared, mut ways, mut unfinished) = (0, 0, 0);
    for seed in 0..600 {
        let plan = fixture::drawn(seed);
        let (graph, start) = compile(&plan, &plan.adversaries[0]);
        let (narrow, narrow_start) = graph.narrowed(&Belief::default(), &start);
        let found = search(&narrow, narrow_start, BUDGET);
        let exact = found.as_ref().map_or_else(|why| *why == NoPlan::Nothing, |found| found.gap == 0);
        assert!(exact, "seed {seed}: out of budget");
        let found = found.ok();
        let limit = found.as_ref().map_or(u64::MAX, |found| found.cost.saturating_add(1));
        match (least(&graph, &start, limit), &found) {
            (None, _) => unfinished += 1,
            (Some(least), Some(found)) if found.moves.len() <= LENGTH => {
                assert_eq!(least, found.cost, "seed {seed}: {found:?}");
                compared += 1;
            }
            (Some(least), Some(found)) => assert!(least >= found.cost, "seed {seed}"),
            (Some(least), None) => {
                assert_eq!(least, u64::MAX, "seed {seed}: a way was missed");
                ways += 1;
            }
        }
    }
    println!("compared {compared}, without a way {ways}, unfinished {unfinished}");
    assert!(compared > 200, "only {compared} compared, {unfinished} unfinished");
}

#[test]
fn narrowing_keeps_the_optimum() {
    for seed in 0..600 {
        let plan = fixture::drawn(seed);
        let (graph, start) = compile(&plan, &plan.adversaries[0]);
        let (narrow, narrow_start) = graph.narrowed(&Belief::default(), &start);
        let whole = search(&graph, start, BUDGET).map(|found| found.cost);
        assert_eq!(search(&narrow, narrow_start, BUDGET).map(|found| found.cost), whole, "seed {seed}");
    }
}
