//! The planner against two naive ones.
//!
//! The first is brute force on small sites: every sequence of moves up to a
//! length. It shares the rules of a step with the planner, and nothing else:
//! no bound, no dominance, no relevance. It drops a sequence only where the
//! earliest clock and the risk alone cost more than what it has.
//!
//! The second goes through all that can be reached on larger sites, however
//! long the way. Beside the rules of a step it shares that what is nowhere
//! later and no riskier makes the other needless, which the first bears out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use crate::belief::Belief;
use crate::compile::compile;
use crate::fixture;
use crate::graph::{Graph, Price};
use crate::search::{BUDGET, Effort, NoPlan, search};
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
        let found = search(&narrow, narrow_start, Effort::best(BUDGET));
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

/// Labels that [`flood`] may make.
const LABELS: usize = 60_000;

/// Lowest cost of anything that can be reached, in the order of what it costs at least; none if it gave up, or nothing
/// leads there within `limit`.
fn flood(graph: &Graph, start: &State, limit: u64) -> Option<u64> {
    let least = |state: &State| graph.price.of(state.earliest(), state.risk());
    let mut best = limit;
    let mut labels = vec![(start.clone(), false)];
    let mut frontier: FxHashMap<Vec<u64>, Vec<usize>> = FxHashMap::default();
    let mut heap = BinaryHeap::from([Reverse((least(start), 0))]);
    let (mut key, mut moves) = (Vec::new(), Vec::new());
    while let Some(Reverse((cost, at))) = heap.pop() {
        if cost >= best {
            break;
        }
        let (state, needless) = labels[at].clone();
        if needless {
            continue;
        }
        graph.moves(&state, |a_move, timing| moves.push((a_move, timing)));
        for (a_move, timing) in moves.drain(..) {
            let next = graph.after(&state, a_move, timing);
            if let Some(ms) = next.ready(graph.objective) {
                best = best.min(graph.price.of(ms, next.risk()));
                continue;
            }
            next.key(&mut key);
            let others = frontier.entry(key.clone()).or_default();
            if least(&next) >= best || others.iter().any(|&other| labels[other].0.dominates(&next)) {
                continue;
            }
            for &other in others.iter() {
                labels[other].1 |= next.dominates(&labels[other].0);
            }
            others.retain(|&other| !labels[other].1);
            others.push(labels.len());
            heap.push(Reverse((least(&next), labels.len())));
            labels.push((next, false));
        }
        if labels.len() > LABELS {
            return None;
        }
    }
    Some(best)
}

/// Sites of up to twelve zones and eight capabilities, by so much a millisecond and so much a millionth of a nat.
fn check(name: &str, per_ms: u64, per_micro_nat: u64) {
    let seeds = if std::env::var_os("DOORWARD_LONG_TESTS").is_some() { 820 } else { 30 };
    let (mut compared, mut no_way, mut unfinished, mut inexact) = (0, 0, 0, 0);
    for seed in 0..seeds {
        let plan = fixture::drawn_larger(seed);
        let (mut graph, start) = compile(&plan, &plan.adversaries[0]);
        graph.price = Price { per_ms, per_micro_nat };
        let (narrow, narrow_start) = graph.narrowed(&Belief::default(), &start);
        let found = search(&narrow, narrow_start, Effort::best(BUDGET));
        let limit = found.as_ref().map_or(u64::MAX, |found| found.cost.saturating_add(1));
        match (flood(&graph, &start, limit), &found) {
            (_, Err(NoPlan::Budget)) => inexact += 1,
            (None, _) => unfinished += 1,
            (Some(least), Ok(found)) if found.gap > 0 => {
                assert!(found.cost - found.gap <= least, "by {name}, seed {seed}: the gap is larger");
                inexact += 1;
            }
            (Some(least), Ok(found)) => {
                assert_eq!(least, found.cost, "by {name}, seed {seed}: {found:?}");
                compared += 1;
            }
            (Some(least), Err(NoPlan::Nothing)) => {
                assert_eq!(least, u64::MAX, "by {name}, seed {seed}: a way was missed");
                no_way += 1;
            }
        }
    }
    println!("by {name}: {compared} compared, {no_way} without a way, {unfinished} unfinished, {inexact} inexact");
    assert!(compared * 12 > seeds * 5, "by {name}: only {compared} of {seeds} compared");
}

#[test]
fn weighing_time_the_planner_finds_what_going_through_everything_finds() {
    check("time", 1_000_000, 0);
}

#[test]
fn weighing_detection_it_does_too() {
    check("detection", 1, 1_000_000);
}

#[test]
fn weighing_both_it_does_too() {
    check("both", 1_000_000, 60_000);
}

#[test]
fn narrowing_keeps_the_optimum() {
    for seed in 0..600 {
        let plan = fixture::drawn(seed);
        let (graph, start) = compile(&plan, &plan.adversaries[0]);
        let (narrow, narrow_start) = graph.narrowed(&Belief::default(), &start);
        let whole = search(&graph, start, Effort::best(BUDGET)).map(|found| found.cost);
        assert_eq!(search(&narrow, narrow_start, Effort::best(BUDGET)).map(|found| found.cost), whole, "seed {seed}");
    }
}
