//! Times in bins of one second.

use std::error::Error;
use std::fmt;

/// Counts of times by whole second, from 0 up to a horizon, with their exact sum.
///
/// A time falls in bin `floor(ms / 1000)`; the last bin is for the horizon itself. Memory is 8 bytes per second of
/// horizon, however many times are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeHistogram {
    bins: Vec<u64>,
    horizon_s: u32,
    count: u64,
    sum_ms: u128,
}

impl TimeHistogram {
    /// An empty histogram up to a horizon in seconds; round a broken horizon up.
    pub fn new(horizon_s: u32) -> Self {
        TimeHistogram { bins: vec![0; horizon_s as usize + 1], horizon_s, count: 0, sum_ms: 0 }
    }

    /// Counts one time in milliseconds.
    ///
    /// # Errors
    /// A time past the horizon is refused and leaves the histogram as it was.
    pub fn record(&mut self, ms: u64) -> Result<(), PastHorizon> {
        if ms > u64::from(self.horizon_s) * 1_000 {
            return Err(PastHorizon { ms, horizon_s: self.horizon_s });
        }
        // In range: the time is not past the horizon.
        self.bins[(ms / 1_000) as usize] += 1;
        self.count += 1;
        self.sum_ms += u128::from(ms);
        Ok(())
    }

    /// Adds all times of another histogram; any order of merging gives the same result.
    ///
    /// # Errors
    /// Histograms with different horizons do not merge; this one stays as it was.
    pub fn merge(&mut self, other: &Self) -> Result<(), HorizonsDiffer> {
        self.same_horizon(other)?;
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            *mine += theirs;
        }
        self.count += other.count;
        self.sum_ms += other.sum_ms;
        Ok(())
    }

    /// Number of times recorded.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Exact sum of the times recorded, in milliseconds.
    pub fn sum_ms(&self) -> u128 {
        self.sum_ms
    }

    /// The horizon in seconds.
    pub fn horizon_s(&self) -> u32 {
        self.horizon_s
    }

    /// Count per whole second; `horizon_s + 1` bins.
    pub fn bins(&self) -> &[u64] {
        &self.bins
    }

    /// Number of times in this second or an earlier one. Past the horizon: all of them.
    pub fn at_or_below(&self, second: u32) -> u64 {
        self.bins[..=second.min(self.horizon_s) as usize].iter().sum()
    }

    /// Checks that two histograms have bins for the same seconds.
    pub(crate) fn same_horizon(&self, other: &Self) -> Result<(), HorizonsDiffer> {
        if self.horizon_s == other.horizon_s {
            Ok(())
        } else {
            Err(HorizonsDiffer { left_s: self.horizon_s, right_s: other.horizon_s })
        }
    }
}

/// A time lies past the horizon of the histogram that should hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastHorizon {
    /// The time in milliseconds.
    pub ms: u64,
    /// The horizon in seconds.
    pub horizon_s: u32,
}

impl fmt::Display for PastHorizon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "time {} ms lies past the horizon of {} s", self.ms, self.horizon_s)
    }
}

impl Error for PastHorizon {}

/// Two histograms have different horizons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HorizonsDiffer {
    /// Horizon of the one, in seconds.
    pub left_s: u32,
    /// Horizon of the other, in seconds.
    pub right_s: u32,
}

impl fmt::Display for HorizonsDiffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "histograms have different horizons, {} s and {} s", self.left_s, self.right_s)
    }
}

impl Error for HorizonsDiffer {}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times_ms: &[u64]) -> TimeHistogram {
        let mut histogram = TimeHistogram::new(10);
        for &ms in times_ms {
            histogram.record(ms).unwrap();
        }
        histogram
    }

    #[test]
    fn a_time_falls_in_its_whole_second() {
        let histogram = of(&[0, 999, 1_000, 1_999, 9_999, 10_000]);
        assert_eq!(histogram.bins(), [2, 2, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(histogram.count(), 6);
        assert_eq!(histogram.sum_ms(), 23_997);
        let counts = [0, 1, 8, 9, 10, 11, u32::MAX].map(|second| histogram.at_or_below(second));
        assert_eq!(counts, [2, 4, 4, 5, 6, 6, 6]);
    }

    #[test]
    fn a_time_past_the_horizon_is_refused() {
        let mut histogram = of(&[5_000]);
        let error = histogram.record(10_001).unwrap_err();
        assert_eq!(error.to_string(), "time 10001 ms lies past the horizon of 10 s");
        assert!(histogram.record(u64::MAX).is_err());
        assert_eq!(histogram, of(&[5_000]));
    }

    #[test]
    fn shards_in_any_order_equal_the_whole() {
        let times: Vec<u64> = (0..97).map(|run| run * run * 37 % 10_001).collect();
        let whole = of(&times);
        let shards: Vec<TimeHistogram> = times.chunks(10).map(of).collect();
        for start in 0..shards.len() {
            let mut merged = TimeHistogram::new(10);
            for step in 0..shards.len() {
                // 10 shards, stride 3: another order for each start.
                merged.merge(&shards[(start + 3 * step) % shards.len()]).unwrap();
            }
            assert_eq!(merged, whole);
        }
    }

    #[test]
    fn different_horizons_do_not_merge() {
        let mut histogram = of(&[5_000]);
        let error = histogram.merge(&TimeHistogram::new(11)).unwrap_err();
        assert_eq!(error, HorizonsDiffer { left_s: 10, right_s: 11 });
        assert_eq!(histogram, of(&[5_000]));
    }

    #[test]
    fn a_horizon_of_zero_has_one_bin() {
        let mut histogram = TimeHistogram::new(0);
        histogram.record(0).unwrap();
        assert!(histogram.record(1).is_err());
        assert_eq!(histogram.at_or_below(0), 1);
    }
}
