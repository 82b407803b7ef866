//! Ways through a design: what an adversary could do, how it compares, what it hangs on and what one change would buy.
//!
//! The search is exact where it says so (see [`doorward_adversary::Ways`]). It takes times as their means, sensing as
//! independent and the hour as that of the first move; so the ways found are scored again, by EASI where that applies and,
//! if asked, by simulating an adversary who goes exactly that way.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::batch::{self, BatchOptions};
use crate::easi::{self, CommunicationMode, Location, Path, Task};
use crate::statistics::Estimate;
use doorward_adversary::{Agent, AttackPlan, Exactness, Eye, NoPlan, Part, PlanStep, Ways, Weighing};
use doorward_defence::RuleDefence;
use doorward_engine::Simulation;
use doorward_model::base::*;
use doorward_model::defence;
use doorward_model::plan::{Pattern, Plan};
use serde::Serialize;

/// What to look for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PathOptions {
    /// How many ways of each kind.
    pub ways: usize,
    /// Labels that one search may make: a budget of work, never of time.
    pub labels: usize,
}

impl Default for PathOptions {
    fn default() -> Self {
        Self { ways: 3, labels: 200_000 }
    }
}

/// The analysis of one adversary against one design.
#[derive(Clone, Debug, Serialize)]
pub struct Paths {
    /// Scenario.
    pub scenario: String,
    /// Site.
    pub site: String,
    /// Defence.
    pub defence: String,
    /// The adversary that the analysis is about: the first one.
    pub adversary: String,
    /// Places, facts and steps of its graph.
    pub graph: (usize, usize, usize),
    /// What it would do first by what it knows itself; none: it sees no way.
    pub intends: Option<Vec<String>>,
    /// Which of the ways below that is, as a place in the list.
    pub intends_way: Option<usize>,
    /// Ways, with what each is best at.
    pub ways: Vec<Way>,
    /// The way with the lowest probability of interruption, of those above, as a place in the list; none where that
    /// probability has no closed form.
    pub most_vulnerable: Option<usize>,
    /// What the best ways rely on, and what doing away with it leaves.
    pub parts: Vec<PartEffect>,
    /// Whether no way was found because the search gave up, and not because there is none.
    pub gave_up: bool,
    /// A smallest set of parts without which nothing is left.
    pub cut: CutView,
    /// What installed sensors are worth: those without which the way that is sensed least is sensed less.
    pub sensors: Vec<SensorEffect>,
}

/// A way through the design.
#[derive(Clone, Debug, Serialize)]
pub struct Way {
    /// What it is best at, and its place there.
    pub kinds: Vec<(Kind, usize)>,
    /// Expected seconds to the objective.
    pub seconds: f64,
    /// Chance that something senses it, as if sensing were independent.
    pub p_sensed: f64,
    /// How far a better one may lie below, in the weights of the search; none: there is none.
    pub within: Option<f64>,
    /// Its steps.
    pub steps: Vec<WayStep>,
    /// EASI, where it applies.
    pub easi: Option<Easi>,
    /// The same way simulated.
    pub simulated: Option<Simulated>,
    #[serde(skip)]
    attack: AttackPlan,
}

/// What a way is best at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Time.
    Quickest,
    /// Not being sensed.
    Stealthiest,
    /// The adversary's own weights.
    Chosen,
}

/// A step of a way.
#[derive(Clone, Debug, Serialize)]
pub struct WayStep {
    /// When it begins, in seconds from the first move.
    pub start_s: f64,
    /// When it ends.
    pub end_s: f64,
    /// Standard deviation of its time.
    pub sd_s: f64,
    /// Who takes part.
    pub actors: Vec<String>,
    /// Technique; none where one only stays.
    pub technique: Option<String>,
    /// What is done.
    pub what: String,
    /// Chance that something senses it.
    pub p_sensed: f64,
    /// What may sense it, with its chance.
    pub observers: Vec<(String, f64)>,
    /// Team that would get the alarm, if any rule speaks of what those report.
    pub owner: Option<String>,
}

/// EASI on a way: as if whatever senses it raised the alarm, and the one response force were called.
#[derive(Clone, Debug, Serialize)]
pub struct Easi {
    /// Probability of interruption.
    pub p_interrupted: f64,
    /// The last step at which detection leaves time enough.
    pub critical_detection_point: Option<String>,
    /// Margin there in joint standard deviations.
    pub margin_over_spread: Option<f64>,
    /// Mean response time in seconds.
    pub response_s: f64,
}

