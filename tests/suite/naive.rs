//! The engine against models of a few lines that know nothing of it: steps of a fixed length, plain random numbers.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;

use doorward_engine::{Truth, What, Who};
use doorward_model::fixture;
use doorward_model::plan::Plan;

use crate::recorded::{nth_run, scores};

/// Fixed before any outcome was seen.
const SEED: u64 = 4_711;

/// Random numbers of its own: one plain stream, nothing keyed.
struct Dice(ChaCha8Rng);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    fn unit(&mut self) -> f64 {
        self.0.random()
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }

    /// By the sum of twelve, cut at 0: near enough for times with a small spread.
    fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        (mean + sd * (sum - 6.0)).max(0.0)
    }

    fn uniform(&mut self, min: f64, max: f64) -> f64 {
        min + (max - min) * self.unit()
    }
}

/// Two samples of yes and no that differ by more than four standard errors do not come from one chance.
#[track_caller]
fn same_share(ours: (usize, usize), naive: (usize, usize), what: &str) {
    let share = |(count, of): (usize, usize)| count as f64 / of as f64;
    let both = (ours.0 + naive.0) as f64 / (ours.1 + naive.1) as f64;
    let error = (both * (1.0 - both) * (1.0 / ours.1 as f64 + 1.0 / naive.1 as f64)).sqrt();
    let (a, b) = (share(ours), share(naive));
    assert!((a - b).abs() <= 4.0 * error + 1e-12, "{what}: engine {a}, naive {b}, standard error {error}");
}

/// The same for the mean of two samples of times; `step` is what the naive one may be off by.
#[track_caller]
fn same_mean(ours: &[f64], naive: &[f64], step: f64, what: &str) {
    let mean = |sample: &[f64]| sample.iter().sum::<f64>() / sample.len() as f64;
    let variance = |sample: &[f64]| {
        let m = mean(sample);
        sample.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (sample.len() as f64 - 1.0) / sample.len() as f64
    };
    let error = (variance(ours) + variance(naive)).sqrt();
    let (a, b) = (mean(ours), mean(naive));
    assert!((a - b).abs() <= 4.0 * error + step, "{what}: engine {a}, naive {b}, standard error {error}");
}

// ---------------------------------------------------- an intruder and a force

/// Barriers with sensors; the force comes some time after the first alarm that somebody believes and that gets through.
struct Barrier {
    mean: f64,
    sd: f64,
    detects: f64,
    /// Share of the delay after which the sensor acts.
    when: f64,
}

const PATH: [Barrier; 3] = [
    Barrier { mean: 40.0, sd: 8.0, detects: 0.5, when: 0.5 },
    Barrier { mean: 90.0, sd: 20.0, detects: 0.6, when: 0.0 },
    Barrier { mean: 120.0, sd: 25.0, detects: 0.7, when: 1.0 },
];
const TASK: (f64, f64) = (80.0, 160.0);
const FORCE: (f64, f64) = (120.0, 30.0);

