//! The measures by which the steps of a rollout are judged, and what a defence has to know about people.
//!
//! They are counted in the plan itself, before anything happens; what a step disturbs is in the price.

use doorward_model::base::*;
use doorward_model::defence::{DecisionPlace, Fallback, IdentityRecord, LogKind, MeasureKind};
use doorward_model::kind::Kind;
use doorward_model::plan::{Condition, Join, Plan, Rule};
use doorward_model::site::{AccountRole, Authentication, DeviceKind, OutOfReach};
use serde::Serialize;

/// All measures of one defence.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Measures {
    /// Step of the rollout that the defence says it is.
    pub phase: Option<String>,
    /// Which of the measures below that step is judged by.
    pub judged_by: Option<MeasureKind>,
    /// Kinds of log that are read, of those that there are.
    pub logs_read: u32,
    /// Kinds of log that there are.
    pub logs: u32,
    /// Services of security systems that other segments reach without a jump host.
    pub exposed_services: u32,
    /// Privileged accounts that get in with a password alone, or that belong to nobody.
    pub weak_privileged_accounts: u32,
    /// Share of pairs of segment and service in another segment that the network refuses.
    pub segmentation: f64,
    /// Devices whose loss alone blinds a log that is read, locks a door, or keeps people from logging in.
    pub single_points: u32,
    /// Kinds of personal record that rules and decisions read.
    pub personal_records: u32,
    /// Kinds of personal record that are joined to one profile of a person.
    pub linked_records: u32,
    /// The most rules that look at one observation.
    pub rules_visited: u32,
}

impl Measures {
    /// Of a plan.
    pub fn of(plan: &Plan) -> Self {
        let personal = personal_records(plan);
        Self {
            phase: plan.policy.phase.as_ref().map(|phase| phase.name.clone()),
            judged_by: plan.policy.phase.as_ref().map(|phase| phase.measure),
            logs_read: plan.policy.reads.len() as u32,
            logs: LOGS,
            exposed_services: exposed_services(plan),
            weak_privileged_accounts: weak_accounts(plan),
            segmentation: segmentation(plan),
            single_points: single_points(plan),
            personal_records: personal,
            linked_records: if plan.policy.identity.linked.len() > 1 {
                plan.policy.identity.linked.len() as u32
            } else {
                0
            },
            rules_visited: most_visited(plan),
        }
    }
}

/// Kinds of log, see [`LogKind`].
const LOGS: u32 = LogKind::Behaviour as u32 + 1;

/// Whether a device is part of a security system.
fn of_security(kind: DeviceKind) -> bool {
    match kind {
        DeviceKind::AccessControlServer
        | DeviceKind::AccessControlDatabase
        | DeviceKind::VideoManagement
        | DeviceKind::Recorder
        | DeviceKind::Camera
        | DeviceKind::IntrusionPanel
        | DeviceKind::BuildingManagement
        | DeviceKind::KeyCabinet
        | DeviceKind::VisitorSystem
        | DeviceKind::Siem => true,
        DeviceKind::Workstation
        | DeviceKind::Console
        | DeviceKind::JumpHost
        | DeviceKind::Gateway
        | DeviceKind::IdentityProvider
        | DeviceKind::HumanResources
        | DeviceKind::Rack
        | DeviceKind::Server
        | DeviceKind::NetworkEquipment
        | DeviceKind::Peripheral
        | DeviceKind::Rogue => false,
    }
}

/// Services that can be reached from a segment: by a host that nobody knows, or by a device on it that is kept for
/// nothing else.
fn from_segment(plan: &Plan, segment: usize) -> impl Iterator<Item = &IdSet> {
    let devices = plan.devices.iter().filter(move |device| {
        device.segment.index() == segment
            && device.kind != DeviceKind::JumpHost
            && !device.admin_workstation
            && !of_security(device.kind)
    });
    std::iter::once(&plan.segments[segment].reach).chain(devices.map(|device| &device.reach))
}

fn exposed_services(plan: &Plan) -> u32 {
    let exposed = |service: usize| {
        let device = &plan.devices[plan.services[service].device.index()];
        of_security(device.kind)
            && (0..plan.segments.len())
                .any(|s| s != device.segment.index() && from_segment(plan, s).any(|reach| reach.contains(service)))
    };
    (0..plan.services.len()).filter(|&service| exposed(service)).count() as u32
}

fn weak_accounts(plan: &Plan) -> u32 {
    let weak = plan.accounts.iter().filter(|account| {
        let asked = |service: &ServiceId| {
            plan.services[service.index()].authentication == Authentication::MultiFactor
                || plan.policy.access.second_factor_where_enrolled && account.second_factor
        };
        let shared = account.person.is_none() && account.vendor.is_none() && !account.break_glass;
        account.role >= AccountRole::Operator && (shared || !account.services.iter().all(asked))
    });
    weak.count() as u32
}

