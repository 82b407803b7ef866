//! Distributions of durations and counts, sampled by inversion: one draw, one value, through one function that never
//! falls as the draw rises.
//!
//! Inversion is what pairs variants: with the same draw, a slower barrier is slower in every run. Rejection samplers
//! would break that. A draw stands for u = (k + ½)·2⁻⁵³ with k its top 53 bits, and both u and 1 − u are kept, since
//! near an end only the smaller of them is exact: so both tails are good to the last of the 2⁵³ values of u.
//!
//! Quantiles are worked out in floats and rounded to the millisecond. They never fall up to rounding in the last bits
//! of a float, about 10⁻¹⁵ of the value, which can only show as one millisecond between neighbouring draws.

mod curve;

use super::SimDuration;
use curve::Curve;
use serde::Deserialize;
use std::sync::{Arc, OnceLock};
use thiserror::Error;

/// A distribution of durations, as written in files: `Fixed("5s")`, `Normal(mean: "90s", sd: "27s")`.
///
/// Standard deviations of zero are allowed and mean a fixed value, as do bounds that coincide.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum DistributionFile {
    /// Always the same.
    Fixed(SimDuration),
    /// Everything between two bounds alike.
    Uniform {
        /// Shortest.
        min: SimDuration,
        /// Longest.
        max: SimDuration,
    },
    /// A triangle over two bounds.
    Triangular {
        /// Shortest.
        min: SimDuration,
        /// Most likely.
        mode: SimDuration,
        /// Longest.
        max: SimDuration,
    },
    /// Beta-PERT with λ = 4: like a triangle, but smooth and with more weight near the mode.
    Pert {
        /// Shortest.
        min: SimDuration,
        /// Most likely.
        mode: SimDuration,
        /// Longest.
        max: SimDuration,
    },
    /// Normal; what would be negative becomes zero and nothing is renormalised, so mean and standard deviation are
    /// those before the cut.
    Normal {
        /// Mean.
        mean: SimDuration,
        /// Standard deviation.
        sd: SimDuration,
    },
    /// Lognormal.
    Lognormal {
        /// Mean (of the duration, not of its logarithm).
        mean: SimDuration,
        /// Standard deviation (of the duration, not of its logarithm).
        sd: SimDuration,
    },
    /// Exponential: no memory.
    Exponential {
        /// Mean.
        mean: SimDuration,
    },
    /// Normal, given by what one in twenty falls short of and one in twenty exceeds.
    NormalBounds {
        /// The 5 % quantile.
        p05: SimDuration,
        /// The 95 % quantile.
        p95: SimDuration,
    },
    /// Lognormal, given by what one in twenty falls short of and one in twenty exceeds.
    LognormalBounds {
        /// The 5 % quantile.
        p05: SimDuration,
        /// The 95 % quantile.
        p95: SimDuration,
    },
    /// Uniform, given by its moments: from mean − √3·sd to mean + √3·sd.
    UniformMoments {
        /// Mean.
        mean: SimDuration,
        /// Standard deviation.
        sd: SimDuration,
    },
}

/// Why the parameters in a file make no distribution.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum DistributionError {
    /// The shortest is longer than the longest.
    #[error("min `{min}` is above max `{max}`")]
    MinAboveMax {
        /// The value of `min`.
        min: SimDuration,
        /// The value of `max`.
        max: SimDuration,
    },
    /// The most likely value cannot occur.
    #[error("mode `{mode}` is outside `{min}` to `{max}`")]
    ModeOutside {
        /// The value of `min`.
        min: SimDuration,
        /// The value of `mode`.
        mode: SimDuration,
        /// The value of `max`.
        max: SimDuration,
    },
    /// The mean is zero, though the value is to vary.
    #[error("mean is zero, but the mean of a varying {family} duration is positive")]
    MeanZero {
        /// The family's name.
        family: &'static str,
    },
    /// The 5 % quantile is above the 95 % quantile.
    #[error("p05 `{p05}` is above p95 `{p95}`")]
    BoundsCrossed {
        /// The value of `p05`.
        p05: SimDuration,
        /// The value of `p95`.
        p95: SimDuration,
    },
    /// The lower bound of a lognormal is zero, though the value is to vary.
    #[error("p05 is zero, but a lognormal duration is never zero")]
    BoundZero,
    /// A uniform with these moments would reach below zero.
    #[error("sd `{sd}` is above mean `{mean}` / √3, so the shortest duration would be negative")]
    SdTooLarge {
        /// The value of `mean`.
        mean: SimDuration,
        /// The value of `sd`.
        sd: SimDuration,
    },
}

impl DistributionFile {
    /// Checks the parameters and prepares the distribution for drawing.
    ///
    /// # Errors
    /// If the parameters contradict each other or make no distribution of the family.
    pub fn compile(&self) -> Result<Distribution, DistributionError> {
        Ok(Distribution::new(self.shape()?))
    }

