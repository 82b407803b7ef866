//! A folder of scenarios at a glance: each under every rung of the ladder, one line each.
//!
//! The ladder of a folder is the longest chain of defences in `../defences`, each of which extends the one before.

use crate::cli::{Changes, RunArgs};
use crate::failure::Failure;
use crate::files::Disk;
use crate::study::Study;
use crate::text::{NONE, WIDTH, cut, rate, wrap};
use crate::{input, output, run};
use doorward_model::base::{Diagnostic, Problems};
use doorward_model::plan::{Loaded, Request, load};
use doorward_model::text::{Edit, resolve};
use doorward_study::{BatchOptions, Results, Summary};
use std::path::Path;
use std::process::ExitCode;

const LABEL: usize = 24;

/// Mark of a figure that rests on searches that did not end.
const RAN_OUT: &str = "*";

/// Whether a folder was named in place of scenarios.
pub(crate) fn is_asked_for(args: &RunArgs) -> bool {
    args.scenarios.iter().any(|name| Path::new(name).is_dir())
}

pub(crate) fn overview(args: &RunArgs, options: BatchOptions, edits: &[Edit]) -> Result<ExitCode, Failure> {
    let loaded = load_all(args, edits)?;
    let study = Study::new(options, args.threads)?;
    let summaries = run::score_all(&study, &loaded);
    let results = Results { results: summaries, ..run::provenance(args, options, edits, &loaded) };
    let data = if args.json { output::json(&results)? } else { text(&results) };
    output::write(&data, args.out.as_deref())?;
    Ok(study.end())
}

