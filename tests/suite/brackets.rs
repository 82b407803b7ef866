//! Two ends that every design lies between: a site that nobody defends, and one that sees everything and responds at once.

use std::sync::Arc;

use doorward_model::plan::{Plan, Request, load};
use doorward_model::text::Files;

use crate::support::{Disk, attacks, long, score, shipped};

/// The first rung of the ladder, network and all, but nobody looks and nobody comes.
const NULL: &str = r#"(
    schema: 1, extends: "defences/perimeter.defence.ron", name: "Null", reads: [], queues: {}, rules: {}, playbook: {},
    edits: [Remove("guards")],
)"#;

/// Everything is seen, whoever looks is right at once, and everything is done at once.
const PERFECT: &str = r#"(
    schema: 1, name: "Perfect",
    sources: { "perfect": (grade: Derived, text: "The end of the scale.") },
    reads: [AccessControl, Intrusion, Video, People, Administration, Logins, Firewall, Endpoints, Network, Cabinets],
    queues: {
        "all-seeing": (
            operators: (value: 64, source: "perfect"), picture: None,
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
        "refused-login": (when: LoginRefused, raise: (queue: "all-seeing", priority: 1)),
    },
    playbook: {
        "respond": (
            rules: ["seen", "endpoint", "login", "refused-login"],
            respond: [Call("at-once"), RevokeCredential, DisableAccount, EndSessions, IsolateDevice],
        ),
    },
    site_changes: [@changes@],
)"#;

/// The two ends as files; the perfect one with these changes to the site.
struct Ends(String);

impl Files for Ends {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        match name {
            "null.defence.ron" => Ok(NULL.into()),
            "perfect.defence.ron" => Ok(PERFECT.replace("@changes@", &self.0).into()),
            _ => Disk.read(name),
        }
    }
}

fn at_the_end(scenario: &str, defence: &str, changes: String) -> Arc<Plan> {
    let request = Request { defences: vec![defence.to_owned()], ..Request::default() };
    match load(&format!("scenarios/{scenario}.scenario.ron"), &request, &mut Ends(changes)) {
        Ok(loaded) => Arc::clone(&loaded.plans[0]),
        Err(problems) => panic!("{problems}"),
    }
}

/// Sensors that see whatever is done, at every door, in every room and at every asset, and a force that is there at once.
fn everything_seen(plan: &Plan) -> String {
    let methods =
        ["walk", "follow", "force", "cut", "climb", "pick", "break", "bypass", "rex", "take", "task", "carry"];
    let detects = methods.map(|method| format!(r#""{method}": (value: 1.0, source: "perfect")"#)).join(", ");
    let mut changes = vec![
        ("sensor_types.everything".to_owned(), format!("(detects: {{{detects}}}, moment: Begin)")),
        ("forces.at-once".to_owned(), r#"(arrival: (value: Fixed("0s"), source: "perfect"))"#.to_owned()),
    ];
    let mut watch = |what: &str, name: &str| {
        let path = format!("sensors.everywhere-{}", changes.len());
        changes.push((path, format!(r#"(kind: "everything", watches: {what}("{name}"))"#)));
    };
    plan.portals.iter().for_each(|portal| watch("Portal", &portal.name));
    plan.zones.iter().filter(|zone| !zone.offsite()).for_each(|zone| watch("Zone", &zone.name));
    plan.assets.iter().for_each(|asset| watch("Asset", &asset.name));
    changes.iter().map(|(path, value)| format!("Add({path:?}, {value:?}), ")).collect()
}

/// What this attack lives on is a link that only later rungs of the ladder have: neither end has it, so neither is an end.
const OPENED_BY_THE_DEFENCE: &str = "leaver-revived";

#[test]
fn every_design_lies_between_nothing_and_everything() {
    let long = long();
    let runs = 20;
    let mut compared = 0;
    for name in attacks() {
        let name = name.as_str();
        if name == OPENED_BY_THE_DEFENCE || !long && compared >= 6 {
            continue;
        }
        let own = shipped(name, &[]);
        let nothing = score(&at_the_end(name, "null.defence.ron", String::new()), 5, runs);
        let everything = score(&at_the_end(name, "perfect.defence.ron", everything_seen(&own[0])), 5, runs);
        let [Some(none), Some(all)] = [nothing.p_detected, everything.p_detected] else {
            panic!("{name}: an adversary")
        };
        let [Some(most), Some(least)] = [nothing.p_objective, everything.p_objective] else { panic!("{name}") };
        assert_eq!(none.estimate, 0.0, "{name}: nobody looks");
        for plan in &own {
            let between = score(plan, 5, runs);
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
