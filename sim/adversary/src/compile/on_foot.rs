//! What is done on foot.

use doorward_model::base::*;
use doorward_model::plan::{Device, Direction, Job, Objective, Person, Portal, Reader, Releaser, Technique};
use doorward_model::signal::Through;
use doorward_model::site::{AccountRole, CredentialStatus, DeviceKind, OutOfReach, ReaderLink, Technology};
use doorward_model::technique::Act;

use super::*;

impl<'p> Compiler<'p> {
    /// Every portal both ways, at all times.
    pub(super) fn ways(&mut self, mut each: impl FnMut(&mut Self, PortalId, Direction)) {
        self.over_time(|this| this.ways_now(&mut each));
    }

    fn ways_now(&mut self, mut each: impl FnMut(&mut Self, PortalId, Direction)) {
        for i in 0..self.plan.portals.len() {
            for direction in [Direction::Entry, Direction::Exit] {
                each(self, PortalId::from_index(i), direction);
            }
        }
    }

    /// A passage that takes `ms`, with what sensors of `method` see of it.
    pub(super) fn passage(
        &self,
        id: TechniqueId,
        way: (PortalId, Direction),
        through: Through,
        ms: u64,
        method: &str,
    ) -> Step {
        let (portal, direction) = way;
        let zone = self.plan.zone_beyond(portal, direction);
        let sensors = &self.plan.portals[portal.index()].sensors;
        Step {
            technique: Some(id),
            ground: Ground::Spot { at: near_side(portal, direction), to: far_side(portal, direction) },
            ms,
            risk: self.sensed(sensors, method) + self.sensed(&self.plan.zones[zone.index()].sensors, "walk"),
            risk_loaded: self.sensed(sensors, "carry"),
            ..Step::new(Deed::Pass { portal, direction, through })
        }
    }

    pub(super) fn walk(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        let unlocked = door.unlocked.iter().any(|window| window.contains(self.week_ms));
        if (door.opens_freely(direction) || unlocked)
            && let Some(ms) = self.work_ms(technique, door.pass_time.mean_s(), Probability::ONE)
        {
            let mut step = self.passage(id, (portal, direction), Through::Freely, ms, "walk");
            if direction == Direction::Exit && !unlocked && door.reads_as_forced() {
                step.risk += micro_nats(SWITCH_DETECTS);
            }
            self.add(step);
        }
    }

    pub(super) fn use_badge(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let (plan, adversary) = (self.plan, self.adversary);
        let door = &plan.portals[portal.index()];
        let marks = adversary.marks.iter().map(|person| plan.people[person.index()].badge);
        let in_hand = adversary.credentials.iter().map(|stolen| stolen.credential);
        let keys = door.mechanical_key.filter(|_| self.knows(|act| *act == Act::DrawKey));
        for credential in in_hand.chain(marks).chain(keys) {
            let mut needs = vec![self.fact(Fact::Badge(credential))];
            self.use_facility_code(id, technique, (portal, direction), credential);
            let ms = if door.mechanical_key == Some(credential) {
                self.work_ms(technique, door.pass_time.mean_s(), Probability::ONE)
            } else if let Some(reader) = self.reads(door, direction, credential)
                && let Some(more) = self.entry_needs(reader, credential, plan.zone_beyond(portal, direction))
            {
                for fact in more {
                    needs.push(self.fact(fact));
                }
                self.badge_ms(technique, door, reader)
            } else {
                None
            };
            if let Some(ms) = ms {
                let step = self.passage(id, (portal, direction), Through::With(credential), ms, "walk");
                self.add(Step { needs, ..step });
            }
        }
        for (i, actor) in adversary.actors.iter().enumerate() {
            if let Some(blank) = actor.blank
                && let Some(reader) = self.reads(door, direction, blank)
                && !(self.insider && (reader.pin || reader.biometric))
                && let Some(ms) = self.badge_ms(technique, door, reader)
            {
                let needs = vec![self.fact(Fact::Enrolled(blank, plan.panels[reader.panel.index()].server))];
                let step = self.passage(id, (portal, direction), Through::With(blank), ms, "walk");
                self.add(Step { needs, only: Some(ActorId::from_index(i)), ..step });
            }
        }
    }