fn load_all(args: &RunArgs, edits: &[Edit]) -> Result<Vec<Loaded>, Problems> {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for name in &args.scenarios {
        let scenarios = if Path::new(name).is_dir() { files_in(name, ".scenario.ron")? } else { vec![name.clone()] };
        let ladder = if args.changes.defences.is_empty() { ladder_beside(name) } else { Vec::new() };
        for scenario in scenarios {
            match load_one(&scenario, &ladder, &args.changes, edits) {
                Ok(loaded) => all.push(loaded),
                Err(Problems(more)) => {
                    problems.extend(more.into_iter().filter(|new| !problems.contains(new)).collect::<Vec<_>>());
                }
            }
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(Problems(problems)) }
}

/// Under the ladder; under its own defences where its site does not know what the ladder speaks of.
fn load_one(scenario: &str, ladder: &[String], changes: &Changes, edits: &[Edit]) -> Result<Loaded, Problems> {
    let request = Request { defences: ladder.to_vec(), edits: edits.to_vec() };
    let own = || input::scenario(scenario, changes, edits);
    if ladder.is_empty() { own() } else { load(scenario, &request, &mut Disk).or_else(|_| own()) }
}

/// Files of a folder by how they end, in order.
fn files_in(folder: &str, ending: &str) -> Result<Vec<String>, Problems> {
    let unreadable = |error: std::io::Error| -> Problems {
        Diagnostic::error(folder, "", None, format!("cannot read the folder `{folder}`: {error}")).into()
    };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let names = entries.filter_map(|entry| Some(entry.ok()?.path().to_str()?.to_owned()));
    let mut files: Vec<String> = names.filter(|name| name.ends_with(ending)).collect();
    files.sort_unstable();
    if files.is_empty() {
        let message = format!("no file in `{folder}` ends with `{ending}`");
        return Err(Diagnostic::error(folder, "", None, message).into());
    }
    Ok(files)
}

/// The longest chain of defences beside a folder of scenarios, the first rung first.
fn ladder_beside(scenarios: &str) -> Vec<String> {
    let folder = Path::new(scenarios).parent().unwrap_or(Path::new("")).join("defences");
    let folder = folder.to_str().unwrap_or_default();
    let chain = |file: &String| -> Option<Vec<String>> {
        let resolved = resolve(file, &mut Disk).ok()?;
        Some(resolved.inputs.into_iter().map(|(name, _)| name).rev().collect())
    };
    let chains = files_in(folder, ".defence.ron").unwrap_or_default();
    let longest = chains.iter().filter_map(chain).max_by_key(Vec::len).unwrap_or_default();
    if longest.len() > 1 { longest } else { Vec::new() }
}

fn text(results: &Results) -> String {
    let mut text = format!(
        "doorward {}   seed {}   {} runs for each scenario and defence\n",
        results.doorward, results.seed, results.runs
    );
    let scenarios: Vec<&[Summary]> =
        results.results.chunk_by(|a, b| (&a.scenario, &a.site) == (&b.scenario, &b.site)).collect();
    let attacks = |rows: &&&[Summary]| !rows[0].threat.is_empty();
    let (under_attack, ordinary): (Vec<_>, Vec<_>) = scenarios.iter().partition(attacks);
    text += &part("Attacks: objective reached / detected, in % of the runs", &under_attack, |summary| {
        let percent = |share: Option<doorward_study::statistics::Estimate>| {
            share.map_or_else(|| NONE.to_owned(), |share| format!("{:.0}", 100.0 * share.estimate))
        };
        let ran_out = if summary.runs_search_ran_out > 0 { RAN_OUT } else { "" };
        format!("{}/{}{ran_out}", percent(summary.p_objective), percent(summary.p_detected))
    });
    text += &part("Ordinary times: false alarms a day", &ordinary, |summary| rate(summary.false_alarms_per_day));
    if results.results.iter().any(|summary| summary.runs_search_ran_out > 0) {
        let note = "the adversary's search ran out in some runs before it found a way; one may be left.";
        text += &format!("\n{}", wrap(&format!("{RAN_OUT} {note}"), 2));
    }
    text += &worse(&under_attack);
    text + "\n" + &wrap("`doorward run SCENARIO` gives the whole score of one, with intervals and its price.", 0)
}

/// One table for all that have the same defences.
fn part(title: &str, scenarios: &[&&[Summary]], cell: impl Fn(&Summary) -> String) -> String {
    let names = |rows: &[Summary]| rows.iter().map(|summary| summary.defence.clone()).collect::<Vec<_>>();
    let mut groups: Vec<(Vec<String>, Vec<&[Summary]>)> = Vec::new();
    for &&rows in scenarios {
        match groups.iter_mut().find(|(defences, _)| *defences == names(rows)) {
            Some((_, alike)) => alike.push(rows),
            None => groups.push((names(rows), vec![rows])),
        }
    }
    let mut text = String::new();
    for (defences, alike) in groups {
        let room = (WIDTH - LABEL) / defences.len().max(1);
        text += &format!("\n{title}\n{:LABEL$}", "");
        for defence in &defences {
            text += &format!("{:>room$}", cut(defence, room - 1));
        }
        text.push('\n');
        for rows in alike {
            text += &format!("{:LABEL$}", cut(&rows[0].scenario, LABEL - 1));
            rows.iter().for_each(|summary| text += &format!("{:>room$}", cell(summary)));
            text.push('\n');
        }
    }
    text
}

/// Where a later defence lets more through than one before it, with the intervals apart.
fn worse(scenarios: &[&&[Summary]]) -> String {
    let mut lines = Vec::new();
    for rows in scenarios {
        for (before, after) in rows.iter().zip(rows.iter().skip(1)) {
            if let (Some(less), Some(more)) = (before.p_objective, after.p_objective)
                && more.low > less.high
            {
                let percent = |share: f64| format!("{:.0} %", 100.0 * share);
                lines.push(format!(
                    "  {}: {} under {}, {} under {}",
                    before.scenario,
                    percent(less.estimate),
                    before.defence,
                    percent(more.estimate),
                    after.defence
                ));
            }
        }
    }
    if lines.is_empty() {
        return format!(
            "\n{}",
            wrap("Nowhere does a rung let more through than the one before it, with the intervals apart.", 0)
        );
    }
    lines.iter().fold(
        "\nA rung lets more through than the one before it, with the intervals apart:\n".to_owned(),
        |text, line| text + &wrap(line, 4),
    )
}
