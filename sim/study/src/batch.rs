//! Many runs of one plan, on all threads of the current rayon pool.

use crate::milestones::{Milestones, RunScore};
use crate::scorecard::Scorecard;
use doorward_defence::RuleDefence;
use doorward_engine::Simulation;
use doorward_model::plan::Plan;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Runs of a chunk in a long batch.
const CHUNK: u32 = 1_024;

/// A short batch has at least this many chunks, so that it too keeps a few threads busy.
const CHUNKS_AT_LEAST: u32 = 32;

/// Runs between two reports of progress.
const REPORT_EVERY: u64 = 16;

/// Which runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchOptions {
    /// Seed of all draws.
    pub seed: u64,
    /// Number of runs; they have the indices from 0 on.
    pub runs: u32,
}

/// What a batch came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchResult {
    /// The scores.
    pub scorecard: Scorecard,
    /// Runs in it: those asked for, or fewer after `stop`.
    pub runs_done: u64,
    /// Live events of these runs.
    pub events: u64,
}

/// Runs a plan with its own rules as the defence.
///
/// `progress` is told, on any thread, how many runs were done since it was last told. Once `stop` is set no further run
/// is begun, and the result covers the longest complete prefix of chunks: taking whatever happened to be done would leave
/// out long runs more often than short ones.
///
/// The result depends on the plan, the seed and the number of runs alone, never on threads.
pub fn run(plan: &Arc<Plan>, options: BatchOptions, progress: &(dyn Fn(u64) + Sync), stop: &AtomicBool) -> BatchResult {
    let simulation = Simulation::new(Arc::clone(plan), Box::new(RuleDefence::new(Arc::clone(plan))));
    run_with(plan, &simulation, options, progress, stop)
}

/// The same on copies of a simulation of one's own making, one a thread: adversaries look for their plans once.
pub fn run_with(
    plan: &Arc<Plan>,
    simulation: &Simulation,
    options: BatchOptions,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) -> BatchResult {
    let chunk = chunk_size(options.runs);
    let chunks = options.runs.div_ceil(chunk);
    let next = AtomicU32::new(0);
    let prefix = Mutex::new(Prefix::new(plan));
    // Chunks are handed out in order, so few of them ever wait for an earlier one.
    rayon::broadcast(|_| {
        let milestones = Milestones::new(&**plan);
        let mut worker = Worker { simulation: simulation.clone(), milestones, seed: options.seed, progress, stop };
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= chunks {
                break;
            }
            let first = index * chunk;
            let last = first.saturating_add(chunk).min(options.runs);
            let Some(done) = worker.run(first..last) else { break };
            prefix.lock().unwrap_or_else(PoisonError::into_inner).add(index, done);
        }
    });
    let Prefix { scorecard, events, .. } = prefix.into_inner().unwrap_or_else(PoisonError::into_inner);
    BatchResult { runs_done: scorecard.runs(), scorecard, events }
}

/// Runs of a chunk; from the number of runs alone.
fn chunk_size(runs: u32) -> u32 {
    (runs / CHUNKS_AT_LEAST).clamp(1, CHUNK)
}

/// The scores of a complete chunk, in the order of its runs.
struct Chunk {
    runs: Vec<RunScore>,
    events: u64,
}

/// All chunks from the first up to the first that is not complete, merged; and those beyond it, waiting.
struct Prefix {
    scorecard: Scorecard,
    events: u64,
    next: u32,
    waiting: BTreeMap<u32, Chunk>,
}

impl Prefix {
    fn new(plan: &Plan) -> Self {
        Self { scorecard: Scorecard::new(plan), events: 0, next: 0, waiting: BTreeMap::new() }
    }

    fn add(&mut self, index: u32, chunk: Chunk) {
        self.waiting.insert(index, chunk);
        while let Some(chunk) = self.waiting.remove(&self.next) {
            chunk.runs.iter().for_each(|run| self.scorecard.record(run));
            self.events += chunk.events;
            self.next += 1;
        }
    }
}

/// What a thread keeps from run to run.
struct Worker<'a> {
    simulation: Simulation,
    milestones: Milestones<&'a Plan>,
    seed: u64,
    progress: &'a (dyn Fn(u64) + Sync),
    stop: &'a AtomicBool,
}

impl Worker<'_> {
    /// A whole chunk, or nothing if it was stopped on the way.
    fn run(&mut self, indices: std::ops::Range<u32>) -> Option<Chunk> {
        let mut chunk = Chunk { runs: Vec::with_capacity(indices.len()), events: 0 };
        let mut unreported = 0;
        for index in indices {
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            self.milestones.start();
            self.simulation.start(self.seed, index);
            self.simulation.finish(&mut self.milestones);
            chunk.runs.push(self.milestones.score().clone());
            chunk.events += self.simulation.events();
            unreported += 1;
            if unreported == REPORT_EVERY {
                (self.progress)(std::mem::take(&mut unreported));
            }
        }
        (self.progress)(unreported);
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plan;
    use std::sync::atomic::AtomicU64;

    fn pool(threads: usize) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool")
    }

    #[test]
    fn threads_do_not_show() {
        let plan = Arc::new(plan());
        for runs in [1, 7, 100, 3_000] {
            let options = BatchOptions { seed: 1, runs };
            let never = AtomicBool::new(false);
            let [one, three] = [1, 3].map(|threads| pool(threads).install(|| run(&plan, options, &|_| (), &never)));
            assert_eq!(one, three);
            assert_eq!(one.runs_done, u64::from(runs));
        }
    }

    #[test]
    fn no_runs_are_no_runs() {
        let result = run(&Arc::new(plan()), BatchOptions { seed: 1, runs: 0 }, &|_| (), &AtomicBool::new(false));
        assert_eq!(result.runs_done, 0);
    }

    #[test]
    fn what_is_kept_after_a_stop_is_a_prefix() {
        let plan = Arc::new(plan());
        for threads in [1, 2] {
            let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
            let progress = |runs| {
                if done.fetch_add(runs, Ordering::Relaxed) > 400 {
                    stop.store(true, Ordering::Relaxed);
                }
            };
            let options = BatchOptions { seed: 1, runs: 3_000 };
            let stopped = pool(threads).install(|| run(&plan, options, &progress, &stop));
            // Of two threads the one with the first runs may be the one that was held up: then nothing is kept.
            let least = if threads == 1 { 300 } else { 0 };
            assert!((least..3_000).contains(&stopped.runs_done), "{}", stopped.runs_done);
            let runs = stopped.runs_done as u32;
            let whole = run(&plan, BatchOptions { seed: 1, runs }, &|_| (), &AtomicBool::new(false));
            assert_eq!(stopped, whole);
        }
    }

    #[test]
    fn chunks_grow_up_to_the_full_size() {
        assert_eq!([0, 1, 31, 64, 1_000, 1_000_000].map(chunk_size), [1, 1, 1, 2, 31, 1_024]);
    }
}
