//! Lower bounds on what a plan will cost.
//!
//! [`Tails`] looks backwards: the cheapest way on from one place or fact, if
//! everything else were at hand. It is a shortest path, computed once.
//!
//! [`Estimate`] looks forwards from a state: the cheapest AND/OR derivation of
//! the objective, with the costs of a step's inputs combined by their maximum
//! (Knuth's generalisation of Dijkstra). It forgets that one actor cannot do
//! two things at once and that risk adds up over branches, so it never
//! exceeds the true cost. Tails direct it, so that it visits little.

use doorward_model::plan::Job;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::{Deed, FactId, Graph, Ground, SpotId, Step, StepId};
use crate::state::{State, Whereabouts};

/// No way.
const NEVER: u64 = u64::MAX;

/// Costs from one place or fact to the objective, all else given.
#[derive(Clone, Debug)]
pub(crate) struct Tails {
    spots: usize,
    facts: usize,
    cost: Vec<u64>,
}

impl Tails {
    pub(crate) fn new(graph: &Graph) -> Tails {
        let mut tails = Tails { spots: graph.spots.len(), facts: graph.facts.len(), cost: Vec::new() };
        let nodes = 2 * tails.spots + tails.facts + 1;
        tails.cost = vec![NEVER; nodes];
        let mut back: Vec<Vec<(u32, u64)>> = vec![Vec::new(); nodes];
        tails.edges(graph, |from, to, cost| back[to].push((from as u32, cost)));

        // Whoever has walked in a zone does something before walking on in it.
        let mut walks = vec![false; nodes];
        let mut heap = BinaryHeap::new();
        let goal = tails.fact_node(graph.objective);
        tails.cost[goal] = 0;
        heap.push(Reverse((0_u64, goal)));
        while let Some(Reverse((cost, node))) = heap.pop() {
            if cost > tails.cost[node] {
                continue;
            }
            for &(from, more) in &back[node] {
                let (from, cost) = (from as usize, cost.saturating_add(more));
                if cost < tails.cost[from] || cost == tails.cost[from] && walks[from] {
                    tails.cost[from] = cost;
                    walks[from] = false;
                    heap.push(Reverse((cost, from)));
                }
            }
            if node >= 2 * tails.spots || walks[node] {
                continue;
            }
            let (to, loaded) = (SpotId::from_index(node / 2), node % 2 == 1);
            for &from in graph.index.spots_of_zone[graph.zone_of(to).index()].iter().filter(|&&from| from != to) {
                let cost = cost.saturating_add(graph.price.of(graph.walk_ms(from, to), 0));
                let from_node = place_node(from, loaded);
                if cost < tails.cost[from_node] {
                    tails.cost[from_node] = cost;
                    walks[from_node] = graph.spots[from.index()].point.is_some();
                    heap.push(Reverse((cost, from_node)));
                }
            }
        }
        tails
    }

    /// Whether any output of a step leads to the objective.
    pub(crate) fn leads_on(&self, step: &Step) -> bool {
        let on = match step.ground {
            Ground::Spot { to, .. } => self.place(to, false) < NEVER || self.place(to, true) < NEVER,
            Ground::Console | Ground::Zone(_) => false,
        };
        on || step.gives.iter().any(|&(fact, _)| self.fact(fact) < NEVER)
    }

    pub(crate) fn fact(&self, fact: FactId) -> u64 {
        self.cost[self.fact_node(fact)]
    }

    fn place(&self, spot: SpotId, loaded: bool) -> u64 {
        self.cost[place_node(spot, loaded)]
    }

    fn console(&self) -> u64 {
        self.cost[self.console_node()]
    }

    fn fact_node(&self, fact: FactId) -> usize {
        2 * self.spots + fact.index()
    }

    fn console_node(&self) -> usize {
        2 * self.spots + self.facts
    }

