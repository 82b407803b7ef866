//! Probabilities as integers, so that no decision compares floats.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use thiserror::Error;

/// A probability in units of 2⁻⁶³: 0 and 1 are exact, and so is every float of at least 2⁻¹¹.
///
/// It has no `Deserialize`: files hold a [`RawProbability`], and [`Probability::new`] checks it where the problem can
/// be reported together with its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Probability(u64);

/// 1 in units of 2⁻⁶³.
const UNIT: u64 = 1 << 63;

impl Probability {
    /// What never happens.
    pub const ZERO: Self = Self(0);
    /// What always happens.
    pub const ONE: Self = Self(UNIT);

    /// The probability nearest to `value`.
    ///
    /// # Errors
    /// If `value` is not a number or lies outside 0 to 1.
    pub fn new(value: f64) -> Result<Self, ProbabilityError> {
        if (0.0..=1.0).contains(&value) {
            // Multiplying by a power of two is exact; only what lies below the unit is rounded.
            Ok(Self((value * UNIT as f64).round() as u64))
        } else {
            Err(ProbabilityError { value })
        }
    }

    /// Whether the event happens for this draw: iff u < p, where u is the draw's top 63 bits in units of 2⁻⁶³.
    ///
    /// A larger probability happens for every draw for which a smaller one does, so variants stay paired.
    #[inline]
    #[must_use]
    pub const fn happens(self, draw: u64) -> bool {
        (draw >> 1) < self.0
    }

    /// The probability as a number from 0 to 1, rounded to the nearest float.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0 as f64 / UNIT as f64
    }

    /// 1 − p, exactly.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(UNIT - self.0)
    }

    /// Both of two independent events: p·q, rounded to the nearest unit.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        let product = self.0 as u128 * other.0 as u128;
        Self(((product + (1 << 62)) >> 63) as u64)
    }

    /// At least one of two independent events: 1 − (1 − p)(1 − q).
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        self.complement().and(other.complement()).complement()
    }
}

impl fmt::Display for Probability {
    /// In percent, to at most six decimals: `12.5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = format!("{:.6}", self.value() * 100.0);
        write!(f, "{} %", percent.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Probability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

/// A probability as written in a file, not yet checked.
///
/// Any number reads, so that a wrong one is reported as a problem of meaning, together with all the others.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawProbability(
    /// The number in the file: from 0 to 1 if it is right.
    pub f64,
);

impl TryFrom<RawProbability> for Probability {
    type Error = ProbabilityError;

    fn try_from(raw: RawProbability) -> Result<Self, ProbabilityError> {
        Self::new(raw.0)
    }
}

/// A number that is not a probability.
#[derive(Clone, Copy, PartialEq, Debug, Error)]
#[error("expected a probability from 0 to 1, such as 0.25, found `{value}`")]
pub struct ProbabilityError {
    /// The number that was refused.
    pub value: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(value: f64) -> Probability {
        Probability::new(value).expect("a probability")
    }

    #[test]
    fn ends_are_exact() {
        assert_eq!((p(0.0), p(-0.0), p(1.0)), (Probability::ZERO, Probability::ZERO, Probability::ONE));
        assert!(Probability::ONE.happens(u64::MAX) && !Probability::ZERO.happens(0));
        assert!(p(0.5).happens(u64::MAX / 2) && !p(0.5).happens(u64::MAX / 2 + 1));
    }

    #[test]
    fn refuses_what_is_no_probability() {
        for value in [f64::NAN, -0.1, 1.000_000_1, f64::INFINITY] {
            assert!(Probability::new(value).is_err());
        }
        let message = Probability::new(1.5).expect_err("above 1").to_string();
        assert_eq!(message, "expected a probability from 0 to 1, such as 0.25, found `1.5`");
    }

    #[test]
    fn values_come_back_and_print() {
        for value in [0.001, 0.07, 0.1, 0.9, 0.999_999_9] {
            assert_eq!(p(value).value(), value);
        }
        assert_eq!(p(0.125).to_string(), "12.5 %");
        assert_eq!(p(0.07).to_string(), "7 %");
        assert_eq!(p(1.0).to_string(), "100 %");
        assert_eq!(p(0.0).to_string(), "0 %");
    }

    #[test]
    fn algebra() {
        assert_eq!(p(0.3).and(Probability::ONE), p(0.3));
        assert_eq!(p(0.3).or(Probability::ZERO), p(0.3));
        assert_eq!(p(0.5).or(p(0.5)), p(0.75));
        assert_eq!(Probability::ONE.and(Probability::ONE), Probability::ONE);
        assert_eq!(p(0.25).complement(), p(0.75));
    }

    #[test]
    fn raw_reads_anything_and_is_checked_later() {
        let raw: RawProbability = ron::from_str("1.5").expect("reads");
        assert!(Probability::try_from(raw).is_err());
        assert_eq!(ron::to_string(&p(0.25)).expect("writes"), "0.25");
    }
}
