//! What must hold whatever the figures are: on fixed scripts under stationary conditions, in every pair of runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doorward_engine::{Event, Gain, Observer, Outage, Simulation, Truth, What, Who};
use doorward_model::base::*;
use doorward_model::fixture;
use doorward_model::plan::{Direction, Origin, Plan, Portal, Request, load};
use doorward_model::signal::*;
use doorward_model::text::{Edit, EditOp};
use doorward_study::RunScore;
use proptest::prelude::*;

use crate::recorded::scores;
use crate::support::{self, NORTHGATE, files_in, long};
use crate::worlds;

/// The figures of a small path: three barriers with sensors, a task, a team and a force.
#[derive(Clone, Copy, Debug)]
struct Figures {
    /// Seconds, of each barrier and of the task.
    delays: [u32; 4],
    /// Hundredths, of each sensor.
    detects: [u32; 3],
    moment: &'static str,
    /// Seconds.
    assess: u32,
    arrival: u32,
    /// Hundredths: a true alarm is believed, a call gets through.
    believed: u32,
    communicated: u32,
}

fn figures() -> impl Strategy<Value = Figures> {
    let moment = prop_oneof![Just("begin"), Just("middle"), Just("end")];
    (
        [10_u32..200, 10..200, 10..200, 10..200],
        [0_u32..=100, 0..=100, 0..=100],
        moment,
        (0_u32..60, 30_u32..500, 0_u32..=100, 0_u32..=100),
    )
        .prop_map(|(delays, detects, moment, (assess, arrival, believed, communicated))| Figures {
            delays,
            detects,
            moment,
            assess,
            arrival,
            believed,
            communicated,
        })
}

