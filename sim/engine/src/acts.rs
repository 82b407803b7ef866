//! Ordinary acts: what happens by a rate, or when a scenario sets it, and may look like an attack.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;

use crate::event::{Observer, Truth, Who};
use crate::records::{KeyOut, RecordStep};
use crate::simulation::Ctx;
use crate::world::{Cause, Command};

/// One of `len` from a draw; monotone.
pub(crate) fn pick(draw: u64, len: usize) -> usize {
    ((u128::from(draw) * len as u128) >> 64) as usize
}

impl<O: Observer> Ctx<'_, O> {
    /// Does an ordinary act; `key` and `n` are those of its draws.
    pub(crate) fn act(&mut self, act: &RoutineAct, key: EntityKey, n: u32) {
        let plan = self.plan;
        let cause = Cause::ordinary(key, n);
        match act {
            RoutineAct::VendorSession { account, service, ticketed, .. } => {
                let ticket = self.world.happens(*ticketed, key, Purpose::RoutineForm, n);
                self.ordinary_login(*account, *service, ticket, cause);
            }
            RoutineAct::RemoteWork { people, service, .. } => {
                let person = *self.one_of(people, key, n);
                self.remote_work(person, *service, cause);
            }
            RoutineAct::RemoteUnlock { account, portals, requested } => {
                let request = self.world.happens(*requested, key, Purpose::RoutineForm, n);
                let portal = *self.one_of(portals, key, n);
                self.ordinary_unlock(*account, portal, request, cause);
            }
            RoutineAct::Badge { credentials, portals } => {
                let (&credential, &portal) = self.two_of(credentials, portals, key, n);
                self.set_out(portal, Direction::Entry, Who::Bearer(credential), credential, key, n);
            }
            RoutineAct::Enrolment { account, credentials, requested } => {
                let request = self.world.happens(*requested, key, Purpose::RoutineForm, n);
                let credential = *self.one_of(credentials, key, n);
                self.ordinary_enrolment(*account, credential, request, cause);
            }
            RoutineAct::MistypedPassword { accounts } => {
                let account = *self.one_of(accounts, key, n);
                if let Some(service) = plan.accounts[account.index()].services.first() {
                    let report = Report::LoginRefused { service: *service, account, reason: Reason::Factor };
                    self.report(report, cause);
                }
            }
            RoutineAct::EndpointFalseAlarm { devices } => {
                let device = *self.one_of(devices, key, n);
                if plan.devices[device.index()].logs_arrive {
                    self.report(Report::EndpointAlert { device }, cause);
                }
            }
            RoutineAct::RefusedConnection { services } => {
                let service = *self.one_of(services, key, n);
                self.report(Report::FlowRefused { service }, cause);
            }
            RoutineAct::PanelOpened { panels } => {
                let panel = *self.one_of(panels, key, n);
                if plan.panels[panel.index()].tamper {
                    self.report_by(Some(panel), Report::Tamper { panel }, cause);
                }
            }
            RoutineAct::PanelFlaps { panels, lasts } => {
                let panel = *self.one_of(panels, key, n);
                let lasts = self.world.time(lasts, key, Purpose::RoutineLength, n);
                self.panel_lost(panel, cause);
                let back = crate::world::Command::Failure(crate::continuity::FailureStep::PanelBack, panel.0);
                self.world.after(lasts, back);
            }
            RoutineAct::Login { accounts, service } => {
                let account = *self.one_of(accounts, key, n);
                self.local_login(account, *service, cause);
            }
            RoutineAct::KeyWithdrawal { cabinet, people, returns_after } => {
                self.draws_key(*cabinet, people, returns_after, key, n);
            }
            RoutineAct::ItemRemoval { assets, portals, passed } => {
                let pass = self.world.happens(*passed, key, Purpose::RoutineForm, n);
                let (asset, portal) = self.two_of(assets, portals, key, n);
                self.carries_out(*asset, *portal, pass, cause);
            }
            RoutineAct::ConfigurationChange { account, devices, planned } => {
                let planned = self.world.happens(*planned, key, Purpose::RoutineForm, n);
                let device = *self.one_of(devices, key, n);
                self.report(Report::ConfigurationChanged { device, account: *account, planned }, cause);
            }
            RoutineAct::HealthFailure { devices, what } => {
                let device = *self.one_of(devices, key, n);
                self.report(Report::Health { device, what: *what }, cause);
            }
            RoutineAct::UnusualBehaviour { people } => {
                let person = *self.one_of(people, key, n);
                if let Some(&account) = plan.people[person.index()].accounts.first() {
                    self.report(Report::UnusualBehaviour { account }, cause);
                }
            }
            RoutineAct::UnknownDevice { jacks } => {
                let jack = &plan.jacks[self.one_of(jacks, key, n).index()];
                // A closed port does not let it in, and tells all the same.
                if plan.segments[jack.segment.index()].watched {
                    self.report(Report::UnknownDevice { segment: jack.segment, zone: jack.zone }, cause);
                }
            }
            RoutineAct::SlowSegment { segments } => {
                let segment = *self.one_of(segments, key, n);
                self.report(Report::SlowSegment { segment }, cause);
            }
        }
    }

    fn one_of<'l, T>(&mut self, list: &'l [T], key: EntityKey, n: u32) -> &'l T {
        &list[pick(self.world.draws.draw(key, Purpose::RoutineDetail, n), list.len())]
    }

    /// One of each of two lists, by one draw: the first by the upper half of its bits, the second by the lower.
    fn two_of<'l, A, B>(&mut self, first: &'l [A], second: &'l [B], key: EntityKey, n: u32) -> (&'l A, &'l B) {
        let draw = self.world.draws.draw(key, Purpose::RoutineDetail, n);
        (&first[pick(draw, first.len())], &second[pick(draw << 32, second.len())])
    }

    /// Somebody draws a key that hangs in a cabinet, one who is on the site if anybody is.
    fn draws_key(
        &mut self,
        id: CabinetId,
        people: &[PersonId],
        returns_after: &Distribution,
        routine: EntityKey,
        n: u32,
    ) {
        let plan = self.plan;
        let cabinet = &plan.cabinets[id.index()];
        let draw = self.world.draws.draw(routine, Purpose::RoutineDetail, n);
        let here = people.iter().filter(|p| self.on_site(**p)).count();
        let person = if here == 0 {
            people[pick(draw, people.len())]
        } else {
            let mut there = people.iter().filter(|p| self.on_site(**p));
            there.nth(pick(draw, here)).copied().unwrap_or(people[0])
        };
        let hanging = self.world.register.hanging(id).count();
        let which = pick(draw << 32, hanging);
        let Some((place, key)) = self.world.register.hanging(id).nth(which).filter(|_| self.answers(cabinet.device))
        else {
            return;
        };
        let credential = plan.people[person.index()].badge;
        let cause = Cause::ordinary(routine, n);
        let decision = self.ask_cabinet(id, key, credential, cause);
        if decision.verdict == Verdict::Allow {
            let now = self.world.now;
            let back = now + self.world.time(returns_after, routine, Purpose::RoutineLength, n);
            let due = now + cabinet.return_within;
            self.world.register.draw_key(place, KeyOut { credential, due, back, cause });
            self.world.queue.push(back, Command::Record(RecordStep::KeyBack, place), false);
            self.world.queue.push(due, Command::Record(RecordStep::KeyDue, place), false);
            return;
        }
        let reason = decision.reason;
        let role = plan.people[person.index()].role;
        let week_ms = self.week_ms();
        let open = cabinet.hours.is_empty() || cabinet.hours.iter().any(|w| w.contains(week_ms));
        if open && cabinet.roles.contains(&role) && plan.roles[role.index()].on_shift(week_ms) {
            self.tell(Truth::KeyRefused { person, reason });
        }
    }

    /// Asks a cabinet for a key, and reports what it answers.
    pub(crate) fn ask_cabinet(
        &mut self,
        cabinet: CabinetId,
        key: CredentialId,
        credential: CredentialId,
        cause: Cause,
    ) -> Decision {
        let place = Place::Host(self.plan.cabinets[cabinet.index()].device);
        let access = Access::Withdraw { cabinet, key, credential };
        let asked = AccessRequest { at: self.world.now, place, access };
        let decision = self.ask(asked, self.card_view(credential, self.status_now(credential)));
        let report = match decision.verdict {
            Verdict::Allow => Report::KeyDrawn { cabinet, key, credential },
            Verdict::Deny | Verdict::StepUp => Report::KeyRefused { cabinet, key, credential, reason: decision.reason },
        };
        self.report(report, cause);
        decision
    }

    /// Somebody carries an asset out, if the server of that portal lets it leave.
    fn carries_out(&mut self, asset: AssetId, portal: PortalId, pass: bool, cause: Cause) {
        let panel = self.plan.portals[portal.index()].panel;
        let Some(server) = panel.map(|p| self.plan.panels[p.index()].server).or_else(|| self.server()) else { return };
        let access = Access::Remove { asset, portal, pass };
        let asked = AccessRequest { at: self.world.now, place: Place::Host(server), access };
        let allowed = self.ask(asked, PlaceView::at(self.week_ms())).verdict == Verdict::Allow;
        if allowed && self.answers(server) {
            self.report(Report::ItemRemoved { asset, portal, pass }, cause);
        }
    }

    /// Somebody works from afar.
    fn remote_work(&mut self, person: PersonId, service: ServiceId, cause: Cause) {
        let plan = self.plan;
        let account =
            plan.people[person.index()].accounts.iter().find(|a| plan.accounts[a.index()].services.contains(&service));
        if let Some(account) = account {
            self.ordinary_login(*account, service, false, cause);
        }
    }
}
