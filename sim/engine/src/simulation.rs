//! The clock: one event after the other, for the batch, a trace and a viewer alike.

use std::sync::Arc;

use doorward_adversary::Agent;
use doorward_defence::Defence;
use doorward_model::base::*;
use doorward_model::plan::{Direction, Plan};
use doorward_model::signal::*;

use crate::event::{Event, Observer, Truth, What};
use crate::gate::{Gate, Gates, ReaderAt};
use crate::world::{Cause, Command, World};

/// One simulated site, from the start of a run to its horizon.
///
/// A clone is a checkpoint: it goes on exactly as the original does.
pub struct Simulation {
    plan: Arc<Plan>,
    gates: Arc<Gates>,
    world: World,
    defence: Box<dyn Defence>,
    agents: Vec<Agent>,
}

impl Clone for Simulation {
    fn clone(&self) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            gates: Arc::clone(&self.gates),
            world: self.world.clone(),
            defence: self.defence.boxed_clone(),
            agents: self.agents.clone(),
        }
    }
}

impl std::fmt::Debug for Simulation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("plan", &self.plan.scenario)
            .field("world", &self.world)
            .finish_non_exhaustive()
    }
}

impl Simulation {
    /// A simulation of a plan under a defence, ready for [`Simulation::start`]. Attack graphs are compiled here, once.
    pub fn new(plan: Arc<Plan>, defence: Box<dyn Defence>) -> Self {
        let agents = (0..plan.adversaries.len()).map(|a| Agent::new(&plan, AdversaryId::from_index(a))).collect();
        let (world, gates) = (World::new(&plan), Arc::new(Gates::new(&plan)));
        let mut simulation = Self { plan, gates, world, defence, agents };
        simulation.start(0, 0);
        simulation
    }

    /// The same with another mind for an adversary.
    #[must_use]
    pub fn with_agent(mut self, adversary: AdversaryId, agent: Agent) -> Self {
        self.agents[adversary.index()] = agent;
        self
    }

    /// Begins a run. What follows depends on the plan, the seed and the run alone.
    pub fn start(&mut self, seed: u64, run: u32) {
        self.world.reset(&self.plan, seed, run);
        self.defence.reset();
        for agent in &mut self.agents {
            agent.reset();
        }
        Ctx::of(self, &mut crate::event::Nobody).open();
    }

    /// Handles the next event that is not stale; `false` once the run is over.
    pub fn step<O: Observer>(&mut self, observer: &mut O) -> bool {
        Ctx::of(self, observer).step()
    }

    /// Runs to the horizon.
    pub fn finish<O: Observer>(&mut self, observer: &mut O) {
        let mut ctx = Ctx::of(self, observer);
        while ctx.step() {}
    }

    /// Runs until the clock shows a time, or the horizon.
    pub fn run_until<O: Observer>(&mut self, at: SimTime, observer: &mut O) {
        let mut ctx = Ctx::of(self, observer);
        while ctx.world.queue.next_at().is_some_and(|next| next <= at) && ctx.pop().is_some() {}
    }

    /// The clock.
    pub fn now(&self) -> SimTime {
        self.world.now
    }

    /// Events so far: live ones that took time. Stale ones and hops without delay do not count.
    pub fn events(&self) -> u64 {
        self.world.events
    }

    /// Events pending now.
    pub fn pending(&self) -> usize {
        self.world.queue.len()
    }

    /// Whether a portal lets somebody without a badge through now, if need be with an alarm: where it does not stand
    /// open, opens from this side or was released, by breaking the glass of an exit.
    pub fn lets_through(&mut self, portal: PortalId, direction: Direction) -> bool {
        let opens = Ctx::of(self, &mut crate::event::Nobody).opens(portal, direction);
        opens || self.plan.portals[portal.index()].lets_out(direction)
    }

    /// The plan.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// A team and its queue, as they are now.
    pub fn queue_view(&self, queue: QueueId) -> QueueView {
        let team = &self.plan.policy.queues[queue.index()];
        let state = &self.world.queues[queue.index()];
        let week_ms = self.plan.calendar.week_ms(self.world.now);
        let staffed = team.staffed.is_empty() || team.staffed.iter().any(|w| w.contains(week_ms));
        let operators = if staffed { team.operators } else { 0 };
        QueueView { waiting: state.waiting.len() as u32, busy: state.busy, operators }
    }

