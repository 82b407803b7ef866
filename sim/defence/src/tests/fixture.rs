//! A site of four zones in a row, and the means to play a story to its defence.
//!
//! ```text
//! street 0 -[front]-> lobby 1 -[office]-> office 2 -[vault]-> vault 3
//! ```

use std::collections::BinaryHeap;
use std::fmt::Write;
use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::defence::{AccessFile, LogKind};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::*;

use crate::{Defence, RuleDefence};

pub(crate) const LOBBY: ZoneId = ZoneId(1);
pub(crate) const OFFICE: ZoneId = ZoneId(2);
pub(crate) const VAULT: ZoneId = ZoneId(3);

pub(crate) const FRONT_DOOR: PortalId = PortalId(0);
pub(crate) const OFFICE_DOOR: PortalId = PortalId(1);
pub(crate) const VAULT_DOOR: PortalId = PortalId(2);

/// Panels: what they do out of reach.
pub(crate) const CACHED: PanelId = PanelId(0);
pub(crate) const DENYING: PanelId = PanelId(1);
pub(crate) const BY_FACILITY_CODE: PanelId = PanelId(2);

/// Of type 0, on the vault door, reports in the vault.
pub(crate) const VAULT_CONTACT: SensorId = SensorId(0);
/// Of type 1, in the office.
pub(crate) const OFFICE_MOTION: SensorId = SensorId(1);

/// Stands in the vault.
pub(crate) const SERVER: DeviceId = DeviceId(0);
/// Stands in the lobby.
pub(crate) const GATEWAY: DeviceId = DeviceId(1);
/// By password, on the server.
pub(crate) const CONSOLE: ServiceId = ServiceId(0);
/// By two factors, on the gateway.
pub(crate) const VPN: ServiceId = ServiceId(1);

pub(crate) const STAFF: RoleId = RoleId(0);
pub(crate) const GUARD: RoleId = RoleId(1);
pub(crate) const ANN: PersonId = PersonId(0);
pub(crate) const BOB: PersonId = PersonId(1);

/// Ann of staff.
pub(crate) const ANNS_BADGE: CredentialId = CredentialId(0);
/// Bob, a guard.
pub(crate) const BOBS_BADGE: CredentialId = CredentialId(1);
pub(crate) const ANNS_OLD_BADGE: CredentialId = CredentialId(2);
pub(crate) const BLANK: CredentialId = CredentialId(3);

/// Ann's; with a second factor.
pub(crate) const ANNS_USER: AccountId = AccountId(0);
/// Bob's.
pub(crate) const OPERATOR: AccountId = AccountId(1);
/// A vendor's, on weekdays from nine to five.
pub(crate) const VENDOR: AccountId = AccountId(2);
/// Nobody's.
pub(crate) const SHARED_ADMIN: AccountId = AccountId(3);
/// Ann's.
pub(crate) const ANNS_ADMIN: AccountId = AccountId(4);

pub(crate) fn seconds(s: u64) -> SimDuration {
    SimDuration::from_secs(s)
}

pub(crate) fn week_ms(text: &str) -> u64 {
    text.parse::<WeekTime>().expect(text).as_millis()
}

pub(crate) fn window(text: &str) -> Window {
    text.parse().expect(text)
}

pub(crate) fn set(ids: impl IntoIterator<Item = usize>) -> IdSet {
    let mut set = IdSet::with_len(64);
    for id in ids {
        set.insert(id);
    }
    set
}

/// A rule that raises an unowned alarm at once, everywhere and always.
pub(crate) fn rule(pattern: Pattern) -> Rule {
    Rule {
        name: String::new(),
        key: EntityKey::new("rule", ""),
        pattern,
        zones: IdSet::full(4),
        portals: None,
        during: vec![],
        condition: Condition::Once,
        quiet: SimDuration::ZERO,
        raise: Some((None, 5)),
        respond: vec![],
    }
}

pub(crate) fn play(rules: Option<IdSet>, respond: &[Response]) -> Play {
    Play { name: String::new(), rules, respond: respond.to_vec() }
}

