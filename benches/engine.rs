//! How fast the engine is, beside the floor that it cannot go below.
//!
//! * `day`: Northgate on a quiet weekday, 24 hours, 300 people, under the defence with the most rules, no attack;
//! * `campus`: a generated campus of 10,000 people and 5,000 portals, the same 24 hours, the same defence;
//! * `floor` of each: as many events pushed to and popped from a bare heap that holds as many pending ones, with one
//!   keyed draw each;
//! * `attack`: one run of each scenario;
//! * `batch`: 1,000 runs of an attack on one and on two threads.
//!
//! An *event* is a live pop that took time: stale pops and hops without delay do not count. Criterion prints events per
//! second. The figure to watch is how many times its floor a day takes, at most 2.5: it is printed from pairs that are
//! timed right after each other, for the speed of a machine may change between one benchmark and the next. So are
//! milliseconds per simulated person-day, with passages and observations pinned, so that the figure cannot be won by
//! simulating less.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use doorward_defence::RuleDefence;
use doorward_engine::{Event, Nobody, Observer, Simulation, Truth, What, Who};
use doorward_model::base::{Draws, EntityKey, Purpose};
use doorward_model::campus::Campus;
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

/// Northgate on a quiet weekday, under the defence with the most rules.
fn day_plan() -> Arc<Plan> {
    let request = Request { defences: vec!["defences/zero-trust.defence.ron".into()], ..Request::default() };
    let loaded = load("scenarios/quiet-weekday.scenario.ron", &request, &mut Disk).unwrap_or_else(|p| panic!("{p}"));
    Arc::clone(&loaded.plans[0])
}

/// A generated campus, in memory, under the same defence.
fn campus_plan() -> Arc<Plan> {
    struct Generated(String);
    impl Files for Generated {
        fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
            match name {
                "campus.site.ron" => Ok(self.0.as_str().into()),
                "campus.scenario.ron" => Ok(CAMPUS_DAY.into()),
                _ => Disk.read(name),
            }
        }
    }
    let campus = Campus { zones: CAMPUS_ZONES, people: 10_000, workstations: 0, seed: 1 };
    let text = campus.text().unwrap_or_else(|problem| panic!("{problem}"));
    let loaded = load("campus.scenario.ron", &Request::default(), &mut Generated(text));
    Arc::clone(&loaded.unwrap_or_else(|p| panic!("{p}")).plans[0])
}

/// As many zones as give 5,000 portals.
const CAMPUS_ZONES: usize = 4_796;
const CAMPUS_DAY: &str = r#"(
    schema: 1, name: "A day on the campus", briefing: "", site: "campus.site.ron",
    defences: ["defences/zero-trust.defence.ron"], start: "Tue 00:00", horizon: "24h",
)"#;

/// Counts what is pinned: passages of people and observations.
#[derive(Default)]
struct Pinned {
    passages: u64,
    observations: u64,
    people: u64,
}

impl Observer for Pinned {
    fn event(&mut self, event: &Event) {
        match event.what {
            What::Truth(Truth::Passed { who: Who::Person(_), .. }) => self.passages += 1,
            What::Truth(Truth::Arrived { .. }) => self.people += 1,
            What::Truth(_) => {}
            What::Observed(_) => self.observations += 1,
        }
    }
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
fn measure_day(name: &str, simulation: &mut Simulation) -> (u64, usize) {
    simulation.start(1, 0);
    let (mut pending, mut steps, mut pinned) = (0_u64, 0_u64, Pinned::default());
    while simulation.step(&mut pinned) {
        pending += simulation.pending() as u64;
        steps += 1;
    }
    let (events, pending) = (simulation.events(), (pending / steps.max(1)) as usize);
    let started = Instant::now();
    simulation.start(1, 0);
    simulation.finish(&mut Nobody);
    let took = started.elapsed().as_secs_f64() * 1_000.0;
    println!(
        "{name}: {events} events, {pending} pending on average; {} people, {} passages, {} observations; {:.4} ms per \
         person-day",
        pinned.people,
        pinned.passages,
        pinned.observations,
        took / pinned.people.max(1) as f64
    );
    (events, pending)
}

/// A hold model on a bare heap: each event popped schedules another after a drawn delay.
fn floor(events: u64, pending: usize) -> usize {
    let entity = EntityKey::new("bench", "floor");
    // Twenty bits of ordinal: a long day takes several keys.
    let keys: Vec<EntityKey> = (0..=events >> 20).map(|turn| entity.child(Purpose::RoutineTime, turn)).collect();
    let mut heap = BinaryHeap::with_capacity(2 * pending);
    let mut draws = Draws::new(1, 0);
    for n in 0..pending as u64 {
        heap.push(Bare { key: u128::from(n) << 64 | u128::from(n), payload: [0; 4] });
    }
    for n in 0..events {
        let Some(Bare { key, payload }) = heap.pop() else { break };
        let delay = draws.draw(keys[(n >> 20) as usize], Purpose::RoutineTime, n as u32 & 0xF_FFFF);
        let at = (key >> 64) as u64 + (delay >> 44);
        let key = u128::from(at) << 64 | u128::from(pending as u64 + n);
        heap.push(Bare { key, payload: black_box(payload) });
    }
    heap.len()
}

/// Prints how many times its floor a day takes: the middle of this many pairs, and what half of them lie between.
fn compare(name: &str, simulation: &mut Simulation, (events, pending): (u64, usize), pairs: usize) {
    let timed = |work: &mut dyn FnMut()| {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    let mut ratios: Vec<f64> = (0..pairs)
        .map(|_| {
            let floor = timed(&mut || {
                black_box(floor(events, pending));
            });
            let day = timed(&mut || {
                simulation.start(1, 0);
                simulation.finish(&mut Nobody);
            });
            day / floor
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    let [low, middle, high] = [1, 2, 3].map(|quarter| ratios[pairs * quarter / 4]);
    println!("{name}: {middle:.2} times its floor; half of {pairs} pairs between {low:.2} and {high:.2}");
}

fn floors_and_days(c: &mut Criterion) {
    for (name, plan, samples, pairs) in [("day", day_plan(), 60, 400), ("campus", campus_plan(), 10, 20)] {
        let mut day = simulation(&plan);
        let (events, pending) = measure_day(name, &mut day);
        compare(name, &mut day, (events, pending), pairs);
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(events)).measurement_time(Duration::from_secs(8)).sample_size(samples);
        group.bench_function("floor", |b| b.iter(|| floor(events, pending)));
        group.bench_function("day", |b| {
            b.iter(|| {
                day.start(1, 0);
                day.finish(&mut Nobody);
                day.events()
            });
        });
        group.finish();
    }
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

criterion_group!(benches, floors_and_days, attack, batch);
criterion_main!(benches);
