//! Draws are keyed by who they are about: what comes or goes elsewhere does not touch them.

use std::sync::Arc;

use doorward_engine::Event;
use doorward_model::base::{Draws, EntityKey, Purpose};
use doorward_model::fixture;
use doorward_model::plan::Plan;
use serde_json::Value;

use crate::support::{files_in, log, shipped};
use crate::worlds::TAILGATER;

/// A side door with traffic of its own, first of all, so that every later number is another one.
const SIDE_DOOR: &str = "kerb -[badge 2s dps name=side-door traffic=30/h:porters]-> annex\nzone kerb offsite\nrole porters 5 zones annex shift Mon-Fri 07:00-18:00\n";

/// The events at any portal but one, with names for numbers. Observations are numbered across the site: left out.
fn elsewhere(plan: &Arc<Plan>, than: &str) -> Vec<String> {
    let events = log(plan, 3, 0);
    let lines = events.iter().map(|event| named(plan, event));
    lines.filter(|(portal, _)| portal.as_deref().is_some_and(|portal| portal != than)).map(|(_, line)| line).collect()
}

/// The portal that an event is about, if any, and the event in words.
fn named(plan: &Plan, event: &Event) -> (Option<String>, String) {
    let mut value = serde_json::to_value(event).expect("JSON");
    let mut portal = None;
    name(plan, &mut value, &mut portal);
    (portal, value.to_string())
}

fn name(plan: &Plan, value: &mut Value, portal: &mut Option<String>) {
    let Value::Object(fields) = value else {
        if let Value::Array(items) = value {
            items.iter_mut().for_each(|item| name(plan, item, portal));
        }
        return;
    };
    fields.remove("id");
    for (key, value) in fields.iter_mut() {
        match (key.as_str(), value.as_u64().map(|n| n as usize)) {
            ("portal", Some(n)) => {
                *value = Value::from(plan.portals[n].name.as_str());
                *portal = value.as_str().map(str::to_owned);
            }
            ("zone" | "into", Some(n)) => *value = Value::from(plan.zones[n].name.as_str()),
            ("person", Some(n)) => *value = Value::from(plan.people[n].name.as_str()),
            ("credential", Some(n)) => *value = Value::from(plan.credentials[n].name.as_str()),
            _ => name(plan, value, portal),
        }
    }
}

#[test]
fn a_door_inserted_elsewhere_leaves_every_other_draw_alone() {
    let before = fixture::plan(TAILGATER);
    let after = fixture::plan(&format!("{SIDE_DOOR}{TAILGATER}"));
    assert_ne!(before.portals[0].name, after.portals[0].name, "the numbers have moved");
    let expected = elsewhere(&before, "side-door");
    assert!(expected.len() > 100, "{} events are no test", expected.len());
    let seen = elsewhere(&after, "side-door");
    let differ = expected.iter().zip(&seen).find(|(before, after)| before != after);
    assert_eq!(differ, None);
    assert_eq!(expected.len(), seen.len());
    assert!(log(&after, 3, 0).len() > log(&before, 3, 0).len() + 20, "the side door is used");
}

/// The name is the identity: under another one, the same door meets other people.
#[test]
fn a_door_under_another_name_has_other_luck() {
    let [here, there] = ["front", "portico"].map(|name| {
        let plan = fixture::plan(&TAILGATER.replace("name=front", &format!("name={name}")));
        elsewhere(&plan, "").iter().map(|line| line.replace(name, "it")).collect::<Vec<_>>()
    });
    assert_ne!(here, there);
}

/// `Draws` panics when a key comes twice, in builds with debug assertions. The tests are such a build, or this fails.
#[test]
#[should_panic(expected = "each key is used once")]
fn a_draw_that_is_made_twice_is_noticed() {
    let mut draws = Draws::new(1, 1);
    for _ in 0..2 {
        draws.draw(EntityKey::new("portal", "front"), Purpose::PassTime, 0);
    }
}

#[test]
fn each_key_is_used_once_in_every_shipped_scenario() {
    for file in files_in("scenarios", ".scenario.ron") {
        let scenario = file.trim_start_matches("scenarios/").trim_end_matches(".scenario.ron");
        for plan in shipped(scenario, &[]) {
            for run in 0..2 {
                assert!(!log(&plan, 11, run).is_empty(), "{scenario}");
            }
        }
    }
}
