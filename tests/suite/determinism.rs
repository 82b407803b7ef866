//! A run is a function of the files, the seed and its index: not of threads, of how it is stepped, or of what ran before.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use doorward_engine::{Event, Outage, Simulation, Truth, What, Who};
use doorward_model::base::SimTime;
use doorward_model::fixture;
use doorward_model::plan::Plan;
use doorward_study::{BatchOptions, BatchResult, Milestones, Scorecard, batch};

use crate::support::{Log, log, shipped, simulation};
use crate::worlds::{self, STOLEN_BADGE, TAILGATER, VENDOR};

const SEED: u64 = 7;

fn small() -> Vec<Arc<Plan>> {
    [TAILGATER, STOLEN_BADGE, VENDOR].map(fixture::plan).to_vec()
}

/// Small worlds, one where everything happens, and Northgate with all its people and rules.
fn all_worlds() -> Vec<Arc<Plan>> {
    let mut plans = small();
    plans.push(busy());
    plans.extend(shipped("vendor-backdoor", &[]));
    plans
}

fn busy() -> Arc<Plan> {
    fixture::plan(&worlds::busy())
}

fn started(plan: &Arc<Plan>, run: u32) -> Simulation {
    let mut simulation = simulation(plan);
    simulation.start(SEED, run);
    simulation
}

fn batch(plan: &Arc<Plan>, runs: u32, threads: usize) -> BatchResult {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let never = AtomicBool::new(false);
    pool.install(|| batch::run(plan, BatchOptions { seed: SEED, runs }, &|_| (), &never))
}

fn json(plan: &Plan, result: &BatchResult) -> String {
    serde_json::to_string(&result.scorecard.summary(plan)).expect("JSON")
}

/// The first difference is told, not two whole logs.
#[track_caller]
fn assert_same(left: &[Event], right: &[Event], how: &str) {
    let differ = left.iter().zip(right).position(|(l, r)| l != r);
    assert_eq!(differ.map(|i| (left[i], right[i])), None, "{how}");
    assert_eq!(left.len(), right.len(), "{how}");
}

#[test]
fn threads_and_calls_do_not_show() {
    for (plan, runs) in small()
        .iter()
        .map(|plan| (plan, 200))
        .chain([(&busy(), 12)])
        .chain(shipped("vendor-backdoor", &[]).iter().map(|plan| (plan, 6)))
    {
        let [one, two, again] = [1, 2, 2].map(|threads| batch(plan, runs, threads));
        assert_eq!(one, two, "{}", plan.scenario);
        assert_eq!(two, again, "{}", plan.scenario);
        assert_eq!(json(plan, &one), json(plan, &two));
        assert_eq!(one.runs_done, u64::from(runs));
    }
}

#[test]
fn stepped_sliced_or_whole_is_the_same_run() {
    for plan in &all_worlds() {
        let whole = log(plan, SEED, 1);
        assert!(!whole.is_empty());

        let (mut stepped, mut events) = (started(plan, 1), Log::default());
        while stepped.step(&mut events) {}
        assert_same(&whole, &events.0, "step by step");

        let (mut sliced, mut events) = (started(plan, 1), Log::default());
        let mut at = SimTime::ZERO;
        while at < plan.horizon {
            // Uneven slices, some of them with nothing in them.
            at = SimTime::from_millis(at.as_millis() * 11 / 10 + 777);
            sliced.run_until(at, &mut events);
            assert!(sliced.now() <= at.min(plan.horizon));
        }
        sliced.finish(&mut events);
        assert_same(&whole, &events.0, "in slices");
        assert_eq!((sliced.now(), sliced.events()), (stepped.now(), stepped.events()));
    }
}

#[test]
fn a_checkpoint_goes_on_as_the_original() {
    for plan in &all_worlds() {
        let whole = log(plan, SEED, 2);
        // At events that matter: half way, and soon after the last alarm or act.
        for share in [1, 2, 3] {
            let (mut original, mut events) = (started(plan, 2), Log::default());
            while events.0.len() < whole.len() * share / 4 && original.step(&mut events) {}
            let (mut copy, mut copied) = (original.clone(), events.clone());
            original.finish(&mut events);
            assert_same(&whole, &events.0, "the original");
            copy.finish(&mut copied);
            assert_same(&whole, &copied.0, "the copy");
        }
    }
}

