//! Small plans for tests, put together by hand and by lot.

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::scenario::{Knowledge, Rank};
use doorward_model::site::*;
use doorward_model::technique::Act;

pub(crate) fn seconds(s: f64) -> Distribution {
    Distribution::fixed(SimDuration::from_secs_f64(s))
}

pub(crate) fn chance(p: f64) -> Probability {
    Probability::new(p).expect("a probability")
}

/// How many of the acts everybody knows; the rest are known to some of the drawn.
const PLAIN: usize = 13;

/// The acts, one technique each, in this order.
pub(crate) fn acts() -> Vec<Act> {
    vec![
        Act::Walk,
        Act::UseBadge,
        Act::Follow,
        Act::Breach("force".to_owned()),
        Act::TakeAsset,
        Act::SabotageAsset,
        Act::LogIn,
        Act::ExploitService,
        Act::HarvestSecrets,
        Act::ForgeBadge,
        Act::RemoteUnlock,
        Act::AttachDevice,
        Act::Exfiltrate,
        Act::FoolExit,
        Act::BridgeLock,
        Act::PullFireAlarm,
        Act::PlugIn(vec![DeviceKind::Workstation]),
        Act::DefaultPassword,
        Act::CommandPanel,
        Act::ChangeSchedule,
        Act::OpenFromInside,
    ]
}

pub(crate) fn empty() -> Plan {
    let none = seconds(0.0);
    let technique = |act: Act| {
        let targets = matches!(
            act,
            Act::Walk
                | Act::UseBadge
                | Act::Follow
                | Act::Breach(_)
                | Act::TakeAsset
                | Act::SabotageAsset
                | Act::ExploitService
                | Act::HarvestSecrets
                | Act::Exfiltrate
        );
        let own = !targets;
        Technique {
            name: format!("{act:?}"),
            title: format!("{act:?}"),
            key: EntityKey::new("technique", &format!("{act:?}")),
            act,
            duration: own.then(|| seconds(10.0)),
            success: None,
            skill: [1.0; 3],
            tools: [1.0; 3],
            team_member: 1.0,
            failure: [1.0; 3],
            attempts: 2,
        }
    };
    let latencies = Latencies {
        annunciate: none.clone(),
        dispatch: none.clone(),
        call: none.clone(),
        revoke: none.clone(),
        disable: none.clone(),
        end_sessions: none.clone(),
        isolate: none.clone(),
        lock_down: none.clone(),
    };
    let policy = Policy {
        access: AccessPolicy::default(),
        reads: vec![],
        queues: vec![],
        rules: vec![],
        plays: vec![],
        latencies,
        guards: None,
        communication: None,
        identity: IdentityPolicy::default(),
        changes: Changes::default(),
        analytics: None,
        recovery: None,
        phase: None,
    };
    Plan {
        site: "test".to_owned(),
        scenario: "test".to_owned(),
        defence_name: "none".to_owned(),
        calendar: Calendar::default(),
        warm_up_end: SimTime::ZERO,
        horizon: SimTime::from_millis(86_400_000),
        pace: Pace::new(1.0),
        zones: vec![],
        portals: vec![],
        panels: vec![],
        sensors: vec![],
        sensor_types: vec![],
        assets: vec![],
        segments: vec![],
        flows: vec![],
        devices: vec![],
        services: vec![],
        accounts: vec![],
        jacks: vec![],
        roles: vec![],
        people: vec![],
        credentials: vec![],
        posts: vec![],
        forces: vec![],
        areas: vec![],
        muster: None,
        wifi: vec![],
        cabinets: vec![],
        feeds: vec![],
        habits: None,
        routes: Routes::default(),
        holiday: None,
        routines: vec![],
        injects: vec![],
        behaviour: Behaviour {
            holds_door: chance(0.5),
            reports_refused: Probability::ZERO,
            report_delay: none.clone(),
            challenges: Probability::ZERO,
        },
        techniques: acts().into_iter().map(technique).collect(),
        adversaries: vec![Adversary {
            name: "team".to_owned(),
            key: EntityKey::new("adversary", "team"),
            about: String::new(),
            skill: Rank::Medium,
            tools: Rank::Medium,
            knowledge: Knowledge::Outsider,
            actors: vec![],
            begins_after: none.clone(),
            patience: seconds(300.0),
            gives_up_after: seconds(86_400.0),
            techniques: (0..PLAIN).map(TechniqueId::from_index).collect(),
            credentials: vec![],
            accounts: vec![],
            marks: vec![],
            prepares: vec![],
            objective: Objective::Theft(AssetId(0)),
            method: Method::Seek { time: 1.0, risk: 0.0 },
        }],
        policy,
        assumptions: vec![],
    }
}

