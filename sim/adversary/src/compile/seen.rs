//! What the figures of a step are made of, for those who ask: who may see it, and how far its time varies.

use doorward_model::base::*;
use doorward_model::plan::{Adversary, Direction, Job, Objective, Plan, Portal, Post, Technique};
use doorward_model::technique::Act;

use super::{DETECTION_MAX, SWITCH_DETECTS, begin_of};
use crate::graph::{Deed, Step};
use crate::ways::{Eye, Observer};

/// What may see a step that begins so long after the first move, each with its chance: the sum of their risks is that of
/// the step.
pub(crate) fn observers(plan: &Plan, adversary: AdversaryId, step: &Step, after: SimDuration) -> Vec<Observer> {
    let week_ms = plan.calendar.week_ms(begin_of(plan, &plan.adversaries[adversary.index()]) + after);
    let mut found = Vec::new();
    let mut sensed = |sensors: &[SensorId], method: &str| {
        let armed = |id: &&SensorId| plan.sensors[id.index()].armed_at(week_ms);
        for &id in sensors.iter().filter(armed) {
            let chance = plan.sensors[id.index()].detection(method).value();
            if chance > 0.0 {
                found.push(Observer { eye: Eye::Sensor(id), chance });
            }
        }
    };
    let act = step.technique.map(|id| &plan.techniques[id.index()].act);
    let other = |eye: Eye, chance: f64| (chance > 0.0).then_some(Observer { eye, chance });
    let more = match step.deed {
        Deed::Pass { portal, direction, .. } | Deed::Release { portal, direction, .. } => {
            let door = &plan.portals[portal.index()];
            let (method, breach) = match act {
                Some(Act::Breach(method)) => (method.as_str(), true),
                Some(Act::FoolExit) => ("rex", false),
                Some(Act::Follow) => ("follow", false),
                _ => ("walk", false),
            };
            sensed(&door.sensors, method);
            sensed(&plan.zones[door.beyond(direction).index()].sensors, "walk");
            if let Some(technique) = step.technique
                && let Some(chance) = told_of(plan, &plan.adversaries[adversary.index()], technique, door)
            {
                found.push(Observer { eye: Eye::People(portal), chance });
            }
            if breach && let Some((post, chance)) = beside_guards(plan, door) {
                found.push(Observer { eye: Eye::Guards(post), chance });
            }
            let by_handle = matches!(act, Some(Act::Walk)) && direction == Direction::Exit && door.reads_as_forced();
            let unlocked = door.unlocked.iter().any(|window| window.contains(week_ms));
            let switched = breach && door.position_switch || by_handle && !unlocked && step.needs.is_empty();
            other(Eye::Switch(portal), if switched { SWITCH_DETECTS } else { 0.0 })
        }
        Deed::Job(job) => match job {
            Job::Take { asset } => {
                sensed(&plan.assets[asset.index()].sensors, "take");
                None
            }
            Job::Sabotage { asset } => {
                sensed(&plan.assets[asset.index()].sensors, "task");
                None
            }
            Job::Bridge { panel, .. } => {
                let enclosure = &plan.panels[panel.index()];
                let chance = if enclosure.tamper { SWITCH_DETECTS } else { 0.0 };
                other(Eye::Enclosure(panel), chance)
            }
            Job::Exploit { service } => on_device(plan, plan.services[service.index()].device),
            Job::StealSession { device, .. }
            | Job::Harvest { device }
            | Job::Phish { device }
            | Job::PlugIn { device }
            | Job::TakeConsole { device } => on_device(plan, device),
            Job::Attach { .. }
            | Job::LogIn { .. }
            | Job::Guess { .. }
            | Job::Spray { .. }
            | Job::Ask { .. }
            | Job::Join { .. }
            | Job::DrawKey { .. }
            | Job::CutConnection { .. }
            | Job::ResetPassword { .. }
            | Job::Prepare { .. }
            | Job::Exfiltrate { .. }
            | Job::Forge { .. }
            | Job::Insert { .. }
            | Job::Revive { .. }
            | Job::Schedule { .. }
            | Job::PullAlarm { .. }
            | Job::Copy { .. }
            | Job::WatchPin { .. }
            | Job::Tap { .. }
            | Job::Override { .. }
            | Job::Unlock { .. } => None,
        },
        Deed::Stay { .. } => None,
    };
    found.extend(more);
    found
}