    fn shape(&self) -> Result<Shape, DistributionError> {
        match *self {
            Self::Fixed(value) => Ok(Shape::Fixed(ms(value))),
            Self::Uniform { min, max } => {
                range(min, max)?;
                Ok(uniform(ms(min), ms(max)))
            }
            Self::Triangular { min, mode, max } => {
                range_with_mode(min, mode, max)?;
                let (min, mode, max) = (ms(min), ms(mode), ms(max));
                Ok(if min == max { Shape::Fixed(min) } else { Shape::Triangular { min, mode, max } })
            }
            Self::Pert { min, mode, max } => {
                range_with_mode(min, mode, max)?;
                let (min, mode, max) = (ms(min), ms(mode), ms(max));
                Ok(if min == max { Shape::Fixed(min) } else { Shape::Pert(Box::new(PertTable::new(min, mode, max))) })
            }
            Self::Normal { mean, sd } => match spread(mean, sd, "normal")? {
                None => Ok(Shape::Fixed(ms(mean))),
                Some((mean, sd)) => Ok(Shape::Normal { mean, sd }),
            },
            Self::Lognormal { mean, sd } => match spread(mean, sd, "lognormal")? {
                None => Ok(Shape::Fixed(ms(mean))),
                Some((mean, sd)) => {
                    let variance = libm::log1p((sd / mean) * (sd / mean));
                    Ok(Shape::Lognormal { mu: libm::log(mean) - variance / 2.0, sigma: libm::sqrt(variance) })
                }
            },
            Self::Exponential { mean } => match spread(mean, mean, "exponential")? {
                None => Err(DistributionError::MeanZero { family: "exponential" }),
                Some((mean, _)) => Ok(Shape::Exponential { mean }),
            },
            Self::NormalBounds { p05, p95 } => {
                bounds(p05, p95)?;
                let (mean, sd) = ((ms(p05) + ms(p95)) / 2.0, (ms(p95) - ms(p05)) / (2.0 * Z95));
                Ok(if sd == 0.0 { Shape::Fixed(mean) } else { Shape::Normal { mean, sd } })
            }
            Self::LognormalBounds { p05, p95 } => {
                bounds(p05, p95)?;
                if p05 == p95 {
                    return Ok(Shape::Fixed(ms(p05)));
                }
                if p05 == SimDuration::ZERO {
                    return Err(DistributionError::BoundZero);
                }
                let (low, high) = (libm::log(ms(p05)), libm::log(ms(p95)));
                Ok(Shape::Lognormal { mu: (low + high) / 2.0, sigma: (high - low) / (2.0 * Z95) })
            }
            Self::UniformMoments { mean, sd } => {
                let half = ms(sd) * SQRT_3;
                if half > ms(mean) {
                    return Err(DistributionError::SdTooLarge { mean, sd });
                }
                Ok(uniform(ms(mean) - half, ms(mean) + half))
            }
        }
    }
}

/// The 95 % quantile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_7;
const SQRT_3: f64 = 1.732_050_807_568_877_2;

fn ms(duration: SimDuration) -> f64 {
    duration.as_millis() as f64
}

fn uniform(min: f64, max: f64) -> Shape {
    if min == max { Shape::Fixed(min) } else { Shape::Uniform { min, width: max - min } }
}

fn range(min: SimDuration, max: SimDuration) -> Result<(), DistributionError> {
    if min > max { Err(DistributionError::MinAboveMax { min, max }) } else { Ok(()) }
}

fn range_with_mode(min: SimDuration, mode: SimDuration, max: SimDuration) -> Result<(), DistributionError> {
    range(min, max)?;
    if (min..=max).contains(&mode) { Ok(()) } else { Err(DistributionError::ModeOutside { min, mode, max }) }
}

fn bounds(p05: SimDuration, p95: SimDuration) -> Result<(), DistributionError> {
    if p05 > p95 { Err(DistributionError::BoundsCrossed { p05, p95 }) } else { Ok(()) }
}

/// Mean and standard deviation in milliseconds, or `None` if the value does not vary.
fn spread(mean: SimDuration, sd: SimDuration, family: &'static str) -> Result<Option<(f64, f64)>, DistributionError> {
    match (mean, sd) {
        (_, SimDuration::ZERO) => Ok(None),
        (SimDuration::ZERO, _) => Err(DistributionError::MeanZero { family }),
        _ => Ok(Some((ms(mean), ms(sd)))),
    }
}

/// A distribution of durations, ready for drawing. Cheap to clone: tables are shared.
#[derive(Clone, Debug)]
pub struct Distribution {
    law: Arc<Law>,
    /// Every quantile of the law is multiplied by this.
    factor: f64,
}

/// A shape with what is worked out of it once.
#[derive(Debug)]
struct Law {
    shape: Shape,
    mean_ms: f64,
    /// The quantile function, where that takes logarithms; made with the first draw.
    curve: OnceLock<Option<Curve>>,
}

/// A family with its parameters, in milliseconds.
#[derive(Debug)]
enum Shape {
    Fixed(f64),
    Uniform { min: f64, width: f64 },
    Triangular { min: f64, mode: f64, max: f64 },
    Pert(Box<PertTable>),
    Normal { mean: f64, sd: f64 },
    Lognormal { mu: f64, sigma: f64 },
    Exponential { mean: f64 },
}

impl Distribution {
    fn new(shape: Shape) -> Self {
        let mean_ms = shape.moments_ms().0;
        Self { law: Arc::new(Law { shape, mean_ms, curve: OnceLock::new() }), factor: 1.0 }
    }

