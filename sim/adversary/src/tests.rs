//! The agent in a make-believe world, and what plans look like.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::*;
use doorward_model::technique::Act;

use crate::fixture::{self, Build, Lot, acts, chance, empty, seconds};
use crate::search::BUDGET;
use crate::{Agent, AttackPlan, Exactness, NoPlan, Part, Ways, Weighing};

/// Says why an intent of an actor fails, if it does.
type Fails<'a> = Box<dyn FnMut(ActorId, &Intent) -> Option<Failure> + 'a>;

/// A world in which every intent takes ten seconds and works unless `fails` says why not.
struct World<'a> {
    plan: &'a Plan,
    fails: Fails<'a>,
    now: SimTime,
    under_way: Vec<Option<(SimTime, Intent)>>,
    taken: Vec<bool>,
    zones: Vec<Option<ZoneId>>,
    held: Vec<Option<AccountRole>>,
    footholds: IdSet,
    segments: IdSet,
    accounts: IdSet,
    credentials: IdSet,
    carried: Vec<Option<ActorId>>,
    log: Vec<String>,
    stop: Option<StopReason>,
}

impl<'a> World<'a> {
    fn new(plan: &'a Plan, fails: impl FnMut(ActorId, &Intent) -> Option<Failure> + 'a) -> Self {
        let us = &plan.adversaries[0];
        let mut world = World {
            plan,
            fails: Box::new(fails),
            now: SimTime::ZERO,
            under_way: vec![None; us.actors.len()],
            taken: vec![false; us.actors.len()],
            zones: vec![],
            held: vec![None; plan.devices.len()],
            footholds: IdSet::with_len(64),
            segments: IdSet::with_len(64),
            accounts: IdSet::with_len(64),
            credentials: IdSet::with_len(64),
            carried: vec![None; plan.assets.len()],
            log: vec![],
            stop: None,
        };
        for actor in &us.actors {
            world.zones.push(match actor.start {
                Start::Zone(zone) => Some(zone),
                Start::Segment(segment) => {
                    world.segments.insert(segment.index());
                    None
                }
            });
        }
        for account in &us.accounts {
            world.accounts.insert(account.index());
        }
        for stolen in &us.credentials {
            world.credentials.insert(stolen.credential.index());
        }
        world
    }

    fn tell(&mut self, agent: &mut Agent, percept: Percept) {
        let idle: Vec<bool> = self.under_way.iter().zip(&self.taken).map(|(w, &t)| w.is_none() && !t).collect();
        let view = AdversaryView {
            now: self.now,
            week_ms: self.plan.calendar.week_ms(self.now),
            zones: &self.zones,
            idle: &idle,
            held: &self.held,
            footholds: &self.footholds,
            segments: &self.segments,
            accounts: &self.accounts,
            credentials: &self.credentials,
            carried: &self.carried,
        };
        let mut intents = Intents::new();
        agent.perceive(self.plan, &percept, &view, &mut intents);
        if intents.stop.is_none() && agent.current_plan().is_some() {
            assert!(intents.remaining_s.is_some_and(|s| s >= 0.0), "a plan in force has an end");
        }
        for (actor, intent) in intents.list {
            let stays = matches!(self.under_way[actor.index()], Some((_, Intent::Stay { .. })));
            assert!(idle[actor.index()] || stays, "only the idle, and those who wait, get intents");
            self.log.push(format!("{} {}: {intent:?}", self.now, actor.0));
            let lasts = match intent {
                Intent::Stay { lasts } => lasts,
                _ => SimDuration::from_secs(10),
            };
            self.under_way[actor.index()] = Some((self.now + lasts, intent));
        }
        self.stop = self.stop.or(intents.stop);
    }

    fn run(&mut self, agent: &mut Agent) -> Option<StopReason> {
        self.tell(agent, Percept::Begin);
        for _ in 0..500 {
            if self.stop.is_some() {
                break;
            }
            self.next(agent);
        }
        self.stop
    }

    fn next(&mut self, agent: &mut Agent) {
        let first = (0..self.under_way.len())
            .filter_map(|i| self.under_way[i].map(|(at, w)| (at, i, w)))
            .min_by_key(|w| (w.0, w.1));
        let (at, i, intent) = first.expect("somebody does something, or it stops");
        self.now = at;
        self.under_way[i] = None;
        let actor = ActorId::from_index(i);
        let percept = match (self.fails)(actor, &intent) {
            Some(why) => Percept::Failed { actor, intent, why },
            None => {
                self.happens(actor, &intent);
                Percept::Done { actor, intent }
            }
        };
        self.tell(agent, percept);
    }

