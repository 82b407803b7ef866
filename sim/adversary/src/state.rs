//! Where a team stands: positions, clocks, facts in hand, risk taken; and the
//! rules by which a step changes it.
//!
//! The planner, its exhaustive oracle and the agent's forecast all use these
//! rules, so that they cannot disagree about what a step means.

use doorward_model::base::{ActorId, ZoneId};
use doorward_model::plan::Job;

use crate::graph::{Deed, Fact, FactId, Graph, Ground, SpotId, Step, StepId};

/// Not there, or not gained.
const NEVER: u64 = u64::MAX;
/// Position of an actor at a computer far away.
const DESK: u64 = u64::MAX - 1;

/// Where an actor is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Whereabouts {
    /// Out of it.
    Gone,
    /// Far away at a computer.
    Desk,
    /// On foot.
    At(SpotId),
}

/// One team's state, in one block: positions, then the vector that dominance
/// compares (clocks, risk, times from which facts are of use).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct State {
    actors: u32,
    /// Simulated time at which its clocks stand at zero; zero where nothing depends on it.
    epoch: u64,
    cells: Box<[u64]>,
}

impl State {
    /// Everybody at their place at time zero; `ready` tells what they have.
    pub(crate) fn new(places: &[Whereabouts], facts: &[Fact], ready: impl Fn(Fact) -> Option<u64>) -> State {
        let positions = places.iter().map(|place| match place {
            Whereabouts::Gone => NEVER,
            Whereabouts::Desk => DESK,
            Whereabouts::At(spot) => u64::from(spot.0),
        });
        let clocks = places.iter().map(|&place| if place == Whereabouts::Gone { NEVER } else { 0 });
        let facts = facts.iter().map(|&fact| ready(fact).unwrap_or(NEVER));
        State {
            actors: places.len() as u32,
            epoch: 0,
            cells: positions.chain(clocks).chain([0]).chain(facts).collect(),
        }
    }

    /// The same at another time.
    pub(crate) fn at(self, epoch: u64) -> State {
        State { epoch, ..self }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(crate) fn actors(&self) -> usize {
        self.actors as usize
    }

    pub(crate) fn place(&self, actor: usize) -> Whereabouts {
        match self.cells[actor] {
            NEVER => Whereabouts::Gone,
            DESK => Whereabouts::Desk,
            spot => Whereabouts::At(SpotId(spot as u32)),
        }
    }

    pub(crate) fn stand(&mut self, actor: usize, spot: SpotId) {
        self.cells[actor] = u64::from(spot.0);
    }

    pub(crate) fn clock(&self, actor: usize) -> u64 {
        self.cells[self.actors() + actor]
    }

    pub(crate) fn set_clock(&mut self, actor: usize, ms: u64) {
        let at = self.actors() + actor;
        self.cells[at] = ms;
    }

    pub(crate) fn risk(&self) -> u64 {
        self.cells[2 * self.actors()]
    }

    /// From when on a fact is of use; none: not gained.
    pub(crate) fn ready(&self, fact: FactId) -> Option<u64> {
        Some(self.cells[self.facts_at() + fact.index()]).filter(|&ms| ms != NEVER)
    }

    /// The same with the risk so far forgotten: it is paid, whatever comes.
    pub(crate) fn without_risk(mut self) -> State {
        let at = 2 * self.actors();
        self.cells[at] = 0;
        self
    }

    /// Gains a fact, unless it is there sooner.
    pub(crate) fn gain(&mut self, fact: FactId, ms: u64) {
        let at = self.facts_at() + fact.index();
        self.cells[at] = self.cells[at].min(ms);
    }

    fn facts_at(&self) -> usize {
        2 * self.actors() + 1
    }

    /// The same with these facts alone, in this order.
    pub(crate) fn keeping(&self, facts: &[FactId]) -> State {
        let at = self.facts_at();
        let kept = facts.iter().map(|fact| self.cells[at + fact.index()]);
        State { actors: self.actors, epoch: self.epoch, cells: self.cells[..at].iter().copied().chain(kept).collect() }
    }

    /// Positions and facts: states are compared within one key alone.
    pub(crate) fn key(&self, key: &mut Vec<u64>) {
        key.clear();
        key.extend_from_slice(&self.cells[..self.actors()]);
        let facts = &self.cells[self.facts_at()..];
        key.extend(
            facts
                .chunks(64)
                .map(|chunk| chunk.iter().enumerate().fold(0, |word, (i, &ms)| word | u64::from(ms != NEVER) << i)),
        );
    }

    /// Whether this is nowhere later and no riskier. Keys must be equal.
    pub(crate) fn dominates(&self, other: &State) -> bool {
        let from = self.actors();
        self.cells[from..].iter().zip(&other.cells[from..]).all(|(mine, theirs)| mine <= theirs)
    }

    /// By how much this is later in whatever is latest in it by comparison; negative: all of it is sooner. Keys must be
    /// equal.
    pub(crate) fn lag(&self, other: &State) -> i64 {
        let n = self.actors();
        let clocks = self.cells[n..2 * n].iter().zip(&other.cells[n..2 * n]);
        let facts = self.cells[2 * n + 1..].iter().zip(&other.cells[2 * n + 1..]);
        let had = clocks.chain(facts).filter(|(mine, _)| **mine != NEVER);
        had.map(|(mine, theirs)| mine.wrapping_sub(*theirs) as i64).max().unwrap_or(0)
    }

    /// A fact that is there before anybody can move again is there now:
    /// states that differ only in the past become equal.
    fn level(&mut self) {
        let n = self.actors();
        let now = self.cells[n..2 * n].iter().copied().min().unwrap_or(0);
        for cell in &mut self.cells[2 * n + 1..] {
            *cell = (*cell).max(now);
        }
    }

    /// The latest clock of anybody.
    pub(crate) fn latest(&self) -> u64 {
        let n = self.actors();
        self.cells[n..2 * n].iter().copied().filter(|&ms| ms != NEVER).max().unwrap_or(0)
    }

    /// The earliest clock of anybody: nothing begins before.
    pub(crate) fn earliest(&self) -> u64 {
        let n = self.actors();
        self.cells[n..2 * n].iter().copied().min().unwrap_or(0)
    }
}

/// A step with who does it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Move {
    pub(crate) step: StepId,
    pub(crate) actor: ActorId,
    /// Who is at the console, of a release.
    pub(crate) partner: Option<ActorId>,
}