impl Figures {
    fn plan(&self) -> Arc<Plan> {
        let Figures { delays: [a, b, c, task], detects: [x, y, z], moment, assess, arrival, believed, communicated } =
            *self;
        let share = |hundredths: u32| f64::from(hundredths) / 100.0;
        let (x, y, z) = (share(x), share(y), share(z));
        let third = |seconds: u32| f64::from(seconds) / 3.0;
        fixture::plan(&format!(
            "street -[fence climb=N({a}s,{:.1}s) name=one]-> yard -[lock L({b}s,{:.1}s) name=two]-> hall -[lock E({c}s) name=three]-> vault
            asset pump in vault P(1s,{task}s,1h)
            sensor one on one climb={x} {moment}
            sensor two on two force={y} {moment}
            sensor three on three force={z} {moment}
            adversary vandal at street wants sabotage pump
            script vandal: pass one climb-barrier; pass two force-barrier; pass three force-barrier; task pump sabotage-asset
            queue q operators=9 assess=U(0s,{assess}.5s) true={}
            rule any when Sensor() raise q 1
            play any -> Call(\"force\")
            force force N({arrival}s,{:.1}s)
            communication {}
            horizon 1d",
            third(a),
            third(b),
            share(believed),
            third(arrival),
            share(communicated),
        ))
    }
}

const RUNS: u32 = 60;

/// In no pair of runs does the second plan let the adversary succeed where the first did not.
fn never_worse(first: &Figures, second: &Figures) -> Result<(), TestCaseError> {
    let (before, after) = (scores(&first.plan(), RUNS), scores(&second.plan(), RUNS));
    for (run, (before, after)) in before.iter().zip(&after).enumerate() {
        let raised = before.objective.is_none() && after.objective.is_some();
        prop_assert!(!raised, "run {run}: {first:?} stops it, {second:?} does not");
    }
    Ok(())
}

fn cases() -> ProptestConfig {
    let cases = if long() { 2_000 } else { 48 };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_longer_delay_never_raises_the_objective(figures in figures(), which in 0_usize..4, more in 1_u32..300) {
        // Every detection is at the begin of a task: what is longer comes after it, or before any.
        let figures = Figures { moment: "begin", ..figures };
        let mut longer = figures;
        longer.delays[which] += more;
        never_worse(&figures, &longer)?;
    }

    #[test]
    fn a_longer_last_barrier_never_does_either(figures in figures(), more in 1_u32..300) {
        let mut longer = figures;
        longer.delays[3] += more;
        never_worse(&figures, &longer)?;
    }

    #[test]
    fn better_sensors_never_raise_the_objective(figures in figures(), which in 0_usize..3, more in 1_u32..=100) {
        let mut better = figures;
        better.detects[which] = (better.detects[which] + more).min(100);
        // A call that fails once fails for the whole incident, whoever makes it.
        never_worse(&figures, &better)?;
    }

    #[test]
    fn a_later_response_never_lowers_the_objective(figures in figures(), later in 1_u32..300) {
        let late = Figures { arrival: figures.arrival + later, ..figures };
        never_worse(&late, &figures)?;
    }

    #[test]
    fn slower_or_worse_assessment_never_lowers_it(figures in figures(), slower in 1_u32..120, less in 1_u32..=100) {
        let slow = Figures { assess: figures.assess + slower, ..figures };
        never_worse(&slow, &figures)?;
        let blind = Figures { believed: figures.believed.saturating_sub(less), ..figures };
        never_worse(&blind, &figures)?;
        let mute = Figures { communicated: figures.communicated.saturating_sub(less), ..figures };
        never_worse(&mute, &figures)?;
    }
}

// ------------------------------------------------------------------- flows

/// What each origin reaches.
fn reach(plan: &Plan) -> BTreeSet<(Origin, String)> {
    let segments = (0..plan.segments.len()).map(|i| Origin::Segment(SegmentId::from_index(i)));
    let devices = (0..plan.devices.len()).map(|i| Origin::Device(DeviceId::from_index(i)));
    let services = || (0..plan.services.len()).map(ServiceId::from_index);
    segments
        .chain(devices)
        .flat_map(|o| {
            services().filter(move |s| plan.reaches(o, *s)).map(move |s| (o, plan.services[s.index()].name.clone()))
        })
        .collect()
}

/// The vendor's scenario with a flow closed, by the first defence.
fn closing(flow: &str) -> Arc<Plan> {
    let load_with = |op| {
        let path = format!("site.flows.{flow}.allowed").parse().expect("a path");
        let request = Request { edits: vec![Edit { op, path, origin: "a test".to_owned() }], ..Request::default() };
        load("scenarios/vendor-backdoor.scenario.ron", &request, &mut support::Disk)
    };
    // Most flows leave it out.
    let loaded = load_with(EditOp::Add("false".to_owned())).or_else(|_| load_with(EditOp::Set("false".to_owned())));
    Arc::clone(&loaded.unwrap_or_else(|problems| panic!("{problems}")).plans[0])
}

#[test]
fn closing_a_flow_without_logs_adds_no_way() {
    let open = &support::shipped("vendor-backdoor", &[])[0];
    let before = reach(open);
    let mut narrower = 0;
    for flow in open.flows.iter().filter(|f| f.allowed && !f.carries_logs) {
        let closed = &closing(&flow.name);
        let after = reach(closed);
        assert!(after.is_subset(&before), "closing {} opens {:?}", flow.name, after.difference(&before).next());
        narrower += usize::from(after != before);
    }
    assert!(narrower > 5, "{narrower}");
}

/// Gateways in a row with flaws, an adversary who wants the last and is given all time; nobody defends.
///
/// That no flow more is needed holds for what it *can* gain. In one run with a plan, a way that is closed may lead it to
/// others, so the devices that it gains on the way are no subset; whether it reaches the objective is monotone.
#[test]
fn closing_a_flow_never_lets_a_seeker_reach_more() {
    let flows = ["internet -> a", "internet -> b", "a -> c", "b -> c", "b -> d", "c -> e", "d -> e", "a -> d"];
    let reached = |closed: Option<usize>, target: &str| {
        let mut text = String::from("street -[free]-> hall\n");
        for device in ["a", "b", "c", "d", "e"] {
            text += &format!("device {device} in hall on lan-{device} service web:interactive exploit=1/1min\n");
        }
        for (i, flow) in flows.iter().enumerate() {
            let state = if closed == Some(i) { "closed" } else { "" };
            text += &format!("flow f{i} {flow} web {state}\n");
        }
        text += &format!("adversary spy on internet wants exfiltrate {target} 10s\nhorizon 1d");
        scores(&fixture::plan(&text), 1)[0].objective
    };
    for target in ["a", "b", "c", "d", "e"] {
        let open = reached(None, target);
        for (i, flow) in flows.iter().enumerate() {
            match (open, reached(Some(i), target)) {
                (None, Some(_)) => panic!("closing {flow} opens {target}"),
                (Some(open), Some(closed)) => assert!(closed >= open, "closing {flow} speeds {target} up"),
                (_, None) => {}
            }
        }
    }
    assert!(reached(Some(0), "a").is_none() && reached(Some(5), "e").is_some());
}

// -------------------------------------------------------------- milestones

/// The order of the milestones of a run (SEMANTICS 1).
fn ordered(score: &RunScore, what: &str) {
    let before = |a: Option<SimTime>, b: Option<SimTime>, names: &str| {
        if let Some(b) = b {
            assert!(a.is_some_and(|a| a <= b), "{what}: {names}: {a:?} {b:?}");
        }
    };
    before(score.t0, score.first_access, "t0, first access");
    before(score.t0, score.first_alarm, "t0, first alarm");
    before(score.first_alarm, score.detected, "first alarm, detected");
    before(score.t0, score.interrupted, "t0, interrupted");
    before(score.t0, score.objective, "t0, objective");
    before(score.first_access, score.objective, "first access, objective");
    before(score.t0, score.contained, "t0, contained");
    if let (Some(interrupted), Some(objective)) = (score.interrupted, score.objective) {
        assert!(interrupted <= objective, "{what}: interrupted with no task time left");
    }
    if let (Some(interrupted), Some(contained)) = (score.interrupted, score.contained) {
        assert!(interrupted <= contained, "{what}: interrupted once contained");
    }
    assert!(score.contained.is_none() || score.hit, "{what}: contained, but nothing hit it");
    assert!(!score.timely || score.detected.is_some(), "{what}: timely");
}

/// Nothing is gained twice, nor once all access is ended; nothing happens to an adversary before it acts.
fn gains_end(simulation: &mut Simulation, run: u32, what: &str) {
    let scored = AdversaryId(0);
    let (mut gained, mut contained, mut acted): (Vec<Gain>, bool, bool) = (Vec::new(), false, false);
    for event in support::log_of(simulation, 1, run) {
        let What::Truth(truth) = event.what else { continue };
        match truth {
            Truth::HostileAct { adversary } if adversary == scored => {
                assert!(!contained, "{what}, run {run}: acts once contained");
                acted = true;
            }
            Truth::Gained { adversary, gain } if adversary == scored => {
                assert!(acted, "{what}, run {run}: {gain:?} without a hostile act");
                assert!(!contained, "{what}, run {run}: {gain:?} once contained");
                assert!(!gained.contains(&gain), "{what}, run {run}: {gain:?} twice");
                gained.push(gain);
            }
            Truth::ObjectiveReached { adversary } if adversary == scored => {
                assert!(!contained, "{what}, run {run}: objective once contained");
            }
            Truth::Contained { adversary } if adversary == scored => {
                assert!(!contained, "{what}, run {run}: contained twice");
                contained = true;
            }
            _ => {}
        }
    }
}

#[test]
fn milestones_come_in_order_and_gains_end_with_containment() {
    let runs = if long() { 2_000 } else { 60 };
    for scenario in NORTHGATE.into_iter().chain(["garcia-easi"]) {
        for plan in support::shipped(scenario, &[]) {
            let what = format!("{scenario}, {}", plan.defence_name);
            for (run, score) in scores(&plan, runs).iter().enumerate() {
                ordered(score, &format!("{what}, run {run}"));
            }
            let mut simulation = support::simulation(&plan);
            for run in 0..runs / 4 {
                gains_end(&mut simulation, run, &what);
            }
        }
    }
}

// ------- invariants: what must be so after every event, whoever lives there

/// For how long after it was so a way may still be used: passages that were begun take their time.
const GRACE: SimDuration = SimDuration::from_secs(30);

/// What can be known of a run from outside, event by event, and what cannot be so.
struct Watch {
    plan: Arc<Plan>,
    what: String,
    now: SimTime,
    /// By person, where their passages have led them; none: not seen yet.
    at: Vec<Option<ZoneId>>,
    /// By person, their arrivals less their departures, and whether they were inside at the start.
    balance: Vec<i32>,
    inside_at_start: Vec<bool>,
    /// Grants at readers that were not used, by portal and person; portals that somebody helps a person through.
    granted: BTreeSet<(PortalId, PersonId)>,
    helped: BTreeSet<(PortalId, PersonId)>,
    /// By portal and direction, when it last let through somebody without a badge; when its leaf was last open.
    let_through: Vec<[Option<SimTime>; 2]>,
    leaf: Vec<(bool, Option<SimTime>)>,
    /// Grants of any credential, for adversaries; what each of them does; when somebody last went through, by direction.
    opened: BTreeSet<(PortalId, CredentialId)>,
    doing: BTreeMap<(AdversaryId, ActorId), Intent>,
    gone_through: Vec<[Option<SimTime>; 2]>,
    /// Somebody has passed a locked portal for no reason that is known yet: the next event tells.
    unexplained: Option<(PortalId, PersonId)>,
    /// By portal, who waits in line.
    lines: Vec<BTreeSet<PersonId>>,
    /// What is out of order.
    failed: Vec<Outage>,
    out_of_service: BTreeSet<PortalId>,
    /// By panel, since when it tells what it kept, and how much of that.
    telling: Vec<Option<(SimTime, u32)>>,
    /// Alarms: raised, acknowledged, assessed.
    alarms: [u32; 3],
    passages: usize,
    locked_passages: usize,
}

impl Watch {
    fn new(simulation: &Simulation, what: &str) -> Self {
        let plan = Arc::clone(simulation.plan());
        let people = 0..plan.people.len();
        let at: Vec<_> = people.map(|p| simulation.person_view(PersonId::from_index(p)).zone).collect();
        let inside = |zone: &Option<ZoneId>| zone.is_some_and(|z| !plan.zones[z.index()].offsite());
        let inside_at_start = at.iter().map(inside).collect();
        let portals = plan.portals.len();
        Self {
            what: what.to_owned(),
            now: SimTime::ZERO,
            balance: vec![0; plan.people.len()],
            inside_at_start,
            at,
            granted: BTreeSet::new(),
            helped: BTreeSet::new(),
            let_through: vec![[None; 2]; portals],
            leaf: vec![(false, None); portals],
            opened: BTreeSet::new(),
            doing: BTreeMap::new(),
            gone_through: vec![[None; 2]; portals],
            unexplained: None,
            lines: vec![BTreeSet::new(); portals],
            failed: Vec::new(),
            out_of_service: BTreeSet::new(),
            telling: vec![None; plan.panels.len()],
            alarms: [0; 3],
            passages: 0,
            locked_passages: 0,
            plan,
        }
    }

