//! The stretches of time of an attack: within one, schedules, shifts, arming and expected traffic stay as they are.

use doorward_model::base::*;
use doorward_model::plan::{Adversary, Plan};
use doorward_model::technique::Act;

/// No plan reaches further.
const FARTHEST: SimDuration = SimDuration::from_secs(7 * 86_400);
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// One stretch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    /// Begin and end, in simulated milliseconds.
    pub(super) from: u64,
    pub(super) until: u64,
    /// A time of the week within it.
    pub(super) week_ms: u64,
}

/// From the end of the warm-up until the adversary gives up, as far as is expected. The first reaches back to the start,
/// the last goes on for ever: no instant is without one.
pub(super) fn stretches(plan: &Plan, adversary: &Adversary, insider: bool) -> Vec<Stretch> {
    let begins = plan.warm_up_end + adversary.begins_after.mean();
    let lasts = adversary.gives_up_after.mean().min(FARTHEST);
    let (first, last) = (plan.warm_up_end.as_millis(), (begins + lasts).min(plan.horizon).as_millis());
    let mut edges = vec![0, begins.as_millis()];
    edges.extend(hours(plan, adversary, first, last));
    for window in windows(plan, adversary, insider) {
        edges.extend(edges_of(plan, window, first, last));
    }
    edges.retain(|&ms| ms == 0 || (first..last).contains(&ms));
    edges.sort_unstable();
    edges.dedup();
    let ends = edges.iter().skip(1).copied().chain([u64::MAX]);
    let week_ms = |ms: u64| plan.calendar.week_ms(SimTime::from_millis(ms.max(first)));
    edges.iter().zip(ends).map(|(&from, until)| Stretch { from, until, week_ms: week_ms(from) }).collect()
}

/// Full hours, for who goes by traffic.
fn hours(plan: &Plan, adversary: &Adversary, first: u64, last: u64) -> Vec<u64> {
    let by_traffic = adversary
        .techniques
        .iter()
        .any(|id| matches!(plan.techniques[id.index()].act, Act::Follow | Act::TapReader(_)));
    if !by_traffic {
        return Vec::new();
    }
    let past = plan.calendar.week_ms(SimTime::from_millis(first)) % HOUR_MS;
    (0..).map(|n| first - past.min(first) + n * HOUR_MS).take_while(|&ms| ms < last).collect()
}

/// The windows that bear upon what the adversary believes.
fn windows<'p>(plan: &'p Plan, adversary: &Adversary, insider: bool) -> Vec<&'p Window> {
    let mut found: Vec<&Window> = plan.portals.iter().flat_map(|portal| &portal.unlocked).collect();
    if insider {
        found.extend(plan.sensors.iter().flat_map(|sensor| &sensor.armed));
        let marks = adversary.marks.iter().map(|person| plan.people[person.index()].badge);
        let badges = adversary.credentials.iter().map(|stolen| stolen.credential).chain(marks);
        let roles = badges.filter_map(|badge| plan.credentials[badge.index()].role);
        found.extend(roles.flat_map(|role| &plan.roles[role.index()].rights).flat_map(|right| &right.hours));
    }
    found
}

/// Begins and ends of a window in simulated time.
fn edges_of(plan: &Plan, window: &Window, first: u64, last: u64) -> Vec<u64> {
    let start = plan.calendar.week_ms(SimTime::ZERO);
    let (first_day, last_day) = ((start + first) / DAY_MS, (start + last) / DAY_MS);
    let days = first_day.saturating_sub(1)..=last_day;
    let on = |day: u64| window.on(day % 7).map(|(from, to)| [day * DAY_MS + from, day * DAY_MS + to]);
    days.filter_map(on).flatten().filter_map(|ms| ms.checked_sub(start)).collect()
}
