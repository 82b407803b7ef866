//! How the site is run: access policy, rules, queues, playbook, latencies.

use crate::base::*;
use crate::defence::{
    AccessFile, CommunicationMode, JoinFile, LockDownScope, LogKind, PatternFile, Picture, ReasonFile,
};

/// What an alarm or an order is about: the field's *join*.
pub type Join = JoinFile;

/// What is watched for.
#[derive(Clone, PartialEq, Debug)]
pub enum Pattern {
    /// A granted badge; only off shift.
    AccessGranted {
        /// Only outside the shift.
        off_shift: bool,
    },
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
    Login {
        /// Only vendors.
        vendor: bool,
        /// Only from outside.
        remote: bool,
        /// Only without a ticket.
        without_ticket: bool,
        /// Only operator and administrator roles.
        privileged: bool,
    },
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
}

impl Pattern {
    /// From the file's form; `sensor_kind` finds the index of a sensor type.
    pub fn from_file(file: &PatternFile, mut sensor_kind: impl FnMut(&str) -> Option<u32>) -> Pattern {
        match file {
            PatternFile::AccessGranted { off_shift } => Pattern::AccessGranted { off_shift: *off_shift },
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
            PatternFile::Login { vendor, remote, without_ticket, privileged } => Pattern::Login {
                vendor: *vendor,
                remote: *remote,
                without_ticket: *without_ticket,
                privileged: *privileged,
            },
            PatternFile::LoginRefused => Pattern::LoginRefused,
            PatternFile::FlowRefused => Pattern::FlowRefused,
            PatternFile::EndpointAlert => Pattern::EndpointAlert,
            PatternFile::PanelOffline => Pattern::PanelOffline,
            PatternFile::PersonReport => Pattern::PersonReport,
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
    /// Hand-over: after, to, chance of loss.
    pub escalation: Option<(SimDuration, QueueId, Probability)>,
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
}

/// How a site is run.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Access policy.
    pub access: AccessFile,
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
}
