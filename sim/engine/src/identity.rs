//! Joining and leaving the company, and how the news reaches accounts and badges.
//!
//! The personnel records know at once. What follows from them has its lag, fails or is forgotten: whoever has left keeps
//! accounts and badges until then.

use doorward_model::base::*;
use doorward_model::defence::IdentityRecord;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::CredentialStatus;

use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{Cause, Command};

/// A step of a change of somebody's standing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IdentityStep {
    /// The transfer to accounts is due.
    AccountsEnd,
    /// The transfer to badges is due.
    BadgesEnd,
    /// Somebody ends the accounts by hand.
    AccountsByHand,
    /// Somebody ends the badges by hand.
    BadgesByHand,
    /// Rights are reviewed.
    Review,
    /// What was ended by mistake is put right.
    PutRight,
}

/// Who works here, by truth and by record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    /// People who have left.
    left: IdSet,
    /// People whom the personnel records have as gone: those, and others by mistake.
    gone: IdSet,
    /// People whose accounts, and whose badges, wait for the transfer to work again.
    waiting: [IdSet; 2],
    /// The transfer stands still.
    stands_still: bool,
    /// Badges that their owners have reported as lost: their being revoked says nothing of the owner.
    lost: IdSet,
}

impl Identity {
    /// Everybody works here.
    pub(crate) fn new(plan: &Plan) -> Self {
        let people = || IdSet::with_len(plan.people.len());
        Self {
            left: people(),
            gone: people(),
            waiting: [people(), people()],
            stands_still: false,
            lost: IdSet::with_len(plan.credentials.len()),
        }
    }

    /// As at the start of a run. Keeps its memory.
    pub(crate) fn reset(&mut self) {
        self.left.clear();
        self.gone.clear();
        self.waiting.iter_mut().for_each(IdSet::clear);
        self.stands_still = false;
        self.lost.clear();
    }

    /// A badge is reported as lost or stolen.
    pub(crate) fn set_lost(&mut self, credential: CredentialId) {
        self.lost.insert(credential.index());
    }

    /// Whether one was: nothing brings it back but a new one.
    pub(crate) fn is_lost(&self, credential: CredentialId) -> bool {
        self.lost.contains(credential.index())
    }

    /// Its holder has one again; whether it was reported as lost.
    pub(crate) fn found_again(&mut self, credential: CredentialId) -> bool {
        self.lost.remove(credential.index())
    }
}

/// Which of the two worlds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum World {
    Accounts,
    Badges,
}

