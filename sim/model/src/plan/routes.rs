//! The shortest ways on foot through what a role's badge opens, one table for each destination.
//!
//! A table is found when first asked for and then shared by all runs: who asks first changes nothing. A large site has
//! thousands of them, so they are kept short: one byte for each zone says which of its ways to take, and dead ends,
//! which most rooms are, need none.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, OnceLock};

use super::{Direction, Portal, Role, Zone};
use crate::base::*;
use crate::site::PortalKind;

/// Where no portal leads on.
const NONE: u32 = u32::MAX;

/// A portal by which one leaves a zone, and the direction, in one word: twice the number, one more on the way out.
fn step(portal: PortalId, direction: Direction) -> u32 {
    portal.0 << 1 | direction.index() as u32
}

/// What such a word means.
#[inline]
fn taken(step: u32) -> Option<(PortalId, Direction)> {
    let direction = if step & 1 == 0 { Direction::Entry } else { Direction::Exit };
    (step != NONE).then_some((PortalId(step >> 1), direction))
}

/// Ways on foot, by role and destination.
///
/// A role passes a portal that opens freely in that direction, or that has a reader there and leads into a zone which
/// the role may enter at some time. What a person does who is refused on the way is the engine's business.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// By zone.
    exits: Arc<[Exits]>,
    /// The ways out of all zones, as steps.
    ways: Arc<[u32]>,
    /// By role, the dead ends that it counts on getting out of.
    leaves: Arc<[IdSet]>,
    /// By role, then destination.
    tables: Arc<[OnceLock<Table>]>,
}

/// The ways out of a zone.
#[derive(Clone, Copy, Debug)]
enum Exits {
    /// One, into a zone with more: where that one leads on, so does this.
    DeadEnd { step: u32, beyond: ZoneId },
    /// Where they begin among those of all zones, and the zone's place in the tables.
    Others { first: u32, place: u32 },
}

/// The ways to one destination.
#[derive(Debug)]
struct Table {
    /// By place, which of the zone's ways; [`NO_WAY`], or [`FAR`].
    which: Box<[u8]>,
    /// The same for zones with more ways than a byte can tell apart: zone and step, in order.
    far: Vec<(u32, u32)>,
}

/// Where no way leads on.
const NO_WAY: u8 = u8::MAX;
/// Where the list of those far away says it.
const FAR: u8 = u8::MAX - 1;

impl Routes {
    /// Ways between zones; those between zones that are no dead ends are not looked for yet.
    pub fn new(roles: &[Role], zones: &[Zone], portals: &[Portal]) -> Self {
        let beyond = |&(portal, direction): &(PortalId, Direction)| portals[portal.index()].beyond(direction);
        let (mut ways, mut places) = (0, 0);
        let exits = zones.iter().map(|zone| {
            let first = ways;
            ways += zone.ways.len() as u32;
            match &zone.ways[..] {
                [way] if zones[beyond(way).index()].ways.len() > 1 => {
                    Exits::DeadEnd { step: step(way.0, way.1), beyond: beyond(way) }
                }
                _ => {
                    places += 1;
                    Exits::Others { first, place: places - 1 }
                }
            }
        });
        let exits: Arc<[Exits]> = exits.collect();
        let ways = zones.iter().flat_map(|zone| &zone.ways).map(|&(portal, direction)| step(portal, direction));
        let leaves = roles.iter().map(|role| {
            let mut leaves = IdSet::with_len(zones.len());
            for (zone, exits) in exits.iter().enumerate() {
                if let Exits::DeadEnd { step, .. } = *exits
                    && taken(step).is_some_and(|(portal, direction)| passes(&portals[portal.index()], direction, role))
                {
                    leaves.insert(zone);
                }
            }
            leaves
        });
        let tables = (0..roles.len() * zones.len()).map(|_| OnceLock::new());
        Self { ways: ways.collect(), leaves: leaves.collect(), tables: tables.collect(), exits }
    }

