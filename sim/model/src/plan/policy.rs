//! How the site is run: access policy, rules, queues, playbook, latencies.

use crate::base::*;
use crate::defence::{
    AbsentLogins, CommunicationMode, DecisionPlace, Fallback, IdentityRecord, JoinFile, LockDownScope, LogKind,
    MeasureKind, OffShift, PassbackMode, PassbackScope, PatternFile, Picture, ReasonFile, StaleDevices, VendorPolicy,
};
use crate::site::HealthKind;

/// What an alarm or an order is about: the field's *join*.
pub type Join = JoinFile;

/// What is watched for.
#[derive(Clone, PartialEq, Debug)]
pub enum Pattern {
    /// A granted badge.
    AccessGranted {
        /// Only outside the shift.
        off_shift: bool,
        /// Only into a room that can be booked, without a booking.
        without_booking: bool,
    },
    /// A granted badge, but nobody went in.
    AccessNotTaken,
    /// A refused badge, for one of these reasons.
    AccessDenied {
        /// Reasons; empty: any.
        reasons: Vec<ReasonFile>,
    },
    /// A portal was forced.
    PortalForced,
    /// A portal was held.
    PortalHeld,
    /// A sensor of one of these types.
    Sensor {
        /// Indices of types; empty: any.
        kinds: Vec<u32>,
    },
    /// A remote unlock.
    RemoteUnlock {
        /// Only without a request.
        without_request: bool,
    },
    /// A badge enrolled.
    BadgeEnrolled {
        /// Only without a request.
        without_request: bool,
    },
    /// A login.
    Login(LoginPattern),
    /// A refused login.
    LoginRefused,
    /// A refused connection.
    FlowRefused,
    /// An endpoint alert.
    EndpointAlert,
    /// A panel out of reach.
    PanelOffline,
    /// A report by a person.
    PersonReport,
    /// Analytics saw more people than badges.
    Tailgate,
    /// A key was drawn.
    KeyDrawn {
        /// Only outside the shift.
        off_shift: bool,
    },
    /// A cabinet refused a key.
    KeyRefused,
    /// The line to a reader is dead.
    LineFault,
    /// The enclosure of a panel was opened.
    Tamper,
    /// Somebody typed the duress code.
    Duress,
    /// A key was not brought back.
    KeyOverdue,
    /// An asset was carried out.
    ItemRemoved {
        /// Only without a pass.
        without_pass: bool,
    },
    /// A guest is still there after the end.
    Overstay,
    /// Somebody inside has no right any more.
    StayRefused,
    /// A device joined a network.
    NetworkJoined {
        /// Only devices behind with their patches.
        stale: bool,
        /// Only where at least this many people are.
        crowd_from: u16,
    },
    /// A device was kept off a network.
    NetworkRefused,
    /// A device that nobody knows.
    UnknownDevice,
    /// Settings were changed.
    ConfigurationChanged {
        /// Only without a planned change.
        unplanned: bool,
    },
    /// A backup, a store or a patch failed.
    Health {
        /// Which; empty: any.
        kinds: Vec<HealthKind>,
    },
    /// A segment answers slowly.
    SlowSegment,
    /// Events of a panel are missing.
    LogGap,
    /// A server is down.
    DeviceDown,
    /// A panel is on its battery.
    MainsLost,
    /// The fire alarm sounds.
    FireAlarm,
    /// A badge was reported lost.
    BadgeLost,
    /// Somebody has left the company.
    IdentityEnded,
    /// The way somebody works is not like them.
    UnusualBehaviour,
    /// Somebody came in again without having gone out.
    PassedBack,
}

/// What is asked of a login; everything is off by default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LoginPattern {
    /// Only vendors.
    pub vendor: bool,
    /// Only from outside.
    pub remote: bool,
    /// Only without a ticket.
    pub without_ticket: bool,
    /// Only operator and administrator roles.
    pub privileged: bool,
    /// Only from inside.
    pub local: bool,
    /// Only shared accounts.
    pub shared: bool,
    /// Only break-glass accounts.
    pub break_glass: bool,
    /// Only privileged ones outside the shift or from an ordinary device.
    pub unusual: bool,
}

