//! Cumulative incidence with competing events.
//!
//! Detection, the objective and giving up compete: whichever comes first rules the others out. The share of runs in
//! which the event of interest has happened by a time is its cumulative incidence. It is neither one minus
//! Kaplan-Meier, which treats competing events as if they could still be followed by the event of interest, nor the
//! mean over the runs that got there.

use crate::statistics::histogram::{HorizonsDiffer, TimeHistogram};
use crate::statistics::interval::{Estimate, score_interval};
use std::error::Error;
use std::fmt;

/// The estimator of Aalen and Johansen (1978), *Scandinavian Journal of Statistics* 5, 141-150, for one event of
/// interest among competing ones:
///
/// ```text
/// F(t) = Σ_{i ≤ t} S(i−) · d1_i / n_i        S(i−) = Π_{k < i} (1 − d_k / n_k)
/// ```
///
/// with n_i runs at risk at second i, d_i events of any kind and d1_i of interest. Times are whole seconds, rounded
/// down; within a second, events precede censoring. Where only the horizon censors, F is the plain share of runs,
/// exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct CumulativeIncidence {
    runs: u64,
    horizon_s: u32,
    /// One for each second in which anything happens, in order.
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    second: u32,
    at_risk: u64,
    /// Events of any kind.
    events: u64,
    interest: u64,
    /// Runs censored in this second or before.
    censored_so_far: u64,
    /// S(i−): probability of no event of any kind before this second.
    event_free_before: f64,
    /// F(i).
    incidence: f64,
}

impl CumulativeIncidence {
    /// From the times of a number of runs, of which each ends exactly once: by the event of interest, by a competing
    /// event, or censored (at the horizon; earlier censoring is handled too).
    ///
    /// # Errors
    /// No runs; histograms of different horizons; histograms that do not hold each run once.
    pub fn new(
        runs: u64,
        interest: &TimeHistogram,
        competing: &TimeHistogram,
        censored: &TimeHistogram,
    ) -> Result<Self, IncidenceError> {
        interest.same_horizon(competing)?;
        interest.same_horizon(censored)?;
        let recorded = [interest, competing, censored].map(|times| u128::from(times.count())).iter().sum();
        if recorded != u128::from(runs) {
            return Err(IncidenceError::RunsDiffer { runs, recorded });
        }
        if runs == 0 {
            return Err(IncidenceError::NoRuns);
        }
        let bins = interest.bins().iter().zip(competing.bins()).zip(censored.bins());
        let seconds = (0..).zip(bins).map(|(second, ((&interest, &competing), &censored))| Second {
            second,
            interest,
            competing,
            censored,
        });
        Ok(CumulativeIncidence { runs, horizon_s: interest.horizon_s(), steps: steps(runs, seconds) })
    }

    /// Number of runs.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Share of runs that have had the event of interest by the end of this second. Past the horizon: as at the horizon.
    pub fn at(&self, second: u32) -> f64 {
        self.steps_through(second).last().map_or(0.0, |step| step.incidence)
    }

    /// Variance of [`Self::at`] by the delta method, as in `lifelines.AalenJohansenFitter`. It is Greenwood's formula
    /// where nothing competes, and F(1 − F)/n where only the horizon censors:
    ///
    /// ```text
    /// Σ_{i ≤ t} (F(t) − F(i))² · d_i / (n_i·(n_i − d_i))
    ///         + S(i−)² · d1_i·(n_i − d1_i) / n_i³ − 2·(F(t) − F(i))·S(i−)·d1_i / n_i²
    /// ```
    pub fn variance_at(&self, second: u32) -> f64 {
        let incidence = self.at(second);
        let variance: f64 = self
            .steps_through(second)
            .iter()
            .map(|step| {
                let at_risk = step.at_risk as f64;
                let (events, interest) = (step.events as f64, step.interest as f64);
                let later = incidence - step.incidence;
                // When nobody is left, nothing comes later and the term is 0, not 0/0.
                let greenwood = if step.events < step.at_risk {
                    later * later * events / (at_risk * (at_risk - events))
                } else {
                    0.0
                };
                let scale = step.event_free_before / at_risk;
                let own = scale * scale * interest * (at_risk - interest) / at_risk;
                let joint = 2.0 * later * scale * interest / at_risk;
                greenwood + own - joint
            })
            .sum();
        // The exact sum is not negative; rounding may be.
        variance.max(0.0)
    }

    /// [`Self::at`] with its 95 % interval: Wilson's, at the effective sample size F(1 − F)/variance, as Rothman (1978),
    /// *Journal of Chronic Diseases* 31, 557-560, does for survival. Where only the horizon censors this is
    /// [`wilson`](crate::statistics::wilson) of the plain counts. At 0 and 1, where the variance vanishes, the size is
    /// the number of runs not censored earlier.
    pub fn interval_at(&self, second: u32) -> Estimate {
        let incidence = self.at(second);
        let variance = self.variance_at(second);
        let effective_runs = if variance > 0.0 && incidence < 1.0 {
            incidence * (1.0 - incidence) / variance
        } else {
            (self.runs - self.censored_before(second)) as f64
        };
        score_interval(incidence, effective_runs)
    }