    /// Every edge from an input of a step to one of its outputs; walks within a zone are not among them.
    fn edges(&self, graph: &Graph, mut edge: impl FnMut(usize, usize, u64)) {
        if graph.steals() {
            for (i, _) in graph.spots.iter().enumerate().filter(|(_, spot)| spot.offsite) {
                edge(place_node(SpotId::from_index(i), true), self.fact_node(graph.objective), 0);
            }
        }
        for socket in &graph.sockets {
            edge(self.fact_node(socket.attached), self.console_node(), 0);
            for &spot in &graph.index.spots_of_zone[socket.zone.index()] {
                for loaded in [false, true] {
                    edge(place_node(spot, loaded), self.console_node(), 0);
                }
            }
        }
        for step in &graph.steps {
            for loaded in [false, true] {
                let cost = graph.cost_of(step, loaded);
                let mut inputs: Vec<usize> =
                    step.needs.iter().chain(&step.origins).map(|&fact| self.fact_node(fact)).collect();
                match step.ground {
                    Ground::Console => inputs.push(self.console_node()),
                    Ground::Zone(zone) => {
                        inputs.extend(graph.index.spots_of_zone[zone.index()].iter().map(|&s| place_node(s, loaded)));
                    }
                    Ground::Spot { at, .. } => inputs.push(place_node(at, loaded)),
                }
                if step.is_released_from_afar() {
                    inputs.push(self.console_node());
                }
                for input in inputs {
                    if let Ground::Spot { to, .. } = step.ground {
                        edge(input, place_node(to, loaded || step.loads()), cost);
                    }
                    for &(fact, delay) in &step.gives {
                        edge(input, self.fact_node(fact), cost.saturating_add(graph.price.of(delay, 0)));
                    }
                }
            }
        }
    }
}

fn place_node(spot: SpotId, loaded: bool) -> usize {
    2 * spot.index() + usize::from(loaded)
}

impl Graph {
    /// Whether something is to be carried away.
    fn steals(&self) -> bool {
        self.carried.iter().any(Option::is_some)
    }

    fn cost_of(&self, step: &Step, loaded: bool) -> u64 {
        let risk = step.risk + if loaded { step.risk_loaded } else { 0 };
        self.price.of(step.ms.saturating_add(step.pass_ms), risk)
    }
}

impl Step {
    pub(crate) fn is_release(&self) -> bool {
        matches!(self.deed, Deed::Release { .. })
    }

    /// Whether it takes a partner at a computer. Where the partner stands on foot, the bound does not ask for one.
    fn is_released_from_afar(&self) -> bool {
        self.is_release() && self.partner == Ground::Console
    }

    fn loads(&self) -> bool {
        matches!(self.deed, Deed::Job(Job::Take { .. }))
    }
}

/// An actor at a place, with or without the asset.
#[derive(Clone, Copy)]
struct Stand {
    actor: usize,
    spot: SpotId,
    loaded: bool,
}

/// What can be derived.
#[derive(Clone, Copy)]
enum Atom {
    Stand(Stand),
    Fact(FactId),
    Console,
}

/// The forward bound, with buffers that are used again.
pub(crate) struct Estimate<'g> {
    graph: &'g Graph,
    tails: Tails,
    releases: Vec<StepId>,
    value: Vec<u64>,
    /// By atom, the value of the place or fact in hand that its dearest chain of inputs begins with, and the waits in it.
    root: Vec<u64>,
    closed: Vec<bool>,
    /// By atom, whether it is a place that was walked to in its zone: nobody walks on from there without having done
    /// something.
    walked: Vec<bool>,
    /// By step, the cheapest of its origins that are derived: value and root.
    origin: Vec<Option<(u64, u64)>>,
    originated: Vec<StepId>,
    touched: Vec<usize>,
    heap: BinaryHeap<Reverse<(u64, u32)>>,
    atoms: Vec<Atom>,
    actors: usize,
    /// Of the state that is looked at: when anybody can move again, in simulated time; that time and the risk so far.
    now: u64,
    elapsed: u64,
    risk: u64,
}

