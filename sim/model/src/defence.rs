//! The defence file: how a site is run. Access policy, detection and
//! correlation rules, playbook, staffing, and changes to the site.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::base::{SimDuration, Window};
use crate::site::{Sourced, SourcedChance, SourcedTime, Sources};
use crate::text::EditFile;

/// A defence.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefenceFile {
    /// Version of the file format; `1`.
    pub schema: u32,
    /// Name of the defence.
    pub name: String,
    /// What it stands for.
    #[serde(default)]
    pub about: String,
    /// Sources of the figures below.
    #[serde(default)]
    pub sources: Sources,
    /// Access policy.
    #[serde(default)]
    pub access: AccessFile,
    /// Whether its logs reach it: systems whose logs are read.
    #[serde(default)]
    pub reads: Vec<LogKind>,
    /// Teams that alarms go to.
    #[serde(default)]
    pub queues: IndexMap<String, QueueFile>,
    /// Detection and correlation.
    #[serde(default)]
    pub rules: IndexMap<String, RuleFile>,
    /// What follows an alarm that a person classed as hostile.
    #[serde(default)]
    pub playbook: IndexMap<String, PlayFile>,
    /// Latency of each kind of order.
    #[serde(default)]
    pub latencies: LatenciesFile,
    /// How guards search and what happens when they meet somebody.
    #[serde(default)]
    pub guards: Option<GuardsFile>,
    /// Communication from the alarm to the response.
    #[serde(default)]
    pub communication: Option<CommunicationFile>,
    /// Changes to the site that belong to this defence; paths begin at the site.
    #[serde(default)]
    pub site_changes: Vec<EditFile>,
}

/// What a system of the site can tell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum LogKind {
    /// Panels: readers, portals.
    AccessControl,
    /// The intrusion panel: sensors.
    Intrusion,
    /// Access control administration: remote unlocks, enrolments.
    Administration,
    /// Gateways and hosts: logins.
    Logins,
    /// Firewall: refused connections.
    Firewall,
    /// Endpoint detection on hosts.
    Endpoints,
    /// People who call the guards.
    People,
}

/// Access policy: what a decision at a panel or a host asks.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessFile {
    /// Badge outside the shift of its role.
    #[serde(default)]
    pub off_shift: OffShift,
    /// From which security level on `off_shift` applies.
    #[serde(default)]
    pub off_shift_from_level: u8,
    /// Vendor logins.
    #[serde(default)]
    pub vendors: VendorPolicy,
    /// Whether a second factor is asked of an account that has one enrolled, also where the service does not insist.
    #[serde(default)]
    pub second_factor_where_enrolled: bool,
    /// Whether an operator can release a portal without a logged request.
    #[serde(default)]
    pub unlock_needs_request: bool,
}

/// A badge outside its shift.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum OffShift {
    /// Rights are static.
    #[default]
    Allow,
    /// Refused.
    Deny,
}

/// A vendor's login.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum VendorPolicy {
    /// The tunnel is always on.
    #[default]
    AlwaysOn,
    /// Only inside the vendor's window and with a ticket on file.
    Ticketed,
}

/// How well somebody tells a hostile cause from another.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictFile {
    /// Chance that a true alarm is classed as hostile.
    pub true_alarm: SourcedChance,
    /// Chance that a false one is.
    pub false_alarm: SourcedChance,
}

/// Assessment as a confusion matrix by evidence.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentFile {
    /// Without a picture.
    pub none: VerdictFile,
    /// With live video of the place.
    pub live_video: VerdictFile,
    /// With recorded video of the place.
    pub recorded_video: VerdictFile,
    /// With the logs of both worlds side by side (for alarms without a place on camera).
    pub logs: VerdictFile,
}

/// Which evidence a team has before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum Picture {
    /// None.
    None,
    /// Recordings.
    RecordedVideo,
    /// Live video.
    LiveVideo,
}

/// Handing an alarm to another team.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationFile {
    /// If nobody has acknowledged after this long.
    pub after: Sourced<SimDuration>,
    /// It goes to this queue.
    pub to: String,
    /// Chance that the hand-off loses it.
    pub lost: SourcedChance,
}