    /// The distribution that always gives `value`.
    #[must_use]
    pub fn fixed(value: SimDuration) -> Self {
        Self::new(Shape::Fixed(ms(value)))
    }

    /// The duration that this draw stands for: the inverse distribution function at its u, to the millisecond. A
    /// larger draw never gives a shorter duration.
    #[inline]
    #[must_use]
    pub fn quantile(&self, draw: u64) -> SimDuration {
        let u = Unit::from_draw(draw);
        let law = &*self.law;
        if let Some(curve) = law.curve.get_or_init(|| law.shape.curve())
            && let Some(rounded) = curve.rounded(u, self.factor)
        {
            return rounded;
        }
        SimDuration::from_millis_f64(self.factor * law.shape.quantile_ms(u))
    }

    /// The mean, to the millisecond. For a normal it is the mean before the cut at zero.
    #[must_use]
    pub fn mean(&self) -> SimDuration {
        SimDuration::from_secs_f64(self.mean_s())
    }

    /// The mean in seconds. For a normal it is the mean before the cut at zero.
    #[must_use]
    pub fn mean_s(&self) -> f64 {
        self.factor * self.law.mean_ms / 1_000.0
    }

    /// The standard deviation in seconds. For a normal it is the one before the cut at zero.
    #[must_use]
    pub fn sd_s(&self) -> f64 {
        self.factor * self.law.shape.moments_ms().1 / 1_000.0
    }

    /// The same with every duration multiplied by `factor`, exactly: nothing is rounded before the result.
    ///
    /// # Panics
    /// If `factor` is negative, infinite or no number.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        assert!(factor.is_finite() && factor >= 0.0, "INVARIANT (scale): {factor} is zero or more and finite");
        Self { law: Arc::clone(&self.law), factor: self.factor * factor }
    }

    /// The one duration of a distribution that does not vary: it needs no draw.
    #[inline]
    #[must_use]
    pub fn as_fixed(&self) -> Option<SimDuration> {
        match self.law.shape {
            Shape::Fixed(ms) => Some(SimDuration::from_millis_f64(ms * self.factor)),
            _ => None,
        }
    }

    /// The family's name in lower case. A distribution that does not vary is `fixed`, however it was written.
    #[must_use]
    pub fn family(&self) -> &'static str {
        match self.law.shape {
            Shape::Fixed(_) => "fixed",
            Shape::Uniform { .. } => "uniform",
            Shape::Triangular { .. } => "triangular",
            Shape::Pert(_) => "pert",
            Shape::Normal { .. } => "normal",
            Shape::Lognormal { .. } => "lognormal",
            Shape::Exponential { .. } => "exponential",
        }
    }
}

impl Shape {
    #[inline]
    fn quantile_ms(&self, u: Unit) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Uniform { min, width } => min + width * u.lower,
            Self::Triangular { min, mode, max } => {
                // Either side is as likely: chosen without a branch, which would be mispredicted every other time.
                let rising = u.lower * (max - min) < mode - min;
                let (part, side) = if rising { (u.lower, mode - min) } else { (u.upper, mode - max) };
                let far = (part * (max - min) * side.abs()).sqrt().copysign(side);
                far + if rising { min } else { max }
            }
            Self::Pert(pert) => pert.quantile(u),
            Self::Normal { mean, sd } => (mean + sd * u.normal()).max(0.0),
            Self::Lognormal { mu, sigma } => libm::exp(mu + sigma * u.normal()),
            Self::Exponential { mean } => -mean * u.ln_upper(),
        }
    }

    /// The table to look quantiles up in, where working them out takes longer.
    fn curve(&self) -> Option<Curve> {
        match self {
            Self::Fixed(_) | Self::Uniform { .. } | Self::Triangular { .. } | Self::Pert(_) => None,
            Self::Normal { .. } | Self::Lognormal { .. } | Self::Exponential { .. } => {
                Some(Curve::new(|u| self.quantile_ms(u)))
            }
        }
    }

    /// Mean and standard deviation.
    fn moments_ms(&self) -> (f64, f64) {
        match *self {
            Self::Fixed(value) => (value, 0.0),
            Self::Uniform { min, width } => (min + width / 2.0, width / (2.0 * SQRT_3)),
            Self::Triangular { min, mode, max } => {
                let (w, m) = (max - min, mode - min);
                (min + (w + m) / 3.0, libm::sqrt((w * w - w * m + m * m) / 18.0))
            }
            Self::Pert(ref pert) => {
                let (a, b) = (pert.lower.a, pert.lower.b);
                (pert.min + pert.width * a / (a + b), pert.width * libm::sqrt(a * b / (a + b + 1.0)) / (a + b))
            }
            Self::Normal { mean, sd } => (mean, sd),
            Self::Lognormal { mu, sigma } => {
                let mean = libm::exp(mu + sigma * sigma / 2.0);
                (mean, mean * libm::sqrt(libm::expm1(sigma * sigma)))
            }
            Self::Exponential { mean } => (mean, mean),
        }
    }
}

/// A number strictly between 0 and 1 with its complement; the smaller of the two is exact.
#[derive(Clone, Copy)]
struct Unit {
    lower: f64,
    upper: f64,
}

