//! Analytics that count bodies at doors which a camera sees.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::event::Observer;
use crate::simulation::Ctx;
use crate::world::{Cause, Command};

/// A passage in which analytics saw more people than badges, until they report it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    portal: PortalId,
    direction: Direction,
    cause: Cause,
}

impl<O: Observer> Ctx<'_, O> {
    /// Somebody has gone through a portal that analytics look at, behind another without a badge or not: they may see two.
    pub(crate) fn counted(&mut self, portal: PortalId, direction: Direction, followed: bool, cause: Cause) {
        let plan = self.plan;
        let Some(analytics) = &plan.policy.analytics else { return };
        let chance = if followed { analytics.detects } else { analytics.mistakes };
        if !self.world.happens(chance, cause.key, Purpose::AnalyticsSee, cause.n) || !self.is_seen(portal) {
            return;
        }
        let takes = self.world.time(&analytics.takes, cause.key, Purpose::AnalyticsTime, cause.n);
        let seen = Seen { portal, direction, cause };
        let people = &mut self.world.people;
        let index = match people.free_seen.pop() {
            Some(index) => {
                people.seen[index as usize] = seen;
                index
            }
            None => {
                people.seen.push(seen);
                people.seen.len() as u32 - 1
            }
        };
        self.world.after(takes, Command::Counted(index));
    }

    /// Whether a camera on one of its zones works.
    fn is_seen(&self, portal: PortalId) -> bool {
        let door = &self.plan.portals[portal.index()];
        let cameras = [door.outer, door.inner].map(|zone| &self.plan.zones[zone.index()].cameras);
        cameras.into_iter().flatten().any(|camera| self.camera_sees(*camera))
    }

    /// Analytics report.
    #[inline(never)]
    pub(crate) fn seen(&mut self, index: u32) -> bool {
        let Seen { portal, direction, cause } = self.world.people.seen[index as usize];
        self.world.people.free_seen.push(index);
        self.report(Report::Tailgate { portal, direction }, cause);
        true
    }
}