    fn happens(&mut self, actor: ActorId, intent: &Intent) {
        match *intent {
            Intent::Pass { portal, direction, .. } => {
                let from = self.plan.zone_beyond(
                    portal,
                    if direction == Direction::Entry { Direction::Exit } else { Direction::Entry },
                );
                assert_eq!(self.zones[actor.index()], Some(from), "a portal of the actor's zone");
                self.zones[actor.index()] = Some(self.plan.zone_beyond(portal, direction));
            }
            Intent::Work { job, from, .. } => self.worked(actor, job, from),
            Intent::Approach { .. } | Intent::Stay { .. } | Intent::Spend { .. } => {}
        }
    }

    fn worked(&mut self, actor: ActorId, job: Job, from: Option<Origin>) {
        let reaches = |service| from.is_some_and(|from| self.plan.reaches(from, service));
        match job {
            Job::Take { asset } => self.carried[asset.index()] = Some(actor),
            Job::LogIn { service, account } => {
                assert!(reaches(service) && self.accounts.contains(account.index()));
                let device = self.plan.services[service.index()].device.index();
                self.held[device] = self.held[device].max(Some(self.plan.accounts[account.index()].role));
                self.footholds.insert(device);
            }
            Job::Exploit { service } => {
                assert!(reaches(service));
                let device = self.plan.services[service.index()].device.index();
                self.held[device] = Some(AccountRole::Administrator);
                self.footholds.insert(device);
            }
            Job::Harvest { device } => {
                for account in &self.plan.devices[device.index()].secrets {
                    self.accounts.insert(account.index());
                }
            }
            Job::Forge { credential, .. } => {
                self.credentials.insert(credential.index());
            }
            Job::Attach { jack } => {
                self.segments.insert(self.plan.jacks[jack.index()].segment.index());
            }
            Job::Unlock { by: Releaser::Server(server), .. } => {
                assert!(self.held[server.index()] >= Some(AccountRole::Operator));
            }
            Job::Schedule { server, .. } => {
                assert!(self.held[server.index()] >= Some(AccountRole::Administrator));
            }
            Job::Unlock { by: Releaser::Panel(panel), .. } => {
                assert!(from.is_some_and(|from| self.plan.reaches_panel(from, panel)));
            }
            Job::PlugIn { device } | Job::Phish { device } => {
                self.held[device.index()] = self.held[device.index()].max(Some(AccountRole::User));
                self.footholds.insert(device.index());
            }
            Job::Guess { service } => {
                assert!(reaches(service));
                let device = self.plan.services[service.index()].device.index();
                self.held[device] = Some(AccountRole::Administrator);
                self.footholds.insert(device);
            }
            Job::TakeConsole { device } => {
                self.held[device.index()] = Some(AccountRole::Administrator);
                self.footholds.insert(device.index());
            }
            Job::Join { wifi, .. } => {
                self.segments.insert(self.plan.wifi[wifi.index()].segment.index());
            }
            Job::Spray { account, .. } | Job::Ask { account } | Job::ResetPassword { account, .. } => {
                self.accounts.insert(account.index());
            }
            Job::DrawKey { key: credential, .. } | Job::Copy { credential, .. } | Job::Insert { credential, .. } => {
                self.credentials.insert(credential.index());
            }
            Job::Sabotage { .. }
            | Job::Exfiltrate { .. }
            | Job::Bridge { .. }
            | Job::PullAlarm { .. }
            | Job::Revive { .. }
            | Job::WatchPin { .. }
            | Job::Tap { .. }
            | Job::CutConnection { .. }
            | Job::StealSession { .. }
            | Job::Unlock { by: Releaser::Inside(_) | Releaser::Relay { .. }, .. }
            | Job::Prepare { .. }
            | Job::Override { .. } => {}
        }
    }
}

fn agent(plan: &Plan) -> Agent {
    Agent::new(plan, AdversaryId(0))
}

