//! All that an adversary could do, whatever it will do: the analysis of a design rather than of a run.
//!
//! It searches the same graph by the same rules, as one who knows rights and sensors would: a design has to hold against
//! those. *Parts* are what a defender can change about a step: a row of the firewall, an account, a lock, a reader.
//! Without some of them the search goes on with what is left, so each answer is a search and none an estimate.

use std::collections::{BTreeSet, BinaryHeap};
use std::sync::OnceLock;

use doorward_model::base::*;
use doorward_model::plan::{Bench, Direction, Job, Origin, Plan, Releaser};
use doorward_model::scenario::Knowledge;
use doorward_model::signal::{Intent, Through};

use crate::attack_plan::{AttackPlan, Exactness, PlanStep, written};
use crate::belief::Belief;
use crate::compile::compile_knowing;
use crate::graph::{Deed, Graph, Price, Step, StepId};
use crate::search::{Effort, NoPlan, Ranked};
use crate::seek::Seeker;
use crate::state::State;

/// What a way costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weighing {
    /// By the adversary's own weights of time and risk; a script's are time alone.
    Own,
    /// By time.
    Quickest,
    /// By the chance of being sensed, then by time.
    Stealthiest,
}

/// Something about a site that a step relies on and a defender can change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// That one end can open connections to the other.
    Connection(Origin, End),
    /// That the secret of an account is enough.
    Account(AccountId),
    /// A flaw, or the maker's password, of a service.
    Service(ServiceId),
    /// What lies on a device, or can be done there by whoever has it.
    Device(DeviceId),
    /// That a credential is taken.
    Credential(CredentialId),
    /// That a portal yields to a technique.
    Portal(PortalId, TechniqueId),
    /// The enclosure of a panel, or that it takes commands from anybody.
    Panel(PanelId),
    /// An open jack.
    Jack(JackId),
    /// That a wireless network takes anybody.
    Wifi(WifiId),
    /// That a cabinet gives its keys.
    Cabinet(CabinetId),
}

/// The far end of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum End {
    /// A device.
    Device(DeviceId),
    /// A panel.
    Panel(PanelId),
}

impl Part {
    /// What it is, with names.
    pub fn describe(self, plan: &Plan) -> String {
        let device = |id: DeviceId| &plan.devices[id.index()].name;
        match self {
            Part::Connection(from, to) => {
                let rows = rows(plan, from, to);
                let by = match &rows[..] {
                    [] => "no row of the allow-list: nothing stands between them".to_owned(),
                    rows => format!("row {}", rows.join(", ")),
                };
                let to = match to {
                    End::Device(id) => device(id),
                    End::Panel(id) => &plan.panels[id.index()].name,
                };
                format!("connection {} -> {to} ({by})", plan.origin_name(from))
            }
            Part::Account(id) => format!("account {}", plan.accounts[id.index()].name),
            Part::Service(id) => format!("service {}", plan.services[id.index()].name),
            Part::Device(id) => format!("device {}", device(id)),
            Part::Credential(id) => format!("badge {}", plan.credentials[id.index()].name),
            Part::Portal(id, technique) => {
                let technique = &plan.techniques[technique.index()].name;
                format!("{technique} at {}", plan.portals[id.index()].name)
            }
            Part::Panel(id) => format!("panel {}", plan.panels[id.index()].name),
            Part::Jack(id) => format!("jack {}", plan.jacks[id.index()].name),
            Part::Wifi(id) => format!("Wi-Fi {}", plan.wifi[id.index()].name),
            Part::Cabinet(id) => format!("cabinet {}", plan.cabinets[id.index()].name),
        }
    }

    /// What a defender would do about it.
    pub fn remedy(self, plan: &Plan) -> &'static str {
        match self {
            Part::Connection(from, to) if rows(plan, from, to).is_empty() => "put them into segments of their own",
            Part::Connection(..) => "close the row",
            Part::Account(_) => "ask a second factor, or a ticket",
            Part::Service(_) => "mend the flaw, change the password",
            Part::Device(_) => "keep secrets off it, keep hands off it",
            Part::Credential(_) => "revoke it, ask for a PIN",
            Part::Portal(..) => "strengthen or watch it",
            Part::Panel(_) => "authenticate its link, move its enclosure",
            Part::Jack(_) => "close it",
            Part::Wifi(_) => "let it ask who joins, lead it nowhere",
            Part::Cabinet(_) => "let it refuse",
        }
    }
}

