//! The shipped defence: rules, playbook and access policy from a file, compiled.
//!
//! ```text
//! report -> kind -> visits of that kind -> scope, filter -> story -> quiet? -> alarm, responses
//! ```
//!
//! An observation costs the rules of its kind and no allocation; one that no rule watches costs a table look-up.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::defence::AccessFile;
use doorward_model::plan::{Condition, Join, Plan, Play, Response, Rule};
use doorward_model::signal::{
    AccessRequest, Because, Decision, DefenderView, Observed, Order, Orders, PlaceView, Report, Subject, Wake,
};

use crate::access;
use crate::defence::Defence;
use crate::facts::Facts;
use crate::filter::{Filter, Scope};
use crate::incident::{Incident, Sheet};
use crate::kind::Kind;
use crate::memory::{Sight, Table};
use crate::site::Site;
use crate::story::{Story, read_token};

/// A defence that follows the rules of its file.
#[derive(Clone, Debug)]
pub struct RuleDefence {
    /// What never changes; shared by copies.
    book: Arc<Book>,
    /// What each rule remembers, by rule.
    memories: Vec<Memory>,
    /// Alarms of this run: the engine numbers them in the order in which they were raised.
    alarms: Vec<Alarm>,
}

/// Everything that is fixed before a run.
#[derive(Debug)]
struct Book {
    site: Site,
    access: AccessFile,
    rules: Vec<Compiled>,
    /// Who looks at a report, by kind.
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
}

/// A rule that looks at a kind of report, and as what.
#[derive(Clone, Copy, Debug)]
struct Visit {
    rule: RuleId,
    part: Part,
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
        Self { memories: memories.collect(), alarms: Vec::with_capacity(256), book: Arc::new(book) }
    }

    /// A person classed an alarm as hostile: the plays that answer it, once.
    fn answer(&mut self, id: AlarmId, orders: &mut Orders) {
        if let Some(alarm) = self.alarms.get_mut(id.index()).filter(|alarm| !alarm.answered) {
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
        access::decide(&self.book.access, &self.book.site, request, view)
    }

    fn observe(&mut self, seen: &Observed, view: &DefenderView, orders: &mut Orders) {
        if let Report::Assessed { alarm, hostile: true } = seen.report {
            return self.answer(alarm, orders);
        }
        let Self { book, memories, alarms } = self;
        let visits = Kind::of(&seen.report).map_or(&[][..], |kind| &book.visits[kind as usize]);
        if visits.is_empty() {
            return;
        }
        let Some(facts) = Facts::of(&book.site, &seen.report, view.week_ms) else { return };
        let sight = Sight { at: view.now, id: seen.id };
        for visit in visits {
            let (rule, memory) = (&book.rules[visit.rule.index()], &mut memories[visit.rule.index()]);
            match visit.part {
                Part::When => {
                    if rule.scope.covers(&facts, view.week_ms)
                        && rule.when.admits(&facts)
                        && let Some(incident) = memory.story.when(visit.rule, &facts, sight, orders)
                    {
                        rule.fire(incident, view.now, &book.site, memory, alarms, orders);
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

    fn wake(&mut self, token: Wake, view: &DefenderView, orders: &mut Orders) {
        let (id, key) = read_token(token);
        let Self { book, memories, alarms } = self;
        if let (Some(rule), Some(memory)) = (book.rules.get(id.index()), memories.get_mut(id.index()))
            && let Some(incident) = memory.story.wake(id, key, view.now, orders)
        {
            rule.fire(incident, view.now, &book.site, memory, alarms, orders);
        }
    }

    fn reset(&mut self) {
        self.alarms.clear();
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
        let policy = &plan.policy;
        let rules: Vec<_> = policy.rules.iter().map(Compiled::new).collect();
        let mut visits = [const { Vec::new() }; Kind::COUNT];
        for (index, (rule, source)) in rules.iter().zip(&policy.rules).enumerate() {
            // A rule that needs a log which nobody reads can never fire. Above all, what is not read is not absent.
            if rule.kinds().all(|kind| policy.reads.contains(&kind.log())) {
                for part in parts(&source.condition) {
                    if let Some(filter) = rule.filter(*part) {
                        visits[filter.kind as usize].push(Visit { rule: RuleId::from_index(index), part: *part });
                    }
                }
            }
        }
        Self { site: Site::of(plan), access: policy.access.clone(), rules, visits, plays: policy.plays.clone() }
    }
}

/// The parts of a condition, in the order in which one report that fits both is taken: it is neither its own
/// predecessor nor what follows it.
fn parts(condition: &Condition) -> &'static [Part] {
    match condition {
        Condition::Once | Condition::Count { .. } => &[Part::When],
        Condition::After { .. } => &[Part::When, Part::Other],
        Condition::Absence { .. } => &[Part::Other, Part::When],
    }
}

impl Compiled {
    fn new(rule: &Rule) -> Self {
        let other = match &rule.condition {
            Condition::Once | Condition::Count { .. } => None,
            Condition::After { first: other, .. } | Condition::Absence { of: other, .. } => Some(other),
        };
        Self {
            scope: Scope::of(rule),
            when: Filter::new(&rule.pattern),
            other: other.map(Filter::new),
            quiet: rule.quiet,
            raise: rule.raise,
            respond: rule.respond.clone(),
        }
    }

    fn filter(&self, part: Part) -> Option<&Filter> {
        match part {
            Part::When => Some(&self.when),
            Part::Other => self.other.as_ref(),
        }
    }

    fn kinds(&self) -> impl Iterator<Item = Kind> {
        [Some(&self.when), self.other.as_ref()].into_iter().flatten().map(|filter| filter.kind)
    }

    /// Raises and responds, unless the same subject is to be quiet.
    fn fire(
        &self,
        incident: Incident,
        now: SimTime,
        site: &Site,
        memory: &mut Memory,
        alarms: &mut Vec<Alarm>,
        orders: &mut Orders,
    ) {
        let subject = index_of(incident.subject);
        if memory.fired.get(subject).is_some_and(|last| now - last < self.quiet) {
            return;
        }
        memory.fired.set(subject, now);
        if let Some((queue, priority)) = self.raise {
            let Incident { rule, subject, zone, evidence } = incident;
            orders.give(Order::Raise { rule, subject, zone, queue, priority, evidence }, incident.because());
            alarms.push(Alarm { incident, answered: false });
        }
        incident.respond(site, self.respond.iter(), &mut Sheet::new(orders, incident.because()));
    }
}

impl Memory {
    fn new(rule: &Compiled, source: &Rule, site: &Site) -> Self {
        let story = Story::new(&source.condition, site);
        let subjects = if rule.quiet == SimDuration::ZERO { 0 } else { subjects(site, rule.when.kind, story.join()) };
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
        Kind::AccessGranted | Kind::AccessDenied => site.keys(Join::Credential),
        Kind::PortalForced | Kind::PortalHeld => site.keys(Join::Portal),
        Kind::SensorActive | Kind::PanelOffline | Kind::PersonReport => site.keys(Join::Zone),
        Kind::Login | Kind::LoginRefused | Kind::RemoteUnlock | Kind::BadgeEnrolled => site.account_count(),
        Kind::FlowRefused | Kind::EndpointAlert => site.keys(Join::Device),
    }
}