/// Street, lobby, vault with gold in a row; a thief on the street.
fn row() -> (Plan, [ZoneId; 3], [PortalId; 2]) {
    let mut plan = empty();
    let street = plan.zone(ZoneKind::Offsite, (0.0, 0.0));
    let lobby = plan.zone(ZoneKind::Lobby, (20.0, 0.0));
    let vault = plan.zone(ZoneKind::Storage, (40.0, 0.0));
    let front = plan.portal(street, lobby, (10.0, 0.0));
    let door = plan.locked(lobby, vault, (30.0, 0.0));
    plan.asset(vault, 15.0);
    plan.actor(Start::Zone(street));
    (plan, [street, lobby, vault], [front, door])
}

/// The same with an operator at a far computer, who can log in to the access control server.
fn with_operator() -> (Plan, PortalId) {
    let (mut plan, _, [_, door]) = row();
    let internet = plan.segment();
    let server = plan.device(DeviceKind::AccessControlServer, internet);
    let panel = plan.panel(server);
    plan.portals[door.index()].panel = Some(panel);
    let service = plan.service(server);
    plan.reach(Origin::Segment(internet), service);
    let account = plan.account(&[service], AccountRole::Operator);
    plan.us().accounts.push(account);
    plan.actor(Start::Segment(internet));
    (plan, door)
}

#[test]
fn a_lone_thief_forces_the_door_and_leaves_with_the_gold() {
    let (mut plan, _, [_, door]) = row();
    plan.force(door, 60.0);
    let mut agent = agent(&plan);
    let found = agent.current_plan().expect("a plan").clone();
    // Walks 10 + 20 + 10 and back 10 + 20; passes 4 of 2 s; 60 s at the door, 15 s at the gold.
    assert_eq!((found.seconds, found.exactness), (70.0 + 8.0 + 60.0 + 15.0, Exactness::Optimal));
    let words: Vec<String> = found.steps.iter().map(|step| step.describe(&plan)).collect();
    assert_eq!(words[1], "0:32-1:34 actor-0: Breach(\"force\"), through `portal-1` into `zone-2` by overcoming it");
    let mut world = World::new(&plan, |_, _| None);
    assert_eq!(world.run(&mut agent), Some(StopReason::Finished));
    assert_eq!(world.log.len(), 5, "{:#?}", world.log);
}

#[test]
fn times_of_two_actors_combine_by_maximum() {
    let (plan, _) = with_operator();
    let found = agent(&plan).current_plan().expect("a plan").clone();
    // The operator logs in (10 s) while the thief walks (32 s); then 10 s to release.
    assert_eq!(found.seconds, 32.0 + 10.0 + 2.0 + 10.0 + 15.0 + 10.0 + 2.0 + 20.0 + 2.0);
}

#[test]
fn a_release_is_approach_then_unlock_then_pass() {
    let (plan, _) = with_operator();
    let mut world = World::new(&plan, |_, _| None);
    assert_eq!(world.run(&mut agent(&plan)), Some(StopReason::Finished));
    let at = |what: &str| world.log.iter().position(|line| line.contains(what)).expect("it happened");
    assert!(at("Approach") < at("Unlock") && at("Unlock") < at("Released") && at("Released") < at("Take"));
}

#[test]
fn a_release_that_fails_is_given_up_for_another_way() {
    let (mut plan, door) = with_operator();
    plan.force(door, 900.0);
    let fails =
        |_, intent: &Intent| matches!(intent, Intent::Work { job: Job::Unlock { .. }, .. }).then_some(Failure::Refused);
    let mut world = World::new(&plan, fails);
    assert_eq!(world.run(&mut agent(&plan)), Some(StopReason::Finished));
    assert_eq!(world.log.iter().filter(|line| line.contains("Unlock")).count(), 1);
    assert!(world.log.iter().any(|line| line.contains("Breaking")));
}

#[test]
fn whose_search_runs_out_says_so() {
    let (mut plan, _, [_, door]) = row();
    plan.force(door, 60.0);
    let mut agent = Agent::within(&plan, AdversaryId(0), 1);
    assert_eq!(World::new(&plan, |_, _| None).run(&mut agent), Some(StopReason::SearchRanOut));
}

#[test]
fn attempts_are_counted_and_then_there_is_no_way_left() {
    let (mut plan, _, [_, door]) = row();
    plan.force(door, 60.0);
    let mut agent = agent(&plan);
    let fails = |_, intent: &Intent| {
        matches!(intent, Intent::Pass { through: Through::Breaking, .. }).then_some(Failure::DidNotWork)
    };
    let mut world = World::new(&plan, fails);
    assert_eq!(world.run(&mut agent), Some(StopReason::NoWayLeft));
    assert_eq!(world.log.iter().filter(|line| line.contains("Breaking")).count(), 2);
    assert!(agent.current_plan().is_none());
}