/// Adds things to a plan.
pub(crate) trait Build {
    fn zone(&mut self, kind: ZoneKind, at: (f64, f64)) -> ZoneId;
    fn portal(&mut self, outer: ZoneId, inner: ZoneId, at: (f64, f64)) -> PortalId;
    fn locked(&mut self, outer: ZoneId, inner: ZoneId, at: (f64, f64)) -> PortalId;
    fn force(&mut self, portal: PortalId, s: f64);
    fn reader(&mut self, portal: PortalId, panel: PanelId);
    fn panel(&mut self, server: DeviceId) -> PanelId;
    fn credential(&mut self, name: &str) -> CredentialId;
    fn segment(&mut self) -> SegmentId;
    fn device(&mut self, kind: DeviceKind, segment: SegmentId) -> DeviceId;
    fn service(&mut self, device: DeviceId) -> ServiceId;
    fn reach(&mut self, from: Origin, to: ServiceId);
    fn account(&mut self, services: &[ServiceId], role: AccountRole) -> AccountId;
    fn jack(&mut self, zone: ZoneId, segment: SegmentId) -> JackId;
    fn asset(&mut self, zone: ZoneId, s: f64) -> AssetId;
    fn actor(&mut self, start: Start) -> ActorId;
    fn sensor(&mut self, portal: PortalId, method: &str, p: f64);
    fn us(&mut self) -> &mut Adversary;
}

/// Room for ids in every set.
const ROOM: usize = 64;

impl Build for Plan {
    fn zone(&mut self, kind: ZoneKind, at: (f64, f64)) -> ZoneId {
        let name = format!("zone-{}", self.zones.len());
        self.zones.push(Zone {
            title: name.clone(),
            key: EntityKey::new("zone", &name),
            name,
            kind,
            floor: 0,
            level: 0,
            outline: vec![],
            two_person: false,
            bookable: false,
            area: None,
            centre: Some(at),
            ways: vec![],
            sensors: vec![],
            cameras: vec![],
        });
        ZoneId::from_index(self.zones.len() - 1)
    }

    fn portal(&mut self, outer: ZoneId, inner: ZoneId, at: (f64, f64)) -> PortalId {
        let id = PortalId::from_index(self.portals.len());
        let name = format!("portal-{}", id.0);
        self.zones[outer.index()].ways.push((id, Direction::Entry));
        self.zones[inner.index()].ways.push((id, Direction::Exit));
        self.portals.push(Portal {
            key: EntityKey::new("portal", &name),
            name,
            kind: PortalKind::Door,
            outer,
            inner,
            at: Some(at),
            barrier: None,
            delays: vec![],
            lock: None,
            position_switch: false,
            rex: None,
            free_egress: false,
            held_after: None,
            pass_time: seconds(2.0),
            close_time: seconds(3.0),
            held_chance: Probability::ZERO,
            held_time: seconds(0.0),
            not_taken_chance: Probability::ZERO,
            follow_chance: chance(0.5),
            readers: [None, None],
            panel: None,
            unlocked: vec![],
            interlocked: vec![],
            mechanical_key: None,
            first_person_in: false,
            one_at_a_time: false,
            break_glass: false,
            delayed_egress: None,
            expected: Box::default(),
            sensors: vec![],
        });
        id
    }

    fn locked(&mut self, outer: ZoneId, inner: ZoneId, at: (f64, f64)) -> PortalId {
        let id = self.portal(outer, inner, at);
        self.portals[id.index()].lock = Some(Lock {
            power_loss: PowerLoss::FailSecure,
            unlock_time: SimDuration::from_secs(5),
            relock_on_open: true,
            fire_release: false,
        });
        self.portals[id.index()].free_egress = true;
        id
    }