impl Unit {
    #[inline]
    fn from_draw(draw: u64) -> Self {
        const LAST: u64 = (1 << 53) - 1;
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        let k = draw >> 11;
        Self { lower: (k as f64 + 0.5) * STEP, upper: ((LAST - k) as f64 + 0.5) * STEP }
    }

    /// The natural logarithm of the complement.
    #[inline]
    fn ln_upper(self) -> f64 {
        if self.lower < 0.5 { libm::log1p(-self.lower) } else { libm::log(self.upper) }
    }

    /// The standard normal quantile, by algorithm AS 241 (PPND16) of M. J. Wichura, "The percentage points of the
    /// normal distribution", Applied Statistics 37 (1988) 477-484: good to about 1 part in 10¹⁶.
    #[inline]
    fn normal(self) -> f64 {
        let tail = self.lower.min(self.upper);
        let q = if self.lower < self.upper { tail - 0.5 } else { 0.5 - tail };
        if q.abs() <= 0.425 {
            let r = 0.180625 - q * q;
            return q * polynomial(&CENTRE.0, r) / polynomial(&CENTRE.1, r);
        }
        let r = libm::sqrt(-libm::log(tail));
        let (r, (above, below)) = if r <= 5.0 { (r - 1.6, &TAIL) } else { (r - 5.0, &FAR_TAIL) };
        (polynomial(above, r) / polynomial(below, r)).copysign(q)
    }
}

/// Evaluates a polynomial whose coefficients stand in order of rising powers.
#[inline]
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// Numerator and denominator of one of AS 241's rational functions.
type Rational = ([f64; 8], [f64; 8]);

#[expect(clippy::excessive_precision, reason = "as printed in AS 241")]
static CENTRE: Rational = (
    [
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ],
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ],
);

#[expect(clippy::excessive_precision, reason = "as printed in AS 241")]
static TAIL: Rational = (
    [
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
);

#[expect(clippy::excessive_precision, reason = "as printed in AS 241")]
static FAR_TAIL: Rational = (
    [
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
);

/// The standard normal distribution function, Φ(x).
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// The standard normal quantile, Φ⁻¹(p): infinite for p ≤ 0 and p ≥ 1, and no number if p is none.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        f64::NEG_INFINITY
    } else if p >= 1.0 {
        f64::INFINITY
    } else {
        Unit { lower: p, upper: 1.0 - p }.normal()
    }
}

/// A beta-PERT: a beta distribution on an interval, with the inverse of its distribution function as a table.
///
/// The table is even in u. Inside an interval a cubic with the exact slopes at both knots (limited to what keeps it
/// rising) is good to 3·10⁻⁷ of the range. Towards the ends slopes may be infinite, so the outermost intervals are solved
/// for each draw instead, to the last bits of a float.
#[derive(Debug)]
struct PertTable {
    min: f64,
    width: f64,
    /// From the minimum upwards.
    lower: Beta,
    /// From the maximum downwards.
    upper: Beta,
    /// Knots of the tabulated intervals only.
    knots: Box<[Knot]>,
}

/// A point of the quantile function.
#[derive(Clone, Copy, Debug)]
struct Knot {
    x: f64,
    /// Rise of x per interval at this knot.
    slope: f64,
}

impl PertTable {
    /// Intervals in the table, were it complete.
    const INTERVALS: usize = 1024;
    /// How many of them at each end are solved instead.
    const SOLVED: usize = 12;

    fn new(min: f64, mode: f64, max: f64) -> Self {
        let width = max - min;
        let (a, b) = (1.0 + 4.0 * (mode - min) / width, 1.0 + 4.0 * (max - mode) / width);
        let (lower, upper) = (Beta::new(a, b), Beta::new(b, a));
        let step = 1.0 / Self::INTERVALS as f64;
        let knot = |i: usize| {
            let (low, high) = (i as f64 * step, (Self::INTERVALS - i) as f64 * step);
            if low <= high {
                let x = lower.quantile(low);
                Knot { x, slope: step * lower.slope(x, low) }
            } else {
                let y = upper.quantile(high);
                Knot { x: 1.0 - y, slope: step * upper.slope(y, high) }
            }
        };
        let mut knots: Box<[Knot]> = (Self::SOLVED..=Self::INTERVALS - Self::SOLVED).map(knot).collect();
        for i in 1..knots.len() {
            // A cubic rises throughout if neither slope exceeds three times the chord's (de Boor and Swartz 1977).
            let limit = 3.0 * (knots[i].x - knots[i - 1].x);
            knots[i - 1].slope = knots[i - 1].slope.min(limit);
            knots[i].slope = knots[i].slope.min(limit);
        }
        Self { min, width, lower, upper, knots }
    }

    #[inline]
    fn quantile(&self, u: Unit) -> f64 {
        let at = u.lower * Self::INTERVALS as f64;
        let interval = at as usize;
        let x = if interval < Self::SOLVED {
            self.lower.quantile(u.lower)
        } else if interval >= Self::INTERVALS - Self::SOLVED {
            1.0 - self.upper.quantile(u.upper)
        } else {
            let [from, to] = [0, 1].map(|next| self.knots[interval - Self::SOLVED + next]);
            let (t, rise) = (at - interval as f64, to.x - from.x);
            let bend = from.slope + to.slope - 2.0 * rise;
            from.x + t * (from.slope + t * (rise - from.slope - bend + t * bend))
        };
        self.min + self.width * x
    }
}