#[test]
fn a_refused_badge_is_not_tried_there_again() {
    let (mut plan, _, [_, door]) = row();
    let internet = plan.segment();
    let server = plan.device(DeviceKind::AccessControlServer, internet);
    let panel = plan.panel(server);
    plan.reader(door, panel);
    plan.force(door, 600.0);
    let credential = plan.credential("stolen");
    plan.us().credentials.push(Stolen { credential, reported_after: None, own: false });
    let fails = |_, intent: &Intent| {
        matches!(intent, Intent::Pass { through: Through::With(_), .. }).then_some(Failure::Refused)
    };
    let mut world = World::new(&plan, fails);
    assert_eq!(world.run(&mut agent(&plan)), Some(StopReason::Finished));
    assert_eq!(world.log.iter().filter(|line| line.contains("With(")).count(), 1);
}

#[test]
fn a_forged_badge_is_waited_for_at_the_door_and_tried_more_than_once() {
    let (mut plan, door) = with_operator();
    let server = DeviceId(0);
    plan.portals[door.index()].panel = None;
    plan.accounts[0].role = AccountRole::Administrator;
    plan.reader(door, PanelId(0));
    plan.portals[door.index()].panel = None;
    let blank = plan.credential("blank");
    plan.us().actors[0].blank = Some(blank);
    assert_eq!(plan.panels[0].server, server);
    let mut tries = 0;
    let fails = |_, intent: &Intent| {
        let presented = matches!(intent, Intent::Pass { through: Through::With(_), .. });
        tries += usize::from(presented);
        (presented && tries == 1).then_some(Failure::Refused)
    };
    let mut world = World::new(&plan, fails);
    assert_eq!(world.run(&mut agent(&plan)), Some(StopReason::Finished));
    let log = world.log.join("\n");
    assert!(log.contains("Forge") && log.contains("Stay"), "{log}");
    drop(world);
    assert_eq!(tries, 2);
}

#[test]
fn who_is_let_in_may_stand_before_who_opens_in_any_list() {
    for opens_first in [false, true] {
        // One has the blank that opens the vault, the other walks up from the cellar and opens the front door from inside.
        let (mut plan, [street, lobby, _], [front, door]) = row();
        let cellar = plan.zone(ZoneKind::Storage, (20.0, 30.0));
        plan.portal(lobby, cellar, (20.0, 20.0));
        plan.portals[front.index()].lock = plan.portals[door.index()].lock.clone();
        plan.portals[front.index()].free_egress = true;
        let internet = plan.segment();
        let server = plan.device(DeviceKind::AccessControlServer, internet);
        let panel = plan.panel(server);
        plan.reader(door, panel);
        let service = plan.service(server);
        plan.reach(Origin::Segment(internet), service);
        let account = plan.account(&[service], AccountRole::Administrator);
        let known = [Act::Walk, Act::UseBadge, Act::TakeAsset, Act::LogIn, Act::ForgeBadge, Act::OpenFromInside];
        let number = |act: &Act| acts().iter().position(|other| other == act).map(TechniqueId::from_index);
        let blank = plan.credential("blank");
        let us = plan.us();
        us.accounts.push(account);
        us.techniques = known.iter().filter_map(number).collect();
        us.actors.clear();
        let starts = if opens_first { [cellar, street] } else { [street, cellar] };
        starts.iter().for_each(|zone| _ = plan.actor(Start::Zone(*zone)));
        plan.actor(Start::Segment(internet));
        plan.us().actors[usize::from(opens_first)].blank = Some(blank);
        let found = agent(&plan).current_plan().map(|plan| (plan.seconds, plan.exactness));
        assert!(matches!(found, Some((_, Exactness::Optimal))), "opens first: {opens_first}, {found:?}");
    }
}

#[test]
fn who_is_taken_does_not_come_back() {
    let (mut plan, _, [_, door]) = row();
    plan.force(door, 60.0);
    let mut agent = agent(&plan);
    let mut world = World::new(&plan, |_, _| None);
    world.tell(&mut agent, Percept::Begin);
    world.taken[0] = true;
    world.under_way[0] = None;
    world.tell(&mut agent, Percept::Taken { actor: ActorId(0) });
    assert_eq!(world.stop, Some(StopReason::NoWayLeft));
}