/// A team with its queue of alarms.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueFile {
    /// Who they are.
    #[serde(default)]
    pub about: String,
    /// People at work at once; each handles one alarm at a time, in order of priority, then age.
    pub operators: Sourced<u32>,
    /// When; empty: always. Outside, alarms wait.
    #[serde(default)]
    pub staffed: Vec<Window>,
    /// Video that they have before them.
    pub picture: Picture,
    /// Whether they see the logs of the other world.
    #[serde(default)]
    pub logs: bool,
    /// From being free to having acknowledged.
    pub acknowledge: SourcedTime,
    /// From acknowledging to a verdict.
    pub assess: SourcedTime,
    /// The confusion matrix.
    pub assessment: AssessmentFile,
    /// Hand-over to another team.
    #[serde(default)]
    pub escalation: Option<EscalationFile>,
}

/// What is watched for: one kind of observation, with what can be seen in it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum PatternFile {
    /// A granted badge.
    AccessGranted {
        /// Only outside the shift of the holder's role.
        #[serde(default)]
        off_shift: bool,
    },
    /// A refused badge.
    AccessDenied {
        /// Only for one of these reasons; empty: any.
        #[serde(default)]
        reasons: Vec<ReasonFile>,
    },
    /// A portal opened without grant or request to exit.
    PortalForced,
    /// A portal open for too long.
    PortalHeld,
    /// A sensor of one of these kinds; empty: any.
    Sensor {
        /// Kinds in the site's `sensor_types`.
        #[serde(default)]
        kinds: Vec<String>,
    },
    /// An operator released a portal.
    RemoteUnlock {
        /// Only without a logged request.
        #[serde(default)]
        without_request: bool,
    },
    /// A badge was enrolled or its rights changed.
    BadgeEnrolled {
        /// Only without a logged request.
        #[serde(default)]
        without_request: bool,
    },
    /// Somebody logged in.
    Login {
        /// Only vendor accounts.
        #[serde(default)]
        vendor: bool,
        /// Only from outside the site.
        #[serde(default)]
        remote: bool,
        /// Only without a ticket in force.
        #[serde(default)]
        without_ticket: bool,
        /// Only where an administrator or operator role was opened.
        #[serde(default)]
        privileged: bool,
    },
    /// A login was refused.
    LoginRefused,
    /// The firewall refused a connection.
    FlowRefused,
    /// Endpoint detection reported a host.
    EndpointAlert,
    /// A panel lost its server, or came back.
    PanelOffline,
    /// Somebody reported a stranger.
    PersonReport,
}

/// Reasons of a refusal, as rules name them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum ReasonFile {
    /// No right to this zone, or not at this hour.
    NoRight,
    /// Outside the shift.
    OffShift,
    /// Superseded credential.
    Superseded,
    /// Revoked credential.
    Revoked,
    /// Unknown credential.
    Unknown,
    /// Locked down.
    LockedDown,
    /// PIN, biometric or second factor missing.
    Factor,
}

/// What joins observations of one story.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum JoinFile {
    /// The same credential.
    Credential,
    /// The same person, over badge and accounts.
    Identity,
    /// The same portal.
    Portal,
    /// The same zone.
    Zone,
    /// The same device.
    Device,
    /// The whole site.
    Site,
}

/// When a matching observation is enough.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
pub enum ConditionFile {
    /// At once.
    #[default]
    Once,
    /// The k-th within a window.
    Count {
        /// How many.
        k: u32,
        /// Within how long.
        within: SimDuration,
        /// Of one what.
        by: JoinFile,
    },
    /// After another observation.
    After {
        /// The earlier one.
        first: PatternFile,
        /// Within how long.
        within: SimDuration,
        /// Of one what.
        by: JoinFile,
    },
    /// When another observation does not follow.
    Absence {
        /// What should follow.
        of: PatternFile,
        /// Within how long.
        within: SimDuration,
        /// Of one what.
        by: JoinFile,
    },
}

