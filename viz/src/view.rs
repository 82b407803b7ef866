//! One instant of a run: all that is drawn.

use doorward_engine::{GuardDuty, PortalView, Simulation, Whereabouts};
use doorward_model::base::{ActorId, AdversaryId, DeviceId, PersonId, PortalId, SimTime, ZoneId};
use doorward_model::plan::{Origin, Zone};
use doorward_model::signal::Intent;

use crate::sheet::reach;

/// Who is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Body {
    /// Somebody who works here, or visits.
    Person(PersonId),
    /// A guard of a post.
    Guard(PersonId, GuardDuty),
    /// A member of an adversary.
    Actor(AdversaryId, ActorId),
}

/// Somebody at a point of a floor, in metres.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Figure {
    /// Who.
    pub body: Body,
    /// In which zone.
    pub zone: ZoneId,
    /// Where.
    pub at: (f64, f64),
}

/// What one of an adversary does, on foot or at a computer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Doing {
    /// Who.
    pub who: (AdversaryId, ActorId),
    /// What.
    pub intent: Intent,
    /// Where it comes from, over the network.
    pub from: Option<Origin>,
}

/// One instant.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct View {
    /// When.
    pub now: SimTime,
    /// By portal.
    pub portals: Vec<PortalView>,
    /// Whoever is to be seen: people first, then guards, then adversaries, so that who matters is on top.
    pub figures: Vec<Figure>,
    /// What adversaries do.
    pub doings: Vec<Doing>,
    /// By device: whether an adversary holds it.
    pub held: Vec<bool>,
    /// By zone: how many stand in it, so that nobody stands on another.
    standing: Vec<u32>,
}

/// Room that somebody who stands takes, in metres.
const ROOM_M: f64 = 1.5;
/// The golden angle: points at multiples of it, each a little further out, lie nowhere on each other.
const GOLDEN_ANGLE: f64 = 2.399_963_229_728_653;

impl View {
    /// Makes the view of an instant, at or after the last event.
    pub fn update(&mut self, simulation: &mut Simulation, now: SimTime) {
        self.now = now;
        self.portals.clear();
        for portal in 0..simulation.plan().portals.len() {
            self.portals.push(simulation.portal_view(PortalId::from_index(portal)));
        }
        self.figures.clear();
        self.doings.clear();
        self.held.clear();
        let plan = simulation.plan();
        self.standing.clear();
        self.standing.resize(plan.zones.len(), 0);
        for person in (0..plan.people.len()).map(PersonId::from_index) {
            self.put(&plan.zones, Body::Person(person), simulation.person_view(person));
        }
        for guard in simulation.guards() {
            self.put(&plan.zones, Body::Guard(guard.person, guard.duty), guard.whereabouts);
        }
        for (a, adversary) in plan.adversaries.iter().enumerate() {
            let id = AdversaryId::from_index(a);
            for actor in (0..adversary.actors.len()).map(ActorId::from_index) {
                let Some(view) = simulation.actor_view(id, actor).filter(|view| !view.away) else { continue };
                self.put(&plan.zones, Body::Actor(id, actor), view.whereabouts);
                if let Some(intent) = view.doing {
                    let from = if let Intent::Work { from, .. } = intent { from } else { None };
                    self.doings.push(Doing { who: (id, actor), intent, from });
                }
            }
        }
        let adversaries = || (0..plan.adversaries.len()).map(AdversaryId::from_index);
        let held = |device: usize| adversaries().any(|id| simulation.is_held(id, DeviceId::from_index(device)));
        self.held.extend((0..plan.devices.len()).map(held));
    }

    /// Puts one where they are. Those who stand about stand beside each other; whoever walks, walks through.
    fn put(&mut self, zones: &[Zone], body: Body, whereabouts: Whereabouts) {
        let (Some(zone), Some((x, y))) = (whereabouts.zone, whereabouts.at(self.now)) else { return };
        let mut at = (x, y);
        if whereabouts.until <= self.now {
            let place = &mut self.standing[zone.index()];
            let (nth, most) = (f64::from(*place), f64::from(reach(&zones[zone.index()], at)));
            *place += 1;
            let away = (ROOM_M * 0.6 * nth.sqrt()).min(most);
            let turn = nth * GOLDEN_ANGLE;
            at = (x + away * turn.cos(), y + away * turn.sin());
        }
        self.figures.push(Figure { body, zone, at });
    }
}
