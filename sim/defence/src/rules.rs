//! The shipped defence: rules, playbook and access policy from a file, compiled.
//!
//! ```text
//! report -> kind -> visits of that kind -> scope, filter -> story -> score, quiet? -> points, alarm, responses
//! ```
//!
//! An observation costs the rules of its kind and no allocation; one that no rule watches costs a table look-up.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::kind::Kind;
use doorward_model::plan::{AccessPolicy, Condition, Join, Plan, Play, Response, Rule};
use doorward_model::signal::{
    AccessRequest, Because, Decision, DefenderView, Observed, Order, Orders, PlaceView, Report, Subject, Wake,
};

use crate::access;
use crate::defence::Defence;
use crate::facts::{Facts, Marks};
use crate::filter::{Filter, Scope};
use crate::incident::{Incident, Sheet};
use crate::memory::{Sight, Table};
use crate::risk::Scores;
use crate::site::Site;
use crate::story::{Story, read_token};

/// A defence that follows the rules of its file.
#[derive(Clone, Debug)]
pub struct RuleDefence {
    /// What never changes; shared by copies.
    book: Arc<Book>,
    /// What each rule remembers, by rule.
    memories: Vec<Memory>,
    /// What they share.
    common: Common,
}

/// Everything that is fixed before a run.
#[derive(Debug)]
struct Book {
    site: Site,
    access: AccessPolicy,
    rules: Vec<Compiled>,
    /// Who looks at a report, by kind. Whoever looks at passbacks comes upon them among the granted badges: under that
    /// kind stand the visits of both, in the order of the rules.
    visits: [Vec<Visit>; Kind::COUNT],
    plays: Vec<Play>,
}

/// A rule.
#[derive(Debug)]
struct Compiled {
    scope: Scope,
    when: Filter,
    /// The earlier observation of a sequence, or the one that should follow.
    other: Option<Filter>,
    quiet: SimDuration,
    raise: Option<(Option<QueueId>, u8)>,
    respond: Vec<Response>,
    /// Points that it adds to a score.
    risk: u32,
    /// The score that it asks for.
    risk_from: u32,
}

/// A rule that looks at a kind of report, and as what.
#[derive(Clone, Copy, Debug)]
struct Visit {
    rule: RuleId,
    part: Part,
    /// What has to be seen in the report: asked before the rule is looked up, since it is most often missing.
    needs: Marks,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    When,
    Other,
}

#[derive(Clone, Debug)]
struct Memory {
    story: Story,
    /// Last firing by subject.
    fired: Table<SimTime>,
}

/// What the rules of a run share.
#[derive(Clone, Debug)]
struct Common {
    /// Alarms of this run: the engine numbers them in the order in which they were raised.
    alarms: Vec<Alarm>,
    /// Risk scores of identities.
    scores: Scores,
}

#[derive(Clone, Copy, Debug)]
struct Alarm {
    incident: Incident,
    answered: bool,
}

impl RuleDefence {
    /// Compiles the policy of a plan. Only what is installed and how it is run is read; nothing of the threat.
    pub fn new(plan: Arc<Plan>) -> Self {
        let book = Book::compile(&plan);
        let memories =
            book.rules.iter().zip(&plan.policy.rules).map(|(rule, source)| Memory::new(rule, source, &book.site));
        let half_life = book.access.risk.map(|risk| risk.half_life);
        let scores = Scores::new(half_life, book.site.keys(Join::Identity));
        let common = Common { alarms: Vec::with_capacity(256), scores };
        Self { memories: memories.collect(), common, book: Arc::new(book) }
    }

    /// How many rules one observation visits at most, each counted once for each part of it that looks.
    pub fn visits_at_most(&self) -> usize {
        self.book.visits.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The rules that look at a kind of report.
    // Apart, so that a report which no rule looks at costs a table look-up.
    #[inline(never)]
    fn visit(&mut self, kind: Kind, seen: &Observed, view: &DefenderView, orders: &mut Orders) {
        let Self { book, memories, common } = self;
        let Some(facts) = Facts::of(&book.site, &seen.report, view.week_ms) else { return };
        let sight = Sight { at: view.now, id: seen.id };
        for visit in book.visits[kind as usize].iter().filter(|visit| facts.marks.include(visit.needs)) {
            let (rule, memory) = (&book.rules[visit.rule.index()], &mut memories[visit.rule.index()]);
            match visit.part {
                Part::When => {
                    if rule.scope.covers(&facts, view.week_ms)
                        && rule.when.admits(&facts)
                        && let Some(incident) = memory.story.when(visit.rule, &facts, sight, orders)
                    {
                        rule.fire(incident, view.now, &book.site, memory, common, orders);
                    }
                }
                Part::Other => {
                    if rule.other.as_ref().is_some_and(|other| other.admits(&facts)) {
                        memory.story.other(&facts, sight);
                    }
                }
            }
        }
    }

    /// A person classed an alarm as hostile: the plays that answer it, once.
    fn answer(&mut self, id: AlarmId, orders: &mut Orders) {
        if let Some(alarm) = self.common.alarms.get_mut(id.index()).filter(|alarm| !alarm.answered) {
            alarm.answered = true;
            let rule = alarm.incident.rule.index();
            let plays = self.book.plays.iter().filter(|p| p.rules.as_ref().is_none_or(|rules| rules.contains(rule)));
            let responses = plays.flat_map(|play| &play.respond);
            alarm.incident.respond(&self.book.site, responses, &mut Sheet::new(orders, Because::Alarm(id)));
        }
    }
}

impl Defence for RuleDefence {
    fn decide(&mut self, request: &AccessRequest, view: &PlaceView) -> Decision {
        access::decide(&self.book.access, &self.book.site, &self.common.scores, request, view)
    }

