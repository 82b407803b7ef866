//! Events in words, with names instead of ids.

use doorward_engine::{Gain, Truth, Who};
use doorward_model::base::*;
use doorward_model::plan::{Direction, Method, Origin, Plan, ScriptAct};
use doorward_model::signal::{Intent, Observed, Order, Report, Subject, Through};
use serde::Serialize;

/// The names of a plan.
#[derive(Clone, Copy)]
pub(crate) struct Names<'p>(pub(crate) &'p Plan);

impl<'p> Names<'p> {
    pub(crate) fn adversary(self, id: AdversaryId) -> &'p str {
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

    fn subject(self, subject: Subject) -> String {
        match subject {
            Subject::Credential(credential) => format!("badge {}", self.credential(credential)),
            Subject::Person(person) => self.person(person).to_owned(),
            Subject::Account(account) => format!("account {}", self.account(account)),
            Subject::Device(device) => self.device(device).to_owned(),
            Subject::Portal(portal) => self.portal(portal).to_owned(),
            Subject::Zone(zone) => self.zone(zone).to_owned(),
        }
    }

    fn origin(self, origin: Origin) -> &'p str {
        match origin {
            Origin::Segment(segment) => &self.0.segments[segment.index()].name,
            Origin::Device(device) => self.device(device),
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

    fn intent(self, adversary: AdversaryId, intent: &Intent) -> String {
        match *intent {
            Intent::Approach { portal } => format!("go to {}", self.portal(portal)),
            Intent::Pass { portal, direction, through, technique } => {
                let how = match through {
                    Through::Freely => "freely".to_owned(),
                    Through::With(credential) => format!("with badge {}", self.credential(credential)),
                    Through::Following => "behind somebody".to_owned(),
                    Through::Breaking => format!("by {}", self.technique(technique)),
                    Through::Released => "once released".to_owned(),
                };
                format!("pass {} into {}, {how}", self.portal(portal), self.into(portal, direction))
            }
            Intent::Take { asset, technique } => format!("take {} ({})", self.asset(asset), self.technique(technique)),
            Intent::Sabotage { asset, technique } => {
                format!("sabotage {} ({})", self.asset(asset), self.technique(technique))
            }
            Intent::Stay { lasts } => format!("stay for {lasts}"),
            Intent::Spend { step } => self.scripted(adversary, step),
            Intent::LogIn { from, service, account, technique: _ } => {
                format!("log in to {} as {} from {}", self.service(service), self.account(account), self.origin(from))
            }
            Intent::Exploit { from, service, technique } => {
                format!("exploit {} from {} ({})", self.service(service), self.origin(from), self.technique(technique))
            }
            Intent::Harvest { device, technique: _ } => format!("read secrets on {}", self.device(device)),
            Intent::Forge { server, credential, technique: _ } => {
                format!("enrol {} on {}", self.credential(credential), self.device(server))
            }
            Intent::Unlock { server, portal, technique: _ } => {
                format!("release {} from {}", self.portal(portal), self.device(server))
            }
            Intent::Attach { jack, technique: _ } => format!("plug in at {}", self.0.jacks[jack.index()].name),
            Intent::Exfiltrate { device, technique: _ } => format!("copy data out of {}", self.device(device)),
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
    pub(crate) fn truth(self, truth: &Truth) -> String {
        match *truth {
            Truth::Passed { who, portal, direction } => {
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
            Truth::EventLost { panel } => format!("panel {} loses an event", self.0.panels[panel.index()].name),
        }
    }

    /// What was reported.
    pub(crate) fn observed(self, observed: &Observed) -> String {
        match observed.report {
            Report::AccessGranted { portal, direction, credential } => {
                let (portal, into) = (self.portal(portal), self.into(portal, direction));
                format!("{portal} granted into {into} to badge {}", self.credential(credential))
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
            Report::Login { service, account, remote, ticket } => {
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
pub(crate) fn words(value: &impl Serialize) -> String {
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
