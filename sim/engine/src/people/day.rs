//! What a day brings: who comes, when, and what they will do.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use super::{Aim, Doing, HOME_LEG, MOST_LEGS, Marks, NONE, Spot};
use crate::acts::pick;
use crate::event::Observer;
use crate::simulation::Ctx;
use crate::world::{Cause, Command};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// A day is planned this long before its midnight, so that shifts which begin at midnight can be set out for.
const AHEAD_MS: i64 = 6 * HOUR_MS;
/// The duties of call-outs are numbered from here, behind the shifts of a day.
const CALL_OUTS: u16 = 256;
/// Call-outs of one kind that a member may get in a day.
const MOST_CALL_OUTS: u16 = 64;

/// Whoever would set out while the alarm sounds asks again after this long.
const UNTIL_QUIET: SimDuration = SimDuration::from_secs(600);

/// What somebody does from home, packed: which kind, which day, which duty of that day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Due(u32);

/// The kinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum DueKind {
    /// Sets out for a shift, or for a call-out.
    SetsOut,
    /// Opens the gateway from afar.
    WorksRemotely,
    /// Reports the badge lost.
    ReportsLoss,
}

impl Due {
    fn new(kind: DueKind, day: u16, slot: u16) -> Self {
        Self((kind as u32) << 30 | u32::from(day & 0x3FFF) << 16 | u32::from(slot))
    }

    fn kind(self) -> DueKind {
        match self.0 >> 30 {
            0 => DueKind::SetsOut,
            1 => DueKind::WorksRemotely,
            _ => DueKind::ReportsLoss,
        }
    }

    fn day(self) -> u16 {
        (self.0 >> 16) as u16 & 0x3FFF
    }

    fn slot(self) -> u16 {
        self.0 as u16
    }
}

/// One errand of one day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Task {
    /// Milliseconds since the midnight of the duty.
    at: u32,
    /// Which of the role's errands, and which of that kind today.
    pub errand: u16,
    pub which: u16,
    /// Which of its places; of a round the first.
    pub place: u16,
    /// The first leg of it.
    pub leg: u16,
}

/// Tasks for which there is room: beyond it they are left out, which happens to fewer than one member in 10,000 days.
pub(super) fn room(day: &Day) -> usize {
    day.errands.iter().map(|errand| most(errand.per_day) as usize).sum::<usize>().max(1)
}

/// The most errands of a kind in a day: four standard deviations above the mean, and three.
fn most(per_day: f64) -> u32 {
    (per_day + 4.0 * per_day.sqrt() + 3.0) as u32
}

/// The key for draws of a day and a duty.
pub(super) fn key(key: EntityKey, day: u16, slot: u16) -> EntityKey {
    match (day >> 10, slot) {
        (0, 0) => key,
        (epoch, slot) => key.child(Purpose::Attendance, u64::from(epoch) << 16 | u64::from(slot)),
    }
}

/// The number of a draw of a day: ten bits of day, ten of which.
pub(super) fn number(day: u16, which: u16) -> u32 {
    u32::from(day & 1_023) << 10 | u32::from(which & 1_023)
}

/// Adds the stretches of windows that lie between two times, in milliseconds since the midnight of a weekday; all of
/// it where there are no windows.
fn stretches(windows: &[Window], weekday: u64, from: i64, until: i64, mut take: impl FnMut(i64, i64)) {
    if windows.is_empty() {
        return take(from, until);
    }
    for window in windows {
        for (offset, day) in [(-DAY_MS, weekday + 6), (0, weekday), (DAY_MS, weekday + 1)] {
            if let Some((begin, end)) = window.on(day) {
                let (begin, end) = ((begin as i64 + offset).max(from), (end as i64 + offset).min(until));
                if begin < end {
                    take(begin, end);
                }
            }
        }
    }
}

/// How much of the windows lies between two times.
fn extent(windows: &[Window], weekday: u64, from: i64, until: i64) -> i64 {
    let mut sum = 0;
    stretches(windows, weekday, from, until, |begin, end| sum += end - begin);
    sum
}

