//! Going through portals: decision, passage, and the state of the leaf, kept apart.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::access::Factors;
use crate::continuity::LockForced;
use crate::event::{Observer, Truth, Who};
use crate::gate::Says;
use crate::simulation::Ctx;
use crate::world::{Cause, Command, Manner, Passage, PassageId};

/// How a leaf came to open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Opening {
    /// After a grant, by schedule, or released from a console.
    Granted,
    /// From the inner side, by handle or request to exit.
    Egress,
    /// By force, or around the lock.
    Forced,
}

impl<O: Observer> Ctx<'_, O> {
    /// A slot for a passage.
    #[inline(always)]
    pub(crate) fn slot(&mut self, passage: Passage) -> PassageId {
        match self.world.free_passages.pop() {
            Some(id) => {
                self.world.passages[id.0 as usize] = passage;
                id
            }
            None => {
                self.world.passages.push(passage);
                PassageId(self.world.passages.len() as u32 - 1)
            }
        }
    }

    /// Whether a portal stands open to everybody now: it opens from this side, by schedule, or by itself in an emergency.
    pub(crate) fn stands_open(&self, portal: PortalId, direction: Direction) -> bool {
        // Mechanical egress comes before every order and every failure.
        self.gate(portal).opens_freely[direction.index()] || self.unlocked(portal)
    }

    /// Whether a lock is open to everybody now: by schedule, or by itself in an emergency.
    #[inline]
    pub(crate) fn unlocked(&self, portal: PortalId) -> bool {
        let state = &self.world.portals[portal.index()];
        if let Some(forced) = state.forced {
            return forced == LockForced::Released;
        }
        self.gate(portal).scheduled && state.locked_down_until <= self.world.now && self.within_schedule(portal)
    }

    /// Whether the schedule of a portal has it unlocked now.
    fn within_schedule(&self, portal: PortalId) -> bool {
        let door = &self.plan.portals[portal.index()];
        let state = &self.world.portals[portal.index()];
        let week_ms = self.week_ms();
        let begun = |window: &Window| {
            let begin = self.world.now.as_millis().saturating_sub(since_begin(window, week_ms));
            !door.first_person_in || state.first_in.as_millis() >= begin
        };
        door.unlocked.iter().any(|window| window.contains(week_ms) && begun(window))
    }

    /// Whether a portal opens now in a direction without a credential: also because somebody has just released it.
    pub(crate) fn opens(&self, portal: PortalId, direction: Direction) -> bool {
        self.stands_open(portal, direction) || self.released(portal)
    }

    /// Whether a grant or a console has released a lock that has not locked again.
    pub(crate) fn released(&self, portal: PortalId) -> bool {
        let state = &self.world.portals[portal.index()];
        let now = self.world.now;
        state.released_until > now
            && state.locked_down_until <= now
            && self.gate(portal).has_lock
            && state.forced != Some(LockForced::Dead)
    }

    /// The leaf that an interlock waits for, if any.
    #[inline]
    pub(crate) fn interlocked_until(&self, portal: PortalId) -> Option<SimTime> {
        // The fire alarm releases them.
        if !self.gate(portal).interlocked || self.fire_alarm() {
            return None;
        }
        let door = &self.plan.portals[portal.index()];
        door.interlocked.iter().map(|p| &self.world.portals[p.index()]).filter(|s| s.open).map(|s| s.closes_at).max()
    }

    /// The panel decides on an ordinary passage.
    pub(crate) fn decide_passage(&mut self, id: PassageId) -> bool {
        let Passage { portal, direction, who, credential, key, n, rejected, .. } = self.world.passages[id.0 as usize];
        let gate = self.gate(portal);
        let cause = Cause::ordinary(key, n);
        let further = self.world.register.take_asked(portal, direction, credential);
        let given = Factors { usual: !rejected, further, rightful: true };
        let decision = self.ask_reader((portal, direction), credential, given, cause);
        if decision.verdict == Verdict::StepUp
            && !further
            && let Some(reader) = self.reader(portal, direction).filter(|reader| reader.takes_further)
        {
            // They give the further factor, which takes as long as the card did.
            self.world.register.set_asked(portal, direction, credential);
            let key = key.mix(EntityKey::new("factor", "further"));
            let read = self.world.time(&reader.read_time, key, Purpose::ReadTime, n);
            self.world.after(read, Command::Decide(id));
            return true;
        }
        let granted = decision.verdict == Verdict::Allow;
        if granted {
            self.shows_badge_to_reader(portal, direction, credential);
            let mistyped = self.reader(portal, direction).map_or(Probability::ZERO, |reader| reader.duress);
            if self.world.happens(mistyped, key, Purpose::Duress, n) {
                self.report_by(gate.panel, Report::Duress { portal, credential }, cause);
            }
            let (time, chance) = ((&gate.pass_time, Purpose::PassTime), (gate.not_taken_chance, Purpose::NotTaken));
            let (pass, not_taken) = self.world.time_and_chance(time, chance, key, n);
            if !not_taken {
                self.world.after(pass, Command::Through(id));
                return true;
            }
            self.world.register.not_taken(credential);
            self.report_by(gate.panel, Report::AccessNotTaken { portal }, cause);
        } else {
            self.refused(who, portal, decision.reason);
        }
        self.world.free_passages.push(id);
        if let Who::Person(person) = who {
            self.person_refused(person, id, (!granted).then_some(decision.reason), rejected);
        }
        true
    }

    /// An ordinary person goes through.
    pub(crate) fn through(&mut self, id: PassageId) -> bool {
        let Passage { portal, direction, who, credential, key, n, manner, since, .. } =
            self.world.passages[id.0 as usize];
        let gate = self.gate(portal);
        if let Some(until) = self.interlocked_until(portal) {
            let wait = (until - self.world.now) + SimDuration::from_millis(1);
            self.world.after(wait, Command::Through(id));
            return false;
        }
        self.world.free_passages.push(id);
        let (time, chance) = ((&gate.close_time, Purpose::CloseTime), (gate.held_chance, Purpose::DoorHeld));
        let (mut stays, held) = self.world.time_and_chance(time, chance, key, n);
        if held {
            stays = self.world.time(&self.plan.portals[portal.index()].held_time, key, Purpose::HeldTime, n);
        }
        let cause = Cause::ordinary(key, n);
        let opening = match manner {
            Manner::Glass => Opening::Forced,
            Manner::Freely if gate.lets_out(direction) => Opening::Egress,
            Manner::Freely | Manner::Badge | Manner::Following | Manner::Helped => Opening::Granted,
        };
        self.open_leaf(portal, opening, stays, cause);
        if manner == Manner::Badge {
            if gate.first_person_in && direction == Direction::Entry {
                self.world.portals[portal.index()].first_in = self.world.now;
            }
            self.record_passage(portal, direction, credential);
        }
        let took = self.world.now - since;
        self.tell(Truth::Passed { who, portal, direction, took });
        if gate.watched {
            self.counted(portal, direction, manner == Manner::Following, cause);
        }
        if let Who::Person(person) = who {
            if manner == Manner::Following {
                self.tell(Truth::Followed { person, portal, direction });
                if gate.has_sensors {
                    self.sensed_following(person, portal, n);
                }
            }
            self.person_through(person, id, portal, direction, cause);
        }
        if self.world.portals[portal.index()].waiting > 0 {
            self.offer_to_followers(portal, Some(direction));
        }
        true
    }

    /// Sensors at a portal that notice one who comes in behind another: they cannot tell whether it is a stranger.
    fn sensed_following(&mut self, person: PersonId, portal: PortalId, n: u32) {
        let plan = self.plan;
        let week_ms = self.week_ms();
        for &id in &plan.portals[portal.index()].sensors {
            let sensor = &plan.sensors[id.index()];
            let chance = sensor.detection("follow");
            if chance == Probability::ZERO || !sensor.armed_at(week_ms) {
                continue;
            }
            let key = self.leg_key(person, sensor.key.mix(plan.people[person.index()].key));
            if self.world.happens(chance, key, Purpose::Sensing, n) {
                self.report(Report::SensorActive { sensor: id }, Cause::ordinary(key, n));
            }
        }
    }

    /// Opens a leaf, or keeps it open, for this long.
    pub(crate) fn open_leaf(&mut self, portal: PortalId, opening: Opening, stays: SimDuration, cause: Cause) {
        let gate = self.gate(portal);
        let now = self.world.now;
        let closes_at = now + stays;
        let state = &mut self.world.portals[portal.index()];
        let was_open = state.open;
        if was_open && closes_at <= state.closes_at {
            return;
        }
        if !was_open {
            state.open = true;
            state.opened_at = now;
            state.opening += 1;
            state.held_scheduled = false;
        }
        state.closes_at = closes_at;
        let (opened_at, number) = (state.opened_at, state.opening);
        let held = closes_at - opened_at > gate.held_after && !state.held_scheduled;
        // A schedule that was changed stands, whoever goes through.
        let for_good = state.released_until == SimTime::MAX;
        if !was_open && !for_good && gate.relocks {
            // Locked again behind this one; the release of a console is spent as well.
            state.released_until = now;
        }
        let released = state.forced == Some(LockForced::Released);
        if held {
            state.held_scheduled = true;
            let delay = (opened_at + gate.held_after) - now;
            self.world.after(delay, Command::Held(portal, number));
        }
        if stays == SimDuration::ZERO && self.world.shuts.is_none() {
            self.world.shuts = Some(portal);
        } else {
            self.world.after(stays, Command::Close(portal));
        }
        if was_open {
            return;
        }
        self.tell(Truth::LeafOpened { portal });
        let panel = gate.panel;
        match gate.says[opening as usize] {
            Says::Nothing => {}
            Says::WantsOut => {
                self.report_by(panel, Report::RequestToExit { portal }, cause);
                self.report_by(panel, Report::PortalOpened { portal }, cause);
            }
            Says::Forced if opening == Opening::Forced || !released => {
                self.report_by(panel, Report::PortalForced { portal }, cause);
            }
            Says::Opened | Says::Forced => self.report_by(panel, Report::PortalOpened { portal }, cause),
        }
    }

    /// A leaf falls shut.
    pub(crate) fn close(&mut self, portal: PortalId) -> bool {
        let now = self.world.now;
        let state = &mut self.world.portals[portal.index()];
        if !state.open || state.closes_at > now {
            return false;
        }
        state.open = false;
        self.tell(Truth::LeafClosed { portal });
        let gate = self.gate(portal);
        if gate.tells() {
            let cause = Cause::ordinary(gate.key, 0);
            self.report_by(gate.panel, Report::PortalClosed { portal }, cause);
        }
        true
    }

    /// A leaf has been open for too long.
    #[inline(never)]
    pub(crate) fn held(&mut self, portal: PortalId, opening: u32) -> bool {
        let state = &self.world.portals[portal.index()];
        if !state.open || state.opening != opening {
            return false;
        }
        let door = &self.plan.portals[portal.index()];
        if door.position_switch {
            let cause = Cause::ordinary(door.key.child(Purpose::DoorHeld, u64::from(opening)), 0);
            self.report_by(door.panel, Report::PortalHeld { portal }, cause);
        }
        true
    }
}

/// How long ago a window that contains this time of the week began.
fn since_begin(window: &Window, week_ms: u64) -> u64 {
    const DAY_MS: u64 = 24 * 3_600_000;
    let clock = week_ms % DAY_MS;
    (clock + DAY_MS - window.from().as_millis()) % DAY_MS
}
