//! Teams as queues: against the formulas of a line with several servers, Little's law, and what tires, hands on and loses.

use std::sync::Arc;

use doorward_engine::{Event, Observer, QueueView, Simulation, Truth, What};
use doorward_model::base::*;
use doorward_model::fixture;
use doorward_model::plan::Plan;

use crate::support;

/// False alarms at random, so many an hour, all of them for the same team; nobody has anything else to do.
fn line(per_hour: u32, queue: &str, days: u32) -> String {
    format!(
        "street -[free]-> hall
        device siem in hall on lan kind=Siem
        device host in hall on lan logs siem
        add site.routines.noise (act: EndpointFalseAlarm(devices: [\"host\"]), per_day: (value: {}, source: \"fixture\"))
        rule edr when EndpointAlert raise q
        queue q false=0 {queue}
        horizon {days}d",
        per_hour * 24
    )
}

/// What a batch of time has seen of one queue, in milliseconds.
#[derive(Clone, Copy, Default)]
struct Batch {
    /// Integral of those who wait.
    waiting: f64,
    /// Integral of operators at work.
    busy: f64,
    /// Waits of those whose wait ended.
    waits: f64,
    ended: f64,
    arrived: f64,
}

/// Adds up what a run shows of the first queue, batch by batch.
struct Meter {
    warm_up: SimTime,
    length: SimDuration,
    batches: Vec<Batch>,
    /// Up to here the integrals go, and what the queue looked like since.
    since: SimTime,
    view: QueueView,
}

impl Meter {
    fn batch(&mut self, at: SimTime) -> Option<&mut Batch> {
        let since = at.as_millis().checked_sub(self.warm_up.as_millis())?;
        self.batches.get_mut((since / self.length.as_millis()) as usize)
    }

    /// The queue has looked like before until now, and looks like this from now on.
    fn goes_on(&mut self, now: SimTime, view: QueueView) {
        let lasted = (now - self.since).as_millis() as f64;
        let (before, at) = (self.view, self.since);
        // An interval across the bound of two batches counts for the first: seconds against days.
        if let Some(batch) = self.batch(at) {
            batch.waiting += f64::from(before.waiting) * lasted;
            batch.busy += f64::from(before.busy) * lasted;
        }
        (self.since, self.view) = (now, view);
    }
}

impl Observer for Meter {
    fn event(&mut self, event: &Event) {
        let What::Truth(truth) = event.what else { return };
        let Some(batch) = self.batch(event.at) else { return };
        match truth {
            Truth::Alarm { .. } => batch.arrived += 1.0,
            Truth::Acknowledged { waited, .. } => {
                batch.waits += waited.as_millis() as f64;
                batch.ended += 1.0;
            }
            _ => {}
        }
    }
}

/// Number of batches of a run, and the 99.5 % quantile of Student's t for one less.
const BATCHES: usize = 20;
const STUDENT: f64 = 2.861;

/// Batches of equal length after a warm-up, from one run.
fn measured(plan: &Arc<Plan>, warm_up: SimDuration) -> Vec<Batch> {
    let length = SimDuration::from_millis((plan.horizon - SimTime::ZERO - warm_up).as_millis() / BATCHES as u64);
    let mut simulation = support::simulation(plan);
    simulation.start(1, 0);
    let view = simulation.queue_view(QueueId(0));
    let batches = vec![Batch::default(); BATCHES];
    let mut meter = Meter { warm_up: SimTime::ZERO + warm_up, length, batches, since: SimTime::ZERO, view };
    while simulation.step(&mut meter) {
        meter.goes_on(simulation.now(), simulation.queue_view(QueueId(0)));
    }
    meter.batches
}

/// Mean of batches with the half-width of its interval at 99 %.
fn interval(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, STUDENT * (variance / n).sqrt())
}

/// Erlang's C: the chance that an arrival waits, with `c` operators and an offered load.
fn erlang_c(c: u32, load: f64) -> f64 {
    let term = |k: u32| (1..=k).fold(1.0, |product, i| product * load / f64::from(i));
    let all_busy = term(c) / (1.0 - load / f64::from(c));
    all_busy / ((0..c).map(term).sum::<f64>() + all_busy)
}

#[test]
fn the_formula_of_erlang_is_right() {
    // For one operator it is the load; for two, ρ²·2/(1 + ρ) with ρ the load of each.
    assert!((erlang_c(1, 0.75) - 0.75).abs() < 1e-12);
    assert!((erlang_c(2, 1.5) - 2.0 * 0.75 * 0.75 / 1.75).abs() < 1e-12);
}

#[test]
fn a_team_is_a_line_with_several_servers() {
    // A day to warm up, and batches of five days.
    let (per_hour, days) = (60, 101);
    for operators in [1_u32, 2, 3] {
        // Three quarters of each operator's time.
        let service = 45.0 * f64::from(operators);
        let queue = format!("operators={operators} ack=0s assess=E({service}s)");
        let plan = fixture::plan(&line(per_hour, &queue, days));
        let batches = measured(&plan, SimDuration::from_secs(24 * 3600));
        let length = 5.0 * 24.0 * 3_600_000.0;

        let arrival = f64::from(per_hour) / 3600.0;
        let load = arrival * service;
        let wait = erlang_c(operators, load) * service / (f64::from(operators) - load);
        let checks = [
            ("arrivals an hour", f64::from(per_hour), interval(batches.iter().map(|b| b.arrived / 120.0))),
            ("mean wait", wait, interval(batches.iter().map(|b| b.waits / b.ended / 1e3))),
            ("mean number waiting", arrival * wait, interval(batches.iter().map(|b| b.waiting / length))),
            (
                "utilisation",
                load / f64::from(operators),
                interval(batches.iter().map(|b| b.busy / length / f64::from(operators))),
            ),
        ];
        for (what, expected, (mean, half)) in checks {
            assert!((mean - expected).abs() <= half, "{operators} operators, {what}: {mean} ± {half}, not {expected}");
            // An interval that would hold anything proves nothing.
            assert!(half < 0.25 * expected, "{operators} operators, {what}: {mean} ± {half}");
        }
    }
}

/// Adds up, for every queue, how many were there and for how long each of them waited.
struct Law {
    /// What a hand-off takes.
    takes: SimDuration,
    /// Where each alarm waits, since when.
    joined: Vec<Option<(QueueId, SimTime)>>,
    waits: Vec<f64>,
    arrivals: Vec<f64>,
}

impl Law {
    fn joins(&mut self, alarm: AlarmId, queue: QueueId, at: SimTime) {
        if self.joined.len() <= alarm.index() {
            self.joined.resize(alarm.index() + 1, None);
        }
        self.joined[alarm.index()] = Some((queue, at));
        self.arrivals[queue.index()] += 1.0;
    }

    fn leaves(&mut self, alarm: AlarmId, at: SimTime) {
        if let Some((queue, since)) = self.joined[alarm.index()].take() {
            self.waits[queue.index()] += (at - since).as_millis() as f64;
        }
    }
}

impl Observer for Law {
    fn event(&mut self, event: &Event) {
        let What::Truth(truth) = event.what else { return };
        match truth {
            Truth::Alarm { alarm, queue: Some(queue), .. } => self.joins(alarm, queue, event.at),
            Truth::HandedOver { alarm, queue } => {
                // It left the team before when the hand-off began.
                let began = SimTime::from_millis(event.at.as_millis() - self.takes.as_millis());
                self.leaves(alarm, began);
                self.joins(alarm, queue, event.at);
            }
            Truth::Acknowledged { alarm, .. } | Truth::AlarmLost { alarm } => self.leaves(alarm, event.at),
            _ => {}
        }
    }
}

#[test]
fn as_many_wait_as_come_times_how_long_each_waits() {
    // Three teams: the first hands on what it has not looked at and changes shift, the second works by the hour and closes.
    let text = "
        street -[free]-> hall
        device siem in hall on lan kind=Siem
        device host in hall on lan logs siem
        add site.routines.noise (act: EndpointFalseAlarm(devices: [\"host\"]), per_day: (value: 960, source: \"fixture\"))
        add site.routines.typing (act: RefusedConnection(services: [\"box/ssh\"]), per_day: (value: 960, source: \"fixture\"))
        device box in hall on lan service ssh logs siem
        rule edr when EndpointAlert raise first
        rule probe when FlowRefused raise third
        queue first ack=0s assess=E(80s) escalate=second:3min:0.1:60s tires=60 handover=06:00,14:00,22:00/0.5
        queue second ack=0s assess=E(60s) false=0.5 close=E(60s) staffed=daily 00:30-23:30
        queue third operators=2 ack=0s assess=E(150s)
        horizon 10d";
    let plan = fixture::plan(text);
    let queues = plan.policy.queues.len();
    let mut law = Law {
        takes: SimDuration::from_secs(60),
        joined: Vec::new(),
        waits: vec![0.0; queues],
        arrivals: vec![0.0; queues],
    };
    let mut simulation = support::simulation(&plan);
    simulation.start(1, 0);
    let mut integrals = vec![0.0; queues];
    let views = |simulation: &Simulation| -> Vec<QueueView> {
        (0..queues).map(|q| simulation.queue_view(QueueId::from_index(q))).collect()
    };
    let (mut before, mut since) = (views(&simulation), simulation.now());
    loop {
        let goes_on = simulation.step(&mut law);
        let lasted = (simulation.now() - since).as_millis() as f64;
        for (integral, view) in integrals.iter_mut().zip(&before) {
            *integral += f64::from(view.waiting) * lasted;
        }
        (before, since) = (views(&simulation), simulation.now());
        if !goes_on {
            break;
        }
    }
    for alarm in 0..law.joined.len() {
        law.leaves(AlarmId::from_index(alarm), plan.horizon);
    }
    let run = (plan.horizon - SimTime::ZERO).as_millis() as f64;
    for (queue, integral) in integrals.iter().enumerate() {
        let name = &plan.policy.queues[queue].name;
        let (number, rate) = (integral / run, law.arrivals[queue] / run);
        let wait = law.waits[queue] / law.arrivals[queue];
        assert!(law.arrivals[queue] > 1000.0 && number > 0.1, "{name}: {number}");
        // What hands over at the end of the run is on its way to nobody, for a minute.
        assert!((number - rate * wait).abs() < 1e-3 * number, "{name}: {number}, not {rate} × {wait}");
    }
}
