//! On foot: from portal to portal, and what there is to do at each.

use doorward_model::base::*;
use doorward_model::plan::*;

use super::{Aim, Doing, LAST_TRY, Marks, NONE, Spot, Walker};
use crate::continuity::LockForced;
use crate::event::{Observer, Truth, Who};
use crate::gate::Gate;
use crate::passage::Opening;
use crate::simulation::Ctx;
use crate::world::{Cause, Manner, Passage, PassageId};

impl Walker {
    /// Their passage through the portal that they stand at.
    #[inline(always)]
    fn passes(&self, gate: &Gate, person: PersonId, manner: Manner) -> Passage {
        let (portal, direction) = self.way();
        let (key, n) = self.try_draws(gate);
        let (who, credential, since) = (Who::Person(person), self.badge, self.stands);
        Passage { portal, direction, who, credential, key, n, rejected: false, since, manner }
    }
}

impl<O: Observer> Ctx<'_, O> {
    /// Sets off for a zone.
    pub(super) fn walk_to(&mut self, person: PersonId, to: ZoneId, aim: Aim, leg: u16) {
        let plan = self.plan;
        let walker = &self.world.people.walkers[person.index()];
        if walker.doing == Doing::Away {
            let zone = walker.zone;
            self.world.people.places[zone.index()].inside += 1;
            self.shows_up(person, zone);
            let walker = &self.world.people.walkers[person.index()];
            let guest = plan.roles[walker.role.index()].guest.is_some();
            if guest && !walker.marks.has(Marks::VISIT) {
                self.walker(person).marks.put(Marks::VISIT);
                self.visit_begins(person);
            }
        } else if walker.doing == Doing::There && walker.aim == Aim::Base {
            self.leave_base(person);
        }
        let walker = self.walker(person);
        walker.marks.take(Marks::ACCOMPANIED);
        (walker.to, walker.aim, walker.leg, walker.stay) = (to, aim, leg, SimDuration::MAX);
        self.walk_on(person);
    }

    /// Leaves the base: the session is closed, or stays open.
    fn leave_base(&mut self, person: PersonId) {
        let walker = &self.world.people.walkers[person.index()];
        if !walker.marks.has(Marks::SESSION) {
            return;
        }
        let leaves_it = self.plan.habits.as_ref().map_or(Probability::ZERO, |habits| habits.leaves_session);
        let (key, n) = walker.leg_draws();
        if !self.world.happens(leaves_it, key, Purpose::SessionLeft, n) {
            self.walker(person).marks.take(Marks::SESSION);
            self.person_logs_out(person);
        }
    }

    /// On to the next portal of the way, or in the last zone to its middle.
    pub(super) fn walk_on(&mut self, person: PersonId) {
        let plan = self.plan;
        let walker = &self.world.people.walkers[person.index()];
        let (zone, to, aim, from, role) = (walker.zone, walker.to, walker.aim, walker.from, walker.role);
        let next = if aim == Aim::Out {
            let next = self.world.people.ways_out.next(zone);
            if next.is_none() && self.is_out(zone) {
                return self.gather(person);
            }
            next
        } else if zone == to {
            if plan.roles[role.index()].day.as_ref().is_some_and(|day| day.home == to) {
                return self.at_home(person);
            }
            None
        } else {
            plan.routes.next(plan, role, zone, to)
        };
        let walker = self.walker(person);
        walker.tries = 0;
        let ahead = match next {
            Some((portal, direction)) => {
                (walker.portal, walker.direction) = (portal.0, direction);
                self.gate(portal).at
            }
            None => {
                walker.portal = NONE;
                if zone != to {
                    return self.no_way(person);
                }
                self.world.people.places[zone.index()].centre
            }
        };
        let walk = plan.pace.walk(self.point(from), ahead);
        self.does(person, Doing::Walking, walk);
    }

    fn point(&self, spot: Spot) -> Option<(f64, f64)> {
        match spot {
            Spot::Portal(portal) => self.gate(portal).at,
            Spot::Middle(zone) => self.world.people.places[zone.index()].centre,
        }
    }

    /// No way leads on: to an errand or to the base they do not go, and who wants home stays where they are.
    fn no_way(&mut self, person: PersonId) {
        match self.world.people.walkers[person.index()].aim {
            Aim::Errand => {
                self.end_errand(person);
                self.go_on(person);
            }
            Aim::Base => self.go_home(person, super::HOME_LEG),
            Aim::Home | Aim::Out => self.idles(person, Doing::Gathered),
        }
    }

    /// Stands in the middle of the zone where the way ends.
    pub(super) fn at_the_end(&mut self, person: PersonId) {
        let walker = self.walker(person);
        walker.from = Spot::Middle(walker.zone);
        match walker.aim {
            Aim::Base => self.sit_down(person),
            Aim::Errand => self.stay(person),
            Aim::Home => self.at_home(person),
            Aim::Out => self.gather(person),
        }
    }

    /// At the base: logs in, and stays until there is something to do.
    fn sit_down(&mut self, person: PersonId) {
        let Some(of) = &self.role(person).day else { return };
        let walker = self.walker(person);
        if let Some(service) = of.logs_in
            && !walker.marks.has(Marks::SESSION)
        {
            let (key, n) = walker.leg_draws();
            if self.person_logs_in(person, service, false, Cause::ordinary(key, n)) {
                self.walker(person).marks.put(Marks::SESSION);
            }
        }
        self.stay_at_base(person);
    }

    /// At an errand, for as long as it takes.
    fn stay(&mut self, person: PersonId) {
        let stay = self.draw_stay(person);
        self.does(person, Doing::There, stay);
    }

    /// How long the errand under way takes at this place.
    fn draw_stay(&mut self, person: PersonId) -> SimDuration {
        let drawn = std::mem::replace(&mut self.walker(person).stay, SimDuration::MAX);
        if drawn < SimDuration::MAX {
            return drawn;
        }
        let Some(day) = &self.role(person).day else { return SimDuration::ZERO };
        let Some(task) = self.next_task(person) else { return SimDuration::ZERO };
        let errand = &day.errands[task.errand as usize];
        let (key, n) = self.walker(person).leg_draws();
        self.world.time(&errand.stays, key, Purpose::ErrandStay, n)
    }

    /// What they were there for is done.
    pub(super) fn stay_over(&mut self, person: PersonId) {
        let walker = &self.world.people.walkers[person.index()];
        if walker.aim == Aim::Errand
            && let (Some(task), Some(day)) = (self.next_task(person), &self.role(person).day)
        {
            let errand = &day.errands[task.errand as usize];
            let walker = &self.world.people.walkers[person.index()];
            let more = errand.round && walker.stop as usize + 1 < errand.to.len();
            if more && (walker.marks.has(Marks::CALLED) || self.world.now < walker.leaves_at) {
                self.walker(person).stop += 1;
                return self.next_stop(person, errand, task);
            }
            self.end_errand(person);
        }
        self.go_on(person);
    }

    // ------------------------------------------------------------- at a portal

    /// The portal that somebody stands at, and which way they go.
    pub(super) fn portal_of(&self, person: PersonId) -> (PortalId, Direction) {
        self.world.people.walkers[person.index()].way()
    }

    /// Somebody has come up to a portal.
    pub(super) fn comes_to_portal(&mut self, person: PersonId) {
        let now = self.world.now;
        let walker = self.walker(person);
        let (portal, direction) = walker.way();
        walker.stands = now;
        walker.from = Spot::Portal(portal);
        let one_by_one = self.gate(portal).one_at_a_time;
        let rush = self.world.people.alarm && self.stands_open(portal, direction);
        if one_by_one && !rush && self.lines_up(person, portal) {
            return;
        }
        self.try_portal(person);
    }

    /// Another try.
    pub(super) fn try_again(&mut self, person: PersonId) {
        let walker = self.walker(person);
        walker.tries = (walker.tries + 1).min(LAST_TRY);
        self.try_portal(person);
    }

    /// Goes through where it opens, behind another, or presents a badge.
    pub(super) fn try_portal(&mut self, person: PersonId) {
        let walker = &self.world.people.walkers[person.index()];
        let (portal, direction) = walker.way();
        let gate = self.gate(portal);
        if walker.aim == Aim::Out {
            return self.try_way_out(person, portal, direction);
        }
        if walker.tries >= LAST_TRY {
            return self.pass(person, Manner::Helped);
        }
        if self.stands_open(portal, direction) {
            return self.pass(person, Manner::Freely);
        }
        let state = &self.world.portals[portal.index()];
        if walker.propped == portal.0 && state.open {
            return self.pass(person, Manner::Freely);
        }
        if (state.open || self.released(portal))
            && let Some(habits) = &self.plan.habits
        {
            let chance = habits.follows.and(gate.follow_chance);
            let (key, n) = walker.try_draws(gate);
            if self.world.happens(chance, key, Purpose::Following, n) {
                return self.pass(person, Manner::Following);
            }
        }
        if !gate.has_reader[direction.index()] || self.lock_forced(portal) == Some(LockForced::Dead) {
            return self.blocked(person, portal, direction);
        }
        if self.has_no_badge(person) {
            return self.seek_help(person);
        }
        self.show_badge(person);
    }

    pub(super) fn has_no_badge(&self, person: PersonId) -> bool {
        self.world.people.walkers[person.index()].has_no_badge(self.world.now)
    }

    /// Presents a badge at the reader: a superseded one first, where that is in hand.
    pub(super) fn show_badge(&mut self, person: PersonId) {
        let (plan, gates, now) = (self.plan, self.gates, self.world.now);
        let walker = self.walker(person);
        walker.turns_to(Doing::AtPortal, now, now);
        let mut passage = walker.passes(gates.gate(PortalId(walker.portal)), person, Manner::Badge);
        if walker.marks.has(Marks::OLD_BADGE)
            && let Some(old) = plan.people[person.index()].old_badges.first()
        {
            passage.credential = *old;
        }
        if let Some(slot) = self.present(passage) {
            self.walker(person).passage = slot;
        }
    }

    /// Goes through without asking anybody's badge.
    pub(super) fn pass(&mut self, person: PersonId, manner: Manner) {
        let (gates, now) = (self.gates, self.world.now);
        let walker = self.walker(person);
        walker.turns_to(Doing::AtPortal, now, now);
        let passage = walker.passes(gates.gate(PortalId(walker.portal)), person, manner);
        let slot = self.let_through(passage);
        self.walker(person).passage = slot;
    }

    /// Identity and number of the draws of a try at a portal.
    pub(super) fn passage_draws(&self, person: PersonId, portal: PortalId) -> (EntityKey, u32) {
        self.world.people.walkers[person.index()].try_draws(self.gate(portal))
    }

    // --------------------------------------------------------------- behind it

    /// A person has gone through a portal.
    pub(crate) fn person_through(
        &mut self,
        person: PersonId,
        id: PassageId,
        portal: PortalId,
        direction: Direction,
        cause: Cause,
    ) {
        let walker = &self.world.people.walkers[person.index()];
        if walker.passage != id || walker.doing != Doing::AtPortal {
            return;
        }
        let zone = self.gate(portal).beyond(direction);
        let walker = self.walker(person);
        let before = walker.zone;
        walker.passage = PassageId(NONE);
        walker.zone = zone;
        walker.from = Spot::Portal(portal);
        let place = &mut self.world.people.places[before.index()];
        place.inside -= 1;
        let was_offsite = place.offsite;
        let place = &mut self.world.people.places[zone.index()];
        place.inside += 1;
        match (was_offsite, place.offsite) {
            (true, false) => self.tell(Truth::Arrived { person }),
            (false, true) => self.tell(Truth::Left { person }),
            (true, true) | (false, false) => {}
        }
        self.shows_up(person, zone);
        self.next_in_line(person, portal);
        self.prop(person, portal);
        self.join_wifi(person, cause);
        let aim = self.world.people.walkers[person.index()].aim;
        match (self.world.people.alarm, aim == Aim::Out) {
            (true, false) => self.head_out(person),
            (false, true) => self.come_back(person),
            (true, true) | (false, false) => self.walk_on(person),
        }
    }

    /// Puts something into the last door on the way to an errand, so that it stays open meanwhile.
    fn prop(&mut self, person: PersonId, portal: PortalId) {
        let walker = &self.world.people.walkers[person.index()];
        if walker.aim != Aim::Errand || walker.zone != walker.to {
            return;
        }
        let (key, n) = walker.leg_draws();
        let zone = walker.to;
        let plan = self.plan;
        let (Some(task), Some(day)) = (self.next_task(person), &self.role(person).day) else { return };
        let chance = day.errands[task.errand as usize].props;
        if !self.world.happens(chance, key, Purpose::ErrandProps, n) {
            return;
        }
        let stay = self.draw_stay(person);
        let walk = plan.pace.walk(plan.portals[portal.index()].at, plan.zones[zone.index()].centre);
        let walker = self.walker(person);
        walker.stay = stay;
        walker.propped = portal.0;
        self.open_leaf(portal, Opening::Granted, walk + stay + walk, Cause::ordinary(key, n));
        if self.world.portals[portal.index()].waiting > 0 {
            self.offer_to_followers(portal, None);
        }
    }

    /// A device joins the network of the zone, if it does so anew.
    fn join_wifi(&mut self, person: PersonId, cause: Cause) {
        let plan = self.plan;
        let walker = &self.world.people.walkers[person.index()];
        let role = &plan.roles[walker.role.index()];
        let (zone, stale) = (walker.zone, walker.marks.has(Marks::STALE));
        self.person_roams(person, zone);
        let network = self.world.people.places[zone.index()].wifi[usize::from(role.guest.is_some())];
        let (Some(wifi), Some(habits), Some(true)) = (network, &plan.habits, role.day.as_ref().map(|day| day.wifi))
        else {
            return;
        };
        if self.world.happens(habits.joins_wifi, cause.key, Purpose::JoinsWifi, cause.n) {
            self.person_joins(person, wifi, zone, stale, cause);
        }
    }
}
