//! A run that is looked at. It is run to its end once, and told; then the clock goes wherever one likes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use doorward_defence::RuleDefence;
use doorward_engine::{Event, Observer, Simulation, Truth, What, Who};
use doorward_model::base::{
    ActorId, AdversaryId, AlarmId, CredentialId, PortalId, QueueId, RuleId, SensorId, SimDuration, SimTime, ZoneId,
};
use doorward_model::plan::Plan;
use doorward_model::signal::{DefenderView, ObservationId, Observed, Order, Ordered, Report, Subject};
use doorward_study::tale::{Interest, Line, Names};
use doorward_study::{Milestones, RunScore};

use crate::room::Spots;
use crate::view::View;

/// States of the run that are kept, so that going back means to run on from the nearest of them.
const KEPT: u64 = 16;
/// No two of them are closer than this.
const KEPT_EVERY: SimDuration = SimDuration::from_secs(120);
/// Lines that are told of one run; what comes after them is left out, and said so.
const LINES: usize = 100_000;

/// Something that the score remembers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// What, in the words of `trace`.
    pub name: &'static str,
    /// When.
    pub at: SimTime,
}

/// An alarm, from beginning to end.
#[derive(Clone, PartialEq, Debug)]
pub struct Alarm {
    /// Which.
    pub id: AlarmId,
    /// When somebody could see it.
    pub at: SimTime,
    /// By which rule.
    pub rule: RuleId,
    /// For which team; none: nobody's.
    pub queue: Option<QueueId>,
    /// About what.
    pub subject: Subject,
    /// Whether an adversary caused it.
    pub hostile: bool,
    /// What it rests on: lines of the record.
    pub evidence: Vec<String>,
    /// When somebody took it up.
    pub acknowledged: Option<SimTime>,
    /// The verdict, and when.
    pub verdict: Option<(bool, SimTime)>,
    /// When nobody had anything more to do with it: closed, or lost.
    pub over: Option<SimTime>,
}

/// The life of an alarm at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Nobody has looked.
    Waiting,
    /// Somebody looks.
    Assessed,
    /// Classed as hostile.
    Hostile,
    /// Classed as harmless.
    Harmless,
    /// Nobody ever looked.
    Lost,
}

impl Stage {
    /// In a word.
    pub fn title(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Assessed => "assessed",
            Self::Hostile => "hostile",
            Self::Harmless => "harmless",
            Self::Lost => "lost",
        }
    }
}

impl Alarm {
    /// How far it is at an instant.
    pub fn stage(&self, now: SimTime) -> Stage {
        match (self.verdict, self.acknowledged, self.over) {
            (Some((hostile, at)), _, _) if at <= now => {
                if hostile {
                    Stage::Hostile
                } else {
                    Stage::Harmless
                }
            }
            (None, None, Some(at)) if at <= now => Stage::Lost,
            (_, Some(at), _) if at <= now => Stage::Assessed,
            _ => Stage::Waiting,
        }
    }
}

/// One of an adversary went through a portal.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Footprint {
    /// When.
    pub at: SimTime,
    /// Who.
    pub who: (AdversaryId, ActorId),
    /// The zone that they left.
    pub from: ZoneId,
    /// The zone that they came into.
    pub to: ZoneId,
    /// The portal.
    pub portal: PortalId,
}

/// A badge at a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadgeUse {
    /// When.
    pub at: SimTime,
    /// Where.
    pub portal: PortalId,
    /// Which.
    pub credential: CredentialId,
    /// Whether it was let in.
    pub granted: bool,
}

/// All that happened in a run, each list in order of time.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// What `trace` tells, without ordinary traffic.
    pub lines: Vec<Line>,
    /// Lines left out since there were too many.
    pub left_out: usize,
    /// Alarms, by number.
    pub alarms: Vec<Alarm>,
    /// Sensors that fired.
    pub pulses: Vec<(SimTime, SensorId)>,
    /// Where the adversaries went.
    pub footprints: Vec<Footprint>,
    /// Badges at readers.
    pub badges: Vec<BadgeUse>,
    /// What the score remembers.
    pub marks: Vec<Mark>,
}

impl Record {
    /// As many entries of a list as have happened by an instant.
    pub fn until<T>(list: &[T], now: SimTime, at: impl Fn(&T) -> SimTime) -> &[T] {
        &list[..list.partition_point(|entry| at(entry) <= now)]
    }
}