    #[track_caller]
    fn wrong(&self, message: &str) -> ! {
        panic!("{} at {}: {message}", self.what, self.now)
    }

    #[track_caller]
    fn must(&self, hold: bool, otherwise: impl FnOnce() -> String) {
        if !hold {
            self.wrong(&otherwise());
        }
    }

    fn person(&self, person: PersonId) -> &str {
        &self.plan.people[person.index()].name
    }

    fn portal(&self, portal: PortalId) -> &Portal {
        &self.plan.portals[portal.index()]
    }

    /// Whether something was so lately.
    fn lately(&self, at: Option<SimTime>) -> bool {
        at.is_some_and(|at| self.now <= at + GRACE)
    }

    fn passed(&mut self, who: Who, portal: PortalId, direction: Direction) {
        let door = self.portal(portal);
        let (from, to) = match direction {
            Direction::Entry => (door.outer, door.inner),
            Direction::Exit => (door.inner, door.outer),
        };
        let (name, locked) = (door.name.clone(), door.lock.is_some() && !door.opens_freely(direction));
        self.passages += 1;
        let open = self.lately(self.let_through[portal.index()][direction.index()]);
        let swings = self.lately(self.leaf[portal.index()].1);
        let before = self.gone_through[portal.index()][direction.index()].replace(self.now);
        let person = match who {
            Who::Person(person) => person,
            // Nobody whose way is known.
            Who::Bearer(_) => return,
            Who::Guard(guard) => {
                if locked && !self.granted.remove(&(portal, guard)) && !open {
                    self.wrong(&format!("guard {} has passed the locked {name}", self.person(guard)));
                }
                return;
            }
            Who::Actor(adversary, actor) => {
                if locked && !open && !self.may_pass((adversary, actor), portal, self.lately(before)) {
                    let doing = self.doing.get(&(adversary, actor));
                    self.wrong(&format!("an adversary has passed the locked {name}: {doing:?}"));
                }
                return;
            }
        };
        if let Some(zone) = self.at[person.index()].filter(|zone| *zone != from) {
            let zone = &self.plan.zones[zone.index()].name;
            self.wrong(&format!("{} is in {zone} and goes through {name}", self.person(person)));
        }
        self.at[person.index()] = Some(to);
        let granted = self.granted.remove(&(portal, person));
        let helped = self.helped.remove(&(portal, person));
        if locked {
            self.locked_passages += 1;
            if !granted && !helped && !open && !swings {
                self.unexplained = Some((portal, person));
            }
        }
    }

