//! A scorecard in floats, for printing: here, and nowhere earlier.

use crate::closed_form::ClosedFormNote;
use crate::measure::Measures;
use crate::milestones::Outcome;
use crate::price::Item;
use crate::scorecard::{Scorecard, Times};
use crate::statistics::{Estimate, wilson};
use doorward_model::kind::Kind;
use doorward_model::plan::{Adversary, Objective, Plan};
use doorward_model::scenario::{Knowledge, Rank};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a defence came to in a scenario. Shares are of all runs; where there is no adversary they are null.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Summary {
    /// Scenario.
    pub scenario: String,
    /// Site.
    pub site: String,
    /// Defence.
    pub defence: String,
    /// Runs that the figures rest on.
    pub runs: u64,
    /// Scored time of a run, in days.
    pub scored_days: f64,
    /// Design basis threat; the first adversary is scored.
    pub threat: Vec<Threat>,
    /// Share of each outcome.
    pub outcomes: Option<Outcomes<f64>>,
    /// Runs of each outcome.
    pub outcome_counts: Option<Outcomes<u64>>,
    /// How the intervals below were made.
    pub interval: &'static str,
    /// A person classed a true alarm as hostile.
    pub p_detected: Option<Estimate>,
    /// Early enough for the response.
    pub p_timely: Option<Estimate>,
    /// Only after the objective was reached.
    pub p_detected_late: Option<Estimate>,
    /// The response reached the adversary with task time left.
    pub p_interrupted: Option<Estimate>,
    /// Contained before the objective.
    pub p_contained: Option<Estimate>,
    /// Prevented or contained before the objective.
    pub p_defended: Option<Estimate>,
    /// The objective was reached.
    pub p_objective: Option<Estimate>,
    /// EASI and critical detection point, where the scenario is simple enough.
    pub closed_form: ClosedFormNote,
    /// Runs without any hostile act; not in the times from t0.
    pub runs_without_t0: u64,
    /// Runs in which the adversary stopped since its search ran out, not since there was no way: a better one might have
    /// gone on.
    pub runs_search_ran_out: u64,
    /// From t0 to detected; the objective and giving up compete.
    pub time_to_detect_s: Option<TimeSummary>,
    /// From the first access to detected; the objective and giving up compete.
    pub time_from_access_to_detect_s: Option<TimeSummary>,
    /// From detected to contained, of runs that detected.
    pub time_to_contain_s: Option<TimeSummary>,
    /// What was gained, per run.
    pub blast_radius: Option<BlastRadius>,
    /// Investigability: the share of hostile acts, over all runs, that something is still on record of at the end. None
    /// where there was no act. See [`Evidence`](crate::milestones::Evidence).
    pub investigability: Option<f64>,
    /// False alarms.
    pub false_alarms_per_day: f64,
    /// The same by rule; rules that gave none are left out.
    pub false_alarms_per_day_by_rule: BTreeMap<String, f64>,
    /// The same by the log that the rule reads.
    pub false_alarms_per_day_by_log: BTreeMap<String, f64>,
    /// Mean wait of an alarm until it was acknowledged.
    pub queue_wait_s: Option<f64>,
    /// Every item of the price, per day: a number, or minutes where the name ends in `_minutes`.
    pub price_per_day: BTreeMap<&'static str, f64>,
    /// Rightful people refused, of 1,000 passages.
    pub refused_per_thousand_passages: Option<f64>,
    /// What the design itself comes to, before anything happens.
    pub measures: Measures,
    /// Automatic responses that hit an adversary.
    pub automatic_hits_per_run: f64,
}

/// One figure for each outcome.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Outcomes<T> {
    /// Controls refused it.
    pub prevented: T,
    /// Contained before the objective.
    pub contained: T,
    /// Contained after the objective.
    pub objective_contained: T,
    /// Objective, and never contained.
    pub objective_uncontained: T,
    /// Stopped by itself.
    pub gave_up: T,
    /// None of these when the run ended.
    pub active_at_horizon: T,
}

impl<T> Outcomes<T> {
    fn each(figure: impl Fn(Outcome) -> T) -> Self {
        Self {
            prevented: figure(Outcome::Prevented),
            contained: figure(Outcome::Contained),
            objective_contained: figure(Outcome::ObjectiveContained),
            objective_uncontained: figure(Outcome::ObjectiveUncontained),
            gave_up: figure(Outcome::GaveUp),
            active_at_horizon: figure(Outcome::ActiveAtHorizon),
        }
    }
}

