//! Many runs, in integers: they merge exactly, in any order, and take the same memory for any number of runs.

use crate::milestones::{Outcome, RunScore};
use crate::price::PriceSums;
use crate::statistics::{CumulativeIncidence, HorizonsDiffer, TimeHistogram};
use doorward_model::base::SimTime;
use doorward_model::plan::Plan;
use doorward_model::signal::StopReason;

/// Times of one kind of event, beside what competes with it and what the horizon cut off.
///
/// Each run is entered once, on a clock of its own that starts at one of its milestones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Times {
    interest: TimeHistogram,
    competing: TimeHistogram,
    censored: TimeHistogram,
}

impl Times {
    fn new(horizon_s: u32) -> Self {
        let empty = TimeHistogram::new(horizon_s);
        Self { interest: empty.clone(), competing: empty.clone(), censored: empty }
    }

    /// Enters a run: whichever comes first, the event of interest (also in a tie), a competing one, or the horizon.
    fn record(&mut self, start: SimTime, interest: Option<SimTime>, competing: Option<SimTime>, horizon: SimTime) {
        let (times, end) = match (interest, competing) {
            (Some(at), None) => (&mut self.interest, at),
            (Some(at), Some(other)) if at <= other => (&mut self.interest, at),
            (_, Some(other)) => (&mut self.competing, other),
            (None, None) => (&mut self.censored, horizon),
        };
        let limit_ms = u64::from(times.horizon_s()) * 1_000;
        let recorded = times.record((end - start).as_millis().min(limit_ms));
        debug_assert!(recorded.is_ok(), "a time was cut at the limit");
    }

    fn merge(&mut self, other: &Self) -> Result<(), HorizonsDiffer> {
        self.interest.merge(&other.interest)?;
        self.competing.merge(&other.competing)?;
        self.censored.merge(&other.censored)
    }

    /// Number of runs entered.
    pub(crate) fn runs(&self) -> u64 {
        self.interest.count() + self.competing.count() + self.censored.count()
    }

    /// The latest second that can be asked for.
    pub(crate) fn horizon_s(&self) -> u32 {
        self.interest.horizon_s()
    }

    /// The cumulative incidence; none without runs.
    pub(crate) fn incidence(&self) -> Option<CumulativeIncidence> {
        CumulativeIncidence::new(self.runs(), &self.interest, &self.competing, &self.censored).ok()
    }
}

/// Sums of what was gained, over runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct BlastSums {
    pub(crate) zones: u64,
    pub(crate) devices: u64,
    pub(crate) credentials: u64,
    pub(crate) accounts: u64,
    pub(crate) assets: u64,
    pub(crate) weighted: u128,
}

/// The scores of a number of runs of one plan.
///
/// The clocks, all cut off by the horizon alone:
///
/// - *to detect*: from t0; reaching the objective and giving up compete. Runs without t0 are left out, and counted.
/// - *access to detect*: the same, from the first unauthorised gain.
/// - *to contain*: from detected, in runs that detected; nothing competes, since a response goes on after the adversary
///   has what it wanted or has left. A run contained before it was detected counts as zero seconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scorecard {
    /// Whether there is an adversary to score.
    pub(crate) adversary: bool,
    pub(crate) horizon: SimTime,
    pub(crate) runs: u64,
    pub(crate) outcomes: [u64; Outcome::ALL.len()],
    pub(crate) detected: u64,
    pub(crate) detected_late: u64,
    pub(crate) timely: u64,
    pub(crate) interrupted: u64,
    pub(crate) objective: u64,
    pub(crate) without_t0: u64,
    pub(crate) search_ran_out: u64,
    pub(crate) to_detect: Times,
    pub(crate) access_to_detect: Times,
    pub(crate) to_contain: Times,
    pub(crate) automatic_hits: u64,
    pub(crate) blast: BlastSums,
    pub(crate) acts: u64,
    pub(crate) acts_on_record: u64,
    pub(crate) price: PriceSums,
}

impl Scorecard {
    /// Of no runs yet.
    pub fn new(plan: &Plan) -> Self {
        let scored_s = (plan.horizon - plan.warm_up_end).as_millis().div_ceil(1_000);
        let times = Times::new(u32::try_from(scored_s).unwrap_or(u32::MAX - 1));
        Self {
            adversary: !plan.adversaries.is_empty(),
            horizon: plan.horizon,
            runs: 0,
            outcomes: [0; Outcome::ALL.len()],
            detected: 0,
            detected_late: 0,
            timely: 0,
            interrupted: 0,
            objective: 0,
            without_t0: 0,
            search_ran_out: 0,
            to_detect: times.clone(),
            access_to_detect: times.clone(),
            to_contain: times,
            automatic_hits: 0,
            blast: BlastSums::default(),
            acts: 0,
            acts_on_record: 0,
            price: PriceSums::new(plan.policy.rules.len()),
        }
    }

