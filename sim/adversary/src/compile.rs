//! From the plan of a site to the attack graph of one adversary.
//!
//! Model assumptions, which hold for the beliefs of the adversary and not for
//! the world:
//!
//! * Times are means; shifts, schedules, traffic and arming are those of the
//!   expected hour of the first move.
//! * A step that may be tried again at once takes its expected number of tries.
//! * A badge in the hands of one member is within reach of all; a blank is not.
//! * A second factor cannot be stolen. Neither can a PIN or a finger: who
//!   knows of them keeps away, who does not is refused.
//! * A follower waits for a passage in the right direction that lets them in,
//!   and does not wait where four times their patience would not be enough.
//! * A breached portal with a position switch is noticed with chance 0.9, as
//!   anybody can see the switch; sensors, and endpoint detection on devices,
//!   are known to insiders alone. Chances of detection count up to 0.999.

use doorward_model::base::*;
use doorward_model::plan::{Adversary, Direction, Method, Objective, Plan, Portal, Reader, Start, Technique};
use doorward_model::scenario::Knowledge;
use doorward_model::signal::Through;
use doorward_model::site::{AccountRole, Authentication, CredentialStatus, DeviceKind};
use doorward_model::technique::Act;
use rustc_hash::FxHashMap;

use crate::graph::{Deed, Fact, FactId, Graph, Ground, Index, Price, Socket, Spot, SpotId, Step, StepId};
use crate::state::{State, Whereabouts};

/// Chance that a position switch gives a breach away.
const SWITCH_DETECTS: f64 = 0.9;
/// No chance of detection counts for more than this.
const DETECTION_MAX: f64 = 0.999;
/// A wait for somebody to follow is worth planning up to this many times the patience.
const PATIENCE_FACTOR: f64 = 4.0;

/// The attack graph of an adversary, and where the team stands in it at first.
pub(crate) fn compile(plan: &Plan, adversary: &Adversary) -> (Graph, State) {
    let mut compiler = Compiler::new(plan, adversary);
    for &id in &adversary.techniques {
        compiler.technique(id, &plan.techniques[id.index()]);
    }
    if let Objective::Reach(zone, lasts) = adversary.objective {
        compiler.reach(zone, lasts);
    }
    compiler.finish()
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
    /// Time of the week at which the adversary expects to begin.
    week_ms: u64,
    insider: bool,
    ids: FxHashMap<Fact, FactId>,
    facts: Vec<Fact>,
    steps: Vec<Step>,
}

impl<'p> Compiler<'p> {
    fn new(plan: &'p Plan, adversary: &'p Adversary) -> Self {
        let begin = plan.warm_up_end + adversary.begins_after.mean();
        Compiler {
            plan,
            adversary,
            week_ms: plan.calendar.week_ms(begin),
            insider: adversary.knowledge == Knowledge::Insider,
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
        let sockets = (0..plan.jacks.len())
            .filter_map(|i| {
                let attached = *self.ids.get(&Fact::Attached(JackId::from_index(i)))?;
                Some(Socket { zone: plan.jacks[i].zone, attached })
            })
            .collect();
        let places: Vec<Whereabouts> = adversary.actors.iter().map(|actor| start(plan, actor.start)).collect();
        let state = State::new(&places, &self.facts, |fact| held_at_first(adversary, fact).then_some(0));
        let graph = Graph {
            spots: spots(plan),
            speed: plan.walking_speed,
            facts: self.facts,
            objective,
            carried,
            sockets,
            steps: self.steps,
            price: price(adversary),
            index: Index::default(),
        };
        (graph.indexed(), state)
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
            Act::TakeAsset => self.take(id, technique),
            Act::SabotageAsset => self.sabotage(id, technique),
            Act::LogIn => self.log_in(id, technique),
            Act::ExploitService => self.exploit(id, technique),
            Act::HarvestSecrets => self.harvest(id, technique),
            Act::ForgeBadge => self.forge(id, technique),
            Act::AttachDevice => self.attach(id, technique),
            Act::Exfiltrate => self.exfiltrate(id, technique),
        }
    }

    // ------------------------------------------------------------ on foot

    fn ways(&mut self, mut each: impl FnMut(&mut Self, PortalId, Direction)) {
        for i in 0..self.plan.portals.len() {
            for direction in [Direction::Entry, Direction::Exit] {
                each(self, PortalId::from_index(i), direction);
            }
        }
    }