    /// The next portal on the way of a role from one zone to another, and its direction; none where there is no way or
    /// none is needed.
    pub fn next(&self, plan: &super::Plan, role: RoleId, from: ZoneId, to: ZoneId) -> Option<(PortalId, Direction)> {
        if from == to {
            return None;
        }
        match self.exits[from.index()] {
            Exits::DeadEnd { step, beyond } => {
                let leaves = self.leaves[role.index()].contains(from.index());
                let leads_on = leaves && (beyond == to || self.next(plan, role, beyond, to).is_some());
                leads_on.then(|| taken(step)).flatten()
            }
            Exits::Others { first, place } => self.next_of_several(plan, role, (from, to), (first, place)),
        }
    }

    /// The same from a zone that is no dead end.
    #[inline]
    fn next_of_several(
        &self,
        plan: &super::Plan,
        role: RoleId,
        (from, to): (ZoneId, ZoneId),
        (first, place): (u32, u32),
    ) -> Option<(PortalId, Direction)> {
        let table = self.tables[role.index() * self.exits.len() + to.index()].get_or_init(|| {
            let next = search(&plan.zones, &plan.portals, &plan.roles[role.index()], plan.pace, to);
            Table::new(&plan.zones, &self.exits, &next)
        });
        match table.which[place as usize] {
            NO_WAY => None,
            FAR => {
                table.far.binary_search_by_key(&from.0, |(zone, _)| *zone).ok().and_then(|at| taken(table.far[at].1))
            }
            which => taken(self.ways[first as usize + usize::from(which)]),
        }
    }
}

impl Table {
    /// The next steps from all zones, in fewer bytes.
    fn new(zones: &[Zone], exits: &[Exits], next: &[u32]) -> Self {
        let mut far = Vec::new();
        let placed = (0..zones.len()).filter(|&zone| matches!(exits[zone], Exits::Others { .. }));
        let which = placed.map(|zone| {
            let next = next[zone];
            if next == NONE {
                return NO_WAY;
            }
            let which = zones[zone].ways.iter().position(|&(portal, direction)| step(portal, direction) == next);
            which.and_then(|which| u8::try_from(which).ok()).filter(|which| *which < FAR).unwrap_or_else(|| {
                far.push((zone as u32, next));
                FAR
            })
        });
        let which = which.collect();
        Self { which, far }
    }
}

/// Whether a role counts on passing a portal in a direction. Nobody takes an exit that is for emergencies as a short cut,
/// and a reader has to read what the role's badges are made of.
pub fn passes(portal: &Portal, direction: Direction, role: &Role) -> bool {
    let everyday = portal.kind != PortalKind::EmergencyExit && portal.delayed_egress.is_none();
    let reader = portal.readers[direction.index()].as_ref();
    everyday && portal.opens_freely(direction)
        || reader
            .is_some_and(|reader| reader.accepts.contains(&role.badge) && role.may_ever_enter(portal.beyond(direction)))
}

/// Dijkstra backwards from the destination: walking time between the portals of a zone, and the time to pass.
fn search(zones: &[Zone], portals: &[Portal], role: &Role, pace: Pace, to: ZoneId) -> Box<[u32]> {
    let price = |door: &Portal, direction| passes(door, direction, role).then_some(0);
    backwards(zones, portals, pace, std::iter::once(to), price)
}

/// Ways out when the alarm sounds: from each zone the next portal towards the muster point, or off the site.
#[derive(Clone, Debug, Default)]
pub struct WaysOut {
    next: Box<[u32]>,
}

impl WaysOut {
    /// The price of breaking the glass of an alarmed exit: taken where the next free way is longer than that.
    const GLASS_MS: u64 = 30_000;
    /// The price of a door that lets out with a badge alone: only where nothing else does.
    const BADGE_MS: u64 = 3_600_000;

    /// Looks for them: through what opens from inside, what the alarm releases, behind glass, and last by badge.
    #[must_use]
    pub fn new(plan: &super::Plan) -> Self {
        let price = |door: &Portal, direction: Direction| {
            if door.opens_freely(direction) || door.lock.as_ref().is_some_and(|lock| lock.fire_release) {
                Some(0)
            } else if door.break_glass {
                Some(Self::GLASS_MS)
            } else {
                door.readers[direction.index()].as_ref().map(|_| Self::BADGE_MS)
            }
        };
        let goal = |zone: &ZoneId| match plan.muster {
            Some(muster) => *zone == muster,
            None => plan.zones[zone.index()].offsite(),
        };
        let goals = (0..plan.zones.len()).map(ZoneId::from_index).filter(goal);
        Self { next: backwards(&plan.zones, &plan.portals, plan.pace, goals, price) }
    }

