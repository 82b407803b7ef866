//! When a portal does not let somebody through: another try, help, waiting, or giving up.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::CredentialStatus;

use super::{Aim, Doing, HOME_LEG, LAST_TRY, Marks, NONE, Spot};
use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{Manner, PassageId};

/// Tries at a reader that does not take the badge, before somebody asks for help.
const TRIES: u8 = 3;
/// From a read that failed to the next.
const AGAIN: SimDuration = SimDuration::from_secs(2);

impl<O: Observer> Ctx<'_, O> {
    /// A portal has refused a person, or (no reason) they did not open after all.
    pub(crate) fn person_refused(&mut self, person: PersonId, id: PassageId, reason: Option<Reason>, rejected: bool) {
        let walker = self.walker(person);
        if walker.passage != id || walker.doing != Doing::AtPortal {
            return;
        }
        walker.passage = PassageId(NONE);
        if self.world.people.alarm && self.world.people.walkers[person.index()].aim != Aim::Out {
            return self.head_out(person);
        }
        let (portal, direction) = self.portal_of(person);
        let walker = self.walker(person);
        let Some(reason) = reason else {
            // Something came between; by the next try the door has locked again. Who is kept from it again and again
            // gives it up.
            if walker.tries + 1 >= TRIES {
                // Another try, should somebody help: this one has had its draws.
                walker.tries += 1;
                return self.turn_away(person);
            }
            let unlocked = self.plan.portals[portal.index()].lock.as_ref().map_or(AGAIN, |lock| lock.unlock_time);
            return self.does(person, Doing::Waiting, unlocked);
        };
        if walker.marks.take(Marks::OLD_BADGE) {
            return self.does(person, Doing::Waiting, AGAIN);
        }
        if rejected {
            return if walker.tries + 1 < TRIES {
                self.does(person, Doing::Waiting, AGAIN)
            } else {
                self.seek_help(person)
            };
        }
        match reason {
            Reason::LockedDown => self.blocked(person, portal, direction),
            Reason::NoRight
            | Reason::OffShift
            | Reason::Superseded
            | Reason::Revoked
            | Reason::Unknown
            | Reason::Disabled
            | Reason::NoTicket
            | Reason::NoRequest
            | Reason::Role
            | Reason::Expired
            | Reason::NoWorkOrder
            | Reason::Risk => self.turn_away(person),
            Reason::Right
            | Reason::Factor
            | Reason::OutOfReach
            | Reason::FacilityCode
            | Reason::PassedBack
            | Reason::Alone
            | Reason::NoEscort
            | Reason::Absent
            | Reason::Stale
            | Reason::WrongDevice
            | Reason::NoPass
            | Reason::NoDirectory => self.seek_help(person),
        }
    }

    /// Nobody gets through here now: waits for the end of a lockdown, or for somebody who opens.
    pub(super) fn blocked(&mut self, person: PersonId, portal: PortalId, direction: Direction) {
        let until = self.world.portals[portal.index()].locked_down_until;
        if until <= self.world.now {
            return self.seek_help(person);
        }
        let lasts = until - self.world.now;
        if direction == Direction::Exit {
            self.tell(Truth::EgressHeld { person, portal, lasts });
        }
        self.does(person, Doing::Waiting, lasts);
    }

    /// The badge has no right here: an errand is dropped, who has just come goes home. Who is inside is let out.
    fn turn_away(&mut self, person: PersonId) {
        let walker = &self.world.people.walkers[person.index()];
        let (aim, arriving) = (walker.aim, walker.leg == 0);
        if matches!(aim, Aim::Home | Aim::Out) || aim == Aim::Base && !arriving {
            return self.seek_help(person);
        }
        let portal = PortalId(walker.portal);
        self.next_in_line(person, portal);
        if aim == Aim::Errand {
            self.end_errand(person);
            self.go_on(person);
        } else {
            self.go_home(person, HOME_LEG);
        }
    }

    /// Waits for reception or a guard to open, out of the line.
    pub(super) fn seek_help(&mut self, person: PersonId) {
        let (portal, direction) = self.portal_of(person);
        if self.world.people.walkers[person.index()].aim == Aim::Out {
            return self.wait_for_way_out(person, portal);
        }
        self.next_in_line(person, portal);
        let Some(habits) = &self.plan.habits else {
            // Nobody is said to help: who is inside gets out all the same.
            let walker = &self.world.people.walkers[person.index()];
            return if walker.aim == Aim::Errand || walker.aim == Aim::Base && walker.leg == 0 {
                self.turn_away(person)
            } else {
                self.pass(person, Manner::Helped)
            };
        };
        let (key, n) = self.passage_draws(person, portal);
        let lasts = self.world.time(&habits.help_time, key, Purpose::HelpTime, n);
        if direction == Direction::Exit {
            self.tell(Truth::EgressHeld { person, portal, lasts });
        }
        self.does(person, Doing::Helped, lasts);
    }

    /// Somebody opens by hand, unless a lockdown is on.
    pub(super) fn helped(&mut self, person: PersonId) {
        let (portal, _) = self.portal_of(person);
        let now = self.world.now;
        let locked_down_until = self.world.portals[portal.index()].locked_down_until;
        if locked_down_until > now {
            return self.does(person, Doing::Helped, locked_down_until - now);
        }
        let Person { badge, role, .. } = self.plan.people[person.index()];
        let hosted = self.plan.roles[role.index()].guest.as_ref().is_some_and(|guest| !guest.escorts.is_empty());
        let walker = self.walker(person);
        if hosted {
            walker.marks.put(Marks::ACCOMPANIED);
        }
        let took = now - walker.stands;
        if walker.marks.has(Marks::FORGOT) || now >= walker.loses_at {
            walker.marks.put(Marks::DAY_BADGE);
        }
        if walker.marks.has(Marks::LOST) {
            self.replace_lost(person, badge);
        }
        self.tell(Truth::Helped { person, portal, took });
        self.pass(person, Manner::Helped);
    }

    /// Once the loss is reported there is a new badge under the old number; until then the mark stays.
    fn replace_lost(&mut self, person: PersonId, badge: CredentialId) {
        if !self.world.identity.found_again(badge) {
            return;
        }
        self.walker(person).marks.take(Marks::LOST);
        if !self.works_somewhere(badge) {
            self.change_credential(badge, CredentialStatus::Active, None);
        }
    }

    // ---------------------------------------------------------------- way out

    /// Everything that lets out when the alarm sounds.
    pub(super) fn try_way_out(&mut self, person: PersonId, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        if self.opens(portal, direction) || self.world.portals[portal.index()].open {
            let lasts = self.egress_delay(portal, direction);
            if lasts > SimDuration::ZERO {
                self.tell(Truth::EgressHeld { person, portal, lasts });
            }
            return self.pass(person, Manner::Freely);
        }
        if door.break_glass {
            return self.pass(person, Manner::Glass);
        }
        let badge = self.world.people.walkers[person.index()].tries < LAST_TRY
            && door.readers[direction.index()].is_some()
            && self.lock_forced(portal).is_none()
            && !self.has_no_badge(person);
        if badge { self.show_badge(person) } else { self.wait_for_way_out(person, portal) }
    }

    /// A way out that lets nobody out.
    fn wait_for_way_out(&mut self, person: PersonId, portal: PortalId) {
        if !self.world.people.alarm {
            return self.come_back(person);
        }
        let lasts = SimDuration::from_secs(30);
        self.walker(person).from = Spot::Portal(portal);
        self.tell(Truth::EgressHeld { person, portal, lasts });
        self.does(person, Doing::Waiting, lasts);
    }
}
