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

/// What is known of an atom.
#[derive(Clone, Copy)]
struct Node {
    /// The cheapest derivation so far.
    value: u64,
    /// What the steps and walks of that derivation cost, summed up over all inputs: not waits, and not what is in hand.
    work: u64,
    /// Whether there is no cheaper one.
    closed: bool,
    /// Whether it is a place that was walked to in its zone: nobody walks on from there without having done something.
    walked: bool,
}

impl Node {
    const NEW: Node = Node { value: NEVER, work: 0, closed: false, walked: false };
}

/// Value and work of two things of which both are needed.
fn both(one: (u64, u64), other: (u64, u64)) -> (u64, u64) {
    (one.0.max(other.0), one.1.saturating_add(other.1))
}

/// The forward bound, with buffers that are used again. Atoms are numbered: places by actor, then facts, then consoles.
pub(crate) struct Estimate<'g> {
    graph: &'g Graph,
    tails: Tails,
    releases: Vec<StepId>,
    atoms: Vec<Atom>,
    nodes: Vec<Node>,
    /// By atom, the cheapest way on from it.
    ahead: Vec<u64>,
    /// By step, what it costs: without the asset in hand, and with it.
    costs: Vec<[u64; 2]>,
    /// By spot, the others of its zone at which something is done that leads on, and what it costs to walk there.
    walks: Vec<Vec<(SpotId, u64)>>,
    /// By step, the cheapest of its origins that are derived: value and work.
    origin: Vec<Option<(u64, u64)>>,
    originated: Vec<StepId>,
    touched: Vec<usize>,
    /// The cost of any plan over an atom, and which it is, in one number.
    heap: BinaryHeap<Reverse<u128>>,
    /// Where to stop: what cannot come before it is left out.
    goal: Option<usize>,
    actors: usize,
    /// By actor, whether there are steps that nobody else can do.
    has_own_steps: Vec<bool>,
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
        let tails = Tails::new(graph);
        let ahead = |atom: &Atom| match *atom {
            Atom::Stand(stand) => tails.place(stand.spot, stand.loaded),
            Atom::Fact(fact) => tails.fact(fact),
            Atom::Console => tails.console(),
        };
        let leads_on = |spot: SpotId| [false, true].iter().any(|&loaded| tails.place(spot, loaded) < NEVER);
        let done_there = |step: &StepId| matches!(graph.step(*step).ground, Ground::Spot { .. });
        let is_of_use = |spot: SpotId| {
            graph.spots[spot.index()].point.is_none() || graph.index.by_spot[spot.index()].iter().any(done_there)
        };
        let walks = |from: usize| {
            let from = SpotId::from_index(from);
            let others = graph.index.spots_of_zone[graph.zone_of(from).index()].iter().copied();
            let others = others.filter(|&to| to != from && leads_on(from) && leads_on(to) && is_of_use(to));
            others.map(|to| (to, graph.price.of(graph.walk_ms(from, to), 0))).collect()
        };
        let own = |actor: usize| graph.steps.iter().any(|step| step.only.is_some_and(|only| only.index() == actor));
        Estimate {
            graph,
            releases,
            nodes: vec![Node::NEW; atoms.len()],
            ahead: atoms.iter().map(ahead).collect(),
            costs: graph.steps.iter().map(|step| [false, true].map(|loaded| graph.cost_of(step, loaded))).collect(),
            walks: (0..graph.spots.len()).map(walks).collect(),
            tails,
            origin: vec![None; graph.steps.len()],
            originated: Vec::new(),
            touched: Vec::new(),
            heap: BinaryHeap::new(),
            goal: None,
            atoms,
            actors,
            has_own_steps: (0..actors).map(own).collect(),
            now: 0,
            elapsed: 0,
            risk: 0,
        }
    }

    /// The cheapest way on from a fact, all else given.
    pub(crate) fn tail(&self, fact: FactId) -> u64 {
        self.tails.fact(fact)
    }

    /// A lower bound on the cost of any plan that goes on from a state, and how much work that leaves, which is no bound:
    /// one thing may be counted for several that need it. None if there is no such plan.
    pub(crate) fn cost(&mut self, state: &State) -> Option<(u64, u64)> {
        let goal = self.node(Atom::Fact(self.graph.objective));
        self.begin(state, Some(goal));
        self.derive();
        let Node { value, work, closed, .. } = self.nodes[goal];
        closed.then_some((value, work))
    }

    /// By step, a lower bound on the cost of any plan from a state that takes it; and of any plan at all.
    pub(crate) fn through(&mut self, state: &State) -> (Vec<u64>, Option<u64>) {
        self.begin(state, None);
        self.derive();
        let goal = self.nodes[self.node(Atom::Fact(self.graph.objective))];
        let steps = self.graph.steps.iter().enumerate();
        let through = steps.map(|(i, step)| self.through_step(StepId::from_index(i), step)).collect();
        (through, goal.closed.then_some(goal.value))
    }

    fn through_step(&self, id: StepId, step: &Step) -> u64 {
        let after = |stand: Option<Stand>| {
            let Some((value, _)) = self.inputs(id, step, stand) else { return NEVER };
            let loaded = stand.is_some_and(|s| s.loaded);
            let value = value.saturating_add(self.costs[id.index()][usize::from(loaded)]);
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

    /// Derives one thing after the other, the cheapest first, until the goal is.
    fn derive(&mut self) {
        while let Some(Reverse(ranked)) = self.heap.pop() {
            let node = (ranked & u128::from(u32::MAX)) as usize;
            if std::mem::replace(&mut self.nodes[node].closed, true) {
                continue;
            }
            if let Atom::Stand(stand) = self.atoms[node]
                && self.is_needless(stand, self.nodes[node].value)
            {
                self.nodes[node].closed = false;
                continue;
            }
            match self.atoms[node] {
                Atom::Stand(stand) => self.stands(stand, node),
                Atom::Fact(fact) => self.has(fact),
                Atom::Console => self.consoles(),
            }
            if self.goal == Some(node) {
                return;
            }
        }
    }

    /// Whether another actor stands there as soon who can do all that this one can.
    fn is_needless(&self, stand: Stand, value: u64) -> bool {
        let sooner = |other: usize| {
            let node = self.nodes[self.node(Atom::Stand(Stand { actor: other, ..stand }))];
            node.value < value || node.value == value && (node.closed || self.has_own_steps[other])
        };
        !self.has_own_steps[stand.actor] && (0..self.actors).any(|other| other != stand.actor && sooner(other))
    }

    /// Forgets the state before, and takes up what there is in another.
    fn begin(&mut self, state: &State, goal: Option<usize>) {
        for node in self.touched.drain(..) {
            self.nodes[node] = Node::NEW;
        }
        for step in self.originated.drain(..) {
            self.origin[step.index()] = None;
        }
        self.heap.clear();
        self.goal = goal;
        let graph = self.graph;
        let risk = state.risk();
        (self.elapsed, self.risk) = (state.earliest(), risk);
        self.now = state.epoch().saturating_add(self.elapsed);
        for actor in 0..state.actors() {
            let value = graph.price.of(state.clock(actor), risk);
            match state.place(actor) {
                Whereabouts::Gone => {}
                Whereabouts::Desk => self.reach(Atom::Console, (value, 0)),
                Whereabouts::At(spot) => {
                    let loaded = graph.loaded(state, actor);
                    self.reach(Atom::Stand(Stand { actor, spot, loaded }), (value, 0));
                }
            }
        }
        for i in 0..graph.facts.len() {
            let fact = FactId::from_index(i);
            if let Some(ms) = state.ready(fact) {
                let value = graph.price.of(ms, risk);
                self.reach(Atom::Fact(fact), (value, 0));
            }
        }
    }

    fn stands(&mut self, stand: Stand, node: usize) {
        let graph = self.graph;
        let Node { value, work, walked, .. } = self.nodes[node];
        let zone = graph.zone_of(stand.spot);
        if !walked {
            for i in 0..self.walks[stand.spot.index()].len() {
                let (spot, walk) = self.walks[stand.spot.index()][i];
                self.walk_to(Stand { spot, ..stand }, (value.saturating_add(walk), work.saturating_add(walk)));
            }
        }
        if stand.loaded && graph.spots[stand.spot.index()].offsite {
            self.reach(Atom::Fact(graph.objective), (value, work));
        }
        for socket in graph.sockets.iter().filter(|socket| socket.zone == zone) {
            if let Some(attached) = self.known(Atom::Fact(socket.attached)) {
                self.reach(Atom::Console, both((value, work), attached));
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
                        this.reach(Atom::Console, both(a, b));
                    }
                });
            }
        }
        let Node { value, work, .. } = self.nodes[self.node(Atom::Fact(fact))];
        let known = (value, work);
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
        let Some((value, work)) = self.inputs(id, step, stand) else { return };
        let loaded = stand.is_some_and(|s| s.loaded);
        let cost = self.costs[id.index()][usize::from(loaded)];
        let Some(value) = self.opened(step, value.saturating_add(cost)) else { return };
        let work = work.saturating_add(cost);
        if let (Ground::Spot { to, .. }, Some(stand)) = (step.ground, stand) {
            self.reach(Atom::Stand(Stand { spot: to, loaded: loaded || step.loads(), ..stand }), (value, work));
        }
        for &(fact, delay) in &step.gives {
            self.reach(Atom::Fact(fact), (value.saturating_add(self.graph.price.of(delay, 0)), work));
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

    /// All inputs of a step together.
    fn inputs(&self, id: StepId, step: &Step, stand: Option<Stand>) -> Option<(u64, u64)> {
        let mut inputs = match stand {
            Some(stand) => {
                if step.only.is_some_and(|only| only.index() != stand.actor) {
                    return None;
                }
                self.known(Atom::Stand(stand))?
            }
            None => self.known(Atom::Console)?,
        };
        if step.is_released_from_afar() {
            inputs = both(inputs, self.known(Atom::Console)?);
        }
        for &need in &step.needs {
            inputs = both(inputs, self.known(Atom::Fact(need))?);
        }
        if !step.origins.is_empty() {
            inputs = both(inputs, self.origin[id.index()]?);
        }
        Some(inputs)
    }

    /// Value and work of an atom that is derived.
    fn known(&self, atom: Atom) -> Option<(u64, u64)> {
        let Node { value, work, closed, .. } = self.nodes[self.node(atom)];
        closed.then_some((value, work))
    }

    /// A place in the zone in which one stands. Without a point it is no distance from anywhere, so that the way over it
    /// may be shorter than the direct one: from there one walks on.
    fn walk_to(&mut self, stand: Stand, cost: (u64, u64)) {
        let node = self.node(Atom::Stand(stand));
        if cost.0 < self.nodes[node].value {
            self.reach_node(node, cost);
            self.nodes[node].walked = self.graph.spots[stand.spot.index()].point.is_some();
        }
    }

    fn reach(&mut self, atom: Atom, cost: (u64, u64)) {
        self.reach_node(self.node(atom), cost);
    }

    fn reach_node(&mut self, node: usize, (value, work): (u64, u64)) {
        let (ahead, before) = (self.ahead[node], &mut self.nodes[node]);
        // Who gets there by a deed just as soon can walk on from there.
        let arrives = value == before.value && std::mem::replace(&mut before.walked, false);
        if ahead == NEVER || value > before.value || value == before.value && !arrives {
            return;
        }
        if before.value == NEVER {
            self.touched.push(node);
        }
        *before = Node { value, work, closed: false, walked: false };
        let cost = value.saturating_add(ahead);
        // What costs more than the goal is known to would come after it.
        if self.goal.is_none_or(|goal| cost <= self.nodes[goal].value) {
            self.heap.push(Reverse(u128::from(cost) << 32 | node as u128));
        }
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