    /// The next portal from a zone, and its direction; none where there is no way, or nothing further to go.
    #[must_use]
    pub fn next(&self, from: ZoneId) -> Option<(PortalId, Direction)> {
        taken(self.next[from.index()])
    }
}

/// The search: from the goals back, over the portals that have a price in milliseconds beside the time that they take.
fn backwards(
    zones: &[Zone],
    portals: &[Portal],
    pace: Pace,
    goals: impl Iterator<Item = ZoneId>,
    price: impl Fn(&Portal, Direction) -> Option<u64>,
) -> Box<[u32]> {
    let mut next = vec![NONE; zones.len()].into_boxed_slice();
    let mut cost = vec![u64::MAX; zones.len()];
    let mut open = BinaryHeap::with_capacity(zones.len());
    for goal in goals {
        cost[goal.index()] = 0;
        open.push(Reverse((0_u64, goal.0)));
    }
    while let Some(Reverse((so_far, zone))) = open.pop() {
        if so_far > cost[zone as usize] {
            continue;
        }
        let here = ZoneId(zone);
        // Where one who has come in here goes next.
        let onwards = match taken(next[here.index()]) {
            None => zones[here.index()].centre,
            Some((portal, _)) => portals[portal.index()].at,
        };
        for &(portal, leaving) in &zones[here.index()].ways {
            let door = &portals[portal.index()];
            // The way that leaves this zone is the way by which one comes into it, reversed.
            let (direction, before) = match leaving {
                Direction::Entry => (Direction::Exit, door.inner),
                Direction::Exit => (Direction::Entry, door.outer),
            };
            let Some(price) = price(door, direction) else { continue };
            let walk = pace.walk(door.at, onwards);
            // A millisecond for each portal, so that of two free ways the one with fewer doors wins.
            let lasts = walk.as_millis().saturating_add(door.pass_time.mean().as_millis()).saturating_add(price + 1);
            let total = so_far.saturating_add(lasts);
            if total < cost[before.index()] {
                cost[before.index()] = total;
                next[before.index()] = step(portal, direction);
                open.push(Reverse((total, before.0)));
            }
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dead ends, zones with more ways than a byte tells apart, a loop, rooms that let nobody out without a badge.
    #[test]
    fn tables_say_what_the_search_found() {
        let rooms: String =
            (0..300).map(|n| format!("hub -[{}]-> room{n}\n", ["free", "badge", "badge both"][n % 3])).collect();
        let text = format!(
            "street -[free]-> yard -[badge]-> hub\nyard -[free 90s]-> back -[free]-> room299 -[both badge]-> safe\n\
             {rooms}role some 2 zones hub,room1,room2,room299\nrole none 1 zones yard\n"
        );
        let plan = crate::fixture::plan(&text);
        let (mut found, mut far) = (0, 0);
        for role in 0..plan.roles.len() {
            for to in (0..plan.zones.len()).map(ZoneId::from_index) {
                let next = search(&plan.zones, &plan.portals, &plan.roles[role], plan.pace, to);
                for from in (0..plan.zones.len()).map(ZoneId::from_index).filter(|from| *from != to) {
                    let way = plan.routes.next(&plan, RoleId::from_index(role), from, to);
                    assert_eq!(
                        way,
                        taken(next[from.index()]),
                        "{} to {}",
                        plan.zones[from.index()].name,
                        plan.zones[to.index()].name
                    );
                    found += usize::from(way.is_some());
                    let ways = &plan.zones[from.index()].ways;
                    far += usize::from(way.is_some_and(|way| ways[..].iter().position(|w| *w == way) >= Some(254)));
                }
            }
        }
        assert!(found > 10_000 && far > 10, "{found} ways, {far} of them far down a list");
    }
}
