//! How fast people walk.

use super::SimDuration;

/// A walking speed, kept as what it is multiplied by.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pace {
    ms_per_metre: f64,
}

impl Pace {
    /// That of a speed, which is above zero.
    #[must_use]
    pub fn new(metres_per_second: f64) -> Self {
        Self { ms_per_metre: 1_000.0 / metres_per_second }
    }

    /// Metres per second.
    #[must_use]
    pub fn metres_per_second(self) -> f64 {
        1_000.0 / self.ms_per_metre
    }

    /// Time to walk from one point to another in a straight line, in metres; no time where either is not drawn.
    #[inline]
    #[must_use]
    pub fn walk(self, from: Option<(f64, f64)>, to: Option<(f64, f64)>) -> SimDuration {
        match (from, to) {
            (Some(a), Some(b)) => {
                let (dx, dy) = (a.0 - b.0, a.1 - b.1);
                SimDuration::from_millis_f64((dx * dx + dy * dy).sqrt() * self.ms_per_metre)
            }
            _ => SimDuration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_takes_its_length_over_the_speed() {
        let pace = Pace::new(1.25);
        let walk = |from, to| pace.walk(from, to).as_millis();
        assert_eq!(walk(Some((1.0, 2.0)), Some((4.0, 6.0))), 4_000);
        assert_eq!(walk(Some((1.0, 2.0)), Some((1.0, 2.0))), 0);
        assert_eq!([walk(None, Some((4.0, 6.0))), walk(Some((4.0, 6.0)), None), walk(None, None)], [0; 3]);
        assert_eq!(pace.metres_per_second(), 1.25);
    }
}
