//! At a computer: sessions, footholds, and what can be done from them.

use doorward_model::base::*;
use doorward_model::plan::built_in::WRONG_PASSWORDS;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{AccountRole, Authentication};
use doorward_model::technique::Act;

use crate::access::LoginRequest;
use crate::event::{Gain, Observer};
use crate::simulation::Ctx;
use crate::world::{ActorRef, Doing, Session, Stage, Token, World};

impl<O: Observer> Ctx<'_, O> {
    pub(super) fn has_origin(&self, id: AdversaryId, from: Origin) -> bool {
        let state = &self.world.adversaries[id.index()];
        match from {
            Origin::Segment(s) => state.segments.contains(s.index()),
            Origin::Device(d) => state.footholds.contains(d.index()) && !self.world.isolated.contains(d.index()),
        }
    }

    /// A connection to a service.
    pub(super) fn toward(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Origin,
        service: ServiceId,
        technique: TechniqueId,
        target: Option<&Distribution>,
    ) {
        self.hostile(who);
        let host = self.plan.services[service.index()].device;
        if !self.has_origin(who.adversary(), from) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        let refused = !self.plan.reaches(from, service) || self.world.isolated.contains(host.index());
        if refused || !self.connects(self.beyond_wan(from), host) {
            // What does not arrive is refused by nobody.
            if refused {
                self.report(Report::FlowRefused { service }, self.cause(who, &doing));
            }
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        let time = self.effort(who, &doing, technique, target);
        self.next(who, time, Stage::Worked);
    }

    /// Work on a device that is held.
    pub(super) fn on_device(
        &mut self,
        who: ActorRef,
        doing: Doing,
        device: DeviceId,
        technique: TechniqueId,
        target: Option<&Distribution>,
    ) {
        self.hostile(who);
        if self.world.adversaries[who.adversary().index()].held[device.index()].is_none() {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        let time = self.effort(who, &doing, technique, target);
        self.next(who, time, Stage::Worked);
    }

    pub(super) fn endpoint_alert(&mut self, who: ActorRef, doing: &Doing, device: DeviceId) {
        let host = &self.plan.devices[device.index()];
        let seen =
            self.world.happens(host.hardening.endpoint_detection, doing.key, Purpose::EndpointDetection, doing.n);
        if seen && host.logs_arrive {
            self.report(Report::EndpointAlert { device }, self.cause(who, doing));
        }
    }

    pub(super) fn open_session(&mut self, who: ActorRef, session: Session) {
        self.world.sessions.push(session);
        self.recount(who.adversary());
        self.gain(who.adversary(), Gain::Device(session.device));
    }

    /// What an adversary holds follows from its sessions. Those whose way is cut end with it.
    pub(crate) fn recount(&mut self, id: AdversaryId) {
        let mut sessions = std::mem::take(&mut self.world.sessions);
        sessions.retain(|s| s.adversary != id || self.session_stands(s));
        self.world.sessions = sessions;
        let World { sessions, adversaries, .. } = &mut *self.world;
        let state = &mut adversaries[id.index()];
        loop {
            state.held.fill(None);
            state.footholds.clear();
            for session in sessions.iter().filter(|s| s.adversary == id) {
                let held = &mut state.held[session.device.index()];
                *held = (*held).max(Some(session.role));
                if session.interactive {
                    state.footholds.insert(session.device.index());
                }
            }
            let before = sessions.len();
            sessions.retain(|s| {
                let cut = match s.from {
                    Origin::Segment(segment) => !state.segments.contains(segment.index()),
                    Origin::Device(d) => !state.footholds.contains(d.index()),
                };
                s.adversary != id || !cut
            });
            if sessions.len() == before {
                return;
            }
        }
    }

    pub(super) fn log_in(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Option<Origin>,
        service: ServiceId,
        account: AccountId,
        technique: TechniqueId,
    ) {
        let Some(from) = from else { return self.fail(who, doing.intent, Failure::NotReachable) };
        let plan = self.plan;
        let known = &mut self.world.adversaries[who.adversary().index()].accounts;
        if plan.services[service.index()].authentication == Authentication::Open {
            // Nobody asks for a secret: whoever comes by has it.
            known.insert(account.index());
        }
        let known = known.contains(account.index());
        let holder = &plan.accounts[account.index()];
        if !self.has_origin(who.adversary(), from) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        if !self.connects(self.beyond_wan(from), plan.services[service.index()].device) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        if !self.works(who, &doing, technique, Probability::ONE) {
            // The secret was right and the owner did not confirm: that is on record.
            if plan.techniques[technique.index()].act == Act::TireSecondFactor
                && plan.devices[plan.services[service.index()].device.index()].logs_arrive
            {
                let report = Report::LoginRefused { service, account, reason: Reason::Factor };
                self.report(report, self.cause(who, &doing));
            }
            return self.fail(who, doing.intent, Failure::DidNotWork);
        }
        let remote = matches!(from, Origin::Segment(s) if plan.segments[s.index()].internet);
        let device = match from {
            Origin::Device(device) => Some(device),
            Origin::Segment(_) => None,
        };
        // Its owner has given in, which is what worked above.
        let second_factor = plan.techniques[technique.index()].act == Act::TireSecondFactor;
        let login = LoginRequest { service, account, remote, second_factor, ticket: false, from: device };
        // A token that is still good needs no login: disabling the account does not end it.
        let allowed = self.holds_token(who.adversary(), service, account)
            || self.ask_login(login, self.cause(who, &doing)).verdict == Verdict::Allow;
        let known = known || self.holds_token(who.adversary(), service, account);
        if !known || !holder.services.contains(&service) || !allowed {
            return self.fail(who, doing.intent, Failure::LoginRefused);
        }
        let target = &plan.services[service.index()];
        if let Some(life) = target.token_life {
            let until = self.world.now + life;
            self.world.tokens.push(Token { adversary: who.adversary(), service, account, until });
        }
        self.open_session(
            who,
            Session {
                adversary: who.adversary(),
                device: target.device,
                account: Some(account),
                from,
                role: holder.role,
                interactive: target.interactive,
            },
        );
        self.succeed(who, doing.intent);
    }

    pub(super) fn holds_token(&self, id: AdversaryId, service: ServiceId, account: AccountId) -> bool {
        let good =
            |t: &Token| t.adversary == id && t.service == service && t.account == account && t.until > self.world.now;
        self.world.tokens.iter().any(good)
    }

    pub(super) fn exploit(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Option<Origin>,
        service: ServiceId,
        technique: TechniqueId,
    ) {
        let Some(from) = from else { return self.fail(who, doing.intent, Failure::NotReachable) };
        let device = self.plan.services[service.index()].device;
        if !self.connects(self.beyond_wan(from), device) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        let chance = self.plan.devices[device.index()].hardening.exploit.as_ref().map_or(Probability::ZERO, |e| e.0);
        let held = self.has_origin(who.adversary(), from);
        let works = held && self.works(who, &doing, technique, chance);
        self.endpoint_alert(who, &doing, device);
        if !works {
            return self.fail(who, doing.intent, if held { Failure::DidNotWork } else { Failure::SessionLost });
        }
        self.open_session(
            who,
            Session {
                adversary: who.adversary(),
                device,
                account: None,
                from,
                role: AccountRole::Administrator,
                interactive: true,
            },
        );
        self.succeed(who, doing.intent);
    }

    pub(super) fn harvest(&mut self, who: ActorRef, doing: Doing, device: DeviceId, technique: TechniqueId) {
        let host = &self.plan.devices[device.index()];
        // Where nothing is stated, nothing is in the way of a technique that has a time of its own.
        let own = self.plan.techniques[technique.index()].duration.is_some();
        let unstated = if own { Probability::ONE } else { Probability::ZERO };
        let chance = host.hardening.harvest.as_ref().map_or(unstated, |h| h.0);
        let held = self.world.adversaries[who.adversary().index()].footholds.contains(device.index());
        let works = held && self.works(who, &doing, technique, chance);
        self.endpoint_alert(who, &doing, device);
        if !works {
            return self.fail(who, doing.intent, if held { Failure::DidNotWork } else { Failure::SessionLost });
        }
        for account in &host.secrets {
            self.world.adversaries[who.adversary().index()].accounts.insert(account.index());
            self.gain(who.adversary(), Gain::Account(*account));
        }
        self.succeed(who, doing.intent);
    }

    /// Enrols a blank. It is of use once the panels have it; the console shows when.
    pub(super) fn forge(
        &mut self,
        who: ActorRef,
        doing: Doing,
        server: DeviceId,
        credential: CredentialId,
        technique: TechniqueId,
    ) {
        if doing.part > 0 {
            return self.succeed(who, doing.intent);
        }
        let Some(account) = self.as_administrator(who, &doing, server, true, technique) else { return };
        // Without an account it is a direct edit of the database, which leaves no audit trail.
        let enrolled = match account {
            Some(account) => self.ask_enrol(account, credential, server, false, self.cause(who, &doing)),
            None => true,
        };
        if !enrolled {
            return self.fail(who, doing.intent, Failure::DidNotWork);
        }
        self.enrolled(who, credential, account);
    }

    pub(super) fn unlock(
        &mut self,
        who: ActorRef,
        doing: Doing,
        server: DeviceId,
        portal: PortalId,
        technique: TechniqueId,
    ) {
        let serves =
            self.plan.portals[portal.index()].panel.is_some_and(|p| self.plan.panels[p.index()].server == server);
        let Some(account) = self.session_for(who.adversary(), server, AccountRole::Operator) else {
            return self.fail(who, doing.intent, Failure::SessionLost);
        };
        let released = serves
            && self.works(who, &doing, technique, Probability::ONE)
            && match account {
                Some(account) => self.ask_unlock(account, portal, false, self.cause(who, &doing)),
                None => self.release(portal),
            };
        if released {
            self.succeed(who, doing.intent);
        } else {
            self.fail(who, doing.intent, Failure::DidNotWork);
        }
    }

    /// A connection to a panel, past its server.
    pub(super) fn toward_panel(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Origin,
        panel: PanelId,
        technique: TechniqueId,
    ) {
        self.hostile(who);
        if !self.has_origin(who.adversary(), from) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        if !self.plan.reaches_panel(from, panel) || self.panel_dead(panel) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        let time = self.effort(who, &doing, technique, None);
        self.next(who, time, Stage::Worked);
    }

    /// A panel is told to release a portal. One that knows its server by more than an address does not listen; the others
    /// do, and write nothing down.
    pub(super) fn command(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Option<Origin>,
        panel: PanelId,
        portal: PortalId,
        technique: TechniqueId,
    ) {
        let held = from.is_some_and(|from| self.has_origin(who.adversary(), from));
        if !held {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        let listens = !self.plan.panels[panel.index()].authenticated_link;
        if listens && self.works(who, &doing, technique, Probability::ONE) && self.release_by_panel(portal) {
            self.succeed(who, doing.intent);
        } else {
            self.fail(who, doing.intent, Failure::DidNotWork);
        }
    }

    /// The maker's password is tried.
    pub(super) fn guess(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Option<Origin>,
        service: ServiceId,
        technique: TechniqueId,
    ) {
        let Some(from) = from else { return self.fail(who, doing.intent, Failure::NotReachable) };
        let target = &self.plan.services[service.index()];
        if !self.has_origin(who.adversary(), from) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        if !self.connects(self.beyond_wan(from), target.device) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        let unchanged = self.plan.devices[target.device.index()].hardening.default_password;
        if !unchanged || !self.works(who, &doing, technique, Probability::ONE) {
            return self.fail(who, doing.intent, Failure::LoginRefused);
        }
        self.open_session(
            who,
            Session {
                adversary: who.adversary(),
                device: target.device,
                account: None,
                from,
                role: AccountRole::Administrator,
                interactive: target.interactive,
            },
        );
        self.succeed(who, doing.intent);
    }

    /// Likely passwords have been tried: each wrong one is a refused login.
    pub(super) fn sprayed(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Option<Origin>,
        (service, account): (ServiceId, AccountId),
        technique: TechniqueId,
    ) {
        let Some(from) = from else { return self.fail(who, doing.intent, Failure::NotReachable) };
        let device = self.plan.services[service.index()].device;
        if !self.has_origin(who.adversary(), from) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        if !self.connects(self.beyond_wan(from), device) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        if self.plan.devices[device.index()].logs_arrive {
            for n in 0..WRONG_PASSWORDS {
                let cause = self.cause_of(who, doing.key, doing.n * WRONG_PASSWORDS + n);
                self.report(Report::LoginRefused { service, account, reason: Reason::Factor }, cause);
            }
        }
        if !self.manages(who, &doing, technique) {
            return;
        }
        self.knows_secret(who, doing, account);
    }

    /// Somebody was asked for their secret: they give it, or some of them report it.
    pub(super) fn asked(&mut self, who: ActorRef, doing: Doing, account: AccountId, technique: TechniqueId) {
        if self.works(who, &doing, technique, self.plan.behaviour.holds_door) {
            return self.knows_secret(who, doing, account);
        }
        let base = self.plan.accounts[account.index()].person.and_then(|p| self.plan.people[p.index()].base);
        if let Some(zone) = base
            && self.world.happens(self.plan.behaviour.reports_refused, doing.key, Purpose::FollowReported, doing.n)
        {
            self.people_call(who, zone, doing.key, doing.n);
        }
        self.fail(who, doing.intent, Failure::DidNotWork);
    }

    /// The secret of an account is known from here on.
    pub(super) fn knows_secret(&mut self, who: ActorRef, doing: Doing, account: AccountId) {
        self.world.adversaries[who.adversary().index()].accounts.insert(account.index());
        self.gain(who.adversary(), Gain::Account(account));
        self.succeed(who, doing.intent);
    }

    /// The session of somebody who is at work there is taken over, for as long as its tokens are good.
    pub(super) fn steals_session(
        &mut self,
        who: ActorRef,
        doing: Doing,
        (device, account): (DeviceId, AccountId),
        technique: TechniqueId,
    ) {
        let id = who.adversary();
        if !self.world.adversaries[id.index()].footholds.contains(device.index()) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        let works = self.works(who, &doing, technique, Probability::ONE);
        self.endpoint_alert(who, &doing, device);
        if !works {
            return self.fail(who, doing.intent, Failure::DidNotWork);
        }
        if !self.world.register.has_session(account) {
            return self.fail(who, doing.intent, Failure::NobodyCame);
        }
        for &service in &self.plan.accounts[account.index()].services {
            if let Some(life) = self.plan.services[service.index()].token_life {
                let until = self.world.now + life;
                self.world.tokens.push(Token { adversary: id, service, account, until });
            }
        }
        self.succeed(who, doing.intent);
    }

    /// A device of one's own joins a wireless network, if that takes it.
    pub(super) fn joins(
        &mut self,
        who: ActorRef,
        doing: Doing,
        (wifi, zone): (WifiId, ZoneId),
        account: Option<AccountId>,
        technique: TechniqueId,
    ) {
        let network = &self.plan.wifi[wifi.index()];
        let Some(place) = network.admitted_by.filter(|place| self.answers(*place)) else {
            return self.fail(who, doing.intent, Failure::NotReachable);
        };
        if !self.manages(who, &doing, technique) {
            return;
        }
        let (segment, cause) = (network.segment, self.cause(who, &doing));
        if let Some(account) = account {
            let crowd = self.world.register.crowd(zone);
            let view = PlaceView { stale_device: true, crowd, ..self.account_view(account) };
            let access = Access::Join { segment, zone, account };
            let decision = self.ask(AccessRequest { at: self.world.now, place: Place::Host(place), access }, view);
            if decision.verdict != Verdict::Allow {
                self.report(Report::NetworkRefused { segment, zone, account, reason: decision.reason }, cause);
                return self.fail(who, doing.intent, Failure::LoginRefused);
            }
            self.report(Report::NetworkJoined { segment, zone, account, stale: true, crowd }, cause);
        }
        self.world.adversaries[who.adversary().index()].segments.insert(segment.index());
        self.succeed(who, doing.intent);
    }

    /// Something is sent to whoever works at a device.
    pub(super) fn by_mail(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Origin,
        device: DeviceId,
        technique: TechniqueId,
    ) {
        self.hostile(who);
        if !self.plan.devices[device.index()].gets_mail() || !self.connects(self.beyond_wan(from), device) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        let time = self.effort(who, &doing, technique, None);
        self.next(who, time, Stage::Worked);
    }

    /// It was opened, or not.
    pub(super) fn phished(
        &mut self,
        who: ActorRef,
        doing: Doing,
        from: Option<Origin>,
        device: DeviceId,
        technique: TechniqueId,
    ) {
        let Some(from) = from else { return self.fail(who, doing.intent, Failure::NotReachable) };
        if !self.connects(self.beyond_wan(from), device) {
            return self.fail(who, doing.intent, Failure::NotReachable);
        }
        self.runs_programs(who, doing, (device, AccountRole::User), from, technique);
    }

    /// Something was plugged into a device.
    pub(super) fn plugged_in(
        &mut self,
        who: ActorRef,
        doing: Doing,
        (device, role): (DeviceId, AccountRole),
        technique: TechniqueId,
    ) {
        if !self.answers(device) {
            return self.fail(who, doing.intent, Failure::DidNotWork);
        }
        self.runs_programs(who, doing, (device, role), Origin::Device(device), technique);
    }

    /// Programs of the adversary's run on a device with the rights of whoever works there, if it works; endpoint
    /// detection may see the attempt either way.
    fn runs_programs(
        &mut self,
        who: ActorRef,
        doing: Doing,
        (device, role): (DeviceId, AccountRole),
        from: Origin,
        technique: TechniqueId,
    ) {
        let works = self.works(who, &doing, technique, Probability::ONE);
        self.endpoint_alert(who, &doing, device);
        if !works {
            return self.fail(who, doing.intent, Failure::DidNotWork);
        }
        let adversary = who.adversary();
        self.open_session(who, Session { adversary, device, account: None, from, role, interactive: true });
        self.succeed(who, doing.intent);
    }
}