    /// Whether what an adversary set out to do leads through something locked.
    fn may_pass(&self, who: (AdversaryId, ActorId), portal: PortalId, behind_somebody: bool) -> bool {
        let Some(&Intent::Pass { portal: at, through, technique, .. }) = self.doing.get(&who) else { return false };
        let in_own_time = self.plan.techniques[technique.index()].duration.is_some();
        at == portal
            && match through {
                Through::Breaking => true,
                Through::With(card) => {
                    self.opened.contains(&(portal, card)) || self.portal(portal).mechanical_key == Some(card)
                }
                Through::Following => behind_somebody || in_own_time,
                Through::Persuading => true,
                Through::Replaying => self.opened.iter().any(|(opened, _)| *opened == portal),
                Through::Freely | Through::Released => false,
            }
    }

    fn truth(&mut self, truth: &Truth) {
        if let Some((portal, person)) = self.unexplained.take()
            && !matches!(*truth, Truth::Followed { person: p, portal: at, .. } if p == person && at == portal)
        {
            let (who, door) = (self.person(person), &self.portal(portal).name);
            self.wrong(&format!("{who} has passed the locked {door} without grant, egress, help or force"));
        }
        match *truth {
            Truth::Passed { who, portal, direction, .. } => self.passed(who, portal, direction),
            Truth::Started { adversary, actor, intent } => {
                self.doing.insert((adversary, actor), intent);
            }
            Truth::Arrived { person } => self.balance[person.index()] += 1,
            Truth::Left { person } => self.balance[person.index()] -= 1,
            Truth::Helped { person, portal, .. } => {
                self.helped.insert((portal, person));
            }
            Truth::LeafOpened { portal } => {
                let open = std::mem::replace(&mut self.leaf[portal.index()].0, true);
                self.must(!open, || format!("{} opens, and is open", self.portal(portal).name));
            }
            Truth::LeafClosed { portal } => {
                self.leaf[portal.index()].1 = Some(self.now);
                let open = std::mem::replace(&mut self.leaf[portal.index()].0, false);
                self.must(open, || format!("{} closes, and is closed", self.portal(portal).name));
            }
            Truth::LineJoined { person, portal } => {
                if self.lines.iter().any(|line| line.contains(&person)) {
                    self.wrong(&format!("{} waits in two lines", self.person(person)));
                }
                self.lines[portal.index()].insert(person);
            }
            Truth::LineLeft { person, portal } => {
                let stood = self.lines[portal.index()].remove(&person);
                self.must(stood, || format!("{} leaves a line without having joined it", self.person(person)));
            }
            Truth::OutOfService { portal, out } => {
                let changed =
                    if out { self.out_of_service.insert(portal) } else { self.out_of_service.remove(&portal) };
                if !changed {
                    self.wrong(&format!("{} goes {out} where it is", self.portal(portal).name));
                }
            }
            Truth::Outage { what, began } => {
                let place = self.failed.iter().position(|failed| *failed == what);
                match (place, began) {
                    (None, true) => self.failed.push(what),
                    (Some(place), false) => drop(self.failed.swap_remove(place)),
                    (Some(_), true) | (None, false) => self.wrong(&format!("{what:?} fails or works twice")),
                }
            }
            Truth::Alarm { .. } => self.alarms[0] += 1,
            Truth::Acknowledged { .. } => self.alarms[1] += 1,
            Truth::Assessed { .. } => self.alarms[2] += 1,
            Truth::Mustered { gathered, inside, recorded } => {
                let all = self.plan.people.len() as u32;
                if gathered + inside > all || recorded > all {
                    self.wrong(&format!("{gathered} gathered, {inside} inside, {recorded} recorded, of {all}"));
                }
            }
            _ => {}
        }
    }