    /// The state of everything.
    pub(crate) fn defence(&self) -> &dyn Defence {
        self.defence.as_ref()
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// An adversary's mind: its plan and what it believes.
    pub fn agent(&self, adversary: AdversaryId) -> &Agent {
        &self.agents[adversary.index()]
    }
}

/// A team at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueView {
    /// Alarms that nobody looks at yet.
    pub waiting: u32,
    /// Operators with an alarm, or writing one up; those whose shift is over finish what they have.
    pub busy: u32,
    /// Operators at work by their hours.
    pub operators: u32,
}

/// Everything that an event may touch, for as long as it is handled.
pub(crate) struct Ctx<'a, O> {
    pub plan: &'a Plan,
    pub gates: &'a Gates,
    pub world: &'a mut World,
    pub defence: &'a mut dyn Defence,
    pub agents: &'a mut [Agent],
    pub observer: &'a mut O,
}

impl<'a, O: Observer> Ctx<'a, O> {
    pub(crate) fn of(simulation: &'a mut Simulation, observer: &'a mut O) -> Self {
        Self {
            plan: &simulation.plan,
            gates: &simulation.gates,
            world: &mut simulation.world,
            defence: simulation.defence.as_mut(),
            agents: &mut simulation.agents,
            observer,
        }
    }

    /// Schedules what every run begins with.
    fn open(&mut self) {
        self.open_records();
        self.open_identity();
        self.open_people();
        self.open_operations();
        self.world.after(SimDuration::ZERO, Command::Hour);
        for index in 0..self.plan.injects.len() {
            let inject = &self.plan.injects[index];
            self.world.queue.push(inject.at, Command::Inject(index as u32), false);
        }
        for index in 0..self.plan.adversaries.len() {
            self.open_adversary(AdversaryId::from_index(index));
        }
    }

    fn step(&mut self) -> bool {
        loop {
            match self.pop() {
                Some(true) => return true,
                Some(false) => {}
                None => return false,
            }
        }
    }

    /// Handles the next entry of the queue: whether it was live; none once the run is over.
    fn pop(&mut self) -> Option<bool> {
        let Some((at, command, hop)) = self.world.queue.pop().filter(|(at, ..)| *at <= self.plan.horizon) else {
            self.end();
            return None;
        };
        self.world.now = at;
        let live = self.handle(command);
        self.world.events += u64::from(live && !hop);
        if let Some(portal) = self.world.shuts.take() {
            self.close(portal);
        }
        Some(live)
    }

    /// Nothing is left before the horizon.
    fn end(&mut self) {
        self.world.queue.clear();
        self.world.now = self.plan.horizon;
    }

    /// Carries out a command; `false` if it was stale.
    fn handle(&mut self, command: Command) -> bool {
        match command {
            Command::Hour => self.hour(),
            Command::Person(person, turn) => self.person(person, turn),
            Command::Day => self.day(),
            Command::Due(person, due) => self.due(person, due),
            Command::Counted(seen) => self.seen(seen),
            Command::Record(step, of) => self.record_step(step, of),
            Command::Identity(step, person) => self.identity_step(step, person),
            Command::Failure(step, of) => self.failure_step(step, of),
            Command::Decide(passage) => self.decide_passage(passage),
            Command::Through(passage) => self.through(passage),
            Command::Close(portal) => self.close(portal),
            Command::Held(portal, opening) => self.held(portal, opening),
            Command::Nuisance(sensor, n) => self.nuisance(sensor, n),
            Command::Flooded(sensor, n) => self.flooded(sensor, n),
            Command::Routine(routine, n) => self.routine(routine, n),
            Command::Inject(index) => self.inject(index),
            Command::Senses(sensor, actor, n) => self.senses(sensor, actor, n),
            Command::SensesLater(sensor, actor, n) => self.senses_later(sensor, actor, n),
            Command::Begin(adversary) => self.begin(adversary),
            Command::TimeIsUp(adversary) => self.time_is_up(adversary),
            Command::Actor(actor, stage, turn) => self.actor(actor, stage, turn),
            Command::Missed(adversary, index) => self.missed(adversary, index),
            Command::PersonReports(zone, actor, n) => self.person_reports(zone, actor, n),
            Command::Annunciate(alarm) => self.annunciate(alarm),
            Command::Escalate(alarm, queue) => self.escalate(alarm, queue),
            Command::Acknowledge(alarm) => self.acknowledge(alarm),
            Command::Verdict(alarm) => self.verdict(alarm),
            Command::Closed(alarm) => self.closed(alarm),
            Command::HandedOver(alarm, queue) => self.handed_over(alarm, queue),
            Command::ShiftChange(queue, which) => self.shift_changes(queue, which),
            Command::QueueOpens(queue) => self.queue_opens(queue),
            Command::Effect(index) => self.effect(index),
            Command::Restore(index) => self.restore(index),
            Command::Wake(token) => self.wake(token),
            Command::GuardAt(guard, turn) => self.guard_at(guard, turn),
            Command::GuardThrough(guard, turn) => self.guard_through(guard, turn),
            Command::SearchOver(guard, turn) => self.search_over(guard, turn),
            Command::Patrol(guard, round) => self.patrol_due(guard, round),
            Command::ForceArrives(force) => self.force_arrives(force),
            Command::Settle(adversary) => self.settle(adversary),
        }
    }