/// When something happened, over runs; all null where no run was on that clock.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct TimeSummary {
    /// Runs on this clock.
    pub runs: u64,
    /// By then half of them had got there; null where fewer do.
    pub median: Option<f64>,
    /// By then 95 % had.
    pub p95: Option<f64>,
    /// Mean time spent not yet there, cut at `restricted_to`.
    pub restricted_mean: Option<f64>,
    /// The scored time of a run, the same for every defence.
    pub restricted_to: u32,
}

impl TimeSummary {
    fn of(times: &Times) -> Self {
        let curve = times.incidence();
        let restricted_to = times.horizon_s();
        Self {
            runs: times.runs(),
            median: curve.as_ref().and_then(|curve| curve.quantile(0.5)),
            p95: curve.as_ref().and_then(|curve| curve.quantile(0.95)),
            restricted_mean: curve.as_ref().and_then(|curve| curve.restricted_mean_s(restricted_to)),
            restricted_to,
        }
    }
}

/// Unauthorised gains, mean per run.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct BlastRadius {
    /// Zones that are not public.
    pub zones: f64,
    /// Devices.
    pub devices: f64,
    /// Credentials.
    pub credentials: f64,
    /// Accounts.
    pub accounts: f64,
    /// Assets.
    pub assets: f64,
    /// All, by weight.
    pub weighted: f64,
    /// What the weights are.
    pub weights: &'static str,
}

/// An adversary as the files state it: part of the design basis threat.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Threat {
    /// Name.
    pub name: String,
    /// Skill.
    pub skill: Rank,
    /// Tools.
    pub tools: Rank,
    /// What it believes at the start.
    pub knowledge: Knowledge,
    /// Its members.
    pub actors: Vec<String>,
    /// What it wants.
    pub objective: String,
}

impl Threat {
    /// An adversary of a plan.
    pub fn of(plan: &Plan, adversary: &Adversary) -> Self {
        let objective = match &adversary.objective {
            Objective::Theft(asset) => format!("theft of {}", plan.assets[asset.index()].name),
            Objective::Sabotage(asset) => format!("sabotage of {}", plan.assets[asset.index()].name),
            Objective::Exfiltration(device, _) => format!("exfiltration from {}", plan.devices[device.index()].name),
            Objective::Reach(zone, hold) => format!("holding {} for {hold}", plan.zones[zone.index()].name),
        };
        Self {
            name: adversary.name.clone(),
            skill: adversary.skill,
            tools: adversary.tools,
            knowledge: adversary.knowledge,
            actors: adversary.actors.iter().map(|actor| actor.name.clone()).collect(),
            objective,
        }
    }
}

