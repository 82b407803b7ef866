//! One instant of a run: all that is drawn.

use doorward_engine::{GuardDuty, PortalView, Simulation, Whereabouts};
use doorward_model::base::{ActorId, AdversaryId, DeviceId, PersonId, PortalId, SimTime, ZoneId};
use doorward_model::plan::{Origin, Plan};
use doorward_model::signal::Intent;

use crate::room::Spots;

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
}

impl View {
    /// Makes the view of an instant, at or after the last event.
    pub(crate) fn update(&mut self, simulation: &mut Simulation, spots: &Spots, now: SimTime) {
        self.now = now;
        self.portals.clear();
        for portal in 0..simulation.plan().portals.len() {
            self.portals.push(simulation.portal_view(PortalId::from_index(portal)));
        }
        self.figures.clear();
        self.doings.clear();
        self.held.clear();
        let plan = simulation.plan();
        for person in (0..plan.people.len()).map(PersonId::from_index) {
            self.put(plan, spots, Body::Person(person), simulation.person_view(person));
        }
        for guard in simulation.guards() {
            self.put(plan, spots, Body::Guard(guard.person, guard.duty), guard.whereabouts);
        }
        for (a, adversary) in plan.adversaries.iter().enumerate() {
            let id = AdversaryId::from_index(a);
            for actor in (0..adversary.actors.len()).map(ActorId::from_index) {
                let Some(view) = simulation.actor_view(id, actor).filter(|view| !view.away) else { continue };
                self.put(plan, spots, Body::Actor(id, actor), view.whereabouts);
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

    /// Puts one where they are. Whoever goes into a room goes to a place of their own in it, and from there.
    fn put(&mut self, plan: &Plan, spots: &Spots, body: Body, whereabouts: Whereabouts) {
        let Some(zone) = whereabouts.zone else { return };
        let (centre, own) = (plan.zones[zone.index()].centre, spots.of(plan, body, zone));
        let place = |at: Option<(f64, f64)>| if at == centre { own.or(at) } else { at };
        let whereabouts = Whereabouts { from: place(whereabouts.from), to: place(whereabouts.to), ..whereabouts };
        if let Some(at) = whereabouts.at(self.now) {
            self.figures.push(Figure { body, zone, at });
        }
    }
}
