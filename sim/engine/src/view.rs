//! What viewers may see of a run at an instant. Positions are intervals, so that any time between two events can be drawn.

use doorward_model::base::*;
use doorward_model::plan::{Direction, Start};
use doorward_model::signal::Intent;
use serde::Serialize;

use crate::continuity::LockForced;
use crate::event::Nobody;
use crate::simulation::{Ctx, Simulation};
use crate::world::{Duty, Standing};

/// Where somebody is: a straight line from one point to another, over a time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Whereabouts {
    /// The zone; none: not on the site, nor on the way there.
    pub zone: Option<ZoneId>,
    /// Where they set off from; none where the site is not drawn.
    pub from: Option<(f64, f64)>,
    /// Where they walk to, or stand.
    pub to: Option<(f64, f64)>,
    /// When they set off.
    pub since: SimTime,
    /// When they are there: in the past for one who stands.
    pub until: SimTime,
}

impl Whereabouts {
    /// The point at a time, in metres; none where nothing is drawn.
    pub fn at(&self, now: SimTime) -> Option<(f64, f64)> {
        let (from, to) = (self.from.or(self.to)?, self.to.or(self.from)?);
        let whole = (self.until - self.since).as_millis();
        if whole == 0 || now >= self.until {
            return Some(to);
        }
        let done = (now - self.since).as_millis() as f64 / whole as f64;
        let along = |a: f64, b: f64| a + (b - a) * done.clamp(0.0, 1.0);
        Some((along(from.0, to.0), along(from.1, to.1)))
    }
}

/// What a guard is up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardDuty {
    /// At the post, or on the way back.
    Post,
    /// On a call, to this zone.
    Called(ZoneId),
    /// On a round.
    Patrol,
}

/// A guard.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GuardView {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub whereabouts: Whereabouts,
    /// What for.
    pub duty: GuardDuty,
}

/// A member of an adversary.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ActorView {
    /// Where; no zone: at a computer far away, or gone.
    pub whereabouts: Whereabouts,
    /// What they do.
    pub doing: Option<Intent>,
    /// In custody, fled or gone home.
    pub away: bool,
}

/// The lock of a portal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LockView {
    /// There is none: whoever comes goes through.
    Free,
    /// Locked, or shut without a lock and not to be opened from outside.
    Locked,
    /// Unlocked by its schedule.
    Unlocked,
    /// Released by somebody's command or grant.
    Released,
    /// Open by itself: fire, or no power.
    FailSafe,
    /// Without power or panel: no badge opens it.
    Dead,
    /// Locked down.
    LockedDown,
    /// Broken, cut or bridged.
    Overcome,
}

/// A portal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PortalView {
    /// The leaf stands open.
    pub open: bool,
    /// It has been open for longer than it may.
    pub held: bool,
    /// Its lock.
    pub lock: LockView,
    /// Its panel is out of reach of the server.
    pub offline: bool,
}

impl Simulation {
    /// Where a person is now. Guards of posts and people without a day are nowhere: see [`Simulation::guards`].
    pub fn person_view(&self, person: PersonId) -> Whereabouts {
        self.world().people.view(self.plan(), person)
    }

    /// Ordinary people in a zone now.
    pub fn people_in(&self, zone: ZoneId) -> u32 {
        self.world().people.inside(zone)
    }

    /// The guards of the posts.
    pub fn guards(&self) -> impl Iterator<Item = GuardView> {
        let centre = |zone: ZoneId| self.plan().zones[zone.index()].centre;
        self.world().guards.iter().map(move |guard| {
            let to = guard.point.or_else(|| centre(guard.zone));
            let whereabouts = Whereabouts {
                zone: Some(guard.zone),
                from: guard.leg.from.or(to),
                to,
                since: guard.leg.since,
                until: guard.leg.until,
            };
            let duty = match guard.duty {
                Duty::Free => GuardDuty::Post,
                Duty::Called { call, .. } => GuardDuty::Called(call.zone),
                Duty::Patrol { .. } => GuardDuty::Patrol,
            };
            GuardView { person: guard.person, whereabouts, duty }
        })
    }

    /// A member of an adversary; none until the attack begins.
    pub fn actor_view(&self, adversary: AdversaryId, actor: ActorId) -> Option<ActorView> {
        let state = &self.world().adversaries[adversary.index()];
        let index = actor.index();
        let leg = state.legs[index];
        let on_foot = matches!(self.plan().adversaries[adversary.index()].actors[index].start, Start::Zone(_));
        let away = state.standing[index] == Standing::Away && on_foot;
        let whereabouts = Whereabouts {
            zone: state.zones[index],
            from: leg.from.or(state.points[index]),
            to: state.points[index],
            since: leg.since,
            until: leg.until,
        };
        state.begun.then(|| ActorView { whereabouts, doing: state.doing[index].map(|doing| doing.intent), away })
    }

    /// A portal.
    pub fn portal_view(&mut self, portal: PortalId) -> PortalView {
        let mut nobody = Nobody;
        let ctx = Ctx::of(self, &mut nobody);
        let (door, state) = (&ctx.plan.portals[portal.index()], &ctx.world.portals[portal.index()]);
        let now = ctx.world.now;
        let lock = if ctx.is_broken(portal) || ctx.is_bridged(portal) {
            LockView::Overcome
        } else {
            match state.forced {
                Some(LockForced::Released) => LockView::FailSafe,
                Some(LockForced::Dead) => LockView::Dead,
                None if state.locked_down_until > now => LockView::LockedDown,
                None if ctx.unlocked(portal) => LockView::Unlocked,
                None if ctx.released(portal) => LockView::Released,
                None if ctx.stands_open(portal, Direction::Entry) => LockView::Free,
                None => LockView::Locked,
            }
        };
        PortalView {
            open: state.open,
            held: state.open && door.held_after.is_some_and(|after| now >= state.opened_at + after),
            lock,
            offline: door.panel.is_some_and(|panel| ctx.world.panels[panel.index()].offline),
        }
    }

    /// The risk score of an identity now, as decisions and rules would go by it; none without a risk policy.
    pub fn risk(&self, person: PersonId) -> Option<u32> {
        self.defence().risk(person, self.now())
    }

    /// Whether an adversary holds a device.
    pub fn is_held(&self, adversary: AdversaryId, device: DeviceId) -> bool {
        let state = &self.world().adversaries[adversary.index()];
        state.held[device.index()].is_some() || state.footholds.contains(device.index())
    }
}
