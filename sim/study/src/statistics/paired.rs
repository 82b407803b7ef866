//! Differences between two arms, a and b, that were run on equal run indices and so share their luck.
//!
//! A difference is always a less b. Its interval is that of the difference, which pairing makes narrow, never the
//! overlap of two separate ones.

use crate::statistics::interval::{Estimate, Z_95};
use serde::Serialize;

/// Runs by whether something held in arm a and in arm b.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PairedCounts {
    /// Runs where it held in both arms.
    pub both: u64,
    /// Runs where it held in a alone: flips one way.
    pub only_a: u64,
    /// Runs where it held in b alone: flips the other way.
    pub only_b: u64,
    /// Runs where it held in neither arm.
    pub neither: u64,
}

impl PairedCounts {
    /// Counts one run.
    pub fn record(&mut self, a: bool, b: bool) {
        let cell = match (a, b) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.only_a,
            (false, true) => &mut self.only_b,
            (false, false) => &mut self.neither,
        };
        *cell = cell.saturating_add(1);
    }

    /// Adds all runs of another count; any order of merging gives the same result.
    pub fn merge(&mut self, other: &Self) {
        self.both = self.both.saturating_add(other.both);
        self.only_a = self.only_a.saturating_add(other.only_a);
        self.only_b = self.only_b.saturating_add(other.only_b);
        self.neither = self.neither.saturating_add(other.neither);
    }

    /// Number of runs counted.
    pub fn runs(&self) -> u64 {
        [self.both, self.only_a, self.only_b, self.neither].into_iter().fold(0, u64::saturating_add)
    }

    /// Share in a less share in b, from −1 to 1, with the 95 % interval "Wald+2" of Agresti and Min (2005), *Statistics
    /// in Medicine* 24, 729-740: half a run is added to each of the four cells before the Wald interval is taken, so that
    /// it keeps a width where no run flips. `None` without runs.
    pub fn difference(&self) -> Option<Estimate> {
        let runs = self.runs() as f64;
        if runs == 0.0 {
            return None;
        }
        let (only_a, only_b) = (self.only_a as f64, self.only_b as f64);
        let net = only_a - only_b;
        let padded_runs = runs + 2.0;
        let flips = only_a + only_b + 1.0;
        let centre = net / padded_runs;
        let half_width = Z_95 * libm::sqrt(flips - net * net / padded_runs) / padded_runs;
        Some(Estimate {
            estimate: net / runs,
            low: (centre - half_width).max(-1.0),
            high: (centre + half_width).min(1.0),
        })
    }
}

/// Exact sums of paired differences of a whole number, such as milliseconds.
///
/// The sum of squares stops at `i128::MAX`, which only differences beyond any simulated time can reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairedMoments {
    runs: u64,
    sum: i128,
    sum_of_squares: i128,
}

impl PairedMoments {
    /// Counts one run by its values in arm a and in arm b.
    pub fn record(&mut self, a: i64, b: i64) {
        let difference = i128::from(a) - i128::from(b);
        self.merge(&PairedMoments { runs: 1, sum: difference, sum_of_squares: difference.saturating_mul(difference) });
    }

    /// Adds all runs of other sums; any order of merging gives the same result.
    pub fn merge(&mut self, other: &Self) {
        self.runs = self.runs.saturating_add(other.runs);
        self.sum = self.sum.saturating_add(other.sum);
        self.sum_of_squares = self.sum_of_squares.saturating_add(other.sum_of_squares);
    }

    /// Number of runs counted.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Mean of a less b in the unit recorded, with its 95 % interval: 1.96 standard errors of the paired differences
    /// either way. The normal approximation wants some 30 runs or more. `None` for fewer than two runs.
    pub fn mean_difference(&self) -> Option<Estimate> {
        if self.runs < 2 {
            return None;
        }
        let runs = self.runs as f64;
        let estimate = self.sum as f64 / runs;
        let variance = self.centred_squares() / (runs - 1.0);
        let half_width = Z_95 * libm::sqrt(variance / runs);
        Some(Estimate { estimate, low: estimate - half_width, high: estimate + half_width })
    }

