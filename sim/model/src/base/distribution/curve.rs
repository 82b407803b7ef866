//! A quantile function as a table of cubics that knows how far it is off, so that it can tell where it is sure.

use super::super::SimDuration;
use super::Unit;

/// Intervals of u, were all of them tabulated.
const INTERVALS: usize = 128;
/// How many of them at each end are not: slopes there may be infinite.
const LEFT_OUT: usize = 3;

/// One interval.
#[derive(Clone, Copy)]
struct Piece {
    /// Of rising powers of the place in the interval, from 0 to 1.
    coefficients: [f64; 4],
    /// How far the cubic may be off; infinite where it is not to be used.
    error: f64,
}

/// A quantile function in milliseconds, for the draws where that is enough to tell the nearest millisecond.
pub(super) struct Curve {
    pieces: Box<[Piece]>,
}

impl std::fmt::Debug for Curve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Curve").finish_non_exhaustive()
    }
}

impl Curve {
    /// Tabulates a function that is smooth wherever it is above zero.
    pub(super) fn new(exact: impl Fn(Unit) -> f64) -> Self {
        let piece = |interval: usize| {
            let at = |t: f64| {
                let lower = (interval as f64 + t) / INTERVALS as f64;
                exact(Unit { lower, upper: 1.0 - lower })
            };
            // The cubic through four points, by their divided differences.
            let [a, b, c, d] = [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].map(at);
            let (first, second, third) = (b - a, c - 2.0 * b + a, d - 3.0 * (c - b) - a);
            let coefficients = [a, 3.0 * first - 1.5 * second + third, 4.5 * second - 4.5 * third, 4.5 * third];
            let piece = Piece { coefficients, error: f64::INFINITY };
            if a <= 0.0 {
                return piece;
            }
            // The greatest errors lie near the middles between the four points; four times that leaves room.
            let off = [1.0 / 6.0, 0.5, 5.0 / 6.0].map(|t| (piece.at(t) - at(t)).abs());
            Piece { error: 4.0 * off[0].max(off[1]).max(off[2]) + 1e-12 * d, ..piece }
        };
        Self { pieces: (LEFT_OUT..INTERVALS - LEFT_OUT).map(piece).collect() }
    }

    /// `factor` times the function, to the millisecond, where the table is sure of it.
    #[inline]
    pub(super) fn rounded(&self, u: Unit, factor: f64) -> Option<SimDuration> {
        let at = u.lower * INTERVALS as f64;
        // Signed numbers are what the processor converts.
        let interval = at as i32;
        let piece = self.pieces.get((interval as usize).wrapping_sub(LEFT_OUT))?;
        let (value, error) = (factor * piece.at(at - f64::from(interval)), factor * piece.error);
        // Sure where the half that rounding adds leaves it further than the error from the next whole number.
        let rounded = SimDuration::from_millis_f64(value);
        let off = (value - rounded.as_millis() as i64 as f64).abs();
        (off + error < 0.5).then_some(rounded)
    }
}

impl Piece {
    #[inline]
    fn at(&self, t: f64) -> f64 {
        let [a, b, c, d] = self.coefficients;
        a + t * (b + t * (c + t * d))
    }
}