/// Hears a run for the record.
#[derive(Default)]
struct Recorder {
    events: Vec<Event>,
    /// What was raised and has not reached a team yet.
    raised: VecDeque<(RuleId, Subject, Vec<ObservationId>)>,
}

impl Observer for Recorder {
    fn event(&mut self, event: &Event) {
        self.events.push(*event);
    }

    fn observed(&mut self, _: &Observed, _: &DefenderView, orders: &[Ordered]) {
        self.hear(orders);
    }

    fn woke(&mut self, _: doorward_model::signal::Wake, _: &DefenderView, orders: &[Ordered]) {
        self.hear(orders);
    }
}

impl Recorder {
    fn hear(&mut self, orders: &[Ordered]) {
        for ordered in orders {
            if let Order::Raise { rule, subject, evidence, .. } = ordered.order {
                self.raised.push_back((rule, subject, evidence.iter().collect()));
            }
        }
    }

    fn evidence(&mut self, rule: RuleId, subject: Subject) -> Vec<ObservationId> {
        let wanted = |raised: &(RuleId, Subject, Vec<ObservationId>)| raised.0 == rule && raised.1 == subject;
        let found = self.raised.iter().position(wanted).and_then(|index| self.raised.remove(index));
        found.map_or_else(Vec::new, |(_, _, evidence)| evidence)
    }
}

/// A state to go back to.
#[derive(Clone)]
struct Kept {
    simulation: Simulation,
    milestones: Milestones<Arc<Plan>>,
}

/// A run under one defence.
pub struct Session {
    plan: Arc<Plan>,
    seed: u64,
    run: u32,
    record: Record,
    kept: Vec<(SimTime, Kept)>,
    live: Kept,
    now: SimTime,
    view: View,
    spots: Spots,
}

impl Session {
    /// A run, told to its end, with the clock at its start.
    pub fn new(plan: Arc<Plan>, seed: u64, run: u32) -> Self {
        let mut simulation = Simulation::new(Arc::clone(&plan), Box::new(RuleDefence::new(Arc::clone(&plan))));
        simulation.start(seed, run);
        let mut milestones = Milestones::new(Arc::clone(&plan));
        milestones.start();
        let begin = Kept { simulation, milestones };
        let mut session = Self {
            live: begin.clone(),
            kept: vec![(SimTime::ZERO, begin)],
            record: Record::default(),
            now: SimTime::ZERO,
            view: View::default(),
            spots: Spots::new(&plan),
            plan,
            seed,
            run,
        };
        session.tell();
        session.seek(SimTime::ZERO);
        session
    }

    /// Runs to the end, writes the record and keeps states on the way.
    fn tell(&mut self) {
        let every = SimDuration::from_millis((self.plan.horizon.as_millis() / KEPT).max(KEPT_EVERY.as_millis()));
        let mut interest = Interest::new(&self.plan);
        let mut recorder = Recorder::default();
        let mut seen = BTreeMap::new();
        let mut next = SimTime::ZERO + every;
        loop {
            let Kept { simulation, milestones } = &mut self.live;
            let more = simulation.step(&mut (&mut recorder, milestones));
            for event in std::mem::take(&mut recorder.events) {
                self.note(&event, &mut recorder, &mut seen);
                if interest.leaves_out(&event) {
                    continue;
                }
                if self.record.lines.len() < LINES {
                    self.record.lines.push(Line::new(&event, &self.live.simulation));
                } else {
                    self.record.left_out += 1;
                }
            }
            if !more {
                break;
            }
            let now = self.live.simulation.now();
            if now >= next {
                self.kept.push((now, self.live.clone()));
                next = now + every;
            }
        }
        let reached = self.live.milestones.score().reached();
        self.record.marks = reached.into_iter().filter_map(|(name, at)| Some(Mark { name, at: at? })).collect();
        self.record.marks.sort_by_key(|mark| mark.at);
    }

