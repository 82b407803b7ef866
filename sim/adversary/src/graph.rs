//! The converged attack graph: places to stand, facts that a team can gain,
//! and the steps between them.
//!
//! A step is done by one actor, on foot at a spot or at a computer; a release
//! also needs a partner at a computer. It needs *all* of its `needs` and *one*
//! of its `origins`. Facts once gained are kept.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::plan::{Bench, Direction, Job, Origin, Plan, Releaser};
use doorward_model::signal::{Intent, Through};

use crate::attack_plan::AttackPlan;
use crate::belief::Belief;
use crate::bound;
use crate::hours::Hours;
use crate::state::State;

macro_rules! indices {
    ($($(#[$doc:meta])+ $name:ident),+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub(crate) struct $name(pub(crate) u32);

        impl $name {
            pub(crate) fn index(self) -> usize {
                self.0 as usize
            }

            pub(crate) fn from_index(index: usize) -> Self {
                Self(index as u32)
            }
        }
    )+};
}

indices! {
    /// A place to stand: a side of a portal, or the middle of a zone.
    SpotId,
    /// Something that a team can have or know.
    FactId,
    /// A step of the graph.
    StepId,
    /// Many devices that stand alike in the network.
    CrowdId
}

/// Something that a team has or knows, and does not lose by using it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Fact {
    /// The objective is reached.
    Objective,
    /// A computer of one's own, far away on a segment.
    Desk(SegmentId),
    /// A device of one's own behind a jack.
    Attached(JackId),
    /// Programs can be run on a device.
    Foothold(DeviceId),
    /// The same on any one of many devices that stand alike in the network: what one can connect to, all can.
    Among(CrowdId),
    /// Portals can be released from an access control server.
    Operate(DeviceId),
    /// Badges can be enrolled at an access control server.
    Administer(DeviceId),
    /// The secret of an account.
    Secret(AccountId),
    /// A stolen credential in hand.
    Badge(CredentialId),
    /// A blank that the panels of a server know.
    Enrolled(CredentialId, DeviceId),
    /// Nobody has taken the asset yet.
    InPlace(AssetId),
    /// An actor carries the asset.
    Carried(ActorId),
    /// A portal stands unlocked by the team's doing.
    Unlocked(PortalId),
    /// The session of an account, taken over.
    Session(AccountId),
    /// A device of one's own on a wireless network.
    Joined(WifiId),
    /// A tapped reader has recorded a badge.
    Tapped(PortalId, Direction),
    /// The PIN that goes with a badge.
    Pin(CredentialId),
    /// A badge that had ended is in force again.
    Revived(CredentialId),
    /// The site is cut off from the internet.
    CutOff,
    /// Something is done that is to be done before anybody crosses the boundary.
    Prepared(Job),
}

impl Fact {
    /// The origin of connections that it gives.
    pub(crate) fn origin(self, plan: &Plan) -> Option<Origin> {
        match self {
            Fact::Desk(segment) => Some(Origin::Segment(segment)),
            Fact::Attached(jack) => Some(Origin::Segment(plan.jacks[jack.index()].segment)),
            Fact::Joined(wifi) => Some(Origin::Segment(plan.wifi[wifi.index()].segment)),
            Fact::Foothold(device) => Some(Origin::Device(device)),
            Fact::Objective
            | Fact::Among(_)
            | Fact::Operate(_)
            | Fact::Administer(_)
            | Fact::Secret(_)
            | Fact::Session(_)
            | Fact::Badge(_)
            | Fact::Enrolled(..)
            | Fact::InPlace(_)
            | Fact::Carried(_)
            | Fact::Unlocked(_)
            | Fact::Tapped(..)
            | Fact::Pin(_)
            | Fact::Revived(_)
            | Fact::CutOff
            | Fact::Prepared(_) => None,
        }
    }
}

/// A place to stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) zone: ZoneId,
    pub(crate) point: Option<(f64, f64)>,
    pub(crate) offsite: bool,
}

/// What a step does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Deed {
    Pass {
        portal: PortalId,
        direction: Direction,
        through: Through,
    },
    /// A partner at a computer releases the portal for the actor who stands at it.
    Release {
        portal: PortalId,
        direction: Direction,
        by: Releaser,
    },
    Stay {
        lasts: SimDuration,
    },
    Job(Job),
}

/// Where a step on foot is done, and where it leaves the actor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Ground {
    /// At a computer.
    Console,
    /// Anywhere in a zone.
    Zone(ZoneId),
    /// At one spot, leaving the actor at another.
    Spot { at: SpotId, to: SpotId },
}