    /// The reader in a direction, if it reads what the credential is made of.
    pub(super) fn reads(&self, door: &'p Portal, direction: Direction, credential: CredentialId) -> Option<&'p Reader> {
        let technology = self.plan.credentials[credential.index()].technology;
        door.readers[direction.index()].as_ref().filter(|reader| reader.accepts.contains(&technology))
    }

    /// What it takes, beside the credential in hand, until it is believed to open a reader; none: it never will.
    fn entry_needs(&self, reader: &Reader, credential: CredentialId, into: ZoneId) -> Option<Vec<Fact>> {
        let card = &self.plan.credentials[credential.index()];
        let mark = self.adversary.marks.iter().any(|person| self.plan.people[person.index()].badge == credential);
        let mut needs = Vec::new();
        let own = self.adversary.credentials.iter().any(|held| held.own && held.credential == credential);
        if reader.pin && mark && !own {
            needs.push(Fact::Pin(credential));
        }
        if !self.insider {
            return Some(needs);
        }
        if card.status != Some(CredentialStatus::Active) {
            needs.push(Fact::Revived(credential));
        }
        let right = card.role.is_some_and(|role| self.plan.roles[role.index()].may_enter(into, self.week_ms));
        (right && (own || !reader.biometric && (!reader.pin || mark))).then_some(needs)
    }

    /// Past a panel that takes any card of the house once its server is out of reach.
    fn use_facility_code(
        &mut self,
        id: TechniqueId,
        technique: &Technique,
        (portal, direction): (PortalId, Direction),
        credential: CredentialId,
    ) {
        let plan = self.plan;
        let door = &plan.portals[portal.index()];
        let Some(reader) = self.reads(door, direction, credential) else { return };
        let panel = &plan.panels[reader.panel.index()];
        let falls_back = panel.out_of_reach == OutOfReach::FacilityCode
            && plan.devices[panel.server.index()].beyond_wan
            && plan.credentials[credential.index()].status.is_some();
        if falls_back
            && self.knows(|act| matches!(act, Act::CutConnection(_)))
            && !reader.pin
            && !reader.biometric
            && let Some(ms) = self.badge_ms(technique, door, reader)
        {
            let needs = vec![self.fact(Fact::Badge(credential)), self.fact(Fact::CutOff)];
            let step = self.passage(id, (portal, direction), Through::With(credential), ms, "walk");
            self.add(Step { needs, ..step });
        }
    }

    fn badge_ms(&self, technique: &Technique, door: &Portal, reader: &Reader) -> Option<u64> {
        let decision = self.plan.panels[reader.panel.index()].decision_time.mean_s();
        let seconds = reader.read_time.mean_s() + decision + door.pass_time.mean_s();
        self.work_ms(technique, seconds, Probability::ONE)
    }

    /// Passages of ordinary people in the hour of the first move, as an onlooker expects them.
    fn passes_per_hour(&self, door: &Portal, direction: Direction) -> f64 {
        let hour = (self.week_ms / 3_600_000 % 24) as usize;
        let weekend = usize::from(self.week_ms / 86_400_000 >= 5);
        f64::from(door.expected.per_hour[direction.index()][weekend][hour])
    }

    /// Whether a wait for somebody is worth planning.
    fn is_worth_waiting(&self, wait_s: f64) -> bool {
        wait_s <= PATIENCE_FACTOR * self.adversary.patience.mean_s()
    }

    pub(super) fn follow(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        let chance = technique.success.unwrap_or(door.follow_chance.and(self.plan.behaviour.holds_door)).value();
        let passes = self.passes_per_hour(door, direction);
        if passes <= 0.0 {
            return;
        }
        let per_hour = passes * chance;
        let wait_s = match &technique.duration {
            Some(own) if per_hour > 0.0 => own.mean_s() / chance,
            Some(_) | None => 3_600.0 / per_hour,
        };
        if self.is_worth_waiting(wait_s) {
            let ms = SimDuration::from_secs_f64(wait_s + door.pass_time.mean_s()).as_millis();
            let mut step = self.passage(id, (portal, direction), Through::Following, ms, "follow");
            step.risk += self.told_of(id, door);
            self.add(step);
        }
    }

    /// Anybody knows that people may mind and tell.
    fn told_of(&self, technique: TechniqueId, door: &Portal) -> u64 {
        told_of(self.plan, self.adversary, technique, door).map_or(0, micro_nats)
    }

    pub(super) fn breach(
        &mut self,
        id: TechniqueId,
        technique: &Technique,
        method: &str,
        portal: PortalId,
        direction: Direction,
    ) {
        let door = &self.plan.portals[portal.index()];
        if let Some(delay) = door.delay(method)
            && let Some(ms) = self.work_ms(technique, delay.mean_s(), Probability::ONE)
        {
            let pass = door.pass_time.mean().as_millis();
            let mut step = self.passage(id, (portal, direction), Through::Breaking, ms.saturating_add(pass), method);
            if door.position_switch {
                step.risk += micro_nats(SWITCH_DETECTS);
            }
            step.risk += beside_guards(self.plan, door).map_or(0, |(_, chance)| micro_nats(chance));
            // Of use to a lone walker who has to come back this way.
            let walkers = self.adversary.actors.iter().filter(|actor| matches!(actor.start, Start::Zone(_))).count();
            let steals = matches!(self.adversary.objective, Objective::Theft(_));
            let back = walkers == 1 && steals && !door.opens_freely(direction.back());
            if back && technique.act.leaves_a_hole() {
                step.gives.push((self.fact(Fact::Unlocked(portal)), 0));
            }
            self.add(step);
        }
    }

    pub(super) fn release(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        if let Some(panel) = door.panel
            && door.lock.is_some()
            && let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE)
        {
            let server = self.plan.panels[panel.index()].server;
            let needs = vec![self.fact(Fact::Operate(server))];
            let by = Releaser::Server(server);
            let pass_ms = door.pass_time.mean().as_millis();
            let step = self.passage(id, (portal, direction), Through::Released, ms, "walk");
            self.add(Step { deed: Deed::Release { portal, direction, by }, needs, pass_ms, ..step });
        }
    }

