//! `doorward paths`: the ways through a design, what they hang on and what one change would buy.

use crate::cli::PathsArgs;
use crate::failure::Failure;
use crate::study::Study;
use crate::text::{WIDTH, count, cut, share, time, wrap};
use crate::{input, output, table};
use doorward_model::plan::Plan;
use doorward_study::paths::{self, Kind, Left, NOT_MODELLED, Paths, Simulated, Way, WayStep};
use doorward_study::{BatchOptions, PathOptions, Results, results};
use serde::Serialize;
use std::process::ExitCode;
use std::sync::Arc;

/// What `--json` prints.
#[derive(Serialize)]
struct Analysis<'a> {
    #[serde(flatten)]
    base: Results,
    paths: &'a [Paths],
    not_modelled: &'static str,
}

pub(crate) fn paths(args: &PathsArgs) -> Result<ExitCode, Failure> {
    let edits = input::edits(&args.changes.sets)?;
    let loaded = input::scenario(&args.scenario, &args.changes, &edits)?;
    let plans: Vec<Arc<Plan>> = if args.all { loaded.plans.clone() } else { loaded.plans[..1].to_vec() };
    let options = PathOptions { ways: usize::from(args.ways), ..PathOptions::default() };
    let batch = BatchOptions { seed: args.changes.seed, runs: args.verify.unwrap_or(0) };
    let study = Study::new(batch, None)?;
    let mut all = Vec::new();
    for plan in &plans {
        let Some(mut found) = paths::analyse(plan, options) else { continue };
        if args.verify.is_some() {
            study.verify(&mut found, plan);
        }
        all.push(found);
    }
    let base = Results {
        doorward: env!("CARGO_PKG_VERSION").to_owned(),
        seed: args.changes.seed,
        runs: batch.runs,
        inputs: input::hashes(std::iter::once(&loaded)),
        changes: edits.iter().map(|edit| edit.origin.clone()).collect(),
        assumptions: results::assumptions(&plans),
        results: Vec::new(),
    };
    let data = if args.json {
        output::json(&Analysis { base, paths: &all, not_modelled: NOT_MODELLED })?
    } else if args.dot {
        all.iter().zip(&plans).map(|(found, plan)| paths::dot(found, plan)).collect()
    } else {
        text(&base, &all, &plans)
    };
    output::write(&data, args.out.as_deref())?;
    Ok(study.end())
}

fn text(base: &Results, all: &[Paths], plans: &[Arc<Plan>]) -> String {
    let mut text = table::head(base);
    if all.is_empty() {
        text += "\nNo adversary: there is nothing to find a way for.\n";
    }
    for (found, plan) in all.iter().zip(plans) {
        text += &one(found, plan);
    }
    text += &format!("\n{}", wrap(&format!("Not modelled: {NOT_MODELLED}."), 2));
    text + &table::assumptions(&base.assumptions)
}

fn one(found: &Paths, plan: &Plan) -> String {
    let mut text = format!("\n{} on {}, defence {}\n", found.scenario, found.site, found.defence);
    text += &wrap(&table::threat(plan), 8);
    let (spots, facts, steps) = found.graph;
    let graph = format!(
        "attack graph: {} places, {} facts, {} steps; searched as by one who knows rights and sensors",
        count(spots as u64),
        count(facts as u64),
        count(steps as u64)
    );
    text += &wrap(&graph, 4);
    if found.ways.is_empty() {
        return text
            + if found.gave_up {
                "\nNo way was found before the search gave up: that there is none is not shown.\n"
            } else {
                "\nNo way leads to the objective.\n"
            };
    }
    for (n, way) in found.ways.iter().enumerate() {
        text += &format!("\n{}", heading(n, way, found.most_vulnerable == Some(n)));
        for step in &way.steps {
            text += &line(step);
        }
        text += &closed_form(way);
        if let Some(simulated) = &way.simulated {
            text += &in_simulation(simulated);
        }
    }
    match (&found.intends, found.intends_way) {
        (Some(_), Some(way)) => {
            text += &format!("\nBy what it knows itself the adversary would first take way {}.\n", way + 1);
        }
        (None, _) => text += "\nBy what it knows itself the adversary sees no way.\n",
        (Some(steps), None) => {
            text += "\nBy what it knows itself the adversary would first do this:\n";
            steps.iter().for_each(|step| text += &wrap(&format!("  {step}"), 6));
        }
    }
    text += &upgrades(found);
    text += &choke_points(found);
    text + &worth(found)
}

fn heading(n: usize, way: &Way, most_vulnerable: bool) -> String {
    let kind = |(kind, place): &(Kind, usize)| {
        let name = match kind {
            Kind::Quickest => "quickest",
            Kind::Stealthiest => "stealthiest",
            Kind::Chosen => "by its own weights",
        };
        format!("{name} {place}")
    };
    let mut kinds: Vec<String> = way.kinds.iter().map(kind).collect();
    if most_vulnerable {
        kinds.insert(0, "MOST VULNERABLE".to_owned());
    }
    let exact = way.within.map_or_else(String::new, |gap| format!("; not exact, within {gap:.0} of the best"));
    wrap(
        &format!(
            "Way {}: {} to the objective, sensed with {:.1} % ({}){exact}",
            n + 1,
            time(way.seconds),
            100.0 * way.p_sensed,
            kinds.join(", ")
        ),
        2,
    )
}

