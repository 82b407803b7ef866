//! Where it happens, over many runs: zone by zone, portal by portal, each with the runs behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use doorward_engine::{Event, Observer, Simulation, Truth, What, Who};
use doorward_model::base::{ActorId, AdversaryId, SimTime, ZoneId};
use doorward_model::plan::{Plan, Start};
use rayon::prelude::*;

/// What of a zone is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Measure {
    /// Time that people of an adversary were there, seconds a run.
    Presence,
    /// Runs in which one was there when an adversary was detected.
    Detection,
    /// Runs in which one was there when an adversary was contained.
    Containment,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Presence, Self::Detection, Self::Containment];

    /// In a word.
    pub fn title(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::Detection => "detection",
            Self::Containment => "containment",
        }
    }
}

/// What happened in one zone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ZoneHeat {
    /// How long people of an adversary were there, over all runs, in milliseconds.
    pub presence_ms: u64,
    /// Runs in which one was there.
    pub present: Vec<u32>,
    /// Runs in which one was there when an adversary was detected.
    pub detected: Vec<u32>,
    /// Runs in which one was there when an adversary was contained.
    pub contained: Vec<u32>,
}

impl ZoneHeat {
    /// The runs behind a figure.
    pub fn runs(&self, measure: Measure) -> &[u32] {
        match measure {
            Measure::Presence => &self.present,
            Measure::Detection => &self.detected,
            Measure::Containment => &self.contained,
        }
    }

    fn add(&mut self, other: &Self) {
        self.presence_ms += other.presence_ms;
        self.present.extend(&other.present);
        self.detected.extend(&other.detected);
        self.contained.extend(&other.contained);
    }
}

/// How often somebody went through one portal, over all runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PortalHeat {
    /// People of an adversary.
    pub adversaries: u64,
    /// Everybody else.
    pub others: u64,
}

/// Many runs on one plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heat {
    /// How many.
    pub runs: u32,
    /// By zone.
    pub zones: Vec<ZoneHeat>,
    /// By portal.
    pub portals: Vec<PortalHeat>,
    /// Runs with a detection while nobody was on foot in any zone.
    pub detected_nowhere: u32,
}

impl Heat {
    fn empty(plan: &Plan) -> Self {
        Self {
            runs: 0,
            zones: vec![ZoneHeat::default(); plan.zones.len()],
            portals: vec![PortalHeat::default(); plan.portals.len()],
            detected_nowhere: 0,
        }
    }

    /// Of the first so many runs; `progress` counts those that are done. None if it was stopped on the way.
    pub fn of(
        plan: &Arc<Plan>,
        simulation: &Simulation,
        seed: u64,
        runs: u32,
        progress: &AtomicU32,
        stop: &AtomicBool,
    ) -> Option<Self> {
        let one = |(mut worker, mut heat): (Simulation, Heat), run: u32| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            worker.start(seed, run);
            let mut watcher = Watcher::new(&mut heat, plan, run);
            worker.finish(&mut watcher);
            watcher.end();
            progress.fetch_add(1, Ordering::Relaxed);
            Some((worker, heat))
        };
        // Neighbours are joined in the order of their runs, so it is the same on any number of threads.
        let parts = (0..runs).into_par_iter().try_fold(|| (simulation.clone(), Heat::empty(plan)), one);
        let heats = parts.map(|part| part.map(|(_, heat)| heat));
        heats.try_reduce(
            || Heat::empty(plan),
            |mut all, more| {
                all.add(&more);
                Some(all)
            },
        )
    }

    fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.zones.iter_mut().zip(&other.zones).for_each(|(zone, other)| zone.add(other));
        for (portal, other) in self.portals.iter_mut().zip(&other.portals) {
            portal.adversaries += other.adversaries;
            portal.others += other.others;
        }
        self.detected_nowhere += other.detected_nowhere;
    }

    /// A figure of a zone, per run: seconds of presence, or a share.
    pub fn figure(&self, zone: ZoneId, measure: Measure) -> f64 {
        let heat = &self.zones[zone.index()];
        let whole = match measure {
            Measure::Presence => heat.presence_ms as f64 / 1e3,
            Measure::Detection | Measure::Containment => heat.runs(measure).len() as f64,
        };
        whole / f64::from(self.runs.max(1))
    }

    /// The largest figure of all zones that are not outside; nobody is looked for there.
    pub fn largest(&self, plan: &Plan, measure: Measure) -> f64 {
        let inside = (0..plan.zones.len()).filter(|&zone| !plan.zones[zone].offsite());
        inside.map(|zone| self.figure(ZoneId::from_index(zone), measure)).fold(0.0, f64::max)
    }
}

