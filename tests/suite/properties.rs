//! What must hold whatever the figures are: on fixed scripts under stationary conditions, in every pair of runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_engine::{Gain, Truth, What};
use doorward_model::base::{AdversaryId, SimTime};
use doorward_model::fixture;
use doorward_model::plan::{Origin, Plan, Request, load};
use doorward_model::text::{Edit, EditOp};
use doorward_study::RunScore;
use proptest::prelude::*;

use crate::recorded::{nth_run, scores};
use crate::support::{self, NORTHGATE};

/// The figures of a small path: three barriers with sensors, a task, a team and a force.
#[derive(Clone, Copy, Debug)]
struct Figures {
    /// Seconds, of each barrier and of the task.
    delays: [u32; 4],
    /// Hundredths, of each sensor.
    detects: [u32; 3],
    moment: &'static str,
    /// Seconds.
    assess: u32,
    arrival: u32,
    /// Hundredths: a true alarm is believed, a call gets through.
    believed: u32,
    communicated: u32,
}

fn figures() -> impl Strategy<Value = Figures> {
    let moment = prop_oneof![Just("begin"), Just("middle"), Just("end")];
    (
        [10_u32..200, 10..200, 10..200, 10..200],
        [0_u32..=100, 0..=100, 0..=100],
        moment,
        (0_u32..60, 30_u32..500, 0_u32..=100, 0_u32..=100),
    )
        .prop_map(|(delays, detects, moment, (assess, arrival, believed, communicated))| Figures {
            delays,
            detects,
            moment,
            assess,
            arrival,
            believed,
            communicated,
        })
}

