//! The classic EASI case as a simulation, against the closed form.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use doorward_model::plan::Plan;
use doorward_study::batch::{self, BatchOptions};
use doorward_study::closed_form::{ClosedFormNote, path};
use doorward_study::easi::{CommunicationMode, interruption};

use crate::support::{long, shipped};

/// Fixed before any outcome was seen.
const SEED: u64 = 20_260_101;

/// A vector of the shipped case.
struct Variant {
    /// Its name among the vectors.
    name: &'static str,
    /// Whether chance decides on each call, not once.
    each_alarm: bool,
    /// What makes it of the shipped case.
    edits: Vec<String>,
}

fn variants() -> Vec<Variant> {
    let force = |arrival: &str| format!("site.forces.response-force.arrival.value={arrival}");
    let doors = |moment: &str| format!("site.sensor_types.door-sensor.moment={moment}");
    let each = || "defence.communication.mode=PerAlarm".to_owned();
    let fence = |moment: &str| {
        vec![
            format!(
                r#"site.sensor_types={{"door-sensor": (detects: {{"force": (value: 0.9, source: "garcia")}}, moment: Begin),
                "fence-sensor": (detects: {{"cut": (value: 0.9, source: "garcia")}}, moment: {moment})}}"#
            ),
            r#"site.sensors={"outer-door-sensor": (kind: "door-sensor", watches: Portal("outer-door")),
            "inner-door-sensor": (kind: "door-sensor", watches: Portal("inner-door")),
            "fence-sensor": (kind: "fence-sensor", watches: Portal("fence"))}"#
                .to_owned(),
        ]
    };
    let with = |mut edits: Vec<String>, more: String| {
        edits.push(more);
        edits
    };
    let one = |name, edits| Variant { name, each_alarm: false, edits };
    let many = |name, edits| Variant { name, each_alarm: true, edits: with(edits, each()) };
    vec![
        one("garcia_base", vec![]),
        many("garcia_base", vec![]),
        one("garcia_fence_sensor_B", fence("Begin")),
        many("garcia_fence_sensor_B", fence("Begin")),
        one("fence_sensor_M", fence("Middle")),
        many("fence_sensor_M", fence("Middle")),
        one("fence_sensor_E", fence("End")),
        one("rft200", vec![force(r#"Normal(mean: "200s", sd: "60s")"#)]),
        one("rft180", vec![force(r#"Normal(mean: "180s", sd: "54s")"#)]),
        one(
            "target_delay_240",
            vec![r#"site.assets.target.task_time.value=Normal(mean: "240s", sd: "72s")"#.to_owned()],
        ),
        one("pc1", vec!["defence.communication.chance.value=1.0".to_owned()]),
        one("doors_M", vec![doors("Middle")]),
        one("doors_E", vec![doors("End")]),
        many("doors_E", vec![doors("End")]),
        one("fence_and_rft200", with(fence("Begin"), force(r#"Normal(mean: "200s", sd: "60s")"#))),
        one("no_detection", vec!["site.sensor_types.door-sensor.detects.force.value=0.0".to_owned()]),
    ]
}

fn plan(edits: &[String]) -> Arc<Plan> {
    let edits: Vec<&str> = edits.iter().map(String::as_str).collect();
    Arc::clone(&shipped("garcia-easi", &edits)[0])
}

/// The published probability of a vector.
fn vector(name: &str, each_alarm: bool) -> f64 {
    let text = include_str!("../reference/easi_vectors.json");
    let vectors: serde_json::Value = serde_json::from_str(text).expect("vectors in JSON");
    let vectors = vectors.as_array().expect("a list");
    let vector = vectors.iter().find(|v| v["name"] == name).expect("a vector of that name");
    vector[if each_alarm { "pi_per_event_comm" } else { "pi" }].as_f64().expect("a number")
}

/// Runs that tell a wrong detection moment from a right one, and still take seconds only.
fn runs() -> u32 {
    if long() { 1_000_000 } else { 40_000 }
}

/// Whether a share of runs is within four standard errors of a probability.
#[track_caller]
fn agrees(count: u64, runs: u64, expected: f64, what: &str) {
    let share = count as f64 / runs as f64;
    let error = (expected * (1.0 - expected) / runs as f64).sqrt();
    assert!((share - expected).abs() <= 4.0 * error, "{what}: {share} of {runs} runs, expected {expected} ± {error}");
}

fn interrupted(plan: &Arc<Plan>, runs: u32) -> u64 {
    let result = batch::run(plan, BatchOptions { seed: SEED, runs }, &|_| (), &AtomicBool::new(false));
    let summary = result.scorecard.summary(plan);
    let share = summary.p_interrupted.as_ref().expect("there is an adversary").estimate;
    (share * f64::from(runs)).round() as u64
}

#[test]
fn the_closed_form_of_the_files_is_that_of_the_vectors() {
    for Variant { name, each_alarm, edits } in variants() {
        let plan = plan(&edits);
        let (path, mode) = path(&plan).unwrap_or_else(|| panic!("{name} is a path"));
        assert_eq!(mode == CommunicationMode::PerAlarm, each_alarm, "{name}");
        let found = interruption(&path, mode).probability;
        assert!((found - vector(name, each_alarm)).abs() < 1e-6, "{name}: {found}");
    }
    let ClosedFormNote::Applies(form) = ClosedFormNote::of(&plan(&[])) else { panic!("it applies") };
    assert!((form.p_interrupted - 0.476041).abs() < 1e-6, "{}", form.p_interrupted);
}

#[test]
fn the_simulation_agrees_with_the_closed_form() {
    for Variant { name, each_alarm, edits } in variants() {
        let runs = if name == "garcia_base" { runs() } else { runs() / 2 };
        let what = format!("{name}, {}", if each_alarm { "a call for each alarm" } else { "one call" });
        agrees(interrupted(&plan(&edits), runs), u64::from(runs), vector(name, each_alarm), &what);
    }
}

#[test]
fn without_spread_the_first_door_decides() {
    // Every time is its mean: an alarm at the outer door leaves 310 s of 300, one at the inner door 210 s.
    let fixed = [
        r#"site.barriers.door.delays.force.value=Fixed("90s")"#,
        r#"site.barriers.fence.delays.cut.value=Fixed("10s")"#,
        r#"site.assets.target.task_time.value=Fixed("120s")"#,
        r#"site.forces.response-force.arrival.value=Fixed("300s")"#,
        r#"scenario.adversaries.saboteur.plan=Script([Pass(portal: "fence", technique: "cut-barrier"),
            Spend(name: "run", takes: (value: Fixed("12s"), source: "garcia")),
            Pass(portal: "outer-door", technique: "force-barrier"),
            Spend(name: "on", takes: (value: Fixed("10s"), source: "garcia")),
            Pass(portal: "inner-door", technique: "force-barrier"),
            Task(asset: "target", technique: "sabotage-asset")])"#,
    ];
    let fixed = fixed.map(str::to_owned);
    agrees(interrupted(&plan(&fixed), 20_000), 20_000, vector("all_sd_zero", false), "all_sd_zero");
}

/// A path drawn by lot: delays, spreads of up to three tenths of the mean, chances, moments, force and communication.
fn drawn(seed: u64) -> Vec<String> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66_D1CE_4E5B;
    let mut draw = |from: f64, to: f64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from + (to - from) * (state >> 40) as f64 / f64::from(1 << 24)
    };
    let mut time = |from: f64, to: f64| {
        let (mean, spread) = (draw(from, to), draw(0.05, 0.3));
        format!(r#"Normal(mean: "{}ms", sd: "{}ms")"#, (mean * 1e3).round(), (mean * spread * 1e3).round())
    };
    let (fence, door, task, force) = (time(5.0, 60.0), time(20.0, 200.0), time(30.0, 400.0), time(60.0, 600.0));
    let (run, on) = (time(5.0, 60.0), time(5.0, 60.0));
    let moment = |x: f64| ["Begin", "Middle", "End"][(x * 3.0) as usize % 3];
    let (seen, at_fence, communicated) = (draw(0.1, 0.95), draw(0.1, 0.95), draw(0.5, 1.0));
    let (door_moment, fence_moment) = (moment(draw(0.0, 1.0)), moment(draw(0.0, 1.0)));
    vec![
        format!("site.barriers.fence.delays.cut.value={fence}"),
        format!("site.barriers.door.delays.force.value={door}"),
        format!("site.assets.target.task_time.value={task}"),
        format!("site.forces.response-force.arrival.value={force}"),
        format!("defence.communication.chance.value={communicated}"),
        format!(
            r#"site.sensor_types={{"door-sensor": (detects: {{"force": (value: {seen}, source: "garcia")}}, moment: {door_moment}),
            "fence-sensor": (detects: {{"cut": (value: {at_fence}, source: "garcia")}}, moment: {fence_moment})}}"#
        ),
        r#"site.sensors={"outer-door-sensor": (kind: "door-sensor", watches: Portal("outer-door")),
        "inner-door-sensor": (kind: "door-sensor", watches: Portal("inner-door")),
        "fence-sensor": (kind: "fence-sensor", watches: Portal("fence"))}"#
            .to_owned(),
        format!(
            r#"scenario.adversaries.saboteur.plan=Script([Pass(portal: "fence", technique: "cut-barrier"),
            Spend(name: "run", takes: (value: {run}, source: "garcia")),
            Pass(portal: "outer-door", technique: "force-barrier"),
            Spend(name: "on", takes: (value: {on}, source: "garcia")),
            Pass(portal: "inner-door", technique: "force-barrier"),
            Task(asset: "target", technique: "sabotage-asset")])"#
        ),
    ]
}

/// Fifty paths, fixed beforehand by their numbers.
#[test]
fn fifty_drawn_paths_agree_with_the_closed_form() {
    let runs = if long() { 50_000 } else { 4_000 };
    let mut farthest: f64 = 0.0;
    let mut spread = (1.0_f64, 0.0_f64);
    for seed in 0..50 {
        let plan = plan(&drawn(seed));
        let (path, mode) = path(&plan).unwrap_or_else(|| panic!("path {seed}"));
        let expected = interruption(&path, mode).probability;
        spread = (spread.0.min(expected), spread.1.max(expected));
        let share = interrupted(&plan, runs) as f64 / f64::from(runs);
        // Where the closed form says hardly ever, or nearly always, one run is not a deviation.
        let error = (expected * (1.0 - expected) / f64::from(runs)).sqrt().max(0.5 / f64::from(runs));
        let z = (share - expected) / error;
        assert!(z.abs() <= 4.0, "path {seed}: {share} of {runs} runs, expected {expected}, z {z}");
        farthest = farthest.max(z.abs());
    }
    println!("{runs} runs each, P(interrupted) {:.2} to {:.2}, largest |z| {farthest:.2}", spread.0, spread.1);
    assert!(spread.0 < 0.2 && spread.1 > 0.7, "{spread:?}");
}
