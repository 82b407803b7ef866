//! `doorward run`: scores each defence of each scenario.

use crate::cli::RunArgs;
use crate::failure::Failure;
use crate::study::Study;
use crate::{input, output, overview, sweep, table};
use doorward_model::base::Problems;
use doorward_model::plan::Loaded;
use doorward_model::text::Edit;
use doorward_study::{BatchOptions, Results, Summary, results};
use std::process::ExitCode;

pub(crate) fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    let edits = input::edits(&args.changes.sets)?;
    let options = BatchOptions { seed: args.changes.seed, runs: args.runs };
    if let Some(sweep) = &args.sweep {
        return sweep::sweep(args, options, &edits, sweep);
    }
    if overview::is_asked_for(args) {
        return overview::overview(args, options, &edits);
    }
    let loaded = load_all(args, &edits)?;
    let study = Study::new(options, args.threads)?;
    let results = Results { results: score_all(&study, &loaded), ..provenance(args, options, &edits, &loaded) };
    let data = if args.json { output::json(&results)? } else { table::results(&results) };
    output::write(&data, args.out.as_deref())?;
    Ok(study.end())
}

/// Every scenario, or the problems of all of them.
pub(crate) fn load_all(args: &RunArgs, edits: &[Edit]) -> Result<Vec<Loaded>, Problems> {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for name in &args.scenarios {
        match input::scenario(name, &args.changes, edits) {
            Ok(loaded) => all.push(loaded),
            // Scenarios share a site: say each thing once.
            Err(Problems(more)) => {
                problems.extend(more.into_iter().filter(|new| !problems.contains(new)).collect::<Vec<_>>())
            }
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(Problems(problems)) }
}

/// One summary for each defence of each scenario.
pub(crate) fn score_all(study: &Study, loaded: &[Loaded]) -> Vec<Summary> {
    let plans = loaded.iter().flat_map(|loaded| &loaded.plans);
    plans.map(|plan| study.score(plan, &format!("{}, {}", plan.scenario, plan.defence_name))).collect()
}

/// Results but for the figures themselves.
pub(crate) fn provenance(args: &RunArgs, options: BatchOptions, edits: &[Edit], loaded: &[Loaded]) -> Results {
    let plans: Vec<_> = loaded.iter().flat_map(|loaded| &loaded.plans).cloned().collect();
    Results {
        doorward: env!("CARGO_PKG_VERSION").to_owned(),
        seed: options.seed,
        runs: args.runs,
        inputs: input::hashes(loaded.iter()),
        changes: edits.iter().map(|edit| edit.origin.clone()).collect(),
        assumptions: results::assumptions(&plans),
        results: Vec::new(),
    }
}
