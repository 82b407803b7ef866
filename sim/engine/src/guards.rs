//! Guards: they walk through real doors to the place that the alarm named,
//! search, and meet or miss. Between calls those who need not stay at their
//! posts walk rounds.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::continuity::LockForced;
use crate::event::{ContactOutcome, Observer, Truth, Who};
use crate::passage::Opening;
use crate::simulation::Ctx;
use crate::world::{ActorRef, Call, Cause, Command, Duty, Guard, Leg};

/// Why a guard looks about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Look {
    /// An alarm that is true named the place.
    AsCalled,
    /// On a round, on the way, or for an alarm that was none.
    InPassing,
    /// Somebody works on a barrier beside them.
    AtANoise,
}

impl<O: Observer> Ctx<'_, O> {
    /// Whether a guard may be sent: not on a call, and not the last who has to stay at the post.
    fn available(&self, guard: usize) -> bool {
        let state = &self.world.guards[guard];
        match state.duty {
            Duty::Free => {}
            // Whoever is on a round is not needed at the post.
            Duty::Patrol { .. } => return true,
            Duty::Called { .. } => return false,
        }
        let of_post = |g: &&crate::world::Guard| g.post == state.post && g.duty == Duty::Free;
        let free = self.world.guards.iter().filter(of_post).count();
        free > self.plan.posts[state.post.index()].stay as usize
    }

    /// The available guard who is nearest to a zone, and the walk.
    pub(crate) fn nearest_guard(&mut self, zone: ZoneId) -> Option<(usize, SimDuration)> {
        let mut best: Option<(usize, SimDuration)> = None;
        for guard in 0..self.world.guards.len() {
            // Of those who stand together the first goes.
            if !self.available(guard) || best.is_some_and(|(other, _)| self.stand_together(guard, other)) {
                continue;
            }
            let within = best.map_or(SimDuration::MAX, |(_, walk)| walk);
            if let Some(walk) = self.find_way(guard, zone, within) {
                best = Some((guard, walk));
            }
        }
        best
    }

    /// Whether every way is as long for one guard as for the other.
    fn stand_together(&self, guard: usize, other: usize) -> bool {
        let spot = |guard: usize| {
            let state = &self.world.guards[guard];
            (state.zone, state.point, self.role_of_guard(guard))
        };
        spot(guard) == spot(other)
    }

    fn role_of_guard(&self, guard: usize) -> RoleId {
        self.plan.people[self.world.guards[guard].person.index()].role
    }

    /// Looks for a guard's way to a zone that takes less than `within`: through what opens, and where the badge has a
    /// right.
    fn find_way(&mut self, guard: usize, zone: ZoneId, within: SimDuration) -> Option<SimDuration> {
        let (plan, gates) = (self.plan, self.gates);
        let state = &self.world.guards[guard];
        let role = &plan.roles[self.role_of_guard(guard).index()];
        let passes = |portal: PortalId, direction: Direction| {
            let gate = gates.gate(portal);
            gate.opens_freely[direction.index()]
                || gate.has_reader[direction.index()] && role.may_ever_enter(gate.beyond(direction))
        };
        let (from, point) = (state.zone, state.point);
        self.world.route.search((plan, gates), from, point, within, passes, |z| z == zone).map(|(_, time)| time)
    }

    /// Sends the nearest guard; where none is free, the call waits.
    pub(crate) fn send_guard(&mut self, call: Call) {
        let zone = call.zone;
        let Some((guard, _)) = self.nearest_guard(zone) else {
            self.world.unanswered.push(call);
            return;
        };
        if let Duty::Patrol { .. } = self.world.guards[guard].duty {
            self.guard_rests(guard);
        }
        let now = self.world.now;
        self.world.guards[guard].duty = Duty::Called { call, since: now };
        self.tell(Truth::GuardSent { guard: self.world.guards[guard].person, zone });
        self.set_off(guard, zone);
    }

    fn set_off(&mut self, guard: usize, zone: ZoneId) {
        self.world.guards[guard].turn += 1;
        if self.find_way(guard, zone, SimDuration::MAX).is_none() {
            return self.off_duty(guard);
        }
        let mut way = std::mem::take(&mut self.world.guards[guard].way);
        self.world.route.way_to(self.gates, zone, &mut way);
        self.world.guards[guard].way = way;
        self.next_portal(guard);
    }

    /// Where a guard is bound without having looked up the whole way: the next stop of a round, or the post.
    fn bound_for(&self, guard: usize) -> Option<ZoneId> {
        let state = &self.world.guards[guard];
        match state.duty {
            Duty::Called { .. } => None,
            Duty::Free => Some(self.plan.posts[state.post.index()].zone),
            Duty::Patrol { stop, .. } => {
                let patrol = self.plan.policy.guards.as_ref().and_then(|g| g.patrol.as_ref());
                patrol.map(|p| p.zones[stop as usize])
            }
        }
    }

    /// The next portal towards a zone, by the ways that the badge of the role opens.
    fn next_towards(&self, guard: usize, zone: ZoneId) -> Option<(PortalId, Direction)> {
        let plan = self.plan;
        let state = &self.world.guards[guard];
        plan.routes.next(plan, self.role_of_guard(guard), state.zone, zone)
    }

    /// Walks up to the next portal of the way, or to the middle of the last zone.
    fn next_portal(&mut self, guard: usize) {
        if self.world.guards[guard].way.is_empty()
            && let Some(zone) = self.bound_for(guard)
            && let Some(step) = self.next_towards(guard, zone)
        {
            self.world.guards[guard].way.push(step);
        }
        let state = &self.world.guards[guard];
        let to = match state.way.last() {
            Some((portal, _)) => self.gate(*portal).at,
            None => self.plan.zones[state.zone.index()].centre,
        };
        let walk = self.plan.pace.walk(state.point, to);
        let turn = state.turn;
        let now = self.world.now;
        let state = &mut self.world.guards[guard];
        state.leg =
            Leg { from: state.point.or(self.plan.zones[state.zone.index()].centre), since: now, until: now + walk };
        if to.is_some() {
            state.point = to;
        }
        self.world.after(walk, Command::GuardAt(guard as u32, turn));
    }

    /// A guard stands at the next portal, or at the end of the way.
    #[inline(never)]
    pub(crate) fn guard_at(&mut self, index: u32, turn: u32) -> bool {
        let guard = index as usize;
        if self.world.guards[guard].turn != turn {
            return false;
        }
        let Some(&(portal, direction)) = self.world.guards[guard].way.last() else {
            self.arrived(guard);
            return true;
        };
        let gate = self.gate(portal);
        // Counted here: a guard who is called away at the door comes back to it as another step.
        self.world.guards[guard].steps += 1;
        let (person, n) = (self.world.guards[guard].person, self.world.guards[guard].steps);
        let key = self.plan.people[person.index()].key.mix(gate.key);
        let mut delay = self.world.time(&gate.pass_time, key, Purpose::PassTime, n);
        let opens = self.opens(portal, direction);
        if opens {
            delay += self.egress_delay(portal, direction);
        }
        if !opens && self.lock_forced(portal) == Some(LockForced::Dead) {
            self.give_up(guard);
            return true;
        }
        if !opens && let Some(reader) = self.reader(portal, direction) {
            let read = self.world.time(&reader.read_time, key, Purpose::ReadTime, n);
            let decision = self.decision_delay(reader, key, n);
            let badge = self.plan.people[person.index()].badge;
            let cause = Cause::ordinary(key, n);
            let answer = self.ask_as_holder(portal, direction, badge, cause);
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
    #[inline(never)]
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
        let gate = self.gate(portal);
        let (person, n) = (self.world.guards[guard].person, self.world.guards[guard].steps);
        let key = self.plan.people[person.index()].key.mix(gate.key);
        let stays = self.world.time(&gate.close_time, key, Purpose::CloseTime, n);
        let opening = if gate.lets_out(direction) { Opening::Egress } else { Opening::Granted };
        self.open_leaf(portal, opening, stays, Cause::ordinary(key, n));
        let zone = gate.beyond(direction);
        let state = &mut self.world.guards[guard];
        state.way.pop();
        state.came_from = state.zone;
        state.zone = zone;
        state.point = gate.at;
        let badge = self.plan.people[person.index()].badge;
        self.record_passage(portal, direction, badge);
        let took = SimDuration::ZERO;
        self.tell(Truth::Passed { who: Who::Guard(person), portal, direction, took });
        self.chance_contact(guard, zone);
        if self.world.guards[guard].turn == turn {
            self.next_portal(guard);
        }
        true
    }

    /// On a call or a round, in a zone that is only passed: luck.
    fn chance_contact(&mut self, guard: usize, zone: ZoneId) {
        let bound_for = match self.world.guards[guard].duty {
            Duty::Called { call, .. } => Some(call.zone),
            Duty::Patrol { .. } => self.bound_for(guard),
            Duty::Free => None,
        };
        // Among those who pass on the street nobody stands out, unless an alarm named them.
        if bound_for.is_some_and(|target| target != zone) && !self.plan.zones[zone.index()].offsite() {
            self.look_for(guard, zone, Look::InPassing);
        }
    }

    /// Guards who stand where a barrier is worked on have a look, if they have nothing else to do.
    pub(crate) fn overheard_by_guards(&mut self, zones: &[ZoneId]) {
        for guard in 0..self.world.guards.len() {
            if self.available(guard) && zones.contains(&self.world.guards[guard].zone) {
                for &zone in zones {
                    self.look_for(guard, zone, Look::AtANoise);
                }
            }
        }
    }

    fn arrived(&mut self, guard: usize) {
        let Some(guards) = &self.plan.policy.guards else { return self.off_duty(guard) };
        let (length, purpose) = match (self.world.guards[guard].duty, &guards.patrol) {
            (Duty::Called { .. }, _) => (&guards.search_time, Purpose::SearchTime),
            (Duty::Patrol { .. }, Some(patrol)) => {
                if self.bound_for(guard) != Some(self.world.guards[guard].zone) {
                    // No way leads there.
                    return self.round_goes_on(guard);
                }
                (&patrol.stays, Purpose::PatrolStay)
            }
            (Duty::Patrol { .. }, None) | (Duty::Free, _) => return,
        };
        let state = &self.world.guards[guard];
        let key = self.plan.people[state.person.index()].key.mix(self.plan.zones[state.zone.index()].key);
        let (n, turn) = (state.searches, state.turn);
        // Counted here: one that is broken off is a search as well.
        self.world.guards[guard].searches += 1;
        let time = self.world.time(length, key, purpose, n);
        self.world.after(time, Command::SearchOver(guard as u32, turn));
    }

    /// A search is over.
    #[inline(never)]
    pub(crate) fn search_over(&mut self, index: u32, turn: u32) -> bool {
        let guard = index as usize;
        if self.world.guards[guard].turn != turn {
            return false;
        }
        let (person, now) = (self.world.guards[guard].person, self.world.now);
        match self.world.guards[guard].duty {
            Duty::Free => return false,
            Duty::Called { call: Call { zone, true_alarm, alarm }, since } => {
                let found = self.look_for(guard, zone, if true_alarm { Look::AsCalled } else { Look::InPassing });
                self.tell(Truth::GuardSearched { guard: person, zone, found, effort: now - since });
                if let Some(alarm) = alarm {
                    let cause = self.world.alarms[alarm.index()].cause;
                    self.report(Report::GuardReport { alarm, zone, found }, cause);
                }
                self.off_duty(guard);
            }
            Duty::Patrol { stop, left, since } => {
                let zone = self.world.guards[guard].zone;
                self.world.guards[guard].duty = Duty::Patrol { stop, left, since: now };
                self.look_for(guard, zone, Look::InPassing);
                self.tell(Truth::Patrolled { guard: person, zone, effort: now - since });
                self.round_goes_on(guard);
            }
        }
        true
    }

    /// Whether a guard finds somebody in a zone, and what comes of it.
    fn look_for(&mut self, guard: usize, zone: ZoneId, look: Look) -> bool {
        let Some(guards) = &self.plan.policy.guards else { return false };
        let Guard { person, came_from, .. } = self.world.guards[guard];
        let key = self.plan.people[person.index()].key;
        let chance = look != Look::AsCalled;
        let mut found = false;
        for who in self.actors_in(Some(zone)) {
            // Whoever has a right to be there shows a badge that says so; who is out of sight is not seen, nor who saw the
            // guard come and is not looked for.
            if chance && self.is_entitled(who.adversary(), zone)
                || self.is_out_of_sight(who)
                || look == Look::InPassing && self.watches(who.adversary(), came_from)
            {
                continue;
            }
            let key = key.mix(self.actor_key(who));
            let n = self.world.ordinal(key, Purpose::SearchResult);
            if self.world.happens(guards.finds, key, Purpose::SearchResult, n) {
                found = true;
                match &guards.contact {
                    Some(contact) => self.confront(who, chance, contact, (key, n)),
                    None => {
                        let stopped = self.world.happens(guards.stops, key, Purpose::ContactOutcome, n);
                        self.meet(who, chance, stopped);
                    }
                }
            }
        }
        found
    }

    /// Guard and intruder face each other: one comes along, talks, runs, or stands up to the guard, who is unarmed, keeps
    /// away and calls. Whoever talked or stood up goes on with what they were doing.
    fn confront(&mut self, who: ActorRef, chance: bool, contact: &Contact, (key, n): (EntityKey, u32)) {
        let (adversary, actor) = (who.adversary(), who.actor());
        let draw = self.world.draws.draw(key, Purpose::ContactOutcome, n);
        let up_to = |chances: &[Probability]| {
            let sum: f64 = chances.iter().map(|c| c.value()).sum();
            Probability::new(sum.min(1.0)).unwrap_or(Probability::ONE).happens(draw)
        };
        let Contact { complies, bluffs, flees, calls } = *contact;
        let outcome = if up_to(&[complies]) {
            ContactOutcome::Complied
        } else if up_to(&[complies, bluffs]) {
            ContactOutcome::Bluffed
        } else if up_to(&[complies, bluffs, flees]) {
            ContactOutcome::Fled
        } else {
            ContactOutcome::Resisted
        };
        let zone = self.world.adversaries[adversary.index()].zones[actor.index()];
        match outcome {
            ContactOutcome::Complied | ContactOutcome::Fled => {
                self.meet(who, chance, outcome == ContactOutcome::Complied);
            }
            ContactOutcome::Bluffed | ContactOutcome::Resisted => self.faced(who, chance),
        }
        self.tell(Truth::Contact { adversary, actor, outcome });
        if let (ContactOutcome::Resisted, Some(force)) = (outcome, calls) {
            self.order_later(Order::Call { force, zone }, false, true);
        }
    }

    /// A door does not let a guard through: the call is given back, a round goes on elsewhere.
    fn give_up(&mut self, guard: usize) {
        self.world.guards[guard].way.clear();
        match self.world.guards[guard].duty {
            Duty::Free => self.off_duty(guard),
            Duty::Patrol { .. } => self.round_goes_on(guard),
            Duty::Called { call, since } => {
                let person = self.world.guards[guard].person;
                let effort = self.world.now - since;
                self.tell(Truth::GuardSearched { guard: person, zone: call.zone, found: false, effort });
                self.off_duty(guard);
            }
        }
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
                let call = self.world.unanswered.remove(0);
                self.send_guard(call);
            }
        }
        if self.world.guards[guard].duty != Duty::Free {
            return;
        }
        let home = self.plan.posts[self.world.guards[guard].post.index()].zone;
        if !returning && self.world.guards[guard].zone != home {
            self.next_portal(guard);
        }
    }

    // ------------------------------------------------------------------ rounds

    /// Plans the first round of everybody who walks rounds: those of a post beyond the number who stay there.
    pub(crate) fn open_patrols(&mut self) {
        let plan = self.plan;
        if plan.policy.guards.as_ref().is_none_or(|g| g.patrol.as_ref().is_none_or(|p| p.zones.is_empty())) {
            return;
        }
        for guard in 0..self.world.guards.len() {
            let state = &self.world.guards[guard];
            let post = &plan.posts[state.post.index()];
            let place = post.guards.iter().position(|p| *p == state.person);
            if place.is_some_and(|place| place >= post.stay as usize) {
                self.guard_rests(guard);
            }
        }
    }

    /// A guard's next round comes after a pause.
    fn guard_rests(&mut self, guard: usize) {
        let Some(patrol) = self.plan.policy.guards.as_ref().and_then(|g| g.patrol.as_ref()) else { return };
        let state = &mut self.world.guards[guard];
        state.rounds += 1;
        let (key, n) = (self.plan.people[state.person.index()].key, state.rounds);
        let pause = self.world.time(&patrol.every, key, Purpose::PatrolPause, n);
        // Without a pause at all a round that leads nowhere would never end.
        self.world.after(pause.max(SimDuration::from_secs(1)), Command::Patrol(guard as u32, n));
    }

    /// A round is due: it begins, unless the guard is wanted elsewhere or the hours are over.
    #[inline(never)]
    pub(crate) fn patrol_due(&mut self, index: u32, round: u32) -> bool {
        let guard = index as usize;
        let Some(patrol) = self.plan.policy.guards.as_ref().and_then(|g| g.patrol.as_ref()) else { return false };
        if self.world.guards[guard].rounds != round {
            return false;
        }
        if !self.may_patrol(patrol) {
            if let Some(wait) = self.until_open(&patrol.hours) {
                self.world.after(wait, Command::Patrol(index, round));
            }
            return false;
        }
        if self.world.guards[guard].duty != Duty::Free || !self.available(guard) {
            self.guard_rests(guard);
            return false;
        }
        // Two guards on their rounds begin at different places.
        let zones = patrol.zones.len();
        let first = guard * zones / self.world.guards.len().max(1);
        let now = self.world.now;
        let state = &mut self.world.guards[guard];
        state.way.clear();
        state.duty = Duty::Patrol { stop: first as u32, left: zones as u32 - 1, since: now };
        self.guard_walks_on(guard);
        true
    }

    fn may_patrol(&self, patrol: &Patrol) -> bool {
        let week_ms = self.week_ms();
        patrol.hours.is_empty() || patrol.hours.iter().any(|w| w.contains(week_ms))
    }

    /// On to the next stop of a round, or back to the post after the last.
    fn round_goes_on(&mut self, guard: usize) {
        let Duty::Patrol { stop, left, since } = self.world.guards[guard].duty else { return };
        match self.plan.policy.guards.as_ref().and_then(|g| g.patrol.as_ref()) {
            Some(patrol) if left > 0 && self.may_patrol(patrol) => {
                let stop = (stop + 1) % patrol.zones.len() as u32;
                self.world.guards[guard].duty = Duty::Patrol { stop, left: left - 1, since };
                self.guard_walks_on(guard);
            }
            Some(_) | None => {
                self.guard_rests(guard);
                self.off_duty(guard);
            }
        }
    }

    /// Walks on where a round leads; what was under way before is stale.
    fn guard_walks_on(&mut self, guard: usize) {
        self.world.guards[guard].turn += 1;
        self.next_portal(guard);
    }
}