    /// Sum of squared distances from the mean. Squares are first taken about the whole part of the mean, in integers:
    /// their difference, which floats would lose when the mean is large, is then exact.
    fn centred_squares(&self) -> f64 {
        let runs = i128::from(self.runs);
        let (whole, rest) = (self.sum.div_euclid(runs), self.sum.rem_euclid(runs));
        // Σ(d − w)² = Σd² − w·(Σd + rest), as Σd = runs·w + rest.
        let about_whole = self.sum_of_squares.saturating_sub(whole.saturating_mul(self.sum.saturating_add(rest)));
        let (rest, runs) = (rest as f64, self.runs as f64);
        (about_whole as f64 - rest * rest / runs).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(got: Estimate, want: (f64, f64, f64)) {
        for (got, want) in [(got.estimate, want.0), (got.low, want.1), (got.high, want.2)] {
            assert!((got - want).abs() < 1e-8 * want.abs().max(1.0), "{got} is not {want}");
        }
    }

    fn counts(both: u64, only_a: u64, only_b: u64, neither: u64) -> PairedCounts {
        PairedCounts { both, only_a, only_b, neither }
    }

    /// The first interval is the printed example of `diffpropci.mp` in the R package PropCIs; the others are computed
    /// from the formula in Python.
    #[test]
    fn difference_against_frozen_values() {
        let frozen = [
            (counts(60, 20, 40, 40), (-0.125, -0.21601726, -0.03089632)),
            (counts(794, 150, 86, 570), (0.04, 0.021217189117972622, 0.05868293572597245)),
            (counts(500, 0, 0, 500), (0.0, -0.001956051880778497, 0.001956051880778497)),
            (counts(3, 7, 2, 8), (0.25, -0.0379626044289231, 0.49250805897437766)),
            (counts(0, 10, 0, 0), (1.0, 0.5666160179802606, 1.0)),
        ];
        for (counts, want) in frozen {
            close(counts.difference().unwrap(), want);
            let swapped = PairedCounts { only_a: counts.only_b, only_b: counts.only_a, ..counts };
            close(swapped.difference().unwrap(), (-want.0, -want.2, -want.1));
        }
        assert_eq!(PairedCounts::default().difference(), None);
    }

    #[test]
    fn mean_difference_against_frozen_values() {
        let differences = [3, -1, 4, 1, -5, 9, 2, 6];
        let mut moments = PairedMoments::default();
        for difference in differences {
            moments.record(100 + difference, 100);
        }
        close(moments.mean_difference().unwrap(), (2.375, -0.5867397960617833, 5.336739796061783));
        let mut one = PairedMoments::default();
        one.record(1, 0);
        assert_eq!(one.mean_difference(), None);
    }

    #[test]
    fn a_large_mean_does_not_hide_the_spread() {
        let mut moments = PairedMoments::default();
        for difference in [3, -1, 4, 1, -5, 9, 2, 6] {
            moments.record(1_000_000_000_000_000 + difference, 0);
        }
        let got = moments.mean_difference().unwrap();
        let half_width = (got.high - got.low) / 2.0;
        assert!((half_width - 2.961739796061783).abs() < 0.25, "{half_width}");
        assert!((moments.centred_squares() - 127.875).abs() < 1e-9);
    }

    #[test]
    fn extreme_values_do_not_panic() {
        let mut moments = PairedMoments::default();
        for _ in 0..8 {
            moments.record(i64::MIN, i64::MAX);
            moments.record(i64::MAX, i64::MIN);
        }
        assert!(moments.mean_difference().unwrap().estimate.is_finite());
    }

    #[test]
    fn shards_in_any_order_equal_the_whole() {
        let runs: Vec<i64> = (0..103).map(|run| run * run * 7_919 % 1_009 - 400).collect();
        let of = |runs: &[i64]| {
            let (mut counts, mut moments) = (PairedCounts::default(), PairedMoments::default());
            for &run in runs {
                counts.record(run % 3 == 0, run % 2 == 0);
                moments.record(run, run * run % 101);
            }
            (counts, moments)
        };
        let whole = of(&runs);
        let shards: Vec<_> = runs.chunks(11).map(of).collect();
        assert_eq!(shards.len(), 10);
        for start in 0..10 {
            let (mut counts, mut moments) = (PairedCounts::default(), PairedMoments::default());
            for step in 0..10 {
                let shard = &shards[(start + 3 * step) % 10];
                counts.merge(&shard.0);
                moments.merge(&shard.1);
            }
            assert_eq!((counts, moments), whole);
        }
        assert_eq!(whole.0.runs(), 103);
        assert_eq!(whole.1.runs(), 103);
    }
}
