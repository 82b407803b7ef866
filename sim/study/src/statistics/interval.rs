//! Estimates with their 95 % intervals.

use serde::Serialize;

/// The 0.975 quantile of the standard normal distribution, `scipy.stats.norm.ppf(0.975)`: half of a 95 % interval in
/// standard errors.
pub const Z_95: f64 = 1.959963984540054;

/// An estimate with the ends of its 95 % interval, all in the unit of what is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate itself.
    pub estimate: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Share of successes with the 95 % score interval of Wilson (1927), *JASA* 22, 209-212, which stays meaningful at 0 and
/// at 1. `None` without trials, or with more successes than trials.
pub fn wilson(successes: u64, trials: u64) -> Option<Estimate> {
    if trials == 0 || successes > trials {
        return None;
    }
    let trials = trials as f64;
    Some(score_interval(successes as f64 / trials, trials))
}

/// Wilson's interval for a share seen in a number of trials that need not be whole, such as an effective sample size.
/// Without trials it spans 0 to 1.
pub(crate) fn score_interval(share: f64, trials: f64) -> Estimate {
    let z_squared = Z_95 * Z_95;
    let centre = (trials * share + z_squared / 2.0) / (trials + z_squared);
    let spread = libm::sqrt(trials * share * (1.0 - share) + z_squared / 4.0);
    let half_width = Z_95 * spread / (trials + z_squared);
    Estimate {
        estimate: share,
        // At the edges the interval ends there exactly; rounding must not move it off.
        low: if share <= 0.0 { 0.0 } else { (centre - half_width).max(0.0) },
        high: if share >= 1.0 { 1.0 } else { (centre + half_width).min(1.0) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `statsmodels.stats.proportion.proportion_confint(k, n, 0.05, "wilson")`.
    const FROZEN: [(u64, u64, f64, f64); 8] = [
        (0, 10, 0.0, 0.27753279986288926),
        (1, 10, 0.017876213095072924, 0.40415002679523854),
        (5, 10, 0.23659309051256394, 0.7634069094874361),
        (10, 10, 0.7224672001371106, 1.0),
        (1, 1, 0.2065493143772374, 1.0),
        (476, 1_000, 0.445196958428318, 0.5069867259789885),
        (0, 100_000, 0.0, 3.841311258303965e-5),
        (47_604, 100_000, 0.4729455647068979, 0.47913627604945724),
    ];

    #[test]
    fn wilson_against_statsmodels() {
        for (successes, trials, low, high) in FROZEN {
            let got = wilson(successes, trials).unwrap();
            assert_eq!(got.estimate, successes as f64 / trials as f64);
            assert!((got.low - low).abs() < 1e-12, "{successes}/{trials}: {got:?}");
            assert!((got.high - high).abs() < 1e-12, "{successes}/{trials}: {got:?}");
        }
    }

    #[test]
    fn wilson_refuses_what_is_no_share() {
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(2, 1), None);
    }

    #[test]
    fn no_trials_know_nothing() {
        assert_eq!(score_interval(0.0, 0.0), Estimate { estimate: 0.0, low: 0.0, high: 1.0 });
    }
}
