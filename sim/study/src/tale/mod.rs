//! One run, told event by event in words.

mod names;

use doorward_engine::{Event, Gain, Simulation, Truth, What, Who};
use doorward_model::base::{IdSet, SimTime};
use doorward_model::plan::Plan;
use doorward_model::signal::{Observed, Report};
use serde::{Deserialize, Serialize};

pub use names::{Names, words};

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
pub struct Interest {
    credentials: IdSet,
    accounts: IdSet,
}

impl Interest {
    /// Of who runs a plan: badges and accounts of its adversaries from the start.
    pub fn new(plan: &Plan) -> Self {
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

    /// Whether an event is ordinary traffic. Events have to come in order: what an adversary gains counts from then on.
    pub fn leaves_out(&mut self, event: &Event) -> bool {
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

/// The first line of a run that is written down: enough to run it again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Head {
    /// Always `run`, to tell it from the lines that follow.
    pub kind: String,
    /// Version that wrote it.
    pub doorward: String,
    /// Scenario file, as it was named.
    pub scenario: String,
    /// Defence, as it was named; none: the first of the scenario.
    pub defence: Option<String>,
    /// Changes, as `--set` takes them.
    pub changes: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// Run.
    pub run: u32,
    /// Whether ordinary traffic is told as well.
    pub all: bool,
}

impl Head {
    /// What `kind` is.
    pub const KIND: &str = "run";
}

/// Which side of the line an event is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What is the case.
    Truth,
    /// What the defence was shown.
    Observed,
}

impl Side {
    /// In a word.
    pub fn title(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::Observed => "observed",
        }
    }
}

/// An event in words.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Line {
    /// When.
    #[serde(rename = "at_ms")]
    pub at: SimTime,
    /// Truth or observed.
    pub kind: Side,
    /// What.
    pub text: String,
    event: Inner,
    /// The steps of a plan that was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Vec<String>>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
enum Inner {
    Truth(Truth),
    Observed(Observed),
}

impl Line {
    /// Of an event that a simulation has just told.
    pub fn new(event: &Event, simulation: &Simulation) -> Self {
        let names = Names(simulation.plan());
        let (kind, text, inner) = match event.what {
            What::Truth(truth) => (Side::Truth, names.truth(&truth), Inner::Truth(truth)),
            What::Observed(observed) => (Side::Observed, names.observed(&observed), Inner::Observed(observed)),
        };
        Self { at: event.at, kind, text, event: inner, plan: plan_steps(simulation, event) }
    }
}