    fn force(&mut self, portal: PortalId, s: f64) {
        self.portals[portal.index()].delays.push(("force".to_owned(), seconds(s)));
    }

    fn reader(&mut self, portal: PortalId, panel: PanelId) {
        let portal = &mut self.portals[portal.index()];
        portal.panel = Some(panel);
        portal.readers[0] = Some(Reader {
            panel,
            accepts: vec![Technology::Prox125],
            link: ReaderLink::Wiegand,
            pin: false,
            biometric: false,
            read_time: seconds(1.0),
            false_reject: Probability::ZERO,
            duress: Probability::ZERO,
        });
    }

    fn panel(&mut self, server: DeviceId) -> PanelId {
        let name = format!("panel-{}", self.panels.len());
        self.panels.push(Panel {
            key: EntityKey::new("panel", &name),
            name,
            zone: ZoneId(0),
            segment: SegmentId(0),
            server,
            authenticated_link: true,
            out_of_reach: OutOfReach::Cached,
            decision_time: seconds(0.5),
            download_time: seconds(30.0),
            buffer: 100,
            battery: SimDuration::ZERO,
            tamper: false,
        });
        PanelId::from_index(self.panels.len() - 1)
    }

    fn credential(&mut self, name: &str) -> CredentialId {
        self.credentials.push(Credential {
            name: name.to_owned(),
            key: EntityKey::new("credential", name),
            person: None,
            role: None,
            technology: Technology::Prox125,
            status: Some(CredentialStatus::Active),
        });
        CredentialId::from_index(self.credentials.len() - 1)
    }

    fn segment(&mut self) -> SegmentId {
        let name = format!("segment-{}", self.segments.len());
        self.segments.push(Segment {
            key: EntityKey::new("segment", &name),
            name,
            internet: false,
            watched: false,
            line: self.segments.len() as u32 + 1,
            reach: IdSet::with_len(ROOM),
            panels: IdSet::with_len(ROOM),
        });
        SegmentId::from_index(self.segments.len() - 1)
    }

    fn device(&mut self, kind: DeviceKind, segment: SegmentId) -> DeviceId {
        let name = format!("device-{}", self.devices.len());
        self.devices.push(Device {
            key: EntityKey::new("device", &name),
            name,
            kind,
            zone: ZoneId(0),
            segment,
            services: vec![],
            hardening: Hardening::default(),
            secrets: vec![],
            logs_to: None,
            logs_arrive: false,
            criticality: 0,
            admin_workstation: false,
            beyond_wan: false,
            reach: IdSet::with_len(ROOM),
            panels: IdSet::with_len(ROOM),
            browses: false,
        });
        DeviceId::from_index(self.devices.len() - 1)
    }

    fn service(&mut self, device: DeviceId) -> ServiceId {
        let id = ServiceId::from_index(self.services.len());
        let name = format!("service-{}", id.0);
        self.devices[device.index()].services.push(id);
        self.services.push(Service {
            key: EntityKey::new("service", &name),
            name,
            device,
            protocol: "ssh".to_owned(),
            authentication: Authentication::Password,
            interactive: true,
            token_life: None,
            sensitive: false,
            directory: false,
        });
        id
    }

    fn reach(&mut self, from: Origin, to: ServiceId) {
        match from {
            Origin::Segment(s) => self.segments[s.index()].reach.insert(to.index()),
            Origin::Device(d) => self.devices[d.index()].reach.insert(to.index()),
        };
    }

    fn account(&mut self, services: &[ServiceId], role: AccountRole) -> AccountId {
        let name = format!("account-{}", self.accounts.len());
        self.accounts.push(Account {
            key: EntityKey::new("account", &name),
            name,
            person: None,
            services: services.to_vec(),
            role,
            second_factor: false,
            vendor: None,
            break_glass: false,
            workplace: None,
        });
        AccountId::from_index(self.accounts.len() - 1)
    }

    fn jack(&mut self, zone: ZoneId, segment: SegmentId) -> JackId {
        let name = format!("jack-{}", self.jacks.len());
        self.jacks.push(Jack { key: EntityKey::new("jack", &name), name, zone, segment, open: true });
        JackId::from_index(self.jacks.len() - 1)
    }

