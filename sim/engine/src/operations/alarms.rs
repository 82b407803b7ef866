//! The life of an alarm: annunciated, queued, acknowledged, assessed, answered, closed; or handed on, or lost.

use doorward_model::base::*;
use doorward_model::defence::Picture;
use doorward_model::plan::*;
use doorward_model::signal::*;

use super::{DAY, stretched};
use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{Alarm, Cause, Command};

impl<O: Observer> Ctx<'_, O> {
    pub(super) fn raise(
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
            trigger,
            queued_at: self.world.now,
            acknowledged_at: None,
            assessed_at: None,
            hops: 0,
        });
        let key = cause.key.mix(self.plan.policy.rules[rule.index()].key);
        let latency = self.world.time(&self.plan.policy.latencies.annunciate, key, Purpose::Annunciate, cause.n);
        self.world.after(latency, Command::Annunciate(id));
    }

    /// The adversary of a true alarm: it caused an observation that the alarm
    /// rests on, *and* the alarm's subject is its own.
    pub(super) fn true_alarm(&self, subject: Subject, evidence: Evidence) -> Option<AdversaryId> {
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

    #[inline(never)]
    pub(crate) fn annunciate(&mut self, id: AlarmId) -> bool {
        let alarm = &mut self.world.alarms[id.index()];
        alarm.queued_at = self.world.now;
        let Alarm { rule, queue, subject, hostile, .. } = *alarm;
        self.tell(Truth::Alarm { alarm: id, rule, queue, subject, hostile_cause: hostile });
        // Without a queue it is nobody's: it stands in the log, and nobody looks.
        if let Some(queue) = queue {
            self.enqueue(id, queue);
        }
        true
    }

    fn enqueue(&mut self, id: AlarmId, queue: QueueId) {
        let alarms = &self.world.alarms;
        let order = |id: AlarmId| (alarms[id.index()].priority, alarms[id.index()].queued_at, id);
        let state = &mut self.world.queues[queue.index()];
        let place = state.waiting.partition_point(|before| order(*before) < order(id));
        state.waiting.insert(place, id);
        state.load.count(self.world.now);
        if let Some(escalation) = &self.plan.policy.queues[queue.index()].escalation {
            let after = stretched(escalation.after, escalation.share);
            self.world.after(after, Command::Escalate(id, queue));
        }
        self.attend(queue);
    }

    /// Puts free operators to work on what waits.
    fn attend(&mut self, queue: QueueId) {
        let team = &self.plan.policy.queues[queue.index()];
        let week_ms = self.week_ms();
        if !team.staffed.is_empty() && !team.staffed.iter().any(|w| w.contains(week_ms)) {
            return self.wait_for_staff(queue);
        }
        while self.world.queues[queue.index()].busy < team.operators {
            let state = &mut self.world.queues[queue.index()];
            if state.waiting.is_empty() {
                return;
            }
            let id = state.waiting.remove(0);
            state.in_hand.push(id);
            state.busy += 1;
            let (key, n) = self.alarm_key(id);
            let delay = self.world.time(&team.acknowledge, key, Purpose::Acknowledge, n);
            let delay = stretched(delay, self.fatigue(queue));
            self.world.after(delay, Command::Acknowledge(id));
        }
    }

    /// Identity of the draws of an alarm at its queue: cause, rule, stage, and which hand-over has brought it there.
    fn alarm_key(&self, id: AlarmId) -> (EntityKey, u32) {
        let alarm = &self.world.alarms[id.index()];
        let rule = self.plan.policy.rules[alarm.rule.index()].key;
        let stage = alarm.queue.map_or(rule, |q| self.plan.policy.queues[q.index()].key);
        let key = alarm.cause.key.mix(rule).mix(stage);
        let key = if alarm.hops == 0 { key } else { key.child(Purpose::Handover, u64::from(alarm.hops)) };
        (key, alarm.cause.n)
    }

    fn wait_for_staff(&mut self, queue: QueueId) {
        let team = &self.plan.policy.queues[queue.index()];
        if !self.world.queues[queue.index()].opens_scheduled
            && let Some(wait) = self.until_open(&team.staffed)
        {
            self.world.queues[queue.index()].opens_scheduled = true;
            self.world.after(wait, Command::QueueOpens(queue));
        }
    }

    #[inline(never)]
    pub(crate) fn queue_opens(&mut self, queue: QueueId) -> bool {
        self.world.queues[queue.index()].opens_scheduled = false;
        self.attend(queue);
        true
    }

    /// How much longer everything takes a team that tires, and how much more rarely it recognises a true alarm.
    ///
    /// An assumption, and a coarse one: 1 + load / `tires_at`, where the load is the number of alarms that came in the
    /// last hour for each operator. That recognition falls with the number of alarms is known from alarm monitoring in
    /// medicine and from studies of vigilance; that it falls by this law is not, and wants sweeping.
    fn fatigue(&mut self, queue: QueueId) -> f64 {
        let team = &self.plan.policy.queues[queue.index()];
        let Some(tires_at) = team.tires_at else { return 1.0 };
        let came = self.world.queues[queue.index()].load.sum_at(self.world.now);
        1.0 + f64::from(came) / f64::from(team.operators) / tires_at
    }

    // ------------------------------------------------------------------ handed on

    /// Nobody has looked at it: it goes to another team, or is lost on the way.
    #[inline(never)]
    pub(crate) fn escalate(&mut self, id: AlarmId, queue: QueueId) -> bool {
        let plan = self.plan;
        let Some(place) = self.world.queues[queue.index()].waiting.iter().position(|a| *a == id) else { return false };
        let Some(Escalation { to, lost, takes, share, .. }) = &plan.policy.queues[queue.index()].escalation else {
            return false;
        };
        // One that has been everywhere stays where it is.
        if self.world.alarms[id.index()].hops as usize >= plan.policy.queues.len() {
            return false;
        }
        self.world.queues[queue.index()].waiting.remove(place);
        let (key, n) = self.alarm_key(id);
        if self.world.happens(*lost, key, Purpose::Handover, n) {
            self.tell(Truth::AlarmLost { alarm: id });
        } else {
            let takes = self.world.time(takes, key, Purpose::HandoverTime, n);
            self.world.after(stretched(takes, *share), Command::HandedOver(id, *to));
        }
        true
    }

    /// The other team has it.
    #[inline(never)]
    pub(crate) fn handed_over(&mut self, id: AlarmId, queue: QueueId) -> bool {
        let alarm = &mut self.world.alarms[id.index()];
        alarm.queue = Some(queue);
        alarm.hops += 1;
        self.tell(Truth::HandedOver { alarm: id, queue });
        self.enqueue(id, queue);
        true
    }

    /// The shift changes: what is known of an open alarm may be lost, whether it waits or somebody looks at it.
    #[inline(never)]
    pub(crate) fn shift_changes(&mut self, queue: QueueId, which: u32) -> bool {
        let plan = self.plan;
        let Some((_, lost)) = &plan.policy.queues[queue.index()].handover else { return false };
        if self.world.now + DAY <= plan.horizon {
            self.world.after(DAY, Command::ShiftChange(queue, which));
        }
        let mut waiting = std::mem::take(&mut self.world.queues[queue.index()].waiting);
        let mut in_hand = std::mem::take(&mut self.world.queues[queue.index()].in_hand);
        let (open, looked_at) = (waiting.len() + in_hand.len(), in_hand.len());
        waiting.retain(|id| !self.forgotten(*id, *lost));
        in_hand.retain(|id| !self.forgotten(*id, *lost));
        let state = &mut self.world.queues[queue.index()];
        state.busy -= (looked_at - in_hand.len()) as u32;
        (state.waiting, state.in_hand) = (waiting, in_hand);
        self.attend(queue);
        open > 0
    }

    fn forgotten(&mut self, id: AlarmId, lost: Probability) -> bool {
        let (key, n) = self.alarm_key(id);
        let key = key.child(Purpose::Handover, self.world.now.as_millis());
        let forgotten = self.world.happens(lost, key, Purpose::Handover, n);
        if forgotten {
            self.tell(Truth::AlarmLost { alarm: id });
        }
        forgotten
    }

    // ------------------------------------------------------------------ looked at

    #[inline(never)]
    pub(crate) fn acknowledge(&mut self, id: AlarmId) -> bool {
        let Some(queue) = self.in_hand_at(id) else { return false };
        let alarm = &mut self.world.alarms[id.index()];
        alarm.acknowledged_at = Some(self.world.now);
        let waited = self.world.now - alarm.queued_at;
        self.tell(Truth::Acknowledged { alarm: id, waited });
        let (key, n) = self.alarm_key(id);
        let delay = self.world.time(&self.plan.policy.queues[queue.index()].assess, key, Purpose::Assess, n);
        let delay = stretched(delay, self.fatigue(queue));
        self.world.after(delay, Command::Verdict(id));
        true
    }

    /// The team of which somebody looks at an alarm; none if a change of shift has lost it.
    fn in_hand_at(&self, id: AlarmId) -> Option<QueueId> {
        let queue = self.world.alarms[id.index()].queue?;
        self.world.queues[queue.index()].in_hand.contains(&id).then_some(queue)
    }

    #[inline(never)]
    pub(crate) fn verdict(&mut self, id: AlarmId) -> bool {
        let Some(queue) = self.in_hand_at(id) else { return false };
        self.world.queues[queue.index()].in_hand.retain(|a| *a != id);
        let alarm = &mut self.world.alarms[id.index()];
        alarm.assessed_at = Some(self.world.now);
        let alarm = *alarm;
        let verdicts = self.evidence_of(&alarm, queue);
        let chance = match alarm.hostile {
            Some(_) => recognised(verdicts, self.fatigue(queue)),
            None => verdicts.false_alarm,
        };
        let (key, n) = self.alarm_key(id);
        let hostile = self.world.happens(chance, key, Purpose::Verdict, n);
        let effort = alarm.acknowledged_at.map_or(SimDuration::ZERO, |at| self.world.now - at);
        self.tell(Truth::Assessed { alarm: id, hostile, effort });
        if let Some(adversary) = alarm.hostile.filter(|_| hostile) {
            self.detected(adversary, id);
        }
        let report = Report::Assessed { alarm: id, hostile };
        self.report(report, alarm.cause);
        let close = &self.plan.policy.queues[queue.index()].close;
        let close = if hostile { self.world.time(close, key, Purpose::WriteUp, n) } else { SimDuration::ZERO };
        if close == SimDuration::ZERO {
            self.closed(id);
        } else {
            self.world.after(close, Command::Closed(id));
        }
        true
    }

    /// It is off the operator's desk.
    #[inline(never)]
    pub(crate) fn closed(&mut self, id: AlarmId) -> bool {
        let alarm = &self.world.alarms[id.index()];
        let effort = alarm.assessed_at.map_or(SimDuration::ZERO, |at| self.world.now - at);
        let Some(queue) = alarm.queue else { return false };
        self.world.queues[queue.index()].busy -= 1;
        self.tell(Truth::Closed { alarm: id, effort });
        self.attend(queue);
        true
    }

    /// The confusion matrix that applies: the best evidence that the team has of this alarm.
    fn evidence_of(&self, alarm: &Alarm, queue: QueueId) -> Verdicts {
        let team = &self.plan.policy.queues[queue.index()];
        let seen = alarm.zone.is_some_and(|zone| {
            let cameras = &self.plan.zones[zone.index()].cameras;
            cameras.iter().any(|c| self.camera_sees(*c))
        });
        let picture = match (seen, team.picture) {
            (false, _) | (true, Picture::None) => 0,
            (true, Picture::RecordedVideo) => 1,
            (true, Picture::LiveVideo) => 2,
        };
        let logs = team.logs && !self.is_wiped(alarm.trigger);
        if picture == 0 && logs { team.by_logs } else { team.by_picture[picture] }
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
}

/// Chance that a true alarm is classed as hostile by a team that is tired: never below that of a false one, unless it
/// was so anyway.
fn recognised(verdicts: Verdicts, fatigue: f64) -> Probability {
    let tired = Probability::new(verdicts.true_alarm.value() / fatigue).unwrap_or(verdicts.true_alarm);
    tired.max(verdicts.false_alarm).min(verdicts.true_alarm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::LastHour;

    #[test]
    fn an_hour_is_forgotten_by_the_minute() {
        let mut hour = LastHour::default();
        let minute = |n: u64| SimTime::from_millis(n * 60_000);
        hour.count(minute(0));
        hour.count(minute(0));
        hour.count(minute(30));
        assert_eq!(hour.sum_at(minute(30)), 3);
        assert_eq!(hour.sum_at(minute(59)), 3);
        assert_eq!(hour.sum_at(minute(60)), 1);
        hour.count(minute(60));
        assert_eq!(hour.sum_at(minute(89)), 2);
        assert_eq!(hour.sum_at(minute(90)), 1);
        assert_eq!(hour.sum_at(minute(1_000_000)), 0);
    }

    #[test]
    fn a_tired_team_tells_true_from_false_no_better_and_never_the_wrong_way_round() {
        let chance = |value: f64| Probability::new(value).unwrap_or_default();
        for (yes, no) in [(1.0, 0.0), (0.9, 0.2), (0.5, 0.5), (0.1, 0.4)] {
            let verdicts = Verdicts { true_alarm: chance(yes), false_alarm: chance(no) };
            let mut before = verdicts.true_alarm;
            for fatigue in [1.0, 1.5, 2.0, 10.0, 1e9] {
                let tired = recognised(verdicts, fatigue);
                assert!(tired <= before && tired >= verdicts.false_alarm.min(verdicts.true_alarm));
                before = tired;
            }
        }
    }
}