    /// A passage that takes `ms`, with what sensors of `method` see of it.
    fn passage(&self, id: TechniqueId, way: (PortalId, Direction), through: Through, ms: u64, method: &str) -> Step {
        let (portal, direction) = way;
        let zone = self.plan.zone_beyond(portal, direction);
        let sensors = &self.plan.portals[portal.index()].sensors;
        Step {
            technique: Some(id),
            ground: Ground::Spot { at: near_side(portal, direction), to: far_side(portal, direction) },
            ms,
            risk: self.sensed(sensors, method) + self.sensed(&self.plan.zones[zone.index()].sensors, "walk"),
            risk_loaded: self.sensed(sensors, "carry"),
            ..Step::new(Deed::Pass { portal, direction, through })
        }
    }

    fn walk(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        let unlocked = door.unlocked.iter().any(|window| window.contains(self.week_ms));
        if (door.opens_freely(direction) || unlocked)
            && let Some(ms) = self.work_ms(technique, door.pass_time.mean_s(), Probability::ONE)
        {
            self.add(self.passage(id, (portal, direction), Through::Freely, ms, "walk"));
        }
    }

    fn use_badge(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let (plan, adversary) = (self.plan, self.adversary);
        let door = &plan.portals[portal.index()];
        for stolen in &adversary.credentials {
            let credential = stolen.credential;
            let ms = if door.mechanical_key == Some(credential) {
                self.work_ms(technique, door.pass_time.mean_s(), Probability::ONE)
            } else if let Some(reader) = self.reads(door, direction, credential)
                && self.expects_entry(reader, credential, plan.zone_beyond(portal, direction))
            {
                self.badge_ms(technique, door, reader)
            } else {
                None
            };
            if let Some(ms) = ms {
                let needs = vec![self.fact(Fact::Badge(credential))];
                let step = self.passage(id, (portal, direction), Through::With(credential), ms, "walk");
                self.add(Step { needs, ..step });
            }
        }
        for (i, actor) in adversary.actors.iter().enumerate() {
            if let Some(blank) = actor.blank
                && let Some(reader) = self.reads(door, direction, blank)
                && !(self.insider && (reader.pin || reader.biometric))
                && let Some(ms) = self.badge_ms(technique, door, reader)
            {
                let needs = vec![self.fact(Fact::Enrolled(blank, plan.panels[reader.panel.index()].server))];
                let step = self.passage(id, (portal, direction), Through::With(blank), ms, "walk");
                self.add(Step { needs, only: Some(ActorId::from_index(i)), ..step });
            }
        }
    }

    /// The reader in a direction, if it reads what the credential is made of.
    fn reads(&self, door: &'p Portal, direction: Direction, credential: CredentialId) -> Option<&'p Reader> {
        let technology = self.plan.credentials[credential.index()].technology;
        door.readers[direction.index()].as_ref().filter(|reader| reader.accepts.contains(&technology))
    }

    /// Whether a stolen credential is believed to open a reader.
    fn expects_entry(&self, reader: &Reader, credential: CredentialId, into: ZoneId) -> bool {
        let credential = &self.plan.credentials[credential.index()];
        !self.insider
            || !reader.pin
                && !reader.biometric
                && credential.status == Some(CredentialStatus::Active)
                && credential.role.is_some_and(|role| self.plan.roles[role.index()].may_enter(into, self.week_ms))
    }

    fn badge_ms(&self, technique: &Technique, door: &Portal, reader: &Reader) -> Option<u64> {
        let decision = self.plan.panels[reader.panel.index()].decision_time.mean_s();
        let seconds = reader.read_time.mean_s() + decision + door.pass_time.mean_s();
        self.work_ms(technique, seconds, Probability::ONE)
    }

    fn follow(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        let chance = technique.success.unwrap_or(door.follow_chance.and(self.plan.behaviour.holds_door)).value();
        let hour = (self.week_ms / 3_600_000 % 24) as usize;
        let weekend = usize::from(self.week_ms / 86_400_000 >= 5);
        let passes = f64::from(door.expected.per_hour[direction.index()][weekend][hour]);
        if passes <= 0.0 {
            return;
        }
        let per_hour = passes * chance;
        let wait_s = match &technique.duration {
            Some(own) if per_hour > 0.0 => own.mean_s() / chance,
            Some(_) | None => 3_600.0 / per_hour,
        };
        if wait_s <= PATIENCE_FACTOR * self.adversary.patience.mean_s() {
            let ms = SimDuration::from_secs_f64(wait_s + door.pass_time.mean_s()).as_millis();
            self.add(self.passage(id, (portal, direction), Through::Following, ms, "follow"));
        }
    }

    fn breach(&mut self, id: TechniqueId, technique: &Technique, method: &str, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        if let Some(delay) = door.delay(method)
            && let Some(ms) = self.work_ms(technique, delay.mean_s(), Probability::ONE)
        {
            let pass = door.pass_time.mean().as_millis();
            let mut step = self.passage(id, (portal, direction), Through::Breaking, ms.saturating_add(pass), method);
            if door.position_switch {
                step.risk += micro_nats(SWITCH_DETECTS);
            }
            self.add(step);
        }
    }

    fn release(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        if let Some(panel) = door.panel
            && door.lock.is_some()
            && let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE)
        {
            let server = self.plan.panels[panel.index()].server;
            let needs = vec![self.fact(Fact::Operate(server))];
            let pass_ms = door.pass_time.mean().as_millis();
            let step = self.passage(id, (portal, direction), Through::Released, ms, "walk");
            self.add(Step { deed: Deed::Release { portal, direction, server }, needs, pass_ms, ..step });
        }
    }

