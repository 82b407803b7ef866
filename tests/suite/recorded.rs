//! A run of a small site in short lines, with names instead of ids.

use std::sync::Arc;

use doorward_engine::{Event, Gain, Observer, Outage, Truth, What, Who};
use doorward_model::base::*;
use doorward_model::fixture;
use doorward_model::plan::{Direction, Plan};
use doorward_model::signal::{Intent, Order, Report, Subject, Through};
use doorward_study::{Milestones, RunScore};

use crate::support;

/// One whole run.
pub(crate) struct Recorded {
    pub(crate) plan: Arc<Plan>,
    pub(crate) events: Vec<Event>,
}

/// The first run of a text.
#[track_caller]
pub(crate) fn run(text: &str) -> Recorded {
    nth_run(&fixture::plan(text), 0)
}

/// The lines of the first run of a text that contain one of these words.
#[track_caller]
pub(crate) fn log(text: &str, words: &[&str]) -> String {
    run(text).lines_with(words)
}

/// A run of a plan.
pub(crate) fn nth_run(plan: &Arc<Plan>, run: u32) -> Recorded {
    Recorded { plan: Arc::clone(plan), events: support::log(plan, 1, run) }
}

/// The scores of many runs, by run.
pub(crate) fn scores(plan: &Arc<Plan>, runs: u32) -> Vec<RunScore> {
    let mut simulation = support::simulation(plan);
    let mut milestones = Milestones::new(Arc::clone(plan));
    let one = |run| {
        milestones.start();
        simulation.start(1, run);
        simulation.finish(&mut milestones);
        milestones.score().clone()
    };
    (0..runs).map(one).collect()
}