    fn asset(&mut self, zone: ZoneId, s: f64) -> AssetId {
        let name = format!("asset-{}", self.assets.len());
        self.assets.push(Asset {
            key: EntityKey::new("asset", &name),
            name,
            zone,
            criticality: 1,
            task_time: seconds(s),
            portable: true,
            controlled_by: None,
            sensors: vec![],
        });
        AssetId::from_index(self.assets.len() - 1)
    }

    fn actor(&mut self, start: Start) -> ActorId {
        let id = ActorId::from_index(self.us().actors.len());
        let name = format!("actor-{}", id.0);
        let key = EntityKey::new("actor", &name);
        self.us().actors.push(Actor { name, key, start, blank: None });
        id
    }

    fn sensor(&mut self, portal: PortalId, method: &str, p: f64) {
        let id = SensorId::from_index(self.sensors.len());
        let name = format!("sensor-{}", id.0);
        let zone = self.portals[portal.index()].inner;
        self.portals[portal.index()].sensors.push(id);
        self.sensors.push(Sensor {
            key: EntityKey::new("sensor", &name),
            name,
            kind: 0,
            watches: Watch::Portal(portal),
            zone,
            detects: vec![(method.to_owned(), chance(p))],
            moment: Moment::Begin,
            armed: vec![],
            nuisance_per_hour: 0.0,
        });
    }

    fn us(&mut self) -> &mut Adversary {
        &mut self.adversaries[0]
    }
}

/// A lot: splitmix64, for making test plans alone.
pub(crate) struct Lot(pub(crate) u64);

impl Lot {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(crate) fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn point(&mut self) -> (f64, f64) {
        (self.below(40) as f64, self.below(40) as f64)
    }
}

/// A small plan drawn by lot: a few rooms, a gateway and an access control server behind it, one
/// to three actors, any objective.
pub(crate) fn drawn(seed: u64) -> Plan {
    let mut lot = Lot(seed);
    let rooms = 2 + lot.below(3);
    drawn_of(lot, rooms)
}

/// The same with up to eleven rooms, and fewer abilities.
pub(crate) fn drawn_larger(seed: u64) -> Plan {
    let mut lot = Lot(seed);
    let rooms = 4 + lot.below(8);
    drawn_of(lot, rooms)
}