/// In the middle of what leaves much half done: while people are on their way out and while they stand at the muster
/// point, on batteries and without them, without a server, without the transfer from HR, in a broken patch.
#[test]
fn a_checkpoint_in_the_middle_of_a_failure_goes_on_as_the_original() {
    let plan = &busy();
    let whole = log(plan, SEED, 2);
    let begins = |failed: fn(Outage) -> bool| {
        let begins =
            |event: &&Event| matches!(event.what, What::Truth(Truth::Outage { what, began: true }) if failed(what));
        whole.iter().find(begins).expect("it fails").at
    };
    let moments = [
        ("leaving", begins(|what| what == Outage::Fire), 20),
        ("gathered", begins(|what| what == Outage::Fire), 600),
        ("on batteries", begins(|what| matches!(what, Outage::Feed(_))), 300),
        ("batteries are empty", begins(|what| matches!(what, Outage::Feed(_))), 25 * 60),
        ("a panel alone", begins(|what| matches!(what, Outage::PanelLink(_))), 400),
        ("a server down", begins(|what| matches!(what, Outage::Device(_))), 30),
        ("a panel broken", begins(|what| matches!(what, Outage::Panel(_))), 30),
        ("no line out", begins(|what| what == Outage::Wan), 300),
        ("no transfer", begins(|what| what == Outage::Sync), 1200),
        ("a line crowded", begins(|what| matches!(what, Outage::Segment(_))), 60),
    ];
    for (moment, begin, seconds) in moments {
        let at = begin + doorward_model::base::SimDuration::from_secs(seconds);
        let (mut original, mut events) = (started(plan, 2), Log::default());
        original.run_until(at, &mut events);
        let so_far = events.0.len();
        let (mut copy, mut copied) = (original.clone(), events.clone());
        // The original goes on first, and is used for another run: the copy shares nothing with it.
        original.finish(&mut events);
        assert_same(&whole, &events.0, moment);
        original.start(SEED, 3);
        original.finish(&mut Log::default());
        while copy.step(&mut copied) {}
        assert_same(&whole, &copied.0, moment);
        assert!(so_far > 100 && so_far + 100 < whole.len(), "{moment} is no test");
    }
    // People are on their way when the first of these copies is made.
    let fire = begins(|what| what == Outage::Fire);
    let moving = whole.iter().filter(|event| {
        let since = (event.at - fire).as_millis();
        matches!(event.what, What::Truth(Truth::Passed { who: Who::Person(_), .. }))
            && (20_000..60_000).contains(&since)
    });
    assert!(moving.count() > 10);
}

#[test]
fn a_used_simulation_equals_a_fresh_one() {
    for plan in &all_worlds() {
        let mut used = simulation(plan);
        for run in [3, 0, 5] {
            used.start(SEED, run);
            let mut events = Log::default();
            // One run is left half way.
            let until = if run == 0 { SimTime::from_millis(plan.horizon.as_millis() / 2) } else { plan.horizon };
            used.run_until(until, &mut events);
            let expected = log(plan, SEED, run).into_iter().filter(|event| event.at <= until).collect::<Vec<_>>();
            assert_same(&expected, &events.0, "after others");
        }
    }
}

#[test]
fn a_run_alone_is_the_same_run_in_a_batch() {
    for plan in &all_worlds() {
        let runs = if plan.people.len() < 20 { 40 } else { 4 };
        let mut alone = Scorecard::new(plan);
        let mut events = 0;
        for run in 0..runs {
            let mut simulation = started(plan, run);
            let mut milestones = Milestones::new(Arc::clone(plan));
            simulation.finish(&mut milestones);
            alone.record(milestones.score());
            events += simulation.events();
        }
        let together = batch(plan, runs, 2);
        assert_eq!((&alone, events), (&together.scorecard, together.events), "{}", plan.scenario);
    }
}

#[test]
fn seed_and_index_both_matter() {
    for plan in small().iter().chain([&busy()]) {
        assert_ne!(log(plan, 1, 0), log(plan, 1, 1), "{}", plan.scenario);
        assert_ne!(log(plan, 1, 0), log(plan, 2, 0), "{}", plan.scenario);
    }
}