impl<O: Observer> Ctx<'_, O> {
    /// Schedules what comes by the clock.
    pub(crate) fn open_identity(&mut self) {
        if let Some(every) = self.plan.policy.identity.review_every.filter(|every| *every > SimDuration::ZERO) {
            self.world.after(every, Command::Identity(IdentityStep::Review, PersonId(0)));
        }
    }

    /// The next step.
    #[inline(never)]
    pub(crate) fn identity_step(&mut self, step: IdentityStep, person: PersonId) -> bool {
        match step {
            IdentityStep::AccountsEnd => self.transferred(World::Accounts, person),
            IdentityStep::BadgesEnd => self.transferred(World::Badges, person),
            IdentityStep::AccountsByHand => self.ends(World::Accounts, person),
            IdentityStep::BadgesByHand => self.ends(World::Badges, person),
            IdentityStep::Review => {
                self.review();
                if let Some(every) = self.plan.policy.identity.review_every {
                    self.world.after(every, Command::Identity(IdentityStep::Review, PersonId(0)));
                }
                true
            }
            IdentityStep::PutRight => self.put_right(person),
        }
    }

    // -------------------------------------------------------- coming and going

    /// Somebody leaves the company.
    pub(crate) fn leaves(&mut self, person: PersonId) {
        if self.world.identity.left.insert(person.index()) {
            self.tell(Truth::Employment { person, employed: false });
            self.recorded_as_gone(person);
        }
    }

    /// The personnel records have somebody as gone: the other systems hear of it in their time.
    fn recorded_as_gone(&mut self, person: PersonId) {
        let plan = self.plan;
        if !self.world.identity.gone.insert(person.index()) {
            return;
        }
        let key = plan.people[person.index()].key.mix(EntityKey::new("identity", "gone"));
        let n = self.world.ordinal(key, Purpose::TransferTime);
        self.report(Report::IdentityEnded { person }, Cause::ordinary(key, n));
        let policy = &plan.policy.identity;
        if let Some(lag) = &policy.accounts_end {
            let key = key.mix(EntityKey::new("identity", "accounts"));
            self.transfer(lag, person, (IdentityStep::AccountsEnd, IdentityStep::AccountsByHand), key, n);
        }
        if let Some(lag) = &policy.badges_end {
            let key = key.mix(EntityKey::new("identity", "badges"));
            self.transfer(lag, person, (IdentityStep::BadgesEnd, IdentityStep::BadgesByHand), key, n);
        }
    }

    /// Sends the news that somebody has left to one system.
    fn transfer(
        &mut self,
        lag: &Lag,
        person: PersonId,
        (arrives, by_hand): (IdentityStep, IdentityStep),
        key: EntityKey,
        n: u32,
    ) {
        let (takes, fails) = self.world.time_and_chance(
            (&lag.takes, Purpose::TransferTime),
            (lag.fails, Purpose::TransferFails),
            key,
            n,
        );
        if !fails {
            self.world.after(takes, Command::Identity(arrives, person));
        } else if let Some(hand) = &lag.by_hand {
            let takes = self.world.time(hand, key, Purpose::ByHandTime, n);
            self.world.after(takes, Command::Identity(by_hand, person));
        }
    }

    /// Somebody who had left comes back, as a new record: nobody looks what the old one had, and an old badge of theirs
    /// works again.
    pub(crate) fn returns(&mut self, person: PersonId) {
        if !self.world.identity.left.remove(person.index()) {
            return;
        }
        self.world.identity.gone.remove(person.index());
        self.world.identity.waiting.iter_mut().for_each(|waiting| {
            waiting.remove(person.index());
        });
        self.tell(Truth::Employment { person, employed: true });
        self.give_back(person);
        let old = self.plan.people[person.index()].old_badges.first().copied();
        if let Some(old) = old.filter(|old| self.status_now(*old) != Some(CredentialStatus::Active)) {
            self.change_credential(old, CredentialStatus::Active, None);
        }
    }

    /// Whether somebody works here, by truth.
    pub(crate) fn employed(&self, person: PersonId) -> bool {
        !self.world.identity.left.contains(person.index())
    }

    // -------------------------------------------------------------- transfers

    /// The transfer to a system is due; while it stands still it waits.
    fn transferred(&mut self, world: World, person: PersonId) -> bool {
        if self.world.identity.stands_still {
            if self.world.identity.gone.contains(person.index()) {
                self.world.identity.waiting[world as usize].insert(person.index());
            }
            return false;
        }
        self.ends(world, person)
    }

    /// The transfer from the personnel records stands still, or (`false`) works again: what waited arrives.
    pub(crate) fn sync_stands(&mut self, still: bool) {
        self.world.identity.stands_still = still;
        if still {
            return;
        }
        for world in [World::Accounts, World::Badges] {
            for person in (0..self.plan.people.len()).map(PersonId::from_index) {
                if self.world.identity.waiting[world as usize].remove(person.index()) {
                    self.ends(world, person);
                }
            }
        }
    }

    /// What somebody has in one world ends, unless they have come back meanwhile.
    fn ends(&mut self, world: World, person: PersonId) -> bool {
        if !self.world.identity.gone.contains(person.index()) {
            return false;
        }
        match world {
            World::Accounts => {
                self.end_accounts(person);
                self.world_ended(person, IdentityRecord::Accounts);
            }
            World::Badges => {
                self.end_badges(person);
                self.world_ended(person, IdentityRecord::Badges);
            }
        }
        true
    }

    /// What somebody had in one world has ended: where both worlds end together, so does the other.
    pub(crate) fn world_ended(&mut self, person: PersonId, record: IdentityRecord) {
        if !self.plan.policy.identity.both_worlds {
            return;
        }
        match record {
            IdentityRecord::Accounts => self.end_badges(person),
            IdentityRecord::Badges => self.end_accounts(person),
            IdentityRecord::Bookings | IdentityRecord::Keys => {}
        }
    }

    /// A response has revoked a badge: where that is the one in use and was not just lost, its holder's world has ended.
    pub(crate) fn badge_ended(&mut self, credential: CredentialId) {
        let holder = self.plan.credentials[credential.index()].person;
        let in_use = |p: &PersonId| self.plan.people[p.index()].badge == credential;
        if let Some(person) = holder.filter(in_use)
            && !self.world.identity.lost.contains(credential.index())
        {
            self.world_ended(person, IdentityRecord::Badges);
        }
    }

    /// An administrator revokes a credential.
    pub(crate) fn revoked(&mut self, credential: CredentialId) {
        if !matches!(self.status_now(credential), None | Some(CredentialStatus::Revoked)) {
            self.change_credential(credential, CredentialStatus::Revoked, None);
            self.badge_ended(credential);
        }
    }

    fn end_accounts(&mut self, person: PersonId) {
        let plan = self.plan;
        let mut changed = false;
        for &account in &plan.people[person.index()].accounts {
            if self.world.disabled.insert(account.index()) {
                changed = true;
                self.people_lose(account, true);
            }
        }
        if changed {
            self.tell(Truth::RightsChanged { person, record: IdentityRecord::Accounts, in_force: false });
        }
    }

    fn end_badges(&mut self, person: PersonId) {
        let plan = self.plan;
        let mut changed = false;
        for credential in badges_of(plan, person) {
            if self.status_now(credential) == Some(CredentialStatus::Active) {
                changed = true;
                self.end_badge(credential);
            }
        }
        if changed {
            self.tell(Truth::RightsChanged { person, record: IdentityRecord::Badges, in_force: false });
        }
    }

    /// Revokes one at the server. Whoever carries it may have nothing left once the panels know.
    fn end_badge(&mut self, credential: CredentialId) {
        let last = self.change_credential(credential, CredentialStatus::Revoked, None);
        for id in 0..self.world.adversaries.len() {
            if self.world.adversaries[id].credentials.contains(credential.index()) {
                self.world.queue.push(last, Command::Settle(AdversaryId::from_index(id)), true);
            }
        }
    }

    /// What somebody had works again.
    fn give_back(&mut self, person: PersonId) {
        let plan = self.plan;
        let mut enabled = false;
        for account in &plan.people[person.index()].accounts {
            enabled |= self.world.disabled.remove(account.index());
        }
        if enabled {
            self.tell(Truth::RightsChanged { person, record: IdentityRecord::Accounts, in_force: true });
        }
        let badge = plan.people[person.index()].badge;
        let lost = self.world.identity.lost.contains(badge.index());
        if !lost && self.status_now(badge) == Some(CredentialStatus::Revoked) {
            self.change_credential(badge, CredentialStatus::Active, None);
            self.tell(Truth::RightsChanged { person, record: IdentityRecord::Badges, in_force: true });
        }
    }

    // --------------------------------------------------------------- mistakes

    /// The transfer takes these people for leavers, until somebody puts it right.
    pub(crate) fn sync_ends(&mut self, people: &[PersonId], repair: &Distribution, inject: u32) {
        let plan = self.plan;
        let policy = &plan.policy.identity;
        for &person in people {
            if !self.employed(person) {
                continue;
            }
            self.recorded_as_gone(person);
            let key = plan.people[person.index()].key.mix(plan.injects[inject as usize].key);
            let repaired = self.world.time(repair, key, Purpose::RecordsRepaired, 0);
            // Who ends rights by hand also gives them back by hand.
            let lag = policy.accounts_end.as_ref().or(policy.badges_end.as_ref());
            let by_hand = lag.and_then(|lag| lag.by_hand.as_ref());
            let by_hand = by_hand.map(|hand| self.world.time(hand, key, Purpose::ByHandTime, 0));
            let after = by_hand.map_or(repaired, |hand| hand.min(repaired));
            self.world.after(after, Command::Identity(IdentityStep::PutRight, person));
        }
    }

    /// What was ended by mistake is given back.
    fn put_right(&mut self, person: PersonId) -> bool {
        if !self.employed(person) || !self.world.identity.gone.remove(person.index()) {
            return false;
        }
        self.world.identity.waiting.iter_mut().for_each(|waiting| {
            waiting.remove(person.index());
        });
        self.give_back(person);
        true
    }

    /// Looks through all rights: those of people who have left end, and so do old badges that still open something.
    fn review(&mut self) {
        let plan = self.plan;
        for person in (0..plan.people.len()).map(PersonId::from_index) {
            if !self.employed(person) {
                self.end_accounts(person);
                self.end_badges(person);
            }
            for &old in &plan.people[person.index()].old_badges {
                if self.status_now(old) == Some(CredentialStatus::Active) {
                    self.end_badge(old);
                }
            }
        }
    }
}

/// Badges of a person: the one in use, and older ones.
pub(crate) fn badges_of(plan: &Plan, person: PersonId) -> impl Iterator<Item = CredentialId> {
    let of = &plan.people[person.index()];
    std::iter::once(of.badge).chain(of.old_badges.iter().copied())
}