/// A beta distribution with both shape parameters at least 1, seen from its lower end.
#[derive(Debug)]
struct Beta {
    a: f64,
    b: f64,
    /// ln(a·B(a, b)).
    ln_norm: f64,
}

impl Beta {
    fn new(a: f64, b: f64) -> Self {
        let ln_norm = libm::log(a) + libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
        Self { a, b, ln_norm }
    }

    /// The x below which `p` lies, for p up to about ½.
    ///
    /// Newton's method on the distribution function to the power 1/a, which is nearly straight below the median. It starts
    /// from the leading term x = (p·a·B)^(1/a), which is never above the root.
    fn quantile(&self, p: f64) -> f64 {
        let ln_p = libm::log(p);
        let mut x = libm::exp((ln_p + self.ln_norm) / self.a).min(0.999);
        // It settles in about five steps; the bound only guards against a last bit that flips to and fro.
        for _ in 0..30 {
            let series = self.series(x);
            let ln_cdf = self.a * libm::log(x) + self.b * libm::log1p(-x) - self.ln_norm + libm::log(series);
            let step = x * (1.0 - x) * series * libm::expm1((ln_p - ln_cdf) / self.a);
            // Never more than half the way to 1, so that it stays inside.
            let next = (x + step).min((1.0 + x) / 2.0);
            let settled = (next - x).abs() <= 1e-15 * x;
            x = next;
            if settled {
                break;
            }
        }
        x
    }

    /// dx/dp at the root x of `p`: one over the density.
    fn slope(&self, x: f64, p: f64) -> f64 {
        x * (1.0 - x) * self.series(x) / (self.a * p)
    }

    /// ₂F₁(a + b, 1; a + 1; x), all of whose terms are positive. The distribution function is
    /// xᵃ(1 − x)ᵇ / (a·B(a, b)) times this (DLMF 8.17.8).
    fn series(&self, x: f64) -> f64 {
        let (mut sum, mut term, mut n) = (1.0, 1.0, 0.0);
        while term > 1e-17 * sum {
            term *= x * (self.a + self.b + n) / (self.a + 1.0 + n);
            sum += term;
            n += 1.0;
        }
        sum
    }
}

/// What [`poisson_quantile`] gives, where a short sum from zero is sure to give it too.
#[inline]
fn small_count(mean: f64, u: Unit) -> Option<u32> {
    // Far above the rounding of the few terms that are added here.
    const SURE: f64 = 1e-12;
    // The chance of any is below the mean.
    if u.upper > 1.001 * mean {
        return Some(0);
    }
    if mean > 20.0 || u.upper < 1e-9 {
        return None;
    }
    let (mut k, mut term) = (0, libm::exp(-mean));
    let mut sum = term;
    while sum + SURE < u.lower {
        k += 1;
        term *= mean / f64::from(k);
        sum += term;
    }
    (sum - SURE > u.lower).then_some(k)
}

/// The count that this draw stands for, if counts are Poisson with this `mean`: the smallest k whose distribution
/// function reaches u. A larger draw never gives a smaller count.
///
/// Terms are summed from the nearer end, so both tails are exact; the work grows with the square root of `mean`.
///
/// # Panics
/// If `mean` is negative, no number, or above 10⁹.
#[must_use]
pub fn poisson_quantile(mean: f64, draw: u64) -> u32 {
    assert!((0.0..=1e9).contains(&mean), "INVARIANT (count): the mean {mean} is from 0 to 10^9");
    // Terms below this, relative to the smallest u of 2⁻⁵⁴, do not count.
    const NEGLIGIBLE: f64 = 1e-25;
    if mean == 0.0 {
        return 0;
    }
    let u = Unit::from_draw(draw);
    if let Some(k) = small_count(mean, u) {
        return k;
    }
    // From the most likely count, whose term cannot underflow, walk out to where terms vanish, and sum on the way back.
    let mut k = mean.floor();
    let mut term = libm::exp(k * libm::log(mean) - mean - libm::lgamma(k + 1.0));
    let mut sum = 0.0;
    if u.lower < 0.5 {
        while k > 0.0 && term > NEGLIGIBLE {
            term *= k / mean;
            k -= 1.0;
        }
        while sum + term < u.lower {
            sum += term;
            k += 1.0;
            term *= mean / k;
        }
    } else {
        while term > NEGLIGIBLE {
            k += 1.0;
            term *= mean / k;
        }
        while k > 0.0 && sum + term <= u.upper {
            sum += term;
            term *= k / mean;
            k -= 1.0;
        }
    }
    k as u32
}

#[cfg(test)]
mod tests {
    use super::DistributionFile::*;
    use super::*;