impl Pattern {
    /// From the file's form; `sensor_kind` finds the index of a sensor type.
    pub fn from_file(file: &PatternFile, mut sensor_kind: impl FnMut(&str) -> Option<u32>) -> Pattern {
        match file {
            PatternFile::AccessGranted { off_shift, without_booking } => {
                Pattern::AccessGranted { off_shift: *off_shift, without_booking: *without_booking }
            }
            PatternFile::AccessNotTaken => Pattern::AccessNotTaken,
            PatternFile::AccessDenied { reasons } => Pattern::AccessDenied { reasons: reasons.clone() },
            PatternFile::PortalForced => Pattern::PortalForced,
            PatternFile::PortalHeld => Pattern::PortalHeld,
            PatternFile::Sensor { kinds } => {
                Pattern::Sensor { kinds: kinds.iter().filter_map(|k| sensor_kind(k)).collect() }
            }
            PatternFile::RemoteUnlock { without_request } => {
                Pattern::RemoteUnlock { without_request: *without_request }
            }
            PatternFile::BadgeEnrolled { without_request } => {
                Pattern::BadgeEnrolled { without_request: *without_request }
            }
            PatternFile::Login { vendor, remote, without_ticket, privileged, local, shared, break_glass, unusual } => {
                Pattern::Login(LoginPattern {
                    vendor: *vendor,
                    remote: *remote,
                    without_ticket: *without_ticket,
                    privileged: *privileged,
                    local: *local,
                    shared: *shared,
                    break_glass: *break_glass,
                    unusual: *unusual,
                })
            }
            PatternFile::LoginRefused => Pattern::LoginRefused,
            PatternFile::FlowRefused => Pattern::FlowRefused,
            PatternFile::EndpointAlert => Pattern::EndpointAlert,
            PatternFile::PanelOffline => Pattern::PanelOffline,
            PatternFile::PersonReport => Pattern::PersonReport,
            PatternFile::Tailgate => Pattern::Tailgate,
            PatternFile::KeyDrawn { off_shift } => Pattern::KeyDrawn { off_shift: *off_shift },
            PatternFile::KeyRefused => Pattern::KeyRefused,
            PatternFile::LineFault => Pattern::LineFault,
            PatternFile::Tamper => Pattern::Tamper,
            PatternFile::Duress => Pattern::Duress,
            PatternFile::KeyOverdue => Pattern::KeyOverdue,
            PatternFile::ItemRemoved { without_pass } => Pattern::ItemRemoved { without_pass: *without_pass },
            PatternFile::Overstay => Pattern::Overstay,
            PatternFile::StayRefused => Pattern::StayRefused,
            PatternFile::NetworkJoined { stale, crowd_from } => {
                Pattern::NetworkJoined { stale: *stale, crowd_from: *crowd_from }
            }
            PatternFile::NetworkRefused => Pattern::NetworkRefused,
            PatternFile::UnknownDevice => Pattern::UnknownDevice,
            PatternFile::ConfigurationChanged { unplanned } => Pattern::ConfigurationChanged { unplanned: *unplanned },
            PatternFile::Health { kinds } => Pattern::Health { kinds: kinds.clone() },
            PatternFile::SlowSegment => Pattern::SlowSegment,
            PatternFile::LogGap => Pattern::LogGap,
            PatternFile::DeviceDown => Pattern::DeviceDown,
            PatternFile::MainsLost => Pattern::MainsLost,
            PatternFile::FireAlarm => Pattern::FireAlarm,
            PatternFile::BadgeLost => Pattern::BadgeLost,
            PatternFile::IdentityEnded => Pattern::IdentityEnded,
            PatternFile::UnusualBehaviour => Pattern::UnusualBehaviour,
            PatternFile::PassedBack => Pattern::PassedBack,
        }
    }
}

/// When a matching observation is enough.
#[derive(Clone, PartialEq, Debug)]
pub enum Condition {
    /// At once.
    Once,
    /// The k-th within a window.
    Count {
        /// How many.
        k: u32,
        /// Window.
        within: SimDuration,
        /// Join.
        by: Join,
    },
    /// After another.
    After {
        /// The earlier one.
        first: Pattern,
        /// Window.
        within: SimDuration,
        /// Join.
        by: Join,
    },
    /// Without another before.
    Without {
        /// What should have come before.
        first: Pattern,
        /// Window.
        within: SimDuration,
        /// Join.
        by: Join,
    },
    /// Without another following.
    Absence {
        /// What should follow.
        of: Pattern,
        /// Window.
        within: SimDuration,
        /// Join.
        by: Join,
    },
}

/// A response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Response {
    /// Send a guard.
    Dispatch,
    /// Call a force.
    Call(ForceId),
    /// Revoke the credential, or all of the identity's.
    RevokeCredential,
    /// Revoke what the account enrolled.
    RevokeEnrolled,
    /// Disable the account, or all of the identity's.
    DisableAccount,
    /// End its sessions and tokens.
    EndSessions,
    /// Cut the device off.
    IsolateDevice,
    /// Lock down.
    LockDown {
        /// How far.
        scope: LockDownScope,
        /// For how long.
        lasts: SimDuration,
    },
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// The observation that completes it.
    pub pattern: Pattern,
    /// Zones in which it looks (observations without a zone always pass).
    pub zones: IdSet,
    /// Portals at which it looks; none: all.
    pub portals: Option<IdSet>,
    /// Hours; empty: always.
    pub during: Vec<Window>,
    /// When it is enough.
    pub condition: Condition,
    /// The same subject is quiet for this long.
    pub quiet: SimDuration,
    /// Queue (none: unowned) and priority of its alarm; none: it raises none.
    pub raise: Option<(Option<QueueId>, u8)>,
    /// What it does without a person.
    pub respond: Vec<Response>,
    /// Points that it adds to the risk score of the identity that its observation names, when it fires. Without a risk
    /// policy there are no scores.
    pub risk: u32,
    /// It fires only from this score on, its own points not counted.
    pub risk_from: u32,
}