fn intrusion() -> Arc<Plan> {
    fixture::plan(
        "street -[fence climb=N(40s,8s) name=fence]-> yard -[lock N(90s,20s) name=outer]-> hall -[lock N(120s,25s) name=inner]-> vault
        asset pump in vault U(80s,160s)
        sensor one on fence climb=0.5 middle
        sensor two on outer force=0.6 begin
        sensor three on inner force=0.7 end
        adversary vandal at street wants sabotage pump
        script vandal: pass fence climb-barrier; pass outer force-barrier; pass inner force-barrier; task pump sabotage-asset
        queue q ack=10s assess=U(20s,60s) true=0.8 operators=9
        rule any when Sensor() raise q 1
        play any -> Call(\"force\")
        force force N(120s,30s)
        horizon 1h",
    )
}

/// Whether detected, whether interrupted, and when, by steps of a tenth of a second.
fn step_by_step(dice: &mut Dice) -> (bool, Option<f64>) {
    const STEP: f64 = 0.1;
    let mut stage = 0;
    let mut left = dice.normal(PATH[0].mean, PATH[0].sd);
    let mut until_sensed = sensed_after(dice, 0, left);
    let mut verdicts: Vec<f64> = Vec::new();
    let mut arrival: Option<f64> = None;
    let mut detected = false;
    let mut now = 0.0;
    loop {
        if until_sensed.is_some_and(|t| t <= 0.0) {
            until_sensed = None;
            let believed = dice.happens(0.8);
            let delay = 10.0 + dice.uniform(20.0, 60.0);
            if believed {
                verdicts.push(now + delay);
            }
        }
        if verdicts.iter().any(|at| *at <= now) && arrival.is_none() {
            detected = true;
            arrival = Some(now + dice.normal(FORCE.0, FORCE.1));
        }
        if left <= 0.0 {
            stage += 1;
            if stage > PATH.len() {
                // The force may still be called afterwards; it comes too late.
                return (detected || !verdicts.is_empty(), None);
            }
            left = if stage < PATH.len() {
                dice.normal(PATH[stage].mean, PATH[stage].sd)
            } else {
                dice.uniform(TASK.0, TASK.1)
            };
            until_sensed = if stage < PATH.len() { sensed_after(dice, stage, left) } else { None };
            continue;
        }
        if arrival.is_some_and(|at| at <= now) {
            return (detected, Some(now));
        }
        now += STEP;
        left -= STEP;
        until_sensed = until_sensed.map(|t| t - STEP);
    }
}

fn sensed_after(dice: &mut Dice, stage: usize, delay: f64) -> Option<f64> {
    let barrier = &PATH[stage];
    // What is sensed at the very end is sensed just before it is over.
    dice.happens(barrier.detects).then_some((delay * barrier.when - 0.05).max(0.0))
}

#[test]
fn a_scripted_intruder_against_a_force() {
    let runs = if std::env::var_os("DOORWARD_LONG_TESTS").is_some() { 200_000 } else { 20_000 };
    let ours = scores(&intrusion(), runs);
    let mut dice = Dice::new(SEED);
    let naive: Vec<_> = (0..runs).map(|_| step_by_step(&mut dice)).collect();
    let of = runs as usize;
    let count = |n: usize| (n, of);
    same_share(
        count(ours.iter().filter(|s| s.detected.is_some()).count()),
        count(naive.iter().filter(|n| n.0).count()),
        "detected",
    );
    same_share(
        count(ours.iter().filter(|s| s.interrupted.is_some()).count()),
        count(naive.iter().filter(|n| n.1.is_some()).count()),
        "interrupted",
    );
    same_share(
        count(ours.iter().filter(|s| s.objective.is_some()).count()),
        count(naive.iter().filter(|n| n.1.is_none()).count()),
        "objective",
    );
    let times: Vec<f64> = ours.iter().filter_map(|s| s.interrupted).map(|t| t.as_millis() as f64 / 1e3).collect();
    let naive_times: Vec<f64> = naive.iter().filter_map(|n| n.1).collect();
    same_mean(&times, &naive_times, 0.2, "time of interruption");
}

// ----------------------------------------------------- a door and a follower

/// People come at random; one in so many holds the door, and a second body fits in so many of those cases.
const PER_HOUR: f64 = 90.0;
const INWARD: f64 = 0.7;
const HOLDS: f64 = 0.25;
const FITS: f64 = 0.8;
const PATIENCE: f64 = 240.0;

fn door() -> Arc<Plan> {
    fixture::plan(
        "start Mon 09:00
        street -[badge 3s read=1s close=6s follow=0.8 name=front traffic=90/h:staff inward=0.7]-> lobby
        role staff 40 zones lobby
        behaviour hold=0.25 report=0.5 delay=1s
        adversary thief at street begins=20min wants reach lobby 1s only=walk,follow-through patience=4min
        technique follow-through attempts=1
        horizon 2h",
    )
}

/// When it is in, if it is before its patience ends; and how many have reported it.
fn wait_at_the_door(dice: &mut Dice) -> (Option<f64>, usize) {
    const STEP: f64 = 0.1;
    let per_step = PER_HOUR / 3600.0 * STEP;
    let mut reports = 0;
    // Whoever was let in by the panel in the last 3 s has not opened yet: the lock is released.
    if (0..30).any(|_| dice.happens(per_step) && dice.happens(INWARD)) {
        return (Some(3.0), 0);
    }
    let mut now = 0.0;
    while now < PATIENCE {
        now += STEP;
        if dice.happens(per_step) && dice.happens(INWARD) {
            if !dice.happens(HOLDS) {
                reports += usize::from(dice.happens(0.5));
            } else if dice.happens(FITS) {
                return (Some(now + 3.0), reports);
            }
        }
    }
    (None, reports)
}

#[test]
fn a_follower_at_a_busy_door() {
    let runs = if std::env::var_os("DOORWARD_LONG_TESTS").is_some() { 40_000 } else { 4_000 };
    let plan = door();
    let mut ours = Vec::new();
    for n in 0..runs {
        let run = nth_run(&plan, n);
        let entered = run.events.iter().find_map(|e| match e.what {
            What::Truth(Truth::Passed { who: Who::Actor(..), .. }) => Some(e.at.as_millis() as f64 / 1e3 - 1200.0),
            What::Truth(_) | What::Observed(_) => None,
        });
        let reports = run.events.iter().filter(|e| {
            matches!(&e.what, What::Observed(seen) if matches!(seen.report, doorward_model::signal::Report::PersonReport { .. }))
        });
        ours.push((entered, reports.count()));
    }
    let mut dice = Dice::new(SEED + 1);
    let naive: Vec<_> = (0..runs).map(|_| wait_at_the_door(&mut dice)).collect();
    let of = runs as usize;
    same_share(
        (ours.iter().filter(|o| o.0.is_some()).count(), of),
        (naive.iter().filter(|n| n.0.is_some()).count(), of),
        "let in",
    );
    let times = |all: &[(Option<f64>, usize)]| all.iter().filter_map(|o| o.0).collect::<Vec<f64>>();
    same_mean(&times(&ours), &times(&naive), 0.2, "time until in");
    let reports = |all: &[(Option<f64>, usize)]| all.iter().map(|o| o.1 as f64).collect::<Vec<f64>>();
    same_mean(&reports(&ours), &reports(&naive), 0.0, "reports");
}

// ---------------------------------------------------------- a guard's search

#[test]
fn a_race_between_a_guard_and_a_thief() {
    // The guard needs 30 m and a search of U(30 s, 90 s) that finds with 0.6; the thief needs E(100 s) in the store.
    let plan = fixture::plan(
        "room -[door name=a]-> store
        street -[fence climb=1s name=fence]-> store
        zone street offsite
        zone room at 0,0
        zone store at 30,0
        asset safe in store E(100s)
        sensor wire on fence climb=1
        adversary vandal at street wants sabotage safe
        script vandal: pass fence climb-barrier; task safe sabotage-asset
        add site.portals.fence.at (30, 0)
        rule wire when Sensor() respond Dispatch
        post desk in room guards 1
        guards search=U(30s,90s) finds=0.6
        horizon 6h",
    );
    let runs = 20_000;
    let ours = scores(&plan, runs).iter().filter(|s| s.interrupted.is_some()).count();
    let mut dice = Dice::new(SEED + 2);
    let mut naive = 0;
    for _ in 0..runs {
        let (mut now, at) = (0.0, 30.0 + dice.uniform(30.0, 90.0));
        let finds = dice.happens(0.6);
        // The task is over within a step with a constant hazard.
        let mut over = false;
        while now < at && !over {
            now += 0.1;
            over = now > 1.0 && dice.happens(0.1 / 100.0);
        }
        naive += usize::from(finds && !over);
    }
    same_share((ours, runs as usize), (naive, runs as usize), "met in time");
}