    /// What a panel kept comes at once when it is back, and no more of it than fits.
    fn observed(&mut self, report: &Report) {
        if let Report::PanelLink { panel, up } = *report {
            self.telling[panel.index()] = up.then_some((self.now, 0));
        }
        let portal = match *report {
            Report::AccessGranted { portal, .. }
            | Report::AccessDenied { portal, .. }
            | Report::PortalOpened { portal }
            | Report::PortalClosed { portal }
            | Report::PortalForced { portal }
            | Report::PortalHeld { portal }
            | Report::RequestToExit { portal } => portal,
            _ => return,
        };
        let Some(panel) = self.portal(portal).panel else { return };
        let kept = self.plan.panels[panel.index()].buffer;
        if let Some((since, told)) = &mut self.telling[panel.index()] {
            *told += u32::from(*since == self.now);
            // Some of it may happen at that very moment.
            if *told > kept + 8 {
                let message =
                    format!("{} had kept {told} events, and has room for {kept}", self.plan.panels[panel.index()].name);
                self.wrong(&message);
            }
        }
    }

    /// What can be asked of a simulation between two events.
    fn state(&mut self, simulation: &mut Simulation, all: bool) {
        if simulation.now() < self.now {
            self.wrong("the clock goes back");
        }
        self.now = simulation.now();
        for portal in 0..self.plan.portals.len() {
            if self.leaf[portal].0 {
                self.leaf[portal].1 = Some(self.now);
            }
            if self.plan.portals[portal].lock.is_some() {
                for direction in [Direction::Entry, Direction::Exit] {
                    if simulation.lets_through(PortalId::from_index(portal), direction) {
                        self.let_through[portal][direction.index()] = Some(self.now);
                    } else if self.plan.portals[portal].lets_out(direction) {
                        self.wrong(&format!("{} does not let out", self.plan.portals[portal].name));
                    }
                }
            }
        }
        if all {
            self.counts(simulation);
        }
    }

