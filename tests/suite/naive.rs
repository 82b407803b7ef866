//! The engine against models of a few lines that know nothing of it: steps of a fixed length or one day after the
//! other, plain random numbers, floats.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;

use doorward_engine::{Truth, What, Who};
use doorward_model::fixture;
use doorward_model::plan::{Direction, Plan};
use doorward_model::signal::Report;

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

// -------------------------------------------------- a day of people, and a follower

const STAFF: usize = 40;
const ATTENDS: f64 = 0.8;
const ERRANDS: f64 = 3.0;
const READ: f64 = 1.0;
const FAILS: f64 = 0.1;
const TRIES: usize = 3;
const AGAIN: f64 = 2.0;
const PASS: f64 = 3.0;
const HELD_CHANCE: f64 = 0.05;
const HELD_AFTER: f64 = 15.0;
const HOLDS: f64 = 0.25;
const FITS: f64 = 0.8;
const BEGINS: f64 = 40.0 * 60.0;
const PATIENCE: f64 = 600.0;
const HOURS: usize = 10;

/// From 07:50: people come between eight and ten, leave between four and five, and go to the canteen meanwhile. From
/// 08:30 on somebody waits at the front door.
fn working_day() -> Arc<Plan> {
    const DOOR: &str =
        "badge 3s read=1s reject=0.1 dps held=15s held-chance=0.05 held-time=U(20s,90s) close=U(3s,8s) follow=0.8";
    fixture::plan(&format!(
        "start Mon 07:50
        street -[{DOOR} name=front]-> lobby -[{DOOR} name=canteen-door]-> canteen
        role staff 40 zones lobby,canteen shift Mon-Fri 09:00-17:00
        day staff base=lobby attends=0.8 lead=1h arrives=U(0s,2h) leaves=U(0s,1h)
        errand coffee of=staff to=canteen per-day=3 stays=U(2min,6min)
        habits help=U(20s,60s)
        behaviour hold=0.25
        adversary thief at street begins=40min wants reach lobby 1s only=walk,follow-through patience=10min
        technique follow-through attempts=1
        horizon 10h"
    ))
}

/// What comes of a day, whoever tells.
#[derive(Default)]
struct Day {
    /// Passages of people by door, way (in, out) and hour since the start.
    passages: [[[f64; HOURS]; 2]; 2],
    /// Refusals at readers.
    refused: f64,
    /// How often a leaf was open for too long.
    held: f64,
    /// How often somebody had to help.
    helped: f64,
    /// From the begin until the follower is in.
    followed: Option<f64>,
}

/// The passages of a naive day, in seconds since the start.
#[derive(Default)]
struct Passages {
    /// When, door, inwards.
    all: Vec<(f64, usize, bool)>,
    /// When the front door was granted, and when they went through.
    granted: Vec<(f64, f64)>,
    day: Day,
}

impl Passages {
    /// In with a badge, from one who stands there at a time; when they are in.
    fn enter(&mut self, dice: &mut Dice, mut now: f64, door: usize) -> f64 {
        let mut granted = false;
        for again in 0..TRIES {
            now += if again > 0 { AGAIN } else { 0.0 } + READ;
            if !dice.happens(FAILS) {
                granted = true;
                break;
            }
            self.day.refused += 1.0;
        }
        if !granted {
            self.day.helped += 1.0;
            now += dice.uniform(20.0, 60.0);
        } else if door == 0 {
            self.granted.push((now, now + PASS));
        }
        self.all.push((now + PASS, door, true));
        now + PASS
    }

    /// Out by the handle.
    fn leave(&mut self, now: f64, door: usize) -> f64 {
        self.all.push((now + PASS, door, false));
        now + PASS
    }

    /// One member's day.
    fn member(&mut self, dice: &mut Dice) {
        if !dice.happens(ATTENDS) {
            return;
        }
        let begin = 600.0;
        let sets_out = begin + dice.uniform(0.0, 7200.0);
        let leaves = begin + dice.uniform(8.0 * 3600.0, 9.0 * 3600.0);
        let mut due: Vec<f64> = (0..dice.poisson(ERRANDS)).map(|_| dice.uniform(sets_out, leaves)).collect();
        due.sort_by(f64::total_cmp);
        let mut now = self.enter(dice, sets_out, 0);
        let (mut next, mut in_canteen) = (due.into_iter().peekable(), false);
        loop {
            // What is due waits until they are free; who is there already stays on.
            let at = next.peek().copied().unwrap_or(f64::INFINITY).min(leaves).max(now);
            if in_canteen && at > now {
                now = self.leave(now, 1);
                in_canteen = false;
                continue;
            }
            now = at;
            if now >= leaves {
                break;
            }
            next.next();
            if !in_canteen {
                now = self.enter(dice, now, 1);
                in_canteen = true;
            }
            now += dice.uniform(120.0, 360.0);
        }
        if in_canteen {
            now = self.leave(now, 1);
        }
        self.leave(now, 0);
    }

