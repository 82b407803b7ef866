//! What the modules share: files on disk, a listener that keeps everything, the binary.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use crate::controls::LADDER;
use doorward_defence::RuleDefence;
use doorward_engine::{Event, Observer, Simulation};
use doorward_model::base::PortalId;
use doorward_model::plan::{Direction, Plan, Request, load};
use doorward_model::text::{Edit, Files};
use doorward_study::summary::Summary;
use doorward_study::{BatchOptions, batch};

/// The scenarios of the main job.
pub(crate) const NORTHGATE: [&str; 3] = ["tailgating", "stolen-badge", "vendor-backdoor"];

/// The file system, from the root of the repository.
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        std::fs::read_to_string(name).map(Arc::from).map_err(|error| error.to_string())
    }
}

/// The file names of a folder with this suffix, sorted.
pub(crate) fn files_in(folder: &str, suffix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"));
    let mut files: Vec<String> = names.filter(|n| n.ends_with(suffix)).map(|n| format!("{folder}/{n}")).collect();
    files.sort();
    files
}

/// The plans of a shipped scenario, one for each of these defences, with changes as `--set` takes them.
#[track_caller]
pub(crate) fn under(scenario: &str, defences: &[&str], sets: &[&str]) -> Vec<Arc<Plan>> {
    let defences = defences.iter().map(|name| format!("defences/{name}.defence.ron")).collect();
    let edits = sets.iter().map(|set| Edit::parse_set(set).expect("an edit")).collect();
    let request = Request { defences, edits };
    match load(&format!("scenarios/{scenario}.scenario.ron"), &request, &mut Disk) {
        Ok(loaded) => loaded.plans,
        Err(problems) => panic!("{scenario}: {problems}"),
    }
}

/// The plans of a shipped scenario under the defences that it names. Those without changes are read once.
#[track_caller]
pub(crate) fn shipped(scenario: &str, sets: &[&str]) -> Vec<Arc<Plan>> {
    static AS_SHIPPED: Mutex<BTreeMap<String, Vec<Arc<Plan>>>> = Mutex::new(BTreeMap::new());
    if !sets.is_empty() {
        return under(scenario, &[], sets);
    }
    let known = || AS_SHIPPED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(plans) = known().get(scenario) {
        return plans.clone();
    }
    let plans = under(scenario, &[], &[]);
    known().insert(scenario.to_owned(), plans.clone());
    plans
}

/// A simulation of a plan under its own rules.
pub(crate) fn simulation(plan: &Arc<Plan>) -> Simulation {
    Simulation::new(Arc::clone(plan), Box::new(RuleDefence::new(Arc::clone(plan))))
}

/// Keeps every event.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Vec<Event>);

impl Observer for Log {
    fn event(&mut self, event: &Event) {
        self.0.push(*event);
    }
}

/// A shipped scenario under each rung of the ladder.
pub(crate) fn under_every_rung(scenario: &str) -> Vec<Arc<Plan>> {
    under(scenario, &LADDER, &[])
}

/// The scenarios that ship with an adversary, by name. The worked case of EASI is none of ours.
pub(crate) fn attacks() -> Vec<String> {
    let names = files_in("scenarios", ".scenario.ron");
    let names = names.iter().map(|file| file.trim_start_matches("scenarios/").trim_end_matches(".scenario.ron"));
    let attacks = names.filter(|name| *name != "garcia-easi" && !shipped(name, &[])[0].adversaries.is_empty());
    attacks.map(str::to_owned).collect()
}

/// Whether longer tests are on.
pub(crate) fn long() -> bool {
    std::env::var_os("DOORWARD_LONG_TESTS").is_some()
}

/// Scores of so many runs.
pub(crate) fn score(plan: &Arc<Plan>, seed: u64, runs: u32) -> Summary {
    score_of(&simulation(plan), seed, runs)
}

/// The same of a simulation that may have planned before: what it remembers is not planned again.
pub(crate) fn score_of(simulation: &Simulation, seed: u64, runs: u32) -> Summary {
    let (plan, stop) = (simulation.plan(), AtomicBool::new(false));
    batch::run_with(plan, simulation, BatchOptions { seed, runs }, &|_| {}, &stop).scorecard.summary(plan)
}

/// The events of one whole run.
pub(crate) fn log(plan: &Arc<Plan>, seed: u64, run: u32) -> Vec<Event> {
    log_of(&mut simulation(plan), seed, run)
}

/// The same of a simulation that may have had other runs before.
pub(crate) fn log_of(simulation: &mut Simulation, seed: u64, run: u32) -> Vec<Event> {
    simulation.start(seed, run);
    let mut log = Log::default();
    simulation.finish(&mut log);
    log.0
}

/// What the binary said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the binary in the root of the repository, not on a terminal.
pub(crate) fn doorward(arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_doorward"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("text in UTF-8");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// What it prints when all is well.
#[track_caller]
pub(crate) fn prints(arguments: &[&str]) -> String {
    let said = doorward(arguments);
    assert_eq!(said.code, Some(0), "{arguments:?}\n{}", said.err);
    said.out
}

/// Zones from which nobody gets off the site or to the place where people gather without a badge, by portals that let
/// through.
pub(crate) fn trapped(plan: &Plan, mut lets: impl FnMut(PortalId, Direction) -> bool) -> Vec<String> {
    let safe = |zone: &usize| plan.zones[*zone].offsite() || plan.muster.is_some_and(|muster| muster.index() == *zone);
    let mut out: BTreeSet<usize> = (0..plan.zones.len()).filter(safe).collect();
    loop {
        let inside = (0..plan.zones.len()).filter(|zone| !out.contains(zone));
        let mut leads_out = |zone: &usize| {
            let mut ways = plan.zones[*zone].ways.iter();
            ways.any(|&(p, d)| out.contains(&plan.zone_beyond(p, d).index()) && lets(p, d))
        };
        let (more, left): (Vec<usize>, Vec<usize>) = inside.partition(&mut leads_out);
        if more.is_empty() {
            return left.into_iter().map(|zone| plan.zones[zone].name.clone()).collect();
        }
        out.extend(more);
    }
}
