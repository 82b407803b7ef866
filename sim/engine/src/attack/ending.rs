//! How it ends: away, contained, met.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::attack::altered::Altered;
use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{ActorRef, Standing};

impl<O: Observer> Ctx<'_, O> {
    /// An actor has left the site.
    pub(super) fn gone(&mut self, who: ActorRef) {
        let plan = self.plan;
        let state = &mut self.world.adversaries[who.adversary().index()];
        let index = who.actor().index();
        state.turn[index] += 1;
        state.zones[index] = None;
        state.standing[index] = Standing::Away;
        if let Objective::Theft(asset) = plan.adversaries[who.adversary().index()].objective
            && state.carried[asset.index()] == Some(who.actor())
        {
            self.reached(who.adversary());
        }
        self.settle(who.adversary());
    }

    /// Whether an adversary still has live access (SEMANTICS 1).
    pub(super) fn live_access(&self, id: AdversaryId) -> bool {
        let plan = self.plan;
        let state = &self.world.adversaries[id.index()];
        let on_site = state.zones.iter().zip(&state.standing).any(|(zone, standing)| {
            matches!(standing, Standing::Free | Standing::Leaving)
                && zone.is_some_and(|z| {
                    plan.zones[z.index()].level > 0 && !plan.zones[z.index()].offsite() && !self.is_entitled(id, z)
                })
        });
        let badge = || state.credentials.iter().any(|c| self.works_somewhere(CredentialId::from_index(c)));
        let session = || self.world.sessions.iter().any(|s| s.adversary == id);
        let implant = || {
            let brought = |segment: usize| !plan.segments[segment].internet;
            state.segments.iter().any(brought)
        };
        let account = || {
            state.accounts.iter().any(|a| {
                let account = AccountId::from_index(a);
                plan.accounts[a].services.iter().any(|service| {
                    let token = || self.holds_token(id, *service, account);
                    !self.world.isolated.contains(plan.services[service.index()].device.index())
                        && self.reaches_from_somewhere(id, *service)
                        && (token()
                            || self.without_second_factor(account, *service)
                                && !self.is_refused_for_good(account, *service))
                })
            })
        };
        let altered = || self.world.altered.iter().any(|a| a.adversary == id && a.how != Altered::Broken);
        let tapped = || state.taps.iter().any(|tap| self.works_somewhere(tap.credential));
        // In custody nobody uses what they have in their pocket or in their head; what was planted works on.
        let at_large = state.standing.iter().any(|standing| *standing != Standing::Custody);
        on_site || session() || implant() || at_large && (badge() || account() || altered() || tapped())
    }

    /// Whether the policy will never let a thief in with an account: there will be no ticket and no second factor. A
    /// copy of the defence is asked, so that nothing comes of it.
    pub(super) fn is_refused_for_good(&self, account: AccountId, service: ServiceId) -> bool {
        let place = Place::Host(self.plan.services[service.index()].device);
        let access = Access::Login { service, account, remote: false, second_factor: false, ticket: false, from: None };
        let request = AccessRequest { at: self.world.now, place, access };
        let decision = self.defence.boxed_clone().decide(&request, &PlaceView::at(self.week_ms()));
        decision.verdict != Verdict::Allow && matches!(decision.reason, Reason::NoTicket | Reason::Factor)
    }

    pub(super) fn reaches_from_somewhere(&self, id: AdversaryId, service: ServiceId) -> bool {
        let state = &self.world.adversaries[id.index()];
        state.segments.iter().any(|s| self.plan.reaches(Origin::Segment(SegmentId::from_index(s)), service))
            || state.footholds.iter().any(|d| self.plan.reaches(Origin::Device(DeviceId::from_index(d)), service))
    }

    /// Looks whether a response has ended all live access.
    #[inline(never)]
    pub(crate) fn settle(&mut self, id: AdversaryId) -> bool {
        let state = &self.world.adversaries[id.index()];
        if !state.acted || state.contained || !state.hit || self.live_access(id) {
            return false;
        }
        self.world.adversaries[id.index()].contained = true;
        self.tell(Truth::Contained { adversary: id });
        for actor in 0..self.plan.adversaries[id.index()].actors.len() {
            self.cancel(ActorRef::new(id, ActorId::from_index(actor)));
        }
        true
    }

    // ------------------------------------------------------------------ contact

    /// The response faces an actor, whatever comes of it.
    pub(crate) fn faced(&mut self, who: ActorRef, chance: bool) {
        let (adversary, actor) = (who.adversary(), who.actor());
        self.tell(Truth::Met { adversary, actor, chance });
        let state = &mut self.world.adversaries[adversary.index()];
        if !state.interrupted && !state.objective && !state.stopped && !state.contained && !chance {
            state.interrupted = true;
            self.tell(Truth::Interrupted { adversary });
        }
    }

    /// The response faces an actor, and takes or drives them away.
    pub(crate) fn meet(&mut self, who: ActorRef, chance: bool, stopped: bool) {
        let (adversary, actor) = (who.adversary(), who.actor());
        self.faced(who, chance);
        self.world.adversaries[adversary.index()].hit = true;
        self.cancel(who);
        let state = &mut self.world.adversaries[adversary.index()];
        let zone = state.zones[actor.index()];
        for (asset, carrier) in state.carried.iter_mut().enumerate() {
            if *carrier == Some(actor) {
                *carrier = None;
                self.world.assets[asset] = zone;
            }
        }
        if stopped {
            state.standing[actor.index()] = Standing::Custody;
            self.tell(Truth::Custody { adversary, actor });
            self.perceive(adversary, Percept::Taken { actor });
        } else {
            self.tell(Truth::Fled { adversary, actor });
            self.leave(who);
            self.perceive(adversary, Percept::Met { actor });
        }
        self.settle(adversary);
    }

    /// Actors on foot in a zone who are not in custody, in one that lies offsite only those who have acted; without a
    /// zone: all on the site, or at work on its boundary.
    pub(crate) fn actors_in(&self, zone: Option<ZoneId>) -> Vec<ActorRef> {
        let mut found = Vec::new();
        for (a, state) in self.world.adversaries.iter().enumerate() {
            for (i, here) in state.zones.iter().enumerate() {
                let free = matches!(state.standing[i], Standing::Free | Standing::Leaving);
                let on_site = here.is_some_and(|z| !self.plan.zones[z.index()].offsite());
                let here = match zone {
                    Some(_) => *here == zone && (on_site || state.acted),
                    None => on_site || state.doing[i].is_some_and(|doing| Self::works_at_portal(doing.intent)),
                };
                if state.begun && free && here {
                    found.push(ActorRef::new(AdversaryId::from_index(a), ActorId::from_index(i)));
                }
            }
        }
        found
    }

    /// Whether an actor is at a portal as nobody would be who goes through as anybody may.
    pub(super) fn works_at_portal(intent: Intent) -> bool {
        matches!(intent, Intent::Pass { through, .. } if through != Through::Freely)
    }
}