    fn counts(&self, simulation: &Simulation) {
        let mut people = vec![0; self.plan.zones.len()];
        for index in 0..self.plan.people.len() {
            let view = simulation.person_view(PersonId::from_index(index));
            if view.since > view.until && view.until > SimTime::ZERO {
                self.wrong(&format!("{} is there before setting off", self.plan.people[index].name));
            }
            let Some(zone) = view.zone else { continue };
            people[zone.index()] += 1;
            let seen = self.at[index];
            if seen.is_some_and(|seen| seen != zone) && !self.plan.zones[zone.index()].offsite() {
                let (name, zone) = (&self.plan.people[index].name, &self.plan.zones[zone.index()].name);
                self.wrong(&format!("{name} is shown in {zone}, and has gone elsewhere"));
            }
        }
        for (index, count) in people.into_iter().enumerate() {
            let counted = simulation.people_in(ZoneId::from_index(index));
            if counted != count {
                self.wrong(&format!(
                    "{count} people are in {}, and {counted} are counted",
                    self.plan.zones[index].name
                ));
            }
        }
        let [raised, acknowledged, assessed] = self.alarms;
        if assessed > acknowledged {
            self.wrong("more alarms were assessed than looked at");
        }
        let mut waiting = 0;
        for (index, team) in self.plan.policy.queues.iter().enumerate() {
            let view = simulation.queue_view(QueueId::from_index(index));
            waiting += view.waiting;
            if view.operators > team.operators || view.busy > team.operators {
                self.wrong(&format!("{view:?} in {}", team.name));
            }
        }
        if waiting > raised {
            self.wrong(&format!("{waiting} alarms wait, {raised} were raised"));
        }
        // Everybody has a next step, or two; so has every portal, sensor, routine and alarm.
        let plan = &self.plan;
        let members = 2 * plan.people.len() + 3 * plan.portals.len() + plan.sensors.len() + plan.routines.len();
        let others = plan.injects.len() + plan.credentials.len() + plan.accounts.len() + plan.panels.len();
        let bound = 200 + members + others + 3 * waiting as usize;
        if simulation.pending() > bound {
            self.wrong(&format!("{} events are pending, above {bound}", simulation.pending()));
        }
    }