/// When a move begins and ends, and where its connection comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) start: u64,
    /// End of the deed itself; the partner of a release is free from here on.
    pub(crate) done: u64,
    /// End for the actor.
    pub(crate) end: u64,
    pub(crate) origin: Option<FactId>,
}

impl Graph {
    /// Whether an actor is at a computer: far away, or at a jack with a device of their own.
    pub(crate) fn at_console(&self, state: &State, actor: usize) -> bool {
        match state.place(actor) {
            Whereabouts::Gone => false,
            Whereabouts::Desk => true,
            Whereabouts::At(spot) => self.works_in(state, self.zone_of(spot)),
        }
    }

    fn works_in(&self, state: &State, zone: ZoneId) -> bool {
        self.sockets.iter().any(|socket| socket.zone == zone && state.ready(socket.attached).is_some())
    }

    /// Time to walk to where a step is done; none if the actor cannot do it from where they are.
    pub(crate) fn lead(&self, state: &State, step: &Step, actor: usize) -> Option<u64> {
        self.lead_to(state, step.ground, actor)
    }

    fn lead_to(&self, state: &State, ground: Ground, actor: usize) -> Option<u64> {
        match (ground, state.place(actor)) {
            (_, Whereabouts::Gone) | (Ground::Zone(_) | Ground::Spot { .. }, Whereabouts::Desk) => None,
            (Ground::Console, _) => self.at_console(state, actor).then_some(0),
            (Ground::Zone(zone), Whereabouts::At(spot)) => (self.zone_of(spot) == zone).then_some(0),
            (Ground::Spot { at, .. }, Whereabouts::At(spot)) => {
                (self.zone_of(spot) == self.zone_of(at)).then(|| self.walk_ms(spot, at))
            }
        }
    }

    /// The origin that is of use first to an actor. A desk is of use to those who sit at it.
    fn origin(&self, state: &State, step: &Step, actor: usize) -> Option<(u64, FactId)> {
        let on_foot = matches!(state.place(actor), Whereabouts::At(_));
        step.origins
            .iter()
            .filter(|fact| !(on_foot && matches!(self.facts[fact.index()], Fact::Desk(_))))
            .filter_map(|&fact| state.ready(fact).map(|ms| (ms, fact)))
            .min()
    }