#[test]
fn time_ends_it() {
    let (mut plan, _, [_, door]) = row();
    plan.force(door, 60.0);
    let mut agent = agent(&plan);
    let mut world = World::new(&plan, |_, _| None);
    world.tell(&mut agent, Percept::Begin);
    world.tell(&mut agent, Percept::TimeIsUp);
    assert_eq!(world.stop, Some(StopReason::OutOfPatience));
}

#[test]
fn risk_buys_a_longer_way() {
    let (mut plan, [_, lobby, vault], [_, door]) = row();
    plan.force(door, 30.0);
    let other = plan.locked(lobby, vault, (30.0, 0.0));
    plan.force(other, 90.0);
    plan.sensor(door, "force", 0.9);
    let portal_of = |plan: &Plan| {
        let found = agent(plan).current_plan().expect("a plan").clone();
        found.steps.iter().find_map(|step| match step.intents[0].1 {
            Intent::Pass { portal, through: Through::Breaking, .. } => Some(portal),
            _ => None,
        })
    };
    plan.us().method = Method::Seek { time: 1.0, risk: 100.0 };
    assert_eq!(portal_of(&plan), Some(door), "an outsider knows no sensors");
    plan.us().knowledge = doorward_model::scenario::Knowledge::Insider;
    assert_eq!(portal_of(&plan), Some(other));
    plan.us().method = Method::Seek { time: 1.0, risk: 1.0 };
    assert_eq!(portal_of(&plan), Some(door));
}

#[test]
fn a_script_does_each_step_once() {
    let (mut plan, _, [front, door]) = row();
    let technique = TechniqueId::from_index(3);
    let step = |what| ScriptStep { actor: ActorId(0), what };
    plan.us().method = Method::Script(vec![
        step(ScriptAct::Pass(front, technique)),
        step(ScriptAct::Spend("cross".to_owned(), seconds(20.0))),
        step(ScriptAct::Pass(door, technique)),
        step(ScriptAct::Task(AssetId(0), TechniqueId::from_index(5))),
        step(ScriptAct::Pass(door, technique)),
    ]);
    plan.force(front, 5.0);
    plan.force(door, 60.0);
    let mut agent = agent(&plan);
    assert_eq!(agent.current_plan().map(|found| found.seconds), Some(5.0 + 20.0 + 60.0 + 15.0 + 60.0));
    let mut world = World::new(&plan, |_, _| None);
    assert_eq!(world.run(&mut agent), Some(StopReason::Finished));
    assert_eq!(world.log.len(), 5);
    assert!(world.log[4].contains("direction: Exit"));
    agent.reset();
    let mut world =
        World::new(&plan, |_, intent| matches!(intent, Intent::Spend { .. }).then_some(Failure::DidNotWork));
    assert_eq!(world.run(&mut agent), Some(StopReason::NoWayLeft));
    assert_eq!(world.log.len(), 2);
}

/// In a kind world whoever has a plan gets there, as planned step by step.
#[test]
fn in_a_kind_world_every_plan_is_carried_out() {
    let mut finished = 0;
    for seed in 0..300 {
        let plan = fixture::drawn(seed);
        let mut agent = agent(&plan);
        let expects = agent.current_plan().is_some();
        let mut world = World::new(&plan, |_, _| None);
        let stop = world.run(&mut agent);
        let expected = if expects { StopReason::Finished } else { StopReason::NoWayLeft };
        assert_eq!(stop, Some(expected), "seed {seed}: {:#?}", world.log);
        finished += usize::from(expects);
    }
    assert!(finished > 150);
}

/// In an unkind one it ends all the same; and again, after a reset or from a fresh agent, alike.
#[test]
fn in_any_world_it_stops_and_memory_changes_nothing() {
    for seed in 0..300 {
        let plan = fixture::drawn(seed);
        let mut old = agent(&plan);
        let logs: Vec<Vec<String>> = (0..3)
            .map(|round| {
                let mut lot = Lot(seed);
                let fails = move |_, intent: &Intent| {
                    let hit = lot.is(40);
                    (hit && !matches!(intent, Intent::Stay { .. })).then(|| match intent {
                        Intent::Work { job: Job::LogIn { .. }, .. } if lot.is(50) => Failure::NotReachable,
                        Intent::Work { job: Job::LogIn { .. }, .. } => Failure::LoginRefused,
                        Intent::Pass { through: Through::With(_), .. } => Failure::Refused,
                        _ => Failure::DidNotWork,
                    })
                };
                let mut world = World::new(&plan, fails);
                let stop = if round < 2 {
                    old.reset();
                    world.run(&mut old)
                } else {
                    world.run(&mut agent(&plan))
                };
                assert!(stop.is_some(), "seed {seed}: it goes on for ever: {:#?}", world.log);
                world.log
            })
            .collect();
        assert_eq!(logs[0], logs[1], "seed {seed}");
        assert_eq!(logs[0], logs[2], "seed {seed}");
    }
}

