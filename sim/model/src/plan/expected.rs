//! What an onlooker would count at each portal on a working day: the expectation of the passages that people make.
//!
//! Adversaries plan by it, since they have watched. Nothing in a run is drawn from it.

use super::*;

/// Fills in the expected passages of all portals.
pub(super) fn fill(plan: &mut Plan) {
    let mut counts = vec![Expected::default(); plan.portals.len()];
    for index in 0..plan.roles.len() {
        let role = RoleId::from_index(index);
        if plan.roles[index].day.is_some() {
            of_role(plan, role, &mut counts);
        }
    }
    for (portal, expected) in plan.portals.iter_mut().zip(counts) {
        *portal.expected = expected;
    }
}

/// A day of the week that stands for all of its kind: a Wednesday, a Saturday.
const DAYS: [u64; 2] = [2, 5];
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Parts into which a spread of times is cut.
const PARTS: u64 = 8;

fn of_role(plan: &Plan, id: RoleId, counts: &mut [Expected]) {
    let role = &plan.roles[id.index()];
    let Some(day) = &role.day else { return };
    for (kind, weekday) in DAYS.into_iter().enumerate() {
        let midnight = weekday * DAY_MS;
        let shifts: Vec<(u64, u64)> = role.shift.iter().filter_map(|w| w.on(weekday)).collect();
        if shifts.is_empty() {
            continue;
        }
        for (base, members) in by_base(plan, role) {
            let attending = members as f64 * day.attends.value();
            let base = base.unwrap_or(day.home);
            for &(from, to) in &shifts {
                for part in 0..PARTS {
                    let draw = (2 * part + 1) * (u64::MAX / (2 * PARTS));
                    let clock = |at: u64, of: &Distribution| {
                        (midnight + at + of.quantile(draw).as_millis()).saturating_sub(day.lead.as_millis())
                    };
                    let share = attending / PARTS as f64;
                    walk(plan, id, (day.home, base), (kind, clock(from, &day.arrives)), share, counts);
                    walk(plan, id, (base, day.home), (kind, clock(to, &day.leaves)), share, counts);
                }
                for errand in day.errands.iter().filter(|errand| !errand.off_shift) {
                    let within = |hour: &u64| {
                        let at = (midnight + hour * HOUR_MS + HOUR_MS / 2) % (7 * DAY_MS);
                        errand.hours.is_empty() || errand.hours.iter().any(|w| w.contains(at))
                    };
                    let hours: Vec<u64> = (from / HOUR_MS..to.div_ceil(HOUR_MS)).filter(within).collect();
                    for hour in &hours {
                        let rate = attending * errand.per_day / (hours.len() * shifts.len()) as f64;
                        let at = (kind, midnight + hour * HOUR_MS);
                        if errand.round {
                            let mut from = base;
                            for zone in errand.to.iter().chain([&base]) {
                                walk(plan, id, (from, *zone), at, rate, counts);
                                from = *zone;
                            }
                        } else {
                            let share = rate / errand.to.len() as f64;
                            for zone in &errand.to {
                                walk(plan, id, (base, *zone), at, share, counts);
                                walk(plan, id, (*zone, base), at, share, counts);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Members of a role by where they work.
fn by_base(plan: &Plan, role: &Role) -> Vec<(Option<ZoneId>, usize)> {
    let mut groups: Vec<(Option<ZoneId>, usize)> = Vec::new();
    for person in &role.people {
        let base = plan.people[person.index()].base;
        match groups.iter_mut().find(|(of, _)| *of == base) {
            Some((_, count)) => *count += 1,
            None => groups.push((base, 1)),
        }
    }
    groups
}

/// Counts people along the way from one zone to another.
fn walk(
    plan: &Plan,
    role: RoleId,
    (from, to): (ZoneId, ZoneId),
    (kind, at): (usize, u64),
    people: f64,
    counts: &mut [Expected],
) {
    let hour = (at / HOUR_MS % 24) as usize;
    let mut zone = from;
    // A way crosses a zone once at most.
    for _ in 0..plan.zones.len() {
        let Some((portal, direction)) = plan.routes.next(plan, role, zone, to) else { break };
        counts[portal.index()].per_hour[direction.index()][kind][hour] += people as f32;
        zone = plan.zone_beyond(portal, direction);
    }
}