/// Rows of the allow-list that let one end connect to the other.
fn rows(plan: &Plan, from: Origin, to: End) -> Vec<&str> {
    let (to_segment, to_device) = match to {
        End::Device(device) => (plan.devices[device.index()].segment, Some(device)),
        End::Panel(panel) => (plan.panels[panel.index()].segment, None),
    };
    let (from_segment, from_device) = match from {
        Origin::Segment(segment) => (segment, None),
        Origin::Device(device) => (plan.devices[device.index()].segment, Some(device)),
    };
    let covers = |end: Origin, segment: SegmentId, device: Option<DeviceId>| match end {
        Origin::Segment(s) => s == segment,
        Origin::Device(d) => Some(d) == device,
    };
    let speaks = |protocols: &[String]| match to {
        End::Device(device) => {
            let services = &plan.devices[device.index()].services;
            services.iter().any(|service| protocols.contains(&plan.services[service.index()].protocol))
        }
        End::Panel(_) => true,
    };
    plan.flows
        .iter()
        .filter(|row| row.allowed && covers(row.from, from_segment, from_device))
        .filter(|row| covers(row.to, to_segment, to_device) && speaks(&row.protocols))
        .map(|row| row.name.as_str())
        .collect()
}

/// What a step relies on: of a planned one with the connection that it uses.
fn parts_of(plan: &Plan, step: &Step, from: Option<Origin>) -> Vec<Part> {
    let own = match step.deed {
        Deed::Pass { through: Through::Freely, .. } | Deed::Stay { .. } => None,
        Deed::Pass { through: Through::With(credential), .. } => Some(Part::Credential(credential)),
        Deed::Pass { portal, .. } => step.technique.map(|technique| Part::Portal(portal, technique)),
        Deed::Release { by: Releaser::Server(server), .. } => Some(Part::Device(server)),
        Deed::Release { by: Releaser::Panel(panel), .. } => Some(Part::Panel(panel)),
        Deed::Release { by: Releaser::Inside(_), portal, .. } => {
            step.technique.map(|technique| Part::Portal(portal, technique))
        }
        Deed::Release { by: Releaser::Relay { credential, .. }, .. } => Some(Part::Credential(credential)),
        Deed::Job(job) => match job {
            Job::Take { .. } | Job::Sabotage { .. } | Job::PullAlarm { .. } => None,
            Job::Attach { jack } => Some(Part::Jack(jack)),
            Job::LogIn { account, .. } | Job::Spray { account, .. } | Job::Ask { account } => {
                Some(Part::Account(account))
            }
            Job::Join { wifi, .. } => Some(Part::Wifi(wifi)),
            // The other half of a release, which is above.
            Job::Unlock { by: Releaser::Inside(_) | Releaser::Relay { .. }, .. } => None,
            Job::Exploit { service } | Job::Guess { service } => Some(Part::Service(service)),
            Job::Copy { credential, .. } => Some(Part::Credential(credential)),
            Job::WatchPin { portal, .. } | Job::Tap { portal, .. } => {
                step.technique.map(|technique| Part::Portal(portal, technique))
            }
            Job::Bridge { panel, .. } | Job::Unlock { by: Releaser::Panel(panel), .. } => Some(Part::Panel(panel)),
            Job::DrawKey { cabinet, .. } => Some(Part::Cabinet(cabinet)),
            Job::Phish { device }
            | Job::PlugIn { device }
            | Job::TakeConsole { device }
            | Job::CutConnection { device }
            | Job::ResetPassword { device, .. }
            | Job::Prepare { device, .. }
            | Job::StealSession { device, .. }
            | Job::Harvest { device }
            | Job::Exfiltrate { device }
            | Job::Insert { database: device, .. }
            | Job::Revive { device, .. }
            | Job::Override { device, .. }
            | Job::Forge { server: device, .. }
            | Job::Schedule { server: device, .. }
            | Job::Unlock { by: Releaser::Server(device), .. } => Some(Part::Device(device)),
        },
    };
    let end = end_of(plan, step.deed);
    let connection = from.zip(end).map(|(from, end)| Part::Connection(from, end));
    own.into_iter().chain(connection).collect()
}

