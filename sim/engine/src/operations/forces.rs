//! Forces from elsewhere: called, on their way, here.

use doorward_model::base::*;
use doorward_model::defence::CommunicationMode;

use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{ActorRef, Command};

impl<O: Observer> Ctx<'_, O> {
    pub(super) fn call(&mut self, force: ForceId, true_alarm: bool) {
        let plan = self.plan;
        let key = plan.forces[force.index()].key;
        if let Some(known) = &mut self.world.under_way[force.index()] {
            *known |= true_alarm;
            return;
        }
        let n = self.world.ordinal(key, Purpose::Communication);
        let communicated = match plan.policy.communication {
            None => true,
            Some((chance, CommunicationMode::PerAlarm)) => self.world.happens(chance, key, Purpose::Communication, n),
            Some((chance, CommunicationMode::PerIncident)) => match self.world.communicated {
                Some(known) => known,
                None => {
                    let drawn = self.world.happens(chance, key, Purpose::Communication, 0);
                    self.world.communicated = Some(drawn);
                    drawn
                }
            },
        };
        self.tell(Truth::ForceCalled { force, communicated });
        if communicated {
            self.world.under_way[force.index()] = Some(true_alarm);
            let arrival = self.world.time(&plan.forces[force.index()].arrival, key, Purpose::ForceArrival, n);
            self.world.after(arrival, Command::ForceArrives(force));
        }
    }

    /// A force is here: it meets everybody who is still on the site.
    #[inline(never)]
    pub(crate) fn force_arrives(&mut self, force: ForceId) -> bool {
        let true_alarm = self.world.under_way[force.index()].take().unwrap_or(false);
        self.tell(Truth::ForceArrived { force });
        for who in self.actors_in(None) {
            self.meet(who, !true_alarm, true);
        }
        true
    }

    /// An actor as a key, for draws between two.
    pub(crate) fn actor_key(&self, who: ActorRef) -> EntityKey {
        self.plan.adversaries[who.adversary().index()].actors[who.actor().index()].key
    }
}
