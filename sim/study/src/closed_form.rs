//! The closed forms that belong to a plan, where it is simple enough to have any.
//!
//! EASI speaks of one actor who does a fixed list of things, sensors that are always armed, alarms that go straight to
//! one response force, and nothing else that could stop or be stopped. Whatever goes beyond that is only simulated.

use crate::easi::{self, CommunicationMode, Location, Path, Task};
use doorward_model::base::{Distribution, Probability, SensorId};
use doorward_model::defence::{self, LogKind};
use doorward_model::plan::{
    Adversary, Condition, Force, Method, Pattern, Plan, Response, Rule, ScriptAct, ScriptStep, Technique,
};
use doorward_model::site::Moment;
use doorward_model::technique::Act;
use serde::Serialize;

/// What sensors of a scripted task sense.
const TASK: &str = "task";

/// Closed forms, or why there are none.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum ClosedFormNote {
    /// They apply.
    Applies(ClosedForm),
    /// They do not: `n/a, simulated`.
    NotApplicable(&'static str),
}

impl ClosedFormNote {
    /// For a plan.
    pub fn of(plan: &Plan) -> Self {
        match path(plan) {
            Some((path, mode)) => Self::Applies(ClosedForm::of(&path, mode)),
            None => Self::NotApplicable("n/a, simulated"),
        }
    }
}

/// EASI and the critical detection point of a path.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ClosedForm {
    /// EASI's probability of interruption.
    pub p_interrupted: f64,
    /// The deterministic one, by the critical detection point.
    pub p_interrupted_at_cdp: f64,
    /// The step that is the critical detection point.
    pub critical_detection_point: Option<String>,
    /// Margin there in joint standard deviations; well below 1 the deterministic figure is not to be trusted.
    pub margin_over_spread: Option<f64>,
}

impl ClosedForm {
    fn of(path: &Path, mode: CommunicationMode) -> Self {
        Self {
            p_interrupted: easi::interruption(path, mode).probability,
            p_interrupted_at_cdp: easi::interruption_at_cdp(path),
            critical_detection_point: easi::critical_detection_point(path).map(|i| path.tasks[i].name.clone()),
            margin_over_spread: easi::margin_over_spread(path),
        }
    }
}

/// The path that a plan's script walks, if EASI can speak of it.
pub fn path(plan: &Plan) -> Option<(Path, CommunicationMode)> {
    let ([adversary], [force]) = (&plan.adversaries[..], &plan.forces[..]) else { return None };
    let (Method::Script(steps), [_]) = (&adversary.method, &adversary.actors[..]) else { return None };
    if !only_calls(plan) {
        return None;
    }
    let tasks = steps.iter().map(|step| task(plan, adversary, step)).collect::<Option<_>>()?;
    let (communication, mode) = match plan.policy.communication {
        None => (1.0, CommunicationMode::PerIncident),
        Some((chance, defence::CommunicationMode::PerIncident)) => (chance.value(), CommunicationMode::PerIncident),
        Some((chance, defence::CommunicationMode::PerAlarm)) => (chance.value(), CommunicationMode::PerAlarm),
    };
    let (response_mean_s, response_sd_s) = response(plan, force);
    Some((Path { tasks, communication, response_mean_s, response_sd_s }, mode))
}

/// Whether sensors alone set something off, without a person in between, and all that they set off is a call.
fn only_calls(plan: &Plan) -> bool {
    let policy = &plan.policy;
    let answers = policy.plays.iter().flat_map(|play| &play.respond);
    let mut orders = policy.rules.iter().flat_map(|rule| &rule.respond).chain(answers);
    let sensors_call = |rule: &Rule| rule.respond.is_empty() || matches!(rule.pattern, Pattern::Sensor { .. });
    orders.all(|order| matches!(order, Response::Call(_)))
        && policy.rules.iter().all(sensors_call)
        && policy.plays.iter().all(|play| play.respond.is_empty())
}

fn response(plan: &Plan, force: &Force) -> (f64, f64) {
    let (call, arrival) = (&plan.policy.latencies.call, &force.arrival);
    let sd_s = libm::sqrt(call.sd_s() * call.sd_s() + arrival.sd_s() * arrival.sd_s());
    (call.mean_s() + arrival.mean_s(), sd_s)
}

