//! What each attack that ships teaches: without its own technique the adversary has to do something else, or has nothing to
//! do, and does worse.

use std::sync::Arc;

use doorward_adversary::{Ways, Weighing};
use doorward_engine::Simulation;
use doorward_model::base::AdversaryId;
use doorward_model::plan::Plan;

use crate::support::{long, score_of, shipped, simulation, under};

/// Labels for one search.
const LABELS: usize = 200_000;

/// What its technique changes.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Changes {
    /// How often the objective is reached: less often without.
    Objective,
    /// The same where an alarm is answered within seconds. As shipped, whoever is detected is gone before anybody comes.
    Answered,
}
use Changes::{Answered, Objective};

/// A desk that has nothing else to do, and a force that is there at once: then it matters whether somebody is detected.
const ANSWERS: [&str; 4] = [
    "site.forces.police.arrival.value=Fixed(\"0s\")",
    "defence.latencies.call.value=Fixed(\"0s\")",
    "defence.queues.guard-desk.acknowledge.value=Fixed(\"10s\")",
    "defence.queues.guard-desk.assess.value=Fixed(\"10s\")",
];

/// Scenario, the place of the defence that it is taught under, the technique that it turns on, and what that changes.
const LESSONS: [(&str, usize, &str, Changes); 48] = [
    ("stolen-badge", 0, "use-badge", Answered),
    ("vendor-backdoor", 0, "log-in-with-known-secret", Answered),
    ("wiped-records", 0, "log-in-with-known-secret", Objective),
    ("guards-watched", 0, "watch-cameras", Objective),
    ("two-places", 0, "tire-second-factor", Objective),
    ("propped-door", 0, "follow-through", Objective),
    ("cloned-badge", 0, "copy-prox-badge", Objective),
    ("exit-fooled", 0, "fool-exit", Objective),
    ("reader-tapped", 0, "tap-reader", Objective),
    ("false-alarm", 0, "pull-fire-alarm", Objective),
    ("late-courier", 0, "talk-past-reception", Objective),
    ("blind-dock", 0, "blind-cameras", Answered),
    ("panel-commands", 0, "command-panel", Objective),
    ("cooling-cut", 0, "sabotage-from-afar", Objective),
    ("leaver-revived", 1, "revive-identity", Objective),
    ("sawn-wall", 2, "break-wall", Objective),
    ("false-officers", 0, "pose-as-officials", Objective),
    ("planted-device", 0, "attach-device", Objective),
    ("unattended-workstation", 0, "plug-in-usb", Objective),
    ("maker-password", 0, "default-password", Objective),
    ("pivot-from-cooling", 0, "read-secrets", Objective),
    ("watched-pin", 0, "watch-pin", Objective),
    ("decoy", 0, "flood-alarms", Answered),
    ("second-shift-keys", 0, "draw-key", Objective),
    ("line-cut", 0, "cut-connection", Objective),
    ("cloud-gates", 0, "remote-unlock", Objective),
    ("leaver-wipes", 0, "log-in-with-known-secret", Objective),
    ("support-server", 0, "read-secrets", Objective),
    ("cleaner-implant", 0, "plug-in-usb", Objective),
    ("two-of-them", 0, "use-badge", Objective),
    ("night-shift-badge", 0, "use-badge", Objective),
    ("relayed-badge", 0, "relay-badge", Objective),
    ("hidden-till-night", 0, "follow-through", Objective),
    ("latch-slipped", 0, "bypass-latch", Objective),
    ("bridged-lock", 0, "bridge-lock", Objective),
    ("console-taken", 0, "take-console", Objective),
    ("badge-by-database", 0, "edit-database", Objective),
    ("silenced-server", 0, "mute-reports", Answered),
    ("let-in-from-inside", 0, "open-from-inside", Objective),
    ("guest-to-doors", 0, "join-wifi", Objective),
    ("called-help-desk", 0, "ask-help-desk", Objective),
    ("asked-for-password", 0, "ask-for-secret", Objective),
    ("tailgating", 0, "follow-through", Objective),
    ("session-taken", 0, "steal-session", Objective),
    ("guessed-password", 0, "guess-password", Objective),
    ("recorder-ransom", 0, "encrypt-system", Objective),
    ("schedule-changed", 0, "change-schedule", Objective),
    ("reset-in-directory", 0, "reset-password", Objective),
];

/// The plan with an adversary who does not know a technique, nor prepares anything with it.
fn without(plan: &Plan, technique: &str) -> Arc<Plan> {
    let mut plan = plan.clone();
    let known = |id: &doorward_model::base::TechniqueId| plan.techniques[id.index()].name != technique;
    let left: Vec<_> = plan.adversaries[0].techniques.iter().copied().filter(known).collect();
    let prepared: Vec<_> = plan.adversaries[0].prepares.iter().copied().filter(|(id, _)| known(id)).collect();
    assert!(left.len() < plan.adversaries[0].techniques.len(), "{technique} is not known");
    plan.adversaries[0].techniques = left;
    plan.adversaries[0].prepares = prepared;
    Arc::new(plan)
}

/// The best plan, step by step.
fn gist(plan: &Plan) -> Option<Vec<String>> {
    let ways = Ways::new(plan, AdversaryId(0));
    let name = |id: doorward_model::base::TechniqueId| plan.techniques[id.index()].name.as_str();
    let best = ways.best(plan, Weighing::Own, &[], LABELS).ok()?;
    Some(best.steps.iter().map(|step| format!("{}: {}", step.technique.map_or("", name), step.what(plan))).collect())
}

/// The plan that a lesson is taught on.
fn taught(name: &str, defence: usize, changes: Changes) -> Arc<Plan> {
    match changes {
        Objective => shipped(name, &[]).swap_remove(defence),
        Answered => under(name, &["perimeter"], &ANSWERS).swap_remove(0),
    }
}

#[test]
fn without_its_technique_each_attack_has_another_plan_or_none() {
    for (name, defence, technique, changes) in LESSONS {
        let plan = taught(name, defence, changes);
        let with = gist(&plan).unwrap_or_else(|| panic!("{name}: no way"));
        assert_ne!(gist(&without(&plan, technique)), Some(with), "{name} does not turn on {technique}");
    }
}

/// Whether the attack does worse without its technique, by intervals that are apart; and what was found.
fn compare(name: &str, both: &[Simulation; 2], technique: &str, runs: u32) -> (bool, String) {
    let shares = both.each_ref().map(|simulation| score_of(simulation, 11, runs).p_objective);
    let [Some(with), Some(without)] = shares else { panic!("{name}: no adversary") };
    let said = format!("{name}, {runs} runs: {:.3} with {technique}, {:.3} without", with.estimate, without.estimate);
    (without.high < with.low, said)
}

/// Long: many runs of whole nights. On with DOORWARD_LONG_TESTS.
#[test]
fn without_its_technique_each_attack_does_worse() {
    if !long() {
        return;
    }
    let mut wrong = Vec::new();
    for (name, defence, technique, changes) in LESSONS {
        let plan = taught(name, defence, changes);
        let both = [simulation(&plan), simulation(&without(&plan, technique))];
        // Few runs tell most of them; the rest takes more.
        let tries: &[u32] = if changes == Answered { &[400, 4_000, 20_000] } else { &[25, 100, 400] };
        let mut found = String::new();
        let apart = tries.iter().any(|runs| {
            let (apart, said) = compare(name, &both, technique, *runs);
            println!("{said}");
            found = said;
            apart
        });
        if !apart {
            wrong.push(found);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
