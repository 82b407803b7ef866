//! The ordinary day: door traffic by hourly rates, nuisance, routines, injects.
//!
//! There is no population yet: people are drawn for each passage. Results
//! label what rests on this "sensors and doors, no population".

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::event::{Observer, Truth, Who};
use crate::simulation::Ctx;
use crate::world::{Cause, Command, Passage};

/// Bits of a traffic ordinal that number the passages of one hour.
const PER_HOUR_BITS: u32 = 10;
/// One hour.
const HOUR: SimDuration = SimDuration::from_secs(3600);

/// An instant within the hour from a draw: uniform.
fn within_hour(draw: u64) -> SimDuration {
    SimDuration::from_millis(((u128::from(draw) * u128::from(HOUR.as_millis())) >> 64) as u64)
}

/// One of `len` from a draw; monotone.
fn pick(draw: u64, len: usize) -> usize {
    ((u128::from(draw) * len as u128) >> 64) as usize
}

impl<O: Observer> Ctx<'_, O> {
    /// Draws the coming hour. Each count and each time has a key of its own, so
    /// that one portal more or less changes nothing at the others.
    pub(crate) fn hour(&mut self) -> bool {
        let plan = self.plan;
        let hour = self.world.now.as_millis() / HOUR.as_millis();
        // 20 bits of ordinal hold 1,024 hours of up to 1,023 passages; a longer run begins anew under a child key.
        let (epoch, hour) = (hour >> PER_HOUR_BITS, (hour & ((1 << PER_HOUR_BITS) - 1)) as u32);
        let clock = plan.calendar.hour_of_day(self.world.now) as usize;
        let weekend = usize::from(matches!(plan.calendar.weekday(self.world.now), Weekday::Sat | Weekday::Sun));
        for (index, portal) in plan.portals.iter().enumerate() {
            let Some(traffic) = &portal.traffic else { continue };
            let key = epoch_key(portal.key, epoch);
            let of = |n| Command::Comes(PortalId::from_index(index), n);
            self.hourly(
                traffic.per_hour[weekend][clock],
                key,
                hour,
                Purpose::TrafficCount,
                (Purpose::TrafficTime, Purpose::TrafficNextTime),
                of,
            );
        }
        for (index, sensor) in plan.sensors.iter().enumerate() {
            let key = epoch_key(sensor.key, epoch);
            let of = |n| Command::Nuisance(SensorId::from_index(index), n);
            self.hourly(
                sensor.nuisance_per_hour,
                key,
                hour,
                Purpose::NuisanceCount,
                (Purpose::NuisanceTime, Purpose::NuisanceNextTime),
                of,
            );
        }
        for (index, routine) in plan.routines.iter().enumerate() {
            let key = epoch_key(routine.key, epoch);
            let of = |n| Command::Routine(index as u32, n);
            self.hourly(
                routine.per_hour,
                key,
                hour,
                Purpose::RoutineCount,
                (Purpose::RoutineTime, Purpose::RoutineNextTime),
                of,
            );
        }
        self.world.queue.settle_batch();
        if self.world.now + HOUR <= plan.horizon {
            self.world.after(HOUR, Command::Hour);
        }
        false
    }

    /// Schedules a Poisson number of commands over the coming hour.
    fn hourly(
        &mut self,
        rate: f64,
        key: EntityKey,
        hour: u32,
        count: Purpose,
        time: (Purpose, Purpose),
        command: impl Fn(u32) -> Command,
    ) {
        if rate <= 0.0 {
            return;
        }
        let most = (1 << PER_HOUR_BITS) - 1;
        let number = poisson_quantile(rate, self.world.draws.draw(key, count, hour)).min(most);
        // A block of the generator gives two times, of one with an even number and of the next.
        for k in (0..number).step_by(2) {
            let n = hour << PER_HOUR_BITS | k;
            let times = self.world.draws.draw_both(key, time.0, time.1, n);
            for (which, draw) in (0..(number - k).min(2)).zip(times) {
                let at = self.world.now + within_hour(draw);
                self.world.queue.push_to_batch(at, command(n + which));
            }
        }
    }

    /// Hours since the start, in units of 1,024: which child key the draws of now are under.
    fn epoch(&self) -> u64 {
        (self.world.now.as_millis() / HOUR.as_millis()) >> PER_HOUR_BITS
    }

    /// Somebody comes to a portal.
    pub(crate) fn comes(&mut self, portal: PortalId, n: u32) -> bool {
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        let Some(traffic) = &door.traffic else { return false };
        let key = epoch_key(door.key, self.epoch());
        let clock = plan.calendar.hour_of_day(self.world.now) as usize;
        let [way, who] = self.world.draws.draw_both(key, Purpose::TrafficDirection, Purpose::TrafficPerson, n);
        let direction = if traffic.inward[clock].happens(way) { Direction::Entry } else { Direction::Exit };
        let crew = traffic.crew_at((self.week_ms() / HOUR.as_millis()) as usize);
        let person = crew[pick(who, crew.len())];
        self.set_out(portal, direction, Who::Person(person), plan.people[person.index()].badge, key, n);
        true
    }

    /// A sensor is activated by nothing that matters.
    pub(crate) fn nuisance(&mut self, sensor: SensorId, n: u32) -> bool {
        let installed = &self.plan.sensors[sensor.index()];
        if !installed.armed_at(self.week_ms()) {
            return false;
        }
        let cause = Cause::ordinary(epoch_key(installed.key, self.epoch()), n);
        self.report(Report::SensorActive { sensor }, cause);
        true
    }

    /// An ordinary act, which may look like an attack.
    pub(crate) fn routine(&mut self, index: u32, n: u32) -> bool {
        let plan = self.plan;
        let routine = &plan.routines[index as usize];
        let week_ms = self.week_ms();
        if !routine.hours.is_empty() && !routine.hours.iter().any(|w| w.contains(week_ms)) {
            return false;
        }
        let key = epoch_key(routine.key, self.epoch());
        let cause = Cause::ordinary(key, n);
        match &routine.act {
            RoutineAct::VendorSession { account, service, ticketed, .. } => {
                let ticket = self.world.happens(*ticketed, key, Purpose::RoutineForm, n);
                self.ordinary_login(*account, *service, ticket, cause);
            }
            RoutineAct::RemoteWork { people, service, .. } => {
                let person = *self.one_of(people, key, n);
                self.remote_work(person, *service, cause);
            }
            RoutineAct::RemoteUnlock { account, portals, requested } => {
                let request = self.world.happens(*requested, key, Purpose::RoutineForm, n);
                let portal = *self.one_of(portals, key, n);
                self.ordinary_unlock(*account, portal, request, cause);
            }
            RoutineAct::OffShift { people, portals } => {
                // One draw, split: who in the upper half of its bits, where in the lower.
                let draw = self.world.draws.draw(key, Purpose::RoutineDetail, n);
                let person = people[pick(draw, people.len())];
                let portal = portals[pick(draw << 32, portals.len())];
                let badge = plan.people[person.index()].badge;
                self.set_out(portal, Direction::Entry, Who::Person(person), badge, key, n);
            }
            RoutineAct::OldBadge { portals, credentials } => {
                let draw = self.world.draws.draw(key, Purpose::RoutineDetail, n);
                let credential = credentials[pick(draw, credentials.len())];
                let portal = portals[pick(draw << 32, portals.len())];
                let holder = plan.credentials[credential.index()].person.unwrap_or(PersonId(0));
                self.set_out(portal, Direction::Entry, Who::Person(holder), credential, key, n);
            }
            RoutineAct::Enrolment { account, credentials, requested } => {
                let request = self.world.happens(*requested, key, Purpose::RoutineForm, n);
                let credential = *self.one_of(credentials, key, n);
                self.ordinary_enrolment(*account, credential, request, cause);
            }
            RoutineAct::MistypedPassword { accounts } => {
                let account = *self.one_of(accounts, key, n);
                if let Some(service) = plan.accounts[account.index()].services.first() {
                    let report = Report::LoginRefused { service: *service, account, reason: Reason::Factor };
                    self.report(report, cause);
                }
            }
            RoutineAct::EndpointFalseAlarm { devices } => {
                let device = *self.one_of(devices, key, n);
                if plan.devices[device.index()].logs_arrive {
                    self.report(Report::EndpointAlert { device }, cause);
                }
            }
            RoutineAct::RefusedConnection { services } => {
                let service = *self.one_of(services, key, n);
                self.report(Report::FlowRefused { service }, cause);
            }
            RoutineAct::PanelFlaps { panels, lasts } => {
                let panel = *self.one_of(panels, key, n);
                let lasts = self.world.time(lasts, key, Purpose::RoutineLength, n);
                self.panel_lost(panel, cause);
                self.world.after(lasts, Command::PanelBack(panel));
            }
        }
        true
    }

    fn one_of<'l, T>(&mut self, list: &'l [T], key: EntityKey, n: u32) -> &'l T {
        &list[pick(self.world.draws.draw(key, Purpose::RoutineDetail, n), list.len())]
    }

    /// Somebody works from afar.
    fn remote_work(&mut self, person: PersonId, service: ServiceId, cause: Cause) {
        let plan = self.plan;
        let account =
            plan.people[person.index()].accounts.iter().find(|a| plan.accounts[a.index()].services.contains(&service));
        if let Some(account) = account {
            self.ordinary_login(*account, service, false, cause);
        }
    }

    /// Something that the scenario has set for now.
    pub(crate) fn inject(&mut self, index: u32) -> bool {
        let inject = &self.plan.injects[index as usize];
        if !self.world.happens(inject.chance, inject.key, Purpose::InjectChance, 0) {
            return false;
        }
        let cause = Cause::ordinary(inject.key, 0);
        match inject.what {
            InjectAct::RemoteWork { person, service, .. } => self.remote_work(person, service, cause),
            InjectAct::PanelOffline { panel, lasts } => {
                self.panel_lost(panel, cause);
                self.world.after(lasts, Command::PanelBack(panel));
            }
        }
        true
    }

    /// A panel loses its server: the server notices, the panel goes on by itself.
    pub(crate) fn panel_lost(&mut self, panel: PanelId, cause: Cause) {
        if !self.world.panels[panel.index()].offline {
            self.world.panels[panel.index()].offline = true;
            self.report(Report::PanelLink { panel, up: false }, cause);
        }
    }

    /// A panel finds its server again, hands over what it kept, and hears of what has changed.
    pub(crate) fn panel_back(&mut self, panel: PanelId) -> bool {
        let server = self.plan.panels[panel.index()].server;
        let state = &mut self.world.panels[panel.index()];
        if !state.offline || self.world.isolated.contains(server.index()) {
            return false;
        }
        state.offline = false;
        let mut buffer = std::mem::take(&mut state.buffer);
        let cause = Cause::ordinary(self.plan.panels[panel.index()].key, 0);
        self.report(Report::PanelLink { panel, up: true }, cause);
        for (report, cause) in buffer.drain(..) {
            self.report(report, cause);
        }
        self.world.panels[panel.index()].buffer = buffer;
        self.catch_up(panel);
        true
    }

    /// Sends somebody on the way through a portal: by right where it opens, else by badge.
    pub(crate) fn set_out(
        &mut self,
        portal: PortalId,
        direction: Direction,
        who: Who,
        credential: CredentialId,
        key: EntityKey,
        n: u32,
    ) {
        let door = &self.plan.portals[portal.index()];
        let mut passage = Passage { portal, direction, who, credential, key, n, rejected: false };
        if self.opens(portal, direction) {
            let pass = self.world.time(&door.pass_time, key, Purpose::PassTime, n);
            let slot = self.slot(passage);
            self.world.after(pass, Command::Through(slot));
        } else if let Some(reader) = &door.readers[direction.index()] {
            let (time, chance) = ((&reader.read_time, Purpose::ReadTime), (reader.false_reject, Purpose::ReadFailure));
            let (read, rejected) = self.world.time_and_chance(time, chance, key, n);
            let panel = &self.plan.panels[reader.panel.index()];
            let decision = self.world.time(&panel.decision_time, key, Purpose::DecisionTime, n);
            passage.rejected = rejected;
            let slot = self.slot(passage);
            self.world.after(read + decision, Command::Decide(slot));
        }
    }

    /// A rightful person could not go where they may go.
    pub(crate) fn refused(&mut self, who: Who, portal: PortalId, reason: Reason) {
        match who {
            Who::Person(person) | Who::Guard(person) => self.tell(Truth::Refused { person, portal, reason }),
            Who::Actor(..) => {}
        }
    }
}

/// The key for draws of one entity in one epoch of a long run.
fn epoch_key(key: EntityKey, epoch: u64) -> EntityKey {
    if epoch == 0 { key } else { key.child(Purpose::TrafficTime, epoch) }
}