    /// Past a reader, while a team mate stands beside a mark and carries the signal of their badge.
    pub(super) fn relay(
        &mut self,
        id: TechniqueId,
        technique: &Technique,
        of: &[Technology],
        portal: PortalId,
        direction: Direction,
    ) {
        let (plan, adversary) = (self.plan, self.adversary);
        let door = &plan.portals[portal.index()];
        let Some(ms) = self.wait_then_work_ms(technique, self.wait_for_mark_s()) else { return };
        for mark in adversary.marks.iter().map(|person| &plan.people[person.index()]) {
            let credential = mark.badge;
            let made_of = plan.credentials[credential.index()].technology;
            let reader = self.reads(door, direction, credential).filter(|reader| !reader.pin && !reader.biometric);
            let enters = plan.roles[mark.role.index()].may_enter(plan.zone_beyond(portal, direction), self.week_ms);
            if reader.is_none() || !of.contains(&made_of) || self.insider && !enters {
                continue;
            }
            let pass_ms = door.pass_time.mean().as_millis();
            for zone in self.whereabouts_of(mark) {
                let deed = Deed::Release { portal, direction, by: Releaser::Relay { credential, zone, direction } };
                let beside = centre(plan, zone);
                let partner = Ground::Spot { at: beside, to: beside };
                let step = self.passage(id, (portal, direction), Through::Released, ms, "walk");
                self.add(Step { deed, partner, pass_ms, ..step });
            }
        }
    }

