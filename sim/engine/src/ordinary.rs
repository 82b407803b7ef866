//! What happens by a rate, hour by hour: nuisance and routines; and what a scenario sets.

use doorward_model::base::*;
use doorward_model::plan::built_in::{NUISANCE_FACTOR, NUISANCE_SENSORS};
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::event::{Observer, Truth, Who};
use crate::simulation::Ctx;
use crate::world::{Cause, Command, Manner, Passage, PassageId};

/// Bits of an ordinal that number what happens in one hour.
const PER_HOUR_BITS: u32 = 10;
/// One hour.
const HOUR: SimDuration = SimDuration::from_secs(3600);

impl<O: Observer> Ctx<'_, O> {
    /// Draws the coming hour. Each count and each time has a key of its own, so
    /// that one portal more or less changes nothing at the others.
    #[inline(never)]
    pub(crate) fn hour(&mut self) -> bool {
        let plan = self.plan;
        let hour = self.world.now.as_millis() / HOUR.as_millis();
        // 20 bits of ordinal hold 1,024 hours of up to 1,023 events; a longer run begins anew under a child key.
        let (epoch, hour) = (hour >> PER_HOUR_BITS, (hour & ((1 << PER_HOUR_BITS) - 1)) as u32);
        if self.world.now == SimTime::ZERO {
            self.share_out_nuisance();
        }
        for (index, sensor) in plan.sensors.iter().enumerate() {
            let key = epoch_key(sensor.key, epoch);
            let of = |n| Command::Nuisance(SensorId::from_index(index), n);
            self.hourly(
                sensor.nuisance_per_hour * self.world.nuisance[index],
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
        if self.world.now + HOUR <= plan.horizon {
            self.world.after(HOUR, Command::Hour);
        }
        false
    }

    /// Draws which sensors give most of the nuisance in this run.
    ///
    /// SEMANTICS 7 asks for a heavy tail, few doors giving most of it, and no public source states its shape. The
    /// assumption here is the coarsest that has it: a tenth of the sensors, drawn anew for each run, have seven times
    /// the rate of the file and so give seven tenths of all; the others have a third of it. The mean stays that of the
    /// file, and the bound keeps batches of a few hundred runs steady, which an unbounded tail would not.
    fn share_out_nuisance(&mut self) {
        let rest = (1.0 - NUISANCE_SENSORS * NUISANCE_FACTOR) / (1.0 - NUISANCE_SENSORS);
        for (index, sensor) in self.plan.sensors.iter().enumerate() {
            let many = sensor.nuisance_per_hour > 0.0
                && self.world.happens(self.world.people.bad_sensors, sensor.key, Purpose::NuisanceShare, 0);
            self.world.nuisance[index] = if many { NUISANCE_FACTOR } else { rest };
        }
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
                let at = self.world.now + HOUR.share(draw);
                self.world.queue.push(at, command(n + which), false);
            }
        }
    }

    /// Hours since the start, in units of 1,024: which child key the draws of now are under.
    fn epoch(&self) -> u64 {
        (self.world.now.as_millis() / HOUR.as_millis()) >> PER_HOUR_BITS
    }

    /// A sensor is activated by nothing that matters.
    #[inline(never)]
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
    #[inline(never)]
    pub(crate) fn routine(&mut self, index: u32, n: u32) -> bool {
        let plan = self.plan;
        let routine = &plan.routines[index as usize];
        let week_ms = self.week_ms();
        if !routine.hours.is_empty() && !routine.hours.iter().any(|w| w.contains(week_ms)) {
            return false;
        }
        let key = epoch_key(routine.key, self.epoch());
        self.act(&routine.act, key, n);
        true
    }

    /// Something that the scenario has set for now.
    #[inline(never)]
    pub(crate) fn inject(&mut self, index: u32) -> bool {
        let inject = &self.plan.injects[index as usize];
        if !self.world.happens(inject.chance, inject.key, Purpose::InjectChance, 0) {
            return false;
        }
        match &inject.what {
            InjectAct::Act(act) => {
                self.act(act, inject.key, 0);
                true
            }
            _ => self.fails(index),
        }
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
        let since = self.world.now;
        let manner = if self.opens(portal, direction) { Manner::Freely } else { Manner::Badge };
        let passage = Passage { portal, direction, who, credential, key, n, rejected: false, since, manner };
        if manner == Manner::Freely {
            self.let_through(passage);
        } else {
            self.present(passage);
        }
    }

    /// Goes through a portal without asking, in the time that it takes.
    #[inline]
    pub(crate) fn let_through(&mut self, passage: Passage) -> PassageId {
        let gate = self.gate(passage.portal);
        let pass = self.world.time(&gate.pass_time, passage.key, Purpose::PassTime, passage.n);
        let held = match passage.manner {
            Manner::Freely => self.egress_delay(passage.portal, passage.direction),
            Manner::Badge | Manner::Following | Manner::Helped | Manner::Glass => SimDuration::ZERO,
        };
        let slot = self.slot(passage);
        self.world.after(held + pass, Command::Through(slot));
        slot
    }

    /// Presents a badge at the reader of a portal; none where there is no reader.
    #[inline]
    pub(crate) fn present(&mut self, mut passage: Passage) -> Option<PassageId> {
        let Passage { portal, direction, key, n, .. } = passage;
        let reader = self.reader(portal, direction)?;
        let (time, chance) = ((&reader.read_time, Purpose::ReadTime), (reader.false_reject, Purpose::ReadFailure));
        let (read, rejected) = self.world.time_and_chance(time, chance, key, n);
        let decision = self.decision_delay(reader, key, n);
        passage.rejected = rejected;
        let slot = self.slot(passage);
        self.world.after(read + decision, Command::Decide(slot));
        Some(slot)
    }

    /// A rightful person could not go where they may go.
    pub(crate) fn refused(&mut self, who: Who, portal: PortalId, reason: Reason) {
        match who {
            Who::Person(person) | Who::Guard(person) => self.tell(Truth::Refused { person, portal, reason }),
            // The holder, where there is one, is who could have been refused by right.
            Who::Bearer(credential) => {
                if let Some(person) = self.plan.credentials[credential.index()].person {
                    self.tell(Truth::Refused { person, portal, reason });
                }
            }
            Who::Actor(..) => {}
        }
    }
}

/// The key for draws of one entity in one epoch of a long run.
fn epoch_key(key: EntityKey, epoch: u64) -> EntityKey {
    if epoch == 0 { key } else { key.child(Purpose::TrafficTime, epoch) }
}