fn line(step: &WayStep) -> String {
    let clock = |seconds: f64| match seconds.round() as u64 {
        s @ 0..6_000 => format!("{}:{:02}", s / 60, s % 60),
        s => format!("{}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60),
    };
    let who = step.actors.join(" and ");
    let how = step.technique.as_deref().unwrap_or("stay");
    let mut text = wrap(&format!("  {:>8}  {who}: {} ({how})", clock(step.start_s), step.what), 12);
    if !step.observers.is_empty() {
        let seen: Vec<String> =
            step.observers.iter().map(|(name, chance)| format!("{name} {:.0} %", 100.0 * chance)).collect();
        let owner = step.owner.as_ref().map_or("no rule speaks of it".to_owned(), |owner| format!("for {owner}"));
        text += &wrap(&format!("            seen by {}; {owner}", seen.join(", ")), 14);
    }
    text
}

fn closed_form(way: &Way) -> String {
    let Some(easi) = &way.easi else { return "  EASI: n/a, simulated\n".to_owned() };
    let point = easi.critical_detection_point.as_deref().unwrap_or("none: detection at the start is too late");
    let margin = easi.margin_over_spread.map_or_else(String::new, |m| format!(", margin {m:.1} spreads"));
    wrap(
        &format!(
            "  EASI: P_I {:.1} % with a response of {}; critical detection point: {point}{margin}. As if whatever sees \
             a step raised the alarm",
            100.0 * easi.p_interrupted,
            time(easi.response_s)
        ),
        4,
    )
}

fn in_simulation(simulated: &Simulated) -> String {
    let Simulated { runs, p_objective, p_detected, p_interrupted, p_effective } = simulated;
    let each = [
        ("objective", p_objective),
        ("detected", p_detected),
        ("P_I interrupted", p_interrupted),
        ("P_E contained in time", p_effective),
    ];
    let mut text = format!("  simulated, {} runs of this very way:\n", count(*runs));
    for (name, estimate) in each {
        text += &format!("    {name:24}{}\n", share(*estimate, 27));
    }
    // P_N is their ratio; there is none where nobody is interrupted, or where most of it is done without meeting anybody.
    if let (Some(interrupted), Some(effective)) = (p_interrupted, p_effective)
        && interrupted.estimate > 0.0
        && effective.estimate <= interrupted.estimate
    {
        text += &format!("    {:24}{:.1} %\n", "P_N = P_E / P_I", 100.0 * effective.estimate / interrupted.estimate);
    }
    text
}

/// What one change would buy: the best way left without each part that the best way relies on.
fn upgrades(found: &Paths) -> String {
    if found.parts.is_empty() {
        return "\nThe best way relies on nothing that a defender could do away with.\n".to_owned();
    }
    let mut text = String::from("\nWhat one change would buy, the most first:\n");
    for effect in &found.parts {
        let shared = if effect.ways > 1 { format!("; {} of the ways rely on it", effect.ways) } else { String::new() };
        text += &wrap(&format!("  - {}: {}{shared}", effect.part, effect.remedy), 4);
        text += &match &effect.left {
            None if effect.choke_point => "    CHOKE POINT: without it there is no way\n".to_owned(),
            None => "    no other way was found within the budget of the search\n".to_owned(),
            Some(Left { seconds, p_sensed, instead, exact }) => {
                let instead = instead.as_ref().map_or_else(String::new, |what| format!(", instead: {what}"));
                let doubt = if *exact { "" } else { " (not exact)" };
                wrap(&format!("    next: {}, sensed with {:.1} %{instead}{doubt}", time(*seconds), 100.0 * p_sensed), 6)
            }
        };
    }
    text
}

fn choke_points(found: &Paths) -> String {
    let cut = &found.cut;
    if cut.parts.is_empty() {
        return "\nNothing that a defender could do away with cuts every way.\n".to_owned();
    }
    let number = if cut.parts.len() == 1 { "1 change".to_owned() } else { format!("{} changes", cut.parts.len()) };
    let sure = match (cut.holds, cut.at_least == cut.parts.len()) {
        (true, true) => "and no fewer do".to_owned(),
        (true, false) => format!("at least {} are needed", cut.at_least),
        (false, _) => "as far as was searched; there may be ways left".to_owned(),
    };
    let leave = if cut.parts.len() == 1 { "leaves" } else { "leave" };
    let mut text = format!("\nLeast cut: {number} {leave} no way, {sure}:\n");
    cut.parts.iter().for_each(|part| text += &wrap(&format!("  - {part}"), 4));
    text
}

fn worth(found: &Paths) -> String {
    if found.sensors.is_empty() {
        return String::new();
    }
    let mut text = String::from("\nWhat sensors are worth: the stealthiest way is sensed with, and without:\n");
    for effect in &found.sensors {
        let line = format!(
            "  {:40} {:5.1} %  -> {:5.1} %",
            cut(&effect.sensor, 40),
            100.0 * effect.p_sensed,
            100.0 * effect.without
        );
        text += &format!("{}\n", cut(&line, WIDTH));
    }
    text
}