    /// First second by whose end the incidence has reached `q`, as seconds. `None` where it never does within the
    /// horizon (so there is no median where fewer than half get there), and for a `q` that is not above 0.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        if q.is_nan() || q <= 0.0 {
            return None;
        }
        let reached = self.steps.partition_point(|step| step.incidence < q);
        self.steps.get(reached).map(|step| f64::from(step.second))
    }

    /// Mean time in seconds, up to `tau_s`, that a run has *not yet* had the event of interest: the integral of
    /// 1 − F(t) from 0 to `tau_s`. A run that never has it counts `tau_s` in full, whatever else ended it. Since times
    /// are rounded down to the second, less than 1 s below the exact value. `None` past the horizon, where F is unknown.
    pub fn restricted_mean_s(&self, tau_s: u32) -> Option<f64> {
        if tau_s > self.horizon_s {
            return None;
        }
        let steps = self.steps_through(tau_s);
        let ends = steps.iter().skip(1).map(|step| step.second).chain([tau_s]);
        let area: f64 = steps.iter().zip(ends).map(|(step, end)| step.incidence * f64::from(end - step.second)).sum();
        Some(f64::from(tau_s) - area)
    }

    fn steps_through(&self, second: u32) -> &[Step] {
        &self.steps[..self.steps.partition_point(|step| step.second <= second)]
    }

    fn censored_before(&self, second: u32) -> u64 {
        let before = self.steps.partition_point(|step| step.second < second);
        self.steps[..before].last().map_or(0, |step| step.censored_so_far)
    }
}

/// What happened in one second.
struct Second {
    second: u32,
    interest: u64,
    competing: u64,
    censored: u64,
}

/// The runs under observation since the last censoring, and the probability that they stand for. Within a stretch
/// shares are ratios of whole counts, so that without earlier censoring F is one correctly rounded division and a median
/// at exactly one half is found.
struct Stretch {
    incidence_before: f64,
    mass: f64,
    runs: u64,
    interest: u64,
}

impl Stretch {
    fn share(&self, runs: u64) -> f64 {
        self.mass * (runs as f64 / self.runs as f64)
    }
}

fn steps(runs: u64, seconds: impl Iterator<Item = Second>) -> Vec<Step> {
    let mut at_risk = runs;
    let mut censored_so_far = 0;
    let mut stretch = Stretch { incidence_before: 0.0, mass: 1.0, runs, interest: 0 };
    let mut steps = Vec::new();
    for Second { second, interest, competing, censored } in seconds {
        let events = interest + competing;
        if events + censored == 0 {
            continue;
        }
        stretch.interest += interest;
        censored_so_far += censored;
        let step = Step {
            second,
            at_risk,
            events,
            interest,
            censored_so_far,
            event_free_before: stretch.share(at_risk),
            incidence: (stretch.incidence_before + stretch.share(stretch.interest)).min(1.0),
        };
        steps.push(step);
        at_risk -= events;
        if censored > 0 {
            // What the censored runs stood for passes to those that stay.
            stretch = Stretch {
                incidence_before: step.incidence,
                mass: stretch.share(at_risk),
                runs: at_risk - censored,
                interest: 0,
            };
            at_risk -= censored;
        }
    }
    steps
}

/// Why histograms give no cumulative incidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncidenceError {
    /// There is nothing to estimate from.
    NoRuns,
    /// The histograms have different horizons.
    HorizonsDiffer(HorizonsDiffer),
    /// The histograms do not hold each run exactly once.
    RunsDiffer {
        /// Number of runs stated.
        runs: u64,
        /// Number of times in the three histograms.
        recorded: u128,
    },
}

impl From<HorizonsDiffer> for IncidenceError {
    fn from(error: HorizonsDiffer) -> Self {
        IncidenceError::HorizonsDiffer(error)
    }
}

impl fmt::Display for IncidenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IncidenceError::NoRuns => write!(f, "there are no runs"),
            IncidenceError::HorizonsDiffer(error) => error.fmt(f),
            IncidenceError::RunsDiffer { runs, recorded } => {
                write!(f, "the histograms hold {recorded} times for {runs} runs")
            }
        }
    }
}

