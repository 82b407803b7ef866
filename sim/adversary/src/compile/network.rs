//! What is done at a computer.

use doorward_model::base::*;
use doorward_model::plan::{Bench, Direction, Job, Objective, Origin, Releaser, Start, Technique};
use doorward_model::signal::Through;
use doorward_model::site::{AccountRole, Authentication, CredentialStatus, DeviceKind};
use doorward_model::technique::Act;

use super::*;

impl Compiler<'_> {
    pub(super) fn log_in(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        let takes_over = self.knows(|act| *act == Act::StealSession);
        for (i, account) in plan.accounts.iter().enumerate() {
            for &service in &account.services {
                let on = &plan.services[service.index()];
                if takes_over && on.token_life.is_some() && account.workplace.is_some() {
                    let account_id = AccountId::from_index(i);
                    let needs = vec![self.fact(Fact::Session(account_id))];
                    let origins = self.origins(service);
                    let gives = self.session(on.device, account.role, on.interactive);
                    let deed = Deed::Job(Job::LogIn { service, account: account_id });
                    self.add_connection(Step { technique: Some(id), needs, origins, gives, ms, ..Step::new(deed) });
                }
                if !plan.asks_second_factor(service, account) {
                    let account_id = AccountId::from_index(i);
                    let needs = match on.authentication {
                        Authentication::Open => vec![],
                        Authentication::Password | Authentication::MultiFactor => {
                            vec![self.fact(Fact::Secret(account_id))]
                        }
                    };
                    let origins = self.origins(service);
                    let gives = self.session(on.device, account.role, on.interactive);
                    let deed = Deed::Job(Job::LogIn { service, account: account_id });
                    self.add_connection(Step { technique: Some(id), needs, origins, gives, ms, ..Step::new(deed) });
                }
            }
        }
    }

    pub(super) fn exploit(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        for (i, service) in plan.services.iter().enumerate() {
            if let Some((chance, time)) = &plan.devices[service.device.index()].hardening.exploit
                && let Some(ms) = self.work_ms(technique, time.mean_s(), *chance)
            {
                let service_id = ServiceId::from_index(i);
                let origins = self.origins(service_id);
                let gives = self.session(service.device, AccountRole::Administrator, true);
                let risk = self.endpoint(service.device);
                let deed = Deed::Job(Job::Exploit { service: service_id });
                self.add_connection(Step { technique: Some(id), origins, gives, ms, risk, ..Step::new(deed) });
            }
        }
    }

    /// A step over the network is no step where no origin reaches the service.
    pub(super) fn add_connection(&mut self, step: Step) {
        if !step.origins.is_empty() && !step.gives.is_empty() {
            self.add(step);
        }
    }

    /// What may open a connection to a service.
    fn origins(&mut self, service: ServiceId) -> Vec<FactId> {
        let plan = self.plan;
        let own = plan.services[service.index()].device;
        self.origins_that(|origin| origin != Origin::Device(own) && plan.reaches(origin, service))
    }

    /// What may open a connection that can be opened from these places.
    fn origins_that(&mut self, reach: impl Fn(Origin) -> bool) -> Vec<FactId> {
        let (plan, adversary) = (self.plan, self.adversary);
        let mut origins = Vec::new();
        let desks = adversary.actors.iter().filter_map(|actor| match actor.start {
            Start::Segment(segment) => Some(Fact::Desk(segment)),
            Start::Zone(_) => None,
        });
        let attached =
            (0..plan.jacks.len()).filter(|&i| plan.jacks[i].open).map(|i| Fact::Attached(JackId::from_index(i)));
        let wireless = self.knows(|act| *act == Act::JoinWifi);
        let joined = (0..plan.wifi.len()).filter(|_| wireless).map(|i| Fact::Joined(WifiId::from_index(i)));
        let alone = (0..plan.devices.len()).filter(|&i| self.crowd_of[i].is_none());
        let footholds = alone.map(DeviceId::from_index).map(Fact::Foothold);
        let crowds = (0..self.crowds.len()).map(CrowdId::from_index).map(Fact::Among);
        let all: Vec<Fact> = desks.chain(attached).chain(joined).chain(footholds).chain(crowds).collect();
        for fact in all {
            let reaches = match fact {
                // Two, since one of them may be the end of the connection itself.
                Fact::Among(crowd) => {
                    self.crowds[crowd.index()].iter().take(2).any(|device| reach(Origin::Device(*device)))
                }
                _ => fact.origin(plan).is_some_and(&reach),
            };
            if reaches {
                let fact = self.fact(fact);
                if !origins.contains(&fact) {
                    origins.push(fact);
                }
            }
        }
        origins
    }

    /// What a session on a device gives.
    pub(super) fn session(&mut self, device: DeviceId, role: AccountRole, programs: bool) -> Vec<(FactId, u64)> {
        let mut gives = Vec::new();
        if programs {
            gives.push((self.fact(Fact::Foothold(device)), 0));
            if let Some(crowd) = self.crowd_of[device.index()] {
                gives.push((self.fact(Fact::Among(crowd)), 0));
            }
        }
        let kind = self.plan.devices[device.index()].kind;
        let commands = || self.plan.assets.iter().any(|asset| asset.controlled_by == Some(device));
        let doors = kind == DeviceKind::AccessControlServer;
        let identities = matches!(kind, DeviceKind::HumanResources | DeviceKind::IdentityProvider);
        let prepared = || self.adversary.prepares.iter().any(|(_, job)| job.bench(self.plan) == Bench::Device(device));
        if role >= AccountRole::Operator && (doors || commands()) {
            gives.push((self.fact(Fact::Operate(device)), 0));
        }
        if role >= AccountRole::Administrator && (doors || identities || prepared()) {
            gives.push((self.fact(Fact::Administer(device)), 0));
        }
        gives
    }

    pub(super) fn harvest(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        for (i, device) in plan.devices.iter().enumerate().filter(|(_, device)| !device.secrets.is_empty()) {
            let target = device.hardening.harvest.as_ref();
            if target.is_none() && technique.duration.is_none() {
                continue;
            }
            let (chance, seconds) = target.map_or((Probability::ONE, 0.0), |(p, time)| (*p, time.mean_s()));
            if let Some(ms) = self.work_ms(technique, seconds, chance) {
                let device_id = DeviceId::from_index(i);
                let needs = vec![self.fact(Fact::Foothold(device_id))];
                let gives = device.secrets.iter().map(|&account| (self.fact(Fact::Secret(account)), 0)).collect();
                let risk = self.endpoint(device_id);
                let deed = Deed::Job(Job::Harvest { device: device_id });
                self.add(Step { technique: Some(id), needs, gives, ms, risk, ..Step::new(deed) });
            }
        }
    }

    pub(super) fn forge(&mut self, id: TechniqueId, technique: &Technique) {
        let (plan, adversary) = (self.plan, self.adversary);
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        for (i, _) in plan.devices.iter().enumerate().filter(|(_, d)| d.kind == DeviceKind::AccessControlServer) {
            let server = DeviceId::from_index(i);
            for credential in adversary.actors.iter().filter_map(|actor| actor.blank) {
                let needs = vec![self.fact(Fact::Administer(server))];
                let gives = vec![(self.fact(Fact::Enrolled(credential, server)), self.download_ms(server))];
                let deed = Deed::Job(Job::Forge { server, credential });
                self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
            }
        }
    }

    /// Mean time until the panels of a server know of a change.
    pub(super) fn download_ms(&self, server: DeviceId) -> u64 {
        let panels = self.plan.panels.iter().filter(|panel| panel.server == server);
        let (sum, n) = panels.fold((0.0, 0.0), |(sum, n), panel| (sum + panel.download_time.mean_s(), n + 1.0));
        if n > 0.0 { SimDuration::from_secs_f64(sum / n).as_millis() } else { 0 }
    }

    pub(super) fn exfiltrate(&mut self, id: TechniqueId, technique: &Technique) {
        if let Objective::Exfiltration(device, takes) = &self.adversary.objective
            && let Some(ms) = self.work_ms(technique, takes.mean_s(), Probability::ONE)
        {
            let needs = vec![self.fact(Fact::Foothold(*device))];
            let gives = vec![(self.fact(Fact::Objective), 0)];
            let deed = Deed::Job(Job::Exfiltrate { device: *device });
            self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
        }
    }

    /// As a login with a known secret, where a second factor is asked that its owner gives away in the end.
    pub(super) fn tire_second_factor(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        for (i, account) in plan.accounts.iter().enumerate() {
            for &service in &account.services {
                let on = &plan.services[service.index()];
                if account.person.is_some() && plan.asks_second_factor(service, account) {
                    let account_id = AccountId::from_index(i);
                    let needs = vec![self.fact(Fact::Secret(account_id))];
                    let origins = self.origins(service);
                    let gives = self.session(on.device, account.role, on.interactive);
                    let deed = Deed::Job(Job::LogIn { service, account: account_id });
                    self.add_connection(Step { technique: Some(id), needs, origins, gives, ms, ..Step::new(deed) });
                }
            }
        }
    }

    /// Whoever runs the directory can be whoever signs on through it.
    pub(super) fn reset_password(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        let directories = |d: &DeviceId| plan.devices[d.index()].kind == DeviceKind::IdentityProvider;
        for device in plan.identity_systems().filter(directories) {
            for (i, _) in plan.accounts.iter().enumerate().filter(|(_, account)| plan.signs_on(account)) {
                let account = AccountId::from_index(i);
                let needs = vec![self.fact(Fact::Administer(device))];
                let gives = vec![(self.fact(Fact::Secret(account)), 0)];
                let deed = Deed::Job(Job::ResetPassword { device, account });
                self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
            }
        }
    }

    pub(super) fn guess(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        for (i, service) in plan.services.iter().enumerate() {
            if plan.devices[service.device.index()].hardening.default_password
                && let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE)
            {
                let service_id = ServiceId::from_index(i);
                let origins = self.origins(service_id);
                let gives = self.session(service.device, AccountRole::Administrator, service.interactive);
                let deed = Deed::Job(Job::Guess { service: service_id });
                self.add_connection(Step { technique: Some(id), origins, gives, ms, ..Step::new(deed) });
            }
        }
    }

    /// Accounts of marks, and, where it is said so, those that nobody owns.
    fn targeted(&self, unowned: bool) -> Vec<AccountId> {
        let (plan, adversary) = (self.plan, self.adversary);
        let marks = |account: AccountId| {
            adversary.marks.iter().any(|mark| plan.people[mark.index()].accounts.contains(&account))
        };
        let all = (0..plan.accounts.len()).map(AccountId::from_index);
        all.filter(|id| marks(*id) || unowned && plan.accounts[id.index()].person.is_none()).collect()
    }

    pub(super) fn guess_password(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        for account in self.targeted(true) {
            for &service in &plan.accounts[account.index()].services {
                let gives = vec![(self.fact(Fact::Secret(account)), 0)];
                let origins = self.origins(service);
                let deed = Deed::Job(Job::Spray { service, account });
                self.add_connection(Step { technique: Some(id), origins, gives, ms, ..Step::new(deed) });
            }
        }
    }

    pub(super) fn ask_secret(&mut self, id: TechniqueId, technique: &Technique) {
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        for account in self.targeted(false) {
            let gives = vec![(self.fact(Fact::Secret(account)), 0)];
            self.add(Step { technique: Some(id), gives, ms, ..Step::new(Deed::Job(Job::Ask { account })) });
        }
    }

    pub(super) fn steal_session(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        let lasting = |service: &ServiceId| plan.services[service.index()].token_life.is_some();
        for (i, account) in plan.accounts.iter().enumerate() {
            if let Some(device) = account.workplace
                && account.services.iter().any(lasting)
            {
                let account = AccountId::from_index(i);
                let needs = vec![self.fact(Fact::Foothold(device))];
                let gives = vec![(self.fact(Fact::Session(account)), 0)];
                let risk = self.endpoint(device);
                let deed = Deed::Job(Job::StealSession { device, account });
                self.add(Step { technique: Some(id), needs, gives, ms, risk, ..Step::new(deed) });
            }
        }
    }

    pub(super) fn join_wifi(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        for (i, wifi) in plan.wifi.iter().enumerate() {
            let network = WifiId::from_index(i);
            let owned = |id: &AccountId| plan.accounts[id.index()].person.is_some();
            let known = self.adversary.accounts.iter().copied().filter(owned);
            let accounts: Vec<Option<AccountId>> = match wifi.guests {
                true => vec![None],
                false => known.chain(self.targeted(false)).map(Some).collect(),
            };
            for account in accounts {
                for zone in wifi.zones.iter().map(ZoneId::from_index) {
                    let needs = account.map(|account| self.fact(Fact::Secret(account))).into_iter().collect();
                    let gives = vec![(self.fact(Fact::Joined(network)), 0)];
                    let job = Job::Join { wifi: network, zone, account };
                    self.add(Step { needs, gives, ..self.work(id, zone, ms, job) });
                }
            }
        }
    }

    pub(super) fn phish(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let internet = |origin| matches!(origin, Origin::Segment(s) if plan.segments[s.index()].internet);
        let origins = self.origins_that(internet);
        for (i, device) in plan.devices.iter().enumerate().filter(|(_, device)| device.gets_mail()) {
            if let Some(ms) =
                self.work_ms(technique, 0.0, device.hardening.exploit.as_ref().map_or(Probability::ZERO, |e| e.0))
            {
                let device_id = DeviceId::from_index(i);
                let gives = self.session(device_id, AccountRole::User, true);
                let risk = self.endpoint(device_id);
                let deed = Deed::Job(Job::Phish { device: device_id });
                let origins = origins.clone();
                self.add_connection(Step { technique: Some(id), origins, gives, ms, risk, ..Step::new(deed) });
            }
        }
    }

    /// A release past the server. That a panel wants to know who commands it is seen by those alone who know the network.
    pub(super) fn command(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        if let Some(panel) = door.panel
            && door.lock.is_some()
            && !(self.insider && plan.panels[panel.index()].authenticated_link)
            && let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE)
        {
            let origins = self.origins_that(|origin| plan.reaches_panel(origin, panel));
            if !origins.is_empty() {
                let pass_ms = door.pass_time.mean().as_millis();
                let step = self.passage(id, (portal, direction), Through::Released, ms, "walk");
                let deed = Deed::Release { portal, direction, by: Releaser::Panel(panel) };
                self.add(Step { deed, origins, pass_ms, ..step });
            }
        }
    }

    pub(super) fn schedule(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        for (i, door) in plan.portals.iter().enumerate().filter(|(_, door)| door.lock.is_some()) {
            let Some(panel) = door.panel else { continue };
            let (portal, panel) = (PortalId::from_index(i), &plan.panels[panel.index()]);
            let server = panel.server;
            let needs = vec![self.fact(Fact::Administer(server))];
            let gives = vec![(self.fact(Fact::Unlocked(portal)), panel.download_time.mean().as_millis())];
            let deed = Deed::Job(Job::Schedule { server, portal });
            self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
        }
    }

    pub(super) fn edit_database(&mut self, id: TechniqueId, technique: &Technique) {
        let (plan, adversary) = (self.plan, self.adversary);
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        let of_kind =
            |kind| (0..plan.devices.len()).filter(move |&i| plan.devices[i].kind == kind).map(DeviceId::from_index);
        for database in of_kind(DeviceKind::AccessControlDatabase) {
            for credential in adversary.actors.iter().filter_map(|actor| actor.blank) {
                let needs = vec![self.fact(Fact::Foothold(database))];
                let gives = of_kind(DeviceKind::AccessControlServer)
                    .map(|server| (self.fact(Fact::Enrolled(credential, server)), self.download_ms(server)))
                    .collect();
                let deed = Deed::Job(Job::Insert { database, credential });
                self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
            }
        }
    }

    pub(super) fn revive(&mut self, id: TechniqueId, technique: &Technique) {
        let (plan, adversary) = (self.plan, self.adversary);
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        // Where no news goes from there to the badges, nothing comes of it.
        let Some(lag) = &plan.policy.identity.badges_end else { return };
        for device in plan.identity_systems() {
            for stolen in &adversary.credentials {
                let card = &plan.credentials[stolen.credential.index()];
                if card.person.is_none() || card.status == Some(CredentialStatus::Active) {
                    continue;
                }
                let needs = vec![self.fact(Fact::Administer(device))];
                let slowest = plan.panels.iter().map(|panel| panel.download_time.mean()).max();
                let lag = lag.takes.mean() + slowest.unwrap_or(SimDuration::ZERO);
                let gives = vec![(self.fact(Fact::Revived(stolen.credential)), lag.as_millis())];
                let deed = Deed::Job(Job::Revive { device, credential: stolen.credential });
                self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
            }
        }
    }

    pub(super) fn sabotage_from_afar(&mut self, id: TechniqueId, technique: &Technique) {
        if let Objective::Sabotage(asset) = self.adversary.objective
            && let Some(device) = self.plan.assets[asset.index()].controlled_by
            && let Some(ms) =
                self.work_ms(technique, self.plan.assets[asset.index()].task_time.mean_s(), Probability::ONE)
        {
            let needs = vec![self.fact(Fact::Operate(device))];
            let gives = vec![(self.fact(Fact::Objective), 0)];
            let deed = Deed::Job(Job::Override { device, asset });
            self.add(Step { technique: Some(id), needs, gives, ms, ..Step::new(deed) });
        }
    }
}
