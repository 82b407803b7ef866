//! `doorward trace`: one run, told event by event.

use crate::cli::TraceArgs;
use crate::failure::Failure;
use crate::input;
use crate::text::wrap;
use doorward_defence::RuleDefence;
use doorward_engine::{Event, Observer, Simulation};
use doorward_model::plan::Plan;
use doorward_study::tale::{Head, Interest, Line, words};
use doorward_study::{Item, Milestones, Outcome, RunScore, Unit};
use serde::Serialize;
use std::io::{BufWriter, Write};
use std::process::ExitCode;
use std::sync::Arc;

pub(crate) fn trace(args: &TraceArgs) -> Result<ExitCode, Failure> {
    let edits = input::edits(&args.changes.sets)?;
    let loaded = input::scenario(&args.scenario, &args.changes, &edits)?;
    // INVARIANT (loaded): a scenario that loads has a plan for each of its defences, and at least one.
    let plan = Arc::clone(&loaded.plans[0]);
    let mut simulation = Simulation::new(Arc::clone(&plan), Box::new(RuleDefence::new(Arc::clone(&plan))));
    simulation.start(args.changes.seed, args.run);

    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut interest = (!args.all).then(|| Interest::new(&plan));
    let mut listener = (Heard::default(), Milestones::new(Arc::clone(&plan)));
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&first_line(args))?)?;
    } else {
        head(&mut out, args, &plan)?;
    }
    loop {
        let more = simulation.step(&mut listener);
        for event in listener.0.0.drain(..) {
            if interest.as_mut().is_some_and(|interest| interest.leaves_out(&event)) {
                continue;
            }
            let line = Line::new(&event, &simulation);
            if args.json { writeln!(out, "{}", serde_json::to_string(&line)?)? } else { write(&mut out, &line)? }
        }
        if !more {
            break;
        }
    }
    let score = listener.1.score();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&Ending::new(score, &plan))?)?;
    } else {
        tail(&mut out, score, &plan)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The events since the last look.
#[derive(Default)]
struct Heard(Vec<Event>);

impl Observer for Heard {
    fn event(&mut self, event: &Event) {
        self.0.push(*event);
    }
}

fn write(out: &mut impl Write, line: &Line) -> std::io::Result<()> {
    writeln!(out, "{}  {:8}  {}", line.at, line.kind.title(), line.text)?;
    for (i, step) in line.plan.iter().flatten().enumerate() {
        writeln!(out, "{:24}  {:>2}. {step}", "", i + 1)?;
    }
    Ok(())
}

/// What a viewer needs to run it again.
fn first_line(args: &TraceArgs) -> Head {
    Head {
        kind: Head::KIND.to_owned(),
        doorward: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: args.scenario.clone(),
        defence: args.changes.defences.first().cloned(),
        changes: args.changes.sets.clone(),
        seed: args.changes.seed,
        run: args.run,
        all: args.all,
    }
}

fn head(out: &mut impl Write, args: &TraceArgs, plan: &Plan) -> std::io::Result<()> {
    let (version, seed, run) = (env!("CARGO_PKG_VERSION"), args.changes.seed, args.run);
    writeln!(out, "doorward {version}   seed {seed}   run {run}")?;
    writeln!(out, "{} on {}, defence {}", plan.scenario, plan.site, plan.defence_name)?;
    writeln!(out, "starts {}, scored from {} to {}", plan.calendar.start, plan.warm_up_end, plan.horizon)?;
    if !args.all {
        writeln!(out, "ordinary traffic is left out; --all shows it")?;
    }
    writeln!(out)
}

fn tail(out: &mut impl Write, score: &RunScore, plan: &Plan) -> std::io::Result<()> {
    writeln!(out)?;
    if let Some(adversary) = plan.adversaries.first() {
        let Ending { outcome, .. } = Ending::new(score, plan);
        writeln!(out, "{}: {}", adversary.name, outcome.map_or("", Outcome::title))?;
        let timely = if score.timely { ", in time" } else { ", not in time" };
        for (name, at) in score.reached() {
            let more = match (name, score.stopped) {
                ("detected", _) => timely.to_owned(),
                ("stopped", Some((_, why))) => format!(", {}", words(&why)),
                _ => String::new(),
            };
            match at {
                Some(at) => writeln!(out, "  {name:17} {at}{more}")?,
                None => writeln!(out, "  {name:17} never")?,
            }
        }
        let blast = &score.blast;
        let gains = format!(
            "  gained: {} zones, {} devices, {} credentials, {} accounts, {} assets; weighted {}",
            blast.zones, blast.devices, blast.credentials, blast.accounts, blast.assets, blast.weighted
        );
        write!(out, "{}", wrap(&gains, 4))?;
        let evidence = &score.evidence;
        writeln!(out, "  on record at the end: {} of {} hostile acts", evidence.on_record, evidence.acts)?;
    }
    let price = &score.price;
    let false_alarms: u32 = price.false_alarms.iter().sum();
    let mut line = format!("  price: {false_alarms} false alarms");
    for item in Item::ALL.into_iter().filter(|item| price.get(*item) > 0) {
        line += &match item.unit() {
            Unit::Count => format!(", {} {}", price.get(item), item.title()),
            Unit::Time => format!(", {:.1} {}", price.get(item) as f64 / 60_000.0, item.title()),
        };
    }
    write!(out, "{}", wrap(&line, 4))
}

/// The last line of the JSON form.
#[derive(Serialize)]
struct Ending<'s> {
    kind: &'static str,
    outcome: Option<Outcome>,
    score: &'s RunScore,
}

impl<'s> Ending<'s> {
    fn new(score: &'s RunScore, plan: &Plan) -> Self {
        let outcome = (!plan.adversaries.is_empty()).then(|| score.outcome());
        Self { kind: "score", outcome, score }
    }
}
