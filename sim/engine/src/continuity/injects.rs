//! What a scenario lets fail: how each begins, goes on and ends.

use doorward_model::base::*;
use doorward_model::plan::built_in::{CROWDED_DOWN_AT_MOST, CROWDED_UP_AT_MOST, CUT_MENDED_AFTER, FALSE_FIRE_LASTS};
use doorward_model::plan::*;
use doorward_model::signal::*;

use super::FailureStep;
use crate::event::{Observer, Outage, Truth};
use crate::simulation::Ctx;
use crate::world::{Cause, Command};

/// Bits of a number that hold the second of two.
const PAIR_BITS: u32 = 16;

/// An inject, and one of its parts.
pub(super) fn pair(inject: u32, part: usize) -> u32 {
    inject << PAIR_BITS | part as u32
}

/// The two of [`pair`].
pub(super) fn of_pair(both: u32) -> (u32, usize) {
    (both >> PAIR_BITS, (both & ((1 << PAIR_BITS) - 1)) as usize)
}

impl<O: Observer> Ctx<'_, O> {
    /// A failure that the scenario has set for now.
    pub(crate) fn fails(&mut self, index: u32) -> bool {
        let plan = self.plan;
        let inject = &plan.injects[index as usize];
        let cause = Cause::ordinary(inject.key, 0);
        match &inject.what {
            InjectAct::Act(_) => return false,
            InjectAct::PanelOffline { panel, lasts } => {
                self.panel_lost(*panel, cause);
                self.world.after(*lasts, Command::Failure(FailureStep::PanelBack, panel.0));
            }
            InjectAct::PanelFlaps { .. } | InjectAct::Patch { .. } => return self.inject_goes(index),
            InjectAct::ReaderFails { portal: _, lasts }
            | InjectAct::WanDown { lasts }
            | InjectAct::PowerLoss { feed: _, lasts }
            | InjectAct::DeviceDown { device: _, lasts }
            | InjectAct::SyncDown { lasts }
            | InjectAct::FireAlarm { lasts }
            | InjectAct::VideoFloods { segment: _, lasts } => {
                self.turn(index, true);
                self.world.after(*lasts, Command::Failure(FailureStep::Ends, index));
            }
            InjectAct::SyncEnds { people, repair } => self.sync_ends(people, repair, index),
            InjectAct::Leaves { person } => self.leaves(*person),
            InjectAct::Returns { person } => self.returns(*person),
            InjectAct::Revoked { credential } => self.revoked(*credential),
        }
        true
    }

    /// An inject of several steps goes on.
    pub(super) fn inject_goes(&mut self, index: u32) -> bool {
        let plan = self.plan;
        let inject = &plan.injects[index as usize];
        match &inject.what {
            InjectAct::PanelFlaps { panel, every, times } => {
                let turn = self.world.continuity.turns[index as usize];
                self.world.continuity.turns[index as usize] = turn + 1;
                self.panel_lost(*panel, Cause::ordinary(inject.key, turn));
                let lasts = SimDuration::from_millis(every.as_millis() / 2);
                self.world.after(lasts, Command::Failure(FailureStep::PanelBack, panel.0));
                if turn + 1 < *times {
                    self.world.after(*every, Command::Failure(FailureStep::Goes, index));
                }
                true
            }
            InjectAct::Patch { .. } => self.rollout_goes(index),
            _ => false,
        }
    }

    /// An inject that lasts is over.
    pub(super) fn inject_ends(&mut self, index: u32) -> bool {
        self.turn(index, false);
        true
    }

    /// Something that lasts begins, or is over.
    fn turn(&mut self, index: u32, began: bool) {
        let plan = self.plan;
        let inject = &plan.injects[index as usize];
        let root = inject.key;
        match &inject.what {
            InjectAct::ReaderFails { portal, .. } => {
                if step(&mut self.world.continuity.readers[portal.index()], began) {
                    self.tell(Truth::Outage { what: Outage::Reader(*portal), began });
                    self.look_at_portals(None);
                    let door = &plan.portals[portal.index()];
                    let supervised = door.readers.iter().flatten().find(|reader| reader.is_supervised());
                    if let Some(reader) = supervised.filter(|_| began) {
                        let report = Report::LineFault { portal: *portal };
                        self.report_by(Some(reader.panel), report, Cause::ordinary(root, 0));
                    }
                }
            }
            InjectAct::WanDown { .. } => self.connection(began, root),
            InjectAct::PowerLoss { feed, .. } => {
                if step(&mut self.world.continuity.feeds[feed.index()], began) {
                    self.tell(Truth::Outage { what: Outage::Feed(*feed), began });
                    self.look_at_mains(root);
                    self.take_stock(root);
                }
            }
            InjectAct::DeviceDown { device, .. } => {
                step(&mut self.world.continuity.devices[device.index()].failures, began);
                self.take_stock(root);
            }
            InjectAct::SyncDown { .. } => {
                if step(&mut self.world.continuity.syncs, began) {
                    self.tell(Truth::Outage { what: Outage::Sync, began });
                    self.sync_stands(began);
                }
            }
            InjectAct::FireAlarm { .. } => {
                if step(&mut self.world.continuity.fires, began) {
                    self.fire(began, Cause::ordinary(root, 0));
                }
            }
            InjectAct::VideoFloods { segment, .. } => self.flood(index, *segment, began),
            InjectAct::Act(_)
            | InjectAct::PanelOffline { .. }
            | InjectAct::PanelFlaps { .. }
            | InjectAct::Patch { .. }
            | InjectAct::SyncEnds { .. }
            | InjectAct::Leaves { .. }
            | InjectAct::Returns { .. }
            | InjectAct::Revoked { .. } => {}
        }
    }

    /// Whoever works from afar over the site's connection to the internet is out.
    fn end_remote_work(&mut self) {
        for index in 0..self.plan.accounts.len() {
            let account = &self.plan.accounts[index];
            let over_it = account.services.iter().any(|s| {
                let device = self.plan.services[s.index()].device;
                !self.plan.devices[device.index()].beyond_wan
            });
            if over_it && account.person.is_some_and(|person| !self.on_site(person)) {
                self.people_lose(AccountId::from_index(index), false);
            }
        }
    }

    /// What hangs on the mains: batteries and backups take over, or are done with. They are taken for full again at
    /// once: a second loss shortly after the first finds them so. (Assumption.)
    fn look_at_mains(&mut self, root: EntityKey) {
        for index in 0..self.plan.devices.len() {
            let device = DeviceId::from_index(index);
            let unfed = self.unfed(|feed| feed.devices.contains(&device));
            let state = &mut self.world.continuity.devices[index];
            if unfed && !state.unfed {
                let feeds = self.plan.feeds.iter().filter(|feed| feed.devices.contains(&device));
                let backup = feeds.map(|feed| feed.backup).max().unwrap_or(SimDuration::ZERO);
                state.backup_until = self.world.now + backup;
                self.world.after(backup, Command::Failure(FailureStep::BackupEmpty, device.0));
            }
            self.world.continuity.devices[index].unfed = unfed;
        }
        for index in 0..self.plan.panels.len() {
            let panel = PanelId::from_index(index);
            let unfed = self.unfed(|feed| feed.panels.contains(&panel));
            if unfed == self.world.panels[index].unfed {
                continue;
            }
            let cause = self.outage_cause(root, self.plan.panels[index].key);
            if unfed {
                let battery = self.plan.panels[index].battery;
                self.world.panels[index].battery_until = self.world.now + battery;
                self.world.after(battery, Command::Failure(FailureStep::BatteryEmpty, panel.0));
                // Said before a battery that is empty from the start silences it.
                self.report_by(Some(panel), Report::PanelPower { panel, mains: false }, cause);
                self.world.panels[index].unfed = true;
            } else {
                self.world.panels[index].unfed = false;
                self.look_at_panel(panel, |_| cause);
                self.report_by(Some(panel), Report::PanelPower { panel, mains: true }, cause);
            }
        }
    }

    /// The connection to the internet is lost, or back.
    fn connection(&mut self, lost: bool, root: EntityKey) {
        if step(&mut self.world.continuity.wan, lost) {
            self.tell(Truth::Outage { what: Outage::Wan, began: lost });
            self.take_stock(root);
            if lost {
                self.end_remote_work();
            }
        }
    }

    /// Somebody cuts it.
    pub(crate) fn connection_cut(&mut self, cause: Cause) {
        self.world.continuity.cut_by = cause.act();
        self.connection(true, cause.key);
        self.world.after(CUT_MENDED_AFTER, Command::Failure(FailureStep::Mended, 0));
    }

    /// And somebody mends it.
    pub(super) fn connection_mended(&mut self) -> bool {
        self.world.continuity.cut_by = None;
        self.connection(false, EntityKey::new("connection", "mended"));
        true
    }

    /// Somebody pulls the fire alarm.
    pub(crate) fn fire_pulled(&mut self, cause: Cause) {
        let n = self.world.ordinal(cause.key, Purpose::HeldTime);
        if step(&mut self.world.continuity.fires, true) {
            self.fire(true, cause);
        }
        self.world.after(FALSE_FIRE_LASTS, Command::Failure(FailureStep::AllClear, n));
    }

    /// And somebody has looked, and found no fire.
    pub(super) fn fire_over(&mut self, n: u32) -> bool {
        if step(&mut self.world.continuity.fires, false) {
            self.fire(false, Cause::ordinary(EntityKey::new("fire", "over"), n));
        }
        true
    }

    /// The fire alarm sounds, or has ended: locks that it releases are free, everybody goes out, and who has gathered is
    /// counted at the all-clear.
    fn fire(&mut self, began: bool, cause: Cause) {
        self.tell(Truth::Outage { what: Outage::Fire, began });
        self.report(Report::FireAlarm { on: began }, cause);
        self.look_at_portals(None);
        if !began {
            let muster = self.plan.muster;
            let gathered = muster.map_or(0, |zone| self.people_in(zone));
            let on_site = (0..self.plan.people.len()).filter(|p| self.on_site(PersonId::from_index(*p))).count() as u32;
            // The muster point may lie on the site or off it.
            let of_them = muster.filter(|zone| !self.plan.zones[zone.index()].offsite()).map_or(0, |_| gathered);
            let inside = on_site.saturating_sub(of_them);
            self.tell(Truth::Mustered { gathered, inside, recorded: self.recorded_inside() });
        }
        self.evacuate(began);
    }

    /// Video crowds the line of a segment, or leaves it: everything else on it comes late or not at all.
    fn flood(&mut self, index: u32, segment: SegmentId, began: bool) {
        let plan = self.plan;
        let root = plan.injects[index as usize].key;
        let line = plan.segments[segment.index()].line;
        let on_line = |s: &usize| plan.segments[*s].line == line;
        let fresh = self.world.continuity.crowded[segment.index()] == 0;
        for s in (0..plan.segments.len()).filter(on_line) {
            // It answers slowly before it does not answer at all.
            if began && fresh {
                let cause = self.outage_cause(root, plan.segments[s].key);
                self.report(Report::SlowSegment { segment: SegmentId::from_index(s) }, cause);
            }
        }
        for s in (0..plan.segments.len()).filter(on_line) {
            if step(&mut self.world.continuity.crowded[s], began) {
                self.tell(Truth::Outage { what: Outage::Segment(SegmentId::from_index(s)), began });
            }
        }
        self.take_stock(root);
        for (panel, at) in plan.panels.iter().enumerate() {
            let crosses = [at.segment, plan.devices[at.server.index()].segment];
            if began && crosses.iter().any(|s| on_line(&s.index())) {
                self.until_crowded(index, panel);
            }
        }
    }

    /// Draws when a panel on a crowded line loses its server next.
    fn until_crowded(&mut self, inject: u32, panel: usize) {
        let key = self.plan.injects[inject as usize].key.mix(self.plan.panels[panel].key);
        let n = self.world.ordinal(key, Purpose::CrowdedUpTime);
        let up = CROWDED_UP_AT_MOST.share(self.world.draws.draw(key, Purpose::CrowdedUpTime, n));
        self.world.after(up, Command::Failure(FailureStep::Crowded, pair(inject, panel)));
    }

    /// A panel on a crowded line loses its server for a while, unless the line is free again.
    pub(super) fn crowded_panel(&mut self, both: u32) -> bool {
        let (inject, panel) = of_pair(both);
        let InjectAct::VideoFloods { segment, .. } = self.plan.injects[inject as usize].what else { return false };
        if !self.is_crowded(segment) {
            return false;
        }
        let key = self.plan.injects[inject as usize].key.mix(self.plan.panels[panel].key);
        let n = self.world.ordinal(key, Purpose::CrowdedDownTime);
        let down = CROWDED_DOWN_AT_MOST.share(self.world.draws.draw(key, Purpose::CrowdedDownTime, n));
        let id = PanelId::from_index(panel);
        self.panel_lost(id, Cause::ordinary(key, n));
        self.world.after(down, Command::Failure(FailureStep::PanelBack, id.0));
        self.until_crowded(inject, panel);
        true
    }
}

/// One more, or one less; whether it is the first, or was the last.
fn step(count: &mut u32, more: bool) -> bool {
    if more {
        *count += 1;
        *count == 1
    } else {
        *count -= 1;
        *count == 0
    }
}