/// One step that the graph offers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Step {
    /// Its id in the graph as compiled; a narrowed graph keeps it.
    pub(crate) id: StepId,
    pub(crate) deed: Deed,
    pub(crate) technique: Option<TechniqueId>,
    pub(crate) ground: Ground,
    /// Where the partner of a release stands.
    pub(crate) partner: Ground,
    /// The one actor who can do it, where that matters.
    pub(crate) only: Option<ActorId>,
    /// When it can begin.
    pub(crate) hours: Hours,
    pub(crate) needs: Vec<FactId>,
    /// One of these, unless empty.
    pub(crate) origins: Vec<FactId>,
    /// With the time from the end of the step until it is of use.
    pub(crate) gives: Vec<(FactId, u64)>,
    /// Time of the deed, once the actor is there.
    pub(crate) ms: u64,
    /// Of a release: time of the passage after it.
    pub(crate) pass_ms: u64,
    /// −ln(1 − detection) in millionths.
    pub(crate) risk: u64,
    /// The same again for an actor who carries the asset.
    pub(crate) risk_loaded: u64,
}

/// What time and risk cost: billionths of the adversary's cost for each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    pub(crate) per_ms: u64,
    pub(crate) per_micro_nat: u64,
}

impl Price {
    pub(crate) fn of(self, ms: u64, risk: u64) -> u64 {
        self.per_ms.saturating_mul(ms).saturating_add(self.per_micro_nat.saturating_mul(risk))
    }

    pub(crate) fn of_plan(self, attack: &AttackPlan) -> u64 {
        self.of((attack.seconds * 1e3).round() as u64, (attack.risk * 1e6).round() as u64)
    }
}

/// A place at which an actor on foot works at a computer: a jack with a device on it, a workstation that was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Socket {
    pub(crate) zone: ZoneId,
    pub(crate) attached: FactId,
}

/// The graph that one adversary searches.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    pub(crate) spots: Vec<Spot>,
    pub(crate) pace: Pace,
    pub(crate) facts: Vec<Fact>,
    pub(crate) objective: FactId,
    /// By actor, what says that they carry the asset; none where nothing is to be stolen.
    pub(crate) carried: Vec<Option<FactId>>,
    pub(crate) sockets: Vec<Socket>,
    /// By crowd, who belongs to it.
    pub(crate) crowds: Arc<[Vec<DeviceId>]>,
    pub(crate) steps: Vec<Step>,
    pub(crate) price: Price,
    pub(crate) index: Index,
}

/// Steps by what starts them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    pub(crate) by_zone: Vec<Vec<StepId>>,
    pub(crate) by_spot: Vec<Vec<StepId>>,
    pub(crate) console: Vec<StepId>,
    /// Steps that need a fact.
    pub(crate) needing: Vec<Vec<StepId>>,
    /// Steps that have a fact among their origins.
    pub(crate) from: Vec<Vec<StepId>>,
    pub(crate) spots_of_zone: Vec<Vec<SpotId>>,
}

impl Graph {
    pub(crate) fn step(&self, id: StepId) -> &Step {
        &self.steps[id.index()]
    }

    pub(crate) fn zone_of(&self, spot: SpotId) -> ZoneId {
        self.spots[spot.index()].zone
    }

    /// Walking time between two spots of one zone.
    pub(crate) fn walk_ms(&self, from: SpotId, to: SpotId) -> u64 {
        self.pace.walk(self.spots[from.index()].point, self.spots[to.index()].point).as_millis()
    }

    /// Whether a fact is, or may stand for, an origin of connections.
    pub(crate) fn is_origin(&self, plan: &Plan, fact: FactId, from: Origin) -> bool {
        match (self.facts[fact.index()], from) {
            (Fact::Among(crowd), Origin::Device(device)) => self.crowds[crowd.index()].contains(&device),
            (fact, _) => fact.origin(plan) == Some(from),
        }
    }

    /// The same for a team that does without its preparations; none where there are none.
    pub(crate) fn unprepared(&self) -> Option<Graph> {
        let prepares = |fact: &FactId| matches!(self.facts[fact.index()], Fact::Prepared(_));
        if !self.steps.iter().any(|step| step.needs.iter().any(prepares)) {
            return None;
        }
        let mut graph = self.clone();
        graph.steps.iter_mut().for_each(|step| step.needs.retain(|fact| !prepares(fact)));
        Some(graph.indexed())
    }

    /// Whether anything depends on the time.
    pub(crate) fn is_timed(&self) -> bool {
        self.steps.iter().any(|step| !step.hours.is_always())
    }