/// One member of an adversary.
struct Feet {
    who: (AdversaryId, ActorId),
    /// The zone, and since when; none before the first move and after the last.
    at: Option<(ZoneId, SimTime)>,
}

/// Watches one run.
struct Watcher<'p> {
    heat: &'p mut Heat,
    plan: &'p Plan,
    run: u32,
    feet: Vec<Feet>,
}

impl<'p> Watcher<'p> {
    fn new(heat: &'p mut Heat, plan: &'p Plan, run: u32) -> Self {
        heat.runs += 1;
        Self { heat, plan, run, feet: Vec::new() }
    }

    /// One goes to a zone, or out of it all.
    fn moves(&mut self, who: (AdversaryId, ActorId), to: Option<ZoneId>, at: SimTime) {
        let to = to.map(|zone| (zone, at));
        let before = match self.feet.iter_mut().find(|feet| feet.who == who) {
            Some(feet) => std::mem::replace(&mut feet.at, to),
            None => {
                self.feet.push(Feet { who, at: to });
                None
            }
        };
        let Some((zone, since)) = before else { return };
        let heat = &mut self.heat.zones[zone.index()];
        heat.presence_ms += (at - since).as_millis();
        if heat.present.last() != Some(&self.run) {
            heat.present.push(self.run);
        }
    }

    /// The first move of somebody on foot.
    fn begins(&mut self, who: (AdversaryId, ActorId), at: SimTime) {
        if !self.feet.iter().any(|feet| feet.who == who)
            && let Start::Zone(zone) = self.plan.adversaries[who.0.index()].actors[who.1.index()].start
        {
            self.moves(who, Some(zone), at);
        }
    }

    /// The zones where people of an adversary are now, each once.
    fn zones_of(&self, adversary: AdversaryId) -> Vec<ZoneId> {
        let own = self.feet.iter().filter(|feet| feet.who.0 == adversary);
        let mut zones: Vec<ZoneId> = own.filter_map(|feet| feet.at.map(|(zone, _)| zone)).collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    }

    fn all_leave(&mut self, of: Option<AdversaryId>, at: SimTime) {
        let own = self.feet.iter().map(|feet| feet.who).filter(|who| of.is_none_or(|of| who.0 == of));
        for who in own.collect::<Vec<_>>() {
            self.moves(who, None, at);
        }
    }

    fn end(mut self) {
        self.all_leave(None, self.plan.horizon);
    }
}

impl Observer for Watcher<'_> {
    fn event(&mut self, event: &Event) {
        let What::Truth(truth) = &event.what else { return };
        match *truth {
            Truth::Started { adversary, actor, .. } => self.begins((adversary, actor), event.at),
            Truth::Stopped { adversary, .. } => self.all_leave(Some(adversary), event.at),
            Truth::Passed { who: Who::Actor(adversary, actor), portal, direction, .. } => {
                self.heat.portals[portal.index()].adversaries += 1;
                self.moves((adversary, actor), Some(self.plan.zone_beyond(portal, direction)), event.at);
            }
            Truth::Passed { portal, .. } => self.heat.portals[portal.index()].others += 1,
            Truth::Custody { adversary, actor } | Truth::Fled { adversary, actor } => {
                self.moves((adversary, actor), None, event.at);
            }
            Truth::Detected { adversary, .. } => {
                let zones = self.zones_of(adversary);
                self.heat.detected_nowhere += u32::from(zones.is_empty());
                for zone in zones {
                    self.heat.zones[zone.index()].detected.push(self.run);
                }
            }
            Truth::Contained { adversary } => {
                for zone in self.zones_of(adversary) {
                    self.heat.zones[zone.index()].contained.push(self.run);
                }
            }
            _ => {}
        }
    }
}