impl Error for IncidenceError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::wilson;

    const HORIZON_S: u32 = 60;

    fn histogram(seconds: &[u32]) -> TimeHistogram {
        let mut histogram = TimeHistogram::new(HORIZON_S);
        for &second in seconds {
            histogram.record(u64::from(second) * 1_000).unwrap();
        }
        histogram
    }

    fn incidence(interest: &[u32], competing: &[u32], censored: &[u32]) -> CumulativeIncidence {
        let runs = (interest.len() + competing.len() + censored.len()) as u64;
        let [interest, competing, censored] = [interest, competing, censored].map(histogram);
        CumulativeIncidence::new(runs, &interest, &competing, &censored).unwrap()
    }

    #[track_caller]
    fn close(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-12, "{got} is not {want}");
    }

    /// Ten runs with censoring on the way, against `lifelines.AalenJohansenFitter(calculate_variance=True)`. It gives no
    /// variance at second 10, where nobody is left; that one is the formula worked in Python.
    #[test]
    fn textbook_case_with_censoring_on_the_way() {
        let curve = incidence(&[1, 4, 7, 8, 10], &[2, 6], &[3, 5, 9]);
        let frozen = [
            (0, 0.0, 0.0),
            (1, 0.1, 0.009),
            (3, 0.1, 0.009),
            (4, 0.2142857142857143, 0.018236151603498542),
            (6, 0.2142857142857143, 0.018236151603498542),
            (7, 0.3514285714285714, 0.02776338192419825),
            (9, 0.48857142857142855, 0.03160338192419825),
            (10, 0.7628571428571429, 0.022221690962099132),
            (u32::MAX, 0.7628571428571429, 0.022221690962099132),
        ];
        for (second, share, variance) in frozen {
            close(curve.at(second), share);
            close(curve.variance_at(second), variance);
        }
        assert_eq!(curve.quantile(0.1), Some(1.0));
        assert_eq!(curve.quantile(0.5), Some(10.0));
        assert_eq!(curve.quantile(0.8), None);
    }

    /// One minus Kaplan-Meier with Greenwood's variance: S falls by 1/4, then by 1/2 after one run was censored.
    #[test]
    fn without_competition_it_is_kaplan_meier() {
        let curve = incidence(&[1, 3], &[], &[2, 4]);
        close(curve.at(3), 0.625);
        close(curve.variance_at(3), 0.375 * 0.375 * (1.0 / 12.0 + 0.5));
    }

    #[test]
    fn with_censoring_at_the_horizon_alone_it_is_the_plain_share() {
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..200 {
            let (mut interest, mut competing, mut censored) = (vec![], vec![], vec![]);
            let runs = 1 + draw(50);
            for _ in 0..runs {
                let second = draw(u64::from(HORIZON_S) + 1) as u32;
                match draw(3) {
                    0 => interest.push(second),
                    1 => competing.push(second),
                    _ => censored.push(HORIZON_S),
                }
            }
            let curve = incidence(&interest, &competing, &censored);
            for second in 0..=HORIZON_S {
                let got = interest.iter().filter(|&&time| time <= second).count() as u64;
                let share = got as f64 / runs as f64;
                assert_eq!(curve.at(second), share, "exactly");
                close(curve.variance_at(second), share * (1.0 - share) / runs as f64);
                let (interval, plain) = (curve.interval_at(second), wilson(got, runs).unwrap());
                close(interval.low, plain.low);
                close(interval.high, plain.high);
            }
            let spent: u32 = interest.iter().sum::<u32>() + (runs as u32 - interest.len() as u32) * HORIZON_S;
            let mean = curve.restricted_mean_s(HORIZON_S).unwrap();
            assert!((mean - f64::from(spent) / runs as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn the_median_needs_half_of_the_runs() {
        assert_eq!(incidence(&[3, 7, 9], &[1, 2], &[60]).quantile(0.5), Some(9.0));
        assert_eq!(incidence(&[3, 7], &[1, 2], &[60]).quantile(0.5), None);
        assert_eq!(incidence(&[], &[], &[60]).quantile(0.5), None);
        let curve = incidence(&[3], &[], &[]);
        assert_eq!(curve.quantile(1.0), Some(3.0));
        assert_eq!([0.0, -1.0, 1.1, f64::NAN].map(|q| curve.quantile(q)), [None; 4]);
    }

    #[test]
    fn a_run_that_never_gets_there_counts_in_full() {
        let curve = incidence(&[10, 30], &[5], &[60]);
        assert_eq!(curve.restricted_mean_s(60), Some((10.0 + 30.0 + 60.0 + 60.0) / 4.0));
        assert_eq!(curve.restricted_mean_s(20), Some((10.0 + 20.0 + 20.0 + 20.0) / 4.0));
        assert_eq!(curve.restricted_mean_s(0), Some(0.0));
        assert_eq!(curve.restricted_mean_s(61), None);
    }

    #[test]
    fn nothing_seen_is_not_nothing_possible() {
        let curve = incidence(&[], &[5; 4], &[60; 96]);
        assert_eq!(curve.interval_at(60), wilson(0, 100).unwrap());
        let lost_early = incidence(&[], &[], &[5; 100]);
        assert_eq!(lost_early.interval_at(6), Estimate { estimate: 0.0, low: 0.0, high: 1.0 });
    }

    #[test]
    fn what_does_not_add_up_is_refused() {
        let (one, none) = (histogram(&[1]), histogram(&[]));
        let longer = TimeHistogram::new(HORIZON_S + 1);
        let error = |runs, censored| CumulativeIncidence::new(runs, &one, &none, censored).unwrap_err();
        assert_eq!(error(2, &none), IncidenceError::RunsDiffer { runs: 2, recorded: 1 });
        assert!(matches!(error(1, &longer), IncidenceError::HorizonsDiffer(_)));
        let empty = CumulativeIncidence::new(0, &none, &none, &none);
        assert_eq!(empty.unwrap_err(), IncidenceError::NoRuns);
    }
}
