//! What adversaries do, made real: or not.

pub(crate) mod altered;
mod ending;
mod network;
mod on_foot;
pub(crate) mod watching;

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{AccountRole, Moment};

use crate::event::{Gain, Observer, Truth};
use crate::simulation::Ctx;
use crate::world::{ActorRef, Cause, Command, Doing, Leg, Stage, Standing};

impl<O: Observer> Ctx<'_, O> {
    // ------------------------------------------------------ beginning and end

    pub(crate) fn open_adversary(&mut self, id: AdversaryId) {
        let adversary = &self.plan.adversaries[id.index()];
        let begins = self.world.time(&adversary.begins_after, adversary.key, Purpose::AdversaryStart, 0);
        self.world.queue.push(self.plan.warm_up_end + begins, Command::Begin(id), false);
        for (index, stolen) in adversary.credentials.iter().enumerate() {
            if let Some(after) = &stolen.reported_after {
                let key = adversary.key.mix(self.plan.credentials[stolen.credential.index()].key);
                let delay = self.world.time(after, key, Purpose::ReportDelay, 0);
                self.world.after(delay, Command::Missed(id, index as u32));
            }
        }
    }

    #[inline(never)]
    pub(crate) fn begin(&mut self, id: AdversaryId) -> bool {
        let adversary = &self.plan.adversaries[id.index()];
        self.world.adversaries[id.index()].begun = true;
        let limit = self.world.time(&adversary.gives_up_after, adversary.key, Purpose::GivesUp, 0);
        self.world.after(limit, Command::TimeIsUp(id));
        self.perceive(id, Percept::Begin);
        true
    }

    #[inline(never)]
    pub(crate) fn time_is_up(&mut self, id: AdversaryId) -> bool {
        if !self.active(id) || self.world.adversaries[id.index()].objective {
            return false;
        }
        self.perceive(id, Percept::TimeIsUp);
        true
    }

    /// The owner of a stolen credential reports it.
    #[inline(never)]
    pub(crate) fn missed(&mut self, id: AdversaryId, index: u32) -> bool {
        let credential = self.plan.adversaries[id.index()].credentials[index as usize].credential;
        self.world.identity.set_lost(credential);
        self.order_later(Order::Revoke { credential }, false, true);
        true
    }

    /// Whether an adversary is in play.
    pub(crate) fn active(&self, id: AdversaryId) -> bool {
        let state = &self.world.adversaries[id.index()];
        state.begun && !state.stopped && !state.contained
    }

    /// Lets an adversary notice something, and carries out what it then wants.
    pub(crate) fn perceive(&mut self, id: AdversaryId, percept: Percept) {
        if !self.active(id) {
            return;
        }
        let mut intents = std::mem::take(&mut self.world.intents);
        intents.clear();
        let week_ms = self.week_ms();
        let state = &self.world.adversaries[id.index()];
        let view = AdversaryView {
            now: self.world.now,
            week_ms,
            zones: &state.zones,
            idle: &state.idle,
            held: &state.held,
            footholds: &state.footholds,
            segments: &state.segments,
            accounts: &state.accounts,
            credentials: &state.credentials,
            carried: &state.carried,
        };
        self.agents[id.index()].perceive(self.plan, &percept, &view, &mut intents);
        if let Some(remaining) = intents.remaining_s {
            let expected = SimDuration::from_secs_f64(remaining);
            let now = self.world.now;
            let state = &mut self.world.adversaries[id.index()];
            state.remaining = Some((now, remaining));
            let replanned = matches!(
                percept,
                Percept::Begin
                    | Percept::Failed { .. }
                    | Percept::FootholdLost { .. }
                    | Percept::Met { .. }
                    | Percept::Taken { .. }
            );
            if replanned && !matches!(self.plan.adversaries[id.index()].method, Method::Script(_)) {
                state.planned = Some(expected);
                self.tell(Truth::Planned { adversary: id, expected });
            }
        }
        // An act may at once lead to another percept: the list is taken out first.
        for index in 0..intents.list.len() {
            let (actor, intent) = intents.list[index];
            self.undertake(ActorRef::new(id, actor), intent);
        }
        let stop = intents.stop;
        intents.clear();
        self.world.intents = intents;
        if let Some(reason) = stop {
            self.stop(id, reason);
        }
    }

    /// An adversary stops by itself: everybody goes home.
    fn stop(&mut self, id: AdversaryId, reason: StopReason) {
        if self.world.adversaries[id.index()].stopped {
            return;
        }
        self.tell(Truth::Stopped { adversary: id, reason });
        self.world.adversaries[id.index()].stopped = true;
        for actor in 0..self.plan.adversaries[id.index()].actors.len() {
            self.leave(ActorRef::new(id, ActorId::from_index(actor)));
        }
        self.settle(id);
    }

    /// An actor makes for the street: through what opens from inside, and past readers with a badge that still works.
    pub(crate) fn leave(&mut self, who: ActorRef) {
        let index = who.actor().index();
        // Who is on the way out already goes on.
        if self.world.adversaries[who.adversary().index()].standing[index] != Standing::Free {
            return;
        }
        self.cancel(who);
        let plan = self.plan;
        let badge = (0..plan.credentials.len())
            .filter(|&c| self.world.adversaries[who.adversary().index()].credentials.contains(c))
            .any(|c| self.works_somewhere(CredentialId::from_index(c)));
        let state = &mut self.world.adversaries[who.adversary().index()];
        let Some(zone) = state.zones[index] else {
            state.standing[index] = Standing::Away;
            return;
        };
        state.standing[index] = Standing::Leaving;
        let (point, turn) = (state.points[index], state.turn[index]);
        let opens = |p: PortalId, d: Direction| {
            let door = &plan.portals[p.index()];
            door.lets_out(d) || badge && door.readers[d.index()].is_some()
        };
        let offsite = |z: ZoneId| plan.zones[z.index()].offsite();
        let found = self.world.route.search((plan, self.gates), zone, point, SimDuration::MAX, opens, offsite);
        // One who is locked in stays until somebody comes.
        if let Some((_, time)) = found {
            self.world.after(time, Command::Actor(who, Stage::Gone, turn));
        }
    }

    /// Ends what an actor does.
    fn cancel(&mut self, who: ActorRef) {
        let state = &mut self.world.adversaries[who.adversary().index()];
        let index = who.actor().index();
        state.turn[index] += 1;
        state.idle[index] = true;
        let Some(doing) = state.doing[index].take() else { return };
        if doing.lurking {
            self.world.lurking -= 1;
        }
        if doing.waiting
            && let Intent::Pass { portal, .. } = doing.intent
        {
            self.world.portals[portal.index()].waiting -= 1;
        }
    }

    // ----------------------------------------------------------- undertaking

    /// An actor sets about something.
    fn undertake(&mut self, who: ActorRef, intent: Intent) {
        let state = &self.world.adversaries[who.adversary().index()];
        let index = who.actor().index();
        // Who only stays where they are can be called upon.
        let stays = matches!(state.doing[index], Some(Doing { intent: Intent::Stay { .. }, .. }));
        let free = !state.stopped && (state.idle[index] || stays) && state.standing[index] == Standing::Free;
        if !free {
            return;
        }
        if stays {
            self.cancel(who);
        }
        let key = self.attempt_key(who, intent);
        let n = self.world.ordinal(key, Purpose::TechniqueDuration);
        self.tell(Truth::Started { adversary: who.adversary(), actor: who.actor(), intent });
        let (zone, from) = (
            self.world.adversaries[who.adversary().index()].zones[index],
            self.world.adversaries[who.adversary().index()].points[index],
        );
        let to = match intent {
            Intent::Approach { portal } | Intent::Pass { portal, .. } => self.plan.portals[portal.index()].at,
            // Who waits at a door has to be there when it is released.
            Intent::Stay { .. } => from,
            Intent::Work { job, .. } => match job.bench(self.plan) {
                Bench::Zone(_) => zone.and_then(|z| self.plan.zones[z.index()].centre),
                Bench::Portal(portal, _) => self.plan.portals[portal.index()].at,
                Bench::Device(_) | Bench::Service(_) | Bench::Panel(_) | Bench::Mail(_) | Bench::Telephone(_) => from,
            },
            Intent::Spend { .. } => from,
        };
        let walk = self.plan.pace.walk(from, to);
        let state = &mut self.world.adversaries[who.adversary().index()];
        state.idle[index] = false;
        state.doing[index] = Some(Doing { intent, n, key, waiting: false, lurking: false, hidden: false, part: 0 });
        if to.is_some() {
            state.points[index] = to;
        }
        state.legs[index] = Leg { from, since: self.world.now, until: self.world.now + walk };
        let turn = state.turn[index];
        self.world.after(walk, Command::Actor(who, Stage::There, turn));
    }

    /// Identity of the draws of an attempt: actor, target, technique.
    fn attempt_key(&self, who: ActorRef, intent: Intent) -> EntityKey {
        let plan = self.plan;
        let actor = plan.adversaries[who.adversary().index()].actors[who.actor().index()].key;
        let technique = |t: TechniqueId| plan.techniques[t.index()].key;
        let (target, how) = match intent {
            Intent::Approach { portal } => (plan.portals[portal.index()].key, EntityKey::new("act", "approach")),
            Intent::Pass { portal, technique: t, .. } => (plan.portals[portal.index()].key, technique(t)),
            Intent::Work { job, technique: t, .. } => (job.target(plan), technique(t)),
            Intent::Stay { .. } => (actor, EntityKey::new("act", "stay")),
            Intent::Spend { step } => {
                (actor.child(Purpose::TechniqueDuration, u64::from(step)), EntityKey::new("act", "spend"))
            }
        };
        actor.mix(target).mix(how)
    }

    /// The next stage of what an actor does.
    #[inline(never)]
    pub(crate) fn actor(&mut self, who: ActorRef, stage: Stage, turn: u32) -> bool {
        let state = &self.world.adversaries[who.adversary().index()];
        if state.turn[who.actor().index()] != turn {
            return false;
        }
        if stage == Stage::Gone {
            self.gone(who);
            return true;
        }
        let Some(doing) = state.doing[who.actor().index()] else { return false };
        match stage {
            Stage::There => self.there(who, doing),
            Stage::Decided => self.decided(who, doing),
            Stage::Worked => self.worked(who, doing),
            Stage::Through => self.actor_through(who, doing),
            Stage::PatienceUp => self.fail(who, doing.intent, Failure::NobodyCame),
            Stage::Gone => {}
        }
        true
    }

    fn next(&mut self, who: ActorRef, delay: SimDuration, stage: Stage) {
        let turn = self.world.adversaries[who.adversary().index()].turn[who.actor().index()];
        self.world.after(delay, Command::Actor(who, stage, turn));
    }

    /// The job has a further part, after this long.
    fn go_on_with(&mut self, who: ActorRef, after: SimDuration) {
        if let Some(doing) = &mut self.world.adversaries[who.adversary().index()].doing[who.actor().index()] {
            doing.part += 1;
        }
        self.next(who, after, Stage::Worked);
    }

    fn succeed(&mut self, who: ActorRef, intent: Intent) {
        self.cancel(who);
        self.tell(Truth::Succeeded { adversary: who.adversary(), actor: who.actor(), intent });
        self.perceive(who.adversary(), Percept::Done { actor: who.actor(), intent });
    }

    fn fail(&mut self, who: ActorRef, intent: Intent, why: Failure) {
        self.cancel(who);
        self.tell(Truth::FailedAt { adversary: who.adversary(), actor: who.actor(), intent, why });
        self.perceive(who.adversary(), Percept::Failed { actor: who.actor(), intent, why });
    }

    fn hostile(&mut self, who: ActorRef) {
        let state = &mut self.world.adversaries[who.adversary().index()];
        state.acted = true;
        state.acts = state.acts.saturating_add(1);
        state.latest_act[who.actor().index()] = state.acts;
        self.tell(Truth::HostileAct { adversary: who.adversary() });
    }

    fn gain(&mut self, id: AdversaryId, gain: Gain) {
        let gained = &mut self.world.adversaries[id.index()].gained;
        if !gained.contains(&gain) {
            gained.push(gain);
            self.tell(Truth::Gained { adversary: id, gain });
        }
    }

    fn reached(&mut self, id: AdversaryId) {
        let state = &mut self.world.adversaries[id.index()];
        if !state.objective {
            state.objective = true;
            self.tell(Truth::ObjectiveReached { adversary: id });
        }
    }

    fn cause(&self, who: ActorRef, doing: &Doing) -> Cause {
        self.cause_of(who, doing.key, doing.n)
    }

    /// What an actor has caused, as a part of its latest hostile act.
    fn cause_of(&self, who: ActorRef, key: EntityKey, n: u32) -> Cause {
        let act = self.world.adversaries[who.adversary().index()].latest_act[who.actor().index()];
        Cause::hostile(who.adversary(), act, key, n)
    }

    /// The time of an attempt: the technique's own or the target's, by skill and tools.
    fn effort(
        &mut self,
        who: ActorRef,
        doing: &Doing,
        technique: TechniqueId,
        target: Option<&Distribution>,
    ) -> SimDuration {
        let own = self.plan.techniques[technique.index()].duration.as_ref();
        let Some(base) = own.or(target) else { return SimDuration::ZERO };
        let time = self.world.time(base, doing.key, Purpose::TechniqueDuration, doing.n);
        self.at_pace(who, technique, time)
    }

    /// The time of an attempt where the technique has one of its own.
    fn own_effort(&mut self, who: ActorRef, doing: &Doing, technique: TechniqueId) -> Option<SimDuration> {
        let own = self.plan.techniques[technique.index()].duration.is_some();
        own.then(|| self.effort(who, doing, technique, None))
    }

    /// A time by skill, tools and hands.
    fn at_pace(&self, who: ActorRef, technique: TechniqueId, time: SimDuration) -> SimDuration {
        let adversary = &self.plan.adversaries[who.adversary().index()];
        let technique = &self.plan.techniques[technique.index()];
        let factor = technique.duration_factor(adversary.skill, adversary.tools, self.hands(who));
        if factor == 1.0 { time } else { SimDuration::from_millis_f64(time.as_millis() as f64 * factor) }
    }

    /// Members of the adversary who stand where this one works; one for work at a computer.
    fn hands(&self, who: ActorRef) -> u32 {
        let state = &self.world.adversaries[who.adversary().index()];
        let here = state.zones[who.actor().index()];
        let beside = |i: &usize| here.is_some() && state.zones[*i] == here && state.standing[*i] == Standing::Free;
        (0..state.zones.len()).filter(beside).count().max(1) as u32
    }

    /// Whether an attempt works: the technique's own chance, or the target's.
    fn works(&mut self, who: ActorRef, doing: &Doing, technique: TechniqueId, target: Probability) -> bool {
        let skill = self.plan.adversaries[who.adversary().index()].skill;
        let technique = &self.plan.techniques[technique.index()];
        let chance = technique.success_for(technique.success.unwrap_or(target), skill);
        self.world.happens(chance, doing.key, Purpose::TechniqueSuccess, doing.n)
    }

    /// Whether an attempt works that the technique's own chance alone decides; where it does not, the step fails.
    fn manages(&mut self, who: ActorRef, doing: &Doing, technique: TechniqueId) -> bool {
        let works = self.works(who, doing, technique, Probability::ONE);
        if !works {
            self.fail(who, doing.intent, Failure::DidNotWork);
        }
        works
    }

    /// Sensors that may notice a task of this method: now, half way, or at its end.
    fn sense(&mut self, who: ActorRef, sensors: &[SensorId], method: &str, lasts: SimDuration) {
        let week_ms = self.week_ms();
        let actor = self.plan.adversaries[who.adversary().index()].actors[who.actor().index()].key;
        for &id in sensors {
            let sensor = &self.plan.sensors[id.index()];
            let chance = sensor.detection(method);
            if chance == Probability::ZERO || !sensor.armed_at(week_ms) {
                continue;
            }
            let key = sensor.key.mix(actor);
            let n = self.world.ordinal(key, Purpose::Sensing);
            if !self.world.happens(chance, key, Purpose::Sensing, n) {
                continue;
            }
            let delay = match sensor.moment {
                Moment::Begin => SimDuration::ZERO,
                Moment::Middle => SimDuration::from_millis(lasts.as_millis() / 2),
                Moment::End => lasts,
            };
            let now = delay == SimDuration::ZERO;
            self.world.after(delay, if now { Command::Senses(id, who, n) } else { Command::SensesLater(id, who, n) });
        }
    }

    /// A sensor reports an actor.
    #[inline(never)]
    pub(crate) fn senses(&mut self, sensor: SensorId, who: ActorRef, n: u32) -> bool {
        let actor = self.plan.adversaries[who.adversary().index()].actors[who.actor().index()].key;
        let key = self.plan.sensors[sensor.index()].key.mix(actor);
        self.report(Report::SensorActive { sensor }, self.cause_of(who, key, n));
        true
    }

    /// The middle or the end of a task is sensed unless it was broken off before.
    #[inline(never)]
    pub(crate) fn senses_later(&mut self, sensor: SensorId, who: ActorRef, n: u32) -> bool {
        let under_way = self.world.adversaries[who.adversary().index()].doing[who.actor().index()].is_some();
        under_way && self.senses(sensor, who, n)
    }

    // ------------------------------------------------------------- at the place

    fn there(&mut self, who: ActorRef, doing: Doing) {
        match doing.intent {
            Intent::Approach { .. } => self.succeed(who, doing.intent),
            Intent::Pass { portal, direction, through, technique } => {
                self.at_portal(who, doing, portal, direction, through, technique);
            }
            Intent::Stay { lasts } => {
                self.loiters(who, &doing);
                self.next(who, lasts, Stage::Worked);
            }
            Intent::Spend { step } => {
                let Method::Script(steps) = &self.plan.adversaries[who.adversary().index()].method else { return };
                let time = match steps.get(step as usize).map(|s| &s.what) {
                    Some(ScriptAct::Spend(_, takes)) => {
                        self.world.time(takes, doing.key, Purpose::TechniqueDuration, doing.n)
                    }
                    Some(ScriptAct::Pass(..) | ScriptAct::Task(..)) | None => SimDuration::ZERO,
                };
                self.next(who, time, Stage::Worked);
            }
            Intent::Work { job, from, technique } => self.sets_to_work(who, doing, job, from, technique),
        }
    }

    /// Begins a job, there where it is done.
    fn sets_to_work(&mut self, who: ActorRef, doing: Doing, job: Job, from: Option<Origin>, technique: TechniqueId) {
        let plan = self.plan;
        let adversary = &plan.adversaries[who.adversary().index()];
        let hardening = |device: DeviceId| &plan.devices[device.index()].hardening;
        let takes = match job {
            Job::Take { asset } | Job::Sabotage { asset } => return self.at_asset(who, doing, asset, technique),
            Job::Exploit { service } => {
                hardening(plan.services[service.index()].device).exploit.as_ref().map(|(_, takes)| takes)
            }
            Job::Harvest { device } => hardening(device).harvest.as_ref().map(|(_, takes)| takes),
            Job::Exfiltrate { .. } => match &adversary.objective {
                Objective::Exfiltration(_, takes) => Some(takes),
                Objective::Theft(_) | Objective::Sabotage(_) | Objective::Reach(..) => None,
            },
            Job::Override { asset, .. } => Some(&plan.assets[asset.index()].task_time),
            // To look at somebody is no hostile act, nor is what is done to them away from the site.
            Job::Copy { zone, .. } => {
                if !plan.zones[zone.index()].offsite() {
                    self.hostile(who);
                }
                return self.lie_in_wait(who, doing, job);
            }
            Job::WatchPin { .. } | Job::Unlock { by: Releaser::Relay { .. }, .. } => {
                return self.lie_in_wait(who, doing, job);
            }
            Job::Attach { .. }
            | Job::PlugIn { .. }
            | Job::TakeConsole { .. }
            | Job::DrawKey { .. }
            | Job::CutConnection { .. }
            | Job::ResetPassword { .. }
            | Job::Prepare { .. }
            | Job::Spray { .. }
            | Job::Ask { .. }
            | Job::StealSession { .. }
            | Job::Join { .. }
            | Job::Bridge { .. }
            | Job::PullAlarm { .. }
            | Job::Tap { .. }
            | Job::LogIn { .. }
            | Job::Guess { .. }
            | Job::Phish { .. }
            | Job::Forge { .. }
            | Job::Insert { .. }
            | Job::Revive { .. }
            | Job::Schedule { .. }
            | Job::Unlock { .. } => None,
        };
        match (job.bench(plan), from) {
            (Bench::Zone(zone), _) => {
                self.hostile(who);
                if let Job::Bridge { panel, .. } = job
                    && plan.panels[panel.index()].tamper
                {
                    self.report_by(Some(panel), Report::Tamper { panel }, self.cause(who, &doing));
                }
                if matches!(
                    job,
                    Job::PlugIn { .. } | Job::TakeConsole { .. } | Job::CutConnection { .. } | Job::Bridge { .. }
                ) {
                    self.challenge(who, &doing, zone);
                }
                let time = self.effort(who, &doing, technique, takes);
                self.next(who, time, Stage::Worked);
            }
            (Bench::Portal(..), _) => {
                self.hostile(who);
                let time = self.effort(who, &doing, technique, takes);
                self.next(who, time, Stage::Worked);
            }
            (Bench::Panel(panel), Some(from)) => self.toward_panel(who, doing, from, panel, technique),
            (Bench::Mail(device), Some(from)) => self.by_mail(who, doing, from, device, technique),
            (Bench::Telephone(_), _) => {
                self.hostile(who);
                let time = self.effort(who, &doing, technique, takes);
                self.next(who, time, Stage::Worked);
            }
            (Bench::Device(device), _) => self.on_device(who, doing, device, technique, takes),
            (Bench::Service(service), Some(from)) => self.toward(who, doing, from, service, technique, takes),
            (Bench::Service(_) | Bench::Panel(_) | Bench::Mail(_), None) => {
                self.fail(who, doing.intent, Failure::NotReachable)
            }
        }
    }

    // ------------------------------------------------------------- work is done

    fn worked(&mut self, who: ActorRef, doing: Doing) {
        let plan = self.plan;
        let id = who.adversary();
        match doing.intent {
            Intent::Approach { .. } => {}
            Intent::Pass { portal, through: Through::Following, technique, .. } => {
                if !self.follow(who, doing, portal, technique) {
                    let n = self.world.ordinal(doing.key, Purpose::TechniqueDuration);
                    self.await_chance(who, &doing, technique, n);
                }
            }
            Intent::Pass { portal, direction, through: Through::Persuading, technique } => {
                self.persuades(who, doing, (portal, direction), technique);
            }
            Intent::Pass { portal, through, technique, .. } => {
                // By a free way or with a key, only what has not worked comes here.
                if through == Through::Breaking && self.works(who, &doing, technique, Probability::ONE) {
                    self.go_through(who, &doing, portal);
                } else {
                    self.fail(who, doing.intent, Failure::DidNotWork);
                }
            }
            Intent::Stay { lasts } => {
                let here = self.world.adversaries[id.index()].zones[who.actor().index()];
                if let Objective::Reach(zone, hold) = plan.adversaries[id.index()].objective
                    && here == Some(zone)
                    && lasts >= hold
                {
                    self.reached(id);
                }
                self.succeed(who, doing.intent);
            }
            Intent::Spend { .. } => self.succeed(who, doing.intent),
            Intent::Work { job, from, technique } => self.work_done(who, doing, job, from, technique),
        }
    }

    /// The time of a job is over: what comes of it.
    fn work_done(&mut self, who: ActorRef, doing: Doing, job: Job, from: Option<Origin>, technique: TechniqueId) {
        let plan = self.plan;
        let id = who.adversary();
        match job {
            Job::Take { asset } => {
                let here = self.world.adversaries[id.index()].zones[who.actor().index()];
                if self.world.assets[asset.index()] != here {
                    return self.fail(who, doing.intent, Failure::NotThere);
                }
                if !self.manages(who, &doing, technique) {
                    return;
                }
                self.world.assets[asset.index()] = None;
                self.world.adversaries[id.index()].carried[asset.index()] = Some(who.actor());
                self.gain(id, Gain::Asset(asset));
                self.succeed(who, doing.intent);
            }
            Job::Sabotage { asset } => {
                if !self.manages(who, &doing, technique) {
                    return;
                }
                self.sabotaged(id, asset);
                self.succeed(who, doing.intent);
            }
            Job::LogIn { service, account } => self.log_in(who, doing, from, service, account, technique),
            Job::Exploit { service } => self.exploit(who, doing, from, service, technique),
            Job::Harvest { device } => self.harvest(who, doing, device, technique),
            Job::Forge { server, credential } => self.forge(who, doing, server, credential, technique),
            Job::Unlock { by: Releaser::Server(server), portal } => self.unlock(who, doing, server, portal, technique),
            Job::Unlock { by: Releaser::Panel(panel), portal } => {
                self.command(who, doing, from, panel, portal, technique)
            }
            Job::Unlock { by: Releaser::Inside(direction), portal } => {
                self.opens_from_inside(who, doing, (portal, direction), technique);
            }
            Job::Unlock { by: Releaser::Relay { .. }, .. } => self.watched(who, doing, job, technique),
            Job::Spray { service, account } => self.sprayed(who, doing, from, (service, account), technique),
            Job::Ask { account } => self.asked(who, doing, account, technique),
            Job::StealSession { device, account } => self.steals_session(who, doing, (device, account), technique),
            Job::Join { wifi, zone, account } => self.joins(who, doing, (wifi, zone), account, technique),
            Job::Guess { service } => self.guess(who, doing, from, service, technique),
            Job::Phish { device } => self.phished(who, doing, from, device, technique),
            Job::PlugIn { device } => self.plugged_in(who, doing, (device, AccountRole::User), technique),
            Job::TakeConsole { device } => self.plugged_in(who, doing, (device, AccountRole::Administrator), technique),
            Job::DrawKey { cabinet, key, credential } => {
                self.takes_key(who, doing, (cabinet, key), credential, technique);
            }
            Job::CutConnection { .. } => self.cuts_line(who, doing, technique),
            Job::Prepare { device, how } => self.prepares(who, doing, (device, how), technique),
            Job::ResetPassword { device, account } => self.reset_password(who, doing, device, account, technique),
            Job::Insert { database, credential } => self.insert(who, doing, database, credential, technique),
            Job::Revive { device, credential } => self.revive(who, doing, device, credential, technique),
            Job::Schedule { server, portal } => self.schedule(who, doing, server, portal, technique),
            Job::Bridge { portal, .. } => self.bridge(who, doing, portal, technique),
            Job::PullAlarm { .. } => self.pull_alarm(who, doing, technique),
            Job::Copy { .. } | Job::WatchPin { .. } | Job::Tap { .. } => self.watched(who, doing, job, technique),
            Job::Override { device, asset } => {
                if self.session_for(id, device, AccountRole::Operator).is_none() {
                    return self.fail(who, doing.intent, Failure::SessionLost);
                }
                if !self.manages(who, &doing, technique) {
                    return;
                }
                self.sabotaged(id, asset);
                self.succeed(who, doing.intent);
            }
            Job::Attach { jack } => {
                let jack = &plan.jacks[jack.index()];
                if !jack.open || !self.works(who, &doing, technique, Probability::ONE) {
                    return self.fail(who, doing.intent, Failure::DidNotWork);
                }
                self.world.adversaries[id.index()].segments.insert(jack.segment.index());
                if plan.segments[jack.segment.index()].watched {
                    let report = Report::UnknownDevice { segment: jack.segment, zone: jack.zone };
                    self.report(report, self.cause(who, &doing));
                }
                self.succeed(who, doing.intent);
            }
            Job::Exfiltrate { device } => {
                if self.world.adversaries[id.index()].held[device.index()].is_none() {
                    return self.fail(who, doing.intent, Failure::SessionLost);
                }
                if !self.manages(who, &doing, technique) {
                    return;
                }
                self.reached(id);
                self.succeed(who, doing.intent);
            }
        }
    }

    /// An asset is out of action.
    fn sabotaged(&mut self, id: AdversaryId, asset: AssetId) {
        self.gain(id, Gain::Asset(asset));
        if matches!(self.plan.adversaries[id.index()].objective, Objective::Sabotage(a) if a == asset) {
            self.reached(id);
        }
    }
}