/// Where the connection of a deed leads, if it has one.
fn end_of(plan: &Plan, deed: Deed) -> Option<End> {
    let bench = match deed {
        Deed::Job(job) => job.bench(plan),
        Deed::Release { portal, by, .. } => Job::Unlock { by, portal }.bench(plan),
        Deed::Pass { .. } | Deed::Stay { .. } => return None,
    };
    match bench {
        Bench::Service(service) => Some(End::Device(plan.services[service.index()].device)),
        Bench::Panel(panel) => Some(End::Panel(panel)),
        Bench::Zone(_) | Bench::Device(_) | Bench::Mail(_) | Bench::Telephone(_) | Bench::Portal(..) => None,
    }
}

/// What may see a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Eye {
    /// A sensor.
    Sensor(SensorId),
    /// The switch on the leaf of a portal.
    Switch(PortalId),
    /// The tamper contact of an enclosure.
    Enclosure(PanelId),
    /// Endpoint detection.
    Endpoint(DeviceId),
    /// Guards beside it.
    Guards(PostId),
    /// People who are asked to let somebody through.
    People(PortalId),
}

impl Eye {
    /// In words, with names.
    pub fn describe(self, plan: &Plan) -> String {
        match self {
            Eye::Sensor(id) => plan.sensors[id.index()].name.clone(),
            Eye::Switch(id) => format!("position switch of {}", plan.portals[id.index()].name),
            Eye::Enclosure(id) => format!("enclosure of {}", plan.panels[id.index()].name),
            Eye::Endpoint(id) => format!("endpoint detection on {}", plan.devices[id.index()].name),
            Eye::Guards(id) => format!("guards at {}", plan.posts[id.index()].name),
            Eye::People(id) => format!("people at {}", plan.portals[id.index()].name),
        }
    }
}

/// Something that may see a step, with its chance.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Observer {
    /// What.
    pub eye: Eye,
    /// Chance, if it stood alone.
    pub chance: f64,
}

/// All that an adversary could do at a site.
#[derive(Clone, Debug)]
pub struct Ways {
    adversary: AdversaryId,
    graph: Graph,
    start: State,
    /// By weighing, what is searched.
    ranked: [OnceLock<Ranked>; 3],
}

/// The smallest number of parts without which nothing is left.
#[derive(Clone, PartialEq, Debug)]
pub struct Cut {
    /// The parts.
    pub parts: Vec<Part>,
    /// How many parts there are at least in any such set.
    pub at_least: usize,
    /// Whether nothing is left without them, as far as was searched.
    pub holds: bool,
}

/// Searches that a cut may take.
const CUT_SEARCHES: usize = 60;

impl Ways {
    /// Compiles the graph of an adversary who knows rights and sensors.
    pub fn new(plan: &Plan, adversary: AdversaryId) -> Ways {
        let (graph, start) = compile_knowing(plan, &plan.adversaries[adversary.index()], Knowledge::Insider);
        Ways { adversary, graph, start, ranked: Default::default() }
    }

    /// Somebody who goes this way.
    pub(crate) fn follower(&self, plan: &Plan, attack: &AttackPlan) -> Seeker {
        Seeker::following(plan, self.adversary, self.graph.clone(), self.start.clone(), attack.clone())
    }

    /// How many places, facts and steps there are.
    pub fn size(&self) -> (usize, usize, usize) {
        (self.graph.spots.len(), self.graph.facts.len(), self.graph.steps.len())
    }

    /// The cheapest way without some parts.
    ///
    /// # Errors
    /// Where there is none, or none was found within so many labels.
    pub fn best(&self, plan: &Plan, by: Weighing, without: &[Part], labels: usize) -> Result<AttackPlan, NoPlan> {
        self.search(plan, by, &self.believed(plan, without), labels)
    }

