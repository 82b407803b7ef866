//! One run, scored from its events alone.

use std::ops::Deref;

use doorward_engine::{Event, Gain, Observer, Truth, What};
use doorward_model::base::{AdversaryId, DeviceId, SimTime};
use doorward_model::plan::Plan;
use doorward_model::signal::StopReason;
use serde::Serialize;

use crate::price::{Price, takes_access};

/// The adversary that is scored.
const SCORED: AdversaryId = AdversaryId(0);

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Controls refused it; no response was needed.
    Prevented,
    /// A response ended all live access before the objective.
    Contained,
    /// The objective was reached; a response ended all live access afterwards.
    ObjectiveContained,
    /// The objective was reached, and live access was never ended.
    ObjectiveUncontained,
    /// It stopped by itself: out of patience, at the end of its search, or with no way left after a response had hit it.
    GaveUp,
    /// None of these when the run ended.
    ActiveAtHorizon,
}

impl Outcome {
    /// All of them, in the order in which they are counted and printed.
    pub const ALL: [Outcome; 6] = [
        Outcome::Prevented,
        Outcome::Contained,
        Outcome::ObjectiveContained,
        Outcome::ObjectiveUncontained,
        Outcome::GaveUp,
        Outcome::ActiveAtHorizon,
    ];

    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Outcome::Prevented => "prevented",
            Outcome::Contained => "contained",
            Outcome::ObjectiveContained => "objective, contained",
            Outcome::ObjectiveUncontained => "objective, uncontained",
            Outcome::GaveUp => "gave up",
            Outcome::ActiveAtHorizon => "active at horizon",
        }
    }
}

/// Unauthorised gains by kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Blast {
    /// Zones that are not public.
    pub zones: u32,
    /// Devices.
    pub devices: u32,
    /// Credentials.
    pub credentials: u32,
    /// Accounts.
    pub accounts: u32,
    /// Assets.
    pub assets: u32,
    /// All of them, weighted: a zone by its level, a device or asset by its criticality, a credential or account by 1.
    pub weighted: u64,
}

impl Blast {
    fn add(&mut self, gain: Gain, plan: &Plan) {
        let (count, weight) = match gain {
            Gain::Zone(zone) => (&mut self.zones, u64::from(plan.zones[zone.index()].level)),
            Gain::Device(device) => (&mut self.devices, u64::from(plan.devices[device.index()].criticality)),
            Gain::Credential(_) => (&mut self.credentials, 1),
            Gain::Account(_) => (&mut self.accounts, 1),
            Gain::Asset(asset) => (&mut self.assets, u64::from(plan.assets[asset.index()].criticality)),
        };
        *count += 1;
        self.weighted += weight;
    }
}

/// What is known of an adversary's hostile acts when all is over.
///
/// An act is known of if something that was observed of it is still on record: in the log of the device that reported it,
/// in the collection of logs that it was copied to, or in somebody's memory. Pictures do not count: who would look, and
/// when, is not modelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Evidence {
    /// Hostile acts.
    pub acts: u32,
    /// Those that something is on record of.
    pub on_record: u32,
}

/// What one run came to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct RunScore {
    /// First hostile act.
    pub t0: Option<SimTime>,
    /// First unauthorised gain.
    pub first_access: Option<SimTime>,
    /// First observation that the adversary caused.
    pub first_trace: Option<SimTime>,
    /// First true alarm.
    pub first_alarm: Option<SimTime>,
    /// A person classed a true alarm as hostile, for the first time.
    pub detected: Option<SimTime>,
    /// That left more time on the path than the response needs; strictly.
    pub timely: bool,
    /// The response reached the adversary with task time left.
    pub interrupted: Option<SimTime>,
    /// The objective was reached.
    pub objective: Option<SimTime>,
    /// A response has ended all live access.
    pub contained: Option<SimTime>,
    /// The adversary stopped by itself, and why.
    pub stopped: Option<(SimTime, StopReason)>,
    /// A response has hit the adversary: ended access, closed a way, met an actor.
    pub hit: bool,
    /// Automatic responses that hit an adversary.
    pub automatic_hits: u32,
    /// What was gained.
    pub blast: Blast,
    /// What is known of its hostile acts afterwards.
    pub evidence: Evidence,
    /// What it cost.
    pub price: Price,
}