    /// How often one leaf stays open for too long: overlapping openings are one.
    fn held(&self, dice: &mut Dice, door: usize) -> f64 {
        let (mut opened, mut closes, mut counted, mut held) = (0.0, -1.0, false, 0.0);
        for &(at, ..) in self.all.iter().filter(|(_, of, _)| *of == door) {
            let stays = if dice.happens(HELD_CHANCE) { dice.uniform(20.0, 90.0) } else { dice.uniform(3.0, 8.0) };
            if at >= closes {
                (opened, counted) = (at, false);
            }
            closes = f64::max(closes, at + stays);
            if closes - opened > HELD_AFTER && !counted {
                counted = true;
                held += 1.0;
            }
        }
        held
    }

    /// When the follower is in, if before their patience ends.
    fn follower(&self, dice: &mut Dice) -> Option<f64> {
        // Whoever was granted just now has not opened yet: the lock is released.
        if self.granted.iter().any(|(granted, through)| (*granted..*through).contains(&BEGINS)) {
            return Some(PASS);
        }
        let tries = self
            .all
            .iter()
            .filter(|(at, door, inwards)| *door == 0 && *inwards && (BEGINS..BEGINS + PATIENCE).contains(at));
        let mut tries = tries.map(|(at, ..)| *at);
        tries.find(|_| dice.happens(HOLDS) && dice.happens(FITS)).map(|at| at + PASS - BEGINS)
    }
}

impl Dice {
    /// Arrivals of unit rate until a time.
    fn poisson(&mut self, mean: f64) -> usize {
        let (mut count, mut sum) = (0, 0.0);
        loop {
            sum -= (1.0 - self.unit()).ln();
            if sum > mean {
                return count;
            }
            count += 1;
        }
    }
}

fn naive_day(dice: &mut Dice) -> Day {
    let mut passages = Passages::default();
    for _ in 0..STAFF {
        passages.member(dice);
    }
    passages.all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let held = passages.held(dice, 0) + passages.held(dice, 1);
    let followed = passages.follower(dice);
    let mut day = Day { held, followed, ..passages.day };
    for (at, door, inwards) in passages.all {
        day.passages[door][usize::from(!inwards)][(at / 3600.0) as usize] += 1.0;
    }
    day
}

/// What comes of a run of the engine.
fn engine_day(plan: &Arc<Plan>, run: u32) -> Day {
    let mut day = Day::default();
    for event in nth_run(plan, run).events {
        let at = event.at.as_millis() as f64 / 1e3;
        match event.what {
            What::Truth(Truth::Passed { who: Who::Person(_), portal, direction, .. }) => {
                let door = usize::from(plan.portals[portal.index()].name != "front");
                day.passages[door][usize::from(direction == Direction::Exit)][(at / 3600.0) as usize] += 1.0;
            }
            What::Truth(Truth::Passed { who: Who::Actor(..), direction: Direction::Entry, .. }) => {
                day.followed = Some(at - BEGINS);
            }
            What::Truth(Truth::Refused { .. }) => day.refused += 1.0,
            What::Truth(Truth::Helped { .. }) => day.helped += 1.0,
            What::Observed(seen) if matches!(seen.report, Report::PortalHeld { .. }) => day.held += 1.0,
            What::Truth(_) | What::Observed(_) => {}
        }
    }
    day
}

#[test]
fn a_day_of_people_and_a_follower_at_the_front_door() {
    let runs = if std::env::var_os("DOORWARD_LONG_TESTS").is_some() { 20_000 } else { 1_500 };
    let plan = working_day();
    let ours: Vec<Day> = (0..runs).map(|run| engine_day(&plan, run)).collect();
    let mut dice = Dice::new(SEED + 1);
    let naive: Vec<Day> = (0..runs).map(|_| naive_day(&mut dice)).collect();
    let mean_of = |what: &str, of: &dyn Fn(&Day) -> f64| {
        let [ours, naive] = [&ours, &naive].map(|days| days.iter().map(of).collect::<Vec<f64>>());
        same_mean(&ours, &naive, 0.0, what);
    };
    for (door, name) in ["front", "canteen-door"].into_iter().enumerate() {
        for (way, word) in ["in", "out"].into_iter().enumerate() {
            for hour in 0..HOURS {
                mean_of(&format!("{name} {word}, hour {hour}"), &|day| day.passages[door][way][hour]);
            }
        }
    }
    let total = |day: &Day| day.passages.iter().flatten().flatten().sum::<f64>();
    mean_of("passages", &total);
    mean_of("refusals", &|day| day.refused);
    mean_of("helped", &|day| day.helped);
    mean_of("held", &|day| day.held);
    // As wide, too: nobody's day hangs on another's.
    let mean = naive.iter().map(total).sum::<f64>() / f64::from(runs);
    mean_of("spread of passages", &|day| (total(day) - mean).powi(2));
    let share = |days: &[Day]| (days.iter().filter(|day| day.followed.is_some()).count(), days.len());
    same_share(share(&ours), share(&naive), "followed");
    let waits = |days: &[Day]| days.iter().filter_map(|day| day.followed).collect::<Vec<f64>>();
    same_mean(&waits(&ours), &waits(&naive), 0.0, "waiting time");
    assert!(
        share(&naive).0 * 5 > naive.len() && share(&naive).0 * 5 < naive.len() * 4,
        "{:?} is no test",
        share(&naive)
    );
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