    fn s(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    fn file(text: &str) -> DistributionFile {
        ron::from_str(text).expect(text)
    }

    /// One of each family, with parameters for which the cut of the normal does not show.
    fn every_family() -> Vec<Distribution> {
        let files = [
            Fixed(s(5)),
            file(r#"Uniform(min: "10s", max: "60s")"#),
            file(r#"Triangular(min: "10s", mode: "20s", max: "70s")"#),
            file(r#"Pert(min: "10s", mode: "20s", max: "70s")"#),
            file(r#"Pert(min: "0s", mode: "0s", max: "60s")"#),
            file(r#"Pert(min: "0s", mode: "60s", max: "60s")"#),
            file(r#"Normal(mean: "90s", sd: "15s")"#),
            file(r#"Lognormal(mean: "60s", sd: "30s")"#),
            file(r#"Exponential(mean: "60s")"#),
        ];
        files.iter().map(|file| file.compile().expect("compiles")).collect()
    }

    /// Draws spread over all of u, even and then ever closer to both ends.
    fn grid() -> Vec<u64> {
        let even = (0..200_000_u64).map(|i| i * (u64::MAX / 200_000));
        let ends = (11..54).flat_map(|bits| [(1_u64 << bits) + 7, u64::MAX - (1_u64 << bits)]);
        let mut draws: Vec<u64> = even.chain(ends).chain([0, u64::MAX]).collect();
        draws.sort_unstable();
        draws
    }

    /// References computed with mpmath at 40 digits and checked against scipy 1.17.1, in milliseconds, at
    /// u = 10⁻⁶, 0.01, 0.5, 0.9, 0.999999.
    #[test]
    fn quantiles_match_frozen_references() {
        const U: [f64; 5] = [1e-6, 0.01, 0.5, 0.9, 0.999_999];
        let cases = [
            (Fixed(s(5)), [5000.0; 5], 0.0),
            (file(r#"Uniform(min: "10s", max: "60s")"#), [10000.05, 10500.0, 35000.0, 55000.0, 59999.95], 1e-12),
            (
                file(r#"Triangular(min: "10s", mode: "20s", max: "70s")"#),
                [10024.494897427832, 12449.489742783178, 31270.16653792583, 52679.49192431123, 69945.2277442487],
                1e-12,
            ),
            (
                file(r#"Normal(mean: "90s", sd: "27s")"#),
                [0.0, 27188.60740089729, 90000.0, 124601.89226970421, 218342.45633806137],
                1e-10,
            ),
            (
                file(r#"Lognormal(mean: "60s", sd: "45s")"#),
                [2005.0902343465634, 10146.113803732722, 48000.0, 112994.36898101207, 1149075.4682877918],
                1e-10,
            ),
            (
                file(r#"Exponential(mean: "60s")"#),
                [0.060000030000019994, 603.0201512100865, 41588.830833596716, 138155.10557964275, 828930.6334761311],
                1e-10,
            ),
            (
                file(r#"Pert(min: "10s", mode: "20s", max: "70s")"#),
                [10004.14104373261, 11063.475108429267, 25117.238628476625, 41116.09256489743, 68115.36625950345],
                1e-10,
            ),
            (
                file(r#"Pert(min: "0s", mode: "0s", max: "60s")"#),
                [0.01200000480000288, 120.48290031445197, 7766.966202232552, 22142.559331188408, 56214.25593309707],
                1e-10,
            ),
            (
                file(r#"Pert(min: "0s", mode: "60s", max: "60s")"#),
                [3785.7440668811596, 23886.430233209834, 52233.03379776745, 58748.90174165861, 59999.9879999952],
                1e-10,
            ),
            (
                file(r#"Pert(min: "0s", mode: "30s", max: "60s")"#),
                [279.14498169519493, 6338.390613046461, 30000.0, 45201.81280269201, 59720.85501830212],
                1e-10,
            ),
        ];
        for (file, want, tolerance) in cases {
            let shape = file.shape().expect("compiles");
            for (p, want) in U.into_iter().zip(want) {
                let got = shape.quantile_ms(Unit { lower: p, upper: 1.0 - p });
                assert!((got - want).abs() <= tolerance * want, "{file:?} at {p}: {got}, not {want}");
            }
        }
    }

    /// The table against the solver, in every interval.
    #[test]
    fn the_pert_table_is_as_good_as_it_says() {
        for (mode, max) in [(0, 60), (1, 60), (10, 60), (30, 60), (45, 60), (59, 60), (60, 60)] {
            let pert = PertTable::new(0.0, f64::from(mode), f64::from(max));
            for i in 0..20_000 {
                let p = (f64::from(i) + 0.5) / 20_000.0;
                let u = Unit { lower: p, upper: 1.0 - p };
                let exact = if p < 0.5 { pert.lower.quantile(p) } else { 1.0 - pert.upper.quantile(1.0 - p) };
                let error = (pert.quantile(u) / pert.width - exact).abs();
                assert!(error < 3e-7, "mode {mode} at {p}: {error:e}");
            }
        }
    }

    /// mpmath at 40 digits, at u = 2⁻⁵⁴ and 1 − 2⁻⁵⁴.
    #[test]
    fn tails_are_exact_to_the_last_draw() {
        assert!((Unit::from_draw(0).normal() + 8.292361075813595).abs() < 1e-14);
        assert!((Unit::from_draw(u64::MAX).normal() - 8.292361075813595).abs() < 1e-14);
        let pert = PertTable::new(10_000.0, 20_000.0, 70_000.0);
        assert!((pert.quantile(Unit::from_draw(0)) - 10000.00000290871).abs() < 1e-10);
        assert!((pert.quantile(Unit::from_draw(u64::MAX)) - 69991.93089837008).abs() < 1e-7);
        let exponential = file(r#"Exponential(mean: "1s")"#).compile().expect("compiles");
        assert_eq!(exponential.quantile(u64::MAX).as_millis(), 37_430, "54·ln 2 s");
    }

    /// The table never changes a millisecond; it is sure of nearly all short times, and of about half the long ones.
    #[test]
    fn the_curve_gives_what_the_formula_gives() {
        let files = [
            (r#"Normal(mean: "90s", sd: "27s")"#, 0.90),
            (r#"Normal(mean: "30s", sd: "40s")"#, 0.70),
            (r#"Lognormal(mean: "2s", sd: "1s")"#, 0.94),
            (r#"Lognormal(mean: "1h", sd: "2h")"#, 0.60),
            (r#"Lognormal(mean: "1d", sd: "1d")"#, 0.40),
            (r#"Exponential(mean: "8h")"#, 0.60),
        ];
        for (text, sure) in files {
            let distribution = file(text).compile().expect("compiles").scaled(0.7);
            let curve = distribution.law.shape.curve().expect(text);
            let mut told = 0;
            for &draw in &grid() {
                let u = Unit::from_draw(draw);
                let exact = SimDuration::from_millis_f64(0.7 * distribution.law.shape.quantile_ms(u));
                assert_eq!(distribution.quantile(draw), exact, "{text} at {}", u.lower);
                told += usize::from(curve.rounded(u, 0.7).is_some());
            }
            let share = told as f64 / grid().len() as f64;
            assert!(share > sure, "{text}: sure of {share}");
        }
    }

    #[test]
    fn quantiles_never_fall() {
        for distribution in every_family() {
            let values: Vec<_> = grid().iter().map(|&draw| distribution.quantile(draw)).collect();
            assert!(values.is_sorted(), "{distribution:?}");
        }
    }

    /// Over an even grid of u the mean is nearly exact, the standard deviation misses a little of the tails.
    #[test]
    fn moments_match_the_quantiles() {
        for distribution in every_family() {
            let count = 200_000_u64;
            let draws = (0..count).map(|i| (2 * i + 1) * (u64::MAX / (2 * count)));
            let values: Vec<f64> = draws.map(|draw| distribution.quantile(draw).as_secs_f64()).collect();
            let mean = values.iter().sum::<f64>() / count as f64;
            let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count as f64;
            assert!((mean - distribution.mean_s()).abs() < 1e-4 * mean, "{distribution:?}: mean {mean}");
            let sd = libm::sqrt(variance);
            assert!((sd - distribution.sd_s()).abs() <= 1e-3 * sd, "{distribution:?}: sd {sd}");
            assert_eq!(distribution.mean(), SimDuration::from_secs_f64(distribution.mean_s()));
        }
    }

    #[test]
    fn scaling_multiplies_every_quantile() {
        for distribution in every_family() {
            let tripled = distribution.scaled(6.0).scaled(0.5);
            assert_eq!(tripled.mean_s(), 3.0 * distribution.mean_s());
            assert_eq!(tripled.family(), distribution.family());
            for draw in grid().into_iter().step_by(997) {
                let (one, three) = (distribution.quantile(draw).as_millis(), tripled.quantile(draw).as_millis());
                assert!((3 * one).abs_diff(three) <= 2, "{distribution:?}: {one} {three}");
            }
        }
        assert_eq!(Distribution::fixed(s(5)).scaled(0.0).quantile(9), SimDuration::ZERO);
    }

    #[test]
    fn files_read() {
        let cases = [
            ("Fixed(\"5s\")", Fixed(s(5))),
            ("Pert(min: \"1s\", mode: \"2s\", max: \"1min\")", Pert { min: s(1), mode: s(2), max: s(60) }),
            ("LognormalBounds(p05: \"10s\", p95: \"2min\")", LognormalBounds { p05: s(10), p95: s(120) }),
        ];
        for (text, file) in cases {
            assert_eq!(ron::from_str(text), Ok(file));
        }
        assert!(ron::from_str::<DistributionFile>("Normal(mean: \"5s\", sd: \"1s\", cut: \"0s\")").is_err());
    }

    #[test]
    fn bounds_and_moments_say_the_same_as_parameters() {
        let at = |file: &DistributionFile, p: f64| {
            file.shape().expect("compiles").quantile_ms(Unit { lower: p, upper: 1.0 - p })
        };
        for file in
            [file(r#"NormalBounds(p05: "10s", p95: "120s")"#), file(r#"LognormalBounds(p05: "10s", p95: "120s")"#)]
        {
            assert!((at(&file, 0.05) - 10_000.0).abs() < 1e-6, "{file:?}");
            assert!((at(&file, 0.95) - 120_000.0).abs() < 1e-6, "{file:?}");
        }
        let uniform = file(r#"UniformMoments(mean: "60s", sd: "20s")"#).compile().expect("compiles");
        assert!((uniform.mean_s() - 60.0).abs() < 1e-12 && (uniform.sd_s() - 20.0).abs() < 1e-12);
    }

    #[test]
    fn no_spread_is_fixed() {
        let files = [
            file(r#"Uniform(min: "5s", max: "5s")"#),
            file(r#"Triangular(min: "5s", mode: "5s", max: "5s")"#),
            file(r#"Pert(min: "5s", mode: "5s", max: "5s")"#),
            file(r#"Normal(mean: "5s", sd: "0s")"#),
            file(r#"Lognormal(mean: "5s", sd: "0s")"#),
            file(r#"NormalBounds(p05: "5s", p95: "5s")"#),
            file(r#"LognormalBounds(p05: "5s", p95: "5s")"#),
            file(r#"UniformMoments(mean: "5s", sd: "0s")"#),
        ];
        for file in files {
            let distribution = file.compile().expect("compiles");
            assert_eq!((distribution.family(), distribution.quantile(u64::MAX)), ("fixed", s(5)), "{file:?}");
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let cases = [
            (file(r#"Uniform(min: "9s", max: "5s")"#), "min `9s` is above max `5s`"),
            (file(r#"Triangular(min: "1s", mode: "9s", max: "5s")"#), "mode `9s` is outside `1s` to `5s`"),
            (file(r#"Pert(min: "2s", mode: "1s", max: "5s")"#), "mode `1s` is outside `2s` to `5s`"),
            (
                file(r#"Normal(mean: "0s", sd: "1s")"#),
                "mean is zero, but the mean of a varying normal duration is positive",
            ),
            (
                file(r#"Lognormal(mean: "0s", sd: "1s")"#),
                "mean is zero, but the mean of a varying lognormal duration is positive",
            ),
            (
                file(r#"Exponential(mean: "0s")"#),
                "mean is zero, but the mean of a varying exponential duration is positive",
            ),
            (file(r#"NormalBounds(p05: "9s", p95: "5s")"#), "p05 `9s` is above p95 `5s`"),
            (file(r#"LognormalBounds(p05: "0s", p95: "5s")"#), "p05 is zero, but a lognormal duration is never zero"),
            (
                file(r#"UniformMoments(mean: "10s", sd: "6s")"#),
                "sd `6s` is above mean `10s` / √3, so the shortest duration would be negative",
            ),
        ];
        for (file, message) in cases {
            assert_eq!(file.compile().expect_err("refused").to_string(), message);
        }
    }

    /// mpmath at 40 digits.
    #[test]
    fn the_normal_distribution_matches_frozen_references() {
        let quantiles = [(1e-6, -4.753424308822899), (0.01, -2.326347874040841), (0.9, 1.2815515655446006)];
        for (p, z) in quantiles {
            assert!((normal_quantile(p) - z).abs() < 1e-14, "{p}");
        }
        assert_eq!([0.0, 0.5, 1.0].map(normal_quantile), [f64::NEG_INFINITY, 0.0, f64::INFINITY]);
        let values = [
            (-8.0, 6.220960574271784e-16),
            (-1.0, 0.15865525393145705),
            (0.0, 0.5),
            (0.3, 0.6179114221889527),
            (3.0, 0.9986501019683699),
        ];
        for (x, p) in values {
            assert!((normal_cdf(x) / p - 1.0).abs() < 1e-14, "{x}");
        }
        assert!((normal_quantile(0.95) - Z95).abs() < 1e-14);
    }

    /// scipy 1.17.1, at u = 10⁻¹², 10⁻⁶, 0.01, 0.5, 0.9, 0.999999, 1 − 2⁻³⁰.
    #[test]
    fn counts_match_frozen_references() {
        let cases = [
            (0.001, [0, 0, 0, 0, 0, 1, 2]),
            (0.5, [0, 0, 0, 0, 1, 7, 9]),
            (5.0, [0, 0, 1, 5, 8, 19, 23]),
            (100.0, [38, 56, 77, 100, 113, 151, 166]),
            (1100.0, [875, 946, 1024, 1100, 1143, 1261, 1305]),
        ];
        let u = [1e-12, 1e-6, 0.01, 0.5, 0.9, 0.999_999, 1.0 - 1.0 / (1 << 30) as f64];
        for (mean, want) in cases {
            let got = u.map(|u| poisson_quantile(mean, (u * u64::MAX as f64) as u64));
            assert_eq!(got, want, "mean {mean}");
        }
        assert_eq!(poisson_quantile(0.0, u64::MAX), 0);
        assert_eq!(poisson_quantile(1e-300, u64::MAX), 0);
    }

    #[test]
    fn counts_never_fall_and_have_the_right_mean() {
        for mean in [0.01, 0.7, 12.3, 740.0, 1100.0] {
            let draws: Vec<u64> = grid().into_iter().step_by(17).collect();
            let counts: Vec<u32> = draws.iter().map(|&draw| poisson_quantile(mean, draw)).collect();
            assert!(counts.is_sorted(), "mean {mean}");
            let even = 20_000_u64;
            let step = u64::MAX / (2 * even);
            let sum: u32 = (0..even).map(|i| poisson_quantile(mean, (2 * i + 1) * step)).sum();
            assert!((f64::from(sum) / even as f64 - mean).abs() < 1e-3 * mean.max(0.1), "mean {mean}");
        }
    }
}