impl RunScore {
    /// The milestones by name, in the order in which they are told.
    pub fn reached(&self) -> [(&'static str, Option<SimTime>); 9] {
        [
            ("t0", self.t0),
            ("first access", self.first_access),
            ("first trace", self.first_trace),
            ("first true alarm", self.first_alarm),
            ("detected", self.detected),
            ("interrupted", self.interrupted),
            ("objective", self.objective),
            ("contained", self.contained),
            ("stopped", self.stopped.map(|(at, _)| at)),
        ]
    }

    /// How the run ended, given that there was an adversary.
    pub fn outcome(&self) -> Outcome {
        match (self.objective, self.contained, self.stopped) {
            (Some(_), Some(_), _) => Outcome::ObjectiveContained,
            (Some(_), None, _) => Outcome::ObjectiveUncontained,
            (None, Some(_), _) => Outcome::Contained,
            (None, None, Some((_, StopReason::NoWayLeft))) if !self.hit => Outcome::Prevented,
            (None, None, Some(_)) => Outcome::GaveUp,
            (None, None, None) => Outcome::ActiveAtHorizon,
        }
    }

    /// Makes it blank again, keeping its memory.
    fn clear(&mut self, rules: usize) {
        let mut price = std::mem::take(&mut self.price);
        price.clear(rules);
        *self = RunScore { price, ..RunScore::default() };
    }
}

/// Listens to a run and keeps its score. `P` is a plan, borrowed or shared.
#[derive(Clone, Debug)]
pub struct Milestones<P> {
    plan: P,
    score: RunScore,
    /// Of which act something is on record, and where.
    records: Vec<(u32, Option<DeviceId>)>,
}

impl<P: Deref<Target = Plan>> Milestones<P> {
    /// Ready for the first run.
    pub fn new(plan: P) -> Self {
        let mut milestones = Self { plan, score: RunScore::default(), records: Vec::with_capacity(64) };
        milestones.start();
        milestones
    }

    /// Forgets everything: a new run begins.
    pub fn start(&mut self) {
        self.score.clear(self.plan.policy.rules.len());
        self.records.clear();
    }

    /// The score so far.
    pub fn score(&self) -> &RunScore {
        &self.score
    }

