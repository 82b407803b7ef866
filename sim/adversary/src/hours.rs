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
}
