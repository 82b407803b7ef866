//! Requests for access: what each place knows, what the defence decides, and
//! how a change at the server reaches the panels.

use doorward_model::base::*;
use doorward_model::defence::{DecisionPlace, Fallback, PassbackMode};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{AccountRole, CredentialStatus, Technology};

use crate::continuity::LockForced;
use crate::event::{Observer, Truth};
use crate::gate::ReaderAt;
use crate::simulation::Ctx;
use crate::world::{Cause, Change, Command};

/// What was given at a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Factors {
    /// The card was read, and every factor that the reader always asks for was given.
    pub usual: bool,
    /// So was a further one that the decision asked for.
    pub further: bool,
    /// Whoever stands there is the rightful holder, and can give one where the reader takes it.
    pub rightful: bool,
}

/// A request for a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LoginRequest {
    pub service: ServiceId,
    pub account: AccountId,
    pub remote: bool,
    pub second_factor: bool,
    pub ticket: bool,
    pub from: Option<DeviceId>,
}

impl<O: Observer> Ctx<'_, O> {
    #[inline(always)]
    pub(crate) fn ask(&mut self, request: AccessRequest, view: PlaceView) -> Decision {
        let decision = self.defence.decide(&request, &view);
        self.observer.decided(&request, &view, decision);
        decision
    }

    /// Asks for a portal, and reports what was answered.
    ///
    /// `factors`: the card was read and every factor that the reader asks for was given. Nobody gives more than that.
    pub(crate) fn ask_portal(
        &mut self,
        portal: PortalId,
        direction: Direction,
        credential: CredentialId,
        factors: bool,
        cause: Cause,
    ) -> Decision {
        self.ask_reader(
            (portal, direction),
            credential,
            Factors { usual: factors, further: false, rightful: false },
            cause,
        )
    }

    /// The same for a rightful holder, who gives a further factor at once where the reader takes one.
    pub(crate) fn ask_as_holder(
        &mut self,
        portal: PortalId,
        direction: Direction,
        credential: CredentialId,
        cause: Cause,
    ) -> Decision {
        let given = Factors { usual: true, further: false, rightful: true };
        let decision = self.ask_reader((portal, direction), credential, given, cause);
        match decision.verdict {
            Verdict::StepUp if self.takes_further(portal, direction) => {
                self.ask_reader((portal, direction), credential, Factors { further: true, ..given }, cause)
            }
            Verdict::StepUp | Verdict::Allow | Verdict::Deny => decision,
        }
    }

    /// Whether a reader takes more than a card.
    pub(crate) fn takes_further(&self, portal: PortalId, direction: Direction) -> bool {
        self.reader(portal, direction).is_some_and(|reader| reader.takes_further)
    }

    /// Asks for a portal at the place that decides there. Where a further factor is asked of somebody who can give it,
    /// nothing is reported yet: they are to ask again.
    pub(crate) fn ask_reader(
        &mut self,
        (portal, direction): (PortalId, Direction),
        credential: CredentialId,
        given: Factors,
        cause: Cause,
    ) -> Decision {
        let plan = self.plan;
        let Some(reader) = self.reader(portal, direction) else { return Decision::deny(Reason::NoRight) };
        let late = self.world.register.take_late(cause.key, cause.n);
        if !self.reader_works(portal) {
            return Decision::deny(Reason::OutOfReach);
        }
        if self.panel_dead(reader.panel) {
            // Nothing answers, and nobody writes it down.
            self.unanswered(reader.panel);
            return Decision::deny(Reason::OutOfReach);
        }
        let place = match self.place_of(reader) {
            Place::Panel(panel) => Some(Place::Panel(panel)),
            elsewhere if !late && self.place_answers(elsewhere, reader.panel) => Some(elsewhere),
            Place::Host(_) | Place::Edge(_) | Place::Cloud(_) => match plan.policy.access.decisions.as_ref() {
                Some(Decisions { fallback: Fallback::Deny, .. }) => None,
                Some(Decisions { fallback: Fallback::Cached, .. }) | None => Some(Place::Panel(reader.panel)),
            },
        };
        let card = self.world.register.card(credential);
        let into = self.gate(portal).beyond(direction);
        // The log is read beside the bookings, wherever it is decided.
        let on_file = self.records_of(credential, into, true);
        let server = !self.world.panels[reader.panel.index()].offline || !matches!(place, Some(Place::Panel(_)));
        let passed_back = place.and_then(|place| self.passed_back(portal, direction, credential, place));
        let decision = match place {
            None => Decision::deny(Reason::OutOfReach),
            Some(place) => {
                let known = match place {
                    Place::Panel(panel) => self.status_at(credential, panel),
                    Place::Host(_) | Place::Edge(_) | Place::Cloud(_) => self.status_now(credential),
                };
                let view = self.card_view(credential, known);
                let view = PlaceView {
                    server_reached: server,
                    credential: CredentialView {
                        factors: reader.accepts(card.technology) && given.usual,
                        second_factor: given.further,
                        ..view.credential
                    },
                    locked_down: self.world.portals[portal.index()].locked_down_until > self.world.now,
                    records: if server { on_file } else { self.records_of(credential, into, false) },
                    passed_back,
                    companion: reader.two_person && self.companion(portal, direction, credential, server),
                    escort: self.escorted(portal, card.role)
                        || cause.adversary().is_none() && card.person.is_some_and(|person| self.accompanied(person)),
                    ..view
                };
                let access = Access::Portal { portal, direction, into, credential };
                self.ask(AccessRequest { at: self.world.now, place, access }, view)
            }
        };
        let asks_again = decision.verdict == Verdict::StepUp && given.rightful && !given.further;
        if asks_again && reader.takes_further {
            return decision;
        }
        let allowed = decision.verdict == Verdict::Allow;
        if reader.two_person && (allowed || decision.reason == Reason::Alone) {
            self.world.register.could_enter(portal, direction, credential, self.world.now);
        }
        if allowed {
            self.world.register.granted((portal, direction), (credential, card.role), self.world.now, cause);
        }
        let report = match decision.verdict {
            Verdict::Allow => {
                let soft = plan.policy.access.anti_passback.as_ref().is_some_and(|a| a.mode == PassbackMode::Soft);
                let passed_back = soft && passed_back.is_some();
                Report::AccessGranted { portal, direction, credential, records: on_file, passed_back }
            }
            Verdict::Deny | Verdict::StepUp => {
                Report::AccessDenied { portal, direction, credential, reason: decision.reason }
            }
        };
        self.report_by(Some(reader.panel), report, cause);
        if allowed && self.gate(portal).has_lock {
            let state = &mut self.world.portals[portal.index()];
            state.released_until = state.released_until.max(self.world.now + reader.unlock_time);
        }
        decision
    }

    // ------------------------------------------------------ where it is decided

    /// The place that decides about who presents a badge at a reader.
    fn place_of(&self, reader: &ReaderAt) -> Place {
        match &self.plan.policy.access.decisions {
            Some(elsewhere) if reader.decided_elsewhere => match elsewhere.place {
                DecisionPlace::Host => Place::Host(self.plan.panels[reader.panel.index()].server),
                DecisionPlace::Edge => Place::Edge(reader.panel),
                DecisionPlace::Cloud => Place::Cloud(reader.panel),
            },
            Some(_) | None => Place::Panel(reader.panel),
        }
    }

    /// Whether that place answers a panel now.
    fn place_answers(&self, place: Place, panel: PanelId) -> bool {
        let linked = !self.world.panels[panel.index()].offline;
        match place {
            Place::Panel(_) | Place::Edge(_) => true,
            Place::Host(server) => linked && self.answers(server),
            Place::Cloud(_) => linked && self.wan_stands(),
        }
    }

    /// From the read until the answer: the panel's own time, or that of the place that decides in its stead, at most
    /// until the panel loses patience.
    pub(crate) fn decision_delay(&mut self, reader: &ReaderAt, key: EntityKey, n: u32) -> SimDuration {
        let place = self.place_of(reader);
        match (place, &self.plan.policy.access.decisions) {
            (Place::Panel(_), _) | (_, None) => self.world.time(&reader.decision_time, key, Purpose::DecisionTime, n),
            (Place::Host(_) | Place::Edge(_) | Place::Cloud(_), Some(elsewhere)) => {
                if !self.place_answers(place, reader.panel) {
                    return elsewhere.timeout;
                }
                let latency = self.world.time(&elsewhere.latency, key, Purpose::DecisionTime, n);
                if latency > elsewhere.timeout {
                    self.world.register.set_late(key, n);
                }
                latency.min(elsewhere.timeout)
            }
        }
    }

    /// Whether the visit is over that a badge was issued for, where badges end with it.
    fn expired(&self, credential: CredentialId) -> bool {
        self.plan.policy.access.guests_end && self.world.register.expired(credential, self.world.now)
    }

    /// What is known of a credential whose standing is thought to be this.
    #[inline(always)]
    pub(crate) fn card_view(&self, credential: CredentialId, status: Option<CredentialStatus>) -> PlaceView {
        let card = self.world.register.card(credential);
        let view = PlaceView::at(self.week_ms());
        PlaceView {
            credential: CredentialView {
                status,
                role: card.role,
                factors: true,
                facility_code: card.status.is_some(),
                expired: self.expired(credential),
                second_factor: false,
            },
            ..view
        }
    }

    /// Whether a credential of this kind could be turned in the mechanical lock.
    pub(crate) fn fits(&self, portal: PortalId, credential: CredentialId) -> bool {
        let card = &self.plan.credentials[credential.index()];
        card.technology == Technology::Key && self.plan.portals[portal.index()].mechanical_key == Some(credential)
    }

    // ------------------------------------------------ what panels know

    /// Standing of a credential as a panel has it.
    pub(crate) fn status_at(&self, credential: CredentialId, panel: PanelId) -> Option<CredentialStatus> {
        let panels = self.plan.panels.len();
        let mut place = self.world.last_change[credential.index()];
        while let Some(index) = place {
            let change = &self.world.changes[index as usize];
            if self.world.at_panel[index as usize * panels + panel.index()] <= self.world.now {
                return Some(change.status);
            }
            place = change.before;
        }
        self.world.register.card(credential).status
    }

    /// Standing of a credential at the server.
    pub(crate) fn status_now(&self, credential: CredentialId) -> Option<CredentialStatus> {
        match self.world.last_change[credential.index()] {
            Some(last) => Some(self.world.changes[last as usize].status),
            None => self.world.register.card(credential).status,
        }
    }

    /// Whether any panel still lets a credential pass, or will once it has heard the last of it.
    pub(crate) fn works_somewhere(&self, credential: CredentialId) -> bool {
        if self.expired(credential) {
            return false;
        }
        self.status_now(credential) == Some(CredentialStatus::Active)
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
        let mut last = self.world.now;
        for (index, panel) in plan.panels.iter().enumerate() {
            let at = if self.world.panels[index].offline { SimTime::MAX } else { self.download(panel, key) };
            if at < SimTime::MAX {
                last = last.max(at);
            }
            self.world.at_panel.push(at);
        }
        let before = self.world.last_change[credential.index()];
        self.world.last_change[credential.index()] = Some(self.world.changes.len() as u32);
        self.world.changes.push(Change { credential, status, enrolled_by, before });
        last
    }

    fn download(&mut self, panel: &Panel, credential: EntityKey) -> SimTime {
        let key = credential.mix(panel.key);
        let n = self.world.ordinal(key, Purpose::DownloadTime);
        self.world.now + self.world.time(&panel.download_time, key, Purpose::DownloadTime, n)
    }

    /// What was on its way to a panel does not arrive any more.
    pub(crate) fn downloads_stop(&mut self, panel: PanelId) {
        let now = self.world.now;
        let of_panel = self.world.at_panel.iter_mut().skip(panel.index()).step_by(self.plan.panels.len());
        of_panel.filter(|at| **at > now).for_each(|at| *at = SimTime::MAX);
    }

    /// A panel that is back hears of what it missed.
    pub(crate) fn catch_up(&mut self, panel: PanelId) {
        let plan = self.plan;
        for index in 0..self.world.changes.len() {
            let place = index * plan.panels.len() + panel.index();
            if self.world.at_panel[place] == SimTime::MAX {
                let credential = self.world.changes[index].credential;
                let at = self.download(&plan.panels[panel.index()], plan.credentials[credential.index()].key);
                self.world.at_panel[place] = at;
                for adversary in 0..self.world.adversaries.len() {
                    self.world.queue.push(at, Command::Settle(AdversaryId::from_index(adversary)), true);
                }
            }
        }
    }

    // -------------------------------------------------------- accounts

    pub(crate) fn account_view(&self, account: AccountId) -> PlaceView {
        let owner = self.plan.accounts[account.index()].person;
        let view = PlaceView::at(self.week_ms());
        let ends = self.plan.accounts[account.index()].vendor.is_none();
        let badge = owner.filter(|_| ends).map(|p| self.plan.people[p.index()].badge);
        PlaceView {
            credential: CredentialView { expired: badge.is_some_and(|b| self.expired(b)), ..view.credential },
            account_enabled: !self.world.disabled.contains(account.index()),
            presence: owner.map_or(Presence::Unknown, |p| self.presence(p)),
            directory_reached: self.directory_answers(),
            ..view
        }
    }

    /// The same for an act within a session: one that is live outlasts the disabling of its account (SEMANTICS 6).
    fn session_view(&self, account: AccountId) -> PlaceView {
        let live = self.world.sessions.iter().any(|s| s.account == Some(account));
        let view = self.account_view(account);
        PlaceView { account_enabled: view.account_enabled || live, ..view }
    }

    /// Asks a host for a session, and reports what it answered.
    pub(crate) fn ask_login(&mut self, login: LoginRequest, cause: Cause) -> Decision {
        let LoginRequest { service, account, remote, second_factor, ticket, from } = login;
        let device = self.plan.services[service.index()].device;
        let access = Access::Login { service, account, remote, second_factor, ticket, from };
        let request = AccessRequest { at: self.world.now, place: Place::Host(device), access };
        let decision = self.ask(request, self.account_view(account));
        if self.plan.devices[device.index()].logs_arrive {
            let report = match decision.verdict {
                Verdict::Allow => Report::Login { service, account, remote, ticket, from },
                Verdict::Deny | Verdict::StepUp => Report::LoginRefused { service, account, reason: decision.reason },
            };
            self.report(report, cause);
        }
        decision
    }

    /// A rightful login; whether it was allowed.
    fn rightful_login(&mut self, login: LoginRequest, cause: Cause) -> bool {
        let device = self.plan.services[login.service.index()].device;
        let decision = if self.connects(login.remote, device) {
            self.ask_login(login, cause)
        } else {
            Decision::deny(Reason::OutOfReach)
        };
        if decision.verdict != Verdict::Allow {
            self.tell(Truth::RefusedLogin { account: login.account, reason: decision.reason });
        }
        decision.verdict == Verdict::Allow
    }

    /// A rightful login from afar, where the service can be reached from there.
    pub(crate) fn ordinary_login(&mut self, account: AccountId, service: ServiceId, ticket: bool, cause: Cause) {
        let second_factor = self.plan.accounts[account.index()].second_factor;
        let remote = self.plan.segments.iter().any(|s| s.internet && s.reach.contains(service.index()));
        let from = if remote { None } else { self.plan.accounts[account.index()].workplace };
        self.rightful_login(LoginRequest { service, account, remote, second_factor, ticket, from }, cause);
    }

    /// A rightful login from inside.
    pub(crate) fn local_login(&mut self, account: AccountId, service: ServiceId, cause: Cause) -> bool {
        let second_factor = self.plan.accounts[account.index()].second_factor;
        let from = self.plan.accounts[account.index()].workplace;
        let login = LoginRequest { service, account, remote: false, second_factor, ticket: false, from };
        self.rightful_login(login, cause)
    }

    /// Somebody opens a service with an account of their own; whether they got in. From afar (`remote`) they come in by
    /// the gateway of their role: a login at another service goes on from there.
    pub(crate) fn person_logs_in(&mut self, person: PersonId, service: ServiceId, remote: bool, cause: Cause) -> bool {
        let plan = self.plan;
        let day = plan.roles[plan.people[person.index()].role.index()].day.as_ref();
        let account = if day.is_some_and(|day| day.logs_in == Some(service)) {
            self.world.people.desk_account(person)
        } else {
            plan.account_for(person, service)
        };
        let Some(account) = account else { return false };
        let gateway = day.and_then(|day| day.remote);
        let second_factor = plan.accounts[account.index()].second_factor;
        let (remote, from, cause) = match gateway.filter(|_| remote || !self.on_site(person)) {
            Some(gateway) if gateway != service => {
                let gateway = &plan.services[gateway.index()];
                (false, Some(gateway.device), cause.again(cause.key.mix(gateway.key), cause.n))
            }
            Some(_) | None => {
                (remote, if remote { None } else { self.plan.accounts[account.index()].workplace }, cause)
            }
        };
        let login = LoginRequest { service, account, remote, second_factor, ticket: false, from };
        let works = self.rightful_login(login, cause);
        if works {
            self.world.register.set_session(account, true);
        }
        works
    }

    /// Somebody's device joins a wireless network in a zone; whether it got in.
    pub(crate) fn person_joins(
        &mut self,
        person: PersonId,
        wifi: WifiId,
        zone: ZoneId,
        stale: bool,
        cause: Cause,
    ) -> bool {
        self.world.register.set_joined(person, None);
        let plan = self.plan;
        let (Some(&account), Some(place)) =
            (plan.people[person.index()].accounts.first(), plan.wifi[wifi.index()].admitted_by)
        else {
            return false;
        };
        if !self.answers(place) {
            return false;
        }
        let segment = plan.wifi[wifi.index()].segment;
        let crowd = self.world.register.crowd(zone);
        let view = PlaceView { stale_device: stale, crowd, ..self.account_view(account) };
        let access = Access::Join { segment, zone, account };
        let decision = self.ask(AccessRequest { at: self.world.now, place: Place::Host(place), access }, view);
        if decision.verdict == Verdict::Allow {
            self.world.register.set_joined(person, Some((wifi, zone)));
            self.report(Report::NetworkJoined { segment, zone, account, stale, crowd }, cause);
            return true;
        }
        self.report(Report::NetworkRefused { segment, zone, account, reason: decision.reason }, cause);
        self.tell(Truth::NetworkRefused { person, reason: decision.reason });
        false
    }

    /// Asks the access control server to release a portal.
    pub(crate) fn ask_unlock(&mut self, account: AccountId, portal: PortalId, request: bool, cause: Cause) -> bool {
        let Some(panel) = self.plan.portals[portal.index()].panel else { return false };
        let server = self.plan.panels[panel.index()].server;
        if !self.answers(server) {
            return false;
        }
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
        let state = &mut self.world.portals[portal.index()];
        state.released_until = state.released_until.max(self.world.now + lock.unlock_time);
        true
    }

    /// The same by its panel alone, whether or not that has its server.
    pub(crate) fn release_by_panel(&mut self, portal: PortalId) -> bool {
        let door = &self.plan.portals[portal.index()];
        let Some(lock) = &door.lock else { return false };
        let state = &mut self.world.portals[portal.index()];
        if state.locked_down_until > self.world.now || state.forced == Some(LockForced::Dead) {
            return false;
        }
        state.released_until = state.released_until.max(self.world.now + lock.unlock_time);
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
        if !self.answers(server) {
            return false;
        }
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