/// Chances of the verdict *hostile*.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdicts {
    /// For a true alarm.
    pub true_alarm: Probability,
    /// For a false one.
    pub false_alarm: Probability,
}

/// A team with its queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// People at work at once.
    pub operators: u32,
    /// When; empty: always.
    pub staffed: Vec<Window>,
    /// Video that they have.
    pub picture: Picture,
    /// Whether they see both worlds' logs.
    pub logs: bool,
    /// From being free to having acknowledged.
    pub acknowledge: Distribution,
    /// From acknowledging to the verdict.
    pub assess: Distribution,
    /// Verdicts without a picture, with recorded video, with live video.
    pub by_picture: [Verdicts; 3],
    /// Verdicts with both worlds' logs.
    pub by_logs: Verdicts,
    /// Hand-over to another team.
    pub escalation: Option<Escalation>,
    /// Alarms in the last hour per operator at which everything takes twice as long and a true alarm is recognised half as often; none: nobody tires.
    pub tires_at: Option<f64>,
    /// Change of shift: times of day in milliseconds, and the chance that what is known of an open alarm is lost.
    pub handover: Option<(Vec<u64>, Probability)>,
    /// From a hostile verdict until the alarm is closed, the operator busy.
    pub close: Distribution,
}

/// Handing an alarm to another team.
#[derive(Clone, Debug)]
pub struct Escalation {
    /// If nobody has acknowledged after this long.
    pub after: SimDuration,
    /// It goes to this queue.
    pub to: QueueId,
    /// Chance that the hand-off loses it.
    pub lost: Probability,
    /// How long the hand-off takes.
    pub takes: Distribution,
    /// Share of `after` and `takes` that remains between cross-trained teams; 1 where they are not.
    pub share: f64,
}

/// What follows a hostile verdict.
#[derive(Clone, Debug)]
pub struct Play {
    /// Key in the file.
    pub name: String,
    /// Rules that it answers; none: all.
    pub rules: Option<IdSet>,
    /// What is done.
    pub respond: Vec<Response>,
}

/// Latency of each kind of order.
#[derive(Clone, Debug)]
pub struct Latencies {
    /// From the observation to the alarm in the queue.
    pub annunciate: Distribution,
    /// Dispatching a guard.
    pub dispatch: Distribution,
    /// Calling a force.
    pub call: Distribution,
    /// Revoking at the server.
    pub revoke: Distribution,
    /// Disabling an account.
    pub disable: Distribution,
    /// Ending sessions.
    pub end_sessions: Distribution,
    /// Isolating a device.
    pub isolate: Distribution,
    /// Locking down.
    pub lock_down: Distribution,
}

/// Guards on a call.
#[derive(Clone, Debug)]
pub struct Guards {
    /// Time to search a zone.
    pub search_time: Distribution,
    /// Chance of finding an adversary who is in it.
    pub finds: Probability,
    /// Chance of stopping one who was met.
    pub stops: Probability,
    /// What becomes of a meeting in more detail, in place of `stops`.
    pub contact: Option<Contact>,
    /// Rounds.
    pub patrol: Option<Patrol>,
}

/// What becomes of a meeting of guard and intruder; the rest resists.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Chance of coming along.
    pub complies: Probability,
    /// Chance of talking themselves out of it.
    pub bluffs: Probability,
    /// Chance of running away.
    pub flees: Probability,
    /// Force that is called when somebody resists.
    pub calls: Option<ForceId>,
}

/// Rounds of guards who need not stay at their posts.
#[derive(Clone, Debug)]
pub struct Patrol {
    /// From the end of a round to the begin of the next.
    pub every: Distribution,
    /// Zones of a round, in order of the file.
    pub zones: Vec<ZoneId>,
    /// Look round in each zone.
    pub stays: Distribution,
    /// When; empty: always.
    pub hours: Vec<Window>,
}