impl Figures {
    fn plan(&self) -> Arc<Plan> {
        let Figures { delays: [a, b, c, task], detects: [x, y, z], moment, assess, arrival, believed, communicated } =
            *self;
        let share = |hundredths: u32| f64::from(hundredths) / 100.0;
        let (x, y, z) = (share(x), share(y), share(z));
        let third = |seconds: u32| f64::from(seconds) / 3.0;
        fixture::plan(&format!(
            "street -[fence climb=N({a}s,{:.1}s) name=one]-> yard -[lock L({b}s,{:.1}s) name=two]-> hall -[lock E({c}s) name=three]-> vault
            asset pump in vault P(1s,{task}s,1h)
            sensor one on one climb={x} {moment}
            sensor two on two force={y} {moment}
            sensor three on three force={z} {moment}
            adversary vandal at street wants sabotage pump
            script vandal: pass one climb-barrier; pass two force-barrier; pass three force-barrier; task pump sabotage-asset
            queue q operators=9 assess=U(0s,{assess}.5s) true={}
            rule any when Sensor() raise q 1
            play any -> Call(\"force\")
            force force N({arrival}s,{:.1}s)
            communication {}
            horizon 1d",
            third(a),
            third(b),
            share(believed),
            third(arrival),
            share(communicated),
        ))
    }
}

const RUNS: u32 = 60;

/// In no pair of runs does the second plan let the adversary succeed where the first did not.
fn never_worse(first: &Figures, second: &Figures) -> Result<(), TestCaseError> {
    let (before, after) = (scores(&first.plan(), RUNS), scores(&second.plan(), RUNS));
    for (run, (before, after)) in before.iter().zip(&after).enumerate() {
        let raised = before.objective.is_none() && after.objective.is_some();
        prop_assert!(!raised, "run {run}: {first:?} stops it, {second:?} does not");
    }
    Ok(())
}

fn cases() -> ProptestConfig {
    let cases = if std::env::var_os("DOORWARD_LONG_TESTS").is_some() { 2_000 } else { 48 };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_longer_delay_never_raises_the_objective(figures in figures(), which in 0_usize..4, more in 1_u32..300) {
        // Every detection is at the begin of a task: what is longer comes after it, or before any.
        let figures = Figures { moment: "begin", ..figures };
        let mut longer = figures;
        longer.delays[which] += more;
        never_worse(&figures, &longer)?;
    }

    #[test]
    fn a_longer_last_barrier_never_does_either(figures in figures(), more in 1_u32..300) {
        let mut longer = figures;
        longer.delays[3] += more;
        never_worse(&figures, &longer)?;
    }

    #[test]
    fn better_sensors_never_raise_the_objective(figures in figures(), which in 0_usize..3, more in 1_u32..=100) {
        let mut better = figures;
        better.detects[which] = (better.detects[which] + more).min(100);
        // A call that fails once fails for the whole incident, whoever makes it.
        never_worse(&figures, &better)?;
    }

    #[test]
    fn a_later_response_never_lowers_the_objective(figures in figures(), later in 1_u32..300) {
        let late = Figures { arrival: figures.arrival + later, ..figures };
        never_worse(&late, &figures)?;
    }

    #[test]
    fn slower_or_worse_assessment_never_lowers_it(figures in figures(), slower in 1_u32..120, less in 1_u32..=100) {
        let slow = Figures { assess: figures.assess + slower, ..figures };
        never_worse(&slow, &figures)?;
        let blind = Figures { believed: figures.believed.saturating_sub(less), ..figures };
        never_worse(&blind, &figures)?;
        let mute = Figures { communicated: figures.communicated.saturating_sub(less), ..figures };
        never_worse(&mute, &figures)?;
    }
}

// ------------------------------------------------------------------- flows

/// What each origin reaches.
fn reach(plan: &Plan) -> BTreeSet<(Origin, String)> {
    use doorward_model::base::{DeviceId, SegmentId, ServiceId};
    let segments = (0..plan.segments.len()).map(|i| Origin::Segment(SegmentId::from_index(i)));
    let devices = (0..plan.devices.len()).map(|i| Origin::Device(DeviceId::from_index(i)));
    let services = || (0..plan.services.len()).map(ServiceId::from_index);
    segments
        .chain(devices)
        .flat_map(|o| {
            services().filter(move |s| plan.reaches(o, *s)).map(move |s| (o, plan.services[s.index()].name.clone()))
        })
        .collect()
}

/// The vendor's scenario with a flow closed, by the first defence.
fn closing(flow: &str) -> Arc<Plan> {
    let load_with = |op| {
        let path = format!("site.flows.{flow}.allowed").parse().expect("a path");
        let request = Request { edits: vec![Edit { op, path, origin: "a test".to_owned() }], ..Request::default() };
        load("scenarios/vendor-backdoor.scenario.ron", &request, &mut support::Disk)
    };
    // Most flows leave it out.
    let loaded = load_with(EditOp::Add("false".to_owned())).or_else(|_| load_with(EditOp::Set("false".to_owned())));
    Arc::clone(&loaded.unwrap_or_else(|problems| panic!("{problems}")).plans[0])
}

#[test]
fn closing_a_flow_without_logs_adds_no_way() {
    let open = &support::shipped("vendor-backdoor", &[])[0];
    let before = reach(open);
    let mut narrower = 0;
    for flow in open.flows.iter().filter(|f| f.allowed && !f.carries_logs) {
        let closed = &closing(&flow.name);
        let after = reach(closed);
        assert!(after.is_subset(&before), "closing {} opens {:?}", flow.name, after.difference(&before).next());
        narrower += usize::from(after != before);
    }
    assert!(narrower > 5, "{narrower}");
}

/// Gateways in a row with flaws, an adversary who wants the last and is given all time; nobody defends.
///
/// That no flow more is needed holds for what it *can* gain. In one run with a plan, a way that is closed may lead it to
/// others, so the devices that it gains on the way are no subset; whether it reaches the objective is monotone.
#[test]
fn closing_a_flow_never_lets_a_seeker_reach_more() {
    let flows = ["internet -> a", "internet -> b", "a -> c", "b -> c", "b -> d", "c -> e", "d -> e", "a -> d"];
    let reached = |closed: Option<usize>, target: &str| {
        let mut text = String::from("street -[free]-> hall\n");
        for device in ["a", "b", "c", "d", "e"] {
            text += &format!("device {device} in hall on lan-{device} service web:interactive exploit=1/1min\n");
        }
        for (i, flow) in flows.iter().enumerate() {
            let state = if closed == Some(i) { "closed" } else { "" };
            text += &format!("flow f{i} {flow} web {state}\n");
        }
        text += &format!("adversary spy on internet wants exfiltrate {target} 10s\nhorizon 1d");
        scores(&fixture::plan(&text), 1)[0].objective
    };
    for target in ["a", "b", "c", "d", "e"] {
        let open = reached(None, target);
        for (i, flow) in flows.iter().enumerate() {
            match (open, reached(Some(i), target)) {
                (None, Some(_)) => panic!("closing {flow} opens {target}"),
                (Some(open), Some(closed)) => assert!(closed >= open, "closing {flow} speeds {target} up"),
                (_, None) => {}
            }
        }
    }
    assert!(reached(Some(0), "a").is_none() && reached(Some(5), "e").is_some());
}

// -------------------------------------------------------------- milestones

/// The order of the milestones of a run (SEMANTICS 1).
fn ordered(score: &RunScore, what: &str) {
    let before = |a: Option<SimTime>, b: Option<SimTime>, names: &str| {
        if let Some(b) = b {
            assert!(a.is_some_and(|a| a <= b), "{what}: {names}: {a:?} {b:?}");
        }
    };
    before(score.t0, score.first_access, "t0, first access");
    before(score.t0, score.first_alarm, "t0, first alarm");
    before(score.first_alarm, score.detected, "first alarm, detected");
    before(score.t0, score.interrupted, "t0, interrupted");
    before(score.t0, score.objective, "t0, objective");
    before(score.first_access, score.objective, "first access, objective");
    before(score.t0, score.contained, "t0, contained");
    if let (Some(interrupted), Some(objective)) = (score.interrupted, score.objective) {
        assert!(interrupted <= objective, "{what}: interrupted with no task time left");
    }
    if let (Some(interrupted), Some(contained)) = (score.interrupted, score.contained) {
        assert!(interrupted <= contained, "{what}: interrupted once contained");
    }
    assert!(score.contained.is_none() || score.hit, "{what}: contained, but nothing hit it");
    assert!(!score.timely || score.detected.is_some(), "{what}: timely");
}

/// Nothing is gained twice, nor once all access is ended; nothing happens to an adversary before it acts.
fn gains_end(plan: &Arc<Plan>, run: u32, what: &str) {
    let scored = AdversaryId(0);
    let (mut gained, mut contained, mut acted): (Vec<Gain>, bool, bool) = (Vec::new(), false, false);
    for event in nth_run(plan, run).events {
        let What::Truth(truth) = event.what else { continue };
        match truth {
            Truth::HostileAct { adversary } if adversary == scored => {
                assert!(!contained, "{what}, run {run}: acts once contained");
                acted = true;
            }
            Truth::Gained { adversary, gain } if adversary == scored => {
                assert!(acted, "{what}, run {run}: {gain:?} without a hostile act");
                assert!(!contained, "{what}, run {run}: {gain:?} once contained");
                assert!(!gained.contains(&gain), "{what}, run {run}: {gain:?} twice");
                gained.push(gain);
            }
            Truth::ObjectiveReached { adversary } if adversary == scored => {
                assert!(!contained, "{what}, run {run}: objective once contained");
            }
            Truth::Contained { adversary } if adversary == scored => {
                assert!(!contained, "{what}, run {run}: contained twice");
                contained = true;
            }
            _ => {}
        }
    }
}

#[test]
fn milestones_come_in_order_and_gains_end_with_containment() {
    let runs = if std::env::var_os("DOORWARD_LONG_TESTS").is_some() { 2_000 } else { 60 };
    for scenario in NORTHGATE.into_iter().chain(["garcia-easi"]) {
        for plan in support::shipped(scenario, &[]) {
            let what = format!("{scenario}, {}", plan.defence_name);
            for (run, score) in scores(&plan, runs).iter().enumerate() {
                ordered(score, &format!("{what}, run {run}"));
            }
            for run in 0..runs / 4 {
                gains_end(&plan, run, &what);
            }
        }
    }
}
