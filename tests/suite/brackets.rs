//! Two ends that every design lies between: a site that nobody defends, and one that sees everything and responds at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use doorward_model::plan::{Plan, Request, load};
use doorward_model::text::{Edit, Files};
use doorward_study::summary::Summary;
use doorward_study::{BatchOptions, batch};

use crate::support::{Disk, files_in, shipped};

/// Nobody looks, nobody comes.
const NULL: &str = r#"(schema: 1, name: "Null", reads: [], queues: {}, rules: {}, playbook: {})"#;

/// Everything is seen, whoever looks is right at once, and everything is done at once.
const PERFECT: &str = r#"(
    schema: 1, name: "Perfect",
    sources: { "perfect": (grade: Derived, text: "The end of the scale.") },
    reads: [AccessControl, Intrusion, Video, People, Administration, Logins, Firewall, Endpoints, Network, Cabinets],
    queues: {
        "all-seeing": (
            operators: (value: 1000, source: "perfect"), picture: None,
            acknowledge: (value: Fixed("0s"), source: "perfect"), assess: (value: Fixed("0s"), source: "perfect"),
            assessment: (
                none: (true_alarm: (value: 1.0, source: "perfect"), false_alarm: (value: 0.0, source: "perfect")),
                live_video: (true_alarm: (value: 1.0, source: "perfect"), false_alarm: (value: 0.0, source: "perfect")),
                recorded_video: (true_alarm: (value: 1.0, source: "perfect"), false_alarm: (value: 0.0, source: "perfect")),
                logs: (true_alarm: (value: 1.0, source: "perfect"), false_alarm: (value: 0.0, source: "perfect")),
            ),
        ),
    },
    rules: {
        "seen": (when: Sensor(), raise: (queue: "all-seeing", priority: 1)),
        "endpoint": (when: EndpointAlert, raise: (queue: "all-seeing", priority: 1)),
        "login": (when: Login(), raise: (queue: "all-seeing", priority: 1)),
    },
    playbook: {
        "respond": (
            rules: ["seen", "endpoint", "login"],
            respond: [Call("at-once"), RevokeCredential, DisableAccount, EndSessions, IsolateDevice],
        ),
    },
    site_changes: [
        (set: "forces.at-once", value: (arrival: (value: Fixed("0s"), source: "perfect"))),
    ],
)"#;

struct Ends;

impl Files for Ends {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        match name {
            "null.defence.ron" => Ok(NULL.into()),
            "perfect.defence.ron" => Ok(PERFECT.into()),
            _ => Disk.read(name),
        }
    }
}

fn under(scenario: &str, defence: &str, edits: Vec<Edit>) -> Arc<Plan> {
    let request = Request { defences: vec![defence.to_owned()], edits };
    match load(&format!("scenarios/{scenario}.scenario.ron"), &request, &mut Ends) {
        Ok(loaded) => Arc::clone(&loaded.plans[0]),
        Err(problems) => panic!("{problems}"),
    }
}

/// Sensors that see whatever is done, at every door, in every room and at every asset.
fn sensors_everywhere(plan: &Plan) -> Vec<Edit> {
    let methods =
        ["walk", "follow", "force", "cut", "climb", "pick", "break", "bypass", "rex", "take", "task", "carry"];
    let detects = methods.map(|method| format!(r#""{method}": (value: 1.0, source: "everywhere")"#)).join(", ");
    let mut sets = vec![
        r#"site.sources.everywhere=(grade: Derived, text: "The end of the scale.")"#.to_owned(),
        format!("site.sensor_types.everything=(detects: {{{detects}}}, moment: Begin)"),
    ];
    let mut add = |what: &str, name: &str| {
        let n = sets.len();
        sets.push(format!(r#"site.sensors.everywhere-{n}=(kind: "everything", watches: {what}("{name}"))"#));
    };
    plan.portals.iter().for_each(|portal| add("Portal", &portal.name));
    plan.zones.iter().filter(|zone| !zone.offsite()).for_each(|zone| add("Zone", &zone.name));
    plan.assets.iter().for_each(|asset| add("Asset", &asset.name));
    sets.iter().map(|set| Edit::parse_set(set).unwrap_or_else(|problem| panic!("{problem}"))).collect()
}

fn score(plan: &Arc<Plan>, runs: u32) -> Summary {
    batch::run(plan, BatchOptions { seed: 5, runs }, &|_| {}, &AtomicBool::new(false)).scorecard.summary(plan)
}

#[test]
fn every_design_lies_between_nothing_and_everything() {
    let long = std::env::var_os("DOORWARD_LONG_TESTS").is_some();
    let runs = if long { 100 } else { 20 };
    let mut compared = 0;
    for file in files_in("scenarios", ".scenario.ron") {
        let name = file.trim_start_matches("scenarios/").trim_end_matches(".scenario.ron");
        let own = shipped(name, &[]);
        if own[0].adversaries.is_empty() || name == "garcia-easi" || !long && compared >= 6 {
            continue;
        }
        let nothing = score(&under(name, "null.defence.ron", Vec::new()), runs);
        let everything = score(&under(name, "perfect.defence.ron", sensors_everywhere(&own[0])), runs);
        let [Some(none), Some(all)] = [nothing.p_detected, everything.p_detected] else {
            panic!("{name}: an adversary")
        };
        let [Some(most), Some(least)] = [nothing.p_objective, everything.p_objective] else { panic!("{name}") };
        assert_eq!(none.estimate, 0.0, "{name}: nobody looks");
        for plan in &own {
            let between = score(plan, runs);
            let (detected, objective) = (between.p_detected.expect(name), between.p_objective.expect(name));
            let what = format!("{name}, {}", plan.defence_name);
            assert!(detected.low <= all.high, "{what}: detected {detected:?}, at most {all:?}");
            assert!(objective.low <= most.high, "{what}: objective {objective:?}, at most {most:?}");
            assert!(objective.high >= least.low, "{what}: objective {objective:?}, at least {least:?}");
        }
        println!("{name}: detected 0 to {:.2}, objective {:.2} to {:.2}", all.estimate, least.estimate, most.estimate);
        compared += 1;
    }
    assert!(compared >= 6);
}
