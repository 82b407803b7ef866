//! `doorward trace`: one run, told event by event.

use crate::cli::TraceArgs;
use crate::failure::Failure;
use crate::input;
use crate::names::{Names, words};
use crate::text::wrap;
use doorward_defence::RuleDefence;
use doorward_engine::{Event, Gain, Observer, Simulation, Truth, What, Who};
use doorward_model::base::{IdSet, SimTime};
use doorward_model::plan::Plan;
use doorward_model::signal::{Observed, Report};
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
    let mut listener = (Heard::default(), Milestones::new(&plan));
    if !args.json {
        head(&mut out, args, &plan)?;
    }
    loop {
        let more = simulation.step(&mut listener);
        for event in listener.0.0.drain(..) {
            if interest.as_mut().is_some_and(|interest| interest.leaves_out(&event)) {
                continue;
            }
            let line = Line::new(&event, &plan, plan_steps(&simulation, &event));
            if args.json { writeln!(out, "{}", serde_json::to_string(&line)?)? } else { line.write(&mut out)? }
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

/// The steps of a plan that was just made.
fn plan_steps(simulation: &Simulation, event: &Event) -> Option<Vec<String>> {
    match event.what {
        What::Truth(Truth::Planned { adversary, .. }) => {
            let plan = simulation.agent(adversary).current_plan()?;
            Some(plan.steps.iter().map(|step| step.describe(simulation.plan())).collect())
        }
        What::Truth(_) | What::Observed(_) => None,
    }
}

/// Tells ordinary traffic from what a reader looks for.
struct Interest {
    credentials: IdSet,
    accounts: IdSet,
}

impl Interest {
    fn new(plan: &Plan) -> Self {
        let mut credentials = IdSet::with_len(plan.credentials.len());
        let mut accounts = IdSet::with_len(plan.accounts.len());
        for adversary in &plan.adversaries {
            let blanks = adversary.actors.iter().filter_map(|actor| actor.blank);
            let stolen = adversary.credentials.iter().map(|stolen| stolen.credential);
            blanks.chain(stolen).for_each(|credential| _ = credentials.insert(credential.index()));
            adversary.accounts.iter().for_each(|account| _ = accounts.insert(account.index()));
        }
        Self { credentials, accounts }
    }

    fn leaves_out(&mut self, event: &Event) -> bool {
        match &event.what {
            What::Truth(truth) => self.ordinary_truth(truth),
            What::Observed(observed) => self.ordinary_report(&observed.report),
        }
    }

    fn ordinary_truth(&mut self, truth: &Truth) -> bool {
        match *truth {
            Truth::Gained { gain: Gain::Credential(credential), .. } => {
                self.credentials.insert(credential.index());
                false
            }
            Truth::Gained { gain: Gain::Account(account), .. } => {
                self.accounts.insert(account.index());
                false
            }
            Truth::Passed { who: Who::Person(_), .. }
            | Truth::LeafOpened { .. }
            | Truth::LeafClosed { .. }
            | Truth::Refused { .. }
            | Truth::RefusedLogin { .. }
            | Truth::Followed { .. }
            | Truth::Arrived { .. }
            | Truth::Left { .. }
            | Truth::Helped { .. }
            | Truth::LineJoined { .. }
            | Truth::LineLeft { .. }
            | Truth::Patrolled { .. } => true,
            // What is new is shown until somebody calls it ordinary.
            _ => false,
        }
    }

    fn ordinary_report(&self, report: &Report) -> bool {
        match *report {
            Report::PortalOpened { .. }
            | Report::PortalClosed { .. }
            | Report::RequestToExit { .. }
            | Report::AccessNotTaken { .. }
            | Report::KeyDrawn { .. }
            | Report::KeyReturned { .. }
            | Report::ConfigurationChanged { planned: true, .. } => true,
            Report::AccessGranted { credential, .. } | Report::AccessDenied { credential, .. } => {
                !self.credentials.contains(credential.index())
            }
            Report::Login { account, .. }
            | Report::LoginRefused { account, .. }
            | Report::NetworkJoined { account, .. } => !self.accounts.contains(account.index()),
            _ => false,
        }
    }
}

/// An event as it is printed.
#[derive(Serialize)]
struct Line<'e> {
    at_ms: SimTime,
    kind: &'static str,
    text: String,
    event: Inner<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Inner<'e> {
    Truth(&'e Truth),
    Observed(&'e Observed),
}

impl<'e> Line<'e> {
    fn new(event: &'e Event, names: &Plan, plan: Option<Vec<String>>) -> Self {
        let names = Names(names);
        let (kind, text, inner) = match &event.what {
            What::Truth(truth) => ("truth", names.truth(truth), Inner::Truth(truth)),
            What::Observed(observed) => ("observed", names.observed(observed), Inner::Observed(observed)),
        };
        Self { at_ms: event.at, kind, text, event: inner, plan }
    }

    fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "{}  {:8}  {}", self.at_ms, self.kind, self.text)?;
        for (i, step) in self.plan.iter().flatten().enumerate() {
            writeln!(out, "{:24}  {:>2}. {step}", "", i + 1)?;
        }
        Ok(())
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
        let milestones = [
            ("t0", score.t0, String::new()),
            ("first access", score.first_access, String::new()),
            ("first trace", score.first_trace, String::new()),
            ("first true alarm", score.first_alarm, String::new()),
            ("detected", score.detected, timely.to_owned()),
            ("interrupted", score.interrupted, String::new()),
            ("objective", score.objective, String::new()),
            ("contained", score.contained, String::new()),
            (
                "stopped",
                score.stopped.map(|(at, _)| at),
                score.stopped.map_or(String::new(), |(_, why)| format!(", {}", words(&why))),
            ),
        ];
        for (name, at, more) in milestones {
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
