//! How fast the engine is, beside the floor that it cannot go below.
//!
//! * `floor`: as many events as a day has, pushed to and popped from a bare heap that holds as
//!   many pending ones, with one keyed draw each;
//! * `day`: Northgate for 24 pinned hours of door traffic with detection running, no attack;
//! * `attack`: one run of each scenario;
//! * `batch`: 1,000 runs of an attack on one and on two threads.
//!
//! An *event* is a live pop that took time: stale pops and hops without delay do not count.
//! Criterion prints events per second; the ratio of `day` to `floor` is the figure to watch.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use doorward_defence::RuleDefence;
use doorward_engine::{Nobody, Simulation};
use doorward_model::base::{Draws, EntityKey, Purpose};
use doorward_model::plan::{Plan, Request, load};
use doorward_model::text::{Edit, Files};
use doorward_study::batch::{BatchOptions, run};

struct Disk;

impl Files for Disk {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).map(Arc::from).map_err(|e| e.to_string())
    }
}

/// The plan of a shipped scenario under one of its defences, with edits as `--set` makes them.
fn plan(scenario: &str, defence: usize, sets: &[&str]) -> Arc<Plan> {
    let edits = sets.iter().map(|s| Edit::parse_set(s).unwrap_or_else(|p| panic!("{p}"))).collect();
    let request = Request { edits, ..Request::default() };
    let loaded = load(scenario, &request, &mut Disk).unwrap_or_else(|p| panic!("{p}"));
    Arc::clone(&loaded.plans[defence])
}

fn simulation(plan: &Arc<Plan>) -> Simulation {
    Simulation::new(Arc::clone(plan), Box::new(RuleDefence::new(Arc::clone(plan))))
}

/// Northgate on a Tuesday, under the defence with the most rules.
fn day_plan() -> Arc<Plan> {
    let sets = [
        "scenario.adversaries={}",
        "scenario.start=\"Tue 00:00\"",
        "scenario.warm_up=\"0s\"",
        "scenario.horizon=\"24h\"",
    ];
    plan("scenarios/tailgating.scenario.ron", 1, &sets)
}

/// What the engine's queue holds, without the engine: key and sixteen bytes.
#[derive(PartialEq, Eq)]
struct Bare {
    key: u128,
    payload: [u32; 4],
}

impl Ord for Bare {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

impl PartialOrd for Bare {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Events of the pinned day, and the mean number pending over it.
fn measure_day(simulation: &mut Simulation) -> (u64, usize) {
    simulation.start(1, 0);
    let (mut pending, mut steps) = (0_u64, 0_u64);
    while simulation.step(&mut Nobody) {
        pending += simulation.pending() as u64;
        steps += 1;
    }
    (simulation.events(), (pending / steps.max(1)) as usize)
}

fn floor_and_day(c: &mut Criterion) {
    let plan = day_plan();
    let mut day = simulation(&plan);
    let (events, pending) = measure_day(&mut day);
    println!("a day at Northgate: {events} events, {pending} pending on average");
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(events)).measurement_time(Duration::from_secs(8));
    group.bench_function("floor", |b| {
        let entity = EntityKey::new("bench", "floor");
        b.iter(|| {
            let mut heap = BinaryHeap::with_capacity(2 * pending);
            let mut draws = Draws::new(1, 0);
            for n in 0..pending as u64 {
                heap.push(Bare { key: u128::from(n) << 64 | u128::from(n), payload: [0; 4] });
            }
            // A hold model: each event popped schedules another after a drawn delay.
            for n in 0..events {
                let Some(Bare { key, payload }) = heap.pop() else { break };
                let delay = draws.draw(entity, Purpose::TrafficTime, n as u32) >> 44;
                let at = (key >> 64) as u64 + delay;
                let key = u128::from(at) << 64 | u128::from(pending as u64 + n);
                heap.push(Bare { key, payload: black_box(payload) });
            }
            heap.len()
        });
    });
    group.bench_function("day", |b| {
        b.iter(|| {
            day.start(1, 0);
            day.finish(&mut Nobody);
            day.events()
        });
    });
    group.finish();
}

fn attack(c: &mut Criterion) {
    let mut group = c.benchmark_group("attack");
    for name in ["tailgating", "stolen-badge", "vendor-backdoor", "garcia-easi"] {
        let file = format!("scenarios/{name}.scenario.ron");
        let plan = plan(&file, 0, &[]);
        let mut simulation = simulation(&plan);
        simulation.start(1, 0);
        simulation.finish(&mut Nobody);
        group.throughput(Throughput::Elements(simulation.events()));
        group.bench_function(name, |b| {
            b.iter(|| {
                simulation.start(1, 0);
                simulation.finish(&mut Nobody);
                simulation.events()
            });
        });
    }
    group.finish();
}

fn batch(c: &mut Criterion) {
    let plan = plan("scenarios/garcia-easi.scenario.ron", 0, &[]);
    let attack = self::plan("scenarios/vendor-backdoor.scenario.ron", 1, &["scenario.horizon=\"1h\""]);
    let mut group = c.benchmark_group("batch");
    group.sample_size(10).throughput(Throughput::Elements(1_000));
    for (name, plan) in [("garcia-easi", &plan), ("vendor-backdoor-1h", &attack)] {
        for threads in [1, 2] {
            let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() else { continue };
            group.bench_function(format!("{name}/{threads}"), |b| {
                b.iter(|| {
                    let options = BatchOptions { seed: 1, runs: 1_000 };
                    pool.install(|| run(plan, options, &|_| {}, &AtomicBool::new(false))).runs_done
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, floor_and_day, attack, batch);
criterion_main!(benches);