impl<'g> Estimate<'g> {
    pub(crate) fn new(graph: &'g Graph, actors: usize) -> Self {
        let stands = (0..actors).flat_map(|actor| {
            (0..graph.spots.len()).flat_map(move |i| {
                [false, true].map(|loaded| Atom::Stand(Stand { actor, spot: SpotId::from_index(i), loaded }))
            })
        });
        let facts = (0..graph.facts.len()).map(|i| Atom::Fact(FactId::from_index(i)));
        let atoms: Vec<Atom> = stands.chain(facts).chain([Atom::Console]).collect();
        let releases = (0..graph.steps.len())
            .filter(|&i| graph.steps[i].is_released_from_afar())
            .map(StepId::from_index)
            .collect();
        Estimate {
            graph,
            tails: Tails::new(graph),
            releases,
            value: vec![NEVER; atoms.len()],
            root: vec![0; atoms.len()],
            closed: vec![false; atoms.len()],
            walked: vec![false; atoms.len()],
            origin: vec![None; graph.steps.len()],
            originated: Vec::new(),
            touched: Vec::new(),
            heap: BinaryHeap::new(),
            atoms,
            actors,
            now: 0,
            elapsed: 0,
            risk: 0,
        }
    }

    /// The cheapest way on from a fact, all else given.
    pub(crate) fn tail(&self, fact: FactId) -> u64 {
        self.tails.fact(fact)
    }

    /// A lower bound on the cost of any plan that goes on from a state, and
    /// how much of it is still ahead; none if there is no such plan.
    pub(crate) fn cost(&mut self, state: &State) -> Option<(u64, u64)> {
        for node in self.touched.drain(..) {
            self.value[node] = NEVER;
            self.closed[node] = false;
            self.walked[node] = false;
        }
        for step in self.originated.drain(..) {
            self.origin[step.index()] = None;
        }
        self.heap.clear();
        self.begin(state);
        let goal = self.node(Atom::Fact(self.graph.objective));
        self.derive(Some(goal)).then(|| (self.value[goal], self.value[goal] - self.root[goal]))
    }

    /// By step, a lower bound on the cost of any plan from a state that takes it; and of any plan at all.
    pub(crate) fn through(&mut self, state: &State) -> (Vec<u64>, Option<u64>) {
        let least = self.cost(state).map(|(bound, _)| bound);
        self.derive(None);
        let steps = self.graph.steps.iter().enumerate();
        (steps.map(|(i, step)| self.through_step(StepId::from_index(i), step)).collect(), least)
    }

    fn through_step(&self, id: StepId, step: &Step) -> u64 {
        let after = |stand: Option<Stand>| {
            let Some((value, _)) = self.inputs(id, step, stand) else { return NEVER };
            let loaded = stand.is_some_and(|s| s.loaded);
            let value = value.saturating_add(self.graph.cost_of(step, loaded));
            let Some(value) = self.opened(step, value) else { return NEVER };
            let there = match step.ground {
                Ground::Spot { to, .. } => self.tails.place(to, loaded || step.loads()),
                Ground::Console | Ground::Zone(_) => NEVER,
            };
            let given = step
                .gives
                .iter()
                .map(|&(fact, delay)| self.tails.fact(fact).saturating_add(self.graph.price.of(delay, 0)));
            value.saturating_add(given.chain([there]).min().unwrap_or(NEVER))
        };
        let stands = |spot: SpotId| {
            (0..self.actors).flat_map(move |actor| [false, true].map(|loaded| Stand { actor, spot, loaded }))
        };
        match step.ground {
            Ground::Console => after(None),
            Ground::Spot { at, .. } => stands(at).map(|s| after(Some(s))).min().unwrap_or(NEVER),
            Ground::Zone(zone) => {
                let spots = self.graph.index.spots_of_zone[zone.index()].iter();
                spots.flat_map(|&spot| stands(spot)).map(|s| after(Some(s))).min().unwrap_or(NEVER)
            }
        }
    }

    /// Derives one thing after the other, the cheapest first, until the goal is; whether it is.
    fn derive(&mut self, goal: Option<usize>) -> bool {
        if goal.is_some_and(|goal| self.closed[goal]) {
            return true;
        }
        while let Some(Reverse((_, node))) = self.heap.pop() {
            let node = node as usize;
            if std::mem::replace(&mut self.closed[node], true) {
                continue;
            }
            match self.atoms[node] {
                Atom::Stand(stand) => self.stands(stand),
                Atom::Fact(fact) => self.has(fact),
                Atom::Console => self.consoles(),
            }
            if goal == Some(node) {
                return true;
            }
        }
        false
    }