/// A campus of offices with a flat network behind a gateway: large, and searched within the budget.
#[test]
fn a_large_site_is_searched_exactly() {
    let plan = large();
    let found = agent(&plan).current_plan().expect("a plan").clone();
    assert_eq!(found.exactness, Exactness::Optimal);
    assert!(found.steps.len() > 8);
}

/// Forty zones, sixty portals, sixty devices, ninety services.
fn large() -> Plan {
    let mut lot = Lot(7);
    let mut plan = empty();
    let (internet, dmz, office, security) = (plan.segment(), plan.segment(), plan.segment(), plan.segment());
    let gateway = plan.device(DeviceKind::Gateway, dmz);
    let vpn = plan.service(gateway);
    plan.reach(Origin::Segment(internet), vpn);
    let server = plan.device(DeviceKind::AccessControlServer, security);
    let jump = plan.device(DeviceKind::JumpHost, security);
    let (admin, rdp) = (plan.service(server), plan.service(jump));
    plan.reach(Origin::Device(jump), admin);
    for _ in 3..60 {
        plan.device(DeviceKind::Workstation, office);
    }
    for i in 0..87 {
        plan.service(DeviceId::from_index(3 + i % 57));
    }
    let all: Vec<ServiceId> = (3..plan.services.len()).map(ServiceId::from_index).collect();
    // More than the sets of other tests hold.
    plan.segments.iter_mut().for_each(|s| s.reach = IdSet::with_len(128));
    plan.devices.iter_mut().for_each(|d| d.reach = IdSet::with_len(128));
    plan.reach(Origin::Segment(internet), vpn);
    plan.reach(Origin::Device(jump), admin);
    for device in (0..60).map(DeviceId::from_index).filter(|&d| d != server) {
        for &service in &all {
            plan.reach(Origin::Device(device), service);
        }
    }
    for i in 3..60 {
        plan.devices[i].hardening.exploit = Some((chance(0.3), seconds(60.0 + lot.below(600) as f64)));
        plan.devices[i].hardening.harvest = Some((chance(0.5), seconds(30.0)));
        if i % 3 == 0 {
            plan.reach(Origin::Device(DeviceId::from_index(i)), rdp);
        }
    }
    let user = plan.account(&[vpn], AccountRole::User);
    plan.us().accounts.push(user);
    for i in 0..20 {
        let account = plan.account(&[rdp, all[i * 3]], AccountRole::User);
        plan.devices[5 + 2 * i].secrets.push(account);
    }
    let operator = plan.account(&[admin], AccountRole::Administrator);
    plan.devices[jump.index()].secrets.push(operator);
    plan.devices[jump.index()].hardening.harvest = Some((chance(0.5), seconds(90.0)));
    let panel = plan.panel(server);
    plan.zone(ZoneKind::Offsite, (0.0, 0.0));
    for i in 1..40_usize {
        let at = lot.point();
        let zone = plan.zone(ZoneKind::Office, at);
        for _ in 0..1 + usize::from(i % 2 == 0) {
            let outer = ZoneId::from_index(i.saturating_sub(1 + lot.below(4)));
            let at = lot.point();
            let portal = if lot.is(40) { plan.portal(outer, zone, at) } else { plan.locked(outer, zone, at) };
            plan.reader(portal, panel);
            if lot.is(50) {
                plan.force(portal, 60.0 + lot.below(600) as f64);
            }
        }
    }
    plan.asset(ZoneId(39), 60.0);
    for _ in 0..2 {
        let walker = plan.actor(Start::Zone(ZoneId(0)));
        let blank = plan.credential(&format!("blank {}", walker.0));
        plan.us().actors[walker.index()].blank = Some(blank);
    }
    plan.actor(Start::Segment(internet));
    plan
}

// ------------------------------------------------------------------- ways