    /// The cheapest ways, each other than those before it in its gist: by partition of what may be done.
    ///
    /// Any further way does without some step of each one found, and without those like it by other doors between the same
    /// rooms: the next is the cheapest of those that leave one such out.
    pub fn several(&self, plan: &Plan, by: Weighing, k: usize, labels: usize) -> Vec<AttackPlan> {
        let mut found: Vec<AttackPlan> = Vec::new();
        let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
        let mut asked: BTreeSet<BTreeSet<StepId>> = BTreeSet::new();
        let mut heap = BinaryHeap::new();
        let mut branches: Vec<(AttackPlan, BTreeSet<StepId>)> = Vec::new();
        let mut ask = |left_out: BTreeSet<StepId>, heap: &mut BinaryHeap<_>, branches: &mut Vec<_>| {
            if !asked.insert(left_out.clone()) {
                return;
            }
            let mut belief = Belief::default();
            left_out.iter().for_each(|step| belief.block(*step));
            if let Ok(attack) = self.search(plan, by, &belief, labels) {
                let cost = self.cost(by, &attack);
                heap.push((std::cmp::Reverse(cost), std::cmp::Reverse(branches.len())));
                branches.push((attack, left_out));
            }
        };
        ask(BTreeSet::new(), &mut heap, &mut branches);
        while let Some((_, std::cmp::Reverse(at))) = heap.pop() {
            let (attack, left_out) = branches[at].clone();
            let mut steps: Vec<StepId> = attack.steps.iter().map(|step| step.a_move.step).collect();
            steps.sort_unstable();
            steps.dedup();
            if seen.insert(attack.gist(plan)) {
                found.push(attack);
                if found.len() >= k {
                    break;
                }
            }
            for step in steps {
                let mut further = left_out.clone();
                let own = alike(plan, self.graph.step(step));
                further.extend(self.graph.steps.iter().filter(|other| alike(plan, other) == own).map(|other| other.id));
                ask(further, &mut heap, &mut branches);
            }
        }
        found
    }