    /// A portal, as whoever goes through asks for it.
    #[inline]
    pub(crate) fn gate(&self, portal: PortalId) -> &'a Gate {
        self.gates.gate(portal)
    }

    /// The reader that lets through in a direction, as whoever presents a badge asks for it.
    #[inline]
    pub(crate) fn reader(&self, portal: PortalId, direction: Direction) -> Option<&'a ReaderAt> {
        self.gates.reader(portal, direction)
    }

    /// Time of the week.
    #[inline]
    pub(crate) fn week_ms(&self) -> u64 {
        self.plan.calendar.week_ms(self.world.now)
    }

    /// Tells what is the case.
    #[inline]
    pub(crate) fn tell(&mut self, truth: Truth) {
        self.observer.event(&Event { at: self.world.now, what: What::Truth(truth) });
    }

    /// Shows something to the defence, and takes its orders.
    // Inline, so that a report is written where it stays: one that is copied at once stalls.
    #[inline(always)]
    pub(crate) fn report(&mut self, report: Report, cause: Cause) {
        let id = ObservationId(self.world.causes.len() as u32);
        self.show(&Observed { id, at: self.world.now, report }, cause);
    }

    fn show(&mut self, seen: &Observed, cause: Cause) {
        if !self.log_reaches(&seen.report) {
            return self.tell(Truth::EventLost { panel: None });
        }
        self.world.causes.push(cause);
        if self.world.keeps_holders {
            let holder = self.log_holder(&seen.report);
            self.world.holders.push(holder);
        }
        if let Some(adversary) = cause.adversary() {
            self.leaves_traces(adversary, &seen.report, cause);
        }
        let view = DefenderView { now: self.world.now, week_ms: self.week_ms() };
        self.observer.event(&Event { at: self.world.now, what: What::Observed(*seen) });
        self.defence.observe(seen, &view, &mut self.world.orders);
        self.observer.observed(seen, &view, self.world.orders.as_slice());
        self.take_orders();
    }

    /// What an adversary caused was reported.
    #[cold]
    fn leaves_traces(&mut self, adversary: AdversaryId, report: &Report, cause: Cause) {
        let state = &mut self.world.adversaries[adversary.index()];
        if !std::mem::replace(&mut state.traced, true) {
            self.tell(Truth::FirstTrace { adversary });
        }
        // Whoever judged it harmless, or found nobody, writes down nothing of it.
        let says_nothing =
            matches!(report, Report::Assessed { hostile: false, .. } | Report::GuardReport { found: false, .. });
        if let Some((adversary, act)) = cause.act().filter(|_| !says_nothing) {
            self.on_record(adversary, act, self.log_holder(report));
        }
    }

    /// Something of a hostile act is on record; told once for each place.
    fn on_record(&mut self, adversary: AdversaryId, act: u16, device: Option<DeviceId>) {
        let told = &mut self.world.adversaries[adversary.index()].on_record;
        if !told.contains(&(act, device)) {
            told.push((act, device));
            self.tell(Truth::OnRecord { adversary, act: u32::from(act), device });
        }
    }

    #[inline(never)]
    fn wake(&mut self, token: Wake) -> bool {
        let view = DefenderView { now: self.world.now, week_ms: self.week_ms() };
        self.defence.wake(token, &view, &mut self.world.orders);
        self.observer.woke(token, &view, self.world.orders.as_slice());
        self.take_orders();
        true
    }

    /// Takes the orders that the defence has just written; nearly always there are none.
    #[inline(always)]
    fn take_orders(&mut self) {
        if !self.world.orders.as_slice().is_empty() {
            self.take_all_orders();
        }
    }

    #[cold]
    fn take_all_orders(&mut self) {
        let mut orders = std::mem::take(&mut self.world.orders);
        for ordered in orders.as_slice() {
            self.take_order(*ordered);
        }
        orders.clear();
        self.world.orders = orders;
    }
}