    /// The same where every step can begin at any time.
    pub(crate) fn timeless(&self) -> Graph {
        let mut graph = self.clone();
        graph.steps.iter_mut().for_each(|step| step.hours = Hours::ALWAYS);
        graph
    }

    /// Steps that an intent is part of.
    pub(crate) fn steps_of(&self, intent: &Intent) -> impl Iterator<Item = StepId> + '_ {
        let intent = *intent;
        self.steps.iter().filter(move |step| step.is(&intent)).map(|step| step.id)
    }

    /// Only what a belief leaves open, what can be gained at all, and what
    /// leads to the objective: the same optimum on a smaller graph.
    pub(crate) fn narrowed(&self, belief: &Belief, state: &State) -> (Graph, State) {
        let open = self.opened(belief, state);
        let possible = open.possible(state);
        let open = open.keeping(|fact| possible.contains(fact.index()));
        let tails = bound::Tails::new(&open);
        let relevant: Vec<bool> = (0..open.facts.len())
            .map(|i| {
                i == open.objective.index()
                    || open.is_load(FactId::from_index(i))
                    || tails.fact(FactId::from_index(i)) < u64::MAX
            })
            .collect();
        let mut kept = open;
        kept.steps.retain(|step| tails.leads_on(step));
        for step in &mut kept.steps {
            step.gives.retain(|(fact, _)| relevant[fact.index()]);
        }
        kept.packed(state)
    }

    /// With some of its steps alone, those that a belief leaves open, and what they need.
    pub(crate) fn within(&self, state: &State, belief: &Belief, keep: impl Fn(usize) -> bool) -> (Graph, State) {
        let steps = self.steps.iter().enumerate().filter(|(i, step)| keep(*i) && !belief.blocks(step.id));
        let steps = steps.map(|(_, step)| step.clone()).collect();
        let part = Graph {
            spots: self.spots.clone(),
            facts: self.facts.clone(),
            carried: self.carried.clone(),
            sockets: self.sockets.clone(),
            crowds: Arc::clone(&self.crowds),
            steps,
            index: Index::default(),
            ..*self
        };
        part.indexed().narrowed(belief, state)
    }

    fn is_load(&self, fact: FactId) -> bool {
        self.carried.contains(&Some(fact))
    }

    /// Without the steps and routes that are believed not to work, and those whose hours are over.
    fn opened(&self, belief: &Belief, state: &State) -> Graph {
        let mut graph = self.clone();
        graph.steps.retain(|step| !belief.blocks(step.id) && step.hours.next(state.epoch()).is_some());
        for step in &mut graph.steps {
            let id = step.id;
            let had_origins = !step.origins.is_empty();
            step.origins.retain(|&fact| !belief.severs(self.facts[fact.index()], id));
            if had_origins && step.origins.is_empty() {
                // Nowhere left to do it from: a need that nothing gives.
                step.needs.push(FactId(u32::MAX));
            }
        }
        graph.steps.retain(|step| !step.needs.contains(&FactId(u32::MAX)));
        graph
    }

    /// Facts that could be gained if everybody could stand everywhere.
    fn possible(&self, state: &State) -> IdSet {
        let mut possible = IdSet::with_len(self.facts.len());
        for i in (0..self.facts.len()).filter(|&i| state.ready(FactId::from_index(i)).is_some()) {
            possible.insert(i);
        }
        for load in self.carried.iter().flatten() {
            possible.insert(load.index());
        }
        possible.insert(self.objective.index());
        loop {
            let mut grown = false;
            for step in &self.steps {
                if step.possible(&possible) {
                    for (fact, _) in &step.gives {
                        grown |= possible.insert(fact.index());
                    }
                }
            }
            if !grown {
                return possible;
            }
        }
    }

    /// With those steps alone whose inputs are kept.
    fn keeping(mut self, keep: impl Fn(FactId) -> bool) -> Graph {
        self.steps.retain(|step| {
            step.needs.iter().all(|&f| keep(f)) && (step.origins.is_empty() || step.origins.iter().any(|&f| keep(f)))
        });
        for step in &mut self.steps {
            step.origins.retain(|&f| keep(f));
        }
        self.indexed()
    }

    /// Renumbers the facts so that only those in use are left.
    fn packed(mut self, state: &State) -> (Graph, State) {
        let mut used = IdSet::with_len(self.facts.len());
        used.insert(self.objective.index());
        for load in self.carried.iter().flatten() {
            used.insert(load.index());
        }
        for step in &self.steps {
            for fact in step.needs.iter().chain(&step.origins).chain(step.gives.iter().map(|(f, _)| f)) {
                used.insert(fact.index());
            }
        }
        let old: Vec<FactId> = used.iter().map(FactId::from_index).collect();
        let mut new = vec![FactId(0); self.facts.len()];
        for (i, fact) in old.iter().enumerate() {
            new[fact.index()] = FactId::from_index(i);
        }
        let renamed = |fact: &mut FactId| *fact = new[fact.index()];
        for step in &mut self.steps {
            step.needs.iter_mut().for_each(renamed);
            step.origins.iter_mut().for_each(renamed);
            step.gives.iter_mut().for_each(|(fact, _)| renamed(fact));
        }
        self.carried.iter_mut().flatten().for_each(renamed);
        self.sockets.retain(|socket| used.contains(socket.attached.index()));
        self.sockets.iter_mut().for_each(|socket| renamed(&mut socket.attached));
        renamed(&mut self.objective);
        self.facts = old.iter().map(|fact| self.facts[fact.index()]).collect();
        (self.indexed(), state.keeping(&old))
    }

    /// With its index made anew.
    pub(crate) fn indexed(mut self) -> Graph {
        let zones = self.spots.iter().map(|spot| spot.zone.index() + 1).max().unwrap_or(0);
        let mut index = Index {
            by_zone: vec![Vec::new(); zones],
            by_spot: vec![Vec::new(); self.spots.len()],
            console: Vec::new(),
            needing: vec![Vec::new(); self.facts.len()],
            from: vec![Vec::new(); self.facts.len()],
            spots_of_zone: vec![Vec::new(); zones],
        };
        for (i, spot) in self.spots.iter().enumerate() {
            index.spots_of_zone[spot.zone.index()].push(SpotId::from_index(i));
        }
        for (i, step) in self.steps.iter().enumerate() {
            let id = StepId::from_index(i);
            match step.ground {
                Ground::Console => index.console.push(id),
                Ground::Zone(zone) => {
                    index.by_zone[zone.index()].push(id);
                    for spot in index.spots_of_zone[zone.index()].clone() {
                        index.by_spot[spot.index()].push(id);
                    }
                }
                Ground::Spot { at, .. } => {
                    index.by_zone[self.spots[at.index()].zone.index()].push(id);
                    index.by_spot[at.index()].push(id);
                }
            }
            for fact in &step.needs {
                index.needing[fact.index()].push(id);
            }
            for fact in &step.origins {
                index.from[fact.index()].push(id);
            }
        }
        self.index = index;
        self
    }
}