    fn observe(&mut self, seen: &Observed, view: &DefenderView, orders: &mut Orders) {
        match kind_of(&seen.report) {
            Some(kind) if !self.book.visits[kind as usize].is_empty() => self.visit(kind, seen, view, orders),
            Some(_) => {}
            None => {
                if let Report::Assessed { alarm, hostile: true } = seen.report {
                    self.answer(alarm, orders);
                }
            }
        }
    }

    fn risk(&self, person: PersonId, now: SimTime) -> Option<u32> {
        self.book.access.risk.map(|_| self.common.scores.at(person, now))
    }

    fn wake(&mut self, token: Wake, view: &DefenderView, orders: &mut Orders) {
        let (id, key) = read_token(token);
        let Self { book, memories, common } = self;
        if let (Some(rule), Some(memory)) = (book.rules.get(id.index()), memories.get_mut(id.index()))
            && let Some(incident) = memory.story.wake(id, key, view.now, orders)
        {
            rule.fire(incident, view.now, &book.site, memory, common, orders);
        }
    }

    fn reset(&mut self) {
        self.common.alarms.clear();
        self.common.scores.reset();
        for memory in &mut self.memories {
            memory.story.reset();
            memory.fired.reset();
        }
    }

    fn boxed_clone(&self) -> Box<dyn Defence> {
        Box::new(self.clone())
    }
}

impl Book {
    fn compile(plan: &Plan) -> Self {
        let (site, policy) = (Site::of(plan), &plan.policy);
        let rules: Vec<_> = policy.rules.iter().map(Compiled::new).collect();
        let mut visits = [const { Vec::new() }; Kind::COUNT];
        for (index, (rule, source)) in rules.iter().zip(&policy.rules).enumerate() {
            // A rule that needs a log which nobody reads, or an identity that nobody knows, can never fire. Above all,
            // what is not seen is not absent.
            let by_identity = join(&source.condition) == Some(Join::Identity);
            let known = |filter: &Filter| !by_identity || site.names_person(filter.kind);
            if rule.filters().all(|filter| filter.can_be_seen(&policy.reads, &site) && known(filter)) {
                for part in parts(&source.condition) {
                    if let Some(filter) = rule.filter(*part) {
                        let visit = Visit { rule: RuleId::from_index(index), part: *part, needs: filter.needs };
                        visits[filter.kind as usize].push(visit);
                        if filter.kind == Kind::AccessGranted {
                            visits[Kind::PassedBack as usize].push(visit);
                        }
                    }
                }
            }
        }
        Self { site, access: policy.access.clone(), rules, visits, plays: policy.plays.clone() }
    }
}

/// The kind that a report is dispatched by: a passback that was let in by that, for it is a granted badge besides.
fn kind_of(report: &Report) -> Option<Kind> {
    match report {
        Report::AccessGranted { passed_back: true, .. } => Some(Kind::PassedBack),
        report => Kind::of(report),
    }
}

/// What a condition joins by.
fn join(condition: &Condition) -> Option<Join> {
    match *condition {
        Condition::Once => None,
        Condition::Count { by, .. }
        | Condition::After { by, .. }
        | Condition::Without { by, .. }
        | Condition::Absence { by, .. } => Some(by),
    }
}

/// The parts of a condition, in the order in which one report that fits both is taken: it is neither its own
/// predecessor nor what follows it.
fn parts(condition: &Condition) -> &'static [Part] {
    match condition {
        Condition::Once | Condition::Count { .. } => &[Part::When],
        Condition::After { .. } | Condition::Without { .. } => &[Part::When, Part::Other],
        Condition::Absence { .. } => &[Part::Other, Part::When],
    }
}

