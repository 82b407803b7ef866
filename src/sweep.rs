//! `doorward run --sweep`: does the ranking of the defences hold over the range of one figure?

use crate::cli::RunArgs;
use crate::failure::Failure;
use crate::run::{load_all, provenance, score_all};
use crate::study::Study;
use crate::text::{cut, rate, share, wrap};
use crate::{output, table};
use doorward_model::base::{Diagnostic, Problems};
use doorward_model::plan::Loaded;
use doorward_model::text::Edit;
use doorward_study::{BatchOptions, Item, Results, Summary};
use serde::Serialize;
use std::process::ExitCode;

/// Figures for each value of one figure.
#[derive(Serialize)]
struct Swept {
    #[serde(flatten)]
    base: Results,
    sweep: Sweep,
}

#[derive(Serialize)]
struct Sweep {
    path: String,
    values: Vec<AtValue>,
    /// For each scenario with an adversary, in the order in which they were given.
    rankings: Vec<Ranking>,
}

#[derive(Serialize)]
struct AtValue {
    value: String,
    results: Vec<Summary>,
}

/// Whether the order of the defences by P(defended) is the same at each value.
#[derive(PartialEq, Debug, Serialize)]
struct Ranking {
    scenario: String,
    /// At each value the defences, the best one first.
    orders: Vec<Vec<String>>,
    /// The order never changes.
    holds: bool,
    /// At each value no two intervals overlap.
    clear: bool,
}

pub(crate) fn sweep(args: &RunArgs, options: BatchOptions, edits: &[Edit], sweep: &str) -> Result<ExitCode, Failure> {
    let (path, values) = parse(sweep)?;
    // All are loaded first, so that a wrong value is found before hours of running.
    let mut variants: Vec<(&str, Vec<Loaded>)> = Vec::new();
    for value in values {
        let mut edit = Edit::parse_set(&format!("{path}={value}"))?;
        edit.origin = format!("--sweep {path}={value}");
        let edits: Vec<Edit> = edits.iter().cloned().chain([edit]).collect();
        variants.push((value, load_all(args, &edits)?));
    }
    let study = Study::new(options, args.threads)?;
    let base = provenance(args, options, edits, &variants[0].1);
    let score = |(value, loaded): &(&str, Vec<Loaded>)| AtValue {
        value: (*value).to_owned(),
        results: score_all(&study, loaded),
    };
    let values: Vec<AtValue> = variants.iter().map(score).collect();
    let rankings = rankings(&values);
    let swept = Swept { base, sweep: Sweep { path: path.to_owned(), values, rankings } };
    let data = if args.json { output::json(&swept)? } else { text(&swept) };
    output::write(&data, args.out.as_deref())?;
    Ok(study.end())
}

/// `PATH=V1,V2`: the path and its values. Commas within brackets or quotes belong to a value.
fn parse(sweep: &str) -> Result<(&str, Vec<&str>), Problems> {
    let wrong = |message: String| {
        Problems::from(Diagnostic::error("--sweep", sweep, None, message).help("write `path.to.value=0.1,0.3,0.5`"))
    };
    let (path, list) = sweep.split_once('=').ok_or_else(|| wrong(format!("`{sweep}` has no `=`")))?;
    let (mut values, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_u32, false);
    for (at, c) in list.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                values.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    values.push(list[start..].trim());
    if values.iter().any(|value| value.is_empty()) {
        return Err(wrong(format!("a value is missing in `{list}`")));
    }
    Ok((path, values))
}

/// The scenarios, and whether there is an adversary. Every value has the same scenarios and defences.
fn scenarios(values: &[AtValue]) -> Vec<(&str, bool)> {
    let Some(first) = values.first() else { return Vec::new() };
    let all = first.results.iter().map(|summary| (summary.scenario.as_str(), !summary.threat.is_empty()));
    let mut scenarios: Vec<_> = all.collect();
    scenarios.dedup();
    scenarios
}

/// The ranking of each scenario: against nobody there is none.
fn rankings(values: &[AtValue]) -> Vec<Ranking> {
    let attacked = scenarios(values).into_iter().filter(|(_, adversary)| *adversary);
    attacked.map(|(scenario, _)| ranking(scenario, values)).collect()
}

