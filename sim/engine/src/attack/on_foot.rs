//! On foot: at portals, behind somebody, at an asset.

use doorward_model::base::*;
use doorward_model::plan::built_in::{HELD_OPEN, WEDGED_FROM};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::CredentialStatus;
use doorward_model::technique::Act;

use crate::event::{Gain, Observer, Truth, Who};
use crate::passage::Opening;
use crate::simulation::Ctx;
use crate::world::{ActorRef, Command, Doing, Stage};

impl<O: Observer> Ctx<'_, O> {
    pub(super) fn at_portal(
        &mut self,
        who: ActorRef,
        doing: Doing,
        portal: PortalId,
        direction: Direction,
        through: Through,
        technique: TechniqueId,
    ) {
        let door = &self.plan.portals[portal.index()];
        match through {
            Through::Freely => {
                if self.opens(portal, direction) || self.is_broken(portal) {
                    self.walk_through(who, &doing, portal, technique);
                } else {
                    self.fail(who, doing.intent, Failure::Refused);
                }
            }
            Through::Released => {
                self.hostile(who);
                // The technique is that of the console.
                if self.opens(portal, direction) {
                    self.go_through(who, &doing, portal);
                } else {
                    self.fail(who, doing.intent, Failure::Refused);
                }
            }
            Through::With(credential) => {
                if !self.is_own(who.adversary(), credential) {
                    self.hostile(who);
                }
                if self.fits(portal, credential) {
                    self.walk_through(who, &doing, portal, technique);
                } else if let Some(reader) = self.reader(portal, direction) {
                    // A time of its own covers all, from the card to the far side.
                    let time = match self.own_effort(who, &doing, technique) {
                        Some(own) => own,
                        None => {
                            let read = self.world.time(&reader.read_time, doing.key, Purpose::ReadTime, doing.n);
                            let decision = self.decision_delay(reader, doing.key, doing.n);
                            self.at_pace(who, technique, read + decision)
                        }
                    };
                    self.next(who, time, Stage::Decided);
                } else {
                    self.fail(who, doing.intent, Failure::Refused);
                }
            }
            Through::Replaying => {
                self.hostile(who);
                let delay = match self.reader(portal, direction) {
                    Some(reader) => self.decision_delay(reader, doing.key, doing.n),
                    None => SimDuration::ZERO,
                };
                self.next(who, delay, Stage::Decided);
            }
            Through::Persuading => {
                self.hostile(who);
                let time = self.effort(who, &doing, technique, None);
                self.next(who, time, Stage::Worked);
            }
            Through::Following => {
                if self.opens(portal, direction) {
                    return self.go_through(who, &doing, portal);
                }
                let patience = &self.plan.adversaries[who.adversary().index()].patience;
                let wait = self.world.time(patience, doing.key, Purpose::Patience, doing.n);
                self.next(who, wait, Stage::PatienceUp);
                if self.plan.techniques[technique.index()].duration.is_some() {
                    return self.await_chance(who, &doing, technique, doing.n);
                }
                self.world.portals[portal.index()].waiting += 1;
                if let Some(doing) = &mut self.world.adversaries[who.adversary().index()].doing[who.actor().index()] {
                    doing.waiting = true;
                }
                if self.is_wedged(portal) {
                    self.walks_in(who, Doing { waiting: true, ..doing }, portal, technique);
                }
            }
            Through::Breaking => {
                self.hostile(who);
                let method = match &self.plan.techniques[technique.index()].act {
                    Act::Breach(method) => method.as_str(),
                    Act::FoolExit if door.can_be_fooled(direction) => "rex",
                    _ => return self.fail(who, doing.intent, Failure::DidNotWork),
                };
                let time = self.effort(who, &doing, technique, door.delay(method));
                self.sense(who, &door.sensors, method, time);
                if matches!(self.plan.techniques[technique.index()].act, Act::Breach(_)) {
                    self.at_work_on(who, &doing, door);
                }
                self.next(who, time, Stage::Worked);
            }
        }
    }

    pub(super) fn at_asset(&mut self, who: ActorRef, doing: Doing, asset: AssetId, technique: TechniqueId) {
        let here = self.world.adversaries[who.adversary().index()].zones[who.actor().index()];
        if here.is_none() || self.world.assets[asset.index()] != here {
            return self.fail(who, doing.intent, Failure::NotThere);
        }
        self.hostile(who);
        let target = &self.plan.assets[asset.index()];
        let time = self.effort(who, &doing, technique, Some(&target.task_time));
        let method = if matches!(doing.intent, Intent::Work { job: Job::Take { .. }, .. }) { "take" } else { "task" };
        self.sense(who, &target.sensors, method, time);
        if let Some(zone) = here {
            self.challenge(who, &doing, zone);
        }
        self.next(who, time, Stage::Worked);
    }

    /// Who only waits is a stranger all the same, for those who work there; one who knows how keeps out of their sight.
    pub(super) fn loiters(&mut self, who: ActorRef, doing: &Doing) {
        let Some(zone) = self.world.adversaries[who.adversary().index()].zones[who.actor().index()] else { return };
        let place = &self.plan.zones[zone.index()];
        if place.offsite() || place.level == 0 || self.is_entitled(who.adversary(), zone) {
            return;
        }
        if !self.hides(who, doing) {
            return self.challenge(who, doing, zone);
        }
        if let Some(doing) = &mut self.world.adversaries[who.adversary().index()].doing[who.actor().index()] {
            doing.hidden = true;
        }
    }

    /// Whether an actor who only waits keeps out of sight.
    pub(crate) fn is_out_of_sight(&self, who: ActorRef) -> bool {
        let doing = self.world.adversaries[who.adversary().index()].doing[who.actor().index()];
        doing.is_some_and(|doing| doing.hidden)
    }

    /// Whether an actor knows how to keep out of sight, and it works.
    fn hides(&mut self, who: ActorRef, doing: &Doing) -> bool {
        let known = &self.plan.adversaries[who.adversary().index()].techniques;
        let hide = known.iter().copied().find(|id| self.plan.techniques[id.index()].act == Act::Hide);
        hide.is_some_and(|hide| self.works(who, doing, hide, Probability::ONE))
    }

    /// A door that lets out is opened from inside, for somebody outside.
    pub(super) fn opens_from_inside(
        &mut self,
        who: ActorRef,
        doing: Doing,
        (portal, direction): (PortalId, Direction),
        technique: TechniqueId,
    ) {
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        let here = self.world.adversaries[who.adversary().index()].zones[who.actor().index()];
        let within = here == Some(plan.zone_beyond(portal, direction));
        if !within || !door.lets_out(direction.back()) || !self.works(who, &doing, technique, Probability::ONE) {
            return self.fail(who, doing.intent, Failure::DidNotWork);
        }
        let cause = self.cause(who, &doing);
        let stays = self.world.time(&door.close_time, doing.key, Purpose::CloseTime, doing.n);
        self.open_leaf(portal, Opening::Egress, stays, cause);
        let state = &mut self.world.portals[portal.index()];
        state.released_until = state.released_until.max(self.world.now + HELD_OPEN);
        self.succeed(who, doing.intent);
    }

    /// Work on a barrier is seen and heard on both of its sides.
    fn at_work_on(&mut self, who: ActorRef, doing: &Doing, door: &Portal) {
        let sides = [door.outer, door.inner];
        let onsite = |zone: &&ZoneId| !self.plan.zones[zone.index()].offsite();
        if let Some(&zone) = sides.iter().filter(onsite).max_by_key(|zone| self.people_in(**zone)) {
            self.challenge(who, doing, zone);
        }
        self.overheard_by_guards(&sides);
    }

    /// People about may challenge a stranger at work and call the guards.
    pub(super) fn challenge(&mut self, who: ActorRef, doing: &Doing, zone: ZoneId) {
        let staffed = self.people_in(zone) > 0;
        let chance = self.plan.behaviour.challenges;
        if staffed && self.world.happens(chance, doing.key, Purpose::Challenge, doing.n) {
            self.people_call(who, zone, doing.key, doing.n);
        }
    }

    /// Somebody will call the guards about a stranger.
    pub(super) fn people_call(&mut self, who: ActorRef, zone: ZoneId, key: EntityKey, n: u32) {
        let delay = self.world.time(&self.plan.behaviour.report_delay, key, Purpose::ReportDelay, n);
        let report = self.world.ordinal(self.plan.zones[zone.index()].key, Purpose::ReportDelay);
        self.world.after(delay, Command::PersonReports(zone, who, report));
    }

    #[inline(never)]
    pub(crate) fn person_reports(&mut self, zone: ZoneId, who: ActorRef, n: u32) -> bool {
        let actor = self.plan.adversaries[who.adversary().index()].actors[who.actor().index()].key;
        let key = self.plan.zones[zone.index()].key.mix(actor);
        self.report(Report::PersonReport { zone }, self.cause_of(who, key, n));
        true
    }

    /// The reader's panel answers an actor.
    pub(super) fn decided(&mut self, who: ActorRef, doing: Doing) {
        let Intent::Pass { portal, direction, through, technique } = doing.intent else { return };
        let replayed = through == Through::Replaying;
        let credential = match through {
            Through::With(credential) => Some(credential),
            _ => self.recorded_at(who.adversary(), portal, direction),
        };
        let Some(credential) = credential else { return self.fail(who, doing.intent, Failure::DidNotWork) };
        let pass = match self.plan.techniques[technique.index()].duration {
            Some(_) if !replayed => SimDuration::ZERO,
            Some(_) | None => {
                let pass = self.pass_time(&doing, portal);
                self.at_pace(who, technique, pass)
            }
        };
        // What was recorded works as often as it was recorded.
        if !replayed && !self.works(who, &doing, technique, Probability::ONE) {
            return self.next(who, pass, Stage::Worked);
        }
        let door = &self.plan.portals[portal.index()];
        // The card is there; the rightful holder's finger is not, nor a PIN that nobody watched. A recording has it all, and
        // so has who was issued it.
        let pin = || self.world.adversaries[who.adversary().index()].pins.contains(credential.index());
        let own = self.is_own(who.adversary(), credential);
        let given = replayed
            || own
            || door.readers[direction.index()].as_ref().is_some_and(|r| !r.biometric && (!r.pin || pin()));
        let decision = self.ask_portal(portal, direction, credential, given, self.cause(who, &doing));
        if decision.verdict == Verdict::Allow {
            self.next(who, pass, Stage::Through);
        } else {
            self.fail(who, doing.intent, Failure::Refused);
        }
    }

    /// The time that a portal takes to go through. Drawn once an attempt.
    pub(super) fn pass_time(&mut self, doing: &Doing, portal: PortalId) -> SimDuration {
        let pass_time = &self.plan.portals[portal.index()].pass_time;
        self.world.time(pass_time, doing.key, Purpose::PassTime, doing.n)
    }

    /// The way is free: going through takes its time.
    pub(super) fn go_through(&mut self, who: ActorRef, doing: &Doing, portal: PortalId) {
        let pass = self.pass_time(doing, portal);
        self.next(who, pass, Stage::Through);
    }

    /// The same, where going through is the technique: in its own time or the portal's, and by its own chance.
    pub(super) fn walk_through(&mut self, who: ActorRef, doing: &Doing, portal: PortalId, technique: TechniqueId) {
        let time = match self.own_effort(who, doing, technique) {
            Some(own) => own,
            None => {
                let pass = self.pass_time(doing, portal);
                self.at_pace(who, technique, pass)
            }
        };
        let held = match doing.intent {
            Intent::Pass { direction, through: Through::Freely, .. } => self.egress_delay(portal, direction),
            _ => SimDuration::ZERO,
        };
        let works = self.works(who, doing, technique, Probability::ONE);
        self.next(who, time + held, if works { Stage::Through } else { Stage::Worked });
    }

    /// Whether a credential was issued to the adversary.
    fn is_own(&self, id: AdversaryId, credential: CredentialId) -> bool {
        self.plan.adversaries[id.index()].credentials.iter().any(|c| c.own && c.credential == credential)
    }

    /// Whether the adversary may be in a zone now, by a badge of its own that is in force.
    pub(crate) fn is_entitled(&self, id: AdversaryId, zone: ZoneId) -> bool {
        let week_ms = self.week_ms();
        let own = self.plan.adversaries[id.index()].credentials.iter().filter(|c| c.own).map(|c| c.credential);
        own.filter(|c| self.status_now(*c) == Some(CredentialStatus::Active)).any(|c| {
            let role = self.plan.credentials[c.index()].role;
            role.is_some_and(|role| self.plan.roles[role.index()].may_enter(zone, week_ms))
        })
    }

    /// Whoever minds the entrance opens it for them, or does not.
    pub(super) fn persuades(
        &mut self,
        who: ActorRef,
        doing: Doing,
        (portal, direction): (PortalId, Direction),
        technique: TechniqueId,
    ) {
        let plan = self.plan;
        let (near, far) = match direction {
            Direction::Entry => (plan.portals[portal.index()].outer, plan.portals[portal.index()].inner),
            Direction::Exit => (plan.portals[portal.index()].inner, plan.portals[portal.index()].outer),
        };
        let guarded = |zone| self.world.guards.iter().any(|guard| guard.zone == zone);
        let somebody = [near, far].into_iter().any(|zone| self.people_in(zone) > 0 || guarded(zone));
        if !plan.is_minded(portal) || !somebody {
            return self.fail(who, doing.intent, Failure::NobodyCame);
        }
        if self.works(who, &doing, technique, plan.behaviour.holds_door) {
            return self.go_through(who, &doing, portal);
        }
        if self.world.happens(plan.behaviour.reports_refused, doing.key, Purpose::FollowReported, doing.n) {
            self.people_call(who, near, doing.key, doing.n);
        }
        self.fail(who, doing.intent, Failure::DidNotWork);
    }

    /// Waits for a chance to follow for the technique's own time, whoever passes meanwhile.
    pub(super) fn await_chance(&mut self, who: ActorRef, doing: &Doing, technique: TechniqueId, n: u32) {
        let Some(own) = &self.plan.techniques[technique.index()].duration else { return };
        let time = self.world.time(own, doing.key, Purpose::TechniqueDuration, n);
        self.next(who, time, Stage::Worked);
    }

    /// Somebody passes a portal where actors wait, or has wedged it open (then there is no direction): each may try to
    /// follow.
    pub(crate) fn offer_to_followers(&mut self, portal: PortalId, direction: Option<Direction>) {
        for a in 0..self.world.adversaries.len() {
            for i in 0..self.world.adversaries[a].doing.len() {
                let Some(doing) = self.world.adversaries[a].doing[i] else { continue };
                let Intent::Pass { portal: at, direction: way, technique, .. } = doing.intent else { continue };
                if !doing.waiting || at != portal || direction.is_some_and(|passed| passed != way) {
                    continue;
                }
                let who = ActorRef::new(AdversaryId::from_index(a), ActorId::from_index(i));
                if direction.is_some() {
                    self.follow(who, doing, portal, technique);
                } else {
                    self.walks_in(who, doing, portal, technique);
                }
            }
        }
    }

    /// Whether a leaf stands open, and for long.
    fn is_wedged(&self, portal: PortalId) -> bool {
        let state = &self.world.portals[portal.index()];
        state.open && state.closes_at >= self.world.now + WEDGED_FROM
    }

    /// Where a leaf stands open: with leave of whoever is beside it, or without anybody.
    fn walks_in(&mut self, who: ActorRef, doing: Doing, portal: PortalId, technique: TechniqueId) {
        let here = self.world.adversaries[who.adversary().index()].zones[who.actor().index()];
        if here.is_some_and(|zone| self.people_in(zone) > 0) {
            self.follow(who, doing, portal, technique);
        } else {
            self.hostile(who);
            self.goes_in_behind(who, doing, portal);
        }
    }

    /// Tries to follow somebody; whether it works.
    pub(super) fn follow(&mut self, who: ActorRef, doing: Doing, portal: PortalId, technique: TechniqueId) -> bool {
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        let behaviour = &plan.behaviour;
        // A chance of its own stands for both.
        let (holds, fits) = match plan.techniques[technique.index()].success {
            Some(own) => (own, Probability::ONE),
            None => (behaviour.holds_door, door.follow_chance),
        };
        let n = self.world.ordinal(doing.key, Purpose::FollowAllowed);
        self.hostile(who);
        if !self.world.happens(holds, doing.key, Purpose::FollowAllowed, n) {
            if self.world.happens(behaviour.reports_refused, doing.key, Purpose::FollowReported, n) {
                let zone = self.world.adversaries[who.adversary().index()].zones[who.actor().index()];
                if let Some(zone) = zone {
                    self.people_call(who, zone, doing.key.child(Purpose::FollowReported, u64::from(n)), 0);
                }
            }
            return false;
        }
        if !self.world.happens(fits, doing.key, Purpose::FollowFits, n) {
            return false;
        }
        self.goes_in_behind(who, doing, portal);
        true
    }

    /// Through on the same opening.
    fn goes_in_behind(&mut self, who: ActorRef, mut doing: Doing, portal: PortalId) {
        let door = &self.plan.portals[portal.index()];
        let state = &mut self.world.adversaries[who.adversary().index()];
        state.turn[who.actor().index()] += 1;
        if let Some(doing) = &mut state.doing[who.actor().index()] {
            doing.waiting = false;
        }
        if doing.waiting {
            self.world.portals[portal.index()].waiting -= 1;
        }
        self.sense(who, &door.sensors, "follow", SimDuration::ZERO);
        doing.waiting = false;
        self.go_through(who, &doing, portal);
    }

    pub(super) fn actor_through(&mut self, who: ActorRef, doing: Doing) {
        let Intent::Pass { portal, direction, through, technique } = doing.intent else { return };
        if through != Through::Breaking
            && let Some(until) = self.interlocked_until(portal)
        {
            let wait = (until - self.world.now) + SimDuration::from_millis(1);
            return self.next(who, wait, Stage::Through);
        }
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        let cause = self.cause(who, &doing);
        let egress = direction == Direction::Exit && door.readers[direction.index()].is_none();
        let opening = match through {
            Through::Breaking if plan.techniques[technique.index()].act == Act::FoolExit => Opening::Egress,
            Through::Breaking => Opening::Forced,
            Through::Freely if !self.opens(portal, direction) => Opening::Forced,
            Through::Freely if egress => Opening::Egress,
            Through::Freely
            | Through::With(_)
            | Through::Following
            | Through::Released
            | Through::Persuading
            | Through::Replaying => Opening::Granted,
        };
        let stays = self.world.time(&door.close_time, doing.key, Purpose::CloseTime, doing.n);
        self.open_leaf(portal, opening, stays, cause);
        if through == Through::Breaking && plan.techniques[technique.index()].act.leaves_a_hole() {
            self.broken(who, portal);
        }
        let presented = match through {
            Through::With(credential) => Some(credential),
            Through::Replaying => self.recorded_at(who.adversary(), portal, direction),
            _ => None,
        };
        if let Some(credential) = presented {
            self.record_passage(portal, direction, credential);
        }
        let zone = plan.zone_beyond(portal, direction);
        let state = &mut self.world.adversaries[who.adversary().index()];
        state.zones[who.actor().index()] = Some(zone);
        state.points[who.actor().index()] = door.at;
        let carries = state.carried.contains(&Some(who.actor()));
        let took = SimDuration::ZERO;
        self.tell(Truth::Passed { who: Who::Actor(who.adversary(), who.actor()), portal, direction, took });
        self.counted(portal, direction, through == Through::Following, cause);
        if carries {
            self.sense(who, &door.sensors, "carry", SimDuration::ZERO);
        }
        self.sense(who, &plan.zones[zone.index()].sensors, "walk", SimDuration::ZERO);
        let anybodys = plan.zones[zone.index()].level == 0 || plan.zones[zone.index()].offsite();
        if !anybodys && !self.is_entitled(who.adversary(), zone) {
            if !self.world.adversaries[who.adversary().index()].acted {
                self.hostile(who);
            }
            self.gain(who.adversary(), Gain::Zone(zone));
        }
        if plan.zones[zone.index()].offsite()
            && let Objective::Theft(asset) = plan.adversaries[who.adversary().index()].objective
            && self.world.adversaries[who.adversary().index()].carried[asset.index()] == Some(who.actor())
        {
            self.reached(who.adversary());
        }
        self.succeed(who, doing.intent);
    }
}