/// A way simulated, by an adversary who goes it and stops where it fails.
#[derive(Clone, Debug, Serialize)]
pub struct Simulated {
    /// Runs.
    pub runs: u64,
    /// Reaches the objective.
    pub p_objective: Option<Estimate>,
    /// Detected.
    pub p_detected: Option<Estimate>,
    /// P_I: interrupted.
    pub p_interrupted: Option<Estimate>,
    /// P_E: interrupted or contained, and the objective not reached.
    pub p_effective: Option<Estimate>,
}

/// What doing away with a part leaves.
#[derive(Clone, Debug, Serialize)]
pub struct PartEffect {
    /// The part.
    pub part: String,
    /// What one would do about it.
    pub remedy: &'static str,
    /// How many of the ways listed rely on it.
    pub ways: usize,
    /// The best way left by the adversary's own weights; none: nothing was found.
    pub left: Option<Left>,
    /// Nothing is left at all: the part is a choke point.
    pub choke_point: bool,
}

/// The best way that is left.
#[derive(Clone, Debug, Serialize)]
pub struct Left {
    /// Expected seconds.
    pub seconds: f64,
    /// Chance of being sensed.
    pub p_sensed: f64,
    /// The first step that is not in the best way of all.
    pub instead: Option<String>,
    /// Whether no better one is left.
    pub exact: bool,
}

/// A smallest cut.
#[derive(Clone, Debug, Serialize)]
pub struct CutView {
    /// Its parts; empty where nothing that a defender can change cuts all ways.
    pub parts: Vec<String>,
    /// No cut has fewer parts than this.
    pub at_least: usize,
    /// Whether nothing is left without them.
    pub holds: bool,
}

/// What a sensor is worth.
#[derive(Clone, Debug, Serialize)]
pub struct SensorEffect {
    /// Its name.
    pub sensor: String,
    /// Chance that the stealthiest way is sensed with it.
    pub p_sensed: f64,
    /// The same without it.
    pub without: f64,
}

/// What the analysis leaves out.
pub const NOT_MODELLED: &str = "times are means and sensing is independent; shifts, schedules and traffic are those of the \
    hour in which a step begins; whoever is met by chance, stopped at a desk or held up by a queue is in the simulation alone; \
    so are alarms nobody looks at";

/// Analyses the first adversary of a plan; none where there is none.
pub fn analyse(plan: &Arc<Plan>, options: PathOptions) -> Option<Paths> {
    let id = AdversaryId(0);
    let adversary = plan.adversaries.first()?;
    let ways = Ways::new(plan, id);
    let listed = list(plan, &ways, options);
    let chosen = ways.best(plan, Weighing::Own, &[], options.labels);
    let gave_up = listed.is_empty() && chosen == Err(NoPlan::Budget);
    let chosen = chosen.ok();
    let agent = Agent::new(plan, id);
    let intends = agent.current_plan().map(|p| p.steps.iter().map(|s| s.describe(plan)).collect());
    let gist = agent.current_plan().map(|attack| attack.gist(plan));
    let intends_way = gist.and_then(|gist| listed.iter().position(|(attack, _)| attack.gist(plan) == gist));
    let response = Response::of(plan);
    let listed: Vec<Way> =
        listed.into_iter().map(|(attack, kinds)| way(plan, &ways, response.as_ref(), attack, kinds)).collect();
    let interrupted = |way: &Way| way.easi.as_ref().map(|easi| easi.p_interrupted);
    let most_vulnerable = (0..listed.len())
        .filter_map(|i| interrupted(&listed[i]).map(|p| (p, i)))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map(|(_, i)| i);
    let cut = ways.cut(plan, options.labels);
    Some(Paths {
        scenario: plan.scenario.clone(),
        site: plan.site.clone(),
        defence: plan.defence_name.clone(),
        adversary: adversary.name.clone(),
        graph: ways.size(),
        intends,
        intends_way,
        parts: chosen.as_ref().map_or_else(Vec::new, |best| effects(plan, &ways, best, &listed, options)),
        cut: CutView {
            parts: cut.parts.iter().map(|part| part.describe(plan)).collect(),
            at_least: cut.at_least,
            holds: cut.holds,
        },
        sensors: sensors(plan, &listed, options),
        gave_up,
        most_vulnerable,
        ways: listed,
    })
}

/// Goes each way in simulation, and writes down what came of it.
pub fn verify(
    paths: &mut Paths,
    plan: &Arc<Plan>,
    options: BatchOptions,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) {
    let ways = Ways::new(plan, AdversaryId(0));
    let seeking = Simulation::new(Arc::clone(plan), Box::new(RuleDefence::new(Arc::clone(plan))));
    for way in &mut paths.ways {
        let agent = Agent::following(plan, &ways, &way.attack);
        let simulation = seeking.clone().with_agent(AdversaryId(0), agent);
        let result = batch::run_with(plan, &simulation, options, progress, stop);
        let summary = result.scorecard.summary(plan);
        way.simulated = Some(Simulated {
            runs: summary.runs,
            p_objective: summary.p_objective,
            p_detected: summary.p_detected,
            p_interrupted: summary.p_interrupted,
            p_effective: summary.p_contained,
        });
    }
}