/// The post beside a portal, with the chance that its guards notice who works on a barrier there, as an adversary sees it:
/// as good as certain. Anybody can see where guards sit.
pub(super) fn beside_guards(plan: &Plan, door: &Portal) -> Option<(PostId, f64)> {
    plan.policy.guards.as_ref()?;
    let beside = |post: &Post| !post.guards.is_empty() && [door.outer, door.inner].contains(&post.zone);
    Some((PostId::from_index(plan.posts.iter().position(beside)?), DETECTION_MAX))
}

/// The chance that somebody minds and tells, before somebody else lets one in; none where nobody is asked. Each who is asked
/// does the one or the other, or neither.
pub(super) fn told_of(plan: &Plan, adversary: &Adversary, technique: TechniqueId, door: &Portal) -> Option<f64> {
    let (technique, behaviour) = (&plan.techniques[technique.index()], &plan.behaviour);
    let (allows, fits) = match (&technique.act, technique.success) {
        (Act::Follow, Some(own)) => (own.value(), 1.0),
        (Act::Follow, None) => (behaviour.holds_door.value(), door.follow_chance.value()),
        (Act::Persuade, own) => {
            (technique.success_for(own.unwrap_or(behaviour.holds_door), adversary.skill).value(), 1.0)
        }
        _ => return None,
    };
    let tells = (1.0 - allows) * behaviour.reports_refused.value();
    (tells > 0.0).then(|| (tells / (allows * fits + tells)).min(DETECTION_MAX))
}

fn on_device(plan: &Plan, device: DeviceId) -> Option<Observer> {
    let host = &plan.devices[device.index()];
    let chance = host.hardening.endpoint_detection.value();
    (chance > 0.0).then_some(Observer { eye: Eye::Endpoint(device), chance })
}

/// Standard deviation of the time of a step, in seconds: of the technique's own time or of the target's, as planned for.
pub(crate) fn spread_s(plan: &Plan, adversary: AdversaryId, step: &Step) -> f64 {
    let adversary = &plan.adversaries[adversary.index()];
    let Some(technique) = step.technique.map(|id| &plan.techniques[id.index()]) else { return 0.0 };
    let time = technique.duration.as_ref().or_else(|| target(plan, adversary, technique, step.deed));
    let factor = technique.duration_factor(adversary.skill, adversary.tools, 1);
    time.map_or(0.0, Distribution::sd_s) * factor
}

/// The time that a target gives.
fn target<'p>(plan: &'p Plan, adversary: &'p Adversary, technique: &Technique, deed: Deed) -> Option<&'p Distribution> {
    let hardening = |device: DeviceId| &plan.devices[device.index()].hardening;
    match deed {
        Deed::Pass { portal, .. } | Deed::Release { portal, .. } => {
            let door = &plan.portals[portal.index()];
            match &technique.act {
                Act::Breach(method) => door.delay(method),
                _ => Some(&door.pass_time),
            }
        }
        Deed::Job(Job::Take { asset } | Job::Sabotage { asset } | Job::Override { asset, .. }) => {
            Some(&plan.assets[asset.index()].task_time)
        }
        Deed::Job(Job::Exploit { service }) => {
            hardening(plan.services[service.index()].device).exploit.as_ref().map(|(_, takes)| takes)
        }
        Deed::Job(Job::Harvest { device }) => hardening(device).harvest.as_ref().map(|(_, takes)| takes),
        Deed::Job(Job::Exfiltrate { .. }) => match &adversary.objective {
            Objective::Exfiltration(_, takes) => Some(takes),
            Objective::Theft(_) | Objective::Sabotage(_) | Objective::Reach(..) => None,
        },
        Deed::Job(_) | Deed::Stay { .. } => None,
    }
}