fn drawn_of(mut lot: Lot, rooms: usize) -> Plan {
    let mut plan = empty();
    let internet = plan.segment();
    let inside = plan.segment();
    let gateway = plan.device(DeviceKind::Gateway, internet);
    let server = plan.device(DeviceKind::AccessControlServer, inside);
    let panel = plan.panel(server);
    let (into_gateway, into_server) = (plan.service(gateway), plan.service(server));
    plan.reach(Origin::Segment(internet), into_gateway);
    plan.reach(Origin::Segment(inside), into_server);
    plan.reach(Origin::Device(gateway), into_server);
    let user = plan.account(&[into_gateway], AccountRole::User);
    let operator = plan.account(&[into_server], AccountRole::Operator);
    if lot.is(60) {
        plan.us().accounts.push(user);
    }
    if lot.is(40) {
        plan.us().accounts.push(operator);
    } else {
        plan.devices[gateway.index()].secrets.push(operator);
        plan.devices[gateway.index()].hardening.harvest = Some((chance(0.5), seconds(5.0 + lot.below(60) as f64)));
    }
    for device in [gateway, server] {
        if lot.is(50) {
            plan.devices[device.index()].hardening.exploit = Some((chance(0.3), seconds(5.0 + lot.below(90) as f64)));
            plan.devices[device.index()].hardening.endpoint_detection = chance(0.2);
        }
    }

    plan.zone(ZoneKind::Offsite, lot.point());
    for i in 1..=rooms {
        let at = lot.point();
        let kind = if lot.is(20) { ZoneKind::Corridor } else { ZoneKind::Office };
        let zone = plan.zone(kind, at);
        let outer = ZoneId::from_index(lot.below(i));
        way(&mut plan, &mut lot, outer, zone, panel);
        if lot.is(30) && i > 1 {
            let other = ZoneId::from_index(lot.below(i));
            way(&mut plan, &mut lot, other, zone, panel);
        }
    }
    let last = ZoneId::from_index(plan.zones.len() - 1);
    if lot.is(40) {
        let zone = ZoneId::from_index(1 + lot.below(plan.zones.len() - 1));
        plan.jack(zone, inside);
    }
    let asset = plan.asset(last, 20.0);
    // Where the wires end, and what else can be had on the way.
    plan.panels[panel.index()].zone = ZoneId::from_index(lot.below(plan.zones.len()));
    plan.panels[panel.index()].tamper = lot.is(50);
    plan.panels[panel.index()].authenticated_link = lot.is(70);
    if lot.is(30) {
        plan.devices[gateway.index()].panels.insert(panel.index());
    }
    plan.devices[server.index()].hardening.default_password = lot.is(15);
    if lot.is(25) {
        let desk = plan.device(DeviceKind::Workstation, inside);
        plan.devices[desk.index()].zone = ZoneId::from_index(1 + lot.below(plan.zones.len() - 1));
        plan.reach(Origin::Device(desk), into_server);
    }
    let large = rooms > 4;
    // What two on foot do together, the last, makes the larger sites too hard for those that go through everything.
    let known = acts().len() - usize::from(large);
    for more in PLAIN..known {
        if lot.is(if large { 15 } else { 50 }) {
            plan.us().techniques.push(TechniqueId::from_index(more));
        }
    }

    let walkers = 1 + usize::from(lot.is(if large { 30 } else { 50 }));
    for _ in 0..walkers {
        let actor = plan.actor(Start::Zone(ZoneId(0)));
        if lot.is(40) {
            let blank = plan.credential(&format!("blank {}", actor.0));
            plan.us().actors[actor.index()].blank = Some(blank);
        }
    }
    if lot.is(60) {
        plan.actor(Start::Segment(internet));
    }
    if lot.is(40) {
        let credential = plan.credential("stolen");
        plan.us().credentials.push(Stolen { credential, reported_after: None, own: false });
    }
    if lot.is(50) {
        plan.us().knowledge = Knowledge::Insider;
    }
    plan.us().objective = match lot.below(4) {
        0 => Objective::Theft(asset),
        1 => Objective::Sabotage(asset),
        2 => Objective::Exfiltration(server, seconds(100.0)),
        _ => Objective::Reach(last, SimDuration::from_secs(30)),
    };
    plan.us().method = Method::Seek { time: 1.0, risk: lot.below(3) as f64 * 40.0 };
    plan
}

fn way(plan: &mut Plan, lot: &mut Lot, outer: ZoneId, inner: ZoneId, panel: PanelId) {
    let at = lot.point();
    if lot.is(30) {
        plan.portal(outer, inner, at);
        return;
    }
    let portal = plan.locked(outer, inner, at);
    if lot.is(60) {
        plan.force(portal, 20.0 + lot.below(200) as f64);
        plan.portals[portal.index()].position_switch = lot.is(50);
    }
    if lot.is(70) {
        plan.reader(portal, panel);
    }
    if lot.is(50) {
        plan.sensor(portal, ["force", "walk", "carry"][lot.below(3)], 0.7);
    }
    plan.portals[portal.index()].free_egress = lot.is(80);
    if lot.is(15) {
        plan.portals[portal.index()].rex = Some(Rex { sensing: RexSensing::Motion, unlocks: true });
    }
    if lot.is(15)
        && let Some(lock) = &mut plan.portals[portal.index()].lock
    {
        lock.fire_release = true;
    }
    if lot.is(15) {
        plan.portals[portal.index()].unlocked = vec![minutes(lot)];
    }
    if lot.is(30) {
        let hours = minutes(lot);
        plan.portals[portal.index()].sensors.iter().for_each(|id| plan.sensors[id.index()].armed = vec![hours]);
    }
}

/// Some minutes in the first quarter of an hour.
fn minutes(lot: &mut Lot) -> Window {
    let from = lot.below(6);
    let to = from + 1 + lot.below(8);
    format!("daily 00:{from:02}-00:{to:02}").parse().expect("a window")
}
