//! A site of four zones in a row, and the means to play a story to its defence.
//!
//! ```text
//! street 0 -[front]-> lobby 1 -[office]-> office 2 -[vault]-> vault 3
//! ```

use std::collections::BinaryHeap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{Authentication, ReaderLink};

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
/// By password, on a server in the office.
pub(crate) const SHARE: ServiceId = ServiceId(2);
/// A workstation for administration, in the office.
pub(crate) const CONSOLE_SEAT: DeviceId = DeviceId(3);
/// An ordinary workstation, in the office.
pub(crate) const DESK: DeviceId = DeviceId(4);
/// A jump host.
pub(crate) const JUMP: DeviceId = DeviceId(5);

/// In the lobby, for staff, from six to ten at night.
pub(crate) const CABINET: CabinetId = CabinetId(0);
pub(crate) const SEGMENT: SegmentId = SegmentId(0);

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
/// In the cabinet.
pub(crate) const VAULT_KEY: CredentialId = CredentialId(4);

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
/// Nobody's, for emergencies.
pub(crate) const EMERGENCY: AccountId = AccountId(5);

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

pub(crate) const ANY_GRANT: Pattern = Pattern::AccessGranted { off_shift: false, without_booking: false };
pub(crate) const ANY_LOGIN: Pattern = Pattern::Login(NO_LOGIN);
/// Any login; to narrow it.
pub(crate) const NO_LOGIN: LoginPattern = LoginPattern {
    vendor: false,
    remote: false,
    without_ticket: false,
    privileged: false,
    local: false,
    shared: false,
    break_glass: false,
    unusual: false,
};

pub(crate) fn any_denial() -> Pattern {
    Pattern::AccessDenied { reasons: vec![] }
}

pub(crate) fn any_sensor() -> Pattern {
    Pattern::Sensor { kinds: vec![] }
}

pub(crate) fn count(k: u32, within: u64, by: Join) -> Condition {
    Condition::Count { k, within: seconds(within), by }
}

pub(crate) fn after(first: Pattern, within: u64, by: Join) -> Condition {
    Condition::After { first, within: seconds(within), by }
}

pub(crate) fn without(first: Pattern, within: u64, by: Join) -> Condition {
    Condition::Without { first, within: seconds(within), by }
}

pub(crate) fn absence(of: Pattern, within: u64, by: Join) -> Condition {
    Condition::Absence { of, within: seconds(within), by }
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
        risk: 0,
        risk_from: 0,
    }
}

pub(crate) fn play(rules: Option<IdSet>, respond: &[Response]) -> Play {
    Play { name: String::new(), rules, respond: respond.to_vec() }
}

/// The site; see the constants for what is what.
const SITE: &str = "
    street -[door name=front-door]-> lobby -[door name=office-door]-> office -[door name=vault-door]-> vault
    zone street offsite
    zone lobby level 1
    zone office level 2
    zone vault level 4
    panel cached in=lobby on=lan server=server cached
    panel denying in=office on=lan server=server deny
    panel facility in=vault on=lan server=server facility
    device server in vault on lan kind AccessControlServer service console:acs-admin
    device gateway in lobby on lan kind Gateway service vpn:vpn
    device files in office on lan service share:smb
    device console in office on lan kind Workstation admin
    device desk in office on lan kind Workstation
    device jump in vault on lan kind JumpHost
    device cabinet in lobby on lan kind KeyCabinet
    sensor contact on portal vault-door
    sensor motion on zone office
    role staff zones lobby,office shift Mon-Fri 08:00-18:00
    role guard zones lobby,office,vault
    person ann staff
    person bob guard
    post desk in lobby guards 1
    force police 10min
    credential ann-old of ann superseded
    credential blank
    credential vault-key badge Key
    account ann on server/console,gateway/vpn person ann mfa
    account operator on server/console person bob role Operator
    account vendor on gateway/vpn
    account admin on server/console role Administrator
    account ann-admin on server/console person ann role Administrator
    account emergency on server/console role Administrator break-glass
    cabinet keys device=cabinet keys=vault-key roles=staff hours=daily 06:00-22:00
    reads AccessControl,Intrusion,Administration,Logins,Firewall,Endpoints,People,Video,Cabinets,Visits,Network,Health,\
        Identity,Behaviour
";

/// The site, run by these rules, with every log read and all records linked.
pub(crate) fn plan(rules: Vec<Rule>) -> Plan {
    static LOADED: LazyLock<Arc<Plan>> = LazyLock::new(|| doorward_model::fixture::plan(SITE));
    let mut plan = Plan::clone(&LOADED);
    plan.roles[STAFF.index()].rights.push(Right { zones: set([3]), hours: vec![window("Mon-Fri 07:00-20:00")] });
    plan.credentials[BLANK.index()].status = None;
    plan.services[VPN.index()].authentication = Authentication::MultiFactor;
    plan.accounts[VENDOR.index()].vendor =
        Some(Vendor { company: String::new(), windows: vec![window("Mon-Fri 09:00-17:00")] });
    plan.policy.rules = rules;
    plan
}

/// The same site with a reader at the vault that takes a PIN.
pub(crate) fn with_pin(mut plan: Plan) -> Plan {
    plan.portals[VAULT_DOOR.index()].readers[Direction::Entry.index()] = Some(Reader {
        panel: CACHED,
        accepts: vec![],
        link: ReaderLink::OsdpSecure,
        pin: true,
        biometric: false,
        read_time: Distribution::fixed(SimDuration::ZERO),
        false_reject: Probability::ZERO,
        duress: Probability::ZERO,
    });
    plan
}

#[test]
fn the_constants_name_what_they_say() {
    let plan = plan(vec![]);
    for (named, names) in [
        (plan.zones.iter().map(|zone| &zone.name).collect::<Vec<_>>(), "street lobby office vault"),
        (plan.portals.iter().map(|portal| &portal.name).collect(), "front-door office-door vault-door"),
        (plan.panels.iter().map(|panel| &panel.name).collect(), "cached denying facility"),
        (plan.sensors.iter().map(|sensor| &sensor.name).collect(), "contact motion"),
        (plan.devices.iter().map(|device| &device.name).collect(), "server gateway files console desk jump cabinet"),
        (plan.services.iter().map(|service| &service.name).collect(), "server/console gateway/vpn files/share"),
        (plan.roles.iter().map(|role| &role.name).collect(), "staff guard"),
        (plan.people.iter().map(|person| &person.name).collect(), "ann bob"),
        (plan.credentials.iter().map(|card| &card.name).collect(), "ann bob ann-old blank vault-key"),
        (plan.accounts.iter().map(|account| &account.name).collect(), "ann operator vendor admin ann-admin emergency"),
    ] {
        assert_eq!(named, names.split(' ').collect::<Vec<_>>());
    }
    assert_eq!(plan.segments.iter().map(|segment| &segment.name).next(), Some(&"lan".to_string()));
}

// ------------------------------------------------------------------ reports

pub(crate) fn granted(portal: PortalId, credential: CredentialId) -> Report {
    let records = Records::default();
    Report::AccessGranted { portal, direction: Direction::Entry, credential, records, passed_back: false }
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

/// A local login with a ticket on file, from a workstation for administration.
pub(crate) fn login(service: ServiceId, account: AccountId) -> Report {
    Report::Login { service, account, remote: false, ticket: true, from: Some(CONSOLE_SEAT) }
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
