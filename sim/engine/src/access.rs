//! Requests for access: what each place knows, what the defence decides, and
//! how a change at the server reaches the panels.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{AccountRole, CredentialStatus, Technology};

use crate::event::{Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{Cause, Change, Command};

impl<O: Observer> Ctx<'_, O> {
    fn ask(&mut self, request: AccessRequest, view: PlaceView) -> Decision {
        let decision = self.defence.decide(&request, &view);
        self.observer.decided(&request, &view, decision);
        decision
    }

    /// Asks the panel of a reader, and reports what it answered.
    ///
    /// `given`: the card was read and every factor that the reader asks for was given.
    pub(crate) fn ask_portal(
        &mut self,
        portal: PortalId,
        direction: Direction,
        credential: CredentialId,
        given: bool,
        cause: Cause,
    ) -> Decision {
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        let Some(reader) = &door.readers[direction.index()] else { return Decision::deny(Reason::NoRight) };
        let card = &plan.credentials[credential.index()];
        let reads = reader.accepts.contains(&card.technology);
        let view = PlaceView {
            week_ms: self.week_ms(),
            server_reached: !self.world.panels[reader.panel.index()].offline,
            credential: CredentialView {
                status: self.status_at(credential, reader.panel),
                role: card.role,
                factors: reads && given,
                facility_code: card.status.is_some(),
            },
            locked_down: self.world.portals[portal.index()].locked_down_until > self.world.now,
            account_enabled: true,
        };
        let into = plan.zone_beyond(portal, direction);
        let access = Access::Portal { portal, direction, into, credential };
        let decision = self.ask(AccessRequest { at: self.world.now, place: Place::Panel(reader.panel), access }, view);
        let report = match decision.verdict {
            Verdict::Allow => Report::AccessGranted { portal, direction, credential },
            Verdict::Deny | Verdict::StepUp => {
                Report::AccessDenied { portal, direction, credential, reason: decision.reason }
            }
        };
        self.report_by(Some(reader.panel), report, cause);
        if decision.verdict == Verdict::Allow
            && let Some(lock) = &door.lock
        {
            let state = &mut self.world.portals[portal.index()];
            state.released_until = state.released_until.max(self.world.now + lock.unlock_time);
        }
        decision
    }

    /// Whether a credential of this kind could be turned in the mechanical lock.
    pub(crate) fn fits(&self, portal: PortalId, credential: CredentialId) -> bool {
        let card = &self.plan.credentials[credential.index()];
        card.technology == Technology::Key && self.plan.portals[portal.index()].mechanical_key == Some(credential)
    }

    // ------------------------------------------------ what panels know

    /// Standing of a credential as a panel has it.
    pub(crate) fn status_at(&self, credential: CredentialId, panel: PanelId) -> Option<CredentialStatus> {
        if self.world.changed.contains(credential.index()) {
            let now = self.world.now;
            let known = self
                .world
                .changes
                .iter()
                .rev()
                .find(|c| c.credential == credential && c.at_panel[panel.index()] <= now);
            if let Some(change) = known {
                return Some(change.status);
            }
        }
        self.plan.credentials[credential.index()].status
    }

    /// Whether any panel still lets a credential pass, or will once it has heard the last of it.
    pub(crate) fn works_somewhere(&self, credential: CredentialId) -> bool {
        let last = self.world.changes.iter().rev().find(|c| c.credential == credential);
        last.is_some_and(|change| change.status == CredentialStatus::Active)
            || (0..self.plan.panels.len())
                .any(|p| self.status_at(credential, PanelId::from_index(p)) == Some(CredentialStatus::Active))
    }

    /// A change at the server: each panel that can be reached has it after its download.
    pub(crate) fn change_credential(
        &mut self,
        credential: CredentialId,
        status: CredentialStatus,
        enrolled_by: Option<AccountId>,
    ) -> SimTime {
        let plan = self.plan;
        let key = plan.credentials[credential.index()].key;
        let mut at_panel = Vec::with_capacity(plan.panels.len());
        let mut last = self.world.now;
        for (index, panel) in plan.panels.iter().enumerate() {
            let at = if self.world.panels[index].offline { SimTime::MAX } else { self.download(panel, key) };
            if at < SimTime::MAX {
                last = last.max(at);
            }
            at_panel.push(at);
        }
        self.world.changed.insert(credential.index());
        self.world.changes.push(Change { credential, status, enrolled_by, at_panel });
        last
    }

    fn download(&mut self, panel: &Panel, credential: EntityKey) -> SimTime {
        let key = credential.mix(panel.key);
        let n = self.world.ordinal(key, Purpose::DownloadTime);
        self.world.now + self.world.time(&panel.download_time, key, Purpose::DownloadTime, n)
    }

    /// A panel that is back hears of what it missed.
    pub(crate) fn catch_up(&mut self, panel: PanelId) {
        let plan = self.plan;
        for index in 0..self.world.changes.len() {
            if self.world.changes[index].at_panel[panel.index()] == SimTime::MAX {
                let credential = self.world.changes[index].credential;
                let at = self.download(&plan.panels[panel.index()], plan.credentials[credential.index()].key);
                self.world.changes[index].at_panel[panel.index()] = at;
                for adversary in 0..self.world.adversaries.len() {
                    self.world.queue.push(at, Command::Settle(AdversaryId::from_index(adversary)), true);
                }
            }
        }
    }

    // -------------------------------------------------------- accounts

    fn account_view(&self, account: AccountId) -> PlaceView {
        PlaceView {
            week_ms: self.week_ms(),
            server_reached: true,
            credential: CredentialView { status: None, role: None, factors: true, facility_code: false },
            locked_down: false,
            account_enabled: !self.world.disabled.contains(account.index()),
        }
    }

    /// The same for an act within a session: one that is live outlasts the disabling of its account (SEMANTICS 6).
    fn session_view(&self, account: AccountId) -> PlaceView {
        let live = self.world.sessions.iter().any(|s| s.account == Some(account));
        let view = self.account_view(account);
        PlaceView { account_enabled: view.account_enabled || live, ..view }
    }

    /// Asks a host for a session, and reports what it answered.
    pub(crate) fn ask_login(
        &mut self,
        account: AccountId,
        service: ServiceId,
        remote: bool,
        second_factor: bool,
        ticket: bool,
        cause: Cause,
    ) -> Decision {
        let device = self.plan.services[service.index()].device;
        let access = Access::Login { service, account, remote, second_factor, ticket };
        let request = AccessRequest { at: self.world.now, place: Place::Host(device), access };
        let decision = self.ask(request, self.account_view(account));
        if self.plan.devices[device.index()].logs_arrive {
            let report = match decision.verdict {
                Verdict::Allow => Report::Login { service, account, remote, ticket },
                Verdict::Deny | Verdict::StepUp => Report::LoginRefused { service, account, reason: decision.reason },
            };
            self.report(report, cause);
        }
        decision
    }

    /// A rightful login from afar.
    pub(crate) fn ordinary_login(&mut self, account: AccountId, service: ServiceId, ticket: bool, cause: Cause) {
        let second_factor = self.plan.accounts[account.index()].second_factor;
        let remote = self.plan.segments.iter().any(|s| s.internet && s.reach.contains(service.index()));
        let decision = self.ask_login(account, service, remote, second_factor, ticket, cause);
        if decision.verdict != Verdict::Allow {
            self.tell(Truth::RefusedLogin { account, reason: decision.reason });
        }
    }

    /// Asks the access control server to release a portal.
    pub(crate) fn ask_unlock(&mut self, account: AccountId, portal: PortalId, request: bool, cause: Cause) -> bool {
        let Some(panel) = self.plan.portals[portal.index()].panel else { return false };
        let server = self.plan.panels[panel.index()].server;
        let access = Access::Unlock { portal, account, request };
        let asked = AccessRequest { at: self.world.now, place: Place::Host(server), access };
        if self.ask(asked, self.session_view(account)).verdict != Verdict::Allow {
            return false;
        }
        self.report(Report::RemoteUnlock { portal, account, request }, cause);
        self.release(portal)
    }

    /// Releases a portal for its unlock time, where its panel can be reached.
    pub(crate) fn release(&mut self, portal: PortalId) -> bool {
        let door = &self.plan.portals[portal.index()];
        let (Some(lock), Some(panel)) = (&door.lock, door.panel) else { return false };
        let locked_down = self.world.portals[portal.index()].locked_down_until > self.world.now;
        if self.world.panels[panel.index()].offline || locked_down {
            return false;
        }
        self.world.portals[portal.index()].released_until = self.world.now + lock.unlock_time;
        true
    }

    /// An operator opens a door for somebody.
    pub(crate) fn ordinary_unlock(&mut self, account: AccountId, portal: PortalId, request: bool, cause: Cause) {
        if self.ask_unlock(account, portal, request, cause) {
            let door = &self.plan.portals[portal.index()];
            let stays = door.close_time.mean();
            self.open_leaf(portal, crate::passage::Opening::Granted, stays, cause);
        }
    }

    /// An administrator enrols a badge again, as after a lost card.
    pub(crate) fn ordinary_enrolment(
        &mut self,
        account: AccountId,
        credential: CredentialId,
        request: bool,
        cause: Cause,
    ) {
        let services = &self.plan.accounts[account.index()].services;
        let Some(server) = services.first().map(|s| self.plan.services[s.index()].device) else { return };
        if self.ask_enrol(account, credential, server, request, cause) {
            self.change_credential(credential, CredentialStatus::Active, Some(account));
        }
    }

    /// Asks the access control server to enrol a badge.
    pub(crate) fn ask_enrol(
        &mut self,
        account: AccountId,
        credential: CredentialId,
        server: DeviceId,
        request: bool,
        cause: Cause,
    ) -> bool {
        let access = Access::Enrol { credential, account, request };
        let asked = AccessRequest { at: self.world.now, place: Place::Host(server), access };
        if self.ask(asked, self.session_view(account)).verdict != Verdict::Allow {
            return false;
        }
        self.report(Report::BadgeEnrolled { credential, account, request }, cause);
        true
    }

    /// Whether an account of a thief's could open a session on a service: no second factor stands in the way.
    pub(crate) fn without_second_factor(&self, account: AccountId, service: ServiceId) -> bool {
        self.plan.services[service.index()].authentication != doorward_model::site::Authentication::MultiFactor
            && !self.world.disabled.contains(account.index())
    }

    /// The highest role of an adversary's sessions on a device, for an act there, with the account that it is done under.
    pub(crate) fn session_for(
        &self,
        adversary: AdversaryId,
        device: DeviceId,
        role: AccountRole,
    ) -> Option<Option<AccountId>> {
        let sessions = self.world.sessions.iter();
        let mut fit = sessions.filter(|s| s.adversary == adversary && s.device == device && s.role >= role);
        fit.next().map(|s| s.account)
    }
}