    /// When a move can be made in a state; none if it cannot.
    pub(crate) fn timing(&self, state: &State, a_move: Move) -> Option<Timing> {
        let step = self.step(a_move.step);
        let actor = a_move.actor.index();
        if step.only.is_some_and(|only| only != a_move.actor) {
            return None;
        }
        let mut start = state.clock(actor).saturating_add(self.lead(state, step, actor)?);
        for &need in &step.needs {
            start = start.max(state.ready(need)?);
        }
        let mut origin = None;
        if !step.origins.is_empty() {
            // The connection of a release is its partner's.
            let (ms, fact) = self.origin(state, step, a_move.partner.map_or(actor, ActorId::index))?;
            start = start.max(ms);
            origin = Some(fact);
        }
        if let Some(partner) = a_move.partner {
            if partner == a_move.actor {
                return None;
            }
            let lead = self.lead_to(state, step.partner, partner.index())?;
            start = start.max(state.clock(partner.index()).saturating_add(lead));
        } else if matches!(step.deed, Deed::Release { .. }) {
            return None;
        }
        let start = self.open_from(state, step, start)?;
        let done = start.saturating_add(step.ms);
        Some(Timing { start, done, end: done.saturating_add(step.pass_ms), origin })
    }

    /// From when on, not before a time, a step can begin.
    pub(crate) fn open_from(&self, state: &State, step: &Step, ms: u64) -> Option<u64> {
        step.hours.next(state.epoch.saturating_add(ms)).map(|at| at - state.epoch)
    }

    /// When a move is made, supposing that what it needs and nobody has yet is there in time.
    pub(crate) fn supposed(&self, state: &State, a_move: Move) -> (Move, Timing) {
        if let Some(timing) = self.timing(state, a_move) {
            return (a_move, timing);
        }
        let step = self.step(a_move.step);
        let actor = a_move.actor.index();
        let mut start = state.clock(actor).saturating_add(self.lead(state, step, actor).unwrap_or(0));
        for &fact in &step.needs {
            start = start.max(state.ready(fact).unwrap_or(0));
        }
        let start = self.open_from(state, step, start).unwrap_or(start);
        // A release without a partner has been given already: only the passage is left.
        let released = matches!(step.deed, Deed::Release { .. }) && a_move.partner.is_none();
        let done = if released { start } else { start.saturating_add(step.ms) };
        (a_move, Timing { start, done, end: done.saturating_add(step.pass_ms), origin: None })
    }

    /// The state after a move.
    pub(crate) fn after(&self, state: &State, a_move: Move, timing: Timing) -> State {
        let mut next = state.clone();
        self.settle(&mut next, a_move, timing);
        next.level();
        next
    }

    /// Carries out a move on a state.
    pub(crate) fn settle(&self, state: &mut State, a_move: Move, timing: Timing) {
        let step = self.step(a_move.step);
        let actor = a_move.actor.index();
        let risk = step.risk + if self.loaded(state, actor) { step.risk_loaded } else { 0 };
        let at = 2 * state.actors();
        state.cells[at] = state.cells[at].saturating_add(risk);
        state.set_clock(actor, timing.end);
        if let Some(partner) = a_move.partner {
            state.set_clock(partner.index(), timing.done);
            if let Ground::Spot { to, .. } = step.partner {
                state.stand(partner.index(), to);
            }
        }
        if let Ground::Spot { to, .. } = step.ground {
            state.stand(actor, to);
        }
        for &(fact, delay) in &step.gives {
            state.gain(fact, timing.end.saturating_add(delay));
        }
        if let (Deed::Job(Job::Take { .. }), Some(load)) = (step.deed, self.carried[actor]) {
            state.gain(load, timing.end);
        }
        self.settle_theft(state, actor);
    }

    /// A theft is done when the asset is beyond the boundary.
    fn settle_theft(&self, state: &mut State, actor: usize) {
        if let Whereabouts::At(spot) = state.place(actor)
            && self.spots[spot.index()].offsite
            && self.loaded(state, actor)
        {
            let ms = state.clock(actor);
            state.gain(self.objective, ms);
        }
    }

    /// Whether an actor carries the asset.
    pub(crate) fn loaded(&self, state: &State, actor: usize) -> bool {
        self.carried[actor].is_some_and(|load| state.ready(load).is_some())
    }

    /// Every move that can be made in a state, in a fixed order.
    pub(crate) fn moves(&self, state: &State, mut found: impl FnMut(Move, Timing)) {
        let mut offer = |a_move: Move| {
            if let Some(timing) = self.timing(state, a_move) {
                found(a_move, timing);
            }
        };
        for actor in 0..state.actors() {
            let id = ActorId(actor as u32);
            if let Whereabouts::At(spot) = state.place(actor) {
                for &step in &self.index.by_zone[self.zone_of(spot).index()] {
                    if matches!(self.step(step).deed, Deed::Release { .. }) {
                        for partner in 0..state.actors() {
                            offer(Move { step, actor: id, partner: Some(ActorId(partner as u32)) });
                        }
                    } else {
                        offer(Move { step, actor: id, partner: None });
                    }
                }
            }
            if self.at_console(state, actor) {
                for &step in &self.index.console {
                    offer(Move { step, actor: id, partner: None });
                }
            }
        }
    }
}
