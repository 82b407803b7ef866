//! A change to several systems, one after the other, that may break what it is put on.
//!
//! Whether it breaks is drawn once: the same patch does the same everywhere. How far it gets before somebody sees it is
//! the defence's: a pilot stops at the first system, a checklist looks at each, change windows say when. Without a
//! checklist it is seen after half an hour, or when the first reader does not answer.

use doorward_model::base::*;
use doorward_model::plan::built_in::BREAKAGE_SEEN_AFTER;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::AccountRole;

use super::FailureStep;
use super::injects::{of_pair, pair};
use crate::event::Observer;
use crate::simulation::Ctx;
use crate::world::{Cause, Command};

/// How far ahead the next window for changes is looked for, and in what steps.
const WINDOW_STEP: SimDuration = SimDuration::from_secs(60);
const WINDOW_STEPS: u64 = 7 * 24 * 60;

/// How far a change has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rollout {
    /// Systems that have it.
    done: u32,
    /// It breaks them.
    breaks: bool,
    /// Somebody has seen that: no further system gets it.
    seen: bool,
}

/// One of the systems that a change is put on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum System {
    Panel(PanelId),
    Device(DeviceId),
}

/// The systems that a change is put on: panels first.
fn system(panels: &[PanelId], devices: &[DeviceId], index: usize) -> Option<System> {
    match panels.get(index) {
        Some(panel) => Some(System::Panel(*panel)),
        None => devices.get(index - panels.len()).map(|device| System::Device(*device)),
    }
}

impl<O: Observer> Ctx<'_, O> {
    /// The next system gets the change, in the next window.
    pub(super) fn rollout_goes(&mut self, index: u32) -> bool {
        let plan = self.plan;
        let inject = &plan.injects[index as usize];
        let InjectAct::Patch { panels, devices, breaks, takes, .. } = &inject.what else { return false };
        let Rollout { done, breaks: broken, seen } = self.world.continuity.rollouts[index as usize];
        let next = system(panels, devices, done as usize);
        let Some(next) = next.filter(|_| !seen) else { return false };
        let changes = &plan.policy.changes;
        if let Some(wait) = self.until_window(&changes.windows) {
            self.world.after(wait, Command::Failure(FailureStep::Goes, index));
            return false;
        }
        let first = done == 0;
        let broken = if first { self.world.happens(*breaks, inject.key, Purpose::ChangeBreaks, 0) } else { broken };
        self.world.continuity.rollouts[index as usize] = Rollout { done: done + 1, breaks: broken, seen };
        self.report_change(next, Cause::ordinary(inject.key, done));
        if broken {
            self.break_system(next, true);
            self.take_stock(inject.key);
            if changes.checklist {
                self.break_seen(index);
            } else if first {
                self.world.after(BREAKAGE_SEEN_AFTER, Command::Failure(FailureStep::Seen, index));
            }
        }
        if !self.world.continuity.rollouts[index as usize].seen {
            let takes = self.world.time(takes, inject.key, Purpose::ChangeTime, done);
            // A pilot has to hold for as long as it takes to be sure.
            let holds = changes.pilot && first && !changes.checklist;
            let pause = if holds { takes.max(BREAKAGE_SEEN_AFTER) } else { takes };
            self.world.after(pause, Command::Failure(FailureStep::Goes, index));
        }
        true
    }

    /// The change as the systems record it, under an account of an administrator.
    fn report_change(&mut self, system: System, cause: Cause) {
        let plan = self.plan;
        let device = match system {
            System::Panel(panel) => plan.panels[panel.index()].server,
            System::Device(device) => device,
        };
        let administers = |account: &&Account| account.role == AccountRole::Administrator && account.vendor.is_none();
        let there = |account: &&Account| account.services.iter().any(|s| plan.services[s.index()].device == device);
        let accounts = || plan.accounts.iter().enumerate().filter(move |(_, account)| administers(account));
        let account = accounts().find(|(_, account)| there(account)).or_else(|| accounts().next());
        if let Some((account, _)) = account {
            let account = AccountId::from_index(account);
            self.report(Report::ConfigurationChanged { device, account, planned: true }, cause);
        }
    }

    /// A system stops working, or works again.
    fn break_system(&mut self, system: System, breaks: bool) {
        let count = match system {
            System::Panel(panel) => &mut self.world.panels[panel.index()].broken,
            System::Device(device) => &mut self.world.continuity.devices[device.index()].failures,
        };
        *count = if breaks { *count + 1 } else { count.saturating_sub(1) };
    }

    /// Somebody sees what a change has broken: nothing more gets it, and what has it is put right. What can be taken back
    /// is, each in its own time; the rest is repaired by hand, one after the other.
    pub(super) fn break_seen(&mut self, index: u32) -> bool {
        let plan = self.plan;
        let inject = &plan.injects[index as usize];
        let InjectAct::Patch { panels, devices, repair, .. } = &inject.what else { return false };
        let rollout = &mut self.world.continuity.rollouts[index as usize];
        if !rollout.breaks || std::mem::replace(&mut rollout.seen, true) {
            return false;
        }
        let mut by_hand = SimDuration::ZERO;
        for done in 0..self.world.continuity.rollouts[index as usize].done {
            let Some(system) = system(panels, devices, done as usize) else { continue };
            let key = inject.key.mix(match system {
                System::Panel(panel) => plan.panels[panel.index()].key,
                System::Device(device) => plan.devices[device.index()].key,
            });
            let after = match &plan.policy.changes.rollback {
                Some(rollback) => self.world.time(rollback, key, Purpose::RollbackTime, 0),
                None => {
                    by_hand += self.world.time(repair, key, Purpose::RepairTime, 0);
                    by_hand
                }
            };
            self.world.after(after, Command::Failure(FailureStep::Repaired, pair(index, done as usize)));
        }
        true
    }

    /// What a change broke works again.
    pub(super) fn repaired(&mut self, both: u32) -> bool {
        let (index, done) = of_pair(both);
        let inject = &self.plan.injects[index as usize];
        let InjectAct::Patch { panels, devices, .. } = &inject.what else { return false };
        let Some(system) = system(panels, devices, done) else { return false };
        self.break_system(system, false);
        self.take_stock(inject.key);
        true
    }

    /// A reader did not answer somebody: if a change has broken its panel, that is seen now.
    pub(crate) fn unanswered(&mut self, panel: PanelId) {
        for index in 0..self.plan.injects.len() {
            let InjectAct::Patch { panels, .. } = &self.plan.injects[index].what else { continue };
            let done = self.world.continuity.rollouts[index].done as usize;
            if panels.iter().take(done).any(|p| *p == panel) {
                self.break_seen(index as u32);
            }
        }
    }

    /// The time until a window for changes opens; none within one, or where there are none.
    fn until_window(&self, windows: &[Window]) -> Option<SimDuration> {
        let week_ms = self.week_ms();
        if windows.is_empty() || windows.iter().any(|w| w.contains(week_ms)) {
            return None;
        }
        // On the minute, as hours are written.
        let since = week_ms % WINDOW_STEP.as_millis();
        let opens = |step: &u64| {
            let at = (week_ms - since + step * WINDOW_STEP.as_millis()) % (7 * 24 * 3_600_000);
            windows.iter().any(|w| w.contains(at))
        };
        let step = (1..=WINDOW_STEPS).find(opens)?;
        Some(WINDOW_STEP.saturating_mul(step) - SimDuration::from_millis(since))
    }
}
