//! From the plan of a site to the attack graph of one adversary.
//!
//! Model assumptions, which hold for the beliefs of the adversary and not for
//! the world:
//!
//! * Times are means. Shifts, schedules, traffic and arming are those of the stretch of time in which a step begins.
//! * A step that may be tried again at once takes its expected number of tries.
//! * A badge in the hands of one member is within reach of all; a blank is not.
//! * A second factor cannot be stolen, nor can a finger. A PIN can be watched
//!   where it goes with a mark's badge; else who knows of it keeps away, and
//!   who does not is refused.
//! * Who waits for a certain person counts on half of their patience.
//! * A follower waits for a passage in the right direction that lets them in,
//!   and does not wait where four times their patience would not be enough.
//! * Who is alone on foot finds a barrier that was broken open on the way back; several are each believed to have to
//!   overcome it.
//! * Guards notice who works on a barrier beside their post: that is done only where nothing else is left.
//! * A breached portal with a position switch is noticed with chance 0.9, as
//!   anybody can see the switch; sensors, and endpoint detection on devices,
//!   are known to insiders alone. Chances of detection count up to 0.999.

use doorward_model::base::*;
use doorward_model::plan::{Adversary, Bench, Direction, Job, Method, Objective, Plan, Start, Technique};
use doorward_model::scenario::Knowledge;
use doorward_model::technique::Act;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;

mod network;
mod on_foot;
mod seen;
mod stretches;

use seen::{beside_guards, told_of};
pub(crate) use seen::{observers, spread_s};

use crate::graph::{CrowdId, Deed, Fact, FactId, Graph, Ground, Index, Price, Socket, Spot, SpotId, Step, StepId};
use crate::hours::Hours;
use crate::state::{State, Whereabouts};
use stretches::{Stretch, stretches};

/// Chance that a position switch gives a breach away.
const SWITCH_DETECTS: f64 = 0.9;
/// No chance of detection counts for more than this.
const DETECTION_MAX: f64 = 0.999;
/// Devices that stand alike are searched as one from this many on.
const CROWD: usize = 16;
/// A wait for somebody to follow is worth planning up to this many times the patience.
const PATIENCE_FACTOR: f64 = 4.0;

/// The attack graph of an adversary, and where the team stands in it at first.
pub(crate) fn compile(plan: &Plan, adversary: &Adversary) -> (Graph, State) {
    compile_knowing(plan, adversary, adversary.knowledge)
}

/// The same for one who knew more, or less.
pub(crate) fn compile_knowing(plan: &Plan, adversary: &Adversary, knowledge: Knowledge) -> (Graph, State) {
    let mut compiler = Compiler::new(plan, adversary, knowledge);
    for &id in &adversary.techniques {
        compiler.technique(id, &plan.techniques[id.index()]);
    }
    if let Objective::Reach(zone, lasts) = adversary.objective {
        compiler.reach(zone, lasts);
    }
    compiler.finish()
}

/// When an adversary expects to begin.
fn begin_of(plan: &Plan, adversary: &Adversary) -> SimTime {
    plan.warm_up_end + adversary.begins_after.mean()
}

/// The side of a portal on which one stands before passing in a direction.
pub(crate) fn near_side(portal: PortalId, direction: Direction) -> SpotId {
    SpotId::from_index(2 * portal.index() + direction.index())
}

/// The side on which one stands after it.
pub(crate) fn far_side(portal: PortalId, direction: Direction) -> SpotId {
    SpotId::from_index(2 * portal.index() + 1 - direction.index())
}

/// The middle of a zone.
pub(crate) fn centre(plan: &Plan, zone: ZoneId) -> SpotId {
    SpotId::from_index(2 * plan.portals.len() + zone.index())
}

/// Where an actor starts.
pub(crate) fn start(plan: &Plan, start: Start) -> Whereabouts {
    match start {
        Start::Zone(zone) => Whereabouts::At(centre(plan, zone)),
        Start::Segment(_) => Whereabouts::Desk,
    }
}

struct Compiler<'p> {
    plan: &'p Plan,
    adversary: &'p Adversary,
    stretches: Vec<Stretch>,
    /// Time of the week of the stretch that is looked at.
    week_ms: u64,
    insider: bool,
    ids: FxHashMap<Fact, FactId>,
    facts: Vec<Fact>,
    steps: Vec<Step>,
    crowds: Vec<Vec<DeviceId>>,
    /// By device, its crowd.
    crowd_of: Vec<Option<CrowdId>>,
}