    fn begin(&mut self, state: &State) {
        let graph = self.graph;
        let risk = state.risk();
        (self.elapsed, self.risk) = (state.earliest(), risk);
        self.now = state.epoch().saturating_add(self.elapsed);
        for actor in 0..state.actors() {
            let value = graph.price.of(state.clock(actor), risk);
            match state.place(actor) {
                Whereabouts::Gone => {}
                Whereabouts::Desk => self.reach(Atom::Console, (value, value)),
                Whereabouts::At(spot) => {
                    let loaded = graph.loaded(state, actor);
                    self.reach(Atom::Stand(Stand { actor, spot, loaded }), (value, value));
                }
            }
        }
        for i in 0..graph.facts.len() {
            let fact = FactId::from_index(i);
            if let Some(ms) = state.ready(fact) {
                let value = graph.price.of(ms, risk);
                self.reach(Atom::Fact(fact), (value, value));
            }
        }
    }

    fn stands(&mut self, stand: Stand) {
        let graph = self.graph;
        let (value, root) = self.at(self.node(Atom::Stand(stand)));
        let zone = graph.zone_of(stand.spot);
        if !self.walked[self.node(Atom::Stand(stand))] {
            for &spot in graph.index.spots_of_zone[zone.index()].iter().filter(|&&spot| spot != stand.spot) {
                let walk = graph.price.of(graph.walk_ms(stand.spot, spot), 0);
                self.walk_to(Stand { spot, ..stand }, (value.saturating_add(walk), root));
            }
        }
        if stand.loaded && graph.spots[stand.spot.index()].offsite {
            self.reach(Atom::Fact(graph.objective), (value, root));
        }
        for socket in graph.sockets.iter().filter(|socket| socket.zone == zone) {
            if let Some(attached) = self.known(Atom::Fact(socket.attached)) {
                self.reach(Atom::Console, (value, root).max(attached));
            }
        }
        for &step in &graph.index.by_spot[stand.spot.index()] {
            self.fire(step, Some(stand));
        }
    }

    fn has(&mut self, fact: FactId) {
        let graph = self.graph;
        for socket in graph.sockets.iter().filter(|socket| socket.attached == fact) {
            for &spot in &graph.index.spots_of_zone[socket.zone.index()] {
                self.each_stand(spot, |this, stand| {
                    let values = this.known(Atom::Stand(stand)).zip(this.known(Atom::Fact(fact)));
                    if let Some((a, b)) = values {
                        this.reach(Atom::Console, a.max(b));
                    }
                });
            }
        }
        let known = self.at(self.node(Atom::Fact(fact)));
        for &id in &graph.index.from[fact.index()] {
            let first = self.origin[id.index()];
            if first.is_none_or(|other| known.0 < other.0) {
                self.origin[id.index()] = Some(known);
                self.originated.push(id);
                self.fire_anywhere(id);
            }
        }
        for &id in &graph.index.needing[fact.index()] {
            self.fire_anywhere(id);
        }
    }

    /// Fires a step for everybody who stands where it is done.
    fn fire_anywhere(&mut self, id: StepId) {
        let graph = self.graph;
        match graph.step(id).ground {
            Ground::Console => self.fire(id, None),
            Ground::Zone(zone) => {
                for &spot in &graph.index.spots_of_zone[zone.index()] {
                    self.each_stand(spot, |this, stand| this.fire(id, Some(stand)));
                }
            }
            Ground::Spot { at, .. } => self.each_stand(at, |this, stand| this.fire(id, Some(stand))),
        }
    }

    fn consoles(&mut self) {
        let graph = self.graph;
        for &step in &graph.index.console {
            self.fire(step, None);
        }
        for i in 0..self.releases.len() {
            let id = self.releases[i];
            if let Ground::Spot { at, .. } = graph.step(id).ground {
                self.each_stand(at, |this, stand| this.fire(id, Some(stand)));
            }
        }
    }

    fn each_stand(&mut self, spot: SpotId, mut visit: impl FnMut(&mut Self, Stand)) {
        for actor in 0..self.actors {
            for loaded in [false, true] {
                visit(self, Stand { actor, spot, loaded });
            }
        }
    }

