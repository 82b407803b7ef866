//! A smallest plan for the unit tests: a fence with a sensor, an asset, one force; an hour of warm-up, two scored hours.

use doorward_model::plan::{self, Plan, Request};
use doorward_model::text::{Edit, Files};
use std::sync::Arc;

const SITE: &str = r#"(
    schema: 1,
    name: "Small",
    walking_speed: (value: 1.0, source: "test"),
    sources: { "test": (grade: Assumption, text: "made up") },
    zones: { "street": (kind: Offsite), "yard": (kind: Grounds, level: 3) },
    barriers: { "fence": (delays: { "cut": (value: Normal(mean: "60s", sd: "12s"), source: "test") }) },
    hardware: { "fence": (kind: Fence, barrier: "fence", pass_time: (value: Fixed("0s"), source: "test")) },
    portals: { "north-fence": (hardware: "fence", between: ("street", "yard")) },
    sensor_types: {
        "cable": (detects: { "cut": (value: 0.8, source: "test") }, moment: Middle),
        "seal": (detects: { "task": (value: 0.5, source: "test") }, moment: Begin),
    },
    sensors: {
        "north-cable": (kind: "cable", watches: Portal("north-fence")),
        "tank-seal": (kind: "seal", watches: Asset("tank")),
    },
    assets: {
        "tank": (zone: "yard", criticality: 5, task_time: (value: Normal(mean: "300s", sd: "40s"), source: "test")),
    },
    forces: { "patrol": (arrival: (value: Normal(mean: "200s", sd: "30s"), source: "test")) },
)"#;

const TECHNIQUES: &str = r#"(
    schema: 1,
    name: "Small",
    techniques: {
        "cut": (title: "Cut", about: "", act: Breach("cut"), duration: Target, success: Target),
        "wreck": (title: "Wreck", about: "", act: SabotageAsset, duration: Target, success: Target),
    },
)"#;

const SCENARIO: &str = r#"(
    schema: 1,
    name: "Small",
    briefing: "",
    sources: { "test": (grade: Assumption, text: "made up") },
    site: "small.site.ron",
    techniques: ["small.technique.ron"],
    defences: ["small.defence.ron"],
    start: "Mon 00:00",
    warm_up: "1h",
    horizon: "2h",
    adversaries: {
        "vandal": (
            skill: Medium,
            tools: Medium,
            knowledge: Insider,
            actors: { "one": (starts: Zone("street")) },
            begins_after: (value: Fixed("0s"), source: "test"),
            patience: (value: Fixed("1h"), source: "test"),
            gives_up_after: (value: Fixed("2h"), source: "test"),
            objective: Sabotage(asset: "tank"),
            plan: Script([
                Pass(portal: "north-fence", technique: "cut"),
                Spend(name: "walk", takes: (value: Fixed("20s"), source: "test")),
                Task(asset: "tank", technique: "wreck"),
            ]),
        ),
    },
)"#;

const DEFENCE: &str = r#"(
    schema: 1,
    name: "Alarm",
    sources: { "test": (grade: Assumption, text: "made up") },
    reads: [Intrusion],
    rules: { "sensor": (when: Sensor(), respond: [Call("patrol")]) },
    latencies: (call: (value: Normal(mean: "10s", sd: "40s"), source: "test")),
    communication: (chance: (value: 0.9, source: "test"), mode: PerIncident),
)"#;

struct Folder;

impl Files for Folder {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        match name {
            "small.site.ron" => Ok(SITE.into()),
            "small.scenario.ron" => Ok(SCENARIO.into()),
            "small.technique.ron" => Ok(TECHNIQUES.into()),
            "small.defence.ron" => Ok(DEFENCE.into()),
            _ => Err(format!("no file `{name}`")),
        }
    }
}

/// The plan.
pub(crate) fn plan() -> Plan {
    plan_with(&[])
}

/// The plan with edits, each as `--set` takes them.
pub(crate) fn plan_with(sets: &[&str]) -> Plan {
    let edits = sets.iter().map(|set| Edit::parse_set(set).expect("an edit")).collect();
    let request = Request { edits, ..Request::default() };
    match plan::load("small.scenario.ron", &request, &mut Folder) {
        Ok(loaded) => Plan::clone(&loaded.plans[0]),
        Err(problems) => panic!("{problems}"),
    }
}
