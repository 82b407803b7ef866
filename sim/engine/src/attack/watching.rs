//! Waiting for a certain person, or for anybody, to show what they have: a badge to copy, a PIN, a number on the wire.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::event::{Gain, Observer};
use crate::simulation::Ctx;
use crate::world::{ActorRef, Doing, Stage};

/// What a tapped reader has recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tap {
    pub portal: PortalId,
    pub direction: Direction,
    pub credential: CredentialId,
}

impl<O: Observer> Ctx<'_, O> {
    /// Waits, as long as patience lasts, for what a job needs.
    pub(super) fn lie_in_wait(&mut self, who: ActorRef, doing: Doing, job: Job) {
        let patience = &self.plan.adversaries[who.adversary().index()].patience;
        let wait = self.world.time(patience, doing.key, Purpose::Patience, doing.n);
        self.next(who, wait, Stage::PatienceUp);
        if let Some(doing) = &mut self.world.adversaries[who.adversary().index()].doing[who.actor().index()] {
            doing.lurking = true;
        }
        self.world.lurking += 1;
        if let Job::Copy { credential, zone } | Job::Unlock { by: Releaser::Relay { credential, zone, .. }, .. } = job
            && let Some(mark) = self.plan.credentials[credential.index()].person
            && self.person_is_about(mark, zone)
        {
            self.seizes(who);
        }
    }

    /// What was waited for is here: the work itself begins.
    fn seizes(&mut self, who: ActorRef) {
        let Some(doing) = self.stops_waiting(who) else { return };
        let Intent::Work { technique, .. } = doing.intent else { return };
        let time = self.effort(who, &doing, technique, None);
        self.next(who, time, Stage::Worked);
    }

    fn stops_waiting(&mut self, who: ActorRef) -> Option<Doing> {
        let state = &mut self.world.adversaries[who.adversary().index()];
        state.turn[who.actor().index()] += 1;
        let doing = state.doing[who.actor().index()].as_mut()?;
        doing.lurking = false;
        self.world.lurking -= 1;
        Some(*doing)
    }

    /// Those who lie in wait for something, with what they are at.
    fn lurkers(&self) -> Vec<(ActorRef, Job)> {
        let mut found = Vec::new();
        for (a, state) in self.world.adversaries.iter().enumerate() {
            for (i, doing) in state.doing.iter().enumerate() {
                if let Some(Doing { intent: Intent::Work { job, .. }, lurking: true, .. }) = doing {
                    found.push((ActorRef::new(AdversaryId::from_index(a), ActorId::from_index(i)), *job));
                }
            }
        }
        found
    }

    /// Somebody comes into a zone.
    #[inline]
    pub(crate) fn shows_up(&mut self, person: PersonId, zone: ZoneId) {
        if self.world.lurking > 0 {
            self.seen_by_lurkers(person, zone);
        }
    }

    #[cold]
    fn seen_by_lurkers(&mut self, person: PersonId, zone: ZoneId) {
        let badge = self.plan.people[person.index()].badge;
        for (who, job) in self.lurkers() {
            let near = match job {
                Job::Copy { credential, zone: at }
                | Job::Unlock { by: Releaser::Relay { credential, zone: at, .. }, .. } => {
                    (credential, at) == (badge, zone)
                }
                _ => false,
            };
            if near {
                self.seizes(who);
            }
        }
    }

    /// Somebody is granted at a reader.
    #[inline]
    pub(crate) fn shows_badge_to_reader(&mut self, portal: PortalId, direction: Direction, credential: CredentialId) {
        if self.world.lurking > 0 {
            self.overheard(portal, direction, credential);
        }
    }

    #[cold]
    fn overheard(&mut self, portal: PortalId, direction: Direction, credential: CredentialId) {
        for (who, job) in self.lurkers() {
            if job == (Job::WatchPin { credential, portal, direction }) {
                self.seizes(who);
            } else if job == (Job::Tap { portal, direction })
                && let Some(doing) = self.stops_waiting(who)
            {
                let tap = Tap { portal, direction, credential };
                self.world.adversaries[who.adversary().index()].taps.push(tap);
                self.gain(who.adversary(), Gain::Credential(credential));
                self.succeed(who, doing.intent);
            }
        }
    }

    /// What the time at a mark, or at a reader, has brought.
    pub(super) fn watched(&mut self, who: ActorRef, doing: Doing, job: Job, technique: TechniqueId) {
        if !self.manages(who, &doing, technique) {
            return;
        }
        let id = who.adversary();
        match job {
            Job::Copy { credential, .. } => {
                self.world.adversaries[id.index()].credentials.insert(credential.index());
                self.gain(id, Gain::Credential(credential));
                self.succeed(who, doing.intent);
            }
            Job::WatchPin { credential, .. } => {
                self.world.adversaries[id.index()].pins.insert(credential.index());
                self.succeed(who, doing.intent);
            }
            Job::Unlock { by: Releaser::Relay { credential, direction, .. }, portal } => {
                self.hostile(who);
                let decision = self.ask_portal(portal, direction, credential, true, self.cause(who, &doing));
                if decision.verdict == Verdict::Allow && self.release_by_panel(portal) {
                    self.succeed(who, doing.intent);
                } else {
                    self.fail(who, doing.intent, Failure::Refused);
                }
            }
            // The thing is in; now for somebody to come.
            _ => self.lie_in_wait(who, doing, job),
        }
    }

    /// What was recorded at a reader.
    pub(super) fn recorded_at(&self, id: AdversaryId, portal: PortalId, direction: Direction) -> Option<CredentialId> {
        let taps = &self.world.adversaries[id.index()].taps;
        taps.iter().rev().find(|t| t.portal == portal && t.direction == direction).map(|t| t.credential)
    }
}