impl Scorecard {
    /// In floats, for printing. `plan` is the one that was run.
    pub fn summary(&self, plan: &Plan) -> Summary {
        let runs = self.runs.max(1) as f64;
        let scored_days = (plan.horizon - plan.warm_up_end).as_secs_f64() / 86_400.0;
        let per_day = |sum: f64| sum / (runs * scored_days);
        let share = |count| self.adversary.then(|| wilson(count, self.runs)).flatten();
        let attack = |value| self.adversary.then_some(value);
        let defended = self.count(Outcome::Prevented) + self.count(Outcome::Contained);
        let false_alarms = &self.price.false_alarms;
        let by_rule = plan.policy.rules.iter().zip(false_alarms).filter(|(_, count)| **count > 0);
        let mut by_log: BTreeMap<String, f64> = BTreeMap::new();
        for (rule, count) in plan.policy.rules.iter().zip(false_alarms).filter(|(_, count)| **count > 0) {
            let log = format!("{:?}", Kind::watched_by(&rule.pattern).log());
            *by_log.entry(log).or_default() += *count as f64;
        }
        let price = &self.price;
        let mean = |of: Item, by: Item| (price.get(by) > 0).then(|| price.figure(of) / price.figure(by));
        Summary {
            scenario: plan.scenario.clone(),
            site: plan.site.clone(),
            defence: plan.defence_name.clone(),
            runs: self.runs,
            scored_days,
            threat: plan.adversaries.iter().map(|adversary| Threat::of(plan, adversary)).collect(),
            outcomes: self.adversary.then(|| Outcomes::each(|outcome| self.count(outcome) as f64 / runs)),
            outcome_counts: self.adversary.then(|| Outcomes::each(|outcome| self.count(outcome))),
            interval: "Wilson, 95 %",
            p_detected: share(self.detected),
            p_timely: share(self.timely),
            p_detected_late: share(self.detected_late),
            p_interrupted: share(self.interrupted),
            p_contained: share(self.count(Outcome::Contained)),
            p_defended: share(defended),
            p_objective: share(self.objective),
            closed_form: ClosedFormNote::of(plan),
            runs_without_t0: self.without_t0,
            runs_search_ran_out: self.search_ran_out,
            time_to_detect_s: attack(TimeSummary::of(&self.to_detect)),
            time_from_access_to_detect_s: attack(TimeSummary::of(&self.access_to_detect)),
            time_to_contain_s: attack(TimeSummary::of(&self.to_contain)),
            blast_radius: self.adversary.then(|| self.blast_radius(runs)),
            investigability: (self.acts > 0).then(|| self.acts_on_record as f64 / self.acts as f64),
            false_alarms_per_day: per_day(false_alarms.iter().sum::<u64>() as f64),
            false_alarms_per_day_by_rule: by_rule
                .map(|(rule, &count)| (rule.name.clone(), per_day(count as f64)))
                .collect(),
            false_alarms_per_day_by_log: by_log.into_iter().map(|(log, count)| (log, per_day(count))).collect(),
            queue_wait_s: mean(Item::Waited, Item::Acknowledged).map(|minutes| minutes * 60.0),
            price_per_day: Item::ALL.into_iter().map(|item| (item.key(), per_day(price.figure(item)))).collect(),
            refused_per_thousand_passages: mean(Item::RefusedAtDoors, Item::Passages).map(|share| share * 1_000.0),
            measures: Measures::of(plan),
            automatic_hits_per_run: self.automatic_hits as f64 / runs,
        }
    }

    fn blast_radius(&self, runs: f64) -> BlastRadius {
        let sums = &self.blast;
        BlastRadius {
            zones: sums.zones as f64 / runs,
            devices: sums.devices as f64 / runs,
            credentials: sums.credentials as f64 / runs,
            accounts: sums.accounts as f64 / runs,
            assets: sums.assets as f64 / runs,
            weighted: sums.weighted as f64 / runs,
            weights: "zone: level; device, asset: criticality; credential, account: 1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::milestones::RunScore;
    use crate::price::Price;
    use crate::testing::plan;
    use doorward_model::base::SimTime;

    #[test]
    fn shares_and_rates() {
        let plan = plan();
        let mut card = Scorecard::new(&plan);
        let detected = RunScore {
            t0: Some(SimTime::from_millis(3_600_000)),
            detected: Some(SimTime::from_millis(3_690_000)),
            contained: Some(SimTime::from_millis(3_700_000)),
            price: Price::of_false_alarms(vec![2]),
            ..RunScore::default()
        };
        for run in [&detected, &RunScore::default(), &detected, &RunScore::default()] {
            card.record(run);
        }
        let summary = card.summary(&plan);
        assert_eq!(summary.p_detected.unwrap().estimate, 0.5);
        assert_eq!(summary.p_defended, summary.p_contained);
        assert_eq!(summary.outcome_counts.unwrap().active_at_horizon, 2);
        assert_eq!(summary.runs_without_t0, 2);
        assert_eq!(summary.time_to_detect_s.unwrap().median, Some(90.0));
        assert_eq!(summary.time_to_contain_s.unwrap().p95, Some(10.0));
        assert_eq!(summary.false_alarms_per_day, 12.0, "4 in 4 runs of 2 hours");
    }

    #[test]
    fn without_an_adversary_there_is_no_outcome() {
        let mut plan = plan();
        plan.adversaries.clear();
        let mut card = Scorecard::new(&plan);
        card.record(&RunScore::default());
        let summary = card.summary(&plan);
        assert_eq!((summary.outcomes, summary.p_detected, summary.blast_radius), (None, None, None));
    }
}
