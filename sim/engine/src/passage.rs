//! Going through portals: decision, passage, and the state of the leaf, kept apart.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::PortalKind;

use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{Cause, Command, Passage, PassageId};

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

    /// Whether a portal opens now in a direction without a credential.
    pub(crate) fn opens(&self, portal: PortalId, direction: Direction) -> bool {
        let door = &self.plan.portals[portal.index()];
        if door.opens_freely(direction) {
            return true;
        }
        let state = &self.world.portals[portal.index()];
        let now = self.world.now;
        if state.locked_down_until > now {
            return false;
        }
        let week_ms = self.week_ms();
        door.lock.is_some() && (state.released_until > now || door.unlocked.iter().any(|w| w.contains(week_ms)))
    }

    /// The leaf that an interlock waits for, if any.
    pub(crate) fn interlocked_until(&self, portal: PortalId) -> Option<SimTime> {
        let others = &self.plan.portals[portal.index()].interlocked;
        others.iter().map(|p| &self.world.portals[p.index()]).filter(|s| s.open).map(|s| s.closes_at).max()
    }

    /// The panel decides on an ordinary passage.
    pub(crate) fn decide_passage(&mut self, id: PassageId) -> bool {
        let passage = self.world.passages[id.0 as usize];
        let Passage { portal, direction, who, credential, key, n, rejected } = passage;
        let door = &self.plan.portals[portal.index()];
        let cause = Cause::ordinary(key, n);
        let decision = self.ask_portal(portal, direction, credential, !rejected, cause);
        if decision.verdict == Verdict::Allow {
            let (time, chance) = ((&door.pass_time, Purpose::PassTime), (door.not_taken_chance, Purpose::NotTaken));
            let (pass, not_taken) = self.world.time_and_chance(time, chance, key, n);
            if !not_taken {
                self.world.after(pass, Command::Through(id));
                return true;
            }
            self.report_by(door.panel, Report::AccessNotTaken { portal }, cause);
        } else {
            self.refused(who, portal, decision.reason);
        }
        self.world.free_passages.push(id);
        true
    }

    /// An ordinary person goes through.
    pub(crate) fn through(&mut self, id: PassageId) -> bool {
        let passage = self.world.passages[id.0 as usize];
        let Passage { portal, direction, who, key, n, .. } = passage;
        if let Some(until) = self.interlocked_until(portal) {
            let wait = (until - self.world.now) + SimDuration::from_millis(1);
            self.world.after(wait, Command::Through(id));
            return false;
        }
        self.world.free_passages.push(id);
        let door = &self.plan.portals[portal.index()];
        let held_chance = if door.held_after.is_some() { door.held_chance } else { Probability::ZERO };
        let (time, chance) = ((&door.close_time, Purpose::CloseTime), (held_chance, Purpose::DoorHeld));
        let (closes, held) = self.world.time_and_chance(time, chance, key, n);
        let stays = if held { self.world.time(&door.held_time, key, Purpose::HeldTime, n) } else { closes };
        let egress = direction == Direction::Exit && door.readers[direction.index()].is_none();
        let opening = if egress { Opening::Egress } else { Opening::Granted };
        self.open_leaf(portal, opening, stays, Cause::ordinary(key, n));
        self.tell(Truth::Passed { who, portal, direction });
        if self.world.portals[portal.index()].waiting > 0 {
            self.offer_to_followers(portal, direction);
        }
        true
    }

    /// Opens a leaf, or keeps it open, for this long.
    pub(crate) fn open_leaf(&mut self, portal: PortalId, opening: Opening, stays: SimDuration, cause: Cause) {
        let door = &self.plan.portals[portal.index()];
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
        let held = door.held_after.filter(|h| closes_at - opened_at > *h && !state.held_scheduled);
        if let Some(after) = held {
            state.held_scheduled = true;
            let delay = (opened_at + after) - now;
            self.world.after(delay, Command::Held(portal, number));
        }
        self.world.after(stays, Command::Close(portal));
        if was_open {
            return;
        }
        if door.lock.as_ref().is_some_and(|l| l.relock_on_open) {
            // Locked again behind this one; the release of a console is spent as well.
            self.world.portals[portal.index()].released_until = now;
        }
        self.tell(Truth::LeafOpened { portal });
        if !door.position_switch {
            return;
        }
        let free = door.lock.is_none() && door.kind != PortalKind::EmergencyExit;
        match opening {
            Opening::Granted => self.report_by(door.panel, Report::PortalOpened { portal }, cause),
            Opening::Egress if door.rex.is_some() || free => {
                if door.rex.is_some() {
                    self.report_by(door.panel, Report::RequestToExit { portal }, cause);
                }
                self.report_by(door.panel, Report::PortalOpened { portal }, cause);
            }
            // A handle without request to exit: life safety lets out, and the switch tells.
            Opening::Egress | Opening::Forced => self.report_by(door.panel, Report::PortalForced { portal }, cause),
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
        let door = &self.plan.portals[portal.index()];
        if door.position_switch {
            let cause = Cause::ordinary(door.key, 0);
            self.report_by(door.panel, Report::PortalClosed { portal }, cause);
        }
        true
    }

    /// A leaf has been open for too long.
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