    /// Number of runs.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Runs that ended so.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize]
    }

    /// Enters one run.
    pub fn record(&mut self, run: &RunScore) {
        self.runs += 1;
        self.price.record(&run.price);
        if self.adversary {
            self.record_attack(run);
        }
    }

    fn record_attack(&mut self, run: &RunScore) {
        let late = matches!((run.detected, run.objective), (Some(seen), Some(reached)) if seen > reached);
        self.outcomes[run.outcome() as usize] += 1;
        self.detected += u64::from(run.detected.is_some());
        self.detected_late += u64::from(late);
        self.timely += u64::from(run.timely);
        self.interrupted += u64::from(run.interrupted.is_some());
        self.objective += u64::from(run.objective.is_some());
        self.automatic_hits += u64::from(run.automatic_hits);

        let over = run.objective.into_iter().chain(run.stopped.map(|(at, _)| at)).min();
        match run.t0 {
            Some(t0) => self.to_detect.record(t0, run.detected, over, self.horizon),
            None => self.without_t0 += 1,
        }
        if let Some(access) = run.first_access {
            self.access_to_detect.record(access, run.detected, over, self.horizon);
        }
        if let Some(detected) = run.detected {
            self.to_contain.record(detected, run.contained, None, self.horizon);
        }

        let ran_out = matches!(run.stopped, Some((_, StopReason::SearchRanOut)));
        self.search_ran_out += u64::from(ran_out);
        self.acts += u64::from(run.evidence.acts);
        self.acts_on_record += u64::from(run.evidence.on_record);
        let (sums, blast) = (&mut self.blast, &run.blast);
        sums.zones += u64::from(blast.zones);
        sums.devices += u64::from(blast.devices);
        sums.credentials += u64::from(blast.credentials);
        sums.accounts += u64::from(blast.accounts);
        sums.assets += u64::from(blast.assets);
        sums.weighted += u128::from(blast.weighted);
    }

    /// Adds the runs of another scorecard of the same plan; any order of merging gives the same result.
    ///
    /// # Errors
    /// Scorecards of plans with different horizons do not merge; this one stays as it was.
    pub fn merge(&mut self, other: &Self) -> Result<(), HorizonsDiffer> {
        // The three clocks share one horizon: if the first merges, all do.
        self.to_detect.merge(&other.to_detect)?;
        self.access_to_detect.merge(&other.access_to_detect)?;
        self.to_contain.merge(&other.to_contain)?;

        self.runs += other.runs;
        for (mine, theirs) in self.outcomes.iter_mut().zip(other.outcomes) {
            *mine += theirs;
        }
        self.detected += other.detected;
        self.detected_late += other.detected_late;
        self.timely += other.timely;
        self.interrupted += other.interrupted;
        self.objective += other.objective;
        self.without_t0 += other.without_t0;
        self.search_ran_out += other.search_ran_out;
        self.automatic_hits += other.automatic_hits;

        self.acts += other.acts;
        self.acts_on_record += other.acts_on_record;
        self.blast.zones += other.blast.zones;
        self.blast.devices += other.blast.devices;
        self.blast.credentials += other.blast.credentials;
        self.blast.accounts += other.blast.accounts;
        self.blast.assets += other.blast.assets;
        self.blast.weighted += other.blast.weighted;

        self.price.merge(&other.price);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::milestones::Blast;
    use crate::price::{Item, Price};
    use crate::testing::plan;
    use doorward_model::signal::StopReason;

    /// Some run, different for each index.
    fn run(index: u64) -> RunScore {
        let mixed = index.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let at = |bit: u32, minute: u64| {
            (mixed >> bit & 1 == 1).then(|| SimTime::from_millis((60 + minute + index % 7) * 60_000))
        };
        RunScore {
            t0: at(10, 0),
            first_access: at(11, 1),
            detected: at(12, 3),
            timely: mixed >> 20 & 1 == 1,
            interrupted: at(13, 5),
            objective: at(14, index % 9),
            contained: at(15, 8),
            stopped: at(16, 4).map(|at| (at, StopReason::NoWayLeft)),
            hit: mixed >> 21 & 1 == 1,
            automatic_hits: (index % 3) as u32,
            blast: Blast { zones: (index % 4) as u32, weighted: index, ..Blast::default() },
            price: {
                let mut price = Price::default();
                price.clear(1);
                price.false_alarms[0] = (index % 5) as u32;
                price.set(Item::RefusedAtDoors, index % 2);
                price.set(Item::Analysts, index);
                price
            },
            ..RunScore::default()
        }
    }

    fn card(indices: impl Iterator<Item = u64>) -> Scorecard {
        let mut card = Scorecard::new(&plan());
        indices.for_each(|index| card.record(&run(index)));
        card
    }

    #[test]
    fn shards_equal_the_whole() {
        let whole = card(0..500);
        let mut merged = card(300..500);
        for shard in [card(7..300), card(0..0), card(0..7)] {
            merged.merge(&shard).unwrap();
        }
        assert_eq!(merged, whole);
        assert_eq!(whole.outcomes.iter().sum::<u64>(), 500, "each run ends as exactly one");
        assert_eq!(whole.to_detect.runs() + whole.without_t0, 500);
        assert_eq!(whole.to_contain.runs(), whole.detected);
    }

    #[test]
    fn objective_competes_with_detection() {
        let minute = |m: u64| Some(SimTime::from_millis((60 + m) * 60_000));
        let mut card = Scorecard::new(&plan());
        for (detected, objective) in [(minute(5), minute(3)), (minute(3), minute(3)), (None, None), (minute(2), None)] {
            card.record(&RunScore { t0: minute(1), detected, objective, ..RunScore::default() });
        }
        assert_eq!((card.detected, card.detected_late), (3, 1));
        let incidence = card.to_detect.incidence().unwrap();
        assert_eq!(incidence.at(u32::MAX), 0.5, "late detection and none are not in it; a tie is");
        assert_eq!(incidence.quantile(0.5), Some(120.0));
    }
}