impl Compiled {
    fn new(rule: &Rule) -> Self {
        let other = match &rule.condition {
            Condition::Once | Condition::Count { .. } => None,
            Condition::After { first: other, .. }
            | Condition::Without { first: other, .. }
            | Condition::Absence { of: other, .. } => Some(other),
        };
        Self {
            scope: Scope::of(rule),
            when: Filter::new(&rule.pattern),
            other: other.map(Filter::new),
            quiet: rule.quiet,
            raise: rule.raise,
            respond: rule.respond.clone(),
            risk: rule.risk,
            risk_from: rule.risk_from,
        }
    }

    fn filter(&self, part: Part) -> Option<&Filter> {
        match part {
            Part::When => Some(&self.when),
            Part::Other => self.other.as_ref(),
        }
    }

    fn filters(&self) -> impl Iterator<Item = &Filter> {
        [Some(&self.when), self.other.as_ref()].into_iter().flatten()
    }

    /// Counts, raises and responds, unless the score is too low for it or the same subject is to be quiet.
    ///
    /// The score is that of before: its own points do not count, those of rules that fired earlier on the same
    /// observation do. Where nobody is named, the score is zero and points are lost.
    fn fire(
        &self,
        incident: Incident,
        now: SimTime,
        site: &Site,
        memory: &mut Memory,
        common: &mut Common,
        orders: &mut Orders,
    ) {
        if self.risk_from > 0 && incident.person.map_or(0, |person| common.scores.at(person, now)) < self.risk_from {
            return;
        }
        let subject = index_of(incident.subject);
        if memory.fired.get(subject).is_some_and(|last| now - last < self.quiet) {
            return;
        }
        memory.fired.set(subject, now);
        if let Some(person) = incident.person.filter(|_| self.risk > 0) {
            common.scores.add(person, self.risk, now);
        }
        if let Some((queue, priority)) = self.raise {
            let Incident { rule, subject, person: _, zone, evidence } = incident;
            orders.give(Order::Raise { rule, subject, zone, queue, priority, evidence }, incident.because());
            common.alarms.push(Alarm { incident, answered: false });
        }
        incident.respond(site, self.respond.iter(), &mut Sheet::new(orders, incident.because()));
    }
}

impl Memory {
    fn new(rule: &Compiled, source: &Rule, site: &Site) -> Self {
        let story = Story::new(&source.condition, site);
        let by = join(&source.condition);
        let subjects = if rule.quiet == SimDuration::ZERO { 0 } else { subjects(site, rule.when.kind, by) };
        Self { fired: Table::new(subjects), story }
    }
}

/// The place of a subject among those of its sort. The subjects of one rule are of one sort, see [`subjects`].
fn index_of(subject: Subject) -> usize {
    match subject {
        Subject::Credential(id) => id.index(),
        Subject::Person(id) => id.index(),
        Subject::Account(id) => id.index(),
        Subject::Device(id) => id.index(),
        Subject::Portal(id) => id.index(),
        Subject::Zone(id) => id.index(),
    }
}

/// How many subjects a rule can fire about. Joined by identity it is always a person: without one there is no key.
fn subjects(site: &Site, kind: Kind, by: Option<Join>) -> usize {
    if by == Some(Join::Identity) {
        return site.keys(Join::Identity);
    }
    match kind {
        Kind::AccessGranted
        | Kind::AccessDenied
        | Kind::PassedBack
        | Kind::KeyDrawn
        | Kind::KeyRefused
        | Kind::KeyOverdue
        | Kind::Overstay
        | Kind::StayRefused
        | Kind::Duress
        | Kind::BadgeLost => site.keys(Join::Credential),
        Kind::AccessNotTaken
        | Kind::PortalForced
        | Kind::PortalHeld
        | Kind::Tailgate
        | Kind::LineFault
        | Kind::ItemRemoved => site.keys(Join::Portal),
        Kind::SensorActive
        | Kind::PanelOffline
        | Kind::Tamper
        | Kind::PersonReport
        | Kind::UnknownDevice
        | Kind::SlowSegment
        | Kind::LogGap
        | Kind::MainsLost
        | Kind::FireAlarm => site.keys(Join::Zone),
        Kind::Login
        | Kind::LoginRefused
        | Kind::RemoteUnlock
        | Kind::BadgeEnrolled
        | Kind::NetworkJoined
        | Kind::NetworkRefused
        | Kind::ConfigurationChanged
        | Kind::UnusualBehaviour => site.account_count(),
        Kind::FlowRefused | Kind::EndpointAlert | Kind::Health | Kind::DeviceDown => site.keys(Join::Device),
        Kind::IdentityEnded => site.keys(Join::Identity),
    }
}