    /// Work in the middle of a zone.
    fn work(&self, id: TechniqueId, zone: ZoneId, ms: u64, deed: Deed) -> Step {
        let spot = centre(self.plan, zone);
        Step { technique: Some(id), ground: Ground::Spot { at: spot, to: spot }, ms, ..Step::new(deed) }
    }

    fn take(&mut self, id: TechniqueId, technique: &Technique) {
        if let Objective::Theft(asset) = self.adversary.objective {
            let what = &self.plan.assets[asset.index()];
            if what.portable
                && let Some(ms) = self.work_ms(technique, what.task_time.mean_s(), Probability::ONE)
            {
                let needs = vec![self.fact(Fact::InPlace(asset))];
                let risk = self.sensed(&what.sensors, "take");
                self.add(Step { needs, risk, ..self.work(id, what.zone, ms, Deed::Take { asset }) });
            }
        }
    }

    fn sabotage(&mut self, id: TechniqueId, technique: &Technique) {
        if let Objective::Sabotage(asset) = self.adversary.objective {
            let what = &self.plan.assets[asset.index()];
            if let Some(ms) = self.work_ms(technique, what.task_time.mean_s(), Probability::ONE) {
                let gives = vec![(self.fact(Fact::Objective), 0)];
                let risk = self.sensed(&what.sensors, "task");
                self.add(Step { gives, risk, ..self.work(id, what.zone, ms, Deed::Sabotage { asset }) });
            }
        }
    }

    fn reach(&mut self, zone: ZoneId, lasts: SimDuration) {
        let gives = vec![(self.fact(Fact::Objective), 0)];
        let (ground, ms) = (Ground::Zone(zone), lasts.as_millis());
        self.add(Step { ground, ms, gives, ..Step::new(Deed::Stay { lasts }) });
    }

