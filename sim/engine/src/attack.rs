//! What adversaries do, made real: or not.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{AccountRole, Moment};
use doorward_model::technique::Act;

use crate::event::{Gain, Observer, Truth, Who};
use crate::passage::Opening;
use crate::simulation::Ctx;
use crate::world::{ActorRef, Cause, Command, Doing, Session, Stage, Standing, Token, World};

/// Passages per hour from which on a zone counts as staffed: a stranger at work would be seen.
const STAFFED_PER_HOUR: f64 = 1.0;

impl<O: Observer> Ctx<'_, O> {
    // ------------------------------------------------------ beginning and end

    pub(crate) fn open_adversary(&mut self, id: AdversaryId) {
        let adversary = &self.plan.adversaries[id.index()];
        let begins = self.world.time(&adversary.begins_after, adversary.key, Purpose::AdversaryStart, 0);
        self.world.queue.push(self.plan.warm_up_end + begins, Command::Begin(id), false);
        for (index, stolen) in adversary.credentials.iter().enumerate() {
            if let Some(after) = &stolen.reported_after {
                let key = adversary.key.mix(self.plan.credentials[stolen.credential.index()].key);
                let delay = self.world.time(after, key, Purpose::ReportDelay, 0);
                self.world.after(delay, Command::Missed(id, index as u32));
            }
        }
    }

    pub(crate) fn begin(&mut self, id: AdversaryId) -> bool {
        let adversary = &self.plan.adversaries[id.index()];
        self.world.adversaries[id.index()].begun = true;
        let limit = self.world.time(&adversary.gives_up_after, adversary.key, Purpose::GivesUp, 0);
        self.world.after(limit, Command::TimeIsUp(id));
        self.perceive(id, Percept::Begin);
        true
    }

    pub(crate) fn time_is_up(&mut self, id: AdversaryId) -> bool {
        if !self.active(id) || self.world.adversaries[id.index()].objective {
            return false;
        }
        self.perceive(id, Percept::TimeIsUp);
        true
    }

    /// The owner of a stolen credential reports it.
    pub(crate) fn missed(&mut self, id: AdversaryId, index: u32) -> bool {
        let credential = self.plan.adversaries[id.index()].credentials[index as usize].credential;
        self.order_later(Order::Revoke { credential }, false, true);
        true
    }

    /// Whether an adversary is in play.
    pub(crate) fn active(&self, id: AdversaryId) -> bool {
        let state = &self.world.adversaries[id.index()];
        state.begun && !state.stopped && !state.contained
    }

    /// Lets an adversary notice something, and carries out what it then wants.
    pub(crate) fn perceive(&mut self, id: AdversaryId, percept: Percept) {
        if !self.active(id) {
            return;
        }
        let mut intents = std::mem::take(&mut self.world.intents);
        intents.clear();
        let week_ms = self.week_ms();
        let state = &self.world.adversaries[id.index()];
        let view = AdversaryView {
            now: self.world.now,
            week_ms,
            zones: &state.zones,
            idle: &state.idle,
            held: &state.held,
            footholds: &state.footholds,
            segments: &state.segments,
            accounts: &state.accounts,
            credentials: &state.credentials,
            carried: &state.carried,
        };
        self.agents[id.index()].perceive(self.plan, &percept, &view, &mut intents);
        if let Some(remaining) = intents.remaining_s {
            let expected = SimDuration::from_secs_f64(remaining);
            let now = self.world.now;
            let state = &mut self.world.adversaries[id.index()];
            state.remaining = Some((now, remaining));
            let replanned = matches!(
                percept,
                Percept::Begin
                    | Percept::Failed { .. }
                    | Percept::FootholdLost { .. }
                    | Percept::Met { .. }
                    | Percept::Taken { .. }
            );
            if replanned && !matches!(self.plan.adversaries[id.index()].method, Method::Script(_)) {
                state.planned = Some(expected);
                self.tell(Truth::Planned { adversary: id, expected });
            }
        }
        // An act may at once lead to another percept: the list is taken out first.
        for index in 0..intents.list.len() {
            let (actor, intent) = intents.list[index];
            self.undertake(ActorRef::new(id, actor), intent);
        }
        let stop = intents.stop;
        intents.clear();
        self.world.intents = intents;
        if let Some(reason) = stop {
            self.stop(id, reason);
        }
    }

    /// An adversary stops by itself: everybody goes home.
    fn stop(&mut self, id: AdversaryId, reason: StopReason) {
        if self.world.adversaries[id.index()].stopped {
            return;
        }
        self.tell(Truth::Stopped { adversary: id, reason });
        self.world.adversaries[id.index()].stopped = true;
        for actor in 0..self.plan.adversaries[id.index()].actors.len() {
            self.leave(ActorRef::new(id, ActorId::from_index(actor)));
        }
        self.settle(id);
    }

    /// An actor makes for the street: through what opens from inside, and past readers with a badge that still works.
    pub(crate) fn leave(&mut self, who: ActorRef) {
        let index = who.actor().index();
        // Who is on the way out already goes on.
        if self.world.adversaries[who.adversary().index()].standing[index] != Standing::Free {
            return;
        }
        self.cancel(who);
        let plan = self.plan;
        let badge = (0..plan.credentials.len())
            .filter(|&c| self.world.adversaries[who.adversary().index()].credentials.contains(c))
            .any(|c| self.works_somewhere(CredentialId::from_index(c)));
        let state = &mut self.world.adversaries[who.adversary().index()];
        let Some(zone) = state.zones[index] else {
            state.standing[index] = Standing::Away;
            return;
        };
        state.standing[index] = Standing::Leaving;
        let (point, turn) = (state.points[index], state.turn[index]);
        let opens = |p: PortalId, d: Direction| {
            let door = &plan.portals[p.index()];
            door.opens_freely(d) || badge && door.readers[d.index()].is_some()
        };
        let offsite = |z: ZoneId| plan.zones[z.index()].offsite();
        let found = self.world.route.search(plan, zone, point, opens, offsite);
        // One who is locked in stays until somebody comes.
        if let Some((_, time)) = found {
            self.world.after(time, Command::Actor(who, Stage::Gone, turn));
        }
    }

    /// Ends what an actor does.
    fn cancel(&mut self, who: ActorRef) {
        let state = &mut self.world.adversaries[who.adversary().index()];
        let index = who.actor().index();
        state.turn[index] += 1;
        state.idle[index] = true;
        if let Some(doing) = state.doing[index].take()
            && doing.waiting
            && let Intent::Pass { portal, .. } = doing.intent
        {
            self.world.portals[portal.index()].waiting -= 1;
        }
    }

    // ----------------------------------------------------------- undertaking

    /// An actor sets about something.
    fn undertake(&mut self, who: ActorRef, intent: Intent) {
        let state = &self.world.adversaries[who.adversary().index()];
        let index = who.actor().index();
        let free = !state.stopped && state.idle[index] && state.standing[index] == Standing::Free;
        if !free {
            return;
        }
        let key = self.attempt_key(who, intent);
        let n = self.world.ordinal(key, Purpose::TechniqueDuration);
        self.tell(Truth::Started { adversary: who.adversary(), actor: who.actor(), intent });
        let (zone, from) = (
            self.world.adversaries[who.adversary().index()].zones[index],
            self.world.adversaries[who.adversary().index()].points[index],
        );
        let to = match intent {
            Intent::Approach { portal } | Intent::Pass { portal, .. } => self.plan.portals[portal.index()].at,
            Intent::Take { .. } | Intent::Sabotage { .. } | Intent::Attach { .. } | Intent::Stay { .. } => {
                zone.and_then(|z| self.plan.zones[z.index()].centre)
            }
            Intent::Spend { .. }
            | Intent::LogIn { .. }
            | Intent::Exploit { .. }
            | Intent::Harvest { .. }
            | Intent::Forge { .. }
            | Intent::Unlock { .. }
            | Intent::Exfiltrate { .. } => from,
        };
        let walk = self.plan.walk(from, to, self.plan.walking_speed);
        let state = &mut self.world.adversaries[who.adversary().index()];
        state.idle[index] = false;
        state.doing[index] = Some(Doing { intent, n, key, waiting: false });
        if to.is_some() {
            state.points[index] = to;
        }
        let turn = state.turn[index];
        self.world.after(walk, Command::Actor(who, Stage::There, turn));
    }

    /// Identity of the draws of an attempt: actor, target, technique.
    fn attempt_key(&self, who: ActorRef, intent: Intent) -> EntityKey {
        let plan = self.plan;
        let actor = plan.adversaries[who.adversary().index()].actors[who.actor().index()].key;
        let technique = |t: TechniqueId| plan.techniques[t.index()].key;
        let (target, how) = match intent {
            Intent::Approach { portal } => (plan.portals[portal.index()].key, EntityKey::new("act", "approach")),
            Intent::Pass { portal, technique: t, .. } => (plan.portals[portal.index()].key, technique(t)),
            Intent::Take { asset, technique: t } | Intent::Sabotage { asset, technique: t } => {
                (plan.assets[asset.index()].key, technique(t))
            }
            Intent::Stay { .. } => (actor, EntityKey::new("act", "stay")),
            Intent::Spend { step } => {
                (actor.child(Purpose::TechniqueDuration, u64::from(step)), EntityKey::new("act", "spend"))
            }
            Intent::LogIn { service, account, technique: t, .. } => {
                (plan.services[service.index()].key.mix(plan.accounts[account.index()].key), technique(t))
            }
            Intent::Exploit { service, technique: t, .. } => (plan.services[service.index()].key, technique(t)),
            Intent::Harvest { device, technique: t } | Intent::Exfiltrate { device, technique: t } => {
                (plan.devices[device.index()].key, technique(t))
            }
            Intent::Forge { credential, technique: t, .. } => (plan.credentials[credential.index()].key, technique(t)),
            Intent::Unlock { portal, technique: t, .. } => (plan.portals[portal.index()].key, technique(t)),
            Intent::Attach { jack, technique: t } => (plan.jacks[jack.index()].key, technique(t)),
        };
        actor.mix(target).mix(how)
    }

    /// The next stage of what an actor does.
    pub(crate) fn actor(&mut self, who: ActorRef, stage: Stage, turn: u32) -> bool {
        let state = &self.world.adversaries[who.adversary().index()];
        if state.turn[who.actor().index()] != turn {
            return false;
        }
        if stage == Stage::Gone {
            self.gone(who);
            return true;
        }
        let Some(doing) = state.doing[who.actor().index()] else { return false };
        match stage {
            Stage::There => self.there(who, doing),
            Stage::Decided => self.decided(who, doing),
            Stage::Worked => self.worked(who, doing),
            Stage::Through => self.actor_through(who, doing),
            Stage::PatienceUp => self.fail(who, doing.intent, Failure::NobodyCame),
            Stage::Gone => {}
        }
        true
    }

    fn next(&mut self, who: ActorRef, delay: SimDuration, stage: Stage) {
        let turn = self.world.adversaries[who.adversary().index()].turn[who.actor().index()];
        self.world.after(delay, Command::Actor(who, stage, turn));
    }

    fn succeed(&mut self, who: ActorRef, intent: Intent) {
        self.cancel(who);
        self.tell(Truth::Succeeded { adversary: who.adversary(), actor: who.actor(), intent });
        self.perceive(who.adversary(), Percept::Done { actor: who.actor(), intent });
    }

    fn fail(&mut self, who: ActorRef, intent: Intent, why: Failure) {
        self.cancel(who);
        self.tell(Truth::FailedAt { adversary: who.adversary(), actor: who.actor(), intent, why });
        self.perceive(who.adversary(), Percept::Failed { actor: who.actor(), intent, why });
    }

    fn hostile(&mut self, who: ActorRef) {
        self.world.adversaries[who.adversary().index()].acted = true;
        self.tell(Truth::HostileAct { adversary: who.adversary() });
    }

    fn gain(&mut self, id: AdversaryId, gain: Gain) {
        let gained = &mut self.world.adversaries[id.index()].gained;
        if !gained.contains(&gain) {
            gained.push(gain);
            self.tell(Truth::Gained { adversary: id, gain });
        }
    }

    fn reached(&mut self, id: AdversaryId) {
        let state = &mut self.world.adversaries[id.index()];
        if !state.objective {
            state.objective = true;
            self.tell(Truth::ObjectiveReached { adversary: id });
        }
    }

    fn cause(who: ActorRef, doing: &Doing) -> Cause {
        Cause::hostile(who.adversary(), doing.key, doing.n)
    }

    /// The time of an attempt: the technique's own or the target's, by skill and tools.
    fn effort(
        &mut self,
        who: ActorRef,
        doing: &Doing,
        technique: TechniqueId,
        target: Option<&Distribution>,
    ) -> SimDuration {
        let adversary = &self.plan.adversaries[who.adversary().index()];
        let technique = &self.plan.techniques[technique.index()];
        let Some(base) = technique.duration.as_ref().or(target) else { return SimDuration::ZERO };
        let factor = technique.duration_factor(adversary.skill, adversary.tools, self.hands(who));
        let time = self.world.time(base, doing.key, Purpose::TechniqueDuration, doing.n);
        if factor == 1.0 { time } else { SimDuration::from_millis_f64(time.as_millis() as f64 * factor) }
    }

    /// Members of the adversary who stand where this one works; one for work at a computer.
    fn hands(&self, who: ActorRef) -> u32 {
        let state = &self.world.adversaries[who.adversary().index()];
        let here = state.zones[who.actor().index()];
        let beside = |i: &usize| here.is_some() && state.zones[*i] == here && state.standing[*i] == Standing::Free;
        (0..state.zones.len()).filter(beside).count().max(1) as u32
    }

    /// Whether an attempt works: the technique's own chance, or the target's.
    fn works(&mut self, who: ActorRef, doing: &Doing, technique: TechniqueId, target: Probability) -> bool {
        let skill = self.plan.adversaries[who.adversary().index()].skill;
        let technique = &self.plan.techniques[technique.index()];
        let chance = technique.success_for(technique.success.unwrap_or(target), skill);
        self.world.happens(chance, doing.key, Purpose::TechniqueSuccess, doing.n)
    }

    /// Sensors that may notice a task of this method: now, half way, or at its end.
    fn sense(&mut self, who: ActorRef, sensors: &[SensorId], method: &str, lasts: SimDuration) {
        let week_ms = self.week_ms();
        let actor = self.plan.adversaries[who.adversary().index()].actors[who.actor().index()].key;
        for &id in sensors {
            let sensor = &self.plan.sensors[id.index()];
            let chance = sensor.detection(method);
            if chance == Probability::ZERO || !sensor.armed_at(week_ms) {
                continue;
            }
            let key = sensor.key.mix(actor);
            let n = self.world.ordinal(key, Purpose::Sensing);
            if !self.world.happens(chance, key, Purpose::Sensing, n) {
                continue;
            }
            let delay = match sensor.moment {
                Moment::Begin => SimDuration::ZERO,
                Moment::Middle => SimDuration::from_millis(lasts.as_millis() / 2),
                Moment::End => lasts,
            };
            let now = delay == SimDuration::ZERO;
            self.world.after(delay, if now { Command::Senses(id, who, n) } else { Command::SensesLater(id, who, n) });
        }
    }

    /// A sensor reports an actor.
    pub(crate) fn senses(&mut self, sensor: SensorId, who: ActorRef, n: u32) -> bool {
        let actor = self.plan.adversaries[who.adversary().index()].actors[who.actor().index()].key;
        let key = self.plan.sensors[sensor.index()].key.mix(actor);
        self.report(Report::SensorActive { sensor }, Cause::hostile(who.adversary(), key, n));
        true
    }

    /// The middle or the end of a task is sensed unless it was broken off before.
    pub(crate) fn senses_later(&mut self, sensor: SensorId, who: ActorRef, n: u32) -> bool {
        let under_way = self.world.adversaries[who.adversary().index()].doing[who.actor().index()].is_some();
        under_way && self.senses(sensor, who, n)
    }

    // ------------------------------------------------------------- at the place

    fn there(&mut self, who: ActorRef, doing: Doing) {
        match doing.intent {
            Intent::Approach { .. } => self.succeed(who, doing.intent),
            Intent::Pass { portal, direction, through, technique } => {
                self.at_portal(who, doing, portal, direction, through, technique);
            }
            Intent::Take { asset, technique } | Intent::Sabotage { asset, technique } => {
                self.at_asset(who, doing, asset, technique);
            }
            Intent::Stay { lasts } => self.next(who, lasts, Stage::Worked),
            Intent::Spend { step } => {
                let Method::Script(steps) = &self.plan.adversaries[who.adversary().index()].method else { return };
                let time = match steps.get(step as usize).map(|s| &s.what) {
                    Some(ScriptAct::Spend(_, takes)) => {
                        self.world.time(takes, doing.key, Purpose::TechniqueDuration, doing.n)
                    }
                    Some(ScriptAct::Pass(..) | ScriptAct::Task(..)) | None => SimDuration::ZERO,
                };
                self.next(who, time, Stage::Worked);
            }
            Intent::LogIn { from, service, technique, .. } => self.toward(who, doing, from, service, technique, None),
            Intent::Exploit { from, service, technique } => {
                let device = self.plan.services[service.index()].device;
                let target = self.plan.devices[device.index()].hardening.exploit.as_ref().map(|e| &e.1);
                self.toward(who, doing, from, service, technique, target);
            }
            Intent::Harvest { device, technique } => {
                let target = self.plan.devices[device.index()].hardening.harvest.as_ref().map(|h| &h.1);
                self.on_device(who, doing, device, technique, target);
            }
            Intent::Forge { server, technique, .. } | Intent::Unlock { server, technique, .. } => {
                self.on_device(who, doing, server, technique, None);
            }
            Intent::Exfiltrate { device, technique } => {
                let target = match &self.plan.adversaries[who.adversary().index()].objective {
                    Objective::Exfiltration(_, takes) => Some(takes),
                    Objective::Theft(_) | Objective::Sabotage(_) | Objective::Reach(..) => None,
                };
                self.on_device(who, doing, device, technique, target);
            }
            Intent::Attach { technique, .. } => {
                self.hostile(who);
                let time = self.effort(who, &doing, technique, None);
                self.next(who, time, Stage::Worked);
            }
        }
    }

    fn at_portal(
        &mut self,
        who: ActorRef,
        doing: Doing,
        portal: PortalId,
        direction: Direction,
        through: Through,
        technique: TechniqueId,
    ) {
        let door = &self.plan.portals[portal.index()];
        match through {
            Through::Freely | Through::Released => {
                if through == Through::Released {
                    self.hostile(who);
                }
                if self.opens(portal, direction) {
                    self.go_through(who, &doing, portal);
                } else {
                    self.fail(who, doing.intent, Failure::Refused);
                }
            }
            Through::With(credential) => {
                self.hostile(who);
                if self.fits(portal, credential) {
                    self.go_through(who, &doing, portal);
                } else if let Some(reader) = &door.readers[direction.index()] {
                    let read = self.world.time(&reader.read_time, doing.key, Purpose::ReadTime, doing.n);
                    let panel = &self.plan.panels[reader.panel.index()];
                    let decision = self.world.time(&panel.decision_time, doing.key, Purpose::DecisionTime, doing.n);
                    self.next(who, read + decision, Stage::Decided);
                } else {
                    self.fail(who, doing.intent, Failure::Refused);
                }
            }
            Through::Following => {
                if self.opens(portal, direction) {
                    return self.go_through(who, &doing, portal);
                }
                let patience = &self.plan.adversaries[who.adversary().index()].patience;
                let wait = self.world.time(patience, doing.key, Purpose::Patience, doing.n);
                self.world.portals[portal.index()].waiting += 1;
                if let Some(doing) = &mut self.world.adversaries[who.adversary().index()].doing[who.actor().index()] {
                    doing.waiting = true;
                }
                self.next(who, wait, Stage::PatienceUp);
            }
            Through::Breaking => {
                self.hostile(who);
                let Act::Breach(method) = &self.plan.techniques[technique.index()].act else {
                    return self.fail(who, doing.intent, Failure::DidNotWork);
                };
                let time = self.effort(who, &doing, technique, door.delay(method));
                self.sense(who, &door.sensors, method, time);
                self.next(who, time, Stage::Worked);
            }
        }
    }

    fn at_asset(&mut self, who: ActorRef, doing: Doing, asset: AssetId, technique: TechniqueId) {
        let here = self.world.adversaries[who.adversary().index()].zones[who.actor().index()];
        if here.is_none() || self.world.assets[asset.index()] != here {
            return self.fail(who, doing.intent, Failure::NotThere);
        }
        self.hostile(who);
        let target = &self.plan.assets[asset.index()];
        let time = self.effort(who, &doing, technique, Some(&target.task_time));
        let method = if matches!(doing.intent, Intent::Take { .. }) { "take" } else { "task" };
        self.sense(who, &target.sensors, method, time);
        if let Some(zone) = here {
            self.challenge(who, &doing, zone);
        }
        self.next(who, time, Stage::Worked);
    }

    /// People about may challenge a stranger at work and call the guards.
    fn challenge(&mut self, who: ActorRef, doing: &Doing, zone: ZoneId) {
        let clock = self.plan.calendar.hour_of_day(self.world.now) as usize;
        let weekend = usize::from(matches!(self.plan.calendar.weekday(self.world.now), Weekday::Sat | Weekday::Sun));
        let staffed = self.plan.zones[zone.index()].ways.iter().any(|(portal, _)| {
            let traffic = &self.plan.portals[portal.index()].traffic;
            traffic.as_ref().is_some_and(|t| t.per_hour[weekend][clock] >= STAFFED_PER_HOUR)
        });
        let chance = self.plan.behaviour.challenges;
        if staffed && self.world.happens(chance, doing.key, Purpose::Challenge, doing.n) {
            self.people_call(who, zone, doing.key, doing.n);
        }
    }

    /// Somebody will call the guards about a stranger.
    fn people_call(&mut self, who: ActorRef, zone: ZoneId, key: EntityKey, n: u32) {
        let delay = self.world.time(&self.plan.behaviour.report_delay, key, Purpose::ReportDelay, n);
        let report = self.world.ordinal(self.plan.zones[zone.index()].key, Purpose::ReportDelay);
        self.world.after(delay, Command::PersonReports(zone, who, report));
    }

    pub(crate) fn person_reports(&mut self, zone: ZoneId, who: ActorRef, n: u32) -> bool {
        let actor = self.plan.adversaries[who.adversary().index()].actors[who.actor().index()].key;
        let key = self.plan.zones[zone.index()].key.mix(actor);
        self.report(Report::PersonReport { zone }, Cause::hostile(who.adversary(), key, n));
        true
    }

    /// The reader's panel answers an actor.
    fn decided(&mut self, who: ActorRef, doing: Doing) {
        let Intent::Pass { portal, direction, through: Through::With(credential), .. } = doing.intent else { return };
        let door = &self.plan.portals[portal.index()];
        // The card is there; the rightful holder's PIN and finger are not.
        let given = door.readers[direction.index()].as_ref().is_some_and(|r| !r.pin && !r.biometric);
        let decision = self.ask_portal(portal, direction, credential, given, Self::cause(who, &doing));
        if decision.verdict == Verdict::Allow {
            self.go_through(who, &doing, portal);
        } else {
            self.fail(who, doing.intent, Failure::Refused);
        }
    }

    /// The way is free: going through takes its time. Drawn once an attempt.
    fn go_through(&mut self, who: ActorRef, doing: &Doing, portal: PortalId) {
        let pass_time = &self.plan.portals[portal.index()].pass_time;
        let pass = self.world.time(pass_time, doing.key, Purpose::PassTime, doing.n);
        self.next(who, pass, Stage::Through);
    }

    /// Somebody passes a portal where actors wait: each may try to follow.
    pub(crate) fn offer_to_followers(&mut self, portal: PortalId, direction: Direction) {
        for a in 0..self.world.adversaries.len() {
            for i in 0..self.world.adversaries[a].doing.len() {
                let Some(doing) = self.world.adversaries[a].doing[i] else { continue };
                let Intent::Pass { portal: at, direction: way, .. } = doing.intent else { continue };
                if !doing.waiting || at != portal || way != direction {
                    continue;
                }
                let who = ActorRef::new(AdversaryId::from_index(a), ActorId::from_index(i));
                self.follow(who, doing, portal);
            }
        }
    }

    fn follow(&mut self, who: ActorRef, doing: Doing, portal: PortalId) {
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        let behaviour = &plan.behaviour;
        let n = self.world.ordinal(doing.key, Purpose::FollowAllowed);
        self.hostile(who);
        if !self.world.happens(behaviour.holds_door, doing.key, Purpose::FollowAllowed, n) {
            if self.world.happens(behaviour.reports_refused, doing.key, Purpose::FollowReported, n) {
                let zone = self.world.adversaries[who.adversary().index()].zones[who.actor().index()];
                if let Some(zone) = zone {
                    self.people_call(who, zone, doing.key.child(Purpose::FollowReported, u64::from(n)), 0);
                }
            }
            return;
        }
        if !self.world.happens(door.follow_chance, doing.key, Purpose::FollowFits, n) {
            return;
        }
        // Through behind them, on the same opening.
        let state = &mut self.world.adversaries[who.adversary().index()];
        state.turn[who.actor().index()] += 1;
        if let Some(doing) = &mut state.doing[who.actor().index()] {
            doing.waiting = false;
        }
        self.world.portals[portal.index()].waiting -= 1;
        self.sense(who, &door.sensors, "follow", SimDuration::ZERO);
        self.go_through(who, &doing, portal);
    }

    fn actor_through(&mut self, who: ActorRef, doing: Doing) {
        let Intent::Pass { portal, direction, through, .. } = doing.intent else { return };
        if through != Through::Breaking
            && let Some(until) = self.interlocked_until(portal)
        {
            let wait = (until - self.world.now) + SimDuration::from_millis(1);
            return self.next(who, wait, Stage::Through);
        }
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        let cause = Self::cause(who, &doing);
        let egress = direction == Direction::Exit && door.readers[direction.index()].is_none();
        let opening = match through {
            Through::Breaking => Opening::Forced,
            Through::Freely if egress => Opening::Egress,
            Through::Freely | Through::With(_) | Through::Following | Through::Released => Opening::Granted,
        };
        let stays = self.world.time(&door.close_time, doing.key, Purpose::CloseTime, doing.n);
        self.open_leaf(portal, opening, stays, cause);
        let zone = plan.zone_beyond(portal, direction);
        let state = &mut self.world.adversaries[who.adversary().index()];
        state.zones[who.actor().index()] = Some(zone);
        state.points[who.actor().index()] = door.at;
        let carries = state.carried.contains(&Some(who.actor()));
        self.tell(Truth::Passed { who: Who::Actor(who.adversary(), who.actor()), portal, direction });
        if carries {
            self.sense(who, &door.sensors, "carry", SimDuration::ZERO);
        }
        self.sense(who, &plan.zones[zone.index()].sensors, "walk", SimDuration::ZERO);
        if plan.zones[zone.index()].level > 0 && !plan.zones[zone.index()].offsite() {
            if !self.world.adversaries[who.adversary().index()].acted {
                self.hostile(who);
            }
            self.gain(who.adversary(), Gain::Zone(zone));
        }
        if plan.zones[zone.index()].offsite()
            && let Objective::Theft(asset) = plan.adversaries[who.adversary().index()].objective
            && self.world.adversaries[who.adversary().index()].carried[asset.index()] == Some(who.actor())
        {
            self.reached(who.adversary());
        }
        self.succeed(who, doing.intent);
    }

    // ------------------------------------------------------------ the other half

    fn has_origin(&self, id: AdversaryId, from: Origin) -> bool {
        let state = &self.world.adversaries[id.index()];
        match from {
            Origin::Segment(s) => state.segments.contains(s.index()),
            Origin::Device(d) => state.footholds.contains(d.index()) && !self.world.isolated.contains(d.index()),
        }
    }

    /// A connection to a service.
    fn toward(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Origin,
        service: ServiceId,
        technique: TechniqueId,
        target: Option<&Distribution>,
    ) {
        self.hostile(who);
        let host = self.plan.services[service.index()].device;
        if !self.has_origin(who.adversary(), from) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        if !self.plan.reaches(from, service) || self.world.isolated.contains(host.index()) {
            self.report(Report::FlowRefused { service }, Self::cause(who, &doing));
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        let time = self.effort(who, &doing, technique, target);
        self.next(who, time, Stage::Worked);
    }

    /// Work on a device that is held.
    fn on_device(
        &mut self,
        who: ActorRef,
        doing: Doing,
        device: DeviceId,
        technique: TechniqueId,
        target: Option<&Distribution>,
    ) {
        self.hostile(who);
        if self.world.adversaries[who.adversary().index()].held[device.index()].is_none() {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        let time = self.effort(who, &doing, technique, target);
        self.next(who, time, Stage::Worked);
    }

    fn endpoint_alert(&mut self, who: ActorRef, doing: &Doing, device: DeviceId) {
        let host = &self.plan.devices[device.index()];
        let seen =
            self.world.happens(host.hardening.endpoint_detection, doing.key, Purpose::EndpointDetection, doing.n);
        if seen && host.logs_arrive {
            self.report(Report::EndpointAlert { device }, Self::cause(who, doing));
        }
    }

    fn open_session(&mut self, who: ActorRef, session: Session) {
        self.world.sessions.push(session);
        self.recount(who.adversary());
        self.gain(who.adversary(), Gain::Device(session.device));
    }

    /// What an adversary holds follows from its sessions. Those whose way is cut end with it.
    pub(crate) fn recount(&mut self, id: AdversaryId) {
        let World { sessions, adversaries, isolated, .. } = &mut *self.world;
        let state = &mut adversaries[id.index()];
        loop {
            state.held.fill(None);
            state.footholds.clear();
            for session in sessions.iter().filter(|s| s.adversary == id) {
                let held = &mut state.held[session.device.index()];
                *held = (*held).max(Some(session.role));
                if session.interactive {
                    state.footholds.insert(session.device.index());
                }
            }
            let before = sessions.len();
            sessions.retain(|s| {
                let cut = isolated.contains(s.device.index())
                    || match s.from {
                        Origin::Segment(segment) => !state.segments.contains(segment.index()),
                        Origin::Device(d) => !state.footholds.contains(d.index()),
                    };
                s.adversary != id || !cut
            });
            if sessions.len() == before {
                return;
            }
        }
    }

    // ------------------------------------------------------------- work is done

    fn worked(&mut self, who: ActorRef, doing: Doing) {
        let plan = self.plan;
        let id = who.adversary();
        match doing.intent {
            Intent::Approach { .. } => {}
            Intent::Pass { portal, technique, .. } => {
                if self.works(who, &doing, technique, Probability::ONE) {
                    self.go_through(who, &doing, portal);
                } else {
                    self.fail(who, doing.intent, Failure::DidNotWork);
                }
            }
            Intent::Take { asset, technique } => {
                let here = self.world.adversaries[id.index()].zones[who.actor().index()];
                if self.world.assets[asset.index()] != here {
                    return self.fail(who, doing.intent, Failure::NotThere);
                }
                if !self.works(who, &doing, technique, Probability::ONE) {
                    return self.fail(who, doing.intent, Failure::DidNotWork);
                }
                self.world.assets[asset.index()] = None;
                self.world.adversaries[id.index()].carried[asset.index()] = Some(who.actor());
                self.gain(id, Gain::Asset(asset));
                self.succeed(who, doing.intent);
            }
            Intent::Sabotage { asset, technique } => {
                if !self.works(who, &doing, technique, Probability::ONE) {
                    return self.fail(who, doing.intent, Failure::DidNotWork);
                }
                self.gain(id, Gain::Asset(asset));
                if matches!(plan.adversaries[id.index()].objective, Objective::Sabotage(a) if a == asset) {
                    self.reached(id);
                }
                self.succeed(who, doing.intent);
            }
            Intent::Stay { lasts } => {
                let here = self.world.adversaries[id.index()].zones[who.actor().index()];
                if let Objective::Reach(zone, hold) = plan.adversaries[id.index()].objective
                    && here == Some(zone)
                    && lasts >= hold
                {
                    self.reached(id);
                }
                self.succeed(who, doing.intent);
            }
            Intent::Spend { .. } => self.succeed(who, doing.intent),
            Intent::LogIn { from, service, account, .. } => self.log_in(who, doing, from, service, account),
            Intent::Exploit { from, service, technique } => self.exploit(who, doing, from, service, technique),
            Intent::Harvest { device, technique } => self.harvest(who, doing, device, technique),
            Intent::Forge { server, credential, .. } => self.forge(who, doing, server, credential),
            Intent::Unlock { server, portal, .. } => self.unlock(who, doing, server, portal),
            Intent::Attach { jack, .. } => {
                let jack = &plan.jacks[jack.index()];
                if !jack.open {
                    return self.fail(who, doing.intent, Failure::DidNotWork);
                }
                self.world.adversaries[id.index()].segments.insert(jack.segment.index());
                self.succeed(who, doing.intent);
            }
            Intent::Exfiltrate { device, .. } => {
                if self.world.adversaries[id.index()].held[device.index()].is_none() {
                    return self.fail(who, doing.intent, Failure::SessionLost);
                }
                self.reached(id);
                self.succeed(who, doing.intent);
            }
        }
    }

    fn log_in(&mut self, who: ActorRef, doing: Doing, from: Origin, service: ServiceId, account: AccountId) {
        let plan = self.plan;
        let known = self.world.adversaries[who.adversary().index()].accounts.contains(account.index());
        let holder = &plan.accounts[account.index()];
        if !self.has_origin(who.adversary(), from) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        if self.world.isolated.contains(plan.services[service.index()].device.index()) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        let remote = matches!(from, Origin::Segment(s) if plan.segments[s.index()].internet);
        // A token that is still good needs no login: disabling the account does not end it.
        let allowed = self.holds_token(who.adversary(), service, account)
            || self.ask_login(account, service, remote, false, false, Self::cause(who, &doing)).verdict
                == Verdict::Allow;
        if !known || !holder.services.contains(&service) || !allowed {
            return self.fail(who, doing.intent, Failure::LoginRefused);
        }
        let target = &plan.services[service.index()];
        if let Some(life) = target.token_life {
            let until = self.world.now + life;
            self.world.tokens.push(Token { adversary: who.adversary(), service, account, until });
        }
        self.open_session(
            who,
            Session {
                adversary: who.adversary(),
                device: target.device,
                account: Some(account),
                from,
                role: holder.role,
                interactive: target.interactive,
            },
        );
        self.succeed(who, doing.intent);
    }

    fn holds_token(&self, id: AdversaryId, service: ServiceId, account: AccountId) -> bool {
        let good =
            |t: &Token| t.adversary == id && t.service == service && t.account == account && t.until > self.world.now;
        self.world.tokens.iter().any(good)
    }

    fn exploit(&mut self, who: ActorRef, doing: Doing, from: Origin, service: ServiceId, technique: TechniqueId) {
        let device = self.plan.services[service.index()].device;
        if self.world.isolated.contains(device.index()) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        let chance = self.plan.devices[device.index()].hardening.exploit.as_ref().map_or(Probability::ZERO, |e| e.0);
        let works = self.works(who, &doing, technique, chance) && self.has_origin(who.adversary(), from);
        self.endpoint_alert(who, &doing, device);
        if !works {
            return self.fail(who, doing.intent, Failure::DidNotWork);
        }
        self.open_session(
            who,
            Session {
                adversary: who.adversary(),
                device,
                account: None,
                from,
                role: AccountRole::Administrator,
                interactive: true,
            },
        );
        self.succeed(who, doing.intent);
    }

    fn harvest(&mut self, who: ActorRef, doing: Doing, device: DeviceId, technique: TechniqueId) {
        let host = &self.plan.devices[device.index()];
        let chance = host.hardening.harvest.as_ref().map_or(Probability::ZERO, |h| h.0);
        let held = self.world.adversaries[who.adversary().index()].footholds.contains(device.index());
        let works = held && self.works(who, &doing, technique, chance);
        self.endpoint_alert(who, &doing, device);
        if !works {
            return self.fail(who, doing.intent, if held { Failure::DidNotWork } else { Failure::SessionLost });
        }
        for account in &host.secrets {
            self.world.adversaries[who.adversary().index()].accounts.insert(account.index());
            self.gain(who.adversary(), Gain::Account(*account));
        }
        self.succeed(who, doing.intent);
    }

    /// Enrols a blank. It is of use once the panels have it; the console shows when.
    fn forge(&mut self, who: ActorRef, doing: Doing, server: DeviceId, credential: CredentialId) {
        use doorward_model::site::CredentialStatus::Active;
        let id = who.adversary();
        if self.world.adversaries[id.index()].credentials.contains(credential.index()) {
            return self.succeed(who, doing.intent);
        }
        let Some(account) = self.session_for(id, server, AccountRole::Administrator) else {
            return self.fail(who, doing.intent, Failure::SessionLost);
        };
        // Without an account it is a direct edit of the database, which leaves no audit trail.
        let enrolled = match account {
            Some(account) => self.ask_enrol(account, credential, server, false, Self::cause(who, &doing)),
            None => true,
        };
        if !enrolled {
            return self.fail(who, doing.intent, Failure::DidNotWork);
        }
        let last = self.change_credential(credential, Active, account);
        self.world.adversaries[id.index()].credentials.insert(credential.index());
        self.gain(id, Gain::Credential(credential));
        self.next(who, last - self.world.now, Stage::Worked);
    }

    fn unlock(&mut self, who: ActorRef, doing: Doing, server: DeviceId, portal: PortalId) {
        let serves =
            self.plan.portals[portal.index()].panel.is_some_and(|p| self.plan.panels[p.index()].server == server);
        let Some(account) = self.session_for(who.adversary(), server, AccountRole::Operator) else {
            return self.fail(who, doing.intent, Failure::SessionLost);
        };
        let released = serves
            && match account {
                Some(account) => self.ask_unlock(account, portal, false, Self::cause(who, &doing)),
                None => self.release(portal),
            };
        if released {
            self.succeed(who, doing.intent);
        } else {
            self.fail(who, doing.intent, Failure::DidNotWork);
        }
    }

    // ----------------------------------------------------------------- the end

    /// An actor has left the site.
    fn gone(&mut self, who: ActorRef) {
        let plan = self.plan;
        let state = &mut self.world.adversaries[who.adversary().index()];
        let index = who.actor().index();
        state.turn[index] += 1;
        state.zones[index] = None;
        state.standing[index] = Standing::Away;
        if let Objective::Theft(asset) = plan.adversaries[who.adversary().index()].objective
            && state.carried[asset.index()] == Some(who.actor())
        {
            self.reached(who.adversary());
        }
        self.settle(who.adversary());
    }

    /// Whether an adversary still has live access (SEMANTICS 1).
    fn live_access(&self, id: AdversaryId) -> bool {
        let plan = self.plan;
        let state = &self.world.adversaries[id.index()];
        let on_site = state.zones.iter().zip(&state.standing).any(|(zone, standing)| {
            matches!(standing, Standing::Free | Standing::Leaving)
                && zone.is_some_and(|z| plan.zones[z.index()].level > 0 && !plan.zones[z.index()].offsite())
        });
        let badge = || state.credentials.iter().any(|c| self.works_somewhere(CredentialId::from_index(c)));
        let session = || self.world.sessions.iter().any(|s| s.adversary == id);
        let implant = || {
            let brought = |segment: usize| !plan.segments[segment].internet;
            state.segments.iter().any(brought)
        };
        let account = || {
            state.accounts.iter().any(|a| {
                let account = AccountId::from_index(a);
                plan.accounts[a].services.iter().any(|service| {
                    (self.without_second_factor(account, *service) || self.holds_token(id, *service, account))
                        && !self.world.isolated.contains(plan.services[service.index()].device.index())
                        && self.reaches_from_somewhere(id, *service)
                })
            })
        };
        // In custody nobody uses what they have in their pocket or in their head; what was planted works on.
        let at_large = state.standing.iter().any(|standing| *standing != Standing::Custody);
        on_site || session() || implant() || at_large && (badge() || account())
    }

    fn reaches_from_somewhere(&self, id: AdversaryId, service: ServiceId) -> bool {
        let state = &self.world.adversaries[id.index()];
        state.segments.iter().any(|s| self.plan.reaches(Origin::Segment(SegmentId::from_index(s)), service))
            || state.footholds.iter().any(|d| self.plan.reaches(Origin::Device(DeviceId::from_index(d)), service))
    }

    /// Looks whether a response has ended all live access.
    pub(crate) fn settle(&mut self, id: AdversaryId) -> bool {
        let state = &self.world.adversaries[id.index()];
        if !state.acted || state.contained || !state.hit || self.live_access(id) {
            return false;
        }
        self.world.adversaries[id.index()].contained = true;
        self.tell(Truth::Contained { adversary: id });
        for actor in 0..self.plan.adversaries[id.index()].actors.len() {
            self.cancel(ActorRef::new(id, ActorId::from_index(actor)));
        }
        true
    }

    // ------------------------------------------------------------------ contact

    /// The response meets an actor.
    pub(crate) fn meet(&mut self, who: ActorRef, chance: bool, stopped: bool) {
        let (adversary, actor) = (who.adversary(), who.actor());
        self.tell(Truth::Met { adversary, actor, chance });
        let state = &mut self.world.adversaries[adversary.index()];
        state.hit = true;
        let first = !state.interrupted && !state.objective && !state.stopped && !state.contained && !chance;
        if first {
            state.interrupted = true;
            self.tell(Truth::Interrupted { adversary });
        }
        self.cancel(who);
        let state = &mut self.world.adversaries[adversary.index()];
        let zone = state.zones[actor.index()];
        for (asset, carrier) in state.carried.iter_mut().enumerate() {
            if *carrier == Some(actor) {
                *carrier = None;
                self.world.assets[asset] = zone;
            }
        }
        if stopped {
            state.standing[actor.index()] = Standing::Custody;
            self.tell(Truth::Custody { adversary, actor });
            self.perceive(adversary, Percept::Taken { actor });
        } else {
            self.tell(Truth::Fled { adversary, actor });
            self.leave(who);
            self.perceive(adversary, Percept::Met { actor });
        }
        self.settle(adversary);
    }

    /// Actors on foot in a zone who are not in custody; without a zone: all on the site, or at work on its boundary.
    pub(crate) fn actors_in(&self, zone: Option<ZoneId>) -> Vec<ActorRef> {
        let mut found = Vec::new();
        for (a, state) in self.world.adversaries.iter().enumerate() {
            for (i, here) in state.zones.iter().enumerate() {
                let free = matches!(state.standing[i], Standing::Free | Standing::Leaving);
                let on_site = here.is_some_and(|z| !self.plan.zones[z.index()].offsite());
                let breaks_in = matches!(
                    state.doing[i],
                    Some(Doing { intent: Intent::Pass { through: Through::Breaking, .. }, .. })
                );
                let here = if zone.is_none() { on_site || breaks_in } else { on_site && *here == zone };
                if state.begun && free && here {
                    found.push(ActorRef::new(AdversaryId::from_index(a), ActorId::from_index(i)));
                }
            }
        }
        found
    }
}