impl Step {
    fn possible(&self, possible: &IdSet) -> bool {
        self.needs.iter().all(|f| possible.contains(f.index()))
            && (self.origins.is_empty() || self.origins.iter().any(|f| possible.contains(f.index())))
    }

    /// Whether carrying out the intent is (part of) this step. A credential
    /// or a follower is the same try whatever the technique is called.
    fn is(&self, intent: &Intent) -> bool {
        match (*intent, self.deed) {
            (
                Intent::Pass { portal, direction, through: Through::Released, .. },
                Deed::Release { portal: p, direction: d, .. },
            ) => (portal, direction) == (p, d),
            (
                Intent::Pass { portal, direction, through, technique },
                Deed::Pass { portal: p, direction: d, through: t },
            ) => {
                (portal, direction, through) == (p, d, t)
                    && (through != Through::Breaking || self.technique == Some(technique))
            }
            (Intent::Work { job: Job::Unlock { by, portal }, .. }, Deed::Release { portal: p, by: b, .. }) => {
                (portal, by) == (p, b)
            }
            (Intent::Work { job, technique, .. }, Deed::Job(j)) => job == j && self.technique == Some(technique),
            _ => false,
        }
    }

    /// Whether it opens a connection to this.
    pub(crate) fn connects_to(&self, plan: &Plan, to: Bench) -> bool {
        match self.deed {
            Deed::Job(job) => job.bench(plan) == to,
            Deed::Release { portal, by, .. } => Job::Unlock { by, portal }.bench(plan) == to,
            Deed::Pass { .. } | Deed::Stay { .. } => false,
        }
    }

    /// The portal at which a step on foot is done.
    pub(crate) fn portal(&self) -> Option<PortalId> {
        match self.deed {
            Deed::Pass { portal, .. } | Deed::Release { portal, .. } => Some(portal),
            Deed::Stay { .. } | Deed::Job(_) => None,
        }
    }
}