/// The time that lies this far into the windows.
fn within(windows: &[Window], weekday: u64, from: i64, until: i64, mut far: i64) -> i64 {
    let mut at = from;
    stretches(windows, weekday, from, until, |begin, end| {
        if (0..end - begin).contains(&far) {
            at = begin + far;
        }
        far -= end - begin;
    });
    at
}

/// A share of a length from a draw: uniform.
fn part_of(draw: u64, length: i64) -> i64 {
    SimDuration::from_millis(length.max(0) as u64).share(draw).as_millis() as i64
}

impl<O: Observer> Ctx<'_, O> {
    /// The midnight of a day, in milliseconds of the run; that of the first lies before it.
    fn midnight(&self, day: u16) -> i64 {
        (i64::from(day) - 1) * DAY_MS - self.plan.calendar.day_ms(SimTime::ZERO) as i64
    }

    fn weekday(&self, day: u16) -> u64 {
        (self.plan.calendar.week_ms(SimTime::ZERO) / DAY_MS as u64 + u64::from(day) + 6) % 7
    }

    fn at_ms(at: i64) -> SimTime {
        SimTime::from_millis(at.max(0) as u64)
    }

    /// The day before the start, whose nights reach into it; that of the start, and the next if that is near.
    pub(super) fn first_days(&mut self) {
        let mut day = 0;
        while self.midnight(day) - AHEAD_MS <= 0 {
            self.plan_day(day);
            day += 1;
        }
        let next = Self::at_ms(self.midnight(day) - AHEAD_MS);
        self.world.queue.push(next, Command::Day, false);
    }

    /// Draws when everybody sets out for the coming day.
    #[inline(never)]
    pub(crate) fn day(&mut self) -> bool {
        let now = self.world.now.as_millis() as i64 + AHEAD_MS;
        let day = ((now + self.plan.calendar.day_ms(SimTime::ZERO) as i64) / DAY_MS + 1) as u16;
        self.plan_day(day);
        self.world.after(SimDuration::from_millis(DAY_MS as u64), Command::Day);
        false
    }

    fn plan_day(&mut self, day: u16) {
        for index in 0..self.world.people.members.len() {
            let person = self.world.people.members[index];
            let role = self.role(person);
            let Some(of) = &role.day else { continue };
            if self.plan.holiday.is_some() && !of.works_holidays || !self.employed(person) {
                continue;
            }
            let weekday = self.weekday(day);
            for (slot, window) in role.shift.iter().enumerate() {
                if let Some(hours) = window.on(weekday) {
                    self.plan_shift(person, of, day, slot as u16, hours);
                }
            }
            for (index, errand) in of.errands.iter().enumerate().filter(|(_, errand)| errand.off_shift) {
                self.plan_call_outs(person, errand, day, index as u16);
            }
        }
    }

    /// Whether somebody comes for a shift, works from afar, or does neither.
    fn plan_shift(&mut self, person: PersonId, of: &Day, day: u16, slot: u16, (from, to): (u64, u64)) {
        let own = key(self.plan.people[person.index()].key, day, slot);
        let n = number(day, 0);
        let (clock, attends) =
            self.world.time_and_chance((&of.arrives, Purpose::ArrivalTime), (of.attends, Purpose::Attendance), own, n);
        let begin = self.midnight(day) + from as i64;
        let end = self.midnight(day) + to as i64;
        if attends {
            let at = begin - of.lead.as_millis() as i64 + clock.as_millis() as i64;
            return self.plan_due(person, at, Due::new(DueKind::SetsOut, day, slot));
        }
        let remote = of.remote.is_some() && self.world.happens(of.remote_share, own, Purpose::RemoteDay, n);
        if remote {
            let at = begin + part_of(self.world.draws.draw(own, Purpose::RemoteTime, n), end - begin);
            if at >= 0 {
                self.plan_due(person, at, Due::new(DueKind::WorksRemotely, day, slot));
            }
        }
    }

    fn plan_call_outs(&mut self, person: PersonId, errand: &Errand, day: u16, index: u16) {
        let weekday = self.weekday(day);
        let extent = extent(&errand.hours, weekday, 0, DAY_MS);
        if extent == 0 {
            return;
        }
        let own = key(self.plan.people[person.index()].key.mix(errand.key), day, CALL_OUTS);
        let draw = self.world.draws.draw(own, Purpose::ErrandCount, number(day, 0));
        let count = poisson_quantile(errand.per_day, draw).min(u32::from(MOST_CALL_OUTS)) as u16;
        for which in 0..count {
            let draw = self.world.draws.draw(own, Purpose::ErrandTime, number(day, which));
            let at = self.midnight(day) + within(&errand.hours, weekday, 0, DAY_MS, part_of(draw, extent));
            if at >= 0 {
                let slot = CALL_OUTS + 1 + index * MOST_CALL_OUTS + which;
                self.plan_due(person, at, Due::new(DueKind::SetsOut, day, slot));
            }
        }
    }

    /// Schedules what is still to come; somebody who set out before the start of the run is put where they are by now.
    fn plan_due(&mut self, person: PersonId, at: i64, due: Due) {
        let now = self.world.now.as_millis() as i64;
        if at >= now || now > 0 {
            let at = Self::at_ms(at.max(now));
            if at <= self.plan.horizon {
                self.world.queue.push(at, Command::Due(person, due), false);
            }
        } else {
            self.place(person, due, at);
        }
    }

    /// Something that somebody does from home.
    #[inline(never)]
    pub(crate) fn due(&mut self, person: PersonId, due: Due) -> bool {
        if !self.employed(person) && due.kind() != DueKind::ReportsLoss {
            return false;
        }
        match due.kind() {
            DueKind::SetsOut => {
                if self.world.people.alarm {
                    self.world.after(UNTIL_QUIET, Command::Due(person, due));
                    return false;
                }
                let walker = self.walker(person);
                if walker.doing != Doing::Away || walker.task < walker.tasks {
                    // Still at the duty before.
                    walker.missed = Some(due);
                    return false;
                }
                let now = self.world.now.as_millis() as i64;
                if !self.begin_duty(person, due, now) {
                    return false;
                }
                self.begin_walking(person);
            }
            DueKind::WorksRemotely => self.works_remotely(person, due),
            DueKind::ReportsLoss => {
                let badge = self.plan.people[person.index()].badge;
                let key = key(self.plan.people[person.index()].key, due.day(), due.slot());
                let cause = Cause::ordinary(key, number(due.day(), 0));
                self.world.identity.set_lost(badge);
                self.report(Report::BadgeLost { credential: badge }, cause);
            }
        }
        true
    }

    /// A day from afar: over the gateway, and for some with the computer at their base, of which no badge knows.
    fn works_remotely(&mut self, person: PersonId, due: Due) {
        let Some(of) = &self.role(person).day else { return };
        let key = key(self.plan.people[person.index()].key, due.day(), due.slot());
        let n = number(due.day(), 0);
        let cause = Cause::ordinary(key, n);
        let Some(gateway) = of.remote else { return };
        if !self.person_logs_in(person, gateway, true, cause) {
            return;
        }
        if let Some(service) = of.logs_in
            && self.world.happens(of.remote_desktop, key, Purpose::RemoteDesktop, n)
        {
            self.person_logs_in(person, service, false, cause);
        }
    }

    // ---------------------------------------------------------------- duties

    /// Draws what a duty brings; `false` if it is over already.
    fn begin_duty(&mut self, person: PersonId, due: Due, set_out: i64) -> bool {
        let plan = self.plan;
        let role = self.role(person);
        let Some(of) = &role.day else { return false };
        let (day, slot) = (due.day(), due.slot());
        let own = key(plan.people[person.index()].key, day, slot);
        let n = number(day, 0);
        let call_out = slot > CALL_OUTS;
        let leaves = if call_out {
            set_out
        } else {
            let Some((_, to)) = role.shift.get(slot as usize).and_then(|w| w.on(self.weekday(day))) else {
                return false;
            };
            let clock = self.world.time(&of.leaves, own, Purpose::DepartureTime, n);
            let mut leaves = self.midnight(day) + to as i64 - of.lead.as_millis() as i64 + clock.as_millis() as i64;
            if let Some(guest) = &role.guest
                && guest.overstays != Probability::ZERO
            {
                let (more, stays_on) = self.world.time_and_chance(
                    (&guest.overstays_by, Purpose::OverstayTime),
                    (guest.overstays, Purpose::Overstays),
                    own,
                    n,
                );
                if stays_on {
                    leaves = leaves.max(set_out + guest.valid_for.as_millis() as i64) + more.as_millis() as i64;
                }
            }
            leaves
        };
        if leaves < set_out {
            return false;
        }
        let lost = self.walker(person).marks.has(Marks::LOST);
        let walker = self.walker(person);
        (walker.day, walker.slot, walker.leg, walker.tries) = (day, slot, 0, 0);
        walker.marks = if lost { Marks(Marks::LOST.0 | Marks::FORGOT.0) } else { Marks::default() };
        walker.leaves_at = Self::at_ms(leaves);
        walker.loses_at = SimTime::MAX;
        walker.missed = None;
        walker.propped = NONE;
        if call_out {
            walker.marks.put(Marks::CALLED);
            self.one_task(person, of, set_out);
        } else {
            let over = leaves <= self.world.now.as_millis() as i64;
            if over {
                let walker = self.walker(person);
                (walker.task, walker.tasks, walker.stop) = (0, 0, 0);
            } else {
                self.make_tasks(person, of, role.shift.as_slice(), set_out, leaves);
            }
        }
        self.draw_habits(person, own, n, set_out, leaves);
        true
    }

    /// What is so of somebody today.
    fn draw_habits(&mut self, person: PersonId, own: EntityKey, n: u32, set_out: i64, leaves: i64) {
        let Some(habits) = &self.plan.habits else { return };
        let mut marks = self.walker(person).marks;
        let mut put = |ctx: &mut Self, chance, purpose, mark| {
            if ctx.world.happens(chance, own, purpose, n) {
                marks.put(mark);
            }
        };
        put(self, habits.forgets_badge, Purpose::BadgeForgotten, Marks::FORGOT);
        put(self, habits.stale_device, Purpose::StaleDevice, Marks::STALE);
        put(self, habits.leaves_company, Purpose::LeavesCompany, Marks::QUITS);
        if !self.plan.people[person.index()].old_badges.is_empty() {
            put(self, habits.old_badge, Purpose::OldBadge, Marks::OLD_BADGE);
        }
        self.walker(person).marks = marks;
        if !marks.has(Marks::LOST) && self.world.happens(habits.loses_badge, own, Purpose::BadgeLost, n) {
            let at = set_out + part_of(self.world.draws.draw(own, Purpose::LossTime, n), leaves - set_out);
            let after = self.world.time(&habits.reports_loss_after, own, Purpose::LossReported, n);
            let walker = self.walker(person);
            walker.loses_at = Self::at_ms(at);
            let due = Due::new(DueKind::ReportsLoss, walker.day, walker.slot);
            let reported = at + after.as_millis() as i64;
            if reported >= self.world.now.as_millis() as i64 {
                self.world.queue.push(Self::at_ms(reported), Command::Due(person, due), false);
            }
        }
    }

    /// The errands of a day, in order of time.
    fn make_tasks(&mut self, person: PersonId, of: &Day, shift: &[Window], set_out: i64, leaves: i64) {
        let walker = &self.world.people.walkers[person.index()];
        let (day, slot, first) = (walker.day, walker.slot, self.first_task(person));
        let (weekday, midnight) = (self.weekday(day), self.midnight(day));
        // A day of several shifts shares its errands among them.
        let shifts = shift.iter().filter(|window| window.on(weekday).is_some()).count().max(1);
        let (from, until) = (set_out - midnight, leaves - midnight);
        let mut made = 0;
        for (index, errand) in of.errands.iter().enumerate().filter(|(_, errand)| !errand.off_shift) {
            let extent = extent(&errand.hours, weekday, from, until);
            if extent == 0 || errand.per_day <= 0.0 {
                continue;
            }
            let own = key(self.plan.people[person.index()].key.mix(errand.key), day, slot);
            let draw = self.world.draws.draw(own, Purpose::ErrandCount, number(day, 0));
            let count = poisson_quantile(errand.per_day / shifts as f64, draw).min(most(errand.per_day));
            for which in 0..count as u16 {
                let n = number(day, which);
                let [time, place] = self.world.draws.draw_both(own, Purpose::ErrandTime, Purpose::ErrandPlace, n);
                let at = within(&errand.hours, weekday, from, until, part_of(time, extent));
                let place = if errand.round { 0 } else { pick(place, errand.to.len()) as u16 };
                let task = Task { at: at.max(0) as u32, errand: index as u16, which, place, leg: 0 };
                self.world.people.tasks[first + made] = task;
                made += 1;
            }
        }
        let tasks = &mut self.world.people.tasks[first..first + made];
        tasks.sort_unstable();
        let (mut leg, mut kept) = (1, 0);
        for task in tasks {
            let errand = &of.errands[task.errand as usize];
            let stops = if errand.round { errand.to.len() as u16 } else { 1 };
            if leg + stops + 1 > MOST_LEGS {
                break;
            }
            task.leg = leg;
            leg += stops + 1;
            kept += 1;
        }
        let walker = self.walker(person);
        (walker.task, walker.tasks, walker.stop) = (0, kept, 0);
    }

    /// The one errand of a call-out.
    fn one_task(&mut self, person: PersonId, of: &Day, set_out: i64) {
        let walker = &self.world.people.walkers[person.index()];
        let (day, slot, first) = (walker.day, walker.slot, self.first_task(person));
        let code = slot - CALL_OUTS - 1;
        let (errand, which) = (code / MOST_CALL_OUTS, code % MOST_CALL_OUTS);
        let to = of.errands[errand as usize].to.len();
        let round = of.errands[errand as usize].round;
        let own = key(self.plan.people[person.index()].key.mix(of.errands[errand as usize].key), day, slot);
        let place = if round || to == 1 {
            0
        } else {
            pick(self.world.draws.draw(own, Purpose::ErrandPlace, number(day, which)), to) as u16
        };
        let at = (set_out - self.midnight(day)).max(0) as u32;
        self.world.people.tasks[first] = Task { at, errand, which, place, leg: 1 };
        let walker = self.walker(person);
        (walker.task, walker.tasks, walker.stop) = (0, 1, 0);
    }

    // --------------------------------------------------- in the middle of it

    /// Puts somebody who set out before the run began where they are by now: at their base, or at an errand. That they
    /// might still be on the way is left out, a few minutes in a day.
    fn place(&mut self, person: PersonId, due: Due, set_out: i64) {
        if self.walker(person).doing != Doing::Away || !self.begin_duty(person, due, set_out) {
            return;
        }
        let plan = self.plan;
        let role = self.role(person);
        let Some(of) = &role.day else { return };
        // Reception has helped who forgot the badge, and who lost it.
        let walker = self.walker(person);
        walker.marks.put(Marks::DAY_BADGE);
        walker.marks.take(Marks::OLD_BADGE);
        if self.walker(person).leaves_at == SimTime::ZERO {
            let walker = self.walker(person);
            walker.task = walker.tasks;
            return;
        }
        let base = plan.people[person.index()].base.unwrap_or(of.home);
        let midnight = self.midnight(self.world.people.walkers[person.index()].day);
        let mut free_at = i64::MIN;
        while let Some(task) = self.next_task(person) {
            let begins = (midnight + i64::from(task.at)).max(free_at);
            if begins >= 0 {
                break;
            }
            let errand = &of.errands[task.errand as usize];
            let stops = if errand.round { errand.to.len() as u16 } else { 1 };
            free_at = begins;
            for stop in 0..stops {
                let walker = self.walker(person);
                (walker.leg, walker.stop) = (task.leg + stop, stop);
                let (key, n) = walker.leg_draws();
                free_at += self.world.time(&errand.stays, key, Purpose::ErrandStay, n).as_millis() as i64;
                if free_at > 0 {
                    let zone = errand.to[if errand.round { stop } else { task.place } as usize];
                    self.draw_records(person, errand, task, zone);
                    self.settle_in(person, zone, Aim::Errand);
                    self.was_there(person, zone, None);
                    return self.does(person, Doing::There, SimDuration::from_millis(free_at as u64));
                }
            }
            let walker = self.walker(person);
            (walker.task, walker.stop) = (walker.task + 1, 0);
        }
        if base == of.home {
            self.go_on(person);
        } else {
            self.settle_in(person, base, Aim::Base);
            self.was_there(person, base, of.logs_in);
            let walker = self.walker(person);
            if of.logs_in.is_some() {
                walker.marks.put(Marks::SESSION);
            }
            self.stay_at_base(person);
        }
    }

    /// Puts somebody into a zone.
    fn settle_in(&mut self, person: PersonId, zone: ZoneId, aim: Aim) {
        let walker = self.walker(person);
        walker.aim = aim;
        (walker.zone, walker.to, walker.from, walker.portal) = (zone, zone, Spot::Middle(zone), NONE);
        self.world.people.places[zone.index()].inside += 1;
        if self.role(person).guest.is_some() {
            self.walker(person).marks.put(Marks::VISIT);
            self.visit_begins(person);
        }
    }

    // ------------------------------------------------------------- what next

    /// The next errand of today, if there is one.
    pub(super) fn next_task(&self, person: PersonId) -> Option<Task> {
        let walker = &self.world.people.walkers[person.index()];
        (walker.task < walker.tasks).then(|| self.world.people.tasks[self.first_task(person) + walker.task as usize])
    }

    fn first_task(&self, person: PersonId) -> usize {
        self.world.people.first_tasks[person.index()] as usize
    }

    /// When an errand is to begin.
    fn begins(&self, person: PersonId, task: Task) -> SimTime {
        Self::at_ms(self.midnight(self.world.people.walkers[person.index()].day) + i64::from(task.at))
    }

    /// From home: to the base, or where there is none to the first errand.
    fn begin_walking(&mut self, person: PersonId) {
        let Some(of) = &self.role(person).day else { return };
        let call_out = self.walker(person).marks.has(Marks::CALLED);
        match self.plan.people[person.index()].base {
            Some(base) if base != of.home && !call_out => self.walk_to(person, base, Aim::Base, 0),
            Some(_) | None => self.go_on(person),
        }
    }

    /// Decides what to do next, wherever somebody is.
    pub(super) fn go_on(&mut self, person: PersonId) {
        let plan = self.plan;
        let Some(of) = &self.role(person).day else { return };
        self.errand_over(person);
        let now = self.world.now;
        let base = plan.people[person.index()].base.unwrap_or(of.home);
        let walker = &self.world.people.walkers[person.index()];
        if walker.doing == Doing::Away && self.world.people.alarm {
            // Nobody sets out while the alarm sounds.
            return self.does(person, Doing::Away, UNTIL_QUIET);
        }
        let call_out = walker.marks.has(Marks::CALLED);
        let over = now >= walker.leaves_at && !(call_out && walker.task < walker.tasks);
        if over || walker.marks.has(Marks::DONE) {
            return self.go_home(person, HOME_LEG);
        }
        if let Some(task) = self.next_task(person)
            && self.begins(person, task) <= now
        {
            return self.start_errand(person, task);
        }
        let walker = &self.world.people.walkers[person.index()];
        if walker.doing == Doing::Away || walker.zone == base {
            if base == of.home {
                return self.at_home(person);
            }
            if walker.doing != Doing::Away {
                return self.stay_at_base(person);
            }
        }
        // The leg back is the one before the next task's first.
        let leg = self.leg_back(person);
        self.walk_to(person, base, Aim::Base, leg);
    }

    /// The leg that leads back from the errand before.
    fn leg_back(&self, person: PersonId) -> u16 {
        let walker = &self.world.people.walkers[person.index()];
        let Some(before) = walker.task.checked_sub(1) else { return walker.leg };
        let task = self.world.people.tasks[self.first_task(person) + before as usize];
        let role = self.role(person);
        let stops = role.day.as_ref().map_or(1, |of| {
            let errand = &of.errands[task.errand as usize];
            if errand.round { errand.to.len() as u16 } else { 1 }
        });
        task.leg + stops
    }

    /// At the base until the next errand, or the end of the day.
    pub(super) fn stay_at_base(&mut self, person: PersonId) {
        let now = self.world.now;
        let leaves_at = self.world.people.walkers[person.index()].leaves_at;
        let until = self.next_task(person).map_or(leaves_at, |task| self.begins(person, task).min(leaves_at));
        self.does(person, Doing::There, until - now);
    }

    /// Sets out on an errand.
    fn start_errand(&mut self, person: PersonId, task: Task) {
        let Some(of) = &self.role(person).day else { return };
        let errand = &of.errands[task.errand as usize];
        self.walker(person).stop = 0;
        self.next_stop(person, errand, task);
    }

    /// Goes to the next place of an errand.
    pub(super) fn next_stop(&mut self, person: PersonId, errand: &Errand, task: Task) {
        let stop = self.world.people.walkers[person.index()].stop;
        let zone = errand.to[if errand.round { stop } else { task.place } as usize];
        if stop == 0 {
            self.draw_records(person, errand, task, zone);
        }
        self.walk_to(person, zone, Aim::Errand, task.leg + stop);
    }

    /// What is on file of an errand.
    fn draw_records(&mut self, person: PersonId, errand: &Errand, task: Task, zone: ZoneId) {
        if errand.booked == Probability::ZERO && errand.work_order == Probability::ZERO {
            return;
        }
        let walker = self.walker(person);
        let (key, n) = (walker.day_key(walker.key.mix(errand.key)), walker.day_n(task.which));
        let booked = self.world.happens(errand.booked, key, Purpose::Booking, n);
        let ordered = self.world.happens(errand.work_order, key, Purpose::WorkOrder, n);
        if booked || ordered {
            self.walker(person).marks.put(Marks::ON_FILE);
            self.on_file(person, zone, Records::BOOKING.when(booked).and(Records::WORK_ORDER.when(ordered)));
        }
    }

    /// Takes what was on file for an errand off it.
    fn errand_over(&mut self, person: PersonId) {
        if self.walker(person).marks.take(Marks::ON_FILE) {
            self.off_file(person);
        }
    }

    /// An errand is over, done or given up.
    pub(super) fn end_errand(&mut self, person: PersonId) {
        let walker = self.walker(person);
        walker.task += 1;
        walker.stop = 0;
        walker.propped = NONE;
        self.errand_over(person);
    }

    /// The way home; what is left of the day is dropped.
    pub(super) fn go_home(&mut self, person: PersonId, leg: u16) {
        let Some(of) = &self.role(person).day else { return };
        let walker = self.walker(person);
        walker.task = walker.tasks;
        walker.marks.put(Marks::DONE);
        if walker.doing == Doing::Away {
            return self.at_home(person);
        }
        self.walk_to(person, of.home, Aim::Home, leg);
    }

    /// Home, or at its edge: until the next errand from there, or the end of the duty.
    pub(super) fn at_home(&mut self, person: PersonId) {
        let now = self.world.now;
        let role = self.role(person);
        let walker = &self.world.people.walkers[person.index()];
        if walker.doing != Doing::Away {
            self.world.people.places[walker.zone.index()].inside -= 1;
        }
        let next = self.next_task(person);
        let walker = self.walker(person);
        walker.from = Spot::Middle(walker.zone);
        walker.portal = NONE;
        if let Some(task) = next
            && now < walker.leaves_at
        {
            let at = self.begins(person, task);
            return self.does(person, Doing::Away, at - now);
        }
        walker.task = walker.tasks;
        let quits = walker.marks.take(Marks::QUITS);
        let visit = walker.marks.take(Marks::VISIT);
        let missed = walker.missed.take();
        walker.marks.take(Marks::SESSION);
        if walker.loses_at <= now {
            walker.marks.put(Marks::LOST);
        }
        self.idles(person, Doing::Away);
        self.errand_over(person);
        if visit && role.guest.is_some() {
            self.visit_over(person);
        }
        if quits {
            self.leaves(person);
        }
        if let Some(due) = missed {
            self.world.after(SimDuration::ZERO, Command::Due(person, due));
        }
    }
}