impl Recorded {
    /// All lines, `seconds what`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |event: &Event| {
            let words = match &event.what {
                What::Truth(truth) => self.truth(truth),
                What::Observed(seen) => format!("seen {}", self.report(&seen.report)),
            };
            format!("{} {words}", seconds(event.at.as_millis()))
        };
        self.events.iter().map(line).collect()
    }

    /// The lines that contain one of these words.
    pub(crate) fn lines_with(&self, words: &[&str]) -> String {
        let lines = self.lines().into_iter().filter(|line| words.iter().any(|word| line.contains(word)));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// How many lines contain a word.
    pub(crate) fn count(&self, word: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(word)).count()
    }

    /// The second of the first line that contains a word.
    pub(crate) fn at(&self, word: &str) -> Option<f64> {
        let lines = self.lines();
        let line = lines.iter().find(|line| line.contains(word))?;
        line.split(' ').next()?.parse().ok()
    }

    /// What it came to.
    pub(crate) fn score(&self) -> RunScore {
        let mut milestones = Milestones::new(Arc::clone(&self.plan));
        for event in &self.events {
            milestones.event(event);
        }
        milestones.score().clone()
    }

    fn truth(&self, truth: &Truth) -> String {
        let plan = &*self.plan;
        let name = |a: AdversaryId| &plan.adversaries[a.index()].name;
        let actor = |a: AdversaryId, i: ActorId| &plan.adversaries[a.index()].actors[i.index()].name;
        let portal = |p: PortalId| &plan.portals[p.index()].name;
        let zone = |z: ZoneId| &plan.zones[z.index()].name;
        let person = |p: PersonId| &plan.people[p.index()].name;
        match *truth {
            Truth::Passed { who, portal: p, direction, took: _ } => {
                let who = match who {
                    Who::Person(p) => person(p).clone(),
                    Who::Bearer(c) => plan.credentials[c.index()].name.clone(),
                    Who::Guard(p) => format!("guard {}", person(p)),
                    Who::Actor(a, i) => actor(a, i).clone(),
                };
                format!("{who} passes {} into {}", portal(p), zone(plan.zone_beyond(p, direction)))
            }
            Truth::LeafOpened { portal: p } => format!("{} opens", portal(p)),
            Truth::LeafClosed { portal: p } => format!("{} closes", portal(p)),
            Truth::Refused { person: p, portal: at, reason } => {
                format!("refused {} at {}: {reason:?}", person(p), portal(at))
            }
            Truth::RefusedLogin { account, reason } => {
                format!("refused login of {}: {reason:?}", plan.accounts[account.index()].name)
            }
            Truth::OnRecord { act, device, .. } => {
                let at = device.map_or("nowhere", |device| &plan.devices[device.index()].name);
                format!("act {act} is on record at {at}")
            }
            Truth::Wiped { device } => format!("{} is wiped", plan.devices[device.index()].name),
            Truth::FirstTrace { adversary } => format!("{} leaves a first trace", name(adversary)),
            Truth::Planned { adversary, expected } => {
                format!("{} plans for {}", name(adversary), seconds(expected.as_millis()))
            }
            Truth::Started { adversary, actor: i, ref intent } => {
                format!("{} starts to {}", actor(adversary, i), self.intent(intent))
            }
            Truth::Succeeded { adversary, actor: i, ref intent } => {
                format!("{} has managed to {}", actor(adversary, i), self.intent(intent))
            }
            Truth::FailedAt { adversary, actor: i, ref intent, why } => {
                format!("{} fails to {}: {why:?}", actor(adversary, i), self.intent(intent))
            }
            Truth::HostileAct { adversary } => format!("hostile act of {}", name(adversary)),
            Truth::Gained { adversary, gain } => {
                let what = match gain {
                    Gain::Zone(z) => format!("zone {}", zone(z)),
                    Gain::Device(d) => format!("device {}", plan.devices[d.index()].name),
                    Gain::Credential(c) => format!("credential {}", plan.credentials[c.index()].name),
                    Gain::Account(a) => format!("account {}", plan.accounts[a.index()].name),
                    Gain::Asset(a) => format!("asset {}", plan.assets[a.index()].name),
                };
                format!("{} gains {what}", name(adversary))
            }
            Truth::ObjectiveReached { adversary } => format!("{} reaches the objective", name(adversary)),
            Truth::Stopped { adversary, reason } => format!("{} stops: {reason:?}", name(adversary)),
            Truth::Alarm { alarm, rule, queue, hostile_cause, .. } => {
                let rule = &plan.policy.rules[rule.index()].name;
                let queue = queue.map_or("nobody", |q| &plan.policy.queues[q.index()].name);
                let kind = if hostile_cause.is_some() { "true" } else { "false" };
                format!("alarm {} {rule} for {queue}, {kind}", alarm.0)
            }
            Truth::Acknowledged { alarm, waited } => {
                format!("acknowledged {} after {}", alarm.0, seconds(waited.as_millis()))
            }
            Truth::AlarmLost { alarm } => format!("lost {}", alarm.0),
            Truth::Assessed { alarm, hostile, effort } => {
                let verdict = if hostile { "hostile" } else { "harmless" };
                format!("assessed {} as {verdict} in {}", alarm.0, seconds(effort.as_millis()))
            }
            Truth::Detected { adversary, alarm, .. } => format!("{} is detected by {}", name(adversary), alarm.0),
            Truth::Effect { ref order, automatic, hit } => {
                let how = if automatic { " without a person" } else { "" };
                let hit = hit.map_or(String::new(), |a| format!(", hits {}", name(a)));
                format!("effect: {}{how}{hit}", self.order(order))
            }
            Truth::GuardSent { guard, zone: z } => format!("guard {} is sent to {}", person(guard), zone(z)),
            Truth::GuardSearched { guard, zone: z, found, .. } => {
                let what = if found { "somebody" } else { "nobody" };
                format!("guard {} has found {what} in {}", person(guard), zone(z))
            }
            Truth::ForceCalled { force, communicated } => {
                let through = if communicated { "called" } else { "call fails" };
                format!("{through}: {}", plan.forces[force.index()].name)
            }
            Truth::ForceArrived { force } => format!("{} arrives", plan.forces[force.index()].name),
            Truth::Met { adversary, actor: i, chance } => {
                format!("{} is met{}", actor(adversary, i), if chance { " by luck" } else { "" })
            }
            Truth::Interrupted { adversary } => format!("{} is interrupted", name(adversary)),
            Truth::Custody { adversary, actor: i } => format!("{} is taken", actor(adversary, i)),
            Truth::Fled { adversary, actor: i } => format!("{} flees", actor(adversary, i)),
            Truth::Contained { adversary } => format!("{} is contained", name(adversary)),
            Truth::EventLost { panel: Some(panel) } => format!("{} loses an event", plan.panels[panel.index()].name),
            Truth::EventLost { panel: None } => "an event is lost on the way".to_owned(),
            Truth::Followed { person: p, portal: at, .. } => format!("{} follows through {}", person(p), portal(at)),
            Truth::Arrived { person: p } => format!("{} comes", person(p)),
            Truth::Left { person: p } => format!("{} goes home", person(p)),
            Truth::Helped { person: p, portal: at, took } => {
                format!("helped {} at {} after {}", person(p), portal(at), seconds(took.as_millis()))
            }
            Truth::LineJoined { person: p, portal: at } => format!("{} joins the line at {}", person(p), portal(at)),
            Truth::LineLeft { person: p, portal: at } => format!("{} leaves the line at {}", person(p), portal(at)),
            Truth::NetworkRefused { person: p, reason } => format!("kept off the network {}: {reason:?}", person(p)),
            Truth::KeyRefused { person: p, reason } => format!("refused a key {}: {reason:?}", person(p)),
            Truth::CutOff { person: p } => format!("cut off {}", person(p)),
            Truth::EgressHeld { person: p, portal: at, lasts } => {
                format!("egress held {} at {} for {}", person(p), portal(at), seconds(lasts.as_millis()))
            }
            Truth::OutOfService { portal: p, out } => {
                format!("{} {}", portal(p), if out { "out of service" } else { "in service" })
            }
            Truth::Blind { log, blind } => format!("{log:?} {}", if blind { "goes blind" } else { "sees again" }),
            Truth::Outage { what, began } => {
                let what = match what {
                    Outage::PanelLink(p) => format!("link of {}", plan.panels[p.index()].name),
                    Outage::Panel(p) => format!("panel {}", plan.panels[p.index()].name),
                    Outage::Reader(p) => format!("reader of {}", plan.portals[p.index()].name),
                    Outage::Device(d) => format!("device {}", plan.devices[d.index()].name),
                    Outage::Wan => "wan".to_owned(),
                    Outage::Feed(f) => format!("feed {}", plan.feeds[f.index()].name),
                    Outage::Segment(s) => format!("line of {}", plan.segments[s.index()].name),
                    Outage::Sync => "sync".to_owned(),
                    Outage::Fire => "fire".to_owned(),
                };
                format!("outage {what} {}", if began { "begins" } else { "is over" })
            }
            Truth::Restored { ref order, .. } => format!("given back: {}", self.order(order)),
            Truth::Employment { person: p, employed } => {
                format!("{} is {}", person(p), if employed { "employed" } else { "a leaver" })
            }
            Truth::RightsChanged { person: p, record, in_force } => {
                format!("{record:?} of {} {}", person(p), if in_force { "in force" } else { "ended" })
            }
            Truth::Mustered { gathered, inside, recorded } => {
                format!("mustered {gathered}, inside {inside}, recorded {recorded}")
            }
            Truth::Patrolled { guard, zone: z, .. } => format!("guard {} looks round in {}", person(guard), zone(z)),
            Truth::Closed { alarm, effort } => {
                format!("written up {} in {}", alarm.0, seconds(effort.as_millis()))
            }
            Truth::HandedOver { alarm, queue } => {
                format!("handed over {} to {}", alarm.0, plan.policy.queues[queue.index()].name)
            }
            Truth::Contact { adversary, actor: i, outcome } => format!("{} {outcome:?}", actor(adversary, i)),
        }
    }

    fn report(&self, report: &Report) -> String {
        let plan = &*self.plan;
        let portal = |p: PortalId| &plan.portals[p.index()].name;
        let badge = |c: CredentialId| &plan.credentials[c.index()].name;
        let account = |a: AccountId| &plan.accounts[a.index()].name;
        let service = |s: ServiceId| &plan.services[s.index()].name;
        let inwards = |d: Direction| if d == Direction::Entry { "inwards" } else { "outwards" };
        match *report {
            Report::AccessGranted { portal: p, direction, credential, .. } => {
                format!("granted {} {} {}", badge(credential), portal(p), inwards(direction))
            }
            Report::AccessDenied { portal: p, credential, reason, .. } => {
                format!("denied {} {}: {reason:?}", badge(credential), portal(p))
            }
            Report::AccessNotTaken { portal: p } => format!("not taken {}", portal(p)),
            Report::PortalOpened { portal: p } => format!("opened {}", portal(p)),
            Report::PortalClosed { portal: p } => format!("closed {}", portal(p)),
            Report::PortalForced { portal: p } => format!("forced {}", portal(p)),
            Report::PortalHeld { portal: p } => format!("held {}", portal(p)),
            Report::RequestToExit { portal: p } => format!("request to exit {}", portal(p)),
            Report::SensorActive { sensor } => format!("sensor {}", plan.sensors[sensor.index()].name),
            Report::PanelLink { panel, up } => {
                format!("{} {}", plan.panels[panel.index()].name, if up { "up" } else { "down" })
            }
            Report::Login { service: s, account: a, .. } => format!("login {} on {}", account(a), service(s)),
            Report::LoginRefused { service: s, account: a, reason } => {
                format!("login refused {} on {}: {reason:?}", account(a), service(s))
            }
            Report::FlowRefused { service: s } => format!("flow refused to {}", service(s)),
            Report::EndpointAlert { device } => format!("endpoint alert {}", plan.devices[device.index()].name),
            Report::RemoteUnlock { portal: p, account: a, .. } => {
                format!("remote unlock {} by {}", portal(p), account(a))
            }
            Report::BadgeEnrolled { credential, account: a, .. } => {
                format!("enrolled {} by {}", badge(credential), account(a))
            }
            Report::PersonReport { zone } => format!("stranger in {}", plan.zones[zone.index()].name),
            Report::Tailgate { portal: p, .. } => format!("tailgate {}", portal(p)),
            Report::KeyDrawn { key, credential, .. } => format!("key {} drawn by {}", badge(key), badge(credential)),
            Report::KeyRefused { key, credential, reason, .. } => {
                format!("key {} refused to {}: {reason:?}", badge(key), badge(credential))
            }
            Report::KeyReturned { key, .. } => format!("key {} back", badge(key)),
            Report::LineFault { portal } => format!("line fault {}", plan.portals[portal.index()].name),
            Report::Tamper { panel } => format!("tamper {}", plan.panels[panel.index()].name),
            Report::Duress { portal, credential } => {
                let (door, card) = (&plan.portals[portal.index()], &plan.credentials[credential.index()]);
                format!("duress {} {}", door.name, card.name)
            }
            Report::KeyOverdue { key, credential, .. } => {
                format!("key {} overdue from {}", badge(key), badge(credential))
            }
            Report::ItemRemoved { asset, portal: p, pass } => {
                let pass = if pass { "with a pass" } else { "without a pass" };
                format!("{} carried out by {} {pass}", plan.assets[asset.index()].name, portal(p))
            }
            Report::Overstay { credential, zone } => {
                format!("overstay of {} in {}", badge(credential), plan.zones[zone.index()].name)
            }
            Report::StayRefused { zone, credential, reason } => {
                format!("stay refused to {} in {}: {reason:?}", badge(credential), plan.zones[zone.index()].name)
            }
            Report::NetworkJoined { account: a, .. } => format!("{} joins a network", account(a)),
            Report::NetworkRefused { account: a, reason, .. } => {
                format!("{} kept off a network: {reason:?}", account(a))
            }
            Report::UnknownDevice { segment, .. } => {
                format!("unknown device on {}", plan.segments[segment.index()].name)
            }
            Report::ConfigurationChanged { device, account: a, planned } => {
                let how = if planned { "as planned" } else { "unplanned" };
                format!("changed {} by {} {how}", plan.devices[device.index()].name, account(a))
            }
            Report::Health { device, what } => format!("{what:?} of {} failed", plan.devices[device.index()].name),
            Report::SlowSegment { segment } => format!("slow {}", plan.segments[segment.index()].name),
            Report::LogGap { panel } => format!("log gap of {}", plan.panels[panel.index()].name),
            Report::DeviceDown { device, up } => {
                format!("device {} {}", plan.devices[device.index()].name, if up { "up" } else { "down" })
            }
            Report::PanelPower { panel, mains } => {
                format!("{} {}", plan.panels[panel.index()].name, if mains { "on mains" } else { "on battery" })
            }
            Report::FireAlarm { on } => format!("fire alarm {}", if on { "on" } else { "off" }),
            Report::BadgeLost { credential } => format!("badge {} reported lost", badge(credential)),
            Report::IdentityEnded { person } => format!("{} is gone by HR", plan.people[person.index()].name),
            Report::UnusualBehaviour { account: a } => format!("unusual behaviour of {}", account(a)),
            Report::Assessed { alarm, hostile } => format!("verdict on {}: {hostile}", alarm.0),
            Report::GuardReport { zone, found, .. } => {
                format!("guard report from {}: {found}", plan.zones[zone.index()].name)
            }
        }
    }

    fn intent(&self, intent: &Intent) -> String {
        let plan = &*self.plan;
        let portal = |p: PortalId| &plan.portals[p.index()].name;
        let badge = |c: CredentialId| &plan.credentials[c.index()].name;
        match *intent {
            Intent::Approach { portal: p } => format!("approach {}", portal(p)),
            Intent::Pass { portal: p, through, .. } => match through {
                Through::Freely => format!("walk through {}", portal(p)),
                Through::With(c) => format!("badge through {} with {}", portal(p), badge(c)),
                Through::Following => format!("follow through {}", portal(p)),
                Through::Breaking => format!("break {}", portal(p)),
                Through::Released => format!("enter by released {}", portal(p)),
                Through::Persuading => format!("talk through {}", portal(p)),
                Through::Replaying => format!("replay at {}", portal(p)),
            },
            Intent::Stay { .. } => "stay".to_owned(),
            Intent::Spend { .. } => "spend".to_owned(),
            Intent::Work { job, .. } => job.describe(plan),
        }
    }

    fn order(&self, order: &Order) -> String {
        let plan = &*self.plan;
        let zone = |z: ZoneId| &plan.zones[z.index()].name;
        let account = |a: AccountId| &plan.accounts[a.index()].name;
        let badge = |c: CredentialId| &plan.credentials[c.index()].name;
        match *order {
            Order::Raise { rule, subject, .. } => {
                let about = match subject {
                    Subject::Portal(p) => &plan.portals[p.index()].name,
                    Subject::Zone(z) => zone(z),
                    Subject::Credential(c) => badge(c),
                    Subject::Person(p) => &plan.people[p.index()].name,
                    Subject::Account(a) => account(a),
                    Subject::Device(d) => &plan.devices[d.index()].name,
                };
                format!("raise {} about {about}", plan.policy.rules[rule.index()].name)
            }
            Order::Dispatch { zone: z } => format!("dispatch to {}", zone(z)),
            Order::Call { force, .. } => format!("call {}", plan.forces[force.index()].name),
            Order::Revoke { credential } => format!("revoke {}", badge(credential)),
            Order::RevokeEnrolled { account: a } => format!("revoke what {} enrolled", account(a)),
            Order::Disable { account: a } => format!("disable {}", account(a)),
            Order::EndSessions { account: a } => format!("end sessions of {}", account(a)),
            Order::Isolate { device } => format!("isolate {}", plan.devices[device.index()].name),
            Order::LockDown { zone: z, .. } => format!("lock down {}", z.map_or("the site", |z| zone(z))),
            Order::WakeAt { .. } => "wake".to_owned(),
        }
    }
}

/// Milliseconds in seconds, as short as they are.
fn seconds(ms: u64) -> String {
    format!("{}", ms as f64 / 1e3)
}

/// In the run of this text, these lines come in this order; others may come between.
#[track_caller]
pub(crate) fn check(text: &str, expected: &[&str]) -> Recorded {
    let run = run(text);
    in_order(&run, text, expected);
    run
}

#[track_caller]
pub(crate) fn in_order(run: &Recorded, text: &str, expected: &[&str]) {
    let lines = run.lines();
    let mut rest = lines.iter();
    for words in expected {
        assert!(rest.any(|line| line.contains(words)), "no line `{words}` in its place\n{text}\n{}", lines.join("\n"));
    }
}

/// In the run of this text, no line contains any of these.
#[track_caller]
pub(crate) fn never(text: &str, words: &[&str]) {
    let run = run(text);
    assert_eq!(run.lines_with(words), "", "{text}");
}