    /// Through a door that a team mate opens from the side that it lets out from.
    pub(super) fn open_from_inside(
        &mut self,
        id: TechniqueId,
        technique: &Technique,
        portal: PortalId,
        direction: Direction,
    ) {
        let door = &self.plan.portals[portal.index()];
        if !door.opens_freely(direction)
            && door.opens_freely(direction.back())
            && let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE)
        {
            let deed = Deed::Release { portal, direction, by: Releaser::Inside(direction) };
            let within = far_side(portal, direction);
            let partner = Ground::Spot { at: within, to: within };
            let pass_ms = door.pass_time.mean().as_millis();
            let step = self.passage(id, (portal, direction), Through::Released, ms, "walk");
            self.add(Step { deed, partner, pass_ms, ..step });
        }
    }

    /// Where somebody can be come across: where they live, as far as the site goes, and where they work.
    fn whereabouts_of(&self, mark: &Person) -> Vec<ZoneId> {
        let home = self.plan.roles[mark.role.index()].day.as_ref().map(|day| day.home);
        home.into_iter().chain(mark.base).collect()
    }

    /// Work in the middle of a zone.
    pub(super) fn work(&self, id: TechniqueId, zone: ZoneId, ms: u64, job: Job) -> Step {
        let spot = centre(self.plan, zone);
        Step { technique: Some(id), ground: Ground::Spot { at: spot, to: spot }, ms, ..Step::new(Deed::Job(job)) }
    }

    pub(super) fn take(&mut self, id: TechniqueId, technique: &Technique) {
        if let Objective::Theft(asset) = self.adversary.objective {
            let what = &self.plan.assets[asset.index()];
            if what.portable
                && let Some(ms) = self.work_ms(technique, what.task_time.mean_s(), Probability::ONE)
            {
                let needs = vec![self.fact(Fact::InPlace(asset))];
                let risk = self.sensed(&what.sensors, "take");
                self.add(Step { needs, risk, ..self.work(id, what.zone, ms, Job::Take { asset }) });
            }
        }
    }

    pub(super) fn sabotage(&mut self, id: TechniqueId, technique: &Technique) {
        if let Objective::Sabotage(asset) = self.adversary.objective {
            let what = &self.plan.assets[asset.index()];
            if let Some(ms) = self.work_ms(technique, what.task_time.mean_s(), Probability::ONE) {
                let gives = vec![(self.fact(Fact::Objective), 0)];
                let risk = self.sensed(&what.sensors, "task");
                self.add(Step { gives, risk, ..self.work(id, what.zone, ms, Job::Sabotage { asset }) });
            }
        }
    }

    pub(super) fn reach(&mut self, zone: ZoneId, lasts: SimDuration) {
        let gives = vec![(self.fact(Fact::Objective), 0)];
        let (ground, ms) = (Ground::Zone(zone), lasts.as_millis());
        self.add(Step { ground, ms, gives, ..Step::new(Deed::Stay { lasts }) });
    }

    pub(super) fn attach(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        for (i, jack) in plan.jacks.iter().enumerate().filter(|(_, jack)| jack.open) {
            if let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) {
                let jack_id = JackId::from_index(i);
                let gives = vec![(self.fact(Fact::Attached(jack_id)), 0)];
                self.add(Step { gives, ..self.work(id, jack.zone, ms, Job::Attach { jack: jack_id }) });
            }
        }
    }

    /// Walks through what stands unlocked by the team's doing.
    pub(super) fn unlocked_ways(&mut self) {
        let (plan, adversary) = (self.plan, self.adversary);
        let walks = |id: &&TechniqueId| plan.techniques[id.index()].act == Act::Walk;
        let Some(&id) = adversary.techniques.iter().find(walks) else { return };
        let technique = &plan.techniques[id.index()];
        self.ways_now(|this, portal, direction| {
            let door = &plan.portals[portal.index()];
            if let Some(&unlocked) = this.ids.get(&Fact::Unlocked(portal))
                && !door.opens_freely(direction)
                && let Some(ms) = this.work_ms(technique, door.pass_time.mean_s(), Probability::ONE)
            {
                let step = this.passage(id, (portal, direction), Through::Freely, ms, "walk");
                this.add(Step { needs: vec![unlocked], ..step });
            }
        });
    }

    /// From outside through a door whose motion detector lets out whoever it takes to be inside.
    pub(super) fn fool_exit(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        if door.can_be_fooled(direction)
            && let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE)
        {
            let pass = door.pass_time.mean().as_millis();
            self.add(self.passage(id, (portal, direction), Through::Breaking, ms.saturating_add(pass), "rex"));
        }
    }

    /// Past somebody who minds an entrance.
    pub(super) fn persuade(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let door = &self.plan.portals[portal.index()];
        if door.lock.is_some()
            && self.plan.is_minded(portal)
            && let Some(ms) = self.work_ms(technique, 0.0, self.plan.behaviour.holds_door)
        {
            let pass = door.pass_time.mean().as_millis();
            let mut step = self.passage(id, (portal, direction), Through::Persuading, ms.saturating_add(pass), "walk");
            step.risk += self.told_of(id, door);
            self.add(step);
        }
    }

    /// Half of the patience, in seconds: what a wait for a certain person is counted as.
    fn wait_for_mark_s(&self) -> f64 {
        self.adversary.patience.mean_s() / 2.0
    }

    pub(super) fn copy(&mut self, id: TechniqueId, technique: &Technique, of: &[Technology]) {
        let (plan, adversary) = (self.plan, self.adversary);
        let wait = self.wait_for_mark_s();
        for mark in adversary.marks.iter().map(|person| &plan.people[person.index()]) {
            if !of.contains(&plan.credentials[mark.badge.index()].technology) {
                continue;
            }
            for zone in self.whereabouts_of(mark) {
                if let Some(ms) = self.wait_then_work_ms(technique, wait) {
                    let gives = vec![(self.fact(Fact::Badge(mark.badge)), 0)];
                    let job = Job::Copy { credential: mark.badge, zone };
                    self.add(Step { gives, ..self.work(id, zone, ms, job) });
                }
            }
        }
    }

    /// Work at a portal, on the side that one passes in a direction from.
    fn at_portal(&self, id: TechniqueId, portal: PortalId, direction: Direction, ms: u64, job: Job) -> Step {
        let spot = near_side(portal, direction);
        Step { technique: Some(id), ground: Ground::Spot { at: spot, to: spot }, ms, ..Step::new(Deed::Job(job)) }
    }

    pub(super) fn watch_pin(&mut self, id: TechniqueId, technique: &Technique, portal: PortalId, direction: Direction) {
        let (plan, adversary) = (self.plan, self.adversary);
        let door = &plan.portals[portal.index()];
        if door.readers[direction.index()].as_ref().is_none_or(|reader| !reader.pin) {
            return;
        }
        let into = plan.zone_beyond(portal, direction);
        for mark in adversary.marks.iter().map(|person| &plan.people[person.index()]) {
            if plan.roles[mark.role.index()].may_ever_enter(into)
                && let Some(ms) = self.wait_then_work_ms(technique, self.wait_for_mark_s())
            {
                let gives = vec![(self.fact(Fact::Pin(mark.badge)), 0)];
                let job = Job::WatchPin { credential: mark.badge, portal, direction };
                self.add(Step { gives, ..self.at_portal(id, portal, direction, ms, job) });
            }
        }
    }

    pub(super) fn tap(
        &mut self,
        id: TechniqueId,
        technique: &Technique,
        links: &[ReaderLink],
        portal: PortalId,
        direction: Direction,
    ) {
        let door = &self.plan.portals[portal.index()];
        let Some(reader) = &door.readers[direction.index()] else { return };
        if !links.contains(&reader.link) {
            return;
        }
        let decision = self.plan.panels[reader.panel.index()].decision_time.mean();
        let pass_ms = (decision + door.pass_time.mean()).as_millis();
        let tapped = self.fact(Fact::Tapped(portal, direction));
        let step = self.passage(id, (portal, direction), Through::Replaying, pass_ms, "walk");
        self.add(Step { needs: vec![tapped], ..step });
        let per_hour = self.passes_per_hour(door, direction);
        if per_hour > 0.0
            && self.is_worth_waiting(3_600.0 / per_hour)
            && let Some(ms) = self.wait_then_work_ms(technique, 3_600.0 / per_hour)
        {
            let job = Job::Tap { portal, direction };
            self.add(Step { gives: vec![(tapped, 0)], ..self.at_portal(id, portal, direction, ms, job) });
        }
    }

    pub(super) fn bridge(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        for (i, door) in plan.portals.iter().enumerate().filter(|(_, door)| door.lock.is_some()) {
            if let Some(panel) = door.panel
                && let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE)
            {
                let portal = PortalId::from_index(i);
                let enclosure = &plan.panels[panel.index()];
                let gives = vec![(self.fact(Fact::Unlocked(portal)), 0)];
                let risk = if enclosure.tamper { micro_nats(SWITCH_DETECTS) } else { 0 };
                let job = Job::Bridge { panel, portal };
                self.add(Step { gives, risk, ..self.work(id, enclosure.zone, ms, job) });
            }
        }
    }

    pub(super) fn pull_alarm(&mut self, id: TechniqueId, technique: &Technique) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        let freed = plan.portals.iter().enumerate().filter(|(_, p)| p.lock.as_ref().is_some_and(|l| l.fire_release));
        let gives: Vec<(FactId, u64)> =
            freed.map(|(i, _)| (self.fact(Fact::Unlocked(PortalId::from_index(i))), 0)).collect();
        if gives.is_empty() {
            return;
        }
        for (i, _) in plan.zones.iter().enumerate().filter(|(_, zone)| zone.has_call_point()) {
            let zone = ZoneId::from_index(i);
            self.add(Step { gives: gives.clone(), ..self.work(id, zone, ms, Job::PullAlarm { zone }) });
        }
    }

    pub(super) fn plug_in(&mut self, id: TechniqueId, technique: &Technique, kinds: &[DeviceKind]) {
        self.at_device(id, technique, kinds, AccountRole::User, |device| Job::PlugIn { device });
    }

    pub(super) fn take_console(&mut self, id: TechniqueId, technique: &Technique, kinds: &[DeviceKind]) {
        self.at_device(id, technique, kinds, AccountRole::Administrator, |device| Job::TakeConsole { device });
    }

    pub(super) fn cut_connection(&mut self, id: TechniqueId, technique: &Technique, kinds: &[DeviceKind]) {
        let plan = self.plan;
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        let ends = |device: &Device| kinds.contains(&device.kind) && !device.beyond_wan;
        for (i, device) in plan.devices.iter().enumerate().filter(|(_, device)| ends(device)) {
            let gives = vec![(self.fact(Fact::CutOff), 0)];
            let job = Job::CutConnection { device: DeviceId::from_index(i) };
            self.add(Step { gives, ..self.work(id, device.zone, ms, job) });
        }
    }

    pub(super) fn draw_key(&mut self, id: TechniqueId, technique: &Technique) {
        let (plan, adversary) = (self.plan, self.adversary);
        let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) else { return };
        let marks = adversary.marks.iter().map(|person| plan.people[person.index()].badge);
        let badges: Vec<CredentialId> = adversary.credentials.iter().map(|s| s.credential).chain(marks).collect();
        for (i, cabinet) in plan.cabinets.iter().enumerate() {
            let zone = plan.devices[cabinet.device.index()].zone;
            for &credential in &badges {
                let card = &plan.credentials[credential.index()];
                let entitled = card.role.is_some_and(|role| cabinet.roles.contains(&role));
                if card.person.is_none() || self.insider && !entitled {
                    continue;
                }
                for &key in &cabinet.keys {
                    let needs = vec![self.fact(Fact::Badge(credential))];
                    let gives = vec![(self.fact(Fact::Badge(key)), 0)];
                    let job = Job::DrawKey { cabinet: CabinetId::from_index(i), key, credential };
                    self.add(Step { needs, gives, ..self.work(id, zone, ms, job) });
                }
            }
        }
    }

    /// Work at a device that makes programs of one's own run on it.
    fn at_device(
        &mut self,
        id: TechniqueId,
        technique: &Technique,
        kinds: &[DeviceKind],
        role: AccountRole,
        job: impl Fn(DeviceId) -> Job,
    ) {
        let plan = self.plan;
        for (i, device) in plan.devices.iter().enumerate().filter(|(_, device)| kinds.contains(&device.kind)) {
            if let Some(ms) = self.work_ms(technique, 0.0, Probability::ONE) {
                let id_of = DeviceId::from_index(i);
                let gives = self.session(id_of, role, true);
                let risk = self.endpoint(id_of);
                self.add(Step { gives, risk, ..self.work(id, device.zone, ms, job(id_of)) });
            }
        }
    }
}
