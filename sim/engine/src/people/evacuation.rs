//! When the alarm sounds: everybody out, and back in again.

use doorward_model::base::*;

use super::line::Line;
use super::{Aim, Doing, HOME_LEG, Marks, NONE, Spot};
use crate::event::{Observer, Truth};
use crate::simulation::Ctx;

impl<O: Observer> Ctx<'_, O> {
    /// Everybody leaves for the muster point, or (`false`) goes back to what they were doing.
    ///
    /// Nobody hesitates and nobody stays to finish: how long people take to move off is left out.
    pub(crate) fn evacuate(&mut self, on: bool) {
        if std::mem::replace(&mut self.world.people.alarm, on) == on {
            return;
        }
        if on {
            self.world.people.alarms += 1;
        }
        for index in 0..self.world.people.members.len() {
            let person = self.world.people.members[index];
            let walker = &self.world.people.walkers[person.index()];
            match walker.doing {
                // Who is at a reader or in the door goes through first.
                Doing::Away | Doing::AtPortal => {}
                Doing::InLine | Doing::Walking | Doing::Waiting | Doing::Helped | Doing::There | Doing::Gathered => {
                    let aim = walker.aim;
                    if walker.doing == Doing::InLine {
                        let portal = PortalId(walker.portal);
                        self.tell(Truth::LineLeft { person, portal });
                    }
                    if on {
                        self.head_out(person);
                    } else if aim == Aim::Out {
                        self.come_back(person);
                    }
                }
            }
        }
        // All lines break up; who still wants through where they stood lines up anew.
        self.world.people.lines.fill(Line::default());
        for index in 0..self.world.people.members.len() {
            let person = self.world.people.members[index];
            if self.world.people.walkers[person.index()].doing == Doing::InLine {
                self.comes_to_portal(person);
            }
        }
    }

    /// Where nobody has to go further.
    pub(super) fn is_out(&self, zone: ZoneId) -> bool {
        match self.plan.muster {
            Some(muster) => zone == muster,
            None => self.plan.zones[zone.index()].offsite(),
        }
    }

    /// The leg out of the alarm under way; that back follows it.
    fn alarm_leg(&self) -> u16 {
        HOME_LEG + 1 + 2 * (self.world.people.alarms & 63)
    }

    /// Drops everything and makes for the way out.
    pub(super) fn head_out(&mut self, person: PersonId) {
        if self.world.people.walkers[person.index()].aim == Aim::Errand {
            self.end_errand(person);
        }
        let leg = self.alarm_leg();
        let walker = self.walker(person);
        if walker.portal != NONE && walker.doing != Doing::Walking {
            walker.from = Spot::Portal(PortalId(walker.portal));
        }
        walker.doing = Doing::Gathered;
        self.walk_to(person, ZoneId(NONE), Aim::Out, leg);
    }

    /// Out: waits for the all-clear.
    pub(super) fn gather(&mut self, person: PersonId) {
        let walker = self.walker(person);
        walker.portal = NONE;
        self.idles(person, Doing::Gathered);
    }

    /// The alarm is over: back to the base, or home where the day is over.
    pub(super) fn come_back(&mut self, person: PersonId) {
        let plan = self.plan;
        let Some(of) = &self.role(person).day else { return };
        let leg = self.alarm_leg() + 1;
        let walker = &self.world.people.walkers[person.index()];
        if walker.marks.has(Marks::DONE) || self.world.now >= walker.leaves_at {
            return self.go_home(person, leg);
        }
        let base = plan.people[person.index()].base.unwrap_or(of.home);
        self.walk_to(person, base, Aim::Base, leg);
    }
}