/// The ways, in the language of Graphviz.
pub fn dot(paths: &Paths, plan: &Plan) -> String {
    let attacks: Vec<AttackPlan> = paths.ways.iter().map(|way| way.attack.clone()).collect();
    Ways::new(plan, AdversaryId(0)).dot(plan, &attacks)
}

/// The best ways of each kind, each way once.
fn list(plan: &Plan, ways: &Ways, options: PathOptions) -> Vec<(AttackPlan, Vec<(Kind, usize)>)> {
    let mut listed: Vec<(AttackPlan, Vec<(Kind, usize)>)> = Vec::new();
    let kinds = [
        (Kind::Chosen, Weighing::Own),
        (Kind::Quickest, Weighing::Quickest),
        (Kind::Stealthiest, Weighing::Stealthiest),
    ];
    for (kind, by) in kinds {
        for (n, attack) in ways.several(plan, by, options.ways, options.labels).into_iter().enumerate() {
            let gist = attack.gist(plan);
            match listed.iter_mut().find(|(other, _)| other.gist(plan) == gist) {
                Some((_, kinds)) => kinds.push((kind, n + 1)),
                None => listed.push((attack, vec![(kind, n + 1)])),
            }
        }
    }
    listed
}

fn way(plan: &Plan, ways: &Ways, response: Option<&Response>, attack: AttackPlan, kinds: Vec<(Kind, usize)>) -> Way {
    let steps: Vec<WayStep> = attack.steps.iter().map(|step| way_step(plan, ways, step)).collect();
    Way {
        kinds,
        seconds: attack.seconds,
        p_sensed: chance_of(attack.risk),
        within: match attack.exactness {
            Exactness::Within(gap) => Some(gap),
            Exactness::Optimal | Exactness::Scripted => None,
        },
        easi: response.and_then(|response| response.easi(plan, &steps)),
        steps,
        simulated: None,
        attack,
    }
}

fn way_step(plan: &Plan, ways: &Ways, step: &PlanStep) -> WayStep {
    let adversary = &plan.adversaries[0];
    let observers = ways.observers(plan, step);
    WayStep {
        start_s: step.start_s,
        end_s: step.end_s,
        sd_s: ways.spread_s(plan, step),
        actors: step.actors.iter().map(|actor| adversary.actors[actor.index()].name.clone()).collect(),
        technique: step.technique.map(|id| plan.techniques[id.index()].name.clone()),
        what: step.what(plan),
        p_sensed: chance_of(step.risk),
        owner: observers.first().and_then(|observer| owner(plan, observer.eye)),
        observers: observers.into_iter().map(|o| (o.eye.describe(plan), o.chance)).collect(),
    }
}

/// 1 − e^−risk.
fn chance_of(risk: f64) -> f64 {
    -libm::expm1(-risk)
}

/// The team whose rule speaks of what this one reports: by the first rule for such reports. Guards who hear something go
/// and look without one.
fn owner(plan: &Plan, eye: Eye) -> Option<String> {
    let speaks = |pattern: &Pattern| match (eye, pattern) {
        (Eye::Sensor(id), Pattern::Sensor { kinds }) => {
            kinds.is_empty() || kinds.contains(&plan.sensors[id.index()].kind)
        }
        (Eye::Switch(_), Pattern::PortalForced)
        | (Eye::Endpoint(_), Pattern::EndpointAlert)
        | (Eye::Enclosure(_), Pattern::Tamper)
        | (Eye::People(_), Pattern::PersonReport) => true,
        _ => false,
    };
    if let Eye::Guards(post) = eye {
        return Some(plan.posts[post.index()].name.clone());
    }
    let rule = plan.policy.rules.iter().find(|rule| speaks(&rule.pattern))?;
    let (queue, _) = rule.raise?;
    Some(queue.map_or_else(|| "nobody".to_owned(), |queue| plan.policy.queues[queue.index()].name.clone()))
}

/// The one response force of a site, from the alarm to its arrival.
struct Response {
    mean_s: f64,
    sd_s: f64,
    communication: f64,
    mode: CommunicationMode,
}