    fn note(
        &mut self,
        event: &Event,
        recorder: &mut Recorder,
        seen: &mut BTreeMap<ObservationId, (SimTime, Observed)>,
    ) {
        let (at, plan, record) = (event.at, &self.plan, &mut self.record);
        let alarm = |record: &mut Record, id: AlarmId| record.alarms.iter().position(|alarm| alarm.id == id);
        match event.what {
            What::Observed(observed) => {
                seen.insert(observed.id, (at, observed));
                match observed.report {
                    Report::SensorActive { sensor } => record.pulses.push((at, sensor)),
                    Report::AccessGranted { portal, credential, .. } => {
                        record.badges.push(BadgeUse { at, portal, credential, granted: true });
                    }
                    Report::AccessDenied { portal, credential, .. } => {
                        record.badges.push(BadgeUse { at, portal, credential, granted: false });
                    }
                    _ => {}
                }
            }
            What::Truth(truth) => match truth {
                Truth::Alarm { alarm, rule, queue, subject, hostile_cause } => {
                    let evidence = recorder.evidence(rule, subject);
                    let words = |id: &ObservationId| {
                        let (at, observed) = seen.get(id)?;
                        Some(format!("{}  {}", clock(plan, *at), Names(plan).observed(observed)))
                    };
                    record.alarms.push(Alarm {
                        id: alarm,
                        at,
                        rule,
                        queue,
                        subject,
                        hostile: hostile_cause.is_some(),
                        evidence: evidence.iter().filter_map(words).collect(),
                        acknowledged: None,
                        verdict: None,
                        over: None,
                    });
                }
                Truth::Acknowledged { alarm: id, .. } => {
                    if let Some(index) = alarm(record, id) {
                        record.alarms[index].acknowledged = Some(at);
                    }
                }
                Truth::Assessed { alarm: id, hostile, .. } => {
                    if let Some(index) = alarm(record, id) {
                        record.alarms[index].verdict = Some((hostile, at));
                    }
                }
                Truth::Closed { alarm: id, .. } | Truth::AlarmLost { alarm: id } => {
                    if let Some(index) = alarm(record, id) {
                        record.alarms[index].over = Some(at);
                    }
                }
                Truth::Passed { who: Who::Actor(adversary, actor), portal, direction, .. } => {
                    let (from, to) = (plan.zone_beyond(portal, direction.back()), plan.zone_beyond(portal, direction));
                    record.footprints.push(Footprint { at, who: (adversary, actor), from, to, portal });
                }
                _ => {}
            },
        }
    }

    /// The plan.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of the run.
    pub fn run(&self) -> u32 {
        self.run
    }

    /// The clock.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The end of the run.
    pub fn horizon(&self) -> SimTime {
        self.plan.horizon
    }

    /// All that happens in the run, from beginning to end.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What is to be seen now.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The simulation, as it is now.
    pub fn simulation(&self) -> &Simulation {
        &self.live.simulation
    }

    /// The score so far.
    pub fn score(&self) -> &RunScore {
        self.live.milestones.score()
    }

    /// Goes to a time, on or back.
    pub fn seek(&mut self, to: SimTime) {
        let to = to.min(self.plan.horizon);
        let (at, nearest) = &self.kept[self.kept.partition_point(|(at, _)| *at <= to).saturating_sub(1)];
        let live = self.live.simulation.now();
        if to < live || live < *at {
            self.live = nearest.clone();
        }
        self.live.simulation.run_until(to, &mut self.live.milestones);
        self.now = to;
        self.view.update(&mut self.live.simulation, &self.spots, to);
    }

    /// The next line of the record after the clock, or the last before it.
    pub fn beside(&self, forth: bool) -> Option<SimTime> {
        let lines = &self.record.lines;
        if forth {
            lines.get(lines.partition_point(|line| line.at <= self.now)).map(|line| line.at)
        } else {
            let before = lines.partition_point(|line| line.at < self.now);
            before.checked_sub(1).map(|index| lines[index].at)
        }
    }

    /// The next milestone after the clock, or the last before it.
    pub fn mark_beside(&self, forth: bool) -> Option<SimTime> {
        let marks = self.record.marks.iter().map(|mark| mark.at);
        if forth { marks.into_iter().find(|at| *at > self.now) } else { marks.rev().find(|at| *at < self.now) }
    }
}

/// The day of the week and the time of day at an instant.
pub fn clock(plan: &Plan, at: SimTime) -> String {
    let week_s = plan.calendar.week_ms(at) / 1_000;
    let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][(week_s / 86_400 % 7) as usize];
    format!("{day} {:02}:{:02}:{:02}", week_s / 3_600 % 24, week_s / 60 % 60, week_s % 60)
}