/// The site, run by these rules, with every log read.
pub(crate) fn plan(rules: Vec<Rule>) -> Plan {
    let never = || Distribution::fixed(SimDuration::ZERO);
    let key = |name: &str| EntityKey::new("test", name);
    let zone = |name: &str, kind, level| Zone {
        name: name.into(),
        title: name.into(),
        key: key(name),
        kind,
        floor: 0,
        level,
        outline: vec![],
        centre: None,
        ways: vec![],
        sensors: vec![],
        cameras: vec![],
    };
    let portal = |name: &str, outer| Portal {
        name: name.into(),
        key: key(name),
        kind: PortalKind::Door,
        outer: ZoneId(outer),
        inner: ZoneId(outer + 1),
        at: None,
        barrier: None,
        delays: vec![],
        lock: None,
        position_switch: true,
        rex: None,
        free_egress: true,
        held_after: None,
        pass_time: never(),
        close_time: never(),
        held_chance: Probability::ZERO,
        held_time: never(),
        not_taken_chance: Probability::ZERO,
        follow_chance: Probability::ZERO,
        readers: [None, None],
        panel: None,
        unlocked: vec![],
        interlocked: vec![],
        mechanical_key: None,
        traffic: None,
        sensors: vec![],
    };
    let panel = |name: &str, zone, out_of_reach| Panel {
        name: name.into(),
        key: key(name),
        zone,
        segment: SegmentId(0),
        server: SERVER,
        authenticated_link: true,
        out_of_reach,
        decision_time: never(),
        download_time: never(),
        buffer: 0,
        battery: SimDuration::ZERO,
        tamper: false,
    };
    let sensor = |name: &str, kind, watches, zone| Sensor {
        name: name.into(),
        key: key(name),
        kind,
        watches,
        zone,
        detects: vec![],
        moment: Moment::Begin,
        armed: vec![],
        nuisance_per_hour: 0.0,
    };
    let device = |name: &str, kind, zone| Device {
        name: name.into(),
        key: key(name),
        kind,
        zone,
        segment: SegmentId(0),
        services: vec![],
        hardening: Hardening::default(),
        secrets: vec![],
        logs_to: None,
        logs_arrive: true,
        criticality: 0,
        reach: IdSet::default(),
    };
    let service = |name: &str, device, authentication| Service {
        name: name.into(),
        key: key(name),
        device,
        protocol: String::new(),
        authentication,
        interactive: true,
        token_life: None,
    };
    let account = |name: &str, person, role| Account {
        name: name.into(),
        key: key(name),
        person,
        services: vec![],
        role,
        second_factor: false,
        vendor: None,
    };
    let role = |name: &str, shift: &[&str], rights: Vec<Right>, people| Role {
        name: name.into(),
        shift: shift.iter().map(|text| window(text)).collect(),
        rights,
        people,
    };
    let person = |name: &str, role, badge, accounts: &[AccountId]| Person {
        name: name.into(),
        key: key(name),
        role,
        badge,
        accounts: accounts.to_vec(),
    };
    let credential = |name: &str, person, role, status| Credential {
        name: name.into(),
        key: key(name),
        person,
        role,
        technology: Technology::Desfire,
        status,
    };
    let terms = Vendor { company: String::new(), windows: vec![window("Mon-Fri 09:00-17:00")] };
    Plan {
        site: "row".into(),
        scenario: String::new(),
        defence_name: String::new(),
        calendar: Calendar::default(),
        warm_up_end: SimTime::ZERO,
        horizon: SimTime::MAX,
        walking_speed: 1.3,
        zones: vec![
            zone("street", ZoneKind::Offsite, 0),
            zone("lobby", ZoneKind::Lobby, 1),
            zone("office", ZoneKind::Office, 2),
            zone("vault", ZoneKind::DataHall, 4),
        ],
        portals: vec![portal("front", 0), portal("office", 1), portal("vault", 2)],
        panels: vec![
            panel("cached", LOBBY, OutOfReach::Cached),
            panel("denying", OFFICE, OutOfReach::Deny),
            panel("facility", VAULT, OutOfReach::FacilityCode),
        ],
        sensors: vec![
            sensor("contact", 0, Watch::Portal(VAULT_DOOR), VAULT),
            sensor("motion", 1, Watch::Zone(OFFICE), OFFICE),
        ],
        sensor_types: vec!["contact".into(), "motion".into()],
        assets: vec![],
        segments: vec![],
        flows: vec![],
        devices: vec![device("server", DeviceKind::Server, VAULT), device("gateway", DeviceKind::Gateway, LOBBY)],
        services: vec![
            service("server/console", SERVER, Authentication::Password),
            service("gateway/vpn", GATEWAY, Authentication::MultiFactor),
        ],
        accounts: vec![
            Account { second_factor: true, ..account("ann", Some(ANN), AccountRole::User) },
            account("operator", Some(BOB), AccountRole::Operator),
            Account { vendor: Some(terms), ..account("vendor", None, AccountRole::User) },
            account("admin", None, AccountRole::Administrator),
            account("ann-admin", Some(ANN), AccountRole::Administrator),
        ],
        jacks: vec![],
        roles: vec![
            role(
                "staff",
                &["Mon-Fri 08:00-18:00"],
                vec![
                    Right { zones: set([1, 2]), hours: vec![] },
                    Right { zones: set([3]), hours: vec![window("Mon-Fri 07:00-20:00")] },
                ],
                vec![ANN],
            ),
            role("guard", &[], vec![Right { zones: set([1, 2, 3]), hours: vec![] }], vec![BOB]),
        ],
        people: vec![
            person("ann", STAFF, ANNS_BADGE, &[ANNS_USER, ANNS_ADMIN]),
            person("bob", GUARD, BOBS_BADGE, &[OPERATOR]),
        ],
        credentials: vec![
            credential("ann", Some(ANN), Some(STAFF), Some(CredentialStatus::Active)),
            credential("bob", Some(BOB), Some(GUARD), Some(CredentialStatus::Active)),
            credential("ann-old", Some(ANN), Some(STAFF), Some(CredentialStatus::Superseded)),
            credential("blank", None, None, None),
        ],
        posts: vec![Post { name: String::new(), key: key("post"), zone: LOBBY, guards: vec![BOB], stay: 0 }],
        forces: vec![Force { name: String::new(), key: key("police"), arrival: never() }],
        routines: vec![],
        injects: vec![],
        behaviour: Behaviour {
            holds_door: Probability::ZERO,
            reports_refused: Probability::ZERO,
            report_delay: never(),
            challenges: Probability::ZERO,
        },
        techniques: vec![],
        adversaries: vec![],
        policy: Policy {
            access: AccessFile::default(),
            reads: vec![
                LogKind::AccessControl,
                LogKind::Intrusion,
                LogKind::Administration,
                LogKind::Logins,
                LogKind::Firewall,
                LogKind::Endpoints,
                LogKind::People,
            ],
            queues: vec![],
            rules,
            plays: vec![],
            latencies: Latencies {
                annunciate: never(),
                dispatch: never(),
                call: never(),
                revoke: never(),
                disable: never(),
                end_sessions: never(),
                isolate: never(),
                lock_down: never(),
            },
            guards: None,
            communication: None,
        },
        assumptions: vec![],
    }
}