impl<'p> Compiler<'p> {
    fn new(plan: &'p Plan, adversary: &'p Adversary, knowledge: Knowledge) -> Self {
        let insider = knowledge == Knowledge::Insider;
        let crowds = crowds(plan);
        let mut crowd_of = vec![None; plan.devices.len()];
        for (i, crowd) in crowds.iter().enumerate() {
            crowd.iter().for_each(|device| crowd_of[device.index()] = Some(CrowdId::from_index(i)));
        }
        Compiler {
            crowds,
            crowd_of,
            plan,
            adversary,
            stretches: stretches(plan, adversary, insider),
            week_ms: plan.calendar.week_ms(begin_of(plan, adversary)),
            insider,
            ids: FxHashMap::default(),
            facts: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn finish(mut self) -> (Graph, State) {
        let plan = self.plan;
        let adversary = self.adversary;
        let objective = self.fact(Fact::Objective);
        let steals = matches!(adversary.objective, Objective::Theft(_));
        let carried = (0..adversary.actors.len())
            .map(|i| steals.then(|| self.fact(Fact::Carried(ActorId::from_index(i)))))
            .collect();
        self.over_time(Compiler::unlocked_ways);
        self.preparations();
        let jacks = (0..plan.jacks.len()).map(|i| (plan.jacks[i].zone, Fact::Attached(JackId::from_index(i))));
        let taken = self.steps.iter().filter_map(|step| match step.deed {
            Deed::Job(Job::PlugIn { device } | Job::TakeConsole { device }) => {
                Some((plan.devices[device.index()].zone, Fact::Foothold(device)))
            }
            Deed::Pass { .. } | Deed::Release { .. } | Deed::Stay { .. } | Deed::Job(_) => None,
        });
        let received = plan.wifi.iter().enumerate().flat_map(|(i, wifi)| {
            wifi.zones.iter().map(move |zone| (ZoneId::from_index(zone), Fact::Joined(WifiId::from_index(i))))
        });
        let sockets = jacks
            .chain(received)
            .chain(taken)
            .filter_map(|(zone, fact)| Some(Socket { zone, attached: *self.ids.get(&fact)? }))
            .collect();
        let places: Vec<Whereabouts> = adversary.actors.iter().map(|actor| start(plan, actor.start)).collect();
        let state = State::new(&places, &self.facts, |fact| held_at_first(adversary, fact).then_some(0));
        let mut graph = Graph {
            spots: spots(plan),
            pace: plan.pace,
            facts: self.facts,
            objective,
            carried,
            sockets,
            crowds: self.crowds.into(),
            steps: self.steps,
            price: price(adversary),
            index: Index::default(),
        };
        graph = graph.indexed();
        let begin = if graph.is_timed() { begin_of(plan, adversary).as_millis() } else { 0 };
        (graph, state.at(begin))
    }

    /// Makes steps for each stretch of time; one that comes out the same in several is one step.
    fn over_time(&mut self, mut make: impl FnMut(&mut Self)) {
        let first = self.steps.len();
        let mut made: FxHashMap<Step, (usize, Vec<(u64, u64)>)> = FxHashMap::default();
        for i in 0..self.stretches.len() {
            let Stretch { from, until, week_ms } = self.stretches[i];
            self.week_ms = week_ms;
            make(self);
            for step in self.steps.drain(first..) {
                let place = made.len();
                made.entry(Step { id: StepId(0), ..step }).or_insert((place, Vec::new())).1.push((from, until));
            }
        }
        let mut made: Vec<_> = made.into_iter().collect();
        made.sort_unstable_by_key(|(_, (place, _))| *place);
        for (step, (_, stretches)) in made {
            self.add(Step { hours: Hours::of(&stretches), ..step });
        }
    }

    /// What is to be done before anybody crosses the boundary, takes what is to be taken, or reaches the objective.
    fn preparations(&mut self) {
        let plan = self.plan;
        let mut prepared = Vec::new();
        for &(id, job) in &self.adversary.prepares {
            let technique = &plan.techniques[id.index()];
            let (Bench::Device(device), Some(ms)) = (job.bench(plan), self.work_ms(technique, 0.0, Probability::ONE))
            else {
                continue;
            };
            let needs = vec![self.fact(Fact::Administer(device))];
            let fact = self.fact(Fact::Prepared(job));
            self.add(Step { technique: Some(id), needs, gives: vec![(fact, 0)], ms, ..Step::new(Deed::Job(job)) });
            prepared.push(fact);
        }
        let objective = self.fact(Fact::Objective);
        for step in &mut self.steps {
            let crosses = match step.deed {
                Deed::Pass { portal, direction, .. } | Deed::Release { portal, direction, .. } => {
                    let door = &plan.portals[portal.index()];
                    let from = if direction == Direction::Entry { door.outer } else { door.inner };
                    plan.zones[from.index()].offsite() && !plan.zones[door.beyond(direction).index()].offsite()
                }
                Deed::Job(job) => matches!(job, Job::Take { .. }),
                Deed::Stay { .. } => false,
            };
            if crosses || step.gives.iter().any(|(fact, _)| *fact == objective) {
                step.needs.extend(&prepared);
            }
        }
    }

    /// Whether an adversary can come to use an act.
    fn knows(&self, act: impl Fn(&Act) -> bool) -> bool {
        self.adversary.techniques.iter().any(|id| act(&self.plan.techniques[id.index()].act))
    }

    fn fact(&mut self, fact: Fact) -> FactId {
        let facts = &mut self.facts;
        *self.ids.entry(fact).or_insert_with(|| {
            facts.push(fact);
            FactId::from_index(facts.len() - 1)
        })
    }

    fn add(&mut self, step: Step) {
        let id = StepId::from_index(self.steps.len());
        self.steps.push(Step { id, ..step });
    }

    fn technique(&mut self, id: TechniqueId, technique: &Technique) {
        match &technique.act {
            Act::Walk => self.ways(|this, portal, direction| this.walk(id, technique, portal, direction)),
            Act::UseBadge => self.ways(|this, portal, direction| this.use_badge(id, technique, portal, direction)),
            Act::Follow => self.ways(|this, portal, direction| this.follow(id, technique, portal, direction)),
            Act::Breach(method) => {
                self.ways(|this, portal, direction| this.breach(id, technique, method, portal, direction));
            }
            Act::RemoteUnlock => self.ways(|this, portal, direction| this.release(id, technique, portal, direction)),
            Act::TakeAsset => self.over_time(|this| this.take(id, technique)),
            Act::SabotageAsset => self.over_time(|this| this.sabotage(id, technique)),
            Act::LogIn => self.log_in(id, technique),
            Act::ExploitService => self.exploit(id, technique),
            Act::HarvestSecrets => self.harvest(id, technique),
            Act::ForgeBadge => self.forge(id, technique),
            Act::AttachDevice => self.attach(id, technique),
            Act::Exfiltrate => self.exfiltrate(id, technique),
            Act::FoolExit => self.ways(|this, portal, direction| this.fool_exit(id, technique, portal, direction)),
            Act::Persuade => self.ways(|this, portal, direction| this.persuade(id, technique, portal, direction)),
            Act::TapReader(links) => {
                self.ways(|this, portal, direction| this.tap(id, technique, links, portal, direction));
            }
            Act::CopyBadge(of) => self.copy(id, technique, of),
            Act::WatchPin => self.ways(|this, portal, direction| this.watch_pin(id, technique, portal, direction)),
            Act::BridgeLock => self.bridge(id, technique),
            Act::PullFireAlarm => self.pull_alarm(id, technique),
            Act::PlugIn(kinds) => self.plug_in(id, technique, kinds),
            Act::DefaultPassword => self.guess(id, technique),
            Act::Phish => self.phish(id, technique),
            Act::CommandPanel => self.ways(|this, portal, direction| this.command(id, technique, portal, direction)),
            Act::ChangeSchedule => self.schedule(id, technique),
            Act::EditDatabase => self.edit_database(id, technique),
            Act::ReviveIdentity => self.revive(id, technique),
            Act::SabotageFromAfar => self.sabotage_from_afar(id, technique),
            Act::TireSecondFactor => self.tire_second_factor(id, technique),
            Act::TakeConsole(kinds) => self.take_console(id, technique, kinds),
            Act::DrawKey => self.draw_key(id, technique),
            Act::CutConnection(kinds) => self.cut_connection(id, technique, kinds),
            Act::ResetPassword => self.reset_password(id, technique),
            // Done for what follows from them alone: only where the scenario says so.
            Act::BlindCameras | Act::WatchCameras | Act::MuteReports | Act::FloodAlarms | Act::ClearLog => {}
            // Done while waiting, by who can.
            Act::Hide => {}
            Act::RelayBadge(of) => {
                self.ways(|this, portal, direction| this.relay(id, technique, of, portal, direction))
            }
            Act::OpenFromInside => {
                self.ways(|this, portal, direction| this.open_from_inside(id, technique, portal, direction));
            }
            Act::GuessPassword => self.guess_password(id, technique),
            Act::AskSecret => self.ask_secret(id, technique),
            Act::StealSession => self.steal_session(id, technique),
            Act::JoinWifi => self.join_wifi(id, technique),
        }
    }

    // ------------------------------------------------------ time and risk

    /// Expected time of a piece of work with its tries; none if it never works.
    fn work_ms(&self, technique: &Technique, target_s: f64, target_chance: Probability) -> Option<u64> {
        let skill = self.adversary.skill;
        let chance = technique.success_for(technique.success.unwrap_or(target_chance), skill).value();
        if chance <= 0.0 {
            return None;
        }
        let seconds = technique.duration.as_ref().map_or(target_s, Distribution::mean_s);
        let factor = technique.duration_factor(skill, self.adversary.tools, 1);
        Some(SimDuration::from_secs_f64(seconds * factor * expected_tries(chance, technique.attempts)).as_millis())
    }

    /// The same after a wait that is nobody's work.
    fn wait_then_work_ms(&self, technique: &Technique, wait_s: f64) -> Option<u64> {
        let wait = SimDuration::from_secs_f64(wait_s).as_millis();
        self.work_ms(technique, 0.0, Probability::ONE).map(|ms| ms.saturating_add(wait))
    }

    /// Risk from those sensors that are known and armed.
    fn sensed(&self, sensors: &[SensorId], method: &str) -> u64 {
        let known = sensors.iter().filter(|_| self.insider).map(|id| &self.plan.sensors[id.index()]);
        known.filter(|s| s.armed_at(self.week_ms)).map(|s| micro_nats(s.detection(method).value())).sum()
    }

    fn endpoint(&self, device: DeviceId) -> u64 {
        let chance = self.plan.devices[device.index()].hardening.endpoint_detection;
        if self.insider { micro_nats(chance.value()) } else { 0 }
    }
}

impl Step {
    /// A step at a computer that takes no time, needs nothing and gives nothing.
    fn new(deed: Deed) -> Step {
        Step {
            id: StepId(0),
            deed,
            technique: None,
            ground: Ground::Console,
            partner: Ground::Console,
            only: None,
            hours: Hours::ALWAYS,
            needs: Vec::new(),
            origins: Vec::new(),
            gives: Vec::new(),
            ms: 0,
            pass_ms: 0,
            risk: 0,
            risk_loaded: 0,
        }
    }
}

/// What an adversary has before the first move.
fn held_at_first(adversary: &Adversary, fact: Fact) -> bool {
    match fact {
        Fact::Desk(_) | Fact::InPlace(_) => true,
        Fact::Secret(account) => adversary.accounts.contains(&account),
        Fact::Badge(credential) => adversary.credentials.iter().any(|stolen| stolen.credential == credential),
        Fact::Objective
        | Fact::Attached(_)
        | Fact::Foothold(_)
        | Fact::Operate(_)
        | Fact::Administer(_)
        | Fact::Enrolled(..)
        | Fact::Carried(_)
        | Fact::Among(_)
        | Fact::Unlocked(_)
        | Fact::Session(_)
        | Fact::Joined(_)
        | Fact::Tapped(..)
        | Fact::Pin(_)
        | Fact::Revived(_)
        | Fact::CutOff
        | Fact::Prepared(_) => false,
    }
}

/// Devices that can connect to the same services and panels, where they are many: to search each by itself would be to
/// search the same thing over and over.
fn crowds(plan: &Plan) -> Vec<Vec<DeviceId>> {
    let mut alike: IndexMap<(&IdSet, &IdSet), Vec<DeviceId>> = IndexMap::new();
    for (i, device) in plan.devices.iter().enumerate() {
        alike.entry((&device.reach, &device.panels)).or_default().push(DeviceId::from_index(i));
    }
    alike.into_values().filter(|devices| devices.len() >= CROWD).collect()
}

/// Both sides of each portal, then the middle of each zone.
fn spots(plan: &Plan) -> Vec<Spot> {
    let spot = |zone: ZoneId, point| Spot { zone, point, offsite: plan.zones[zone.index()].offsite() };
    let sides = plan.portals.iter().flat_map(|p| [spot(p.outer, p.at), spot(p.inner, p.at)]);
    let centres = plan.zones.iter().enumerate().map(|(i, zone)| spot(ZoneId::from_index(i), zone.centre));
    sides.chain(centres).collect()
}

fn price(adversary: &Adversary) -> Price {
    match adversary.method {
        // A script is not searched.
        Method::Script(_) => Price { per_ms: 1, per_micro_nat: 0 },
        Method::Seek { time, risk } => {
            Price { per_ms: (time * 1e6).round() as u64, per_micro_nat: (risk * 1e3).round() as u64 }
        }
    }
}

/// Expected number of tries until one works or all are used.
fn expected_tries(chance: f64, attempts: u32) -> f64 {
    let (mut sum, mut still) = (0.0, 1.0);
    for _ in 0..attempts.clamp(1, 1_000) {
        sum += still;
        still *= 1.0 - chance;
    }
    sum
}

/// −ln(1 − p) in millionths.
fn micro_nats(chance: f64) -> u64 {
    (-libm::log(1.0 - chance.min(DETECTION_MAX)) * 1e6).round() as u64
}
