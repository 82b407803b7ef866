//! Guards: they walk through real doors to the place that the alarm named,
//! search, and meet or miss.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::event::{Observer, Truth, Who};
use crate::passage::Opening;
use crate::simulation::Ctx;
use crate::world::{Cause, Command, Duty};

impl<O: Observer> Ctx<'_, O> {
    /// Whether a guard may be sent: not on a call, and not the last who has to stay at the post.
    fn available(&self, guard: usize) -> bool {
        let state = &self.world.guards[guard];
        if state.duty != Duty::Free {
            return false;
        }
        let of_post = |g: &&crate::world::Guard| g.post == state.post && g.duty == Duty::Free;
        let free = self.world.guards.iter().filter(of_post).count();
        free > self.plan.posts[state.post.index()].stay as usize
    }

    /// The available guard who is nearest to a zone, and the walk.
    pub(crate) fn nearest_guard(&mut self, zone: ZoneId) -> Option<(usize, SimDuration)> {
        let mut best: Option<(usize, SimDuration)> = None;
        for guard in 0..self.world.guards.len() {
            if !self.available(guard) {
                continue;
            }
            if let Some(walk) = self.find_way(guard, zone)
                && best.is_none_or(|(_, b)| walk < b)
            {
                best = Some((guard, walk));
            }
        }
        best
    }

    /// Looks for a guard's way to a zone: through what opens, and where the badge has a right.
    fn find_way(&mut self, guard: usize, zone: ZoneId) -> Option<SimDuration> {
        let plan = self.plan;
        let state = &self.world.guards[guard];
        let role = &plan.roles[plan.people[state.person.index()].role.index()];
        let passes = |portal: PortalId, direction: Direction| {
            let door = &plan.portals[portal.index()];
            door.opens_freely(direction)
                || door.readers[direction.index()].is_some() && role.may_ever_enter(plan.zone_beyond(portal, direction))
        };
        let (from, point) = (state.zone, state.point);
        self.world.route.search(plan, from, point, passes, |z| z == zone).map(|(_, time)| time)
    }

    /// Sends the nearest guard; where none is free, the call waits.
    pub(crate) fn send_guard(&mut self, zone: ZoneId, true_alarm: bool) {
        let Some((guard, _)) = self.nearest_guard(zone) else {
            self.world.unanswered.push((zone, true_alarm));
            return;
        };
        let now = self.world.now;
        self.world.guards[guard].duty = Duty::Called { zone, since: now, true_alarm };
        self.tell(Truth::GuardSent { guard: self.world.guards[guard].person, zone });
        self.set_off(guard, zone);
    }

    fn set_off(&mut self, guard: usize, zone: ZoneId) {
        self.world.guards[guard].turn += 1;
        if self.find_way(guard, zone).is_none() {
            return self.off_duty(guard);
        }
        let mut way = std::mem::take(&mut self.world.guards[guard].way);
        self.world.route.way_to(self.plan, zone, &mut way);
        self.world.guards[guard].way = way;
        self.next_portal(guard);
    }

    /// Walks up to the next portal of the way, or to the middle of the last zone.
    fn next_portal(&mut self, guard: usize) {
        let state = &self.world.guards[guard];
        let to = match state.way.last() {
            Some((portal, _)) => self.plan.portals[portal.index()].at,
            None => self.plan.zones[state.zone.index()].centre,
        };
        let walk = self.plan.walk(state.point, to, self.plan.walking_speed);
        let turn = state.turn;
        if to.is_some() {
            self.world.guards[guard].point = to;
        }
        self.world.after(walk, Command::GuardAt(guard as u32, turn));
    }

    /// A guard stands at the next portal, or at the end of the way.
    pub(crate) fn guard_at(&mut self, index: u32, turn: u32) -> bool {
        let guard = index as usize;
        if self.world.guards[guard].turn != turn {
            return false;
        }
        let Some(&(portal, direction)) = self.world.guards[guard].way.last() else {
            self.arrived(guard);
            return true;
        };
        let door = &self.plan.portals[portal.index()];
        // Counted here: a guard who is called away at the door comes back to it as another step.
        self.world.guards[guard].steps += 1;
        let (person, n) = (self.world.guards[guard].person, self.world.guards[guard].steps);
        let key = self.plan.people[person.index()].key.mix(door.key);
        let mut delay = self.world.time(&door.pass_time, key, Purpose::PassTime, n);
        if !self.opens(portal, direction)
            && let Some(reader) = &door.readers[direction.index()]
        {
            let read = self.world.time(&reader.read_time, key, Purpose::ReadTime, n);
            let panel = &self.plan.panels[reader.panel.index()];
            let decision = self.world.time(&panel.decision_time, key, Purpose::DecisionTime, n);
            let badge = self.plan.people[person.index()].badge;
            let cause = Cause::ordinary(key, n);
            let answer = self.ask_portal(portal, direction, badge, true, cause);
            if answer.verdict != Verdict::Allow {
                self.refused(Who::Guard(person), portal, answer.reason);
                self.give_up(guard);
                return true;
            }
            delay = delay + read + decision;
        }
        self.world.after(delay, Command::GuardThrough(index, turn));
        true
    }

    /// A guard goes through.
    pub(crate) fn guard_through(&mut self, index: u32, turn: u32) -> bool {
        let guard = index as usize;
        if self.world.guards[guard].turn != turn {
            return false;
        }
        let Some((portal, direction)) = self.world.guards[guard].way.last().copied() else { return false };
        if let Some(until) = self.interlocked_until(portal) {
            let wait = (until - self.world.now) + SimDuration::from_millis(1);
            self.world.after(wait, Command::GuardThrough(index, turn));
            return false;
        }
        let door = &self.plan.portals[portal.index()];
        let (person, n) = (self.world.guards[guard].person, self.world.guards[guard].steps);
        let key = self.plan.people[person.index()].key.mix(door.key);
        let stays = self.world.time(&door.close_time, key, Purpose::CloseTime, n);
        let egress = direction == Direction::Exit && door.readers[direction.index()].is_none();
        let opening = if egress { Opening::Egress } else { Opening::Granted };
        self.open_leaf(portal, opening, stays, Cause::ordinary(key, n));
        let zone = self.plan.zone_beyond(portal, direction);
        let state = &mut self.world.guards[guard];
        state.way.pop();
        state.zone = zone;
        state.point = door.at;
        self.tell(Truth::Passed { who: Who::Guard(person), portal, direction });
        self.chance_contact(guard, zone);
        if self.world.guards[guard].turn == turn {
            self.next_portal(guard);
        }
        true
    }

    /// On a call, in a zone that the alarm did not name: luck.
    fn chance_contact(&mut self, guard: usize, zone: ZoneId) {
        match self.world.guards[guard].duty {
            Duty::Called { zone: target, .. } if target != zone => {
                self.look_for(guard, zone, true);
            }
            Duty::Called { .. } | Duty::Free => {}
        }
    }

    fn arrived(&mut self, guard: usize) {
        let Duty::Called { .. } = self.world.guards[guard].duty else { return };
        let Some(guards) = &self.plan.policy.guards else { return self.off_duty(guard) };
        let state = &self.world.guards[guard];
        let key = self.plan.people[state.person.index()].key.mix(self.plan.zones[state.zone.index()].key);
        let (n, turn) = (state.searches, state.turn);
        let time = self.world.time(&guards.search_time, key, Purpose::SearchTime, n);
        self.world.after(time, Command::SearchOver(guard as u32, turn));
    }

    /// A search is over.
    pub(crate) fn search_over(&mut self, index: u32, turn: u32) -> bool {
        let guard = index as usize;
        if self.world.guards[guard].turn != turn {
            return false;
        }
        let Duty::Called { zone, since, true_alarm } = self.world.guards[guard].duty else { return false };
        let found = self.look_for(guard, zone, !true_alarm);
        self.world.guards[guard].searches += 1;
        let person = self.world.guards[guard].person;
        let effort = self.world.now - since;
        self.tell(Truth::GuardSearched { guard: person, zone, found, effort });
        self.off_duty(guard);
        true
    }

    /// Whether a guard finds somebody in a zone, and what comes of it.
    fn look_for(&mut self, guard: usize, zone: ZoneId, chance: bool) -> bool {
        let Some(guards) = &self.plan.policy.guards else { return false };
        let key = self.plan.people[self.world.guards[guard].person.index()].key;
        let mut found = false;
        for who in self.actors_in(Some(zone)) {
            let key = key.mix(self.actor_key(who));
            let n = self.world.ordinal(key, Purpose::SearchResult);
            if self.world.happens(guards.finds, key, Purpose::SearchResult, n) {
                found = true;
                let stopped = self.world.happens(guards.stops, key, Purpose::ContactOutcome, n);
                self.meet(who, chance, stopped);
            }
        }
        found
    }

    /// The badge was refused: the call is given back.
    fn give_up(&mut self, guard: usize) {
        let Duty::Called { zone, since, .. } = self.world.guards[guard].duty else { return self.off_duty(guard) };
        let person = self.world.guards[guard].person;
        let effort = self.world.now - since;
        self.tell(Truth::GuardSearched { guard: person, zone, found: false, effort });
        self.off_duty(guard);
    }

    /// Back to the post, unless a call is waiting.
    fn off_duty(&mut self, guard: usize) {
        let returning = self.world.guards[guard].duty == Duty::Free;
        self.world.guards[guard].duty = Duty::Free;
        self.world.guards[guard].turn += 1;
        self.world.guards[guard].way.clear();
        // A call that nobody can answer waits on, and holds up neither the others nor the guard.
        for _ in 0..self.world.unanswered.len() {
            if self.available(guard) {
                let (zone, true_alarm) = self.world.unanswered.remove(0);
                self.send_guard(zone, true_alarm);
            }
        }
        if self.world.guards[guard].duty != Duty::Free {
            return;
        }
        let home = self.plan.posts[self.world.guards[guard].post.index()].zone;
        if !returning && self.world.guards[guard].zone != home {
            self.set_off(guard, home);
        }
    }
}