impl Response {
    /// None where there is no force, or more than one.
    fn of(plan: &Plan) -> Option<Self> {
        let [force] = &plan.forces[..] else { return None };
        let latencies = &plan.policy.latencies;
        let mut parts = vec![&latencies.annunciate, &latencies.call, &force.arrival];
        if let Some(queue) = plan.policy.queues.first() {
            parts.extend([&queue.acknowledge, &queue.assess]);
        }
        let variance: f64 = parts.iter().map(|time| time.sd_s() * time.sd_s()).sum();
        let (communication, mode) = match plan.policy.communication {
            None => (1.0, CommunicationMode::PerIncident),
            Some((chance, defence::CommunicationMode::PerIncident)) => (chance.value(), CommunicationMode::PerIncident),
            Some((chance, defence::CommunicationMode::PerAlarm)) => (chance.value(), CommunicationMode::PerAlarm),
        };
        Some(Self {
            mean_s: parts.iter().map(|time| time.mean_s()).sum(),
            sd_s: libm::sqrt(variance),
            communication,
            mode,
        })
    }

    /// None for more than one actor: EASI speaks of a sequence.
    fn easi(&self, plan: &Plan, steps: &[WayStep]) -> Option<Easi> {
        if plan.adversaries.len() != 1 || plan.adversaries[0].actors.len() != 1 || steps.is_empty() {
            return None;
        }
        let mut before = 0.0;
        let tasks: Vec<Task> = steps
            .iter()
            .map(|step| {
                let delay = step.end_s - before;
                before = step.end_s;
                Task {
                    name: step.what.clone(),
                    detection: step.p_sensed,
                    location: Location::Begin,
                    delay_mean_s: delay,
                    delay_sd_s: step.sd_s,
                }
            })
            .collect();
        let path =
            Path { tasks, communication: self.communication, response_mean_s: self.mean_s, response_sd_s: self.sd_s };
        Some(Easi {
            p_interrupted: easi::interruption(&path, self.mode).probability,
            critical_detection_point: easi::critical_detection_point(&path).map(|i| path.tasks[i].name.clone()),
            margin_over_spread: easi::margin_over_spread(&path),
            response_s: self.mean_s,
        })
    }
}

/// What doing away with each part of the listed ways would leave, the best first: nothing, then the longest way.
fn effects(plan: &Plan, ways: &Ways, best: &AttackPlan, listed: &[Way], options: PathOptions) -> Vec<PartEffect> {
    let how = |step: &PlanStep| {
        let technique = step.technique.map_or("stay", |id| &plan.techniques[id.index()].name);
        format!("{} ({technique})", step.what(plan))
    };
    let known: Vec<String> = best.steps.iter().map(how).collect();
    let relies: Vec<Vec<Part>> = listed.iter().map(|way| ways.parts(plan, &way.attack)).collect();
    // Doing away with what the best way does not rely on leaves that way.
    let mut effects: Vec<(PartEffect, f64)> = ways
        .parts(plan, best)
        .into_iter()
        .map(|part| {
            let left = ways.best(plan, Weighing::Own, &[part], options.labels);
            let choke_point = left == Err(NoPlan::Nothing);
            let left = left.ok();
            let worth = left.as_ref().map_or(f64::INFINITY, |left| left.seconds + 1e3 * (left.risk - best.risk));
            let left = left.map(|left| Left {
                seconds: left.seconds,
                p_sensed: chance_of(left.risk),
                instead: {
                    let other = || left.steps.iter().filter(|step| !known.contains(&how(step)));
                    other().find(|step| !step.is_free()).or_else(|| other().next()).map(how)
                },
                exact: left.is_exact(),
            });
            let count = relies.iter().filter(|parts| parts.contains(&part)).count();
            (PartEffect { part: part.describe(plan), remedy: part.remedy(plan), ways: count, left, choke_point }, worth)
        })
        .collect();
    effects.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.part.cmp(&b.0.part)));
    effects.into_iter().map(|(effect, _)| effect).collect()
}

/// Sensors without which the way that is sensed least would be sensed less: each taken out alone, and the way sought anew.
fn sensors(plan: &Plan, listed: &[Way], options: PathOptions) -> Vec<SensorEffect> {
    let Some(least) = listed.iter().find(|way| way.kinds.contains(&(Kind::Stealthiest, 1))) else { return Vec::new() };
    let mut found: Vec<SensorEffect> = Vec::new();
    // Only one that sees the stealthiest way can make it stealthier still.
    let names = least.steps.iter().flat_map(|step| &step.observers).map(|(name, _)| name.clone());
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let Some(index) = plan.sensors.iter().position(|sensor| sensor.name == name) else { continue };
        let mut without = plan.clone();
        without.sensors[index].detects.clear();
        let ways = Ways::new(&without, AdversaryId(0));
        let Ok(left) = ways.best(&without, Weighing::Stealthiest, &[], options.labels) else { continue };
        found.push(SensorEffect { sensor: name, p_sensed: least.p_sensed, without: chance_of(left.risk) });
    }
    found.sort_by(|a, b| a.without.total_cmp(&b.without));
    found
}