    fn attach(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        for (i, jack) in plan.jacks.iter().enumerate().filter(|(_, jack)| jack.open) {
            if let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) {
                let jack_id = JackId::from_index(i);
                let gives = vec![(self.fact(Fact::Attached(jack_id)), 0)];
                self.add(Step { gives, ..self.work(id, jack.zone, ms, Deed::Attach { jack: jack_id }) });
            }
        }
    }

    // ------------------------------------------------------ at a computer

    fn log_in(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        for (i, account) in plan.accounts.iter().enumerate().filter(|(_, account)| !account.second_factor) {
            for &service in &account.services {
                let on = &plan.services[service.index()];
                if on.authentication != Authentication::MultiFactor {
                    let account_id = AccountId::from_index(i);
                    let needs = match on.authentication {
                        Authentication::Open => vec![],
                        Authentication::Password | Authentication::MultiFactor => {
                            vec![self.fact(Fact::Secret(account_id))]
                        }
                    };
                    let origins = self.origins(service);
                    let gives = self.session(on.device, account.role, on.interactive);
                    let deed = Deed::LogIn { service, account: account_id };
                    self.add_connection(Step { technique: Some(id), needs, origins, gives, ms, ..Step::new(deed) });
                }
            }
        }
    }

    fn exploit(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        for (i, service) in plan.services.iter().enumerate() {
            if let Some((chance, time)) = &plan.devices[service.device.index()].hardening.exploit
                && let Some(ms) = self.work_ms(technique, time.mean_s(), *chance)
            {
                let service_id = ServiceId::from_index(i);
                let origins = self.origins(service_id);
                let gives = self.session(service.device, AccountRole::Administrator, true);
                let risk = self.endpoint(service.device);
                let deed = Deed::Exploit { service: service_id };
                self.add_connection(Step { technique: Some(id), origins, gives, ms, risk, ..Step::new(deed) });
            }
        }
    }

    /// A step over the network is no step where no origin reaches the service.
    fn add_connection(&mut self, step: Step) {
        if !step.origins.is_empty() && !step.gives.is_empty() {
            self.add(step);
        }
    }

    /// What may open a connection to a service.
    fn origins(&mut self, service: ServiceId) -> Vec<FactId> {
        let (plan, adversary) = (self.plan, self.adversary);
        let mut origins = Vec::new();
        let desks = adversary.actors.iter().filter_map(|actor| match actor.start {
            Start::Segment(segment) => Some(Fact::Desk(segment)),
            Start::Zone(_) => None,
        });
        let attached =
            (0..plan.jacks.len()).filter(|&i| plan.jacks[i].open).map(|i| Fact::Attached(JackId::from_index(i)));
        let own = plan.services[service.index()].device;
        let footholds = (0..plan.devices.len()).map(DeviceId::from_index).filter(|&d| d != own).map(Fact::Foothold);
        for fact in desks.chain(attached).chain(footholds) {
            if fact.origin(plan).is_some_and(|origin| plan.reaches(origin, service)) {
                let fact = self.fact(fact);
                if !origins.contains(&fact) {
                    origins.push(fact);
                }
            }
        }
        origins
    }

    /// What a session on a device gives.
    fn session(&mut self, device: DeviceId, role: AccountRole, programs: bool) -> Vec<(FactId, u64)> {
        let mut gives = Vec::new();
        if programs {
            gives.push((self.fact(Fact::Foothold(device)), 0));
        }
        if self.plan.devices[device.index()].kind == DeviceKind::AccessControlServer {
            if role >= AccountRole::Operator {
                gives.push((self.fact(Fact::Operate(device)), 0));
            }
            if role >= AccountRole::Administrator {
                gives.push((self.fact(Fact::Administer(device)), 0));
            }
        }
        gives
    }

    fn harvest(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        for (i, device) in plan.devices.iter().enumerate().filter(|(_, device)| !device.secrets.is_empty()) {
            let target = device.hardening.harvest.as_ref();
            if target.is_none() && technique.duration.is_none() {
                continue;
            }
            let (chance, seconds) = target.map_or((Probability::ONE, 0.0), |(p, time)| (*p, time.mean_s()));
            if let Some(ms) = self.work_ms(technique, seconds, chance) {
                let device_id = DeviceId::from_index(i);
                let needs = vec![self.fact(Fact::Foothold(device_id))];
                let gives = device.secrets.iter().map(|&account| (self.fact(Fact::Secret(account)), 0)).collect();
                let risk = self.endpoint(device_id);
                let deed = Deed::Harvest { device: device_id };
                self.add(Step { technique: Some(id), needs, gives, ms, risk, ..Step::new(deed) });
            }
        }
    }

    fn forge(&mut self, id: TechniqueId, technique: &Technique) {
        let (plan, adversary) = (self.plan, self.adversary);
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        for (i, _) in plan.devices.iter().enumerate().filter(|(_, d)| d.kind == DeviceKind::AccessControlServer) {
            let server = DeviceId::from_index(i);
            for credential in adversary.actors.iter().filter_map(|actor| actor.blank) {
                let needs = vec![self.fact(Fact::Administer(server))];
                let gives = vec![(self.fact(Fact::Enrolled(credential, server)), self.download_ms(server))];
                let deed = Deed::Forge { server, credential };
                self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
            }
        }
    }

    /// Mean time until the panels of a server know of a change.
    fn download_ms(&self, server: DeviceId) -> u64 {
        let panels = self.plan.panels.iter().filter(|panel| panel.server == server);
        let (sum, n) = panels.fold((0.0, 0.0), |(sum, n), panel| (sum + panel.download_time.mean_s(), n + 1.0));
        if n > 0.0 { SimDuration::from_secs_f64(sum / n).as_millis() } else { 0 }
    }

    fn exfiltrate(&mut self, id: TechniqueId, technique: &Technique) {
        if let Objective::Exfiltration(device, takes) = &self.adversary.objective
            && let Some(ms) = self.work_ms(technique, takes.mean_s(), Probability::ONE)
        {
            let needs = vec![self.fact(Fact::Foothold(*device))];
            let gives = vec![(self.fact(Fact::Objective), 0)];
            let deed = Deed::Exfiltrate { device: *device };
            self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
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
            only: None,
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
        | Fact::Carried(_) => false,
    }
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
