//! Events in words, with names instead of ids.

use doorward_engine::{Gain, Outage, Truth, Who};
use doorward_model::base::*;
use doorward_model::plan::{Direction, Method, Plan, ScriptAct};
use doorward_model::signal::{Intent, Observed, Order, Report, Subject, Through};
use serde::Serialize;

/// The names of a plan.
#[derive(Clone, Copy, Debug)]
pub struct Names<'p>(pub &'p Plan);

impl<'p> Names<'p> {
    /// An adversary.
    pub fn adversary(self, id: AdversaryId) -> &'p str {
        &self.0.adversaries[id.index()].name
    }

    fn actor(self, adversary: AdversaryId, actor: ActorId) -> String {
        let adversary = &self.0.adversaries[adversary.index()];
        format!("{}/{}", adversary.name, adversary.actors[actor.index()].name)
    }

    fn person(self, id: PersonId) -> &'p str {
        &self.0.people[id.index()].name
    }

    fn zone(self, id: ZoneId) -> &'p str {
        &self.0.zones[id.index()].name
    }

    fn portal(self, id: PortalId) -> &'p str {
        &self.0.portals[id.index()].name
    }

    fn device(self, id: DeviceId) -> &'p str {
        &self.0.devices[id.index()].name
    }

    fn service(self, id: ServiceId) -> &'p str {
        &self.0.services[id.index()].name
    }

    fn account(self, id: AccountId) -> &'p str {
        &self.0.accounts[id.index()].name
    }

    fn credential(self, id: CredentialId) -> &'p str {
        &self.0.credentials[id.index()].name
    }

    fn segment(self, id: SegmentId) -> &'p str {
        &self.0.segments[id.index()].name
    }

    fn cabinet(self, id: CabinetId) -> &'p str {
        &self.0.cabinets[id.index()].name
    }

    fn asset(self, id: AssetId) -> &'p str {
        &self.0.assets[id.index()].name
    }

    fn rule(self, id: RuleId) -> &'p str {
        &self.0.policy.rules[id.index()].name
    }

    fn force(self, id: ForceId) -> &'p str {
        &self.0.forces[id.index()].name
    }

    fn technique(self, id: TechniqueId) -> &'p str {
        &self.0.techniques[id.index()].name
    }

    fn into(self, portal: PortalId, direction: Direction) -> &'p str {
        self.zone(self.0.zone_beyond(portal, direction))
    }

    fn who(self, who: Who) -> String {
        match who {
            Who::Person(person) => self.person(person).to_owned(),
            Who::Bearer(credential) => format!("whoever has badge {}", self.credential(credential)),
            Who::Guard(guard) => format!("guard {}", self.person(guard)),
            Who::Actor(adversary, actor) => self.actor(adversary, actor),
        }
    }

    fn gain(self, gain: Gain) -> String {
        match gain {
            Gain::Zone(zone) => format!("zone {}", self.zone(zone)),
            Gain::Device(device) => format!("device {}", self.device(device)),
            Gain::Credential(credential) => format!("badge of {}", self.credential(credential)),
            Gain::Account(account) => format!("account {}", self.account(account)),
            Gain::Asset(asset) => format!("asset {}", self.asset(asset)),
        }
    }

    /// What an alarm is about.
    pub fn subject(self, subject: Subject) -> String {
        match subject {
            Subject::Credential(credential) => format!("badge {}", self.credential(credential)),
            Subject::Person(person) => self.person(person).to_owned(),
            Subject::Account(account) => format!("account {}", self.account(account)),
            Subject::Device(device) => self.device(device).to_owned(),
            Subject::Portal(portal) => self.portal(portal).to_owned(),
            Subject::Zone(zone) => self.zone(zone).to_owned(),
        }
    }

    fn order(self, order: &Order) -> String {
        let place = |zone: &Option<ZoneId>| zone.map_or("nowhere in particular", |zone| self.zone(zone));
        match order {
            Order::Raise { rule, subject, .. } => {
                format!("alarm {} about {}", self.rule(*rule), self.subject(*subject))
            }
            Order::Dispatch { zone } => format!("guard to {}", self.zone(*zone)),
            Order::Call { force, zone } => format!("call {} to {}", self.force(*force), place(zone)),
            Order::Revoke { credential } => format!("revoke badge {}", self.credential(*credential)),
            Order::RevokeEnrolled { account } => format!("revoke badges enrolled by {}", self.account(*account)),
            Order::Disable { account } => format!("disable account {}", self.account(*account)),
            Order::EndSessions { account } => format!("end sessions of {}", self.account(*account)),
            Order::Isolate { device } => format!("isolate {}", self.device(*device)),
            Order::LockDown { zone, scope, lasts } => format!("lock down {} ({scope:?}) for {lasts}", place(zone)),
            Order::WakeAt { at, .. } => format!("wake at {at}"),
        }
    }

    fn outage(self, what: Outage) -> String {
        let plan = self.0;
        match what {
            Outage::PanelLink(panel) => format!("the link of panel {}", plan.panels[panel.index()].name),
            Outage::Panel(panel) => format!("panel {}", plan.panels[panel.index()].name),
            Outage::Reader(portal) => format!("the reader of {}", self.portal(portal)),
            Outage::Device(device) => self.device(device).to_owned(),
            Outage::Wan => "the connection to the internet".to_owned(),
            Outage::Feed(feed) => format!("the mains of {}", plan.feeds[feed.index()].name),
            Outage::Segment(segment) => format!("the line of {}", plan.segments[segment.index()].name),
            Outage::Sync => "the transfer from HR".to_owned(),
            Outage::Fire => "the fire alarm: the ordinary state".to_owned(),
        }
    }

    /// What one of an adversary does.
    pub fn intent(self, adversary: AdversaryId, intent: &Intent) -> String {
        match *intent {
            Intent::Approach { portal } => format!("go to {}", self.portal(portal)),
            Intent::Pass { portal, direction, through, technique } => {
                let how = match through {
                    Through::Freely => "freely".to_owned(),
                    Through::With(credential) => format!("with badge {}", self.credential(credential)),
                    Through::Following => "behind somebody".to_owned(),
                    Through::Breaking => format!("by {}", self.technique(technique)),
                    Through::Released => "once released".to_owned(),
                    Through::Persuading => "by talking".to_owned(),
                    Through::Replaying => "with what the reader gave away".to_owned(),
                };
                format!("pass {} into {}, {how}", self.portal(portal), self.into(portal, direction))
            }
            Intent::Stay { lasts } => format!("stay for {lasts}"),
            Intent::Spend { step } => self.scripted(adversary, step),
            Intent::Work { job, from, technique } => {
                let from = from.map_or_else(String::new, |from| format!(" from {}", self.0.origin_name(from)));
                format!("{}{from} ({})", job.describe(self.0), self.technique(technique))
            }
        }
    }

    /// What a step of a script calls itself.
    fn scripted(self, adversary: AdversaryId, step: u32) -> String {
        let name = match &self.0.adversaries[adversary.index()].method {
            Method::Script(steps) => steps.get(step as usize).and_then(|step| match &step.what {
                ScriptAct::Spend(name, _) => Some(name.clone()),
                ScriptAct::Pass(..) | ScriptAct::Task(..) => None,
            }),
            Method::Seek { .. } => None,
        };
        name.unwrap_or_else(|| format!("step {} of the script", step + 1))
    }

    /// What is the case.
    /// What is the case.
    pub fn truth(self, truth: &Truth) -> String {
        match *truth {
            Truth::Passed { who, portal, direction, took: _ } => {
                format!("{} passes {} into {}", self.who(who), self.portal(portal), self.into(portal, direction))
            }
            Truth::LeafOpened { portal } => format!("{} opens", self.portal(portal)),
            Truth::LeafClosed { portal } => format!("{} closes", self.portal(portal)),
            Truth::Refused { person, portal, reason } => {
                format!("{} is refused at {}: {}", self.person(person), self.portal(portal), words(&reason))
            }
            Truth::RefusedLogin { account, reason } => {
                format!("a rightful login as {} is refused: {}", self.account(account), words(&reason))
            }
            Truth::Planned { adversary, expected } => {
                format!("{} makes a plan, {} to the objective", self.adversary(adversary), rounded(expected))
            }
            Truth::Started { adversary, actor, intent } => {
                format!("{} begins: {}", self.actor(adversary, actor), self.intent(adversary, &intent))
            }
            Truth::Succeeded { adversary, actor, intent } => {
                format!("{} succeeds: {}", self.actor(adversary, actor), self.intent(adversary, &intent))
            }
            Truth::FailedAt { adversary, actor, intent, why } => {
                format!("{} fails: {}: {}", self.actor(adversary, actor), self.intent(adversary, &intent), words(&why))
            }
            Truth::HostileAct { adversary } => format!("{} commits a hostile act", self.adversary(adversary)),
            Truth::OnRecord { adversary, act, device: Some(device) } => {
                format!("hostile act {act} of {} is on record at {}", self.adversary(adversary), self.device(device))
            }
            Truth::OnRecord { adversary, act, device: None } => {
                format!("somebody knows of hostile act {act} of {}", self.adversary(adversary))
            }
            Truth::Wiped { device } => {
                format!("what {} has on record is wiped", self.device(device))
            }
            Truth::FirstTrace { adversary } => format!("{} leaves its first trace", self.adversary(adversary)),
            Truth::Gained { adversary, gain } => format!("{} gains {}", self.adversary(adversary), self.gain(gain)),
            Truth::ObjectiveReached { adversary } => format!("{} reaches the objective", self.adversary(adversary)),
            Truth::Stopped { adversary, reason } => format!("{} stops: {}", self.adversary(adversary), words(&reason)),
            Truth::Alarm { alarm, rule, queue, subject, hostile_cause } => {
                let kind = if hostile_cause.is_some() { "true" } else { "false" };
                let queue = queue.map_or("nobody's", |queue| &self.0.policy.queues[queue.index()].name);
                let (rule, subject) = (self.rule(rule), self.subject(subject));
                format!("{kind} alarm {} by {rule} about {subject}, queue {queue}", alarm.0)
            }
            Truth::Acknowledged { alarm, waited } => {
                format!("alarm {} is acknowledged after {}", alarm.0, rounded(waited))
            }
            Truth::AlarmLost { alarm } => format!("alarm {} is lost at a hand-off", alarm.0),
            Truth::Assessed { alarm, hostile, effort } => {
                let verdict = if hostile { "hostile" } else { "harmless" };
                format!("alarm {} is classed as {verdict} after {} of work", alarm.0, rounded(effort))
            }
            Truth::Detected { adversary, alarm, remaining, response } => {
                let left = remaining.map_or("none".to_owned(), rounded);
                let response = response
                    .map_or("nobody would come for it".to_owned(), |r| format!("the response needs {}", rounded(r)));
                let adversary = self.adversary(adversary);
                format!("{adversary} is detected by alarm {}; time left {left}, {response}", alarm.0)
            }
            Truth::Effect { order, automatic, hit } => {
                let how = if automatic { "automatic" } else { "ordered" };
                let hit = match (hit, &order) {
                    (Some(hit), _) => format!("; hits {}", self.adversary(hit)),
                    // These only set somebody off.
                    (
                        None,
                        Order::Raise { .. } | Order::Dispatch { .. } | Order::Call { .. } | Order::WakeAt { .. },
                    ) => String::new(),
                    (None, _) => "; takes nothing from an adversary".to_owned(),
                };
                format!("{how} response in force: {}{hit}", self.order(&order))
            }
            Truth::GuardSent { guard, zone } => {
                format!("guard {} sets out for {}", self.person(guard), self.zone(zone))
            }
            Truth::GuardSearched { guard, zone, found, effort } => {
                let found = if found { "finds somebody" } else { "finds nobody" };
                format!("guard {} {found} in {} after {}", self.person(guard), self.zone(zone), rounded(effort))
            }
            Truth::ForceCalled { force, communicated } => {
                let through = if communicated { "the call gets through" } else { "the call does not get through" };
                format!("{} is called; {through}", self.force(force))
            }
            Truth::ForceArrived { force } => format!("{} arrives", self.force(force)),
            Truth::Met { adversary, actor, chance } => {
                let chance = if chance { ", by chance" } else { "" };
                format!("{} is met{chance}", self.actor(adversary, actor))
            }
            Truth::Interrupted { adversary } => format!("{} is interrupted", self.adversary(adversary)),
            Truth::Custody { adversary, actor } => format!("{} is taken into custody", self.actor(adversary, actor)),
            Truth::Fled { adversary, actor } => format!("{} flees", self.actor(adversary, actor)),
            Truth::Contained { adversary } => format!("{} is contained", self.adversary(adversary)),
            Truth::Followed { person, portal, direction } => {
                let (portal, into) = (self.portal(portal), self.into(portal, direction));
                format!("{} follows through {portal} into {into}", self.person(person))
            }
            Truth::Arrived { person } => format!("{} comes to the site", self.person(person)),
            Truth::Left { person } => format!("{} leaves the site", self.person(person)),
            Truth::Helped { person, portal, took } => {
                format!("{} is let in at {} by hand after {}", self.person(person), self.portal(portal), rounded(took))
            }
            Truth::LineJoined { person, portal } => {
                format!("{} queues at {}", self.person(person), self.portal(portal))
            }
            Truth::LineLeft { person, portal } => {
                format!("it is the turn of {} at {}", self.person(person), self.portal(portal))
            }
            Truth::NetworkRefused { person, reason } => {
                format!("a rightful device of {} is kept off the network: {}", self.person(person), words(&reason))
            }
            Truth::KeyRefused { person, reason } => {
                format!("{} is refused a key: {}", self.person(person), words(&reason))
            }
            Truth::CutOff { person } => format!("{} loses access to a response", self.person(person)),
            Truth::EgressHeld { person, portal, lasts } => {
                format!("{} cannot get out at {} for {}", self.person(person), self.portal(portal), rounded(lasts))
            }
            Truth::OutOfService { portal, out } => {
                format!("{} {}", self.portal(portal), if out { "is out of service" } else { "works again" })
            }
            Truth::Blind { log, blind } => {
                format!("the log of {} {}", words(&log), if blind { "does not arrive" } else { "arrives again" })
            }
            Truth::Outage { what, began } => {
                format!("{} {}", self.outage(what), if began { "fails" } else { "is back" })
            }
            Truth::Restored { order, after } => {
                format!("taken back after {}: {}", rounded(after), self.order(&order))
            }
            Truth::Employment { person, employed } => {
                format!("{} {}", self.person(person), if employed { "joins the company" } else { "leaves the company" })
            }
            Truth::RightsChanged { person, record, in_force } => {
                let now = if in_force { "are in force" } else { "have ended" };
                format!("{} of {} {now}", words(&record), self.person(person))
            }
            Truth::Mustered { gathered, inside, recorded } => {
                format!("{gathered} have gathered, {inside} are inside, {recorded} by the record")
            }
            Truth::Patrolled { guard, zone, effort: _ } => {
                format!("guard {} looks round in {}", self.person(guard), self.zone(zone))
            }
            Truth::Closed { alarm, effort } => format!("alarm {} is closed after {}", alarm.0, rounded(effort)),
            Truth::HandedOver { alarm, queue } => {
                format!("alarm {} is handed to {}", alarm.0, self.0.policy.queues[queue.index()].name)
            }
            Truth::Contact { adversary, actor, outcome } => {
                format!("{} and the guard: {}", self.actor(adversary, actor), words(&outcome))
            }
            Truth::EventLost { panel: Some(panel) } => {
                format!("panel {} loses an event", self.0.panels[panel.index()].name)
            }
            Truth::EventLost { panel: None } => "an event does not reach the defence".to_string(),
        }
    }

    /// What was reported.
    /// What the defence is shown.
    pub fn observed(self, observed: &Observed) -> String {
        match observed.report {
            Report::AccessGranted { portal, direction, credential, records: _, passed_back } => {
                let (portal, into) = (self.portal(portal), self.into(portal, direction));
                let again = if passed_back { ", who is inside already" } else { "" };
                format!("{portal} granted into {into} to badge {}{again}", self.credential(credential))
            }
            Report::AccessDenied { portal, direction, credential, reason } => {
                let (portal, into) = (self.portal(portal), self.into(portal, direction));
                format!("{portal} denied into {into} to badge {}: {}", self.credential(credential), words(&reason))
            }
            Report::AccessNotTaken { portal } => format!("{} granted, not opened", self.portal(portal)),
            Report::PortalOpened { portal } => format!("{} opened", self.portal(portal)),
            Report::PortalClosed { portal } => format!("{} closed", self.portal(portal)),
            Report::PortalForced { portal } => format!("{} forced", self.portal(portal)),
            Report::PortalHeld { portal } => format!("{} held open", self.portal(portal)),
            Report::RequestToExit { portal } => format!("{} request to exit", self.portal(portal)),
            Report::SensorActive { sensor } => format!("{} active", self.0.sensors[sensor.index()].name),
            Report::PanelLink { panel, up } => {
                format!("panel {} {}", self.0.panels[panel.index()].name, if up { "back" } else { "out of reach" })
            }
            Report::Login { service, account, remote, ticket, from: _ } => {
                let from = if remote { " from outside" } else { "" };
                let ticket = if ticket { ", ticket on file" } else { "" };
                format!("{} login as {}{from}{ticket}", self.service(service), self.account(account))
            }
            Report::LoginRefused { service, account, reason } => {
                format!("{} login refused to {}: {}", self.service(service), self.account(account), words(&reason))
            }
            Report::FlowRefused { service } => format!("firewall refused a connection to {}", self.service(service)),
            Report::EndpointAlert { device } => format!("{} endpoint alert", self.device(device)),
            Report::RemoteUnlock { portal, account, request } => {
                let request = if request { "request on file" } else { "no request on file" };
                format!("{} released by {}, {request}", self.portal(portal), self.account(account))
            }
            Report::BadgeEnrolled { credential, account, request } => {
                let request = if request { "request on file" } else { "no request on file" };
                format!("{} enrolled by {}, {request}", self.credential(credential), self.account(account))
            }
            Report::PersonReport { zone } => format!("somebody reports a stranger in {}", self.zone(zone)),
            Report::Tailgate { portal, direction } => {
                format!("{} more people than badges into {}", self.portal(portal), self.into(portal, direction))
            }
            Report::KeyDrawn { cabinet, key, credential } => {
                let (key, who) = (self.credential(key), self.credential(credential));
                format!("{} gives key {key} to badge {who}", self.cabinet(cabinet))
            }
            Report::KeyRefused { cabinet, key, credential, reason } => {
                let (key, who) = (self.credential(key), self.credential(credential));
                format!("{} refuses key {key} to badge {who}: {}", self.cabinet(cabinet), words(&reason))
            }
            Report::KeyReturned { cabinet, key } => {
                format!("key {} is back in {}", self.credential(key), self.cabinet(cabinet))
            }
            Report::LineFault { portal } => format!("the line to the reader of {} is dead", self.portal(portal)),
            Report::Tamper { panel } => format!("panel {} opened", self.0.panels[panel.index()].name),
            Report::Duress { portal, credential } => {
                format!("{} duress code with {}", self.portal(portal), self.credential(credential))
            }
            Report::KeyOverdue { cabinet, key, credential } => {
                let (key, who) = (self.credential(key), self.credential(credential));
                format!("{} misses key {key}, drawn by badge {who}", self.cabinet(cabinet))
            }
            Report::ItemRemoved { asset, portal, pass } => {
                let pass = if pass { "pass on file" } else { "no pass on file" };
                format!("{} leaves by {}, {pass}", self.asset(asset), self.portal(portal))
            }
            Report::Overstay { credential, zone } => {
                format!("the visit of badge {} is over; last seen in {}", self.credential(credential), self.zone(zone))
            }
            Report::StayRefused { zone, credential, reason } => {
                let who = self.credential(credential);
                format!("badge {who} has no right to stay in {}: {}", self.zone(zone), words(&reason))
            }
            Report::NetworkJoined { segment, zone, account, stale, crowd } => {
                let stale = if stale { ", behind with its patches" } else { "" };
                let (account, zone) = (self.account(account), self.zone(zone));
                format!("device of {account} joins {} in {zone}{stale}; {crowd} there", self.segment(segment))
            }
            Report::NetworkRefused { segment, zone: _, account, reason } => {
                format!("device of {} kept off {}: {}", self.account(account), self.segment(segment), words(&reason))
            }
            Report::UnknownDevice { segment, zone } => {
                format!("unknown device on {} in {}", self.segment(segment), self.zone(zone))
            }
            Report::ConfigurationChanged { device, account, planned } => {
                let planned = if planned { "as planned" } else { "no change on file" };
                format!("{} changed by {}, {planned}", self.device(device), self.account(account))
            }
            Report::Health { device, what } => format!("{}: {} fails", self.device(device), words(&what)),
            Report::SlowSegment { segment } => format!("{} answers slowly", self.segment(segment)),
            Report::LogGap { panel } => format!("events of panel {} are missing", self.0.panels[panel.index()].name),
            Report::DeviceDown { device, up } => {
                format!("{} {}", self.device(device), if up { "back" } else { "down" })
            }
            Report::PanelPower { panel, mains } => {
                let on = if mains { "on the mains" } else { "on its battery" };
                format!("panel {} {on}", self.0.panels[panel.index()].name)
            }
            Report::FireAlarm { on } => format!("fire alarm {}", if on { "on" } else { "off" }),
            Report::BadgeLost { credential } => format!("badge {} reported lost", self.credential(credential)),
            Report::IdentityEnded { person } => format!("HR has {} down as gone", self.person(person)),
            Report::UnusualBehaviour { account } => format!("{} works unlike itself", self.account(account)),
            Report::Assessed { alarm, hostile } => {
                format!("alarm {} assessed: {}", alarm.0, if hostile { "hostile" } else { "harmless" })
            }
            Report::GuardReport { alarm, zone, found } => {
                let found = if found { "somebody" } else { "nobody" };
                format!("guard reports {found} in {} (alarm {})", self.zone(zone), alarm.0)
            }
        }
    }
}

/// The words of an enum without fields.
pub fn words(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    json.trim_matches('"').replace('_', " ")
}

/// To the second; shorter ones as they are.
fn rounded(duration: SimDuration) -> String {
    match duration.as_millis() {
        ms @ 0..10_000 => SimDuration::from_millis(ms).to_string(),
        ms => SimDuration::from_secs(ms / 1_000).to_string(),
    }
}