    fn truth(&mut self, at: SimTime, truth: &Truth) {
        let score = &mut self.score;
        match *truth {
            Truth::HostileAct { adversary: SCORED } => {
                first(&mut score.t0, at);
                score.evidence.acts += 1;
            }
            Truth::OnRecord { adversary: SCORED, act, device } => {
                self.records.push((act, device));
                score.evidence.on_record = acts_in(&mut self.records);
            }
            Truth::Wiped { device } => {
                self.records.retain(|(_, at)| *at != Some(device));
                score.evidence.on_record = acts_in(&mut self.records);
            }
            Truth::Gained { adversary: SCORED, gain } => {
                first(&mut score.first_access, at);
                score.blast.add(gain, &self.plan);
            }
            Truth::FirstTrace { adversary: SCORED } => first(&mut score.first_trace, at),
            Truth::ObjectiveReached { adversary: SCORED } => first(&mut score.objective, at),
            Truth::Stopped { adversary: SCORED, reason } => first(&mut score.stopped, (at, reason)),
            Truth::Detected { adversary: SCORED, alarm: _, remaining, response } if score.detected.is_none() => {
                score.detected = Some(at);
                score.timely = matches!((remaining, response), (Some(left), Some(needed)) if left > needed);
            }
            Truth::Interrupted { adversary: SCORED } => {
                first(&mut score.interrupted, at);
                score.hit = true;
            }
            Truth::Contained { adversary: SCORED } => first(&mut score.contained, at),
            Truth::Met { adversary: SCORED, .. }
            | Truth::Custody { adversary: SCORED, .. }
            | Truth::Fled { adversary: SCORED, .. } => score.hit = true,
            Truth::Alarm { hostile_cause, .. } => {
                if hostile_cause == Some(SCORED) {
                    first(&mut score.first_alarm, at);
                }
            }
            Truth::Effect { order, automatic, hit, .. } => {
                score.hit |= hit == Some(SCORED);
                score.automatic_hits += u32::from(automatic && hit.is_some() && takes_access(&order));
            }
            // What other adversaries do, and what only the price counts.
            Truth::HostileAct { .. }
            | Truth::OnRecord { .. }
            | Truth::FirstTrace { .. }
            | Truth::Gained { .. }
            | Truth::ObjectiveReached { .. }
            | Truth::Stopped { .. }
            | Truth::Detected { .. }
            | Truth::Interrupted { .. }
            | Truth::Contained { .. }
            | Truth::Met { .. }
            | Truth::Custody { .. }
            | Truth::Fled { .. }
            | Truth::Passed { .. }
            | Truth::LeafOpened { .. }
            | Truth::LeafClosed { .. }
            | Truth::Refused { .. }
            | Truth::RefusedLogin { .. }
            | Truth::Planned { .. }
            | Truth::Started { .. }
            | Truth::Succeeded { .. }
            | Truth::FailedAt { .. }
            | Truth::Acknowledged { .. }
            | Truth::AlarmLost { .. }
            | Truth::Assessed { .. }
            | Truth::GuardSent { .. }
            | Truth::GuardSearched { .. }
            | Truth::ForceCalled { .. }
            | Truth::ForceArrived { .. }
            | Truth::EventLost { .. } => {}
            Truth::Followed { .. }
            | Truth::Arrived { .. }
            | Truth::Left { .. }
            | Truth::Helped { .. }
            | Truth::LineJoined { .. }
            | Truth::LineLeft { .. }
            | Truth::NetworkRefused { .. }
            | Truth::KeyRefused { .. }
            | Truth::CutOff { .. }
            | Truth::EgressHeld { .. }
            | Truth::OutOfService { .. }
            | Truth::Blind { .. }
            | Truth::Outage { .. }
            | Truth::Restored { .. }
            | Truth::Employment { .. }
            | Truth::RightsChanged { .. }
            | Truth::Mustered { .. }
            | Truth::Patrolled { .. }
            | Truth::Closed { .. }
            | Truth::HandedOver { .. }
            | Truth::Contact { .. } => {}
        }
    }
}

/// How many acts are spoken of.
fn acts_in(records: &mut [(u32, Option<DeviceId>)]) -> u32 {
    records.sort_unstable();
    let acts = records.chunk_by(|a, b| a.0 == b.0).count();
    u32::try_from(acts).unwrap_or(u32::MAX)
}

impl<P: Deref<Target = Plan>> Observer for Milestones<P> {
    fn event(&mut self, event: &Event) {
        if let What::Truth(truth) = &event.what {
            self.truth(event.at, truth);
        }
        self.score.price.event(event, &self.plan);
    }
}

/// Keeps the first of several.
fn first<T>(milestone: &mut Option<T>, now: T) {
    milestone.get_or_insert(now);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::Item;
    use crate::testing::plan;
    use doorward_model::base::{AlarmId, CredentialId, PersonId, PortalId, RuleId, SimDuration, ZoneId};
    use doorward_model::signal::{Order, Reason, Subject};

    const OTHER: AdversaryId = AdversaryId(1);

    /// The score of these events, at these minutes.
    fn score(events: &[(u64, Truth)]) -> RunScore {
        let plan = plan();
        let mut milestones = Milestones::new(&plan);
        for &(minute, truth) in events {
            let at = SimTime::from_millis(minute * 60_000);
            milestones.event(&Event { at, what: What::Truth(truth) });
        }
        milestones.score().clone()
    }

    fn minute(minute: u64) -> Option<SimTime> {
        Some(SimTime::from_millis(minute * 60_000))
    }

    fn alarm(hostile_cause: Option<AdversaryId>) -> Truth {
        let subject = Subject::Zone(ZoneId(1));
        Truth::Alarm { alarm: AlarmId(0), rule: RuleId(0), queue: None, subject, hostile_cause }
    }

    fn detected(remaining_s: Option<u64>, response_s: Option<u64>) -> Truth {
        let [remaining, response] = [remaining_s, response_s].map(|s| s.map(SimDuration::from_secs));
        Truth::Detected { adversary: SCORED, alarm: AlarmId(0), remaining, response }
    }

    fn effect(automatic: bool, hit: Option<AdversaryId>) -> Truth {
        Truth::Effect { order: Order::Revoke { credential: CredentialId(0) }, automatic, hit }
    }

    fn stopped(reason: StopReason) -> Truth {
        Truth::Stopped { adversary: SCORED, reason }
    }

    const HOSTILE: Truth = Truth::HostileAct { adversary: SCORED };
    const OBJECTIVE: Truth = Truth::ObjectiveReached { adversary: SCORED };
    const CONTAINED: Truth = Truth::Contained { adversary: SCORED };

    #[test]
    fn milestones_are_the_first_of_their_kind() {
        let gain = Truth::Gained { adversary: SCORED, gain: Gain::Zone(ZoneId(1)) };
        let score = score(&[
            (61, HOSTILE),
            (62, HOSTILE),
            (63, gain),
            (64, alarm(Some(SCORED))),
            (65, alarm(Some(SCORED))),
            (66, detected(Some(60), Some(30))),
            (67, detected(Some(10), Some(30))),
            (68, Truth::Interrupted { adversary: SCORED }),
            (69, CONTAINED),
        ]);
        assert_eq!((score.t0, score.first_access, score.first_alarm), (minute(61), minute(63), minute(64)));
        assert_eq!((score.detected, score.interrupted, score.contained), (minute(66), minute(68), minute(69)));
        assert!(score.timely);
        assert_eq!(score.price.false_alarms, [0]);
        assert_eq!((score.blast.zones, score.blast.weighted), (1, 3));
    }

    #[test]
    fn timely_is_strict() {
        for (remaining, response, timely) in
            [(Some(31), Some(30), true), (Some(30), Some(30), false), (None, Some(30), false), (Some(31), None, false)]
        {
            assert_eq!(score(&[(61, detected(remaining, response))]).timely, timely);
        }
    }

    #[test]
    fn outcome_table() {
        use StopReason::{Finished, NoWayLeft, OutOfPatience, SearchRanOut};
        let custody = Truth::Custody { adversary: SCORED, actor: doorward_model::base::ActorId(0) };
        let cases: [(&[Truth], Outcome); 12] = [
            (&[], Outcome::ActiveAtHorizon),
            (&[HOSTILE], Outcome::ActiveAtHorizon),
            (&[HOSTILE, stopped(NoWayLeft)], Outcome::Prevented),
            (&[HOSTILE, effect(true, None), stopped(NoWayLeft)], Outcome::Prevented),
            (&[HOSTILE, effect(true, Some(SCORED)), stopped(NoWayLeft)], Outcome::GaveUp),
            (&[HOSTILE, effect(false, Some(SCORED)), stopped(NoWayLeft)], Outcome::GaveUp),
            (&[HOSTILE, custody, stopped(NoWayLeft)], Outcome::GaveUp),
            (&[HOSTILE, stopped(OutOfPatience)], Outcome::GaveUp),
            (&[HOSTILE, stopped(SearchRanOut)], Outcome::GaveUp),
            (&[HOSTILE, CONTAINED, stopped(NoWayLeft)], Outcome::Contained),
            (&[HOSTILE, OBJECTIVE, stopped(Finished)], Outcome::ObjectiveUncontained),
            (&[HOSTILE, OBJECTIVE, CONTAINED], Outcome::ObjectiveContained),
        ];
        for (events, outcome) in cases {
            let events: Vec<_> = (61..).zip(events.iter().copied()).collect();
            assert_eq!(score(&events).outcome(), outcome, "{events:?}");
        }
    }

    #[test]
    fn the_price_begins_after_the_warm_up() {
        let refused = Truth::Refused { person: PersonId(0), portal: PortalId(0), reason: Reason::Factor };
        let effort = SimDuration::from_secs(120);
        let assessed = Truth::Assessed { alarm: AlarmId(0), hostile: false, effort };
        let all = [refused, alarm(None), assessed, effect(true, None), effect(false, None)];
        let before: Vec<_> = all.iter().map(|&truth| (59, truth)).collect();
        assert_eq!(score(&before).price, Price::of_false_alarms(vec![0]));
        let after: Vec<_> = all.iter().map(|&truth| (60, truth)).collect();
        let price = score(&after).price;
        assert_eq!(
            [Item::RefusedAtDoors, Item::Analysts, Item::Misfires].map(|item| price.get(item)),
            [1, effort.as_millis(), 1]
        );
        assert_eq!((price.get(Item::Alarms), price.false_alarms), (1, vec![1]));
    }

    #[test]
    fn the_first_adversary_is_scored_alone() {
        let score = score(&[
            (61, Truth::HostileAct { adversary: OTHER }),
            (62, Truth::ObjectiveReached { adversary: OTHER }),
            (63, alarm(Some(OTHER))),
            (64, effect(true, Some(OTHER))),
        ]);
        assert_eq!((score.t0, score.objective, score.first_alarm), (None, None, None));
        assert_eq!(score.price.false_alarms, [0], "another adversary's alarm is no false one");
        assert_eq!((score.automatic_hits, score.hit), (1, false));
    }
}