    /// What a way relies on.
    pub fn parts(&self, plan: &Plan, attack: &AttackPlan) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for planned in &attack.steps {
            let step = self.graph.step(planned.a_move.step);
            let from = planned.origin.and_then(|fact| self.graph.facts[fact.index()].origin(plan));
            for part in parts_of(plan, step, from) {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
        parts
    }

    /// The smallest set of parts that leaves no way: the smallest that meets every way found so far, until none is left.
    pub fn cut(&self, plan: &Plan, labels: usize) -> Cut {
        let mut ways: Vec<Vec<Part>> = Vec::new();
        let mut parts: Vec<Part> = Vec::new();
        for _ in 0..CUT_SEARCHES {
            match self.best(plan, Weighing::Quickest, &parts, labels) {
                Err(why) => return Cut { at_least: parts.len(), parts, holds: why == NoPlan::Nothing },
                Ok(attack) => {
                    let relies_on = self.parts(plan, &attack);
                    if relies_on.is_empty() {
                        return Cut { parts: Vec::new(), at_least: 0, holds: false };
                    }
                    ways.push(relies_on);
                    parts = meeting(&ways);
                }
            }
        }
        Cut { at_least: parts.len(), parts, holds: false }
    }

    /// What may see a step, as the adversary's risk counts it.
    pub fn observers(&self, plan: &Plan, planned: &PlanStep) -> Vec<Observer> {
        let after = SimDuration::from_secs_f64(planned.start_s);
        crate::compile::observers(plan, self.adversary, self.graph.step(planned.a_move.step), after)
    }

    /// Standard deviation of the time of a step, in seconds.
    pub fn spread_s(&self, plan: &Plan, planned: &PlanStep) -> f64 {
        crate::compile::spread_s(plan, self.adversary, self.graph.step(planned.a_move.step))
    }

    /// The graph in the language of Graphviz: what a way goes through.
    pub fn dot(&self, plan: &Plan, attacks: &[AttackPlan]) -> String {
        let mut text = String::from("digraph ways {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
        for (n, attack) in attacks.iter().enumerate() {
            let mut last = "start".to_owned();
            for (i, step) in attack.steps.iter().enumerate() {
                let name = format!("s{}", step.a_move.step.0);
                text += &format!("  {name} [label={:?}];\n", step.what(plan));
                text += &format!("  {last} -> {name} [label=\"{}.{}\"];\n", n + 1, i + 1);
                last = name;
            }
            text += &format!("  {last} -> objective [label=\"{}\"];\n", n + 1);
        }
        text + "}\n"
    }

    fn cost(&self, by: Weighing, attack: &AttackPlan) -> u64 {
        self.price(by).of_plan(attack)
    }

    fn price(&self, by: Weighing) -> Price {
        match by {
            Weighing::Own => self.graph.price,
            Weighing::Quickest => Price { per_ms: 1_000_000, per_micro_nat: 0 },
            // A thousand seconds weigh as much as a millionth of risk.
            Weighing::Stealthiest => Price { per_ms: 1, per_micro_nat: 1_000_000 },
        }
    }

    fn search(&self, plan: &Plan, by: Weighing, belief: &Belief, labels: usize) -> Result<AttackPlan, NoPlan> {
        let ranked = self.ranked[by as usize].get_or_init(|| {
            let (mut graph, start) = self.graph.narrowed(&Belief::default(), &self.start);
            graph.price = self.price(by);
            Ranked::new((graph, start))
        });
        let found = match (ranked.search(belief, Effort::best(labels)), self.graph.unprepared()) {
            (Err(NoPlan::Nothing), Some(mut graph)) => {
                graph.price = self.price(by);
                Ranked::new(graph.narrowed(belief, &self.start)).search(&Belief::default(), Effort::best(labels))
            }
            (found, _) => found,
        };
        Ok(written(plan, self.adversary, &self.graph, &self.start, found?))
    }

    /// As one would believe who found that nothing works which relies on some parts.
    fn believed(&self, plan: &Plan, without: &[Part]) -> Belief {
        let mut belief = Belief::default();
        for step in &self.graph.steps {
            if parts_of(plan, step, None).iter().any(|part| without.contains(part)) {
                belief.block(step.id);
            }
            let Some(end) = end_of(plan, step.deed) else { continue };
            for &fact in &step.origins {
                let closed = |part: &Part| match *part {
                    Part::Connection(from, to) => to == end && self.graph.is_origin(plan, fact, from),
                    _ => false,
                };
                if without.iter().any(closed) {
                    belief.sever(self.graph.facts[fact.index()], step.id);
                }
            }
        }
        belief
    }
}

/// A smallest set with a member in each of these: by trying every member of a set that none is in yet.
fn meeting(sets: &[Vec<Part>]) -> Vec<Part> {
    fn within(sets: &[Vec<Part>], chosen: &mut Vec<Part>, room: usize) -> bool {
        let unmet = sets.iter().filter(|set| !set.iter().any(|part| chosen.contains(part)));
        let Some(set) = unmet.min_by_key(|set| set.len()) else { return true };
        room > 0
            && set.iter().any(|part| {
                chosen.push(*part);
                within(sets, chosen, room - 1) || {
                    chosen.pop();
                    false
                }
            })
    }
    let mut chosen = Vec::new();
    for room in 1..=sets.len() {
        if within(sets, &mut chosen, room) {
            break;
        }
    }
    chosen
}

/// What a step comes to, whichever of several like doors it goes through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alike {
    Pass(ZoneId, ZoneId, Through),
    Job(Job),
    Stay,
}

fn alike(plan: &Plan, step: &Step) -> Alike {
    let passing = |portal: PortalId, direction: Direction, through| {
        let door = &plan.portals[portal.index()];
        Alike::Pass(door.beyond(direction.back()), door.beyond(direction), through)
    };
    match step.deed {
        Deed::Pass { portal, direction, through } => passing(portal, direction, through),
        Deed::Release { portal, direction, .. } => passing(portal, direction, Through::Released),
        Deed::Job(job) => Alike::Job(job),
        Deed::Stay { .. } => Alike::Stay,
    }
}

impl PlanStep {
    /// The step in words, with rooms in place of the door between them.
    fn gist(&self, plan: &Plan) -> String {
        match self.intents.first() {
            Some((_, Intent::Pass { portal, direction, through, .. })) => {
                let door = &plan.portals[portal.index()];
                let [from, to] = [door.beyond(direction.back()), door.beyond(*direction)];
                format!("{} {} {through:?}", plan.zones[from.index()].name, plan.zones[to.index()].name)
            }
            Some(_) | None => self.what(plan),
        }
    }

    /// Whether it only goes through what stands open to anybody.
    pub fn is_free(&self) -> bool {
        matches!(self.intents.first(), Some((_, Intent::Pass { through: Through::Freely, .. })))
    }

    /// The step in words, without who and when.
    pub fn what(&self, plan: &Plan) -> String {
        self.intents.first().map_or_else(String::new, |(_, intent)| crate::attack_plan::describe(plan, intent))
    }
}

impl AttackPlan {
    /// What it comes to, whichever of several like doors it goes through: its steps in words, in a fixed order.
    pub fn gist(&self, plan: &Plan) -> Vec<String> {
        let mut words: Vec<String> = self.steps.iter().map(|step| step.gist(plan)).collect();
        words.sort_unstable();
        words
    }

    /// Whether nothing is better.
    pub fn is_exact(&self) -> bool {
        matches!(self.exactness, Exactness::Optimal | Exactness::Scripted)
    }
}
