//! When a step can begin.
//!
//! Shifts, schedules and traffic cut the time of an attack into stretches within which nothing changes. What can be done at
//! other times in another way is another step, and to wait is to choose the step whose hours come later: an earlier
//! arrival never begins later, so that a search need not know of it.

use std::sync::Arc;

/// Stretches of simulated time in milliseconds, begin in and end out, in order and apart; none: always.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Hours(Option<Arc<[(u64, u64)]>>);

impl Hours {
    /// At any time.
    pub(crate) const ALWAYS: Hours = Hours(None);

    /// These stretches, in order; those that meet are one.
    pub(crate) fn of(stretches: &[(u64, u64)]) -> Hours {
        let mut joined: Vec<(u64, u64)> = Vec::with_capacity(stretches.len());
        for &(from, until) in stretches {
            match joined.last_mut() {
                Some(last) if last.1 == from => last.1 = until,
                Some(_) | None => joined.push((from, until)),
            }
        }
        match joined[..] {
            [(0, u64::MAX)] => Hours::ALWAYS,
            _ => Hours(Some(joined.into())),
        }
    }

    pub(crate) fn is_always(&self) -> bool {
        self.0.is_none()
    }

    /// Whether an instant lies within them.
    pub(crate) fn contain(&self, ms: u64) -> bool {
        self.next(ms) == Some(ms)
    }

    /// The first instant within them that is not before `ms`.
    pub(crate) fn next(&self, ms: u64) -> Option<u64> {
        match &self.0 {
            None => Some(ms),
            Some(stretches) => {
                let at = stretches.partition_point(|&(_, until)| until <= ms);
                stretches.get(at).map(|&(from, _)| from.max(ms))
            }
        }
    }
}

impl Hours {
    /// When to begin instead of at `wanted`, but not before `from`: at the last instant before it, or at the first after it
    /// where that is to be late by less than a quarter of what one would be early otherwise.
    pub(crate) fn near(&self, from: u64, wanted: u64) -> u64 {
        let Some(stretches) = &self.0 else { return wanted };
        let before = stretches.iter().rev().find(|(begin, _)| *begin <= wanted);
        let before = before.map_or(from, |&(_, until)| until.saturating_sub(1).min(wanted)).max(from);
        match self.next(wanted) {
            Some(after) if after - wanted < (wanted - before.min(wanted)) / 4 => after,
            _ => before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Hours;

    #[test]
    fn the_next_instant_lies_within() {
        let hours = Hours::of(&[(10, 20), (20, 30), (50, 60)]);
        let next: Vec<_> = [0, 10, 29, 30, 55, 60].map(|ms| hours.next(ms)).into();
        assert_eq!(next, [Some(10), Some(10), Some(29), Some(50), Some(55), None]);
        assert_eq!(Hours::of(&[(0, 5), (5, u64::MAX)]), Hours::ALWAYS);
        assert_eq!(Hours::ALWAYS.next(7), Some(7));
    }

    #[test]
    fn rather_a_little_late_than_much_too_early() {
        let hours = Hours::of(&[(10, 20), (100, 120)]);
        // Within; a night too early against ten late; and five early against eighty late.
        assert_eq!([15, 90, 24].map(|wanted| hours.near(12, wanted)), [15, 100, 19]);
        assert_eq!(hours.near(12, 130), 119);
        assert_eq!(Hours::ALWAYS.near(0, 7), 7);
    }
}