/// Ways come in order, each another, the first the best; and taking apart what one relies on leaves another or none.
#[test]
fn ways_come_in_order_and_parts_are_what_they_rely_on() {
    let (mut several, mut left) = (0, 0);
    for seed in 0..200 {
        let mut plan = fixture::drawn(seed);
        plan.us().knowledge = doorward_model::scenario::Knowledge::Insider;
        let ways = Ways::new(&plan, AdversaryId(0));
        for by in [Weighing::Own, Weighing::Quickest, Weighing::Stealthiest] {
            let found = ways.several(&plan, by, 4, BUDGET);
            let best = ways.best(&plan, by, &[], BUDGET);
            assert_eq!(found.first(), best.as_ref().ok(), "seed {seed}");
            let rank = |a: &AttackPlan| match by {
                Weighing::Own => 0.0,
                Weighing::Quickest => a.seconds,
                Weighing::Stealthiest => a.risk,
            };
            assert!(found.is_sorted_by(|a, b| rank(a) <= rank(b) + 1e-6), "seed {seed}: {by:?}");
            several += usize::from(found.len() > 1);
            let gists: std::collections::BTreeSet<_> = found.iter().map(|a| a.gist(&plan)).collect();
            assert_eq!(gists.len(), found.len(), "seed {seed}");
        }
        let Ok(best) = ways.best(&plan, Weighing::Own, &[], BUDGET) else { continue };
        for part in ways.parts(&plan, &best) {
            let Ok(other) = ways.best(&plan, Weighing::Own, &[part], BUDGET) else { continue };
            assert!(!ways.parts(&plan, &other).contains(&part), "seed {seed}: {part:?}");
            left += 1;
        }
    }
    assert!(several > 150 && left > 100, "{several}, {left}");
}

/// A cut leaves nothing; one part fewer leaves something, whichever parts those are.
#[test]
fn a_cut_is_the_smallest() {
    let (mut compared, mut hold) = (0, 0);
    for seed in 0..120 {
        let plan = fixture::drawn(seed);
        let ways = Ways::new(&plan, AdversaryId(0));
        let cut = ways.cut(&plan, BUDGET);
        if !cut.holds {
            continue;
        }
        hold += 1;
        assert_eq!(ways.best(&plan, Weighing::Quickest, &cut.parts, BUDGET).err(), Some(NoPlan::Nothing));
        // Every part that any way relies on, by taking apart one way after the other.
        let mut all: Vec<Part> = Vec::new();
        while let Ok(way) = ways.best(&plan, Weighing::Quickest, &all, BUDGET) {
            let more: Vec<Part> = ways.parts(&plan, &way).into_iter().filter(|part| !all.contains(part)).collect();
            assert!(!more.is_empty(), "seed {seed}");
            all.extend(more);
        }
        if cut.parts.is_empty() || all.len() > 12 {
            continue;
        }
        let fewer = cut.parts.len() - 1;
        for chosen in (0_u32..1 << all.len()).filter(|set| set.count_ones() as usize == fewer) {
            let parts: Vec<Part> = (0..all.len()).filter(|i| chosen >> i & 1 == 1).map(|i| all[i]).collect();
            let left = ways.best(&plan, Weighing::Quickest, &parts, BUDGET);
            assert!(left.is_ok(), "seed {seed}: {parts:?} is a smaller cut than {:?}", cut.parts);
            compared += 1;
        }
    }
    assert!(hold > 60 && compared > 100, "{hold} hold, {compared} compared");
}

/// Who may see a step, taken together, is its risk.
#[test]
fn what_may_see_a_step_adds_up_to_its_risk() {
    let mut seen = 0;
    for seed in 0..200 {
        let mut plan = fixture::drawn(seed);
        // A load is seen by other sensors than its carrier.
        if matches!(plan.us().objective, Objective::Theft(_)) {
            continue;
        }
        plan.us().knowledge = doorward_model::scenario::Knowledge::Insider;
        let ways = Ways::new(&plan, AdversaryId(0));
        let Ok(best) = ways.best(&plan, Weighing::Quickest, &[], BUDGET) else { continue };
        for step in &best.steps {
            let sum: f64 = ways.observers(&plan, step).iter().map(|o| -libm::log(1.0 - o.chance)).sum();
            assert!((sum - step.risk).abs() < 1e-5, "seed {seed}: {} {sum} {}", step.what(&plan), step.risk);
            seen += usize::from(sum > 0.0);
        }
    }
    assert!(seen > 30, "{seen}");
}
