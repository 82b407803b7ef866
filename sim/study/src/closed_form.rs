//! The closed forms that belong to a plan, where it is simple enough to have any.
//!
//! EASI speaks of one actor who does a fixed list of things, sensors that are always armed, one rule that turns what they
//! report into a call to one response force, and nothing else that could stop the actor. Whatever goes beyond that is
//! only simulated. EASI knows no queue either: that operators are busy with other alarms is not in it.

use crate::easi::{self, CommunicationMode, Location, Path, Task};
use doorward_model::base::{Distribution, Probability, SensorId};
use doorward_model::defence::{self, LogKind};
use doorward_model::plan::{
    Adversary, Condition, Method, Pattern, Plan, Response, Rule, ScriptAct, ScriptStep, Sensor, Technique,
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
    let chain = chain(plan)?;
    let tasks = steps.iter().map(|step| task(plan, adversary, &chain, step)).collect::<Option<_>>()?;
    let (communication, mode) = match plan.policy.communication {
        None => (1.0, CommunicationMode::PerIncident),
        Some((chance, defence::CommunicationMode::PerIncident)) => (chance.value(), CommunicationMode::PerIncident),
        Some((chance, defence::CommunicationMode::PerAlarm)) => (chance.value(), CommunicationMode::PerAlarm),
    };
    let latencies = chain.latencies.iter().copied().chain([&plan.policy.latencies.call, &force.arrival]);
    let variance: f64 = latencies.clone().map(|latency| latency.sd_s() * latency.sd_s()).sum();
    let response_mean_s = latencies.map(Distribution::mean_s).sum();
    Some((Path { tasks, communication, response_mean_s, response_sd_s: libm::sqrt(variance) }, mode))
}

/// The one way from a sensor's report to the call.
struct Chain<'p> {
    rule: &'p Rule,
    /// Chance that a true alarm is classed as such.
    assessment: f64,
    /// What it takes until the call is ordered.
    latencies: Vec<&'p Distribution>,
}

/// None where there is more than one rule, or anything but a call follows, or an alarm's fate depends on the hour or on
/// what the operator happens to see.
fn chain(plan: &Plan) -> Option<Chain<'_>> {
    let policy = &plan.policy;
    let [rule] = &policy.rules[..] else { return None };
    let at_once = rule.condition == Condition::Once && rule.during.is_empty() && rule.portals.is_none();
    let answers: Vec<Response> = policy.plays.iter().flat_map(|play| play.respond.iter().copied()).collect();
    let calls =
        |orders: &[Response]| !orders.is_empty() && orders.iter().all(|order| matches!(order, Response::Call(_)));
    if !at_once {
        return None;
    }
    match rule.raise {
        _ if answers.is_empty() && calls(&rule.respond) => Some(Chain { rule, assessment: 1.0, latencies: Vec::new() }),
        Some((Some(queue), _)) if rule.respond.is_empty() && calls(&answers) => {
            let queue = &policy.queues[queue.index()];
            let [verdict, others @ ..] = queue.by_picture.map(|verdicts| verdicts.true_alarm);
            let same = others.iter().all(|other| *other == verdict) && queue.by_logs.true_alarm == verdict;
            let simple = same && queue.staffed.is_empty() && queue.escalation.is_none();
            let latencies = vec![&policy.latencies.annunciate, &queue.acknowledge, &queue.assess];
            simple.then_some(Chain { rule, assessment: verdict.value(), latencies })
        }
        _ => None,
    }
}

fn task(plan: &Plan, adversary: &Adversary, chain: &Chain<'_>, step: &ScriptStep) -> Option<Task> {
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
            Some(timed(&portal.name, delay, sensing(plan, chain, &portal.sensors, method)?))
        }
        ScriptAct::Spend(name, takes) => Some(timed(name, takes.clone(), (0.0, Location::Begin))),
        ScriptAct::Task(asset, technique) => {
            let asset = &plan.assets[asset.index()];
            let delay = own_or(&plan.techniques[technique.index()], &asset.task_time, adversary);
            Some(timed(&asset.name, delay, sensing(plan, chain, &asset.sensors, TASK)?))
        }
    }
}

/// How long a technique takes one person: its own time or the target's, with the factors of skill and tools.
fn own_or(technique: &Technique, target: &Distribution, adversary: &Adversary) -> Distribution {
    let factor = technique.duration_factor(adversary.skill, adversary.tools, 1);
    technique.duration.as_ref().unwrap_or(target).scaled(factor)
}

/// Chance that any of these sensors senses a method and is believed, and when in the task. None where EASI has no words
/// for it: sensors at different moments, or armed by the hour.
fn sensing(plan: &Plan, chain: &Chain<'_>, sensors: &[SensorId], method: &str) -> Option<(f64, Location)> {
    let mut chance = Probability::ZERO;
    let mut moment = None;
    for id in sensors {
        let sensor = &plan.sensors[id.index()];
        let detection = sensor.detection(method);
        if detection == Probability::ZERO || !heard(plan, chain.rule, sensor) {
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
    Some((chance.value() * chain.assessment, location))
}

/// Whether a sensor's report is read, and meets the rule.
fn heard(plan: &Plan, rule: &Rule, sensor: &Sensor) -> bool {
    let kind = matches!(&rule.pattern, Pattern::Sensor { kinds } if kinds.is_empty() || kinds.contains(&sensor.kind));
    kind && plan.policy.reads.contains(&LogKind::Intrusion) && rule.zones.contains(sensor.zone.index())
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
        let task = |name: &str, detection, location, delay_mean_s, delay_sd_s| Task {
            name: name.into(),
            detection,
            location,
            delay_mean_s,
            delay_sd_s,
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
        let mut dispatching = plan();
        dispatching.policy.rules[0].respond.push(Response::Dispatch);
        assert_eq!(path(&dispatching), None);
        let mut armed_by_night = plan();
        armed_by_night.sensors[0].armed = vec!["daily 22:00-06:00".parse().unwrap()];
        assert_eq!(path(&armed_by_night), None);
    }
}