/// What a sweep shows of one defence: how an attack ends, or on an ordinary day what it costs.
fn cells(summary: &Summary, adversary: bool) -> [String; 3] {
    if adversary {
        [summary.p_detected, summary.p_defended, summary.p_objective].map(|estimate| share(estimate, 18))
    } else {
        let of = |item: Item| rate(summary.price_per_day[item.key()]);
        [rate(summary.false_alarms_per_day), of(Item::RefusedAtDoors), of(Item::Analysts)]
    }
}

fn ranking(scenario: &str, values: &[AtValue]) -> Ranking {
    let mut orders = Vec::new();
    let mut clear = true;
    for value in values {
        let mut ranked: Vec<&Summary> = value.results.iter().filter(|summary| summary.scenario == scenario).collect();
        let defended = |summary: &Summary| summary.p_defended.map_or(0.0, |share| share.estimate);
        ranked.sort_by(|a, b| defended(b).total_cmp(&defended(a)));
        clear &= ranked.windows(2).all(|pair| match (pair[0].p_defended, pair[1].p_defended) {
            (Some(better), Some(worse)) => better.low > worse.high,
            _ => false,
        });
        orders.push(ranked.iter().map(|summary| summary.defence.clone()).collect::<Vec<_>>());
    }
    let holds = orders.windows(2).all(|pair| pair[0] == pair[1]);
    Ranking { scenario: scenario.to_owned(), orders, holds, clear }
}

fn text(swept: &Swept) -> String {
    let mut text = table::head(&swept.base);
    for (scenario, adversary) in scenarios(&swept.sweep.values) {
        text += &format!("\n{scenario}, over {}\n\n", swept.sweep.path);
        let [first, second, third] = if adversary {
            ["P(detected)", "P(defended)", "P(objective)"]
        } else {
            ["false alarms / day", "refused at doors", "analyst minutes"]
        };
        text += &format!("{:10}{:13}{first:>19}{second:>19}{third:>19}\n", "value", "defence");
        for at in &swept.sweep.values {
            let of_scenario = at.results.iter().filter(|summary| summary.scenario == scenario);
            for (i, summary) in of_scenario.enumerate() {
                let value = if i == 0 { cut(&at.value, 9) } else { String::new() };
                let [first, second, third] = cells(summary, adversary);
                let defence = cut(&summary.defence, 12);
                text += &format!("{value:10}{defence:13}{first:>19}{second:>19}{third:>19}\n");
            }
        }
        if let Some(ranking) = swept.sweep.rankings.iter().find(|ranking| ranking.scenario == scenario) {
            text += &format!("\n{}", wrap(&verdict(ranking, &swept.sweep.values), 0));
        }
    }
    text + &table::assumptions(&swept.base.assumptions)
}

fn verdict(ranking: &Ranking, values: &[AtValue]) -> String {
    let order = |order: &[String]| order.join(" > ");
    match (ranking.orders.first(), ranking.holds) {
        (None, _) => String::new(),
        (Some(only), _) if only.len() < 2 => "One defence alone: nothing to rank.".to_owned(),
        (Some(first), true) if ranking.clear => format!("The ranking by P(defended) holds: {}.", order(first)),
        (Some(first), true) => {
            format!("The ranking by P(defended) does not change ({}), but intervals overlap.", order(first))
        }
        (Some(_), false) => {
            let each = values.iter().zip(&ranking.orders).map(|(at, o)| format!("{} at {}", order(o), at.value));
            format!("The ranking by P(defended) does not hold: {}.", each.collect::<Vec<_>>().join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_split_at_outer_commas() {
        let (path, values) = parse(r#"site.x.value=0.1, Normal(mean: "1s", sd: "2s"),"a,b""#).ok().unwrap();
        assert_eq!((path, values), ("site.x.value", vec!["0.1", r#"Normal(mean: "1s", sd: "2s")"#, r#""a,b""#]));
        for wrong in ["site.x", "site.x=", "site.x=1,,2"] {
            assert!(parse(wrong).is_err());
        }
    }
}