fn task(plan: &Plan, adversary: &Adversary, step: &ScriptStep) -> Option<Task> {
    let timed = |name: &str, delay: Distribution, (detection, location)| Task {
        name: name.to_owned(),
        detection,
        location,
        delay_mean_s: delay.mean_s(),
        delay_sd_s: delay.sd_s(),
    };
    match &step.what {
        ScriptAct::Pass(portal, technique) => {
            let portal = &plan.portals[portal.index()];
            let technique = &plan.techniques[technique.index()];
            let Act::Breach(method) = &technique.act else { return None };
            let delay = own_or(technique, portal.delay(method)?, adversary);
            Some(timed(&portal.name, delay, sensing(plan, &portal.sensors, method)?))
        }
        ScriptAct::Spend(name, takes) => Some(timed(name, takes.clone(), (0.0, Location::Begin))),
        ScriptAct::Task(asset, technique) => {
            let asset = &plan.assets[asset.index()];
            let delay = own_or(&plan.techniques[technique.index()], &asset.task_time, adversary);
            Some(timed(&asset.name, delay, sensing(plan, &asset.sensors, TASK)?))
        }
    }
}

/// How long a technique takes one person: its own time or the target's, with the factors of skill and tools.
fn own_or(technique: &Technique, target: &Distribution, adversary: &Adversary) -> Distribution {
    let factor = technique.duration_factor(adversary.skill, adversary.tools, 1);
    technique.duration.as_ref().unwrap_or(target).scaled(factor)
}

/// Chance that any of these sensors reports a method to a rule that calls, and when in the task. None where EASI has no
/// words for it: sensors at different moments, or armed by the hour.
fn sensing(plan: &Plan, sensors: &[SensorId], method: &str) -> Option<(f64, Location)> {
    let mut chance = Probability::ZERO;
    let mut moment = None;
    for &id in sensors {
        let sensor = &plan.sensors[id.index()];
        let detection = sensor.detection(method);
        if detection == Probability::ZERO || !heard(plan, id)? {
            continue;
        }
        if !sensor.armed.is_empty() || moment.is_some_and(|moment| moment != sensor.moment) {
            return None;
        }
        moment = Some(sensor.moment);
        chance = chance.or(detection);
    }
    let location = match moment {
        None | Some(Moment::Begin) => Location::Begin,
        Some(Moment::Middle) => Location::Middle,
        Some(Moment::End) => Location::End,
    };
    Some((chance.value(), location))
}

/// Whether a sensor's report leads to a call. None where that depends on more than the report.
fn heard(plan: &Plan, id: SensorId) -> Option<bool> {
    let sensor = &plan.sensors[id.index()];
    let concerns = |rule: &&Rule| {
        let kind = matches!(&rule.pattern, Pattern::Sensor { kinds } if kinds.is_empty() || kinds.contains(&sensor.kind));
        kind && !rule.respond.is_empty() && rule.zones.contains(sensor.zone.index())
    };
    let simple = |rule: &Rule| {
        rule.condition == Condition::Once && rule.during.is_empty() && rule.portals.is_none()
    };
    if !plan.policy.reads.contains(&LogKind::Intrusion) {
        return Some(false);
    }
    let mut rules = plan.policy.rules.iter().filter(concerns).peekable();
    let any = rules.peek().is_some();
    rules.all(simple).then_some(any)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plan, plan_with};

    #[test]
    fn a_script_is_a_path() {
        let (path, mode) = path(&plan()).unwrap();
        assert_eq!(mode, CommunicationMode::PerIncident);
        assert_eq!((path.communication, path.response_mean_s, path.response_sd_s), (0.9, 210.0, 50.0));
        let task = |name: &str, detection, location, delay_mean_s, delay_sd_s| {
            Task { name: name.into(), detection, location, delay_mean_s, delay_sd_s }
        };
        let expected = [
            task("north-fence", 0.8, Location::Middle, 60.0, 12.0),
            task("walk", 0.0, Location::Begin, 20.0, 0.0),
            task("tank", 0.5, Location::Begin, 300.0, 40.0),
        ];
        assert_eq!(path.tasks, expected);
    }

    #[test]
    fn what_is_not_read_is_not_heard() {
        let (path, _) = path(&plan_with(&["defence.reads=[]"])).unwrap();
        assert!(path.tasks.iter().all(|task| task.detection == 0.0));
    }

    #[test]
    fn anything_more_is_simulated() {
        let mut searching = plan();
        searching.adversaries[0].method = Method::Seek { time: 1.0, risk: 0.0 };
        assert_eq!(ClosedFormNote::of(&searching), ClosedFormNote::NotApplicable("n/a, simulated"));
        let dispatching = plan_with(&["defence.rules.sensor.respond=[Call(\"patrol\"), Dispatch]"]);
        assert_eq!(path(&dispatching), None);
        let mut armed_by_night = plan();
        armed_by_night.sensors[0].armed = vec!["daily 22:00-06:00".parse().unwrap()];
        assert_eq!(path(&armed_by_night), None);
    }
}
