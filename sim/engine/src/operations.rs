//! Operations: alarms in queues, people who assess them, orders and their
//! effects. It touches truth, and so belongs to the engine.

use doorward_model::base::*;
use doorward_model::defence::{CommunicationMode, LockDownScope, Picture};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::CredentialStatus;

use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{ActorRef, Alarm, Cause, Command, Pending, Standing};

/// How far ahead the next staffed hour of a queue is looked for, and in what steps.
const STAFFING_STEP: SimDuration = SimDuration::from_secs(60);
const STAFFING_STEPS: u64 = 7 * 24 * 60;

impl<O: Observer> Ctx<'_, O> {
    /// Takes one order of the defence.
    pub(crate) fn take_order(&mut self, ordered: Ordered) {
        let automatic = matches!(ordered.because, Because::Rule { .. });
        match ordered.order {
            Order::Raise { rule, subject, zone, queue, priority, evidence } => {
                self.raise(rule, subject, zone, queue, priority, evidence);
            }
            Order::WakeAt { at, token } => self.world.queue.push(at.max(self.world.now), Command::Wake(token), true),
            order => {
                let true_alarm = match ordered.because {
                    Because::Alarm(id) => self.world.alarms[id.index()].hostile.is_some(),
                    Because::Rule { subject, evidence, .. } => self.true_alarm(subject, evidence).is_some(),
                };
                self.order_later(order, automatic, true_alarm);
            }
        }
    }

    // ------------------------------------------------------------------ alarms

    fn raise(
        &mut self,
        rule: RuleId,
        subject: Subject,
        zone: Option<ZoneId>,
        queue: Option<QueueId>,
        priority: u8,
        evidence: Evidence,
    ) {
        let id = AlarmId::from_index(self.world.alarms.len());
        let trigger = evidence.iter().next();
        let nothing = Cause::ordinary(self.plan.policy.rules[rule.index()].key, id.0);
        let cause = trigger.map_or(nothing, |o| self.world.causes[o.0 as usize]);
        let hostile = self.true_alarm(subject, evidence);
        self.world.alarms.push(Alarm {
            rule,
            subject,
            zone,
            queue,
            priority,
            hostile,
            cause,
            queued_at: self.world.now,
            acknowledged_at: None,
        });
        let key = cause.key.mix(self.plan.policy.rules[rule.index()].key);
        let latency = self.world.time(&self.plan.policy.latencies.annunciate, key, Purpose::Annunciate, cause.n);
        self.world.after(latency, Command::Annunciate(id));
    }

    /// The adversary of a true alarm: it caused an observation that the alarm
    /// rests on, *and* the alarm's subject is its own.
    fn true_alarm(&self, subject: Subject, evidence: Evidence) -> Option<AdversaryId> {
        let causes = || evidence.iter().map(|o| self.world.causes[o.0 as usize].adversary());
        let adversary = causes().flatten().next()?;
        let state = &self.world.adversaries[adversary.index()];
        let mut held = (0..self.plan.credentials.len()).filter(|&c| state.credentials.contains(c));
        let mut known = (0..self.plan.accounts.len()).filter(|&a| state.accounts.contains(a));
        let own = match subject {
            Subject::Credential(c) => state.credentials.contains(c.index()),
            Subject::Account(a) => state.accounts.contains(a.index()),
            Subject::Person(p) => {
                held.any(|c| self.plan.credentials[c].person == Some(p))
                    || known.any(|a| self.plan.accounts[a].person == Some(p))
            }
            // A place is the adversary's where the observation that named it was its doing.
            Subject::Device(_) | Subject::Portal(_) | Subject::Zone(_) => causes().next().flatten() == Some(adversary),
        };
        own.then_some(adversary)
    }

    pub(crate) fn annunciate(&mut self, id: AlarmId) -> bool {
        let alarm = &mut self.world.alarms[id.index()];
        alarm.queued_at = self.world.now;
        let Alarm { rule, queue, subject, hostile, .. } = *alarm;
        self.tell(Truth::Alarm { alarm: id, rule, queue, subject, hostile_cause: hostile });
        if let Some(queue) = queue {
            self.enqueue(id, queue);
        }
        true
    }

    fn enqueue(&mut self, id: AlarmId, queue: QueueId) {
        self.world.queues[queue.index()].waiting.push(id);
        if let Some((after, ..)) = self.plan.policy.queues[queue.index()].escalation {
            self.world.after(after, Command::Escalate(id, queue));
        }
        self.attend(queue);
    }

    /// Puts free operators to work on what waits: by priority, then age.
    fn attend(&mut self, queue: QueueId) {
        let team = &self.plan.policy.queues[queue.index()];
        let week_ms = self.week_ms();
        if !team.staffed.is_empty() && !team.staffed.iter().any(|w| w.contains(week_ms)) {
            return self.wait_for_staff(queue);
        }
        while self.world.queues[queue.index()].busy < team.operators {
            let waiting = &self.world.queues[queue.index()].waiting;
            let alarms = &self.world.alarms;
            let next = (0..waiting.len()).min_by_key(|&i| {
                let alarm = &alarms[waiting[i].index()];
                (alarm.priority, alarm.queued_at, waiting[i])
            });
            let Some(next) = next else { return };
            let state = &mut self.world.queues[queue.index()];
            let id = state.waiting.remove(next);
            state.busy += 1;
            let (key, n) = self.alarm_key(id);
            let delay = self.world.time(&team.acknowledge, key, Purpose::Acknowledge, n);
            self.world.after(delay, Command::Acknowledge(id));
        }
    }

    /// Identity of the draws of an alarm at its queue: cause, rule, stage.
    fn alarm_key(&self, id: AlarmId) -> (EntityKey, u32) {
        let alarm = &self.world.alarms[id.index()];
        let rule = self.plan.policy.rules[alarm.rule.index()].key;
        let stage = alarm.queue.map_or(rule, |q| self.plan.policy.queues[q.index()].key);
        (alarm.cause.key.mix(rule).mix(stage), alarm.cause.n)
    }

    fn wait_for_staff(&mut self, queue: QueueId) {
        if self.world.queues[queue.index()].opens_scheduled {
            return;
        }
        let team = &self.plan.policy.queues[queue.index()];
        let week_ms = self.week_ms();
        // On the minute, as hours are written.
        let since = SimDuration::from_millis(week_ms % STAFFING_STEP.as_millis());
        let staffed = |step: &u64| {
            let at = (week_ms - since.as_millis() + step * STAFFING_STEP.as_millis()) % (7 * 24 * 3_600_000);
            team.staffed.iter().any(|w| w.contains(at))
        };
        if let Some(step) = (1..STAFFING_STEPS).find(staffed) {
            self.world.queues[queue.index()].opens_scheduled = true;
            self.world.after(STAFFING_STEP.saturating_mul(step) - since, Command::QueueOpens(queue));
        }
    }

    pub(crate) fn queue_opens(&mut self, queue: QueueId) -> bool {
        self.world.queues[queue.index()].opens_scheduled = false;
        self.attend(queue);
        true
    }

    /// Nobody has looked at it: it goes to another team, or is lost on the way.
    pub(crate) fn escalate(&mut self, id: AlarmId, queue: QueueId) -> bool {
        let waiting = &mut self.world.queues[queue.index()].waiting;
        let Some(place) = waiting.iter().position(|a| *a == id) else { return false };
        let Some((_, to, lost)) = self.plan.policy.queues[queue.index()].escalation else { return false };
        waiting.remove(place);
        let (key, n) = self.alarm_key(id);
        if self.world.happens(lost, key, Purpose::Handover, n) {
            self.tell(Truth::AlarmLost { alarm: id });
        } else {
            self.world.alarms[id.index()].queue = Some(to);
            self.enqueue(id, to);
        }
        true
    }

    pub(crate) fn acknowledge(&mut self, id: AlarmId) -> bool {
        let alarm = &mut self.world.alarms[id.index()];
        alarm.acknowledged_at = Some(self.world.now);
        let waited = self.world.now - alarm.queued_at;
        let Some(queue) = alarm.queue else { return false };
        self.tell(Truth::Acknowledged { alarm: id, waited });
        let (key, n) = self.alarm_key(id);
        let delay = self.world.time(&self.plan.policy.queues[queue.index()].assess, key, Purpose::Assess, n);
        self.world.after(delay, Command::Verdict(id));
        true
    }

    pub(crate) fn verdict(&mut self, id: AlarmId) -> bool {
        let alarm = self.world.alarms[id.index()];
        let Some(queue) = alarm.queue else { return false };
        let verdicts = self.evidence_of(&alarm, queue);
        let chance = if alarm.hostile.is_some() { verdicts.true_alarm } else { verdicts.false_alarm };
        let (key, n) = self.alarm_key(id);
        let hostile = self.world.happens(chance, key, Purpose::Verdict, n);
        let effort = alarm.acknowledged_at.map_or(SimDuration::ZERO, |at| self.world.now - at);
        self.world.queues[queue.index()].busy -= 1;
        self.tell(Truth::Assessed { alarm: id, hostile, effort });
        if let Some(adversary) = alarm.hostile.filter(|_| hostile) {
            self.detected(adversary, id);
        }
        let report = Report::Assessed { alarm: id, hostile };
        self.report(report, alarm.cause);
        self.attend(queue);
        true
    }

    /// The confusion matrix that applies: the best evidence that the team has of this alarm.
    fn evidence_of(&self, alarm: &Alarm, queue: QueueId) -> Verdicts {
        let team = &self.plan.policy.queues[queue.index()];
        let seen = alarm.zone.is_some_and(|zone| {
            let cameras = &self.plan.zones[zone.index()].cameras;
            cameras.iter().any(|c| !self.world.isolated.contains(c.index()))
        });
        let picture = match (seen, team.picture) {
            (false, _) | (true, Picture::None) => 0,
            (true, Picture::RecordedVideo) => 1,
            (true, Picture::LiveVideo) => 2,
        };
        if picture == 0 && team.logs { team.by_logs } else { team.by_picture[picture] }
    }

    fn detected(&mut self, id: AdversaryId, alarm: AlarmId) {
        if self.world.adversaries[id.index()].detected {
            return;
        }
        self.world.adversaries[id.index()].detected = true;
        let state = &self.world.adversaries[id.index()];
        let remaining = match (state.objective || state.stopped, state.remaining) {
            (false, Some((since, seconds))) => {
                Some(SimDuration::from_secs_f64(seconds - (self.world.now - since).as_secs_f64()))
            }
            (true, _) | (false, None) => None,
        };
        let response = self.expected_response(alarm);
        self.tell(Truth::Detected { adversary: id, alarm, remaining, response });
    }

    /// Mean time until somebody could be where the adversary is, by the plays that answer this alarm.
    fn expected_response(&mut self, id: AlarmId) -> Option<SimDuration> {
        let plan = self.plan;
        let alarm = self.world.alarms[id.index()];
        let latencies = &plan.policy.latencies;
        let mut best: Option<SimDuration> = None;
        let plays =
            plan.policy.plays.iter().filter(|p| p.rules.as_ref().is_none_or(|r| r.contains(alarm.rule.index())));
        let automatic = plan.policy.rules[alarm.rule.index()].respond.iter();
        for response in plays.flat_map(|p| p.respond.iter()).chain(automatic) {
            let time = match response {
                Response::Call(force) => Some(latencies.call.mean() + plan.forces[force.index()].arrival.mean()),
                Response::Dispatch => alarm.zone.and_then(|z| self.nearest_guard(z)).map(|(_, walk)| {
                    latencies.dispatch.mean()
                        + walk
                        + plan.policy.guards.as_ref().map_or(SimDuration::ZERO, |g| g.search_time.mean())
                }),
                Response::RevokeCredential
                | Response::RevokeEnrolled
                | Response::DisableAccount
                | Response::EndSessions
                | Response::IsolateDevice
                | Response::LockDown { .. } => None,
            };
            best = match (best, time) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        best
    }

    // ------------------------------------------------------------------ orders

    /// An order takes effect after its latency.
    pub(crate) fn order_later(&mut self, order: Order, automatic: bool, true_alarm: bool) {
        let latencies = &self.plan.policy.latencies;
        let plan = self.plan;
        let zone_key = |z: Option<ZoneId>| z.map_or(EntityKey::new("order", "site"), |z| plan.zones[z.index()].key);
        let (latency, key, kind) = match order {
            Order::Dispatch { zone } => (&latencies.dispatch, plan.zones[zone.index()].key, "dispatch"),
            Order::Call { force, .. } => (&latencies.call, plan.forces[force.index()].key, "call"),
            Order::Revoke { credential } => (&latencies.revoke, plan.credentials[credential.index()].key, "revoke"),
            Order::RevokeEnrolled { account } => {
                (&latencies.revoke, plan.accounts[account.index()].key, "revoke enrolled")
            }
            Order::Disable { account } => (&latencies.disable, plan.accounts[account.index()].key, "disable"),
            Order::EndSessions { account } => {
                (&latencies.end_sessions, plan.accounts[account.index()].key, "end sessions")
            }
            Order::Isolate { device } => (&latencies.isolate, plan.devices[device.index()].key, "isolate"),
            Order::LockDown { zone, .. } => (&latencies.lock_down, zone_key(zone), "lock down"),
            Order::Raise { .. } | Order::WakeAt { .. } => return,
        };
        let key = key.mix(EntityKey::new("order", kind));
        let n = self.world.ordinal(key, Purpose::OrderLatency);
        let delay = self.world.time(latency, key, Purpose::OrderLatency, n);
        let index = self.world.pending.len() as u32;
        self.world.pending.push(Pending { order, automatic, true_alarm });
        self.world.after(delay, Command::Effect(index));
    }

    /// An order takes effect, with its side effects.
    pub(crate) fn effect(&mut self, index: u32) -> bool {
        let Pending { order, automatic, true_alarm } = self.world.pending[index as usize];
        let hit = match order {
            Order::Raise { .. } | Order::WakeAt { .. } => None,
            Order::Dispatch { zone } => {
                self.send_guard(zone, true_alarm);
                None
            }
            Order::Call { force, .. } => {
                self.call(force, true_alarm);
                None
            }
            Order::Revoke { credential } => self.revoke(credential),
            Order::RevokeEnrolled { account } => self.revoke_enrolled(account),
            Order::Disable { account } => {
                let fresh = self.world.disabled.insert(account.index());
                self.adversary_where(|s| fresh && s.accounts.contains(account.index()))
            }
            Order::EndSessions { account } => self.end_sessions(account),
            Order::Isolate { device } => self.isolate(device),
            Order::LockDown { zone, scope, lasts } => self.lock_down(zone, scope, lasts),
        };
        self.tell(Truth::Effect { order, automatic, hit });
        if let Some(id) = hit {
            self.world.adversaries[id.index()].hit = true;
        }
        for id in 0..self.world.adversaries.len() {
            self.settle(AdversaryId::from_index(id));
        }
        true
    }

    fn adversary_where(&self, mut matches: impl FnMut(&crate::world::AdversaryState) -> bool) -> Option<AdversaryId> {
        let acting = |s: &crate::world::AdversaryState| s.acted;
        self.world.adversaries.iter().position(|s| acting(s) && matches(s)).map(AdversaryId::from_index)
    }

    fn revoke(&mut self, credential: CredentialId) -> Option<AdversaryId> {
        let known = self.world.changes.iter().rev().find(|c| c.credential == credential).map(|c| c.status);
        let status = known.or(self.plan.credentials[credential.index()].status);
        if status.is_none() || status == Some(CredentialStatus::Revoked) {
            return None;
        }
        let last = self.change_credential(credential, CredentialStatus::Revoked, None);
        let hit = self.adversary_where(|s| s.credentials.contains(credential.index()));
        if let Some(id) = hit {
            self.world.queue.push(last, Command::Settle(id), true);
        }
        hit
    }

    fn revoke_enrolled(&mut self, account: AccountId) -> Option<AdversaryId> {
        let mut hit = None;
        for index in 0..self.world.changes.len() {
            let change = &self.world.changes[index];
            if change.enrolled_by == Some(account) {
                let credential = change.credential;
                hit = self.revoke(credential).or(hit);
            }
        }
        hit
    }

    fn end_sessions(&mut self, account: AccountId) -> Option<AdversaryId> {
        let ended = self.world.sessions.iter().find(|s| s.account == Some(account)).map(|s| s.adversary);
        self.world.sessions.retain(|s| s.account != Some(account));
        let tokens = self.world.tokens.iter().find(|t| t.account == account).map(|t| t.adversary);
        self.world.tokens.retain(|t| t.account != account);
        let ended = ended.or(tokens);
        if let Some(id) = ended {
            self.lose_footholds(id);
        }
        ended
    }

    fn isolate(&mut self, device: DeviceId) -> Option<AdversaryId> {
        if !self.world.isolated.insert(device.index()) {
            return None;
        }
        // Panels of an isolated server fall back to what they know.
        for index in 0..self.plan.panels.len() {
            if self.plan.panels[index].server == device {
                // A cause of its own for each panel: each loss may raise an alarm.
                let key = self.plan.devices[device.index()].key.mix(self.plan.panels[index].key);
                let cause = Cause::ordinary(key, 0);
                self.panel_lost(PanelId::from_index(index), cause);
            }
        }
        let hit = self.adversary_where(|s| s.held[device.index()].is_some());
        if let Some(id) = hit {
            self.lose_footholds(id);
        }
        hit
    }

    /// An adversary's sessions have been cut: it notices each device that it lost.
    fn lose_footholds(&mut self, id: AdversaryId) {
        let before: Vec<usize> =
            (0..self.plan.devices.len()).filter(|&d| self.world.adversaries[id.index()].held[d].is_some()).collect();
        self.recount(id);
        for device in before {
            if self.world.adversaries[id.index()].held[device].is_none() {
                self.perceive(id, Percept::FootholdLost { device: DeviceId::from_index(device) });
            }
        }
    }

    fn lock_down(&mut self, zone: Option<ZoneId>, scope: LockDownScope, lasts: SimDuration) -> Option<AdversaryId> {
        let until = self.world.now + lasts;
        for (index, portal) in self.plan.portals.iter().enumerate() {
            let concerned = match scope {
                LockDownScope::Zone => zone.is_some_and(|z| portal.inner == z || portal.outer == z),
                LockDownScope::Level(level) => self.plan.zones[portal.inner.index()].level >= level,
            };
            if concerned && portal.lock.is_some() {
                let state = &mut self.world.portals[index];
                state.locked_down_until = state.locked_down_until.max(until);
            }
        }
        let on_site = |s: &crate::world::AdversaryState| {
            s.zones.iter().zip(&s.standing).any(|(z, standing)| {
                *standing == Standing::Free && z.is_some_and(|z| !self.plan.zones[z.index()].offsite())
            })
        };
        self.adversary_where(on_site)
    }

    // ------------------------------------------------------------------ forces

    fn call(&mut self, force: ForceId, true_alarm: bool) {
        let plan = self.plan;
        let key = plan.forces[force.index()].key;
        if let Some(known) = &mut self.world.under_way[force.index()] {
            *known |= true_alarm;
            return;
        }
        let n = self.world.ordinal(key, Purpose::Communication);
        let communicated = match plan.policy.communication {
            None => true,
            Some((chance, CommunicationMode::PerAlarm)) => self.world.happens(chance, key, Purpose::Communication, n),
            Some((chance, CommunicationMode::PerIncident)) => match self.world.communicated {
                Some(known) => known,
                None => {
                    let drawn = self.world.happens(chance, key, Purpose::Communication, 0);
                    self.world.communicated = Some(drawn);
                    drawn
                }
            },
        };
        self.tell(Truth::ForceCalled { force, communicated });
        if communicated {
            self.world.under_way[force.index()] = Some(true_alarm);
            let arrival = self.world.time(&plan.forces[force.index()].arrival, key, Purpose::ForceArrival, n);
            self.world.after(arrival, Command::ForceArrives(force));
        }
    }

    /// A force is here: it meets everybody who is still on the site.
    pub(crate) fn force_arrives(&mut self, force: ForceId) -> bool {
        let true_alarm = self.world.under_way[force.index()].take().unwrap_or(false);
        self.tell(Truth::ForceArrived { force });
        for who in self.actors_in(None) {
            self.meet(who, !true_alarm, true);
        }
        true
    }

    /// An actor as a key, for draws between two.
    pub(crate) fn actor_key(&self, who: ActorRef) -> EntityKey {
        self.plan.adversaries[who.adversary().index()].actors[who.actor().index()].key
    }
}