/// Access policy, compiled. See [`crate::defence::AccessFile`] for what each part means.
#[derive(Clone, Debug, Default)]
pub struct AccessPolicy {
    /// Badge outside the shift.
    pub off_shift: OffShift,
    /// From which level on.
    pub off_shift_from_level: u8,
    /// Vendor logins.
    pub vendors: VendorPolicy,
    /// A second factor of every account that has one.
    pub second_factor_where_enrolled: bool,
    /// No release without a request.
    pub unlock_needs_request: bool,
    /// Where decisions about doors are made; none: at the panel.
    pub decisions: Option<Decisions>,
    /// Anti-passback.
    pub anti_passback: Option<AntiPassback>,
    /// Doors that ask for a second factor.
    pub door_factor_from_level: Option<u8>,
    /// Two-person rule: both badge within this time.
    pub two_person: Option<SimDuration>,
    /// Escorts: within this time after the escort's badge.
    pub escorts: Option<SimDuration>,
    /// Work orders.
    pub work_order_from_level: Option<u8>,
    /// Badges, accounts and Wi-Fi of guests end with the visit.
    pub guests_end: bool,
    /// How often everybody inside is looked at again.
    pub reauthorise_every: Option<SimDuration>,
    /// Logins of people who are not there.
    pub absent_logins: AbsentLogins,
    /// Devices behind with their patches.
    pub stale_devices: StaleDevices,
    /// Administration from devices kept for it.
    pub admin_workstations_only: bool,
    /// Cabinets refuse off shift and without a right.
    pub cabinets_refuse: bool,
    /// Assets leave only with a pass.
    pub removal_passes: bool,
    /// Break-glass accounts may be used.
    pub break_glass: bool,
    /// Risk score.
    pub risk: Option<RiskPolicy>,
}

/// Where decisions about doors are made.
#[derive(Clone, Debug)]
pub struct Decisions {
    /// Where.
    pub place: DecisionPlace,
    /// For doors into zones of at least this level.
    pub from_level: u8,
    /// There and back.
    pub latency: Distribution,
    /// The panel answers after this.
    pub timeout: SimDuration,
    /// How.
    pub fallback: Fallback,
}

/// Anti-passback.
#[derive(Clone, Debug)]
pub struct AntiPassback {
    /// Areas.
    pub areas: IdSet,
    /// How far it sees.
    pub scope: PassbackScope,
    /// What follows.
    pub mode: PassbackMode,
    /// Times of day, in milliseconds, at which everybody is forgiven.
    pub forgiven_at: Vec<u64>,
}

/// The risk score of an identity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RiskPolicy {
    /// Time in which it halves.
    pub half_life: SimDuration,
    /// From here on a second factor is asked.
    pub step_up_from: u32,
    /// From here on access is refused.
    pub deny_from: u32,
    /// For doors into zones of at least this level; for logins and cabinets always.
    pub from_level: u8,
}

/// Who is who, and how fast a change arrives.
#[derive(Clone, Debug, Default)]
pub struct IdentityPolicy {
    /// Records known to belong to one person.
    pub linked: Vec<IdentityRecord>,
    /// From leaving to the end of accounts.
    pub accounts_end: Option<Lag>,
    /// From leaving to the end of badges.
    pub badges_end: Option<Lag>,
    /// What ends in one world ends in the other.
    pub both_worlds: bool,
    /// How often rights are reviewed.
    pub review_every: Option<SimDuration>,
}

/// How a change in one system reaches another.
#[derive(Clone, Debug)]
pub struct Lag {
    /// How long it takes.
    pub takes: Distribution,
    /// Chance that it fails.
    pub fails: Probability,
    /// Then by hand after this long; none: nobody notices.
    pub by_hand: Option<Distribution>,
}

/// How changes to systems are made.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// On one system first.
    pub pilot: bool,
    /// What breaks can be taken back in this time.
    pub rollback: Option<Distribution>,
    /// What broke is seen at once.
    pub checklist: bool,
    /// When; empty: at any time.
    pub windows: Vec<Window>,
}

/// Video analytics at doors.
#[derive(Clone, Debug)]
pub struct Analytics {
    /// Chance of noticing one who came in behind another.
    pub detects: Probability,
    /// Chance of taking one for two.
    pub mistakes: Probability,
    /// From the passage to the report.
    pub takes: Distribution,
}

/// A step of a rollout.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// What it is judged by.
    pub measure: MeasureKind,
}

/// How a site is run.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Access policy.
    pub access: AccessPolicy,
    /// Logs that are read.
    pub reads: Vec<LogKind>,
    /// Teams.
    pub queues: Vec<Queue>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// Playbook.
    pub plays: Vec<Play>,
    /// Latencies.
    pub latencies: Latencies,
    /// Guards; none: nobody walks.
    pub guards: Option<Guards>,
    /// Communication to the response; none: certain.
    pub communication: Option<(Probability, CommunicationMode)>,
    /// Who is who.
    pub identity: IdentityPolicy,
    /// How changes are made.
    pub changes: Changes,
    /// Video analytics.
    pub analytics: Option<Analytics>,
    /// From a response that met nobody until what it took is given back; none: never.
    pub recovery: Option<Distribution>,
    /// Step of a rollout.
    pub phase: Option<Phase>,
}