// ------------------------------------------------------------------ reports

pub(crate) fn granted(portal: PortalId, credential: CredentialId) -> Report {
    Report::AccessGranted { portal, direction: Direction::Entry, credential }
}

pub(crate) fn denied(portal: PortalId, credential: CredentialId, reason: Reason) -> Report {
    Report::AccessDenied { portal, direction: Direction::Entry, credential, reason }
}

pub(crate) fn forced(portal: PortalId) -> Report {
    Report::PortalForced { portal }
}

pub(crate) fn sensed(sensor: SensorId) -> Report {
    Report::SensorActive { sensor }
}

/// A local login with a ticket on file.
pub(crate) fn login(service: ServiceId, account: AccountId) -> Report {
    Report::Login { service, account, remote: false, ticket: true }
}

pub(crate) fn hostile(alarm: u32) -> Report {
    Report::Assessed { alarm: AlarmId(alarm), hostile: true }
}

// -------------------------------------------------------------------- check

/// A report and when it is observed, as a time of the week. The n-th of a story, from 1, is observation n.
pub(crate) type Step = (&'static str, Report);

/// Plays a story to rules; the orders must be these, one a line.
#[track_caller]
pub(crate) fn check(rules: Vec<Rule>, story: &[Step], expected: &str) {
    check_plan(plan(rules), story, expected);
}

/// Plays a story to the defence of a plan; the orders must be these, one a line. A copy and a defence that was reset
/// must give the same ones.
#[track_caller]
pub(crate) fn check_plan(plan: Plan, story: &[Step], expected: &str) {
    let mut defence: Box<dyn Defence> = Box::new(RuleDefence::new(Arc::new(plan)));
    let mut copy = defence.clone();
    let first = tell(defence.as_mut(), story);
    let wanted: Vec<_> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(show(&first), wanted);
    assert_eq!(tell(copy.as_mut(), story), first, "a copy repeats it");
    defence.reset();
    assert_eq!(tell(defence.as_mut(), story), first, "a new run repeats it");
}

/// Plays a story and wakes the defence when it asked to be woken: its orders.
pub(crate) fn tell(defence: &mut dyn Defence, story: &[Step]) -> Vec<(SimTime, Ordered)> {
    tell_from(defence, story, 1)
}

/// Like [`tell`], with the first observation so numbered.
pub(crate) fn tell_from(defence: &mut dyn Defence, story: &[Step], first: u32) -> Vec<(SimTime, Ordered)> {
    let mut told = vec![];
    // The earliest wake on top.
    let mut wakes: BinaryHeap<std::cmp::Reverse<(SimTime, u64)>> = BinaryHeap::new();
    let mut orders = Orders::new();
    let view = |now: SimTime| DefenderView { now, week_ms: Calendar::default().week_ms(now) };
    let mut steps = story.iter().zip(first..).peekable();
    loop {
        let wake = wakes.peek().map(|wake| wake.0);
        let step = steps.peek().map(|((at, _), _)| SimTime::from_millis(week_ms(at)));
        let now = match (wake, step) {
            (Some((at, token)), step) if step.is_none_or(|step| at <= step) => {
                wakes.pop();
                defence.wake(Wake(token), &view(at), &mut orders);
                at
            }
            (_, Some(at)) => {
                if let Some(((_, report), id)) = steps.next() {
                    let seen = Observed { id: ObservationId(id), at, report: *report };
                    defence.observe(&seen, &view(at), &mut orders);
                }
                at
            }
            (_, None) => return told,
        };
        for ordered in orders.as_slice() {
            if let Order::WakeAt { at, token } = ordered.order {
                wakes.push(std::cmp::Reverse((at, token.0)));
            }
            told.push((now, *ordered));
        }
        orders.clear();
    }
}

/// One line an order: when, what, and on whose word: a rule's, or a person's about an alarm.
pub(crate) fn show(told: &[(SimTime, Ordered)]) -> Vec<String> {
    told.iter()
        .map(|(at, Ordered { order, because })| {
            let what = match *order {
                Order::Raise { rule, subject, zone, queue: _, priority: _, evidence } => {
                    let mut line = format!("alarm {} {}", rule.0, show_subject(subject));
                    if let Some(zone) = zone {
                        let _ = write!(line, " in {}", zone.0);
                    }
                    let ids: Vec<_> = evidence.iter().map(|id| id.0.to_string()).collect();
                    return format!("{at} {line} on {}", ids.join(","));
                }
                Order::WakeAt { at: then, token: _ } => return format!("{at} wake {then}"),
                Order::Dispatch { zone } => format!("dispatch {}", zone.0),
                Order::Call { force, zone } => format!("call {} {:?}", force.0, zone.map(|zone| zone.0)),
                Order::Revoke { credential } => format!("revoke {}", credential.0),
                Order::RevokeEnrolled { account } => format!("revoke enrolled {}", account.0),
                Order::Disable { account } => format!("disable {}", account.0),
                Order::EndSessions { account } => format!("end sessions {}", account.0),
                Order::Isolate { device } => format!("isolate {}", device.0),
                Order::LockDown { zone, scope, lasts } => {
                    format!("lock down {:?} {scope:?} {lasts}", zone.map(|zone| zone.0))
                }
            };
            match because {
                Because::Rule { rule, subject, evidence: _ } => {
                    format!("{at} {what} by rule {} {}", rule.0, show_subject(*subject))
                }
                Because::Alarm(alarm) => format!("{at} {what} by alarm {}", alarm.0),
            }
        })
        .collect()
}

fn show_subject(subject: Subject) -> String {
    match subject {
        Subject::Credential(id) => format!("credential {}", id.0),
        Subject::Person(id) => format!("person {}", id.0),
        Subject::Account(id) => format!("account {}", id.0),
        Subject::Device(id) => format!("device {}", id.0),
        Subject::Portal(id) => format!("portal {}", id.0),
        Subject::Zone(id) => format!("zone {}", id.0),
    }
}
