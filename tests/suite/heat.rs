//! Where it happens, over many runs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};

use doorward_engine::{Truth, What, Who};
use doorward_model::base::{PortalId, SimDuration, ZoneId};
use doorward_model::fixture;
use doorward_model::plan::Plan;
use doorward_study::Heat;
use doorward_study::heat::Measure;

use crate::support::{Log, simulation};
use crate::worlds::TAILGATER;

fn heat(plan: &Arc<Plan>, runs: u32, threads: usize) -> Heat {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let (progress, stop) = (AtomicU32::new(0), AtomicBool::new(false));
    let heat = pool.install(|| Heat::of(plan, &simulation(plan), 1, runs, &progress, &stop));
    assert_eq!(progress.into_inner(), runs);
    heat.expect("nobody stopped it")
}

fn zone(plan: &Plan, name: &str) -> ZoneId {
    ZoneId::from_index(plan.zones.iter().position(|zone| zone.name == name).expect("a zone"))
}

#[test]
fn presence_is_the_time_between_two_doors() {
    let text = "street -[free 2s name=gate]-> yard\nzone street offsite at 0,0\nzone yard at 72,0\n\
                adversary thief at street wants reach yard 60s only=walk";
    let plan = fixture::plan(text);
    let mut log = Log::default();
    let mut run = simulation(&plan);
    run.start(1, 0);
    run.finish(&mut log);
    let through =
        |what: &What| matches!(what, What::Truth(Truth::Passed { who: Who::Actor(..), .. } | Truth::Stopped { .. }));
    let moves: Vec<_> = log.0.iter().filter(|event| through(&event.what)).map(|event| event.at).collect();
    let [entered, left, ..] = moves[..] else { panic!("in and out: {moves:?}") };
    let heat = heat(&plan, 1, 1);
    let yard = zone(&plan, "yard");
    assert!(left - entered >= SimDuration::from_secs(60));
    assert_eq!(heat.zones[yard.index()].presence_ms, (left - entered).as_millis());
    assert_eq!(heat.zones[yard.index()].present, [0]);
}

#[test]
fn each_run_behind_a_figure_is_one_of_those_counted() {
    let plan = fixture::plan(TAILGATER);
    const RUNS: u32 = 40;
    let heat = heat(&plan, RUNS, 2);
    let (mut detected, mut passed) = (BTreeSet::new(), 0);
    let mut run = simulation(&plan);
    for index in 0..RUNS {
        let mut log = Log::default();
        run.start(1, index);
        run.finish(&mut log);
        for event in &log.0 {
            match event.what {
                What::Truth(Truth::Detected { .. }) => _ = detected.insert(index),
                What::Truth(Truth::Passed { who: Who::Actor(..), portal: PortalId(0), .. }) => passed += 1,
                _ => {}
            }
        }
    }
    assert!(!detected.is_empty() && detected.len() < RUNS as usize, "a fixture that tells nothing");
    let behind: BTreeSet<u32> = heat.zones.iter().flat_map(|zone| zone.runs(Measure::Detection)).copied().collect();
    assert!(behind.is_subset(&detected));
    assert_eq!(behind.len() + heat.detected_nowhere as usize, detected.len());
    assert_eq!(heat.portals[0].adversaries, passed);
    let office = zone(&plan, "office");
    let share = heat.figure(office, Measure::Detection);
    assert_eq!(share, heat.zones[office.index()].detected.len() as f64 / f64::from(RUNS));
}

#[test]
fn threads_change_nothing() {
    let plan = fixture::plan(TAILGATER);
    assert_eq!(heat(&plan, 24, 1), heat(&plan, 24, 2));
}