    /// Derives the outputs of a step if all its inputs are derived.
    fn fire(&mut self, id: StepId, stand: Option<Stand>) {
        let step = self.graph.step(id);
        let Some((value, root)) = self.inputs(id, step, stand) else { return };
        let loaded = stand.is_some_and(|s| s.loaded);
        let value = value.saturating_add(self.graph.cost_of(step, loaded));
        let Some(opened) = self.opened(step, value) else { return };
        // A wait is no work: it does not count as being still ahead.
        let (value, root) = (opened, root.saturating_add(opened - value));
        if let (Ground::Spot { to, .. }, Some(stand)) = (step.ground, stand) {
            self.reach(Atom::Stand(Stand { spot: to, loaded: loaded || step.loads(), ..stand }), (value, root));
        }
        for &(fact, delay) in &step.gives {
            self.reach(Atom::Fact(fact), (value.saturating_add(self.graph.price.of(delay, 0)), root));
        }
    }

    /// The value after a step, which does not begin before its hours; none: they are over.
    fn opened(&self, step: &Step, value: u64) -> Option<u64> {
        if step.hours.is_always() {
            return Some(value);
        }
        let wait = step.hours.next(self.now)? - self.now;
        let ends = self.elapsed.saturating_add(wait).saturating_add(step.ms).saturating_add(step.pass_ms);
        Some(value.max(self.graph.price.of(ends, self.risk)))
    }

    /// The dearest input of a step.
    fn inputs(&self, id: StepId, step: &Step, stand: Option<Stand>) -> Option<(u64, u64)> {
        let mut dearest = match stand {
            Some(stand) => {
                if step.only.is_some_and(|only| only.index() != stand.actor) {
                    return None;
                }
                self.known(Atom::Stand(stand))?
            }
            None => self.known(Atom::Console)?,
        };
        if step.is_released_from_afar() {
            dearest = dearest.max(self.known(Atom::Console)?);
        }
        for &need in &step.needs {
            dearest = dearest.max(self.known(Atom::Fact(need))?);
        }
        if !step.origins.is_empty() {
            dearest = dearest.max(self.origin[id.index()]?);
        }
        Some(dearest)
    }

    /// Value and root of an atom that is derived.
    fn known(&self, atom: Atom) -> Option<(u64, u64)> {
        let node = self.node(atom);
        self.closed[node].then(|| self.at(node))
    }

    fn at(&self, node: usize) -> (u64, u64) {
        (self.value[node], self.root[node])
    }

    /// A place in the zone in which one stands. Without a point it is no distance from anywhere, so that the way over it
    /// may be shorter than the direct one: from there one walks on.
    fn walk_to(&mut self, stand: Stand, cost: (u64, u64)) {
        let there = Atom::Stand(stand);
        if cost.0 < self.value[self.node(there)] {
            self.reach(there, cost);
            let node = self.node(there);
            self.walked[node] = self.graph.spots[stand.spot.index()].point.is_some();
        }
    }

    fn reach(&mut self, atom: Atom, (value, root): (u64, u64)) {
        let node = self.node(atom);
        let tail = match atom {
            Atom::Stand(stand) => self.tails.place(stand.spot, stand.loaded),
            Atom::Fact(fact) => self.tails.fact(fact),
            Atom::Console => self.tails.console(),
        };
        // Who gets there by a deed just as soon can walk on from there.
        let arrives = value == self.value[node] && std::mem::replace(&mut self.walked[node], false);
        if tail == NEVER || value > self.value[node] || value == self.value[node] && !arrives {
            return;
        }
        if self.value[node] == NEVER {
            self.touched.push(node);
        }
        self.value[node] = value;
        self.root[node] = root;
        self.walked[node] = false;
        self.closed[node] = false;
        self.heap.push(Reverse((value.saturating_add(tail), node as u32)));
    }

    fn node(&self, atom: Atom) -> usize {
        let stands = 2 * self.actors * self.graph.spots.len();
        match atom {
            Atom::Stand(s) => 2 * (s.actor * self.graph.spots.len() + s.spot.index()) + usize::from(s.loaded),
            Atom::Fact(fact) => stands + fact.index(),
            Atom::Console => stands + self.graph.facts.len(),
        }
    }
}