    /// Everybody who came has gone, or is inside.
    fn end(&self, simulation: &Simulation) {
        for (index, balance) in self.balance.iter().enumerate() {
            let zone = simulation.person_view(PersonId::from_index(index)).zone;
            let inside = zone.is_some_and(|zone| !self.plan.zones[zone.index()].offsite());
            let since = i32::from(inside) - i32::from(self.inside_at_start[index]);
            if *balance != since {
                let name = &self.plan.people[index].name;
                self.wrong(&format!("{name} has come {balance} times more than gone, and is inside: {inside}"));
            }
        }
    }
}

impl Observer for Watch {
    fn event(&mut self, event: &Event) {
        if event.at < self.now {
            self.wrong("an event of before");
        }
        self.now = event.at;
        match &event.what {
            What::Truth(truth) => self.truth(truth),
            What::Observed(seen) => self.observed(&seen.report),
        }
    }

    fn decided(&mut self, request: &AccessRequest, _: &PlaceView, decision: Decision) {
        let Access::Portal { portal, credential, .. } = request.access else { return };
        if decision.verdict == Verdict::Allow {
            self.opened.insert((portal, credential));
            if let Some(person) = self.plan.credentials[credential.index()].person {
                self.granted.insert((portal, person));
            }
        }
    }
}

/// Goes through a run event by event; the passages that it had, and those through something locked.
fn watched(simulation: &mut Simulation, run: u32, what: &str, every: usize) -> (usize, usize) {
    simulation.start(1, run);
    let mut watch = Watch::new(simulation, &format!("{what}, run {run}"));
    let mut step = 0;
    watch.state(simulation, true);
    while simulation.step(&mut watch) {
        step += 1;
        watch.state(simulation, step % every == 0);
    }
    watch.state(simulation, true);
    watch.end(simulation);
    (watch.passages, watch.locked_passages)
}

#[test]
fn nothing_impossible_happens_in_the_busy_world() {
    let plan = fixture::plan(&worlds::busy());
    let runs = if long() { 400 } else { 12 };
    let mut simulation = support::simulation(&plan);
    for run in 0..runs {
        let (passages, locked) = watched(&mut simulation, run, "the busy world", 1);
        assert!(passages > 300 && locked > 100, "{passages} passages, {locked} of them locked, are no test");
    }
}

/// Goes through the scenarios that ship, one in two: as shipped, and in long tests under every rung.
fn ships(which: usize) {
    let long = long();
    for file in files_in("scenarios", ".scenario.ron").iter().skip(which).step_by(2) {
        let scenario = file.trim_start_matches("scenarios/").trim_end_matches(".scenario.ron");
        let plans = support::shipped(scenario, &[]);
        let plans = if long { &plans[..] } else { &plans[plans.len() - 1..] };
        for plan in plans {
            let mut simulation = support::simulation(plan);
            for run in 0..if long { 2 } else { 1 } {
                watched(&mut simulation, run, &format!("{scenario}, {}", plan.defence_name), 50);
            }
        }
        if long && scenario != "garcia-easi" {
            let known = |plan: &Arc<Plan>| plans.iter().any(|own| own.defence_name == plan.defence_name);
            for plan in support::under_every_rung(scenario).into_iter().filter(|plan| !known(plan)) {
                watched(&mut support::simulation(&plan), 7, &format!("{scenario}, {}", plan.defence_name), 50);
            }
        }
    }
}

#[test]
fn nothing_impossible_happens_in_one_half_of_what_ships() {
    ships(0);
}

#[test]
fn nothing_impossible_happens_in_the_other_half() {
    ships(1);
}

/// The watch is not blind: told of one thing that cannot be, it says so.
#[test]
fn the_watch_sees_what_is_impossible() {
    let plan = fixture::plan(&worlds::busy());
    let log = support::log(&plan, 1, 0);
    let name = |portal: PortalId| plan.portals[portal.index()].name.as_str();
    let told = |all_doors_open: bool, skip: &dyn Fn(&Truth) -> bool| {
        let mut watch = Watch::new(&support::simulation(&plan), "a forged log");
        if all_doors_open {
            watch.let_through.fill([Some(plan.horizon); 2]);
        }
        let play = || {
            for event in &log {
                let left_out = matches!(&event.what, What::Truth(truth) if skip(truth));
                if !left_out {
                    watch.event(event);
                }
            }
        };
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(play));
        told.err().and_then(|said| said.downcast_ref::<String>().cloned()).unwrap_or_default()
    };
    assert_eq!(told(true, &|_| false), "", "the log as it is");
    // Without the decisions of the panels, nobody had a grant.
    assert!(told(false, &|_| false).contains("without grant, egress, help or force"));
    let at_gate =
        |truth: &Truth| matches!(truth, Truth::Passed { who: Who::Person(_), portal, .. } if name(*portal) == "gate");
    for (skip, message) in [
        (&at_gate as &dyn Fn(&Truth) -> bool, "and goes through"),
        (&|truth| matches!(truth, Truth::LeafClosed { .. }), "opens, and is open"),
        (&|truth| matches!(truth, Truth::LineJoined { .. }), "without having joined it"),
        (&|truth| matches!(truth, Truth::Outage { began: true, .. }), "fails or works twice"),
        (&|truth| matches!(truth, Truth::OutOfService { out: true, .. }), "goes false where it is"),
    ] {
        let said = told(true, skip);
        assert!(said.contains(message), "`{said}` instead of `{message}`");
    }
}

