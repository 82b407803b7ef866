//! Draws are keyed by who they are about: what comes or goes elsewhere does not touch them.

use std::sync::Arc;

use doorward_engine::Event;
use doorward_model::base::{Draws, EntityKey, Purpose};
use doorward_model::fixture;
use doorward_model::plan::Plan;
use serde_json::Value;

use crate::support::{files_in, log, log_of, shipped, simulation};
use crate::worlds::TAILGATER;

/// A side door with traffic of its own, first of all, so that every later number is another one.
const SIDE_DOOR: &str = "kerb -[badge 2s dps name=side-door traffic=12/h:porters]-> annex\nzone kerb offsite\nday porters home=kerb\nrole porters 5 zones annex shift Mon-Fri 07:00-18:00\n";

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

/// The name is the identity: under another one, the same door has other luck with the same people.
#[test]
fn a_door_under_another_name_has_other_luck() {
    let [here, there] = ["front", "portico"].map(|name| {
        let plan = fixture::plan(&TAILGATER.replace("name=front", &format!("reject=0.2 name={name}")));
        elsewhere(&plan, "").iter().map(|line| line.replace(name, "it")).collect::<Vec<_>>()
    });
    assert_ne!(here, there);
}

/// What everybody but these does, says and meets, with names for numbers.
fn others(plan: &Arc<Plan>, than: &[&str]) -> Vec<String> {
    let lines = log(plan, 3, 0).into_iter().map(|event| named(plan, &event).1);
    lines.filter(|line| line.contains("person\":\"") && !than.iter().any(|name| line.contains(name))).collect()
}

/// Somebody who comes by the same doors as all the others, in front of them in every list. In this world nobody waits
/// for anybody, and nobody follows: what one does is no part of another's day.
#[test]
fn a_person_inserted_elsewhere_leaves_every_other_draw_alone() {
    const WORLD: &str = "
        start Mon 07:00
        horizon 11h
        street -[badge 2s reject=0.1 not-taken=0.05 held=20s held-chance=0.1 close=U(2s,9s) name=front]-> lobby
        lobby -[badge 2s reject=0.1 name=office-door]-> office
        lobby -[free 1s name=passage]-> kitchen
        role staff 12 zones lobby,office,kitchen shift Mon-Fri 08:00-17:00 account=pc/desk
        device pc in office on lan service desk
        device gear in office on lan kind=NetworkEquipment
        wifi air on=lan zones=lobby,office,kitchen
        day staff home=street base=office arrives=U(0s,1h) leaves=U(0s,1h) attends=0.9 lead=30min logs-in=pc/desk wifi
        errand coffee of=staff to=kitchen,lobby per-day=4 stays=E(5min)
        habits forgets=0.2 loses=0.2 reports=1h help=U(20s,2min) session=0.5 wifi=0.5 stale=0.3 leaves=0.1
        sensor pir on office walk=0.5 nuisance=5/day";
    let before = fixture::plan(WORLD);
    let porter = "role porter 3 zones lobby,office,kitchen shift Mon-Fri 07:30-16:00 account=pc/desk\n\
                  day porter home=street base=kitchen arrives=U(0s,1h) leaves=1h logs-in=pc/desk wifi\n\
                  errand post of=porter to=office,lobby per-day=9 stays=E(2min)\nperson zoe porter\n";
    let after = fixture::plan(&format!("{porter}{WORLD}"));
    let names = ["porter-", "zoe"];
    assert_ne!(before.people[0].name, after.people[0].name, "the numbers have moved");
    let (expected, seen) = (others(&before, &names), others(&after, &names));
    assert!(expected.len() > 150, "{} events are no test", expected.len());
    let differ = expected.iter().zip(&seen).find(|(before, after)| before != after);
    assert_eq!(differ, None);
    assert_eq!(expected.len(), seen.len());
    assert!(log(&after, 3, 0).len() > log(&before, 3, 0).len() + 100, "they are there");
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
            let mut simulation = simulation(&plan);
            for run in 0..2 {
                assert!(!log_of(&mut simulation, 11, run).is_empty(), "{scenario}");
            }
        }
    }
}
