//! Orders: each takes effect after its latency, with side effects on ordinary people, and what it took from those who
//! had done nothing is given back.

use doorward_model::base::*;
use doorward_model::defence::{IdentityRecord, LockDownScope};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::CredentialStatus;

use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{AdversaryState, Call, Command, Given, Pending, Revocation, Standing};

/// What an order took, and from whom.
#[derive(Clone, Copy, Default)]
struct Taken {
    /// It changed something.
    anything: bool,
    /// The adversary who has what was aimed at, whether or not it was taken before.
    of: Option<AdversaryId>,
}

impl<O: Observer> Ctx<'_, O> {
    /// An order of somebody who knows what is the case.
    pub(crate) fn order_later(&mut self, order: Order, automatic: bool, true_alarm: bool) {
        self.send_order(Given { order, automatic, true_alarm, alarm: None, certain: true });
    }

    /// An order takes effect after its latency.
    pub(super) fn send_order(&mut self, given: Given) {
        let latencies = &self.plan.policy.latencies;
        let plan = self.plan;
        let zone_key = |z: Option<ZoneId>| z.map_or(EntityKey::new("order", "site"), |z| plan.zones[z.index()].key);
        let (latency, key, kind) = match given.order {
            Order::Dispatch { zone } => (&latencies.dispatch, plan.zones[zone.index()].key, "dispatch"),
            Order::Call { force, .. } => (&latencies.call, plan.forces[force.index()].key, "call"),
            Order::Revoke { credential } => (&latencies.revoke, plan.credentials[credential.index()].key, "revoke"),
            Order::RevokeEnrolled { account } => {
                (&latencies.revoke, plan.accounts[account.index()].key, "revoke enrolled")
            }
            Order::Disable { account } => (&latencies.disable, plan.accounts[account.index()].key, "disable"),
            Order::EndSessions { account } => {
                (&latencies.end_sessions, plan.accounts[account.index()].key, "end sessions")
            }
            Order::Isolate { device } => (&latencies.isolate, plan.devices[device.index()].key, "isolate"),
            Order::LockDown { zone, .. } => (&latencies.lock_down, zone_key(zone), "lock down"),
            Order::Raise { .. } | Order::WakeAt { .. } => return,
        };
        let key = key.mix(EntityKey::new("order", kind));
        let n = self.world.ordinal(key, Purpose::OrderLatency);
        let delay = self.world.time(latency, key, Purpose::OrderLatency, n);
        let index = self.world.pending.len() as u32;
        self.world.pending.push(Pending { given, key, n, at: self.world.now + delay, holds: false });
        self.world.after(delay, Command::Effect(index));
    }

    /// An order takes effect, with its side effects.
    #[inline(never)]
    pub(crate) fn effect(&mut self, index: u32) -> bool {
        let Given { order, automatic, true_alarm, alarm, .. } = self.world.pending[index as usize].given;
        let taken = match order {
            Order::Raise { .. } | Order::WakeAt { .. } => Taken::default(),
            Order::Dispatch { zone } => {
                self.send_guard(Call { zone, true_alarm, alarm });
                Taken::default()
            }
            Order::Call { force, .. } => {
                self.call(force, true_alarm);
                Taken::default()
            }
            Order::Revoke { credential } => self.revoke(credential, index),
            Order::RevokeEnrolled { account } => self.revoke_enrolled(account, index),
            Order::Disable { account } => self.disable(account),
            Order::EndSessions { account } => {
                let of = self.end_sessions(account);
                Taken { anything: of.is_some(), of }
            }
            Order::Isolate { device } => self.isolate(device),
            Order::LockDown { zone, scope, lasts } => self.lock_down(zone, scope, lasts),
        };
        let hit = taken.of.filter(|_| taken.anything);
        self.tell(Truth::Effect { order, automatic, hit });
        if let Some(id) = hit {
            self.world.adversaries[id.index()].hit = true;
        }
        self.side_effects(order, taken);
        for id in 0..self.world.adversaries.len() {
            self.settle(AdversaryId::from_index(id));
        }
        self.recover_later(index, taken);
        true
    }

    fn adversary_where(&self, mut matches: impl FnMut(&AdversaryState) -> bool) -> Option<AdversaryId> {
        let acting = |s: &AdversaryState| s.acted;
        self.world.adversaries.iter().position(|s| acting(s) && matches(s)).map(AdversaryId::from_index)
    }

    /// What an order means for the person whose account or badge it was.
    fn side_effects(&mut self, order: Order, taken: Taken) {
        let plan = self.plan;
        match order {
            Order::Disable { account } if taken.anything => {
                if let Some(person) = plan.accounts[account.index()].person {
                    if self.employed(person) {
                        self.tell(Truth::CutOff { person });
                    }
                    self.people_lose(account, false);
                    self.world_ended(person, IdentityRecord::Accounts);
                }
            }
            Order::EndSessions { account } => self.people_lose(account, true),
            Order::Revoke { credential } if taken.anything => {
                if let Some(person) = plan.credentials[credential.index()].person {
                    // A badge that an adversary has is one that its owner had lost before, reported or not.
                    if taken.of.is_none() && self.employed(person) && !self.world.identity.is_lost(credential) {
                        self.tell(Truth::CutOff { person });
                    }
                    self.badge_ended(credential);
                }
            }
            Order::Disable { .. }
            | Order::Revoke { .. }
            | Order::RevokeEnrolled { .. }
            | Order::Isolate { .. }
            | Order::LockDown { .. }
            | Order::Dispatch { .. }
            | Order::Call { .. }
            | Order::Raise { .. }
            | Order::WakeAt { .. } => {}
        }
    }

    fn disable(&mut self, account: AccountId) -> Taken {
        let anything = self.world.disabled.insert(account.index());
        Taken { anything, of: self.adversary_where(|s| s.accounts.contains(account.index())) }
    }

    fn revoke(&mut self, credential: CredentialId, order: u32) -> Taken {
        let of = self.adversary_where(|s| s.credentials.contains(credential.index()));
        let Some(before) = self.status_now(credential) else { return Taken::default() };
        if before == CredentialStatus::Revoked {
            return Taken { anything: false, of };
        }
        let last = self.change_credential(credential, CredentialStatus::Revoked, None);
        let change = self.world.changes.len() as u32 - 1;
        self.world.revocations.push(Revocation { order, change, before });
        if let Some(id) = of {
            self.world.queue.push(last, Command::Settle(id), true);
        }
        Taken { anything: true, of }
    }

    fn revoke_enrolled(&mut self, account: AccountId, order: u32) -> Taken {
        let mut taken = Taken::default();
        for index in 0..self.world.changes.len() {
            let change = &self.world.changes[index];
            if change.enrolled_by == Some(account) {
                let credential = change.credential;
                let one = self.revoke(credential, order);
                taken.anything |= one.anything;
                taken.of = one.of.filter(|_| one.anything).or(taken.of);
            }
        }
        if let Some(id) = self.put_schedules_back(account) {
            taken = Taken { anything: true, of: Some(id) };
        }
        taken
    }

    fn end_sessions(&mut self, account: AccountId) -> Option<AdversaryId> {
        let ended = self.world.sessions.iter().find(|s| s.account == Some(account)).map(|s| s.adversary);
        self.world.sessions.retain(|s| s.account != Some(account));
        let tokens = self.world.tokens.iter().find(|t| t.account == account).map(|t| t.adversary);
        self.world.tokens.retain(|t| t.account != account);
        let ended = ended.or(tokens);
        if let Some(id) = ended {
            self.lose_footholds(id);
        }
        ended
    }

    fn isolate(&mut self, device: DeviceId) -> Taken {
        let of = self.adversary_where(|s| s.held[device.index()].is_some());
        if !self.world.isolated.insert(device.index()) {
            return Taken { anything: false, of };
        }
        // Panels of an isolated server fall back to what they know.
        self.take_stock(self.plan.devices[device.index()].key);
        if let Some(id) = of {
            self.lose_footholds(id);
        }
        Taken { anything: true, of }
    }

    /// An adversary's sessions have been cut: it notices each device that it lost.
    pub(crate) fn lose_footholds(&mut self, id: AdversaryId) {
        let before: Vec<usize> =
            (0..self.plan.devices.len()).filter(|&d| self.world.adversaries[id.index()].held[d].is_some()).collect();
        self.recount(id);
        for device in before {
            if self.world.adversaries[id.index()].held[device].is_none() {
                self.perceive(id, Percept::FootholdLost { device: DeviceId::from_index(device) });
            }
        }
    }

    /// Locks portals down. It closes the way of whoever stands at one of them, not of everybody on the site.
    fn lock_down(&mut self, zone: Option<ZoneId>, scope: LockDownScope, lasts: SimDuration) -> Taken {
        let plan = self.plan;
        let until = self.world.now + lasts;
        let mut anything = false;
        for (portal, state) in plan.portals.iter().zip(&mut self.world.portals) {
            if locks_down(plan, portal, zone, scope) && state.locked_down_until < until {
                state.locked_down_until = until;
                anything = true;
            }
        }
        let stands_at = |at: ZoneId| {
            !plan.zones[at.index()].offsite()
                && plan.portals.iter().any(|p| (p.inner == at || p.outer == at) && locks_down(plan, p, zone, scope))
        };
        let of = self.adversary_where(|s| {
            let mut on_foot = s.zones.iter().zip(&s.standing).filter(|(_, standing)| **standing == Standing::Free);
            on_foot.any(|(z, _)| z.is_some_and(stands_at))
        });
        Taken { anything, of }
    }

    // ------------------------------------------------------------------ given back

    /// What met no adversary is given back in time. A device that was cut off for a true alarm has to be built anew, and
    /// stays off to the end.
    fn recover_later(&mut self, index: u32, taken: Taken) {
        let Some(recovery) = &self.plan.policy.recovery else { return };
        let Pending { given: Given { order, true_alarm, certain, .. }, key, n, .. } =
            self.world.pending[index as usize];
        let gives_back = match order {
            Order::Disable { .. } | Order::Revoke { .. } | Order::RevokeEnrolled { .. } | Order::LockDown { .. } => {
                true
            }
            Order::Isolate { .. } => !true_alarm,
            // Who was logged out logs in again.
            Order::EndSessions { .. }
            | Order::Dispatch { .. }
            | Order::Call { .. }
            | Order::Raise { .. }
            | Order::WakeAt { .. } => false,
        };
        // What an earlier order of the same kind holds is held by this one as well from now on.
        let earlier = || self.world.pending[..index as usize].iter().any(|p| p.key == key && p.holds);
        if certain || !gives_back || taken.of.is_some() || !(taken.anything || earlier()) {
            return;
        }
        self.world.pending[index as usize].holds = true;
        let after = self.world.time(recovery, key, Purpose::RecoveryTime, n);
        self.world.after(after, Command::Restore(index));
    }

    /// What an order took is given back, unless another has been given since.
    #[inline(never)]
    pub(crate) fn restore(&mut self, index: u32) -> bool {
        let plan = self.plan;
        let Pending { given: Given { order, .. }, key, n, at, .. } = self.world.pending[index as usize];
        let latest = self.world.ordinals.get(&(key, Purpose::OrderLatency)).is_none_or(|given| *given == n + 1);
        if !latest {
            return false;
        }
        let restored = match order {
            Order::Disable { account } => {
                let person = plan.accounts[account.index()].person;
                let enabled = self.has_a_right(person) && self.world.disabled.remove(account.index());
                if let Some(person) = person.filter(|_| enabled) {
                    self.both_worlds_again(person, IdentityRecord::Accounts);
                }
                enabled
            }
            Order::Revoke { credential } => {
                let active = self.reactivate(key);
                if let Some(person) = plan.credentials[credential.index()].person.filter(|_| active) {
                    self.both_worlds_again(person, IdentityRecord::Badges);
                }
                active
            }
            Order::RevokeEnrolled { .. } => self.reactivate(key),
            Order::Isolate { device } => self.reconnect(device),
            Order::LockDown { zone, scope, lasts } => self.lift(zone, scope, at + lasts),
            Order::EndSessions { .. }
            | Order::Dispatch { .. }
            | Order::Call { .. }
            | Order::Raise { .. }
            | Order::WakeAt { .. } => false,
        };
        for pending in self.world.pending.iter_mut().filter(|p| p.key == key) {
            pending.holds = false;
        }
        if restored {
            self.tell(Truth::Restored { order, after: self.world.now - at });
        }
        restored
    }

    /// Whether what somebody had is theirs by right: a leaver gets nothing back.
    fn has_a_right(&self, person: Option<PersonId>) -> bool {
        person.is_none_or(|person| self.employed(person))
    }

    /// Badges that orders under a key have revoked work again, if nothing has happened to them since.
    fn reactivate(&mut self, key: EntityKey) -> bool {
        let mut any = false;
        for index in 0..self.world.revocations.len() {
            let Revocation { order, change, before } = self.world.revocations[index];
            let credential = self.world.changes[change as usize].credential;
            if self.world.pending[order as usize].key == key
                && self.world.last_change[credential.index()] == Some(change)
                && self.has_a_right(self.plan.credentials[credential.index()].person)
                && !self.world.identity.is_lost(credential)
            {
                self.change_credential(credential, before, None);
                any = true;
            }
        }
        any
    }

    /// Where both worlds end together, what came back in one comes back in the other, unless an adversary has it.
    fn both_worlds_again(&mut self, person: PersonId, back: IdentityRecord) {
        let plan = self.plan;
        if !plan.policy.identity.both_worlds {
            return;
        }
        let record = match back {
            IdentityRecord::Accounts => {
                let badge = plan.people[person.index()].badge;
                let free = self.adversary_where(|s| s.credentials.contains(badge.index())).is_none();
                let lost = self.world.identity.is_lost(badge);
                if !free || lost || self.status_now(badge) != Some(CredentialStatus::Revoked) {
                    return;
                }
                self.change_credential(badge, CredentialStatus::Active, None);
                IdentityRecord::Badges
            }
            IdentityRecord::Badges => {
                let mut any = false;
                for account in &plan.people[person.index()].accounts {
                    let free = self.adversary_where(|s| s.accounts.contains(account.index())).is_none();
                    any |= free && self.world.disabled.remove(account.index());
                }
                if !any {
                    return;
                }
                IdentityRecord::Accounts
            }
            IdentityRecord::Bookings | IdentityRecord::Keys => return,
        };
        self.tell(Truth::RightsChanged { person, record, in_force: true });
    }

    /// A device is on the network again, and so are the panels that it serves.
    fn reconnect(&mut self, device: DeviceId) -> bool {
        let fresh = self.world.isolated.remove(device.index());
        if fresh {
            self.take_stock(self.plan.devices[device.index()].key);
        }
        fresh
    }

    /// A lockdown that would last until a time ends now, where no other goes on.
    fn lift(&mut self, zone: Option<ZoneId>, scope: LockDownScope, until: SimTime) -> bool {
        let (plan, now) = (self.plan, self.world.now);
        let mut any = false;
        for (portal, state) in plan.portals.iter().zip(&mut self.world.portals) {
            if locks_down(plan, portal, zone, scope) && state.locked_down_until == until && until > now {
                state.locked_down_until = now;
                any = true;
            }
        }
        any
    }
}

/// Whether a lockdown concerns a portal.
fn locks_down(plan: &Plan, portal: &Portal, zone: Option<ZoneId>, scope: LockDownScope) -> bool {
    portal.lock.is_some()
        && match scope {
            LockDownScope::Zone => zone.is_some_and(|z| portal.inner == z || portal.outer == z),
            LockDownScope::Level(level) => plan.zones[portal.inner.index()].level >= level,
        }
}