/// The word that an event has in JSON: truth or observation, and which.
fn kind(event: &Event) -> String {
    let value = serde_json::to_value(event).expect("JSON");
    let (side, what) = value["what"].as_object().and_then(|what| what.iter().next()).expect("truth or observation");
    let what = if side == "truth" { what } else { &what["report"] };
    let name = what.as_object().and_then(|what| what.keys().next()).cloned();
    format!("{side} {}", name.unwrap_or_else(|| what.as_str().unwrap_or("?").to_owned()))
}

/// The busy world is where tests look for what goes wrong together: everything that can happen does.
#[test]
fn the_busy_world_has_everything_in_it() {
    let plan = fixture::plan(&worlds::busy());
    let seen: BTreeSet<String> =
        (0..20).flat_map(|run| support::log(&plan, 1, run)).map(|event| kind(&event)).collect();
    for (side, words) in [("observed", OBSERVED), ("truth", TRUTHS)] {
        let missing: Vec<&str> = words.split(' ').filter(|word| !seen.contains(&format!("{side} {word}"))).collect();
        assert!(missing.is_empty(), "{side}: {missing:?} is not among {seen:?}");
    }
}

const OBSERVED: &str = "\
    access_denied access_granted access_not_taken assessed badge_enrolled badge_lost \
    configuration_changed device_down fire_alarm flow_refused guard_report health identity_ended \
    item_removed key_drawn key_overdue key_refused key_returned log_gap login login_refused \
    network_joined network_refused overstay panel_link panel_power portal_closed portal_forced \
    portal_held portal_opened remote_unlock request_to_exit sensor_active slow_segment stay_refused \
    tailgate unusual_behaviour";
const TRUTHS: &str = "\
    acknowledged alarm alarm_lost arrived assessed blind closed cut_off detected effect egress_held \
    employment event_lost first_trace followed force_arrived force_called gained guard_searched \
    guard_sent handed_over helped hostile_act leaf_closed leaf_opened left line_joined \
    line_left mustered network_refused out_of_service outage passed patrolled planned refused \
    refused_login restored rights_changed started stopped succeeded";