fn segmentation(plan: &Plan) -> f64 {
    let (mut pairs, mut closed) = (0_u32, 0_u32);
    for index in 0..plan.segments.len() {
        for (id, service) in plan.services.iter().enumerate() {
            if plan.devices[service.device.index()].segment.index() != index {
                pairs += 1;
                closed += u32::from(!from_segment(plan, index).any(|reach| reach.contains(id)));
            }
        }
    }
    if pairs == 0 { 1.0 } else { f64::from(closed) / f64::from(pairs) }
}

fn single_points(plan: &Plan) -> u32 {
    let policy = &plan.policy;
    let collected = policy.reads.iter().any(|log| match log {
        LogKind::Logins
        | LogKind::Firewall
        | LogKind::Endpoints
        | LogKind::Administration
        | LogKind::Network
        | LogKind::Health
        | LogKind::Video
        | LogKind::Behaviour
        | LogKind::Identity
        | LogKind::Visits => true,
        LogKind::AccessControl | LogKind::Intrusion | LogKind::People | LogKind::Cabinets => false,
    });
    let needs_host = policy.access.decisions.as_ref().is_some_and(|d| match (d.place, d.fallback) {
        (DecisionPlace::Host | DecisionPlace::Cloud, Fallback::Deny) => true,
        (DecisionPlace::Edge, _) | (_, Fallback::Cached) => false,
    });
    let asks_directory = plan.services.iter().any(|service| service.directory);
    let escape = policy.access.break_glass && plan.accounts.iter().any(|account| account.break_glass);
    let of_kind = |kind: DeviceKind| plan.devices.iter().filter(|device| device.kind == kind).count();
    let alone = |index: usize| {
        let id = DeviceId::from_index(index);
        let device = &plan.devices[index];
        let serves = plan
            .panels
            .iter()
            .any(|panel| panel.server == id && (needs_host || panel.out_of_reach == OutOfReach::Deny));
        serves
            || device.kind == DeviceKind::Siem && collected && of_kind(DeviceKind::Siem) == 1
            || device.kind == DeviceKind::IdentityProvider
                && asks_directory
                && !escape
                && of_kind(DeviceKind::IdentityProvider) == 1
    };
    (0..plan.devices.len()).filter(|&device| alone(device)).count() as u32
}

/// Kinds of report that a rule looks at.
fn kinds(rule: &Rule) -> impl Iterator<Item = Kind> {
    let other = match &rule.condition {
        Condition::Once | Condition::Count { .. } => None,
        Condition::After { first: other, .. }
        | Condition::Without { first: other, .. }
        | Condition::Absence { of: other, .. } => Some(other),
    };
    [Some(Kind::watched_by(&rule.pattern)), other.map(Kind::watched_by)].into_iter().flatten()
}

/// Records about people, of which the rules and decisions of a defence need some.
fn personal_records(plan: &Plan) -> u32 {
    let policy = &plan.policy;
    let personal = |log: LogKind| match log {
        LogKind::AccessControl
        | LogKind::Logins
        | LogKind::Video
        | LogKind::Cabinets
        | LogKind::Visits
        | LogKind::Network
        | LogKind::Identity
        | LogKind::Behaviour => true,
        LogKind::Intrusion
        | LogKind::Administration
        | LogKind::Firewall
        | LogKind::Endpoints
        | LogKind::People
        | LogKind::Health => false,
    };
    // Of the access control log only what names somebody is personal, and only what is kept by person or badge.
    let names_people = |rule: &Rule| match &rule.condition {
        Condition::Once => kinds(rule).any(|kind| {
            matches!(kind, Kind::AccessGranted | Kind::AccessDenied | Kind::PassedBack | Kind::StayRefused)
        }),
        Condition::Count { by, .. }
        | Condition::After { by, .. }
        | Condition::Without { by, .. }
        | Condition::Absence { by, .. } => matches!(by, Join::Credential | Join::Identity),
    };
    let mut logs: Vec<LogKind> = policy
        .rules
        .iter()
        .flat_map(|rule| kinds(rule).map(move |kind| (rule, kind.log())))
        .filter(|(rule, log)| {
            policy.reads.contains(log) && personal(*log) && (*log != LogKind::AccessControl || names_people(rule))
        })
        .map(|(_, log)| log)
        .collect();
    logs.sort_unstable();
    logs.dedup();
    let bookings = policy.identity.linked.contains(&IdentityRecord::Bookings);
    logs.len() as u32 + u32::from(bookings)
}

fn most_visited(plan: &Plan) -> u32 {
    let mut visits = [0_u32; Kind::COUNT];
    for kind in plan.policy.rules.iter().flat_map(kinds) {
        if plan.policy.reads.contains(&kind.log()) {
            visits[kind as usize] += 1;
        }
    }
    visits.into_iter().max().unwrap_or(0)
}
