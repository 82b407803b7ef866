//! The shortest way on foot, for guards and for those who leave.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use doorward_model::base::*;
use doorward_model::plan::{Direction, Plan};

use crate::gate::Gates;

/// Memory of the search, kept between calls.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    /// Best known milliseconds to each zone.
    cost: Vec<u64>,
    /// The portal by which it is reached.
    by: Vec<Option<(PortalId, Direction)>>,
    /// The zones of which either is known: all that has to be forgotten.
    met: Vec<ZoneId>,
    open: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Scratch {
    pub(crate) fn new(plan: &Plan) -> Self {
        let zones = plan.zones.len();
        Self {
            cost: vec![u64::MAX; zones],
            by: vec![None; zones],
            met: Vec::with_capacity(zones),
            open: BinaryHeap::with_capacity(zones),
        }
    }

    /// Searches from a place until `goal` holds; gives the zone and the time, or nothing where none can be reached in
    /// less than `within`.
    ///
    /// `passes` says through which portals this person gets.
    pub(crate) fn search(
        &mut self,
        (plan, gates): (&Plan, &Gates),
        from: ZoneId,
        point: Option<(f64, f64)>,
        within: SimDuration,
        passes: impl Fn(PortalId, Direction) -> bool,
        goal: impl Fn(ZoneId) -> bool,
    ) -> Option<(ZoneId, SimDuration)> {
        for zone in self.met.drain(..) {
            (self.cost[zone.index()], self.by[zone.index()]) = (u64::MAX, None);
        }
        self.open.clear();
        self.cost[from.index()] = 0;
        self.met.push(from);
        self.open.push(Reverse((0, from.0)));
        while let Some(Reverse((cost, zone))) = self.open.pop() {
            let here = ZoneId(zone);
            if cost > self.cost[here.index()] {
                continue;
            }
            if cost >= within.as_millis() {
                return None;
            }
            if goal(here) {
                return Some((here, SimDuration::from_millis(cost)));
            }
            let at = match self.by[here.index()] {
                Some((portal, _)) => gates.gate(portal).at,
                None => point,
            };
            for &(portal, direction) in &plan.zones[here.index()].ways {
                if !passes(portal, direction) {
                    continue;
                }
                let gate = gates.gate(portal);
                let step = plan.pace.walk(at, gate.at) + gate.pass_time.mean();
                let beyond = gate.beyond(direction);
                let total = cost + step.as_millis();
                if total < self.cost[beyond.index()] {
                    if self.cost[beyond.index()] == u64::MAX {
                        self.met.push(beyond);
                    }
                    self.cost[beyond.index()] = total;
                    self.by[beyond.index()] = Some((portal, direction));
                    self.open.push(Reverse((total, beyond.0)));
                }
            }
        }
        None
    }

    /// Writes the way found by the last search, the next portal last.
    pub(crate) fn way_to(&self, gates: &Gates, to: ZoneId, way: &mut Vec<(PortalId, Direction)>) {
        way.clear();
        let mut zone = to;
        while let Some((portal, direction)) = self.by[zone.index()] {
            way.push((portal, direction));
            let gate = gates.gate(portal);
            zone = match direction {
                Direction::Entry => gate.outer,
                Direction::Exit => gate.inner,
            };
        }
    }
}
