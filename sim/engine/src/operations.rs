//! Operations: alarms in queues, people who assess them, orders and their
//! effects. It touches truth, and so belongs to the engine.

use doorward_model::base::*;
use doorward_model::signal::*;

use crate::event::Observer;
use crate::simulation::Ctx;
use crate::world::{Command, Given};

mod alarms;
mod forces;
mod orders;

/// One day.
const DAY: SimDuration = SimDuration::from_secs(24 * 3600);
/// In what steps the next open hour of a week is looked for: on the minute, as hours are written.
const HOURS_STEP: SimDuration = SimDuration::from_secs(60);
const HOURS_STEPS: u64 = 7 * 24 * 60;

impl<O: Observer> Ctx<'_, O> {
    /// Schedules what comes by the clock: changes of shift and rounds.
    pub(crate) fn open_operations(&mut self) {
        let plan = self.plan;
        let day_ms = plan.calendar.day_ms(self.world.now);
        for (index, team) in plan.policy.queues.iter().enumerate() {
            let times = team.handover.iter().flat_map(|(times, _)| times.iter().enumerate());
            for (which, at) in times {
                let first = SimDuration::from_millis((at + DAY.as_millis() - day_ms) % DAY.as_millis());
                self.world.after(first, Command::ShiftChange(QueueId::from_index(index), which as u32));
            }
        }
        self.open_patrols();
    }

    /// Takes one order of the defence.
    pub(crate) fn take_order(&mut self, ordered: Ordered) {
        let automatic = matches!(ordered.because, Because::Rule { .. });
        match ordered.order {
            Order::Raise { rule, subject, zone, queue, priority, evidence } => {
                self.raise(rule, subject, zone, queue, priority, evidence);
            }
            Order::WakeAt { at, token } => self.world.queue.push(at.max(self.world.now), Command::Wake(token), true),
            order => {
                let (true_alarm, alarm) = match ordered.because {
                    Because::Alarm(id) => (self.world.alarms[id.index()].hostile.is_some(), Some(id)),
                    Because::Rule { rule, subject, evidence } => {
                        (self.true_alarm(subject, evidence).is_some(), self.just_raised(rule, subject))
                    }
                };
                self.send_order(Given { order, automatic, true_alarm, alarm, certain: false });
            }
        }
    }

    /// The alarm that a rule has raised together with its order, if it raises any.
    fn just_raised(&self, rule: RuleId, subject: Subject) -> Option<AlarmId> {
        let last = self.world.alarms.last()?;
        let fits = last.rule == rule && last.subject == subject && last.queued_at == self.world.now;
        fits.then(|| AlarmId::from_index(self.world.alarms.len() - 1))
    }

    /// How long until one of these windows is open; nothing if none ever is.
    pub(crate) fn until_open(&self, windows: &[Window]) -> Option<SimDuration> {
        let week_ms = self.week_ms();
        let since = SimDuration::from_millis(week_ms % HOURS_STEP.as_millis());
        let open = |step: &u64| {
            let at = (week_ms - since.as_millis() + step * HOURS_STEP.as_millis()) % (7 * DAY.as_millis());
            windows.iter().any(|w| w.contains(at))
        };
        let step = (1..HOURS_STEPS).find(open)?;
        Some(HOURS_STEP.saturating_mul(step) - since)
    }
}

/// A duration that has become longer or shorter by a factor, to the millisecond. It keeps the order of durations.
fn stretched(duration: SimDuration, factor: f64) -> SimDuration {
    if factor == 1.0 { duration } else { SimDuration::from_millis_f64(duration.as_millis() as f64 * factor) }
}