/// Where a rule looks.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhereFile {
    /// Zones of at least this security level.
    #[serde(default)]
    pub level_from: u8,
    /// Only these zones; empty: all.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Only these portals; empty: all.
    #[serde(default)]
    pub portals: Vec<String>,
}

/// An alarm.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaiseFile {
    /// Queue that owns it; none: it is annunciated but nobody's.
    #[serde(default)]
    pub queue: Option<String>,
    /// 1 (highest) to 9.
    pub priority: u8,
}

/// A detection or correlation rule.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// What it means.
    #[serde(default)]
    pub about: String,
    /// The observation that completes it.
    pub when: PatternFile,
    /// Where.
    #[serde(default)]
    pub place: WhereFile,
    /// Only within these hours; empty: always.
    #[serde(default)]
    pub during: Vec<Window>,
    /// When it is enough.
    #[serde(default)]
    pub condition: ConditionFile,
    /// The same subject does not fire again within this time.
    #[serde(default)]
    pub quiet: SimDuration,
    /// The alarm that it raises.
    #[serde(default)]
    pub raise: Option<RaiseFile>,
    /// What it does at once, without a person.
    #[serde(default)]
    pub respond: Vec<ResponseFile>,
}

/// How far a lockdown reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum LockDownScope {
    /// The portals of the zone that the alarm named.
    Zone,
    /// Every portal into a zone of at least this level.
    Level(u8),
}

/// A response.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum ResponseFile {
    /// Send a guard to the place of the alarm.
    Dispatch,
    /// Call a response force.
    Call(String),
    /// Revoke the credential that the alarm is about; of an identity: all of its credentials.
    RevokeCredential,
    /// Revoke every credential that the account of the alarm enrolled.
    RevokeEnrolled,
    /// Disable the account that the alarm is about; of an identity: all of its accounts.
    DisableAccount,
    /// End the sessions and tokens of that account.
    EndSessions,
    /// Cut the device that the alarm is about from the network.
    IsolateDevice,
    /// Lock portals against every badge but the guards'. Egress stays free.
    LockDown {
        /// How far.
        scope: LockDownScope,
        /// For how long.
        lasts: SimDuration,
    },
}

/// What follows a hostile verdict.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayFile {
    /// What it is for.
    #[serde(default)]
    pub about: String,
    /// Rules whose alarms it answers; empty: all.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What is done.
    pub respond: Vec<ResponseFile>,
}

/// Latency of each kind of order, from the order to its effect. An order
/// without one takes effect at once, which only an idealised defence can claim.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatenciesFile {
    /// From the observation to the alarm in the queue.
    #[serde(default)]
    pub annunciate: Option<SourcedTime>,
    /// Dispatching a guard.
    #[serde(default)]
    pub dispatch: Option<SourcedTime>,
    /// Calling a response force (its way here is its own).
    #[serde(default)]
    pub call: Option<SourcedTime>,
    /// Revoking at the server; panels learn of it by download.
    #[serde(default)]
    pub revoke: Option<SourcedTime>,
    /// Disabling an account.
    #[serde(default)]
    pub disable: Option<SourcedTime>,
    /// Ending sessions.
    #[serde(default)]
    pub end_sessions: Option<SourcedTime>,
    /// Isolating a device.
    #[serde(default)]
    pub isolate: Option<SourcedTime>,
    /// Locking down.
    #[serde(default)]
    pub lock_down: Option<SourcedTime>,
}

/// How guards search, and what happens when they meet somebody.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardsFile {
    /// Time to search a zone.
    pub search_time: SourcedTime,
    /// Chance that a search of a zone finds an adversary who is in it.
    pub finds: SourcedChance,
    /// Chance that a guard who meets an adversary stops it; otherwise it flees.
    pub stops: SourcedChance,
}

/// Communication from an alarm to the response force (P_C).
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommunicationFile {
    /// Chance that it succeeds.
    pub chance: SourcedChance,
    /// Drawn how often.
    pub mode: CommunicationMode,
}

/// How often communication is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum CommunicationMode {
    /// Once per incident, as EASI has it.
    PerIncident,
    /// For each call anew.
    PerAlarm,
}
